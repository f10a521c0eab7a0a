// SPDX-License-Identifier: MIT OR Apache-2.0
// What a stream and a device have in common: both record calls, fills, copies and transfers.
#pragma once

#include "argument.h"
#include "future.h"
#include "kernel.h"
#include "wait.h"

#include <optional>

namespace alkompy {

inline alkomp::Stream stream_of(const alkomp::Device& device) { return device.stream(); }
inline const alkomp::Stream& stream_of(const alkomp::Stream& stream) { return stream; }

void fill(alkomp::Stream stream, const ShapedBuffer& buffer, nb::handle value);
void write(alkomp::Stream stream, const ShapedBuffer& buffer, nb::handle values);

/// One element's bytes for `value`. Throws invalid_argument when it does not fit the buffer's dtype.
nb::object pattern_of(const ShapedBuffer& buffer, nb::handle value);

/// Recording waits for the device when much is in flight: this waits before it, without the GIL, so that
/// other threads and Ctrl-C get their turn.
void wait_for_room(alkomp::Stream& stream);

/// Gives up the GIL for a scope that records, where that may wait for another thread's transfer.
class Recording {
public:
    explicit Recording(const alkomp::Stream& stream) {
        if (stream.contended()) without_gil_.emplace();
    }
    explicit Recording(const alkomp::Graph&) {}

private:
    std::optional<WithoutGil> without_gil_;
};

/// `call(kernel, *positional, groups=..., **named)` recorded on `target`, a stream or a graph.
/// Recording is quick, and giving up the GIL would hand it to a busy thread for milliseconds; so it is kept.
template <class Target>
void record_call(Target&& target, const alkomp::Kernel& kernel, const nb::args& positional, const nb::kwargs& named) {
    Arguments arguments("call");
    arguments.add_call(positional, named);
    const Recording recording(target);
    target.call_erased(kernel, arguments.list());
}

/// Adds the methods that record to a class of devices or streams.
template <class T>
void bind_recording(nb::class_<T>& target) {
    target
        .def(
            "call",
            [](const T& self, const alkomp::Kernel& kernel, const nb::args& positional, const nb::kwargs& named) {
                alkomp::Stream stream = stream_of(self);
                if (stream.crowded()) wait_for_room(stream);
                record_call(stream, kernel, positional, named);
            },
            nb::sig(
                "def call(self, kernel: Kernel, *args: typing.Any, groups: int | collections.abc.Sequence[int] | Buffer"
                " | None = None, **named: typing.Any) -> None"),
            "Records a call of the kernel; returns at once.\n\n"
            "args: Buffers go to bindings in order of (set, binding), numbers to push constants in order of offset.\n"
            "named: the same by the kernel's names. Tuples and small arrays are vectors; NumPy scalars keep their\n"
            "type; ints and floats become the kernel's type where the value fits.\n"
            "groups: workgroups, an int or up to three, or a Buffer of three uint32 that the device reads. Without\n"
            "it one invocation runs per element, and all buffers of elements have one count.\n"
            "Raises ValueError, naming the argument, what is given and what is wanted; TypeError for an object that\n"
            "no kernel takes; NotImplementedError for what this device cannot do.")
        .def(
            "fill",
            [](const T& self, const ShapedBuffer& buffer, nb::handle value) { fill(stream_of(self), buffer, value); },
            "buffer"_a, "value"_a.none(), nb::sig("def fill(self, buffer: Buffer, value: typing.Any) -> None"),
            "Fills a buffer or view with one value, in stream order.\n\n"
            "Raises ValueError when the value does not fit the dtype.")
        .def(
            "copy",
            [](const T& self, const ShapedBuffer& from, const ShapedBuffer& to) {
                alkomp::Stream stream = stream_of(self);
                const Recording recording(stream);
                stream.copy_bytes(from.view, to.view);
            },
            "source"_a, "to"_a, nb::sig("def copy(self, source: Buffer, to: Buffer) -> None"),
            "Copies one buffer or view to another of the same size in bytes, in stream order.\n\n"
            "Raises ValueError when the sizes differ or parts of one buffer overlap.")
        .def(
            "write",
            [](const T& self, const ShapedBuffer& buffer, nb::handle values) {
                write(stream_of(self), buffer, values);
            },
            "buffer"_a, "values"_a.none(),
            nb::sig("def write(self, buffer: Buffer, values: numpy.typing.ArrayLike) -> None"),
            "Copies host values into an existing buffer or view, in stream order; returns once they have been read.\n\n"
            "values: an array of the buffer's dtype and number of elements, or what numpy.asarray makes one of.\n"
            "Raises ValueError when dtype, number or a value does not fit.")
        .def(
            "get",
            [](const T& self, const ShapedBuffer& buffer, nb::handle out, nb::handle timeout) {
                alkomp::Stream stream = stream_of(self);
                return get(stream, buffer, out, Patience(timeout, "get"));
            },
            "buffer"_a, "out"_a = nb::none(), "timeout"_a.none() = 60.0,
            nb::sig("def get(self, buffer: Buffer, out: numpy.ndarray | None = None, timeout: float | None = 60.0)"
                    " -> numpy.ndarray"),
            "Copies a buffer or view back, after the work that writes it; gives an ndarray of its shape and dtype.\n\n"
            "out: a C-contiguous, writable array of the same dtype and number of elements to copy into: the fastest\n"
            "way. timeout: seconds, or None for as long as it takes.\n"
            "Raises TimeoutError, after which waiting again is legal, ValueError for a wrong `out`, and the failure\n"
            "of the work that writes the buffer.")
        .def(
            "get_async",
            [](const T& self, const ShapedBuffer& buffer) {
                alkomp::Stream stream = stream_of(self);
                return get_async(stream, buffer);
            },
            "buffer"_a, nb::sig("def get_async(self, buffer: Buffer) -> Future[numpy.ndarray]"),
            "As get, but returns a Future at once: `await device.get_async(buffer)`.");
}

}  // namespace alkompy
