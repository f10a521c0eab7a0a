// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs: right, the same behind their text, and with one result whatever is left unspecified.
#include "support/random_program.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
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

}  // namespace
}  // namespace alkomp::testing
