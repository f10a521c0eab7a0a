// SPDX-License-Identifier: MIT OR Apache-2.0
// Which barriers can be proven to be missed by some of those that wait at them.
#include "ir/verified.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alkomp::ir {
namespace {

using testing::kernel_text;
using testing::refusal;
using testing::verify_text;

const std::string kBarrier = "barrier(workgroup, shared) @1:9\n";
const std::string kIds =
    "%local: u32x3 = builtin(local_id)\n"
    "%i: u32 = extract(0) %local\n";
const std::string kDeclarations = "storage %data: u32[] set 0 binding 0\nscalar %n: u32 offset 0";

/// A barrier where this condition, the value %c of these lines, holds.
std::string under(const std::string& lines, const std::string& size = "workgroup_size(64, 1, 1)") {
    return kernel_text(
        kIds + lines + "\nif ^choice %c @1:5 {\n" + kBarrier + "exit ^choice\n} else {\nexit ^choice\n}\nreturn",
        kDeclarations, size);
}

TEST(VerifyUniformity, RefusesABarrierThatOneInvocationMisses) {
    // [barrier]
    const std::string text = R"(
        module "k"
        file 1 "k.cpp"
        kernel @k() workgroup_size(64, 1, 1) {
            %id = builtin(local_id)
            %i = extract(0) %id
            %c = ne %i, 17
            if ^if1 %c @1:5 {
                barrier(workgroup, shared) @1:6
                exit ^if1
            } else {
                exit ^if1
            }
            return
        }
    )";
    EXPECT_EQ(refusal(text),
              "k.cpp:6: barrier: not all invocations of the workgroup come here: the one with local_id "
              "(17, 0, 0) never does, (0, 0, 0) may; the if at k.cpp:5 parts them.");
    // [/barrier]
}

TEST(VerifyUniformity, RefusesABarrierThatOneInvocationAloneReaches) {
    EXPECT_EQ(refusal(under("%c: bool = eq %i, 17")),
              "k.cpp:9: barrier: not all invocations of the workgroup come here: the one with local_id (0, 0, 0) never "
              "does, (17, 0, 0) may; the if at k.cpp:5 parts them.");
}

// The parts of a vector that bits are taken from anew are fewer than those of the result.
TEST(VerifyUniformity, TakesBitsInPartsOfAnotherSizeAsUnknown) {
    const std::string lines =
        "%two: u32x2 = compose 5, 9\n%constant: u16x4 = bitcast %c2\n%made: u16x4 = bitcast %two\n"
        "%sum: u16x4 = add %constant, %made\n%last: u16 = extract(3) %sum\n%c: bool = eq %last, u16(1)";
    const std::string control = "\nif ^choice %c {\n" + kBarrier + "exit ^choice\n} else {\nexit ^choice\n}\nreturn";
    const std::string declarations = kDeclarations + "\nconstant %c2: u32x2 = (1, 2)";
    EXPECT_NO_THROW(
        static_cast<void>(verify_text(kernel_text(kIds + lines + control, declarations, "workgroup_size(64, 1, 1)"))));
}

TEST(VerifyUniformity, FollowsArithmeticOfEachInvocation) {
    const std::string misses = "not all invocations of the workgroup";
    EXPECT_THAT(refusal(under("%h: u32 = shr %i, 1\n%r: u32 = rem %h, 3\n%c: bool = lt %r, 2")),
                ::testing::HasSubstr(misses));
    EXPECT_THAT(refusal(under("%g: u32x3 = builtin(global_id)\n%x: u32 = extract(0) %g\n%c: bool = lt %x, 5")),
                ::testing::HasSubstr(misses));
    EXPECT_THAT(refusal(under("%l: u32 = builtin(local_index)\n%s: i32 = convert %l\n%d: i32 = sub %s, i32(9)\n"
                              "%c: bool = gt %d, i32(0)")),
                ::testing::HasSubstr("(0, 0, 0) never does, (10, 0, 0) may"));
    EXPECT_THAT(refusal(under("%v: u32x3 = add %local, zero<u32x3>\n%x: u32 = extract(1) %v\n%c: bool = eq %x, 1",
                              "workgroup_size(8, 2, 1)")),
                ::testing::HasSubstr("(0, 0, 0) never does, (0, 1, 0) may"));
}

TEST(VerifyUniformity, FollowsTheLanesOfVectors) {
    const auto expect = [](const std::string& vector, const std::string& where) {
        EXPECT_THAT(refusal(under(vector + "\n%c: bool = eq %x, 1", "workgroup_size(8, 2, 1)")),
                    ::testing::HasSubstr(where));
    };
    const std::string along_x = "(0, 0, 0) never does, (1, 0, 0) may", along_y = "(0, 0, 0) never does, (0, 1, 0) may";
    const std::string y = "%y: u32 = extract(1) %local\n";
    expect(y + "%v: u32x2 = compose %i, %y\n%x: u32 = extract(1) %v", along_y);
    expect(y + "%v: u32x4 = compose %y, %local\n%x: u32 = extract(1) %v", along_x);
    expect(y + "%v: u32x4 = splat %y\n%x: u32 = extract(3) %v", along_y);
    expect(y + "%v: u32x3 = splat %y\n%w: u32x2 = shuffle(0, 4) %v, %local\n%x: u32 = extract(0) %w", along_y);
    expect(y + "%v: u32x3 = splat %i\n%w: u32x2 = shuffle(0, 4) %v, %local\n%x: u32 = extract(1) %w", along_y);
    expect("%x: u32 = bit_xor %i, 0", along_x);
}

TEST(VerifyUniformity, KnowsTheSizeOfTheWorkgroup) {
    const std::string half =
        "%s: u32x3 = builtin(workgroup_size)\n%w: u32 = extract(0) %s\n%h: u32 = div %w, 2\n%c: bool = lt %i, %h";
    EXPECT_THAT(refusal(under(half)), ::testing::HasSubstr("(32, 0, 0) never does"));
    verify_text(under("%g: u32x3 = builtin(workgroup_count)\n%w: u32 = extract(0) %g\n%c: bool = lt %i, %w"));
}

TEST(VerifyUniformity, FollowsConstantVectors) {
    const auto text = [](const std::string& lane) {
        return kernel_text(kIds + "%v: u32x3 = add %local, %three\n%x: u32 = extract(" + lane +
                               ") %v\n%c: bool = lt %x, 35\n"
                               "if ^choice %c @1:5 {\n" +
                               kBarrier + "exit ^choice\n} else {\nexit ^choice\n}\nreturn",
                           "constant %three: u32x3 = (3, 4, 5)");
    };
    EXPECT_THAT(refusal(text("0")), ::testing::HasSubstr("(32, 0, 0) never does"));
    verify_text(text("1"));
}

TEST(VerifyUniformity, KnowsNothingOfVariablesWhosePlaceIsPassedOn) {
    verify_text(
        under("%v: ptr<local, u32> = variable %i\n%p: ptr<local, u32> = offset(0) %v, 0\nstore %p, 5\n"
              "%x: u32 = load %v\n%c: bool = eq %x, 0"));
}

TEST(VerifyUniformity, FollowsVariablesThatAreWrittenOnce) {
    EXPECT_THAT(refusal(under("%v: ptr<local, u32> = variable\nstore %v, %i\n%x: u32 = load %v\n%c: bool = eq %x, 0")),
                ::testing::HasSubstr("(1, 0, 0) never does"));
    EXPECT_THAT(refusal(under("%v: ptr<local, u32> = variable %i\n%x: u32 = load %v\n%c: bool = eq %x, 0")),
                ::testing::HasSubstr("(1, 0, 0) never does"));
    verify_text(under("%v: ptr<local, u32> = variable 5\nstore %v, %i\n%x: u32 = load %v\n%c: bool = eq %x, 0"));
}

TEST(VerifyUniformity, KnowsWhichHalfOfAnAndIsCertain) {
    const std::string loads = "%p: ptr<storage, u32> = access %data, 0\n%d: u32 = load %p\n%a: bool = eq %d, 1\n";
    EXPECT_THAT(refusal(under(loads + "%b: bool = lt %i, 32\n%c: bool = bit_and %a, %b")),
                ::testing::HasSubstr("(32, 0, 0) never does"));
    EXPECT_THAT(refusal(under(loads + "%b: bool = lt %i, 32\n%c: bool = select %b, %a, false")),
                ::testing::HasSubstr("(32, 0, 0) never does"));
    verify_text(under(loads + "%b: bool = lt %i, 32\n%c: bool = bit_or %a, %b"));
}

TEST(VerifyUniformity, AcceptsWhatMayGoEitherWay) {
    verify_text(under("%p: ptr<storage, u32> = access %data, %i\n%d: u32 = load %p\n%c: bool = eq %d, 0"));
    verify_text(under("%d: u32 = load %n\n%c: bool = lt %i, %d"));
    verify_text(under("%l: u32 = builtin(subgroup_lane)\n%c: bool = eq %l, 0"));
}

TEST(VerifyUniformity, AcceptsWhatAllOrNoneChoose) {
    verify_text(under("%c: bool = lt %i, 64"));
    verify_text(under("%c: bool = gt %i, 64"));
    verify_text(under("%c: bool = eq %i, 0", "workgroup_size(1, 1, 1)"));
    verify_text(under("%w: u32x3 = builtin(workgroup_id)\n%x: u32 = extract(0) %w\n%c: bool = eq %x, 0"));
}

TEST(VerifyUniformity, AcceptsWorkgroupsWhoseSizeIsSetLater) {
    verify_text(
        kernel_text(kIds + "%c: bool = eq %i, 0\nif ^c %c {\n" + kBarrier + "exit ^c\n} else {\nexit ^c\n}\nreturn",
                    "specialization(0) %size: u32 = 64", "workgroup_size(%size, 1, 1)"));
}

TEST(VerifyUniformity, AcceptsABarrierBehindAChoice) {
    verify_text(
        kernel_text(kIds + "%c: bool = eq %i, 0\nif ^c %c {\nexit ^c\n} else {\nexit ^c\n}\n" + kBarrier + "return"));
}

TEST(VerifyUniformity, DoesNotWaitForThoseThatHaveReturned) {
    const std::string text =
        "%c: bool = lt %i, 8\nif ^c %c @1:5 {\nreturn\n} else {\nexit ^c\n}\n" + kBarrier + "return";
    verify_text(kernel_text(kIds + text));
    EXPECT_EQ(refusal(kernel_text("call(@f)\nreturn", "function @f() {\n" + kIds + text + "\n}")),
              "k.cpp:9: barrier: not all invocations of the workgroup come here: the one with local_id (0, 0, 0) never "
              "does, (8, 0, 0) may; the if at k.cpp:5 parts them.");
}

TEST(VerifyUniformity, DoesNotWaitForThoseThatReturnInTheOtherBranch) {
    const std::string text = "%c: bool = lt %i, 8\nif ^c %c {\n" + kBarrier + "exit ^c\n} else {\n";
    verify_text(kernel_text(kIds + text + "return\n}\nreturn"));
    EXPECT_THAT(refusal(kernel_text(kIds + text + "exit ^c\n}\nreturn")), ::testing::HasSubstr("(8, 0, 0) never does"));
    verify_text(kernel_text(kIds + "%c: bool = lt %i, 8\nif ^c %c {\n" + kBarrier +
                            "if ^d true {\nexit ^d\n} else {\nexit ^d\n}\nexit ^c\n} else {\nreturn\n}\nreturn"));
}

TEST(VerifyUniformity, WaitsForThoseThatReturnLater) {
    EXPECT_THAT(refusal(kernel_text(kIds + "%c: bool = lt %i, 8\nif ^c %c {\n" + kBarrier +
                                    "exit ^c\n} else {\nexit ^c\n}\nif ^d %c {\nexit ^d\n} else {\nreturn\n}\nreturn")),
                ::testing::HasSubstr("(8, 0, 0) never does"));
}

/// A loop that some leave before its barrier: in iteration j, those with i == `last` or less.
std::string loop_text(const std::string& leave) {
    return kernel_text(kIds +
                           "loop ^l (%j: u32 = 0) @1:4 {\n"
                           "%c: bool = le %i, %j\n"
                           "if ^c %c @1:5 {\n" +
                           leave + "\n} else {\nexit ^c\n}\n" + kBarrier +
                           "next ^l(%j)\n} continuing (%k: u32) {\n%m: u32 = add %k, 1\n"
                           "repeat ^l(%m)\n}\n" +
                           "barrier(workgroup, shared) @1:20\nreturn",
                       kDeclarations);
}

TEST(VerifyUniformity, RefusesABarrierInALoopThatSomeHaveLeft) {
    EXPECT_EQ(refusal(loop_text("exit ^l")),
              "k.cpp:9: barrier: not all invocations of the workgroup come here: the one with local_id (0, 0, 0) never "
              "does, (1, 0, 0) may; the if at k.cpp:5 parts them.");
    EXPECT_THAT(refusal(loop_text("next ^l(%j)")), ::testing::HasSubstr("k.cpp:9: barrier"));
    verify_text(loop_text("exit ^c"));
    verify_text(loop_text("return"));
}

TEST(VerifyUniformity, AcceptsABarrierBehindALoopThatIsLeftAtDifferentTimes) {
    verify_text(kernel_text(kIds +
                            "loop ^l (%j: u32 = 0) {\nbarrier(workgroup, none)\n"
                            "%c: bool = le %i, %j\n"
                            "if ^c %c {\nexit ^l\n} else {\nexit ^c\n}\n"
                            "next ^l(%j)\n} continuing (%k: u32) {\n%m: u32 = add %k, 1\nrepeat ^l(%m)\n}\n" +
                            kBarrier + "return"));
}

TEST(VerifyUniformity, AcceptsALoopThatOthersMayLeaveInLaterIterations) {
    // All but 0 leave `outer` by way of the loop's second iteration, so all may come to the barrier behind it.
    verify_text(kernel_text(kIds +
                            "if ^outer true {\n"
                            "loop ^l (%j: u32 = 0) {\nbarrier(workgroup, none)\n"
                            "%c: bool = le %i, %j\n"
                            "if ^c %c {\nexit ^outer\n} else {\nexit ^c\n}\n"
                            "next ^l(%j)\n} continuing (%k: u32) {\n%m: u32 = add %k, 1\nrepeat ^l(%m)\n}\n"
                            "exit ^outer\n} else {\nexit ^outer\n}\n" +
                            kBarrier + "return"));
}

TEST(VerifyUniformity, RefusesABarrierInACaseThatSomeDoNotChoose) {
    const auto text = [](const std::string& end) {
        return kernel_text(kIds + "%r: u32 = rem %i, 4\nswitch ^s %r @1:5 {\ncase 0, 1 {\n" + end +
                           "\n}\ncase 2, 3, default {\n" + kBarrier + "exit ^s\n}\n}\nreturn");
    };
    EXPECT_EQ(refusal(text("exit ^s")),
              "k.cpp:9: barrier: not all invocations of the workgroup come here: the one with local_id (0, 0, 0) never "
              "does, (2, 0, 0) may; the switch at k.cpp:5 parts them.");
    verify_text(text("fallthrough"));
}

TEST(VerifyUniformity, RefusesABarrierInAContinuingRegionThatSomeDoNotReach) {
    EXPECT_THAT(refusal(kernel_text(kIds +
                                    "loop ^l {\n%c: bool = lt %i, 8\nif ^c %c {\nexit ^l\n} else {\nexit ^c\n}\n"
                                    "next ^l\n} continuing {\n" +
                                    kBarrier + "repeat ^l\n}\nreturn")),
                ::testing::HasSubstr("(0, 0, 0) never does, (8, 0, 0) may"));
}

TEST(VerifyUniformity, KnowsNothingOfWhatAContinuingRegionBeginsWith) {
    verify_text(kernel_text(kIds +
                            "loop ^l (%j: u32 = %i) {\nnext ^l(0)\n} continuing (%k: u32) {\n%c: bool = eq %k, 0\n"
                            "if ^c %c {\n" +
                            kBarrier + "exit ^c\n} else {\nexit ^c\n}\nrepeat ^l(%k)\n}\nreturn"));
}

TEST(VerifyUniformity, LooksIntoConstructsWithinConstructs) {
    EXPECT_THAT(refusal(kernel_text(kIds + "%c: bool = lt %i, 8\nif ^a %c {\nif ^b true {\n" + kBarrier +
                                    "exit ^b\n} else {\nexit ^b\n}\nexit ^a\n} else {\nexit ^a\n}\nreturn")),
                ::testing::HasSubstr("(8, 0, 0) never does"));
    EXPECT_THAT(refusal(kernel_text("call(@f)\nreturn", "function @f() {\n" + kIds +
                                                            "if ^a true {\n%c: bool = lt %i, 8\nif ^b %c {\nreturn\n} "
                                                            "else {\nexit ^b\n}\nexit ^a\n} else {\nexit ^a\n}\n" +
                                                            kBarrier + "return\n}")),
                ::testing::HasSubstr("(0, 0, 0) never does"));
}

TEST(VerifyUniformity, FallsThroughToTheNextCaseAlone) {
    EXPECT_THAT(
        refusal(kernel_text(kIds +
                            "%r: u32 = rem %i, 4\nswitch ^s %r {\ncase 0 {\nfallthrough\n}\ncase 1 {\nexit ^s\n}\n"
                            "default {\n" +
                            kBarrier + "exit ^s\n}\n}\nreturn")),
        ::testing::HasSubstr("(0, 0, 0) never does, (2, 0, 0) may"));
}

TEST(VerifyUniformity, LetsThoseChooseAnyCaseOfWhomNothingIsKnown) {
    verify_text(kernel_text(kIds +
                                "%p: ptr<storage, u32> = access %data, 0\n%d: u32 = load %p\n%b: bool = lt %i, 32\n"
                                "%r: u32 = select %b, %d, 2\nswitch ^s %r {\ncase 0, 1 {\n" +
                                kBarrier + "exit ^s\n}\ncase 2 {\nreturn\n}\ndefault {\nexit ^s\n}\n}\nreturn",
                            kDeclarations));
    EXPECT_THAT(
        refusal(kernel_text(kIds +
                                "%p: ptr<storage, u32> = access %data, 0\n%d: u32 = load %p\n"
                                "%b: bool = lt %i, 32\n%r: u32 = select %b, %d, 2\nswitch ^s %r {\ncase 0, 1 {\n" +
                                kBarrier + "exit ^s\n}\ndefault {\nexit ^s\n}\n}\nreturn",
                            kDeclarations)),
        ::testing::HasSubstr("(32, 0, 0) never does, (0, 0, 0) may"));
}

TEST(VerifyUniformity, LetsAnyoneLeaveALoopByItsContinuingRegion) {
    const std::string loop = kIds +
                             "loop ^l {\nnext ^l\n} continuing {\n%c: bool = lt %i, 8\n"
                             "barrier(workgroup, none)\nrepeat_if %c ^l\n}\n";
    verify_text(kernel_text(loop + kBarrier + "return"));
    EXPECT_THAT(refusal(kernel_text(loop + "%d: bool = lt %i, 9\nif ^d %d {\n" + kBarrier +
                                    "exit ^d\n} else {\nexit ^d\n}\nreturn")),
                ::testing::HasSubstr("(9, 0, 0) never does, (0, 0, 0) may"));
}

TEST(VerifyUniformity, RefusesACallOfAFunctionWithABarrier) {
    const std::string function =
        "function @f() {\nbarrier(workgroup, none)\nreturn\n}\nfunction @g() {\ncall(@f)\nreturn\n}\n";
    EXPECT_EQ(refusal(kernel_text(
                  kIds + "%c: bool = eq %i, 0\nif ^c %c @1:5 {\ncall(@g) @1:7\nexit ^c\n} else {\nexit ^c\n}\n"
                         "return",
                  function)),
              "k.cpp:7: call: not all invocations of the workgroup come here: the one with local_id (1, 0, 0) never "
              "does, (0, 0, 0) may; the if at k.cpp:5 parts them.");
}

TEST(VerifyUniformity, SaysNothingOfThoseWhereControlNeverComes) {
    verify_text(kernel_text(kIds + "%c: bool = eq %i, 0\nif ^c %c {\n" + kBarrier +
                            "exit ^c\n} else {\nunreachable\n}\nreturn"));
}

TEST(VerifyUniformity, LooksAtEachSubgroupForWhatIsOfTheSubgroup) {
    const auto text = [](const std::string& condition, const std::string& sizes) {
        return kernel_text(
            kIds + condition + "\nif ^c %c @1:5 {\nbarrier(subgroup, none) @1:9\nexit ^c\n} else {\nexit ^c\n}\nreturn",
            {}, sizes);
    };
    const std::string of_16 = "workgroup_size(64, 1, 1) subgroup_size(16)";
    verify_text(text("%c: bool = lt %i, 32", of_16));
    verify_text(text("%c: bool = lt %i, 24", "workgroup_size(64, 1, 1)"));
    EXPECT_EQ(refusal(text("%c: bool = lt %i, 24", of_16)),
              "k.cpp:9: barrier: not all invocations of the subgroup come here: the one with local_id (24, 0, 0) never "
              "does, (16, 0, 0) may; the if at k.cpp:5 parts them.");
    EXPECT_THAT(refusal(text("%l: u32 = builtin(subgroup_lane)\n%c: bool = eq %l, 3", of_16)),
                ::testing::HasSubstr("(0, 0, 0) never does, (3, 0, 0) may"));
    verify_text(text("%g: u32 = builtin(subgroup_id)\n%c: bool = eq %g, 1", of_16));
    EXPECT_THAT(
        refusal(under("%g: u32 = builtin(subgroup_id)\n%c: bool = eq %g, 1", of_16)),
        ::testing::HasSubstr("of the workgroup come here: the one with local_id (0, 0, 0) never does, (16, 0, 0)"));
}

TEST(VerifyUniformity, WaitsForThoseThatHaveReturnedWhereAMatrixIsHeld) {
    const auto text = [](const std::string& count) {
        return kernel_text(kIds + "%c: bool = lt %i, " + count +
                               "\nif ^c %c @1:5 {\nreturn\n} else {\nexit ^c\n}\n"
                               "%p: ptr<storage, f32> = access %a, 0\n"
                               "%m: coopmat<f32, subgroup, 8, 8, a> = matrix_load(row_major) %p, 8 @1:9\nreturn",
                           "storage %a: f32[] set 0 binding 0", "workgroup_size(64, 1, 1) subgroup_size(32)");
    };
    EXPECT_THAT(refusal(text("8")), ::testing::HasSubstr("k.cpp:9: matrix_load: not all invocations of the subgroup"));
    verify_text(text("32"));
}

TEST(VerifyUniformity, LetsSubgroupsWorkWithThoseThatAreThere) {
    verify_text(kernel_text(
        kIds + "%c: bool = lt %i, 7\nif ^c %c {\n%s: u32 = subgroup_reduce(add) %i\nexit ^c\n} else {\nexit "
               "^c\n}\nreturn",
        {}, "workgroup_size(64, 1, 1) subgroup_size(32)"));
}

}  // namespace
}  // namespace alkomp::ir
