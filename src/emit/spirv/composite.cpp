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

/// SwiftShader (the 2022 snapshot in Chromium 120 to 140) crashes when it folds an insertion of a constant into the
/// OpConstantNull of an array, and takes wrong lanes of that of a vector: a constant with all its parts does the same.
Id Emitter::with_parts(ir::TypeId id, const ir::Constant* constant, std::span<const u32> path) {
    const ir::Type& about = module_.types[id];
    constexpr u64 kMostParts = 4096;
    u64 count = about.count;
    if (about.kind == ir::Type::Kind::structure) count = about.members.size();
    if (about.kind == ir::Type::Kind::array)
        count = module_.known_bits(ir::ValueId{about.length}).value_or(kMostParts + 1);
    const bool is_zero = constant == nullptr || constant->kind == ir::Constant::Kind::zero;
    const bool is_whole = path.empty() || count > kMostParts ||
                          (!is_zero && (constant->kind != ir::Constant::Kind::composite || varies(constant->value)));
    if (is_whole && constant != nullptr) return value(constant->value);
    if (is_whole && about.kind == ir::Type::Kind::scalar) return number(about.scalar, 0);
    if (is_whole) return words_.constant(Op::ConstantNull, type(id), {});
    std::vector<Id> parts;
    for (u32 i = 0; i < count; ++i) {
        const ir::Constant* part = is_zero ? nullptr : module_.find_constant(constant->parts[i]);
        const ir::TypeId type_of_it = about.kind == ir::Type::Kind::structure ? about.members[i].type : about.element;
        parts.push_back(with_parts(type_of_it, part, path.subspan(i == path[0] ? 1 : path.size())));
    }
    return words_.constant(Op::ConstantComposite, type(id), parts);
}
Id Emitter::with_parts(ir::ValueId id, std::span<const u32> path) {
    const ir::Constant* constant = module_.find_constant(id);
    return constant == nullptr ? value(id) : with_parts(constant->type, constant, path);
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
            std::vector<u32> words{value(operands[1]), with_parts(operands[0], path)};
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
            constexpr std::array<u32, 1> kFirst{0};
            std::vector<u32> words{value(operands[0]), with_parts(operands[1], kFirst)};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::VectorShuffle, type, words);
        }
    }
}

}  // namespace alkomp::emit::spv
