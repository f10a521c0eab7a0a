// SPDX-License-Identifier: MIT OR Apache-2.0
// The checked mode: its options, faults and steps.
#include "check.h"

#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <functional>
#include <memory>
#include <utility>

namespace alkompy {
namespace {

using alkomp::CheckOptions;
using alkomp::Fault;
using alkomp::FaultSide;
using alkomp::SourcePlace;
using alkomp::TraceStep;

/// Text of sources and drivers may be no UTF-8.
nb::object text_of(std::string_view text) {
    return nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

nb::tuple id_of(const std::array<u32, 3>& id) { return nb::make_tuple(id[0], id[1], id[2]); }

nb::object report_of(const Fault& fault) { return text_of(alkomp::to_string(fault)); }

nb::dict dict_of(const SourcePlace& place) {
    nb::dict out;
    out["file"] = text_of(place.file);
    out["line"] = place.line;
    out["column"] = place.column;
    out["text"] = text_of(place.text);
    return out;
}

nb::dict dict_of(const FaultSide& side) {
    nb::dict out = dict_of(side.place);
    nb::list calls;
    for (const SourcePlace& call : side.calls) calls.append(dict_of(call));
    out["calls"] = calls;
    out["invocation"] = nb::list(id_of(side.invocation));
    out["workgroup"] = nb::list(id_of(side.workgroup));
    out["writes"] = side.writes;
    out["atomic"] = side.atomic;
    out["several"] = side.several;
    return out;
}

nb::dict dict_of(const Fault& fault) {
    nb::dict out;
    out["kind"] = alkomp::to_string(fault.kind);
    out["kernel"] = text_of(fault.kernel);
    out["text"] = text_of(fault.text);
    out["at"] = dict_of(fault.at);
    out["other"] = fault.other ? nb::object(dict_of(*fault.other)) : nb::none();
    out["object"] = fault.object.empty() ? nb::none() : text_of(fault.object);
    out["index"] = nb::cast(fault.index);
    out["size"] = nb::cast(fault.size);
    out["more"] = fault.more;
    return out;
}

/// A Python object that C++ may copy and drop without the GIL. The interpreter may have ended by then.
using Shared = std::shared_ptr<PyObject>;
Shared share(nb::handle object) {
    return {object.inc_ref().ptr(), [](PyObject* held) {
                if (Py_IsInitialized() == 0) return;
                const nb::gil_scoped_acquire gil;
                Py_DECREF(held);
            }};
}

/// Runs `act` with the GIL; what it raises goes to sys.unraisablehook, as for any callback from below.
void in_python(const Shared& callback, const std::function<void()>& act) {
    if (Py_IsInitialized() == 0) return;
    const nb::gil_scoped_acquire gil;
    const nb::error_scope pending_error;
    try {
        act();
    } catch (nb::python_error& error) {
        error.restore();
        PyErr_WriteUnraisable(callback.get());
    }
}

Shared checked_callback(nb::handle callback, const char* name) {
    if (callback.is_none()) return share(callback);
    if (PyCallable_Check(callback.ptr()) == 0)
        refuse_type(std::string("Device: ") + name + " is " + printed(callback) + ", which cannot be called.");
    return share(callback);
}

void print_to(const char* stream, const nb::object& text) {
    const nb::object file = nb::module_::import_("sys").attr(stream);
    if (!file.is_none()) file.attr("write")(text + nb::str("\n"));
}

void bind_options(nb::module_& m) {
    nb::class_<CheckOptions>(m, "CheckOptions", "What Device(\"reference\", check=...) looks for.")
        .def(
            "__init__",
            [](CheckOptions* self, bool bounds, bool races, bool uninitialized, bool barriers, bool arithmetic,
               bool not_finite, u64 step_limit, u32 per_place, u32 subgroup_size, u64 order_seed,
               std::optional<std::array<u32, 3>> trace) {
                new (self) CheckOptions{bounds,     races,     uninitialized, barriers,   arithmetic, not_finite,
                                        step_limit, per_place, subgroup_size, order_seed, trace};
            },
            nb::kw_only(), "bounds"_a = true, "races"_a = true, "uninitialized"_a = true, "barriers"_a = true,
            "arithmetic"_a = true, "not_finite"_a = false, "step_limit"_a = 0, "per_place"_a = 3, "subgroup_size"_a = 0,
            "order_seed"_a = 0, "trace"_a = nb::none(),
            nb::sig("def __init__(self, *, bounds: bool = True, races: bool = True, uninitialized: bool = True,"
                    " barriers: bool = True, arithmetic: bool = True, not_finite: bool = False, step_limit: int = 0,"
                    " per_place: int = 3, subgroup_size: int = 0, order_seed: int = 0,"
                    " trace: collections.abc.Sequence[int] | None = None) -> None"),
            "bounds: accesses outside of arrays and buffers, and wrong addresses. races: accesses that nothing "
            "orders.\n"
            "uninitialized: reads of memory that nobody wrote. barriers: those that not all invocations reach.\n"
            "arithmetic: division by zero, shifts out of range. not_finite: NaN and infinity out of finite numbers.\n"
            "step_limit: turns of loops that an invocation may take; 0: any number. per_place: faults told for each\n"
            "place of the source; more are counted. subgroup_size: 1, 2, 4 ... 64, of kernels that ask for none; 0: "
            "32.\n"
            "order_seed: not 0: the workgroups run in an order made from it. trace: the global id (x, y, z) of an\n"
            "invocation that is followed step by step.")
        .def_ro("bounds", &CheckOptions::bounds)
        .def_ro("races", &CheckOptions::races)
        .def_ro("uninitialized", &CheckOptions::uninitialized)
        .def_ro("barriers", &CheckOptions::barriers)
        .def_ro("arithmetic", &CheckOptions::arithmetic)
        .def_ro("not_finite", &CheckOptions::not_finite)
        .def_ro("step_limit", &CheckOptions::step_limit)
        .def_ro("per_place", &CheckOptions::per_place)
        .def_ro("subgroup_size", &CheckOptions::subgroup_size)
        .def_ro("order_seed", &CheckOptions::order_seed)
        .def_prop_ro(
            "trace", [](const CheckOptions& self) { return self.trace ? nb::object(id_of(*self.trace)) : nb::none(); },
            nb::sig("def trace(self) -> tuple[int, int, int] | None"));
}

void bind_places(nb::module_& m) {
    nb::class_<SourcePlace>(m, "SourcePlace", "A place in a kernel's source.")
        .def_prop_ro(
            "file", [](const SourcePlace& self) { return text_of(self.file); }, nb::sig("def file(self) -> str"),
            "As the source is called; \"\" when unknown.")
        .def_ro("line", &SourcePlace::line, "From 1; 0: unknown.")
        .def_ro("column", &SourcePlace::column, "From 1; 0: unknown.")
        .def_prop_ro(
            "text", [](const SourcePlace& self) { return text_of(self.text); }, nb::sig("def text(self) -> str"),
            "The line itself; \"\" where it cannot be read.")
        .def(
            "__repr__",
            [](const SourcePlace& self) {
                return text_of("<alkompy.SourcePlace " + self.file + ':' + std::to_string(self.line) + '>');
            },
            nb::sig("def __repr__(self) -> str"));
    nb::class_<FaultSide>(m, "FaultSide", "An invocation that was at a place.")
        .def_ro("place", &FaultSide::place, "Where it was.")
        .def_prop_ro(
            "calls", [](const FaultSide& self) { return self.calls; }, nb::sig("def calls(self) -> list[SourcePlace]"),
            "The calls that led there, from the innermost on.")
        .def_prop_ro(
            "invocation", [](const FaultSide& self) { return id_of(self.invocation); },
            nb::sig("def invocation(self) -> tuple[int, int, int]"), "Its global id.")
        .def_prop_ro(
            "workgroup", [](const FaultSide& self) { return id_of(self.workgroup); },
            nb::sig("def workgroup(self) -> tuple[int, int, int]"), "The id of its workgroup.")
        .def_ro("writes", &FaultSide::writes, "True for a write, False for a read.")
        .def_ro("atomic", &FaultSide::atomic, "True for an atomic access.")
        .def_ro("several", &FaultSide::several, "True where there were several such invocations, and none is named.");
}

void bind_faults(nb::module_& m) {
    nb::class_<Fault>(m, "Fault",
                      "What is wrong in one invocation, or in all further ones of its place. str() is the report.")
        .def_prop_ro(
            "kind", [](const Fault& self) { return alkomp::to_string(self.kind); },
            "\"out of bounds\", \"misaligned\", \"bad address\", \"data race\", \"same-value race\", \"barrier\",\n"
            "\"uninitialized\", \"division by zero\", \"shift out of range\", \"not finite\", \"step limit\",\n"
            "\"assertion\" or \"deadlock\".")
        .def_prop_ro(
            "kernel", [](const Fault& self) { return text_of(self.kernel); }, nb::sig("def kernel(self) -> str"),
            "The label of the kernel.")
        .def_ro("at", &Fault::at, "The access or operation that was found wrong.")
        .def_prop_ro(
            "other", [](const Fault& self) { return self.other; }, nb::sig("def other(self) -> FaultSide | None"),
            "Of a race: what came before.")
        .def_prop_ro(
            "object", [](const Fault& self) { return text_of(self.object); }, nb::sig("def object(self) -> str"),
            "The buffer, array or variable.")
        .def_prop_ro(
            "index", [](const Fault& self) { return self.index; }, nb::sig("def index(self) -> int | None"),
            "Of the element that it was.")
        .def_prop_ro(
            "size", [](const Fault& self) { return self.size; }, nb::sig("def size(self) -> int | None"),
            "Elements there are.")
        .def_prop_ro(
            "text", [](const Fault& self) { return text_of(self.text); }, nb::sig("def text(self) -> str"),
            "A sentence that says it all but for the places.")
        .def_ro("more", &Fault::more, "Not 0: this stands for so many further faults of this kind and place.")
        .def(
            "to_dict", [](const Fault& self) { return dict_of(self); },
            nb::sig("def to_dict(self) -> dict[str, typing.Any]"),
            "All of it as dicts, lists and numbers, as `alkomp check --json` prints it.")
        .def("__str__", &report_of, nb::sig("def __str__(self) -> str"))
        .def(
            "__repr__",
            [](const Fault& self) {
                return text_of("<alkompy.Fault " + std::string(alkomp::to_string(self.kind)) + " at " +
                               self.at.place.file + ':' + std::to_string(self.at.place.line) + '>');
            },
            nb::sig("def __repr__(self) -> str"));
    nb::class_<TraceStep>(m, "TraceStep", "One thing that the traced invocation did.")
        .def_ro("place", &TraceStep::place, "Where.")
        .def_prop_ro(
            "text", [](const TraceStep& self) { return text_of(self.text); }, nb::sig("def text(self) -> str"),
            "\"x = 3\", \"data[7] = 2.5\".");
}

}  // namespace

std::optional<CheckOptions> check_options(nb::handle given) {
    if (given.is_none() || given.ptr() == Py_False) return std::nullopt;
    if (given.ptr() == Py_True) return CheckOptions{};
    if (nb::isinstance<CheckOptions>(given)) return *nb::inst_ptr<CheckOptions>(given);
    refuse_type("Device: check is " + printed(given) + "; it takes True, False or a CheckOptions.");
}

alkomp::FaultCallback fault_callback(nb::handle callback) {
    const Shared shared = checked_callback(callback, "on_fault");
    return [shared](const Fault& fault) {
        in_python(shared, [&] {
            if (shared.get() == Py_None) print_to("stderr", report_of(fault));
            else nb::handle(shared.get())(fault);
        });
    };
}

alkomp::TraceCallback trace_callback(nb::handle callback) {
    const Shared shared = checked_callback(callback, "on_trace");
    return [shared](const TraceStep& step) {
        in_python(shared, [&] {
            const std::string line = step.place.file + ':' + std::to_string(step.place.line) + ": " + step.text;
            if (shared.get() == Py_None) print_to("stdout", text_of(line));
            else nb::handle(shared.get())(step);
        });
    };
}

void bind_checks(nb::module_& m) {
    bind_options(m);
    bind_places(m);
    bind_faults(m);
}

}  // namespace alkompy
