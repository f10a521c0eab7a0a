// SPDX-License-Identifier: MIT OR Apache-2.0
// The IR as WGSL, the text that WebGPU takes.
#pragma once

#include "alkomp/capabilities.h"
#include "ir/module.h"
#include "ir/pass/fix_constants.h"
#include "ir/pass/passes.h"

#include <string>
#include <vector>

namespace alkomp::emit {

/// A scalar that tells how many bytes of a buffer are bound: its length. WGSL's own is 1 at least.
struct WgslByteCount {
    u32 binding = 0;
    u32 offset_bytes = 0;
};

struct WgslText {
    std::string text;
    std::string entry;  ///< of the entry point
    std::vector<WgslByteCount> byte_counts;
    u32 scalar_bytes = 0;  ///< what it reads of the scalars; what the call does not give is 0
    std::string unproven;  ///< a sentence on the first barrier that some may not come to, with its line; empty: none
};

/// The module has to be one that `verify` accepts, and lowered to what `support` has. Its specialisation constants, which
/// `ir::fix_constants` has left and none is computed of by constants, become overrides. Its buffers become bindings of group 0, numbered in the order of their sets and bindings; the scalars become
/// immediates where they fit, else a uniform behind the last buffer. Throws unsupported, at the user's line, for
/// what WGSL cannot say.
[[nodiscard]] WgslText wgsl(const ir::Module& module, const WgslSupport& support);

/// What `ir::fix_constants` leaves open there.
[[nodiscard]] ir::OverrideSupport overrides_for(const WgslSupport& support);

/// What has to be said in other words on such a device.
[[nodiscard]] ir::Lowering lowering_for(const WgslSupport& support);

/// Adds to what the device's WGSL says by itself what kernels may use thanks to that.
void add_lowered(Features& features, const WgslSupport& support);

}  // namespace alkomp::emit
