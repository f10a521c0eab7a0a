// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes kernels from WGSL, and bind groups from buffers.
#include "backend/webgpu/pipeline.h"

#include <algorithm>
#include <bit>

namespace alkomp::backend::webgpu {
namespace {

constexpr std::size_t kMostGroups = 4096;  // kept at a time; then all are made anew

std::size_t hash_of(std::span<const BoundSerial> bound) {
    u64 hash = 0x9e3779b97f4a7c15;
    for (const BoundSerial& b : bound)
        for (const u64 part : {b.serial, b.offset_bytes, b.size_bytes}) {
            hash = (hash ^ part) * 0xff51afd7ed558ccd;
            hash ^= hash >> 32;
        }
    return static_cast<std::size_t>(hash);
}

WGPUBindGroupLayoutEntry entry_of(u32 number, WGPUBufferBindingType type, bool moves) {
    WGPUBindGroupLayoutEntry entry{};
    entry.binding = number;
    entry.visibility = WGPUShaderStage_Compute;
    entry.buffer.type = type;
    entry.buffer.hasDynamicOffset = moves;
    return entry;
}

WGPUBufferBindingType type_of(const BindingInfo& binding) {
    if (binding.kind == BindingKind::uniform) return WGPUBufferBindingType_Uniform;
    return binding.writes ? WGPUBufferBindingType_Storage : WGPUBufferBindingType_ReadOnlyStorage;
}

double value_of(const SpecializationValue& value, Scalar type) {
    switch (type) {
        case Scalar::f32:
            return std::bit_cast<float>(static_cast<u32>(value.bits));
        case Scalar::f16: {
            f16 half;
            half.bits = static_cast<u16>(value.bits);
            return static_cast<float>(half);
        }
        case Scalar::i32:
            return static_cast<i32>(static_cast<u32>(value.bits));
        default:
            return static_cast<double>(value.bits);
    }
}

}  // namespace

void Pipelines::destroy() noexcept {
    for (const auto& kernel : kernels_) destroy_kernel(*kernel);
    kernels_.clear();
}

void Pipelines::destroy_kernel(Kernel& kernel) noexcept {
    const Functions& wgpu = core_.wgpu();
    for (GroupUse& use : kernel.groups) {
        for (const auto& [hash, cached] : use.cached) wgpu.BindGroupRelease(cached.group);
        groups_ -= use.cached.size();
        if (use.layout != nullptr) wgpu.BindGroupLayoutRelease(use.layout);
    }
    if (kernel.pipeline != nullptr) wgpu.ComputePipelineRelease(kernel.pipeline);
    if (kernel.layout != nullptr) wgpu.PipelineLayoutRelease(kernel.layout);
}

/// Step by step, so that an error is told as that of the first call that has one.
Status Pipelines::make(const KernelCode& code, const Interface& interface, Kernel& kernel) {
    WGPUShaderModule module = nullptr;
    const auto step = [&](const char* function, ErrorCode invalid, auto&& call) {
        ErrorScope scope(core_);
        call();
        return scope.end(function, invalid);
    };
    Status status =
        step("wgpuDeviceCreatePipelineLayout", ErrorCode::unsupported, [&] { make_layouts(interface, kernel); });
    if (status.ok())
        status = step("wgpuDeviceCreateShaderModule", ErrorCode::compile_failed, [&] { module = make_module(code); });
    if (status.ok())
        status = step("wgpuDeviceCreateComputePipeline", ErrorCode::compile_failed,
                      [&] { make_pipeline(code, interface, module, kernel); });
    if (module != nullptr) core_.wgpu().ShaderModuleRelease(module);
    return status;
}

Pending Pipelines::compile(const KernelCode& code, const Interface& interface, KernelId& out) {
    auto kernel = std::make_unique<Kernel>();
    kernel->scalar_bytes = interface.scalar_bytes;
    if (interface.scalar_bytes != 0) {
        const bool fits = interface.scalar_bytes <= core_.capabilities.wgsl.immediate_bytes;
        kernel->scalars = fits ? ScalarPath::immediate : ScalarPath::uniform;
    }
    Pending pending;
    if (core_.answers_later()) {
        // One scope tells of the first error, and nobody waits for one step before the next.
        ErrorScope scope(core_);
        make_layouts(interface, *kernel);
        WGPUShaderModule module = make_module(code);
        make_pipeline(code, interface, module, *kernel);
        core_.wgpu().ShaderModuleRelease(module);
        pending = scope.finish("wgpuDeviceCreateComputePipeline", ErrorCode::compile_failed);
    } else if (pending.status = make(code, interface, *kernel); pending.status.failed) {
        destroy_kernel(*kernel);
        return pending;
    }
    kernel->place = kernels_.size();
    out = static_cast<KernelId>(reinterpret_cast<std::uintptr_t>(kernel.get()));
    kernels_.push_back(std::move(kernel));
    return pending;
}

void Pipelines::release(KernelId id) {
    Kernel& kernel = from_id(id);
    destroy_kernel(kernel);
    const std::size_t place = kernel.place;
    if (place + 1 != kernels_.size()) {
        std::swap(kernels_[place], kernels_.back());
        kernels_[place]->place = place;
    }
    kernels_.pop_back();
}

void Pipelines::make_layouts(const Interface& interface, Kernel& kernel) {
    const auto& bindings = interface.bindings;
    u32 groups = kernel.scalars == ScalarPath::uniform ? 1 : 0;
    for (const BindingInfo& binding : bindings) {
        groups = std::max(groups, binding.set + 1);
        kernel.numbers.push_back(binding.binding);
    }
    if (!bindings.empty()) kernel.scalar_number = bindings.back().binding + 1;
    kernel.groups.resize(groups);
    std::vector<WGPUBindGroupLayout> layouts;
    u32 next = 0;
    for (u32 number = 0; number < groups; ++number) {
        GroupUse& use = kernel.groups[number];
        use.first = next;
        std::vector<WGPUBindGroupLayoutEntry> entries;
        for (; next < bindings.size() && bindings[next].set == number; ++next)
            entries.push_back(entry_of(bindings[next].binding, type_of(bindings[next]), false));
        use.count = next - use.first;
        use.has_scalars = number == 0 && kernel.scalars == ScalarPath::uniform;
        if (use.has_scalars) entries.push_back(entry_of(kernel.scalar_number, WGPUBufferBindingType_Uniform, true));
        WGPUBindGroupLayoutDescriptor descriptor{};
        descriptor.entryCount = entries.size();
        descriptor.entries = entries.data();
        use.layout = core_.wgpu().DeviceCreateBindGroupLayout(core_.device, &descriptor);
        layouts.push_back(use.layout);
    }
    WGPUPipelineLayoutDescriptor descriptor{};
    descriptor.bindGroupLayoutCount = layouts.size();
    descriptor.bindGroupLayouts = layouts.data();
    // A structure ends at a multiple of its alignment, which browsers count.
    const bool whole = core_.capabilities.wgsl.dialect == WgslSupport::Dialect::standard;
    if (kernel.scalars == ScalarPath::immediate)
        descriptor.immediateSize =
            whole ? static_cast<u32>(scalar_block_bytes(kernel.scalar_bytes)) : kernel.scalar_bytes;
    kernel.layout = core_.wgpu().DeviceCreatePipelineLayout(core_.device, &descriptor);
}

WGPUShaderModule Pipelines::make_module(const KernelCode& code) {
    WGPUShaderSourceWGSL source{};
    source.chain.sType = WGPUSType_ShaderSourceWGSL;
    source.code = view(std::get<std::string_view>(code.code));
    WGPUShaderModuleDescriptor descriptor{};
    descriptor.nextInChain = &source.chain;
    descriptor.label = view(code.label);
    return core_.shim().create_module(core_.device, descriptor, code.robust);
}

void Pipelines::make_pipeline(const KernelCode& code, const Interface& interface, WGPUShaderModule module,
                              Kernel& kernel) {
    std::vector<std::string> keys(code.constants.size());
    std::vector<WGPUConstantEntry> constants(code.constants.size());
    for (std::size_t i = 0; i < constants.size(); ++i) {
        const SpecializationValue& value = code.constants[i];
        const auto info = std::find_if(interface.constants.begin(), interface.constants.end(),
                                       [&](const ConstantInfo& constant) { return constant.id == value.id; });
        // Numbers of WGSL end at 65535: what has a greater one is known by its name.
        const bool numbered = value.id <= 0xffff || info == interface.constants.end();
        keys[i] = numbered ? std::to_string(value.id) : info->name;
        constants[i].key = view(keys[i]);
        constants[i].value = value_of(value, info == interface.constants.end() ? Scalar::u32 : info->type);
    }
    WGPUComputePipelineDescriptor pipeline{};
    pipeline.label = view(code.label);
    pipeline.layout = kernel.layout;
    pipeline.compute.module = module;
    pipeline.compute.entryPoint = view(interface.entry);
    pipeline.compute.constantCount = constants.size();
    pipeline.compute.constants = constants.data();
    kernel.pipeline = core_.wgpu().DeviceCreateComputePipeline(core_.device, &pipeline);
}

WGPUBindGroup Pipelines::bind_group(Kernel& kernel, u32 number, std::span<const BoundRange> bindings,
                                    const Buffer* scalars) {
    GroupUse& use = kernel.groups[number];
    bound_.clear();
    for (const BoundRange& range : bindings.subspan(use.first, use.count))
        bound_.push_back({from_id(range.buffer).serial, range.offset_bytes, range.size_bytes});
    if (use.has_scalars) bound_.push_back({scalars->serial, 0, scalar_block_bytes(kernel.scalar_bytes)});
    const std::size_t hash = hash_of(bound_);
    const auto [begin, end] = use.cached.equal_range(hash);
    for (auto at = begin; at != end; ++at)
        if (at->second.bound == bound_) return at->second.group;

    if (groups_ >= kMostGroups) drop_groups();
    entries_.assign(bound_.size(), WGPUBindGroupEntry{});
    for (std::size_t i = 0; i < bound_.size(); ++i) {
        const bool scalar = i == use.count;
        entries_[i].binding = scalar ? kernel.scalar_number : kernel.numbers[use.first + i];
        entries_[i].buffer = scalar ? scalars->handle : from_id(bindings[use.first + i].buffer).handle;
        entries_[i].offset = bound_[i].offset_bytes;
        entries_[i].size = bound_[i].size_bytes;
    }
    WGPUBindGroupDescriptor descriptor{};
    descriptor.layout = use.layout;
    descriptor.entryCount = entries_.size();
    descriptor.entries = entries_.data();
    // An error shows at the end of the encoding, whose scope is open: the group is kept only if there is none.
    WGPUBindGroup group = core_.wgpu().DeviceCreateBindGroup(core_.device, &descriptor);
    use.cached.emplace(hash, CachedGroup{bound_, group});
    ++groups_;
    return group;
}

void Pipelines::drop_groups() noexcept {
    for (const auto& kernel : kernels_)
        for (GroupUse& use : kernel->groups) {
            for (const auto& [hash, cached] : use.cached) core_.wgpu().BindGroupRelease(cached.group);
            use.cached.clear();
        }
    groups_ = 0;
    ++drops_;
}

}  // namespace alkomp::backend::webgpu
