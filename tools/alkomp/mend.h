// SPDX-License-Identifier: MIT OR Apache-2.0
// What would mend the problems that `doctor` finds, in the words of this system's package manager.
#pragma once

#include "doctor.h"

#include <string>
#include <string_view>
#include <vector>

namespace alkomp::command {

enum class Family { debian, ubuntu, fedora, arch, suse, alpine, macos, windows, unknown };

struct System {
    Family family = Family::unknown;
    bool root = false;
    std::string nvidia_driver;  ///< version of NVIDIA's kernel driver; empty: there is none
    bool container = false;
};

/// Source: os-release(5), ID and ID_LIKE.
[[nodiscard]] Family family_of(std::string_view os_release);
[[nodiscard]] System this_system();
[[nodiscard]] std::vector<Mend> find_mends(const DoctorReport& report, const System& system);

}  // namespace alkomp::command
