// SPDX-License-Identifier: MIT OR Apache-2.0
// The device's clock in ns, and the host time that goes with it.
#include "backend/vulkan/submit.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace alkomp::backend::vulkan {
namespace {

constexpr i64 kBaseNs = 1'000'000'000'000;  // readings a little before the first one stay positive

u64 host_now_ns() {
    return static_cast<u64>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count());
}

}  // namespace

void TickClock::start() {
    const u32 bits = core_.adapter->families.front().timestamp_bits;
    mask_ = bits >= 64 ? ~u64{0} : (u64{1} << bits) - 1;
#if defined(__linux__)  // where std::chrono::steady_clock is CLOCK_MONOTONIC
    const auto list = core_.adapter->instance->vk.GetPhysicalDeviceCalibrateableTimeDomainsEXT;
    if (!core_.vk.GetCalibratedTimestampsEXT || !list || !core_.capabilities.features.timestamps) return;
    std::vector<VkTimeDomainEXT> domains;
    const VkResult r = enumerate(domains, VK_TIME_DOMAIN_DEVICE_EXT, [&](u32* count, VkTimeDomainEXT* data) {
        return list(core_.adapter->handle, count, data);
    });
    const auto has = [&](VkTimeDomainEXT d) { return std::find(domains.begin(), domains.end(), d) != domains.end(); };
    calibrated_ = r == VK_SUCCESS && has(VK_TIME_DOMAIN_DEVICE_EXT) && has(VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT);
#endif
}

u64 TickClock::extend_to_ns(u64 ticks) {
    ticks &= mask_;
    if (!seen_) {
        seen_ = true;
        last_ticks_ = ticks;
    }
    // The counter may wrap, after minutes on some devices: take the shorter way round.
    const u64 forward = (ticks - last_ticks_) & mask_;
    const i64 step =
        forward <= mask_ / 2 ? static_cast<i64>(forward) : -static_cast<i64>((last_ticks_ - ticks) & mask_);
    const i64 since_base = since_base_ + step;
    if (step > 0) {
        last_ticks_ = ticks;
        since_base_ = since_base;
    }
    const double ns = static_cast<double>(since_base) * static_cast<double>(core_.adapter->limits().timestampPeriod);
    return static_cast<u64>(std::max<i64>(0, kBaseNs + std::llround(ns)));
}

u64 TickClock::to_ns(u64 ticks) {
    const std::lock_guard lock(mutex_);
    return extend_to_ns(ticks);
}

void TickClock::observe(u64 submitted_host_ns, u64 done_host_ns, u64 first_device_ns, u64 last_device_ns) {
    const std::lock_guard lock(mutex_);
    const i64 least = static_cast<i64>(submitted_host_ns) - static_cast<i64>(first_device_ns);
    const i64 most = static_cast<i64>(done_host_ns) - static_cast<i64>(last_device_ns);
    if (observed_) {
        least_offset_ns_ = std::max(least_offset_ns_, least);
        most_offset_ns_ = std::min(most_offset_ns_, most);
    }
    if (!observed_ || least_offset_ns_ > most_offset_ns_) {  // the clocks have drifted apart: begin anew
        least_offset_ns_ = least;
        most_offset_ns_ = most;
    }
    observed_ = true;
}

Device::ClockPair TickClock::read() {
    if (calibrated_ && !core_.lost()) {
        std::array<VkCalibratedTimestampInfoEXT, 2> infos{};
        for (auto& info : infos) info.sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_EXT;
        infos[0].timeDomain = VK_TIME_DOMAIN_DEVICE_EXT;
        infos[1].timeDomain = VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT;
        std::array<u64, 2> values{};
        u64 deviation = 0;
        const VkResult r =
            core_.vk.GetCalibratedTimestampsEXT(core_.handle, 2, infos.data(), values.data(), &deviation);
        if (r == VK_SUCCESS) return {values[1], to_ns(values[0])};
        (void)core_.check("vkGetCalibratedTimestampsEXT", r);  // a lost device is remembered
    }
    const u64 now = host_now_ns();
    const std::lock_guard lock(mutex_);
    if (!observed_) return {now, now};
    return {now, static_cast<u64>(static_cast<i64>(now) - (least_offset_ns_ + most_offset_ns_) / 2)};
}

}  // namespace alkomp::backend::vulkan
