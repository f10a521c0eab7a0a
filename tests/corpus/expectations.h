// SPDX-License-Identifier: MIT OR Apache-2.0
// What kernels of the corpus compute, in slow and obvious C++.
#pragma once

#include "corpus/kernel_file.h"

#include <cstring>
#include <map>
#include <stdexcept>

namespace alkomp::testing {

/// The bits of a buffer's elements after the call, by the function of that name. Throws where there is none.
[[nodiscard]] std::vector<u64> computed(const std::string& function, const KernelFile& file);

using Expectations = std::map<std::string, std::vector<u64> (*)(const KernelFile&), std::less<>>;
/// By name: of the theme "algorithms", and of all others.
[[nodiscard]] const Expectations& algorithms();
[[nodiscard]] const Expectations& features();

/// A buffer before the call, as numbers.
template <class T>
std::vector<T> input(const KernelFile& file, std::string_view name) {
    for (const CorpusBuffer& buffer : file.buffers) {
        if (buffer.name != name) continue;
        const std::vector<std::byte> bytes = filled(file, buffer);
        std::vector<T> values(bytes.size() / sizeof(T));
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
        return values;
    }
    throw std::runtime_error(file.path.string() + ": there is no buffer " + std::string(name) + '.');
}

inline std::vector<u64> bits(const std::vector<u32>& values) { return {values.begin(), values.end()}; }

}  // namespace alkomp::testing
