// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel needs and a device lacks, as a sentence.
#include "read/spirv/requirements.h"

#include <gtest/gtest.h>

namespace alkomp::read {
namespace {

Capabilities device() {
    Capabilities c;
    c.limits.spirv_version = 0x00010500;
    return c;
}

std::string missing(u32 capability, const Capabilities& c) {
    Interface interface;
    interface.requirements = {{1, "Shader"}, {capability, capability_name(capability)}};
    return missing_requirement(interface, c);
}

TEST(Requirements, are_named_as_people_and_as_spirv_name_them) {
    EXPECT_EQ(missing(10, device()), "it needs 64-bit floats (SPIR-V capability Float64), which this device lacks");
    EXPECT_EQ(missing(4433, device()),
              "it needs 16-bit types in storage buffers (SPIR-V capability StorageBuffer16BitAccess), which this "
              "device lacks");
    EXPECT_EQ(missing(6, device()), "it needs OpenCL kernels (SPIR-V capability Kernel), which this device lacks");
    EXPECT_EQ(missing(static_cast<u32>(Feature::buffer_float32_atomics), device()),
              "it needs atomic loads, stores or exchanges of 32-bit floats in buffers (Vulkan feature "
              "shaderBufferFloat32Atomics), which this device lacks");
    EXPECT_EQ(missing(99999, device()), "it needs SPIR-V capability 99999, which alkomp does not know");
    EXPECT_EQ(capability_name(5347), "PhysicalStorageBufferAddresses");
    EXPECT_EQ(capability_name(99999), "99999");
}

TEST(Requirements, are_met_by_the_features_that_stand_for_them) {
    const auto met = [](u32 capability, auto set) {
        Capabilities c;
        c.limits.spirv_version = 0x00010600;
        EXPECT_NE(missing(capability, c), "") << capability_name(capability);
        set(c.features);
        EXPECT_EQ(missing(capability, c), "") << capability_name(capability);
    };
    met(9, [](Features& f) { f.f16 = true; });
    met(10, [](Features& f) { f.f64 = true; });
    met(11, [](Features& f) { f.i64 = true; });
    met(12, [](Features& f) { f.atomic_i64 = true; });
    met(12, [](Features& f) { f.shared_atomic_i64 = true; });
    met(22, [](Features& f) { f.i16 = true; });
    met(39, [](Features& f) { f.i8 = true; });
    met(61, [](Features& f) { f.subgroup.basic = true; });
    met(62, [](Features& f) { f.subgroup.vote = true; });
    met(63, [](Features& f) { f.subgroup.arithmetic = true; });
    met(64, [](Features& f) { f.subgroup.ballot = true; });
    met(65, [](Features& f) { f.subgroup.shuffle = true; });
    met(66, [](Features& f) { f.subgroup.shuffle_relative = true; });
    met(67, [](Features& f) { f.subgroup.clustered = true; });
    met(68, [](Features& f) { f.subgroup.quad = true; });
    met(5297, [](Features& f) { f.subgroup.partitioned = true; });
    met(6026, [](Features& f) { f.subgroup.rotate = true; });
    met(4428, [](Features& f) { f.shared_16 = true; });
    met(4429, [](Features& f) { f.shared_8 = true; });
    met(4430, [](Features& f) { f.shared_16 = true; });
    met(4433, [](Features& f) { f.storage_16 = true; });
    met(4434, [](Features& f) { f.uniform_16 = true; });
    met(4435, [](Features& f) { f.scalar_16 = true; });
    met(4441, [](Features& f) { f.variable_pointers = true; });
    met(4442, [](Features& f) { f.variable_pointers = true; });
    met(4448, [](Features& f) { f.storage_8 = true; });
    met(4449, [](Features& f) { f.uniform_8 = true; });
    met(4450, [](Features& f) { f.scalar_8 = true; });
    met(4464, [](Features& f) { f.preserves_denormals_f32 = true; });
    met(4465, [](Features& f) { f.demote_denormals_control = true; });
    met(4466, [](Features& f) { f.preserves_nan_f32 = true; });
    met(4467, [](Features& f) { f.rounds_to_even_f32 = true; });
    met(4468, [](Features& f) { f.demote_denormals_control = true; });
    met(5055, [](Features& f) { f.shader_clock = true; });
    met(5116, [](Features& f) { f.bf16 = true; });
    met(5117, [](Features& f) { f.bf16 = true; });
    met(5118, [](Features& f) { f.bf16 = true, f.cooperative_matrices.emplace_back(); });
    met(5345, [](Features& f) { f.memory_model = true; });
    met(5346, [](Features& f) { f.memory_model_device_scope = true; });
    met(5347, [](Features& f) { f.buffer_address = true; });
    met(5612, [](Features& f) { f.atomic_f32_min_max = true; });
    met(5629, [](Features& f) { f.expect_assume = true; });
    for (u32 dot = 6016; dot <= 6019; ++dot) met(dot, [](Features& f) { f.integer_dot = true; });
    met(6022, [](Features& f) { f.cooperative_matrices.emplace_back(); });
    met(6033, [](Features& f) { f.shared_atomic_f32_add = true; });
    met(6034, [](Features& f) { f.atomic_f64_add = true; });
    met(6095, [](Features& f) { f.atomic_f16_add = true; });
    met(static_cast<u32>(Feature::extended_subgroup_types), [](Features& f) { f.subgroup.extended_types = true; });
    met(static_cast<u32>(Feature::buffer_float32_atomics), [](Features& f) { f.atomic_f32 = true; });
    met(static_cast<u32>(Feature::shared_float32_atomics), [](Features& f) { f.shared_atomic_f32 = true; });
}

TEST(Requirements, include_the_version) {
    Interface interface;
    interface.spirv_version = 0x00010600;
    EXPECT_EQ(missing_requirement(interface, device()), "it is SPIR-V 1.6, and this device takes SPIR-V up to 1.5");
    interface.spirv_version = 0x00010500;
    EXPECT_EQ(missing_requirement(interface, device()), "");
    EXPECT_EQ(missing_requirement(interface, Capabilities{}), "it is SPIR-V, which this device does not take");
}

}  // namespace
}  // namespace alkomp::read
