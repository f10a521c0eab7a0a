// SPDX-License-Identifier: MIT OR Apache-2.0
// What a checked device found, on its way to the user: with the lines of the source, and counted.
#pragma once

#include "alkomp/check.h"
#include "runtime/message.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace alkomp::detail {

/// Puts the text into each place that has a line: from `texts`, else from the file of that name. `texts` may be null.
void add_lines(FaultSide& side, const SourceTexts* texts);
void add_lines(Fault& fault, const SourceTexts* texts);
void add_lines(TraceStep& step, const SourceTexts* texts);

/// The conditions of these messages that did not hold.
[[nodiscard]] std::vector<Fault> faults_of(const ReadMessages& read, const Messages& messages);

/// All that a device found so far. A place that is found wrong again and again is told `per_place` times and then counted.
class FaultLog {
public:
    /// Keeps what is new; returns it, and a count of what is not.
    std::vector<Fault> add(std::vector<Fault> found, u32 per_place);
    [[nodiscard]] const std::vector<Fault>& all() const noexcept { return all_; }

private:
    using Place = std::tuple<FaultKind, std::string, std::string, u32, u32>;
    struct Told {
        u32 count = 0;
        std::size_t rest = 0;  ///< the place in `all_` of the fault that counts the others, and one more; 0: none yet
    };
    std::map<Place, Told> told_;
    std::vector<Fault> all_;
};

/// Hands faults and steps to the callbacks, or to stderr and stdout where they are empty. Under no lock.
void deliver(std::span<const Fault> faults, const FaultCallback& on_fault);
void deliver(std::span<const TraceStep> steps, const TraceCallback& on_trace);

/// What a step did, below the line that did it unless the step before was of that line too. `before` may be null.
[[nodiscard]] std::string trace_text(const TraceStep& step, const TraceStep* before);

/// Throws: invalid_argument, naming the option and what it takes.
void check_options(const CheckOptions& options, const char* function);

}  // namespace alkomp::detail
