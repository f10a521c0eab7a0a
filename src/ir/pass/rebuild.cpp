// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/rebuild.h"

#include "ir/fold.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace alkomp::ir {

using Kind = Type::Kind;

Rebuild::Rebuild(const Module& from)
    : from_(from),
      build_(to_),
      u32_(to_.types.scalar(Scalar::u32)),
      bool_(to_.types.scalar(Scalar::boolean)),
      types_(from.types.size(), TypeId::none),
      scalars_in_(from.types.size()),
      values_(from.values.size(), ValueId::none),
      functions_(from.functions.size(), FunctionId::none),
      constructs_(from.instructions.size(), InstructionId::none) {
    // The same strings have the same places.
    for (const std::string& text : from.strings) static_cast<void>(to_.string(text));
}

Module Rebuild::run() {
    to_.name = from_.name;
    to_.subgroup_size = from_.subgroup_size;
    to_.keeps_denormals_f32 = from_.keeps_denormals_f32;
    to_.rounds_to_even_f32 = from_.rounds_to_even_f32;
    for (const Constant& constant : from_.constants)
        if (constant.kind == Constant::Kind::specialization) static_cast<void>(value(constant.value));
    for (std::size_t i = 0; i < 3; ++i) to_.workgroup_size[i] = value(from_.workgroup_size[i]);
    for (std::size_t i = 1; i < from_.globals.size(); ++i) make_global(from_.globals[i]);
    for (u32 i = 1; i < from_.functions.size(); ++i) {
        const Function& old = from_.functions[i];
        if (!is_kept(FunctionId{i})) continue;
        std::vector<TypeId> parameters;
        for (const ValueId parameter : old.parameters) parameters.push_back(passed_type(parameter));
        functions_[i] = build_.declare_function(from_.text(old.name), parameters, type(old.result));
        to_[functions_[i]].location = old.location;
    }
    for (u32 i = 1; i < from_.functions.size(); ++i)
        if (functions_[i] != FunctionId::none) make_function(FunctionId{i});
    to_.kernel = functions_[place(from_.kernel)];
    return std::move(to_);
}

TypeId Rebuild::make_type(TypeId old) {
    Type made = from_.types[old];
    if (made.element != TypeId::none) made.element = type(made.element);
    if (made.length != 0) made.length = place(value(ValueId{made.length}));
    for (Type::Member& member : made.members) member.type = type(member.type);
    return to_.types.add(made);
}

TypeId Rebuild::make_plain(TypeId old) {
    Type made = from_.types[old];
    if (made.element != TypeId::none) made.element = type(made.element);
    if (made.length != 0) made.length = place(value(ValueId{made.length}));
    for (Type::Member& member : made.members) {
        member.type = type(member.type);
        member.offset_bytes = 0;
    }
    made.stride_bytes = made.size_bytes = 0;
    made.row_major = false;
    return to_.types.add(made);
}

u32 Rebuild::scalars_in(TypeId old) {
    u32& known = scalars_in_[static_cast<u32>(old)];
    if (known != 0) return known;
    const Type& type = from_.types[old];
    u32 found = 0;
    if (type.kind == Kind::scalar) found = 1u << static_cast<u32>(type.scalar);
    else if (type.element != TypeId::none) found = scalars_in(type.element);
    for (const Type::Member& member : type.members) found |= scalars_in(member.type);
    return scalars_in_[static_cast<u32>(old)] = found;
}

Scalar Rebuild::scalar_of(ValueId old) const {
    const Type& type = from_.type(old);
    return type.kind == Kind::scalar || type.kind == Kind::vector ? type.scalar : Scalar::record;
}

ValueId Rebuild::make_constant(const Constant& old) {
    Constant made = old;
    made.type = type(old.type);
    made.value = ValueId::none;
    for (ValueId& part : made.parts) part = value(part);
    return to_.constant(std::move(made));
}

void Rebuild::make_global(const Global& old) {
    Global made = old;
    made.type = type(old.type);
    if (old.initial != ValueId::none) made.initial = value(old.initial);
    define(old.value, to_.add_global(made));
}

void Rebuild::make_return(std::span<const ValueId> values) {
    build_.return_(values.empty() ? ValueId::none : passed(values[0]));
}

ValueId Rebuild::selector(InstructionId id, Switch&) { return operand(id, 0); }

TypeId Rebuild::type(TypeId old) {
    if (old == TypeId::none) return old;
    if (old == from_.types.nothing()) return to_.types.nothing();
    if (types_[static_cast<u32>(old)] == TypeId::none) {
        const TypeId made = make_type(old);
        types_[static_cast<u32>(old)] = made;
    }
    return types_[static_cast<u32>(old)];
}

ValueId Rebuild::value(ValueId old) {
    if (values_[place(old)] != ValueId::none) return values_[place(old)];
    const Constant* constant = from_.find_constant(old);
    if (constant == nullptr) return ValueId::none;
    define(old, make_constant(*constant));
    return values_[place(old)];
}

void Rebuild::define(ValueId old, ValueId made) {
    values_[place(old)] = made;
    const StringId name = from_[old].name;
    if (name == StringId::none || made == ValueId::none || to_[made].name != StringId::none) return;
    // One constant may stand for many values.
    if (to_.find_constant(made) == nullptr || from_.find_constant(old) != nullptr) to_[made].name = name;
}

void Rebuild::make_function(FunctionId id) {
    const FunctionId made = functions_[place(id)];
    build_.open_function(made);
    for (std::size_t i = 0; i < from_[id].parameters.size(); ++i)
        arrive(from_[id].parameters[i], to_[made].parameters[i]);
    copy_region(from_[id].body);
    build_.close_function();
}

void Rebuild::copy_region(RegionId old) {
    for (const InstructionId id : from_[old].body) instruction(id);
}

void Rebuild::instruction(InstructionId id) {
    at_ = id;
    build_.locate(from_.locations[from_[id].location]);
    if (has(from_[id].op, kTerminator)) terminator(id);
    else if (has(from_[id].op, kConstruct)) construct(id);
    else make(id);
}

void Rebuild::copy(InstructionId id) {
    const Instruction& old = from_[id];
    std::vector<ValueId> operands;
    for (const ValueId operand : from_.operands(old)) operands.push_back(value(operand));
    std::vector<u32> immediates(from_.immediates(old).begin(), from_.immediates(old).end());
    if (old.op == Op::call) immediates[0] = place(functions_[immediates[0]]);
    if (old.op == Op::matrix_length) immediates[0] = static_cast<u32>(type(TypeId{immediates[0]}));
    const TypeId given = old.results.count > 0 ? type(from_.type_of(result(id))) : TypeId::none;
    build_.emit(old.op, operands, immediates, given, old.flags);
    const Instruction& made = to_[build_.last()];
    for (u32 i = 0; i < old.results.count; ++i) define(result(id, i), to_.result(made, i));
}

std::vector<ValueId> Rebuild::all_passed(std::span<const ValueId> values) {
    std::vector<ValueId> made;
    for (const ValueId value : values) made.push_back(passed(value));
    return made;
}

void Rebuild::construct(InstructionId id) {
    const Instruction& old = from_[id];
    std::vector<TypeId> results;
    for (u32 i = 0; i < old.results.count; ++i) results.push_back(passed_type(result(id, i)));
    Switch chooses;
    InstructionId made = InstructionId::none;
    if (old.op == Op::if_) {
        made = build_.open_if(operand(id, 0), results);
    } else if (old.op == Op::loop) {
        made = build_.open_loop(all_passed(operands(id)), results);
    } else {
        chooses = Switch::from(from_.immediates(old));
        chooses.parameters = all_passed(operands(id).subspan(1));
        made = build_.open_switch(selector(id, chooses), results);
    }
    constructs_[place(id)] = made;
    for (const RegionId region : from_.regions_of(old)) {
        std::vector<TypeId> parameters;
        for (const ValueId parameter : from_[region].parameters) parameters.push_back(passed_type(parameter));
        const RegionId opened = build_.open_region(parameters);
        for (std::size_t i = 0; i < parameters.size(); ++i)
            arrive(from_[region].parameters[i], to_[opened].parameters[i]);
        copy_region(region);
        build_.close_region();
    }
    build_.close_construct(chooses);
    for (u32 i = 0; i < old.results.count; ++i) arrive(result(id, i), to_.result(to_[made], i));
}

void Rebuild::terminator(InstructionId id) {
    const Instruction& old = from_[id];
    if (old.op == Op::return_) return make_return(operands(id));
    if (old.op == Op::unreachable) return build_.unreachable();
    if (old.op == Op::repeat_if) {
        const u32 again = from_.immediates(old)[1];
        const std::vector<ValueId> given = all_passed(operands(id).subspan(1));
        const auto values = std::span<const ValueId>(given);
        return build_.repeat_if(operand(id, 0), constructs_[place(from_.target(old))], values.first(again),
                                values.subspan(again));
    }
    const std::vector<ValueId> values = all_passed(operands(id));
    if (old.op == Op::fallthrough) return build_.fallthrough(values);
    const InstructionId target = constructs_[place(from_.target(old))];
    if (old.op == Op::exit) return build_.exit(target, values);
    if (old.op == Op::next) return build_.next(target, values);
    build_.repeat(target, values);
}

ValueId Rebuild::emit(Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates,
                      TypeId given, u8 flags) {
    if (immediates.size() == 0) {
        const ValueId known = simpler(op, std::span(operands.begin(), operands.size()), given);
        if (known != ValueId::none) return known;
    }
    return build_.emit(op, operands, immediates, given, flags);
}

ValueId Rebuild::simpler(Op op, std::span<const ValueId> operands, TypeId given) {
    if (operands.empty() || !has(op, kPure)) return ValueId::none;
    const TypeId first = to_.type_of(operands[0]);
    if ((op == Op::convert || op == Op::bitcast) && given == first) return operands[0];
    if (op == Op::select && to_.known_bits(operands[0])) return operands[*to_.known_bits(operands[0]) != 0 ? 1 : 2];
    if (!to_.types.is(first, Kind::scalar)) return ValueId::none;
    std::vector<u64> bits;
    for (const ValueId operand : operands) {
        const std::optional<u64> known = to_.known_bits(operand);
        if (known) bits.push_back(*known);
    }
    const bool compares = info(op).rule == Rule::equality || info(op).rule == Rule::comparison;
    const TypeId made = given != TypeId::none ? given
                        : compares            ? bool_
                        : op == Op::select    ? to_.type_of(operands[1])
                                              : first;
    if (bits.size() == operands.size() && to_.types.is(made, Kind::scalar)) {
        const Scalar from = to_.types[op == Op::select ? made : first].scalar;
        const std::optional<u64> folded = fold(op, from, to_.types[made].scalar, bits);
        if (folded) return to_.constant(made, *folded);
    }
    if (operands.size() != 2 || !to_.types.is_integer(first)) return ValueId::none;
    const auto is = [&](std::size_t i, u64 what) { return to_.known_bits(operands[i]) == what; };
    const u64 ones = ~u64{0} >> (64 - to_.types.bits(first));
    switch (op) {
        case Op::add:
        case Op::bit_or:
        case Op::bit_xor:
            return is(1, 0) ? operands[0] : is(0, 0) ? operands[1] : ValueId::none;
        case Op::sub:
            return is(1, 0) ? operands[0] : ValueId::none;
        case Op::shl:
        case Op::shr:
            return is(1, 0) || is(0, 0) ? operands[0] : ValueId::none;
        case Op::div:
            return is(1, 1) ? operands[0] : ValueId::none;
        case Op::mul:
            if (is(0, 0) || is(1, 0)) return to_.constant(first, 0);
            return is(1, 1) ? operands[0] : is(0, 1) ? operands[1] : ValueId::none;
        case Op::bit_and:
            if (is(0, 0) || is(1, 0)) return to_.constant(first, 0);
            return is(1, ones) ? operands[0] : is(0, ones) ? operands[1] : ValueId::none;
        default:
            return ValueId::none;
    }
}

ValueId Rebuild::filled(TypeId scalar_or_vector, u64 bits) {
    const Type type = to_.types[scalar_or_vector];
    if (type.kind == Kind::scalar || bits == 0) return to_.constant(scalar_or_vector, bits);
    Constant made;
    made.kind = Constant::Kind::composite;
    made.type = scalar_or_vector;
    made.parts.assign(type.count, to_.constant(type.element, bits));
    return to_.constant(std::move(made));
}

ValueId Rebuild::part(ValueId whole, u32 i) {
    const Value& value = to_[whole];
    const TypeId type = to_.types.part(value.type, i);
    if (const Constant* constant = to_.find_constant(whole)) {
        if (constant->kind == Constant::Kind::zero) return to_.zero(type);
        if (constant->kind == Constant::Kind::undefined) return to_.undefined(type);
        if (constant->kind == Constant::Kind::composite) return constant->parts[i];
    }
    if (value.kind == Value::Kind::result && to_[InstructionId{value.index}].op == Op::compose) {
        const std::span<const ValueId> parts = to_.operands(to_[InstructionId{value.index}]);
        const bool each = std::all_of(parts.begin(), parts.end(), [&](ValueId part) {
            return !to_.types.is(value.type, Kind::vector) || to_.types.is(to_.type_of(part), Kind::scalar);
        });
        if (each) return parts[i];
    }
    return build_.emit(Op::extract, {whole}, {i});
}

}  // namespace alkomp::ir
