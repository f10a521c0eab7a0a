// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports of a checked device: how they read, how they are counted, and where their source lines come from.
#include "runtime/check.h"

#include "alkomp/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace alkomp::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Fault blur_fault() {
    Fault fault;
    fault.kind = FaultKind::out_of_bounds;
    fault.kernel = "blur";
    fault.at.place = {"blur.comp", 14, 12, "    sum += pixels[i + 1];"};
    fault.at.invocation = {1023, 0, 0};
    fault.at.workgroup = {15, 0, 0};
    fault.object = "pixels";
    fault.index = 1024;
    fault.size = 1024;
    fault.text = "read of element 1024 of \"pixels\", which has 1024";
    return fault;
}

TEST(FaultReport, shows_the_line_a_caret_and_who_was_there) {
    EXPECT_EQ(to_string(blur_fault()),
              "blur.comp:14:12: out of bounds: read of element 1024 of \"pixels\", which has 1024\n"
              "  14 |     sum += pixels[i + 1];\n"
              "     |            ^\n"
              "  invocation (1023, 0, 0) of workgroup (15, 0, 0), kernel \"blur\"");
}

TEST(FaultReport, marks_the_objects_name_where_there_is_no_column) {
    Fault fault = blur_fault();
    fault.at.place.column = 0;
    EXPECT_THAT(to_string(fault), HasSubstr("blur.comp:14: out of bounds: "));
    EXPECT_THAT(to_string(fault), HasSubstr("\n     |            ^~~~~~\n"));
    fault.object = "pixels[].mass";
    fault.at.place.text = "pixels[i].x = f(pixels[i], pixels[i + 1].mass);";
    EXPECT_THAT(to_string(fault), HasSubstr("\n     |                                          ^~~~\n"));
}

TEST(FaultReport, marks_the_side_of_an_assignment_that_is_meant) {
    Fault fault = blur_fault();
    fault.at.place.column = 0;
    fault.at.place.text = "  pixels[i] = pixels[i + 1];";
    EXPECT_THAT(to_string(fault), HasSubstr("\n     |               ^~~~~~\n"));
    fault.at.writes = true;
    EXPECT_THAT(to_string(fault), HasSubstr("\n     |   ^~~~~~\n"));
    fault.at.place.text = "x[pixels[i]] = pixels[i + 1];";  // both are read
    fault.at.writes = false;
    EXPECT_THAT(to_string(fault), HasSubstr("\n     | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"));
}

TEST(FaultReport, marks_the_whole_line_where_it_does_not_know_better) {
    Fault fault = blur_fault();
    fault.at.place.column = 0;
    fault.at.place.text = "  \tx = 1;  ";
    fault.object = "";
    EXPECT_THAT(to_string(fault), HasSubstr("\n  14 |   \tx = 1;  \n     |   \t^~~~~~\n"));
}

TEST(FaultReport, marks_the_operator_that_has_no_result) {
    Fault fault = blur_fault();
    fault.at.place = {"k.comp", 5, 0, "x[i] = y % n << s;"};
    fault.object = "";
    fault.kind = FaultKind::division_by_zero;
    EXPECT_THAT(to_string(fault), HasSubstr("\n    |          ^\n"));
    fault.kind = FaultKind::shift_out_of_range;
    EXPECT_THAT(to_string(fault), HasSubstr("\n    |              ^~\n"));
    fault.at.place.text = "x[i] = y << n << s;";  // which one nobody tells
    EXPECT_THAT(to_string(fault), HasSubstr("\n    | ^~~~~~~~~~~~~~~~~~~\n"));
}

TEST(FaultReport, has_the_calls_that_led_there) {
    Fault fault = blur_fault();
    fault.at.calls = {{"blur.comp", 31, 0, ""}, {"main.comp", 7, 2, ""}};
    EXPECT_THAT(to_string(fault), ::testing::EndsWith("\n  called from blur.comp:31\n  called from main.comp:7:2"));
}

TEST(FaultReport, shows_both_sides_of_a_race) {
    Fault fault = blur_fault();
    fault.kind = FaultKind::data_race;
    fault.text = "element 3 of \"tile\" is read while another invocation writes it";
    fault.object = "tile";
    fault.at.place = {"sum.comp", 9, 0, "float x = tile[3];"};
    fault.other =
        FaultSide{{"sum.comp", 120, 0, "tile[3] = y;"}, {{"sum.comp", 4, 0, ""}}, {1, 2, 3}, {0, 1, 0}, true, false};
    EXPECT_EQ(to_string(fault),
              "sum.comp:9: data race: element 3 of \"tile\" is read while another invocation writes it\n"
              "  9 | float x = tile[3];\n"
              "    |           ^~~~\n"
              "  invocation (1023, 0, 0) of workgroup (15, 0, 0), kernel \"blur\"\n"
              "  before that, written by invocation (1, 2, 3) of workgroup (0, 1, 0) at sum.comp:120:\n"
              "  120 | tile[3] = y;\n"
              "      | ^~~~\n"
              "  called from sum.comp:4");
    fault.other->atomic = true;
    fault.other->writes = false;
    EXPECT_THAT(to_string(fault), HasSubstr("before that, read atomically by"));
}

TEST(FaultReport, says_less_where_less_is_known) {
    Fault fault = blur_fault();
    fault.at.place = {};
    EXPECT_EQ(to_string(fault),
              "blur: out of bounds: read of element 1024 of \"pixels\", which has 1024\n"
              "  invocation (1023, 0, 0) of workgroup (15, 0, 0), kernel \"blur\"");
}

TEST(FaultReport, counts_what_it_stands_for) {
    Fault fault = blur_fault();
    fault.more = 17;
    EXPECT_EQ(to_string(fault), "blur.comp:14:12: out of bounds: 17 more here, in the kernel \"blur\"");
}

TEST(FaultReport, has_a_name_for_each_kind) {
    for (u8 kind = 0; kind <= static_cast<u8>(FaultKind::deadlock); ++kind)
        EXPECT_NE(to_string(static_cast<FaultKind>(kind)), "unknown") << int{kind};
}

TEST(FaultLog, tells_each_place_a_few_times_and_counts_the_others) {
    FaultLog log;
    Fault other = blur_fault();
    other.at.place.line = 15;
    Fault counted = blur_fault();
    counted.more = 40;
    const std::vector<Fault> first = log.add({blur_fault(), other, blur_fault(), blur_fault(), counted}, 2);
    const auto mores = [](const std::vector<Fault>& faults) {
        std::vector<u64> out;
        for (const Fault& fault : faults) out.push_back(fault.more);
        return out;
    };
    EXPECT_THAT(mores(first), ElementsAre(0, 0, 0, 41));
    EXPECT_EQ(first.back().at.place.line, 14u);
    EXPECT_THAT(mores(log.add({blur_fault(), other, counted}, 2)), ElementsAre(41, 0)) << "those of the second time";
    EXPECT_THAT(mores(log.all()), ElementsAre(0, 0, 0, 82, 0));
}

TEST(FaultLog, tells_kinds_and_kernels_apart) {
    FaultLog log;
    Fault misaligned = blur_fault(), elsewhere = blur_fault();
    misaligned.kind = FaultKind::misaligned;
    elsewhere.kernel = "sharpen";
    EXPECT_EQ(log.add({blur_fault(), misaligned, elsewhere}, 1).size(), 3u);
    EXPECT_EQ(log.add({blur_fault(), misaligned, elsewhere}, 1).size(), 3u);
    EXPECT_EQ(log.all().size(), 6u);
}

TEST(SourceLines, come_from_the_kernels_texts_before_any_file) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "alkomp_source_lines";
    std::filesystem::create_directories(folder);
    const std::string path = (folder / "there.comp").string();
    std::ofstream(path, std::ios::binary) << "one\r\n  two\n";
    const SourceTexts texts{{"<glsl>", "first\nsecond\r\nthird"}, {"renumbered", ""}};
    Fault fault;
    fault.at.place = {"<glsl>", 2, 0, ""};
    fault.at.calls = {{"<glsl>", 3, 0, ""}, {"<glsl>", 4, 0, ""}, {path, 2, 0, ""}, {path, 1, 0, ""}};
    fault.other = FaultSide{{path, 3, 0, ""}, {{"renumbered", 1, 0, ""}, {folder.string(), 1, 0, ""}}, {}, {}, {}, {}};
    add_lines(fault, &texts);
    EXPECT_EQ(fault.at.place.text, "second");
    EXPECT_EQ(fault.at.calls[0].text, "third");
    EXPECT_EQ(fault.at.calls[1].text, "");
    EXPECT_EQ(fault.at.calls[2].text, "  two");
    EXPECT_EQ(fault.at.calls[3].text, "one");
    EXPECT_EQ(fault.other->place.text, "");
    EXPECT_EQ(fault.other->calls[0].text, "");
    EXPECT_EQ(fault.other->calls[1].text, "") << "a folder has no lines";
    std::filesystem::remove_all(folder);
}

TEST(FailedChecks, are_faults_of_their_invocation) {
    Messages messages;
    messages.kernel = "halve";
    messages.workgroup_size = {64, 2, 1};
    messages.sources = std::make_shared<const SourceTexts>(SourceTexts{{"halve.cpp", "a\nassert_(even);"}});
    ReadMessages read;
    read.failed = {{"3 is odd", "halve.cpp", 2, {130, 3, 0}}};
    read.failed_untold = 9;
    const std::vector<Fault> faults = faults_of(read, messages);
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_EQ(to_string(faults[0]),
              "halve.cpp:2: assertion: what assert_ wants does not hold: 3 is odd\n"
              "  2 | assert_(even);\n"
              "    | ^~~~~~~~~~~~~~\n"
              "  invocation (130, 3, 0) of workgroup (2, 1, 0), kernel \"halve\"");
    EXPECT_EQ(faults[1].more, 9u);
    read.failed.clear();
    EXPECT_EQ(to_string(faults_of(read, messages).at(0)), "halve: assertion: 9 more here, in the kernel \"halve\"");
}

TEST(TraceText, shows_each_line_once) {
    const TraceStep first{{"k.comp", 3, 5, "  x = y + 1;"}, "y = 2"}, second{{"k.comp", 3, 9, ""}, "x = 3"};
    const TraceStep third{{"k.comp", 4, 0, ""}, "z = 3"};
    EXPECT_EQ(trace_text(first, nullptr), "k.comp:3 | x = y + 1;\n    y = 2");
    EXPECT_EQ(trace_text(second, &first), "    x = 3");
    EXPECT_EQ(trace_text(third, &second), "k.comp:4\n    z = 3");
}

TEST(CheckOptions, are_refused_by_name) {
    const auto refused = [](const CheckOptions& options) -> std::string {
        try {
            check_options(options, "Device");
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(refused({.subgroup_size = 3}),
              "Device: CheckOptions::subgroup_size is 3; it takes powers of two up to 64, and 0 for 32.");
    EXPECT_THAT(refused({.subgroup_size = 128}), HasSubstr("subgroup_size is 128"));
    EXPECT_EQ(refused({.per_place = 0}), "Device: CheckOptions::per_place is 0; it takes 1 or more.");
    for (const u32 size : {0u, 1u, 2u, 4u, 8u, 16u, 32u, 64u}) EXPECT_EQ(refused({.subgroup_size = size}), "") << size;
}

}  // namespace
}  // namespace alkomp::detail
