// SPDX-License-Identifier: MIT OR Apache-2.0
// What transfers and fills are made of: threads that copy together, ranges of whole words, patterns.
#include "runtime/copy_threads.h"
#include "runtime/fill.h"
#include "runtime/staging.h"
#include "runtime/transfer.h"

#include <gtest/gtest.h>

#include <numeric>

namespace alkomp::detail {
namespace {

std::vector<std::byte> numbered(std::size_t size, unsigned seed) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761u + seed) >> 16);
    return bytes;
}

TEST(CopyThreadsUnit, CopyEveryByteAndNoOther) {
    CopyThreads threads(3);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, (std::size_t{1} << 20) - 1,
                                   std::size_t{1} << 20, (std::size_t{5} << 20) + 13}) {
        const auto from = numbered(size, 1);
        std::vector<std::byte> to(size + 128, std::byte{0xCD});
        threads.copy(to.data() + 64, from.data(), size);
        EXPECT_TRUE(std::equal(from.begin(), from.end(), to.begin() + 64)) << size;
        for (std::size_t i = 0; i < 64; ++i) {
            EXPECT_EQ(to[i], std::byte{0xCD});
            EXPECT_EQ(to[64 + size + i], std::byte{0xCD});
        }
    }
}

TEST(CopyThreadsUnit, ServeSeveralCallersAtOnce) {
    CopyThreads threads(2);
    std::vector<std::thread> callers;
    std::vector<int> right(4, 0);
    for (unsigned i = 0; i < 4; ++i) {
        callers.emplace_back([&, i] {
            for (unsigned round = 0; round < 5; ++round) {
                const auto from = numbered((std::size_t{3} << 20) + i, round);
                std::vector<std::byte> to(from.size());
                threads.copy(to.data(), from.data(), from.size());
                right[i] += from == to;
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(right, (std::vector<int>{5, 5, 5, 5}));
}

TEST(CopyThreadsUnit, TheSharedOnesLiveAsLongAsTheirOwners) {
    const auto one = CopyThreads::shared();
    EXPECT_EQ(one, CopyThreads::shared());
}

TEST(TransferUnit, RangesGrowToWholeWords) {
    const auto same = [](AlignedRange range, u64 begin, u64 end) { return range.begin == begin && range.end == end; };
    EXPECT_TRUE(same(align_range(5, 2, 4), 4, 8));
    EXPECT_TRUE(same(align_range(4, 8, 4), 4, 12));
    EXPECT_TRUE(same(align_range(3, 2, 4), 0, 8));
    EXPECT_TRUE(same(align_range(5, 2, 1), 5, 7));
}

TEST(TransferUnit, ADeadlineRunsOutOnce) {
    const Deadline none(std::chrono::nanoseconds(0));
    EXPECT_EQ(none.left().count(), 0);
    const Deadline hour(std::chrono::hours(1));
    EXPECT_GT(hour.left(), std::chrono::minutes(59));
    EXPECT_LE(hour.left(), std::chrono::hours(1));
}

AnyView view_of(const std::shared_ptr<BufferRecord>& record, const DType& type, u64 offset, u64 count) {
    return AnyView(record, type, offset, count);
}

std::shared_ptr<BufferRecord> record_of(u64 size_bytes) {
    auto record = std::make_shared<BufferRecord>();
    record->size_bytes = size_bytes;
    return record;
}

// What a plan would write, byte by byte.
std::vector<std::byte> written(const FillPlan& plan, const AnyView& view, std::span<const std::byte> pattern) {
    std::vector<std::byte> bytes = repeat(pattern, 0, plan.head_bytes);
    for (u64 at = plan.begin; at < plan.end && bytes.size() < view.size_bytes(); ++at)
        bytes.push_back(static_cast<std::byte>(*plan.word >> (8 * (at % 4))));
    const auto tail = repeat(pattern, view.size_bytes() - plan.tail_bytes, plan.tail_bytes);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return bytes;
}

TEST(FillUnit, PlansOfWordsWriteThePatternAtAnyOffset) {
    const auto record = record_of(64);
    for (const std::size_t size : {1u, 2u, 4u}) {
        const auto pattern = numbered(size, 3);
        for (u64 offset = 0; offset < 9; ++offset) {
            for (u64 count = 1; offset + count * size <= 64; ++count) {
                const AnyView view = view_of(record, DType::opaque(static_cast<u32>(size)), offset, count);
                const FillPlan plan = plan_fill(view, pattern, "fill");
                ASSERT_TRUE(plan.word);
                ASSERT_EQ(plan.begin % 4 + plan.end % 4, plan.begin < plan.end ? 0u : 2 * (offset % 4));
                ASSERT_EQ(written(plan, view, pattern), repeat(pattern, 0, view.size_bytes()))
                    << size << " " << offset << " " << count;
            }
        }
    }
}

TEST(FillUnit, WhatRepeatsEveryFourBytesIsAWord) {
    const auto record = record_of(96);
    const auto has_word = [&](std::vector<std::byte> pattern) {
        return plan_fill(view_of(record, DType(Scalar::u8), 0, 96), pattern, "fill").word.has_value();
    };
    const std::byte a{1}, b{2};
    EXPECT_TRUE(has_word({a, b, a, b, a, b, a, b}));
    EXPECT_TRUE(has_word({a, b, b, b, a, b, b, b}));
    EXPECT_TRUE(has_word({a, a, a}));
    EXPECT_FALSE(has_word({a, b, b}));
    EXPECT_FALSE(has_word({a, b, b, b, a, b, b, a}));
}

TEST(FillUnit, APatternThatDoesNotDivideIsRefused) {
    const auto record = record_of(64);
    const auto pattern = numbered(12, 0);
    EXPECT_THROW(static_cast<void>(plan_fill(view_of(record, DType(Scalar::f32), 0, 10), pattern, "fill")), Error);
}

TEST(FillUnit, RepetitionBeginsWhereAsked) {
    const auto pattern = numbered(12, 9);
    const auto bytes = repeat(pattern, 5, 1000);
    ASSERT_EQ(bytes.size(), 1000u);
    for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], pattern[(i + 5) % 12]);
}

TEST(FillUnit, BlocksHoldWholePatterns) {
    for (const u64 pattern : {3u, 6u, 8u, 12u, 16u, 24u, 48u, 1000u}) {
        for (const u64 count : {1u, 10u, 1000u, 100000u, 1000000u}) {
            const u64 block = pattern_block_bytes(pattern, pattern * count);
            EXPECT_GT(block, 0u);
            EXPECT_LE(block, pattern * count);
            EXPECT_EQ(block % pattern, 0u);
            EXPECT_TRUE(block % 4 == 0 || block == pattern * count);
        }
    }
}

TEST(FillUnit, CopiesOfOneSizeThatDoNotMeetAreLegal) {
    const auto record = record_of(64);
    const auto other = record_of(64);
    const DType type(Scalar::u8);
    check_copy(view_of(record, type, 0, 32), view_of(record, type, 32, 32), "copy");
    check_copy(view_of(record, type, 32, 32), view_of(record, type, 0, 32), "copy");
    check_copy(view_of(record, type, 0, 64), view_of(other, type, 0, 64), "copy");
    EXPECT_THROW(check_copy(view_of(record, type, 0, 33), view_of(record, type, 31, 33), "copy"), Error);
    EXPECT_THROW(check_copy(view_of(record, type, 8, 8), view_of(record, type, 8, 8), "copy"), Error);
    EXPECT_THROW(check_copy(view_of(record, type, 0, 8), view_of(other, type, 0, 16), "copy"), Error);
}

}  // namespace
}  // namespace alkomp::detail
