// SPDX-License-Identifier: MIT OR Apache-2.0
// Faults planted in GLSL by changing its text at one place.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <vector>

namespace alkomp::testing {

enum class Plant : u8 {
    index,    ///< an index becomes too large
    barrier,  ///< a barrier goes
    skipped,  ///< the last invocation of each workgroup passes a barrier by
    atomic,   ///< atomicAdd(x, y) becomes x += y, likewise the others
    value,    ///< a variable loses the value that it is made with
};

struct Planted {
    std::string text;    ///< with the fault in all invocations
    std::string subtle;  ///< with it where FAULTY holds; an index is one behind the end there. Empty: there is no way
    std::string what;
    u32 at = 0;               ///< line of the change, from 1
    u32 first = 0, last = 0;  ///< lines of its statement, where the fault must be told; 0: anywhere
};

[[nodiscard]] std::vector<Planted> plant(Plant kind, const std::string& text);

}  // namespace alkomp::testing
