// SPDX-License-Identifier: MIT OR Apache-2.0
// query(), and what it says of each device: limits and features.
#include "module.h"

#include <nanobind/stl/array.h>
#include <nanobind/stl/vector.h>

namespace alkompy {
namespace {

using alkomp::CooperativeMatrix;
using alkomp::DeviceInfo;
using alkomp::Features;
using alkomp::Limits;
using alkomp::SubgroupFeatures;

template <class T>
std::string name_of(T value) {
    return std::string(alkomp::to_string(value));
}

void bind_limits(nb::module_& m) {
    nb::class_<Limits>(m, "Limits", "What a device can do at most. Sizes are in bytes.")
        .def_ro("max_buffer_bytes", &Limits::max_buffer_bytes, "One buffer.")
        .def_ro("max_storage_binding_bytes", &Limits::max_storage_binding_bytes, "What one storage binding may span.")
        .def_ro("max_uniform_binding_bytes", &Limits::max_uniform_binding_bytes, "What one uniform binding may span.")
        .def_ro("storage_offset_alignment_bytes", &Limits::storage_offset_alignment_bytes,
                "Of a view bound as storage.")
        .def_ro("uniform_offset_alignment_bytes", &Limits::uniform_offset_alignment_bytes,
                "Of a view bound as uniform.")
        .def_ro("copy_alignment_bytes", &Limits::copy_alignment_bytes, "Of offsets and sizes in copies and fills.")
        .def_ro("max_bindings", &Limits::max_bindings, "Storage and uniform bindings of one kernel.")
        .def_ro("max_sets", &Limits::max_sets, "Descriptor sets of one kernel.")
        .def_ro("max_scalar_bytes", &Limits::max_scalar_bytes, "Push constants or what stands for them.")
        .def_prop_ro(
            "max_groups", [](const Limits& self) { return self.max_groups; }, "Workgroups of one call: [x, y, z].")
        .def_prop_ro(
            "max_workgroup_size", [](const Limits& self) { return self.max_workgroup_size; },
            "Invocations of one workgroup: [x, y, z].")
        .def_ro("max_workgroup_invocations", &Limits::max_workgroup_invocations, "Their product.")
        .def_ro("max_shared_bytes", &Limits::max_shared_bytes, "Workgroup memory.")
        .def_ro("subgroup_size", &Limits::subgroup_size, "The default; 1 where there are no subgroups.")
        .def_ro("min_subgroup_size", &Limits::min_subgroup_size, "The smallest that a kernel may ask for.")
        .def_ro("max_subgroup_size", &Limits::max_subgroup_size, "The largest that a kernel may ask for.")
        .def_ro("max_compute_units", &Limits::max_compute_units, "Multiprocessors or cores; 0: unknown.")
        .def_ro("spirv_version", &Limits::spirv_version, "The newest that is accepted: 0x00010600 is 1.6.")
        .def("__repr__", [](const Limits& self) {
            return "<alkompy.Limits: buffers of " + std::to_string(self.max_buffer_bytes) + " bytes, workgroups of " +
                   std::to_string(self.max_workgroup_invocations) + ", " + std::to_string(self.max_shared_bytes) +
                   " bytes shared>";
        });
}

void bind_subgroup(nb::module_& m) {
    nb::class_<SubgroupFeatures>(m, "SubgroupFeatures", "Operations within a subgroup that a device has.")
        .def_ro("basic", &SubgroupFeatures::basic, "Election and barriers.")
        .def_ro("vote", &SubgroupFeatures::vote, "All, any, all equal.")
        .def_ro("arithmetic", &SubgroupFeatures::arithmetic, "Reductions and scans.")
        .def_ro("ballot", &SubgroupFeatures::ballot, "Ballots and broadcasts.")
        .def_ro("shuffle", &SubgroupFeatures::shuffle, "Shuffle by index and xor.")
        .def_ro("shuffle_relative", &SubgroupFeatures::shuffle_relative, "Shuffle up and down.")
        .def_ro("clustered", &SubgroupFeatures::clustered, "Reductions of parts.")
        .def_ro("quad", &SubgroupFeatures::quad, "Quads of invocations.")
        .def_ro("rotate", &SubgroupFeatures::rotate, "Rotation.")
        .def_ro("partitioned", &SubgroupFeatures::partitioned, "GL_NV_shader_subgroup_partitioned.")
        .def_ro("size_control", &SubgroupFeatures::size_control, "A kernel may ask for a subgroup size.")
        .def_ro("extended_types", &SubgroupFeatures::extended_types, "On 8-, 16- and 64-bit integers and float16.");
}

void bind_matrices(nb::module_& m) {
    nb::class_<CooperativeMatrix>(m, "CooperativeMatrix",
                                  "One shape that the device multiplies in hardware: D[m,n] = A[m,k] B[k,n] + C[m,n].")
        .def_ro("m", &CooperativeMatrix::m, "Rows of A, C and D.")
        .def_ro("n", &CooperativeMatrix::n, "Columns of B, C and D.")
        .def_ro("k", &CooperativeMatrix::k, "Columns of A, rows of B.")
        .def_prop_ro(
            "a", [](const CooperativeMatrix& self) { return name_of(self.a); }, "Type of A: \"f16\", ...")
        .def_prop_ro(
            "b", [](const CooperativeMatrix& self) { return name_of(self.b); }, "Type of B.")
        .def_prop_ro(
            "c", [](const CooperativeMatrix& self) { return name_of(self.c); }, "Type of C.")
        .def_prop_ro(
            "result", [](const CooperativeMatrix& self) { return name_of(self.result); }, "Type of D.")
        .def_ro("saturating", &CooperativeMatrix::saturating, "Integer results saturate.")
        .def_ro("workgroup_scope", &CooperativeMatrix::workgroup_scope, "A workgroup shares it; else a subgroup.")
        .def("__repr__", [](const CooperativeMatrix& self) {
            return "<alkompy.CooperativeMatrix " + std::to_string(self.m) + "x" + std::to_string(self.n) + "x" +
                   std::to_string(self.k) + " " + name_of(self.a) + " -> " + name_of(self.result) + ">";
        });
}

void bind_type_features(nb::class_<Features>& features) {
    features.def_ro("f16", &Features::f16, "16-bit floats in arithmetic.")
        .def_ro("bf16", &Features::bf16, "bfloat16 in arithmetic.")
        .def_ro("f64", &Features::f64, "64-bit floats in arithmetic.")
        .def_ro("i8", &Features::i8, "8-bit integers in arithmetic.")
        .def_ro("i16", &Features::i16, "16-bit integers in arithmetic.")
        .def_ro("i64", &Features::i64, "64-bit integers in arithmetic.")
        .def_ro("storage_8", &Features::storage_8, "8-bit types in storage buffers.")
        .def_ro("storage_16", &Features::storage_16, "16-bit types in storage buffers.")
        .def_ro("uniform_8", &Features::uniform_8, "8-bit types in uniform buffers.")
        .def_ro("uniform_16", &Features::uniform_16, "16-bit types in uniform buffers.")
        .def_ro("scalar_8", &Features::scalar_8, "8-bit types in push constants.")
        .def_ro("scalar_16", &Features::scalar_16, "16-bit types in push constants.")
        .def_ro("shared_8", &Features::shared_8, "8-bit explicit layouts in workgroup memory.")
        .def_ro("shared_16", &Features::shared_16, "16-bit explicit layouts in workgroup memory.")
        .def_ro("scalar_layout", &Features::scalar_layout, "GL_EXT_scalar_block_layout.")
        .def_ro("atomic_i64", &Features::atomic_i64, "64-bit atomics on buffers.")
        .def_ro("shared_atomic_i64", &Features::shared_atomic_i64, "64-bit atomics on workgroup memory.")
        .def_ro("atomic_f32", &Features::atomic_f32, "Load, store and exchange of float32 on buffers.")
        .def_ro("atomic_f32_add", &Features::atomic_f32_add, "Addition of float32 on buffers.")
        .def_ro("atomic_f32_min_max", &Features::atomic_f32_min_max, "Least and greatest of float32 on buffers.")
        .def_ro("shared_atomic_f32", &Features::shared_atomic_f32, "The same on workgroup memory.")
        .def_ro("shared_atomic_f32_add", &Features::shared_atomic_f32_add, "Addition of float32 on workgroup memory.")
        .def_ro("shared_atomic_f32_min_max", &Features::shared_atomic_f32_min_max,
                "Least and greatest of float32 on workgroup memory.")
        .def_ro("atomic_f64_add", &Features::atomic_f64_add, "Addition of float64 on buffers.")
        .def_ro("shared_atomic_f64_add", &Features::shared_atomic_f64_add, "Addition of float64 on workgroup memory.")
        .def_ro("atomic_f16_add", &Features::atomic_f16_add, "Addition of float16 on buffers.");
}

void bind_execution_features(nb::class_<Features>& features) {
    features.def_ro("memory_model", &Features::memory_model, "The Vulkan memory model.")
        .def_ro("memory_model_device_scope", &Features::memory_model_device_scope, "... at device scope.")
        .def_ro("buffer_address", &Features::buffer_address, "Buffer references.")
        .def_ro("variable_pointers", &Features::variable_pointers, "Variable pointers.")
        .def_ro("integer_dot", &Features::integer_dot, "Integer dot products.")
        .def_ro("integer_dot_accelerated", &Features::integer_dot_accelerated, "... in hardware.")
        .def_ro("demote_denormals_control", &Features::demote_denormals_control,
                "Float controls: denormals, rounding and NaN can be chosen.")
        .def_ro("preserves_nan_f16", &Features::preserves_nan_f16, "float16 keeps signed zeros, infinities and NaN.")
        .def_ro("preserves_nan_f32", &Features::preserves_nan_f32, "float32 keeps signed zeros, infinities and NaN.")
        .def_ro("preserves_nan_f64", &Features::preserves_nan_f64, "float64 keeps signed zeros, infinities and NaN.")
        .def_ro("preserves_denormals_f32", &Features::preserves_denormals_f32, "float32 keeps denormals.")
        .def_ro("rounds_to_even_f32", &Features::rounds_to_even_f32, "float32 rounds to nearest even.")
        .def_ro("maximal_reconvergence", &Features::maximal_reconvergence, "Invocations meet again as the source says.")
        .def_ro("expect_assume", &Features::expect_assume, "Hints for the driver's compiler.")
        .def_ro("shader_clock", &Features::shader_clock, "Kernels can read a clock.")
        .def_ro("timestamps", &Features::timestamps, "Calls can be timed.")
        .def_ro("indirect_dispatch", &Features::indirect_dispatch, "Workgroup counts from a buffer.")
        .def_ro("host_memory_import", &Features::host_memory_import, "Host memory is used in place.")
        .def_ro("forward_progress", &Features::forward_progress, "Started workgroups progress while others spin.")
        .def_ro("subgroup", &Features::subgroup, "Operations within a subgroup.")
        .def_prop_ro(
            "cooperative_matrices", [](const Features& self) { return self.cooperative_matrices; },
            "Shapes of matrix that the device multiplies in hardware.")
        .def_ro("robust_buffers", &Features::robust_buffers, "Accesses can be kept inside the buffer.")
        .def_ro("robust_zero", &Features::robust_zero, "Reads outside give 0, writes outside are dropped.")
        .def_ro("robust_per_kernel", &Features::robust_per_kernel, "A kernel may opt out.");
}

void bind_info(nb::module_& m) {
    nb::class_<DeviceInfo>(m, "DeviceInfo", "One device of one backend, as query() lists it.")
        .def_ro("index", &DeviceInfo::index, "Its place in query(): Device(index) opens it.")
        .def_ro("name", &DeviceInfo::name, "As the driver tells it.")
        .def_ro("vendor", &DeviceInfo::vendor, "\"NVIDIA\", \"Mesa\", ... or the hexadecimal id.")
        .def_prop_ro(
            "kind", [](const DeviceInfo& self) { return name_of(self.kind); },
            "\"discrete\", \"integrated\", \"virtual_gpu\", \"cpu\", \"reference\" or \"other\".")
        .def_ro("backend", &DeviceInfo::backend, "\"vulkan\".")
        .def_ro("backend_index", &DeviceInfo::backend_index, "Its place within the backend: \"vulkan:1\" selects it.")
        .def_ro("driver", &DeviceInfo::driver, "Driver name and version.")
        .def_ro("memory_bytes", &DeviceInfo::memory_bytes, "Bytes of its largest device-local heap.")
        .def_prop_ro(
            "limits", [](const DeviceInfo& self) -> const Limits& { return self.capabilities.limits; },
            nb::rv_policy::reference_internal, "What it can do at most.")
        .def_prop_ro(
            "features", [](const DeviceInfo& self) -> const Features& { return self.capabilities.features; },
            nb::rv_policy::reference_internal, "What it can do at all.")
        .def("__repr__", [](const DeviceInfo& self) {
            return "<alkompy.DeviceInfo " + std::to_string(self.index) + ": \"" + self.name + "\", " +
                   name_of(self.kind) + ", " + self.backend + ", " + self.driver + ">";
        });
}

std::vector<DeviceInfo> query() {
    const WithoutGil release;
    return alkomp::query();
}

}  // namespace

void bind_capabilities(nb::module_& m) {
    bind_limits(m);
    bind_subgroup(m);
    bind_matrices(m);
    auto features = nb::class_<Features>(m, "Features", "What a device can do, as its driver tells it.");
    bind_type_features(features);
    bind_execution_features(features);
    bind_info(m);
    m.def("query", &query, nb::sig("def query() -> list[DeviceInfo]"),
          "Lists every device of every backend, in an order that installing another backend does not change.\n\n"
          "Raises Error (internal) when a driver fails in a way that hides its devices.");
}

}  // namespace alkompy
