// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/eliminate_common_subexpressions.h"

#include "ir/pass/edit.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace alkomp::ir {
namespace {

/// Instructions that are visible, found by what they compute. Those of a region go when it ends, last first.
class Visible {
public:
    explicit Visible(const Module& module)
        : module_(module), heads_(std::bit_ceil(module.instructions.size()), kNone) {}

    /// One that computes the same; if there is none, this one from now on.
    InstructionId find_or_add(InstructionId id) {
        const u32 hash = hash_of(module_[id]);
        u32& head = heads_[hash & (heads_.size() - 1)];
        for (u32 at = head; at != kNone; at = entries_[at].next)
            if (entries_[at].hash == hash && is_same(entries_[at].id, id)) return entries_[at].id;
        entries_.push_back({id, hash, head});
        head = static_cast<u32>(entries_.size() - 1);
        return id;
    }
    [[nodiscard]] std::size_t mark() const { return entries_.size(); }
    void hide(std::size_t mark) {
        for (; entries_.size() > mark; entries_.pop_back())
            heads_[entries_.back().hash & (heads_.size() - 1)] = entries_.back().next;
    }

private:
    static constexpr u32 kNone = 0xffffffff;
    struct Entry {
        InstructionId id;
        u32 hash, next;
    };

    u32 hash_of(const Instruction& instruction) const {
        Mix mix;
        mix.add(static_cast<u64>(instruction.op) << 8 | instruction.flags);
        mix.add(place(module_.type_of(module_.result(instruction))));
        for (const ValueId operand : module_.operands(instruction)) mix.add(place(operand));
        for (const u32 word : module_.immediates(instruction)) mix.add(word);
        return mix.hash();
    }
    bool is_same(InstructionId a, InstructionId b) const {
        const Instruction &x = module_[a], &y = module_[b];
        const auto equal = [](const auto& one, const auto& other) {
            return std::equal(one.begin(), one.end(), other.begin(), other.end());
        };
        return x.op == y.op && x.flags == y.flags && x.results.count == y.results.count &&
               module_.type_of(module_.result(x)) == module_.type_of(module_.result(y)) &&
               equal(module_.operands(x), module_.operands(y)) && equal(module_.immediates(x), module_.immediates(y));
    }

    const Module& module_;
    std::vector<u32> heads_;      // by the lower bits of the hash: the last entry
    std::vector<Entry> entries_;  // `next`: the one before it with these bits
};

class CommonSubexpressions {
public:
    explicit CommonSubexpressions(Module& module)
        : module_(module), replaced_(module), visible_(module), roots_(module.values.size()) {}

    void run() {
        find_roots();
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(module_.functions[i].body);
        replaced_.apply(module_);
    }

private:
    /// The global that each pointer comes from, where that is certain.
    void find_roots() {
        for (std::size_t i = 1; i < module_.globals.size(); ++i)
            roots_[place(module_.globals[i].value)] = static_cast<u32>(i);
    }
    bool is_only_read(ValueId pointer) const {
        const Global& global = module_.globals[roots_[place(pointer)]];
        return global.value != ValueId::none && ir::is_only_read(global);
    }
    bool may_be_shared(const Instruction& instruction) const {
        if (has(instruction.op, kPure)) return instruction.results.count > 0;
        return instruction.op == Op::load && instruction.flags == 0 && is_only_read(module_.operands(instruction)[0]);
    }
    void walk(RegionId region) {
        const std::size_t mark = visible_.mark();
        for (const InstructionId id : module_[region].body) {
            for (ValueId& operand : module_.operands(module_[id])) operand = replaced_[operand];
            const Instruction& instruction = module_[id];
            if (instruction.op == Op::access)
                roots_[place(module_.result(instruction))] = roots_[place(module_.operands(instruction)[0])];
            for (const RegionId inner : module_.regions_of(instruction)) walk(inner);
            if (!may_be_shared(instruction)) continue;
            const InstructionId earlier = visible_.find_or_add(id);
            for (u32 i = 0; i < instruction.results.count && earlier != id; ++i)
                replaced_.add(module_.result(instruction, i), module_.result(module_[earlier], i));
        }
        visible_.hide(mark);
    }

    Module& module_;
    Replacements replaced_;
    Visible visible_;
    std::vector<u32> roots_;  // by pointer: a global; 0: unknown
};

}  // namespace

void eliminate_common_subexpressions(Module& module) { CommonSubexpressions(module).run(); }

}  // namespace alkomp::ir
