// SPDX-License-Identifier: MIT OR Apache-2.0
// Which sanitizer watches: under one, everything takes several times as long.
#pragma once

#include "alkomp/dtype.h"

namespace alkomp::testing {

// g++ defines macros, clang has features.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALKOMP_ADDRESS_SANITIZER
#endif
#if __has_feature(thread_sanitizer)
#define ALKOMP_THREAD_SANITIZER
#endif
#endif

#if defined(ALKOMP_THREAD_SANITIZER) || defined(__SANITIZE_THREAD__)
inline constexpr bool kUnderThreadSanitizer = true;
#else
inline constexpr bool kUnderThreadSanitizer = false;
#endif
#if defined(ALKOMP_ADDRESS_SANITIZER) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool kUnderSanitizer = true;
#else
inline constexpr bool kUnderSanitizer = kUnderThreadSanitizer;
#endif

/// How often a test repeats what it does.
constexpr u32 times(u32 otherwise, u32 under_sanitizer) { return kUnderSanitizer ? under_sanitizer : otherwise; }

}  // namespace alkomp::testing
