// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/flatten_choices.h"

#include "support/evaluator.h"
#include "verified.h"

#include "ir/pass/exchange_lanes.h"
#include "ir/pass/passes.h"
#include "ir/print.h"

#include <gtest/gtest.h>

#include <cstring>

namespace alkomp::testing {
namespace {

constexpr std::string_view kBegin = R"(module "k"
storage %in: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1
shared %tile: u32[64]

kernel @k() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %p: ptr<storage, u32> = access %in, %i
    %x: u32 = load %p
    %to: ptr<storage, u32> = access %out, %i
    %four: u32 = bit_and %i, 4
    %is_four: bool = ne %four, 0
    %two: u32 = bit_and %x, 2
    %is_two: bool = ne %two, 0
    %number: f32 = convert %x
    %pair: u32x2 = compose %x, %i
    %few: bool = lt %i, 38
)";

ir::Module parsed(const std::string& body) {
    ir::Module module = ir::parse(std::string(kBegin) + body + "    return\n}\n", "test.ir");
    ir::verify(module);
    return module;
}
std::string flattened(const std::string& body, bool for_barriers = false) {
    ir::Module module = parsed(body);
    ir::flatten_choices(module, for_barriers);
    for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t begin = text.find("    %is_four"), end = text.rfind('}');
    return '\n' +
           text.substr(begin == std::string::npos ? text.find('\n', text.find("kernel @k")) + 1 : begin, end - begin);
}
/// What lanes leave that meet in memory behind it, against what subgroups leave.
std::string broken(const std::string& body) {
    const ir::Module module = parsed(body);
    ir::Module made = module;
    ir::flatten_choices(made);
    ir::verify(made);
    KernelRun expected;
    expected.subgroup_size = 32;
    expected.buffers = {{}, std::vector<std::byte>(256), std::vector<std::byte>(256), {}};
    for (std::size_t i = 0; i < 64; ++i) expected.buffers[1][4 * i] = static_cast<std::byte>(i * 37 + 2);
    KernelRun flat = expected, found = expected;
    evaluate(module, expected);
    evaluate(made, flat);
    if (const std::string differs = difference(module, expected, flat); !differs.empty()) return "flat: " + differs;
    if (const std::string why = ir::exchange_lanes(made, 16384); !why.empty()) return why;
    found.buffers.resize(made.globals.size());
    evaluate(made, found);
    found.buffers.resize(expected.buffers.size());
    return difference(module, expected, found);
}

TEST(FlattenChoices, all_go_both_ways) {
    EXPECT_EQ(flattened(R"(
    if ^choice %is_four {
        %sum: u32 = subgroup_reduce(add) %x
        store %to, %sum
        exit ^choice
    } else {
        exit ^choice
    }
)"),
              R"(
    %is_four: bool = ne %four, 0
    %0: u32 = select %is_four, %x, 0
    %sum: u32 = subgroup_reduce(add) %0
    if ^if1 %is_four {
        store %to, %sum
        exit ^if1
    } else {
        exit ^if1
    }
    return
)");
}

TEST(FlattenChoices, operations_see_those_who_came) {
    for (const std::string op :
         {"subgroup_reduce(add) %x", "subgroup_reduce(mul) %x", "subgroup_reduce(min) %x", "subgroup_reduce(max, 8) %x",
          "subgroup_reduce(and) %x", "subgroup_reduce(or) %x", "subgroup_reduce(xor) %x",
          "subgroup_scan(add, inclusive) %x", "subgroup_scan(max, exclusive) %x", "subgroup_broadcast_first %x",
          "subgroup_shuffle_xor %x, 1"}) {
        SCOPED_TRACE(op);
        // One way, both ways, one within the other; with a result and without.
        EXPECT_EQ(broken("    if ^a %is_four {\n        %y: u32 = " + op +
                         "\n        store %to, %y\n        exit ^a\n    } else {\n        exit ^a\n    }\n"),
                  "");
        EXPECT_EQ(
            broken("    %y: u32 = if ^a %is_four {\n        %y.1: u32 = " + op +
                   "\n        %y.2: u32 = add %y.1, 1\n        exit ^a(%y.2)\n    } else {\n        %y.3: u32 = " + op +
                   "\n        %z: u32 = if ^b %few {\n            %y.4: u32 = " + op +
                   "\n            exit ^b(%y.4)\n        } else {\n            exit ^b(%y.3)\n        }\n"
                   "        exit ^a(%z)\n    }\n    store %to, %y\n"),
            "");
        EXPECT_EQ(
            broken("    if ^a %few {\n        exit ^a\n    } else {\n        store %to, 7\n        return\n    }\n"
                   "    %y: u32 = " +
                   op + "\n    store %to, %y\n"),
            "");
    }
    for (const std::string op : {"subgroup_elect", "subgroup_all %is_two", "subgroup_any %is_two",
                                 "subgroup_all_equal %two", "subgroup_all_equal %four", "subgroup_all_equal %pair",
                                 "subgroup_all_equal %number", "subgroup_reduce(xor) %is_two"}) {
        SCOPED_TRACE(op);
        EXPECT_EQ(broken("    %y: bool = if ^a %is_four {\n        %y.1: bool = " + op +
                         "\n        exit ^a(%y.1)\n    } else {\n        %y.2: bool = " + op +
                         "\n        exit ^a(%y.2)\n    }\n    %n: u32 = convert %y\n    store %to, %n\n"),
                  "");
    }
    EXPECT_EQ(broken("    if ^a %is_four {\n        %votes: u32x4 = subgroup_ballot %is_two\n"
                     "        %y: u32 = extract(0) %votes\n        store %to, %y\n        exit ^a\n    } else {\n"
                     "        exit ^a\n    }\n"),
              "");
}

TEST(FlattenChoices, memory_is_left_alone_by_those_who_did_not_come) {
    // Variables, shared memory and what is behind a return, also one within another choice.
    EXPECT_EQ(broken(R"(
    %kept: ptr<local, u32> = variable %x
    %at: ptr<shared, u32> = access %tile, %i
    store %at, %x
    barrier(workgroup, shared)
    if ^a %is_two {
        store %kept, 5
        %sum: u32 = subgroup_reduce(add) %x
        %before: u32 = load %at
        %more: u32 = add %before, %sum
        store %at, %more
        if ^b %is_four {
            %all: u32 = subgroup_reduce(or) %more
            store %to, %all
            return
        } else {
            exit ^b
        }
        store %kept, 6
        exit ^a
    } else {
        %one: u32 = atomic_add(relaxed, workgroup) %at, 3
        exit ^a
    }
    barrier(workgroup, shared)
    %now: u32 = load %at
    %mine: u32 = load %kept
    %both: u32 = add %now, %mine
    %total: u32 = loop ^three (%k: u32 = 0, %t: u32 = %both) {
        %t.1: u32 = add %t, %k
        next ^three(%k, %t.1)
    } continuing (%k.1: u32, %t.2: u32) {
        %k.2: u32 = add %k.1, 1
        %again: bool = lt %k.2, 3
        repeat_if %again ^three(%k.2, %t.2) else (%t.2)
    }
    %scan: u32 = subgroup_scan(add, inclusive) %total
    store %to, %scan
)"),
              "");
}

TEST(FlattenChoices, what_might_not_end_stays) {
    const auto stays = [](const std::string& body) {
        const ir::Module module = parsed(body);
        ir::Module made = module;
        ir::flatten_choices(made);
        return ir::print(made) == ir::print(module);
    };
    const std::string loop = R"(
        loop ^round {
            %sum: u32 = subgroup_reduce(add) %x
            store %to, %sum
            next ^round
        } continuing {
            repeat_if %is_two ^round else
        }
)";
    EXPECT_TRUE(stays("    if ^a %is_four {\n" + loop + "        exit ^a\n    } else {\n        exit ^a\n    }\n"));
    EXPECT_TRUE(stays("    if ^a %few {\n        return\n    } else {\n        exit ^a\n    }\n" + loop));
    // No operation is met by a part.
    EXPECT_TRUE(
        stays("    %y: u32 = subgroup_reduce(add) %x\n    if ^a %few {\n        store %to, %y\n        exit ^a\n"
              "    } else {\n        exit ^a\n    }\n"));
}

TEST(FlattenChoices, for_barriers_leaves_subgroups_where_they_are) {
    const std::string alone =
        "    if ^if1 %is_two {\n        %s: u32 = subgroup_reduce(add) %x\n        store %to, %s\n"
        "        exit ^if1\n    } else {\n        exit ^if1\n    }\n";
    EXPECT_NE(flattened(alone), flattened(alone, true));
    EXPECT_NE(flattened(alone, true).find("if ^if1 %is_two {\n        %s: u32 = subgroup_reduce"), std::string::npos);
    const std::string early =
        "    if ^if1 %few {\n        exit ^if1\n    } else {\n        return\n    }\n"
        "    store %to, %x\n    barrier(workgroup, storage)\n    store %to, %i\n";
    EXPECT_EQ(flattened(early, true), R"(
    %i: u32 = builtin(local_index)
    %p: ptr<storage, u32> = access %in, %i
    %x: u32 = load %p
    %to: ptr<storage, u32> = access %out, %i
    %few: bool = lt %i, 38
    if ^if1 %few {
        store %to, %x
        exit ^if1
    } else {
        exit ^if1
    }
    barrier(workgroup, storage)
    if ^if2 %few {
        store %to, %i
        exit ^if2
    } else {
        exit ^if2
    }
    return
}
)");
}

}  // namespace
}  // namespace alkomp::testing
