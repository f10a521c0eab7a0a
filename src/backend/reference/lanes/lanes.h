// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions that instructions are made of: one set for each instruction set of the CPU that they are compiled for.
#pragma once

#include "backend/reference/program.h"
#include "ir/op.h"

namespace alkomp::backend::reference {

/// How an instruction reaches memory.
enum class Reach : u8 {
    fixed,    ///< y bytes into the binding x: the same place for all lanes
    element,  ///< y bytes into the element `a`, an u32, of the binding x, elements c bytes apart
    offset,   ///< y bytes behind `a`, an u64, in the binding x
    rooted,   ///< y bytes behind `a`, an u64, in the binding that the column x, of u32, names
    address,  ///< y bytes behind the raw address `a`
    shared,   ///< y bytes behind `a`, an u32, in the workgroup's memory
    local,    ///< y bytes behind `a`, an u32, in the lane's own memory
    slot,     ///< y bytes into the lane's own memory
};
inline constexpr u32 kReaches = 8;

enum class Control : u8 {
    if_then,       ///< to = mask, mask &= a; none: jump
    if_else,       ///< mask = b & ~a; none: jump
    clear,         ///< to = none
    leave,         ///< to |= mask
    mask_without,  ///< mask &= ~a
    keep_if,       ///< mask &= a; none: jump
    join,          ///< mask = a; none: jump
    jump,
    again,  ///< jump, unless the launch is to stop
    end,
};

/// `blend` leaves the lanes that the mask leaves out.
enum class Move : u8 { copy, blend };

/// Finders of functions; null: there is none. Instructions with two results are two here, each with its own function.
struct Lanes {
    Function (*integer)(ir::Op op, Scalar of);  ///< and booleans; `of` the first operand's scalar
    Function (*real)(ir::Op op, Scalar of);
    Function (*transcendental)(ir::Op op, Scalar of);
    Function (*exponent)(Scalar of);  ///< the second result of frexp
    Function (*select)(u32 size_bytes);
    Function (*convert)(Scalar from, Scalar to);
    Function (*part)(u32 small_bytes, u32 large_bytes);  ///< to = a >> x
    Function (*into)(u32 small_bytes, u32 large_bytes);  ///< to = a | b << x; a counts as 0 where x is 0
    Function (*move)(Move how, u32 size_bytes);
    Function (*fill)(u32 size_bytes);               ///< to = x, the upper half y
    Function (*scale)(Scalar index, bool clamped);  ///< to = b + a * y; clamped: min(a, x)
    Function (*address)(bool rooted);  ///< to = address of y behind a in the binding x, or that a column x names
    Function (*length)(bool rooted);   ///< to = elements c bytes apart that lie from there on
    Function (*control)(Control what);
    Function (*case_of)(u32 size_bytes);                    ///< lanes where a equals x, y go from the mask to `to`
    Function (*builtin)(ir::Builtin which);                 ///< x: the axis, or the word
    Function (*load)(Reach reach, u32 size_bytes);          ///< to = what is there
    Function (*store)(Reach reach, u32 size_bytes);         ///< there = b
    Function (*atomic)(ir::Op op, Reach reach, Scalar of);  ///< b the value or what is expected, c what is desired
    Function (*vote)(ir::Op op, u32 size_bytes);       ///< to = of the truths, or values, a; of a ballot the word x
    Function (*from_lane)(ir::Op op, u32 size_bytes);  ///< to = a of another lane, by b
    Function (*combine)(ir::Scan scan, Scalar of);     ///< to = a of several lanes, as x says, in parts of y lanes
    Function (*multiply_add)(Scalar a, Scalar c);      ///< of cooperative matrices: x, a list
};

[[nodiscard]] const Lanes& lanes();  ///< the fastest set that this CPU has

}  // namespace alkomp::backend::reference
