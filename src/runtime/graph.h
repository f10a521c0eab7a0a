// SPDX-License-Identifier: MIT OR Apache-2.0
// A graph's record: the checked calls, their slots, and the list recorded from them.
#pragma once

#include "alkomp/graph.h"
#include "backend/backend.h"
#include "runtime/arguments.h"
#include "runtime/arena.h"
#include "runtime/hazards.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alkomp::detail {

struct GraphRecord;

/// Replays on `timeline`; records first if something changed. Under no lock.
void replay(GraphRecord& graph, Timeline& timeline);

}  // namespace alkomp::detail
