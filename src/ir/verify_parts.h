// SPDX-License-Identifier: MIT OR Apache-2.0
// What the files of the verifier share. Each part may rely on what those before it have found right.
#pragma once

#include "alkomp/error.h"
#include "ir/module.h"

#include <string>
#include <vector>

namespace alkomp {
struct Capabilities;
}

namespace alkomp::ir {

[[noreturn]] void refuse(const Module& module, const Location& location, const std::string& sentence,
                         ErrorCode code = ErrorCode::compile_failed);
/// The same at an instruction, whose name begins the sentence.
[[noreturn]] void refuse(const Module& module, InstructionId at, const std::string& sentence,
                         ErrorCode code = ErrorCode::compile_failed);
/// "k.cpp:12", or nothing.
[[nodiscard]] std::string line_of(const Module& module, const Location& location);
/// The value's name in quotes, else its place: "\"x\"", "%12".
[[nodiscard]] std::string name_of(const Module& module, ValueId value);

/// What a type is good for.
struct Shape {
    bool is_value = false;    ///< a value can have it
    bool is_open = false;     ///< it is, or ends in, a runtime array
    bool has_layout = false;  ///< each part has its place in memory
    u32 depth = 0;            ///< how deep its parts nest
    u32 alignment_bytes = 1;  ///< of the largest scalar in it
    u64 size_bytes = 0;       ///< in memory, where it has a layout; without the open end
};
using Shapes = std::vector<Shape>;  // by TypeId

/// A call that some function holds.
struct Call {
    FunctionId caller = FunctionId::none, callee = FunctionId::none;
    InstructionId at = InstructionId::none;
};

/// What the walk through all functions has seen.
struct Flow {
    std::vector<bool> listed;               ///< by instruction: a region holds it
    std::vector<bool> parts;                ///< by construct: convergent instructions in it, or ways out beyond it
    std::vector<bool> converges;            ///< by function: it or one that it calls must be evaluated together
    std::vector<Call> calls;                ///< by caller
    std::vector<FunctionId> callees_first;  ///< all functions
};

void check_tables(const Module& module);
[[nodiscard]] Shapes check_types(const Module& module);
void check_constants(Module& module, const Shapes& shapes);
void check_globals(const Module& module, const Shapes& shapes);
/// Empty if they are as many as `op` has and each means something.
[[nodiscard]] std::string wrong_immediates(const Module& module, Op op, std::span<const u32> immediates);
/// Of an instruction with right immediates and types: flags, and what op.def says in words.
void check_instruction(const Module& module, InstructionId id);
[[nodiscard]] Flow check_functions(Module& module, const Shapes& shapes);

}  // namespace alkomp::ir
