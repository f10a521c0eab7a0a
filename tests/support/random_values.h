// SPDX-License-Identifier: MIT OR Apache-2.0
// Values of random programs: which are visible, and random expressions of a wanted type.
#pragma once

#include "ir/builder.h"

#include <initializer_list>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

namespace alkomp::testing {

/// Which types a random program may have. 32-bit integers, f32 and bool are always there.
struct RandomTypes {
    bool i8 = true, i16 = true, i64 = true, f16 = true, f64 = true;
    bool storage_8 = true, storage_16 = true;
};

/// Floats stay exact: each value is a whole multiple of 2^-fraction and at most 2^magnitude, which its type holds.
/// Those that pass through memory or from region to region are small ones, at most 2^4 in steps of 2^-1.
class RandomValues {
public:
    RandomValues(ir::Module& module, u64 seed, const RandomTypes& types);

    [[nodiscard]] u32 below(u32 count) { return static_cast<u32>(random_() % count); }
    [[nodiscard]] bool one_in(u32 count) { return below(count) == 0; }
    template <class T>
    [[nodiscard]] T one_of(std::initializer_list<T> choices) {
        return choices.begin()[below(static_cast<u32>(choices.size()))];
    }
    template <class T>
    [[nodiscard]] const T& one_of(const std::vector<T>& choices) {
        return choices[below(static_cast<u32>(choices.size()))];
    }
    [[nodiscard]] u64 number() { return random_(); }

    // Types.
    [[nodiscard]] Scalar integer();
    [[nodiscard]] Scalar real();
    /// An integer, real or boolean, or a vector of them.
    [[nodiscard]] ir::TypeId simple(bool with_bool = true);
    [[nodiscard]] ir::TypeId u32_type() { return module_.types.scalar(Scalar::u32); }
    [[nodiscard]] ir::TypeId bool_type() { return module_.types.scalar(Scalar::boolean); }

    // Visible values. What is shown after `mark` is hidden by `hide`.
    void show(ir::ValueId id) { visible_.push_back(id); }
    [[nodiscard]] std::size_t mark() const { return visible_.size(); }
    void hide(std::size_t mark) { visible_.resize(mark); }
    [[nodiscard]] const std::vector<ir::ValueId>& visible() const { return visible_; }

    /// A small value of the type: a visible one, a constant, or an expression.
    [[nodiscard]] ir::ValueId any(ir::TypeId type);
    [[nodiscard]] std::vector<ir::ValueId> any(std::span<const ir::TypeId> types);
    [[nodiscard]] ir::ValueId constant(ir::TypeId type);
    /// A new instruction that gives the type, most often; shown.
    ir::ValueId expression(ir::TypeId type);
    /// An integer below `count`, of a random integer type.
    [[nodiscard]] ir::ValueId index(u32 count);
    /// An u32 that depends on every scalar of the value.
    [[nodiscard]] ir::ValueId digest(ir::ValueId id);
    /// A constant that specialisation may set, with the number as what it is if none does.
    [[nodiscard]] ir::ValueId specialization(Scalar scalar, u64 bits);

    [[nodiscard]] ir::Builder& build() { return builder_; }

private:
    struct Bound {
        u32 magnitude = 4, fraction = 1;
    };
    [[nodiscard]] ir::ValueId emit(ir::Op op, std::initializer_list<ir::ValueId> operands,
                                   std::initializer_list<u32> immediates = {}, ir::TypeId given = ir::TypeId::none) {
        return builder_.emit(op, operands, immediates, given);
    }
    [[nodiscard]] ir::ValueId operand(ir::TypeId type);
    [[nodiscard]] u64 bits(Scalar scalar);
    [[nodiscard]] ir::ValueId number_of(ir::TypeId type, u64 bits);
    [[nodiscard]] ir::ValueId real_of(ir::TypeId type, double value);
    [[nodiscard]] ir::ValueId make(ir::TypeId type);
    [[nodiscard]] ir::ValueId make_integer(ir::TypeId type);
    [[nodiscard]] ir::ValueId arithmetic(ir::TypeId type);
    [[nodiscard]] ir::ValueId bit_work(ir::TypeId type);
    [[nodiscard]] ir::ValueId two_results(ir::TypeId type);
    [[nodiscard]] ir::ValueId converted(ir::TypeId type);
    [[nodiscard]] ir::ValueId recast(ir::TypeId type);
    [[nodiscard]] ir::ValueId dot(ir::TypeId type);
    [[nodiscard]] ir::ValueId make_boolean(ir::TypeId type);
    [[nodiscard]] ir::ValueId make_real(ir::TypeId type);
    [[nodiscard]] ir::ValueId bounded(ir::ValueId id, Bound bound);
    [[nodiscard]] ir::ValueId made_small(ir::ValueId id);
    [[nodiscard]] Bound bound(ir::ValueId id) const;
    [[nodiscard]] bool fits(ir::TypeId type, Bound bound) const;
    [[nodiscard]] ir::ValueId make_vector(ir::TypeId type);
    [[nodiscard]] ir::ValueId make_part(ir::TypeId type);
    [[nodiscard]] ir::ValueId make_composite(ir::TypeId type);
    [[nodiscard]] u64 parts_of(ir::TypeId type) const;

    ir::Module& module_;
    ir::Builder builder_;
    std::mt19937_64 random_;
    RandomTypes types_;
    std::vector<ir::ValueId> visible_;
    std::unordered_map<u32, Bound> bounds_;  // of those that are not small
    u32 depth_ = 0;                          // of expressions in expressions
    u32 specializations_ = 0;
};

}  // namespace alkomp::testing
