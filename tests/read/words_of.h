// SPDX-License-Identifier: MIT OR Apache-2.0
// Words of SPIR-V for tests: of GLSL, of assembly, of the corpus.
#pragma once

#include "alkomp/error.h"
#include "corpus/assemble.h"
#include "corpus/kernel_file.h"
#include "glsl/glsl.h"
#include "read/spirv/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spirv-tools/libspirv.h>

#include <string>
#include <vector>

namespace alkomp::testing {

/// As glslang makes them, unchecked.
inline std::vector<u32> words_of_glsl(std::string text) {
    return glsl_front::compile(glsl(std::move(text), "k.comp"), {}, Target::vulkan_1_2).words;
}

inline std::vector<u32> words_of_assembly(const std::string& text) {
    spv_context context = spvContextCreate(SPV_ENV_UNIVERSAL_1_6);
    spv_binary binary = nullptr;
    spv_diagnostic diagnostic = nullptr;
    const bool right = spvTextToBinary(context, text.data(), text.size(), &binary, &diagnostic) == SPV_SUCCESS;
    EXPECT_TRUE(right) << diagnostic->error << "\n" << text;
    std::vector<u32> words;
    if (right) words.assign(binary->code, binary->code + binary->wordCount);
    spvBinaryDestroy(binary);
    spvDiagnosticDestroy(diagnostic);
    spvContextDestroy(context);
    return words;
}

/// Those of a kernel of the corpus, as it was made and as SPIRV-Tools' passes leave it.
inline std::vector<std::vector<u32>> all_words_of(const KernelFile& file) {
    std::vector<u32> made = words_of(file);
    std::vector<u32> size = optimized(file, made, Passes::size), speed = optimized(file, made, Passes::speed);
    return {std::move(made), std::move(size), std::move(speed)};
}

/// What reading the words says, with its code in front; a module is a failure.
inline std::string refusal(std::span<const u32> words, std::string_view entry = "main") {
    try {
        (void)read::read(words, entry, "k.comp");
    } catch (const Error& error) {
        return std::string(to_string(error.code())) + ": " + error.what();
    }
    ADD_FAILURE() << "it was read";
    return {};
}

}  // namespace alkomp::testing
