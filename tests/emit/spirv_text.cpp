// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/spirv_text.h"

#include <spirv-tools/libspirv.h>

#include <memory>

namespace alkomp::testing {
namespace {

using Context = std::unique_ptr<spv_context_t, void (*)(spv_context)>;

Context context_for(u32 version) {
    return {spvContextCreate(version >= 0x00010600 ? SPV_ENV_VULKAN_1_3 : SPV_ENV_VULKAN_1_2), spvContextDestroy};
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

}  // namespace alkomp::testing
