// SPDX-License-Identifier: MIT OR Apache-2.0
// The one exception type, its codes, and the log callback.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alkomp {

/// Whose fault an error is, and what the caller may do next.
enum class ErrorCode {
    invalid_argument,  ///< the call is wrong; nothing was queued
    unsupported,       ///< this device or build cannot do it; another may
    out_of_memory,     ///< the library goes on; free something and retry
    compile_failed,    ///< the kernel's source or SPIR-V is refused
    kernel_fault,      ///< a kernel did what it must not: an `assert_` did not hold
    device_lost,       ///< every waiter wakes with it; open a new Device
    timed_out,         ///< the wait gave up; the work lives on, waiting again is legal
    internal,          ///< a fault of alkomp or of a driver
};

/// The code's name as it is spelled in the enumeration.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// Every failure of alkomp. The text is "function: sentence", then "while ..." lines from the callers.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

private:
    ErrorCode code_;
};

enum class LogLevel { debug, info, warning, error };

/// Receives what alkomp and its drivers have to say; without one, alkomp is silent.
/// It may be called from any thread that is inside a call of alkomp; it must not call alkomp.
using LogCallback = std::function<void(LogLevel level, std::string_view text)>;

/// Replaces the process-wide log callback; an empty function silences it again.
void set_log(LogCallback callback);

}  // namespace alkomp
