// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels of WebGPU devices: their types, scalars, overrides and errors.
#include "device/webgpu_fixture.h"

namespace alkomp::backend {
namespace {

ALKOMP_WEBGPU_SUITE(WebGpuKernels);

constexpr const char* kOutside = R"(struct Scalars { first: u32 }
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
{scalars}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    data[scalars.first + id.x] = 0xdeadbeefu;
})";

constexpr const char* kOutsideShared = R"(struct Scalars { first: u32 }
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
var<workgroup> shared_words: array<u32, 4>;
{scalars}
@compute @workgroup_size(1) fn main() {
    var local = array<u32, 4>(1u, 2u, 3u, 4u);
    shared_words[0] = 0u;  // wgpu-native does not clear it
    shared_words[scalars.first] = 7u;
    local[scalars.first] = 8u;
    data[0] = shared_words[3];
    data[1] = local[3];
    data[2] = shared_words[0];
    data[3] = local[0];
})";

constexpr const char* kOverride = R"(@id(3) override factor: u32 = 1u;
@id(4) override shift: f32 = 0.0;
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    data[id.x] = id.x * factor + u32(shift);
})";

constexpr const char* kBig = R"(struct Scalars { words: array<vec4u, 64> }
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
{scalars}
@compute @workgroup_size(64) fn main(@builtin(local_invocation_id) id: vec3u) {
    data[id.x] = scalars.words[id.x].x;
})";

/// A kernel that uses a type or a function by itself.
struct Native {
    const char* what;
    bool WgslSupport::*has;
    const char* enable;  ///< for the dialects of the standard
    const char* body;
};
constexpr Native kNatives[] = {
    {"f16", &WgslSupport::f16, "enable f16;\n", "data[0] = u32(f16(data[0]) * 2.0h);"},
    {"f64", &WgslSupport::f64, "", "data[0] = u32(f64(data[0]) * 2.0lf);"},
    {"i64", &WgslSupport::i64, "", "data[0] = u32((u64(data[0]) << 40u) >> 39u);"},
    {"subgroups", &WgslSupport::subgroups, "enable subgroups;\n", "data[0] = subgroupAdd(data[0]) * 2u;"},
};

TEST_P(WebGpuKernels, has_the_types_that_it_promises) {
    const WgslSupport& wgsl = device->capabilities().wgsl;
    for (const Native& native : kNatives) {
        // naga takes `enable f16;` as the standard does, and knows no other.
        const bool directive = wgsl.dialect != WgslSupport::Dialect::wgpu || native.has == &WgslSupport::f16;
        const std::string text = (directive ? native.enable : "") +
                                 std::string("@group(0) @binding(0) var<storage, read_write> data: array<u32>;\n") +
                                 "@compute @workgroup_size(1) fn main() { " + native.body + " }";
        Interface interface;
        interface.entry = "main";
        interface.bindings = {storage(0, 0, true)};
        KernelId id = KernelId::none;
        const Status status = try_compile(text, interface, id);
        EXPECT_EQ(status.ok(), wgsl.*native.has) << native.what << ": " << status.text;
        if (!status.ok()) {
            EXPECT_EQ(status.code, ErrorCode::compile_failed);
            continue;
        }
        const BufferId data = filled(256, 21);
        const std::array<BoundRange, 1> range{{{data, 0, 256}}};
        wait(submit({{Dispatch{id, {1, 1, 1}, range, {}}, true}}));
        EXPECT_EQ(read(data, 256)[0], 42u) << native.what;
        device->free(data);
        device->release(id);
    }
}

TEST_P(WebGpuKernels, knows_the_size_of_its_subgroups) {
    const Limits& limits = device->capabilities().limits;
    if (!device->capabilities().wgsl.subgroups) GTEST_SKIP() << "the device has no subgroups";
    EXPECT_GE(limits.min_subgroup_size, 4u);
    EXPECT_GE(limits.subgroup_size, limits.min_subgroup_size);
    EXPECT_GE(limits.max_subgroup_size, limits.subgroup_size);
    EXPECT_LT(limits.max_subgroup_size, 128u) << "no device that this runs on has so many";
}

TEST_P(WebGpuKernels, runs_kernels_with_scalars) {
    const KernelId kernel = compile(kAddScaled, {storage(0, 0, false), storage(0, 1, true)}, 8);
    const BufferId x = filled(4096, 3), y = filled(4096, 1);
    const std::array<BoundRange, 2> ranges{{{x, 0, 4096}, {y, 0, 4096}}};
    const std::array<u32, 2> first{1000, 2}, second{10, 5};
    wait(submit({{Dispatch{kernel, {32, 1, 1}, ranges, bytes_of(first)}, true},
                 {Dispatch{kernel, {32, 1, 1}, ranges, bytes_of(second)}, true},
                 {Dispatch{kernel, {32, 1, 1}, ranges, bytes_of(second)}, true}}));
    const std::vector<u32> out = read(y, 4096);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i < 10 ? 37u : i < 1000 ? 7u : 1u) << i;
    device->release(kernel);
    device->free(x);
    device->free(y);
}

TEST_P(WebGpuKernels, scalars_of_every_dispatch_arrive) {
    const KernelId kernel = compile(kBig, {storage(0, 0, true)}, 1024);  // never immediates
    constexpr u32 kCount = 700;                                          // more than the first block of uniforms holds
    const BufferId data = filled(u64{kCount} * 256, 0);
    std::vector<std::array<u32, 256>> scalars(kCount);
    std::vector<BoundRange> ranges(kCount);
    std::vector<Command> commands;
    for (u32 round = 0; round < 3; ++round) {
        commands.clear();
        for (u32 i = 0; i < kCount; ++i) {
            for (u32 k = 0; k < 256; ++k) scalars[i][k] = round * 1'000'000 + i * 256 + k;
            ranges[i] = {data, u64{i} * 256, 256};
            commands.push_back({Dispatch{kernel, {1, 1, 1}, {&ranges[i], 1}, bytes_of(scalars[i])}, true});
        }
        submit(commands);
    }
    const std::vector<u32> out = read(data, u64{kCount} * 256);
    for (u32 i = 0; i < kCount; ++i)
        for (u32 k = 0; k < 64; ++k) ASSERT_EQ(out[i * 64 + k], 2'000'000 + i * 256 + k * 4) << i << ' ' << k;
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuKernels, sets_overrides) {
    const KernelId kernel = compile(kOverride, {storage(0, 0, true)}, 0, {{3, 4, 7}, {4, 4, 0x40a00000}});  // 5.0f
    const BufferId data = filled(256, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    wait(submit({{Dispatch{kernel, {1, 1, 1}, range, {}}, true}}));
    const std::vector<u32> out = read(data, 256);
    for (u32 i = 0; i < 64; ++i) ASSERT_EQ(out[i], 7 * i + 5);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuKernels, bad_text_fails_with_what_the_library_says) {
    struct Bad {
        const char* text;
        const char* said;
    };
    const Bad bads[] = {
        {"@compute @workgroup_size(1) fn main() { let x = y; }", "y"},
        {"this is not WGSL", "this"},
        {"@compute @workgroup_size(1) fn other() {}", "main"},
        {"@group(0) @binding(0) var<storage, read_write> data: array<u32>;\n"
         "@group(0) @binding(1) var<storage, read_write> more: array<u32>;\n"
         "@compute @workgroup_size(1) fn main() { data[0] = more[0]; }",
         "binding"},  // of which the interface knows nothing
    };
    Interface interface;
    interface.entry = "main";
    interface.bindings = {storage(0, 0, true)};
    for (const Bad& bad : bads) {
        KernelId id = KernelId::none;
        const Status status = try_compile(bad.text, interface, id);
        EXPECT_EQ(status.code, ErrorCode::compile_failed) << bad.text;
        EXPECT_TRUE(status.failed) << bad.text;
        EXPECT_NE(status.text.find(bad.said), std::string::npos) << status.text;
        EXPECT_EQ(id, KernelId::none);
    }
    // The next one is none the worse.
    const KernelId kernel = compile_increment();
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    wait(submit({{Dispatch{kernel, {1, 1, 1}, range, {}}, true}}));
    EXPECT_EQ(read(data, 256)[0], 2u);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuKernels, accesses_stay_inside_their_buffer) {
    const KernelId kernel = compile(kOutside, {storage(0, 0, true)}, 4);
    const BufferId before = filled(256, 1), middle = filled(256, 2), behind = filled(256, 3);
    const std::array<BoundRange, 1> range{{{middle, 0, 256}}};
    for (const u32 first : {64u, 1000u, 0x10000u, 0x3fffffc0u, 0xffffffc0u})
        wait(submit({{Dispatch{kernel, {4, 1, 1}, range, bytes_of(first)}, true}}));
    for (const u32 value : read(before, 256)) EXPECT_EQ(value, 1u);
    for (const u32 value : read(behind, 256)) EXPECT_EQ(value, 3u);
    for (const BufferId id : {before, middle, behind}) device->free(id);
    device->release(kernel);
}

TEST_P(WebGpuKernels, indices_into_shared_and_local_arrays_are_clamped) {
    ASSERT_TRUE(device->properties().clamps_shared);
    const KernelId kernel = compile(kOutsideShared, {storage(0, 0, true)}, 4);
    const BufferId data = filled(256, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    for (const u32 first : {4u, 1000u, 0x40000000u, 0xffffffffu}) {
        wait(submit({{Dispatch{kernel, {1, 1, 1}, range, bytes_of(first)}, true}}));
        const std::vector<u32> out = read(data, 256);
        EXPECT_EQ(std::vector<u32>(out.begin(), out.begin() + 4), (std::vector<u32>{7, 8, 0, 1})) << first;
    }
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuKernels, kernels_choose_robustness) {
    for (const bool device_robust : {true, false}) {
        open({device_robust});
        EXPECT_EQ(device->capabilities().features.robust_buffers, device_robust);
        for (const bool robust : {true, false}) {
            const KernelId kernel = compile(kIncrement, {storage(0, 0, true)}, 0, {}, robust);
            const BufferId data = filled(4096, 5);
            const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
            wait(submit({{Dispatch{kernel, {16, 1, 1}, range, {}}, true}}));
            for (const u32 value : read(data, 4096)) ASSERT_EQ(value, 6u);
            device->free(data);
            device->release(kernel);
        }
    }
}

}  // namespace
}  // namespace alkomp::backend
