// SPDX-License-Identifier: MIT OR Apache-2.0
// A profile as a table for people and as a trace for Perfetto.
#include "alkomp/profile.h"

#include "alkomp/error.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <string_view>

namespace alkomp {
namespace {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string number(const char* format, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

// Trace times are in microseconds; three decimals keep the nanoseconds, which a double would not.
std::string microseconds(u64 ns) {
    std::string fraction = std::to_string(ns % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    return std::to_string(ns / 1000) + '.' + fraction;
}

struct Row {
    std::string name;
    u64 calls = 0, total_ns = 0, least_ns = ~u64{0}, greatest_ns = 0, bytes = 0;
};

std::string padded(std::string text, std::size_t width, bool left) {
    if (text.size() < width) text.insert(left ? text.size() : 0, width - text.size(), ' ');
    return text;
}

}  // namespace

std::string Profile::trace_json() const {
    std::map<std::string, std::size_t> lanes;
    for (const ProfileSpan& span : spans) lanes.emplace(span.stream, 0);
    std::size_t next = 0;
    for (auto& [stream, lane] : lanes) lane = ++next;

    std::string out = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
    out += R"({"ph":"M","pid":1,"name":"process_name","args":{"name":"alkomp"}})";
    for (const auto& [stream, lane] : lanes) {
        out += ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":" + std::to_string(lane) +
               ",\"name\":\"thread_name\",\"args\":{\"name\":" + json_string(stream) + "}}";
    }
    for (const ProfileSpan& span : spans) {
        out += ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":" + std::to_string(lanes[span.stream]) +
               ",\"cat\":\"gpu\",\"name\":" + json_string(span.name) + ",\"ts\":" + microseconds(span.begin_ns) +
               ",\"dur\":" + microseconds(span.duration_ns);
        if (span.bytes != 0) out += ",\"args\":{\"bytes\":" + std::to_string(span.bytes) + "}";
        out += '}';
    }
    out += "\n]";
    if (dropped != 0) out += ",\"otherData\":{\"dropped_spans\":" + std::to_string(dropped) + "}";
    return out + "}\n";
}

void Profile::write_trace(const std::filesystem::path& path) const {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << trace_json();
    file.close();
    if (!file)
        throw Error(ErrorCode::invalid_argument, "write_trace: the file " + path.string() + " cannot be written.");
}

std::string Profile::table() const {
    std::map<std::string, Row> by_name;
    u64 all_ns = 0;
    for (const ProfileSpan& span : spans) {
        Row& row = by_name[span.name];
        row.name = span.name;
        ++row.calls;
        row.total_ns += span.duration_ns;
        row.least_ns = std::min(row.least_ns, span.duration_ns);
        row.greatest_ns = std::max(row.greatest_ns, span.duration_ns);
        row.bytes += span.bytes;
        all_ns += span.duration_ns;
    }
    std::vector<Row> rows;
    for (auto& [name, row] : by_name) rows.push_back(std::move(row));
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.total_ns > b.total_ns; });

    std::vector<std::array<std::string, 8>> cells{
        {"name", "calls", "total ms", "mean us", "least us", "greatest us", "share %", "GB/s"}};
    for (const Row& row : rows) {
        const auto total = static_cast<double>(row.total_ns);
        cells.push_back(
            {row.name, std::to_string(row.calls), number("%.3f", total / 1e6),
             number("%.3f", total / 1e3 / static_cast<double>(row.calls)),
             number("%.3f", static_cast<double>(row.least_ns) / 1e3),
             number("%.3f", static_cast<double>(row.greatest_ns) / 1e3),
             number("%.1f", all_ns == 0 ? 0.0 : 100.0 * total / static_cast<double>(all_ns)),
             row.bytes == 0 || row.total_ns == 0 ? "" : number("%.2f", static_cast<double>(row.bytes) / total)});
    }
    std::array<std::size_t, 8> widths{};
    for (const auto& line : cells)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string out;
    for (const auto& line : cells) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) text += (i == 0 ? "" : "  ") + padded(line[i], widths[i], i == 0);
        out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
    }
    if (dropped != 0) out += std::to_string(dropped) + " spans beyond those kept were dropped\n";
    return out;
}

}  // namespace alkomp
