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
        if (module_.types.is(module_.type_of(id), ir::Type::Kind::pointer)) {
            held(id).storage = Storage::PhysicalStorageBuffer;
            held(id).form = Form::laid;
        }
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
            if (about.kind == ir::Type::Kind::scalar) return number(about.scalar, 0);
            return words_.constant(Op::ConstantNull, type, {});
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

bool Emitter::varies(ir::ValueId id) const {
    const ir::Constant* constant = module_.find_constant(id);
    if (constant == nullptr) return false;
    if (constant->kind == ir::Constant::Kind::specialization) return true;
    return std::any_of(constant->parts.begin(), constant->parts.end(), [&](ir::ValueId part) { return varies(part); });
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

/// Whether SPIR-V can say it outside of functions: OpSpecConstantOp knows integers and booleans only.
bool Emitter::expressible(const ir::Constant& constant) const {
    const auto all_are = [&](auto&& test) { return std::all_of(constant.parts.begin(), constant.parts.end(), test); };
    if (!all_are([&](ir::ValueId part) { return expressible(*module_.find_constant(part)); })) return false;
    if (constant.kind != ir::Constant::Kind::computed) return true;
    const auto whole = [&](ir::TypeId id) { return module_.types.is_integer(id) || module_.types.is_boolean(id); };
    if (!whole(constant.type) || !all_are([&](ir::ValueId part) { return whole(module_.type_of(part)); })) return false;
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
        case ir::Op::convert:
            return true;
        default:
            return false;
    }
}

Id Emitter::make_computed(const ir::Constant& constant) {
    in_constant_ = true;
    const Id made = compute(constant);
    in_constant_ = false;
    return made;
}

/// A computed constant, where it is used or outside of functions.
Id Emitter::compute(const ir::Constant& constant) {
    const std::vector<ir::ValueId>& parts = constant.parts;
    const bool precise = std::exchange(precise_, false);
    Id made = 0;
    if (constant.kind == ir::Constant::Kind::composite) {
        made = result(Op::CompositeConstruct, type(constant.type), values(parts));
    } else {
        switch (ir::info(constant.op).rule) {
            case ir::Rule::numbers:
                made = arithmetic(constant.op, parts);
                break;
            case ir::Rule::bits:
                made = logic(constant.op, parts);
                break;
            case ir::Rule::integers:
            case ir::Rule::bit_field:
                made =
                    constant.op == ir::Op::mul_high ? multiply_wide(parts[0], parts[1])[1] : bits(constant.op, parts);
                break;
            case ir::Rule::shift:
                made = shift(constant.op, parts);
                break;
            case ir::Rule::equality:
            case ir::Rule::comparison:
                made = compare(constant.op, parts);
                break;
            case ir::Rule::choice:
                made = select(value(parts[0]), value(parts[1]), value(parts[2]), type(constant.type));
                break;
            case ir::Rule::classification:
            case ir::Rule::lanes_to_bool:
                made = test(constant.op, parts[0]);
                break;
            case ir::Rule::floats:
            case ir::Rule::scale:
            case ir::Rule::refraction:
                made = real_function(constant.op, parts, constant.type);
                break;
            case ir::Rule::extract: {
                std::vector<u32> words{value(parts[0])};
                words.insert(words.end(), constant.immediates.begin(), constant.immediates.end());
                made = result(Op::CompositeExtract, type(constant.type), words);
                break;
            }
            default:
                if (constant.op == ir::Op::convert)
                    made = convert(value(parts[0]), module_.type_of(parts[0]), constant.type);
                else if (constant.op == ir::Op::bitcast)
                    made = bitcast(value(parts[0]), module_.type_of(parts[0]), constant.type);
                else unsupported(constant.op, "no constant is computed by it.");
        }
    }
    precise_ = precise;
    return made;
}

}  // namespace alkomp::emit::spv
