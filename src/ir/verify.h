// SPDX-License-Identifier: MIT OR Apache-2.0
// Says whether a module is right, and what a device lacks to run it.
#pragma once

#include "ir/module.h"

namespace alkomp {
struct Capabilities;
}

namespace alkomp::ir {

/// Checks the module by all that ir/module.h and ir/op.def say; with a device, also that it has what the module uses.
/// Adds no more than types. Any module whatever may be given; time is linear in its size.
/// Throws Error: compile_failed, or unsupported for what the device lacks; the text is "file:line: sentence" where
/// the user's line is known, else "kernel "name": sentence".
void verify(Module& module, const Capabilities* device = nullptr);

}  // namespace alkomp::ir
