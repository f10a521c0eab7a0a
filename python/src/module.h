// SPDX-License-Identifier: MIT OR Apache-2.0
// What the parts of the Python module share: one function per part, and the error helpers.
#pragma once

#include <alkomp/alkomp.h>

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <chrono>
#include <string>
#include <thread>

namespace alkompy {

namespace nb = nanobind;
using namespace nb::literals;
using alkomp::u32;
using alkomp::u64;
using alkomp::u8;

void bind_errors(nb::module_& m);
void bind_log(nb::module_& m);
void bind_capabilities(nb::module_& m);
void bind_buffers(nb::module_& m);
void bind_kernels(nb::module_& m);
void bind_futures(nb::module_& m);
void bind_streams(nb::module_& m);
void bind_graphs(nb::module_& m);
void bind_checks(nb::module_& m);
void bind_devices(nb::module_& m);

/// Throws alkomp::Error, which Python sees as the class of its code.
[[noreturn]] inline void refuse(alkomp::ErrorCode code, const std::string& text) { throw alkomp::Error(code, text); }
[[noreturn]] inline void refuse(const std::string& text) { refuse(alkomp::ErrorCode::invalid_argument, text); }

/// Raises Python's TypeError.
[[noreturn]] void refuse_type(const std::string& text);

/// repr(object), cut short when it is long, for messages.
std::string printed(nb::handle object);

/// Gives up the GIL for a scope. Where Python ends a daemon thread that wants it back while the interpreter
/// ends, it does so by unwinding the stack, which C++ answers with std::terminate; such a thread sleeps instead.
class WithoutGil {
public:
    WithoutGil() : state_(PyEval_SaveThread()) {}
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;
    ~WithoutGil() {
        try {
            PyEval_RestoreThread(state_);
        } catch (...) {
            for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
        }
    }

private:
    PyThreadState* state_;
};

/// Hands queued log lines to the Python callback. Needs the GIL; cheap when there are none.
void deliver_log();

}  // namespace alkompy
