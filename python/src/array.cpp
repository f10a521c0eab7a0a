// SPDX-License-Identifier: MIT OR Apache-2.0
// Host memory as NumPy arrays: taken in without copying where possible, given out without copying.
#include "array.h"

#include <nanobind/ndarray.h>

#include <cstdlib>
#include <limits>
#include <new>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace alkompy {
namespace {

constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;
constexpr std::size_t kLargeArrayBytes = std::size_t{4} << 20;

/// Large pages spare the hundreds of thousands of page faults that cost more than the transfer itself.
nb::object make_large_bytes(std::size_t size_bytes) {
    const std::size_t whole_pages = (size_bytes + kLargePageBytes - 1) / kLargePageBytes * kLargePageBytes;
    void* memory = ::operator new(whole_pages, std::align_val_t{kLargePageBytes}, std::nothrow);
    if (memory == nullptr)
        refuse(alkomp::ErrorCode::out_of_memory,
               "get: the host has no " + std::to_string(size_bytes) + " bytes for the result.");
    nb::capsule owner(memory, [](void* p) noexcept { ::operator delete(p, std::align_val_t{kLargePageBytes}); });
#ifdef __linux__
    madvise(memory, whole_pages, MADV_HUGEPAGE);  // where it is refused, ordinary pages serve
#endif
    return nb::cast(nb::ndarray<nb::numpy, u8, nb::ndim<1>>(memory, {size_bytes}, owner));
}

bool keeps_values(nb::handle converted, nb::handle value, nb::handle dtype) {
    const char kind = nb::cast<std::string>(dtype.attr("kind")).at(0);
    if (kind != 'i' && kind != 'u' && kind != 'b') return true;
    return nb::cast<bool>(numpy("array_equal")(converted, value));
}

}  // namespace

u64 element_count(const Shape& shape, const char* function) {
    u64 count = 1;
    bool overflows = false;
    for (const Py_ssize_t extent : shape) {
        if (extent < 0)
            refuse(std::string(function) + ": extent " + std::to_string(extent) + " of shape " +
                   printed(to_tuple(shape)) + " is negative.");
        const auto factor = static_cast<u64>(extent);
        if (factor == 0) return 0;
        overflows = overflows || count > std::numeric_limits<u64>::max() / factor;
        count *= factor;
    }
    if (overflows)
        refuse(std::string(function) + ": shape " + printed(to_tuple(shape)) + " has more than 2^64 - 1 elements.");
    return count;
}

nb::tuple to_tuple(const Shape& shape) {
    const nb::object made = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(shape.size())));
    for (std::size_t i = 0; i < shape.size(); ++i)
        PyTuple_SetItem(made.ptr(), static_cast<Py_ssize_t>(i), PyLong_FromSsize_t(shape[i]));
    return nb::tuple(made);
}

std::string describe(nb::handle dtype, const Shape& shape) {
    std::string text = dtype_name(dtype) + "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

std::string describe_array(nb::handle array) {
    return describe(array.attr("dtype"), as_shape(array.attr("shape"), "shape"));
}

Shape as_shape(nb::handle value, const char* function) {
    const auto extent = [&](nb::handle item) {
        const nb::object integer = nb::steal(PyNumber_Index(item.ptr()));
        if (!integer) throw nb::python_error();
        const Py_ssize_t size = PyLong_AsSsize_t(integer.ptr());
        if (size == -1 && PyErr_Occurred() != nullptr) {
            PyErr_Clear();
            refuse(std::string(function) + ": extent " + printed(item) + " of shape " + printed(value) +
                   " is beyond 64 bits.");
        }
        return size;
    };
    if (is_integer(value)) return {extent(value)};
    Shape shape;
    if (PySequence_Check(value.ptr()) == 0)
        refuse_type(std::string(function) + ": shape is " + printed(value) +
                    "; it takes an int or a sequence of ints.");
    for (nb::handle item : nb::object(nb::borrow(value))) shape.push_back(extent(item));
    return shape;
}

HostView::HostView(nb::handle object, bool writable, const char* function) {
    const int flags = PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object.ptr(), &view_, flags) == 0) return;
    PyErr_Clear();
    refuse(std::string(function) + ": the array is not C-contiguous" + (writable ? " and writable" : "") + ".");
}

nb::object as_array(nb::handle value) { return numpy("asarray")(value, "order"_a = "C"); }

nb::object as_array_of(nb::handle value, nb::handle dtype, const char* function) {
    if (nb::isinstance(value, numpy("ndarray")) || nb::isinstance(value, numpy("generic"))) {
        const nb::object array = as_array(value);
        if (!array.attr("dtype").equal(dtype))
            refuse(std::string(function) + ": the values are " + dtype_name(array.attr("dtype")) +
                   ", the buffer holds " + dtype_name(dtype) + "; convert them with .astype().");
        return array;
    }
    nb::object converted;
    try {
        converted = numpy("asarray")(value, "dtype"_a = dtype, "order"_a = "C");
    } catch (nb::python_error& error) {
        if (!error.matches(PyExc_OverflowError) && !error.matches(PyExc_ValueError)) throw;
    }
    if (!converted || !keeps_values(converted, value, dtype))
        refuse(std::string(function) + ": " + printed(value) + " does not fit " + dtype_name(dtype) + ".");
    return converted;
}

nb::object make_array(nb::handle dtype, const Shape& shape, u64 size_bytes) {
    if (size_bytes < kLargeArrayBytes) return numpy("empty")(to_tuple(shape), dtype);
    return make_large_bytes(size_bytes).attr("view")(dtype).attr("reshape")(to_tuple(shape));
}

}  // namespace alkompy
