// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs: right, the same behind their text, and with one result whatever is left unspecified.
#include "support/random_program.h"

#include "ir/parse.h"
#include "ir/pass/passes.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "support/reduce.h"
#include "support/seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

TEST(RandomPrograms, are_right_and_the_same_behind_their_text) {
    for (const u64 seed : seeds(500)) {
        RandomProgram program = random_program(seed, {});
        SCOPED_TRACE("seed " + std::to_string(seed));
        ASSERT_NO_THROW(ir::verify(program.module)) << ir::print(program.module);
        const std::string text = ir::print(program.module);
        ir::Module parsed = ir::parse(text, "random.ir");
        ASSERT_EQ(ir::print(parsed), text);
        KernelRun run = program.run, again = program.run;
        again.unspecified = 12345;
        ASSERT_NO_THROW(evaluate(program.module, run)) << text;
        ASSERT_NO_THROW(evaluate(parsed, again)) << text;
        ASSERT_EQ(difference(program.module, run, again), "") << text;
    }
}

/// What the passes break, in words: the first pass behind which the kernel leaves something else.
std::string broken_by_passes(ir::Module module, const KernelRun& start) {
    KernelRun expected = start;
    evaluate(module, expected);
    for (const ir::Pass& pass : ir::optimizing_passes()) {
        try {
            pass.run(module);
            ir::verify(module);
            KernelRun run = start;
            run.unspecified = 99;
            evaluate(module, run);
            const std::string differs = difference(module, expected, run);
            if (!differs.empty()) return std::string(pass.name) + ": " + differs;
        } catch (const std::exception& error) {
            return std::string(pass.name) + ": " + error.what();
        }
    }
    return {};
}

TEST(RandomPrograms, leave_the_same_behind_each_pass) {
    for (const u64 seed : seeds()) {
        const RandomProgram program = random_program(seed, {});
        const std::string broken = broken_by_passes(program.module, program.run);
        if (broken.empty()) continue;
        const auto still_fails = [&](const ir::Module& module) {
            try {
                return !broken_by_passes(module, program.run).empty();
            } catch (const std::exception&) {
                return false;  // wrong before any pass
            }
        };
        const ir::Module small = reduced(program.module, still_fails);
        FAIL() << "seed " << seed << ": " << broken << "\nreduced: " << broken_by_passes(small, program.run) << '\n'
               << ir::print(small);
    }
}

}  // namespace
}  // namespace alkomp::testing
