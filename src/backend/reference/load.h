// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes the reference backend, which is always there.
#pragma once

#include "backend/backend.h"

#include <memory>

namespace alkomp::backend {

[[nodiscard]] std::shared_ptr<Backend> make_reference();

}  // namespace alkomp::backend
