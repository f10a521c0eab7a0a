// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/verify_layout.h"

#include <algorithm>
#include <limits>

namespace alkomp::ir {
namespace {

constexpr u64 kHuge = std::numeric_limits<u64>::max() / 4;

u64 round_up(u64 value, u64 multiple) { return (value + multiple - 1) / multiple * multiple; }
u64 product(u64 a, u64 b) { return a != 0 && b > kHuge / a ? kHuge : a * b; }
u64 sum(u64 a, u64 b) { return a + b > kHuge ? kHuge : a + b; }

}  // namespace

Layouts::Layouts(const Module& module, const Shapes& shapes)
    : module_(module), types_(module.types), shapes_(shapes), facts_(shapes.size()) {
    for (u32 i = 2; i < shapes.size(); ++i) facts_[i] = facts_of(types_[TypeId{i}]);
}

Layouts::Facts Layouts::facts_of(const Type& type) const {
    switch (type.kind) {
        case Type::Kind::scalar: {
            const u32 size = type.scalar == Scalar::boolean ? 4 : alkomp::size_bytes(type.scalar);
            return {1u << static_cast<u32>(type.scalar), size, size, {{{size, true}, {size, true}}}};
        }
        case Type::Kind::vector: {
            Facts facts = of(type.element);
            const u32 alignment = facts.shared_alignment_bytes * (type.count == 2 ? 2 : 4);
            facts.shared_bytes *= type.count;
            facts.shared_alignment_bytes = alignment;
            for (Rules& rules : facts.rules) rules.alignment_bytes = alignment;
            return facts;
        }
        case Type::Kind::matrix: {
            Facts facts = elements(type, type.count);
            if (!type.row_major) return facts;
            const u32 size = alkomp::size_bytes(type.scalar);
            const u32 alignment = size * (type.count == 2 ? 2 : 4);
            facts.rules[0] = {alignment, type.stride_bytes % alignment == 0};
            const u32 wide = std::max(alignment, 16u);
            facts.rules[1] = {wide, type.stride_bytes % wide == 0};
            return facts;
        }
        case Type::Kind::array:
            return elements(type, default_bits(module_, ValueId{type.length}).value_or(1));
        case Type::Kind::runtime_array:
            return elements(type, 0);
        case Type::Kind::structure:
            return structure(type);
        case Type::Kind::pointer:
            return {0, 8, 8, {{{8, true}, {8, true}}}};
        case Type::Kind::cooperative_matrix:
            return {of(type.element).scalars, 0, 1, {}};
        case Type::Kind::nothing:
            break;
    }
    return {};
}

// Arrays, and matrices of columns.
Layouts::Facts Layouts::elements(const Type& type, u64 count) const {
    Facts facts = of(type.element);
    facts.shared_bytes = product(round_up(facts.shared_bytes, facts.shared_alignment_bytes), count);
    facts.rules[1].alignment_bytes = std::max(facts.rules[1].alignment_bytes, 16u);
    for (Rules& rules : facts.rules) rules.kept = rules.kept && type.stride_bytes % rules.alignment_bytes == 0;
    return facts;
}

Layouts::Facts Layouts::structure(const Type& type) const {
    Facts facts;
    for (const Type::Member& member : type.members) {
        const Facts& inner = of(member.type);
        facts.scalars |= inner.scalars;
        facts.shared_bytes = sum(round_up(facts.shared_bytes, inner.shared_alignment_bytes), inner.shared_bytes);
        facts.shared_alignment_bytes = std::max(facts.shared_alignment_bytes, inner.shared_alignment_bytes);
        for (std::size_t i = 0; i < 2; ++i) {
            Rules& rules = facts.rules[i];
            rules.alignment_bytes = std::max(rules.alignment_bytes, inner.rules[i].alignment_bytes);
            rules.kept = rules.kept && inner.rules[i].kept;
        }
    }
    facts.rules[1].alignment_bytes = std::max(facts.rules[1].alignment_bytes, 16u);
    for (std::size_t i = 0; i < 2; ++i) facts.rules[i].kept = facts.rules[i].kept && keeps_offsets(type, i == 1);
    return facts;
}

bool Layouts::keeps_offsets(const Type& type, bool is_uniform) const {
    std::vector<const Type::Member*> order;
    for (const Type::Member& member : type.members) order.push_back(&member);
    std::stable_sort(order.begin(), order.end(),
                     [](const Type::Member* a, const Type::Member* b) { return a->offset_bytes < b->offset_bytes; });
    u64 padded_end = 0;  // behind a structure, array or matrix, nothing lies in its padding
    for (const Type::Member* member : order) {
        if (member->offset_bytes < padded_end || !fits(member->type, is_uniform, member->offset_bytes)) return false;
        const Type::Kind kind = types_[member->type].kind;
        const bool is_padded = kind == Type::Kind::structure || kind == Type::Kind::array || kind == Type::Kind::matrix;
        const u64 end = member->offset_bytes + shapes_[static_cast<u32>(member->type)].size_bytes;
        if (is_padded) padded_end = round_up(end, of(member->type).rules[is_uniform ? 1 : 0].alignment_bytes);
    }
    return true;
}

bool Layouts::fits(TypeId id, bool is_uniform, u32 offset_bytes) const {
    const Type& type = types_[id];
    if (type.kind != Type::Kind::vector) return offset_bytes % of(id).rules[is_uniform ? 1 : 0].alignment_bytes == 0;
    // Relaxed, as in Vulkan 1.1: by its scalar, but not across a multiple of 16 bytes.
    const u32 size_bytes = alkomp::size_bytes(type.scalar) * type.count;
    return size_bytes > 16 ? offset_bytes % 16 == 0 : offset_bytes % 16 + size_bytes <= 16;
}

u64 Layouts::behind(u64 end_bytes, TypeId id) const {
    return sum(round_up(end_bytes, of(id).shared_alignment_bytes), of(id).shared_bytes);
}

bool Layouts::is_standard(TypeId id, bool is_uniform, u32 offset_bytes) const {
    return of(id).rules[is_uniform ? 1 : 0].kept && fits(id, is_uniform, offset_bytes);
}

}  // namespace alkomp::ir
