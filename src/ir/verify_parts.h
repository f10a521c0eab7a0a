// SPDX-License-Identifier: MIT OR Apache-2.0
// What the files of the verifier share. Each part may rely on what those before it have found right.
#pragma once

#include "alkomp/error.h"
#include "ir/module.h"

#include <optional>
#include <span>
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
/// The value's name in quotes, the number that it is, else its place: "\"x\"", "5", "%12".
[[nodiscard]] std::string name_of(const Module& module, ValueId value);

/// The bits of a scalar constant, those that a specialisation constant has unless it is set.
[[nodiscard]] std::optional<u64> default_bits(const Module& module, ValueId value);

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

/// Who has to evaluate an instruction together.
enum Together : u8 { kWorkgroup = 1, kSubgroup = 2 };
/// Barriers by their scope, operations on cooperative matrices by that of the matrix; 0 for others.
[[nodiscard]] u8 together(const Module& module, const Instruction& instruction);

/// What the walk through all functions has seen.
struct Flow {
    std::vector<bool> listed;               ///< by instruction: a region holds it
    std::vector<bool> parts;                ///< by construct: convergent instructions in it, or ways out beyond it
    std::vector<u8> converges;              ///< by function, of `Together`: what it or one that it calls asks for
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
void check_instruction(const Module& module, const Shapes& shapes, InstructionId id);
[[nodiscard]] Flow check_functions(Module& module, const Shapes& shapes);
/// Refuses what must be evaluated together where it can be proven that it is not. `subgroup_size`: 0 if unknown.
void check_uniformity(const Module& module, const Flow& flow, u32 subgroup_size);
void check_device(const Module& module, const Flow& flow, const Shapes& shapes, const Capabilities& device);

}  // namespace alkomp::ir
