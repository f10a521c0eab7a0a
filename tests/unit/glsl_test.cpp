// SPDX-License-Identifier: MIT OR Apache-2.0
// GLSL to SPIR-V: whole messages of every refusal, includes, macros, and texts that are too much.
#include "glsl/glsl.h"

#include "expect_error.h"
#include "glsl/messages.h"
#include "glsl/nesting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace alkomp::glsl_front {
namespace {

namespace fs = std::filesystem;
using alkomp::testing::error_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHead =
    "#version 450\nlayout(local_size_x = 1) in;\nlayout(binding = 0) buffer B { float x[]; } b;\n";

std::vector<u32> words_of(const std::string& text, const KernelOptions& options = {},
                          Target target = Target::vulkan_1_2) {
    return compile(glsl(text, "k.comp"), options, target).words;
}

std::string refused(const std::string& text, const KernelOptions& options = {}) {
    return error_text(ErrorCode::compile_failed, [&] { static_cast<void>(words_of(text, options)); });
}

class Folder {
public:
    Folder() {
        path = fs::temp_directory_path() /
               ("alkomp-glsl-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
        fs::create_directories(path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string refused(const std::string& name, const KernelOptions& options = {}) const {
        std::string text = error_text(ErrorCode::compile_failed, [&] {
            static_cast<void>(compile(glsl_file(path / name), options, Target::vulkan_1_2));
        });
        for (std::size_t at; (at = text.find(path.string() + "/")) != std::string::npos;)
            text.erase(at, path.string().size() + 1);
        return text;
    }
    fs::path path;
};

TEST(Glsl, becomes_spirv_of_the_version_that_the_target_takes) {
    const std::string text = std::string(kHead) + "void main() { b.x[gl_GlobalInvocationID.x] = 1.0; }\n";
    EXPECT_EQ(words_of(text, {}, Target::vulkan_1_2).at(1), 0x00010500u);
    EXPECT_EQ(words_of(text, {}, Target::vulkan_1_3).at(1), 0x00010600u);
    EXPECT_EQ(words_of(text).at(0), 0x07230203u);
    EXPECT_THAT(version(), StartsWith("glslang "));
}

TEST(Glsl, may_leave_its_version_out_and_have_windows_line_ends) {
    EXPECT_FALSE(words_of("\xef\xbb\xbflayout(local_size_x = 1) in;\r\nvoid main() {}\r\n").empty());
    EXPECT_FALSE(words_of("// made by hand\r\n#version 460\r\nlayout(local_size_x = 1) in;\r\nvoid main() {}").empty());
    EXPECT_FALSE(words_of("#version 310 es\nlayout(local_size_x = 1) in;\nvoid main() {}\n").empty());
}

TEST(Glsl, shows_the_line_and_a_caret_under_the_token) {
    EXPECT_EQ(refused(std::string(kHead) + "void main() {\n\tfloat y = 2.0 * undeclared;\n\tb.x[0] = y;\n}\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:5: error: 'undeclared': undeclared identifier\n"
              "    \tfloat y = 2.0 * undeclared;\n"
              "    \t                ^");
}

TEST(Glsl, shows_no_caret_where_the_token_stands_twice) {
    EXPECT_EQ(refused(std::string(kHead) + "void main() { b.x[0] = wrong + wrong; }\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:4: error: 'wrong': undeclared identifier\n"
              "    void main() { b.x[0] = wrong + wrong; }");
}

TEST(Glsl, does_not_take_a_part_of_a_word_for_the_token) {
    EXPECT_EQ(refused(std::string(kHead) + "void main() { float ab = 1.0; ab = b.x[0] + a; }\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:4: error: 'a': undeclared identifier\n"
              "    void main() { float ab = 1.0; ab = b.x[0] + a; }\n"
              "                                                ^");
}

TEST(Glsl, reports_every_error) {
    EXPECT_EQ(refused(std::string(kHead) + "void main() {\n  b.x[0] = one;\n  b.x[1] = two();\n}\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:5: error: 'one': undeclared identifier\n"
              "      b.x[0] = one;\n"
              "               ^\n"
              "k.comp:6: error: 'two': no matching overloaded function found\n"
              "      b.x[1] = two();\n"
              "               ^");
}

TEST(Glsl, names_a_syntax_error) {
    EXPECT_EQ(refused(std::string(kHead) + "void main() { b.x[0] = ; }\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:4: error: syntax error, unexpected SEMICOLON\n"
              "    void main() { b.x[0] = ; }");
    EXPECT_THAT(refused(std::string(kHead) + "void main() {\n  b.x[0] = 1.0;\n"),
                HasSubstr("k.comp:6: error: syntax error, unexpected end of file"));
}

TEST(Glsl, needs_a_main) {
    EXPECT_EQ(refused("#version 450\nvoid start() {}\n"),
              "compile: \"k.comp\" does not compile.\nk.comp: error: there is no \"void main()\"");
    EXPECT_EQ(refused(""), "compile: \"k.comp\" is empty.");
    EXPECT_EQ(refused(" \n\t\r\n"), "compile: \"k.comp\" is empty.");
    EXPECT_EQ(refused("// nothing\n"),
              "compile: \"k.comp\" does not compile.\nk.comp: error: there is no \"void main()\"");
}

TEST(Glsl, names_a_function_without_a_body) {
    EXPECT_EQ(refused(std::string(kHead) + "float f(float a);\nvoid main() { b.x[0] = f(1.0); }\n"),
              "compile: \"k.comp\" does not compile.\nk.comp: error: the function 'f' is declared and called but has "
              "no body");
}

TEST(Glsl, takes_only_compute_shaders) {
    const std::string vertex = refused("#version 450\nvoid main() { gl_Position = vec4(0); }\n");
    EXPECT_EQ(vertex,
              "compile: \"k.comp\" does not compile as a compute shader, and only compute shaders are taken.\n"
              "k.comp:2: error: 'gl_Position': undeclared identifier\n"
              "    void main() { gl_Position = vec4(0); }\n"
              "                  ^");
    const std::string sentence = "as a compute shader, and only compute shaders are taken.";
    EXPECT_THAT(refused("#version 450\nlayout(location = 0) out vec4 c;\nvoid main() { c = vec4(1); }\n"),
                HasSubstr(sentence));
    EXPECT_THAT(refused("#version 450\nlayout(location = 0) in vec2 p;\nvoid main() {}\n"), HasSubstr(sentence));
    EXPECT_THAT(refused("#version 450\nvoid main() { if (gl_FragCoord.x > 1) discard; }\n"), HasSubstr(sentence));
}

TEST(Glsl, refuses_versions_without_compute_shaders) {
    EXPECT_EQ(refused("// old\n#version 120\nvoid main() {}\n"),
              "compile: \"k.comp\" does not compile.\n"
              "k.comp:2: error: '120': is no GLSL version with compute shaders: 420, 430, 440, 450, 460, 310 es and "
              "320 es are\n"
              "    #version 120\n"
              "             ^");
    EXPECT_THAT(refused("#version 300 es\nvoid main() {}\n"), HasSubstr("'300': is no GLSL version"));
    EXPECT_THAT(refused("#version 9999\nvoid main() {}\n"), HasSubstr("'9999': is no GLSL version"));
    EXPECT_THAT(refused("#version\nvoid main() {}\n"), HasSubstr("is no GLSL version"));
}

TEST(Glsl, has_one_entry_point) {
    EXPECT_EQ(error_text(ErrorCode::invalid_argument,
                         [] { static_cast<void>(words_of("void main() {}", {.entry = "blur"})); }),
              "compile: a GLSL kernel has one entry point, \"main\"; \"blur\" was asked for.");
}

// Macros -------------------------------------------------------------------------------------------

TEST(GlslMacros, reach_the_text) {
    const std::string text =
        std::string(kHead) + "#if SIZE != 4\n#error wrong\n#endif\nvoid main() { b.x[0] = VALUE; }\n";
    EXPECT_FALSE(words_of(text, {.macros = {{"SIZE", "4"}, {"VALUE", "float(SIZE)"}}}).empty());
    EXPECT_EQ(refused(text, {.macros = {{"SIZE", "5"}, {"VALUE", "1.0"}}}),
              "compile: \"k.comp\" does not compile.\nk.comp:5: error: '#error': wrong\n    #error wrong\n    ^");
    EXPECT_THAT(refused(text, {.macros = {{"SIZE", "4"}}}),
                HasSubstr("k.comp:7: error: 'VALUE': undeclared identifier"));
}

TEST(GlslMacros, are_expanded_once) {
    const std::string text = std::string(kHead) + "void main() { float v = 1.0; b.x[0] = v; }\n";
    EXPECT_FALSE(words_of(text, {.macros = {{"v", "v_plus"}}}).empty());
    EXPECT_FALSE(
        words_of(std::string(kHead) + "float v = 1.0;\nvoid main() { b.x[0] = V; }\n", {.macros = {{"V", "(v + 1.0)"}}})
            .empty());
}

TEST(GlslMacros, must_have_a_name_and_end_in_their_line) {
    const auto text = [](const std::string& name, const std::string& value) {
        return error_text(ErrorCode::invalid_argument, [&] {
            static_cast<void>(words_of("void main() {}", {.macros = {{name, value}}}));
        });
    };
    const std::string names = "\" is no name for a macro: letters, digits and _ are, but not GL_ in front.";
    EXPECT_EQ(text("A B", "1"), "compile: \"A B" + names);
    EXPECT_EQ(text("", "1"), "compile: \"" + names);
    EXPECT_EQ(text("1A", "1"), "compile: \"1A" + names);
    EXPECT_EQ(text("GL_X", "1"), "compile: \"GL_X" + names);
    EXPECT_EQ(text("A\n#define B", "1"), "compile: \"A\n#define B" + names);
    const std::string ends = "compile: the value of the macro \"A\" does not end in its line.";
    EXPECT_EQ(text("A", "1\n2"), ends);
    EXPECT_EQ(text("A", "1\\"), ends);
    EXPECT_EQ(text("A", "/* 1"), ends);
    EXPECT_EQ(text("A", std::string("1\0", 2)), ends);
}

// Includes -----------------------------------------------------------------------------------------

TEST(GlslIncludes, are_found_beside_the_including_file_and_then_in_the_folders) {
    const Folder folder;
    folder.write("k.comp", std::string(kHead) +
                               "#include \"lib/one.glsl\"\n# include <two.glsl> // from a folder\nvoid main() { b.x[0] "
                               "= one() + two(); }\n");
    folder.write("lib/one.glsl", "#include \"helper.glsl\"\nfloat one() { return helper(); }\n");
    folder.write("lib/helper.glsl", "float helper() { return 1.0; }");
    folder.write("other/two.glsl", "float two() { return 2.0; }\n");
    folder.write("helper.glsl", "#error the wrong one\n");
    const Compiled compiled =
        compile(glsl_file(folder.path / "k.comp"), {.include_dirs = {folder.path / "other"}}, Target::vulkan_1_2);
    EXPECT_FALSE(compiled.words.empty());
    ASSERT_EQ(compiled.dependencies.size(), 3u);
    for (const Dependency& dependency : compiled.dependencies) EXPECT_TRUE(dependency.unchanged()) << dependency.path;
    folder.write("lib/helper.glsl", "float helper() { return 1.5; }");
    EXPECT_FALSE(compiled.dependencies.at(1).unchanged());
}

TEST(GlslIncludes, remember_where_a_file_was_looked_for_in_vain) {
    const Folder folder;
    folder.write("k.comp", std::string(kHead) + "#include \"lib.glsl\"\nvoid main() { b.x[0] = lib(); }\n");
    folder.write("second/lib.glsl", "float lib() { return 1.0; }\n");
    const Compiled compiled =
        compile(glsl_file(folder.path / "k.comp"), {.include_dirs = {folder.path / "first", folder.path / "second"}},
                Target::vulkan_1_2);
    ASSERT_EQ(compiled.dependencies.size(), 3u);
    for (const Dependency& dependency : compiled.dependencies) EXPECT_TRUE(dependency.unchanged());
    folder.write("first/lib.glsl", "float lib() { return 2.0; }\n");
    EXPECT_FALSE(compiled.dependencies.at(1).unchanged()) << "the new file would be found first";
}

TEST(GlslIncludes, keep_the_line_numbers_of_every_file) {
    const Folder folder;
    folder.write("k.comp",
                 std::string(kHead) +
                     "#include \"a.glsl\" /* over\ntwo lines */\nvoid main() { b.x[0] = a(); b.x[1] = here; }\n");
    folder.write("a.glsl", "\n#include \"b.glsl\"\nfloat a() {\n    return bb() + there;\n}\n");
    folder.write("b.glsl", "float bb() {\n    return nowhere; }");
    EXPECT_EQ(folder.refused("k.comp"),
              "compile: \"k.comp\" does not compile.\n"
              "b.glsl:2: error: 'nowhere': undeclared identifier\n"
              "        return nowhere; }\n"
              "               ^\n"
              "while including \"b.glsl\" at a.glsl:2\n"
              "while including \"a.glsl\" at k.comp:4\n"
              "a.glsl:4: error: 'there': undeclared identifier\n"
              "        return bb() + there;\n"
              "                      ^\n"
              "while including \"a.glsl\" at k.comp:4\n"
              "k.comp:6: error: 'here': undeclared identifier\n"
              "    void main() { b.x[0] = a(); b.x[1] = here; }\n"
              "                                         ^");
}

TEST(GlslIncludes, that_are_missing_name_the_folders) {
    const Folder folder;
    folder.write("k.comp", std::string(kHead) + "#include \"a.glsl\"\nvoid main() {}\n");
    folder.write("a.glsl", "// a\n#include <missing.glsl>\n");
    const std::string looked = folder.path.string() + "/lib";
    const std::string text = error_text(ErrorCode::compile_failed, [&] {
        static_cast<void>(
            compile(glsl_file(folder.path / "k.comp"), {.include_dirs = {folder.path / "lib"}}, Target::vulkan_1_2));
    });
    const std::string here = folder.path.string() + "/";
    EXPECT_EQ(text, "compile: \"" + here + "k.comp\" does not compile.\n" + here +
                        "a.glsl:2: error: 'missing.glsl' is not found; looked in \"" + looked +
                        "\"\n    #include <missing.glsl>\n    ^\nwhile including \"" + here + "a.glsl\" at " + here +
                        "k.comp:4");
    EXPECT_EQ(
        refused(std::string(kHead) + "#include \"missing.glsl\"\nvoid main() {}\n"),
        "compile: \"k.comp\" does not compile.\n"
        "k.comp:4: error: 'missing.glsl' is not found; the text comes from no file and no include folder is given\n"
        "    #include \"missing.glsl\"\n"
        "    ^");
    EXPECT_THAT(refused(std::string(kHead) + "#include <missing.glsl>\n"),
                HasSubstr("'missing.glsl' is not found; no include folder is given\n"));
    EXPECT_THAT(refused(std::string(kHead) + "#include missing\n"),
                HasSubstr("k.comp:4: error: #include takes \"file\" or <file>\n"));
    EXPECT_THAT(refused(std::string(kHead) + "#include \"\"\n"),
                HasSubstr("k.comp:4: error: #include takes \"file\" or <file>\n"));
}

TEST(GlslIncludes, that_are_skipped_may_be_missing) {
    EXPECT_FALSE(words_of(std::string(kHead) +
                          "#if 0\n#include \"missing.glsl\"\n#endif\n/*\n#include \"missing.glsl\"\n*/\n// "
                          "\\\n#include \"missing.glsl\"\nvoid main() {}\n")
                     .empty());
}

TEST(GlslIncludes, that_include_themselves_are_refused_with_the_way_there) {
    const Folder folder;
    folder.write("k.comp", std::string(kHead) + "#include \"a.glsl\"\nvoid main() {}\n");
    folder.write("a.glsl", "#include \"b.glsl\"\n");
    folder.write("b.glsl", "\n#include \"./a.glsl\"\n");
    EXPECT_EQ(folder.refused("k.comp"),
              "compile: \"k.comp\" does not compile.\n"
              "b.glsl:2: error: './a.glsl' includes itself\n"
              "    #include \"./a.glsl\"\n"
              "    ^\n"
              "while including \"b.glsl\" at a.glsl:1\n"
              "while including \"a.glsl\" at k.comp:4");
    folder.write("self.comp", "#version 450\n#include \"self.comp\"\nvoid main() {}\n");
    EXPECT_EQ(folder.refused("self.comp"),
              "compile: \"self.comp\" does not compile.\n"
              "self.comp:2: error: 'self.comp' includes itself\n"
              "    #include \"self.comp\"\n"
              "    ^");
}

TEST(GlslIncludes, may_come_twice_behind_guards) {
    const Folder folder;
    folder.write("k.comp",
                 std::string(kHead) + "#include \"a.glsl\"\n#include \"a.glsl\"\nvoid main() { b.x[0] = a(); }\n");
    folder.write("a.glsl", "#ifndef A\n#define A\nfloat a() { return 1.0; }\n#endif\n");
    EXPECT_FALSE(compile(glsl_file(folder.path / "k.comp"), {}, Target::vulkan_1_2).words.empty());
}

TEST(GlslIncludes, that_double_each_time_end_at_the_limit) {
    const Folder folder;
    folder.write("k.comp", std::string(kHead) + "#include \"0.glsl\"\nvoid main() {}\n");
    for (int i = 0; i < 40; ++i) {
        const std::string next = "#include \"" + std::to_string(i + 1) + ".glsl\"\n";
        folder.write(std::to_string(i) + ".glsl", next + next);
    }
    folder.write("40.glsl", "// end\n");
    EXPECT_EQ(folder.refused("k.comp"),
              "compile: \"k.comp\" is longer than 4194304 bytes with its includes, the most that is taken.");
}

TEST(Glsl, keeps_to_the_lines_that_the_text_itself_sets) {
    EXPECT_EQ(refused(std::string(kHead) + "#line 200\nvoid main() { b.x[0] = wrong; }\n"),
              "compile: \"k.comp\" does not compile.\nk.comp:200: error: 'wrong': undeclared identifier");
    EXPECT_EQ(refused(std::string(kHead) + "#line 200 7\nvoid main() { b.x[0] = wrong; }\n"),
              "compile: \"k.comp\" does not compile.\nk.comp (string 7):200: error: 'wrong': undeclared identifier");
    EXPECT_EQ(refused("#version 450\n#extension GL_GOOGLE_cpp_style_line_directive : require\n#line 9 "
                      "\"made.by\"\nvoid main() { wrong; }\n"),
              "compile: \"k.comp\" does not compile.\nmade.by:9: error: 'wrong': undeclared identifier");
}

// Too much -----------------------------------------------------------------------------------------

TEST(Glsl, refuses_ten_megabytes_of_text) {
    EXPECT_EQ(refused(std::string(10 << 20, ' ') + "x"),
              "compile: \"k.comp\" is 10485761 bytes long; at most 4194304 are taken.");
    std::string text = kHead;
    while (text.size() < (10u << 20)) text += "float f();\n";
    EXPECT_THAT(refused(text), HasSubstr("bytes long; at most 4194304 are taken."));
}

TEST(Glsl, refuses_bytes_that_no_text_has) {
    EXPECT_EQ(refused(std::string("void main() {\n\0}", 16)),
              "compile: \"k.comp\" has a NUL byte in line 2, which no GLSL text has.");
    const std::string text = refused(std::string(kHead) + "void main() { float \xff\xfe = \xc3\xa4; }\n");
    EXPECT_THAT(text, HasSubstr("k.comp:4: error: "));
    EXPECT_THAT(text, HasSubstr("void main() { float ?? = \xc3\xa4; }"))
        << "what is no UTF-8 is replaced, what is stays";
}

TEST(Glsl, cuts_long_source_lines) {
    const std::string text =
        refused(std::string(kHead) + "void main() { wrong = 1.0; " + std::string(5000, ';') + " }\n");
    EXPECT_LT(text.size(), 400u);
    EXPECT_THAT(text, HasSubstr(";...\n"));
}

TEST(Glsl, refuses_nesting_that_would_overflow_the_stack) {
    const auto body = [](const std::string& statement) {
        return std::string(kHead) + "float f(float a) { return a; }\nvoid main() { float a = b.x[0];\n" + statement +
               "\n}\n";
    };
    const auto repeat = [](const std::string& part, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += part;
        return out;
    };
    const std::string sentence =
        "k.comp:6: error: the code is nested too deeply: at most 4096 operators and brackets in one expression\n";
    EXPECT_THAT(refused(body("b.x[0] = a" + repeat(" + a", 100000) + ";")), HasSubstr(sentence));
    EXPECT_THAT(refused(body("b.x[0] = " + repeat("f(", 100000) + "a" + repeat(")", 100000) + ";")),
                HasSubstr(sentence));
    EXPECT_THAT(refused(body("b.x[0] = a" + repeat(", b.x[0] = a", 100000) + ";")), HasSubstr(sentence));
    EXPECT_THAT(refused(body("for (;; a = 1.0" + repeat(", a = 1.0", 100000) + ") {}")), HasSubstr(sentence));
    EXPECT_THAT(refused(body("b.x[0] = vec4(a)" + repeat(".xyzw", 100000) + ".x;")), HasSubstr(sentence));
    EXPECT_THAT(refused(body(repeat("{", 100000) + repeat("}", 100000))), HasSubstr(sentence));
    EXPECT_THAT(refused(body("b.x[0] = " + repeat("-", 200000) + "a;")),
                HasSubstr("k.comp:6: error: the code is nested too deeply"));
    EXPECT_THAT(refused(body(repeat("if (a > 1.0) b.x[0] = a; else ", 20000) + ";")),
                HasSubstr("the code is nested too deeply"));
}

TEST(Glsl, takes_long_texts_that_are_not_deep) {
    std::string table = "1.0";
    for (int i = 0; i < 20000; ++i) table += ", 1.0 + 2.0";
    std::string text = std::string(kHead) + "const float table[] = float[](" + table + ");\nvoid main() {\n";
    for (int i = 0; i < 3000; ++i) text += "b.x[" + std::to_string(i) + "] = table[3] * 2.0 + b.x[1];\n";
    EXPECT_FALSE(words_of(text + "}\n").empty());
    EXPECT_FALSE(words_of(std::string(kHead) + "const float table[] = {" + table +
                          "};\nvoid main() { float t[2][2] = {{1.0, 2.0}, {3.0, 4.0}}; b.x[0] = table[1] + t[1][1]; }")
                     .empty());
    std::string sum = "b.x[0]";
    for (int i = 0; i < 1000; ++i) sum += " + b.x[0]";
    EXPECT_FALSE(words_of(std::string(kHead) + "void main() { b.x[1] = " + sum + "; }\n").empty());
}

TEST(Glsl, leaves_workgroup_sizes_to_the_device) {
    EXPECT_FALSE(words_of("#version 450\nlayout(local_size_x = 4096, local_size_y = 2) in;\nvoid main() {}\n").empty());
}

TEST(Glsl, compiles_on_many_threads_at_once) {
    const std::string text = std::string(kHead) + "void main() { b.x[gl_GlobalInvocationID.x] *= 2.0; }\n";
    const std::vector<u32> expected = words_of(text);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                EXPECT_EQ(words_of(text), expected);
                EXPECT_THAT(refused(std::string(kHead) + "void main() { wrong; }\n"),
                            HasSubstr("'wrong': undeclared identifier"));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST(Glsl, may_be_optimised) {
    const std::string text =
        std::string(kHead) +
        "float f(float a) { return a * 2.0; }\nvoid main() { float y = 1.0; y = f(y); b.x[0] = y; }\n";
    EXPECT_LT(words_of(text, {.optimize = true}).size(), words_of(text).size());
}

TEST(Glsl, hands_warnings_to_the_log) {
    std::vector<std::string> lines;
    set_log([&](LogLevel level, std::string_view line) {
        EXPECT_EQ(level, LogLevel::warning);
        lines.emplace_back(line);
    });
    static_cast<void>(words_of("#version 450\n#extension GL_FOO_bar : enable\nvoid main() {}\n"));
    set_log({});
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0],
              "k.comp:2: warning: '#extension': extension not supported: GL_FOO_bar\n    #extension GL_FOO_bar : "
              "enable\n    ^");
}

}  // namespace
}  // namespace alkomp::glsl_front
