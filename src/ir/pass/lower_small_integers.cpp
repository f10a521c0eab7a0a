// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_small_integers.h"

#include "ir/pass/rebuild.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

bool is_small(Scalar scalar) {
    return scalar == Scalar::i8 || scalar == Scalar::u8 || scalar == Scalar::i16 || scalar == Scalar::u16;
}
bool is_half(Scalar scalar) { return scalar == Scalar::f16 || scalar == Scalar::bf16; }
constexpr u32 bit_of(Scalar scalar) { return 1u << static_cast<u32>(scalar); }
constexpr u32 kSmall = bit_of(Scalar::i8) | bit_of(Scalar::u8) | bit_of(Scalar::i16) | bit_of(Scalar::u16);
u32 width_of(Scalar scalar) { return 8 * size_bytes(scalar); }
u32 ones(Scalar scalar) { return (1u << width_of(scalar)) - 1; }
Scalar full(Scalar scalar) { return !is_small(scalar) ? scalar : is_signed(scalar) ? Scalar::i32 : Scalar::u32; }

class Lower : public Rebuild {
public:
    using Rebuild::Rebuild;
    [[nodiscard]] bool any() {
        for (u32 i = 2; i < from_.types.size(); ++i)
            if ((scalars_in(TypeId{i}) & kSmall) != 0) return true;
        return false;
    }

private:
    TypeId make_type(TypeId old) override {
        const Type& type = from_.types[old];
        if ((scalars_in(old) & kSmall) == 0) return Rebuild::make_type(old);
        if (type.kind == Kind::scalar || type.kind == Kind::vector)
            return to_.types.vector(full(type.scalar), type.kind == Kind::vector ? type.count : 1);
        return make_plain(old);
    }
    ValueId make_constant(const Constant& old) override {
        const bool varies = old.kind == Constant::Kind::specialization || old.kind == Constant::Kind::computed;
        bool has_small = (scalars_in(old.type) & kSmall) != 0;
        for (const ValueId part : old.parts) has_small = has_small || (scalars_in(from_.type_of(part)) & kSmall) != 0;
        if (varies && has_small)
            refuse(from_, Location(), "the device has no specialisation constants of 8 and 16 bits.",
                   ErrorCode::unsupported);
        if (old.kind != Constant::Kind::scalar || !has_small) return Rebuild::make_constant(old);
        return to_.constant(type(old.type), extended(old.bits, from_.types[old.type].scalar));
    }
    /// The bits of the wider integer.
    static u64 extended(u64 bits, Scalar scalar) {
        const u32 unused = 32 - width_of(scalar);
        if (!is_signed(scalar)) return bits;
        return static_cast<u32>(static_cast<i32>(static_cast<u32>(bits) << unused) >> unused);
    }
    ValueId selector(InstructionId id, Switch& chooses) override {
        const Scalar scalar = scalar_of(operands(id)[0]);
        if (is_small(scalar))
            for (std::vector<u64>& of_region : chooses.values)
                for (u64& value : of_region) value = extended(value, scalar);
        return operand(id, 0);
    }

    // Shapes are those of made types; `scalar` is the old one.
    /// The value in its width again.
    ValueId cut(ValueId value, Scalar scalar) {
        const TypeId type = to_.type_of(value);
        if (const std::optional<u64> bits = to_.known_bits(value))
            return to_.constant(type, extended(*bits & ones(scalar), scalar));
        if (!is_signed(scalar)) return emit(Op::bit_and, {value, filled(type, ones(scalar))});
        return emit(Op::extract_bits, {value, number(0), number(width_of(scalar))});
    }
    /// As unsigned of its width.
    ValueId raw(ValueId value, Scalar scalar) {
        if (!is_signed(scalar)) return value;
        const ValueId bits = emit(Op::bitcast, {value}, {}, like(to_.type_of(value), Scalar::u32));
        return emit(Op::bit_and, {bits, filled(to_.type_of(bits), ones(scalar))});
    }
    /// The opposite.
    ValueId cooked(ValueId bits, Scalar scalar) {
        if (!is_signed(scalar)) return bits;
        return cut(emit(Op::bitcast, {bits}, {}, like(to_.type_of(bits), Scalar::i32)), scalar);
    }

    void make(InstructionId id) override {
        const Scalar result_scalar = from_[id].results.count > 0 ? scalar_of(result(id)) : Scalar::record;
        const Scalar first = operands(id).empty() ? Scalar::record : scalar_of(operands(id)[0]);
        if (!is_small(result_scalar) && !is_small(first)) return copy(id);
        const ValueId made = lowered(id, first, result_scalar);
        if (made != ValueId::none) define(result(id), made);
        else copy(id);
    }
    /// None: the same instruction is right.
    ValueId lowered(InstructionId id, Scalar first, Scalar to) {
        switch (from_[id].op) {
            case Op::add:
            case Op::sub:
            case Op::mul:
            case Op::neg:
            case Op::dot_integer:
            case Op::dot_packed:
                return again(id, to);
            case Op::abs:
            case Op::div:
                return is_signed(first) ? again(id, to) : ValueId::none;
            case Op::find_msb:
            case Op::find_lsb:
                return is_signed(first) ? ValueId::none : again(id, to);
            case Op::bit_not:
                if (is_signed(first)) return ValueId::none;
                return emit(Op::bit_xor, {operand(id, 0), filled(made_type(id), ones(first))});
            case Op::shl:
            case Op::shr:
                return shifted(id, first);
            case Op::count_ones: {
                const ValueId count = emit(Op::count_ones, {raw(operand(id, 0), first)});
                return emit(Op::bitcast, {count}, {}, made_type(id));
            }
            case Op::reverse_bits: {
                const ValueId all = emit(Op::reverse_bits, {operand(id, 0)});
                return emit(Op::shr, {all, filled(like(made_type(id), Scalar::u32), 32 - width_of(first))});
            }
            case Op::extract_bits:
            case Op::insert_bits:
                return bit_field(id, first);
            case Op::mul_high:
                return high_half(operand(id, 0), operand(id, 1), first);
            case Op::mul_wide:
            case Op::add_carry:
            case Op::sub_borrow:
                return two_results(id, first);
            case Op::convert:
                return converted(id, first, to);
            case Op::bitcast:
                return recast(id, first, to);
            case Op::subgroup_reduce:
            case Op::subgroup_scan:
                return combined(id, first);
            default:
                return ValueId::none;
        }
    }
    TypeId made_type(InstructionId id) { return type(from_.type_of(result(id))); }
    ValueId again(InstructionId id, Scalar to) {
        if (!is_small(to)) return ValueId::none;
        std::vector<ValueId> values;
        for (const ValueId operand : operands(id)) values.push_back(value(operand));
        return cut(build_.emit(from_[id].op, values, from_.immediates(from_[id]), made_type(id)), to);
    }

    // Bits.
    ValueId shifted(InstructionId id, Scalar scalar) {
        const ValueId given = operand(id, 1);
        const TypeId count_type = to_.type_of(given);
        const u32 last = width_of(scalar) - 1;
        const std::optional<u64> known = to_.known_bits(given);
        const ValueId count =
            known ? to_.constant(count_type, *known & last) : emit(Op::bit_and, {given, filled(count_type, last)});
        const ValueId made = emit(from_[id].op, {operand(id, 0), count});
        return from_[id].op == Op::shl ? cut(made, scalar) : made;
    }
    /// An integer of any type, but no more than the limit, as u32.
    ValueId at_most(ValueId old, ValueId limit) {
        ValueId given = value(old);
        if (from_.types.bits(from_.type_of(old)) == 64) {
            const TypeId wide = to_.types.scalar(Scalar::u64);
            given = emit(Op::min, {emit(Op::bitcast, {given}, {}, wide), emit(Op::convert, {limit}, {}, wide)});
            return emit(Op::convert, {given}, {}, u32_);
        }
        return emit(Op::min, {emit(Op::convert, {given}, {}, u32_), limit});
    }
    ValueId bit_field(InstructionId id, Scalar scalar) {
        const std::span<const ValueId> given = operands(id);
        const std::size_t fields = given.size() - 2;
        const ValueId offset = at_most(given[fields], number(width_of(scalar)));
        const ValueId count = at_most(given[fields + 1], emit(Op::sub, {number(width_of(scalar)), offset}));
        if (from_[id].op == Op::extract_bits) return emit(Op::extract_bits, {operand(id, 0), offset, count});
        return cut(emit(Op::insert_bits, {operand(id, 0), operand(id, 1), offset, count}), scalar);
    }
    ValueId high_half(ValueId a, ValueId b, Scalar scalar) {
        const ValueId product = emit(Op::mul, {a, b});
        return emit(Op::shr, {product, filled(like(to_.type_of(product), Scalar::u32), width_of(scalar))});
    }
    ValueId two_results(InstructionId id, Scalar scalar) {
        const ValueId a = operand(id, 0), b = operand(id, 1);
        const TypeId type = to_.type_of(a);
        if (from_[id].op == Op::mul_wide) {
            define(result(id, 1), high_half(a, b, scalar));
            return cut(emit(Op::mul, {a, b}), scalar);
        }
        const ValueId raw_a = raw(a, scalar), raw_b = raw(b, scalar);
        if (from_[id].op == Op::add_carry) {
            const ValueId sum = emit(Op::add, {raw_a, raw_b});
            const ValueId carry = emit(Op::shr, {sum, filled(to_.type_of(sum), width_of(scalar))});
            define(result(id, 1), emit(Op::bitcast, {carry}, {}, type));
        } else {
            define(result(id, 1), emit(Op::convert, {emit(Op::lt, {raw_a, raw_b})}, {}, type));
        }
        return cut(emit(from_[id].op == Op::add_carry ? Op::add : Op::sub, {a, b}), scalar);
    }

    // Types.
    ValueId converted(InstructionId id, Scalar from, Scalar to) {
        const TypeId made = made_type(id);
        const ValueId wide = emit(Op::convert, {operand(id, 0)}, {}, made);
        if (from == Scalar::boolean || !is_small(to)) return wide;
        if (is_float(from)) {
            const u64 most = is_signed(to) ? ones(to) >> 1 : ones(to);
            if (!is_signed(to)) return emit(Op::min, {wide, filled(made, most)});
            return emit(Op::clamp, {wide, filled(made, ~most & 0xffffffff), filled(made, most)});
        }
        const bool fits =
            is_small(from) && (is_signed(from) == is_signed(to) ? width_of(from) <= width_of(to)
                                                                : is_signed(to) && width_of(from) < width_of(to));
        return fits ? wide : cut(wide, to);
    }
    ValueId recast(InstructionId id, Scalar from, Scalar to) {
        const ValueId given = operand(id, 0);
        const TypeId made = made_type(id);
        if (is_small(from) && is_small(to) && width_of(from) == width_of(to)) {
            if (is_signed(from) == is_signed(to)) return given;
            return is_signed(to) ? cooked(given, to) : raw(given, from);
        }
        const std::vector<ValueId> words = words_of(given, from);
        if (!is_small(to) && !is_half(to)) {
            ValueId row = words[0];
            if (words.size() > 1) row = compose(to_.types.vector(Scalar::u32, static_cast<u32>(words.size())), words);
            return emit(Op::bitcast, {row}, {}, made);
        }
        return is_half(to) ? halves(words, to, made) : lanes(words, to, made);
    }
    /// The bits of a value in order, each word full but the last.
    std::vector<ValueId> words_of(ValueId value, Scalar scalar) {
        const u32 lanes = to_.types.lanes(to_.type_of(value));
        std::vector<ValueId> words;
        if (is_small(scalar)) {
            const ValueId all = raw(value, scalar);
            for (u32 i = 0, bit = 0; i < lanes; ++i, bit += width_of(scalar)) {
                const ValueId lane = lanes == 1 ? all : part(all, i);
                if (bit % 32 == 0) words.push_back(lane);
                else words.back() = emit(Op::bit_or, {words.back(), emit(Op::shl, {lane, number(bit % 32)})});
            }
            return words;
        }
        if (is_half(scalar)) {
            const TypeId pair = to_.types.vector(scalar, 2);
            for (u32 i = 0; i < lanes; i += 2) {
                const std::array both{lanes == 1 ? value : part(value, i),
                                      i + 1 < lanes ? part(value, i + 1) : to_.zero(to_.types.scalar(scalar))};
                words.push_back(emit(Op::bitcast, {compose(pair, both)}, {}, u32_));
            }
            return words;
        }
        const u32 count = lanes * size_bytes(scalar) / 4;
        const ValueId row = emit(Op::bitcast, {value}, {}, to_.types.vector(Scalar::u32, count));
        for (u32 i = 0; i < count; ++i) words.push_back(count == 1 ? row : part(row, i));
        return words;
    }
    ValueId lanes(std::span<const ValueId> words, Scalar scalar, TypeId made) {
        const u32 count = to_.types.lanes(made), width = width_of(scalar);
        const TypeId element = to_.types.scalar(full(scalar));
        std::vector<ValueId> all;
        for (u32 i = 0; i < count; ++i) {
            const ValueId word = emit(Op::bitcast, {words[i * width / 32]}, {}, element);
            // Half a word has nothing above it.
            const bool is_all = !is_signed(scalar) && count * width <= width;
            all.push_back(is_all ? word : emit(Op::extract_bits, {word, number(i * width % 32), number(width)}));
        }
        return count == 1 ? all[0] : compose(made, all);
    }
    ValueId halves(std::span<const ValueId> words, Scalar scalar, TypeId made) {
        const u32 count = to_.types.lanes(made);
        std::vector<ValueId> all;
        for (const ValueId word : words) {
            const ValueId pair = emit(Op::bitcast, {word}, {}, to_.types.vector(scalar, 2));
            if (count == 2) return pair;
            for (u32 i = 0; i < 2 && all.size() < count; ++i) all.push_back(part(pair, i));
        }
        return count == 1 ? all[0] : compose(made, all);
    }

    // Sums leave the width; the least and the most of no lane are those of 32 bits.
    ValueId combined(InstructionId id, Scalar scalar) {
        const auto how = static_cast<Combine>(from_.immediates(from_[id])[0]);
        const ValueId made =
            build_.emit(from_[id].op, std::array{operand(id, 0)}, from_.immediates(from_[id]), made_type(id));
        const bool is_bound = how == Combine::min || how == Combine::max;
        if (!is_bound || !is_signed(scalar)) return cut(made, scalar);
        const u32 most = ones(scalar) >> 1;
        return emit(Op::clamp, {made, filled(made_type(id), ~most), filled(made_type(id), most)});
    }
};

}  // namespace

void lower_small_integers(Module& module) {
    Lower pass(module);
    if (!pass.any()) return;
    Module made = pass.run();
    module = std::move(made);
}

}  // namespace alkomp::ir
