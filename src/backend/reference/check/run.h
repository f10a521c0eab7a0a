// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions of the instructions that check. Each stands before what it is about.
#pragma once

#include "backend/reference/check/checks.h"

namespace alkomp::backend::reference {

[[nodiscard]] Function check_index(Scalar of);
[[nodiscard]] Function check_access(Reach reach);
/// to &= lanes whose scalar in local or shared memory, or in a buffer, nobody has written; a composite is wrong where
/// none of its parts has been. The instruction is as that of the load, but b is what `to` else is.
[[nodiscard]] Function collect_unwritten(Reach reach);
[[nodiscard]] Function check_unwritten();              ///< a: what was collected
[[nodiscard]] Function check_divisor(u32 size_bytes);  ///< a
[[nodiscard]] Function check_shift(Scalar of);         ///< a: the count
[[nodiscard]] Function check_finite(Scalar of);        ///< to, the result of a, b, c
[[nodiscard]] Function check_barrier();
[[nodiscard]] Function check_turn();
[[nodiscard]] Function trace_step();
[[nodiscard]] Function forget_local();  ///< x bytes of local memory, from y on

}  // namespace alkomp::backend::reference
