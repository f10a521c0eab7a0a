// SPDX-License-Identifier: MIT OR Apache-2.0
// How a pattern of any size becomes fills with words of 4 bytes and, where it is no word, copies of a
// block that holds it many times.
#pragma once

#include "alkomp/buffer.h"
#include "backend/backend.h"

#include <optional>
#include <span>
#include <vector>

namespace alkomp::detail {

struct BufferRecord;

/// A fill of bytes [offset, offset + size) of a buffer.
struct FillPlan {
    std::optional<u32> word;  ///< the pattern as a word at multiples of 4, if it repeats every 4 bytes
    u64 begin = 0, end = 0;   ///< whole words that a fill can write; empty: none
    u64 head_bytes = 0;       ///< before them
    u64 tail_bytes = 0;       ///< behind them
};

/// Throws invalid_argument when the pattern does not divide the view. `pattern` is not empty.
[[nodiscard]] FillPlan plan_fill(const AnyView& view, std::span<const std::byte> pattern, const char* function);

/// `size_bytes` of the pattern's repetition, from its byte `first` on.
[[nodiscard]] std::vector<std::byte> repeat(std::span<const std::byte> pattern, u64 first, u64 size_bytes);

/// Bytes of the block to copy from for a fill of `size_bytes`: whole patterns, and whole words if they fit.
[[nodiscard]] u64 pattern_block_bytes(u64 pattern_bytes, u64 size_bytes) noexcept;

/// Throws invalid_argument when the sizes differ or the ranges overlap.
void check_copy(const AnyView& from, const AnyView& to, const char* function);

/// The copy command for two checked views; nothing where the device's copies cannot stay inside one buffer.
[[nodiscard]] std::optional<backend::Copy> plan_copy(const DeviceRecord& device, const AnyView& from,
                                                     const AnyView& to);

}  // namespace alkomp::detail
