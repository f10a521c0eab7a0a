// SPDX-License-Identifier: MIT OR Apache-2.0
// Streams: work in order, and events that order one stream after another.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/future.h"
#include "alkomp/kernel.h"

#include <array>
#include <memory>
#include <span>

namespace alkomp {

class Graph;

/// A point in a stream: reached when all that was recorded before it is done.
class Event {
public:
    Event() = default;  ///< reached
    [[nodiscard]] bool done() const;
    /// False when `limit` passed first. Throws: device_lost, and the failure of the work before it.
    [[nodiscard]] bool wait_for(std::chrono::nanoseconds limit) const;
    /// Throws: timed_out as well.
    void wait(Timeout timeout = {}) const;

    Event(std::shared_ptr<detail::StreamRecord> stream, u64 sequence)
        : stream_(std::move(stream)), sequence_(sequence) {}
    [[nodiscard]] const std::shared_ptr<detail::StreamRecord>& stream() const noexcept { return stream_; }
    [[nodiscard]] u64 sequence() const noexcept { return sequence_; }

private:
    std::shared_ptr<detail::StreamRecord> stream_;
    u64 sequence_ = 0;
};

/// Work that runs in the order it was recorded; independent calls may overlap where no buffer
/// connects them. Recording returns at once; batches are submitted when something waits or early
/// enough that the device never idles. A cheap handle.
class Stream {
public:
    Stream() = default;

    /// Records a kernel call; see `Device::call`.
    /// Throws: invalid_argument, naming the argument, what was given and what is wanted; unsupported.
    template <class... Args>
    void call(const Kernel& kernel, const Args&... args) {
        const std::array<detail::Argument, sizeof...(Args)> list{detail::make_argument(args)...};
        call_erased(kernel, list);
    }
    void call_erased(const Kernel& kernel, std::span<const detail::Argument> arguments);
    template <class... Args>
    void call(const RecordedKernel& kernel, const Args&... args) {
        const std::array<detail::Argument, sizeof...(Args)> list{detail::make_argument(args)...};
        call_erased(kernel, list);
    }
    void call_erased(const RecordedKernel& kernel, std::span<const detail::Argument> arguments);

    template <class T>
    void fill(const BufferView<T>& view, std::type_identity_t<T> value) {
        fill_bytes(view, std::as_bytes(std::span<const T>(&value, 1)));
    }
    template <class T>
    void copy(const BufferView<T>& from, const BufferView<T>& to) {
        copy_bytes(from, to);
    }
    template <class T>
    void write(const BufferView<T>& view, std::span<const std::type_identity_t<T>> values) {
        write_bytes(view, std::as_bytes(values));
    }
    template <class T>
    void read(const BufferView<T>& view, std::span<std::type_identity_t<T>> out, Timeout timeout = {}) {
        read_bytes(view, std::as_writable_bytes(out), timeout);
    }

    /// Repeats `pattern` (one element's bytes; empty: zeros) over the view.
    void fill_bytes(const AnyView& view, std::span<const std::byte> pattern);
    /// Both views have one size in bytes; ranges of one buffer must not overlap.
    void copy_bytes(const AnyView& from, const AnyView& to);
    /// Returns once `bytes`, exactly the view's size, has been read.
    void write_bytes(const AnyView& view, std::span<const std::byte> bytes);
    void read_bytes(const AnyView& view, std::span<std::byte> out, Timeout timeout = {});
    /// `out` must live until the future is done or dropped.
    [[nodiscard]] Future<void> read_bytes_async(const AnyView& view, std::span<std::byte> out);

    /// Replays a graph after all that was recorded here.
    void replay(const Graph& graph);

    /// The point after all that was recorded so far.
    [[nodiscard]] Event event();
    /// What is recorded from here on waits for `event` of another stream.
    void wait_event(const Event& event);

    /// True when so much is in flight that the next call may wait for some of it.
    [[nodiscard]] bool crowded() const;
    /// True while another thread's transfer is under way: a call that meets it waits for it.
    [[nodiscard]] bool contended() const;
    /// Submits what is recorded; never waits.
    void flush();
    /// Waits for all that was recorded. Throws: timed_out, device_lost, the failure of that work.
    void wait(Timeout timeout = {});
    [[nodiscard]] bool wait_for(std::chrono::nanoseconds limit);
    /// A future that is done when all that was recorded so far is.
    [[nodiscard]] Future<void> done();

    [[nodiscard]] Device device() const;
    bool operator==(const Stream&) const = default;

    explicit Stream(std::shared_ptr<detail::StreamRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<detail::StreamRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::StreamRecord> record_;
};

}  // namespace alkomp
