// SPDX-License-Identifier: MIT OR Apache-2.0
// What the memory backend's device is made of; private to its sources.
#pragma once

#include "support/memory_backend.h"

#include <new>

namespace alkomp::testing {

struct AlignedDelete {
    void operator()(std::byte* p) const { ::operator delete(p, std::align_val_t(256)); }
};
using Bytes = std::unique_ptr<std::byte, AlignedDelete>;

struct MemoryDevice::Buffer {
    u64 id = 0;
    backend::Allocation allocation;
    Bytes bytes;
    backend::Ticket made = 0;
    backend::Status failure;
    std::vector<backend::Ticket> last_use;  // per queue
    // What the CPU sees of a mapped buffer is a copy, so that use after `unmap` is use after free.
    std::unique_ptr<std::byte[]> mapping;
    backend::Ticket mapping_ticket = 0;
    u64 mapped_offset = 0, mapped_size = 0;
    backend::MapMode mode = backend::MapMode::read;
    bool mapped = false;
    u32 writer_queue = 0;
    bool written = false, shown_to_host = true;

    [[nodiscard]] bool on_device() const { return bytes && allocation.kind == backend::MemoryKind::device; }
};

struct MemoryDevice::CompiledKernel {
    backend::KernelId id = backend::KernelId::none;
    Interface interface;
    std::shared_ptr<const HostKernel> host;
    std::unordered_map<u32, u64> constants;
    std::array<u32, 3> workgroup{1, 1, 1};
    std::string label;
    backend::Ticket made = 0;
    backend::Status failure;
    std::vector<backend::Ticket> last_use;
};

struct MemoryDevice::Step {
    enum class Kind : u8 { copy, fill, dispatch, timestamp } kind = Kind::copy;
    bool barrier = false;
    std::shared_ptr<CompiledKernel> kernel;
    std::array<u32, 3> groups{};
    Buffer* from = nullptr;  // of a copy; or the counts of an indirect dispatch
    Buffer* to = nullptr;
    u64 from_offset = 0, to_offset = 0, size = 0;
    u32 pattern = 0, mask = 0;
    std::vector<std::pair<Buffer*, backend::BoundRange>> bindings;
    std::vector<std::byte> scalars;
    std::vector<HazardOracle::Access> accesses;
    std::vector<Buffer*> buffers;
    std::string what;
};

struct MemoryDevice::Work {
    backend::Ticket ticket = 0;
    std::vector<Step> steps;
    std::vector<backend::Ticket> waits;
    backend::Status failure;
    bool endless = false;
    backend::Completion found;  ///< of `plant`
};

struct MemoryDevice::Queue {
    std::deque<Work> work;
    bool running = false;
};

}  // namespace alkomp::testing
