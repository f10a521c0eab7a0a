// SPDX-License-Identifier: MIT OR Apache-2.0
#include "glsl/lines.h"

#include "spirv/spec.h"

#include <charconv>
#include <unordered_map>

namespace alkomp::glsl_front {
namespace {

constexpr u32 kLineBits = 20;
constexpr u32 kMostFiles = (u32{1} << (31 - kLineBits)) - 1;  // glslang counts lines in an int
constexpr std::size_t kHeaderWords = 5;

/// "12 1000001": the line, and the place of an included text; false for a user's own.
bool parse_directive(std::string_view rest, u32& line, u32& text) {
    const char* const end = rest.data() + rest.size();
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    const auto first = std::from_chars(rest.data(), end, line);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return false;
    int string = 0;
    const auto second = std::from_chars(first.ptr + 1, end, string);
    if (second.ec != std::errc() || second.ptr != end || string <= kFirstIncluded) return false;
    text = static_cast<u32>(string - kFirstIncluded);
    return text <= kMostFiles;
}

void append_text(std::vector<u32>& words, spv::Id id, std::string_view text) {
    const std::size_t at = words.size(), count = 2 + text.size() / sizeof(u32) + 1;
    words.resize(at + count, 0);
    words[at] = static_cast<u32>(count) << 16 | static_cast<u32>(spv::Op::String);
    words[at + 1] = id;
    for (std::size_t i = 0; i < text.size(); ++i)
        words[at + 2 + i / sizeof(u32)] |= u32{static_cast<unsigned char>(text[i])} << 8 * (i % sizeof(u32));
}

}  // namespace

std::string with_files_in_lines(const Expansion& expansion) {
    std::string made;
    LineScanner scanner(expansion.text);
    for (LineScanner::Line line; scanner.next(line);) {
        std::string_view rest;
        u32 number = 0, text = 0;
        if (directive_name(line, rest) == "line" && parse_directive(rest, number, text))
            made += "#line " + std::to_string(number + (text << kLineBits)) + ' ' +
                    std::to_string(kFirstIncluded + static_cast<int>(text));
        else made += line.text;
        made += '\n';
    }
    return made;
}

void name_files(std::vector<u32>& words, const Expansion& expansion) {
    const auto op = [&](std::size_t at) { return static_cast<spv::Op>(words[at] & 0xffff); };
    std::unordered_map<u32, spv::Id> files;  // by the place of the text
    std::vector<u32> strings;
    std::size_t names = 0;  // where the first string stands
    for (std::size_t at = kHeaderWords; at < words.size(); at += words[at] >> 16) {
        if (op(at) == spv::Op::String && names == 0) names = at;
        if (op(at) != spv::Op::Line) continue;
        const u32 text = words[at + 2] >> kLineBits;
        if (text >= expansion.texts.size()) continue;
        const auto [file, is_new] = files.emplace(text, words[3]);
        if (is_new) append_text(strings, words[3]++, expansion.texts[text].name);
        words[at + 1] = file->second;
        words[at + 2] &= (u32{1} << kLineBits) - 1;
    }
    if (names != 0) words.insert(words.begin() + static_cast<std::ptrdiff_t>(names), strings.begin(), strings.end());
}

}  // namespace alkomp::glsl_front
