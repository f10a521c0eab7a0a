// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V of the floor's kernels, embedded by the build.
#pragma once

#include <cstdint>

namespace bare::kernels {

inline constexpr std::uint32_t copy[] = {
#include "copy.inc"
};
inline constexpr std::uint32_t spin[] = {
#include "spin.inc"
};
inline constexpr std::uint32_t tiny[] = {
#include "tiny.inc"
};
inline constexpr std::uint32_t word[] = {
#include "word.inc"
};

}  // namespace bare::kernels
