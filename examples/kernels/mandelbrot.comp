// SPDX-License-Identifier: MIT OR Apache-2.0
// The Mandelbrot set as RGBA pixels: black inside, outside by how fast the orbit leaves.
#version 450
layout(local_size_x = 8, local_size_y = 8) in;
layout(constant_id = 0) const uint STEPS = 256u;

layout(set = 0, binding = 0) writeonly buffer Pixels { uint pixels[]; };
layout(push_constant) uniform Parameters {
    vec2 center;
    float height;   // of the view, in the complex plane
    uvec2 size;     // of the picture
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
        float smooth_step = float(step) + 1.0 - log2(0.5 * log2(dot(z, z)));
        color = 0.5 + 0.5 * cos(3.0 + 0.35 * sqrt(max(smooth_step, 0.0)) * vec3(2.9, 3.3, 3.9));
    }
    pixels[at.y * size.x + at.x] = packUnorm4x8(vec4(color, 1.0));
}
