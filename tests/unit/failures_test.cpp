// SPDX-License-Identifier: MIT OR Apache-2.0
// What WebGPU libraries say of a user's WGSL, told in alkomp's form.
#include "read/wgsl/failures.h"

#include <gtest/gtest.h>

namespace alkomp::read {
namespace {

constexpr const char* kText = "var<private> a: f32;\nfn f() {\n  a = skale;\n}\n";

TEST(WgslFailures, of_tint_have_their_line) {
    const char* said =
        "Error while parsing WGSL: :3:7 error: unresolved value 'skale'\n  a = skale;\n      ^^^^^\n\n\n - While "
        "calling "
        "[Device].CreateShaderModule([ShaderModuleDescriptor \"\"k\"\"]).";
    EXPECT_EQ(describe_wgsl_failure(said, kText, "k.wgsl"),
              "\"k.wgsl\" does not compile.\n"
              "k.wgsl:3:7: error: unresolved value 'skale'\n"
              "    a = skale;\n"
              "        ^");
}

TEST(WgslFailures, of_naga_have_their_line) {
    const char* said =
        "Validation Error\n\nCaused by:\n  In wgpuDeviceCreateShaderModule, label = 'k'\n\nShader 'k' parsing error: "
        "no "
        "definition in scope for identifier: `skale`\n  \xe2\x94\x8c\xe2\x94\x80 wgsl:3:7\n  |\n3 |   a = skale;\n  |  "
        "     ^^^^^ unknown "
        "identifier\n";
    EXPECT_EQ(describe_wgsl_failure(said, kText, "k.wgsl"),
              "\"k.wgsl\" does not compile.\n"
              "k.wgsl:3:7: error: no definition in scope for identifier: `skale`\n"
              "    a = skale;\n"
              "        ^");
}

TEST(WgslFailures, are_told_one_by_one_up_to_ten) {
    std::string said;
    for (int i = 0; i < 12; ++i) said += ":1:1 error: no\n";
    const std::string told = describe_wgsl_failure(said, kText, "k");
    EXPECT_TRUE(told.ends_with("\nand 2 more errors.")) << told;
}

TEST(WgslFailures, without_a_place_are_left_as_they_are) {
    EXPECT_EQ(describe_wgsl_failure("Internal error: it is late", kText, "k"), "");
    EXPECT_EQ(describe_wgsl_failure("", kText, "k"), "");
    EXPECT_EQ(describe_wgsl_failure(":99999999999:1 error: far away", kText, "k"), "");
    // Beyond the text there is a line to tell and none to show.
    EXPECT_EQ(describe_wgsl_failure(":90:5 error: far away", kText, "k"),
              "\"k\" does not compile.\nk:90:5: error: far away");
}

}  // namespace
}  // namespace alkomp::read
