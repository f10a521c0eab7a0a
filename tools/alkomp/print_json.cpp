// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports for programs.
#include "print.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace alkomp::command {
namespace {

using Json = nlohmann::ordered_json;

/// Names come from drivers and files: what is no UTF-8 is replaced, never a reason to fail.
std::string dump(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json to_json(const DeviceInfo& info, bool chosen) {
    Json limits = Json::object();
    for (const NamedLimit& limit : limits_of(info.capabilities.limits)) {
        if (limit.values.size() == 1) limits[std::string(limit.name)] = limit.values.front();
        else limits[std::string(limit.name)] = limit.values;
    }
    Json features = Json::object();
    for (const auto& [name, there] : features_of(info.capabilities.features)) features[std::string(name)] = there;
    Json matrices = Json::array();
    for (const CooperativeMatrix& matrix : info.capabilities.features.cooperative_matrices) {
        matrices.push_back({{"m", matrix.m},
                            {"n", matrix.n},
                            {"k", matrix.k},
                            {"a", to_string(matrix.a)},
                            {"b", to_string(matrix.b)},
                            {"c", to_string(matrix.c)},
                            {"result", to_string(matrix.result)},
                            {"saturating", matrix.saturating},
                            {"workgroup_scope", matrix.workgroup_scope}});
    }
    features["cooperative_matrices"] = matrices;
    return {{"index", info.index},     {"name", info.name},
            {"vendor", info.vendor},   {"kind", to_string(info.kind)},
            {"backend", info.backend}, {"backend_index", info.backend_index},
            {"driver", info.driver},   {"memory_bytes", info.memory_bytes},
            {"default", chosen},       {"limits", limits},
            {"features", features}};
}

Json text_or_null(const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); }

template <class T>
Json value_or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json to_json(const SourcePlace& place) {
    return {{"file", place.file}, {"line", place.line}, {"column", place.column}, {"text", place.text}};
}

Json to_json(const FaultSide& side) {
    Json calls = Json::array();
    for (const SourcePlace& call : side.calls) calls.push_back(to_json(call));
    Json out = to_json(side.place);
    out["calls"] = calls;
    out["invocation"] = side.invocation;
    out["workgroup"] = side.workgroup;
    out["writes"] = side.writes;
    out["atomic"] = side.atomic;
    out["several"] = side.several;
    return out;
}

Json to_json(const Fault& fault) {
    return {{"kind", alkomp::to_string(fault.kind)},
            {"kernel", fault.kernel},
            {"text", fault.text},
            {"at", to_json(fault.at)},
            {"other", fault.other ? to_json(*fault.other) : Json(nullptr)},
            {"object", text_or_null(fault.object)},
            {"index", value_or_null(fault.index)},
            {"size", value_or_null(fault.size)},
            {"more", fault.more}};
}

}  // namespace

std::string json(const DevicesReport& report) {
    Json devices = Json::array();
    for (const DeviceInfo& info : report.devices) devices.push_back(to_json(info, report.chosen == info.index));
    return dump({{"devices", devices}, {"problem", text_or_null(report.problem)}});
}

std::string json(const DoctorReport& report) {
    Json backends = Json::array();
    for (const BackendReport& backend : report.backends) {
        Json findings = Json::array();
        for (const backend::Finding& finding : backend.findings) {
            findings.push_back({{"kind", to_string(finding.kind)},
                                {"what", finding.what},
                                {"usable", finding.usable},
                                {"detail", finding.detail}});
        }
        backends.push_back({{"name", backend.name},
                            {"findings", findings},
                            {"devices", backend.devices},
                            {"problem", text_or_null(backend.problem)}});
    }
    Json mends = Json::array();
    for (const Mend& mend : report.mends) mends.push_back({{"problem", mend.problem}, {"command", mend.command}});
    const TrialReport& trial = report.trial;
    return dump({{"version", report.version},
                 {"usable", report.usable()},
                 {"environment", report.environment},
                 {"backends", backends},
                 {"default_device",
                  {{"name", text_or_null(trial.name)},
                   {"key", text_or_null(trial.key)},
                   {"kind", text_or_null(trial.kind)},
                   {"driver", text_or_null(trial.driver)},
                   {"opened", trial.opened},
                   {"worked", trial.worked},
                   {"detail", trial.detail}}},
                 {"cache",
                  {{"folder", text_or_null(report.cache.folder)},
                   {"writable", report.cache.writable},
                   {"detail", report.cache.detail}}},
                 {"glsl", {{"version", text_or_null(report.glsl.version)}, {"lacks", report.glsl.lacks}}},
                 {"mends", mends}});
}

namespace {

Json to_json(const RunReport& report) {
    Json buffers = Json::array();
    for (const RunBuffer& buffer : report.buffers) {
        buffers.push_back({{"name", buffer.name},
                           {"set", buffer.set},
                           {"binding", buffer.binding},
                           {"type", buffer.type},
                           {"shape", buffer.shape},
                           {"in", text_or_null(buffer.input)},
                           {"out", text_or_null(buffer.output)}});
    }
    Json out{{"kernel", report.kernel},
             {"device", report.device},
             {"device_key", report.device_key},
             {"workgroup_size", report.workgroup_size},
             {"groups", nullptr},
             {"repeat", report.repeat},
             {"buffers", buffers},
             {"host_ns", report.wall_ns},
             {"gpu_ns", nullptr}};
    if (report.groups) out["groups"] = {report.groups->x, report.groups->y, report.groups->z};
    if (report.time) {
        out["gpu_ns"] = {{"runs", report.time->runs},
                         {"least", report.time->least_ns},
                         {"mean", report.time->mean_ns},
                         {"greatest", report.time->greatest_ns}};
    }
    if (!report.trace.empty()) {
        out["trace"] = report.trace;
        out["spans"] = Json::array();
        for (const ProfileSpan& span : report.profile.spans) {
            out["spans"].push_back({{"name", span.name},
                                    {"stream", span.stream},
                                    {"begin_ns", span.begin_ns},
                                    {"duration_ns", span.duration_ns},
                                    {"bytes", span.bytes}});
        }
    }
    return out;
}

}  // namespace

std::string json(const RunReport& report) { return dump(to_json(report)); }

std::string faults_json(const RunReport& report) {
    Json out = to_json(report);
    out.erase("gpu_ns");
    out["failure"] = text_or_null(report.failure);
    u64 count = 0;
    out["faults"] = Json::array();
    for (const Fault& fault : report.faults) {
        out["faults"].push_back(to_json(fault));
        count += std::max<u64>(fault.more, 1);
    }
    out["count"] = count;
    out["steps"] = Json::array();
    for (const TraceStep& step : report.steps) {
        out["steps"].push_back(to_json(step.place));
        out["steps"].back()["does"] = step.text;
    }
    return dump(out);
}

std::string json(const TranslateReport& report) {
    return dump({{"kernel", report.kernel},
                 {"to", to_string(report.to)},
                 {"for", report.made_for},
                 {"workgroup_size", report.workgroup_size},
                 {"spirv_version", report.spirv_version},
                 {"capabilities", report.capabilities},
                 {"output", text_or_null(report.output)},
                 {"text", text_or_null(report.text)}});
}

}  // namespace alkomp::command
