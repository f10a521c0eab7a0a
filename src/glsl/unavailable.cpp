// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands for glslang in a build without it.
#include "alkomp/error.h"
#include "glsl/glsl.h"

namespace alkomp::glsl_front {

Compiled compile(const Source& source, const KernelOptions&, Target, Lines) {
    throw Error(ErrorCode::unsupported,
                "compile: \"" + source.name +
                    "\" is GLSL, and this build of alkomp has no GLSL compiler (ALKOMP_GLSL=OFF); give SPIR-V.");
}

std::string version() { return {}; }

}  // namespace alkomp::glsl_front
