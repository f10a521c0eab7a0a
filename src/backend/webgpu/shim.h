// SPDX-License-Identifier: MIT OR Apache-2.0
// What differs from webgpu.h in one library. Each has its file: wgpu_native.cpp, dawn.cpp.
#pragma once

#include "backend/webgpu/functions.h"

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alkomp::backend::webgpu {

/// The library's numbers of the features in use; 0: it has none.
struct FeatureNumbers {
    u32 timestamps = 0;
    u32 f16 = 0, f64 = 0, i64 = 0;
    u32 subgroups = 0, subgroup_barrier = 0;
    u32 atomic_i64 = 0, atomic_f32 = 0;
    u32 immediates = 0;
    u32 synchronises = 0;  ///< several threads may use one device
};

struct Traits {
    std::string_view backend;  ///< the name of the backend that its devices belong to
    std::string_view library;  ///< for people
    WgslSupport::Dialect dialect = WgslSupport::Dialect::standard;
    FeatureNumbers features;
    u32 most_immediate_bytes = 0;    ///< what its WGSL can say, whatever the limit is
    bool synchronises = false;       ///< always, without a feature
    bool robust_per_kernel = false;  ///< `create_module` heeds `robust`
    bool robust_per_device = false;  ///< `extend` heeds `robust`
    /// GetMappedRange ends the process once the device is lost, which is to be found out before.
    bool ranges_need_device = false;
    /// On a driver that computes on the CPU (Mesa's lavapipe), QueueSubmit waits for the end of what is in flight.
    bool submit_waits_on_cpu = false;
    /// QueueSubmit takes commands that could not be encoded, and reports them; else it ends the process.
    bool submits_errors = false;
    /// As in a page, no callback runs within a call. What went wrong is then told by tickets, or by the next work that is
    /// done; and since mapping would answer later too, upload and download memory is the process's own.
    bool answers_later = false;
};

/// What makes a device besides the header's descriptor; alive until the device is made.
struct DeviceChain {
    virtual ~DeviceChain() = default;
    WGPUChainedStruct* first = nullptr;
};

class Shim {
public:
    virtual ~Shim() = default;
    [[nodiscard]] virtual const Traits& traits() const noexcept = 0;
    [[nodiscard]] virtual std::string version() const = 0;  ///< empty where the library does not tell
    [[nodiscard]] virtual WGPUInstance create_instance() const = 0;
    /// Each adapter once; the caller releases them. Empty optional: not told yet, ask again.
    [[nodiscard]] virtual std::optional<std::vector<WGPUAdapter>> adapters(WGPUInstance instance) const = 0;
    [[nodiscard]] virtual std::unique_ptr<DeviceChain> extend(bool robust) const = 0;
    /// Lets the callbacks of what has completed run. Never waits.
    virtual void pump(WGPUInstance instance, WGPUDevice device) const = 0;
    [[nodiscard]] virtual WGPUShaderModule create_module(WGPUDevice device,
                                                         const WGPUShaderModuleDescriptor& descriptor,
                                                         bool robust) const = 0;
    /// Copies from a buffer that is mapped for reading; false: there is no address.
    [[nodiscard]] virtual bool read_range(WGPUBuffer buffer, u64 offset_bytes, u64 size_bytes, void* out) const = 0;
    virtual void set_immediates(WGPUComputePassEncoder pass, const void* data, std::size_t size_bytes) const = 0;
    /// ns of one step of a timestamp.
    [[nodiscard]] virtual double timestamp_period(WGPUQueue queue) const = 0;
};

/// `Shim::read_range` of libraries that map into the process's own memory.
[[nodiscard]] inline bool copy_range(const Functions& wgpu, WGPUBuffer buffer, u64 offset_bytes, u64 size_bytes,
                                     void* out) {
    const void* from = wgpu.BufferGetConstMappedRange(buffer, offset_bytes, size_bytes);
    if (from != nullptr) std::memcpy(out, from, size_bytes);
    return from != nullptr;
}

/// Finds a library's symbol; null where it has none.
using Find = Symbol (*)(void* library, const char* name);

/// The shim of wgpu-native, or null with the reason why the library is of no use; both null: it is none.
[[nodiscard]] std::unique_ptr<Shim> make_wgpu_native(const Functions& wgpu, void* library, Find find,
                                                     std::string& refusal);
/// Likewise of Dawn.
[[nodiscard]] std::unique_ptr<Shim> make_dawn(const Functions& wgpu, void* library, Find find, std::string& refusal);

}  // namespace alkomp::backend::webgpu
