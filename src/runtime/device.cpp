// SPDX-License-Identifier: MIT OR Apache-2.0
// The device record: recording with hazards, submitting, and taking in what has completed.
#include "runtime/device.h"

#include "runtime/deadline.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "runtime/registry.h"
#include "runtime/sharing.h"

#include <algorithm>

namespace alkomp::detail {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

constexpr u64 kEmptyBytes = 256;
constexpr u32 kFirstSubmit = 16;  // commands before an idle device gets its first batch
// Batches grow by half: recording one and a half times as much takes less time than a GPU takes for what it
// has (1.2 us against 2.3 us per dependent call on an H100), so it does not idle in between.
constexpr u32 kLargestSubmit = 1024;
constexpr u32 kIndependent = 4;       // a batch of calls that wait for nothing is that much larger
constexpr std::size_t kCrowded = 64;  // batches in flight at which recording waits
constexpr std::size_t kMaxSpans = std::size_t{1} << 20;
constexpr nanoseconds kPollSlice = std::chrono::milliseconds(5);      // how long abandon() may go unnoticed
constexpr nanoseconds kSharedSlice = std::chrono::microseconds(200);  // ... when several threads wait
constexpr int kSharedPolls = 256;
constexpr nanoseconds kLongestRelief = std::chrono::seconds(60);
constexpr nanoseconds kShortFarewell = std::chrono::seconds(1);  // ... where it can be stopped
constexpr nanoseconds kFarewell = std::chrono::seconds(10);      // for work in flight when a device goes

// For devices that must not be destroyed; they stay reachable, so that leak checkers see no leak.
void leave_behind(std::unique_ptr<backend::Device> device) {
    static std::mutex mutex;
    static auto* const left = new std::vector<std::unique_ptr<backend::Device>>;
    const std::lock_guard lock(mutex);
    left->push_back(std::move(device));
}

}  // namespace

void throw_status(const char* function, const backend::Status& status) {
    throw Error(status.code, std::string(function) + ": " + status.text);
}

DeviceRecord::DeviceRecord() { default_stream.device = this; }

DeviceRecord::~DeviceRecord() {
    recorded_kernels.clear();
    default_stream.device = nullptr;
    if (!backend) return;
    if (forked()) {
        transfers->forget();
        static_cast<void>(transfers.release());
        leave_behind(std::move(backend));
        return;
    }
    run_ready();
    const auto idle = [this] {
        const std::lock_guard lock(mutex);
        return std::all_of(timelines.begin(), timelines.end(), [](const auto& t) { return t->in_flight.empty(); });
    };
    if (abandoned || !(lost || wait_until(idle, properties.stops ? kShortFarewell : kFarewell))) {
        pool.forget();
        transfers->forget();
        transfers.reset();
        // A driver may never return from destroying a device with endless work: that is left behind. One that nobody can
        // wait for sees to its work itself.
        if (properties.stops || !waits()) backend.reset();
        else leave_behind(std::move(backend));
        return;
    }
    transfers.reset();
    pool.trim(*this);
    release_passed();
    message_blocks.free();
    for (const backend::BufferId id : empties) backend->free(id);
    backend.reset();
}

void DeviceRecord::check_usable(const char* function) const {
    check_not_forked(function);
    if (lost.load(std::memory_order_acquire)) throw_status(function, loss);
}

void DeviceRecord::mark_lost(backend::Status why) {
    if (lost.load(std::memory_order_acquire)) return;
    why.failed = true;
    why.code = ErrorCode::device_lost;
    loss = std::move(why);
    lost.store(true, std::memory_order_release);
    log(LogLevel::error, "device \"" + info.name + "\" is lost: " + loss.text);
}

// Recording ----------------------------------------------------------------------------------------

Timeline& DeviceRecord::create_timeline(u32 queue) {
    for (const auto& timeline : timelines) {
        if (timeline->orphan && timeline->queue == queue && timeline->idle()) {
            timeline->orphan = false;
            timeline->failure.reset();
            return *timeline;
        }
    }
    auto timeline = std::make_unique<Timeline>();
    timeline->index = static_cast<u32>(timelines.size());
    timeline->queue = queue;
    for (const auto& other : timelines) {
        timeline->acquired.push_back(other->completed);
        if (other->passed_ticket != 0) timeline->pending.waits.push_back(other->passed_ticket);
    }
    timelines.push_back(std::move(timeline));
    return *timelines.back();
}

void DeviceRecord::wait_on_device(Timeline& timeline, std::span<const Conflicts::Wait> points) {
    for (const Conflicts::Wait& point : points) {
        if (point.timeline == timeline.index) continue;
        Timeline& other = *timelines[point.timeline];
        if (timeline.acquired.size() <= point.timeline) timeline.acquired.resize(point.timeline + 1, 0);
        if (timeline.acquired[point.timeline] >= point.sequence) continue;
        if (point.sequence >= other.recording()) submit(other);
        // What is recorded already need not wait.
        if (!timeline.pending.commands.empty()) submit(timeline);
        backend::Ticket ticket = other.passed_ticket;
        for (const InFlight& batch : other.in_flight) {
            if (batch.ticket != 0) ticket = batch.ticket;  // one that was refused has none
            if (batch.sequence >= point.sequence) break;
        }
        if (ticket != 0) timeline.pending.waits.push_back(ticket);
        timeline.acquired[point.timeline] = point.sequence;
    }
}

void DeviceRecord::prepare(Timeline& timeline, std::span<const BufferAccess> accesses, bool everywhere) {
    conflicts_.clear();
    if (everywhere) find_all(*this, timeline, conflicts_);
    for (const BufferAccess& a : accesses) find_conflicts(*this, timeline, a.record->uses, a.access, conflicts_);
    if (!conflicts_.waits.empty()) wait_on_device(timeline, conflicts_.waits);
    if (timeline.owes_barrier) conflicts_.barrier = true;
    timeline.owes_barrier = false;
    if (conflicts_.barrier) ++timeline.epoch;
    if (everywhere) by_address = use_of_everything(timeline);
}

void DeviceRecord::push(Timeline& timeline, backend::Command command, std::span<const BufferAccess> accesses,
                        std::string_view name, u64 bytes) {
    Batch& batch = timeline.pending;
    command.barrier = conflicts_.barrier;
    if (profiling && capabilities.features.timestamps) {
        batch.commands.push_back({backend::Timestamp{}, false});
        batch.commands.push_back(command);
        batch.commands.push_back({backend::Timestamp{}, false});
        batch.notes.push_back({std::string(name), bytes});
    } else {
        batch.commands.push_back(command);
    }
    for (const BufferAccess& a : accesses) note_use(*this, timeline, a.record->uses, a.access);
    batch.barriers += command.barrier;
    // A chain keeps the device busy from its first links on; independent calls overlap within a batch alone.
    if (batch.barriers >= timeline.submit_at || batch.commands.size() >= kIndependent * timeline.submit_at) {
        submit(timeline);
        timeline.submit_at = std::min(timeline.submit_at + timeline.submit_at / 2, kLargestSubmit);
    }
}

void DeviceRecord::append(Timeline& timeline, backend::Command command, std::span<const BufferAccess> accesses,
                          std::string_view name, u64 bytes) {
    prepare(timeline, accesses);
    push(timeline, std::move(command), accesses, name, bytes);
}

void DeviceRecord::gather_accesses(const CheckedCall& call, std::vector<BufferAccess>& out) {
    for (const BoundBuffer& bound : call.buffers) {
        if (bound.record == nullptr || bound.size_bytes == 0) continue;
        out.push_back({bound.record, {bound.offset_bytes, bound.offset_bytes + bound.size_bytes, bound.writes}});
    }
    if (call.indirect != nullptr) {
        const u64 begin = call.indirect_offset_bytes;
        out.push_back({call.indirect, {begin, begin + 12, false}});
    }
}

// How much is bound of a buffer; of one of no bytes, what WGSL asks of its type.
static u64 whole_bytes(const DeviceRecord& device, const CheckedCall& call, std::size_t place, u64 size_bytes) {
    u64 multiple = device.properties.binding_size_multiple_bytes;
    if (device.properties.accepts_wgsl && place < call.kernel->interface.bindings.size()) {
        const BindingInfo& binding = call.kernel->interface.bindings[place];
        if (binding.kind == BindingKind::uniform) multiple = 16;
        if (size_bytes == 0) size_bytes = std::min(binding.fixed_bytes + binding.stride_bytes, kEmptyBytes);
    }
    size_bytes = std::max<u64>(size_bytes, 1);
    return (size_bytes + multiple - 1) & ~(multiple - 1);  // a power of two
}

backend::Command DeviceRecord::make_command(const CheckedCall& call, Arena& arena, MessageBlock* messages) {
    const KernelForm* form = form_for(*this, call);
    std::size_t parts = 0;
    if (form != nullptr)
        for (const u32 count : form->shape.parts) parts += count - 1;
    const std::span<backend::BoundRange> ranges = arena.take<backend::BoundRange>(call.buffers.size() + parts);
    std::size_t next_part = call.buffers.size();
    const std::vector<Sharing::Place>* shared = form != nullptr ? &form->shape.sharing.places : nullptr;
    for (std::size_t i = 0; i < call.buffers.size(); ++i) {
        const BoundBuffer& bound = call.buffers[i];
        if (bound.size_bytes == 0 || (shared != nullptr && !shared->empty() && (*shared)[i].first != i)) {
            provide_empties(i + 1);
            ranges[i] = {empties[i], 0, whole_bytes(*this, call, i, 0)};
        } else {
            const u64 whole = whole_bytes(*this, call, i, bound.size_bytes);
            ranges[i] = {bound.record->block.id, bound.offset_bytes, whole};
            if (form == nullptr || form->shape.parts.empty() || form->shape.parts[i] == 1) continue;
            const u64 most = part_bytes(capabilities.limits);
            ranges[i].size_bytes = most;
            for (u64 at = most; at < whole; at += most)
                ranges[next_part++] = {bound.record->block.id, bound.offset_bytes + at, std::min(most, whole - at)};
        }
    }
    if (messages != nullptr) ranges[call.buffers.size() - 1] = {messages->device.block.id, 0, MessageBlock::kBytes};
    const bool is_folded = form != nullptr && form->shape.folded;
    const std::span<const std::byte> scalars = form != nullptr && form->shape.has_own_scalars()
                                                   ? scalars_of(*form, call, arena)
                                                   : arena.copy(std::span<const std::byte>(call.scalars));
    const backend::KernelId kernel = form != nullptr ? form->id : call.kernel->id;
    if (call.indirect != nullptr)
        return {backend::DispatchIndirect{kernel, call.indirect->block.id, call.indirect_offset_bytes, ranges, scalars},
                false};
    std::array<u32, 3> groups = call.groups;
    if (is_folded) groups = folded_grid(u64{groups[0]} * groups[1] * groups[2]);
    return {backend::Dispatch{kernel, groups, ranges, scalars}, false};
}

void DeviceRecord::append_call(Timeline& timeline, const CheckedCall& call) {
    if (call.kernel->messages) append_with_messages(timeline, call);
    else append_dispatch(timeline, call, nullptr);
}

void DeviceRecord::append_dispatch(Timeline& timeline, const CheckedCall& call, MessageBlock* messages) {
    static_cast<void>(form_for(*this, call));  // what it throws comes before anything is recorded
    accesses_.clear();
    gather_accesses(call, accesses_);
    if (messages != nullptr) accesses_.push_back({&messages->device, {0, MessageBlock::kBytes, true}});
    prepare(timeline, accesses_, call.kernel->interface.uses_addresses);
    const backend::Command command = make_command(call, timeline.pending.arena, messages);

    KernelRecord& kernel = *call.kernel;
    if (kernel.last_sequence != 0 && kernel.last_timeline != timeline.index) kernel.used_elsewhere = true;
    kernel.last_timeline = timeline.index;
    kernel.last_sequence = timeline.recording();
    push(timeline, command, accesses_, kernel.label, 0);
}

// Each call has a block of its own, cleared before and copied to the host behind it. Calls that print run one after the
// other only where their buffers make them.
void DeviceRecord::append_with_messages(Timeline& timeline, const CheckedCall& call) {
    MessageBlock& block = message_blocks.claim();
    const u32 submit_at = timeline.submit_at;
    try {
        const Access all{0, MessageBlock::kBytes, true};
        const BufferAccess clears{&block.device, all};
        append(timeline, {backend::Fill{block.device.block.id, 0, MessageBlock::kBytes, 0}, false}, {&clears, 1},
               "messages", MessageBlock::kBytes);
        // The dispatch and the copy belong to one batch, so that a condition that does not hold fails what its call wrote.
        timeline.submit_at = ~u32{0} / kIndependent;
        append_dispatch(timeline, call, &block);
        const std::array<BufferAccess, 2> copies{
            {{&block.device, {0, MessageBlock::kBytes, false}}, {&block.host, all}}};
        const backend::Copy copy{block.device.block.id, block.host.block.id, 0, 0, MessageBlock::kBytes};
        append(timeline, {copy, false}, copies, "messages", MessageBlock::kBytes);
        timeline.submit_at = submit_at;
    } catch (...) {
        timeline.submit_at = submit_at;
        message_blocks.release(block);
        throw;
    }
    timeline.pending.read_by_host = true;
    timeline.pending.messages.push_back(
        {&block, call.kernel->messages, call.kernel->label, call.kernel->workgroup_size, call.kernel->sources});
}

// One for each place: WebGPU does not bind one buffer both to be read and to be written.
void DeviceRecord::provide_empties(std::size_t count) {
    while (empties.size() < count) {
        backend::BufferId id = backend::BufferId::none;
        const backend::Pending pending = backend->allocate({backend::MemoryKind::device, kEmptyBytes, nullptr}, id);
        if (pending.ticket != 0) tickets[pending.ticket] = [](backend::Completion&) {};
        else if (pending.status.failed) throw_status("call", pending.status);
        empties.push_back(id);
    }
}

u64 DeviceRecord::submit(Timeline& timeline, backend::RecordedId recorded) {
    Batch& batch = timeline.pending;
    if (batch.empty() && recorded == backend::RecordedId::none) return timeline.submitted;
    if (lost.load(std::memory_order_acquire)) throw_status("submit", loss);

    backend::Submission submission;
    submission.queue = timeline.queue;
    submission.commands = batch.commands;
    submission.recorded = recorded;
    submission.waits = batch.waits;
    // Where the CPU reads device memory in place, any batch may have written what it reads next; a device
    // that is the CPU needs no barrier for that.
    submission.read_by_host = batch.read_by_host || (properties.device_cached && !properties.host_is_device);
    const backend::Pending pending = backend->submit(submission);

    InFlight flight;
    flight.sequence = ++timeline.submitted;
    flight.ticket = pending.ticket;
    flight.notes = std::move(batch.notes);
    flight.messages = std::move(batch.messages);
    if (pending.ticket == 0) {
        flight.done = true;
        flight.status =
            pending.status.failed
                ? pending.status
                : backend::Status::failure(ErrorCode::internal, "the backend gave no ticket for submitted work.");
    }
    const backend::Status status = flight.status;
    timeline.in_flight.push_back(std::move(flight));
    if (!status.failed) {
        batch.clear();
    } else {
        // Nothing ran. What it would have written is poisoned when the batches before it are done; the
        // barriers and waits that are counted as done fall to the next batch.
        std::vector<backend::Ticket> waits = std::move(batch.waits);
        batch.clear();
        batch.waits = std::move(waits);
        timeline.owes_barrier = true;
        if (status.code == ErrorCode::device_lost) mark_lost(status);
        Continuations then;
        retire(timeline, then);
        timeline.failure.reset();  // thrown here instead of at the next wait
        if (!then.empty())
            ready_.insert(ready_.end(), std::make_move_iterator(then.begin()), std::make_move_iterator(then.end()));
        throw_status("submit", status);
    }
    return timeline.submitted;
}

void DeviceRecord::on_passed(Timeline& timeline, u64 sequence, std::function<void(const backend::Status&)> action) {
    auto at = std::upper_bound(timeline.actions.begin(), timeline.actions.end(), sequence,
                               [](u64 value, const Timeline::Action& a) { return value < a.sequence; });
    timeline.actions.insert(at, {sequence, std::move(action)});
}

void DeviceRecord::release(backend::KernelId kernel) {
    sources.erase(kernel);
    backend->release(kernel);
}

void DeviceRecord::release_passed() {
    const auto all_passed = [this](const auto& entry) {
        return std::all_of(entry.second.begin(), entry.second.end(),
                           [this](const auto& point) { return passed(point); });
    };
    const auto release_all = [&](auto& list, const auto& release) {
        std::erase_if(list, [&](const auto& entry) {
            if (!all_passed(entry)) return false;
            release(entry.first);
            return true;
        });
    };
    release_all(kernels_to_release, [this](backend::KernelId id) { release(id); });
    release_all(recorded_to_release, [this](backend::RecordedId id) { backend->release(id); });
}

// Completions --------------------------------------------------------------------------------------

void DeviceRecord::poison_writes(const Timeline& timeline, u64 sequence, const backend::Status& why) {
    for (BufferRecord* buffer : buffers) {
        for (const Use& use : buffer->uses.writes) {
            if (use.timeline != timeline.index || use.sequence != sequence) continue;
            buffer->poison = why.text;
            buffer->poison_code = why.code == ErrorCode::kernel_fault ? why.code : ErrorCode::internal;
        }
    }
}

void DeviceRecord::add_spans(const Timeline& timeline, const InFlight& batch) {
    const std::size_t count = std::min(batch.notes.size(), batch.timestamps_ns.size() / 2);
    for (std::size_t i = 0; i < count; ++i) {
        if (profile.spans.size() >= kMaxSpans) {
            ++profile.dropped;
            continue;
        }
        const u64 begin = batch.timestamps_ns[2 * i];
        const u64 end = std::max(begin, batch.timestamps_ns[2 * i + 1]);
        profile.spans.push_back({batch.notes[i].name, "stream " + std::to_string(timeline.index), begin, end - begin,
                                 batch.notes[i].bytes});
    }
}

Profile DeviceRecord::profile_of_host() {
    const backend::Device::ClockPair clock = backend->clock();
    Profile out = profile;
    for (ProfileSpan& span : out.spans) span.begin_ns += clock.host_ns - clock.device_ns;
    return out;
}

void DeviceRecord::retire(Timeline& timeline, Continuations& then) {
    while (!timeline.in_flight.empty() && timeline.in_flight.front().done) {
        InFlight& batch = timeline.in_flight.front();
        take_messages(batch, then);
        take_faults(batch, then);
        if (batch.status.failed) {
            poison_writes(timeline, batch.sequence, batch.status);
            if (!timeline.failure) timeline.failure = batch.status;
        } else if (!batch.notes.empty()) {
            add_spans(timeline, batch);
        }
        if (batch.ticket != 0) timeline.passed_ticket = batch.ticket;
        timeline.completed.store(batch.sequence, std::memory_order_release);
        while (!timeline.actions.empty() && timeline.actions.front().sequence <= batch.sequence) {
            then.push_back([run = std::move(timeline.actions.front().run), status = batch.status] { run(status); });
            timeline.actions.pop_front();
        }
        timeline.in_flight.pop_front();
    }
    if (timeline.in_flight.empty()) timeline.submit_at = kFirstSubmit;
}

/// True if what the batch's calls say can be read now; else once the backend has mapped it.
bool DeviceRecord::map_messages(Timeline& timeline, InFlight& batch) {
    for (const Messages& messages : batch.messages) {
        MessageBlock* const block = messages.block;
        if (block->mapped != nullptr) continue;
        const backend::Pending pending =
            backend->map(block->host.block.id, 0, MessageBlock::kBytes, backend::MapMode::read, block->mapped);
        if (pending.ticket == 0) {
            if (pending.status.failed) batch.status = pending.status;
            continue;
        }
        ++batch.open_maps;
        tickets[pending.ticket] = [this, &timeline, block, sequence = batch.sequence](backend::Completion& completion) {
            Continuations then;
            {
                const std::lock_guard lock(mutex);
                block->mapped = completion.mapped;
                const auto found = std::find_if(timeline.in_flight.begin(), timeline.in_flight.end(),
                                                [&](const InFlight& flight) { return flight.sequence == sequence; });
                if (completion.status.failed) found->status = completion.status;
                found->done = --found->open_maps == 0;
                retire(timeline, then);
            }
            for (const auto& run : then) run();
        };
    }
    return batch.open_maps == 0;
}

void DeviceRecord::take_messages(InFlight& batch, Continuations& then) {
    const bool ran = !batch.status.failed;  // to its end, and so the copies to the host
    for (const Messages& messages : batch.messages) {
        if (ran) {
            ReadMessages taken = read(messages, options.on_print);
            if (properties.checks) {
                std::vector<Fault> failed = faults_of(taken, messages);
                std::move(failed.begin(), failed.end(), std::back_inserter(batch.faults));
            }
            if (taken.deliver) then.push_back(std::move(taken.deliver));
            if (!taken.failure.empty() && !batch.status.failed)
                batch.status = backend::Status::failure(ErrorCode::kernel_fault, std::move(taken.failure));
        }
        message_blocks.release(*messages.block);
    }
    batch.messages.clear();
}

// A backend that does not tell the kernel tells a fault's label, and the file. It is nobody's where several could be meant.
const SourceTexts* DeviceRecord::texts_of(backend::KernelId kernel, std::string_view label,
                                          const std::string& file) const {
    if (const auto found = sources.find(kernel); found != sources.end()) return found->second.texts.get();
    const SourceTexts* only = nullptr;
    for (const auto& [id, source] : sources) {
        const auto text = source.texts->find(file);
        if (text == source.texts->end() || (!label.empty() && source.label != label)) continue;
        if (only != nullptr && only->at(file) != text->second) return nullptr;
        only = source.texts.get();
    }
    return only;
}

void DeviceRecord::add_source_lines(backend::Completion& completion) const {
    completion.fault_kernels.resize(completion.faults.size());
    completion.trace_kernels.resize(completion.trace.size());
    for (std::size_t i = 0; i < completion.faults.size(); ++i) {
        Fault& fault = completion.faults[i];
        add_lines(fault, texts_of(completion.fault_kernels[i], fault.kernel, fault.at.place.file));
    }
    for (std::size_t i = 0; i < completion.trace.size(); ++i) {
        TraceStep& step = completion.trace[i];
        add_lines(step, texts_of(completion.trace_kernels[i], {}, step.place.file));
    }
}

void DeviceRecord::take_faults(InFlight& batch, Continuations& then) {
    if (!batch.trace.empty())
        then.push_back([steps = std::move(batch.trace), callback = options.on_trace] { deliver(steps, callback); });
    if (batch.faults.empty()) return;
    std::vector<Fault> fresh = faults.add(std::move(batch.faults), options.check->per_place);
    then.push_back([fresh = std::move(fresh), callback = options.on_fault] { deliver(fresh, callback); });
}

void DeviceRecord::take_completion(backend::Completion& completion, Continuations& then) {
    if (completion.status.failed && completion.status.code == ErrorCode::device_lost) mark_lost(completion.status);
    for (const auto& timeline : timelines) {
        for (InFlight& batch : timeline->in_flight) {
            if (batch.ticket != completion.ticket) continue;
            batch.status = std::move(completion.status);
            batch.timestamps_ns = std::move(completion.timestamps_ns);
            add_source_lines(completion);
            batch.faults = std::move(completion.faults);
            batch.trace = std::move(completion.trace);
            batch.done = batch.status.failed || map_messages(*timeline, batch);
            retire(*timeline, then);
            return;
        }
    }
    if (const auto report = reports_.find(completion.ticket); report != reports_.end()) {
        report->second->completion = std::move(completion);
        report->second->ready = true;
        reports_.erase(report);
        return;
    }
    const auto waiting = tickets.find(completion.ticket);
    if (waiting == tickets.end()) {
        unclaimed_.emplace(completion.ticket, std::move(completion));
        return;
    }
    then.push_back([take = std::move(waiting->second),
                    shared = std::make_shared<backend::Completion>(std::move(completion))] { take(*shared); });
    tickets.erase(waiting);
}

// Waiting ------------------------------------------------------------------------------------------

void DeviceRecord::advance(nanoseconds limit) {
    std::unique_lock polling(poll_mutex, std::try_to_lock);
    if (!polling.owns_lock()) {
        if (run_ready() || limit <= nanoseconds::zero()) return;
        shared_polls_ = kSharedPolls;
        const u64 seen = progress_count.load();
        std::unique_lock lock(progressed_mutex);
        ++waiters_;
        progressed.wait_for(lock, std::min<nanoseconds>(limit, std::chrono::milliseconds(1)),
                            [&] { return progress_count.load() != seen; });
        --waiters_;
        return;
    }
    completions_.clear();
    const bool is_shared = shared_polls_ > 0 && shared_polls_-- > 0;
    const nanoseconds slice = std::clamp(limit, nanoseconds::zero(), is_shared ? kSharedSlice : kPollSlice);
    if (!abandoned.load(std::memory_order_acquire)) backend->poll(completions_, static_cast<u64>(slice.count()));
    Continuations then;
    {
        const std::lock_guard lock(mutex);
        then.swap(ready_);
        for (backend::Completion& completion : completions_) take_completion(completion, then);
        if (lost.load(std::memory_order_acquire)) fail_everything(then);
        if (!completions_.empty() && !(kernels_to_release.empty() && recorded_to_release.empty())) release_passed();
    }
    if (!completions_.empty() || lost.load(std::memory_order_acquire)) {
        progress_count.fetch_add(1);
        if (waiters_.load() > 0) {
            const std::lock_guard lock(progressed_mutex);
            progressed.notify_all();
        }
    }
    polling.unlock();
    run(then);
}

void DeviceRecord::run(Continuations& then) {
    for (auto next = then.begin(); next != then.end(); ++next) {
        if (RangeLocks::may_run_continuations()) {
            (*next)();
            continue;
        }
        const std::lock_guard lock(mutex);
        ready_.insert(ready_.begin(), std::make_move_iterator(next), std::make_move_iterator(then.end()));
        return;
    }
}

bool DeviceRecord::run_ready() {
    if (!RangeLocks::may_run_continuations()) return false;
    Continuations then;
    {
        const std::lock_guard lock(mutex);
        then.swap(ready_);
    }
    run(then);
    return !then.empty();
}

void DeviceRecord::fail_everything(Continuations& then) {
    for (const auto& timeline : timelines) {
        for (Timeline::Action& action : timeline->actions)
            then.push_back([run = std::move(action.run), status = loss] { run(status); });
        timeline->actions.clear();
    }
    for (auto& [ticket, take] : tickets) {
        auto failed = std::make_shared<backend::Completion>();
        failed->ticket = ticket;
        failed->status = loss;
        then.push_back([take = std::move(take), failed] { take(*failed); });
    }
    tickets.clear();
    for (const auto& [ticket, report] : reports_) {
        report->completion.status = loss;
        report->ready = true;
    }
    reports_.clear();
}

void DeviceRecord::flush() {
    const std::lock_guard lock(mutex);
    for (const auto& timeline : timelines)
        if (!timeline->pending.commands.empty()) submit(*timeline);
}

bool DeviceRecord::wait_until(const std::function<bool()>& done, nanoseconds limit) {
    if (done()) return true;
    const Clock::time_point start = Clock::now();
    nanoseconds left = limit;
    if (!waits() && !lost.load(std::memory_order_acquire)) {
        advance(nanoseconds::zero());
        return done();
    }
    while (left > nanoseconds::zero() && !lost.load(std::memory_order_acquire)) {
        advance(left);
        if (done()) return true;
        left = limit - (Clock::now() - start);
    }
    if (lost.load(std::memory_order_acquire)) advance(nanoseconds::zero());
    return done();
}

void DeviceRecord::wait_points(std::span<const Conflicts::Wait> points, nanoseconds limit, const char* function) {
    check_usable(function);
    {
        const std::lock_guard lock(mutex);
        for (const Conflicts::Wait& point : points)
            if (point.sequence >= timelines[point.timeline]->recording()) submit(*timelines[point.timeline]);
    }
    const auto all_passed = [&] {
        const std::lock_guard lock(mutex);  // of the list of timelines, which may grow meanwhile
        return std::all_of(points.begin(), points.end(), [&](const Conflicts::Wait& point) { return passed(point); });
    };
    if (!wait_until(all_passed, limit)) {
        if (lost.load(std::memory_order_acquire)) throw_status(function, loss);
        if (!waits()) refuse_to_wait(function);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        throw Error(ErrorCode::timed_out, std::string(function) + ": the wait gave up after " + std::to_string(ms) +
                                              " ms; the work and its buffers live on, and waiting again is legal.");
    }
    const std::lock_guard lock(mutex);
    for (const Conflicts::Wait& point : points) throw_failure(*timelines[point.timeline], function);
}

void DeviceRecord::throw_failure(Timeline& timeline, const char* function) {
    if (!timeline.failure) return;
    const backend::Status failure = std::move(*timeline.failure);
    timeline.failure.reset();
    throw_status(function, failure);
}

void DeviceRecord::finish(const backend::Pending& pending, nanoseconds limit, const char* function,
                          const std::function<void(backend::Completion&)>& take) {
    if (pending.ticket == 0) {
        if (pending.status.failed) throw_status(function, pending.status);
        return;
    }
    const auto report = std::make_shared<Report>();
    {
        const std::lock_guard lock(mutex);
        if (auto early = unclaimed_.find(pending.ticket); early != unclaimed_.end()) {
            report->completion = std::move(early->second);
            report->ready = true;
            unclaimed_.erase(early);
        } else {
            reports_[pending.ticket] = report;
        }
    }
    if (!wait_until([&] { return report->ready.load(); }, limit)) {
        if (lost.load(std::memory_order_acquire)) throw_status(function, loss);
        if (!waits()) refuse_to_wait(function);
        throw Error(ErrorCode::timed_out, std::string(function) + ": the driver did not answer in time.");
    }
    if (report->completion.status.failed) throw_status(function, report->completion.status);
    if (take) take(report->completion);
}

bool DeviceRecord::crowded(const Timeline& timeline) const {
    const std::lock_guard lock(mutex);
    return timeline.in_flight.size() + 1 >= kCrowded;
}

void DeviceRecord::relieve(Timeline& timeline, u64 submitted_before) {
    std::size_t crowd = 0;
    {
        const std::lock_guard lock(mutex);
        if (timeline.submitted == submitted_before) return;
        crowd = timeline.in_flight.size();
    }
    if (crowd >= 4) advance(nanoseconds::zero());
    if (crowd < kCrowded) return;
    wait_until(
        [&] {
            const std::lock_guard lock(mutex);
            return timeline.in_flight.size() < kCrowded / 2;
        },
        kLongestRelief);
}

}  // namespace alkomp::detail
