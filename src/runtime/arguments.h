// SPDX-License-Identifier: MIT OR Apache-2.0
// A call's arguments checked against a kernel's interface, before anything is queued.
#pragma once

#include "alkomp/kernel.h"
#include "backend/interface.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace alkomp::detail {

struct BufferRecord;
struct DeviceRecord;
struct KernelRecord;

/// One buffer of a checked call, in the order of Interface::bindings.
struct BoundBuffer {
    BufferRecord* record = nullptr;
    u64 offset_bytes = 0;
    u64 size_bytes = 0;
    bool reads = true;
    bool writes = true;
};

/// A checked call. Its vectors are used again from call to call.
struct CheckedCall {
    KernelRecord* kernel = nullptr;
    std::array<u32, 3> groups{};
    bool nothing = false;  ///< a workgroup count is 0 or there are no elements: legal, does nothing
    BufferRecord* indirect = nullptr;
    u64 indirect_offset_bytes = 0;
    std::vector<BoundBuffer> buffers;
    std::vector<std::byte> scalars;  ///< the whole push constant block
};

/// Throws invalid_argument or unsupported with the kernel, the argument, what was given and wanted.
void check_arguments(const DeviceRecord& device, KernelRecord& kernel, std::span<const Argument> arguments,
                     CheckedCall& out);

/// Writes one scalar argument into the push constant block at its member, converting where every
/// value fits. `function` starts the message.
void store_scalar(const KernelRecord& kernel, std::size_t index, const Argument& argument, std::span<std::byte> block);

/// Checks one buffer argument against a binding.
BoundBuffer check_buffer(const DeviceRecord& device, const KernelRecord& kernel, std::size_t index,
                         const AnyView& view);

}  // namespace alkomp::detail
