// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/fold.h"

#include "ir/type.h"

#include <algorithm>
#include <bit>

namespace alkomp::ir {
namespace {

u32 bits_of(Scalar scalar) { return scalar == Scalar::boolean ? 1 : 8 * alkomp::size_bytes(scalar); }
u64 truncated(u64 value, u32 bits) { return bits < 64 ? value & ((u64{1} << bits) - 1) : value; }
i64 extended(u64 value, u32 bits) {
    const u32 unused = 64 - bits;
    return static_cast<i64>(value << unused) >> unused;
}

/// Two operands of one type; the sign matters for what is asked of it.
struct Pair {
    u64 a = 0, b = 0;
    u32 bits = 32;
    bool is_signed = false;

    [[nodiscard]] bool less() const { return is_signed ? extended(a, bits) < extended(b, bits) : a < b; }
    [[nodiscard]] u64 quotient() const {
        if (b == 0) return 0;
        if (!is_signed) return a / b;
        return extended(b, bits) == -1 ? 0 - a : static_cast<u64>(extended(a, bits) / extended(b, bits));
    }
    [[nodiscard]] u64 remainder() const {
        if (b == 0) return a;
        if (!is_signed) return a % b;
        return extended(b, bits) == -1 ? 0 : static_cast<u64>(extended(a, bits) % extended(b, bits));
    }
    [[nodiscard]] u64 modulo() const {
        const u64 rest = remainder();
        const bool differs = is_signed && b != 0 && truncated(rest, bits) != 0 && ((rest ^ b) >> (bits - 1) & 1) != 0;
        return differs ? rest + b : rest;
    }
    [[nodiscard]] u64 shifted_right() const {
        const u64 count = b % bits;
        return is_signed ? static_cast<u64>(extended(a, bits) >> count) : a >> count;
    }
};

std::optional<u64> fold_one(Op op, Scalar from, Scalar to, u64 a) {
    const u32 bits = bits_of(from);
    const bool negative = is_signed(from) && extended(a, bits) < 0;
    switch (op) {
        case Op::neg:
            return 0 - a;
        case Op::abs:
            return negative ? 0 - a : a;
        case Op::sign:
            return negative ? ~u64{0} : u64{a != 0};
        case Op::bit_not:
            return ~a;
        case Op::reverse_bits: {
            u64 reversed = 0;
            for (u32 i = 0; i < bits; ++i) reversed = reversed << 1 | (a >> i & 1);
            return reversed;
        }
        case Op::count_ones:
            return static_cast<u64>(std::popcount(a));
        case Op::find_lsb:
            return a == 0 ? ~u64{0} : static_cast<u64>(std::countr_zero(a));
        case Op::find_msb: {
            const u64 digits = negative ? truncated(~a, bits) : a;
            return digits == 0 ? ~u64{0} : u64{63} - static_cast<u64>(std::countl_zero(digits));
        }
        case Op::convert:
            return is_signed(from) ? static_cast<u64>(extended(a, bits)) : a;
        case Op::bitcast:
            return bits_of(to) == bits ? std::optional<u64>(a) : std::nullopt;
        default:
            return std::nullopt;
    }
}

/// The upper half of a product of up to 64 bits each.
u64 upper_half(u64 a, u64 b, u32 bits, bool is_signed) {
    if (bits < 64) {
        const i64 product = extended(a, bits) * extended(b, bits);
        return (is_signed ? static_cast<u64>(product) : a * b) >> bits;
    }
    const u64 a_low = a & 0xffffffff, a_high = a >> 32, b_low = b & 0xffffffff, b_high = b >> 32;
    const u64 middle = a_high * b_low + (a_low * b_low >> 32), other = a_low * b_high + (middle & 0xffffffff);
    u64 high = a_high * b_high + (middle >> 32) + (other >> 32);
    if (is_signed && static_cast<i64>(a) < 0) high -= b;
    if (is_signed && static_cast<i64>(b) < 0) high -= a;
    return high;
}

std::optional<u64> fold_two(Op op, const Pair& of) {
    const Pair swapped{of.b, of.a, of.bits, of.is_signed};
    switch (op) {
        case Op::add:
            return of.a + of.b;
        case Op::sub:
            return of.a - of.b;
        case Op::mul:
            return of.a * of.b;
        case Op::mul_high:
            return upper_half(of.a, of.b, of.bits, of.is_signed);
        case Op::div:
            return of.quotient();
        case Op::rem:
            return of.remainder();
        case Op::mod:
            return of.modulo();
        case Op::min:
            return of.less() ? of.a : of.b;
        case Op::max:
            return of.less() ? of.b : of.a;
        case Op::bit_and:
            return of.a & of.b;
        case Op::bit_or:
            return of.a | of.b;
        case Op::bit_xor:
            return of.a ^ of.b;
        case Op::shl:
            return of.a << of.b % of.bits;
        case Op::shr:
            return of.shifted_right();
        case Op::eq:
            return u64{of.a == of.b};
        case Op::ne:
            return u64{of.a != of.b};
        case Op::lt:
            return u64{of.less()};
        case Op::le:
            return u64{!swapped.less()};
        case Op::gt:
            return u64{swapped.less()};
        case Op::ge:
            return u64{!of.less()};
        default:
            return std::nullopt;
    }
}

/// Of up to `count` bits from `offset` on, those that the value has.
struct BitField {
    u64 offset = 0, count = 0;

    BitField(u64 offset_given, u64 count_given, u32 bits)
        : offset(std::min<u64>(offset_given, bits)), count(std::min<u64>(count_given, bits - offset)) {}
    [[nodiscard]] u64 mask() const { return count == 0 ? 0 : ~u64{0} >> (64 - count) << offset; }
    [[nodiscard]] u64 extracted(u64 from, bool is_signed) const {
        if (count == 0) return 0;
        const u64 field = (from & mask()) >> offset;
        return is_signed ? static_cast<u64>(extended(field, static_cast<u32>(count))) : field;
    }
    [[nodiscard]] u64 inserted(u64 into, u64 value) const {
        return count == 0 ? into : (into & ~mask()) | (value << offset & mask());
    }
};

std::optional<u64> fold_more(Op op, Scalar from, std::span<const u64> operands) {
    const u32 bits = bits_of(from);
    const auto less = [&](u64 a, u64 b) { return Pair{a, b, bits, is_signed(from)}.less(); };
    switch (op) {
        case Op::select:
            return operands[0] != 0 ? operands[1] : operands[2];
        case Op::clamp: {
            const u64 low = less(operands[0], operands[1]) ? operands[1] : operands[0];
            return less(operands[2], low) ? operands[2] : low;
        }
        case Op::extract_bits:
            return BitField(operands[1], operands[2], bits).extracted(operands[0], is_signed(from));
        case Op::insert_bits:
            return BitField(operands[2], operands[3], bits).inserted(operands[0], operands[1]);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<std::array<u64, 2>> fold_pair(Op op, Scalar of, u64 a, u64 b) {
    if (!is_integer(of)) return std::nullopt;
    const u32 bits = bits_of(of);
    const u64 sum = truncated(a + b, bits), difference = truncated(a - b, bits);
    switch (op) {
        case Op::add_carry:
            return std::array{sum, u64{sum < a}};
        case Op::sub_borrow:
            return std::array{difference, u64{a < b}};
        case Op::mul_wide:
            return std::array{truncated(a * b, bits), truncated(upper_half(a, b, bits, is_signed(of)), bits)};
        default:
            return std::nullopt;
    }
}

std::optional<u64> fold(Op op, Scalar from, Scalar to, std::span<const u64> operands) {
    const auto is_known = [](Scalar scalar) { return scalar == Scalar::boolean || is_integer(scalar); };
    if (!is_known(from) || !is_known(to)) return std::nullopt;
    std::optional<u64> result;
    if (operands.size() == 1) result = fold_one(op, from, to, operands[0]);
    else if (operands.size() == 2) result = fold_two(op, {operands[0], operands[1], bits_of(from), is_signed(from)});
    else result = fold_more(op, from, operands);
    if (!result) return std::nullopt;
    return truncated(*result, bits_of(to));
}

}  // namespace alkomp::ir
