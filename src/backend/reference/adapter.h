// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reference device says of itself.
#pragma once

#include "backend/backend.h"

namespace alkomp::backend::reference {

[[nodiscard]] Adapter describe();

}  // namespace alkomp::backend::reference
