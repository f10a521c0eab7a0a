// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels: pipelines, their layouts, and the bind groups made for them.
#pragma once

#include "backend/webgpu/memory.h"

#include <span>
#include <unordered_map>
#include <vector>

namespace alkomp::backend::webgpu {

/// Where a kernel's scalars go.
enum class ScalarPath : u8 { none, immediate, uniform };

/// What a bind group is made of, but for its layout.
struct BoundSerial {
    u64 serial = 0, offset_bytes = 0, size_bytes = 0;
    bool operator==(const BoundSerial&) const = default;
};

/// A bind group that was made once and may serve again.
struct CachedGroup {
    std::vector<BoundSerial> bound;
    WGPUBindGroup group = nullptr;
};

/// One group of a kernel's layout. Its bindings are a run of Interface::bindings.
struct GroupUse {
    u32 first = 0, count = 0;
    bool has_scalars = false;  ///< the uniform block comes behind the bindings
    WGPUBindGroupLayout layout = nullptr;
    std::unordered_multimap<std::size_t, CachedGroup> cached;
};

struct Kernel {
    WGPUComputePipeline pipeline = nullptr;
    WGPUPipelineLayout layout = nullptr;
    std::vector<GroupUse> groups;  ///< by number; those in between are empty
    std::vector<u32> numbers;      ///< `@binding` of each of Interface::bindings
    ScalarPath scalars = ScalarPath::none;
    u32 scalar_number = 0;  ///< `@binding` of the uniform block
    u32 scalar_bytes = 0;
    std::size_t place = 0;
};

inline Kernel& from_id(KernelId id) noexcept { return *reinterpret_cast<Kernel*>(static_cast<std::uintptr_t>(id)); }

/// The size of the block that scalars stand in: uniform structs end at multiples of 16.
[[nodiscard]] constexpr u64 scalar_block_bytes(u32 scalar_bytes) { return (u64{scalar_bytes} + 15) / 16 * 16; }

class Pipelines {
public:
    explicit Pipelines(Core& core) : core_(core) {}
    void destroy() noexcept;

    Pending compile(const KernelCode& code, const Interface& interface, KernelId& out);
    void release(KernelId id);

    /// The bind group of these buffers; `scalars` is where the uniform block lies, if the group has one. Null with an
    /// error in the scope that is open.
    WGPUBindGroup bind_group(Kernel& kernel, u32 number, std::span<const BoundRange> bindings, const Buffer* scalars);
    /// Forgets every bind group, for example because the uniform block has moved.
    void drop_groups() noexcept;
    /// How often that happened: a handle from before may be that of another group by now.
    [[nodiscard]] u32 drops() const noexcept { return drops_; }

private:
    Status make(const KernelCode& code, const Interface& interface, Kernel& kernel);
    void make_layouts(const Interface& interface, Kernel& kernel);
    WGPUShaderModule make_module(const KernelCode& code);
    void make_pipeline(const KernelCode& code, const Interface& interface, WGPUShaderModule module, Kernel& kernel);
    void destroy_kernel(Kernel& kernel) noexcept;

    Core& core_;
    std::vector<std::unique_ptr<Kernel>> kernels_;
    std::size_t groups_ = 0;
    u32 drops_ = 0;
    std::vector<BoundSerial> bound_;  ///< room that is used again
    std::vector<WGPUBindGroupEntry> entries_;
};

}  // namespace alkomp::backend::webgpu
