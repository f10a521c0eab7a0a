// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds things by what they are in a list that somebody else holds.
#pragma once

#include "alkomp/dtype.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace alkomp::ir {

/// Hashes and places in the list, in one block: a search looks at what lies side by side, and a copy is cheap.
class PlaceTable {
public:
    static constexpr u32 kNone = 0xffffffff;

    /// The place with this hash that `is_it(place)` says it is; none: `kNone`.
    template <class IsIt>
    [[nodiscard]] u32 find(u32 hash, IsIt is_it) const {
        if (entries_.empty()) return kNone;
        for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
            const Entry& entry = entries_[at];
            if (entry.place == kNone || (entry.hash == hash && is_it(entry.place))) return entry.place;
        }
    }
    /// Of something that is not found yet.
    void add(u32 hash, u32 place) {
        if (++count_ * 4 > entries_.size() * 3) grow();
        put({hash, place});
    }

private:
    struct Entry {
        u32 hash = 0, place = kNone;
    };

    std::size_t mask() const { return entries_.size() - 1; }
    void put(Entry entry) {
        std::size_t at = entry.hash & mask();
        while (entries_[at].place != kNone) at = (at + 1) & mask();
        entries_[at] = entry;
    }
    void grow() {
        constexpr std::size_t kFirst = 16;
        const std::vector<Entry> old =
            std::exchange(entries_, std::vector<Entry>(std::max(kFirst, entries_.size() * 2)));
        for (const Entry& entry : old)
            if (entry.place != kNone) put(entry);
    }

    std::vector<Entry> entries_;  // a power of two
    std::size_t count_ = 0;
};

/// Mixes words into a hash all bits of which can be used.
class Mix {
public:
    void add(u64 word) {
        hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15u;
        hash_ ^= hash_ >> 32;
    }
    [[nodiscard]] u32 hash() const { return static_cast<u32>(hash_); }

private:
    u64 hash_ = 0;
};

}  // namespace alkomp::ir
