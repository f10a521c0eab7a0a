// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/spirv/words.h"

#include "alkomp/error.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace alkomp::emit::spv {
namespace {

/// "alkomp" has no number of its own in the registry of generators.
constexpr u32 kGenerator = 0;

/// Bytes that a literal may have: "Universal Limits" in the specification.
constexpr std::size_t kLongestString = 65535;
constexpr std::size_t kMostWords = 65535;  // of an instruction: their number has 16 bits

u32 head(Op op, std::size_t words) {
    if (words > kMostWords)
        throw Error(ErrorCode::unsupported, "emit: an instruction is " + std::to_string(words) +
                                                " words long in SPIR-V, which allows " + std::to_string(kMostWords) +
                                                ".");
    return static_cast<u32>(op) | static_cast<u32>(words) << 16;
}

struct Origin {
    Capability capability;
    std::string_view extension;
    u32 core_since;  ///< 0: never
};
/// Capabilities that no version up to 1.3 has.
constexpr std::array kOrigins{
    Origin{Capability::WorkgroupMemoryExplicitLayoutKHR, "SPV_KHR_workgroup_memory_explicit_layout", 0},
    Origin{Capability::WorkgroupMemoryExplicitLayout8BitAccessKHR, "SPV_KHR_workgroup_memory_explicit_layout", 0},
    Origin{Capability::WorkgroupMemoryExplicitLayout16BitAccessKHR, "SPV_KHR_workgroup_memory_explicit_layout", 0},
    Origin{Capability::StorageBuffer8BitAccess, "SPV_KHR_8bit_storage", kVersion1_5},
    Origin{Capability::UniformAndStorageBuffer8BitAccess, "SPV_KHR_8bit_storage", kVersion1_5},
    Origin{Capability::StoragePushConstant8, "SPV_KHR_8bit_storage", kVersion1_5},
    Origin{Capability::DenormPreserve, "SPV_KHR_float_controls", kVersion1_4},
    Origin{Capability::SignedZeroInfNanPreserve, "SPV_KHR_float_controls", kVersion1_4},
    Origin{Capability::RoundingModeRTE, "SPV_KHR_float_controls", kVersion1_4},
    Origin{Capability::VulkanMemoryModel, "SPV_KHR_vulkan_memory_model", kVersion1_5},
    Origin{Capability::VulkanMemoryModelDeviceScope, "SPV_KHR_vulkan_memory_model", kVersion1_5},
    Origin{Capability::PhysicalStorageBufferAddresses, "SPV_KHR_physical_storage_buffer", kVersion1_5},
    Origin{Capability::DotProduct, "SPV_KHR_integer_dot_product", kVersion1_6},
    Origin{Capability::DotProductInputAll, "SPV_KHR_integer_dot_product", kVersion1_6},
    Origin{Capability::DotProductInput4x8Bit, "SPV_KHR_integer_dot_product", kVersion1_6},
    Origin{Capability::DotProductInput4x8BitPacked, "SPV_KHR_integer_dot_product", kVersion1_6},
    Origin{Capability::ShaderClockKHR, "SPV_KHR_shader_clock", 0},
    Origin{Capability::BFloat16TypeKHR, "SPV_KHR_bfloat16", 0},
    Origin{Capability::BFloat16CooperativeMatrixKHR, "SPV_KHR_bfloat16", 0},
    Origin{Capability::CooperativeMatrixKHR, "SPV_KHR_cooperative_matrix", 0},
    Origin{Capability::GroupNonUniformRotateKHR, "SPV_KHR_subgroup_rotate", 0},
    Origin{Capability::AtomicFloat32AddEXT, "SPV_EXT_shader_atomic_float_add", 0},
    Origin{Capability::AtomicFloat64AddEXT, "SPV_EXT_shader_atomic_float_add", 0},
    Origin{Capability::AtomicFloat16AddEXT, "SPV_EXT_shader_atomic_float16_add", 0},
    Origin{Capability::AtomicFloat16MinMaxEXT, "SPV_EXT_shader_atomic_float_min_max", 0},
    Origin{Capability::AtomicFloat32MinMaxEXT, "SPV_EXT_shader_atomic_float_min_max", 0},
    Origin{Capability::AtomicFloat64MinMaxEXT, "SPV_EXT_shader_atomic_float_min_max", 0},
};

}  // namespace

void append_string(std::vector<u32>& words, std::string_view text) {
    text = text.substr(0, std::min(text.find('\0'), kLongestString));
    for (std::size_t at = 0; at <= text.size(); at += 4) {
        u32 word = 0;
        for (std::size_t i = 0; i < 4 && at + i < text.size(); ++i)
            word |= u32{static_cast<u8>(text[at + i])} << (8 * i);
        words.push_back(word);
    }
}

void Section::add(Op op, std::span<const u32> operands) {
    words_.push_back(head(op, operands.size() + 1));
    words_.insert(words_.end(), operands.begin(), operands.end());
}

void Section::add(Op op, Id result, std::span<const u32> operands) {
    words_.push_back(head(op, operands.size() + 2));
    words_.push_back(result);
    words_.insert(words_.end(), operands.begin(), operands.end());
}

void Section::add(Op op, Id type, Id result, std::span<const u32> operands) {
    words_.push_back(head(op, operands.size() + 3));
    words_.push_back(type);
    words_.push_back(result);
    words_.insert(words_.end(), operands.begin(), operands.end());
}

bool Words::has(Capability capability) const {
    return std::find(capabilities_.begin(), capabilities_.end(), capability) != capabilities_.end();
}

void Words::need(Capability capability) {
    if (has(capability)) return;
    capabilities_.push_back(capability);
    const auto origin = std::find_if(kOrigins.begin(), kOrigins.end(),
                                     [&](const Origin& known) { return known.capability == capability; });
    if (origin == kOrigins.end() || (origin->core_since != 0 && version_ >= origin->core_since)) return;
    need_extension(origin->extension);
}

void Words::need_extension(std::string_view name) {
    if (std::find(extensions_.begin(), extensions_.end(), name) == extensions_.end()) extensions_.push_back(name);
}

Id Words::glsl() {
    if (glsl_ == 0) glsl_ = id();
    return glsl_;
}

Id Words::string(std::string_view text) {
    const Id result = id();
    std::vector<u32> operands{result};
    append_string(operands, text);
    strings_.add(Op::String, operands);
    return result;
}

void Words::name(Id id, std::string_view text) {
    if (text.empty()) return;
    std::vector<u32> operands{id};
    append_string(operands, text);
    names_.add(Op::Name, operands);
}

void Words::member_name(Id structure, u32 member, std::string_view text) {
    if (text.empty()) return;
    std::vector<u32> operands{structure, member};
    append_string(operands, text);
    names_.add(Op::MemberName, operands);
}

void Words::decorate(Id id, Decoration decoration, std::initializer_list<u32> operands) {
    std::vector<u32> all{id, static_cast<u32>(decoration)};
    all.insert(all.end(), operands);
    decorations_.add(Op::Decorate, all);
}

void Words::decorate_member(Id structure, u32 member, Decoration decoration, std::initializer_list<u32> operands) {
    std::vector<u32> all{structure, member, static_cast<u32>(decoration)};
    all.insert(all.end(), operands);
    decorations_.add(Op::MemberDecorate, all);
}

Id Words::define(Op op, Id type, std::span<const u32> operands) {
    const Id result = id();
    if (type != 0) globals_.add(op, type, result, operands);
    else globals_.add(op, result, operands);
    return result;
}

Id Words::once(Op op, Id type, std::span<const u32> operands) {
    ir::Mix mix;
    mix.add(static_cast<u64>(op) << 32 | type);
    for (const u32 operand : operands) mix.add(operand);
    const std::size_t in_front = type != 0 ? 3 : 2;
    const u32 first = head(op, in_front + operands.size());
    const u32 found = places_.find(mix.hash(), [&](u32 at) {
        const std::span<const u32> words = globals_.words().subspan(at);
        return words[0] == first && (type == 0 || words[1] == type) &&
               std::equal(operands.begin(), operands.end(), words.subspan(in_front).begin());
    });
    if (found != ir::PlaceTable::kNone) return globals_[found + in_front - 1];
    places_.add(mix.hash(), static_cast<u32>(globals_.size()));
    return define(op, type, operands);
}

Id Words::type(Op op, std::span<const u32> operands) { return once(op, 0, operands); }
Id Words::new_type(Op op, std::span<const u32> operands) { return define(op, 0, operands); }
Id Words::constant(Op op, Id type, std::span<const u32> operands) { return once(op, type, operands); }
Id Words::new_constant(Op op, Id type, std::span<const u32> operands) { return define(op, type, operands); }

Id Words::variable(Id pointer_type, Storage storage, Id initial) {
    const std::array<u32, 2> operands{static_cast<u32>(storage), initial};
    return define(Op::Variable, pointer_type, std::span(operands).first(initial != 0 ? 2 : 1));
}

std::vector<u32> Words::assemble(const Entry& entry) const {
    Section head;
    for (const Capability capability : capabilities_) head.add(Op::Capability, {static_cast<u32>(capability)});
    std::vector<u32> operands;
    for (const std::string_view extension : extensions_) {
        operands.clear();
        append_string(operands, extension);
        head.add(Op::Extension, operands);
    }
    if (glsl_ != 0) {
        operands.assign({glsl_});
        append_string(operands, "GLSL.std.450");
        head.add(Op::ExtInstImport, operands);
    }
    constexpr u32 kLogical = 0, kPhysicalStorageBuffer64 = 5348, kGlsl450 = 1, kVulkan = 3, kGlCompute = 5;
    head.add(Op::MemoryModel,
             {entry.addresses ? kPhysicalStorageBuffer64 : kLogical, entry.memory_model ? kVulkan : kGlsl450});
    operands.assign({kGlCompute, entry.function});
    append_string(operands, entry.name);
    operands.insert(operands.end(), entry.interface.begin(), entry.interface.end());
    head.add(Op::EntryPoint, operands);

    const std::array sections{&std::as_const(head), &modes, &strings_, &names_, &decorations_, &globals_, &functions};
    std::vector<u32> words{kMagic, version_, kGenerator, next_id_, 0};
    std::size_t count = words.size();
    for (const Section* section : sections) count += section->size();
    words.reserve(count);
    for (const Section* section : sections) words.insert(words.end(), section->words().begin(), section->words().end());
    return words;
}

}  // namespace alkomp::emit::spv
