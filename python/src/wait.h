// SPDX-License-Identifier: MIT OR Apache-2.0
// Waiting from Python: in slices without the GIL, so that other threads and Ctrl-C get their turn.
#pragma once

#include "module.h"

#include <algorithm>
#include <chrono>

namespace alkompy {

struct ShapedBuffer;

/// A `timeout=` of Python: seconds, or None for as long as it takes.
class Patience {
public:
    Patience() : Patience(std::chrono::seconds(60)) {}
    /// Throws invalid_argument when it is negative or not a number; `function` starts the message.
    Patience(nb::handle seconds, const char* function);

    [[nodiscard]] std::chrono::nanoseconds left() const noexcept {
        const auto now = std::chrono::steady_clock::now();
        return now >= end_ ? std::chrono::nanoseconds(0) : end_ - now;
    }
    [[nodiscard]] std::chrono::nanoseconds waited() const noexcept { return limit_ - left(); }
    [[nodiscard]] std::string text() const;

private:
    explicit Patience(std::chrono::nanoseconds limit) : limit_(limit), end_(std::chrono::steady_clock::now() + limit) {}
    std::chrono::nanoseconds limit_;
    std::chrono::steady_clock::time_point end_;
};

/// Between two slices: log lines are delivered and a signal handler runs; what it raises ends the wait.
void between_slices();

[[noreturn]] void time_out(const Patience& patience, const char* function);

/// How long one slice lasts, and so how long Ctrl-C may go unnoticed.
constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(50);

/// Calls `wait_for(limit)`, which returns whether it is done, until it is. Throws timed_out.
template <class WaitFor>
void wait_in_slices(const Patience& patience, const char* function, WaitFor&& wait_for,
                    std::chrono::nanoseconds slice = kSlice) {
    for (;;) {
        const std::chrono::nanoseconds left = patience.left();
        bool done = false;
        {
            const WithoutGil release;
            done = wait_for(std::min(left, slice));
        }
        between_slices();
        if (done) return;
        if (left <= slice) time_out(patience, function);
    }
}

/// Calls `wait(limit)`, which throws timed_out when the limit passes; returns whether it did not.
template <class Wait>
bool finishes(Wait&& wait, std::chrono::nanoseconds limit) {
    try {
        wait(alkomp::Timeout(limit));
        return true;
    } catch (const alkomp::Error& error) {
        if (error.code() != alkomp::ErrorCode::timed_out) throw;
        return false;
    }
}

/// Copies a buffer back into `out`, or into a new array when it is None; returns the array.
nb::object get(alkomp::Stream& stream, const ShapedBuffer& buffer, nb::handle out, const Patience& patience);

}  // namespace alkompy
