// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/check.h"

#include "alkomp/error.h"
#include "runtime/excerpt.h"

#include <bit>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace alkomp {
namespace {

using detail::id_text;
using detail::is_word;

constexpr u32 kLargestSubgroup = 64;

std::string place_text(const SourcePlace& place) {
    std::string text = place.file;
    if (place.line == 0) return text;
    text += ':' + std::to_string(place.line);
    return place.column == 0 ? text : text + ':' + std::to_string(place.column);
}

/// What a line that has such a fault may have but once.
std::vector<std::string_view> tokens_of(FaultKind kind, std::string_view object) {
    if (kind == FaultKind::division_by_zero) return {"/", "%"};
    if (kind == FaultKind::shift_out_of_range) return {"<<", ">>"};
    if (kind == FaultKind::barrier) return {"barrier", "block_barrier"};
    std::vector<std::string_view> words;
    for (std::size_t begin = 0; begin < object.size();) {
        std::size_t end = begin;
        while (end < object.size() && is_word(object[end])) ++end;
        if (end > begin) words.push_back(object.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

/// Where `token` stands in "token... = ... token ...": the one that is written or the one that is read. Nothing for other
/// lines.
std::optional<std::size_t> place_by_assignment(std::string_view line, std::string_view token, bool writes) {
    const std::size_t first = line.find_first_not_of(" \t");
    const std::size_t assigned = line.find(" = ");
    if (first == std::string_view::npos || assigned == std::string_view::npos) return std::nullopt;
    if (detail::sole_place(line.substr(0, assigned), token) != first) return std::nullopt;
    if (writes) return first;
    const auto behind = detail::sole_place(line.substr(assigned), token);
    return behind ? std::optional(assigned + *behind) : std::nullopt;
}

/// What to mark in the line: its column; where there is none, an operator or a part of the object's name, where one can
/// tell which; else all of it. glslang tells no columns, nor does a C++ kernel.
std::optional<detail::Marked> mark_in(const FaultSide& side, const Fault& fault) {
    const std::string_view line = side.place.text;
    if (side.place.column != 0) return detail::Marked{side.place.column - 1, 1};
    const std::vector<std::string_view> tokens = tokens_of(fault.kind, fault.object);
    for (const std::string_view token : tokens)
        if (const auto at = detail::sole_place(line, token)) return detail::Marked{*at, token.size()};
    for (const std::string_view token : tokens)
        if (const auto at = place_by_assignment(line, token, side.writes)) return detail::Marked{*at, token.size()};
    const std::size_t first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t");
    if (first == std::string_view::npos) return std::nullopt;
    return detail::Marked{first, last + 1 - first};
}

/// "  14 |     sum += pixels[i + 1];" and a caret below.
std::string excerpt_of(const FaultSide& side, const Fault& fault) {
    const std::string number = std::to_string(side.place.line);
    return detail::excerpt(side.place.text, mark_in(side, fault), "  " + number + " | ",
                           std::string(number.size() + 2, ' ') + " | ");
}

std::string calls_text(const FaultSide& side) {
    std::string text;
    for (const SourcePlace& call : side.calls) text += "\n  called from " + place_text(call);
    return text;
}

std::string invocation_text(const FaultSide& side) {
    return "invocation " + id_text(side.invocation) + " of workgroup " + id_text(side.workgroup);
}

std::string other_text(const FaultSide& other, const Fault& fault) {
    std::string text = std::string("\n  before that, ") + (other.writes ? "written" : "read") +
                       (other.atomic ? " atomically" : "") + " by " +
                       (other.several ? "other invocations" : invocation_text(other));
    if (other.place.line != 0) text += " at " + place_text(other.place) + ':' + excerpt_of(other, fault);
    return text + calls_text(other);
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    switch (kind) {
        case FaultKind::out_of_bounds:
            return "out of bounds";
        case FaultKind::misaligned:
            return "misaligned";
        case FaultKind::bad_address:
            return "bad address";
        case FaultKind::data_race:
            return "data race";
        case FaultKind::same_value_race:
            return "same-value race";
        case FaultKind::barrier:
            return "barrier";
        case FaultKind::uninitialized:
            return "uninitialized";
        case FaultKind::division_by_zero:
            return "division by zero";
        case FaultKind::shift_out_of_range:
            return "shift out of range";
        case FaultKind::not_finite:
            return "not finite";
        case FaultKind::step_limit:
            return "step limit";
        case FaultKind::assertion:
            return "assertion";
        case FaultKind::deadlock:
            return "deadlock";
    }
    return "unknown";
}

std::string to_string(const Fault& fault) {
    const SourcePlace& place = fault.at.place;
    std::string text = place.file.empty() ? fault.kernel : place_text(place);
    text += ": " + std::string(to_string(fault.kind)) + ": ";
    if (fault.more != 0) return text + std::to_string(fault.more) + " more here, in the kernel \"" + fault.kernel + '"';
    text += fault.text + excerpt_of(fault.at, fault) + "\n  " + invocation_text(fault.at) + ", kernel \"" +
            fault.kernel + '"' + calls_text(fault.at);
    if (fault.other) text += other_text(*fault.other, fault);
    return text;
}

namespace detail {
namespace {

void add_line(SourcePlace& place, const SourceTexts* texts) {
    if (place.line == 0 || place.file.empty()) return;
    const bool is_given = texts != nullptr && texts->contains(place.file);
    place.text =
        is_given ? std::string(line_of(texts->at(place.file), place.line)) : line_of_file(place.file, place.line);
}

template <class T, class Callback, class Print>
void hand(std::span<const T> items, const Callback& callback, const Print& print) {
    try {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (callback) callback(items[i]);
            else print(items[i], i == 0 ? nullptr : &items[i - 1]);
        }
    } catch (...) {
        // A failing callback must not change what alkomp does.
    }
}

}  // namespace

void add_lines(FaultSide& side, const SourceTexts* texts) {
    add_line(side.place, texts);
    for (SourcePlace& call : side.calls) add_line(call, texts);
}

void add_lines(Fault& fault, const SourceTexts* texts) {
    add_lines(fault.at, texts);
    if (fault.other) add_lines(*fault.other, texts);
}

void add_lines(TraceStep& step, const SourceTexts* texts) { add_line(step.place, texts); }

std::vector<Fault> faults_of(const ReadMessages& read, const Messages& messages) {
    std::vector<Fault> faults;
    for (const FailedCheck& failed : read.failed) {
        Fault& fault = faults.emplace_back();
        fault.kind = FaultKind::assertion;
        fault.kernel = messages.kernel;
        fault.at.place = {failed.file, failed.line, 0, {}};
        fault.at.invocation = failed.invocation;
        for (std::size_t i = 0; i < 3; ++i) fault.at.workgroup[i] = failed.invocation[i] / messages.workgroup_size[i];
        fault.text = "what assert_ wants does not hold" + (failed.text.empty() ? "" : ": " + failed.text);
        add_lines(fault, messages.sources.get());
    }
    if (read.failed_untold == 0) return faults;
    Fault rest;  // no line tells which of the kernel's conditions they are
    if (!faults.empty()) rest = faults.back();
    rest.kind = FaultKind::assertion;
    rest.kernel = messages.kernel;
    rest.more = read.failed_untold;
    faults.push_back(std::move(rest));
    return faults;
}

std::vector<Fault> FaultLog::add(std::vector<Fault> found, u32 per_place) {
    std::vector<Fault> fresh;
    std::map<Place, std::size_t> rests;  // in `fresh`
    for (Fault& fault : found) {
        const SourcePlace& at = fault.at.place;
        const Place place{fault.kind, fault.kernel, at.file, at.line, at.column};
        Told& told = told_[place];
        if (fault.more == 0 && told.count < per_place) {
            ++told.count;
            all_.push_back(fault);
            fresh.push_back(std::move(fault));
            continue;
        }
        fault.more = std::max<u64>(fault.more, 1);
        const auto [rest, is_new] = rests.emplace(place, fresh.size());
        if (!is_new) fresh[rest->second].more += fault.more;
        if (told.rest != 0) {
            all_[told.rest - 1].more += fault.more;
        } else {
            all_.push_back(fault);
            told.rest = all_.size();
        }
        if (is_new) fresh.push_back(std::move(fault));
    }
    return fresh;
}

void deliver(std::span<const Fault> faults, const FaultCallback& on_fault) {
    hand(faults, on_fault, [](const Fault& fault, const Fault*) {
        const std::string text = to_string(fault) + '\n';
        std::fputs(text.c_str(), stderr);
    });
}

void deliver(std::span<const TraceStep> steps, const TraceCallback& on_trace) {
    hand(steps, on_trace, [](const TraceStep& step, const TraceStep* before) {
        const std::string text = trace_text(step, before) + '\n';
        std::fputs(text.c_str(), stdout);
    });
}

std::string trace_text(const TraceStep& step, const TraceStep* before) {
    std::string text;
    const SourcePlace& at = step.place;
    if (before == nullptr || before->place.line != at.line || before->place.file != at.file) {
        const std::size_t first = at.text.find_first_not_of(" \t");
        text = place_text({at.file, at.line, 0, {}});
        if (first != std::string::npos) text += " | " + printable(std::string_view(at.text).substr(first));
        text += '\n';
    }
    return text + "    " + step.text;
}

void check_options(const CheckOptions& options, const char* function) {
    const auto refuse = [&](const char* name, u64 value, const std::string& takes) {
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": CheckOptions::" + name + " is " +
                                                     std::to_string(value) + "; it takes " + takes + '.');
    };
    const u32 size = options.subgroup_size;
    if (size != 0 && (!std::has_single_bit(size) || size > kLargestSubgroup))
        refuse("subgroup_size", size, "powers of two up to " + std::to_string(kLargestSubgroup) + ", and 0 for 32");
    if (options.per_place == 0) refuse("per_place", 0, "1 or more");
}

}  // namespace detail
}  // namespace alkomp
