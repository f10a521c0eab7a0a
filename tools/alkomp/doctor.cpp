// SPDX-License-Identifier: MIT OR Apache-2.0
// Asks every backend, tries the default device, the kernel cache and the GLSL compiler.
#include "doctor.h"

#include "alkomp/alkomp.h"
#include "failure.h"
#include "glsl/glsl.h"
#include "mend.h"
#include "output_file.h"
#include "runtime/cache.h"
#include "runtime/registry.h"

#include <array>
#include <chrono>
#include <cstdlib>

namespace alkomp::command {
namespace {

struct Probe {
    std::string_view extension;
    std::string_view purpose;
};

// What a recent glslang knows and an older one may not.
constexpr std::array<Probe, 15> kProbes{{
    {"GL_EXT_shader_explicit_arithmetic_types", "8-, 16- and 64-bit types"},
    {"GL_EXT_scalar_block_layout", "buffers without padding"},
    {"GL_EXT_buffer_reference", "pointers into buffers"},
    {"GL_KHR_memory_scope_semantics", "the memory model"},
    {"GL_EXT_shader_atomic_int64", "64-bit atomics"},
    {"GL_EXT_shader_atomic_float", "atomic float addition"},
    {"GL_EXT_shader_atomic_float2", "atomic float minimum and maximum"},
    {"GL_EXT_shader_realtime_clock", "the device's clock"},
    {"GL_NV_shader_subgroup_partitioned", "partitioned subgroup operations"},
    {"GL_KHR_shader_subgroup_rotate", "subgroup rotation"},
    {"GL_EXT_maximal_reconvergence", "maximal reconvergence"},
    {"GL_EXT_expect_assume", "expect and assume"},
    {"GL_EXT_integer_dot_product", "integer dot products"},
    {"GL_KHR_cooperative_matrix", "cooperative matrices (tensor cores)"},
    {"GL_EXT_bfloat16", "bfloat16"},
}};

bool knows(std::string_view extension) {
    const std::string text =
        "#version 460\n#extension " + std::string(extension) +
        " : require\nlayout(local_size_x = 1) in;\n"
        "layout(set = 0, binding = 0) buffer Data { uint data[]; };\nvoid main() { data[0] = 1u; }\n";
    try {
        static_cast<void>(compile_shader(glsl(text), {.target = Target::vulkan_1_3}));
        return true;
    } catch (const Error&) {
        return false;
    }
}

GlslReport examine_glsl() {
    GlslReport report{glsl_front::version(), {}};
    if (report.version.empty()) return report;
    for (const Probe& probe : kProbes) {
        if (!knows(probe.extension))
            report.lacks.push_back(std::string(probe.extension) + " (" + std::string(probe.purpose) + ")");
    }
    return report;
}

CacheReport examine_cache() {
    CacheReport report;
    report.folder = detail::DiskCache::instance().folder().string();
    if (report.folder.empty()) {
        const char* off = std::getenv("ALKOMP_CACHE");
        report.detail =
            off != nullptr && std::string_view(off) == "0" ? "turned off by ALKOMP_CACHE=0" : "no folder can be made";
        return report;
    }
    try {
        std::filesystem::create_directories(report.folder);
        check_writable(std::filesystem::path(report.folder) / "doctor");
        report.writable = true;
    } catch (const std::exception& error) {
        report.detail = error.what();
    }
    return report;
}

/// Opens the default device and has it compute something, so that "usable" is seen and not believed.
TrialReport try_default_device() {
    TrialReport report;
    try {
        Device device;
        report.opened = true;
        report.name = device.info().name;
        report.key = device.info().backend + ":" + std::to_string(device.info().backend_index);
        report.kind = to_string(device.info().kind);
        report.driver = device.info().driver;
        const std::vector<u32> given{0, 1, 2, 1000};
        const Buffer<u32> data = device.to_device(given);
        device.call(kernel("doctor", [](InOut<u32> of) { of[global_id()] = 3u * of[global_id()] + 1u; }), data);
        std::vector<u32> wanted = given;
        for (u32& value : wanted) value = 3 * value + 1;
        report.worked = device.get(data, std::chrono::seconds(20)) == wanted;
        report.detail = std::string("a kernel ran there, its result is ") + (report.worked ? "right" : "wrong");
    } catch (const Error& error) {
        report.detail = error.what();
    }
    return report;
}

BackendReport examine_backend(backend::Backend& backend) {
    BackendReport report;
    report.name = backend.name();
    report.findings = backend.diagnose();
    return report;
}

void add_devices(std::vector<BackendReport>& backends) {
    try {
        for (const DeviceInfo& info : query()) {
            for (BackendReport& report : backends) {
                if (report.name == info.backend) {
                    report.devices.push_back(info.backend + ":" + std::to_string(info.backend_index) + " " + info.name);
                }
            }
        }
    } catch (const Error& error) {
        for (BackendReport& report : backends) report.problem = error.what();
    }
}

std::vector<std::string> relevant_environment() {
    std::vector<std::string> out;
    for (const char* name :
         {"ALKOMP_DEVICE", "ALKOMP_VULKAN_LIBRARY", "ALKOMP_WEBGPU_LIBRARY", "ALKOMP_WEBGPU_FALLBACK", "ALKOMP_CACHE",
          "ALKOMP_CACHE_DIR", "VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES", "VK_LOADER_DRIVERS_SELECT",
          "VK_LOADER_DRIVERS_DISABLE", "VK_INSTANCE_LAYERS", "VK_LOADER_LAYERS_ENABLE", "LD_LIBRARY_PATH"}) {
        const char* value = std::getenv(name);
        if (value != nullptr) out.push_back(std::string(name) + "=" + value);
    }
    return out;
}

}  // namespace

DoctorReport examine() {
    DoctorReport report;
    report.version = ALKOMP_VERSION;
    for (const auto& backend : detail::backends()) report.backends.push_back(examine_backend(*backend));
    add_devices(report.backends);
    report.glsl = examine_glsl();
    report.trial = try_default_device();
    report.cache = examine_cache();
    report.environment = relevant_environment();
    report.mends = find_mends(report, this_system());
    return report;
}

}  // namespace alkomp::command
