// SPDX-License-Identifier: MIT OR Apache-2.0
// For devices without subgroups: lanes that tell each other their values through workgroup memory.
//
// Each lane writes its value, all wait, and each reads what it wants. What lanes combine, each lane reads and combines by
// itself, in the order of the lanes: for the 32 that there are, that is a loop of 32 reads of one place by all (which
// memory answers at once) behind one barrier, where halving steps would want five barriers, and sums of floats come out as
// on the reference device. Two arrays take turns, so that nobody has to wait before writing where others may still read.
#pragma once

#include "ir/module.h"

#include <string>

namespace alkomp::ir {

/// Lanes of a subgroup that a kernel may ask for.
inline constexpr u32 kLargestExchange = 64;

/// Subgroups of the size that the kernel asks for, else of 32 lanes, of fewer in a smaller workgroup: lane and number come
/// from the local index, and the last one may have fewer. Subgroup operations become accesses to workgroup memory and
/// barriers of the workgroup, which take at most what the kernel leaves of `most_shared_bytes`.
/// Empty where that is done, else why it cannot be, and the module is as it was: all invocations of the workgroup have to
/// come to each operation together, as `Uniformity` sees it. Operations in functions that are called are not looked into.
[[nodiscard]] std::string exchange_lanes(Module& module, u32 most_shared_bytes);

}  // namespace alkomp::ir
