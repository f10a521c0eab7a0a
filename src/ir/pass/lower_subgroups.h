// SPDX-License-Identifier: MIT OR Apache-2.0
// For devices without subgroups: lanes meet in workgroup memory, or else each invocation is a subgroup by itself.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Functions with subgroup operations are inlined, then `exchange_lanes` is tried, behind `flatten_choices` if need be.
/// Where it cannot, what is asked of a subgroup is asked of its only lane. Throws: unsupported, for what then needs lanes beside it (quads, clusters, a kernel
/// that asks for a size), with the reason for both.
void lower_subgroups(Module& module, u32 most_shared_bytes);

}  // namespace alkomp::ir
