// SPDX-License-Identifier: MIT OR Apache-2.0
// What a device's WGSL lacks, and what of that alkomp makes up for.
#include "emit/wgsl/wgsl.h"

namespace alkomp::emit {

ir::Lowering lowering_for(const WgslSupport& support) {
    ir::Lowering lowering;
    lowering.memory_layouts = true;
    lowering.memory.types.f16 = support.f16;
    // NVIDIA's compiler (580.159.04) loses truths that naga keeps in shared memory.
    lowering.memory.shared_bools = support.dialect == WgslSupport::Dialect::chromium;
    // naga's integers of 64 bits lack bitcasts, bit operations and switches; halves are the same everywhere.
    lowering.small_integers = lowering.wide_integers = true;
    lowering.f16 = !support.f16;
    lowering.subgroups = !support.subgroups;
    lowering.combinations = true;
    lowering.uniform_flow = true;                                           // Tint and FXC ask for it
    lowering.chosen_lanes = support.dialect == WgslSupport::Dialect::wgpu;  // FXC, to which naga's HLSL may go
    lowering.inner_returns = support.hlsl;                                  // FXC
    return lowering;
}

ir::OverrideSupport overrides_for(const WgslSupport& support) {
    const bool is_naga = support.dialect == WgslSupport::Dialect::wgpu;
    ir::OverrideSupport overrides;
    overrides.f16 = support.f16;
    overrides.shared_bools = lowering_for(support).memory.shared_bools;
    overrides.lowers_subgroups = !support.subgroups;
    overrides.numbers_subgroups = !is_naga;
    overrides.flattens_subgroups = is_naga;
    return overrides;
}

void add_lowered(Features& features, const WgslSupport& support) {
    features.scalar_layout = true;
    features.i8 = features.i16 = features.i64 = features.f16 = true;
    features.storage_8 = features.uniform_8 = features.scalar_8 = features.shared_8 = true;
    features.storage_16 = features.uniform_16 = features.scalar_16 = features.shared_16 = true;
    features.integer_dot = true;
    SubgroupFeatures& subgroup = features.subgroup;
    subgroup.basic = subgroup.vote = subgroup.arithmetic = subgroup.ballot = true;
    subgroup.shuffle = subgroup.shuffle_relative = subgroup.rotate = subgroup.extended_types = true;
    subgroup.clustered = subgroup.quad = true;
    subgroup.size_control = !support.subgroups;  // those in workgroup memory have any
}

}  // namespace alkomp::emit
