// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/builder.h"

#include "alkomp/error.h"
#include "ir/rule.h"

#include <string>

namespace alkomp::ir {
std::vector<u32> Switch::immediates() const {
    std::vector<u32> words{default_region};
    for (const std::vector<u64>& of_region : values) {
        words.push_back(static_cast<u32>(of_region.size()));
        for (const u64 value : of_region) {
            words.push_back(static_cast<u32>(value));
            words.push_back(static_cast<u32>(value >> 32));
        }
    }
    return words;
}

Switch Switch::from(std::span<const u32> immediates) {
    Switch chooses;
    std::size_t at = 0;
    const auto word = [&] { return at < immediates.size() ? immediates[at++] : 0; };
    chooses.default_region = word();
    while (at < immediates.size()) {
        chooses.values.emplace_back();
        for (u32 left = word(); left > 0 && at < immediates.size(); --left) {
            const u64 low = word();
            chooses.values.back().push_back(low | u64{word()} << 32);
        }
    }
    return chooses;
}

FunctionId Builder::open_function(std::string_view name, std::span<const TypeId> parameters, TypeId result) {
    const FunctionId id = declare_function(name, parameters, result);
    open_function(id);
    return id;
}

FunctionId Builder::declare_function(std::string_view name, std::span<const TypeId> parameters, TypeId result) {
    const auto id = FunctionId{static_cast<u32>(module_.functions.size())};
    Function function;
    function.name = module_.string(name);
    function.result = result;
    function.location = module_.locations[location_];
    const Range values = module_.add_values(Value::Kind::function_parameter, place(id), parameters);
    for (u32 i = 0; i < values.count; ++i) function.parameters.push_back(ValueId{values.first + i});
    module_.functions.push_back(std::move(function));
    return id;
}

void Builder::open_function(FunctionId declared) {
    module_[declared].body = RegionId{static_cast<u32>(module_.regions.size())};
    module_.regions.emplace_back();
    open_regions_.push_back(module_[declared].body);
}

void Builder::close_function() { open_regions_.pop_back(); }

InstructionId Builder::append(Op op, std::span<const ValueId> operands, std::span<const u32> immediates, u8 flags) {
    const auto id = InstructionId{static_cast<u32>(module_.instructions.size())};
    Instruction instruction;
    instruction.op = op;
    instruction.flags = flags;
    instruction.operands = append_to(module_.operand_pool, operands);
    instruction.immediates = append_to(module_.immediate_pool, immediates);
    instruction.location = location_;
    instruction.region = open_regions_.back();
    module_.instructions.push_back(instruction);
    module_[open_regions_.back()].body.push_back(id);
    last_ = id;
    return id;
}

ValueId Builder::emit(Op op, std::span<const ValueId> operands, std::span<const u32> immediates, TypeId given,
                      u8 flags) {
    const Outcome outcome = apply_rule(module_, op, operands, immediates, given);
    if (!outcome.error.empty()) throw Error(ErrorCode::compile_failed, outcome.error);
    const InstructionId id = append(op, operands, immediates, flags);
    Instruction& instruction = module_[id];
    instruction.results =
        module_.add_values(Value::Kind::result, place(id), std::span(outcome.results).first(outcome.count));
    return module_.result(instruction);
}

ValueId Builder::variable(TypeId pointee, std::string_view name, ValueId initial) {
    const TypeId pointer = types().pointer(Space::local, pointee);
    const ValueId id =
        initial == ValueId::none ? emit(Op::variable, {}, {}, pointer) : emit(Op::variable, {initial}, {}, pointer);
    module_[id].name = module_.string(name);
    return id;
}

InstructionId Builder::open(Op op, std::span<const ValueId> operands, std::span<const TypeId> results) {
    const InstructionId id = append(op, operands, {}, 0);
    module_[id].results = module_.add_values(Value::Kind::result, place(id), results);
    open_constructs_.push_back({id, {}});
    return id;
}

InstructionId Builder::open_if(ValueId condition, std::span<const TypeId> results) {
    return open(Op::if_, {&condition, 1}, results);
}
InstructionId Builder::open_loop(std::span<const ValueId> first, std::span<const TypeId> results) {
    return open(Op::loop, first, results);
}
InstructionId Builder::open_switch(ValueId selector, std::span<const TypeId> results) {
    return open(Op::switch_, {&selector, 1}, results);
}

RegionId Builder::open_region(std::span<const TypeId> parameters) {
    OpenConstruct& construct = open_constructs_.back();
    const auto id = RegionId{static_cast<u32>(module_.regions.size())};
    Region region;
    region.owner = construct.id;
    const Range values = module_.add_values(Value::Kind::region_parameter, place(id), parameters);
    for (u32 i = 0; i < values.count; ++i) region.parameters.push_back(ValueId{values.first + i});
    module_.regions.push_back(std::move(region));
    construct.regions.push_back(id);
    open_regions_.push_back(id);
    return id;
}

void Builder::close_region() { open_regions_.pop_back(); }

void Builder::close_construct(const Switch& chooses) {
    const OpenConstruct construct = std::move(open_constructs_.back());
    open_constructs_.pop_back();
    Instruction& instruction = module_[construct.id];
    instruction.regions = append_to(module_.region_pool, std::span<const RegionId>(construct.regions));
    if (instruction.op == Op::switch_) {
        const std::vector<u32> words = chooses.immediates();
        instruction.immediates = append_to(module_.immediate_pool, std::span<const u32>(words));
        if (!chooses.parameters.empty()) {
            std::vector<ValueId> operands{module_.operands(instruction)[0]};
            operands.insert(operands.end(), chooses.parameters.begin(), chooses.parameters.end());
            instruction.operands = append_to(module_.operand_pool, std::span<const ValueId>(operands));
        }
    }
    last_ = construct.id;
}

void Builder::exit(InstructionId construct, std::span<const ValueId> values) {
    const u32 target = place(construct);
    append(Op::exit, values, {&target, 1}, 0);
}
void Builder::fallthrough(std::span<const ValueId> values) { append(Op::fallthrough, values, {}, 0); }
void Builder::next(InstructionId loop, std::span<const ValueId> values) {
    const u32 target = place(loop);
    append(Op::next, values, {&target, 1}, 0);
}
void Builder::repeat(InstructionId loop, std::span<const ValueId> values) {
    const u32 target = place(loop);
    append(Op::repeat, values, {&target, 1}, 0);
}
void Builder::repeat_if(ValueId condition, InstructionId loop, std::span<const ValueId> again,
                        std::span<const ValueId> leave) {
    std::vector<ValueId> operands{condition};
    operands.insert(operands.end(), again.begin(), again.end());
    operands.insert(operands.end(), leave.begin(), leave.end());
    const std::array<u32, 2> immediates{place(loop), static_cast<u32>(again.size())};
    append(Op::repeat_if, operands, immediates, 0);
}
void Builder::return_(ValueId value) {
    append(Op::return_, std::span<const ValueId>(&value, value == ValueId::none ? 0 : 1), {}, 0);
}
void Builder::unreachable() { append(Op::unreachable, {}, {}, 0); }

bool Builder::ended() const {
    const std::vector<InstructionId>& body = module_[open_regions_.back()].body;
    return !body.empty() && has(module_[body.back()].op, kTerminator);
}

}  // namespace alkomp::ir
