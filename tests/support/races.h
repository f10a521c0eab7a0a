// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds accesses of different invocations that conflict and that no barrier orders.
#pragma once

#include "alkomp/dtype.h"

#include <unordered_map>

namespace alkomp::testing {

/// Who accesses memory, and behind how many barriers for that memory.
struct Accessor {
    u32 workgroup = 0, invocation = 0, epoch = 0;
};

class Races {
public:
    enum class Access : u8 { read, write, atomic };
    /// False if it conflicts with an earlier access to the same place.
    [[nodiscard]] bool access(u64 place, Access how, const Accessor& who);

private:
    // The accesses of one kind to one place: the last one, and whether others of its time stand beside it.
    struct Past {
        bool any = false, several = false, several_workgroups = false;
        Accessor last{};
        [[nodiscard]] bool is_before(const Accessor& who) const;
        void add(const Accessor& who);
    };
    struct Place {
        Past reads, writes, atomics;
    };
    std::unordered_map<u64, Place> places_;
};

}  // namespace alkomp::testing
