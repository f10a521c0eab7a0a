// SPDX-License-Identifier: MIT OR Apache-2.0
// Words that are no SPIR-V, or no longer: an error, whatever they are.
#include "words_of.h"

#include <random>

namespace alkomp::testing {
namespace {

/// A module or an `Error`; true for a module.
bool is_read(std::span<const u32> words) {
    try {
        (void)read::read(words, "main", "k.comp");
        return true;
    } catch (const Error& error) {
        EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
        return false;
    }
}

TEST(DamagedSpirv, gives_an_error_or_a_right_module) {
    constexpr int kDamages = 40;  // of each kernel
    std::mt19937 engine(1);
    const auto random = [&] { return static_cast<u32>(engine()); };
    std::size_t refused = 0, all = 0;
    for (const KernelFile& file : kernel_files()) {
        if (!can_assemble(file)) continue;
        const std::vector<u32> made = file.is_assembly
                                          ? source_of(file).words
                                          : glsl_front::compile(source_of(file), {}, Target::vulkan_1_2).words;
        for (int i = 0; i < kDamages; ++i) {
            std::vector<u32> words = made;
            for (u32 left = 1 + random() % 3; left > 0; --left) {
                u32& word = words[5 + random() % (words.size() - 5)];
                switch (random() % 4) {
                    case 0:
                        word ^= 1u << random() % 32;
                        break;
                    case 1:
                        word = random();
                        break;
                    case 2:
                        word = words[5 + random() % (words.size() - 5)];
                        break;
                    default:
                        word += random() % 5 - 2;
                        break;
                }
            }
            ++all;
            if (!is_read(words)) ++refused;
        }
    }
    EXPECT_GT(refused, all / 2);
    EXPECT_LT(refused, all);
}

TEST(DamagedSpirv, is_refused_where_it_ends_early) {
    const std::vector<u32> words = words_of_glsl("#version 460\nlayout(local_size_x = 1) in;\nvoid main() {}\n");
    for (std::size_t count = 0; count < words.size(); ++count)
        EXPECT_FALSE(is_read(std::span(words).first(count))) << count;
    EXPECT_TRUE(is_read(words));
}

TEST(DamagedSpirv, may_have_ids_that_are_large_numbers) {
    std::vector<u32> words = words_of_glsl("#version 460\nlayout(local_size_x = 1) in;\nvoid main() {}\n");
    words[3] = 0x3fffff;
    EXPECT_TRUE(is_read(words));
    words[3] = 0x400000;
    EXPECT_EQ(
        refusal(words),
        "compile_failed: compile: \"k.comp\" is not valid SPIR-V: its id bound is 4194304; 1 to 4194303 are legal.");
}

}  // namespace
}  // namespace alkomp::testing
