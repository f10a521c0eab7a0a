// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors, arrays and structures as values: put together, taken apart, changed in one place.
#include "emit/spirv/emitter.h"

#include <array>

namespace alkomp::emit::spv {

/// A lane's place that stays inside the vector; outside is some lane.
Id Emitter::lane_place(ir::ValueId place, u32 lanes) {
    const Shape of = shape(module_.type_of(place));
    if (!known_lanes(place).empty()) return number(of.scalar, lanes - 1);
    return glsl({Glsl::UMin, of.type, {value(place), number(of.scalar, lanes - 1)}});
}

/// A part of what has a layout has one too; it is taken off only where a value is needed.
void Emitter::extract_laid(const ir::Instruction& instruction) {
    const ir::ValueId whole = module_.operands(instruction)[0], part = module_.result(instruction);
    std::vector<u32> words{held(whole).id};
    const std::span<const u32> path = module_.immediates(instruction);
    words.insert(words.end(), path.begin(), path.end());
    define(part, result(Op::CompositeExtract, type(module_.type_of(part), Form::laid), words));
    if (has_forms(module_.type_of(part))) held(part).form = Form::laid;
}

/// SwiftShader (the 2022 snapshot in Chromium 120 to 140) crashes when it folds an insertion into the OpConstantNull of
/// an array, which may have come there through choices and other composites: where a module inserts into arrays of
/// a type, its zeros are written with all their parts.
void Emitter::judge_insertions() {
    spelled_out_.resize(module_.types.size());
    for (const ir::Instruction& instruction : module_.instructions) {
        if (instruction.op != ir::Op::insert) continue;
        ir::TypeId id = module_.type_of(module_.operands(instruction)[0]);
        for (const u32 part : module_.immediates(instruction)) {
            const ir::Type& about = module_.types[id];
            if (about.kind == ir::Type::Kind::array) spelled_out_[ir::place(id)] = true;
            id = about.kind == ir::Type::Kind::structure ? about.members[part].type : about.element;
        }
    }
    // A type stands behind its parts.
    for (u32 i = 0; i < module_.types.size(); ++i) {
        const ir::Type& about = module_.types[ir::TypeId{i}];
        const auto is_spelled_out = [&](ir::TypeId id) -> bool { return spelled_out_[ir::place(id)]; };
        if (about.kind == ir::Type::Kind::array && is_spelled_out(about.element)) spelled_out_[i] = true;
        for (const ir::Type::Member& member : about.members)
            if (is_spelled_out(member.type)) spelled_out_[i] = true;
    }
}

Id Emitter::zero(ir::TypeId id) {
    constexpr u64 kMostParts = 4096;
    const ir::Type& about = module_.types[id];
    if (about.kind == ir::Type::Kind::scalar) return number(about.scalar, 0);
    std::vector<Id> parts;
    if (spelled_out_[ir::place(id)] && about.kind == ir::Type::Kind::array) {
        const u64 count = module_.known_bits(ir::ValueId{about.length}).value_or(kMostParts + 1);
        if (count <= kMostParts) parts.assign(count, zero(about.element));
    } else if (spelled_out_[ir::place(id)]) {
        for (const ir::Type::Member& member : about.members) parts.push_back(zero(member.type));
    }
    return words_.constant(parts.empty() ? Op::ConstantNull : Op::ConstantComposite, type(id), parts);
}

Id Emitter::composite(const Computation& of) {
    const std::span<const ir::ValueId> operands = of.operands;
    const std::span<const u32> path = of.immediates;
    const ir::TypeId id = of.type;
    const Id type = this->type(id);
    switch (of.op) {
        case ir::Op::extract: {
            std::vector<u32> words{value(operands[0])};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::CompositeExtract, type, words);
        }
        case ir::Op::compose:
            // A vector of one vector, which OpCompositeConstruct does not know.
            if (module_.type_of(operands[0]) == id) return value(operands[0]);
            return result(Op::CompositeConstruct, type, values(operands));
        case ir::Op::splat: {
            const bool matrix = module_.types.is(id, ir::Type::Kind::cooperative_matrix);
            if (matrix) return result({Op::CompositeConstruct, type, {value(operands[0])}});
            const Shape whole = shape(id);
            return splat(value(operands[0]), whole);
        }
        case ir::Op::insert: {
            std::vector<u32> words{value(operands[1]), value(operands[0])};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::CompositeInsert, type, words);
        }
        case ir::Op::extract_lane: {
            const u32 lanes = module_.types.lanes(module_.type_of(operands[0]));
            const std::vector<u64> known = known_lanes(operands[1]);
            if (!known.empty() && known[0] < lanes)
                return result({Op::CompositeExtract, type, {value(operands[0]), static_cast<u32>(known[0])}});
            return result({Op::VectorExtractDynamic, type, {value(operands[0]), lane_place(operands[1], lanes)}});
        }
        case ir::Op::insert_lane: {
            const u32 lanes = module_.types.lanes(id);
            const std::vector<u64> known = known_lanes(operands[2]);
            const Id vector = value(operands[0]), lane = value(operands[1]);
            if (!known.empty() && known[0] < lanes)
                return result({Op::CompositeInsert, type, {lane, vector, static_cast<u32>(known[0])}});
            return result({Op::VectorInsertDynamic, type, {vector, lane, lane_place(operands[2], lanes)}});
        }
        default: {
            // SwiftShader takes wrong lanes where both are constant and the second is OpConstantNull.
            const ir::Constant* second = module_.find_constant(operands[1]);
            const bool is_zero = second != nullptr && second->kind == ir::Constant::Kind::zero;
            const Shape of = shape(module_.type_of(operands[1]));
            std::vector<u32> words{value(operands[0]), is_zero ? number(of.scalar, 0, of.lanes) : value(operands[1])};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::VectorShuffle, type, words);
        }
    }
}

}  // namespace alkomp::emit::spv
