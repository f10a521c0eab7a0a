// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/hoist_loop_invariants.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class Hoist {
public:
    explicit Hoist(Module& module) : module_(module), depths_(module.values.size()) {}

    void run() {
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(module_.functions[i].body, 0);
    }

private:
    /// `depth`: how many loops are around the region.
    void walk(RegionId region, u32 depth) {
        define(module_[region].parameters, depth);
        const std::vector<InstructionId> body = std::move(module_[region].body);
        std::vector<InstructionId> made;
        made.reserve(body.size());
        for (const InstructionId id : body) {
            const bool is_loop = module_[id].op == Op::loop;
            for (u32 i = 0; i < module_[id].regions.count; ++i)
                walk(module_.regions_of(module_[id])[i], depth + (is_loop ? 1 : 0));
            if (is_loop) {
                for (u32 i = 0; i < 2; ++i) take_out(module_.regions_of(module_[id])[i], region, depth, made);
            }
            define(id, depth);
            made.push_back(id);
        }
        module_[region].body = std::move(made);
    }
    /// Out of a region of a loop, to the end of what is written of the region around it.
    void take_out(RegionId from, RegionId to, u32 depth, std::vector<InstructionId>& made) {
        std::erase_if(module_[from].body, [&](InstructionId id) {
            if (!is_invariant(id, depth)) return false;
            module_[id].region = to;
            define(id, depth);
            made.push_back(id);
            return true;
        });
    }
    bool is_invariant(InstructionId id, u32 depth) const {
        const Instruction& instruction = module_[id];
        const std::span<const ValueId> operands = module_.operands(instruction);
        return cannot_fail(instruction) && std::all_of(operands.begin(), operands.end(), [&](ValueId operand) {
                   return depths_[place(operand)] <= depth;
               });
    }
    bool cannot_fail(const Instruction& instruction) const {
        // What is promised of a place holds where the access stands.
        if (has(instruction.op, kPure)) return (instruction.flags & kInbounds) == 0;
        if (instruction.op != Op::load || instruction.flags != 0) return false;
        const Value& from = module_[module_.operands(instruction)[0]];
        return from.kind == Value::Kind::global && module_.globals[from.index].kind == Global::Kind::scalar;
    }
    void define(const std::vector<ValueId>& values, u32 depth) {
        for (const ValueId id : values) depths_[place(id)] = depth;
    }
    void define(InstructionId id, u32 depth) {
        const Range results = module_[id].results;
        std::fill_n(depths_.begin() + results.first, results.count, depth);
    }

    Module& module_;
    std::vector<u32> depths_;  // by value: loops around its definition
};

}  // namespace

void hoist_loop_invariants(Module& module) { Hoist(module).run(); }

}  // namespace alkomp::ir
