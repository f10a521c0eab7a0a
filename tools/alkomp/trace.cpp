// SPDX-License-Identifier: MIT OR Apache-2.0
// A run with GPU timestamps, kept for Perfetto.
#include "failure.h"
#include "output_file.h"
#include "run.h"

namespace alkomp::command {

RunReport trace(const RunRequest& request) {
    check_writable(request.trace);
    RunRequest timed = request;
    timed.time = true;
    RunReport report = run(timed);
    if (report.profile.spans.empty()) {
        throw Failure("device \"" + report.device + "\" has no GPU timestamps, so there is nothing to trace");
    }
    OutputFile file(request.trace);
    file.write(report.profile.trace_json());
    file.commit();
    report.trace = request.trace.string();
    return report;
}

}  // namespace alkomp::command
