// SPDX-License-Identifier: MIT OR Apache-2.0
// What passes share: instructions in order, values in the place of others, operands and results that change.
#pragma once

#include "ir/module.h"

#include <span>
#include <utility>
#include <vector>

namespace alkomp::ir {

/// All instructions that functions hold, constructs before what is in them: the order in which values are defined.
[[nodiscard]] std::vector<InstructionId> in_order(const Module& module);

/// Whether nothing that the kernel does changes it.
[[nodiscard]] bool is_only_read(const Global& global);

/// How many parts a composite has: members, elements, columns, lanes; 0: only known when the kernel is compiled or runs.
[[nodiscard]] u64 part_count(const Module& module, TypeId composite);

/// A barrier of the workgroup.
[[nodiscard]] bool joins_workgroup(const Module& module, const Instruction& instruction);

/// An operation within a subgroup.
[[nodiscard]] bool is_of_subgroup(Op op);
/// One that its lanes do together; the others read a ballot that was taken before.
[[nodiscard]] bool meets_lanes(Op op);
/// An operation within a subgroup, or a question about one.
[[nodiscard]] bool asks_subgroup(const Module& module, const Instruction& instruction);

/// Values that stand for others. What is replaced must not be used where its replacement is not visible.
class Replacements {
public:
    explicit Replacements(const Module& module) : stands_for_(module.values.size(), ValueId::none) {}
    void add(ValueId from, ValueId to);
    /// What stands for the value in the end.
    [[nodiscard]] ValueId operator[](ValueId id);
    [[nodiscard]] bool empty() const { return !any_; }
    /// Changes every operand.
    void apply(Module& module);

private:
    std::vector<ValueId> stands_for_;
    bool any_ = false;
};

void set_operands(Module& module, InstructionId id, std::span<const ValueId> operands);
void set_immediates(Module& module, InstructionId id, std::span<const u32> immediates);
/// Another operation in its place, with the same result.
void become(Module& module, InstructionId id, Op op, std::span<const ValueId> operands,
            std::span<const u32> immediates = {});
/// New results of these types; the old ones are left for `Replacements`.
void set_results(Module& module, InstructionId id, std::span<const TypeId> types);
void set_parameters(Module& module, RegionId id, std::vector<ValueId> parameters);

/// An instruction that no region lists yet, at the place in the source of another.
[[nodiscard]] InstructionId new_instruction(Module& module, InstructionId like, Op op, RegionId region,
                                            std::span<const ValueId> operands, std::span<const u32> immediates,
                                            std::span<const TypeId> results);

/// Marks an instruction that its region does not list any more, and all that is in it.
void forget(Module& module, InstructionId id);

/// What a terminator or construct passes on: values, from the place `first` of its operands, to parameters or results.
struct Passing {
    u32 first = 0;
    RegionId region = RegionId::none;               ///< whose parameters they become; none: results
    InstructionId construct = InstructionId::none;  ///< whose results they become
    [[nodiscard]] u32 count(const Module& module) const;
    [[nodiscard]] ValueId to(const Module& module, u32 i) const;
};
/// At most two for terminators and loops, one for each case with parameters that a switch leads to.
[[nodiscard]] std::vector<Passing> passings(const Module& module, InstructionId id);

/// For each thing that a number names, the others that hang on it, in the order in which they were added.
template <class T>
class Edges {
public:
    void add(u32 from, T to) { edges_.emplace_back(from, to); }
    void close(std::size_t count) {
        first_.assign(count + 1, 0);
        for (const auto& [from, to] : edges_) ++first_[from];
        u32 end = 0;
        for (u32& first : first_) first = end += first;
        to_.resize(edges_.size());
        for (auto edge = edges_.rbegin(); edge != edges_.rend(); ++edge) to_[--first_[edge->first]] = edge->second;
        edges_ = {};
    }
    [[nodiscard]] std::span<const T> operator[](u32 from) const {
        return std::span(to_).subspan(first_[from], first_[from + 1] - first_[from]);
    }

private:
    std::vector<std::pair<u32, T>> edges_;
    std::vector<u32> first_;
    std::vector<T> to_;
};

}  // namespace alkomp::ir
