// SPDX-License-Identifier: MIT OR Apache-2.0
// Random well-formed kernels whose result no rule of ir/module.h leaves open, with what they are run on.
#pragma once

#include "support/evaluator.h"
#include "support/random_values.h"

namespace alkomp {
struct Capabilities;
}

namespace alkomp::testing {

struct RandomProgramOptions {
    RandomTypes types{};
    bool chosen_pointers = true;  ///< pointers into buffers by `select` and as parameters of regions
    bool local_pointers = true;   ///< the same into local memory, which no device has
    bool ordered_atomics = true;  ///< that order other accesses too, which WGSL has not
    u32 subgroup_size = 4;        ///< of the devices that run it; 0: no subgroup operations
    [[nodiscard]] static RandomProgramOptions of(const Capabilities& capabilities);
};

struct RandomProgram {
    ir::Module module;
    KernelRun run;
};

/// Equal seeds and options give equal programs.
[[nodiscard]] RandomProgram random_program(u64 seed, const RandomProgramOptions& options);

}  // namespace alkomp::testing
