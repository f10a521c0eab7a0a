// SPDX-License-Identifier: MIT OR Apache-2.0
// The invocations of a module's first workgroup, and what is known of a value in each of them.
#pragma once

#include "ir/module.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace alkomp::ir {

/// A set of invocations of the workgroup, by local index.
class Invocations {
public:
    Invocations() = default;
    explicit Invocations(u32 count) : words_((count + 63) / 64, 0) {}
    static Invocations all(u32 count) {
        Invocations set(count);
        for (u32 i = 0; i < count; ++i) set.add(i);
        return set;
    }

    void add(u32 i) { words_[i / 64] |= u64{1} << i % 64; }
    [[nodiscard]] bool holds(u32 i) const { return (words_[i / 64] >> i % 64 & 1) != 0; }
    [[nodiscard]] bool any() const {
        return std::any_of(words_.begin(), words_.end(), [](u64 word) { return word != 0; });
    }
    [[nodiscard]] u32 first() const {
        u32 i = 0;
        while (!holds(i)) ++i;
        return i;
    }
    Invocations& operator|=(const Invocations& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    [[nodiscard]] Invocations without(const Invocations& other) const {
        Invocations rest = *this;
        for (std::size_t i = 0; i < words_.size(); ++i) rest.words_[i] &= ~other.words_[i];
        return rest;
    }
    /// Those from `first` to before `end`.
    [[nodiscard]] Invocations part(u32 first, u32 end) const {
        Invocations part(static_cast<u32>(words_.size() * 64));
        for (u32 i = first; i < end; ++i)
            if (holds(i)) part.add(i);
        return part;
    }
    bool operator==(const Invocations&) const = default;

private:
    std::vector<u64> words_;
};

struct Workgroup {
    std::array<u32, 3> size{};
    u32 count = 0;
    u32 subgroup_size = 0;  ///< 0: unknown

    [[nodiscard]] u32 coordinate(u32 invocation, u32 axis) const {
        if (axis == 0) return invocation % size[0];
        return axis == 1 ? invocation / size[0] % size[1] : invocation / size[0] / size[1];
    }
    /// "(3, 0, 0)".
    [[nodiscard]] std::string text(u32 invocation) const {
        std::string made = "(";
        for (u32 axis = 0; axis < 3; ++axis)
            made.append(axis == 0 ? "" : ", ").append(std::to_string(coordinate(invocation, axis)));
        return made += ')';
    }
};

/// The bits of a scalar in each invocation.
struct PerInvocation {
    std::optional<u64> same;  ///< in all; else
    std::vector<u64> bits;
    Invocations known;

    [[nodiscard]] std::optional<u64> at(u32 i) const {
        if (same) return same;
        return known.holds(i) ? std::optional<u64>(bits[i]) : std::nullopt;
    }
};

/// Computes integers and booleans of the first workgroup, as they are in the first iteration of each loop.
class InvocationValues {
public:
    /// `listed`: the instructions that regions hold.
    InvocationValues(const Module& module, const std::vector<bool>& listed, const Workgroup& group);

    /// Of a scalar, or of one lane of a vector; null if nothing is known.
    [[nodiscard]] const PerInvocation* find(ValueId id, u32 lane = 0) { return find(id, lane, 0).get(); }

private:
    using Known = std::shared_ptr<const PerInvocation>;
    /// Variables of one invocation that are written once are as good as the value.
    struct Stores {
        u32 count = 0;
        bool escapes = false;
        ValueId value = ValueId::none;
    };

    void note_stores(const Instruction& instruction);
    const Instruction* definition(ValueId id) const;
    template <class F>
    Known each(F&& bits);
    static Known in_all(u64 bits) { return std::make_shared<const PerInvocation>(PerInvocation{bits, {}, {}}); }
    Known find(ValueId id, u32 lane, u32 depth);
    Known compute(ValueId id, u32 lane, u32 depth);
    Known constant(const Constant& constant, u32 lane, u32 depth);
    Known parameter(const Value& value, u32 lane, u32 depth);
    Known result(const Instruction& instruction, ValueId id, u32 lane, u32 depth);
    Known builtin(Builtin which, u32 lane);
    Known compose(std::span<const ValueId> operands, u32 lane, u32 depth);
    Known by_lane(const Instruction& instruction, ValueId id, u32 lane, u32 depth);

    const Module& module_;
    const Types& types_;
    const Workgroup& group_;
    std::unordered_map<u64, Known> known_;  // by value and lane
    std::unordered_map<ValueId, Stores> stores_;
    u64 steps_ = 0;
};

}  // namespace alkomp::ir
