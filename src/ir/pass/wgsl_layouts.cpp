// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/wgsl_layouts.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

u64 round_up(u64 value, u64 multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

bool WgslLayouts::fits_scalar(const Global& global, u32 end_bytes) const {
    const std::optional<Size> size = place(global.type, true);
    return size && !has_array(global.type) && global.offset_bytes % size->alignment_bytes == 0 &&
           global.offset_bytes + size->size_bytes <= end_bytes;
}

std::optional<WgslLayouts::Size> WgslLayouts::place(TypeId id, bool is_uniform) const {
    const Type& type = module_.types[id];
    switch (type.kind) {
        case Kind::scalar:
            return scalar(type.scalar);
        case Kind::vector:
            return vector(type, is_uniform);
        case Kind::matrix:
            return matrix(type);
        case Kind::array:
        case Kind::runtime_array:
            return elements(type, is_uniform);
        case Kind::structure:
            return structure(type, is_uniform);
        case Kind::nothing:
        case Kind::pointer:
        case Kind::cooperative_matrix:
            break;
    }
    return std::nullopt;
}

std::optional<WgslLayouts::Size> WgslLayouts::scalar(Scalar scalar) const {
    switch (scalar) {
        case Scalar::i32:
        case Scalar::u32:
        case Scalar::f32:
            return Size{4, 4};
        case Scalar::i64:
        case Scalar::u64:
            return Size{8, 8};
        case Scalar::f16:
            if (types_.f16) return Size{2, 2};
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<WgslLayouts::Size> WgslLayouts::vector(const Type& type, bool is_uniform) const {
    const std::optional<Size> lane = scalar(type.scalar);
    if (!lane) return std::nullopt;
    const bool is_array_of_pairs = lane->size_bytes == 8 && !types_.i64;
    if (is_array_of_pairs && is_uniform) return std::nullopt;
    const u64 lanes = is_array_of_pairs ? 1 : type.count == 2 ? 2 : 4;
    return Size{lane->size_bytes * lanes, lane->size_bytes * type.count};
}

std::optional<WgslLayouts::Size> WgslLayouts::matrix(const Type& type) const {
    const std::optional<Size> column = place(type.element, false);
    if (!column || type.row_major) return std::nullopt;
    const u64 stride = round_up(column->size_bytes, column->alignment_bytes);
    if (type.stride_bytes != stride) return std::nullopt;
    return Size{column->alignment_bytes, stride * type.count};
}

std::optional<WgslLayouts::Size> WgslLayouts::elements(const Type& type, bool is_uniform) const {
    const std::optional<Size> element = place(type.element, is_uniform);
    if (!element || (is_uniform && type.stride_bytes % 16 != 0)) return std::nullopt;
    if (type.stride_bytes != round_up(element->size_bytes, element->alignment_bytes)) return std::nullopt;
    const u64 alignment = is_uniform ? round_up(element->alignment_bytes, 16) : element->alignment_bytes;
    if (type.kind == Kind::runtime_array) return Size{alignment, 0};
    const std::optional<u64> length = module_.known_bits(ValueId{type.length});
    if (!length) return std::nullopt;
    return Size{alignment, *length * type.stride_bytes};
}

std::optional<WgslLayouts::Size> WgslLayouts::structure(const Type& type, bool is_uniform) const {
    Size whole;
    u64 end = 0;
    if (type.members.front().offset_bytes != 0) return std::nullopt;  // nothing in front could be as large
    for (const Type::Member& member : type.members) {
        const std::optional<Size> inner = place(member.type, is_uniform);
        if (!inner || member.offset_bytes < end || member.offset_bytes % inner->alignment_bytes != 0)
            return std::nullopt;
        whole.alignment_bytes = std::max(whole.alignment_bytes, inner->alignment_bytes);
        end = member.offset_bytes + inner->size_bytes;
        // What follows a structure in a uniform block begins at the next multiple of 16.
        if (is_uniform && module_.types.is(member.type, Kind::structure)) end = round_up(end, 16);
    }
    if (is_uniform) whole.alignment_bytes = round_up(whole.alignment_bytes, 16);
    // A buffer that ends where the last member does may be smaller.
    whole.size_bytes = round_up(std::max<u64>(end, type.size_bytes), whole.alignment_bytes);
    return whole;
}

bool WgslLayouts::has_array(TypeId id) const {
    const Type& type = module_.types[id];
    if (type.kind == Kind::array) return true;
    return std::any_of(type.members.begin(), type.members.end(),
                       [&](const Type::Member& member) { return has_array(member.type); });
}

}  // namespace alkomp::ir
