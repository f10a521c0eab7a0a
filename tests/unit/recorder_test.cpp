// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lang/recorder.h"

#include "alkomp/lang.h"
#include "expect_error.h"
#include "recorded_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace alkomp {
namespace {

using testing::code;
using testing::error_text;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::refusal;

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
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %x: f32[] set 0 binding 0 readonly @"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %y: f32[] set 0 binding 1 @"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("scalar %a: f32 offset 0 readonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("scalar %arg3: f32x3 offset 16 readonly"));
    EXPECT_THAT(saxpy.ir(), HasSubstr("storage %arg4: u32[] set 0 binding 2 writeonly @"));
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

TEST(Recorder, ComputesBothSidesWhereThatDoesNoHarm) {
    const auto k = kernel("k", [](Out<u32> data, Val<u32> n) {
        const Var<u32> limit = n;
        const auto i = global_id();
        data[i] = Val<u32>(i < n && i + 1u != limit) + Val<u32>(i == 0u || n == 7u);
    });
    EXPECT_THAT(code(k), HasSubstr("bit_and"));
    EXPECT_THAT(code(k), HasSubstr("bit_or"));
    EXPECT_THAT(code(k), Not(HasSubstr("= if")));
}

TEST(Recorder, KeepsEffectsOfTheRightSideBehindTheLeftSide) {
    const auto k = kernel("k", [](InOut<u32> data, Val<u32> n) {
        const Val<bool> inside = global_id() < n;
        data[1] = 5u;  // belongs to no side
        const auto count = [&] { return atomic_add(data[0], 1u) < 10u; };
        data[2] = Val<u32>(inside || count());
    });
    EXPECT_THAT(code(k), HasSubstr("        exit ^if2(true)\n"
                                   "    } else {\n"
                                   "        %10: ptr<storage, u32> = access %arg0, 0\n"));
    EXPECT_THAT(code(k), HasSubstr("    store %8, 5\n"
                                   "    %9: bool = if ^if2 %7 {\n"));
}

// Mistakes ----------------------------------------------------------------------------------------

#define AT(line_below) "recorder_test.cpp:" + std::to_string(__LINE__ - (line_below)) + ": "

TEST(Recorder, RefusesOperationsOutsideAKernel) {
    const std::string text = error_text(ErrorCode::compile_failed, [] { static_cast<void>(Var<u32>(5u)); });
    EXPECT_THAT(text, HasSubstr(AT(1) + "no kernel is being recorded on this thread"));
    EXPECT_THAT(text, HasSubstr("\n    const std::string text = error_text("));  // the source line
}

TEST(Recorder, RefusesAValueOfAnotherKernel) {
    std::vector<Val<u32>> kept;
    static_cast<void>(kernel("first", [&](InOut<u32> data) {
        kept.push_back(global_id());
        data[0] = 1u;
    }));
    const std::string text = refusal([&](InOut<u32> data) {
        data[0] = 1u;
        data[1] = kept[0] + 1u;
    });
    EXPECT_THAT(text, HasSubstr(AT(2) + "this value belongs to another kernel, whose recording has ended."));
    EXPECT_THAT(text, HasSubstr("\n    data[1] = kept[0] + 1u;\n"));
    EXPECT_THAT(text, HasSubstr("\nwhile recording the kernel \"wrong\""));
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(kept[0] + 1u); }),
                HasSubstr("no kernel is being recorded"));
}

TEST(Recorder, RefusesAValueOutsideTheBlockThatMadeIt) {
    std::vector<Val<u32>> kept;
    const std::string text = refusal([&](InOut<u32> data) {
        if_(data[0] == 1u, [&] { kept.push_back(data[1] * 2u); });
        data[2] = kept[0];
    });
    EXPECT_THAT(text, HasSubstr(AT(2) + "this value was made in a block that has ended (line " +
                                std::to_string(__LINE__ - 4) + ")"));
    EXPECT_THAT(refusal([&](InOut<u32> data) {
                    std::vector<Val<u32>> right;
                    const auto read = [&] {
                        right.push_back(data[3]);
                        return right[0] > 1u;
                    };
                    if_(data[0] == 1u && read(), [&] { data[1] = right[0]; });
                }),
                HasSubstr("this value was made in a block that has ended"));
}

TEST(Recorder, RefusesNumbersThatTheTypeDoesNotHold) {
    EXPECT_THAT(refusal([](InOut<u32> data) { data[0] = -1; }), HasSubstr(AT(0) + "-1 is no u32."));
    EXPECT_THAT(refusal([](InOut<u32> data) { data[0] += 0x100000000; }), HasSubstr("4294967296 is no u32."));
    EXPECT_THAT(refusal([](InOut<i8> data) { data[0] = 128; }), HasSubstr("128 is no i8."));
    EXPECT_THAT(refusal([](InOut<f32> data) { data[0] = 16777217; }), HasSubstr("16777217 is no f32."));
    EXPECT_THAT(refusal([](InOut<f32> data) { data[0] = 0.1; }),
                HasSubstr("0.10000000000000001 is not exactly one of f32: write an f or f32(...) to have it rounded."));
    EXPECT_THAT(refusal([](InOut<f16> data) { data[0] = 0.1f; }), HasSubstr("is not exactly one of f16"));
    static_cast<void>(kernel("right", [](InOut<i8> a, InOut<f32> b, InOut<f16> c, InOut<u64> d) {
        a[0] = -128;
        b[0] = 16777216;
        b[1] = 0.5;
        b[2] = std::numeric_limits<double>::quiet_NaN();
        c[0] = -0.5f;
        d[0] = ~u64{0};
    }));
}

TEST(Recorder, RefusesAnIndexThatIsKnownToLieOutside) {
    EXPECT_THAT(refusal([](InOut<u32> data) { data[-1] = 1u; }), HasSubstr("the index -1 is negative."));
    EXPECT_THAT(refusal([](InOut<u32> data, Shared<u32, 16> tile) { data[0] = tile[16]; }),
                HasSubstr("the index 16 is outside: there are 16."));
    EXPECT_THAT(refusal([](InOut<u32x2> data) { data[0][2] = 1u; }), HasSubstr("the index 2 is outside: there are 2."));
}

TEST(Recorder, RefusesJumpsThatHaveNoTarget) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    data[0] = 1u;
                    break_();
                }),
                HasSubstr("break_ is in no loop and no switch_."));
    EXPECT_THAT(refusal([](InOut<u32> data) { switch_(data[0]).case_(1, [] { continue_(); }); }),
                HasSubstr("continue_ is in no loop."));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    const auto leave = function([](Val<u32> x) {
                        break_();
                        return x;
                    });
                    for_(range(3u), [&](Val<u32> i) { data[i] = leave(i); });
                }),
                HasSubstr("break_ is in no loop and no switch_."));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    data[0] = 1u;
                    return_(global_id());
                }),
                HasSubstr("the kernel returns nothing; return_ gives u32."));
}

TEST(Recorder, RefusesCasesThatCannotBe) {
    // In one line: clang takes the first one of a chain for all its calls.
    const std::string text = refusal([](InOut<u32> data) {
        switch_(data[0]).case_(1, [] {}).case_({2, 1}, [&] { data[0] = 1u; });
    });
    EXPECT_THAT(text, HasSubstr(AT(2) + "the case 1 is there already, at line " + std::to_string(__LINE__ - 2)));
    EXPECT_THAT(refusal([](InOut<u32> data) { switch_(data[0]).case_(-1, [&] { data[0] = 1u; }); }),
                HasSubstr("the case -1 is no u32."));
    EXPECT_THAT(refusal([](InOut<u32> data) { switch_(data[0]).default_([] {}).default_([&] { data[0] = 1u; }); }),
                HasSubstr("the switch_ has two default_."));
    EXPECT_THAT(refusal([](InOut<u32> data) { for_(range(0u, 5u, 0u), [&](Val<u32> i) { data[i] = 1u; }); }),
                HasSubstr("the range has a step of 0."));
}

TEST(Recorder, RefusesAnIfOrSwitchThatIsGivenAName) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    auto choice = if_(data[0] == 1u, [&] { data[0] = 2u; });
                    data[1] = 3u;
                }),
                HasSubstr("an if_ has no name: else_if_ and else_ follow it at once."));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    auto choice = switch_(data[0]);
                    data[1] = 3u;
                    std::move(choice).case_(1, [&] { data[0] = 2u; });
                }),
                HasSubstr("a switch_ has no name: its cases follow it at once."));
}

TEST(Recorder, RefusesAtomicsOnVariables) {
    EXPECT_THAT(
        refusal([](InOut<u32> data) {
            Var<u32> x = 0u;
            data[0] = atomic_add(x, 1u);
        }),
        HasSubstr("an atomic operation is on a buffer or shared memory; a variable belongs to one invocation."));
}

TEST(Recorder, RefusesAVariableThatWasMovedFrom) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    Var<u32> x = 1u;
                    const Var<u32> y = std::move(x);
                    data[0] = x;  // NOLINT
                    data[1] = y;
                }),
                HasSubstr("this variable was moved from."));
}

TEST(Recorder, RefusesKernelsThatWriteNothing) {
    EXPECT_THAT(refusal([](In<u32> data) { static_cast<void>(Var<u32>(data[0])); }),
                HasSubstr("the kernel writes to none of its buffers."));
    EXPECT_THAT(refusal([](InOut<u32> data, Shared<u32, 4> tile) {
                    tile[0] = data[0];
                    return_();
                    data[0] = 1u;  // never happens
                }),
                HasSubstr("the kernel writes to none of its buffers."));
}

TEST(Recorder, RefusesAKernelWithinAKernel) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    data[0] = 1u;
                    static_cast<void>(kernel("inner", [](InOut<u32> more) { more[0] = 2u; }));
                }),
                HasSubstr("a kernel is made within another one"));
    static_cast<void>(kernel("after", [](InOut<u32> data) { data[0] = 1u; }));
}

TEST(Recorder, RefusesRecursionAndValuesThatAFunctionCaptures) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    std::function<Val<u32>(Val<u32>)> again;
                    const auto f = function([&](Val<u32> x) { return again(x); });
                    again = [&](Val<u32> x) { return f(x); };
                    data[0] = f(1u);
                }),
                HasSubstr("the function calls itself; device code has no recursion."));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    const Val<u32> factor = data[0];
                    const auto f = function([&](Val<u32> x) { return x * factor; });
                    data[0] = f(1u);
                }),
                HasSubstr("a value that the function captures"));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    const auto f = function([](Val<u32> x) {
                        if_(x == 0u, [] { return_(Val<f32>(1.0f)); });
                        return x;
                    });
                    data[0] = f(1u);
                }),
                HasSubstr("the function returns u32; return_ gives f32."));
}

TEST(Recorder, LosesNothingButTheRecordingInWhichAnExceptionIsThrown) {
    EXPECT_THROW(static_cast<void>(kernel("broken",
                                          [](InOut<u32> data) {
                                              if_(data[0] == 1u, [&] { data[0] = 2u; }).else_([] {
                                                  for_(range(2u), [](Val<u32>) { throw std::runtime_error("mine"); });
                                              });
                                          })),
                 std::runtime_error);
    const auto next = kernel("next", [](InOut<u32> data) { data[0] = 1u; });
    EXPECT_THAT(code(next), HasSubstr("store"));
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    try {
                        if_(data[0] == 1u, [] { throw std::runtime_error("mine"); });
                    } catch (const std::runtime_error&) {
                    }
                    data[0] = 1u;
                }),
                HasSubstr("the kernel caught an exception that ended a block of it"));
}

TEST(Recorder, RefusesAnAxisThatThereIsNot) {
    EXPECT_THAT(refusal([](InOut<u32> data) { data[0] = global_id(3); }),
                HasSubstr("the axis 3 is none of 0, 1 and 2."));
    EXPECT_THAT(refusal([](InOut<u32> data) { data[0] = local_id(7); }),
                HasSubstr("the axis 7 is none of 0, 1 and 2."));
}

TEST(Recorder, RefusesAFunctionThatCaughtAnException) {
    EXPECT_THAT(refusal([](InOut<u32> data) {
                    const auto f = function([](Val<u32> x) {
                        try {
                            if_(x == 1u, [] { throw std::runtime_error("mine"); });
                        } catch (const std::runtime_error&) {
                        }
                        return x;
                    });
                    data[0] = f(1u);
                }),
                HasSubstr("the function caught an exception that ended a block of it."));
}

TEST(Recorder, RecordsOnSeveralThreadsAtOnce) {
    std::vector<std::thread> threads;
    std::vector<std::string> texts(8);
    for (std::string& text : texts) {
        threads.emplace_back([&text] {
            for (int i = 0; i < 50; ++i) {
                text = code(kernel(
                    "k", [](InOut<u32> data) { for_(range(3u), [&](Val<u32> at) { data[at] += global_id(); }); }));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& text : texts) EXPECT_EQ(text, texts[0]);
}

TEST(Recorder, RefusesAStructThatHasABoolOrListsItsMembersOutOfOrder) {
    struct Truth {
        bool value;
        using fields = Fields<&Truth::value>;
    };
    struct Swapped {
        u32 a, b;
        using fields = Fields<&Swapped::b, &Swapped::a>;
    };
    EXPECT_THAT(
        refusal([](InOut<Truth> data) { data[0] = Truth{true}; }),
        HasSubstr("the member \"value\" of Truth is a bool, which has no layout in device memory; u32 has one."));
    EXPECT_THAT(refusal([](InOut<Swapped> data) {
                    data[0] = Swapped{1, 2};
                }),
                HasSubstr("Fields<...> of Swapped lists \"a\" behind a later member; members are listed in order."));
}

TEST(Recorder, PutsWhatTheHostKnowsIntoMessages) {
    const auto say = kernel("say", [](In<u32> data) {
        const Val<u32> x = data[0];
        print_("{} of {}: {}", x, 3, "all");
        print_(x, 0.5f, x);
        assert_(x < 5u, "{} is {}", std::string("x"), x);
        assert_(x > 0u);
    });
    const std::string text = code(say);
    EXPECT_THAT(text, HasSubstr("print(\"{} of 3: all\") %5\n"));
    EXPECT_THAT(text, HasSubstr("print(\"{} 0.5 {}\") %5, %5\n"));
    EXPECT_THAT(text, HasSubstr("check(\"x is {}\") %6, %5\n"));
    EXPECT_THAT(text, HasSubstr("check(\"\") %7\n"));
}

TEST(Recorder, RefusesMessagesWithMoreOrFewerValuesThanPlaces) {
    EXPECT_THAT(error_text(ErrorCode::compile_failed,
                           [] { static_cast<void>(kernel("k", [](In<u32> x) { print_("{} {}", x[0]); })); }),
                HasSubstr("the text has 2 {}s, 1 value is given."));
    EXPECT_THAT(error_text(ErrorCode::compile_failed,
                           [] { static_cast<void>(kernel("k", [](In<u32> x) { print_("x", x[0], x[1]); })); }),
                HasSubstr("the text has 0 {}s, 2 values are given."));
    EXPECT_THAT(error_text(ErrorCode::compile_failed,
                           [] { static_cast<void>(kernel("k", [](In<u32> x) { assert_(x[0] == 1u, "{}", "a{}"); })); }),
                HasSubstr("the text \"a{}\" is shown and has a {} of its own."));
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [] { print_("outside"); }),
                HasSubstr("no kernel is being recorded on this thread"));
}

TEST(Recorder, RefusesDigitsThatDoNotFitTheBuildingBlock) {
    const auto rank = [](u32 bits, u32 size) {
        static_cast<void>(kernel("k",
                                 [&](InOut<u32> data) {
                                     const auto digits = block_load<64>(data, data.count(), 0u);
                                     block_store(data, block_radix_rank(digits, bits), data.count());
                                 },
                                 {.workgroup_size = size}));
    };
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { rank(9, 64); }),
                HasSubstr("a digit has 9 bits; 1 to 8 are allowed."));
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { rank(4, 1024); }),
                HasSubstr("the workgroup has 65536 digits; at most 65535 are allowed."));
}

}  // namespace
}  // namespace alkomp
