// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_subgroups.h"

#include "ir/pass/combination.h"
#include "ir/pass/edit.h"
#include "ir/pass/exchange_lanes.h"
#include "ir/pass/flatten_choices.h"
#include "ir/pass/inline_calls.h"
#include "ir/pass/rebuild.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

bool needs_subgroup(const Module& module, const Instruction& instruction) {
    if (asks_subgroup(module, instruction)) return true;
    const bool has_order = instruction.op == Op::fence || has(instruction.op, kAtomic);
    if (!has_order && instruction.op != Op::barrier) return false;
    return module.immediates(instruction)[has_order ? 1 : 0] == static_cast<u32>(Scope::subgroup);
}

class Lower : public Rebuild {
public:
    Lower(const Module& from, const std::string& why_alone)
        : Rebuild(from),
          has_none_("the device has no subgroups; each invocation is one by itself, since " + why_alone),
          ballot_(to_.types.vector(Scalar::u32, 4)) {
        if (from.subgroup_size > 1)
            refuse(from, from[from.kernel].location,
                   has_none_ + ", and the kernel asks for subgroups of " + std::to_string(from.subgroup_size) + '.',
                   ErrorCode::unsupported);
    }

private:
    [[noreturn]] void fail(InstructionId id, const std::string& what) const {
        refuse(from_, id, has_none_ + ", and " + what + '.', ErrorCode::unsupported);
    }
    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (!needs_subgroup(from_, old)) return copy(id);
        if (old.op == Op::barrier || old.op == Op::fence) return;  // one invocation is in order by itself
        if (has(old.op, kAtomic)) return alone(id);
        define(result(id),
               old.op == Op::builtin ? builtin(static_cast<Builtin>(from_.immediates(old)[0])) : answer(id));
    }
    /// Ordered for the invocation itself.
    void alone(InstructionId id) {
        std::vector<u32> immediates(from_.immediates(from_[id]).begin(), from_.immediates(from_[id]).end());
        immediates[1] = static_cast<u32>(Scope::invocation);
        std::vector<ValueId> values;
        for (const ValueId operand : operands(id)) values.push_back(value(operand));
        const ValueId made = build_.emit(from_[id].op, values, immediates, TypeId::none, from_[id].flags);
        if (made != ValueId::none) define(result(id), made);
    }
    ValueId builtin(Builtin which) {
        switch (which) {
            case Builtin::subgroup_size:
                return number(1);
            case Builtin::subgroup_lane:
                return number(0);
            case Builtin::subgroup_id:
                return build_.builtin(Builtin::local_index);
            case Builtin::subgroup_count: {
                const auto& size = to_.workgroup_size;
                return emit(Op::mul, {emit(Op::mul, {size[0], size[1]}), size[2]});
            }
            case Builtin::subgroup_eq_mask:
            case Builtin::subgroup_ge_mask:
            case Builtin::subgroup_le_mask:
                return votes(number(1));
            default:
                return to_.zero(ballot_);
        }
    }
    ValueId votes(ValueId first) {
        if (to_.find_constant(first) == nullptr)
            return compose(ballot_, std::array{first, number(0), number(0), number(0)});
        Constant made;
        made.kind = Constant::Kind::composite;
        made.type = ballot_;
        made.parts = {first, number(0), number(0), number(0)};
        return to_.constant(std::move(made));
    }
    ValueId answer(InstructionId id) {
        const std::span<const u32> how = from_.immediates(from_[id]);
        switch (from_[id].op) {
            case Op::subgroup_elect:
            case Op::subgroup_all_equal:
                return to_.constant(bool_, 1);
            case Op::subgroup_ballot:
                return votes(emit(Op::convert, {operand(id, 0)}, {}, u32_));
            case Op::subgroup_ballot_bit: {
                const ValueId lane = emit(Op::convert, {operand(id, 1)}, {}, u32_);
                const ValueId word = emit(Op::extract_lane, {operand(id, 0), emit(Op::shr, {lane, number(5)})});
                return emit(Op::ne, {emit(Op::bit_and, {emit(Op::shr, {word, lane}), number(1)}), number(0)});
            }
            case Op::subgroup_ballot_count:
                if (static_cast<Scan>(how[0]) == Scan::exclusive) return number(0);
                return emit(Op::bit_and, {part(operand(id, 0), 0), number(1)});
            case Op::subgroup_ballot_lsb:
            case Op::subgroup_ballot_msb:
                return number(0);
            case Op::subgroup_reduce:
                if (how[1] > 1) fail(id, "this asks for clusters of " + std::to_string(how[1]) + " lanes");
                return operand(id, 0);
            case Op::subgroup_scan: {
                if (static_cast<Scan>(how[1]) == Scan::inclusive) return operand(id, 0);
                const u64 bits = identity_of(static_cast<Combine>(how[0]), scalar_of(result(id)));
                return filled(type(from_.type_of(result(id))), bits);
            }
            case Op::subgroup_rotate:
                if (how[0] > 1) fail(id, "this asks for clusters of " + std::to_string(how[0]) + " lanes");
                return operand(id, 0);
            case Op::quad_broadcast:
            case Op::quad_swap:
                fail(id, "this asks for four lanes");
            default:
                return operand(id, 0);  // whatever lane is asked, there is one
        }
    }

    std::string has_none_;
    TypeId ballot_;
};

}  // namespace

void lower_subgroups(Module& module, u32 most_shared_bytes) {
    const std::vector<InstructionId> order = in_order(module);
    const bool any =
        std::any_of(order.begin(), order.end(), [&](InstructionId id) { return needs_subgroup(module, module[id]); });
    if (!any) {
        module.subgroup_size = 0;
        return;
    }
    inline_calls(module, [&](const Instruction& instruction) { return needs_subgroup(module, instruction); });
    std::string why_alone = "the kernel asks for subgroups of one";
    if (module.subgroup_size != 1) {
        if (exchange_lanes(module, most_shared_bytes).empty()) return;
        Module flat = module;
        flatten_choices(flat);
        why_alone = exchange_lanes(flat, most_shared_bytes);
        if (why_alone.empty()) {
            module = std::move(flat);
            return;
        }
    }
    Module made = Lower(module, why_alone).run();
    made.subgroup_size = 0;
    module = std::move(made);
}

}  // namespace alkomp::ir
