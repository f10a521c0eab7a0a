// SPDX-License-Identifier: MIT OR Apache-2.0
// Calls that bind one buffer more than once and write it, on devices whose WGSL forbids that: the kernel in another form,
// made when such a call first comes.
#pragma once

#include "backend/backend.h"
#include "ir/pass/merge_buffers.h"

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

/// A kernel's form for one way of sharing.
struct SharedForm {
    Sharing sharing;
    backend::KernelId id = backend::KernelId::none;
};

/// The form of the call's kernel that its buffers need, made if there is none; null for the kernel as it is. Under the
/// device's mutex. Throws unsupported, and what compiling throws.
[[nodiscard]] const SharedForm* shared_form(DeviceRecord& device, const CheckedCall& call);

}  // namespace alkomp::detail
