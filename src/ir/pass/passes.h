// SPDX-License-Identifier: MIT OR Apache-2.0
// The passes, in the order in which they run.
#pragma once

#include "ir/module.h"

#include <span>

namespace alkomp::ir {

struct Pass {
    const char* name;
    void (*run)(Module&);  ///< takes a right module and leaves it right
};

/// Those that only make a kernel smaller and faster: what it does stays the same.
[[nodiscard]] std::span<const Pass> optimizing_passes();

}  // namespace alkomp::ir
