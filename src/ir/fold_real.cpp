// SPDX-License-Identifier: MIT OR Apache-2.0
// Instructions on known floats. What devices may round or flush in their own way is left to them.
#include "ir/fold.h"
#include "ir/type.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace alkomp::ir {
namespace {

u32 bits_of(Scalar scalar) { return scalar == Scalar::boolean ? 1 : 8 * alkomp::size_bytes(scalar); }

f64 read_real(Scalar scalar, u64 bits) {
    if (scalar == Scalar::f64) return std::bit_cast<f64>(bits);
    if (scalar == Scalar::f32) return f64{std::bit_cast<f32>(static_cast<u32>(bits))};
    if (scalar == Scalar::bf16) return f64{std::bit_cast<f32>(static_cast<u32>(bits) << 16)};
    f16 half;
    half.bits = static_cast<u16>(bits);
    return f64{static_cast<f32>(half)};
}

bool is_ordinary(Scalar scalar, f64 value) {
    if (value == 0 || !std::isfinite(value)) return !std::isnan(value);
    const int lowest = scalar == Scalar::f16 ? -14 : scalar == Scalar::f64 ? -1022 : -126;
    return std::ilogb(value) >= lowest;
}

/// Rounded to nearest even; nothing for NaN and denormals, and where f16 would be rounded twice.
std::optional<u64> write_real(Scalar scalar, f64 value) {
    u64 bits = 0;
    if (scalar == Scalar::f64) bits = std::bit_cast<u64>(value);
    else if (scalar == Scalar::f32) bits = std::bit_cast<u32>(static_cast<f32>(value));
    else {
        const auto narrow = static_cast<f32>(value);
        if (f64{narrow} != value) return std::nullopt;
        bits = scalar == Scalar::f16 ? f16(narrow).bits : bf16(narrow).bits;
    }
    if (!is_ordinary(scalar, read_real(scalar, bits))) return std::nullopt;
    return bits;
}

std::optional<u64> to_integer(Scalar to, f64 value) {
    const u32 bits = bits_of(to);
    const bool negative = is_signed(to);
    const f64 bound = std::ldexp(1.0, static_cast<int>(bits) - (negative ? 1 : 0));
    const u64 most = ~u64{0} >> (64 - bits + (negative ? 1 : 0));
    if (std::isnan(value)) return 0;
    if (value >= bound) return most;
    if (value < (negative ? -bound : 0)) return negative ? most + 1 : 0;  // the sign bit
    return negative ? static_cast<u64>(static_cast<i64>(value)) & (~u64{0} >> (64 - bits)) : static_cast<u64>(value);
}

/// f16 and bf16 only where no more than one rounding comes in.
template <class Integer>
std::optional<u64> from_integer(Scalar to, Integer value) {
    if (to == Scalar::f64) return write_real(to, static_cast<f64>(value));
    const auto narrow = static_cast<f32>(value);
    const bool exact = std::abs(narrow) < 0x1p63f && static_cast<Integer>(narrow) == value;
    if (to != Scalar::f32 && !exact) return std::nullopt;
    return write_real(to, f64{narrow});
}

std::optional<u64> convert(Scalar from, Scalar to, u64 bits) {
    if (!is_float(to)) return to_integer(to, read_real(from, bits));
    if (is_float(from)) return write_real(to, read_real(from, bits));
    if (from == Scalar::boolean || !is_signed(from)) return from_integer(to, bits);
    const u32 unused = 64 - bits_of(from);
    return from_integer(to, static_cast<i64>(bits << unused) >> unused);
}

/// Where it is exact: nothing for small negative numbers, which round to 1.
std::optional<u64> fraction(Scalar scalar, f64 value) {
    const f64 whole = std::floor(value), rest = value - whole;
    const std::optional<u64> bits = write_real(scalar, rest);
    return bits && rest + whole == value && read_real(scalar, *bits) == rest ? bits : std::nullopt;
}

std::optional<u64> fold_one(Op op, Scalar scalar, f64 a) {
    switch (op) {
        case Op::neg:
            return write_real(scalar, -a);
        case Op::abs:
            return write_real(scalar, std::abs(a));
        case Op::floor:
            return write_real(scalar, std::floor(a));
        case Op::ceil:
            return write_real(scalar, std::ceil(a));
        case Op::trunc:
            return write_real(scalar, std::trunc(a));
        case Op::round:
        case Op::round_even:
            return write_real(scalar, std::nearbyint(a));
        case Op::fract:
            return fraction(scalar, a);
        case Op::sign:
            return a == 0 ? std::nullopt : write_real(scalar, a < 0 ? -1 : 1);
        case Op::is_nan:
            return 0;
        case Op::is_inf:
            return u64{std::isinf(a)};
        case Op::quantize_f16: {
            const std::optional<u64> half = write_real(Scalar::f16, a);
            return half ? write_real(scalar, read_real(Scalar::f16, *half)) : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

// + - * of numbers with half the digits of a f64 or less round once if they round to f64 first.
std::optional<u64> fold_two(Op op, Scalar scalar, f64 a, f64 b) {
    switch (op) {
        case Op::add:
            return write_real(scalar, a + b);
        case Op::sub:
            return write_real(scalar, a - b);
        case Op::mul:
            return write_real(scalar, a * b);
        case Op::div:
            return write_real(scalar, a / b);
        case Op::min:
            return write_real(scalar, b < a ? b : a);
        case Op::max:
            return write_real(scalar, b > a ? b : a);
        case Op::step:
            return write_real(scalar, b < a ? 0 : 1);
        case Op::eq:
            return u64{a == b};
        case Op::ne:
            return u64{a != b};
        case Op::lt:
            return u64{a < b};
        case Op::le:
            return u64{a <= b};
        case Op::gt:
            return u64{a > b};
        case Op::ge:
            return u64{a >= b};
        default:
            return std::nullopt;
    }
}

/// Where one rounding gives what two do: devices may have either.
std::optional<u64> fold_fma(Scalar scalar, f64 a, f64 b, f64 c) {
    const std::optional<u64> product = fold_two(Op::mul, scalar, a, b);
    if (!product) return std::nullopt;
    const bool is_f32 = scalar == Scalar::f32;
    const f64 once =
        is_f32 ? f64{std::fma(static_cast<f32>(a), static_cast<f32>(b), static_cast<f32>(c))} : std::fma(a, b, c);
    const std::optional<u64> fused = write_real(scalar, once);
    return fused && fused == fold_two(Op::add, scalar, read_real(scalar, *product), c) ? fused : std::nullopt;
}

}  // namespace

std::optional<u64> fold_real(Op op, Scalar from, Scalar to, std::span<const u64> operands) {
    if (op == Op::convert) {
        if (is_float(from) && !is_ordinary(from, read_real(from, operands[0])) && is_float(to)) return std::nullopt;
        return convert(from, to, operands[0]);
    }
    if (op == Op::bitcast) return bits_of(from) == bits_of(to) ? std::optional<u64>(operands[0]) : std::nullopt;
    if (!is_float(from)) return std::nullopt;
    if (op == Op::select) return operands[0] != 0 ? operands[1] : operands[2];
    for (const u64 operand : operands)
        if (!is_ordinary(from, read_real(from, operand))) return std::nullopt;
    const f64 a = read_real(from, operands[0]);
    if (operands.size() == 1) return fold_one(op, from, a);
    if (operands.size() == 2) return fold_two(op, from, a, read_real(from, operands[1]));
    const f64 b = read_real(from, operands[1]), c = read_real(from, operands[2]);
    if (op == Op::fma) return fold_fma(from, a, b, c);
    return op == Op::clamp && b <= c ? write_real(from, std::clamp(a, b, c)) : std::nullopt;
}

}  // namespace alkomp::ir
