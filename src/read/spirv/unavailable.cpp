// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands for SPIRV-Tools in a build without them, where drivers take SPIR-V.
#include "alkomp/error.h"
#include "read/spirv/validate.h"

namespace alkomp::read {

void validate(std::span<const u32>, std::string_view name) {
    throw Error(ErrorCode::unsupported,
                "compile: \"" + std::string(name) +
                    "\" is SPIR-V, and this build of alkomp cannot check it (ALKOMP_GLSL=OFF).");
}

std::string validator_version() { return {}; }

}  // namespace alkomp::read
