// SPDX-License-Identifier: MIT OR Apache-2.0
// The kernels to pick from, each in GLSL and WGSL, with inputs that show what it does.

const saxpy = {
  title: 'saxpy: y = a x + y',
  glsl: `#version 450
// y = a x + y: one invocation for each element.
layout(local_size_x = 64) in;

layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Parameters { float a; };

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length()) y[i] = a * x[i] + y[i];
}
`,
  wgsl: `// y = a x + y: one invocation for each element.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> a: f32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i < arrayLength(&y)) {
        y[i] = a * x[i] + y[i];
    }
}
`,
  inputs: { x: { fill: 'count', length: 1000 }, y: { fill: 'random', length: 1000 } },
  scalars: { a: '2' },
  work: { mode: 'elements' },
  show: { buffer: 'y', view: 'table' },
};

const mandelbrot = {
  title: 'Mandelbrot: a picture',
  glsl: `#version 450
// The Mandelbrot set: black inside, outside by how fast the orbit leaves.
layout(local_size_x = 8, local_size_y = 8) in;
layout(constant_id = 0) const uint STEPS = 256u;

layout(set = 0, binding = 0) writeonly buffer Pixels { uint pixels[]; };
layout(push_constant) uniform View {
    vec2 center;
    float height;  // of the view, in the complex plane
    uvec2 size;    // of the picture
};

void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= size.x || at.y >= size.y) return;
    vec2 c = center + height / float(size.y) * (vec2(at) + 0.5 - 0.5 * vec2(size)) * vec2(1.0, -1.0);
    vec2 z = vec2(0.0);
    uint step = 0u;
    while (step < STEPS && dot(z, z) <= 256.0) {
        z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
        ++step;
    }
    vec3 color = vec3(0.0);
    if (step < STEPS) {
        float smoothly = float(step) + 1.0 - log2(0.5 * log2(dot(z, z)));
        color = 0.5 + 0.5 * cos(3.0 + 0.35 * sqrt(max(smoothly, 0.0)) * vec3(2.9, 3.3, 3.9));
    }
    pixels[at.y * size.x + at.x] = packUnorm4x8(vec4(color, 1.0));
}
`,
  wgsl: `// The Mandelbrot set: black inside, outside by how fast the orbit leaves.
override STEPS = 256u;

struct View {
    center: vec2f,
    height: f32,  // of the view, in the complex plane
    size: vec2u,  // of the picture
}
@group(0) @binding(0) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(1) var<uniform> view: View;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let at = id.xy;
    let size = view.size;
    if (at.x >= size.x || at.y >= size.y) {
        return;
    }
    let from_center = (vec2f(at) + 0.5 - 0.5 * vec2f(size)) * vec2f(1.0, -1.0);
    let c = view.center + view.height / f32(size.y) * from_center;
    var z = vec2f();
    var step = 0u;
    while (step < STEPS && dot(z, z) <= 256.0) {
        z = vec2f(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
        step += 1u;
    }
    var color = vec3f();
    if (step < STEPS) {
        let smoothly = f32(step) + 1.0 - log2(0.5 * log2(dot(z, z)));
        color = 0.5 + 0.5 * cos(3.0 + 0.35 * sqrt(max(smoothly, 0.0)) * vec3f(2.9, 3.3, 3.9));
    }
    pixels[at.y * size.x + at.x] = pack4x8unorm(vec4f(color, 1.0));
}
`,
  inputs: { pixels: { fill: 'zeros', length: 480 * 360 } },
  scalars: { center: '-0.65, 0', height: '2.4', size: 'width, height' },
  work: { mode: 'picture' },
  size: { width: 480, height: 360 },
  show: { buffer: 'pixels', view: 'picture' },
};

const nbody = {
  title: 'n-body: one step',
  glsl: `#version 450
// One step of bodies that attract each other. A workgroup reads all bodies,
// tile by tile, through shared memory.
layout(local_size_x = 64) in;

layout(set = 0, binding = 0) readonly buffer Before { vec4 before[]; };  // position and mass
layout(set = 0, binding = 1) writeonly buffer After { vec4 after[]; };
layout(set = 0, binding = 2) buffer Velocities { vec4 velocities[]; };
layout(push_constant) uniform Parameters {
    float seconds;
    float softening;
};

shared vec4 tile[gl_WorkGroupSize.x];

void main() {
    uint i = gl_GlobalInvocationID.x;
    uint count = before.length();
    vec4 self = i < count ? before[i] : vec4(0.0);
    vec3 acceleration = vec3(0.0);
    for (uint first = 0u; first < count; first += gl_WorkGroupSize.x) {
        uint other = first + gl_LocalInvocationID.x;
        tile[gl_LocalInvocationID.x] = other < count ? before[other] : vec4(0.0);
        barrier();
        for (uint k = 0u; k < gl_WorkGroupSize.x; ++k) {
            vec3 toward = tile[k].xyz - self.xyz;
            float inverse = inversesqrt(dot(toward, toward) + softening * softening);
            acceleration += tile[k].w * inverse * inverse * inverse * toward;
        }
        barrier();
    }
    if (i >= count) return;
    vec4 velocity = velocities[i] + vec4(seconds * acceleration, 0.0);
    velocities[i] = velocity;
    after[i] = vec4(self.xyz + seconds * velocity.xyz, self.w);
}
`,
  wgsl: `// One step of bodies that attract each other. A workgroup reads all bodies,
// tile by tile, through its own memory.
struct Parameters {
    seconds: f32,
    softening: f32,
}
@group(0) @binding(0) var<storage, read> before: array<vec4f>;  // position and mass
@group(0) @binding(1) var<storage, read_write> after: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

var<workgroup> tile: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let i = id.x;
    let count = arrayLength(&before);
    let softening = parameters.softening * parameters.softening;
    var self_body = vec4f();
    if (i < count) {
        self_body = before[i];
    }
    var acceleration = vec3f();
    for (var first = 0u; first < count; first += 64u) {
        var other = vec4f();
        if (first + local < count) {
            other = before[first + local];
        }
        tile[local] = other;
        workgroupBarrier();
        for (var k = 0u; k < 64u; k++) {
            let toward = tile[k].xyz - self_body.xyz;
            let inverse = inverseSqrt(dot(toward, toward) + softening);
            acceleration += tile[k].w * inverse * inverse * inverse * toward;
        }
        workgroupBarrier();
    }
    if (i < count) {
        let velocity = velocities[i] + vec4f(parameters.seconds * acceleration, 0.0);
        velocities[i] = velocity;
        after[i] = vec4f(self_body.xyz + parameters.seconds * velocity.xyz, self_body.w);
    }
}
`,
  inputs: {
    before: { fill: 'random', length: 512 },
    after: { fill: 'zeros', length: 512 },
    velocities: { fill: 'zeros', length: 512 },
  },
  scalars: { seconds: '0.01', softening: '0.05' },
  work: { mode: 'elements' },
  show: { buffer: 'after', view: 'table' },
};

const histogram = {
  title: 'Histogram: atomics',
  glsl: `#version 450
// How often each of 256 values occurs. A workgroup counts in shared memory
// and adds its counts to all at the end.
layout(local_size_x = 256) in;

layout(set = 0, binding = 0) readonly buffer Values { uint values[]; };
layout(set = 0, binding = 1) buffer Counts { uint counts[]; };

shared uint here[256];

void main() {
    here[gl_LocalInvocationID.x] = 0u;
    barrier();
    uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint i = gl_GlobalInvocationID.x; i < values.length(); i += stride) {
        atomicAdd(here[values[i] & 255u], 1u);
    }
    barrier();
    atomicAdd(counts[gl_LocalInvocationID.x], here[gl_LocalInvocationID.x]);
}
`,
  wgsl: `// How often each of 256 values occurs. A workgroup counts in its own memory
// and adds its counts to all at the end.
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;

var<workgroup> here: array<atomic<u32>, 256>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32,
        @builtin(num_workgroups) groups: vec3u) {
    atomicStore(&here[local], 0u);
    workgroupBarrier();
    for (var i = id.x; i < arrayLength(&values); i += groups.x * 256u) {
        atomicAdd(&here[values[i] & 255u], 1u);
    }
    workgroupBarrier();
    atomicAdd(&counts[local], atomicLoad(&here[local]));
}
`,
  inputs: { values: { fill: 'random', length: 100000 }, counts: { fill: 'zeros', length: 256 } },
  work: { mode: 'groups', groups: '16' },
  show: { buffer: 'counts', view: 'table' },
};

const scan = {
  title: 'Prefix sum in a workgroup',
  glsl: `#version 450
// Sums of all elements up to each one, within the 256 elements of a workgroup,
// in 8 rounds of doubling distance.
layout(local_size_x = 256) in;

layout(set = 0, binding = 0) readonly buffer Values { uint values[]; };
layout(set = 0, binding = 1) writeonly buffer Sums { uint sums[]; };

shared uint partial[256];

void main() {
    uint i = gl_GlobalInvocationID.x;
    uint local = gl_LocalInvocationID.x;
    uint sum = i < values.length() ? values[i] : 0u;
    for (uint distance = 1u; distance < 256u; distance *= 2u) {
        partial[local] = sum;
        barrier();
        if (local >= distance) sum += partial[local - distance];
        barrier();
    }
    if (i < sums.length()) sums[i] = sum;
}
`,
  wgsl: `// Sums of all elements up to each one, within the 256 elements of a workgroup,
// in 8 rounds of doubling distance.
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;

var<workgroup> parts: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let i = id.x;
    var sum = 0u;
    if (i < arrayLength(&values)) {
        sum = values[i];
    }
    for (var distance = 1u; distance < 256u; distance *= 2u) {
        parts[local] = sum;
        workgroupBarrier();
        if (local >= distance) {
            sum += parts[local - distance];
        }
        workgroupBarrier();
    }
    if (i < arrayLength(&sums)) {
        sums[i] = sum;
    }
}
`,
  inputs: { values: { fill: 'count', length: 1024 }, sums: { fill: 'zeros', length: 1024 } },
  work: { mode: 'elements' },
  show: { buffer: 'sums', view: 'table' },
};

const edges = {
  title: 'Edges of an image',
  glsl: `#version 450
// Sobel's filter: bright where the grey of the image changes.
// In whole numbers, so that every GPU agrees.
layout(local_size_x = 8, local_size_y = 8) in;

layout(set = 0, binding = 0) readonly buffer Before { uint before[]; };  // RGBA, 8 bits each
layout(set = 0, binding = 1) writeonly buffer After { uint after[]; };
layout(push_constant) uniform Parameters { ivec2 size; };

int grey(ivec2 at) {
    ivec2 inside = clamp(at, ivec2(0), size - 1);
    uint pixel = before[inside.y * size.x + inside.x];
    return int((77u * (pixel & 255u) + 150u * (pixel >> 8 & 255u) + 29u * (pixel >> 16 & 255u)) >> 8);
}

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (at.x >= size.x || at.y >= size.y) return;
    int across = 0;
    int down = 0;
    for (int k = -1; k <= 1; ++k) {
        int weight = 2 - abs(k);
        across += weight * (grey(at + ivec2(1, k)) - grey(at + ivec2(-1, k)));
        down += weight * (grey(at + ivec2(k, 1)) - grey(at + ivec2(k, -1)));
    }
    uint bright = uint(min(abs(across) + abs(down), 255));
    after[at.y * size.x + at.x] = 0xff000000u | bright << 16 | bright << 8 | bright;
}
`,
  wgsl: `// Sobel's filter: bright where the grey of the image changes.
// In whole numbers, so that every GPU agrees.
@group(0) @binding(0) var<storage, read> before: array<u32>;  // RGBA, 8 bits each
@group(0) @binding(1) var<storage, read_write> after: array<u32>;
@group(0) @binding(2) var<uniform> size: vec2i;

fn grey(at: vec2i) -> i32 {
    let inside = clamp(at, vec2i(0), size - 1);
    let pixel = before[inside.y * size.x + inside.x];
    let sum = 77u * (pixel & 255u) + 150u * ((pixel >> 8u) & 255u) + 29u * ((pixel >> 16u) & 255u);
    return i32(sum >> 8u);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let at = vec2i(id.xy);
    if (at.x >= size.x || at.y >= size.y) {
        return;
    }
    var across = 0;
    var down = 0;
    for (var k = -1; k <= 1; k++) {
        let weight = 2 - abs(k);
        across += weight * (grey(at + vec2i(1, k)) - grey(at + vec2i(-1, k)));
        down += weight * (grey(at + vec2i(k, 1)) - grey(at + vec2i(k, -1)));
    }
    let bright = u32(min(abs(across) + abs(down), 255));
    after[at.y * size.x + at.x] = 0xff000000u | (bright << 16u) | (bright << 8u) | bright;
}
`,
  inputs: { before: { fill: 'image' }, after: { fill: 'zeros', length: 256 * 256 } },
  scalars: { size: 'width, height' },
  work: { mode: 'picture' },
  size: { width: 256, height: 256 },
  show: { buffer: 'after', view: 'picture' },
};

const mistake = {
  title: 'A kernel with a mistake',
  glsl: saxpy.glsl
    .replace('// y = a x + y: one invocation for each element.', '// A name is misspelt. Mend it, and the mark goes away.')
    .replace('float a;', 'float alpha;')
    .replace('a * x[i]', 'alhpa * x[i]'),
  wgsl: saxpy.wgsl
    .replace('// y = a x + y: one invocation for each element.', '// A name is misspelt. Mend it, and the mark goes away.')
    .replace('> a: f32', '> alpha: f32')
    .replace('a * x[i]', 'alhpa * x[i]'),
  inputs: saxpy.inputs,
  scalars: { alpha: '2' },
  work: { mode: 'elements' },
  show: { buffer: 'y', view: 'table' },
};

export const examples = { saxpy, mandelbrot, nbody, histogram, scan, edges, mistake };
