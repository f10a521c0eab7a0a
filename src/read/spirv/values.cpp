// SPDX-License-Identifier: MIT OR Apache-2.0
// Values by their ids, and between types that SPIR-V takes for the same.
#include "ir/print.h"
#include "read/spirv/reader.h"

namespace alkomp::read {

/// One that no region here sees comes through memory; a pointer is made again.
ValueId Reader::value(Id id) {
    Held& held = held_[id];
    if (held.value != ValueId::none && step_ < held.until) return held.value;
    if (held.carrier != ValueId::none && held.value != ValueId::none) {
        spend();
        held.value = builder_.load(held.carrier);
        held.until = region_ends_.back();
        return held.value;
    }
    const Inst inst = code_.definition(id);
    if (inst && definitions_[id].function == function_ && is_chain(inst)) return place(id);
    if (!inst) fail(code_.shown(id) + " is not defined.");
    if (find_op(inst.op()) != nullptr && code_.type_of(id) != 0 && find_type(code_.type_of(id)) == TypeId::none)
        (void)type(code_.type_of(id));  // says what is wrong with it
    fail(code_.shown(id) + " is no value that can be used here.");
}

void Reader::define(const Inst& inst, ValueId made) {
    const Id id = inst[2];
    Held& held = held_[id];
    if (!types().is(type_of(made), ir::Type::Kind::pointer)) made = as(made, type(inst[1]));
    held.value = made;
    held.until = region_ends_.back();
    const std::string& name = code_.name_of(id);
    ir::Value& about = module_[made];
    const bool is_own = about.kind == ir::Value::Kind::result && about.name == ir::StringId::none;
    if (is_own && !name.empty()) about.name = module_.string(name);
    if (held.carrier != ValueId::none) {
        spend();
        builder_.store(held.carrier, as(made, types()[type_of(held.carrier)].element));
    }
}

ValueId Reader::make(ir::Op op, std::span<const ValueId> operands, std::span<const u32> immediates, TypeId given,
                     u8 flags) {
    spend();
    if (in_constant_) return compute(op, operands, immediates, given);
    try {
        return builder_.emit(op, operands, immediates, given, static_cast<u8>(flags | flags_));
    } catch (const Error& error) {
        fail(error.what());  // with the line
    }
}

void Reader::effect(ir::Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates,
                    u8 flags) {
    (void)make(op, operands, immediates, TypeId::none, flags);
}

ValueId Reader::second() { return module_.result(module_[builder_.last()], 1); }

ValueId Reader::number(TypeId id, u64 bits) {
    const ir::Type& about = types()[id];
    if (about.kind == ir::Type::Kind::scalar) return module_.constant(id, bits);
    if (bits == 0) return module_.zero(id);
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::composite;
    constant.type = id;
    constant.parts.assign(about.count, module_.constant(about.element, bits));
    return module_.constant(std::move(constant));
}

bool Reader::has_part(TypeId id, u32 place) const {
    const ir::Type& about = module_.types[id];
    switch (about.kind) {
        case ir::Type::Kind::vector:
        case ir::Type::Kind::matrix:
            return place < about.count;
        case ir::Type::Kind::structure:
            return place < about.members.size();
        case ir::Type::Kind::array:
            return place < module_.known_bits(ValueId{about.length}).value_or(kAlways);
        default:
            return false;
    }
}

ValueId Reader::part(ValueId whole, u32 place) {
    const TypeId id = type_of(whole);
    if (const ir::Constant* constant = module_.find_constant(whole); constant != nullptr && has_part(id, place)) {
        if (constant->kind == ir::Constant::Kind::composite && place < constant->parts.size())
            return constant->parts[place];
        if (constant->kind == ir::Constant::Kind::zero) return module_.zero(types().part(id, place));
        if (constant->kind == ir::Constant::Kind::undefined) return module_.undefined(types().part(id, place));
    }
    return make(ir::Op::extract, {whole}, {place});
}

/// Zero and undefined values of another type; none: it is neither.
ValueId Reader::same_constant(ValueId from, TypeId wanted) {
    const ir::Constant* constant = module_.find_constant(from);
    if (constant == nullptr) return ValueId::none;
    if (constant->kind == ir::Constant::Kind::undefined) return module_.undefined(wanted);
    return constant->kind == ir::Constant::Kind::zero ? module_.zero(wanted) : ValueId::none;
}

/// The same value as a type that differs in signs or in layout alone.
ValueId Reader::as(ValueId from, TypeId wanted) {
    const TypeId given = type_of(from);
    if (given == wanted) return from;
    spend();
    const ir::Type& source = types()[given];
    const ir::Type& target = types()[wanted];
    using Kind = ir::Type::Kind;
    const bool both_integers = types().is_integer(given) && types().is_integer(wanted);
    if (both_integers && types().with_scalar(given, types().scalar_of(wanted)) == wanted) {
        const bool same_bits = types().bits(given) == types().bits(wanted);
        if (!same_bits && !in_constant_)
            fail("is of " + ir::to_string(module_, given) + ", where " + ir::to_string(module_, wanted) +
                 " is wanted.");
        if (const ValueId same = same_constant(from, wanted); same != ValueId::none) return same;
        if (const auto bits = same_bits ? module_.known_bits(from) : std::nullopt)
            return module_.constant(wanted, *bits);
        const bool converts = in_constant_ || source.kind == Kind::cooperative_matrix;
        return make(converts ? ir::Op::convert : ir::Op::bitcast, {from}, {}, wanted);
    }
    const auto is_address = [&](const ir::Type& type) {
        return type.kind == Kind::pointer && type.space == ir::Space::address;
    };
    if (is_address(source) && wanted == word_type_) return make(ir::Op::bitcast, {from}, {}, wanted);
    if (is_address(target) && given == word_type_)
        return make(ir::Op::pointer_to, {from}, {least_alignment(target.element)}, wanted);
    u64 parts = 0;
    if (source.kind == target.kind) {
        if (source.kind == Kind::matrix && source.element == target.element && source.count == target.count)
            parts = source.count;
        if (source.kind == Kind::structure && source.members.size() == target.members.size())
            parts = source.members.size();
        if (source.kind == Kind::array && source.length == target.length)
            parts = module_.known_bits(ValueId{source.length}).value_or(0);
    }
    if (parts != 0)
        if (const ValueId same = same_constant(from, wanted); same != ValueId::none) return same;
    if (parts == 0 || parts > code_.size() + kMostParts)
        fail("it is " + ir::to_string(module_, given) + ", where " + ir::to_string(module_, wanted) + " is wanted.");
    std::vector<ValueId> copied;
    for (u32 i = 0; i < parts; ++i) copied.push_back(as(part(from, i), types().part(wanted, i)));
    return compose(wanted, std::move(copied));
}

}  // namespace alkomp::read
