// SPDX-License-Identifier: MIT OR Apache-2.0
// GPU timestamps of calls, as a table and as a trace for Perfetto; how far a call is.
#pragma once

#include "alkomp/dtype.h"

#include <filesystem>
#include <string>
#include <vector>

namespace alkomp {

/// One call, fill, copy or transfer as the device ran it.
struct ProfileSpan {
    std::string name;    ///< the kernel's label, "copy", "fill", "upload", "download", "graph"
    std::string stream;  ///< "stream 0"
    u64 begin_ns = 0;    ///< on the host's steady clock
    u64 duration_ns = 0;
    u64 bytes = 0;  ///< moved by copies and transfers
};

/// A call while it runs.
struct DispatchProgress {
    u64 started = 0;  ///< of its workgroups; most of them have ended
    u64 workgroups = 0;
};

struct Profile {
    std::vector<ProfileSpan> spans;
    u64 dropped = 0;  ///< spans beyond the 2^20 that are kept

    /// Chrome trace event JSON, as Perfetto and chrome://tracing read it.
    /// Source: "Trace Event Format", duration events.
    [[nodiscard]] std::string trace_json() const;
    void write_trace(const std::filesystem::path& path) const;
    /// Per name: calls, total, mean, least and greatest time, share.
    [[nodiscard]] std::string table() const;
};

}  // namespace alkomp
