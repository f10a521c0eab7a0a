// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_wide_integers.h"

#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The declarations and the body of the kernel behind the pass.
std::string lowered(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    ir::lower_wide_integers(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t begin = text.find('\n', text.find("file 1")) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(LowerWideIntegers, become_pairs_of_words) {
    EXPECT_EQ(lowered(R"(struct S size 32 {
    a: u64 offset 0,
    v: i64x2 offset 16,
}
storage %s: S[] set 0 binding 0)",
                      R"(
    %n: u32 = builtin(local_index)
    %i: i64 = convert %n
    %a: ptr<storage, u64> = access %s, 1, 0
    %x: u64 = load %a
    %y: u64 = add %x, u64(4294967298)
    %z: u64 = shl %y, i32(40)
    store %a, %z
    %lane: ptr<storage, i64> = access %s, %i, 1, 1
    %w: i64 = convert %x
    store %lane, %w
    return)"),
              R"(
constant %0: u32x2 = (2, 1)
struct S size 32 {
    a: u32x2 offset 0,
    v: u32x2[2, stride 8] offset 16,
}
storage %s: S[] set 0 binding 0

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %n: u32 = builtin(local_index)
    %i: u32x2 = compose %n, 0
    %a: ptr<storage, u32x2> = access %s, 1, 0
    %x: u32x2 = load %a
    %1: u32 = extract(0) %x
    %2: u32 = extract(1) %x
    %3: u32 = add %1, 2
    %4: bool = lt %3, %1
    %5: u32 = convert %4
    %6: u32 = add %2, 1
    %7: u32 = add %6, %5
    %y: u32x2 = compose %3, %7
    %8: u32 = shl %3, 8
    %z: u32x2 = compose 0, %8
    store %a, %z
    %lane: ptr<storage, u32x2> = access %s, %n, 1, 1
    store %lane, %x
    return
)");
}

TEST(LowerWideIntegers, divide_by_a_function) {
    const std::string text = lowered("local %a: i64", R"(
    %x: i64 = load %a
    %y: i64 = rem %x, i64(10)
    %z: i64 = div %x, %y
    store %a, %z
    return)");
    EXPECT_NE(text.find("call(@divide)"), std::string::npos) << text;
    const std::size_t first = text.find("function @divide(");
    EXPECT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("function @divide(", first + 1), std::string::npos) << text;
}

TEST(LowerWideIntegers, choose_the_case_of_a_switch_by_its_place) {
    EXPECT_EQ(lowered("local %a: u64", R"(
    %x: u64 = load %a
    switch ^switch1 %x {
        case 4294967297 {
            exit ^switch1
        }
        default {
            exit ^switch1
        }
    }
    return)"),
              R"(
local %a: u32x2

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: u32x2 = load %a
    %0: u32 = extract(0) %x
    %1: u32 = extract(1) %x
    %2: bool = eq %0, 1
    %3: bool = eq %1, 1
    %4: bool = bit_and %2, %3
    %5: u32 = select %4, 1, 0
    switch ^switch1 %5 {
        case 1 {
            exit ^switch1
        }
        default {
            exit ^switch1
        }
    }
    return
)");
}

TEST(LowerWideIntegers, vectors_are_arrays_of_pairs) {
    EXPECT_EQ(lowered("local %a: u64x2\nlocal %i: u32", R"(
    %x: u64x2 = load %a
    %n: u32 = load %i
    %y: u64x2 = bit_not %x
    %z: u64x2 = shuffle(1, 2) %x, %y
    store %a, %z
    %lane: u64 = extract_lane %z, %n
    %words: u32x2 = bitcast %lane
    %low: u32 = extract(0) %words
    store %i, %low
    return)"),
              R"(
local %a: u32x2[2, stride 8]
local %i: u32

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %x: u32x2[2, stride 8] = load %a
    %n: u32 = load %i
    %0: u32x2 = extract(0) %x
    %1: u32 = extract(0) %0
    %2: u32 = extract(1) %0
    %3: u32 = bit_not %1
    %4: u32 = bit_not %2
    %5: u32x2 = compose %3, %4
    %6: u32x2 = extract(1) %x
    %7: u32 = extract(0) %6
    %8: u32 = extract(1) %6
    %9: u32 = bit_not %7
    %10: u32 = bit_not %8
    %11: u32x2 = compose %9, %10
    %y: u32x2[2, stride 8] = compose %5, %11
    %12: u32x2 = extract(0) %x
    %13: u32x2 = extract(1) %x
    %z: u32x2[2, stride 8] = compose %13, %5
    store %a, %z
    %14: bool = eq %n, 0
    %lane: u32x2 = select %14, %13, %5
    %low: u32 = extract(0) %lane
    store %i, %low
    return
)");
}

std::string refused(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    return error_text(ErrorCode::unsupported, [&] { ir::lower_wide_integers(module); });
}

TEST(LowerWideIntegers, refuse_what_words_cannot_do) {
    EXPECT_EQ(refused("shared %s: u64", R"(
    %old: u64 = atomic_add(relaxed, workgroup) %s, u64(1) @1:7
    return)"),
              "k.cpp:7: atomic_add: the device has no atomics of 64 bits.");
    EXPECT_EQ(refused("local %s: u64", R"(
    %x: u64 = load %s
    %sum: u64 = subgroup_reduce(add) %x @1:8
    return)"),
              "k.cpp:8: subgroup_reduce: the device has no arithmetic of 64 bits within a subgroup.");
    EXPECT_EQ(refused("local %s: f64", R"(
    %x: f64 = load %s
    %y: u64 = convert %x @1:9
    return)"),
              "k.cpp:9: convert: the device has no integers of 64 bits, and f64 is not converted without.");
}

}  // namespace
}  // namespace alkomp::testing
