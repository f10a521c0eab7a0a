// SPDX-License-Identifier: MIT OR Apache-2.0
// Opens WebGPU libraries, and does with them what is measured.
#include "web.h"

#include <dlfcn.h>

#include <array>
#include <cstring>

namespace bare {
namespace {

WGPUStringView view(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(WGPUStringView text) {
    if (text.data == nullptr) return {};
    return text.length == WGPU_STRLEN ? std::string(text.data) : std::string(text.data, text.length);
}

void set_true(bool* to) { *to = true; }
void done(WGPUQueueWorkDoneStatus, WGPUStringView, void* to, void*) { set_true(static_cast<bool*>(to)); }
void mapped(WGPUMapAsyncStatus, WGPUStringView, void* to, void*) { set_true(static_cast<bool*>(to)); }
void failed(WGPUDevice const*, WGPUErrorType, WGPUStringView text, void*, void*) {
    throw std::runtime_error("WebGPU: " + text_of(text));
}

/// The instance's descriptor in builds of Dawn up to 2025.
struct OlderInstanceDescriptor {
    WGPUChainedStruct* next = nullptr;
    struct {
        WGPUChainedStruct* next = nullptr;
        WGPUBool timed_wait_any = 1;
        size_t most_futures = 1;
    } capabilities;
};

}  // namespace

Web::Web(const std::string& path, const std::string& name) {
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(path + " cannot be opened.");
    load(library);
    create_instance(DevicePoll != nullptr, dlsym(library, "wgpuGetInstanceCapabilities") != nullptr);
    open_adapter(name);
    open_device();
    queue = DeviceGetQueue(device);
}

Web::~Web() {
    QueueRelease(queue);
    DeviceRelease(device);
    AdapterRelease(adapter);
    InstanceRelease(instance);
}

void Web::load(void* library) {
    const auto fill = [&](auto& out, const char* name) {
        out = reinterpret_cast<std::remove_reference_t<decltype(out)>>(dlsym(library, name));
        return out != nullptr;
    };
#define F(name) \
    if (!fill(name, "wgpu" #name)) throw std::runtime_error("the library lacks wgpu" #name ".");
    BARE_WEB_FUNCTIONS(F)
#undef F
    if (!fill(DevicePoll, "wgpuDevicePoll")) fill(InstanceWaitAny, "wgpuInstanceWaitAny");
}

void Web::create_instance(bool native, bool older) {
    WGPUInstanceExtras extras{};
    extras.chain.sType = static_cast<WGPUSType>(WGPUSType_InstanceExtras);
    extras.backends = WGPUInstanceBackend_Vulkan;
    WGPUInstanceDescriptor descriptor{};
    const WGPUInstanceFeatureName timed = WGPUInstanceFeatureName_TimedWaitAny;
    if (native) {
        descriptor.nextInChain = &extras.chain;
    } else {
        descriptor.requiredFeatureCount = 1;
        descriptor.requiredFeatures = &timed;
    }
    const OlderInstanceDescriptor of_older;
    instance = CreateInstance(older ? reinterpret_cast<const WGPUInstanceDescriptor*>(&of_older) : &descriptor);
    if (instance == nullptr) throw std::runtime_error("wgpuCreateInstance gives none.");
}

void Web::open_adapter(const std::string& name) {
    WGPURequestAdapterOptions options{};
    options.featureLevel = WGPUFeatureLevel_Core;
    options.powerPreference = WGPUPowerPreference_HighPerformance;
    options.backendType = WGPUBackendType_Vulkan;
    const auto take = [](WGPURequestAdapterStatus, WGPUAdapter given, WGPUStringView, void* to, void*) {
        *static_cast<WGPUAdapter*>(to) = given;
    };
    InstanceRequestAdapter(instance, &options, {nullptr, WGPUCallbackMode_AllowProcessEvents, take, &adapter, nullptr});
    for (int i = 0; i < 1000 && adapter == nullptr; ++i) InstanceProcessEvents(instance);
    if (adapter == nullptr) throw std::runtime_error("wgpuInstanceRequestAdapter gives none.");
    WGPUAdapterInfo info{};
    AdapterGetInfo(adapter, &info);
    const std::string found = text_of(info.device);
    AdapterInfoFreeMembers(info);
    if (found != name) throw std::runtime_error("the library prefers " + found + ", and " + name + " is measured.");
}

void Web::open_device() {
    WGPULimits limits{};
    AdapterGetLimits(adapter, &limits);
    WGPUDeviceDescriptor descriptor{};
    descriptor.requiredLimits = &limits;
    descriptor.uncapturedErrorCallbackInfo = {nullptr, failed, nullptr, nullptr};
    const auto take = [](WGPURequestDeviceStatus, WGPUDevice given, WGPUStringView, void* to, void*) {
        *static_cast<WGPUDevice*>(to) = given;
    };
    AdapterRequestDevice(adapter, &descriptor, {nullptr, WGPUCallbackMode_AllowProcessEvents, take, &device, nullptr});
    for (int i = 0; i < 1000 && device == nullptr; ++i) InstanceProcessEvents(instance);
    if (device == nullptr) throw std::runtime_error("wgpuAdapterRequestDevice gives none.");
}

template <class Done>
void Web::wait(WGPUFuture future, How how, Done is_done) const {
    if (DevicePoll == nullptr && how == How::block) {
        WGPUFutureWaitInfo info{future, 0};
        while (!is_done()) InstanceWaitAny(instance, 1, &info, UINT64_MAX);
        return;
    }
    while (!is_done()) {
        if (DevicePoll != nullptr) DevicePoll(device, how == How::block, nullptr);
        else InstanceProcessEvents(instance);
    }
}

void Web::finish(How how) const {
    bool is_done = false;
    const WGPUCallbackMode mode =
        DevicePoll == nullptr && how == How::block ? WGPUCallbackMode_WaitAnyOnly : WGPUCallbackMode_AllowProcessEvents;
    const WGPUFuture future = QueueOnSubmittedWorkDone(queue, {nullptr, mode, done, &is_done, nullptr});
    wait(future, how, [&] { return is_done; });
}

void Web::map(WGPUBuffer buffer, WGPUMapMode mode, uint64_t size_bytes, How how) const {
    bool is_done = false;
    const WGPUCallbackMode when =
        DevicePoll == nullptr && how == How::block ? WGPUCallbackMode_WaitAnyOnly : WGPUCallbackMode_AllowProcessEvents;
    const WGPUFuture future = BufferMapAsync(buffer, mode, 0, size_bytes, {nullptr, when, mapped, &is_done, nullptr});
    wait(future, how, [&] { return is_done; });
}

WGPUBuffer Web::buffer(uint64_t size_bytes, WGPUBufferUsage usage) const {
    WGPUBufferDescriptor descriptor{};
    descriptor.usage = usage;
    descriptor.size = size_bytes;
    return DeviceCreateBuffer(device, &descriptor);
}

void Web::submit(WGPUCommandEncoder encoder) const {
    WGPUCommandBuffer commands = CommandEncoderFinish(encoder, nullptr);
    CommandEncoderRelease(encoder);
    QueueSubmit(queue, 1, &commands);
    CommandBufferRelease(commands);
}

void Web::copy(WGPUBuffer from, WGPUBuffer to, uint64_t size_bytes) const {
    WGPUCommandEncoder encoder = DeviceCreateCommandEncoder(device, nullptr);
    CommandEncoderCopyBufferToBuffer(encoder, from, 0, to, 0, size_bytes);
    submit(encoder);
}

WebKernel::WebKernel(const Web& web, std::string_view wgsl, std::span<const WGPUBuffer> buffers) : web_(web) {
    WGPUShaderSourceWGSL source{};
    source.chain.sType = WGPUSType_ShaderSourceWGSL;
    source.code = view(wgsl);
    WGPUShaderModuleDescriptor of_module{};
    of_module.nextInChain = &source.chain;
    WGPUShaderModule module = web.DeviceCreateShaderModule(web.device, &of_module);
    WGPUComputePipelineDescriptor of_pipeline{};
    of_pipeline.compute.module = module;
    of_pipeline.compute.entryPoint = view("main");
    pipeline_ = web.DeviceCreateComputePipeline(web.device, &of_pipeline);
    web.ShaderModuleRelease(module);
    std::vector<WGPUBindGroupEntry> entries(buffers.size());
    for (uint32_t i = 0; i < entries.size(); ++i) {
        entries[i].binding = i;
        entries[i].buffer = buffers[i];
        entries[i].size = WGPU_WHOLE_SIZE;
    }
    WGPUBindGroupDescriptor of_group{};
    of_group.layout = web.ComputePipelineGetBindGroupLayout(pipeline_, 0);
    of_group.entryCount = entries.size();
    of_group.entries = entries.data();
    group_ = web.DeviceCreateBindGroup(web.device, &of_group);
    web.BindGroupLayoutRelease(of_group.layout);
}

WebKernel::~WebKernel() {
    web_.BindGroupRelease(group_);
    web_.ComputePipelineRelease(pipeline_);
}

void WebKernel::call(uint32_t calls, uint32_t x, uint32_t y) const {
    WGPUCommandEncoder encoder = web_.DeviceCreateCommandEncoder(web_.device, nullptr);
    WGPUComputePassEncoder pass = web_.CommandEncoderBeginComputePass(encoder, nullptr);
    web_.ComputePassEncoderSetPipeline(pass, pipeline_);
    web_.ComputePassEncoderSetBindGroup(pass, 0, group_, 0, nullptr);
    for (uint32_t i = 0; i < calls; ++i) web_.ComputePassEncoderDispatchWorkgroups(pass, x, y, 1);
    web_.ComputePassEncoderEnd(pass);
    web_.ComputePassEncoderRelease(pass);
    web_.submit(encoder);
}

WebTransfer::WebTransfer(const Web& web, uint64_t size_bytes)
    : web_(web),
      size_bytes_(size_bytes),
      device_(web.buffer(size_bytes, WGPUBufferUsage_Storage | WGPUBufferUsage_CopySrc | WGPUBufferUsage_CopyDst)),
      up_(web.buffer(size_bytes, WGPUBufferUsage_MapWrite | WGPUBufferUsage_CopySrc)),
      down_(web.buffer(size_bytes, WGPUBufferUsage_MapRead | WGPUBufferUsage_CopyDst)) {}

WebTransfer::~WebTransfer() {
    for (WGPUBuffer buffer : {device_, up_, down_}) {
        web_.BufferDestroy(buffer);
        web_.BufferRelease(buffer);
    }
}

void WebTransfer::upload(const std::byte* from, Web::How how) const {
    web_.map(up_, WGPUMapMode_Write, size_bytes_, how);
    std::memcpy(web_.BufferGetMappedRange(up_, 0, size_bytes_), from, size_bytes_);
    web_.BufferUnmap(up_);
    web_.copy(up_, device_, size_bytes_);
    web_.finish(how);
}

void WebTransfer::write(const std::byte* from, Web::How how) const {
    web_.QueueWriteBuffer(web_.queue, device_, 0, from, size_bytes_);
    web_.QueueSubmit(web_.queue, 0, nullptr);
    web_.finish(how);
}

void WebTransfer::download(std::byte* to, Web::How how) const {
    web_.copy(device_, down_, size_bytes_);
    web_.map(down_, WGPUMapMode_Read, size_bytes_, how);
    std::memcpy(to, web_.BufferGetConstMappedRange(down_, 0, size_bytes_), size_bytes_);
    web_.BufferUnmap(down_);
}

}  // namespace bare
