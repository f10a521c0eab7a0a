#version 450
// SPDX-License-Identifier: MIT OR Apache-2.0
// A product of square matrices by cooperative matrices: 128 x 128 a workgroup, 64 x 64 a subgroup, 32 of the depth at a time,
// which the invocations fetch ahead, 16 bytes each. All is unrolled, so that matrices stay in registers.
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer A { uvec4 a[]; };
layout(binding = 1) readonly buffer B { uvec4 b[]; };
layout(binding = 2) writeonly buffer C { float c[]; };
layout(push_constant) uniform Scalars { uint n; };
shared uvec4 left[128 * 5], right[32 * 17];
#define MATRIX(T, use) coopmat<T, gl_ScopeSubgroup, 16, 16, gl_MatrixUse##use>
void main() {
    const uint i = gl_LocalInvocationIndex, chunks = n / 8;
    const uint row = gl_WorkGroupID.y * 128, column = gl_WorkGroupID.x * 128;
    const uint down = gl_SubgroupID / 2 * 64, across = gl_SubgroupID % 2 * 64;
    uvec4 next_a[4], next_b[4];
    MATRIX(float, Accumulator) sum[4][4];
    [[unroll]] for (uint y = 0; y < 4; ++y)
        [[unroll]] for (uint x = 0; x < 4; ++x) sum[y][x] = MATRIX(float, Accumulator)(0.0);
    [[unroll]] for (uint s = 0; s < 4; ++s) {
        next_a[s] = a[(row + s * 32 + i / 4) * chunks + i % 4];
        next_b[s] = b[(s * 8 + i / 16) * chunks + column / 8 + i % 16];
    }
    for (uint k = 0; k < n; k += 32) {
        barrier();
        [[unroll]] for (uint s = 0; s < 4; ++s) {
            left[(s * 32 + i / 4) * 5 + i % 4] = next_a[s];
            right[(s * 8 + i / 16) * 17 + i % 16] = next_b[s];
        }
        barrier();
        const uint ahead = min(k + 32, n - 32);
        [[unroll]] for (uint s = 0; s < 4; ++s) {
            next_a[s] = a[(row + s * 32 + i / 4) * chunks + ahead / 8 + i % 4];
            next_b[s] = b[(ahead + s * 8 + i / 16) * chunks + column / 8 + i % 16];
        }
        [[unroll]] for (uint part = 0; part < 2; ++part) {
            MATRIX(float16_t, A) tiles[4];
            [[unroll]] for (uint y = 0; y < 4; ++y)
                coopMatLoad(tiles[y], left, (down + y * 16) * 5 + part * 2, 5, gl_CooperativeMatrixLayoutRowMajor);
            [[unroll]] for (uint x = 0; x < 4; ++x) {
                MATRIX(float16_t, B) tile;
                coopMatLoad(tile, right, part * 16 * 17 + across / 8 + x * 2, 17, gl_CooperativeMatrixLayoutRowMajor);
                [[unroll]] for (uint y = 0; y < 4; ++y) sum[y][x] = coopMatMulAdd(tiles[y], tile, sum[y][x]);
            }
        }
    }
    [[unroll]] for (uint y = 0; y < 4; ++y)
        [[unroll]] for (uint x = 0; x < 4; ++x)
            coopMatStore(sum[y][x], c, (row + down + y * 16) * n + column + across + x * 16, n,
                         gl_CooperativeMatrixLayoutRowMajor);
}
