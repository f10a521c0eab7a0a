// SPDX-License-Identifier: MIT OR Apache-2.0
// One limit for a whole call of several waits, and the refusal of waits where nobody can wait.
#pragma once

#include <chrono>

namespace alkomp::detail {

/// Throws unsupported: `function` would wait for a device that tells nothing until its caller has returned.
[[noreturn]] void refuse_to_wait(const char* function);

class Deadline {
public:
    explicit Deadline(std::chrono::nanoseconds limit) : limit_(limit), start_(std::chrono::steady_clock::now()) {}
    [[nodiscard]] std::chrono::nanoseconds limit() const noexcept { return limit_; }
    [[nodiscard]] std::chrono::nanoseconds left() const {
        const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - start_;
        return spent < limit_ ? limit_ - spent : std::chrono::nanoseconds::zero();
    }

private:
    std::chrono::nanoseconds limit_;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace alkomp::detail
