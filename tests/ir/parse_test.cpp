// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/parse.h"

#include "expect_error.h"
#include "ir/module_files.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace alkomp::ir {
namespace {

using ::testing::EndsWith;
using testing::error_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(std::string_view text) {
    return error_text(ErrorCode::compile_failed, [&] { (void)parse(text, "k.ir"); });
}

/// The first line of the refusal of a kernel with this body, without its place.
std::string body_refusal(const std::string& body) {
    const std::string text = refusal(
        "module \"k\"\nstruct Pair size 8 {\n    a: u32 offset 0,\n    b: f32 offset 4,\n}\n"
        "storage %data: u32[] set 0 binding 0\n\nkernel @main() {\n" +
        body + "\n}\n");
    const std::string line = text.substr(0, text.find('\n'));
    return line.substr(line.find(": ", line.find("k.ir")) + 2);
}

std::string declaration_refusal(const std::string& declaration) {
    const std::string text = refusal("module \"k\"\n" + declaration + "\n");
    const std::string line = text.substr(0, text.find('\n'));
    return line.substr(line.find(": ", line.find("k.ir")) + 2);
}

TEST(Parse, errors_name_file_line_and_column_and_point_at_the_place) {
    // [mistake]
    EXPECT_EQ(refusal("module \"k\"\n\nkernel @main() {\n\t%x: u32 = add 1, %y  // sum\n}\n"),
              "parse: k.ir:4:19: %y is not defined above.\n"
              "    \t%x: u32 = add 1, %y  // sum\n"
              "    \t                 ^");
    // [/mistake]
    EXPECT_EQ(refusal(""), "parse: k.ir:1:1: \"module\" is wanted, not the end of the text.\n    \n    ^");
    EXPECT_EQ(refusal("module \"k\"\nkernel @main() {\n    return\n"),
              "parse: k.ir:2:8: The closing brace of this function is missing.\n"
              "    kernel @main() {\n"
              "           ^");
}

TEST(Parse, makes_a_module_of_text) {
    // [parse]
    constexpr std::string_view kText = R"(
        module "twice"
        storage %data: u32[] set 0 binding 0
        kernel @twice() workgroup_size(64, 1, 1) {
            %id = builtin(global_id)
            %i = extract(0) %id
            %place = access %data, %i
            %x = load %place
            %sum = add %x, %x
            store %place, %sum
            return
        }
    )";
    Module module = parse(kText, "twice.ir");
    verify(module);
    // [/parse]
    EXPECT_THAT(print(module), HasSubstr("    %sum: u32 = add %x, %x\n    store %place, %sum\n    return\n}\n"));
}

TEST(Parse, errors_show_what_is_near_in_a_long_line_and_nothing_unprintable) {
    const std::string blanks(5000, ' ');
    EXPECT_EQ(refusal("module \"k\"\n" + blanks + "\x01" + blanks),
              "parse: k.ir:2:5001: This character means nothing here.\n    " + std::string(100, ' ') + "?" +
                  std::string(59, ' ') + "\n    " + std::string(100, ' ') + "^");
}

TEST(Parse, refuses_text_that_is_no_token) {
    EXPECT_EQ(declaration_refusal("#"), "This character means nothing here.");
    EXPECT_EQ(declaration_refusal("file 1 \"a"), "The closing quote is missing.");
    EXPECT_EQ(declaration_refusal("file 1 \"a\\"), "The closing quote is missing.");
    EXPECT_EQ(declaration_refusal("file 1 \"\\q\""), R"(A backslash goes before n, t, ", \ or x and two digits.)");
    EXPECT_EQ(declaration_refusal("file 1 \"\\x1\""), R"(A backslash goes before n, t, ", \ or x and two digits.)");
    EXPECT_EQ(declaration_refusal("storage % : u32"), "A name is missing here.");
}

TEST(Parse, refuses_declarations_that_are_wrong) {
    EXPECT_EQ(declaration_refusal("buffer %x: u32"), "A declaration is wanted, not buffer.");
    EXPECT_EQ(declaration_refusal("file 0 \"a\""), "File 0 is the unknown one.");
    EXPECT_EQ(declaration_refusal("file 1 \"a\"\nfile 1 \"b\""), "File 1 is named twice.");
    EXPECT_EQ(declaration_refusal("file 1 \"a\" file 2 \"b\""), "The line should end before file.");
    EXPECT_EQ(declaration_refusal("struct A {\n}\nstruct A {\n}"), "A is declared twice.");
    EXPECT_EQ(declaration_refusal("struct A {\n    a: u32 b: u32\n}"), "\",\" or \"}\" is wanted, not b.");
    EXPECT_EQ(declaration_refusal("constant %a: u32x2 = (1, 2, 3)"), "compose: 3 lanes are given for u32x2.");
    EXPECT_EQ(declaration_refusal("storage %d: u32[] set 0 binding 0\nconstant %a: u32x2 = (%d, 2)"),
              "A part of a constant is a constant.");
    EXPECT_EQ(declaration_refusal("specialization(1) %a: u32 = 1.0"), "A scalar of type u32 is wanted.");
    EXPECT_EQ(declaration_refusal("specialization(1) %a: u32x2 = zero<u32x2>"), "A scalar of type u32x2 is wanted.");
    EXPECT_EQ(declaration_refusal("computed %a: u32 = barrier(workgroup, none)"),
              "barrier does not compute a constant.");
    EXPECT_EQ(declaration_refusal("computed %a: f32 = add 1, 2"), "%a is u32, not f32.");
    EXPECT_THAT(declaration_refusal("computed %a: f32 = add 1, 2.0"), StartsWith("add: operand 2 is f32"));
    EXPECT_EQ(declaration_refusal("shared %a: u32\nlocal %a: u32"), "%a is defined twice.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 big"), "A global is not big.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 set 4294967296"), "4294967296 is no u32.");
    EXPECT_EQ(declaration_refusal("shared %a: u32[%n]"), "%n is not defined above.");
    EXPECT_EQ(declaration_refusal("local %a: u32\nshared %b: u32[%a]"), "The length of an array is a constant.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 @1:5"), "There is no file 1.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 @0"), "A place is @file:line or @file:line:column.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 @0:1:2:3"), "A place is @file:line or @file:line:column.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 @0:"), "A place is @file:line or @file:line:column.");
    EXPECT_EQ(declaration_refusal("shared %a: u32 @0:4294967296"), "A place is @file:line or @file:line:column.");
}

TEST(Parse, refuses_types_that_are_none) {
    EXPECT_EQ(declaration_refusal("shared %a: f33"), "There is no type f33.");
    EXPECT_EQ(declaration_refusal("shared %a: f32x5"), "There is no type f32x5.");
    EXPECT_EQ(declaration_refusal("shared %a: 5"), "A type is wanted, not 5.");
    EXPECT_EQ(declaration_refusal("shared %a: ptr<here, u32>"), "A space is wanted, not here.");
    EXPECT_EQ(declaration_refusal("shared %a: mat<f32, 5, 4>"), "A matrix has 2 to 4 columns and rows.");
    EXPECT_EQ(declaration_refusal("shared %a: mat<f32x2, 2, 4>"), "f32x2 is no scalar type.");
    EXPECT_EQ(declaration_refusal("shared %a: coopmat<f32, subgroup, 8, 8, c>"),
              "a, b or accumulator is wanted, not c.");
    EXPECT_EQ(declaration_refusal("shared %a: u32[4, step 4]"), "\"stride\" is wanted, not step.");
}

TEST(Parse, refuses_functions_that_are_wrong) {
    EXPECT_EQ(declaration_refusal("function @f() {\n}\nfunction @f() {\n}"), "@f is defined twice.");
    EXPECT_EQ(declaration_refusal("kernel @f() {\n}\nkernel @g() {\n}"), "There is one kernel in a module.");
    EXPECT_EQ(declaration_refusal("function @f(%a: u32, %a: u32) {\n}"), "%a is defined twice.");
    EXPECT_EQ(declaration_refusal("function @f() -> {\n}"), "A type is wanted, not {.");
    EXPECT_EQ(declaration_refusal("kernel @f() workgroup_size(1, 1) {\n}"), "\",\" is wanted, not ).");
    EXPECT_EQ(declaration_refusal("kernel @f() workgroup_size(1.0, 1, 1) {\n}"), "The size of a workgroup is an u32.");
    EXPECT_EQ(declaration_refusal("function @f() {\n}}"), "A declaration is wanted, not }.");
    EXPECT_EQ(declaration_refusal("function @f() {\nreturn\n} file 1 \"a\""), "The line should end before file.");
}

TEST(Parse, refuses_instructions_that_are_wrong) {
    EXPECT_EQ(body_refusal("plus 1, 2"), "There is no instruction plus.");
    EXPECT_EQ(body_refusal("%x: u32 = add 1, 2.0"), "add: operand 2 is f32, where u32 is wanted.");
    EXPECT_EQ(body_refusal("%x: u32 = add 1"), "add: 2 operands are wanted, 1 given.");
    EXPECT_EQ(body_refusal("%x: u32 = add 1, 2 %x"), "The line should end before %x.");
    EXPECT_EQ(body_refusal("%x: f32 = add 1, 2"), "%x is u32, not f32.");
    EXPECT_EQ(body_refusal("%x: u32, %y: u32 = add 1, 2"), "add gives 1 value, not 2.");
    EXPECT_EQ(body_refusal("%x: u32 = add_carry 1, 2"), "add_carry gives 2 values, not 1.");
    EXPECT_EQ(body_refusal("%x: u32, %y: f32 = add_carry 1, 2"), "%y is u32, not f32.");
    EXPECT_EQ(body_refusal("%x = store %data, 1"), "store: operand 2 is u32, where u32[] is wanted.");
    EXPECT_EQ(body_refusal("%x: u32 = barrier(workgroup, none)"), "barrier gives 0 values, not 1.");
    EXPECT_EQ(body_refusal("%x = convert 1"), "convert: the type of the result is missing.");
    EXPECT_EQ(body_refusal("%x = add 1, 2\n%x = add 1, 2"), "%x is defined twice.");
    EXPECT_EQ(body_refusal("%data = add 1, 2"), "%data is defined twice.");
    EXPECT_EQ(body_refusal("%x = add %x, 2"), "%x is not defined above.");
    EXPECT_EQ(body_refusal("%x = return"), "return gives no value.");
    EXPECT_EQ(body_refusal("return 1, 2"), "return gives one value at most.");
}

TEST(Parse, refuses_values_that_are_none) {
    EXPECT_EQ(body_refusal("%x = add 4294967296, 1"), "4294967296 is no u32.");
    EXPECT_EQ(body_refusal("%x = add -1, 1"), "-1 is no u32.");
    EXPECT_EQ(body_refusal("%x = add u8(256), 1"), "256 is no u8.");
    EXPECT_EQ(body_refusal("%x = add f32x2(1), 1"), "A value is wanted, not f32x2.");
    EXPECT_EQ(body_refusal("%x = add zero(u32), 1"), "\"<\" is wanted, not (.");
    EXPECT_EQ(body_refusal("%x = add nothing, 1"), "A value is wanted, not nothing.");
    EXPECT_EQ(body_refusal("%x = add 1,"), "A value is wanted, not }.");
    EXPECT_EQ(body_refusal("%x = add bool(yes), 1"), "yes is no bool.");
}

TEST(Parse, refuses_immediates_that_are_wrong) {
    EXPECT_EQ(body_refusal("barrier"), "barrier wants more in parentheses before its operands.");
    EXPECT_EQ(body_refusal("barrier(workgroup)"), "barrier wants more in parentheses before its operands.");
    EXPECT_EQ(body_refusal("barrier(all, none)"), "A scope is wanted, not all.");
    EXPECT_EQ(body_refusal("barrier(workgroup, local)"), "storage, shared or none is wanted, not local.");
    EXPECT_EQ(body_refusal("barrier(workgroup, none, none)"), "barrier has no more than 2 here.");
    EXPECT_EQ(body_refusal("%x = builtin(global)"), "A builtin is wanted, not global.");
    EXPECT_EQ(body_refusal("%x = extract zero<u32x2>"), "extract: there is no such part in u32x2.");
    EXPECT_EQ(body_refusal("%x = extract(2) zero<u32x2>"), "extract: there is no such part in u32x2.");
    EXPECT_EQ(body_refusal("call(@f)"), "There is no function @f.");
    EXPECT_EQ(body_refusal("print(hello)"), "A text in quotes is wanted, not hello.");
    EXPECT_EQ(body_refusal("%x = add(1) 1, 2"), "A value is wanted, not (.");
    EXPECT_EQ(body_refusal("fence(seldom, device, none)"), "An order is wanted, not seldom.");
    EXPECT_EQ(body_refusal("%x = subgroup_reduce(avg) 1"), "A combination is wanted, not avg.");
    EXPECT_EQ(body_refusal("%x = subgroup_scan(add, up) 1"), "reduce, inclusive or exclusive is wanted, not up.");
    EXPECT_EQ(body_refusal("matrix_store(rows) %data, 1, 1"), "row_major or column_major is wanted, not rows.");
}

TEST(Parse, refuses_of_cooperative_matrices_what_devices_cannot_do_with_them) {
    const std::string whole = "coopmat<i32, subgroup, 8, 8, accumulator>", a = "zero<" + whole + ">";
    const std::string real = "coopmat<f32, subgroup, 8, 8, accumulator>", f = "zero<" + real + ">";
    const std::string refused = " has no such operation as a whole; matrix_get takes elements.";
    EXPECT_EQ(body_refusal("%r = div " + a + ", " + a), "div: " + whole + refused);
    EXPECT_EQ(body_refusal("%r = bit_and " + a + ", " + a), "bit_and: " + whole + refused);
    EXPECT_EQ(body_refusal("%r = sqrt " + f), "sqrt: " + real + refused);
    EXPECT_EQ(body_refusal("%r = lt " + f + ", " + f), "lt: " + real + refused);
    EXPECT_EQ(body_refusal("%r = subgroup_shuffle " + f + ", 1"), "subgroup_shuffle: " + real + refused);
    EXPECT_EQ(body_refusal("%r = multiply " + f + ", i32(2)"), "multiply: " + real + " and i32 have no product.");
    EXPECT_EQ(body_refusal("%q = div " + f + ", " + f + "\n%s = multiply 2.0, %q\n%t = multiply %s, 2.0\n?"),
              "This character means nothing here.");
}

TEST(Parse, refuses_constructs_that_are_wrong) {
    EXPECT_EQ(body_refusal("if true {\n}"), "The label of a construct is wanted, not true.");
    EXPECT_EQ(body_refusal("if ^a true {\n}"), "\"else\" is wanted, not }.");
    EXPECT_EQ(body_refusal("if ^a true {\nexit ^b\n} else {\n}"), "There is no construct ^b above.");
    EXPECT_EQ(body_refusal("if ^a true {\n} else {\n}\nif ^a true {\n} else {\n}"), "^a is defined twice.");
    EXPECT_EQ(body_refusal("%x = if ^a true {\n} else {\n}"), "The type of %x is missing.");
    EXPECT_EQ(body_refusal("loop ^a (%x: u32) {\n} continuing {\n}"), "\"=\" is wanted, not ).");
    EXPECT_EQ(body_refusal("loop ^a {\n} else {\n}"), "\"continuing\" is wanted, not else.");
    EXPECT_EQ(body_refusal("switch ^a 1 {\n}"), "\"case\" or \"default\" is wanted, not }.");
    EXPECT_EQ(body_refusal("switch ^a 1 {\ncase 1 {\n}\n}"), "\"case\" or \"default\" is wanted, not }.");
    EXPECT_EQ(body_refusal("switch ^a 1 {\ndefault {\n}\ncase 1, default {\n}\n}"),
              "There is one default in a switch.");
    EXPECT_EQ(body_refusal("switch ^a 1 {\ncase -1 {\n}\n}"), "-1 is no integer of type u32.");
    EXPECT_EQ(body_refusal("switch ^a 1.0 {\ncase 1 {\n}\n}"), "1 is no integer of type f32.");
    EXPECT_EQ(body_refusal("switch ^a 1 {\ncase 1 (%x: u32) {\n}\n}"), "\"=\" is wanted, not ).");
}

TEST(Parse, leaves_out_what_the_rule_tells) {
    const Module module = parse(
        "module \"k\"\nstorage %data: u32[] set 0 binding 0\nkernel @main() {\n"
        "%i = extract(0) zero<u32x3>\n%p = access %data, %i\natomic_add(relaxed, device) %p, 1\n"
        "loop ^around (%n = 0) {\nexit ^around\n} continuing {\nrepeat ^around(0) }\nreturn\n}\n",
        "k.ir");
    EXPECT_THAT(print(module), HasSubstr("    %p: ptr<storage, u32> = access %data, %i\n"
                                         "    %0: u32 = atomic_add(relaxed, device) %p, 1\n"
                                         "    loop ^loop1 (%n: u32 = 0) {\n"));
}

std::string repeated(std::string_view text, u32 times) {
    std::string all;
    for (u32 i = 0; i < times; ++i) all += text;
    return all;
}

TEST(Parse, nesting_beyond_the_limits_is_refused_however_deep) {
    const std::string types = "Types within types go no deeper than 255.";
    for (const u32 depth : {256u, 100000u}) {
        EXPECT_EQ(declaration_refusal("local %p: " + repeated("ptr<local, ", depth) + "u32" + repeated(">", depth)),
                  types);
        EXPECT_EQ(declaration_refusal("local %p: u32" + repeated("[1]", depth)), types);
        std::string structures = "struct S0 {\n    a: u32,\n}\n";
        for (u32 i = 1; i <= depth; ++i)
            structures += "struct S" + std::to_string(i) + " {\n    a: S" + std::to_string(i - 1) + ",\n}\n";
        EXPECT_EQ(declaration_refusal(structures), types);
    }
    EXPECT_EQ(declaration_refusal("local %p: u32" + repeated("[1]", 255)), types);  // the pointer to it is one more
    (void)parse("module \"k\"\nlocal %p: u32" + repeated("[1]", 254), "k.ir");
    for (const u32 depth : {kDeepestConstruct + 1, 100000u}) {
        std::string nested;
        for (u32 i = 0; i < depth; ++i) nested += "if ^" + std::to_string(i) + " true {\n";
        EXPECT_EQ(body_refusal(nested + repeated("}\n", depth)),
                  "Constructs within constructs go no deeper than 1023.");
    }
}

TEST(Parse, the_deepest_module_prints_and_parses) {
    std::string nested = "module \"k\"\n\nkernel @main() workgroup_size(1, 1, 1) {\n";
    for (u32 i = 1; i <= kDeepestConstruct; ++i) nested += "if ^" + std::to_string(i) + " true {\n";
    for (u32 i = kDeepestConstruct; i > 0; --i) {
        const std::string label = std::to_string(i);
        nested += "exit ^" + label + "\n} else {\nexit ^" + label + "\n}\n";
    }
    Module module = parse(nested + "return\n}\n", "k.ir");
    verify(module);
    const std::string printed = print(module);
    EXPECT_EQ(print(parse(printed, "printed")), printed);
}

/// Damages a text: cuts it, or changes, drops, doubles or exchanges characters, tokens or lines.
class Damage {
public:
    explicit Damage(u32 seed) : random_(seed) {}

    std::string strike(std::string text) {
        if (text.empty()) return text;
        const std::size_t from = below(text.size());
        const std::size_t other = below(text.size());
        switch (below(8)) {
            case 0:
                return text.substr(0, from);
            case 1:
                text[from] = static_cast<char>(random_());
                return text;
            case 2:
                text[from] = "{}()<>[]%^@\"\\:,.=|-0129xeu\n "[below(29)];
                return text;
            case 3:
                return text.erase(from, 1 + below(12));
            case 4:
                return text.insert(other, text.substr(from, 1 + below(40)));
            case 5:
                return replace_token(text, from, token_at(text, other));
            case 6: {
                static constexpr std::string_view kOdd[] = {"0",    "-1",        "4294967295", "f32(nan)",
                                                            "%x",   "zero<u32>", "default",    "i64(1)",
                                                            "void", "u32[]",     "ptr<",       "repeat"};
                return replace_token(text, from, std::string(kOdd[below(std::size(kOdd))]));
            }
            default:
                return move_line(text, from, other);
        }
    }
    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    static std::pair<std::size_t, std::size_t> token_range(const std::string& text, std::size_t at) {
        constexpr std::string_view kEnds = " \n(),<>[]{}:=";
        const std::size_t before = text.find_last_of(kEnds, at);
        const std::size_t first = before == std::string::npos ? 0 : std::min(before + 1, at);
        return {first, std::min(text.find_first_of(kEnds, at), text.size())};
    }
    static std::string token_at(const std::string& text, std::size_t at) {
        const auto [first, end] = token_range(text, at);
        return text.substr(first, end - first);
    }
    static std::string replace_token(std::string text, std::size_t at, const std::string& token) {
        const auto [first, end] = token_range(text, at);
        return text.replace(first, end - first, token);
    }
    static std::string move_line(std::string text, std::size_t from, std::size_t to) {
        const std::size_t before = text.rfind('\n', from);
        const std::size_t first = before == std::string::npos ? 0 : before;
        const std::size_t end = std::min(text.find('\n', first + 1), text.size());
        const std::string line = text.substr(first, end - first);
        text.erase(first, end - first);
        const std::size_t place = std::min(text.find('\n', std::min(to, text.size())), text.size());
        return text.insert(place, line);
    }

    std::mt19937 random_;
};

/// Any text is refused with an error or survives the round trip; true: it survives.
bool survives(const std::string& text) {
    try {
        Module module = parse(text, "damaged");
        const std::string printed = print(module);
        try {
            verify(module);
        } catch (const Error& error) {
            EXPECT_EQ(to_string(error.code()), "compile_failed") << error.what();
            return false;
        }
        EXPECT_EQ(print(parse(printed, "printed")), printed);
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(to_string(error.code()), "compile_failed") << error.what();
        return false;
    }
}

TEST(Parse, survives_every_module_cut_short) {
    for (const testing::ModuleFile& file : testing::all_module_files())
        for (std::size_t length = file.name.size() % 13; length < file.text.size(); length += 13)
            survives(file.text.substr(0, length));
}

TEST(Parse, survives_every_module_damaged_at_random) {
    u32 right = 0;
    for (const testing::ModuleFile& file : testing::all_module_files()) {
        for (u32 seed = 0; seed < 250; ++seed) {
            Damage damage(seed);
            std::string text = file.text;
            for (std::size_t strikes = 1 + damage.below(3); strikes > 0; --strikes) text = damage.strike(text);
            if (survives(text)) ++right;
        }
    }
    EXPECT_GT(right, 150u);  // else all that was tried is how errors are made
}

}  // namespace
}  // namespace alkomp::ir
