// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of cooperative matrices: elements lie by rows, one after the other, over the lanes of the subgroup, then over
// the registers.
#include "backend/reference/lanes/set.h"

namespace alkomp::backend::reference {
namespace {

constexpr u32 kMostElements = 32 * 32;

template <class T>
struct Sum {
    using type = Wide<T>;
};
template <class T>
    requires std::is_integral_v<T>
struct Sum<T> {
    using type = u32;
};

template <class T>
ALKOMP_INLINE typename Sum<T>::type wide(T x) {
    if constexpr (std::is_integral_v<T>) return static_cast<u32>(static_cast<i32>(x));
    else return widen(x);
}
template <class T>
ALKOMP_INLINE T narrow(typename Sum<T>::type x) {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(x);
    else return Narrow<T>::of(x);
}

// x: in the program's lists m, n, k, then the registers of a, b, c and the result. y: saturating.
template <class A, class C>
const Instruction* multiply_add(Team& team, const Instruction* at) {
    using S = typename Sum<C>::type;
    const Program& program = *team.launch->program;
    const u32* list = program.lists.data() + at->x;
    const u32 m = list[0], n = list[1], k = list[2], size = program.subgroup_size;
    const u32 *as = list + 3, *bs = as + m * k / size, *cs = bs + k * n / size, *ds = cs + m * n / size;
    S a[kMostElements], b[kMostElements], c[kMostElements];
    for (u32 first = 0; first + size <= program.invocations; first += size) {
        for (u32 i = 0; i < m * k; ++i) a[i] = static_cast<S>(wide(column<A>(team, as[i / size])[first + i % size]));
        for (u32 i = 0; i < k * n; ++i) b[i] = static_cast<S>(wide(column<A>(team, bs[i / size])[first + i % size]));
        for (u32 i = 0; i < m * n; ++i) c[i] = wide(column<C>(team, cs[i / size])[first + i % size]);
        for (u32 row = 0; row < m; ++row)
            for (u32 inner = 0; inner < k; ++inner)
                for (u32 to = 0; to < n; ++to) c[row * n + to] += a[row * k + inner] * b[inner * n + to];
        for (u32 i = 0; i < m * n; ++i) column<C>(team, ds[i / size])[first + i % size] = narrow<C>(c[i]);
    }
    return at + 1;
}

}  // namespace

Function ALKOMP_LANES::multiply_add(Scalar a, Scalar c) {
    switch (c) {
        case Scalar::f16:
            return a == Scalar::f16 ? reference::multiply_add<f16, f16> : nullptr;
        case Scalar::f32:
            if (a == Scalar::f16) return reference::multiply_add<f16, f32>;
            if (a == Scalar::bf16) return reference::multiply_add<bf16, f32>;
            return a == Scalar::f32 ? reference::multiply_add<f32, f32> : nullptr;
        case Scalar::f64:
            return a == Scalar::f64 ? reference::multiply_add<f64, f64> : nullptr;
        case Scalar::i32:
        case Scalar::u32:
            if (a == Scalar::i8) return reference::multiply_add<i8, u32>;
            return a == Scalar::u8 ? reference::multiply_add<u8, u32> : nullptr;
        default:
            return nullptr;
    }
}

}  // namespace alkomp::backend::reference
