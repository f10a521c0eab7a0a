// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/check/shadow.h"

#include <algorithm>

namespace alkomp::backend::reference {
namespace {

constexpr u64 kWords = Shadow::kPageBytes / Shadow::kWordBytes;

/// Bits [first, first + count) of a word of 64.
constexpr u64 bits_of(u64 first, u64 count) { return (count == 64 ? ~u64{0} : (u64{1} << count) - 1) << first; }

/// Calls f(page, first byte in it, bytes) for each page that a range touches.
template <class F>
void each_page(u64 place, u64 size_bytes, F&& f) {
    while (size_bytes != 0) {
        const u64 within = place % Shadow::kPageBytes, here = std::min(size_bytes, Shadow::kPageBytes - within);
        f(place / Shadow::kPageBytes, within, here);
        place += here;
        size_bytes -= here;
    }
}
template <class F>
void each_word(u64 first, u64 count, F&& f) {
    while (count != 0) {
        const u64 within = first % 64, here = std::min(count, 64 - within);
        f(first / 64, bits_of(within, here));
        first += here;
        count -= here;
    }
}

}  // namespace

Shadow::Shadow(std::byte* base, u64 size_bytes, bool is_written)
    : base_(base), pages_(static_cast<std::size_t>((size_bytes + kPageBytes - 1) / kPageBytes)) {
    for (Page& page : pages_) page.all = is_written;
}

void Shadow::divide(std::unique_ptr<Cell[]>& cells) {
    if (!cells) return;
    auto divided = std::make_unique<Cell[]>(kPageBytes);
    for (u64 i = 0; i < kPageBytes; ++i) divided[i] = cells[i / kWordBytes];
    cells = std::move(divided);
}

Shadow::Cells Shadow::made_cells(std::unique_ptr<Cell[]>& cells, Page& page, u64 within, u32 size_bytes) {
    if (!page.by_byte && (within | size_bytes) % kWordBytes != 0) {
        page.by_byte = true;
        divide(page.reads);
        divide(page.writes);
    }
    if (!cells) cells = std::make_unique<Cell[]>(page.by_byte ? kPageBytes : kWords);
    // An access that goes on in the next page is looked at in this one alone.
    if (page.by_byte) return {&cells[within], static_cast<u32>(std::min<u64>(size_bytes, kPageBytes - within))};
    return {&cells[within / kWordBytes], static_cast<u32>(std::min(u64{size_bytes}, kPageBytes - within) / kWordBytes)};
}

void Shadow::forget_accesses() {
    for (Page& page : pages_) {
        page.reads.reset();
        page.writes.reset();
        page.by_byte = false;
    }
}

bool Shadow::all_written(u64 place, u64 size_bytes) const {
    bool is = true;
    each_page(place, size_bytes, [&](u64 at, u64 first, u64 count) {
        const Page& page = pages_[static_cast<std::size_t>(at)];
        if (!page.written) {
            is = is && page.all;
            return;
        }
        each_word(first, count, [&](u64 word, u64 bits) { is = is && ((*page.written)[word] & bits) == bits; });
    });
    return is;
}

void Shadow::mark_written(u64 place, u64 size_bytes) {
    each_page(place, size_bytes, [&](u64 at, u64 first, u64 count) {
        Page& page = pages_[static_cast<std::size_t>(at)];
        if (!page.written && page.all) return;
        if (count == kPageBytes) {
            page.written.reset();
            page.all = true;
            return;
        }
        if (!page.written) page.written = std::make_unique<std::array<u64, kPageBytes / 64>>();
        each_word(first, count, [&](u64 word, u64 bits) { (*page.written)[word] |= bits; });
    });
}

void Shadow::copy_written(const Shadow& from, u64 from_place, u64 place, u64 size_bytes) {
    // Words are copied whole; what is left is looked at byte by byte only where it differs within a page.
    if (from.is_written(from_place, size_bytes)) return set_written(place, size_bytes);
    std::vector<u8> bytes(static_cast<std::size_t>(size_bytes));  // the ranges may overlap
    for (u64 i = 0; i < size_bytes; ++i) bytes[static_cast<std::size_t>(i)] = from.is_written(from_place + i, 1);
    each_page(place, size_bytes, [&](u64 at, u64 first, u64 count) {
        Page& page = pages_[static_cast<std::size_t>(at)];
        if (!page.written) {
            page.written = std::make_unique<std::array<u64, kPageBytes / 64>>();
            page.written->fill(page.all ? ~u64{0} : 0);
        }
        const u64 begin = at * kPageBytes + first - place;
        for (u64 i = 0; i < count; ++i) {
            u64& word = (*page.written)[(first + i) / 64];
            const u64 bit = u64{1} << ((first + i) % 64);
            word = bytes[static_cast<std::size_t>(begin + i)] != 0 ? word | bit : word & ~bit;
        }
    });
}

void Shadow::forget_written() {
    for (Page& page : pages_) {
        page.written.reset();
        page.all = false;
    }
}

}  // namespace alkomp::backend::reference
