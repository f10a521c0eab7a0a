// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/assemble.h"

#include "glsl/glsl.h"

#include <spirv-tools/libspirv.hpp>
#include <spirv-tools/optimizer.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace alkomp::testing {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What one of the programs that scripts/setup installs makes of a file.
std::vector<u32> made_by(const std::string& program, const fs::path& path) {
    const fs::path out = fs::temp_directory_path() / ("alkomp_corpus_" + std::to_string(getpid()) + ".out.spv");
    const std::string command =
        ALKOMP_SPIRV_TOOLS "/" + program + " -o \"" + out.string() + "\" \"" + path.string() + '"';
    if (std::system(command.c_str()) != 0) throw std::runtime_error(path.string() + ": " + program + " fails.");
    const std::string bytes = read(out);
    fs::remove(out);
    std::vector<u32> words(bytes.size() / sizeof(u32));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(u32));
    return words;
}

std::vector<u32> optimized_by_program(std::span<const u32> words, Passes passes) {
    const fs::path in = fs::temp_directory_path() / ("alkomp_corpus_" + std::to_string(getpid()) + ".in.spv");
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(words.data()), static_cast<std::streamsize>(words.size_bytes()));
    std::vector<u32> out = made_by(passes == Passes::size ? "spirv-opt -Os" : "spirv-opt -O", in);
    fs::remove(in);
    return out;
}

spvtools::MessageConsumer collect(std::string& messages) {
    return [&messages](spv_message_level_t, const char*, const spv_position_t& position, const char* text) {
        messages += std::to_string(position.line + 1) + ": " + text + '\n';
    };
}

}  // namespace

std::vector<u32> assembled(const KernelFile& file) {
    if (file.wants_newer_tools) return made_by("spirv-as --target-env spv" + file.spirv_version, file.path);
    std::string messages;
    spv_target_env environment = SPV_ENV_UNIVERSAL_1_5;
    if (!spvParseTargetEnv(("spv" + file.spirv_version).c_str(), &environment))
        throw std::runtime_error(file.path.string() + ": there is no SPIR-V " + file.spirv_version + '.');
    spvtools::SpirvTools tools(environment);
    tools.SetMessageConsumer(collect(messages));
    std::vector<u32> words;
    if (!tools.Assemble(read(file.path), &words)) throw std::runtime_error(file.path.string() + ':' + messages);
    return words;
}

bool can_assemble(const KernelFile& file) {
    return !file.wants_newer_tools || fs::exists(ALKOMP_SPIRV_TOOLS "/spirv-as");
}

std::vector<u32> words_of(const KernelFile& file) {
    return file.is_assembly ? assembled(file) : glsl_front::compile(source_of(file), {}, Target::vulkan_1_2).words;
}

bool can_optimize() { return true; }

std::vector<u32> optimized(const KernelFile& file, std::span<const u32> words, Passes passes) {
    if (file.wants_newer_tools) return optimized_by_program(words, passes);
    std::string messages;
    spvtools::Optimizer optimizer(SPV_ENV_UNIVERSAL_1_6);
    optimizer.SetMessageConsumer(collect(messages));
    if (passes == Passes::size) optimizer.RegisterSizePasses();
    else optimizer.RegisterPerformancePasses();
    std::vector<u32> out;
    spvtools::OptimizerOptions options;
    options.set_run_validator(false);
    options.set_preserve_bindings(true);
    options.set_preserve_spec_constants(true);
    if (!optimizer.Run(words.data(), words.size(), &out, options)) throw std::runtime_error("spirv-opt: " + messages);
    return out;
}

}  // namespace alkomp::testing
