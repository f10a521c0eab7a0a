// SPDX-License-Identifier: MIT OR Apache-2.0
// Appends instructions to a module: what the recorder, the readers, the parser and the tests build with.
#pragma once

#include "ir/module.h"

#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace alkomp::ir {

/// What a switch chooses by: for each region, in order, the selector's values that lead to it.
struct Switch {
    u32 default_region = 0;  ///< taken by all other values; may have values of its own
    std::vector<std::vector<u64>> values;
    /// What the parameters of the regions are that the selector leads to, in the regions' order: the operands behind
    /// the selector. A region that only `fallthrough` reaches has nothing here.
    std::vector<ValueId> parameters;
    /// Has values, or is the default.
    [[nodiscard]] bool leads_to(std::size_t region) const {
        return region == default_region || (region < values.size() && !values[region].empty());
    }
    [[nodiscard]] std::vector<u32> immediates() const;
    [[nodiscard]] static Switch from(std::span<const u32> immediates);  ///< without parameters
};

/// Whether a case of a switch goes on with the one behind it.
[[nodiscard]] inline bool falls_through(const Module& module, RegionId region) {
    return module[module[region].body.back()].op == Op::fallthrough;
}

/// Appends to the innermost open region. Operands that break the rules of op.def throw compile_failed; what
/// depends on more than one instruction is left to `verify`.
class Builder {
public:
    explicit Builder(Module& module) : module_(module) {}

    [[nodiscard]] Module& module() { return module_; }
    [[nodiscard]] Types& types() { return module_.types; }

    /// Opens a function's own region; `close_function` follows its terminator.
    FunctionId open_function(std::string_view name, std::span<const TypeId> parameters, TypeId result);
    /// In two steps, for functions that are called before they are seen.
    FunctionId declare_function(std::string_view name, std::span<const TypeId> parameters, TypeId result);
    void open_function(FunctionId declared);
    void close_function();

    /// Where the instructions that follow come from.
    void locate(const Location& location) { location_ = module_.location(location); }

    /// Any instruction that is neither construct nor terminator; the result, or none. For `given` see op.def.
    ValueId emit(Op op, std::span<const ValueId> operands, std::span<const u32> immediates = {},
                 TypeId given = TypeId::none, u8 flags = 0);
    ValueId emit(Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates = {},
                 TypeId given = TypeId::none, u8 flags = 0) {
        return emit(op, std::span(operands.begin(), operands.size()), std::span(immediates.begin(), immediates.size()),
                    given, flags);
    }
    /// The instruction that `emit` appended last, for its second result.
    [[nodiscard]] InstructionId last() const noexcept { return last_; }

    ValueId variable(TypeId pointee, std::string_view name = {}, ValueId initial = ValueId::none);
    ValueId load(ValueId pointer, u32 alignment = 0, u8 flags = 0) {
        return emit(Op::load, {pointer}, {alignment}, TypeId::none, flags);
    }
    void store(ValueId pointer, ValueId value, u32 alignment = 0, u8 flags = 0) {
        emit(Op::store, {pointer, value}, {alignment}, TypeId::none, flags);
    }
    ValueId builtin(Builtin which) { return emit(Op::builtin, {}, {static_cast<u32>(which)}); }

    /// A construct: `open_region` each of its regions in order, end it by a terminator, `close_region`, and
    /// `close_construct` at last. `results`: the types that `exit` passes.
    InstructionId open_if(ValueId condition, std::span<const TypeId> results = {});
    InstructionId open_loop(std::span<const ValueId> first = {}, std::span<const TypeId> results = {});
    InstructionId open_switch(ValueId selector, std::span<const TypeId> results = {});
    RegionId open_region(std::span<const TypeId> parameters = {});
    void close_region();
    void close_construct(const Switch& chooses = {});

    void exit(InstructionId construct, std::span<const ValueId> values = {});
    void fallthrough(std::span<const ValueId> values = {});
    void next(InstructionId loop, std::span<const ValueId> values = {});
    void repeat(InstructionId loop, std::span<const ValueId> values = {});
    void repeat_if(ValueId condition, InstructionId loop, std::span<const ValueId> again,
                   std::span<const ValueId> leave = {});
    void return_(ValueId value = ValueId::none);
    void unreachable();

    [[nodiscard]] RegionId region() const { return open_regions_.back(); }
    /// Ended by a terminator: nothing can follow.
    [[nodiscard]] bool ended() const;

private:
    struct OpenConstruct {
        InstructionId id;
        std::vector<RegionId> regions;
    };

    InstructionId append(Op op, std::span<const ValueId> operands, std::span<const u32> immediates, u8 flags);
    InstructionId open(Op op, std::span<const ValueId> operands, std::span<const TypeId> results);

    Module& module_;
    u32 location_ = 0;
    InstructionId last_ = InstructionId::none;
    std::vector<RegionId> open_regions_;
    std::vector<OpenConstruct> open_constructs_;
};

}  // namespace alkomp::ir
