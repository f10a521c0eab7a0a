// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels: pipelines, their layouts, and how their buffers are bound.
#pragma once

#include "backend/vulkan/core.h"

#include <span>
#include <vector>

namespace alkomp::backend::vulkan {

/// One descriptor set that a kernel uses. Its bindings are a run of Interface::bindings.
struct SetUse {
    u32 set = 0;
    u32 first = 0, count = 0;  ///< of the kernel's bindings
    u32 storage_buffers = 0, uniform_buffers = 0;
    VkDescriptorSetLayout layout = VK_NULL_HANDLE;  ///< owned by Kernel::layouts
};

struct Kernel {
    VkPipeline pipeline = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    bool pushes_descriptors = false;  ///< its only set goes into the command buffer itself
    std::vector<SetUse> sets;
    std::vector<VkWriteDescriptorSet> writes;    ///< one per binding; set and buffer are filled in when bound
    std::vector<VkDescriptorSetLayout> layouts;  ///< by set number; those in between are empty
    std::size_t place = 0;
};

inline Kernel& from_id(KernelId id) noexcept { return *reinterpret_cast<Kernel*>(static_cast<std::uintptr_t>(id)); }

/// Wraps a driver's pipeline data so that damage shows. Drivers trust such data; nobody else should.
[[nodiscard]] std::vector<std::byte> seal_cache(std::span<const std::byte> driver_data);
/// The driver's data within a sealed cache; empty when it is damaged or belongs to another device.
[[nodiscard]] std::span<const std::byte> unseal_cache(std::span<const std::byte> sealed,
                                                      const VkPhysicalDeviceProperties& device);

class Pipelines {
public:
    explicit Pipelines(Core& core) : core_(core) {}
    void destroy() noexcept;

    Status compile(const KernelCode& code, const Interface& interface, KernelId& out, std::vector<std::byte>& cache);
    void release(KernelId id);

private:
    Status make_layouts(const Interface& interface, Kernel& kernel);
    Status make_set_layout(const Interface& interface, const SetUse& use, VkDescriptorSetLayoutCreateFlags flags,
                           VkDescriptorSetLayout& out);
    Status make_pipeline(const KernelCode& code, const Interface& interface, VkPipelineCache cache, Kernel& kernel);
    Status create_pipeline(const KernelCode& code, const Interface& interface, VkShaderModule module,
                           VkPipelineCache cache, Kernel& kernel);
    Status open_cache(std::span<const std::byte> cached, VkPipelineCache& out);
    Status read_cache(VkPipelineCache cache, std::span<const std::byte> known, std::vector<std::byte>& out);
    void destroy_kernel(Kernel& kernel) noexcept;

    Core& core_;
    Registry<Kernel> kernels_;
};

}  // namespace alkomp::backend::vulkan
