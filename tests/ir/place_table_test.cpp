// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/place_table.h"

#include <gtest/gtest.h>

namespace alkomp::ir {
namespace {

TEST(PlaceTable, finds_what_was_added_and_nothing_else) {
    PlaceTable table;
    std::vector<u32> list;
    const auto find = [&](u32 value) {
        Mix mix;
        mix.add(value);
        return table.find(mix.hash(), [&](u32 at) { return list[at] == value; });
    };
    EXPECT_EQ(find(0), PlaceTable::kNone);
    for (u32 i = 0; i < 10'000; ++i) {
        const u32 value = i * 77;
        ASSERT_EQ(find(value), PlaceTable::kNone) << value;
        Mix mix;
        mix.add(value);
        table.add(mix.hash(), i);
        list.push_back(value);
    }
    for (u32 i = 0; i < list.size(); ++i) ASSERT_EQ(find(list[i]), i);
    EXPECT_EQ(find(76), PlaceTable::kNone);
}

TEST(PlaceTable, tells_things_of_one_hash_apart) {
    constexpr u32 kHash = 0xffffffff;
    PlaceTable table;
    for (u32 i = 0; i < 100; ++i) table.add(kHash, i);
    for (u32 i = 0; i < 100; ++i) EXPECT_EQ(table.find(kHash, [&](u32 at) { return at == i; }), i);
    EXPECT_EQ(table.find(kHash, [](u32) { return false; }), PlaceTable::kNone);
    EXPECT_EQ(table.find(kHash - 1, [](u32) { return true; }), PlaceTable::kNone);
}

}  // namespace
}  // namespace alkomp::ir
