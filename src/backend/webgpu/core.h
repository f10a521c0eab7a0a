// SPDX-License-Identifier: MIT OR Apache-2.0
// What every part of an open device shares: the WGPUDevice, its functions, its errors, and whether it is lost.
#pragma once

#include "backend/webgpu/adapter.h"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alkomp::backend::webgpu {

/// What a callback has told, for whoever polls. Callbacks run within any call of any thread, also of another device.
struct Event {
    Ticket ticket = 0;
    bool failed = false;
    std::string text;
};
class Inbox {
public:
    void add(Event event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
    }
    [[nodiscard]] std::vector<Event> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(events_, {});
    }
    /// Takes the event of one ticket, if it is there.
    bool take(Ticket ticket, Event& out);

private:
    std::mutex mutex_;
    std::vector<Event> events_;
};

struct Core {
    std::shared_ptr<const AdapterRecord> adapter;
    Capabilities capabilities;
    Properties properties;
    WGPUDevice device = nullptr;
    WGPUQueue queue = nullptr;
    std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();

    Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    [[nodiscard]] const Functions& wgpu() const noexcept { return adapter->wgpu(); }
    [[nodiscard]] const Shim& shim() const noexcept { return adapter->shim(); }
    [[nodiscard]] Ticket next_ticket() noexcept { return ++last_ticket_; }

    [[nodiscard]] bool lost() const noexcept { return lost_.load(std::memory_order_acquire); }
    void lose(const std::string& why);
    /// Before a call that a lost device does not survive: asks the library again where it must.
    [[nodiscard]] bool alive();
    /// What every function answers once the device is lost.
    [[nodiscard]] Status loss() const;

    /// Keeps other threads out of a library that cannot take two of them.
    [[nodiscard]] std::unique_lock<std::recursive_mutex> enter() {
        return synchronises ? std::unique_lock<std::recursive_mutex>() : std::unique_lock(mutex_);
    }
    bool synchronises = true;

    /// Lets callbacks run.
    void pump();
    /// An error that no scope caught: the next work that is reported has failed with it.
    void add_stray(std::string text);
    [[nodiscard]] std::string take_stray();

    std::recursive_mutex scope_mutex;

private:
    std::atomic<u64> last_ticket_{0};
    std::atomic<bool> lost_{false};
    std::atomic<bool> astray_{false};
    mutable std::mutex text_mutex_;
    std::string loss_, stray_;
    std::recursive_mutex mutex_;
};

/// Catches the errors of the calls made while it is open. Scopes belong to the thread or, in wgpu-native, to the device:
/// one thread at a time has some open.
class ErrorScope {
public:
    explicit ErrorScope(Core& core);
    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
    ~ErrorScope();

    /// "function: what the library says". `invalid` is the code of a validation error.
    Status end(const char* function, ErrorCode invalid = ErrorCode::internal);

private:
    struct Caught {
        WGPUErrorType type = WGPUErrorType_NoError;
        std::string text;
    };
    Caught pop();

    Core& core_;
    std::unique_lock<std::recursive_mutex> alone_;
    bool open_ = true;
};

}  // namespace alkomp::backend::webgpu
