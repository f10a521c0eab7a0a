// SPDX-License-Identifier: MIT OR Apache-2.0
// What SPIRV-Tools make of the corpus: words of files, and optimised words. Where they do not run, on Windows and in a page,
// files are assembled beforehand and nothing is optimised: assembled.cpp.
#pragma once

#include "corpus/kernel_file.h"

namespace alkomp::testing {

/// The words of an assembly file. Throws where it is wrong.
[[nodiscard]] std::vector<u32> assembled(const KernelFile& file);
/// False where the file wants newer SPIRV-Tools, and scripts/setup did not install them.
[[nodiscard]] bool can_assemble(const KernelFile& file);

/// As glslang or the assembler makes them, unchecked.
[[nodiscard]] std::vector<u32> words_of(const KernelFile& file);

[[nodiscard]] bool can_optimize();
/// Those of `spirv-opt -Os` and `spirv-opt -O`.
enum class Passes : u8 { size, speed };
[[nodiscard]] std::vector<u32> optimized(const KernelFile& file, std::span<const u32> words, Passes passes);

}  // namespace alkomp::testing
