// SPDX-License-Identifier: MIT OR Apache-2.0
// A WebGPU library that forwards to a real one, on which it depends, and makes any of its answers a fault: those of error
// scopes, which tell of every call that makes or submits something, of callbacks, and of calls that give an address.
// Handles of bind groups it gives out again as soon as they are free.
#include "fault/webgpu_shim.h"

#include <webgpu.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using alkomp::testing::WebGpuFault;

namespace {

constexpr const char* kText = "an injected fault";

struct State {
    std::recursive_mutex mutex;
    std::vector<const char*> answers;
    std::string armed;  // function; empty: none
    std::size_t armed_after = 0;
    WebGpuFault fault = WebGpuFault::invalid;
    bool fired = false;
    // Of the last device.
    WGPUDeviceLostCallbackInfo on_loss{};
    WGPUDevice device = nullptr;
};

State& state() {
    static auto* instance = new State;
    return *instance;
}

template <class F>
F real(const char* name) {
    static void* const library = dlopen(ALKOMP_FAULT_REAL, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        std::fprintf(stderr, "fault shim: %s\n", dlerror());
        std::abort();
    }
    return reinterpret_cast<F>(dlsym(library, name));
}
#define REAL(name) real<decltype(&name)>(#name)

WGPUStringView view(const char* text) { return {text, std::strlen(text)}; }

/// Counts an answer; true when it is the armed one. A loss is told here.
bool faulty(const char* function) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.answers.push_back(function);
    if (s.fired || s.armed != function) return false;
    if (s.armed_after-- != 0) return false;
    s.fired = true;
    if (s.fault != WebGpuFault::lost) return true;
    if (s.on_loss.callback != nullptr && s.device != nullptr)
        s.on_loss.callback(&s.device, WGPUDeviceLostReason_Unknown, view(kText), s.on_loss.userdata1,
                           s.on_loss.userdata2);
    return false;
}

/// Stands for a bind group, so that handles are used again as unluckily as an allocator may.
struct Group {
    WGPUBindGroup real = nullptr;
};
struct Groups {
    std::mutex mutex;
    std::vector<Group*> free;
    Group* told = nullptr;  // the one that a pass has heard of last
};
Groups& groups() {
    static auto* instance = new Groups;
    return *instance;
}

/// A callback's receiver with the one that it was meant for.
template <class Info>
struct Wrapped {
    Info info;
};
template <class Info>
std::unique_ptr<Wrapped<Info>> unwrap(void* receiver) {
    return std::unique_ptr<Wrapped<Info>>(static_cast<Wrapped<Info>*>(receiver));
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) void webgpu_fault_reset() {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.answers.clear();
    s.armed.clear();
    s.fired = false;
}
__attribute__((visibility("default"))) void webgpu_fault_arm(const char* function, std::size_t occurrence, int fault) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.armed = function;
    s.armed_after = occurrence;
    s.fault = static_cast<WebGpuFault>(fault);
}
__attribute__((visibility("default"))) const char* webgpu_fault_answer(std::size_t answer) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    return answer < s.answers.size() ? s.answers[answer] : nullptr;
}
__attribute__((visibility("default"))) bool webgpu_fault_fired() {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    return s.fired;
}

WGPUFuture wgpuAdapterRequestDevice(WGPUAdapter adapter, WGPUDeviceDescriptor const* descriptor,
                                    WGPURequestDeviceCallbackInfo info) {
    if (faulty("wgpuAdapterRequestDevice")) {
        info.callback(WGPURequestDeviceStatus_Error, nullptr, view(kText), info.userdata1, info.userdata2);
        return {0};
    }
    {
        State& s = state();
        const std::lock_guard lock(s.mutex);
        s.on_loss = descriptor->deviceLostCallbackInfo;
    }
    auto* wrapped = new Wrapped<WGPURequestDeviceCallbackInfo>{info};
    info.userdata1 = wrapped;
    info.callback = [](WGPURequestDeviceStatus status, WGPUDevice device, WGPUStringView text, void* receiver, void*) {
        const auto meant = unwrap<WGPURequestDeviceCallbackInfo>(receiver);
        state().device = device;
        meant->info.callback(status, device, text, meant->info.userdata1, meant->info.userdata2);
    };
    return REAL(wgpuAdapterRequestDevice)(adapter, descriptor, info);
}

void wgpuDeviceRelease(WGPUDevice device) {
    {
        State& s = state();
        const std::lock_guard lock(s.mutex);
        if (s.device == device) s.device = nullptr;
    }
    REAL(wgpuDeviceRelease)(device);
}

WGPUBool wgpuDeviceHasFeature(WGPUDevice device, WGPUFeatureName feature) {
    if (faulty("wgpuDeviceHasFeature")) return 0;
    return REAL(wgpuDeviceHasFeature)(device, feature);
}

WGPUFuture wgpuDevicePopErrorScope(WGPUDevice device, WGPUPopErrorScopeCallbackInfo info) {
    if (!faulty("wgpuDevicePopErrorScope")) return REAL(wgpuDevicePopErrorScope)(device, info);
    auto* wrapped = new Wrapped<WGPUPopErrorScopeCallbackInfo>{info};
    info.userdata1 = wrapped;
    info.callback = [](WGPUPopErrorScopeStatus status, WGPUErrorType, WGPUStringView, void* receiver, void*) {
        const auto meant = unwrap<WGPUPopErrorScopeCallbackInfo>(receiver);
        const bool memory = state().fault == WebGpuFault::memory;
        meant->info.callback(status, memory ? WGPUErrorType_OutOfMemory : WGPUErrorType_Validation, view(kText),
                             meant->info.userdata1, meant->info.userdata2);
    };
    return REAL(wgpuDevicePopErrorScope)(device, info);
}

WGPUFuture wgpuBufferMapAsync(WGPUBuffer buffer, WGPUMapMode mode, size_t offset, size_t size,
                              WGPUBufferMapCallbackInfo info) {
    if (!faulty("wgpuBufferMapAsync")) return REAL(wgpuBufferMapAsync)(buffer, mode, offset, size, info);
    info.callback(WGPUMapAsyncStatus_Error, view(kText), info.userdata1, info.userdata2);
    return {0};
}

WGPUFuture wgpuQueueOnSubmittedWorkDone(WGPUQueue queue, WGPUQueueWorkDoneCallbackInfo info) {
    if (!faulty("wgpuQueueOnSubmittedWorkDone")) return REAL(wgpuQueueOnSubmittedWorkDone)(queue, info);
    auto* wrapped = new Wrapped<WGPUQueueWorkDoneCallbackInfo>{info};
    info.userdata1 = wrapped;
    info.callback = [](WGPUQueueWorkDoneStatus, WGPUStringView, void* receiver, void*) {
        const auto meant = unwrap<WGPUQueueWorkDoneCallbackInfo>(receiver);
        meant->info.callback(WGPUQueueWorkDoneStatus_Error, view(kText), meant->info.userdata1, meant->info.userdata2);
    };
    return REAL(wgpuQueueOnSubmittedWorkDone)(queue, info);
}

void* wgpuBufferGetMappedRange(WGPUBuffer buffer, size_t offset, size_t size) {
    if (faulty("wgpuBufferGetMappedRange")) return nullptr;
    return REAL(wgpuBufferGetMappedRange)(buffer, offset, size);
}
void const* wgpuBufferGetConstMappedRange(WGPUBuffer buffer, size_t offset, size_t size) {
    if (faulty("wgpuBufferGetConstMappedRange")) return nullptr;
    return REAL(wgpuBufferGetConstMappedRange)(buffer, offset, size);
}

/// Where the handle that a pass has heard of last is free, it is the new one.
WGPUBindGroup wgpuDeviceCreateBindGroup(WGPUDevice device, WGPUBindGroupDescriptor const* descriptor) {
    WGPUBindGroup made = REAL(wgpuDeviceCreateBindGroup)(device, descriptor);
    if (made == nullptr) return nullptr;
    Groups& all = groups();
    const std::lock_guard lock(all.mutex);
    if (all.free.empty()) all.free.push_back(new Group);
    auto chosen = std::find(all.free.begin(), all.free.end(), all.told);
    if (chosen == all.free.end()) --chosen;
    Group* const group = *chosen;
    all.free.erase(chosen);
    group->real = made;
    return reinterpret_cast<WGPUBindGroup>(group);
}
void wgpuBindGroupRelease(WGPUBindGroup handle) {
    auto* const group = reinterpret_cast<Group*>(handle);
    REAL(wgpuBindGroupRelease)(group->real);
    Groups& all = groups();
    const std::lock_guard lock(all.mutex);
    all.free.push_back(group);
}
void wgpuComputePassEncoderSetBindGroup(WGPUComputePassEncoder pass, uint32_t number, WGPUBindGroup handle,
                                        size_t count, uint32_t const* offsets) {
    auto* const group = reinterpret_cast<Group*>(handle);
    {
        Groups& all = groups();
        const std::lock_guard lock(all.mutex);
        all.told = group;
    }
    REAL(wgpuComputePassEncoderSetBindGroup)(pass, number, group == nullptr ? nullptr : group->real, count, offsets);
}
}
