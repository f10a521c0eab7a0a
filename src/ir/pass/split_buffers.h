// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers that are larger than what a device binds at once: bound in parts, one of which each access chooses.
#pragma once

#include "ir/module.h"

#include <span>

namespace alkomp::ir {

/// A storage buffer of words (u32). Its own binding becomes the first part, the others come behind all bindings.
struct BufferParts {
    u32 set = 0, binding = 0;
    u32 count = 0;  ///< of parts, at least 2
    u32 words = 0;  ///< in each but the last
};

/// The new bindings are numbers 0, 1, ... of a set behind all others, in the order of `buffers` and of their parts.
/// Throws unsupported, at the user's line, for what does more with such a buffer than to load, store and count in it.
void split_buffers(Module& module, std::span<const BufferParts> buffers);

}  // namespace alkomp::ir
