// SPDX-License-Identifier: MIT OR Apache-2.0
// Streams and events: order, hazards across streams, overlap of independent calls, waiting.
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Streams);
ALKOMP_MEMORY_SUITE(StreamsInMemory);

TEST_P(Streams, run_dependent_calls_in_the_order_of_recording) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(100);
    for (int i = 0; i < 500; ++i) gpu.call(kernel, data);
    EXPECT_THAT(gpu.get(data), Each(500u));
}

TEST_P(Streams, are_ordered_by_the_buffers_they_share_without_events) {
    Kernel kernel = compile(gpu, add());
    std::array<Stream, 3> streams{gpu.create_stream(), gpu.create_stream(), gpu.stream()};
    auto a = gpu.to_device(ramp(300)), one = gpu.empty<u32>(300), b = gpu.empty<u32>(300);
    streams[0].fill(one, 1u);
    for (std::size_t i = 0; i < 60; ++i) {
        streams[i % 3].call(kernel, a, one, b);
        std::swap(a, b);
    }
    std::vector<u32> expected = ramp(300);
    for (u32& value : expected) value += 60;
    EXPECT_EQ(gpu.get(a), expected);
}

TEST_P(Streams, that_share_nothing_all_give_their_results) {
    Kernel kernel = compile(gpu, increment());
    std::vector<Stream> streams;
    std::vector<Buffer<u32>> data;
    for (u32 s = 0; s < 6; ++s) {
        streams.push_back(gpu.create_stream());
        data.push_back(gpu.empty<u32>(64));
        streams.back().fill(data.back(), 10 * s);
    }
    for (int i = 0; i < 20; ++i)
        for (std::size_t s = 0; s < streams.size(); ++s) streams[s].call(kernel, data[s]);
    for (u32 s = 0; s < 6; ++s) {
        std::vector<u32> out(64);
        streams[s].read(data[s], out);
        EXPECT_THAT(out, Each(10 * s + 20));
    }
}

TEST_P(Streams, wait_for_events_of_each_other) {
    Stream first = gpu.create_stream(), second = gpu.create_stream();
    const auto a = gpu.zeros<u32>(64), b = gpu.zeros<u32>(64);
    first.fill(a, 5u);
    const Event event = first.event();
    second.wait_event(event);
    second.copy(a, b);
    second.event().wait();
    EXPECT_TRUE(event.wait_for(20s));
    EXPECT_THAT(gpu.get(b), Each(5u));
}

TEST_P(Streams, have_events_that_are_done_when_nothing_was_recorded) {
    EXPECT_TRUE(Event().done());
    EXPECT_TRUE(Event().wait_for(0ns));
    Stream stream = gpu.create_stream();
    const Event event = stream.event();
    event.wait();
    EXPECT_TRUE(event.done());
    stream.wait();
    EXPECT_TRUE(stream.wait_for(0ns));
    gpu.wait();
    gpu.wait();
}

TEST_P(Streams, refuse_the_event_of_another_device) {
    Device other = open();
    Stream theirs = other.create_stream(), ours = gpu.create_stream();
    const auto data = other.zeros<u32>(4);
    theirs.fill(data, 1u);
    const Event event = theirs.event();
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { ours.wait_event(event); }),
                HasSubstr("belongs to another device"));
    event.wait();
}

TEST_P(Streams, never_set_are_refused) {
    Stream none;
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { none.wait(); }), HasSubstr("the stream is empty"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(none.event()); }),
                HasSubstr("the stream is empty"));
}

TEST_P(Streams, dropped_with_work_recorded_still_do_it) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    for (int i = 0; i < 30; ++i) {
        Stream stream = gpu.create_stream();
        stream.call(kernel, data);
    }
    EXPECT_THAT(gpu.get(data), Each(30u));
}

TEST_P(Streams, become_done_without_anyone_waiting) {
    const auto data = gpu.zeros<u32>(64);
    Stream stream = gpu.create_stream();
    stream.fill(data, 3u);
    const Event event = stream.event();
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!event.done() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(event.done());
}

TEST_P(Streams, write_and_read_in_their_own_order) {
    Stream stream = gpu.create_stream();
    const auto data = gpu.empty<u32>(1000);
    std::vector<u32> out(1000);
    for (u32 round = 1; round < 20; ++round) {
        stream.write(data, ramp(1000, round));
        stream.read(data, out);
        ASSERT_EQ(out, ramp(1000, round));
    }
}

TEST_P(Streams, know_each_of_a_hundred_small_parts_of_one_buffer) {
    constexpr u64 kParts = 100, kWords = 8;
    std::array<Stream, 2> readers{gpu.stream(), gpu.create_stream()};
    const auto to = gpu.zeros<u32>(kWords);
    for (u64 wanted = 0; wanted < kParts; wanted += 7) {
        const auto from = gpu.zeros<u32>(kParts * kWords);
        gpu.wait();
        for (u64 i = 0; i < kParts; ++i)  // far apart in time, so that ranges do not join
            gpu.fill(from.view(i * 37 % kParts * kWords, kWords), static_cast<u32>(i * 37 % kParts));
        // One part alone: a barrier or wait for any other would cover it too.
        readers[wanted % 2].copy(from.view(wanted * kWords, kWords), to);
        ASSERT_THAT(gpu.get(to), Each(static_cast<u32>(wanted)));
    }
}

TEST_P(StreamsInMemory, put_no_barrier_between_independent_calls) {
    Kernel kernel = compile(gpu, increment());
    std::vector<Buffer<u32>> data;
    for (int i = 0; i < 8; ++i) data.push_back(gpu.zeros<u32>(64));
    gpu.wait();
    const MemoryCounters before = memory().counters();
    for (const auto& buffer : data) gpu.call(kernel, buffer);
    gpu.wait();
    MemoryCounters after = memory().counters();
    EXPECT_EQ(after.dispatches - before.dispatches, 8u);
    EXPECT_EQ(after.barriers, before.barriers);  // the fills before were seen done
    for (int i = 0; i < 8; ++i) gpu.call(kernel, data[0]);
    gpu.wait();
    EXPECT_EQ(memory().counters().barriers - after.barriers, 7u);  // each waits for the one before it
}

TEST_P(StreamsInMemory, put_no_barrier_between_readers_or_disjoint_parts) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.to_device(ramp(64)), parts = gpu.zeros<u32>(64 * 16);
    gpu.wait();
    const MemoryCounters before = memory().counters();
    for (u64 i = 0; i < 16; ++i) gpu.call(kernel, a, a, parts.view(64 * i, 64));
    gpu.wait();
    EXPECT_LE(memory().counters().barriers - before.barriers, 1u);
    EXPECT_EQ(gpu.get(parts.view(64 * 15, 64)), ramp(64, 2));
}

TEST_P(StreamsInMemory, batch_calls_and_submit_early) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    gpu.wait();
    const MemoryCounters before = memory().counters();
    gpu.call(kernel, data);
    EXPECT_EQ(memory().counters().submissions, before.submissions) << "one call is not submitted at once";
    for (int i = 0; i < 999; ++i) gpu.call(kernel, data);
    const MemoryCounters during = memory().counters();
    EXPECT_GT(during.submissions, before.submissions) << "a thousand calls do not wait for a wait";
    gpu.wait();
    EXPECT_LT(memory().counters().submissions - before.submissions, 50u);
    EXPECT_THAT(gpu.get(data), Each(1000u));
}

TEST_P(StreamsInMemory, time_out_and_may_be_waited_for_again) {
    Kernel kernel = compile(gpu, endless());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    EXPECT_THAT(error_text(ErrorCode::timed_out, [&] { gpu.wait(20ms); }),
                AllOf(HasSubstr("wait: the wait gave up after 20 ms"), HasSubstr("waiting again is legal")));
    EXPECT_FALSE(gpu.stream().wait_for(1ms));
    std::vector<u32> out(64);
    error_text(ErrorCode::timed_out, [&] { gpu.get(data, std::span<u32>(out), 10ms); });
    memory().release_endless();
    gpu.wait();
    EXPECT_THAT(gpu.get(data), Each(41u));
}

TEST_P(StreamsInMemory, wait_on_the_device_only_once_for_each_point) {
    Kernel kernel = compile(gpu, add());
    Stream first = gpu.create_stream(), second = gpu.create_stream();
    const auto a = gpu.empty<u32>(64);
    first.fill(a, 2u);
    first.flush();
    const MemoryCounters before = memory().counters();
    std::vector<Buffer<u32>> results;
    for (int i = 0; i < 5; ++i) {
        results.push_back(gpu.empty<u32>(64));
        second.call(kernel, a, a, results.back());
    }
    second.wait();
    EXPECT_EQ(memory().counters().waits - before.waits, 1u);
    EXPECT_THAT(gpu.get(results.back()), Each(4u));
}

}  // namespace
}  // namespace alkomp::testing
