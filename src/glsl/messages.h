// SPDX-License-Identifier: MIT OR Apache-2.0
// glslang's log turned into messages that show the user's own file, line, source line and token.
#pragma once

#include "glsl/include.h"

#include <string>
#include <string_view>
#include <vector>

namespace alkomp::glsl_front {

struct Message {
    bool is_error = true;
    int string = -1;   ///< glslang's string number; -1: the message has no place
    std::string file;  ///< the name that a user's own `#line` gave, if it did
    u32 line = 0;
    std::string token;  ///< what glslang quotes; may be empty or no token at all
    std::string text;
};

/// Every error and warning of a log, without glslang's counts and echoes.
[[nodiscard]] std::vector<Message> parse_log(std::string_view log);

/// "file:line: error: 'token': text", the source line, a caret under the token when it occurs once in that
/// line, and the chain of includes, a line each; no newline at the end.
[[nodiscard]] std::string render(const Message& message, const Expansion& expansion);

/// The whole text of an error: a sentence, then the errors of the log.
[[nodiscard]] std::string describe_failure(const std::vector<Message>& messages, const Expansion& expansion);

}  // namespace alkomp::glsl_front
