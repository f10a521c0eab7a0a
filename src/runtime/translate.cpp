// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/translate.h"

#include "alkomp/error.h"
#include "alkomp/version.h"
#include "emit/spirv/spirv.h"
#include "emit/wgsl/wgsl.h"
#include "ir/pass/fix_constants.h"
#include "ir/pass/fold_workgroups.h"
#include "ir/pass/lower_messages.h"
#include "ir/pass/lower_returns.h"
#include "ir/pass/merge_buffers.h"
#include "ir/pass/passes.h"
#include "ir/pass/specialize_constants.h"
#include "ir/pass/split_buffers.h"
#include "ir/verify.h"
#include "glsl/glsl.h"
#include "read/spirv/read.h"
#include "read/spirv/requirements.h"
#include "runtime/cache.h"
#include "runtime/interface_bytes.h"
#include "runtime/reflect.h"

#include <algorithm>
#include <array>

namespace alkomp::detail {
namespace {

void add_requirements(Interface& interface, std::span<const u32> words) {
    constexpr u32 kCapability = 17, kHeaderWords = 5;
    for (std::size_t at = kHeaderWords; (words[at] & 0xffff) == kCapability; at += 2)
        interface.requirements.push_back({words[at + 1], read::capability_name(words[at + 1])});
}

/// The buffer that the messages go to, which no caller gives.
void add_messages(Interface& interface, const ir::Module& module) {
    const ir::Global& global = module.globals.back();
    BindingInfo binding;
    binding.set = global.set;
    binding.binding = global.binding;
    binding.name = module.text(global.name);
    binding.stride_bytes = 4;
    binding.element = dtype_of<u32>();
    interface.bindings.push_back(std::move(binding));
    interface.has_messages = true;
}

std::string key_of(const ir::Module& module, const emit::SpirvOptions& options, const TranslateOptions& how) {
    ByteWriter writer;
    writer.add(options.version);
    for (const bool option :
         {options.memory_model, options.memory_model_device_scope, options.i8, options.i16, options.f16,
          options.integer_dot, options.keeps_nan_f16, options.keeps_nan_f32, options.keeps_nan_f64,
          options.maximal_reconvergence, options.names, options.lines, how.optimize})
        writer.add(static_cast<u8>(option));
    const std::vector<std::byte> bytes = writer.take();
    return hash_key({ALKOMP_VERSION, content_key(module), {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
}

std::shared_ptr<const ShaderRecord> translated(ir::Module module, const Capabilities* capabilities,
                                               const TranslateOptions& how) {
    ir::verify(module, capabilities);
    const emit::SpirvOptions options =
        capabilities != nullptr ? emit::SpirvOptions::of(*capabilities) : emit::SpirvOptions::all();
    auto shader = std::make_shared<ShaderRecord>();
    shader->name = module.name;
    shader->key = key_of(module, options, how);
    shader->interface = interface_of(module);
    shader->interface.spirv_version = options.version;
    shader->sources = how.sources;
    if (std::vector<ir::Message> messages = ir::lower_messages(module); !messages.empty()) {
        shader->messages = std::make_shared<const std::vector<ir::Message>>(std::move(messages));
        add_messages(shader->interface, module);
    }
    for (const ir::Pass& pass : ir::optimizing_passes()) {
        if (!how.optimize) break;
        pass.run(module);
#ifndef NDEBUG
        ir::verify(module, capabilities);
#endif
    }
    shader->interface.uses_addresses =
        std::any_of(module.instructions.begin(), module.instructions.end(),
                    [](const ir::Instruction& at) { return at.op == ir::Op::pointer_to; });
    // Devices that take no SPIR-V take the module; what it needs of them `verify` has seen.
    if (options.version != 0) {
        shader->words = emit::spirv(module, options);
        add_requirements(shader->interface, shader->words);
    }
    shader->module = std::make_shared<const ir::Module>(std::move(module));
    return shader;
}

}  // namespace

std::shared_ptr<const ShaderRecord> translate(ir::Module module, const Capabilities& capabilities,
                                              const TranslateOptions& options) {
    return translated(std::move(module), &capabilities, options);
}
std::shared_ptr<const ShaderRecord> translate(ir::Module module) { return translated(std::move(module), nullptr, {}); }

namespace {

/// Lowers the module, and merges the buffers that share memory. Where their types differ all buffers become words, and so
/// they do where one is bound in parts.
ir::Lowered lower_for(ir::Module& module, const Interface& interface, const Capabilities& capabilities,
                      const CallShape& shape) {
    const Sharing& sharing = shape.sharing;
    ir::Lowering lowering = emit::lowering_for(capabilities.wgsl);
    lowering.most_shared_bytes = capabilities.limits.max_shared_bytes;
    if (!shape.parts.empty()) {
        std::vector<ir::BufferParts> buffers;
        const u32 words = static_cast<u32>(part_bytes(capabilities.limits) / 4);
        for (std::size_t i = 0; i < shape.parts.size(); ++i)
            if (shape.parts[i] > 1)
                buffers.push_back({interface.bindings[i].set, interface.bindings[i].binding, shape.parts[i], words});
        lowering.memory.everything = true;
        ir::Lowered lowered = ir::lower(module, lowering);
        ir::split_buffers(module, buffers);
        return lowered;
    }
    if (sharing.places.empty()) return ir::lower(module, lowering);
    std::vector<ir::BufferUse> uses;
    for (std::size_t i = 0; i < sharing.places.size(); ++i) {
        const BindingInfo& here = interface.bindings[i];
        const BindingInfo& first = interface.bindings[sharing.places[i].first];
        if (sharing.places[i].written) uses.push_back({here.set, here.binding, first.set, first.binding, true});
    }
    const ir::Module before = module;
    ir::Lowered lowered = ir::lower(module, lowering);
    if (ir::merge_buffers(module, uses)) return lowered;
    module = before;
    lowering.memory.everything = true;
    lowered = ir::lower(module, lowering);
    if (ir::merge_buffers(module, uses)) return lowered;
    throw Error(ErrorCode::unsupported,
                "buffers of several types are bound to the same memory and written, which WebGPU forbids.");
}

ir::Specialization values_of(std::span<const backend::SpecializationValue> constants) {
    ir::Specialization values;
    for (const backend::SpecializationValue& value : constants) values[value.id] = value.bits;
    return values;
}

/// Of a module whose constants are as they are to be.
WgslKernel made_wgsl(ir::Module module, const Interface& interface, const Capabilities& capabilities,
                     const CallShape& shape) {
    const Sharing& sharing = shape.sharing;
    const ir::Lowered lowered = lower_for(module, interface, capabilities, shape);
    u32 end = interface.scalar_bytes;
    for (const ir::ByteCount& count : lowered.byte_counts) end = std::max(end, count.offset_bytes + 4);
    const u32 groups_offset_bytes = (end + 15) / 16 * 16;  // behind a structure as well
    if (shape.folded) {
        ir::fold_workgroups(module, groups_offset_bytes);
        if (capabilities.wgsl.hlsl) ir::lower_returns(module);
    }
    for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
    emit::WgslText made = emit::wgsl(module, capabilities.wgsl);
    WgslKernel kernel{std::move(made.text), interface, groups_offset_bytes, std::move(made.unproven)};
    kernel.interface.entry = std::move(made.entry);
    kernel.interface.constants.clear();
    for (const ir::ByteCount& count : lowered.byte_counts) {
        const auto counted = std::find_if(
            interface.bindings.begin(), interface.bindings.end(),
            [&](const BindingInfo& binding) { return binding.set == count.set && binding.binding == count.binding; });
        kernel.interface.byte_counts.push_back(
            {static_cast<u32>(counted - interface.bindings.begin()), count.offset_bytes});
    }
    for (const emit::WgslByteCount& count : made.byte_counts)
        if (count.binding < interface.bindings.size())  // else it is a part of another
            kernel.interface.byte_counts.push_back({count.binding, count.offset_bytes});
    kernel.interface.scalar_bytes = std::max(interface.scalar_bytes, made.scalar_bytes);
    for (std::size_t i = 0; i < shape.parts.size(); ++i)
        kernel.interface.bindings.insert(kernel.interface.bindings.end(), shape.parts[i] - 1, interface.bindings[i]);
    u32 place = 0;
    for (BindingInfo& binding : kernel.interface.bindings) {
        if (!sharing.places.empty() && sharing.places[place].written)
            binding.writes = sharing.places[place].first == place;  // else it is not used
        binding.set = 0;
        binding.binding = place++;
    }
    return kernel;
}

}  // namespace

WgslKernel wgsl_of(ir::Module module, std::span<const backend::SpecializationValue> constants,
                   const Interface& interface, const Capabilities& capabilities, const CallShape& shape) {
    if (ir::specialize_constants(module, values_of(constants))) ir::compute_constants(module);
    return made_wgsl(std::move(module), interface, capabilities, shape);
}

WgslKernel wgsl_with_overrides(ir::Module module, std::span<const backend::SpecializationValue> constants,
                               const Interface& interface, const Capabilities& capabilities) {
    const std::vector<std::string> fixed =
        ir::fix_constants(module, emit::overrides_for(capabilities.wgsl), values_of(constants));
    ir::compute_constants(module);
    std::vector<ConstantInfo> open = interface.constants;
    std::erase_if(open, [&](const ConstantInfo& info) {
        return std::none_of(module.constants.begin(), module.constants.end(), [&](const ir::Constant& constant) {
            return constant.kind == ir::Constant::Kind::specialization && constant.specialization == info.id;
        });
    });
    WgslKernel kernel = made_wgsl(std::move(module), interface, capabilities, {});
    kernel.interface.constants = std::move(open);
    std::string comments;
    for (const std::string& sentence : fixed) comments += "// " + sentence + '\n';
    kernel.text = comments + (fixed.empty() ? "" : "\n") + kernel.text;
    return kernel;
}

ir::Module module_of(const Source& source, const KernelOptions& options, Target target, SourceTexts* texts) {
    if (source.language == Language::wgsl)
        throw Error(ErrorCode::unsupported,
                    "compile: \"" + source.name + "\" is WGSL; GLSL and SPIR-V are taken here.");
    if (source.language == Language::spirv) return read::read(source.words, options.entry, source.name);
    KernelOptions as_it_is = options;  // the IR has passes of its own
    as_it_is.optimize = false;
    glsl_front::Compiled compiled = glsl_front::compile(source, as_it_is, target, glsl_front::Lines::kept);
    if (texts != nullptr) *texts = std::move(compiled.texts);
    return read::read(compiled.words, options.entry, source.name);
}

std::string content_key(const ir::Module& module) {
    WordHash hash;
    const auto number = [&](auto value) { hash.add(static_cast<u32>(value)); };
    const auto numbers = [&](auto... values) { (number(values), ...); };
    const auto list = [&](const auto& items, auto&& add) {
        number(items.size());
        for (const auto& item : items) add(item);
    };
    const auto location = [&](const ir::Location& l) { numbers(l.file, l.line, l.column); };
    hash.add(std::string_view(module.name));
    number(module.kernel);
    for (const ir::ValueId size : module.workgroup_size) number(size);
    numbers(module.subgroup_size, module.keeps_denormals_f32, module.rounds_to_even_f32, module.types.size());
    for (u32 i = 0; i < module.types.size(); ++i) {
        const ir::Type& type = module.types[ir::TypeId{i}];
        numbers(type.kind, type.scalar, type.element, type.count, type.length, type.stride_bytes, type.row_major,
                type.rows, type.columns, type.size_bytes, type.space, type.scope, type.use);
        hash.add(std::string_view(type.name));
        list(type.members, [&](const ir::Type::Member& member) {
            hash.add(std::string_view(member.name));
            numbers(member.type, member.offset_bytes);
        });
    }
    list(module.values,
         [&](const ir::Value& value) { numbers(value.kind, value.type, value.index, value.position, value.name); });
    list(module.constants, [&](const ir::Constant& constant) {
        numbers(constant.kind, constant.type, constant.specialization, constant.op, constant.value);
        hash.add(constant.bits);
        list(constant.parts, number);
        list(constant.immediates, number);
    });
    list(module.globals, [&](const ir::Global& global) {
        numbers(global.kind, global.name, global.type, global.value, global.set, global.binding, global.offset_bytes,
                global.reads, global.writes, global.coherent, global.aliased, global.is_count, global.initial);
        location(global.location);
    });
    list(module.functions, [&](const ir::Function& function) {
        numbers(function.name, function.result, function.body);
        list(function.parameters, number);
        location(function.location);
    });
    list(module.regions, [&](const ir::Region& region) {
        number(region.owner);
        list(region.parameters, number);
        list(region.body, number);
    });
    list(module.instructions, [&](const ir::Instruction& instruction) {
        numbers(instruction.op, instruction.flags, instruction.location, instruction.region);
        for (const ir::Range& part :
             {instruction.operands, instruction.immediates, instruction.results, instruction.regions})
            numbers(part.first, part.count);
    });
    list(module.locations, location);
    list(module.strings, [&](const std::string& text) { hash.add(std::string_view(text)); });
    list(module.operand_pool, number);
    number(module.immediate_pool.size());
    hash.add(module.immediate_pool);
    list(module.region_pool, number);
    return hash.digits();
}

}  // namespace alkomp::detail
