// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory backend's device: its memory, kernels and recorded lists, and how submissions run.
#include "support/memory_backend.h"
#include "support/memory_parts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace alkomp::testing {
namespace {

constexpr std::byte kFresh{0xA5};  // what unspecified contents look like

// A duty of the front that was not done: the front is wrong, and going on would hide it.
void require(bool done, const char* function, const std::string& duty) {
    if (done) return;
    std::fprintf(stderr, "memory backend: %s: the front broke a duty: %s\n", function, duty.c_str());
    std::fflush(stderr);
    std::abort();
}

Bytes make_bytes(u64 size) {
    Bytes bytes(static_cast<std::byte*>(::operator new(size, std::align_val_t(256))));
    std::memset(bytes.get(), static_cast<int>(kFresh), size);
    return bytes;
}

// Both live for the whole process: a device that the front left behind is reachable, not leaked.
std::unordered_set<const MemoryDevice*>& living() {
    static auto* set = new std::unordered_set<const MemoryDevice*>;
    return *set;
}
std::mutex living_mutex;

}  // namespace

Capabilities MemoryDevice::default_capabilities(bool indirect) {
    Capabilities c;
    Limits& l = c.limits;
    l.max_buffer_bytes = u64{64} << 20;
    l.max_storage_binding_bytes = u64{16} << 20;
    l.max_uniform_binding_bytes = u64{64} << 10;
    l.storage_offset_alignment_bytes = 256;
    l.uniform_offset_alignment_bytes = 256;
    l.copy_alignment_bytes = 4;
    l.max_bindings = 8;
    l.max_sets = 4;
    l.max_scalar_bytes = 64;
    l.max_groups = {65535, 65535, 65535};
    l.max_workgroup_size = {256, 256, 64};
    l.max_workgroup_invocations = 256;
    l.max_shared_bytes = 16384;
    l.max_compute_units = 1;
    l.spirv_version = 0x00010600;
    Features& f = c.features;
    f.timestamps = true;
    f.indirect_dispatch = indirect;
    f.robust_buffers = true;
    f.robust_zero = true;
    return c;
}

MemoryDevice::MemoryDevice(MemoryOptions options, bool checks)
    : options_(std::move(options)), capabilities_(default_capabilities()), random_(options_.seed) {
    properties_.queues_compute.assign(options_.queues, true);
    properties_.accepts_spirv = true;
    properties_.checks = checks;
    properties_.map_alignment_bytes = 8;
    properties_.binding_size_multiple_bytes = 4;
    for (u32 i = 0; i < options_.queues; ++i) queues_.push_back(std::make_unique<Queue>());
    {
        const std::lock_guard lock(living_mutex);
        living().insert(this);
    }
    if (options_.worker)
        for (u32 i = 0; i < options_.queues; ++i) threads_.emplace_back([this, i] { work(i); });
}

MemoryDevice::~MemoryDevice() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_ready_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    const std::lock_guard lock(living_mutex);
    living().erase(this);
}

// Tickets ----------------------------------------------------------------------------------------

backend::Ticket MemoryDevice::open_ticket() {
    const backend::Ticket ticket = next_ticket_++;
    open_.insert(ticket);
    return ticket;
}

void MemoryDevice::finish(backend::Completion completion, std::optional<u32> queue) {
    const u32 delay = options_.seed == 0 ? 0 : static_cast<u32>(random_() % 4);
    ready_.push_back({std::move(completion), queue, delay});
    completion_ready_.notify_all();
}

backend::Pending MemoryDevice::pending(backend::Completion completion) {
    completion.ticket = open_ticket();
    const backend::Ticket ticket = completion.ticket;
    finish(std::move(completion), std::nullopt);
    return {ticket, {}};
}

backend::Status MemoryDevice::lost_status() const { return backend::Status::failure(ErrorCode::device_lost, *lost_); }

void MemoryDevice::fail_next(Call call, When when, ErrorCode code, const std::string& text, u32 after) {
    faults.add(call, when, backend::Status::failure(code, text), after);
}

void MemoryDevice::plant(std::vector<Fault> found, std::vector<TraceStep> trace) {
    const std::lock_guard lock(mutex_);
    planted_.faults = std::move(found);
    planted_.trace = std::move(trace);
}

// Memory -----------------------------------------------------------------------------------------

MemoryDevice::Buffer& MemoryDevice::buffer_at(backend::BufferId id, const char* function) {
    const auto found = buffers_.find(static_cast<u64>(id));
    require(found != buffers_.end(), function, "buffer " + std::to_string(static_cast<u64>(id)) + " does not exist");
    return *found->second;
}

backend::Pending MemoryDevice::allocate(const backend::Allocation& allocation, backend::BufferId& out) {
    const std::lock_guard lock(mutex_);
    require(allocation.size_bytes > 0 && allocation.size_bytes % 16 == 0, "allocate",
            "the size " + std::to_string(allocation.size_bytes) + " is no positive multiple of 16");
    require(allocation.size_bytes <= capabilities_.limits.max_buffer_bytes, "allocate", "the size is above the limit");
    require(allocation.import_host == nullptr, "allocate", "this device imports no host memory");
    if (lost_) return {0, lost_status()};
    auto fault = faults.take(Call::allocate);
    if (fault && fault->first == When::at_once) return {0, std::move(fault->second)};
    auto buffer = std::make_unique<Buffer>();
    buffer->id = next_id_++;
    buffer->allocation = allocation;
    buffer->last_use.assign(options_.queues, 0);
    if (fault) buffer->failure = std::move(fault->second);
    else if (allocation.kind == backend::MemoryKind::device &&
             counters_.buffer_bytes + allocation.size_bytes > options_.memory_bytes)
        buffer->failure = backend::Status::failure(ErrorCode::out_of_memory, "the memory backend's memory is full");
    else buffer->bytes = make_bytes(allocation.size_bytes);
    if (buffer->on_device()) counters_.buffer_bytes += allocation.size_bytes;
    ++counters_.buffers;
    out = static_cast<backend::BufferId>(buffer->id);
    backend::Completion completion;
    completion.status = buffer->failure;
    const backend::Pending result = pending(std::move(completion));
    buffer->made = result.ticket;
    buffers_.emplace(buffer->id, std::move(buffer));
    return result;
}

void MemoryDevice::free(backend::BufferId id) {
    const std::lock_guard lock(mutex_);
    Buffer& buffer = buffer_at(id, "free");
    if (!lost_) {
        require(!open_.contains(buffer.made), "free", "the buffer's allocation has not been reported");
        for (const backend::Ticket ticket : buffer.last_use)
            require(!open_.contains(ticket), "free", "a submission that uses the buffer has not been reported");
        require(!open_.contains(buffer.mapping_ticket), "free", "the buffer is being mapped");
    }
    if (buffer.on_device()) counters_.buffer_bytes -= buffer.allocation.size_bytes;
    --counters_.buffers;
    oracle_.forget(buffer.id);
    buffers_.erase(static_cast<u64>(id));
}

backend::Pending MemoryDevice::map(backend::BufferId id, u64 offset, u64 size, backend::MapMode mode, void*&) {
    const std::lock_guard lock(mutex_);
    Buffer& buffer = buffer_at(id, "map");
    if (lost_) return {0, lost_status()};
    require(buffer.allocation.kind != backend::MemoryKind::device, "map", "device memory cannot be mapped here");
    require(!buffer.mapped, "map", "the buffer is mapped already");
    require(offset % 8 == 0 && size % 8 == 0 && size > 0, "map", "offset and size are positive multiples of 8");
    require(offset + size <= buffer.allocation.size_bytes, "map", "the range is outside the buffer");
    for (const backend::Ticket ticket : buffer.last_use)
        require(!open_.contains(ticket), "map", "a submission that uses the buffer has not been reported");
    if (mode == backend::MapMode::read && buffer.written && !buffer.shown_to_host)
        HazardOracle::report("map: no submission since the buffer's last write has read_by_host");
    auto fault = faults.take(Call::map);
    if (fault && fault->first == When::at_once) return {0, std::move(fault->second)};
    backend::Completion completion;
    if (fault || buffer.failure.failed) {
        completion.status = fault ? std::move(fault->second) : buffer.failure;
    } else {
        buffer.mapped = true;
        buffer.mode = mode;
        buffer.mapped_offset = offset;
        buffer.mapped_size = size;
        buffer.mapping = std::make_unique<std::byte[]>(size);
        std::memcpy(buffer.mapping.get(), buffer.bytes.get() + offset, size);
        completion.mapped = buffer.mapping.get();
    }
    const backend::Pending result = pending(std::move(completion));
    buffer.mapping_ticket = result.ticket;
    return result;
}

void MemoryDevice::unmap(backend::BufferId id) {
    const std::lock_guard lock(mutex_);
    Buffer& buffer = buffer_at(id, "unmap");
    if (lost_ && !buffer.mapped) return;
    require(buffer.mapped, "unmap", "the buffer is not mapped");
    if (buffer.mode == backend::MapMode::write)
        std::memcpy(buffer.bytes.get() + buffer.mapped_offset, buffer.mapping.get(), buffer.mapped_size);
    buffer.mapping.reset();
    buffer.mapped = false;
}

// Kernels ----------------------------------------------------------------------------------------

backend::Pending MemoryDevice::compile(const backend::KernelCode& code, const Interface& interface,
                                       backend::KernelId& out, std::vector<std::byte>&) {
    const std::lock_guard lock(mutex_);
    if (lost_) return {0, lost_status()};
    const auto* words = std::get_if<std::span<const u32>>(&code.code);
    require(words != nullptr, "compile", "this device takes SPIR-V only");
    const Limits& limits = capabilities_.limits;
    require(interface.bindings.size() <= limits.max_bindings, "compile", "there are more bindings than the limit");
    require(interface.scalar_bytes <= limits.max_scalar_bytes, "compile", "there are more scalar bytes than the limit");
    require(interface.shared_bytes <= limits.max_shared_bytes, "compile", "there is more shared memory than the limit");
    auto fault = faults.take(Call::compile);
    if (fault && fault->first == When::at_once) return {0, std::move(fault->second)};
    auto kernel = std::make_shared<CompiledKernel>();
    kernel->interface = interface;
    kernel->label = std::string(code.label);
    kernel->host = find_host_kernel(*words);
    kernel->last_use.assign(options_.queues, 0);
    for (const backend::SpecializationValue& value : code.constants) kernel->constants[value.id] = value.bits;
    u64 invocations = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        kernel->workgroup[i] = interface.workgroup_size[i];
        if (const auto id = interface.workgroup_constants[i]; id && kernel->constants.contains(*id))
            kernel->workgroup[i] = static_cast<u32>(kernel->constants[*id]);
        invocations *= kernel->workgroup[i];
    }
    require(invocations <= limits.max_workgroup_invocations, "compile", "the workgroup is above the limit");
    backend::Completion completion;
    if (fault) kernel->failure = completion.status = std::move(fault->second);
    const backend::Pending result = pending(std::move(completion));
    kernel->made = result.ticket;
    kernel->id = out = static_cast<backend::KernelId>(next_id_);
    kernels_.emplace(next_id_++, std::move(kernel));
    ++counters_.kernels;
    return result;
}

void MemoryDevice::release(backend::KernelId id) {
    const std::lock_guard lock(mutex_);
    const auto found = kernels_.find(static_cast<u64>(id));
    require(found != kernels_.end(), "release", "the kernel does not exist");
    if (!lost_) {
        require(!open_.contains(found->second->made), "release", "the kernel's compilation has not been reported");
        for (const backend::Ticket ticket : found->second->last_use)
            require(!open_.contains(ticket), "release", "a submission that uses the kernel has not been reported");
    }
    kernels_.erase(found);
    --counters_.kernels;
}

// Commands ---------------------------------------------------------------------------------------

void MemoryDevice::add_use(Step& step, backend::BufferId id, u64 begin, u64 end, bool writes, const char* function) {
    Buffer& buffer = buffer_at(id, function);
    require(begin < end && end <= buffer.allocation.size_bytes, function,
            "the range [" + std::to_string(begin) + ", " + std::to_string(end) + ") is outside the buffer of " +
                std::to_string(buffer.allocation.size_bytes) + " bytes");
    if (step.kind == Step::Kind::copy && !writes)
        require(buffer.allocation.kind != backend::MemoryKind::download, function, "download memory is only written");
    else if (step.kind == Step::Kind::copy)
        require(buffer.allocation.kind != backend::MemoryKind::upload, function, "upload memory is only read");
    else
        require(buffer.allocation.kind == backend::MemoryKind::device, function, "kernels and fills use device memory");
    step.accesses.push_back({buffer.id, begin, end, writes});
    step.buffers.push_back(&buffer);
}

void MemoryDevice::make_dispatch(Step& step, backend::KernelId id, std::span<const backend::BoundRange> bindings,
                                 std::span<const std::byte> scalars) {
    const auto found = kernels_.find(static_cast<u64>(id));
    require(found != kernels_.end(), "submit", "the kernel does not exist");
    step.kernel = found->second;
    step.kind = Step::Kind::dispatch;
    step.what = "kernel \"" + step.kernel->label + "\"";
    step.scalars.assign(scalars.begin(), scalars.end());
    const Interface& interface = step.kernel->interface;
    require(bindings.size() == interface.bindings.size(), "submit", "there is not one range per binding");
    require(scalars.size() == interface.scalar_bytes, "submit", "the scalars are not the whole block");
    for (std::size_t i = 0; i < bindings.size(); ++i) {
        const backend::BoundRange& range = bindings[i];
        const BindingInfo& info = interface.bindings[i];
        const bool uniform = info.kind == BindingKind::uniform;
        const Limits& limits = capabilities_.limits;
        require(range.offset_bytes % 256 == 0, "submit", "the offset of a binding is no multiple of 256");
        require(range.size_bytes > 0 && range.size_bytes % 4 == 0, "submit",
                "the size of a binding is no multiple of 4");
        require(range.size_bytes <= (uniform ? limits.max_uniform_binding_bytes : limits.max_storage_binding_bytes),
                "submit", "the size of a binding is above the limit");
        add_use(step, range.buffer, range.offset_bytes, range.offset_bytes + range.size_bytes, info.writes, "submit");
        step.bindings.emplace_back(step.buffers.back(), range);
    }
}

MemoryDevice::Step MemoryDevice::make_step(const backend::Command& command) {
    Step step;
    step.barrier = command.barrier;
    if (const auto* copy = std::get_if<backend::Copy>(&command.what)) {
        step.kind = Step::Kind::copy;
        step.what = "copy";
        require(copy->from != copy->to, "submit", "a copy within one buffer, which WebGPU refuses");
        // Whole words are read and written.
        const auto use = [&](backend::BufferId id, u64 offset, bool writes) {
            add_use(step, id, offset / 4 * 4, (offset + copy->size_bytes + 3) / 4 * 4, writes, "submit");
        };
        use(copy->from, copy->from_offset_bytes, false);
        use(copy->to, copy->to_offset_bytes, true);
        const bool odd = (copy->from_offset_bytes | copy->to_offset_bytes | copy->size_bytes) % 4 != 0;
        const auto of_device = [](const Buffer* b) { return b->allocation.kind == backend::MemoryKind::device; };
        require(!odd || (of_device(step.buffers[0]) && of_device(step.buffers[1])), "submit",
                "offsets and size of a copy are multiples of 4, unless both buffers are the device's");
        step.from = step.buffers[0];
        step.to = step.buffers[1];
        step.from_offset = copy->from_offset_bytes;
        step.to_offset = copy->to_offset_bytes;
        step.size = copy->size_bytes;
    } else if (const auto* fill = std::get_if<backend::Fill>(&command.what)) {
        step.kind = Step::Kind::fill;
        step.what = "fill";
        require(fill->offset_bytes % 4 == 0 && fill->size_bytes % 4 == 0, "submit",
                "offset and size of a fill are multiples of 4");
        add_use(step, fill->buffer, fill->offset_bytes, fill->offset_bytes + fill->size_bytes, true, "submit");
        step.to = step.buffers[0];
        step.to_offset = fill->offset_bytes;
        step.size = fill->size_bytes;
        step.pattern = fill->pattern;
        step.mask = fill->mask;
    } else if (const auto* dispatch = std::get_if<backend::Dispatch>(&command.what)) {
        for (const u32 count : dispatch->groups)
            require(count > 0 && count <= 65535, "submit", "a workgroup count is 0 or above the limit");
        make_dispatch(step, dispatch->kernel, dispatch->bindings, dispatch->scalars);
        step.groups = dispatch->groups;
    } else if (const auto* indirect = std::get_if<backend::DispatchIndirect>(&command.what)) {
        make_dispatch(step, indirect->kernel, indirect->bindings, indirect->scalars);
        require(capabilities_.features.indirect_dispatch, "submit", "this device has no indirect dispatch");
        require(indirect->counts_offset_bytes % 4 == 0, "submit", "the counts' offset is no multiple of 4");
        add_use(step, indirect->counts, indirect->counts_offset_bytes, indirect->counts_offset_bytes + 12, false,
                "submit");
        step.from = step.buffers.back();
        step.from_offset = indirect->counts_offset_bytes;
    } else {
        step.kind = Step::Kind::timestamp;
        step.what = "timestamp";
    }
    return step;
}

backend::Status MemoryDevice::record(u32 queue, std::span<const backend::Command> commands, backend::RecordedId& out) {
    const std::lock_guard lock(mutex_);
    require(queue < options_.queues, "record", "the queue does not exist");
    if (lost_) return lost_status();
    if (auto fault = faults.take(Call::record)) return std::move(fault->second);
    auto steps = std::make_shared<std::vector<Step>>();
    for (const backend::Command& command : commands) {
        require(!std::holds_alternative<backend::Timestamp>(command.what), "record", "a timestamp cannot be recorded");
        steps->push_back(make_step(command));
    }
    out = static_cast<backend::RecordedId>(next_id_);
    recorded_.emplace(next_id_++, std::move(steps));
    ++counters_.records;
    ++counters_.recorded;
    return {};
}

void MemoryDevice::release(backend::RecordedId id) {
    const std::lock_guard lock(mutex_);
    require(recorded_.erase(static_cast<u64>(id)) == 1, "release", "the recorded list does not exist");
    --counters_.recorded;
}

// Marks what the submission uses and gives its accesses to the oracle.
void MemoryDevice::note(u32 queue, bool read_by_host, backend::Ticket ticket, std::span<const Step> steps) {
    for (const Step& step : steps) {
        for (std::size_t i = 0; i < step.buffers.size(); ++i) {
            Buffer* buffer = step.buffers[i];
            require(buffers_.contains(step.accesses[i].buffer), "submit",
                    "a recorded list uses a buffer that was freed");
            require(!buffer->mapped, "submit", "a buffer in use is mapped");
            buffer->last_use[queue] = ticket;
        }
        if (step.kind == Step::Kind::copy) {
            step.to->written = true;
            step.to->shown_to_host = false;
            step.to->writer_queue = queue;
        }
        if (step.kernel) step.kernel->last_use[queue] = ticket;
        if (step.kind == Step::Kind::timestamp) continue;
        oracle_.command(queue, step.barrier, step.accesses, step.what);
        ++counters_.commands;
        counters_.barriers += step.barrier ? 1 : 0;
        counters_.dispatches += step.kind == Step::Kind::dispatch ? 1 : 0;
    }
    if (!read_by_host) return;
    for (auto& [id, buffer] : buffers_)
        if (buffer->written && buffer->writer_queue == queue) buffer->shown_to_host = true;
}

backend::Pending MemoryDevice::submit(const backend::Submission& submission) {
    const std::lock_guard lock(mutex_);
    require(submission.queue < options_.queues, "submit", "the queue does not exist");
    if (lost_) return {0, lost_status()};
    auto fault = faults.take(Call::submit);
    if (fault && fault->first == When::at_once) return {0, std::move(fault->second)};
    Work work;
    for (const backend::Command& command : submission.commands) work.steps.push_back(make_step(command));
    if (submission.recorded != backend::RecordedId::none) {
        const auto found = recorded_.find(static_cast<u64>(submission.recorded));
        require(found != recorded_.end(), "submit", "the recorded list does not exist");
        const std::size_t first = work.steps.size();
        work.steps.insert(work.steps.end(), found->second->begin(), found->second->end());
        if (first < work.steps.size()) work.steps[first].barrier = true;
        ++counters_.replays;
    }
    if (fault) work.failure = std::move(fault->second);
    for (const backend::Ticket ticket : submission.waits) {
        require(ticket > 0 && ticket < next_ticket_, "submit", "it waits for a ticket that was never given out");
        work.waits.push_back(ticket);
    }
    work.ticket = open_ticket();
    unexecuted_.insert(work.ticket);
    for (const Step& step : work.steps) {
        if (!step.kernel) continue;
        if (step.kernel->host && step.kernel->host->endless) work.endless = true;
        work.found.fault_kernels.assign(planted_.faults.size(), step.kernel->id);
        work.found.trace_kernels.assign(planted_.trace.size(), step.kernel->id);
    }
    if (!work.found.fault_kernels.empty()) work.found.faults = std::exchange(planted_.faults, {});
    if (!work.found.trace_kernels.empty()) work.found.trace = std::exchange(planted_.trace, {});
    if (!tells_kernels) {
        work.found.fault_kernels.clear();
        work.found.trace_kernels.clear();
    }
    oracle_.begin_submission(submission.queue, submission.waits);
    note(submission.queue, submission.read_by_host, work.ticket, work.steps);
    oracle_.end_submission(submission.queue, work.ticket);
    ++counters_.submissions;
    counters_.waits += submission.waits.size();
    const backend::Ticket ticket = work.ticket;
    queues_[submission.queue]->work.push_back(std::move(work));
    work_ready_.notify_all();
    completion_ready_.notify_all();
    return {ticket, {}};
}

MemoryCounters MemoryDevice::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

}  // namespace alkomp::testing
