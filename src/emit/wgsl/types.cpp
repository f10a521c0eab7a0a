// SPDX-License-Identifier: MIT OR Apache-2.0
// Types and the layouts that WGSL gives them. Source: the WGSL specification, "Memory Layout".
#include "emit/wgsl/emitter.h"

#include <algorithm>

namespace alkomp::emit::wg {
namespace {

u32 rounded_up(u32 value, u32 multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

std::string Emitter::scalar(Scalar scalar) {
    return scalar == Scalar::boolean ? "bool" : std::string(to_string(scalar));
}

std::string Emitter::number_type(Scalar kind, u32 lanes) {
    if (kind == Scalar::f16) enable("f16");
    if (lanes == 1) return scalar(kind);
    const std::string vector = "vec" + std::to_string(lanes);
    switch (kind) {
        case Scalar::f32:
            return vector + 'f';
        case Scalar::i32:
            return vector + 'i';
        case Scalar::u32:
            return vector + 'u';
        case Scalar::f16:
            return vector + 'h';
        default:
            return vector + "<bool>";
    }
}

std::string Emitter::type(ir::TypeId id) { return type(id, {}, false); }

/// `laid`: in memory whose layout the caller knows.
std::string Emitter::type(ir::TypeId id, const std::set<Path>& atomics, bool laid) {
    const ir::Type& about = module_.types[id];
    switch (about.kind) {
        case ir::Type::Kind::scalar: {
            const std::string name = number_type(about.scalar, 1);
            const bool known = about.scalar == Scalar::boolean || about.scalar == Scalar::i32 ||
                               about.scalar == Scalar::u32 || about.scalar == Scalar::f32 ||
                               (about.scalar == Scalar::f16 && support_.f16);
            if (!known) unsupported("the device's WGSL has no " + name + '.');
            return atomics.empty() ? name : "atomic<" + name + '>';
        }
        case ir::Type::Kind::vector: {
            static_cast<void>(type(about.element));
            const Scalar kind = module_.types[about.element].scalar;
            if (!atomics.empty()) unsupported("WGSL has no atomics on a part of a vector.");
            return number_type(kind, about.count);
        }
        case ir::Type::Kind::matrix: {
            const ir::Type& column = module_.types[about.element];
            const Scalar kind = module_.types[column.element].scalar;
            if (kind != Scalar::f32 && kind != Scalar::f16) unsupported("WGSL has matrices of f32 and f16 alone.");
            static_cast<void>(type(about.element));
            const bool fits =
                !about.row_major && (about.stride_bytes == 0 || about.stride_bytes == alignment(about.element));
            if (laid && !fits) unsupported("WGSL has no matrix of this layout.");
            return "mat" + std::to_string(about.count) + 'x' + std::to_string(column.count) +
                   (kind == Scalar::f32 ? 'f' : 'h');
        }
        case ir::Type::Kind::array:
        case ir::Type::Kind::runtime_array: {
            const u32 stride = rounded_up(natural_size(about.element), alignment(about.element));
            if (laid && about.stride_bytes != 0 && about.stride_bytes != stride)
                unsupported("WGSL has no array of " + type(about.element) + " with a stride of " +
                            std::to_string(about.stride_bytes) + " bytes.");
            std::string text = "array<" + type(about.element, atomics, laid);
            if (about.kind == ir::Type::Kind::array) text += ", " + count_of(ir::ValueId{about.length});
            return text + '>';
        }
        case ir::Type::Kind::structure:
            return structure(id, atomics, laid);
        case ir::Type::Kind::nothing:
        case ir::Type::Kind::pointer:
        case ir::Type::Kind::cooperative_matrix:
            break;
    }
    unsupported("WGSL has no such type as a value.");
}

u32 Emitter::length_of(const ir::Type& array) const {
    return static_cast<u32>(constants_[ir::ValueId{array.length}].value_or(1));
}

u32 Emitter::alignment(ir::TypeId id) const {
    const ir::Type& about = module_.types[id];
    switch (about.kind) {
        case ir::Type::Kind::vector:
            return alignment(about.element) * (about.count == 2 ? 2 : 4);
        case ir::Type::Kind::matrix:
        case ir::Type::Kind::array:
        case ir::Type::Kind::runtime_array:
            return alignment(about.element);
        case ir::Type::Kind::structure: {
            u32 most = 1;
            for (const ir::Type::Member& member : about.members) most = std::max(most, alignment(member.type));
            return most;
        }
        default:
            return about.scalar == Scalar::boolean ? 4 : std::max(size_bytes(about.scalar), 1u);
    }
}

u32 Emitter::natural_size(ir::TypeId id) const {
    const ir::Type& about = module_.types[id];
    switch (about.kind) {
        case ir::Type::Kind::vector:
            return alignment(about.element) * about.count;
        case ir::Type::Kind::matrix:
            return alignment(about.element) * about.count;
        case ir::Type::Kind::array:
            return rounded_up(natural_size(about.element), alignment(about.element)) * length_of(about);
        case ir::Type::Kind::runtime_array:
            return rounded_up(natural_size(about.element), alignment(about.element));
        case ir::Type::Kind::structure: {
            if (about.size_bytes != 0) return about.size_bytes;
            u32 end = 0;
            for (const ir::Type::Member& member : about.members)
                end = rounded_up(end, alignment(member.type)) + natural_size(member.type);
            return rounded_up(end, alignment(id));
        }
        default:
            return alignment(id);
    }
}

std::string Emitter::structure(ir::TypeId id, const std::set<Path>& atomics, bool laid) {
    const ir::Type& about = module_.types[id];
    std::string key = "struct " + std::to_string(static_cast<u32>(id));
    for (const Path& path : atomics) {
        key += '|';
        for (const u32 member : path) key += std::to_string(member) + '.';
    }
    if (const auto found = declared_.find(key); found != declared_.end()) return found->second;
    const std::string name = names_.unique(about.name.empty() ? "Struct" : about.name);
    declared_[key] = name;
    const bool has_layout = laid && about.size_bytes != 0;
    std::string text = "struct " + name + " {";
    Names members;
    u32 end = 0;
    for (std::size_t i = 0; i < about.members.size(); ++i) {
        const ir::Type::Member& member = about.members[i];
        const bool last = i + 1 == about.members.size();
        const bool endless = module_.types.is(member.type, ir::Type::Kind::runtime_array);
        u32 size = natural_size(member.type);
        if (has_layout) {
            if (rounded_up(end, alignment(member.type)) != member.offset_bytes)
                unsupported("WGSL has no structure with \"" + member.name + "\" at byte " +
                            std::to_string(member.offset_bytes) + '.');
            const u32 next = last ? about.size_bytes : about.members[i + 1].offset_bytes;
            const u32 by_itself = last ? rounded_up(member.offset_bytes + size, alignment(id))
                                       : rounded_up(member.offset_bytes + size, alignment(about.members[i + 1].type));
            if (next > by_itself && !endless) {
                size = next - member.offset_bytes;
                text += "\n    @size(" + std::to_string(size) + ')';
            }
        }
        end = member.offset_bytes + size;
        const bool sized = text.back() == ')';
        text += (sized ? " " : "\n    ") + members.unique(member.name.empty() ? "member" : member.name) + ": " +
                type(member.type, below(atomics, static_cast<u32>(i)), laid) + ',';
    }
    structures_.push_back(text + "\n}");
    return name;
}

}  // namespace alkomp::emit::wg
