// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/pure.h"

#include "ir/print.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace alkomp::testing {
namespace {

using ir::Op;
using Kind = ir::Type::Kind;
__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

[[noreturn]] void unknown(Op op) {
    throw std::runtime_error("the evaluator does not know " + std::string(ir::info(op).name));
}

u32 width_of(Scalar scalar) { return scalar == Scalar::boolean ? 1 : 8 * size_bytes(scalar); }
u64 cut(u64 bits, u32 width) { return width == 64 ? bits : bits & ((u64{1} << width) - 1); }

struct Integer {
    Scalar scalar = Scalar::u32;
    [[nodiscard]] u32 width() const { return width_of(scalar); }
    [[nodiscard]] bool is_signed() const { return ir::is_signed(scalar); }
    [[nodiscard]] Wide read(u64 bits) const { return is_signed() ? Wide{as_signed(bits, width())} : Wide{bits}; }
    [[nodiscard]] u64 write(Wide value) const { return cut(static_cast<u64>(value), width()); }
};

u64 reversed(u64 bits, u32 width) {
    u64 result = 0;
    for (u32 i = 0; i < width; ++i) result |= (bits >> i & 1) << (width - 1 - i);
    return result;
}

u64 highest_bit(const Integer& of, u64 bits) {
    if (of.is_signed() && of.read(bits) < 0) bits = cut(~bits, of.width());
    return bits == 0 ? of.write(-1) : of.write(63 - std::countl_zero(bits));
}

Wide floor_mod(Wide a, Wide b) {
    const Wide rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// Of one lane of integers; `x` are the operands' lanes.
u64 integer_op(Op op, Integer of, std::span<const u64> x) {
    const auto n = [&](std::size_t i) { return of.read(x[i]); };
    const u32 width = of.width();
    switch (op) {
        case Op::add:
            return of.write(n(0) + n(1));
        case Op::sub:
            return of.write(n(0) - n(1));
        case Op::mul:
            return cut(x[0] * x[1], width);
        case Op::div:
            return x[1] == 0 ? 0 : of.write(n(0) / n(1));
        case Op::rem:
            return x[1] == 0 ? x[0] : of.write(n(0) % n(1));
        case Op::mod:
            return x[1] == 0 ? x[0] : of.write(floor_mod(n(0), n(1)));
        case Op::neg:
            return of.write(-n(0));
        case Op::abs:
            return of.write(n(0) < 0 ? -n(0) : n(0));
        case Op::sign:
            return of.write(n(0) < 0 ? -1 : n(0) > 0 ? 1 : 0);
        case Op::min:
            return n(0) < n(1) ? x[0] : x[1];
        case Op::max:
            return n(0) > n(1) ? x[0] : x[1];
        case Op::clamp:
            return std::max(n(0), n(1)) < n(2) ? (n(0) < n(1) ? x[1] : x[0]) : x[2];
        case Op::bit_and:
            return x[0] & x[1];
        case Op::bit_or:
            return x[0] | x[1];
        case Op::bit_xor:
            return x[0] ^ x[1];
        case Op::bit_not:
            return cut(~x[0], width);
        case Op::shl:
            return cut(x[0] << x[1] % width, width);
        case Op::shr:
            return of.write(n(0) >> static_cast<u32>(x[1] % width));
        case Op::count_ones:
            return static_cast<u64>(std::popcount(x[0]));
        case Op::find_msb:
            return highest_bit(of, x[0]);
        case Op::find_lsb:
            return x[0] == 0 ? of.write(-1) : static_cast<u64>(std::countr_zero(x[0]));
        case Op::reverse_bits:
            return reversed(x[0], width);
        case Op::extract_bits: {
            const u64 offset = std::min<u64>(x[1], width);
            const auto count = static_cast<u32>(std::min<u64>(x[2], width - offset));
            if (count == 0) return 0;
            const u64 field = cut(x[0] >> offset, count);
            return of.is_signed() ? of.write(as_signed(field, count)) : field;
        }
        case Op::insert_bits: {
            const u64 offset = std::min<u64>(x[2], width);
            const u64 count = std::min<u64>(x[3], width - offset);
            if (count == 0) return x[0];
            const u64 mask = cut(~u64{0}, static_cast<u32>(count)) << offset;
            return (x[0] & ~mask) | (x[1] << offset & mask);
        }
        case Op::mul_high:
            // 64 bits times 64 bits need 128 without a sign.
            return of.is_signed() ? of.write(n(0) * n(1) >> width)
                                  : of.write(static_cast<Wide>((UnsignedWide{x[0]} * x[1]) >> width));
        default:
            unknown(op);
    }
}

u64 bool_op(Op op, std::span<const u64> x) {
    switch (op) {
        case Op::bit_and:
            return x[0] & x[1];
        case Op::bit_or:
            return x[0] | x[1];
        case Op::bit_xor:
            return x[0] ^ x[1];
        case Op::bit_not:
            return x[0] ^ 1;
        default:
            unknown(op);
    }
}

// Rounding twice, to f64 and then to less, is rounding once for + - * and sqrt; but not for fma.
u64 float_op(Op op, Scalar scalar, std::span<const u64> x) {
    const auto n = [&](std::size_t i) { return as_double(scalar, x[i]); };
    const auto is_nan = [&](std::size_t i) { return std::isnan(n(i)); };
    const auto made = [&](double value) { return from_double(scalar, value); };
    switch (op) {
        case Op::add:
            return made(n(0) + n(1));
        case Op::sub:
            return made(n(0) - n(1));
        case Op::mul:
            return made(n(0) * n(1));
        case Op::neg:
            return x[0] ^ u64 { 1 } << (width_of(scalar) - 1);
        case Op::abs:
            return cut(x[0], width_of(scalar) - 1);
        case Op::sign:
            return made(n(0) > 0 ? 1 : n(0) < 0 ? -1 : 0);
        case Op::min:
            return is_nan(0) || n(1) < n(0) ? x[1] : x[0];
        case Op::max:
            return is_nan(0) || n(1) > n(0) ? x[1] : x[0];
        case Op::clamp:
            return n(0) < n(1) ? x[1] : n(0) > n(2) ? x[2] : x[0];
        case Op::fma:
            if (scalar == Scalar::f32)
                return made(std::fma(static_cast<float>(n(0)), static_cast<float>(n(1)), static_cast<float>(n(2))));
            return made(std::fma(n(0), n(1), n(2)));
        case Op::floor:
            return made(std::floor(n(0)));
        case Op::ceil:
            return made(std::ceil(n(0)));
        case Op::trunc:
            return made(std::trunc(n(0)));
        case Op::round_even:
            return made(std::nearbyint(n(0)));
        case Op::fract:
            return made(n(0) - std::floor(n(0)));
        case Op::step:
            return made(n(1) < n(0) ? 0 : 1);
        case Op::quantize_f16:
            return made(as_double(Scalar::f16, from_double(Scalar::f16, n(0))));
        default:
            unknown(op);
    }
}

bool compare(Op op, Scalar scalar, u64 a, u64 b) {
    const auto by = [&](auto x, auto y) {
        switch (op) {
            case Op::eq:
                return x == y;
            case Op::ne:
                return x != y;
            case Op::lt:
                return x < y;
            case Op::le:
                return x <= y;
            case Op::gt:
                return x > y;
            default:
                return x >= y;
        }
    };
    if (ir::is_float(scalar)) return by(as_double(scalar, a), as_double(scalar, b));
    const Integer of{scalar};
    return by(of.read(a), of.read(b));
}

u64 to_integer(double value, Integer to) {
    if (std::isnan(value)) return 0;
    const double bound = std::ldexp(1.0, static_cast<int>(to.width()) - (to.is_signed() ? 1 : 0));
    if (value >= bound) return to.is_signed() ? (u64{1} << (to.width() - 1)) - 1 : cut(~u64{0}, to.width());
    if (to.is_signed() && value < -bound) return u64{1} << (to.width() - 1);
    if (!to.is_signed() && value <= 0) return 0;
    return to.write(static_cast<Wide>(std::trunc(value)));
}

u64 convert(Scalar from, Scalar to, u64 bits) {
    if (ir::is_float(from)) {
        const double value = as_double(from, bits);
        return ir::is_float(to) ? from_double(to, value) : to_integer(value, Integer{to});
    }
    const Wide number = Integer{from}.read(bits);
    if (!ir::is_float(to)) return Integer{to}.write(number);
    if (to == Scalar::f64) return std::bit_cast<u64>(static_cast<double>(number));
    return from_double(to, static_cast<double>(static_cast<float>(number)));
}

// All scalars as one row of bits, lowest first, cut anew.
Scalars recut(const Scalars& value, u32 from_width, u32 to_width, u64 count) {
    Scalars made(count, 0);
    for (u64 bit = 0; bit < value.size() * from_width; ++bit)
        made[bit / to_width] |= (value[bit / from_width] >> bit % from_width & 1) << bit % to_width;
    return made;
}

class Pure {
public:
    Pure(const ir::Module& module, Op op, std::span<const PureOperand> operands, std::span<const u32> immediates,
         ir::TypeId result)
        : module_(module),
          types_(module.types),
          op_(op),
          operands_(operands),
          immediates_(immediates),
          result_(result) {}

    std::array<Scalars, 2> run() {
        switch (ir::info(op_).rule) {
            case ir::Rule::numbers:
            case ir::Rule::integers:
            case ir::Rule::floats:
            case ir::Rule::bits:
            case ir::Rule::shift:
            case ir::Rule::bit_field:
                if (op_ == Op::cross) return {cross()};
                return {lane_by_lane()};
            case ir::Rule::two_integers:
                return two_integers();
            case ir::Rule::equality:
            case ir::Rule::comparison:
                return {lanes([&](u64 i) { return u64{compare(op_, scalar(0), at(0, i), at(1, i))}; })};
            case ir::Rule::classification:
                return {lanes([&](u64 i) {
                    const double value = as_double(scalar(0), at(0, i));
                    return u64{op_ == Op::is_nan ? std::isnan(value) : std::isinf(value)};
                })};
            case ir::Rule::lanes_to_bool: {
                const auto ones = static_cast<std::size_t>(std::count(value(0).begin(), value(0).end(), u64{1}));
                return {Scalars{u64{op_ == Op::all_lanes ? ones == value(0).size() : ones > 0}}};
            }
            case ir::Rule::choice:
                if (types_.lanes(operands_[0].type) == 1) return {value(at(0, 0) != 0 ? 1 : 2)};
                return {lanes([&](u64 i) { return at(at(0, i) != 0 ? 1 : 2, i); })};
            case ir::Rule::extract: {
                const auto [type, place] = along_path();
                const auto first = value(0).begin() + static_cast<std::ptrdiff_t>(place);
                return {Scalars(first, first + static_cast<std::ptrdiff_t>(scalar_count(module_, type)))};
            }
            case ir::Rule::insert: {
                Scalars made = value(0);
                std::copy(value(1).begin(), value(1).end(),
                          made.begin() + static_cast<std::ptrdiff_t>(along_path().second));
                return {made};
            }
            case ir::Rule::extract_lane:
                return {Scalars{value(0)[std::min<u64>(at(1, 0), value(0).size() - 1)]}};
            case ir::Rule::insert_lane: {
                Scalars made = value(0);
                made[std::min<u64>(at(2, 0), made.size() - 1)] = at(1, 0);
                return {made};
            }
            case ir::Rule::shuffle: {
                Scalars both = value(0), made;
                both.insert(both.end(), value(1).begin(), value(1).end());
                for (const u32 lane : immediates_) made.push_back(both[lane]);
                return {made};
            }
            case ir::Rule::reduce_float:
                if (op_ == Op::dot) return {Scalars{sum_of_products(value(0), value(1))}};
                break;
            case ir::Rule::matrix_product:
                return {matrix_product()};
            case ir::Rule::given:
                return {given()};
            default:
                break;
        }
        unknown(op_);
    }

private:
    const Scalars& value(std::size_t i) const { return operands_[i].value; }
    u64 at(std::size_t operand, u64 lane) const { return value(operand)[lane]; }
    Scalar scalar(std::size_t i) const { return types_.scalar_of(operands_[i].type); }
    template <class F>
    Scalars lanes(F&& of_lane) const {
        Scalars made;
        for (u64 i = 0; i < value(0).size(); ++i) made.push_back(of_lane(i));
        return made;
    }

    Scalars lane_by_lane() const {
        return lanes([&](u64 i) {
            std::vector<u64> x;
            for (std::size_t k = 0; k < operands_.size(); ++k) x.push_back(value(k).size() == 1 ? at(k, 0) : at(k, i));
            if (ir::is_float(scalar(0))) return float_op(op_, scalar(0), x);
            if (scalar(0) == Scalar::boolean) return bool_op(op_, x);
            return integer_op(op_, Integer{scalar(0)}, x);
        });
    }
    std::array<Scalars, 2> two_integers() const {
        const Integer of{scalar(0)};
        Scalars first, second;
        for (u64 i = 0; i < value(0).size(); ++i) {
            const u64 a = at(0, i), b = at(1, i);
            const std::array<u64, 2> both{a, b};
            if (op_ == Op::mul_wide) {
                first.push_back(integer_op(Op::mul, of, both));
                second.push_back(integer_op(Op::mul_high, of, both));
            } else if (op_ == Op::add_carry) {
                first.push_back(cut(a + b, of.width()));
                second.push_back(u64{first.back() < a});
            } else {
                first.push_back(cut(a - b, of.width()));
                second.push_back(u64{a < b});
            }
        }
        return {first, second};
    }
    std::pair<ir::TypeId, u64> along_path() const {
        ir::TypeId type = operands_[0].type;
        u64 place = 0;
        for (const u32 part : immediates_) {
            place += part_place(module_, type, part);
            type = part_type(module_, type, part);
        }
        return {type, place};
    }

    // Floats.
    u64 sum_of_products(std::span<const u64> a, std::span<const u64> b) const {
        const Scalar of = scalar(0);
        u64 sum = from_double(of, 0);
        for (std::size_t i = 0; i < a.size(); ++i) {
            const std::array<u64, 2> factors{a[i], b[i]};
            const std::array<u64, 2> parts{sum, float_op(Op::mul, of, factors)};
            sum = float_op(Op::add, of, parts);
        }
        return sum;
    }
    Scalars cross() const {
        Scalars made;
        for (u64 i = 0; i < 3; ++i) {
            const u64 j = (i + 1) % 3, k = (i + 2) % 3;
            const std::array<u64, 2> plus{at(0, j), at(1, k)}, minus{at(0, k), at(1, j)};
            const std::array<u64, 2> both{float_op(Op::mul, scalar(0), plus), float_op(Op::mul, scalar(0), minus)};
            made.push_back(float_op(Op::sub, scalar(0), both));
        }
        return made;
    }
    Scalars matrix_product() const {
        const ir::Type& a = types_[operands_[0].type];
        const ir::Type& b = types_[operands_[1].type];
        const auto scaled = [&](std::size_t whole, std::size_t by) {
            Scalars made;
            for (const u64 part : value(whole))
                made.push_back(float_op(Op::mul, a.scalar, std::array{part, at(by, 0)}));
            return made;
        };
        if (b.kind == Kind::scalar) return scaled(0, 1);
        if (a.kind == Kind::scalar) return scaled(1, 0);
        // A vector on the left is a row, one on the right a column.
        const u64 inner = a.kind == Kind::matrix ? a.count : value(0).size();
        const u64 rows = value(0).size() / inner, columns = value(1).size() / inner;
        Scalars made;
        for (u64 column = 0; column < columns; ++column) {
            for (u64 row = 0; row < rows; ++row) {
                Scalars left, right;
                for (u64 k = 0; k < inner; ++k) {
                    left.push_back(at(0, k * rows + row));
                    right.push_back(at(1, column * inner + k));
                }
                made.push_back(sum_of_products(left, right));
            }
        }
        return made;
    }

    // Results whose type is given.
    Scalars given() const {
        switch (op_) {
            case Op::convert:
                return lanes([&](u64 i) { return convert(scalar(0), types_.scalar_of(result_), at(0, i)); });
            case Op::bitcast:
                return recut(value(0), width_of(scalar(0)), width_of(types_.scalar_of(result_)),
                             scalar_count(module_, result_));
            case Op::compose: {
                Scalars made;
                for (const PureOperand& part : operands_) made.insert(made.end(), part.value.begin(), part.value.end());
                return made;
            }
            case Op::splat:
                return Scalars(scalar_count(module_, result_), at(0, 0));
            case Op::pack_half2x16: {
                const auto half = [&](u64 i) { return from_double(Scalar::f16, as_double(Scalar::f32, at(0, i))); };
                return {half(0) | half(1) << 16};
            }
            case Op::unpack_half2x16: {
                const auto real = [&](u32 i) {
                    return from_double(Scalar::f32, as_double(Scalar::f16, at(0, 0) >> 16 * i & 0xffff));
                };
                return {real(0), real(1)};
            }
            case Op::dot_integer:
                return {dot(value(0), scalar(0), value(1), scalar(1))};
            case Op::dot_packed:
                return {dot(recut(value(0), 32, 8, 4), immediates_[0] != 0 ? Scalar::i8 : Scalar::u8,
                            recut(value(1), 32, 8, 4), immediates_[1] != 0 ? Scalar::i8 : Scalar::u8)};
            case Op::outer: {
                Scalars made;
                for (const u64 b : value(1))
                    for (const u64 a : value(0)) made.push_back(float_op(Op::mul, scalar(0), std::array{a, b}));
                return made;
            }
            case Op::transpose: {
                const u64 columns = types_[operands_[0].type].count, rows = value(0).size() / columns;
                Scalars made;
                for (u64 row = 0; row < rows; ++row)
                    for (u64 column = 0; column < columns; ++column) made.push_back(at(0, column * rows + row));
                return made;
            }
            default:
                unknown(op_);
        }
    }
    u64 dot(const Scalars& a, Scalar a_scalar, const Scalars& b, Scalar b_scalar) const {
        const Integer to{types_.scalar_of(result_)};
        u64 sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            sum += static_cast<u64>(Integer{a_scalar}.read(a[i])) * static_cast<u64>(Integer{b_scalar}.read(b[i]));
        return cut(sum, to.width());
    }

    const ir::Module& module_;
    const ir::Types& types_;
    Op op_;
    std::span<const PureOperand> operands_;
    std::span<const u32> immediates_;
    ir::TypeId result_;
};

}  // namespace

i64 as_signed(u64 bits, u32 width) { return static_cast<i64>(bits << (64 - width)) >> (64 - width); }

double as_double(Scalar scalar, u64 bits) {
    switch (scalar) {
        case Scalar::f16: {
            f16 half;
            half.bits = static_cast<u16>(bits);
            return static_cast<double>(static_cast<float>(half));
        }
        case Scalar::bf16:
            return static_cast<double>(std::bit_cast<float>(static_cast<u32>(bits) << 16));
        case Scalar::f32:
            return static_cast<double>(std::bit_cast<float>(static_cast<u32>(bits)));
        default:
            return std::bit_cast<double>(bits);
    }
}

u64 from_double(Scalar scalar, double value) {
    switch (scalar) {
        case Scalar::f16:
            return f16(static_cast<float>(value)).bits;
        case Scalar::bf16:
            return bf16(static_cast<float>(value)).bits;
        case Scalar::f32:
            return std::bit_cast<u32>(static_cast<float>(value));
        default:
            return std::bit_cast<u64>(value);
    }
}

u64 length_of(const ir::Module& module, const ir::Type& array) {
    const ir::Constant& length = *module.find_constant(ir::ValueId{array.length});
    if (length.kind == ir::Constant::Kind::computed)
        throw std::runtime_error("the evaluator does not know arrays of computed length");
    return length.bits;
}

ir::TypeId part_type(const ir::Module& module, ir::TypeId whole, u64 index) {
    const ir::Type& type = module.types[whole];
    return type.kind == Kind::structure ? type.members[static_cast<std::size_t>(index)].type : type.element;
}

u64 part_place(const ir::Module& module, ir::TypeId whole, u64 index) {
    const ir::Type& type = module.types[whole];
    if (type.kind != Kind::structure) return index * scalar_count(module, type.element);
    u64 place = 0;
    for (u64 i = 0; i < index; ++i) place += scalar_count(module, type.members[static_cast<std::size_t>(i)].type);
    return place;
}

u64 part_offset_bytes(const ir::Module& module, ir::TypeId whole, u64 index) {
    const ir::Type& type = module.types[whole];
    if (type.kind == Kind::structure) return type.members[static_cast<std::size_t>(index)].offset_bytes;
    if (type.kind == Kind::vector) return index * size_bytes(type.scalar);
    if (type.row_major) throw std::runtime_error("the evaluator does not know matrices by rows");
    return index * type.stride_bytes;
}

namespace {

void add_leaves(const ir::Module& module, ir::TypeId id, u64 place, bool is_laid, std::vector<Leaf>& made) {
    const ir::Type& type = module.types[id];
    if (type.kind == Kind::scalar) return made.push_back({type.scalar, place});
    if (type.kind == Kind::pointer) {
        made.insert(made.end(), {Leaf{Scalar::u64, place}, Leaf{Scalar::u64, place + 1}});
        return;
    }
    const u64 count = type.kind == Kind::structure ? type.members.size()
                      : type.kind == Kind::array   ? length_of(module, type)
                                                   : type.count;
    for (u64 i = 0; i < count; ++i) {
        const u64 before = is_laid ? part_offset_bytes(module, id, i) : part_place(module, id, i);
        add_leaves(module, part_type(module, id, i), place + before, is_laid, made);
    }
}

}  // namespace

std::vector<Leaf> leaves(const ir::Module& module, ir::TypeId type, u64 place, bool is_laid) {
    std::vector<Leaf> made;
    add_leaves(module, type, place, is_laid, made);
    return made;
}

u64 scalar_count(const ir::Module& module, ir::TypeId id) {
    const ir::Type& type = module.types[id];
    switch (type.kind) {
        case Kind::nothing:
            return 0;
        case Kind::scalar:
            return 1;
        case Kind::vector:
        case Kind::matrix:
            return type.count * scalar_count(module, type.element);
        case Kind::array:
            return length_of(module, type) * scalar_count(module, type.element);
        case Kind::structure:
            return part_place(module, id, type.members.size());
        case Kind::pointer:
            return 2;
        case Kind::runtime_array:
        case Kind::cooperative_matrix:
            break;
    }
    throw std::runtime_error("the evaluator does not know values of " + to_string(module, id));
}

std::array<Scalars, 2> evaluate_pure(const ir::Module& module, Op op, std::span<const PureOperand> operands,
                                     std::span<const u32> immediates, ir::TypeId result) {
    return Pure(module, op, operands, immediates, result).run();
}

}  // namespace alkomp::testing
