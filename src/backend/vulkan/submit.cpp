// SPDX-License-Identifier: MIT OR Apache-2.0
// Submits work, waits for it and reports it. A ticket is a queue and the count of its submissions. Each
// submission signals a fence, which is the cheapest thing to submit and to wait for (3.0 us against
// 4.6 us for a timeline semaphore on NVIDIA 580). A queue's timeline semaphore carries the same count
// for other queues; it is signaled when one of them wants to wait.
#include "backend/vulkan/submit.h"

#include "runtime/log.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace alkomp::backend::vulkan {
namespace {

using Clock = std::chrono::steady_clock;

constexpr u32 kValueBits = 56;
constexpr u64 kSpinGpuNs = 50'000;  // sleeping and waking costs more than a short kernel takes
constexpr u64 kSpinCpuNs = 2'000;   // on a CPU device spinning takes time from the kernel itself
constexpr int kAsksPerClock = 8;
constexpr u64 kNothingOpenNs = 50'000;
constexpr u32 kSignalsAfterWait = 16;         // a queue that was waited for is likely to be again
constexpr u64 kLongestSleepNs = 100'000'000;  // so that a caller sees soon that it was told to stop
constexpr u64 kSleepBesideIdleNs = 200'000;   // ... or that another thread has begun to use an idle queue

constexpr Ticket ticket_of(u32 queue, u64 value) { return (u64{queue} + 1) << kValueBits | value; }
constexpr u32 queue_of(Ticket ticket) { return static_cast<u32>(ticket >> kValueBits) - 1; }
constexpr u64 value_of(Ticket ticket) { return ticket & ((u64{1} << kValueBits) - 1); }

u64 ns_of(Clock::duration duration) {
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

Recording& from_id(RecordedId id) { return *reinterpret_cast<Recording*>(static_cast<std::uintptr_t>(id)); }

void relax(bool cpu_device) {
    if (cpu_device) return std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

// Start and end ------------------------------------------------------------------------------------

Status Queues::start() {
    for (const FamilyUse& family : core_.adapter->families) {
        for (u32 i = 0; i < family.count; ++i) {
            queues_.push_back(std::make_unique<Queue>());
            if (Status status = start_queue(*queues_.back(), family, i); !status.ok()) return status;
            core_.properties.queues_compute.push_back(family.compute);
        }
    }
    batch_.wait_values.resize(queues_.size());
    clock_.start();
    return {};
}

Status Queues::start_queue(Queue& queue, const FamilyUse& family, u32 index) {
    queue.family = family;
    queue.order.since = kinds_of(family);
    core_.vk.GetDeviceQueue(core_.handle, family.family, index, &queue.handle);
    VkSemaphoreTypeCreateInfo type{};
    type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO;
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    const VkSemaphoreCreateInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &type, 0};
    if (VkResult r = core_.vk.CreateSemaphore(core_.handle, &info, nullptr, &queue.semaphore); r != VK_SUCCESS) {
        queue.semaphore = VK_NULL_HANDLE;
        return core_.check("vkCreateSemaphore", r);
    }
    const u32 place = static_cast<u32>(queues_.size()) - 1;
    if (Status status = make_recording(place, queue.host_barrier); !status.ok()) return status;
    Recorder recorder(core_, memory_, *queue.host_barrier, queue.family, scratch_);
    if (Status status = recorder.begin(VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT); !status.ok()) return status;
    recorder.host_barrier();
    return recorder.end();
}

void Queues::destroy() noexcept {
    for (const auto& recording : recordings_.all()) destroy_recording(core_, *recording);
    recordings_.clear();
    for (const auto& queue : queues_) {
        core_.vk.DestroySemaphore(core_.handle, queue->semaphore, nullptr);
        for (VkFence fence : queue->fences) core_.vk.DestroyFence(core_.handle, fence, nullptr);
        for (const InFlight& flight : queue->flight) core_.vk.DestroyFence(core_.handle, flight.fence, nullptr);
    }
    queues_.clear();
}

bool Queues::idle() {
    for (const auto& queue : queues_) {
        if (queue->submitted.load() == queue->reported.load()) continue;
        VkResult r = core_.vk.GetFenceStatus(core_.handle, queue->last_fence);
        // A device that says twice that it is lost has stopped; what it ran may be destroyed.
        if (r == VK_ERROR_DEVICE_LOST) r = core_.vk.GetFenceStatus(core_.handle, queue->last_fence);
        if (r != VK_SUCCESS && r != VK_ERROR_DEVICE_LOST) return false;
    }
    return true;
}

// Recordings ---------------------------------------------------------------------------------------

Status Queues::make_recording(u32 queue, Recording*& out) {
    auto recording = std::make_unique<Recording>();
    recording->queue = queue;
    if (Status status = create_recording(core_, queues_[queue]->family.family, *recording); !status.ok()) return status;
    out = recordings_.add(std::move(recording));
    return {};
}

/// An empty recording, used before if there is one.
Status Queues::take_recording(u32 queue, Recording*& out) {
    {
        const std::lock_guard lock(mutex_);
        std::vector<Recording*>& idle = queues_[queue]->idle;
        if (!idle.empty()) {
            out = idle.back();
            idle.pop_back();
        }
    }
    if (!out) return make_recording(queue, out);
    Status status = reset_recording(core_, *out);
    if (!status.ok()) put_back(std::exchange(out, nullptr));
    return status;
}

void Queues::put_back(Recording* recording) {
    if (!recording) return;
    const std::lock_guard lock(mutex_);
    queues_[recording->queue]->idle.push_back(recording);
}

Status Queues::record(u32 queue, std::span<const Command> commands, RecordedId& out) {
    if (core_.lost()) return core_.loss();
    Recording* recording = nullptr;
    if (Status status = take_recording(queue, recording); !status.ok()) return status;
    Recorder recorder(core_, memory_, *recording, queues_[queue]->family, scratch_);
    Status status = recorder.begin(VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT);
    if (status.ok()) {
        recorder.full_barrier();
        status = recorder.write(commands);
        if (status.ok()) status = recorder.end();
    }
    if (!status.ok()) {
        put_back(recording);
        return status;
    }
    out = static_cast<RecordedId>(reinterpret_cast<std::uintptr_t>(recording));
    return {};
}

void Queues::release(RecordedId id) {
    if (!core_.lost()) put_back(&from_id(id));
}

// Submission ---------------------------------------------------------------------------------------

/// Writes the submission's own commands, if it has any.
Status Queues::encode(u32 index, const Submission& submission, Recording*& out) {
    if (submission.commands.empty()) return {};
    Queue& queue = *queues_[index];
    if (Status status = take_recording(index, out); !status.ok()) return status;
    out->order = queue.order;
    Recorder recorder(core_, memory_, *out, queue.family, scratch_);
    Status status = recorder.begin(VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
    if (status.ok()) status = recorder.write(submission.commands);
    if (status.ok()) {
        if (submission.read_by_host && submission.recorded == RecordedId::none) recorder.host_barrier();
        status = recorder.end();
    }
    if (!status.ok()) put_back(std::exchange(out, nullptr));
    return status;
}

/// The values to wait for, each of which its queue has been made to signal. Work that was seen done is
/// waited for as well: only that makes its memory visible to this queue.
Status Queues::gather_waits(const Submission& submission) {
    for (const Ticket ticket : submission.waits) {
        Queue& other = *queues_[queue_of(ticket)];
        if (other.signaled < value_of(ticket)) {
            Batch own;
            own.wait_values.resize(queues_.size());
            std::swap(batch_, own);  // an empty submission: it signals once all before it is done
            const u64 value = other.submitted.load(std::memory_order_relaxed);
            Status status = hand_over(other, value, VK_NULL_HANDLE);
            std::swap(batch_, own);
            if (!status.ok()) return status;
            other.signaled = value;
        }
        other.signals_left = kSignalsAfterWait;
        u64& wait = batch_.wait_values[queue_of(ticket)];
        wait = std::max(wait, value_of(ticket));
    }
    return {};
}

Status Queues::take_fence(Queue& queue, VkFence& out) {
    {
        const std::lock_guard lock(mutex_);
        if (!queue.fences.empty()) {
            out = queue.fences.back();
            queue.fences.pop_back();
        }
    }
    if (out == VK_NULL_HANDLE) {
        const VkFenceCreateInfo info{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, nullptr, 0};
        const VkResult r = core_.vk.CreateFence(core_.handle, &info, nullptr, &out);
        if (r != VK_SUCCESS) out = VK_NULL_HANDLE;
        return core_.check("vkCreateFence", r);
    }
    const VkResult r = core_.vk.ResetFences(core_.handle, 1, &out);
    if (r != VK_SUCCESS) give_fence(queue, std::exchange(out, VK_NULL_HANDLE));
    return core_.check("vkResetFences", r);
}

void Queues::give_fence(Queue& queue, VkFence fence) {
    if (fence == VK_NULL_HANDLE) return;
    const std::lock_guard lock(mutex_);
    queue.fences.push_back(fence);
}

Pending Queues::submit(const Submission& submission) {
    if (core_.lost()) return {0, core_.loss()};
    Queue& queue = *queues_[submission.queue];
    Recording* recording = nullptr;
    if (Status status = encode(submission.queue, submission, recording); !status.ok()) return {0, std::move(status)};
    batch_.count = 0;
    if (recording) batch_.commands[batch_.count++] = recording->commands;
    const Recording* recorded = submission.recorded != RecordedId::none ? &from_id(submission.recorded) : nullptr;
    if (recorded) batch_.commands[batch_.count++] = recorded->commands;
    if (submission.read_by_host && (recorded || !recording))
        batch_.commands[batch_.count++] = queue.host_barrier->commands;
    std::fill(batch_.wait_values.begin(), batch_.wait_values.end(), 0);
    const u64 value = queue.submitted.load(std::memory_order_relaxed) + 1;
    const u64 signal = queue.signals_left != 0 ? value : 0;
    InFlight flight{value, VK_NULL_HANDLE, recording, 0};
    Status status = gather_waits(submission);
    if (status.ok()) status = take_fence(queue, flight.fence);
    if (!status.ok()) {
        put_back(recording);
        return {0, std::move(status)};
    }
    if (recording && recording->timestamps) flight.submitted_host_ns = ns_of(Clock::now().time_since_epoch());
    status = hand_over(queue, signal, flight.fence);
    if (!status.ok()) {
        put_back(recording);
        give_fence(queue, flight.fence);
        return {0, std::move(status)};
    }
    queue.last_fence = flight.fence;
    {
        const std::lock_guard lock(mutex_);
        queue.flight.push_back(flight);
    }
    if (signal != 0) {
        queue.signaled = signal;
        --queue.signals_left;
    }
    if (recorded) queue.order = recorded->order;
    else if (recording) queue.order = recording->order;
    queue.submitted.store(value, std::memory_order_release);
    return {ticket_of(submission.queue, value), {}};
}

Status Queues::hand_over(Queue& queue, u64 value, VkFence fence) {
    const bool newer = core_.vk.QueueSubmit2 != nullptr;
    const VkResult r = newer ? submit2(queue, value, fence) : submit1(queue, value, fence);
    return core_.check(newer ? "vkQueueSubmit2" : "vkQueueSubmit", r);
}

VkResult Queues::submit2(Queue& queue, u64 value, VkFence fence) {
    waits2_.clear();
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        if (batch_.wait_values[i] == 0) continue;
        VkSemaphoreSubmitInfo wait{};
        wait.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO;
        wait.semaphore = queues_[i]->semaphore;
        wait.value = batch_.wait_values[i];
        wait.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
        waits2_.push_back(wait);
    }
    std::array<VkCommandBufferSubmitInfo, 3> commands{};
    for (u32 i = 0; i < batch_.count; ++i) {
        commands[i].sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO;
        commands[i].commandBuffer = batch_.commands[i];
    }
    VkSemaphoreSubmitInfo signal{};
    signal.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO;
    signal.semaphore = queue.semaphore;
    signal.value = value;
    signal.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
    VkSubmitInfo2 info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2;
    info.waitSemaphoreInfoCount = static_cast<u32>(waits2_.size());
    info.pWaitSemaphoreInfos = waits2_.data();
    info.commandBufferInfoCount = batch_.count;
    info.pCommandBufferInfos = commands.data();
    info.signalSemaphoreInfoCount = value != 0 ? 1 : 0;
    info.pSignalSemaphoreInfos = &signal;
    return core_.vk.QueueSubmit2(queue.handle, 1, &info, fence);
}

VkResult Queues::submit1(Queue& queue, u64 value, VkFence fence) {
    wait_semaphores_.clear();
    wait_values_.clear();
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        if (batch_.wait_values[i] == 0) continue;
        wait_semaphores_.push_back(queues_[i]->semaphore);
        wait_values_.push_back(batch_.wait_values[i]);
    }
    wait_stages_.assign(wait_semaphores_.size(), VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
    VkTimelineSemaphoreSubmitInfo values{};
    values.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO;
    values.waitSemaphoreValueCount = static_cast<u32>(wait_values_.size());
    values.pWaitSemaphoreValues = wait_values_.data();
    values.signalSemaphoreValueCount = value != 0 ? 1 : 0;
    values.pSignalSemaphoreValues = &value;
    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.pNext = &values;
    info.waitSemaphoreCount = static_cast<u32>(wait_semaphores_.size());
    info.pWaitSemaphores = wait_semaphores_.data();
    info.pWaitDstStageMask = wait_stages_.data();
    info.commandBufferCount = batch_.count;
    info.pCommandBuffers = batch_.commands.data();
    info.signalSemaphoreCount = value != 0 ? 1 : 0;
    info.pSignalSemaphores = &queue.semaphore;
    return core_.vk.QueueSubmit(queue.handle, 1, &info, fence);
}

// Completion ---------------------------------------------------------------------------------------

bool Queues::open() const noexcept {
    return std::any_of(queues_.begin(), queues_.end(), [](const std::unique_ptr<Queue>& queue) {
        return queue->submitted.load(std::memory_order_acquire) != queue->reported.load(std::memory_order_relaxed);
    });
}

void Queues::poll(std::vector<Completion>& out, u64 limit_ns) {
    if (collect(out) || limit_ns == 0) return;
    if (core_.lost() || !open()) {
        // Another thread may be about to submit; a caller in a loop shall not burn a core meanwhile.
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(limit_ns, kNothingOpenNs)));
        (void)collect(out);
        return;
    }
    const bool cpu = core_.adapter->cpu();
    const Clock::time_point start = Clock::now();
    const u64 spin_ns = std::min(limit_ns, cpu ? kSpinCpuNs : kSpinGpuNs);
    u64 passed_ns = 0;
    while (passed_ns < spin_ns) {
        // Reading the clock takes as long as asking a GPU's driver does.
        for (int asked = 0; asked < (cpu ? 1 : kAsksPerClock); ++asked) {
            relax(cpu);
            if (collect(out)) return;
        }
        passed_ns = ns_of(Clock::now() - start);
    }
    const u64 until_ns = std::min(limit_ns, kLongestSleepNs);
    while (passed_ns < until_ns && !core_.lost()) {
        wait(until_ns - passed_ns);
        if (collect(out)) return;
        passed_ns = ns_of(Clock::now() - start);
    }
    (void)collect(out);
}

VkFence Queues::oldest_fence(Queue& queue) {
    const std::lock_guard lock(mutex_);
    return queue.flight.empty() ? VK_NULL_HANDLE : queue.flight.front().fence;
}

/// Sleeps until the oldest submission of some queue is done.
void Queues::wait(u64 limit_ns) {
    poll_fences_.clear();
    for (const auto& queue : queues_) {
        if (VkFence fence = oldest_fence(*queue); fence != VK_NULL_HANDLE) poll_fences_.push_back(fence);
    }
    if (poll_fences_.empty()) return;
    if (poll_fences_.size() != queues_.size()) limit_ns = std::min(limit_ns, kSleepBesideIdleNs);
    const VkResult r = core_.vk.WaitForFences(core_.handle, static_cast<u32>(poll_fences_.size()), poll_fences_.data(),
                                              VK_FALSE, limit_ns);
    if (r == VK_SUCCESS || r == VK_TIMEOUT) return;
    // Out of memory in a wait says nothing about the work: the next poll sees what became of it.
    if (core_.check("vkWaitForFences", r).code != ErrorCode::device_lost) {
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(limit_ns, kNothingOpenNs)));
    }
}

/// Takes in what is done; true when something was.
bool Queues::collect(std::vector<Completion>& out) {
    if (core_.lost()) return report_lost(out);
    const std::size_t before = out.size();
    for (u32 i = 0; i < queues_.size(); ++i) {
        Queue& queue = *queues_[i];
        done_.clear();
        while (queue.submitted.load(std::memory_order_acquire) !=
               queue.reported.load(std::memory_order_relaxed) + done_.size()) {
            VkFence fence = VK_NULL_HANDLE;
            {
                const std::lock_guard lock(mutex_);
                fence = queue.flight[done_.size()].fence;
            }
            const VkResult r = core_.vk.GetFenceStatus(core_.handle, fence);
            if (r == VK_NOT_READY) break;
            if (r != VK_SUCCESS) {
                if (core_.check("vkGetFenceStatus", r).code == ErrorCode::device_lost) return report_lost(out);
                break;
            }
            const std::lock_guard lock(mutex_);
            done_.push_back(queue.flight[done_.size()]);
        }
        if (!done_.empty()) complete(queue, i, out);
    }
    return out.size() != before;
}

/// Reports the submissions in `done_`, the oldest of the queue.
void Queues::complete(Queue& queue, u32 index, std::vector<Completion>& out) {
    for (const InFlight& done : done_) {
        Completion completion;
        completion.ticket = ticket_of(index, done.value);
        if (done.recording && done.recording->timestamps) read_timestamps(done, completion.timestamps_ns);
        out.push_back(std::move(completion));
    }
    {
        const std::lock_guard lock(mutex_);
        for (const InFlight& done : done_) {
            if (done.recording) queue.idle.push_back(done.recording);
            queue.fences.push_back(done.fence);
            queue.flight.pop_front();
        }
    }
    queue.reported.store(done_.back().value, std::memory_order_release);
}

/// Zeros where the queue has no timestamps or the driver does not give them.
void Queues::read_timestamps(const InFlight& done, std::vector<u64>& out) {
    const Recording& recording = *done.recording;
    out.assign(recording.timestamps, 0);
    if (recording.pages.empty()) return;
    for (u32 first = 0; first < recording.timestamps; first += kQueriesPerPool) {
        const u32 count = std::min(kQueriesPerPool, recording.timestamps - first);
        const TimestampPage& page = recording.pages[first / kQueriesPerPool];
        if (page.mapped != nullptr) {
            std::copy_n(page.mapped, count, out.data() + first);
            continue;
        }
        const VkResult r = core_.vk.GetQueryPoolResults(core_.handle, page.pool, 0, count, count * sizeof(u64),
                                                        out.data() + first, sizeof(u64), VK_QUERY_RESULT_64_BIT);
        if (r != VK_SUCCESS) {
            const Status status = core_.check("vkGetQueryPoolResults", r);
            detail::log(LogLevel::warning, "timestamps are lost: " + status.text);
            std::fill(out.begin(), out.end(), 0);
            return;
        }
    }
    for (u64& value : out) value = clock_.to_ns(value);
    if (!clock_.calibrated()) {
        clock_.observe(done.submitted_host_ns, ns_of(Clock::now().time_since_epoch()), out.front(), out.back());
    }
}

/// Ends every open ticket with the loss. What the device may still use stays as it is.
bool Queues::report_lost(std::vector<Completion>& out) {
    const std::size_t before = out.size();
    const std::lock_guard lock(mutex_);
    for (u32 i = 0; i < queues_.size(); ++i) {
        Queue& queue = *queues_[i];
        for (const InFlight& flight : queue.flight) {
            Completion completion;
            completion.ticket = ticket_of(i, flight.value);
            completion.status = core_.loss();
            out.push_back(std::move(completion));
            queue.fences.push_back(flight.fence);
        }
        queue.flight.clear();
    }
    return out.size() != before;
}

}  // namespace alkomp::backend::vulkan
