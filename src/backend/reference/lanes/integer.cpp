// SPDX-License-Identifier: MIT OR Apache-2.0
// Integers and booleans, as ir/module.h defines them.
#include "backend/reference/lanes/set.h"

namespace alkomp::backend::reference {
namespace {

using ir::Op;

template <class T>
inline constexpr u32 kBits = 8 * sizeof(T);
/// Wide enough that nothing is promoted to a signed int which could overflow.
template <class T>
using Work = std::conditional_t<sizeof(T) == 8, u64, u32>;

template <class T>
ALKOMP_INLINE T wrapped(Work<T> x) {
    return static_cast<T>(x);
}
template <class T>
ALKOMP_INLINE Work<T> work(T x) {
    return static_cast<Work<T>>(x);
}

#define ALKOMP_INTEGER_1(name, body)     \
    struct name {                        \
        template <class T>               \
        ALKOMP_INLINE static T of(T a) { \
            body                         \
        }                                \
    };
#define ALKOMP_INTEGER_2(name, body)          \
    struct name {                             \
        template <class T>                    \
        ALKOMP_INLINE static T of(T a, T b) { \
            body                              \
        }                                     \
    };

ALKOMP_INTEGER_2(Add, return wrapped<T>(work(a) + work(b));)
ALKOMP_INTEGER_2(Sub, return wrapped<T>(work(a) - work(b));)
ALKOMP_INTEGER_2(Mul, return wrapped<T>(work(a) * work(b));)
ALKOMP_INTEGER_2(And, return static_cast<T>(a & b);)
ALKOMP_INTEGER_2(Or, return static_cast<T>(a | b);)
ALKOMP_INTEGER_2(Xor, return static_cast<T>(a ^ b);)
ALKOMP_INTEGER_1(Not, return static_cast<T>(~a);)
ALKOMP_INTEGER_1(Neg, return wrapped<T>(Work<T>{0} - work(a));)
ALKOMP_INTEGER_1(Abs, return a < T{0} ? wrapped<T>(Work<T>{0} - work(a)) : a;)
ALKOMP_INTEGER_1(Sign, return static_cast<T>((a > T{0}) - (a < T{0}));)
ALKOMP_INTEGER_2(Min, return a < b ? a : b;)
ALKOMP_INTEGER_2(Max, return a > b ? a : b;)
ALKOMP_INTEGER_2(Shl, return wrapped<T>(work(a) << (static_cast<Bits<T>>(b) % kBits<T>));)
ALKOMP_INTEGER_2(Shr, return static_cast<T>(a >> (static_cast<Bits<T>>(b) % kBits<T>));)

// Division by zero and the one that overflows are defined.
ALKOMP_INTEGER_2(
    Div, if (b == T{0}) return T{0}; if constexpr (std::is_signed_v<T>) {
        if (b == T{-1}) return wrapped<T>(Work<T>{0} - work(a));
    } return static_cast<T>(a / b);)
ALKOMP_INTEGER_2(
    Rem, if (b == T{0}) return a; if constexpr (std::is_signed_v<T>) {
        if (b == T{-1}) return T{0};
    } return static_cast<T>(a % b);)
ALKOMP_INTEGER_2(
    Mod, const T rest = Rem::of(a, b); if constexpr (std::is_signed_v<T>) {
        if (b != T{0} && rest != T{0} && (rest < T{0}) != (b < T{0})) return wrapped<T>(work(rest) + work(b));
    } return rest;)
struct Clamp {
    template <class T>
    ALKOMP_INLINE static T of(T a, T low, T high) {
        return Min::of(Max::of(a, low), high);
    }
};

ALKOMP_INTEGER_1(CountOnes, return static_cast<T>(__builtin_popcountll(static_cast<Bits<T>>(a)));)
ALKOMP_INTEGER_1(FindMsb, Bits<T> bits = static_cast<Bits<T>>(a);
                 if (std::is_signed_v<T> && a < T{0}) bits = static_cast<Bits<T>>(~bits);
                 return bits == 0 ? static_cast<T>(-1) : static_cast<T>(63 - __builtin_clzll(bits));)
ALKOMP_INTEGER_1(FindLsb,
                 return a == T{0} ? static_cast<T>(-1) : static_cast<T>(__builtin_ctzll(static_cast<Bits<T>>(a)));)
ALKOMP_INTEGER_1(Reverse, u64 bits = static_cast<Bits<T>>(a);
                 bits = (bits >> 1 & 0x5555555555555555) | (bits & 0x5555555555555555) << 1;
                 bits = (bits >> 2 & 0x3333333333333333) | (bits & 0x3333333333333333) << 2;
                 bits = (bits >> 4 & 0x0f0f0f0f0f0f0f0f) | (bits & 0x0f0f0f0f0f0f0f0f) << 4;
                 return static_cast<T>(__builtin_bswap64(bits) >> (64 - kBits<T>));)

template <class T>
struct Product {
    T low, high;
};
template <class T>
ALKOMP_INLINE Product<T> product(T a, T b) {
    if constexpr (sizeof(T) == 8) {
        // By halves: 128 bits are not everywhere.
        const u64 x = static_cast<u64>(a), y = static_cast<u64>(b);
        const u64 x0 = x & 0xffffffff, x1 = x >> 32, y0 = y & 0xffffffff, y1 = y >> 32;
        const u64 low = x0 * y0, middle = x1 * y0 + (low >> 32), other = x0 * y1 + (middle & 0xffffffff);
        u64 high = x1 * y1 + (middle >> 32) + (other >> 32);
        if (std::is_signed_v<T> && a < T{0}) high -= y;
        if (std::is_signed_v<T> && b < T{0}) high -= x;
        return {static_cast<T>(x * y), static_cast<T>(high)};
    } else {
        using Twice = std::conditional_t<std::is_signed_v<T>, i64, u64>;
        const Twice whole = static_cast<Twice>(a) * static_cast<Twice>(b);
        return {static_cast<T>(whole), static_cast<T>(whole >> kBits<T>)};
    }
}
ALKOMP_INTEGER_2(MulHigh, return product(a, b).high;)
ALKOMP_INTEGER_2(Carry, return static_cast<T>(static_cast<Bits<T>>(Add::of(a, b)) < static_cast<Bits<T>>(a));)
ALKOMP_INTEGER_2(Borrow, return static_cast<T>(static_cast<Bits<T>>(a) < static_cast<Bits<T>>(b));)

// Offset and count are i32 or u32; negative ones are as those that are too large.
struct ExtractBits {
    template <class T>
    ALKOMP_INLINE static T of(T a, u32 offset, u32 count) {
        const u32 first = offset < kBits<T> ? offset : kBits<T>, most = kBits<T> - first;
        const u32 taken = count < most ? count : most;
        if (taken == 0) return T{0};
        const u64 up = static_cast<u64>(static_cast<Bits<T>>(a)) << (64 - first - taken);
        if constexpr (std::is_signed_v<T>) return static_cast<T>(static_cast<i64>(up) >> (64 - taken));
        else return static_cast<T>(up >> (64 - taken));
    }
};
template <class T>
const Instruction* insert_bits(Team& team, const Instruction* at) {
    T* to = column<T>(team, at->to);
    const T *a = column<T>(team, at->a), *b = column<T>(team, at->b);
    const u32 *offset = column<u32>(team, at->c), *count = column<u32>(team, at->x);
    each_lane(team, [&](u32 lane) {
        const u32 first = offset[lane] < kBits<T> ? offset[lane] : kBits<T>, most = kBits<T> - first;
        const u32 taken = count[lane] < most ? count[lane] : most;
        const u64 mask = taken == 0 ? 0 : ~u64{0} >> (64 - taken) << first;
        const u64 into = static_cast<Bits<T>>(a[lane]), value = static_cast<Bits<T>>(b[lane]);
        to[lane] = static_cast<T>((into & ~mask) | ((first == 64 ? 0 : value << first) & mask));
    });
    return at + 1;
}

#define ALKOMP_COMPARISON(name, sign)             \
    struct name {                                 \
        template <class T>                        \
        ALKOMP_INLINE static Truth of(T a, T b) { \
            return truth(a sign b);               \
        }                                         \
    };
ALKOMP_COMPARISON(Eq, ==)
ALKOMP_COMPARISON(Ne, !=)
ALKOMP_COMPARISON(Lt, <)
ALKOMP_COMPARISON(Le, <=)
ALKOMP_COMPARISON(Gt, >)
ALKOMP_COMPARISON(Ge, >=)

template <class F>
Function two(Scalar scalar) {
    return with_integer(scalar, []<class T>() -> Function { return binary<T, T, T, F>; });
}
template <class F>
Function one(Scalar scalar) {
    return with_integer(scalar, []<class T>() -> Function { return unary<T, T, F>; });
}
template <class F>
Function compare(Scalar scalar) {
    return with_integer(scalar, []<class T>() -> Function { return binary<Truth, T, T, F>; });
}

struct Choose {
    template <class T>
    ALKOMP_INLINE static T of(Truth c, T a, T b) {
        return c != 0 ? a : b;
    }
};

Function boolean(Op op) {
    switch (op) {
        case Op::bit_and:
            return binary<Truth, Truth, Truth, And>;
        case Op::bit_or:
            return binary<Truth, Truth, Truth, Or>;
        case Op::bit_xor:
        case Op::ne:
            return binary<Truth, Truth, Truth, Xor>;
        case Op::bit_not:
            return unary<Truth, Truth, Not>;
        case Op::eq:
            return binary<Truth, Truth, Truth, Eq>;
        default:
            return nullptr;
    }
}

}  // namespace

Function ALKOMP_LANES::select(u32 size_bytes) {
    return with_size(size_bytes, []<class T>() -> Function { return ternary<T, Truth, T, T, Choose>; });
}

Function ALKOMP_LANES::integer(Op op, Scalar of) {
    if (of == Scalar::boolean) return boolean(op);
    switch (op) {
        case Op::add:
            return two<Add>(of);
        case Op::sub:
            return two<Sub>(of);
        case Op::mul:
            return two<Mul>(of);
        case Op::div:
            return two<Div>(of);
        case Op::rem:
            return two<Rem>(of);
        case Op::mod:
            return two<Mod>(of);
        case Op::neg:
            return one<Neg>(of);
        case Op::abs:
            return one<Abs>(of);
        case Op::sign:
            return one<Sign>(of);
        case Op::min:
            return two<Min>(of);
        case Op::max:
            return two<Max>(of);
        case Op::clamp:
            return with_integer(of, []<class T>() -> Function { return ternary<T, T, T, T, Clamp>; });
        case Op::bit_and:
            return two<And>(of);
        case Op::bit_or:
            return two<Or>(of);
        case Op::bit_xor:
            return two<Xor>(of);
        case Op::bit_not:
            return one<Not>(of);
        case Op::shl:
            return two<Shl>(of);
        case Op::shr:
            return two<Shr>(of);
        case Op::count_ones:
            return one<CountOnes>(of);
        case Op::find_msb:
            return one<FindMsb>(of);
        case Op::find_lsb:
            return one<FindLsb>(of);
        case Op::reverse_bits:
            return one<Reverse>(of);
        case Op::extract_bits:
            return with_integer(of, []<class T>() -> Function { return ternary<T, T, u32, u32, ExtractBits>; });
        case Op::insert_bits:
            return with_integer(of, []<class T>() -> Function { return insert_bits<T>; });
        case Op::mul_high:
            return two<MulHigh>(of);
        case Op::add_carry:
            return two<Carry>(of);  // the second result; the first is `add`
        case Op::sub_borrow:
            return two<Borrow>(of);
        case Op::eq:
            return compare<Eq>(of);
        case Op::ne:
            return compare<Ne>(of);
        case Op::lt:
            return compare<Lt>(of);
        case Op::le:
            return compare<Le>(of);
        case Op::gt:
            return compare<Gt>(of);
        case Op::ge:
            return compare<Ge>(of);
        default:
            return nullptr;
    }
}

}  // namespace alkomp::backend::reference
