// SPDX-License-Identifier: MIT OR Apache-2.0
// Floats: what is exact or rounded once. Halves are computed as f32 and rounded.
#include "backend/reference/lanes/set.h"

#include <cmath>

namespace alkomp::backend::reference {
namespace {

using ir::Op;

#define ALKOMP_REAL_1(name, value)       \
    struct name {                        \
        template <class T>               \
        ALKOMP_INLINE static T of(T a) { \
            return value;                \
        }                                \
    };
#define ALKOMP_REAL_2(name, value)            \
    struct name {                             \
        template <class T>                    \
        ALKOMP_INLINE static T of(T a, T b) { \
            return value;                     \
        }                                     \
    };
#define ALKOMP_REAL_3(name, value)                 \
    struct name {                                  \
        template <class T>                         \
        ALKOMP_INLINE static T of(T a, T b, T c) { \
            return value;                          \
        }                                          \
    };

ALKOMP_REAL_2(Add, a + b)
ALKOMP_REAL_2(Sub, a - b)
ALKOMP_REAL_2(Mul, a* b)
ALKOMP_REAL_2(Div, a / b)
ALKOMP_REAL_2(Rem, std::fmod(a, b))
ALKOMP_REAL_2(Mod, a - b * std::floor(a / b))
ALKOMP_REAL_2(Min, b < a ? b : a)
ALKOMP_REAL_2(Max, b > a ? b : a)
ALKOMP_REAL_2(Step, b < a ? T(0) : T(1))
ALKOMP_REAL_3(Clamp, Min::of(Max::of(a, b), c))
ALKOMP_REAL_3(Fma, std::fma(a, b, c))
ALKOMP_REAL_3(Mix, a*(T(1) - c) + b * c)
ALKOMP_REAL_1(Sign, a > T(0) ? T(1) : a < T(0) ? T(-1) : T(0))
ALKOMP_REAL_1(Floor, std::floor(a))
ALKOMP_REAL_1(Ceil, std::ceil(a))
ALKOMP_REAL_1(Trunc, std::trunc(a))
ALKOMP_REAL_1(RoundEven, std::nearbyint(a))
ALKOMP_REAL_1(Fract, a - std::floor(a))
ALKOMP_REAL_1(Sqrt, std::sqrt(a))
ALKOMP_REAL_1(Rsqrt, T(1) / std::sqrt(a))
ALKOMP_REAL_1(Degrees, a* T(57.29577951308232087679815))
ALKOMP_REAL_1(Radians, a* T(0.01745329251994329576924))
ALKOMP_REAL_1(Fraction, std::copysign(std::isinf(a) ? T(0) : a - std::trunc(a), a))

struct Smoothstep {
    template <class T>
    ALKOMP_INLINE static T of(T low, T high, T x) {
        const T t = Clamp::of((x - low) / (high - low), T(0), T(1));
        return t * t * (T(3) - T(2) * t);
    }
};

// A functor on wide floats as one on those that are stored.
template <class T, class F>
struct Rounded {
    ALKOMP_INLINE static T of(T a) { return Narrow<T>::of(F::of(widen(a))); }
    ALKOMP_INLINE static T of(T a, T b) { return Narrow<T>::of(F::of(widen(a), widen(b))); }
    ALKOMP_INLINE static T of(T a, T b, T c) { return Narrow<T>::of(F::of(widen(a), widen(b), widen(c))); }
};

// Signs are bits: of NaN too.
struct Neg {
    template <class B>
    ALKOMP_INLINE static B of(B bits) {
        return static_cast<B>(bits ^ B{1} << (8 * sizeof(B) - 1));
    }
};
struct Abs {
    template <class B>
    ALKOMP_INLINE static B of(B bits) {
        return static_cast<B>(bits & static_cast<B>(~(B{1} << (8 * sizeof(B) - 1))));
    }
};

#define ALKOMP_COMPARISON(name, value)             \
    struct name {                                  \
        template <class T>                         \
        ALKOMP_INLINE static Truth of(T x, T y) {  \
            const auto a = widen(x), b = widen(y); \
            return truth(value);                   \
        }                                          \
    };
ALKOMP_COMPARISON(Eq, a == b)
ALKOMP_COMPARISON(Ne, a != b)
ALKOMP_COMPARISON(Lt, a < b)
ALKOMP_COMPARISON(Le, a <= b)
ALKOMP_COMPARISON(Gt, a > b)
ALKOMP_COMPARISON(Ge, a >= b)
struct IsNan {
    template <class T>
    ALKOMP_INLINE static Truth of(T x) {
        return truth(widen(x) != widen(x));
    }
};
struct IsInf {
    template <class T>
    ALKOMP_INLINE static Truth of(T x) {
        const auto a = widen(x);
        return truth(a == static_cast<decltype(a)>(INFINITY) || a == -static_cast<decltype(a)>(INFINITY));
    }
};

struct QuantizeF16 {
    ALKOMP_INLINE static float of(float x) { return widen(Narrow<f16>::of(x)); }
};

template <class F>
Function one(Scalar of) {
    return with_float(of, []<class T>() -> Function { return unary<T, T, Rounded<T, F>>; });
}
template <class F>
Function two(Scalar of) {
    return with_float(of, []<class T>() -> Function { return binary<T, T, T, Rounded<T, F>>; });
}
template <class F>
Function three(Scalar of) {
    return with_float(of, []<class T>() -> Function { return ternary<T, T, T, T, Rounded<T, F>>; });
}
template <class F>
Function on_bits(Scalar of) {
    return with_float(of, []<class T>() -> Function { return unary<Bits<T>, Bits<T>, F>; });
}
template <class F>
Function compare(Scalar of) {
    return with_float(of, []<class T>() -> Function { return binary<Truth, T, T, F>; });
}
template <class F>
Function classify(Scalar of) {
    return with_float(of, []<class T>() -> Function { return unary<Truth, T, F>; });
}

}  // namespace

Function ALKOMP_LANES::real(Op op, Scalar of) {
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
            return on_bits<Neg>(of);
        case Op::abs:
            return on_bits<Abs>(of);
        case Op::sign:
            return one<Sign>(of);
        case Op::min:
            return two<Min>(of);
        case Op::max:
            return two<Max>(of);
        case Op::clamp:
            return three<Clamp>(of);
        case Op::fma:
            return three<Fma>(of);
        case Op::mix:
            return three<Mix>(of);
        case Op::step:
            return two<Step>(of);
        case Op::smoothstep:
            return three<Smoothstep>(of);
        case Op::floor:
            return one<Floor>(of);
        case Op::ceil:
            return one<Ceil>(of);
        case Op::trunc:
            return one<Trunc>(of);
        case Op::round:
        case Op::round_even:
            return one<RoundEven>(of);
        case Op::fract:
            return one<Fract>(of);
        case Op::modf:
            return one<Fraction>(of);  // the second result is `trunc`
        case Op::sqrt:
            return one<Sqrt>(of);
        case Op::rsqrt:
            return one<Rsqrt>(of);
        case Op::degrees:
            return one<Degrees>(of);
        case Op::radians:
            return one<Radians>(of);
        case Op::quantize_f16:
            return of == Scalar::f32 ? unary<f32, f32, QuantizeF16> : nullptr;
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
        case Op::is_nan:
            return classify<IsNan>(of);
        case Op::is_inf:
            return classify<IsInf>(of);
        default:
            return nullptr;
    }
}

}  // namespace alkomp::backend::reference
