// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of error codes, and the log callback.
#include "alkomp/error.h"

#include "runtime/log.h"

#include <memory>
#include <mutex>

namespace alkomp {
namespace {

struct Log {
    std::mutex mutex;
    std::shared_ptr<const LogCallback> callback;  ///< null: silent
};

// Never destroyed: drivers and late destructors may still log while the process ends.
Log& the_log() {
    static Log& log = *new Log;
    return log;
}

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument:
            return "invalid_argument";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::out_of_memory:
            return "out_of_memory";
        case ErrorCode::compile_failed:
            return "compile_failed";
        case ErrorCode::kernel_fault:
            return "kernel_fault";
        case ErrorCode::device_lost:
            return "device_lost";
        case ErrorCode::timed_out:
            return "timed_out";
        case ErrorCode::internal:
            return "internal";
    }
    return "internal";
}

void set_log(LogCallback callback) {
    auto next = callback ? std::make_shared<const LogCallback>(std::move(callback)) : nullptr;
    Log& log = the_log();
    const std::lock_guard lock(log.mutex);
    log.callback.swap(next);
}

namespace detail {

void log(LogLevel level, std::string_view text) {
    // Called outside the lock, so that a callback may wait for a thread that logs; the copy keeps it alive.
    try {
        std::shared_ptr<const LogCallback> callback;
        {
            Log& log = the_log();
            const std::lock_guard lock(log.mutex);
            callback = log.callback;
        }
        if (callback) (*callback)(level, text);
    } catch (...) {
        // A failing callback must not change what alkomp does.
    }
}

}  // namespace detail
}  // namespace alkomp
