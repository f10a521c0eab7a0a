// SPDX-License-Identifier: MIT OR Apache-2.0
// Streams and events, and the device handle's methods that pass through them.
#include "runtime/stream.h"

#include "lang/recorded.h"
#include "runtime/deadline.h"
#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/registry.h"

#include <algorithm>

namespace alkomp {
namespace detail {

void Batch::clear() {
    commands.clear();
    arena.clear();
    waits.clear();
    notes.clear();
    messages.clear();
    barriers = 0;
    read_by_host = false;
}

StreamRecord::~StreamRecord() {
    if (!keep || forked() || device->lost) return;
    const std::lock_guard lock(device->mutex);
    try {
        device->submit(*timeline);
    } catch (const Error&) {
        // The failure stays with what the batch would have written.
    }
    timeline->orphan = true;
}

StreamRecord& checked_record(const Stream& stream, const char* function) {
    if (!stream.record() || stream.record()->device == nullptr)
        throw Error(ErrorCode::invalid_argument,
                    std::string(function) + ": the stream is empty: it was moved from or never set.");
    return *stream.record();
}

namespace {

DeviceRecord& usable(const std::shared_ptr<DeviceRecord>& record, const char* function) {
    if (!record)
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": the device is empty: it was moved from.");
    record->check_usable(function);
    return *record;
}

// Waits for other threads' transfers of what the call uses; returns whether it let go of the mutex meanwhile.
bool wait_for_transfers(DeviceRecord& device, std::unique_lock<std::mutex>& lock, const CheckedCall& call) {
    if (call.nothing) return false;
    std::vector<BufferAccess> accesses;
    DeviceRecord::gather_accesses(call, accesses);
    return device.range_locks.wait(lock, accesses, "call", call.kernel->interface.uses_addresses);
}

// The point after all that is recorded, which is submitted so that nothing recorded later belongs to it.
u64 close_batch(DeviceRecord& device, Timeline& timeline) {
    const std::lock_guard lock(device.mutex);
    return device.submit(timeline);
}

bool wait_sequence(DeviceRecord& device, Timeline& timeline, u64 sequence, std::chrono::nanoseconds limit,
                   const char* function) {
    const bool done =
        device.wait_until([&] { return timeline.completed.load(std::memory_order_acquire) >= sequence; }, limit);
    if (!done && device.lost) throw_status(function, device.loss);
    if (!done && limit > std::chrono::nanoseconds::zero() && !device.waits()) refuse_to_wait(function);
    if (done) {
        const std::lock_guard lock(device.mutex);
        device.throw_failure(timeline, function);
    }
    return done;
}

[[noreturn]] void throw_timeout(const char* function, std::chrono::nanoseconds limit) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
    throw Error(ErrorCode::timed_out, std::string(function) + ": the wait gave up after " + std::to_string(ms) +
                                          " ms; the work and its buffers live on, and waiting again is legal.");
}

}  // namespace
}  // namespace detail

using detail::checked_record;
using detail::StreamRecord;

// Event --------------------------------------------------------------------------------------------

bool Event::done() const {
    if (!stream_) return true;
    stream_->device->advance(std::chrono::nanoseconds::zero());
    return stream_->timeline->completed.load(std::memory_order_acquire) >= sequence_;
}

bool Event::wait_for(std::chrono::nanoseconds limit) const {
    if (!stream_) return true;
    stream_->device->check_usable("Event.wait");
    return detail::wait_sequence(*stream_->device, *stream_->timeline, sequence_, limit, "Event.wait");
}

void Event::wait(Timeout timeout) const {
    if (!wait_for(timeout.limit)) detail::throw_timeout("Event.wait", timeout.limit);
}

// Stream -------------------------------------------------------------------------------------------

static void call_on(StreamRecord& stream, detail::KernelRecord& kernel, std::span<const detail::Argument> arguments) {
    detail::DeviceRecord& device = *stream.device;
    static thread_local detail::CheckedCall call;
    u64 submitted = 0;
    {
        std::unique_lock lock(device.mutex);
        submitted = stream.timeline->submitted;
        check_arguments(device, kernel, arguments, call);
        if (!device.range_locks.empty() && detail::wait_for_transfers(device, lock, call))
            check_arguments(device, kernel, arguments, call);
        if (!call.nothing) device.append_call(*stream.timeline, call);
        if (stream.timeline->submitted == submitted) return;
    }
    device.relieve(*stream.timeline, submitted);
}

void Stream::call_erased(const Kernel& kernel, std::span<const detail::Argument> arguments) {
    StreamRecord& stream = checked_record(*this, "call");
    stream.device->check_usable("call");
    if (!kernel) throw Error(ErrorCode::invalid_argument, "call: the kernel is empty: it was moved from or never set.");
    call_on(stream, *kernel.record(), arguments);
}

void Stream::call_erased(const RecordedKernel& kernel, std::span<const detail::Argument> arguments) {
    StreamRecord& stream = checked_record(*this, "call");
    stream.device->check_usable("call");
    call_on(stream, *detail::kernel_for(*stream.device, kernel, arguments), arguments);
}

Event Stream::event() {
    StreamRecord& stream = checked_record(*this, "event");
    stream.device->check_usable("event");
    return Event(record_, detail::close_batch(*stream.device, *stream.timeline));
}

void Stream::wait_event(const Event& event) {
    StreamRecord& stream = checked_record(*this, "wait_event");
    stream.device->check_usable("wait_event");
    if (!event.stream()) return;
    if (event.stream()->device != stream.device)
        throw Error(ErrorCode::invalid_argument, "wait_event: the event belongs to another device, \"" +
                                                     event.stream()->device->info.name + "\"; this stream is of \"" +
                                                     stream.device->info.name + "\".");
    const std::lock_guard lock(stream.device->mutex);
    const detail::Conflicts::Wait point{event.stream()->timeline->index, event.sequence()};
    stream.device->wait_on_device(*stream.timeline, {&point, 1});
}

bool Stream::crowded() const {
    StreamRecord& stream = checked_record(*this, "crowded");
    return stream.device->crowded(*stream.timeline);
}

bool Stream::contended() const {
    const StreamRecord& stream = checked_record(*this, "contended");
    const std::lock_guard lock(stream.device->mutex);
    return stream.device->range_locks.contended();
}

void Stream::flush() {
    StreamRecord& stream = checked_record(*this, "flush");
    stream.device->check_usable("flush");
    detail::close_batch(*stream.device, *stream.timeline);
}

bool Stream::wait_for(std::chrono::nanoseconds limit) {
    StreamRecord& stream = checked_record(*this, "wait");
    stream.device->check_usable("wait");
    const u64 sequence = detail::close_batch(*stream.device, *stream.timeline);
    return detail::wait_sequence(*stream.device, *stream.timeline, sequence, limit, "wait");
}

void Stream::wait(Timeout timeout) {
    if (!wait_for(timeout.limit)) detail::throw_timeout("wait", timeout.limit);
}

Future<void> Stream::done() {
    StreamRecord& stream = checked_record(*this, "done");
    detail::DeviceRecord& device = *stream.device;
    device.check_usable("done");
    auto state = std::make_shared<detail::FutureValue<void>>(device.shared_from_this());
    {
        const std::lock_guard lock(device.mutex);
        const u64 sequence = device.submit(*stream.timeline);
        if (stream.timeline->completed.load() < sequence) {
            device.on_passed(*stream.timeline, sequence, [state](const backend::Status& status) {
                if (!status.failed) return state->complete();
                state->fail(std::make_exception_ptr(Error(status.code, "done: " + status.text)));
            });
            return Future<void>(state);
        }
    }
    state->complete();
    return Future<void>(state);
}

Device Stream::device() const { return Device(checked_record(*this, "Stream.device").device->shared_from_this()); }

// Device -------------------------------------------------------------------------------------------

const DeviceInfo& Device::info() const {
    if (!record_) throw Error(ErrorCode::invalid_argument, "Device.info: the device is empty: it was moved from.");
    return record_->info;
}

const Capabilities& Device::capabilities() const { return info().capabilities; }

Guarantees Device::guarantees() const {
    const Features& features = capabilities().features;
    Guarantees g;
    g.buffers_isolated = record_->options.robust && features.robust_buffers;
    g.reads_outside_zero = record_->options.robust && features.robust_zero;
    g.addresses_checked = record_->properties.checks_addresses;
    g.shared_checked = record_->properties.clamps_shared;
    return g;
}

Stream Device::stream() const {
    if (!record_) throw Error(ErrorCode::invalid_argument, "Device.stream: the device is empty: it was moved from.");
    return Stream(std::shared_ptr<StreamRecord>(record_, &record_->default_stream));
}

Stream Device::create_stream() {
    detail::DeviceRecord& device = detail::usable(record_, "create_stream");
    auto stream = std::make_shared<StreamRecord>();
    const std::lock_guard lock(device.mutex);
    // Queues are given out in turn; the default stream has the first.
    std::vector<u32> queues;
    for (u32 i = 0; i < device.properties.queues_compute.size(); ++i)
        if (device.properties.queues_compute[i]) queues.push_back(i);
    const u32 queue = queues[device.streams_made++ % queues.size()];
    stream->device = &device;
    stream->timeline = &device.create_timeline(queue);
    stream->keep = record_;
    return Stream(std::move(stream));
}

void Device::wait(Timeout timeout) {
    detail::DeviceRecord& device = detail::usable(record_, "wait");
    std::vector<detail::Conflicts::Wait> points;
    {
        const std::lock_guard lock(device.mutex);
        for (const auto& timeline : device.timelines) points.push_back({timeline->index, device.submit(*timeline)});
    }
    device.wait_points(points, timeout.limit, "wait");
    device.advance(std::chrono::nanoseconds::zero());  // deliver what is done, though nothing is in flight
}

void Device::poll() { detail::usable(record_, "poll").advance(std::chrono::nanoseconds::zero()); }

void Device::abandon() {
    if (!record_) return;
    record_->abandoned = true;
    if (record_->properties.stops) record_->backend->stop();
    record_->mark_lost(backend::Status::failure(ErrorCode::device_lost, "the device was abandoned."));
    record_->advance(std::chrono::nanoseconds::zero());
}

std::optional<DispatchProgress> Device::progress() const {
    return detail::usable(record_, "progress").backend->progress();
}

bool Device::lost() const noexcept { return record_ && record_->lost.load(); }

void Device::profile(bool on) {
    detail::DeviceRecord& device = detail::usable(record_, "profile");
    if (on && !device.capabilities.features.timestamps)
        throw Error(ErrorCode::unsupported, "profile: device \"" + device.info.name + "\" has no timestamps.");
    const std::lock_guard lock(device.mutex);
    device.profiling = on;
}

std::vector<Fault> Device::faults() const {
    if (!record_) throw Error(ErrorCode::invalid_argument, "faults: the device is empty: it was moved from.");
    const std::lock_guard lock(record_->mutex);
    return record_->faults.all();
}

Profile Device::profile() const {
    detail::DeviceRecord& device = detail::usable(record_, "profile");
    device.advance(std::chrono::nanoseconds::zero());
    const std::lock_guard lock(device.mutex);
    return device.profile_of_host();
}

}  // namespace alkomp
