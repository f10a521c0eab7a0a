// SPDX-License-Identifier: MIT OR Apache-2.0
// The types of kernels as types of the IR, and numbers of the host as constants.
#include "alkomp/error.h"
#include "lang/recorder.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace alkomp::detail {
namespace {

bool holds_bool(const TypeInfo& info) {
    return info.kind == TypeInfo::Kind::array
               ? holds_bool(*info.element)
               : info.kind != TypeInfo::Kind::structure && info.scalar == Scalar::boolean;
}

u64 mask(Scalar scalar) { return size_bytes(scalar) >= 8 ? ~u64{0} : (u64{1} << (8 * size_bytes(scalar))) - 1; }

std::string text_of(f64 value) {
    std::ostringstream out;
    out.precision(17);
    out << value;
    return out.str();
}

/// The bits of a float of this type that is the number; nothing if none is.
std::optional<u64> float_bits(Scalar scalar, f64 value) {
    const f32 narrow = static_cast<f32>(value);
    const auto is_same = [&](f64 rounded) { return rounded == value || (std::isnan(rounded) && std::isnan(value)); };
    u64 bits = 0;
    f64 rounded = 0;
    switch (scalar) {
        case Scalar::f64:
            return std::bit_cast<u64>(value);
        case Scalar::f32:
            bits = std::bit_cast<u32>(narrow);
            rounded = narrow;
            break;
        case Scalar::f16:
            bits = f16(narrow).bits;
            rounded = static_cast<f64>(static_cast<f32>(f16(narrow)));
            break;
        default:
            bits = bf16(narrow).bits;
            rounded = static_cast<f64>(static_cast<f32>(bf16(narrow)));
            break;
    }
    if (!is_same(rounded)) return std::nullopt;
    return bits;
}

}  // namespace

ir::TypeId Recorder::type(const TypeInfo& info) {
    if (const auto known = types_.find(&info); known != types_.end()) return known->second;
    ir::Types& types = module().types;
    ir::TypeId id = ir::TypeId::none;
    switch (info.kind) {
        case TypeInfo::Kind::scalar:
        case TypeInfo::Kind::vector:
            id = types.vector(info.scalar, info.count);
            break;
        case TypeInfo::Kind::array:
            id = array_of(*info.element, info.count);
            break;
        case TypeInfo::Kind::structure: {
            ir::Type structure;
            structure.kind = ir::Type::Kind::structure;
            structure.name = info.name;
            structure.size_bytes = info.size_bytes;
            std::vector<MemberInfo> members(info.count);
            info.members(members.data());
            u32 end = 0;
            for (const MemberInfo& member : members) {
                if (member.offset_bytes < end)
                    fail(place_, "Fields<...> of " + structure.name + " lists \"" + std::string(member.name) +
                                     "\" behind a later member; members are listed in order.");
                if (holds_bool(*member.type))
                    fail(place_, "the member \"" + std::string(member.name) + "\" of " + structure.name +
                                     " is a bool, which has no layout in device memory; u32 has one.");
                end = member.offset_bytes + member.type->size_bytes;
                structure.members.push_back({std::string(member.name), type(*member.type), member.offset_bytes});
            }
            id = types.add(structure);
            break;
        }
        case TypeInfo::Kind::matrix:
            id = types.cooperative_matrix(info.scalar, ir::Scope::subgroup, info.rows, info.columns,
                                          static_cast<ir::MatrixUse>(info.use));
            break;
    }
    types_.emplace(&info, id);
    return id;
}

ir::TypeId Recorder::array_of(const TypeInfo& element, u32 count) {
    return module().types.array(type(element), ir::place(module().index(count)),
                                holds_bool(element) ? 0 : element.size_bytes);
}

Node Recorder::same_lanes(const TypeInfo& info, u64 bits, Place place) {
    const ir::TypeId scalar = module().types.scalar(info.scalar);
    const ir::ValueId one = module().constant(scalar, bits);
    if (info.kind == TypeInfo::Kind::scalar) return node(one);
    if (info.kind == TypeInfo::Kind::matrix) return emit(ir::Op::splat, {&one, 1}, place, {}, type(info));
    if (bits == 0) return node(module().zero(type(info)));
    ir::Constant all;
    all.kind = ir::Constant::Kind::composite;
    all.type = type(info);
    all.parts.assign(info.count, one);
    return node(module().constant(std::move(all)));
}

Node Recorder::constant(const TypeInfo& info, const void* value) {
    return constant_part(info, static_cast<const std::byte*>(value));
}

Node Recorder::constant_part(const TypeInfo& info, const std::byte* bytes) {
    if (info.kind == TypeInfo::Kind::scalar) {
        u64 bits = 0;
        std::memcpy(&bits, bytes, info.size_bytes);
        return node(module().constant(type(info), bits));
    }
    ir::Constant whole;
    whole.kind = ir::Constant::Kind::composite;
    whole.type = type(info);
    std::vector<MemberInfo> members;
    if (info.kind == TypeInfo::Kind::structure) {
        members.resize(info.count);
        info.members(members.data());
    } else {
        for (u32 i = 0; i < info.count; ++i) members.push_back({{}, info.element, i * info.element->size_bytes});
    }
    for (const MemberInfo& member : members)
        whole.parts.push_back(ir::ValueId{constant_part(*member.type, bytes + member.offset_bytes).value});
    return node(module().constant(std::move(whole)));
}

Node constant(const TypeInfo& type, const void* value, Place place) {
    Recorder& recorder = Recorder::current(place);
    return recorder.constant(type, value);
}

Node number(const TypeInfo& type, bool value, Place place) {
    return is_float(type.scalar) ? number(type, f64{value ? 1.0 : 0.0}, place) : number(type, u64{value}, place);
}

Node number(const TypeInfo& type, i64 value, Place place) {
    Recorder& recorder = Recorder::current(place);
    if (value >= 0) return number(type, static_cast<u64>(value), place);
    if (is_float(type.scalar)) {
        const f64 as_float = static_cast<f64>(value);
        const std::optional<u64> bits = float_bits(type.scalar, as_float);
        if (bits && static_cast<i64>(as_float) == value) return recorder.same_lanes(type, *bits, place);
    } else if (is_signed_integer(type.scalar) && value >= -static_cast<i64>(mask(type.scalar) >> 1) - 1) {
        return recorder.same_lanes(type, static_cast<u64>(value) & mask(type.scalar), place);
    }
    recorder.fail(place, std::to_string(value) + " is no " + std::string(to_string(type.scalar)) + '.');
}

Node number(const TypeInfo& type, u64 value, Place place) {
    Recorder& recorder = Recorder::current(place);
    if (is_float(type.scalar)) {
        const f64 as_float = static_cast<f64>(value);
        const std::optional<u64> bits = float_bits(type.scalar, as_float);
        if (bits && as_float < 0x1p64 && static_cast<u64>(as_float) == value)
            return recorder.same_lanes(type, *bits, place);
    } else if (value <= (is_signed_integer(type.scalar) ? mask(type.scalar) >> 1 : mask(type.scalar))) {
        return recorder.same_lanes(type, value, place);
    }
    recorder.fail(place, std::to_string(value) + " is no " + std::string(to_string(type.scalar)) + '.');
}

Node number(const TypeInfo& type, f64 value, Place place) {
    Recorder& recorder = Recorder::current(place);
    if (const std::optional<u64> bits = float_bits(type.scalar, value)) return recorder.same_lanes(type, *bits, place);
    const std::string name(to_string(type.scalar));
    recorder.fail(place, text_of(value) + " is not exactly one of " + name + ": write " +
                             (type.scalar == Scalar::f32 ? "an f or " : "") + name + "(...) to have it rounded.");
}

Node index_number(i64 value, Place place) {
    static constexpr TypeInfo kU32{TypeInfo::Kind::scalar, Scalar::u32, 1, 4};
    static constexpr TypeInfo kU64{TypeInfo::Kind::scalar, Scalar::u64, 1, 8};
    if (value < 0) Recorder::current(place).fail(place, "the index " + std::to_string(value) + " is negative.");
    return number(value <= std::numeric_limits<u32>::max() ? kU32 : kU64, static_cast<u64>(value), place);
}

}  // namespace alkomp::detail
