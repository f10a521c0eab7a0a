// SPDX-License-Identifier: MIT OR Apache-2.0
// The IR as WGSL, the text that WebGPU takes.
#pragma once

#include "alkomp/capabilities.h"
#include "ir/module.h"
#include "ir/pass/passes.h"

#include <string>

namespace alkomp::emit {

struct WgslText {
    std::string text;
    std::string entry;     ///< of the entry point
    u32 scalar_bytes = 0;  ///< what it reads of the scalars; what the call does not give is 0
};

/// The module has to be one that `verify` accepts, without specialisation constants, and lowered to what `support` has.
/// Its buffers become bindings of group 0, numbered in the order of their sets and bindings; the scalars become
/// immediates where they fit, else a uniform behind the last buffer. Throws unsupported, at the user's line, for
/// what WGSL cannot say.
[[nodiscard]] WgslText wgsl(const ir::Module& module, const WgslSupport& support);

/// What has to be said in other words on such a device.
[[nodiscard]] ir::Lowering lowering_for(const WgslSupport& support);

/// Adds to what the device's WGSL says by itself what kernels may use thanks to that.
void add_lowered(Features& features, const WgslSupport& support);

}  // namespace alkomp::emit
