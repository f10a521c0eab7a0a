// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_f16.h"

#include "ir/pass/rebuild.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr u32 kHalf = 1u << static_cast<u32>(Scalar::f16);

/// What gives one of its operands, a part of one, or a number that f16 has whenever it has the operands.
bool stays(Op op) {
    switch (op) {
        case Op::neg:
        case Op::abs:
        case Op::sign:
        case Op::min:
        case Op::max:
        case Op::clamp:
        case Op::floor:
        case Op::ceil:
        case Op::trunc:
        case Op::round:
        case Op::round_even:
        case Op::step:
        case Op::face_forward:
        case Op::frexp:
        case Op::modf:
        case Op::select:
        case Op::compose:
        case Op::splat:
        case Op::extract:
        case Op::insert:
        case Op::extract_lane:
        case Op::insert_lane:
        case Op::shuffle:
        case Op::transpose:
            return true;
        default:
            return !has(op, kPure) && op != Op::subgroup_reduce && op != Op::subgroup_scan;
    }
}

class Lower : public Rebuild {
public:
    explicit Lower(const Module& from) : Rebuild(from), f32_(to_.types.scalar(Scalar::f32)) {}
    [[nodiscard]] bool any() {
        for (u32 i = 2; i < from_.types.size(); ++i)
            if ((scalars_in(TypeId{i}) & kHalf) != 0) return true;
        return false;
    }

private:
    TypeId make_type(TypeId old) override {
        if ((scalars_in(old) & kHalf) == 0) return Rebuild::make_type(old);
        const Type& type = from_.types[old];
        switch (type.kind) {
            case Kind::scalar:
                return f32_;
            case Kind::vector:
                return to_.types.vector(Scalar::f32, type.count);
            case Kind::matrix:
                return to_.types.matrix(Scalar::f32, type.count, from_.types[type.element].count);
            default:
                return make_plain(old);
        }
    }
    ValueId make_constant(const Constant& old) override {
        const bool varies = old.kind == Constant::Kind::specialization || old.kind == Constant::Kind::computed;
        const bool has_half = (scalars_in(old.type) & kHalf) != 0;
        if (varies && has_half)
            refuse(from_, Location(), "the device has no specialisation constants of f16.", ErrorCode::unsupported);
        if (old.kind != Constant::Kind::scalar || !has_half) return Rebuild::make_constant(old);
        f16 half;
        half.bits = static_cast<u16>(old.bits);
        return to_.constant(f32_, std::bit_cast<u32>(static_cast<float>(half)));
    }

    bool is_half(ValueId old) const {
        const Type& type = from_.type(old);
        const bool is_number = type.kind == Kind::scalar || type.kind == Kind::vector || type.kind == Kind::matrix;
        return is_number && type.scalar == Scalar::f16;
    }
    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (old.op == Op::bitcast && (is_half(result(id)) || is_half(operands(id)[0]))) return recast(id);
        if (old.op == Op::convert && is_half(operands(id)[0]) && scalar_of(result(id)) == Scalar::f32)
            return define(result(id), operand(id, 0));
        const bool rounds = old.results.count > 0 && is_half(result(id)) && !stays(old.op);
        if (!rounds) return copy(id);
        if (old.op == Op::convert)
            return define(result(id),
                          rounded(emit(Op::convert, {operand(id, 0)}, {}, type(from_.type_of(result(id))))));
        std::vector<ValueId> values;
        for (const ValueId operand : operands(id)) values.push_back(value(operand));
        const ValueId made =
            build_.emit(old.op, values, from_.immediates(old), type(from_.type_of(result(id))), old.flags);
        define(result(id), rounded(made));
    }
    ValueId rounded(ValueId value) {
        const Type& type = to_.type(value);
        if (type.kind != Kind::matrix) return emit(Op::quantize_f16, {value});
        std::vector<ValueId> columns;
        for (u32 i = 0; i < type.count; ++i) columns.push_back(emit(Op::quantize_f16, {part(value, i)}));
        return compose(to_.type_of(value), columns);
    }

    // Two halves are a word.
    void recast(InstructionId id) {
        const ValueId from = operands(id)[0], to = result(id);
        const u32 bits = from_.types.bits(from_.type_of(from)) * from_.types.lanes(from_.type_of(from));
        const TypeId made = type(from_.type_of(to));
        if (is_half(from) && is_half(to)) return define(to, value(from));
        if (is_half(from)) {
            std::vector<ValueId> words = packed(value(from));
            if (bits == 16) return define(to, narrowed(words[0], made));
            if (bits == 48) return define(to, lanes(words, made));
            const auto count = static_cast<u32>(words.size());
            const ValueId row = count == 1 ? words[0] : compose(to_.types.vector(Scalar::u32, count), words);
            return define(to, emit(Op::bitcast, {row}, {}, made));
        }
        std::vector<ValueId> words;
        const auto word = [&](ValueId bits) {
            return emit(Op::convert, {emit(Op::bitcast, {bits}, {}, to_.types.scalar(Scalar::u16))}, {}, u32_);
        };
        if (bits == 16) {
            words.push_back(word(value(from)));
        } else if (bits == 48) {
            const ValueId row = value(from), second = emit(Op::shl, {word(part(row, 1)), number(16)});
            words = {emit(Op::bit_or, {word(part(row, 0)), second}), word(part(row, 2))};
        } else {
            const ValueId row = emit(Op::bitcast, {value(from)}, {}, to_.types.vector(Scalar::u32, bits / 32));
            for (u32 i = 0; i < bits / 32; ++i) words.push_back(bits == 32 ? row : part(row, i));
        }
        define(to, unpacked(words, made));
    }
    std::vector<ValueId> packed(ValueId value) {
        const u32 count = to_.types.lanes(to_.type_of(value));
        const TypeId pair = to_.types.vector(Scalar::f32, 2);
        if (count == 2) return {build_.emit(Op::pack_half2x16, {value}, {}, u32_)};
        std::vector<ValueId> words;
        for (u32 i = 0; i < count; i += 2) {
            const std::array both{count == 1 ? value : part(value, i),
                                  i + 1 < count ? part(value, i + 1) : to_.zero(f32_)};
            words.push_back(build_.emit(Op::pack_half2x16, {compose(pair, both)}, {}, u32_));
        }
        return words;
    }
    ValueId unpacked(std::span<const ValueId> words, TypeId made) {
        const u32 count = to_.types.lanes(made);
        std::vector<ValueId> all;
        for (const ValueId word : words) {
            const ValueId pair = build_.emit(Op::unpack_half2x16, {word}, {}, to_.types.vector(Scalar::f32, 2));
            if (count == 2) return pair;
            for (u32 i = 0; i < 2 && all.size() < count; ++i) all.push_back(part(pair, i));
        }
        return count == 1 ? all[0] : compose(made, all);
    }
    ValueId narrowed(ValueId word, TypeId made) {
        return emit(Op::bitcast, {emit(Op::convert, {word}, {}, to_.types.scalar(Scalar::u16))}, {}, made);
    }
    ValueId lanes(std::span<const ValueId> words, TypeId made) {
        const TypeId element = to_.types.part(made, 0);
        const std::array all{narrowed(words[0], element), narrowed(emit(Op::shr, {words[0], number(16)}), element),
                             narrowed(words[1], element)};
        return compose(made, all);
    }

    TypeId f32_;
};

}  // namespace

void lower_f16(Module& module) {
    Lower pass(module);
    if (!pass.any()) return;
    Module made = pass.run();
    module = std::move(made);
}

}  // namespace alkomp::ir
