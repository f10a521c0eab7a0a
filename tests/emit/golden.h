// SPDX-License-Identifier: MIT OR Apache-2.0
// Files of expected text: each IR file in a folder of tests/golden with what an emitter makes of it.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::testing {

/// Golden files are written, not compared.
extern bool write_golden;

struct GoldenInput {
    std::string name;  ///< "loop" of loop.ir
    std::string text;
    friend std::ostream& operator<<(std::ostream& out, const GoldenInput& input) { return out << input.name; }
};

/// The IR files of tests/golden/<folder>, by name.
[[nodiscard]] std::vector<GoldenInput> golden_inputs(std::string_view folder);

/// Compares with tests/golden/<folder>/<name><extension>, or writes it.
void expect_golden(std::string_view folder, const std::string& name, std::string_view extension,
                   const std::string& text);

/// "key=value" in the line of the input that begins with "// emit:"; `otherwise` where it is not there.
[[nodiscard]] std::string golden_option(const GoldenInput& input, std::string_view key, std::string_view otherwise);

}  // namespace alkomp::testing
