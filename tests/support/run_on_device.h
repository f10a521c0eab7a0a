// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs an IR module on a device, as the evaluator runs it.
#pragma once

#include "alkomp/alkomp.h"
#include "support/evaluator.h"

namespace alkomp::testing {

/// What the kernel leaves in `run`'s buffers. `optimize`: after the passes.
[[nodiscard]] KernelRun run_on_device(Device& device, const ir::Module& module, KernelRun run, bool optimize);
/// The same of a kernel that was made of the module.
[[nodiscard]] KernelRun run_on_device(Device& device, const Kernel& kernel, const ir::Module& module, KernelRun run);

}  // namespace alkomp::testing
