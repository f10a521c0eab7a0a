// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of floats, of vectors and of matrices.
#include "emit/spirv/emitter.h"

#include <numbers>

namespace alkomp::emit::spv {
namespace {

struct Function {
    Glsl number;
    bool doubles;  ///< GLSL.std.450 has it for 64 bits too
};

std::optional<Function> function_of(ir::Op op) {
    switch (op) {
        case ir::Op::floor:
            return Function{Glsl::Floor, true};
        case ir::Op::ceil:
            return Function{Glsl::Ceil, true};
        case ir::Op::trunc:
            return Function{Glsl::Trunc, true};
        case ir::Op::round:
            return Function{Glsl::Round, true};
        case ir::Op::round_even:
            return Function{Glsl::RoundEven, true};
        case ir::Op::fract:
            return Function{Glsl::Fract, true};
        case ir::Op::sqrt:
            return Function{Glsl::Sqrt, true};
        case ir::Op::rsqrt:
            return Function{Glsl::InverseSqrt, true};
        case ir::Op::exp:
            return Function{Glsl::Exp, false};
        case ir::Op::exp2:
            return Function{Glsl::Exp2, false};
        case ir::Op::log:
            return Function{Glsl::Log, false};
        case ir::Op::log2:
            return Function{Glsl::Log2, false};
        case ir::Op::pow:
            return Function{Glsl::Pow, false};
        case ir::Op::sin:
            return Function{Glsl::Sin, false};
        case ir::Op::cos:
            return Function{Glsl::Cos, false};
        case ir::Op::tan:
            return Function{Glsl::Tan, false};
        case ir::Op::asin:
            return Function{Glsl::Asin, false};
        case ir::Op::acos:
            return Function{Glsl::Acos, false};
        case ir::Op::atan:
            return Function{Glsl::Atan, false};
        case ir::Op::atan2:
            return Function{Glsl::Atan2, false};
        case ir::Op::sinh:
            return Function{Glsl::Sinh, false};
        case ir::Op::cosh:
            return Function{Glsl::Cosh, false};
        case ir::Op::tanh:
            return Function{Glsl::Tanh, false};
        case ir::Op::asinh:
            return Function{Glsl::Asinh, false};
        case ir::Op::acosh:
            return Function{Glsl::Acosh, false};
        case ir::Op::atanh:
            return Function{Glsl::Atanh, false};
        case ir::Op::degrees:
            return Function{Glsl::Degrees, false};
        case ir::Op::radians:
            return Function{Glsl::Radians, false};
        case ir::Op::step:
            return Function{Glsl::Step, true};
        case ir::Op::mix:
            return Function{Glsl::FMix, true};
        case ir::Op::smoothstep:
            return Function{Glsl::SmoothStep, true};
        case ir::Op::fma:
            return Function{Glsl::Fma, true};
        case ir::Op::ldexp:
            return Function{Glsl::Ldexp, true};
        case ir::Op::length:
            return Function{Glsl::Length, true};
        case ir::Op::distance:
            return Function{Glsl::Distance, true};
        case ir::Op::cross:
            return Function{Glsl::Cross, true};
        case ir::Op::normalize:
            return Function{Glsl::Normalize, true};
        case ir::Op::face_forward:
            return Function{Glsl::FaceForward, true};
        case ir::Op::reflect:
            return Function{Glsl::Reflect, true};
        case ir::Op::refract:
            return Function{Glsl::Refract, true};
        case ir::Op::determinant:
            return Function{Glsl::Determinant, true};
        case ir::Op::inverse:
            return Function{Glsl::MatrixInverse, true};
        case ir::Op::pack_snorm4x8:
            return Function{Glsl::PackSnorm4x8, true};
        case ir::Op::pack_unorm4x8:
            return Function{Glsl::PackUnorm4x8, true};
        case ir::Op::pack_snorm2x16:
            return Function{Glsl::PackSnorm2x16, true};
        case ir::Op::pack_unorm2x16:
            return Function{Glsl::PackUnorm2x16, true};
        case ir::Op::pack_half2x16:
            return Function{Glsl::PackHalf2x16, true};
        case ir::Op::unpack_snorm4x8:
            return Function{Glsl::UnpackSnorm4x8, true};
        case ir::Op::unpack_unorm4x8:
            return Function{Glsl::UnpackUnorm4x8, true};
        case ir::Op::unpack_snorm2x16:
            return Function{Glsl::UnpackSnorm2x16, true};
        case ir::Op::unpack_unorm2x16:
            return Function{Glsl::UnpackUnorm2x16, true};
        case ir::Op::unpack_half2x16:
            return Function{Glsl::UnpackHalf2x16, true};
        default:
            return std::nullopt;
    }
}

}  // namespace

Id Emitter::real_function(const Computation& of) {
    const ir::Op op = of.op;
    const std::span<const ir::ValueId> operands = of.operands;
    const ir::TypeId id = of.type;
    const ir::TypeId first = module_.type_of(operands[0]);
    const std::optional<Function> function = function_of(op);
    const bool doubles = module_.types.scalar_of(first) == Scalar::f64;
    if (!function) unsupported(op, "it has no function in Vulkan.");
    if (doubles && (op == ir::Op::degrees || op == ir::Op::radians)) {
        const double turn = 180 / std::numbers::pi;
        const Shape made = shape(id);
        const Id factor = real(made.scalar, op == ir::Op::degrees ? turn : 1 / turn, made.lanes);
        return result({Op::FMul, made.type, {value(operands[0]), factor}});
    }
    if (doubles && !function->doubles) unsupported(op, "Vulkan has it for f16 and f32 only.");
    const bool makes_numbers = module_.types.is_float(id);
    std::vector<Id> words;
    for (const ir::ValueId operand : operands) {
        const bool is_exponent = module_.types.is_integer(module_.type_of(operand)) && op == ir::Op::ldexp;
        if (is_exponent) {
            const Shape from = shape(module_.type_of(operand));
            const Shape word = integer_shape(Scalar::i32, from.lanes);
            words.push_back(resize(value(operand), from, word));
        } else {
            words.push_back(module_.types.is_float(module_.type_of(operand)) ? widened(operand) : value(operand));
        }
    }
    if (!makes_numbers) return glsl(function->number, type(id), words);
    return narrowed(glsl(function->number, working_shape(id).type, words), id);
}

/// frexp and modf.
void Emitter::two_results(const ir::Instruction& instruction) {
    const ir::ValueId operand = module_.operands(instruction)[0];
    const ir::ValueId first = module_.result(instruction, 0), second = module_.result(instruction, 1);
    const Shape of = working_shape(module_.type_of(operand));
    const bool exponent = instruction.op == ir::Op::frexp;
    const Id other = exponent ? type(module_.type_of(second)) : of.type;
    const Id both = glsl({exponent ? Glsl::FrexpStruct : Glsl::ModfStruct,
                          words_.type(Op::TypeStruct, {of.type, other}),
                          {widened(operand)}});
    define(first, narrowed(result({Op::CompositeExtract, of.type, {both, 0}}), module_.type_of(first)));
    const Id taken = result({Op::CompositeExtract, other, {both, 1}});
    define(second, exponent ? taken : narrowed(taken, module_.type_of(second)));
}

Id Emitter::dot(const Computation& of) {
    const u32 lanes = module_.types.lanes(module_.type_of(of.operands[0]));
    const Id a = widened(of.operands[0]), b = widened(of.operands[1]);
    return narrowed(result({lanes == 1 ? Op::FMul : Op::Dot, working_shape(of.type).type, {a, b}}), of.type);
}

/// Of matrices, vectors and scalars, in either order.
Id Emitter::multiply(const Computation& of) {
    using Kind = ir::Type::Kind;
    const Kind left = module_.type(of.operands[0]).kind, right = module_.type(of.operands[1]).kind;
    const Id type = this->type(of.type);
    const Id a = value(of.operands[0]), b = value(of.operands[1]);
    const auto is_matrix = [](Kind kind) { return kind == Kind::matrix || kind == Kind::cooperative_matrix; };
    if (is_matrix(left) && right == Kind::scalar) return result({Op::MatrixTimesScalar, type, {a, b}});
    if (left == Kind::scalar && is_matrix(right)) return result({Op::MatrixTimesScalar, type, {b, a}});
    if (left == Kind::vector && right == Kind::scalar) return result({Op::VectorTimesScalar, type, {a, b}});
    if (left == Kind::matrix && right == Kind::vector) return result({Op::MatrixTimesVector, type, {a, b}});
    if (left == Kind::vector) return result({Op::VectorTimesMatrix, type, {a, b}});
    return result({Op::MatrixTimesMatrix, type, {a, b}});
}

}  // namespace alkomp::emit::spv
