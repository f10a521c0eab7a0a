// SPDX-License-Identifier: MIT OR Apache-2.0
// What every part of an open device shares: the WGPUDevice, its functions, its errors, and whether it is lost.
#pragma once

#include "backend/webgpu/adapter.h"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace alkomp::backend::webgpu {

/// What a callback has told, for whoever polls. Callbacks run within any call of any thread, also of another device.
struct Event {
    Ticket ticket = 0;  ///< 0: of nobody in particular
    Status status;
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
    void add_stray(Status status);
    [[nodiscard]] Status take_stray();

    [[nodiscard]] bool answers_later() const noexcept { return shim().traits().answers_later; }
    /// Makes the completion of a call that a scope told the ticket of; false when the event is of something else.
    bool finish_call(const Event& event, Completion& out);
    [[nodiscard]] bool calling() const noexcept { return !calls_.empty(); }
    /// Appends a failed completion for every open call.
    void fail_calls(std::vector<Completion>& out);
    void add_call(Ticket ticket) { calls_.insert(ticket); }

    std::recursive_mutex scope_mutex;

private:
    std::atomic<u64> last_ticket_{0};
    std::atomic<bool> lost_{false};
    std::atomic<bool> astray_{false};
    mutable std::mutex text_mutex_;
    std::string loss_;
    Status stray_;
    std::unordered_set<Ticket> calls_;  ///< open ones; only where `answers_later`
    std::recursive_mutex mutex_;
};

/// What a scope has caught.
struct Caught {
    WGPUErrorType type = WGPUErrorType_NoError;
    std::string text;
};

/// Catches the errors of the calls made while it is open. Scopes belong to the thread or, in wgpu-native, to the device:
/// one thread at a time has some open.
class ErrorScope {
public:
    explicit ErrorScope(Core& core);
    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
    ~ErrorScope();

    /// "function: what the library says". `invalid` is the code of a validation error. Where answers come later there is
    /// none yet, and the next work that is reported has failed with it.
    Status end(const char* function, ErrorCode invalid = ErrorCode::internal);
    /// The same as an answer of the seam: where answers come later, with a ticket.
    Pending finish(const char* function, ErrorCode invalid);
    /// Where answers come later: as an event of the ticket.
    void end_for(Ticket ticket, const char* function, ErrorCode invalid = ErrorCode::internal);

private:
    Caught pop();

    Core& core_;
    std::unique_lock<std::recursive_mutex> alone_;
    bool open_ = true;
};

}  // namespace alkomp::backend::webgpu
