// SPDX-License-Identifier: MIT OR Apache-2.0
// embed KERNEL.comp WORDS.inc: compiles a kernel at build time, so that both sides of a bench run the same SPIR-V.
#include <alkomp/alkomp.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

void embed(const char* from, const char* to) {
    const alkomp::Shader shader =
        alkomp::compile_shader(alkomp::glsl_file(from), {.target = alkomp::Target::vulkan_1_2});
    std::ofstream out(to);
    for (const alkomp::u32 word : shader.words()) out << "0x" << std::hex << word << ",\n";
    if (!out.flush()) throw std::runtime_error(std::string("cannot write ") + to + ".");
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count != 3) throw std::runtime_error("usage: embed KERNEL.comp WORDS.inc");
        embed(arguments[1], arguments[2]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
