// SPDX-License-Identifier: MIT OR Apache-2.0
// Registers of instructions that are being written, and the columns that they get in the end.
#pragma once

#include "backend/reference/program.h"

#include <span>
#include <vector>

namespace alkomp::backend::reference {

using Register = u32;
/// The mask is the first register.
inline constexpr Register kMaskRegister = 0;

/// Fields of an instruction that are registers, or a label.
enum Field : u8 { kTo = 1, kA = 2, kB = 4, kC = 8, kX = 16, kLabel = 32 };

struct Draft {
    Instruction instruction;
    u8 fields = 0;
    u32 list = ~u32{0};  ///< a list: so many sizes, then registers; x is where it begins among all of them
    u32 sizes = 0;
};

/// Instructions that run again and again, by place; both belong to it.
struct Round {
    u32 first = 0, last = 0;
};

class Registers {
public:
    Registers() { all_.push_back({sizeof(Truth), true}); }

    [[nodiscard]] Register make(u32 size_bytes) { return add(size_bytes, false); }
    /// One whose value stays while the frame lives.
    [[nodiscard]] Register make_kept(u32 size_bytes) { return add(size_bytes, true); }
    [[nodiscard]] u32 size_bytes(Register id) const { return all_[id].size_bytes; }

    /// Gives each register a column that no other needs at the same time and puts these into the instructions; gives
    /// the bytes that all columns take. A value is needed from where it is first written to where it is last read; one
    /// that goes into or out of a round, or from one time to the next, in all of it.
    [[nodiscard]] u64 place(std::span<Draft> setup, std::span<Draft> code, std::vector<Round> rounds, u32 lanes,
                            std::span<std::vector<u32>> lists);

private:
    struct Entry {
        u32 size_bytes = 4;
        bool kept = false;
        u32 first = ~u32{0}, last = 0;
        u32 column = 0;  // among those of its size, then its first byte
    };
    Register add(u32 size_bytes, bool kept) {
        all_.push_back({size_bytes, kept});
        return static_cast<Register>(all_.size() - 1);
    }
    void note(std::span<const Draft> code, std::span<const std::vector<u32>> lists);
    void widen(std::vector<Round>& rounds);

    std::vector<Entry> all_;
};

}  // namespace alkomp::backend::reference
