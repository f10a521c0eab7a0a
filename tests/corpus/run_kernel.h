// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs a kernel of the corpus on a device, and compares what it leaves in its buffers.
#pragma once

#include "alkomp/alkomp.h"
#include "corpus/kernel_file.h"

#include <string>
#include <vector>

namespace alkomp::testing {

/// The bytes of each buffer of the file after the call.
using KernelResult = std::vector<std::vector<std::byte>>;

/// How a kernel's source becomes one that a device runs.
struct Way {
    std::string name;
    Kernel (*compile)(Device& device, const KernelFile& file);
    bool is_read = false;       ///< through reader and IR, which may need less of a device than the head names
    bool is_optimized = false;  ///< by SPIRV-Tools
    bool (*takes)(const KernelFile& file) = nullptr;  ///< which kernels; null: all
    bool lacks_subgroups = false;                     ///< whatever of subgroups the device refuses is not there
    bool is_wgsl = false;                             ///< on devices that take it alone
};
/// Those that can be gone here.
[[nodiscard]] const std::vector<Way>& ways();

/// The first of these features that the device lacks; empty: it has all.
[[nodiscard]] std::string lacking(const Device& device, const std::vector<std::string>& features);
/// The same of cooperative matrices.
[[nodiscard]] std::string lacking_matrix(const Device& device, const KernelFile& file);

[[nodiscard]] KernelResult run_kernel(Device& device, const Kernel& kernel, const KernelFile& file);

/// Where elements are further apart than the head lets them be, `times` as far; empty: nowhere.
[[nodiscard]] std::string difference(const KernelFile& file, const KernelResult& wanted, const KernelResult& got,
                                     f64 times);
/// What is wrong by what the head expects; empty: nothing.
[[nodiscard]] std::string broken_expectation(const KernelFile& file, const KernelResult& got);

}  // namespace alkomp::testing
