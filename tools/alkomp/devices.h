// SPDX-License-Identifier: MIT OR Apache-2.0
// `alkomp devices`: what there is.
#pragma once

#include "alkomp/device.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alkomp::command {

struct DevicesReport {
    std::vector<DeviceInfo> devices;
    std::optional<u32> chosen;  ///< index of the device that `Device()` opens
    std::string problem;        ///< why it opens none
};

[[nodiscard]] DevicesReport list_devices();

/// A limit or feature with its name as it is spelled in capabilities.h.
struct NamedLimit {
    std::string_view name;
    std::vector<u64> values;
};
[[nodiscard]] std::vector<NamedLimit> limits_of(const Limits& limits);
[[nodiscard]] std::vector<std::pair<std::string_view, bool>> features_of(const Features& features);

/// "16x16x16 f16 f16 f32 f32"
[[nodiscard]] std::string to_string(const CooperativeMatrix& matrix);

}  // namespace alkomp::command
