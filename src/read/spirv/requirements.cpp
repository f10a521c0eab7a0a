// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V capabilities, and features without one: what each is called, and what it asks of a device.
#include "read/spirv/requirements.h"

#include "read/spirv/code.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::read {
namespace {

using Has = bool (*)(const Features&);

struct Entry {
    u32 number;
    const char* name;  ///< as the SPIR-V specification spells it, or Vulkan's
    const char* human;
    Has has;
};

constexpr bool always(const Features&) { return true; }
constexpr bool never(const Features&) { return false; }  // of graphics, of OpenCL, or of no use without images

constexpr Entry entry(Feature feature, const char* name, const char* human, Has has) {
    return {static_cast<u32>(feature), name, human, has};
}

/// Sorted by number.
constexpr std::array kCapabilities{
    Entry{0, "Matrix", "matrices", always},
    Entry{1, "Shader", "shaders", always},
    Entry{2, "Geometry", "geometry shaders", never},
    Entry{3, "Tessellation", "tessellation shaders", never},
    Entry{4, "Addresses", "OpenCL's physical addresses", never},
    Entry{5, "Linkage", "linking of modules", never},
    Entry{6, "Kernel", "OpenCL kernels", never},
    Entry{7, "Vector16", "vectors of 8 and 16 components", never},
    Entry{8, "Float16Buffer", "OpenCL's 16-bit float buffers", never},
    Entry{9, "Float16", "16-bit floats", [](const Features& f) { return f.f16; }},
    Entry{10, "Float64", "64-bit floats", [](const Features& f) { return f.f64; }},
    Entry{11, "Int64", "64-bit integers", [](const Features& f) { return f.i64; }},
    Entry{12, "Int64Atomics", "64-bit atomics", [](const Features& f) { return f.atomic_i64 || f.shared_atomic_i64; }},
    Entry{13, "ImageBasic", "OpenCL's images", never},
    Entry{17, "Pipes", "OpenCL's pipes", never},
    Entry{18, "Groups", "OpenCL's group operations", never},
    Entry{22, "Int16", "16-bit integers", [](const Features& f) { return f.i16; }},
    Entry{23, "TessellationPointSize", "tessellation shaders", never},
    Entry{24, "GeometryPointSize", "geometry shaders", never},
    Entry{25, "ImageGatherExtended", "image gathers", never},
    Entry{27, "StorageImageMultisample", "multisampled images", never},
    Entry{28, "UniformBufferArrayDynamicIndexing", "indexed arrays of uniform buffers", never},
    Entry{29, "SampledImageArrayDynamicIndexing", "indexed arrays of sampled images", never},
    Entry{30, "StorageBufferArrayDynamicIndexing", "indexed arrays of storage buffers", never},
    Entry{31, "StorageImageArrayDynamicIndexing", "indexed arrays of images", never},
    Entry{32, "ClipDistance", "clip distances", never},
    Entry{33, "CullDistance", "cull distances", never},
    Entry{34, "ImageCubeArray", "cube images", never},
    Entry{35, "SampleRateShading", "fragment shaders", never},
    Entry{36, "ImageRect", "rectangle images", never},
    Entry{37, "SampledRect", "rectangle images", never},
    Entry{38, "GenericPointer", "OpenCL's generic pointers", never},
    Entry{39, "Int8", "8-bit integers", [](const Features& f) { return f.i8; }},
    Entry{40, "InputAttachment", "input attachments", never},
    Entry{41, "SparseResidency", "sparse images", never},
    Entry{42, "MinLod", "sampled images", never},
    Entry{43, "Sampled1D", "1D images", never},
    Entry{44, "Image1D", "1D images", never},
    Entry{45, "SampledCubeArray", "cube images", never},
    Entry{46, "SampledBuffer", "texel buffers", never},
    Entry{47, "ImageBuffer", "texel buffers", never},
    Entry{48, "ImageMSArray", "multisampled images", never},
    Entry{49, "StorageImageExtendedFormats", "images", never},
    Entry{50, "ImageQuery", "images", never},
    Entry{51, "DerivativeControl", "derivatives", never},
    Entry{52, "InterpolationFunction", "fragment shaders", never},
    Entry{53, "TransformFeedback", "transform feedback", never},
    Entry{54, "GeometryStreams", "geometry shaders", never},
    Entry{55, "StorageImageReadWithoutFormat", "images", never},
    Entry{56, "StorageImageWriteWithoutFormat", "images", never},
    Entry{57, "MultiViewport", "geometry shaders", never},
    Entry{61, "GroupNonUniform", "subgroups", [](const Features& f) { return f.subgroup.basic; }},
    Entry{62, "GroupNonUniformVote", "subgroup votes", [](const Features& f) { return f.subgroup.vote; }},
    Entry{63, "GroupNonUniformArithmetic", "subgroup arithmetic",
          [](const Features& f) { return f.subgroup.arithmetic; }},
    Entry{64, "GroupNonUniformBallot", "subgroup ballots", [](const Features& f) { return f.subgroup.ballot; }},
    Entry{65, "GroupNonUniformShuffle", "subgroup shuffles", [](const Features& f) { return f.subgroup.shuffle; }},
    Entry{66, "GroupNonUniformShuffleRelative", "relative subgroup shuffles",
          [](const Features& f) { return f.subgroup.shuffle_relative; }},
    Entry{67, "GroupNonUniformClustered", "clustered subgroup operations",
          [](const Features& f) { return f.subgroup.clustered; }},
    Entry{68, "GroupNonUniformQuad", "quad operations", [](const Features& f) { return f.subgroup.quad; }},
    Entry{69, "ShaderLayer", "geometry shaders", never},
    Entry{70, "ShaderViewportIndex", "geometry shaders", never},
    Entry{4423, "SubgroupBallotKHR", "ballots by GL_ARB_shader_ballot (use GL_KHR_shader_subgroup_ballot)", never},
    Entry{4427, "DrawParameters", "vertex shaders", never},
    // Explicit layouts have no flag of their own; a device that has them has one of the small types in them.
    Entry{4428, "WorkgroupMemoryExplicitLayoutKHR", "explicit layouts in shared memory",
          [](const Features& f) { return f.shared_8 || f.shared_16; }},
    Entry{4429, "WorkgroupMemoryExplicitLayout8BitAccessKHR", "8-bit types in shared memory",
          [](const Features& f) { return f.shared_8; }},
    Entry{4430, "WorkgroupMemoryExplicitLayout16BitAccessKHR", "16-bit types in shared memory",
          [](const Features& f) { return f.shared_16; }},
    Entry{4431, "SubgroupVoteKHR", "votes by GL_ARB_shader_group_vote (use GL_KHR_shader_subgroup_vote)", never},
    Entry{4433, "StorageBuffer16BitAccess", "16-bit types in storage buffers",
          [](const Features& f) { return f.storage_16; }},
    Entry{4434, "UniformAndStorageBuffer16BitAccess", "16-bit types in uniform buffers",
          [](const Features& f) { return f.uniform_16; }},
    Entry{4435, "StoragePushConstant16", "16-bit types in push constants",
          [](const Features& f) { return f.scalar_16; }},
    Entry{4436, "StorageInputOutput16", "16-bit stage inputs", never},
    Entry{4437, "DeviceGroup", "device groups", always},
    Entry{4439, "MultiView", "multiple views", never},
    Entry{4441, "VariablePointersStorageBuffer", "variable pointers",
          [](const Features& f) { return f.variable_pointers; }},
    Entry{4442, "VariablePointers", "variable pointers", [](const Features& f) { return f.variable_pointers; }},
    Entry{4448, "StorageBuffer8BitAccess", "8-bit types in storage buffers",
          [](const Features& f) { return f.storage_8; }},
    Entry{4449, "UniformAndStorageBuffer8BitAccess", "8-bit types in uniform buffers",
          [](const Features& f) { return f.uniform_8; }},
    Entry{4450, "StoragePushConstant8", "8-bit types in push constants", [](const Features& f) { return f.scalar_8; }},
    Entry{4464, "DenormPreserve", "kept denormal floats", [](const Features& f) { return f.preserves_denormals_f32; }},
    Entry{4465, "DenormFlushToZero", "flushed denormal floats",
          [](const Features& f) { return f.demote_denormals_control; }},
    Entry{4466, "SignedZeroInfNanPreserve", "kept signed zeros, infinities and NaNs",
          [](const Features& f) { return f.preserves_nan_f32; }},
    Entry{4467, "RoundingModeRTE", "rounding to nearest even on request",
          [](const Features& f) { return f.rounds_to_even_f32; }},
    Entry{4468, "RoundingModeRTZ", "rounding to zero on request",
          [](const Features& f) { return f.demote_denormals_control; }},
    Entry{4472, "RayQueryKHR", "ray queries", never},
    Entry{4479, "RayTracingKHR", "ray tracing", never},
    Entry{5055, "ShaderClockKHR", "shader clocks", [](const Features& f) { return f.shader_clock; }},
    Entry{5116, "BFloat16TypeKHR", "bfloat16", [](const Features& f) { return f.bf16; }},
    Entry{5117, "BFloat16DotProductKHR", "bfloat16 dot products", [](const Features& f) { return f.bf16; }},
    Entry{5118, "BFloat16CooperativeMatrixKHR", "bfloat16 cooperative matrices",
          [](const Features& f) { return f.bf16 && !f.cooperative_matrices.empty(); }},
    Entry{5283, "MeshShadingEXT", "mesh shaders", never},
    Entry{5288, "ComputeDerivativeGroupQuadsNV", "derivatives in compute shaders", never},
    Entry{5297, "GroupNonUniformPartitionedNV", "partitioned subgroup operations",
          [](const Features& f) { return f.subgroup.partitioned; }},
    Entry{5301, "ShaderNonUniform", "non-uniform indices into arrays of bindings", never},
    Entry{5302, "RuntimeDescriptorArray", "arrays of bindings", never},
    Entry{5345, "VulkanMemoryModel", "the Vulkan memory model", [](const Features& f) { return f.memory_model; }},
    Entry{5346, "VulkanMemoryModelDeviceScope", "device scope in the Vulkan memory model",
          [](const Features& f) { return f.memory_model_device_scope; }},
    Entry{5347, "PhysicalStorageBufferAddresses", "buffer addresses",
          [](const Features& f) { return f.buffer_address; }},
    Entry{5350, "ComputeDerivativeGroupLinearNV", "derivatives in compute shaders", never},
    Entry{5357, "CooperativeMatrixNV", "NVIDIA's first cooperative matrices (use GL_KHR_cooperative_matrix)", never},
    Entry{5379, "DemoteToHelperInvocation", "fragment shaders", never},
    Entry{5612, "AtomicFloat32MinMaxEXT", "minima and maxima of 32-bit floats by atomics",
          [](const Features& f) { return f.atomic_f32_min_max || f.shared_atomic_f32_min_max; }},
    Entry{5613, "AtomicFloat64MinMaxEXT", "minima and maxima of 64-bit floats by atomics", never},
    Entry{5616, "AtomicFloat16MinMaxEXT", "minima and maxima of 16-bit floats by atomics", never},
    Entry{5629, "ExpectAssumeKHR", "expectations and assumptions", [](const Features& f) { return f.expect_assume; }},
    Entry{6016, "DotProductInputAll", "integer dot products", [](const Features& f) { return f.integer_dot; }},
    Entry{6017, "DotProductInput4x8Bit", "integer dot products", [](const Features& f) { return f.integer_dot; }},
    Entry{6018, "DotProductInput4x8BitPacked", "integer dot products", [](const Features& f) { return f.integer_dot; }},
    Entry{6019, "DotProduct", "integer dot products", [](const Features& f) { return f.integer_dot; }},
    Entry{6022, "CooperativeMatrixKHR", "cooperative matrices",
          [](const Features& f) { return !f.cooperative_matrices.empty(); }},
    Entry{6026, "GroupNonUniformRotateKHR", "subgroup rotation", [](const Features& f) { return f.subgroup.rotate; }},
    Entry{6033, "AtomicFloat32AddEXT", "additions of 32-bit floats by atomics",
          [](const Features& f) { return f.atomic_f32_add || f.shared_atomic_f32_add; }},
    Entry{6034, "AtomicFloat64AddEXT", "additions of 64-bit floats by atomics",
          [](const Features& f) { return f.atomic_f64_add || f.shared_atomic_f64_add; }},
    Entry{6095, "AtomicFloat16AddEXT", "additions of 16-bit floats by atomics",
          [](const Features& f) { return f.atomic_f16_add; }},
    entry(Feature::extended_subgroup_types, "shaderSubgroupExtendedTypes",
          "subgroup operations on 8-, 16- or 64-bit integers or 16-bit floats",
          [](const Features& f) { return f.subgroup.extended_types; }),
    entry(Feature::buffer_float32_atomics, "shaderBufferFloat32Atomics",
          "atomic loads, stores or exchanges of 32-bit floats in buffers",
          [](const Features& f) { return f.atomic_f32; }),
    entry(Feature::shared_float32_atomics, "shaderSharedFloat32Atomics",
          "atomic loads, stores or exchanges of 32-bit floats in shared memory",
          [](const Features& f) { return f.shared_atomic_f32; }),
    entry(Feature::float64_atomics, "shaderBufferFloat64Atomics",
          "atomic loads, stores or exchanges of 16- or 64-bit floats", never),
};

static_assert(std::is_sorted(kCapabilities.begin(), kCapabilities.end(),
                             [](const Entry& a, const Entry& b) { return a.number < b.number; }));

const Entry* find(u32 capability) {
    const auto at = std::lower_bound(kCapabilities.begin(), kCapabilities.end(), capability,
                                     [](const Entry& entry, u32 number) { return entry.number < number; });
    return at != kCapabilities.end() && at->number == capability ? &*at : nullptr;
}

bool is_feature(u32 number) { return number >= static_cast<u32>(Feature::extended_subgroup_types); }

std::string version_text(u32 version) {
    return std::to_string(version >> 16) + '.' + std::to_string(version >> 8 & 0xff);
}

/// Reads what instructions need beyond capabilities off their types.
class Needs {
public:
    explicit Needs(const Code& code) : code_(code) {}

    void look_at(const Inst& inst) {
        switch (inst.op()) {
            case Op::Capability:
                needs_.push_back({inst[1], capability_name(inst[1])});
                break;
            case Op::AtomicExchange:
            case Op::AtomicLoad:
                note_atomic(inst[1], inst[3]);
                break;
            case Op::AtomicStore:
                note_atomic(code_.type_of(inst[4]), inst[1]);
                break;
            case Op::GroupNonUniformAllEqual:
                note_subgroup(code_.type_of(inst[4]));
                break;
            default:
                if ((inst.op() >= Op::GroupNonUniformElect && inst.op() <= Op::GroupNonUniformQuadSwap) ||
                    inst.op() == Op::GroupNonUniformRotateKHR)
                    note_subgroup(inst[1]);
                break;
        }
    }
    [[nodiscard]] std::vector<Requirement> take() { return std::move(needs_); }

private:
    using Op = spv::Op;

    void note(Feature feature) {
        const auto number = static_cast<u32>(feature);
        const bool is_known = std::any_of(needs_.begin(), needs_.end(),
                                          [&](const Requirement& known) { return known.capability == number; });
        if (!is_known) needs_.push_back({number, capability_name(number)});
    }
    void note_atomic(Id type, Id pointer) {
        const Inst number = code_.definition(type), place = code_.definition(code_.type_of(pointer));
        if (number.op() != Op::TypeFloat || !place) return;
        if (number[2] != 32) note(Feature::float64_atomics);
        else if (static_cast<spv::Storage>(place[2]) == spv::Storage::Workgroup) note(Feature::shared_float32_atomics);
        else note(Feature::buffer_float32_atomics);
    }
    void note_subgroup(Id type) {
        Inst scalar = code_.definition(type);
        if (scalar.op() == Op::TypeVector) scalar = code_.definition(scalar[2]);
        if ((scalar.op() == Op::TypeInt && scalar[2] != 32) || (scalar.op() == Op::TypeFloat && scalar[2] == 16))
            note(Feature::extended_subgroup_types);
    }

    const Code& code_;
    std::vector<Requirement> needs_;
};

}  // namespace

std::vector<Requirement> requirements_of(const Code& code) {
    Needs needs(code);
    for (std::size_t at = code.first(); at < code.size();) {
        const Inst inst = code.at(static_cast<u32>(at));
        needs.look_at(inst);
        at += inst.size();
    }
    return needs.take();
}

std::string capability_name(u32 capability) {
    const Entry* entry = find(capability);
    return entry != nullptr ? entry->name : std::to_string(capability);
}

std::string missing_requirement(const Interface& interface, const Capabilities& capabilities) {
    if (capabilities.limits.spirv_version == 0) return "it is SPIR-V, which this device does not take";
    if (interface.spirv_version > capabilities.limits.spirv_version) {
        return "it is SPIR-V " + version_text(interface.spirv_version) + ", and this device takes SPIR-V up to " +
               version_text(capabilities.limits.spirv_version);
    }
    for (const Requirement& requirement : interface.requirements) {
        const Entry* entry = find(requirement.capability);
        if (entry == nullptr) return "it needs SPIR-V capability " + requirement.name + ", which alkomp does not know";
        if (!entry->has(capabilities.features))
            return "it needs " + std::string(entry->human) +
                   (is_feature(entry->number) ? " (Vulkan feature " : " (SPIR-V capability ") + entry->name +
                   "), which this device lacks";
    }
    return {};
}

}  // namespace alkomp::read
