// SPDX-License-Identifier: MIT OR Apache-2.0
// What a device can do: limits and features, asked of its driver and never inferred.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <string_view>
#include <vector>

namespace alkomp {

enum class DeviceKind : u8 { discrete, integrated, virtual_gpu, cpu, reference, other };

[[nodiscard]] std::string_view to_string(DeviceKind kind) noexcept;

struct Limits {
    u64 max_buffer_bytes = 0;           ///< one buffer
    u64 max_storage_binding_bytes = 0;  ///< what one storage binding may span
    u64 max_uniform_binding_bytes = 0;
    u64 storage_offset_alignment_bytes = 1;  ///< of a view bound as storage
    u64 uniform_offset_alignment_bytes = 1;
    u64 copy_alignment_bytes = 1;  ///< of offsets and sizes in copies and fills: 1 or 4
    u32 max_bindings = 0;          ///< storage and uniform bindings of one kernel
    u32 max_sets = 0;
    u32 max_scalar_bytes = 0;         ///< push constants or what stands for them
    std::array<u32, 3> max_groups{};  ///< workgroups of one call, per dimension
    std::array<u32, 3> max_workgroup_size{};
    u32 max_workgroup_invocations = 0;
    u32 max_shared_bytes = 0;  ///< workgroup memory
    u32 subgroup_size = 1;     ///< default; 1 where there are no subgroups
    u32 min_subgroup_size = 1;
    u32 max_subgroup_size = 1;
    u32 max_compute_units = 0;  ///< multiprocessors or cores; 0: unknown
    u32 spirv_version = 0;      ///< newest accepted, 0x00010600 is 1.6; 0: none
};

/// Operations within a subgroup that the device has.
struct SubgroupFeatures {
    bool basic = false;
    bool vote = false;
    bool arithmetic = false;
    bool ballot = false;
    bool shuffle = false;
    bool shuffle_relative = false;
    bool clustered = false;
    bool quad = false;
    bool rotate = false;
    bool partitioned = false;     ///< GL_NV_shader_subgroup_partitioned
    bool size_control = false;    ///< a kernel may ask for a subgroup size
    bool extended_types = false;  ///< on 8-, 16- and 64-bit integers and f16
};

/// One shape of matrix that the device multiplies in hardware: D[m,n] = A[m,k] B[k,n] + C[m,n].
struct CooperativeMatrix {
    u32 m = 0, n = 0, k = 0;
    Scalar a = Scalar::f16, b = Scalar::f16, c = Scalar::f32, result = Scalar::f32;
    bool saturating = false;
    bool workgroup_scope = false;  ///< else subgroup scope
    bool operator==(const CooperativeMatrix&) const = default;
};

struct Features {
    // Types in arithmetic.
    bool f16 = false, bf16 = false, f64 = false, i8 = false, i16 = false, i64 = false;
    // Types in memory.
    bool storage_8 = false, storage_16 = false;
    bool uniform_8 = false, uniform_16 = false;
    bool scalar_8 = false, scalar_16 = false;  ///< in push constants
    bool shared_8 = false, shared_16 = false;  ///< explicit layouts in workgroup memory
    bool scalar_layout = false;                ///< GL_EXT_scalar_block_layout
    // Atomics, on buffers and on workgroup memory.
    bool atomic_i64 = false, shared_atomic_i64 = false;
    bool atomic_f32 = false, atomic_f32_add = false, atomic_f32_min_max = false;
    bool shared_atomic_f32 = false, shared_atomic_f32_add = false, shared_atomic_f32_min_max = false;
    bool atomic_f64_add = false, shared_atomic_f64_add = false;
    bool atomic_f16_add = false;
    // Memory and execution.
    bool memory_model = false, memory_model_device_scope = false;
    bool buffer_address = false;
    bool variable_pointers = false;
    bool integer_dot = false, integer_dot_accelerated = false;
    bool demote_denormals_control = false;  ///< float controls: denormals, rounding, NaN kept
    bool preserves_nan_f16 = false, preserves_nan_f32 = false,
         preserves_nan_f64 = false;  ///< signed zeros, infinities too
    bool preserves_denormals_f32 = false, rounds_to_even_f32 = false;
    bool maximal_reconvergence = false;
    bool expect_assume = false;
    bool shader_clock = false;
    bool timestamps = false;
    bool indirect_dispatch = false;
    bool host_memory_import = false;
    bool forward_progress = false;  ///< started workgroups progress while others spin
    SubgroupFeatures subgroup;
    std::vector<CooperativeMatrix> cooperative_matrices;
    // Protection against faulty kernels.
    bool robust_buffers = false;     ///< accesses stay inside the buffer
    bool robust_zero = false;        ///< reads outside give 0, writes outside are dropped
    bool robust_per_kernel = false;  ///< a kernel may opt out
};

/// What a device's WGSL says by itself. `Features` has what kernels may use: more, where alkomp says it in other words.
struct WgslSupport {
    enum class Dialect : u8 {
        none,      ///< the device takes no WGSL
        standard,  ///< the specification, with its enable directives
        wgpu,      ///< of naga: native types and subgroups without directives, `var<immediate>`
        chromium,  ///< of Tint: the standard, and chromium_experimental_immediate where `immediate_bytes` says so
    };
    Dialect dialect = Dialect::none;
    bool f16 = false, f64 = false, i64 = false;
    bool subgroups = false;
    bool atomic_i64 = false, atomic_f32 = false;
    bool hlsl = false;        ///< the library makes HLSL of it, for Direct3D 12
    u32 immediate_bytes = 0;  ///< larger scalars go through a uniform binding
};

struct Capabilities {
    Limits limits;
    Features features;
    WgslSupport wgsl;
    bool operator==(const Capabilities&) const = delete;
};

}  // namespace alkomp
