// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/evaluate.h"

#include "ir/fold.h"

namespace alkomp::ir {

ConstantValues::ConstantValues(const Module& module, const Specialization& specialization) : module_(module) {
    values_.reserve(module.constants.size());
    for (const Constant& constant : module.constants)
        values_.push_back(constant.value == ValueId::none ? std::nullopt : evaluate(constant, specialization));
}

std::optional<u64> ConstantValues::operator[](ValueId id) const {
    const Value& value = module_[id];
    return id != ValueId::none && value.kind == Value::Kind::constant ? values_[value.index] : std::nullopt;
}

std::optional<u64> ConstantValues::evaluate(const Constant& constant, const Specialization& specialization) const {
    const auto is_whole = [&](TypeId id) {
        return module_.types.is(id, Type::Kind::scalar) &&
               (module_.types.is_integer(id) || module_.types.is_boolean(id));
    };
    if (!is_whole(constant.type)) return std::nullopt;
    switch (constant.kind) {
        case Constant::Kind::zero:
        case Constant::Kind::scalar:
            return constant.bits;
        case Constant::Kind::specialization: {
            const auto set = specialization.find(constant.specialization);
            return set == specialization.end() ? constant.bits : set->second;
        }
        case Constant::Kind::undefined:
        case Constant::Kind::composite:
            return std::nullopt;
        case Constant::Kind::computed:
            break;
    }
    std::vector<u64> parts;
    for (const ValueId part : constant.parts) {
        const std::optional<u64> bits = (*this)[part];
        if (!bits) return std::nullopt;
        parts.push_back(*bits);
    }
    const TypeId from = module_.type_of(constant.parts[constant.op == Op::select ? 1 : 0]);
    return fold(constant.op, module_.types[from].scalar, module_.types[constant.type].scalar, parts);
}

}  // namespace alkomp::ir
