// SPDX-License-Identifier: MIT OR Apache-2.0
// The checked mode of the reference device: what it looks for, and what it found.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp {

/// What is wrong with a kernel. The names in quotes are those of reports and of JSON.
enum class FaultKind : u8 {
    out_of_bounds,       ///< "out of bounds": an index outside an array, vector or buffer
    misaligned,          ///< "misaligned": an address that is no multiple of the type's size
    bad_address,         ///< "bad address": null, or in no buffer
    data_race,           ///< "data race": two invocations reach one place, one writes, and nothing orders them
    same_value_race,     ///< "same-value race": the same, but both write the same bits
    barrier,             ///< "barrier": not reached by all invocations of the workgroup
    uninitialized,       ///< "uninitialized": a read of memory that nobody has written
    division_by_zero,    ///< "division by zero": of integers
    shift_out_of_range,  ///< "shift out of range": a count that is not below the number of bits
    not_finite,          ///< "not finite": NaN or an infinity out of finite operands
    step_limit,          ///< "step limit": an invocation that goes round loops more often than allowed
    assertion,           ///< "assertion": what `assert_` wants does not hold
    deadlock,            ///< "deadlock": a wait for a workgroup that has not started
};

/// "out of bounds".
[[nodiscard]] std::string_view to_string(FaultKind kind);

/// What `DeviceOptions::check` asks for.
struct CheckOptions {
    bool bounds = true;         ///< out_of_bounds, misaligned, bad_address
    bool races = true;          ///< data_race, same_value_race
    bool uninitialized = true;  ///< of buffers, shared and local memory
    bool barriers = true;
    bool arithmetic = true;   ///< division_by_zero, shift_out_of_range
    bool not_finite = false;  ///< kernels may mean it
    u64 step_limit = 0;       ///< turns of loops of one invocation; 0: any number
    u32 per_place = 3;        ///< faults told for each place of the source; more are counted
    u32 subgroup_size = 0;    ///< 1, 2, 4 ... 64, of kernels that ask for none: shows those that assume one; 0: 32
    u64 order_seed = 0;       ///< not 0: workgroups run in an order made from it: shows those that assume one
    /// A global id: what this invocation does is told step by step.
    std::optional<std::array<u32, 3>> trace{};
};

/// A place in a kernel's source. Line 0: unknown.
struct SourcePlace {
    std::string file;
    u32 line = 0;
    u32 column = 0;    ///< from 1; 0: unknown
    std::string text;  ///< of the line, where the file can be read
};

/// An invocation that was at a place, by the calls that are listed from the innermost on.
struct FaultSide {
    SourcePlace place;
    std::vector<SourcePlace> calls;
    std::array<u32, 3> invocation{};  ///< global id
    std::array<u32, 3> workgroup{};
    bool writes = false;
    bool atomic = false;
    bool several = false;  ///< more than one was there, of which `invocation` is none
};

/// One fault of one invocation, or all further ones of its place.
struct Fault {
    FaultKind kind = FaultKind::out_of_bounds;
    std::string kernel;              ///< its label
    FaultSide at;                    ///< the access or operation that was found wrong
    std::optional<FaultSide> other;  ///< of a race: what came before
    std::string object;              ///< buffer, array or variable; with members, as in "particles[].mass"
    std::optional<i64> index;        ///< of the element that it was
    std::optional<u64> size;         ///< elements there are
    std::string text;                ///< a sentence that says it all but for the places
    u64 more = 0;                    ///< not 0: this stands for so many further faults of this kind and place
};

/// The report of a fault as people read it: several lines, with the source line and a caret, and no newline at the end.
[[nodiscard]] std::string to_string(const Fault& fault);

/// One thing that the traced invocation did.
struct TraceStep {
    SourcePlace place;
    std::string text;  ///< "x = 3", "data[7] = 2.5"
};

/// Receives faults as they come out of a wait, read or poll; must not call alkomp.
using FaultCallback = std::function<void(const Fault&)>;
using TraceCallback = std::function<void(const TraceStep&)>;

}  // namespace alkomp
