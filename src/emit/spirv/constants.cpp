// SPDX-License-Identifier: MIT OR Apache-2.0
// Constants, those that specialisation sets, and those computed from them.
#include "emit/spirv/emitter.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace alkomp::emit::spv {
/// As OpConstant wants the bits: narrow numbers fill a word, signed ones by their sign.
u64 Emitter::literal_of(Scalar scalar, u64 bits) {
    switch (scalar) {
        case Scalar::i8:
            return static_cast<u32>(static_cast<i32>(static_cast<i8>(bits)));
        case Scalar::i16:
            return static_cast<u32>(static_cast<i32>(static_cast<i16>(bits)));
        case Scalar::u8:
            return bits & 0xff;
        case Scalar::u16:
        case Scalar::f16:
        case Scalar::bf16:
            return bits & 0xffff;
        case Scalar::boolean:
        case Scalar::i32:
        case Scalar::u32:
        case Scalar::f32:
        case Scalar::record:
            return bits & 0xffffffff;
        case Scalar::i64:
        case Scalar::u64:
        case Scalar::f64:
            break;
    }
    return bits;
}

Id Emitter::boolean(bool value) {
    return words_.constant(value ? Op::ConstantTrue : Op::ConstantFalse, bool_type(), {});
}

Id Emitter::number(Scalar scalar, u64 bits, u32 lanes) {
    if (lanes > 1) {
        const std::vector<u32> parts(lanes, number(scalar, bits));
        return words_.constant(Op::ConstantComposite, number_type(scalar, lanes), parts);
    }
    if (scalar == Scalar::boolean) return boolean(bits != 0);
    const u64 value = literal_of(scalar, bits);
    const Id type = number_type(scalar);
    if (size_bytes(scalar) == 8)
        return words_.constant(Op::Constant, type, {static_cast<u32>(value), static_cast<u32>(value >> 32)});
    return words_.constant(Op::Constant, type, {static_cast<u32>(value)});
}

Id Emitter::numbers(Scalar scalar, std::span<const u64> lanes) {
    if (lanes.size() == 1) return number(scalar, lanes[0]);
    std::vector<u32> parts;
    for (const u64 lane : lanes) parts.push_back(number(scalar, lane));
    return words_.constant(Op::ConstantComposite, number_type(scalar, static_cast<u32>(lanes.size())), parts);
}

Id Emitter::real(Scalar scalar, double value, u32 lanes) {
    if (scalar == Scalar::f64) return number(scalar, std::bit_cast<u64>(value), lanes);
    if (scalar == Scalar::f16) return number(scalar, f16(static_cast<float>(value)).bits, lanes);
    if (scalar == Scalar::bf16) return number(scalar, bf16(static_cast<float>(value)).bits, lanes);
    return number(scalar, std::bit_cast<u32>(static_cast<float>(value)), lanes);
}

Id Emitter::constant(ir::ValueId id) {
    if (held(id).id == 0) {
        const Id value = make_constant(*module_.find_constant(id));
        held(id).id = value;
        if (options_.names && !module_.text(module_[id].name).empty())
            words_.name(value, module_.text(module_[id].name));
    }
    return held(id).id;
}

Id Emitter::make_constant(const ir::Constant& constant) {
    const ir::Type& about = module_.types[constant.type];
    const Id type = this->type(constant.type);
    switch (constant.kind) {
        case ir::Constant::Kind::zero:
            return zero(constant.type);
        case ir::Constant::Kind::undefined:
            return words_.constant(Op::Undef, type, {});
        case ir::Constant::Kind::scalar:
            return number(about.scalar, constant.bits);
        case ir::Constant::Kind::composite: {
            std::vector<u32> parts;
            for (const ir::ValueId part : constant.parts) parts.push_back(this->constant(part));
            const bool varying = std::any_of(constant.parts.begin(), constant.parts.end(),
                                             [&](ir::ValueId part) { return varies(part); });
            return words_.constant(varying ? Op::SpecConstantComposite : Op::ConstantComposite, type, parts);
        }
        case ir::Constant::Kind::specialization: {
            Id made = 0;
            if (about.scalar == Scalar::boolean) {
                made = words_.new_constant(constant.bits != 0 ? Op::SpecConstantTrue : Op::SpecConstantFalse, type, {});
            } else {
                const u64 bits = literal_of(about.scalar, constant.bits);
                const std::array<u32, 2> both{static_cast<u32>(bits), static_cast<u32>(bits >> 32)};
                made = words_.new_constant(Op::SpecConstant, type,
                                           std::span(both).first(size_bytes(about.scalar) == 8 ? 2 : 1));
            }
            words_.decorate(made, Decoration::SpecId, {constant.specialization});
            return made;
        }
        case ir::Constant::Kind::computed:
            return make_computed(constant);
    }
    return 0;
}

/// Which constants specialisation changes, and which SPIR-V can say outside of functions.
void Emitter::judge_constants() {
    constants_.resize(module_.constants.size());
    for (std::size_t i = 1; i < module_.constants.size(); ++i) {
        const ir::Constant& constant = module_.constants[i];
        ConstantFacts& facts = constants_[i];
        facts.varies = constant.kind == ir::Constant::Kind::specialization;
        facts.expressible = constant.kind != ir::Constant::Kind::computed || has_constant_form(constant);
        for (const ir::ValueId part : constant.parts) {
            const ConstantFacts& of_part = constants_[module_[part].index];
            facts.varies = facts.varies || of_part.varies;
            facts.expressible = facts.expressible && of_part.expressible;
        }
    }
}

bool Emitter::varies(ir::ValueId id) const {
    return module_.find_constant(id) != nullptr && constants_[module_[id].index].varies;
}

std::vector<u64> Emitter::known_lanes(ir::ValueId id) const {
    const ir::Constant* constant = module_.find_constant(id);
    if (constant == nullptr) return {};
    const ir::Type& type = module_.types[constant->type];
    if (type.kind != ir::Type::Kind::scalar && type.kind != ir::Type::Kind::vector) return {};
    if (constant->kind == ir::Constant::Kind::zero) return std::vector<u64>(module_.types.lanes(constant->type), 0);
    if (constant->kind == ir::Constant::Kind::scalar) return {constant->bits};
    std::vector<u64> lanes;
    if (constant->kind != ir::Constant::Kind::composite) return {};
    for (const ir::ValueId part : constant->parts) {
        const std::vector<u64> of_part = known_lanes(part);
        if (of_part.empty()) return {};
        lanes.insert(lanes.end(), of_part.begin(), of_part.end());
    }
    return lanes;
}

/// OpSpecConstantOp knows integers and booleans only, and no functions of GLSL.std.450.
bool Emitter::has_constant_form(const ir::Constant& constant) const {
    const auto whole = [&](ir::TypeId id) { return module_.types.is_integer(id) || module_.types.is_boolean(id); };
    if (!whole(constant.type) || !std::all_of(constant.parts.begin(), constant.parts.end(),
                                              [&](ir::ValueId part) { return whole(module_.type_of(part)); }))
        return false;
    switch (constant.op) {
        case ir::Op::add:
        case ir::Op::sub:
        case ir::Op::mul:
        case ir::Op::div:
        case ir::Op::rem:
        case ir::Op::mod:
        case ir::Op::neg:
        case ir::Op::min:
        case ir::Op::max:
        case ir::Op::bit_and:
        case ir::Op::bit_or:
        case ir::Op::bit_xor:
        case ir::Op::bit_not:
        case ir::Op::shl:
        case ir::Op::shr:
        case ir::Op::eq:
        case ir::Op::ne:
        case ir::Op::lt:
        case ir::Op::le:
        case ir::Op::gt:
        case ir::Op::ge:
        case ir::Op::select:
            return true;
        case ir::Op::convert: {
            const u32 from = module_.types.bits(module_.type_of(constant.parts[0]));
            return words_.version() >= kVersion1_4 || from == module_.types.bits(constant.type);
        }
        default:
            return false;
    }
}

Id Emitter::make_computed(const ir::Constant& constant) {
    const bool inner = std::exchange(in_constant_, true);
    const Id made = compute(constant);
    in_constant_ = inner;
    return made;
}

/// A constant that only instructions can compute: once in each function, where it begins.
Id Emitter::computed_here(ir::ValueId id) {
    if (const auto known = computed_.find(ir::place(id)); known != computed_.end()) return known->second;
    const bool inner = std::exchange(in_first_, true);
    if (!inner) std::swap(code_, first_);
    const Id made = compute(*module_.find_constant(id));
    if (!inner) std::swap(code_, first_);
    in_first_ = inner;
    computed_.emplace(ir::place(id), made);
    return made;
}

Id Emitter::compute(const ir::Constant& constant) {
    const bool precise = std::exchange(precise_, false);
    const ir::Op op = constant.kind == ir::Constant::Kind::composite ? ir::Op::compose : constant.op;
    const Id made = value_of({op, constant.parts, constant.immediates, constant.type});
    precise_ = precise;
    return made;
}

}  // namespace alkomp::emit::spv
