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

    void add(bool is_found, const std::string& what, const std::vector<Fault>& faults) {
        ++planted;
        found += is_found;
        if (!is_found) missed += what + '\n' + text_of(faults);
    }
};

/// What is changed there does no harm.
const std::set<std::string>& harmless(Plant kind) {
    static const std::set<std::string> none,
        indices{
            "constants/choose_code:16",  // the constant leaves it out
            "memory/lengths:16",        "memory/lengths:20",
            "memory/lengths:22",        "memory/lengths:23",  // only their lengths count
        },
        barriers{
            "algorithms/hash_table:31",   // all that follows is atomic
            "algorithms/radix_sort:16",   // its counts are each invocation's own
            "atomics/f32_in_shared:15",   // the first value is set by an atomic
            "matrices/shared_tiles:15",   // what is written behind it nobody has read
            "memory/qualifiers:24",       // each invocation reads its own elements
            "shared/memory_barriers:27",  // the buffer is coherent
        };
    static const std::set<std::string> atomics{
        "atomics/old_values:15",  // each invocation has its own element
        "atomics/old_values:20",  // one invocation alone, as those behind it
        "atomics/old_values:21",   "atomics/old_values:22", "atomics/old_values:23", "atomics/old_values:24",
        "subgroups/basic:19",       // each invocation has its own element
        "subgroups/compaction:25",  // likewise
    };
    static const std::set<std::string> values{
        "algorithms/hash_table:33",  // it is given another value before it is read
    };
    switch (kind) {
        case Plant::index:
            return indices;
        case Plant::barrier:
            return barriers;
        case Plant::atomic:
            return atomics;
        case Plant::value:
            return values;
        case Plant::skipped:
            break;
    }
    return none;
}

std::string vector_of(const std::array<u32, 3>& at) {
    return "uvec3(" + std::to_string(at[0]) + ',' + std::to_string(at[1]) + ',' + std::to_string(at[2]) + ')';
}

/// Who is wrong in a text that is wrong for one.
struct Guilty {
    std::array<u32, 3> invocation{}, workgroup{};
};

/// The faults of the kernel with this text; nothing where it does not compile.
std::optional<std::vector<Fault>> faults_with(const KernelFile& file, const std::string& text,
                                              const Guilty& guilty = {}) {
    CheckOptions options;
    options.step_limit = 100'000;  // what is planted may keep a loop from ending
    options.per_place = 1000;
    Device gpu = checked_device(options);
    Source source = glsl(text, file.path.string());
    source.directory = file.path.parent_path();
    KernelOptions made = options_of(file);
    made.macros["FAULTY"] = "(gl_GlobalInvocationID == " + vector_of(guilty.invocation) + ')';
    made.macros["FAULTY_GROUP"] = "(gl_WorkGroupID == " + vector_of(guilty.workgroup) + ')';
    // By the global id: what the local one decides is refused before it runs.
    made.macros["LAST_OF_GROUP"] = "(gl_GlobalInvocationID % gl_WorkGroupSize == gl_WorkGroupSize - 1u)";
    std::optional<Kernel> kernel;
    try {
        kernel = gpu.compile(source, made);
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

class Planting {
public:
    Planting(Plant kind, std::set<FaultKind> wanted) : kind_(kind), wanted_(std::move(wanted)) {}

    void run(u32 every) {
        u32 place = 0;
        for (const KernelFile& file : kernel_files()) {
            Device gpu = checked_device();
            if (file.is_assembly || !file.faults.empty() || !lacking(gpu, file.needs).empty() ||
                !lacking(gpu, file.assumed).empty() || !lacking_matrix(gpu, file).empty())
                continue;
            std::ifstream in(file.path);
            std::stringstream text;
            text << in.rdbuf();
            for (const Planted& planted : plant(kind_, text.str()))
                if (place++ % every == 0) run(file, planted);
        }
    }
    void expect(u32 crude, u32 subtle) const {
        for (const Tally* tally : {&crude_, &subtle_}) {
            std::printf("%s: %u planted, %u found\n", tally == &crude_ ? "crude" : "subtle", tally->planted,
                        tally->found);
            EXPECT_GE(tally->planted, tally == &crude_ ? crude : subtle);
            EXPECT_EQ(tally->found, tally->planted) << tally->missed;
        }
    }

private:
    void run(const KernelFile& file, const Planted& planted) {
        const std::string name = file.theme + '/' + file.name + ':' + std::to_string(planted.at);
        const auto faults = faults_with(file, planted.text);
        if (!faults) return;
        Guilty guilty;
        bool is_found = false;
        for (const Fault& fault : *faults) {
            if (!is_wanted(fault, planted) || fault.more != 0) continue;
            is_found = true;
            if (is_at(fault.at, planted)) guilty = {fault.at.invocation, fault.at.workgroup};
        }
        if (harmless(kind_).contains(name)) {
            EXPECT_FALSE(is_found) << name << " is found now";
            return;
        }
        crude_.add(is_found, name + ": " + planted.what, *faults);
        if (is_found && !planted.subtle.empty() && (file.groups != std::array<u64, 3>{1, 1, 1} || !is_of_group()))
            run_subtle(file, planted, guilty, name);
    }
    /// Now only one is wrong that was told of before: so it comes there, and is told of again.
    void run_subtle(const KernelFile& file, const Planted& planted, const Guilty& guilty, const std::string& name) {
        const auto faults = faults_with(file, planted.subtle, guilty);
        if (!faults) return;
        const auto is_guilty = [&](const FaultSide& side) {
            return is_of_group() ? side.workgroup == guilty.workgroup : side.invocation == guilty.invocation;
        };
        const bool is_found = std::any_of(faults->begin(), faults->end(), [&](const Fault& fault) {
            return is_wanted(fault, planted) && (is_guilty(fault.at) || (fault.other && is_guilty(*fault.other)));
        });
        subtle_.add(is_found, name + ", " + vector_of(guilty.invocation) + ": " + planted.what, *faults);
    }
    [[nodiscard]] bool is_of_group() const { return kind_ == Plant::barrier || kind_ == Plant::skipped; }
    [[nodiscard]] static bool is_at(const FaultSide& side, const Planted& planted) {
        return planted.first == 0 || (side.place.line >= planted.first && side.place.line <= planted.last);
    }
    [[nodiscard]] bool is_wanted(const Fault& fault, const Planted& planted) const {
        return wanted_.contains(fault.kind) &&
               (is_at(fault.at, planted) || (fault.other && is_at(*fault.other, planted)));
    }

    Plant kind_;
    std::set<FaultKind> wanted_;
    Tally crude_, subtle_;
};

// The counts are those of today: fewer are a loss.

TEST(Planted, indices_outside_are_found_at_their_line) {
    Planting planting(Plant::index, {FaultKind::out_of_bounds, FaultKind::bad_address});
    planting.run(3);
    planting.expect(365, 364);
}

TEST(Planted, barriers_that_are_taken_away_leave_races) {
    Planting planting(Plant::barrier, {FaultKind::data_race, FaultKind::same_value_race, FaultKind::uninitialized});
    planting.run(1);
    planting.expect(83, 31);
}

TEST(Planted, barriers_that_one_invocation_passes_by_are_told) {
    Planting planting(Plant::skipped, {FaultKind::barrier});
    planting.run(1);
    planting.expect(89, 31);
}

TEST(Planted, atomics_made_plain_are_races) {
    Planting planting(Plant::atomic, {FaultKind::data_race, FaultKind::same_value_race});
    planting.run(1);
    planting.expect(58, 58);
}

TEST(Planted, values_that_are_not_given_are_read_unwritten) {
    Planting planting(Plant::value, {FaultKind::uninitialized});
    planting.run(4);
    planting.expect(62, 62);
}

}  // namespace
}  // namespace alkomp::testing
