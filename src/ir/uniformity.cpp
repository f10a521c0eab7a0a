// SPDX-License-Identifier: MIT OR Apache-2.0
// Source: WGSL, "Uniformity". What is taken to vary here may be uniform there, for example what a variable holds: then a
// condition is told to all without need.
#include "ir/uniformity.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

bool is_choice(Op op) { return op == Op::if_ || op == Op::switch_; }

}  // namespace

Uniformity::Uniformity(const Module& module)
    : module_(module),
      varies_(module.values.size()),
      is_hidden_(module.instructions.size()),
      is_together_(module.instructions.size()),
      is_left_(module.instructions.size()),
      rounds_part_(module.instructions.size()) {
    const RegionId body = module[module.kernel].body;
    if (std::none_of(module.instructions.begin(), module.instructions.end(), [&](const Instruction& instruction) {
            return instruction.region != RegionId::none &&
                   (joins_workgroup(module, instruction) || asks_subgroup(module, instruction));
        }))
        return;
    // A condition that is told to all varies no more, and neither does what depends on the choice: but that some value is
    // taken to vary is no mistake, so what was found before stays.
    do {
        changed_ = false;
        walk(body);
    } while (changed_);
    find_hidden(body, InstructionId::none);
    do {
        changed_ = false;
        find_together(body, false);
    } while (changed_);
}

void Uniformity::vary(ValueId id) {
    if (varies(id)) return;
    varies_[place(id)] = true;
    changed_ = true;
}

/// Loads of it are uniform where its indices are.
bool Uniformity::is_kept(ValueId pointer) const {
    const Value& value = module_[pointer];
    if (value.kind == Value::Kind::result) {
        const Instruction& from = module_.instructions[value.index];
        return (from.op == Op::access || from.op == Op::offset) && is_kept(module_.operands(from)[0]);
    }
    if (value.kind != Value::Kind::global) return false;
    const Global& global = module_.globals[value.index];
    using Kind = Global::Kind;
    return global.kind == Kind::scalar || global.kind == Kind::uniform ||
           (global.kind == Kind::storage && !global.writes);
}

bool Uniformity::may_vary(const Instruction& instruction) const {
    const std::span<const ValueId> operands = module_.operands(instruction);
    if (std::any_of(operands.begin(), operands.end(), [&](ValueId operand) { return varies(operand); })) return true;
    if (instruction.op == Op::builtin) {
        const auto which = static_cast<Builtin>(module_.immediates(instruction)[0]);
        return which != Builtin::workgroup_id && which != Builtin::workgroup_count && which != Builtin::workgroup_size;
    }
    if (instruction.op == Op::load) return !is_kept(operands[0]);
    return !has(instruction.op, kPure) && instruction.op != Op::array_length && instruction.op != Op::access &&
           instruction.op != Op::offset;
}

void Uniformity::walk(RegionId region) {
    for (const InstructionId id : module_[region].body) {
        const Instruction& instruction = module_[id];
        if (has(instruction.op, kTerminator)) {
            pass(instruction);
            continue;
        }
        if (!has(instruction.op, kConstruct)) {
            for (u32 i = 0; i < instruction.results.count && may_vary(instruction); ++i)
                vary(module_.result(instruction, i));
            continue;
        }
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        if (instruction.op == Op::loop) {
            const std::span<const ValueId> first = module_.operands(instruction);
            for (std::size_t i = 0; i < first.size(); ++i)
                if (varies(first[i])) vary(module_[regions[0]].parameters[i]);
        } else if (varies(module_.operands(instruction)[0]) ||
                   (instruction.op == Op::switch_ && module_.operands(instruction).size() > 1)) {
            for (const RegionId one : regions)
                for (const ValueId parameter : module_[one].parameters) vary(parameter);
        }
        for (const RegionId one : regions) walk(one);
    }
}

/// What arrives varies where the values do, or where some may take another way.
void Uniformity::pass(const Instruction& terminator) {
    if (terminator.op != Op::exit && terminator.op != Op::next && terminator.op != Op::repeat &&
        terminator.op != Op::repeat_if)
        return;
    const InstructionId target = module_.target(terminator);
    const Instruction& construct = module_[target];
    bool parts = terminator.op == Op::repeat_if && varies(module_.operands(terminator)[0]);
    for (InstructionId at = module_[terminator.region].owner;; at = module_[module_[at].region].owner) {
        if (is_choice(module_[at].op) && varies(module_.operands(module_[at])[0])) parts = true;
        if (at == target) break;
    }
    const auto arrive = [&](std::span<const ValueId> values, auto&& to) {
        for (u32 i = 0; i < values.size(); ++i)
            if (parts || varies(values[i])) vary(to(i));
    };
    const auto result = [&](u32 i) { return module_.result(construct, i); };
    const auto parameter_of = [&](std::size_t region) {
        return
            [this, &construct, region](u32 i) { return module_[module_.regions_of(construct)[region]].parameters[i]; };
    };
    const std::span<const ValueId> values = module_.operands(terminator);
    if (terminator.op == Op::exit) return arrive(values, result);
    if (terminator.op == Op::next) return arrive(values, parameter_of(1));
    if (terminator.op == Op::repeat) return arrive(values, parameter_of(0));
    const u32 again = module_.immediates(terminator)[1];
    arrive(values.subspan(1, again), parameter_of(0));
    arrive(values.subspan(1 + again), result);
}

/// Something in it leads beyond its end.
bool Uniformity::escapes(InstructionId construct) const {
    const auto leads_out = [&](auto&& self, RegionId region) -> bool {
        for (const InstructionId id : module_[region].body) {
            const Instruction& instruction = module_[id];
            for (const RegionId inner : module_.regions_of(instruction))
                if (self(self, inner)) return true;
            if (instruction.op == Op::return_) return true;
            if (instruction.op != Op::exit && instruction.op != Op::next) continue;
            InstructionId at = module_[region].owner;
            const InstructionId target = module_.target(instruction);
            while (at != target && at != construct) at = module_[module_[at].region].owner;
            if (at != target) return true;
        }
        return false;
    };
    const std::span<const RegionId> regions = module_.regions_of(module_[construct]);
    return std::any_of(regions.begin(), regions.end(), [&](RegionId one) { return leads_out(leads_out, one); });
}

/// Whoever evaluates these certainly comes to a barrier among them.
bool Uniformity::waits(std::span<const InstructionId> instructions) const {
    for (const InstructionId id : instructions) {
        const Instruction& instruction = module_[id];
        if (joins_workgroup(module_, instruction)) return true;
        if (!has(instruction.op, kConstruct)) continue;
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        if (instruction.op == Op::loop && waits(module_[regions[0]].body)) return true;
        if (instruction.op == Op::if_ && waits(module_[regions[0]].body) && waits(module_[regions[1]].body))
            return true;
        if (escapes(id)) return false;
    }
    return false;
}

/// Something in the choice ends the loop.
bool Uniformity::leaves(InstructionId construct, InstructionId loop) const {
    for (const RegionId one : module_.regions_of(module_[construct])) {
        const Instruction& last = module_[module_[one].body.back()];
        if (last.op == Op::exit && module_.target(last) == loop) return true;
    }
    return false;
}

/// One way leads to a barrier that the other does not come to, whatever happens else.
bool Uniformity::is_around_barrier(InstructionId choice, InstructionId loop) const {
    for (const RegionId one : module_.regions_of(module_[choice]))
        if (waits(module_[one].body)) return true;
    if (loop == InstructionId::none || !leaves(choice, loop)) return false;
    // Who stays comes to a barrier in the rest of the body, or in what is before the choice in the next iteration.
    const std::span<const InstructionId> body = module_[module_.regions_of(module_[loop])[0]].body;
    const auto at = std::find(body.begin(), body.end(), choice);
    const auto rest = std::span(at + 1, body.end());
    if (waits(rest)) return true;
    const Region& continuing = module_[module_.regions_of(module_[loop])[1]];
    const bool comes_round = module_[continuing.body.back()].op == Op::repeat && module_[body.back()].op == Op::next &&
                             module_.target(module_[body.back()]) == loop &&
                             std::none_of(rest.begin(), rest.end(), [&](InstructionId id) {
                                 return has(module_[id].op, kConstruct) && escapes(id);
                             });
    return comes_round && waits(std::span(body.begin(), at));
}

/// `loop`: whose body the region is.
void Uniformity::find_hidden(RegionId region, InstructionId loop) {
    for (const InstructionId id : module_[region].body) {
        const Instruction& instruction = module_[id];
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (is_choice(instruction.op) && varies(operands[0])) is_hidden_[place(id)] = is_around_barrier(id, loop);
        if (instruction.op == Op::repeat_if && varies(operands[0]))
            is_hidden_[place(id)] = waits(module_[module_.regions_of(module_[module_.target(instruction)])[0]].body);
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        for (std::size_t i = 0; i < regions.size(); ++i)
            find_hidden(regions[i], instruction.op == Op::loop && i == 0 ? id : InstructionId::none);
    }
}

bool Uniformity::parts(InstructionId choice) const {
    return varies(module_.operands(module_[choice])[0]) && !is_hidden(choice);
}

void Uniformity::mark(std::vector<bool>& where, InstructionId id) {
    if (where[place(id)]) return;
    where[place(id)] = changed_ = true;
}

/// Some come to this terminator without the others: whatever they leave on their way goes on without them.
void Uniformity::leave(InstructionId id) {
    const Instruction& terminator = module_[id];
    if (terminator.op == Op::fallthrough || terminator.op == Op::unreachable) return;
    const bool returns = terminator.op == Op::return_;
    const InstructionId target = returns ? InstructionId::none : module_.target(terminator);
    for (InstructionId at = module_[terminator.region].owner; at != InstructionId::none;
         at = module_[module_[at].region].owner) {
        const bool goes_on = at == target;
        if (module_[at].op == Op::loop && !(goes_on && terminator.op == Op::next)) mark(rounds_part_, at);
        if (goes_on) return;
        mark(is_left_, at);
    }
}

/// `apart`: some may not be there.
void Uniformity::find_together(RegionId region, bool apart) {
    for (const InstructionId id : module_[region].body) {
        const Instruction& instruction = module_[id];
        if (has(instruction.op, kTerminator)) {
            if (apart || (instruction.op == Op::repeat_if && parts(id))) leave(id);
        } else if (!has(instruction.op, kConstruct)) {
            is_together_[place(id)] = !apart;
        } else {
            const bool is_loop = instruction.op == Op::loop;
            const bool within = apart || (is_loop ? rounds_part_[place(id)] : parts(id));
            for (const RegionId one : module_.regions_of(instruction)) find_together(one, within);
            apart = apart || is_left_[place(id)];
        }
    }
}

}  // namespace alkomp::ir
