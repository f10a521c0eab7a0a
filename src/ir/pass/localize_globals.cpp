// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/localize_globals.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class Localize {
public:
    explicit Localize(Module& module)
        : module_(module), is_used_(module.globals.size()), is_used_elsewhere_(is_used_) {}

    void run() {
        const auto is_local = [](const Global& global) { return global.kind == Global::Kind::local; };
        if (std::none_of(module_.globals.begin() + 1, module_.globals.end(), is_local)) return;
        for (u32 i = 1; i < module_.functions.size(); ++i) note_uses(module_.functions[i].body, FunctionId{i});
        std::vector<Global> left{module_.globals[0]};
        std::vector<InstructionId> variables;
        for (u32 i = 1; i < module_.globals.size(); ++i) {
            const Global& global = module_.globals[i];
            if (!is_local(global) || is_used_elsewhere_[i]) {
                module_[global.value].index = static_cast<u32>(left.size());
                left.push_back(global);
            } else {
                module_[global.value].kind = Value::Kind::result;
                module_[global.value].index = 0;
                if (is_used_[i]) variables.push_back(variable(global));
            }
        }
        module_.globals = std::move(left);
        std::vector<InstructionId>& body = module_[module_[module_.kernel].body].body;
        body.insert(body.begin(), variables.begin(), variables.end());
    }

private:
    void note_uses(RegionId region, FunctionId function) {
        for (const InstructionId id : module_[region].body) {
            for (const ValueId operand : module_.operands(module_[id])) {
                if (operand == ValueId::none || module_[operand].kind != Value::Kind::global) continue;
                const u32 global = module_[operand].index;
                is_used_[global] = true;
                if (function != module_.kernel) is_used_elsewhere_[global] = true;
            }
            for (const RegionId inner : module_.regions_of(module_[id])) note_uses(inner, function);
        }
    }
    /// Its result is the value that the global was.
    InstructionId variable(const Global& global) {
        const RegionId body = module_[module_.kernel].body;
        std::vector<ValueId> initial;
        if (global.initial != ValueId::none) initial.push_back(global.initial);
        const InstructionId id =
            new_instruction(module_, module_[body].body.front(), Op::variable, body, initial, {}, {});
        module_[id].location = module_.location(global.location);
        module_[id].results = {place(global.value), 1};
        module_[global.value].index = place(id);
        return id;
    }

    Module& module_;
    std::vector<bool> is_used_;            // by global
    std::vector<bool> is_used_elsewhere_;  // by global: in other functions than the kernel
};

}  // namespace

void localize_globals(Module& module) { Localize(module).run(); }

}  // namespace alkomp::ir
