#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Specialisation constants of 16- and 64-bit types and of floats.
//! needs i64 i16 f64 f16
//! buffer result f64[8] zero
//! constant 0 9000000000
//! constant 1 -123
//! constant 2 2.5
//! constant 3 0.125
//! constant 4 -1.5
//! constant 5 true
//! expect result 9000000000 -123 2.5 0.125 -1.5 1 6 8
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 1) in;
layout(constant_id = 0) const int64_t large = 1l;
layout(constant_id = 1) const int16_t small = 1s;
layout(constant_id = 2) const float real = 1.0;
layout(constant_id = 3) const double exact = 1.0lf;
layout(constant_id = 4) const float16_t half_real = 1.0hf;
layout(constant_id = 5) const bool flag = false;
layout(constant_id = 6) const uint kept = 6u;
layout(constant_id = 7) const float also_kept = 8.0;
layout(binding = 0) buffer R { double result[]; };
void main() {
    result[0] = double(large);
    result[1] = double(int(small));
    result[2] = real;
    result[3] = exact;
    result[4] = double(float(half_real));
    result[5] = flag ? 1.0lf : 0.0lf;
    result[6] = double(kept);
    result[7] = also_kept;
}
