// SPDX-License-Identifier: MIT OR Apache-2.0
// Failures below the seam, injected: who hears of them, what stays poisoned, what works afterwards.
#include "support/device_test.h"
#include "support/kernels.h"

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace alkomp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_MEMORY_SUITE(Failures);
ALKOMP_DEVICE_SUITE(Abandoned);

TEST_P(Failures, of_a_submission_reach_the_call_that_submits_and_poison_what_it_writes) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.to_device(ramp(64)), b = gpu.zeros<u32>(64);
    gpu.wait();
    memory().fail_next(Call::submit, When::at_once, ErrorCode::out_of_memory, "no room for the command buffer");
    gpu.call(kernel, a, a, b);
    EXPECT_THAT(error_text(ErrorCode::out_of_memory, [&] { gpu.wait(); }), HasSubstr("no room for the command buffer"));
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { static_cast<void>(gpu.get(b)); }),
                AllOf(HasSubstr("cannot be trusted"), HasSubstr("no room for the command buffer")));
    EXPECT_EQ(gpu.get(a), ramp(64));
    gpu.fill(b, 1u);
    EXPECT_THAT(gpu.get(b), Each(1u));
    gpu.call(kernel, a, a, b);
    EXPECT_EQ(gpu.get(b), ramp(64, 2));
}

TEST_P(Failures, late_ones_reach_the_next_wait_once_and_poison_what_was_written) {
    Kernel kernel = compile(gpu, add());
    auto a = gpu.to_device(ramp(64)), b = gpu.zeros<u32>(64), c = gpu.zeros<u32>(64);
    b.set_label("spoiled");
    gpu.wait();
    memory().fail_next(Call::submit, When::late, ErrorCode::internal, "the queue hiccuped");
    gpu.call(kernel, a, a, b);
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { gpu.wait(); }), HasSubstr("the queue hiccuped"));
    gpu.wait();
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { static_cast<void>(gpu.get(b)); }),
                AllOf(HasSubstr("\"spoiled\""), HasSubstr("the queue hiccuped")));
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { gpu.call(kernel, a, b, c); }), HasSubstr("the queue hiccuped"));
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { static_cast<void>(gpu.get_async(b).get()); }),
                HasSubstr("the queue hiccuped"));
    EXPECT_EQ(gpu.get(a), ramp(64));
    gpu.write(b, ramp(64, 3));
    EXPECT_EQ(gpu.get(b), ramp(64, 3));
}

TEST_P(Failures, poison_what_is_copied_from_poisoned_memory) {
    const auto a = gpu.zeros<u32>(64), b = gpu.zeros<u32>(64);
    gpu.wait();
    memory().fail_next(Call::submit, When::late, ErrorCode::internal, "the queue hiccuped");
    gpu.fill(a, 1u);
    error_text(ErrorCode::internal, [&] { gpu.wait(); });
    error_text(ErrorCode::internal, [&] {
        gpu.copy(a, b);
        static_cast<void>(gpu.get(b));
    });
}

TEST_P(Failures, late_ones_reach_futures_and_events) {
    const auto a = gpu.zeros<u32>(64);
    gpu.wait();
    memory().fail_next(Call::submit, When::late, ErrorCode::internal, "the queue hiccuped");
    Stream stream = gpu.create_stream();
    stream.fill(a, 1u);
    Future<void> done = stream.done();
    EXPECT_THAT(error_text(ErrorCode::internal, [&] { done.wait(); }), HasSubstr("the queue hiccuped"));
}

TEST_P(Failures, of_an_allocation_are_out_of_memory_and_the_next_one_works) {
    for (const When when : {When::at_once, When::late}) {
        static_cast<void>(gpu.trim());
        for (u32 tries = 0; tries < 3; ++tries)
            memory().fail_next(Call::allocate, when, ErrorCode::out_of_memory, "the heap is full");
        EXPECT_THAT(error_text(ErrorCode::out_of_memory,
                               [&] {
                                   for (int i = 0; i < 3; ++i) static_cast<void>(gpu.empty<u32>(1'000'000));
                               }),
                    AllOf(HasSubstr("empty: "), HasSubstr("4000000")));
        for (int i = 0; i < 3; ++i) {
            try {
                static_cast<void>(gpu.empty<u32>(2'000'000 + static_cast<u64>(i) * 500'000));
            } catch (const Error&) {
            }
        }
        EXPECT_EQ(gpu.get(gpu.to_device(ramp(1000))), ramp(1000));
    }
}

TEST_P(Failures, of_staging_memory_reach_the_transfer_and_the_next_one_works) {
    const auto data = gpu.zeros<u32>(100'000);
    gpu.wait();
    static_cast<void>(gpu.trim());
    for (const When when : {When::at_once, When::late}) {
        memory().fail_next(Call::allocate, when, ErrorCode::out_of_memory, "the heap is full");
        try {
            gpu.write(data, ramp(100'000));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory) << error.what();
        }
        gpu.write(data, ramp(100'000));
        EXPECT_EQ(gpu.get(data), ramp(100'000));
        static_cast<void>(gpu.trim());
    }
}

TEST_P(Failures, of_mapping_reach_the_transfer_and_the_next_one_works) {
    const auto data = gpu.to_device(ramp(1000));
    gpu.wait();
    for (const When when : {When::at_once, When::late}) {
        memory().fail_next(Call::map, when, ErrorCode::out_of_memory, "no address space");
        EXPECT_THAT(error_text(ErrorCode::out_of_memory, [&] { static_cast<void>(gpu.get(data)); }),
                    HasSubstr("no address space"));
        EXPECT_EQ(gpu.get(data), ramp(1000));
        gpu.wait();
        static_cast<void>(gpu.trim());
        memory().fail_next(Call::map, when, ErrorCode::out_of_memory, "no address space");
        error_text(ErrorCode::out_of_memory, [&] { gpu.write(data, ramp(1000)); });
        gpu.write(data, ramp(1000));
        EXPECT_EQ(gpu.get(data), ramp(1000));
    }
}

TEST_P(Failures, of_compiling_reach_the_caller_and_the_next_one_works) {
    for (const When when : {When::at_once, When::late}) {
        memory().fail_next(Call::compile, when, ErrorCode::compile_failed, "the driver's compiler gave up");
        EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(compile(gpu, increment())); }),
                    AllOf(HasSubstr("the driver's compiler gave up"), HasSubstr("increment")));
        Kernel kernel = compile(gpu, increment());
        const auto data = gpu.zeros<u32>(4);
        gpu.call(kernel, data);
        EXPECT_THAT(gpu.get(data), Each(1u));
    }
}

TEST_P(Failures, of_recording_a_graph_reach_the_replay_and_the_next_one_works) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(4);
    Graph graph = gpu.create_graph();
    graph.call(kernel, data);
    graph.replay();  // from the second on, the list is kept
    memory().fail_next(Call::record, When::at_once, ErrorCode::out_of_memory, "no command memory");
    EXPECT_THAT(error_text(ErrorCode::out_of_memory, [&] { graph.replay(); }), HasSubstr("no command memory"));
    graph.replay();
    EXPECT_THAT(gpu.get(data), Each(2u));
}

TEST_P(Failures, of_opening_reach_the_caller_and_the_next_device_works) {
    MemoryBackend::registered().faults.add(Call::open, When::late,
                                           backend::Status::failure(ErrorCode::out_of_memory, "no more contexts"), 0);
    EXPECT_THAT(error_text(ErrorCode::out_of_memory, [&] { static_cast<void>(open()); }),
                AllOf(HasSubstr("Device: "), HasSubstr("no more contexts")));
    EXPECT_FALSE(open().lost());
}

TEST_P(Failures, of_listing_reach_query_and_the_next_query_works) {
    MemoryBackend::registered().faults.add(
        Call::adapters, When::late, backend::Status::failure(ErrorCode::internal, "the driver hides its devices"), 0);
    EXPECT_THAT(error_text(ErrorCode::internal, [] { static_cast<void>(query()); }),
                HasSubstr("the driver hides its devices"));
    EXPECT_FALSE(query().empty());
}

TEST_P(Failures, loss_wakes_every_waiter_and_a_new_device_works) {
    Kernel kernel = compile(gpu, endless());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    auto future = gpu.get_async(data);
    Future<void> done = gpu.stream().done();
    const Event event = gpu.stream().event();
    std::thread killer([this] {
        std::this_thread::sleep_for(50ms);
        memory().lose("it fell off the bus");
    });
    EXPECT_THAT(error_text(ErrorCode::device_lost, [&] { gpu.wait(); }), HasSubstr("it fell off the bus"));
    killer.join();
    error_text(ErrorCode::device_lost, [&] { static_cast<void>(future.get()); });
    error_text(ErrorCode::device_lost, [&] { done.wait(); });
    error_text(ErrorCode::device_lost, [&] { event.wait(); });
    EXPECT_TRUE(gpu.lost());
    for (const auto& body : std::vector<std::function<void()>>{
             [&] { static_cast<void>(gpu.get(data)); }, [&] { gpu.call(kernel, data); }, [&] { gpu.fill(data, 1u); },
             [&] { static_cast<void>(gpu.empty<u32>(4)); }, [&] { static_cast<void>(compile(gpu, add())); },
             [&] { gpu.wait(); }, [&] { static_cast<void>(gpu.create_stream()); },
             [&] { static_cast<void>(gpu.trim()); }}) {
        EXPECT_THAT(error_text(ErrorCode::device_lost, body), HasSubstr("it fell off the bus"));
    }
    Device next = open();
    EXPECT_EQ(next.get(next.to_device<u32>({1, 2})), (std::vector<u32>{1, 2}));
}

TEST_P(Failures, loss_in_a_submission_is_told_at_once) {
    const auto data = gpu.zeros<u32>(64);
    gpu.wait();
    memory().fail_next(Call::submit, When::late, ErrorCode::device_lost, "it fell off the bus");
    gpu.fill(data, 1u);
    EXPECT_THAT(error_text(ErrorCode::device_lost, [&] { gpu.wait(); }), HasSubstr("it fell off the bus"));
    EXPECT_TRUE(gpu.lost());
}

TEST_P(Abandoned, devices_say_so_everywhere_and_a_new_one_works) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    gpu.wait();
    gpu.abandon();
    EXPECT_TRUE(gpu.lost());
    EXPECT_THAT(error_text(ErrorCode::device_lost, [&] { gpu.wait(); }), HasSubstr("abandoned"));
    EXPECT_THAT(error_text(ErrorCode::device_lost, [&] { gpu.call(kernel, data); }), HasSubstr("abandoned"));
    gpu.abandon();
    Device next = open();
    EXPECT_EQ(next.get(next.to_device<u32>({7}))[0], 7u);
}

#ifndef _WIN32  // which has no fork
TEST_P(Abandoned, a_forked_child_gets_an_error_and_the_parent_goes_on) {
    const auto data = gpu.to_device(ramp(16));
    const pid_t child = fork();
    if (child == 0) {
        int right = 0;
        for (const auto& body : std::vector<std::function<void()>>{
                 [&] { static_cast<void>(gpu.get(data)); }, [] { static_cast<void>(query()); },
                 [&] { static_cast<void>(open()); }, [&] { gpu.wait(); }}) {
            try {
                body();
            } catch (const Error& error) {
                right += error.code() == ErrorCode::unsupported &&
                         std::string(error.what()).find("forked") != std::string::npos;
            }
        }
        _exit(right);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 4);
    EXPECT_EQ(gpu.get(data), ramp(16));
}
#endif

}  // namespace
}  // namespace alkomp::testing
