// SPDX-License-Identifier: MIT OR Apache-2.0
// One line on stderr that says how far long work is; only where a person watches.
#pragma once

#include "alkomp/device.h"

#include <chrono>
#include <optional>
#include <string>

namespace alkomp::command {

class Progress {
public:
    /// Silent for the first second, and always when stderr is no terminal.
    Progress(std::string what, u64 total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `within`: how far that is which comes next.
    void show(u64 done, const std::optional<DispatchProgress>& within = {});

private:
    std::string what_;
    u64 total_ = 0;
    bool terminal_ = false;
    bool shown_ = false;
    std::chrono::steady_clock::time_point begin_, last_;
};

}  // namespace alkomp::command
