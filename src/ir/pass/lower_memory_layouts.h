// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that WGSL cannot lay out or access as the IR says becomes an array of words.
#pragma once

#include "ir/module.h"
#include "ir/pass/wgsl_layouts.h"

#include <vector>

namespace alkomp::ir {

struct MemoryLowering {
    WgslTypes types{};
    bool atomic_f32 = false, atomic_i64 = false;  ///< the device has these
    bool shared_bools = true;                     ///< ... and keeps truths in shared memory as they are
    bool everything = false;                      ///< all buffers become words, for tests
};

/// A scalar u32 that the runtime sets: how many bytes of a storage buffer are bound. It stands behind the scalars that the
/// call gives.
struct ByteCount {
    u32 set = 0, binding = 0;
    u32 offset_bytes = 0;
};

/// A storage buffer becomes an array of u32, a uniform one of u32x4, scalars one u32 for each word, shared memory an
/// array of u32. They do where the type is none that `WgslLayouts` takes, where it is the target of a pointer that a
/// choice or loop gives, where atomics change floats, 64 bits or a part of what is loaded or stored as a whole, and
/// shared memory where it is `aliased`, or holds truths on a device without `shared_bools`.
///
/// Narrow numbers are cut out of their word; those that share it with others are stored by an atomic that clears their
/// bits and one that sets them, and loaded by an atomic where the kernel stores such. Whatever is bound has to be
/// accessible in whole words, a uniform buffer in blocks of 16 bytes. The length of an array whose elements are no
/// whole words comes from a `ByteCount`.
///
/// Throws: unsupported, for pointers that may lead into several globals or into the memory of one invocation by
/// choice, and for atomics that words cannot do.
[[nodiscard]] std::vector<ByteCount> lower_memory_layouts(Module& module, const MemoryLowering& lowering);

}  // namespace alkomp::ir
