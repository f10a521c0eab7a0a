// SPDX-License-Identifier: MIT OR Apache-2.0
// The on-disk cache: shaders by source, pipeline data by kernel and driver. Safe for several
// processes; a damaged entry is rebuilt, never trusted; a size cap drops the least recently used.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::detail {

class DiskCache {
public:
    /// In ALKOMP_CACHE_DIR, else XDG_CACHE_HOME/alkomp, else ~/.cache/alkomp (LOCALAPPDATA on Windows);
    /// off when ALKOMP_CACHE is 0 or none of these is set. The folder is made by the first `store`.
    static DiskCache& instance();
    /// An empty folder: off.
    explicit DiskCache(std::filesystem::path folder, u64 cap_bytes = u64{256} << 20);

    [[nodiscard]] std::optional<std::vector<std::byte>> load(std::string_view key);
    /// Writes beside and renames, so that readers see all or nothing. A failure is logged once, never thrown.
    void store(std::string_view key, std::span<const std::byte> value);
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    [[nodiscard]] std::filesystem::path path_of(std::string_view key) const;
    void write(std::string_view key, std::span<const std::byte> value);
    void evict();

    const std::filesystem::path folder_;
    const u64 cap_bytes_;
    std::mutex mutex_;     ///< of `evict` and the counter
    u64 unchecked_bytes_;  ///< written since the last look at the folder's size
    std::atomic<bool> complained_{false};
};

/// 128 bits of a fast, well-mixed hash over all parts and their lengths, as 32 hexadecimal digits.
[[nodiscard]] std::string hash_key(std::span<const std::string_view> parts);
[[nodiscard]] std::string hash_key(std::initializer_list<std::string_view> parts);

/// The same hash of words that come one after the other, without keeping them all.
class WordHash {
public:
    WordHash();
    ~WordHash();
    void add(u32 word) {
        if (used_ == words_.size()) flush();
        words_[used_++] = word;
    }
    void add(u64 word) {
        add(static_cast<u32>(word));
        add(static_cast<u32>(word >> 32));
    }
    void add(std::span<const u32> words);
    /// Its length too.
    void add(std::string_view text);
    /// The digits; nothing is added behind it.
    [[nodiscard]] std::string digits();

private:
    void flush();

    struct State;
    std::unique_ptr<State> state_;
    std::array<u32, 1024> words_;
    std::size_t used_ = 0;
};

}  // namespace alkomp::detail
