// SPDX-License-Identifier: MIT OR Apache-2.0
// WGSL of the user's own, on devices that take it; and that they take all that the emitter writes.
#include "ir_kernels.h"
#include "support/device_test.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace alkomp::testing {
namespace {

std::vector<TestDevice> devices_with_wgsl() {
    std::vector<TestDevice> devices = test_devices_of("wgpu");
    for (const char* other : {"dawn", "webgpu"})
        for (const TestDevice& device : test_devices_of(other)) devices.push_back(device);
    return devices;
}
ALKOMP_DEVICE_SUITE_ON(Wgsl, devices_with_wgsl());

const char* const kScaled = R"(
struct Particle { position: vec3f, mass: f32 }
override factor: f32 = 2.0;
@id(5) override width: u32 = 4u;
@group(0) @binding(2) var<storage> bodies: array<Particle>;
@group(1) @binding(0) var<storage, read_write> masses: array<f32>;
@group(0) @binding(0) var<uniform> shift: f32;
@compute @workgroup_size(width)
fn scale(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&masses)) {
        masses[id.x] = bodies[id.x].mass * factor + shift;
    }
}
)";

TEST_P(Wgsl, of_the_user_runs_with_its_own_bindings_and_overrides) {
    const Kernel kernel = gpu.compile(wgsl(kScaled, "scale.wgsl"));
    EXPECT_EQ(kernel.workgroup_size(), (std::array<u32, 3>{4, 1, 1}));
    struct Particle {
        f32 x, y, z, mass;
    };
    const auto from = gpu.to_device<Particle>({{0, 0, 0, 1}, {0, 0, 0, 2}, {0, 0, 0, 3}});
    const auto shift = gpu.to_device<f32>({0.5f});
    const auto masses = gpu.zeros<f32>(3);
    gpu.call(kernel, groups(1), shift, from, masses);
    EXPECT_EQ(gpu.get(masses), (std::vector<f32>{2.5f, 4.5f, 6.5f}));
    const Kernel other = gpu.compile(wgsl(kScaled), {.constants = {{"factor", -1.0}, {"width", u64{1}}}});
    gpu.call(other, groups(3), shift, from, masses);
    EXPECT_EQ(gpu.get(masses), (std::vector<f32>{-0.5f, -1.5f, -2.5f}));
}

TEST_P(Wgsl, of_the_user_is_called_as_it_declares) {
    const Kernel kernel = gpu.compile(wgsl(kScaled, "scale.wgsl"));
    const auto numbers = gpu.zeros<u32>(4);
    const auto floats = gpu.zeros<f32>(4);
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(kernel, groups(1), floats, floats); }),
                ::testing::HasSubstr("\"scale.wgsl\""));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(kernel, groups(1), floats, floats, numbers); }),
                ::testing::HasSubstr("\"masses\""));
}

TEST_P(Wgsl, of_the_user_has_the_grid_that_it_is_called_with) {
    const Kernel kernel = gpu.compile(wgsl(kScaled, "scale.wgsl"));
    const auto shift = gpu.zeros<f32>(1), masses = gpu.zeros<f32>(1);
    struct Particle {
        f32 x, y, z, mass;
    };
    const auto bodies = gpu.zeros<Particle>(1);
    gpu.call(kernel, groups(65535), shift, bodies, masses);
    EXPECT_THAT(
        error_text(ErrorCode::invalid_argument, [&] { gpu.call(kernel, groups(65536), shift, bodies, masses); }),
        ::testing::HasSubstr("groups.x is 65536; this device takes at most 65535 workgroups there."));
    gpu.wait();
}

TEST_P(Wgsl, of_the_user_that_is_wrong_is_refused_with_the_librarys_words) {
    const std::string text = error_text(ErrorCode::compile_failed, [&] {
        static_cast<void>(gpu.compile(wgsl("@compute @workgroup_size(1)\nfn main() {\n    let x = nobody;\n}\n")));
    });
    EXPECT_THAT(text, ::testing::HasSubstr("nobody"));
    EXPECT_THAT(error_text(ErrorCode::unsupported,
                           [&] {
                               const auto data = gpu.zeros<u32>(8);
                               const Kernel kernel =
                                   gpu.compile(wgsl("@group(0) @binding(0) var<storage> a: array<u32>;\n"
                                                    "@group(0) @binding(1) var<storage, read_write> b: array<u32>;\n"
                                                    "@compute @workgroup_size(1) fn main() { b[0] = a[1]; }\n"));
                               gpu.call(kernel, groups(1), data, data);
                               gpu.wait();
                           }),
                ::testing::HasSubstr("views of one buffer"));
}

/// The library sees what is made for devices without subgroups on those too that have some.
TEST_P(Wgsl, comes_to_barriers_behind_an_early_return_with_all) {
    const Kernel kernel = gpu.compile(glsl(R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationIndex;
    if (i >= 60u) return;
    tile[i] = data[i];
    barrier();
    data[i] = tile[59u - i];
})",
                                           "early.comp"));
    std::vector<u32> numbers(64), wanted(64);
    std::iota(numbers.begin(), numbers.end(), 0u);
    for (u32 i = 0; i < 64; ++i) wanted[i] = i < 60 ? 59 - i : i;
    const auto data = gpu.to_device(numbers);
    gpu.call(kernel, groups(1), data);
    EXPECT_EQ(gpu.get(data), wanted);
}

TEST_P(Wgsl, has_barriers_refused_that_some_may_not_come_to) {
    const Source source = glsl(R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationIndex;
    for (uint k = 0u; k < 8u; ++k) {
        if (data[i] == k) return;
        barrier();
        tile[i] += k;
    }
    data[i] = tile[63u - i];
})",
                               "early.comp");
    if (gpu.capabilities().wgsl.dialect == WgslSupport::Dialect::wgpu && GetParam().api != "d3d12") {
        EXPECT_NO_THROW(static_cast<void>(gpu.compile(source)));  // naga wants no proof, but FXC does
        return;
    }
    EXPECT_THAT(
        error_text(ErrorCode::unsupported, [&] { static_cast<void>(gpu.compile(source)); }),
        ::testing::StartsWith(
            "compile: \"early.comp\": early.comp:9: the device wants proof that all invocations of a workgroup come "
            "to a barrier together;"));
}

TEST_P(Wgsl, of_subgroups_in_memory_is_taken) {
    EXPECT_TRUE(static_cast<bool>(gpu.compile(wgsl_file(ALKOMP_GOLDEN "/wgsl/subgroups_in_memory.wgsl"))));
}

// Constants that stay settable ----------------------------------------------------------------------

const char* const kSettable = R"(#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
layout(local_size_x = 16, local_size_x_id = 0) in;
layout(constant_id = 0) const uint tile = 16;
layout(constant_id = 1) const int offset = -3;
layout(constant_id = 2) const float scale = 1.5;
layout(constant_id = 3) const bool doubled = true;
layout(constant_id = 4) const uint rounds = 3;
layout(constant_id = 5) const float16_t share = 0.5hf;
layout(constant_id = 6) const int many = 100000;
const uint twice = tile * 2;
const uvec3 several = uvec3(tile, rounds, 7);
layout(binding = 0) buffer Data { uint data[]; };
layout(binding = 1) buffer Reals { float reals[]; };
shared uint rows[twice];
uint mixed(uint x) { return x * 31u + rounds * tile; }
void main() {
    uint i = gl_LocalInvocationIndex;
    rows[i] = data[gl_GlobalInvocationID.x];
    rows[i + tile] = uint(int(i) + offset);
    barrier();
    uint sum = rows[twice - 1u - i];
    for (uint k = 0u; k < rounds; ++k) sum = mixed(sum) + rows[(i + k) % tile];
    if (doubled) sum += sum;
    if (!doubled && i == 0u) sum = 7u;
    if (tile > 8u) sum ^= 0x80000000u;
    sum += (tile << rounds) + (sum >> rounds) + sum / rounds + gl_WorkGroupSize.x;
    switch (rounds) {
        case 2u: sum += 5u; break;
        case 3u: sum += 9u; break;
        default: break;
    }
    uvec3 some = several;
    some[rounds & 1u] += i;
    sum += uint(many * many) + uint(-offset) + some[rounds % 3u] + several.x * several.y + (doubled ? tile : rounds);
    data[gl_GlobalInvocationID.x] = sum + twice * 4026531840u;
    reals[gl_GlobalInvocationID.x] = clamp(float(i) * scale, 0.0, scale * 4.0) + float(offset) / float(tile) +
                                     float(share + float16_t(i));
})";

/// What the kernel gives for 64 elements in each buffer.
std::pair<std::vector<u32>, std::vector<f32>> given_by(Device& gpu, const Kernel& kernel) {
    std::vector<u32> numbers(64);
    std::iota(numbers.begin(), numbers.end(), 4294967280u);
    const auto data = gpu.to_device(numbers);
    const auto reals = gpu.zeros<f32>(64);
    gpu.call(kernel, groups(64 / kernel.workgroup_size()[0]), data, reals);
    return {gpu.get(data), gpu.get(reals)};
}

TEST_P(Wgsl, with_overrides_does_what_the_kernel_with_these_constants_does) {
    const Source source = glsl(kSettable, "settable.comp");
    const auto shader = detail::translate(detail::module_of(source, {}, Target::vulkan_1_2), gpu.capabilities());
    const Source text =
        wgsl(detail::wgsl_with_overrides(*shader->module, {}, shader->interface, gpu.capabilities()).text);
    EXPECT_THAT(text.text, ::testing::HasSubstr("@id(0) override tile: u32 = 16u;"));
    using Constants = std::map<std::string, Constant>;
    const i64 least = -2147483648;
    const Constants all[] = {
        {},
        {{"tile", u64{4}}, {"offset", i64{7}}, {"scale", -2.25}, {"doubled", false}, {"rounds", u64{2}}},
        // What is computed of these overflows, divides by 0, and leads out of arrays.
        {{"tile", u64{64}}, {"offset", least}, {"scale", 3e38}, {"many", i64{2147483647}}, {"rounds", u64{0}}},
        {{"tile", u64{32}}, {"scale", 1e-38}, {"many", least}, {"rounds", u64{37}}},
        {{"tile", u64{1}}, {"share", 2.0}},
    };
    for (const Constants& constants : all) {
        Constants settable = constants;
        if (!gpu.capabilities().wgsl.f16) settable.erase("share");
        const auto given = given_by(gpu, gpu.compile(text, {.constants = settable}));
        EXPECT_EQ(given, given_by(gpu, gpu.compile(source, {.constants = settable}))) << text.text;
    }
}

TEST_P(Wgsl, of_overrides_is_taken) {
    const Source source = wgsl_file(ALKOMP_GOLDEN "/wgsl/overrides.wgsl");
    EXPECT_EQ(gpu.compile(source).workgroup_size()[0], 16u);
    EXPECT_EQ(gpu.compile(source, {.constants = {{"tile", u64{8}}, {"rounds", u64{40}}}}).workgroup_size()[0], 8u);
}

/// What tests/golden/wgsl shows, as this device's dialect has it.
TEST_P(Wgsl, of_the_emitter_is_taken) {
    namespace fs = std::filesystem;
    u32 taken = 0;
    for (const auto& entry : fs::directory_iterator(ALKOMP_GOLDEN "/wgsl")) {
        if (entry.path().extension() != ".ir") continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const std::string name = entry.path().stem().string();
        std::string problem;
        try {
            static_cast<void>(compile_ir(gpu, text));
        } catch (const Error& error) {
            problem = error.what();
        }
        // Clusters that are larger than the device's subgroups.
        if (problem.find("max_subgroup_size") != std::string::npos) continue;
        if (name.starts_with("subgroups") && !gpu.capabilities().features.subgroup.clustered) continue;
        // FXC takes a store to one place by all invocations for a race.
        const bool refused = GetParam().api == "d3d12" && name == "interface";
        EXPECT_EQ(problem.empty(), !refused) << name << ": " << problem;
        ++taken;
    }
    EXPECT_GE(taken, 18u);
}

}  // namespace
}  // namespace alkomp::testing
