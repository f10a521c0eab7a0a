// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_combinations.h"

#include "verified.h"

#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The body of the kernel behind the pass.
std::string lowered(const std::string& body, bool wide = false) {
    ir::Module module = ir::parse(kernel_text(body), "test.ir");
    ir::verify(module);
    ir::lower_combinations(module, wide);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t kernel = text.find("kernel @k"), begin = text.find('\n', kernel) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

TEST(LowerCombinations, scan_by_asking_the_lanes_before) {
    EXPECT_EQ(lowered(R"(
    %x: i32 = convert true
    %y: i32 = subgroup_scan(min, exclusive) %x
    return)"),
              R"(
    %x: i32 = convert true
    %0: u32 = builtin(subgroup_lane)
    %1: u32x4 = subgroup_ballot true
    %2: u32x4 = builtin(subgroup_lt_mask)
    %3: u32x4 = bit_and %1, %2
    %4: boolx4 = ne %3, zero<u32x4>
    %5: bool = any_lane %4
    %6: u32 = subgroup_ballot_msb %3
    %7: u32 = select %5, %6, %0
    %8: i32 = loop ^loop1 (%9: i32 = %x, %10: u32 = %7) {
        %11: bool = ne %10, %0
        %12: bool = subgroup_any %11
        if ^if1 %12 {
            exit ^if1
        } else {
            exit ^loop1(%9)
        }
        %13: i32 = subgroup_shuffle %9, %10
        %14: u32 = subgroup_shuffle %10, %10
        %15: bool = eq %14, %10
        %16: u32 = select %15, %0, %14
        %17: i32 = min %13, %9
        %18: i32 = select %11, %17, %9
        next ^loop1(%18, %16)
    } continuing (%19: i32, %20: u32) {
        repeat ^loop1(%19, %20)
    }
    %21: i32 = subgroup_shuffle %8, %7
    %y: i32 = select %5, %21, i32(2147483647)
    return
)");
}

TEST(LowerCombinations, clusters_end_at_their_last_lane) {
    const std::string text = lowered(R"(
    %x: f32 = convert true
    %y: f32 = subgroup_reduce(add, 8) %x
    return)");
    EXPECT_NE(text.find("bit_and %0, 4294967288"), std::string::npos) << text;
    EXPECT_NE(text.find("shl 255, "), std::string::npos) << text;
    EXPECT_EQ(text.find("subgroup_reduce"), std::string::npos) << text;
}

TEST(LowerCombinations, keep_what_the_device_has) {
    const std::string body = R"(
    %x: u32 = builtin(local_index)
    %y: u32 = subgroup_scan(add, inclusive) %x
    %z: u32 = subgroup_reduce(xor) %y
    %w: u64 = convert %z
    %v: u64 = subgroup_reduce(or) %w
    return
)";
    EXPECT_EQ(lowered(body), body);
    EXPECT_EQ(lowered(body, true), body);
    EXPECT_EQ(lowered("%w: u64 = convert true\n%v: u64 = subgroup_reduce(add) %w\nreturn\n", true).find("reduce"),
              std::string::npos);
}

}  // namespace
}  // namespace alkomp::testing
