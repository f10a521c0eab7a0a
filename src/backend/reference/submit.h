// SPDX-License-Identifier: MIT OR Apache-2.0
// The queue: submissions run one after the other, their workgroups on all cores.
#pragma once

#include "backend/backend.h"
#include "backend/reference/check/checker.h"
#include "backend/reference/memory.h"
#include "backend/reference/run.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace alkomp::backend::reference {

/// A command with all that it needs, kept until it has run.
struct Step {
    enum class Kind : u8 { copy, fill, dispatch, timestamp };
    Kind kind = Kind::timestamp;
    Binding from, to;  ///< of a copy as many bytes; of a fill `to`
    u32 pattern = 0;
    KernelId kernel = KernelId::none;
    std::shared_ptr<const Program> program;
    std::array<u32, 3> groups{};
    const std::byte* counts = nullptr;  ///< three u32 instead of `groups`
    std::vector<Binding> bindings;
    std::vector<std::byte> scalars;
};

struct Work {
    Ticket ticket = 0;
    std::vector<Step> steps;
    std::shared_ptr<const std::vector<Step>> recorded;  ///< behind the others
};

class Queue {
public:
    /// `limit_ns`: the longest that a submission may run; 0: any time.
    Queue(Memory& memory, u64 limit_ns, const std::optional<CheckOptions>& check);
    /// Waits until what runs has stopped.
    ~Queue();

    /// Stops what runs and drops what waits; nothing runs any more.
    void stop() noexcept;

    /// Of the dispatch that runs.
    [[nodiscard]] std::optional<DispatchProgress> progress();

    void push(Work work);
    /// Appends what has completed; sleeps up to the limit for the first.
    void take(std::vector<Completion>& out, u64 limit_ns);

private:
    struct Job {
        Launch launch;
        std::shared_ptr<const Program> program;
        u64 teams = 0, chunk = 1, groups = 0;
        u64 step = 1, shift = 0;  ///< the order of the teams: n * step + shift
        [[nodiscard]] u64 team(u64 n) const { return (n * step + shift) % teams; }
        std::atomic<u64> next{0};
        std::atomic<bool> no_memory{false};
    };

    void start_threads();
    void lead();
    void help();
    void run(Work& work);
    Status step(const Step& step, u64 deadline_ns, Completion& completion);
    Status dispatch(const Step& step, u64 deadline_ns);
    void check(Job& job);
    /// A thread's part, with frames of its own.
    using Frames = std::vector<std::unique_ptr<Frame>>;
    static void work_on(Job& job, Frames& frames);
    static void take_turns(Job& job, Frames& frames);
    static Frame* frame(Job& job, Frames& frames, std::size_t place);

    Memory& memory_;
    u64 limit_ns_;
    std::unique_ptr<Checker> checker_;  ///< null: nothing is checked
    std::mutex mutex_;
    std::condition_variable work_ready_, helpers_ready_, helpers_done_, completed_;
    std::deque<Work> waiting_;
    std::vector<Completion> ready_;
    Job* job_ = nullptr;      ///< that helpers may join
    Job* running_ = nullptr;  ///< that a thread is still at, and `stop` ends
    u64 jobs_ = 0;            ///< so far; helpers join each once
    std::size_t helping_ = 0;
    std::atomic<bool> stopping_{false};
    Frames frames_;  ///< of the thread that leads
    std::vector<std::thread> threads_;
};

}  // namespace alkomp::backend::reference
