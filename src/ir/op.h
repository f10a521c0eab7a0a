// SPDX-License-Identifier: MIT OR Apache-2.0
// The instructions as an enumeration, what the table says of each, and what their immediates mean.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <optional>
#include <string_view>

namespace alkomp::ir {

enum class Op : u8 {
#define OP(name, ...) name,
#include "ir/op.def"
#undef OP
};

/// How the types of operands and results hang together. T is the type of the first operand.
enum class Rule : u8 {
    // All operands are T, the result is T.
    numbers,       ///< T: integers or floats, vectors or cooperative matrices of them
    integers,      ///< T: integers or vectors of them
    floats,        ///< T: floats or vectors of them
    bits,          ///< T: integers or booleans or vectors of them
    matrices,      ///< T: a square matrix
    two_integers,  ///< ... and two results, both T
    two_floats,
    // All operands are T, the result is a boolean for each lane.
    equality,        ///< numbers, booleans, pointers into one space
    comparison,      ///< numbers
    classification,  ///< floats
    // Others; the verifier says what each wants in words.
    shift,
    bit_field,
    lanes_to_bool,
    choice,
    extract,
    insert,
    extract_lane,
    insert_lane,
    shuffle,
    scale,
    two_scale,
    reduce_float,
    refraction,
    matrix_product,
    determinant,
    builtin,
    variable,
    access,
    pointer_offset,
    load,
    store,
    array_length,
    atomic_load,
    atomic_store,
    atomic,
    truth,
    ballot,
    ballot_bit,
    ballot_number,
    lane_value,
    combination,
    matrix_store,
    matrix_multiply_add,
    matrix_get,
    matrix_set,
    call,
    print,
    check,
    if_,
    switch_,
    loop,
    exit,
    fallthrough,
    next,
    repeat,
    repeat_if,
    return_,
    nothing,  ///< no operands, no result
    given,    ///< the result's type is given with the instruction; the verifier knows which are right
};

enum Trait : u16 {
    kPure = 1,    ///< no effect, the same operands give the same result: may be merged, moved, dropped
    kReads = 2,   ///< depends on memory
    kWrites = 4,  ///< changes memory
    kAtomic = 8,
    kConvergent = 16,  ///< depends on which invocations evaluate it together
    kVolatile = 32,    ///< neither pure nor a write: may be dropped, not merged
    kConstruct = 64,   ///< owns regions
    kTerminator = 128,
};

inline constexpr u32 kMany = 0xffffffff;

struct OpInfo {
    std::string_view name;  ///< as printed: without the underscore that C++ needs
    Rule rule;
    u32 fewest, most;
    std::string_view immediates;
};

[[nodiscard]] const OpInfo& info(Op op) noexcept;
[[nodiscard]] std::optional<Op> find_op(std::string_view name) noexcept;
inline constexpr std::array kTraits{
#define OP(name, rule, fewest, most, immediates, traits) static_cast<u16>(traits),
#include "ir/op.def"
#undef OP
};
[[nodiscard]] inline bool has(Op op, u16 traits) noexcept { return (kTraits[static_cast<u8>(op)] & traits) != 0; }

/// Flags of one instruction.
enum Flag : u8 {
    kPrecise = 1,         ///< not fused with others, as written
    kInbounds = 2,        ///< of access: stays inside, promised by whoever made it
    kVolatileAccess = 4,  ///< of load and store: happens exactly as often as written
    kNonuniform = 8,      ///< of access: may name different buffers in one subgroup
};

// What immediates mean.

enum class Builtin : u8 {
    global_id,        ///< u32x3
    local_id,         ///< u32x3
    workgroup_id,     ///< u32x3
    workgroup_count,  ///< u32x3
    workgroup_size,   ///< u32x3
    local_index,      ///< u32
    subgroup_size,    ///< u32
    subgroup_lane,    ///< u32: this invocation's place in its subgroup
    subgroup_id,      ///< u32
    subgroup_count,   ///< u32
    subgroup_eq_mask,
    subgroup_ge_mask,
    subgroup_gt_mask,
    subgroup_le_mask,
    subgroup_lt_mask,  ///< u32x4
};
enum class Order : u8 { relaxed, acquire, release, acquire_release };
/// How lanes are combined. min and max on floats: NaN as in the module's rules.
enum class Combine : u8 { add, mul, min, max, bit_and, bit_or, bit_xor };
/// Over which lanes: all, those up to this one, those before it.
enum class Scan : u8 { reduce, inclusive, exclusive };
enum class MatrixLayout : u8 { row_major, column_major };
/// Spaces of a barrier or fence.
enum SpaceMask : u8 { kStorage = 1, kShared = 2 };

[[nodiscard]] std::string_view to_string(Builtin value) noexcept;
[[nodiscard]] std::string_view to_string(Order value) noexcept;
[[nodiscard]] std::string_view to_string(Combine value) noexcept;
[[nodiscard]] std::string_view to_string(Scan value) noexcept;
[[nodiscard]] std::string_view to_string(MatrixLayout value) noexcept;

}  // namespace alkomp::ir
