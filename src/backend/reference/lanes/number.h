// SPDX-License-Identifier: MIT OR Apache-2.0
// What the functions of all lanes share: loops that the compiler vectorises, and numbers as they are computed with.
// The files that include this are compiled once for each instruction set. What they define stays in an unnamed
// namespace, so that the linker never takes one set's code for another's.
#pragma once

#include "backend/reference/lanes/lanes.h"

#include <cstring>
#include <type_traits>
#if defined(__F16C__)
#include <immintrin.h>
#endif

#if defined(__clang__)
#define ALKOMP_EACH_LANE _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define ALKOMP_EACH_LANE _Pragma("GCC ivdep")
#else
#define ALKOMP_EACH_LANE
#endif
#if defined(__GNUC__)
#define ALKOMP_INLINE inline __attribute__((always_inline))
#else
#define ALKOMP_INLINE inline
#endif

namespace alkomp::backend::reference {
namespace {

/// Calls `f` for each lane; columns may be the same, but do not overlap otherwise.
template <class F>
ALKOMP_INLINE void each_lane(const Team& team, F&& f) {
    const u32 lanes = team.lanes & ~(kLaneMultiple - 1);
    ALKOMP_EACH_LANE
    for (u32 lane = 0; lane < lanes; ++lane) f(lane);
}

template <class To, class From>
ALKOMP_INLINE To bits_as(const From& from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    __builtin_memcpy(static_cast<void*>(&to), &from, sizeof to);
    return to;
}

ALKOMP_INLINE float widen(f16 half) {
#if defined(__F16C__)
    return _cvtsh_ss(half.bits);
#else
    return static_cast<float>(half);
#endif
}
ALKOMP_INLINE float widen(bf16 half) { return bits_as<float>(static_cast<u32>(half.bits) << 16); }
ALKOMP_INLINE float widen(float x) { return x; }
ALKOMP_INLINE double widen(double x) { return x; }

template <class T>
struct Narrow {
    ALKOMP_INLINE static T of(T x) { return x; }
};
template <>
struct Narrow<f16> {
    ALKOMP_INLINE static f16 of(float x) {
#if defined(__F16C__)
        f16 half;
        half.bits = _cvtss_sh(x, 0);  // to the nearest, even
        return half;
#else
        return f16(x);
#endif
    }
};
template <>
struct Narrow<bf16> {
    ALKOMP_INLINE static bf16 of(float x) {
        const u32 bits = bits_as<u32>(x);
        bf16 half;
        if ((bits & 0x7fffffff) > 0x7f800000) half.bits = static_cast<u16>(bits >> 16 | 0x40);
        else half.bits = static_cast<u16>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
        return half;
    }
};

/// A float as it is computed with: halves as f32.
template <class T>
using Wide = decltype(widen(T{}));

template <class T>
inline constexpr bool kIsInteger = std::is_integral_v<T>;

/// What the bits of `T` are without a sign.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 1, u8,
                                std::conditional_t<sizeof(T) == 2, u16, std::conditional_t<sizeof(T) == 4, u32, u64>>>;

ALKOMP_INLINE Truth truth(bool b) { return b ? kTrue : Truth{0}; }

// The scalar that a number names, as a type: `f.template operator()<u32>()`.
template <class F>
Function with_integer(Scalar scalar, F&& f) {
    switch (scalar) {
        case Scalar::i8:
            return f.template operator()<i8>();
        case Scalar::u8:
            return f.template operator()<u8>();
        case Scalar::i16:
            return f.template operator()<i16>();
        case Scalar::u16:
            return f.template operator()<u16>();
        case Scalar::i32:
            return f.template operator()<i32>();
        case Scalar::u32:
            return f.template operator()<u32>();
        case Scalar::i64:
            return f.template operator()<i64>();
        case Scalar::u64:
            return f.template operator()<u64>();
        default:
            return nullptr;
    }
}
template <class F>
Function with_float(Scalar scalar, F&& f) {
    switch (scalar) {
        case Scalar::f16:
            return f.template operator()<f16>();
        case Scalar::bf16:
            return f.template operator()<bf16>();
        case Scalar::f32:
            return f.template operator()<f32>();
        case Scalar::f64:
            return f.template operator()<f64>();
        default:
            return nullptr;
    }
}
template <class F>
Function with_number(Scalar scalar, F&& f) {
    const Function made = with_integer(scalar, f);
    return made != nullptr ? made : with_float(scalar, f);
}
template <class F>
Function with_size(u32 size_bytes, F&& f) {
    switch (size_bytes) {
        case 1:
            return f.template operator()<u8>();
        case 2:
            return f.template operator()<u16>();
        case 4:
            return f.template operator()<u32>();
        case 8:
            return f.template operator()<u64>();
        default:
            return nullptr;
    }
}

// Instructions whose result depends on the lane's operands alone.
template <class To, class A, class F>
const Instruction* unary(Team& team, const Instruction* at) {
    To* to = column<To>(team, at->to);
    const A* a = column<A>(team, at->a);
    each_lane(team, [&](u32 lane) { to[lane] = F::of(a[lane]); });
    return at + 1;
}
template <class To, class A, class B, class F>
const Instruction* binary(Team& team, const Instruction* at) {
    To* to = column<To>(team, at->to);
    const A* a = column<A>(team, at->a);
    const B* b = column<B>(team, at->b);
    each_lane(team, [&](u32 lane) { to[lane] = F::of(a[lane], b[lane]); });
    return at + 1;
}
template <class To, class A, class B, class C, class F>
const Instruction* ternary(Team& team, const Instruction* at) {
    To* to = column<To>(team, at->to);
    const A* a = column<A>(team, at->a);
    const B* b = column<B>(team, at->b);
    const C* c = column<C>(team, at->c);
    each_lane(team, [&](u32 lane) { to[lane] = F::of(a[lane], b[lane], c[lane]); });
    return at + 1;
}

}  // namespace
}  // namespace alkomp::backend::reference
