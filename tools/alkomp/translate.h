// SPDX-License-Identifier: MIT OR Apache-2.0
// `alkomp translate`: what a kernel becomes, as IR, SPIR-V and WGSL.
#pragma once

#include "alkomp/kernel.h"

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace alkomp::command {

enum class Form : u8 { ir, spirv, wgsl };
[[nodiscard]] std::string_view to_string(Form form) noexcept;

struct TranslateRequest {
    std::filesystem::path kernel;
    Form to = Form::spirv;
    std::filesystem::path output;  ///< empty: standard output, as text; "-": standard output, as bytes
    std::string target;            ///< "vulkan1.2", "vulkan1.3"; empty: a device, or one that has everything
    std::string device;
    KernelOptions options;
    bool json = false;
};

/// The options of the verb as CLI11 collects them; `request` is called after the parse.
class TranslateOptions {
public:
    explicit TranslateOptions(CLI::App& app);
    /// Throws UsageError.
    [[nodiscard]] TranslateRequest request() const;

private:
    TranslateRequest plain_;
    std::vector<std::string> sets_, macros_, include_dirs_;
    std::string to_, entry_ = "main";
};

struct TranslateReport {
    std::string kernel;  ///< its name
    Form to = Form::spirv;
    std::string made_for;  ///< a device's name, a target, or "any device"
    std::array<u32, 3> workgroup_size{};
    std::string spirv_version;              ///< of SPIR-V: "1.6"
    std::vector<std::string> capabilities;  ///< that the SPIR-V declares
    std::string output;                     ///< the file that was written, if one was
    std::string text;                       ///< for standard output: IR, WGSL, or SPIR-V disassembled
    std::vector<u32> words;                 ///< for standard output, as bytes
};

/// Throws Failure, UsageError and what compiling throws.
[[nodiscard]] TranslateReport translate(const TranslateRequest& request);

/// SPIR-V as SPIRV-Tools shows it. Throws Failure where it knows less than the words say.
[[nodiscard]] std::string disassembled(const std::vector<u32>& words);

}  // namespace alkomp::command
