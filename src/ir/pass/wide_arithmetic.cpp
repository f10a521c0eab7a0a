// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/wide_arithmetic.h"

#include <array>
#include <bit>

namespace alkomp::ir {

// Sums and products.

Wide WideArithmetic::add(Wide a, Wide b) {
    const ValueId low = emit(Op::add, {a.low, b.low});
    const ValueId carry = as_word(emit(Op::lt, {low, a.low}));
    return {low, emit(Op::add, {emit(Op::add, {a.high, b.high}), carry})};
}

Wide WideArithmetic::sub(Wide a, Wide b) {
    const ValueId borrow = as_word(emit(Op::lt, {a.low, b.low}));
    return {emit(Op::sub, {a.low, b.low}), emit(Op::sub, {emit(Op::sub, {a.high, b.high}), borrow})};
}

Wide WideArithmetic::product(ValueId a, ValueId b) {
    const auto known_a = to_.known_bits(a), known_b = to_.known_bits(b);
    if (known_a && known_b) return wide(*known_a * *known_b);
    if (known_a == u64{0} || known_b == u64{0}) return wide(u64{0});
    if (known_a == u64{1}) return wide(b);
    if (known_b == u64{1}) return wide(a);
    const ValueId low = build_.emit(Op::mul_wide, {a, b});
    return {low, to_.result(to_[build_.last()], 1)};
}

Wide WideArithmetic::mul(Wide a, Wide b) {
    Wide made = product(a.low, b.low);
    made.high = emit(Op::add, {made.high, emit(Op::mul, {a.low, b.high})});
    made.high = emit(Op::add, {made.high, emit(Op::mul, {a.high, b.low})});
    return made;
}

Wide WideArithmetic::mul_high(Wide a, Wide b, bool is_signed) {
    const Wide first = product(a.low, b.low);
    const Wide middle = add(product(a.high, b.low), wide(first.high));
    const Wide other = add(product(a.low, b.high), wide(middle.low));
    Wide high = add(add(product(a.high, b.high), wide(middle.high)), wide(other.high));
    if (!is_signed) return high;
    const auto without = [&](Wide from, Wide negative, Wide what) {
        const ValueId mask = all_ones_if_negative(negative);
        return sub(from, each(Op::bit_and, what, {mask, mask}));
    };
    return without(without(high, a, b), b, a);
}

Wide WideArithmetic::magnitude(Wide a) {
    const ValueId mask = all_ones_if_negative(a);
    return sub(each(Op::bit_xor, a, {mask, mask}), {mask, mask});
}

Wide WideArithmetic::sign(Wide a, bool is_signed) {
    const ValueId is_any = as_word(emit(Op::ne, {emit(Op::bit_or, {a.low, a.high}), number(0)}));
    if (!is_signed) return wide(is_any);
    const ValueId mask = all_ones_if_negative(a);
    return {emit(Op::bit_or, {is_any, mask}), mask};
}

std::pair<Wide, Wide> WideArithmetic::divide(Wide a, Wide b, bool is_signed) {
    const TypeId pair = to_.types.vector(Scalar::u32, 2);
    const std::array<u32, 1> function{place(division())};
    const Wide by = is_signed ? magnitude(b) : b, from = is_signed ? magnitude(a) : a;
    const std::array given{compose(pair, std::array{from.low, from.high}), compose(pair, std::array{by.low, by.high})};
    const ValueId both = build_.emit(Op::call, given, function, to_.types.vector(Scalar::u32, 4));
    const Wide quotient{part(both, 0), part(both, 1)}, rest{part(both, 2), part(both, 3)};
    if (!is_signed) return {quotient, rest};
    const auto with_sign = [&](Wide of, ValueId mask) {
        return sub(each(Op::bit_xor, of, {mask, mask}), {mask, mask});
    };
    const ValueId sign = all_ones_if_negative(a), differs = emit(Op::bit_xor, {sign, all_ones_if_negative(b)});
    return {with_sign(quotient, differs), with_sign(rest, sign)};
}

Wide WideArithmetic::modulo(Wide a, Wide b, bool is_signed) {
    const Wide rest = divide(a, b, is_signed).second;
    if (!is_signed) return rest;
    const ValueId is_some = emit(Op::ne, {emit(Op::bit_or, {rest.low, rest.high}), number(0)});
    const ValueId differs = is_negative({number(0), emit(Op::bit_xor, {rest.high, b.high})});
    const ValueId leaves = emit(Op::bit_and, {is_some, differs});
    return choose(leaves, add(rest, b), rest);
}

// Bits. Instructions take counts modulo 32 by themselves, so the opposite of a count is what is left of 31.

Wide WideArithmetic::shl_short(Wide a, ValueId count) {
    const ValueId carried = emit(Op::shr, {emit(Op::shr, {a.low, number(1)}), emit(Op::bit_not, {count})});
    return {emit(Op::shl, {a.low, count}), emit(Op::bit_or, {emit(Op::shl, {a.high, count}), carried})};
}

Wide WideArithmetic::shl(Wide a, ValueId count) {
    if (const std::optional<u64> known = to_.known_bits(count)) {
        const u64 by = *known % 64;
        if (by == 0) return a;
        if (by >= 32) return {number(0), emit(Op::shl, {a.low, number(by - 32)})};
        const ValueId carried = emit(Op::shr, {a.low, number(32 - by)});
        return {emit(Op::shl, {a.low, number(by)}), emit(Op::bit_or, {emit(Op::shl, {a.high, number(by)}), carried})};
    }
    const Wide near = shl_short(a, count);
    return choose(is_far(count), {number(0), near.low}, near);
}

Wide WideArithmetic::shr(Wide a, ValueId count, bool is_signed) {
    const auto high = [&](ValueId by) {
        if (!is_signed) return emit(Op::shr, {a.high, by});
        return as_unsigned(emit(Op::shr, {as_signed(a.high), by}));
    };
    const auto above = [&] { return is_signed ? all_ones_if_negative(a) : number(0); };
    if (const std::optional<u64> known = to_.known_bits(count)) {
        const u64 by = *known % 64;
        if (by == 0) return a;
        if (by >= 32) return {high(number(by - 32)), above()};
        const ValueId carried = emit(Op::shl, {a.high, number(32 - by)});
        return {emit(Op::bit_or, {emit(Op::shr, {a.low, number(by)}), carried}), high(number(by))};
    }
    const ValueId carried = emit(Op::shl, {emit(Op::shl, {a.high, number(1)}), emit(Op::bit_not, {count})});
    const Wide near{emit(Op::bit_or, {emit(Op::shr, {a.low, count}), carried}), high(count)};
    const Wide far{near.high, above()};
    return choose(is_far(count), far, near);
}

Wide WideArithmetic::count_ones(Wide a) {
    return wide(emit(Op::add, {emit(Op::count_ones, {a.low}), emit(Op::count_ones, {a.high})}));
}

Wide WideArithmetic::find_msb(Wide a, bool is_signed) {
    if (is_signed) {
        const ValueId mask = all_ones_if_negative(a);
        a = each(Op::bit_xor, a, {mask, mask});
    }
    const ValueId in_high = emit(Op::bit_or, {emit(Op::find_msb, {a.high}), number(32)});
    const ValueId found = emit(Op::select, {emit(Op::ne, {a.high, number(0)}), in_high, emit(Op::find_msb, {a.low})});
    return extend(found, true);
}

Wide WideArithmetic::find_lsb(Wide a) {
    const ValueId in_high = emit(Op::bit_or, {emit(Op::find_lsb, {a.high}), number(32)});
    const ValueId found = emit(Op::select, {emit(Op::ne, {a.low, number(0)}), emit(Op::find_lsb, {a.low}), in_high});
    return extend(found, true);
}

Wide WideArithmetic::reverse_bits(Wide a) {
    return {emit(Op::reverse_bits, {a.high}), emit(Op::reverse_bits, {a.low})};
}

Wide WideArithmetic::extract_bits(Wide a, ValueId offset, ValueId count, bool is_signed) {
    const ValueId unused = emit(Op::sub, {number(64), count});
    const Wide field = shr(shl(a, emit(Op::sub, {unused, offset})), unused, is_signed);
    return choose(emit(Op::eq, {count, number(0)}), wide(u64{0}), field);
}

Wide WideArithmetic::insert_bits(Wide into, Wide value, ValueId offset, ValueId count) {
    const Wide mask = shl(shr(wide(~u64{0}), emit(Op::sub, {number(64), count}), false), offset);
    const Wide field = each(Op::bit_and, shl(value, offset), mask);
    const Wide made = each(Op::bit_or, each(Op::bit_and, into, flip(mask)), field);
    return choose(emit(Op::eq, {count, number(0)}), into, made);
}

// Choices.

ValueId WideArithmetic::is_equal(Wide a, Wide b) {
    return emit(Op::bit_and, {emit(Op::eq, {a.low, b.low}), emit(Op::eq, {a.high, b.high})});
}

ValueId WideArithmetic::is_less(Wide a, Wide b, bool is_signed) {
    const ValueId high =
        is_signed ? emit(Op::lt, {as_signed(a.high), as_signed(b.high)}) : emit(Op::lt, {a.high, b.high});
    const ValueId low = emit(Op::bit_and, {emit(Op::eq, {a.high, b.high}), emit(Op::lt, {a.low, b.low})});
    return emit(Op::bit_or, {high, low});
}

ValueId WideArithmetic::is_negative(Wide a) { return emit(Op::lt, {as_signed(a.high), to_.constant(i32_, 0)}); }

// Other types.

Wide WideArithmetic::extend(ValueId value, bool is_signed) {
    const ValueId low = as_unsigned(value);
    if (!is_signed) return wide(low);
    return {low, as_unsigned(emit(Op::shr, {as_signed(value), number(31)}))};
}

ValueId WideArithmetic::real(float value) { return to_.constant(f32_, std::bit_cast<u32>(value)); }

// The upper 32 bits from the highest one on, the last of them set where something lies below: rounded once, that is
// rounded right. The scale is a power of two.
ValueId WideArithmetic::to_f32(Wide a, bool is_signed) {
    const Wide of = is_signed ? magnitude(a) : a;
    const ValueId shift = emit(Op::add, {emit(Op::find_msb, {of.high}), number(1)});
    const Wide top = shr(of, shift, false);
    const Wide back = shl(top, shift);
    const ValueId lost = as_word(emit(Op::ne, {back.low, of.low}));
    const ValueId digits = emit(Op::convert, {emit(Op::bit_or, {top.low, lost})}, {}, f32_);
    const ValueId exponent = emit(Op::shl, {emit(Op::add, {shift, number(127)}), number(23)});
    const ValueId scale = emit(Op::bitcast, {exponent}, {}, f32_);
    const ValueId made = emit(Op::mul, {digits, scale});
    return is_signed ? emit(Op::select, {is_negative(a), emit(Op::neg, {made}), made}) : made;
}

Wide WideArithmetic::unsigned_from_f32(ValueId value) {
    const ValueId high = emit(Op::trunc, {emit(Op::mul, {value, real(0x1p-32f)})});
    const ValueId low = emit(Op::sub, {value, emit(Op::mul, {high, real(0x1p32f)})});
    return {emit(Op::convert, {low}, {}, u32_), emit(Op::convert, {high}, {}, u32_)};
}

Wide WideArithmetic::from_f32(ValueId value, bool is_signed) {
    if (!is_signed) {
        const ValueId is_large = emit(Op::ge, {value, real(0x1p64f)});
        return choose(is_large, wide(~u64{0}), unsigned_from_f32(value));
    }
    const Wide size = unsigned_from_f32(emit(Op::abs, {value}));
    const ValueId is_negative = emit(Op::lt, {value, real(0)});
    const Wide made = choose(is_negative, neg(size), size);
    const Wide least = choose(emit(Op::lt, {value, real(-0x1p63f)}), wide(u64{1} << 63), made);
    return choose(emit(Op::ge, {value, real(0x1p63f)}), wide(~u64{0} >> 1), least);
}

// Division.

template <class F>
FunctionId WideArithmetic::written(FunctionId& function, std::string_view name, std::span<const TypeId> parameters,
                                   TypeId result, const F& body) {
    if (function != FunctionId::none) return function;
    function = build_.declare_function(name, parameters, result);
    build_.open_function(function);
    build_.return_(body(std::vector<ValueId>(to_[function].parameters)));
    build_.close_function();
    return function;
}

template <class Yes, class No>
ValueId WideArithmetic::either(ValueId condition, TypeId type, const Yes& yes, const No& no) {
    const InstructionId choice = build_.open_if(condition, std::array{type});
    build_.open_region();
    build_.exit(choice, std::array{yes()});
    build_.close_region();
    build_.open_region();
    build_.exit(choice, std::array{no()});
    build_.close_region();
    build_.close_construct();
    return to_.result(to_[choice]);
}

ValueId WideArithmetic::quotient_and_rest(Wide quotient, Wide rest) {
    return compose(to_.types.vector(Scalar::u32, 4), std::array{quotient.low, quotient.high, rest.low, rest.high});
}

// What lies in one word is divided as such, which gives 0 and the number itself where the divisor is 0.
FunctionId WideArithmetic::division() {
    const std::array parameters{to_.types.vector(Scalar::u32, 2), to_.types.vector(Scalar::u32, 2)};
    const TypeId both = to_.types.vector(Scalar::u32, 4);
    static_cast<void>(word_division());
    return written(division_, "divide", parameters, both, [&](const std::vector<ValueId>& given) {
        const Wide a{part(given[0], 0), part(given[0], 1)}, b{part(given[1], 0), part(given[1], 1)};
        const ValueId is_short = emit(Op::eq, {emit(Op::bit_or, {a.high, b.high}), number(0)});
        const auto short_one = [&] {
            const ValueId quotient = emit(Op::div, {a.low, b.low});
            return quotient_and_rest(wide(quotient), wide(emit(Op::rem, {a.low, b.low})));
        };
        return either(is_short, both, short_one, [&] {
            const ValueId is_word = emit(Op::eq, {b.high, number(0)});
            return either(
                is_word, both, [&] { return divide_by_word(a, b.low); }, [&] { return divide_by_wide(a, b); });
        });
    });
}

ValueId WideArithmetic::divide_by_word(Wide a, ValueId by) {
    const ValueId high = emit(Op::div, {a.high, by}), rest = emit(Op::rem, {a.high, by});
    // Of 0: no quotient, and all is left.
    const ValueId low = emit(Op::select, {emit(Op::eq, {by, number(0)}), number(0), divide_words(rest, a.low, by)});
    const Wide quotient{low, high};
    return quotient_and_rest(quotient, sub(a, mul(quotient, wide(by))));
}

// An estimate by the upper word of the divisor is one too large at most, so one less is too small by one at most.
// Source: Warren, "Hacker's Delight", 2nd edition, section 9-5.
ValueId WideArithmetic::divide_by_wide(Wide a, Wide by) {
    const ValueId spare = emit(Op::sub, {number(31), emit(Op::find_msb, {by.high})});
    const Wide half = shr(a, number(1), false);
    const ValueId estimate = divide_words(half.high, half.low, shl_short(by, spare).high);
    const ValueId scaled = emit(Op::shr, {estimate, emit(Op::sub, {number(31), spare})});
    const ValueId least =
        emit(Op::select, {emit(Op::eq, {scaled, number(0)}), number(0), emit(Op::sub, {scaled, number(1)})});
    const Wide rest = sub(a, mul(wide(least), by));
    const ValueId is_exact = is_less(rest, by, false);
    const Wide other = sub(rest, by);
    const ValueId quotient = emit(Op::select, {is_exact, least, emit(Op::add, {least, number(1)})});
    return quotient_and_rest(wide(quotient), choose(is_exact, rest, other));
}

ValueId WideArithmetic::divide_words(ValueId high, ValueId low, ValueId by) {
    const std::array<u32, 1> function{place(word_division())};
    return build_.emit(Op::call, std::array{high, low, by}, function, u32_);
}

// Two words by one that is larger than the upper one, 16 bits of the quotient at a time.
// Source: Knuth, "The Art of Computer Programming", volume 2, 4.3.1, algorithm D.
FunctionId WideArithmetic::word_division() {
    const std::array parameters{u32_, u32_, u32_};
    return written(word_division_, "divide_words", parameters, u32_, [&](const std::vector<ValueId>& given) {
        const ValueId spare = emit(Op::sub, {number(31), emit(Op::find_msb, {given[2]})});
        const ValueId by = emit(Op::shl, {given[2], spare});
        const ValueId by_high = emit(Op::shr, {by, number(16)}), by_low = emit(Op::bit_and, {by, number(0xffff)});
        const Wide from = shl_short({given[1], given[0]}, spare);
        // A digit estimated by the upper half of the divisor is at most two too large.
        const auto digit = [&](ValueId above, ValueId next) {
            ValueId made = emit(Op::div, {above, by_high}), rest = emit(Op::rem, {above, by_high});
            for (u32 step = 0; step < 2; ++step) {
                const ValueId seen = emit(Op::bit_or, {emit(Op::shl, {rest, number(16)}), next});
                const ValueId wraps = emit(Op::gt, {made, number(0xffff)});
                const ValueId exceeds = emit(Op::bit_or, {wraps, emit(Op::gt, {emit(Op::mul, {made, by_low}), seen})});
                const ValueId too_large = emit(Op::bit_and, {exceeds, emit(Op::le, {rest, number(0xffff)})});
                made = emit(Op::select, {too_large, emit(Op::sub, {made, number(1)}), made});
                rest = emit(Op::select, {too_large, emit(Op::add, {rest, by_high}), rest});
            }
            return made;
        };
        const ValueId upper = emit(Op::shr, {from.low, number(16)}),
                      lower = emit(Op::bit_and, {from.low, number(0xffff)});
        const ValueId first = digit(from.high, upper);
        const ValueId left = emit(
            Op::sub, {emit(Op::bit_or, {emit(Op::shl, {from.high, number(16)}), upper}), emit(Op::mul, {first, by})});
        const ValueId second = digit(left, lower);
        return emit(Op::add, {emit(Op::shl, {first, number(16)}), second});
    });
}

}  // namespace alkomp::ir
