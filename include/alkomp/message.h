// SPDX-License-Identifier: MIT OR Apache-2.0
// What kernels print.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <functional>
#include <string_view>

namespace alkomp {

/// A line that an invocation printed with `print_`.
struct Printed {
    std::string_view text;
    std::string_view kernel;  ///< its label
    std::string_view file;    ///< of the `print_`
    u32 line = 0;
    std::array<u32, 3> invocation{};  ///< its global id
    u32 dropped = 0;                  ///< not 0: that many more lines of this call had no room, and this says so
};

/// Receives the lines of a call once the call is done: those of one invocation in their order. It runs in a wait, read or
/// poll of the device, on any thread that is inside one; it must not call alkomp.
using PrintCallback = std::function<void(const Printed&)>;

}  // namespace alkomp
