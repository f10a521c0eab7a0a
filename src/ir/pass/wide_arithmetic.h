// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of 64 bits in two words: what instructions on them are in those of 32 bits.
#pragma once

#include "ir/pass/rebuild.h"

namespace alkomp::ir {

/// Without a sign, unless a function takes one.
struct Wide {
    ValueId low = ValueId::none, high = ValueId::none;
};

class WideArithmetic : public Rebuild {
protected:
    explicit WideArithmetic(const Module& from)
        : Rebuild(from), i32_(to_.types.scalar(Scalar::i32)), f32_(to_.types.scalar(Scalar::f32)) {}

    [[nodiscard]] Wide wide(u64 bits) { return {number(bits), number(bits >> 32)}; }
    [[nodiscard]] Wide wide(ValueId low) { return {low, number(0)}; }

    // Sums and products.
    [[nodiscard]] Wide add(Wide a, Wide b);
    [[nodiscard]] Wide sub(Wide a, Wide b);
    [[nodiscard]] Wide neg(Wide a) { return sub(wide(u64{0}), a); }
    [[nodiscard]] Wide mul(Wide a, Wide b);
    [[nodiscard]] Wide mul_high(Wide a, Wide b, bool is_signed);
    [[nodiscard]] Wide magnitude(Wide a);
    [[nodiscard]] Wide sign(Wide a, bool is_signed);
    /// Quotient and rest.
    [[nodiscard]] std::pair<Wide, Wide> divide(Wide a, Wide b, bool is_signed);
    [[nodiscard]] Wide modulo(Wide a, Wide b, bool is_signed);

    // Bits.
    [[nodiscard]] Wide each(Op op, Wide a, Wide b) { return {emit(op, {a.low, b.low}), emit(op, {a.high, b.high})}; }
    [[nodiscard]] Wide flip(Wide a) { return {emit(Op::bit_not, {a.low}), emit(Op::bit_not, {a.high})}; }
    [[nodiscard]] Wide shl(Wide a, ValueId count);
    [[nodiscard]] Wide shr(Wide a, ValueId count, bool is_signed);
    [[nodiscard]] Wide count_ones(Wide a);
    [[nodiscard]] Wide find_msb(Wide a, bool is_signed);
    [[nodiscard]] Wide find_lsb(Wide a);
    [[nodiscard]] Wide reverse_bits(Wide a);
    /// `offset` is at most 64, `count` at most what is left.
    [[nodiscard]] Wide extract_bits(Wide a, ValueId offset, ValueId count, bool is_signed);
    [[nodiscard]] Wide insert_bits(Wide into, Wide value, ValueId offset, ValueId count);

    // Choices.
    [[nodiscard]] ValueId is_equal(Wide a, Wide b);
    [[nodiscard]] ValueId is_less(Wide a, Wide b, bool is_signed);
    [[nodiscard]] ValueId is_negative(Wide a);
    [[nodiscard]] Wide choose(ValueId condition, Wide yes, Wide no) {
        return {emit(Op::select, {condition, yes.low, no.low}), emit(Op::select, {condition, yes.high, no.high})};
    }

    // Other types; rounded to nearest even, or saturated.
    [[nodiscard]] Wide extend(ValueId value, bool is_signed);
    [[nodiscard]] ValueId to_f32(Wide a, bool is_signed);
    [[nodiscard]] Wide from_f32(ValueId value, bool is_signed);
    [[nodiscard]] ValueId as_signed(ValueId word) { return emit(Op::bitcast, {word}, {}, i32_); }
    [[nodiscard]] ValueId as_unsigned(ValueId word) { return emit(Op::bitcast, {word}, {}, u32_); }

    TypeId i32_, f32_;

private:
    [[nodiscard]] Wide shl_short(Wide a, ValueId count);  ///< by less than 32
    [[nodiscard]] ValueId is_far(ValueId count) {
        return emit(Op::ne, {emit(Op::bit_and, {count, number(32)}), number(0)});
    }
    [[nodiscard]] Wide product(ValueId a, ValueId b);
    [[nodiscard]] ValueId as_word(ValueId boolean) { return emit(Op::convert, {boolean}, {}, u32_); }
    [[nodiscard]] ValueId all_ones_if_negative(Wide a) {
        return as_unsigned(emit(Op::shr, {as_signed(a.high), number(31)}));
    }
    [[nodiscard]] ValueId real(float value);
    [[nodiscard]] Wide unsigned_from_f32(ValueId value);

    // Functions of the made module, written when they are first called.
    template <class F>
    FunctionId written(FunctionId& function, std::string_view name, std::span<const TypeId> parameters, TypeId result,
                       const F& body);
    template <class Yes, class No>
    ValueId either(ValueId condition, TypeId type, const Yes& yes, const No& no);
    [[nodiscard]] FunctionId division();
    [[nodiscard]] FunctionId word_division();
    [[nodiscard]] ValueId divide_words(ValueId high, ValueId low, ValueId by);
    [[nodiscard]] ValueId divide_by_word(Wide a, ValueId by);
    [[nodiscard]] ValueId divide_by_wide(Wide a, Wide by);
    [[nodiscard]] ValueId quotient_and_rest(Wide quotient, Wide rest);

    FunctionId division_ = FunctionId::none;       ///< of u32x2 by u32x2: both results
    FunctionId word_division_ = FunctionId::none;  ///< of two words by a larger one: the quotient
};

}  // namespace alkomp::ir
