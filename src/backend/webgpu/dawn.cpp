// SPDX-License-Identifier: MIT OR Apache-2.0
// Dawn, Chromium's library. Its webgpu.h has grown beside the common one: builds up to 2025, which have
// wgpuGetInstanceCapabilities, differ in the instance's descriptor and in the numbers of features.
#include "backend/webgpu/answer.h"
#include "backend/webgpu/shim.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::backend::webgpu {
namespace {

constexpr auto kTogglesType = static_cast<WGPUSType>(0x0005000A);  // DawnTogglesDescriptor
constexpr u32 kImplicitDeviceSynchronization = 0x00050004;

constexpr Traits traits_with(FeatureNumbers features) {
    features.synchronises = kImplicitDeviceSynchronization;
    return {.backend = "dawn",
            .library = "Dawn",
            .dialect = WgslSupport::Dialect::chromium,
            .features = features,
            .robust_per_device = true,
            .submits_errors = true};
}
constexpr Traits kTraits = traits_with({.timestamps = WGPUFeatureName_TimestampQuery,
                                        .f16 = WGPUFeatureName_ShaderF16,
                                        .subgroups = WGPUFeatureName_Subgroups});
constexpr Traits kOlderTraits = traits_with({.timestamps = 0x3, .f16 = 0xA, .subgroups = 0x11});

/// The instance's descriptor in older builds.
struct OlderInstanceDescriptor {
    WGPUChainedStruct* next = nullptr;
    struct {
        WGPUChainedStruct* next = nullptr;
        WGPUBool timed_wait_any = 0;
        std::size_t most_futures = 0;
    } capabilities;
};

struct Toggles {
    WGPUChainedStruct chain{nullptr, kTogglesType};
    std::size_t enabled_count = 0;
    const char* const* enabled = nullptr;
    std::size_t disabled_count = 0;
    const char* const* disabled = nullptr;
};

struct DawnChain final : DeviceChain {
    Toggles toggles;
    // Timestamps in ns instead of steps of 65,536; buffers hold what they held, which the seam allows.
    std::array<const char*, 2> enabled{"allow_unsafe_apis", "disable_robustness"};
    std::array<const char*, 2> disabled{"timestamp_quantization", "lazy_clear_resource_on_first_use"};

    explicit DawnChain(bool robust) {
        toggles.enabled_count = robust ? 1 : 2;
        toggles.enabled = enabled.data();
        toggles.disabled_count = disabled.size();
        toggles.disabled = disabled.data();
        first = &toggles.chain;
    }
};

class Dawn final : public Shim {
public:
    Dawn(const Functions& wgpu, bool older) : wgpu_(wgpu), older_(older) {}

    const Traits& traits() const noexcept override { return older_ ? kOlderTraits : kTraits; }
    std::string version() const override { return {}; }

    WGPUInstance create_instance() const override {
        if (!older_) return wgpu_.CreateInstance(nullptr);
        const OlderInstanceDescriptor descriptor;
        static_assert(sizeof(descriptor) == sizeof(WGPUInstanceDescriptor));
        return wgpu_.CreateInstance(reinterpret_cast<const WGPUInstanceDescriptor*>(&descriptor));
    }

    /// There is no call that lists them: each way of asking gives one, often the same.
    std::optional<std::vector<WGPUAdapter>> adapters(WGPUInstance instance) const override {
        std::vector<WGPUAdapter> out;
        std::vector<std::string> known;
        for (const WGPUBackendType api : {WGPUBackendType_D3D12, WGPUBackendType_Metal, WGPUBackendType_Vulkan}) {
            for (const auto& [preference, fallback] : {std::pair{WGPUPowerPreference_HighPerformance, false},
                                                       {WGPUPowerPreference_LowPower, false},
                                                       {WGPUPowerPreference_Undefined, true}}) {
                WGPUAdapter adapter = request(instance, api, preference, fallback);
                if (adapter == nullptr) continue;
                std::string identity = identity_of(adapter);
                if (std::find(known.begin(), known.end(), identity) != known.end()) {
                    wgpu_.AdapterRelease(adapter);
                    continue;
                }
                known.push_back(std::move(identity));
                out.push_back(adapter);
            }
        }
        return out;
    }

    std::unique_ptr<DeviceChain> extend(bool robust) const override { return std::make_unique<DawnChain>(robust); }

    void pump(WGPUInstance instance, WGPUDevice) const override { wgpu_.InstanceProcessEvents(instance); }

    WGPUShaderModule create_module(WGPUDevice device, const WGPUShaderModuleDescriptor& descriptor,
                                   bool) const override {
        return wgpu_.DeviceCreateShaderModule(device, &descriptor);
    }

    void set_immediates(WGPUComputePassEncoder, const void*, std::size_t) const override {}  // Traits has none

    bool read_range(WGPUBuffer buffer, u64 offset_bytes, u64 size_bytes, void* out) const override {
        return copy_range(wgpu_, buffer, offset_bytes, size_bytes, out);
    }

    double timestamp_period(WGPUQueue) const override { return 1; }

private:
    WGPUAdapter request(WGPUInstance instance, WGPUBackendType api, WGPUPowerPreference preference,
                        bool fallback) const {
        WGPURequestAdapterOptions options{};
        options.featureLevel = WGPUFeatureLevel_Core;
        options.backendType = api;
        options.powerPreference = preference;
        options.forceFallbackAdapter = fallback;
        Answer<WGPUAdapter> answer;
        const auto take = [](WGPURequestAdapterStatus status, WGPUAdapter adapter, WGPUStringView, void* to, void*) {
            Answer<WGPUAdapter>::give(to, status == WGPURequestAdapterStatus_Success ? adapter : nullptr);
        };
        wgpu_.InstanceRequestAdapter(instance, &options,
                                     {nullptr, WGPUCallbackMode_AllowSpontaneous, take, answer.receiver(), nullptr});
        return answer.wait([&] { wgpu_.InstanceProcessEvents(instance); }) ? answer.value() : nullptr;
    }

    std::string identity_of(WGPUAdapter adapter) const {
        WGPUAdapterInfo info{};
        if (wgpu_.AdapterGetInfo(adapter, &info) != WGPUStatus_Success) return {};
        std::string out = std::to_string(info.backendType) + ' ' + std::to_string(info.vendorID) + ' ' +
                          std::to_string(info.deviceID) + ' ' + text_of(info.device) + ' ' + text_of(info.description);
        wgpu_.AdapterInfoFreeMembers(info);
        return out;
    }

    const Functions& wgpu_;
    bool older_;
};

}  // namespace

std::unique_ptr<Shim> make_dawn(const Functions& wgpu, void* library, Find find, std::string& refusal) {
    if (find(library, "wgpuInstanceRequestAdapterF") != nullptr) {
        refusal = "it is a Dawn of 2024 or older, with another webgpu.h";
        return nullptr;
    }
    return std::make_unique<Dawn>(wgpu, find(library, "wgpuGetInstanceCapabilities") != nullptr);
}

}  // namespace alkomp::backend::webgpu
