#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A tree of calls, some whose result is not used, some that return nothing.
//! buffer a i32[64] index
//! buffer result i32[64] zero
//! expect result 10 17 24 31 38 45 52 59 66 73 80 87 94 101 108 115 122 129 136 143 150 157 164 171 178 185 192 199 206 213 220 227 234 241 248 255 262 269 276 283 290 297 304 311 318 325 332 339 346 353 360 367 374 381 388 395 402 409 416 423 430 437 444 451
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
int total;
void add(int x) { total += x; }
int leaf(int x) {
    add(1);
    return x + 1;
}
int branch(int x, int y) {
    leaf(x);
    return leaf(x) + 2 * leaf(y);
}
int root(int x) { return branch(x, leaf(x)) + leaf(branch(x, x)) - leaf(0) + x; }
void main() {
    uint i = gl_GlobalInvocationID.x;
    total = 0;
    int r = root(a[i]);
    result[i] = r + total - 7;
    if (total > 1000) add(r);
}
