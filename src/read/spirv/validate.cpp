// SPDX-License-Identifier: MIT OR Apache-2.0
#include "read/spirv/validate.h"

#include "alkomp/error.h"

#include <spirv-tools/libspirv.h>

#include <memory>

namespace alkomp::read {

void validate(std::span<const u32> words, std::string_view name) {
    const spv_target_env environment = words[1] >= 0x00010600 ? SPV_ENV_VULKAN_1_3 : SPV_ENV_VULKAN_1_2;
    const std::unique_ptr<spv_context_t, void (*)(spv_context)> context(spvContextCreate(environment),
                                                                        spvContextDestroy);
    const std::unique_ptr<spv_validator_options_t, void (*)(spv_validator_options)> options(spvValidatorOptionsCreate(),
                                                                                            spvValidatorOptionsDestroy);
    // Whether the device has these is asked by its capabilities.
    spvValidatorOptionsSetScalarBlockLayout(options.get(), true);
    spvValidatorOptionsSetUniformBufferStandardLayout(options.get(), true);
    spvValidatorOptionsSetWorkgroupScalarBlockLayout(options.get(), true);
    spvValidatorOptionsSetAllowLocalSizeId(options.get(), true);
    spv_const_binary_t binary{words.data(), words.size()};
    spv_diagnostic raw = nullptr;
    const spv_result_t result = spvValidateWithOptions(context.get(), options.get(), &binary, &raw);
    const std::unique_ptr<spv_diagnostic_t, void (*)(spv_diagnostic)> diagnostic(raw, spvDiagnosticDestroy);
    if (result == SPV_SUCCESS) return;

    std::string reason =
        diagnostic && diagnostic->error != nullptr ? diagnostic->error : "error " + std::to_string(result);
    const std::string where = "compile: \"" + std::string(name) + "\" ";
    if (reason.starts_with("Invalid capability operand: ")) {
        throw Error(ErrorCode::unsupported, where + "needs SPIR-V capability " + reason.substr(reason.rfind(' ') + 1) +
                                                ", which the SPIRV-Tools of this build do not know.");
    }
    // The rest is a listing of the instruction, for which there is no source to show.
    reason = reason.substr(0, reason.find('\n'));
    while (reason.ends_with('.') || reason.ends_with(' ')) reason.pop_back();
    throw Error(ErrorCode::compile_failed, where + "is not valid SPIR-V: " + reason + ".");
}

std::string validator_version() { return spvSoftwareVersionString(); }

}  // namespace alkomp::read
