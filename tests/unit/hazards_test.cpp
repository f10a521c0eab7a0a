// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/hazards.h"

#include "runtime/device.h"

#include <gtest/gtest.h>

namespace alkomp::detail {
namespace {

// A device without a backend: hazards need its timelines alone.
class Hazards : public ::testing::Test {
protected:
    Conflicts conflicts(const Timeline& on, const Access& access) {
        Conflicts out;
        find_conflicts(device_, on, uses_, access, out);
        return out;
    }
    void use(Timeline& on, const Access& access) { note_use(device_, on, uses_, access); }

    DeviceRecord device_;
    Timeline& first_ = device_.create_timeline(0);
    Timeline& second_ = device_.create_timeline(1);
    BufferUses uses_;
};

TEST_F(Hazards, reads_do_not_wait_for_reads) {
    use(first_, {0, 100, false});
    EXPECT_FALSE(conflicts(first_, {0, 100, false}).barrier);
    EXPECT_TRUE(conflicts(second_, {0, 100, false}).waits.empty());
}

TEST_F(Hazards, a_write_meets_reads_and_writes_of_the_same_bytes_alone) {
    use(first_, {0, 100, true});
    EXPECT_TRUE(conflicts(first_, {99, 120, false}).barrier);
    EXPECT_TRUE(conflicts(first_, {50, 60, true}).barrier);
    EXPECT_FALSE(conflicts(first_, {100, 120, true}).barrier);
}

TEST_F(Hazards, a_barrier_settles_what_came_before_it) {
    use(first_, {0, 100, true});
    ++first_.epoch;
    EXPECT_FALSE(conflicts(first_, {0, 100, true}).barrier);
}

TEST_F(Hazards, what_was_seen_done_needs_no_barrier_on_its_own_stream) {
    use(first_, {0, 100, true});
    first_.submitted = first_.recording();
    first_.completed = first_.submitted;
    EXPECT_FALSE(conflicts(first_, {0, 100, false}).barrier);
    EXPECT_EQ(conflicts(second_, {0, 100, false}).waits.size(), 1u);
    use(first_, {0, 100, true});
    EXPECT_TRUE(conflicts(first_, {0, 100, false}).barrier);
}

TEST_F(Hazards, another_stream_waits_on_the_device_once) {
    use(first_, {0, 100, true});
    Conflicts found = conflicts(second_, {0, 4, false});
    ASSERT_EQ(found.waits.size(), 1u);
    EXPECT_EQ(found.waits[0].timeline, first_.index);
    EXPECT_EQ(found.waits[0].sequence, first_.recording());
    second_.acquired.assign(2, first_.recording());
    EXPECT_TRUE(conflicts(second_, {0, 4, false}).waits.empty());
}

TEST_F(Hazards, a_write_takes_the_place_of_what_it_covers) {
    use(first_, {0, 50, true});
    use(first_, {50, 100, false});
    ++first_.epoch;
    use(first_, {0, 100, true});
    EXPECT_EQ(uses_.writes.size(), 1u);
    EXPECT_TRUE(uses_.reads.empty());
}

TEST_F(Hazards, many_small_ranges_are_merged_and_never_forgotten) {
    for (u64 i = 0; i < 100; ++i) use(first_, {i * 8, i * 8 + 4, true});
    EXPECT_LE(uses_.writes.size(), 33u);
    for (u64 i = 0; i < 100; ++i) EXPECT_TRUE(conflicts(first_, {i * 8, i * 8 + 4, false}).barrier) << i;
}

TEST_F(Hazards, a_kernel_with_raw_addresses_conflicts_with_everything) {
    device_.by_address = use_of_everything(first_);
    EXPECT_TRUE(conflicts(first_, {0, 4, false}).barrier);
    EXPECT_EQ(conflicts(second_, {0, 4, false}).waits.size(), 1u);
    Conflicts host;
    host_waits(device_, uses_, {0, 4, false}, host);
    EXPECT_EQ(host.waits.size(), 1u);
    ++first_.epoch;
    EXPECT_FALSE(conflicts(first_, {0, 4, false}).barrier);

    second_.submitted = 7;
    Conflicts all;
    find_all(device_, first_, all);
    EXPECT_TRUE(all.barrier);
    ASSERT_EQ(all.waits.size(), 1u);
    EXPECT_EQ(all.waits[0].sequence, 7u);
}

}  // namespace
}  // namespace alkomp::detail
