// SPDX-License-Identifier: MIT OR Apache-2.0
// The log callback. alkomp may log from a thread that lacks the GIL while it holds its own locks, so a
// line is queued and Python gets it at the next safe moment: taking the GIL there could deadlock.
#include "module.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

namespace alkompy {
namespace {

using alkomp::LogLevel;

struct LogQueue {
    std::mutex mutex;
    std::deque<std::pair<LogLevel, std::string>> lines;
    u64 dropped = 0;
    std::atomic<bool> waiting{false};
    PyObject* callback = nullptr;  ///< guarded by the GIL
};

constexpr std::size_t kMostLines = 10'000;

/// Never destroyed: a driver's thread may log while the process ends.
LogQueue& queue() {
    static auto& only = *new LogQueue;
    return only;
}

int deliver_pending(void*) {
    deliver_log();
    return 0;
}

void enqueue(LogLevel level, std::string_view text) {
    LogQueue& log = queue();
    {
        const std::scoped_lock lock(log.mutex);
        if (log.lines.size() >= kMostLines) {
            ++log.dropped;
            return;
        }
        log.lines.emplace_back(level, std::string(text));
    }
    // Python's own list of pending calls is short; when it is full, the next wait delivers the lines.
    if (!log.waiting.exchange(true)) Py_AddPendingCall(deliver_pending, nullptr);
}

const char* level_name(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

void hand_over(PyObject* callback, const char* level, const std::string& text) {
    const nb::object line =
        nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
    PyObject* result = line ? PyObject_CallFunction(callback, "sO", level, line.ptr()) : nullptr;
    if (result == nullptr) PyErr_WriteUnraisable(callback);
    Py_XDECREF(result);
}

void replace_callback(nb::handle callback) {
    LogQueue& log = queue();
    PyObject* old = std::exchange(log.callback, callback.is_none() ? nullptr : callback.inc_ref().ptr());
    Py_XDECREF(old);
}

void set_log(nb::object callback) {
    if (!callback.is_none() && PyCallable_Check(callback.ptr()) == 0)
        refuse_type("set_log: the callback is " + printed(callback) + ", which cannot be called.");
    deliver_log();
    alkomp::set_log(callback.is_none() ? alkomp::LogCallback() : alkomp::LogCallback(enqueue));
    replace_callback(callback);
}

}  // namespace

void deliver_log() {
    LogQueue& log = queue();
    if (!log.waiting.exchange(false)) return;
    std::deque<std::pair<LogLevel, std::string>> lines;
    u64 dropped = 0;
    {
        const std::scoped_lock lock(log.mutex);
        lines.swap(log.lines);
        dropped = std::exchange(log.dropped, 0);
    }
    // The error that is being raised, if one is, survives the callback.
    const nb::error_scope pending_error;
    const nb::object callback = nb::borrow(log.callback);
    if (!callback) return;
    for (const auto& [level, text] : lines) hand_over(callback.ptr(), level_name(level), text);
    if (dropped > 0)
        hand_over(callback.ptr(), "warning", "set_log: " + std::to_string(dropped) + " lines were dropped.");
}

void bind_log(nb::module_& m) {
    m.def(
        "set_log", &set_log, "callback"_a.none(),
        nb::sig("def set_log(callback: collections.abc.Callable[[str, str], object] | None) -> None"),
        "Replaces the process-wide log callback, `callback(level, text)`; None silences it again.\n\n"
        "level is \"debug\", \"info\", \"warning\" or \"error\". The callback runs in a Python thread soon after the\n"
        "line was logged, in order; what it raises goes to sys.unraisablehook. Without a callback alkomp is silent.");
    // Nothing may reach for the interpreter once it ends.
    nb::module_::import_("atexit").attr("register")(nb::cpp_function([] { set_log(nb::none()); }));
}

}  // namespace alkompy
