// SPDX-License-Identifier: MIT OR Apache-2.0
// From the IR to what a device takes: passes, emitter, and the interface that the front checks calls against.
#pragma once

#include "alkomp/capabilities.h"
#include "ir/module.h"
#include "runtime/kernel.h"
#include "runtime/sharing.h"

#include <memory>
#include <span>
#include <string>

namespace alkomp::detail {

struct TranslateOptions {
    bool optimize = true;                          ///< run the passes that only make the kernel faster
    std::shared_ptr<const SourceTexts> sources{};  ///< to be kept with the kernel; null: none
};

/// The module as SPIR-V for a device with these capabilities; without words where it takes none. Equal modules, capabilities and options give equal words.
/// Throws: compile_failed (the module is not right), unsupported (the device lacks what it uses).
[[nodiscard]] std::shared_ptr<const ShaderRecord> translate(ir::Module module, const Capabilities& capabilities,
                                                            const TranslateOptions& options = {});
/// For a device that has everything.
[[nodiscard]] std::shared_ptr<const ShaderRecord> translate(ir::Module module);

/// The text for a device that takes WGSL, and the interface that it has there. `module` is one that `translate` made.
struct WgslKernel {
    std::string text;
    Interface interface;
    u32 groups_offset_bytes = 0;  ///< where a folded one has its workgroup counts among the scalars
    std::string unproven{};       ///< what to say where the device asks for uniform control flow; empty: nothing
};
/// For calls that want it so. Throws unsupported for what the device's WGSL cannot say.
[[nodiscard]] WgslKernel wgsl_of(ir::Module module, std::span<const backend::SpecializationValue> constants,
                                 const Interface& interface, const Capabilities& capabilities,
                                 const CallShape& shape = {});

/// For others to compile: the specialisation constants are overrides, with their ids. Those that are given have their
/// values, and those that WGSL cannot say so their defaults; comments at the head of the text name both, with the reason.
[[nodiscard]] WgslKernel wgsl_with_overrides(ir::Module module, std::span<const backend::SpecializationValue> constants,
                                             const Interface& interface, const Capabilities& capabilities);

/// GLSL or SPIR-V as a module, with its lines; `texts`, unless null, gets the GLSL that they are of. Throws what
/// `glsl_front::compile` and `read::read` throw.
[[nodiscard]] ir::Module module_of(const Source& source, const KernelOptions& options, Target target,
                                   SourceTexts* texts = nullptr);

/// A hash over all that the module says.
[[nodiscard]] std::string content_key(const ir::Module& module);

}  // namespace alkomp::detail
