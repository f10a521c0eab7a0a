// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of device kinds.
#include "alkomp/capabilities.h"

namespace alkomp {

std::string_view to_string(DeviceKind kind) noexcept {
    switch (kind) {
        case DeviceKind::discrete:
            return "discrete";
        case DeviceKind::integrated:
            return "integrated";
        case DeviceKind::virtual_gpu:
            return "virtual";
        case DeviceKind::cpu:
            return "cpu";
        case DeviceKind::reference:
            return "reference";
        case DeviceKind::other:
            return "other";
    }
    return "other";
}

}  // namespace alkomp
