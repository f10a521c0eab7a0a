// SPDX-License-Identifier: MIT OR Apache-2.0
// The queues of a device: work handed to them, what of it is done, and their clock.
#pragma once

#include "backend/vulkan/record.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace alkomp::backend::vulkan {

/// Turns the ticks of GPU timestamps into ns, and finds the host time that belongs to them: by
/// calibrated timestamps, else from when work with timestamps was submitted and found done.
class TickClock {
public:
    explicit TickClock(Core& core) : core_(core) {}
    void start();
    [[nodiscard]] u64 to_ns(u64 ticks);
    /// Work that was submitted and found done at these host times wrote these device times.
    void observe(u64 submitted_host_ns, u64 done_host_ns, u64 first_device_ns, u64 last_device_ns);
    [[nodiscard]] Device::ClockPair read();
    [[nodiscard]] bool calibrated() const noexcept { return calibrated_; }

private:
    [[nodiscard]] u64 extend_to_ns(u64 ticks);

    Core& core_;
    bool calibrated_ = false;
    u64 mask_ = ~u64{0};
    std::mutex mutex_;
    bool seen_ = false;
    u64 last_ticks_ = 0;                            ///< as the device counts, within `mask_`
    i64 since_base_ = 0;                            ///< ticks from the first reading to `last_ticks_`
    i64 least_offset_ns_ = 0, most_offset_ns_ = 0;  ///< host time minus device time lies between
    bool observed_ = false;
};

struct InFlight {
    u64 value = 0;
    VkFence fence = VK_NULL_HANDLE;
    Recording* recording = nullptr;  ///< null when only a recorded list was submitted
    u64 submitted_host_ns = 0;       ///< only with timestamps
};

struct Queue {
    VkQueue handle = VK_NULL_HANDLE;
    FamilyUse family;
    VkSemaphore semaphore = VK_NULL_HANDLE;  ///< counts this queue's submissions for other queues
    u64 signaled = 0;                        ///< the highest value that it will reach without more ado
    u32 signals_left = 0;                    ///< submissions that signal it, since other queues have waited lately
    std::atomic<u64> submitted{0};
    std::atomic<u64> reported{0};         ///< written by `poll` alone
    VkFence last_fence = VK_NULL_HANDLE;  ///< of the last submission
    Order order;
    Recording* host_barrier = nullptr;
    // Guarded by Queues::mutex_:
    std::deque<InFlight> flight;
    std::vector<Recording*> idle;  ///< done, for new commands
    std::vector<VkFence> fences;   ///< signaled, for new submissions
};

class Queues {
public:
    Queues(Core& core, Memory& memory) : core_(core), memory_(memory), clock_(core) {}
    Status start();
    void destroy() noexcept;
    /// True when the device has nothing left to do; never waits.
    [[nodiscard]] bool idle();

    Status record(u32 queue, std::span<const Command> commands, RecordedId& out);
    void release(RecordedId id);
    Pending submit(const Submission& submission);
    void poll(std::vector<Completion>& out, u64 limit_ns);
    [[nodiscard]] Device::ClockPair clock() { return clock_.read(); }
    [[nodiscard]] const std::vector<std::unique_ptr<Queue>>& all() const noexcept { return queues_; }

private:
    /// What goes into one vkQueueSubmit.
    struct Batch {
        std::array<VkCommandBuffer, 3> commands{};
        u32 count = 0;
        std::vector<u64> wait_values;  ///< by queue; 0: no wait
    };
    Status start_queue(Queue& queue, const FamilyUse& family, u32 index);
    Status make_recording(u32 queue, Recording*& out);
    Status take_recording(u32 queue, Recording*& out);
    void put_back(Recording* recording);
    Status encode(u32 queue, const Submission& submission, Recording*& out);
    Status gather_waits(const Submission& submission);
    Status take_fence(Queue& queue, VkFence& out);
    void give_fence(Queue& queue, VkFence fence);
    /// Submits `batch_`; signals `fence` if there is one, and `value` on the semaphore unless it is 0.
    Status hand_over(Queue& queue, u64 value, VkFence fence);
    VkResult submit1(Queue& queue, u64 value, VkFence fence);
    VkResult submit2(Queue& queue, u64 value, VkFence fence);

    bool collect(std::vector<Completion>& out);
    void complete(Queue& queue, u32 index, std::vector<Completion>& out);
    [[nodiscard]] VkFence oldest_fence(Queue& queue);
    void read_timestamps(const InFlight& done, std::vector<u64>& out);
    bool report_lost(std::vector<Completion>& out);
    [[nodiscard]] bool open() const noexcept;
    void wait(u64 limit_ns);

    Core& core_;
    Memory& memory_;
    TickClock clock_;
    std::vector<std::unique_ptr<Queue>> queues_;
    Registry<Recording> recordings_;
    std::mutex mutex_;
    // Room that is used again from call to call.
    Batch batch_;
    std::vector<VkDescriptorBufferInfo> scratch_;
    std::vector<VkSemaphoreSubmitInfo> waits2_;
    std::vector<VkSemaphore> wait_semaphores_;
    std::vector<u64> wait_values_;
    std::vector<VkPipelineStageFlags> wait_stages_;
    // ... of `poll`.
    std::vector<InFlight> done_;
    std::vector<VkFence> poll_fences_;
};

}  // namespace alkomp::backend::vulkan
