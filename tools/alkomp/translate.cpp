// SPDX-License-Identifier: MIT OR Apache-2.0
// One kernel in, the same kernel in another form out.
#include "translate.h"

#include "alkomp/device.h"
#include "failure.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "output_file.h"
#include "read/spirv/requirements.h"
#include "request.h"
#include "run.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"

#include <CLI/CLI.hpp>

#include <spirv-tools/libspirv.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

namespace alkomp::command {
namespace {

constexpr const char* kFooter =
    R"(What goes in: IR as text (.ir, docs/ir.md; `kernel.ir()` prints a C++ kernel so), GLSL, SPIR-V (.spv).
  Each becomes IR as the passes leave it, and WGSL. IR becomes SPIR-V; GLSL does by glslang, unchanged, and SPIR-V
  is checked and shown, unless --through-ir reads them as IR and emits that.

What comes out: text on standard output, SPIR-V disassembled. With -o a file: SPIR-V as words, or
  disassembled if its name ends in .spvasm. `-o -` puts the words on standard output.

Specialisation constants stay what they are; in WGSL they are overrides, `@id(3) override tile: u32 = 16u;`. Those
  that WGSL cannot leave open have their defaults, and a comment at the head says which and why.

For whom: any device, unless --device names one of this machine or --target says to use no more
  than every device of that Vulkan version has. What it lacks is an error that names it.

Examples:
  alkomp translate kernel.ir --to spirv
  alkomp translate kernel.ir --to ir --device nvidia
  alkomp translate kernel.comp --to ir
  alkomp translate kernel.comp --to spirv --through-ir
  alkomp translate kernel.comp --to wgsl --set TILE=16
  alkomp translate kernel.comp --to spirv -o kernel.spv
  alkomp translate kernel.ir --to spirv --target vulkan1.2 -o - | spirv-val --target-env vulkan1.2
  alkomp translate kernel.spv --to spirv --json | jq .capabilities
)";

/// What the module is translated for; no capabilities: for a device that has everything.
struct Recipient {
    std::string name = "any device";
    std::optional<Capabilities> capabilities;
};

/// What Vulkan 1.2 and 1.3 ask of every device ("Required Limits", "Feature Requirements").
Capabilities promised_by(bool vulkan_1_3) {
    Capabilities out;
    Limits& limits = out.limits;
    limits.max_buffer_bytes = u64{1} << 30;
    limits.max_storage_binding_bytes = u64{1} << 27;
    limits.max_uniform_binding_bytes = 16384;
    limits.storage_offset_alignment_bytes = limits.uniform_offset_alignment_bytes = 256;
    limits.max_bindings = 4;
    limits.max_sets = 4;
    limits.max_scalar_bytes = 128;
    limits.max_groups = {65535, 65535, 65535};
    limits.max_workgroup_size = {128, 128, 64};
    limits.max_workgroup_invocations = 128;
    limits.max_shared_bytes = 16384;
    limits.spirv_version = vulkan_1_3 ? 0x00010600 : 0x00010500;
    Features& features = out.features;
    features.subgroup.basic = true;
    features.memory_model = features.memory_model_device_scope = vulkan_1_3;
    features.buffer_address = features.integer_dot = features.subgroup.size_control = vulkan_1_3;
    return out;
}

Recipient recipient_of(const TranslateRequest& request) {
    if (!request.target.empty()) return {request.target, promised_by(request.target == "vulkan1.3")};
    if (request.device.empty()) return {};
    const Device device(request.device);
    return {device.info().name, device.capabilities()};
}

std::string read_text(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) throw Failure(path.string() + ": there is no such file");
    if (!std::filesystem::is_regular_file(path, error)) throw Failure(path.string() + ": it is not a regular file");
    std::ifstream stream(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) throw Failure(path.string() + ": it cannot be read");
    return text;
}

/// GLSL or SPIR-V: as glslang makes it, or as it is; or what the passes and the emitter make of it.
std::shared_ptr<const detail::ShaderRecord> compiled(const Source& source, const TranslateRequest& request,
                                                     const Recipient& to) {
    KernelOptions options = request.options;
    const bool older = to.capabilities && to.capabilities->limits.spirv_version < 0x00010600;
    options.target = older ? Target::vulkan_1_2 : Target::vulkan_1_3;
    if (request.to != Form::spirv || options.through_ir) {
        ir::Module module = detail::module_of(source, options, options.target);
        return to.capabilities ? detail::translate(std::move(module), *to.capabilities)
                               : detail::translate(std::move(module));
    }
    const Shader shader = compile_shader(source, options);
    if (to.capabilities) {
        const std::string lack = read::missing_requirement(shader.interface(), *to.capabilities);
        if (!lack.empty()) throw Failure(request.kernel.string() + ": " + lack);
    }
    return shader.record();
}

void write_words(OutputFile& file, const std::vector<u32>& words) { file.write(std::as_bytes(std::span(words))); }

/// For a device, or in the WGSL of the specification with all that it leaves to choice.
std::string wgsl_text(const detail::ShaderRecord& shader, const KernelOptions& options, const Recipient& to) {
    Capabilities any;
    any.wgsl.dialect = WgslSupport::Dialect::standard;
    any.wgsl.f16 = any.wgsl.subgroups = true;
    const Capabilities& capabilities = to.capabilities ? *to.capabilities : any;
    if (capabilities.wgsl.dialect == WgslSupport::Dialect::none)
        throw Failure("--to wgsl: " + to.name + " takes no WGSL");
    return detail::wgsl_with_overrides(*shader.module, detail::resolve_constants(shader, options), shader.interface,
                                       capabilities)
        .text;
}

/// The text, the file or the words that were asked for.
void put(const TranslateRequest& request, const detail::ShaderRecord& shader, const Recipient& to,
         TranslateReport& report) {
    const std::vector<u32>& words = shader.words;
    const bool to_file = !request.output.empty() && request.output != "-";
    if (request.to == Form::spirv && request.output == "-") {
        report.words = words;
        return;
    }
    if (request.to == Form::spirv && to_file && request.output.extension() != ".spvasm") {
        OutputFile file(request.output);
        write_words(file, words);
        file.commit();
        report.output = request.output.string();
        return;
    }
    std::string text = request.to == Form::ir     ? ir::print(*shader.module)
                       : request.to == Form::wgsl ? wgsl_text(shader, request.options, to)
                                                  : disassembled(words);
    if (!to_file) {
        report.text = std::move(text);
        return;
    }
    OutputFile file(request.output);
    file.write(text);
    file.commit();
    report.output = request.output.string();
}

}  // namespace

TranslateOptions::TranslateOptions(CLI::App& app) {
    const auto several = [&](const char* name, std::vector<std::string>& to, const char* type, const char* help) {
        app.add_option(name, to, help)->type_name(type)->allow_extra_args(false);
    };
    app.add_option("KERNEL", plain_.kernel, "IR (.ir), GLSL compute shader, or SPIR-V (.spv)")
        ->type_name("")
        ->required();
    app.add_option("--to", to_, "What to make: ir, spirv or wgsl")->type_name("FORM")->required();
    app.add_option("--output,-o", plain_.output, "Write a file; - is standard output, as bytes")->type_name("FILE");
    app.add_option("--target", plain_.target, "Use what each such device has: vulkan1.2 or vulkan1.3")
        ->type_name("TARGET");
    app.add_option("--device,-d", plain_.device, "Use what this device has: index, backend:index, or part of a name")
        ->type_name("DEVICE");
    several("--define,-D", macros_, "NAME[=VALUE]", "GLSL macro");
    several("--include,-I", include_dirs_, "DIR", "Folder of GLSL #include files");
    several("--set,-s", sets_, "NAME=VALUE", "Of WGSL: specialisation constant that is no override, by name or by id");
    app.add_option("--entry", entry_, "Entry point")->capture_default_str()->type_name("NAME");
    app.add_flag("--through-ir", plain_.options.through_ir, "Read GLSL or SPIR-V as IR, and emit SPIR-V from it");
    app.add_flag("--json", plain_.json, "Print a report as JSON, with the text in it");
    app.footer(kFooter);
}

TranslateRequest TranslateOptions::request() const {
    TranslateRequest request = plain_;
    bool known = false;
    for (const Form form : {Form::ir, Form::spirv, Form::wgsl}) {
        if (to_ != to_string(form)) continue;
        request.to = form;
        known = true;
    }
    if (!known) throw UsageError("--to " + to_ + ": ir, spirv and wgsl are made");
    if (request.to == Form::wgsl && !request.target.empty())
        throw UsageError("--target is for SPIR-V and what is made for it; --device chooses a WGSL");
    if (!request.target.empty() && request.target != "vulkan1.2" && request.target != "vulkan1.3")
        throw UsageError("--target " + request.target + ": there are vulkan1.2 and vulkan1.3");
    if (!request.target.empty() && !request.device.empty())
        throw UsageError("--target and --device both say what may be used; one is enough");
    if (request.to != Form::wgsl && !sets_.empty())
        throw UsageError("--set is for WGSL; in IR and SPIR-V each constant keeps its default");
    if (request.output == "-" && request.json) throw UsageError("-o - and --json both want standard output");
    for (const std::string& text : macros_) {
        const std::size_t equals = text.find('=');
        request.options.macros[text.substr(0, equals)] = equals == std::string::npos ? "1" : text.substr(equals + 1);
    }
    for (const std::string& folder : include_dirs_) request.options.include_dirs.emplace_back(folder);
    request.options.constants = parse_constants(sets_);
    request.options.entry = entry_;
    return request;
}

std::string_view to_string(Form form) noexcept {
    if (form == Form::ir) return "ir";
    return form == Form::spirv ? "spirv" : "wgsl";
}

TranslateReport translate(const TranslateRequest& request) {
    if (request.output == "-" && request.to == Form::spirv && isatty(STDOUT_FILENO) != 0)
        throw UsageError("-o -: SPIR-V is not for terminals; without -o it is shown as text");
    if (!request.output.empty() && request.output != "-") check_writable(request.output);
    const Recipient to = recipient_of(request);
    std::shared_ptr<const detail::ShaderRecord> shader;
    if (request.kernel.extension() == ".ir") {
        ir::Module module = ir::parse(read_text(request.kernel), request.kernel.string());
        shader = to.capabilities ? detail::translate(std::move(module), *to.capabilities)
                                 : detail::translate(std::move(module));
    } else {
        shader = compiled(read_kernel(request.kernel), request, to);
    }
    const Interface& interface = shader->interface;
    TranslateReport report;
    report.kernel = shader->name;
    report.to = request.to;
    report.made_for = to.name;
    report.workgroup_size = interface.workgroup_size;
    if (!shader->words.empty()) {
        const u32 version = shader->words[1];
        report.spirv_version = std::to_string(version >> 16) + '.' + std::to_string(version >> 8 & 0xff);
    } else if (request.to == Form::spirv) {
        throw Failure("--to spirv: " + to.name + " takes no SPIR-V; --to ir shows what it takes");
    }
    for (const auto& requirement : interface.requirements) report.capabilities.push_back(requirement.name);
    put(request, *shader, to, report);
    return report;
}

std::string disassembled(const std::vector<u32>& words) {
    const std::unique_ptr<spv_context_t, void (*)(spv_context)> context(spvContextCreate(SPV_ENV_UNIVERSAL_1_6),
                                                                        spvContextDestroy);
    const u32 options = SPV_BINARY_TO_TEXT_OPTION_INDENT | SPV_BINARY_TO_TEXT_OPTION_FRIENDLY_NAMES;
    spv_text text = nullptr;
    spv_diagnostic diagnostic = nullptr;
    const spv_result_t result = spvBinaryToText(context.get(), words.data(), words.size(), options, &text, &diagnostic);
    const std::string out = text != nullptr ? std::string(text->str, text->length) : "";
    const std::string why = diagnostic != nullptr ? diagnostic->error : "";
    spvTextDestroy(text);
    spvDiagnosticDestroy(diagnostic);
    if (result != SPV_SUCCESS)
        throw Failure("the SPIRV-Tools of this build cannot show it (" + why + "); -o FILE writes its words");
    return out;
}

}  // namespace alkomp::command
