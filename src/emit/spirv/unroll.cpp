// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/spirv/unroll.h"

#include <map>

namespace alkomp::emit::spv {
namespace {

class Search {
public:
    explicit Search(const ir::Module& module) : module_(module) {}

    std::vector<bool> run() {
        if (!note_carried()) return {};
        do note_places();
        while (passed_on());
        kept_.assign(module_.instructions.size(), false);
        for (const ir::Instruction& instruction : module_.instructions) {
            if (instruction.region == ir::RegionId::none || carries(instruction)) continue;
            for (const ir::ValueId operand : module_.operands(instruction)) mark(instruction.region, operand);
        }
        return std::move(kept_);
    }

private:
    static bool carries(const ir::Instruction& instruction) {
        return instruction.op == ir::Op::loop || instruction.op == ir::Op::repeat ||
               instruction.op == ir::Op::repeat_if;
    }
    static bool steps(const ir::Instruction& instruction) {
        return instruction.op == ir::Op::access || instruction.op == ir::Op::offset;
    }

    bool note_carried() {
        carried_.assign(module_.values.size(), false);
        bool any = false;
        for (const ir::Instruction& instruction : module_.instructions) {
            if (instruction.region == ir::RegionId::none || !carries(instruction)) continue;
            for (const ir::ValueId operand : module_.operands(instruction)) {
                const ir::Type& type = module_.type(operand);
                if (type.kind != ir::Type::Kind::pointer || type.space == ir::Space::address) continue;
                carried_[ir::place(operand)] = any = true;
            }
        }
        return any;
    }

    /// Which pointers are made from which. Drivers take two accesses with equal operands for one.
    void note_places() {
        std::map<std::vector<u32>, u32> known;
        same_.resize(module_.values.size());
        for (u32 i = 0; i < same_.size(); ++i) same_[i] = i;
        for (const ir::Instruction& instruction : module_.instructions) {
            if (instruction.region == ir::RegionId::none || !steps(instruction)) continue;
            const u32 result = ir::place(module_.result(instruction));
            std::vector<u32> key{static_cast<u32>(instruction.op)};
            for (const ir::ValueId operand : module_.operands(instruction)) key.push_back(same_[ir::place(operand)]);
            same_[result] = known.try_emplace(std::move(key), result).first->second;
            if (carried_[result]) carried_[same_[result]] = true;
        }
        // Of each pointer the nearest carried one that it was made from.
        from_.assign(module_.values.size(), ir::ValueId::none);
        for (u32 i = 0; i < from_.size(); ++i)
            if (carried_[same_[i]]) from_[i] = ir::ValueId{i};
        for (const ir::Instruction& instruction : module_.instructions) {
            if (instruction.region == ir::RegionId::none || !steps(instruction)) continue;
            ir::ValueId& from = from_[ir::place(module_.result(instruction))];
            if (from == ir::ValueId::none) from = from_[ir::place(module_.operands(instruction)[0])];
        }
    }

    /// What is handed to a function is one pointer with what the function takes, once that is inlined. True: more pointers
    /// are carried than was known.
    bool passed_on() {
        bool more = false;
        for (const ir::Instruction& instruction : module_.instructions) {
            if (instruction.region == ir::RegionId::none || instruction.op != ir::Op::call) continue;
            const ir::Function& called = module_.functions[module_.immediates(instruction)[0]];
            const std::span<const ir::ValueId> operands = module_.operands(instruction);
            for (std::size_t i = 0; i < operands.size(); ++i) {
                const u32 given = ir::place(operands[i]), taken = ir::place(called.parameters[i]);
                if (carried_[taken] ? !carried_[given] : from_[given] != ir::ValueId::none)
                    carried_[taken] = carried_[given] = more = true;
            }
        }
        return more;
    }

    ir::RegionId home(ir::ValueId id) const {
        const ir::Value& value = module_[id];
        if (value.kind == ir::Value::Kind::result) return module_.instructions[value.index].region;
        return value.kind == ir::Value::Kind::region_parameter ? ir::RegionId{value.index} : ir::RegionId::none;
    }

    /// The loops around the use, but not around the pointer.
    void mark(ir::RegionId region, ir::ValueId used) {
        const ir::ValueId from = from_[ir::place(used)];
        if (from == ir::ValueId::none) return;
        for (const ir::RegionId end = home(from); region != end;) {
            const ir::InstructionId owner = module_[region].owner;
            if (owner == ir::InstructionId::none) return;
            if (module_[owner].op == ir::Op::loop) kept_[ir::place(owner)] = true;
            region = module_[owner].region;
        }
    }

    const ir::Module& module_;
    std::vector<bool> carried_, kept_;  // by value; by instruction
    std::vector<u32> same_;
    std::vector<ir::ValueId> from_;
};

}  // namespace

std::vector<bool> loops_to_keep(const ir::Module& module) { return Search(module).run(); }

}  // namespace alkomp::emit::spv
