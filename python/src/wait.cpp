// SPDX-License-Identifier: MIT OR Apache-2.0
// Waiting from Python: in slices without the GIL, so that other threads and Ctrl-C get their turn.
#include "wait.h"

#include "buffer.h"

#include <cmath>

namespace alkompy {
namespace {

// Longer than any wait, and far from the clock's end.
constexpr std::chrono::nanoseconds kForever = std::chrono::hours(24 * 365 * 100);

std::chrono::nanoseconds limit_of(nb::handle seconds, const char* function) {
    if (seconds.is_none()) return kForever;
    const double value = PyFloat_AsDouble(seconds.ptr());
    if (value == -1.0 && PyErr_Occurred() != nullptr) throw nb::python_error();
    if (std::isnan(value) || value < 0)
        refuse(std::string(function) + ": timeout is " + printed(seconds) + "; it takes seconds from 0 up, or None.");
    const double longest = std::chrono::duration<double>(kForever).count();
    if (value >= longest) return kForever;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(value));
}

/// The array that `get(out=)` names. Throws invalid_argument when the values cannot go there as they are.
void check_out(const ShapedBuffer& buffer, nb::handle out) {
    if (!nb::isinstance(out, numpy("ndarray")))
        refuse_type("get: out is a " + nb::cast<std::string>(out.type().attr("__name__")) +
                    "; it takes a numpy.ndarray.");
    if (!out.attr("dtype").equal(buffer.dtype) || nb::cast<u64>(out.attr("size")) != buffer.view.count())
        refuse("get: out is " + describe_array(out) + ", the buffer is " + describe(buffer) +
               "; out takes the same dtype and number of elements.");
    const nb::object flags = out.attr("flags");
    for (const char* flag : {"c_contiguous", "writeable"})
        if (!nb::cast<bool>(flags.attr(flag)))
            refuse("get: out is " + describe_array(out) + ", which is not " + flag +
                   "; out has to be C-contiguous and writable.");
}

/// Large arrays are read in one go, since a slice that ends within a transfer begins it anew: first the
/// work is waited for in short slices, then each slice has time for the transfer.
void read(alkomp::Stream& stream, const alkomp::AnyView& view, std::span<std::byte> out, const Patience& patience) {
    constexpr u64 kLargeBytes = u64{16} << 20;
    std::chrono::nanoseconds slice = kSlice;
    if (view.size_bytes() >= kLargeBytes) {
        const alkomp::AnyView first = view.slice(0, 1);
        const std::span<std::byte> place = out.first(first.size_bytes());
        wait_in_slices(patience, "get", [&](std::chrono::nanoseconds limit) {
            return finishes([&](alkomp::Timeout timeout) { stream.read_bytes(first, place, timeout); }, limit);
        });
        slice += std::chrono::nanoseconds(view.size_bytes());  // a link of 1 GB/s is slow
    }
    wait_in_slices(
        patience, "get",
        [&](std::chrono::nanoseconds limit) {
            const auto grown = std::min(std::max(limit, patience.waited() / 4), patience.left());
            return finishes([&](alkomp::Timeout timeout) { stream.read_bytes(view, out, timeout); },
                            view.size_bytes() >= kLargeBytes ? grown : limit);
        },
        slice);
}

}  // namespace

Patience::Patience(nb::handle seconds, const char* function) : Patience(limit_of(seconds, function)) {}

std::string Patience::text() const {
    std::string seconds = nb::cast<std::string>(nb::str(nb::float_(std::chrono::duration<double>(limit_).count())));
    return seconds + " s";
}

void between_slices() {
    deliver_log();
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

void time_out(const Patience& patience, const char* function) {
    refuse(alkomp::ErrorCode::timed_out, std::string(function) + ": the work is not done after " + patience.text() +
                                             "; it goes on, and waiting again is legal.");
}

nb::object get(alkomp::Stream& stream, const ShapedBuffer& buffer, nb::handle out, const Patience& patience) {
    nb::object array;
    if (out.is_none()) array = make_array(buffer.dtype, buffer.shape, buffer.view.size_bytes());
    else check_out(buffer, out), array = nb::borrow(out);
    const HostView memory(array, true, "get");
    read(stream, buffer.view, memory.writable_bytes(), patience);
    return array;
}

}  // namespace alkompy
