// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/submit.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace alkomp::backend::reference {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool kHasThreads = false;  // `take` runs the work
#else
constexpr bool kHasThreads = true;
#endif

constexpr u64 kChunksPerThread = 16;  // what a thread takes at once is small enough that all end together

u64 now_ns() {
    return static_cast<u64>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count());
}

}  // namespace

Queue::~Queue() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
        if (job_ != nullptr) job_->launch.stop = true;
    }
    work_ready_.notify_all();
    helpers_ready_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Queue::start_threads() {
    threads_.emplace_back([this] { lead(); });
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < cores; ++i) threads_.emplace_back([this, i] { help(i); });
}

void Queue::push(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (kHasThreads && threads_.empty()) start_threads();
        waiting_.push_back(std::move(work));
    }
    work_ready_.notify_one();
}

void Queue::take(std::vector<Completion>& out, u64 limit_ns) {
    std::unique_lock lock(mutex_);
    if (!kHasThreads && ready_.empty() && !waiting_.empty()) {
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        run(work);
        lock.lock();
    }
    if (ready_.empty() && limit_ns != 0)
        completed_.wait_for(lock, std::chrono::nanoseconds(limit_ns), [&] { return !ready_.empty(); });
    std::move(ready_.begin(), ready_.end(), std::back_inserter(out));
    ready_.clear();
}

void Queue::lead() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_ready_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        run(work);
        lock.lock();
    }
}

void Queue::help(std::size_t) {
    Frame frame;
    u64 seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
        helpers_ready_.wait(lock, [&] { return stopping_ || (job_ != nullptr && jobs_ != seen); });
        if (stopping_) return;
        seen = jobs_;
        Job& job = *job_;
        ++helping_;
        lock.unlock();
        work_on(job, frame);
        lock.lock();
        if (--helping_ == 0) helpers_done_.notify_one();
    }
}

void Queue::run(Work& work) {
    Completion completion;
    completion.ticket = work.ticket;
    const std::array<const std::vector<Step>*, 2> parts{&work.steps, work.recorded.get()};
    for (const std::vector<Step>* steps : parts) {
        if (steps == nullptr) continue;
        for (const Step& one : *steps) {
            if (completion.status.failed || stopping_) break;
            completion.status = step(one, completion);
        }
    }
    {
        const std::lock_guard lock(mutex_);
        ready_.push_back(std::move(completion));
    }
    completed_.notify_all();
}

Status Queue::step(const Step& step, Completion& completion) {
    switch (step.kind) {
        case Step::Kind::copy:
            std::memmove(step.to.base, step.from.base, static_cast<std::size_t>(step.from.size_bytes));
            return {};
        case Step::Kind::fill:
            for (u64 at = 0; at < step.to.size_bytes; at += sizeof step.pattern)
                std::memcpy(step.to.base + at, &step.pattern, sizeof step.pattern);
            return {};
        case Step::Kind::dispatch:
            return dispatch(step);
        case Step::Kind::timestamp:
            completion.timestamps_ns.push_back(now_ns());
            return {};
    }
    return {};
}

Status Queue::dispatch(const Step& step) {
    Job job;
    job.program = step.program;
    Launch& launch = job.launch;
    launch.program = step.program.get();
    launch.groups = step.groups;
    if (step.counts != nullptr) std::memcpy(launch.groups.data(), step.counts, sizeof launch.groups);
    launch.bindings = step.bindings;
    // Read only: the kernel has no way to write there.
    launch.bindings.push_back({const_cast<std::byte*>(step.scalars.data()), step.scalars.size()});
    launch.memory = &memory_;
    job.groups = group_count(launch);
    job.teams = job.groups / launch.program->groups_per_team + (job.groups % launch.program->groups_per_team != 0);
    const u64 threads = std::max<u64>(1, threads_.size());
    job.chunk = std::clamp<u64>(job.teams / (threads * kChunksPerThread), 1, 1024);
    const bool shares = job.teams > 1 && threads > 1;
    {
        const std::lock_guard lock(mutex_);
        launch.stop = stopping_.load();
        job_ = &job;
        if (shares) ++jobs_;
    }
    if (shares) helpers_ready_.notify_all();
    work_on(job, frame_);
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    helpers_done_.wait(lock, [&] { return helping_ == 0; });
    if (!job.no_memory) return {};
    return Status::failure(ErrorCode::out_of_memory,
                           "there is no memory for the values of \"" + launch.program->label + "\".");
}

void Queue::work_on(Job& job, Frame& frame) {
    if (!frame.prepare(job.program, job.launch)) {
        job.no_memory = true;
        return;
    }
    const u64 together = job.program->groups_per_team;
    while (!job.launch.stop.load(std::memory_order_relaxed)) {
        const u64 first = job.next.fetch_add(job.chunk, std::memory_order_relaxed);
        if (first >= job.teams) return;
        const u64 end = std::min(job.teams, first + job.chunk);
        for (u64 team = first; team < end && !job.launch.stop.load(std::memory_order_relaxed); ++team) {
            const u64 group = team * together;
            frame.run(job.launch, group, std::min(together, job.groups - group));
        }
    }
}

}  // namespace alkomp::backend::reference
