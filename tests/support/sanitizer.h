// SPDX-License-Identifier: MIT OR Apache-2.0
// Which sanitizer watches: under one, everything takes several times as long.
#pragma once

#include "alkomp/dtype.h"

namespace alkomp::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kUnderSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kUnderSanitizer = true;
#else
inline constexpr bool kUnderSanitizer = false;
#endif
#else
inline constexpr bool kUnderSanitizer = false;
#endif

/// How often a test repeats what it does.
constexpr u32 times(u32 otherwise, u32 under_sanitizer) { return kUnderSanitizer ? under_sanitizer : otherwise; }

}  // namespace alkomp::testing
