// SPDX-License-Identifier: MIT OR Apache-2.0
// A result that a device will deliver, for `await` and for waiting.
#include "future.h"

#include "wait.h"

#include <nanobind/typing.h>

namespace alkompy {
namespace {

bool is_done(PendingResult& self) {
    const WithoutGil release;
    return self.work.wait_for(std::chrono::nanoseconds(0));
}

nb::object result_of(PendingResult& self, nb::handle timeout) {
    const Patience patience(timeout, "Future.get");
    wait_in_slices(patience, "Future.get", [&](std::chrono::nanoseconds limit) { return self.work.wait_for(limit); });
    self.work.wait();  // done: throws the failure, if there is one
    return self.result;
}

void wait(PendingResult& self, nb::handle timeout) { result_of(self, timeout); }

/// The waiting itself is asyncio's, so it is written in Python.
nb::object await_result(nb::handle self) {
    return nb::module_::import_("alkompy._await").attr("resolve")(self).attr("__await__")();
}

std::string represent(PendingResult& self) {
    return std::string("<alkompy.Future of ") + self.subject + (self.work.done() ? ", done>" : ", pending>");
}

}  // namespace

PendingResult get_async(alkomp::Stream& stream, const ShapedBuffer& buffer) {
    PendingResult pending;
    pending.result = make_array(buffer.dtype, buffer.shape, buffer.view.size_bytes());
    pending.memory = std::make_unique<HostView>(pending.result, true, "get_async");
    pending.subject = "get_async";
    const WithoutGil release;
    pending.work = stream.read_bytes_async(buffer.view, pending.memory->writable_bytes());
    return pending;
}

void bind_futures(nb::module_& m) {
    m.attr("T") = nb::type_var("T");
    nb::class_<PendingResult>(
        m, "Future", nb::is_generic(), nb::sig("class Future(typing.Generic[T])"),
        "A result that a device will deliver: `await` it in asyncio, or wait for it.\n\n"
        "No thread works behind it: it moves forward while something waits or polls. Dropping it\n"
        "drops its result, not its work.")
        .def("done", &is_done, "Takes in what the device has completed; True once the result is there. Never blocks.")
        .def("get", &result_of, "timeout"_a.none() = 60.0, nb::sig("def get(self, timeout: float | None = 60.0) -> T"),
             "Waits at most `timeout` seconds (None: as long as it takes), then gives the result.\n\n"
             "Raises TimeoutError, after which waiting again is legal, or the failure of the work.")
        .def("wait", &wait, "timeout"_a.none() = 60.0, nb::sig("def wait(self, timeout: float | None = 60.0) -> None"),
             "As get, without the result.")
        .def("__await__", &await_result,
             nb::sig("def __await__(self) -> collections.abc.Generator[typing.Any, None, T]"),
             "The result, once the running asyncio loop has polled it to its end.")
        .def("__repr__", &represent);
}

}  // namespace alkompy
