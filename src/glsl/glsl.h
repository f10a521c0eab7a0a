// SPDX-License-Identifier: MIT OR Apache-2.0
// GLSL to SPIR-V through glslang, behind its C interface.
#pragma once

#include "alkomp/kernel.h"

#include <string>
#include <vector>

namespace alkomp::glsl_front {

/// SPIR-V words with names and lines kept. Throws Error: compile_failed with "file:line: message", the
/// source line and a caret per error; unsupported in a build without glslang.
[[nodiscard]] std::vector<u32> compile(const Source& source, const KernelOptions& options, Target target);

/// Name and version of the compiler, part of cache keys; empty in a build without one.
[[nodiscard]] std::string version();

}  // namespace alkomp::glsl_front
