// SPDX-License-Identifier: MIT OR Apache-2.0
// One set of functions; ALKOMP_LANES names its namespace, and the build gives it with the options of the compiler.
#pragma once

#include "backend/reference/lanes/number.h"

namespace alkomp::backend::reference::ALKOMP_LANES {

Function integer(ir::Op op, Scalar of);
Function select(u32 size_bytes);
Function real(ir::Op op, Scalar of);
Function transcendental(ir::Op op, Scalar of);
Function convert(Scalar from, Scalar to);
Function move(Move how, u32 size_bytes);
Function fill(u32 size_bytes);
Function control(Control what);
Function case_of(u32 size_bytes);
Function builtin(ir::Builtin which);
Function load(Reach reach, u32 size_bytes);
Function store(Reach reach, u32 size_bytes);
Function atomic(ir::Op op, Reach reach, Scalar of);
Function vote(ir::Op op, u32 size_bytes);
Function from_lane(ir::Op op, u32 size_bytes);
Function combine(ir::Scan scan, Scalar of);
Function multiply_add(Scalar a, Scalar c);
Function scale(Scalar index, bool clamped);
Function address(bool rooted);
Function length(bool rooted);
Function exponent(Scalar of);
Function part(u32 small_bytes, u32 large_bytes);
Function into(u32 small_bytes, u32 large_bytes);

[[nodiscard]] const Lanes& lanes();

}  // namespace alkomp::backend::reference::ALKOMP_LANES
