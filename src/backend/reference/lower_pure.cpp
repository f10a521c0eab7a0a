// SPDX-License-Identifier: MIT OR Apache-2.0
// Pure instructions: lane by lane, conversions, choices. Parts of composites are a matter of names.
#include "backend/reference/lower.h"

#include <algorithm>
#include <bit>

namespace alkomp::backend::reference {

using ir::Op;
using ir::ValueId;
using Kind = ir::Type::Kind;

Register Lowering::arithmetic(Op op, Scalar of, std::span<const Register> operands) {
    Function run = nullptr;
    if (ir::is_float(of)) {
        run = lanes_.real(op, of);
        if (run == nullptr) run = lanes_.transcendental(op, of);
    } else {
        run = lanes_.integer(op, of);
    }
    const ir::Rule rule = ir::info(op).rule;
    const bool is_truth =
        rule == ir::Rule::equality || rule == ir::Rule::comparison || rule == ir::Rule::classification;
    const u32 size = is_truth ? u32{sizeof(Truth)} : held_bytes(of);
    switch (operands.size()) {
        case 1:
            return unary(run, size, operands[0]);
        case 2:
            return binary(run, size, operands[0], operands[1]);
        case 3:
            return ternary(run, size, operands[0], operands[1], operands[2]);
        default: {
            const Register to = fresh(size);
            write(run, kTo | kA | kB | kC | kX,
                  {.to = to, .a = operands[0], .b = operands[1], .c = operands[2], .x = operands[3]});
            return to;
        }
    }
}

Register Lowering::convert(Register from, Scalar of, Scalar to) {
    if (of == to) return from;
    const bool same_bits = ir::is_integer(of) && ir::is_integer(to) && size_bytes(of) == size_bytes(to);
    return same_bits ? from : unary(lanes_.convert(of, to), held_bytes(to), from);
}

// Division by a power of two.
std::optional<Register> Lowering::cheaper(Op op, Scalar of, Register a, ValueId by) {
    const std::optional<u64> known = module_.known_bits(by);
    if (!known || !ir::is_integer(of) || ir::is_signed(of) || !std::has_single_bit(*known)) return std::nullopt;
    if (op == Op::rem || op == Op::mod) return arithmetic(Op::bit_and, of, {a, number(*known - 1, size_bytes(of))});
    if (op != Op::div) return std::nullopt;
    return arithmetic(Op::shr, of, {a, number(static_cast<u64>(std::countr_zero(*known)), size_bytes(of))});
}

void Lowering::lane_by_lane(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = scalar_of(operands[0]);
    const ir::Rule rule = ir::info(at.op).rule;
    std::vector<Values> given;
    for (const ValueId operand : operands) given.push_back(value(operand));
    check_operands(at, given);
    for (std::size_t k = 0; k < operands.size(); ++k) {
        // Counts are of any integer type.
        const bool is_count =
            (rule == ir::Rule::bit_field && k + 2 >= operands.size()) || (k == 1 && rule == ir::Rule::shift);
        const bool is_exponent = k == 1 && rule == ir::Rule::scale;
        if (!is_count && !is_exponent) continue;
        for (Register& one : given[k]) {
            const Scalar is = scalar_of(operands[k]);
            if (is_exponent) {
                one = convert(one, is, Scalar::i32);
            } else if (rule == ir::Rule::shift) {
                one = convert(one, is, of);
            } else {
                const Scalar raw = std::array{Scalar::u8, Scalar::u16, Scalar::u32,
                                              Scalar::u64}[static_cast<std::size_t>(std::countr_zero(size_bytes(is)))];
                if (raw == Scalar::u64) one = arithmetic(Op::min, raw, {one, number(64, 8)});
                one = convert(one, raw, Scalar::u32);
            }
        }
    }
    Values made;
    for (std::size_t i = 0; i < given[0].size(); ++i) {
        Values x;
        for (const Values& operand : given) x.push_back(operand[operand.size() == 1 ? 0 : i]);
        const std::optional<Register> other =
            x.size() == 2 && given[0].size() == 1 ? cheaper(at.op, of, x[0], operands[1]) : std::nullopt;
        made.push_back(other ? *other : arithmetic(at.op, of, x));
        if (rule == ir::Rule::numbers || rule == ir::Rule::floats) check_result(of, made.back(), x);
    }
    define(at, std::move(made));
}

void Lowering::two_results(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = scalar_of(operands[0]);
    const Values a = value(operands[0]), b = operands.size() > 1 ? value(operands[1]) : Values{};
    Values first, second;
    for (std::size_t i = 0; i < a.size(); ++i) {
        switch (at.op) {
            case Op::mul_wide:
                first.push_back(arithmetic(Op::mul, of, {a[i], b[i]}));
                second.push_back(arithmetic(Op::mul_high, of, {a[i], b[i]}));
                break;
            case Op::add_carry:
            case Op::sub_borrow:
                first.push_back(arithmetic(at.op == Op::add_carry ? Op::add : Op::sub, of, {a[i], b[i]}));
                second.push_back(arithmetic(at.op, of, {a[i], b[i]}));
                break;
            case Op::modf:
                first.push_back(arithmetic(Op::modf, of, {a[i]}));
                second.push_back(arithmetic(Op::trunc, of, {a[i]}));
                break;
            default:
                first.push_back(arithmetic(Op::frexp, of, {a[i]}));
                second.push_back(unary(lanes_.exponent(of), 4, a[i]));
                break;
        }
    }
    define(at, std::move(first), 0);
    define(at, std::move(second), 1);
}

void Lowering::select(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Values c = value(operands[0]), a = value(operands[1]), b = value(operands[2]);
    Values made;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const u32 size = registers_.size_bytes(a[i]);
        made.push_back(a[i] == b[i] ? a[i] : ternary(lanes_.select(size), size, c[c.size() == 1 ? 0 : i], a[i], b[i]));
    }
    define(at, std::move(made));
}

void Lowering::compare_pointers(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Values a = value(operands[0]), b = value(operands[1]);
    Register same = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Scalar of = registers_.size_bytes(a[i]) == 8 ? Scalar::u64 : Scalar::u32;
        const Register one = arithmetic(Op::eq, of, {a[i], b[i]});
        same = i == 0 ? one : arithmetic(Op::bit_and, Scalar::boolean, {same, one});
    }
    if (at.op == Op::ne) same = arithmetic(Op::bit_not, Scalar::boolean, {same});
    define(at, {same});
}

// Scalars as one row of bits, cut anew.
Lowering::Values Lowering::recut(const Values& from, u32 from_bytes, u32 to_bytes) {
    if (from_bytes == to_bytes) return from;
    Values made;
    if (from_bytes > to_bytes) {
        for (const Register one : from) {
            for (u32 byte = 0; byte < from_bytes; byte += to_bytes) {
                made.push_back(fresh(to_bytes));
                write(lanes_.part(to_bytes, from_bytes), kTo | kA, {.to = made.back(), .a = one, .x = 8 * byte});
            }
        }
        return made;
    }
    const u32 parts = to_bytes / from_bytes;
    for (std::size_t i = 0; i < from.size(); i += parts) {
        Register whole = 0;
        for (u32 k = 0; k < parts; ++k) {
            const Register next = fresh(to_bytes);
            write(lanes_.into(from_bytes, to_bytes), kTo | kA | kB,
                  {.to = next, .a = k == 0 ? next : whole, .b = from[i + k], .x = 8 * from_bytes * k});
            whole = next;
        }
        made.push_back(whole);
    }
    return made;
}

// A lane of a vector by a place that is not known.
void Lowering::by_lane(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const bool inserts = at.op == Op::insert_lane || at.op == Op::matrix_set;
    const ValueId place = operands[inserts ? 2 : 1];
    const Scalar of = scalar_of(place);
    Values vector = value(operands[0]);
    check_lane(operands[0], place, vector.size(), inserts);
    const u32 size = registers_.size_bytes(vector[0]);
    const Register index = scalar(place);
    const auto is_at = [&](std::size_t i) { return arithmetic(Op::eq, of, {index, number(i, size_bytes(of))}); };
    if (inserts) {
        const Register lane = scalar(operands[1]);
        Register lower = number(0, sizeof(Truth));  // it is one of the lanes before; what is outside is the last
        for (std::size_t i = 0; i < vector.size(); ++i) {
            const bool is_last = i + 1 == vector.size();
            const Register here = is_last ? arithmetic(Op::bit_not, Scalar::boolean, {lower}) : is_at(i);
            if (!is_last) lower = arithmetic(Op::bit_or, Scalar::boolean, {lower, here});
            vector[i] = ternary(lanes_.select(size), size, here, lane, vector[i]);
        }
        return define(at, std::move(vector));
    }
    Register made = vector.back();
    for (std::size_t i = vector.size() - 1; i-- > 0;)
        made = ternary(lanes_.select(size), size, is_at(i), vector[i], made);
    define(at, {made});
}

void Lowering::given(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const ir::TypeId result = module_.type_of(module_.result(at));
    switch (at.op) {
        case Op::convert: {
            Values made;
            for (const Register one : value(operands[0]))
                made.push_back(convert(one, scalar_of(operands[0]), types_.scalar_of(result)));
            return define(at, std::move(made));
        }
        case Op::bitcast: {
            const Values from = value(operands[0]);
            return define(at, recut(from, registers_.size_bytes(from[0]), size_bytes(types_.scalar_of(result))));
        }
        case Op::compose:
            return define(at, all(operands));
        case Op::splat:
            return define(at, Values(static_cast<std::size_t>(layout_.leaf_count(result)), scalar(operands[0])));
        case Op::dot_integer:
        case Op::dot_packed: {
            const bool packed = at.op == Op::dot_packed;
            const auto immediates = module_.immediates(at);
            const Scalar to = types_.scalar_of(result);
            std::array<Values, 2> sides;
            for (std::size_t k = 0; k < 2; ++k) {
                const Scalar from = !packed ? scalar_of(operands[k]) : immediates[k] != 0 ? Scalar::i8 : Scalar::u8;
                for (const Register one : packed ? recut(value(operands[k]), 4, 1) : value(operands[k]))
                    sides[k].push_back(convert(one, from, to));
            }
            return define(at, {dot(sides[0], sides[1], to)});
        }
        case Op::outer:
        case Op::transpose:
            return matrices(at);
        default:
            return packing(at);
    }
}

void Lowering::pure(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    switch (ir::info(at.op).rule) {
        case ir::Rule::equality:
            if (types_.is(module_.type_of(operands[0]), Kind::pointer)) return compare_pointers(at);
            return lane_by_lane(at);
        case ir::Rule::floats:
            if (at.op == Op::cross || at.op == Op::normalize || at.op == Op::face_forward || at.op == Op::reflect)
                return geometry(at);
            return lane_by_lane(at);
        case ir::Rule::numbers:
        case ir::Rule::integers:
        case ir::Rule::bits:
        case ir::Rule::comparison:
        case ir::Rule::classification:
        case ir::Rule::shift:
        case ir::Rule::bit_field:
        case ir::Rule::scale:
            return lane_by_lane(at);
        case ir::Rule::two_integers:
        case ir::Rule::two_floats:
        case ir::Rule::two_scale:
            return two_results(at);
        case ir::Rule::lanes_to_bool: {
            const Values x = value(operands[0]);
            Register made = x[0];
            const Op op = at.op == Op::all_lanes ? Op::bit_and : Op::bit_or;
            for (std::size_t i = 1; i < x.size(); ++i) made = arithmetic(op, Scalar::boolean, {made, x[i]});
            return define(at, {made});
        }
        case ir::Rule::choice:
            return select(at);
        case ir::Rule::extract:
        case ir::Rule::insert: {
            ir::TypeId type = module_.type_of(operands[0]);
            u64 first = 0;
            for (const u32 part : module_.immediates(at)) {
                if (types_.is(type, Kind::structure)) {
                    for (u32 i = 0; i < part; ++i) first += layout_.leaf_count(layout_.part(type, i));
                } else {
                    first += part * layout_.leaf_count(types_[type].element);
                }
                type = layout_.part(type, part);
            }
            Values whole = value(operands[0]);
            const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(first);
            if (at.op == Op::extract)
                return define(at, Values(begin, begin + static_cast<std::ptrdiff_t>(layout_.leaf_count(type))));
            const Values part = value(operands[1]);
            std::copy(part.begin(), part.end(), begin);
            return define(at, std::move(whole));
        }
        case ir::Rule::extract_lane:
        case ir::Rule::insert_lane:
            return by_lane(at);
        case ir::Rule::shuffle: {
            const Values both = all(operands);
            Values made;
            for (const u32 lane : module_.immediates(at)) made.push_back(both[lane]);
            return define(at, std::move(made));
        }
        case ir::Rule::reduce_float:
        case ir::Rule::refraction:
            return geometry(at);
        case ir::Rule::matrices:
        case ir::Rule::matrix_product:
        case ir::Rule::determinant:
            return matrices(at);
        case ir::Rule::given:
            return given(at);
        default:
            refuse(at, "the reference device does not run it");
    }
}

}  // namespace alkomp::backend::reference
