// SPDX-License-Identifier: MIT OR Apache-2.0
// Streams: work in order, and the events that order one stream after another.
#include "stream.h"

namespace alkompy {
namespace {

using alkomp::Event;
using alkomp::Stream;

void wait_stream(Stream& self, const Patience& patience) {
    wait_in_slices(patience, "Stream.wait", [&](std::chrono::nanoseconds limit) { return self.wait_for(limit); });
}

void wait_event(const Event& self, nb::handle timeout) {
    const Patience patience(timeout, "Event.wait");
    wait_in_slices(patience, "Event.wait", [&](std::chrono::nanoseconds limit) { return self.wait_for(limit); });
}

PendingResult done_future(Stream& self) {
    PendingResult pending;
    pending.result = nb::none();
    pending.work = self.done();
    pending.subject = "Stream.done";
    return pending;
}

void bind_events(nb::module_& m) {
    nb::class_<Event>(m, "Event", "A point in a stream: reached when all that was recorded before it is done.")
        .def("done", &Event::done, "True once the point is reached; never blocks.")
        .def("wait", &wait_event, "timeout"_a.none() = 60.0,
             nb::sig("def wait(self, timeout: float | None = 60.0) -> None"),
             "Waits at most `timeout` seconds (None: as long as it takes).\n\n"
             "Raises TimeoutError, after which waiting again is legal, and the failure of the work before the point.")
        .def("__repr__", [](const Event& self) {
            return std::string("<alkompy.Event, ") + (self.done() ? "reached>" : "not reached>");
        });
}

void bind_stream(nb::class_<Stream>& stream) {
    stream
        .def(
            "replay",
            [](Stream& self, const alkomp::Graph& graph) {
                const Recording recording(self);
                self.replay(graph);
            },
            "graph"_a, "Replays a graph after all that was recorded here.")
        .def("event", &Stream::event, "The point after all that was recorded so far.")
        .def("wait_event", &Stream::wait_event, "event"_a,
             "What is recorded from here on waits, on the device, for an event of another stream.")
        .def("flush", &Stream::flush, nb::call_guard<WithoutGil>(), "Submits what is recorded; never waits.")
        .def(
            "wait", [](Stream& self, nb::handle timeout) { wait_stream(self, Patience(timeout, "Stream.wait")); },
            "timeout"_a.none() = 60.0, nb::sig("def wait(self, timeout: float | None = 60.0) -> None"),
            "Waits for all that was recorded, at most `timeout` seconds (None: as long as it takes).\n\n"
            "Raises TimeoutError, after which waiting again is legal, and the failure of that work.")
        .def("done", &done_future, nb::sig("def done(self) -> Future[None]"),
             "A Future that is done when all that was recorded so far is: `await stream.done()`.")
        .def_prop_ro(
            "device", [](const Stream& self) { return self.device(); }, "The device that it works on.")
        .def(
            "__enter__", [](nb::handle self) { return nb::borrow(self); }, nb::sig("def __enter__(self) -> Stream"))
        .def(
            "__exit__",
            [](Stream& self, nb::handle type, nb::handle, nb::handle) {
                if (type.is_none()) wait_stream(self, Patience());
            },
            "type"_a.none(), "value"_a.none(), "traceback"_a.none(),
            nb::sig("def __exit__(self, type: object, value: object, traceback: object) -> None"),
            "Waits for all that was recorded, unless an exception is on its way.")
        .def(
            "__eq__", [](const Stream& self, const Stream& other) { return self == other; }, nb::is_operator())
        .def("__hash__", [](const Stream& self) { return std::hash<const void*>()(self.record().get()); })
        .def("__repr__",
             [](const Stream& self) { return "<alkompy.Stream on \"" + self.device().info().name + "\">"; });
}

}  // namespace

nb::object pattern_of(const ShapedBuffer& buffer, nb::handle value) {
    nb::object element = as_array_of(value, buffer.dtype, "fill");
    if (nb::cast<u64>(element.attr("size")) != 1)
        refuse("fill: the value is " + describe_array(element) + "; it takes one element of " +
               dtype_name(buffer.dtype) + ".");
    return element;
}

void wait_for_room(Stream& stream) {
    wait_in_slices(Patience(nb::none(), "call"), "call", [&](std::chrono::nanoseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (stream.crowded()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            std::this_thread::sleep_for(std::chrono::microseconds(200));
            stream.device().poll();
        }
        return true;
    });
}

void fill(Stream stream, const ShapedBuffer& buffer, nb::handle value) {
    const HostView pattern(pattern_of(buffer, value), false, "fill");
    const Recording recording(stream);
    stream.fill_bytes(buffer.view, pattern.bytes());
}

void write(Stream stream, const ShapedBuffer& buffer, nb::handle values) {
    const nb::object array = as_array_of(values, buffer.dtype, "write");
    if (nb::cast<u64>(array.attr("size")) != buffer.view.count())
        refuse("write: the values are " + describe_array(array) + ", the buffer is " + describe(buffer) +
               "; they take the same number of elements.");
    const HostView memory(array, false, "write");
    const WithoutGil release;
    stream.write_bytes(buffer.view, memory.bytes());
}

void bind_streams(nb::module_& m) {
    bind_events(m);
    auto stream = nb::class_<Stream>(
        m, "Stream",
        "Work that runs in the order it was recorded; independent calls may overlap where no buffer connects them.\n\n"
        "Made by Device.create_stream; used by one thread at a time. Recording returns at once; batches are submitted\n"
        "when something waits, or early enough that the device never idles. As a context manager it waits at the end.");
    bind_stream(stream);
    bind_recording(stream);
}

}  // namespace alkompy
