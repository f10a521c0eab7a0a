// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels in C++ against the same algorithms written by hand in GLSL, which glslang compiles; and the words that the
// reader and the emitter make of that GLSL against glslang's own.
#include "compare.h"

#include <numeric>
#include <random>

namespace bench {
namespace {

using namespace alkomp;

/// All from their sources.
template <class Call, class Result>
void compare(Context& context, const Task& task, const RecordedKernel& ours, const char* text, Call call,
             const Result& result) {
    Device device = context.device;
    const Source source = glsl(text, task.what + ".comp");
    const Kernel theirs = device.compile(source), read = device.compile(source, {.through_ir = true});
    compare(context, task, ours, theirs, call, result);
    compare(context, task, "reader", " through the reader, against glslang's words", read, theirs, call, result);
}

constexpr const char* kCopy = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer From { vec4 from[]; };
layout(binding = 1) writeonly buffer To { vec4 to[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < n) to[i] = from[i];
}
)";

void copy_kernel(Context& context) {
    const u32 count = context.cpu ? 1u << 22 : 1u << 24;
    Device device = context.device;
    const auto from = device.empty<f32x4>(count), to = device.empty<f32x4>(count);
    device.fill(from, f32x4{1, 2, 3, 4});
    const auto copy = kernel("copy", [](In<f32x4> from, Out<f32x4> to, Val<u32> n) {
        const Val<u32> i = global_id();
        if_(i < n, [&] { to[i] = from[i]; });
    });
    const auto floats = to.template as<f32>();
    compare(
        context, {"copy", "GB/s", 32e-9 * count, context.cpu ? 4u : 20u}, copy, kCopy,
        [&](const auto& kernel) { device.call(kernel, groups(count / 256), from, to, count); }, floats);
}

constexpr const char* kSaxpy = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer Y { float y[]; };
layout(binding = 2) writeonly buffer Z { float z[]; };
layout(push_constant) uniform Scalars { float a; uint n; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < n) z[i] = a * x[i] + y[i];
}
)";

void saxpy(Context& context) {
    const u32 count = context.cpu ? 1u << 23 : 1u << 26;
    Device device = context.device;
    const auto x = device.to_device(random_floats(count)), y = device.to_device(random_floats(count));
    const auto z = device.empty<f32>(count);
    const auto saxpy = kernel("saxpy", [](In<f32> x, In<f32> y, Out<f32> z, Val<f32> a, Val<u32> n) {
        const Val<u32> i = global_id();
        if_(i < n, [&] { z[i] = a * x[i] + y[i]; });
    });
    compare(
        context, {"saxpy", "GB/s", 12e-9 * count, context.cpu ? 4u : 20u, 1e-6}, saxpy, kSaxpy,
        [&](const auto& kernel) { device.call(kernel, groups(count / 256), x, y, z, 2.5f, count); }, z);
}

constexpr const char* kTranspose = R"(#version 450
layout(local_size_x = 32, local_size_y = 8) in;
layout(binding = 0) readonly buffer From { float from[]; };
layout(binding = 1) writeonly buffer To { float to[]; };
layout(push_constant) uniform Scalars { uint n; };
shared float tile[32][33];
void main() {
    uvec2 at = gl_LocalInvocationID.xy, tiles = 32u * gl_WorkGroupID.xy;
    for (uint k = 0; k < 32; k += 8) tile[at.y + k][at.x] = from[(tiles.y + at.y + k) * n + tiles.x + at.x];
    barrier();
    for (uint k = 0; k < 32; k += 8) to[(tiles.x + at.y + k) * n + tiles.y + at.x] = tile[at.x][at.y + k];
}
)";

void transpose(Context& context) {
    const u32 n = context.cpu ? 2048 : 8192;
    Device device = context.device;
    const auto from = device.to_device(random_floats(u64{n} * n)), to = device.empty<f32>(u64{n} * n);
    const auto transpose = kernel("transpose",
                                  [](In<f32> from, Out<f32> to, Val<u32> n, Shared<f32, 32, 33> tile) {
                                      const Val<u32> x = local_id(0), y = local_id(1);
                                      const Val<u32> left = 32u * workgroup_id(0), top = 32u * workgroup_id(1);
                                      for (u32 k = 0; k < 32; k += 8)
                                          tile[y + k][x] = from[(top + y + k) * n + left + x];
                                      barrier();
                                      for (u32 k = 0; k < 32; k += 8) to[(left + y + k) * n + top + x] = tile[x][y + k];
                                  },
                                  {.workgroup_size = {32, 8}});
    compare(
        context, {"transpose", "GB/s", 8e-9 * n * n, context.cpu ? 4u : 20u}, transpose, kTranspose,
        [&](const auto& kernel) { device.call(kernel, groups(n / 32, n / 32), from, to, n); }, to);
}

constexpr const char* kBodies = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer Bodies { vec4 bodies[]; };
layout(binding = 1) writeonly buffer Pull { vec4 pull[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec3 here = bodies[i].xyz, sum = vec3(0);
    for (uint k = 0; k < n; ++k) {
        vec4 other = bodies[k];
        vec3 way = other.xyz - here;
        float near = inversesqrt(dot(way, way) + 0.01);
        sum += other.w * near * near * near * way;
    }
    pull[i] = vec4(sum, 0);
}
)";

void bodies(Context& context) {
    const u32 count = context.cpu ? 4096 : 1u << 16;
    Device device = context.device;
    const auto where = device.to_device(random_floats(u64{4} * count)).template as<f32x4>();
    const auto pull = device.empty<f32x4>(count);
    const auto attract = kernel("bodies", [](In<f32x4> bodies, Out<f32x4> pull, Val<u32> n) {
        const Val<u32> i = global_id();
        const Val<f32x3> here = bodies[i].xyz();
        Var<f32x3> sum = f32x3{};
        for_(range(n), [&](Val<u32> k) {
            const Val<f32x4> other = bodies[k];
            const Val<f32x3> way = other.xyz() - here;
            const Val<f32> near = rsqrt(dot(way, way) + 0.01f);
            sum += other.w() * near * near * near * way;
        });
        pull[i] = vec(sum, 0.0f);
    });
    const auto floats = pull.template as<f32>();
    compare(
        context, {"n-body", "G pairs/s", 1e-9 * count * count, context.cpu ? 1u : 4u, 1e-4}, attract, kBodies,
        [&](const auto& kernel) { device.call(kernel, groups(count / 256), where, pull, count); }, floats);
}

constexpr const char* kProduct = R"(#version 450
layout(local_size_x = 16, local_size_y = 16) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) writeonly buffer C { float c[]; };
layout(push_constant) uniform Scalars { uint n; };
shared float left[16][16], right[16][16];
void main() {
    uvec2 at = gl_LocalInvocationID.xy, place = gl_GlobalInvocationID.xy;
    float sum = 0;
    for (uint tile = 0; tile < n; tile += 16) {
        left[at.y][at.x] = a[place.y * n + tile + at.x];
        right[at.y][at.x] = b[(tile + at.y) * n + place.x];
        barrier();
        for (uint k = 0; k < 16; ++k) sum += left[at.y][k] * right[k][at.x];
        barrier();
    }
    c[place.y * n + place.x] = sum;
}
)";

void product(Context& context) {
    const u32 n = context.cpu ? 512 : 2048;
    Device device = context.device;
    const auto a = device.to_device(random_floats(u64{n} * n)), b = device.to_device(random_floats(u64{n} * n));
    const auto c = device.empty<f32>(u64{n} * n);
    const auto product =
        kernel("product",
               [](In<f32> a, In<f32> b, Out<f32> c, Val<u32> n, Shared<f32, 16, 16> left, Shared<f32, 16, 16> right) {
                   const Val<u32> x = local_id(0), y = local_id(1);
                   const Val<u32> column = global_id(0), row = global_id(1);
                   Var<f32> sum = 0.0f;
                   for_(range(0u, n, 16u), [&](Val<u32> tile) {
                       left[y][x] = a[row * n + tile + x];
                       right[y][x] = b[(tile + y) * n + column];
                       barrier();
                       for_(range(16u), [&](Val<u32> k) { sum += left[y][k] * right[k][x]; });
                       barrier();
                   });
                   c[row * n + column] = sum;
               },
               {.workgroup_size = {16, 16}});
    compare(
        context, {"tiled matrix product", "GFLOP/s", 2e-9 * n * n * n, context.cpu ? 1u : 10u, 1e-4}, product, kProduct,
        [&](const auto& kernel) { device.call(kernel, groups(n / 16, n / 16), a, b, c, n); }, c);
}

constexpr const char* kReduce = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer From { uint from[]; };
layout(binding = 1) writeonly buffer Sums { uint sums[]; };
shared uint tile[256];
void main() {
    uint i = gl_LocalInvocationID.x, first = gl_WorkGroupID.x * 2048 + i, sum = 0;
    for (uint k = 0; k < 2048; k += 256) sum += from[first + k];
    tile[i] = sum;
    for (uint half_of = 128; half_of > 0; half_of /= 2) {
        barrier();
        if (i < half_of) tile[i] += tile[i + half_of];
    }
    if (i == 0) sums[gl_WorkGroupID.x] = tile[0];
}
)";

void reduce(Context& context) {
    const u32 count = context.cpu ? 1u << 24 : 1u << 27;
    Device device = context.device;
    std::vector<u32> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 1u);
    const auto from = device.to_device(numbers);
    const auto sums = device.empty<u32>(count / 2048);
    const auto reduce = kernel("reduce",
                               [](In<u32> from, Out<u32> sums, Shared<u32, 256> tile) {
                                   const Val<u32> i = local_id(), first = workgroup_id() * 2048u + i;
                                   Var<u32> sum = 0u;
                                   for_(range(0u, 2048u, 256u), [&](Val<u32> k) { sum += from[first + k]; });
                                   tile[i] = sum;
                                   for (u32 half = 128; half > 0; half /= 2) {
                                       barrier();
                                       if_(i < half, [&] { tile[i] += tile[i + half]; });
                                   }
                                   if_(i == 0u, [&] { sums[workgroup_id()] = tile[0]; });
                               },
                               {.workgroup_size = 256});
    compare(
        context, {"block reduce", "GB/s", 4e-9 * count, context.cpu ? 4u : 20u}, reduce, kReduce,
        [&](const auto& kernel) { device.call(kernel, groups(count / 2048), from, sums); }, sums);
}

constexpr const char* kMandelbrot = R"(#version 450
layout(local_size_x = 16, local_size_y = 16) in;
layout(binding = 0) writeonly buffer Steps { uint steps[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    vec2 c = vec2(at) * (3.0 / float(n)) - vec2(2.25, 1.5), z = vec2(0);
    uint i = 0;
    while (i < 256 && dot(z, z) <= 4.0) {
        z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
        ++i;
    }
    steps[at.y * n + at.x] = i;
}
)";

void mandelbrot(Context& context) {
    const u32 n = context.cpu ? 512 : 8192;
    Device device = context.device;
    const auto steps = device.empty<u32>(u64{n} * n);
    const auto mandelbrot = kernel("mandelbrot",
                                   [](Out<u32> steps, Val<u32> n) {
                                       const Val<u32> x = global_id(0), y = global_id(1);
                                       const Val<f32> scale = 3.0f / Val<f32>(n);
                                       const Val<f32x2> c = vec(Val<f32>(x), Val<f32>(y)) * scale - f32x2{2.25f, 1.5f};
                                       Var<f32x2> z = f32x2{};
                                       Var<u32> i = 0u;
                                       while_([&] { return i < 256u && dot(z, z) <= 4.0f; },
                                              [&] {
                                                  // In GLSL's order: C++ leaves that of operands open.
                                                  const Val<f32> xx = z.x() * z.x(), real = xx - z.y() * z.y();
                                                  z = vec(real, 2.0f * z.x() * z.y()) + c;
                                                  ++i;
                                              });
                                       steps[y * n + x] = i;
                                   },
                                   {.workgroup_size = {16, 16}});
    // Contraction moves the edge of the set: a point there may take all 256 steps or few.
    compare(
        context, {"Mandelbrot", "M points/s", 1e-6 * n * n, context.cpu ? 1u : 4u, 0.0, 0.01}, mandelbrot, kMandelbrot,
        [&](const auto& kernel) { device.call(kernel, groups(n / 16, n / 16), steps, n); }, steps);
}

constexpr const char* kCollatz = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) buffer Numbers { uint numbers[]; };
layout(push_constant) uniform Scalars { uint first; };
void main() {
    uint i = gl_GlobalInvocationID.x, n = first + i, steps = 0;
    if (i >= numbers.length()) return;  // as kernels in C++ do
    while (n != 1) {
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        ++steps;
    }
    numbers[i] = steps;
}
)";

void collatz(Context& context) {
    const u32 count = context.cpu ? 1u << 18 : 1u << 24;
    Device device = context.device;
    const auto numbers = device.empty<u32>(count);
    const auto collatz = kernel("collatz", [](Out<u32> numbers, Val<u32> first) {
        const Val<u32> i = global_id();
        Var<u32> n = first + i, steps = 0u;
        while_([&] { return n != 1u; },
               [&] {
                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                   ++steps;
               });
        numbers[i] = steps;
    });
    compare(
        context, {"Collatz", "M numbers/s", 1e-6 * count, context.cpu ? 1u : 20u}, collatz, kCollatz,
        [&](const auto& kernel) { device.call(kernel, groups(count / 256), numbers, 1u); }, numbers);
}

constexpr const char* kHeat = R"(#version 450
layout(local_size_x = 32, local_size_y = 8) in;
layout(binding = 0) readonly buffer From { float from[]; };
layout(binding = 1) writeonly buffer To { float to[]; };
layout(push_constant) uniform Scalars { uint n; float rate; };
void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x == 0 || at.y == 0 || at.x >= n - 1 || at.y >= n - 1) return;
    uint i = at.y * n + at.x;
    to[i] = from[i] + rate * (from[i - 1] + from[i + 1] + from[i - n] + from[i + n] - 4.0 * from[i]);
}
)";

void heat(Context& context) {
    const u32 n = context.cpu ? 2048 : 8192;
    Device device = context.device;
    const auto from = device.to_device(random_floats(u64{n} * n)), to = device.empty<f32>(u64{n} * n);
    device.fill(to, 0.0f);
    const auto heat =
        kernel("heat",
               [](In<f32> from, Out<f32> to, Val<u32> n, Val<f32> rate) {
                   const Val<u32> x = global_id(0), y = global_id(1);
                   if_(x == 0u || y == 0u || x >= n - 1u || y >= n - 1u, [&] { return_(); });
                   const Val<u32> i = y * n + x;
                   to[i] = from[i] + rate * (from[i - 1u] + from[i + 1u] + from[i - n] + from[i + n] - 4.0f * from[i]);
               },
               {.workgroup_size = {32, 8}});
    compare(
        context, {"heat equation", "GB/s", 8e-9 * n * n, context.cpu ? 4u : 20u, 1e-6}, heat, kHeat,
        [&](const auto& kernel) { device.call(kernel, groups(n / 32, n / 8), from, to, n, 0.2f); }, to);
}

constexpr const char* kHistogram = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer From { uint from[]; };
layout(binding = 1) buffer Counts { uint counts[]; };
shared uint bins[256];
void main() {
    uint i = gl_LocalInvocationID.x, first = gl_WorkGroupID.x * 8192 + i;
    bins[i] = 0;
    barrier();
    for (uint k = 0; k < 8192; k += 256) {
        uint four = from[first + k];
        atomicAdd(bins[four & 255u], 1);
        atomicAdd(bins[four >> 8 & 255u], 1);
        atomicAdd(bins[four >> 16 & 255u], 1);
        atomicAdd(bins[four >> 24], 1);
    }
    barrier();
    counts[gl_WorkGroupID.x * 256 + i] = bins[i];
}
)";

void histogram(Context& context) {
    const u32 count = context.cpu ? 1u << 21 : 1u << 26;
    Device device = context.device;
    std::mt19937 generator(3);
    std::vector<u32> words(count);
    for (u32& word : words) word = static_cast<u32>(generator());
    const auto from = device.to_device(words);
    const auto counts = device.empty<u32>(count / 32);
    const auto histogram = kernel("histogram",
                                  [](In<u32> from, Out<u32> counts, Shared<u32, 256> bins) {
                                      const Val<u32> i = local_id(), first = workgroup_id() * 8192u + i;
                                      bins[i] = 0u;
                                      barrier();
                                      for_(range(0u, 8192u, 256u), [&](Val<u32> k) {
                                          const Val<u32> four = from[first + k];
                                          atomic_add(bins[four & 255u], 1u);
                                          atomic_add(bins[four >> 8u & 255u], 1u);
                                          atomic_add(bins[four >> 16u & 255u], 1u);
                                          atomic_add(bins[four >> 24u], 1u);
                                      });
                                      barrier();
                                      counts[workgroup_id() * 256u + i] = bins[i];
                                  },
                                  {.workgroup_size = 256});
    compare(
        context, {"histogram of bytes", "GB/s", 4e-9 * count, context.cpu ? 2u : 20u}, histogram, kHistogram,
        [&](const auto& kernel) { device.call(kernel, groups(count / 8192), from, counts); }, counts);
}

}  // namespace

void kernels(Context& context) {
    copy_kernel(context);
    saxpy(context);
    transpose(context);
    bodies(context);
    product(context);
    reduce(context);
    mandelbrot(context);
    collatz(context);
    heat(context);
    histogram(context);
    cooperative_product(context);
}

}  // namespace bench
