// SPDX-License-Identifier: MIT OR Apache-2.0
// Shifts, bit fields and the integer operations that Vulkan has for 32 bits only.
#include "emit/spirv/emitter.h"

#include <algorithm>
#include <utility>

namespace alkomp::emit::spv {
namespace {

u32 bits_of(Scalar scalar) { return 8 * size_bytes(scalar); }

}  // namespace

Id Emitter::shift(ir::Op op, std::span<const ir::ValueId> operands) {
    const Shape of = shape(module_.type_of(operands[0])), count = shape(module_.type_of(operands[1]));
    const u32 bits = bits_of(of.scalar);
    std::vector<u64> known = known_lanes(operands[1]);
    for (u64& lane : known) lane &= bits - 1;
    const Id value = this->value(operands[0]);
    const Id by =
        known.empty()
            ? result(
                  {Op::BitwiseAnd, count.type, {this->value(operands[1]), number(count.scalar, bits - 1, count.lanes)}})
            : numbers(count.scalar, known);
    const Op right = ir::is_signed(of.scalar) ? Op::ShiftRightArithmetic : Op::ShiftRightLogical;
    return result({op == ir::Op::shl ? Op::ShiftLeftLogical : right, of.type, {value, by}});
}

Shape Emitter::integer_shape(Scalar scalar, u32 lanes) { return {scalar, lanes, number_type(scalar, lanes)}; }

/// The upper and lower halves of 64-bit integers.
Halves Emitter::halves(Id value, const Shape& of) {
    const Shape half = integer_shape(Scalar::u32, of.lanes);
    const Shape whole = integer_shape(Scalar::u64, of.lanes);
    const Id bits = resize(value, of, whole);
    const Id upper = result({Op::ShiftRightLogical, whole.type, {bits, number(Scalar::u64, 32, of.lanes)}});
    return {resize(bits, whole, half), resize(upper, whole, half)};
}

Id Emitter::joined(const Halves& halves, const Shape& to) {
    const Shape half = integer_shape(Scalar::u32, to.lanes);
    const Shape whole = integer_shape(Scalar::u64, to.lanes);
    const Id upper = result(
        {Op::ShiftLeftLogical, whole.type, {resize(halves.upper, half, whole), number(Scalar::u64, 32, to.lanes)}});
    return resize(result({Op::BitwiseOr, whole.type, {resize(halves.lower, half, whole), upper}}), whole, to);
}

Id Emitter::count_ones(Id value, const Shape& of) {
    const Shape word = integer_shape(Scalar::u32, of.lanes);
    const u32 bits = bits_of(of.scalar);
    if (bits == 32) return result({Op::BitCount, of.type, {value}});
    if (bits == 64) {
        const Halves parts = halves(value, of);
        const Id lower = result({Op::BitCount, word.type, {parts.lower}});
        const Id upper = result({Op::BitCount, word.type, {parts.upper}});
        return resize(result({Op::IAdd, word.type, {lower, upper}}), word, of);
    }
    return resize(result({Op::BitCount, word.type, {zero_extended(value, of)}}), word, of);
}

/// Narrow integers as u32, the upper bits zero.
Id Emitter::zero_extended(Id value, const Shape& of) {
    return result({Op::UConvert, number_type(Scalar::u32, of.lanes), {value}});
}

Id Emitter::find_bit(ir::Op op, Id value, const Shape& of) {
    const u32 bits = bits_of(of.scalar);
    const bool highest = op == ir::Op::find_msb, is_signed = highest && ir::is_signed(of.scalar);
    const Glsl function = highest ? Glsl::FindUMsb : Glsl::FindILsb;
    // Not FindSMsb, which lavapipe 25.0.7 gets wrong for a negative number that was a f64.
    const auto without_sign = [&](Id id, const Shape& about) {
        const Id places = number(about.scalar, bits_of(about.scalar) - 1, about.lanes);
        const Id sign = result({Op::ShiftRightArithmetic, about.type, {id, places}});
        return result({Op::BitwiseXor, about.type, {id, sign}});
    };
    if (bits < 32) {
        const Shape word = integer_shape(is_signed ? Scalar::i32 : Scalar::u32, of.lanes);
        const Id wide = is_signed ? without_sign(resize(value, of, word), word) : zero_extended(value, of);
        return resize(glsl({function, word.type, {wide}}), word, of);
    }
    if (is_signed) value = without_sign(value, of);
    if (bits == 32) return glsl({function, of.type, {value}});
    // -1 in the half that counts means that the other one decides.
    const Shape word = integer_shape(Scalar::i32, of.lanes);
    const Halves parts = halves(value, of);
    const Id lower = glsl({function, word.type, {parts.lower}}), upper = glsl({function, word.type, {parts.upper}});
    const Id none = number(Scalar::i32, 0xffffffff, of.lanes);
    const Id raised = result({Op::BitwiseOr, word.type, {upper, number(Scalar::i32, 32, of.lanes)}});  // -1 stays -1
    const Id first = highest ? upper : lower;
    const Id missing = result({Op::IEqual, bool_type(of.lanes), {first, none}});
    const Id found =
        highest ? select({missing, lower, raised, word.type}) : select({missing, raised, lower, word.type});
    return resize(found, word, of);
}

Id Emitter::reverse_bits(Id value, const Shape& of) {
    const Shape word = integer_shape(Scalar::u32, of.lanes);
    const u32 bits = bits_of(of.scalar);
    if (bits == 32) return result({Op::BitReverse, of.type, {value}});
    if (bits == 64) {
        const Halves parts = halves(value, of);
        return joined(
            {result({Op::BitReverse, word.type, {parts.upper}}), result({Op::BitReverse, word.type, {parts.lower}})},
            of);
    }
    const Id reversed = result({Op::BitReverse, word.type, {zero_extended(value, of)}});
    return resize(result({Op::ShiftRightLogical, word.type, {reversed, number(Scalar::u32, 32 - bits, of.lanes)}}),
                  word, of);
}

/// Offset and count of a bit field, clamped so that it stays within `bits`.
Field Emitter::field(ir::ValueId offset, ir::ValueId count, u32 bits) {
    const std::vector<u64> first = known_lanes(offset), length = known_lanes(count);
    const auto as_word = [&](ir::ValueId id, u32 most) {
        const Shape of = shape(module_.type_of(id));
        const Shape word = integer_shape(Scalar::u32, 1);
        return resize(glsl({Glsl::UMin, of.type, {value(id), number(of.scalar, most)}}), of, word);
    };
    if (!first.empty() && !length.empty()) {
        const u64 at = std::min<u64>(first[0], bits);
        return {number(static_cast<u32>(at)), number(static_cast<u32>(std::min(length[0], bits - at)))};
    }
    const Id word = number_type(Scalar::u32);
    Id at = 0, most = 0;
    if (first.empty()) {
        at = as_word(offset, bits);
        most = result({Op::ISub, word, {number(bits), at}});
    } else {
        const u32 known = static_cast<u32>(std::min<u64>(first[0], bits));
        at = number(known);
        most = number(bits - known);
    }
    const Id wanted = length.empty() ? as_word(count, bits) : number(static_cast<u32>(std::min<u64>(length[0], bits)));
    return {at, glsl({Glsl::UMin, word, {wanted, most}})};
}

Id Emitter::splat(Id scalar, const Shape& of) {
    if (of.lanes == 1) return scalar;
    const std::vector<Id> lanes(of.lanes, scalar);
    return result(Op::CompositeConstruct, of.type, lanes);
}

Id Emitter::extract_bits(std::span<const ir::ValueId> operands) {
    const Shape of = shape(module_.type_of(operands[0]));
    const u32 bits = bits_of(of.scalar);
    const bool is_signed = ir::is_signed(of.scalar);
    const Id value = this->value(operands[0]);
    const Field field = this->field(operands[1], operands[2], bits);
    const Op op = is_signed ? Op::BitFieldSExtract : Op::BitFieldUExtract;
    if (bits == 32) return result({op, of.type, {value, field.offset, field.count}});
    if (bits < 32) {
        const Shape word = integer_shape(is_signed ? Scalar::i32 : Scalar::u32, of.lanes);
        return resize(result({op, word.type, {resize(value, of, word), field.offset, field.count}}), word, of);
    }
    // Up to the top, down to the bottom; a shift by all 64 bits is one by 63 and one more.
    const Shape word = integer_shape(Scalar::u32, of.lanes);
    const Id scalar = number_type(Scalar::u32);
    const Id above = result({Op::ISub, scalar, {number(64), field.count}});
    const Id up = result({Op::BitwiseAnd, scalar, {result({Op::ISub, scalar, {above, field.offset}}), number(63)}});
    const Id down = result({Op::BitwiseAnd, scalar, {above, number(63)}});
    const Id raised = result({Op::ShiftLeftLogical, of.type, {value, splat(up, word)}});
    const Id lowered =
        result({is_signed ? Op::ShiftRightArithmetic : Op::ShiftRightLogical, of.type, {raised, splat(down, word)}});
    const Id none = result({Op::IEqual, bool_type(), {field.count, number(0)}});
    const Shape truth{Scalar::boolean, of.lanes, bool_type(of.lanes)};
    return select({splat(none, truth), number(of.scalar, 0, of.lanes), lowered, of.type});
}

Id Emitter::insert_bits(std::span<const ir::ValueId> operands) {
    const Shape of = shape(module_.type_of(operands[0]));
    const u32 bits = bits_of(of.scalar);
    const Id into = value(operands[0]), value = this->value(operands[1]);
    const Field field = this->field(operands[2], operands[3], bits);
    if (bits == 32) return result({Op::BitFieldInsert, of.type, {into, value, field.offset, field.count}});
    if (bits < 32) {
        const Shape word = integer_shape(Scalar::u32, of.lanes);
        return resize(result({Op::BitFieldInsert,
                              word.type,
                              {zero_extended(into, of), zero_extended(value, of), field.offset, field.count}}),
                      word, of);
    }
    const Shape word = integer_shape(Scalar::u32, of.lanes);
    const Shape truth{Scalar::boolean, of.lanes, bool_type(of.lanes)};
    const Id scalar = number_type(Scalar::u32), mask_type = number_type(Scalar::u64, of.lanes);
    const Id down =
        result({Op::BitwiseAnd, scalar, {result({Op::ISub, scalar, {number(64), field.count}}), number(63)}});
    const Id ones =
        result({Op::ShiftRightLogical, mask_type, {number(Scalar::u64, ~u64{0}, of.lanes), splat(down, word)}});
    const Id none = splat(result({Op::IEqual, bool_type(), {field.count, number(0)}}), truth);
    const Id low = select({none, number(Scalar::u64, 0, of.lanes), ones, mask_type});
    const Id up = splat(result({Op::BitwiseAnd, scalar, {field.offset, number(63)}}), word);
    const Id mask = result({Op::ShiftLeftLogical, mask_type, {low, up}});
    const Id moved = result({Op::ShiftLeftLogical, of.type, {value, up}});
    const Id kept = result({Op::BitwiseAnd, of.type, {into, result({Op::Not, mask_type, {mask}})}});
    return result({Op::BitwiseOr, of.type, {kept, result({Op::BitwiseAnd, of.type, {moved, mask}})}});
}

Id Emitter::bits(ir::Op op, std::span<const ir::ValueId> operands) {
    const Shape of = shape(module_.type_of(operands[0]));
    switch (op) {
        case ir::Op::count_ones:
            return count_ones(value(operands[0]), of);
        case ir::Op::reverse_bits:
            return reverse_bits(value(operands[0]), of);
        case ir::Op::extract_bits:
            return extract_bits(operands);
        case ir::Op::insert_bits:
            return insert_bits(operands);
        default:
            return find_bit(op, value(operands[0]), of);
    }
}

/// Low and high half of a product.
std::array<Id, 2> Emitter::multiply_wide(ir::ValueId a, ir::ValueId b) {
    const Shape of = shape(module_.type_of(a));
    const bool is_signed = ir::is_signed(of.scalar);
    const u32 bits = bits_of(of.scalar);
    if (bits < 32) {
        const Shape word = integer_shape(is_signed ? Scalar::i32 : Scalar::u32, of.lanes);
        const Id product = result({Op::IMul, word.type, {resize(value(a), of, word), resize(value(b), of, word)}});
        const Id upper = result({Op::ShiftRightLogical, word.type, {product, number(Scalar::u32, bits, of.lanes)}});
        return {resize(product, word, of), resize(upper, word, of)};
    }
    const Id both = words_.type(Op::TypeStruct, {of.type, of.type});
    const Id product = result({is_signed ? Op::SMulExtended : Op::UMulExtended, both, {value(a), value(b)}});
    return {result({Op::CompositeExtract, of.type, {product, 0}}),
            result({Op::CompositeExtract, of.type, {product, 1}})};
}

void Emitter::two_integers(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    if (instruction.op == ir::Op::mul_wide) {
        const std::array<Id, 2> product = multiply_wide(operands[0], operands[1]);
        define(module_.result(instruction, 0), product[0]);
        return define(module_.result(instruction, 1), product[1]);
    }
    const Shape of = shape(module_.type_of(operands[0]));
    const bool adds = instruction.op == ir::Op::add_carry;
    const Id a = value(operands[0]), b = value(operands[1]);
    // OpIAddCarry and OpISubBorrow take unsigned numbers only; a comparison tells the same for all.
    const Id sum = result({adds ? Op::IAdd : Op::ISub, of.type, {a, b}});
    const Id wrapped = result(Op::ULessThan, bool_type(of.lanes), adds ? std::array{sum, a} : std::array{a, b});
    define(module_.result(instruction, 0), sum);
    define(module_.result(instruction, 1),
           select({wrapped, number(of.scalar, 1, of.lanes), number(of.scalar, 0, of.lanes), of.type}));
}

/// Each lane widened to the result, whose low bits are exact.
Id Emitter::dot_integer(const Computation& of) {
    const std::span<const ir::ValueId> operands = of.operands;
    if (of.op == ir::Op::dot_packed) return dot_packed(of);
    const Shape a = shape(module_.type_of(operands[0])), b = shape(module_.type_of(operands[1]));
    const Shape to = shape(of.type);
    if (options_.integer_dot && a.lanes == 4 && size_bytes(a.scalar) == 1 && size_bytes(b.scalar) == 1) {
        words_.need(Capability::DotProductInput4x8Bit);
        return hardware_dot({value(operands[0]), value(operands[1])}, ir::is_signed(a.scalar), ir::is_signed(b.scalar),
                            to, false);
    }
    Id sum = 0;
    const Shape wide = integer_shape(to.scalar, a.lanes);
    const Id products =
        result({Op::IMul, wide.type, {resize(value(operands[0]), a, wide), resize(value(operands[1]), b, wide)}});
    for (u32 lane = 0; lane < a.lanes; ++lane) {
        const Id product = result({Op::CompositeExtract, to.type, {products, lane}});
        sum = sum == 0 ? product : result({Op::IAdd, to.type, {sum, product}});
    }
    return sum;
}

Id Emitter::hardware_dot(std::array<Id, 2> vectors, bool a_signed, bool b_signed, const Shape& to, bool packed) {
    words_.need(Capability::DotProduct);
    if (!a_signed && b_signed) std::swap(vectors[0], vectors[1]);
    const Op op = a_signed && b_signed ? Op::SDot : a_signed || b_signed ? Op::SUDot : Op::UDot;
    // The unsigned one gives an unsigned number.
    Scalar scalar = to.scalar;
    if (op == Op::UDot) {
        scalar = size_bytes(to.scalar) == 1   ? Scalar::u8
                 : size_bytes(to.scalar) == 2 ? Scalar::u16
                 : size_bytes(to.scalar) == 4 ? Scalar::u32
                                              : Scalar::u64;
    }
    const Shape made = integer_shape(scalar, 1);
    std::vector<u32> words(vectors.begin(), vectors.end());
    constexpr u32 kFourBytes = 0;  // PackedVectorFormat4x8Bit
    if (packed) words.push_back(kFourBytes);
    return resize(result(op, made.type, words), made, to);
}

Id Emitter::dot_packed(const Computation& of) {
    const std::span<const ir::ValueId> operands = of.operands;
    const std::span<const u32> is_signed = of.immediates;
    const Shape to = shape(of.type), word = integer_shape(Scalar::u32, 1);
    const auto bytes = [&](ir::ValueId id) {
        const Shape from = shape(module_.type_of(id));
        return resize(value(id), from, word);
    };
    const std::array<Id, 2> vectors{bytes(operands[0]), bytes(operands[1])};
    if (options_.integer_dot) {
        words_.need(Capability::DotProductInput4x8BitPacked);
        return hardware_dot(vectors, is_signed[0] != 0, is_signed[1] != 0, to, true);
    }
    const Shape sum_shape = integer_shape(is_signed[0] != 0 || is_signed[1] != 0 ? Scalar::i32 : Scalar::u32, 1);
    Id sum = 0;
    for (u32 byte = 0; byte < 4; ++byte) {
        const auto part = [&](std::size_t which) {
            const Op op = is_signed[which] != 0 ? Op::BitFieldSExtract : Op::BitFieldUExtract;
            return result({op, word.type, {vectors[which], number(8 * byte), number(8)}});
        };
        const Id product = result({Op::IMul, sum_shape.type, {part(0), part(1)}});
        sum = sum == 0 ? product : result({Op::IAdd, sum_shape.type, {sum, product}});
    }
    return resize(sum, sum_shape, to);
}

}  // namespace alkomp::emit::spv
