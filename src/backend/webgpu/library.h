// SPDX-License-Identifier: MIT OR Apache-2.0
// WebGPU libraries, opened at run time, and the instance made from one.
#pragma once

#include "backend/webgpu/shim.h"

#include <memory>
#include <string>
#include <vector>

namespace alkomp::backend::webgpu {

/// Never closed: drivers leave threads and exit handlers behind that need its code.
struct Library {
    std::string path;
    Functions wgpu;
    std::unique_ptr<Shim> shim;

    /// "wgpu-native 29.0.1.1"
    [[nodiscard]] std::string name() const;
};

/// Opens ALKOMP_WEBGPU_LIBRARY's libraries if that is set, else those of the usual names, until one is of the backend's
/// kind. Adds what it tried to `findings`; null when nothing could be used.
[[nodiscard]] std::shared_ptr<const Library> open_library(std::string_view backend, std::vector<Finding>& findings);

/// What of the environment decides which libraries and drivers are found.
[[nodiscard]] std::string environment_key();

/// Devices share it, so that it goes last.
struct Instance {
    std::shared_ptr<const Library> library;
    WGPUInstance handle = nullptr;

    explicit Instance(std::shared_ptr<const Library> of);
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();
};

}  // namespace alkomp::backend::webgpu
