// SPDX-License-Identifier: MIT OR Apache-2.0
// What lanes tell each other: the lanes of a subgroup that the mask holds. No result lies where an operand does.
#include "backend/reference/lanes/set.h"

#include <limits>

namespace alkomp::backend::reference {
namespace {

using ir::Combine;
using ir::Op;
using ir::Scan;

// Calls `f(first, end)` for the lanes of each subgroup, or of each part of so many lanes.
template <class F>
ALKOMP_INLINE void each_part(const Team& team, u32 cluster, F&& f) {
    const Program& program = *team.launch->program;
    const u32 size = cluster == 0 ? program.subgroup_size : cluster;
    for (u32 group = 0; group < program.groups_per_team; ++group) {
        const u32 begin = group * program.invocations, end = begin + program.invocations;
        for (u32 first = begin; first < end; first += size) f(first, first + size < end ? first + size : end);
    }
}

// One truth for all lanes of the subgroup, from the mask and a column of truths.
template <class F>
const Instruction* vote(Team& team, const Instruction* at, F&& f) {
    Truth* to = column<Truth>(team, at->to);
    const Truth *mask = column<Truth>(team, kMask), *a = column<Truth>(team, at->a);
    each_part(team, 0, [&](u32 first, u32 end) {
        Truth any = 0, all = kTrue;
        for (u32 lane = first; lane < end; ++lane) {
            any |= mask[lane] & a[lane];
            all &= ~mask[lane] | a[lane];
        }
        const Truth result = f(any, all);
        for (u32 lane = first; lane < end; ++lane) to[lane] = result;
    });
    return at + 1;
}
const Instruction* any(Team& team, const Instruction* at) {
    return vote(team, at, [](Truth any, Truth) { return any; });
}
const Instruction* all(Team& team, const Instruction* at) {
    return vote(team, at, [](Truth, Truth all) { return all; });
}
const Instruction* elect(Team& team, const Instruction* at) {
    Truth* to = column<Truth>(team, at->to);
    const Truth* mask = column<Truth>(team, kMask);
    each_part(team, 0, [&](u32 first, u32 end) {
        Truth open = kTrue;
        for (u32 lane = first; lane < end; ++lane) {
            to[lane] = mask[lane] & open;
            open &= ~mask[lane];
        }
    });
    return at + 1;
}
template <class T>
const Instruction* all_equal(Team& team, const Instruction* at) {
    Truth* to = column<Truth>(team, at->to);
    const Truth* mask = column<Truth>(team, kMask);
    const T* a = column<T>(team, at->a);
    each_part(team, 0, [&](u32 first, u32 end) {
        bool found = false, same = true;
        T value{};
        for (u32 lane = first; lane < end; ++lane) {
            if (mask[lane] == 0) continue;
            if (found) same = same && a[lane] == value;
            else value = a[lane];
            found = true;
        }
        for (u32 lane = first; lane < end; ++lane) to[lane] = truth(same);
    });
    return at + 1;
}
const Instruction* ballot(Team& team, const Instruction* at) {  // the word x of four
    u32* to = column<u32>(team, at->to);
    const Truth *mask = column<Truth>(team, kMask), *a = column<Truth>(team, at->a);
    each_part(team, 0, [&](u32 first, u32 end) {
        u64 bits = 0;
        for (u32 lane = first; lane < end; ++lane) bits |= static_cast<u64>(mask[lane] & a[lane] & 1) << (lane - first);
        const u32 word = at->x > 1 ? 0 : static_cast<u32>(bits >> (32 * at->x));
        for (u32 lane = first; lane < end; ++lane) to[lane] = word;
    });
    return at + 1;
}

// Of another lane; 0 where that one does not take part. x: the number of rotate and quad_swap.
template <class T, Op op>
const Instruction* from_lane(Team& team, const Instruction* at) {
    T* to = column<T>(team, at->to);
    const T* a = column<T>(team, at->a);
    const u32* b = column<u32>(team, at->b);
    const Truth* mask = column<Truth>(team, kMask);
    each_part(team, 0, [&](u32 first, u32 end) {
        u32 elected = 0;
        while (elected + 1 < end - first && mask[first + elected] == 0) ++elected;
        for (u32 lane = 0; lane < end - first; ++lane) {
            const u32 by = b[first + lane];
            u32 from = by;
            if constexpr (op == Op::subgroup_broadcast_first) from = elected;
            if constexpr (op == Op::subgroup_shuffle_xor) from = lane ^ by;
            if constexpr (op == Op::subgroup_shuffle_up) from = lane - by;
            if constexpr (op == Op::subgroup_shuffle_down) from = lane + by;
            if constexpr (op == Op::subgroup_rotate) from = (lane & ~(at->x - 1)) | ((lane + by) & (at->x - 1));
            if constexpr (op == Op::quad_broadcast) from = (lane & ~3u) | (by & 3);
            if constexpr (op == Op::quad_swap) from = lane ^ (at->x + 1);
            const bool takes_part = from < end - first && mask[first + from] != 0;
            to[first + lane] = takes_part ? a[first + from] : T{0};
        }
    });
    return at + 1;
}

template <class T>
ALKOMP_INLINE T combined(Combine how, T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        using B = Bits<T>;
        using W = std::conditional_t<sizeof(T) == 8, u64, u32>;
        switch (how) {
            case Combine::add:
                return static_cast<T>(static_cast<W>(static_cast<B>(a)) + static_cast<B>(b));
            case Combine::mul:
                return static_cast<T>(static_cast<W>(static_cast<B>(a)) * static_cast<W>(static_cast<B>(b)));
            case Combine::min:
                return b < a ? b : a;
            case Combine::max:
                return b > a ? b : a;
            case Combine::bit_and:
                return static_cast<T>(a & b);
            case Combine::bit_or:
                return static_cast<T>(a | b);
            case Combine::bit_xor:
                return static_cast<T>(a ^ b);
        }
    } else {
        const auto x = widen(a), y = widen(b);
        switch (how) {
            case Combine::add:
                return Narrow<T>::of(x + y);
            case Combine::mul:
                return Narrow<T>::of(x * y);
            case Combine::min:
                return y < x || x != x ? b : a;
            case Combine::max:
                return y > x || x != x ? b : a;
            default:
                break;
        }
    }
    return a;
}
template <class T>
ALKOMP_INLINE T identity(Combine how) {
    if constexpr (std::is_integral_v<T>) {
        switch (how) {
            case Combine::mul:
                return T{1};
            case Combine::min:
                return std::numeric_limits<T>::max();
            case Combine::max:
                return std::numeric_limits<T>::min();
            case Combine::bit_and:
                return static_cast<T>(~T{0});
            default:
                return T{0};
        }
    } else {
        using W = Wide<T>;
        switch (how) {
            case Combine::mul:
                return Narrow<T>::of(W(1));
            case Combine::min:
                return Narrow<T>::of(std::numeric_limits<W>::infinity());
            case Combine::max:
                return Narrow<T>::of(-std::numeric_limits<W>::infinity());
            default:
                return Narrow<T>::of(W(0));
        }
    }
}

// x: how; y: of a reduction the lanes of a part, else 0.
template <class T, Scan scan>
const Instruction* combine(Team& team, const Instruction* at) {
    T* to = column<T>(team, at->to);
    const T* a = column<T>(team, at->a);
    const Truth* mask = column<Truth>(team, kMask);
    const auto how = static_cast<Combine>(at->x);
    each_part(team, at->y, [&](u32 first, u32 end) {
        bool found = false;
        T sum = identity<T>(how);
        for (u32 lane = first; lane < end; ++lane) {
            if (mask[lane] == 0) continue;
            if constexpr (scan == Scan::exclusive) to[lane] = sum;
            sum = found ? combined(how, sum, a[lane]) : a[lane];
            found = true;
            if constexpr (scan == Scan::inclusive) to[lane] = sum;
        }
        if constexpr (scan == Scan::reduce)
            for (u32 lane = first; lane < end; ++lane) to[lane] = sum;
    });
    return at + 1;
}

template <Op op>
Function moved(u32 size_bytes) {
    return with_size(size_bytes, []<class T>() -> Function { return from_lane<T, op>; });
}

}  // namespace

Function ALKOMP_LANES::vote(Op op, u32 size_bytes) {
    switch (op) {
        case Op::subgroup_elect:
            return elect;
        case Op::subgroup_all:
            return all;
        case Op::subgroup_any:
            return any;
        case Op::subgroup_ballot:
            return ballot;
        case Op::subgroup_all_equal:
            return with_size(size_bytes, []<class T>() -> Function { return all_equal<T>; });
        default:
            return nullptr;
    }
}

Function ALKOMP_LANES::from_lane(Op op, u32 size_bytes) {
    switch (op) {
        case Op::subgroup_broadcast:
        case Op::subgroup_shuffle:
            return moved<Op::subgroup_shuffle>(size_bytes);
        case Op::subgroup_broadcast_first:
            return moved<Op::subgroup_broadcast_first>(size_bytes);
        case Op::subgroup_shuffle_xor:
            return moved<Op::subgroup_shuffle_xor>(size_bytes);
        case Op::subgroup_shuffle_up:
            return moved<Op::subgroup_shuffle_up>(size_bytes);
        case Op::subgroup_shuffle_down:
            return moved<Op::subgroup_shuffle_down>(size_bytes);
        case Op::subgroup_rotate:
            return moved<Op::subgroup_rotate>(size_bytes);
        case Op::quad_broadcast:
            return moved<Op::quad_broadcast>(size_bytes);
        case Op::quad_swap:
            return moved<Op::quad_swap>(size_bytes);
        default:
            return nullptr;
    }
}

Function ALKOMP_LANES::combine(Scan scan, Scalar of) {
    if (of == Scalar::boolean) of = Scalar::u32;  // of bits alone
    return with_number(of, [&]<class T>() -> Function {
        switch (scan) {
            case Scan::reduce:
                return reference::combine<T, Scan::reduce>;
            case Scan::inclusive:
                return reference::combine<T, Scan::inclusive>;
            case Scan::exclusive:
                return reference::combine<T, Scan::exclusive>;
        }
        return nullptr;
    });
}

}  // namespace alkomp::backend::reference
