// SPDX-License-Identifier: MIT OR Apache-2.0
// One exception class per error code: each is an alkompy.Error and, where Python has a word for it, that too.
#include "module.h"

#include <array>

namespace alkompy {
namespace {

using alkomp::ErrorCode;

struct ErrorClass {
    ErrorCode code;
    const char* name;
    PyObject* python_base;  ///< the built-in class that it is as well, or null
    const char* doc;
    PyObject* made = nullptr;
};

/// Never destroyed: an exception may still be raised while the interpreter ends.
std::array<ErrorClass, 8>& error_classes() {
    static auto& classes = *new std::array<ErrorClass, 8>{{
        {ErrorCode::invalid_argument, "InvalidArgumentError", PyExc_ValueError,
         "The call is wrong; nothing was queued. Also a ValueError."},
        {ErrorCode::unsupported, "UnsupportedError", PyExc_NotImplementedError,
         "This device or build cannot do it; another may. Also a NotImplementedError."},
        {ErrorCode::out_of_memory, "OutOfMemoryError", PyExc_MemoryError,
         "There is not enough memory; free something and retry. Also a MemoryError."},
        {ErrorCode::compile_failed, "CompileFailedError", nullptr,
         "The kernel's source or SPIR-V is refused; the text names file, line and token."},
        {ErrorCode::kernel_fault, "KernelFaultError", nullptr, "A kernel did what it must not (checked mode)."},
        {ErrorCode::device_lost, "DeviceLostError", nullptr,
         "The device is gone and every waiter wakes with this; open a new Device."},
        {ErrorCode::timed_out, "TimedOutError", PyExc_TimeoutError,
         "The wait gave up; the work lives on and waiting again is legal. Also a TimeoutError."},
        {ErrorCode::internal, "InternalError", nullptr, "A fault of alkomp or of a driver."},
    }};
    return classes;
}

PyObject* make_class(nb::module_& m, const char* name, const char* doc, nb::handle bases, nb::handle code) {
    nb::dict members;
    members["code"] = code;
    const std::string full = nb::cast<std::string>(m.attr("__name__")) + "." + name;
    PyObject* made = PyErr_NewExceptionWithDoc(full.c_str(), doc, bases.ptr(), members.ptr());
    if (made == nullptr) throw nb::python_error();
    return made;
}

/// Messages quote sources and driver texts, which need not be UTF-8.
void set_error(PyObject* type, std::string_view text) {
    PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
    if (decoded == nullptr) return;
    PyErr_SetObject(type, decoded);
    Py_DECREF(decoded);
}

void translate(const std::exception_ptr& pointer, void*) {
    try {
        std::rethrow_exception(pointer);
    } catch (const alkomp::Error& error) {
        for (const ErrorClass& entry : error_classes())
            if (entry.code == error.code()) return set_error(entry.made, error.what());
        set_error(PyExc_RuntimeError, error.what());
    }
}

}  // namespace

void refuse_type(const std::string& text) {
    set_error(PyExc_TypeError, text);
    throw nb::python_error();
}

std::string printed(nb::handle object) {
    constexpr Py_ssize_t kLongest = 160;
    const nb::object whole = nb::steal(PyObject_Repr(object.ptr()));
    if (!whole) throw nb::python_error();
    if (PyUnicode_GET_LENGTH(whole.ptr()) <= kLongest) return nb::cast<std::string>(whole);
    return nb::cast<std::string>(nb::steal(PyUnicode_Substring(whole.ptr(), 0, kLongest))) + "...";
}

void bind_errors(nb::module_& m) {
    PyObject* base = make_class(
        m, "Error",
        "Every failure of alkomp. The text is \"function: sentence\"; `code` is the kind of failure as a str:\n"
        "invalid_argument, unsupported, out_of_memory, compile_failed, kernel_fault, device_lost, timed_out, internal.",
        PyExc_RuntimeError, nb::str("internal"));
    m.attr("Error") = nb::borrow(base);
    for (ErrorClass& entry : error_classes()) {
        const nb::object bases = entry.python_base != nullptr
                                     ? nb::object(nb::make_tuple(nb::borrow(base), nb::borrow(entry.python_base)))
                                     : nb::borrow(base);
        const std::string_view code = alkomp::to_string(entry.code);
        entry.made = make_class(m, entry.name, entry.doc, bases, nb::str(code.data(), code.size()));
        m.attr(entry.name) = nb::borrow(entry.made);
    }
    nb::register_exception_translator(translate);
}

}  // namespace alkompy
