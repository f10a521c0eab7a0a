// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of one type as another.
#include "backend/reference/lanes/set.h"

#include <limits>

namespace alkomp::backend::reference {
namespace {

// Truncates and saturates; NaN is 0.
template <class To, class From>
ALKOMP_INLINE To to_integer(From x) {
    constexpr From kEnd = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * From(2);  // a power of two
    constexpr To kMost = std::numeric_limits<To>::max(), kLeast = std::numeric_limits<To>::min();
    if (!(x == x)) return To{0};
    if (x >= kEnd) return kMost;
    if (x <= (std::is_signed_v<To> ? -kEnd : From(0))) return kLeast;
    return static_cast<To>(x);
}

template <class T>
ALKOMP_INLINE auto number(T x) {
    if constexpr (std::is_integral_v<T>) return x;
    else return widen(x);
}

template <class To>
struct Convert {
    template <class From>
    ALKOMP_INLINE static To of(From x) {
        const auto value = number(x);
        if constexpr (std::is_integral_v<To>) {
            if constexpr (std::is_integral_v<From>) return static_cast<To>(value);
            else return to_integer<To>(value);
        } else {
            return Narrow<To>::of(static_cast<Wide<To>>(value));
        }
    }
};

struct Test {  // a number as a boolean
    template <class T>
    ALKOMP_INLINE static Truth of(T x) {
        return truth(number(x) != decltype(number(x)){0});
    }
};
template <class To>
struct OfTruth {
    ALKOMP_INLINE static To of(Truth x) { return Convert<To>::of(static_cast<u32>(x & 1)); }
};

template <class To>
Function to(Scalar from) {
    if (from == Scalar::boolean) return unary<To, Truth, OfTruth<To>>;
    return with_number(from, []<class From>() -> Function { return unary<To, From, Convert<To>>; });
}

// Bits cut anew: x of the parts go into one, or come from one.
template <class Small, class Large>
const Instruction* part_of(Team& team, const Instruction* at) {
    Small* to = column<Small>(team, at->to);
    const Large* a = column<Large>(team, at->a);
    const u32 shift = at->x;
    each_lane(team, [&](u32 lane) { to[lane] = static_cast<Small>(a[lane] >> shift); });
    return at + 1;
}
template <class Small, class Large>
const Instruction* into(Team& team, const Instruction* at) {
    Large* to = column<Large>(team, at->to);
    const Large* a = column<Large>(team, at->a);
    const Small* b = column<Small>(team, at->b);
    const u32 shift = at->x;
    each_lane(team, [&](u32 lane) {
        to[lane] = static_cast<Large>((shift == 0 ? Large{0} : a[lane]) |
                                      static_cast<Large>(static_cast<Large>(b[lane]) << shift));
    });
    return at + 1;
}

}  // namespace

Function ALKOMP_LANES::convert(Scalar from, Scalar target) {
    if (target == Scalar::boolean) {
        if (from == Scalar::boolean) return nullptr;
        return with_number(from, []<class From>() -> Function { return unary<Truth, From, Test>; });
    }
    return with_number(target, [&]<class To>() -> Function { return to<To>(from); });
}

Function ALKOMP_LANES::part(u32 small_bytes, u32 large_bytes) {
    return with_size(small_bytes, [&]<class Small>() -> Function {
        return with_size(large_bytes, []<class Large>() -> Function { return part_of<Small, Large>; });
    });
}
Function ALKOMP_LANES::into(u32 small_bytes, u32 large_bytes) {
    return with_size(small_bytes, [&]<class Small>() -> Function {
        return with_size(large_bytes,
                         []<class Large>() -> Function { return alkomp::backend::reference::into<Small, Large>; });
    });
}

}  // namespace alkomp::backend::reference
