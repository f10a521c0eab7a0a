// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers: typed memory of a device, and views of parts of it.
#pragma once

#include "alkomp/dtype.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

namespace alkomp {

class Device;

namespace detail {
struct BufferRecord;
struct DeviceRecord;
struct KernelRecord;
struct StreamRecord;
struct GraphRecord;

/// Tells the system that this fresh memory will be written from end to end: first touching it in small
/// pages takes longer than any transfer.
void use_large_pages(void* memory, u64 size_bytes) noexcept;
}  // namespace detail

/// How long a wait may take before it throws timed_out: 60 s unless set.
struct Timeout {
    std::chrono::nanoseconds limit = std::chrono::seconds(60);
    Timeout() = default;
    template <class Rep, class Period>
    Timeout(std::chrono::duration<Rep, Period> duration)  // NOLINT: a duration is a timeout
        : limit(std::chrono::duration_cast<std::chrono::nanoseconds>(duration)) {}
};

/// A part of a buffer, or the whole of one, whose element type is known at run time.
/// Holds its buffer, which holds its device. A default-constructed or moved-from view is empty:
/// using it throws invalid_argument.
class AnyView {
public:
    AnyView() = default;

    [[nodiscard]] const DType& dtype() const noexcept { return dtype_; }
    [[nodiscard]] u64 count() const noexcept { return count_; }  ///< elements
    [[nodiscard]] u64 size_bytes() const noexcept { return count_ * dtype_.size_bytes; }
    [[nodiscard]] u64 offset_bytes() const noexcept { return offset_bytes_; }  ///< within its buffer
    [[nodiscard]] Device device() const;
    [[nodiscard]] explicit operator bool() const noexcept { return record_ != nullptr; }

    /// The elements [first, first + count). Throws: invalid_argument when they are not all inside.
    [[nodiscard]] AnyView slice(u64 first, u64 count) const;
    /// The same bytes as elements of another type. Throws: invalid_argument when they do not divide.
    [[nodiscard]] AnyView reinterpret(const DType& type) const;

    /// A name for messages and traces; shared by every view of the buffer.
    void set_label(std::string label);
    [[nodiscard]] std::string label() const;

    AnyView(std::shared_ptr<detail::BufferRecord> record, DType type, u64 offset_bytes, u64 count)
        : record_(std::move(record)), dtype_(std::move(type)), offset_bytes_(offset_bytes), count_(count) {}
    [[nodiscard]] const std::shared_ptr<detail::BufferRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::BufferRecord> record_;
    DType dtype_;
    u64 offset_bytes_ = 0;
    u64 count_ = 0;
};

using AnyBuffer = AnyView;

/// A view of elements of type T.
template <class T>
class BufferView : public AnyView {
public:
    using value_type = T;
    BufferView() = default;
    explicit BufferView(AnyView view) : AnyView(std::move(view)) {}

    /// The elements [first, first + count).
    [[nodiscard]] BufferView view(u64 first, u64 count) const { return BufferView(slice(first, count)); }
    /// The same bytes as elements of type U.
    template <class U>
    [[nodiscard]] BufferView<U> as() const {
        return BufferView<U>(reinterpret(dtype_of<U>()));
    }
};

/// Memory of a device for `count()` elements of type T: the view of all of it. A cheap handle;
/// the memory is given back for reuse when the last handle or view is gone and the work that
/// uses it has passed.
template <class T>
class Buffer : public BufferView<T> {
public:
    Buffer() = default;
    explicit Buffer(AnyView whole) : BufferView<T>(std::move(whole)) {}
};

}  // namespace alkomp
