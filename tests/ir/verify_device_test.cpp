// SPDX-License-Identifier: MIT OR Apache-2.0
// What a device must have, one lack at a time.
#include "ir/verified.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alkomp::ir {
namespace {

using testing::kernel_text;
using testing::refusal;
using testing::verify_text;

/// A device that has all that a kernel can ask for.
Capabilities whole_device() {
    Capabilities device;
    device.limits.max_bindings = 8;
    device.limits.max_sets = 4;
    device.limits.max_scalar_bytes = 128;
    device.limits.max_workgroup_size = {1024, 1024, 64};
    device.limits.max_workgroup_invocations = 1024;
    device.limits.max_shared_bytes = 32768;
    device.limits.subgroup_size = device.limits.min_subgroup_size = 16;
    device.limits.max_subgroup_size = 32;
    Features& f = device.features;
    for (bool Features::*feature : {&Features::f16,
                                    &Features::bf16,
                                    &Features::f64,
                                    &Features::i8,
                                    &Features::i16,
                                    &Features::i64,
                                    &Features::storage_8,
                                    &Features::storage_16,
                                    &Features::uniform_8,
                                    &Features::uniform_16,
                                    &Features::scalar_8,
                                    &Features::scalar_16,
                                    &Features::shared_8,
                                    &Features::shared_16,
                                    &Features::scalar_layout,
                                    &Features::atomic_i64,
                                    &Features::shared_atomic_i64,
                                    &Features::atomic_f32,
                                    &Features::atomic_f32_add,
                                    &Features::atomic_f32_min_max,
                                    &Features::shared_atomic_f32,
                                    &Features::shared_atomic_f32_add,
                                    &Features::shared_atomic_f32_min_max,
                                    &Features::atomic_f64_add,
                                    &Features::shared_atomic_f64_add,
                                    &Features::atomic_f16_add,
                                    &Features::buffer_address,
                                    &Features::variable_pointers,
                                    &Features::shader_clock})
        f.*feature = true;
    f.subgroup = {true, true, true, true, true, true, true, true, true, true, true, true};
    f.cooperative_matrices = {{16, 8, 16, Scalar::f16, Scalar::f16, Scalar::f32, Scalar::f32, false, false}};
    return device;
}

/// The kernel runs on a device that has all, and not where this feature is missing.
void expect_needed(const std::string& text, bool Features::*feature, const std::string& what, const std::string& name) {
    Capabilities device = whole_device();
    verify_text(text, &device);
    device.features.*feature = false;
    EXPECT_EQ(refusal(text, device), what + " needs the feature \"" + name + "\", which the device lacks.");
}
void expect_needed(const std::string& line, bool SubgroupFeatures::*feature, const std::string& what,
                   const std::string& name) {
    const std::string text = kernel_text(line + " @1:2\nreturn");
    Capabilities device = whole_device();
    verify_text(text, &device);
    device.features.subgroup.*feature = false;
    EXPECT_EQ(refusal(text, device),
              "k.cpp:2: " + what + " needs the feature \"subgroup." + name + "\", which the device lacks.");
}

std::string line_text(const std::string& line, const std::string& declarations = {}) {
    return kernel_text(line + " @1:2\nreturn", declarations);
}

TEST(VerifyDevice, NeedsTheTypesThatAreComputedWith) {
    expect_needed(line_text("%x: f16 = add f16(1.0), f16(2.0)"), &Features::f16, "k.cpp:2: add: arithmetic on f16",
                  "f16");
    expect_needed(line_text("%x: f64 = add f64(1.0), f64(2.0)"), &Features::f64, "k.cpp:2: add: arithmetic on f64",
                  "f64");
    expect_needed(line_text("%x: i8x2 = neg zero<i8x2>"), &Features::i8, "k.cpp:2: neg: arithmetic on i8x2", "i8");
    expect_needed(line_text("%x: u16 = add u16(1), u16(2)"), &Features::i16, "k.cpp:2: add: arithmetic on u16", "i16");
    expect_needed(line_text("%x: bool = lt u64(1), u64(2)"), &Features::i64, "k.cpp:2: lt: arithmetic on u64", "i64");
    expect_needed(line_text("%x: bf16 = convert 1.0"), &Features::bf16, "k.cpp:2: convert: a value of bf16", "bf16");
    expect_needed(line_text("%v: ptr<local, f16x2> = variable"), &Features::f16,
                  "k.cpp:2: variable: a variable of f16x2", "f16");
}

TEST(VerifyDevice, MovesNarrowTypesWithoutArithmetic) {
    Capabilities device = whole_device();
    device.features.f16 = device.features.i8 = false;
    verify_text(kernel_text("%p: ptr<storage, f16> = access %a, 1\n%x: f16 = load %p\n%y: f32 = convert %x\n"
                            "%z: f16 = convert %y\nstore %p, %z\nreturn",
                            "storage %a: f16[] set 0 binding 0"),
                &device);
}

TEST(VerifyDevice, NeedsTheTypesThatLieInMemory) {
    const auto global = [](const std::string& declaration) { return kernel_text("return", declaration + " @1:9"); };
    const std::string at = "k.cpp:9: ";
    expect_needed(global("storage %a: u8[] set 0 binding 0"), &Features::storage_8, at + "memory that holds u8[]",
                  "storage_8");
    expect_needed(global("storage %a: f16[] set 0 binding 0"), &Features::storage_16, at + "memory that holds f16[]",
                  "storage_16");
    expect_needed(global("storage %a: f64[] set 0 binding 0"), &Features::f64, at + "memory that holds f64[]", "f64");
    expect_needed(global("uniform %a: i8 set 0 binding 0"), &Features::uniform_8, at + "uniform memory that holds i8",
                  "uniform_8");
    expect_needed(global("uniform %a: i16 set 0 binding 0"), &Features::uniform_16,
                  at + "uniform memory that holds i16", "uniform_16");
    expect_needed(global("scalar %a: u8"), &Features::scalar_8, at + "a scalar argument of u8", "scalar_8");
    expect_needed(global("scalar %a: f16x2"), &Features::scalar_16, at + "a scalar argument of f16x2", "scalar_16");
    expect_needed(global("local %a: i64"), &Features::i64, at + "a variable of i64", "i64");
    Capabilities device = whole_device();
    device.features.f16 = false;
    verify_text(global("shared %a: f16[8]"), &device);
    device.features.shared_16 = false;
    EXPECT_EQ(refusal(global("shared %a: f16[8]"), device),
              at + "shared memory that holds f16[8] needs the feature \"f16\", which the device lacks.");
}

TEST(VerifyDevice, NeedsLayoutsInSharedMemory) {
    const auto blocks = [](const std::string& type) {
        return kernel_text("return", "shared %a: u32 aliased\nshared %b: " + type + " aliased @1:9");
    };
    const std::string needs = "k.cpp:9: shared memory with a layout";
    expect_needed(blocks("u8[8, stride 1]"), &Features::shared_8, needs + " of bytes", "shared_8");
    expect_needed(blocks("f16[8, stride 2]"), &Features::shared_16, needs + " of 16-bit numbers", "shared_16");
    Capabilities device = whole_device();
    device.features.shared_8 = false;
    device.limits.max_shared_bytes = 64;
    verify_text(blocks("f32[16, stride 4]"), &device);
    EXPECT_THAT(refusal(blocks("f32[17, stride 4]"), device), ::testing::HasSubstr("is 68"));
    device.features.shared_16 = false;
    EXPECT_THAT(refusal(blocks("f32"), device),
                ::testing::HasSubstr("shared memory with a layout needs the feature \"shared_8 or shared_16\""));
}

TEST(VerifyDevice, NeedsScalarLayoutForWhatIsPackedTighter) {
    const std::string packed = "struct s size 16 { a: f32 offset 0, b: f32x3 offset 4 }\n";
    const std::string tight = "struct s size 12 { a: f32x3 offset 0 }\n";
    const std::string at = "k.cpp:9: the layout of \"d\"";
    Capabilities device = whole_device();
    device.features.scalar_layout = false;
    // Within 16 bytes a vector may begin at each of its scalars.
    verify_text(kernel_text("return", packed + "storage %d: s[stride 16] set 0 binding 0"), &device);
    const auto needs = [&](const std::string& declaration, const std::string& types = {}) {
        expect_needed(kernel_text("return", types + declaration + " @1:9"), &Features::scalar_layout, at,
                      "scalar_layout");
    };
    needs("storage %d: s[stride 12] set 0 binding 0", tight);
    needs("storage %d: f32x3[stride 12] set 0 binding 0");
    needs("storage %d: s set 0 binding 0", "struct s size 24 { a: f32x2 offset 0, b: f32x4 offset 8 }\n");
    needs("storage %d: s set 0 binding 0", "struct s size 24 { a: f32x3[1, stride 16] offset 0, b: f32 offset 12 }\n");
    needs("uniform %d: u32[4, stride 4] set 0 binding 0");
    needs("scalar %d: f32x4 offset 8");
    needs("storage %d: mat<f32, 3, 4, stride 12, row_major> set 0 binding 0");
    needs("uniform %d: mat<f32, 2, 2, stride 8, row_major> set 0 binding 0");
    verify_text(kernel_text("return",
                            "storage %d: u32[4, stride 4] set 0 binding 0\n"
                            "storage %r: mat<f32, 2, 2, stride 8, row_major> set 0 binding 3\n"
                            "storage %m: mat<f32, 4, 4, stride 16> set 0 binding 1\n"
                            "uniform %u: u32[4, stride 16] set 0 binding 2\n"
                            "scalar %f: f32x4 offset 16"),
                &device);
    expect_needed(kernel_text("%p: ptr<address, f32x3[stride 12]> = pointer_to(4) u64(16) @1:2\nreturn"),
                  &Features::scalar_layout, "k.cpp:2: pointer_to: the layout of f32x3[]", "scalar_layout");
}

TEST(VerifyDevice, NeedsAtomicsOfEachTypeAndSpace) {
    const auto text = [](const std::string& op, const std::string& type, const std::string& space) {
        const std::string declaration =
            space == "shared" ? "shared %a: " + type : "storage %a: " + type + " set 0 binding 0";
        return kernel_text("%x: " + type + " = " + op + "(relaxed, device) %a, " + type + "(1) @1:2\nreturn",
                           declaration);
    };
    const auto needs = [&](const std::string& op, const std::string& type, bool Features::*in_buffer,
                           bool Features::*in_shared, const std::string& name) {
        const std::string what = "k.cpp:2: " + op + ": an atomic on " + type;
        expect_needed(text(op, type, "storage"), in_buffer, what, name);
        expect_needed(text(op, type, "shared"), in_shared, what + " in shared memory", "shared_" + name);
    };
    needs("atomic_max", "u64", &Features::atomic_i64, &Features::shared_atomic_i64, "atomic_i64");
    needs("atomic_exchange", "f32", &Features::atomic_f32, &Features::shared_atomic_f32, "atomic_f32");
    needs("atomic_add", "f32", &Features::atomic_f32_add, &Features::shared_atomic_f32_add, "atomic_f32_add");
    needs("atomic_min", "f32", &Features::atomic_f32_min_max, &Features::shared_atomic_f32_min_max,
          "atomic_f32_min_max");
    needs("atomic_add", "f64", &Features::atomic_f64_add, &Features::shared_atomic_f64_add, "atomic_f64_add");
    expect_needed(text("atomic_sub", "f16", "storage"), &Features::atomic_f16_add,
                  "k.cpp:2: atomic_sub: an atomic on f16", "atomic_f16_add");
    const Capabilities device = whole_device();
    verify_text(text("atomic_xor", "i32", "shared"), &device);
    EXPECT_EQ(refusal(text("atomic_add", "f16", "shared"), device),
              "k.cpp:2: atomic_add: no device has this atomic on f16 in shared memory.");
    EXPECT_EQ(refusal(text("atomic_add", "u8", "storage"), device),
              "k.cpp:2: atomic_add: no device has this atomic on u8.");
}

TEST(VerifyDevice, NeedsEachGroupOfSubgroupOperations) {
    using F = SubgroupFeatures;
    expect_needed("%x: bool = subgroup_elect", &F::basic, "subgroup_elect: it", "basic");
    expect_needed("barrier(subgroup, none)", &F::basic, "barrier: it", "basic");
    expect_needed("%x: u32 = builtin(subgroup_lane)", &F::basic, "builtin: subgroup_lane", "basic");
    expect_needed("%x: u32x4 = builtin(subgroup_lt_mask)", &F::ballot, "builtin: subgroup_lt_mask", "ballot");
    expect_needed("%x: bool = subgroup_any true", &F::vote, "subgroup_any: it", "vote");
    expect_needed("%x: bool = subgroup_all_equal 1", &F::vote, "subgroup_all_equal: it", "vote");
    expect_needed("%x: u32x4 = subgroup_ballot true", &F::ballot, "subgroup_ballot: it", "ballot");
    expect_needed("%x: u32 = subgroup_broadcast 1, 2", &F::ballot, "subgroup_broadcast: it", "ballot");
    expect_needed("%x: u32 = subgroup_shuffle_xor 1, 2", &F::shuffle, "subgroup_shuffle_xor: it", "shuffle");
    expect_needed("%x: u32 = subgroup_shuffle_up 1, 2", &F::shuffle_relative, "subgroup_shuffle_up: it",
                  "shuffle_relative");
    expect_needed("%x: u32 = subgroup_rotate(0) 1, 2", &F::rotate, "subgroup_rotate: it", "rotate");
    expect_needed("%x: u32 = subgroup_rotate(4) 1, 2", &F::clustered, "subgroup_rotate: a cluster", "clustered");
    expect_needed("%x: u32 = subgroup_reduce(add, 0) 1", &F::arithmetic, "subgroup_reduce: it", "arithmetic");
    expect_needed("%x: u32 = subgroup_reduce(add, 8) 1", &F::clustered, "subgroup_reduce: a cluster", "clustered");
    expect_needed("%x: u32 = subgroup_scan(add, inclusive) 1", &F::arithmetic, "subgroup_scan: it", "arithmetic");
    expect_needed("%x: u32 = quad_swap(1) 1", &F::quad, "quad_swap: it", "quad");
    expect_needed("%x: u64 = subgroup_shuffle u64(1), 2", &F::extended_types, "subgroup_shuffle: it on u64",
                  "extended_types");
    EXPECT_EQ(refusal(line_text("%x: u32 = subgroup_reduce(add, 64) 1"), whole_device()),
              "k.cpp:2: subgroup_reduce: the cluster size is 64; the device's max_subgroup_size is 32.");
}

TEST(VerifyDevice, NeedsTheFloatsThatAKernelAsksFor) {
    const std::string text =
        kernel_text("return", {}, "workgroup_size(64, 1, 1) keeps_denormals(f32) rounds_to_even(f32)");
    Capabilities device = whole_device();
    device.features.preserves_denormals_f32 = device.features.rounds_to_even_f32 = true;
    verify_text(text, &device);
    device.features.rounds_to_even_f32 = false;
    EXPECT_EQ(
        refusal(text, device),
        "k.cpp:1: rounding f32 to nearest even needs the feature \"rounds_to_even_f32\", which the device lacks.");
    device.features.preserves_denormals_f32 = false;
    EXPECT_EQ(
        refusal(text, device),
        "k.cpp:1: keeping denormals of f32 needs the feature \"preserves_denormals_f32\", which the device lacks.");
}

TEST(VerifyDevice, NeedsTheSubgroupSizeThatAKernelAsksFor) {
    const auto text = [](const std::string& size) {
        return kernel_text("return", {}, "workgroup_size(64, 1, 1) subgroup_size(" + size + ")");
    };
    Capabilities device = whole_device();
    verify_text(text("32"), &device);
    EXPECT_EQ(refusal(text("64"), device), "k.cpp:1: the subgroup size is 64; the device has 16 to 32.");
    device.features.subgroup.size_control = false;
    EXPECT_EQ(refusal(text("32"), device),
              "k.cpp:1: a subgroup size of 32 needs the feature \"subgroup.size_control\", "
              "which the device lacks.");
    device.limits.min_subgroup_size = 32;
    verify_text(text("32"), &device);
}

TEST(VerifyDevice, NeedsMatricesOfTheseShapes) {
    const auto text = [](const std::string& a, const std::string& c, const std::string& saturating = "0") {
        return kernel_text("%m: " + c + " = matrix_multiply_add(" + saturating + ") zero<" + a +
                           ">, zero<coopmat<f16, subgroup, 16, 8, b>>, zero<" + c + "> @1:2\nreturn");
    };
    const std::string a = "coopmat<f16, subgroup, 16, 16, a>", c = "coopmat<f32, subgroup, 16, 8, accumulator>";
    Capabilities device = whole_device();
    verify_text(text(a, c), &device);
    EXPECT_EQ(
        refusal(text("coopmat<f16, subgroup, 8, 16, a>", "coopmat<f32, subgroup, 8, 8, accumulator>"), device),
        "k.cpp:2: matrix_multiply_add: the device's cooperative_matrices have no shape with coopmat<f16, subgroup, 8, "
        "16, a>; of m x n x k, a b c result, it has 16x8x16 f16 f16 f32 f32.");
    EXPECT_EQ(refusal(text(a, c, "1"), device),
              "k.cpp:2: matrix_multiply_add: the device's cooperative_matrices have no product of " + a +
                  " and coopmat<f16, subgroup, 16, 8, b> added to " + c + ", saturating.");
    device.features.cooperative_matrices[0].workgroup_scope = true;
    EXPECT_THAT(refusal(text(a, c), device), ::testing::HasSubstr("no shape with " + a));
    EXPECT_THAT(refusal(text(a, c), device), ::testing::HasSubstr("16x8x16 f16 f16 f32 f32 of a workgroup"));
    device.features.cooperative_matrices.assign(9, {8, 8, 8, Scalar::i8, Scalar::i8, Scalar::i32, Scalar::i32, true});
    EXPECT_THAT(refusal(text(a, c), device), ::testing::EndsWith("8x8x8 i8 i8 i32 i32 saturating and 1 more."));
    device.features.cooperative_matrices.clear();
    EXPECT_THAT(refusal(text(a, c), device), ::testing::EndsWith("no shape with " + a + "; it has none."));
}

TEST(VerifyDevice, NeedsWholeSubgroupsForMatrices) {
    const auto text = [](const std::string& size, const std::string& more = "") {
        return kernel_text("%m: coopmat<f32, subgroup, 16, 8, accumulator> = splat 1.0 @1:2\nreturn", {},
                           "workgroup_size(" + size + ", 1, 1)" + more);
    };
    const Capabilities device = whole_device();
    verify_text(text("64"), &device);
    verify_text(text("48", " subgroup_size(16)"), &device);
    EXPECT_EQ(
        refusal(text("48"), device),
        "k.cpp:2: splat: the workgroup has 48 invocations along x; cooperative matrices need whole subgroups, of 32.");
}

TEST(VerifyDevice, NeedsAddressesPointersAndClocks) {
    expect_needed(line_text("%x: u64 = address_of %a", "storage %a: u32 set 0 binding 0"), &Features::buffer_address,
                  "k.cpp:2: address_of: an address", "buffer_address");
    expect_needed(line_text("%x: u64 = clock(device)"), &Features::shader_clock, "k.cpp:2: clock: the clock",
                  "shader_clock");
    expect_needed(line_text("%p: ptr<storage, u32> = select true, %a, %b",
                            "storage %a: u32 set 0 binding 0\nstorage %b: u32 set 0 binding 1"),
                  &Features::variable_pointers, "k.cpp:2: select: the pointer \"p\" to changing places",
                  "variable_pointers");
    expect_needed(line_text("%x: bool = eq %a, %b", "shared %a: u32\nshared %b: u32"), &Features::variable_pointers,
                  "k.cpp:2: eq: the pointer \"a\" to changing places", "variable_pointers");
    expect_needed(kernel_text("%p: ptr<address, u16> = pointer_to(2) u64(16)\n%x: u16 = load %p @1:2\nreturn"),
                  &Features::storage_16, "k.cpp:2: load: memory that holds u16", "storage_16");
    expect_needed(
        kernel_text("loop ^l (%p: ptr<shared, u32> = %a) @1:2 {\nexit ^l\n} continuing {\nrepeat ^l(%a)\n}\nreturn",
                    "shared %a: u32"),
        &Features::variable_pointers, "k.cpp:2: loop: the pointer \"p\" to changing places", "variable_pointers");
}

TEST(VerifyDevice, HoldsTheLimits) {
    const Capabilities device = whole_device();
    const auto sized = [](const std::string& size) {
        return kernel_text("return", {}, "workgroup_size(" + size + ")");
    };
    verify_text(sized("16, 1, 64"), &device);
    EXPECT_EQ(refusal(sized("1, 1, 65"), device),
              "k.cpp:1: the workgroup's size in z is 65; the device's max_workgroup_size is 64.");
    EXPECT_EQ(
        refusal(sized("32, 2, 64"), device),
        "k.cpp:1: the number of invocations in a workgroup is 4096; the device's max_workgroup_invocations is 1024.");
    EXPECT_EQ(refusal(kernel_text("return", "specialization(0) %s: u32 = 2048", "workgroup_size(%s, 1, 1)"), device),
              "k.cpp:1: the workgroup's size in x is 2048; the device's max_workgroup_size is 1024.");
    verify_text(kernel_text("return", "shared %a: u32[8192]"), &device);
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: u32[8192]\nshared %b: bool"), device),
              "k.cpp:1: the size of the shared memory in bytes is 32772; the device's max_shared_bytes is 32768.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: u32[8189]\nshared %b: f32x4"), device),
              "k.cpp:1: the size of the shared memory in bytes is 32784; the device's max_shared_bytes is 32768.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: f32x3[2049]"), device),
              "k.cpp:1: the size of the shared memory in bytes is 32784; the device's max_shared_bytes is 32768.");
    EXPECT_EQ(refusal(kernel_text("return", "scalar %a: u32 offset 128"), device),
              "k.cpp:1: the size of the scalars in bytes is 132; the device's max_scalar_bytes is 128.");
    EXPECT_EQ(refusal(kernel_text("return", "storage %a: u32 set 4 binding 0"), device),
              "k.cpp:1: the number of sets is 5; the device's max_sets is 4.");
    std::string many;
    for (u32 i = 0; i < 9; ++i)
        many += "storage %b" + std::to_string(i) + ": u32 set 0 binding " + std::to_string(i) + "\n";
    EXPECT_EQ(refusal(kernel_text("return", many), device),
              "k.cpp:1: the number of bindings is 9; the device's max_bindings is 8.");
}

}  // namespace
}  // namespace alkomp::ir
