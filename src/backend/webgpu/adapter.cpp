// SPDX-License-Identifier: MIT OR Apache-2.0
// Lists adapters, and says what their devices can do.
#include "backend/webgpu/adapter.h"

#include "backend/vendor.h"
#include "emit/wgsl/wgsl.h"
#include "ir/pass/exchange_lanes.h"
#include "ir/pass/fold_workgroups.h"

#include <algorithm>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace alkomp::backend::webgpu {
namespace {

constexpr u32 kMostScalarBytes = 4096;  // those beyond the immediates lie in a uniform block

/// WebGPU does not tell. Of the CPU's memory that is all there is, else what one buffer may take is there at least.
u64 memory_bytes(const AdapterRecord& a) {
#if defined(__unix__) || defined(__APPLE__)
    const long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    if (a.cpu() && pages > 0 && page_bytes > 0) return static_cast<u64>(pages) * static_cast<u64>(page_bytes);
#endif
    return a.limits.maxBufferSize;
}

DeviceKind kind_of(WGPUAdapterType type) {
    switch (type) {
        case WGPUAdapterType_DiscreteGPU:
            return DeviceKind::discrete;
        case WGPUAdapterType_IntegratedGPU:
            return DeviceKind::integrated;
        case WGPUAdapterType_CPU:
            return DeviceKind::cpu;
        default:
            return DeviceKind::other;
    }
}

/// Asks the adapter for everything; false when it does not answer.
bool inspect(AdapterRecord& a) {
    const Functions& wgpu = a.wgpu();
    WGPUAdapterInfo info{};
    if (wgpu.AdapterGetInfo(a.handle, &info) != WGPUStatus_Success) return false;
    const std::string driver = text_of(info.description);
    const std::string api(api_name(info.backendType));
    Adapter& d = a.description;
    d.name = text_of(info.device);
    d.vendor = vendor_name(info.vendorID);
    d.kind = kind_of(info.adapterType);
    d.driver = a.instance->library->name() + " on " + api + (driver.empty() ? "" : ", " + driver);
    d.identity = d.driver + ' ' + hexadecimal(info.vendorID) + ':' + hexadecimal(info.deviceID);
    a.d3d12 = info.backendType == WGPUBackendType_D3D12;
    a.subgroup_min = info.subgroupMinSize;
    a.subgroup_max = info.subgroupMaxSize;
    wgpu.AdapterInfoFreeMembers(info);
    if (wgpu.AdapterGetLimits(a.handle, &a.limits) != WGPUStatus_Success) return false;
    WGPUSupportedFeatures features{};
    wgpu.AdapterGetFeatures(a.handle, &features);
    for (std::size_t i = 0; i < features.featureCount; ++i)
        a.features.push_back(static_cast<u32>(features.features[i]));
    wgpu.SupportedFeaturesFreeMembers(features);
    d.memory_bytes = memory_bytes(a);
    d.capabilities = capabilities_of(a, true);
    return true;
}

Limits limits_of(const AdapterRecord& a, const WgslSupport& wgsl) {
    const WGPULimits& l = a.limits;
    Limits out;
    out.max_buffer_bytes = l.maxBufferSize & ~u64{15};
    out.max_storage_binding_bytes = l.maxStorageBufferBindingSize & ~u64{3};
    out.max_uniform_binding_bytes = l.maxUniformBufferBindingSize;
    out.storage_offset_alignment_bytes = l.minStorageBufferOffsetAlignment;
    out.uniform_offset_alignment_bytes = l.minUniformBufferOffsetAlignment;
    out.copy_alignment_bytes = 4;
    out.max_bindings = l.maxStorageBuffersPerShaderStage;
    out.max_sets = l.maxBindGroups;
    out.max_scalar_bytes = static_cast<u32>(std::min<u64>(kMostScalarBytes, l.maxUniformBufferBindingSize));
    out.max_groups.fill(ir::kMostFoldedGroups);
    out.max_workgroup_size = {l.maxComputeWorkgroupSizeX, l.maxComputeWorkgroupSizeY, l.maxComputeWorkgroupSizeZ};
    out.max_workgroup_invocations = l.maxComputeInvocationsPerWorkgroup;
    out.max_shared_bytes = l.maxComputeWorkgroupStorageSize;
    if (wgsl.subgroups) {
        // wgpu-native does not tell: then a device finds it out, and before that all that WebGPU allows is possible.
        const bool known = a.subgroup_min != 0;
        out.min_subgroup_size = known ? a.subgroup_min : 4;
        out.subgroup_size = out.max_subgroup_size = known ? a.subgroup_max : 128;
    } else {
        out.max_subgroup_size = ir::kLargestExchange;
    }
    if (a.cpu()) out.max_compute_units = std::thread::hardware_concurrency();
    return out;
}

WgslSupport wgsl_of(const AdapterRecord& a) {
    const Traits& traits = a.shim().traits();
    const FeatureNumbers& f = traits.features;
    WgslSupport out;
    out.dialect = traits.dialect;
    out.f16 = a.has(f.f16);
    out.f64 = a.has(f.f64);
    out.i64 = a.has(f.i64);
    out.subgroups = a.has(f.subgroups);
    out.atomic_i64 = a.has(f.atomic_i64);
    out.atomic_f32 = a.has(f.atomic_f32);
    out.hlsl = a.d3d12;
    if (a.has(f.immediates)) out.immediate_bytes = std::min(traits.most_immediate_bytes, a.limits.maxImmediateSize);
    return out;
}

/// "f16, i64, subgroups of 8, 256 bytes of immediates, timestamps"
std::string offers(const Capabilities& capabilities) {
    const WgslSupport& wgsl = capabilities.wgsl;
    std::string out;
    const auto add = [&](bool has, const std::string& what) {
        if (has) out += (out.empty() ? "" : ", ") + what;
    };
    add(wgsl.f16, "f16");
    add(wgsl.f64, "f64");
    add(wgsl.i64, "i64");
    add(wgsl.atomic_i64, "64-bit atomics");
    add(wgsl.atomic_f32, "f32 atomics");
    add(wgsl.subgroups, "subgroups");
    add(wgsl.immediate_bytes != 0, std::to_string(wgsl.immediate_bytes) + " bytes of immediates");
    add(capabilities.features.timestamps, "timestamps");
    return out.empty() ? "nothing beyond WebGPU's core" : out;
}

}  // namespace

AdapterRecord::~AdapterRecord() {
    if (handle != nullptr) wgpu().AdapterRelease(handle);
}

bool AdapterRecord::has(u32 feature) const noexcept {
    return feature != 0 && std::find(features.begin(), features.end(), feature) != features.end();
}

bool list_adapters(const std::shared_ptr<const Instance>& instance,
                   std::vector<std::shared_ptr<const AdapterRecord>>& out, std::vector<Finding>& findings) {
    const std::optional<std::vector<WGPUAdapter>> handles = instance->library->shim->adapters(instance->handle);
    if (!handles) return false;
    for (WGPUAdapter handle : *handles) {
        auto adapter = std::make_shared<AdapterRecord>();
        adapter->instance = instance;
        adapter->handle = handle;
        if (!inspect(*adapter)) {
            findings.push_back(
                {Finding::Kind::device, instance->library->name(), false, "an adapter does not say what it is"});
            continue;
        }
        adapter->description.index = static_cast<u32>(out.size());
        const Adapter& description = adapter->description;
        findings.push_back({Finding::Kind::device, description.name, true,
                            description.driver + "; it offers " + offers(description.capabilities)});
        out.push_back(std::move(adapter));
    }
    if (handles->empty())
        findings.push_back(
            {Finding::Kind::note, instance->library->name(), false, "it finds no adapter that it can use"});
    return true;
}

Capabilities capabilities_of(const AdapterRecord& a, bool robust) {
    const Traits& traits = a.shim().traits();
    Capabilities out;
    out.wgsl = wgsl_of(a);
    out.limits = limits_of(a, out.wgsl);
    Features& f = out.features;
    f.f16 = out.wgsl.f16;
    f.timestamps = a.has(traits.features.timestamps);
    f.indirect_dispatch = true;
    SubgroupFeatures& s = f.subgroup;
    s.basic = s.vote = s.arithmetic = s.ballot = s.shuffle = s.shuffle_relative = s.quad = out.wgsl.subgroups;
    f.robust_buffers = robust;
    f.robust_per_kernel = robust && traits.robust_per_kernel;
    emit::add_lowered(f, out.wgsl);
    return out;
}

std::vector<WGPUFeatureName> wanted_features(const AdapterRecord& a) {
    const FeatureNumbers& f = a.shim().traits().features;
    std::vector<WGPUFeatureName> out;
    for (const u32 feature : {f.timestamps, f.f16, f.f64, f.i64, f.subgroups, f.subgroup_barrier, f.atomic_i64,
                              f.atomic_f32, f.immediates, f.synchronises})
        if (a.has(feature)) out.push_back(static_cast<WGPUFeatureName>(feature));
    return out;
}

}  // namespace alkomp::backend::webgpu
