// SPDX-License-Identifier: MIT OR Apache-2.0
// What lowerings share: a module made anew from another, in its order, with names and places in the source.
#pragma once

#include "ir/builder.h"
#include "ir/module.h"

#include <initializer_list>
#include <span>
#include <unordered_map>
#include <vector>

namespace alkomp::ir {

/// Copies a right module. A lowering overrides what it says in other words.
class Rebuild {
public:
    explicit Rebuild(const Module& from);
    virtual ~Rebuild() = default;
    Rebuild(const Rebuild&) = delete;
    Rebuild& operator=(const Rebuild&) = delete;

    [[nodiscard]] Module run();

protected:
    // To override. Each is asked once for a type or constant, in the order of their parts.
    virtual TypeId make_type(TypeId old);
    virtual ValueId make_constant(const Constant& old);
    virtual void make_global(const Global& old);
    [[nodiscard]] virtual bool is_kept(FunctionId) const { return true; }
    /// Any instruction that is neither construct nor terminator.
    virtual void make(InstructionId id) { copy(id); }
    virtual void make_return(std::span<const ValueId> values);
    /// What is passed on in the place of a value, as what it arrives, and how it is told where it arrived.
    virtual ValueId passed(ValueId old) { return value(old); }
    virtual TypeId passed_type(ValueId old) { return type(from_.type_of(old)); }
    virtual void arrive(ValueId old, ValueId made) { define(old, made); }
    /// What a switch chooses by.
    virtual ValueId selector(InstructionId id, Switch& chooses);

    [[nodiscard]] TypeId type(TypeId old);
    [[nodiscard]] ValueId value(ValueId old);
    void define(ValueId old, ValueId made);
    void copy(InstructionId id);
    void copy_region(RegionId old);
    void instruction(InstructionId id);  ///< as it is to be made
    virtual void construct(InstructionId id);

    /// An instruction with one result; what is known of it is not computed again.
    ValueId emit(Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates = {},
                 TypeId given = TypeId::none, u8 flags = 0);
    ValueId compose(TypeId whole, std::span<const ValueId> parts) { return build_.emit(Op::compose, parts, {}, whole); }
    /// The scalar, or a vector of it in each lane.
    [[nodiscard]] ValueId filled(TypeId scalar_or_vector, u64 bits);
    /// A part of a composite, without an instruction where it was just put together.
    ValueId part(ValueId whole, u32 i);
    [[nodiscard]] ValueId number(u64 bits) { return to_.index(bits & 0xffffffff); }

    /// As many lanes as the other type has.
    [[nodiscard]] TypeId like(TypeId shape, Scalar scalar) { return to_.types.with_scalar(shape, scalar); }
    /// A type of the old module without its layout: values need none.
    [[nodiscard]] TypeId make_plain(TypeId old);
    /// A bit for each scalar in an old type, `1 << Scalar`; pointers are followed.
    [[nodiscard]] u32 scalars_in(TypeId old);
    [[nodiscard]] Scalar scalar_of(ValueId old) const;  ///< `record` where it is no scalar or vector

    [[nodiscard]] std::span<const ValueId> operands(InstructionId id) const { return from_.operands(from_[id]); }
    [[nodiscard]] ValueId operand(InstructionId id, u32 i) { return value(operands(id)[i]); }
    [[nodiscard]] ValueId result(InstructionId id, u32 i = 0) const { return from_.result(from_[id], i); }

    const Module& from_;
    Module to_;
    Builder build_;
    TypeId u32_, bool_;
    InstructionId at_ = InstructionId::none;  // the old one at hand

private:
    void make_function(FunctionId id);
    void terminator(InstructionId id);
    [[nodiscard]] std::vector<ValueId> all_passed(std::span<const ValueId> values);
    [[nodiscard]] ValueId simpler(Op op, std::span<const ValueId> operands, TypeId given);

    std::vector<TypeId> types_;              // by old type
    std::vector<u32> scalars_in_;            // by old type; 0: not known yet
    std::vector<ValueId> values_;            // by old value
    std::vector<FunctionId> functions_;      // by old function
    std::vector<InstructionId> constructs_;  // by old construct
};

}  // namespace alkomp::ir
