// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory for one batch's small arrays: taken by moving a pointer, given back all at once.
#pragma once

#include "alkomp/dtype.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace alkomp::detail {

class Arena {
public:
    /// Uninitialised room for `count` trivial objects; valid until `clear`.
    template <class T>
    std::span<T> take(std::size_t count) {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 16);
        return {reinterpret_cast<T*>(take_bytes(count * sizeof(T))), count};
    }
    template <class T>
    std::span<const T> copy(std::span<const T> values) {
        if (values.empty()) return {};
        std::span<T> room = take<T>(values.size());
        std::memcpy(room.data(), values.data(), values.size_bytes());
        return room;
    }
    /// Keeps the first block, so that a steady load allocates nothing.
    void clear() noexcept {
        if (blocks_.size() > 1) blocks_.resize(1);
        used_ = 0;
    }

private:
    static constexpr std::size_t kBlockBytes = 64 * 1024;
    struct Block {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size = 0;
    };
    std::byte* take_bytes(std::size_t size) {
        size = (size + 15) & ~std::size_t{15};
        if (blocks_.empty() || used_ + size > blocks_.back().size) {
            const std::size_t block = size > kBlockBytes ? size : kBlockBytes;
            blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[block]), block});
            used_ = 0;
        }
        std::byte* at = blocks_.back().bytes.get() + used_;
        used_ += size;
        return at;
    }
    std::vector<Block> blocks_;
    std::size_t used_ = 0;
};

}  // namespace alkomp::detail
