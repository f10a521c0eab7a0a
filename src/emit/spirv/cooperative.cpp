// SPDX-License-Identifier: MIT OR Apache-2.0
// Cooperative matrices (SPV_KHR_cooperative_matrix).
#include "emit/spirv/emitter.h"

namespace alkomp::emit::spv {
namespace {

/// Of the operands literal of OpCooperativeMatrixMulAddKHR.
constexpr u32 kSignedA = 1, kSignedB = 2, kSignedC = 4, kSignedResult = 8, kSaturating = 16;

}  // namespace

void Emitter::cooperative(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const std::span<const u32> immediates = module_.immediates(instruction);
    const ir::ValueId id = module_.result(instruction);
    switch (instruction.op) {
        case ir::Op::matrix_load: {
            // The layouts have the numbers that the IR gives them.
            std::vector<u32> words{pointer(operands[0]), number(immediates[0]), value(operands[1])};
            add_access(words, operands[0], instruction.flags, 0, false);
            return define(id, result(Op::CooperativeMatrixLoadKHR, type(module_.type_of(id)), words));
        }
        case ir::Op::matrix_store: {
            std::vector<u32> words{pointer(operands[0]), value(operands[1]), number(immediates[0]), value(operands[2])};
            add_access(words, operands[0], instruction.flags, 0, true);
            return code_.add(Op::CooperativeMatrixStoreKHR, words);
        }
        case ir::Op::matrix_multiply_add: {
            const auto is_signed = [&](std::size_t place) {
                return module_.types.is_signed(module_.type_of(operands[place]));
            };
            u32 flags = (is_signed(0) ? kSignedA : 0) | (is_signed(1) ? kSignedB : 0) |
                        (is_signed(2) ? kSignedC | kSignedResult : 0);
            if (immediates[0] != 0) flags |= kSaturating;
            std::vector<u32> words = values(operands);
            if (flags != 0) words.push_back(flags);
            return define(id, result(Op::CooperativeMatrixMulAddKHR, type(module_.type_of(id)), words));
        }
        default:
            break;
    }
    // An element's place is known at run time only: through memory.
    const ir::TypeId matrix = module_.type_of(operands[0]);
    const Id element = type(module_.types[matrix].element);
    const Id holder = function_variable(type(matrix));
    effect(Op::Store, {holder, value(operands[0])});
    const bool sets = instruction.op == ir::Op::matrix_set;
    const Id place = result({Op::AccessChain,
                             pointer_type(Storage::Function, element),
                             {holder, element_place(matrix, operands[sets ? 2 : 1])}});
    if (!sets) return define(id, result({Op::Load, element, {place}}));
    effect(Op::Store, {place, value(operands[1])});
    define(id, result({Op::Load, type(matrix), {holder}}));
}

/// A place among the elements that an invocation holds: the last one for those beyond.
Id Emitter::element_place(ir::TypeId matrix, ir::ValueId at) {
    const Shape word = integer_shape(Scalar::u32, 1);
    if (module_.known_bits(at) == u64{0}) return number(0);
    const Id place = resize(value(at), shape(module_.type_of(at)), word);
    const Id count = result({Op::CooperativeMatrixLengthKHR, word.type, {type(matrix)}});
    return glsl({Glsl::UMin, word.type, {place, result({Op::ISub, word.type, {count, number(1)}})}});
}

}  // namespace alkomp::emit::spv
