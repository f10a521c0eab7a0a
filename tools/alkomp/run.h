// SPDX-License-Identifier: MIT OR Apache-2.0
// `alkomp run`, `alkomp trace` and `alkomp check`: one kernel over files.
#pragma once

#include "alkomp/device.h"
#include "request.h"

#include <optional>
#include <string>
#include <vector>

namespace alkomp::command {

/// One buffer as it went in and came out.
struct RunBuffer {
    std::string name;
    u32 set = 0;
    u32 binding = 0;
    std::string type;  ///< "f32"
    Shape shape;
    std::string input;  ///< empty: none
    std::string output;
};

/// GPU time of one run of the kernel.
struct RunTime {
    u64 runs = 0;
    u64 least_ns = 0, mean_ns = 0, greatest_ns = 0;
};

struct RunReport {
    std::string kernel;
    std::string device;
    std::string device_key;  ///< "vulkan:0"
    std::optional<Groups> groups;
    std::array<u32, 3> workgroup_size{};
    u32 repeat = 1;
    std::vector<RunBuffer> buffers;
    std::optional<RunTime> time;   ///< none: not asked for, or the device has no timestamps
    bool timed = false;            ///< it was asked for
    u64 wall_ns = 0;               ///< from the first call to the last one's end, on the host
    Profile profile;               ///< of `trace`
    std::string trace;             ///< the file that was written
    std::vector<Fault> faults;     ///< of `check`
    std::vector<TraceStep> steps;  ///< of `check`, when they are not printed at once
    std::string failure;           ///< of `check`: why the kernel's work failed, so that nothing was saved
};

/// SPIR-V by its first word or its name (.spv), else GLSL.
[[nodiscard]] Source read_kernel(const std::filesystem::path& path);

/// Runs the kernel and writes its outputs, all of them or none. Throws Failure and alkomp::Error.
[[nodiscard]] RunReport run(const RunRequest& request);

/// The same with GPU timestamps, written to `request.trace`.
[[nodiscard]] RunReport trace(const RunRequest& request);

}  // namespace alkomp::command
