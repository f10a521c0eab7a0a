// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports for people.
#include "print.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace alkomp::command {
namespace {

using Row = std::vector<std::string>;

/// Columns as wide as their widest cell, two spaces apart, nothing behind the last.
std::string table(const std::vector<Row>& rows) {
    std::vector<std::size_t> width(rows.front().size());
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
    }
    std::string out;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], width[i]);
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

/// Words in lines of at most 96 characters, each line after an indent.
std::string wrapped(const std::vector<std::string>& words, const std::string& indent) {
    std::string out, line;
    for (const std::string& word : words) {
        if (!line.empty() && indent.size() + line.size() + 1 + word.size() > 96) {
            out += indent + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? out : out + indent + line + "\n";
}

std::string limit_text(const NamedLimit& limit) {
    std::string out;
    for (const u64 value : limit.values) out += (out.empty() ? "" : ", ") + std::to_string(value);
    if (limit.name.ends_with("_bytes") && limit.values.front() >= 1024)
        out += " (" + size_text(limit.values.front()) + ")";
    if (limit.name == "spirv_version")
        out = fmt::format("{}.{}", limit.values[0] >> 16 & 0xff, limit.values[0] >> 8 & 0xff);
    return out;
}

std::string details(const DeviceInfo& info) {
    std::string out = fmt::format("\n{}  {}\n  limits\n", info.index, info.name);
    for (const NamedLimit& limit : limits_of(info.capabilities.limits))
        out += fmt::format("    {:<34}{}\n", limit.name, limit_text(limit));
    std::vector<std::string> has, lacks;
    for (const auto& [name, there] : features_of(info.capabilities.features)) (there ? has : lacks).emplace_back(name);
    out += "  has\n" + wrapped(has, "    ") + "  lacks\n" + wrapped(lacks, "    ");
    if (!info.capabilities.features.cooperative_matrices.empty()) {
        out += "  cooperative matrices (MxNxK, A B C result)\n";
        for (const CooperativeMatrix& matrix : info.capabilities.features.cooperative_matrices)
            out += "    " + to_string(matrix) + "\n";
    }
    return out;
}

std::string mark(bool good) { return good ? "ok  " : "--  "; }

std::string indent_lines(const std::string& text, const std::string& indent) {
    std::string out;
    for (const char c : text) {
        out += c;
        if (c == '\n') out += indent;
    }
    return out;
}

}  // namespace

std::string size_text(u64 size_bytes) {
    constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(size_bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
    const bool whole = value == static_cast<double>(static_cast<u64>(value));
    return whole ? fmt::format("{:.0f} {}", value, kUnits[unit]) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string time_text(u64 time_ns) {
    const double value = static_cast<double>(time_ns);
    if (time_ns < 1000) return fmt::format("{} ns", time_ns);
    if (time_ns < 1000000) return fmt::format("{:.2f} us", value / 1e3);
    if (time_ns < 1000000000) return fmt::format("{:.2f} ms", value / 1e6);
    return fmt::format("{:.2f} s", value / 1e9);
}

const char* to_string(backend::Finding::Kind kind) {
    switch (kind) {
        case backend::Finding::Kind::library:
            return "library";
        case backend::Finding::Kind::manifest:
            return "manifest";
        case backend::Finding::Kind::layer:
            return "layer";
        case backend::Finding::Kind::device:
            return "device";
        case backend::Finding::Kind::note:
            return "note";
    }
    return "note";
}

std::string text(const DevicesReport& report, DevicesText options) {
    if (report.devices.empty())
        return "There is no device here. `alkomp doctor` says what was looked for and what would help.\n";
    std::vector<Row> rows{{"", "index", "name", "kind", "backend", "driver", "memory"}};
    for (const DeviceInfo& info : report.devices) {
        rows.push_back({report.chosen == info.index ? "*" : "", std::to_string(info.index), info.name,
                        std::string(to_string(info.kind)), info.backend + ":" + std::to_string(info.backend_index),
                        info.driver, size_text(info.memory_bytes)});
    }
    std::string out = table(rows);
    if (report.chosen) out += "* is opened when no device is named\n";
    else out += "No device opens by default: " + report.problem + "\n";
    if (options.all) {
        for (const DeviceInfo& info : report.devices) out += details(info);
    }
    return out;
}

std::string text(const DoctorReport& report) {
    std::string out = "alkomp " + report.version + "\n";
    if (!report.environment.empty()) out += "\nenvironment\n";
    for (const std::string& line : report.environment) out += "  " + line + "\n";
    if (report.backends.empty()) out += "\nThis build has no backend.\n";
    for (const BackendReport& backend : report.backends) {
        out += "\nbackend " + backend.name + "\n";
        for (const backend::Finding& finding : backend.findings) {
            const bool judged = finding.kind != backend::Finding::Kind::note;
            out += fmt::format("  {}{:<9} {}", judged ? mark(finding.usable) : "    ", to_string(finding.kind),
                               finding.what);
            if (!finding.detail.empty()) out += ": " + indent_lines(finding.detail, "      ");
            out += "\n";
        }
        if (!backend.problem.empty()) out += "  --  " + indent_lines(backend.problem, "      ") + "\n";
        else if (backend.devices.empty()) out += "  --  no device\n";
    }
    out += "\ndefault device\n";
    if (report.trial.opened)
        out += fmt::format("  ok  {} {} ({}), {}\n", report.trial.key, report.trial.name, report.trial.kind,
                           report.trial.driver);
    out += "  " + mark(report.trial.worked) + indent_lines(report.trial.detail, "      ") + "\n";
    out += "\nkernel cache\n  " + mark(report.cache.writable);
    out += report.cache.folder.empty()
               ? report.cache.detail
               : report.cache.folder + (report.cache.writable ? "" : ": " + report.cache.detail);
    out += "\n\nGLSL compiler\n  ";
    out += report.glsl.version.empty() ? "--  this build has none\n" : "ok  " + report.glsl.version + "\n";
    if (!report.glsl.lacks.empty()) out += "      it does not know:\n";
    for (const std::string& lack : report.glsl.lacks) out += "        " + lack + "\n";
    if (!report.mends.empty()) out += "\nwhat would help\n";
    for (const Mend& mend : report.mends) out += "  " + mend.problem + "\n      " + mend.command + "\n";
    if (!report.usable()) out += "\nalkomp cannot compute here.\n";
    else if (report.trial.kind == to_string(DeviceKind::reference))
        out += "\nalkomp can compute here, but only on its reference device.\n";
    else out += "\nalkomp can compute here.\n";
    return out;
}

std::string text(const RunReport& report) {
    std::string out;
    for (const RunBuffer& buffer : report.buffers) {
        if (!buffer.output.empty())
            out += fmt::format("{}  {}{}  from {}\n", buffer.output, buffer.type, to_string(buffer.shape), buffer.name);
    }
    if (!report.trace.empty()) {
        out += fmt::format("{}  open it at https://ui.perfetto.dev\n\n{}", report.trace, report.profile.table());
    } else if (report.time) {
        out += fmt::format("GPU time of {} run{} on {}: least {}, mean {}, greatest {}\n", report.time->runs,
                           report.time->runs == 1 ? "" : "s", report.device, time_text(report.time->least_ns),
                           time_text(report.time->mean_ns), time_text(report.time->greatest_ns));
    } else if (report.timed) {
        out += fmt::format("{} has no GPU timestamps; on the host {} run{} took {}\n", report.device, report.repeat,
                           report.repeat == 1 ? "" : "s", time_text(report.wall_ns));
    }
    return out;
}

std::string faults_text(const RunReport& report) {
    std::string out;
    u64 count = 0;
    std::set<std::tuple<std::string, u32, u32>> places;
    for (const Fault& fault : report.faults) {
        out += to_string(fault) + "\n\n";
        count += std::max<u64>(fault.more, 1);
        places.emplace(fault.at.place.file, fault.at.place.line, fault.at.place.column);
    }
    if (!report.failure.empty()) out += fmt::format("nothing was saved: {}\n", report.failure);
    if (count == 0) return out + fmt::format("{}: no faults\n", report.kernel);
    return out + fmt::format("{}: {} fault{} at {} place{}\n", report.kernel, count, count == 1 ? "" : "s",
                             places.size(), places.size() == 1 ? "" : "s");
}

}  // namespace alkomp::command
