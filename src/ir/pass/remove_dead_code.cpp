// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/remove_dead_code.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

/// One walk from the end finds most of what is live, since values are used behind their definition. What a later part of
/// the order turns out to need, as what a loop passes back, is followed at once.
class DeadCode {
public:
    explicit DeadCode(Module& module)
        : module_(module),
          live_instructions_(module.instructions.size()),
          is_left_(module.instructions.size()),
          behind_(module.instructions.size()),
          live_values_(module.values.size()),
          roots_(module.values.size(), ValueId::none),
          number_(module.values.size()) {}

    void run() {
        order_.reserve(module_.instructions.size());
        for (u32 i = 1; i < module_.functions.size(); ++i) gather(module_.functions[i].body);
        sources_.close(numbers_ + 1);
        stores_.close(numbers_ + 1);
        ways_out_.close(module_.instructions.size());
        for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
            behind_[place(*at)] = true;
            if (live_instructions_[place(*at)]) follow(*at);
            while (!waiting_.empty()) {
                const InstructionId id = waiting_.back();
                waiting_.pop_back();
                follow(id);
            }
        }
        for (u32 i = 1; i < module_.functions.size(); ++i) drop_in(module_.functions[i].body);
        replacements_.apply(module_);
    }

private:
    // The variable or global that a pointer comes from; none: that is not known.
    ValueId root_of(ValueId pointer) const {
        return module_[pointer].kind == Value::Kind::global ? pointer : roots_[place(pointer)];
    }
    const Global* global_of(ValueId root) const {
        const Value& value = module_[root];
        return root != ValueId::none && value.kind == Value::Kind::global ? &module_.globals[value.index] : nullptr;
    }
    // Memory of one invocation, by what a pointer comes from; none for all other memory.
    ValueId own_memory(ValueId pointer) const {
        const ValueId root = root_of(pointer);
        const Global* global = global_of(root);
        return global == nullptr || global->kind == Global::Kind::local ? root : ValueId::none;
    }
    /// Whether it may see what another invocation does, or the time, for which one may have to wait.
    bool sees_others(const Instruction& instruction) const {
        if (instruction.op != Op::load) return has(instruction.op, kReads) || instruction.op == Op::clock;
        const ValueId pointer = module_.operands(instruction)[0];
        if (own_memory(pointer) != ValueId::none) return false;
        const Global* global = global_of(root_of(pointer));
        return global == nullptr || !is_only_read(*global);
    }
    bool is_effect(const Instruction& instruction) const {
        if (instruction.op == Op::return_) return true;
        if ((instruction.flags & kVolatileAccess) != 0) return true;
        if (!has(instruction.op, kWrites)) return false;
        return instruction.op != Op::store || own_memory(module_.operands(instruction)[0]) == ValueId::none;
    }
    /// Of something that others hang on.
    u32 number_of(ValueId id) {
        u32& number = number_[place(id)];
        return number != 0 ? number : number = ++numbers_;
    }
    void gather(RegionId region) {
        for (const InstructionId id : module_[region].body) {
            order_.push_back(id);
            const Instruction& instruction = module_[id];
            const std::span<const ValueId> operands = module_.operands(instruction);
            if (instruction.op == Op::variable) {
                roots_[place(module_.result(instruction))] = module_.result(instruction);
            } else if (instruction.op == Op::access) {
                roots_[place(module_.result(instruction))] = root_of(operands[0]);
            } else if (instruction.op == Op::store) {
                const ValueId memory = own_memory(operands[0]);
                if (memory != ValueId::none) stores_.add(number_of(memory), id);
            }
            if (is_effect(instruction)) live_instructions_[place(id)] = true;
            if (sees_others(instruction)) ++sights_;
            if (!has(instruction.op, kConstruct | kTerminator)) continue;
            for (const Passing& passing : passings(module_, id))
                for (u32 i = 0; i < passing.count(module_); ++i)
                    sources_.add(number_of(passing.to(module_, i)), operands[passing.first + i]);
            note_way_out(id, instruction);
            const u32 before = sights_;
            for (const RegionId inner : module_.regions_of(instruction)) gather(inner);
            if (instruction.op == Op::loop && (sights_ != before || !is_left_[place(id)]))
                live_instructions_[place(id)] = true;
        }
    }
    // A construct that is left from one within needs that one.
    void note_way_out(InstructionId id, const Instruction& instruction) {
        const InstructionId owner = module_[instruction.region].owner;
        if (instruction.op == Op::exit || instruction.op == Op::next) {
            const InstructionId target = module_.target(instruction);
            if (owner != target) ways_out_.add(place(target), owner);
            if (instruction.op == Op::exit) is_left_[place(target)] = true;
        } else if (instruction.op == Op::repeat_if) {
            is_left_[place(owner)] = true;
            ways_out_.add(place(owner), id);  // for its condition
        }
    }

    void mark(InstructionId id) {
        if (id == InstructionId::none || live_instructions_[place(id)]) return;
        live_instructions_[place(id)] = true;
        if (behind_[place(id)]) waiting_.push_back(id);
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
        const u32 number = number_[place(id)];
        for (const InstructionId store : stores_[number]) mark(store);
        // What is passed on may be passed on in a circle, or through many regions.
        for (const ValueId source : sources_[number]) passed_.push_back(source);
    }
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
    /// What is passed is counted by the parameters and results, which stay until all that passes to them is done.
    void drop_in(RegionId region) {
        std::vector<InstructionId>& body = module_[region].body;
        std::size_t kept = 0;
        for (const InstructionId id : body) {
            const Op op = module_[id].op;
            const bool ends = has(op, kTerminator);
            if (!ends && !live_instructions_[place(id)]) {
                forget(module_, id);
                continue;
            }
            body[kept++] = id;
            if (!ends && !has(op, kConstruct)) continue;
            keep_passed(id);
            if (ends) continue;
            const std::span<const RegionId> regions = module_.regions_of(module_[id]);
            for (const RegionId inner : regions) drop_in(inner);
            for (const RegionId inner : regions) keep_parameters(inner);
            keep_results(id);
        }
        body.resize(kept);
    }
    void keep_parameters(RegionId region) {
        std::vector<ValueId>& parameters = module_[region].parameters;
        if (std::erase_if(parameters, [&](ValueId id) { return !live_values_[place(id)]; }) == 0) return;
        set_parameters(module_, region, std::vector(parameters));
    }
    void keep_passed(InstructionId id) {
        const std::vector<Passing> all = passings(module_, id);
        const auto is_live = [&](const Passing& passing) {
            for (u32 i = 0; i < passing.count(module_); ++i)
                if (!live_values_[place(passing.to(module_, i))]) return false;
            return true;
        };
        if (std::all_of(all.begin(), all.end(), is_live)) return;
        const std::span<const ValueId> operands = module_.operands(module_[id]);
        std::vector<ValueId> kept(operands.begin(), operands.begin() + all[0].first);
        for (const Passing& passing : all) {
            const std::size_t before = kept.size();
            for (u32 i = 0; i < passing.count(module_); ++i)
                if (live_values_[place(passing.to(module_, i))]) kept.push_back(operands[passing.first + i]);
            if (module_[id].op == Op::repeat_if && passing.region != RegionId::none)
                module_.immediates(module_[id])[1] = static_cast<u32>(kept.size() - before);
        }
        set_operands(module_, id, kept);
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
    std::vector<bool> live_instructions_;
    std::vector<bool> is_left_;  // by construct
    u32 sights_ = 0;             // instructions so far that see what others do
    std::vector<bool> behind_;   // by instruction: the walk has passed it
    std::vector<bool> live_values_;
    std::vector<ValueId> roots_;     // by pointer
    std::vector<u32> number_;        // by value: of what others hang on; 0: nothing does
    u32 numbers_ = 0;                // given so far
    Edges<ValueId> sources_;         // by the number of a parameter or result: what is passed to it
    Edges<InstructionId> stores_;    // by that of memory
    Edges<InstructionId> ways_out_;  // by construct
    std::vector<InstructionId> waiting_;
    std::vector<ValueId> passed_;
    Replacements replacements_{module_};
};

}  // namespace

void remove_dead_code(Module& module) { DeadCode(module).run(); }

}  // namespace alkomp::ir
