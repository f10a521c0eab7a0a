// SPDX-License-Identifier: MIT OR Apache-2.0
// Conversions between numbers, and bits taken as another type.
#include "emit/spirv/emitter.h"

#include <cmath>

namespace alkomp::emit::spv {
namespace {

u32 bits_of(Scalar scalar) { return 8 * size_bytes(scalar); }

struct FloatFormat {
    int digits = 0;   ///< of the significand
    double most = 0;  ///< the largest finite number
    Scalar as_bits = Scalar::u32;
    u64 magnitude = 0;  ///< mask of all but the sign
    u64 infinity = 0;
};

FloatFormat format_of(Scalar scalar) {
    if (scalar == Scalar::f16) return {11, 65504.0, Scalar::u16, 0x7fff, 0x7c00};
    if (scalar == Scalar::f64)
        return {53, std::ldexp(2.0 - std::ldexp(1.0, -52), 1023), Scalar::u64, ~u64{0} >> 1, u64{0x7ff} << 52};
    return {24, std::ldexp(2.0 - std::ldexp(1.0, -23), 127), Scalar::u32, 0x7fffffff, 0x7f800000};
}

}  // namespace

/// Between integers: the low bits, or extended as the source's sign says.
Id Emitter::resize(Id value, const Shape& from, const Shape& to) {
    const u32 source = bits_of(from.scalar), target = bits_of(to.scalar);
    if (source == target) {
        if (from.scalar == to.scalar) return value;
        // A specialisation constant cannot be OpBitcast; adding zero may change the sign too.
        if (in_constant_) return result({Op::IAdd, to.type, {value, number(to.scalar, 0, to.lanes)}});
        return result({Op::Bitcast, to.type, {value}});
    }
    if (ir::is_signed(from.scalar) && target > source) return result({Op::SConvert, to.type, {value}});
    // OpUConvert gives unsigned numbers only; where nothing is extended OpSConvert does the same.
    if (!ir::is_signed(to.scalar)) return result({Op::UConvert, to.type, {value}});
    if (target < source) return result({Op::SConvert, to.type, {value}});
    Shape wide = to;
    wide.scalar = to.scalar == Scalar::i16 ? Scalar::u16 : to.scalar == Scalar::i32 ? Scalar::u32 : Scalar::u64;
    wide.type = number_type(wide.scalar, wide.lanes);
    return resize(result({Op::UConvert, wide.type, {value}}), wide, to);
}

/// Truncates and saturates, NaN gives 0: SPIR-V leaves all that does not fit open. NaN is found in the bits, since
/// devices may take comparisons of floats to have none.
Id Emitter::to_integer(Id value, const Shape& from, const Shape& to) {
    const FloatFormat format = format_of(from.scalar);
    const bool is_signed = ir::is_signed(to.scalar);
    const int bits = static_cast<int>(bits_of(to.scalar)) - (is_signed ? 1 : 0);
    const u64 most_integer = ~u64{0} >> (64 - bits);
    const double bound = std::ldexp(1.0, bits);
    // The largest float that fits: all of the significand's digits below the bound.
    const double largest = bits <= format.digits ? bound - 1 : bound - std::ldexp(1.0, bits - format.digits);
    const bool reaches_most = bits <= format.digits && bound - 1 <= format.most;
    const double high = std::fmin(largest, format.most);
    const double least = is_signed ? -bound : 0.0;
    const double low = std::fmax(least, -format.most);

    const Id truth = bool_type(from.lanes);
    const Shape raw{format.as_bits, from.lanes, number_type(format.as_bits, from.lanes)};
    const Id all = result({Op::Bitcast, raw.type, {value}});
    const Id magnitude = result({Op::BitwiseAnd, raw.type, {all, number(raw.scalar, format.magnitude, raw.lanes)}});
    const Id is_nan = result({Op::UGreaterThan, truth, {magnitude, number(raw.scalar, format.infinity, raw.lanes)}});
    const Id real_value = select({is_nan, real(from.scalar, 0, from.lanes), value, from.type});
    const Id upper = real(from.scalar, high, from.lanes), lower = real(from.scalar, low, from.lanes);
    const Id inside = glsl({Glsl::FClamp, from.type, {real_value, lower, upper}});
    Id whole = result({is_signed ? Op::ConvertFToS : Op::ConvertFToU, to.type, {inside}});
    if (!reaches_most) {
        const Id above = result({Op::FOrdGreaterThan, truth, {real_value, upper}});
        whole = select({above, number(to.scalar, most_integer, to.lanes), whole, to.type});
    }
    if (low > least) {
        const Id below = result({Op::FOrdLessThan, truth, {real_value, lower}});
        whole = select({below, number(to.scalar, u64{1} << bits, to.lanes), whole, to.type});
    }
    return whole;
}

/// From f32, to nearest even. NVIDIA's driver (seen with 580.159) rounds OpFConvert to bfloat16 towards zero, so the bits
/// are rounded first; a NaN keeps its own.
Id Emitter::to_brain_float(Id value, const Shape& to) {
    const Shape real_shape{Scalar::f32, to.lanes, number_type(Scalar::f32, to.lanes)};
    const Shape raw = integer_shape(Scalar::u32, to.lanes);
    const auto word = [&](u64 bits) { return number(Scalar::u32, bits, to.lanes); };
    const Id all = result({Op::Bitcast, raw.type, {value}});
    const Id kept = result({Op::ShiftRightLogical, raw.type, {all, word(16)}});
    const Id odd = result({Op::BitwiseAnd, raw.type, {kept, word(1)}});
    const Id half = result({Op::IAdd, raw.type, {odd, word(0x7fff)}});
    const Id up = result({Op::IAdd, raw.type, {all, half}});
    const Id cut = result({Op::BitwiseAnd, raw.type, {up, word(0xffff0000)}});
    const Id rounded = result({Op::Bitcast, real_shape.type, {cut}});
    const Id magnitude = result({Op::BitwiseAnd, raw.type, {all, word(0x7fffffff)}});
    const Id is_nan = result({Op::UGreaterThan, bool_type(to.lanes), {magnitude, word(0x7f800000)}});
    return result({Op::FConvert, to.type, {select({is_nan, value, rounded, real_shape.type})}});
}

Id Emitter::convert(Id value, ir::TypeId from_id, ir::TypeId to_id) {
    if (from_id == to_id) return value;
    const bool matrix = module_.types.is(from_id, ir::Type::Kind::cooperative_matrix);
    Shape from = shape(from_id), to = shape(to_id);
    if (from.scalar == Scalar::boolean) {
        const bool whole = ir::is_integer(to.scalar);
        const Id one = whole ? number(to.scalar, 1, to.lanes) : real(to.scalar, 1, to.lanes);
        return select({value, one, number(to.scalar, 0, to.lanes), to.type});
    }
    const bool from_real = ir::is_float(from.scalar), to_real = ir::is_float(to.scalar);
    if (from_real && to_real) {
        // bfloat16 converts from and to f32 alone.
        const bool direct = matrix || from.scalar == Scalar::f32 || to.scalar == Scalar::f32 ||
                            (from.scalar != Scalar::bf16 && to.scalar != Scalar::bf16);
        if (!direct) value = result({Op::FConvert, number_type(Scalar::f32, from.lanes), {value}});
        if (to.scalar == Scalar::bf16 && !matrix) return to_brain_float(value, to);
        return result({Op::FConvert, to.type, {value}});
    }
    if (!from_real && !to_real) return resize(value, from, to);
    if (to_real) {
        const Op op = ir::is_signed(from.scalar) ? Op::ConvertSToF : Op::ConvertUToF;
        const Shape middle = working_shape(to_id);
        return narrowed(result({op, middle.type, {value}}), to_id);
    }
    if (matrix) return result({ir::is_signed(to.scalar) ? Op::ConvertFToS : Op::ConvertFToU, to.type, {value}});
    from = working_shape(from_id);
    if (from.type != type(from_id)) value = result({Op::FConvert, from.type, {value}});
    return to_integer(value, from, to);
}

Id Emitter::bitcast(Id value, ir::TypeId from, ir::TypeId to) {
    if (type(from) == type(to)) return value;
    const bool from_pointer = module_.types.is(from, ir::Type::Kind::pointer);
    const bool to_pointer = module_.types.is(to, ir::Type::Kind::pointer);
    if (from_pointer != to_pointer)
        return result({from_pointer ? Op::ConvertPtrToU : Op::ConvertUToPtr, type(to), {value}});
    return result({Op::Bitcast, type(to), {value}});
}

}  // namespace alkomp::emit::spv
