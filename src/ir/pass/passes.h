// SPDX-License-Identifier: MIT OR Apache-2.0
// The passes, in the order in which they run.
#pragma once

#include "ir/module.h"
#include "ir/pass/lower_memory_layouts.h"

#include <span>
#include <vector>

namespace alkomp::ir {

struct Pass {
    const char* name;
    void (*run)(Module&);  ///< takes a right module and leaves it right
};

/// Those that only make a kernel smaller and faster: what it does stays the same.
[[nodiscard]] std::span<const Pass> optimizing_passes();

/// What a device cannot say by itself and is told in other words.
struct Lowering {
    bool memory_layouts = false;  ///< it lays memory out as WGSL does, and has no pointers to choose between
    MemoryLowering memory{};      ///< what it has in memory
    bool small_integers = false;  ///< it has no integers of 8 and 16 bits; comes with `memory_layouts`
    bool wide_integers = false;   ///< it has none of 64 bits
    bool f16 = false;             ///< it has no f16; comes with `memory_layouts`
    bool subgroups = false;       ///< it has none
    u32 most_shared_bytes = 0;    ///< of a workgroup; for subgroups
    bool uniform_flow = false;    ///< it wants proof that all invocations of a workgroup reach barriers together
    bool combinations = false;    ///< its subgroups have scans of sums and products alone, and no clusters
    bool chosen_lanes = false;    ///< it stores to no lane or column of a variable that is found at run time
    bool inner_returns = false;   ///< it loses returns that do not stand at the end of a kernel
};

struct Lowered {
    std::vector<ByteCount> byte_counts;
};

/// Runs the lowerings that the device wants, behind those that only optimise or before them. Takes a right module and
/// leaves it right. Throws: unsupported, for what no lowering can say.
Lowered lower(Module& module, const Lowering& lowering);

}  // namespace alkomp::ir
