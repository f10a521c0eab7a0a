// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_combinations.h"

#include "ir/pass/combination.h"
#include "ir/pass/rebuild.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

class Lower : public Rebuild {
public:
    Lower(const Module& from, bool wide) : Rebuild(from), wide_(wide), ballot_(to_.types.vector(Scalar::u32, 4)) {}
    [[nodiscard]] bool any() const {
        return std::any_of(from_.instructions.begin(), from_.instructions.end(), [&](const Instruction& instruction) {
            return instruction.region != RegionId::none && is_lacking(instruction);
        });
    }

private:
    bool is_lacking(const Instruction& instruction) const {
        if (instruction.op != Op::subgroup_reduce && instruction.op != Op::subgroup_scan) return false;
        const std::span<const u32> how = from_.immediates(instruction);
        const auto combine = static_cast<Combine>(how[0]);
        const Scalar scalar = scalar_of(from_.operands(instruction)[0]);
        const bool is_sum = combine == Combine::add || combine == Combine::mul;
        const bool is_bitwise =
            combine == Combine::bit_and || combine == Combine::bit_or || combine == Combine::bit_xor;
        if (wide_ && is_integer(scalar) && size_bytes(scalar) == 8 && !is_bitwise) return true;
        if (instruction.op == Op::subgroup_scan) return !is_sum;
        return how[1] != 0;
    }

    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (!is_lacking(old)) return copy(id);
        const bool reduces = old.op == Op::subgroup_reduce;
        const u32 cluster = reduces ? from_.immediates(old)[1] : 0;
        const auto how = static_cast<Combine>(from_.immediates(old)[0]);
        const ValueId lane = build_.builtin(Builtin::subgroup_lane);
        const ValueId active = build_.emit(Op::subgroup_ballot, {to_.constant(bool_, 1)});
        const ValueId mine = cluster != 0 ? emit(Op::bit_and, {active, lanes_of_cluster(lane, cluster)}) : active;
        const ValueId before = emit(Op::bit_and, {mine, build_.builtin(Builtin::subgroup_lt_mask)});
        const ValueId is_any = emit(Op::any_lane, {emit(Op::ne, {before, to_.zero(ballot_)})});
        const ValueId last_before = emit(Op::select, {is_any, build_.emit(Op::subgroup_ballot_msb, {before}), lane});
        const ValueId sum = scan(operand(id, 0), how, lane, last_before);
        ValueId made = sum;
        if (reduces) {
            made = build_.emit(Op::subgroup_shuffle, {sum, build_.emit(Op::subgroup_ballot_msb, {mine})});
        } else if (static_cast<Scan>(from_.immediates(old)[1]) == Scan::exclusive) {
            made = build_.emit(Op::subgroup_shuffle, {sum, last_before});
            made = emit(Op::select, {is_any, made, filled(to_.type_of(sum), identity_of(how, scalar_of(result(id))))});
        }
        define(result(id), made);
    }

    ValueId lanes_of_cluster(ValueId lane, u32 size) {
        std::vector<ValueId> words;
        const ValueId first = emit(Op::bit_and, {lane, number(~u64{size - 1})});
        const ValueId in_word = size < 32
                                    ? emit(Op::shl, {number((1u << size) - 1), emit(Op::bit_and, {first, number(31)})})
                                    : number(~u64{0});
        const u32 count = std::max(1u, size / 32);  // of words that a cluster fills
        const ValueId first_word = emit(Op::shr, {first, number(5)});
        for (u32 i = 0; i < 4; ++i) {
            const ValueId is_in = emit(Op::eq, {first_word, number(i / count * count)});
            words.push_back(emit(Op::select, {is_in, in_word, number(0)}));
        }
        return compose(ballot_, words);
    }

    /// What the lanes up to this one give together. A lane that points to itself has asked all of them.
    ValueId scan(ValueId value, Combine how, ValueId lane, ValueId last_before) {
        const TypeId type = to_.type_of(value);
        const std::array first{value, last_before};
        const std::array results{type};
        const std::array parameters{type, u32_};
        const InstructionId loop = build_.open_loop(first, results);
        const std::vector<ValueId> now = to_[build_.open_region(parameters)].parameters;
        const ValueId asks = emit(Op::ne, {now[1], lane});
        const InstructionId look = build_.open_if(build_.emit(Op::subgroup_any, {asks}));
        build_.open_region();
        build_.exit(look);
        build_.close_region();
        build_.open_region();
        build_.exit(loop, std::array{now[0]});
        build_.close_region();
        build_.close_construct();
        const ValueId other = build_.emit(Op::subgroup_shuffle, {now[0], now[1]});
        const ValueId beyond = build_.emit(Op::subgroup_shuffle, {now[1], now[1]});
        // Where that one asks nobody, neither does this one any more.
        const ValueId is_first = emit(Op::eq, {beyond, now[1]});
        const ValueId next = emit(Op::select, {is_first, lane, beyond});
        build_.next(loop, std::array{emit(Op::select, {asks, emit(op_of(how), {other, now[0]}), now[0]}), next});
        build_.close_region();
        const std::vector<ValueId> again = to_[build_.open_region(parameters)].parameters;
        build_.repeat(loop, again);
        build_.close_region();
        build_.close_construct();
        return to_.result(to_[loop]);
    }
    bool wide_;
    TypeId ballot_;
};

}  // namespace

void lower_combinations(Module& module, bool wide) {
    Lower pass(module, wide);
    if (!pass.any()) return;
    Module made = pass.run();
    module = std::move(made);
}

}  // namespace alkomp::ir
