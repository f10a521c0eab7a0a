// SPDX-License-Identifier: MIT OR Apache-2.0
// The .npy format: a magic, a version, a Python dictionary, raw elements.
#include "npy.h"

#include "failure.h"
#include "literal.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <istream>
#include <string_view>

namespace alkomp::command {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr u64 kMaxHeaderBytes = 1U << 20;  // numpy itself refuses 10,000 unless told to trust the file
constexpr std::size_t kMaxDimensions = 64;

struct Header {
    ElementType element;
    std::vector<SwappedScalar> swapped;
    bool fortran_order = false;
    Shape shape;
};

void read_exactly(std::istream& stream, void* to, u64 count, u64& left) {
    if (count > left) throw Failure("it ends inside its header");
    stream.read(static_cast<char*>(to), static_cast<std::streamsize>(count));
    if (!stream) throw Failure("it cannot be read");
    left -= count;
}

std::string header_text(std::istream& stream, u64& left) {
    std::array<unsigned char, 8> start{};
    if (left < start.size()) throw Failure("it is not a .npy file: it has " + std::to_string(left) + " bytes");
    read_exactly(stream, start.data(), start.size(), left);
    if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
        throw Failure("it is not a .npy file: it does not start with \\x93NUMPY");
    }
    const unsigned major = start[6];
    const unsigned minor = start[7];
    if (major < 1 || major > 3 || minor != 0) {
        throw Failure("its .npy format is " + std::to_string(major) + "." + std::to_string(minor) +
                      "; 1.0, 2.0 and 3.0 are read");
    }
    std::array<unsigned char, 4> length{};
    read_exactly(stream, length.data(), major == 1 ? 2 : 4, left);
    const u64 bytes = length[0] | u64{length[1]} << 8 | u64{length[2]} << 16 | u64{length[3]} << 24;
    if (bytes > kMaxHeaderBytes)
        throw Failure("its header claims " + std::to_string(bytes) + " bytes; at most 1 MiB is read");
    std::string text(static_cast<std::size_t>(bytes), '\0');
    read_exactly(stream, text.data(), bytes, left);
    return text;
}

Header parse_header(const std::string& text) {
    const Literal dictionary = parse_literal(text);
    const Literal* descr = dictionary.find("descr");
    const Literal* order = dictionary.find("fortran_order");
    const Literal* shape = dictionary.find("shape");
    if (descr == nullptr || order == nullptr || shape == nullptr) {
        throw Failure("its header lacks one of 'descr', 'fortran_order' and 'shape'");
    }
    Header header;
    header.element = element_from_descr(*descr, header.swapped);
    const bool* fortran = order->as<bool>();
    if (fortran == nullptr) throw Failure("its header's 'fortran_order' is neither True nor False");
    header.fortran_order = *fortran;
    const auto* extents = shape->as<Literal::Sequence>();
    if (extents == nullptr) throw Failure("its header's 'shape' is not a tuple");
    if (extents->items.size() > kMaxDimensions) throw Failure("it has more than 64 dimensions");
    for (const Literal& extent : extents->items) {
        const auto* number = extent.as<std::int64_t>();
        if (number == nullptr || *number < 0) throw Failure("its header's 'shape' holds something that is not a count");
        header.shape.push_back(static_cast<u64>(*number));
    }
    return header;
}

void swap_scalars(std::vector<std::byte>& bytes, const Header& header) {
    const std::size_t stride = header.element.type.size_bytes;
    for (std::size_t at = 0; at + stride <= bytes.size(); at += stride) {
        for (const SwappedScalar& scalar : header.swapped) {
            const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + scalar.offset_bytes);
            std::reverse(begin, begin + scalar.size_bytes);
        }
    }
}

/// Walks the target in C order and keeps the source's place by adding strides.
std::vector<std::byte> to_c_order(const std::vector<std::byte>& from, const Shape& shape, std::size_t size_bytes) {
    std::vector<std::size_t> stride(shape.size());
    std::size_t step = size_bytes;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        stride[d] = step;
        step *= static_cast<std::size_t>(shape[d]);
    }
    std::vector<std::byte> to(from.size());
    std::vector<u64> index(shape.size());
    std::size_t source = 0;
    for (std::size_t target = 0; target < to.size(); target += size_bytes) {
        std::memcpy(to.data() + target, from.data() + source, size_bytes);
        for (std::size_t d = shape.size(); d-- > 0;) {
            source += stride[d];
            if (++index[d] < shape[d]) break;
            source -= stride[d] * static_cast<std::size_t>(shape[d]);
            index[d] = 0;
        }
    }
    return to;
}

}  // namespace

Array read_npy(std::istream& stream, u64 size_bytes) {
    u64 left = size_bytes;
    Header header = parse_header(header_text(stream, left));
    const u64 wanted = array_bytes(header.element, header.shape);
    if (left != wanted) {
        throw Failure("it is " + std::string(left < wanted ? "truncated" : "too long") + ": its header says " +
                      std::to_string(wanted) + " bytes of elements, the file has " + std::to_string(left));
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(wanted));
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(wanted));
    if (!stream) throw Failure("it cannot be read");
    if (!header.swapped.empty()) swap_scalars(bytes, header);
    if (header.fortran_order && header.shape.size() > 1) {
        bytes = to_c_order(bytes, header.shape, header.element.type.size_bytes);
    }
    return {std::move(header.element), std::move(header.shape), std::move(bytes)};
}

Array read_npy(const std::filesystem::path& path) try {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) throw Failure("there is no such file");
    if (!std::filesystem::is_regular_file(status)) throw Failure("it is not a regular file");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw Failure("it cannot be opened for reading");
    const u64 size_bytes = std::filesystem::file_size(path, error);
    if (error) throw Failure("it cannot be read: " + error.message());
    return read_npy(stream, size_bytes);
} catch (const Failure& failure) {
    throw Failure(path.string() + ": " + failure.what());
} catch (const std::bad_alloc&) {
    throw Failure(path.string() + ": there is not enough memory to read it");
}

std::string npy_header(const ElementType& element, const Shape& shape) {
    std::string text = "{'descr': " + element.descr + ", 'fortran_order': False, 'shape': (";
    for (std::size_t d = 0; d < shape.size(); ++d) text += (d == 0 ? "" : ", ") + std::to_string(shape[d]);
    text += shape.size() == 1 ? ",), }" : "), }";
    const bool ascii = std::ranges::all_of(text, [](unsigned char c) { return c < 128; });
    // Version 1.0 has two bytes of length, and only 3.0 says that names are UTF-8.
    const bool first = ascii && text.size() + 64 < 65536;
    const std::size_t fixed = kMagic.size() + 2 + (first ? 2 : 4);
    const std::size_t padded = (fixed + text.size() + 1 + 63) / 64 * 64 - fixed;
    text.resize(padded - 1, ' ');
    text += '\n';
    std::string out(kMagic);
    out += static_cast<char>(first ? 1 : ascii ? 2 : 3);
    out += '\0';
    for (std::size_t i = 0; i < (first ? 2U : 4U); ++i) out += static_cast<char>(padded >> (8 * i) & 0xff);
    return out + text;
}

}  // namespace alkomp::command
