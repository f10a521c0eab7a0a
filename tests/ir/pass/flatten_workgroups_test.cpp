// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/flatten_workgroups.h"

#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string flattened(const std::string& body, const std::string& size) {
    ir::Module module = ir::parse(kernel_text(body, {}, "workgroup_size(" + size + ")"), "test.ir");
    ir::verify(module);
    ir::flatten_workgroups(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    return text.substr(text.find("kernel @k"));
}

const std::string kBody = R"(
    %lane: u32 = builtin(subgroup_lane)
    %id: u32x3 = builtin(global_id)
    %y: u32 = extract(1) %id
    return)";

TEST(FlattenWorkgroups, each_invocation_keeps_its_place) {
    EXPECT_EQ(flattened(kBody, "8, 4, 2"), R"(kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %lane: u32 = builtin(subgroup_lane)
    %1: u32x3 = builtin(workgroup_id)
    %2: u32x3 = mul %1, %0
    %3: u32 = builtin(local_index)
    %4: u32 = div %3, 8
    %5: u32 = rem %3, 8
    %6: u32 = rem %4, 4
    %7: u32 = div %4, 4
    %8: u32x3 = compose %5, %6, %7
    %id: u32x3 = add %2, %8
    %y: u32 = extract(1) %id
    return
}
)");
}

TEST(FlattenWorkgroups, leaves_rows_and_what_asks_nothing) {
    EXPECT_NE(flattened(kBody, "64, 1, 1").find("builtin(global_id)"), std::string::npos);
    EXPECT_NE(flattened("%id: u32x3 = builtin(local_id)\nreturn", "8, 8, 1").find("workgroup_size(8, 8, 1)"),
              std::string::npos);
}

}  // namespace
}  // namespace alkomp::testing
