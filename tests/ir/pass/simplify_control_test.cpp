// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/simplify_control.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string simplified(const std::string& body) { return after(ir::simplify_control, body); }

TEST(SimplifyControl, takes_the_way_that_is_known) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = if ^a true {
        %y: u32 = add %x, 1
        %inner: u32 = if ^b false {
            exit ^b(1)
        } else {
            exit ^b(%y)
        }
        exit ^a(%inner)
    } else {
        store %out0, 7
        exit ^a(2)
    }
    store %out0, %r
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %y: u32 = add %x, 1
    store %out0, %y
    return
)");
}

TEST(SimplifyControl, takes_the_case_that_is_known_and_those_it_falls_into) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = switch ^s 2 {
        case 1 (%unused: u32 = 5) {
            exit ^s(%unused)
        }
        case 2, 3 (%a: u32 = %x) {
            store %out0, %a
            fallthrough(8)
        }
        default (%b: u32 = 9) {
            %c: u32 = add %b, %x
            exit ^s(%c)
        }
    }
    store %out0, %r
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    store %out0, %x
    %c: u32 = add 8, %x
    store %out0, %c
    return
)");
}

TEST(SimplifyControl, drops_what_follows_a_way_out) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    if ^a %small {
        if ^b true {
            return
        } else {
            exit ^b
        }
        store %out0, 1
        exit ^a
    } else {
        store %out0, 2
        return
    }
    store %out0, 3
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    if ^if1 %small {
        return
    } else {
        store %out0, 2
        return
    }
    unreachable
)");
}

TEST(SimplifyControl, chooses_between_values) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %a: u32, %b: u32 = if ^a %small {
        exit ^a(%x, 1)
    } else {
        exit ^a(4, 1)
    }
    %c: u32 = add %a, %b
    store %out0, %c
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %a: u32 = select %small, %x, 4
    %c: u32 = add %a, 1
    store %out0, %c
    return
)");
}

TEST(SimplifyControl, knows_what_is_the_same_all_round) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32, %s: u32 = loop ^l (%i: u32 = 0, %same: u32 = %x) {
        %more: bool = lt %i, %same
        %t: u32 = if ^a %more {
            store %out0, %i
            exit ^a(%same)
        } else {
            exit ^l(%same, %i)
        }
        next ^l(%i, %t)
    } continuing (%j: u32, %k: u32) {
        %j.1: u32 = add %j, 1
        repeat ^l(%j.1, %k)
    }
    %sum: u32 = add %r, %s
    store %out0, %sum
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32, %s: u32 = loop ^loop1 (%i: u32 = 0, %same: u32 = %x) {
        %more: bool = lt %i, %x
        %t: u32 = if ^if1 %more {
            store %out0, %i
            exit ^if1(%x)
        } else {
            exit ^loop1(%x, %i)
        }
        next ^loop1(%i, %x)
    } continuing (%j: u32, %k: u32) {
        %j.1: u32 = add %j, 1
        repeat ^loop1(%j.1, %x)
    }
    %sum: u32 = add %x, %s
    store %out0, %sum
    return
)");
}

TEST(SimplifyControl, leaves_a_known_way_that_is_left_from_within) {
    const std::string body = R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    if ^if1 true {
        if ^if2 %small {
            exit ^if1
        } else {
            exit ^if2
        }
        store %out0, 1
        exit ^if1
    } else {
        unreachable
    }
    return
)";
    EXPECT_EQ(simplified(body), body);
}

TEST(SimplifyControl, does_not_count_ways_out_of_what_nobody_reaches) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    if ^if1 true {
        if ^if2 true {
            store %out0, 1
            exit ^if2
        } else {
            exit ^if1
        }
        store %out0, 2
        exit ^if1
    } else {
        exit ^if1
    }
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, 1
    store %out0, 2
    return
)");
}

TEST(SimplifyControl, drops_cases_that_nobody_reaches) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    switch ^switch1 %x {
        case {
            store %out0, 1
            fallthrough
        }
        case {
            fallthrough(2)
        }
        case 4 (%a: u32 = 5) {
            store %out0, %a
            fallthrough
        }
        case {
            exit ^switch1
        }
        case {
            store %out0, 3
            exit ^switch1
        }
        default (%b: u32 = 6) {
            store %out0, %b
            exit ^switch1
        }
    }
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    switch ^switch1 %x {
        case 4 (%a: u32 = 5) {
            store %out0, 5
            fallthrough
        }
        case {
            exit ^switch1
        }
        default (%b: u32 = 6) {
            store %out0, 6
            exit ^switch1
        }
    }
    return
)");
}

TEST(SimplifyControl, makes_one_case_alone_an_if) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = switch ^switch1 %x {
        case 2, default (%a: u32 = %x) {
            %small: bool = lt %a, 5
            if ^if1 %small {
                exit ^switch1(1)
            } else {
                exit ^if1
            }
            exit ^switch1(%a)
        }
        case {
            exit ^switch1(4)
        }
    }
    store %out0, %r
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = if ^if1 true {
        %small: bool = lt %x, 5
        if ^if2 %small {
            exit ^if1(1)
        } else {
            exit ^if2
        }
        exit ^if1(%x)
    } else {
        unreachable
    }
    store %out0, %r
    return
)");
    EXPECT_EQ(simplified(R"(
    %x: u32 = load %n
    switch ^switch1 %x {
        case 2, default {
            return
        }
    }
    return
)"),
              R"(
    %x: u32 = load %n
    return
)");
}

TEST(SimplifyControl, goes_once_through_what_nobody_goes_round) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = loop ^l (%i: u32 = %x) {
        %small: bool = lt %i, 5
        if ^if1 %small {
            exit ^l(%i)
        } else {
            exit ^if1
        }
        %y: u32 = add %i, 1
        next ^l(%y)
    } continuing (%j: u32) {
        store %out0, %j
        %k: u32 = mul %j, 3
        repeat_if false ^l(%k) else (%k)
    }
    store %out0, %r
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = if ^if1 true {
        %small: bool = lt %x, 5
        if ^if2 %small {
            exit ^if1(%x)
        } else {
            exit ^if2
        }
        %y: u32 = add %x, 1
        store %out0, %y
        %k: u32 = mul %y, 3
        exit ^if1(%k)
    } else {
        unreachable
    }
    store %out0, %r
    return
)");
}

TEST(SimplifyControl, takes_a_loop_out_that_is_left_at_its_end) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = loop ^l (%i: u32 = %x) {
        %small: bool = lt %i, 5
        if ^if1 %small {
            next ^l(7)
        } else {
            exit ^if1
        }
        store %out0, %i
        next ^l(%i)
    } continuing (%j: u32) {
        repeat_if false ^l(%j) else (%j)
    }
    loop ^m {
        store %out0, %r
        exit ^m
    } continuing {
        store %out0, 9
        repeat ^m
    }
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = if ^if1 true {
        %small: bool = lt %x, 5
        if ^if2 %small {
            exit ^if1(7)
        } else {
            exit ^if2
        }
        store %out0, %x
        exit ^if1(%x)
    } else {
        unreachable
    }
    store %out0, %r
    return
)");
}

TEST(SimplifyControl, goes_once_through_what_the_first_round_ends) {
    const auto loop_to = [](const std::string& end) {
        return R"(
    %out0: ptr<storage, u32> = access %out, 0
    loop ^loop1 (%i: u32 = 2) {
        store %out0, %i
        next ^loop1(%i)
    } continuing (%j: u32) {
        %k: u32 = add %j, 1
        %again: bool = lt %k, )" +
               end + R"(
        repeat_if %again ^loop1(%k)
    }
    return
)";
    };
    EXPECT_EQ(simplified(loop_to("3")), R"(
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, 2
    %k: u32 = add 2, 1
    %again: bool = lt %k, 3
    return
)");
    EXPECT_NE(simplified(loop_to("4")).find("loop"), std::string::npos);
}

TEST(SimplifyControl, leaves_a_loop_at_whose_end_invocations_meet) {
    const std::string body = R"(
    %out0: ptr<storage, u32> = access %out, 0
    loop ^loop1 {
        %x: u32 = load %out0
        %small: bool = lt %x, 5
        if ^if1 %small {
            exit ^loop1
        } else {
            exit ^if1
        }
        barrier(workgroup, storage)
        next ^loop1
    } continuing {
        repeat_if false ^loop1
    }
    return
)";
    EXPECT_EQ(simplified(body), body);
}

}  // namespace
}  // namespace alkomp::testing
