// SPDX-License-Identifier: MIT OR Apache-2.0
// The browser: navigator.gpu behind webgpu.h. Calls that are told numbers alone go to browser.js as they are; what comes in
// structs is taken apart here, so that only this file knows how they lie in memory. Objects are numbers there.
#include "backend/webgpu/library.h"

#include <emscripten.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace alkomp::backend::webgpu {
namespace {

/// A callback of JavaScript's, called once. `text` is nobody's but the callback's.
struct Request {
    std::function<void(u32 code, u32 object, const char* text)> answer;
};

/// Of browser.js; a handle's bits are the object's number.
template <class Handle>
Handle handle_of(u32 object) noexcept {
    return reinterpret_cast<Handle>(static_cast<std::uintptr_t>(object));
}

}  // namespace

extern "C" {

// Numbers of 64 bits pass as doubles: sizes are below 2^53.
int alkomp_web_waits();
void alkomp_web_rest(double ms);
void alkomp_web_request_adapters(Request* request);
u32 alkomp_web_adapter(u32 index);
char* alkomp_web_adapter_text(WGPUAdapter adapter, int what);
void alkomp_web_adapter_numbers(WGPUAdapter adapter, double* out);
void alkomp_web_request_device(WGPUAdapter adapter, u32 features, Request* request, Request* lost, Request* error);
void alkomp_web_release(const void* object);
u32 alkomp_web_queue(WGPUDevice device);
u32 alkomp_web_create_buffer(WGPUDevice device, double size_bytes, u32 usage);
void alkomp_web_destroy(const void* object);
u32 alkomp_web_create_bind_group_layout(WGPUDevice device, const u32* entries, std::size_t count);
u32 alkomp_web_create_pipeline_layout(WGPUDevice device, const WGPUBindGroupLayout* layouts, std::size_t count,
                                      u32 immediate_bytes);
u32 alkomp_web_create_bind_group(WGPUDevice device, WGPUBindGroupLayout layout, const double* entries,
                                 std::size_t count);
u32 alkomp_web_create_shader_module(WGPUDevice device, const char* code, std::size_t length, const char* label,
                                    std::size_t label_length);
u32 alkomp_web_create_compute_pipeline(WGPUDevice device, WGPUPipelineLayout layout, WGPUShaderModule module,
                                       const char* entry, std::size_t entry_length);
void alkomp_web_add_constant(const char* key, std::size_t length, double value);
u32 alkomp_web_create_query_set(WGPUDevice device, u32 count);
u32 alkomp_web_create_encoder(WGPUDevice device);
u32 alkomp_web_begin_pass(WGPUCommandEncoder encoder, WGPUQuerySet queries, u32 index);
void alkomp_web_end_pass(WGPUComputePassEncoder pass);
u32 alkomp_web_finish(WGPUCommandEncoder encoder);
void alkomp_web_clear(WGPUCommandEncoder encoder, WGPUBuffer buffer, double offset, double size_bytes);
void alkomp_web_copy(WGPUCommandEncoder encoder, WGPUBuffer from, double from_offset, WGPUBuffer to, double to_offset,
                     double size_bytes);
void alkomp_web_resolve(WGPUCommandEncoder encoder, WGPUQuerySet queries, u32 first, u32 count, WGPUBuffer to);
void alkomp_web_set_pipeline(WGPUComputePassEncoder pass, WGPUComputePipeline pipeline);
void alkomp_web_set_bind_group(WGPUComputePassEncoder pass, u32 number, WGPUBindGroup group, std::size_t offsets,
                               const u32* offset);
void alkomp_web_set_immediates(WGPUComputePassEncoder pass, const void* data, std::size_t size_bytes);
void alkomp_web_dispatch(WGPUComputePassEncoder pass, u32 x, u32 y, u32 z);
void alkomp_web_dispatch_indirect(WGPUComputePassEncoder pass, WGPUBuffer counts, double offset);
void alkomp_web_submit(WGPUQueue queue, std::size_t count, const WGPUCommandBuffer* commands);
void alkomp_web_write(WGPUQueue queue, WGPUBuffer buffer, double offset, const void* data, std::size_t size_bytes);
void alkomp_web_work_done(WGPUQueue queue, Request* request);
void alkomp_web_map(WGPUBuffer buffer, double offset, double size_bytes, Request* request);
int alkomp_web_read(WGPUBuffer buffer, double offset, double size_bytes, void* out);
void alkomp_web_unmap(WGPUBuffer buffer);
void alkomp_web_push_error_scope(WGPUDevice device, int memory);
void alkomp_web_pop_error_scope(WGPUDevice device, Request* request);

EMSCRIPTEN_KEEPALIVE void alkomp_web_answer(Request* request, u32 code, u32 object, char* text) {
    const std::unique_ptr<Request> last(request);
    const std::unique_ptr<char, decltype(&std::free)> given(text, &std::free);
    last->answer(code, object, text == nullptr ? "" : text);
}

/// For what may happen again: the request stays.
EMSCRIPTEN_KEEPALIVE void alkomp_web_tell(Request* request, u32 code, char* text) {
    const std::unique_ptr<char, decltype(&std::free)> given(text, &std::free);
    request->answer(code, 0, text == nullptr ? "" : text);
}

EMSCRIPTEN_KEEPALIVE void alkomp_web_forget(Request* request) { delete request; }

EMSCRIPTEN_KEEPALIVE void alkomp_web_wake();

}  // extern "C"

namespace {

std::function<void()>& waker() {
    static auto* const wake = new std::function<void()>;
    return *wake;
}

// In the order that browser.js writes.
enum Number { kFallback, kSubgroupMin, kSubgroupMax, kFeatures, kFirstLimit };
constexpr std::array kLimits32{
    &WGPULimits::maxBindGroups,
    &WGPULimits::maxBindingsPerBindGroup,
    &WGPULimits::maxStorageBuffersPerShaderStage,
    &WGPULimits::maxUniformBuffersPerShaderStage,
    &WGPULimits::minUniformBufferOffsetAlignment,
    &WGPULimits::minStorageBufferOffsetAlignment,
    &WGPULimits::maxComputeWorkgroupStorageSize,
    &WGPULimits::maxComputeInvocationsPerWorkgroup,
    &WGPULimits::maxComputeWorkgroupSizeX,
    &WGPULimits::maxComputeWorkgroupSizeY,
    &WGPULimits::maxComputeWorkgroupSizeZ,
    &WGPULimits::maxComputeWorkgroupsPerDimension,
    &WGPULimits::maxImmediateSize,
};
constexpr std::array kLimits64{
    &WGPULimits::maxUniformBufferBindingSize,
    &WGPULimits::maxStorageBufferBindingSize,
    &WGPULimits::maxBufferSize,
};
constexpr std::size_t kNumbers = kFirstLimit + kLimits32.size() + kLimits64.size();

// The bits of kFeatures, as feature numbers.
constexpr u32 kImmediates = 0x00070001;  // part of the language there, not a feature of the device
constexpr std::array<u32, 4> kFeatureBits{WGPUFeatureName_TimestampQuery, WGPUFeatureName_ShaderF16,
                                          WGPUFeatureName_Subgroups, kImmediates};

constexpr Traits kTraits{
    .backend = "webgpu",
    .library = "the browser",
    .dialect = WgslSupport::Dialect::standard,
    .features = {.timestamps = WGPUFeatureName_TimestampQuery,
                 .f16 = WGPUFeatureName_ShaderF16,
                 .subgroups = WGPUFeatureName_Subgroups,
                 .immediates = kImmediates},
    .most_immediate_bytes = 256,
    .synchronises = true,  // there is one thread
    .submits_errors = true,
    .answers_later = true,
};

std::array<double, kNumbers> numbers_of(WGPUAdapter adapter) {
    std::array<double, kNumbers> out{};
    alkomp_web_adapter_numbers(adapter, out.data());
    return out;
}

WGPUStringView taken(char* text) { return {text, WGPU_STRLEN}; }

/// Calls with the callback of an info; nothing of webgpu.h's futures is used.
template <class Info, class... Before>
Request* request_for(const Info& info, Before... before) {
    return new Request{[=](u32 code, u32, const char* text) {
        info.callback(before(code)..., view(text), info.userdata1, info.userdata2);
    }};
}

WGPUInstance create_instance(const WGPUInstanceDescriptor*) { return handle_of<WGPUInstance>(1); }
void nothing_instance(WGPUInstance) {}

void release_any(const void* object) { alkomp_web_release(object); }
template <class Handle>
void release(Handle object) {
    release_any(object);
}

WGPUStatus adapter_info(WGPUAdapter adapter, WGPUAdapterInfo* out) {
    const auto numbers = numbers_of(adapter);
    out->vendor = taken(alkomp_web_adapter_text(adapter, 0));
    out->architecture = taken(alkomp_web_adapter_text(adapter, 1));
    out->device = taken(alkomp_web_adapter_text(adapter, 2));
    out->description = taken(alkomp_web_adapter_text(adapter, 3));
    out->backendType = WGPUBackendType_WebGPU;
    out->adapterType = numbers[kFallback] != 0 ? WGPUAdapterType_CPU : WGPUAdapterType_Unknown;
    out->subgroupMinSize = static_cast<u32>(numbers[kSubgroupMin]);
    out->subgroupMaxSize = static_cast<u32>(numbers[kSubgroupMax]);
    return WGPUStatus_Success;
}

void free_info(WGPUAdapterInfo info) {
    for (const WGPUStringView& text : {info.vendor, info.architecture, info.device, info.description})
        std::free(const_cast<char*>(text.data));
}

WGPUStatus adapter_limits(WGPUAdapter adapter, WGPULimits* out) {
    const auto numbers = numbers_of(adapter);
    const double* next = &numbers[kFirstLimit];
    for (const auto limit : kLimits32) out->*limit = static_cast<u32>(*next++);
    for (const auto limit : kLimits64) out->*limit = static_cast<u64>(*next++);
    return WGPUStatus_Success;
}

void adapter_features(WGPUAdapter adapter, WGPUSupportedFeatures* out) {
    static std::array<WGPUFeatureName, kFeatureBits.size()> features;
    const u32 bits = static_cast<u32>(numbers_of(adapter)[kFeatures]);
    out->features = features.data();
    out->featureCount = 0;
    for (std::size_t i = 0; i < kFeatureBits.size(); ++i)
        if ((bits >> i & 1) != 0) features[out->featureCount++] = static_cast<WGPUFeatureName>(kFeatureBits[i]);
}
void keep_features(WGPUSupportedFeatures) {}

/// Opened with all the limits of the adapter, whatever the descriptor asks for.
WGPUFuture request_device(WGPUAdapter adapter, const WGPUDeviceDescriptor* descriptor,
                          WGPURequestDeviceCallbackInfo info) {
    u32 features = 0;
    for (std::size_t i = 0; i < descriptor->requiredFeatureCount; ++i)
        for (u32 bit = 0; bit < kFeatureBits.size(); ++bit)
            if (static_cast<u32>(descriptor->requiredFeatures[i]) == kFeatureBits[bit]) features |= u32{1} << bit;
    auto* const made = new Request{[=](u32, u32 object, const char* text) {
        const auto status = object != 0 ? WGPURequestDeviceStatus_Success : WGPURequestDeviceStatus_Error;
        info.callback(status, handle_of<WGPUDevice>(object), view(text), info.userdata1, info.userdata2);
    }};
    const WGPUDeviceLostCallbackInfo lost = descriptor->deviceLostCallbackInfo;
    auto* const was_lost = new Request{[=](u32, u32, const char* text) {
        lost.callback(nullptr, WGPUDeviceLostReason_Unknown, view(text), lost.userdata1, lost.userdata2);
    }};
    const WGPUUncapturedErrorCallbackInfo error = descriptor->uncapturedErrorCallbackInfo;
    auto* const went_wrong = new Request{[=](u32 code, u32, const char* text) {
        error.callback(nullptr, static_cast<WGPUErrorType>(code), view(text), error.userdata1, error.userdata2);
    }};
    alkomp_web_request_device(adapter, features, made, was_lost, went_wrong);
    return {};
}

/// Without it no device is made.
WGPUBool has_feature(WGPUDevice, WGPUFeatureName) { return 1; }
WGPUQueue get_queue(WGPUDevice device) { return handle_of<WGPUQueue>(alkomp_web_queue(device)); }

WGPUBuffer create_buffer(WGPUDevice device, const WGPUBufferDescriptor* buffer) {
    return handle_of<WGPUBuffer>(
        alkomp_web_create_buffer(device, static_cast<double>(buffer->size), static_cast<u32>(buffer->usage)));
}
void destroy_buffer(WGPUBuffer buffer) { alkomp_web_destroy(buffer); }
void destroy_queries(WGPUQuerySet queries) { alkomp_web_destroy(queries); }

WGPUBindGroupLayout create_bind_group_layout(WGPUDevice device, const WGPUBindGroupLayoutDescriptor* layout) {
    std::vector<u32> entries;
    for (std::size_t i = 0; i < layout->entryCount; ++i) {
        const WGPUBindGroupLayoutEntry& entry = layout->entries[i];
        entries.insert(entries.end(), {entry.binding, static_cast<u32>(entry.buffer.type),
                                       static_cast<u32>(entry.buffer.hasDynamicOffset)});
    }
    return handle_of<WGPUBindGroupLayout>(
        alkomp_web_create_bind_group_layout(device, entries.data(), layout->entryCount));
}

WGPUPipelineLayout create_pipeline_layout(WGPUDevice device, const WGPUPipelineLayoutDescriptor* layout) {
    return handle_of<WGPUPipelineLayout>(alkomp_web_create_pipeline_layout(
        device, layout->bindGroupLayouts, layout->bindGroupLayoutCount, layout->immediateSize));
}

WGPUBindGroup create_bind_group(WGPUDevice device, const WGPUBindGroupDescriptor* group) {
    std::vector<double> entries;
    for (std::size_t i = 0; i < group->entryCount; ++i) {
        const WGPUBindGroupEntry& entry = group->entries[i];
        entries.insert(entries.end(), {static_cast<double>(entry.binding),
                                       static_cast<double>(reinterpret_cast<std::uintptr_t>(entry.buffer)),
                                       static_cast<double>(entry.offset), static_cast<double>(entry.size)});
    }
    return handle_of<WGPUBindGroup>(
        alkomp_web_create_bind_group(device, group->layout, entries.data(), group->entryCount));
}

WGPUShaderModule create_shader_module(WGPUDevice device, const WGPUShaderModuleDescriptor* module) {
    const auto& source = *reinterpret_cast<const WGPUShaderSourceWGSL*>(module->nextInChain);
    return handle_of<WGPUShaderModule>(alkomp_web_create_shader_module(device, source.code.data, source.code.length,
                                                                       module->label.data, module->label.length));
}

WGPUComputePipeline create_compute_pipeline(WGPUDevice device, const WGPUComputePipelineDescriptor* pipeline) {
    const WGPUComputeState& compute = pipeline->compute;
    for (std::size_t i = 0; i < compute.constantCount; ++i)
        alkomp_web_add_constant(compute.constants[i].key.data, compute.constants[i].key.length,
                                compute.constants[i].value);
    return handle_of<WGPUComputePipeline>(alkomp_web_create_compute_pipeline(
        device, pipeline->layout, compute.module, compute.entryPoint.data, compute.entryPoint.length));
}

WGPUQuerySet create_query_set(WGPUDevice device, const WGPUQuerySetDescriptor* queries) {
    return handle_of<WGPUQuerySet>(alkomp_web_create_query_set(device, queries->count));
}

WGPUCommandEncoder create_encoder(WGPUDevice device, const WGPUCommandEncoderDescriptor*) {
    return handle_of<WGPUCommandEncoder>(alkomp_web_create_encoder(device));
}
WGPUComputePassEncoder begin_pass(WGPUCommandEncoder encoder, const WGPUComputePassDescriptor* pass) {
    const WGPUPassTimestampWrites* times = pass == nullptr ? nullptr : pass->timestampWrites;
    return handle_of<WGPUComputePassEncoder>(
        alkomp_web_begin_pass(encoder, times == nullptr ? nullptr : times->querySet,
                              times == nullptr ? 0 : times->beginningOfPassWriteIndex));
}
WGPUCommandBuffer finish(WGPUCommandEncoder encoder, const WGPUCommandBufferDescriptor*) {
    return handle_of<WGPUCommandBuffer>(alkomp_web_finish(encoder));
}
void clear(WGPUCommandEncoder encoder, WGPUBuffer buffer, u64 offset, u64 size_bytes) {
    alkomp_web_clear(encoder, buffer, static_cast<double>(offset), static_cast<double>(size_bytes));
}
void copy(WGPUCommandEncoder encoder, WGPUBuffer from, u64 from_offset, WGPUBuffer to, u64 to_offset, u64 size_bytes) {
    alkomp_web_copy(encoder, from, static_cast<double>(from_offset), to, static_cast<double>(to_offset),
                    static_cast<double>(size_bytes));
}
void resolve(WGPUCommandEncoder encoder, WGPUQuerySet queries, u32 first, u32 count, WGPUBuffer to, u64) {
    alkomp_web_resolve(encoder, queries, first, count, to);
}
void dispatch_indirect(WGPUComputePassEncoder pass, WGPUBuffer counts, u64 offset) {
    alkomp_web_dispatch_indirect(pass, counts, static_cast<double>(offset));
}
void write(WGPUQueue queue, WGPUBuffer buffer, u64 offset, const void* data, std::size_t size_bytes) {
    alkomp_web_write(queue, buffer, static_cast<double>(offset), data, size_bytes);
}

WGPUFuture work_done(WGPUQueue queue, WGPUQueueWorkDoneCallbackInfo info) {
    alkomp_web_work_done(queue, request_for(info, [](u32 failed) {
                             return failed != 0 ? WGPUQueueWorkDoneStatus_Error : WGPUQueueWorkDoneStatus_Success;
                         }));
    return {};
}
WGPUFuture map(WGPUBuffer buffer, WGPUMapMode, std::size_t offset, std::size_t size_bytes,
               WGPUBufferMapCallbackInfo info) {
    alkomp_web_map(buffer, static_cast<double>(offset), static_cast<double>(size_bytes),
                   request_for(info, [](u32 failed) {
                       return failed != 0 ? WGPUMapAsyncStatus_Error : WGPUMapAsyncStatus_Success;
                   }));
    return {};
}
/// Mapped memory is JavaScript's: Shim::read_range copies it.
void* no_range(WGPUBuffer, std::size_t, std::size_t) { return nullptr; }
const void* no_const_range(WGPUBuffer, std::size_t, std::size_t) { return nullptr; }

void push_error_scope(WGPUDevice device, WGPUErrorFilter filter) {
    alkomp_web_push_error_scope(device, filter == WGPUErrorFilter_OutOfMemory ? 1 : 0);
}
WGPUFuture pop_error_scope(WGPUDevice device, WGPUPopErrorScopeCallbackInfo info) {
    alkomp_web_pop_error_scope(device, new Request{[=](u32 type, u32, const char* text) {
                                   info.callback(WGPUPopErrorScopeStatus_Success, static_cast<WGPUErrorType>(type),
                                                 view(text), info.userdata1, info.userdata2);
                               }});
    return {};
}

WGPUFuture no_adapter(WGPUInstance, const WGPURequestAdapterOptions*, WGPURequestAdapterCallbackInfo) { return {}; }

Functions functions() {
    Functions f;
    f.CreateInstance = create_instance;
    f.InstanceProcessEvents = nothing_instance;
    f.InstanceRelease = nothing_instance;
    f.InstanceRequestAdapter = no_adapter;
    f.AdapterGetFeatures = adapter_features;
    f.AdapterGetInfo = adapter_info;
    f.AdapterGetLimits = adapter_limits;
    f.AdapterInfoFreeMembers = free_info;
    f.AdapterRelease = release<WGPUAdapter>;
    f.AdapterRequestDevice = request_device;
    f.SupportedFeaturesFreeMembers = keep_features;
    f.DeviceCreateBindGroup = create_bind_group;
    f.DeviceCreateBindGroupLayout = create_bind_group_layout;
    f.DeviceCreateBuffer = create_buffer;
    f.DeviceCreateCommandEncoder = create_encoder;
    f.DeviceCreateComputePipeline = create_compute_pipeline;
    f.DeviceCreatePipelineLayout = create_pipeline_layout;
    f.DeviceCreateQuerySet = create_query_set;
    f.DeviceCreateShaderModule = create_shader_module;
    f.DeviceGetQueue = get_queue;
    f.DeviceHasFeature = has_feature;
    f.DevicePopErrorScope = pop_error_scope;
    f.DevicePushErrorScope = push_error_scope;
    f.DeviceRelease = [](WGPUDevice device) {
        alkomp_web_destroy(device);
        release(device);
    };
    f.BindGroupRelease = release<WGPUBindGroup>;
    f.BindGroupLayoutRelease = release<WGPUBindGroupLayout>;
    f.BufferDestroy = destroy_buffer;
    f.BufferGetConstMappedRange = no_const_range;
    f.BufferGetMappedRange = no_range;
    f.BufferMapAsync = map;
    f.BufferRelease = release<WGPUBuffer>;
    f.BufferUnmap = alkomp_web_unmap;
    f.CommandBufferRelease = release<WGPUCommandBuffer>;
    f.CommandEncoderBeginComputePass = begin_pass;
    f.CommandEncoderClearBuffer = clear;
    f.CommandEncoderCopyBufferToBuffer = copy;
    f.CommandEncoderFinish = finish;
    f.CommandEncoderRelease = release<WGPUCommandEncoder>;
    f.CommandEncoderResolveQuerySet = resolve;
    f.ComputePassEncoderDispatchWorkgroups = alkomp_web_dispatch;
    f.ComputePassEncoderDispatchWorkgroupsIndirect = dispatch_indirect;
    f.ComputePassEncoderEnd = alkomp_web_end_pass;
    f.ComputePassEncoderRelease = release<WGPUComputePassEncoder>;
    f.ComputePassEncoderSetBindGroup = alkomp_web_set_bind_group;
    f.ComputePassEncoderSetPipeline = alkomp_web_set_pipeline;
    f.ComputePipelineRelease = release<WGPUComputePipeline>;
    f.PipelineLayoutRelease = release<WGPUPipelineLayout>;
    f.QuerySetDestroy = destroy_queries;
    f.QuerySetRelease = release<WGPUQuerySet>;
    f.QueueOnSubmittedWorkDone = work_done;
    f.QueueRelease = release<WGPUQueue>;
    f.QueueSubmit = alkomp_web_submit;
    f.QueueWriteBuffer = write;
    f.ShaderModuleRelease = release<WGPUShaderModule>;
    return f;
}

class Browser final : public Shim {
public:
    explicit Browser(const Functions& wgpu) : wgpu_(wgpu) {}

    const Traits& traits() const noexcept override { return kTraits; }
    std::string version() const override { return {}; }
    WGPUInstance create_instance() const override { return wgpu_.CreateInstance(nullptr); }

    std::optional<std::vector<WGPUAdapter>> adapters(WGPUInstance) const override {
        if (!asked_) {
            asked_ = true;
            alkomp_web_request_adapters(new Request{[this](u32 count, u32, const char*) { found_ = count; }});
        }
        if (!found_) return std::nullopt;
        std::vector<WGPUAdapter> out;
        for (u32 i = 0; i < *found_; ++i) out.push_back(handle_of<WGPUAdapter>(alkomp_web_adapter(i)));
        // The next listing asks anew: a browser may refuse today what it gives tomorrow.
        asked_ = false;
        found_.reset();
        return out;
    }

    std::unique_ptr<DeviceChain> extend(bool) const override { return std::make_unique<DeviceChain>(); }
    void pump(WGPUInstance, WGPUDevice) const override {}
    WGPUShaderModule create_module(WGPUDevice device, const WGPUShaderModuleDescriptor& descriptor,
                                   bool) const override {
        return wgpu_.DeviceCreateShaderModule(device, &descriptor);
    }
    bool read_range(WGPUBuffer buffer, u64 offset_bytes, u64 size_bytes, void* out) const override {
        return alkomp_web_read(buffer, static_cast<double>(offset_bytes), static_cast<double>(size_bytes), out) != 0;
    }
    void set_immediates(WGPUComputePassEncoder pass, const void* data, std::size_t size_bytes) const override {
        alkomp_web_set_immediates(pass, data, size_bytes);
    }
    double timestamp_period(WGPUQueue) const override { return 1; }

private:
    const Functions& wgpu_;
    mutable bool asked_ = false;
    mutable std::optional<u32> found_;
};

}  // namespace

extern "C" void alkomp_web_wake() {
    if (waker()) waker()();
}

bool can_wait() noexcept { return alkomp_web_waits() != 0; }

void rest(u64 ns) { alkomp_web_rest(static_cast<double>(ns) / 1e6); }

void wake_from_page(std::function<void()> wake) { waker() = std::move(wake); }

std::shared_ptr<const Library> open_library(std::string_view, std::vector<Finding>& findings) {
    static const std::shared_ptr<const Library> library = [] {
        auto made = std::make_shared<Library>();
        made->path = "navigator.gpu";
        made->wgpu = functions();
        made->shim = std::make_unique<Browser>(made->wgpu);
        return made;
    }();
    findings.push_back({Finding::Kind::library, library->path, true, library->name()});
    return library;
}

std::string environment_key() { return {}; }

}  // namespace alkomp::backend::webgpu
