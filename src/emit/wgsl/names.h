// SPDX-License-Identifier: MIT OR Apache-2.0
// Names that WGSL takes: the user's, as far as they are identifiers and not taken.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace alkomp::emit::wg {

class Names {
public:
    /// `wanted`, with a number behind it where that is taken or a word of the language. No name is given twice.
    [[nodiscard]] std::string unique(std::string_view wanted);

private:
    std::unordered_map<std::string, u32> given_;  ///< with the next number to try
};

}  // namespace alkomp::emit::wg
