// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fix_constants.h"

#include "ir/parse.h"
#include "ir/pass/specialize_constants.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What is said of the constants of a kernel of these declarations, with `%n` and `%m`, and this body.
std::vector<std::string> fixed(const std::string& declarations, const std::string& body = "",
                               const ir::OverrideSupport& support = {}, const std::string& size = "1, 1, 1") {
    ir::Module module =
        ir::parse("module \"k\"\nspecialization(0) %n: u32 = 8\nspecialization(1) %m: u32 = 4\n" + declarations +
                      "kernel @k() workgroup_size(" + size + ") {\n" + body + "    return\n}\n",
                  "k.ir");
    ir::verify(module);
    std::vector<std::string> sentences = ir::fix_constants(module, support, {});
    ir::compute_constants(module);
    ir::verify(module);
    return sentences;
}

TEST(FixConstants, leaves_open_what_wgsl_can_say) {
    EXPECT_THAT(fixed("computed %twice: u32 = mul %n, 2\ncomputed %ten: u32 = add %m, 6\n"
                      "shared %a: f32[%twice]\nshared %b: u32x4[3][%ten]\nstorage %c: u32[] set 0 binding 0\n"
                      "specialization(2) %x: f32 = 1.5\nspecialization(3) %y: i32 = i32(-1)\n"
                      "specialization(4) %z: bool = true\nspecialization(5) %h: f16 = f16(0.5)\n",
                      "", {.f16 = true}, "%twice, %m, 1"),
                IsEmpty());
}

TEST(FixConstants, says_why_a_constant_is_fixed) {
    EXPECT_THAT(fixed("specialization(2) %wide: i64 = i64(-5)\nspecialization(3) %half: f16 = f16(0.5)\n"
                      "specialization(4) %\"a b\": u8 = u8(3)\nspecialization(5) %far: f32 = f32(inf)\n"),
                ElementsAre("wide (constant 2) is -5 here: there are no overrides of i64.",
                            "half (constant 3) is 0.5 here: there are no overrides of f16.",
                            "The constant 4 is 3 here: there are no overrides of u8.",
                            "far (constant 5) is inf here: WGSL cannot write this number down."));
}

TEST(FixConstants, fixes_lengths_outside_workgroup_memory) {
    const std::string why = "n (constant 0) is 8 here: overrides are lengths of arrays in workgroup memory alone.";
    EXPECT_THAT(fixed("local %a: f32[%n]\n"), ElementsAre(why));
    EXPECT_THAT(fixed("shared %a: f32[%n][3]\n"), ElementsAre(why));
    EXPECT_THAT(fixed("", "    %a: ptr<local, f32[%n]> = variable\n"), ElementsAre(why));
    EXPECT_THAT(fixed("shared %a: u32[%n]\n", "    %all: u32[%n] = load %a\n"), ElementsAre(why));
    const std::string words = "n (constant 0) is 8 here: the array becomes one of u32, whose length has to be known.";
    EXPECT_THAT(fixed("shared %a: u8[%n]\n"), ElementsAre(words));
    EXPECT_THAT(
        fixed("shared %a: f32[%n]\n",
              "    %p: ptr<shared, f32> = access %a, 0\n    %x: f32 = atomic_add(relaxed, workgroup) %p, 1.0\n"),
        ElementsAre(words));
    EXPECT_THAT(fixed("computed %most: u32 = max %n, 3\nshared %a: f32[%most]\n"),
                ElementsAre("n (constant 0) is 8 here: WGSL cannot compute the length of an array from it."));
}

TEST(FixConstants, fixes_the_size_of_workgroups_whose_subgroups_want_to_know_it) {
    const std::string reduces = "    %sum: u32 = subgroup_reduce(add) %n\n";
    EXPECT_THAT(fixed("", reduces, {}, "%n, 1, 1"), IsEmpty());
    EXPECT_THAT(
        fixed("shared %a: f32[%m]\n", reduces, {.lowers_subgroups = true}, "%n, 1, 1"),
        ElementsAre("n (constant 0) is 8 here: subgroups in workgroup memory want to know the workgroup's size.",
                    "m (constant 1) is 4 here: subgroups in workgroup memory want to know how much there is."));
    EXPECT_THAT(fixed("", reduces, {.flattens_subgroups = true}, "%n, 1, 1"), IsEmpty());
    EXPECT_EQ(fixed("", reduces, {.flattens_subgroups = true}, "%n, %m, 1").size(), 2u);
    EXPECT_THAT(fixed("", reduces, {.numbers_subgroups = true}, "%n, 1, 1"), IsEmpty());
    EXPECT_THAT(fixed("", "    %id: u32 = builtin(subgroup_id)\n", {.numbers_subgroups = true}, "%n, 1, 1"),
                ElementsAre(HasSubstr("to number the subgroups")));
}

}  // namespace
}  // namespace alkomp::testing
