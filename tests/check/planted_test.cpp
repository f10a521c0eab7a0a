// SPDX-License-Identifier: MIT OR Apache-2.0
// Faults planted in the kernels of the corpus, one at a time: each must be found, at its line.
#include "check/checked.h"
#include "check/plant.h"

#include <fstream>
#include <sstream>

namespace alkomp::testing {
namespace {

struct Tally {
    u32 planted = 0, found = 0;
    std::string missed;
};

/// What is changed there does no harm.
const std::set<std::string>& harmless(Plant kind) {
    static const std::set<std::string> indices,
        barriers{
            "algorithms/hash_table:28",   // all that follows is atomic
            "algorithms/radix_sort:16",   // its counts are each invocation's own
            "atomics/f32_in_shared:15",   // the first value is set by an atomic
            "matrices/shared_tiles:15",   // what is written behind it nobody has read
            "memory/qualifiers:21",       // each invocation reads its own elements
            "shared/memory_barriers:24",  // the buffer is coherent
        };
    static const std::set<std::string> atomics{
        "atomics/old_values:15",  // each invocation has its own element
        "atomics/old_values:20",  // one invocation alone, as those behind it
        "atomics/old_values:21",   "atomics/old_values:22", "atomics/old_values:23", "atomics/old_values:24",
        "subgroups/basic:19",       // each invocation has its own element
        "subgroups/compaction:25",  // likewise
    };
    static const std::set<std::string> values{
        "algorithms/hash_table:30",  // it is given another value before it is read
    };
    return kind == Plant::index     ? indices
           : kind == Plant::barrier ? barriers
           : kind == Plant::atomic  ? atomics
                                    : values;
}

/// The faults of the kernel with this text; nothing where it does not compile.
std::optional<std::vector<Fault>> faults_with(const KernelFile& file, const std::string& text) {
    CheckOptions options;
    options.step_limit = 100'000;  // what is planted may keep a loop from ending
    Device gpu = checked_device(options);
    Source source = glsl(text, file.path.string());
    source.directory = file.path.parent_path();
    std::optional<Kernel> kernel;
    try {
        kernel = gpu.compile(source, options_of(file));
    } catch (const Error&) {
        return std::nullopt;  // refused, with its line
    }
    try {
        static_cast<void>(run_kernel(gpu, *kernel, file));
    } catch (const Error&) {
        // What was found stays told.
    }
    return gpu.faults();
}

void expect_found(Plant kind, std::set<FaultKind> wanted, u32 every, u32 at_least) {
    Tally tally;
    u32 place = 0;
    for (const KernelFile& file : kernel_files()) {
        Device gpu = checked_device();
        if (file.is_assembly || !file.faults.empty() || !lacking(gpu, file.needs).empty() ||
            !lacking(gpu, file.assumed).empty() || !lacking_matrix(gpu, file).empty())
            continue;
        std::ifstream in(file.path);
        std::stringstream text;
        text << in.rdbuf();
        for (const Planted& planted : plant(kind, text.str())) {
            if (place++ % every != 0) continue;
            const auto faults = faults_with(file, planted.text);
            if (!faults) continue;
            ++tally.planted;
            const bool is_found = std::any_of(faults->begin(), faults->end(), [&](const Fault& fault) {
                const auto at_line = [&](const FaultSide& side) {
                    return planted.first == 0 || (side.place.line >= planted.first && side.place.line <= planted.last);
                };
                return wanted.contains(fault.kind) && (at_line(fault.at) || (fault.other && at_line(*fault.other)));
            });
            const std::string name = file.theme + '/' + file.name + ':' + std::to_string(planted.at);
            if (harmless(kind).contains(name)) {
                EXPECT_FALSE(is_found) << name << " is found now";
                --tally.planted;
                continue;
            }
            tally.found += is_found;
            if (!is_found) {
                tally.missed +=
                    file.theme + '/' + file.name + ':' + std::to_string(planted.at) + ": " + planted.what + '\n';
                for (const Fault& fault : *faults) tally.missed += "    " + to_string(fault) + '\n';
            }
        }
    }
    std::printf("%u planted, %u found\n", tally.planted, tally.found);
    EXPECT_GE(tally.planted, at_least);
    EXPECT_EQ(tally.found, tally.planted) << tally.missed;
}

TEST(Planted, indices_outside_are_found_at_their_line) {
    expect_found(Plant::index, {FaultKind::out_of_bounds, FaultKind::bad_address}, 3, 200);
}

TEST(Planted, barriers_that_are_taken_away_leave_races) {
    expect_found(Plant::barrier, {FaultKind::data_race, FaultKind::same_value_race, FaultKind::uninitialized}, 1, 20);
}

TEST(Planted, atomics_made_plain_are_races) {
    expect_found(Plant::atomic, {FaultKind::data_race, FaultKind::same_value_race}, 1, 20);
}

TEST(Planted, values_that_are_not_given_are_read_unwritten) {
    expect_found(Plant::value, {FaultKind::uninitialized}, 4, 20);
}

}  // namespace
}  // namespace alkomp::testing
