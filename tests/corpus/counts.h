// SPDX-License-Identifier: MIT OR Apache-2.0
// How many kernels of the corpus each device ran and refused, each way, against the table in counts.txt.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <map>
#include <string>

namespace alkomp::testing {

/// Per device and way, per theme.
class Counts {
public:
    void add(const std::string& device, const std::string& way, const std::string& theme, bool ran);
    /// Prints the rows, and says what is wrong with them by the table: a sentence a line.
    [[nodiscard]] std::string problems(const std::map<std::string, u32>& files_of_themes) const;

private:
    struct Count {
        u32 ran = 0, refused = 0;
    };
    std::map<std::pair<std::string, std::string>, std::map<std::string, Count>> rows_;
};

}  // namespace alkomp::testing
