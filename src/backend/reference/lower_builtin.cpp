// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an invocation is: computed once for a frame where it is the same for all workgroups, else once for a team.
#include "backend/reference/lower.h"

#include <utility>

namespace alkomp::backend::reference {

using ir::Builtin;
using ir::Op;

Register Lowering::builtin_word(Builtin which, u32 axis) {
    const auto [known, is_new] = builtins_.try_emplace({which, axis}, 0);
    if (!is_new) return known->second;
    Register made = 0;
    if (which == Builtin::global_id) {
        made = builtin_word(Builtin::workgroup_id, axis);
        const u32 size = workgroup_size_[axis];
        if (size != 1) {
            const Register local = builtin_word(Builtin::local_id, axis), by = number(size, 4);
            std::vector<Draft>* const writing = std::exchange(writing_, &prologue_);
            made = arithmetic(Op::add, Scalar::u32, {arithmetic(Op::mul, Scalar::u32, {made, by}), local});
            writing_ = writing;
        }
    } else {
        // The frame is used again by other dispatches.
        const bool stays = which != Builtin::workgroup_id && which != Builtin::workgroup_count;
        std::vector<Draft>* const writing = std::exchange(writing_, stays ? &setup_ : &prologue_);
        made = fresh(4);
        write(lanes_.builtin(which), kTo, {.to = made, .x = axis});
        writing_ = writing;
    }
    return builtins_[{which, axis}] = made;
}

void Lowering::builtin(const ir::Instruction& at) {
    const auto which = static_cast<Builtin>(module_.immediates(at)[0]);
    const u64 words = layout_.leaf_count(module_.type_of(module_.result(at)));
    Values made;
    for (u32 i = 0; i < words; ++i) made.push_back(builtin_word(which, i));
    define(at, std::move(made));
}

}  // namespace alkomp::backend::reference
