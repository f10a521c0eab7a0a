// SPDX-License-Identifier: MIT OR Apache-2.0
// Files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>

namespace alkomp::command {

/// Throws Failure, "file: sentence", when no file can be written there. Leaves nothing behind.
void check_writable(const std::filesystem::path& path);

/// A file written beside its place and moved there by `commit`. Without `commit` it vanishes.
/// Something that is there and no regular file (/dev/null, a pipe) is written to directly.
class OutputFile {
public:
    /// Throws Failure, "file: sentence"; so do `write` and `commit`.
    explicit OutputFile(std::filesystem::path path);
    ~OutputFile();
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;

    void write(std::string_view text);
    void write(std::span<const std::byte> bytes);
    void commit();

private:
    std::filesystem::path path_;       ///< as given, for messages
    std::filesystem::path target_;     ///< with links followed
    std::filesystem::path temporary_;  ///< empty: none, or already moved
    std::ofstream stream_;
};

}  // namespace alkomp::command
