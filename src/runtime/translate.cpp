// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/translate.h"

#include "alkomp/version.h"
#include "emit/spirv/spirv.h"
#include "ir/pass/lower_messages.h"
#include "ir/pass/passes.h"
#include "ir/verify.h"
#include "read/spirv/reflect.h"
#include "runtime/cache.h"
#include "runtime/interface_bytes.h"

#include <array>

namespace alkomp::detail {
namespace {

void add_requirements(Interface& interface, std::span<const u32> words) {
    constexpr u32 kCapability = 17, kHeaderWords = 5, kAddresses = 5347;
    for (std::size_t at = kHeaderWords; (words[at] & 0xffff) == kCapability; at += 2) {
        interface.requirements.push_back({words[at + 1], read::capability_name(words[at + 1])});
        interface.uses_addresses = interface.uses_addresses || words[at + 1] == kAddresses;
    }
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

std::string key_of(const ir::Module& module, const emit::SpirvOptions& options, TranslateOptions how) {
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
                                               TranslateOptions how) {
    ir::verify(module, capabilities);
    const emit::SpirvOptions options =
        capabilities != nullptr ? emit::SpirvOptions::of(*capabilities) : emit::SpirvOptions::all();
    auto shader = std::make_shared<ShaderRecord>();
    shader->name = module.name;
    shader->key = key_of(module, options, how);
    shader->interface = interface_of(module);
    shader->interface.spirv_version = options.version;
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
    shader->words = emit::spirv(module, options);
    add_requirements(shader->interface, shader->words);
    shader->module = std::make_shared<const ir::Module>(std::move(module));
    return shader;
}

}  // namespace

std::shared_ptr<const ShaderRecord> translate(ir::Module module, const Capabilities& capabilities,
                                              TranslateOptions options) {
    return translated(std::move(module), &capabilities, options);
}
std::shared_ptr<const ShaderRecord> translate(ir::Module module) { return translated(std::move(module), nullptr, {}); }

std::string content_key(const ir::Module& module) {
    ByteWriter writer;
    const auto list = [&](const auto& items, auto&& add) {
        writer.add(u64{items.size()});
        for (const auto& item : items) add(item);
    };
    const auto number = [&](auto value) { writer.add(static_cast<u32>(value)); };
    const auto range = [&](const ir::Range& r) {
        writer.add(r.first);
        writer.add(r.count);
    };
    const auto location = [&](const ir::Location& l) {
        number(l.file);
        writer.add(l.line);
        writer.add(l.column);
    };
    writer.add(std::string_view(module.name));
    number(module.kernel);
    for (const ir::ValueId size : module.workgroup_size) number(size);
    writer.add(module.subgroup_size);
    writer.add(module.types.size());
    for (u32 i = 0; i < module.types.size(); ++i) {
        const ir::Type& type = module.types[ir::TypeId{i}];
        number(type.kind);
        number(type.scalar);
        number(type.element);
        for (const u32 part : {type.count, type.length, type.stride_bytes, u32{type.row_major}, type.rows, type.columns,
                               type.size_bytes})
            writer.add(part);
        number(type.space);
        number(type.scope);
        number(type.use);
        writer.add(std::string_view(type.name));
        list(type.members, [&](const ir::Type::Member& member) {
            writer.add(std::string_view(member.name));
            number(member.type);
            writer.add(member.offset_bytes);
        });
    }
    list(module.values, [&](const ir::Value& value) {
        number(value.kind);
        number(value.type);
        writer.add(value.index);
        writer.add(value.position);
        number(value.name);
    });
    list(module.constants, [&](const ir::Constant& constant) {
        number(constant.kind);
        number(constant.type);
        writer.add(constant.bits);
        writer.add(constant.specialization);
        number(constant.op);
        list(constant.parts, number);
        list(constant.immediates, number);
        number(constant.value);
    });
    list(module.globals, [&](const ir::Global& global) {
        number(global.kind);
        number(global.name);
        number(global.type);
        number(global.value);
        for (const u32 part : {global.set, global.binding, global.offset_bytes, u32{global.reads}, u32{global.writes},
                               u32{global.coherent}, u32{global.aliased}, u32{global.is_count}})
            writer.add(part);
        number(global.initial);
        location(global.location);
    });
    list(module.functions, [&](const ir::Function& function) {
        number(function.name);
        list(function.parameters, number);
        number(function.result);
        number(function.body);
        location(function.location);
    });
    list(module.regions, [&](const ir::Region& region) {
        list(region.parameters, number);
        list(region.body, number);
        number(region.owner);
    });
    list(module.instructions, [&](const ir::Instruction& instruction) {
        number(instruction.op);
        number(instruction.flags);
        for (const ir::Range& part :
             {instruction.operands, instruction.immediates, instruction.results, instruction.regions})
            range(part);
        number(instruction.location);
        number(instruction.region);
    });
    list(module.locations, location);
    list(module.strings, [&](const std::string& text) { writer.add(std::string_view(text)); });
    list(module.operand_pool, number);
    list(module.immediate_pool, number);
    list(module.region_pool, number);
    const std::vector<std::byte> bytes = writer.take();
    return hash_key({{reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
}

}  // namespace alkomp::detail
