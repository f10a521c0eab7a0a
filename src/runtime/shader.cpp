// SPDX-License-Identifier: MIT OR Apache-2.0
// Sources, and shaders compiled from them: through glslang and the SPIR-V reader, or from the disk cache.
#include "alkomp/error.h"
#include "alkomp/version.h"
#include "glsl/glsl.h"
#include "read/spirv/validate.h"
#include "read/wgsl/read.h"
#include "runtime/cache.h"
#include "runtime/interface_bytes.h"
#include "runtime/kernel.h"
#include "runtime/reflect.h"
#include "runtime/translate.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

namespace alkomp {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{64} << 20;

std::string quoted(const fs::path& path) { return '"' + path.string() + '"'; }

std::string read_file(const fs::path& path, const char* function) {
    const auto fail = [&](const std::string& why) {
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": " + quoted(path) + " " + why);
    };
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) fail("does not exist.");
    if (!fs::is_regular_file(status)) fail("is no file.");
    const std::uintmax_t size = fs::file_size(path, failure);
    if (size > kMaxFileBytes)
        fail("is " + std::to_string(size) + " bytes long; at most " + std::to_string(kMaxFileBytes) + " are taken.");
    std::ifstream file(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) fail("cannot be read.");
    return text;
}

Source spirv_words(const void* bytes, std::size_t size, std::string name, const char* function) {
    if (size % sizeof(u32) != 0) {
        throw Error(ErrorCode::compile_failed, std::string(function) + ": \"" + name + "\" is " + std::to_string(size) +
                                                   " bytes long; SPIR-V is words of 4 bytes.");
    }
    Source source;
    source.language = Language::spirv;
    source.words.resize(size / sizeof(u32));
    if (size != 0) std::memcpy(source.words.data(), bytes, size);
    source.name = std::move(name);
    return source;
}

Source text_source(Language language, std::string text, std::string name) {
    Source source;
    source.language = language;
    source.text = std::move(text);
    source.name = std::move(name);
    return source;
}

const detail::ShaderRecord& checked(const std::shared_ptr<const detail::ShaderRecord>& record) {
    if (!record) throw Error(ErrorCode::invalid_argument, "Shader: it is empty: it was moved from or never compiled.");
    return *record;
}

}  // namespace

Source glsl(std::string text, std::string name) {
    return text_source(Language::glsl, std::move(text), std::move(name));
}

Source wgsl(std::string text, std::string name) {
    return text_source(Language::wgsl, std::move(text), std::move(name));
}

Source glsl_file(const fs::path& path) {
    Source source = text_source(Language::glsl, read_file(path, "glsl_file"), path.string());
    source.directory = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    return source;
}

Source wgsl_file(const fs::path& path) {
    return text_source(Language::wgsl, read_file(path, "wgsl_file"), path.string());
}

Source spirv(std::span<const u32> words, std::string name) {
    return spirv_words(words.data(), words.size_bytes(), std::move(name), "spirv");
}

Source spirv_bytes(std::span<const std::byte> bytes, std::string name) {
    return spirv_words(bytes.data(), bytes.size(), std::move(name), "spirv_bytes");
}

Source spirv_file(const fs::path& path) {
    const std::string bytes = read_file(path, "spirv_file");
    return spirv_words(bytes.data(), bytes.size(), path.string(), "spirv_file");
}

std::span<const u32> Shader::words() const { return checked(record_).words; }
const Interface& Shader::interface() const { return checked(record_).interface; }
std::string Shader::describe() const { return detail::describe(checked(record_).interface); }

Shader compile_shader(const Source& source, const KernelOptions& options) {
    const Target target = options.target == Target::device ? Target::vulkan_1_2 : options.target;
    std::shared_ptr<const detail::ShaderRecord> record =
        options.through_ir ? detail::translate(detail::module_of(source, options, target))
                           : detail::make_shader(source, options, target);
    static_cast<void>(detail::resolve_constants(*record, options));
    if (source.language != Language::glsl) return Shader(std::move(record));
    auto with_origin = std::make_shared<detail::ShaderRecord>(*record);
    with_origin->origin = std::make_shared<const detail::Origin>(detail::Origin{source, options});
    return Shader(std::move(with_origin));
}

namespace detail {
namespace {

using Dependencies = std::vector<glsl_front::Dependency>;

std::string_view bytes_of(std::span<const u32> words) {
    return {reinterpret_cast<const char*>(words.data()), words.size_bytes()};
}

/// Everything that the SPIR-V and its interface depend on, but for included files.
std::string cache_key(const Source& source, const KernelOptions& options, Target target) {
    std::vector<std::string> parts{ALKOMP_VERSION, glsl_front::version(), read::validator_version(), options.entry};
    parts.emplace_back(std::to_string(static_cast<int>(source.language)) + std::to_string(static_cast<int>(target)) +
                       (options.optimize ? "o" : "-"));
    parts.push_back(source.directory.string());
    for (const auto& [name, value] : options.macros) parts.push_back(name + '=' + value);
    for (const fs::path& folder : options.include_dirs) parts.push_back(folder.string());
    parts.emplace_back(bytes_of(source.words));
    parts.push_back(source.text);
    const std::vector<std::string_view> views(parts.begin(), parts.end());
    return "shader-" + hash_key(views);
}

std::vector<std::byte> to_bytes(const ShaderRecord& shader, const Dependencies& dependencies) {
    ByteWriter writer;
    writer.add(u64{dependencies.size()});
    for (const glsl_front::Dependency& dependency : dependencies) {
        const std::u8string path = dependency.path.u8string();
        writer.add(std::string_view(reinterpret_cast<const char*>(path.data()), path.size()));
        writer.add(dependency.hash);
    }
    writer.add(std::span<const u32>(shader.words));
    add_interface(writer, shader.interface);
    return writer.take();
}

/// False when the bytes make no shader, or a file that it was made from has changed.
bool from_bytes(std::span<const std::byte> bytes, ShaderRecord& shader) {
    ByteReader reader(bytes);
    for (std::size_t left = reader.get_count(); left > 0; --left) {
        const std::string path = reader.get_string();
        const glsl_front::Dependency dependency{std::u8string(path.begin(), path.end()), reader.get_string()};
        if (!reader.ok() || !dependency.unchanged()) return false;
    }
    shader.words = reader.get_words();
    shader.interface = get_interface(reader);
    return reader.ok() && reader.at_end();
}

std::string shader_key(const ShaderRecord& shader) {
    ByteWriter writer;
    add_interface(writer, shader.interface);
    const std::vector<std::byte> interface = writer.take();
    return hash_key({bytes_of(shader.words), {reinterpret_cast<const char*>(interface.data()), interface.size()}});
}

std::string type_list(const std::vector<Field>& fields) {
    std::string text;
    for (const Field& field : fields) {
        if (!text.empty()) text += ", ";
        text += field.name + ": " + to_string(field.type);
        if (field.count == 0) text += "[]";
        else if (field.count != 1) text += '[' + std::to_string(field.count) + ']';
    }
    return '{' + text + '}';
}

}  // namespace

std::shared_ptr<const ShaderRecord> make_shader(const Source& source, const KernelOptions& options, Target target) {
    auto shader = std::make_shared<ShaderRecord>();
    shader->name = source.name;
    if (source.language == Language::wgsl) {
        read::WgslDeclarations declared = read::read_wgsl_declarations(source.text, options.entry, source.name);
        shader->wgsl = source.text;
        shader->interface = interface_of(declared.module);
        shader->interface.entry = std::move(declared.entry);
        shader->module = std::make_shared<const ir::Module>(std::move(declared.module));
        shader->key = hash_key({"wgsl", source.text, shader->interface.entry});
        return shader;
    }
    DiskCache& cache = DiskCache::instance();
    const std::string key = cache_key(source, options, target);
    if (const std::optional<std::vector<std::byte>> stored = cache.load(key); stored && from_bytes(*stored, *shader)) {
        shader->key = shader_key(*shader);
        return shader;
    }
    Dependencies dependencies;
    std::vector<u32> declared;
    if (source.language == Language::glsl) {
        glsl_front::Compiled compiled = glsl_front::compile(source, options, target);
        shader->words = std::move(compiled.words);
        declared = std::move(compiled.declared);
        dependencies = std::move(compiled.dependencies);
    } else {
        shader->words = source.words;
    }
    // An argument that optimisation found unused is still one that the caller passes.
    shader->interface = reflect(declared.empty() ? shader->words : declared, options.entry, source.name);
    shader->key = shader_key(*shader);
    cache.store(key, to_bytes(*shader, dependencies));
    return shader;
}

namespace {

/// The sizes of an interface, which depend on constants, taken from one that has them.
Interface resized(Interface interface, const Interface& sized) {
    interface.workgroup_size = sized.workgroup_size;
    interface.shared_bytes = sized.shared_bytes;
    for (BindingInfo& binding : interface.bindings) {
        const auto same = std::find_if(sized.bindings.begin(), sized.bindings.end(), [&](const BindingInfo& b) {
            return b.set == binding.set && b.binding == binding.binding;
        });
        if (same != sized.bindings.end()) binding = *same;
    }
    return interface;
}

}  // namespace

Interface specialize(const ShaderRecord& shader, std::span<const backend::SpecializationValue> constants) {
    if (constants.empty()) return shader.interface;
    if (shader.module) return resized(shader.interface, interface_of(*shader.module, constants));
    std::string values;
    for (const backend::SpecializationValue& value : constants)
        values += std::to_string(value.id) + '=' + std::to_string(value.bits) + ' ';
    const std::string key = "interface-" + hash_key({ALKOMP_VERSION, shader.key, values});
    DiskCache& cache = DiskCache::instance();
    if (const std::optional<std::vector<std::byte>> stored = cache.load(key)) {
        ByteReader reader(*stored);
        Interface interface = get_interface(reader);
        if (reader.ok() && reader.at_end()) return interface;
    }
    Interface interface =
        resized(shader.interface, reflect(shader.words, shader.interface.entry, shader.name, constants));
    ByteWriter writer;
    add_interface(writer, interface);
    cache.store(key, writer.take());
    return interface;
}

std::string describe(const Interface& interface) {
    std::string text =
        "entry point \"" + interface.entry + "\", workgroup of " + std::to_string(interface.workgroup_size[0]) + " x " +
        std::to_string(interface.workgroup_size[1]) + " x " + std::to_string(interface.workgroup_size[2]);
    if (interface.shared_bytes != 0) text += ", " + std::to_string(interface.shared_bytes) + " bytes of shared memory";
    for (const BindingInfo& binding : interface.bindings) {
        text += "\nset " + std::to_string(binding.set) + ", binding " + std::to_string(binding.binding) + ": \"" +
                binding.name + "\" ";
        text += type_list(binding.fields);
        if (binding.kind == BindingKind::uniform) text += ", uniform";
        else if (!binding.writes) text += ", read only";
        else if (!binding.reads) text += ", write only";
    }
    for (const ScalarInfo& scalar : interface.scalars)
        text += "\nscalar \"" + scalar.name + "\" " + to_string(scalar.type) + " at byte " +
                std::to_string(scalar.offset_bytes);
    for (const ConstantInfo& constant : interface.constants) {
        text += "\nconstant ";
        if (!constant.name.empty()) text += '"' + constant.name + "\" ";
        text += std::string(to_string(constant.type)) + " with id " + std::to_string(constant.id);
    }
    return text;
}

}  // namespace detail
}  // namespace alkomp
