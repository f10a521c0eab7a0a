// SPDX-License-Identifier: MIT OR Apache-2.0
// `alkomp doctor`: what was looked for, what was found, and what would mend the rest.
#pragma once

#include "backend/backend.h"

#include <optional>
#include <string>
#include <vector>

namespace alkomp::command {

/// One backend of this build.
struct BackendReport {
    std::string name;
    std::vector<backend::Finding> findings;
    std::vector<std::string> devices;  ///< "vulkan:0 llvmpipe"
    std::string problem;               ///< why the devices could not be listed
};

/// The device that `Device()` opens, and how a first kernel went there.
struct TrialReport {
    std::string name, key, kind, driver;
    bool opened = false;
    bool worked = false;
    std::string detail;  ///< what ran, or what went wrong
};

struct CacheReport {
    std::string folder;  ///< empty: off
    bool writable = false;
    std::string detail;
};

struct GlslReport {
    std::string version;             ///< empty: this build has no compiler
    std::vector<std::string> lacks;  ///< extensions that it does not know, with what they are for
};

/// A problem and the one command that would mend it.
struct Mend {
    std::string problem;
    std::string command;
};

struct DoctorReport {
    std::string version;
    std::vector<BackendReport> backends;
    TrialReport trial;
    CacheReport cache;
    GlslReport glsl;
    std::vector<std::string> environment;  ///< variables that change what is found, "NAME=value"
    std::vector<Mend> mends;

    [[nodiscard]] bool usable() const noexcept { return trial.opened && trial.worked; }
};

[[nodiscard]] DoctorReport examine();

}  // namespace alkomp::command
