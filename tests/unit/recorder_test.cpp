// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lang/recorder.h"

#include "alkomp/lang.h"
#include "expect_error.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace alkomp {
namespace {

using testing::error_text;
using ::testing::HasSubstr;
using ::testing::Not;

/// What was recorded, checked and brought through the text form; without places, and without what skips the
/// invocations beyond a call's elements.
std::string code(const RecordedKernel& kernel) {
    ir::verify(kernel.record()->module);
    const std::string text = kernel.ir();
    ir::Module again = ir::parse(text, "again.ir");
    ir::verify(again);
    EXPECT_EQ(ir::print(again), text);
    std::string body = std::regex_replace(text, std::regex(" @[0-9:]+"), "");
    body.erase(0, body.find("kernel @"));
    const std::size_t guard = body.find("if ^if1 ");
    if (body.find("load %count") < guard) body.erase(0, body.find("    }\n", body.find("else", guard)) + 6);
    return body;
}

TEST(Recorder, MakesTheCollatzKernelAsItIsWritten) {
    const auto collatz = kernel("collatz", [](InOut<u32> data) {
        Var<u32> n = data[global_id()], steps = 0u;
        while_([&] { return n != 1u; },
               [&] {
                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                   steps += 1u;
               });
        data[global_id()] = steps;
    });
    const std::string text = code(collatz);
    EXPECT_THAT(text, HasSubstr("%8: ptr<local, u32> = variable %7\n"
                                "    %9: ptr<local, u32> = variable 0\n"
                                "    loop ^loop1 {\n"
                                "        %10: u32 = load %8\n"
                                "        %11: bool = ne %10, 1\n"
                                "        if ^if2 %11 {\n"
                                "            exit ^if2\n"
                                "        } else {\n"
                                "            exit ^loop1\n"
                                "        }\n"));
    EXPECT_THAT(text, HasSubstr("        store %9, %22\n"
                                "        next ^loop1\n"
                                "    } continuing {\n"
                                "        repeat ^loop1\n"
                                "    }\n"));
}

TEST(Recorder, SkipsTheInvocationsBeyondACallsElements) {
    const auto fill = kernel("fill", [](Out<u32> data) { data[global_id()] = 7u; });
    EXPECT_THAT(fill.ir(), HasSubstr("scalar %count: u32 offset 0 readonly count"));
    EXPECT_THAT(fill.ir(), HasSubstr("lt %1, %2"));
    const auto plane = kernel("plane", [](Out<u32> data) { data[global_id()] = 7u; }, {.workgroup_size = {8, 8}});
    EXPECT_THAT(plane.ir(), Not(HasSubstr("count")));
}

TEST(Recorder, TellsBuffersAndScalarsByTheirNamesAndInOrder) {
    const auto saxpy = kernel("saxpy",
                              [](In<f32> x, InOut<f32> y, Val<f32> a, Val<f32x3> shift, Out<u32> done) {
                                  y[global_id()] = a * x[global_id()] + y[global_id()] + shift.z();
                                  done[global_id()] = 1;
                              },
                              {.parameters = {"x", "y", "a"}});
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %x: f32[] set 0 binding 0 readonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %y: f32[] set 0 binding 1 @"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("scalar %a: f32 offset 0 readonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("scalar %arg3: f32x3 offset 16 readonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %arg4: u32[] set 0 binding 2 writeonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("scalar %count: u32 offset 28 readonly count"));
    static_cast<void>(code(saxpy));
}

TEST(Recorder, GivesEachInstructionItsLine) {
    const u32 line = __LINE__;
    const auto k = kernel("k", [](InOut<u32> data) {
        Val<u32> i = global_id();
        data[i] = i  // and on another line
                  + 5u;
        data[i]++;
    });
    const auto at = [&](u32 below) { return " @1:" + std::to_string(line + below) + '\n'; };
    EXPECT_THAT(k.ir(), HasSubstr("builtin(global_id)" + at(2)));
    EXPECT_THAT(k.ir(), HasSubstr("add %5, 5" + at(4)));
    EXPECT_THAT(k.ir(), HasSubstr("load %8" + at(5)));
    EXPECT_THAT(k.ir(), Not(HasSubstr("assignment.h")));
}

// && and || ----------------------------------------------------------------------------------------

TEST(Recorder, RunsTheRightSideOfAndOnlyWhereTheLeftSideHolds) {
    const auto k = kernel("k", [](InOut<u32> data, Val<u32> n) {
        const Val<u32> i = global_id();
        data[0] = select(i < n && data[i] > 0u, Val<u32>(1u), 2u);
    });
    EXPECT_THAT(code(k), HasSubstr("    %7: bool = lt %6, %4\n"
                                   "    %8: bool = if ^if2 %7 {\n"
                                   "        %9: ptr<storage, u32> = access %arg0, %6\n"
                                   "        %10: u32 = load %9\n"
                                   "        %11: bool = gt %10, 0\n"
                                   "        exit ^if2(%11)\n"
                                   "    } else {\n"
                                   "        exit ^if2(false)\n"
                                   "    }\n"));
}

}  // namespace
}  // namespace alkomp
