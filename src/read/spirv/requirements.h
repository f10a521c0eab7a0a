// SPDX-License-Identifier: MIT OR Apache-2.0
// What SPIR-V needs of a device.
#pragma once

#include "alkomp/capabilities.h"
#include "backend/interface.h"

#include <span>
#include <string>
#include <vector>

namespace alkomp::read {

/// Features of Vulkan that SPIR-V has no capability for, as requirements: numbers that no capability has.
enum class Feature : u32 {
    extended_subgroup_types = 0xffff'0000,
    buffer_float32_atomics,
    shared_float32_atomics,
    float64_atomics,  ///< of 16 bits as well
};

class Code;

/// The module's capabilities as it names them, then what its instructions need beyond those, each once.
[[nodiscard]] std::vector<Requirement> requirements_of(const Code& code);

/// The first thing that the interface needs and the device lacks, as a sentence with the feature's
/// name, e.g. "it needs 64-bit floats (SPIR-V capability Float64), which this device lacks"; empty: none.
[[nodiscard]] std::string missing_requirement(const Interface& interface, const Capabilities& capabilities);

/// "Float64", of a Feature Vulkan's name, or the number of a capability that alkomp does not know.
[[nodiscard]] std::string capability_name(u32 capability);

}  // namespace alkomp::read
