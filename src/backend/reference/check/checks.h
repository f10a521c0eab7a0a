// SPDX-License-Identifier: MIT OR Apache-2.0
// What the instructions of a checked program are about: one table for each kind of check, named by `Instruction::jump`.
#pragma once

#include "alkomp/check.h"
#include "backend/reference/lanes/lanes.h"
#include "ir/op.h"
#include "ir/type.h"

#include <memory>
#include <string>
#include <vector>

namespace alkomp::backend::reference {

/// A place of the source, with the calls that lead to it.
struct Site {
    SourcePlace place;
    std::vector<SourcePlace> calls;  ///< from the innermost on
};

/// An index on the way to an access. `Instruction`: to, the truths of lanes that go wrong, set here; a, the index.
struct CheckedIndex {
    static constexpr u64 kElements = ~u64{0};

    u32 site = 0;
    u32 object = 0;  ///< of Checks::objects
    bool writes = false;
    u64 count = 0;  ///< kElements: as many as the binding x holds from its byte y on, c bytes apart
};

/// A load, a store or an atomic. `Instruction`: as that of the access; `to`: the truths of lanes that an index check has
/// found wrong already.
struct CheckedAccess {
    u32 site = 0;
    u32 object = 0;
    Reach reach = Reach::fixed;
    u32 size_bytes = 4;
    bool reads = false, writes = false;
    bool is_atomic = false;
    bool has_wrong = false;  ///< `to` is there
    bool tells_unwritten = true;
    bool has_value = false;  ///< b is what is stored
    ir::Order order = ir::Order::relaxed;
    ir::Scope scope = ir::Scope::device;
};

struct CheckedOperation {
    u32 site = 0;
    u32 bits = 32;  ///< of what is shifted
};

struct CheckedBarrier {
    u32 site = 0;
    bool waits = true;  ///< false: a fence
    ir::Order order = ir::Order::acquire_release;
    ir::Scope scope = ir::Scope::workgroup;
    u32 spaces = 0;  ///< of ir::SpaceMask
};

/// A step of the traced invocation. `Instruction`: x, where its columns lie among Program::lists.
struct TracedStep {
    u32 site = 0;
    std::string text;             ///< with "{}" for each value
    std::vector<Scalar> scalars;  ///< of the values
};

struct Checks {
    CheckOptions options;
    std::vector<Site> sites;
    std::vector<std::string> objects;
    std::vector<CheckedIndex> indices;
    std::vector<CheckedAccess> accesses;
    std::vector<CheckedOperation> operations;
    std::vector<CheckedBarrier> barriers;
    std::vector<TracedStep> steps;
};

}  // namespace alkomp::backend::reference
