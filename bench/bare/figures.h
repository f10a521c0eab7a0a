// SPDX-License-Identifier: MIT OR Apache-2.0
// One class per figure; each call of a member is one sample, so that a caller can interleave it.
#pragma once

#include "gpu.h"

#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

namespace bare {

[[nodiscard]] inline double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// CPU seconds of the calling thread: what else the machine does is not in it.
[[nodiscard]] inline double thread_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Calls on a few words, each of which needs the one before.
class Launch {
public:
    enum class Between { nothing, memory_barrier, buffer_barrier };

    explicit Launch(const Gpu& gpu);
    ~Launch();

    /// CPU seconds to record one call in which all is new: two buffers, scalar, dispatch, barrier; the
    /// mean of `calls`, which swap the buffers.
    double record(uint32_t calls);
    /// The same with the submission of the whole batch in it.
    double record_and_submit(uint32_t calls);
    /// Device seconds per dispatch in a batch on one buffer, which is bound once.
    double dispatch(uint32_t calls, Between between = Between::memory_barrier);
    /// The same in host seconds, from the first recording to the end of the wait.
    double batch(uint32_t calls);

private:
    void swaps(uint32_t calls) const;
    void chain(uint32_t calls, Between between) const;
    const Gpu& gpu_;
    Commands commands_;
    Stopwatch watch_;
    Pipeline tiny_, word_;
    Buffer data_, other_;
};

/// One-workgroup kernels of a given length that touch a buffer each.
class Overlap {
public:
    Overlap(const Gpu& gpu, uint32_t kernels, double seconds_each);
    ~Overlap();
    /// Device seconds until all are done, without barriers between them.
    double run(bool barriers = false);
    /// Host seconds from the first recording to the end of the wait, without barriers.
    double batch();
    [[nodiscard]] uint32_t iterations() const { return iterations_; }
    [[nodiscard]] double one() const { return one_; }  ///< device seconds of one alone

private:
    double time(std::size_t kernels, uint32_t iterations, bool barriers);
    const Gpu& gpu_;
    Commands commands_;
    Stopwatch watch_;
    Pipeline spin_;
    std::vector<Buffer> data_;
    uint32_t iterations_ = 0;
    double one_ = 0;
};

/// One tiny call and the wait for it.
class Wait {
public:
    enum class How {
        fence_wait,
        fence_spin,
        timeline_wait,
        timeline_spin,
        queue_idle,
        word_by_kernel,  ///< the kernel writes a word that the CPU polls
        word_by_fill,    ///< a fill behind a barrier writes it
    };
    explicit Wait(const Gpu& gpu);
    ~Wait();
    /// Host seconds from the first Vulkan call to the CPU's knowing; `recorded` submits an old list again.
    double run(How how, bool recorded);
    [[nodiscard]] double last_submit() const { return last_submit_; }  ///< the part spent in vkQueueSubmit

private:
    void list(const Commands& commands, How how, VkCommandBufferUsageFlags flags, uint32_t value) const;
    void submit(const Commands& commands, How how);
    void wait(const Commands& commands, How how);
    const Gpu& gpu_;
    Commands fresh_;
    std::vector<std::unique_ptr<Commands>> kept_;  ///< one per `How`
    Pipeline tiny_, word_;
    Buffer data_, host_;
    VkSemaphore timeline_ = VK_NULL_HANDLE;
    uint64_t reached_ = 0;
    double last_submit_ = 0;
};

/// A list of dependent calls recorded once.
class Replay {
public:
    Replay(const Gpu& gpu, uint32_t nodes);
    ~Replay();
    /// Host seconds per replay: `times` submissions of the list in a row and one wait.
    double run(uint32_t times);
    [[nodiscard]] double last_submit() const { return last_submit_; }  ///< CPU seconds per submission
    /// CPU seconds to record the list anew.
    double record();

private:
    const Gpu& gpu_;
    uint32_t nodes_;
    Commands commands_, again_;
    Pipeline tiny_;
    Buffer data_;
    double last_submit_ = 0;
};

/// How ordinary memory reaches the device and comes back.
struct TransferPlan {
    bool copy_queue = true;  ///< the family that only copies, where there is one
    Home staging = Home::cached;
    uint64_t block_bytes = 4u << 20;
    uint32_t threads = 8;
    uint32_t depth = 2;      ///< blocks in flight, per thread or for all
    bool shared = false;     ///< all threads fill one block together; else a block each
    bool streaming = false;  ///< non-temporal stores instead of memcpy
};

class Transfer {
public:
    Transfer(const Gpu& gpu, uint64_t size_bytes, uint64_t staging_bytes);
    ~Transfer();
    [[nodiscard]] bool fits(const TransferPlan& plan) const;
    double upload(const TransferPlan& plan, const std::byte* from);
    double download(const TransferPlan& plan, std::byte* to);
    /// Between staging and device only: the link.
    double link(const TransferPlan& plan, bool up);

private:
    const Buffer& staging(Home home);
    const Gpu& gpu_;
    uint64_t size_bytes_, staging_bytes_;
    Buffer device_, cached_, uncached_;
};

/// Seconds to copy host memory with `threads` threads.
double host_copy(std::byte* to, const std::byte* from, uint64_t size_bytes, uint32_t threads, bool streaming);

/// Device memory to device memory, over rotating pairs of buffers.
class DeviceCopy {
public:
    DeviceCopy(const Gpu& gpu, uint64_t size_bytes, uint32_t pairs, std::span<const uint32_t> per_invocation);
    ~DeviceCopy();
    /// Device seconds of one copy by kernel number `kernel`, or by vkCmdCopyBuffer.
    double run(std::optional<uint32_t> kernel);

private:
    const Gpu& gpu_;
    uint64_t size_bytes_;
    Commands commands_;
    Stopwatch watch_;
    std::vector<Pipeline> pipelines_;
    std::vector<uint32_t> per_invocation_;
    std::vector<Buffer> from_, to_;
    std::size_t turn_ = 0;
};

/// What a process does from its start to its first result, with the time of each step.
struct Start {
    double device = 0, pipeline = 0, run = 0;  ///< seconds
};
/// `cache`: file with pipeline data, read when there, written when not; empty for none.
Start start(const Options& options, const std::string& cache);

}  // namespace bare
