// SPDX-License-Identifier: MIT OR Apache-2.0
// The records behind Shader and Kernel, and the way from a source to them.
#pragma once

#include "alkomp/kernel.h"
#include "backend/backend.h"
#include "backend/interface.h"
#include "ir/pass/lower_messages.h"
#include "runtime/excerpt.h"
#include "runtime/sharing.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alkomp::detail {

struct DeviceRecord;

/// What a shader was compiled from. A device that checks compiles it anew, with its lines.
struct Origin {
    Source source;
    KernelOptions options;
};

/// Immutable once made.
struct ShaderRecord {
    std::vector<u32> words;  ///< SPIR-V; empty where the code is WGSL, or the device takes none
    std::string wgsl;        ///< the user's own; then `module` has its declarations alone
    Interface interface;
    std::string name;
    std::string key;                           ///< names its words and interface: part of every kernel cache key
    std::shared_ptr<const ir::Module> module;  ///< that the words were made from; null: from no IR
    std::shared_ptr<const std::vector<ir::Message>> messages;  ///< what the kernel prints and checks; null: nothing
    std::shared_ptr<const SourceTexts> sources;                ///< for devices that check; null: none are kept
    std::shared_ptr<const Origin> origin;                      ///< of `compile_shader`; null: it is not kept
};

/// Held by handles, which hold its device too, and by its device where the kernel was recorded from C++.
struct KernelRecord {
    DeviceRecord* device = nullptr;
    backend::KernelId id = backend::KernelId::none;
    Interface interface;                         ///< with the constants it was compiled with
    std::array<u32, 3> workgroup_size{1, 1, 1};  ///< with the constants it was compiled with
    std::string label;
    std::string key;                                           ///< of DeviceRecord::kernels
    std::shared_ptr<const std::vector<ir::Message>> messages;  ///< null: none
    std::shared_ptr<const SourceTexts> sources;                ///< null: none are kept
    u32 last_timeline = 0;  ///< guarded by DeviceRecord::mutex: where and when it was used last
    u64 last_sequence = 0;
    bool used_elsewhere = false;   ///< on more than one timeline: release waits for all of them
    std::deque<KernelForm> forms;  ///< guarded likewise; released with the kernel
    /// Compiles another form, under the device's mutex. Empty where calls need none or none can be made.
    std::function<KernelForm(DeviceRecord&, const CallShape&)> remake;

    ~KernelRecord();  ///< released once the work that uses it has passed
};

/// Compiles for a device, or finds what was compiled; waits for the driver. Under no lock.
[[nodiscard]] std::shared_ptr<KernelRecord> compile_kernel(const std::shared_ptr<DeviceRecord>& device,
                                                           std::shared_ptr<const ShaderRecord> shader,
                                                           const KernelOptions& options);
/// A handle that keeps the kernel's device alive.
[[nodiscard]] Kernel handle_of(std::shared_ptr<DeviceRecord> device, std::shared_ptr<KernelRecord> kernel);

/// Compiles or checks a source, from the disk cache where it can. `target` is not Target::device.
[[nodiscard]] std::shared_ptr<const ShaderRecord> make_shader(const Source& source, const KernelOptions& options,
                                                              Target target);

/// The interface with these constants: sizes may depend on them.
[[nodiscard]] Interface specialize(const ShaderRecord& shader, std::span<const backend::SpecializationValue> constants);

/// The constants that `options` sets, sorted by id. Throws invalid_argument for unknown ones (those that
/// exist are listed) and for values that do not fit.
[[nodiscard]] std::vector<backend::SpecializationValue> resolve_constants(const ShaderRecord& shader,
                                                                          const KernelOptions& options);

/// Bindings, scalars, constants and sizes, a line each.
[[nodiscard]] std::string describe(const Interface& interface);

}  // namespace alkomp::detail
