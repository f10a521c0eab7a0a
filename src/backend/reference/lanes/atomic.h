// SPDX-License-Identifier: MIT OR Apache-2.0
// Indivisible access to memory that is not declared as atomic.
#pragma once

#include "backend/reference/lanes/number.h"

#include <atomic>

namespace alkomp::backend::reference {
namespace {

/// Ordered as strongly as any kernel asks: all atomics of a kernel acquire and release.
template <class B>
class AtomicPlace {
public:
    ALKOMP_INLINE explicit AtomicPlace(std::byte* place) : place_(reinterpret_cast<B*>(place)) {}
#if defined(__cpp_lib_atomic_ref)
    ALKOMP_INLINE B load() const { return there().load(std::memory_order_acquire); }
    ALKOMP_INLINE void store(B value) const { there().store(value, std::memory_order_release); }
    ALKOMP_INLINE B exchange(B value) const { return there().exchange(value, std::memory_order_acq_rel); }
    ALKOMP_INLINE B fetch_add(B value) const { return there().fetch_add(value, std::memory_order_acq_rel); }
    ALKOMP_INLINE bool compare_exchange(B& expected, B desired) const {
        return there().compare_exchange_strong(expected, desired, std::memory_order_acq_rel);
    }

private:
    ALKOMP_INLINE std::atomic_ref<B> there() const { return std::atomic_ref<B>(*place_); }
#else
    // libc++ has no atomic_ref yet.
    ALKOMP_INLINE B load() const { return __atomic_load_n(place_, __ATOMIC_ACQUIRE); }
    ALKOMP_INLINE void store(B value) const { __atomic_store_n(place_, value, __ATOMIC_RELEASE); }
    ALKOMP_INLINE B exchange(B value) const { return __atomic_exchange_n(place_, value, __ATOMIC_ACQ_REL); }
    ALKOMP_INLINE B fetch_add(B value) const { return __atomic_fetch_add(place_, value, __ATOMIC_ACQ_REL); }
    ALKOMP_INLINE bool compare_exchange(B& expected, B desired) const {
        return __atomic_compare_exchange_n(place_, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    }

private:
#endif
    B* place_;
};

}  // namespace
}  // namespace alkomp::backend::reference
