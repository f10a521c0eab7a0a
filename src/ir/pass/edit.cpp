// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/edit.h"

#include "ir/builder.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

void add_in_order(const Module& module, RegionId region, std::vector<InstructionId>& order) {
    for (const InstructionId id : module[region].body) {
        order.push_back(id);
        for (const RegionId inner : module.regions_of(module[id])) add_in_order(module, inner, order);
    }
}

}  // namespace

std::vector<InstructionId> in_order(const Module& module) {
    std::vector<InstructionId> order;
    order.reserve(module.instructions.size());
    for (u32 i = 1; i < module.functions.size(); ++i) add_in_order(module, module.functions[i].body, order);
    return order;
}

bool is_only_read(const Global& global) {
    if (global.kind == Global::Kind::uniform || global.kind == Global::Kind::scalar) return true;
    return global.kind == Global::Kind::storage && !global.writes && !global.aliased && !global.coherent;
}

u64 part_count(const Module& module, TypeId composite) {
    const Type& type = module.types[composite];
    if (type.kind == Type::Kind::structure) return type.members.size();
    if (type.kind == Type::Kind::array) return module.known_bits(ValueId{type.length}).value_or(0);
    return type.count;
}

bool joins_workgroup(const Module& module, const Instruction& instruction) {
    return instruction.op == Op::barrier && static_cast<Scope>(module.immediates(instruction)[0]) == Scope::workgroup;
}

bool is_of_subgroup(Op op) { return op >= Op::subgroup_elect && op <= Op::quad_swap; }

bool meets_lanes(Op op) {
    switch (op) {
        case Op::subgroup_ballot_bit:
        case Op::subgroup_ballot_count:
        case Op::subgroup_ballot_lsb:
        case Op::subgroup_ballot_msb:
            return false;
        default:
            return is_of_subgroup(op);
    }
}

bool asks_subgroup(const Module& module, const Instruction& instruction) {
    if (is_of_subgroup(instruction.op)) return true;
    return instruction.op == Op::builtin &&
           module.immediates(instruction)[0] >= static_cast<u32>(Builtin::subgroup_size);
}

void Replacements::add(ValueId from, ValueId to) {
    if (from == to) return;
    if (stands_for_.size() <= place(from)) stands_for_.resize(place(from) + 1, ValueId::none);
    stands_for_[place(from)] = to;
    any_ = true;
}

ValueId Replacements::operator[](ValueId id) {
    const auto next = [&](ValueId of) {
        return place(of) < stands_for_.size() ? stands_for_[place(of)] : ValueId::none;
    };
    ValueId last = id;
    while (next(last) != ValueId::none) last = next(last);
    // Chains are gone through once.
    while (next(id) != ValueId::none) {
        const ValueId after = next(id);
        stands_for_[place(id)] = last;
        id = after;
    }
    return last;
}

void Replacements::apply(Module& module) {
    if (!any_) return;
    for (ValueId& operand : module.operand_pool) operand = (*this)[operand];
}

void set_operands(Module& module, InstructionId id, std::span<const ValueId> operands) {
    Range& range = module[id].operands;
    if (operands.size() <= range.count) {
        std::copy(operands.begin(), operands.end(), module.operand_pool.begin() + range.first);
        range.count = static_cast<u32>(operands.size());
        return;
    }
    const std::vector<ValueId> copy(operands.begin(), operands.end());  // they may lie in the pool
    module[id].operands = append_to(module.operand_pool, std::span<const ValueId>(copy));
}

void set_immediates(Module& module, InstructionId id, std::span<const u32> immediates) {
    const std::vector<u32> copy(immediates.begin(), immediates.end());
    module[id].immediates = append_to(module.immediate_pool, std::span<const u32>(copy));
}

void become(Module& module, InstructionId id, Op op, std::span<const ValueId> operands,
            std::span<const u32> immediates) {
    module[id].op = op;
    set_operands(module, id, operands);
    set_immediates(module, id, immediates);
}

void set_results(Module& module, InstructionId id, std::span<const TypeId> types) {
    module[id].results = module.add_values(Value::Kind::result, place(id), types);
}

void set_parameters(Module& module, RegionId id, std::vector<ValueId> parameters) {
    for (u32 i = 0; i < parameters.size(); ++i) module[parameters[i]].position = i;
    module[id].parameters = std::move(parameters);
}

InstructionId new_instruction(Module& module, InstructionId like, Op op, RegionId region,
                              std::span<const ValueId> operands, std::span<const u32> immediates,
                              std::span<const TypeId> results) {
    const auto id = InstructionId{static_cast<u32>(module.instructions.size())};
    Instruction made;
    made.op = op;
    made.region = region;
    made.location = module[like].location;
    made.operands = append_to(module.operand_pool, operands);
    made.immediates = append_to(module.immediate_pool, immediates);
    module.instructions.push_back(made);
    set_results(module, id, results);
    return id;
}

void forget(Module& module, InstructionId id) {
    module[id].region = RegionId::none;
    for (const RegionId region : module.regions_of(module[id])) {
        for (const InstructionId inner : module[region].body) forget(module, inner);
        module[region].body.clear();
    }
    module[id].regions = {};
}

u32 Passing::count(const Module& module) const {
    return region != RegionId::none ? static_cast<u32>(module[region].parameters.size())
                                    : module[construct].results.count;
}

ValueId Passing::to(const Module& module, u32 i) const {
    return region != RegionId::none ? module[region].parameters[i] : module.result(module[construct], i);
}

std::vector<Passing> passings(const Module& module, InstructionId id) {
    const Instruction& instruction = module[id];
    const auto regions = [&](InstructionId construct) { return module.regions_of(module[construct]); };
    switch (instruction.op) {
        case Op::exit:
            return {{0, RegionId::none, module.target(instruction)}};
        case Op::next:
            return {{0, regions(module.target(instruction))[1], InstructionId::none}};
        case Op::repeat:
            return {{0, regions(module.target(instruction))[0], InstructionId::none}};
        case Op::repeat_if: {
            const InstructionId loop = module.target(instruction);
            const u32 again = module.immediates(instruction)[1];
            return {{1, regions(loop)[0], InstructionId::none}, {1 + again, RegionId::none, loop}};
        }
        case Op::loop:
            return {{0, regions(id)[0], InstructionId::none}};
        case Op::fallthrough: {
            const std::span<const RegionId> cases = regions(module[instruction.region].owner);
            // Mostly made in their order.
            auto here = std::lower_bound(cases.begin(), cases.end(), instruction.region);
            if (here == cases.end() || *here != instruction.region)
                here = std::find(cases.begin(), cases.end(), instruction.region);
            return {{0, here[1], InstructionId::none}};
        }
        case Op::switch_: {
            const Switch chooses = Switch::from(module.immediates(instruction));
            const std::span<const RegionId> cases = regions(id);
            std::vector<Passing> all;
            u32 first = 1;
            for (std::size_t i = 0; i < cases.size(); ++i) {
                if (!chooses.leads_to(i) || module[cases[i]].parameters.empty()) continue;
                all.push_back({first, cases[i], InstructionId::none});
                first += all.back().count(module);
            }
            return all;
        }
        default:
            return {};
    }
}

}  // namespace alkomp::ir
