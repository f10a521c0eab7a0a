// SPDX-License-Identifier: MIT OR Apache-2.0
// What a device's WGSL lacks, and what of that alkomp makes up for.
#include "emit/wgsl/wgsl.h"

namespace alkomp::emit {

ir::Lowering lowering_for(const WgslSupport& support) {
    ir::Lowering lowering;
    lowering.memory_layouts = true;
    lowering.memory.types.f16 = support.f16;
    lowering.memory.types.i64 = support.i64;
    lowering.memory.atomic_f32 = false;
    lowering.memory.atomic_i64 = support.atomic_i64;
    return lowering;
}

void add_lowered(Features& features, const WgslSupport&) { features.scalar_layout = true; }

}  // namespace alkomp::emit
