// SPDX-License-Identifier: MIT OR Apache-2.0
// Element types: half-precision conversions, sizes, equality and names.
#include "alkomp/dtype.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace alkomp {
namespace {

/// `value >> shift`, rounded to the nearest, ties to even. Duty: 0 < shift < 32.
u32 shift_rounding(u32 value, u32 shift) noexcept {
    const u32 half = u32{1} << (shift - 1);
    const u32 kept = value >> shift;
    const u32 rest = value & ((u32{1} << shift) - 1);
    return kept + (rest > half || (rest == half && (kept & 1) != 0) ? 1 : 0);
}

u16 half_from_float(float value) noexcept {
    const u32 bits = std::bit_cast<u32>(value);
    const u16 sign = static_cast<u16>(bits >> 16 & 0x8000u);
    const u32 magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {
        // A NaN keeps the upper bits of its payload and turns quiet, so that it cannot become infinity.
        return static_cast<u16>(sign | 0x7e00u | (magnitude >> 13 & 0x3ffu));
    }
    if (magnitude >= 0x477ff000u) return static_cast<u16>(sign | 0x7c00u);  // rounds to 2^16 or more
    if (magnitude < 0x33000000u) return sign;                               // below half of the least subnormal
    if (magnitude < 0x38800000u) {
        const u32 exponent = magnitude >> 23;
        const u32 significand = (magnitude & 0x7fffffu) | 0x800000u;
        return static_cast<u16>(sign | shift_rounding(significand, 126 - exponent));
    }
    // A carry out of the significand moves into the exponent, as it must.
    return static_cast<u16>(sign | shift_rounding(magnitude - 0x38000000u, 13));
}

float half_to_float(u16 half) noexcept {
    const u32 sign = static_cast<u32>(half & 0x8000u) << 16;
    const u32 exponent = half >> 10 & 0x1fu;
    const u32 significand = half & 0x3ffu;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | significand << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | significand << 13);
    const float magnitude = static_cast<float>(significand) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<u32>(magnitude));
}

u16 brain_from_float(float value) noexcept {
    const u32 bits = std::bit_cast<u32>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<u16>(bits >> 16 | 0x40u);
    return static_cast<u16>(shift_rounding(bits, 16));
}

bool equal(const RecordLayout& a, const RecordLayout& b) noexcept {
    return a.size_bytes == b.size_bytes &&
           std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                      [](const Field& x, const Field& y) {
                          return x.name == y.name && x.type == y.type && x.offset_bytes == y.offset_bytes &&
                                 x.count == y.count && (x.count == 1 || x.stride_bytes == y.stride_bytes);
                      });
}

}  // namespace

f16::f16(float value) noexcept : bits(half_from_float(value)) {}
f16::operator float() const noexcept { return half_to_float(bits); }

bf16::bf16(float value) noexcept : bits(brain_from_float(value)) {}
bf16::operator float() const noexcept { return std::bit_cast<float>(static_cast<u32>(bits) << 16); }

std::string_view to_string(Scalar scalar) noexcept {
    switch (scalar) {
        case Scalar::boolean:
            return "bool";
        case Scalar::i8:
            return "i8";
        case Scalar::i16:
            return "i16";
        case Scalar::i32:
            return "i32";
        case Scalar::i64:
            return "i64";
        case Scalar::u8:
            return "u8";
        case Scalar::u16:
            return "u16";
        case Scalar::u32:
            return "u32";
        case Scalar::u64:
            return "u64";
        case Scalar::f16:
            return "f16";
        case Scalar::bf16:
            return "bf16";
        case Scalar::f32:
            return "f32";
        case Scalar::f64:
            return "f64";
        case Scalar::record:
            return "struct";
    }
    return "struct";
}

u32 size_bytes(Scalar scalar) noexcept {
    switch (scalar) {
        case Scalar::boolean:
        case Scalar::i8:
        case Scalar::u8:
            return 1;
        case Scalar::i16:
        case Scalar::u16:
        case Scalar::f16:
        case Scalar::bf16:
            return 2;
        case Scalar::i32:
        case Scalar::u32:
        case Scalar::f32:
            return 4;
        case Scalar::i64:
        case Scalar::u64:
        case Scalar::f64:
            return 8;
        case Scalar::record:
            return 0;
    }
    return 0;
}

DType::DType(Scalar kind, u8 lane_count)
    : scalar(kind), lanes(lane_count), size_bytes(alkomp::size_bytes(kind) * lane_count) {}

DType DType::opaque(u32 size_bytes) { return structure(RecordLayout{size_bytes, {}}); }

DType DType::structure(RecordLayout layout) {
    DType type(Scalar::record);
    type.size_bytes = layout.size_bytes;
    type.record = std::make_shared<const RecordLayout>(std::move(layout));
    return type;
}

bool DType::operator==(const DType& other) const noexcept {
    if (scalar != other.scalar || lanes != other.lanes || columns != other.columns || size_bytes != other.size_bytes)
        return false;
    if (record == other.record) return true;
    return record && other.record && equal(*record, *other.record);
}

std::string to_string(const DType& type) {
    std::string text(to_string(type.scalar));
    if (type.scalar != Scalar::record) {
        if (type.lanes > 1 || type.columns > 1) text += 'x' + std::to_string(type.lanes);
        if (type.columns > 1) text += 'x' + std::to_string(type.columns);
        return text;
    }
    if (!type.record || type.record->fields.empty()) return text + " of " + std::to_string(type.size_bytes) + " bytes";
    text += '{';
    for (const Field& field : type.record->fields) {
        if (text.back() != '{') text += ", ";
        if (!field.name.empty()) text += field.name + ": ";
        text += to_string(field.type);
        if (field.count != 1) text += '[' + std::to_string(field.count) + ']';
    }
    return text + '}';
}

}  // namespace alkomp
