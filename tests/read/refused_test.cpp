// SPDX-License-Identifier: MIT OR Apache-2.0
// What is refused, and in which words.
#include "words_of.h"

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A module around the body of `main`.
std::string around(const std::string& globals, const std::string& body) {
    return "OpCapability Shader\nOpMemoryModel Logical GLSL450\nOpEntryPoint GLCompute %main \"main\"\n"
           "OpExecutionMode %main LocalSize 1 1 1\n%file = OpString \"k.comp\"\nOpName %main \"main\"\nOpName %i "
           "\"i\"\nOpName %entry \"entry\"\n"
           "%void = OpTypeVoid\n%bool = OpTypeBool\n%uint = OpTypeInt 32 0\n%fn = OpTypeFunction %void\n"
           "%true = OpConstantTrue %bool\n%one = OpConstant %uint 1\n" +
           globals + "%main = OpFunction %void None %fn\n%entry = OpLabel\n" + body + "OpFunctionEnd\n";
}

TEST(RefusedSpirv, names_an_image) {
    EXPECT_EQ(refusal(words_of_glsl("#version 460\nlayout(local_size_x = 1) in;\n"
                                    "layout(set = 1, binding = 3, r32f) uniform image2D picture;\n"
                                    "void main() { imageStore(picture, ivec2(0), vec4(1)); }\n")),
              "unsupported: kernel \"k.comp\": \"picture\" at set 1, binding 3 is an image; only buffers are taken.");
}

TEST(RefusedSpirv, is_shown_with_its_line) {
    const std::string body = "OpLine %file 7 3\n%i = OpIAdd %uint %one %true\nOpReturn\n";
    EXPECT_EQ(refusal(words_of_assembly(around("", body))),
              "compile_failed: k.comp:7:3: OpIAdd: it is bool, where u32 is wanted.");
}

TEST(RefusedSpirv, says_which_instruction_no_kernel_has) {
    EXPECT_EQ(refusal(words_of_assembly(around("", "OpKill\n"))),
              "unsupported: kernel \"k.comp\": OpKill: only fragment shaders have it.");
    EXPECT_EQ(refusal(words_of_assembly(around("", "OpLine %file 2 1\nOpEmitVertex\nOpReturn\n"))),
              "unsupported: k.comp:2:1: OpEmitVertex: it is not taken.");
}

TEST(RefusedSpirv, says_which_entry_points_there_are) {
    const std::vector<u32> words = words_of_assembly(around("", "OpReturn\n"));
    EXPECT_EQ(refusal(words, "other"),
              "invalid_argument: compile: \"k.comp\" has no entry point \"other\"; it has \"main\" (compute).");
}

TEST(RefusedSpirv, calls_itself) {
    EXPECT_THAT(refusal(words_of_assembly(around("", "%i = OpFunctionCall %void %main\nOpReturn\n"))),
                HasSubstr("the kernel is not called by its functions"));
}

TEST(RefusedSpirv, has_control_that_is_not_structured) {
    EXPECT_THAT(
        refusal(words_of_assembly(around("", "OpBranch %a\n%a = OpLabel\nOpBranch %b\n%b = OpLabel\nOpBranch %a\n"))),
        HasSubstr("the function \"main\" comes to %11 by two ways that no construct joins"));
    EXPECT_THAT(refusal(words_of_assembly(
                    around("",
                           "OpSelectionMerge %m None\nOpBranchConditional %true %a %b\n%a = OpLabel\nOpBranch %c\n"
                           "%b = OpLabel\nOpBranch %c\n%c = OpLabel\nOpBranch %m\n%m = OpLabel\nOpReturn\n"))),
                HasSubstr("by two ways that no construct joins"));
}

TEST(RefusedSpirv, uses_a_value_before_it_is_there) {
    const std::string body = "%x = OpIAdd %uint %one %i\n%i = OpIAdd %uint %one %one\nOpReturn\n";
    EXPECT_THAT(refusal(words_of_assembly(around("", body))), HasSubstr("\"i\" is used before it is defined"));
}

TEST(RefusedSpirv, has_types_that_hold_themselves) {
    EXPECT_THAT(refusal(words_of_assembly(
                    around("%p = OpTypePointer Function %p\n", "%i = OpVariable %p Function\nOpReturn\n"))),
                StartsWith("unsupported: "));
}

TEST(RefusedSpirv, has_phis_without_a_value_for_each_way) {
    const std::string body =
        "OpSelectionMerge %m None\nOpBranchConditional %true %a %m\n%a = OpLabel\nOpBranch %m\n"
        "%m = OpLabel\n%i = OpPhi %uint %one %a\nOpReturn\n";
    EXPECT_THAT(refusal(words_of_assembly(around("", body))), HasSubstr("has a phi without a value from \"entry\""));
}

}  // namespace
}  // namespace alkomp::testing
