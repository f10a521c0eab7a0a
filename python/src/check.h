// SPDX-License-Identifier: MIT OR Apache-2.0
// What Device(check=...) takes, and the callbacks that get what was found.
#pragma once

#include "module.h"

#include <optional>

namespace alkompy {

/// True, False, None or a CheckOptions.
std::optional<alkomp::CheckOptions> check_options(nb::handle given);

/// None: to sys.stderr and sys.stdout. The callbacks may be copied and called without the GIL.
alkomp::FaultCallback fault_callback(nb::handle callback);
alkomp::TraceCallback trace_callback(nb::handle callback);

}  // namespace alkompy
