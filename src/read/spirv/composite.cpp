// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors, matrices, arrays and structures by their parts.
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {

/// Of parts that may differ from the wanted ones in signs and layout. Vectors may be made of shorter ones.
ValueId Reader::compose(TypeId id, std::vector<ValueId> parts) {
    const ir::Type& whole = types()[id];
    if (whole.kind != ir::Type::Kind::vector) {
        for (u32 i = 0; i < parts.size(); ++i)
            if (has_part(id, i)) parts[i] = as(parts[i], types().part(id, i));
    }
    const bool all_constant =
        std::all_of(parts.begin(), parts.end(), [&](ValueId part) { return module_.find_constant(part) != nullptr; });
    const bool by_part = all_constant && (whole.kind != ir::Type::Kind::vector || parts.size() == whole.count);
    if (by_part && whole.kind != ir::Type::Kind::cooperative_matrix) return composite_constant(id, std::move(parts));
    return make(ir::Op::compose, parts, {}, id);
}

ValueId Reader::construct(const Inst& inst) {
    const TypeId result = type(inst[1]);
    const ir::Type& whole = types()[result];
    if (whole.kind == ir::Type::Kind::cooperative_matrix) {
        if (inst.size() != 4) fail("a cooperative matrix is made of one value.");
        return make(ir::Op::splat, {value(inst[3], whole.element)}, {}, result);
    }
    if (inst.op() == Op::CompositeConstructReplicateEXT) {
        u64 count = whole.count;
        if (whole.kind == ir::Type::Kind::structure) count = whole.members.size();
        if (whole.kind == ir::Type::Kind::array) count = module_.known_bits(ValueId{whole.length}).value_or(0);
        if (count == 0 || count > code_.size() + kMostParts) unsupported("the composite is too large.");
        return compose(result, std::vector<ValueId>(count, value(inst[3])));
    }
    std::vector<ValueId> parts;
    for (std::size_t i = 3; i < inst.size(); ++i) parts.push_back(value(inst[i]));
    if (parts.empty()) fail("it has no parts.");
    return compose(result, std::move(parts));
}

/// Lanes that are left open are the first one.
ValueId Reader::shuffle(const Inst& inst) {
    const ValueId a = value(inst[3]), b = value(inst[4]);
    std::vector<u32> lanes(inst.words.begin() + 5, inst.words.end());
    constexpr u32 kOpen = 0xffffffff;
    std::replace(lanes.begin(), lanes.end(), kOpen, 0u);
    const u32 of_a = types().lanes(type_of(a));
    const bool known = module_.find_constant(a) != nullptr && module_.find_constant(b) != nullptr;
    if (known &&
        std::all_of(lanes.begin(), lanes.end(), [&](u32 lane) { return lane < of_a + types().lanes(type_of(b)); })) {
        std::vector<ValueId> parts;
        for (const u32 lane : lanes) parts.push_back(lane < of_a ? part(a, lane) : part(b, lane - of_a));
        return compose(type(inst[1]), std::move(parts));
    }
    const std::array<ValueId, 2> both{a, b};
    return make(ir::Op::shuffle, both, lanes);
}

ValueId Reader::insert(ValueId whole, ValueId inserted, std::span<const u32> path) {
    TypeId at = type_of(whole);
    for (const u32 step : path) {
        if (!has_part(at, step)) fail("there is no such part.");
        at = types().part(at, step);
    }
    const std::array<ValueId, 2> operands{whole, as(inserted, at)};
    return make(ir::Op::insert, operands, path);
}

ValueId Reader::composite(const Inst& inst) {
    switch (inst.op()) {
        case Op::VectorExtractDynamic:
            return make(ir::Op::extract_lane, {value(inst[3]), value(inst[4])});
        case Op::VectorInsertDynamic:
            return make(ir::Op::insert_lane, {value(inst[3]), value(inst[4]), value(inst[5])});
        case Op::VectorShuffle:
            return shuffle(inst);
        case Op::CompositeConstruct:
        case Op::CompositeConstructReplicateEXT:
            return construct(inst);
        case Op::CompositeExtract: {
            ValueId made = value(inst[3]);
            if (types().is(type_of(made), ir::Type::Kind::cooperative_matrix)) {
                if (inst.size() != 5) fail("a cooperative matrix has elements alone.");
                return make(ir::Op::matrix_get, {made, module_.index(inst[4])});
            }
            std::size_t at = 4;
            while (at < inst.size() && module_.find_constant(made) != nullptr) made = part(made, inst[at++]);
            const std::array<ValueId, 1> whole{made};
            return at == inst.size() ? made : make(ir::Op::extract, whole, inst.words.subspan(at));
        }
        case Op::CompositeInsert: {
            const ValueId whole = value(inst[4]);
            if (types().is(type_of(whole), ir::Type::Kind::cooperative_matrix)) {
                if (inst.size() != 6) fail("a cooperative matrix has elements alone.");
                return make(ir::Op::matrix_set, {whole, value(inst[3]), module_.index(inst[5])});
            }
            if (inst.size() == 5) return value(inst[3]);
            return insert(whole, value(inst[3]), inst.words.subspan(5));
        }
        case Op::Transpose:
            return make(ir::Op::transpose, {value(inst[3])}, {}, type(inst[1]));
        default:  // CopyObject, CopyLogical
            return value(inst[3], type(inst[1]));
    }
}

}  // namespace alkomp::read
