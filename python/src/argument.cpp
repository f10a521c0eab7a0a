// SPDX-License-Identifier: MIT OR Apache-2.0
// Python's arguments of a call as alkomp's, gathered without allocating for the usual few.
#include "argument.h"

#include <algorithm>
#include <cstring>

namespace alkompy {
namespace {

using alkomp::Scalar;
using alkomp::detail::Argument;

constexpr Py_ssize_t kMostLanes = 4;

u64 group_count(nb::handle item, nb::handle groups, const char* function) {
    const nb::object integer = nb::steal(PyNumber_Index(item.ptr()));
    if (!integer) throw nb::python_error();
    const unsigned long long count = PyLong_AsUnsignedLongLong(integer.ptr());
    if (count == ~0ULL && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        refuse(std::string(function) + ": groups is " + printed(groups) +
               "; workgroup counts run from 0 to the device's limit.");
    }
    return count;
}

[[noreturn]] void refuse_argument(const std::string& place, nb::handle value) {
    refuse_type(place + " is a " + nb::cast<std::string>(value.type().attr("__name__")) +
                "; a call takes buffers, numbers, bools, and tuples or arrays of numbers.");
}

bool is_short_matrix(const Shape& shape) {
    return shape.size() == 2 &&
           std::all_of(shape.begin(), shape.end(), [](Py_ssize_t n) { return n >= 2 && n <= kMostLanes; });
}

}  // namespace

std::string Arguments::place() const {
    if (!name_.empty()) return std::string(function_) + ": argument \"" + std::string(name_) + "\"";
    return std::string(function_) + ": argument " + std::to_string(list_.size());
}

void Arguments::add_scalar(Scalar scalar, u8 lanes, const void* bytes, std::size_t size_bytes) {
    void* kept = memory_.allocate(size_bytes, alignof(std::max_align_t));
    std::memcpy(kept, bytes, size_bytes);
    Argument& argument = list_.emplace_back();
    argument.kind = Argument::Kind::scalar;
    argument.scalar = scalar;
    argument.lanes = lanes;
    argument.size_bytes = static_cast<u32>(size_bytes);
    argument.value = kept;
    argument.name = name_;
    argument.slot = slot_;
}

void Arguments::add_integer(nb::handle value) {
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (small == -1 && overflow == 0 && PyErr_Occurred() != nullptr) throw nb::python_error();
    if (overflow == 0) return add_number(Scalar::i64, static_cast<alkomp::i64>(small));
    const unsigned long long large = overflow > 0 ? PyLong_AsUnsignedLongLong(value.ptr()) : ~0ULL;
    if (overflow < 0 || PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        refuse(place() + " is " + printed(value) + ", which no 64-bit integer holds.");
    }
    add_number(Scalar::u64, static_cast<u64>(large));
}

void Arguments::add_numpy_scalar(nb::handle value, const alkomp::DType& type) {
    Py_buffer memory;
    if (PyObject_GetBuffer(value.ptr(), &memory, PyBUF_SIMPLE) != 0) throw nb::python_error();
    add_scalar(type.scalar, type.lanes, memory.buf, static_cast<std::size_t>(memory.len));
    PyBuffer_Release(&memory);
}

/// Two to four exact ints or floats, as vectors usually are given; false when it is something else.
bool Arguments::add_numbers(nb::handle sequence) {
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence.ptr());
    if (count < 2 || count > kMostLanes) return false;
    PyObject** items = PySequence_Fast_ITEMS(sequence.ptr());
    bool all_ints = true;
    for (Py_ssize_t i = 0; i < count; ++i) {
        const bool is_int = PyLong_CheckExact(items[i]);
        if (!is_int && !PyFloat_CheckExact(items[i])) return false;
        all_ints = all_ints && is_int;
    }
    std::array<alkomp::i64, kMostLanes> integers{};
    std::array<double, kMostLanes> reals{};
    for (Py_ssize_t i = 0; i < count; ++i) {
        const auto lane = static_cast<std::size_t>(i);
        if (all_ints) integers[lane] = PyLong_AsLongLong(items[i]);
        else reals[lane] = PyFloat_AsDouble(items[i]);
        if (PyErr_Occurred() != nullptr) {
            PyErr_Clear();
            return false;  // beyond 63 bits: NumPy finds the type
        }
    }
    const void* bytes = all_ints ? static_cast<const void*>(integers.data()) : reals.data();
    add_scalar(all_ints ? Scalar::i64 : Scalar::f64, static_cast<u8>(count), bytes,
               static_cast<std::size_t>(count) * 8);
    return true;
}

/// NumPy scalars keep their type; arrays of 2 to 4 numbers are vectors, of 2x2 to 4x4 matrices, as they lie
/// in memory; any other is passed as its bytes.
void Arguments::add_array(nb::handle value) {
    nb::object array = as_array(value);
    const alkomp::DType type = element_type(array.attr("dtype"), place().c_str());
    const HostView& view = views_.emplace_back(array, false, function_);
    kept_.push_back(std::move(array));
    const Shape shape = view.shape();
    const u64 count = element_count(shape, function_);
    if (count == 0) refuse(place() + " is an empty array; a scalar has at least one number.");
    const u64 lanes = count * type.lanes;
    const bool is_vector =
        shape.empty() || count == 1 || (shape.size() == 1 && lanes <= kMostLanes) || is_short_matrix(shape);
    if (type.scalar != Scalar::record && is_vector)
        return add_scalar(type.scalar, static_cast<u8>(lanes), view.bytes().data(), view.bytes().size());
    if (view.bytes().size() > 65'536)
        refuse(place() + " has " + std::to_string(view.bytes().size()) +
               " bytes, which is too much for a scalar; pass a Buffer.");
    add_scalar(Scalar::record, 1, view.bytes().data(), view.bytes().size());
}

void Arguments::add(nb::handle value, std::string_view name, std::string_view slot) {
    name_ = name;
    slot_ = slot;
    PyObject* object = value.ptr();
    if (const ShapedBuffer* buffer = as_buffer(value)) {
        Argument& argument = list_.emplace_back();
        argument.kind = Argument::Kind::buffer;
        argument.value = &buffer->view;
        argument.name = name;
        argument.slot = slot;
    } else if (PyFloat_CheckExact(object)) {
        add_number(Scalar::f64, PyFloat_AS_DOUBLE(object));
    } else if (PyBool_Check(object)) {
        add_number(Scalar::boolean, object == Py_True);
    } else if (PyLong_Check(object)) {
        add_integer(value);
    } else if (const alkomp::DType* type = scalar_type(value)) {
        add_numpy_scalar(value, *type);
    } else if (nb::isinstance<Slot>(value)) {
        if (!slot.empty()) refuse(place() + " is a slot within a slot.");
        const Slot& inner = *nb::inst_ptr<Slot>(value);
        add(inner.value, name, inner.name);
    } else if (PyTuple_CheckExact(object) || PyList_CheckExact(object)) {
        if (!add_numbers(value)) add_array(value);
    } else if (PyFloat_Check(object) || PyComplex_Check(object) || nb::isinstance(value, numpy("generic")) ||
               nb::isinstance(value, numpy("ndarray"))) {
        add_array(value);
    } else {
        refuse_argument(place(), value);
    }
}

void Arguments::add_groups(nb::handle groups) {
    if (groups.is_none()) return;
    Argument& argument = list_.emplace_back();
    if (const ShapedBuffer* counts = as_buffer(groups)) {
        argument.kind = Argument::Kind::indirect;
        argument.value = &counts->view;
        return;
    }
    argument.kind = Argument::Kind::groups;
    argument.value = &groups_;
    if (is_integer(groups)) {
        groups_.x = group_count(groups, groups, function_);
        return;
    }
    const nb::object items = nb::steal(PySequence_Fast(groups.ptr(), ""));
    if (!items) PyErr_Clear();
    const Py_ssize_t count = items ? PySequence_Fast_GET_SIZE(items.ptr()) : 0;
    if (count < 1 || count > 3)
        refuse(std::string(function_) + ": groups is " + printed(groups) +
               "; it takes an int, 1 to 3 ints, a Buffer or None.");
    for (Py_ssize_t i = 0; i < count; ++i) {
        u64& extent = i == 0 ? groups_.x : i == 1 ? groups_.y : groups_.z;
        extent = group_count(PySequence_Fast_GET_ITEM(items.ptr(), i), groups, function_);
    }
}

void Arguments::add_call(const nb::args& positional, const nb::kwargs& named) {
    for (nb::handle value : positional) add(value);
    PyObject* key = nullptr;
    PyObject* value = nullptr;
    for (Py_ssize_t at = 0; PyDict_Next(named.ptr(), &at, &key, &value) != 0;) {
        Py_ssize_t length = 0;
        const char* text = PyUnicode_AsUTF8AndSize(key, &length);
        if (text == nullptr) throw nb::python_error();
        const std::string_view name(text, static_cast<std::size_t>(length));
        if (name == "groups") add_groups(value);
        else add(value, name);
    }
}

}  // namespace alkompy
