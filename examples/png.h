// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes RGBA pixels as a PNG file, for the examples that make pictures.
#pragma once

#include <png.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>

/// One pixel an element, rows from the top, red in the lowest byte. Returns where the file is.
inline std::filesystem::path write_png(const std::filesystem::path& path, std::uint32_t width, std::uint32_t height,
                                       std::span<const std::uint32_t> pixels) {
    if (pixels.size() != std::size_t{width} * height)
        throw std::invalid_argument("write_png: the pixels do not fill the picture");
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGBA;
    if (png_image_write_to_file(&image, path.string().c_str(), 0, pixels.data(), 0, nullptr) == 0) {
        throw std::runtime_error("write_png: " + path.string() + ": " + image.message);
    }
    return std::filesystem::absolute(path);
}
