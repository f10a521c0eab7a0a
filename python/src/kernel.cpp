// SPDX-License-Identifier: MIT OR Apache-2.0
// Sources, shaders and kernels, and the options they are compiled with.
#include "kernel.h"

#include "array.h"

#include <nanobind/operators.h>
#include <nanobind/stl/filesystem.h>

#include <cstring>
#include <optional>
#include <vector>

namespace alkompy {
namespace {

using alkomp::Constant;
using alkomp::Kernel;
using alkomp::Shader;
using alkomp::Source;

Constant constant_value(nb::handle name, nb::handle given, const char* function) {
    const nb::object value = nb::isinstance(given, numpy("generic")) ? given.attr("item")() : nb::borrow(given);
    if (PyBool_Check(value.ptr())) return value.ptr() == Py_True;
    if (PyFloat_Check(value.ptr())) return PyFloat_AsDouble(value.ptr());
    if (!PyLong_Check(value.ptr()))
        refuse(std::string(function) + ": constant " + printed(name) + " is " + printed(given) +
               "; it takes a bool, int or float.");
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow == 0) return static_cast<alkomp::i64>(small);
    const unsigned long long large = overflow > 0 ? PyLong_AsUnsignedLongLong(value.ptr()) : ~0ULL;
    if (overflow < 0 || PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        refuse(std::string(function) + ": constant " + printed(name) + " is " + printed(given) +
               ", which no 64-bit integer holds.");
    }
    return static_cast<u64>(large);
}

/// The items of a dict option; a clear error for what is none.
std::vector<std::pair<nb::object, nb::object>> items_of(nb::handle option, const char* name, const char* function) {
    std::vector<std::pair<nb::object, nb::object>> items;
    if (!option.is_valid() || option.is_none()) return items;
    if (!nb::isinstance<nb::dict>(option))
        refuse_type(std::string(function) + ": " + name + " is " + printed(option) + "; it takes a dict.");
    for (auto [key, value] : nb::borrow<nb::dict>(option)) items.emplace_back(nb::borrow(key), nb::borrow(value));
    return items;
}

std::vector<std::filesystem::path> paths_of(nb::handle option, const char* function) {
    std::vector<std::filesystem::path> paths;
    if (!option.is_valid() || option.is_none()) return paths;
    if (nb::isinstance<nb::str>(option))
        refuse_type(std::string(function) + ": include_dirs is " + printed(option) + "; it takes a list of paths.");
    for (nb::handle path : nb::object(nb::borrow(option))) paths.push_back(nb::cast<std::filesystem::path>(path));
    return paths;
}

Source source_of(nb::handle code, const char* name, const char* function) {
    if (nb::isinstance<nb::str>(code)) return alkomp::glsl(nb::cast<std::string>(code), name);
    if (nb::isinstance<Source>(code)) return nb::cast<Source>(code);
    refuse_type(std::string(function) + ": the code is a " + nb::cast<std::string>(code.type().attr("__name__")) +
                "; it takes a Shader, a Source or GLSL text.");
}

ShaderAndKernels compile_glsl(nb::handle code, std::string entry, nb::object macros, nb::object include_dirs,
                              std::string name, bool optimize) {
    PythonOptions given;
    given.entry = std::move(entry);
    given.macros = std::move(macros);
    given.include_dirs = std::move(include_dirs);
    given.optimize = optimize;
    const alkomp::KernelOptions options = kernel_options(given, "compile_glsl");
    const Source source = source_of(code, name.c_str(), "compile_glsl");
    if (source.language == alkomp::Language::wgsl)
        refuse("compile_glsl: \"" + source.name + "\" is WGSL; Device.compile takes it, for a device.");
    const WithoutGil release;
    return {alkomp::compile_shader(source, options), {}};
}

Source spirv_of(nb::handle code, std::string name) {
    const nb::object array = as_array(nb::isinstance<nb::bytes>(code) || PyByteArray_Check(code.ptr())
                                          ? numpy("frombuffer")(code, "dtype"_a = "uint8")
                                          : nb::borrow(code));
    const HostView view(array, false, "spirv");
    return alkomp::spirv_bytes(view.bytes(), std::move(name));
}

nb::bytes words_of(const ShaderAndKernels& self) {
    const auto bytes = std::as_bytes(self.shader.words());
    return nb::bytes(bytes.data(), bytes.size());
}

const char* language_name(alkomp::Language language) {
    switch (language) {
        case alkomp::Language::glsl:
            return "glsl";
        case alkomp::Language::spirv:
            return "spirv";
        case alkomp::Language::wgsl:
            return "wgsl";
    }
    return "glsl";
}

void bind_sources(nb::module_& m) {
    nb::class_<Source>(m, "Source", "The text or words of a kernel, with the name that messages call it by.")
        .def_ro("name", &Source::name, "File name, or \"<glsl>\".")
        .def_ro("text", &Source::text, "GLSL or WGSL text; empty for SPIR-V.")
        .def_prop_ro(
            "language", [](const Source& self) { return language_name(self.language); },
            "\"glsl\", \"spirv\" or \"wgsl\".")
        .def("__repr__", [](const Source& self) {
            return "<alkompy.Source " + std::string(language_name(self.language)) + " \"" + self.name + "\">";
        });
    m.def("glsl", &alkomp::glsl, "text"_a, "name"_a = "<glsl>", "GLSL text as a Source; `name` stands in messages.");
    m.def("glsl_file", &alkomp::glsl_file, "path"_a, nb::sig("def glsl_file(path: str | os.PathLike) -> Source"),
          "A GLSL file as a Source; its `#include \"x\"` are looked for beside it first.\n\n"
          "Raises ValueError when it cannot be read.");
    m.def(
        "spirv", &spirv_of, "code"_a, "name"_a = "<spirv>",
        nb::sig("def spirv(code: bytes | bytearray | memoryview | numpy.ndarray, name: str = '<spirv>') -> Source"),
        "SPIR-V, as read from a .spv file, as a Source.\n\nRaises Error (compile_failed) when it is not whole words.");
    m.def("spirv_file", &alkomp::spirv_file, "path"_a, nb::sig("def spirv_file(path: str | os.PathLike) -> Source"),
          "A SPIR-V file as a Source.");
    m.def("wgsl", &alkomp::wgsl, "text"_a, "name"_a = "<wgsl>",
          "WGSL text as a Source; `name` stands in messages.\n\n"
          "It goes as it is to devices that take it, those of WebGPU; calls are checked against its declarations.\n"
          "Device.compile raises Error (compile_failed) with line and column for text that is wrong,\n"
          "NotImplementedError on other devices.");
    m.def("wgsl_file", &alkomp::wgsl_file, "path"_a, nb::sig("def wgsl_file(path: str | os.PathLike) -> Source"),
          "A WGSL file as a Source.\n\nRaises ValueError when it cannot be read.");
}

void bind_shader(nb::module_& m) {
    nb::class_<ShaderAndKernels>(m, "Shader",
                                 "A kernel compiled to SPIR-V for no device in particular.\n\n"
                                 "It keeps the kernels that Device.run made of it, and so their devices.")
        .def_prop_ro("spirv", &words_of, nb::sig("def spirv(self) -> bytes"), "The SPIR-V words, as bytes.")
        .def(
            "describe", [](const ShaderAndKernels& self) { return self.shader.describe(); },
            "Its bindings, scalars and constants, a line each.")
        .def("__repr__", [](const ShaderAndKernels& self) {
            return "<alkompy.Shader of " + std::to_string(self.shader.words().size_bytes()) + " bytes of SPIR-V>";
        });
    m.def(
        "compile_glsl", &compile_glsl, "code"_a.none(), nb::kw_only(), "entry"_a = "main", "macros"_a = nb::none(),
        "include_dirs"_a = nb::none(), "name"_a = "<glsl>", "optimize"_a = false,
        nb::sig("def compile_glsl(code: str | Source, *, entry: str = 'main', macros: dict[str, object] | None = None,"
                " include_dirs: collections.abc.Sequence[str | os.PathLike] | None = None, name: str = '<glsl>',"
                " optimize: bool = False) -> Shader"),
        "Compiles a GLSL compute shader without a device; Device.compile and Device.run take the result.\n\n"
        "macros: `#define`s, name to value. include_dirs: where `#include` looks. name: stands in messages. optimize:\n"
        "run SPIRV-Tools' passes as well; drivers have their own.\n"
        "Raises Error (compile_failed) with file, line and the source line, NotImplementedError in a build\n"
        "without GLSL, ValueError for a wrong option.");
}

void bind_kernel(nb::module_& m) {
    nb::class_<Kernel>(m, "Kernel", "A kernel compiled for one device: Device.call and Stream.call take it.")
        .def_prop_ro("label", &Kernel::label, "Its name in messages and traces.")
        .def_prop_ro(
            "workgroup_size",
            [](const Kernel& self) {
                const auto size = self.workgroup_size();
                return nb::make_tuple(size[0], size[1], size[2]);
            },
            nb::sig("def workgroup_size(self) -> tuple[int, int, int]"), "Invocations of one workgroup: (x, y, z).")
        .def_prop_ro(
            "device", [](const Kernel& self) { return self.device(); }, "The device that it was compiled for.")
        .def("describe", &Kernel::describe, "Its bindings, scalars and constants, a line each.")
        .def(
            "__eq__", [](const Kernel& self, const Kernel& other) { return self == other; }, nb::is_operator())
        .def("__hash__", [](const Kernel& self) { return std::hash<const void*>()(self.record().get()); })
        .def("__repr__", [](const Kernel& self) {
            return "<alkompy.Kernel \"" + self.label() + "\" on \"" + self.device().info().name + "\">";
        });
}

}  // namespace

alkomp::KernelOptions kernel_options(const PythonOptions& given, const char* function) {
    alkomp::KernelOptions options;
    options.entry = given.entry;
    options.optimize = given.optimize;
    options.through_ir = given.through_ir;
    options.robust = given.robust;
    options.subgroup_size = given.subgroup_size;
    options.label = given.label;
    for (const auto& [name, value] : items_of(given.constants, "constants", function))
        options.constants.emplace(nb::cast<std::string>(nb::str(name)), constant_value(name, value, function));
    for (const auto& [name, value] : items_of(given.macros, "macros", function)) {
        const bool is_flag = PyBool_Check(value.ptr());  // GLSL's preprocessor knows numbers only
        options.macros.emplace(nb::cast<std::string>(nb::str(name)),
                               is_flag ? (value.ptr() == Py_True ? "1" : "0") : nb::cast<std::string>(nb::str(value)));
    }
    options.include_dirs = paths_of(given.include_dirs, function);
    return options;
}

Kernel compile(alkomp::Device& device, nb::handle code, const PythonOptions& given, const char* function) {
    const alkomp::KernelOptions options = kernel_options(given, function);
    if (nb::isinstance<Kernel>(code)) {
        refuse_type(std::string(function) + ": it is compiled already; call the Kernel.");
    }
    if (nb::isinstance<ShaderAndKernels>(code)) {
        const Shader shader = nb::inst_ptr<ShaderAndKernels>(code)->shader;
        const WithoutGil release;
        return device.compile(shader, options);
    }
    const Source source = source_of(code, "<glsl>", function);
    const WithoutGil release;
    return device.compile(source, options);
}

Kernel kernel_of(ShaderAndKernels& shader, alkomp::Device& device, const std::string& entry) {
    for (const ShaderAndKernels::Made& made : shader.made)
        if (made.entry == entry && made.kernel.device() == device) return made.kernel;
    alkomp::KernelOptions options;
    options.entry = entry;
    const Shader code = shader.shader;
    Kernel kernel;
    {
        const WithoutGil without_gil;
        kernel = device.compile(code, options);
    }
    shader.made.push_back({entry, kernel});
    return kernel;
}

void bind_kernels(nb::module_& m) {
    bind_sources(m);
    bind_shader(m);
    bind_kernel(m);
}

}  // namespace alkompy
