// SPDX-License-Identifier: MIT OR Apache-2.0
// GLSL to SPIR-V through glslang, behind its C interface.
#pragma once

#include "alkomp/kernel.h"
#include "glsl/include.h"
#include "runtime/excerpt.h"

#include <string>
#include <vector>

namespace alkomp::glsl_front {

struct Compiled {
    std::vector<u32> words;     ///< names are kept
    std::vector<u32> declared;  ///< optimised code only: the words before, which hold all that the source declares
    std::vector<Dependency> dependencies;
    detail::SourceTexts texts;  ///< with Lines::kept: what the lines are of; empty for a text with lines of its own
};

/// What the words say beside the code.
enum class Lines : u8 { left_out, kept };

/// Throws Error: compile_failed with "file:line: error: message", the source line and a caret per error;
/// invalid_argument for macros and entry points that GLSL cannot have; unsupported in a build without glslang.
[[nodiscard]] Compiled compile(const Source& source, const KernelOptions& options, Target target,
                               Lines lines = Lines::left_out);

/// Name and version of the compiler, part of cache keys; empty in a build without one.
[[nodiscard]] std::string version();

}  // namespace alkomp::glsl_front
