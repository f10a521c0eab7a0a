// SPDX-License-Identifier: MIT OR Apache-2.0
// The adapters of an instance, and what their devices can do.
#pragma once

#include "backend/webgpu/library.h"

#include <memory>
#include <vector>

namespace alkomp::backend::webgpu {

struct AdapterRecord {
    std::shared_ptr<const Instance> instance;
    WGPUAdapter handle = nullptr;
    WGPULimits limits{};
    std::vector<u32> features;  ///< the library's numbers
    u32 subgroup_min = 0, subgroup_max = 0;
    bool d3d12 = false;
    Adapter description;

    AdapterRecord() = default;
    AdapterRecord(const AdapterRecord&) = delete;
    AdapterRecord& operator=(const AdapterRecord&) = delete;
    ~AdapterRecord();

    [[nodiscard]] const Functions& wgpu() const noexcept { return instance->library->wgpu; }
    [[nodiscard]] const Shim& shim() const noexcept { return *instance->library->shim; }
    [[nodiscard]] bool cpu() const noexcept { return description.kind == DeviceKind::cpu; }
    /// False for 0, which stands for a feature that the library does not have.
    [[nodiscard]] bool has(u32 feature) const noexcept;
};

/// Appends the adapters that alkomp can use to `out`, and every adapter to `findings`; false: the library has not told
/// them yet.
[[nodiscard]] bool list_adapters(const std::shared_ptr<const Instance>& instance,
                                 std::vector<std::shared_ptr<const AdapterRecord>>& out,
                                 std::vector<Finding>& findings);

/// Of a device opened with all that the adapter offers.
[[nodiscard]] Capabilities capabilities_of(const AdapterRecord& adapter, bool robust);

/// The features that a device is asked for: all those that alkomp has a use for.
[[nodiscard]] std::vector<WGPUFeatureName> wanted_features(const AdapterRecord& adapter);

}  // namespace alkomp::backend::webgpu
