// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/passes.h"

#include "ir/pass/edit.h"
#include "ir/pass/eliminate_common_subexpressions.h"
#include "ir/pass/flatten_choices.h"
#include "ir/pass/fold_constants.h"
#include "ir/pass/forward_stores.h"
#include "ir/pass/hoist_loop_invariants.h"
#include "ir/pass/inline_calls.h"
#include "ir/pass/localize_globals.h"
#include "ir/pass/lower_chosen_lanes.h"
#include "ir/pass/lower_combinations.h"
#include "ir/pass/lower_f16.h"
#include "ir/pass/lower_returns.h"
#include "ir/pass/lower_small_integers.h"
#include "ir/pass/lower_subgroups.h"
#include "ir/pass/lower_wide_integers.h"
#include "ir/pass/narrow_barriers.h"
#include "ir/pass/promote_variables.h"
#include "ir/pass/remove_dead_code.h"
#include "ir/pass/simplify_control.h"
#include "ir/pass/split_variables.h"

namespace alkomp::ir {

std::span<const Pass> optimizing_passes() {
    static constexpr Pass kPasses[] = {
        {"localize_globals", localize_globals},
        {"split_variables", split_variables},
        {"promote_variables", promote_variables},
        {"remove_dead_code", remove_dead_code},
        {"fold_constants", fold_constants},
        {"simplify_control", simplify_control},
        {"eliminate_common_subexpressions", eliminate_common_subexpressions},
        {"forward_stores", forward_stores},
        {"fold_constants", fold_constants},
        {"simplify_control", simplify_control},
        {"hoist_loop_invariants", hoist_loop_invariants},
        {"eliminate_common_subexpressions", eliminate_common_subexpressions},
        {"remove_dead_code", remove_dead_code},
        {"narrow_barriers", narrow_barriers},
    };
    return kPasses;
}

Lowered lower(Module& module, const Lowering& lowering) {
    Lowered lowered;
    if (lowering.uniform_flow) {  // `Uniformity` looks at the kernel alone
        inline_calls(module, [&](const Instruction& instruction) { return joins_workgroup(module, instruction); });
        flatten_choices(module, true);
    }
    if (lowering.memory_layouts) lowered.byte_counts = lower_memory_layouts(module, lowering.memory);
    if (lowering.subgroups) lower_subgroups(module, lowering.most_shared_bytes);
    if (lowering.combinations) lower_combinations(module, lowering.wide_integers);
    if (lowering.small_integers) lower_small_integers(module);
    if (lowering.wide_integers) lower_wide_integers(module);
    if (lowering.f16) lower_f16(module);
    if (lowering.chosen_lanes) lower_chosen_lanes(module);
    if (lowering.inner_returns) lower_returns(module);
    return lowered;
}

}  // namespace alkomp::ir
