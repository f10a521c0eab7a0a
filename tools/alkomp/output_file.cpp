// SPDX-License-Identifier: MIT OR Apache-2.0
// Written beside, then renamed.
#include "output_file.h"

#include "failure.h"

#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

namespace alkomp::command {
namespace {

std::string random_suffix() {
    std::random_device device;
    std::string out;
    for (int i = 0; i < 8; ++i) out += "0123456789abcdef"[device() % 16];
    return out;
}

}  // namespace

void check_writable(const std::filesystem::path& path) { OutputFile probe(path); }

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)), target_(path_) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path_, error);
    if (std::filesystem::is_directory(status)) throw Failure(path_.string() + ": it is a folder");
    const bool special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    // A link stays a link: what it points to is replaced.
    if (!special && std::filesystem::is_symlink(std::filesystem::symlink_status(path_, error))) {
        const std::filesystem::path resolved = std::filesystem::weakly_canonical(path_, error);
        if (!error) target_ = resolved;
    }
    if (!special) temporary_ = target_.parent_path() / ("." + target_.filename().string() + "." + random_suffix());
    errno = 0;
    stream_.open(special ? target_ : temporary_, std::ios::binary | std::ios::trunc);
    if (!stream_) {
        temporary_.clear();
        throw Failure(path_.string() + ": it cannot be written: " + std::strerror(errno));
    }
}

OutputFile::~OutputFile() {
    if (temporary_.empty()) return;
    stream_.close();
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      stream_(std::move(other.stream_)) {}

void OutputFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void OutputFile::write(std::span<const std::byte> bytes) {
    errno = 0;
    stream_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!stream_) throw Failure(path_.string() + ": it cannot be written: " + std::strerror(errno));
}

void OutputFile::commit() {
    errno = 0;
    stream_.close();
    if (!stream_) throw Failure(path_.string() + ": it cannot be written: " + std::strerror(errno));
    if (temporary_.empty()) return;
    std::error_code error;
    std::filesystem::rename(temporary_, target_, error);
    if (error) throw Failure(path_.string() + ": it cannot be written: " + error.message());
    temporary_.clear();
}

}  // namespace alkomp::command
