// SPDX-License-Identifier: MIT OR Apache-2.0
// The WebGPU backends: find a library, list adapters, open devices, and say what was found.
#include "backend/webgpu/load.h"

#include "backend/webgpu/device.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

namespace alkomp::backend {
namespace webgpu {
namespace {

constexpr u64 kSlice = 1'000'000;  // ns between questions

class WebGpuBackend final : public Backend {
public:
    explicit WebGpuBackend(std::string_view name) : name_(name) {}

    std::string_view name() const noexcept override { return name_; }

    bool waits() const noexcept override { return can_wait(); }
    void on_event(std::function<void()> wake) override { wake_from_page(std::move(wake)); }

    Ticket adapters() override {
        const std::lock_guard lock(mutex_);
        sweep_left_behind();
        listings_.push_back(next_ticket_);
        return next_ticket_++;
    }

    Ticket open(u32 adapter, const OpenOptions& options) override {
        const std::lock_guard lock(mutex_);
        const Ticket ticket = next_ticket_++;
        if (adapter < adapters_.size()) {
            openings_.push_back({ticket, std::make_unique<Opening>(adapters_[adapter], options)});
            return ticket;
        }
        Completion completion;
        completion.ticket = ticket;
        completion.status =
            Status::failure(ErrorCode::unsupported, "there is no adapter " + std::to_string(adapter) + " of " + name_);
        completions_.push_back(std::move(completion));
        return ticket;
    }

    void poll(std::vector<Completion>& out, u64 limit_ns) override {
        const std::lock_guard lock(mutex_);
        step();
        if (completions_.empty() && !(listings_.empty() && openings_.empty()) && limit_ns != 0) {
            rest(std::min(limit_ns, kSlice));
            step();
        }
        std::move(completions_.begin(), completions_.end(), std::back_inserter(out));
        completions_.clear();
    }

    std::vector<Finding> diagnose() override {
        const std::lock_guard lock(mutex_);
        (void)list();
        return found_;
    }

private:
    /// Completes what the library has answered.
    void step() {
        if (!listings_.empty() && list()) {
            for (const Ticket ticket : std::exchange(listings_, {})) {
                Completion completion;
                completion.ticket = ticket;
                for (const auto& adapter : adapters_) completion.adapters.push_back(adapter->description);
                completions_.push_back(std::move(completion));
            }
        }
        std::erase_if(openings_, [this](OpenTicket& open) {
            Completion completion;
            completion.ticket = open.ticket;
            if (!open.opening->step(completion.status, completion.device)) return false;
            completions_.push_back(std::move(completion));
            return true;
        });
    }

    /// Lists the adapters anew; false: the library has not told them yet. The instance is kept as long as it shows
    /// devices and the environment names no other libraries or drivers; its adapters with it.
    bool list() {
        std::string environment = environment_key();
        const bool same = instance_ && environment == environment_;
        if (same && !adapters_.empty()) return true;
        if (!same || !listing_) {
            instance_.reset();
            found_.clear();
            environment_ = std::move(environment);
            const std::shared_ptr<const Library> library = open_library(name_, found_);
            if (!library) return true;
            instance_ = std::make_shared<Instance>(library);
            if (instance_->handle == nullptr) {
                found_.push_back({Finding::Kind::note, library->name(), false, "wgpuCreateInstance gives none"});
                instance_.reset();
                return true;
            }
        }
        adapters_.clear();
        listing_ = !list_adapters(instance_, adapters_, found_);
        return !listing_;
    }

    struct OpenTicket {
        Ticket ticket = 0;
        std::unique_ptr<Opening> opening;
    };

    std::string name_;
    std::mutex mutex_;
    std::string environment_;
    std::shared_ptr<Instance> instance_;
    std::vector<std::shared_ptr<const AdapterRecord>> adapters_;
    std::vector<Finding> found_;
    bool listing_ = false;  ///< the instance has not told its adapters yet
    std::vector<Ticket> listings_;
    std::vector<OpenTicket> openings_;
    std::vector<Completion> completions_;
    Ticket next_ticket_ = 1;
};

}  // namespace
}  // namespace webgpu

std::shared_ptr<Backend> make_webgpu(std::string_view name) { return std::make_shared<webgpu::WebGpuBackend>(name); }

}  // namespace alkomp::backend
