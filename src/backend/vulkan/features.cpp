// SPDX-License-Identifier: MIT OR Apache-2.0
// Links, selects and names device features.
#include "backend/vulkan/features.h"

#include <algorithm>
#include <initializer_list>

namespace alkomp::backend::vulkan {
namespace {

constexpr u32 header_1_3(u32 patch) { return VK_MAKE_API_VERSION(0, 1, 3, patch); }

/// Copies the named members.
template <class S>
void keep(const S& from, S& to, std::initializer_list<VkBool32 S::*> members) {
    for (const auto member : members) to.*member = from.*member;
}

/// Puts `structure` behind `head`.
void hang(void* head, void* structure) {
    auto* first = static_cast<VkBaseOutStructure*>(head);
    auto* next = static_cast<VkBaseOutStructure*>(structure);
    next->pNext = first->pNext;
    first->pNext = next;
}

}  // namespace

bool Support::extension(std::string_view name) const {
    return std::any_of(extensions.begin(), extensions.end(),
                       [&](const VkExtensionProperties& e) { return name == e.extensionName; });
}

FeatureChain::FeatureChain() {
    core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    synchronization2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES;
    maintenance4.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES;
    subgroup_size.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
    integer_dot.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    zero_workgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ZERO_INITIALIZE_WORKGROUP_MEMORY_FEATURES;
    robustness2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ROBUSTNESS_2_FEATURES_EXT;
    pipeline_robustness.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_ROBUSTNESS_FEATURES_EXT;
    atomic_float.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_ATOMIC_FLOAT_FEATURES_EXT;
    atomic_float2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_ATOMIC_FLOAT_2_FEATURES_EXT;
    clock.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CLOCK_FEATURES_KHR;
    workgroup_layout.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_WORKGROUP_MEMORY_EXPLICIT_LAYOUT_FEATURES_KHR;
    uniform_control_flow.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SUBGROUP_UNIFORM_CONTROL_FLOW_FEATURES_KHR;
}

std::vector<FeatureChain::Entry> FeatureChain::entries() {
    return {
        {&v11, VK_API_VERSION_1_2, 0, {}},
        {&v12, VK_API_VERSION_1_2, 0, {}},
        {&synchronization2, VK_API_VERSION_1_3, 0, {"VK_KHR_synchronization2"}},
        {&maintenance4, VK_API_VERSION_1_3, 0, {"VK_KHR_maintenance4"}},
        {&subgroup_size, VK_API_VERSION_1_3, 0, {"VK_EXT_subgroup_size_control"}},
        {&integer_dot, VK_API_VERSION_1_3, 0, {"VK_KHR_shader_integer_dot_product"}},
        {&zero_workgroup, VK_API_VERSION_1_3, 0, {"VK_KHR_zero_initialize_workgroup_memory"}},
        {&robustness2, 0, 0, {"VK_EXT_robustness2", "VK_KHR_robustness2"}},
        {&pipeline_robustness, kVersion1_4, 0, {"VK_EXT_pipeline_robustness"}},
        {&atomic_float, 0, 0, {"VK_EXT_shader_atomic_float"}},
        {&atomic_float2, 0, 0, {"VK_EXT_shader_atomic_float2"}},
        {&clock, 0, 0, {"VK_KHR_shader_clock"}},
        {&workgroup_layout, 0, 0, {"VK_KHR_workgroup_memory_explicit_layout"}},
        {&uniform_control_flow, 0, 0, {"VK_KHR_shader_subgroup_uniform_control_flow"}},
        {&cooperative, 0, header_1_3(255), {"VK_KHR_cooperative_matrix"}},
        {&bfloat16, 0, VK_MAKE_API_VERSION(0, 1, 4, 311), {"VK_KHR_shader_bfloat16"}},
        {&rotate, kVersion1_4, header_1_3(276), {"VK_KHR_shader_subgroup_rotate"}},
        {&reconvergence, 0, header_1_3(276), {"VK_KHR_shader_maximal_reconvergence"}},
        {&float_controls2, kVersion1_4, header_1_3(276), {"VK_KHR_shader_float_controls2"}},
        {&expect_assume, kVersion1_4, header_1_3(276), {"VK_KHR_shader_expect_assume"}},
    };
}

void FeatureChain::link(const Support& support) {
    for (const Entry& entry : entries()) {
        const bool core_has = entry.core_since && support.core(entry.core_since);
        const bool extension_has = std::any_of(std::begin(entry.names), std::end(entry.names),
                                               [&](const char* name) { return name && support.extension(name); });
        if ((core_has || extension_has) && entry.known_since <= support.layer_version) hang(&core, entry.structure);
    }
}

void FeatureChain::add_extensions(const Support& support, std::vector<const char*>& out) {
    for (const Entry& entry : entries()) {
        bool linked = false;
        for (auto* s = static_cast<VkBaseOutStructure*>(core.pNext); s; s = s->pNext) linked |= s == entry.structure;
        if (!linked) continue;
        for (const char* name : entry.names) {
            if (!name || !support.extension(name)) continue;
            out.push_back(name);
            break;
        }
    }
}

void FeatureChain::select(const FeatureChain& supported, bool robust) {
    using F = VkPhysicalDeviceFeatures;
    keep(supported.core.features, core.features, {&F::shaderFloat64, &F::shaderInt64, &F::shaderInt16});
    using A = VkPhysicalDeviceVulkan11Features;
    keep(supported.v11, v11,
         {&A::storageBuffer16BitAccess, &A::uniformAndStorageBuffer16BitAccess, &A::storagePushConstant16,
          &A::variablePointers, &A::variablePointersStorageBuffer});
    using B = VkPhysicalDeviceVulkan12Features;
    keep(supported.v12, v12,
         {&B::storageBuffer8BitAccess, &B::uniformAndStorageBuffer8BitAccess, &B::storagePushConstant8,
          &B::shaderBufferInt64Atomics, &B::shaderSharedInt64Atomics, &B::shaderFloat16, &B::shaderInt8,
          &B::scalarBlockLayout, &B::uniformBufferStandardLayout, &B::shaderSubgroupExtendedTypes, &B::hostQueryReset,
          &B::timelineSemaphore, &B::bufferDeviceAddress, &B::vulkanMemoryModel, &B::vulkanMemoryModelDeviceScope});
    synchronization2.synchronization2 = supported.synchronization2.synchronization2;
    maintenance4.maintenance4 = supported.maintenance4.maintenance4;
    using G = VkPhysicalDeviceSubgroupSizeControlFeatures;
    keep(supported.subgroup_size, subgroup_size, {&G::subgroupSizeControl, &G::computeFullSubgroups});
    integer_dot.shaderIntegerDotProduct = supported.integer_dot.shaderIntegerDotProduct;
    zero_workgroup.shaderZeroInitializeWorkgroupMemory = supported.zero_workgroup.shaderZeroInitializeWorkgroupMemory;
    if (robust) {
        core.features.robustBufferAccess = supported.core.features.robustBufferAccess;
        robustness2.robustBufferAccess2 = supported.robustness2.robustBufferAccess2;
    }
    pipeline_robustness.pipelineRobustness = supported.pipeline_robustness.pipelineRobustness;
    using C = VkPhysicalDeviceShaderAtomicFloatFeaturesEXT;
    keep(supported.atomic_float, atomic_float,
         {&C::shaderBufferFloat32Atomics, &C::shaderBufferFloat32AtomicAdd, &C::shaderBufferFloat64AtomicAdd,
          &C::shaderSharedFloat32Atomics, &C::shaderSharedFloat32AtomicAdd, &C::shaderSharedFloat64AtomicAdd});
    using D = VkPhysicalDeviceShaderAtomicFloat2FeaturesEXT;
    keep(supported.atomic_float2, atomic_float2,
         {&D::shaderBufferFloat16AtomicAdd, &D::shaderBufferFloat32AtomicMinMax, &D::shaderSharedFloat32AtomicMinMax});
    using E = VkPhysicalDeviceShaderClockFeaturesKHR;
    keep(supported.clock, clock, {&E::shaderSubgroupClock, &E::shaderDeviceClock});
    using W = VkPhysicalDeviceWorkgroupMemoryExplicitLayoutFeaturesKHR;
    keep(supported.workgroup_layout, workgroup_layout,
         {&W::workgroupMemoryExplicitLayout, &W::workgroupMemoryExplicitLayoutScalarBlockLayout,
          &W::workgroupMemoryExplicitLayout8BitAccess, &W::workgroupMemoryExplicitLayout16BitAccess});
    uniform_control_flow.shaderSubgroupUniformControlFlow =
        supported.uniform_control_flow.shaderSubgroupUniformControlFlow;
    // A cooperative matrix needs the memory model in every kernel that uses it.
    if (v12.vulkanMemoryModel) cooperative.cooperativeMatrix = supported.cooperative.cooperativeMatrix;
    if (robust && cooperative.cooperativeMatrix) {
        cooperative.cooperativeMatrixRobustBufferAccess = supported.cooperative.cooperativeMatrixRobustBufferAccess;
    }
    bfloat16.shaderBFloat16Type = supported.bfloat16.shaderBFloat16Type;
    bfloat16.shaderBFloat16DotProduct = supported.bfloat16.shaderBFloat16DotProduct;
    if (cooperative.cooperativeMatrix) {
        bfloat16.shaderBFloat16CooperativeMatrix = supported.bfloat16.shaderBFloat16CooperativeMatrix;
    }
    using R = SubgroupRotateFeatures;
    keep(supported.rotate, rotate, {&R::shaderSubgroupRotate, &R::shaderSubgroupRotateClustered});
    reconvergence.shaderMaximalReconvergence = supported.reconvergence.shaderMaximalReconvergence;
    float_controls2.shaderFloatControls2 = supported.float_controls2.shaderFloatControls2;
    expect_assume.shaderExpectAssume = supported.expect_assume.shaderExpectAssume;
}

PropertyChain::PropertyChain() {
    core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES;
    v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES;
    maintenance4.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES;
    subgroup_size.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES;
    integer_dot.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES;
    push_descriptor.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PUSH_DESCRIPTOR_PROPERTIES_KHR;
    host_memory.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT;
    sm_nv.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV;
    cores_amd.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_PROPERTIES_2_AMD;
    cores_arm.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_BUILTINS_PROPERTIES_ARM;
}

void PropertyChain::link(const Support& s) {
    const auto hang_if = [&](bool condition, void* structure) {
        if (condition) hang(&core, structure);
    };
    hang_if(true, &v11);
    hang_if(true, &v12);
    hang_if(s.core(VK_API_VERSION_1_3) || s.extension("VK_KHR_maintenance4"), &maintenance4);
    hang_if(s.core(VK_API_VERSION_1_3) || s.extension("VK_EXT_subgroup_size_control"), &subgroup_size);
    hang_if(s.core(VK_API_VERSION_1_3) || s.extension("VK_KHR_shader_integer_dot_product"), &integer_dot);
    hang_if(s.extension(VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME), &push_descriptor);
    hang_if(s.extension(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME), &host_memory);
    hang_if(s.extension(VK_NV_SHADER_SM_BUILTINS_EXTENSION_NAME), &sm_nv);
    hang_if(s.extension(VK_AMD_SHADER_CORE_PROPERTIES_2_EXTENSION_NAME), &cores_amd);
    hang_if(s.extension(VK_ARM_SHADER_CORE_BUILTINS_EXTENSION_NAME), &cores_arm);
    hang_if(s.extension("VK_KHR_cooperative_matrix") && s.layer_version >= header_1_3(255), &cooperative);
}

}  // namespace alkomp::backend::vulkan
