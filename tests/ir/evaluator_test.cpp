// SPDX-License-Identifier: MIT OR Apache-2.0
// The evaluator against the rules of ir/module.h, by numbers that were worked out by hand.
#include "support/evaluator.h"

#include "ir/parse.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>

namespace alkomp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What four invocations, two to a subgroup, leave in %out, which begins as `words`. The body has the place of its
/// invocation in %i, the pointer to its word of %out in %place, and that word in %x.
std::vector<u32> evaluated(const std::string& body, std::vector<u32> words = {0, 1, 2, 3}) {
    ir::Module module = ir::parse(R"(module "test"
storage %out: u32[] set 0 binding 0
shared %shared: u32[4]

function @twice(%a: u32) -> u32 {
    %big: bool = gt %a, 2
    if ^if1 %big {
        return 100
    } else {
        exit ^if1
    }
    %b: u32 = mul %a, 2
    return %b
}

kernel @main() workgroup_size(4, 1, 1) {
    %i: u32 = builtin(local_index)
    %place: ptr<storage, u32> = access %out, %i
    %x: u32 = load %place
)" + body + "    return\n}\n",
                                  "test.ir");
    ir::verify(module);
    KernelRun run;
    run.subgroup_size = 2;
    run.buffers.resize(module.globals.size());
    run.buffers[1].resize(words.size() * 4);
    std::memcpy(run.buffers[1].data(), words.data(), run.buffers[1].size());
    evaluate(module, run);
    std::memcpy(words.data(), run.buffers[1].data(), run.buffers[1].size());
    return words;
}

/// The last of `instructions` defines %r.
std::vector<u32> computed(const std::string& instructions, std::vector<u32> words = {0, 1, 2, 3}) {
    return evaluated(instructions + "    store %place, %r\n", std::move(words));
}

std::string failure(const std::string& body) {
    try {
        static_cast<void>(evaluated(body));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing";
}

TEST(Evaluator, computes_with_integers_as_the_module_says) {
    const std::string as_signed = "    %s: i32 = bitcast %x\n";
    const std::string back = "    %r: u32 = bitcast %q\n";
    const std::vector<u32> words{0x80000000, 7, 0xfffffff9, 0};
    EXPECT_THAT(computed(as_signed + "    %q: i32 = div %s, i32(-1)\n" + back, words),
                ElementsAre(0x80000000, 0xfffffff9, 7, 0));
    EXPECT_THAT(computed(as_signed + "    %q: i32 = div i32(9), %s\n" + back, words), ElementsAre(0, 1, 0xffffffff, 0));
    EXPECT_THAT(computed(as_signed + "    %q: i32 = rem i32(9), %s\n" + back, words), ElementsAre(9, 2, 2, 9));
    EXPECT_THAT(computed(as_signed + "    %q: i32 = mod i32(9), %s\n" + back, words),
                ElementsAre(0x80000009, 2, 0xfffffffb, 9));
    EXPECT_THAT(computed(as_signed + "    %q: i32 = shr %s, 33\n" + back, words),
                ElementsAre(0xc0000000, 3, 0xfffffffc, 0));
    EXPECT_THAT(computed(as_signed + "    %q: i32 = find_msb %s\n" + back, words), ElementsAre(30, 2, 2, 0xffffffff));
    EXPECT_THAT(computed("    %r: u32 = extract_bits %x, 30, 9\n", words), ElementsAre(2, 0, 3, 0));
    EXPECT_THAT(computed("    %r: u32 = insert_bits 0, %x, 29, 9\n", words), ElementsAre(0, 0xe0000000, 0x20000000, 0));
    EXPECT_THAT(computed("    %low: u32, %r: u32 = mul_wide %x, 4\n", words), ElementsAre(2, 0, 3, 0));
    EXPECT_THAT(computed("    %n: i8 = convert %x\n    %r: u32 = convert %n\n", {127, 128, 256, 511}),
                ElementsAre(127, 0xffffff80, 0, 0xffffffff));
}

TEST(Evaluator, saturates_what_no_integer_holds) {
    const auto bits = [](float value) { return std::bit_cast<u32>(value); };
    const std::string convert = "    %f: f32 = bitcast %x\n    %s: i32 = convert %f\n    %r: u32 = bitcast %s\n";
    EXPECT_THAT(computed(convert, {bits(-2.75f), bits(3e9f), bits(-1e20f), 0x7fc00000}),
                ElementsAre(0xfffffffe, 0x7fffffff, 0x80000000, 0));
    EXPECT_THAT(computed("    %f: f32 = bitcast %x\n    %r: u32 = convert %f\n",
                         {bits(-2.75f), bits(3e9f), bits(5e9f), bits(-0.0f)}),
                ElementsAre(0, 3000000000u, 0xffffffff, 0));
}

TEST(Evaluator, leaves_constructs_by_name_and_falls_from_case_to_case) {
    EXPECT_THAT(computed(R"(
    %r: u32 = loop ^l (%turn: u32 = 0, %sum: u32 = 0) {
        %s: u32 = switch ^s %x {
            case 1 {
                fallthrough(10)
            }
            case 2 (%a: u32 = 20) {
                %b: u32 = add %a, %turn
                exit ^s(%b)
            }
            case 3 {
                exit ^l(%turn)
            }
            default {
                exit ^s(5)
            }
        }
        %sum.1: u32 = add %sum, %s
        next ^l(%sum.1, %turn)
    } continuing (%c: u32, %t: u32) {
        %t.1: u32 = add %t, 1
        %more: bool = lt %t.1, 3
        repeat_if %more ^l(%t.1, %c) else (%c)
    }
)"),
                ElementsAre(15, 33, 63, 0));
}

TEST(Evaluator, returns_from_functions_each_invocation_for_itself) {
    EXPECT_THAT(computed("    %r: u32 = call(@twice) %x\n"), ElementsAre(0, 2, 4, 100));
}

TEST(Evaluator, brings_those_together_that_leave_a_loop_the_same_way) {
    // Invocation i goes round i times; behind the loop both of a subgroup are together again, within they are not.
    EXPECT_THAT(computed(R"(
    %seen: u32 = loop ^l (%turn: u32 = 0) {
        %here: u32 = subgroup_reduce(add, 0) 1
        %done: bool = ge %turn, %x
        if ^if1 %done {
            exit ^l(%here)
        } else {
            exit ^if1
        }
        next ^l(%turn)
    } continuing (%t: u32) {
        %t.1: u32 = add %t, 1
        repeat ^l(%t.1)
    }
    %all: u32 = subgroup_reduce(add, 0) 1
    %tens: u32 = mul %all, 10
    %r: u32 = add %tens, %seen
)"),
                ElementsAre(22, 21, 22, 21));
}

TEST(Evaluator, exchanges_through_shared_memory_between_barriers) {
    EXPECT_THAT(computed(R"(
    %mine: ptr<shared, u32> = access %shared, %i
    store %mine, %x
    barrier(workgroup, shared)
    %j: u32 = sub 3, %i
    %theirs: ptr<shared, u32> = access %shared, %j
    %r: u32 = load %theirs
)"),
                ElementsAre(3, 2, 1, 0));
}

TEST(Evaluator, tells_what_no_kernel_may_do) {
    EXPECT_THAT(failure(R"(
    %mine: ptr<shared, u32> = access %shared, %i
    store %mine, %x
    %j: u32 = sub 3, %i
    %theirs: ptr<shared, u32> = access %shared, %j
    %r: u32 = load %theirs
    store %place, %r
)"),
                HasSubstr("race"));
    EXPECT_THAT(failure(R"(
    %some: bool = gt %x, 1
    if ^if1 %some {
        barrier(workgroup, shared)
        exit ^if1
    } else {
        exit ^if1
    }
)"),
                HasSubstr("barrier"));
    EXPECT_THAT(failure(R"(
    %some: bool = gt %x, 1
    if ^if1 %some {
        unreachable
    } else {
        exit ^if1
    }
)"),
                HasSubstr("unreachable"));
    EXPECT_THAT(failure(R"(
    %v: ptr<local, u32[2]> = variable
    %a: ptr<local, u32> = access inbounds %v, %x
    store %a, 1
)"),
                HasSubstr("inbounds"));
    EXPECT_THAT(failure(R"(
    loop ^l {
        next ^l
    } continuing {
        repeat ^l
    }
)"),
                HasSubstr("does not end"));
}

}  // namespace
}  // namespace alkomp::testing
