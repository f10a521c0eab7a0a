// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/remove_dead_code.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string cleaned(const std::string& body) { return after(ir::remove_dead_code, body); }

TEST(RemoveDeadCode, drops_what_nobody_asks_for) {
    EXPECT_EQ(cleaned(R"(
    %x: u32 = load %n
    %y: u32 = mul %x, 3
    %z: u32 = add %y, 1
    %out0: ptr<storage, u32> = access %out, 0
    %old: u32 = load %out0
    store %out0, %y
    return
)"),
              R"(
    %x: u32 = load %n
    %y: u32 = mul %x, 3
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %y
    return
)");
}

TEST(RemoveDeadCode, drops_results_and_parameters_that_go_in_a_circle) {
    EXPECT_EQ(cleaned(R"(
    %x: u32 = load %n
    %a: u32, %b: u32 = loop ^l (%i: u32 = 0, %sum: u32 = %x) {
        %sum.1: u32 = add %sum, %i
        next ^l(%i, %sum.1)
    } continuing (%j: u32, %s: u32) {
        %j.1: u32 = add %j, 1
        %more: bool = lt %j.1, 10
        repeat_if %more ^l(%j.1, %s) else (%j.1, %s)
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %a
    return
)"),
              R"(
    %a: u32 = loop ^loop1 (%i: u32 = 0) {
        next ^loop1(%i)
    } continuing (%j: u32) {
        %j.1: u32 = add %j, 1
        %more: bool = lt %j.1, 10
        repeat_if %more ^loop1(%j.1) else (%j.1)
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %a
    return
)");
}

TEST(RemoveDeadCode, keeps_the_choice_that_leads_out) {
    EXPECT_EQ(cleaned(R"(
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %odd: bool = eq %x, 7
    %unused: u32 = if ^outer %small {
        %dead: u32 = if ^dead %odd {
            exit ^dead(1)
        } else {
            exit ^dead(2)
        }
        if ^inner %odd {
            exit ^outer(%dead)
        } else {
            exit ^inner
        }
        %out0: ptr<storage, u32> = access %out, 0
        store %out0, %x
        exit ^outer(2)
    } else {
        exit ^outer(3)
    }
    return
)"),
              R"(
    %x: u32 = load %n
    %small: bool = lt %x, 5
    %odd: bool = eq %x, 7
    if ^if1 %small {
        if ^if2 %odd {
            exit ^if1
        } else {
            exit ^if2
        }
        %out0: ptr<storage, u32> = access %out, 0
        store %out0, %x
        exit ^if1
    } else {
        exit ^if1
    }
    return
)");
}

TEST(RemoveDeadCode, drops_loops_that_only_go_round) {
    EXPECT_EQ(cleaned(R"(
    %x: u32 = load %n
    %in0: ptr<storage, u32> = access %in, 0
    loop ^loop1 (%i: u32 = 0) {
        %end: u32 = load %in0
        %done: bool = ge %i, %end
        if ^if1 %done {
            exit ^loop1
        } else {
            exit ^if1
        }
        next ^loop1(%i)
    } continuing (%j: u32) {
        %j.1: u32 = add %j, 1
        repeat ^loop1(%j.1)
    }
    loop ^loop2 (%k: u32 = 0) {
        next ^loop2(%k)
    } continuing (%l: u32) {
        %l.1: u32 = add %l, 1
        %more: bool = lt %l.1, %x
        repeat_if %more ^loop2(%l.1)
    }
    return
)"),
              R"(
    return
)");
}

TEST(RemoveDeadCode, keeps_loops_that_wait_or_never_end) {
    for (const char* looks : {"atomic_load(acquire, device) %out0", "load %out0", "load volatile %out0"}) {
        const std::string body = std::string(R"(
    %out0: ptr<storage, u32> = access %out, 0
    loop ^loop1 {
        %flag: u32 = )") + looks +
                                 R"(
        %set: bool = ne %flag, 0
        if ^if1 %set {
            exit ^loop1
        } else {
            exit ^if1
        }
        next ^loop1
    } continuing {
        repeat ^loop1
    }
    return
)";
        EXPECT_EQ(cleaned(body), body) << looks;
    }
    const std::string delay = R"(
    %x: u32 = load %n
    %end: u64 = convert %x
    loop ^loop1 {
        %now: u64 = clock(device)
        %more: bool = lt %now, %end
        next ^loop1(%more)
    } continuing (%again: bool) {
        repeat_if %again ^loop1
    }
    return
)";
    EXPECT_EQ(cleaned(delay), delay);
    const std::string endless = R"(
    loop ^loop1 {
        next ^loop1
    } continuing {
        repeat ^loop1
    }
    unreachable
)";
    EXPECT_EQ(cleaned(endless), endless);
    const std::string returns = R"(
    %x: u32 = load %n
    loop ^loop1 (%i: u32 = 0) {
        %done: bool = ge %i, %x
        if ^if1 %done {
            return
        } else {
            exit ^if1
        }
        next ^loop1(%i)
    } continuing (%j: u32) {
        %j.1: u32 = add %j, 1
        repeat ^loop1(%j.1)
    }
    unreachable
)";
    EXPECT_EQ(cleaned(returns), returns);
}

TEST(RemoveDeadCode, drops_writes_to_what_is_never_read) {
    EXPECT_EQ(cleaned(R"(
    %unread: ptr<local, u32[4]> = variable
    %read: ptr<local, u32[4]> = variable
    %given: ptr<local, u32> = variable 7
    %a: ptr<local, u32> = access %unread, 1
    store %a, 1
    %lost: u32 = load %a
    %b: ptr<local, u32> = access %read, 2
    store %b, 2
    %x: u32 = load %b
    store %given, 3
    call(@use) %given
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %x
    return
)"),
              R"(
    %read: ptr<local, u32[4]> = variable
    %given: ptr<local, u32> = variable 7
    %b: ptr<local, u32> = access %read, 2
    store %b, 2
    %x: u32 = load %b
    store %given, 3
    call(@use) %given
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %x
    return
)");
}

TEST(RemoveDeadCode, drops_what_is_passed_to_cases) {
    EXPECT_EQ(cleaned(R"(
    %x: u32 = load %n
    %y: u32 = add %x, 1
    %r: u32 = switch ^s %x {
        case 1 (%unused: u32 = %y) {
            fallthrough(%x, 3)
        }
        case 2 (%a: u32 = %y, %b: u32 = %x) {
            exit ^s(%b)
        }
        default {
            exit ^s(9)
        }
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %r
    return
)"),
              R"(
    %x: u32 = load %n
    %r: u32 = switch ^switch1 %x {
        case 1 {
            fallthrough(3)
        }
        case 2 (%b: u32 = %x) {
            exit ^switch1(%b)
        }
        default {
            exit ^switch1(9)
        }
    }
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %r
    return
)");
}

}  // namespace
}  // namespace alkomp::testing
