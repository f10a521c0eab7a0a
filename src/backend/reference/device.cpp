// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/device.h"

#include "backend/reference/adapter.h"
#include "backend/reference/memory.h"
#include "backend/reference/pipeline.h"
#include "backend/reference/submit.h"

#include <chrono>
#include <new>
#include <unordered_map>
#include <utility>

namespace alkomp::backend::reference {
namespace {

class ReferenceDevice final : public backend::Device {
public:
    ReferenceDevice(const Adapter& adapter, const OpenOptions& options)
        : capabilities_(adapter.capabilities),
          memory_(adapter.memory_bytes, options.check.has_value()),
          check_(options.check),
          queue_(memory_, options.submission_limit_ns, options.check) {
        properties_.queues_compute = {true};
        properties_.persistent_map = properties_.device_mappable = properties_.device_cached = true;
        properties_.host_is_device = true;
        properties_.replay = true;
        properties_.copy_within_buffer = true;
        properties_.accepts_ir = true;
        properties_.stops = true;
        properties_.checks_addresses = properties_.clamps_shared = true;
        properties_.checks = check_.has_value();
        if (!properties_.checks) return;
        // All that is written must come by as a command.
        properties_.device_mappable = properties_.host_is_device = false;
    }

    [[nodiscard]] const Capabilities& capabilities() const noexcept override { return capabilities_; }
    [[nodiscard]] const Properties& properties() const noexcept override { return properties_; }

    Pending allocate(const Allocation& allocation, BufferId& out) override {
        return {0, memory_.allocate(allocation, out)};
    }
    void free(BufferId buffer) override { memory_.free(buffer); }
    Pending map(BufferId buffer, u64 offset_bytes, u64, MapMode, void*& out) override {
        out = memory_[buffer].base + offset_bytes;
        return {};
    }
    void unmap(BufferId) override {}

    Pending compile(const KernelCode& code, const Interface& interface, KernelId& out,
                    std::vector<std::byte>&) override {
        std::shared_ptr<const Program> program;
        Status status = reference::compile(code, interface, check_ ? &*check_ : nullptr, program);
        if (status.failed) return {0, std::move(status)};
        out = static_cast<KernelId>(next_id_);
        programs_.emplace(next_id_++, std::move(program));
        return {};
    }
    void release(KernelId kernel) override { programs_.erase(static_cast<u64>(kernel)); }

    Status record(u32, std::span<const Command> commands, RecordedId& out) override {
        try {
            recorded_.emplace(next_id_, std::make_shared<const std::vector<Step>>(steps_of(commands)));
        } catch (const std::bad_alloc&) {
            return Status::failure(ErrorCode::out_of_memory, "there is no memory for the commands.");
        }
        out = static_cast<RecordedId>(next_id_++);
        return {};
    }
    void release(RecordedId recorded) override { recorded_.erase(static_cast<u64>(recorded)); }

    Pending submit(const Submission& submission) override {
        Work work;
        try {
            work.steps = steps_of(submission.commands);
        } catch (const std::bad_alloc&) {
            return {0, Status::failure(ErrorCode::out_of_memory, "there is no memory for the commands.")};
        }
        if (submission.recorded != RecordedId::none)
            work.recorded = recorded_.at(static_cast<u64>(submission.recorded));
        work.ticket = next_ticket_++;
        const Ticket ticket = work.ticket;
        queue_.push(std::move(work));  // in order, so that what it waits for is done before
        return {ticket, {}};
    }
    void stop() noexcept override { queue_.stop(); }
    std::optional<DispatchProgress> progress() override { return queue_.progress(); }
    void poll(std::vector<Completion>& out, u64 limit_ns) override { queue_.take(out, limit_ns); }

    [[nodiscard]] ClockPair clock() override {
        const auto now = static_cast<u64>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
                .count());
        return {now, now};
    }
    [[nodiscard]] const void* native() const noexcept override { return nullptr; }
    /// Its first byte.
    [[nodiscard]] const void* native(BufferId buffer) const noexcept override {
        const Binding bytes = memory_[buffer];
        // Whoever asks may write there.
        if (bytes.shadow != nullptr) bytes.shadow->set_written(0, bytes.size_bytes);
        return bytes.base;
    }

private:
    [[nodiscard]] Binding range(BufferId buffer, u64 offset_bytes, u64 size_bytes) const {
        Binding bytes = memory_[buffer];
        bytes.base += offset_bytes;
        bytes.size_bytes = size_bytes;
        return bytes;
    }
    [[nodiscard]] Step dispatch(KernelId kernel, std::span<const BoundRange> bindings,
                                std::span<const std::byte> scalars) const {
        Step step;
        step.kind = Step::Kind::dispatch;
        step.kernel = kernel;
        step.program = programs_.at(static_cast<u64>(kernel));
        for (const BoundRange& bound : bindings)
            step.bindings.push_back(range(bound.buffer, bound.offset_bytes, bound.size_bytes));
        step.scalars.assign(scalars.begin(), scalars.end());
        return step;
    }
    [[nodiscard]] Step step_of(const Command& command) const {
        Step step;
        if (const auto* copy = std::get_if<Copy>(&command.what)) {
            step.kind = Step::Kind::copy;
            step.from = range(copy->from, copy->from_offset_bytes, copy->size_bytes);
            step.to = range(copy->to, copy->to_offset_bytes, copy->size_bytes);
        } else if (const auto* fill = std::get_if<Fill>(&command.what)) {
            step.kind = Step::Kind::fill;
            step.to = range(fill->buffer, fill->offset_bytes, fill->size_bytes);
            step.pattern = fill->pattern;
        } else if (const auto* call = std::get_if<Dispatch>(&command.what)) {
            step = dispatch(call->kernel, call->bindings, call->scalars);
            step.groups = call->groups;
        } else if (const auto* indirect = std::get_if<DispatchIndirect>(&command.what)) {
            step = dispatch(indirect->kernel, indirect->bindings, indirect->scalars);
            step.counts = memory_[indirect->counts].base + indirect->counts_offset_bytes;
        }
        return step;
    }
    [[nodiscard]] std::vector<Step> steps_of(std::span<const Command> commands) const {
        std::vector<Step> steps;
        steps.reserve(commands.size());
        for (const Command& command : commands) steps.push_back(step_of(command));
        return steps;
    }

    Capabilities capabilities_;
    Properties properties_;
    Memory memory_;
    std::optional<CheckOptions> check_;
    std::unordered_map<u64, std::shared_ptr<const Program>> programs_;
    std::unordered_map<u64, std::shared_ptr<const std::vector<Step>>> recorded_;
    u64 next_id_ = 1;
    Ticket next_ticket_ = 1;
    Queue queue_;  // goes first: it stops
};

}  // namespace

std::unique_ptr<backend::Device> open_device(const OpenOptions& options) {
    return std::make_unique<ReferenceDevice>(describe(), options);
}

}  // namespace alkomp::backend::reference
