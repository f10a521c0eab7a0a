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

TEST(SimplifyControl, knows_the_condition_in_what_it_has_chosen) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %odd: bool = eq %x, 3
    %both: bool = bit_and %small, %odd
    %never: bool = bit_not %small
    %r: bool = if ^if1 %both {
        if ^if2 %odd {
            store %out0, 1
            exit ^if2
        } else {
            store %out0, 2
            exit ^if2
        }
        %s: u32 = select %never, 3, 4
        store %out0, %s
        exit ^if1(%small)
    } else {
        %t: u32 = select %small, 5, 6
        store %out0, %t
        exit ^if1(%both)
    }
    %u: u32 = convert %both
    store %out0, %u
    %v: u32 = convert %r
    store %out0, %v
    if ^if3 %never {
        %w: u32 = select %small, 7, 8
        store %out0, %w
        exit ^if3
    } else {
        exit ^if3
    }
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %odd: bool = eq %x, 3
    %both: bool = bit_and %small, %odd
    %never: bool = bit_not %small
    %r: bool = if ^if1 %both {
        store %out0, 1
        %s: u32 = select %never, 3, 4
        store %out0, %s
        exit ^if1(true)
    } else {
        %t: u32 = select %small, 5, 6
        store %out0, %t
        exit ^if1(false)
    }
    %u: u32 = convert %both
    store %out0, %u
    %v: u32 = convert %r
    store %out0, %v
    if ^if2 %never {
        %w: u32 = select false, 7, 8
        store %out0, %w
        exit ^if2
    } else {
        exit ^if2
    }
    return
)");
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

TEST(SimplifyControl, joins_a_case_to_the_one_that_alone_leads_to_it) {
    EXPECT_EQ(simplified(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    switch ^switch1 %x {
        case 1 {
            %y: u32 = add %x, 1
            fallthrough(%y)
        }
        case (%a: u32) {
            store %out0, %a
            fallthrough(%a, %x)
        }
        case (%b: u32, %c: u32) {
            store %out0, %b
            fallthrough(%c)
        }
        default (%d: u32 = 6) {
            store %out0, %d
            exit ^switch1
        }
    }
    return
)"),
              R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    switch ^switch1 %x {
        case 1 {
            %y: u32 = add %x, 1
            store %out0, %y
            store %out0, %y
            fallthrough(%x)
        }
        default (%d: u32 = 6) {
            store %out0, %d
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

TEST(SimplifyControl, goes_once_through_what_the_second_round_would_leave_as_it_begins) {
    const auto loop_to = [](const std::string& end, const std::string& last) {
        return R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = loop ^loop1 (%i: u32 = 2, %sum: u32 = %x) {
        %done: bool = ge %i, )" +
               end + R"(
        if ^if1 %done {
            exit ^loop1()" +
               last + R"()
        } else {
            exit ^if1
        }
        store %out0, %i
        next ^loop1(%i, %sum)
    } continuing (%j: u32, %s: u32) {
        %k: u32 = add %j, 1
        %t: u32 = add %s, %k
        repeat ^loop1(%k, %t)
    }
    store %out0, %r
    return
)";
    };
    EXPECT_EQ(simplified(loop_to("3", "%sum")), R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %r: u32 = if ^if1 true {
        %done: bool = ge 2, 3
        if ^if2 %done {
            exit ^if1(%x)
        } else {
            exit ^if2
        }
        store %out0, 2
        %k: u32 = add 2, 1
        %t: u32 = add %x, %k
        exit ^if1(%t)
    } else {
        unreachable
    }
    store %out0, %r
    return
)");
    EXPECT_NE(simplified(loop_to("4", "%sum")).find("loop"), std::string::npos);
    // The number of rounds is one, what leaves is of the second.
    const std::string of_second = R"(
    %out0: ptr<storage, u32> = access %out, 0
    %r: u32 = loop ^loop1 (%i: u32 = 2) {
        %twice: u32 = mul %i, 2
        %done: bool = ge %i, 3
        if ^if1 %done {
            exit ^loop1(%twice)
        } else {
            exit ^if1
        }
        store %out0, %i
        next ^loop1(%i)
    } continuing (%j: u32) {
        %k: u32 = add %j, 1
        repeat ^loop1(%k)
    }
    store %out0, %r
    return
)";
    EXPECT_EQ(simplified(of_second), of_second);
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
