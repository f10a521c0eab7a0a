// SPDX-License-Identifier: MIT OR Apache-2.0
// Calls that a kernel of WebGPU cannot take as it is: that bind one buffer more than once and write it, have more
// workgroups along a dimension than there may be, or a buffer that is larger than a binding. They get the kernel in another form, made when such a call first comes.
#pragma once

#include "backend/backend.h"
#include "backend/interface.h"
#include "runtime/arena.h"

#include <array>
#include <span>
#include <vector>

namespace alkomp::detail {

struct CheckedCall;
struct DeviceRecord;

/// How a call's buffers share memory, by place among the bindings.
struct Sharing {
    struct Place {
        u32 first = 0;         ///< the first place with the same bytes; itself, if there is none before
        bool written = false;  ///< the buffer is written, through this place or another
        bool operator==(const Place&) const = default;
    };
    std::vector<Place> places;  ///< empty: nothing has to be changed
    bool operator==(const Sharing&) const = default;
};

/// Throws unsupported where no form of the kernel would do.
[[nodiscard]] Sharing sharing_of(const CheckedCall& call);

/// What calls want of a kernel besides what it is.
struct CallShape {
    Sharing sharing;
    bool folded = false;     ///< the workgroups stand in another grid
    std::vector<u32> parts;  ///< by place among the bindings: how many bindings the buffer takes; empty: one each
    [[nodiscard]] bool has_own_scalars() const { return folded || !parts.empty(); }
    bool operator==(const CallShape&) const = default;
};

/// As many workgroups every WebGPU device takes along a dimension.
inline constexpr u64 kMostGroups = 65535;

/// The grid of dimensions that every device takes, for so many workgroups, up to `ir::kMostFoldedGroups`.
[[nodiscard]] std::array<u32, 3> folded_grid(u64 count);

/// A kernel's form for some calls. The user's scalars lie in it as in the kernel itself.
struct KernelForm {
    CallShape shape;
    backend::KernelId id = backend::KernelId::none;
    std::vector<ByteCountInfo> byte_counts;
    u32 user_scalar_bytes = 0;
    u32 scalar_bytes = 0;
    u32 groups_offset_bytes = 0;  ///< where a folded one has its counts
};

/// The form that a call needs of its kernel, made if there is none; null for the kernel as it is. Under the device's
/// mutex. Throws unsupported, and what compiling throws.
[[nodiscard]] const KernelForm* form_for(DeviceRecord& device, const CheckedCall& call);

/// In each part but the last of a buffer above the binding limit.
[[nodiscard]] u64 part_bytes(const Limits& limits);

/// The call's scalars as a form with its own ones takes them.
[[nodiscard]] std::span<const std::byte> scalars_of(const KernelForm& form, const CheckedCall& call, Arena& arena);

}  // namespace alkomp::detail
