// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/eliminate_common_subexpressions.h"

#include "ir/pass/edit.h"

#include <algorithm>
#include <unordered_set>

namespace alkomp::ir {
namespace {

class CommonSubexpressions {
public:
    explicit CommonSubexpressions(Module& module)
        : module_(module), replaced_(module), first_(0, Hash{module}, Same{module}), roots_(module.values.size()) {}

    void run() {
        find_roots();
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(module_.functions[i].body);
        replaced_.apply(module_);
    }

private:
    struct Hash {
        const Module& module;
        std::size_t operator()(InstructionId id) const {
            const Instruction& instruction = module[id];
            std::size_t hash = static_cast<std::size_t>(instruction.op) * 256 + instruction.flags;
            const auto mix = [&](std::size_t value) { hash = (hash ^ value) * 0x9e3779b97f4a7c15u + (hash >> 29); };
            mix(static_cast<u32>(module.type_of(module.result(instruction))));
            for (const ValueId operand : module.operands(instruction)) mix(place(operand));
            for (const u32 word : module.immediates(instruction)) mix(word);
            return hash;
        }
    };
    struct Same {
        const Module& module;
        bool operator()(InstructionId a, InstructionId b) const {
            const Instruction &x = module[a], &y = module[b];
            return x.op == y.op && x.flags == y.flags && x.results.count == y.results.count &&
                   module.type_of(module.result(x)) == module.type_of(module.result(y)) &&
                   std::ranges::equal(module.operands(x), module.operands(y)) &&
                   std::ranges::equal(module.immediates(x), module.immediates(y));
        }
    };

    /// The global that each pointer comes from, where that is certain.
    void find_roots() {
        for (std::size_t i = 1; i < module_.globals.size(); ++i)
            roots_[place(module_.globals[i].value)] = static_cast<u32>(i);
    }
    bool is_only_read(ValueId pointer) const {
        const Global& global = module_.globals[roots_[place(pointer)]];
        if (global.value == ValueId::none) return false;
        if (global.kind == Global::Kind::uniform || global.kind == Global::Kind::scalar) return true;
        return global.kind == Global::Kind::storage && !global.writes && !global.aliased && !global.coherent;
    }
    bool may_be_shared(const Instruction& instruction) const {
        if (has(instruction.op, kPure)) return instruction.results.count > 0;
        return instruction.op == Op::load && instruction.flags == 0 && is_only_read(module_.operands(instruction)[0]);
    }
    void walk(RegionId region) {
        std::vector<InstructionId> shown;
        for (const InstructionId id : module_[region].body) {
            for (ValueId& operand : module_.operands(module_[id])) operand = replaced_[operand];
            const Instruction& instruction = module_[id];
            if (instruction.op == Op::access)
                roots_[place(module_.result(instruction))] = roots_[place(module_.operands(instruction)[0])];
            for (const RegionId inner : module_.regions_of(instruction)) walk(inner);
            if (!may_be_shared(instruction)) continue;
            const auto [earlier, is_first] = first_.insert(id);
            if (is_first) {
                shown.push_back(id);
                continue;
            }
            for (u32 i = 0; i < instruction.results.count; ++i)
                replaced_.add(module_.result(instruction, i), module_.result(module_[*earlier], i));
        }
        for (const InstructionId id : shown) first_.erase(id);
    }

    Module& module_;
    Replacements replaced_;
    std::unordered_set<InstructionId, Hash, Same> first_;  // those that are visible
    std::vector<u32> roots_;                               // by pointer: a global; 0: unknown
};

}  // namespace

void eliminate_common_subexpressions(Module& module) { CommonSubexpressions(module).run(); }

}  // namespace alkomp::ir
