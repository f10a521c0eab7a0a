// SPDX-License-Identifier: MIT OR Apache-2.0
// Constants as literals and as overrides. WGSL refuses a program whose constant expressions overflow, so they stand alone
// or beside something that is known at run time only.
#include "emit/wgsl/emitter.h"

#include "ir/literal.h"

#include <algorithm>
#include <map>
#include <set>

namespace alkomp::emit::wg {

/// WGSL has no literal of infinity and NaN. Tint takes a constant -0.0 and 0.0 for the same, and the sign of one for the other's.
bool Emitter::is_odd(Scalar scalar, u64 bits) const {
    if (scalar != Scalar::f32 && scalar != Scalar::f16) return false;
    const bool is_half = scalar == Scalar::f16;
    const u64 sign = is_half ? 0x8000 : 0x80000000, most = is_half ? 0x7c00 : 0x7f800000;
    return (bits & ~sign) >= most || (bits == sign && support_.dialect != WgslSupport::Dialect::wgpu);
}

/// Whether it, or a part of it, is odd, or would be in another dialect: naga knows no bits of -0.0 before the kernel runs.
bool Emitter::is_odd(ir::ValueId id) const {
    const ir::Constant& about = *module_.find_constant(id);
    if (about.kind != ir::Constant::Kind::scalar)
        return std::any_of(about.parts.begin(), about.parts.end(), [&](ir::ValueId part) { return is_odd(part); });
    const Scalar scalar = module_.types[about.type].scalar;
    return is_odd(scalar, about.bits) || (scalar == Scalar::f32 && about.bits == 0x80000000);
}

/// An odd number is made of its bits while the kernel runs.
Text Emitter::number(Scalar scalar, u64 bits) {
    const auto literal = [](std::string text) { return Text{std::move(text), Level::primary, false, true}; };
    switch (scalar) {
        case Scalar::boolean:
            return literal(bits != 0 ? "true" : "false");
        case Scalar::u32:
            return literal(std::to_string(static_cast<u32>(bits)) + 'u');
        case Scalar::i32: {
            const i32 value = static_cast<i32>(static_cast<u32>(bits));
            return literal(value == INT32_MIN ? "i32(-2147483648)" : std::to_string(value));
        }
        case Scalar::f32: {
            if (!is_odd(scalar, bits))
                return literal(bits == 0x80000000 ? "bitcast<f32>(2147483648u)" : ir::plain_text(scalar, bits));
            return {"bitcast<f32>(" + let("bits", literal(std::to_string(static_cast<u32>(bits)) + 'u')).text + ')'};
        }
        case Scalar::f16: {
            enable("f16");
            if (!is_odd(scalar, bits)) return literal(ir::plain_text(scalar, bits) + 'h');
            const Text whole = let("bits", literal(std::to_string(static_cast<u32>(bits)) + 'u'));
            return {"vec2h(unpack2x16float(" + whole.text + ")).x"};
        }
        default:
            break;
    }
    unsupported("WGSL has no constant of " + std::string(to_string(scalar)) + " with these bits.");
}

std::string Emitter::zero_of(ir::TypeId id) {
    const ir::Type& about = module_.types[id];
    return about.kind == ir::Type::Kind::scalar ? number(about.scalar, 0).text : type(id) + "()";
}

Text Emitter::constant(ir::ValueId id) {
    const ir::Constant& about = *module_.find_constant(id);
    const ir::Type& of = module_.types[about.type];
    switch (about.kind) {
        case ir::Constant::Kind::zero:
        case ir::Constant::Kind::undefined:
            return {zero_of(about.type), Level::primary, false, true};
        case ir::Constant::Kind::scalar:
            return number(of.scalar, about.bits);
        case ir::Constant::Kind::composite: {
            Text made{type(about.type) + '(', Level::primary, false, true};
            bool same = of.kind == ir::Type::Kind::vector;
            for (const ir::ValueId part : about.parts) same = same && part == about.parts[0];
            for (std::size_t i = 0; i < (same ? 1 : about.parts.size()); ++i) {
                const Text part = constant(about.parts[i]);
                made.literal = made.literal && part.literal;
                made.text += (i == 0 ? "" : ", ") + part.text;
            }
            made.text += ')';
            return made;
        }
        case ir::Constant::Kind::specialization:
            return {override_names_.at(about.specialization), Level::primary, false, true};
        case ir::Constant::Kind::computed:
            break;
    }
    unsupported("a constant depends on a specialisation constant in a way that cannot be computed.");
}

/// Those with one id are one override. Where they begin as different numbers it has to be set.
void Emitter::declare_overrides() {
    std::map<u32, std::vector<const ir::Constant*>> by_id;
    for (const ir::Constant& constant : module_.constants)
        if (constant.kind == ir::Constant::Kind::specialization) by_id[constant.specialization].push_back(&constant);
    for (const auto& [id, constants] : by_id) {
        std::string name = "constant_" + std::to_string(id);
        for (std::size_t i = 0; i < 3; ++i)
            if (constants[0]->value == module_.workgroup_size[i])
                name = std::string("workgroup_size_x").replace(15, 1, 1, "xyz"[i]);
        for (const ir::Constant* constant : constants)
            if (const std::string& given = module_.text(module_[constant->value].name); !given.empty()) name = given;
        override_names_[id] = names_.unique(name);
        const bool is_numbered = id <= 0xffff;  // WGSL has no greater ids
        const std::string text = (is_numbered ? "@id(" + std::to_string(id) + ") " : std::string()) + "override " +
                                 override_names_[id] + ": " + type(constants[0]->type);
        std::string defaults;
        std::set<u64> seen;
        for (const ir::Constant* constant : constants)
            if (seen.insert(constant->bits).second)
                defaults += (defaults.empty() ? "" : " and ") +
                            number(module_.types[constant->type].scalar, constant->bits).text;
        overrides_.push_back(
            text + (seen.size() == 1 ? " = " + defaults + ';' : ";  // has to be set: its defaults are " + defaults));
    }
}

/// Whether it depends on overrides.
bool Emitter::varies(ir::ValueId id) const {
    const ir::Constant& about = *module_.find_constant(id);
    return about.kind == ir::Constant::Kind::specialization ||
           std::any_of(about.parts.begin(), about.parts.end(), [&](ir::ValueId part) { return varies(part); });
}

/// A constant expression that is of an override's type, not of the literals'.
bool Emitter::is_settable(const Text& text) const {
    return text.literal && std::any_of(override_names_.begin(), override_names_.end(),
                                       [&](const auto& one) { return mentions(text.text, one.second); });
}

/// A length or size before the kernel runs. `ir::fix_constants` leaves no others than these.
Text Emitter::expression(ir::ValueId id) {
    const ir::Constant& about = *module_.find_constant(id);
    if (!varies(id)) return number(module_.types[about.type].scalar, constants_[id].value_or(1));
    if (about.kind == ir::Constant::Kind::specialization) return constant(id);
    const Text first = expression(about.parts[0]);
    if (about.op == ir::Op::convert || about.op == ir::Op::bitcast)
        return {type(about.type) + '(' + first.text + ')', Level::primary, false, true};
    const char* const symbol = about.op == ir::Op::add   ? "+"
                               : about.op == ir::Op::sub ? "-"
                               : about.op == ir::Op::mul ? "*"
                                                         : "/";
    Text made = binary(first, symbol, expression(about.parts[1]));
    made.literal = true;
    return made;
}

/// The length of an array, or of the workgroup along a dimension.
std::string Emitter::count_of(ir::ValueId id) {
    return varies(id) ? expression(id).text : std::to_string(constants_[id].value_or(1));
}

/// The bits of each lane of a constant; empty for what is none.
std::vector<u64> Emitter::known_lanes(ir::ValueId id) const {
    const ir::Constant* about = module_.find_constant(id);
    if (about == nullptr) return {};
    if (const std::optional<u64> bits = module_.known_bits(id)) return {*bits};
    if (about->kind == ir::Constant::Kind::zero && module_.types.is(about->type, ir::Type::Kind::vector))
        return std::vector<u64>(module_.types.lanes(about->type), 0);
    std::vector<u64> lanes;
    if (about->kind != ir::Constant::Kind::composite) return {};
    for (const ir::ValueId part : about->parts) {
        const std::optional<u64> bits = module_.known_bits(part);
        if (!bits) return {};
        lanes.push_back(*bits);
    }
    return lanes;
}

}  // namespace alkomp::emit::wg
