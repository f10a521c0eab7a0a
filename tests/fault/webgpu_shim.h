// SPDX-License-Identifier: MIT OR Apache-2.0
// The control side of the fault-injecting WebGPU library, looked up with dlsym by the tests.
#pragma once

#include <cstddef>

namespace alkomp::testing {

/// What becomes of one answer of the library.
enum class WebGpuFault : int {
    invalid,  ///< a validation error, a failed status, a null object: whatever the answer can say
    memory,   ///< an error scope: that memory has run out
    lost,     ///< the device is lost, and the library tells by its callback, before it answers
};

}  // namespace alkomp::testing

extern "C" {

/// Starts a new run: nothing is armed, the list of answers is empty.
using WebGpuFaultReset = void (*)();
/// The n-th answer (from 0) of this function in the run becomes this fault.
using WebGpuFaultArm = void (*)(const char* function, std::size_t occurrence, int fault);
/// Name of the function that gave the k-th answer of this run; null past the end.
using WebGpuFaultAnswer = const char* (*)(std::size_t answer);
/// True once the armed answer was reached.
using WebGpuFaultFired = bool (*)();
}
