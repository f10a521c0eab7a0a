// SPDX-License-Identifier: MIT OR Apache-2.0
// The disk cache with damaged entries, full folders, unwritable folders and many writers.
#include "runtime/cache.h"

#include "alkomp/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace alkomp::detail {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes(std::string_view text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

class Cache : public ::testing::Test {
protected:
    Cache() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder =
            fs::temp_directory_path() / (std::string("alkomp-cache-") + test->name() + "-" +
                                         std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
    }
    ~Cache() override {
        set_log({});
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::vector<fs::path> files() const {
        std::vector<fs::path> list;
        std::error_code ignored;
        for (const auto& file : fs::directory_iterator(folder, ignored)) list.push_back(file.path());
        return list;
    }
    fs::path folder;
};

TEST_F(Cache, gives_back_what_was_stored_also_to_the_next_process) {
    DiskCache cache(folder);
    EXPECT_FALSE(cache.load("key"));
    cache.store("key", bytes("value"));
    cache.store("empty", {});
    EXPECT_EQ(cache.load("key"), bytes("value"));
    EXPECT_EQ(DiskCache(folder).load("key"), bytes("value"));
    EXPECT_EQ(DiskCache(folder).load("empty"), bytes(""));
    EXPECT_FALSE(cache.load("other"));
    cache.store("key", bytes("newer"));
    EXPECT_EQ(cache.load("key"), bytes("newer"));
    EXPECT_EQ(files().size(), 2u) << "no temporary file is left";
}

TEST_F(Cache, makes_its_folder_only_when_it_stores_and_for_its_owner_alone) {
    DiskCache cache(folder / "deep" / "er");
    EXPECT_FALSE(cache.load("key"));
    EXPECT_FALSE(fs::exists(folder));
    cache.store("key", bytes("value"));
#ifndef _WIN32
    EXPECT_EQ(fs::status(folder / "deep" / "er").permissions(), fs::perms::owner_all);
#endif
}

TEST_F(Cache, never_trusts_a_damaged_entry) {
    DiskCache cache(folder);
    cache.store("key", bytes("a value of some length"));
    const fs::path path = files().at(0);
    std::string good;
    {
        std::ifstream in(path, std::ios::binary);
        good.assign(std::istreambuf_iterator<char>(in), {});
    }
    const auto put = [&](const std::string& contents) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x41);
        put(bad);
        EXPECT_FALSE(cache.load("key")) << "byte " << i;
    }
    for (std::size_t length = 0; length < good.size(); ++length) {
        put(good.substr(0, length));
        EXPECT_FALSE(cache.load("key")) << "cut to " << length;
    }
    put(good + "x");
    EXPECT_FALSE(cache.load("key"));
    put(good);
    EXPECT_TRUE(cache.load("key"));
    cache.store("key", bytes("rebuilt"));
    EXPECT_EQ(cache.load("key"), bytes("rebuilt"));
}

TEST_F(Cache, does_not_take_an_entry_of_another_key) {
    DiskCache cache(folder);
    cache.store("one", bytes("1"));
    const fs::path one = files().at(0);
    cache.store("two", bytes("2"));
    for (const fs::path& path : files()) {
        if (path != one) fs::copy_file(one, path, fs::copy_options::overwrite_existing);
    }
    EXPECT_FALSE(cache.load("two"));
}

TEST_F(Cache, stays_below_its_cap_and_drops_what_was_not_used_for_longest) {
    constexpr u64 cap = 64 * 1024;
    DiskCache cache(folder, cap);
    const std::vector<std::byte> value(6000);
    for (int i = 0; i < 9; ++i) cache.store("old" + std::to_string(i), value);
    for (const fs::path& path : files())
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(48));
    EXPECT_TRUE(cache.load("old4")) << "a load counts as a use";
    for (int i = 0; i < 9; ++i) cache.store("new" + std::to_string(i), value);
    u64 total = 0;
    for (const fs::path& path : files()) total += fs::file_size(path);
    EXPECT_LE(total, cap + cap / 8);
    EXPECT_TRUE(cache.load("old4"));
    EXPECT_TRUE(cache.load("new8"));
    EXPECT_FALSE(cache.load("old0"));
}

TEST_F(Cache, refuses_a_value_that_would_push_out_the_rest) {
    DiskCache cache(folder, 1000);
    cache.store("key", std::vector<std::byte>(300));
    EXPECT_FALSE(cache.load("key"));
}

TEST_F(Cache, removes_temporary_files_whose_writer_died) {
    fs::create_directories(folder);
    std::ofstream(folder / "dead.bin.1-2-3.tmp") << "half";
    std::ofstream(folder / "alive.bin.1-2-3.tmp") << "half";
    fs::last_write_time(folder / "dead.bin.1-2-3.tmp", fs::file_time_type::clock::now() - std::chrono::hours(2));
    DiskCache(folder).store("key", bytes("value"));
    EXPECT_FALSE(fs::exists(folder / "dead.bin.1-2-3.tmp"));
    EXPECT_TRUE(fs::exists(folder / "alive.bin.1-2-3.tmp"));
}

TEST_F(Cache, says_once_that_its_folder_cannot_be_written) {
    std::ofstream(folder) << "a file stands where the folder should be";
    std::vector<std::string> lines;
    set_log([&](LogLevel level, std::string_view text) {
        EXPECT_EQ(level, LogLevel::warning);
        lines.emplace_back(text);
    });
    DiskCache cache(folder);
    cache.store("key", bytes("value"));
    cache.store("key", bytes("value"));
    EXPECT_FALSE(cache.load("key"));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], ::testing::StartsWith("cache: \"" + folder.string() +
                                                "\" cannot be written, so kernels are compiled anew each time: "));
}

TEST_F(Cache, is_off_without_a_folder) {
    DiskCache cache(fs::path{});
    cache.store("key", bytes("value"));
    EXPECT_FALSE(cache.load("key"));
}

TEST_F(Cache, serves_many_writers_and_readers_of_one_key) {
    const std::vector<std::byte> a(20000, std::byte{1}), b(10000, std::byte{2});
    std::vector<std::thread> threads;
    std::atomic<int> found{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            DiskCache cache(folder);
            for (int i = 0; i < 100; ++i) {
                cache.store("key", t % 2 == 0 ? a : b);
                const auto value = cache.load("key");
                if (!value) continue;
                ++found;
                EXPECT_TRUE(*value == a || *value == b);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_GT(found.load(), 0);
    EXPECT_EQ(files().size(), 1u);
}

TEST(HashKey, depends_on_every_part_and_on_where_parts_end) {
    const std::string ab = hash_key({"a", "b"});
    EXPECT_EQ(ab.size(), 32u);
    EXPECT_EQ(ab.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(ab, hash_key({"a", "b"}));
    EXPECT_NE(ab, hash_key({"ab"}));
    EXPECT_NE(ab, hash_key({"ab", ""}));
    EXPECT_NE(ab, hash_key({"", "ab"}));
    EXPECT_NE(ab, hash_key({"b", "a"}));
    EXPECT_NE(ab, hash_key({"a", "b", ""}));
}

TEST(WordHash, is_that_of_the_words_however_they_are_added) {
    std::vector<u32> words(5000);
    for (u32 i = 0; i < words.size(); ++i) words[i] = i * i;
    const auto digits = [&](std::size_t first_alone) {
        WordHash hash;
        for (std::size_t i = 0; i < first_alone; ++i) hash.add(words[i]);
        hash.add(std::span<const u32>(words).subspan(first_alone));
        return hash.digits();
    };
    const std::string all = digits(words.size());
    EXPECT_EQ(all.size(), 32u);
    for (const std::size_t alone : {0u, 1u, 1023u, 1024u, 1025u, 4096u}) EXPECT_EQ(digits(alone), all) << alone;
    for (const std::size_t at : {0u, 1023u, 1024u, 4999u}) {
        ++words[at];
        EXPECT_NE(digits(words.size()), all) << at;
        --words[at];
    }
}

TEST(WordHash, tells_texts_apart_by_where_they_end) {
    const auto digits = [](std::string_view a, std::string_view b) {
        WordHash hash;
        hash.add(7u);
        hash.add(a);
        hash.add(b);
        return hash.digits();
    };
    EXPECT_EQ(digits("a", "b"), digits("a", "b"));
    EXPECT_NE(digits("a", "b"), digits("ab", ""));
    EXPECT_NE(digits("a", "b"), digits("b", "a"));
}

}  // namespace
}  // namespace alkomp::detail
