// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/eliminate_common_subexpressions.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string shared(const std::string& body) { return after(ir::eliminate_common_subexpressions, body); }

TEST(EliminateCommonSubexpressions, where_the_first_is_visible) {
    EXPECT_EQ(shared(R"(
    %x: u32 = load %n
    %y: u32 = load %n
    %a: u32 = add %x, 1
    %b: u32 = add %y, 1
    %small: bool = lt %a, %b
    %r: u32 = if ^if1 %small {
        %c: u32 = add %x, 1
        %d: u32 = mul %c, 2
        exit ^if1(%d)
    } else {
        %e: u32 = mul %a, 2
        exit ^if1(%e)
    }
    %f: u32 = mul %a, 2
    %g: u32 = add %f, %r
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %g
    return
)"),
              R"(
    %x: u32 = load %n
    %y: u32 = load %n
    %a: u32 = add %x, 1
    %b: u32 = add %x, 1
    %small: bool = lt %a, %a
    %r: u32 = if ^if1 %small {
        %c: u32 = add %x, 1
        %d: u32 = mul %a, 2
        exit ^if1(%d)
    } else {
        %e: u32 = mul %a, 2
        exit ^if1(%e)
    }
    %f: u32 = mul %a, 2
    %g: u32 = add %f, %r
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %g
    return
)");
}

TEST(EliminateCommonSubexpressions, tells_loads_from_memory_that_is_written) {
    EXPECT_EQ(shared(R"(
    %in0: ptr<storage, u32> = access %in, 0
    %a: u32 = load %in0
    %out0: ptr<storage, u32> = access %out, 0
    %old: u32 = load %out0
    store %out0, %a
    %in0.1: ptr<storage, u32> = access %in, 0
    %b: u32 = load %in0.1
    %new: u32 = load %out0
    %c: u32 = load volatile %in0
    %s: u32 = add %b, %new
    %t: u32 = add %s, %c
    %u: u32 = add %t, %old
    store %out0, %u
    return
)"),
              R"(
    %in0: ptr<storage, u32> = access %in, 0
    %a: u32 = load %in0
    %out0: ptr<storage, u32> = access %out, 0
    %old: u32 = load %out0
    store %out0, %a
    %in0.1: ptr<storage, u32> = access %in, 0
    %b: u32 = load %in0
    %new: u32 = load %out0
    %c: u32 = load volatile %in0
    %s: u32 = add %a, %new
    %t: u32 = add %s, %c
    %u: u32 = add %t, %old
    store %out0, %u
    return
)");
}

}  // namespace
}  // namespace alkomp::testing
