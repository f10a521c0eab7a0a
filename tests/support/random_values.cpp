// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/random_values.h"

#include "support/pure.h"

#include <algorithm>
#include <cmath>

namespace alkomp::testing {

using ir::Op;
using ir::TypeId;
using ir::ValueId;
using Kind = ir::Type::Kind;

namespace {

constexpr u32 kDeepestExpression = 3;

u32 digits_of(Scalar scalar) { return scalar == Scalar::f16 ? 11 : scalar == Scalar::f32 ? 24 : 53; }

}  // namespace

RandomValues::RandomValues(ir::Module& module, u64 seed, const RandomTypes& types)
    : module_(module), builder_(module), random_(seed), types_(types) {}

// Types.
Scalar RandomValues::integer() {
    std::vector<Scalar> choices{Scalar::u32, Scalar::u32, Scalar::u32, Scalar::i32, Scalar::i32, Scalar::i32};
    if (types_.i8) choices.insert(choices.end(), {Scalar::i8, Scalar::u8});
    if (types_.i16) choices.insert(choices.end(), {Scalar::i16, Scalar::u16});
    if (types_.i64) choices.insert(choices.end(), {Scalar::i64, Scalar::u64});
    return one_of(choices);
}

Scalar RandomValues::real() {
    std::vector<Scalar> choices{Scalar::f32, Scalar::f32};
    if (types_.f16) choices.push_back(Scalar::f16);
    if (types_.f64) choices.push_back(Scalar::f64);
    return one_of(choices);
}

TypeId RandomValues::simple(bool with_bool) {
    const u32 lanes = one_in(3) ? 2 + below(3) : 1;
    const u32 kind = below(with_bool ? 8 : 7);
    return module_.types.vector(kind == 7 ? Scalar::boolean : kind >= 5 ? real() : integer(), lanes);
}

// Constants.
u64 RandomValues::bits(Scalar scalar) {
    if (scalar == Scalar::boolean) return below(2);
    if (ir::is_float(scalar)) return from_double(scalar, (static_cast<double>(below(65)) - 32) / 2);
    const u32 width = 8 * size_bytes(scalar);
    const u64 mask = ~u64{0} >> (64 - width), top = u64{1} << (width - 1);
    switch (below(8)) {
        case 0:
            return 0;
        case 1:
            return mask;  // -1
        case 2:
            return top;
        case 3:
            return top - 1;
        case 4:
            return u64{1} << below(width);
        case 5:
            return number() & mask;
        default:
            return below(std::min(40u, 1u << std::min(width - 1, 6u)));
    }
}

ValueId RandomValues::number_of(TypeId type, u64 bits) {
    const Scalar scalar = module_.types.scalar_of(type);
    const u32 lanes = module_.types.lanes(type);
    const ValueId one = module_.constant(module_.types.scalar(scalar), bits);
    if (lanes == 1) return one;
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::composite;
    constant.type = type;
    constant.parts.assign(lanes, one);
    return module_.constant(std::move(constant));
}

ValueId RandomValues::real_of(TypeId type, double value) {
    return number_of(type, from_double(module_.types.scalar_of(type), value));
}

u64 RandomValues::parts_of(TypeId id) const {
    const ir::Type& type = module_.types[id];
    if (type.kind == Kind::structure) return type.members.size();
    return type.kind == Kind::array ? length_of(module_, type) : type.count;
}

ValueId RandomValues::constant(TypeId type) {
    if (one_in(10)) return module_.zero(type);
    if (module_.types.is(type, Kind::scalar)) return module_.constant(type, bits(module_.types.scalar_of(type)));
    ir::Constant made;
    made.kind = ir::Constant::Kind::composite;
    made.type = type;
    for (u64 i = 0; i < parts_of(type); ++i) made.parts.push_back(constant(part_type(module_, type, i)));
    return module_.constant(std::move(made));
}

ValueId RandomValues::specialization(Scalar scalar, u64 bits) {
    ir::Constant constant;
    constant.kind = ir::Constant::Kind::specialization;
    constant.type = module_.types.scalar(scalar);
    constant.bits = bits;
    constant.specialization = specializations_++;
    const ValueId id = module_.constant(std::move(constant));
    module_[id].name = module_.string("spec");
    return id;
}

// Values.
ValueId RandomValues::any(TypeId type) { return made_small(operand(type)); }

std::vector<ValueId> RandomValues::any(std::span<const TypeId> types) {
    std::vector<ValueId> all;
    for (const TypeId type : types) all.push_back(any(type));
    return all;
}

/// As `any`, but a float may be large.
ValueId RandomValues::operand(TypeId type) {
    const u32 choice = below(10);
    if (choice < 8) {
        // The newest are picked most often: long chains find more.
        u32 skip = below(4);
        for (std::size_t i = visible_.size(); i-- > 0;) {
            if (module_.type_of(visible_[i]) != type || skip-- > 0) continue;
            return visible_[i];
        }
    }
    return choice == 9 || depth_ >= kDeepestExpression ? constant(type) : expression(type);
}

ValueId RandomValues::expression(TypeId type) {
    ++depth_;
    const ValueId made = make(type);
    --depth_;
    // Shown only if it was made here and is new.
    if (module_[made].kind == ir::Value::Kind::result) show(made);
    return made;
}

ValueId RandomValues::make(TypeId type) {
    const ir::Type& about = module_.types[type];
    if (about.kind != Kind::scalar && about.kind != Kind::vector) return make_composite(type);
    if (one_in(12)) {
        const bool by_lane = about.kind == Kind::vector && one_in(2);
        const ValueId condition = operand(module_.types.vector(Scalar::boolean, by_lane ? about.count : 1));
        return emit(Op::select, {condition, any(type), any(type)});
    }
    if (about.kind == Kind::vector && one_in(5)) return make_vector(type);
    if (about.kind == Kind::scalar && one_in(6)) return make_part(type);
    if (about.scalar == Scalar::boolean) return make_boolean(type);
    return ir::is_float(about.scalar) ? make_real(type) : make_integer(type);
}

// Integers.
ValueId RandomValues::make_integer(TypeId type) {
    switch (below(10)) {
        case 0:
        case 1:
        case 2:
        case 3:
            return arithmetic(type);
        case 4:
        case 5:
        case 6:
            return bit_work(type);
        case 7:
            return two_results(type);
        case 8:
            return converted(type);
        default:
            return one_in(3) && module_.types.lanes(type) == 1 ? dot(type) : recast(type);
    }
}

ValueId RandomValues::arithmetic(TypeId type) {
    const Op op = one_of({Op::add, Op::add, Op::sub, Op::mul, Op::div, Op::rem, Op::mod, Op::neg, Op::abs, Op::sign,
                          Op::min, Op::max, Op::clamp, Op::mul_high});
    const u32 count = ir::info(op).fewest;
    if (count == 1) return emit(op, {operand(type)});
    if (count == 2) return emit(op, {operand(type), operand(type)});
    // Between bounds in their order: else the result is open.
    const u64 small = below(20);
    return emit(op, {operand(type), number_of(type, small), number_of(type, small + below(50))});
}

ValueId RandomValues::bit_work(TypeId type) {
    const Op op = one_of({Op::bit_and, Op::bit_or, Op::bit_xor, Op::bit_not, Op::shl, Op::shr, Op::count_ones,
                          Op::find_msb, Op::find_lsb, Op::reverse_bits, Op::extract_bits, Op::insert_bits});
    const auto any_integer = [&](u32 lanes) { return operand(module_.types.vector(integer(), lanes)); };
    switch (op) {
        case Op::shl:
        case Op::shr:
            return emit(op, {operand(type), any_integer(module_.types.lanes(type))});
        case Op::extract_bits:
            return emit(op, {operand(type), any_integer(1), any_integer(1)});
        case Op::insert_bits:
            return emit(op, {operand(type), operand(type), any_integer(1), any_integer(1)});
        default:
            if (ir::info(op).fewest == 1) return emit(op, {operand(type)});
            return emit(op, {operand(type), operand(type)});
    }
}

ValueId RandomValues::two_results(TypeId type) {
    const ValueId first = emit(one_of({Op::mul_wide, Op::add_carry, Op::sub_borrow}), {operand(type), operand(type)});
    const ValueId second = module_.result(module_[builder_.last()], 1);
    if (one_in(2)) return first;
    show(first);
    return second;
}

ValueId RandomValues::converted(TypeId type) {
    const u32 lanes = module_.types.lanes(type);
    const auto of = [&](Scalar scalar) { return module_.types.vector(scalar, lanes); };
    switch (below(5)) {
        case 0:
            return emit(Op::convert, {operand(of(Scalar::boolean))}, {}, type);
        case 1:
            return emit(Op::convert, {operand(of(real()))}, {}, type);
        case 2: {
            // Any bits at all: NaN, infinities, numbers far outside.
            const Scalar scalar = real();
            const Scalar raw = scalar == Scalar::f16 ? Scalar::u16 : scalar == Scalar::f32 ? Scalar::u32 : Scalar::u64;
            if ((raw == Scalar::u16 && !types_.i16) || (raw == Scalar::u64 && !types_.i64)) break;
            return emit(Op::convert, {emit(Op::bitcast, {operand(of(raw))}, {}, of(scalar))}, {}, type);
        }
        default:
            break;
    }
    return emit(Op::convert, {operand(of(integer()))}, {}, type);
}

ValueId RandomValues::recast(TypeId type) {
    const u32 bits = module_.types.bits(type) * module_.types.lanes(type);
    const Scalar scalar = integer();
    const u32 each = 8 * size_bytes(scalar);
    if (bits % each != 0 || bits / each > 4) return arithmetic(type);
    return emit(Op::bitcast, {operand(module_.types.vector(scalar, bits / each))}, {}, type);
}

ValueId RandomValues::dot(TypeId type) {
    if (one_in(2)) {
        const TypeId word = module_.types.scalar(one_of({Scalar::u32, Scalar::i32}));
        return emit(Op::dot_packed, {operand(word), operand(u32_type())}, {below(2), below(2)}, type);
    }
    const u32 lanes = 2 + below(3);
    return emit(Op::dot_integer,
                {operand(module_.types.vector(integer(), lanes)), operand(module_.types.vector(integer(), lanes))}, {},
                type);
}

// Booleans.
ValueId RandomValues::make_boolean(TypeId type) {
    const u32 lanes = module_.types.lanes(type);
    const u32 choice = below(10);
    if (choice < 6) {
        const TypeId of = module_.types.vector(one_in(4) ? real() : integer(), lanes);
        return emit(one_of({Op::eq, Op::ne, Op::lt, Op::le, Op::gt, Op::ge}), {operand(of), operand(of)});
    }
    if (choice == 6) return emit(one_of({Op::eq, Op::ne}), {operand(type), operand(type)});
    if (choice == 7) return emit(Op::bit_not, {operand(type)});
    if (choice == 8 && lanes == 1)
        return emit(one_of({Op::all_lanes, Op::any_lane}),
                    {operand(module_.types.vector(Scalar::boolean, 1 + below(4)))});
    return emit(one_of({Op::bit_and, Op::bit_or, Op::bit_xor}), {operand(type), operand(type)});
}

// Floats.
RandomValues::Bound RandomValues::bound(ValueId id) const {
    const auto known = bounds_.find(place(id));
    return known == bounds_.end() ? Bound() : known->second;
}
bool RandomValues::fits(TypeId type, Bound bound) const {
    return bound.magnitude + bound.fraction <= digits_of(module_.types.scalar_of(type));
}
ValueId RandomValues::bounded(ValueId id, Bound bound) {
    if (bound.magnitude > Bound().magnitude || bound.fraction > Bound().fraction) bounds_[place(id)] = bound;
    return id;
}

ValueId RandomValues::made_small(ValueId id) {
    const TypeId type = module_.type_of(id);
    const Bound of = bound(id);
    if (of.magnitude <= 4 && of.fraction <= 1) return id;
    ValueId small = emit(Op::clamp, {id, real_of(type, -16), real_of(type, 16)});
    if (of.fraction > 1) {
        const ValueId twice = emit(Op::add, {small, small});
        small = emit(Op::mul, {emit(Op::floor, {twice}), real_of(type, 0.5)});
    }
    show(small);
    return small;
}

ValueId RandomValues::make_real(TypeId type) {
    const u32 lanes = module_.types.lanes(type);
    const auto both = [](Bound a, Bound b) {
        return Bound{std::max(a.magnitude, b.magnitude), std::max(a.fraction, b.fraction)};
    };
    switch (below(6)) {
        case 0: {
            const TypeId whole = module_.types.vector(integer(), lanes);
            return emit(Op::convert, {emit(Op::bit_and, {operand(whole), number_of(whole, 15)})}, {}, type);
        }
        case 1:
            return emit(Op::convert, {operand(module_.types.vector(Scalar::boolean, lanes))}, {}, type);
        case 2: {
            const ValueId from = operand(module_.types.vector(real(), lanes));
            if (!fits(type, bound(from))) return emit(Op::convert, {made_small(from)}, {}, type);
            return bounded(emit(Op::convert, {from}, {}, type), bound(from));
        }
        case 3: {
            const ValueId x = operand(type);
            const Op op =
                one_of({Op::neg, Op::abs, Op::floor, Op::ceil, Op::trunc, Op::round_even, Op::fract, Op::sign});
            if (op == Op::neg || op == Op::abs) return bounded(emit(op, {x}), bound(x));
            if (op == Op::fract) return bounded(emit(op, {x}), {0, bound(x).fraction});
            return bounded(emit(op, {x}), {op == Op::sign ? 0 : bound(x).magnitude, 0});
        }
        default:
            break;
    }
    ValueId x = operand(type), y = operand(type), z = operand(type);
    const Op op = one_of({Op::add, Op::sub, Op::mul, Op::min, Op::max, Op::fma, Op::dot, Op::clamp, Op::step});
    if (op == Op::step) return emit(op, {x, y});
    if (op == Op::min || op == Op::max) return bounded(emit(op, {x, y}), both(bound(x), bound(y)));
    if (op == Op::clamp)
        return bounded(emit(op, {x, real_of(type, -2.5), real_of(type, 3)}), {2, std::max(1u, bound(x).fraction)});
    const bool is_sum = op == Op::add || op == Op::sub;
    const auto result = [&] {
        const Bound a = bound(x), b = bound(y);
        if (is_sum) return Bound{both(a, b).magnitude + 1, both(a, b).fraction};
        Bound product{a.magnitude + b.magnitude, a.fraction + b.fraction};
        if (op == Op::fma) product = both(product, bound(z));
        return Bound{product.magnitude + (op == Op::fma ? 1 : op == Op::dot ? 2 : 0), product.fraction};
    };
    if (op == Op::dot) {
        const TypeId of = module_.types.vector(module_.types.scalar_of(type), 2 + below(3));
        x = operand(of);
        y = operand(of);
    }
    if (!fits(type, result())) {
        x = made_small(x);
        y = made_small(y);
        z = made_small(z);
    }
    const Bound made = result();
    if (!fits(type, made) || (op == Op::dot && lanes != 1)) return made_small(z);
    if (op == Op::fma) return bounded(emit(op, {x, y, z}), made);
    return bounded(emit(op, {x, y}), made);
}

// Composites.
ValueId RandomValues::index(u32 count) {
    const u32 choice = below(4);
    if (choice == 0 || count == 1) return number_of(module_.types.scalar(integer()), below(count));
    const TypeId type = choice == 1 ? module_.types.scalar(integer()) : u32_type();
    const ValueId inside = emit(Op::rem, {any(u32_type()), module_.index(count)});
    return type == u32_type() ? inside : emit(Op::convert, {inside}, {}, type);
}

ValueId RandomValues::make_vector(TypeId type) {
    const u32 lanes = module_.types.lanes(type);
    const TypeId element = module_.types[type].element;
    switch (below(5)) {
        case 0:
            return emit(Op::splat, {any(element)}, {}, type);
        case 1:
            return emit(Op::insert, {any(type), any(element)}, {below(lanes)});
        case 2:
            return emit(Op::insert_lane, {any(type), any(element), index(lanes)});
        case 3: {
            const ValueId a = any(module_.types.vector(element, 2 + below(3)));
            const ValueId b = any(module_.types.vector(element, 2 + below(3)));
            const u32 most = module_.types.lanes(module_.type_of(a)) + module_.types.lanes(module_.type_of(b));
            std::vector<u32> picked;
            for (u32 i = 0; i < lanes; ++i) picked.push_back(below(most));
            return builder_.emit(Op::shuffle, std::array{a, b}, picked);
        }
        default: {
            std::vector<ValueId> parts;
            for (u32 left = lanes; left > 0;) {
                const u32 next = 1 + below(left);
                // A vector of one lane is a scalar.
                parts.push_back(any(module_.types.vector(element, next)));
                left -= next;
            }
            return builder_.emit(Op::compose, parts, {}, type);
        }
    }
}

/// A scalar out of some visible composite.
ValueId RandomValues::make_part(TypeId type) {
    for (u32 attempt = 0; attempt < 6 && !visible_.empty(); ++attempt) {
        const ValueId whole = one_of(visible_);
        TypeId at = module_.type_of(whole);
        if (at == type || module_.types.is(at, Kind::pointer)) continue;
        if (module_.types.is(at, Kind::vector) && module_.types[at].element == type && one_in(2))
            return bounded(emit(Op::extract_lane, {whole, index(module_.types.lanes(at))}), bound(whole));
        std::vector<u32> path;
        while (!module_.types.is(at, Kind::scalar)) {
            path.push_back(below(static_cast<u32>(parts_of(at))));
            at = part_type(module_, at, path.back());
        }
        if (at == type && !path.empty())
            return bounded(builder_.emit(Op::extract, std::array{whole}, path), bound(whole));
    }
    const TypeId vector = module_.types.vector(type, 2 + below(3));
    const ValueId whole = operand(vector);
    return bounded(emit(Op::extract, {whole}, {below(module_.types.lanes(vector))}), bound(whole));
}

ValueId RandomValues::make_composite(TypeId type) {
    const u64 count = parts_of(type);
    switch (below(4)) {
        case 0:
            return emit(Op::select, {any(bool_type()), any(type), any(type)});
        case 1: {
            std::vector<u32> path;
            TypeId at = type;
            do {
                path.push_back(below(static_cast<u32>(parts_of(at))));
                at = part_type(module_, at, path.back());
            } while (!module_.types.is(at, Kind::scalar) && one_in(2));
            return builder_.emit(Op::insert, std::array{any(type), any(at)}, path);
        }
        default: {
            std::vector<ValueId> parts;
            for (u64 i = 0; i < count; ++i) parts.push_back(any(part_type(module_, type, i)));
            return builder_.emit(Op::compose, parts, {}, type);
        }
    }
}

ValueId RandomValues::digest(ValueId id) {
    const TypeId type = module_.type_of(id);
    if (!module_.types.is(type, Kind::scalar)) {
        ValueId sum = module_.index(17);
        for (u64 i = 0; i < parts_of(type); ++i) {
            const ValueId part = digest(emit(Op::extract, {id}, {static_cast<u32>(i)}));
            sum = emit(Op::add, {emit(Op::mul, {sum, module_.index(31)}), part});
        }
        return sum;
    }
    const Scalar scalar = module_.types.scalar_of(type);
    if (ir::is_float(scalar)) {
        // No sign of zero, which devices need not keep.
        const ValueId small = made_small(id);
        const ValueId twice = emit(Op::add, {small, small});
        return digest(emit(Op::convert, {twice}, {}, module_.types.scalar(Scalar::i32)));
    }
    if (scalar == Scalar::u32) return id;
    if (scalar == Scalar::i64 || scalar == Scalar::u64) {
        const ValueId upper = emit(Op::shr, {id, module_.constant(type, 32)});
        return emit(Op::bit_xor, {emit(Op::convert, {id}, {}, u32_type()), emit(Op::convert, {upper}, {}, u32_type())});
    }
    return emit(Op::convert, {id}, {}, u32_type());
}

}  // namespace alkomp::testing
