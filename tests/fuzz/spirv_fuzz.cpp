// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader of SPIR-V takes any words: they become a module that is right, or an error. What is read is printed and
// parsed, and goes through the passes.
#include "alkomp/error.h"
#include "corpus/kernel_file.h"
#include "glsl/glsl.h"
#include "ir/parse.h"
#include "ir/pass/passes.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "read/spirv/read.h"

#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

using namespace alkomp;

namespace {

constexpr std::size_t kHeaderWords = 5;

/// What glslang and the assembler make of the corpus: where the mutations begin.
const std::vector<std::vector<u32>>& seeds() {
    static const std::vector<std::vector<u32>> all = [] {
        std::vector<std::vector<u32>> made;
        for (const testing::KernelFile& file : testing::kernel_files()) {
            if (file.wants_newer_tools) continue;
            const Source source = testing::source_of(file);
            made.push_back(file.is_assembly ? source.words : glsl_front::compile(source, {}, Target::vulkan_1_2).words);
        }
        return made;
    }();
    return all;
}

/// Places where instructions begin, as far as they make sense.
std::vector<std::size_t> instructions_of(const std::vector<u32>& words) {
    std::vector<std::size_t> places;
    for (std::size_t at = kHeaderWords; at < words.size();) {
        const std::size_t count = words[at] >> 16;
        if (count == 0 || count > words.size() - at) break;
        places.push_back(at);
        at += count;
    }
    return places;
}

/// One change that leaves a sequence of instructions.
void mutate(std::vector<u32>& words, std::mt19937& random) {
    const std::vector<std::size_t> places = instructions_of(words);
    if (places.empty()) return;
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
    const std::size_t at = places[below(places.size())];
    const std::size_t count = words[at] >> 16;
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
        case 0:  // another operand, mostly an id of the module
            if (count > 1) words[at + 1 + below(count - 1)] = static_cast<u32>(below(words[3] + 1));
            return;
        case 1:
            if (count > 1) words[at + 1 + below(count - 1)] += static_cast<u32>(below(5)) - 2;
            return;
        case 2:  // another instruction of the same length
            words[at] = (words[at] & 0xffff0000u) | (words[places[below(places.size())]] & 0xffff);
            return;
        case 3:
            words.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
            return;
        case 4: {  // the same again elsewhere
            const std::vector<u32> copy(begin, begin + static_cast<std::ptrdiff_t>(count));
            const std::size_t to = places[below(places.size())];
            words.insert(words.begin() + static_cast<std::ptrdiff_t>(to), copy.begin(), copy.end());
            return;
        }
        default:
            words[at + below(count)] ^= 1u << below(32);
            return;
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<u32> words(size / sizeof(u32));
    if (!words.empty()) std::memcpy(words.data(), data, words.size() * sizeof(u32));
    constexpr unsigned kFreshOnes = 64;
    if (words.size() <= kHeaderWords || random() % kFreshOnes == 0) words = seeds()[random() % seeds().size()];
    for (unsigned left = 1 + random() % 4; left > 0; --left) mutate(words, random);
    const std::size_t made = std::min(words.size(), most / sizeof(u32)) * sizeof(u32);
    std::memcpy(data, words.data(), made);
    return made;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<u32> words(size / sizeof(u32));
    if (!words.empty()) std::memcpy(words.data(), data, words.size() * sizeof(u32));
    try {
        ir::Module module = read::read(words, "main", "fuzzed");
        const std::string text = ir::print(module);
        ir::Module parsed = ir::parse(text, "fuzzed.ir");
        if (ir::print(parsed) != text) std::abort();
        for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
        ir::verify(module);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::internal) std::abort();
    }
    return 0;
}
