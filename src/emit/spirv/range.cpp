// SPDX-License-Identifier: MIT OR Apache-2.0
// How large an index may be: one that certainly stays inside its array is not clamped.
#include "emit/spirv/emitter.h"

#include <algorithm>

namespace alkomp::emit::spv {
namespace {

constexpr u32 kDeepest = 6;  // operands of operands: what an index is computed from lies near

}  // namespace

u64 Emitter::largest_of(ir::TypeId id) const {
    const u32 bits = module_.types.bits(id);
    return bits >= 64 ? ~u64{0} : (u64{1} << bits) - 1;
}

/// No value of this integer is greater; as an unsigned number of any width, so nothing is known of signed ones.
u64 Emitter::greatest(ir::ValueId id, u32 depth) const {
    const ir::TypeId type = module_.type_of(id);
    if (const auto bits = module_.known_bits(id)) return *bits;
    if (module_.types.is_signed(type)) return ~u64{0};
    u64 most = largest_of(type);
    if (const auto known = greatest_.find(ir::place(id)); known != greatest_.end())
        most = std::min(most, known->second);
    const ir::Value& value = module_[id];
    if (value.kind != ir::Value::Kind::result || depth == kDeepest) return most;
    return std::min(most, greatest_result(module_.instructions[value.index], largest_of(type), depth + 1));
}

u64 Emitter::greatest_result(const ir::Instruction& instruction, u64 largest, u32 depth) const {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const auto of = [&](std::size_t place) { return greatest(operands[place], depth); };
    const auto known = [&](std::size_t place) { return module_.known_bits(operands[place]).value_or(0); };
    switch (instruction.op) {
        case ir::Op::extract: {
            const ir::Value& whole = module_[operands[0]];
            if (whole.kind != ir::Value::Kind::result) return largest;
            const ir::Instruction& from = module_.instructions[whole.index];
            const bool is_place = from.op == ir::Op::builtin &&
                                  static_cast<ir::Builtin>(module_.immediates(from)[0]) == ir::Builtin::local_id;
            if (!is_place) return largest;
            const auto size = module_.known_bits(module_.workgroup_size[module_.immediates(instruction)[0]]);
            return size ? *size - 1 : largest;
        }
        case ir::Op::builtin: {
            const auto which = static_cast<ir::Builtin>(module_.immediates(instruction)[0]);
            if (which != ir::Builtin::local_index && which != ir::Builtin::subgroup_id) return largest;
            u64 count = 1;
            for (const ir::ValueId size : module_.workgroup_size) count *= module_.known_bits(size).value_or(1u << 20);
            // Where they are whole, the device fills them all (see Pipelines::create_pipeline).
            const u64 size = module_.subgroup_size;
            const bool whole = size != 0 && module_.known_bits(module_.workgroup_size[0]).value_or(1) % size == 0;
            return (which == ir::Builtin::subgroup_id && whole ? count / size : count) - 1;
        }
        case ir::Op::bit_and:
        case ir::Op::min:
            return std::min(of(0), of(1));
        case ir::Op::max:
            return std::max(of(0), of(1));
        case ir::Op::select:
            return std::max(of(1), of(2));
        case ir::Op::add: {
            const u64 a = of(0), b = of(1);
            return a <= largest - b ? a + b : largest;
        }
        case ir::Op::mul: {
            const u64 a = of(0), b = of(1);
            return b == 0 || a <= largest / b ? a * b : largest;
        }
        case ir::Op::div:
            return known(1) != 0 ? of(0) / known(1) : largest;
        case ir::Op::rem:
        case ir::Op::mod:
            return known(1) != 0 ? std::min(of(0), known(1) - 1) : largest;
        case ir::Op::convert: {
            const ir::TypeId from = module_.type_of(operands[0]);
            const bool keeps = module_.types.is_integer(from) && !module_.types.is_signed(from);
            return keeps ? of(0) : largest;
        }
        default:
            return largest;
    }
}

/// What holds where this condition does, or does not, until the region that is being written ends.
void Emitter::learn(ir::ValueId condition, bool holds) {
    const ir::Value& value = module_[condition];
    if (value.kind != ir::Value::Kind::result) return;
    const ir::Instruction& test = module_.instructions[value.index];
    const std::span<const ir::ValueId> operands = module_.operands(test);
    if (test.op == ir::Op::bit_not) return learn(operands[0], !holds);
    if (test.op == ir::Op::bit_and && holds) {
        learn(operands[0], true);
        return learn(operands[1], true);
    }
    if (operands.size() != 2) return;
    const ir::TypeId type = module_.type_of(operands[0]);
    if (!module_.types.is_integer(type) || module_.types.is_signed(type) || module_.types.lanes(type) != 1) return;
    const auto below = [&](ir::ValueId a, ir::ValueId b) {  // a < b
        const u64 most = greatest(b);
        if (most != 0) learn_greatest(a, most - 1);
    };
    const auto at_most = [&](ir::ValueId a, ir::ValueId b) { learn_greatest(a, greatest(b)); };
    const ir::ValueId a = operands[0], b = operands[1];
    switch (test.op) {
        case ir::Op::lt:
            return holds ? below(a, b) : at_most(b, a);
        case ir::Op::le:
            return holds ? at_most(a, b) : below(b, a);
        case ir::Op::gt:
            return holds ? below(b, a) : at_most(a, b);
        case ir::Op::ge:
            return holds ? at_most(b, a) : below(a, b);
        case ir::Op::eq:
        case ir::Op::ne:
            if (holds != (test.op == ir::Op::eq)) return;
            at_most(a, b);
            return at_most(b, a);
        default:
            return;
    }
}

void Emitter::learn_greatest(ir::ValueId id, u64 most) {
    u64& known = greatest_.try_emplace(ir::place(id), ~u64{0}).first->second;
    facts_.push_back({id, known});
    known = std::min(known, most);
}

void Emitter::forget_facts(std::size_t count) {
    for (; facts_.size() > count; facts_.pop_back()) greatest_[ir::place(facts_.back().value)] = facts_.back().before;
}

}  // namespace alkomp::emit::spv
