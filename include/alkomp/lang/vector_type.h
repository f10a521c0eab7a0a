// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors are std::array, on the host and in kernels: two to four scalars.
#pragma once

#include "alkomp/dtype.h"

#include <array>

namespace alkomp {

using boolx2 = std::array<bool, 2>;
using boolx3 = std::array<bool, 3>;
using boolx4 = std::array<bool, 4>;
using i8x2 = std::array<i8, 2>;
using i8x3 = std::array<i8, 3>;
using i8x4 = std::array<i8, 4>;
using i16x2 = std::array<i16, 2>;
using i16x3 = std::array<i16, 3>;
using i16x4 = std::array<i16, 4>;
using i32x2 = std::array<i32, 2>;
using i32x3 = std::array<i32, 3>;
using i32x4 = std::array<i32, 4>;
using i64x2 = std::array<i64, 2>;
using i64x3 = std::array<i64, 3>;
using i64x4 = std::array<i64, 4>;
using u8x2 = std::array<u8, 2>;
using u8x3 = std::array<u8, 3>;
using u8x4 = std::array<u8, 4>;
using u16x2 = std::array<u16, 2>;
using u16x3 = std::array<u16, 3>;
using u16x4 = std::array<u16, 4>;
using u32x2 = std::array<u32, 2>;
using u32x3 = std::array<u32, 3>;
using u32x4 = std::array<u32, 4>;
using u64x2 = std::array<u64, 2>;
using u64x3 = std::array<u64, 3>;
using u64x4 = std::array<u64, 4>;
using f16x2 = std::array<f16, 2>;
using f16x3 = std::array<f16, 3>;
using f16x4 = std::array<f16, 4>;
using bf16x2 = std::array<bf16, 2>;
using bf16x3 = std::array<bf16, 3>;
using bf16x4 = std::array<bf16, 4>;
using f32x2 = std::array<f32, 2>;
using f32x3 = std::array<f32, 3>;
using f32x4 = std::array<f32, 4>;
using f64x2 = std::array<f64, 2>;
using f64x3 = std::array<f64, 3>;
using f64x4 = std::array<f64, 4>;

}  // namespace alkomp
