// SPDX-License-Identifier: MIT OR Apache-2.0
// Places in a user's WGSL, as the two compilers of WebGPU write them.
// Tint: ":3:44 error: unresolved value 'scale'", which Chromium puts behind "Error while parsing WGSL: ".
// naga: "Shader 'k.wgsl' parsing error: expected `;`", and the place in the next line, behind "wgsl:".
#include "read/wgsl/failures.h"

#include "runtime/excerpt.h"

#include <charconv>
#include <optional>

namespace alkomp::read {
namespace {

constexpr std::size_t kMostShown = 10;

struct Place {
    u32 line = 0, column = 0;
    std::size_t end = 0;  ///< behind the digits
};

/// ":3:44" at `at`.
std::optional<Place> place_at(std::string_view text, std::size_t at) {
    Place out;
    const char* const end = text.data() + text.size();
    const char* next = text.data() + at;
    for (u32* number : {&out.line, &out.column}) {
        if (next == end || *next != ':') return {};
        const auto [behind, wrong] = std::from_chars(next + 1, end, *number);
        if (wrong != std::errc() || *number == 0) return {};
        next = behind;
    }
    out.end = static_cast<std::size_t>(next - text.data());
    return out;
}

class Messages {
public:
    Messages(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    void add(const Place& place, std::string_view sentence) {
        if (++count_ > kMostShown) return;
        out_ += '\n' + std::string(name_) + ':' + std::to_string(place.line) + ':' + std::to_string(place.column) +
                ": error: " + std::string(sentence);
        const std::string_view line = detail::line_of(text_, place.line);
        std::optional<detail::Marked> mark;
        if (place.column <= line.size() + 1) mark = detail::Marked{place.column - 1, 1};
        out_ += detail::excerpt(line, mark, "  ", "  ");
    }

    [[nodiscard]] std::string take() {
        if (count_ == 0) return {};
        if (count_ > kMostShown) out_ += "\nand " + std::to_string(count_ - kMostShown) + " more errors.";
        return '"' + std::string(name_) + "\" does not compile." + out_;
    }

private:
    std::string_view text_, name_;
    std::string out_;
    std::size_t count_ = 0;
};

}  // namespace

std::string describe_wgsl_failure(std::string_view said, std::string_view text, std::string_view name) {
    constexpr std::string_view kError = " error: ", kNagaPlace = "\xe2\x94\x80 wgsl";
    Messages messages(text, name);
    std::string_view sentence;  // of naga, until its place comes
    for (std::size_t at = 0; at < said.size();) {
        const std::size_t end = std::min(said.find('\n', at), said.size());
        const std::string_view line = said.substr(at, end - at);
        at = end + 1;
        if (const std::size_t from = line.find(kNagaPlace); from != std::string_view::npos && !sentence.empty()) {
            if (const auto place = place_at(line, from + kNagaPlace.size())) messages.add(*place, sentence);
            sentence = {};
            continue;
        }
        const std::size_t error = line.find(kError);
        if (error == std::string_view::npos) continue;
        sentence = line.substr(error + kError.size());
        for (std::size_t from = line.find(':'); from < error; from = line.find(':', from + 1)) {
            const auto place = place_at(line, from);
            if (!place || place->end != error) continue;
            messages.add(*place, sentence);
            sentence = {};
            break;
        }
    }
    return messages.take();
}

}  // namespace alkomp::read
