// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that copy host memory together: one core does not fill a memory bus or a PCIe link.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace alkomp::detail {

/// Sleeps between copies. Any number of threads may call `copy` at once; they share the workers.
class CopyThreads {
public:
    /// `workers` threads beside the callers.
    explicit CopyThreads(unsigned workers);
    ~CopyThreads();
    CopyThreads(const CopyThreads&) = delete;
    CopyThreads& operator=(const CopyThreads&) = delete;

    /// memcpy; returns when all is copied.
    void copy(void* to, const void* from, std::size_t size_bytes);

    /// Those of the process, with as many workers as pay off here; they end with their last owner.
    static std::shared_ptr<CopyThreads> shared();

private:
    struct Job {
        std::byte* to = nullptr;
        const std::byte* from = nullptr;
        std::size_t size = 0, slice = 0;
        std::size_t next = 0;  ///< first byte that nobody has taken
        std::size_t left = 0;  ///< bytes not copied yet
    };
    void work();
    void copy_slice(Job& job, std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable work_ready_, job_done_;
    std::deque<Job*> jobs_;  ///< with slices that nobody has taken
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace alkomp::detail
