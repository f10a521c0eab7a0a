// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that copy host memory together.
#include "runtime/copy_threads.h"

#include <algorithm>
#include <cstring>

namespace alkomp::detail {
namespace {

// Below this, waking threads costs more than they save.
constexpr std::size_t kWorthSharing = std::size_t{1} << 20;
constexpr std::size_t kSmallestSlice = std::size_t{256} << 10;
constexpr std::size_t kSlicesPerThread = 4;  // so that a late thread does not hold up the rest
constexpr std::size_t kPage = 4096;
constexpr unsigned kMostThreads = 12;  // enough for a PCIe 5 link of 16 lanes

}  // namespace

CopyThreads::CopyThreads(unsigned workers) {
#ifndef __EMSCRIPTEN__
    threads_.reserve(workers);
    for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
#else
    static_cast<void>(workers);
#endif
}

CopyThreads::~CopyThreads() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_ready_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void CopyThreads::copy_slice(Job& job, std::unique_lock<std::mutex>& lock) {
    const std::size_t begin = job.next;
    const std::size_t size = std::min(job.slice, job.size - begin);
    job.next += size;
    if (job.next == job.size) std::erase(jobs_, &job);
    lock.unlock();
    std::memcpy(job.to + begin, job.from + begin, size);
    lock.lock();
    job.left -= size;
    if (job.left == 0) job_done_.notify_all();
}

void CopyThreads::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        copy_slice(*jobs_.front(), lock);
    }
}

void CopyThreads::copy(void* to, const void* from, std::size_t size_bytes) {
    if (size_bytes < kWorthSharing || threads_.empty()) {
        if (size_bytes != 0) std::memcpy(to, from, size_bytes);
        return;
    }
    const std::size_t share = size_bytes / ((threads_.size() + 1) * kSlicesPerThread);
    Job job{static_cast<std::byte*>(to),
            static_cast<const std::byte*>(from),
            size_bytes,
            (std::max(share, kSmallestSlice) + kPage - 1) / kPage * kPage,
            0,
            size_bytes};
    std::unique_lock lock(mutex_);
    jobs_.push_back(&job);
    lock.unlock();
    work_ready_.notify_all();
    lock.lock();
    while (job.next < job.size) copy_slice(job, lock);
    job_done_.wait(lock, [&] { return job.left == 0; });
}

std::shared_ptr<CopyThreads> CopyThreads::shared() {
    struct Registry {
        std::mutex mutex;
        std::weak_ptr<CopyThreads> threads;
    };
    static auto* registry = new Registry;  // a static device may be dropped after other statics
    const std::lock_guard lock(registry->mutex);
    std::shared_ptr<CopyThreads> threads = registry->threads.lock();
    if (!threads) {
        const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
        threads = std::make_shared<CopyThreads>(std::min(cores, kMostThreads) - 1);
        registry->threads = threads;
    }
    return threads;
}

}  // namespace alkomp::detail
