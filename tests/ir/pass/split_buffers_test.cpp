// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/split_buffers.h"

#include "verified.h"
#include "ir/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kDeclared = "storage %large: u32[] set 0 binding 3\nstorage %small: u32[] set 1 binding 0\n";

ir::Module split(const char* body, u32 count) {
    ir::Module module = ir::parse(kernel_text(body, kDeclared), "test.ir");
    ir::verify(module);
    const std::array<ir::BufferParts, 1> parts{{{0, 3, count, 1000}}};
    ir::split_buffers(module, parts);
    return module;
}

constexpr const char* kBody = R"(
    %i: u32 = builtin(local_index)
    %p: ptr<storage, u32> = access %large, %i
    %x: u32 = load %p
    %q: ptr<storage, u32> = access %small, %i
    store %q, %x
    store %p, %i
    %n: u32 = array_length %large
    %r: ptr<storage, u32> = access %small, 0
    store %r, %n
    return)";

TEST(SplitBuffers, each_access_chooses_its_part) {
    ir::Module module = split(kBody, 3);
    ir::verify(module);
    const std::string text = ir::print(module);
    EXPECT_THAT(text, HasSubstr("storage %large_1: u32[] set 2 binding 0"));
    EXPECT_THAT(text, HasSubstr("storage %large_2: u32[] set 2 binding 1"));
    for (const char* part : {"%large", "%large_1", "%large_2"}) {
        // The load's and the store's.
        const std::string access = "access " + std::string(part) + ", ";
        const std::size_t first = text.find(access);
        ASSERT_NE(first, std::string::npos) << access << text;
        EXPECT_NE(text.find(access, first + 1), std::string::npos) << access << text;
    }
    EXPECT_THAT(text, HasSubstr("div %i, 1000"));
    EXPECT_THAT(text, HasSubstr("array_length %large\n"));
}

TEST(SplitBuffers, what_is_not_split_stays) {
    const std::string text = ir::print(split(kBody, 2));
    EXPECT_EQ(text.find("%small_1"), std::string::npos);
    EXPECT_EQ(text.find("%large_2"), std::string::npos);
}

}  // namespace
}  // namespace alkomp::testing
