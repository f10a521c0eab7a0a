// SPDX-License-Identifier: MIT OR Apache-2.0
// Any words are refused by the SPIR-V reader with an error, or become a right module. It starts from the corpus, and
// inputs change as instructions do: in their operands, opcodes, lengths and places.
#include "corpus/assemble.h"
#include "corpus/read_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <map>
#include <string>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size_bytes, std::size_t max_size_bytes);

namespace {

using alkomp::u32;
using Words = std::vector<u32>;

constexpr std::size_t kHeaderWords = 5;

Words words_in(const std::uint8_t* data, std::size_t size_bytes) {
    Words words(size_bytes / sizeof(u32));
    if (!words.empty()) std::memcpy(words.data(), data, words.size() * sizeof(u32));
    return words;
}

/// The words of some kernel of the corpus, as they were made or optimised.
const Words& seed_words(std::size_t number) {
    static std::map<std::size_t, Words> made;
    using namespace alkomp::testing;
    const std::vector<KernelFile>& files = kernel_files();
    number %= 3 * files.size();
    const KernelFile& file = files[number / 3];
    const auto [found, is_new] = made.try_emplace(number);
    if (!is_new || file.wants_newer_tools) return found->second;
    found->second = words_of(file);
    if (number % 3 != 0) found->second = optimized(file, found->second, number % 3 == 1 ? Passes::size : Passes::speed);
    return found->second;
}

/// A module taken apart into its instructions, as far as their lengths fit.
class Mutator {
public:
    Mutator(const Words& words, unsigned seed) : random_(seed) {
        header_.assign(words.begin(), words.begin() + std::min<std::ptrdiff_t>(kHeaderWords, std::ssize(words)));
        for (std::size_t at = header_.size(); at < words.size();) {
            const std::size_t count = std::clamp<std::size_t>(words[at] >> 16, 1, words.size() - at);
            instructions_.emplace_back(words.begin() + static_cast<std::ptrdiff_t>(at),
                                       words.begin() + static_cast<std::ptrdiff_t>(at + count));
            at += count;
        }
    }

    void add(const Words& other) {
        Mutator more(other, static_cast<unsigned>(random_()));
        if (more.instructions_.empty()) return;
        const std::size_t first = below(more.instructions_.size());
        const std::size_t count = 1 + below(std::min<std::size_t>(8, more.instructions_.size() - first));
        const auto from = more.instructions_.begin() + static_cast<std::ptrdiff_t>(first);
        instructions_.insert(place(), from, from + static_cast<std::ptrdiff_t>(count));
    }

    void change() {
        if (instructions_.empty()) return;
        for (std::size_t n = 1 + below(4); n > 0; --n) change_once();
    }

    [[nodiscard]] Words take() const {
        Words words = header_;
        for (const Words& instruction : instructions_)
            words.insert(words.end(), instruction.begin(), instruction.end());
        return words;
    }

private:
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
    Words& any() { return instructions_[below(instructions_.size())]; }
    std::vector<Words>::iterator place() {
        return instructions_.begin() + static_cast<std::ptrdiff_t>(below(instructions_.size() + 1));
    }

    /// Of an instruction near it more often than of any: those have the same kind of operands.
    u32 other_operand() {
        const Words& from = any();
        return from.size() < 2 ? u32{0} : from[1 + below(from.size() - 1)];
    }
    u32 interesting() {
        constexpr std::array<u32, 12> values{0, 1, 2, 3, 4, 31, 32, 255, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
        const u32 bound = header_.size() > 3 ? header_[3] : 1;
        switch (below(4)) {
            case 0:
                return values[below(values.size())];
            case 1:
                return static_cast<u32>(below(64));
            case 2:
                return bound - 1 + static_cast<u32>(below(3));
            default:
                return static_cast<u32>(random_() % (u64{bound} + 1));
        }
    }
    using u64 = alkomp::u64;

    void change_once() {
        if (instructions_.empty()) return;
        Words& instruction = any();
        switch (below(12)) {
            case 0:
            case 1:
            case 2:  // an operand becomes another that stands somewhere
                if (instruction.size() > 1) instruction[1 + below(instruction.size() - 1)] = other_operand();
                break;
            case 3:
                if (instruction.size() > 1) instruction[1 + below(instruction.size() - 1)] = interesting();
                break;
            case 4:
                if (instruction.size() > 1) instruction[1 + below(instruction.size() - 1)] ^= u32{1} << below(32);
                break;
            case 5:  // an opcode that stands somewhere, of the same length or not
                instruction[0] = (instruction[0] & 0xffff0000u) | (any()[0] & 0xffffu);
                break;
            case 6:
                instruction[0] = (instruction[0] & 0xffff0000u) | static_cast<u32>(below(460));
                break;
            case 7:  // the length, with the words or without
                change_length(instruction);
                break;
            case 8:
                instructions_.erase(instructions_.begin() + (&instruction - instructions_.data()));
                break;
            case 9: {
                const Words copy = instruction;
                instructions_.insert(place(), copy);
                break;
            }
            case 10:
                std::swap(instruction, any());
                break;
            default:
                if (header_.size() > 3 && below(8) == 0) header_[1 + below(3)] = interesting();
                else if (instruction.size() > 2)
                    std::swap(instruction[1 + below(instruction.size() - 1)], instruction.back());
                break;
        }
    }
    void change_length(Words& instruction) {
        const bool grows = below(2) == 0;
        if (below(3) == 0) {
            instruction[0] += grows ? 0x10000u : 0xffff0000u;
            return;
        }
        if (grows) instruction.push_back(other_operand());
        else if (instruction.size() > 1) instruction.pop_back();
        instruction[0] = (instruction[0] & 0xffffu) | static_cast<u32>(instruction.size()) << 16;
    }

    std::mt19937_64 random_;
    Words header_;
    std::vector<Words> instructions_;
};

std::size_t store(const Words& words, std::uint8_t* out, std::size_t max_size_bytes) {
    const std::size_t size_bytes = std::min(words.size() * sizeof(u32), max_size_bytes / sizeof(u32) * sizeof(u32));
    if (size_bytes != 0) std::memcpy(out, words.data(), size_bytes);
    return size_bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
    const std::string problem = alkomp::testing::problem_of_reading(words_in(data, size_bytes));
    if (problem.empty()) return 0;
    std::fprintf(stderr, "%s\n", problem.c_str());
    std::abort();
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size_bytes, std::size_t max_size_bytes,
                                               unsigned int seed) {
    if (seed % 16 == 0) return LLVMFuzzerMutate(data, size_bytes, max_size_bytes);
    const bool is_fresh = seed % 64 == 1 || size_bytes < kHeaderWords * sizeof(u32);
    Mutator mutator(is_fresh ? seed_words(seed / 64) : words_in(data, size_bytes), seed);
    mutator.change();
    return store(mutator.take(), data, max_size_bytes);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data, std::size_t size_bytes,
                                                 const std::uint8_t* other, std::size_t other_size_bytes,
                                                 std::uint8_t* out, std::size_t max_size_bytes, unsigned int seed) {
    Mutator mutator(words_in(data, size_bytes), seed);
    mutator.add(words_in(other, other_size_bytes));
    return store(mutator.take(), out, max_size_bytes);
}
