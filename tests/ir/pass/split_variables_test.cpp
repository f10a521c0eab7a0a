// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/split_variables.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string split(const std::string& body) { return after(ir::split_variables, body); }

TEST(SplitVariables, into_parts_of_parts) {
    EXPECT_EQ(split(R"(
    %x: u32 = load %n
    %all: ptr<local, Record[2]> = variable
    %a: ptr<local, u32> = access %all, 1, 0
    store %a, %x
    %record: ptr<local, Record> = access %all, 0
    %one: ptr<storage, Record> = access %data, 0
    %r: Record = load %one
    store %record, %r
    %s: Record = load %record
    store %one, %s
    %y: u32 = load %a
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %y
    return
)"),
              R"(
    %x: u32 = load %n
    %"all.0.a": ptr<local, u32> = variable
    %"all.0.b": ptr<local, f32x4> = variable
    %"all.1.a": ptr<local, u32> = variable
    %"all.1.b": ptr<local, f32x4> = variable
    store %"all.1.a", %x
    %one: ptr<storage, Record> = access %data, 0
    %r: Record = load %one
    %0: u32 = extract(0) %r
    store %"all.0.a", %0
    %1: f32x4 = extract(1) %r
    store %"all.0.b", %1
    %2: u32 = load %"all.0.a"
    %3: f32x4 = load %"all.0.b"
    %s: Record = compose %2, %3
    store %one, %s
    %y: u32 = load %"all.1.a"
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %y
    return
)");
}

TEST(SplitVariables, with_what_they_begin_as) {
    EXPECT_EQ(split(R"(
    %one: ptr<storage, Record> = access %data, 0
    %r: Record = load %one
    %v: ptr<local, Record> = variable %r
    %a: ptr<local, u32> = access %v, 0
    %x: u32 = load %a
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %x
    return
)"),
              R"(
    %one: ptr<storage, Record> = access %data, 0
    %r: Record = load %one
    %0: u32 = extract(0) %r
    %"v.a": ptr<local, u32> = variable %0
    %1: f32x4 = extract(1) %r
    %"v.b": ptr<local, f32x4> = variable %1
    %x: u32 = load %"v.a"
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %x
    return
)");
}

TEST(SplitVariables, leaves_what_is_indexed_or_given_away) {
    const std::string body = R"(
    %x: u32 = load %n
    %indexed: ptr<local, u32[4]> = variable
    %a: ptr<local, u32> = access %indexed, %x
    store %a, 1
    %many: ptr<local, u32[40]> = variable
    %all: u32[40] = load %many
    return
)";
    EXPECT_EQ(split(body), body);
}

}  // namespace
}  // namespace alkomp::testing
