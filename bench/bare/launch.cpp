// SPDX-License-Identifier: MIT OR Apache-2.0
// Recording, dispatching, overlapping, waiting, replaying.
#include "figures.h"
#include "kernels.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace bare {
namespace {

Buffer words(const Gpu& gpu, Home home, uint64_t count = 64) {
    Buffer made = gpu.buffer(count * sizeof(uint32_t), home);
    Commands commands(gpu, gpu.compute_family);
    commands.begin();
    gpu.vk.CmdFillBuffer(commands.list, made.buffer, 0, VK_WHOLE_SIZE, 1);
    commands.end();
    commands.run(gpu.compute);
    return made;
}

void buffer_barrier(const Gpu& gpu, VkCommandBuffer list, VkBuffer buffer) {
    auto one = typed<VkBufferMemoryBarrier>(VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER);
    one.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
    one.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    one.srcQueueFamilyIndex = one.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    one.buffer = buffer;
    one.size = VK_WHOLE_SIZE;
    gpu.vk.CmdPipelineBarrier(list, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 0,
                              nullptr, 1, &one, 0, nullptr);
}

}  // namespace

Launch::Launch(const Gpu& gpu)
    : gpu_(gpu),
      commands_(gpu, gpu.compute_family),
      watch_(gpu),
      tiny_(gpu.pipeline(kernels::tiny, 1)),
      word_(gpu.pipeline(kernels::word, 2)),
      data_(words(gpu, Home::device)),
      other_(words(gpu, Home::device)) {}

Launch::~Launch() {
    gpu_.free(data_);
    gpu_.free(other_);
    gpu_.free(tiny_);
    gpu_.free(word_);
}

void Launch::swaps(uint32_t calls) const {
    const VkBuffer orders[2][2] = {{data_.buffer, other_.buffer}, {other_.buffer, data_.buffer}};
    gpu_.vk.CmdBindPipeline(commands_.list, VK_PIPELINE_BIND_POINT_COMPUTE, word_.pipeline);
    for (uint32_t i = 0; i < calls; ++i) {
        bind(gpu_, commands_.list, word_, orders[i % 2]);
        bare::dispatch(gpu_, commands_.list, word_, i, 1);
        compute_barrier(gpu_, commands_.list);
    }
}

void Launch::chain(uint32_t calls, Between between) const {
    gpu_.vk.CmdBindPipeline(commands_.list, VK_PIPELINE_BIND_POINT_COMPUTE, tiny_.pipeline);
    bind(gpu_, commands_.list, tiny_, {&data_.buffer, 1});
    for (uint32_t i = 0; i < calls; ++i) {
        bare::dispatch(gpu_, commands_.list, tiny_, i, 1);
        switch (between) {
            case Between::nothing:
                break;
            case Between::memory_barrier:
                compute_barrier(gpu_, commands_.list);
                break;
            case Between::buffer_barrier:
                buffer_barrier(gpu_, commands_.list, data_.buffer);
                break;
        }
    }
}

double Launch::record(uint32_t calls) {
    commands_.begin();
    const double start = thread_seconds();
    swaps(calls);
    const double seconds = thread_seconds() - start;
    commands_.end();
    return seconds / calls;
}

double Launch::record_and_submit(uint32_t calls) {
    const double start = thread_seconds();
    commands_.begin();
    swaps(calls);
    commands_.end();
    commands_.submit(gpu_.compute);
    const double seconds = thread_seconds() - start;
    commands_.wait();
    return seconds / calls;
}

double Launch::dispatch(uint32_t calls, Between between) {
    commands_.begin();
    watch_.start(commands_.list);
    chain(calls, between);
    watch_.stop(commands_.list);
    commands_.end();
    commands_.run(gpu_.compute);
    return watch_.seconds() / calls;
}

double Launch::batch(uint32_t calls) {
    const double start = now();
    commands_.begin();
    chain(calls, Between::memory_barrier);
    commands_.end();
    commands_.run(gpu_.compute);
    return (now() - start) / calls;
}

Overlap::Overlap(const Gpu& gpu, uint32_t kernels, double seconds_each)
    : gpu_(gpu), commands_(gpu, gpu.compute_family), watch_(gpu), spin_(gpu.pipeline(kernels::spin, 1)) {
    for (uint32_t i = 0; i < kernels; ++i) data_.push_back(words(gpu, Home::device));
    // Two lengths give the time per iteration without the fixed cost of a launch.
    (void)time(1, 20000, false);
    double least = 1e9, most = 1e9;
    for (int i = 0; i < 5; ++i) {
        least = std::min(least, time(1, 2000, false));
        most = std::min(most, time(1, 20000, false));
    }
    const double each = (most - least) / 18000;
    iterations_ = static_cast<uint32_t>(std::max(1.0, seconds_each / each));
    one_ = 1e9;
    for (int i = 0; i < 5; ++i) one_ = std::min(one_, time(1, iterations_, false));
}

Overlap::~Overlap() {
    for (Buffer& b : data_) gpu_.free(b);
    gpu_.free(spin_);
}

double Overlap::time(std::size_t kernels, uint32_t iterations, bool barriers) {
    commands_.begin();
    gpu_.vk.CmdBindPipeline(commands_.list, VK_PIPELINE_BIND_POINT_COMPUTE, spin_.pipeline);
    watch_.start(commands_.list);
    for (std::size_t i = 0; i < kernels; ++i) {
        bind(gpu_, commands_.list, spin_, {&data_[i].buffer, 1});
        dispatch(gpu_, commands_.list, spin_, iterations, 1);
        if (barriers) compute_barrier(gpu_, commands_.list);
    }
    watch_.stop(commands_.list);
    commands_.end();
    commands_.run(gpu_.compute);
    return watch_.seconds();
}

double Overlap::run(bool barriers) { return time(data_.size(), iterations_, barriers); }

double Overlap::batch() {
    const double start = now();
    commands_.begin();
    gpu_.vk.CmdBindPipeline(commands_.list, VK_PIPELINE_BIND_POINT_COMPUTE, spin_.pipeline);
    for (const Buffer& data : data_) {
        bind(gpu_, commands_.list, spin_, {&data.buffer, 1});
        dispatch(gpu_, commands_.list, spin_, iterations_, 1);
    }
    commands_.end();
    commands_.run(gpu_.compute);
    return now() - start;
}

Wait::Wait(const Gpu& gpu)
    : gpu_(gpu),
      fresh_(gpu, gpu.compute_family),
      tiny_(gpu.pipeline(kernels::tiny, 1)),
      word_(gpu.pipeline(kernels::word, 2)),
      data_(words(gpu, Home::device)),
      host_(words(gpu, Home::cached)) {
    auto type = typed<VkSemaphoreTypeCreateInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO);
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    auto info = typed<VkSemaphoreCreateInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO);
    info.pNext = &type;
    check(gpu.vk.CreateSemaphore(gpu.device, &info, nullptr, &timeline_), "vkCreateSemaphore");
    for (int how = 0; how <= static_cast<int>(How::word_by_fill); ++how) {
        kept_.push_back(std::make_unique<Commands>(gpu, gpu.compute_family));
        list(*kept_.back(), static_cast<How>(how), 0, 7);
    }
}

Wait::~Wait() {
    gpu_.vk.DeviceWaitIdle(gpu_.device);
    gpu_.vk.DestroySemaphore(gpu_.device, timeline_, nullptr);
    gpu_.free(host_);
    gpu_.free(data_);
    gpu_.free(word_);
    gpu_.free(tiny_);
}

void Wait::list(const Commands& commands, How how, VkCommandBufferUsageFlags flags, uint32_t value) const {
    commands.begin(flags);
    const bool by_kernel = how == How::word_by_kernel;
    const Pipeline& pipeline = by_kernel ? word_ : tiny_;
    const VkBuffer buffers[] = {data_.buffer, host_.buffer};
    call(gpu_, commands.list, pipeline, {buffers, by_kernel ? 2u : 1u}, value, 1);
    if (how == How::word_by_fill) {
        barrier(gpu_, commands.list);
        gpu_.vk.CmdFillBuffer(commands.list, host_.buffer, 0, sizeof(uint32_t), value);
    }
    commands.end();
}

void Wait::submit(const Commands& commands, How how) {
    const double start = now();
    ++reached_;
    auto values = typed<VkTimelineSemaphoreSubmitInfo>(VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO);
    values.signalSemaphoreValueCount = 1;
    values.pSignalSemaphoreValues = &reached_;
    auto info = typed<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
    info.commandBufferCount = 1;
    info.pCommandBuffers = &commands.list;
    if (how == How::timeline_wait || how == How::timeline_spin) {
        info.pNext = &values;
        info.signalSemaphoreCount = 1;
        info.pSignalSemaphores = &timeline_;
    }
    const bool fenced = how == How::fence_wait || how == How::fence_spin;
    check(gpu_.vk.QueueSubmit(gpu_.compute, 1, &info, fenced ? commands.fence : VK_NULL_HANDLE), "vkQueueSubmit");
    last_submit_ = now() - start;
}

void Wait::wait(const Commands& commands, How how) {
    switch (how) {
        case How::fence_wait:
            check(gpu_.vk.WaitForFences(gpu_.device, 1, &commands.fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
            break;
        case How::fence_spin: {
            VkResult result = VK_NOT_READY;
            while ((result = gpu_.vk.GetFenceStatus(gpu_.device, commands.fence)) == VK_NOT_READY) {
            }
            check(result, "vkGetFenceStatus");
            break;
        }
        case How::timeline_wait: {
            auto info = typed<VkSemaphoreWaitInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO);
            info.semaphoreCount = 1;
            info.pSemaphores = &timeline_;
            info.pValues = &reached_;
            check(gpu_.vk.WaitSemaphores(gpu_.device, &info, UINT64_MAX), "vkWaitSemaphores");
            break;
        }
        case How::timeline_spin: {
            uint64_t value = 0;
            while (value < reached_)
                check(gpu_.vk.GetSemaphoreCounterValue(gpu_.device, timeline_, &value), "vkGetSemaphoreCounterValue");
            break;
        }
        case How::queue_idle:
            check(gpu_.vk.QueueWaitIdle(gpu_.compute), "vkQueueWaitIdle");
            break;
        case How::word_by_kernel:
        case How::word_by_fill: {
            std::atomic_ref<uint32_t> word(*reinterpret_cast<uint32_t*>(host_.host));
            while (word.load(std::memory_order_acquire) != 7) {
            }
            break;
        }
    }
}

double Wait::run(How how, bool recorded) {
    std::atomic_ref<uint32_t>(*reinterpret_cast<uint32_t*>(host_.host)).store(0, std::memory_order_seq_cst);
    const Commands& commands = recorded ? *kept_[static_cast<std::size_t>(how)] : fresh_;
    const double start = now();
    if (!recorded) list(commands, how, VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, 7);
    submit(commands, how);
    wait(commands, how);
    const double seconds = now() - start;
    if (how == How::fence_wait || how == How::fence_spin)
        check(gpu_.vk.ResetFences(gpu_.device, 1, &commands.fence), "vkResetFences");
    else check(gpu_.vk.QueueWaitIdle(gpu_.compute), "vkQueueWaitIdle");
    return seconds;
}

Replay::Replay(const Gpu& gpu, uint32_t nodes)
    : gpu_(gpu),
      nodes_(nodes),
      commands_(gpu, gpu.compute_family),
      again_(gpu, gpu.compute_family),
      tiny_(gpu.pipeline(kernels::tiny, 1)),
      data_(words(gpu, Home::device)) {
    commands_.begin(VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT);
    gpu.vk.CmdBindPipeline(commands_.list, VK_PIPELINE_BIND_POINT_COMPUTE, tiny_.pipeline);
    bind(gpu, commands_.list, tiny_, {&data_.buffer, 1});
    for (uint32_t i = 0; i < nodes; ++i) {
        dispatch(gpu, commands_.list, tiny_, i, 1);
        compute_barrier(gpu, commands_.list);
    }
    commands_.end();
}

Replay::~Replay() {
    gpu_.free(data_);
    gpu_.free(tiny_);
}

double Replay::run(uint32_t times) {
    auto info = typed<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
    info.commandBufferCount = 1;
    info.pCommandBuffers = &commands_.list;
    const double start = now(), cpu_start = thread_seconds();
    for (uint32_t i = 0; i < times; ++i)
        check(gpu_.vk.QueueSubmit(gpu_.compute, 1, &info, i + 1 == times ? commands_.fence : VK_NULL_HANDLE),
              "vkQueueSubmit");
    last_submit_ = (thread_seconds() - cpu_start) / times;
    commands_.wait();
    return (now() - start) / times;
}

double Replay::record() {
    const double start = thread_seconds();
    again_.begin(VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT);
    gpu_.vk.CmdBindPipeline(again_.list, VK_PIPELINE_BIND_POINT_COMPUTE, tiny_.pipeline);
    bind(gpu_, again_.list, tiny_, {&data_.buffer, 1});
    for (uint32_t i = 0; i < nodes_; ++i) {
        dispatch(gpu_, again_.list, tiny_, i, 1);
        compute_barrier(gpu_, again_.list);
    }
    again_.end();
    return thread_seconds() - start;
}

}  // namespace bare
