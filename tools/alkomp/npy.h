// SPDX-License-Identifier: MIT OR Apache-2.0
// NumPy's .npy files.
#pragma once

#include "array.h"

#include <filesystem>
#include <iosfwd>
#include <string>

namespace alkomp::command {

/// Reads format 1.0, 2.0 and 3.0. Fortran order and big-endian scalars are converted.
/// Throws Failure, "file: sentence": not such a file, truncated, too long, a type that no kernel takes.
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
[[nodiscard]] Array read_npy(const std::filesystem::path& path);

/// The same from a stream of `size_bytes`; messages do not name it.
[[nodiscard]] Array read_npy(std::istream& stream, u64 size_bytes);

/// The first bytes of a .npy file, up to the array's.
[[nodiscard]] std::string npy_header(const ElementType& element, const Shape& shape);

}  // namespace alkomp::command
