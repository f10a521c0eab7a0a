// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_small_integers.h"

#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The declarations and the body of the kernel behind the pass.
std::string lowered(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    ir::lower_small_integers(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t begin = text.find('\n', text.find("file 1")) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(LowerSmallIntegers, cuts_what_leaves_the_width) {
    EXPECT_EQ(lowered("local %a: i8 = i8(-3)\nlocal %b: u16x2", R"(
    %x: i8 = load %a
    %y: i8 = add %x, i8(100)
    %z: i8 = bit_xor %y, %x
    %less: bool = lt %y, %x
    store %a, %z
    %v: u16x2 = load %b
    %w: u16x2 = mul %v, %v
    store %b, %w
    return)"),
              R"(
constant %0: u32x2 = (65535, 65535)
local %a: i32 = i32(-3)
local %b: u32x2

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: i32 = load %a
    %1: i32 = add %x, i32(100)
    %y: i32 = extract_bits %1, 0, 8
    %z: i32 = bit_xor %y, %x
    %less: bool = lt %y, %x
    store %a, %z
    %v: u32x2 = load %b
    %2: u32x2 = mul %v, %v
    %w: u32x2 = bit_and %2, %0
    store %b, %w
    return
)");
}

TEST(LowerSmallIntegers, conversions_saturate_and_wrap_as_before) {
    EXPECT_EQ(lowered("local %f: f32\nlocal %i: i32\nlocal %o: i8\nlocal %p: u16", R"(
    %x: f32 = load %f
    %y: i8 = convert %x
    store %o, %y
    %i1: i32 = load %i
    %z: u16 = convert %i1
    store %p, %z
    %w: i32 = convert %z
    store %i, %w
    %u: u16 = convert %y
    store %p, %u
    return)"),
              R"(
local %f: f32
local %i: i32
local %o: i32
local %p: u32

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: f32 = load %f
    %0: i32 = convert %x
    %y: i32 = clamp %0, i32(-128), i32(127)
    store %o, %y
    %i1: i32 = load %i
    %1: u32 = convert %i1
    %z: u32 = bit_and %1, 65535
    store %p, %z
    %w: i32 = convert %z
    store %i, %w
    %2: u32 = convert %y
    %u: u32 = bit_and %2, 65535
    store %p, %u
    return
)");
}

TEST(LowerSmallIntegers, casts_pack_and_unpack) {
    EXPECT_EQ(lowered("local %w: u32\nlocal %h: f16", R"(
    %x: u32 = load %w
    %v: i8x4 = bitcast %x
    %a: i8 = extract(2) %v
    %s: u16x2 = bitcast %x
    %t: u32 = bitcast %s
    store %w, %t
    %u: u16 = convert %a
    %half: f16 = bitcast %u
    store %h, %half
    return)"),
              R"(
local %w: u32
local %h: f16

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: u32 = load %w
    %0: i32 = bitcast %x
    %1: i32 = extract_bits %0, 0, 8
    %2: i32 = bitcast %x
    %3: i32 = extract_bits %2, 8, 8
    %4: i32 = bitcast %x
    %5: i32 = extract_bits %4, 16, 8
    %6: i32 = bitcast %x
    %7: i32 = extract_bits %6, 24, 8
    %v: i32x4 = compose %1, %3, %5, %7
    %a: i32 = extract(2) %v
    %8: u32 = extract_bits %x, 0, 16
    %9: u32 = extract_bits %x, 16, 16
    %s: u32x2 = compose %8, %9
    %10: u32 = shl %9, 16
    %t: u32 = bit_or %8, %10
    store %w, %t
    %11: u32 = convert %a
    %u: u32 = bit_and %11, 65535
    %12: f16x2 = bitcast %u
    %half: f16 = extract(0) %12
    store %h, %half
    return
)");
}

TEST(LowerSmallIntegers, values_of_a_switch_are_extended) {
    EXPECT_EQ(lowered("local %a: i8", R"(
    %x: i8 = load %a
    switch ^switch1 %x {
        case -2, 7 {
            exit ^switch1
        }
        default {
            exit ^switch1
        }
    }
    return)"),
              R"(
local %a: i32

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: i32 = load %a
    switch ^switch1 %x {
        case -2, 7 {
            exit ^switch1
        }
        default {
            exit ^switch1
        }
    }
    return
)");
}

TEST(LowerSmallIntegers, bounds_of_no_lane_are_those_of_the_type) {
    EXPECT_EQ(lowered("local %a: i8\nlocal %b: u8", R"(
    %x: i8 = load %a
    %y: i8 = subgroup_scan(min, exclusive) %x
    store %a, %y
    %z: u8 = load %b
    %w: u8 = subgroup_scan(min, exclusive) %z
    store %b, %w
    return)"),
              R"(
local %a: i32
local %b: u32

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: i32 = load %a
    %0: i32 = subgroup_scan(min, exclusive) %x
    %y: i32 = clamp %0, i32(-128), i32(127)
    store %a, %y
    %z: u32 = load %b
    %1: u32 = subgroup_scan(min, exclusive) %z
    %w: u32 = bit_and %1, 255
    store %b, %w
    return
)");
}

}  // namespace
}  // namespace alkomp::testing
