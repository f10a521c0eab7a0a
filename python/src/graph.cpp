// SPDX-License-Identifier: MIT OR Apache-2.0
// Graphs: calls recorded once and replayed with one submit.
#include "stream.h"

namespace alkompy {
namespace {

using alkomp::Graph;

void set_slot(Graph& self, const std::string& slot, nb::handle value) {
    Arguments arguments("Graph.set");
    arguments.add(value);
    self.set_erased(slot, arguments.list().front());
}

void replay(const Graph& self) {
    const WithoutGil release;
    self.replay();
}

void fill_in_graph(Graph& self, const ShapedBuffer& buffer, nb::handle value) {
    const HostView pattern(pattern_of(buffer, value), false, "fill");
    self.fill_bytes(buffer.view, pattern.bytes());
}

}  // namespace

void bind_graphs(nb::module_& m) {
    nb::class_<Slot>(m, "Slot", "An argument of a graph that may be replaced before a replay; made by slot().")
        .def_ro("name", &Slot::name, "What Graph.set calls it by.")
        .def_ro("value", &Slot::value, "The Buffer or scalar that it begins with.")
        .def("__repr__",
             [](const Slot& self) { return "<alkompy.Slot \"" + self.name + "\" = " + printed(self.value) + ">"; });
    m.def(
        "slot",
        [](std::string name, nb::object value) {
            if (name.empty()) refuse("slot: the name is empty.");
            return Slot{std::move(name), std::move(value)};
        },
        "name"_a, "value"_a.none(), nb::sig("def slot(name: str, value: typing.Any) -> Slot"),
        "Marks a Buffer or scalar of Graph.call as replaceable: graph.call(kernel, slot(\"source\", a), b).");

    nb::class_<Graph>(m, "Graph",
                      "Calls, fills and copies that are checked and recorded once and replayed with one submit.\n\n"
                      "Made by Device.create_graph. What may change between replays is given as slot(name, value). A\n"
                      "graph keeps its buffers and kernels alive.")
        .def(
            "call",
            [](Graph& self, const alkomp::Kernel& kernel, const nb::args& positional, const nb::kwargs& named) {
                record_call(self, kernel, positional, named);
            },
            nb::sig(
                "def call(self, kernel: Kernel, *args: typing.Any, groups: int | collections.abc.Sequence[int] | Buffer"
                " | None = None, **named: typing.Any) -> None"),
            "Adds a call; the arguments are those of Device.call, each possibly a slot(name, value).")
        .def("fill", &fill_in_graph, "buffer"_a, "value"_a.none(),
             nb::sig("def fill(self, buffer: Buffer, value: typing.Any) -> None"), "Adds a fill with one value.")
        .def(
            "copy",
            [](Graph& self, const ShapedBuffer& from, const ShapedBuffer& to) { self.copy_bytes(from.view, to.view); },
            "source"_a, "to"_a, nb::sig("def copy(self, source: Buffer, to: Buffer) -> None"),
            "Adds a copy between buffers or views of the same size in bytes.")
        .def("set", &set_slot, "slot"_a, "value"_a.none(),
             nb::sig("def set(self, slot: str, value: typing.Any) -> None"),
             "Gives a slot a new Buffer or scalar for the replays that follow; those in flight keep the old one.\n\n"
             "Raises ValueError when there is no such slot or the value does not fit all its uses.")
        .def("replay", &replay,
             "Replays on the device's default stream; Stream.replay names another. An unchanged replay only resubmits.")
        .def("__len__", &Graph::size, "Calls, fills and copies recorded.")
        .def_prop_ro(
            "device", [](const Graph& self) { return self.device(); }, "The device that it works on.")
        .def("__repr__", [](const Graph& self) {
            return "<alkompy.Graph of " + std::to_string(self.size()) + " on \"" + self.device().info().name + "\">";
        });
}

}  // namespace alkompy
