// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V checked and reflected: what a module asks of its caller and of its device.
#pragma once

#include "alkomp/capabilities.h"
#include "backend/backend.h"
#include "backend/interface.h"

#include <span>
#include <string>
#include <string_view>

namespace alkomp::read {

/// Features of Vulkan that SPIR-V has no capability for, as requirements: numbers that no capability has.
enum class Feature : u32 {
    extended_subgroup_types = 0xffff'0000,
    buffer_float32_atomics,
    shared_float32_atomics,
    float64_atomics,  ///< of 16 bits as well
};

/// Validates the words and reflects one entry point, its sizes with these constants. `name` stands in messages.
/// Throws Error: compile_failed (malformed, invalid, not a compute shader, images or samplers by name),
/// invalid_argument (no such entry point, with those that exist), unsupported (a build without SPIRV-Cross, or
/// SPIR-V newer than its SPIRV-Tools).
[[nodiscard]] Interface reflect(std::span<const u32> words, std::string_view entry, std::string_view name,
                                std::span<const backend::SpecializationValue> constants = {});

/// What checks and reflects, with versions: part of cache keys; empty in a build without.
[[nodiscard]] std::string reflector_version();

/// The first thing that the interface needs and the device lacks, as a sentence with the feature's
/// name, e.g. "it needs 64-bit floats (SPIR-V capability Float64), which this device lacks"; empty: none.
[[nodiscard]] std::string missing_requirement(const Interface& interface, const Capabilities& capabilities);

/// "Float64", of a Feature Vulkan's name, or the number of a capability that alkomp does not know.
[[nodiscard]] std::string capability_name(u32 capability);

}  // namespace alkomp::read
