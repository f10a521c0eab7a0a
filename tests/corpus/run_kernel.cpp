// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/run_kernel.h"

#include "alkomp/native/reference.h"
#ifndef __EMSCRIPTEN__
#include "alkomp/native/vulkan.h"
#endif
#include "corpus/assemble.h"
#include "corpus/expectations.h"
#include "devices.h"
#include "emit/spirv/spirv.h"
#include "emit/wgsl/wgsl.h"
#include "ir/pass/edit.h"
#include "ir/pass/passes.h"
#include "ir/pass/specialize_constants.h"
#include "ir/verify.h"
#include "read/spirv/read.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>

namespace alkomp::testing {
namespace {

KernelOptions options_of(const KernelFile& file) {
    KernelOptions options;
    options.constants = file.constants;
    return options;
}

Kernel as_made(Device& device, const KernelFile& file) { return device.compile(source_of(file), options_of(file)); }

/// By the passes that a user gets for `optimize`, or the same ones over assembly.
Kernel for_size(Device& device, const KernelFile& file) {
    KernelOptions options = options_of(file);
    options.optimize = true;
    if (!file.is_assembly) return device.compile(source_of(file), options);
    return device.compile(spirv(optimized(file, source_of(file).words, Passes::size), file.path.string()), options);
}

Kernel for_speed(Device& device, const KernelFile& file) {
    const std::vector<u32> words = words_of(file);
    return device.compile(spirv(optimized(file, words, Passes::speed), file.path.string()), options_of(file));
}

/// Through the IR and back.
Kernel read_back(Device& device, const KernelFile& file, std::span<const u32> words, bool optimize) {
    ir::Module module = read::read(words, "main", file.path.string());
    return device.compile(Shader(detail::translate(std::move(module), device.capabilities(), {.optimize = optimize})),
                          options_of(file));
}
Kernel read_as_it_is(Device& device, const KernelFile& file) { return read_back(device, file, words_of(file), false); }
Kernel read_as_made(Device& device, const KernelFile& file) {
    if (file.is_assembly) return read_back(device, file, words_of(file), true);
    KernelOptions options = options_of(file);
    options.through_ir = true;
    return device.compile(source_of(file), options);
}
Kernel read_for_size(Device& device, const KernelFile& file) {
    return read_back(device, file, optimized(file, words_of(file), Passes::size), true);
}
Kernel read_for_speed(Device& device, const KernelFile& file) {
    return read_back(device, file, optimized(file, words_of(file), Passes::speed), true);
}

/// A kernel in the words of a device that has numbers of 32 bits alone and lays memory out as WGSL does.
struct LoweredKernel {
    ir::Module module;
    ir::Lowered how;
};
const ir::Lowering kToWords{.memory_layouts = true,
                            .memory = {},
                            .small_integers = true,
                            .wide_integers = true,
                            .f16 = true,
                            .combinations = true,
                            .chosen_lanes = true};
const ir::Lowering kWithoutSubgroups{.subgroups = true, .most_shared_bytes = 16384};

std::optional<LoweredKernel> lower(const detail::ShaderRecord& shader, const KernelFile& file,
                                   const ir::Lowering& lowering) {
    ir::Specialization values;
    for (const backend::SpecializationValue& value : detail::resolve_constants(shader, options_of(file)))
        values[value.id] = value.bits;
    LoweredKernel made{*shader.module, {}};
    ir::specialize_constants(made.module, values);
    ir::compute_constants(made.module);
    try {
        made.how = ir::lower(made.module, lowering);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::unsupported) throw;
        return std::nullopt;
    }
    for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(made.module);
    return made;
}
bool can_lower(const KernelFile& file) {
    return lower(*detail::translate(read::read(words_of(file), "main", file.path.string())), file, kToWords)
        .has_value();
}
Kernel compile_lowered(Device& device, const KernelFile& file, const ir::Lowering& lowering) {
    const Capabilities& has = device.capabilities();
    auto shader = std::make_shared<detail::ShaderRecord>(
        *detail::translate(read::read(words_of(file), "main", file.path.string()), has));
    LoweredKernel made = lower(*shader, file, lowering).value();
    ir::verify(made.module, &has);
    shader->interface = detail::specialize(*shader, detail::resolve_constants(*shader, options_of(file)));
    shader->interface.constants.clear();
    for (const ir::ByteCount& count : made.how.byte_counts)
        for (u32 i = 0; i < shader->interface.bindings.size(); ++i) {
            const BindingInfo& binding = shader->interface.bindings[i];
            if (binding.set != count.set || binding.binding != count.binding) continue;
            shader->interface.byte_counts.push_back({i, count.offset_bytes});
            shader->interface.scalar_bytes = std::max(shader->interface.scalar_bytes, count.offset_bytes + 4);
        }
    const emit::SpirvOptions options = emit::SpirvOptions::of(has);
    if (options.version != 0) shader->words = emit::spirv(made.module, options);
    shader->module = std::make_shared<const ir::Module>(std::move(made.module));
    shader->key += lowering.subgroups ? "without subgroups" : "lowered";
    return device.compile(Shader(shader));
}
Kernel read_lowered(Device& device, const KernelFile& file) { return compile_lowered(device, file, kToWords); }

/// As on a device that has no subgroups.
Kernel read_without_subgroups(Device& device, const KernelFile& file) {
    Capabilities has = device.capabilities();
    if (has.wgsl.dialect == WgslSupport::Dialect::none) return compile_lowered(device, file, kWithoutSubgroups);
    has.wgsl.subgroups = false;
    emit::add_lowered(has.features, has.wgsl);
    auto shader = std::make_shared<detail::ShaderRecord>(
        *detail::translate(read::read(words_of(file), "main", file.path.string()), has));
    const auto constants = detail::resolve_constants(*shader, options_of(file));
    detail::WgslKernel made = detail::wgsl_of(*shader->module, constants, detail::specialize(*shader, constants), has);
    shader->wgsl = std::move(made.text);
    shader->interface = std::move(made.interface);
    shader->key += "without subgroups";
    return device.compile(Shader(shader));
}
bool asks_subgroups(const KernelFile& file) {
    const auto shader = detail::translate(read::read(words_of(file), "main", file.path.string()));
    const std::vector<ir::InstructionId> all = ir::in_order(*shader->module);
    return std::any_of(
               all.begin(), all.end(),
               [&](ir::InstructionId id) { return ir::asks_subgroup(*shader->module, (*shader->module)[id]); }) &&
           lower(*shader, file, kWithoutSubgroups).has_value();
}

/// Its constants are overrides, which the pipeline sets; what WGSL cannot leave open is set before.
Kernel read_with_overrides(Device& device, const KernelFile& file) {
    const Capabilities& has = device.capabilities();
    auto shader = std::make_shared<detail::ShaderRecord>(
        *detail::translate(read::read(words_of(file), "main", file.path.string()), has));
    const auto open = detail::wgsl_with_overrides(*shader->module, {}, shader->interface, has).interface.constants;
    KernelOptions fixed, settable;
    for (const auto& [name, value] : file.constants) {
        KernelOptions one;
        one.constants[name] = value;
        const u32 id = detail::resolve_constants(*shader, one).at(0).id;
        const bool is_open = std::any_of(open.begin(), open.end(), [&](const auto& info) { return info.id == id; });
        (is_open ? settable : fixed).constants[name] = value;
    }
    const auto constants = detail::resolve_constants(*shader, fixed);
    detail::WgslKernel made =
        detail::wgsl_with_overrides(*shader->module, constants, detail::specialize(*shader, constants), has);
    shader->wgsl = std::move(made.text);
    shader->interface = std::move(made.interface);
    shader->key += "overrides";
    return device.compile(Shader(shader), settable);
}
/// Where several have one id, and different defaults, it has to be set.
bool has_constants(const KernelFile& file) {
    const auto shader = detail::translate(read::read(words_of(file), "main", file.path.string()));
    std::set<u32> ids;
    for (const ConstantInfo& constant : shader->interface.constants) ids.insert(constant.id);
    return !ids.empty() && ids.size() == shader->interface.constants.size();
}

/// The numbers of a scalar as the bytes that a call takes.
std::vector<std::byte> bytes_of(const CorpusScalar& scalar) {
    std::vector<std::byte> bytes(scalar.values.size() * size_bytes(scalar.scalar));
    for (std::size_t i = 0; i < scalar.values.size(); ++i) store_element(bytes, scalar.scalar, i, scalar.values[i]);
    return bytes;
}

/// A call's arguments, and what they borrow.
class Arguments {
public:
    Arguments(Device& device, const Kernel& kernel, const KernelFile& file)
        : groups_{file.groups[0], file.groups[1], file.groups[2]} {
        all.push_back(detail::make_argument(groups_));
        add_buffers(device, kernel, file);
        add_scalars(file);
    }

    std::vector<Buffer<std::byte>> buffers;  ///< in the file's order
    std::vector<detail::Argument> all;

private:
    void add_buffers(Device& device, const Kernel& kernel, const KernelFile& file) {
        std::vector<std::vector<std::byte>> contents;
        for (const CorpusBuffer& buffer : file.buffers) {
            contents.push_back(filled(file, buffer));
            buffers.push_back(device.to_device(contents.back()));
        }
        views_.reserve(buffers.size());
        for (std::size_t i = 0; i < buffers.size(); ++i) {
            write_addresses(device, file, i, contents[i]);
            const BindingInfo* binding = find_binding(kernel, file.buffers[i].name);
            if (binding == nullptr && is_addressed(file, file.buffers[i].name)) continue;
            if (binding == nullptr) throw std::runtime_error("nothing is called \"" + file.buffers[i].name + "\".");
            const bool is_array = binding->stride_bytes != 0 && binding->fixed_bytes == 0;
            const u64 element = is_array ? binding->stride_bytes : contents[i].size();
            views_.push_back(buffers[i].reinterpret(DType::opaque(static_cast<u32>(element))));
            all.push_back(detail::make_argument(views_.back()));
            all.back().name = file.buffers[i].name;
        }
    }
    void add_scalars(const KernelFile& file) {
        for (const CorpusScalar& scalar : file.scalars) {
            scalars_.push_back(bytes_of(scalar));
            detail::Argument argument;
            argument.kind = detail::Argument::Kind::scalar;
            argument.scalar = scalar.is_record ? Scalar::record : scalar.scalar;
            argument.lanes = static_cast<u8>(scalar.is_record ? 1 : scalar.lanes);
            argument.size_bytes = static_cast<u32>(scalars_.back().size());
            argument.value = scalars_.back().data();
            argument.name = scalar.name;
            all.push_back(argument);
        }
    }
    void write_addresses(Device& device, const KernelFile& file, std::size_t place, std::vector<std::byte>& content) {
        const std::vector<std::string>& names = file.buffers[place].names;
        if (names.empty()) return;
        for (std::size_t i = 0; i < file.buffers[place].count; ++i)
            store_element(content, Scalar::u64, i, address_of(file, names[i % names.size()]));
        device.write(BufferView<std::byte>(buffers[place]), content);
    }
    [[nodiscard]] u64 address_of(const KernelFile& file, const std::string& name) const {
        for (std::size_t i = 0; i < buffers.size(); ++i)
            if (file.buffers[i].name == name) return address_of(buffers[i]);
        throw std::runtime_error("there is no buffer \"" + name + "\" to take the address of.");
    }
    static u64 address_of(const Buffer<std::byte>& buffer) {
#ifndef __EMSCRIPTEN__
        if (buffer.device().info().backend == "vulkan") return native::vulkan(buffer).address;
#endif
        return native::reference(buffer).address;
    }
    static bool is_addressed(const KernelFile& file, const std::string& name) {
        return std::any_of(file.buffers.begin(), file.buffers.end(), [&](const CorpusBuffer& buffer) {
            return std::find(buffer.names.begin(), buffer.names.end(), name) != buffer.names.end();
        });
    }
    static const BindingInfo* find_binding(const Kernel& kernel, std::string_view name) {
        for (const BindingInfo& binding : kernel.record()->interface.bindings)
            if (binding.name == name || (binding.fields.size() == 1 && binding.fields[0].name == name)) return &binding;
        return nullptr;
    }

    Groups groups_;
    std::vector<AnyView> views_;
    std::vector<std::vector<std::byte>> scalars_;
};

/// The distance between two numbers of a kind, in units of the last place at the larger of the two.
f64 ulps_between(Scalar scalar, f64 a, f64 b) {
    const int digits = scalar == Scalar::f16 ? 11 : scalar == Scalar::bf16 ? 8 : scalar == Scalar::f32 ? 24 : 53;
    const int smallest = scalar == Scalar::f16 ? -13 : scalar == Scalar::f64 ? -1021 : -125;
    int exponent = 0;
    static_cast<void>(std::frexp(std::max(std::abs(a), std::abs(b)), &exponent));
    return std::abs(a - b) / std::ldexp(1.0, std::max(exponent, smallest) - digits);
}

bool near_enough(const CorpusBuffer& buffer, u64 a_bits, u64 b_bits, f64 times) {
    if (a_bits == b_bits) return true;
    if (buffer.ulps == 0 && buffer.absolute == 0) return false;
    const f64 a = real_of(buffer.scalar, a_bits), b = real_of(buffer.scalar, b_bits);
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::abs(a - b) <= times * buffer.absolute || ulps_between(buffer.scalar, a, b) <= times * buffer.ulps;
}

std::string shown(Scalar scalar, u64 bits) {
    const bool is_real =
        scalar == Scalar::f16 || scalar == Scalar::bf16 || scalar == Scalar::f32 || scalar == Scalar::f64;
    char text[64];
    if (is_real)
        std::snprintf(text, sizeof text, "%.9g (0x%llx)", real_of(scalar, bits), static_cast<unsigned long long>(bits));
    else std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(bits));
    return text;
}

/// One line per element that differs, and not too many of them.
class Differences {
public:
    void compare(const CorpusBuffer& buffer, std::size_t place, u64 wanted, u64 got, f64 times) {
        if (near_enough(buffer, wanted, got, times) || ++count_ > 5) return;
        text_ += "\n  " + buffer.name + '[' + std::to_string(place) + "] is " + shown(buffer.scalar, got) +
                 ", wanted " + shown(buffer.scalar, wanted);
    }
    [[nodiscard]] std::string text() const {
        return count_ > 5 ? text_ + "\n  and " + std::to_string(count_ - 5) + " more" : text_;
    }

private:
    std::string text_;
    std::size_t count_ = 0;
};

std::vector<u64> elements(const CorpusBuffer& buffer, const std::vector<std::byte>& bytes) {
    std::vector<u64> all;
    for (std::size_t i = 0; i < buffer.count; ++i) all.push_back(load_element(bytes, buffer.scalar, i));
    if (buffer.is_unordered) std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

const std::vector<Way>& ways() {
    static const std::vector<Way> all = [] {
        std::vector<Way> made{{.name = "made", .compile = as_made},
                              {.name = "size", .compile = for_size, .is_optimized = true},
                              {.name = "speed", .compile = for_speed, .is_optimized = true},
                              {.name = "read", .compile = read_as_it_is, .is_read = true},
                              {.name = "read-passes", .compile = read_as_made, .is_read = true},
                              {.name = "read-size", .compile = read_for_size, .is_read = true, .is_optimized = true},
                              {.name = "read-speed", .compile = read_for_speed, .is_read = true, .is_optimized = true},
                              {.name = "lowered", .compile = read_lowered, .is_read = true, .takes = can_lower},
                              {.name = "no-subgroups",
                               .compile = read_without_subgroups,
                               .is_read = true,
                               .takes = asks_subgroups,
                               .lacks_subgroups = true},
                              {.name = "overrides",
                               .compile = read_with_overrides,
                               .is_read = true,
                               .takes = has_constants,
                               .is_wgsl = true}};
        if (!can_optimize()) std::erase_if(made, [](const Way& way) { return way.is_optimized; });
        return made;
    }();
    return all;
}

std::string lacking(const Device& device, const std::vector<std::string>& features) {
    const auto list = command::features_of(device.capabilities().features);
    for (const std::string& name : features) {
        const auto found = std::find_if(list.begin(), list.end(), [&](const auto& f) { return f.first == name; });
        if (found == list.end()) throw std::runtime_error("there is no feature " + name + '.');
        if (!found->second) return name;
    }
    return {};
}

std::string lacking_matrix(const Device& device, const KernelFile& file) {
    const auto& matrices = device.capabilities().features.cooperative_matrices;
    for (const std::string& matrix : file.matrices)
        if (std::none_of(matrices.begin(), matrices.end(),
                         [&](const CooperativeMatrix& m) { return command::to_string(m) == matrix; }))
            return matrix;
    return {};
}

KernelResult run_kernel(Device& device, const Kernel& kernel, const KernelFile& file) {
    const Arguments arguments(device, kernel, file);
    device.stream().call_erased(kernel, arguments.all);
    KernelResult result;
    for (const Buffer<std::byte>& buffer : arguments.buffers) result.push_back(device.get(buffer));
    return result;
}

std::string difference(const KernelFile& file, const KernelResult& wanted, const KernelResult& got, f64 times) {
    Differences differences;
    for (std::size_t b = 0; b < file.buffers.size(); ++b) {
        const CorpusBuffer& buffer = file.buffers[b];
        if (buffer.fill == CorpusBuffer::Fill::addresses) continue;  // each device has its own
        const std::vector<u64> all_wanted = elements(buffer, wanted[b]), all_got = elements(buffer, got[b]);
        for (std::size_t i = 0; i < buffer.count; ++i) differences.compare(buffer, i, all_wanted[i], all_got[i], times);
    }
    return differences.text();
}

std::string broken_expectation(const KernelFile& file, const KernelResult& got) {
    Differences differences;
    for (std::size_t b = 0; b < file.buffers.size(); ++b) {
        const CorpusBuffer& buffer = file.buffers[b];
        const std::vector<u64> expected =
            buffer.expected_by.empty() ? buffer.expected : computed(buffer.expected_by, file);
        if (expected.empty()) continue;
        for (std::size_t i = 0; i < buffer.count; ++i)
            differences.compare(buffer, i, expected[i % expected.size()], load_element(got[b], buffer.scalar, i), 1);
    }
    return differences.text();
}

}  // namespace alkomp::testing
