// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace alkomp::testing {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

bool write_golden = false;

std::vector<GoldenInput> golden_inputs(std::string_view folder) {
    std::vector<GoldenInput> inputs;
    for (const auto& entry : fs::directory_iterator(fs::path(ALKOMP_GOLDEN) / folder))
        if (entry.path().extension() == ".ir") inputs.push_back({entry.path().stem().string(), read(entry.path())});
    std::sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return inputs;
}

void expect_golden(std::string_view folder, const std::string& name, std::string_view extension,
                   const std::string& text) {
    const fs::path path = fs::path(ALKOMP_GOLDEN) / folder / (name + std::string(extension));
    if (write_golden) {
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    ASSERT_TRUE(fs::exists(path)) << path << " is missing; alkomp_emit_tests --write makes it";
    EXPECT_EQ(text, read(path)) << "in " << path << "; alkomp_emit_tests --write takes the new text";
}

std::string golden_option(const GoldenInput& input, std::string_view key, std::string_view otherwise) {
    const std::size_t line = input.text.find("// emit:");
    if (line == std::string::npos) return std::string(otherwise);
    const std::string options = input.text.substr(line, input.text.find('\n', line) - line) + ' ';
    const std::size_t at = options.find(' ' + std::string(key) + '=');
    if (at == std::string::npos) return std::string(otherwise);
    const std::size_t value = at + key.size() + 2;
    return options.substr(value, options.find(' ', value) - value);
}

}  // namespace alkomp::testing
