// SPDX-License-Identifier: MIT OR Apache-2.0
// Which loops drivers are asked not to unroll.
#pragma once

#include "ir/module.h"

#include <vector>

namespace alkomp::emit::spv {

/// Loops that use a pointer into a buffer or shared memory, or one made from it, which another loop also carries from
/// iteration to iteration: lavapipe (Mesa 25.0.7) loses it there when it has unrolled them. By instruction; empty where
/// no loop carries any, as in nearly all modules. Time is linear in the module's size, but for how deep loops nest and
/// functions call each other.
[[nodiscard]] std::vector<bool> loops_to_keep(const ir::Module& module);

}  // namespace alkomp::emit::spv
