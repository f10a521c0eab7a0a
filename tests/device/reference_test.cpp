// SPDX-License-Identifier: MIT OR Apache-2.0
// What is the reference device's own: many workgroups that run together, any subgroup size, addresses that are checked.
#include "alkomp/native/reference.h"
#include "device/ir_kernels.h"

#include <numeric>

namespace alkomp::testing {
namespace {

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
