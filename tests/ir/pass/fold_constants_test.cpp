// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fold_constants.h"

#include "ir/parse.h"
#include "ir/pass/remove_dead_code.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "pass/body.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace alkomp::testing {
namespace {

void fold_and_clean(ir::Module& module) {
    ir::fold_constants(module);
    ir::remove_dead_code(module);
}

/// What of the instructions is left, and what is stored of them: `%r`, which is an u32.
std::string folded(const std::string& instructions) {
    const std::string body = after(fold_and_clean, R"(
    %out0: ptr<storage, u32> = access %out, 0
    %x: u32 = load %n
    %y: u32 = load %out0
)" + instructions + R"(
    store %out0, %r
    return
)");
    const std::size_t begin = body.find("access %out, 0") + 15, end = body.find("    return");
    return body.substr(begin, end - begin);
}

TEST(FoldConstants, computes_both_results) {
    EXPECT_EQ(folded("    %s: u32, %r: u32 = add_carry 4294967295, 2\n"), "    store %out0, 1\n");
    EXPECT_EQ(folded("    %v: u32x2, %c: u32x2 = sub_borrow zero<u32x2>, zero<u32x2>\n    %r: u32 = extract(1) %v\n"),
              "    store %out0, 0\n");
    EXPECT_EQ(folded("    %l: u32, %r: u32 = mul_wide 65536, 196608\n"), "    store %out0, 3\n");
}

TEST(FoldConstants, knows_neutral_operands) {
    const std::string x = "    %x: u32 = load %n\n    store %out0, %x\n";
    for (const char* same : {"add %x, 0",
                             "add 0, %x",
                             "sub %x, 0",
                             "mul %x, 1",
                             "mul 1, %x",
                             "div %x, 1",
                             "bit_and %x, 4294967295",
                             "bit_or 0, %x",
                             "bit_xor %x, 0",
                             "shl %x, 0",
                             "shr %x, 0",
                             "bit_and %x, %x",
                             "bit_or %x, %x",
                             "min %x, %x",
                             "max %x, %x",
                             "rem %x, 0",
                             "mod %x, 0",
                             "min %x, 4294967295",
                             "max %x, 0",
                             "extract_bits %x, 0, 32",
                             "extract_bits %x, 0, 40",
                             "insert_bits %x, %y, %y, 0",
                             "insert_bits %x, %y, 32, %y",
                             "insert_bits %y, %x, 0, 32",
                             "select true, %x, %y",
                             "select false, %y, %x",
                             "bitcast %x",
                             "convert %x"})
        EXPECT_EQ(folded(std::string("    %r: u32 = ") + same), x) << same;
    for (const char* nothing : {"mul %x, 0", "bit_and 0, %x", "sub %x, %x", "bit_xor %x, %x", "rem %x, 1", "mod %x, 1",
                                "div %x, 0", "min %x, 0", "extract_bits %x, %y, 0", "extract_bits %x, 32, %y"})
        EXPECT_EQ(folded(std::string("    %r: u32 = ") + nothing), "    store %out0, 0\n") << nothing;
}

TEST(FoldConstants, knows_what_is_so_in_all_lanes) {
    for (const auto& [question, answer] : {std::pair{"any_lane zero<boolx3>", 0}, {"all_lanes zero<boolx3>", 0}})
        EXPECT_EQ(folded(std::string("    %b: bool = ") + question + "\n    %r: u32 = convert %b\n"),
                  "    store %out0, " + std::to_string(answer) + '\n')
            << question;
    EXPECT_EQ(folded(R"(    %v: u32x2 = compose 3, 4
    %both: boolx2 = gt %v, zero<u32x2>
    %b: bool = all_lanes %both
    %r: u32 = convert %b
)"),
              "    store %out0, 1\n");
    EXPECT_EQ(folded(R"(    %a: bool = gt %x, 2
    %b: bool = any_lane %a
    %r: u32 = convert %b
)"),
              R"(    %x: u32 = load %n
    %a: bool = gt %x, 2
    %r: u32 = convert %a
    store %out0, %r
)");
}

TEST(FoldConstants, knows_the_ends_of_a_type) {
    const auto compared = [](const std::string& with) {
        return folded("    %i: i32 = bitcast %x\n    %b: bool = " + with + "\n    %r: u32 = convert %b\n");
    };
    for (const char* never : {"lt %x, 0", "gt %x, 4294967295", "lt %i, i32(-2147483648)", "gt %i, i32(2147483647)"})
        EXPECT_EQ(compared(never), "    store %out0, 0\n") << never;
    for (const char* always : {"ge %x, 0", "le %x, 4294967295", "ge %i, i32(-2147483648)", "le %i, i32(2147483647)"})
        EXPECT_EQ(compared(always), "    store %out0, 1\n") << always;
    for (const char* open : {"lt %x, 1", "gt %x, 4294967294", "le %i, i32(-2147483648)", "lt %i, i32(2147483647)"})
        EXPECT_NE(compared(open).find(open), std::string::npos) << open;
    EXPECT_EQ(folded("    %i: i32 = bitcast %x\n    %m: i32 = min %i, i32(-2147483648)\n    %r: u32 = bitcast %m\n"),
              "    store %out0, 2147483648\n");
    EXPECT_EQ(folded("    %i: i32 = bitcast %x\n    %m: i32 = max %i, i32(2147483647)\n    %r: u32 = bitcast %m\n"),
              "    store %out0, 2147483647\n");
}

TEST(FoldConstants, computes_behind_a_choice_between_constants) {
    EXPECT_EQ(folded(R"(    %small: bool = lt %x, 5
    %v: u32x2 = compose 3, 4
    %a: u32x2 = select %small, %v, zero<u32x2>
    %b: u32 = extract(1) %a
    %c: u32 = mul %b, 10
    %d: u32 = select %small, 1, 2
    %e: u32 = add %c, %d
    %r: u32 = sub 100, %e
)"),
              R"(    %x: u32 = load %n
    %small: bool = lt %x, 5
    %r: u32 = select %small, 59, 98
    store %out0, %r
)");
    // It is the condition, or its opposite, or always the same.
    EXPECT_EQ(folded(R"(    %small: bool = lt %x, 5
    %a: u32 = select %small, 3, 4
    %b: bool = eq %a, 3
    %c: bool = gt %a, 3
    %d: bool = gt %a, 2
    %e: bool = bit_and %b, %d
    %f: u32 = select %e, %x, %y
    %r: u32 = select %c, %f, 7
)"),
              R"(    %x: u32 = load %n
    %y: u32 = load %out0
    %small: bool = lt %x, 5
    %c: bool = ge %x, 5
    %f: u32 = select %small, %x, %y
    %r: u32 = select %c, %f, 7
    store %out0, %r
)");
    const std::string two_conditions = R"(    %x: u32 = load %n
    %small: bool = lt %x, 5
    %odd: bool = eq %x, 7
    %a: u32 = select %small, 3, 4
    %b: u32 = select %odd, 3, 4
    %r: u32 = add %a, %b
    store %out0, %r
)";
    EXPECT_EQ(folded(two_conditions.substr(two_conditions.find("    %small"),
                                           two_conditions.find("    store") - two_conditions.find("    %small"))),
              two_conditions);
}

TEST(FoldConstants, leaves_floats_to_the_device) {
    const std::string kept = R"(    %x: u32 = load %n
    %f: f32 = bitcast %x
    %s: f32 = add %f, 0.0
    %d: f32 = sub %s, %s
    %r: u32 = bitcast %d
    store %out0, %r
)";
    EXPECT_EQ(folded("    %f: f32 = bitcast %x\n    %s: f32 = add %f, 0.0\n    %d: f32 = sub %s, %s\n"
                     "    %r: u32 = bitcast %d"),
              kept);
}

TEST(FoldConstants, computes_lane_by_lane) {
    EXPECT_EQ(folded(R"(
    %a: u32x2 = compose 3, 4
    %b: u32x2 = splat 5
    %c: u32x2 = mul %a, %b
    %d: f32x2 = convert %c
    %e: f32x2 = mul %d, %d
    %f: f32 = extract(1) %e
    %g: bool = gt %f, 399.0
    %h: i32 = convert %f
    %i: u32 = bitcast %h
    %r: u32 = select %g, %i, %x)"),
              "    store %out0, 400\n");
}

TEST(FoldConstants, computes_with_one_number_for_all_lanes) {
    EXPECT_EQ(
        folded("    %v: u32x2 = compose 291, 1110\n    %b: u32x2 = extract_bits %v, 4, 8\n    %r: u32 = extract(1) %b"),
        "    store %out0, 69\n");
    EXPECT_EQ(folded("    %p: i32 = dot_packed(1, 0) 4278190591, 33554433\n    %r: u32 = bitcast %p"),
              "    store %out0, 4294967293\n");
    EXPECT_EQ(folded("    %a: u32x2 = compose 3, 4\n    %b: u32x2 = compose 5, 6\n    %r: u32 = dot_integer %a, %b"),
              "    store %out0, 39\n");
    EXPECT_EQ(folded("    %i: bool = is_inf 1.0\n    %r: u32 = select %i, %x, 7"), "    store %out0, 7\n");
}

TEST(FoldConstants, adds_what_is_added_one_after_the_other) {
    EXPECT_EQ(folded(R"(
    %a: u32 = add %x, 2
    %b: u32 = add 3, %a
    %r: u32 = add %b, 4294967295)"),
              "    %x: u32 = load %n\n    %r: u32 = add %x, 4\n    store %out0, %r\n");
}

TEST(FoldConstants, turns_comparisons_round) {
    EXPECT_EQ(folded(R"(
    %a: bool = lt %x, 5
    %b: bool = bit_not %a
    %c: bool = eq %b, false
    %d: bool = bit_not %c
    %e: bool = ne %d, false
    %f: bool = select %e, true, false
    %r: u32 = convert %f)"),
              "    %x: u32 = load %n\n    %b: bool = ge %x, 5\n    %r: u32 = convert %b\n    store %out0, %r\n");
    EXPECT_EQ(folded("    %a: bool = lt %x, 0\n    %r: u32 = select %a, 1, 2"), "    store %out0, 2\n");
    EXPECT_EQ(folded("    %a: bool = eq %x, %x\n    %r: u32 = select %a, 1, 2"), "    store %out0, 1\n");
}

TEST(FoldConstants, finds_parts_of_what_was_put_together) {
    const std::string x = "    %x: u32 = load %n\n    store %out0, %x\n";
    EXPECT_EQ(folded("    %v: u32x2 = compose %y, %x\n    %r: u32 = extract(1) %v"), x);
    EXPECT_EQ(folded("    %u: u32x2 = splat %x\n    %v: u32x4 = compose %y, %u, %y\n    %r: u32 = extract(2) %v"), x);
    EXPECT_EQ(folded("    %v: u32x2 = splat %y\n    %w: u32x2 = insert(1) %v, %x\n    %r: u32 = extract(1) %w"), x);
    EXPECT_EQ(folded("    %v: u32x2 = splat %x\n    %w: u32x2 = insert(0) %v, %y\n    %r: u32 = extract(1) %w"), x);
    EXPECT_EQ(
        folded("    %v: u32x2 = compose %y, %x\n    %w: u32x2 = shuffle(3, 0) %v, %v\n    %r: u32 = extract(0) %w"), x);
    EXPECT_EQ(folded("    %v: u32x2 = compose %y, %x\n    %r: u32 = extract_lane %v, 7"), x);
    EXPECT_EQ(folded("    %v: u32x2 = splat %y\n    %w: u32x2 = insert_lane %v, %x, 1\n    %r: u32 = extract(1) %w"),
              x);
    EXPECT_EQ(folded("    %v: u32x2 = insert_lane zero<u32x2>, 6, 0\n    %r: u32 = extract(0) %v"),
              "    store %out0, 6\n");
    EXPECT_EQ(folded(R"(
    %v: Record = compose %x, zero<f32x4>
    %w: Record = insert(1, 2) %v, 5.0
    %f: f32 = extract(1, 2) %w
    %g: u32 = convert %f
    %r: u32 = mul %g, %g)"),
              "    store %out0, 25\n");
}

TEST(FoldConstants, puts_vectors_into_vectors) {
    EXPECT_EQ(folded("    %u: u32x2 = splat 5\n    %v: u32x3 = compose 2, %u\n    %s: u32x3 = add %v, %v\n"
                     "    %r: u32 = extract(2) %s\n"),
              "    store %out0, 10\n");
}

TEST(FoldConstants, takes_a_whole_for_its_parts) {
    EXPECT_EQ(folded(R"(
    %u: u32x2 = splat %x
    %v: u32x2 = add %u, %u
    %a: u32 = extract(0) %v
    %b: u32 = extract(1) %v
    %w: u32x2 = compose %a, %b
    %q: bool = all_lanes zero<boolx2>
    %z: u32x2 = mul %w, %u
    %r: u32 = extract(1) %z)"),
              R"(    %x: u32 = load %n
    %u: u32x2 = splat %x
    %v: u32x2 = add %u, %u
    %z: u32x2 = mul %v, %u
    %r: u32 = extract(1) %z
    store %out0, %r
)");
}

TEST(FoldConstants, knows_neutral_operands_of_specialisation_constants) {
    ir::Module module = ir::parse(R"(module "test"
specialization(1) %on: bool = true
storage %out: u32[] set 0 binding 0

kernel @main() workgroup_size(1, 1, 1) {
    %out0: ptr<storage, u32> = access %out, 0
    %same: bool = bit_or false, %on
    %r: u32 = select %same, 1, 2
    store %out0, %r
    return
}
)",
                                  "test.ir");
    fold_and_clean(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    EXPECT_EQ(text.find("bit_or"), std::string::npos) << text;
    EXPECT_NE(text.find("select %on, 1, 2"), std::string::npos) << text;
}

}  // namespace
}  // namespace alkomp::testing
