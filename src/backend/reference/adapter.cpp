// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/adapter.h"

#include "alkomp/version.h"
#include "backend/reference/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace alkomp::backend::reference {
namespace {

u64 machine_bytes() {
#if defined(_WIN32)
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    if (GlobalMemoryStatusEx(&status) != 0) return status.ullTotalPhys;
#elif (defined(__unix__) || defined(__APPLE__)) && !defined(__EMSCRIPTEN__)
    const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGE_SIZE);
    if (pages > 0 && bytes > 0) return static_cast<u64>(pages) * static_cast<u64>(bytes);
#endif
    return u64{1} << 30;
}

Limits limits(u64 memory_bytes) {
    Limits made;
    made.max_buffer_bytes = memory_bytes & ~u64{15};
    made.max_storage_binding_bytes = made.max_uniform_binding_bytes = made.max_buffer_bytes;
    made.storage_offset_alignment_bytes = made.uniform_offset_alignment_bytes = 16;
    made.max_bindings = 1024;
    made.max_sets = 32;
    made.max_scalar_bytes = 4096;
    made.max_groups = {0x7fffffff, 0x7fffffff, 0x7fffffff};
    made.max_workgroup_size = {1024, 1024, 1024};
    made.max_workgroup_invocations = 1024;
    made.max_shared_bytes = u32{64} << 10;
    made.subgroup_size = kSubgroupSize;
    made.min_subgroup_size = 1;
    made.max_subgroup_size = kMostSubgroup;
    made.max_compute_units = std::max(1u, std::thread::hardware_concurrency());
    return made;
}

void add_types(Features& f) {
    f.f16 = f.bf16 = f.f64 = f.i8 = f.i16 = f.i64 = true;
    f.storage_8 = f.storage_16 = f.uniform_8 = f.uniform_16 = f.scalar_8 = f.scalar_16 = true;
    f.shared_8 = f.shared_16 = f.scalar_layout = true;
    f.atomic_i64 = f.shared_atomic_i64 = true;
    f.atomic_f32 = f.atomic_f32_add = f.atomic_f32_min_max = true;
    f.shared_atomic_f32 = f.shared_atomic_f32_add = f.shared_atomic_f32_min_max = true;
    f.atomic_f64_add = f.shared_atomic_f64_add = f.atomic_f16_add = true;
}

Features features() {
    Features f;
    add_types(f);
    f.memory_model = f.memory_model_device_scope = true;
    f.buffer_address = f.variable_pointers = true;
    f.integer_dot = true;
    f.rounds_to_even_f32 = f.expect_assume = true;
    f.preserves_nan_f16 = f.preserves_nan_f32 = f.preserves_nan_f64 = true;
    f.maximal_reconvergence = true;
    f.timestamps = f.indirect_dispatch = true;
    f.subgroup = {true, true, true, true, true, true, true, true, true, false, true, true};
    for (const auto& [a, c] : {std::pair(Scalar::f16, Scalar::f16), std::pair(Scalar::f16, Scalar::f32),
                               std::pair(Scalar::bf16, Scalar::f32), std::pair(Scalar::f32, Scalar::f32),
                               std::pair(Scalar::i8, Scalar::i32), std::pair(Scalar::u8, Scalar::u32)})
        f.cooperative_matrices.push_back({16, 16, 16, a, a, c, c, false, false});
    f.robust_buffers = f.robust_zero = true;
    return f;
}

}  // namespace

Adapter describe() {
    Adapter made;
    made.name = "alkomp reference";
    made.vendor = "alkomp";
    made.kind = DeviceKind::reference;
    made.driver = "alkomp " ALKOMP_VERSION;
    made.identity = "reference " ALKOMP_VERSION;
    made.memory_bytes = machine_bytes();
    made.capabilities.limits = limits(made.memory_bytes);
    made.capabilities.features = features();
    return made;
}

}  // namespace alkomp::backend::reference
