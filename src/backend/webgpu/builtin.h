// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels of the backend's own: for fills and copies that WebGPU has no commands for.
#pragma once

#include "backend/webgpu/pipeline.h"

#include <algorithm>
#include <string_view>

namespace alkomp::backend::webgpu {

inline constexpr u32 kBuiltinSize = 64;  ///< invocations of a workgroup; each does a word, and every n-th after it

struct Builtin {
    std::size_t place = 0;
    std::string_view label, text;  ///< the text without the declaration of `given: Given`
    u32 bindings = 0, scalar_bytes = 0;
};

/// Writes bits of words.
struct FillScalars {
    u32 first = 0, count = 0, pattern = 0, mask = 0;
};
/// Writes words made of those of another buffer, `shift` bits further on; of the first and the last only some bits.
struct MergeScalars {
    u32 first = 0, start = 0, count = 0, shift = 0, head = 0, tail = 0;
};
inline constexpr std::size_t kBuiltins = 2;
extern const Builtin kFill, kMerge;

Status compile(const Builtin& builtin, Core& core, Pipelines& pipelines, KernelId& out);

/// Whether the copy is none of whole words.
[[nodiscard]] constexpr bool is_odd(const Copy& copy) noexcept {
    return (copy.from_offset_bytes | copy.to_offset_bytes | copy.size_bytes) % 4 != 0;
}

/// Words of a buffer that one binding can span.
struct Window {
    u64 begin = 0, end = 0;  ///< of the binding
    u64 first = 0;           ///< byte of the buffer where the words start
    [[nodiscard]] u32 first_word() const noexcept { return static_cast<u32>((first - begin) / 4); }
    [[nodiscard]] u32 words() const noexcept { return static_cast<u32>((end - first) / 4); }
};

/// Calls `use` for windows that hold bytes [begin, end), each at least `spare_bytes` smaller than a binding may be.
template <class F>
void for_windows(u64 begin, u64 end, u64 spare_bytes, const Limits& limits, F&& use) {
    const u64 alignment = limits.storage_offset_alignment_bytes;
    const u64 most = (limits.max_storage_binding_bytes - spare_bytes) / alignment * alignment;
    for (u64 at = begin; at < end;) {
        const u64 bound = at / alignment * alignment;
        const Window window{bound, std::min(bound + most, end), at};
        use(window);
        at = window.end;
    }
}

/// Where the words of a window come from in a copy that is odd.
struct MergeSource {
    u64 begin = 0, end = 0;  ///< of the binding
    u32 first_word = 0;      ///< that the first word of the window starts in; may be the one before the binding
    u32 shift = 0;           ///< the bit where it starts there
};
[[nodiscard]] MergeSource source_of(const Copy& copy, const Window& window, const Limits& limits) noexcept;

}  // namespace alkomp::backend::webgpu
