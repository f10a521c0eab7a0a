// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/inline_calls.h"

#include "ir/pass/edit.h"
#include "ir/pass/rebuild.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

/// Which functions take or return such pointers.
std::vector<bool> find_functions(const Module& module) {
    std::vector<bool> found(module.functions.size());
    const auto is_pointer = [&](TypeId id) { return module.types.is(id, Type::Kind::pointer); };
    for (std::size_t i = 1; i < found.size(); ++i) {
        const Function& function = module.functions[i];
        found[i] = is_pointer(function.result);
        for (const ValueId parameter : function.parameters)
            if (is_pointer(module.type_of(parameter)) && module.type(parameter).space != Space::local) found[i] = true;
    }
    // What a function that vanishes passes on may be a part of a variable.
    const auto is_whole = [&](ValueId pointer) {
        const Value& value = module[pointer];
        if (value.kind == Value::Kind::function_parameter) return !found[value.index];
        if (value.kind == Value::Kind::global) return true;
        return value.kind == Value::Kind::result && module[InstructionId{value.index}].op == Op::variable;
    };
    const std::vector<InstructionId> order = in_order(module);
    for (bool changed = true; changed;) {
        changed = false;
        for (const InstructionId id : order) {
            if (module[id].op != Op::call) continue;
            const u32 callee = module.immediates(module[id])[0];
            if (found[callee]) continue;
            for (const ValueId operand : module.operands(module[id]))
                if (is_pointer(module.type_of(operand)) && !is_whole(operand)) found[callee] = changed = true;
        }
    }
    return found;
}

std::vector<bool> find_functions(const Module& module, const std::function<bool(const Instruction&)>& asked) {
    std::vector<bool> found(module.functions.size());
    std::vector<std::vector<u32>> called(module.functions.size());
    const auto look = [&](auto&& self, u32 function, RegionId region) -> void {
        for (const InstructionId id : module[region].body) {
            if (asked(module[id])) found[function] = true;
            if (module[id].op == Op::call) called[function].push_back(module.immediates(module[id])[0]);
            for (const RegionId inner : module.regions_of(module[id])) self(self, function, inner);
        }
    };
    for (u32 i = 1; i < module.functions.size(); ++i) look(look, i, module.functions[i].body);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 1; i < found.size(); ++i)
            if (!found[i] && std::any_of(called[i].begin(), called[i].end(), [&](u32 callee) { return found[callee]; }))
                found[i] = changed = true;
    }
    found[place(module.kernel)] = false;
    return found;
}

class Inline : public Rebuild {
public:
    Inline(const Module& from, std::vector<bool> inlined) : Rebuild(from), inlined_(std::move(inlined)) {
        count_returns();
    }
    [[nodiscard]] bool any() const { return std::find(inlined_.begin(), inlined_.end(), true) != inlined_.end(); }

private:
    bool is_kept(FunctionId id) const override { return !inlined_[place(id)]; }

    void count_returns() {
        returns_.resize(from_.functions.size());
        for (std::size_t i = 1; i < returns_.size(); ++i) count_returns(i, from_.functions[i].body);
    }
    void count_returns(std::size_t function, RegionId region) {
        for (const InstructionId id : from_[region].body) {
            returns_[function] += from_[id].op == Op::return_ ? 1 : 0;
            for (const RegionId inner : from_.regions_of(from_[id])) count_returns(function, inner);
        }
    }

    void make(InstructionId id) override {
        const bool is_inlined = from_[id].op == Op::call && inlined_[from_.immediates(from_[id])[0]];
        if (!is_inlined) return copy(id);
        const FunctionId callee{from_.immediates(from_[id])[0]};
        const Function& function = from_[callee];
        std::vector<ValueId> given;
        for (const ValueId operand : operands(id)) given.push_back(value(operand));
        for (std::size_t i = 0; i < given.size(); ++i) define(function.parameters[i], given[i]);
        const std::vector<InstructionId>& body = from_[function.body].body;
        const bool ends_once = returns_[place(callee)] == 1 && from_[body.back()].op == Op::return_;
        const InstructionId around = std::exchange(around_, InstructionId::none);
        ++depth_;
        if (ends_once) {
            copy_region(function.body);
        } else {
            const bool gives = function.result != from_.types.nothing();
            const std::array results{type(function.result)};
            around_ = build_.open_switch(number(0), std::span(results).first(gives ? 1 : 0));
            const InstructionId wrapper = around_;
            build_.open_region();
            copy_region(function.body);
            build_.close_region();
            build_.close_construct({.default_region = 0, .values = {{}}, .parameters = {}});
            returned_ = to_.result(to_[wrapper]);
        }
        around_ = around;
        --depth_;
        if (from_[id].results.count > 0) define(result(id), returned_);
    }
    void make_return(std::span<const ValueId> values) override {
        const ValueId given = values.empty() ? ValueId::none : value(values[0]);
        if (depth_ == 0) return build_.return_(given);
        if (around_ != InstructionId::none) return build_.exit(around_, std::span(&given, values.size()));
        returned_ = given;
    }

    std::vector<bool> inlined_;                   // by function
    std::vector<u32> returns_;                    // by function
    u32 depth_ = 0;                               // of inlined functions within each other
    InstructionId around_ = InstructionId::none;  // what the returns of the innermost one leave; none: nothing
    ValueId returned_ = ValueId::none;
};

void inline_functions(Module& module, std::vector<bool> inlined) {
    Inline pass(module, std::move(inlined));
    if (pass.any()) module = pass.run();
}

}  // namespace

void inline_pointer_calls(Module& module) { inline_functions(module, find_functions(module)); }

void inline_calls(Module& module, const std::function<bool(const Instruction&)>& asked) {
    inline_functions(module, find_functions(module, asked));
}

}  // namespace alkomp::ir
