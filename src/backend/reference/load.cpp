// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/load.h"

#include "backend/reference/adapter.h"
#include "backend/reference/device.h"

#include <iterator>
#include <mutex>
#include <utility>

namespace alkomp::backend {
namespace reference {
namespace {

class ReferenceBackend final : public Backend {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "reference"; }

    Ticket adapters() override {
        Completion completion;
        completion.adapters.push_back(describe());
        return finish(std::move(completion));
    }
    Ticket open(u32, const OpenOptions& options) override {
        Completion completion;
        completion.device = open_device(options);
        return finish(std::move(completion));
    }
    void poll(std::vector<Completion>& out, u64) override {
        const std::lock_guard lock(mutex_);
        std::move(completions_.begin(), completions_.end(), std::back_inserter(out));
        completions_.clear();
    }
    std::vector<Finding> diagnose() override {
        const Adapter adapter = describe();
        return {{Finding::Kind::device, adapter.name, true, "it is part of the library and needs no driver"}};
    }

private:
    Ticket finish(Completion completion) {
        const std::lock_guard lock(mutex_);
        completion.ticket = next_ticket_++;
        completions_.push_back(std::move(completion));
        return next_ticket_ - 1;
    }

    std::mutex mutex_;
    std::vector<Completion> completions_;
    Ticket next_ticket_ = 1;
};

}  // namespace
}  // namespace reference

std::shared_ptr<Backend> make_reference() { return std::make_shared<reference::ReferenceBackend>(); }

}  // namespace alkomp::backend
