// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels in C++ against the same algorithms written by hand in GLSL, which glslang compiles; and the words that the
// reader and the emitter make of that GLSL against glslang's own. On WebGPU both against WGSL written by hand.
#include "compare.h"

#include <bit>
#include <numeric>
#include <random>

namespace bench {
namespace {

using namespace alkomp;

/// How many elements there are, `each` for a workgroup: WGSL of the user's own has no more than 65,535 workgroups.
u32 elements(const Subject& subject, u32 on_cpu, u32 on_gpu, u32 each) {
    const u32 count = subject.cpu ? on_cpu : on_gpu;
    return subject.takes_wgsl() ? std::min(count, 65535 * each) : count;
}

/// An algorithm in other languages. In WGSL, of a few, its scalars are a uniform block behind the buffers.
struct Texts {
    const char* glsl;
    const char* wgsl = nullptr;
};

/// All from their sources. `call` calls a kernel with the scalars that follow it.
template <class Call, class Result, class... Scalars>
void compare(Subject& subject, const Task& task, const RecordedKernel& ours, const Texts& texts, Call call,
             const Result& result, Scalars... scalars) {
    Device device = subject.device;
    const Source source = glsl(texts.glsl, task.what + ".comp");
    const Kernel read = device.compile(source, {.through_ir = true});
    const auto call_ours = [&] { call(ours, scalars...); };
    const auto call_read = [&] { call(read, scalars...); };
    if (!subject.takes_wgsl()) {
        const Kernel theirs = device.compile(source);
        const auto call_theirs = [&] { call(theirs, scalars...); };
        compare(subject, task, "kernels", " in C++, against GLSL", call_ours, call_theirs, result);
        compare(subject, task, "reader", " through the reader, against glslang's words", call_read, call_theirs,
                result);
        return;
    }
    if (texts.wgsl == nullptr) return;
    const Kernel theirs = device.compile(wgsl(texts.wgsl, task.what + ".wgsl"));
    const auto block = device.to_device(std::vector<u32>{std::bit_cast<u32>(scalars)..., 0u});
    const auto call_theirs = [&] {
        if constexpr (sizeof...(scalars) == 0) call(theirs);
        else call(theirs, block);
    };
    compare(subject, task, "kernels", " in C++, against WGSL", call_ours, call_theirs, result);
    compare(subject, task, "kernels", " in GLSL, against WGSL", call_read, call_theirs, result);
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

constexpr const char* kCopyWgsl = R"(struct Scalars { n: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4f>;
@group(0) @binding(2) var<uniform> scalars: Scalars;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i < scalars.n) { copy[i] = source[i]; }
}
)";

void copy_kernel(Subject& subject) {
    const u32 count = elements(subject, 1u << 22, 1u << 24, 256);
    Device device = subject.device;
    const auto from = device.empty<f32x4>(count), to = device.empty<f32x4>(count);
    device.fill(from, f32x4{1, 2, 3, 4});
    const auto copy = kernel("copy", [](In<f32x4> from, Out<f32x4> to, Val<u32> n) {
        const Val<u32> i = global_id();
        if_(i < n, [&] { to[i] = from[i]; });
    });
    const auto floats = to.template as<f32>();
    compare(
        subject, {"copy", "GB/s", 32e-9 * count, subject.cpu ? 4u : 20u}, copy, {kCopy, kCopyWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(count / 256), from, to, scalars...); },
        floats, count);
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

constexpr const char* kSaxpyWgsl = R"(struct Scalars { a: f32, n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> z: array<f32>;
@group(0) @binding(3) var<uniform> scalars: Scalars;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i < scalars.n) { z[i] = scalars.a * x[i] + y[i]; }
}
)";

void saxpy(Subject& subject) {
    const u32 count = elements(subject, 1u << 23, 1u << 26, 256);
    Device device = subject.device;
    const auto x = device.to_device(random_floats(count)), y = device.to_device(random_floats(count));
    const auto z = device.empty<f32>(count);
    const auto saxpy = kernel("saxpy", [](In<f32> x, In<f32> y, Out<f32> z, Val<f32> a, Val<u32> n) {
        const Val<u32> i = global_id();
        if_(i < n, [&] { z[i] = a * x[i] + y[i]; });
    });
    compare(
        subject, {"saxpy", "GB/s", 12e-9 * count, subject.cpu ? 4u : 20u, 1e-6}, saxpy, {kSaxpy, kSaxpyWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(count / 256), x, y, z, scalars...); }, z,
        2.5f, count);
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

constexpr const char* kTransposeWgsl = R"(struct Scalars { n: u32 }
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> turned: array<f32>;
@group(0) @binding(2) var<uniform> scalars: Scalars;
var<workgroup> tile: array<array<f32, 33>, 32>;
@compute @workgroup_size(32, 8)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
    let n = scalars.n;
    let place = local.xy;
    let tiles = 32 * group.xy;
    for (var k = 0u; k < 32; k += 8) {
        tile[place.y + k][place.x] = source[(tiles.y + place.y + k) * n + tiles.x + place.x];
    }
    workgroupBarrier();
    for (var k = 0u; k < 32; k += 8) {
        turned[(tiles.x + place.y + k) * n + tiles.y + place.x] = tile[place.x][place.y + k];
    }
}
)";

void transpose(Subject& subject) {
    const u32 n = subject.cpu ? 2048 : 8192;
    Device device = subject.device;
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
        subject, {"transpose", "GB/s", 8e-9 * n * n, subject.cpu ? 4u : 20u}, transpose, {kTranspose, kTransposeWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(n / 32, n / 32), from, to, scalars...); },
        to, n);
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

constexpr const char* kBodiesWgsl = R"(struct Scalars { n: u32 }
@group(0) @binding(0) var<storage, read> bodies: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> pull: array<vec4f>;
@group(0) @binding(2) var<uniform> scalars: Scalars;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let here = bodies[id.x].xyz;
    var sum = vec3f();
    for (var k = 0u; k < scalars.n; k++) {
        let other = bodies[k];
        let way = other.xyz - here;
        let near = inverseSqrt(dot(way, way) + 0.01);
        sum += other.w * near * near * near * way;
    }
    pull[id.x] = vec4f(sum, 0);
}
)";

void bodies(Subject& subject) {
    const u32 count = subject.cpu ? 4096 : 1u << 16;
    Device device = subject.device;
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
        subject, {"n-body", "G pairs/s", 1e-9 * count * count, subject.cpu ? 1u : 4u, 1e-4}, attract,
        {kBodies, kBodiesWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(count / 256), where, pull, scalars...); },
        floats, count);
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

constexpr const char* kProductWgsl = R"(struct Scalars { n: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<uniform> scalars: Scalars;
var<workgroup> left: array<array<f32, 16>, 16>;
var<workgroup> right: array<array<f32, 16>, 16>;
@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(global_invocation_id) place: vec3u) {
    let n = scalars.n;
    var sum = 0.0;
    for (var tile = 0u; tile < n; tile += 16) {
        left[local.y][local.x] = a[place.y * n + tile + local.x];
        right[local.y][local.x] = b[(tile + local.y) * n + place.x];
        workgroupBarrier();
        for (var k = 0u; k < 16; k++) { sum += left[local.y][k] * right[k][local.x]; }
        workgroupBarrier();
    }
    c[place.y * n + place.x] = sum;
}
)";

void product(Subject& subject) {
    const u32 n = subject.cpu ? 512 : 2048;
    Device device = subject.device;
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
        subject, {"tiled matrix product", "GFLOP/s", 2e-9 * n * n * n, subject.cpu ? 1u : 10u, 1e-4}, product,
        {kProduct, kProductWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(n / 16, n / 16), a, b, c, scalars...); },
        c, n);
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

constexpr const char* kReduceWgsl = R"(@group(0) @binding(0) var<storage, read> numbers: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
var<workgroup> tile: array<u32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) group: vec3u) {
    let first = group.x * 2048 + i;
    var sum = 0u;
    for (var k = 0u; k < 2048; k += 256) { sum += numbers[first + k]; }
    tile[i] = sum;
    for (var half_of = 128u; half_of > 0; half_of /= 2) {
        workgroupBarrier();
        if (i < half_of) { tile[i] += tile[i + half_of]; }
    }
    if (i == 0) { sums[group.x] = tile[0]; }
}
)";

void reduce(Subject& subject) {
    const u32 count = elements(subject, 1u << 24, 1u << 27, 2048);
    Device device = subject.device;
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
        subject, {"block reduce", "GB/s", 4e-9 * count, subject.cpu ? 4u : 20u}, reduce, {kReduce, kReduceWgsl},
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

constexpr const char* kMandelbrotWgsl = R"(struct Scalars { n: u32 }
@group(0) @binding(0) var<storage, read_write> steps: array<u32>;
@group(0) @binding(1) var<uniform> scalars: Scalars;
@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let n = scalars.n;
    let c = vec2f(id.xy) * (3.0 / f32(n)) - vec2f(2.25, 1.5);
    var z = vec2f();
    var i = 0u;
    while (i < 256 && dot(z, z) <= 4) {
        z = vec2f(z.x * z.x - z.y * z.y, 2 * z.x * z.y) + c;
        i++;
    }
    steps[id.y * n + id.x] = i;
}
)";

void mandelbrot(Subject& subject) {
    const u32 n = subject.cpu ? 512 : 8192;
    Device device = subject.device;
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
        subject, {"Mandelbrot", "M points/s", 1e-6 * n * n, subject.cpu ? 1u : 4u, 0.0, 0.01}, mandelbrot,
        {kMandelbrot, kMandelbrotWgsl},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(n / 16, n / 16), steps, scalars...); },
        steps, n);
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

void collatz(Subject& subject) {
    const u32 count = subject.cpu ? 1u << 18 : 1u << 24;
    Device device = subject.device;
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
        subject, {"Collatz", "M numbers/s", 1e-6 * count, subject.cpu ? 1u : 20u}, collatz, {kCollatz},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(count / 256), numbers, scalars...); },
        numbers, 1u);
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

void heat(Subject& subject) {
    const u32 n = subject.cpu ? 2048 : 8192;
    Device device = subject.device;
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
        subject, {"heat equation", "GB/s", 8e-9 * n * n, subject.cpu ? 4u : 20u, 1e-6}, heat, {kHeat},
        [&](const auto& kernel, auto... scalars) { device.call(kernel, groups(n / 32, n / 8), from, to, scalars...); },
        to, n, 0.2f);
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

void histogram(Subject& subject) {
    const u32 count = subject.cpu ? 1u << 21 : 1u << 26;
    Device device = subject.device;
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
        subject, {"histogram of bytes", "GB/s", 4e-9 * count, subject.cpu ? 2u : 20u}, histogram, {kHistogram},
        [&](const auto& kernel) { device.call(kernel, groups(count / 8192), from, counts); }, counts);
}

}  // namespace

void kernels(Subject& subject) {
    copy_kernel(subject);
    saxpy(subject);
    transpose(subject);
    bodies(subject);
    product(subject);
    reduce(subject);
    mandelbrot(subject);
    collatz(subject);
    heat(subject);
    histogram(subject);
    cooperative_product(subject);
}

}  // namespace bench
