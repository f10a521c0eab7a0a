// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/forward_stores.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "pass/body.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

std::string forwarded(const std::string& body) { return after(ir::forward_stores, body); }

TEST(ForwardStores, takes_what_was_stored_or_loaded) {
    EXPECT_EQ(forwarded(R"(
    %x: u32 = load %n
    %out0: ptr<storage, u32> = access %out, 0
    %a: u32 = load %out0
    %b: u32 = load %out0
    %sum: u32 = add %a, %b
    store %out0, %sum
    %again: ptr<storage, u32> = access %out, 0
    %c: u32 = load %again
    %outc: ptr<storage, u32> = access %out, %c
    store %outc, %x
    return
)"),
              R"(
    %x: u32 = load %n
    %out0: ptr<storage, u32> = access %out, 0
    %a: u32 = load %out0
    %sum: u32 = add %a, %a
    store %out0, %sum
    %again: ptr<storage, u32> = access %out, 0
    %outc: ptr<storage, u32> = access %out, %sum
    store %outc, %x
    return
)");
}

TEST(ForwardStores, takes_parts_of_what_was_stored) {
    EXPECT_EQ(forwarded(R"(
    %x: u32 = load %n
    %v: f32x4 = splat f32(2.0)
    %b: ptr<storage, f32x4> = access %data, %x, 1
    store %b, %v
    %b2: ptr<storage, f32> = access %data, %x, 1, 2
    %y: f32 = load %b2
    %bx: ptr<storage, f32> = access %data, %x, 1, %x
    %z: f32 = load %bx
    %sum: f32 = add %y, %z
    store %b2, %sum
    return
)"),
              R"(
    %x: u32 = load %n
    %v: f32x4 = splat 2.0
    %b: ptr<storage, f32x4> = access %data, %x, 1
    store %b, %v
    %b2: ptr<storage, f32> = access %data, %x, 1, 2
    %y: f32 = extract(2) %v
    %bx: ptr<storage, f32> = access %data, %x, 1, %x
    %z: f32 = load %bx
    %sum: f32 = add %y, %z
    store %b2, %sum
    return
)");
}

TEST(ForwardStores, tells_places_apart) {
    EXPECT_EQ(forwarded(R"(
    %x: u32 = load %n
    %y: u32 = load %n
    %x1: u32 = add %x, 1
    %x2: u32 = sub %x1, 4294967295
    %at: ptr<storage, u32> = access %out, %x
    %beside: ptr<storage, u32> = access %out, %x2
    %perhaps: ptr<storage, u32> = access %out, %y
    %a: ptr<storage, u32> = access %data, %y, 0
    store %at, 1
    store %beside, 2
    %one: u32 = load %at
    store %perhaps, %one
    %may_be_one: u32 = load %at
    store %a, %may_be_one
    return
)"),
              R"(
    %x: u32 = load %n
    %y: u32 = load %n
    %x1: u32 = add %x, 1
    %x2: u32 = sub %x1, 4294967295
    %at: ptr<storage, u32> = access %out, %x
    %beside: ptr<storage, u32> = access %out, %x2
    %perhaps: ptr<storage, u32> = access %out, %y
    %a: ptr<storage, u32> = access %data, %y, 0
    store %at, 1
    store %beside, 2
    store %perhaps, 1
    %may_be_one: u32 = load %at
    store %a, %may_be_one
    return
)");
}

TEST(ForwardStores, drops_stores_that_others_hide) {
    EXPECT_EQ(forwarded(R"(
    %x: u32 = load %n
    %yes: bool = lt %x, 5
    %out0: ptr<storage, u32> = access %out, 0
    %outx: ptr<storage, u32> = access %out, %x
    %record: ptr<storage, u32> = access %data, %x, 0
    store %out0, 1
    store %outx, 2
    store %out0, 3
    store %out0, 3
    %three: u32 = load %out0
    store %record, 4
    if ^if1 %yes {
        store %out0, %three
        store %record, 5
        store %record, 6
        exit ^if1
    } else {
        exit ^if1
    }
    store %record, 7
    return
)"),
              R"(
    %x: u32 = load %n
    %yes: bool = lt %x, 5
    %out0: ptr<storage, u32> = access %out, 0
    %outx: ptr<storage, u32> = access %out, %x
    %record: ptr<storage, u32> = access %data, %x, 0
    store %outx, 2
    store %out0, 3
    if ^if1 %yes {
        store %out0, 3
        store %record, 6
        exit ^if1
    } else {
        exit ^if1
    }
    store %record, 7
    return
)");
}

TEST(ForwardStores, keeps_what_may_be_looked_at) {
    const std::string body = R"(
    %x: u32 = load %n
    %yes: bool = lt %x, 5
    %out0: ptr<storage, u32> = access %out, 0
    %outx: ptr<storage, u32> = access %out, %x
    store %out0, 1
    %read: u32 = load %outx
    store %out0, %read
    if ^if1 %yes {
        return
    } else {
        exit ^if1
    }
    store %out0, 2
    barrier(workgroup, storage)
    %after: u32 = load %out0
    store %out0, 3
    %old: u32 = atomic_add(relaxed, device) %outx, %after
    store %out0, %old
    store volatile %out0, 4
    %seen: u32 = load volatile %out0
    loop ^loop1 {
        %round: u32 = load %out0
        store %out0, 5
        %ends: bool = lt %round, %seen
        if ^if2 %ends {
            exit ^loop1
        } else {
            exit ^if2
        }
        store %out0, 6
        next ^loop1
    } continuing {
        repeat ^loop1
    }
    store %out0, 7
    return
)";
    EXPECT_EQ(forwarded(body), body);
}

TEST(ForwardStores, forgets_across_calls) {
    const std::string body = R"(
    %v: ptr<local, u32> = variable 7
    call(@use) %v
    %x: u32 = load %v
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %x
    return
)";
    EXPECT_EQ(forwarded(body), body);
}

TEST(ForwardStores, knows_the_first_value_of_a_variable) {
    EXPECT_EQ(forwarded(R"(
    %x: u32 = load %n
    %v: ptr<local, u32[4]> = variable zero<u32[4]>
    %v0: ptr<local, u32> = access %v, 0
    %zero: u32 = load %v0
    %vx: ptr<local, u32> = access %v, %x
    store %vx, %zero
    return
)"),
              R"(
    %x: u32 = load %n
    %v: ptr<local, u32[4]> = variable zero<u32[4]>
    %v0: ptr<local, u32> = access %v, 0
    %zero: u32 = extract(0) zero<u32[4]>
    %vx: ptr<local, u32> = access %v, %x
    store %vx, %zero
    return
)");
}

/// What a kernel becomes that stores to %a and to %b, and loads from %a.
std::string with_globals(const std::string& globals) {
    ir::Module module = ir::parse("module \"test\"\n" + globals + R"(
kernel @main() workgroup_size(1, 1, 1) {
    %a0 = access %a, 0
    %b0 = access %b, 0
    store %a0, 1
    store %b0, 2
    %x = load %a0
    store %b0, %x
    return
}
)",
                                  "test.ir");
    ir::verify(module);
    ir::forward_stores(module);
    ir::verify(module);
    return ir::print(module);
}

TEST(ForwardStores, knows_what_may_lie_over_each_other) {
    const std::string a = "storage %a: u32[] set 0 binding 0", b = "storage %b: u32[] set 0 binding 1";
    for (const std::string& apart : {a + "\nshared %b: u32[4]\n", std::string("shared %a: u32[4]\nshared %b: u32[4]\n"),
                                     "local %a: u32[4]\n" + b + '\n'})
        EXPECT_EQ(with_globals(apart).find("load"), std::string::npos) << apart;
    // A call may give one buffer twice.
    for (const std::string& over :
         {a + '\n' + b + '\n', a + " aliased\n" + b + " aliased\n", a + " coherent\nshared %b: u32[4]\n"})
        EXPECT_NE(with_globals(over).find("load"), std::string::npos) << over;
}

TEST(ForwardStores, keeps_stores_that_are_read_through_another_buffer) {
    const std::string body = R"(
    %out0: ptr<storage, u32> = access %out, 0
    %in0: ptr<storage, u32> = access %in, 0
    store %out0, 1
    %one: u32 = load %in0
    store %out0, 2
    %out1: ptr<storage, u32> = access %out, 1
    store %out1, %one
    return
)";
    EXPECT_EQ(forwarded(body), body);
}

TEST(ForwardStores, takes_indices_by_their_numbers) {
    const std::string body = R"(
    %in_it: ptr<storage, u32> = access %out, 255
    %outside: ptr<storage, u32> = access %out, i8(-1)
    store %in_it, 1
    store %outside, 2
    return
)";
    EXPECT_EQ(forwarded(body), body);
}

}  // namespace
}  // namespace alkomp::testing
