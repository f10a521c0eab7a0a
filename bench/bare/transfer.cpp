// SPDX-License-Identifier: MIT OR Apache-2.0
// Ordinary memory to the device and back, through staging blocks filled by several threads.
#include "figures.h"

#include <algorithm>
#include <barrier>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace bare {
namespace {

void copy(std::byte* to, const std::byte* from, uint64_t size_bytes, bool streaming) {
#if defined(__x86_64__)
    if (streaming && reinterpret_cast<std::uintptr_t>(to) % 16 == 0 && size_bytes % 64 == 0) {
        for (uint64_t i = 0; i < size_bytes; i += 64) {
            const auto* in = reinterpret_cast<const __m128i*>(from + i);
            auto* out = reinterpret_cast<__m128i*>(to + i);
            const __m128i a = _mm_loadu_si128(in), b = _mm_loadu_si128(in + 1), c = _mm_loadu_si128(in + 2),
                          d = _mm_loadu_si128(in + 3);
            _mm_stream_si128(out, a);
            _mm_stream_si128(out + 1, b);
            _mm_stream_si128(out + 2, c);
            _mm_stream_si128(out + 3, d);
        }
        _mm_sfence();
        return;
    }
#endif
    (void)streaming;
    std::memcpy(to, from, size_bytes);
}

/// Runs `work(thread)` on `threads` threads, the caller's among them; rethrows the first failure.
void parallel(uint32_t threads, const std::function<void(uint32_t)>& work) {
    std::mutex lock;
    std::exception_ptr failure;
    const auto guarded = [&](uint32_t t) {
        try {
            work(t);
        } catch (...) {
            const std::lock_guard hold(lock);
            failure = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        for (uint32_t t = 1; t < threads; ++t) others.emplace_back(guarded, t);
        guarded(0);
    }
    if (failure) std::rethrow_exception(failure);
}

/// One staging block in flight: its commands and the part of the data it stands for.
struct Slot {
    Commands commands;
    uint64_t staging_offset = 0;
    uint64_t data_offset = 0, size_bytes = 0;
    bool busy = false;
};

/// The blocks of one transfer, cut from one staging buffer.
class Blocks {
public:
    Blocks(const Gpu& gpu, const TransferPlan& plan, const Buffer& staging, const Buffer& device, uint64_t size_bytes)
        : gpu_(gpu),
          plan_(plan),
          staging_(staging),
          device_(device),
          size_bytes_(size_bytes),
          queue_(plan.copy_queue ? gpu.transfer : gpu.compute) {
        const uint32_t family = plan.copy_queue ? gpu.transfer_family : gpu.compute_family;
        const uint32_t count = plan.depth * (plan.shared ? 1 : plan.threads);
        for (uint32_t i = 0; i < count; ++i)
            slots_.push_back(std::unique_ptr<Slot>(new Slot{Commands(gpu, family), i * plan.block_bytes}));
    }

    [[nodiscard]] uint64_t count() const { return (size_bytes_ + plan_.block_bytes - 1) / plan_.block_bytes; }
    [[nodiscard]] Slot& slot(uint64_t i) { return *slots_[i]; }
    [[nodiscard]] std::byte* host(const Slot& slot) const { return staging_.host + slot.staging_offset; }

    void take(Slot& slot, uint64_t block) const {
        slot.data_offset = block * plan_.block_bytes;
        slot.size_bytes = std::min(plan_.block_bytes, size_bytes_ - slot.data_offset);
    }
    void submit(Slot& slot, bool up) {
        slot.commands.begin();
        const VkBufferCopy region{up ? slot.staging_offset : slot.data_offset,
                                  up ? slot.data_offset : slot.staging_offset, slot.size_bytes};
        gpu_.vk.CmdCopyBuffer(slot.commands.list, up ? staging_.buffer : device_.buffer,
                              up ? device_.buffer : staging_.buffer, 1, &region);
        if (!up) {
            auto memory = typed<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
            memory.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
            memory.dstAccessMask = VK_ACCESS_HOST_READ_BIT;
            gpu_.vk.CmdPipelineBarrier(slot.commands.list, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                                       0, 1, &memory, 0, nullptr, 0, nullptr);
        }
        slot.commands.end();
        const std::lock_guard hold(submitting_);
        slot.commands.submit(queue_);
        slot.busy = true;
    }
    static void finish(Slot& slot) {
        if (slot.busy) slot.commands.wait();
        slot.busy = false;
    }

private:
    const Gpu& gpu_;
    const TransferPlan& plan_;
    const Buffer& staging_;
    const Buffer& device_;
    uint64_t size_bytes_;
    VkQueue queue_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::mutex submitting_;
};

/// Each thread has `depth` blocks of its own and takes every `threads`-th block of the data.
void each_its_own(Blocks& blocks, const TransferPlan& plan, const std::byte* from, std::byte* to) {
    parallel(plan.threads, [&](uint32_t thread) {
        uint64_t turn = 0;
        const auto finish = [&](Slot& slot) {
            const bool filled = slot.busy;
            Blocks::finish(slot);
            if (to && filled) copy(to + slot.data_offset, blocks.host(slot), slot.size_bytes, plan.streaming);
        };
        for (uint64_t block = thread; block < blocks.count(); block += plan.threads, ++turn) {
            Slot& slot = blocks.slot(thread * plan.depth + turn % plan.depth);
            finish(slot);
            blocks.take(slot, block);
            if (from) copy(blocks.host(slot), from + slot.data_offset, slot.size_bytes, plan.streaming);
            blocks.submit(slot, from != nullptr);
        }
        for (uint64_t i = 0; i < plan.depth; ++i, ++turn) finish(blocks.slot(thread * plan.depth + turn % plan.depth));
    });
}

/// All threads copy a part of the same block; the last to arrive submits it and waits for the next.
void all_together(Blocks& blocks, const TransferPlan& plan, const std::byte* from, std::byte* to) {
    const uint64_t count = blocks.count();
    const auto slot_of = [&](uint64_t block) -> Slot& { return blocks.slot(block % plan.depth); };
    if (to) {
        for (uint64_t b = 0; b < std::min<uint64_t>(plan.depth, count); ++b) {
            blocks.take(slot_of(b), b);
            blocks.submit(slot_of(b), false);
        }
        Blocks::finish(slot_of(0));
    } else {
        blocks.take(slot_of(0), 0);
    }
    uint64_t done = 0;
    const auto next = [&]() noexcept {
        const uint64_t block = done++;
        if (from) {
            blocks.submit(slot_of(block), true);
        } else if (block + plan.depth < count) {
            blocks.take(slot_of(block), block + plan.depth);
            blocks.submit(slot_of(block), false);
        }
        if (block + 1 < count) {
            Blocks::finish(slot_of(block + 1));
            if (from) blocks.take(slot_of(block + 1), block + 1);
        }
    };
    std::barrier step(static_cast<std::ptrdiff_t>(plan.threads), next);
    parallel(plan.threads, [&](uint32_t thread) {
        for (uint64_t block = 0; block < count; ++block) {
            const Slot& slot = slot_of(block);
            const uint64_t part = (slot.size_bytes / plan.threads + 63) / 64 * 64;
            const uint64_t first = std::min(slot.size_bytes, thread * part);
            const uint64_t size =
                thread + 1 == plan.threads ? slot.size_bytes - first : std::min(part, slot.size_bytes - first);
            std::byte* host = blocks.host(slot) + first;
            if (from) copy(host, from + slot.data_offset + first, size, plan.streaming);
            else copy(to + slot.data_offset + first, host, size, plan.streaming);
            step.arrive_and_wait();
        }
    });
    for (uint64_t i = 0; i < plan.depth; ++i) Blocks::finish(blocks.slot(i));
}

}  // namespace

double host_copy(std::byte* to, const std::byte* from, uint64_t size_bytes, uint32_t threads, bool streaming) {
    const double start = now();
    const uint64_t part = (size_bytes / threads + 4095) / 4096 * 4096;
    parallel(threads, [&](uint32_t t) {
        const uint64_t first = std::min(size_bytes, t * part);
        copy(to + first, from + first, std::min(part, size_bytes - first), streaming);
    });
    return now() - start;
}

Transfer::Transfer(const Gpu& gpu, uint64_t size_bytes, uint64_t staging_bytes)
    : gpu_(gpu), size_bytes_(size_bytes), staging_bytes_(staging_bytes), device_(gpu.buffer(size_bytes, Home::device)) {
    staging(Home::cached);
    if (gpu.has(Home::uncached)) staging(Home::uncached);
}

Transfer::~Transfer() {
    gpu_.free(device_);
    gpu_.free(cached_);
    gpu_.free(uncached_);
}

const Buffer& Transfer::staging(Home home) {
    Buffer& ring = home == Home::cached ? cached_ : uncached_;
    if (!ring.buffer) ring = gpu_.buffer(staging_bytes_, home);
    return ring;
}

bool Transfer::fits(const TransferPlan& plan) const {
    return plan.block_bytes * plan.depth * (plan.shared ? 1 : plan.threads) <= staging_bytes_;
}

double Transfer::upload(const TransferPlan& plan, const std::byte* from) {
    Blocks blocks(gpu_, plan, staging(plan.staging), device_, size_bytes_);
    const double start = now();
    (plan.shared ? all_together : each_its_own)(blocks, plan, from, nullptr);
    return now() - start;
}

double Transfer::download(const TransferPlan& plan, std::byte* to) {
    Blocks blocks(gpu_, plan, staging(plan.staging), device_, size_bytes_);
    const double start = now();
    (plan.shared ? all_together : each_its_own)(blocks, plan, nullptr, to);
    return now() - start;
}

double Transfer::link(const TransferPlan& plan, bool up) {
    Blocks blocks(gpu_, plan, staging(plan.staging), device_, size_bytes_);
    const double start = now();
    for (uint64_t b = 0; b < blocks.count(); ++b) {
        Slot& slot = blocks.slot(b % plan.depth);
        Blocks::finish(slot);
        blocks.take(slot, b);
        blocks.submit(slot, up);
    }
    for (uint64_t i = 0; i < plan.depth; ++i) Blocks::finish(blocks.slot(i));
    return now() - start;
}

}  // namespace bare
