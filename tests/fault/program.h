// SPDX-License-Identifier: MIT OR Apache-2.0
// One program that uses every part of the runtime, small enough to run hundreds of times.
#pragma once

namespace alkomp::testing {

/// Runs it on this device. Throws alkomp::Error on a failure that alkomp reports, and
/// std::logic_error when a result is wrong.
void full_program(const char* device = "vulkan:0");

/// Device, upload, call, download: what must work right after any failure.
void short_program(const char* device = "vulkan:0");

}  // namespace alkomp::testing
