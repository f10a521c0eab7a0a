// SPDX-License-Identifier: MIT OR Apache-2.0
// The words and signs of a WGSL text, without comments.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <string_view>
#include <vector>

namespace alkomp::read {

struct WgslToken {
    enum class Kind : u8 { word, number, sign, end };
    Kind kind = Kind::end;
    std::string_view text;
    std::size_t at = 0;  ///< byte of the text
};

/// Throws compile_failed at `at`: the line, the sentence, and a caret below the place.
[[noreturn]] void fail_at(std::string_view text, std::string_view name, std::size_t at, const std::string& sentence);

/// Throws compile_failed for a comment that does not end and for characters that no WGSL has.
[[nodiscard]] std::vector<WgslToken> wgsl_tokens(std::string_view text, std::string_view name);

}  // namespace alkomp::read
