// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/plant.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace alkomp::testing {
namespace {

u32 line_of(const std::string& text, std::size_t place) {
    return static_cast<u32>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n')) + 1;
}

/// Where the bracket that opens at `place` closes.
std::size_t closing(const std::string& text, std::size_t place, char open, char close) {
    u32 depth = 0;
    for (std::size_t i = place; i < text.size(); ++i) {
        if (text[i] == open) ++depth;
        if (text[i] == close && --depth == 0) return i;
    }
    return std::string::npos;
}

/// `subtle` is what stands there where only some invocations are wrong.
Planted changed(const std::string& text, std::size_t from, std::size_t to, const std::string& by,
                const std::string& subtle, bool tells_line) {
    Planted made;
    made.text = text.substr(0, from) + by + text.substr(to);
    if (!subtle.empty()) made.subtle = text.substr(0, from) + subtle + text.substr(to);
    made.at = line_of(text, from);
    if (tells_line) {
        const auto ends = [](char c) { return c == ';' || c == '{' || c == '}'; };
        std::size_t begin = from, end = to;
        while (begin > 0 && !ends(text[begin - 1])) --begin;
        while (end < text.size() && !ends(text[end])) ++end;
        made.first = line_of(text, begin);
        made.last = line_of(text, end);
    }
    made.what = text.substr(from, to - from) + " -> " + by;
    return made;
}

/// The statements of functions, without comments and declarations of blocks: from the first '{' behind a ')'.
std::size_t first_statement(const std::string& text) {
    static const std::regex function(R"(\)\s*\{)");
    std::smatch match;
    return std::regex_search(text, match, function) ? static_cast<std::size_t>(match.position()) : text.size();
}

/// What the bracket at `open` picks an element of: "a.b[c]"; empty where it calls something.
std::string indexed(const std::string& text, std::size_t open) {
    std::size_t begin = open;
    for (u32 depth = 0; begin > 0; --begin) {
        const char c = text[begin - 1];
        if (c == ')') return {};
        if (c == ']') ++depth;
        if (c == '[' && depth-- == 0) break;
        if (depth == 0 && c != '[' && c != '.' && c != '_' && std::isalnum(static_cast<unsigned char>(c)) == 0) break;
    }
    const std::string whole = text.substr(begin, open - begin);
    return whole.find("++") == std::string::npos && whole.find("--") == std::string::npos ? whole : std::string();
}

std::vector<Planted> indices(const std::string& text) {
    static const std::regex index(R"([A-Za-z_0-9\)\]]\[)");
    static const std::regex declared(
        R"((const|shared|float|u?int|bool|[biud]?vec[234]|mat[234]\w*|double|u?int\d+_t)\s+\w*$)");
    std::vector<Planted> made;
    for (std::sregex_iterator at(text.begin() + static_cast<std::ptrdiff_t>(first_statement(text)), text.end(), index),
         end;
         at != end; ++at) {
        const std::size_t open = first_statement(text) + static_cast<std::size_t>(at->position()) + 1;
        const std::size_t close = closing(text, open, '[', ']');
        if (close == std::string::npos || close == open + 1) continue;
        const std::size_t start = text.rfind('\n', open) + 1;
        const std::string before = text.substr(start, open - start);
        if (std::regex_search(before, declared) || before.find("//") != std::string::npos) continue;
        const std::string index = text.substr(open + 1, close - open - 1), whole = indexed(text, open);
        std::string subtle;
        if (!whole.empty()) subtle = "[FAULTY ? uint(" + whole + ".length()) : uint(" + index + ")]";
        made.push_back(changed(text, open, close + 1, "[(" + index + ") + 1000000]", subtle, true));
    }
    return made;
}

std::vector<Planted> barriers(const std::string& text, const std::string& by, const std::string& subtle,
                              bool tells_line) {
    static const std::regex call(R"(\bbarrier\(\);)");
    std::vector<Planted> made;
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
        const auto from = static_cast<std::size_t>(at->position());
        made.push_back(changed(text, from, from + static_cast<std::size_t>(at->length()), by, subtle, tells_line));
    }
    return made;
}

std::vector<Planted> atomics(const std::string& text) {
    static const std::regex call(R"(\batomic(Add|Or|And|Xor|Min|Max)\()");
    std::vector<Planted> made;
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
        const auto from = static_cast<std::size_t>(at->position());
        const std::size_t open = from + static_cast<std::size_t>(at->length()) - 1;
        const std::size_t close = closing(text, open, '(', ')');
        std::size_t comma = open + 1;
        for (u32 depth = 0; comma < close && (text[comma] != ',' || depth != 0); ++comma) {
            if (text[comma] == '[' || text[comma] == '(') ++depth;
            if (text[comma] == ']' || text[comma] == ')') --depth;
        }
        if (text.substr(comma + 1, close - comma - 1).find(',') != std::string::npos) continue;  // with scopes
        const std::string place = text.substr(open + 1, comma - open - 1),
                          value = text.substr(comma + 1, close - comma - 1);
        const std::string name = (*at)[1];
        const std::string op = name == "Add" ? "+" : name == "Or" ? "|" : name == "And" ? "&" : "^";
        const bool is_call = name == "Min" || name == "Max";
        const std::string result = is_call ? (name == "Min" ? "min(" : "max(") + place + ',' + value + ')'
                                           : place + ' ' + op + " (" + value + ')';
        const std::string plain = '(' + place + " = " + result + ')';
        made.push_back(changed(text, from, close + 1, plain,
                               "(FAULTY ? " + plain + " : " + text.substr(from, close + 1 - from) + ')', true));
    }
    return made;
}

std::vector<Planted> values(const std::string& text) {
    // "    float sum = 0.0;": one variable alone
    static const std::regex declaration(R"(\n +(float|u?int|[iu]?vec[234]|mat[234]|double) (\w+) = [^,;{]*;)");
    std::vector<Planted> made;
    const std::size_t begin = first_statement(text);
    for (std::sregex_iterator at(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), declaration), end;
         at != end; ++at) {
        const std::size_t from = begin + static_cast<std::size_t>(at->position()) + 1;
        const std::string type = (*at)[1], name = (*at)[2];
        const std::size_t to = from + static_cast<std::size_t>(at->length()) - 1;
        const std::string bare = type + ' ' + name + ';', whole = text.substr(from, to - from);
        const std::string given = whole.substr(whole.find('=') + 1);
        made.push_back(changed(text, from, to, bare, bare + " if (!FAULTY) " + name + " =" + given, false));
    }
    return made;
}

}  // namespace

std::vector<Planted> plant(Plant kind, const std::string& text) {
    switch (kind) {
        case Plant::index:
            return indices(text);
        case Plant::barrier:
            return barriers(text, ";", "if (!FAULTY_GROUP) barrier();", false);
        case Plant::skipped:
            return barriers(text, "if (!LAST_OF_GROUP) barrier();", "if (!(LAST_OF_GROUP && FAULTY_GROUP)) barrier();",
                            true);
        case Plant::atomic:
            return atomics(text);
        case Plant::value:
            return values(text);
    }
    return {};
}

}  // namespace alkomp::testing
