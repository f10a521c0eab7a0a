// SPDX-License-Identifier: MIT OR Apache-2.0
// Constants, those that specialisation sets, and those computed from them.
#include "ir/fold.h"
#include "ir/rule.h"
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {
namespace {

constexpr u32 kWorkgroupSize = static_cast<u32>(spv::BuiltIn::WorkgroupSize);

u64 low_bits(u64 value, u32 bits) { return bits >= 64 ? value : value & ((u64{1} << bits) - 1); }

}  // namespace

/// A constant of a type that the IR does not have is none; what uses it is refused.
void Reader::note_constant(const Inst& inst) {
    const TypeId type = find_type(inst[1]);
    if (type == TypeId::none || type == types().nothing()) return;
    if (types().is(type, ir::Type::Kind::runtime_array)) fail("a runtime array is no value.");
    ValueId made = ValueId::none;
    switch (inst.op()) {
        case Op::ConstantTrue:
        case Op::ConstantFalse:
        case Op::Constant:
        case Op::SpecConstantTrue:
        case Op::SpecConstantFalse:
        case Op::SpecConstant:
            made = scalar_constant(inst, type);
            break;
        case Op::ConstantNull:
            made = module_.zero(type);
            break;
        case Op::Undef:
            made = module_.undefined(type);
            break;
        case Op::SpecConstantOp: {
            // The same as the instruction that it names, without the word that does.
            if (inst[3] > 0xffff) fail("no operation has the number " + std::to_string(inst[3]) + '.');
            std::vector<u32> words{static_cast<u32>(inst.size() - 1) << 16 | inst[3], inst[1], inst[2]};
            words.insert(words.end(), inst.words.begin() + 4, inst.words.end());
            const Inst inner{words, inst.at};
            if (find_op(inner.op()) == nullptr || !for_ids(inner, [](std::size_t) {}))
                fail("the operands do not fit " + Code::name_of(inner.op()) + '.');
            made = expression(inner);
            if (made == ValueId::none) unsupported(Code::name_of(inner.op()) + " is no operation on constants.");
            break;
        }
        default: {
            const bool repeats =
                inst.op() == Op::ConstantCompositeReplicateEXT || inst.op() == Op::SpecConstantCompositeReplicateEXT;
            std::vector<ValueId> parts;
            for (std::size_t i = 3; i < inst.size(); ++i) {
                const Held& held = held_[inst[i]];
                if (held.value == ValueId::none) return;
                parts.push_back(held.value);
            }
            const ir::Type& about = types()[type];
            if (about.kind == ir::Type::Kind::cooperative_matrix) {
                if (parts.size() != 1) fail("a cooperative matrix is made of one value.");
                made = compute(ir::Op::splat, parts, {}, type);
                break;
            }
            if (repeats) {
                u64 count = about.count;
                if (about.kind == ir::Type::Kind::array) count = module_.known_bits(ValueId{about.length}).value_or(0);
                if (count == 0 || count > code_.size()) unsupported("the composite has no known size.");
                parts.assign(count, parts.front());
            }
            made = composite_constant(type, std::move(parts));
            break;
        }
    }
    held_[inst[2]].value = made;
    held_[inst[2]].until = kAlways;
    if (code_.number(inst[2], spv::Decoration::BuiltIn) == kWorkgroupSize) workgroup_size_ = made;
    const std::string& name = code_.name_of(inst[2]);
    const ir::Constant* constant = module_.find_constant(made);
    if (!name.empty() && constant != nullptr &&
        (constant->kind == ir::Constant::Kind::specialization || constant->kind == ir::Constant::Kind::computed))
        module_[made].name = module_.string(name);
}

ValueId Reader::scalar_constant(const Inst& inst, TypeId type) {
    if (!types().is(type, ir::Type::Kind::scalar)) fail("the type is no scalar.");
    u64 bits = 0;
    switch (inst.op()) {
        case Op::ConstantTrue:
        case Op::SpecConstantTrue:
            bits = 1;
            break;
        case Op::ConstantFalse:
        case Op::SpecConstantFalse:
            break;
        default:
            bits = inst[3];
            if (inst.size() > 4) bits |= u64{inst[4]} << 32;
            if (inst.size() != (types().bits(type) > 32 ? 5u : 4u)) fail("the literal does not fit its type.");
            break;
    }
    bits = low_bits(bits, types().bits(type));
    const bool is_special =
        inst.op() == Op::SpecConstantTrue || inst.op() == Op::SpecConstantFalse || inst.op() == Op::SpecConstant;
    return is_special ? specialization(inst, type, bits) : module_.constant(type, bits);
}

ValueId Reader::specialization(const Inst& inst, TypeId type, u64 bits) {
    const auto id = code_.number(inst[2], spv::Decoration::SpecId);
    if (!id) return module_.constant(type, bits);
    const auto known = specializations_.find(*id);
    if (known != specializations_.end()) {
        const ir::Constant& other = *module_.find_constant(known->second);
        if (other.type == type && other.bits == bits) return known->second;
        // A workgroup's size of glslang begins as 1, whatever the constant with its id begins as.
        if (other.type != type && !only_declarations_)
            unsupported("the specialisation id " + std::to_string(*id) + " has two types.");
    }
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::specialization;
    constant.type = type;
    constant.bits = bits;
    constant.specialization = *id;
    return specializations_[*id] = module_.constant(std::move(constant));
}

/// Vectors may be made of shorter ones where an operation makes them, never here.
ValueId Reader::composite_constant(TypeId type, std::vector<ValueId> parts) {
    const ir::Type about = types()[type];
    u64 count = about.count;
    if (about.kind == ir::Type::Kind::structure) count = about.members.size();
    if (about.kind == ir::Type::Kind::array) count = module_.known_bits(ValueId{about.length}).value_or(parts.size());
    const bool is_composite = about.kind == ir::Type::Kind::vector || about.kind == ir::Type::Kind::matrix ||
                              about.kind == ir::Type::Kind::array || about.kind == ir::Type::Kind::structure;
    if (!is_composite || count != parts.size())
        fail(std::to_string(parts.size()) + " parts are given, where " + std::to_string(count) + " are wanted.");
    bool all_zero = true;
    for (u32 i = 0; i < parts.size(); ++i) {
        parts[i] = as(parts[i], types().part(type, i));
        const ir::Constant* part = module_.find_constant(parts[i]);
        if (part == nullptr) fail("a part is no constant.");
        all_zero = all_zero && part->kind == ir::Constant::Kind::zero;
    }
    if (all_zero) return module_.zero(type);
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::composite;
    constant.type = type;
    constant.parts = std::move(parts);
    return module_.constant(std::move(constant));
}

/// What an instruction makes of constants: known where they are.
ValueId Reader::compute(ir::Op op, std::span<const ValueId> operands, std::span<const u32> immediates, TypeId given) {
    const ir::Outcome outcome = ir::apply_rule(module_, op, operands, immediates, given);
    if (!outcome.error.empty()) fail(outcome.error);
    if (outcome.count != 1) unsupported("it has two results, which constants do not have.");
    const TypeId type = outcome.results[0];
    std::vector<u64> known;
    for (const ValueId operand : operands) {
        const auto bits = module_.known_bits(operand);
        if (!bits) break;
        known.push_back(*bits);
    }
    if (known.size() == operands.size() && !operands.empty() && types().is(type, ir::Type::Kind::scalar)) {
        const std::size_t first = op == ir::Op::select ? 1 : 0;
        const Scalar from = types()[type_of(operands[std::min(first, operands.size() - 1)])].scalar;
        if (const auto bits = ir::fold(op, from, types()[type].scalar, known)) return module_.constant(type, *bits);
    }
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::computed;
    constant.type = type;
    constant.op = op;
    constant.parts.assign(operands.begin(), operands.end());
    constant.immediates.assign(immediates.begin(), immediates.end());
    return module_.constant(std::move(constant));
}

std::optional<u64> Reader::find_known(Id id) const {
    const ValueId value = held_[id].value;
    return value == ValueId::none ? std::nullopt : module_.known_bits(value);
}

u32 Reader::known(Id id, const char* what) const {
    const auto bits = find_known(id);
    if (!bits) unsupported(std::string(what) + " is no known constant.");
    return static_cast<u32>(std::min<u64>(*bits, 0xffffffff));
}

}  // namespace alkomp::read
