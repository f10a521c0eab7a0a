// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs IR modules on the CPU, slowly and as ir/module.h says: the oracle for passes, emitters and devices.
#pragma once

#include "ir/module.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace alkomp::testing {

/// What a kernel is run with, and what it leaves in its buffers.
struct KernelRun {
    std::array<u32, 3> groups{1, 1, 1};
    u32 subgroup_size = 4;
    u64 unspecified = 0;                            ///< seeds what is read where nothing was written
    std::vector<std::vector<std::byte>> buffers{};  ///< by place in Module::globals
    std::vector<std::byte> scalars{};
};

/// Workgroups run one after the other. The invocations of a workgroup go through the kernel together: each
/// instruction is done for all that reach it together before the next one is looked at.
/// Throws std::runtime_error where the module does what it must not (`unreachable` reached, a barrier that some
/// miss, an access that was promised to be inside), where invocations race for memory (fences order nothing here), if it
/// never ends, or has what the evaluator does not know: functions whose
/// results are not exact, addresses, shared memory with a layout, cooperative matrices, messages.
void evaluate(const ir::Module& module, KernelRun& run);

/// The first scalar in a buffer that two runs leave different, in words; empty if there is none. Signs of zeros are
/// not looked at.
[[nodiscard]] std::string difference(const ir::Module& module, const KernelRun& expected, const KernelRun& found);

}  // namespace alkomp::testing
