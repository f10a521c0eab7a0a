// SPDX-License-Identifier: MIT OR Apache-2.0
// Commands written into a WGPUCommandEncoder: one compute pass for as long as only dispatches come.
#pragma once

#include "backend/webgpu/builtin.h"
#include "backend/webgpu/pipeline.h"

#include <array>
#include <span>
#include <vector>

namespace alkomp::backend::webgpu {

inline constexpr u32 kQueriesPerPage = 512;

/// Room for timestamps, used again from submission to submission.
struct TimestampPage {
    WGPUQuerySet queries = nullptr;
    WGPUBuffer resolved = nullptr;
    WGPUBuffer host = nullptr;
};

/// The scalars of a submission that go through uniform blocks: written once, before the submission, into one buffer. The
/// queue keeps that write behind all work before it.
struct ScalarBlocks {
    Buffer buffer;  ///< grows
    std::vector<std::byte> bytes;
    std::vector<std::byte> written;  ///< what the buffer holds by now: the same is not written again
};

/// What recordings of a device share.
struct RecordRoom {
    ScalarBlocks scalars;
    std::array<KernelId, kBuiltins> builtins{};  ///< made when first needed
    WGPUBuffer counts = nullptr;       ///< workgroup counts of calls that write the buffer that has theirs; likewise
    std::vector<TimestampPage> pages;  ///< idle
    std::mutex mutex;                  ///< of `pages`
};

/// Bytes of a buffer of kind download that its own memory is to hold.
struct HostRead {
    Buffer* buffer = nullptr;
    u64 begin = 0, end = 0;
};

/// Hands the uniform blocks written so far to the queue.
void write_scalars(Core& core, ScalarBlocks& scalars);

class Recorder {
public:
    Recorder(Core& core, Memory& memory, Pipelines& pipelines, RecordRoom& room)
        : core_(core), wgpu_(core.wgpu()), memory_(memory), pipelines_(pipelines), room_(room) {}
    ~Recorder();

    /// Makes what the lists need besides the encoder.
    Status prepare(std::span<const std::span<const Command>> lists);
    void begin();
    Status write(std::span<const Command> commands);
    /// The commands, ready to be submitted; the caller releases them. To be called within an error scope since `begin`.
    WGPUCommandBuffer finish();

    [[nodiscard]] u32 timestamps() const noexcept { return timestamps_; }
    std::vector<HostRead> reads;       ///< what the process's memory is to hold once the commands are done
    std::vector<TimestampPage> pages;  ///< those in use: the caller's, or given back by the destructor

private:
    u64 scalar_room(const Command& command) const;
    [[nodiscard]] u64 scalar_step(const Kernel& kernel) const;
    void open_pass();
    void close_pass();
    void bind(Kernel& kernel, std::span<const BoundRange> bindings, std::span<const std::byte> scalars);
    void set_group(u32 number, WGPUBindGroup group, bool moves, u32 offset);
    void copy(const Copy& copy);
    void write_from_host(const Copy& copy);
    void fill(const Command& command);
    void merge(const Command& command);
    void run(const Builtin& builtin, std::span<const BoundRange> bindings, std::span<const std::byte> scalars,
             u32 words);
    void dispatch_indirect(const DispatchIndirect& indirect);
    Status timestamp();
    Status make_page(TimestampPage& out);

    struct Bound {
        WGPUBindGroup group = nullptr;
        u32 offset = 0;
    };
    Core& core_;
    const Functions& wgpu_;
    Memory& memory_;
    Pipelines& pipelines_;
    RecordRoom& room_;
    WGPUCommandEncoder encoder_ = nullptr;
    WGPUComputePassEncoder pass_ = nullptr;
    u32 timestamps_ = 0;
    bool empty_ = true;  ///< the encoder
    // What the open pass has last been told.
    Kernel* kernel_ = nullptr;
    std::span<const BoundRange> bindings_;
    std::span<const std::byte> scalars_;
    u32 scalar_offset_ = 0;
    std::vector<Bound> bound_;
    u32 drops_ = 0;  // of groups, when `bound_` was known
};

void destroy_page(const Functions& wgpu, const TimestampPage& page) noexcept;

}  // namespace alkomp::backend::webgpu
