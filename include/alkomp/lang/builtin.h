// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an invocation is: its place in the call, in its workgroup and in its subgroup.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {

// Along one axis (0 is x), or along all three.

/// This invocation's place in the call.
[[nodiscard]] inline Val<u32> global_id(u32 axis = 0, detail::Place place = {}) {
    return Val<u32>(detail::builtin("global_id", axis, place));
}
[[nodiscard]] inline Val<u32x3> global_id_xyz(detail::Place place = {}) {
    return Val<u32x3>(detail::builtin("global_id", detail::kAllAxes, place));
}

/// Its place in its workgroup.
[[nodiscard]] inline Val<u32> local_id(u32 axis = 0, detail::Place place = {}) {
    return Val<u32>(detail::builtin("local_id", axis, place));
}
[[nodiscard]] inline Val<u32x3> local_id_xyz(detail::Place place = {}) {
    return Val<u32x3>(detail::builtin("local_id", detail::kAllAxes, place));
}

/// Its workgroup's place in the call.
[[nodiscard]] inline Val<u32> workgroup_id(u32 axis = 0, detail::Place place = {}) {
    return Val<u32>(detail::builtin("workgroup_id", axis, place));
}
[[nodiscard]] inline Val<u32x3> workgroup_id_xyz(detail::Place place = {}) {
    return Val<u32x3>(detail::builtin("workgroup_id", detail::kAllAxes, place));
}

/// Workgroups of the call.
[[nodiscard]] inline Val<u32> workgroup_count(u32 axis = 0, detail::Place place = {}) {
    return Val<u32>(detail::builtin("workgroup_count", axis, place));
}
[[nodiscard]] inline Val<u32x3> workgroup_count_xyz(detail::Place place = {}) {
    return Val<u32x3>(detail::builtin("workgroup_count", detail::kAllAxes, place));
}

/// Invocations of a workgroup.
[[nodiscard]] inline Val<u32> workgroup_size(u32 axis = 0, detail::Place place = {}) {
    return Val<u32>(detail::builtin("workgroup_size", axis, place));
}
[[nodiscard]] inline Val<u32x3> workgroup_size_xyz(detail::Place place = {}) {
    return Val<u32x3>(detail::builtin("workgroup_size", detail::kAllAxes, place));
}

/// Its place in its workgroup, counted along x, then y, then z.
[[nodiscard]] inline Val<u32> local_index(detail::Place place = {}) {
    return Val<u32>(detail::builtin("local_index", detail::kAllAxes, place));
}

/// Invocations of a subgroup.
[[nodiscard]] inline Val<u32> subgroup_size(detail::Place place = {}) {
    return Val<u32>(detail::builtin("subgroup_size", detail::kAllAxes, place));
}

/// This invocation's place in its subgroup.
[[nodiscard]] inline Val<u32> subgroup_lane(detail::Place place = {}) {
    return Val<u32>(detail::builtin("subgroup_lane", detail::kAllAxes, place));
}

/// Its subgroup's place in the workgroup.
[[nodiscard]] inline Val<u32> subgroup_id(detail::Place place = {}) {
    return Val<u32>(detail::builtin("subgroup_id", detail::kAllAxes, place));
}

/// Subgroups of the workgroup.
[[nodiscard]] inline Val<u32> subgroup_count(detail::Place place = {}) {
    return Val<u32>(detail::builtin("subgroup_count", detail::kAllAxes, place));
}

}  // namespace alkomp
