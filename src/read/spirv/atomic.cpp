// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics, barriers and fences, and clocks.
#include "read/spirv/reader.h"

namespace alkomp::read {
namespace {

constexpr u32 bit(spv::Semantics semantics) { return static_cast<u32>(semantics); }

std::optional<ir::Op> operation_of(spv::Op op) {
    switch (op) {
        case spv::Op::AtomicExchange:
            return ir::Op::atomic_exchange;
        case spv::Op::AtomicIIncrement:
        case spv::Op::AtomicIAdd:
        case spv::Op::AtomicFAddEXT:
            return ir::Op::atomic_add;
        case spv::Op::AtomicIDecrement:
        case spv::Op::AtomicISub:
            return ir::Op::atomic_sub;
        case spv::Op::AtomicSMin:
        case spv::Op::AtomicUMin:
        case spv::Op::AtomicFMinEXT:
            return ir::Op::atomic_min;
        case spv::Op::AtomicSMax:
        case spv::Op::AtomicUMax:
        case spv::Op::AtomicFMaxEXT:
            return ir::Op::atomic_max;
        case spv::Op::AtomicAnd:
            return ir::Op::atomic_and;
        case spv::Op::AtomicOr:
            return ir::Op::atomic_or;
        case spv::Op::AtomicXor:
            return ir::Op::atomic_xor;
        default:
            return std::nullopt;
    }
}

ir::Order without_release(ir::Order order) {
    return order == ir::Order::acquire || order == ir::Order::acquire_release ? ir::Order::acquire : ir::Order::relaxed;
}
ir::Order without_acquire(ir::Order order) {
    return order == ir::Order::release || order == ir::Order::acquire_release ? ir::Order::release : ir::Order::relaxed;
}

}  // namespace

ir::Scope Reader::scope(Id id) const {
    switch (static_cast<spv::Scope>(known(id, "the scope"))) {
        case spv::Scope::CrossDevice:
        case spv::Scope::Device:
        case spv::Scope::QueueFamily:
            return ir::Scope::device;
        case spv::Scope::Workgroup:
            return ir::Scope::workgroup;
        case spv::Scope::Subgroup:
            return ir::Scope::subgroup;
        case spv::Scope::Invocation:
            return ir::Scope::invocation;
    }
    unsupported("the scope " + code_.shown(id) + " is not taken.");
}

Reader::Ordering Reader::ordering(Id semantics) const {
    const u32 mask = known(semantics, "the memory semantics");
    Ordering made;
    const bool both = (mask & (bit(spv::Semantics::AcquireRelease) | bit(spv::Semantics::SequentiallyConsistent))) != 0;
    const bool acquires = both || (mask & bit(spv::Semantics::Acquire)) != 0;
    const bool releases = both || (mask & bit(spv::Semantics::Release)) != 0;
    if (acquires && releases) made.order = ir::Order::acquire_release;
    else if (acquires) made.order = ir::Order::acquire;
    else if (releases) made.order = ir::Order::release;
    if ((mask & bit(spv::Semantics::UniformMemory)) != 0) made.spaces |= ir::kStorage;
    if ((mask & bit(spv::Semantics::WorkgroupMemory)) != 0) made.spaces |= ir::kShared;
    return made;
}

/// A barrier of the IR orders at the scope of those that wait; what is wider or narrower is a fence beside it.
void Reader::barrier(const Inst& inst) {
    const auto number = [](auto value) { return static_cast<u32>(value); };
    if (inst.op() == Op::MemoryBarrier) {
        const Ordering how = ordering(inst[2]);
        const ir::Scope seen_by = scope(inst[1]);
        if (how.order == ir::Order::relaxed || how.spaces == 0) return;
        return effect(ir::Op::fence, {}, {number(how.order), number(seen_by), how.spaces});
    }
    const ir::Scope who = scope(inst[1]), seen_by = scope(inst[2]);
    const Ordering how = ordering(inst[3]);
    if (who != ir::Scope::workgroup && who != ir::Scope::subgroup)
        unsupported("a barrier waits for a workgroup or a subgroup.");
    const bool orders = how.order != ir::Order::relaxed && how.spaces != 0;
    if (!orders || (seen_by == who && how.order == ir::Order::acquire_release))
        return effect(ir::Op::barrier, {}, {number(who), orders ? how.spaces : 0});
    if (without_acquire(how.order) == ir::Order::release)
        effect(ir::Op::fence, {}, {number(ir::Order::release), number(seen_by), how.spaces});
    effect(ir::Op::barrier, {}, {number(who), how.spaces});
    if (without_release(how.order) == ir::Order::acquire)
        effect(ir::Op::fence, {}, {number(ir::Order::acquire), number(seen_by), how.spaces});
}

void Reader::atomic(const Inst& inst) {
    const auto number = [](auto value) { return static_cast<u32>(value); };
    if (inst.op() == Op::ReadClockKHR) {
        const ValueId time = make(ir::Op::clock, {}, {number(scope(inst[3]))}, types().scalar(Scalar::u64));
        const TypeId result = type(inst[1]);
        return define(inst, result == type_of(time) ? time : make(ir::Op::bitcast, {time}, {}, result));
    }
    const bool stores = inst.op() == Op::AtomicStore;
    const std::size_t first = stores ? 1 : 3;
    const ValueId pointer = place(inst[first]);
    if (!types().is(type_of(pointer), ir::Type::Kind::pointer)) fail("it works on no pointer.");
    const TypeId held = types()[type_of(pointer)].element;
    const u32 at = number(scope(inst[first + 1]));
    const ir::Order order = ordering(inst[first + 2]).order;
    const auto operand = [&](std::size_t place) { return value(inst[place], held); };
    const bool is_signed = types().is_signed(held);
    const bool of_signed = inst.op() == Op::AtomicSMin || inst.op() == Op::AtomicSMax;
    const bool of_unsigned = inst.op() == Op::AtomicUMin || inst.op() == Op::AtomicUMax;
    if ((of_signed && !is_signed) || (of_unsigned && is_signed))
        unsupported("it takes the number in memory for one of the other sign.");
    switch (inst.op()) {
        case Op::AtomicLoad:
            return define(inst, make(ir::Op::atomic_load, {pointer}, {number(without_release(order)), at}));
        case Op::AtomicStore:
            return effect(ir::Op::atomic_store, {pointer, operand(4)}, {number(without_acquire(order)), at});
        case Op::AtomicCompareExchange:
            return define(
                inst, make(ir::Op::atomic_compare_exchange, {pointer, operand(8), operand(7)}, {number(order), at}));
        case Op::AtomicIIncrement:
        case Op::AtomicIDecrement:
            return define(inst,
                          make(*operation_of(inst.op()), {pointer, module_.constant(held, 1)}, {number(order), at}));
        default:
            return define(inst, make(*operation_of(inst.op()), {pointer, operand(6)}, {number(order), at}));
    }
}

}  // namespace alkomp::read
