// SPDX-License-Identifier: MIT OR Apache-2.0
// All that kernels need of simd/simd.h is in metal_stdlib.
#pragma once
#include <metal_stdlib>
