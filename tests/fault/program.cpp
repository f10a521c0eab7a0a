// SPDX-License-Identifier: MIT OR Apache-2.0
// The program that the fault walk runs.
#include "fault/program.h"

#include "alkomp/alkomp.h"

#include <numeric>
#include <stdexcept>

namespace alkomp::testing {
namespace {

constexpr const char* kAdd = R"(#version 450
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint width = 32;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint amount; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < data.length()) data[i] += amount;
})";

// Two sets, so that it cannot use push descriptors alone.
constexpr const char* kTwoSets = R"(#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) readonly buffer From { uint from[]; };
layout(set = 1, binding = 0) buffer To { uint to[]; };
layout(set = 1, binding = 1) uniform Offset { uint offset; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < to.length()) to[i] = from[i] + offset;
})";

// Long enough that whoever waits for it blocks in the driver.
constexpr const char* kSlow = R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint rounds; };
void main() {
    uint x = 0;
    for (uint i = 0; i < rounds; ++i) x = x * 1664525u + 1013904223u;
    data[0] = x;
})";

void expect(bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
}

const Timeout kPatience = std::chrono::seconds(10);

void calls_and_copies(Device& gpu) {
    std::vector<u32> values(5000);
    std::iota(values.begin(), values.end(), 0u);
    auto data = gpu.to_device(values);
    auto twin = gpu.zeros<u32>(values.size());
    auto offset = gpu.to_device<u32>({7});
    const Kernel add = gpu.compile(glsl(kAdd, "add.comp"), {.constants = {{"width", u64{64}}}});
    const Kernel two = gpu.compile(glsl(kTwoSets, "two.comp"));
    gpu.call(add, data, 3u);
    gpu.call(two, data, twin, offset, groups(79));
    gpu.write(twin.view(10, 2), std::vector<u32>{1, 2});  // while it is in use
    auto counts = gpu.to_device<u32>({79, 1, 1});
    gpu.call(add, groups(counts), data, 1u);
    gpu.fill(data.view(0, 4), 9u);
    gpu.copy(data.view(0, 4), twin.view(4, 4));
    const std::vector<u32> seen = gpu.get(twin, kPatience);
    expect(seen[0] == 0 + 3 + 7 && seen[4] == 9 && seen[10] == 1 && seen[11] == 2 && seen[4999] == 4999 + 3 + 7,
           "a call, a write or a copy gave wrong values");
    auto future = gpu.get_async(data);
    expect(future.get(kPatience)[4999] == 4999 + 3 + 1, "an indirect call gave wrong values");
}

void streams_and_graphs(Device& gpu) {
    auto data = gpu.zeros<u32>(256);
    const Kernel add = gpu.compile(glsl(kAdd, "add.comp"));
    Graph graph = gpu.create_graph();
    graph.call(add, slot("data", data), slot("amount", 2u));
    graph.call(add, data, 1u);
    graph.replay();
    graph.replay();
    graph.set("amount", 10u);
    Stream other = gpu.create_stream();
    other.wait_event(gpu.stream().event());
    other.replay(graph);
    std::vector<u32> seen(256);
    other.read(BufferView<u32>(data), std::span(seen), kPatience);
    expect(seen[0] == 3 + 3 + 11 && seen[255] == 17, "a graph gave wrong values");
    gpu.wait(kPatience);
}

void a_long_wait(Device& gpu) {
    constexpr u32 rounds = 5'000'000;
    auto data = gpu.zeros<u32>(1);
    gpu.call(gpu.compile(glsl(kSlow, "slow.comp")), groups(1), data, rounds);
    gpu.wait(kPatience);
    u32 x = 0;
    for (u32 i = 0; i < rounds; ++i) x = x * 1664525u + 1013904223u;
    expect(gpu.get(data, kPatience)[0] == x, "a long kernel gave wrong values");
}

}  // namespace

void full_program(const char* device) {
    Device gpu(device, {.profile = true});
    calls_and_copies(gpu);
    streams_and_graphs(gpu);
    a_long_wait(gpu);
    std::vector<u64> large(1 << 18, 5);
    auto staged = gpu.to_device(large);
    gpu.fill(staged, u64{0x0102030405060708});
    expect(gpu.get(staged, kPatience)[99999] == 0x0102030405060708, "a fill gave wrong values");
    gpu.wait(kPatience);
    expect(!gpu.profile().spans.empty(), "nothing was profiled");
    gpu.trim();
}

void short_program(const char* device) {
    Device gpu(device);
    auto data = gpu.to_device<u32>({1, 2, 3});
    gpu.call(gpu.compile(glsl(kAdd, "add.comp")), data, 1u);
    expect(gpu.get(data, kPatience) == std::vector<u32>({2, 3, 4}), "the program after a failure gave wrong values");
}

}  // namespace alkomp::testing
