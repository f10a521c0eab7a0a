// SPDX-License-Identifier: MIT OR Apache-2.0
// Where instructions come from, in the user's files.
#include "ir/print.h"
#include "runtime/translate.h"
#include "words_of.h"

#include <fstream>

namespace alkomp::testing {
namespace {

/// "k.comp:7" of each instruction with that name, in their order.
std::vector<std::string> lines_of(const ir::Module& module, ir::Op op) {
    std::vector<std::string> lines;
    for (std::size_t i = 1; i < module.instructions.size(); ++i) {
        const ir::Location& location = module.locations[module.instructions[i].location];
        if (module.instructions[i].op == op)
            lines.push_back(module.text(location.file) + ':' + std::to_string(location.line));
    }
    return lines;
}

TEST(LinesOfGlsl, are_those_of_the_users_files) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "alkomp_lines_test";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "part.glsl") << "uint part(uint x) {\n\n    return x * 3u;\n}\n";
    std::ofstream(folder / "other.glsl") << "#include \"part.glsl\"\nuint other(uint x) { return part(x) * 5u; }\n";
    Source source = glsl(
        "#version 460\n"
        "layout(local_size_x = 1) in;\n"
        "layout(binding = 0) buffer B { uint data[]; };\n"
        "#include \"other.glsl\"\n"
        "void main() {\n"
        "    data[0] = other(data[1])\n"
        "        * 7u;\n"
        "}\n",
        "k.comp");
    source.directory = folder;
    const ir::Module module = detail::module_of(source, {}, Target::vulkan_1_2);
    std::vector<std::string> lines;
    for (const std::string& line : lines_of(module, ir::Op::mul))
        lines.push_back(std::filesystem::path(line).filename().string());
    EXPECT_THAT(lines, ::testing::UnorderedElementsAre("part.glsl:3", "other.glsl:2", "k.comp:6"));
    std::filesystem::remove_all(folder);
}

TEST(LinesOfGlsl, stand_in_what_is_refused) {
    const Source source = glsl(
        "#version 460\n"
        "layout(local_size_x = 1) in;\n"
        "shared uint sum;\n"
        "void main() {\n"
        "    uint i = gl_LocalInvocationIndex;\n"
        "    if (i == 0u) {\n"
        "        sum = 1u;\n"
        "        barrier();\n"
        "    }\n"
        "}\n",
        "k.comp");
    const ir::Module module = detail::module_of(source, {}, Target::vulkan_1_2);
    EXPECT_THAT(lines_of(module, ir::Op::barrier), ::testing::ElementsAre("k.comp:8"));
}

}  // namespace
}  // namespace alkomp::testing
