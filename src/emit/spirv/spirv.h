// SPDX-License-Identifier: MIT OR Apache-2.0
// The IR as SPIR-V for Vulkan, written directly.
#pragma once

#include "alkomp/capabilities.h"
#include "ir/module.h"

#include <vector>

namespace alkomp::emit {

/// What the words may use. Whether the device has what the module itself asks for is the verifier's matter.
struct SpirvOptions {
    u32 version = 0x00010300;   ///< of SPIR-V, 0x00010300 to 0x00010600
    bool memory_model = false;  ///< Vulkan's, else that of GLSL
    bool memory_model_device_scope = false;
    bool i8 = false, i16 = false, f16 = false;  ///< arithmetic; without it these types may lie in buffers only
    bool integer_dot = false;
    bool keeps_nan_f16 = false, keeps_nan_f32 = false, keeps_nan_f64 = false;  ///< signed zeros, infinities and NaN
    bool maximal_reconvergence = false;  ///< invocations meet where the IR says, not where a driver likes
    bool names = true;                   ///< OpName and OpMemberName
    bool lines = true;                   ///< OpLine

    [[nodiscard]] static SpirvOptions of(const Capabilities& capabilities);
    /// Of a device that has everything.
    [[nodiscard]] static SpirvOptions all();
};

/// The module has to be one that `verify` accepts. Throws unsupported for what Vulkan cannot do.
[[nodiscard]] std::vector<u32> spirv(const ir::Module& module, const SpirvOptions& options);

}  // namespace alkomp::emit
