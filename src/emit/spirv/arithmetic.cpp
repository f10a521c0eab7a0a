// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic, comparison and choice, with the results that the IR fixes and SPIR-V leaves open.
#include "emit/spirv/emitter.h"

#include <algorithm>

namespace alkomp::emit::spv {
namespace {

u64 all_ones(Scalar scalar) {
    const u32 bits = 8 * size_bytes(scalar);
    return bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
}

u64 smallest(Scalar scalar) { return u64{1} << (8 * size_bytes(scalar) - 1); }

bool has(const std::vector<u64>& lanes, u64 value) {
    return std::find(lanes.begin(), lanes.end(), value) != lanes.end();
}

}  // namespace

Shape Emitter::shape(ir::TypeId id) { return {module_.types.scalar_of(id), module_.types.lanes(id), type(id)}; }

Shape Emitter::working_shape(ir::TypeId id) {
    Shape made = shape(id);
    if (made.scalar != Scalar::bf16 || module_.types.is(id, ir::Type::Kind::cooperative_matrix)) return made;
    made.scalar = Scalar::f32;
    made.type = number_type(Scalar::f32, made.lanes);
    return made;
}

Id Emitter::widened(ir::ValueId id) {
    const Id narrow = value(id);
    const Shape wide = working_shape(module_.type_of(id));
    return wide.type == type(module_.type_of(id)) ? narrow : result({Op::FConvert, wide.type, {narrow}});
}

Id Emitter::narrowed(Id value, ir::TypeId id) {
    return working_shape(id).type == type(id) ? value : to_brain_float(value, shape(id));
}

Id Emitter::arithmetic(ir::Op op, std::span<const ir::ValueId> operands) {
    const ir::TypeId id = module_.type_of(operands[0]);
    const Shape shape = working_shape(id);
    const bool real = ir::is_float(shape.scalar);
    if (!real && (op == ir::Op::div || op == ir::Op::rem || op == ir::Op::mod))
        return divide(op, shape, operands[0], operands[1]);
    const auto two = [&](Op of_floats, Op of_integers) {
        const Id a = widened(operands[0]), b = widened(operands[1]);
        return narrowed(result({real ? of_floats : of_integers, shape.type, {a, b}}), id);
    };
    switch (op) {
        case ir::Op::add:
            return two(Op::FAdd, Op::IAdd);
        case ir::Op::sub:
            return two(Op::FSub, Op::ISub);
        case ir::Op::mul:
            return two(Op::FMul, Op::IMul);
        case ir::Op::div:
            return two(Op::FDiv, Op::UDiv);
        case ir::Op::rem:
            return two(Op::FRem, Op::UMod);
        case ir::Op::mod:
            return two(Op::FMod, Op::UMod);
        case ir::Op::neg:
            if (!real) return negated(shape, value(operands[0]));
            return narrowed(result({Op::FNegate, shape.type, {widened(operands[0])}}), id);
        default:
            return narrowed(pick(op, shape, operands), id);
    }
}

/// NVIDIA 580.159.04 extends -(-128) of a byte as 128, also where it is negated as an u8 and becomes an i8, and in whichever
/// way it is negated; this never negates it.
Id Emitter::negated(const Shape& shape, Id integer) {
    if (size_bytes(shape.scalar) != 1) return result({Op::SNegate, shape.type, {integer}});
    const bool is_signed = ir::is_signed(shape.scalar);
    const Shape word = integer_shape(is_signed ? Scalar::i32 : Scalar::u32, shape.lanes);
    const Id wide = resize(integer, shape, word);
    const Id least = result(
        {Op::IEqual, bool_type(shape.lanes), {wide, number(word.scalar, is_signed ? 0xffffff80 : 0x80, shape.lanes)}});
    const Id minus = result({Op::SNegate, word.type, {wide}});
    return resize(select({least, wide, minus, word.type}), word, shape);
}

/// SPIR-V leaves division by zero and INT_MIN / -1 open, and Vulkan remainders of negative numbers. Where the
/// divisor may be one of these it is replaced by 1, which gives the right quotient but for x / 0. A remainder by -1 is
/// that by 1 whatever is divided (and NVIDIA 580.159.04 takes x - x / -1 * -1 for 2x where it sees the -1).
Id Emitter::divide(ir::Op op, const Shape& shape, ir::ValueId dividend, ir::ValueId divisor) {
    const Id a = value(dividend), b = value(divisor);
    const Id nothing = number(shape.scalar, 0, shape.lanes);
    const std::vector<u64> known = known_lanes(divisor);
    const bool is_signed = ir::is_signed(shape.scalar);
    const auto all_are = [&](u64 bits) {
        return !known.empty() && std::all_of(known.begin(), known.end(), [&](u64 lane) { return lane == bits; });
    };
    if (all_are(0)) return op == ir::Op::div ? nothing : a;
    if (is_signed && all_are(all_ones(shape.scalar))) return op == ir::Op::div ? negated(shape, a) : nothing;
    const bool may_be_zero = known.empty() || has(known, 0);
    const bool may_overflow = is_signed && (known.empty() || has(known, all_ones(shape.scalar)));
    const auto same = [&](Id x, u64 bits) {
        return result({Op::IEqual, bool_type(shape.lanes), {x, number(shape.scalar, bits, shape.lanes)}});
    };
    const Id zero = may_be_zero ? same(b, 0) : 0;
    Id unfit = zero;
    if (may_overflow) {
        Id overflow = same(b, all_ones(shape.scalar));
        if (op == ir::Op::div)
            overflow = result({Op::LogicalAnd, bool_type(shape.lanes), {same(a, smallest(shape.scalar)), overflow}});
        unfit = zero == 0 ? overflow : result({Op::LogicalOr, bool_type(shape.lanes), {zero, overflow}});
    }
    const Id d = unfit == 0 ? b : select({unfit, number(shape.scalar, 1, shape.lanes), b, shape.type});
    const auto unless_zero = [&](Id if_zero, Id otherwise) {
        return may_be_zero ? select({zero, if_zero, otherwise, shape.type}) : otherwise;
    };
    if (!is_signed && op != ir::Op::div) return unless_zero(a, result({Op::UMod, shape.type, {a, d}}));
    const Id quotient = result({is_signed ? Op::SDiv : Op::UDiv, shape.type, {a, d}});
    if (op == ir::Op::div) return unless_zero(nothing, quotient);
    const Id rest = result({Op::ISub, shape.type, {a, result({Op::IMul, shape.type, {quotient, d}})}});
    if (op == ir::Op::rem) return unless_zero(a, rest);
    const Id truth = bool_type(shape.lanes);
    Id below = 0;  // the rest has the dividend's sign where the divisor's is wanted
    if (!known.empty() &&
        std::none_of(known.begin(), known.end(), [&](u64 lane) { return lane >= smallest(shape.scalar); })) {
        below = result({Op::SLessThan, truth, {rest, nothing}});
    } else {
        const Id not_whole = result({Op::INotEqual, truth, {rest, nothing}});
        const Id signs = result({Op::BitwiseXor, shape.type, {rest, d}});
        below = result({Op::LogicalAnd, truth, {not_whole, result({Op::SLessThan, truth, {signs, nothing}})}});
    }
    return unless_zero(a, select({below, result({Op::IAdd, shape.type, {rest, d}}), rest, shape.type}));
}

/// abs, sign, min, max, clamp.
Id Emitter::pick(ir::Op op, const Shape& shape, std::span<const ir::ValueId> operands) {
    const Id a = widened(operands[0]);
    const bool real = ir::is_float(shape.scalar), is_signed = ir::is_signed(shape.scalar);
    const auto by_kind = [&](Glsl of_floats, Glsl of_signed, Glsl of_unsigned) {
        return real ? of_floats : is_signed ? of_signed : of_unsigned;
    };
    if (op == ir::Op::abs) {
        if (!real && !is_signed) return a;
        return glsl({real ? Glsl::FAbs : Glsl::SAbs, shape.type, {a}});
    }
    if (op == ir::Op::sign) {
        if (real || is_signed) return glsl({real ? Glsl::FSign : Glsl::SSign, shape.type, {a}});
        return glsl({Glsl::UMin, shape.type, {a, number(shape.scalar, 1, shape.lanes)}});
    }
    const Id b = widened(operands[1]);
    if (op == ir::Op::clamp)
        return glsl({by_kind(Glsl::FClamp, Glsl::SClamp, Glsl::UClamp), shape.type, {a, b, widened(operands[2])}});
    if (in_constant_) {
        const Op less = is_signed ? Op::SLessThan : Op::ULessThan;
        const Id smaller = result({less, bool_type(shape.lanes), {a, b}});
        return op == ir::Op::min ? select({smaller, a, b, shape.type}) : select({smaller, b, a, shape.type});
    }
    if (op == ir::Op::min && !real && !is_signed && shape.lanes == 1)
        if (const auto most = module_.known_bits(operands[1]); most && greatest(operands[0]) <= *most) return a;
    const Glsl function =
        op == ir::Op::min ? by_kind(Glsl::FMin, Glsl::SMin, Glsl::UMin) : by_kind(Glsl::FMax, Glsl::SMax, Glsl::UMax);
    return glsl({function, shape.type, {a, b}});
}

/// and, or, xor, not: of integers or booleans.
Id Emitter::logic(ir::Op op, std::span<const ir::ValueId> operands) {
    const ir::TypeId id = module_.type_of(operands[0]);
    const bool truth = module_.types.is_boolean(id);
    const Id type = this->type(id), a = value(operands[0]);
    switch (op) {
        case ir::Op::bit_and:
            return result({truth ? Op::LogicalAnd : Op::BitwiseAnd, type, {a, value(operands[1])}});
        case ir::Op::bit_or:
            return result({truth ? Op::LogicalOr : Op::BitwiseOr, type, {a, value(operands[1])}});
        case ir::Op::bit_xor:
            return result({truth ? Op::LogicalNotEqual : Op::BitwiseXor, type, {a, value(operands[1])}});
        default:
            return result({truth ? Op::LogicalNot : Op::Not, type, {a}});
    }
}

Id Emitter::compare(ir::Op op, std::span<const ir::ValueId> operands) {
    const ir::TypeId id = module_.type_of(operands[0]);
    if (module_.types.is(id, ir::Type::Kind::pointer)) return compare_pointers(op, operands);
    const Shape shape = working_shape(id);
    const Id a = widened(operands[0]), b = widened(operands[1]);
    const Id type = bool_type(shape.lanes);
    const auto by_kind = [&](Op of_floats, Op of_signed, Op of_unsigned) {
        const Op chosen = ir::is_float(shape.scalar)    ? of_floats
                          : ir::is_signed(shape.scalar) ? of_signed
                                                        : of_unsigned;
        return result({chosen, type, {a, b}});
    };
    const bool truth = shape.scalar == Scalar::boolean;
    switch (op) {
        case ir::Op::eq:
            return truth ? result({Op::LogicalEqual, type, {a, b}}) : by_kind(Op::FOrdEqual, Op::IEqual, Op::IEqual);
        case ir::Op::ne:
            return truth ? result({Op::LogicalNotEqual, type, {a, b}})
                         : by_kind(Op::FUnordNotEqual, Op::INotEqual, Op::INotEqual);
        case ir::Op::lt:
            return by_kind(Op::FOrdLessThan, Op::SLessThan, Op::ULessThan);
        case ir::Op::le:
            return by_kind(Op::FOrdLessThanEqual, Op::SLessThanEqual, Op::ULessThanEqual);
        case ir::Op::gt:
            return by_kind(Op::FOrdGreaterThan, Op::SGreaterThan, Op::UGreaterThan);
        default:
            return by_kind(Op::FOrdGreaterThanEqual, Op::SGreaterThanEqual, Op::UGreaterThanEqual);
    }
}

Id Emitter::compare_pointers(ir::Op op, std::span<const ir::ValueId> operands) {
    const bool equal = op == ir::Op::eq;
    if (module_.type(operands[0]).space == ir::Space::address) {
        const Id word = number_type(Scalar::u64);
        const Id a = result({Op::ConvertPtrToU, word, {value(operands[0])}});
        const Id b = result({Op::ConvertPtrToU, word, {value(operands[1])}});
        return result({equal ? Op::IEqual : Op::INotEqual, bool_type(), {a, b}});
    }
    if (words_.version() < kVersion1_4) unsupported(op, "pointers are compared from SPIR-V 1.4 on.");
    const Held a = passed_pointer(operands[0]), b = passed_pointer(operands[1]);
    return result({equal ? Op::PtrEqual : Op::PtrNotEqual, bool_type(), {a.id, b.id}});
}

/// is_nan, is_inf, all_lanes, any_lane.
Id Emitter::test(ir::Op op, ir::ValueId operand) {
    const u32 lanes = module_.types.lanes(module_.type_of(operand));
    if (op == ir::Op::is_nan) return result({Op::IsNan, bool_type(lanes), {widened(operand)}});
    if (op == ir::Op::is_inf) return result({Op::IsInf, bool_type(lanes), {widened(operand)}});
    if (lanes == 1) return value(operand);
    return result({op == ir::Op::all_lanes ? Op::All : Op::Any, bool_type(), {value(operand)}});
}

Id Emitter::choice(const Computation& of) {
    Id condition = value(of.operands[0]);
    const u32 lanes = module_.types.lanes(of.type);
    // Before version 1.4 each lane wants a condition of its own.
    if (lanes > 1 && module_.types.lanes(module_.type_of(of.operands[0])) == 1 && words_.version() < kVersion1_4)
        condition = splat(condition, {Scalar::boolean, lanes, bool_type(lanes)});
    return select({condition, value(of.operands[1]), value(of.operands[2]), type(of.type)});
}

/// Between pointers that know no address.
void Emitter::pointer_choice(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    Held made = passed_pointer(operands[1]);
    const Held other = passed_pointer(operands[2]);
    if (other.type != made.type) unsupported(instruction.op, "the pointers lead into different kinds of memory.");
    made.id = select({value(operands[0]), made.id, other.id, made.type});
    made.coherent = made.coherent || other.coherent;
    hold(module_.result(instruction), made);
}

}  // namespace alkomp::emit::spv
