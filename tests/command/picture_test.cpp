// SPDX-License-Identifier: MIT OR Apache-2.0
#include "picture.h"

#include "failure.h"

#include <gtest/gtest.h>

#include <fstream>

namespace alkomp::command {
namespace {

std::filesystem::path temporary() { return std::filesystem::path(testing::TempDir()) / "alkomp_picture_test.png"; }

Array write_and_read(const Array& array) {
    std::ofstream(temporary(), std::ios::binary) << encode_picture(array.element, array.shape, array.bytes);
    Array back = read_picture(temporary());
    std::filesystem::remove(temporary());
    return back;
}

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (const int value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

TEST(Picture, PixelsSurvive) {
    const Array rgba{*element_from_name("u32"), {1, 2}, bytes({1, 2, 3, 255, 4, 5, 6, 128})};
    EXPECT_EQ(write_and_read(rgba).bytes, rgba.bytes);
    EXPECT_EQ(write_and_read(rgba).shape, (Shape{1, 2}));
    EXPECT_EQ(write_and_read({*element_from_name("u8"), {1, 2, 3}, bytes({1, 2, 3, 4, 5, 6})}).bytes,
              bytes({1, 2, 3, 255, 4, 5, 6, 255}));
    EXPECT_EQ(write_and_read({*element_from_name("u8"), {2, 1}, bytes({7, 8})}).bytes,
              bytes({7, 7, 7, 255, 8, 8, 8, 255}));
}

TEST(Picture, OtherTypesAndShapesAreRefused) {
    EXPECT_NO_THROW(check_picture(*element_from_name("u8"), {2, 2, 4}));
    EXPECT_THROW(check_picture(*element_from_name("f32"), {2, 2}), Failure);
    EXPECT_THROW(check_picture(*element_from_name("u8"), {2, 2, 2}), Failure);
    EXPECT_THROW(check_picture(*element_from_name("u8"), {4}), Failure);
    EXPECT_THROW(check_picture(*element_from_name("u32"), {0, 2}), Failure);
}

TEST(Picture, AFileThatIsNoneIsRefused) {
    EXPECT_THROW(static_cast<void>(read_picture("/nowhere.png")), Failure);
    std::ofstream(temporary()) << "hello";
    EXPECT_THROW(static_cast<void>(read_picture(temporary())), Failure);
    std::filesystem::remove(temporary());
}

}  // namespace
}  // namespace alkomp::command
