// SPDX-License-Identifier: MIT OR Apache-2.0
// In place of assemble.cpp: words that assemble.py has put into ALKOMP_CORPUS_WORDS.
#include "corpus/assemble.h"

#include "glsl/glsl.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace alkomp::testing {
namespace {

std::filesystem::path words_path(const KernelFile& file) {
    return std::filesystem::path(ALKOMP_CORPUS_WORDS) / file.theme / (file.name + ".spv");
}

}  // namespace

std::vector<u32> assembled(const KernelFile& file) {
    std::ifstream in(words_path(file), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.empty()) throw std::runtime_error(words_path(file).string() + " is missing.");
    std::vector<u32> words(bytes.size() / sizeof(u32));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(u32));
    return words;
}

bool can_assemble(const KernelFile& file) {
    return !file.wants_newer_tools || std::filesystem::exists(words_path(file));
}

std::vector<u32> words_of(const KernelFile& file) {
    return file.is_assembly ? assembled(file) : glsl_front::compile(source_of(file), {}, Target::vulkan_1_2).words;
}

bool can_optimize() { return false; }

std::vector<u32> optimized(const KernelFile& file, std::span<const u32> /*words*/, Passes /*passes*/) {
    throw std::logic_error(file.path.string() + ": there is no optimiser here.");
}

}  // namespace alkomp::testing
