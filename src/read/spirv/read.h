// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V as a module of the IR.
#pragma once

#include "ir/module.h"

#include <span>
#include <string_view>

namespace alkomp::read {

class Code;

/// The kernel that the entry point is, with the functions that it calls; `name` is the module's and stands in messages.
/// Takes any words: its time and memory are bounded by a small multiple of their number. What Vulkan leaves undefined
/// becomes what ir/module.h says. The result is one that `ir::verify` accepts.
/// Throws Error: compile_failed (malformed, or not as the SPIR-V specification wants it), unsupported (images, samplers
/// and what else no kernel here can have, by name), invalid_argument (no such entry point, with those that exist); with
/// the line where the code has lines.
[[nodiscard]] ir::Module read(std::span<const u32> words, std::string_view entry, std::string_view name);

/// What the entry point asks of its caller, as a module without functions: buffers, scalars, shared memory,
/// specialisation constants and the workgroup's size. Nothing is said of a kernel that only drivers can take, but for
/// what no caller can give it: images, samplers and their like are refused as above. Blocks in shared
/// memory are `aliased`, one alone too.
[[nodiscard]] ir::Module read_declarations(const Code& code, std::string_view entry);

}  // namespace alkomp::read
