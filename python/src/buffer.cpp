// SPDX-License-Identifier: MIT OR Apache-2.0
// What Python calls a Buffer: a view of device memory with NumPy's dtype and shape.
#include "buffer.h"

#include "wait.h"

namespace alkompy {
namespace {

PyTypeObject* buffer_class = nullptr;

Shape rest_of(const Shape& shape) { return {shape.begin() + 1, shape.end()}; }

u64 row_count(const ShapedBuffer& self) {
    return self.shape.front() == 0 ? 0 : self.view.count() / static_cast<u64>(self.shape.front());
}

ShapedBuffer rows(const ShapedBuffer& self, Py_ssize_t first, Py_ssize_t count, Shape shape) {
    const u64 row = row_count(self);
    return {self.view.slice(static_cast<u64>(first) * row, static_cast<u64>(count) * row), self.dtype,
            std::move(shape)};
}

ShapedBuffer get_slice(const ShapedBuffer& self, nb::handle key) {
    Py_ssize_t start = 0, stop = 0, step = 0;
    if (PySlice_Unpack(key.ptr(), &start, &stop, &step) != 0) throw nb::python_error();
    const Py_ssize_t count = PySlice_AdjustIndices(self.shape.front(), &start, &stop, step);
    if (step != 1)
        refuse("Buffer[]: the step of " + printed(key) + " is " + std::to_string(step) + "; views take step 1 only.");
    Shape shape = self.shape;
    shape.front() = count;
    return rows(self, count == 0 ? 0 : start, count, std::move(shape));
}

ShapedBuffer get_row(const ShapedBuffer& self, nb::handle key) {
    Py_ssize_t index = PyNumber_AsSsize_t(key.ptr(), PyExc_IndexError);
    if (index == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
    if (index < 0) index += self.shape.front();
    if (index < 0 || index >= self.shape.front())
        throw nb::index_error(("Buffer[]: index " + printed(key) + " is outside of " + describe(self) + ".").c_str());
    return rows(self, index, 1, rest_of(self.shape));
}

ShapedBuffer get_item(const ShapedBuffer& self, nb::handle key) {
    if (self.shape.empty()) throw nb::index_error("Buffer[]: a buffer of no dimensions has no parts.");
    if (PySlice_Check(key.ptr())) return get_slice(self, key);
    if (PyIndex_Check(key.ptr()) != 0) return get_row(self, key);
    refuse_type("Buffer[]: " + printed(key) + " is neither an index nor a slice of the first dimension.");
}

/// As numpy.ndarray.view: the last dimension takes up the change of size.
ShapedBuffer view_as(const ShapedBuffer& self, nb::handle dtype) {
    nb::object to = as_dtype(dtype);
    const alkomp::DType type = element_type(to, "Buffer.view");
    Shape shape = self.shape;
    if (const u32 from_bytes = self.view.dtype().size_bytes; from_bytes != type.size_bytes) {
        const u64 last_bytes = shape.empty() ? from_bytes : static_cast<u64>(shape.back()) * from_bytes;
        if (shape.empty() || last_bytes % type.size_bytes != 0)
            refuse("Buffer.view: the last dimension of " + describe(self) + " has " + std::to_string(last_bytes) +
                   " bytes, which elements of " + dtype_name(to) + " (" + std::to_string(type.size_bytes) +
                   " bytes) do not divide.");
        shape.back() = static_cast<Py_ssize_t>(last_bytes / type.size_bytes);
    }
    return {self.view.reinterpret(type), std::move(to), std::move(shape)};
}

Py_ssize_t length(const ShapedBuffer& self) {
    if (self.shape.empty()) refuse_type("len: a buffer of no dimensions has no length.");
    return self.shape.front();
}

nb::object to_array(const ShapedBuffer& self, nb::handle dtype, nb::handle copy) {
    if (!copy.is_none() && nb::cast<bool>(copy) == false)
        refuse("Buffer.__array__: an array without a copy is asked for; device memory has to be copied.");
    alkomp::Stream stream = self.view.device().stream();
    nb::object array = get(stream, self, nb::none(), Patience());
    return dtype.is_none() ? array : array.attr("astype")(dtype, "copy"_a = false);
}

std::string represent(const ShapedBuffer& self) {
    return "<alkompy.Buffer " + describe(self) + " on \"" + self.view.device().info().name + "\">";
}

}  // namespace

const ShapedBuffer* as_buffer(nb::handle object) noexcept {
    return Py_TYPE(object.ptr()) == buffer_class ? nb::inst_ptr<ShapedBuffer>(object) : nullptr;
}

std::string describe(const ShapedBuffer& buffer) {
    const std::string label = buffer.view.label();
    return describe(buffer.dtype, buffer.shape) + (label.empty() ? "" : " \"" + label + "\"");
}

ShapedBuffer make_buffer(alkomp::Device& device, nb::object dtype, Shape shape, nb::handle label,
                         const char* function) {
    const alkomp::DType type = element_type(dtype, function);
    alkomp::AnyView view = device.empty(type, element_count(shape, function));
    if (!label.is_none()) view.set_label(nb::cast<std::string>(label));
    return {std::move(view), std::move(dtype), std::move(shape)};
}

void bind_buffers(nb::module_& m) {
    auto buffer = nb::class_<ShapedBuffer>(
        m, "Buffer", nb::is_final(),
        "Memory of a device as an array: the whole of what to_device, empty or zeros made, or a view of a part.\n\n"
        "A cheap handle that keeps its device. The memory is given back for reuse when the last handle or view is\n"
        "gone and the work that uses it has passed.");
    buffer_class = reinterpret_cast<PyTypeObject*>(buffer.ptr());
    buffer
        .def_prop_ro(
            "shape", [](const ShapedBuffer& self) { return to_tuple(self.shape); },
            nb::sig("def shape(self) -> tuple[int, ...]"), "Extents, as of a NumPy array.")
        .def_prop_ro(
            "dtype", [](const ShapedBuffer& self) { return self.dtype; }, nb::sig("def dtype(self) -> numpy.dtype"),
            "The element type, a numpy.dtype.")
        .def_prop_ro(
            "size", [](const ShapedBuffer& self) { return self.view.count(); }, "Elements.")
        .def_prop_ro(
            "nbytes", [](const ShapedBuffer& self) { return self.view.size_bytes(); }, "Bytes.")
        .def_prop_ro(
            "ndim", [](const ShapedBuffer& self) { return self.shape.size(); }, "Dimensions.")
        .def_prop_ro(
            "offset_bytes", [](const ShapedBuffer& self) { return self.view.offset_bytes(); },
            "Where a view begins within its buffer, in bytes.")
        .def_prop_ro(
            "device", [](const ShapedBuffer& self) { return self.view.device(); }, "The device it lies on.")
        .def_prop_rw(
            "label", [](const ShapedBuffer& self) { return self.view.label(); },
            [](ShapedBuffer& self, std::string label) { self.view.set_label(std::move(label)); },
            "A name for messages and traces, shared by every view of the buffer.")
        .def("__len__", &length)
        .def("__getitem__", &get_item, "key"_a, nb::sig("def __getitem__(self, key: int | slice, /) -> Buffer"),
             "A view: buffer[a:b] takes rows a to b of the first dimension (step 1), buffer[i] one row.\n\n"
             "Raises IndexError for a row that is not there; slices are clamped as in Python.")
        .def("view", &view_as, "dtype"_a, nb::sig("def view(self, dtype: numpy.typing.DTypeLike) -> Buffer"),
             "The same bytes as elements of another dtype; the last dimension grows or shrinks.\n\n"
             "Raises ValueError when the bytes of the last dimension do not divide.")
        .def("__array__", &to_array, "dtype"_a = nb::none(), "copy"_a = nb::none(),
             nb::sig("def __array__(self, dtype: numpy.typing.DTypeLike | None = None, copy: bool | None = None)"
                     " -> numpy.ndarray"),
             "numpy.asarray(buffer) copies it to the host, as Device.get does.")
        .def("__repr__", &represent);
}

}  // namespace alkompy
