#version 450
// SPDX-License-Identifier: MIT OR Apache-2.0
// tiny.comp that also tells the host, through memory that both see, that it is done.
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(set = 0, binding = 1) coherent volatile buffer Word { uint word[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    data[0] = data[0] * 3u + n;
    memoryBarrier();
    word[0] = n;
}
