// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator's size classes.
#include "runtime/pool.h"

#include <gtest/gtest.h>

namespace alkomp::detail {
namespace {

TEST(PoolUnit, AClassHoldsTheRequestAndWastesAtMostASixteenth) {
    for (u64 size = 257; size < u64{1} << 50; size += 1 + size / 37) {
        const u64 given = Pool::size_class(size);
        EXPECT_GE(given, size);
        EXPECT_LE((given - size) * 16, size) << size;
        EXPECT_EQ(given % 16, 0u) << size;
    }
}

TEST(PoolUnit, AClassIsItsOwnClassAndClassesGrow) {
    u64 last = 0;
    for (u64 size = 1; size < u64{1} << 20; size += 1 + size / 101) {
        const u64 given = Pool::size_class(size);
        EXPECT_EQ(Pool::size_class(given), given);
        EXPECT_GE(given, last);
        last = given;
    }
}

TEST(PoolUnit, PowersOfTwoAreClasses) {
    for (u64 size = 256; size != 0; size <<= 1) EXPECT_EQ(Pool::size_class(size), size);
}

TEST(PoolUnit, TheSmallestClassHas256Bytes) {
    EXPECT_EQ(Pool::size_class(1), 256u);
    EXPECT_EQ(Pool::size_class(256), 256u);
    EXPECT_EQ(Pool::size_class(257), 272u);
}

}  // namespace
}  // namespace alkomp::detail
