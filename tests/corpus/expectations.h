// SPDX-License-Identifier: MIT OR Apache-2.0
// What kernels of the corpus compute, in slow and obvious C++.
#pragma once

#include "corpus/kernel_file.h"

namespace alkomp::testing {

/// The bits of a buffer's elements after the call, by the function of that name. Throws where there is none.
[[nodiscard]] std::vector<u64> computed(const std::string& function, const KernelFile& file);

}  // namespace alkomp::testing
