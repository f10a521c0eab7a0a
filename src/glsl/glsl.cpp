// SPDX-License-Identifier: MIT OR Apache-2.0
// Drives glslang: preprocess, parse, link, generate.
#include "glsl/glsl.h"

#include "alkomp/error.h"
#include "glsl/messages.h"
#include "glsl/lines.h"
#include "glsl/nesting.h"
#include "runtime/log.h"

#include <glslang/Include/glslang_c_interface.h>
#include <glslang/Public/resource_limits_c.h>
#include <glslang/build_info.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

namespace alkomp::glsl_front {
namespace {

constexpr int kDefaultVersion = 450;  // for texts without #version

struct DeleteShader {
    void operator()(glslang_shader_t* shader) const { glslang_shader_delete(shader); }
};
struct DeleteProgram {
    void operator()(glslang_program_t* program) const { glslang_program_delete(program); }
};
using ShaderHandle = std::unique_ptr<glslang_shader_t, DeleteShader>;
using ProgramHandle = std::unique_ptr<glslang_program_t, DeleteProgram>;

[[noreturn]] void fail(ErrorCode code, const std::string& text) { throw Error(code, "compile: " + text); }

/// glslang's own, but for workgroup sizes: those are the device's to judge, with its numbers in the message.
const glslang_resource_t& resource_limits() {
    static const glslang_resource_t limits = [] {
        glslang_resource_t resource = *glslang_default_resource();
        constexpr int any = std::numeric_limits<int>::max();
        resource.max_compute_work_group_size_x = resource.max_compute_work_group_size_y =
            resource.max_compute_work_group_size_z = any;
        resource.max_compute_work_group_count_x = resource.max_compute_work_group_count_y =
            resource.max_compute_work_group_count_z = any;
        return resource;
    }();
    return limits;
}

/// Started once and never ended: other threads may be compiling while the process exits.
void start_glslang() {
    static const bool started = glslang_initialize_process() != 0;
    if (!started) fail(ErrorCode::internal, "glslang does not start.");
}

bool is_identifier(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string define_macros(const KernelOptions& options) {
    std::string preamble;
    for (const auto& [name, value] : options.macros) {
        if (!is_identifier(name) || name.starts_with("GL_") || name == "defined")
            fail(ErrorCode::invalid_argument,
                 "\"" + name + "\" is no name for a macro: letters, digits and _ are, but not GL_ in front.");
        const std::size_t comment = value.rfind("/*");
        const bool open_comment = comment != std::string::npos && value.find("*/", comment + 2) == std::string::npos;
        if (value.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos || value.ends_with('\\') ||
            open_comment)
            fail(ErrorCode::invalid_argument, "the value of the macro \"" + name + "\" does not end in its line.");
        preamble += "#define " + name + ' ' + value + '\n';
    }
    return preamble;
}

/// glslang writes to the standard output when it meets versions without compute shaders: they are refused here.
void check_version(const Expansion& expansion) {
    LineScanner scanner(expansion.text);
    for (LineScanner::Line line; scanner.next(line);) {
        std::string_view rest;
        if (directive_name(line, rest) != "version") continue;
        const std::string_view spaces(" \t");
        rest.remove_prefix(std::min(rest.find_first_not_of(spaces), rest.size()));
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const std::string number(rest.substr(0, digits));
        rest.remove_prefix(digits);
        rest.remove_prefix(std::min(rest.find_first_not_of(spaces), rest.size()));
        const bool is_es = rest.starts_with("es");
        constexpr std::array<std::string_view, 5> desktop{"420", "430", "440", "450", "460"};
        constexpr std::array<std::string_view, 2> embedded{"310", "320"};
        const bool known = is_es ? std::find(embedded.begin(), embedded.end(), number) != embedded.end()
                                 : std::find(desktop.begin(), desktop.end(), number) != desktop.end();
        if (known) return;
        Message message;
        message.string = 0;
        message.line = line.number;
        message.token = number;
        message.text = "is no GLSL version with compute shaders: 420, 430, 440, 450, 460, 310 es and 320 es are";
        fail(ErrorCode::compile_failed,
             "\"" + expansion.texts[0].name + "\" does not compile.\n" + render(message, expansion));
    }
}

/// One compilation. glslang keeps its state per shader, so that threads do not meet.
class Session {
public:
    Session(const Expansion& expansion, const std::string& text, Target target) : expansion_(expansion) {
        input_.language = GLSLANG_SOURCE_GLSL;
        input_.stage = GLSLANG_STAGE_COMPUTE;
        input_.client = GLSLANG_CLIENT_VULKAN;
        input_.client_version = target == Target::vulkan_1_3 ? GLSLANG_TARGET_VULKAN_1_3 : GLSLANG_TARGET_VULKAN_1_2;
        input_.target_language = GLSLANG_TARGET_SPV;
        input_.target_language_version = target == Target::vulkan_1_3 ? GLSLANG_TARGET_SPV_1_6 : GLSLANG_TARGET_SPV_1_5;
        input_.code = text.c_str();
        input_.default_version = kDefaultVersion;
        input_.default_profile = GLSLANG_CORE_PROFILE;
        input_.messages = static_cast<glslang_messages_t>(GLSLANG_MSG_SPV_RULES_BIT | GLSLANG_MSG_VULKAN_RULES_BIT |
                                                          GLSLANG_MSG_CASCADING_ERRORS_BIT | GLSLANG_MSG_ENHANCED);
        input_.resource = &resource_limits();
        shader_.reset(glslang_shader_create(&input_));
        if (!shader_) fail(ErrorCode::internal, "glslang makes no shader object.");
    }

    void parse(const std::string& preamble) {
        glslang_shader_set_preamble(shader_.get(), preamble.c_str());
        const bool preprocesses = glslang_shader_preprocess(shader_.get(), &input_) != 0;
        take_log(preprocesses, glslang_shader_get_info_log(shader_.get()));
        const char* preprocessed = glslang_shader_get_preprocessed_code(shader_.get());
        if (const std::optional<Place> place = too_deep(preprocessed)) {
            Message message;
            message.string = place->string;
            message.line = place->line;
            message.text = "the code is nested too deeply: at most " + std::to_string(kMaxNesting) +
                           " operators and brackets in one expression";
            throw Error(ErrorCode::compile_failed, describe_failure({message}, expansion_));
        }
        // The macros are expanded; a second time would expand their own names in their values.
        glslang_shader_set_preamble(shader_.get(), "");
        const bool parses = glslang_shader_parse(shader_.get(), &input_) != 0;
        take_log(parses, glslang_shader_get_info_log(shader_.get()));
    }

    void link() {
        program_.reset(glslang_program_create());
        if (!program_) fail(ErrorCode::internal, "glslang makes no program object.");
        glslang_program_add_shader(program_.get(), shader_.get());
        const bool linked = glslang_program_link(program_.get(), input_.messages) != 0;
        take_log(linked, glslang_program_get_info_log(program_.get()));
    }

    std::vector<u32> generate(bool optimize, Lines lines) {
        glslang_spv_options_t options{};
        options.disable_optimizer = !optimize;
        options.generate_debug_info = lines == Lines::kept;
        options.optimize_size = optimize;  // without it glslang leaves GLSL as it is
        glslang_program_SPIRV_generate_with_options(program_.get(), GLSLANG_STAGE_COMPUTE, &options);
        const char* messages = glslang_program_SPIRV_get_messages(program_.get());
        const std::size_t size = glslang_program_SPIRV_get_size(program_.get());
        if (size == 0) fail(ErrorCode::internal, "glslang makes no SPIR-V of \"" + expansion_.texts[0].name + "\".");
        if (messages != nullptr && *messages != '\0')
            detail::log(LogLevel::warning, expansion_.texts[0].name + ": " + messages);
        const unsigned int* words = glslang_program_SPIRV_get_ptr(program_.get());
        return {words, words + size};
    }

private:
    void take_log(bool ok, const char* log) const {
        const std::vector<Message> messages = parse_log(log == nullptr ? "" : log);
        if (!ok) throw Error(ErrorCode::compile_failed, describe_failure(messages, expansion_));
        for (const Message& message : messages) detail::log(LogLevel::warning, render(message, expansion_));
    }

    const Expansion& expansion_;
    glslang_input_t input_{};
    ShaderHandle shader_;
    ProgramHandle program_;  // declared last: it refers to the shader
};

}  // namespace

Compiled compile(const Source& source, const KernelOptions& options, Target target, Lines lines) {
    if (options.entry != "main") {
        fail(ErrorCode::invalid_argument,
             "a GLSL kernel has one entry point, \"main\"; \"" + options.entry + "\" was asked for.");
    }
    if (source.text.find_first_not_of(" \t\r\n\v\f") == std::string::npos) {
        fail(ErrorCode::compile_failed, "\"" + source.name + "\" is empty.");
    }
    if (options.optimize && ALKOMP_GLSLANG_OPTIMIZES == 0)
        fail(ErrorCode::unsupported,
             "optimize is set, and the glslang of this build has no optimiser; drivers optimise what they get.");
    const std::string preamble = define_macros(options);
    Expansion expansion = expand(source, options.include_dirs);
    check_version(expansion);
    start_glslang();
    // A program generates once: a second time would append to the first.
    const auto run = [&](bool optimize) {
        Session session(expansion, expansion.text, target);
        session.parse(preamble);
        session.link();
        return session.generate(optimize, Lines::left_out);
    };
    const auto run_with_lines = [&](bool optimize) {
        const std::string text = with_files_in_lines(expansion);
        Session session(expansion, text, target);
        session.parse(preamble);
        session.link();
        std::vector<u32> words = session.generate(optimize, Lines::kept);
        name_files(words, expansion);
        return words;
    };
    Compiled compiled;
    compiled.words = run(false);
    if (options.optimize) compiled.declared = std::exchange(compiled.words, run(true));
    // Mistakes were told by then, with the numbers that they have in the files.
    if (lines == Lines::kept) {
        compiled.words = run_with_lines(options.optimize);
        for (Text& text : expansion.texts)
            compiled.texts[text.name] = text.renumbers ? std::string() : std::move(text.text);
    }
    compiled.dependencies = std::move(expansion.dependencies);
    return compiled;
}

std::string version() {
    return "glslang " + std::to_string(GLSLANG_VERSION_MAJOR) + '.' + std::to_string(GLSLANG_VERSION_MINOR) + '.' +
           std::to_string(GLSLANG_VERSION_PATCH);
}

}  // namespace alkomp::glsl_front
