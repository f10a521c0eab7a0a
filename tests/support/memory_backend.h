// SPDX-License-Identifier: MIT OR Apache-2.0
// A second backend, in memory, with WebGPU's manners: whatever can be pending is, completions come
// only from `poll`, limits are small, a mapped buffer belongs to the CPU, a recorded list is encoded
// again. Broken duties of the front abort; missing barriers and waits go to the hazard oracle.
#pragma once

#include "backend/backend.h"
#include "support/hazard_oracle.h"
#include "support/host_kernels.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace alkomp::testing {

struct MemoryOptions {
    std::string name;
    u32 queues = 1;
    bool worker = true;  ///< a thread per queue runs the work; else `poll` does
    u64 seed = 0;        ///< not 0: reorders what no barrier separates and delays completions
    u64 memory_bytes = u64{1} << 30;
    bool checks = false;  ///< opened with OpenOptions::check, it has Properties::checks and finds what is planted
};

/// The calls that can be made to fail.
enum class Call : u8 { adapters, open, allocate, map, compile, record, submit };

/// `at_once`: the call returns the failure; `late`: its ticket reports it.
enum class When : u8 { at_once, late };

/// What a device was asked to do so far.
struct MemoryCounters {
    u64 submissions = 0;
    u64 commands = 0;
    u64 dispatches = 0;
    u64 barriers = 0;  ///< commands marked with one
    u64 waits = 0;     ///< of submissions for others
    u64 replays = 0;   ///< of recorded lists
    u64 records = 0;
    u64 buffers = 0;       ///< alive now
    u64 buffer_bytes = 0;  ///< of them in device memory
    u64 kernels = 0;       ///< alive now
    u64 recorded = 0;      ///< alive now
};

/// Failures to come, shared by the backend and its devices.
class Faults {
public:
    void add(Call call, When when, backend::Status status, u32 after);
    /// The failure of this call, if it is due now.
    [[nodiscard]] std::optional<std::pair<When, backend::Status>> take(Call call);

private:
    struct Fault {
        When when = When::at_once;
        backend::Status status;
        u32 after = 0;
    };
    std::mutex mutex_;
    std::map<Call, std::deque<Fault>> faults_;
};

class MemoryDevice final : public backend::Device {
public:
    explicit MemoryDevice(MemoryOptions options, bool checks = false);
    ~MemoryDevice() override;

    [[nodiscard]] const Capabilities& capabilities() const noexcept override { return capabilities_; }
    [[nodiscard]] const backend::Properties& properties() const noexcept override { return properties_; }
    backend::Pending allocate(const backend::Allocation& allocation, backend::BufferId& out) override;
    void free(backend::BufferId buffer) override;
    backend::Pending map(backend::BufferId buffer, u64 offset_bytes, u64 size_bytes, backend::MapMode mode,
                         void*& out) override;
    void unmap(backend::BufferId buffer) override;
    backend::Pending compile(const backend::KernelCode& code, const Interface& interface, backend::KernelId& out,
                             std::vector<std::byte>& cache) override;
    void release(backend::KernelId kernel) override;
    backend::Status record(u32 queue, std::span<const backend::Command> commands, backend::RecordedId& out) override;
    void release(backend::RecordedId recorded) override;
    backend::Pending submit(const backend::Submission& submission) override;
    void poll(std::vector<backend::Completion>& out, u64 limit_ns) override;
    [[nodiscard]] ClockPair clock() override;
    [[nodiscard]] const void* native() const noexcept override { return nullptr; }
    [[nodiscard]] const void* native(backend::BufferId) const noexcept override { return nullptr; }

    // For tests.
    Faults faults;
    void fail_next(Call call, When when, ErrorCode code, const std::string& text, u32 after = 0);
    /// Opened to check: the next submission with a kernel in it has found this, in the last kernel of it.
    void plant(std::vector<Fault> found, std::vector<TraceStep> trace = {});
    bool tells_kernels = true;  ///< which one that is; set before the submission
    /// From now on every call reports device_lost, and so does every open ticket.
    void lose(const std::string& text);
    /// Lets endless kernels end, those to come too.
    void release_endless();
    [[nodiscard]] MemoryCounters counters() const;

    static Capabilities default_capabilities(bool indirect = true);

private:
    struct Buffer;
    struct CompiledKernel;
    struct Step;
    struct Work;
    struct Queue;
    struct Ready {
        backend::Completion completion;
        std::optional<u32> queue;
        u32 delay = 0;  ///< looks of `poll` that find nothing yet
    };

    Buffer& buffer_at(backend::BufferId id, const char* duty);
    backend::Ticket open_ticket();
    void finish(backend::Completion completion, std::optional<u32> queue);
    backend::Pending pending(backend::Completion completion);
    backend::Status lost_status() const;
    Step make_step(const backend::Command& command);
    void make_dispatch(Step& step, backend::KernelId kernel, std::span<const backend::BoundRange> bindings,
                       std::span<const std::byte> scalars);
    void add_use(Step& step, backend::BufferId id, u64 begin, u64 end, bool writes, const char* duty);
    void note(u32 queue, bool read_by_host, backend::Ticket ticket, std::span<const Step> steps);
    bool can_run(const Queue& queue) const;
    void run_next(u32 queue, std::unique_lock<std::mutex>& lock);
    void run(Work& work, std::mt19937_64& random, backend::Completion& completion) const;
    static void execute(const Step& step, backend::Completion& completion);
    bool take_ready(std::vector<backend::Completion>& out);
    void work(u32 queue);

    MemoryOptions options_;
    Capabilities capabilities_;
    backend::Properties properties_;

    mutable std::mutex mutex_;
    std::condition_variable work_ready_, completion_ready_;
    std::unordered_map<u64, std::unique_ptr<Buffer>> buffers_;
    std::unordered_map<u64, std::shared_ptr<CompiledKernel>> kernels_;
    std::unordered_map<u64, std::shared_ptr<std::vector<Step>>> recorded_;
    std::unordered_set<backend::Ticket> open_;
    std::unordered_set<backend::Ticket> unexecuted_;  ///< submissions that have not run
    std::vector<std::unique_ptr<Queue>> queues_;
    std::deque<Ready> ready_;
    backend::Completion planted_;  ///< what `plant` was given
    HazardOracle oracle_;
    std::mt19937_64 random_;
    MemoryCounters counters_;
    u64 next_id_ = 1;
    backend::Ticket next_ticket_ = 1;
    std::optional<std::string> lost_;
    bool endless_released_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

/// Adapters "memory", "memory with two queues in poll" and so on, one per entry of its options.
class MemoryBackend final : public backend::Backend {
public:
    explicit MemoryBackend(std::vector<MemoryOptions> adapters) : adapters_(std::move(adapters)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "memory"; }
    backend::Ticket adapters() override;
    backend::Ticket open(u32 adapter, const backend::OpenOptions& options) override;
    void poll(std::vector<backend::Completion>& out, u64 limit_ns) override;
    std::vector<backend::Finding> diagnose() override;

    Faults faults;

    /// The one that the front uses, registered by the first call.
    static MemoryBackend& registered();

private:
    std::mutex mutex_;
    std::vector<MemoryOptions> adapters_;
    std::vector<backend::Completion> ready_;
    backend::Ticket next_ticket_ = 1;
};

/// The backend device behind a device of the memory backend; null for any other.
[[nodiscard]] MemoryDevice* memory_device(const alkomp::Device& device);

}  // namespace alkomp::testing
