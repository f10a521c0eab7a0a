// SPDX-License-Identifier: MIT OR Apache-2.0
// The WebGPU backends: find a library, list adapters, open devices, and say what was found.
#include "backend/webgpu/load.h"

#include "backend/webgpu/device.h"

#include <algorithm>
#include <iterator>
#include <mutex>

namespace alkomp::backend {
namespace webgpu {
namespace {

class WebGpuBackend final : public Backend {
public:
    explicit WebGpuBackend(std::string_view name) : name_(name) {}

    std::string_view name() const noexcept override { return name_; }

    Ticket adapters() override {
        const std::lock_guard lock(mutex_);
        sweep_left_behind();
        list();
        Completion completion;
        completion.ticket = next_ticket_++;
        for (const auto& adapter : adapters_) completion.adapters.push_back(adapter->description);
        completions_.push_back(std::move(completion));
        return next_ticket_ - 1;
    }

    Ticket open(u32 adapter, const OpenOptions& options) override {
        const std::lock_guard lock(mutex_);
        Completion completion;
        completion.ticket = next_ticket_++;
        completion.status = adapter < adapters_.size()
                                ? open_device(adapters_[adapter], options, completion.device)
                                : Status::failure(ErrorCode::unsupported,
                                                  "there is no adapter " + std::to_string(adapter) + " of " + name_);
        completions_.push_back(std::move(completion));
        return next_ticket_ - 1;
    }

    void poll(std::vector<Completion>& out, u64) override {
        const std::lock_guard lock(mutex_);
        std::move(completions_.begin(), completions_.end(), std::back_inserter(out));
        completions_.clear();
    }

    std::vector<Finding> diagnose() override {
        const std::lock_guard lock(mutex_);
        list();
        return found_;
    }

private:
    /// Lists the adapters anew. The instance is kept as long as it shows devices and the environment names no other
    /// libraries or drivers; its adapters with it.
    void list() {
        std::string environment = environment_key();
        if (instance_ && !adapters_.empty() && environment == environment_) return;
        adapters_.clear();
        instance_.reset();
        found_.clear();
        environment_ = std::move(environment);
        const std::shared_ptr<const Library> library = open_library(name_, found_);
        if (!library) return;
        instance_ = std::make_shared<Instance>(library);
        if (instance_->handle != nullptr) return list_adapters(instance_, adapters_, found_);
        found_.push_back({Finding::Kind::note, library->name(), false, "wgpuCreateInstance gives none"});
        instance_.reset();
    }

    std::string name_;
    std::mutex mutex_;
    std::string environment_;
    std::shared_ptr<Instance> instance_;
    std::vector<std::shared_ptr<const AdapterRecord>> adapters_;
    std::vector<Finding> found_;
    std::vector<Completion> completions_;
    Ticket next_ticket_ = 1;
};

}  // namespace
}  // namespace webgpu

std::shared_ptr<Backend> make_webgpu(std::string_view name) { return std::make_shared<webgpu::WebGpuBackend>(name); }

}  // namespace alkomp::backend
