// SPDX-License-Identifier: MIT OR Apache-2.0
// Device memory to device memory.
#include "figures.h"
#include "kernels.h"

#include <algorithm>

namespace bare {

DeviceCopy::DeviceCopy(const Gpu& gpu, uint64_t size_bytes, uint32_t pairs, std::span<const uint32_t> per_invocation)
    : gpu_(gpu),
      size_bytes_(size_bytes),
      commands_(gpu, gpu.compute_family),
      watch_(gpu),
      per_invocation_(per_invocation.begin(), per_invocation.end()) {
    for (const uint32_t& n : per_invocation_) pipelines_.push_back(gpu.pipeline(kernels::copy, 2, &n));
    commands_.begin();
    for (uint32_t i = 0; i < pairs; ++i) {
        from_.push_back(gpu.buffer(size_bytes, Home::device));
        to_.push_back(gpu.buffer(size_bytes, Home::device));
        gpu.vk.CmdFillBuffer(commands_.list, from_[i].buffer, 0, VK_WHOLE_SIZE, 0x9e3779b9u * (i + 1));
        gpu.vk.CmdFillBuffer(commands_.list, to_[i].buffer, 0, VK_WHOLE_SIZE, 0);
    }
    commands_.end();
    commands_.run(gpu.compute);
}

DeviceCopy::~DeviceCopy() {
    for (Buffer& b : from_) gpu_.free(b);
    for (Buffer& b : to_) gpu_.free(b);
    for (Pipeline& p : pipelines_) gpu_.free(p);
}

double DeviceCopy::run(std::optional<uint32_t> kernel) {
    const std::size_t pair = turn_++ % from_.size();
    commands_.begin();
    watch_.start(commands_.list);
    if (kernel) {
        const auto vectors = static_cast<uint32_t>(size_bytes_ / 16);
        const uint32_t per_group = 256 * per_invocation_[*kernel];
        const uint32_t groups = (vectors + per_group - 1) / per_group;
        const uint32_t x = std::min(groups, gpu_.properties.limits.maxComputeWorkGroupCount[0]);
        const VkBuffer buffers[] = {from_[pair].buffer, to_[pair].buffer};
        call(gpu_, commands_.list, pipelines_[*kernel], buffers, vectors, x, (groups + x - 1) / x);
    } else {
        const VkBufferCopy region{0, 0, size_bytes_};
        gpu_.vk.CmdCopyBuffer(commands_.list, from_[pair].buffer, to_[pair].buffer, 1, &region);
    }
    watch_.stop(commands_.list);
    commands_.end();
    commands_.run(gpu_.compute);
    return watch_.seconds();
}

}  // namespace bare
