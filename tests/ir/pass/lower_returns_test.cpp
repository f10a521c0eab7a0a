// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_returns.h"

#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string lowered(const std::string& body) { return after(ir::lower_returns, body); }

/// A kernel that returns where `%n` is one of so many numbers.
std::string with_returns(u32 count) {
    std::string body = "\n    %x: u32 = load %n\n";
    for (u32 i = 1; i <= count; ++i) {
        const std::string number = std::to_string(i);
        body += "    %is" + number + ": bool = eq %x, " + number + "\n    if ^if" + number + " %is" + number +
                " {\n        return\n    } else {\n        exit ^if" + number + "\n    }\n";
    }
    return body + "    return\n";
}

TEST(LowerReturns, leave_what_is_around_the_kernel) {
    EXPECT_EQ(lowered(R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    switch ^switch1 %x {
        case 1 {
            store %out0, 1
            return
        }
        default {
            exit ^switch1
        }
    }
    store %out0, 2
    return
)"),
              R"(
    if ^if1 true {
        %out0: ptr<storage, u32> = access %out, 0
        %x: u32 = load %n
        switch ^switch1 %x {
            case 1 {
                store %out0, 1
                exit ^if1
            }
            default {
                exit ^switch1
            }
        }
        store %out0, 2
        exit ^if1
    } else {
        unreachable
    }
    return
)");
}

TEST(LowerReturns, stay_where_nothing_or_too_much_is_to_do) {
    EXPECT_EQ(lowered(with_returns(0)), with_returns(0));
    EXPECT_NE(lowered(with_returns(12)), with_returns(12));
    EXPECT_EQ(lowered(with_returns(13)), with_returns(13));
    const std::string meets = with_returns(1).insert(1, "    barrier(workgroup, storage)\n");
    EXPECT_EQ(lowered(meets), meets);
}

}  // namespace
}  // namespace alkomp::testing
