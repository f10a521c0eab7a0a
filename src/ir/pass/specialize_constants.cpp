// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/specialize_constants.h"

#include "ir/pass/edit.h"

#include <algorithm>
#include <unordered_map>

namespace alkomp::ir {
namespace {

/// Puts instructions at the head of functions that compute what was computed of specialisation constants.
class Computing {
public:
    explicit Computing(Module& module) : module_(module), varies_(module.constants.size(), false) {
        for (std::size_t i = 0; i < module.constants.size(); ++i) {
            const Constant& constant = module.constants[i];
            varies_[i] = constant.kind == Constant::Kind::computed ||
                         std::any_of(constant.parts.begin(), constant.parts.end(),
                                     [&](ValueId part) { return varies_[module[part].index]; });
        }
    }

    void run() {
        const std::vector<InstructionId> all = in_order(module_);
        for (const InstructionId id : all) {
            body_ = module_[id].region;
            while (module_[body_].owner != InstructionId::none) body_ = module_[module_[body_].owner].region;
            for (u32 i = 0; i < module_[id].operands.count; ++i) {
                const ValueId operand = module_.operands(module_[id])[i];
                if (!is_computed(operand)) continue;
                const ValueId value = computed(operand);
                module_.operands(module_[id])[i] = value;
            }
        }
        for (auto& [region, first] : first_) {
            std::vector<InstructionId>& body = module_[RegionId{region}].body;
            body.insert(body.begin(), first.begin(), first.end());
        }
    }

private:
    bool is_computed(ValueId id) const {
        const Value& value = module_[id];
        return value.kind == Value::Kind::constant && value.index < varies_.size() && varies_[value.index];
    }

    ValueId computed(ValueId id) {
        if (!is_computed(id)) return id;
        std::unordered_map<u32, ValueId>& known = known_[place(body_)];
        if (const auto found = known.find(place(id)); found != known.end()) return found->second;
        const Constant constant = *module_.find_constant(id);
        std::vector<ValueId> parts;
        for (const ValueId part : constant.parts) parts.push_back(computed(part));
        const Op op = constant.kind == Constant::Kind::computed ? constant.op : Op::compose;
        const InstructionId made = new_instruction(module_, module_[body_].body[0], op, body_, parts,
                                                   constant.immediates, {&constant.type, 1});
        first_[place(body_)].push_back(made);
        const ValueId value = module_.result(module_[made]);
        known_[place(body_)][place(id)] = value;
        return value;
    }

    Module& module_;
    std::vector<bool> varies_;  ///< by constant
    RegionId body_ = RegionId::none;
    std::unordered_map<u32, std::unordered_map<u32, ValueId>> known_;  ///< by region, then by constant
    std::unordered_map<u32, std::vector<InstructionId>> first_;        ///< by region
};

}  // namespace

bool specialize_constants(Module& module, const Specialization& values) {
    bool any = false;
    for (Constant& constant : module.constants) {
        if (constant.kind != Constant::Kind::specialization) continue;
        if (const auto set = values.find(constant.specialization); set != values.end()) constant.bits = set->second;
        if (module.types[constant.type].scalar == Scalar::boolean) constant.bits = constant.bits != 0;
        constant.kind = Constant::Kind::scalar;
        any = true;
    }
    return any;
}

void compute_constants(Module& module) {
    const ConstantValues values(module);
    std::vector<bool> varies(module.constants.size(), false);
    for (std::size_t i = 1; i < module.constants.size(); ++i) {
        Constant& constant = module.constants[i];
        varies[i] = constant.kind == Constant::Kind::specialization ||
                    std::any_of(constant.parts.begin(), constant.parts.end(),
                                [&](ValueId part) { return varies[module[part].index]; });
        if (constant.kind != Constant::Kind::computed || varies[i]) continue;
        const std::optional<u64> known = values[constant.value];
        if (!known) continue;
        constant.kind = Constant::Kind::scalar;
        constant.bits = *known;
        constant.parts.clear();
    }
    Computing(module).run();
}

}  // namespace alkomp::ir
