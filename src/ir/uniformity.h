// SPDX-License-Identifier: MIT OR Apache-2.0
// What all invocations of a workgroup certainly do together, as WGSL sees it.
//
// WGSL wants proof that all invocations reach a barrier together; the IR wants that they do. So where one way of a choice
// certainly leads to a barrier, and the other past it, the condition is the same for all: who comes to the choice takes the
// same way, or the kernel is wrong. The condition of such a choice may be told to all by one of them.
#pragma once

#include "ir/module.h"

#include <span>
#include <vector>

namespace alkomp::ir {

class Uniformity {
public:
    /// Looks at the kernel itself; the functions that it calls are left alone. Where the module has neither barriers nor
    /// subgroup operations nothing is found out.
    explicit Uniformity(const Module& module);
    /// Of an `if`, `switch` or `repeat_if`: its condition is alike for all, and WGSL cannot see that.
    [[nodiscard]] bool is_hidden(InstructionId id) const { return is_hidden_[place(id)]; }
    /// Of any but constructs and terminators: all invocations come to it, or none; where hidden conditions are told, WGSL
    /// sees that too.
    [[nodiscard]] bool is_together(InstructionId id) const { return is_together_[place(id)]; }

    /// Of an `if`, `switch` or `repeat_if`: some who come to it may go another way than the others.
    [[nodiscard]] bool parts(InstructionId choice) const;

private:
    void walk(RegionId region);
    void find_hidden(RegionId region, InstructionId loop);
    void find_together(RegionId region, bool apart);
    void leave(InstructionId terminator);
    void mark(std::vector<bool>& where, InstructionId id);
    [[nodiscard]] bool may_vary(const Instruction& instruction) const;
    [[nodiscard]] bool is_kept(ValueId pointer) const;
    void pass(const Instruction& terminator);
    void vary(ValueId id);
    [[nodiscard]] bool varies(ValueId id) const { return varies_[place(id)]; }
    [[nodiscard]] bool escapes(InstructionId construct) const;
    [[nodiscard]] bool waits(std::span<const InstructionId> instructions) const;
    [[nodiscard]] bool leaves(InstructionId construct, InstructionId loop) const;
    [[nodiscard]] bool is_around_barrier(InstructionId choice, InstructionId loop) const;

    const Module& module_;
    std::vector<bool> varies_;       // by value: it may differ within a workgroup, as far as WGSL can see
    std::vector<bool> is_hidden_;    // by instruction
    std::vector<bool> is_together_;  // by instruction
    std::vector<bool>
        is_left_;  // by construct: some may leave it for beyond its end, or the kernel, without the others
    std::vector<bool> rounds_part_;  // by loop: some may go round more often than others
    bool changed_ = false;
};

}  // namespace alkomp::ir
