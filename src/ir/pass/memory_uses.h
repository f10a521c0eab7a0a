// SPDX-License-Identifier: MIT OR Apache-2.0
// Which memory pointers lead into, and what a kernel does with each of its globals.
#pragma once

#include "ir/module.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alkomp::ir {

class MemoryUses {
public:
    struct Use {
        bool atomic_float = false, atomic_wide = false;  ///< on f32; on 64 bits
        bool atomic_in_value = false;  ///< on a part of what is loaded or stored as a whole, or of a vector
        bool is_chosen = false;        ///< a pointer into it is the result of a choice, or compared
        bool part_stores = false;      ///< narrow numbers are stored that are not whole words
    };
    /// Throws: unsupported, where it cannot be known what a pointer leads into. No function takes or returns pointers
    /// to globals.
    explicit MemoryUses(const Module& module);

    [[nodiscard]] const Use& operator[](u32 global) const { return uses_[global]; }
    /// The global that a pointer leads into; 0: none.
    [[nodiscard]] u32 global_of(ValueId pointer) const { return global_[find(place(pointer))]; }

private:
    [[nodiscard]] u32 find(u32 at) const;
    void join(InstructionId at, ValueId a, ValueId b);
    void follow(InstructionId id);
    void follow_choices(InstructionId id);
    void choose(InstructionId at, ValueId pointer);
    void note(InstructionId id);
    void note_path(InstructionId id);
    [[nodiscard]] bool stores_parts(TypeId id, bool is_aligned) const;
    void finish();

    struct Path {
        std::u32string parts;    ///< members by place, elements as one
        bool is_aligned = true;  ///< to words
        bool in_vector = false;
    };
    const Module& module_;
    const Types& types_;
    mutable std::vector<u32> joined_;                            // by value: another of its set
    std::vector<u32> global_;                                    // by the set's first
    std::vector<Path> paths_;                                    // by value
    std::vector<Use> uses_;                                      // by global
    std::set<std::pair<u32, std::u32string>> wholes_, atomics_;  // globals and paths
};

}  // namespace alkomp::ir
