// SPDX-License-Identifier: MIT OR Apache-2.0
// The interface that translate fills, against reflection of the words.
#include "emit/golden.h"
#include "ir/module_files.h"
#include "ir/parse.h"
#include "read/spirv/requirements.h"
#include "runtime/interface_bytes.h"
#include "runtime/reflect.h"
#include "runtime/translate.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace alkomp::testing {
namespace {

/// Has everything that a module may want.
Capabilities everything() {
    Capabilities device;
    device.limits.spirv_version = 0x00010600;
    device.limits.max_workgroup_size = {1024, 1024, 64};
    device.limits.max_workgroup_invocations = 1024;
    device.limits.max_shared_bytes = 49152;
    device.limits.max_bindings = 64;
    device.limits.max_sets = 8;
    device.limits.max_scalar_bytes = 256;
    device.limits.min_subgroup_size = 4;
    device.limits.max_subgroup_size = 128;
    Features& f = device.features;
    for (bool* feature : {&f.f16,
                          &f.f64,
                          &f.i8,
                          &f.i16,
                          &f.i64,
                          &f.preserves_denormals_f32,
                          &f.rounds_to_even_f32,
                          &f.storage_8,
                          &f.storage_16,
                          &f.uniform_8,
                          &f.uniform_16,
                          &f.shared_8,
                          &f.shared_16,
                          &f.scalar_8,
                          &f.scalar_16,
                          &f.scalar_layout,
                          &f.atomic_i64,
                          &f.shared_atomic_i64,
                          &f.atomic_f32,
                          &f.atomic_f32_add,
                          &f.shared_atomic_f32,
                          &f.shared_atomic_f32_add,
                          &f.atomic_f64_add,
                          &f.memory_model,
                          &f.memory_model_device_scope,
                          &f.buffer_address,
                          &f.variable_pointers,
                          &f.integer_dot,
                          &f.shader_clock,
                          &f.subgroup.basic,
                          &f.subgroup.vote,
                          &f.subgroup.arithmetic,
                          &f.subgroup.ballot,
                          &f.subgroup.shuffle,
                          &f.subgroup.shuffle_relative,
                          &f.subgroup.clustered,
                          &f.subgroup.quad,
                          &f.subgroup.rotate,
                          &f.subgroup.size_control,
                          &f.subgroup.extended_types})
        *feature = true;
    return device;
}

std::string bytes_of(const Interface& interface) {
    detail::ByteWriter writer;
    detail::add_interface(writer, interface);
    const std::vector<std::byte> bytes = writer.take();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_aliased(const ir::Module& module, const BindingInfo& binding) {
    return std::any_of(module.globals.begin(), module.globals.end(), [&](const ir::Global& global) {
        return global.aliased && global.set == binding.set && global.binding == binding.binding;
    });
}

void expect_same(const std::string& name, const std::string& text) {
    SCOPED_TRACE(name);
    const auto shader = detail::translate(ir::parse(text, name), everything());
    Interface reflected = detail::reflect(shader->words, shader->interface.entry, name);
    reflected.subgroup_size = shader->interface.subgroup_size;  // SPIR-V for Vulkan has no word for it
    // What no capability says the verifier asks of a module.
    std::erase_if(reflected.requirements, [](const Requirement& needs) {
        return needs.capability >= static_cast<u32>(read::Feature::extended_subgroup_types);
    });
    for (std::size_t i = 0; i < reflected.bindings.size(); ++i) {  // nor is `readonly aliased` said in words
        const BindingInfo& known = shader->interface.bindings.at(i);
        if (is_aliased(*shader->module, known)) reflected.bindings[i].writes = known.writes;
    }
    EXPECT_EQ(detail::describe(shader->interface), detail::describe(reflected));
    EXPECT_TRUE(bytes_of(shader->interface) == bytes_of(reflected));
}

TEST(TranslatedInterface, is_what_reflection_finds_in_the_words) {
    for (const ModuleFile& file : module_files()) expect_same(file.name, file.text);
    for (const GoldenInput& input : golden_inputs("spirv")) expect_same(input.name, input.text);
}

TEST(TranslatedInterface, key_is_that_of_content_and_capabilities) {
    const std::string text = module_files().front().text;
    const auto key = [&](const std::string& of, const Capabilities& device) {
        return detail::translate(ir::parse(of, "a.ir"), device)->key;
    };
    EXPECT_EQ(key(text, everything()), key(text, everything()));
    Capabilities older = everything();
    older.limits.spirv_version = 0x00010500;
    EXPECT_NE(key(text, everything()), key(text, older));
    std::string other = text;
    const std::size_t at = other.find("mul %n, 3");
    ASSERT_NE(at, std::string::npos);
    other.replace(at, 9, "mul %n, 5");
    EXPECT_NE(key(text, everything()), key(other, everything()));
}

}  // namespace
}  // namespace alkomp::testing
