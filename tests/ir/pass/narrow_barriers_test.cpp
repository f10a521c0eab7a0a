// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/narrow_barriers.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The body with "barrier" for each barrier, and what became of them in order.
std::string spaces_of_barriers(std::string body) {
    for (std::size_t at = 0; (at = body.find("barrier\n", at)) != std::string::npos;)
        body.replace(at, 7, "barrier(workgroup, storage|shared)");
    const std::string text = after(ir::narrow_barriers, body);
    std::string spaces;
    for (std::size_t at = 0; (at = text.find("barrier(workgroup, ", at)) != std::string::npos;) {
        at += 19;
        spaces += (spaces.empty() ? "" : " ") + text.substr(at, text.find(')', at) - at);
    }
    return spaces;
}

TEST(NarrowBarriers, order_buffers_between_accesses_alone) {
    EXPECT_EQ(spaces_of_barriers(R"(
    %in0: ptr<storage, u32> = access %in, 0
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %in0
    barrier
    store %out0, %x
    barrier
    %y: u32 = atomic_add(relaxed, device) %out0, %x
    barrier
    %z: u32 = load %in0
    return
)"),
              "shared storage|shared shared");
}

TEST(NarrowBarriers, a_buffer_that_nobody_writes_needs_no_order) {
    const auto with = [](const char* end) {
        return spaces_of_barriers(std::string(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %out0
    barrier
    %y: u32 = load %out0
)") + end + "return\n");
    };
    EXPECT_EQ(with(""), "shared");
    EXPECT_EQ(with("store %out0, 1\n"), "storage|shared");
    // What is written through an address may be any buffer that may be written.
    EXPECT_EQ(with("%there: ptr<address, u32> = pointer_to(4) u64(64)\nstore %there, 1\n"), "storage|shared");
}

TEST(NarrowBarriers, a_loop_brings_what_it_holds_to_both_sides) {
    const auto in_loop = [](const char* first, const char* second) {
        return spaces_of_barriers(std::string(R"(
    %out0: ptr<storage, u32> = access %out, 0
    loop ^outer {
        barrier
        loop ^inner {
)") + first + R"(
            barrier
            next ^inner
        } continuing {
            %again: bool = lt 1, 2
            repeat_if %again ^inner else
        }
        next ^outer
    } continuing {
)" + second + R"(
        %more: bool = lt 1, 2
        repeat_if %more ^outer else
    }
    barrier
    store %out0, 1
    return
)");
    };
    EXPECT_EQ(in_loop("", ""), "shared shared shared");
    EXPECT_EQ(in_loop("store %out0, 1", ""), "storage|shared storage|shared storage|shared");
    EXPECT_EQ(in_loop("", "store %out0, 1"), "storage|shared storage|shared storage|shared");
}

TEST(NarrowBarriers, what_a_pointer_may_reach_counts) {
    // Chosen pointers, addresses, and functions may lead anywhere.
    EXPECT_EQ(spaces_of_barriers(R"(
    %in0: ptr<storage, u32> = access %in, 0
    %in1: ptr<storage, u32> = access %in, 1
    %yes: bool = lt 0, 1
    %either: ptr<storage, u32> = select %yes, %in0, %in1
    %x: u32 = load %either
    barrier
    %y: u32 = load %either
    return
)"),
              "storage|shared");
    EXPECT_EQ(spaces_of_barriers(R"(
    %there: ptr<address, u32> = pointer_to(4) u64(64)
    store %there, 1
    barrier
    store %there, 2
    return
)"),
              "storage|shared");
    const char* const kCalls = R"(
    %own: ptr<local, u32> = variable
    call(@use) %own
    barrier(workgroup, storage|shared)
    call(@use) %own
    return
)";
    EXPECT_EQ(spaces_of_barriers(kCalls), "shared");

    std::string text = ir::print(module_of(std::string(kCalls)));
    const std::string store = "store %place, 1", into_buffer = "%to: ptr<storage, u32> = access %out, 0\nstore %to, 1";
    ASSERT_NE(text.find(store), std::string::npos);
    text.replace(text.find(store), store.size(), into_buffer);
    ir::Module module = ir::parse(text, "test.ir");
    const std::string before = ir::print(module);
    ir::narrow_barriers(module);
    EXPECT_EQ(ir::print(module), before);
}

TEST(NarrowBarriers, one_for_buffers_alone_still_waits) {
    EXPECT_EQ(after(ir::narrow_barriers, R"(
    barrier(workgroup, storage)
    return
)"),
              R"(
    barrier(workgroup, none)
    return
)");
}

}  // namespace
}  // namespace alkomp::testing
