// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V reflected: layouts, names, sizes, and every module that must be refused.
#include "runtime/reflect.h"

#include "expect_error.h"
#include "glsl/glsl.h"

#include <spirv-tools/libspirv.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <random>

namespace alkomp::detail {
namespace {

using alkomp::testing::error_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<u32> words_of(const std::string& glsl_text, Target target = Target::vulkan_1_2) {
    return glsl_front::compile(glsl("#version 460\n" + glsl_text), {}, target).words;
}

std::vector<u32> assemble(const std::string& text, spv_target_env environment = SPV_ENV_VULKAN_1_2) {
    spv_context context = spvContextCreate(environment);
    spv_binary binary = nullptr;
    spv_diagnostic diagnostic = nullptr;
    const spv_result_t result = spvTextToBinary(context, text.data(), text.size(), &binary, &diagnostic);
    EXPECT_EQ(result, SPV_SUCCESS) << (diagnostic != nullptr ? diagnostic->error : "");
    std::vector<u32> words;
    if (binary != nullptr) words.assign(binary->code, binary->code + binary->wordCount);
    spvDiagnosticDestroy(diagnostic);
    spvBinaryDestroy(binary);
    spvContextDestroy(context);
    return words;
}

Interface reflected(const std::string& glsl_text) { return reflect(words_of(glsl_text), "main", "k.spv"); }

std::string refused(std::span<const u32> words, ErrorCode code = ErrorCode::compile_failed,
                    std::string_view entry = "main") {
    return error_text(code, [&] { static_cast<void>(reflect(words, entry, "k.spv")); });
}

// Bindings -----------------------------------------------------------------------------------------

TEST(Reflect, lists_bindings_in_order_with_names_and_access) {
    const Interface i = reflected(R"(
        layout(local_size_x = 8, local_size_y = 4, local_size_z = 2) in;
        layout(set = 1, binding = 0) buffer Block { uint data[]; } last;
        layout(set = 0, binding = 3) readonly buffer In { float data[]; };
        layout(set = 0, binding = 1) writeonly buffer Out { float data[]; } outputs;
        layout(set = 0, binding = 2) uniform Settings { vec4 color; float gain; } settings;
        layout(set = 0, binding = 4) buffer Members { readonly float a; readonly float b[]; } members;
        void main() { outputs.data[0] = data[0] * settings.gain + members.b[1]; last.data[0] = 1; })");
    ASSERT_EQ(i.bindings.size(), 5u);
    const auto summary = [&](std::size_t at) {
        const BindingInfo& b = i.bindings[at];
        return b.name + " " + std::to_string(b.set) + "." + std::to_string(b.binding) +
               (b.kind == BindingKind::uniform ? " uniform" : " storage") + (b.reads ? " reads" : "") +
               (b.writes ? " writes" : "") + " fixed " + std::to_string(b.fixed_bytes) + " stride " +
               std::to_string(b.stride_bytes) + " " + to_string(b.element);
    };
    EXPECT_EQ(summary(0), "outputs 0.1 storage writes fixed 0 stride 4 f32");
    EXPECT_EQ(summary(1), "settings 0.2 uniform reads fixed 20 stride 0 struct{color: f32x4, gain: f32}");
    EXPECT_EQ(summary(2), "In 0.3 storage reads fixed 0 stride 4 f32");
    EXPECT_EQ(summary(3), "members 0.4 storage reads fixed 4 stride 4 f32");
    EXPECT_EQ(summary(4), "last 1.0 storage reads writes fixed 0 stride 4 u32");
    EXPECT_EQ(i.workgroup_size, (std::array<u32, 3>{8, 4, 2}));
    EXPECT_EQ(i.entry, "main");
    EXPECT_EQ(i.spirv_version, 0x00010500u);
    EXPECT_FALSE(i.uses_addresses);
}

TEST(Reflect, keeps_what_is_declared_and_never_used) {
    const Interface i = reflected(
        "layout(binding = 0) buffer A { uint a[]; };\nlayout(binding = 1) buffer B { uint b[]; };\nvoid main() { b[0] "
        "= 1; }");
    ASSERT_EQ(i.bindings.size(), 2u);
    EXPECT_EQ(i.bindings[0].name, "A");
}

TEST(Reflect, knows_every_element_type) {
    const auto element = [](const std::string& declaration) {
        const Interface i = reflected(
            "#extension GL_EXT_shader_explicit_arithmetic_types : require\n#extension GL_EXT_scalar_block_layout : "
            "require\n"
            "#extension GL_EXT_shader_16bit_storage : require\n#extension GL_EXT_shader_8bit_storage : require\n" +
            declaration + "\nvoid main() {}");
        const BindingInfo& b = i.bindings.at(0);
        return to_string(b.element) + " of " + std::to_string(b.element.size_bytes) + " every " +
               std::to_string(b.stride_bytes);
    };
    const auto array = [&](const std::string& type) {
        return element("layout(std430, binding = 0) buffer B { " + type + " x[]; };");
    };
    EXPECT_EQ(array("float"), "f32 of 4 every 4");
    EXPECT_EQ(array("int"), "i32 of 4 every 4");
    EXPECT_EQ(array("double"), "f64 of 8 every 8");
    EXPECT_EQ(array("float16_t"), "f16 of 2 every 2");
    EXPECT_EQ(array("int8_t"), "i8 of 1 every 1");
    EXPECT_EQ(array("uint8_t"), "u8 of 1 every 1");
    EXPECT_EQ(array("int16_t"), "i16 of 2 every 2");
    EXPECT_EQ(array("uint16_t"), "u16 of 2 every 2");
    EXPECT_EQ(array("int64_t"), "i64 of 8 every 8");
    EXPECT_EQ(array("uint64_t"), "u64 of 8 every 8");
    EXPECT_EQ(array("vec2"), "f32x2 of 8 every 8");
    EXPECT_EQ(array("uvec4"), "u32x4 of 16 every 16");
    EXPECT_EQ(array("vec3"), "f32x3 of 12 every 16");
    EXPECT_EQ(element("layout(scalar, binding = 0) buffer B { vec3 x[]; };"), "f32x3 of 12 every 12");
    EXPECT_EQ(array("mat4"), "f32x4x4 of 64 every 64");
    EXPECT_EQ(array("mat4x2"), "f32x2x4 of 32 every 32");
    EXPECT_EQ(array("mat3"), "struct{f32x3[3]} of 48 every 48") << "columns are padded";
    EXPECT_EQ(element("layout(std430, row_major, binding = 0) buffer B { mat4x2 x[]; };"), "f32x4x2 of 32 every 32")
        << "rows lie where columns would";
    EXPECT_EQ(element("layout(std430, binding = 0) buffer B { float x[][4]; };"), "struct{f32[4]} of 16 every 16");
    EXPECT_EQ(element("layout(std430, binding = 0) buffer B { float x[][3][4]; };"), "struct{f32[12]} of 48 every 48");
    EXPECT_EQ(element("struct P { vec3 p; float m; vec3 v; };\nlayout(std430, binding = 0) buffer B { P x[]; };"),
              "struct{p: f32x3, m: f32, v: f32x3} of 32 every 32");
    EXPECT_EQ(element("struct Q { uint a; mat2 m[3]; };\nstruct P { Q q[2]; double d; };\nlayout(std430, binding = 0) "
                      "buffer B { P x[]; };"),
              "struct{q: struct{a: u32, m: f32x2x2[3]}[2], d: f64} of 120 every 120");
}

TEST(Reflect, gives_offsets_of_struct_members) {
    const Interface i = reflected(
        "struct Q { float a; vec3 b; };\nlayout(std140, binding = 0) uniform U { float s; Q q[2]; float t[3]; mat3 m; "
        "};\nvoid main() {}");
    const BindingInfo& b = i.bindings.at(0);
    ASSERT_EQ(b.fields.size(), 4u);
    EXPECT_EQ(b.fields[1].offset_bytes, 16u);
    EXPECT_EQ(b.fields[1].count, 2u);
    EXPECT_EQ(b.fields[1].stride_bytes, 32u);
    EXPECT_EQ(b.fields[1].type.record->fields[1].offset_bytes, 16u);
    EXPECT_EQ(b.fields[2].offset_bytes, 80u);
    EXPECT_EQ(b.fields[2].stride_bytes, 16u);
    EXPECT_EQ(to_string(b.fields[3].type), "f32x3");
    EXPECT_EQ(b.fields[3].count, 3u);
    EXPECT_EQ(b.fields[3].stride_bytes, 16u);
    EXPECT_EQ(b.fixed_bytes, 128u + 44u);
}

TEST(Reflect, tells_a_header_from_the_array_behind_it) {
    const Interface i =
        reflected("layout(std430, binding = 0) buffer B { uint count; vec4 items[]; } list;\nvoid main() {}");
    const BindingInfo& b = i.bindings.at(0);
    EXPECT_EQ(b.fixed_bytes, 16u);
    EXPECT_EQ(b.stride_bytes, 16u);
    EXPECT_EQ(to_string(b.element), "f32x4");
    ASSERT_EQ(b.fields.size(), 2u);
    EXPECT_EQ(b.fields[1].count, 0u);
}

TEST(Reflect, joins_variables_of_one_binding) {
    const Interface i = reflected(
        "layout(binding = 0) readonly buffer A { float a[]; };\nlayout(binding = 0) writeonly buffer B { float b[]; "
        "};\n"
        "layout(binding = 1) buffer C { uint c[]; };\nlayout(binding = 1) buffer D { uvec4 d[]; };\nvoid main() { b[0] "
        "= a[0]; }");
    ASSERT_EQ(i.bindings.size(), 2u);
    EXPECT_TRUE(i.bindings[0].reads && i.bindings[0].writes);
    EXPECT_EQ(to_string(i.bindings[0].element), "f32");
    EXPECT_EQ(i.bindings[1].element, DType::opaque(4));
}

// Scalars and constants ----------------------------------------------------------------------------

TEST(Reflect, lists_push_constants_by_offset) {
    const Interface i = reflected(R"(
        struct Pair { float a; uint b; };
        layout(push_constant) uniform P { layout(offset = 16) float alpha; uint n; vec3 v; float w[3]; mat3 m; Pair pair; double d; } p;
        layout(binding = 0) buffer B { float x[]; };
        void main() { x[0] = p.alpha; })");
    const auto summary = [&](std::size_t at) {
        const ScalarInfo& s = i.scalars.at(at);
        return s.name + " " + to_string(s.type) + " at " + std::to_string(s.offset_bytes) + " of " +
               std::to_string(s.size_bytes);
    };
    ASSERT_EQ(i.scalars.size(), 7u);
    EXPECT_EQ(summary(0), "alpha f32 at 16 of 4");
    EXPECT_EQ(summary(1), "n u32 at 20 of 4");
    EXPECT_EQ(summary(2), "v f32x3 at 32 of 12");
    EXPECT_EQ(summary(3), "w struct{f32[3]} at 44 of 12");
    EXPECT_EQ(summary(4), "m f32x3x3 at 64 of 48") << "padded columns";
    EXPECT_EQ(summary(5), "pair struct{a: f32, b: u32} at 112 of 8");
    EXPECT_EQ(summary(6), "d f64 at 120 of 8");
    EXPECT_EQ(i.scalar_bytes, 128u);
    EXPECT_EQ(i.scalars[4].type.size_bytes, 36u);
}

TEST(Reflect, lists_specialisation_constants_with_their_values) {
    const Interface i = reflected(R"(
        #extension GL_EXT_shader_explicit_arithmetic_types : require
        layout(constant_id = 9) const bool flag = true;
        layout(constant_id = 2) const int less = -5;
        layout(constant_id = 3) const float half_ = 0.5;
        layout(constant_id = 4) const double wide = -2.0;
        layout(constant_id = 5) const uint64_t large = 0x100000002ul;
        layout(constant_id = 6) const int16_t small = -1s;
        layout(binding = 0) buffer B { float x[]; };
        void main() { x[0] = flag ? float(less) + half_ + float(wide) + float(large) + float(small) : 0.0; })");
    ASSERT_EQ(i.constants.size(), 6u);
    const auto expect = [&](std::size_t at, u32 id, const char* name, Scalar type, u64 bits) {
        EXPECT_EQ(i.constants[at].id, id);
        EXPECT_EQ(i.constants[at].name, name);
        EXPECT_EQ(i.constants[at].type, type);
        EXPECT_EQ(i.constants[at].default_bits, bits) << name;
    };
    expect(0, 2, "less", Scalar::i32, 0xfffffffb);
    expect(1, 3, "half_", Scalar::f32, std::bit_cast<u32>(0.5f));
    expect(2, 4, "wide", Scalar::f64, std::bit_cast<u64>(-2.0));
    expect(3, 5, "large", Scalar::u64, 0x100000002);
    expect(4, 6, "small", Scalar::i16, 0xffff);
    expect(5, 9, "flag", Scalar::boolean, 1);
}

TEST(Reflect, takes_sizes_from_specialisation_constants) {
    const std::vector<u32> words = words_of(R"(
        layout(local_size_x_id = 0, local_size_y = 2, local_size_z_id = 7) in;
        layout(constant_id = 1) const uint N = 4;
        shared float tile[N * 2 + 1];
        layout(binding = 0) uniform U { float x[N]; } u;
        layout(binding = 1) buffer B { float y[]; };
        void main() { tile[0] = u.x[0]; y[0] = tile[0]; })");
    const Interface before = reflect(words, "main", "k.spv");
    EXPECT_EQ(before.workgroup_size, (std::array<u32, 3>{1, 2, 1}));
    EXPECT_EQ(before.workgroup_constants[0], std::optional<u32>(0));
    EXPECT_EQ(before.workgroup_constants[1], std::nullopt);
    EXPECT_EQ(before.workgroup_constants[2], std::optional<u32>(7));
    EXPECT_EQ(before.shared_bytes, 36u);
    EXPECT_EQ(before.bindings[0].fixed_bytes, 3 * 16u + 4u);
    const std::vector<backend::SpecializationValue> values{{0, 4, 64}, {1, 4, 10}, {7, 4, 3}};
    const Interface after = reflect(words, "main", "k.spv", values);
    EXPECT_EQ(after.workgroup_size, (std::array<u32, 3>{64, 2, 3}));
    EXPECT_EQ(after.shared_bytes, 84u);
    EXPECT_EQ(after.bindings[0].fixed_bytes, 9 * 16u + 4u);
}

TEST(Reflect, takes_two_constants_of_one_id) {
    const std::vector<u32> words = words_of(R"(
        layout(local_size_x_id = 0) in;
        layout(constant_id = 0) const uint width = 32;
        shared uint tile[width];
        void main() { tile[0] = 1; })");
    const Interface before = reflect(words, "main", "k.spv");
    EXPECT_EQ(before.workgroup_size[0], 1u) << "what GLSL says of a size that has no constant";
    EXPECT_EQ(before.shared_bytes, 128u);
    const std::vector<backend::SpecializationValue> values{{0, 4, 8}};
    const Interface after = reflect(words, "main", "k.spv", values);
    EXPECT_EQ(after.workgroup_size[0], 8u);
    EXPECT_EQ(after.shared_bytes, 32u);
}

TEST(Reflect, counts_blocks_in_shared_memory_once) {
    const std::string extension = "#extension GL_EXT_shared_memory_block : require\n";
    EXPECT_EQ(
        reflected(extension + "shared A { vec4 a[4]; };\nshared B { uint b[3]; };\nvoid main() { a[0] = vec4(b[1]); }")
            .shared_bytes,
        64u);
    EXPECT_EQ(reflected(extension + "shared A { vec4 a[4]; };\nvoid main() { a[0] = vec4(1); }").shared_bytes, 64u);
}

TEST(Reflect, counts_shared_memory) {
    EXPECT_EQ(
        reflected(
            "shared float a[256];\nshared struct { vec3 v; uint n; } s[2];\nvoid main() { a[0] = 1; s[0].n = 1; }")
            .shared_bytes,
        1024u + 32u);
    EXPECT_EQ(reflected("void main() {}").shared_bytes, 0u);
}

TEST(Reflect, knows_buffer_references) {
    const Interface i = reflected(R"(
        #extension GL_EXT_buffer_reference : require
        layout(buffer_reference) buffer Node;
        layout(buffer_reference, std430) buffer Node { float value; Node next; };
        layout(binding = 0) buffer B { uint n; Node first; } b;
        void main() { b.first.value = 1.0; })");
    EXPECT_TRUE(i.uses_addresses);
    EXPECT_EQ(to_string(i.bindings.at(0).element), "struct{n: u32, first: u64}");
    EXPECT_EQ(i.bindings[0].fixed_bytes, 16u);
}

std::vector<std::string> requirements_of(const std::string& glsl_text) {
    std::vector<std::string> names;
    for (const Requirement& r : reflected(glsl_text).requirements) names.push_back(r.name);
    return names;
}

TEST(Reflect, lists_capabilities_by_name) {
    EXPECT_THAT(requirements_of("layout(binding = 0) buffer B { double x[]; };\nvoid main() { x[0] *= 2.0; }"),
                ::testing::UnorderedElementsAre("Shader", "Float64"));
}

TEST(Reflect, lists_features_that_have_no_capability) {
    const std::string atomics = R"(
        #extension GL_EXT_shader_atomic_float : require
        layout(binding = 0) buffer B { float x[]; };
        shared float s;
        void main() { )";
    EXPECT_THAT(requirements_of(atomics + "atomicExchange(x[1], 2.0); }"),
                ::testing::UnorderedElementsAre("Shader", "shaderBufferFloat32Atomics"));
    EXPECT_THAT(requirements_of(atomics + "x[0] = atomicExchange(s, 2.0) + atomicExchange(s, 3.0); }"),
                ::testing::UnorderedElementsAre("Shader", "shaderSharedFloat32Atomics"));
    const std::string subgroups = R"(
        #extension GL_KHR_shader_subgroup_vote : require
        #extension GL_KHR_shader_subgroup_arithmetic : require
        #extension GL_EXT_shader_explicit_arithmetic_types : require
        #extension GL_EXT_shader_subgroup_extended_types_int64 : require
        layout(binding = 0) buffer B { uint64_t x[]; };
        layout(binding = 1) buffer C { uint y[]; };
        void main() { )";
    const char* const feature = "shaderSubgroupExtendedTypes";
    EXPECT_THAT(requirements_of(subgroups + "x[0] = subgroupAdd(x[1]); }"), ::testing::Contains(feature));
    EXPECT_THAT(requirements_of(subgroups + "y[0] = subgroupAllEqual(x[1]) ? 1 : 0; }"), ::testing::Contains(feature));
    EXPECT_THAT(requirements_of(subgroups + "y[0] = subgroupAdd(y[1]); }"),
                ::testing::Not(::testing::Contains(feature)));
}

// Hand-written modules -----------------------------------------------------------------------------

const std::string kTwoEntries = R"(
    OpCapability Shader
    OpMemoryModel Logical GLSL450
    OpEntryPoint GLCompute %one "one" %a %c
    OpEntryPoint GLCompute %two "two" %b
    OpExecutionMode %one LocalSize 4 1 1
    OpExecutionModeId %two LocalSizeId %u2 %spec %u2
    OpName %a "alpha"
    OpName %b "beta"
    OpDecorate %spec SpecId 5
    OpDecorate %array ArrayStride 4
    OpMemberDecorate %block 0 Offset 0
    OpDecorate %block Block
    OpDecorate %a DescriptorSet 0
    OpDecorate %a Binding 0
    OpDecorate %b DescriptorSet 0
    OpDecorate %b Binding 0
    %void = OpTypeVoid
    %fn = OpTypeFunction %void
    %uint = OpTypeInt 32 0
    %u0 = OpConstant %uint 0
    %u2 = OpConstant %uint 2
    %spec = OpSpecConstant %uint 8
    %array = OpTypeRuntimeArray %uint
    %block = OpTypeStruct %array
    %pblock = OpTypePointer StorageBuffer %block
    %puint = OpTypePointer StorageBuffer %uint
    %tile = OpTypeArray %uint %spec
    %ptile = OpTypePointer Workgroup %tile
    %a = OpVariable %pblock StorageBuffer
    %b = OpVariable %pblock StorageBuffer
    %c = OpVariable %ptile Workgroup
    %one = OpFunction %void None %fn
    %l1 = OpLabel
    %p1 = OpAccessChain %puint %a %u0 %u0
    OpStore %p1 %u2
    OpReturn
    OpFunctionEnd
    %two = OpFunction %void None %fn
    %l2 = OpLabel
    %p2 = OpAccessChain %puint %b %u0 %u0
    OpStore %p2 %u2
    OpReturn
    OpFunctionEnd)";

TEST(Reflect, takes_the_named_one_of_several_entry_points) {
    const std::vector<u32> words = assemble(kTwoEntries, SPV_ENV_VULKAN_1_3);
    const Interface one = reflect(words, "one", "k.spv");
    ASSERT_EQ(one.bindings.size(), 1u);
    EXPECT_EQ(one.bindings[0].name, "alpha");
    EXPECT_EQ(one.shared_bytes, 32u);
    const Interface two = reflect(words, "two", "k.spv");
    ASSERT_EQ(two.bindings.size(), 1u);
    EXPECT_EQ(two.bindings[0].name, "beta");
    EXPECT_EQ(two.workgroup_size, (std::array<u32, 3>{2, 8, 2}));
    EXPECT_EQ(two.workgroup_constants[1], std::optional<u32>(5));
    EXPECT_EQ(two.shared_bytes, 0u);
    EXPECT_EQ(refused(words, ErrorCode::invalid_argument, "three"),
              "compile: \"k.spv\" has no entry point \"three\"; it has \"one\" (compute), \"two\" (compute).");
}

TEST(Reflect, refuses_shaders_of_other_stages) {
    const std::vector<u32> words = assemble(R"(
        OpCapability Shader
        OpMemoryModel Logical GLSL450
        OpEntryPoint Fragment %main "main"
        OpExecutionMode %main OriginUpperLeft
        %void = OpTypeVoid
        %fn = OpTypeFunction %void
        %main = OpFunction %void None %fn
        %l = OpLabel
        OpReturn
        OpFunctionEnd)");
    EXPECT_EQ(refused(words), "compile: \"k.spv\" is a fragment shader; only compute shaders are taken.");
    EXPECT_EQ(refused(words, ErrorCode::invalid_argument, "other"),
              "compile: \"k.spv\" has no entry point \"other\"; it has \"main\" (fragment).");
    EXPECT_EQ(refused(assemble("OpCapability Shader\nOpCapability Linkage\nOpMemoryModel Logical GLSL450\n")),
              "compile: \"k.spv\" has no entry point.");
}

TEST(Reflect, refuses_what_is_no_buffer_by_name) {
    const auto not_taken = [](const std::string& text) {
        const std::string said = refused(words_of(text), ErrorCode::unsupported);
        EXPECT_THAT(said, StartsWith("kernel \"k.spv\": "));
        return said.substr(std::min(said.size(), std::string("kernel \"k.spv\": ").size()));
    };
    const std::string only = "; only buffers are taken.";
    EXPECT_EQ(not_taken("layout(set = 2, binding = 5, rgba8) uniform writeonly image2D picture;\nvoid main() { "
                        "imageStore(picture, ivec2(0), vec4(0)); }"),
              "\"picture\" at set 2, binding 5 is an image" + only);
    EXPECT_EQ(not_taken("layout(binding = 1) uniform sampler2D photo;\nlayout(binding = 0) buffer B { vec4 x; "
                        "};\nvoid main() { x = textureLod(photo, vec2(0), 0.0); }"),
              "\"photo\" at set 0, binding 1 is a sampled image" + only);
    EXPECT_EQ(not_taken("layout(binding = 1) uniform sampler how;\nvoid main() {}"),
              "\"how\" at set 0, binding 1 is a sampler" + only);
    EXPECT_EQ(not_taken("layout(binding = 1) uniform texture2D what[3];\nvoid main() {}"),
              "\"what\" at set 0, binding 1 is an image" + only);
    EXPECT_EQ(not_taken("#extension GL_EXT_ray_query : require\nlayout(binding = 1) uniform accelerationStructureEXT "
                        "scene;\nvoid main() { rayQueryEXT q; rayQueryInitializeEXT(q, scene, 0, 255, vec3(0), 0.0, "
                        "vec3(1), 1.0); }"),
              "\"scene\" at set 0, binding 1 is an acceleration structure" + only);
    EXPECT_EQ(not_taken("layout(binding = 3) buffer B { uint x[]; } many[4];\nvoid main() { many[1].x[0] = 1; }"),
              "\"many\" at set 0, binding 3 is no block; one buffer for each binding is taken.");
    EXPECT_EQ(refused(words_of("layout(binding = 3) buffer B { uint x; } s;\nlayout(binding = 3) uniform U { uint y; } "
                               "u;\nvoid main() { s.x = u.y; }")),
              "kernel \"k.spv\": \"u\" at set 0, binding 3 is a uniform buffer, and \"s\" there is a storage buffer.");
}

TEST(Reflect, refuses_what_is_no_spirv) {
    const std::vector<u32> good = words_of("layout(binding = 0) buffer B { uint x[]; };\nvoid main() { x[0] = 1; }");
    EXPECT_EQ(refused({}), "compile: \"k.spv\" holds no SPIR-V: it is empty.");
    EXPECT_EQ(refused(std::vector<u32>{1, 2, 3}),
              "compile: \"k.spv\" is not SPIR-V: it begins with 1 instead of the magic number 119734787.");
    EXPECT_EQ(refused(std::span(good).first(3)),
              "compile: \"k.spv\" is truncated: it has 3 words and the header alone has 5.");
    EXPECT_EQ(refused(std::span(good).first(5)), "compile: \"k.spv\" has no entry point.");
    std::vector<u32> swapped = good;
    for (u32& word : swapped) word = word << 24 | (word << 8 & 0xff0000u) | (word >> 8 & 0xff00u) | word >> 24;
    EXPECT_EQ(refused(swapped),
              "compile: \"k.spv\" is SPIR-V in the other byte order; swap the bytes of each word first.");
    std::vector<u32> newer = good;
    newer[1] = 0x00010900;
    EXPECT_EQ(refused(newer), "compile: \"k.spv\" is SPIR-V 1.9; versions 1.0 to 1.6 are taken.");
    std::vector<u32> bound = good;
    bound[3] = 0xffffffff;
    EXPECT_EQ(refused(bound),
              "compile: \"k.spv\" is not valid SPIR-V: its id bound is 4294967295; 1 to 4194303 are legal.");
    bound[3] = 2;
    EXPECT_THAT(refused(bound), HasSubstr("ids are above 0 and below the bound 2."));
    std::vector<u32> cut(good.begin(), good.end() - 1);
    cut.back() = 0x000300f8;
    EXPECT_EQ(refused(cut), "compile: \"k.spv\" is truncated: the instruction at word " +
                                std::to_string(cut.size() - 1) + " has 3 words and 1 are left.");
    cut.back() = 0;
    EXPECT_EQ(refused(cut), "compile: \"k.spv\" is not valid SPIR-V: the instruction at word " +
                                std::to_string(cut.size() - 1) + " has length 0.");
    cut.pop_back();
    EXPECT_THAT(refused(cut), StartsWith("compile: \"k.spv\" is not valid SPIR-V: "));
}

TEST(Reflect, says_what_validation_says) {
    std::string text = kTwoEntries;
    text.replace(text.find("OpStore %p1 %u2"), 15, "OpStore %p1 %a ");
    const std::string message = refused(assemble(text, SPV_ENV_VULKAN_1_3), ErrorCode::compile_failed, "one");
    EXPECT_THAT(message, StartsWith("compile: \"k.spv\" is not valid SPIR-V: "));
    EXPECT_THAT(message, HasSubstr("OpStore"));
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(Reflect, tells_unknown_capabilities_from_broken_modules) {
    std::vector<u32> words = words_of("void main() {}");
    words.insert(words.begin() + 5, {0x00020011, 6022});
    EXPECT_EQ(refused(words, ErrorCode::unsupported),
              "compile: \"k.spv\" needs SPIR-V capability 6022, which the SPIRV-Tools of this build do not know.");
}

// Any words at all ---------------------------------------------------------------------------------

TEST(Reflect, survives_mutated_modules) {
    const std::vector<std::vector<u32>> modules{
        assemble(kTwoEntries, SPV_ENV_VULKAN_1_3),
        words_of("struct P { vec3 p; float m[3]; mat3 k; };\nlayout(constant_id = 1) const uint N = "
                 "4;\nlayout(local_size_x_id = 0) in;\n"
                 "shared float tile[N * 2];\nlayout(push_constant) uniform C { float a; P p; } c;\nlayout(binding = 0) "
                 "buffer B { uint n; P x[]; } b;\n"
                 "layout(binding = 1) uniform U { P y[N]; } u;\n"
                 "void main() { for (uint i = 0; i < N; ++i) { tile[i] = u.y[i].m[1]; b.x[i].p = c.p.p * tile[i]; } "
                 "barrier(); }"),
        words_of("layout(binding = 0) buffer B { uint x[]; };\nvoid main() { uint i = gl_GlobalInvocationID.x; x[i] = "
                 "x[i] * 2 + 1; }")};
    const char* seed_text = std::getenv("ALKOMP_FUZZ_SEED");
    const auto seed = static_cast<u32>(seed_text != nullptr ? std::strtoul(seed_text, nullptr, 10) : 7);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    int mutants = 0, accepted = 0;
    for (; mutants < 20000 && std::chrono::steady_clock::now() < deadline; ++mutants) {
        std::vector<u32> words = modules[below(modules.size())];
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            const std::size_t at = below(words.size());
            switch (below(6)) {
                case 0:
                    words[at] ^= u32{1} << below(32);
                    break;
                case 1:
                    words[at] = static_cast<u32>(below(64));
                    break;
                case 2:
                    words[at] = words[below(words.size())];
                    break;
                case 3:
                    words[at] += static_cast<u32>(below(5)) - 2;
                    break;
                case 4:
                    words.resize(at + 1);
                    break;
                default:
                    words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), words[below(words.size())]);
                    break;
            }
        }
        try {
            static_cast<void>(reflect(words, mutants % 2 == 0 ? "main" : "one", "mutant"));
            ++accepted;
        } catch (const Error& error) {
            EXPECT_NE(error.code(), ErrorCode::internal) << "seed " << seed;
            EXPECT_THAT(error.what(), HasSubstr("\"mutant\"")) << "seed " << seed;
        }
    }
    EXPECT_GT(accepted, 0) << "of " << mutants << ": mutations never reach reflection";
}

}  // namespace
}  // namespace alkomp::detail
