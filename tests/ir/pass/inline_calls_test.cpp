// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/inline_calls.h"

#include "verified.h"
#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

/// The functions behind the pass.
std::string inlined(const std::string& declarations, const std::string& body) {
    ir::Module module = ir::parse(kernel_text(body, declarations), "test.ir");
    ir::verify(module);
    ir::inline_pointer_calls(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    return text.substr(text.find_first_of('\n', text.find("storage")));
}

TEST(InlinePointerCalls, puts_the_body_in_the_place_of_the_call) {
    EXPECT_EQ(inlined(R"(storage %s: u32[] set 0 binding 0
function @add(%to: ptr<storage, u32>, %by: u32) -> u32 @1:2 {
    %x: u32 = load %to @1:3
    %y: u32 = add %x, %by @1:4
    store %to, %y
    return %y
})",
                      R"(
    %p: ptr<storage, u32> = access %s, 1 @1:6
    %z: u32 = call(@add) %p, 5 @1:7
    %q: ptr<storage, u32> = access %s, %z
    %w: u32 = call(@add) %q, %z @1:8
    return)"),
              R"(

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %p: ptr<storage, u32> = access %s, 1 @1:6
    %x: u32 = load %p @1:3
    %y: u32 = add %x, 5 @1:4
    store %p, %y
    %q: ptr<storage, u32> = access %s, %y
    %x.1: u32 = load %q @1:3
    %y.1: u32 = add %x.1, %y @1:4
    store %q, %y.1
    return
}
)");
}

TEST(InlinePointerCalls, returns_leave_a_switch) {
    EXPECT_EQ(inlined(R"(storage %s: u32[] set 0 binding 0
function @first(%of: ptr<storage, u32[]>) -> u32 {
    %n: u32 = array_length %of
    loop ^loop1 (%i: u32 = 0) {
        %p: ptr<storage, u32> = access %of, %i
        %x: u32 = load %p
        %found: bool = ne %x, 0
        if ^if1 %found {
            return %i
        } else {
            exit ^if1
        }
        %i.1: u32 = add %i, 1
        next ^loop1(%i.1)
    } continuing (%i.2: u32) {
        %more: bool = lt %i.2, %n
        repeat_if %more ^loop1(%i.2)
    }
    return %n
})",
                      R"(
    %z: u32 = call(@first) %s
    return)"),
              R"(

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %z: u32 = switch ^switch1 0 {
        default {
            %n: u32 = array_length %s
            loop ^loop1 (%i: u32 = 0) {
                %p: ptr<storage, u32> = access %s, %i
                %x: u32 = load %p
                %found: bool = ne %x, 0
                if ^if1 %found {
                    exit ^switch1(%i)
                } else {
                    exit ^if1
                }
                %i.1: u32 = add %i, 1
                next ^loop1(%i.1)
            } continuing (%i.2: u32) {
                %more: bool = lt %i.2, %n
                repeat_if %more ^loop1(%i.2)
            }
            exit ^switch1(%n)
        }
    }
    return
}
)");
}

TEST(InlinePointerCalls, keeps_calls_that_pass_whole_variables) {
    EXPECT_EQ(inlined(R"(storage %s: u32[] set 0 binding 0
function @one(%to: ptr<local, u32>) {
    store %to, 1
    return
}
function @two(%to: ptr<local, u32>) {
    store %to, 2
    return
}
function @both(%to: ptr<local, u32[2]>) {
    %p: ptr<local, u32> = access %to, 0
    call(@two) %p
    return
})",
                      R"(
    %v: ptr<local, u32> = variable
    call(@one) %v
    %a: ptr<local, u32[2]> = variable
    call(@both) %a
    return)"),
              R"(

function @one(%to: ptr<local, u32>) {
    store %to, 1
    return
}

function @both(%to: ptr<local, u32[2]>) {
    %p: ptr<local, u32> = access %to, 0
    store %p, 2
    return
}

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    %v: ptr<local, u32> = variable
    call(@one) %v
    %a: ptr<local, u32[2]> = variable
    call(@both) %a
    return
}
)");
}

TEST(InlineCalls, leave_no_function_that_leads_to_what_is_asked) {
    ir::Module module = ir::parse(kernel_text("call(@outer)\n    call(@other)\n    return", R"(shared %t: u32
function @inner() {
    barrier(workgroup, shared)
    return
}
function @outer() {
    call(@inner)
    return
}
function @other() {
    store %t, 1
    return
})"),
                                  "test.ir");
    ir::verify(module);
    ir::inline_calls(module, [](const ir::Instruction& instruction) { return instruction.op == ir::Op::barrier; });
    ir::verify(module);
    const std::string text = ir::print(module);
    EXPECT_EQ(text.substr(text.find("shared %t")), R"(shared %t: u32

function @other() {
    store %t, 1
    return
}

kernel @k() workgroup_size(64, 1, 1) @1:1 {
    barrier(workgroup, shared)
    call(@other)
    return
}
)");
}

}  // namespace
}  // namespace alkomp::testing
