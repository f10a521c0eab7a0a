// SPDX-License-Identifier: MIT OR Apache-2.0
// How the memory backend runs submissions and reports what is done.
#include "support/memory_backend.h"
#include "support/memory_parts.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace alkomp::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr u64 kDeviceClockAhead = 1'000'000'007;  // so that a clock taken for the other shows

u64 now_ns() { return static_cast<u64>(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count()); }

// Calls the host function for every invocation (or workgroup) of a dispatch.
void run_kernel(const HostKernel& kernel, Invocation at) {
    const std::array<u32, 3> inner = kernel.per_group ? std::array<u32, 3>{1, 1, 1} : at.workgroup;
    for (u32 gz = 0; gz < at.groups[2]; ++gz)
        for (u32 gy = 0; gy < at.groups[1]; ++gy)
            for (u32 gx = 0; gx < at.groups[0]; ++gx)
                for (u32 z = 0; z < inner[2]; ++z)
                    for (u32 y = 0; y < inner[1]; ++y)
                        for (u32 x = 0; x < inner[0]; ++x) {
                            at.group = {gx, gy, gz};
                            at.local = {x, y, z};
                            for (std::size_t i = 0; i < 3; ++i) at.id[i] = at.group[i] * at.workgroup[i] + at.local[i];
                            kernel.run(at);
                        }
}

}  // namespace

void MemoryDevice::lose(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (lost_) return;
    lost_ = text;
    for (u32 q = 0; q < queues_.size(); ++q) {
        for (Work& work : queues_[q]->work) {
            backend::Completion completion;
            completion.ticket = work.ticket;
            unexecuted_.erase(work.ticket);
            finish(std::move(completion), q);
        }
        queues_[q]->work.clear();
    }
    // A submission that is running now reports the loss when it ends.
    for (Ready& ready : ready_) {
        ready.completion.status = lost_status();
        ready.completion.mapped = nullptr;
    }
    work_ready_.notify_all();
    completion_ready_.notify_all();
}

void MemoryDevice::release_endless() {
    const std::lock_guard lock(mutex_);
    endless_released_ = true;
    work_ready_.notify_all();
    completion_ready_.notify_all();
}

bool MemoryDevice::can_run(const Queue& queue) const {
    if (queue.running || queue.work.empty()) return false;
    const Work& next = queue.work.front();
    if (next.endless && !endless_released_) return false;
    return std::none_of(next.waits.begin(), next.waits.end(),
                        [&](backend::Ticket ticket) { return unexecuted_.contains(ticket); });
}

void MemoryDevice::run(Work& work, std::mt19937_64& random, backend::Completion& completion) const {
    completion.ticket = work.ticket;
    completion.status = work.failure;
    for (const Step& step : work.steps) {
        for (const Buffer* buffer : step.buffers)
            if (buffer->failure.failed) completion.status = buffer->failure;
        if (step.kernel && step.kernel->failure.failed) completion.status = step.kernel->failure;
        if (step.kernel && !step.kernel->host)
            completion.status =
                backend::Status::failure(ErrorCode::internal, "the tests register no host function for " + step.what);
    }
    if (completion.status.failed) return;
    std::vector<const Step*> order;
    for (const Step& step : work.steps) order.push_back(&step);
    if (options_.seed != 0) {
        const auto fixed = [](const Step* s) { return s->barrier || s->kind == Step::Kind::timestamp; };
        for (auto first = order.begin(); first != order.end();) {
            auto last = std::find_if(first + 1, order.end(), fixed);
            if ((*first)->kind == Step::Kind::timestamp) last = first + 1;
            std::shuffle(first, last, random);
            first = last;
        }
    }
    for (const Step* step : order) execute(*step, completion);
}

void MemoryDevice::execute(const Step& step, backend::Completion& completion) {
    switch (step.kind) {
        case Step::Kind::copy:
            std::memcpy(step.to->bytes.get() + step.to_offset, step.from->bytes.get() + step.from_offset, step.size);
            return;
        case Step::Kind::fill:
            for (u64 at = 0; at < step.size; at += 4) {
                std::byte* const place = step.to->bytes.get() + step.to_offset + at;
                u32 word = 0;
                std::memcpy(&word, place, 4);
                word = (word & ~step.mask) | (step.pattern & step.mask);
                std::memcpy(place, &word, 4);
            }
            return;
        case Step::Kind::timestamp:
            completion.timestamps_ns.push_back(now_ns() + kDeviceClockAhead);
            return;
        case Step::Kind::dispatch:
            break;
    }
    std::vector<std::span<std::byte>> bindings;
    for (const auto& [buffer, range] : step.bindings)
        bindings.push_back({buffer->bytes.get() + range.offset_bytes, static_cast<std::size_t>(range.size_bytes)});
    Invocation at;
    at.groups = step.groups;
    if (step.from) std::memcpy(at.groups.data(), step.from->bytes.get() + step.from_offset, 12);
    for (const u32 count : at.groups)
        if (count > 65535) return;
    at.workgroup = step.kernel->workgroup;
    at.bindings = bindings;
    at.scalars = step.scalars;
    at.constants = &step.kernel->constants;
    run_kernel(*step.kernel->host, at);
}

void MemoryDevice::run_next(u32 index, std::unique_lock<std::mutex>& lock) {
    Queue& queue = *queues_[index];
    Work work = std::move(queue.work.front());
    queue.work.pop_front();
    queue.running = true;
    std::mt19937_64 random(random_());
    lock.unlock();
    backend::Completion completion = std::move(work.found);
    run(work, random, completion);
    lock.lock();
    queue.running = false;
    unexecuted_.erase(work.ticket);
    if (lost_) completion.status = lost_status();
    finish(std::move(completion), index);
    work_ready_.notify_all();
}

void MemoryDevice::work(u32 index) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (can_run(*queues_[index])) run_next(index, lock);
        else work_ready_.wait(lock);
    }
}

// Moves out what `poll` may report now. Tickets of one queue keep their order.
bool MemoryDevice::take_ready(std::vector<backend::Completion>& out) {
    std::vector<bool> blocked(queues_.size(), false);
    std::deque<Ready> left;
    const std::size_t before = out.size();
    for (Ready& ready : ready_) {
        const bool late = ready.delay > 0 || (ready.queue && blocked[*ready.queue]);
        if (!late) {
            open_.erase(ready.completion.ticket);
            oracle_.reported(ready.completion.ticket);
            out.push_back(std::move(ready.completion));
            continue;
        }
        if (ready.delay > 0) --ready.delay;
        if (ready.queue) blocked[*ready.queue] = true;
        left.push_back(std::move(ready));
    }
    ready_ = std::move(left);
    return out.size() > before;
}

void MemoryDevice::poll(std::vector<backend::Completion>& out, u64 limit_ns) {
    const Clock::time_point start = Clock::now();
    std::unique_lock lock(mutex_);
    for (;;) {
        bool ran = false;
        if (!options_.worker) {
            std::vector<u32> runnable;
            for (u32 q = 0; q < queues_.size(); ++q)
                if (can_run(*queues_[q])) runnable.push_back(q);
            if (!runnable.empty()) {
                run_next(runnable[random_() % runnable.size()], lock);
                ran = true;
            }
        }
        if (take_ready(out) || limit_ns == 0) return;
        if (ran || !ready_.empty()) continue;
        const u64 passed = static_cast<u64>(std::chrono::nanoseconds(Clock::now() - start).count());
        if (passed >= limit_ns) return;
        const u64 sleep = std::min<u64>(limit_ns - passed, 1'000'000'000);
        completion_ready_.wait_for(lock, std::chrono::nanoseconds(static_cast<i64>(sleep)));
    }
}

backend::Device::ClockPair MemoryDevice::clock() {
    const u64 now = now_ns();
    return {now, now + kDeviceClockAhead};
}

}  // namespace alkomp::testing
