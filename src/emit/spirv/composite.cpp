// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors, arrays and structures as values: put together, taken apart, changed in one place.
#include "emit/spirv/emitter.h"

#include <algorithm>
#include <array>

namespace alkomp::emit::spv {
namespace {

constexpr u64 kMostParts = 4096;  // of a zero that is written with all its parts

}  // namespace

/// A part of what has a layout has one too; it is taken off only where a value is needed.
void Emitter::extract_laid(const ir::Instruction& instruction) {
    const ir::ValueId whole = module_.operands(instruction)[0], part = module_.result(instruction);
    std::vector<u32> words{held(whole).id};
    const std::span<const u32> path = module_.immediates(instruction);
    words.insert(words.end(), path.begin(), path.end());
    define(part, result(Op::CompositeExtract, type(module_.type_of(part), Form::laid), words));
    if (has_forms(module_.type_of(part))) held(part).form = Form::laid;
}

/// SwiftShader (the 2022 snapshot in Chromium 120 to 140) folds OpConstantNull wrongly: it takes other lanes and other
/// values of a vector, and crashes on an insertion into an array, which may come there through choices and other
/// composites. Zeros are written with all their parts where those are few, and where the module inserts into one.
void Emitter::judge_zeros() {
    constexpr u64 kFewParts = 64;
    std::vector<u64> parts(module_.types.size(), 1);
    spelled_out_.resize(module_.types.size());
    for (const ir::Instruction& instruction : module_.instructions) {
        if (instruction.op != ir::Op::insert) continue;
        ir::TypeId id = module_.type_of(module_.operands(instruction)[0]);
        for (const u32 part : module_.immediates(instruction)) {
            spelled_out_[ir::place(id)] = true;
            id = part_of(id, part);
        }
    }
    // A type stands behind its parts.
    for (u32 i = 0; i < module_.types.size(); ++i) {
        const ir::TypeId id{i};
        u64 sum = 0;
        bool has_insertions = spelled_out_[i];
        for (u64 k = 0; k < parts_of(id); ++k) {
            const u32 part = ir::place(part_of(id, k));
            sum = std::min(sum + parts[part], kMostParts);
            has_insertions = has_insertions || spelled_out_[part];
        }
        parts[i] = std::max<u64>(sum, 1);
        spelled_out_[i] = sum > 0 && sum < kMostParts && (sum <= kFewParts || has_insertions);
    }
}

u64 Emitter::parts_of(ir::TypeId id) const {
    const ir::Type& about = module_.types[id];
    if (about.kind == ir::Type::Kind::structure) return about.members.size();
    if (about.kind == ir::Type::Kind::array)
        return std::min(module_.known_bits(ir::ValueId{about.length}).value_or(0), kMostParts);
    return about.kind == ir::Type::Kind::vector || about.kind == ir::Type::Kind::matrix ? about.count : 0;
}

ir::TypeId Emitter::part_of(ir::TypeId id, u64 index) const {
    const ir::Type& about = module_.types[id];
    return about.kind == ir::Type::Kind::structure ? about.members[index].type : about.element;
}

Id Emitter::zero(ir::TypeId id) {
    if (module_.types.is(id, ir::Type::Kind::scalar)) return number(module_.types[id].scalar, 0);
    if (!spelled_out_[ir::place(id)]) return words_.constant(Op::ConstantNull, type(id), {});
    std::vector<Id> parts;
    for (u32 i = 0; i < parts_of(id); ++i) parts.push_back(zero(part_of(id, i)));
    return words_.constant(Op::ConstantComposite, type(id), parts);
}

/// SPIRV-Tools, which is in SwiftShader, drops insertions into what is then inserted into an array
/// (eliminate-dead-inserts): vectors and structures go there part by part.
Id Emitter::insert_parts(Id whole, ir::TypeId whole_type, Id part, ir::TypeId part_type, std::vector<u32>& path) {
    if (module_.types.is(part_type, ir::Type::Kind::array) || parts_of(part_type) == 0) {
        std::vector<u32> words{part, whole};
        words.insert(words.end(), path.begin(), path.end());
        return result(Op::CompositeInsert, type(whole_type), words);
    }
    for (u32 i = 0; i < parts_of(part_type); ++i) {
        const ir::TypeId inner = part_of(part_type, i);
        path.push_back(i);
        whole = insert_parts(whole, whole_type, result({Op::CompositeExtract, type(inner), {part, i}}), inner, path);
        path.pop_back();
    }
    return whole;
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
            const ir::TypeId part = module_.type_of(operands[1]);
            const bool by_parts = module_.types.is(id, ir::Type::Kind::array) &&
                                  module_.find_constant(operands[1]) == nullptr && parts_of(part) > 0;
            std::vector<u32> where(path.begin(), path.end());
            if (by_parts) return insert_parts(value(operands[0]), id, value(operands[1]), part, where);
            std::vector<u32> words{value(operands[1]), value(operands[0])};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::CompositeInsert, type, words);
        }
        case ir::Op::extract_lane: {
            const u32 lanes = module_.types.lanes(module_.type_of(operands[0]));
            const std::vector<u64> known = known_lanes(operands[1]);
            if (!known.empty() && known[0] < lanes)
                return result({Op::CompositeExtract, type, {value(operands[0]), static_cast<u32>(known[0])}});
            return result({Op::VectorExtractDynamic,
                           type,
                           {value(operands[0]), index(operands[1], module_.type(operands[0]), true)}});
        }
        case ir::Op::insert_lane: {
            const u32 lanes = module_.types.lanes(id);
            const std::vector<u64> known = known_lanes(operands[2]);
            const Id vector = value(operands[0]), lane = value(operands[1]);
            if (!known.empty() && known[0] < lanes)
                return result({Op::CompositeInsert, type, {lane, vector, static_cast<u32>(known[0])}});
            return result({Op::VectorInsertDynamic, type, {vector, lane, index(operands[2], module_.types[id], true)}});
        }
        default: {
            std::vector<u32> words{value(operands[0]), value(operands[1])};
            words.insert(words.end(), path.begin(), path.end());
            return result(Op::VectorShuffle, type, words);
        }
    }
}

}  // namespace alkomp::emit::spv
