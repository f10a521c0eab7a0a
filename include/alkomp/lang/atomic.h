// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomic operations on elements of buffers and shared memory, and what orders one invocation's accesses for others.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {

/// What else an atomic operation or fence orders: nothing, what follows, what came before, or both.
enum class MemoryOrder : u8 { relaxed, acquire, release, acquire_release };
/// For which invocations.
enum class MemoryScope : u8 { subgroup, workgroup, device };

struct AtomicOptions {
    MemoryOrder order = MemoryOrder::relaxed;
    MemoryScope scope = MemoryScope::device;  ///< in shared memory never more than the workgroup
};

namespace detail {

template <class P>
constexpr void check_atomic() {
    check_place<P>();
    constexpr bool is_number = Number<ValueOf<P>> && kScalar<ValueOf<P>> != Scalar::boolean;
    static_assert(is_number, "alkomp: an atomic is on one number: no bool, vector, struct or array.");
}
template <class P, class... Values>
Val<ValueOf<P>> atomic_on(std::string_view op, const P& place, AtomicOptions options, const Input& first,
                          const Values&... more) {
    if constexpr (DeviceTypeOf<P>::is_place)
        return Val<ValueOf<P>>(atomic(op, place.pointer(), {first.node, more.node...}, static_cast<u8>(options.order),
                                      static_cast<u8>(options.scope), first.place));
    else return Val<ValueOf<P>>(Node());  // refused above
}

}  // namespace detail

// Each gives what was there before.
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_add(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_add", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_sub(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_sub", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_min(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_min", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_max(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_max", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_and(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_and", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_or(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_or", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_xor(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_xor", place, options, value);
}
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_exchange(P&& place, detail::Assigned<detail::ValueOf<P>> value,
                                        AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_exchange", place, options, value);
}
/// Puts `desired` where `expected` is.
template <detail::DeviceValue P>
Val<detail::ValueOf<P>> atomic_compare_exchange(P&& place, detail::Assigned<detail::ValueOf<P>> expected,
                                                detail::Assigned<detail::ValueOf<P>> desired,
                                                AtomicOptions options = {}) {
    detail::check_atomic<P>();
    return detail::atomic_on("atomic_compare_exchange", place, options, expected, desired);
}
template <detail::DeviceValue P>
[[nodiscard]] Val<detail::ValueOf<P>> atomic_load(P&& place, AtomicOptions options = {}, detail::Place where = {}) {
    detail::check_atomic<P>();
    return Val<detail::ValueOf<P>>(detail::atomic("atomic_load", place.pointer(), {}, static_cast<u8>(options.order),
                                                  static_cast<u8>(options.scope), where));
}
template <detail::DeviceValue P>
void atomic_store(P&& place, detail::Assigned<detail::ValueOf<P>> value, AtomicOptions options = {}) {
    detail::check_atomic<P>();
    detail::atomic("atomic_store", place.pointer(), {value.node}, static_cast<u8>(options.order),
                   static_cast<u8>(options.scope), value.place);
}

/// Waits for all invocations of the workgroup; each sees what the others wrote before to buffers and shared memory. All
/// of them have to come to it. A kernel with barriers is called with `groups`.
inline void barrier(detail::Place place = {}) { detail::apply("barrier", {}, place, nullptr, {2, 3}); }
/// The same for the subgroup.
inline void subgroup_barrier(detail::Place place = {}) { detail::apply("barrier", {}, place, nullptr, {1, 3}); }
/// Orders this invocation's accesses before and after it for others that synchronise with it through atomics.
inline void fence(MemoryOrder order = MemoryOrder::acquire_release, MemoryScope scope = MemoryScope::device,
                  detail::Place place = {}) {
    detail::apply("fence", {}, place, nullptr, {static_cast<u32>(order), static_cast<u32>(scope) + 1, 3});
}

}  // namespace alkomp
