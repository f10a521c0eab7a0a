// SPDX-License-Identifier: MIT OR Apache-2.0
// Constants computed from specialisation constants, once those are known.
#pragma once

#include "ir/module.h"

#include <optional>
#include <unordered_map>
#include <vector>

namespace alkomp::ir {

/// Values of specialisation constants, by id; those that are not here have their default.
using Specialization = std::unordered_map<u32, u64>;

/// What all constants of a module are. It has to be one whose constants come behind their parts.
class ConstantValues {
public:
    explicit ConstantValues(const Module& module, const Specialization& specialization = {});

    /// The bits of a scalar integer or boolean constant, the upper ones zero. None for a value that is no constant, for
    /// an undefined one, and for one that floats go into.
    [[nodiscard]] std::optional<u64> operator[](ValueId id) const;

private:
    [[nodiscard]] std::optional<u64> evaluate(const Constant& constant, const Specialization& specialization) const;

    const Module& module_;
    std::vector<std::optional<u64>> values_;  ///< by place in Module::constants
};

}  // namespace alkomp::ir
