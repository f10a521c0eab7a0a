// SPDX-License-Identifier: MIT OR Apache-2.0
// Structs and values that are newer than the oldest Vulkan headers alkomp builds with (1.3.239).
// Source: the Vulkan registry, vk.xml 1.4.
#pragma once

#include "backend/vulkan/functions.h"

namespace alkomp::backend::vulkan {

struct CooperativeMatrixFeatures {  // VK_KHR_cooperative_matrix
    static constexpr auto kType = static_cast<VkStructureType>(1000506000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 cooperativeMatrix = VK_FALSE;
    VkBool32 cooperativeMatrixRobustBufferAccess = VK_FALSE;
};

struct CooperativeMatrixProperties {
    static constexpr auto kType = static_cast<VkStructureType>(1000506001);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    u32 MSize = 0, NSize = 0, KSize = 0;
    u32 AType = 0, BType = 0, CType = 0, ResultType = 0;  ///< VkComponentTypeKHR
    VkBool32 saturatingAccumulation = VK_FALSE;
    u32 scope = 0;  ///< VkScopeKHR
};

struct CooperativeMatrixStages {
    static constexpr auto kType = static_cast<VkStructureType>(1000506002);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkShaderStageFlags cooperativeMatrixSupportedStages = 0;
};

enum ComponentType : u32 {  // VkComponentTypeKHR
    kComponentF16 = 0,
    kComponentF32 = 1,
    kComponentF64 = 2,
    kComponentI8 = 3,
    kComponentI16 = 4,
    kComponentI32 = 5,
    kComponentI64 = 6,
    kComponentU8 = 7,
    kComponentU16 = 8,
    kComponentU32 = 9,
    kComponentU64 = 10,
    kComponentBf16 = 1000141000,
};
inline constexpr u32 kScopeWorkgroup = 2, kScopeSubgroup = 3;  // VkScopeKHR

struct Bfloat16Features {  // VK_KHR_shader_bfloat16
    static constexpr auto kType = static_cast<VkStructureType>(1000141000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 shaderBFloat16Type = VK_FALSE;
    VkBool32 shaderBFloat16DotProduct = VK_FALSE;
    VkBool32 shaderBFloat16CooperativeMatrix = VK_FALSE;
};

struct SubgroupRotateFeatures {  // VK_KHR_shader_subgroup_rotate, core in 1.4
    static constexpr auto kType = static_cast<VkStructureType>(1000416000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 shaderSubgroupRotate = VK_FALSE;
    VkBool32 shaderSubgroupRotateClustered = VK_FALSE;
};

struct MaximalReconvergenceFeatures {  // VK_KHR_shader_maximal_reconvergence
    static constexpr auto kType = static_cast<VkStructureType>(1000434000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 shaderMaximalReconvergence = VK_FALSE;
};

struct FloatControls2Features {  // VK_KHR_shader_float_controls2, core in 1.4
    static constexpr auto kType = static_cast<VkStructureType>(1000528000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 shaderFloatControls2 = VK_FALSE;
};

struct ExpectAssumeFeatures {  // VK_KHR_shader_expect_assume, core in 1.4
    static constexpr auto kType = static_cast<VkStructureType>(1000544000);
    VkStructureType sType = kType;
    void* pNext = nullptr;
    VkBool32 shaderExpectAssume = VK_FALSE;
};

inline constexpr u32 kVersion1_4 = VK_MAKE_API_VERSION(0, 1, 4, 0);

// VK_KHR_portability_subset: header only with the beta extensions; the name is all that is needed.
inline constexpr const char* kPortabilitySubset = "VK_KHR_portability_subset";

}  // namespace alkomp::backend::vulkan
