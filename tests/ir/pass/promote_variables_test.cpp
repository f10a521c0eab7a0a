// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/promote_variables.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string promoted(const std::string& body) { return after(ir::promote_variables, body); }

TEST(PromoteVariables, in_a_line_and_past_an_if) {
    EXPECT_EQ(promoted(R"(
    %x: u32 = load %n
    %v: ptr<local, u32> = variable %x
    %w: ptr<local, u32> = variable
    %v0: u32 = load %v
    %big: bool = gt %v0, 3
    if ^if1 %big {
        store %v, 3
        exit ^if1
    } else {
        exit ^if1
    }
    %v1: u32 = load %v
    store %w, %v1
    %w0: u32 = load %w
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %w0
    return
)"),
              R"(
    %x: u32 = load %n
    %big: bool = gt %x, 3
    %v: u32 = if ^if1 %big {
        exit ^if1(3)
    } else {
        exit ^if1(%x)
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %v
    return
)");
}

TEST(PromoteVariables, round_a_loop_that_is_left_from_within) {
    EXPECT_EQ(promoted(R"(
    %i: ptr<local, u32> = variable 0
    %sum: ptr<local, u32> = variable 0
    %last: u32 = loop ^l {
        %i0: u32 = load %i
        %enough: bool = ge %i0, 10
        if ^if1 %enough {
            exit ^l(%i0)
        } else {
            exit ^if1
        }
        %s0: u32 = load %sum
        %s1: u32 = add %s0, %i0
        store %sum, %s1
        next ^l
    } continuing {
        %i1: u32 = load %i
        %i2: u32 = add %i1, 1
        store %i, %i2
        %s2: u32 = load %sum
        %more: bool = lt %s2, 100
        repeat_if %more ^l else (0)
    }
    %s3: u32 = load %sum
    %all: u32 = add %s3, %last
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %all
    return
)"),
              R"(
    %last: u32, %i: u32, %sum: u32 = loop ^loop1 (%i.1: u32 = 0, %sum.1: u32 = 0) {
        %enough: bool = ge %i.1, 10
        if ^if1 %enough {
            exit ^loop1(%i.1, %i.1, %sum.1)
        } else {
            exit ^if1
        }
        %s1: u32 = add %sum.1, %i.1
        next ^loop1(%i.1, %s1)
    } continuing (%i.2: u32, %sum.2: u32) {
        %i2: u32 = add %i.2, 1
        %more: bool = lt %sum.2, 100
        repeat_if %more ^loop1(%i2, %sum.2) else (0, %i2, %sum.2)
    }
    %all: u32 = add %sum, %last
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %all
    return
)");
}

TEST(PromoteVariables, into_cases_and_from_case_to_case) {
    EXPECT_EQ(promoted(R"(
    %x: u32 = load %n
    %v: ptr<local, u32> = variable 1
    switch ^s %x {
        case 1 {
            store %v, 10
            fallthrough
        }
        case 2 {
            %a: u32 = load %v
            %b: u32 = add %a, 1
            store %v, %b
            exit ^s
        }
        default {
            exit ^s
        }
    }
    %r: u32 = load %v
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %r
    return
)"),
              R"(
    %x: u32 = load %n
    %v: u32 = switch ^switch1 %x {
        case 1 {
            fallthrough(10)
        }
        case 2 (%v.1: u32 = 1) {
            %b: u32 = add %v.1, 1
            exit ^switch1(%b)
        }
        default {
            exit ^switch1(1)
        }
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %v
    return
)");
}

TEST(PromoteVariables, parts_at_known_places_and_lanes_at_any) {
    EXPECT_EQ(promoted(R"(
    %x: u32 = load %n
    %v: ptr<local, u32x4> = variable zero<u32x4>
    %v1: ptr<local, u32> = access %v, 1
    store %v1, %x
    %lane: ptr<local, u32> = access %v, %x
    store %lane, 5
    %a: u32 = load %lane
    %s: ptr<local, Record> = variable
    %s1: ptr<local, f32> = access %s, 1, 2
    store %s1, 1.0
    %b: f32 = load %s1
    %c: u32 = convert %b
    %d: u32 = add %a, %c
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %d
    return
)"),
              R"(
    %x: u32 = load %n
    %v: u32x4 = insert(1) zero<u32x4>, %x
    %v.1: u32x4 = insert_lane %v, 5, %x
    %a: u32 = extract_lane %v.1, %x
    %s: Record = insert(1, 2) undefined<Record>, 1.0
    %b: f32 = extract(1, 2) %s
    %c: u32 = convert %b
    %d: u32 = add %a, %c
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %d
    return
)");
}

TEST(PromoteVariables, leaves_those_whose_address_goes_away) {
    const std::string body = R"(
    %x: u32 = load %n
    %given: ptr<local, u32> = variable 1
    %indexed: ptr<local, u32[4]> = variable
    %seen: ptr<local, u32> = variable 2
    call(@use) %given
    %a: ptr<local, u32> = access %indexed, %x
    store %a, 1
    %b: u32 = load %a
    %c: u32 = load volatile %seen
    %d: u32 = load %given
    return
)";
    EXPECT_EQ(promoted(body), body);
}

}  // namespace
}  // namespace alkomp::testing
