// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory backend's adapters, and the failures that tests order.
#include "support/memory_backend.h"

#include "runtime/device.h"
#include "runtime/registry.h"

#include <utility>

namespace alkomp::testing {

void Faults::add(Call call, When when, backend::Status status, u32 after) {
    const std::lock_guard lock(mutex_);
    faults_[call].push_back({when, std::move(status), after});
}

std::optional<std::pair<When, backend::Status>> Faults::take(Call call) {
    const std::lock_guard lock(mutex_);
    const auto found = faults_.find(call);
    if (found == faults_.end() || found->second.empty()) return std::nullopt;
    Fault& fault = found->second.front();
    if (fault.after > 0) {
        --fault.after;
        return std::nullopt;
    }
    std::pair<When, backend::Status> due{fault.when, std::move(fault.status)};
    found->second.pop_front();
    return due;
}

backend::Ticket MemoryBackend::adapters() {
    const std::lock_guard lock(mutex_);
    backend::Completion completion;
    completion.ticket = next_ticket_++;
    if (auto fault = faults.take(Call::adapters)) {
        completion.status = std::move(fault->second);
    } else {
        for (u32 i = 0; i < adapters_.size(); ++i) {
            backend::Adapter adapter;
            adapter.index = i;
            adapter.name = adapters_[i].name;
            adapter.vendor = "alkomp";
            adapter.kind = DeviceKind::other;
            adapter.driver = "memory 1";
            adapter.identity = "memory";
            adapter.memory_bytes = adapters_[i].memory_bytes;
            adapter.capabilities = MemoryDevice::default_capabilities();
            completion.adapters.push_back(std::move(adapter));
        }
    }
    const backend::Ticket ticket = completion.ticket;
    ready_.push_back(std::move(completion));
    return ticket;
}

namespace {

std::unique_ptr<MemoryDevice> open_adapter(const MemoryOptions& adapter, const backend::OpenOptions& options) {
    return std::make_unique<MemoryDevice>(adapter, adapter.checks && options.check.has_value());
}

}  // namespace

backend::Ticket MemoryBackend::open(u32 adapter, const backend::OpenOptions& options) {
    const std::lock_guard lock(mutex_);
    backend::Completion completion;
    completion.ticket = next_ticket_++;
    if (auto fault = faults.take(Call::open)) completion.status = std::move(fault->second);
    else completion.device = open_adapter(adapters_.at(adapter), options);
    const backend::Ticket ticket = completion.ticket;
    ready_.push_back(std::move(completion));
    return ticket;
}

void MemoryBackend::poll(std::vector<backend::Completion>& out, u64) {
    const std::lock_guard lock(mutex_);
    for (backend::Completion& completion : std::exchange(ready_, {})) out.push_back(std::move(completion));
}

std::vector<backend::Finding> MemoryBackend::diagnose() {
    return {{backend::Finding::Kind::note, "memory", true, "the tests' own backend"}};
}

MemoryBackend& MemoryBackend::registered() {
    static const std::shared_ptr<MemoryBackend> instance = [] {
        auto made = std::make_shared<MemoryBackend>(std::vector<MemoryOptions>{
            {.name = "one queue"},
            {.name = "two queues", .queues = 2, .seed = 7},
            {.name = "in poll", .queues = 2, .worker = false, .seed = 11},
            {.name = "scarce", .memory_bytes = u64{24} << 20},
            {.name = "checking", .checks = true},
        });
        detail::register_backend([made] { return made; });
        return made;
    }();
    return *instance;
}

MemoryDevice* memory_device(const alkomp::Device& device) {
    return dynamic_cast<MemoryDevice*>(device.record()->backend.get());
}

}  // namespace alkomp::testing
