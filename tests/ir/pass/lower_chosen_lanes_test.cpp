// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_chosen_lanes.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string lowered(const std::string& body) { return after(ir::lower_chosen_lanes, body); }

TEST(LowerChosenLanes, change_the_vector_as_a_whole) {
    EXPECT_EQ(lowered(R"(
    %x: u32 = load %n
    %v: ptr<local, f32x4[2]> = variable
    %row: ptr<local, f32x4> = access %v, %x
    %lane: ptr<local, f32> = access %row, %x
    store volatile %lane, 1.0
    return
)"),
              R"(
    %x: u32 = load %n
    %v: ptr<local, f32x4[2]> = variable
    %row: ptr<local, f32x4> = access %v, %x
    %lane: ptr<local, f32> = access %row, %x
    %0: ptr<local, f32x4> = access %v, %x
    %1: f32x4 = load volatile %0
    %2: f32x4 = insert_lane %1, 1.0, %x
    store volatile %0, %2
    return
)");
}

TEST(LowerChosenLanes, ask_each_column_whether_it_is_the_one) {
    EXPECT_EQ(lowered(R"(
    %x: u32 = load %n
    %s: i32 = convert %x
    %m: ptr<local, mat<f32, 2, 2>> = variable
    %cell: ptr<local, f32> = access %m, %s, %x
    store %cell, 1.0
    return
)"),
              R"(
    %x: u32 = load %n
    %s: i32 = convert %x
    %m: ptr<local, mat<f32, 2, 2>> = variable
    %cell: ptr<local, f32> = access %m, %s, %x
    %0: u32 = bitcast %s
    %1: bool = eq %0, 0
    %2: ptr<local, f32x2> = access %m, 0
    %3: f32x2 = load %2
    %4: f32x2 = insert_lane %3, 1.0, %x
    %5: f32x2 = select %1, %4, %3
    store %2, %5
    %6: bool = ge %0, 1
    %7: ptr<local, f32x2> = access %m, 1
    %8: f32x2 = load %7
    %9: f32x2 = insert_lane %8, 1.0, %x
    %10: f32x2 = select %6, %9, %8
    store %7, %10
    return
)");
}

TEST(LowerChosenLanes, touch_only_the_lane_where_that_is_known) {
    EXPECT_EQ(lowered(R"(
    %x: u32 = load %n
    %m: ptr<local, mat<f32, 2, 2>> = variable
    %cell: ptr<local, f32> = access %m, %x, 1
    store %cell, 1.0
    return
)"),
              R"(
    %x: u32 = load %n
    %m: ptr<local, mat<f32, 2, 2>> = variable
    %cell: ptr<local, f32> = access %m, %x, 1
    %0: bool = eq %x, 0
    %1: ptr<local, f32x2> = access %m, 0
    %2: ptr<local, f32> = access %1, 1
    %3: f32 = load %2
    %4: f32 = select %0, 1.0, %3
    store %2, %4
    %5: bool = ge %x, 1
    %6: ptr<local, f32x2> = access %m, 1
    %7: ptr<local, f32> = access %6, 1
    %8: f32 = load %7
    %9: f32 = select %5, 1.0, %8
    store %7, %9
    return
)");
}

TEST(LowerChosenLanes, leave_what_has_a_place) {
    const std::string body = R"(
    %x: u32 = load %n
    %v: ptr<local, f32x4[2]> = variable
    %row: ptr<local, f32x4> = access %v, %x
    store %row, zero<f32x4>
    %lane: ptr<local, f32> = access %v, %x, 2
    store %lane, 1.0
    %in_buffer: ptr<storage, f32> = access %data, 0, 1, %x
    store %in_buffer, 1.0
    return
)";
    EXPECT_EQ(lowered(body), body);
}

}  // namespace
}  // namespace alkomp::testing
