// SPDX-License-Identifier: MIT OR Apache-2.0
// What `alkomp check` prints, from reports made by hand.
#include "print.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace alkomp::command {
namespace {

RunReport report_of(std::vector<Fault> faults) {
    RunReport report;
    report.kernel = "k.comp";
    report.faults = std::move(faults);
    return report;
}

Fault race() {
    Fault fault;
    fault.kind = FaultKind::data_race;
    fault.kernel = "k.comp";
    fault.at = {{"k.comp", 7, 3, "  x[0] = 1;"}, {{"k.comp", 20, 0, "f();"}}, {5, 0, 0}, {1, 0, 0}, true, false};
    fault.other = FaultSide{{"k.comp", 9, 3, "  y = x[0];"}, {}, {6, 0, 0}, {1, 0, 0}, false, true};
    fault.object = "x";
    fault.index = 0;
    fault.size = 4;
    fault.text = "element 0 of \"x\" is written while another invocation reads it";
    return fault;
}

TEST(CheckReport, EndsWithACount) {
    EXPECT_EQ(faults_text(report_of({})), "k.comp: no faults\n");
    EXPECT_EQ(faults_text(report_of({race()})), alkomp::to_string(race()) + "\n\nk.comp: 1 fault at 1 place\n");
    Fault more = race(), elsewhere = race();
    more.more = 40;
    elsewhere.at.place.line = 8;
    const std::string text = faults_text(report_of({race(), more, elsewhere}));
    EXPECT_TRUE(text.ends_with("\n\nk.comp: 42 faults at 2 places\n")) << text;
}

TEST(CheckReport, SaysWhyNothingWasSaved) {
    RunReport report = report_of({race()});
    report.failure = "wait: it went round too often";
    EXPECT_NE(faults_text(report).find("\nnothing was saved: wait: it went round too often\nk.comp: 1 fault "),
              std::string::npos);
}

TEST(CheckReport, AsJsonHasAllFields) {
    RunReport report = report_of({race()});
    report.steps = {{{"k.comp", 7, 3, "  x[0] = 1;"}, "x[0] = 1"}};
    const auto json = nlohmann::json::parse(faults_json(report));
    EXPECT_EQ(json["count"], 1);
    EXPECT_EQ(json["failure"], nullptr);
    const auto wanted = nlohmann::json::parse(R"({
        "kind": "data race", "kernel": "k.comp",
        "text": "element 0 of \"x\" is written while another invocation reads it",
        "at": {"file": "k.comp", "line": 7, "column": 3, "text": "  x[0] = 1;",
               "calls": [{"file": "k.comp", "line": 20, "column": 0, "text": "f();"}],
               "invocation": [5, 0, 0], "workgroup": [1, 0, 0], "writes": true, "atomic": false, "several": false},
        "other": {"file": "k.comp", "line": 9, "column": 3, "text": "  y = x[0];", "calls": [],
                  "invocation": [6, 0, 0], "workgroup": [1, 0, 0], "writes": false, "atomic": true, "several": false},
        "object": "x", "index": 0, "size": 4, "more": 0})");
    EXPECT_EQ(json["faults"], nlohmann::json::array({wanted}));
    EXPECT_EQ(json["steps"],
              nlohmann::json::parse(
                  R"([{"file": "k.comp", "line": 7, "column": 3, "text": "  x[0] = 1;", "does": "x[0] = 1"}])"));
}

}  // namespace
}  // namespace alkomp::command
