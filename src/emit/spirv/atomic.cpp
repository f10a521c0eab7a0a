// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics, barriers and fences under both memory models, and clocks.
#include "emit/spirv/emitter.h"

namespace alkomp::emit::spv {

Id Emitter::scope(u32 immediate) {
    switch (static_cast<ir::Scope>(immediate)) {
        case ir::Scope::invocation:
            return number(static_cast<u32>(Scope::Invocation));
        case ir::Scope::subgroup:
            return number(static_cast<u32>(Scope::Subgroup));
        case ir::Scope::workgroup:
            return number(static_cast<u32>(Scope::Workgroup));
        case ir::Scope::device:
            break;
    }
    return widest_scope();
}

/// None where nothing is ordered: within one invocation, or in no space.
u32 Emitter::semantics(ir::Order order, u32 scope, u32 spaces) const {
    const auto bit = [](Semantics value) { return static_cast<u32>(value); };
    if (order == ir::Order::relaxed || static_cast<ir::Scope>(scope) == ir::Scope::invocation || spaces == 0) return 0;
    const bool acquires = order != ir::Order::release, releases = order != ir::Order::acquire;
    u32 mask = bit(acquires && releases ? Semantics::AcquireRelease
                   : acquires           ? Semantics::Acquire
                                        : Semantics::Release);
    if ((spaces & ir::kStorage) != 0) mask |= bit(Semantics::UniformMemory);
    if ((spaces & ir::kShared) != 0) mask |= bit(Semantics::WorkgroupMemory);
    if (!options_.memory_model) return mask;
    if (releases) mask |= bit(Semantics::MakeAvailable);
    if (acquires) mask |= bit(Semantics::MakeVisible);
    return mask;
}

void Emitter::barrier(const ir::Instruction& instruction) {
    const std::span<const u32> immediates = module_.immediates(instruction);
    if (instruction.op == ir::Op::fence) {
        const u32 mask = semantics(static_cast<ir::Order>(immediates[0]), immediates[1], immediates[2]);
        if (mask != 0) effect(Op::MemoryBarrier, {scope(immediates[1]), number(mask)});
        return;
    }
    const Id who = scope(immediates[0]);
    effect(Op::ControlBarrier, {who, who, number(semantics(ir::Order::acquire_release, immediates[0], immediates[1]))});
}

/// The operation that an atomic applies; what float atomics need.
Op Emitter::atomic_op(ir::Op op, Scalar scalar) {
    const bool real = ir::is_float(scalar), is_signed = ir::is_signed(scalar);
    const u32 bytes = size_bytes(scalar);
    if (!real && bytes == 8) words_.need(Capability::Int64Atomics);
    const auto need = [&](Capability of_f16, Capability of_f32, Capability of_f64) {
        words_.need(bytes == 2 ? of_f16 : bytes == 4 ? of_f32 : of_f64);
    };
    if (real && (op == ir::Op::atomic_add || op == ir::Op::atomic_sub)) {
        need(Capability::AtomicFloat16AddEXT, Capability::AtomicFloat32AddEXT, Capability::AtomicFloat64AddEXT);
        return Op::AtomicFAddEXT;
    }
    if (real && (op == ir::Op::atomic_min || op == ir::Op::atomic_max)) {
        need(Capability::AtomicFloat16MinMaxEXT, Capability::AtomicFloat32MinMaxEXT,
             Capability::AtomicFloat64MinMaxEXT);
        return op == ir::Op::atomic_min ? Op::AtomicFMinEXT : Op::AtomicFMaxEXT;
    }
    switch (op) {
        case ir::Op::atomic_add:
            return Op::AtomicIAdd;
        case ir::Op::atomic_sub:
            return Op::AtomicISub;
        case ir::Op::atomic_min:
            return is_signed ? Op::AtomicSMin : Op::AtomicUMin;
        case ir::Op::atomic_max:
            return is_signed ? Op::AtomicSMax : Op::AtomicUMax;
        case ir::Op::atomic_and:
            return Op::AtomicAnd;
        case ir::Op::atomic_or:
            return Op::AtomicOr;
        case ir::Op::atomic_xor:
            return Op::AtomicXor;
        default:
            return Op::AtomicExchange;
    }
}

void Emitter::atomic(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const std::span<const u32> immediates = module_.immediates(instruction);
    const ir::Type& about = module_.type(operands[0]);
    const Shape of = shape(about.element);
    const auto order = static_cast<ir::Order>(immediates[0]);
    const auto ordered = [&](ir::Order by) { return number(semantics(by, immediates[1], ir::kStorage | ir::kShared)); };
    const Id pointer = this->pointer(operands[0]), who = scope(immediates[1]);
    const Op op = atomic_op(instruction.op, of.scalar);
    const ir::ValueId id = module_.result(instruction);
    switch (instruction.op) {
        case ir::Op::atomic_load:
            return define(id, result({Op::AtomicLoad, of.type, {pointer, who, ordered(order)}}));
        case ir::Op::atomic_store:
            return effect(Op::AtomicStore, {pointer, who, ordered(order), value(operands[1])});
        case ir::Op::atomic_compare_exchange: {
            // Where nothing is exchanged nothing is released.
            const bool acquires = order == ir::Order::acquire || order == ir::Order::acquire_release;
            const Id unequal = ordered(acquires ? ir::Order::acquire : ir::Order::relaxed);
            return define(id,
                          result({Op::AtomicCompareExchange,
                                  of.type,
                                  {pointer, who, ordered(order), unequal, value(operands[2]), value(operands[1])}}));
        }
        default: {
            Id by = value(operands[1]);
            if (op == Op::AtomicFAddEXT && instruction.op == ir::Op::atomic_sub)
                by = result({Op::FNegate, of.type, {by}});
            return define(id, result({op, of.type, {pointer, who, ordered(order), by}}));
        }
    }
}

Id Emitter::clock(u32 scope) {
    words_.need(Capability::ShaderClockKHR);
    return result({Op::ReadClockKHR, number_type(Scalar::u64), {this->scope(scope)}});
}

/// Whether what one invocation writes into a buffer may be meant for another one.
bool Emitter::exchanges_through_buffers() const {
    for (const ir::Instruction& instruction : module_.instructions) {
        const std::span<const u32> immediates = module_.immediates(instruction);
        if (instruction.op == ir::Op::barrier && (immediates[1] & ir::kStorage) != 0) return true;
        if (instruction.op == ir::Op::fence && (immediates[2] & ir::kStorage) != 0) return true;
        if (ir::has(instruction.op, ir::kAtomic) && static_cast<ir::Order>(immediates[0]) != ir::Order::relaxed)
            return true;
    }
    return false;
}

}  // namespace alkomp::emit::spv
