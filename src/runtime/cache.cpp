// SPDX-License-Identifier: MIT OR Apache-2.0
// The on-disk cache: one file per entry, found by the hash of its key and checked before it is used.
#include "runtime/cache.h"

#include "runtime/log.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>
#ifdef _WIN32
#include <process.h>
#else
#include <unistd.h>
#endif

namespace alkomp::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 4> kMagic{'A', 'L', 'K', 'C'};
constexpr u32 kFormat = 1;
constexpr const char* kEntrySuffix = ".bin";
constexpr const char* kTemporarySuffix = ".tmp";
constexpr auto kTouchAfter = std::chrono::hours(1);  // how coarse "recently used" may be
constexpr auto kStaleAfter = std::chrono::hours(1);  // a temporary file this old has lost its writer

/// In front of the key and the value. Written as memory has it: another byte order fails the checksum.
struct EntryHeader {
    std::array<char, 4> magic = kMagic;
    u32 format = kFormat;
    u64 key_bytes = 0;
    u64 value_bytes = 0;
    XXH64_hash_t checksum_low = 0;  ///< of the header's sizes, the key and the value
    XXH64_hash_t checksum_high = 0;
};

class Hash {
public:
    Hash() { XXH3_128bits_reset(&state_); }
    void add(const void* data, std::size_t size) {
        if (size != 0) XXH3_128bits_update(&state_, data, size);
    }
    void add_counted(std::string_view part) {
        const u64 size = part.size();
        add(&size, sizeof size);
        add(part.data(), part.size());
    }
    [[nodiscard]] XXH128_hash_t digest() const { return XXH3_128bits_digest(&state_); }

private:
    XXH3_state_t state_;
};

std::string digits_of(XXH128_hash_t hash) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    std::string digits;
    digits.reserve(32);
    for (const unsigned char byte : canonical.digest) {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
}

XXH128_hash_t checksum_of(std::string_view key, std::span<const std::byte> value) {
    Hash hash;
    hash.add_counted(key);
    hash.add_counted({reinterpret_cast<const char*>(value.data()), value.size()});
    return hash.digest();
}

/// Differs between processes, also across fork and between machines that share the folder, and between threads.
std::string unique_suffix() {
    static const u64 machine = [] {
        std::random_device random;
        return u64{random()} << 32 | random();
    }();
    static std::atomic<u64> counter{0};
#ifdef _WIN32
    const auto process = _getpid();
#else
    const auto process = getpid();
#endif
    return '.' + std::to_string(machine) + '-' + std::to_string(process) + '-' + std::to_string(counter++) +
           kTemporarySuffix;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

fs::path default_folder() {
    if (environment("ALKOMP_CACHE") == "0") return {};
    if (const std::string folder = environment("ALKOMP_CACHE_DIR"); !folder.empty()) return folder;
#ifdef _WIN32
    if (const std::string folder = environment("LOCALAPPDATA"); !folder.empty())
        return fs::path(folder) / "alkomp" / "cache";
#else
    if (const std::string folder = environment("XDG_CACHE_HOME"); !folder.empty()) return fs::path(folder) / "alkomp";
    if (const std::string home = environment("HOME"); !home.empty()) return fs::path(home) / ".cache" / "alkomp";
#endif
    return {};
}

}  // namespace

std::string hash_key(std::span<const std::string_view> parts) {
    Hash hash;
    for (const std::string_view part : parts) hash.add_counted(part);
    return digits_of(hash.digest());
}

std::string hash_key(std::initializer_list<std::string_view> parts) {
    return hash_key(std::span<const std::string_view>(parts.begin(), parts.size()));
}

struct WordHash::State : Hash {};

WordHash::WordHash() : state_(std::make_unique<State>()) {}
WordHash::~WordHash() = default;

void WordHash::add(std::span<const u32> words) {
    flush();
    state_->add(words.data(), words.size_bytes());
}

void WordHash::add(std::string_view text) {
    flush();
    state_->add_counted(text);
}

void WordHash::flush() { state_->add(words_.data(), std::exchange(used_, 0) * sizeof(u32)); }

std::string WordHash::digits() {
    flush();
    return digits_of(state_->digest());
}

DiskCache& DiskCache::instance() {
    // Never destroyed: kernels may still be compiled while the process ends.
    static DiskCache& cache = *new DiskCache(default_folder());
    return cache;
}

// The counter starts high, so that the first store looks at what other processes have left.
DiskCache::DiskCache(fs::path folder, u64 cap_bytes)
    : folder_(std::move(folder)), cap_bytes_(cap_bytes), unchecked_bytes_(cap_bytes) {}

fs::path DiskCache::path_of(std::string_view key) const { return folder_ / (hash_key({key}) + kEntrySuffix); }

std::optional<std::vector<std::byte>> DiskCache::load(std::string_view key) {
    if (folder_.empty()) return std::nullopt;
    const fs::path path = path_of(key);
    std::ifstream file(path, std::ios::binary);
    EntryHeader header;
    if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) return std::nullopt;
    std::error_code failure;
    const u64 file_bytes = fs::file_size(path, failure);
    // Sizes are compared before anything is allocated: a damaged header may hold any number.
    if (failure || header.magic != kMagic || header.format != kFormat || header.key_bytes != key.size() ||
        file_bytes < sizeof header + key.size() || header.value_bytes != file_bytes - sizeof header - key.size())
        return std::nullopt;
    std::string stored_key(key.size(), '\0');
    std::vector<std::byte> value(static_cast<std::size_t>(header.value_bytes));
    file.read(stored_key.data(), static_cast<std::streamsize>(stored_key.size()));
    file.read(reinterpret_cast<char*>(value.data()), static_cast<std::streamsize>(value.size()));
    if (!file || stored_key != key) return std::nullopt;
    const XXH128_hash_t checksum = checksum_of(key, value);
    if (checksum.low64 != header.checksum_low || checksum.high64 != header.checksum_high) return std::nullopt;

    // Eviction goes by this time, since access times are often off.
    const auto now = fs::file_time_type::clock::now();
    const auto used = fs::last_write_time(path, failure);
    if (!failure && now - used > kTouchAfter) fs::last_write_time(path, now, failure);
    return value;
}

void DiskCache::store(std::string_view key, std::span<const std::byte> value) {
    if (folder_.empty() || value.size() > cap_bytes_ / 4) return;
    try {
        write(key, value);
        const std::lock_guard lock(mutex_);
        unchecked_bytes_ += value.size();
        if (unchecked_bytes_ > cap_bytes_ / 8) {
            evict();
            unchecked_bytes_ = 0;
        }
    } catch (const std::exception& failure) {
        if (!complained_.exchange(true))
            log(LogLevel::warning,
                "cache: \"" + folder_.string() +
                    "\" cannot be written, so kernels are compiled anew each time: " + failure.what());
    }
}

void DiskCache::write(std::string_view key, std::span<const std::byte> value) {
    if (fs::create_directories(folder_)) {
        // What is cached is given to drivers: nobody else may write it.
        std::error_code ignored;
        fs::permissions(folder_, fs::perms::owner_all, ignored);
    }
    EntryHeader header;
    header.key_bytes = key.size();
    header.value_bytes = value.size();
    const XXH128_hash_t checksum = checksum_of(key, value);
    header.checksum_low = checksum.low64;
    header.checksum_high = checksum.high64;

    const fs::path path = path_of(key);
    fs::path temporary = path;
    temporary += unique_suffix();
    try {
        std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(&header), sizeof header);
        file.write(key.data(), static_cast<std::streamsize>(key.size()));
        file.write(reinterpret_cast<const char*>(value.data()), static_cast<std::streamsize>(value.size()));
        file.close();
        if (!file) throw fs::filesystem_error("cannot write", temporary, std::make_error_code(std::errc::io_error));
        fs::rename(temporary, path);
    } catch (...) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        throw;
    }
}

void DiskCache::evict() {
    struct Entry {
        fs::path path;
        u64 bytes = 0;
        fs::file_time_type used;
    };
    std::vector<Entry> entries;
    u64 total = 0;
    std::error_code failure;  // Another process may remove any file at any time: whatever is gone is skipped.
    const auto now = fs::file_time_type::clock::now();
    for (fs::directory_iterator file(folder_, failure), end; !failure && file != end; file.increment(failure)) {
        std::error_code gone;
        const fs::path extension = file->path().extension();
        Entry entry{file->path(), file->file_size(gone), {}};
        if (!gone) entry.used = file->last_write_time(gone);
        if (gone) continue;
        if (extension == kTemporarySuffix && now - entry.used > kStaleAfter) fs::remove(entry.path, gone);
        if (extension != kEntrySuffix) continue;
        total += entry.bytes;
        entries.push_back(std::move(entry));
    }
    if (total <= cap_bytes_) return;
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    const u64 goal = cap_bytes_ - cap_bytes_ / 4;
    for (const Entry& entry : entries) {
        if (total <= goal) break;
        std::error_code gone;
        fs::remove(entry.path, gone);
        total -= entry.bytes;
    }
}

}  // namespace alkomp::detail
