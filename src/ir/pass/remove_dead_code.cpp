// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/remove_dead_code.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class DeadCode {
public:
    explicit DeadCode(Module& module)
        : module_(module),
          order_(in_order(module)),
          live_instructions_(module.instructions.size()),
          live_values_(module.values.size()),
          roots_(module.values.size(), ValueId::none) {}

    void run() {
        gather();
        for (const InstructionId id : order_)
            if (is_effect(id)) mark(id);
        while (!waiting_.empty()) {
            const InstructionId id = waiting_.back();
            waiting_.pop_back();
            follow(id);
        }
        drop();
    }

private:
    // Memory of one invocation, by the variable or global that a pointer comes from; none for all other memory.
    ValueId own_memory(ValueId pointer) const {
        const Value& value = module_[pointer];
        if (value.kind == Value::Kind::global)
            return module_.globals[value.index].kind == Global::Kind::local ? pointer : ValueId::none;
        return roots_[place(pointer)];
    }
    bool is_effect(InstructionId id) const {
        const Instruction& instruction = module_[id];
        if (instruction.op == Op::loop || (instruction.flags & kVolatileAccess) != 0) return true;
        if (!has(instruction.op, kWrites)) return false;
        return instruction.op != Op::store || own_memory(module_.operands(instruction)[0]) == ValueId::none;
    }
    void gather() {
        for (const InstructionId id : order_) {
            const Instruction& instruction = module_[id];
            const std::span<const ValueId> operands = module_.operands(instruction);
            if (instruction.op == Op::variable) {
                roots_[place(module_.result(instruction))] = module_.result(instruction);
            } else if (instruction.op == Op::access) {
                roots_[place(module_.result(instruction))] = own_memory(operands[0]);
            } else if (instruction.op == Op::store) {
                const ValueId memory = own_memory(operands[0]);
                if (memory != ValueId::none) stores_.add(place(memory), id);
            }
            for (const Passing& passing : passings(module_, id))
                for (u32 i = 0; i < passing.count(module_); ++i)
                    sources_.add(place(passing.to(module_, i)), operands[passing.first + i]);
            note_way_out(id, instruction);
        }
        sources_.close(module_.values.size());
        stores_.close(module_.values.size());
        ways_out_.close(module_.instructions.size());
    }
    // A construct that is left from one within needs that one.
    void note_way_out(InstructionId id, const Instruction& instruction) {
        const InstructionId owner = module_[instruction.region].owner;
        if (instruction.op == Op::return_) {
            mark(id);  // with its value
        } else if (instruction.op == Op::exit || instruction.op == Op::next) {
            const InstructionId target = module_.target(instruction);
            if (owner != target) ways_out_.add(place(target), owner);
        } else if (instruction.op == Op::repeat_if) {
            ways_out_.add(place(owner), id);  // for its condition
        }
    }

    void mark(InstructionId id) {
        if (id == InstructionId::none || live_instructions_[place(id)]) return;
        live_instructions_[place(id)] = true;
        waiting_.push_back(id);
    }
    void mark(ValueId id) {
        if (live_values_[place(id)]) return;
        live_values_[place(id)] = true;
        const Value& value = module_[id];
        switch (value.kind) {
            case Value::Kind::constant:
            case Value::Kind::function_parameter:
                return;
            case Value::Kind::global:
                break;
            case Value::Kind::region_parameter:
                mark(module_[RegionId{value.index}].owner);
                break;
            case Value::Kind::result:
                mark(InstructionId{value.index});
                break;
        }
        for (const InstructionId store : stores_[place(id)]) mark(store);
        for (const ValueId source : sources_[place(id)]) mark_later(source);
    }
    // What is passed on may be passed on in a circle, or through many regions.
    void mark_later(ValueId id) { passed_.push_back(id); }
    void follow(InstructionId id) {
        const Instruction& instruction = module_[id];
        mark(module_[instruction.region].owner);
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (has(instruction.op, kConstruct)) {
            for (const InstructionId way : ways_out_[place(id)]) mark(way);
            if (instruction.op != Op::loop) mark(operands[0]);
        } else if (instruction.op == Op::repeat_if) {
            mark(operands[0]);
        } else if (!has(instruction.op, kTerminator) || instruction.op == Op::return_) {
            for (const ValueId operand : operands) mark(operand);
        }
        while (!passed_.empty()) {
            const ValueId value = passed_.back();
            passed_.pop_back();
            mark(value);
        }
    }

    // Dropping.
    void drop() {
        std::vector<bool> kept = live_instructions_;
        for (const InstructionId id : order_)
            if (has(module_[id].op, kTerminator)) kept[place(id)] = true;
        // Constructs come before what is in them, which is gone with them.
        for (const InstructionId id : order_)
            if (module_[id].region != RegionId::none && !kept[place(id)]) forget(module_, id);
        for (const InstructionId id : order_)
            if (module_[id].region != RegionId::none) keep_passed(id);
        for (u32 i = 1; i < module_.functions.size(); ++i) tidy(module_.functions[i].body);
        replacements_.apply(module_);
    }
    void keep_passed(InstructionId id) {
        const std::vector<Passing> all = passings(module_, id);
        if (all.empty()) return;
        const std::span<const ValueId> operands = module_.operands(module_[id]);
        std::vector<ValueId> kept(operands.begin(), operands.begin() + all[0].first);
        for (const Passing& passing : all) {
            const std::size_t before = kept.size();
            for (u32 i = 0; i < passing.count(module_); ++i)
                if (live_values_[place(passing.to(module_, i))]) kept.push_back(operands[passing.first + i]);
            if (module_[id].op == Op::repeat_if && passing.region != RegionId::none)
                module_.immediates(module_[id])[1] = static_cast<u32>(kept.size() - before);
        }
        if (kept.size() != operands.size()) set_operands(module_, id, kept);
    }
    void tidy(RegionId region) {
        std::vector<ValueId> parameters = module_[region].parameters;
        std::erase_if(parameters, [&](ValueId id) { return !live_values_[place(id)]; });
        if (parameters.size() != module_[region].parameters.size()) set_parameters(module_, region, parameters);
        std::erase_if(module_[region].body, [&](InstructionId id) { return module_[id].region == RegionId::none; });
        for (const InstructionId id : module_[region].body) {
            if (!has(module_[id].op, kConstruct)) continue;
            for (u32 i = 0; i < module_[id].regions.count; ++i) tidy(module_.regions_of(module_[id])[i]);
            keep_results(id);
        }
    }
    void keep_results(InstructionId id) {
        const Range before = module_[id].results;
        std::vector<TypeId> types;
        std::vector<ValueId> kept;
        for (u32 i = 0; i < before.count; ++i) {
            const ValueId result{before.first + i};
            if (!live_values_[place(result)]) continue;
            types.push_back(module_.type_of(result));
            kept.push_back(result);
        }
        if (kept.size() == before.count) return;
        set_results(module_, id, types);
        for (u32 i = 0; i < kept.size(); ++i) {
            const ValueId result = module_.result(module_[id], i);
            module_[result].name = module_[kept[i]].name;
            replacements_.add(kept[i], result);
        }
    }

    Module& module_;
    std::vector<InstructionId> order_;
    std::vector<bool> live_instructions_, live_values_;
    std::vector<ValueId> roots_;     // by pointer
    Edges<ValueId> sources_;         // by parameter or result: what is passed to it
    Edges<InstructionId> stores_;    // by memory
    Edges<InstructionId> ways_out_;  // by construct
    std::vector<InstructionId> waiting_;
    std::vector<ValueId> passed_;
    Replacements replacements_{module_};
};

}  // namespace

void remove_dead_code(Module& module) { DeadCode(module).run(); }

}  // namespace alkomp::ir
