// SPDX-License-Identifier: MIT OR Apache-2.0
// What the parts of the Python module share: one function per part, and the error helpers.
#pragma once

#include <alkomp/alkomp.h>

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <string>

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
void bind_devices(nb::module_& m);

/// Throws alkomp::Error, which Python sees as the class of its code.
[[noreturn]] inline void refuse(alkomp::ErrorCode code, const std::string& text) { throw alkomp::Error(code, text); }
[[noreturn]] inline void refuse(const std::string& text) { refuse(alkomp::ErrorCode::invalid_argument, text); }

/// Raises Python's TypeError.
[[noreturn]] void refuse_type(const std::string& text);

/// repr(object), cut short when it is long, for messages.
std::string printed(nb::handle object);

/// Hands queued log lines to the Python callback. Needs the GIL; cheap when there are none.
void deliver_log();

}  // namespace alkompy
