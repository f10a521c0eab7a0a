// SPDX-License-Identifier: MIT OR Apache-2.0
// Advice to the system about large host arrays.
#include "alkomp/buffer.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace alkomp::detail {

void use_large_pages(void* memory, u64 size_bytes) noexcept {
#ifdef __linux__
    constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
    const auto begin = (reinterpret_cast<std::uintptr_t>(memory) + kLargePage - 1) & ~(kLargePage - 1);
    const auto end = (reinterpret_cast<std::uintptr_t>(memory) + size_bytes) & ~(kLargePage - 1);
    if (begin >= end) return;
    // Where it is refused, ordinary pages serve.
    static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
#else
    static_cast<void>(memory);
    static_cast<void>(size_bytes);
#endif
}

}  // namespace alkomp::detail
