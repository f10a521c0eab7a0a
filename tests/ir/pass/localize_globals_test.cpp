// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/localize_globals.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string localized(const std::string& text) {
    ir::Module module = ir::parse(text, "test.ir");
    ir::verify(module);
    ir::localize_globals(module);
    ir::verify(module);
    return ir::print(module);
}

TEST(LocalizeGlobals, moves_what_the_kernel_alone_uses) {
    EXPECT_EQ(localized(R"(module "test"
local %counted: u32 = 7
local %unused: u32[4]
storage %out: u32[] set 0 binding 1
local %both: u32
shared %row: u32[8]
local %last: u32

function @use(%place: ptr<local, u32>) {
    store %place, 1
    store %both, 2
    return
}

kernel @main() workgroup_size(8, 1, 1) {
    %x: u32 = load %counted
    call(@use) %counted
    if ^if1 true {
        store %last, %x
        exit ^if1
    } else {
        exit ^if1
    }
    %y: u32 = load %both
    %row0: ptr<shared, u32> = access %row, 0
    store %row0, %y
    return
}
)"),
              R"(module "test"
storage %out: u32[] set 0 binding 1
local %both: u32
shared %row: u32[8]

function @use(%place: ptr<local, u32>) {
    store %place, 1
    store %both, 2
    return
}

kernel @main() workgroup_size(8, 1, 1) {
    %counted: ptr<local, u32> = variable 7
    %last: ptr<local, u32> = variable
    %x: u32 = load %counted
    call(@use) %counted
    if ^if1 true {
        store %last, %x
        exit ^if1
    } else {
        exit ^if1
    }
    %y: u32 = load %both
    %row0: ptr<shared, u32> = access %row, 0
    store %row0, %y
    return
}
)");
}

TEST(LocalizeGlobals, leaves_a_module_without_them) {
    const std::string text = R"(module "test"
shared %row: u32[8]

kernel @main() workgroup_size(8, 1, 1) {
    return
}
)";
    EXPECT_EQ(localized(text), text);
}

}  // namespace
}  // namespace alkomp::testing
