// SPDX-License-Identifier: MIT OR Apache-2.0
// Subgroup operations.
#include "emit/spirv/emitter.h"

namespace alkomp::emit::spv {

Id Emitter::subgroup() { return number(static_cast<u32>(Scope::Subgroup)); }

Id Emitter::subgroup_vote(const Computation& what) {
    const std::span<const ir::ValueId> operands = what.operands;
    const Id type = bool_type();
    if (what.op == ir::Op::subgroup_elect) {
        words_.need(Capability::GroupNonUniform);
        return result({Op::GroupNonUniformElect, type, {subgroup()}});
    }
    words_.need(Capability::GroupNonUniformVote);
    if (what.op == ir::Op::subgroup_all)
        return result({Op::GroupNonUniformAll, type, {subgroup(), value(operands[0])}});
    if (what.op == ir::Op::subgroup_any)
        return result({Op::GroupNonUniformAny, type, {subgroup(), value(operands[0])}});
    // The instruction gives one truth for all lanes of a vector, as the IR has it.
    return result({Op::GroupNonUniformAllEqual, type, {subgroup(), widened(operands[0])}});
}

Group Emitter::group_operation(u32 scan) {
    switch (static_cast<ir::Scan>(scan)) {
        case ir::Scan::reduce:
            return Group::Reduce;
        case ir::Scan::inclusive:
            return Group::InclusiveScan;
        case ir::Scan::exclusive:
            break;
    }
    return Group::ExclusiveScan;
}

Id Emitter::subgroup_ballot(const Computation& what) {
    const std::span<const ir::ValueId> operands = what.operands;
    words_.need(Capability::GroupNonUniformBallot);
    const Id type = this->type(what.type);
    const Id first = value(operands[0]);
    switch (what.op) {
        case ir::Op::subgroup_ballot:
            return result({Op::GroupNonUniformBallot, type, {subgroup(), first}});
        case ir::Op::subgroup_ballot_bit:
            return result({Op::GroupNonUniformBallotBitExtract, type, {subgroup(), first, value(operands[1])}});
        case ir::Op::subgroup_ballot_count: {
            const Group group = group_operation(what.immediates[0]);
            return result({Op::GroupNonUniformBallotBitCount, type, {subgroup(), static_cast<u32>(group), first}});
        }
        case ir::Op::subgroup_ballot_lsb:
            return result({Op::GroupNonUniformBallotFindLSB, type, {subgroup(), first}});
        default:
            return result({Op::GroupNonUniformBallotFindMSB, type, {subgroup(), first}});
    }
}

/// Values that go from lane to lane. bfloat16 travels as its bits.
Id Emitter::subgroup_move(const Computation& what) {
    const std::span<const ir::ValueId> operands = what.operands;
    const ir::TypeId id = module_.type_of(operands[0]);
    Shape of = shape(id);
    Id moved = value(operands[0]);
    const bool as_bits = of.scalar == Scalar::bf16;
    if (as_bits) {
        of = integer_shape(Scalar::u16, of.lanes);
        moved = result({Op::Bitcast, of.type, {moved}});
    }
    const auto with = [&](Capability capability, Op op, Id other) {
        words_.need(capability);
        return result({op, of.type, {subgroup(), moved, other}});
    };
    // Before version 1.5 these want a constant; the shuffle does not.
    const bool may_vary = words_.version() >= kVersion1_5;
    const auto lane_is_constant = [&] { return module_.find_constant(operands[1]) != nullptr; };
    Id made = 0;
    switch (what.op) {
        case ir::Op::subgroup_broadcast:
            made = may_vary || lane_is_constant()
                       ? with(Capability::GroupNonUniformBallot, Op::GroupNonUniformBroadcast, value(operands[1]))
                       : with(Capability::GroupNonUniformShuffle, Op::GroupNonUniformShuffle, value(operands[1]));
            break;
        case ir::Op::subgroup_broadcast_first:
            words_.need(Capability::GroupNonUniformBallot);
            made = result({Op::GroupNonUniformBroadcastFirst, of.type, {subgroup(), moved}});
            break;
        case ir::Op::subgroup_shuffle:
            made = with(Capability::GroupNonUniformShuffle, Op::GroupNonUniformShuffle, value(operands[1]));
            break;
        case ir::Op::subgroup_shuffle_xor:
            made = with(Capability::GroupNonUniformShuffle, Op::GroupNonUniformShuffleXor, value(operands[1]));
            break;
        case ir::Op::subgroup_shuffle_up:
            made = with(Capability::GroupNonUniformShuffleRelative, Op::GroupNonUniformShuffleUp, value(operands[1]));
            break;
        case ir::Op::subgroup_shuffle_down:
            made = with(Capability::GroupNonUniformShuffleRelative, Op::GroupNonUniformShuffleDown, value(operands[1]));
            break;
        case ir::Op::subgroup_rotate: {
            words_.need(Capability::GroupNonUniformRotateKHR);
            std::vector<u32> words{subgroup(), moved, value(operands[1])};
            if (const u32 cluster = what.immediates[0]; cluster != 0) words.push_back(number(cluster));
            made = result(Op::GroupNonUniformRotateKHR, of.type, words);
            break;
        }
        case ir::Op::quad_broadcast:
            if (may_vary || lane_is_constant()) {
                made = with(Capability::GroupNonUniformQuad, Op::GroupNonUniformQuadBroadcast, value(operands[1]));
            } else {
                const Id word = number_type(Scalar::u32);
                const Id lane = result({Op::Load, word, {input(BuiltIn::SubgroupLocalInvocationId, 1)}});
                const Id first = result({Op::BitwiseAnd, word, {lane, number(~u32{3})}});
                made = with(Capability::GroupNonUniformShuffle, Op::GroupNonUniformShuffle,
                            result({Op::BitwiseOr, word, {first, value(operands[1])}}));
            }
            break;
        default:
            made = with(Capability::GroupNonUniformQuad, Op::GroupNonUniformQuadSwap, number(what.immediates[0]));
            break;
    }
    return as_bits ? result({Op::Bitcast, type(id), {made}}) : made;
}

Op Emitter::combining_op(ir::Combine how, Scalar scalar) {
    const bool real = ir::is_float(scalar), is_signed = ir::is_signed(scalar), truth = scalar == Scalar::boolean;
    switch (how) {
        case ir::Combine::add:
            return real ? Op::GroupNonUniformFAdd : Op::GroupNonUniformIAdd;
        case ir::Combine::mul:
            return real ? Op::GroupNonUniformFMul : Op::GroupNonUniformIMul;
        case ir::Combine::min:
            return real ? Op::GroupNonUniformFMin : is_signed ? Op::GroupNonUniformSMin : Op::GroupNonUniformUMin;
        case ir::Combine::max:
            return real ? Op::GroupNonUniformFMax : is_signed ? Op::GroupNonUniformSMax : Op::GroupNonUniformUMax;
        case ir::Combine::bit_and:
            return truth ? Op::GroupNonUniformLogicalAnd : Op::GroupNonUniformBitwiseAnd;
        case ir::Combine::bit_or:
            return truth ? Op::GroupNonUniformLogicalOr : Op::GroupNonUniformBitwiseOr;
        case ir::Combine::bit_xor:
            break;
    }
    return truth ? Op::GroupNonUniformLogicalXor : Op::GroupNonUniformBitwiseXor;
}

Id Emitter::subgroup_combine(const Computation& what) {
    const ir::ValueId operand = what.operands[0];
    const std::span<const u32> immediates = what.immediates;
    const Shape of = working_shape(module_.type_of(operand));
    const Op op = combining_op(static_cast<ir::Combine>(immediates[0]), of.scalar);
    const bool reduces = what.op == ir::Op::subgroup_reduce;
    const u32 cluster = reduces ? immediates[1] : 0;
    words_.need(cluster != 0 ? Capability::GroupNonUniformClustered : Capability::GroupNonUniformArithmetic);
    const Group group = cluster != 0 ? Group::ClusteredReduce
                        : reduces    ? Group::Reduce
                                     : group_operation(immediates[1]);
    std::vector<u32> words{subgroup(), static_cast<u32>(group), widened(operand)};
    if (cluster != 0) words.push_back(number(cluster));
    return narrowed(result(op, of.type, words), module_.type_of(operand));
}

}  // namespace alkomp::emit::spv
