// SPDX-License-Identifier: MIT OR Apache-2.0
#include "output_file.h"

#include "failure.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace alkomp::command {
namespace {

class OutputFileTest : public testing::Test {
protected:
    OutputFileTest() { std::filesystem::create_directories(folder_); }
    ~OutputFileTest() override { std::filesystem::remove_all(folder_); }

    static std::string content(const std::filesystem::path& path) {
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
    }

    std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(OutputFileTest, AppearsWholeAtCommit) {
    const auto path = folder_ / "a.txt";
    OutputFile file(path);
    file.write(std::string_view("hello"));
    EXPECT_FALSE(std::filesystem::exists(path));
    file.commit();
    EXPECT_EQ(content(path), "hello");
    EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFileTest, VanishesWithoutCommitAndKeepsWhatWasThere) {
    const auto path = folder_ / "a.txt";
    std::ofstream(path) << "old";
    {
        OutputFile file(path);
        file.write(std::string_view("new"));
    }
    EXPECT_EQ(content(path), "old");
    EXPECT_EQ(files(), 1U);
    check_writable(folder_ / "b.txt");
    EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFileTest, FollowsALink) {
    const auto target = folder_ / "target.txt", link = folder_ / "link.txt";
    std::ofstream(target) << "old";
    std::filesystem::create_symlink("target.txt", link);
    OutputFile file(link);
    file.write(std::string_view("new"));
    file.commit();
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(content(target), "new");
}

TEST_F(OutputFileTest, SaysWhyItCannotBeWritten) {
    const auto missing = folder_ / "no" / "such" / "a.txt";
    try {
        check_writable(missing);
        FAIL();
    } catch (const Failure& error) {
        EXPECT_EQ(error.what(), missing.string() + ": it cannot be written: No such file or directory");
    }
    EXPECT_THROW(check_writable(folder_), Failure);
}

#ifdef __linux__
TEST_F(OutputFileTest, AFullDiskIsAnError) {
    OutputFile file("/dev/full");
    EXPECT_THROW(
        {
            file.write(std::string_view("hello"));
            file.commit();
        },
        Failure);
}
#endif

}  // namespace
}  // namespace alkomp::command
