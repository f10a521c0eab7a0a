// SPDX-License-Identifier: MIT OR Apache-2.0
// Places in the user's source, as messages show them.
#include "lang/recorder.h"

#include "runtime/excerpt.h"

#include <algorithm>

namespace alkomp::detail {
namespace {

constexpr std::size_t kMaxLineShown = 160;

/// The source line without its indent; empty where there is none to read.
std::string source_line(Place place) {
    const std::string line = line_of_file(place.file, place.line);
    const std::size_t begin = line.find_first_not_of(" \t"), end = line.find_last_not_of(" \t\r");
    return begin == std::string::npos ? std::string() : line.substr(begin, std::min(end + 1 - begin, kMaxLineShown));
}

}  // namespace

std::string at_place(Place place, const std::string& sentence) {
    if (place.file == nullptr || place.line == 0) return sentence;
    std::string text = std::string(place.file) + ':' + std::to_string(place.line) + ": " + sentence;
    if (const std::string line = source_line(place); !line.empty()) text += "\n    " + line;
    return text;
}

}  // namespace alkomp::detail
