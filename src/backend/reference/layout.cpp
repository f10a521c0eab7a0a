// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/layout.h"

#include <algorithm>

namespace alkomp::backend::reference {

using Kind = ir::Type::Kind;

Layout::Layout(const ir::Module& module, u32 subgroup_size)
    : module_(module),
      constants_(module),
      subgroup_size_(subgroup_size),
      laid_shared_(std::any_of(module.globals.begin(), module.globals.end(), [](const ir::Global& global) {
          return global.kind == ir::Global::Kind::shared && global.aliased;
      })) {}

u64 Layout::count(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    if (type.kind == Kind::structure) return type.members.size();
    if (type.kind == Kind::array) return constants_[ir::ValueId{type.length}].value_or(1);
    if (type.kind == Kind::cooperative_matrix)
        return (u64{type.rows} * type.columns + subgroup_size_ - 1) / subgroup_size_;
    return type.kind == Kind::scalar || type.kind == Kind::pointer ? 1 : type.count;
}

ir::TypeId Layout::part(ir::TypeId id, u64 index) const {
    const ir::Type& type = module_.types[id];
    return type.kind == Kind::structure ? type.members[static_cast<std::size_t>(index)].type : type.element;
}

u64 Layout::alignment(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    switch (type.kind) {
        case Kind::scalar:
            return held_bytes(type.scalar);
        case Kind::pointer:
            return is_wide(type.space) ? 8 : 4;
        case Kind::structure: {
            u64 most = 1;
            for (const ir::Type::Member& member : type.members) most = std::max(most, alignment(member.type));
            return most;
        }
        default:
            return type.element == ir::TypeId::none ? 1 : alignment(type.element);
    }
}

u64 Layout::offset(ir::TypeId id, u64 index, bool laid) const {
    const ir::Type& type = module_.types[id];
    if (type.kind == Kind::structure) {
        if (laid) return type.members[static_cast<std::size_t>(index)].offset_bytes;
        u64 end = 0;
        for (std::size_t i = 0;; ++i) {
            const ir::TypeId member = type.members[i].type;
            end = (end + alignment(member) - 1) / alignment(member) * alignment(member);
            if (i == index) return end;
            end += size_bytes(member, false);
        }
    }
    const bool has_stride = laid && type.kind != Kind::vector && type.kind != Kind::cooperative_matrix;
    return index * (has_stride ? type.stride_bytes : size_bytes(type.element, laid));
}

u64 Layout::size_bytes(ir::TypeId id, bool laid) const {
    const ir::Type& type = module_.types[id];
    switch (type.kind) {
        case Kind::scalar:
            return held_bytes(type.scalar);
        case Kind::pointer:
            return has_root(type.space) ? 16 : type.space == ir::Space::address ? 8 : 4;
        case Kind::matrix:
            if (laid && type.row_major) return u64{module_.types[type.element].count} * type.stride_bytes;
            [[fallthrough]];
        case Kind::vector:
        case Kind::array:
        case Kind::cooperative_matrix:
            return offset(id, count(id), laid);
        case Kind::structure: {
            if (laid && type.size_bytes != 0) return type.size_bytes;
            if (type.members.empty()) return 0;
            const u64 last = type.members.size() - 1;
            const u64 end = offset(id, last, laid) + size_bytes(part(id, last), laid);
            return (end + alignment(id) - 1) / alignment(id) * alignment(id);
        }
        default:
            return 0;
    }
}

void Layout::add(ir::TypeId id, bool laid, u64 place, std::vector<Leaf>& made) const {
    const ir::Type& type = module_.types[id];
    if (type.kind == Kind::scalar) return made.push_back({type.scalar, place});
    if (type.kind == Kind::pointer) {
        if (has_root(type.space)) made.push_back({Scalar::u32, place});
        const bool wide = has_root(type.space) || type.space == ir::Space::address;
        return made.push_back({wide ? Scalar::u64 : Scalar::u32, place + (has_root(type.space) ? 8 : 0)});
    }
    if (type.kind == Kind::matrix && laid && type.row_major) {
        const u64 rows = module_.types[type.element].count;
        for (u64 column = 0; column < type.count; ++column)
            for (u64 row = 0; row < rows; ++row)
                made.push_back({type.scalar, place + row * type.stride_bytes + column * held_bytes(type.scalar)});
        return;
    }
    for (u64 i = 0; i < count(id); ++i) add(part(id, i), laid, place + offset(id, i, laid), made);
}

std::vector<Leaf> Layout::leaves(ir::TypeId id, bool laid, u64 place) const {
    std::vector<Leaf> made;
    add(id, laid, place, made);
    return made;
}

u64 Layout::leaf_count(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    switch (type.kind) {
        case Kind::nothing:
            return 0;
        case Kind::scalar:
            return 1;
        case Kind::pointer:
            return has_root(type.space) ? 2 : 1;
        case Kind::structure: {
            u64 all = 0;
            for (const ir::Type::Member& member : type.members) all += leaf_count(member.type);
            return all;
        }
        default:
            return count(id) * leaf_count(type.element);
    }
}

}  // namespace alkomp::backend::reference
