// SPDX-License-Identifier: MIT OR Apache-2.0
// Choices around barriers that are alike for a workgroup, though WGSL's analysis cannot see it.
//
// WGSL wants proof that all invocations reach a barrier together; the IR wants that they do. So where one way of a choice
// certainly leads to a barrier, and the other past it, the condition is the same for all: who comes to the choice takes the
// same way, or the kernel is wrong. The condition of such a choice may be told to all by one of them.
#pragma once

#include "ir/module.h"

#include <span>
#include <vector>

namespace alkomp::emit::wg {

class Uniformity {
public:
    /// Looks at the kernel itself; the functions that it calls are left alone.
    explicit Uniformity(const ir::Module& module);
    /// Of an `if`, `switch` or `repeat_if`: its condition is alike for all, and WGSL cannot see that.
    [[nodiscard]] bool is_hidden(ir::InstructionId id) const { return is_hidden_[ir::place(id)]; }

private:
    void walk(ir::RegionId region);
    void find_hidden(ir::RegionId region, ir::InstructionId loop);
    [[nodiscard]] bool may_vary(const ir::Instruction& instruction) const;
    [[nodiscard]] bool is_kept(ir::ValueId pointer) const;
    void pass(const ir::Instruction& terminator);
    void vary(ir::ValueId id);
    [[nodiscard]] bool varies(ir::ValueId id) const { return varies_[ir::place(id)]; }
    [[nodiscard]] bool escapes(ir::InstructionId construct) const;
    [[nodiscard]] bool waits(std::span<const ir::InstructionId> instructions) const;
    [[nodiscard]] bool leaves(ir::InstructionId construct, ir::InstructionId loop) const;
    [[nodiscard]] bool is_around_barrier(ir::InstructionId choice, ir::InstructionId loop) const;

    const ir::Module& module_;
    std::vector<bool> varies_;     // by value: it may differ within a workgroup, as far as WGSL can see
    std::vector<bool> is_hidden_;  // by instruction
    bool changed_ = false;
};

}  // namespace alkomp::emit::wg
