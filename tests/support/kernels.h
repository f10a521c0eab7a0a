// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels that several device tests use.
#pragma once

#include "support/host_kernels.h"

namespace alkomp::testing {

/// The first alkomp's program, letter by letter: iterations until the Collatz sequence meets 1.
[[nodiscard]] const TestKernel& collatz();
[[nodiscard]] u32 collatz_iterations(u32 n);

/// `data[i] += 1`, 64 invocations per workgroup.
[[nodiscard]] const TestKernel& increment();
/// `result[i] = a[i] + b[i]`: two read-only buffers, one write-only.
[[nodiscard]] const TestKernel& add();
/// `result[i] = a[i] * 3 + b[i] + term`, where `result` may be written only, `term` is a scalar.
[[nodiscard]] const TestKernel& blend();
/// `y[i] = alpha * x[i] + y[i]` in f32.
[[nodiscard]] const TestKernel& saxpy();
/// Adds 1 to `counters[0]` atomically in every invocation; one invocation per workgroup.
[[nodiscard]] const TestKernel& count_invocations();
/// Sums the 64 elements of each workgroup through shared memory.
[[nodiscard]] const TestKernel& group_sum();
/// Writes 7 to `data[first + i]`, wherever that is.
[[nodiscard]] const TestKernel& write_at();
/// `data[i] += 41`; on the memory backend it does not start until `release_endless`.
[[nodiscard]] const TestKernel& endless();

/// u32 values 0, 1, 2 ... times `factor`.
[[nodiscard]] std::vector<u32> ramp(std::size_t count, u32 factor = 1);

}  // namespace alkomp::testing
