// SPDX-License-Identifier: MIT OR Apache-2.0
// Graphs: calls recorded once and replayed with one submit.
#pragma once

#include "alkomp/kernel.h"
#include "alkomp/stream.h"

#include <array>
#include <memory>
#include <string_view>

namespace alkomp {

/// A list of calls, fills and copies that is checked and recorded once. What may change between
/// replays is given as `slot("name", value)`; replacing a slot checks arguments and hazards again
/// and encodes anew, an unchanged replay only resubmits (from the third on), also while the last
/// one is in flight, ordered after it. A graph keeps its buffers and kernels alive. Where the
/// backend's command buffers live once, a replay encodes again.
class Graph {
public:
    Graph() = default;

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
    void fill_bytes(const AnyView& view, std::span<const std::byte> pattern);
    void copy_bytes(const AnyView& from, const AnyView& to);

    /// Gives a slot a new buffer or scalar for the replays that follow; those in flight keep the old.
    /// Throws: invalid_argument when there is no such slot or the value does not fit all its uses.
    template <class T>
    void set(std::string_view slot, const T& value) {
        set_erased(slot, detail::make_argument(value));
    }
    void set_erased(std::string_view slot, const detail::Argument& value);

    /// Replays on the device's default stream; `Stream::replay` names another.
    void replay() const;

    /// Calls, fills and copies recorded.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] Device device() const;

    explicit Graph(std::shared_ptr<detail::GraphRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<detail::GraphRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::GraphRecord> record_;
};

}  // namespace alkomp
