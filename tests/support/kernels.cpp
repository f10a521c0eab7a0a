// SPDX-License-Identifier: MIT OR Apache-2.0
// The shared kernels' GLSL and what each does, in C++.
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

constexpr const char* kCollatz = R"(
    #version 450
    layout(local_size_x = 1) in;

    layout(set = 0, binding = 0) buffer PrimeIndices {
        uint[] indices;
    };

    uint collatz_iterations(uint n) {
        uint i = 0;
        while(n != 1) {
            if (mod(n, 2) == 0) {
                n = n / 2;
            }
            else {
                n = (3 * n) + 1;
            }
            i++;
        }
        return i;
    }

    void main() {
        uint index = gl_GlobalInvocationID.x;
        indices[index] = collatz_iterations(indices[index]);
    })";

constexpr const char* kIncrement = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < data.length()) data[i] += 1u;
})";

constexpr const char* kEndless = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < data.length()) data[i] += 41u;
})";

constexpr const char* kAdd = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer B { uint b[]; };
layout(binding = 2) writeonly buffer Result { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length()) result[i] = a[i] + b[i];
})";

constexpr const char* kBlend = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer B { uint b[]; };
layout(binding = 2) writeonly buffer Result { uint result[]; };
layout(push_constant) uniform Scalars { uint term; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length()) result[i] = a[i] * 3u + b[i] + term;
})";

constexpr const char* kSaxpy = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Scalars { float alpha; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length()) y[i] = alpha * x[i] + y[i];
})";

constexpr const char* kCount = R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) buffer Counters { uint counters[]; };
void main() { atomicAdd(counters[0], 1u); })";

constexpr const char* kGroupSum = R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Data { uint data[]; };
layout(binding = 1) writeonly buffer Sums { uint sums[]; };
shared uint part[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    part[i] = data[gl_GlobalInvocationID.x];
    barrier();
    for (uint step = 32u; step > 0u; step /= 2u) {
        if (i < step) part[i] += part[i + step];
        barrier();
    }
    if (i == 0u) sums[gl_WorkGroupID.x] = part[0];
})";

constexpr const char* kWriteAt = R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint first; };
void main() { data[first + gl_GlobalInvocationID.x] = 7u; })";

void run_collatz(const Invocation& at) {
    const auto indices = at.buffer<u32>(0);
    if (at.x() < indices.size()) indices[at.x()] = collatz_iterations(indices[at.x()]);
}

void run_increment(const Invocation& at) {
    const auto data = at.buffer<u32>(0);
    if (at.x() < data.size()) ++data[at.x()];
}

void run_endless(const Invocation& at) {
    const auto data = at.buffer<u32>(0);
    if (at.x() < data.size()) data[at.x()] += 41;
}

void run_add(const Invocation& at) {
    const auto a = at.buffer<u32>(0), b = at.buffer<u32>(1), result = at.buffer<u32>(2);
    const u32 i = at.x();
    if (i < result.size()) result[i] = a[i] + b[i];
}

void run_blend(const Invocation& at) {
    const auto a = at.buffer<u32>(0), b = at.buffer<u32>(1), result = at.buffer<u32>(2);
    const u32 i = at.x();
    if (i < result.size()) result[i] = a[i] * 3u + b[i] + at.scalar<u32>();
}

void run_saxpy(const Invocation& at) {
    const auto x = at.buffer<float>(0), y = at.buffer<float>(1);
    const u32 i = at.x();
    if (i < y.size()) y[i] = at.scalar<float>() * x[i] + y[i];
}

void run_group_sum(const Invocation& at) {
    const auto data = at.buffer<u32>(0), sums = at.buffer<u32>(1);
    u32 sum = 0;
    for (u32 i = 0; i < 64; ++i) sum += data[at.group[0] * 64 + i];
    sums[at.group[0]] = sum;
}

void run_write_at(const Invocation& at) {
    const auto data = at.buffer<u32>(0);
    const u64 i = u64{at.scalar<u32>()} + at.x();
    if (i < data.size()) data[i] = 7;
}

}  // namespace

u32 collatz_iterations(u32 n) {
    u32 i = 0;
    for (; n != 1; ++i) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return i;
}

const TestKernel& collatz() {
    static const TestKernel kernel{"collatz", kCollatz, {run_collatz}};
    return kernel;
}
const TestKernel& increment() {
    static const TestKernel kernel{"increment", kIncrement, {run_increment}};
    return kernel;
}
const TestKernel& add() {
    static const TestKernel kernel{"add", kAdd, {run_add}};
    return kernel;
}
const TestKernel& blend() {
    static const TestKernel kernel{"blend", kBlend, {run_blend}};
    return kernel;
}
const TestKernel& saxpy() {
    static const TestKernel kernel{"saxpy", kSaxpy, {run_saxpy}};
    return kernel;
}
const TestKernel& count_invocations() {
    static const TestKernel kernel{"count", kCount, {[](const Invocation& at) { ++at.buffer<u32>(0)[0]; }}};
    return kernel;
}
const TestKernel& group_sum() {
    static const TestKernel kernel{"group_sum", kGroupSum, {run_group_sum, true}};
    return kernel;
}
const TestKernel& write_at() {
    static const TestKernel kernel{"write_at", kWriteAt, {run_write_at}};
    return kernel;
}
const TestKernel& endless() {
    static const TestKernel kernel{"endless", kEndless, {run_endless, false, true}};
    return kernel;
}

std::vector<u32> ramp(std::size_t count, u32 factor) {
    std::vector<u32> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<u32>(i) * factor;
    return values;
}

}  // namespace alkomp::testing
