// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/hoist_loop_invariants.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string hoisted(const std::string& body) { return after(ir::hoist_loop_invariants, body); }

TEST(HoistLoopInvariants, out_of_all_loops_that_they_are_the_same_in) {
    EXPECT_EQ(hoisted(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %last: u32 = loop ^outer (%i: u32 = 0) {
        %sum: u32 = loop ^inner (%j: u32 = 0) {
            %n0: u32 = load %n
            %half: u32 = div %n0, 2
            %from: u32 = mul %i, %half
            %place: ptr<storage, u32> = access %data, %from, 0
            %at: u32 = add %from, %j
            next ^inner(%at)
        } continuing (%j.1: u32) {
            %n1: u32 = load %n
            %two: u32 = add %n1, 2
            %j.2: u32 = add %j.1, %two
            %more: bool = lt %j.2, 10
            repeat_if %more ^inner(%j.2) else (%j.2)
        }
        next ^outer(%sum)
    } continuing (%i.1: u32) {
        %again: bool = lt %i.1, 100
        repeat_if %again ^outer(%i.1) else (%i.1)
    }
    store %out0, %last
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %n0: u32 = load %n
    %half: u32 = div %n0, 2
    %n1: u32 = load %n
    %two: u32 = add %n1, 2
    %last: u32 = loop ^loop1 (%i: u32 = 0) {
        %from: u32 = mul %i, %half
        %place: ptr<storage, u32> = access %data, %from, 0
        %sum: u32 = loop ^loop2 (%j: u32 = 0) {
            %at: u32 = add %from, %j
            next ^loop2(%at)
        } continuing (%j.1: u32) {
            %j.2: u32 = add %j.1, %two
            %more: bool = lt %j.2, 10
            repeat_if %more ^loop2(%j.2) else (%j.2)
        }
        next ^loop1(%sum)
    } continuing (%i.1: u32) {
        %again: bool = lt %i.1, 100
        repeat_if %again ^loop1(%i.1) else (%i.1)
    }
    store %out0, %last
    return
)");
}

TEST(HoistLoopInvariants, leaves_what_may_fail_or_differ) {
    const std::string body = R"(
    %x: u32 = load %n
    %in0: ptr<storage, u32> = access %in, 0
    loop ^loop1 {
        %read: u32 = load %in0
        %seen: u32 = load volatile %n
        %some: bool = eq %read, %seen
        if ^if1 %some {
            %chosen: u32 = mul %x, 3
            %out0: ptr<storage, u32> = access %out, 0
            store %out0, %chosen
            exit ^loop1
        } else {
            exit ^if1
        }
        %inside: ptr<storage, u32> = access inbounds %out, %x
        store %inside, 1
        next ^loop1
    } continuing {
        repeat ^loop1
    }
    return
)";
    EXPECT_EQ(hoisted(body), body);
}

}  // namespace
}  // namespace alkomp::testing
