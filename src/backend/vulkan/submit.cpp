// SPDX-License-Identifier: MIT OR Apache-2.0
// Submits work, waits for it and reports it. Each queue counts its submissions on a timeline
// semaphore; a ticket is the queue and the count.
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
constexpr u64 kNothingOpenNs = 50'000;
constexpr u64 kLongestSleepNs = 100'000'000;  // so that a caller sees soon that it was told to stop

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
    Recorder recorder(core_, *queue.host_barrier, queue.family, scratch_);
    if (Status status = recorder.begin(VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT); !status.ok()) return status;
    recorder.host_barrier();
    return recorder.end();
}

void Queues::destroy() noexcept {
    for (const auto& recording : recordings_.all()) destroy_recording(core_, *recording);
    recordings_.clear();
    for (const auto& queue : queues_) core_.vk.DestroySemaphore(core_.handle, queue->semaphore, nullptr);
    queues_.clear();
}

bool Queues::idle() {
    for (const auto& queue : queues_) {
        if (queue->handed <= queue->reported.load()) continue;
        u64 value = 0;
        VkResult r = core_.vk.GetSemaphoreCounterValue(core_.handle, queue->semaphore, &value);
        // A device that says twice that it is lost has stopped; what it ran may be destroyed.
        if (r == VK_ERROR_DEVICE_LOST) r = core_.vk.GetSemaphoreCounterValue(core_.handle, queue->semaphore, &value);
        if (r == VK_ERROR_DEVICE_LOST) continue;
        if (r != VK_SUCCESS || value < queue->handed) return false;
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
    Recorder recorder(core_, *recording, queues_[queue]->family, scratch_);
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
    Recorder recorder(core_, *out, queue.family, scratch_);
    Status status = recorder.begin(VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
    if (status.ok()) status = recorder.write(submission.commands);
    if (status.ok()) {
        if (submission.read_by_host && submission.recorded == RecordedId::none) recorder.host_barrier();
        status = recorder.end();
    }
    if (!status.ok()) put_back(std::exchange(out, nullptr));
    return status;
}

void Queues::gather_waits(const Submission& submission) {
    std::fill(batch_.wait_values.begin(), batch_.wait_values.end(), 0);
    for (const Ticket ticket : submission.waits) {
        const u32 queue = queue_of(ticket);
        const u64 value = value_of(ticket);
        if (queues_[queue]->reported.load(std::memory_order_acquire) >= value) continue;
        batch_.wait_values[queue] = std::max(batch_.wait_values[queue], value);
    }
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
    gather_waits(submission);

    const u64 value = queue.handed + 1;
    InFlight flight{value, recording, 0};
    if (recording && recording->timestamps) flight.submitted_host_ns = ns_of(Clock::now().time_since_epoch());
    if (Status status = hand_over(queue, value); !status.ok()) {
        // A lost device may yet run it: then the recording stays as it is.
        if (status.code != ErrorCode::device_lost) put_back(recording);
        return {0, std::move(status)};
    }
    if (recorded) queue.order = recorded->order;
    else if (recording) queue.order = recording->order;
    {
        const std::lock_guard lock(mutex_);
        queue.flight.push_back(flight);
    }
    queue.submitted.store(value, std::memory_order_release);
    return {ticket_of(submission.queue, value), {}};
}

Status Queues::hand_over(Queue& queue, u64 value) {
    const bool newer = core_.vk.QueueSubmit2 != nullptr;
    const VkResult r = newer ? submit2(queue, value) : submit1(queue, value);
    if (r == VK_SUCCESS || r == VK_ERROR_DEVICE_LOST) queue.handed = value;
    return core_.check(newer ? "vkQueueSubmit2" : "vkQueueSubmit", r);
}

VkResult Queues::submit2(Queue& queue, u64 value) {
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
    info.signalSemaphoreInfoCount = 1;
    info.pSignalSemaphoreInfos = &signal;
    return core_.vk.QueueSubmit2(queue.handle, 1, &info, VK_NULL_HANDLE);
}

VkResult Queues::submit1(Queue& queue, u64 value) {
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
    values.signalSemaphoreValueCount = 1;
    values.pSignalSemaphoreValues = &value;
    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.pNext = &values;
    info.waitSemaphoreCount = static_cast<u32>(wait_semaphores_.size());
    info.pWaitSemaphores = wait_semaphores_.data();
    info.pWaitDstStageMask = wait_stages_.data();
    info.commandBufferCount = batch_.count;
    info.pCommandBuffers = batch_.commands.data();
    info.signalSemaphoreCount = 1;
    info.pSignalSemaphores = &queue.semaphore;
    return core_.vk.QueueSubmit(queue.handle, 1, &info, VK_NULL_HANDLE);
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
        relax(cpu);
        if (collect(out)) return;
        passed_ns = ns_of(Clock::now() - start);
    }
    if (passed_ns >= limit_ns) return;
    wait(std::min(limit_ns - passed_ns, kLongestSleepNs));
    (void)collect(out);
}

/// Sleeps until some queue goes on.
void Queues::wait(u64 limit_ns) {
    poll_semaphores_.clear();
    poll_values_.clear();
    for (const auto& queue : queues_) {
        // Queues that have been used before wake us too when another thread uses them now.
        if (queue->submitted.load(std::memory_order_acquire) == 0) continue;
        poll_semaphores_.push_back(queue->semaphore);
        poll_values_.push_back(queue->reported.load(std::memory_order_relaxed) + 1);
    }
    VkSemaphoreWaitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO;
    info.flags = VK_SEMAPHORE_WAIT_ANY_BIT;
    info.semaphoreCount = static_cast<u32>(poll_semaphores_.size());
    info.pSemaphores = poll_semaphores_.data();
    info.pValues = poll_values_.data();
    const VkResult r = core_.vk.WaitSemaphores(core_.handle, &info, limit_ns);
    if (r == VK_SUCCESS || r == VK_TIMEOUT) return;
    // Out of memory in a wait says nothing about the work: the next poll sees what became of it.
    if (core_.check("vkWaitSemaphores", r).code != ErrorCode::device_lost) {
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(limit_ns, kNothingOpenNs)));
    }
}

/// Takes in what is done; true when something was.
bool Queues::collect(std::vector<Completion>& out) {
    if (core_.lost()) return report_lost(out);
    const std::size_t before = out.size();
    for (u32 i = 0; i < queues_.size(); ++i) {
        Queue& queue = *queues_[i];
        const u64 submitted = queue.submitted.load(std::memory_order_acquire);
        const u64 reported = queue.reported.load(std::memory_order_relaxed);
        if (submitted == reported) continue;
        u64 value = 0;
        if (VkResult r = core_.vk.GetSemaphoreCounterValue(core_.handle, queue.semaphore, &value); r != VK_SUCCESS) {
            if (core_.check("vkGetSemaphoreCounterValue", r).code == ErrorCode::device_lost) return report_lost(out);
            continue;
        }
        if (value > reported) complete(queue, i, std::min(value, submitted), out);
    }
    return out.size() != before;
}

void Queues::complete(Queue& queue, u32 index, u64 value, std::vector<Completion>& out) {
    done_.clear();
    {
        const std::lock_guard lock(mutex_);
        while (!queue.flight.empty() && queue.flight.front().value <= value) {
            done_.push_back(queue.flight.front());
            queue.flight.pop_front();
        }
    }
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
        }
    }
    queue.reported.store(value, std::memory_order_release);
}

/// Zeros where the queue has no timestamps or the driver does not give them.
void Queues::read_timestamps(const InFlight& done, std::vector<u64>& out) {
    const Recording& recording = *done.recording;
    out.assign(recording.timestamps, 0);
    if (recording.queries.empty()) return;
    for (u32 first = 0; first < recording.timestamps; first += kQueriesPerPool) {
        const u32 count = std::min(kQueriesPerPool, recording.timestamps - first);
        const VkResult r =
            core_.vk.GetQueryPoolResults(core_.handle, recording.queries[first / kQueriesPerPool], 0, count,
                                         count * sizeof(u64), out.data() + first, sizeof(u64), VK_QUERY_RESULT_64_BIT);
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
        }
        queue.flight.clear();
    }
    return out.size() != before;
}

}  // namespace alkomp::backend::vulkan
