// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads glslang's log and renders its messages with source lines and carets.
#include "glsl/messages.h"

#include "runtime/excerpt.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace alkomp::glsl_front {
namespace {

using detail::printable;
using detail::sole_place;

constexpr std::size_t kMaxMessages = 20;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Single spaces, none at the ends, nor behind an opening quote.
std::string tidy(std::string_view text) {
    std::string out;
    bool quoted = false;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (c == '\'') quoted = !quoted;
        if (!space) out += c;
        else if (!out.empty() && out.back() != ' ' && !(quoted && out.back() == '\'')) out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

u32 to_number(std::string_view digits) {
    u32 value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

/// Splits "0:12: 'x' : undeclared identifier" or "name.glsl:12: ..." behind "ERROR: ".
Message parse_message(std::string_view body, bool is_error) {
    Message message;
    message.is_error = is_error;
    for (std::size_t colon = body.find(':'); colon != std::string_view::npos; colon = body.find(':', colon + 1)) {
        std::size_t end = colon + 1;
        while (end < body.size() && is_digit(body[end])) ++end;
        if (end == colon + 1 || !body.substr(end).starts_with(": ")) continue;
        const std::string_view place = body.substr(0, colon);
        message.line = to_number(body.substr(colon + 1, end - colon - 1));
        if (!place.empty() && std::all_of(place.begin(), place.end(), is_digit))
            message.string = static_cast<int>(to_number(place));
        else message.file = std::string(place);
        body.remove_prefix(end + 2);
        break;
    }
    const std::size_t quote_end = body.starts_with('\'') ? body.find("' : ", 1) : std::string_view::npos;
    if (quote_end != std::string_view::npos) {
        message.token = tidy(body.substr(1, quote_end - 1));
        body.remove_prefix(quote_end + 4);
    }
    message.text = tidy(body);
    return message;
}

/// glslang's wording where it leaves the reader alone.
void reword(Message& message) {
    constexpr std::string_view linking = "Linking compute stage: ";
    if (message.text.starts_with(linking)) message.text.erase(0, linking.size());
    if (message.text.starts_with("Missing entry point")) message.text = "there is no \"void main()\"";
    if (message.text.starts_with("No function definition (body) found:")) {
        const std::string name = tidy(message.text.substr(message.text.find(':') + 1));
        message.text = "the function '" + name.substr(0, name.find('(')) + "' is declared and called but has no body";
    }
    if (message.text == "memory exhausted") message.text = "the code is nested too deeply";
    if (message.token == "#error" && message.text.empty()) message.text = "without a text";
}

bool is_noise(const Message& message) {
    return message.text == "compilation terminated" || message.text.ends_with("No code generated.");
}

std::string source_excerpt(std::string_view line, std::string_view token) {
    const std::optional<std::size_t> place = sole_place(line, token);
    return detail::excerpt(line, place ? std::optional(detail::Marked{*place, 1}) : std::nullopt, "    ", "    ");
}

std::string_view text_of_failure(const Message& message, const Expansion& expansion) {
    if (message.token != "#error" || !message.text.starts_with(kIncludeFailure)) return {};
    const u32 index =
        to_number(std::string_view(message.text).substr(std::min(message.text.size(), kIncludeFailure.size() + 1)));
    return index < expansion.failures.size() ? std::string_view(expansion.failures[index]) : std::string_view();
}

bool names_graphics(const Message& message) {
    constexpr std::array<std::string_view, 16> builtins{
        "gl_Position",      "gl_PointSize",  "gl_ClipDistance", "gl_CullDistance", "gl_VertexIndex", "gl_VertexID",
        "gl_InstanceIndex", "gl_InstanceID", "gl_FragCoord",    "gl_FragColor",    "gl_FragData",    "gl_FragDepth",
        "gl_FrontFacing",   "gl_PointCoord", "gl_PrimitiveID",  "gl_InvocationID"};
    return std::find(builtins.begin(), builtins.end(), message.token) != builtins.end() ||
           message.text.find("in a compute shader") != std::string::npos ||
           message.text.find("this stage: compute") != std::string::npos ||
           message.text.find("stage compute") != std::string::npos;
}

}  // namespace

std::vector<Message> parse_log(std::string_view log) {
    std::vector<Message> messages;
    std::string_view rest = log;
    while (!rest.empty()) {
        // A message ends where the next one begins: some go over several lines.
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        bool is_start = false;
        for (const std::string_view prefix : {"ERROR: ", "WARNING: ", "INTERNAL ERROR: ", "UNIMPLEMENTED: "}) {
            if (!line.starts_with(prefix)) continue;
            messages.push_back(parse_message(line.substr(prefix.size()), prefix != "WARNING: "));
            is_start = true;
            break;
        }
        if (!is_start && !messages.empty() && !tidy(line).empty()) messages.back().text += ' ' + tidy(line);
    }
    std::erase_if(messages, is_noise);
    std::for_each(messages.begin(), messages.end(), reword);
    return messages;
}

std::string render(const Message& message, const Expansion& expansion) {
    const std::size_t index = message.string >= kFirstIncluded
                                  ? static_cast<std::size_t>(message.string - kFirstIncluded)
                                  : static_cast<std::size_t>(std::max(message.string, 0));
    const bool is_ours = message.file.empty() && index < expansion.texts.size() &&
                         (message.string <= 0 || message.string >= kFirstIncluded);
    const Text& text = expansion.texts[is_ours ? index : 0];
    const std::string_view failure = text_of_failure(message, expansion);

    std::string out;
    if (!message.file.empty()) out = printable(message.file);
    else out = is_ours ? text.name : text.name + " (string " + std::to_string(message.string) + ")";
    if (message.line != 0) out += ':' + std::to_string(message.line);
    out += message.is_error ? ": error: " : ": warning: ";
    if (!failure.empty()) {
        out += failure;
    } else {
        if (!message.token.empty()) out += '\'' + printable(message.token) + "': ";
        out += printable(message.text);
    }
    if (is_ours && message.line != 0 && !text.renumbers) {
        out += source_excerpt(detail::line_of(text.text, message.line),
                              failure.empty() ? std::string_view(message.token) : "#include");
    }
    if (is_ours) {
        for (const Text* at = &text; at->includer >= 0; at = &expansion.texts[static_cast<std::size_t>(at->includer)]) {
            out += "\nwhile including \"" + at->name + "\" at " +
                   expansion.texts[static_cast<std::size_t>(at->includer)].name + ':' +
                   std::to_string(at->includer_line);
        }
    }
    return out;
}

std::string describe_failure(const std::vector<Message>& messages, const Expansion& expansion) {
    std::vector<const Message*> errors;
    bool is_graphics = false;
    for (const Message& message : messages) {
        if (!message.is_error) continue;
        errors.push_back(&message);
        is_graphics = is_graphics || names_graphics(message);
    }
    // glslang goes on after an error, and says more about the same line because of it.
    const auto same_line = [](const Message* a, const Message* b) {
        return a->line != 0 && a->line == b->line && a->string == b->string && a->file == b->file;
    };
    for (std::size_t i = 0; i < errors.size(); ++i) {
        const auto behind = errors.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        errors.erase(std::remove_if(behind, errors.end(), [&](const Message* m) { return same_line(m, errors[i]); }),
                     errors.end());
    }
    // What follows a failed include is an echo of it.
    const auto include = std::find_if(errors.begin(), errors.end(),
                                      [&](const Message* m) { return !text_of_failure(*m, expansion).empty(); });
    if (include != errors.end()) errors.erase(include + 1, errors.end());

    std::string out = "compile: \"" + expansion.texts[0].name + "\" does not compile";
    out += is_graphics ? " as a compute shader, and only compute shaders are taken." : ".";
    for (std::size_t i = 0; i < std::min(errors.size(), kMaxMessages); ++i) out += '\n' + render(*errors[i], expansion);
    if (errors.size() > kMaxMessages) out += "\nand " + std::to_string(errors.size() - kMaxMessages) + " more errors";
    return out;
}

}  // namespace alkomp::glsl_front
