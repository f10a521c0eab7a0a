// SPDX-License-Identifier: MIT OR Apache-2.0
// Interfaces as bytes, for the disk cache.
#pragma once

#include "backend/interface.h"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace alkomp::detail {

/// Appends values to bytes. Only this machine reads them back.
class ByteWriter {
public:
    template <class T>
        requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void add(T value) {
        add_raw(&value, sizeof value);
    }
    void add(std::string_view text);
    void add(std::span<const u32> words);
    [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

private:
    void add_raw(const void* data, std::size_t size);
    std::vector<std::byte> bytes_;
};

/// Takes them back in the same order. After a read beyond the end, `ok` is false and all reads give nothing.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}
    template <class T>
        requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    [[nodiscard]] T get() {
        T value{};
        get_raw(&value, sizeof value);
        return value;
    }
    [[nodiscard]] std::string get_string();
    [[nodiscard]] std::vector<u32> get_words();
    /// A number of things that follow, each of at least one byte.
    [[nodiscard]] std::size_t get_count();
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    /// What was read makes no sense: from here on `ok` is false.
    void reject() noexcept { ok_ = false; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    void get_raw(void* out, std::size_t size);
    std::span<const std::byte> rest_;
    bool ok_ = true;
};

void add_interface(ByteWriter& writer, const Interface& interface);
/// Bytes of another build may read as something else: an interface that calls could not rely on is rejected.
[[nodiscard]] Interface get_interface(ByteReader& reader);

}  // namespace alkomp::detail
