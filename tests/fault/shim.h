// SPDX-License-Identifier: MIT OR Apache-2.0
// The control side of the fault-injecting Vulkan library, looked up with dlsym by the tests.
#pragma once

#include <cstddef>

extern "C" {

/// Starts a new run: nothing is armed, the list of calls and the object counts are empty.
using FaultReset = void (*)();
/// The n-th call (from 0) of this function in the run fails with this VkResult. Counted per function,
/// since how often a program polls differs from run to run.
using FaultArm = void (*)(const char* function, std::size_t occurrence, int result);
/// Name of the k-th call that returned a VkResult in this run; null past the end.
using FaultCall = const char* (*)(std::size_t call);
/// The codes that a function may fail with; returns how many, writes at most `room`.
using FaultCodes = std::size_t (*)(const char* function, int* codes, std::size_t room);
/// True once the armed call was reached.
using FaultFired = bool (*)();
/// Objects made and not destroyed, as "Buffer 2, Fence 1"; empty when there are none.
using FaultLive = const char* (*)();
/// True for functions that the library handed out to its user by vkGet*ProcAddr and that return a VkResult.
using FaultAsked = const char* (*)(std::size_t index);
}
