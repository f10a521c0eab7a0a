// SPDX-License-Identifier: MIT OR Apache-2.0
// The blocks of a function in the order in which a structured program evaluates them, with the constructs around them.
#pragma once

#include "read/spirv/code.h"

#include <vector>

namespace alkomp::read {

/// A block, from its label to its terminator.
struct Block {
    Id label = 0;
    u32 first = 0;       ///< place of the instruction behind the label
    u32 terminator = 0;  ///< place of the last one
    Id merge = 0;        ///< of OpSelectionMerge or OpLoopMerge
    Id next = 0;         ///< of OpLoopMerge: where an iteration ends
    u32 phis = 0;
    u32 step = 0;   ///< that evaluates it; 0: none does
    u32 until = 0;  ///< the step that ends the region it lies in: its values are visible before that one
};

/// What to do next.
struct Step {
    enum class Kind : u8 {
        nothing,
        block,        ///< evaluate `block` without its terminator
        edge,         ///< control goes from the block `from` to `to`, whose phis take their values
        open_if,      ///< by the condition of the terminator of `block`; none: true
        open_loop,    ///< `construct`
        open_switch,  ///< by the selector of `block`; its cases are Plan::cases
        open_once,    ///< a construct that is evaluated once, so that it can be left
        region,
        end_region,
        close,
        exit,
        next,
        repeat,
        repeat_if,      ///< by the condition of `block`
        repeat_unless,  ///< by its opposite
        fallthrough,
        give_back,  ///< the return that ends `block`
        unreachable,
    };
    Kind kind = Kind::nothing;
    u32 construct = 0;  ///< a number
    u32 block = 0;      ///< place in Plan::blocks; of a region: the step that ends it
    Id from = 0, to = 0;
};

/// A switch: the labels that its regions begin with, in their order, and the literals that lead to each.
struct Cases {
    struct Case {
        Id label = 0;
        std::vector<u64> values;
    };
    u32 construct = 0;
    u32 default_case = 0;
    std::vector<Case> cases;
    std::vector<u32> order;  ///< of regions: places in `cases`
};

struct Plan {
    std::vector<Block> blocks;  ///< in the order of the words; the first has no place in the function
    std::vector<Step> steps;    ///< the first is nothing
    std::vector<Cases> switches;
    u32 constructs = 1;

    /// Null: the construct is no switch of the function's.
    [[nodiscard]] const Cases* cases_of(u32 construct) const;
};

/// `places`: of blocks by label, kept for the functions to come. Throws compile_failed where control is not structured as the SPIR-V specification wants it.
[[nodiscard]] Plan make_plan(const Code& code, Code::Function function, IdTable<u32>& places);

}  // namespace alkomp::read
