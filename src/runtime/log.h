// SPDX-License-Identifier: MIT OR Apache-2.0
// Hands a line to the log callback, if there is one.
#pragma once

#include "alkomp/error.h"

namespace alkomp::detail {
void log(LogLevel level, std::string_view text);
}
