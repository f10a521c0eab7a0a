// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers that a call binds more than once, for targets that bind what is written only once.
#pragma once

#include "ir/module.h"

#include <span>

namespace alkomp::ir {

/// A storage buffer and what it is bound to in a call.
struct BufferUse {
    u32 set = 0, binding = 0;
    u32 first_set = 0, first_binding = 0;  ///< the first buffer that is bound to the same bytes, perhaps itself
    bool written = false;                  ///< through whichever buffer: it is declared as if the kernel wrote it
};

/// What used a buffer uses the first one with the same bytes; it stays, unused and not written. False, with nothing
/// done, where two of them differ in more than the names of their members.
[[nodiscard]] bool merge_buffers(Module& module, std::span<const BufferUse> uses);

}  // namespace alkomp::ir
