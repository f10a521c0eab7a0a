// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/submit.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

namespace alkomp::backend::reference {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool kHasThreads = false;  // `take` runs the work
#else
constexpr bool kHasThreads = true;
#endif

constexpr u64 kChunksPerThread = 16;      // what a thread takes at once is small enough that all end together
constexpr std::size_t kMostStarted = 64;  // workgroups of a thread that wait for others
constexpr u32 kMostRounds = 256;          // of these that change nothing: a checked device takes it that none ever will

u64 place_in(const Binding& bytes) { return static_cast<u64>(bytes.base - bytes.shadow->base()); }

}  // namespace

void Queue::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
        if (running_ != nullptr) running_->launch.stop = true;
    }
    work_ready_.notify_all();
    helpers_ready_.notify_all();
}

Queue::Queue(Memory& memory, u64 limit_ns, const std::optional<CheckOptions>& check)
    : memory_(memory), limit_ns_(limit_ns), checker_(check ? std::make_unique<Checker>(*check) : nullptr) {}

Queue::~Queue() {
    stop();
    for (std::thread& thread : threads_) thread.join();
}

void Queue::start_threads() {
    threads_.emplace_back([this] { lead(); });
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < cores; ++i) threads_.emplace_back([this] { help(); });
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

void Queue::help() {
    Frames frames;
    u64 seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
        helpers_ready_.wait(lock, [&] { return stopping_ || (job_ != nullptr && jobs_ != seen); });
        if (stopping_) return;
        seen = jobs_;
        Job& job = *job_;
        ++helping_;
        lock.unlock();
        work_on(job, frames);
        lock.lock();
        if (--helping_ == 0) helpers_done_.notify_one();
    }
}

void Queue::run(Work& work) {
    Completion completion;
    completion.ticket = work.ticket;
    const u64 deadline_ns = limit_ns_ == 0 ? 0 : now_ns() + limit_ns_;
    const std::array<const std::vector<Step>*, 2> parts{&work.steps, work.recorded.get()};
    for (const std::vector<Step>* steps : parts) {
        if (steps == nullptr) continue;
        for (const Step& one : *steps) {
            if (completion.status.failed || stopping_) break;
            completion.status = step(one, deadline_ns, completion);
        }
    }
    if (checker_) {
        checker_->hand_over(completion);
    }
    if (stopping_) completion.status = Status::failure(ErrorCode::device_lost, "the device was stopped.");
    {
        const std::lock_guard lock(mutex_);
        ready_.push_back(std::move(completion));
    }
    completed_.notify_all();
}

Status Queue::step(const Step& step, u64 deadline_ns, Completion& completion) {
    switch (step.kind) {
        case Step::Kind::copy:
            std::memmove(step.to.base, step.from.base, static_cast<std::size_t>(step.from.size_bytes));
            if (step.to.shadow != nullptr) {
                step.to.shadow->copy_written(*step.from.shadow, place_in(step.from), place_in(step.to),
                                             step.from.size_bytes);
            }
            return {};
        case Step::Kind::fill:
            for (u64 at = 0; at < step.to.size_bytes; at += sizeof step.pattern)
                std::memcpy(step.to.base + at, &step.pattern, sizeof step.pattern);
            if (step.to.shadow != nullptr) step.to.shadow->set_written(place_in(step.to), step.to.size_bytes);
            return {};
        case Step::Kind::dispatch:
            return dispatch(step, deadline_ns);
        case Step::Kind::timestamp:
            completion.timestamps_ns.push_back(now_ns());
            return {};
    }
    return {};
}

Status Queue::dispatch(const Step& step, u64 deadline_ns) {
    Job job;
    job.program = step.program;
    Launch& launch = job.launch;
    launch.program = step.program.get();
    launch.kernel = static_cast<u64>(step.kernel);
    launch.groups = step.groups;
    if (step.counts != nullptr) std::memcpy(launch.groups.data(), step.counts, sizeof launch.groups);
    launch.bindings = step.bindings;
    // Read only: the kernel has no way to write there.
    launch.bindings.push_back({const_cast<std::byte*>(step.scalars.data()), step.scalars.size()});
    launch.memory = &memory_;
    launch.deadline_ns = deadline_ns;
    job.groups = group_count(launch);
    job.teams = job.groups / launch.program->groups_per_team + (job.groups % launch.program->groups_per_team != 0);
    const u64 threads = std::max<u64>(1, threads_.size());
    job.chunk = std::clamp<u64>(job.teams / (threads * kChunksPerThread), 1, 1024);
    // What is found must be the same each time.
    const bool shares = job.teams > 1 && threads > 1 && !checker_;
    if (checker_) check(job);
    {
        const std::lock_guard lock(mutex_);
        launch.stop = stopping_.load();
        job_ = running_ = &job;
        if (shares) ++jobs_;
    }
    if (shares) helpers_ready_.notify_all();
    work_on(job, frames_);
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    helpers_done_.wait(lock, [&] { return helping_ == 0; });
    running_ = nullptr;
    if (launch.timed_out) {
        return Status::failure(ErrorCode::timed_out, "\"" + launch.program->label +
                                                         "\" was stopped: its work had run for " +
                                                         std::to_string(limit_ns_ / 1'000'000) +
                                                         " ms, the limit that the device was opened with.");
    }
    if (launch.over_steps) {
        return Status::failure(ErrorCode::kernel_fault, "\"" + launch.program->label +
                                                            "\" was stopped: an invocation went round loops " +
                                                            std::to_string(checker_->options().step_limit) +
                                                            " times, the limit that the device was opened with.");
    }
    if (launch.waits_for_ever) {
        return Status::failure(
            ErrorCode::kernel_fault,
            "\"" + launch.program->label + "\" was stopped: its workgroups wait for one that has not started.");
    }
    if (!job.no_memory) return {};
    return Status::failure(ErrorCode::out_of_memory,
                           "there is no memory for the values of \"" + launch.program->label + "\".");
}

std::optional<DispatchProgress> Queue::progress() {
    const std::lock_guard lock(mutex_);
    if (running_ == nullptr) return {};
    const u64 together = running_->program->groups_per_team;
    const u64 teams = std::min(running_->next.load(std::memory_order_relaxed), running_->teams);
    return DispatchProgress{std::min(teams * together, running_->groups), running_->groups};
}

void Queue::check(Job& job) {
    Launch& launch = job.launch;
    launch.checker = checker_.get();
    checker_->begin([&] { memory_.forget_accesses(); });
    const std::vector<bool>& writes = launch.program->writes;
    for (Binding& bytes : launch.bindings) {
        bytes.races = false;
        for (std::size_t i = 0; i < writes.size(); ++i)
            bytes.races = bytes.races || (writes[i] && launch.bindings[i].shadow == bytes.shadow);
    }
    if (checker_->options().order_seed == 0 || job.teams < 2) return;
    // An order that any odd step gives, where it has no divisor in common with the number of teams.
    u64 seed = checker_->options().order_seed * 0x9e3779b97f4a7c15;
    job.shift = (seed >> 33) % job.teams;
    for (job.step = (seed >> 17) % std::min<u64>(job.teams, u64{1} << 31) | 1; std::gcd(job.step, job.teams) != 1;)
        job.step += 2;
}

Frame* Queue::frame(Job& job, Frames& frames, std::size_t place) {
    if (place == frames.size()) frames.push_back(std::make_unique<Frame>());
    if (frames[place]->prepare(job.program, job.launch)) return frames[place].get();
    job.no_memory = true;
    return nullptr;
}

void Queue::work_on(Job& job, Frames& frames) {
    if (job.program->may_wait) return take_turns(job, frames);
    Frame* const own = frame(job, frames, 0);
    if (own == nullptr) return;
    const u64 together = job.program->groups_per_team;
    while (!job.launch.stop.load(std::memory_order_relaxed)) {
        const u64 first = job.next.fetch_add(job.chunk, std::memory_order_relaxed);
        if (first >= job.teams) return;
        const u64 end = std::min(job.teams, first + job.chunk);
        for (u64 n = first; n < end && !job.launch.stop.load(std::memory_order_relaxed); ++n) {
            const u64 team = job.team(n);
            own->start(job.launch, team * together, std::min(together, job.groups - team * together));
            static_cast<void>(own->go());
        }
        job.launch.look_at_clock();
    }
}

// A workgroup that takes long may wait for another one: then one more is started, and all that are go on in turn.
void Queue::take_turns(Job& job, Frames& frames) {
    std::vector<std::size_t> started, unused;
    std::size_t used = 0;
    u32 rounds = 0;
    while (!job.launch.stop.load(std::memory_order_relaxed)) {
        if (started.size() < kMostStarted && job.next.load(std::memory_order_relaxed) < job.teams) {
            const u64 team = job.next.fetch_add(1, std::memory_order_relaxed);
            if (team < job.teams) {
                if (unused.empty()) unused.push_back(used++);
                Frame* const own = frame(job, frames, unused.back());
                if (own == nullptr) {
                    job.launch.stop = true;  // others may wait for this one
                    return;
                }
                own->start(job.launch, job.team(team), 1);
                started.push_back(unused.back());
                unused.pop_back();
            }
        }
        if (started.empty()) return;
        job.launch.look_at_clock();
        const std::size_t before = started.size();
        std::erase_if(started, [&](std::size_t place) {
            if (!frames[place]->go()) return false;
            unused.push_back(place);
            return true;
        });
        if (job.launch.checker == nullptr) continue;
        bool changes = started.size() != before;
        for (const std::size_t place : started) changes = frames[place]->has_changed() || changes;
        rounds = changes ? 0 : rounds + 1;
        if (rounds > kMostRounds && started.size() == kMostStarted &&
            job.next.load(std::memory_order_relaxed) < job.teams) {
            frames[started.front()]->tell_wait();
            return;
        }
    }
}

}  // namespace alkomp::backend::reference
