// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_f16.h"

#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The declarations and the body of the kernel behind the pass.
std::string lowered(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    ir::lower_f16(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t begin = text.find('\n', text.find("file 1")) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(LowerF16, rounds_what_f16_may_not_have) {
    EXPECT_EQ(lowered("local %a: f16 = f16(1.5)\nlocal %b: f32", R"(
    %x: f16 = load %a
    %y: f16 = add precise %x, f16(0.1)
    %z: f16 = max %y, %x
    %w: f16 = floor %z
    store %a, %w
    %r: f32 = load %b
    %s: f16 = convert %r
    %t: f32 = convert %s
    store %b, %t
    return)"),
              R"(
local %a: f32 = 1.5
local %b: f32

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: f32 = load %a
    %0: f32 = add precise %x, 0.099975586
    %y: f32 = quantize_f16 %0
    %z: f32 = max %y, %x
    %w: f32 = floor %z
    store %a, %w
    %r: f32 = load %b
    %s: f32 = quantize_f16 %r
    store %b, %s
    return
)");
}

TEST(LowerF16, packs_and_unpacks_bits) {
    EXPECT_EQ(lowered("local %a: u32\nlocal %b: f16x3", R"(
    %x: u32 = load %a
    %v: f16x2 = bitcast %x
    %h: f16 = extract(1) %v
    %n: u16 = bitcast %h
    %w: u32 = convert %n
    store %a, %w
    %three: f16x3 = load %b
    %bits: u16x3 = bitcast %three
    %again: f16x3 = bitcast %bits
    store %b, %again
    return)"),
              R"(
local %a: u32
local %b: f32x3

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: u32 = load %a
    %v: f32x2 = unpack_half2x16 %x
    %h: f32 = extract(1) %v
    %0: f32x2 = compose %h, 0.0
    %1: u32 = pack_half2x16 %0
    %n: u16 = convert %1
    %w: u32 = convert %n
    store %a, %w
    %three: f32x3 = load %b
    %2: f32 = extract(0) %three
    %3: f32 = extract(1) %three
    %4: f32x2 = compose %2, %3
    %5: u32 = pack_half2x16 %4
    %6: f32 = extract(2) %three
    %7: f32x2 = compose %6, 0.0
    %8: u32 = pack_half2x16 %7
    %9: u16 = convert %5
    %10: u32 = shr %5, 16
    %11: u16 = convert %10
    %12: u16 = convert %8
    %bits: u16x3 = compose %9, %11, %12
    %13: u32 = convert %11
    %14: u32 = shl %13, 16
    %15: u32 = convert %9
    %16: u32 = bit_or %15, %14
    %17: u32 = convert %12
    %18: f32x2 = unpack_half2x16 %16
    %19: f32 = extract(0) %18
    %20: f32 = extract(1) %18
    %21: f32x2 = unpack_half2x16 %17
    %22: f32 = extract(0) %21
    %again: f32x3 = compose %19, %20, %22
    store %b, %again
    return
)");
}

TEST(LowerF16, rounds_matrices_by_columns) {
    EXPECT_EQ(lowered("local %a: mat<f16, 2, 2>", R"(
    %x: mat<f16, 2, 2> = load %a
    %y: mat<f16, 2, 2> = multiply %x, %x
    store %a, %y
    return)"),
              R"(
local %a: mat<f32, 2, 2>

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: mat<f32, 2, 2> = load %a
    %0: mat<f32, 2, 2> = multiply %x, %x
    %1: f32x2 = extract(0) %0
    %2: f32x2 = quantize_f16 %1
    %3: f32x2 = extract(1) %0
    %4: f32x2 = quantize_f16 %3
    %y: mat<f32, 2, 2> = compose %2, %4
    store %a, %y
    return
)");
}

}  // namespace
}  // namespace alkomp::testing
