// SPDX-License-Identifier: MIT OR Apache-2.0
// What a WGSL program asks of its caller.
#pragma once

#include "ir/module.h"

#include <string>
#include <string_view>

namespace alkomp::read {

struct WgslDeclarations {
    ir::Module module;  ///< without functions: buffers, scalars, shared memory, overrides and the workgroup's size
    std::string entry;  ///< the entry point that was found
};

/// Overrides with a number are specialisation constants of that id; the others get ids from here on, by their place.
inline constexpr u32 kFirstUnnumberedOverride = 1u << 16;

/// Reads the declarations of module scope; functions are skipped but for the attributes of the entry point. `entry`
/// "main" stands for the only one there is. `name` stands in messages.
/// Throws Error: compile_failed (what is no WGSL, or more than can be understood here), unsupported (textures, samplers
/// and their like), invalid_argument (no such entry point, with those that exist); with line, column and a caret.
[[nodiscard]] WgslDeclarations read_wgsl_declarations(std::string_view text, std::string_view entry,
                                                      std::string_view name);

}  // namespace alkomp::read
