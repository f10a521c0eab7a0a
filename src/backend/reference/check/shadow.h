// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known of each byte of memory beside its value: who reached it last, and whether anybody has written it.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace alkomp::backend::reference {

/// Who else reached a place together with the one that a cell names.
enum class Others : u8 { none, subgroup, workgroup, many };

/// An access: the epoch of its subgroup, its lane there, its site. All zero: none.
struct Cell {
    static constexpr u32 kLaneBits = 6, kSiteBits = 24, kEpochBits = 28;
    static constexpr u64 kAtomic = 4;
    static constexpr u32 kMostEpoch = (u32{1} << kEpochBits) - 1;

    u64 bits = 0;

    [[nodiscard]] static constexpr Cell of(u32 epoch, u32 lane) {
        return {u64{epoch} << (64 - kEpochBits) | u64{lane} << (64 - kEpochBits - kLaneBits)};
    }
    [[nodiscard]] constexpr Cell at(u32 site, bool atomic) const {
        return {bits | u64{site} << 3 | (atomic ? kAtomic : 0)};
    }
    [[nodiscard]] constexpr Cell with(Others others) const { return {(bits & ~u64{3}) | static_cast<u64>(others)}; }

    [[nodiscard]] constexpr u32 epoch() const { return static_cast<u32>(bits >> (64 - kEpochBits)); }
    [[nodiscard]] constexpr u32 lane() const {
        return static_cast<u32>(bits >> (64 - kEpochBits - kLaneBits)) & ((1u << kLaneBits) - 1);
    }
    [[nodiscard]] constexpr u32 site() const { return static_cast<u32>(bits >> 3) & ((1u << kSiteBits) - 1); }
    [[nodiscard]] constexpr bool is_atomic() const { return (bits & kAtomic) != 0; }
    [[nodiscard]] constexpr Others others() const { return static_cast<Others>(bits & 3); }
    /// The same invocation in the same epoch, and nobody else.
    [[nodiscard]] constexpr bool is_alone(Cell who) const {
        return (bits >> (64 - kEpochBits - kLaneBits)) == (who.bits >> (64 - kEpochBits - kLaneBits)) &&
               (bits & 3) == 0;
    }
};
static_assert(Cell::kEpochBits + Cell::kLaneBits + Cell::kSiteBits + 3 <= 64);

/// Of a block of memory. Cells are made page by page when they are needed: one for each word, for each byte in pages
/// where smaller accesses happen.
class Shadow {
public:
    static constexpr u64 kPageBytes = 4096, kWordBytes = 4;

private:
    struct Page {
        std::unique_ptr<Cell[]> reads, writes;
        std::unique_ptr<std::array<u64, kPageBytes / 64>> written;  // a bit for each byte; none: all are as `all` says
        bool by_byte = false;
        bool all = false;
    };

public:
    Shadow() = default;
    Shadow(std::byte* base, u64 size_bytes, bool is_written);

    [[nodiscard]] std::byte* base() const { return base_; }

    /// The cells of an access; it is inside.
    struct Cells {
        Cell* first = nullptr;
        u32 count = 0;
    };
    [[nodiscard]] Cells reads(u64 place, u32 size_bytes) { return cells<&Page::reads>(place, size_bytes); }
    [[nodiscard]] Cells writes(u64 place, u32 size_bytes) { return cells<&Page::writes>(place, size_bytes); }
    /// None where nobody has read, or written, anything near.
    [[nodiscard]] Cells find_reads(u64 place, u32 size_bytes) {
        return page_of(place).reads ? reads(place, size_bytes) : Cells{};
    }
    [[nodiscard]] Cells find_writes(u64 place, u32 size_bytes) {
        return page_of(place).writes ? writes(place, size_bytes) : Cells{};
    }
    void forget_accesses();
    /// All that is known of a word; it lies inside.
    struct Word {
        Cell* read = nullptr;  ///< null: no cells have been made here, or they are of bytes
        Cell write;
        bool is_written = false;
    };
    [[nodiscard]] Word word(u64 place) {
        Page& page = page_of(place);
        if (page.by_byte || !page.reads || place % kWordBytes != 0) return {};
        const u64 at = place % kPageBytes / kWordBytes;
        return {&page.reads[at], page.writes ? page.writes[at] : Cell{}, is_written(place, kWordBytes)};
    }

    [[nodiscard]] bool is_written(u64 place, u64 size_bytes) const {
        const Page& page = pages_[static_cast<std::size_t>(place / kPageBytes)];
        if (place % kPageBytes + size_bytes > kPageBytes) return all_written(place, size_bytes);
        if (!page.written) return page.all;
        if (place % 64 + size_bytes > 64) return all_written(place, size_bytes);
        const u64 bits = size_bytes == 64 ? ~u64{0} : (u64{1} << size_bytes) - 1;
        return ((*page.written)[place % kPageBytes / 64] >> place % 64 & bits) == bits;
    }
    void set_written(u64 place, u64 size_bytes) {
        const Page& page = pages_[static_cast<std::size_t>(place / kPageBytes)];
        const bool is_known = !page.written && page.all && place % kPageBytes + size_bytes <= kPageBytes;
        if (!is_known) mark_written(place, size_bytes);
    }
    /// The cells of `count` accesses side by side; none where they are not all in one page, or too small for its cells.
    [[nodiscard]] Cells row_of_reads(u64 place, u32 size_bytes, u32 count) {
        return row<&Page::reads>(place, size_bytes, count);
    }
    [[nodiscard]] Cells row_of_writes(u64 place, u32 size_bytes, u32 count) {
        return row<&Page::writes>(place, size_bytes, count);
    }
    [[nodiscard]] bool has_writes(u64 place) { return page_of(place).writes != nullptr; }
    [[nodiscard]] bool has_reads(u64 place) { return page_of(place).reads != nullptr; }
    /// As it is at another place.
    void copy_written(const Shadow& from, u64 from_place, u64 place, u64 size_bytes);
    void forget_written();

private:
    [[nodiscard]] Page& page_of(u64 place) { return pages_[static_cast<std::size_t>(place / kPageBytes)]; }
    template <std::unique_ptr<Cell[]> Page::*which>
    [[nodiscard]] Cells cells(u64 place, u32 size_bytes) {
        Page& page = page_of(place);
        const u64 within = place % kPageBytes;
        const bool is_simple =
            !page.by_byte && page.*which && within + size_bytes <= kPageBytes && (place | size_bytes) % kWordBytes == 0;
        if (!is_simple) return made_cells(page.*which, page, within, size_bytes);
        return {&(page.*which)[within / kWordBytes], static_cast<u32>(size_bytes / kWordBytes)};
    }
    template <std::unique_ptr<Cell[]> Page::*which>
    [[nodiscard]] Cells row(u64 place, u32 size_bytes, u32 count) {
        const Page& page = page_of(place);
        const u64 all_bytes = u64{size_bytes} * count;
        if (place % kPageBytes + all_bytes > kPageBytes) return {};
        if (!page.by_byte && (place | size_bytes) % kWordBytes != 0) return {};
        return cells<which>(place, static_cast<u32>(all_bytes));
    }
    [[nodiscard]] static Cells made_cells(std::unique_ptr<Cell[]>& cells, Page& page, u64 within, u32 size_bytes);
    [[nodiscard]] bool all_written(u64 place, u64 size_bytes) const;
    void mark_written(u64 place, u64 size_bytes);
    static void divide(std::unique_ptr<Cell[]>& cells);

    std::byte* base_ = nullptr;
    std::vector<Page> pages_;
};

}  // namespace alkomp::backend::reference
