// SPDX-License-Identifier: MIT OR Apache-2.0
// Subgroup operations, those of older extensions as well.
#include "read/spirv/reader.h"

namespace alkomp::read {

void Reader::need_subgroup(Id scope) const {
    if (this->scope(scope) != ir::Scope::subgroup) unsupported("it is taken for subgroups alone.");
}

void Reader::subgroup(const Inst& inst) {
    const auto word = [&](Id id) { return value(id, u32_type()); };
    const auto made = [&](ir::Op op, std::initializer_list<ValueId> operands,
                          std::initializer_list<u32> immediates = {}) { define(inst, make(op, operands, immediates)); };
    const bool has_scope = Code::name_of(inst.op()).starts_with("OpGroupNonUniform") &&
                           inst.op() != Op::GroupNonUniformQuadAllKHR && inst.op() != Op::GroupNonUniformQuadAnyKHR;
    if (has_scope) need_subgroup(inst[3]);
    switch (inst.op()) {
        case Op::GroupNonUniformElect:
            return made(ir::Op::subgroup_elect, {});
        case Op::GroupNonUniformAll:
            return made(ir::Op::subgroup_all, {value(inst[4])});
        case Op::SubgroupAllKHR:
            return made(ir::Op::subgroup_all, {value(inst[3])});
        case Op::GroupNonUniformAny:
            return made(ir::Op::subgroup_any, {value(inst[4])});
        case Op::SubgroupAnyKHR:
            return made(ir::Op::subgroup_any, {value(inst[3])});
        case Op::GroupNonUniformAllEqual:
            return made(ir::Op::subgroup_all_equal, {value(inst[4])});
        case Op::SubgroupAllEqualKHR:
            return made(ir::Op::subgroup_all_equal, {value(inst[3])});
        case Op::GroupNonUniformBroadcast:
            return made(ir::Op::subgroup_broadcast, {value(inst[4]), word(inst[5])});
        case Op::SubgroupReadInvocationKHR:
            return made(ir::Op::subgroup_broadcast, {value(inst[3]), word(inst[4])});
        case Op::GroupNonUniformBroadcastFirst:
            return made(ir::Op::subgroup_broadcast_first, {value(inst[4])});
        case Op::SubgroupFirstInvocationKHR:
            return made(ir::Op::subgroup_broadcast_first, {value(inst[3])});
        case Op::GroupNonUniformBallot:
            return made(ir::Op::subgroup_ballot, {value(inst[4])});
        case Op::SubgroupBallotKHR:
            return made(ir::Op::subgroup_ballot, {value(inst[3])});
        case Op::GroupNonUniformInverseBallot: {
            const ValueId lane = make(ir::Op::builtin, {}, {static_cast<u32>(ir::Builtin::subgroup_lane)});
            return made(ir::Op::subgroup_ballot_bit, {value(inst[4]), lane});
        }
        case Op::GroupNonUniformBallotBitExtract:
            return made(ir::Op::subgroup_ballot_bit, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformBallotBitCount:
            if (inst[4] > static_cast<u32>(spv::Group::ExclusiveScan)) unsupported("it counts in no other way.");
            return made(ir::Op::subgroup_ballot_count, {value(inst[5])}, {inst[4]});
        case Op::GroupNonUniformBallotFindLSB:
            return made(ir::Op::subgroup_ballot_lsb, {value(inst[4])});
        case Op::GroupNonUniformBallotFindMSB:
            return made(ir::Op::subgroup_ballot_msb, {value(inst[4])});
        case Op::GroupNonUniformShuffle:
            return made(ir::Op::subgroup_shuffle, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformShuffleXor:
            return made(ir::Op::subgroup_shuffle_xor, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformShuffleUp:
            return made(ir::Op::subgroup_shuffle_up, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformShuffleDown:
            return made(ir::Op::subgroup_shuffle_down, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformRotateKHR:
            return made(ir::Op::subgroup_rotate, {value(inst[4]), word(inst[5])},
                        {inst.size() > 6 ? known(inst[6], "the cluster's size") : 0});
        case Op::GroupNonUniformQuadBroadcast:
            return made(ir::Op::quad_broadcast, {value(inst[4]), word(inst[5])});
        case Op::GroupNonUniformQuadSwap:
            return made(ir::Op::quad_swap, {value(inst[4])}, {known(inst[5], "the direction")});
        case Op::GroupNonUniformQuadAllKHR:
        case Op::GroupNonUniformQuadAnyKHR: {
            const bool all = inst.op() == Op::GroupNonUniformQuadAllKHR;
            ValueId joined = value(inst[3]);
            for (const u32 direction : {0u, 1u})
                joined = make(all ? ir::Op::bit_and : ir::Op::bit_or,
                              {joined, make(ir::Op::quad_swap, {joined}, {direction})});
            return define(inst, joined);
        }
        default: {
            const ValueId combined = combine(inst);
            if (combined == ValueId::none) unsupported("it is not taken.");
            return define(inst, combined);
        }
    }
}

ValueId Reader::combine(const Inst& inst) {
    enum class Sign : u8 { any, with, without };
    ir::Combine how = ir::Combine::add;
    Sign sign = Sign::any;
    switch (inst.op()) {
        case Op::GroupNonUniformIAdd:
        case Op::GroupNonUniformFAdd:
            break;
        case Op::GroupNonUniformIMul:
        case Op::GroupNonUniformFMul:
            how = ir::Combine::mul;
            break;
        case Op::GroupNonUniformSMin:
        case Op::GroupNonUniformUMin:
        case Op::GroupNonUniformFMin:
            how = ir::Combine::min;
            break;
        case Op::GroupNonUniformSMax:
        case Op::GroupNonUniformUMax:
        case Op::GroupNonUniformFMax:
            how = ir::Combine::max;
            break;
        case Op::GroupNonUniformBitwiseAnd:
        case Op::GroupNonUniformLogicalAnd:
            how = ir::Combine::bit_and;
            break;
        case Op::GroupNonUniformBitwiseOr:
        case Op::GroupNonUniformLogicalOr:
            how = ir::Combine::bit_or;
            break;
        case Op::GroupNonUniformBitwiseXor:
        case Op::GroupNonUniformLogicalXor:
            how = ir::Combine::bit_xor;
            break;
        default:
            return ValueId::none;
    }
    if (inst.op() == Op::GroupNonUniformSMin || inst.op() == Op::GroupNonUniformSMax) sign = Sign::with;
    if (inst.op() == Op::GroupNonUniformUMin || inst.op() == Op::GroupNonUniformUMax) sign = Sign::without;
    ValueId operand = value(inst[5]);
    if (sign != Sign::any) operand = as(operand, with_sign(type_of(operand), sign == Sign::with));
    const auto combination = static_cast<u32>(how);
    switch (static_cast<spv::Group>(inst[4])) {
        case spv::Group::Reduce:
            return make(ir::Op::subgroup_reduce, {operand}, {combination, 0});
        case spv::Group::InclusiveScan:
            return make(ir::Op::subgroup_scan, {operand}, {combination, static_cast<u32>(ir::Scan::inclusive)});
        case spv::Group::ExclusiveScan:
            return make(ir::Op::subgroup_scan, {operand}, {combination, static_cast<u32>(ir::Scan::exclusive)});
        case spv::Group::ClusteredReduce:
            if (inst.size() < 7) fail("the cluster's size is missing.");
            return make(ir::Op::subgroup_reduce, {operand}, {combination, known(inst[6], "the cluster's size")});
    }
    unsupported("the group operation " + std::to_string(inst[4]) + " is not taken.");
}

}  // namespace alkomp::read
