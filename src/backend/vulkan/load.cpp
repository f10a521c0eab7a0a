// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan backend: finds the loader, lists adapters, opens devices, and says what was found.
#include "backend/vulkan/load.h"

#include "backend/vulkan/device.h"
#include "backend/vulkan/drivers.h"

#include <algorithm>
#include <mutex>
#include <optional>

namespace alkomp::backend {
namespace vulkan {
namespace {

class VulkanBackend final : public Backend {
public:
    std::string_view name() const noexcept override { return "vulkan"; }

    Ticket adapters() override {
        const std::lock_guard lock(mutex_);
        sweep_left_behind();
        Completion completion;
        completion.ticket = next_ticket_++;
        completion.status = list();
        for (const auto& adapter : adapters_) completion.adapters.push_back(adapter->description);
        completions_.push_back(std::move(completion));
        return next_ticket_ - 1;
    }

    Ticket open(u32 adapter, const OpenOptions& options) override {
        const std::lock_guard lock(mutex_);
        Completion completion;
        completion.ticket = next_ticket_++;
        completion.status =
            adapter < adapters_.size()
                ? open_device(adapters_[adapter], options, completion.device)
                : Status::failure(ErrorCode::unsupported, "there is no Vulkan adapter " + std::to_string(adapter));
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
        const Status status = list();
        std::vector<Finding> out = found_;
        if (!status.ok()) out.push_back({Finding::Kind::note, "Vulkan", false, status.text});
        std::vector<Finding> drivers = find_drivers();
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(libraries_), drivers.begin(), drivers.end());
        return out;
    }

private:
    /// Lists the adapters anew. The instance is kept as long as it shows devices and the environment
    /// does not name other drivers.
    Status list() {
        std::string environment = driver_environment();
        const bool keep = instance_ && !adapters_.empty() && environment == environment_;
        adapters_.clear();
        if (!keep) {
            instance_.reset();
            found_.clear();
            environment_ = std::move(environment);
            const std::shared_ptr<const Library> library = open_library(found_);
            libraries_ = found_.size();
            if (!library) return {};
            const Status status = create_instance(library, instance_, found_);
            if (!status.ok()) return no_drivers(status);
            instance_findings_ = found_.size();
        }
        found_.resize(instance_findings_);
        return list_adapters(instance_, adapters_, found_);
    }

    /// That there is no driver is no failure, only something to tell; loaders answer a broken manifest
    /// with VK_ERROR_OUT_OF_HOST_MEMORY.
    Status no_drivers(const Status& status) {
        found_.push_back({Finding::Kind::note, "Vulkan instance", false, status.text});
        return {};
    }

    std::mutex mutex_;
    std::string environment_;
    std::shared_ptr<Instance> instance_;
    std::vector<std::shared_ptr<const AdapterRecord>> adapters_;
    std::vector<Finding> found_;         ///< libraries, then what the instance said, then devices
    std::size_t libraries_ = 0;          ///< of `found_`
    std::size_t instance_findings_ = 0;  ///< of `found_`, with the libraries
    std::vector<Completion> completions_;
    Ticket next_ticket_ = 1;
};

}  // namespace
}  // namespace vulkan

std::shared_ptr<Backend> make_vulkan() { return std::make_shared<vulkan::VulkanBackend>(); }

}  // namespace alkomp::backend
