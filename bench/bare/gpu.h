// SPDX-License-Identifier: MIT OR Apache-2.0
// The bare-Vulkan floor: direct calls, nothing between the program and the driver. What alkomp is
// measured against, so it does each thing in the fastest way known and checks only for failure.
#pragma once

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bare {

// Every device function used, by name without `vk`.
// clang-format off
#define BARE_DEVICE_FUNCTIONS(F)                                                                         \
    F(AllocateCommandBuffers) F(AllocateMemory) F(BeginCommandBuffer) F(BindBufferMemory)                \
    F(CmdBindPipeline) F(CmdCopyBuffer) F(CmdDispatch) F(CmdFillBuffer) F(CmdPipelineBarrier)            \
    F(CmdPushConstants) F(CmdPushDescriptorSetWithTemplateKHR) F(CmdResetQueryPool) F(CmdWriteTimestamp) \
    F(CreateBuffer) F(CreateCommandPool) F(CreateComputePipelines) F(CreateDescriptorSetLayout)          \
    F(CreateDescriptorUpdateTemplate) F(CreateFence) F(CreatePipelineCache) F(CreatePipelineLayout)      \
    F(CreateQueryPool) F(CreateSemaphore) F(CreateShaderModule) F(DestroyBuffer) F(DestroyCommandPool)   \
    F(DestroyDescriptorSetLayout) F(DestroyDescriptorUpdateTemplate) F(DestroyDevice) F(DestroyFence)    \
    F(DestroyPipeline) F(DestroyPipelineCache) F(DestroyPipelineLayout) F(DestroyQueryPool)              \
    F(DestroySemaphore) F(DestroyShaderModule) F(DeviceWaitIdle) F(EndCommandBuffer) F(FreeMemory)       \
    F(GetBufferMemoryRequirements) F(GetDeviceQueue) F(GetFenceStatus)                                   \
    F(GetMemoryHostPointerPropertiesEXT) F(GetPipelineCacheData) F(GetQueryPoolResults)                  \
    F(GetSemaphoreCounterValue) F(MapMemory) F(QueueSubmit) F(QueueWaitIdle) F(ResetCommandPool)         \
    F(ResetFences) F(WaitForFences) F(WaitSemaphores)
// clang-format on

struct DeviceTable {
#define F(name) PFN_vk##name name = nullptr;
    BARE_DEVICE_FUNCTIONS(F)
#undef F
};

inline void check(VkResult result, const char* what) {
    if (result != VK_SUCCESS)
        throw std::runtime_error(std::string(what) + ": VkResult " + std::to_string(static_cast<int>(result)) + ".");
}

/// A zeroed structure of Vulkan with its type set.
template <class T>
[[nodiscard]] T typed(VkStructureType type) {
    T made{};
    made.sType = type;
    return made;
}

/// Where a buffer lives.
enum class Home {
    device,    ///< the device's own memory
    cached,    ///< host memory that the CPU caches
    uncached,  ///< host memory, write-combined
    visible,   ///< the device's own memory, mapped: a large BAR, or a CPU device
};

struct Buffer {
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    uint64_t size_bytes = 0;
    std::byte* host = nullptr;  ///< mapped, unless `Home::device`
};

struct Pipeline {
    VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorUpdateTemplate update = VK_NULL_HANDLE;
    VkPipeline pipeline = VK_NULL_HANDLE;
};

struct Options {
    std::string device;   ///< place, or a part of the name; empty: the first discrete one, else the first
    bool robust = false;  ///< robustBufferAccess, and robustBufferAccess2 where there is such a thing
};

/// The loader, one adapter, one device and its queues.
class Gpu {
public:
    explicit Gpu(const Options& options = {});
    ~Gpu();
    Gpu(const Gpu&) = delete;
    Gpu& operator=(const Gpu&) = delete;

    [[nodiscard]] bool has(Home home) const;
    [[nodiscard]] Buffer buffer(uint64_t size_bytes, Home home) const;
    /// Takes the caller's pages, aligned to `import_alignment`, as a buffer.
    [[nodiscard]] Buffer import(void* host, uint64_t size_bytes) const;
    void free(Buffer& buffer) const;

    /// Storage buffers at bindings 0 to `bindings` - 1, one u32 of push constants.
    [[nodiscard]] Pipeline pipeline(std::span<const uint32_t> spirv, uint32_t bindings,
                                    const uint32_t* constant = nullptr, VkPipelineCache cache = VK_NULL_HANDLE) const;
    void free(Pipeline& pipeline) const;

    DeviceTable vk;
    VkPhysicalDeviceProperties properties{};
    std::string driver;
    VkPhysicalDeviceMemoryProperties memory{};
    VkDevice device = VK_NULL_HANDLE;
    uint32_t compute_family = 0, transfer_family = 0;  ///< equal where there is no copy engine
    VkQueue compute = VK_NULL_HANDLE, transfer = VK_NULL_HANDLE;
    uint64_t import_alignment = 0;  ///< 0: host memory cannot be imported

private:
    void choose(const std::string& wanted);
    void open(bool robust);
    [[nodiscard]] int memory_type(uint32_t allowed, Home home) const;
    [[nodiscard]] VkBuffer make_buffer(uint64_t size_bytes, const void* next) const;

    void* library_ = nullptr;
    PFN_vkGetInstanceProcAddr get_instance_ = nullptr;
    VkInstance instance_ = VK_NULL_HANDLE;
    VkPhysicalDevice physical_ = VK_NULL_HANDLE;
    PFN_vkDestroyInstance destroy_instance_ = nullptr;
};

/// A command pool with one command buffer and one fence.
class Commands {
public:
    Commands(const Gpu& gpu, uint32_t family);
    ~Commands();
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    /// Starts anew. `flags` 0 allows submitting again once done.
    void begin(VkCommandBufferUsageFlags flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT) const;
    void end() const;
    void submit(VkQueue queue) const;  ///< signals `fence`
    void wait() const;                 ///< for `fence`, and resets it
    void run(VkQueue queue) const {
        submit(queue);
        wait();
    }

    VkCommandBuffer list = VK_NULL_HANDLE;
    VkFence fence = VK_NULL_HANDLE;

private:
    const Gpu& gpu_;
    VkCommandPool pool_ = VK_NULL_HANDLE;
};

/// Timestamps around a stretch of one command buffer.
class Stopwatch {
public:
    explicit Stopwatch(const Gpu& gpu);
    ~Stopwatch();
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;
    void start(VkCommandBuffer list) const;
    void stop(VkCommandBuffer list) const;
    [[nodiscard]] double seconds() const;  ///< of the last submission, which is done

private:
    const Gpu& gpu_;
    VkQueryPool pool_ = VK_NULL_HANDLE;
};

/// Everything before is done and visible to everything after, for compute and copies.
void barrier(const Gpu& gpu, VkCommandBuffer list);
/// The same between dispatches only.
void compute_barrier(const Gpu& gpu, VkCommandBuffer list);
/// Binds buffers to bindings 0, 1, ... of a pipeline.
void bind(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, std::span<const VkBuffer> buffers);
/// Sets the scalar and dispatches. Pipeline and buffers are bound by the caller.
void dispatch(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, uint32_t scalar, uint32_t groups_x,
              uint32_t groups_y = 1);
/// A call with everything in it.
void call(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, std::span<const VkBuffer> buffers,
          uint32_t scalar, uint32_t groups_x, uint32_t groups_y = 1);

}  // namespace bare
