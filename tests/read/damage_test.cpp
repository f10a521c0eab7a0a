// SPDX-License-Identifier: MIT OR Apache-2.0
// Words that are no SPIR-V, or no longer: an error, whatever they are.
#include "words_of.h"

#include <random>
#include <set>
#include <utility>

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

/// A module whose `main` does nothing, around the globals.
std::vector<u32> with_globals(const std::string& globals) {
    return words_of_assembly(
        "OpCapability Shader\nOpMemoryModel Logical GLSL450\nOpEntryPoint GLCompute %main \"main\"\n"
        "OpExecutionMode %main LocalSize 1 1 1\n%void = OpTypeVoid\n%fn = OpTypeFunction %void\n"
        "%float = OpTypeFloat 32\n%uint = OpTypeInt 32 0\n%two = OpConstant %uint 2\n" +
        globals + "%main = OpFunction %void None %fn\n%l = OpLabel\nOpReturn\nOpFunctionEnd\n");
}

TEST(DamagedSpirv, gives_an_error_or_a_right_module) {
    constexpr int kDamages = 40;  // of each kernel
    std::mt19937 engine(1);
    const auto random = [&] { return static_cast<u32>(engine()); };
    std::size_t refused = 0, all = 0;
    for (const KernelFile& file : kernel_files()) {
        if (!can_assemble(file)) continue;
        const std::vector<u32> made = words_of(file);
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

TEST(DamagedSpirv, may_have_instructions_that_end_early) {
    std::set<std::pair<u32, std::size_t>> seen;  // opcodes and lengths
    for (const KernelFile& file : kernel_files()) {
        if (!can_assemble(file)) continue;
        const std::vector<u32> made = words_of(file);
        for (std::size_t at = 5; at < made.size(); at += made[at] >> 16) {
            const u32 opcode = made[at] & 0xffff, count = made[at] >> 16;
            for (u32 left = 1; left < count; ++left) {
                // An operation on constants is another one for each that it names.
                const bool is_operation = opcode == 52 && left > 3;
                if (!seen.emplace(is_operation ? opcode << 16 | made[at + 3] : opcode, left).second) continue;
                std::vector<u32> words = made;
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(at + left),
                            words.begin() + static_cast<std::ptrdiff_t>(at + count));
                words[at] = left << 16 | opcode;
                (void)is_read(words);
            }
        }
    }
    EXPECT_GT(seen.size(), 500u);
}

TEST(DamagedSpirv, names_operations_on_constants_that_lack_words) {
    const std::vector<u32> words = with_globals("%three = OpSpecConstantOp %uint IAdd %two %two\n");
    for (std::size_t at = 5; at < words.size(); at += words[at] >> 16) {
        if ((words[at] & 0xffff) != 52) continue;
        std::vector<u32> damaged = words;
        damaged[at] = 3u << 16 | 52;
        damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at) + 3,
                      damaged.begin() + static_cast<std::ptrdiff_t>(at) + 6);
        EXPECT_THAT(refusal(damaged), ::testing::HasSubstr("OpSpecConstantOp at word")) << "no operation";
        damaged = words;
        damaged[at + 3] |= 0x10000;
        EXPECT_THAT(refusal(damaged), ::testing::HasSubstr("no operation has the number 65664."));
    }
}

TEST(DamagedSpirv, may_have_pointers_that_lead_round) {
    const std::string text =
        "OpCapability Shader\nOpMemoryModel Logical GLSL450\nOpEntryPoint GLCompute %main \"main\"\n"
        "OpExecutionMode %main LocalSize 1 1 1\n%void = OpTypeVoid\n%fn = OpTypeFunction %void\n"
        "%uint = OpTypeInt 32 0\n%p = OpTypePointer ";
    for (const char* storage : {"Function", "Input", "Workgroup"})
        for (const char* access : {"", " NonPrivatePointer|MakePointerVisible %uint"})
            EXPECT_FALSE(is_read(words_of_assembly(
                text + storage + " %uint\n%a = OpAccessChain %p %a\n%main = OpFunction %void None %fn\n%l = OpLabel\n" +
                "%x = OpLoad %uint %a" + access + "\nOpReturn\nOpFunctionEnd\n")));
}

TEST(DamagedSpirv, may_be_deep) {
    std::string arrays = "%t0 = OpTypeStruct %float\n";
    for (int i = 1; i < 100'000; ++i)
        arrays += "%t" + std::to_string(i) + " = OpTypeArray %t" + std::to_string(i - 1) + " %two\n";
    EXPECT_THAT(refusal(with_globals(arrays)), ::testing::HasSubstr("types nest more than 255 deep"));
}

TEST(DamagedSpirv, may_be_made_of_one_part_many_times) {
    // As values they would have 2^200 parts.
    std::string globals = "%t0 = OpTypeStruct %float %float\n%c0 = OpConstantNull %t0\n";
    for (int i = 1; i < 200; ++i) {
        const std::string n = std::to_string(i), part = std::to_string(i - 1);
        globals += "%t" + n + " = OpTypeStruct %t" + part + " %t" + part + "\n";
        globals += "%c" + n + " = OpConstantComposite %t" + n + " %c" + part + " %c" + part + "\n";
    }
    EXPECT_TRUE(is_read(with_globals(globals)));
}

TEST(DamagedSpirv, may_have_many_variables_at_one_binding) {
    std::string globals = "%a = OpTypeRuntimeArray %float\n%s = OpTypeStruct %a\n%p = OpTypePointer StorageBuffer %s\n";
    for (int i = 0; i < 100'000; ++i) globals += "%v" + std::to_string(i) + " = OpVariable %p StorageBuffer\n";
    EXPECT_FALSE(is_read(with_globals(globals)));  // runtime arrays have strides
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
