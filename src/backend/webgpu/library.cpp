// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/webgpu/library.h"

namespace alkomp::backend::webgpu {

std::string Library::name() const {
    const std::string version = shim->version();
    return std::string(shim->traits().library) + (version.empty() ? "" : ' ' + version);
}

Instance::Instance(std::shared_ptr<const Library> of) : library(std::move(of)) {
    handle = library->shim->create_instance();
}

Instance::~Instance() {
    if (handle != nullptr) library->wgpu.InstanceRelease(handle);
}

}  // namespace alkomp::backend::webgpu
