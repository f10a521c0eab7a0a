// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_memory_layouts.h"

#include "verified.h"
#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The declarations and the body of the kernel behind the pass.
std::string lowered(const std::string& declarations, const std::string& body, const ir::MemoryLowering& how = {}) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    static_cast<void>(ir::lower_memory_layouts(module, how));
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t begin = text.find('\n', text.find("file 1")) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}
bool is_unchanged(const std::string& declarations, const ir::MemoryLowering& how = {}) {
    ir::Module module = ir::parse(kernel_text("return", declarations), "test.ir");
    ir::verify(module);
    const std::string before = ir::print(module);
    static_cast<void>(ir::lower_memory_layouts(module, how));
    return ir::print(module) == before;
}

TEST(LowerMemoryLayouts, keeps_what_wgsl_lays_out) {
    EXPECT_TRUE(is_unchanged(R"(
struct Inner size 28 {
    a: f32x3 offset 0,
    b: f32 offset 12,
    c: f32x3 offset 16,
}
struct Block size 176 {
    m: mat<f32, 3, 3, stride 16> offset 0,
    inner: Inner[3, stride 32] offset 48,
    wide: u64 offset 144,
    rest: f32x2 offset 168,
}
storage %a: Block[] set 0 binding 0
storage %b: f32[] set 0 binding 1
storage %c: u64x3[] set 0 binding 2
uniform %d: Block set 0 binding 3
scalar %e: f32 offset 0
scalar %f: f32x3 offset 16
scalar %g: f32 offset 28
)"
                             "shared %h: u8[7]"));
    EXPECT_TRUE(is_unchanged("storage %a: f16x3[stride 8] set 0 binding 0", {.types = {.f16 = true}}));
}

TEST(LowerMemoryLayouts, makes_words_of_what_wgsl_cannot_lay_out) {
    for (const char* declaration :
         {"storage %a: u8[] set 0 binding 0", "storage %a: f16[] set 0 binding 0",
          "storage %a: f32x3[stride 12] set 0 binding 0", "storage %a: f32[stride 16] set 0 binding 0",
          "storage %a: mat<f32, 2, 2, stride 16> set 0 binding 0",
          "storage %a: mat<f32, 2, 2, stride 8, row_major> set 0 binding 0",
          "uniform %a: f32[4, stride 4] set 0 binding 0",
          "struct S size 24 {\n x: f32 offset 0,\n v: f32x2 offset 4,\n}\n"
          "storage %a: S set 0 binding 0",
          "struct I size 8 {\n x: f32x2 offset 0,\n}\nstruct S size 16 {\n i: I offset 8,\n}\n"
          "uniform %a: S set 0 binding 0",
          "scalar %a: f32x3 offset 4", "scalar %a: f32[4, stride 16] offset 0",
          "scalar %a: mat<f32, 3, 3, stride 16> offset 0\nscalar %b: f32 offset 44"})
        EXPECT_FALSE(is_unchanged(declaration)) << declaration;
}

TEST(LowerMemoryLayouts, truths_leave_shared_memory_where_the_device_loses_them) {
    for (const char* declaration : {"shared %a: bool", "shared %a: boolx3[2]"}) {
        EXPECT_TRUE(is_unchanged(declaration)) << declaration;
        EXPECT_FALSE(is_unchanged(declaration, {.shared_bools = false})) << declaration;
    }
    EXPECT_TRUE(is_unchanged("shared %a: u32[2]", {.shared_bools = false}));
}

TEST(LowerMemoryLayouts, bytes_are_cut_out_of_their_word) {
    EXPECT_EQ(lowered(R"(storage %in: u8[] set 0 binding 0 readonly
storage %out: i8[] set 0 binding 1 writeonly)",
                      R"(
    %i: u32 = builtin(local_index)
    %from: ptr<storage, u8> = access inbounds %in, %i
    %x: u8 = load %from
    %y: i8 = bitcast %x
    %to: ptr<storage, i8> = access inbounds %out, %i
    store %to, %y
    %last: ptr<storage, i8> = access %out, 7
    store %last, i8(0)
    store %last, i8(-1)
    return)"),
              R"(
storage %in: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %i: u32 = builtin(local_index)
    %0: u32 = shr %i, 2
    %1: ptr<storage, u32> = access inbounds %in, %0
    %2: u32 = load %1
    %3: u32 = bit_and %i, 3
    %4: u32 = shl %3, 3
    %5: u32 = shr %2, %4
    %x: u8 = convert %5
    %y: i8 = bitcast %x
    %6: u8 = bitcast %y
    %7: u32 = convert %6
    %8: u32 = shr %i, 2
    %9: ptr<storage, u32> = access inbounds %out, %8
    %10: u32 = bit_and %i, 3
    %11: u32 = shl %10, 3
    %12: u32 = shl 255, %11
    %13: u32 = bit_not %12
    %14: u32 = shl %7, %11
    %15: u32 = atomic_and(relaxed, device) %9, %13
    %16: u32 = atomic_or(relaxed, device) %9, %14
    %17: ptr<storage, u32> = access %out, 1
    %18: u32 = atomic_and(relaxed, device) %17, 16777215
    %19: ptr<storage, u32> = access %out, 1
    %20: u32 = atomic_or(relaxed, device) %19, 4278190080
    return
)");
}

TEST(LowerMemoryLayouts, what_fills_words_is_stored_whole) {
    EXPECT_EQ(lowered(R"(struct S size 8 {
    a: u16 offset 0,
    b: u8 offset 2,
    c: u8 offset 3,
    d: u8x4 offset 4,
}
storage %s: S[] set 0 binding 0)",
                      R"(
    %one: ptr<storage, S> = access %s, 1
    %x: S = load %one
    %two: ptr<storage, S> = access %s, 2
    store %two, %x
    return)"),
              R"(
struct S {
    a: u16,
    b: u8,
    c: u8,
    d: u8x4,
}
storage %s: u32[] set 0 binding 0

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %0: ptr<storage, u32> = access %s, 2
    %1: u32 = atomic_load(relaxed, device) %0
    %2: u16 = convert %1
    %3: u32 = shr %1, 16
    %4: u8 = convert %3
    %5: u32 = shr %1, 24
    %6: u8 = convert %5
    %7: ptr<storage, u32> = access %s, 3
    %8: u32 = load %7
    %9: u8x4 = bitcast %8
    %x: S = compose %2, %4, %6, %9
    %10: u32 = convert %2
    %11: u32 = convert %4
    %12: u32 = convert %6
    %13: u32 = bitcast %9
    %14: u32 = shl %11, 16
    %15: u32 = bit_or %10, %14
    %16: u32 = shl %12, 24
    %17: u32 = bit_or %15, %16
    %18: ptr<storage, u32> = access %s, 4
    store %18, %17
    %19: ptr<storage, u32> = access %s, 5
    store %19, %13
    return
)");
}

TEST(LowerMemoryLayouts, uniform_vectors_are_parts_of_blocks) {
    EXPECT_EQ(lowered(R"(struct B size 64 {
    a: f32[2, stride 16] offset 0,
    v: f32x3 offset 32,
    rows: mat<f32, 2, 2, stride 8, row_major> offset 48,
}
uniform %b: B set 0 binding 0)",
                      R"(
    %i: u32 = builtin(local_index)
    %a: ptr<uniform, f32> = access %b, 0, %i
    %x: f32 = load %a
    %v: ptr<uniform, f32x3> = access %b, 1
    %y: f32x3 = load %v
    %c: ptr<uniform, f32x2> = access %b, 2, 1
    %z: f32x2 = load %c
    return)"),
              R"(
uniform %b: u32x4[4, stride 16] set 0 binding 0

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %i: u32 = builtin(local_index)
    %0: ptr<uniform, u32> = access %b, %i, 0
    %1: u32 = load %0
    %x: f32 = bitcast %1
    %2: ptr<uniform, u32x4> = access %b, 2
    %3: u32x4 = load %2
    %4: u32x3 = shuffle(0, 1, 2) %3, %3
    %y: f32x3 = bitcast %4
    %5: ptr<uniform, u32> = access %b, 3, 1
    %6: u32 = load %5
    %7: ptr<uniform, u32> = access %b, 3, 3
    %8: u32 = load %7
    %9: u32x2 = compose %6, %8
    %z: f32x2 = bitcast %9
    return
)");
}

TEST(LowerMemoryLayouts, scalars_become_one_for_each_word) {
    EXPECT_EQ(lowered(R"(scalar %a: u16 offset 0
scalar %b: u16 offset 2
scalar %c: f32x2 offset 4
scalar %d: f32 offset 12)",
                      R"(
    %x: u16 = load %a
    %y: u16 = load %b
    %z: f32x2 = load %c
    %w: f32 = load %d
    return)"),
              R"(
scalar %a: u32 offset 0
scalar %c_0: u32 offset 4
scalar %c_1: u32 offset 8
scalar %d: f32 offset 12

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %0: u32 = load %a
    %x: u16 = convert %0
    %1: u32 = load %a
    %2: u32 = shr %1, 16
    %y: u16 = convert %2
    %3: u32 = load %c_0
    %4: u32 = load %c_1
    %5: u32x2 = compose %3, %4
    %z: f32x2 = bitcast %5
    %w: f32 = load %d
    return
)");
}

TEST(LowerMemoryLayouts, chosen_pointers_are_numbers) {
    EXPECT_EQ(lowered("storage %s: f32x4[] set 0 binding 0",
                      R"(
    %i: u32 = builtin(local_index)
    %a: ptr<storage, f32x4> = access %s, %i
    %b: ptr<storage, f32x4> = access %s, 3
    %c: bool = lt %i, 5
    %p: ptr<storage, f32x4> = select %c, %a, %b
    %lane: ptr<storage, f32> = access %p, 2
    %x: f32 = load %lane
    return)"),
              R"(
storage %s: u32[] set 0 binding 0

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %i: u32 = builtin(local_index)
    %0: u32 = mul %i, 4
    %c: bool = lt %i, 5
    %1: u32 = select %c, %0, 12
    %2: u32 = add %1, 2
    %3: ptr<storage, u32> = access %s, %2
    %4: u32 = load %3
    %x: f32 = bitcast %4
    return
)");
}

TEST(LowerMemoryLayouts, lengths_count_elements) {
    const std::string text = lowered(R"(struct S size 6 {
    n: u16 offset 0,
    k: u16 offset 2,
    rest: u16[stride 2] offset 4,
}
scalar %a: u32 offset 0
storage %s: S set 0 binding 3
storage %v: f32x3[stride 12] set 0 binding 4)",
                                     R"(
    %rest: ptr<storage, u16[]> = access %s, 2
    %n: u32 = array_length %rest
    %m: u32 = array_length %v
    return)");
    EXPECT_EQ(text, R"(
scalar %a: u32 offset 0
storage %s: u32[] set 0 binding 3
storage %v: u32[] set 0 binding 4
scalar %s_bytes: u32 offset 4 readonly

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %0: u32 = load %s_bytes
    %1: u32 = sub %0, 4
    %n: u32 = div %1, 2
    %2: u32 = array_length %v
    %m: u32 = div %2, 3
    return
)");
}

TEST(LowerMemoryLayouts, float_atomics_compare_and_exchange) {
    EXPECT_EQ(lowered("shared %s: f32", R"(
    %old: f32 = atomic_max(relaxed, workgroup) %s, 2.0
    return)"),
              R"(
shared %s: u32[1]

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %0: ptr<shared, u32> = access inbounds %s, 0
    %1: u32 = atomic_load(relaxed, workgroup) %0
    %2: u32 = loop ^loop1 (%3: u32 = %1) {
        %4: f32 = bitcast %3
        %5: f32 = max %4, 2.0
        %6: u32 = bitcast %5
        %7: u32 = atomic_compare_exchange(relaxed, workgroup) %0, %3, %6
        %8: bool = eq %7, %3
        if ^if1 %8 {
            exit ^loop1(%7)
        } else {
            exit ^if1
        }
        next ^loop1(%7)
    } continuing (%9: u32) {
        repeat ^loop1(%9)
    }
    %old: f32 = bitcast %2
    return
)");
    EXPECT_TRUE(is_unchanged("shared %s: f32", {.atomic_f32 = true}));
}

TEST(LowerMemoryLayouts, atomics_of_64_bits_change_both_halves) {
    EXPECT_EQ(lowered("storage %s: u64[] set 0 binding 0", R"(
    %p: ptr<storage, u64> = access inbounds %s, 2
    %old: u64 = atomic_or(relaxed, device) %p, u64(4294967298)
    return)"),
              R"(
storage %s: u32[] set 0 binding 0

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %0: ptr<storage, u32> = access inbounds %s, 4
    %1: u32 = atomic_or(relaxed, device) %0, 2
    %2: ptr<storage, u32> = access inbounds %s, 5
    %3: u32 = atomic_or(relaxed, device) %2, 1
    return
)");
}

std::string refused(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    return error_text(ErrorCode::unsupported, [&] { static_cast<void>(ir::lower_memory_layouts(module, {})); });
}

TEST(LowerMemoryLayouts, refuses_what_words_cannot_do) {
    EXPECT_EQ(refused("storage %s: u64[] set 0 binding 0", R"(
    %p: ptr<storage, u64> = access %s, 2
    %old: u64 = atomic_add(relaxed, device) %p, u64(1) @1:7
    return)"),
              "k.cpp:7: atomic_add: the device has no atomics of 64 bits; and, or and xor whose result is not used can "
              "do without.");
    EXPECT_EQ(refused("storage %a: u32[] set 0 binding 0\nstorage %b: u32[] set 0 binding 1", R"(
    %p: ptr<storage, u32> = access %a, 2
    %q: ptr<storage, u32> = access %b, 2
    %r: ptr<storage, u32> = select true, %p, %q @1:8
    return)"),
              "k.cpp:8: select: it chooses between pointers into \"a\" and \"b\"; the device has none that lead into "
              "more than one buffer.");
    EXPECT_EQ(refused("", R"(
    %p: ptr<local, u32> = variable
    %q: ptr<local, u32> = variable
    %r: ptr<local, u32> = select true, %p, %q @1:9
    return)"),
              "k.cpp:9: select: the device has no pointers into the memory of one invocation that a choice or loop "
              "gives.");
}

}  // namespace
}  // namespace alkomp::testing
