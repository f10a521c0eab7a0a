// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions that the C library computes, halves and f32 as f32: closer than Vulkan asks for.
#include "backend/reference/lanes/set.h"

#include <cmath>

namespace alkomp::backend::reference {
namespace {

using ir::Op;

#define ALKOMP_FUNCTION_1(name, function)             \
    struct name {                                     \
        template <class T>                            \
        ALKOMP_INLINE static T of(T a) {              \
            return Narrow<T>::of(function(widen(a))); \
        }                                             \
    };
#define ALKOMP_FUNCTION_2(name, function)                       \
    struct name {                                               \
        template <class T>                                      \
        ALKOMP_INLINE static T of(T a, T b) {                   \
            return Narrow<T>::of(function(widen(a), widen(b))); \
        }                                                       \
    };

ALKOMP_FUNCTION_1(Exp, std::exp)
ALKOMP_FUNCTION_1(Exp2, std::exp2)
ALKOMP_FUNCTION_1(Log, std::log)
ALKOMP_FUNCTION_1(Log2, std::log2)
ALKOMP_FUNCTION_1(Sin, std::sin)
ALKOMP_FUNCTION_1(Cos, std::cos)
ALKOMP_FUNCTION_1(Tan, std::tan)
ALKOMP_FUNCTION_1(Asin, std::asin)
ALKOMP_FUNCTION_1(Acos, std::acos)
ALKOMP_FUNCTION_1(Atan, std::atan)
ALKOMP_FUNCTION_1(Sinh, std::sinh)
ALKOMP_FUNCTION_1(Cosh, std::cosh)
ALKOMP_FUNCTION_1(Tanh, std::tanh)
ALKOMP_FUNCTION_1(Asinh, std::asinh)
ALKOMP_FUNCTION_1(Acosh, std::acosh)
ALKOMP_FUNCTION_1(Atanh, std::atanh)
ALKOMP_FUNCTION_2(Pow, std::pow)
ALKOMP_FUNCTION_2(Atan2, std::atan2)

struct Ldexp {
    template <class T>
    ALKOMP_INLINE static T of(T a, i32 exponent) {
        return Narrow<T>::of(std::ldexp(widen(a), exponent));
    }
};
struct Fraction {
    template <class T>
    ALKOMP_INLINE static T of(T a) {
        int exponent = 0;
        return Narrow<T>::of(std::frexp(widen(a), &exponent));
    }
};
struct Exponent {
    template <class T>
    ALKOMP_INLINE static i32 of(T a) {
        int exponent = 0;
        const auto x = widen(a);
        if (x - x != 0) return 0;  // neither infinities nor NaN have one
        std::frexp(x, &exponent);
        return exponent;
    }
};

template <class F>
Function one(Scalar of) {
    return with_float(of, []<class T>() -> Function { return unary<T, T, F>; });
}
template <class F>
Function two(Scalar of) {
    return with_float(of, []<class T>() -> Function { return binary<T, T, T, F>; });
}

}  // namespace

Function ALKOMP_LANES::exponent(Scalar of) {
    return with_float(of, []<class T>() -> Function { return unary<i32, T, Exponent>; });
}

Function ALKOMP_LANES::transcendental(Op op, Scalar of) {
    switch (op) {
        case Op::exp:
            return one<Exp>(of);
        case Op::exp2:
            return one<Exp2>(of);
        case Op::log:
            return one<Log>(of);
        case Op::log2:
            return one<Log2>(of);
        case Op::pow:
            return two<Pow>(of);
        case Op::sin:
            return one<Sin>(of);
        case Op::cos:
            return one<Cos>(of);
        case Op::tan:
            return one<Tan>(of);
        case Op::asin:
            return one<Asin>(of);
        case Op::acos:
            return one<Acos>(of);
        case Op::atan:
            return one<Atan>(of);
        case Op::atan2:
            return two<Atan2>(of);
        case Op::sinh:
            return one<Sinh>(of);
        case Op::cosh:
            return one<Cosh>(of);
        case Op::tanh:
            return one<Tanh>(of);
        case Op::asinh:
            return one<Asinh>(of);
        case Op::acosh:
            return one<Acosh>(of);
        case Op::atanh:
            return one<Atanh>(of);
        case Op::frexp:
            return one<Fraction>(of);  // the second result is `exponent`
        case Op::ldexp:
            return with_float(of, []<class T>() -> Function { return binary<T, T, i32, Ldexp>; });
        default:
            return nullptr;
    }
}

}  // namespace alkomp::backend::reference
