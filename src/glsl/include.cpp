// SPDX-License-Identifier: MIT OR Apache-2.0
// Replaces each `#include` by the file's text between `#line` directives.
#include "glsl/include.h"

#include "alkomp/error.h"
#include "runtime/cache.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

namespace alkomp::glsl_front {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDepth = 64;

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }

std::string_view skip_space(std::string_view text) {
    const auto first = std::find_if_not(text.begin(), text.end(), is_space);
    return text.substr(static_cast<std::size_t>(first - text.begin()));
}

std::optional<std::string> read_file(const fs::path& path) {
    std::error_code failure;
    if (!fs::is_regular_file(path, failure)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    // One byte more than is taken, so that a longer file is refused instead of read.
    std::string text(
        static_cast<std::size_t>(std::min<std::uintmax_t>(fs::file_size(path, failure), kMaxTextBytes + 1)), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// Windows editors put a byte order mark in front; glslang takes it for code.
void drop_byte_order_mark(std::string& text) {
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
}

class Expander {
public:
    Expander(Expansion& out, std::span<const fs::path> include_dirs) : out_(out), include_dirs_(include_dirs) {}

    void add_text(std::size_t index, std::size_t depth) {
        check_characters(index);
        // Copied handles: `texts` grows while included files are added.
        const std::string text = out_.texts[index].text;
        LineScanner scanner(text);
        LineScanner::Line line;
        while (scanner.next(line)) {
            std::string_view rest;
            const std::string_view name = directive_name(line, rest);
            if (name == "include") {
                include(index, line, skip_space(rest), depth);
            } else {
                if (name == "line") out_.texts[index].renumbers = true;
                append(line.text);
            }
        }
    }

private:
    void append(std::string_view line) {
        if (out_.text.size() + line.size() + 1 > kMaxTextBytes) {
            throw Error(ErrorCode::compile_failed, "compile: \"" + out_.texts[0].name + "\" is longer than " +
                                                       std::to_string(kMaxTextBytes) +
                                                       " bytes with its includes, the most that is taken.");
        }
        out_.text += line;
        out_.text += '\n';
    }

    void append_line_directive(u32 number, std::size_t index) {
        const int string = index == 0 ? 0 : kFirstIncluded + static_cast<int>(index);
        append("#line " + std::to_string(number) + " " + std::to_string(string));
    }

    void check_characters(std::size_t index) const {
        const Text& text = out_.texts[index];
        const std::size_t nul = text.text.find('\0');
        if (nul == std::string::npos) return;
        const auto line = 1 + std::count(text.text.begin(), text.text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
        throw Error(ErrorCode::compile_failed, "compile: \"" + text.name + "\" has a NUL byte in line " +
                                                   std::to_string(line) + ", which no GLSL text has.");
    }

    void fail(const LineScanner::Line& line, std::string_view rest, std::string message) {
        // What follows on the line stays: it may open a comment.
        append(std::string(line.text.substr(0, line.directive)) + "#error " + std::string(kIncludeFailure) + " " +
               std::to_string(out_.failures.size()) + " " + std::string(rest));
        out_.failures.push_back(std::move(message));
    }

    void include(std::size_t index, const LineScanner::Line& line, std::string_view what, std::size_t depth) {
        const char open = what.empty() ? '\0' : what.front();
        const char close = open == '<' ? '>' : open;
        const std::size_t end = open == '"' || open == '<' ? what.find(close, 1) : std::string_view::npos;
        if (end == std::string_view::npos || end == 1) {
            return fail(line, {}, "#include takes \"file\" or <file>");
        }
        const std::string wanted(what.substr(1, end - 1));
        const std::string_view rest = what.substr(end + 1);

        std::vector<fs::path> folders;
        if (open == '"' && !out_.texts[index].directory.empty()) folders.push_back(out_.texts[index].directory);
        folders.insert(folders.end(), include_dirs_.begin(), include_dirs_.end());
        std::optional<Text> found = find(wanted, folders);
        if (!found) return fail(line, rest, not_found(wanted, open, folders));

        for (int at = static_cast<int>(index); at >= 0; at = out_.texts[static_cast<std::size_t>(at)].includer) {
            if (out_.texts[static_cast<std::size_t>(at)].identity.native() == found->identity.native())
                return fail(line, rest, std::string("'").append(wanted).append("' includes itself"));
        }
        if (depth >= kMaxDepth) {
            return fail(
                line, rest,
                std::string("includes are nested more than ").append(std::to_string(kMaxDepth)).append(" deep"));
        }

        found->includer = static_cast<int>(index);
        found->includer_line = line.number;
        drop_byte_order_mark(found->text);
        const std::size_t added = out_.texts.size();
        out_.texts.push_back(std::move(*found));
        if (line.directive != 0) append(line.text.substr(0, line.directive));
        append_line_directive(1, added);
        add_text(added, depth + 1);
        if (skip_space(rest).empty()) {
            append_line_directive(line.number + 1, index);
        } else {
            append_line_directive(line.number, index);
            append(rest);
        }
    }

    std::optional<Text> find(const std::string& wanted, std::span<const fs::path> folders) {
        for (const fs::path& folder : folders) {
            const fs::path path = (folder / wanted).lexically_normal();
            const File& file = look_at(path);
            if (!file.contents) continue;
            Text text;
            text.name = path.string();
            text.text = *file.contents;
            text.directory = path.parent_path().empty() ? fs::path(".") : path.parent_path();
            text.identity = file.identity;
            return text;
        }
        return std::nullopt;
    }

    struct File {
        std::optional<std::string> contents;
        fs::path identity;
    };

    /// Each file is read once, however often it is included.
    const File& look_at(const fs::path& path) {
        const auto [entry, is_new] = files_.try_emplace(path);
        File& file = entry->second;
        if (!is_new) return file;
        file.contents = read_file(path);
        std::error_code failure;
        file.identity = fs::weakly_canonical(path, failure);
        out_.dependencies.push_back({path, file.contents ? detail::hash_key({*file.contents}) : std::string()});
        return file;
    }

    static std::string not_found(const std::string& wanted, char open, std::span<const fs::path> folders) {
        std::string message = "'" + wanted + "' is not found; ";
        if (folders.empty()) {
            return message + (open == '<' ? "no include folder is given"
                                          : "the text comes from no file and no include folder is given");
        }
        message += "looked in ";
        for (const fs::path& folder : folders) {
            if (&folder != &folders.front()) message += ", ";
            message += '"' + folder.string() + '"';
        }
        return message;
    }

    Expansion& out_;
    std::span<const fs::path> include_dirs_;
    std::map<fs::path, File> files_;
};

}  // namespace

bool Dependency::unchanged() const {
    const std::optional<std::string> contents = read_file(path);
    return contents ? hash == detail::hash_key({*contents}) : hash.empty();
}

bool LineScanner::next(Line& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line.text = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    line.number = ++number_;
    line.directive = kNone;
    scan(line);
    continued_ = line.text.ends_with('\\');
    return true;
}

void LineScanner::scan(Line& line) {
    const std::string_view text = line.text;
    bool is_first = !continued_;
    if (in_line_comment_ && continued_) return;
    in_line_comment_ = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool has_next = i + 1 < text.size();
        if (in_comment_) {
            if (text[i] == '*' && has_next && text[i + 1] == '/') {
                in_comment_ = false;
                ++i;
            }
        } else if (text[i] == '/' && has_next && text[i + 1] == '/') {
            in_line_comment_ = true;
            return;
        } else if (text[i] == '/' && has_next && text[i + 1] == '*') {
            in_comment_ = true;
            ++i;
        } else if (!is_space(text[i])) {
            if (is_first && text[i] == '#') line.directive = i;
            is_first = false;
            if (text[i] == '"') i = std::min(text.find('"', i + 1), text.size());
        }
    }
}

std::string_view directive_name(const LineScanner::Line& line, std::string_view& rest) {
    if (line.directive == LineScanner::kNone) return {};
    const std::string_view after = skip_space(line.text.substr(line.directive + 1));
    const auto end = std::find_if_not(after.begin(), after.end(), is_word);
    const auto length = static_cast<std::size_t>(end - after.begin());
    rest = after.substr(length);
    return after.substr(0, length);
}

Expansion expand(const Source& source, std::span<const fs::path> include_dirs) {
    Expansion out;
    Text main;
    main.name = source.name;
    main.text = source.text;
    main.directory = source.directory;
    drop_byte_order_mark(main.text);
    if (!source.directory.empty()) {
        std::error_code failure;
        main.identity = fs::weakly_canonical(source.directory / fs::path(source.name).filename(), failure);
    }
    if (main.text.size() > kMaxTextBytes) {
        throw Error(ErrorCode::compile_failed, "compile: \"" + source.name + "\" is " +
                                                   std::to_string(main.text.size()) + " bytes long; at most " +
                                                   std::to_string(kMaxTextBytes) + " are taken.");
    }
    out.texts.push_back(std::move(main));
    Expander(out, include_dirs).add_text(0, 0);
    return out;
}

}  // namespace alkomp::glsl_front
