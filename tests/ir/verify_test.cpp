// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/verify.h"

#include "ir/verified.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alkomp::ir {
namespace {

using testing::kernel_text;
using testing::refusal;
using testing::verify_text;

// Which values are visible.

TEST(Verify, RefusesAValueBehindTheRegionThatDefinesIt) {
    EXPECT_EQ(refusal(kernel_text("if ^if1 true {\n"
                                  "%x: u32 = add 1, 2 @1:3\n"
                                  "exit ^if1\n"
                                  "} else {\n"
                                  "exit ^if1\n"
                                  "}\n"
                                  "%y: u32 = add %x, 1 @1:5\n"
                                  "return")),
              "k.cpp:5: add: \"x\" is not visible here; the region that defines it has ended (k.cpp:3).");
}

TEST(Verify, RefusesAValueOfAnotherRegionOfTheSameConstruct) {
    EXPECT_EQ(refusal(kernel_text("if ^if1 true {\n"
                                  "%x: u32 = add 1, 2\n"
                                  "exit ^if1\n"
                                  "} else {\n"
                                  "%y: u32 = add %x, 1 @1:5\n"
                                  "exit ^if1\n"
                                  "}\n"
                                  "return")),
              "k.cpp:5: add: \"x\" is not visible here; the region that defines it has ended.");
}

TEST(Verify, RefusesAParameterOfALoopsBodyInItsContinuingRegion) {
    EXPECT_EQ(refusal(kernel_text("loop ^l (%i: u32 = 0) {\n"
                                  "next ^l\n"
                                  "} continuing {\n"
                                  "%n: u32 = add %i, 1 @1:4\n"
                                  "repeat ^l(%n)\n"
                                  "}\n"
                                  "return")),
              "k.cpp:4: add: \"i\" is not visible here; the region that defines it has ended.");
}

TEST(Verify, RefusesTheResultOfAConstructWithinIt) {
    EXPECT_EQ(refusal(kernel_text("%x: u32 = if ^i true {\n"
                                  "exit ^i(%x) @1:2\n"
                                  "} else {\n"
                                  "exit ^i(1)\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: exit: \"x\" is used before it is defined.");
}

// Terminators.

TEST(Verify, RefusesValuesOfAnotherTypeThanTheConstructsResults) {
    EXPECT_EQ(refusal(kernel_text("%x: u32 = if ^i true {\n"
                                  "exit ^i(1.0) @1:2\n"
                                  "} else {\n"
                                  "exit ^i(1)\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: exit: 1.0 is f32, where the result \"x\" is u32.");
}

TEST(Verify, RefusesAnExitWithTooFewValues) {
    EXPECT_EQ(refusal(kernel_text("%x: u32 = if ^i true {\n"
                                  "exit ^i @1:2\n"
                                  "} else {\n"
                                  "exit ^i(1)\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: exit: it passes 0 values, where 1 is wanted.");
}

TEST(Verify, RefusesAnExitOfAConstructThatDoesNotEncloseIt) {
    EXPECT_EQ(refusal(kernel_text("if ^a true {\n"
                                  "exit ^a\n"
                                  "} else {\n"
                                  "exit ^a\n"
                                  "}\n"
                                  "if ^b true {\n"
                                  "exit ^a @1:7\n"
                                  "} else {\n"
                                  "exit ^b\n"
                                  "}\n"
                                  "return")),
              "k.cpp:7: exit: the construct that it names does not enclose it.");
}

TEST(Verify, RefusesNextOfSomethingElseThanALoop) {
    EXPECT_EQ(refusal(kernel_text("if ^a true {\n"
                                  "next ^a @1:2\n"
                                  "} else {\n"
                                  "exit ^a\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: next: it names if, where a loop is wanted.");
}

TEST(Verify, RefusesNextWithValuesThatTheContinuingRegionDoesNotTake) {
    EXPECT_EQ(refusal(kernel_text("loop ^l {\n"
                                  "next ^l(1) @1:2\n"
                                  "} continuing (%f: f32) {\n"
                                  "repeat ^l\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: next: 1 is u32, where the continuing region's parameter \"f\" is f32.");
}

TEST(Verify, RefusesALoopThatBeginsWithAnotherType) {
    EXPECT_EQ(refusal(kernel_text("loop ^l (%i: f32 = 1) @1:1 {\n"
                                  "exit ^l\n"
                                  "} continuing {\n"
                                  "repeat ^l(1.0)\n"
                                  "}\n"
                                  "return")),
              "k.cpp:1: loop: 1 is u32, where the body's parameter \"i\" is f32.");
}

TEST(Verify, RefusesAContinuingRegionThatIsLeftOtherwiseThanByRepeat) {
    const auto text = [](const std::string& end) {
        return kernel_text("loop ^l {\nnext ^l\n} continuing {\n" + end + " @1:4\n}\nreturn");
    };
    for (const std::string end : {"exit ^l", "next ^l", "return", "unreachable"}) {
        EXPECT_EQ(refusal(text(end)),
                  "k.cpp:4: " + end.substr(0, end.find(' ')) + ": a continuing region ends with repeat or repeat_if.");
    }
    verify_text(text("repeat ^l"));
}

TEST(Verify, RefusesToLeaveAContinuingRegionFromWithin) {
    const auto text = [](const std::string& leave) {
        return kernel_text("loop ^o {\nloop ^l {\nnext ^l\n} continuing {\nif ^i true {\n" + leave +
                           " @1:6\n} else {\nexit ^i\n}\nrepeat ^l\n}\nexit ^o\n} continuing {\nrepeat ^o\n}\nreturn");
    };
    for (const std::string leave : {"exit ^l", "exit ^o", "next ^l", "next ^o", "return"}) {
        EXPECT_EQ(refusal(text(leave)),
                  "k.cpp:6: " + leave.substr(0, leave.find(' ')) +
                      ": it leaves the continuing region of a loop, which only repeat and repeat_if do.");
    }
    verify_text(text("exit ^i"));
    verify_text(text("unreachable"));
}

TEST(Verify, RefusesRepeatElsewhereThanAtTheEndOfItsContinuingRegion) {
    EXPECT_EQ(refusal(kernel_text("loop ^l {\n"
                                  "repeat ^l @1:2\n"
                                  "} continuing {\n"
                                  "repeat ^l\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: repeat: it does not end the continuing region of the loop that it names.");
    EXPECT_EQ(refusal(kernel_text("loop ^o {\n"
                                  "loop ^l {\n"
                                  "next ^l\n"
                                  "} continuing {\n"
                                  "repeat ^o @1:5\n"
                                  "}\n"
                                  "exit ^o\n"
                                  "} continuing {\n"
                                  "repeat ^o\n"
                                  "}\n"
                                  "return")),
              "k.cpp:5: repeat: it does not end the continuing region of the loop that it names.");
}

TEST(Verify, RefusesRepeatWithValuesThatTheBodyDoesNotTake) {
    EXPECT_EQ(refusal(kernel_text("loop ^l (%i: u32 = 0) {\n"
                                  "next ^l\n"
                                  "} continuing {\n"
                                  "repeat ^l @1:4\n"
                                  "}\n"
                                  "return")),
              "k.cpp:4: repeat: it passes 0 values, where 1 is wanted.");
}

TEST(Verify, RefusesRepeatIfWithWrongConditionOrValues) {
    const auto text = [](const std::string& end) {
        return kernel_text("%r: f32 = loop ^l (%i: u32 = 0) {\nnext ^l(%i)\n} continuing (%j: u32) {\n" + end +
                           " @1:4\n}\nreturn");
    };
    verify_text(text("repeat_if true ^l(%j) else (1.0)"));
    EXPECT_EQ(refusal(text("repeat_if %j ^l(%j) else (1.0)")),
              "k.cpp:4: repeat_if: the condition \"j\" is u32, where bool is wanted.");
    EXPECT_EQ(refusal(text("repeat_if true ^l(%j) else (%j)")),
              "k.cpp:4: repeat_if: \"j\" is u32, where the result \"r\" is f32.");
    EXPECT_EQ(refusal(text("repeat_if true ^l else (1.0)")),
              "k.cpp:4: repeat_if: it passes 0 values, where 1 is wanted.");
}

TEST(Verify, RefusesFallthroughOutOfASwitch) {
    EXPECT_EQ(refusal(kernel_text("if ^i true {\n"
                                  "fallthrough @1:2\n"
                                  "} else {\n"
                                  "exit ^i\n"
                                  "}\n"
                                  "return")),
              "k.cpp:2: fallthrough: it does not end a region of a switch.");
    EXPECT_EQ(refusal(kernel_text("switch ^s 1 {\n"
                                  "default {\n"
                                  "fallthrough @1:3\n"
                                  "}\n"
                                  "}\n"
                                  "return")),
              "k.cpp:3: fallthrough: no region follows the last one of a switch.");
}

TEST(Verify, RefusesFallthroughWithValuesThatTheNextCaseDoesNotTake) {
    EXPECT_EQ(refusal(kernel_text("switch ^s 1 {\n"
                                  "default {\n"
                                  "fallthrough(1.0) @1:3\n"
                                  "}\n"
                                  "case (%x: u32) {\n"
                                  "exit ^s\n"
                                  "}\n"
                                  "}\n"
                                  "return")),
              "k.cpp:3: fallthrough: 1.0 is f32, where the next region's parameter \"x\" is u32.");
}

TEST(Verify, RefusesReturnOfAnotherTypeThanTheFunctionHas) {
    const auto text = [](const std::string& result, const std::string& end) {
        return kernel_text("return", "function @f()" + result + " {\n" + end + " @1:2\n}");
    };
    verify_text(text(" -> u32", "return 1"));
    EXPECT_EQ(refusal(text(" -> u32", "return")), "k.cpp:2: return: \"f\" returns u32, but no value is given.");
    EXPECT_EQ(refusal(text("", "return 1")), "k.cpp:2: return: \"f\" returns nothing, but a value is given.");
    EXPECT_EQ(refusal(text(" -> u32", "return 1.0")), "k.cpp:2: return: 1.0 is f32, where \"f\" returns u32.");
}

// Constructs.

TEST(Verify, RefusesAConditionThatIsNotOneBoolean) {
    EXPECT_EQ(refusal(kernel_text("if ^i 1 @1:1 {\n"
                                  "exit ^i\n"
                                  "} else {\n"
                                  "exit ^i\n"
                                  "}\n"
                                  "return")),
              "k.cpp:1: if: the condition 1 is u32, where bool is wanted.");
}

TEST(Verify, RefusesParametersOfARegionThatNothingPasses) {
    EXPECT_EQ(refusal(kernel_text("if ^i true @1:1 {\n"
                                  "exit ^i\n"
                                  "} else (%x: u32) {\n"
                                  "exit ^i\n"
                                  "}\n"
                                  "return")),
              "k.cpp:1: if: a region has parameters, which nothing passes.");
}

TEST(Verify, RefusesASwitchOverSomethingElseThanAnInteger) {
    EXPECT_EQ(refusal(kernel_text("switch ^s 1.0 @1:1 {\n"
                                  "default {\n"
                                  "exit ^s\n"
                                  "}\n"
                                  "}\n"
                                  "return")),
              "k.cpp:1: switch: the selector 1.0 is f32, where an integer is wanted.");
}

TEST(Verify, RefusesACaseValueTwice) {
    EXPECT_EQ(refusal(kernel_text("switch ^s 1 @1:1 {\n"
                                  "case 3, default {\n"
                                  "exit ^s\n"
                                  "}\n"
                                  "case 4, 3 {\n"
                                  "exit ^s\n"
                                  "}\n"
                                  "}\n"
                                  "return")),
              "k.cpp:1: switch: the value 3 leads to two regions.");
}

TEST(Verify, TakesACaseThatIsReachedByItsValueAndByFallingThrough) {
    const auto text = [](const std::string& parameter) {
        return kernel_text(
            "switch ^s 1 @1:1 {\n"
            "default {\n"
            "fallthrough(5)\n"
            "}\n"
            "case 1 (%x: u32 = " +
            parameter +
            ") {\n"
            "exit ^s\n"
            "}\n"
            "}\n"
            "return");
    };
    verify_text(text("7"));
    EXPECT_EQ(refusal(text("0.5")), "k.cpp:1: switch: 0.5 is f32, where the case's parameter \"x\" is u32.");
}

// What one instruction says beyond types.

TEST(Verify, RefusesImmediatesThatMeanNothing) {
    EXPECT_EQ(refusal(kernel_text("barrier(device, none) @1:2\nreturn")),
              "k.cpp:2: barrier: the scope is device, where subgroup or workgroup is wanted.");
    EXPECT_EQ(refusal(kernel_text("%t: u64 = clock(workgroup) @1:2\nreturn")),
              "k.cpp:2: clock: the scope is workgroup, where subgroup or device is wanted.");
    EXPECT_EQ(refusal(kernel_text("fence(relaxed, device, storage) @1:2\nreturn")),
              "k.cpp:2: fence: the order is relaxed, where acquire, release or acquire_release is wanted.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = subgroup_reduce(add, 3) 1 @1:2\nreturn")),
              "k.cpp:2: subgroup_reduce: the cluster size is 3; a power of two is wanted.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = subgroup_rotate(6) 1, 1 @1:2\nreturn")),
              "k.cpp:2: subgroup_rotate: the cluster size is 6; a power of two is wanted.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = subgroup_scan(add, reduce) 1 @1:2\nreturn")),
              "k.cpp:2: subgroup_scan: it is neither inclusive nor exclusive.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = quad_swap(3) 1 @1:2\nreturn")),
              "k.cpp:2: quad_swap: the direction is 3; 0 to 2 are allowed.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = load(3) %d @1:2\nreturn", "storage %d: u32 set 0 binding 0")),
              "k.cpp:2: load: the alignment is 3; a power of two is wanted.");
}

TEST(Verify, RefusesAStrideThatElementsDoNotFit) {
    const auto text = [](const std::string& stride, const std::string& global) {
        return kernel_text(
            "%q: ptr<" + global.substr(0, global.find(' ')) + ", f32x3> = offset(" + stride + ") %a, 1 @1:2\nreturn",
            global + ": f32x3" + (global[1] == 't' ? " set 0 binding 0" : ""));
    };
    verify_text(text("16", "storage %a"));
    verify_text(text("0", "shared %a"));
    EXPECT_EQ(refusal(text("8", "storage %a")),
              "k.cpp:2: offset: the stride is 8; a multiple of 4 that is not below 12 is wanted.");
    EXPECT_EQ(refusal(text("14", "storage %a")),
              "k.cpp:2: offset: the stride is 14; a multiple of 4 that is not below 12 is wanted.");
    EXPECT_EQ(refusal(kernel_text("%q: ptr<shared, bool> = offset(4) %a, 1 @1:2\nreturn", "shared %a: bool")),
              "k.cpp:2: offset: the stride is 4, but the elements have no layout.");
}

TEST(Verify, RefusesFlagsWhereTheyMeanNothing) {
    EXPECT_EQ(refusal(kernel_text("%x: u32 = add inbounds 1, 2 @1:2\nreturn")),
              "k.cpp:2: add: the flags inbounds and nonuniform belong to access and offset.");
    EXPECT_EQ(refusal(kernel_text("%x: u32 = add volatile 1, 2 @1:2\nreturn")),
              "k.cpp:2: add: the flag volatile belongs to accesses to memory.");
}

TEST(Verify, RefusesAtomicsWithOrdersThatTheyCannotHave) {
    const auto text = [](const std::string& line) {
        return kernel_text(line + " @1:2\nreturn", "storage %d: u32 set 0 binding 0");
    };
    verify_text(text("%x: u32 = atomic_add(acquire_release, device) %d, 1"));
    EXPECT_EQ(refusal(text("%x: u32 = atomic_load(release, device) %d")),
              "k.cpp:2: atomic_load: the order is release, where relaxed or acquire is wanted.");
    EXPECT_EQ(refusal(text("atomic_store(acquire_release, device) %d, 1")),
              "k.cpp:2: atomic_store: the order is acquire_release, where relaxed or release is wanted.");
}

TEST(Verify, RefusesAtomicsOnMemoryOfOneInvocation) {
    EXPECT_EQ(refusal(kernel_text("%v: ptr<local, u32> = variable\n"
                                  "%x: u32 = atomic_add(relaxed, device) %v, 1 @1:2\n"
                                  "return")),
              "k.cpp:2: atomic_add: \"v\" lies in the space local, which no other invocation reaches.");
}

TEST(Verify, RefusesTheLengthOfAnArrayBehindAnAddress) {
    EXPECT_EQ(refusal(kernel_text("%p: ptr<address, u32[]> = pointer_to(4) u64(64)\n"
                                  "%n: u32 = array_length %p @1:2\n"
                                  "return")),
              "k.cpp:2: array_length: \"p\" lies in the space address, where the length of an array is not known.");
}

TEST(Verify, RefusesTextsWithMoreOrFewerPlacesThanValues) {
    EXPECT_EQ(refusal(kernel_text("print(\"{} and {}\") 1 @1:2\nreturn")),
              "k.cpp:2: print: the text has 2 places, 1 values are given.");
    EXPECT_EQ(refusal(kernel_text("check(\"wrong\") true, 5 @1:2\nreturn")),
              "k.cpp:2: check: the text has 0 places, 1 values are given.");
    verify_text(kernel_text("check(\"{} is wrong\") true, 5 @1:2\nreturn"));
}

TEST(Verify, RefusesToPrintWhatIsNoNumber) {
    EXPECT_EQ(refusal(kernel_text("print(\"{}\") %d @1:2\nreturn", "storage %d: u32 set 0 binding 0")),
              "k.cpp:2: print: \"d\" is ptr<storage, u32>, where a scalar or a vector is wanted.");
}

TEST(Verify, RefusesCooperativeMatricesOfOtherThanNumbers) {
    EXPECT_EQ(refusal(kernel_text("%m: coopmat<f32, subgroup, 8, 8, a> = matrix_load(row_major) %v, 8 @1:2\n"
                                  "return",
                                  "shared %v: bool")),
              "k.cpp:2: matrix_load: it begins at bool, where a number or a vector of numbers is wanted.");
}

TEST(Verify, RefusesCooperativeMatricesOutsideOfSharedMemory) {
    EXPECT_EQ(refusal(kernel_text("%v: ptr<local, f32> = variable\n"
                                  "%m: coopmat<f32, subgroup, 8, 8, a> = matrix_load(row_major) %v, 8 @1:2\n"
                                  "return")),
              "k.cpp:2: matrix_load: \"v\" lies in the space local; storage, shared or address is wanted.");
}

// Types and constants.

TEST(Verify, RefusesBooleansInMemoryWithALayout) {
    EXPECT_EQ(refusal(kernel_text("return", "storage %d: bool[] set 0 binding 0")),
              "kernel \"k\": the type ptr<storage, bool[]> points to bool[] in the space storage, which "
              "has no layout.");
    verify_text(kernel_text("return", "shared %d: bool[8]\nlocal %l: bool"));
}

TEST(Verify, RefusesRuntimeArraysWithinOtherTypes) {
    EXPECT_EQ(refusal(kernel_text("return",
                                  "struct s size 8 { a: u32[] offset 0, b: u32 offset 4 }\n"
                                  "storage %d: s set 0 binding 0")),
              "kernel \"k\": the type s has the member \"a\" of u32[]; a runtime array stands at the end of the "
              "outermost structure.");
    EXPECT_EQ(refusal(kernel_text("return", "storage %d: u32[][4, stride 16] set 0 binding 0")),
              "kernel \"k\": the type u32[][4, stride 16] holds u32[], which no value can be.");
    EXPECT_EQ(refusal(kernel_text("return",
                                  "struct s size 4 { a: u32 offset 0, b: u32[] offset 4 }\n"
                                  "struct t size 8 { s: s offset 0 }\n"
                                  "storage %d: t set 0 binding 0")),
              "kernel \"k\": the type t has the member \"s\" of s; a runtime array stands at the end of the outermost "
              "structure.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %d: u32[]")),
              "kernel \"k\": the type ptr<shared, u32[]> points to u32[] in the space shared; a runtime array lies in "
              "storage or behind an address.");
}

TEST(Verify, RefusesMembersThatOverlapOrLieAskew) {
    EXPECT_EQ(refusal(kernel_text("return", "struct s size 8 { b: u32 offset 2, a: u32 offset 4 }")),
              "kernel \"k\": the type s has the member \"b\" at byte 2; a multiple of 4 is wanted.");
    EXPECT_EQ(refusal(kernel_text("return", "struct s size 16 { a: u32 offset 4, b: f32x2 offset 0 }")),
              "kernel \"k\": the type s has the member \"a\" at byte 4, inside \"b\", which ends at 8.");
    EXPECT_EQ(refusal(kernel_text("return", "struct s size 8 { a: u32 offset 0, b: f32x2 offset 4 }")),
              "kernel \"k\": the type s has 8 bytes, its members end at 12.");
    EXPECT_EQ(refusal(kernel_text("return", "storage %d: f32x4[4, stride 8] set 0 binding 0")),
              "kernel \"k\": the type f32x4[4, stride 8] has a stride of 8 bytes, its elements have 16.");
    EXPECT_EQ(refusal(kernel_text("return", "storage %d: u32[4, stride 6] set 0 binding 0")),
              "kernel \"k\": the type u32[4, stride 6] has a stride of 6 bytes; a multiple of 4 is wanted.");
}

TEST(Verify, RefusesArraysWithoutElements) {
    EXPECT_EQ(refusal(kernel_text("return", "shared %d: u32[0]")),
              "kernel \"k\": the type u32[0] is an array without elements.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %d: u32[i32(3)]")),
              "kernel \"k\": the type u32[i32(3)] has a length that is not a constant u32.");
}

TEST(Verify, RefusesASpecialisationIdOfTwoTypes) {
    EXPECT_EQ(
        refusal(kernel_text("return", "specialization(3) %a: u32 = 1\nspecialization(3) %b: i32 = i32(2)")),
        "kernel \"k\": the constant \"b\" of i32 has the specialisation id 3, as \"a\" has, which is of another type.");
}

TEST(Verify, RefusesConstantsThatAreComputedFromAPlace) {
    EXPECT_EQ(refusal(kernel_text("return", "computed %n: u32x3 = builtin(local_id)")),
              "kernel \"k\": the constant \"n\" of u32x3 is computed by builtin, which constants do not allow.");
}

// Globals.

TEST(Verify, RefusesTwoBuffersAtOneBinding) {
    EXPECT_EQ(refusal(kernel_text("return",
                                  "storage %a: u32[] set 0 binding 1\n"
                                  "storage %b: f32[] set 0 binding 1 @1:9")),
              "k.cpp:9: the global \"b\" has set 0, binding 1, as \"a\" has; only aliased buffers share one.");
    verify_text(kernel_text("return",
                            "storage %a: u32[] set 0 binding 1 aliased\n"
                            "storage %b: f32[] set 0 binding 1 aliased"));
}

TEST(Verify, RefusesSharedMemoryThatLiesOverOthersInPartOrWithoutALayout) {
    verify_text(kernel_text("return", "shared %a: u32[4, stride 4] aliased\nshared %b: f32 aliased"));
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: u32[4, stride 4] aliased\nshared %b: f32 @1:9")),
              "k.cpp:9: the global \"b\" is not aliased, as \"a\" is; all shared memory of a kernel is, or none.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: u32[4]\nshared %b: f32 aliased @1:9")),
              "k.cpp:9: the global \"b\" is aliased, and \"a\" is not; all shared memory of a kernel is, or none.");
    EXPECT_EQ(refusal(kernel_text("return", "shared %a: u32[4] aliased @1:9")),
              "k.cpp:9: the global \"a\" is aliased, and u32[4] has no layout.");
}

TEST(Verify, RefusesScalarsThatOverlapOrLieAskew) {
    EXPECT_EQ(refusal(kernel_text("return", "scalar %a: f32x2 offset 0\nscalar %b: u32 offset 4 @1:9")),
              "k.cpp:9: the global \"b\" lies at byte 4 of the scalars, inside \"a\".");
    EXPECT_EQ(refusal(kernel_text("return", "scalar %a: u32 offset 2 @1:9")),
              "k.cpp:9: the global \"a\" lies at byte 2 of the scalars; a multiple of 4 is wanted.");
}

TEST(Verify, RefusesInitialValuesOfOtherMemoryThanLocal) {
    EXPECT_EQ(
        refusal(kernel_text("return", "shared %a: u32 = 5 @1:9")),
        "k.cpp:9: the global \"a\" has an initial value; of globals, those in the space local alone can have one.");
    EXPECT_EQ(refusal(kernel_text("return", "local %a: u32 = 5.0 @1:9")),
              "k.cpp:9: the global \"a\" begins as 5.0, where a constant of u32 is wanted.");
}

TEST(Verify, RefusesToWriteWhatTheKernelOnlyReads) {
    const std::string buffer = "storage %a: u32[] set 0 binding 0 readonly";
    EXPECT_EQ(refusal(kernel_text("%p: ptr<storage, u32> = access %a, 1\nstore %p, 2 @1:2\nreturn", buffer)),
              "k.cpp:2: store: it writes to \"a\", which the kernel only reads.");
    EXPECT_EQ(refusal(kernel_text("%p: ptr<storage, u32> = access %a, 1\n"
                                  "%q: ptr<storage, u32> = offset %p, 1\n"
                                  "%x: u32 = atomic_or(relaxed, device) %q, 1 @1:2\n"
                                  "return",
                                  buffer)),
              "k.cpp:2: atomic_or: it writes to \"a\", which the kernel only reads.");
}

TEST(Verify, RefusesToReadWhatTheKernelOnlyWrites) {
    EXPECT_EQ(refusal(kernel_text("%p: ptr<storage, u32> = access %a, 1\n%x: u32 = load %p @1:2\nreturn",
                                  "storage %a: u32[] set 0 binding 0 writeonly")),
              "k.cpp:2: load: it reads from \"a\", which the kernel only writes.");
}

TEST(Verify, RefusesCallsThatWriteWhatTheKernelOnlyReads) {
    const std::string functions =
        "storage %a: u32 set 0 binding 0 readonly\n"
        "function @put(%p: ptr<storage, u32>) {\n"
        "store %p, 1\n"
        "return\n"
        "}\n"
        "function @pass(%q: ptr<storage, u32>) {\n"
        "call(@put) %q\n"
        "return\n"
        "}";
    EXPECT_EQ(refusal(kernel_text("call(@pass) %a @1:2\nreturn", functions)),
              "k.cpp:2: call: \"pass\" writes to \"a\", which the kernel only reads.");
}

// Functions.

TEST(Verify, RefusesValuesThatCannotBe) {
    const std::string open = "struct s size 4 { a: u32 offset 0, b: u32[] offset 4 }\nstorage %d: s set 0 binding 0\n";
    EXPECT_EQ(refusal(kernel_text("return", open + "function @f() -> s @1:7 {\nreturn\n}")),
              "k.cpp:7: \"f\" returns s, which no value can be.");
    EXPECT_EQ(refusal(kernel_text("return", open + "function @f(%x: s) @1:7 {\nreturn\n}")),
              "k.cpp:7: \"f\" takes s, which no value can be.");
    EXPECT_EQ(refusal(kernel_text("%x: s = load %d @1:2\nreturn", open)),
              "k.cpp:2: \"x\" is s, which no value can be.");
}

TEST(Verify, RefusesRecursion) {
    EXPECT_EQ(refusal(kernel_text("call(@f)\nreturn",
                                  "function @f() {\ncall(@g)\nreturn\n}\n"
                                  "function @g() {\ncall(@f) @1:7\nreturn\n}")),
              "k.cpp:7: call: \"f\" calls itself, here or by way of others; recursion does not exist.");
}

TEST(Verify, RefusesToCallTheKernel) {
    EXPECT_EQ(refusal(kernel_text("return", "function @f() {\ncall(@k) @1:7\nreturn\n}")),
              "k.cpp:7: call: the kernel is not called by its functions.");
}

TEST(Verify, RefusesAKernelWithParametersOrResult) {
    EXPECT_EQ(refusal("module \"k\"\nfile 1 \"k.cpp\"\nkernel @k(%x: u32) @1:1 {\nreturn\n}\n"),
              "k.cpp:1: the kernel takes parameters or returns a value; it does neither.");
    EXPECT_EQ(refusal("module \"k\"\nfile 1 \"k.cpp\"\nkernel @k() -> u32 @1:1 {\nreturn 1\n}\n"),
              "k.cpp:1: the kernel takes parameters or returns a value; it does neither.");
}

TEST(Verify, RefusesAWorkgroupWithoutInvocations) {
    EXPECT_EQ(refusal(kernel_text("return", {}, "workgroup_size(64, 0, 1)")), "k.cpp:1: the workgroup size is 0.");
}

TEST(Verify, RefusesASubgroupSizeThatIsNoPowerOfTwo) {
    EXPECT_EQ(refusal(kernel_text("return", {}, "workgroup_size(64, 1, 1) subgroup_size(24)")),
              "k.cpp:1: the subgroup size is 24; a power of two is wanted.");
}

}  // namespace
}  // namespace alkomp::ir
