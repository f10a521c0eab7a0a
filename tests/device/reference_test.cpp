// SPDX-License-Identifier: MIT OR Apache-2.0
// What is the reference device's own: many workgroups that run together, any subgroup size, addresses that are checked.
#include "alkomp/native/reference.h"
#include "device/ir_kernels.h"

#include <chrono>
#include <numeric>
#include <thread>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE_ON(Reference, test_devices_of("reference"));

u32 collatz_steps(u32 n) {
    u32 steps = 0;
    for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

TEST_P(Reference, is_the_last_that_is_taken) {
    EXPECT_EQ(gpu.info().kind, DeviceKind::reference);
    EXPECT_EQ(gpu.info().backend_index, 0u);
    EXPECT_EQ(Device("reference").info().name, gpu.info().name);
    EXPECT_TRUE(gpu.guarantees().addresses_checked && gpu.guarantees().shared_checked);
}

TEST_P(Reference, workgroups_that_run_together_know_where_they_are) {
    for (const u32 size : {1u, 3u, 17u, 100u, 256u, 300u}) {
        const auto where = kernel("where",
                                  [](Out<u32> data, Val<u32> width) {
                                      const Val<u32> x = global_id(0), y = global_id(1), z = global_id(2);
                                      data[(z * 5u + y) * width + x] =
                                          workgroup_id(0) * 10000u + local_id(0) * 10u + y + z;
                                  },
                                  {.workgroup_size = size});
        const u32 width = 7 * size;
        const auto data = gpu.zeros<u32>(std::size_t{width} * 5 * 3);
        gpu.call(where, groups(7, 5, 3), data, width);
        const std::vector<u32> found = gpu.get(data);
        for (u32 z = 0, i = 0; z < 3; ++z)
            for (u32 y = 0; y < 5; ++y)
                for (u32 x = 0; x < width; ++x, ++i)
                    ASSERT_EQ(found[i], x / size * 10000 + x % size * 10 + y + z)
                        << size << ": " << x << ' ' << y << ' ' << z;
    }
}

TEST_P(Reference, lanes_that_take_different_ways_end_right) {
    for (const u32 size : {1u, 64u, 256u}) {
        const auto collatz = kernel("collatz",
                                    [](InOut<u32> data) {
                                        Var<u32> n = data[global_id()], steps = 0u;
                                        while_([&] { return n != 1u; },
                                               [&] {
                                                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                                                   steps += 1u;
                                               });
                                        data[global_id()] = steps;
                                    },
                                    {.workgroup_size = size});
        std::vector<u32> numbers(5000);
        std::iota(numbers.begin(), numbers.end(), 1u);
        const auto data = gpu.to_device(numbers);
        gpu.call(collatz, data);
        const std::vector<u32> found = gpu.get(data);
        for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(found[i], collatz_steps(numbers[i])) << numbers[i];
    }
}

TEST_P(Reference, subgroups_have_the_size_that_is_asked_for) {
    for (u32 size = 1; size <= 64; size *= 2) {
        const auto count = kernel("count",
                                  [](Out<u32> sizes, Out<u32> sums) {
                                      sizes[global_id()] = subgroup_size();
                                      sums[global_id()] = subgroup_reduce(Val<u32>(1u), Combine::add);
                                  },
                                  {.workgroup_size = 96, .subgroup_size = size});
        const auto sizes = gpu.zeros<u32>(96), sums = gpu.zeros<u32>(96);
        gpu.call(count, groups(1), sizes, sums);
        EXPECT_EQ(gpu.get(sizes), std::vector<u32>(96, size));
        const std::vector<u32> found = gpu.get(sums);
        for (u32 i = 0; i < 96; ++i) EXPECT_EQ(found[i], std::min(size, 96 - i / size * size)) << size;
    }
}

TEST_P(Reference, addresses_outside_buffers_read_zero_and_write_nothing) {
    const std::string text = R"(module "addresses"
storage %data: u32[] set 0 binding 0
storage %found: u32[] set 0 binding 1
kernel @addresses() workgroup_size(1, 1, 1) {
    %place: ptr<storage, u32> = access %data, 2
    %third: u64 = address_of %place
    %a: ptr<address, u32> = pointer_to(4) %third
    %inside: u32 = load %a
    store %a, 70
    %far: u64 = add %third, u64(1099511627776)
    %b: ptr<address, u32> = pointer_to(4) %far
    %outside: u32 = load %b
    store %b, 5
    %old: u32 = atomic_add(relaxed, device) %b, 1
    %zero: ptr<address, u32> = pointer_to(4) u64(0)
    %null: u32 = load %zero
    %f0: ptr<storage, u32> = access %found, 0
    %f1: ptr<storage, u32> = access %found, 1
    %f2: ptr<storage, u32> = access %found, 2
    %f3: ptr<storage, u32> = access %found, 3
    store %f0, %inside
    store %f1, %outside
    store %f2, %old
    store %f3, %null
    return
}
)";
    const auto data = gpu.to_device<u32>({1, 2, 3, 4}), found = gpu.to_device<u32>({9, 9, 9, 9});
    gpu.call(compile_ir(gpu, text), groups(1), data, found);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{1, 2, 70, 4}));
    EXPECT_EQ(gpu.get(found), (std::vector<u32>{3, 0, 0, 0}));
}

TEST_P(Reference, glsl_reaches_memory_by_the_addresses_that_it_tells) {
    const Kernel kernel = gpu.compile(glsl(R"(#version 460
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 4) in;
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint words[]; };
layout(push_constant) uniform Scalars { uint64_t start; };
void main() { Words(start).words[gl_GlobalInvocationID.x] += 10u; }
)"));
    const auto data = gpu.to_device<u32>({1, 2, 3, 4, 5, 6});
    const native::ReferenceBuffer memory = native::reference(data.view(1, 5));
    EXPECT_EQ(memory.size_bytes, 20u);
    EXPECT_EQ(*static_cast<const u32*>(memory.data), 2u);
    gpu.call(kernel, groups(1), memory.address);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{1, 12, 13, 14, 15, 6}));
}

constexpr const char* kEndless = R"(#version 460
layout(local_size_x = 4) in;
layout(binding = 0) coherent buffer Data { uint turns, end; };
void main() {
    while (end == 0u) atomicAdd(turns, 1u);
}
)";

TEST_P(Reference, work_beyond_the_time_limit_is_stopped_and_the_device_goes_on) {
    Device limited("reference", {.time_limit = std::chrono::milliseconds(50)});
    const Kernel endless = limited.compile(glsl(kEndless, "endless.comp"));
    for (const u32 workgroups : {1u, 100u}) {
        const auto data = limited.zeros<u32>(2);
        limited.call(endless, groups(workgroups), data);
        EXPECT_THAT(error_text(ErrorCode::timed_out, [&] { limited.wait(); }),
                    AllOf(HasSubstr("\"endless.comp\" was stopped"), HasSubstr("50 ms")));
        const auto other = limited.to_device<u32>({1, 2, 3});
        limited.call(kernel("twice", [](InOut<u32> of) { of[global_id()] *= 2u; }), other);
        EXPECT_EQ(limited.get(other), (std::vector<u32>{2, 4, 6}));
    }
    // Workgroups without a loop, as many as would take hours.
    const auto one = limited.zeros<u32>(1);
    limited.call(kernel("mark", [](InOut<u32> of) { of[0u] = 1u; }), groups(0x7fffffff, 64), one);
    EXPECT_THAT(error_text(ErrorCode::timed_out, [&] { limited.wait(); }), HasSubstr("\"mark\""));
    EXPECT_THAT(error_text(ErrorCode::unsupported, [] { Device("memory", {.time_limit = std::chrono::seconds(1)}); }),
                HasSubstr("time_limit"));
}

TEST_P(Reference, tells_how_far_a_call_is) {
    Device other("reference");
    EXPECT_FALSE(other.progress());
    const auto one = other.zeros<u32>(1);
    other.call(kernel("mark", [](InOut<u32> of) { of[0u] = 1u; }), groups(0x7fffffff, 64), one);
    other.stream().flush();
    u64 before = 0;
    for (int times = 0; times < 3;) {
        const std::optional<DispatchProgress> at = other.progress();
        if (!at || at->started == before) continue;
        EXPECT_EQ(at->workgroups, u64{0x7fffffff} * 64);
        EXPECT_GT(at->started, before);
        EXPECT_LE(at->started, at->workgroups);
        before = at->started;
        ++times;
    }
    other.abandon();
    EXPECT_THAT(error_text(ErrorCode::device_lost, [&] { static_cast<void>(other.progress()); }),
                HasSubstr("progress: the device was abandoned"));
}

TEST_P(Reference, an_endless_kernel_stops_when_its_device_is_abandoned_or_goes) {
    for (const bool abandons : {true, false}) {
        Device other("reference");
        const auto data = other.zeros<u32>(2);
        u32* const turns = static_cast<u32*>(native::reference(data).data);
        const auto turned = [&] { return __atomic_load_n(turns, __ATOMIC_RELAXED); };
        other.wait();  // `turns` is read below while the kernel runs, and must not be read while zeros are written
        other.call(other.compile(glsl(kEndless)), groups(2), data);
        other.stream().flush();
        while (turned() == 0) std::this_thread::yield();
        if (!abandons) continue;  // it would not come back if the kernel went on
        other.abandon();
        u32 last = turned();
        for (std::this_thread::sleep_for(std::chrono::milliseconds(20)); turned() != last;
             std::this_thread::sleep_for(std::chrono::milliseconds(20)))
            last = turned();
    }
}

TEST_P(Reference, workgroups_that_wait_for_later_ones_go_on) {
    const Kernel meet = gpu.compile(glsl(R"(#version 460
layout(local_size_x = 4) in;
layout(binding = 0) coherent buffer Data { uint arrived; uint seen[]; };
void main() {
    if (gl_LocalInvocationIndex == 0u) {
        atomicAdd(arrived, 1u);
        while (atomicAdd(arrived, 0u) < gl_NumWorkGroups.x) {}
    }
    barrier();
    seen[gl_GlobalInvocationID.x] = arrived;
}
)"));
    const auto data = gpu.zeros<u32>(1 + 4 * 60);
    gpu.call(meet, groups(60), data);
    const std::vector<u32> found = gpu.get(data);
    EXPECT_EQ(found, std::vector<u32>(1 + 4 * 60, 60));
}

TEST_P(Reference, workgroups_look_back_at_those_before_them) {
    // Each waits for the sum of all before it; workgroups of one, which would run together if they did not wait.
    const Kernel scan = gpu.compile(glsl(R"(#version 460
layout(local_size_x = 1) in;
layout(binding = 0) coherent buffer Data { uint turn; uint sums[]; };
void main() {
    uint place = atomicAdd(turn, 1u), before = 0u;
    if (place > 0u) {
        do before = atomicOr(sums[place - 1u], 0u);
        while (before == 0u);
    }
    atomicExchange(sums[place], before + place + 1u);
}
)"));
    constexpr u32 kCount = 5000;
    const auto data = gpu.zeros<u32>(1 + kCount);
    gpu.call(scan, groups(kCount), data);
    const std::vector<u32> found = gpu.get(data);
    for (u32 i = 0; i < kCount; ++i) ASSERT_EQ(found[1 + i], (i + 1) * (i + 2) / 2) << i;
}

TEST_P(Reference, buffers_beyond_memory_are_refused_and_the_device_goes_on) {
    const u64 most = gpu.info().memory_bytes;
    const auto kept = gpu.zeros<u32>(16);
    error_text(ErrorCode::out_of_memory, [&] {
        std::vector<Buffer<std::byte>> all;
        for (int i = 0; i < 8; ++i) all.push_back(gpu.empty<std::byte>(most / 4));
    });
    EXPECT_EQ(gpu.get(kept), std::vector<u32>(16, 0));
}

}  // namespace
}  // namespace alkomp::testing
