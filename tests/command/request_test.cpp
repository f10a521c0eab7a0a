// SPDX-License-Identifier: MIT OR Apache-2.0
#include "request.h"

#include "failure.h"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace alkomp::command {
namespace {

RunRequest request(const std::string& line, Verb verb = Verb::run) {
    CLI::App app;
    const RunOptions options(app, verb);
    app.parse(line, false);
    return options.request();
}

template <class F>
std::string usage_error(F act) {
    try {
        static_cast<void>(act());
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Request, FilesKeepTheOrderOfTheCommandLine) {
    const RunRequest r = request("k.comp --out b.npy -i a.npy --in n=c.npy --out 3=d.png:4x5 --like e.npy --in f.npy");
    ASSERT_EQ(r.files.size(), 5U);
    EXPECT_TRUE(r.files[0].output);
    EXPECT_EQ(r.files[1].path, "a.npy");
    EXPECT_FALSE(r.files[1].output);
    EXPECT_EQ(r.files[2].binding, "n");
    EXPECT_EQ(r.files[3].binding, "3");
    EXPECT_EQ(r.files[3].path, "d.png");
    EXPECT_EQ(r.files[3].shape, (Shape{4, 5}));
    EXPECT_EQ(r.files[3].like, "e.npy");
    EXPECT_TRUE(r.files[0].like.empty());
    EXPECT_EQ(r.files[4].path, "f.npy");
}

TEST(Request, AnOutputSaysTypeAndShape) {
    EXPECT_EQ(parse_file("b.npy", true).element.has_value(), false);
    const FileArgument both = parse_file("name=dir/b.npy:f16:2x3x4", true);
    EXPECT_EQ(both.binding, "name");
    EXPECT_EQ(both.path, "dir/b.npy");
    EXPECT_EQ(both.element->type, DType(Scalar::f16));
    EXPECT_EQ(both.shape, (Shape{2, 3, 4}));
    EXPECT_EQ(parse_file("b.npy:c64", true).element->descr, "'<c8'");
    EXPECT_EQ(parse_file("b.npy:7", true).shape, Shape{7});
    EXPECT_EQ(parse_file("a=b/c=d.npy", false).path, "b/c=d.npy");
    EXPECT_EQ(parse_file("./a=d.npy", false).path, "./a=d.npy");
    EXPECT_EQ(parse_file("C:\\b.npy", true).path, "C:\\b.npy");
}

TEST(Request, WhatIsWrongIsSaid) {
    EXPECT_EQ(usage_error([] { return parse_file("b.npy:f33", true); }),
              "--out b.npy:f33: 'f33' is neither a shape like 480x640 nor one of the types bool i8 i16 i32 i64 u8 u16 "
              "u32 u64 f16 f32 f64 c64 c128");
    EXPECT_EQ(usage_error([] { return parse_file("x=", false); }), "--in x=: it names no file");
    EXPECT_EQ(usage_error([] { return parse_file("b.txt", true); }),
              "--out b.txt: the name ends in neither .npy nor .png, so the format is unknown");
    EXPECT_EQ(usage_error([] { return parse_groups("1,2,3,4"); }),
              "--groups 1,2,3,4: it is not one to three workgroup counts like 1024 or 64,48");
    EXPECT_EQ(usage_error([] { return parse_groups("-1"); }),
              "--groups -1: it is not one to three workgroup counts like 1024 or 64,48");
    EXPECT_EQ(usage_error([] { return request("k.comp --set 4"); }), "--set 4: it is not NAME=VALUE");
    EXPECT_EQ(usage_error([] { return request("k.comp --set N=four"); }),
              "--set N=four: 'four' is neither a number nor true or false");
    EXPECT_EQ(usage_error([] { return request("k.comp --like a.npy"); }), "--like a.npy: no --out stands before it");
    EXPECT_EQ(usage_error([] { return request("k.comp --out b.npy --out ./b.npy"); }),
              "--out ./b.npy: two buffers go to one file");
}

TEST(Request, NumbersOfEveryKind) {
    EXPECT_EQ(parse_groups("7"), groups(7));
    EXPECT_EQ(parse_groups("7,8"), groups(7, 8));
    EXPECT_EQ(parse_groups("0,8,9"), groups(0, 8, 9));
    EXPECT_EQ(parse_constant("true"), Constant(true));
    EXPECT_EQ(parse_constant("-4"), Constant(i64{-4}));
    EXPECT_EQ(parse_constant("18446744073709551615"), Constant(~u64{0}));
    EXPECT_EQ(parse_constant("2.5e3"), Constant(2500.0));
    const RunRequest r =
        request("k.comp -D A -D B=2=3 -I inc --set N=4 --arg 3.5 --arg x=1,2 --entry f --repeat 3 --time");
    EXPECT_EQ(r.options.macros.at("A"), "1");
    EXPECT_EQ(r.options.macros.at("B"), "2=3");
    EXPECT_EQ(r.options.include_dirs.at(0), "inc");
    EXPECT_EQ(r.options.constants.at("N"), Constant(i64{4}));
    EXPECT_EQ(r.scalars.at(0).text, "3.5");
    EXPECT_EQ(r.scalars.at(1).name, "x");
    EXPECT_EQ(r.options.entry, "f");
    EXPECT_EQ(r.repeat, 3U);
    EXPECT_TRUE(r.time);
    EXPECT_FALSE(r.groups);
}

TEST(Request, ChecksAreOnUnlessTheyAreLeftOut) {
    const RunRequest plain = request("k.comp --in a.npy", Verb::check);
    EXPECT_EQ(plain.device, "reference");
    ASSERT_TRUE(plain.check);
    EXPECT_TRUE(plain.check->bounds && plain.check->races && plain.check->uninitialized && plain.check->barriers &&
                plain.check->arithmetic);
    EXPECT_FALSE(plain.check->not_finite || plain.check->trace);
    EXPECT_EQ(plain.check->per_place, CheckOptions{}.per_place);

    const RunRequest r = request(
        "k.comp --no-bounds --no-races --no-uninitialized --no-barriers --no-arithmetic --not-finite --per-place 7 "
        "--step-limit 1000 --subgroup-size 8 --order-seed 5 --trace 4,7",
        Verb::check);
    EXPECT_FALSE(r.check->bounds || r.check->races || r.check->uninitialized || r.check->barriers ||
                 r.check->arithmetic);
    EXPECT_TRUE(r.check->not_finite);
    EXPECT_EQ(r.check->per_place, 7U);
    EXPECT_EQ(r.check->step_limit, 1000U);
    EXPECT_EQ(r.check->subgroup_size, 8U);
    EXPECT_EQ(r.check->order_seed, 5U);
    EXPECT_EQ(r.check->trace, (std::array<u32, 3>{4, 7, 0}));
    EXPECT_EQ(usage_error([] { return request("k.comp --trace 1,x", Verb::check); }),
              "--trace 1,x: it is not the global id of an invocation like 1023 or 4,7");
    EXPECT_FALSE(request("k.comp").check);
    EXPECT_TRUE(request("k.comp --through-ir").options.through_ir);
}

}  // namespace
}  // namespace alkomp::command
