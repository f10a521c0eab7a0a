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

void Core::add_stray(Status status) {
    detail::log(LogLevel::error, "WebGPU: " + status.text);
    const std::lock_guard lock(text_mutex_);
    if (stray_.ok()) stray_ = std::move(status);
    astray_.store(true, std::memory_order_release);
}

Status Core::take_stray() {
    if (!astray_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock(text_mutex_);
    astray_.store(false, std::memory_order_release);
    return std::exchange(stray_, {});
}

bool Core::finish_call(const Event& event, Completion& out) {
    if (calls_.erase(event.ticket) == 0) return false;
    out.ticket = event.ticket;
    out.status = lost() ? loss() : event.status;
    return true;
}

void Core::fail_calls(std::vector<Completion>& out) {
    for (const Ticket ticket : calls_) {
        Completion completion;
        completion.ticket = ticket;
        completion.status = loss();
        out.push_back(std::move(completion));
    }
    calls_.clear();
}

ErrorScope::ErrorScope(Core& core) : core_(core), alone_(core.scope_mutex) {
    core_.wgpu().DevicePushErrorScope(core_.device, WGPUErrorFilter_OutOfMemory);
    core_.wgpu().DevicePushErrorScope(core_.device, WGPUErrorFilter_Validation);
}

ErrorScope::~ErrorScope() {
    if (open_) static_cast<void>(end(""));
}

namespace {

/// What becomes of a call whose scopes have caught this.
Status status_of(const Caught& of_validation, const Caught& of_memory, const std::string& function, ErrorCode invalid) {
    const Caught& caught = of_memory.type != WGPUErrorType_NoError ? of_memory : of_validation;
    if (caught.type == WGPUErrorType_NoError) return {};
    const bool memory =
        caught.type == WGPUErrorType_OutOfMemory || caught.text.find("Not enough memory left") != std::string::npos;
    return Status::failure(memory ? ErrorCode::out_of_memory : invalid, function + ": " + caught.text);
}

/// Who waits for both scopes of a call, where answers come later.
struct Pops {
    std::shared_ptr<Inbox> inbox;
    Ticket ticket = 0;
    std::string function;
    ErrorCode invalid = ErrorCode::internal;
    std::vector<Caught> caught;

    static void take(WGPUPopErrorScopeStatus, WGPUErrorType type, WGPUStringView text, void* to, void*) {
        auto* const self = static_cast<Pops*>(to);
        self->caught.push_back({type, text_of(text)});
        if (self->caught.size() < 2) return;
        const std::unique_ptr<Pops> last(self);
        Status status = status_of(self->caught[0], self->caught[1], self->function, self->invalid);
        if (self->ticket != 0 || status.failed) self->inbox->add({self->ticket, std::move(status)});
    }
};

}  // namespace

Caught ErrorScope::pop() {
    Answer<Caught> answer;
    const auto take = [](WGPUPopErrorScopeStatus, WGPUErrorType type, WGPUStringView text, void* to, void*) {
        Answer<Caught>::give(to, {type, text_of(text)});
    };
    core_.wgpu().DevicePopErrorScope(core_.device,
                                     {nullptr, WGPUCallbackMode_AllowSpontaneous, take, answer.receiver(), nullptr});
    if (answer.wait([&] { core_.pump(); })) return std::move(answer.value());
    return {WGPUErrorType_Unknown, "the library does not say what became of the call"};
}

void ErrorScope::end_for(Ticket ticket, const char* function, ErrorCode invalid) {
    open_ = false;
    auto* const pops = new Pops{core_.inbox, ticket, function, invalid, {}};
    for (int scope = 0; scope < 2; ++scope)
        core_.wgpu().DevicePopErrorScope(core_.device,
                                         {nullptr, WGPUCallbackMode_AllowSpontaneous, Pops::take, pops, nullptr});
}

Pending ErrorScope::finish(const char* function, ErrorCode invalid) {
    if (!core_.answers_later()) return {0, end(function, invalid)};
    const Ticket ticket = core_.next_ticket();
    core_.add_call(ticket);
    end_for(ticket, function, invalid);
    return {ticket, {}};
}

Status ErrorScope::end(const char* function, ErrorCode invalid) {
    if (core_.answers_later()) {
        end_for(0, function, invalid);
        return {};
    }
    open_ = false;
    const Caught of_validation = pop(), of_memory = pop();
    if (core_.lost()) return core_.loss();
    Status status = status_of(of_validation, of_memory, function, invalid);
    // wgpu-native tells of some that way only.
    if (status.text.find("device is lost") != std::string::npos) {
        core_.lose(status.text);
        return core_.loss();
    }
    return status;
}

}  // namespace alkomp::backend::webgpu
