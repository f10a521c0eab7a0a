// SPDX-License-Identifier: MIT OR Apache-2.0
// A result that a device will deliver, for `await` and for waiting.
#pragma once

#include "buffer.h"
#include "module.h"

#include <memory>
#include <optional>

namespace alkompy {

/// The work comes after what it writes to, so that it is dropped first.
struct PendingResult {
    nb::object result;                 ///< what `get` gives once the work is done; None for a wait
    std::unique_ptr<HostView> memory;  ///< of the result while the device may write it
    alkomp::Future<void> work;
    const char* subject = "Future";  ///< "get_async", for messages
};

/// The values of a buffer, being copied into a new array.
PendingResult get_async(alkomp::Stream& stream, const ShapedBuffer& buffer);

}  // namespace alkompy
