// SPDX-License-Identifier: MIT OR Apache-2.0
// One direction of a Gaussian blur over RGBA pixels; two calls, one along each axis, make the whole.
#version 450
layout(local_size_x = 8, local_size_y = 8) in;
layout(constant_id = 0) const int RADIUS = 4;

layout(set = 0, binding = 0) readonly buffer Before { uint before[]; };
layout(set = 0, binding = 1) writeonly buffer After { uint after[]; };
layout(push_constant) uniform Parameters {
    ivec2 size;
    ivec2 direction;
};

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (at.x >= size.x || at.y >= size.y) return;
    const float sigma = max(0.5 * float(RADIUS), 0.5);
    vec4 sum = vec4(0.0);
    float weights = 0.0;
    for (int k = -RADIUS; k <= RADIUS; ++k) {
        ivec2 from = clamp(at + k * direction, ivec2(0), size - 1);
        float weight = exp(-0.5 * float(k * k) / (sigma * sigma));
        sum += weight * unpackUnorm4x8(before[from.y * size.x + from.x]);
        weights += weight;
    }
    after[at.y * size.x + at.x] = packUnorm4x8(sum / weights);
}
