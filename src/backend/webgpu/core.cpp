// SPDX-License-Identifier: MIT OR Apache-2.0
// Errors, their scopes and the loss of a device.
#include "backend/webgpu/core.h"

#include "backend/webgpu/answer.h"
#include "runtime/log.h"

#include <algorithm>

namespace alkomp::backend::webgpu {

bool Inbox::take(Ticket ticket, Event& out) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(events_.begin(), events_.end(), [&](const Event& event) { return event.ticket == ticket; });
    if (found == events_.end()) return false;
    out = std::move(*found);
    events_.erase(found);
    return true;
}

void Core::lose(const std::string& why) {
    const std::lock_guard lock(text_mutex_);
    if (loss_.empty()) loss_ = why.empty() ? "the device is lost" : why;
    lost_.store(true, std::memory_order_release);
}

bool Core::alive() {
    if (lost() || !shim().traits().ranges_need_device) return !lost();
    // The cheapest call that fails on a lost device: the library keeps empty layouts.
    ErrorScope scope(*this);
    const WGPUBindGroupLayoutDescriptor nothing{};
    if (WGPUBindGroupLayout layout = wgpu().DeviceCreateBindGroupLayout(device, &nothing); layout != nullptr)
        wgpu().BindGroupLayoutRelease(layout);
    (void)scope.end("wgpuDeviceCreateBindGroupLayout");
    return !lost();
}

Status Core::loss() const {
    const std::lock_guard lock(text_mutex_);
    return Status::failure(ErrorCode::device_lost, loss_);
}

void Core::pump() {
    const auto inside = enter();
    shim().pump(adapter->instance->handle, device);
}

void Core::add_stray(std::string text) {
    detail::log(LogLevel::error, "WebGPU: " + text);
    const std::lock_guard lock(text_mutex_);
    if (stray_.empty()) stray_ = std::move(text);
    astray_.store(true, std::memory_order_release);
}

std::string Core::take_stray() {
    if (!astray_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock(text_mutex_);
    astray_.store(false, std::memory_order_release);
    return std::exchange(stray_, {});
}

ErrorScope::ErrorScope(Core& core) : core_(core), alone_(core.scope_mutex) {
    core_.wgpu().DevicePushErrorScope(core_.device, WGPUErrorFilter_OutOfMemory);
    core_.wgpu().DevicePushErrorScope(core_.device, WGPUErrorFilter_Validation);
}

ErrorScope::~ErrorScope() {
    if (open_) static_cast<void>(end(""));
}

ErrorScope::Caught ErrorScope::pop() {
    Answer<Caught> answer;
    const auto take = [](WGPUPopErrorScopeStatus, WGPUErrorType type, WGPUStringView text, void* to, void*) {
        Answer<Caught>::give(to, {type, text_of(text)});
    };
    core_.wgpu().DevicePopErrorScope(core_.device,
                                     {nullptr, WGPUCallbackMode_AllowSpontaneous, take, answer.receiver(), nullptr});
    if (answer.wait([&] { core_.pump(); })) return std::move(answer.value());
    return {WGPUErrorType_Unknown, "the library does not say what became of the call"};
}

Status ErrorScope::end(const char* function, ErrorCode invalid) {
    open_ = false;
    const Caught of_validation = pop(), of_memory = pop();
    const Caught& caught = of_memory.type != WGPUErrorType_NoError ? of_memory : of_validation;
    if (core_.lost()) return core_.loss();
    if (caught.type == WGPUErrorType_NoError) return {};
    std::string text = std::string(function) + ": " + caught.text;
    // wgpu-native tells of some that way only.
    if (caught.text.find("device is lost") != std::string::npos) {
        core_.lose(text);
        return core_.loss();
    }
    const bool memory =
        caught.type == WGPUErrorType_OutOfMemory || caught.text.find("Not enough memory left") != std::string::npos;
    return Status::failure(memory ? ErrorCode::out_of_memory : invalid, std::move(text));
}

}  // namespace alkomp::backend::webgpu
