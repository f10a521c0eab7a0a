// SPDX-License-Identifier: MIT OR Apache-2.0
// Subgroups, and cooperative matrices: their elements are dealt out to the lanes of a subgroup, by rows.
#include "backend/reference/lower.h"

#include <algorithm>
#include <utility>

namespace alkomp::backend::reference {

using ir::Op;
using ir::ValueId;

void Lowering::subgroup(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const std::span<const u32> immediates = module_.immediates(at);
    const Values a = operands.empty() ? Values{} : value(operands[0]);
    const auto word = [&](Op op, u32 size, Register from, u32 x) {
        const Register to = fresh(sizeof(Truth));
        write(lanes_.vote(op, size), kTo | kA, {.to = to, .a = from, .x = x});
        return to;
    };
    switch (at.op) {
        case Op::subgroup_elect:
            return define(at, {word(at.op, 4, kMaskRegister, 0)});
        case Op::subgroup_all:
        case Op::subgroup_any:
            return define(at, {word(at.op, 4, a[0], 0)});
        case Op::subgroup_all_equal: {
            Register same = 0;
            for (std::size_t i = 0; i < a.size(); ++i) {
                const Register one = word(at.op, registers_.size_bytes(a[i]), a[i], 0);
                same = i == 0 ? one : arithmetic(Op::bit_and, Scalar::boolean, {same, one});
            }
            return define(at, {same});
        }
        case Op::subgroup_ballot:
            return define(at, {word(at.op, 4, a[0], 0), word(at.op, 4, a[0], 1), number(0, 4), number(0, 4)});
        case Op::subgroup_ballot_bit:
        case Op::subgroup_ballot_count:
        case Op::subgroup_ballot_lsb:
        case Op::subgroup_ballot_msb:
            return of_ballot(at, a);
        case Op::subgroup_reduce:
        case Op::subgroup_scan: {
            const bool reduces = at.op == Op::subgroup_reduce;
            const auto scan = reduces ? ir::Scan::reduce : static_cast<ir::Scan>(immediates[1]);
            const u32 cluster = reduces ? std::min(immediates[1], subgroup_size_) : 0;
            Values made;
            for (const Register one : a) {
                made.push_back(fresh(registers_.size_bytes(one)));
                write(lanes_.combine(scan, scalar_of(operands[0])), kTo | kA,
                      {.to = made.back(), .a = one, .x = immediates[0], .y = cluster});
            }
            return define(at, std::move(made));
        }
        default: {
            const Register lane = operands.size() > 1 ? scalar(operands[1]) : number(0, 4);
            u32 x = immediates.empty() ? 0 : immediates[0];
            if (at.op == Op::subgroup_rotate && (x == 0 || x > subgroup_size_)) x = subgroup_size_;
            Values made;
            for (const Register one : a) {
                const u32 size = registers_.size_bytes(one);
                made.push_back(fresh(size));
                write(lanes_.from_lane(at.op, size), kTo | kA | kB, {.to = made.back(), .a = one, .b = lane, .x = x});
            }
            return define(at, std::move(made));
        }
    }
}

// Of the two words of a ballot that subgroups have.
void Lowering::of_ballot(const ir::Instruction& at, const Values& ballot) {
    const auto op = [&](Op what, std::initializer_list<Register> with) { return arithmetic(what, Scalar::u32, with); };
    const Register low = ballot[0], high = ballot[1], zero = number(0, 4), bits = number(32, 4);
    const auto choose = [&](Register condition, Register a, Register b) {
        return ternary(lanes_.select(4), 4, condition, a, b);
    };
    switch (at.op) {
        case Op::subgroup_ballot_bit: {
            const ValueId which = module_.operands(at)[1];
            const Register lane = convert(scalar(which), scalar_of(which), Scalar::u32);
            const Register word = choose(op(Op::lt, {lane, bits}), low, high);
            return define(at, {op(Op::ne, {op(Op::bit_and, {op(Op::shr, {word, lane}), number(1, 4)}), zero})});
        }
        case Op::subgroup_ballot_count: {
            const auto scan = static_cast<ir::Scan>(module_.immediates(at)[0]);
            const auto counted = [&](Register word, u32 i) {
                const u64 all = subgroup_size_ == 64 ? ~u64{0} : (u64{1} << subgroup_size_) - 1;
                const Register mask = scan == ir::Scan::reduce      ? number(all >> (32 * i) & 0xffffffff, 4)
                                      : scan == ir::Scan::inclusive ? builtin_word(ir::Builtin::subgroup_le_mask, i)
                                                                    : builtin_word(ir::Builtin::subgroup_lt_mask, i);
                return op(Op::count_ones, {op(Op::bit_and, {word, mask})});
            };
            return define(at, {op(Op::add, {counted(low, 0), counted(high, 1)})});
        }
        case Op::subgroup_ballot_lsb: {
            const Register above = op(Op::add, {op(Op::find_lsb, {high}), bits});
            return define(at, {choose(op(Op::eq, {low, zero}), above, op(Op::find_lsb, {low}))});
        }
        default: {
            const Register above = op(Op::add, {op(Op::find_msb, {high}), bits});
            return define(at, {choose(op(Op::eq, {high, zero}), op(Op::find_msb, {low}), above)});
        }
    }
}

// Cooperative matrices -----------------------------------------------------------------------------

/// Where a lane's element is in the matrix: its row and column.
std::pair<Register, Register> Lowering::element_of(const ir::Type& matrix, u32 place) {
    std::vector<Draft>* const writing = std::exchange(writing_, &setup_);
    const auto op = [&](Op what, std::initializer_list<Register> with) { return arithmetic(what, Scalar::u32, with); };
    const Register lane = builtin_word(ir::Builtin::subgroup_lane, 0);
    const Register element = op(Op::add, {lane, number(u64{place} * subgroup_size_, 4)});
    const Register columns = number(matrix.columns, 4);
    const std::pair made{op(Op::div, {element, columns}), op(Op::rem, {element, columns})};
    writing_ = writing;
    return made;
}

void Lowering::matrix_memory(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const bool loads = at.op == Op::matrix_load;
    const ValueId stride = operands.back(), matrix = loads ? module_.result(at) : operands[1];
    const ir::TypeId type = module_.type_of(matrix), pointee = module_.type(operands[0]).element;
    const Scalar of = types_.scalar_of(type);
    const bool by_rows = static_cast<ir::MatrixLayout>(module_.immediates(at)[0]) == ir::MatrixLayout::row_major;
    Values elements = loads ? Values{} : value(matrix);
    const u64 count = layout_.count(type);
    for (u32 i = 0; i < count; ++i) {
        const auto [row, column] = element_of(types_[type], i);
        Pointer to = pointer(operands[0]);
        any_place(to);
        const bool wide = is_wide(to.space);
        const Scalar word = wide ? Scalar::u64 : Scalar::u32;
        const u32 size = wide ? 8 : 4;
        const auto op = [&](Op what, Register x, Register y) { return arithmetic(what, word, {x, y}); };
        const Register line = op(Op::mul, convert(by_rows ? row : column, Scalar::u32, word),
                                 convert(scalar(stride), scalar_of(stride), word));
        const Register along =
            op(Op::mul, convert(by_rows ? column : row, Scalar::u32, word), number(held_bytes(of), size));
        const Register begin = op(Op::mul, line, number(layout_.size_bytes(pointee, layout_.is_laid(to.space)), size));
        to.place = op(Op::add, *to.place, op(Op::add, begin, along));
        if (!wide) {
            const u64 last = shared_bytes_ - std::min(shared_bytes_, to.offset + held_bytes(of));
            to.place = op(Op::min, *to.place, number(last, size));
        }
        auto [how, draft] = reach(to, 0);
        CheckedAccess about;
        about.size_bytes = held_bytes(of);
        about.reads = loads;
        about.writes = about.has_value = !loads;
        if (!loads) {
            draft.instruction.b = elements[i];
            draft.fields |= kB;
        }
        check_leaf(guard(to, !loads), to, how, draft, about);
        if (loads) {
            draft.instruction.to = fresh(held_bytes(of));
            elements.push_back(draft.instruction.to);
            write(lanes_.load(how, held_bytes(of)), draft.fields | kTo, draft.instruction);
        } else {
            write(lanes_.store(how, held_bytes(of)), draft.fields, draft.instruction);
        }
    }
    if (loads) define(at, std::move(elements));
}

void Lowering::multiply_add(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const ir::Type& a = module_.type(operands[0]);
    const ir::Type& c = module_.type(operands[2]);
    const Function run = lanes_.multiply_add(types_.scalar_of(module_.type_of(operands[0])),
                                             types_.scalar_of(module_.type_of(operands[2])));
    if (run == nullptr || module_.immediates(at)[0] != 0) refuse(at, "the reference device has no such product");
    const Values made = make(module_.type_of(operands[2]));
    Draft& draft = write(run, 0, {});
    draft.list = static_cast<u32>(lists_.size());
    draft.sizes = 3;
    lists_.push_back({c.rows, c.columns, a.columns});
    for (const Values& part : {value(operands[0]), value(operands[1]), value(operands[2]), made})
        lists_.back().insert(lists_.back().end(), part.begin(), part.end());
    define(at, made);
}

void Lowering::matrix(const ir::Instruction& at) {
    switch (at.op) {
        case Op::matrix_load:
        case Op::matrix_store:
            return matrix_memory(at);
        case Op::matrix_multiply_add:
            return multiply_add(at);
        case Op::matrix_length:
            return define(at, {number(layout_.count(ir::TypeId{module_.immediates(at)[0]}), 4)});
        default:
            return by_lane(at);
    }
}

}  // namespace alkomp::backend::reference
