// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the scalars of a type lie: in buffers as the type says, in memory that has no layout as it suits the device.
#pragma once

#include "ir/evaluate.h"
#include "ir/module.h"

#include <vector>

namespace alkomp::backend::reference {

/// Scalars of a value, in order. Pointers are numbers: into buffers the binding as u32, then the place as u64; raw
/// addresses one u64; others one u32.
struct Leaf {
    Scalar scalar = Scalar::u32;
    u64 place = 0;
};

/// Bytes of a scalar in registers and in the device's own memory.
[[nodiscard]] inline u32 held_bytes(Scalar scalar) { return scalar == Scalar::boolean ? 4 : size_bytes(scalar); }

class Layout {
public:
    Layout(const ir::Module& module, u32 subgroup_size);

    [[nodiscard]] const ir::ConstantValues& constants() const { return constants_; }
    /// Parts of a vector, matrix, array or structure; of a cooperative matrix those that an invocation holds.
    [[nodiscard]] u64 count(ir::TypeId id) const;
    [[nodiscard]] ir::TypeId part(ir::TypeId id, u64 index) const;
    /// Where a part begins in the whole. `laid`: as the type says. Not for columns of a matrix by rows.
    [[nodiscard]] u64 offset(ir::TypeId id, u64 index, bool laid) const;
    [[nodiscard]] u64 size_bytes(ir::TypeId id, bool laid) const;
    [[nodiscard]] std::vector<Leaf> leaves(ir::TypeId id, bool laid, u64 place = 0) const;
    [[nodiscard]] u64 leaf_count(ir::TypeId id) const;
    /// Types lie as they say, in memory of that space.
    [[nodiscard]] bool is_laid(ir::Space space) const {
        return space == ir::Space::shared ? laid_shared_ : space != ir::Space::local;
    }

private:
    [[nodiscard]] u64 alignment(ir::TypeId id) const;
    void add(ir::TypeId id, bool laid, u64 place, std::vector<Leaf>& made) const;

    const ir::Module& module_;
    ir::ConstantValues constants_;
    u32 subgroup_size_;
    bool laid_shared_;
};

/// Places in it are u64, not u32.
[[nodiscard]] inline bool is_wide(ir::Space space) { return space != ir::Space::shared && space != ir::Space::local; }
/// Its pointers lead into one of several bindings.
[[nodiscard]] inline bool has_root(ir::Space space) { return is_wide(space) && space != ir::Space::address; }

}  // namespace alkomp::backend::reference
