// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/marks.h"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <regex>

namespace alkomp::testing {
namespace {

struct Variant {
    u32 subgroup_size;
    u64 order_seed;
};

std::vector<Fault> faults_of(const Run& run, bool is_faulty, Variant variant) {
    CheckOptions options;
    options.step_limit = 100'000;
    options.per_place = 1;
    options.subgroup_size = variant.subgroup_size;
    options.order_seed = variant.order_seed;
    Device gpu = checked_device(options);
    try {
        run(gpu, is_faulty);
        gpu.wait();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kernel_fault) << error.what();  // stopped; what was found stays told
    }
    return gpu.faults();
}

Mark mark_of(FaultKind kind, const FaultSide& side) {
    return {std::filesystem::path(side.place.file).filename().string(), side.place.line, std::string(to_string(kind))};
}

}  // namespace

std::set<Mark> marks_of(const std::filesystem::path& file, u32 first_line) {
    static const std::regex mark(R"(// (subtle )?fault: ([a-z -]+)$)"), include(R"(^#include "(.*\.glsl)\")");
    std::set<Mark> marks;
    std::ifstream in(file);
    u32 line = 0;
    for (std::string text; std::getline(in, text);) {
        if (++line < first_line) continue;
        std::smatch match;
        if (std::regex_search(text, match, mark))
            marks.insert({file.filename().string(), line, match[2], match[1].matched});
        if (std::regex_search(text, match, include)) marks.merge(marks_of(file.parent_path() / match[1].str(), 1));
        if (first_line > 1 && text.starts_with('}')) break;
    }
    return marks;
}

std::vector<std::set<Mark>> marks_of_tests(const std::filesystem::path& file) {
    std::vector<std::set<Mark>> all;
    std::ifstream in(file);
    u32 line = 0;
    for (std::string text; std::getline(in, text);) {
        ++line;
        if (text.starts_with("TEST")) all.push_back(marks_of(file, line));
    }
    return all;
}

std::vector<u32> numbers(u32 count) {
    std::vector<u32> all(count);
    std::iota(all.begin(), all.end(), 0u);
    return all;
}

void count(Counts& counts, const std::set<Mark>& marks) {
    std::map<std::string, bool> kinds;
    for (const Mark& mark : marks) kinds[mark.kind] |= mark.is_subtle;
    for (const auto& [kind, is_subtle] : kinds) {
        ++counts[kind].all;
        counts[kind].subtle += is_subtle;
    }
}

void expect_at_least(const Counts& wanted, const Counts& got) {
    for (const auto& [kind, count] : got) {
        std::printf("%s: %u, %u of them subtle\n", kind.c_str(), count.all, count.subtle);
        EXPECT_TRUE(wanted.contains(kind)) << kind;
    }
    for (const auto& [kind, count] : wanted) {
        const auto found = got.find(kind);
        ASSERT_NE(found, got.end()) << kind;
        EXPECT_GE(found->second.all, count.all) << kind;
        EXPECT_GE(found->second.subtle, count.subtle) << kind;
    }
}

void expect_marked(const std::set<Mark>& marks, const Run& run) {
    ASSERT_FALSE(marks.empty());
    std::set<Mark> told;
    std::string all;
    // A deadlock takes many turns until it is sure: once will do.
    const bool takes_long = std::any_of(marks.begin(), marks.end(), [](const Mark& m) { return m.kind == "deadlock"; });
    for (const Variant variant : {Variant{0, 0}, Variant{4, 0}, Variant{64, 2}}) {
        if (takes_long && variant.order_seed == 0) continue;
        SCOPED_TRACE("subgroups of " + std::to_string(variant.subgroup_size) + ", order " +
                     std::to_string(variant.order_seed));
        const std::vector<Fault> faults = faults_of(run, true, variant);
        EXPECT_FALSE(faults.empty());
        all += text_of(faults);
        for (const Fault& fault : faults) {
            told.insert(mark_of(fault.kind, fault.at));
            if (fault.other) told.insert(mark_of(fault.kind, *fault.other));
            EXPECT_TRUE(marks.contains(mark_of(fault.kind, fault.at))) << to_string(fault);
        }
        const std::vector<Fault> mended = faults_of(run, false, variant);
        EXPECT_TRUE(mended.empty()) << text_of(mended);
    }
    for (const Mark& mark : marks)
        EXPECT_TRUE(told.contains(mark)) << mark.file << ':' << mark.line << ": " << mark.kind << " is not told\n"
                                         << all;
}

void expect_marked(const Run& run) {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    expect_marked(marks_of(test.file(), static_cast<u32>(test.line())), run);
}

}  // namespace alkomp::testing
