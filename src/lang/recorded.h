// SPDX-License-Identifier: MIT OR Apache-2.0
// A kernel recorded from C++, and what it became for each device that it was called on.
#pragma once

#include "alkomp/lang/kernel.h"
#include "ir/module.h"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace alkomp::detail {

struct DeviceRecord;
struct KernelRecord;

struct RecordedKernelRecord {
    ir::Module module;
    std::string name;
    u32 serial = 0;             ///< names it among all of this process
    bool needs_groups = false;  ///< it has barriers or subgroup operations: a call has to name its workgroups
    u32 groups_line = 0;        ///< of the first of them
    bool robust = true;
    u32 subgroup_size = 0;

    std::mutex mutex;
    std::vector<std::weak_ptr<DeviceRecord>> devices;  ///< that keep a kernel compiled from it

    ~RecordedKernelRecord();
};

/// A recorded kernel is compiled a second time, with buffers that share memory, once a call gives one buffer twice.
enum class Buffers : u8 { apart, aliased };
[[nodiscard]] constexpr u64 key_of(u32 serial, Buffers buffers) { return u64{serial} << 1 | static_cast<u64>(buffers); }

/// The kernel compiled for this device, at the first call of it; the device keeps it for as long as the recorded kernel
/// lives. Under no lock. Slots may get other buffers later. Throws: invalid_argument where the arguments name no groups
/// but must; and as compile.
[[nodiscard]] std::shared_ptr<KernelRecord> kernel_for(DeviceRecord& device, const RecordedKernel& kernel,
                                                       std::span<const Argument> arguments);
/// The same without a call.
[[nodiscard]] std::shared_ptr<KernelRecord> kernel_for(DeviceRecord& device, const RecordedKernel& kernel,
                                                       Buffers buffers, const char* function);

}  // namespace alkomp::detail
