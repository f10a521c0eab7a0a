// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports as text for people and as JSON for programs. Nothing else prints to stdout.
#pragma once

#include "devices.h"
#include "doctor.h"
#include "run.h"
#include "translate.h"

#include <string>

namespace alkomp::command {

/// How much of each device `text` tells: all limits and features when true.
struct DevicesText {
    bool all = false;
};

[[nodiscard]] std::string text(const DevicesReport& report, DevicesText options);
[[nodiscard]] std::string text(const DoctorReport& report);
[[nodiscard]] std::string text(const RunReport& report);
/// Of `check`: each fault, and a last line that counts them.
[[nodiscard]] std::string faults_text(const RunReport& report);

[[nodiscard]] std::string json(const DevicesReport& report);
[[nodiscard]] std::string json(const DoctorReport& report);
[[nodiscard]] std::string json(const RunReport& report);
[[nodiscard]] std::string faults_json(const RunReport& report);
[[nodiscard]] std::string json(const TranslateReport& report);

/// "79.6 GiB", "12 MiB", "512 B"
[[nodiscard]] std::string size_text(u64 size_bytes);
/// "1.23 ms"
[[nodiscard]] std::string time_text(u64 time_ns);
[[nodiscard]] const char* to_string(backend::Finding::Kind kind);

}  // namespace alkomp::command
