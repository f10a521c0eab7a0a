// SPDX-License-Identifier: MIT OR Apache-2.0
// Included by kernels: a table and a function, once.
#ifndef WEIGHTS
#define WEIGHTS
#include "order.glsl"
const int weights[3] = int[3](1, 2, 1);
int weighted(int low, int middle, int high) {
    return weights[FIRST] * low + weights[SECOND] * middle + weights[THIRD] * high;
}
#endif
