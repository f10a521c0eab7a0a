// SPDX-License-Identifier: MIT OR Apache-2.0
// Which work must wait for which. Every buffer remembers, per byte range, the last writes and the
// reads since; a new access that meets one of them needs a barrier when both are in the same epoch of
// one stream, a wait on the device when the other stream has not passed, and nothing else.
#pragma once

#include "alkomp/dtype.h"

#include <vector>

namespace alkomp::detail {

struct BufferRecord;
struct DeviceRecord;
struct Timeline;

/// One remembered access to bytes [begin, end).
struct Use {
    u64 begin = 0, end = 0;
    u64 sequence = 0;  ///< batch of the timeline
    u64 epoch = 0;     ///< of the timeline, when it was recorded
    u32 timeline = 0;
};

struct BufferUses {
    std::vector<Use> writes;  ///< disjoint
    std::vector<Use> reads;   ///< since those writes
};

/// Bytes that a command is about to access.
struct Access {
    u64 begin = 0, end = 0;
    bool writes = false;
};

struct BufferAccess {
    BufferRecord* record = nullptr;
    Access access;
};

/// What a command has to wait for. Gathered over all its accesses, then applied once.
struct Conflicts {
    bool barrier = false;
    struct Wait {
        u32 timeline = 0;
        u64 sequence = 0;
    };
    std::vector<Wait> waits;  ///< at most one per timeline
    void clear() {
        barrier = false;
        waits.clear();
    }
};

/// Adds to `out` what `access` on timeline `current` must wait for.
void find_conflicts(const DeviceRecord& device, const Timeline& current, const BufferUses& uses, const Access& access,
                    Conflicts& out);

/// Adds all that was recorded so far: what a kernel that uses raw addresses must wait for.
void find_all(const DeviceRecord& device, const Timeline& current, Conflicts& out);

/// The access of such a kernel, with which everything conflicts.
[[nodiscard]] Use use_of_everything(const Timeline& current);

/// Remembers `access` at the current epoch of `current`.
void note_use(const DeviceRecord& device, const Timeline& current, BufferUses& uses, const Access& access);

/// The points that must have passed before the CPU may read (`writes` false) or write [begin, end).
void host_waits(const DeviceRecord& device, const BufferUses& uses, const Access& access, Conflicts& out);

}  // namespace alkomp::detail
