// SPDX-License-Identifier: MIT OR Apache-2.0
// For devices without subgroups: each invocation is one by itself.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// What is asked of a subgroup is asked of its only lane. Throws: unsupported, for what needs lanes beside it: quads,
/// clusters, a kernel that asks for a size.
void lower_subgroups(Module& module);

}  // namespace alkomp::ir
