// SPDX-License-Identifier: MIT OR Apache-2.0
// Submits work, waits for it and reports it. Libraries wait without a limit or not at all, so `poll` asks again and again,
// ever less often: asking all the time takes the cores from drivers that run on the CPU.
#include "backend/webgpu/submit.h"

#include "runtime/log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace alkomp::backend::webgpu {
namespace {

using Clock = std::chrono::steady_clock;

// Sleeping and waking takes longer than a short kernel. Nor is the core yielded: where others wait for it, it is gone.
constexpr u64 kSpinNs = 200'000;
constexpr u64 kShortestSleepNs = 20'000, kLongestSleepNs = 1'000'000;
constexpr u64 kSleepPart = 32;  // of the time that has passed
constexpr u64 kNothingOpenNs = 50'000;
constexpr u64 kLongestPollNs = 100'000'000;  // so that a caller sees soon that it was told to stop

u64 ns_of(Clock::duration duration) {
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}
u64 host_now_ns() { return ns_of(Clock::now().time_since_epoch()); }

constexpr i64 kTolerance = 1'000'000;  // ns between the clocks of CPU and GPU

/// Who waits for the end of a submission, or for what the device wrote for the host.
struct Request {
    std::shared_ptr<Inbox> inbox;
    Ticket ticket = 0;
    const Core* core = nullptr;
    HostRead read;
};

void tell(const Request& request, bool done, const char* function, WGPUStringView text) {
    std::string why = text_of(text);
    if (why.empty()) why = "the library says only that it failed";
    request.inbox->add({request.ticket, done ? Status() : Status::failure(ErrorCode::internal, function + why)});
}

void take_done(WGPUQueueWorkDoneStatus status, WGPUStringView text, void* receiver, void*) {
    const std::unique_ptr<Request> request(static_cast<Request*>(receiver));
    tell(*request, status == WGPUQueueWorkDoneStatus_Success, "wgpuQueueSubmit: ", text);
}
void take_page(WGPUMapAsyncStatus status, WGPUStringView text, void* receiver, void*) {
    const std::unique_ptr<Request> request(static_cast<Request*>(receiver));
    tell(*request, status == WGPUMapAsyncStatus_Success, "wgpuBufferMapAsync: ", text);
}
/// After a failure the buffer may be gone.
void take_read(WGPUMapAsyncStatus status, WGPUStringView text, void* receiver, void*) {
    const std::unique_ptr<Request> request(static_cast<Request*>(receiver));
    bool done = status == WGPUMapAsyncStatus_Success;
    if (done) {
        const auto& [buffer, begin, end] = request->read;
        done = request->core->shim().read_range(buffer->handle, begin, end - begin, buffer->host.get() + begin);
        request->core->wgpu().BufferUnmap(buffer->handle);
    }
    tell(*request, done, "wgpuBufferMapAsync: ", text);
}

RecordedList& from_id(RecordedId id) { return *reinterpret_cast<RecordedList*>(static_cast<std::uintptr_t>(id)); }

}  // namespace

// Clock --------------------------------------------------------------------------------------------

void ClockOffset::observe(u64 submitted_host_ns, u64 done_host_ns, u64 first_device_ns, u64 last_device_ns) {
    const std::lock_guard lock(mutex_);
    const i64 least = static_cast<i64>(submitted_host_ns) - static_cast<i64>(first_device_ns);
    const i64 most = static_cast<i64>(done_host_ns) - static_cast<i64>(last_device_ns);
    if (observed_) {
        least_ns_ = std::max(least_ns_, least);
        most_ns_ = std::min(most_ns_, most);
    }
    const bool anew = !observed_ || least_ns_ > most_ns_;  // or the clocks have drifted apart
    if (anew) {
        least_ns_ = least;
        most_ns_ = most;
    }
    // What is known better later moves nothing that it does not have to: times that were told stay in order.
    if (anew || offset_ns_ + kTolerance < least_ns_ || offset_ns_ - kTolerance > most_ns_)
        offset_ns_ = (least_ns_ + most_ns_) / 2;
    observed_ = true;
}

Device::ClockPair ClockOffset::read() {
    const u64 now = host_now_ns();
    const std::lock_guard lock(mutex_);
    if (!observed_) return {now, now};
    return {now, static_cast<u64>(static_cast<i64>(now) - offset_ns_)};
}

// Start and end ------------------------------------------------------------------------------------

void Queue::start() {
    period_ns_ = core_.shim().timestamp_period(core_.queue);
    holds_ = core_.shim().traits().submit_waits_on_cpu && core_.adapter->cpu();
}

void Queue::destroy() noexcept {
    drop_held();
    for (const TimestampPage& page : room_.pages) destroy_page(core_.wgpu(), page);
    for (const InFlight& flight : flight_)
        for (const TimestampPage& page : flight.pages) destroy_page(core_.wgpu(), page);
    if (room_.scalars.buffer.handle != nullptr) core_.wgpu().BufferRelease(room_.scalars.buffer.handle);
    if (room_.counts != nullptr) core_.wgpu().BufferRelease(room_.counts);
    recorded_.clear();
}

bool Queue::idle() {
    drop_held();
    std::vector<Completion> nobodys;
    (void)collect(nobodys);
    const std::lock_guard lock(mutex_);
    return flight_.empty();
}

// Recordings ---------------------------------------------------------------------------------------

Status Queue::record(std::span<const Command> commands, RecordedId& out) {
    if (core_.lost()) return core_.loss();
    auto list = std::make_unique<RecordedList>();
    list->commands.assign(commands.begin(), commands.end());
    const auto keep = [&](auto& dispatch) {
        list->bindings.push_back(
            std::make_unique<std::vector<BoundRange>>(dispatch.bindings.begin(), dispatch.bindings.end()));
        list->scalars.push_back(
            std::make_unique<std::vector<std::byte>>(dispatch.scalars.begin(), dispatch.scalars.end()));
        dispatch.bindings = *list->bindings.back();
        dispatch.scalars = *list->scalars.back();
    };
    for (Command& command : list->commands) {
        if (auto* dispatch = std::get_if<Dispatch>(&command.what)) keep(*dispatch);
        if (auto* indirect = std::get_if<DispatchIndirect>(&command.what)) keep(*indirect);
    }
    out = static_cast<RecordedId>(reinterpret_cast<std::uintptr_t>(list.get()));
    recorded_.push_back(std::move(list));
    return {};
}

void Queue::release(RecordedId id) {
    std::erase_if(recorded_, [&](const auto& list) { return list.get() == &from_id(id); });
}

// Submission ---------------------------------------------------------------------------------------

Pending Queue::submit(const Submission& submission) {
    const std::lock_guard submitting(submit_mutex_);
    if (core_.lost()) return {0, core_.loss()};
    InFlight flight;
    flight.ticket = core_.next_ticket();
    // One scope for all costs less than two, where what could not be encoded may be submitted.
    std::optional<ErrorScope> scope;
    if (core_.shim().traits().submits_errors) scope.emplace(core_);
    if (Status status = encode(submission, flight, scope.has_value()); !status.ok()) return {0, std::move(status)};
    if (core_.answers_later()) ++flight.open;  // for what the scope tells
    // Scalars in a uniform block are those of one submission at a time.
    const bool may_hold = holds_ && room_.scalars.bytes.empty() && works();
    {
        // Before it can be done.
        const std::lock_guard lock(mutex_);
        flight_.push_back(flight);
    }
    if (may_hold) return {flight.ticket, {}};
    Status status = hand_over(flight.ticket, scope ? &*scope : nullptr);
    if (!status.ok()) {
        if (scope) pipelines_.drop_groups();  // one of them may be the error
        const std::lock_guard lock(mutex_);
        if (!flight_.empty() && flight_.back().ticket == flight.ticket) flight_.pop_back();
        const std::lock_guard lock_room(room_.mutex);
        room_.pages.insert(room_.pages.end(), flight.pages.begin(), flight.pages.end());
        return {0, std::move(status)};
    }
    if (core_.answers_later()) scope->end_for(flight.ticket, "wgpuQueueSubmit");
    return {flight.ticket, {}};
}

/// `watched`: the caller has a scope open, and learns of errors from it.
Status Queue::encode(const Submission& submission, InFlight& flight, bool watched) {
    std::array<std::span<const Command>, 2> lists{submission.commands, {}};
    if (submission.recorded != RecordedId::none) lists[1] = from_id(submission.recorded).commands;
    room_.scalars.bytes.clear();
    if (lists[0].empty() && lists[1].empty()) return {};
    Recorder recorder(core_, memory_, pipelines_, room_);
    Status status = recorder.prepare(lists);
    if (!status.ok()) return status;
    std::optional<ErrorScope> scope;
    if (!watched) scope.emplace(core_);
    recorder.begin();
    for (const std::span<const Command> list : lists)
        if (status.ok()) status = recorder.write(list);
    flight.commands = recorder.finish();
    const Status encoded = scope ? scope->end("wgpuCommandEncoderFinish") : Status{};
    if (status.ok()) status = encoded;
    if (!status.ok()) {
        if (flight.commands != nullptr) core_.wgpu().CommandBufferRelease(flight.commands);
        pipelines_.drop_groups();  // one of them may be the error
        return status;
    }
    flight.timestamps = recorder.timestamps();
    flight.pages = std::exchange(recorder.pages, {});
    flight.reads = std::exchange(recorder.reads, {});
    if (const std::size_t maps = flight.pages.size() + flight.reads.size(); maps != 0)
        flight.open = static_cast<u32>(maps);
    if (flight.timestamps != 0) flight.submitted_host_ns = host_now_ns();
    return {};
}

/// True while something that was handed over is not done.
bool Queue::works() {
    const std::lock_guard lock(mutex_);
    return std::any_of(flight_.begin(), flight_.end(),
                       [](const InFlight& flight) { return flight.handed_over && flight.open != 0; });
}

/// Hands over everything that is not yet. On failure none of it ran, and all but `own`, whose caller tells, has failed.
/// `watching`: the scope that is open already, and ends here.
Status Queue::hand_over(Ticket own, ErrorScope* watching) {
    std::vector<InFlight> going;
    std::vector<WGPUCommandBuffer> commands;
    {
        const std::lock_guard lock(mutex_);
        for (InFlight& flight : flight_) {
            if (std::exchange(flight.handed_over, true)) continue;
            going.push_back(flight);
            if (flight.commands != nullptr) commands.push_back(std::exchange(flight.commands, nullptr));
        }
    }
    Status status;
    if (!commands.empty()) {
        std::optional<ErrorScope> scope;
        if (watching == nullptr) watching = &scope.emplace(core_);
        write_scalars(core_, room_.scalars);
        core_.wgpu().QueueSubmit(core_.queue, commands.size(), commands.data());
        for (WGPUCommandBuffer buffer : commands) core_.wgpu().CommandBufferRelease(buffer);
        if (!core_.answers_later()) status = watching->end("wgpuQueueSubmit");
    }
    if (status.ok()) {
        for (const InFlight& flight : going) ask_for_end(flight);
        return {};
    }
    const std::lock_guard lock(mutex_);
    for (InFlight& flight : flight_) {
        const bool went = std::any_of(going.begin(), going.end(),
                                      [&](const InFlight& other) { return other.ticket == flight.ticket; });
        if (!went || flight.ticket == own) continue;
        flight.open = 0;
        flight.outcome = status;
    }
    return status;
}

/// For `poll`: what was held goes once nothing works any more. Whoever submits meanwhile does the same.
void Queue::hand_over_held() {
    const std::unique_lock submitting(submit_mutex_, std::try_to_lock);
    if (!submitting.owns_lock() || works()) return;
    const auto inside = core_.enter();
    room_.scalars.bytes.clear();
    (void)hand_over(0, nullptr);  // each of them tells
}

void Queue::drop_held() noexcept {
    const std::lock_guard lock(mutex_);
    std::erase_if(flight_, [&](InFlight& flight) {
        if (flight.handed_over) return false;
        if (flight.commands != nullptr) core_.wgpu().CommandBufferRelease(flight.commands);
        const std::lock_guard lock_room(room_.mutex);
        room_.pages.insert(room_.pages.end(), flight.pages.begin(), flight.pages.end());
        return true;
    });
}

/// The end of a submission with timestamps, or with something for the host, is when that can be read.
void Queue::ask_for_end(const InFlight& flight) {
    const Functions& wgpu = core_.wgpu();
    const auto request = [&](const HostRead& read = {}) {
        return new Request{core_.inbox, flight.ticket, &core_, read};
    };
    for (const HostRead& read : flight.reads)
        wgpu.BufferMapAsync(read.buffer->handle, WGPUMapMode_Read, read.begin, read.end - read.begin,
                            {nullptr, WGPUCallbackMode_AllowProcessEvents, take_read, request(read), nullptr});
    if (flight.pages.empty() && flight.reads.empty()) {
        wgpu.QueueOnSubmittedWorkDone(core_.queue,
                                      {nullptr, WGPUCallbackMode_AllowProcessEvents, take_done, request(), nullptr});
        return;
    }
    for (const TimestampPage& page : flight.pages)
        wgpu.BufferMapAsync(page.host, WGPUMapMode_Read, 0, kQueriesPerPage * sizeof(u64),
                            {nullptr, WGPUCallbackMode_AllowProcessEvents, take_page, request(), nullptr});
}

// Completion ---------------------------------------------------------------------------------------

bool Queue::open() {
    const std::lock_guard lock(mutex_);
    return !flight_.empty() || memory_.mapping() || core_.calling();
}

void Queue::poll(std::vector<Completion>& out, u64 limit_ns) {
    if (collect(out) || limit_ns == 0) return;
    if (core_.lost() || !open()) {
        // Another thread may be about to submit; a caller in a loop shall not burn a core meanwhile.
        rest(std::min(limit_ns, kNothingOpenNs));
        (void)collect(out);
        return;
    }
    const Clock::time_point start = Clock::now();
    const u64 until_ns = std::min(limit_ns, kLongestPollNs);
    for (u64 passed_ns = 0; passed_ns < until_ns && !core_.lost(); passed_ns = ns_of(Clock::now() - start)) {
        const u64 longest_ns = std::clamp(passed_ns / kSleepPart, kShortestSleepNs, kLongestSleepNs);
        if (passed_ns >= kSpinNs) rest(std::min(until_ns - passed_ns, longest_ns));
        else if (core_.answers_later()) rest(0);
        if (collect(out)) return;
    }
    (void)collect(out);
}

/// Takes in what is done; true when something was.
bool Queue::collect(std::vector<Completion>& out) {
    if (!core_.lost()) core_.pump();
    if (core_.lost()) return report_lost(out);
    const std::size_t before = out.size();
    for (const Event& event : core_.inbox->take()) {
        Completion completion;
        if (memory_.finish_map(event, completion) || core_.finish_call(event, completion))
            out.push_back(std::move(completion));
        else if (event.ticket == 0) core_.add_stray(event.status);
        else note(event);
    }
    if (holds_) hand_over_held();
    std::vector<InFlight> done;
    {
        const std::lock_guard lock(mutex_);
        while (!flight_.empty() && flight_.front().open == 0) {
            done.push_back(std::move(flight_.front()));
            flight_.pop_front();
        }
    }
    for (InFlight& flight : done) complete(flight, out);
    return out.size() != before;
}

void Queue::note(const Event& event) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(flight_.begin(), flight_.end(),
                                    [&](const InFlight& flight) { return flight.ticket == event.ticket; });
    if (found == flight_.end()) return;
    --found->open;
    if (event.status.failed && found->outcome.ok()) found->outcome = event.status;
}

void Queue::complete(InFlight& done, std::vector<Completion>& out) {
    Completion completion;
    completion.ticket = done.ticket;
    // What went wrong before is why the work could not be done.
    if (Status stray = core_.take_stray(); stray.failed) done.outcome = std::move(stray);
    completion.status = done.outcome;
    if (done.timestamps != 0) read_timestamps(done, completion.timestamps_ns);
    if (core_.lost()) completion.status = core_.loss();
    out.push_back(std::move(completion));
    const std::lock_guard lock(room_.mutex);
    room_.pages.insert(room_.pages.end(), done.pages.begin(), done.pages.end());
}

/// Zeros where the device has no timestamps.
void Queue::read_timestamps(const InFlight& done, std::vector<u64>& out) {
    out.assign(done.timestamps, 0);
    if (!done.outcome.ok() || !core_.alive()) return;
    const auto inside = core_.enter();
    for (std::size_t i = 0; i < done.pages.size(); ++i) {
        const WGPUBuffer host = done.pages[i].host;
        const std::size_t first = i * kQueriesPerPage;
        const std::size_t count = std::min<std::size_t>(kQueriesPerPage, out.size() - first);
        std::array<u64, kQueriesPerPage> ticks;
        const bool there = core_.shim().read_range(host, 0, count * sizeof(u64), ticks.data());
        if (!there) detail::log(LogLevel::warning, "WebGPU: timestamps are lost: the library gives no address");
        for (std::size_t k = 0; there && k < count; ++k)
            out[first + k] = static_cast<u64>(std::llround(static_cast<double>(ticks[k]) * period_ns_));
        core_.wgpu().BufferUnmap(host);
    }
    if (!done.pages.empty()) clock_.observe(done.submitted_host_ns, host_now_ns(), out.front(), out.back());
}

/// Ends every open ticket with the loss. What the device may still use stays as it is.
bool Queue::report_lost(std::vector<Completion>& out) {
    const std::size_t before = out.size();
    const std::lock_guard lock(mutex_);
    for (const InFlight& flight : flight_) {
        if (flight.commands != nullptr) core_.wgpu().CommandBufferRelease(flight.commands);
        Completion completion;
        completion.ticket = flight.ticket;
        completion.status = core_.loss();
        out.push_back(std::move(completion));
        const std::lock_guard lock_room(room_.mutex);
        room_.pages.insert(room_.pages.end(), flight.pages.begin(), flight.pages.end());
    }
    flight_.clear();
    memory_.fail_maps(out);
    core_.fail_calls(out);
    return out.size() != before;
}

}  // namespace alkomp::backend::webgpu
