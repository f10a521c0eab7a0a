// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/combination.h"

#include <array>
#include <bit>
#include <limits>

namespace alkomp::ir {
namespace {

u64 one(Scalar scalar) {
    switch (scalar) {
        case Scalar::f16:
            return 0x3c00;
        case Scalar::f32:
            return std::bit_cast<u32>(1.0f);
        case Scalar::f64:
            return std::bit_cast<u64>(1.0);
        default:
            return 1;
    }
}

u64 infinity(Scalar scalar) {
    if (scalar == Scalar::f16) return 0x7c00;
    if (scalar == Scalar::f32) return std::bit_cast<u32>(std::numeric_limits<float>::infinity());
    return std::bit_cast<u64>(std::numeric_limits<double>::infinity());
}

}  // namespace

Op op_of(Combine how) {
    static constexpr std::array kOps{Op::add, Op::mul, Op::min, Op::max, Op::bit_and, Op::bit_or, Op::bit_xor};
    return kOps[static_cast<std::size_t>(how)];
}

u64 identity_of(Combine how, Scalar scalar) {
    const u32 bits = scalar == Scalar::boolean ? 1 : 8 * size_bytes(scalar);
    const u64 ones = ~u64{0} >> (64 - bits), top = u64{1} << (bits - 1);
    switch (how) {
        case Combine::add:
        case Combine::bit_or:
        case Combine::bit_xor:
            return 0;
        case Combine::mul:
            return one(scalar);
        case Combine::bit_and:
            return ones;
        case Combine::min:
            return is_float(scalar) ? infinity(scalar) : is_signed(scalar) ? ones ^ top : ones;
        case Combine::max:
            break;
    }
    return is_float(scalar) ? infinity(scalar) | top : is_signed(scalar) ? top : 0;
}

}  // namespace alkomp::ir
