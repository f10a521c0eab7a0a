// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/spirv_text.h"

#include <spirv-tools/libspirv.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace alkomp::testing {
namespace {

using Context = std::unique_ptr<spv_context_t, void (*)(spv_context)>;

Context context_for(u32 version) {
    return {spvContextCreate(version >= 0x00010600 ? SPV_ENV_VULKAN_1_3 : SPV_ENV_VULKAN_1_2), spvContextDestroy};
}

/// What a program prints about the words.
std::string printed_by(const std::string& program, const std::string& arguments, std::span<const u32> words) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("alkomp_emit_tests_" + std::to_string(getpid()) + ".spv");
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(words.data()), static_cast<std::streamsize>(words.size_bytes()));
    const std::string command = program + ' ' + arguments + " \"" + path.string() + "\" 2>&1";
    std::string text;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(popen(command.c_str(), "r"), pclose);
    std::array<char, 4096> bytes{};
    while (out != nullptr && !std::feof(out.get()))
        text.append(bytes.data(), std::fread(bytes.data(), 1, bytes.size(), out.get()));
    std::filesystem::remove(path);
    return text;
}

std::string message(spv_result_t result, spv_diagnostic diagnostic) {
    if (result == SPV_SUCCESS) return {};
    return diagnostic != nullptr && diagnostic->error != nullptr ? diagnostic->error : "error without a message";
}

}  // namespace

std::string disassembled(std::span<const u32> words) {
    const Context context = context_for(words[1]);
    spv_text text = nullptr;
    spv_diagnostic diagnostic = nullptr;
    const u32 options = SPV_BINARY_TO_TEXT_OPTION_INDENT | SPV_BINARY_TO_TEXT_OPTION_FRIENDLY_NAMES |
                        SPV_BINARY_TO_TEXT_OPTION_NO_HEADER;
    const spv_result_t result = spvBinaryToText(context.get(), words.data(), words.size(), options, &text, &diagnostic);
    std::string out = result == SPV_SUCCESS ? std::string(text->str, text->length) : message(result, diagnostic);
    spvTextDestroy(text);
    spvDiagnosticDestroy(diagnostic);
    return out;
}

std::string validation_error(std::span<const u32> words) {
    const Context context = context_for(words[1]);
    const std::unique_ptr<spv_validator_options_t, void (*)(spv_validator_options)> options(spvValidatorOptionsCreate(),
                                                                                            spvValidatorOptionsDestroy);
    spvValidatorOptionsSetScalarBlockLayout(options.get(), true);
    spv_const_binary_t binary{words.data(), words.size()};
    spv_diagnostic diagnostic = nullptr;
    const spv_result_t result = spvValidateWithOptions(context.get(), options.get(), &binary, &diagnostic);
    std::string out = message(result, diagnostic);
    spvDiagnosticDestroy(diagnostic);
    return out;
}

bool has_newer_tools() { return std::filesystem::exists(ALKOMP_SPIRV_TOOLS "/spirv-val"); }

std::string newer_disassembled(std::span<const u32> words) {
    return printed_by(ALKOMP_SPIRV_TOOLS "/spirv-dis", "--no-color --no-header", words);
}

std::string newer_validation_error(std::span<const u32> words) {
    return printed_by(ALKOMP_SPIRV_TOOLS "/spirv-val", "--target-env vulkan1.3 --scalar-block-layout", words);
}

}  // namespace alkomp::testing
