// SPDX-License-Identifier: MIT OR Apache-2.0
// PNG pictures as arrays.
#pragma once

#include "array.h"

#include <filesystem>
#include <span>
#include <string>

namespace alkomp::command {

/// True for a name that ends in ".png", in any case.
[[nodiscard]] bool is_picture(const std::filesystem::path& path);

/// Reads a picture as u32[height, width], one pixel an element: red in the lowest byte, alpha in the highest.
/// Throws Failure, "file: sentence".
[[nodiscard]] Array read_picture(const std::filesystem::path& path);

/// Throws Failure unless elements of this type and shape make a picture: u8[height, width], the same
/// with 1, 3 or 4 channels behind, or u32[height, width] as above.
void check_picture(const ElementType& element, const Shape& shape);

/// The bytes of a PNG file. Duty: check_picture.
[[nodiscard]] std::string encode_picture(const ElementType& element, const Shape& shape,
                                         std::span<const std::byte> bytes);

}  // namespace alkomp::command
