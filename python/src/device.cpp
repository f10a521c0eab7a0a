// SPDX-License-Identifier: MIT OR Apache-2.0
// Devices: opening them, their memory, and the work of their default stream.
#include "check.h"
#include "stream.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <limits>
#include <new>
#include <vector>

namespace alkompy {
namespace {

using alkomp::Device;
using alkomp::Guarantees;
using alkomp::MemoryStatistics;

void open(Device* self, nb::handle which, bool robust, bool profile, nb::handle check, nb::handle on_fault,
          nb::handle on_trace) {
    alkomp::DeviceOptions options;
    options.robust = robust;
    options.profile = profile;
    options.check = check_options(check);
    if (!options.check && !(on_fault.is_none() && on_trace.is_none()))
        refuse("Device: on_fault and on_trace get what check finds, and check is not set.");
    if (options.check) {
        options.on_fault = fault_callback(on_fault);
        options.on_trace = trace_callback(on_trace);
    }
    std::string name;
    if (nb::isinstance<nb::str>(which)) {
        name = nb::cast<std::string>(which);
        if (name.empty()) refuse("Device: the name is empty; Device() opens the best device.");
    } else if (is_integer(which) && !PyBool_Check(which.ptr())) {
        name = nb::cast<std::string>(nb::str(which));
    } else if (!which.is_none()) {
        refuse_type("Device: " + printed(which) + " is neither an index, a name nor None.");
    }
    const WithoutGil release;
    new (self) Device(name, options);
}

ShapedBuffer to_device(Device& self, nb::handle values, nb::handle label) {
    const nb::object array = as_array(values);
    nb::object dtype = array.attr("dtype");
    element_type(dtype, "to_device");  // refuses what no device holds before its memory is asked for
    const HostView memory(array, false, "to_device");
    ShapedBuffer buffer = make_buffer(self, std::move(dtype), memory.shape(), label, "to_device");
    alkomp::Stream stream = self.stream();
    const WithoutGil release;
    stream.write_bytes(buffer.view, memory.bytes());
    return buffer;
}

ShapedBuffer empty(Device& self, nb::handle shape, nb::handle dtype, nb::handle label) {
    return make_buffer(self, as_dtype(dtype), as_shape(shape, "empty"), label, "empty");
}

ShapedBuffer zeros(Device& self, nb::handle shape, nb::handle dtype, nb::handle label) {
    ShapedBuffer buffer = make_buffer(self, as_dtype(dtype), as_shape(shape, "zeros"), label, "zeros");
    self.stream().fill_bytes(buffer.view, {});
    return buffer;
}

/// The first alkomp's way to run: buffers in order, scalars by name.
void run(Device& self, const std::string& entry, nb::handle code, nb::handle groups, nb::handle buffers,
         const nb::kwargs& scalars) {
    alkomp::Kernel kernel;
    if (nb::isinstance<ShaderAndKernels>(code)) kernel = kernel_of(*nb::inst_ptr<ShaderAndKernels>(code), self, entry);
    else if (nb::isinstance<alkomp::Kernel>(code)) kernel = *nb::inst_ptr<alkomp::Kernel>(code);
    else
        refuse_type("run: the code is a " + nb::cast<std::string>(code.type().attr("__name__")) +
                    "; it takes a Shader or a Kernel.");
    Arguments arguments("run");
    for (nb::handle buffer : nb::object(nb::borrow(buffers))) arguments.add(buffer);
    for (auto [name, value] : scalars) arguments.add(value, nb::cast<std::string_view>(name));
    arguments.add_groups(groups);
    alkomp::Stream stream = self.stream();
    if (stream.crowded()) wait_for_room(stream);
    const Recording recording(stream);
    stream.call_erased(kernel, arguments.list());
}

void wait(Device& self, const Patience& patience) {
    wait_in_slices(patience, "Device.wait", [&](std::chrono::nanoseconds limit) {
        return finishes([&](alkomp::Timeout timeout) { self.wait(timeout); }, limit);
    });
}

/// What `with device.profile(True):` leaves at its end.
struct Profiling {
    Device device;
};

std::string represent(const Device& self) {
    const alkomp::DeviceInfo& info = self.info();
    return "<alkompy.Device " + std::to_string(info.index) + ": \"" + info.name + "\", " + info.backend +
           (self.lost() ? ", lost>" : ">");
}

void bind_guarantees(nb::module_& m) {
    nb::class_<Guarantees>(m, "Guarantees", "What stays true of memory when a kernel is wrong.")
        .def_ro("buffers_isolated", &Guarantees::buffers_isolated,
                "An index outside a binding never touches another Buffer.")
        .def_ro("reads_outside_zero", &Guarantees::reads_outside_zero,
                "Such a read gives 0; else any value of that buffer, or 0.")
        .def_ro("views_isolated", &Guarantees::views_isolated, "It never touches another view of the same buffer.")
        .def_ro("addresses_checked", &Guarantees::addresses_checked, "Buffer references are checked.")
        .def_ro("shared_checked", &Guarantees::shared_checked, "Indices into shared and private arrays are checked.")
        .def("__repr__", [](const Guarantees& self) {
            const auto word = [](bool value) { return value ? "True" : "False"; };
            return std::string("<alkompy.Guarantees buffers_isolated=") + word(self.buffers_isolated) +
                   " reads_outside_zero=" + word(self.reads_outside_zero) +
                   " views_isolated=" + word(self.views_isolated) +
                   " addresses_checked=" + word(self.addresses_checked) +
                   " shared_checked=" + word(self.shared_checked) + ">";
        });
}

void bind_memory(nb::module_& m) {
    nb::class_<MemoryStatistics>(m, "MemoryStatistics", "Counters of a device's memory.")
        .def_ro("in_use_bytes", &MemoryStatistics::in_use_bytes, "Bytes held by live buffers.")
        .def_ro("cached_bytes", &MemoryStatistics::cached_bytes,
                "Bytes freed by buffers, kept for reuse; trim gives them back.")
        .def_ro("peak_bytes", &MemoryStatistics::peak_bytes, "The most bytes in use so far.")
        .def_ro("staging_bytes", &MemoryStatistics::staging_bytes, "Bytes of host memory of the transfer rings.")
        .def_ro("allocations", &MemoryStatistics::allocations, "Requests so far.")
        .def_ro("cache_hits", &MemoryStatistics::cache_hits, "Of these, answered without the driver.")
        .def("__repr__", [](const MemoryStatistics& self) {
            return "<alkompy.MemoryStatistics: " + std::to_string(self.in_use_bytes) + " bytes in use, " +
                   std::to_string(self.cached_bytes) + " cached, " + std::to_string(self.peak_bytes) + " at most>";
        });
}

void bind_device_memory(nb::class_<Device>& device) {
    device
        .def("to_device", &to_device, "array"_a.none(), "label"_a = nb::none(),
             nb::sig("def to_device(self, array: numpy.typing.ArrayLike, label: str | None = None) -> Buffer"),
             "Copies an array of any shape into a new Buffer; returns once the host memory has been read.\n\n"
             "dtype: every integer and float of NumPy but long double, bool (one byte on the device), complex (vec2),\n"
             "and structured dtypes of these. Shape and dtype are kept: get gives them back. Strided and Fortran\n"
             "arrays are copied first. label: a name for messages and traces.\n"
             "Raises ValueError for other dtypes and byte orders, MemoryError when there is no room.")
        .def(
            "empty", &empty, "shape"_a, "dtype"_a = "float32", "label"_a = nb::none(),
            nb::sig(
                "def empty(self, shape: int | collections.abc.Sequence[int], dtype: numpy.typing.DTypeLike = 'float32',"
                " label: str | None = None) -> Buffer"),
            "A new Buffer with unspecified contents. An extent of 0 is legal.\n\n"
            "Raises ValueError for a shape or dtype that no device holds, MemoryError when there is no room.")
        .def(
            "zeros", &zeros, "shape"_a, "dtype"_a = "float32", "label"_a = nb::none(),
            nb::sig(
                "def zeros(self, shape: int | collections.abc.Sequence[int], dtype: numpy.typing.DTypeLike = 'float32',"
                " label: str | None = None) -> Buffer"),
            "As empty, filled with zeros.")
        .def("memory", &Device::memory, "Counters of the device's memory, in bytes.")
        .def("trim", &Device::trim, nb::call_guard<WithoutGil>(),
             "Gives cached memory back to the driver; returns the bytes freed.");
}

void bind_device_work(nb::class_<Device>& device) {
    device
        .def(
            "compile",
            [](Device& self, nb::handle code, std::string entry, nb::object constants, nb::object macros,
               nb::object include_dirs, bool optimize, bool through_ir, bool robust, u32 subgroup_size,
               std::string label) {
                const PythonOptions options{std::move(entry),
                                            std::move(constants),
                                            std::move(macros),
                                            std::move(include_dirs),
                                            optimize,
                                            through_ir,
                                            robust,
                                            subgroup_size,
                                            std::move(label)};
                return compile(self, code, options, "compile");
            },
            "code"_a.none(), nb::kw_only(), "entry"_a = "main", "constants"_a = nb::none(), "macros"_a = nb::none(),
            "include_dirs"_a = nb::none(), "optimize"_a = false, "through_ir"_a = false, "robust"_a = true,
            "subgroup_size"_a = 0, "label"_a = "",
            nb::sig(
                "def compile(self, code: Shader | Source | str, *, entry: str = 'main',"
                " constants: collections.abc.Mapping[str | int, bool | int | float] | None = None,"
                " macros: dict[str, object] | None = None,"
                " include_dirs: collections.abc.Sequence[str | os.PathLike] | None = None, optimize: bool = False,"
                " through_ir: bool = False, robust: bool = True, subgroup_size: int = 0, label: str = '') -> Kernel"),
            "Compiles a Shader, a Source or GLSL text for this device.\n\n"
            "constants: specialisation constants by name or id. macros, include_dirs, optimize: as in compile_glsl.\n"
            "through_ir: read GLSL and SPIR-V as alkomp's IR, and compile what is emitted from that. robust:\n"
            "False promises that the kernel stays inside its buffers. subgroup_size: 0 is the device's choice. label:\n"
            "for messages and traces.\n"
            "Raises Error (compile_failed) with file, line and the source line, NotImplementedError naming a feature\n"
            "that the device lacks, ValueError for an unknown entry point or constant.")
        .def("run", &run, "entry"_a, "shader"_a.none(), "groups"_a.none(), "buffers"_a, "scalars"_a,
             nb::sig("def run(self, entry: str, shader: Shader | Kernel,"
                     " groups: int | collections.abc.Sequence[int] | Buffer | None, buffers: "
                     "collections.abc.Iterable[Buffer],"
                     " **scalars: typing.Any) -> None"),
             "Compiles the shader (the first time) and records a call: run(\"main\", shader, (x, y, z), [buffers], "
             "alpha=2.0).\n\n"
             "groups: workgroups. buffers: in order of (set, binding). scalars: push constants by name.\n"
             "Raises as compile and call do.")
        .def("stream", &Device::stream, "The default stream; any thread may use it, each call is atomic.")
        .def("create_stream", &Device::create_stream, "A stream of its own, to be used by one thread at a time.")
        .def("create_graph", &Device::create_graph, "An empty graph; record into it, then replay it.")
        .def(
            "wait", [](Device& self, nb::handle timeout) { wait(self, Patience(timeout, "Device.wait")); },
            "timeout"_a.none() = 60.0, nb::sig("def wait(self, timeout: float | None = 60.0) -> None"),
            "Waits for all that was recorded on every stream, at most `timeout` seconds (None: as long as it "
            "takes).\n\n"
            "Raises TimeoutError, after which waiting again is legal, and the failure of that work.")
        .def("poll", &Device::poll, nb::call_guard<WithoutGil>(), "Takes in what has completed; never blocks.")
        .def("abandon", &Device::abandon, nb::call_guard<WithoutGil>(),
             "Marks the device lost, wakes every waiter and leaves the driver's objects behind: for a kernel that\n"
             "never ends.");
}

void bind_device_profile(nb::module_& m, nb::class_<Device>& device) {
    nb::class_<Profiling>(m, "Profiling", "Ends the profiling that Device.profile(True) began, as a context manager.")
        .def(
            "__enter__", [](const Profiling& self) { return self.device; }, nb::sig("def __enter__(self) -> Device"))
        .def(
            "__exit__", [](Profiling& self, nb::handle, nb::handle, nb::handle) { self.device.profile(false); },
            "type"_a.none(), "value"_a.none(), "traceback"_a.none(),
            nb::sig("def __exit__(self, type: object, value: object, traceback: object) -> None"));
    device
        .def(
            "profile",
            [](Device& self, bool on) {
                self.profile(on);
                return Profiling{self};
            },
            "on"_a = true,
            "Starts or stops recording a GPU timestamp around every call. `with device.profile(True):` stops at its "
            "end.\n\n"
            "Raises NotImplementedError where the device has no timestamps.")
        .def(
            "profile_table", [](const Device& self) { return std::as_const(self).profile().table(); },
            "The calls recorded so far as text: per name, how often and how long.")
        .def(
            "write_trace",
            [](const Device& self, const std::filesystem::path& path) {
                std::as_const(self).profile().write_trace(path);
            },
            "path"_a, nb::sig("def write_trace(self, path: str | os.PathLike) -> None"),
            "Writes the calls recorded so far as a trace for Perfetto or chrome://tracing.");
}

}  // namespace

void bind_devices(nb::module_& m) {
    bind_guarantees(m);
    bind_memory(m);
    auto device = nb::class_<Device>(
        m, "Device",
        "A GPU, or a CPU that acts as one.\n\n"
        "Device() is the best one here (ALKOMP_DEVICE names another), Device(1) the one at that place of query(),\n"
        "Device(\"nvidia\") the first whose name has it, Device(\"vulkan:llvmpipe\") and Device(\"vulkan:0\") within "
        "a\n"
        "backend. A cheap handle that any thread may use; buffers, kernels and streams keep the device alive. As a\n"
        "context manager it waits at the end for all that was recorded.");
    device
        .def("__init__", &open, "which"_a = nb::none(), nb::kw_only(), "robust"_a = true, "profile"_a = false,
             "check"_a.none() = false, "on_fault"_a = nb::none(), "on_trace"_a = nb::none(),
             nb::sig("def __init__(self, which: int | str | None = None, *, robust: bool = True, profile: bool = False,"
                     " check: bool | CheckOptions | None = False,"
                     " on_fault: collections.abc.Callable[[Fault], object] | None = None,"
                     " on_trace: collections.abc.Callable[[TraceStep], object] | None = None) -> None"),
             "Opens a device. robust: keep every kernel's accesses inside its own buffers. profile: record GPU\n"
             "timestamps from the start. check: find what is wrong with kernels, and say where; only\n"
             "Device(\"reference\") can. on_fault: called with each Fault that comes out of a wait or read; None: its\n"
             "report goes to sys.stderr. on_trace: called with the steps of CheckOptions(trace=...); None: they go to\n"
             "sys.stdout. The callbacks must not call alkompy; what they raise goes to sys.unraisablehook.\n\n"
             "Raises ValueError, listing the devices that exist, or NotImplementedError with what was looked for when\n"
             "there is none, or when it cannot check.")
        .def_prop_ro(
            "info", [](const Device& self) -> const alkomp::DeviceInfo& { return self.info(); },
            nb::rv_policy::reference_internal, "Its entry of query(), with limits and features.")
        .def_prop_ro("guarantees", &Device::guarantees, "What stays true of memory when a kernel is wrong.")
        .def(
            "faults", [](const Device& self) { return self.faults(); }, nb::sig("def faults(self) -> list[Fault]"),
            "What `check` has found in work that has been waited for: at most CheckOptions.per_place faults of a kind\n"
            "at a place, and one that counts the others.")
        .def_prop_ro("lost", &Device::lost, "True once the device is lost or abandoned.")
        .def_prop_ro(
            "progress",
            [](const Device& self) -> std::optional<std::pair<u64, u64>> {
                if (const auto at = self.progress()) return std::pair(at->started, at->workgroups);
                return {};
            },
            nb::sig("def progress(self) -> tuple[int, int] | None"),
            "How far the call is that runs now: the workgroups that have started, and all. None: none runs, or the\n"
            "device cannot tell; the reference device can.")
        .def(
            "__enter__", [](nb::handle self) { return nb::borrow(self); }, nb::sig("def __enter__(self) -> Device"))
        .def(
            "__exit__",
            [](Device& self, nb::handle type, nb::handle, nb::handle) {
                if (type.is_none()) wait(self, Patience());
            },
            "type"_a.none(), "value"_a.none(), "traceback"_a.none(),
            nb::sig("def __exit__(self, type: object, value: object, traceback: object) -> None"),
            "Waits for all that was recorded, unless an exception is on its way.")
        .def(
            "__eq__", [](const Device& self, const Device& other) { return self == other; }, nb::is_operator())
        .def("__hash__", [](const Device& self) { return std::hash<const void*>()(self.record().get()); })
        .def("__repr__", &represent);
    bind_device_memory(device);
    bind_device_work(device);
    bind_device_profile(m, device);
    bind_recording(device);
}

}  // namespace alkompy
