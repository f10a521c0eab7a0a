// SPDX-License-Identifier: MIT OR Apache-2.0
// Profiles as a table and as a trace.
#include "alkomp/error.h"
#include "alkomp/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace alkomp {
namespace {

Profile example() {
    Profile profile;
    profile.spans.push_back({"scale \"fast\"\\\n", "stream 0", 123'456'789'012'345, 2'000, 0});
    profile.spans.push_back({"copy", "stream 1", 123'456'789'013'000, 1'000, 4'000});
    profile.spans.push_back({"copy", "stream 0", 123'456'789'015'000, 3'001, 4'000});
    return profile;
}

TEST(ProfileUnit, TheTraceIsJsonWithNamesEscapedAndNanosecondsKept) {
    const auto trace = nlohmann::json::parse(example().trace_json());
    std::vector<nlohmann::json> spans;
    std::vector<std::string> lanes;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("ph") == "X") spans.push_back(event);
        else if (event.at("name") == "thread_name") lanes.push_back(event.at("args").at("name"));
    }
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_EQ(spans[0].at("name"), "scale \"fast\"\\\n");
    EXPECT_NEAR(spans[0].at("ts").get<double>(), 123'456'789'012.345, 1e-3);
    EXPECT_EQ(spans[2].at("dur").get<double>(), 3.001);
    EXPECT_EQ(spans[1].at("args").at("bytes"), 4'000);
    EXPECT_NE(spans[0].at("tid"), spans[1].at("tid"));
    EXPECT_EQ(spans[0].at("tid"), spans[2].at("tid"));
    EXPECT_THAT(lanes, testing::ElementsAre("stream 0", "stream 1"));
    EXPECT_THAT(example().trace_json(), testing::HasSubstr("123456789012.345"));
}

TEST(ProfileUnit, AnEmptyProfileIsATraceToo) {
    EXPECT_TRUE(nlohmann::json::accept(Profile().trace_json()));
    EXPECT_THAT(Profile().table(), testing::StartsWith("name"));
}

TEST(ProfileUnit, TheTableHasARowPerNameWithTheCostliestFirst) {
    std::istringstream lines(example().table());
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
    ASSERT_GE(rows.size(), 3u);
    EXPECT_THAT(rows[1], testing::StartsWith("copy"));
    for (const char* cell : {" 2 ", "0.004", "2.001", "1.000", "3.001", "66.7", "2.00"})
        EXPECT_THAT(rows[1], testing::HasSubstr(cell));
    EXPECT_THAT(rows[2], testing::StartsWith("scale"));
}

TEST(ProfileUnit, DroppedSpansAreTold) {
    Profile profile = example();
    profile.dropped = 12;
    EXPECT_THAT(profile.table(), testing::HasSubstr("12 spans"));
    EXPECT_EQ(nlohmann::json::parse(profile.trace_json()).at("otherData").at("dropped_spans"), 12);
}

TEST(ProfileUnit, TheTraceIsWrittenToAFileAndAFailureIsTold) {
    const auto path = std::filesystem::path(testing::TempDir()) / "alkomp_profile_test.json";
    example().write_trace(path);
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), example().trace_json());
    std::filesystem::remove(path);
    try {
        example().write_trace(path / "no" / "folder");
        FAIL() << "it did not throw";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_THAT(error.what(), testing::HasSubstr("alkomp_profile_test.json"));
    }
}

}  // namespace
}  // namespace alkomp
