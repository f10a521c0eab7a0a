// SPDX-License-Identifier: MIT OR Apache-2.0
// The Python module: alkomp's headers bound part by part.
#include "module.h"

NB_MODULE(_alkompy, m) {
    m.doc() = "The compiled part of alkompy; use it through the package alkompy.";
    m.attr("version") = ALKOMP_VERSION;
#ifdef NDEBUG
    // Handles that are still alive when the interpreter ends are legal here.
    nanobind::set_leak_warnings(false);
#endif
    alkompy::bind_errors(m);
    alkompy::bind_log(m);
    alkompy::bind_capabilities(m);
    alkompy::bind_buffers(m);
    alkompy::bind_kernels(m);
    alkompy::bind_futures(m);
    alkompy::bind_streams(m);
    alkompy::bind_graphs(m);
    alkompy::bind_checks(m);
    alkompy::bind_devices(m);
}
