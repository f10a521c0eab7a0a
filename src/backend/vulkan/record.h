// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes commands into command buffers: binds what changed, and no barrier that is not needed.
#pragma once

#include "backend/vulkan/memory.h"
#include "backend/vulkan/pipeline.h"

#include <array>
#include <vector>

namespace alkomp::backend::vulkan {

/// Kinds of access that barriers tell apart, as bits.
using Kinds = u8;
inline constexpr Kinds kCompute = 1, kCopy = 2, kIndirect = 4, kAllKinds = 7;

/// What a queue's next commands must be ordered behind. A marked command orders all later ones behind
/// all earlier ones, but each kind of access needs its barrier only once something of that kind comes:
/// a chain of dispatches then pays for barriers between dispatches alone.
struct Order {
    Kinds since = 0;                ///< kinds used since the last marked command
    std::array<Kinds, 3> behind{};  ///< per kind to come: kinds that a barrier must still cover

    void mark() noexcept {
        for (Kinds& kinds : behind) kinds = static_cast<Kinds>(kinds | since);
        since = 0;
    }
};

/// What the queues of a family can do at all.
inline Kinds kinds_of(const FamilyUse& family) noexcept { return family.compute ? kAllKinds : kCopy; }

/// Descriptor sets for kernels that cannot push theirs. Grows; taken back all at once.
class DescriptorPools {
public:
    Status allocate(Core& core, const SetUse& use, VkDescriptorSet& out);
    Status reset(Core& core);
    void destroy(Core& core) noexcept;

private:
    struct Pool {
        VkDescriptorPool handle = VK_NULL_HANDLE;
        u32 sets = 0, storage = 0, uniform = 0;  ///< left
        u32 all_sets = 0, all_storage = 0, all_uniform = 0;
    };
    Status add(Core& core, const SetUse& use);
    VkResult take(Core& core, Pool& pool, const SetUse& use, VkDescriptorSet& out);

    std::vector<Pool> pools_;
    std::size_t current_ = 0;
};

/// Room for timestamps. The device copies them into memory that the CPU reads, since asking the query
/// pool itself waits on some drivers for whatever else the queue is doing; queues that only copy buffers
/// cannot do that.
struct TimestampPage {
    VkQueryPool pool = VK_NULL_HANDLE;
    BufferId results = BufferId::none;
    const u64* mapped = nullptr;  ///< null on queues that only copy buffers
};

/// A command buffer and what its commands need. Used again once its work is done.
struct Recording {
    u32 queue = 0;
    VkCommandPool pool = VK_NULL_HANDLE;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    DescriptorPools descriptors;
    std::vector<TimestampPage> pages;  ///< of kQueriesPerPool each
    u32 timestamps = 0;                ///< written by the commands
    Order order;                       ///< after the last command
    std::size_t place = 0;
};

inline constexpr u32 kQueriesPerPool = 256;

/// Makes an empty recording for queues of `family`. On failure nothing is left.
Status create_recording(Core& core, u32 family, Recording& out);
void destroy_recording(Core& core, Recording& recording) noexcept;
/// Makes a recording whose work is done ready for new commands.
Status reset_recording(Core& core, Recording& recording);

/// Writes one command buffer. Lives during one call of the seam: it remembers the caller's spans.
class Recorder {
public:
    Recorder(Core& core, Memory& memory, Recording& recording, const FamilyUse& family,
             std::vector<VkDescriptorBufferInfo>& scratch)
        : core_(core),
          memory_(memory),
          vk_(core.vk),
          recording_(recording),
          commands_(recording.commands),
          family_(family),
          scratch_(scratch) {}

    Status begin(VkCommandBufferUsageFlags usage);
    Status write(std::span<const Command> commands);
    /// Everything before is done and visible to everything after.
    void full_barrier();
    /// Makes results visible to the CPU.
    void host_barrier();
    Status end();

private:
    Status bind(Kernel& kernel, std::span<const BoundRange> bindings, std::span<const std::byte> scalars);
    Status bind_buffers(Kernel& kernel, std::span<const BoundRange> bindings);
    Status timestamp();
    Status add_page();
    void copy_timestamps();
    void order(Kinds kinds) {
        Order& o = recording_.order;
        Kinds behind = 0;
        for (u32 k = 0; k < 3; ++k) {
            if (kinds & (1u << k)) behind = static_cast<Kinds>(behind | o.behind[k]);
        }
        if (behind) barrier_to(kinds, behind);
        o.since = static_cast<Kinds>(o.since | kinds);
    }
    void barrier_to(Kinds kinds, Kinds behind);
    void barrier(VkPipelineStageFlags from, VkAccessFlags writes, VkPipelineStageFlags to, VkAccessFlags accesses);

    Core& core_;
    Memory& memory_;
    const DeviceFunctions& vk_;
    Recording& recording_;
    VkCommandBuffer commands_;
    const FamilyUse& family_;
    std::vector<VkDescriptorBufferInfo>& scratch_;
    // What is bound, as the caller gave it.
    const Kernel* kernel_ = nullptr;
    std::span<const BoundRange> bindings_;
    std::span<const std::byte> scalars_;
};

}  // namespace alkomp::backend::vulkan
