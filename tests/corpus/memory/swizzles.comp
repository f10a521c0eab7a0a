#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Components read and written in any order, repeated, through compound assignments.
//! buffer a i32[64] whole -100 100
//! buffer result i32[64] zero
//! fails wgpu_d3d12_* made the fault of FXC or of the vkd3d below Wine 8; the HLSL is right
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { ivec4 a[]; };
layout(binding = 1) buffer R { ivec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    ivec4 v = a[i];
    v.zx = v.xy * 2;
    v.wzyx += v.xxyy;
    ivec2 p = v.ww;
    p.yx = p.xy + ivec2(1, 2);
    v.rgb = v.bgr - p.xyx;
    result[i].xyz = v.yzw;
    result[i].w = p.x;
    result[i].wx *= ivec2(3, -1);
    result[i].y++;
    --result[i].z;
}
