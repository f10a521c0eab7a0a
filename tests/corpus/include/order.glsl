// SPDX-License-Identifier: MIT OR Apache-2.0
// Included by weights.glsl.
#define FIRST 0
#define SECOND 1
#define THIRD 2
