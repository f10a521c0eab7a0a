// SPDX-License-Identifier: MIT OR Apache-2.0
// The programs of docs/streams-and-graphs.md, built and run as a test.
#include <alkomp/alkomp.h>

using namespace alkomp;

namespace {

const char* const kScale = R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer From { float from[]; };
layout(binding = 1) writeonly buffer To { float to[]; };
layout(push_constant) uniform Scalars { float factor; };
void main() { to[gl_GlobalInvocationID.x] = factor * from[gl_GlobalInvocationID.x]; })";

void check(bool holds) {
    if (!holds) throw std::runtime_error("docs/streams-and-graphs.md says what does not hold");
}

}  // namespace

int main() {
    Device gpu;
    Kernel scale = gpu.compile(glsl(kScale, "scale"));
    auto a = gpu.to_device<f32>({1, 2, 3, 4});
    auto b = gpu.empty<f32>(4);
    auto c = gpu.empty<f32>(4);
    auto d = gpu.empty<f32>(4);

    // [order]
    gpu.call(scale, groups(4), a, b, 2.0f);
    gpu.call(scale, groups(4), a, c, 3.0f);  // shares nothing that is written: may overlap the first
    gpu.call(scale, groups(4), b, d, 5.0f);  // reads b: runs after the first
    // [/order]
    check(gpu.get(d) == std::vector<f32>{10, 20, 30, 40} && gpu.get(c) == std::vector<f32>{3, 6, 9, 12});

    // [streams]
    Stream left = gpu.create_stream();
    Stream right = gpu.create_stream();
    left.call(scale, groups(4), a, b, 2.0f);
    Event half_way = left.event();
    right.wait_event(half_way);  // what right records from here on runs after it
    right.call(scale, groups(4), b, c, 2.0f);
    right.wait();
    // [/streams]
    check(gpu.get(c) == std::vector<f32>{4, 8, 12, 16});

    // [graph]
    Graph step = gpu.create_graph();
    step.call(scale, groups(4), slot("from", a), slot("to", b), slot("factor", 2.0f));
    step.call(scale, groups(4), b, c, 10.0f);
    step.replay();  // one submit for both calls
    step.set("factor", 3.0f);
    step.set("from", d);
    step.replay();
    // [/graph]
    check(gpu.get(c) == std::vector<f32>{300, 600, 900, 1200});
}
