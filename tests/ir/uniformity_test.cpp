// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/uniformity.h"

#include "ir/parse.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

#include <string>

namespace alkomp::testing {
namespace {

/// How many choices of a kernel with this body are to be told to all.
u32 hidden(const std::string& body) {
    ir::Module module = ir::parse(
        "module \"k\"\nshared %flag: u32\nstorage %limits: u32[] set 0 binding 0 readonly\n"
        "kernel @k() workgroup_size(64, 1, 1) {\n    %local: u32 = builtin(local_index)\n    %seen: u32 = load %flag\n"
        "    %is_set: bool = eq %seen, 1\n" +
            body + "\n    return\n}\n",
        "test.ir");
    ir::verify(module);
    const ir::Uniformity uniformity(module);
    u32 count = 0;
    for (u32 i = 1; i < module.instructions.size(); ++i) count += uniformity.is_hidden(ir::InstructionId{i}) ? 1 : 0;
    return count;
}

std::string choice(const std::string& condition, const std::string& then) {
    return "    if ^choice " + condition + " {\n" + then +
           "\n        exit ^choice\n    } else {\n        exit ^choice\n    }\n";
}
const std::string kBarrier = "        barrier(workgroup, shared)\n";

TEST(Uniformity, what_comes_from_memory_is_hidden_where_a_barrier_follows) {
    EXPECT_EQ(hidden(choice("%is_set", kBarrier)), 1u);
    EXPECT_EQ(hidden(choice("%is_set", "        store %flag, 2\n")), 0u);  // no barrier, and none in the kernel
    EXPECT_EQ(hidden(choice("%is_set", "        store %flag, 2\n") + kBarrier), 0u);
}

TEST(Uniformity, what_wgsl_sees_is_not_hidden) {
    EXPECT_EQ(hidden("    %at: ptr<storage, u32> = access %limits, 3\n    %limit: u32 = load %at\n"
                     "    %more: bool = gt %limit, 7\n" +
                     choice("%more", kBarrier)),
              0u);
}

TEST(Uniformity, a_choice_whose_barrier_may_never_be_reached_may_differ) {
    const std::string inner = "        if ^inner %is_set {\n" + kBarrier +
                              "            exit ^inner\n        } else {\n            exit ^inner\n        }\n";
    // The inner one alone: whoever comes there comes together.
    EXPECT_EQ(hidden("    %mine: bool = eq %local, %seen\n" + choice("%mine", inner)), 1u);
}

TEST(Uniformity, loops_that_end_by_what_memory_holds_are_told_where_each_round_waits) {
    const auto loop = [](const std::string& first) {
        return "    loop ^round {\n" + first +
               "        %now: u32 = load %flag\n        next ^round\n    } continuing {\n        %again: u32 = load "
               "%flag\n"
               "        %goes_on: bool = lt %again, 3\n        repeat_if %goes_on ^round else\n    }\n";
    };
    EXPECT_EQ(hidden(loop(kBarrier)), 1u);
    EXPECT_EQ(hidden(loop("") + kBarrier), 0u);
    // The round may end before its barrier.
    EXPECT_EQ(hidden(loop(
                  "        %mine: bool = eq %local, %seen\n        if ^out %mine {\n            exit ^round\n        } "
                  "else {\n            exit ^out\n        }\n" +
                  kBarrier)),
              1u);  // ... but then who stays waits for those who leave: that choice is told, the other not
}

/// Whether all come together to the operation, behind `text` that may part them.
std::string together(const std::string& text) {
    ir::Module module = ir::parse(
        "module \"k\"\nshared %flag: u32\nstorage %limits: u32[] set 0 binding 0 readonly\n"
        "kernel @k() workgroup_size(64, 1, 1) {\n    %local: u32 = builtin(local_index)\n"
        "    %at: ptr<storage, u32> = access %limits, 3\n    %limit: u32 = load %at\n"
        "    %alike: bool = gt %limit, 7\n    %mine: bool = eq %local, %limit\n" +
            text + "\n    return\n}\n",
        "test.ir");
    ir::verify(module);
    const ir::Uniformity uniformity(module);
    std::string found;
    for (u32 i = 1; i < module.instructions.size(); ++i)
        if (module.instructions[i].op == ir::Op::subgroup_elect)
            found += uniformity.is_together(ir::InstructionId{i}) ? 't' : '-';
    return found;
}
std::string ask(const std::string& n) { return "        %elected." + n + ": bool = subgroup_elect\n"; }
std::string leaving(const std::string& condition, const std::string& way) {
    return "    if ^leave %" + condition + " {\n        " + way + "\n    } else {\n        exit ^leave\n    }\n";
}

TEST(Uniformity, choices_that_may_differ_part_what_is_in_them) {
    EXPECT_EQ(together(ask("1") + choice("%mine", ask("2")) + ask("3")), "t-t");
    EXPECT_EQ(together(choice("%alike", ask("1")) + ask("2")), "tt");
    // A barrier proves it.
    EXPECT_EQ(together(choice("%mine", kBarrier + ask("1")) + ask("2")), "tt");
}

TEST(Uniformity, who_leaves_does_not_come_any_more) {
    EXPECT_EQ(together(leaving("mine", "return") + ask("1")), "-");
    EXPECT_EQ(together(leaving("alike", "return") + ask("1")), "t");
    const auto loop = [](const std::string& body, const std::string& again) {
        return "    loop ^round {\n" + body + "        next ^round\n    } continuing {\n" + ask("9") +
               "        repeat_if " + again + " ^round else\n    }\n";
    };
    EXPECT_EQ(together(loop(ask("1"), "%alike") + ask("2")), "ttt");
    EXPECT_EQ(together(loop(ask("1"), "%mine") + ask("2")), "--t");
    // All meet again behind the loop, and where it continues unless some have left it.
    EXPECT_EQ(together(loop(ask("1") + leaving("mine", "exit ^round") + ask("2"), "%alike") + ask("3")), "---t");
    EXPECT_EQ(together(loop(ask("1") + leaving("mine", "next ^round") + ask("2"), "%alike") + ask("3")), "t-tt");
    EXPECT_EQ(together(loop(leaving("mine", "return") + ask("1"), "%alike") + ask("2")), "---");
    EXPECT_EQ(together(loop(leaving("alike", "return") + ask("1"), "%alike") + ask("2")), "ttt");
}

}  // namespace
}  // namespace alkomp::testing
