// SPDX-License-Identifier: MIT OR Apache-2.0
// The on-disk cache: shaders by source, pipeline data by kernel and driver. Safe for several
// processes; a damaged entry is rebuilt, never trusted; a size cap drops the least recently used.
#pragma once

#include "alkomp/dtype.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::detail {

/// ALKOMP_CACHE_DIR, else XDG_CACHE_HOME/alkomp, else ~/.cache/alkomp (LOCALAPPDATA on Windows);
/// nothing when ALKOMP_CACHE is 0 or no folder can be made.
class DiskCache {
public:
    static DiskCache& instance();
    explicit DiskCache(std::filesystem::path folder, u64 cap_bytes = u64{256} << 20);

    [[nodiscard]] std::optional<std::vector<std::byte>> load(std::string_view key);
    /// Writes beside and renames, so that readers see all or nothing. A failure is logged once, never thrown.
    void store(std::string_view key, std::span<const std::byte> value);
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    void evict();
    std::filesystem::path folder_;  ///< empty: off
    u64 cap_bytes_ = 0;
    u64 written_bytes_ = 0;
};

/// 128 bits of a fast, well-mixed hash over all parts and their lengths, as 32 hexadecimal digits.
[[nodiscard]] std::string hash_key(std::span<const std::string_view> parts);

}  // namespace alkomp::detail
