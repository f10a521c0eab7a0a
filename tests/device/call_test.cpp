// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernel calls that work: arguments by order and by name, scalars, structs, implied and indirect groups.
#include "support/device_test.h"
#include "support/kernels.h"

#include <algorithm>
#include <numeric>

namespace alkomp::testing {
namespace {

using ::testing::Each;

ALKOMP_DEVICE_SUITE(Calls);

TEST_P(Calls, count_collatz_iterations_as_the_first_alkomp_did) {
    Kernel kernel = compile(gpu, collatz());
    const auto data = gpu.to_device<u32>({1, 2, 3, 4});
    gpu.call(kernel, groups(4, 1, 1), data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{0, 1, 7, 2}));
}

TEST_P(Calls, count_collatz_iterations_of_thousands_as_the_host_does) {
    Kernel kernel = compile(gpu, collatz());
    std::vector<u32> numbers(4000);  // every value on the way stays below 2^24
    std::iota(numbers.begin(), numbers.end(), 1u);
    const auto data = gpu.to_device(numbers);
    gpu.call(kernel, data);
    std::vector<u32> expected;
    for (const u32 n : numbers) expected.push_back(collatz_iterations(n));
    EXPECT_EQ(gpu.get(data), expected);
}

TEST_P(Calls, take_buffers_by_order_by_name_and_mixed) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.to_device(ramp(100)), b = gpu.to_device(ramp(100, 1000));
    for (int way = 0; way < 3; ++way) {
        const auto result = gpu.zeros<u32>(100);
        if (way == 0) gpu.call(kernel, a, b, result);
        if (way == 1) gpu.call(kernel, arg("Result", result), arg("B", b), groups(2), arg("A", a));
        if (way == 2) gpu.call(kernel, arg("B", b), a, result);
        EXPECT_EQ(gpu.get(result), ramp(100, 1001)) << way;
    }
}

TEST_P(Calls, take_the_workgroup_counts_at_any_place) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.to_device(ramp(128));
    gpu.call(kernel, data, groups(1));
    std::vector<u32> expected = ramp(128);
    for (std::size_t i = 0; i < 64; ++i) ++expected[i];
    EXPECT_EQ(gpu.get(data), expected);
}

TEST_P(Calls, without_groups_run_once_per_element_for_every_size) {
    Kernel kernel = compile(gpu, increment());
    for (const std::size_t count : {0u, 1u, 63u, 64u, 65u, 128u, 1000u}) {
        const auto data = gpu.to_device(ramp(count));
        gpu.call(kernel, data);
        std::vector<u32> expected = ramp(count);
        for (u32& value : expected) ++value;
        EXPECT_EQ(gpu.get(data), expected) << count;
    }
}

TEST_P(Calls, with_a_workgroup_count_of_zero_do_nothing) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.to_device(ramp(64));
    gpu.call(kernel, groups(0), data);
    gpu.call(kernel, groups(1, 0), data);
    gpu.call(kernel, groups(1, 1, 0), data);
    EXPECT_EQ(gpu.get(data), ramp(64));
}

TEST_P(Calls, run_every_workgroup_of_three_dimensions_up_to_the_limit) {
    Kernel kernel = compile(gpu, count_invocations());
    const auto counters = gpu.zeros<u32>(1);
    gpu.call(kernel, groups(3, 5, 7), counters);
    EXPECT_EQ(gpu.get(counters)[0], 105u);
    gpu.call(kernel, groups(65535), counters);
    EXPECT_EQ(gpu.get(counters)[0], 105u + 65535u);
}

/// Where each workgroup is in its grid, and how far the grid reaches; behind a barrier, and in a function.
const TestKernel& place() {
    static const TestKernel kernel{"place",
                                   R"(#version 450
layout(local_size_x = 2) in;
layout(binding = 0) buffer Places { uint places[]; };
layout(push_constant) uniform Scalars { uint first; };
shared uint last;
uint row() { return gl_WorkGroupID.y + gl_NumWorkGroups.y * gl_WorkGroupID.z; }
void main() {
    if (gl_LocalInvocationID.x == 1) last = gl_GlobalInvocationID.x / 2;
    barrier();
    if (gl_LocalInvocationID.x == 0) places[gl_WorkGroupID.x + gl_NumWorkGroups.x * row()] += first + last * 3 + row() * 5;
})",
                                   {}};
    return kernel;
}

TEST_P(Calls, run_as_many_workgroups_as_the_device_says) {
    const auto& most = gpu.capabilities().limits.max_groups;
    Kernel kernel = compile(gpu, place());
    for (const std::array<u32, 3>& counts :
         std::vector<std::array<u32, 3>>{{65536, 1, 1}, {131071, 1, 1}, {2, 65537, 1}, {1, 3, 65539}, {70001, 2, 2}}) {
        const u32 all = counts[0] * counts[1] * counts[2];
        if (counts[0] > most[0] || counts[1] > most[1] || counts[2] > most[2]) continue;
        const auto places = gpu.zeros<u32>(all);
        gpu.call(kernel, groups(counts[0], counts[1], counts[2]), places, 7u);
        std::vector<u32> expected;
        for (u32 i = 0; i < all; ++i) expected.push_back(7 + i % counts[0] * 3 + i / counts[0] * 5);
        EXPECT_EQ(gpu.get(places), expected) << counts[0] << ", " << counts[1] << ", " << counts[2];
    }
}

TEST_P(Calls, without_groups_run_for_more_elements_than_workgroups_of_a_dimension) {
    const u64 count = 64 * u64{65536} + 1;
    if (gpu.capabilities().limits.max_groups[0] <= 65537) GTEST_SKIP() << "the device takes fewer workgroups";
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(count + 63);
    gpu.call(kernel, data.view(0, count));
    const std::vector<u32> result = gpu.get(data);
    EXPECT_TRUE(
        std::all_of(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(count), [](u32 x) { return x == 1; }));
    EXPECT_THAT(std::vector<u32>(result.begin() + static_cast<std::ptrdiff_t>(count), result.end()), Each(0u));
}

TEST_P(Calls, work_on_views_and_leave_the_rest_alone) {
    Kernel kernel = compile(gpu, increment());
    const u64 step = std::max<u64>(gpu.capabilities().limits.storage_offset_alignment_bytes, 4) / 4;
    const std::vector<u32> before = ramp(4 * step);
    const auto data = gpu.to_device(before);
    gpu.call(kernel, data.view(step, step));
    std::vector<u32> expected = before;
    for (u64 i = step; i < 2 * step; ++i) ++expected[i];
    EXPECT_EQ(gpu.get(data), expected);
}

TEST_P(Calls, share_memory_within_a_workgroup) {
    Kernel kernel = compile(gpu, group_sum());
    const auto data = gpu.to_device(ramp(640)), sums = gpu.zeros<u32>(10);
    gpu.call(kernel, groups(10), data, sums);
    std::vector<u32> expected;
    for (u32 g = 0; g < 10; ++g) expected.push_back(64 * 64 * g + 64 * 63 / 2);
    EXPECT_EQ(gpu.get(sums), expected);
}

TEST_P(Calls, convert_scalars_where_the_value_fits) {
    Kernel kernel = compile(gpu, saxpy());
    const auto run = [&](auto alpha) {
        const auto x = gpu.to_device<float>({1, 2}), y = gpu.to_device<float>({10, 20});
        gpu.call(kernel, x, y, alpha);
        return gpu.get(y);
    };
    const std::vector<float> expected{13, 26};
    EXPECT_EQ(run(3.0f), expected);
    EXPECT_EQ(run(3.0), expected);
    EXPECT_EQ(run(3), expected);
    EXPECT_EQ(run(u8{3}), expected);
    EXPECT_EQ(run(i64{3}), expected);
    EXPECT_EQ(run(f16(3.0f)), expected);
}

const TestKernel& scalar_kernel() {
    static const TestKernel kernel{"scalars",
                                   R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) writeonly buffer Out { uint result[]; };
layout(push_constant) uniform Scalars { uint u; int i; float f; uvec2 v; vec4 w; };
void main() {
    result[0] = u; result[1] = uint(i); result[2] = floatBitsToUint(f);
    result[3] = v.x; result[4] = v.y; result[5] = floatBitsToUint(w.x + w.y + w.z + w.w);
})",
                                   {[](const Invocation& at) {
                                       const auto result = at.buffer<u32>(0);
                                       for (std::size_t k = 0; k < 3; ++k) result[k] = at.scalar<u32>(k * 4);
                                       result[3] = at.scalar<u32>(16);
                                       result[4] = at.scalar<u32>(20);
                                       float sum = 0;
                                       for (std::size_t k = 0; k < 4; ++k) sum += at.scalar<float>(32 + 4 * k);
                                       std::memcpy(&result[5], &sum, 4);
                                   }}};
    return kernel;
}

TEST_P(Calls, take_scalars_and_vectors_by_order_and_by_name) {
    Kernel kernel = compile(gpu, scalar_kernel());
    const std::array<u32, 2> v{7, 8};
    const std::array<float, 4> w{1, 2, 3, 4};
    const std::vector<u32> expected{5, static_cast<u32>(-6), 0x3F800000, 7, 8, 0x41200000};
    const auto result = gpu.zeros<u32>(6);
    gpu.call(kernel, groups(1), result, 5u, -6, 1.0f, v, w);
    EXPECT_EQ(gpu.get(result), expected);
    gpu.fill(result, 0u);
    gpu.call(kernel, groups(1), arg("w", w), arg("i", -6), result, arg("u", 5), arg("v", v), arg("f", 1));
    EXPECT_EQ(gpu.get(result), expected);
}

const TestKernel& particle_kernel() {
    static const TestKernel kernel{"particles",
                                   R"(#version 450
layout(local_size_x = 64) in;
struct Particle { vec4 position; vec3 velocity; float mass; };
layout(std430, binding = 0) buffer Particles { Particle particles[]; };
layout(push_constant) uniform Scalars { float dt; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < particles.length()) particles[i].position.xyz += dt * particles[i].velocity * particles[i].mass;
})",
                                   {[](const Invocation& at) {
                                       const auto p = at.buffer<float>(0);
                                       if (at.x() >= p.size() / 8) return;
                                       for (std::size_t k = 0; k < 3; ++k)
                                           p[at.x() * 8 + k] +=
                                               at.scalar<float>() * p[at.x() * 8 + 4 + k] * p[at.x() * 8 + 7];
                                   }}};
    return kernel;
}

TEST_P(Calls, take_buffers_of_structs) {
    struct Particle {
        float position[4], velocity[3], mass;
    };
    Kernel kernel = compile(gpu, particle_kernel());
    const std::vector<Particle> before(100, Particle{{1, 2, 3, 4}, {1, 2, 4}, 2});
    const auto particles = gpu.to_device(before);
    gpu.call(kernel, particles, 0.5f);
    const std::vector<Particle> after = gpu.get(particles);
    for (const Particle& p : after) {
        EXPECT_EQ(p.position[0], 2.0f);
        EXPECT_EQ(p.position[1], 4.0f);
        EXPECT_EQ(p.position[2], 7.0f);
        EXPECT_EQ(p.position[3], 4.0f);
    }
}

const TestKernel& block_kernel() {
    static const TestKernel kernel{"blocks",
                                   R"(#version 450
layout(local_size_x = 1) in;
layout(std140, binding = 0) uniform Settings { vec4 scale; uint count; } settings;
layout(std430, binding = 1) readonly buffer Table { float table[16]; };
layout(std430, binding = 2) buffer Result { uint used; float values[]; } result;
void main() {
    for (uint i = 0u; i < settings.count; ++i) result.values[i] = table[i] * settings.scale.y;
    result.used = settings.count;
})",
                                   {[](const Invocation& at) {
                                       const auto settings = at.buffer<float>(0), table = at.buffer<float>(1),
                                                  result = at.buffer<float>(2);
                                       u32 count = 0;
                                       std::memcpy(&count, &settings[4], 4);
                                       for (u32 i = 0; i < count; ++i) result[1 + i] = table[i] * settings[1];
                                       std::memcpy(&result[0], &count, 4);
                                   }}};
    return kernel;
}

TEST_P(Calls, take_uniform_blocks_and_blocks_of_fixed_size) {
    struct Settings {
        float scale[4];
        u32 count;
        u32 pad[3];
    };
    Kernel kernel = compile(gpu, block_kernel());
    const auto settings = gpu.to_device<Settings>({Settings{{0, 3, 0, 0}, 5, {}}});
    std::vector<float> numbers(16);
    std::iota(numbers.begin(), numbers.end(), 1.0f);
    const auto table = gpu.to_device(numbers);
    const auto result = gpu.zeros<float>(17);
    gpu.call(kernel, groups(1), settings, table, result.as<std::array<u8, 4>>());
    const std::vector<float> values = gpu.get(result);
    EXPECT_EQ(gpu.get(result.as<u32>())[0], 5u);
    EXPECT_EQ(std::vector<float>(values.begin() + 1, values.begin() + 7), (std::vector<float>{3, 6, 9, 12, 15, 0}));
}

TEST_P(Calls, take_workgroup_counts_from_a_buffer) {
    if (!gpu.capabilities().features.indirect_dispatch) GTEST_SKIP() << "no indirect dispatch";
    Kernel kernel = compile(gpu, count_invocations());
    const auto counters = gpu.zeros<u32>(1);
    const auto counts = gpu.to_device<u32>({9, 9, 4, 3, 2, 9});
    gpu.call(kernel, groups(counts.view(2, 3)), counters);
    EXPECT_EQ(gpu.get(counters)[0], 24u);
    const auto zero = gpu.to_device<u32>({5, 0, 5});
    gpu.call(kernel, groups(zero), counters);
    EXPECT_EQ(gpu.get(counters)[0], 24u);
    gpu.fill(counts, 2u);
    gpu.call(kernel, groups(counts), counters);
    EXPECT_EQ(gpu.get(counters)[0], 32u);
}

TEST_P(Calls, take_empty_buffers_as_arguments) {
    Kernel kernel = compile(gpu, add());
    const auto none = gpu.empty<u32>(0), a = gpu.to_device(ramp(4));
    gpu.call(kernel, none, none, none);
    gpu.call(kernel, groups(1), a, a, none);
    gpu.wait();
    EXPECT_EQ(gpu.get(a), ramp(4));
}

TEST_P(Calls, run_in_place_when_one_buffer_is_both_read_and_written) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.to_device(ramp(100));
    gpu.call(kernel, a, a, a);
    EXPECT_EQ(gpu.get(a), ramp(100, 2));
}

TEST_P(Calls, keep_what_they_use_alive) {
    Kernel kernel = compile(gpu, increment());
    auto data = gpu.to_device(ramp(1000));
    auto result = gpu.empty<u32>(1000);
    gpu.call(kernel, data);
    gpu.copy(data, result);
    kernel = Kernel();
    data = Buffer<u32>();
    std::vector<u32> expected = ramp(1000);
    for (u32& value : expected) ++value;
    EXPECT_EQ(gpu.get(result), expected);
}

bool binds_in_parts(const Device& gpu) { return is_webgpu(gpu.info().backend); }

TEST_P(Calls, above_the_binding_limit_are_refused_with_it) {
    const u64 limit = gpu.capabilities().limits.max_storage_binding_bytes;
    if (binds_in_parts(gpu)) GTEST_SKIP() << "the device binds in parts";
    if (limit >= (u64{64} << 20)) GTEST_SKIP() << "the binding limit is too large to go above in a test";
    Kernel kernel = compile(gpu, increment());
    const auto large = gpu.empty<u32>(limit / 4 + 1);
    const std::string text = error_text(ErrorCode::unsupported, [&] { gpu.call(kernel, large); });
    EXPECT_THAT(text, ::testing::HasSubstr("binds at most " + std::to_string(limit) + " as storage"));
    gpu.call(kernel, large.view(0, 64));
    gpu.wait();
}

/// Adds to every `step`-th element from `first` on, and counts them.
const TestKernel& add_in_steps() {
    static const TestKernel kernel{"add_in_steps",
                                   R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Large { uint large[]; };
layout(binding = 1) buffer Counts { uint counts[2]; };
layout(push_constant) uniform Scalars { uint first, step; };
void main() {
    uint i = first + gl_GlobalInvocationID.x * step;
    if (i >= large.length()) return;
    large[i] += 7u;
    atomicAdd(large[i], counts[1] == 0u ? 1u : 2u);
    atomicAdd(counts[0], 1u);
})",
                                   {}};
    return kernel;
}

TEST_P(Calls, above_the_binding_limit_run_in_parts) {
    const u64 limit = gpu.capabilities().limits.max_storage_binding_bytes;
    if (!binds_in_parts(gpu)) GTEST_SKIP() << "the device binds as a whole";
    if (limit > (u64{256} << 20)) GTEST_SKIP() << "the binding limit is too large to go above in a test";
    const u64 count = limit / 4 * 2 + 1001, part = limit / 4, before = 64, step = 997;  // three parts
    const auto whole = gpu.zeros<u32>(before + count);
    const auto large = whole.view(before, count);
    const auto counts = gpu.zeros<u32>(2);
    Kernel kernel = compile(gpu, add_in_steps());
    const auto in_all = static_cast<u32>((count + step - 1) / step);
    gpu.call(kernel, groups((in_all + 63) / 64), large, counts, 0u, static_cast<u32>(step));
    // Beside the edges of parts, and the last element.
    for (const u64 first : {part - 2, 2 * part - 2, count - 1})
        gpu.call(kernel, groups(1), large, counts, static_cast<u32>(first), first == count - 1 ? 5u : 1u);
    EXPECT_EQ(gpu.get(counts)[0], in_all + 64 + 64 + 1);
    const std::vector<u32> result = gpu.get(whole);
    u64 wrong = 0;
    for (u64 i = 0; i < result.size(); ++i) {
        const u64 at = i - before;
        u32 times = i >= before && at % step == 0 ? 1 : 0;
        if (i >= before && at >= part - 2 && at < part + 62) ++times;
        if (i >= before && at >= 2 * part - 2 && at < 2 * part + 62) ++times;
        if (i >= before && at == count - 1) ++times;
        wrong += result[i] != 8 * times;
    }
    EXPECT_EQ(wrong, 0u);
}

TEST_P(Calls, above_the_binding_limit_end_where_there_are_no_more_bindings) {
    const Limits& limits = gpu.capabilities().limits;
    if (!binds_in_parts(gpu)) GTEST_SKIP() << "the device binds as a whole";
    const u64 count = limits.max_storage_binding_bytes / 4 + 1;
    if (count > (u64{64} << 20) || limits.max_bindings > 16) GTEST_SKIP() << "the limits are too large for a test";
    static const TestKernel kernel{"sums",
                                   R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer B { uint b[]; };
layout(binding = 2) readonly buffer C { uint c[]; };
layout(binding = 3) readonly buffer D { uint d[]; };
layout(binding = 4) readonly buffer E { uint e[]; };
layout(binding = 5) buffer Sum { uint sum[]; };
void main() { sum[0] = a[0] + b[0] + c[0] + d[0] + e[0]; })",
                                   {}};
    const auto large = gpu.zeros<u32>(count), sum = gpu.zeros<u32>(1);
    const std::string text = error_text(ErrorCode::unsupported, [&] {
        gpu.call(compile(gpu, kernel), groups(1), large, large, large, large, large, sum);
    });
    EXPECT_THAT(text, ::testing::HasSubstr("would need 11 bindings"));
    EXPECT_THAT(text, ::testing::HasSubstr("it has " + std::to_string(limits.max_bindings)));
}

}  // namespace
}  // namespace alkomp::testing
