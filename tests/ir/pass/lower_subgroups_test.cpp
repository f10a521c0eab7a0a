// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_subgroups.h"

#include "support/evaluator.h"
#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

#include <cstring>

namespace alkomp::testing {
namespace {

ir::Module parsed(const std::string& text) {
    ir::Module module = ir::parse(text, "test.ir");
    ir::verify(module);
    return module;
}
std::string lowered(const std::string& body) {
    ir::Module module = parsed(kernel_text(body, {}, "workgroup_size(8, 4, 1)"));
    ir::lower_subgroups(module, 0);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t kernel = text.find("kernel @k"), begin = text.find('\n', kernel) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(LowerSubgroups, each_invocation_is_one) {
    EXPECT_EQ(lowered(R"(
    %lane: u32 = builtin(subgroup_lane)
    %n: u32 = builtin(subgroup_count)
    %which: u32 = builtin(subgroup_id)
    %x: u32 = add %which, %n
    %first: bool = subgroup_elect
    %small: bool = lt %x, 50
    %votes: u32x4 = subgroup_ballot %small
    %bit: bool = subgroup_ballot_bit %votes, %lane
    %sum: u32 = subgroup_reduce(add) %x
    %before: u32 = subgroup_scan(min, exclusive) %x
    %other: u32 = subgroup_shuffle_xor %x, 1
    barrier(subgroup, shared)
    %all: bool = subgroup_all %small
    %mask: u32x4 = builtin(subgroup_le_mask)
    %y: u32x4 = bit_and %votes, %mask
    %z: u32 = add %sum, %other
    %w: u32 = add %z, %before
    return)"),
              R"(
    %which: u32 = builtin(local_index)
    %x: u32 = add %which, 32
    %small: bool = lt %x, 50
    %1: u32 = convert %small
    %votes: u32x4 = compose %1, 0, 0, 0
    %2: u32 = extract_lane %votes, 0
    %3: u32 = bit_and %2, 1
    %bit: bool = ne %3, 0
    %y: u32x4 = bit_and %votes, %0
    %z: u32 = add %x, %x
    %w: u32 = add %z, 4294967295
    return
)");
}

TEST(LowerSubgroups, leaves_what_subgroups_of_one_leave) {
    std::string body;
    u32 results = 0;
    const auto give = [&](const std::string& type, const std::string& op) {
        const std::string n = std::to_string(results++);
        body += "    %a" + n + ": " + type + " = " + op + "\n    %b" + n + ": u32 = convert %a" + n + "\n    %c" + n +
                ": u32 = add %begin, " + n + "\n    %d" + n + ": ptr<storage, u32> = access %out, %c" + n +
                "\n    store %d" + n + ", %b" + n + "\n";
    };
    for (const char* how : {"add", "mul", "min", "max", "and", "or", "xor"})
        for (const char* over : {"reduce($)", "scan($, inclusive)", "scan($, exclusive)"}) {
            std::string op(over);
            op.replace(op.find('$'), 1, how);
            give("i32", "subgroup_" + op + " %x");
        }
    for (const char* op : {"elect", "all %odd", "any %odd", "all_equal %x"})
        give("bool", std::string("subgroup_") + op);
    for (const char* op : {"broadcast %x, 0", "broadcast_first %x", "shuffle %x, 0", "shuffle_xor %x, 0",
                           "shuffle_up %x, 0", "shuffle_down %x, 0"})
        give("i32", std::string("subgroup_") + op);
    for (const char* builtin : {"size", "lane", "id", "count"})
        give("u32", "builtin(subgroup_" + std::string(builtin) + ")");
    for (const char* mask : {"eq", "ge", "gt", "le", "lt"}) {
        body += std::string("    %m") + mask + ": u32x4 = builtin(subgroup_" + mask + "_mask)\n";
        give("u32", std::string("extract(0) %m") + mask);
    }
    body += "    %votes: u32x4 = subgroup_ballot %odd\n";
    give("bool", "subgroup_ballot_bit %votes, 0");
    const std::string begin = R"(module "k"
storage %in: i32[] set 0 binding 0
storage %out: u32[] set 0 binding 1

kernel @k() workgroup_size(6, 1, 1) {
    %i: u32 = builtin(local_index)
    %p: ptr<storage, i32> = access %in, %i
    %x: i32 = load %p
    %low: i32 = bit_and %x, i32(1)
    %odd: bool = ne %low, i32(0)
    %begin: u32 = mul %i, )";
    const ir::Module module = parsed(begin + std::to_string(results) + '\n' + body + "    return\n}\n");
    KernelRun start;
    start.subgroup_size = 1;
    start.buffers = {{}, std::vector<std::byte>(24), std::vector<std::byte>(std::size_t{24} * results)};
    for (std::size_t i = 0; i < 6; ++i) start.buffers[1][4 * i] = static_cast<std::byte>(i * 37 + 2);
    KernelRun expected = start, found = start;
    evaluate(module, expected);
    ir::Module made = module;
    ir::lower_subgroups(made, 0);
    EXPECT_EQ(ir::print(made).find("subgroup"), std::string::npos);
    found.subgroup_size = 6;
    evaluate(made, found);
    EXPECT_EQ(difference(module, expected, found), "");
}

const std::string kApart = R"(
    %x: u32 = builtin(local_index)
    loop ^round (%k: u32 = 0) {
        %y: u32 = OPERATION %x @1:4
        next ^round(%k)
    } continuing (%k.1: u32) {
        %k.2: u32 = add %k.1, 1
        %again: bool = lt %k.2, %x
        repeat_if %again ^round(%k.2) else
    }
    return)";

TEST(LowerSubgroups, refuse_what_needs_more_lanes) {
    const auto refused = [](const std::string& operation, u32 most_shared_bytes, const std::string& asks = "") {
        std::string body = kApart;
        body.replace(body.find("OPERATION"), 9, operation);
        ir::Module module = parsed(kernel_text(body, {}, "workgroup_size(64, 1, 1) " + asks));
        return error_text(ErrorCode::unsupported, [&] { ir::lower_subgroups(module, most_shared_bytes); });
    };
    const auto apart = [](const std::string& op) {
        return "the device has no subgroups; each invocation is one by itself, since not all invocations of the "
               "workgroup "
               "certainly come together to the " +
               op + " at k.cpp:4, and ";
    };
    EXPECT_EQ(refused("quad_swap(0)", 16384),
              "k.cpp:4: quad_swap: " + apart("quad_swap") + "this asks for four lanes.");
    EXPECT_EQ(refused("subgroup_reduce(add, 8)", 16384),
              "k.cpp:4: subgroup_reduce: " + apart("subgroup_reduce") + "this asks for clusters of 8 lanes.");
    EXPECT_EQ(refused("subgroup_reduce(add)", 16384, "subgroup_size(32)"),
              "k.cpp:1: " + apart("subgroup_reduce") + "the kernel asks for subgroups of 32.");
    const std::string swap = "%x: u32 = builtin(local_index)\n%y: u32 = quad_swap(0) %x @1:4\nreturn";
    ir::Module module = parsed(kernel_text(swap));
    EXPECT_EQ(
        error_text(ErrorCode::unsupported, [&] { ir::lower_subgroups(module, 200); }),
        "k.cpp:4: quad_swap: the device has no subgroups; each invocation is one by itself, since they would take 256 "
        "bytes of workgroup memory and the kernel has 0 of 200, and this asks for four lanes.");
    EXPECT_NO_THROW(ir::lower_subgroups(module, 16384));
}

TEST(LowerSubgroups, what_no_operation_asks_is_no_reason_to_refuse) {
    ir::Module module = parsed(kernel_text("return", {}, "workgroup_size(64, 1, 1) subgroup_size(32)"));
    ir::lower_subgroups(module, 16384);
    EXPECT_EQ(module.subgroup_size, 0u);
}

TEST(LowerSubgroups, choices_are_flattened_where_that_is_enough) {
    ir::Module module = parsed(kernel_text(R"(
    %x: u32 = builtin(local_index)
    %small: bool = lt %x, 5
    if ^few %small {
        %y: u32 = quad_swap(0) %x
        exit ^few
    } else {
        exit ^few
    }
    return)"));
    EXPECT_NO_THROW(ir::lower_subgroups(module, 16384));
}

TEST(LowerSubgroups, functions_with_operations_are_inlined) {
    ir::Module module = parsed(R"(module "k"
storage %out: u32[] set 0 binding 0

function @total(%x: u32) -> u32 {
    %sum: u32 = subgroup_reduce(add) %x
    return %sum
}

function @twice(%y: u32) -> u32 {
    %once: u32 = call(@total) %y
    %two: u32 = call(@total) %once
    return %two
}

kernel @k() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %all: u32 = call(@twice) %i
    %p: ptr<storage, u32> = access %out, %i
    store %p, %all
    return
}
)");
    KernelRun expected;
    expected.subgroup_size = 32;
    expected.buffers = {{}, std::vector<std::byte>(256)};
    KernelRun found = expected;
    evaluate(module, expected);
    ir::Module made = module;
    ir::lower_subgroups(made, 16384);
    ir::verify(made);
    EXPECT_EQ(ir::print(made).find("subgroup"), std::string::npos);
    found.subgroup_size = 1;
    found.buffers.resize(made.globals.size());
    evaluate(made, found);
    found.buffers.resize(expected.buffers.size());
    EXPECT_EQ(difference(module, expected, found), "");
}

}  // namespace
}  // namespace alkomp::testing
