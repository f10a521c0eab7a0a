// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels that tests declare twice, as GLSL and as a C++ function, so that one test body runs on
// every device: drivers get the SPIR-V, the memory backend finds the function by the SPIR-V's words.
#pragma once

#include "alkomp/alkomp.h"

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace alkomp::testing {

/// What one invocation of a kernel sees.
struct Invocation {
    std::array<u32, 3> id{};                         ///< gl_GlobalInvocationID
    std::array<u32, 3> local{};                      ///< gl_LocalInvocationID
    std::array<u32, 3> group{};                      ///< gl_WorkGroupID
    std::array<u32, 3> groups{};                     ///< gl_NumWorkGroups
    std::array<u32, 3> workgroup{};                  ///< gl_WorkGroupSize
    std::span<const std::span<std::byte>> bindings;  ///< in the order of (set, binding)
    std::span<const std::byte> scalars;
    const std::unordered_map<u32, u64>* constants = nullptr;

    [[nodiscard]] u32 x() const noexcept { return id[0]; }
    /// The whole elements of a binding.
    template <class T>
    [[nodiscard]] std::span<T> buffer(std::size_t place) const {
        const std::span<std::byte> bytes = bindings[place];
        return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
    }
    template <class T>
    [[nodiscard]] T scalar(std::size_t offset_bytes = 0) const {
        T value{};
        std::memcpy(&value, scalars.data() + offset_bytes, sizeof(T));
        return value;
    }
    [[nodiscard]] u64 constant(u32 constant_id, u64 otherwise) const;
};

struct HostKernel {
    std::function<void(const Invocation&)> run;
    bool per_group = false;  ///< `run` is called once per workgroup and does the work of all of it
    bool endless = false;    ///< does not start until `MemoryDevice::release_endless`
};

/// A kernel in both forms.
struct TestKernel {
    std::string name;
    std::string glsl;
    HostKernel host;
};

/// Compiles for `device`, after making sure that the memory backend knows the words.
[[nodiscard]] Kernel compile(Device& device, const TestKernel& kernel, KernelOptions options = {});

/// Makes the memory backend run `host` for the SPIR-V of this source under these options, whatever
/// Vulkan version it is compiled for.
void register_source(const Source& source, const KernelOptions& options, HostKernel host);
void register_words(std::span<const u32> words, HostKernel host);

/// The function for these words, or null.
[[nodiscard]] std::shared_ptr<const HostKernel> find_host_kernel(std::span<const u32> words);

}  // namespace alkomp::testing
