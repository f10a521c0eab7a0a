// SPDX-License-Identifier: MIT OR Apache-2.0
// Turns `print` and `check` into writes to a buffer of words, for devices that have no such instructions.
#pragma once

#include "ir/module.h"

#include <string>
#include <vector>

namespace alkomp::ir {

/// One `print` or `check` of a module.
struct Message {
    struct Shown {
        Scalar scalar = Scalar::u32;
        u32 lanes = 1;
        [[nodiscard]] u32 words() const { return lanes * (size_bytes(scalar) == 8 ? 2 : 1); }
    };
    bool is_check = false;
    std::string format;  ///< each "{}" stands for the next of `shown`
    std::string file;
    u32 line = 0;
    std::vector<Shown> shown;
};

/// The words of the buffer, zeroed before the kernel runs: `used` counts words behind the header, also of lines that had
/// no room; `dropped` counts those lines, `failed` the conditions that did not hold. Each line is the message's place
/// from 1, the invocation's global id along x, y and z, and the words of what it shows: bool as 0 or 1, narrow
/// integers and floats as i32, u32 and f32, of 64 bits the lower half first. The words of an invocation follow each
/// other in its order; a line that begins with 0 was never written, and none is behind it.
struct MessageBuffer {
    static constexpr u32 kWords = u32{1} << 16;
    enum Header : u32 { used, dropped, failed, header_words = 4 };
    static constexpr u32 kLineWords = 4;  ///< in front of what it shows
};

/// Calls a function for each `print` and `check`; the functions write to a storage buffer of u32, a new global behind
/// the bindings that there are. Gives the messages, in the order of their places; without any the module is unchanged.
std::vector<Message> lower_messages(Module& module);

}  // namespace alkomp::ir
