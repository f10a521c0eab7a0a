// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers. SPIR-V's instructions say whether integers have signs, the IR's types do: operands become what the
// instruction means, results what their type says.
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {

/// Of two operands that become `working` first.
ValueId Reader::two(ir::Op op, const Inst& inst, TypeId working) {
    return make(op, {value(inst[3], working), value(inst[4], working)});
}

ValueId Reader::arithmetic(const Inst& inst) {
    if (inst.size() < 4) return ValueId::none;
    const auto result = [&] { return type(inst[1]); };
    const auto with_sign = [&](bool is_signed) { return this->with_sign(result(), is_signed); };
    const auto one = [&](ir::Op op) { return make(op, {value(inst[3], result())}); };
    const auto product = [&] { return make(ir::Op::multiply, {value(inst[3]), value(inst[4])}); };
    switch (inst.op()) {
        case Op::SNegate:
        case Op::FNegate:
            return one(ir::Op::neg);
        case Op::IAdd:
        case Op::FAdd:
            return two(ir::Op::add, inst, result());
        case Op::ISub:
        case Op::FSub:
            return two(ir::Op::sub, inst, result());
        case Op::IMul:
        case Op::FMul:
            return two(ir::Op::mul, inst, result());
        case Op::UDiv:
            return two(ir::Op::div, inst, with_sign(false));
        case Op::SDiv:
            return two(ir::Op::div, inst, with_sign(true));
        case Op::FDiv:
            return two(ir::Op::div, inst, result());
        case Op::UMod:
            return two(ir::Op::rem, inst, with_sign(false));
        case Op::SRem:
            return two(ir::Op::rem, inst, with_sign(true));
        case Op::SMod:
            return two(ir::Op::mod, inst, with_sign(true));
        case Op::FRem:
            return two(ir::Op::rem, inst, result());
        case Op::FMod:
            return two(ir::Op::mod, inst, result());
        case Op::Dot:
            return make(ir::Op::dot, {value(inst[3]), value(inst[4])});
        case Op::OuterProduct:
            return make(ir::Op::outer, {value(inst[3]), value(inst[4])}, {}, result());
        case Op::VectorTimesScalar:
        case Op::MatrixTimesScalar:
        case Op::VectorTimesMatrix:
        case Op::MatrixTimesVector:
        case Op::MatrixTimesMatrix:
            return product();
        default:
            return ValueId::none;
    }
}

void Reader::two_results(const Inst& inst) {
    const ir::Type& pair = types()[type(inst[1])];
    if (pair.kind != ir::Type::Kind::structure || pair.members.size() != 2) fail("the result is no pair.");
    const bool is_signed = inst.op() == Op::SMulExtended;
    const TypeId working = with_sign(pair.members[0].type, is_signed);
    const ir::Op op = inst.op() == Op::IAddCarry    ? ir::Op::add_carry
                      : inst.op() == Op::ISubBorrow ? ir::Op::sub_borrow
                                                    : ir::Op::mul_wide;
    const ValueId first = two(op, inst, working);
    define_both(inst, first, second());
}

void Reader::define_both(const Inst& inst, ValueId first, ValueId other) {
    define(inst, compose(type(inst[1]), {first, other}));
}

// Comparison and choice.

ValueId Reader::comparison(const Inst& inst) {
    const auto one = [&](ir::Op op) { return make(op, {value(inst[3])}); };
    const auto both = [&](ir::Op op) { return two(op, inst, type_of(value(inst[3]))); };
    const auto whole = [&](ir::Op op, bool is_signed) {
        return two(op, inst, with_sign(type_of(value(inst[3])), is_signed));
    };
    const auto opposite = [&](ValueId of) { return make(ir::Op::bit_not, {of}); };
    const auto unordered = [&] {
        return make(ir::Op::bit_or, {make(ir::Op::is_nan, {value(inst[3])}), make(ir::Op::is_nan, {value(inst[4])})});
    };
    switch (inst.op()) {
        case Op::Any:
            return one(ir::Op::any_lane);
        case Op::All:
            return one(ir::Op::all_lanes);
        case Op::IsNan:
            return one(ir::Op::is_nan);
        case Op::IsInf:
            return one(ir::Op::is_inf);
        case Op::Ordered:
            return opposite(unordered());
        case Op::Unordered:
            return unordered();
        case Op::LogicalEqual:
        case Op::IEqual:
        case Op::FOrdEqual:
            return both(ir::Op::eq);
        case Op::LogicalNotEqual:
        case Op::INotEqual:
        case Op::FUnordNotEqual:
            return both(ir::Op::ne);
        case Op::FUnordEqual:
            return make(ir::Op::bit_or, {both(ir::Op::eq), unordered()});
        case Op::FOrdNotEqual:
            return make(ir::Op::bit_or, {both(ir::Op::lt), both(ir::Op::gt)});
        case Op::LogicalOr:
            return both(ir::Op::bit_or);
        case Op::LogicalAnd:
            return both(ir::Op::bit_and);
        case Op::LogicalNot:
            return one(ir::Op::bit_not);
        case Op::Select: {
            const TypeId result = type(inst[1]);
            const bool is_pointer = types().is(result, ir::Type::Kind::pointer);
            const auto choice = [&](Id id) { return is_pointer ? place(id) : value(id, result); };
            return make(ir::Op::select, {value(inst[3]), choice(inst[4]), choice(inst[5])});
        }
        case Op::UGreaterThan:
            return whole(ir::Op::gt, false);
        case Op::SGreaterThan:
            return whole(ir::Op::gt, true);
        case Op::UGreaterThanEqual:
            return whole(ir::Op::ge, false);
        case Op::SGreaterThanEqual:
            return whole(ir::Op::ge, true);
        case Op::ULessThan:
            return whole(ir::Op::lt, false);
        case Op::SLessThan:
            return whole(ir::Op::lt, true);
        case Op::ULessThanEqual:
            return whole(ir::Op::le, false);
        case Op::SLessThanEqual:
            return whole(ir::Op::le, true);
        case Op::FOrdLessThan:
            return both(ir::Op::lt);
        case Op::FOrdGreaterThan:
            return both(ir::Op::gt);
        case Op::FOrdLessThanEqual:
            return both(ir::Op::le);
        case Op::FOrdGreaterThanEqual:
            return both(ir::Op::ge);
        case Op::FUnordLessThan:
            return opposite(both(ir::Op::ge));
        case Op::FUnordGreaterThan:
            return opposite(both(ir::Op::le));
        case Op::FUnordLessThanEqual:
            return opposite(both(ir::Op::gt));
        default:  // FUnordGreaterThanEqual
            return opposite(both(ir::Op::lt));
    }
}

// Bits.

ValueId Reader::bits(const Inst& inst) {
    const TypeId result = type(inst[1]);
    const auto shift = [&](ir::Op op, TypeId working) { return make(op, {value(inst[3], working), value(inst[4])}); };
    switch (inst.op()) {
        case Op::ShiftLeftLogical:
            return shift(ir::Op::shl, result);
        case Op::ShiftRightLogical:
            return shift(ir::Op::shr, with_sign(result, false));
        case Op::ShiftRightArithmetic:
            return shift(ir::Op::shr, with_sign(result, true));
        case Op::BitwiseOr:
            return two(ir::Op::bit_or, inst, result);
        case Op::BitwiseXor:
            return two(ir::Op::bit_xor, inst, result);
        case Op::BitwiseAnd:
            return two(ir::Op::bit_and, inst, result);
        case Op::Not:
            return make(ir::Op::bit_not, {value(inst[3], result)});
        case Op::BitFieldInsert:
            return make(ir::Op::insert_bits,
                        {value(inst[3], result), value(inst[4], result), value(inst[5]), value(inst[6])});
        case Op::BitFieldSExtract:
        case Op::BitFieldUExtract: {
            const TypeId working = with_sign(result, inst.op() == Op::BitFieldSExtract);
            return make(ir::Op::extract_bits, {value(inst[3], working), value(inst[4]), value(inst[5])});
        }
        case Op::BitReverse:
            return make(ir::Op::reverse_bits, {value(inst[3], result)});
        default:  // BitCount
            return make(ir::Op::convert, {make(ir::Op::count_ones, {value(inst[3])})}, {}, result);
    }
}

// Conversions.

ValueId Reader::conversion(const Inst& inst) {
    const TypeId result = type(inst[1]);
    const auto converted = [&](ValueId from, TypeId to) {
        return type_of(from) == to ? from : make(ir::Op::convert, {from}, {}, to);
    };
    // By the instruction's idea of signs: of what is converted, and of the result.
    const auto signed_from = [&](bool is_signed) {
        const ValueId from = value(inst[3]);
        return as(from, with_sign(type_of(from), is_signed));
    };
    switch (inst.op()) {
        case Op::ConvertFToU:
        case Op::ConvertFToS:
            return converted(value(inst[3]), with_sign(result, inst.op() == Op::ConvertFToS));
        case Op::ConvertSToF:
        case Op::ConvertUToF:
            return converted(signed_from(inst.op() == Op::ConvertSToF), result);
        case Op::UConvert:
        case Op::SConvert: {
            const bool is_signed = inst.op() == Op::SConvert;
            return converted(signed_from(is_signed), with_sign(result, is_signed));
        }
        case Op::FConvert:
            return converted(value(inst[3]), result);
        case Op::QuantizeToF16:
            return make(ir::Op::quantize_f16, {value(inst[3], result)});
        case Op::ConvertPtrToU:
            return converted(as_number(value(inst[3])), result);
        case Op::ConvertUToPtr:
            return as(converted(value(inst[3]), word_type_), result);
        default: {  // Bitcast
            const ValueId from = as_number(value(inst[3]));
            const bool to_address = types().is(result, ir::Type::Kind::pointer);
            const TypeId wanted = to_address ? word_type_ : result;
            const ValueId made = type_of(from) == wanted ? from : make(ir::Op::bitcast, {from}, {}, wanted);
            return to_address ? as(made, result) : made;
        }
    }
}

/// Of an address; others are it already.
ValueId Reader::as_number(ValueId id) {
    return types().is(type_of(id), ir::Type::Kind::pointer) ? as(id, word_type_) : id;
}

// Dot products of integers.

ValueId Reader::integer_dot(const Inst& inst) {
    const bool accumulates = inst.op() == Op::SDotAccSat || inst.op() == Op::UDotAccSat || inst.op() == Op::SUDotAccSat;
    const bool is_unsigned = inst.op() == Op::UDot || inst.op() == Op::UDotAccSat;
    const bool is_mixed = inst.op() == Op::SUDot || inst.op() == Op::SUDotAccSat;
    const TypeId result = type(inst[1]), working = with_sign(result, !is_unsigned);
    const ValueId a = value(inst[3]), b = value(inst[4]);
    const auto by_sign = [&](ValueId of, bool is_signed) { return as(of, with_sign(type_of(of), is_signed)); };
    const bool a_signed = !is_unsigned, b_signed = !is_unsigned && !is_mixed;
    ValueId dot = ValueId::none;
    if (types().is(type_of(a), ir::Type::Kind::scalar)) {
        constexpr u32 kFourBytes = 0;  // PackedVectorFormat4x8Bit
        if (inst.size() != (accumulates ? 7u : 6u) || inst.words.back() != kFourBytes)
            unsupported("packed vectors are of four bytes.");
        dot = make(ir::Op::dot_packed, {a, b}, {a_signed ? 1u : 0u, b_signed ? 1u : 0u}, working);
    } else {
        dot = make(ir::Op::dot_integer, {by_sign(a, a_signed), by_sign(b, b_signed)}, {}, working);
    }
    if (!accumulates) return dot;
    // The sum saturates.
    const ValueId before = value(inst[5], working);
    const ValueId sum = make(ir::Op::add, {dot, before});
    const ValueId zero = module_.zero(working);
    const u32 width = types().bits(working);
    const u64 all = width == 64 ? ~u64{0} : (u64{1} << width) - 1;
    if (is_unsigned) {
        const ValueId wrapped = make(ir::Op::lt, {sum, before});
        return make(ir::Op::select, {wrapped, module_.constant(working, all), sum});
    }
    const ValueId changed =
        make(ir::Op::bit_and, {make(ir::Op::bit_xor, {dot, sum}), make(ir::Op::bit_xor, {before, sum})});
    const ValueId wrapped = make(ir::Op::lt, {changed, zero});
    const ValueId bound = make(
        ir::Op::select,
        {make(ir::Op::lt, {before, zero}), module_.constant(working, all / 2 + 1), module_.constant(working, all / 2)});
    return make(ir::Op::select, {wrapped, bound, sum});
}

}  // namespace alkomp::read
