// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/read_words.h"

#include "alkomp/error.h"
#include "ir/parse.h"
#include "ir/pass/passes.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "read/spirv/read.h"

#include <optional>

namespace alkomp::testing {

std::string problem_of_reading(std::span<const u32> words) {
    std::optional<ir::Module> module;
    try {
        module = read::read(words, "main", "fuzz.spv");
    } catch (const Error& error) {
        const ErrorCode code = error.code();
        if (code == ErrorCode::compile_failed || code == ErrorCode::unsupported || code == ErrorCode::invalid_argument)
            return {};
        return "the reader fails: " + std::string(error.what());
    }
    const std::string text = ir::print(*module);
    try {
        ir::Module parsed = ir::parse(text, "fuzz.ir");
        if (ir::print(parsed) != text) return "the module prints otherwise after it was parsed:\n" + text;
        ir::verify(*module);
        for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(*module);
    } catch (const Error& error) {
        return "the reader's module is not right: " + std::string(error.what()) + '\n' + text;
    }
    try {
        ir::verify(*module);
    } catch (const Error& error) {
        // With values in the place of memory, more barriers are proven to be missed: the kernel's fault, not the passes'.
        const std::string sentence = error.what();
        if (sentence.find("not all invocations of the") == std::string::npos)
            return "what the passes made is not right: " + sentence + '\n' + text;
    }
    return {};
}

}  // namespace alkomp::testing
