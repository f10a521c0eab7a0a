// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes commands. Marked barriers are of no use here: dispatches of a pass, and copies, see what came before them.
#include "backend/webgpu/record.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace alkomp::backend::webgpu {
namespace {

constexpr u64 kFirstScalarRoom = u64{64} << 10;
constexpr u64 kCountsBytes = 12;

/// A buffer that a call may write cannot hold its counts: they are copied before.
bool binds_counts(const DispatchIndirect& indirect) {
    return std::any_of(indirect.bindings.begin(), indirect.bindings.end(),
                       [&](const BoundRange& range) { return range.buffer == indirect.counts; });
}

template <class T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
    return a.size() == b.size() && (a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

/// Which of the backend's own kernels a command is done by; null: none.
const Builtin* builtin_for(const Core& core, const Command& command) {
    // On Direct3D 12 wgpu clears from a new buffer, which vkd3d, below Wine, does not fill with zeros as Windows does.
    if (const auto* fill = std::get_if<Fill>(&command.what))
        return fill->pattern != 0 || fill->mask != ~u32{0} || core.adapter->d3d12 ? &kFill : nullptr;
    const auto* copy = std::get_if<Copy>(&command.what);
    return copy != nullptr && is_odd(*copy) ? &kMerge : nullptr;
}

/// The words of a command that the backend's own kernels do.
template <class F>
void for_windows_of(const Command& command, const Limits& limits, F&& use) {
    if (const auto* copy = std::get_if<Copy>(&command.what)) {
        // The words that are read may straddle those that are written, and start elsewhere.
        const u64 spare = limits.storage_offset_alignment_bytes + 4;
        const u64 end = copy->to_offset_bytes + copy->size_bytes;
        for_windows(copy->to_offset_bytes / 4 * 4, (end + 3) / 4 * 4, spare, limits, use);
    } else {
        const Fill& fill = std::get<Fill>(command.what);
        for_windows(fill.offset_bytes, fill.offset_bytes + fill.size_bytes, 0, limits, use);
    }
}

}  // namespace

void destroy_page(const Functions& wgpu, const TimestampPage& page) noexcept {
    if (page.queries != nullptr) wgpu.QuerySetRelease(page.queries);
    if (page.resolved != nullptr) wgpu.BufferRelease(page.resolved);
    if (page.host != nullptr) wgpu.BufferRelease(page.host);
}

Recorder::~Recorder() {
    if (pass_ != nullptr) wgpu_.ComputePassEncoderRelease(pass_);
    if (encoder_ != nullptr) wgpu_.CommandEncoderRelease(encoder_);
    const std::lock_guard lock(room_.mutex);
    room_.pages.insert(room_.pages.end(), pages.begin(), pages.end());
}

/// From one block of a kernel's scalars to the next.
u64 Recorder::scalar_step(const Kernel& kernel) const {
    const u64 alignment = core_.capabilities.limits.uniform_offset_alignment_bytes;
    return (scalar_block_bytes(kernel.scalar_bytes) + alignment - 1) / alignment * alignment;
}

u64 Recorder::scalar_room(const Command& command) const {
    KernelId id = KernelId::none;
    u64 blocks = 1;
    if (const auto* dispatch = std::get_if<Dispatch>(&command.what)) id = dispatch->kernel;
    if (const auto* indirect = std::get_if<DispatchIndirect>(&command.what)) id = indirect->kernel;
    if (const Builtin* builtin = builtin_for(core_, command)) {
        id = room_.builtins[builtin->place];
        blocks = 0;
        for_windows_of(command, core_.capabilities.limits, [&](const Window&) { ++blocks; });
    }
    if (id == KernelId::none || from_id(id).scalars != ScalarPath::uniform) return 0;
    return blocks * scalar_step(from_id(id));
}

Status Recorder::prepare(std::span<const std::span<const Command>> lists) {
    u64 room = 0;
    for (const std::span<const Command> list : lists)
        for (const Command& command : list) {
            const Builtin* builtin = builtin_for(core_, command);
            if (builtin != nullptr && room_.builtins[builtin->place] == KernelId::none)
                if (Status status = compile(*builtin, core_, pipelines_, room_.builtins[builtin->place]); !status.ok())
                    return status;
            const auto* indirect = std::get_if<DispatchIndirect>(&command.what);
            if (indirect != nullptr && room_.counts == nullptr && binds_counts(*indirect)) {
                Status status;
                room_.counts =
                    memory_.create(WGPUBufferUsage_Indirect | WGPUBufferUsage_CopyDst, kCountsBytes, false, status);
                if (!status.ok()) return status;
            }
            room += scalar_room(command);
        }
    ScalarBlocks& scalars = room_.scalars;
    scalars.bytes.clear();
    if (room <= scalars.buffer.size_bytes) return {};
    u64 size = std::max(kFirstScalarRoom, scalars.buffer.size_bytes);
    while (size < room) size *= 2;
    Status status;
    WGPUBuffer handle = memory_.create(WGPUBufferUsage_Uniform | WGPUBufferUsage_CopyDst, size, false, status);
    if (!status.ok()) return status;
    // What is in flight holds the old one.
    if (scalars.buffer.handle != nullptr) wgpu_.BufferRelease(scalars.buffer.handle);
    pipelines_.drop_groups();
    scalars.buffer.handle = handle;
    scalars.buffer.size_bytes = size;
    scalars.written.clear();
    scalars.buffer.serial = ~size;  // above all that Memory counts
    return {};
}

void write_scalars(Core& core, ScalarBlocks& scalars) {
    const std::vector<std::byte>& bytes = scalars.bytes;
    std::vector<std::byte>& written = scalars.written;
    if (bytes.size() <= written.size() && std::equal(bytes.begin(), bytes.end(), written.begin())) return;
    core.wgpu().QueueWriteBuffer(core.queue, scalars.buffer.handle, 0, bytes.data(), bytes.size());
    if (written.size() < bytes.size()) written.resize(bytes.size());
    std::copy(bytes.begin(), bytes.end(), written.begin());
}

void Recorder::begin() { encoder_ = wgpu_.DeviceCreateCommandEncoder(core_.device, nullptr); }

WGPUCommandBuffer Recorder::finish() {
    close_pass();
    for (u32 first = 0; first < timestamps_ && !pages.empty(); first += kQueriesPerPage) {
        const TimestampPage& page = pages[first / kQueriesPerPage];
        const u32 count = std::min(kQueriesPerPage, timestamps_ - first);
        wgpu_.CommandEncoderResolveQuerySet(encoder_, page.queries, 0, count, page.resolved, 0);
        wgpu_.CommandEncoderCopyBufferToBuffer(encoder_, page.resolved, 0, page.host, 0, count * sizeof(u64));
    }
    return wgpu_.CommandEncoderFinish(encoder_, nullptr);
}

void Recorder::open_pass() {
    empty_ = false;
    if (pass_ == nullptr) pass_ = wgpu_.CommandEncoderBeginComputePass(encoder_, nullptr);
}

void Recorder::close_pass() {
    if (pass_ == nullptr) return;
    wgpu_.ComputePassEncoderEnd(pass_);
    wgpu_.ComputePassEncoderRelease(pass_);
    pass_ = nullptr;
    kernel_ = nullptr;
    bindings_ = {};
    scalars_ = {};
    bound_.clear();
}

Status Recorder::write(std::span<const Command> commands) {
    for (const Command& command : commands) {
        if (const auto* dispatch = std::get_if<Dispatch>(&command.what)) {
            bind(from_id(dispatch->kernel), dispatch->bindings, dispatch->scalars);
            wgpu_.ComputePassEncoderDispatchWorkgroups(pass_, dispatch->groups[0], dispatch->groups[1],
                                                       dispatch->groups[2]);
        } else if (const auto* what = std::get_if<Copy>(&command.what)) {
            if (is_odd(*what)) merge(command);
            else copy(*what);
        } else if (std::holds_alternative<Fill>(command.what)) {
            fill(command);
        } else if (const auto* indirect = std::get_if<DispatchIndirect>(&command.what)) {
            dispatch_indirect(*indirect);
        } else if (Status status = timestamp(); !status.ok()) {
            return status;
        }
    }
    return {};
}

void Recorder::copy(const Copy& copy) {
    Buffer& from = from_id(copy.from);
    Buffer& to = from_id(copy.to);
    if (from.host) return write_from_host(copy);
    close_pass();
    memory_.settle(from);
    empty_ = false;
    wgpu_.CommandEncoderCopyBufferToBuffer(encoder_, from.handle, copy.from_offset_bytes, to.handle,
                                           copy.to_offset_bytes, copy.size_bytes);
    if (!to.host) return;
    const HostRead read{&to, copy.to_offset_bytes, copy.to_offset_bytes + copy.size_bytes};
    const auto known = std::find_if(reads.begin(), reads.end(), [&](const HostRead& r) { return r.buffer == &to; });
    if (known == reads.end()) {
        reads.push_back(read);
        return;
    }
    known->begin = std::min(known->begin, read.begin);
    known->end = std::max(known->end, read.end);
}

/// The queue reads the process's memory at once: what was recorded before goes first.
void Recorder::write_from_host(const Copy& copy) {
    if (!empty_) {
        WGPUCommandBuffer before = finish();
        write_scalars(core_, room_.scalars);
        wgpu_.QueueSubmit(core_.queue, 1, &before);
        wgpu_.CommandBufferRelease(before);
        wgpu_.CommandEncoderRelease(encoder_);
        begin();
        empty_ = true;
    }
    const Buffer& to = from_id(copy.to);
    wgpu_.QueueWriteBuffer(core_.queue, to.handle, copy.to_offset_bytes,
                           from_id(copy.from).host.get() + copy.from_offset_bytes, copy.size_bytes);
}

void Recorder::bind(Kernel& kernel, std::span<const BoundRange> bindings, std::span<const std::byte> scalars) {
    open_pass();
    const bool changed = &kernel != kernel_;
    if (changed) wgpu_.ComputePassEncoderSetPipeline(pass_, kernel.pipeline);
    const bool other_scalars = !scalars.empty() && (changed || !same_bytes(scalars, scalars_));
    if (other_scalars && kernel.scalars == ScalarPath::immediate)
        core_.shim().set_immediates(pass_, scalars.data(), scalars.size());
    if (other_scalars && kernel.scalars == ScalarPath::uniform) {
        std::vector<std::byte>& bytes = room_.scalars.bytes;
        scalar_offset_ = static_cast<u32>(bytes.size());
        bytes.insert(bytes.end(), scalars.begin(), scalars.end());
        bytes.resize(scalar_offset_ + scalar_step(kernel));
    }
    if (changed || !same_bytes(bindings, bindings_) || (other_scalars && kernel.scalars == ScalarPath::uniform)) {
        for (u32 number = 0; number < kernel.groups.size(); ++number) {
            WGPUBindGroup group = pipelines_.bind_group(kernel, number, bindings, &room_.scalars.buffer);
            if (std::exchange(drops_, pipelines_.drops()) != pipelines_.drops()) bound_.clear();
            set_group(number, group, kernel.groups[number].has_scalars, scalar_offset_);
        }
    }
    kernel_ = &kernel;
    bindings_ = bindings;
    scalars_ = scalars;
}

void Recorder::dispatch_indirect(const DispatchIndirect& indirect) {
    WGPUBuffer counts = from_id(indirect.counts).handle;
    u64 offset = indirect.counts_offset_bytes;
    if (binds_counts(indirect)) {
        close_pass();
        empty_ = false;
        wgpu_.CommandEncoderCopyBufferToBuffer(encoder_, counts, offset, room_.counts, 0, kCountsBytes);
        counts = room_.counts;
        offset = 0;
    }
    bind(from_id(indirect.kernel), indirect.bindings, indirect.scalars);
    wgpu_.ComputePassEncoderDispatchWorkgroupsIndirect(pass_, counts, offset);
}

void Recorder::set_group(u32 number, WGPUBindGroup group, bool moves, u32 offset) {
    if (bound_.size() <= number) bound_.resize(number + 1);
    Bound& bound = bound_[number];
    if (bound.group == group && (!moves || bound.offset == offset)) return;
    wgpu_.ComputePassEncoderSetBindGroup(pass_, number, group, moves ? 1 : 0, &offset);
    bound = {group, offset};
}

void Recorder::fill(const Command& command) {
    const Fill& fill = std::get<Fill>(command.what);
    if (builtin_for(core_, command) == nullptr) {
        close_pass();
        empty_ = false;
        wgpu_.CommandEncoderClearBuffer(encoder_, from_id(fill.buffer).handle, fill.offset_bytes, fill.size_bytes);
        return;
    }
    for_windows_of(command, core_.capabilities.limits, [&](const Window& window) {
        const BoundRange range{fill.buffer, window.begin, window.end - window.begin};
        const FillScalars scalars{window.first_word(), window.words(), fill.pattern, fill.mask};
        run(kFill, {&range, 1}, std::as_bytes(std::span(&scalars, 1)), scalars.count);
    });
}

/// A copy whose edges lie within words: these are put together of what they hold and what is copied.
void Recorder::merge(const Command& command) {
    const Copy& copy = std::get<Copy>(command.what);
    const u64 begin = copy.to_offset_bytes, end = begin + copy.size_bytes;
    for_windows_of(command, core_.capabilities.limits, [&](const Window& window) {
        const MergeSource source = source_of(copy, window, core_.capabilities.limits);
        const std::array<BoundRange, 2> ranges{{
            {copy.to, window.begin, window.end - window.begin},
            {copy.from, source.begin, std::min(source.end, from_id(copy.from).size_bytes / 4 * 4) - source.begin},
        }};
        const MergeScalars scalars{window.first_word(),
                                   source.first_word,
                                   window.words(),
                                   source.shift,
                                   window.first < begin ? ~u32{0} << begin % 4 * 8 : ~u32{0},
                                   window.end > end ? ~u32{0} >> (window.end - end) * 8 : ~u32{0}};
        run(kMerge, ranges, std::as_bytes(std::span(&scalars, 1)), scalars.count);
    });
}

void Recorder::run(const Builtin& builtin, std::span<const BoundRange> bindings, std::span<const std::byte> scalars,
                   u32 words) {
    bind(from_id(room_.builtins[builtin.place]), bindings, scalars);
    // Both end here: the next command is told everything.
    bindings_ = {};
    scalars_ = {};
    kernel_ = nullptr;
    const u32 groups = (words + kBuiltinSize - 1) / kBuiltinSize;
    wgpu_.ComputePassEncoderDispatchWorkgroups(
        pass_, std::min(groups, core_.adapter->limits.maxComputeWorkgroupsPerDimension), 1, 1);
}

/// An empty pass writes it: all WebGPU has for that without further features.
Status Recorder::timestamp() {
    const u32 index = timestamps_++;
    if (!core_.capabilities.features.timestamps) return {};
    if (index / kQueriesPerPage == pages.size()) {
        TimestampPage page;
        {
            const std::lock_guard lock(room_.mutex);
            if (!room_.pages.empty()) {
                page = room_.pages.back();
                room_.pages.pop_back();
            }
        }
        if (page.queries == nullptr)
            if (Status status = make_page(page); !status.ok()) return status;
        pages.push_back(page);
    }
    close_pass();
    empty_ = false;
    WGPUPassTimestampWrites writes{};
    writes.querySet = pages.back().queries;
    writes.beginningOfPassWriteIndex = index % kQueriesPerPage;
    writes.endOfPassWriteIndex = WGPU_QUERY_SET_INDEX_UNDEFINED;
    WGPUComputePassDescriptor descriptor{};
    descriptor.timestampWrites = &writes;
    pass_ = wgpu_.CommandEncoderBeginComputePass(encoder_, &descriptor);
    close_pass();
    return {};
}

Status Recorder::make_page(TimestampPage& out) {
    constexpr u64 kBytes = kQueriesPerPage * sizeof(u64);
    WGPUQuerySetDescriptor descriptor{};
    descriptor.type = WGPUQueryType_Timestamp;
    descriptor.count = kQueriesPerPage;
    Status status;
    {
        ErrorScope scope(core_);
        out.queries = wgpu_.DeviceCreateQuerySet(core_.device, &descriptor);
        status = scope.end("wgpuDeviceCreateQuerySet");
    }
    if (status.ok())
        out.resolved = memory_.create(WGPUBufferUsage_QueryResolve | WGPUBufferUsage_CopySrc, kBytes, false, status);
    if (status.ok())
        out.host = memory_.create(WGPUBufferUsage_MapRead | WGPUBufferUsage_CopyDst, kBytes, false, status);
    if (!status.ok()) destroy_page(wgpu_, out);
    return status;
}

}  // namespace alkomp::backend::webgpu
