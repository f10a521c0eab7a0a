// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/excerpt.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <system_error>

namespace alkomp::detail {
namespace {

constexpr std::size_t kMaxLineShown = 160;
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{64} << 20;  // files are named by SPIR-V of any origin

/// Blanks for what stands in front of a mark. Continuation bytes of UTF-8 take no column of their own.
std::string blanks_for(std::string_view text) {
    std::string blanks;
    for (const char c : text)
        if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) blanks += c == '\t' ? '\t' : ' ';
    return blanks;
}

}  // namespace

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        bool valid = length != 0 && i + length <= text.size() && (lead >= 0x20 || lead == '\t') && lead != 0x7f;
        for (std::size_t k = 1; valid && k < length; ++k)
            valid = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
        if (valid && length == 3) {
            const auto second = static_cast<unsigned char>(text[i + 1]);
            valid = !(lead == 0xe0 && second < 0xa0) && !(lead == 0xed && second >= 0xa0);
        }
        if (valid && length == 4) {
            const auto second = static_cast<unsigned char>(text[i + 1]);
            valid = !(lead == 0xf0 && second < 0x90) && !(lead == 0xf4 && second >= 0x90);
        }
        if (valid) out += text.substr(i, length);
        else out += '?';
        i += valid ? length : 1;
    }
    return out;
}

std::string_view line_of(std::string_view text, u32 number) {
    for (u32 at = 1; at < number; ++at) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

std::string line_of_file(const std::filesystem::path& path, u32 number) {
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure) || std::filesystem::file_size(path, failure) > kMaxFileBytes)
        return {};
    std::ifstream file(path, std::ios::binary);
    std::string line;
    for (u32 at = 0; at < number; ++at)
        if (!std::getline(file, line)) return {};
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::optional<std::size_t> sole_place(std::string_view line, std::string_view token) {
    if (token.empty()) return std::nullopt;
    std::optional<std::size_t> place;
    for (std::size_t at = line.find(token); at != std::string_view::npos; at = line.find(token, at + 1)) {
        const std::size_t end = at + token.size();
        const bool joined_left = at > 0 && is_word(token.front()) && is_word(line[at - 1]);
        const bool joined_right = end < line.size() && is_word(token.back()) && is_word(line[end]);
        if (joined_left || joined_right) continue;
        if (place) return std::nullopt;
        place = at;
    }
    return place;
}

std::string excerpt(std::string_view line, std::optional<Marked> mark, std::string_view margin,
                    std::string_view margin_below) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return {};
    std::string text = "\n";
    text.append(margin).append(printable(line.substr(0, kMaxLineShown)));
    if (line.size() > kMaxLineShown) text += "...";
    const std::size_t shown = std::min(line.size(), kMaxLineShown);
    if (!mark || mark->begin >= shown) return text;
    const std::size_t size = std::clamp<std::size_t>(mark->size_bytes, 1, shown - mark->begin);
    const std::size_t columns = blanks_for(line.substr(mark->begin, size)).size();
    text.append("\n").append(margin_below).append(blanks_for(line.substr(0, mark->begin))).append("^");
    return text.append(columns == 0 ? 0 : columns - 1, '~');
}

}  // namespace alkomp::detail
