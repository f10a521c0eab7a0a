// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of vectors and matrices, and packing, as sequences of arithmetic.
#include "backend/reference/lower.h"

#include <bit>

namespace alkomp::backend::reference {

using ir::Op;
using ir::ValueId;
using Kind = ir::Type::Kind;

Register Lowering::real(double value, Scalar of) {
    switch (of) {
        case Scalar::f16:
            return number(f16(static_cast<float>(value)).bits, 2);
        case Scalar::bf16:
            return number(bf16(static_cast<float>(value)).bits, 2);
        case Scalar::f32:
            return number(std::bit_cast<u32>(static_cast<float>(value)), 4);
        default:
            return number(std::bit_cast<u64>(value), 8);
    }
}

Register Lowering::dot(std::span<const Register> a, std::span<const Register> b, Scalar of) {
    Register sum = arithmetic(Op::mul, of, {a[0], b[0]});
    for (std::size_t i = 1; i < a.size(); ++i)
        sum = arithmetic(Op::add, of, {sum, arithmetic(Op::mul, of, {a[i], b[i]})});
    return sum;
}

// Source: GLSL 4.60, 8.5 "Geometric Functions".
void Lowering::geometry(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = scalar_of(operands[0]);
    std::vector<Values> x;
    for (const ValueId operand : operands) x.push_back(value(operand));
    const auto each = [&](auto&& f) {
        Values made;
        for (std::size_t i = 0; i < x[0].size(); ++i) made.push_back(f(i));
        define(at, std::move(made));
    };
    const auto op = [&](Op what, std::initializer_list<Register> with) { return arithmetic(what, of, with); };
    const Register zero = real(0, of), one = real(1, of), two = real(2, of);
    switch (at.op) {
        case Op::dot:
            return define(at, {dot(x[0], x[1], of)});
        case Op::length:
            return define(at, {op(Op::sqrt, {dot(x[0], x[0], of)})});
        case Op::distance: {
            Values between;
            for (std::size_t i = 0; i < x[0].size(); ++i) between.push_back(op(Op::sub, {x[0][i], x[1][i]}));
            return define(at, {op(Op::sqrt, {dot(between, between, of)})});
        }
        case Op::cross:
            return each([&](std::size_t i) {
                const std::size_t j = (i + 1) % 3, k = (i + 2) % 3;
                return op(Op::sub, {op(Op::mul, {x[0][j], x[1][k]}), op(Op::mul, {x[0][k], x[1][j]})});
            });
        case Op::normalize: {
            const Register length = op(Op::sqrt, {dot(x[0], x[0], of)});
            return each([&](std::size_t i) { return op(Op::div, {x[0][i], length}); });
        }
        case Op::face_forward: {
            const Register faces = op(Op::lt, {dot(x[2], x[1], of), zero});
            const u32 size = size_bytes(of);
            return each([&](std::size_t i) {
                return ternary(lanes_.select(size), size, faces, x[0][i], op(Op::neg, {x[0][i]}));
            });
        }
        case Op::reflect: {
            const Register twice = op(Op::mul, {two, dot(x[1], x[0], of)});
            return each([&](std::size_t i) { return op(Op::sub, {x[0][i], op(Op::mul, {twice, x[1][i]})}); });
        }
        default: {
            const Register eta = x[2][0], cosine = dot(x[1], x[0], of);
            const Register rest = op(Op::sub, {one, op(Op::mul, {cosine, cosine})});
            const Register k = op(Op::sub, {one, op(Op::mul, {op(Op::mul, {eta, eta}), rest})});
            const Register none = op(Op::lt, {k, zero});
            const Register by = op(Op::add, {op(Op::mul, {eta, cosine}), op(Op::sqrt, {k})});
            const u32 size = size_bytes(of);
            return each([&](std::size_t i) {
                const Register bent = op(Op::sub, {op(Op::mul, {eta, x[0][i]}), op(Op::mul, {by, x[1][i]})});
                return ternary(lanes_.select(size), size, none, zero, bent);
            });
        }
    }
}

namespace {

// Columns follow each other; `skip`: all but this row and column.
std::vector<Register> minor(const std::vector<Register>& of, u32 size, u32 skip_row, u32 skip_column) {
    std::vector<Register> made;
    for (u32 column = 0; column < size; ++column)
        for (u32 row = 0; row < size; ++row)
            if (row != skip_row && column != skip_column) made.push_back(of[column * size + row]);
    return made;
}

}  // namespace

Register Lowering::determinant(const Values& of, u32 size, Scalar scalar) {
    if (size == 1) return of[0];
    Register sum = 0;
    for (u32 column = 0; column < size; ++column) {
        const Register part =
            arithmetic(Op::mul, scalar, {of[column * size], determinant(minor(of, size, 0, column), size - 1, scalar)});
        if (column == 0) sum = part;
        else sum = arithmetic(column % 2 == 0 ? Op::add : Op::sub, scalar, {sum, part});
    }
    return sum;
}

Lowering::Values Lowering::inverse(const Values& of, u32 size, Scalar scalar) {
    const Register whole = determinant(of, size, scalar);
    Values made;
    for (u32 column = 0; column < size; ++column) {
        for (u32 row = 0; row < size; ++row) {
            // The adjugate is the transpose of the cofactors.
            Register part = size == 1 ? real(1, scalar) : determinant(minor(of, size, column, row), size - 1, scalar);
            if ((row + column) % 2 != 0) part = arithmetic(Op::neg, scalar, {part});
            made.push_back(arithmetic(Op::div, scalar, {part, whole}));
        }
    }
    return made;
}

void Lowering::matrices(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = scalar_of(operands[0]);
    const Values a = value(operands[0]), b = operands.size() > 1 ? value(operands[1]) : Values{};
    const ir::Type& left = module_.type(operands[0]);
    Values made;
    switch (at.op) {
        case Op::determinant:
            return define(at, {determinant(a, left.count, of)});
        case Op::inverse:
            return define(at, inverse(a, left.count, of));
        case Op::transpose: {
            const std::size_t rows = a.size() / left.count;
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t column = 0; column < left.count; ++column) made.push_back(a[column * rows + row]);
            return define(at, std::move(made));
        }
        case Op::outer:
            for (const Register y : b)
                for (const Register x : a) made.push_back(arithmetic(Op::mul, of, {x, y}));
            return define(at, std::move(made));
        default:
            break;
    }
    const ir::Type& right = module_.type(operands[1]);
    if (left.kind == Kind::scalar || right.kind == Kind::scalar) {
        for (const Register part : left.kind == Kind::scalar ? b : a)
            made.push_back(arithmetic(Op::mul, of, {part, left.kind == Kind::scalar ? a[0] : b[0]}));
        return define(at, std::move(made));
    }
    // A vector on the left is a row, one on the right a column.
    const std::size_t inner = left.kind == Kind::matrix ? left.count : a.size();
    const std::size_t rows = a.size() / inner, columns = b.size() / inner;
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t row = 0; row < rows; ++row) {
            Values x, y;
            for (std::size_t k = 0; k < inner; ++k) {
                x.push_back(a[k * rows + row]);
                y.push_back(b[column * inner + k]);
            }
            made.push_back(dot(x, y, of));
        }
    }
    define(at, std::move(made));
}

// Source: GLSL 4.60, 8.4 "Floating-Point Pack and Unpack Functions".
void Lowering::packing(const ir::Instruction& at) {
    const Values from = value(module_.operands(at)[0]);
    const auto op = [&](Op what, std::initializer_list<Register> with) { return arithmetic(what, Scalar::f32, with); };
    const auto pack = [&](double least, double scale, Scalar part) {
        Values made;
        for (const Register one : from) {
            const Register cut = op(Op::clamp, {one, real(least, Scalar::f32), real(1, Scalar::f32)});
            const Register number = op(Op::round_even, {op(Op::mul, {cut, real(scale, Scalar::f32)})});
            made.push_back(convert(number, Scalar::f32, part));
        }
        define(at, recut(made, size_bytes(part), 4));
    };
    const auto unpack = [&](double scale, Scalar part, bool has_sign) {
        Values made;
        for (const Register one : recut(from, 4, size_bytes(part))) {
            Register number = op(Op::div, {convert(one, part, Scalar::f32), real(scale, Scalar::f32)});
            if (has_sign) number = op(Op::clamp, {number, real(-1, Scalar::f32), real(1, Scalar::f32)});
            made.push_back(number);
        }
        define(at, std::move(made));
    };
    const auto halves = [&](const Values& of, Scalar is, Scalar to) {
        Values made;
        for (const Register one : of) made.push_back(convert(one, is, to));
        return made;
    };
    switch (at.op) {
        case Op::pack_snorm4x8:
            return pack(-1, 127, Scalar::i8);
        case Op::pack_unorm4x8:
            return pack(0, 255, Scalar::u8);
        case Op::pack_snorm2x16:
            return pack(-1, 32767, Scalar::i16);
        case Op::pack_unorm2x16:
            return pack(0, 65535, Scalar::u16);
        case Op::pack_half2x16:
            return define(at, recut(halves(from, Scalar::f32, Scalar::f16), 2, 4));
        case Op::unpack_snorm4x8:
            return unpack(127, Scalar::i8, true);
        case Op::unpack_unorm4x8:
            return unpack(255, Scalar::u8, false);
        case Op::unpack_snorm2x16:
            return unpack(32767, Scalar::i16, true);
        case Op::unpack_unorm2x16:
            return unpack(65535, Scalar::u16, false);
        case Op::unpack_half2x16:
            return define(at, halves(recut(from, 4, 2), Scalar::f16, Scalar::f32));
        default:
            refuse(at, "the reference device does not run it");
    }
}

}  // namespace alkomp::backend::reference
