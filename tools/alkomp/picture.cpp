// SPDX-License-Identifier: MIT OR Apache-2.0
// PNG through libpng's simplified interface.
#include "picture.h"

#include "failure.h"

#include <png.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace alkomp::command {
namespace {

constexpr u64 kMaxExtent = 1U << 20;

/// Frees what libpng holds for an image that is read or written.
struct Image : png_image {
    Image() : png_image() { version = PNG_IMAGE_VERSION; }
    ~Image() { png_image_free(this); }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
};

/// Channels of a picture; 0 when it is none.
u32 channels(const ElementType& element, const Shape& shape) {
    const bool scalar = element.type.lanes == 1 && element.type.columns == 1;
    if (scalar && element.type.scalar == Scalar::u32 && shape.size() == 2) return 4;
    if (!scalar || element.type.scalar != Scalar::u8 || shape.size() < 2 || shape.size() > 3) return 0;
    if (shape.size() == 2) return 1;
    return shape[2] == 1 || shape[2] == 3 || shape[2] == 4 ? static_cast<u32>(shape[2]) : 0;
}

}  // namespace

bool is_picture(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".png";
}

Array read_picture(const std::filesystem::path& path) {
    Image image;
    if (png_image_begin_read_from_file(&image, path.string().c_str()) == 0)
        throw Failure(path.string() + ": " + image.message);
    image.format = PNG_FORMAT_RGBA;
    Array out{*element_from_name("u32"), {image.height, image.width}, {}};
    out.bytes.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, out.bytes.data(), 0, nullptr) == 0) {
        throw Failure(path.string() + ": " + image.message);
    }
    return out;
}

void check_picture(const ElementType& element, const Shape& shape) {
    if (channels(element, shape) == 0) {
        throw Failure(to_string(element.type) + to_string(shape) +
                      " is no picture: that is u8[height, width], u8[height, width, 1, 3 or 4] or u32[height, width]");
    }
    if (shape[0] == 0 || shape[1] == 0 || shape[0] > kMaxExtent || shape[1] > kMaxExtent) {
        throw Failure("a picture has 1 to 2^20 rows and columns, not " + to_string(shape));
    }
}

std::string encode_picture(const ElementType& element, const Shape& shape, std::span<const std::byte> bytes) {
    Image image;
    image.height = static_cast<png_uint_32>(shape[0]);
    image.width = static_cast<png_uint_32>(shape[1]);
    const u32 count = channels(element, shape);
    image.format = count == 1 ? PNG_FORMAT_GRAY : count == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    png_alloc_size_t size_bytes = 0;
    if (png_image_write_to_memory(&image, nullptr, &size_bytes, 0, bytes.data(), 0, nullptr) == 0)
        throw Failure(image.message);
    std::string out(size_bytes, '\0');
    if (png_image_write_to_memory(&image, out.data(), &size_bytes, 0, bytes.data(), 0, nullptr) == 0)
        throw Failure(image.message);
    out.resize(size_bytes);
    return out;
}

}  // namespace alkomp::command
