// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_wide_integers.h"

#include "ir/pass/wide_arithmetic.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

bool is_wide(Scalar scalar) { return scalar == Scalar::i64 || scalar == Scalar::u64; }
constexpr u32 kWide = 1u << static_cast<u32>(Scalar::i64) | 1u << static_cast<u32>(Scalar::u64);
constexpr u32 kPairBytes = 8;

class Lower : public WideArithmetic {
public:
    explicit Lower(const Module& from) : WideArithmetic(from), pair_(to_.types.vector(Scalar::u32, 2)) {}
    [[nodiscard]] bool any() {
        for (u32 i = 2; i < from_.types.size(); ++i)
            if ((scalars_in(TypeId{i}) & kWide) != 0) return true;
        return false;
    }

private:
    // Types and constants.
    TypeId make_type(TypeId old) override {
        const Type& type = from_.types[old];
        const bool is_number = type.kind == Kind::scalar || type.kind == Kind::vector;
        if (!is_number || !is_wide(type.scalar)) return Rebuild::make_type(old);
        return type.kind == Kind::scalar ? pair_ : to_.types.array(pair_, place(number(type.count)), kPairBytes);
    }
    ValueId make_constant(const Constant& old) override {
        const bool varies = old.kind == Constant::Kind::specialization || old.kind == Constant::Kind::computed;
        bool has_wide = (scalars_in(old.type) & kWide) != 0;
        for (const ValueId part : old.parts) has_wide = has_wide || (scalars_in(from_.type_of(part)) & kWide) != 0;
        if (varies && has_wide)
            refuse(from_, Location(), "the device has no specialisation constants of 64 bits.", ErrorCode::unsupported);
        if (old.kind != Constant::Kind::scalar || !has_wide) return Rebuild::make_constant(old);
        return constant_pair(old.bits);
    }
    ValueId constant_pair(u64 bits) {
        Constant made;
        made.kind = Constant::Kind::composite;
        made.type = pair_;
        made.parts = {number(bits), number(bits >> 32)};
        return bits == 0 ? to_.zero(pair_) : to_.constant(std::move(made));
    }

    // Values.
    Wide halves(ValueId pair) { return {part(pair, 0), part(pair, 1)}; }
    ValueId pair(Wide of) {
        const auto low = to_.known_bits(of.low), high = to_.known_bits(of.high);
        if (low && high) return constant_pair(*low | *high << 32);
        const ValueId low_of = source(of.low, 0);
        if (low_of != ValueId::none && low_of == source(of.high, 1)) return low_of;
        return compose(pair_, std::array{of.low, of.high});
    }
    /// The pair that it is this half of.
    ValueId source(ValueId half, u32 which) const {
        const Value& value = to_[half];
        if (value.kind != Value::Kind::result) return ValueId::none;
        const Instruction& made = to_[InstructionId{value.index}];
        if (made.op != Op::extract || to_.immediates(made).size() != 1 || to_.immediates(made)[0] != which)
            return ValueId::none;
        return to_.type_of(to_.operands(made)[0]) == pair_ ? to_.operands(made)[0] : ValueId::none;
    }
    u32 lanes(ValueId old) const { return from_.types.lanes(from_.type_of(old)); }
    /// A lane of a vector, or the value.
    ValueId lane(ValueId old, u32 i) { return lanes(old) == 1 ? value(old) : part(value(old), i); }
    Wide wide_lane(ValueId old, u32 i) { return halves(lane(old, i)); }
    /// An integer of 32 bits, of any type, or of what is left of 64.
    ValueId low_bits(ValueId old, u32 i = 0) {
        return is_wide(scalar_of(old)) ? wide_lane(old, i).low : emit(Op::convert, {lane(old, i)}, {}, u32_);
    }
    template <class F>
    ValueId by_lane(ValueId result, const F& made) {
        const u32 count = lanes(result);
        if (count == 1) return made(u32{0});
        std::vector<ValueId> all;
        for (u32 i = 0; i < count; ++i) all.push_back(made(i));
        return compose(type(from_.type_of(result)), all);
    }
    template <class F>
    ValueId wide_by_lane(ValueId result, const F& made) {
        return by_lane(result, [&](u32 i) { return pair(made(i)); });
    }

    // Instructions.
    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        const ValueId made_of = old.results.count > 0 ? result(id) : ValueId::none;
        const bool gives = made_of != ValueId::none && is_wide(scalar_of(made_of));
        const bool takes = std::any_of(operands(id).begin(), operands(id).end(),
                                       [&](ValueId operand) { return is_wide(scalar_of(operand)); });
        if (!gives && !takes) return copy(id);
        if (has(old.op, kAtomic)) refuse(from_, id, "the device has no atomics of 64 bits.", ErrorCode::unsupported);
        const ValueId made = lowered(id, made_of);
        if (made == ValueId::none) copy(id);
        else define(made_of, made);
    }
    /// None: the same instruction is right.
    ValueId lowered(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        const bool takes = !given.empty() && is_wide(scalar_of(given[0]));
        switch (from_[id].op) {
            case Op::call:
                return ValueId::none;
            case Op::access:
            case Op::offset:
                return reach(id);
            case Op::convert:
                return by_lane(made_of, [&](u32 i) { return converted(id, i); });
            case Op::bitcast:
                return recast(id);
            case Op::compose:
            case Op::splat:
            case Op::shuffle:
                if (!is_wide(scalar_of(made_of))) return ValueId::none;
                return gathered(id, made_of);
            case Op::extract_lane:
            case Op::insert_lane:
                return looked_up(id, made_of);
            case Op::select:
                return by_lane(made_of, [&](u32 i) {
                    const ValueId yes = lane(given[1], i), no = lane(given[2], i);
                    return emit(Op::select, {lane(given[0], lanes(given[0]) == 1 ? 0 : i), yes, no});
                });
            case Op::ldexp:
                return scaled(id, made_of);
            case Op::dot_integer:
            case Op::dot_packed:
                return from_[id].op == Op::dot_packed ? dot_packed(id) : dot(id);
            case Op::subgroup_ballot_bit:
                return emit(Op::subgroup_ballot_bit, {value(given[0]), low_bits(given[1])});
            default:
                break;
        }
        if (has(from_[id].op, kConvergent)) return together(id, made_of);
        const Rule rule = info(from_[id].op).rule;
        if (rule == Rule::equality || rule == Rule::comparison)
            return by_lane(made_of, [&](u32 i) { return compared(id, i); });
        if (rule == Rule::shift && !takes)
            return by_lane(made_of, [&](u32 i) {
                return emit(from_[id].op, {lane(given[0], i), low_bits(given[1], i)});
            });
        if (rule == Rule::bit_field) return bit_field(id, made_of);
        if (rule == Rule::two_integers) return two_results(id, made_of);
        const bool computes =
            rule == Rule::numbers || rule == Rule::integers || rule == Rule::bits || rule == Rule::shift;
        if (!computes) return ValueId::none;
        return wide_by_lane(made_of, [&](u32 i) { return computed(id, i); });
    }
    Wide computed(InstructionId id, u32 i) {
        const std::span<const ValueId> given = operands(id);
        const bool is_signed = ir::is_signed(scalar_of(given[0]));
        const Wide a = wide_lane(given[0], i);
        const bool shifts = info(from_[id].op).rule == Rule::shift;
        const Wide b = given.size() > 1 && !shifts ? wide_lane(given[1], i) : Wide();
        switch (from_[id].op) {
            case Op::add:
                return add(a, b);
            case Op::sub:
                return sub(a, b);
            case Op::mul:
                return mul(a, b);
            case Op::div:
                return divide(a, b, is_signed).first;
            case Op::rem:
                return divide(a, b, is_signed).second;
            case Op::mod:
                return modulo(a, b, is_signed);
            case Op::neg:
                return neg(a);
            case Op::abs:
                return is_signed ? magnitude(a) : a;
            case Op::sign:
                return sign(a, is_signed);
            case Op::min:
                return choose(is_less(a, b, is_signed), a, b);
            case Op::max:
                return choose(is_less(a, b, is_signed), b, a);
            case Op::clamp: {
                const Wide most = wide_lane(given[2], i), least = choose(is_less(a, b, is_signed), b, a);
                return choose(is_less(least, most, is_signed), least, most);
            }
            case Op::bit_and:
            case Op::bit_or:
            case Op::bit_xor:
                return each(from_[id].op, a, b);
            case Op::bit_not:
                return flip(a);
            case Op::shl:
                return shl(a, low_bits(given[1], i));
            case Op::shr:
                return shr(a, low_bits(given[1], i), is_signed);
            case Op::count_ones:
                return count_ones(a);
            case Op::find_msb:
                return find_msb(a, is_signed);
            case Op::find_lsb:
                return find_lsb(a);
            case Op::reverse_bits:
                return reverse_bits(a);
            case Op::mul_high:
                return mul_high(a, b, is_signed);
            default:
                refuse(from_, id, "the device has no integers of 64 bits, and this is not said in others.",
                       ErrorCode::unsupported);
        }
    }
    ValueId compared(InstructionId id, u32 i) {
        const std::span<const ValueId> given = operands(id);
        const bool is_signed = ir::is_signed(scalar_of(given[0]));
        const Wide a = wide_lane(given[0], i), b = wide_lane(given[1], i);
        const auto opposite = [&](ValueId truth) { return emit(Op::bit_not, {truth}); };
        switch (from_[id].op) {
            case Op::eq:
                return is_equal(a, b);
            case Op::ne:
                return opposite(is_equal(a, b));
            case Op::lt:
                return is_less(a, b, is_signed);
            case Op::le:
                return opposite(is_less(b, a, is_signed));
            case Op::gt:
                return is_less(b, a, is_signed);
            default:
                return opposite(is_less(a, b, is_signed));
        }
    }
    ValueId two_results(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        const Op op = from_[id].op;
        std::vector<std::pair<Wide, Wide>> both;
        for (u32 i = 0; i < lanes(made_of); ++i) {
            const Wide a = wide_lane(given[0], i), b = wide_lane(given[1], i);
            if (op == Op::mul_wide) {
                const Wide low = mul(a, b);
                both.emplace_back(low, mul_high(a, b, is_signed(scalar_of(made_of))));
            } else {
                const Wide made = op == Op::add_carry ? add(a, b) : sub(a, b);
                const ValueId wraps = op == Op::add_carry ? is_less(made, a, false) : is_less(a, b, false);
                both.emplace_back(made, wide(emit(Op::convert, {wraps}, {}, u32_)));
            }
        }
        define(result(id, 1), wide_by_lane(made_of, [&](u32 i) { return both[i].second; }));
        return wide_by_lane(made_of, [&](u32 i) { return both[i].first; });
    }

    // Places and counts of 64 bits.
    ValueId at_most(ValueId old, ValueId limit) {
        if (!is_wide(scalar_of(old))) return emit(Op::min, {emit(Op::convert, {value(old)}, {}, u32_), limit});
        const Wide given = halves(value(old));
        const ValueId fits = emit(Op::eq, {given.high, number(0)});
        return emit(Op::select, {fits, emit(Op::min, {given.low, limit}), limit});
    }
    ValueId bit_field(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        const std::size_t fields = given.size() - 2;
        const u32 bits = from_.types.bits(from_.type_of(made_of));
        const ValueId offset = at_most(given[fields], number(bits));
        const ValueId count = at_most(given[fields + 1], emit(Op::sub, {number(bits), offset}));
        const bool extracts = from_[id].op == Op::extract_bits;
        if (!is_wide(scalar_of(made_of))) {
            if (extracts) return emit(Op::extract_bits, {value(given[0]), offset, count});
            return emit(Op::insert_bits, {value(given[0]), value(given[1]), offset, count});
        }
        return wide_by_lane(made_of, [&](u32 i) {
            const Wide a = wide_lane(given[0], i);
            if (extracts) return extract_bits(a, offset, count, is_signed(scalar_of(made_of)));
            return insert_bits(a, wide_lane(given[1], i), offset, count);
        });
    }
    ValueId reach(InstructionId id) {
        std::vector<ValueId> path;
        for (const ValueId operand : operands(id))
            path.push_back(is_wide(scalar_of(operand)) ? low_index(operand) : value(operand));
        return build_.emit(from_[id].op, path, from_.immediates(from_[id]), TypeId::none, from_[id].flags);
    }
    /// What is beyond 32 bits is outside as the last of them is.
    ValueId low_index(ValueId old) {
        const Wide given = halves(value(old));
        return emit(Op::select, {emit(Op::eq, {given.high, number(0)}), given.low, number(~u64{0})});
    }
    ValueId looked_up(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        const bool inserts = from_[id].op == Op::insert_lane;
        const ValueId where = is_wide(scalar_of(given.back())) ? low_index(given.back()) : value(given.back());
        if (!is_wide(scalar_of(given[0]))) {
            if (inserts) return emit(Op::insert_lane, {value(given[0]), value(given[1]), where});
            return emit(Op::extract_lane, {value(given[0]), where});
        }
        const auto is_at = [&](u32 i) { return emit(Op::eq, {where, to_.constant(to_.type_of(where), i)}); };
        if (inserts)
            return by_lane(made_of, [&](u32 i) {
                return emit(Op::select, {is_at(i), value(given[1]), lane(given[0], i)});
            });
        ValueId found = lane(given[0], lanes(given[0]) - 1);
        for (u32 i = lanes(given[0]) - 1; i-- > 0;) found = emit(Op::select, {is_at(i), lane(given[0], i), found});
        return found;
    }
    ValueId scaled(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        // Beyond these all is zero or infinite.
        const Wide most = wide(u64{4000}), least = neg(most);
        const bool is_signed = ir::is_signed(scalar_of(given[1]));
        return by_lane(made_of, [&](u32 i) {
            const Wide by = wide_lane(given[1], i);
            Wide kept = choose(is_less(by, most, is_signed), by, most);
            if (is_signed) kept = choose(is_less(least, kept, true), kept, least);
            return emit(Op::ldexp, {lane(given[0], i), as_signed(kept.low)});
        });
    }
    ValueId selector(InstructionId id, Switch& chooses) override {
        if (!is_wide(scalar_of(operands(id)[0]))) return operand(id, 0);
        const Wide given = halves(operand(id, 0));
        // The regions' places from 1, and 0 for values that lead nowhere else.
        ValueId chosen = number(0);
        for (u32 region = 0; region < chooses.values.size(); ++region) {
            for (const u64 bits : chooses.values[region])
                chosen = emit(Op::select, {is_equal(given, wide(bits)), number(region + 1), chosen});
            if (!chooses.values[region].empty()) chooses.values[region] = {region + 1};
        }
        return chosen;
    }

    // Types.
    ValueId converted(InstructionId id, u32 i) {
        const ValueId from = operands(id)[0], to = result(id);
        const Scalar from_scalar = scalar_of(from), to_scalar = scalar_of(to);
        if (from_scalar == Scalar::f64 || to_scalar == Scalar::f64)
            refuse(from_, id, "the device has no integers of 64 bits, and f64 is not converted without.",
                   ErrorCode::unsupported);
        const TypeId made = type(scalar_type(to));
        if (is_wide(from_scalar) && is_wide(to_scalar)) return lane(from, i);
        if (is_wide(from_scalar)) {
            const Wide given = wide_lane(from, i);
            if (!is_float(to_scalar)) return emit(Op::convert, {given.low}, {}, made);
            return emit(Op::convert, {to_f32(given, is_signed(from_scalar))}, {}, made);
        }
        const ValueId given = lane(from, i);
        if (is_float(from_scalar)) return pair(from_f32(emit(Op::convert, {given}, {}, f32_), is_signed(to_scalar)));
        const bool is_signed = ir::is_signed(from_scalar);
        return pair(extend(emit(Op::convert, {given}, {}, is_signed ? i32_ : u32_), is_signed));
    }
    TypeId scalar_type(ValueId old) const {
        const Type& type = from_.type(old);
        return type.kind == Kind::vector ? type.element : from_.type_of(old);
    }
    ValueId recast(InstructionId id) {
        const ValueId from = operands(id)[0], to = result(id);
        if (scalar_of(from) == Scalar::f64 || scalar_of(to) == Scalar::f64)
            refuse(from_, id, "the device has no integers of 64 bits, and f64 is not cast without.",
                   ErrorCode::unsupported);
        if (is_wide(scalar_of(from)) && is_wide(scalar_of(to))) return value(from);
        if (!is_wide(scalar_of(from))) {
            const u32 words = 2 * lanes(to);
            const ValueId row = emit(Op::bitcast, {value(from)}, {}, to_.types.vector(Scalar::u32, words));
            return lanes(to) == 1 ? row : by_lane(to, [&](u32 i) {
                return pair({part(row, 2 * i), part(row, 2 * i + 1)});
            });
        }
        ValueId row = value(from);
        if (lanes(from) > 1) {
            std::vector<ValueId> words;
            for (u32 i = 0; i < lanes(from); ++i) {
                const Wide of = wide_lane(from, i);
                words.insert(words.end(), {of.low, of.high});
            }
            row = compose(to_.types.vector(Scalar::u32, static_cast<u32>(words.size())), words);
        }
        return emit(Op::bitcast, {row}, {}, type(from_.type_of(to)));
    }
    ValueId gathered(InstructionId id, ValueId made_of) {
        const std::span<const ValueId> given = operands(id);
        if (from_.types.is(from_.type_of(made_of), Kind::scalar)) return ValueId::none;
        if (from_[id].op == Op::splat) return by_lane(made_of, [&](u32) { return value(given[0]); });
        std::vector<ValueId> all;
        for (const ValueId operand : given)
            for (u32 i = 0; i < lanes(operand); ++i) all.push_back(lane(operand, i));
        if (from_[id].op == Op::shuffle)
            return by_lane(made_of, [&](u32 i) { return all[from_.immediates(from_[id])[i]]; });
        return compose(type(from_.type_of(made_of)), all);
    }

    // Sums of products, in 64 bits.
    ValueId dot(InstructionId id) {
        const std::span<const ValueId> given = operands(id);
        const auto widened = [&](ValueId vector, u32 i) {
            if (is_wide(scalar_of(vector))) return wide_lane(vector, i);
            const bool is_signed = ir::is_signed(scalar_of(vector));
            return extend(emit(Op::convert, {lane(vector, i)}, {}, is_signed ? i32_ : u32_), is_signed);
        };
        Wide sum = wide(u64{0});
        for (u32 i = 0; i < lanes(given[0]); ++i) {
            const Wide left = widened(given[0], i);
            const Wide next = mul(left, widened(given[1], i));
            sum = i == 0 ? next : add(sum, next);
        }
        if (is_wide(scalar_of(result(id)))) return pair(sum);
        return emit(Op::convert, {sum.low}, {}, type(from_.type_of(result(id))));
    }
    ValueId dot_packed(InstructionId id) {
        const std::span<const u32> signs = from_.immediates(from_[id]);
        const bool is_signed = signs[0] != 0 || signs[1] != 0;
        const std::array given{operand(id, 0), operand(id, 1)};
        return pair(extend(build_.emit(Op::dot_packed, given, signs, is_signed ? i32_ : u32_), is_signed));
    }

    // What only moves numbers between lanes, or takes bits by themselves, does so with both halves.
    ValueId together(InstructionId id, ValueId made_of) {
        if (!is_wide(scalar_of(operands(id)[0]))) return ValueId::none;
        const Op op = from_[id].op;
        const std::span<const u32> immediates = from_.immediates(from_[id]);
        if (op == Op::subgroup_reduce || op == Op::subgroup_scan) {
            const auto how = static_cast<Combine>(immediates[0]);
            if (how != Combine::bit_and && how != Combine::bit_or && how != Combine::bit_xor)
                refuse(from_, id, "the device has no arithmetic of 64 bits within a subgroup.", ErrorCode::unsupported);
        }
        const auto one = [&](u32 i) {
            std::vector<ValueId> given{lane(operands(id)[0], i)};
            for (const ValueId other : operands(id).subspan(1)) given.push_back(value(other));
            return build_.emit(op, given, immediates, pair_);
        };
        if (op != Op::subgroup_all_equal) return by_lane(made_of, one);
        ValueId all = one(0);
        for (u32 i = 1; i < lanes(operands(id)[0]); ++i) all = emit(Op::bit_and, {all, one(i)});
        return all;
    }

    TypeId pair_;
};

}  // namespace

void lower_wide_integers(Module& module) {
    Lower pass(module);
    if (!pass.any()) return;
    Module made = pass.run();
    module = std::move(made);
}

}  // namespace alkomp::ir
