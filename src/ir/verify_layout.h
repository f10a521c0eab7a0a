// SPDX-License-Identifier: MIT OR Apache-2.0
// Where devices want the parts of a type in memory.
#pragma once

#include "ir/verify_parts.h"

#include <array>
#include <vector>

namespace alkomp::ir {

/// Facts of all types of a module, found once.
class Layouts {
public:
    Layouts(const Module& module, const Shapes& shapes);

    /// A bit for each scalar in it, `1 << Scalar`; pointers are not followed.
    [[nodiscard]] u32 scalars(TypeId id) const { return facts_[static_cast<u32>(id)].scalars; }
    /// Where shared memory ends when a value of the type is put behind `end_bytes`.
    /// Source: Vulkan, "Required Limits", maxComputeSharedMemorySize.
    [[nodiscard]] u64 behind(u64 end_bytes, TypeId id) const;
    /// The layout is one that every device takes, at this offset of a block; `is_uniform`: of a uniform block.
    /// Source: Vulkan, "Offset and Stride Assignment", without scalarBlockLayout.
    [[nodiscard]] bool is_standard(TypeId id, bool is_uniform, u32 offset_bytes) const;

private:
    struct Rules {
        u32 alignment_bytes = 1;
        bool kept = true;  ///< by the parts within
    };
    struct Facts {
        u32 scalars = 0;
        u64 shared_bytes = 0;
        u32 shared_alignment_bytes = 1;
        std::array<Rules, 2> rules;  ///< of storage, of uniform blocks
    };
    Facts facts_of(const Type& type) const;
    Facts structure(const Type& type) const;
    Facts elements(const Type& type, u64 count) const;
    bool fits(TypeId id, bool is_uniform, u32 offset_bytes) const;
    bool keeps_offsets(const Type& type, bool is_uniform) const;
    const Facts& of(TypeId id) const { return facts_[static_cast<u32>(id)]; }

    const Module& module_;
    const Types& types_;
    const Shapes& shapes_;
    std::vector<Facts> facts_;  // by TypeId
};

}  // namespace alkomp::ir
