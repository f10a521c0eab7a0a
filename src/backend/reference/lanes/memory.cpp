// SPDX-License-Identifier: MIT OR Apache-2.0
// Loads, stores and atomics. Where a lane reaches is one class for each way of reaching; what it does there is the
// same code for all of them.
#include "backend/reference/lanes/set.h"

#include "backend/reference/lanes/atomic.h"

namespace alkomp::backend::reference {
namespace {

using ir::Op;

// A kernel may race, and then gets one value or the other: that is its user's fault, not this file's. ThreadSanitizer is
// therefore shown relaxed atomics; against the host's own accesses it still finds races.
#if defined(__SANITIZE_THREAD__)
constexpr bool kShowsAtomics = true;
#elif defined(__has_feature)
constexpr bool kShowsAtomics = __has_feature(thread_sanitizer);
#else
constexpr bool kShowsAtomics = false;
#endif

ALKOMP_INLINE bool inside(u64 place, u32 size, u64 end) { return place <= end && size <= end - place; }

// Each gives the memory of a lane; null: outside.
template <u32 Size>
class Fixed {
public:
    Fixed(Team& team, const Instruction* at) {
        const Binding& binding = team.bindings[at->x];
        place_ = inside(at->y, Size, binding.size_bytes) ? binding.base + at->y : nullptr;
    }
    ALKOMP_INLINE std::byte* operator[](u32) const { return place_; }

private:
    std::byte* place_;
};
template <u32 Size>
class Element {
public:
    Element(Team& team, const Instruction* at) : index_(column<u32>(team, at->a)), stride_(at->c) {
        const Binding& binding = team.bindings[at->x];
        base_ = binding.base + at->y;
        if (inside(at->y, Size, binding.size_bytes)) count_ = (binding.size_bytes - at->y - Size) / stride_ + 1;
    }
    ALKOMP_INLINE std::byte* operator[](u32 lane) const {
        return index_[lane] < count_ ? base_ + u64{index_[lane]} * stride_ : nullptr;
    }
    /// Lanes that reach one element after the other, all inside.
    [[nodiscard]] bool is_row(u32 lanes) const {
        if (stride_ != Size || kShowsAtomics) return false;
        const u32 first = index_[0];
        if (first + u64{lanes} > count_) return false;
        u32 differs = 0;
        for (u32 lane = 0; lane < lanes; ++lane) differs |= index_[lane] ^ (first + lane);
        return differs == 0;
    }

private:
    const u32* index_;
    std::byte* base_;
    u64 count_ = 0;
    u64 stride_;
};
template <u32 Size>
class Offset {
public:
    Offset(Team& team, const Instruction* at)
        : offset_(column<u64>(team, at->a)), binding_(team.bindings[at->x]), behind_(at->y) {}
    ALKOMP_INLINE std::byte* operator[](u32 lane) const {
        const u64 place = offset_[lane] + behind_;
        return inside(place, Size, binding_.size_bytes) ? binding_.base + place : nullptr;
    }

private:
    const u64* offset_;
    Binding binding_;
    u64 behind_;
};
template <u32 Size>
class Rooted {
public:
    Rooted(Team& team, const Instruction* at)
        : offset_(column<u64>(team, at->a)), root_(column<u32>(team, at->x)), team_(team), behind_(at->y) {}
    ALKOMP_INLINE std::byte* operator[](u32 lane) const {
        if (root_[lane] > team_.launch->program->bindings) return nullptr;  // undefined
        const Binding& binding = team_.bindings[root_[lane]];
        const u64 place = offset_[lane] + behind_;
        return inside(place, Size, binding.size_bytes) ? binding.base + place : nullptr;
    }

private:
    const u64* offset_;
    const u32* root_;
    const Team& team_;
    u64 behind_;
};
template <u32 Size>
class Address {
public:
    Address(Team& team, const Instruction* at) : address_(column<u64>(team, at->a)), team_(team), behind_(at->y) {}
    std::byte* operator[](u32 lane) const {
        const u64 address = address_[lane] + behind_;
        if (!holds(address)) team_.recent = team_.launch->memory->find(address);
        return holds(address) ? team_.recent.base + (address - start()) : nullptr;
    }

private:
    [[nodiscard]] u64 start() const { return reinterpret_cast<std::uintptr_t>(team_.recent.base); }
    [[nodiscard]] bool holds(u64 address) const {
        return address >= start() && inside(address - start(), Size, team_.recent.size_bytes);
    }
    const u64* address_;
    Team& team_;
    u64 behind_;
};
// Indices into these are clamped before.
template <u32>
class Shared {
public:
    Shared(Team& team, const Instruction* at) : base_(team.shared + at->y), offset_(column<u32>(team, at->a)) {}
    ALKOMP_INLINE std::byte* operator[](u32 lane) const { return base_ + offset_[lane]; }

private:
    std::byte* base_;
    const u32* offset_;
};
/// The lane's own memory: each place in it is a column.
template <u32 Size>
class Local {
public:
    Local(Team& team, const Instruction* at)
        : base_(team.local + u64{at->y} * team.lanes), offset_(column<u32>(team, at->a)), lanes_(team.lanes) {}
    ALKOMP_INLINE std::byte* operator[](u32 lane) const {
        return base_ + u64{offset_[lane]} * lanes_ + u64{lane} * Size;
    }

private:
    std::byte* base_;
    const u32* offset_;
    u64 lanes_;
};
template <u32 Size>
class Slot {
public:
    Slot(Team& team, const Instruction* at) : base_(team.local + u64{at->y} * team.lanes) {}
    ALKOMP_INLINE std::byte* operator[](u32 lane) const { return base_ + u64{lane} * Size; }

private:
    std::byte* base_;
};

template <class T>
ALKOMP_INLINE T read(const std::byte* place) {
    T value;
    if constexpr (kShowsAtomics) {
        if (reinterpret_cast<std::uintptr_t>(place) % sizeof value == 0)
            return __atomic_load_n(reinterpret_cast<const T*>(place), __ATOMIC_RELAXED);
    }
    __builtin_memcpy(&value, place, sizeof value);
    return value;
}
template <class T>
ALKOMP_INLINE void write(std::byte* place, T value) {
    if constexpr (kShowsAtomics) {
        if (reinterpret_cast<std::uintptr_t>(place) % sizeof value == 0) {
            __atomic_store_n(reinterpret_cast<T*>(place), value, __ATOMIC_RELAXED);
            return;
        }
    }
    __builtin_memcpy(place, &value, sizeof value);
}

template <class T, template <u32> class Reach>
const Instruction* load_by(Team& team, const Instruction* at) {
    using Places = Reach<sizeof(T)>;
    T* to = column<T>(team, at->to);
    const Places places(team, at);
    if constexpr (std::is_same_v<Places, Fixed<sizeof(T)>>) {
        const T value = places[0] != nullptr ? read<T>(places[0]) : T{0};
        each_lane(team, [&](u32 lane) { to[lane] = value; });
    } else if constexpr (std::is_same_v<Places, Slot<sizeof(T)>>) {
        __builtin_memcpy(to, places[0], sizeof(T) * team.lanes);
    } else {
        const Truth* mask = column<Truth>(team, kMask);
        if constexpr (std::is_same_v<Places, Element<sizeof(T)>>) {
            if (places.is_row(team.lanes)) {
                __builtin_memcpy(to, places[0], sizeof(T) * team.lanes);
                return at + 1;
            }
        }
        // Lanes that are elsewhere have no place to reach: what their columns hold may be anything.
        for (u32 lane = 0; lane < team.lanes; ++lane) {
            if (mask[lane] == 0) continue;
            const std::byte* place = places[lane];
            to[lane] = place != nullptr ? read<T>(place) : T{0};
        }
    }
    return at + 1;
}

ALKOMP_INLINE bool is_full(const Team& team) {
    const Truth* mask = column<Truth>(team, kMask);
    Truth all = kTrue;
    for (u32 lane = 0; lane < (team.lanes & ~(kLaneMultiple - 1)); ++lane) all &= mask[lane];
    return all != 0;
}

template <class T, template <u32> class Reach>
const Instruction* store_by(Team& team, const Instruction* at) {
    using Places = Reach<sizeof(T)>;
    const T* value = column<T>(team, at->b);
    const Truth* mask = column<Truth>(team, kMask);
    const Places places(team, at);
    if constexpr (std::is_same_v<Places, Slot<sizeof(T)>>) {
        T* to = reinterpret_cast<T*>(places[0]);
        each_lane(team, [&](u32 lane) { to[lane] = mask[lane] != 0 ? value[lane] : to[lane]; });
        return at + 1;
    }
    if constexpr (std::is_same_v<Places, Element<sizeof(T)>>) {
        if (is_full(team) && places.is_row(team.lanes)) {
            __builtin_memcpy(places[0], value, sizeof(T) * team.lanes);
            return at + 1;
        }
    }
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        if (mask[lane] == 0) continue;
        std::byte* place = places[lane];
        if (place != nullptr) write(place, value[lane]);
    }
    return at + 1;
}

// Where memory lies --------------------------------------------------------------------------------

template <bool kIsRooted>
ALKOMP_INLINE const Binding& binding_of(const Team& team, const Instruction* at, u32 lane) {
    if constexpr (!kIsRooted) return team.bindings[at->x];
    else {
        const u32 root = column<u32>(team, at->x)[lane];
        return team.bindings[root <= team.launch->program->bindings ? root : 0];
    }
}
template <bool kIsRooted>
const Instruction* address_by(Team& team, const Instruction* at) {
    u64* to = column<u64>(team, at->to);
    const u64* place = column<u64>(team, at->a);
    for (u32 lane = 0; lane < team.lanes; ++lane)
        to[lane] = reinterpret_cast<std::uintptr_t>(binding_of<kIsRooted>(team, at, lane).base) + place[lane] + at->y;
    return at + 1;
}
template <bool kIsRooted>
const Instruction* length_by(Team& team, const Instruction* at) {
    u32* to = column<u32>(team, at->to);
    const u64* place = column<u64>(team, at->a);
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        const u64 end = binding_of<kIsRooted>(team, at, lane).size_bytes, begin = place[lane] + at->y;
        to[lane] = begin < end ? static_cast<u32>((end - begin) / at->c) : 0;
    }
    return at + 1;
}

// Atomics ------------------------------------------------------------------------------------------

template <class T>
ALKOMP_INLINE T sum_of(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(static_cast<Bits<T>>(a) + static_cast<Bits<T>>(b));
    } else return Narrow<T>::of(widen(a) + widen(b));
}
template <class T>
ALKOMP_INLINE bool is_less(T a, T b) {
    if constexpr (std::is_integral_v<T>) return a < b;
    else return widen(a) < widen(b);
}

template <class T, Op op>
ALKOMP_INLINE T changed(T there, T by) {
    if constexpr (op == Op::atomic_add) return sum_of(there, by);
    else if constexpr (op == Op::atomic_sub)
        return static_cast<T>(static_cast<Bits<T>>(there) - static_cast<Bits<T>>(by));
    else if constexpr (op == Op::atomic_min) return is_less(by, there) ? by : there;
    else if constexpr (op == Op::atomic_max) return is_less(there, by) ? by : there;
    else if constexpr (op == Op::atomic_and) return static_cast<T>(there & by);
    else if constexpr (op == Op::atomic_or) return static_cast<T>(there | by);
    else return static_cast<T>(there ^ by);
}

template <class T, Op op>
ALKOMP_INLINE Bits<T> apply(std::byte* place, const Team& team, const Instruction* at, u32 lane) {
    using B = Bits<T>;
    const AtomicPlace<B> there(place);
    if constexpr (op == Op::atomic_load) return there.load();
    else {
        const B by = column<B>(team, at->b)[lane];
        if constexpr (op == Op::atomic_store) {
            there.store(by);
            return by;
        } else if constexpr (op == Op::atomic_exchange) {
            return there.exchange(by);
        } else if constexpr (op == Op::atomic_compare_exchange) {
            B expected = by;
            there.compare_exchange(expected, column<B>(team, at->c)[lane]);
            return expected;
        } else if constexpr (op == Op::atomic_add && std::is_integral_v<T>) {
            return there.fetch_add(by);
        } else {
            B before = there.load();
            while (!there.compare_exchange(before, bits_as<B>(changed<T, op>(bits_as<T>(before), bits_as<T>(by))))) {
            }
            return before;
        }
    }
}

template <class T, Op op, template <u32> class Reach>
const Instruction* atomic_by(Team& team, const Instruction* at) {
    using B = Bits<T>;
    const Reach<sizeof(T)> places(team, at);
    B* to = column<B>(team, at->to);
    const Truth* mask = column<Truth>(team, kMask);
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        if (mask[lane] == 0) continue;
        std::byte* place = places[lane];
        const bool is_right = place != nullptr && reinterpret_cast<std::uintptr_t>(place) % sizeof(T) == 0;
        const B before = is_right ? apply<T, op>(place, team, at, lane) : B{0};
        if constexpr (op != Op::atomic_store) to[lane] = before;
    }
    return at + 1;
}

template <class T, Op op>
Function atomic_with(Reach reach) {
    switch (reach) {
        case Reach::offset:
            return atomic_by<T, op, Offset>;
        case Reach::rooted:
            return atomic_by<T, op, Rooted>;
        case Reach::address:
            return atomic_by<T, op, Address>;
        case Reach::shared:
            return atomic_by<T, op, Shared>;
        default:
            return nullptr;
    }
}
template <Op op>
Function on_integers(Reach reach, Scalar of) {
    switch (of) {
        case Scalar::i32:
            return atomic_with<i32, op>(reach);
        case Scalar::u32:
            return atomic_with<u32, op>(reach);
        case Scalar::i64:
            return atomic_with<i64, op>(reach);
        case Scalar::u64:
            return atomic_with<u64, op>(reach);
        default:
            return nullptr;
    }
}
template <Op op>
Function on_floats(Reach reach, Scalar of) {
    return with_float(of, [&]<class T>() -> Function { return atomic_with<T, op>(reach); });
}
template <Op op>
Function on_bits(Reach reach, u32 size_bytes) {
    switch (size_bytes) {
        case 2:
            return atomic_with<u16, op>(reach);
        case 4:
            return atomic_with<u32, op>(reach);
        case 8:
            return atomic_with<u64, op>(reach);
        default:
            return nullptr;
    }
}

}  // namespace

Function ALKOMP_LANES::load(Reach reach, u32 size_bytes) {
    return with_size(size_bytes, [&]<class T>() -> Function {
        switch (reach) {
            case Reach::fixed:
                return load_by<T, Fixed>;
            case Reach::element:
                return load_by<T, Element>;
            case Reach::offset:
                return load_by<T, Offset>;
            case Reach::rooted:
                return load_by<T, Rooted>;
            case Reach::address:
                return load_by<T, Address>;
            case Reach::shared:
                return load_by<T, Shared>;
            case Reach::local:
                return load_by<T, Local>;
            case Reach::slot:
                return load_by<T, Slot>;
        }
        return nullptr;
    });
}

Function ALKOMP_LANES::store(Reach reach, u32 size_bytes) {
    return with_size(size_bytes, [&]<class T>() -> Function {
        switch (reach) {
            case Reach::fixed:
                return store_by<T, Fixed>;
            case Reach::element:
                return store_by<T, Element>;
            case Reach::offset:
                return store_by<T, Offset>;
            case Reach::rooted:
                return store_by<T, Rooted>;
            case Reach::address:
                return store_by<T, Address>;
            case Reach::shared:
                return store_by<T, Shared>;
            case Reach::local:
                return store_by<T, Local>;
            case Reach::slot:
                return store_by<T, Slot>;
        }
        return nullptr;
    });
}

Function ALKOMP_LANES::address(bool rooted) { return rooted ? address_by<true> : address_by<false>; }
Function ALKOMP_LANES::length(bool rooted) { return rooted ? length_by<true> : length_by<false>; }

Function ALKOMP_LANES::atomic(Op op, Reach reach, Scalar of) {
    const bool is_float = of == Scalar::f16 || of == Scalar::bf16 || of == Scalar::f32 || of == Scalar::f64;
    switch (op) {
        case Op::atomic_load:
            return on_bits<Op::atomic_load>(reach, size_bytes(of));
        case Op::atomic_store:
            return on_bits<Op::atomic_store>(reach, size_bytes(of));
        case Op::atomic_exchange:
            return on_bits<Op::atomic_exchange>(reach, size_bytes(of));
        case Op::atomic_compare_exchange:
            return on_bits<Op::atomic_compare_exchange>(reach, size_bytes(of));
        case Op::atomic_add:
            return is_float ? on_floats<Op::atomic_add>(reach, of) : on_integers<Op::atomic_add>(reach, of);
        case Op::atomic_min:
            return is_float ? on_floats<Op::atomic_min>(reach, of) : on_integers<Op::atomic_min>(reach, of);
        case Op::atomic_max:
            return is_float ? on_floats<Op::atomic_max>(reach, of) : on_integers<Op::atomic_max>(reach, of);
        case Op::atomic_sub:
            return on_integers<Op::atomic_sub>(reach, of);
        case Op::atomic_and:
            return on_integers<Op::atomic_and>(reach, of);
        case Op::atomic_or:
            return on_integers<Op::atomic_or>(reach, of);
        case Op::atomic_xor:
            return on_integers<Op::atomic_xor>(reach, of);
        default:
            return nullptr;
    }
}

}  // namespace alkomp::backend::reference
