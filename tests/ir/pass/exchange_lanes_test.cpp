// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/exchange_lanes.h"

#include "support/evaluator.h"
#include "verified.h"

#include "ir/pass/lower_subgroups.h"
#include "ir/pass/passes.h"
#include "ir/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

namespace alkomp::testing {
namespace {

constexpr u32 kMost = 16384;

ir::Module parsed(const std::string& text) {
    ir::Module module = ir::parse(text, "test.ir");
    ir::verify(module);
    return module;
}
/// The kernel's body when lanes meet in memory, optimised as for a device.
std::string exchanged(const std::string& body, const std::string& asks) {
    ir::Module module = parsed(kernel_text("    %to: ptr<storage, u32> = access %out, 0\n" + body,
                                           "storage %out: u32[] set 0 binding 0\n", asks));
    EXPECT_EQ(ir::exchange_lanes(module, kMost), "");
    for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t kernel = text.find("kernel @k"), begin = text.find('\n', kernel) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(ExchangeLanes, a_sum_is_a_loop_behind_one_barrier) {
    EXPECT_EQ(exchanged(R"(
    %x: u32 = builtin(local_index)
    %sum: u32 = subgroup_reduce(add) %x
    %y: u32 = subgroup_shuffle_xor %sum, 1
    store %to, %y
    return)",
                        "workgroup_size(64, 1, 1)"),
              R"(
    %to: ptr<storage, u32> = access %out, 0
    %x: u32 = builtin(local_index)
    %0: ptr<shared, u32> = access %lanes, %x
    store %0, %x
    barrier(workgroup, shared)
    %first: u32 = bit_and %x, 4294967264
    %end: u32 = add %first, 32
    %sum: u32 = loop ^loop1 (%total: u32 = 0, %other: u32 = %first) {
        %1: bool = lt %other, %end
        if ^if1 %1 {
            exit ^if1
        } else {
            exit ^loop1(%total)
        }
        %2: ptr<shared, u32> = access %lanes, %other
        %3: u32 = load %2
        %4: u32 = add %total, %3
        next ^loop1(%4, %other)
    } continuing (%5: u32, %6: u32) {
        %7: u32 = add %6, 1
        repeat ^loop1(%5, %7)
    }
    %8: ptr<shared, u32> = access %lanes.1, %x
    store %8, %sum
    barrier(workgroup, shared)
    %9: u32 = bit_xor %x, 1
    %10: ptr<shared, u32> = access %lanes.1, %9
    %y: u32 = load %10
    store %to, %y
    return
)");
}

struct Operation {
    std::string type, text;
};

/// A kernel of so many invocations in which each of the operations leaves a number.
struct Kernel {
    u32 invocations = 64;
    std::string asks{};
    std::vector<Operation> operations{};

    [[nodiscard]] ir::Module module() const {
        std::string body;
        for (std::size_t i = 0; i < operations.size(); ++i) {
            const std::string n = std::to_string(i), type = operations[i].type;
            body += "    %a" + n + ": " + type + " = " + operations[i].text + '\n';
            std::string last = "%a" + n;
            if (const std::size_t lanes = type.find('x'); lanes != std::string::npos) {
                body += "    %b" + n + ": " + type.substr(0, lanes) + " = extract(1) " + last + '\n';
                last = "%b" + n;
            }
            body += "    %c" + n + ": u32 = convert " + last + "\n    %d" + n + ": u32 = add %begin, " + n +
                    "\n    %e" + n + ": ptr<storage, u32> = access %out, %d" + n + "\n    store %e" + n + ", %c" + n +
                    '\n';
        }
        return parsed(R"(module "k"
storage %in: i32[] set 0 binding 0
storage %out: u32[] set 0 binding 1
shared %taken: u32[100]

kernel @k() workgroup_size()" +
                      std::to_string(invocations) + ", 1, 1) " + asks + R"( {
    %i: u32 = builtin(local_index)
    %p: ptr<storage, i32> = access %in, %i
    %x: i32 = load %p
    %low: i32 = bit_and %x, i32(1)
    %odd: bool = ne %low, i32(0)
    %n: u32 = convert %x
    %lane: u32 = bit_and %n, 1
    %byte: i8 = convert %x
    %wide.1: u64 = convert %x
    %wide: u64 = mul %wide.1, u64(4294967311)
    %pair: i32x2 = compose %x, %low
    %odds: boolx2 = compose %odd, %odd
    %wides: u64x3 = compose %wide, %wide.1, %wide
    %votes: u32x4 = subgroup_ballot %odd
    %begin: u32 = mul %i, )" +
                      std::to_string(operations.size()) + '\n' + body + "    return\n}\n");
    }
    [[nodiscard]] KernelRun start(u32 subgroup_size) const {
        const std::size_t bytes = std::size_t{4} * invocations;
        KernelRun run;
        run.subgroup_size = subgroup_size;
        run.buffers = {{}, std::vector<std::byte>(bytes), std::vector<std::byte>(bytes * operations.size()), {}};
        for (std::size_t i = 0; i < invocations; ++i) run.buffers[1][4 * i] = static_cast<std::byte>(i * 37 + 2);
        return run;
    }
};

/// All that the evaluator knows.
std::vector<Operation> all_operations() {
    std::vector<Operation> all;
    const auto on_each = [&](std::string text, std::initializer_list<Operation> values) {
        for (const Operation& value : values) {
            std::string one = text;
            all.push_back({value.type, "subgroup_" + one.replace(one.find('$'), 1, value.text)});
        }
    };
    const Operation numbers[] = {{"i32", "%x"},    {"u32", "%n"},      {"i8", "%byte"},
                                 {"u64", "%wide"}, {"i32x2", "%pair"}, {"u64x3", "%wides"}};
    for (const char* how : {"add", "mul", "min", "max", "and", "or", "xor"})
        for (const char* over : {"reduce($)", "reduce($, 2)", "scan($, inclusive)", "scan($, exclusive)"}) {
            std::string op(over);
            op.replace(op.find('$'), 1, how);
            for (const Operation& value : numbers) all.push_back({value.type, "subgroup_" + op + ' ' + value.text});
            const bool of_truths = std::string_view("and or xor").find(how) != std::string_view::npos;
            if (of_truths) all.push_back({"boolx2", "subgroup_" + op + " %odds"});
        }
    for (const char* op : {"all %odd", "any %odd", "elect", "all_equal %x", "all_equal %low", "all_equal %pair",
                           "ballot_bit %votes, %lane"})
        all.push_back({"bool", std::string("subgroup_") + op});
    for (const char* op : {"broadcast $, 1", "broadcast_first $", "shuffle $, %lane", "shuffle_xor $, 1"})
        on_each(op, {{"i32", "%x"},
                     {"i8", "%byte"},
                     {"u64", "%wide"},
                     {"bool", "%odd"},
                     {"boolx2", "%odds"},
                     {"i32x2", "%pair"},
                     {"u64x3", "%wides"}});
    for (const char* builtin : {"size", "lane", "id", "count"})
        all.push_back({"u32", "builtin(subgroup_" + std::string(builtin) + ")"});
    for (const char* mask : {"eq", "ge", "gt", "le", "lt"})
        all.push_back({"u32x4", "builtin(subgroup_" + std::string(mask) + "_mask)"});
    all.insert(all.end(),
               {{"u32", "extract(0) %votes"}, {"u32", "extract(1) %votes"}, {"u32", "subgroup_ballot_msb %votes"}});
    return all;
}

void expect_same(const Kernel& kernel, u32 size, u32 most, std::size_t arrays) {
    const ir::Module module = kernel.module();
    ir::Module made = module;
    ASSERT_EQ(ir::exchange_lanes(made, most), "");
    ir::verify(made);
    EXPECT_EQ(ir::print(made).find("subgroup"), std::string::npos);
    EXPECT_EQ(made.globals.size() - module.globals.size(), arrays);
    KernelRun expected = kernel.start(size), found = kernel.start(1);
    evaluate(module, expected);
    found.buffers.resize(made.globals.size());
    evaluate(made, found);  // which throws where two invocations race
    found.buffers.resize(expected.buffers.size());
    EXPECT_EQ(difference(module, expected, found), "");
}

/// In kernels that the evaluator does not take for endless.
void expect_all_same(Kernel kernel, u32 size, u32 most = kMost, std::size_t arrays = 2) {
    SCOPED_TRACE(std::to_string(kernel.invocations) + " in subgroups of " + std::to_string(size) + " with " +
                 std::to_string(most));
    const std::vector<Operation> all = all_operations();
    constexpr std::size_t kTogether = 20;
    for (std::size_t first = 0; first < all.size(); first += kTogether) {
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(first + kTogether, all.size()));
        kernel.operations.assign(all.begin() + static_cast<std::ptrdiff_t>(first), end);
        // The largest value that there is, so that all of these kernels need the same memory.
        kernel.operations.push_back({"u64x3", "subgroup_broadcast_first %wides"});
        expect_same(kernel, size, most, arrays);
    }
}

TEST(ExchangeLanes, leaves_what_subgroups_of_that_size_leave) {
    for (const auto& [invocations, size] :
         {std::pair{64u, 32u}, {32u, 32u}, {40u, 32u}, {8u, 8u}, {6u, 4u}, {2u, 2u}, {100u, 32u}})
        expect_all_same({invocations}, size);
}

TEST(ExchangeLanes, subgroups_have_the_size_that_the_kernel_asks_for) {
    for (const u32 size : {2u, 4u, 16u, 64u})
        expect_all_same({72, "subgroup_size(" + std::to_string(size) + ')'}, size);
}

TEST(ExchangeLanes, nobody_writes_where_others_still_read) {
    // In rounds with one operation and with two, in a choice and behind it; where turns are wrong, invocations race.
    const ir::Module module = parsed(R"(module "k"
storage %limits: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1

kernel @k() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %at: ptr<storage, u32> = access %limits, 0
    %limit: u32 = load %at
    %size: u32 = builtin(subgroup_size)
    %sum: u32 = loop ^one (%by: u32 = 1, %x: u32 = %i) {
        %more: bool = lt %by, %size
        if ^go %more {
            exit ^go
        } else {
            exit ^one(%x)
        }
        %below: u32 = subgroup_shuffle_xor %x, %by
        %x.1: u32 = add %x, %below
        next ^one(%by, %x.1)
    } continuing (%by.1: u32, %x.2: u32) {
        %by.2: u32 = mul %by.1, 2
        repeat ^one(%by.2, %x.2)
    }
    %y: u32 = loop ^two (%k: u32 = 0, %a: u32 = %sum) {
        %b: u32 = subgroup_scan(add, inclusive) %a
        %odd: u32 = bit_and %k, 1
        %is_odd: bool = ne %odd, 0
        %c: u32 = if ^choice %is_odd {
            %d: u32 = subgroup_shuffle_xor %b, 3
            %e: u32 = subgroup_reduce(max) %d
            exit ^choice(%e)
        } else {
            exit ^choice(%b)
        }
        %f: u32 = subgroup_broadcast_first %c
        %g: u32 = bit_xor %f, %b
        next ^two(%k, %g)
    } continuing (%k.1: u32, %a.1: u32) {
        %h: u32 = subgroup_reduce(xor) %a.1
        %a.2: u32 = add %h, %a.1
        %k.2: u32 = add %k.1, 1
        %again: bool = lt %k.2, %limit
        repeat_if %again ^two(%k.2, %a.2) else (%a.2)
    }
    %z: u32 = switch ^cases %limit {
        case 1 {
            %m: u32 = subgroup_reduce(min) %y
            fallthrough (%m)
        }
        case 5 (%n: u32 = %y) {
            %p: u32 = subgroup_shuffle_xor %n, 1
            exit ^cases(%p)
        }
        default {
            exit ^cases(%y)
        }
    }
    %q: u32 = subgroup_shuffle_xor %z, 2
    %to: ptr<storage, u32> = access %out, %i
    store %to, %q
    return
}
)");
    for (const u32 limit : {1u, 5u, 8u})
        for (const u32 most : {kMost, 64 + 64 * 4u}) {
            ir::Module made = module;
            ASSERT_EQ(ir::exchange_lanes(made, most), "");
            ir::verify(made);
            KernelRun expected;
            expected.subgroup_size = 32;
            expected.buffers = {{}, std::vector<std::byte>(4), std::vector<std::byte>(256)};
            std::memcpy(expected.buffers[1].data(), &limit, 4);
            KernelRun found = expected;
            evaluate(module, expected);
            found.buffers.resize(made.globals.size());
            evaluate(made, found);
            found.buffers.resize(expected.buffers.size());
            EXPECT_EQ(difference(module, expected, found), "") << limit << " with " << most;
        }
}

TEST(ExchangeLanes, takes_turns_as_memory_allows) {
    // 400 bytes are taken and 64 spared; the largest value has six words, its scalars two.
    const u32 word = 64 * 4, taken = 464;
    expect_all_same({}, 32, taken + 12 * word, 2);
    expect_all_same({}, 32, taken + 12 * word - 1, 1);
    expect_all_same({}, 32, taken + 6 * word - 1, 2);
    expect_all_same({}, 32, taken + 4 * word - 1, 1);
    const Kernel kernel{.operations = {{"u64x3", "subgroup_broadcast_first %wides"}}};
    ir::Module module = kernel.module();
    EXPECT_EQ(ir::exchange_lanes(module, taken + 2 * word - 1),
              "they would take 512 bytes of workgroup memory and the kernel has 400 of 975");
    EXPECT_THAT(ir::print(module), ::testing::HasSubstr("subgroup_broadcast_first"));
}

}  // namespace
}  // namespace alkomp::testing
