// SPDX-License-Identifier: MIT OR Apache-2.0
// What the emitter keeps of values, pointers and constructs while it writes.
#pragma once

#include "emit/spirv/words.h"
#include "ir/module.h"

#include <initializer_list>
#include <span>
#include <vector>

namespace alkomp::emit::spv {

/// A composite type has one SPIR-V type for each use: without a layout (values, local and shared memory), with
/// one (buffers), and as the block that a buffer or the scalars are.
/// `block` and what follows it: one for each way of access.
enum class Form : u8 { plain, laid, block };
[[nodiscard]] constexpr bool is_block(Form form) noexcept { return form >= Form::block; }

/// What stands for an IR value.
struct Held {
    Id id = 0;                            ///< 0: a pointer that is not made yet
    u32 pending = 0;                      ///< place in Emitter::pending_: how to make it
    Form form = Form::plain;              ///< of the value's type; of a pointer: of what it points to
    Storage storage = Storage::Function;  ///< of a pointer
    bool coherent = false;                ///< of a pointer: into a buffer that is
    Id type = 0;                          ///< where it goes into a phi
};

/// The numbers that an instruction works on.
struct Shape {
    Scalar scalar = Scalar::u32;
    u32 lanes = 1;
    Id type = 0;
};

struct ConstantFacts {
    bool varies = false;       ///< with specialisation
    bool expressible = false;  ///< outside of functions
};

/// What gives one value: an instruction, or a constant that is computed.
struct Computation {
    ir::Op op = ir::Op::add;
    std::span<const ir::ValueId> operands;
    std::span<const u32> immediates;
    ir::TypeId type = ir::TypeId::none;
};

/// An instruction to be made. In braces its parts are evaluated in their order, so that ids are the same whatever
/// compiler alkomp was built with; the arguments of a function are not.
template <class What>
struct New {
    What what;
    Id type = 0;
    std::initializer_list<Id> operands;
    [[nodiscard]] std::span<const Id> operands_of() const { return {operands.begin(), operands.size()}; }
};

/// OpSelect, likewise.
struct Choice {
    Id condition = 0, yes = 0, no = 0, type = 0;
};

/// More was learned of a value: what was known before, as the greatest that it may be.
struct Fact {
    ir::ValueId value = ir::ValueId::none;
    u64 before = 0;
};

/// A 64-bit integer in two.
struct Halves {
    Id lower = 0, upper = 0;
};

/// A bit field that stays inside its integer.
struct Field {
    Id offset = 0, count = 0;
};

/// A pointer as a base and the places from there on, for pointers that SPIR-V wants no instruction for.
struct Pending {
    Id base = 0;
    std::vector<Id> path;
    u32 member = 0;  ///< the last place, if it is a member
};

/// The type of pointers that step from element to element.
struct Step {
    u32 stride_bytes = 0;
    Id type = 0;
};

/// A block that branches to a label, and the values it brings.
struct Incoming {
    Id block = 0;
    u32 route = 0;  ///< 0: it comes for the label itself; else for what Frame::routes[route - 1] says
    std::vector<Held> values;
};

/// Where a branch of the IR leads.
struct Jump {
    enum class Kind : u8 { exit, next, fallthrough };
    Kind kind = Kind::exit;
    u32 frame = 0;  ///< place in frames_
    bool operator==(const Jump&) const = default;
};

/// A construct that is being written.
struct Frame {
    enum class Kind : u8 {
        inside,     ///< an `if` without a label of its own: its end simply goes on
        selection,  ///< only its own blocks may branch to its merge block
        switch_,    ///< so may all within, up to the next switch or loop
        loop,       ///< so may all within, up to the next loop
    };
    enum class Role : u8 { construct, function, branch };
    Kind kind = Kind::selection;
    Role role = Role::construct;
    ir::InstructionId construct = ir::InstructionId::none;
    std::vector<ir::TypeId> results;
    Id merge = 0;
    Id next = 0, header = 0;  ///< of a loop: where an iteration ends and begins
    Id following = 0;         ///< of a switch: the next case
    std::vector<Incoming> to_merge, to_next, to_following;
    std::vector<Jump> routes;                ///< jumps to outer constructs that leave through this merge block
    std::vector<std::size_t> back_operands;  ///< of a loop: places in code_, of its phis' operands for the way back
    bool reached = false;                    ///< of kind inside: its end is reached
    bool continuing = false;                 ///< of a loop: its continuing region is being written
};

}  // namespace alkomp::emit::spv
