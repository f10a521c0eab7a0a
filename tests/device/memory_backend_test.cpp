// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory backend and its oracle tested themselves, through the seam, without the front.
#include "support/device_test.h"
#include "support/memory_backend.h"
#include "support/sanitizer.h"

#include <cstring>

namespace alkomp::testing {
namespace {

using backend::BufferId;
using backend::Command;
using backend::Copy;
using backend::Fill;
using backend::MemoryKind;
using backend::Ticket;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What a front does at least: polls until a ticket is reported.
class Seam : public ::testing::TestWithParam<bool> {
protected:
    MemoryDevice device{{.name = "test", .queues = 2, .worker = GetParam()}};
    std::map<Ticket, backend::Completion> seen;

    void SetUp() override { static_cast<void>(HazardOracle::take_violations()); }

    backend::Completion& finish(const backend::Pending& pending) {
        EXPECT_NE(pending.ticket, 0u) << pending.status.text;
        while (!seen.contains(pending.ticket)) {
            std::vector<backend::Completion> out;
            device.poll(out, 1'000'000'000);
            for (auto& completion : out) {
                EXPECT_FALSE(seen.contains(completion.ticket)) << "a ticket is reported once";
                seen[completion.ticket] = std::move(completion);
            }
        }
        return seen[pending.ticket];
    }
    BufferId make(MemoryKind kind = MemoryKind::device, u64 size_bytes = 256) {
        BufferId id{};
        EXPECT_TRUE(finish(device.allocate({kind, size_bytes}, id)).status.ok());
        return id;
    }
    backend::Pending submit(u32 queue, std::vector<Command> commands, std::vector<Ticket> waits = {}) {
        backend::Submission submission;
        submission.queue = queue;
        submission.commands = commands;
        submission.waits = waits;
        submission.read_by_host = true;
        return device.submit(submission);
    }
    std::vector<u32> read(BufferId id) {
        const BufferId staging = make(MemoryKind::download);
        finish(submit(0, {{Copy{id, staging, 0, 0, 256}, true}}));
        void* unused = nullptr;
        std::vector<u32> values(64);
        std::memcpy(values.data(), finish(device.map(staging, 0, 256, backend::MapMode::read, unused)).mapped, 256);
        device.unmap(staging);
        device.free(staging);
        return values;
    }
};
INSTANTIATE_TEST_SUITE_P(, Seam, ::testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "worker" : "in_poll"); });

TEST_P(Seam, fills_and_copies_reach_the_host) {
    const BufferId a = make(), b = make();
    finish(submit(0, {{Fill{a, 0, 256, 5}, false}, {Copy{a, b, 0, 128, 128}, true}, {Fill{b, 0, 128, 9}, false}}));
    const std::vector<u32> values = read(b);
    EXPECT_EQ(values.front(), 9u);
    EXPECT_EQ(values.back(), 5u);
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
}

TEST_P(Seam, a_missing_barrier_is_a_hazard) {
    const BufferId a = make(), b = make();
    finish(submit(0, {{Fill{a, 0, 256, 5}, false}, {Copy{a, b, 0, 0, 128}, false}}));
    EXPECT_THAT(HazardOracle::take_violations(), Contains(HasSubstr("with no barrier between")));
}

TEST_P(Seam, disjoint_ranges_need_no_barrier) {
    const BufferId a = make(), b = make();
    finish(submit(0, {{Fill{a, 0, 128, 5}, false}, {Copy{a, b, 128, 0, 128}, false}, {Fill{b, 128, 128, 1}, false}}));
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
}

TEST_P(Seam, a_missing_barrier_between_submissions_is_a_hazard) {
    const BufferId a = make(), b = make();
    const auto first = submit(0, {{Fill{a, 0, 256, 5}, false}});
    const auto second = submit(0, {{Copy{a, b, 0, 0, 128}, false}});
    finish(first);
    finish(second);
    EXPECT_THAT(HazardOracle::take_violations(), Contains(HasSubstr("reads")));
}

TEST_P(Seam, what_the_host_saw_done_needs_no_barrier_on_its_own_queue_but_a_wait_on_another) {
    const BufferId a = make(), b = make();
    finish(submit(0, {{Fill{a, 0, 256, 5}, false}}));
    finish(submit(0, {{Copy{a, b, 0, 0, 128}, false}}));
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
    finish(submit(1, {{Copy{a, b, 128, 128, 128}, false}}));
    EXPECT_THAT(HazardOracle::take_violations(), Contains(HasSubstr("with no wait between")));
}

TEST_P(Seam, overwriting_what_the_host_saw_done_is_no_hazard) {
    const BufferId a = make(), b = make();
    finish(submit(0, {{Fill{a, 0, 256, 5}, false}}));
    finish(submit(1, {{Fill{a, 0, 256, 6}, false}, {Copy{a, b, 0, 0, 256}, true}}));
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
}

TEST_P(Seam, a_missing_wait_between_queues_is_a_hazard) {
    if (kUnderThreadSanitizer && GetParam()) GTEST_SKIP() << "the queues' threads race on purpose";
    const BufferId a = make(), b = make();
    const auto first = submit(0, {{Fill{a, 0, 256, 5}, false}});
    const auto second = submit(1, {{Copy{a, b, 0, 0, 256}, true}});
    finish(first);
    finish(second);
    EXPECT_THAT(HazardOracle::take_violations(), Contains(HasSubstr("with no wait between")));
}

TEST_P(Seam, a_wait_orders_queues_also_through_a_third_submission) {
    const BufferId a = make(), b = make(), c = make();
    const auto first = submit(0, {{Fill{a, 0, 256, 5}, false}});
    const auto second = submit(1, {{Copy{a, b, 0, 0, 256}, false}}, {first.ticket});
    const auto third = submit(0, {{Copy{b, c, 0, 0, 256}, false}, {Fill{a, 0, 256, 0}, false}}, {second.ticket});
    finish(third);
    EXPECT_EQ(read(c)[0], 5u);
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
}

TEST_P(Seam, a_failed_allocation_fails_the_work_that_uses_it) {
    device.fail_next(Call::allocate, When::late, ErrorCode::out_of_memory, "full");
    BufferId a{};
    const auto allocation = device.allocate({MemoryKind::device, 256}, a);
    const auto work = submit(0, {{Fill{a, 0, 256, 5}, false}});
    EXPECT_EQ(finish(allocation).status.text, "full");
    EXPECT_EQ(finish(work).status.code, ErrorCode::out_of_memory);
    device.free(a);
}

TEST_P(Seam, a_recorded_list_runs_again_behind_a_barrier) {
    const BufferId a = make(), b = make();
    backend::RecordedId list{};
    const std::vector<Command> commands{{Copy{a, b, 0, 0, 256}, false}};
    ASSERT_TRUE(device.record(0, commands, list).ok());
    for (const u32 value : {1u, 2u}) {
        const std::vector<Command> fill{{Fill{a, 0, 256, value}, true}};
        backend::Submission submission;
        submission.commands = fill;
        submission.recorded = list;
        finish(device.submit(submission));
        EXPECT_EQ(read(b)[0], value);
    }
    device.release(list);
    EXPECT_THAT(HazardOracle::take_violations(), IsEmpty());
}

TEST_P(Seam, loss_reports_every_open_ticket) {
    const BufferId a = make();
    BufferId b{};
    const auto allocation = device.allocate({MemoryKind::device, 256}, b);
    device.lose("pulled out");
    EXPECT_EQ(finish(allocation).status.code, ErrorCode::device_lost);
    EXPECT_EQ(submit(0, {{Fill{a, 0, 256, 1}, false}}).status.text, "pulled out");
}

using SeamDeathTest = Seam;
INSTANTIATE_TEST_SUITE_P(, SeamDeathTest, ::testing::Values(false), [](const auto&) { return std::string("in_poll"); });

TEST_P(SeamDeathTest, broken_duties_abort) {
    const BufferId a = make();
    EXPECT_DEATH(static_cast<void>(submit(0, {{Fill{a, 2, 4, 1}, false}})), "multiples of 4");
    EXPECT_DEATH(static_cast<void>(submit(0, {{Copy{a, a, 0, 128, 128}, false}})), "within one buffer");
    EXPECT_DEATH(static_cast<void>(submit(0, {{Copy{a, make(MemoryKind::download), 1, 0, 3}, false}})),
                 "multiples of 4");
    EXPECT_DEATH(static_cast<void>(submit(0, {{Fill{a, 128, 256, 1}, false}})), "outside the buffer");
    void* mapped = nullptr;
    EXPECT_DEATH(static_cast<void>(device.map(a, 0, 256, backend::MapMode::read, mapped)), "cannot be mapped");
    const auto work = submit(0, {{Fill{a, 0, 256, 1}, false}});
    EXPECT_DEATH(device.free(a), "has not been reported");
    finish(work);
    device.free(a);
}

}  // namespace
}  // namespace alkomp::testing
