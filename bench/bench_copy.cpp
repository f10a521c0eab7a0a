// SPDX-License-Identifier: MIT OR Apache-2.0
// A kernel that copies 16 bytes at a time, against the same in bare Vulkan and against vkCmdCopyBuffer.
#include "bench.h"
#include "kernels.h"

#include <algorithm>
#include <array>
#include <iostream>

namespace bench {
namespace {

using Vector = std::array<u32, 4>;

/// alkomp's side: rotating pairs of buffers, several copies per sample so that the wait hardly counts.
class Copies {
public:
    Copies(Context& context, u64 size_bytes, u32 pairs) : device_(context.device), size_bytes_(size_bytes) {
        for (u32 i = 0; i < pairs; ++i) {
            from_.push_back(device_.empty<Vector>(size_bytes / 16));
            to_.push_back(device_.empty<Vector>(size_bytes / 16));
            device_.fill(from_.back(), Vector{i + 1, i + 2, i + 3, i + 4});
        }
        device_.wait();
    }
    /// GB/s read and written.
    double run(const alkomp::Kernel& kernel, u32 per_invocation, u32 times) {
        const double start = bare::now();
        for (u32 i = 0; i < times; ++i) {
            const std::size_t pair = turn_++ % from_.size();
            const u64 per_group = u64{256} * per_invocation;
            const u64 groups = (size_bytes_ / 16 + per_group - 1) / per_group;
            const u64 x = std::min<u64>(groups, device_.capabilities().limits.max_groups[0]);
            device_.call(kernel, alkomp::groups(x, (groups + x - 1) / x), from_[pair], to_[pair],
                         static_cast<u32>(size_bytes_ / 16));
        }
        device_.wait();
        return 2.0 * static_cast<double>(size_bytes_) * times / (bare::now() - start) * 1e-9;
    }

private:
    alkomp::Device device_;
    u64 size_bytes_;
    std::vector<alkomp::Buffer<Vector>> from_, to_;
    std::size_t turn_ = 0;
};

constexpr std::array<u32, 4> kPerInvocation{1, 2, 4, 8};

}  // namespace

void copy(Context& context) {
    const u64 size = context.cpu ? 64u << 20 : 1u << 30;
    const u32 pairs = context.cpu ? 1 : 3, times = context.cpu ? 2 : 30;
    Copies copies(context, size, pairs);
    bare::DeviceCopy floor(context.gpu, size, pairs, kPerInvocation);
    const auto floor_rate = [&](std::optional<u32> kernel) {
        return 2.0 * static_cast<double>(size) / floor.run(kernel) * 1e-9;
    };

    // The shape that suits the device, chosen on the floor's side.
    std::array<double, kPerInvocation.size()> rates{};
    for (int round = 0; round < 5; ++round)
        for (u32 k = 0; k < rates.size(); ++k) rates[k] = std::max(rates[k], floor_rate(k));
    const auto best = static_cast<u32>(std::max_element(rates.begin(), rates.end()) - rates.begin());
    const u32 shape = kPerInvocation[best];
    const std::string what = std::to_string(size >> 20) + " MiB, 16-byte accesses";
    std::cout << "copy: " << shape << " accesses per invocation are the fastest" << std::endl;
    const auto compiled = [&](bool robust) {
        alkomp::KernelOptions options;
        options.constants["per_invocation"] = alkomp::u64{shape};
        options.robust = robust;
        return compile(context, bare::kernels::copy, options);
    };
    const alkomp::Kernel robust = compiled(true), plain = compiled(false);
    const int count = context.pairs(15);
    context.report.add("copy", what + ", against the same kernel in bare Vulkan", "GB/s",
                       interleave(
                           count, [&] { return copies.run(plain, shape, times); }, [&] { return floor_rate(best); }),
                       context.goal(ratio_at_least(0.97), {}));
    context.report.add("copy", what + ", against vkCmdCopyBuffer", "GB/s",
                       interleave(
                           count, [&] { return copies.run(plain, shape, times); }, [&] { return floor_rate({}); }),
                       context.goal({}, ratio_at_least(0.97)));
    context.report.add(
        "copy", what + ", robust access, against the same kernel without", "GB/s",
        interleave(
            count, [&] { return copies.run(robust, shape, times); }, [&] { return copies.run(plain, shape, times); }));
}

}  // namespace bench
