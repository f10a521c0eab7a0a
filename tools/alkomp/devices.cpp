// SPDX-License-Identifier: MIT OR Apache-2.0
// Lists devices, and names their limits and features.
#include "devices.h"

#define ALKOMP_LIMIT(name)         \
    NamedLimit {                   \
#name, values(limits.name) \
    }
#define ALKOMP_FEATURE(name)            \
    std::pair<std::string_view, bool> { \
#name, features.name            \
    }

namespace alkomp::command {
namespace {

std::vector<u64> values(u64 value) { return {value}; }
std::vector<u64> values(const std::array<u32, 3>& value) { return {value[0], value[1], value[2]}; }

}  // namespace

DevicesReport list_devices() {
    DevicesReport report;
    report.devices = query();
    try {
        report.chosen = Device().info().index;
    } catch (const Error& error) {
        report.problem = error.what();
    }
    return report;
}

std::vector<NamedLimit> limits_of(const Limits& limits) {
    return {
        ALKOMP_LIMIT(max_buffer_bytes),
        ALKOMP_LIMIT(max_storage_binding_bytes),
        ALKOMP_LIMIT(max_uniform_binding_bytes),
        ALKOMP_LIMIT(storage_offset_alignment_bytes),
        ALKOMP_LIMIT(uniform_offset_alignment_bytes),
        ALKOMP_LIMIT(copy_alignment_bytes),
        ALKOMP_LIMIT(max_bindings),
        ALKOMP_LIMIT(max_sets),
        ALKOMP_LIMIT(max_scalar_bytes),
        ALKOMP_LIMIT(max_groups),
        ALKOMP_LIMIT(max_workgroup_size),
        ALKOMP_LIMIT(max_workgroup_invocations),
        ALKOMP_LIMIT(max_shared_bytes),
        ALKOMP_LIMIT(subgroup_size),
        ALKOMP_LIMIT(min_subgroup_size),
        ALKOMP_LIMIT(max_subgroup_size),
        ALKOMP_LIMIT(max_compute_units),
        ALKOMP_LIMIT(spirv_version),
    };
}

std::vector<std::pair<std::string_view, bool>> features_of(const Features& features) {
    return {
        ALKOMP_FEATURE(f16),
        ALKOMP_FEATURE(bf16),
        ALKOMP_FEATURE(f64),
        ALKOMP_FEATURE(i8),
        ALKOMP_FEATURE(i16),
        ALKOMP_FEATURE(i64),
        ALKOMP_FEATURE(storage_8),
        ALKOMP_FEATURE(storage_16),
        ALKOMP_FEATURE(uniform_8),
        ALKOMP_FEATURE(uniform_16),
        ALKOMP_FEATURE(scalar_8),
        ALKOMP_FEATURE(scalar_16),
        ALKOMP_FEATURE(shared_8),
        ALKOMP_FEATURE(shared_16),
        ALKOMP_FEATURE(scalar_layout),
        ALKOMP_FEATURE(atomic_i64),
        ALKOMP_FEATURE(shared_atomic_i64),
        ALKOMP_FEATURE(atomic_f32),
        ALKOMP_FEATURE(atomic_f32_add),
        ALKOMP_FEATURE(atomic_f32_min_max),
        ALKOMP_FEATURE(shared_atomic_f32),
        ALKOMP_FEATURE(shared_atomic_f32_add),
        ALKOMP_FEATURE(shared_atomic_f32_min_max),
        ALKOMP_FEATURE(atomic_f64_add),
        ALKOMP_FEATURE(shared_atomic_f64_add),
        ALKOMP_FEATURE(atomic_f16_add),
        ALKOMP_FEATURE(memory_model),
        ALKOMP_FEATURE(memory_model_device_scope),
        ALKOMP_FEATURE(buffer_address),
        ALKOMP_FEATURE(variable_pointers),
        ALKOMP_FEATURE(integer_dot),
        ALKOMP_FEATURE(integer_dot_accelerated),
        ALKOMP_FEATURE(demote_denormals_control),
        ALKOMP_FEATURE(preserves_nan_f16),
        ALKOMP_FEATURE(preserves_nan_f32),
        ALKOMP_FEATURE(preserves_nan_f64),
        ALKOMP_FEATURE(preserves_denormals_f32),
        ALKOMP_FEATURE(rounds_to_even_f32),
        ALKOMP_FEATURE(maximal_reconvergence),
        ALKOMP_FEATURE(expect_assume),
        ALKOMP_FEATURE(shader_clock),
        ALKOMP_FEATURE(timestamps),
        ALKOMP_FEATURE(indirect_dispatch),
        ALKOMP_FEATURE(host_memory_import),
        ALKOMP_FEATURE(forward_progress),
        ALKOMP_FEATURE(robust_buffers),
        ALKOMP_FEATURE(robust_zero),
        ALKOMP_FEATURE(robust_per_kernel),
        ALKOMP_FEATURE(subgroup.basic),
        ALKOMP_FEATURE(subgroup.vote),
        ALKOMP_FEATURE(subgroup.arithmetic),
        ALKOMP_FEATURE(subgroup.ballot),
        ALKOMP_FEATURE(subgroup.shuffle),
        ALKOMP_FEATURE(subgroup.shuffle_relative),
        ALKOMP_FEATURE(subgroup.clustered),
        ALKOMP_FEATURE(subgroup.quad),
        ALKOMP_FEATURE(subgroup.rotate),
        ALKOMP_FEATURE(subgroup.partitioned),
        ALKOMP_FEATURE(subgroup.size_control),
        ALKOMP_FEATURE(subgroup.extended_types),
    };
}

std::string to_string(const CooperativeMatrix& matrix) {
    std::string out = std::to_string(matrix.m) + "x" + std::to_string(matrix.n) + "x" + std::to_string(matrix.k);
    for (const Scalar scalar : {matrix.a, matrix.b, matrix.c, matrix.result})
        out += " " + std::string(to_string(scalar));
    if (matrix.saturating) out += " saturating";
    if (matrix.workgroup_scope) out += " workgroup";
    return out;
}

}  // namespace alkomp::command
