// SPDX-License-Identifier: MIT OR Apache-2.0
// The records behind Shader and Kernel, and the way from a source to them.
#pragma once

#include "alkomp/kernel.h"
#include "backend/backend.h"
#include "backend/interface.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alkomp::detail {

struct DeviceRecord;

/// Immutable once made.
struct ShaderRecord {
    std::vector<u32> words;  ///< SPIR-V; empty for WGSL
    std::string text;        ///< WGSL
    Language language = Language::spirv;
    Interface interface;
    std::string name;
    std::string key;         ///< names its words and interface: part of every kernel cache key
};

struct KernelRecord {
    std::shared_ptr<DeviceRecord> device;
    backend::KernelId id = backend::KernelId::none;
    Interface interface;
    std::array<u32, 3> workgroup_size{1, 1, 1};  ///< with the constants it was compiled with
    std::string label;
    u32 last_timeline = 0;  ///< guarded by DeviceRecord::mutex: where and when it was used last
    u64 last_sequence = 0;
    bool used_elsewhere = false;  ///< on more than one timeline: release waits for all of them

    ~KernelRecord();  ///< released once the work that uses it has passed
};

}  // namespace alkomp::detail
