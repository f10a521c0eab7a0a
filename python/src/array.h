// SPDX-License-Identifier: MIT OR Apache-2.0
// Host memory as NumPy arrays: taken in without copying where possible, given out without copying.
#pragma once

#include "dtype.h"
#include "module.h"

#include <cstddef>
#include <span>
#include <vector>

namespace alkompy {

using Shape = std::vector<Py_ssize_t>;

/// Product of the extents. Throws invalid_argument when one is negative or the product overflows.
u64 element_count(const Shape& shape, const char* function);

/// "float32[3, 4]", "int32[]" for a scalar.
std::string describe(nb::handle dtype, const Shape& shape);

/// The shape and dtype of an object that has both as attributes, for messages.
std::string describe_array(nb::handle array);

/// An int or what stands for one; a NumPy array is a sequence, even of one int.
inline bool is_integer(nb::handle value) {
    return PyLong_Check(value.ptr()) || (PyIndex_Check(value.ptr()) != 0 && PySequence_Check(value.ptr()) == 0);
}

/// An int or a sequence of ints as a shape.
Shape as_shape(nb::handle value, const char* function);

nb::tuple to_tuple(const Shape& shape);

/// Contiguous memory of an object with the buffer protocol, held for as long as this lives.
class HostView {
public:
    HostView(nb::handle object, bool writable, const char* function);
    ~HostView() { PyBuffer_Release(&view_); }
    HostView(const HostView&) = delete;
    HostView& operator=(const HostView&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
        return {static_cast<const std::byte*>(view_.buf), static_cast<std::size_t>(view_.len)};
    }
    [[nodiscard]] std::span<std::byte> writable_bytes() const noexcept {
        return {static_cast<std::byte*>(view_.buf), static_cast<std::size_t>(view_.len)};
    }
    [[nodiscard]] Shape shape() const { return {view_.shape, view_.shape + view_.ndim}; }

private:
    Py_buffer view_{};
};

/// `value` as a C-contiguous ndarray: itself, a copy of a strided one, or what numpy.asarray makes of it.
nb::object as_array(nb::handle value);

/// `value` as an array of `dtype`. An ndarray has to have that dtype; other values are converted as long as
/// integers and bools keep their value. Throws invalid_argument.
nb::object as_array_of(nb::handle value, nb::handle dtype, const char* function);

/// A new array with unspecified contents; large ones lie on large pages.
nb::object make_array(nb::handle dtype, const Shape& shape, u64 size_bytes);

}  // namespace alkompy
