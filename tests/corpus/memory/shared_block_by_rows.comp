#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Columns of a matrix that lies by rows in shared memory, over words.
//! needs shared_8
//! buffer result u32[20] zero
//! fails vulkan_nvidia* made 580.159.04 stores columns as if the matrix lay by columns
//! fails vulkan_nvidia* size 580.159.04 stores columns as if the matrix lay by columns
//! fails vulkan_nvidia* speed 580.159.04 stores columns as if the matrix lay by columns
//! fails vulkan_nvidia* read* 580.159.04 stores columns as if the matrix lay by columns
//! expect result 4294967295 4294967295 4294967295 4294967295 1065353216 1073741824 1077936128 4294967295 1092616192 1101004800 1106247680 4294967295 1120403456 1128792064 1133903872 4294967295 4294967295 4294967295 4294967295 4294967295
#extension GL_EXT_shared_memory_block : require
layout(local_size_x = 20) in;
layout(binding = 0) buffer R { uint result[]; };
shared Words { uint words[20]; };
shared Grid { layout(offset = 16, row_major) mat3 grid; };
void main() {
    uint i = gl_LocalInvocationIndex;
    words[i] = 0xffffffffu;
    barrier();
    if (i < 3u) grid[i] = vec3(i + 1u) * vec3(1.0, 10.0, 100.0);
    barrier();
    result[i] = words[i];
}
