// SPDX-License-Identifier: MIT OR Apache-2.0
// Which source reads an instruction.
#include "read/spirv/reader.h"

namespace alkomp::read {

/// Those that constants may be computed by as well.
ValueId Reader::expression(const Inst& inst) {
    switch (inst.op()) {
        case Op::VectorExtractDynamic:
        case Op::VectorInsertDynamic:
        case Op::VectorShuffle:
        case Op::CompositeConstruct:
        case Op::CompositeConstructReplicateEXT:
        case Op::CompositeExtract:
        case Op::CompositeInsert:
        case Op::CopyObject:
        case Op::CopyLogical:
        case Op::Transpose:
            return composite(inst);
        case Op::ConvertFToU:
        case Op::ConvertFToS:
        case Op::ConvertSToF:
        case Op::ConvertUToF:
        case Op::UConvert:
        case Op::SConvert:
        case Op::FConvert:
        case Op::QuantizeToF16:
        case Op::ConvertPtrToU:
        case Op::ConvertUToPtr:
        case Op::Bitcast:
            return conversion(inst);
        case Op::Any:
        case Op::All:
        case Op::IsNan:
        case Op::IsInf:
        case Op::Ordered:
        case Op::Unordered:
        case Op::LogicalEqual:
        case Op::LogicalNotEqual:
        case Op::LogicalOr:
        case Op::LogicalAnd:
        case Op::LogicalNot:
        case Op::Select:
        case Op::IEqual:
        case Op::INotEqual:
        case Op::UGreaterThan:
        case Op::SGreaterThan:
        case Op::UGreaterThanEqual:
        case Op::SGreaterThanEqual:
        case Op::ULessThan:
        case Op::SLessThan:
        case Op::ULessThanEqual:
        case Op::SLessThanEqual:
        case Op::FOrdEqual:
        case Op::FUnordEqual:
        case Op::FOrdNotEqual:
        case Op::FUnordNotEqual:
        case Op::FOrdLessThan:
        case Op::FUnordLessThan:
        case Op::FOrdGreaterThan:
        case Op::FUnordGreaterThan:
        case Op::FOrdLessThanEqual:
        case Op::FUnordLessThanEqual:
        case Op::FOrdGreaterThanEqual:
        case Op::FUnordGreaterThanEqual:
            return comparison(inst);
        case Op::ShiftRightLogical:
        case Op::ShiftRightArithmetic:
        case Op::ShiftLeftLogical:
        case Op::BitwiseOr:
        case Op::BitwiseXor:
        case Op::BitwiseAnd:
        case Op::Not:
        case Op::BitFieldInsert:
        case Op::BitFieldSExtract:
        case Op::BitFieldUExtract:
        case Op::BitReverse:
        case Op::BitCount:
            return bits(inst);
        case Op::SDot:
        case Op::UDot:
        case Op::SUDot:
        case Op::SDotAccSat:
        case Op::UDotAccSat:
        case Op::SUDotAccSat:
            return integer_dot(inst);
        default:
            return arithmetic(inst);
    }
}

void Reader::instruction(const Inst& inst) {
    switch (inst.op()) {
        case Op::Nop:
        case Op::SelectionMerge:
        case Op::LoopMerge:
        case Op::LifetimeStart:
        case Op::LifetimeStop:
        case Op::AssumeTrueKHR:
            return;
        case Op::Line:
            return locate({inst[1], inst[2], inst[3]});
        case Op::NoLine:
            return locate({});
        case Op::Undef:
            return define(inst, module_.undefined(type(inst[1])));
        case Op::ExpectKHR:
            return define(inst, value(inst[3]));
        case Op::Variable:
            return variable(inst);
        case Op::Load:
            return define(inst, load(inst[3], type(inst[1]), access(inst, 4, inst[3])));
        case Op::Store:
            return store(inst[1], value(inst[2]), access(inst, 3, inst[1]));
        case Op::CopyMemory:
            return copy(inst);
        case Op::AccessChain:
        case Op::InBoundsAccessChain:
        case Op::PtrAccessChain:
        case Op::InBoundsPtrAccessChain:
            return take_chain(inst);
        case Op::CopyObject:
            return is_chain(inst) ? take_chain(inst) : define(inst, value(inst[3]));
        case Op::ArrayLength:
            return define(inst,
                          make(ir::Op::array_length, {make(ir::Op::access, {place(inst[3]), module_.index(inst[4])})}));
        case Op::PtrEqual:
        case Op::PtrNotEqual:
            return define(inst, compare_pointers(inst));
        case Op::FunctionCall: {
            const ValueId made = call(inst);
            if (made != ValueId::none) define(inst, made);
            return;
        }
        case Op::IAddCarry:
        case Op::ISubBorrow:
        case Op::UMulExtended:
        case Op::SMulExtended:
            return two_results(inst);
        case Op::ExtInst:
            return extended(inst);
        case Op::ControlBarrier:
        case Op::MemoryBarrier:
            return barrier(inst);
        case Op::AtomicLoad:
        case Op::AtomicStore:
        case Op::AtomicExchange:
        case Op::AtomicCompareExchange:
        case Op::AtomicIIncrement:
        case Op::AtomicIDecrement:
        case Op::AtomicIAdd:
        case Op::AtomicISub:
        case Op::AtomicSMin:
        case Op::AtomicUMin:
        case Op::AtomicSMax:
        case Op::AtomicUMax:
        case Op::AtomicAnd:
        case Op::AtomicOr:
        case Op::AtomicXor:
        case Op::AtomicFMinEXT:
        case Op::AtomicFMaxEXT:
        case Op::AtomicFAddEXT:
        case Op::ReadClockKHR:
            return atomic(inst);
        case Op::CooperativeMatrixLoadKHR:
        case Op::CooperativeMatrixStoreKHR:
        case Op::CooperativeMatrixMulAddKHR:
        case Op::CooperativeMatrixLengthKHR:
            return cooperative(inst);
        default:
            break;
    }
    const OpInfo* about = find_op(inst.op());
    if (about == nullptr || about->operands[0] == '-') {
        const bool is_image = about != nullptr && std::string_view(about->name).find("Image") != std::string_view::npos;
        unsupported(is_image ? "images are not taken; buffers are." : "it is not taken.");
    }
    if (std::string_view(about->name).find("Group") != std::string_view::npos ||
        std::string_view(about->name).starts_with("Subgroup"))
        return subgroup(inst);
    const ValueId made = expression(inst);
    if (made == ValueId::none) unsupported("it is not taken here.");
    define(inst, made);
}

}  // namespace alkomp::read
