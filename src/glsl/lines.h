// SPDX-License-Identifier: MIT OR Apache-2.0
// The user's files in what glslang says of lines: OpLine has one file for all, so that of an include goes into the number.
#pragma once

#include "glsl/include.h"

namespace alkomp::glsl_front {

/// The text with each included file's lines so far behind the others that the number says which file it is.
[[nodiscard]] std::string with_files_in_lines(const Expansion& expansion);

/// Takes them apart again: each OpLine gets its file and the line there.
void name_files(std::vector<u32>& words, const Expansion& expansion);

}  // namespace alkomp::glsl_front
