// SPDX-License-Identifier: MIT OR Apache-2.0
// A kernel as a flat list of instructions, each of which acts on all lanes of a team.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace alkomp::backend::reference {

class Checker;
class Checking;
class Shadow;
struct Checks;
struct Team;
struct Instruction;

/// Does an instruction for a team and says which one follows; null: the team stops here, for now or for good.
using Function = const Instruction* (*)(Team& team, const Instruction* at);

/// `to a b c` are columns, by their first byte in the frame; what `x y` are, the function knows.
struct Instruction {
    Function run = nullptr;
    u32 to = 0, a = 0, b = 0, c = 0;
    u32 x = 0, y = 0;
    u32 jump = 0;      ///< place in the code
    u32 location = 0;  ///< of Module::locations
};

/// A boolean is a word of ones or of zeros; so is a lane's place in the mask.
using Truth = u32;
inline constexpr Truth kTrue = ~Truth{0};

/// The column of the mask: the lanes that take part.
inline constexpr u32 kMask = 0;
/// Columns are that many lanes long, or a multiple.
inline constexpr u32 kLaneMultiple = 16;

/// What a kernel is once it is compiled. A frame holds a column for each value that lives at one time; some are filled
/// once, when the frame is made.
struct Program {
    std::string label;
    std::vector<Instruction> setup;  ///< fills the columns that stay
    std::vector<Instruction> code;
    std::vector<u32> lists;  ///< columns of instructions that have many
    std::array<u32, 3> workgroup_size{1, 1, 1};
    u32 invocations = 1;  ///< of a workgroup
    u32 subgroup_size = 1;
    bool may_wait = false;    ///< in a loop, for what another workgroup writes
    u32 groups_per_team = 1;  ///< workgroups that run together
    u32 lanes = kLaneMultiple;
    u32 bindings = 0;  ///< of the interface; the scalars are the one behind
    u64 frame_bytes = 0;
    u64 local_bytes = 0;                   ///< of each lane
    u64 shared_bytes = 0;                  ///< of each workgroup
    std::shared_ptr<const Checks> checks;  ///< null: it checks nothing
    std::vector<bool> writes;              ///< of a checked one: whether it writes into a binding
};

/// Memory that a kernel sees as one.
struct Binding {
    std::byte* base = nullptr;
    u64 size_bytes = 0;
    Shadow* shadow = nullptr;  ///< of the block that it lies in, where that is checked
    bool races = false;        ///< something may be written there while the kernel runs, and that is checked
};

/// All memory that raw addresses may lead to.
class LiveMemory {
public:
    virtual ~LiveMemory() = default;
    /// The buffer that holds the address; of no bytes if there is none.
    [[nodiscard]] virtual Binding find(u64 address) const = 0;
};

/// One dispatch.
struct Launch {
    const Program* program = nullptr;
    std::array<u32, 3> groups{};
    std::vector<Binding> bindings;  ///< of the interface, then the scalars
    const LiveMemory* memory = nullptr;
    u64 kernel = 0;                         ///< its handle
    Checker* checker = nullptr;             ///< null: nothing is checked
    u64 deadline_ns = 0;                    ///< of the steady clock; 0: none
    mutable std::atomic<bool> stop{false};  ///< teams stop at the next turn of a loop
    mutable std::atomic<bool> timed_out{false};
    mutable bool over_steps = false, waits_for_ever = false;  ///< of checked launches, which one thread runs

    /// Stops all teams once the time is over.
    void look_at_clock() const;
};

/// Turns of loops after which a team looks at the clock, and lets others go on where it may wait for them.
inline constexpr u32 kTurns = 256;

/// Invocations that go through the program together.
struct Team {
    std::byte* frame = nullptr;
    std::byte* local = nullptr;
    std::byte* shared = nullptr;
    const Binding* bindings = nullptr;
    const Instruction* code = nullptr;
    const Launch* launch = nullptr;
    u32 lanes = 0;
    u32 active = 0;                       ///< lanes that are invocations
    u64 first_group = 0;                  ///< of those that run together, counted along x, y, z
    Binding recent;                       ///< that an address led to last
    u32 turns = kTurns;                   ///< left
    Checking* checking = nullptr;         ///< null: nothing is checked
    const Instruction* resume = nullptr;  ///< where it goes on later; null: it is done
};

template <class T>
[[nodiscard]] T* column(const Team& team, u32 at) {
    return reinterpret_cast<T*>(team.frame + at);
}

}  // namespace alkomp::backend::reference
