// SPDX-License-Identifier: MIT OR Apache-2.0
// Chooses the set of functions for this CPU.
#include "backend/reference/lanes/lanes.h"

namespace alkomp::backend::reference {

namespace lanes_plain {
[[nodiscard]] const Lanes& lanes();
}
namespace lanes_avx2 {
[[nodiscard]] const Lanes& lanes();
}

const Lanes& lanes() {
#if ALKOMP_LANES_AVX2
    static const bool has_avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (has_avx2) return lanes_avx2::lanes();
#endif
    return lanes_plain::lanes();
}

}  // namespace alkomp::backend::reference
