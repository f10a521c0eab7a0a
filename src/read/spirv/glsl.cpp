// SPDX-License-Identifier: MIT OR Apache-2.0
// Extended instruction sets: GLSL.std.450, the printf of debugging, and the lines that debuggers want.
#include "read/spirv/reader.h"

#include <algorithm>
#include <optional>

namespace alkomp::read {
namespace {

using spv::Glsl;

enum class Sign : u8 { as_given, with, without };
struct Function {
    ir::Op op;
    Sign sign = Sign::as_given;  ///< that the operands are taken to have
};

/// Those that work lane by lane on operands of one type.
std::optional<Function> function_of(Glsl number) {
    switch (number) {
        case Glsl::Round:
            return Function{ir::Op::round};
        case Glsl::RoundEven:
            return Function{ir::Op::round_even};
        case Glsl::Trunc:
            return Function{ir::Op::trunc};
        case Glsl::FAbs:
            return Function{ir::Op::abs};
        case Glsl::SAbs:
            return Function{ir::Op::abs, Sign::with};
        case Glsl::FSign:
            return Function{ir::Op::sign};
        case Glsl::SSign:
            return Function{ir::Op::sign, Sign::with};
        case Glsl::Floor:
            return Function{ir::Op::floor};
        case Glsl::Ceil:
            return Function{ir::Op::ceil};
        case Glsl::Fract:
            return Function{ir::Op::fract};
        case Glsl::Radians:
            return Function{ir::Op::radians};
        case Glsl::Degrees:
            return Function{ir::Op::degrees};
        case Glsl::Sin:
            return Function{ir::Op::sin};
        case Glsl::Cos:
            return Function{ir::Op::cos};
        case Glsl::Tan:
            return Function{ir::Op::tan};
        case Glsl::Asin:
            return Function{ir::Op::asin};
        case Glsl::Acos:
            return Function{ir::Op::acos};
        case Glsl::Atan:
            return Function{ir::Op::atan};
        case Glsl::Sinh:
            return Function{ir::Op::sinh};
        case Glsl::Cosh:
            return Function{ir::Op::cosh};
        case Glsl::Tanh:
            return Function{ir::Op::tanh};
        case Glsl::Asinh:
            return Function{ir::Op::asinh};
        case Glsl::Acosh:
            return Function{ir::Op::acosh};
        case Glsl::Atanh:
            return Function{ir::Op::atanh};
        case Glsl::Atan2:
            return Function{ir::Op::atan2};
        case Glsl::Pow:
            return Function{ir::Op::pow};
        case Glsl::Exp:
            return Function{ir::Op::exp};
        case Glsl::Log:
            return Function{ir::Op::log};
        case Glsl::Exp2:
            return Function{ir::Op::exp2};
        case Glsl::Log2:
            return Function{ir::Op::log2};
        case Glsl::Sqrt:
            return Function{ir::Op::sqrt};
        case Glsl::InverseSqrt:
            return Function{ir::Op::rsqrt};
        case Glsl::Determinant:
            return Function{ir::Op::determinant};
        case Glsl::MatrixInverse:
            return Function{ir::Op::inverse};
        case Glsl::FMin:
            return Function{ir::Op::min};
        case Glsl::UMin:
            return Function{ir::Op::min, Sign::without};
        case Glsl::SMin:
            return Function{ir::Op::min, Sign::with};
        case Glsl::FMax:
            return Function{ir::Op::max};
        case Glsl::UMax:
            return Function{ir::Op::max, Sign::without};
        case Glsl::SMax:
            return Function{ir::Op::max, Sign::with};
        case Glsl::FClamp:
            return Function{ir::Op::clamp};
        case Glsl::UClamp:
            return Function{ir::Op::clamp, Sign::without};
        case Glsl::SClamp:
            return Function{ir::Op::clamp, Sign::with};
        case Glsl::FMix:
            return Function{ir::Op::mix};
        case Glsl::Step:
            return Function{ir::Op::step};
        case Glsl::SmoothStep:
            return Function{ir::Op::smoothstep};
        case Glsl::Fma:
            return Function{ir::Op::fma};
        case Glsl::Ldexp:
            return Function{ir::Op::ldexp};
        case Glsl::Length:
            return Function{ir::Op::length};
        case Glsl::Distance:
            return Function{ir::Op::distance};
        case Glsl::Cross:
            return Function{ir::Op::cross};
        case Glsl::Normalize:
            return Function{ir::Op::normalize};
        case Glsl::FaceForward:
            return Function{ir::Op::face_forward};
        case Glsl::Reflect:
            return Function{ir::Op::reflect};
        case Glsl::Refract:
            return Function{ir::Op::refract};
        case Glsl::FindILsb:
            return Function{ir::Op::find_lsb};
        case Glsl::FindSMsb:
            return Function{ir::Op::find_msb, Sign::with};
        case Glsl::FindUMsb:
            return Function{ir::Op::find_msb, Sign::without};
        default:
            return std::nullopt;
    }
}

std::optional<ir::Op> packing_of(Glsl number) {
    switch (number) {
        case Glsl::PackSnorm4x8:
            return ir::Op::pack_snorm4x8;
        case Glsl::PackUnorm4x8:
            return ir::Op::pack_unorm4x8;
        case Glsl::PackSnorm2x16:
            return ir::Op::pack_snorm2x16;
        case Glsl::PackUnorm2x16:
            return ir::Op::pack_unorm2x16;
        case Glsl::PackHalf2x16:
            return ir::Op::pack_half2x16;
        case Glsl::UnpackSnorm4x8:
            return ir::Op::unpack_snorm4x8;
        case Glsl::UnpackUnorm4x8:
            return ir::Op::unpack_unorm4x8;
        case Glsl::UnpackSnorm2x16:
            return ir::Op::unpack_snorm2x16;
        case Glsl::UnpackUnorm2x16:
            return ir::Op::unpack_unorm2x16;
        case Glsl::UnpackHalf2x16:
            return ir::Op::unpack_half2x16;
        default:
            return std::nullopt;
    }
}

/// "{}" where the text of printf has a conversion; nothing: it is not understood.
std::optional<std::string> message_of(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            made += text[i];
            continue;
        }
        if (++i == text.size()) return std::nullopt;
        if (text[i] == '%') {
            made += '%';
            continue;
        }
        i = text.find_first_not_of("0123456789.+-# vlh", i);
        if (i == std::string_view::npos ||
            std::string_view("diouxXaAeEfFgGcsp").find(text[i]) == std::string_view::npos)
            return std::nullopt;
        made += "{}";
    }
    return made;
}

}  // namespace

void Reader::extended(const Inst& inst) {
    const std::string_view set = code_.instruction_set(inst[3]);
    if (set == "GLSL.std.450") {
        switch (static_cast<Glsl>(inst[4])) {
            case Glsl::Modf:
            case Glsl::ModfStruct:
                return two_of_glsl(inst, ir::Op::modf);
            case Glsl::Frexp:
            case Glsl::FrexpStruct:
                return two_of_glsl(inst, ir::Op::frexp);
            default:
                return define(inst, glsl(inst));
        }
    }
    if (set == "NonSemantic.DebugPrintf") return print(inst);
    if (set == "NonSemantic.Shader.DebugInfo.100") {
        constexpr u32 kLine = 103, kNoLine = 104, kSource = 35;
        if (inst[4] == kNoLine) locate({});
        if (inst[4] != kLine || inst.size() < 10) return;
        const Inst source = code_.definition(inst[5]);
        const bool known = source && source.op() == Op::ExtInst && source.size() > 5 && source[4] == kSource;
        return locate({known ? source[5] : 0, known_or_none(inst[6]), known_or_none(inst[8])});
    }
    if (!set.starts_with("NonSemantic."))
        unsupported(set.empty() ? "its set of instructions is not imported."
                                : "the set of instructions \"" + std::string(set) + "\" is not taken.");
}

u32 Reader::known_or_none(Id id) const { return static_cast<u32>(find_known(id).value_or(0)); }

ValueId Reader::glsl(const Inst& inst) {
    const auto number = static_cast<Glsl>(inst[4]);
    const auto need = [&](std::size_t count) {
        if (inst.size() != 5 + count)
            fail("function " + std::to_string(inst[4]) + " of GLSL.std.450 takes " + std::to_string(count) +
                 " operands.");
    };
    if (const auto function = function_of(number)) {
        std::vector<ValueId> operands;
        for (std::size_t i = 5; i < inst.size(); ++i) {
            const ValueId given = value(inst[i]);
            operands.push_back(function->sign == Sign::as_given
                                   ? given
                                   : as(given, with_sign(type_of(given), function->sign == Sign::with)));
        }
        return make(function->op, operands);
    }
    if (const auto packing = packing_of(number)) {
        need(1);
        const ValueId given = value(inst[5]);
        return make(*packing, {types().is_integer(type_of(given)) ? as(given, u32_type()) : given}, {},
                    packed_type(*packing, type(inst[1])));
    }
    switch (number) {
        case Glsl::PackDouble2x32:
        case Glsl::UnpackDouble2x32:
            need(1);
            return make(ir::Op::bitcast, {value(inst[5])}, {}, type(inst[1]));
        case Glsl::NMin:
        case Glsl::NMax:
            need(2);
            return number_of(number == Glsl::NMin ? ir::Op::min : ir::Op::max, value(inst[5]), value(inst[6]));
        case Glsl::NClamp:
            need(3);
            return number_of(ir::Op::min, number_of(ir::Op::max, value(inst[5]), value(inst[6])), value(inst[7]));
        default:
            unsupported("function " + std::to_string(inst[4]) + " of GLSL.std.450 is not taken.");
    }
}

/// Packed bits are unsigned in the IR.
TypeId Reader::packed_type(ir::Op op, TypeId result) {
    const bool packs = op == ir::Op::pack_snorm4x8 || op == ir::Op::pack_unorm4x8 || op == ir::Op::pack_snorm2x16 ||
                       op == ir::Op::pack_unorm2x16 || op == ir::Op::pack_half2x16;
    return packs ? u32_type() : result;
}

/// The lesser or the greater, where one is NaN the other.
ValueId Reader::number_of(ir::Op op, ValueId a, ValueId b) {
    const ValueId both = make(op, {a, b});
    const ValueId not_b = make(ir::Op::select, {make(ir::Op::is_nan, {b}), a, both});
    return make(ir::Op::select, {make(ir::Op::is_nan, {a}), b, not_b});
}

/// modf and frexp: the second result goes into memory or into a pair.
void Reader::two_of_glsl(const Inst& inst, ir::Op op) {
    const bool is_pair =
        static_cast<Glsl>(inst[4]) == Glsl::ModfStruct || static_cast<Glsl>(inst[4]) == Glsl::FrexpStruct;
    if (inst.size() != (is_pair ? 6u : 7u)) fail("an operand is missing.");
    const ValueId first = make(op, {value(inst[5])});
    const ValueId other = second();
    if (is_pair) return define_both(inst, first, other);
    store(inst[6], other, access(inst, inst.size(), inst[6]));
    define(inst, first);
}

void Reader::print(const Inst& inst) {
    if (inst.size() < 6) fail("its text is missing.");
    const std::string text = code_.text(inst[5]);
    const auto message = message_of(text);
    if (!message) unsupported("the text \"" + text + "\" is not understood.");
    std::vector<ValueId> shown;
    for (std::size_t i = 6; i < inst.size(); ++i) shown.push_back(value(inst[i]));
    const std::array<u32, 1> format{ir::place(module_.string(*message))};
    (void)make(ir::Op::print, shown, format);
}

}  // namespace alkomp::read
