// SPDX-License-Identifier: MIT OR Apache-2.0
// Specialisation constants that become overrides of WGSL, and those that cannot.
#pragma once

#include "ir/evaluate.h"
#include "ir/module.h"

#include <string>
#include <vector>

namespace alkomp::ir {

/// What a device's WGSL can leave open until a pipeline is made.
struct OverrideSupport {
    bool f16 = false;
    bool shared_bools = true;  ///< truths in shared memory are not made words
    // What makes it necessary to know the workgroup's size:
    bool lowers_subgroups = false;    ///< any operation of a subgroup
    bool numbers_subgroups = false;   ///< which subgroup of the workgroup it is, and how many there are
    bool flattens_subgroups = false;  ///< any operation of a subgroup, in a workgroup of more than one dimension
};

/// Gives values to the specialisation constants that WGSL cannot say as overrides, and to those in `values`. The lengths of
/// arrays in shared memory, and the workgroup's size, may depend on the others behind that; no other type does.
/// Returns a sentence on each that was fixed: its name, id, value, and why.
[[nodiscard]] std::vector<std::string> fix_constants(Module& module, const OverrideSupport& support,
                                                     const Specialization& values);

}  // namespace alkomp::ir
