// SPDX-License-Identifier: MIT OR Apache-2.0
// WGSL's declarations as interfaces, and what is refused, at its line.
#include "read/wgsl/read.h"

#include "alkomp/alkomp.h"
#include "expect_error.h"
#include "runtime/reflect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alkomp::detail {
namespace {

using alkomp::testing::error_text;
using ::testing::HasSubstr;

std::string described(const std::string& text) { return compile_shader(wgsl(text, "k.wgsl")).describe(); }

std::string refused(const std::string& text, ErrorCode code = ErrorCode::compile_failed) {
    return error_text(code, [&] { static_cast<void>(compile_shader(wgsl(text, "k.wgsl"))); });
}

const std::string kMain = "\n@compute @workgroup_size(1) fn main() {}\n";

TEST(WgslDeclarations, become_bindings_scalars_and_constants) {
    EXPECT_EQ(described(R"(
enable f16;  // a line /* of no
/* comment /* in comment */ */
alias Real = f32;
const kWide = 4u * (2 + 6);
override scale: f32 = -2.5;
@id(7) override rows = 16u;
override flip = true;
struct Body { position: vec3f, mass: Real, spin: array<vec2<f16>, 3> }
struct World {
    count: atomic<u32>,
    @align(32) @size(48) turn: mat3x3f,
    bodies: array<Body>,
}
struct Step { by: f32, from: vec2u }
@group(0) @binding(0) var<storage, read_write> world: World;
@group(1) @binding(2) var<uniform> lights: array<vec4f, kWide / 8u>;
@group(0) @binding(3) var<storage> table: array<array<u32, 2>>;
var<immediate> step: Step;
var<workgroup> tile: array<f32, kWide>;
var<private> seed: u32 = 5;
fn helper(x: u32) -> u32 { if (x > 1u) { return 2u; } return x; }
@compute @workgroup_size(rows, kWide / 16)
fn simulate(@builtin(global_invocation_id) id: vec3u) { seed = helper(seed); }
)"),
              "entry point \"simulate\", workgroup of 16 x 2 x 1, 128 bytes of shared memory\n"
              "set 0, binding 0: \"world\" {count: u32, turn: f32x3[3], bodies: struct{position: f32x3, mass: f32, "
              "spin: f16x2[3]}[]}\n"
              "set 0, binding 3: \"table\" {: struct{u32[2]}[]}, read only\n"
              "set 1, binding 2: \"lights\" {: f32x4[4]}, uniform\n"
              "scalar \"by\" f32 at byte 0\n"
              "scalar \"from\" u32x2 at byte 8\n"
              "constant \"rows\" u32 with id 7\n"
              "constant \"scale\" f32 with id 65536\n"
              "constant \"flip\" bool with id 65538");
}

TEST(WgslDeclarations, compute_sizes_of_overrides) {
    const ir::Module module = read::read_wgsl_declarations(
                                  "@id(7) override n: u32 = 8u; override m: i32 = 3; const k = 2u;\n"
                                  "var<workgroup> w: array<u32, (n + k) * 4>;\n"
                                  "@compute @workgroup_size(n * 2u - 1u, u32(m - 1) / k, 6 / k) fn main() {}",
                                  "main", "k.wgsl")
                                  .module;
    EXPECT_EQ(interface_of(module).workgroup_size, (std::array<u32, 3>{15, 1, 3}));
    EXPECT_EQ(interface_of(module).shared_bytes, 160u);
    const std::vector<backend::SpecializationValue> sixteen{{7, 4, 16}};
    EXPECT_EQ(interface_of(module, sixteen).workgroup_size[0], 31u);
    EXPECT_EQ(interface_of(module, sixteen).shared_bytes, 288u);
}

TEST(WgslDeclarations, give_the_layouts_of_the_specification) {
    const Interface interface = interface_of(
        read::read_wgsl_declarations("struct A { a: u32, b: vec3f, c: f32, @size(16) d: u32, e: mat2x2f }\n"
                                     "@group(0) @binding(0) var<storage> a: array<A>;\n"
                                     "@group(0) @binding(1) var<storage> b: array<vec3f>;\n" +
                                         kMain,
                                     "main", "k.wgsl")
            .module);
    EXPECT_EQ(interface.bindings[0].stride_bytes, 64u);
    std::vector<u32> offsets;
    for (const Field& field : interface.bindings[0].element.record->fields) offsets.push_back(field.offset_bytes);
    EXPECT_THAT(offsets, ::testing::ElementsAre(0, 16, 28, 32, 48));
    EXPECT_EQ(interface.bindings[1].stride_bytes, 16u);
}

TEST(WgslDeclarations, find_the_entry_point_that_is_meant) {
    const std::string two =
        "@compute @workgroup_size(2) fn first() {}\n@compute @workgroup_size(3, 4) fn second() {}\n";
    EXPECT_THAT(refused(two, ErrorCode::invalid_argument),
                HasSubstr("\"k.wgsl\" has no entry point \"main\"; there are \"first\", \"second\"."));
    EXPECT_THAT(compile_shader(wgsl(two), {.entry = "second"}).describe(), HasSubstr("workgroup of 3 x 4 x 1"));
    EXPECT_EQ(refused("fn main() {}"),
              "compile: \"k.wgsl\" has no entry point for compute: a function with @compute and @workgroup_size.");
}

TEST(WgslDeclarations, are_refused_at_their_line_and_column) {
    EXPECT_EQ(refused("@group(0) @binding(0)\nvar<storage> a: array<nothing>;" + kMain),
              "compile: \"k.wgsl\" does not compile.\n"
              "k.wgsl:2:23: error: \"nothing\" is no type that a buffer can hold.\n"
              "  var<storage> a: array<nothing>;\n"
              "                        ^");
    EXPECT_THAT(refused("@group(0) @binding(0) var image: texture_2d<f32>;" + kMain, ErrorCode::unsupported),
                HasSubstr("\"image\" is a texture_2d; buffers alone can be given to a kernel."));
    EXPECT_THAT(refused("@group(0) var<storage> a: u32;" + kMain), HasSubstr("\"a\" needs @binding(number)."));
    EXPECT_THAT(
        refused("@group(0) @binding(1) var<storage> a: u32;\n@group(0) @binding(1) var<uniform> b: u32;" + kMain),
        HasSubstr("k.wgsl:2:36: error: \"b\" is bound as \"a\" is."));
    EXPECT_THAT(refused("/* no end"), HasSubstr("k.wgsl:1:1: error: the comment does not end."));
    EXPECT_THAT(refused("fn main() {"), HasSubstr("the \"{\" is not closed."));
    EXPECT_THAT(refused("struct A { a: u32 b: u32 }\n@group(0) @binding(0) var<storage> a: A;" + kMain),
                HasSubstr("\",\" or \"}\" is wanted here."));
    EXPECT_THAT(refused("struct A { a: array<u32>, b: u32 }\n@group(0) @binding(0) var<storage> a: A;" + kMain),
                HasSubstr("an array without a length is the last member."));
    EXPECT_THAT(refused("struct A { a: A }\n@group(0) @binding(0) var<storage> a: A;" + kMain),
                HasSubstr("the type is nested too deeply."));
    EXPECT_THAT(refused("const a = b;\nconst b = a;\n@compute @workgroup_size(a) fn main() {}"),
                HasSubstr("is computed from itself."));
    EXPECT_THAT(refused("const a = sqrt(4.0);\n@compute @workgroup_size(a) fn main() {}"),
                HasSubstr("\"sqrt\" is no constant that can be computed before the kernel is compiled."));
    EXPECT_THAT(refused("const a = 4294967295u * 4294967295u;\n@compute @workgroup_size(a) fn main() {}"),
                HasSubstr("the number is out of range."));
    EXPECT_THAT(refused("override a = 2.0;\n@compute @workgroup_size(a) fn main() {}"),
                HasSubstr("an integer is wanted here."));
    EXPECT_THAT(refused("override a = 2;\n@compute @workgroup_size(max(a, 2)) fn main() {}"),
                HasSubstr("\"max\" is no constant that can be computed before the kernel is compiled."));
    EXPECT_THAT(refused("override a = 2u;\n@compute @workgroup_size(a << 1u) fn main() {}"),
                HasSubstr("this is more than can be computed before the kernel is compiled."));
    EXPECT_THAT(refused("import x;"), HasSubstr("a declaration is wanted here"));
    EXPECT_THAT(refused("@compute fn main() {}"), HasSubstr("@workgroup_size with one to three numbers is missing."));
    EXPECT_THAT(refused("var<storage> \"a\""), HasSubstr("no WGSL has this character outside of comments."));
}

/// Any text is read or refused, whatever is cut off or taken out of it.
TEST(WgslDeclarations, never_crash) {
    const std::string text =
        "override n: u32 = 4; const k = 2 * (3 + n1); alias T = array<vec4<f32>, k>; const n1 = 1u;\n"
        "struct S { @align(16) a: T, b: array<u32> }\n"
        "@group(0) @binding(0) var<storage, read_write> s: S; var<workgroup> w: array<u32, n>;\n"
        "@compute @workgroup_size(u32(n) + (2 - n), k) fn main() { /* x */ }";
    const auto attempt = [](const std::string& damaged) {
        try {
            static_cast<void>(read::read_wgsl_declarations(damaged, "main", "k.wgsl"));
        } catch (const Error& error) {
            EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
        }
    };
    attempt(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        attempt(text.substr(0, i));
        attempt(text.substr(i));
        for (const std::size_t cut : {1u, 2u, 5u}) attempt(std::string(text).erase(i, cut));
        for (const char sign : {'<', '>', '(', ')', '{', '}', ';', '@', '9', '-', '/'}) {
            std::string changed = text;
            changed[i] = sign;
            attempt(changed);
        }
    }
}

}  // namespace
}  // namespace alkomp::detail
