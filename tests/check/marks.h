// SPDX-License-Identifier: MIT OR Apache-2.0
// Faults planted by hand: a comment "// fault: data race" or "// subtle fault: data race" ends each line where one is told.
#pragma once

#include "check/checked.h"

#include <filesystem>
#include <functional>
#include <map>
#include <tuple>

namespace alkomp::testing {

struct Mark {
    std::string file;  ///< without folders
    u32 line = 0;
    std::string kind;  ///< as to_string(FaultKind) names it
    bool is_subtle = false;

    bool operator<(const Mark& other) const {
        return std::tie(file, line, kind) < std::tie(other.file, other.line, other.kind);
    }
};

/// Those of the lines of a file from one on, up to a line that begins with '}'; and of the files that it includes.
[[nodiscard]] std::set<Mark> marks_of(const std::filesystem::path& file, u32 first_line = 1);

/// Those of each test of a file, from TEST to a line that begins with '}'.
[[nodiscard]] std::vector<std::set<Mark>> marks_of_tests(const std::filesystem::path& file);

/// Kernels by the kind of their fault; how many of them are subtle.
struct Count {
    u32 all = 0, subtle = 0;
};
using Counts = std::map<std::string, Count>;
void count(Counts& counts, const std::set<Mark>& marks);
/// Says how many there are, and fails where there are fewer than there were.
void expect_at_least(const Counts& wanted, const Counts& got);

/// 0, 1, 2 ... count - 1.
[[nodiscard]] std::vector<u32> numbers(u32 count);

/// Runs a kernel, faulty or mended, on a device.
using Run = std::function<void(Device&, bool is_faulty)>;
/// Faulty, it must have these faults and no others, whatever the subgroups are and whoever comes first; mended, none.
/// Which side of a race is told as the first one is left open.
void expect_marked(const std::set<Mark>& marks, const Run& run);

/// The same by the marks of the test that runs.
void expect_marked(const Run& run);

}  // namespace alkomp::testing
