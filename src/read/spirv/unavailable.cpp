// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands for SPIRV-Tools and SPIRV-Cross in a build without them.
#include "alkomp/error.h"
#include "read/spirv/reflect.h"

namespace alkomp::read {

Interface reflect(std::span<const u32>, std::string_view, std::string_view name,
                  std::span<const backend::SpecializationValue>) {
    throw Error(ErrorCode::unsupported,
                "compile: \"" + std::string(name) +
                    "\" is SPIR-V, and this build of alkomp cannot check it (ALKOMP_GLSL=OFF).");
}

std::string reflector_version() { return {}; }

}  // namespace alkomp::read
