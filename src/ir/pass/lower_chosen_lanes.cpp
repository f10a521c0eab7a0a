// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_chosen_lanes.h"

#include "ir/pass/rebuild.h"

#include <algorithm>
#include <utility>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

class Lower : public Rebuild {
public:
    using Rebuild::Rebuild;
    [[nodiscard]] bool any() const {
        return std::any_of(from_.instructions.begin(), from_.instructions.end(), [&](const Instruction& instruction) {
            return instruction.region != RegionId::none && instruction.op == Op::store &&
                   place_of(from_.operands(instruction)[0]).is_chosen;
        });
    }

private:
    /// How a pointer was reached; the vector or matrix lies behind the first `before` indices.
    struct Place {
        ValueId root = ValueId::none;
        std::vector<ValueId> path{};
        std::size_t before = 0;
        bool is_chosen = false;
    };
    Place place_of(ValueId pointer) const {
        Place to{pointer};
        if (from_.type(pointer).space != Space::local) return to;
        while (from_[to.root].kind == Value::Kind::result) {
            const Instruction& access = from_.instructions[from_[to.root].index];
            if (access.op != Op::access) break;
            const std::span<const ValueId> operands = from_.operands(access);
            to.path.insert(to.path.begin(), operands.begin() + 1, operands.end());
            to.root = operands[0];
        }
        TypeId type = from_.type(to.root).element;
        for (const ValueId index : to.path) {
            const Type& about = from_.types[type];
            if (about.kind == Kind::vector || about.kind == Kind::matrix) break;
            type =
                about.kind == Kind::structure ? about.members[from_.known_bits(index).value_or(0)].type : about.element;
            ++to.before;
        }
        to.is_chosen = std::any_of(to.path.begin() + static_cast<std::ptrdiff_t>(to.before), to.path.end(),
                                   [&](ValueId index) { return !from_.known_bits(index); });
        return to;
    }

    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (old.op != Op::store) return copy(id);
        const Place to = place_of(operands(id)[0]);
        if (!to.is_chosen) return copy(id);
        flags_ = old.flags;
        ValueId whole = value(to.root);
        for (std::size_t i = 0; i < to.before; ++i) whole = emit(Op::access, {whole, value(to.path[i])});
        std::vector<ValueId> inside;
        for (std::size_t i = to.before; i < to.path.size(); ++i) inside.push_back(value(to.path[i]));
        const Type type = to_.types[to_.type(whole).element];
        const ValueId stored = operand(id, 1);
        if (type.kind == Kind::vector) return store_lane(whole, inside[0], stored);
        const ValueId lane = inside.size() > 1 ? inside[1] : ValueId::none;
        if (to_.known_bits(inside[0])) return store_lane(emit(Op::access, {whole, inside[0]}), lane, stored);
        store_column(whole, type.count, inside[0], lane, stored);
    }

    ValueId changed(ValueId vector, ValueId lane, ValueId stored) {
        return build_.emit(Op::insert_lane, {vector, stored, lane});
    }
    void store_lane(ValueId vector, ValueId lane, ValueId stored) {
        build_.store(vector, changed(build_.load(vector, 0, flags_), lane, stored), 0, flags_);
    }
    /// One outside is the last.
    void store_column(ValueId matrix, u32 columns, ValueId chosen, ValueId lane, ValueId stored) {
        const TypeId index = to_.type_of(chosen);
        const Scalar counts = to_.types.bits(index) == 64 ? Scalar::u64 : Scalar::u32;
        const ValueId at =
            to_.types.is_signed(index) ? emit(Op::bitcast, {chosen}, {}, to_.types.scalar(counts)) : chosen;
        for (u32 i = 0; i < columns; ++i) {
            const ValueId number = to_.constant(to_.type_of(at), i);
            const ValueId is_it = emit(i + 1 < columns ? Op::eq : Op::ge, {at, number});
            ValueId place = emit(Op::access, {matrix, to_.index(i)});
            const bool is_part = lane != ValueId::none && to_.known_bits(lane);
            if (is_part) place = emit(Op::access, {place, lane});
            const ValueId before = build_.load(place, 0, flags_);
            const ValueId after = lane == ValueId::none || is_part ? stored : changed(before, lane, stored);
            build_.store(place, emit(Op::select, {is_it, after, before}), 0, flags_);
        }
    }

    u8 flags_ = 0;  // of the store at hand
};

}  // namespace

void lower_chosen_lanes(Module& module) {
    Lower pass(module);
    if (!pass.any()) return;
    Module made = pass.run();
    module = std::move(made);
}

}  // namespace alkomp::ir
