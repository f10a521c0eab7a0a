// SPDX-License-Identifier: MIT OR Apache-2.0
// wgpu-native: wgpu-core and naga behind webgpu.h. It ends the process in calls that it does not have (every SetLabel,
// WaitAny, CompilationInfo, CreateComputePipelineAsync, GetProcAddress ...), for an error scope of internal errors and
// for errors that no scope and no callback takes: none of that is used here.
#include "backend/webgpu/shim.h"

#include <wgpu.h>

#include <algorithm>
#include <type_traits>

namespace alkomp::backend::webgpu {
namespace {

constexpr u32 kOldestVersion = 0x1d000000;  // 29; older ones have another header

#if defined(_WIN32)
constexpr WGPUInstanceBackend kApis = WGPUInstanceBackend_DX12 | WGPUInstanceBackend_Vulkan;
#elif defined(__APPLE__)
constexpr WGPUInstanceBackend kApis = WGPUInstanceBackend_Metal;
#else
constexpr WGPUInstanceBackend kApis = WGPUInstanceBackend_Vulkan;
#endif

constexpr Traits kTraits{
    .backend = "wgpu",
    .library = "wgpu-native",
    .dialect = WgslSupport::Dialect::wgpu,
    .features = {.timestamps = WGPUFeatureName_TimestampQuery,
                 .f16 = WGPUFeatureName_ShaderF16,
                 .f64 = WGPUNativeFeature_ShaderF64,
                 .i64 = WGPUNativeFeature_ShaderInt64,
                 .subgroups = WGPUNativeFeature_Subgroup,
                 .subgroup_barrier = WGPUNativeFeature_SubgroupBarrier,
                 .atomic_i64 = WGPUNativeFeature_ShaderInt64AtomicAllOps,
                 .atomic_f32 = WGPUNativeFeature_ShaderFloat32Atomic,
                 .immediates = WGPUNativeFeature_Immediates},
    .most_immediate_bytes = 256,
    .synchronises = true,
    .robust_per_kernel = true,
    .ranges_need_device = true,
    .submit_waits_on_cpu = true,
};

class WgpuNative final : public Shim {
public:
    WgpuNative(const Functions& wgpu, void* library, Find find) : wgpu_(wgpu) {
        const auto fill = [&](auto& out, const char* name) {
            out = reinterpret_cast<std::remove_reference_t<decltype(out)>>(find(library, name));
            if (out == nullptr && missing == nullptr) missing = name;
        };
        fill(get_version_, "wgpuGetVersion");
        fill(poll_, "wgpuDevicePoll");
        fill(enumerate_, "wgpuInstanceEnumerateAdapters");
        fill(period_, "wgpuQueueGetTimestampPeriod");
        fill(set_immediates_, "wgpuComputePassEncoderSetImmediates");
        fill(create_trusted_, "wgpuDeviceCreateShaderModuleTrusted");
    }

    const Traits& traits() const noexcept override { return kTraits; }

    std::string version() const override {
        const u32 number = get_version_();
        std::string text = std::to_string(number >> 24);
        for (const u32 shift : {16u, 8u, 0u}) text += '.' + std::to_string((number >> shift) & 0xff);
        return text;
    }

    WGPUInstance create_instance() const override {
        WGPUInstanceExtras extras{};
        extras.chain.sType = static_cast<WGPUSType>(WGPUSType_InstanceExtras);
        extras.backends = kApis;
        extras.flags = WGPUInstanceFlag_Default;
        WGPUInstanceDescriptor descriptor{};
        descriptor.nextInChain = &extras.chain;
        return wgpu_.CreateInstance(&descriptor);
    }

    std::optional<std::vector<WGPUAdapter>> adapters(WGPUInstance instance) const override {
        const WGPUInstanceEnumerateAdapterOptions options{nullptr, kApis};
        std::vector<WGPUAdapter> out(enumerate_(instance, &options, nullptr));
        if (!out.empty()) out.resize(std::min(out.size(), enumerate_(instance, &options, out.data())));
        return out;
    }

    std::unique_ptr<DeviceChain> extend(bool) const override { return std::make_unique<DeviceChain>(); }

    void pump(WGPUInstance, WGPUDevice device) const override { static_cast<void>(poll_(device, 0, nullptr)); }

    WGPUShaderModule create_module(WGPUDevice device, const WGPUShaderModuleDescriptor& descriptor,
                                   bool robust) const override {
        if (robust) return wgpu_.DeviceCreateShaderModule(device, &descriptor);
        return create_trusted_(device, &descriptor, WGPUShaderRuntimeChecks_None);
    }

    void set_immediates(WGPUComputePassEncoder pass, const void* data, std::size_t size_bytes) const override {
        set_immediates_(pass, 0, data, size_bytes);
    }

    bool read_range(WGPUBuffer buffer, u64 offset_bytes, u64 size_bytes, void* out) const override {
        return copy_range(wgpu_, buffer, offset_bytes, size_bytes, out);
    }

    double timestamp_period(WGPUQueue queue) const override { return static_cast<double>(period_(queue)); }

    const char* missing = nullptr;

private:
    const Functions& wgpu_;
    decltype(&wgpuGetVersion) get_version_ = nullptr;
    decltype(&wgpuDevicePoll) poll_ = nullptr;
    decltype(&wgpuInstanceEnumerateAdapters) enumerate_ = nullptr;
    decltype(&wgpuQueueGetTimestampPeriod) period_ = nullptr;
    decltype(&wgpuComputePassEncoderSetImmediates) set_immediates_ = nullptr;
    decltype(&wgpuDeviceCreateShaderModuleTrusted) create_trusted_ = nullptr;
};

}  // namespace

std::unique_ptr<Shim> make_wgpu_native(const Functions& wgpu, void* library, Find find, std::string& refusal) {
    if (find(library, "wgpuDevicePoll") == nullptr) return nullptr;
    const auto version = reinterpret_cast<decltype(&wgpuGetVersion)>(find(library, "wgpuGetVersion"));
    if (version == nullptr || version() < kOldestVersion) {
        refusal = "it is a wgpu-native older than version 29, the first with this webgpu.h";
        return nullptr;
    }
    auto shim = std::make_unique<WgpuNative>(wgpu, library, find);
    if (shim->missing == nullptr) return shim;
    refusal = std::string("it is a wgpu-native without ") + shim->missing;
    return nullptr;
}

}  // namespace alkomp::backend::webgpu
