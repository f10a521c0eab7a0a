// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of the vendors behind PCI and Khronos ids.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <cstdio>
#include <string>

namespace alkomp::backend {

/// "0x10de"
[[nodiscard]] inline std::string hexadecimal(u32 value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%04x", value);
    return text.data();
}

/// The number itself where the vendor is not known.
[[nodiscard]] inline std::string vendor_name(u32 id) {
    switch (id) {
        case 0x1002:
            return "AMD";
        case 0x1010:
            return "Imagination";
        case 0x106b:
            return "Apple";
        case 0x10de:
            return "NVIDIA";
        case 0x13b5:
            return "Arm";
        case 0x1414:
            return "Microsoft";
        case 0x14e4:
            return "Broadcom";
        case 0x1ae0:
            return "Google";
        case 0x5143:
            return "Qualcomm";
        case 0x8086:
            return "Intel";
        case 0x10005:
            return "Mesa";
        default:
            return hexadecimal(id);
    }
}

}  // namespace alkomp::backend
