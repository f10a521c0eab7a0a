// SPDX-License-Identifier: MIT OR Apache-2.0
// Calls whose arguments are views of one buffer, of which one is written.
#include "support/device_test.h"

#include <numeric>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

ALKOMP_MODULE_SUITE(SharedBuffers);

std::vector<u32> ramp(std::size_t count, u32 first = 0) {
    std::vector<u32> out(count);
    std::iota(out.begin(), out.end(), first);
    return out;
}

auto sum_into() {
    return kernel("sum into", [](In<u32> a, In<u32> b, Out<u32> result) {
        result[global_id()] = a[global_id()] + 10u * b[global_id()];
    });
}

TEST_P(SharedBuffers, may_be_read_and_written_at_the_same_place) {
    const auto sum = sum_into();
    const auto a = gpu.to_device(ramp(100)), b = gpu.to_device(ramp(100, 1));
    gpu.call(sum, a, b, a);
    std::vector<u32> wanted(100);
    for (u32 i = 0; i < 100; ++i) wanted[i] = i + 10 * (i + 1);
    EXPECT_EQ(gpu.get(a), wanted);
    gpu.call(sum, b, b, b);
    for (u32 i = 0; i < 100; ++i) wanted[i] = 11 * (i + 1);
    EXPECT_EQ(gpu.get(b), wanted);
    const auto apart = gpu.zeros<u32>(100);
    gpu.call(sum, b, b, apart);  // and the kernel as it is goes on
    for (u32& value : wanted) value *= 11;
    EXPECT_EQ(gpu.get(apart), wanted);
}

TEST_P(SharedBuffers, may_be_read_at_one_place_and_written_at_another) {
    const auto sum = sum_into();
    const auto all = gpu.to_device(ramp(768));
    gpu.call(sum, all.view(0, 256), all.view(256, 256), all.view(512, 256));
    std::vector<u32> wanted = ramp(768);
    for (u32 i = 0; i < 256; ++i) wanted[512 + i] = i + 10 * (256 + i);
    EXPECT_EQ(gpu.get(all), wanted);
    gpu.call(sum, all.view(0, 256), all.view(0, 256), all.view(512, 256));
    for (u32 i = 0; i < 256; ++i) wanted[512 + i] = 11 * i;
    EXPECT_EQ(gpu.get(all), wanted);
}

TEST_P(SharedBuffers, may_have_blocks_of_other_names) {
    const Kernel kernel = gpu.compile(glsl(R"(#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) readonly buffer From { uint count; uint from[]; };
layout(set = 1, binding = 2) buffer To { uint length_of; uint to[]; };
layout(push_constant) uniform Scalars { uint amount; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) to[i] = from[i] + amount;
})"));
    std::vector<u32> values = ramp(65);
    values[0] = 50;
    const auto data = gpu.to_device(values);
    gpu.call(kernel, data, data, 7u, groups(1));
    for (u32 i = 1; i <= 50; ++i) values[i] += 7;
    EXPECT_EQ(gpu.get(data), values);
}

TEST_P(SharedBuffers, may_be_given_to_a_graph_and_to_its_slots) {
    const auto sum = sum_into();
    const auto a = gpu.to_device(ramp(64)), b = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(sum, a, a, slot("result", a));
    graph.replay();
    graph.replay();
    std::vector<u32> wanted = ramp(64);
    for (u32& value : wanted) value *= 121;
    EXPECT_EQ(gpu.get(a), wanted);
    graph.set("result", b);
    graph.replay();
    EXPECT_EQ(gpu.get(a), wanted);
    for (u32& value : wanted) value *= 11;
    EXPECT_EQ(gpu.get(b), wanted);
}

TEST_P(SharedBuffers, may_have_no_bytes) {
    const auto sum = sum_into();
    const auto none = gpu.empty<u32>(0);
    gpu.call(sum, none, none, none);
    const Kernel count = gpu.compile(glsl(R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) readonly buffer A { vec4 a[]; };
layout(set = 0, binding = 1) buffer B { vec4 b[]; };
layout(set = 0, binding = 2) buffer Result { uint result[]; };
void main() { result[0] = 5u; })"));
    const auto result = gpu.zeros<u32>(1);
    gpu.call(count, gpu.empty<f32x4>(0), gpu.empty<f32x4>(0), result, groups(1));
    EXPECT_EQ(gpu.get(result), std::vector<u32>{5});
}

TEST_P(SharedBuffers, may_count_the_workgroups_that_write_them) {
    const auto data = gpu.to_device<u32>({3, 1, 1, 0, 0, 0, 0, 0});
    const Kernel kernel = gpu.compile(glsl(R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() { atomicAdd(data[4], 1u); data[0] = 1u; })"));
    gpu.call(kernel, data, groups(data.view(0, 3)));
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{1, 1, 1, 0, 3, 0, 0, 0}));
}

TEST_P(SharedBuffers, as_uniform_and_written_work_or_are_refused) {
    const Kernel kernel = gpu.compile(glsl(R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) uniform Scale { uvec4 scale; };
layout(set = 0, binding = 1) buffer Data { uint data[]; };
void main() { data[0] += scale.x; })"));
    const u64 step = gpu.capabilities().limits.storage_offset_alignment_bytes;
    const auto all = gpu.to_device(ramp(512, 1));
    const auto scale = all.view(0, 4), data = all.view(std::max<u64>(step, 1024) / 4, 4);
    const bool webgpu = is_webgpu(GetParam().backend);
    if (!webgpu) return gpu.call(kernel, scale, data, groups(1));
    EXPECT_THAT(error_text(ErrorCode::unsupported, [&] { gpu.call(kernel, scale, data, groups(1)); }),
                HasSubstr("views of one buffer"));
    EXPECT_EQ(gpu.get(all), ramp(512, 1));  // nothing else has changed
}

}  // namespace
}  // namespace alkomp::testing
