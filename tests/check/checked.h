// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels on a checked device.
#pragma once

#include "corpus/assemble.h"
#include "corpus/run_kernel.h"
#include "support/device_test.h"

#include <set>
#include <string>
#include <vector>

namespace alkomp::testing {

/// Says nothing by itself.
[[nodiscard]] inline Device checked_device(CheckOptions options = {}) {
    DeviceOptions made;
    made.check = options;
    made.on_fault = [](const Fault&) {};
    return Device("reference", made);
}

[[nodiscard]] inline KernelOptions options_of(const KernelFile& file) {
    KernelOptions options;
    options.constants = file.constants;
    return options;
}

[[nodiscard]] inline std::string text_of(const std::vector<Fault>& faults) {
    std::string text;
    for (const Fault& fault : faults) text += to_string(fault) + '\n';
    return text;
}

}  // namespace alkomp::testing
