// SPDX-License-Identifier: MIT OR Apache-2.0
// Filling and copying on the device, and the stream's way to the transfers.
#include "runtime/fill.h"

#include "runtime/device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace alkomp {
namespace detail {
namespace {

constexpr u64 kWord = 4;
constexpr u64 kUploadedFill = u64{64} << 10;  // up to this the repeated pattern itself is uploaded
constexpr u64 kLargestBlock = u64{4} << 20;
constexpr std::array<std::byte, kWord> kZeros{};

std::span<const std::byte> or_zeros(std::span<const std::byte> pattern) {
    return pattern.empty() ? std::span<const std::byte>(kZeros).first(1) : pattern;
}

std::optional<u32> word_of(std::span<const std::byte> pattern, u64 first) {
    const std::size_t size = pattern.size();
    for (std::size_t i = 0; i < size; ++i)
        if (pattern[i] != pattern[(i + kWord) % size]) return std::nullopt;
    std::array<std::byte, kWord> bytes{};
    for (std::size_t i = 0; i < kWord; ++i) bytes[i] = pattern[(first + i) % size];
    u32 word = 0;
    std::memcpy(&word, bytes.data(), kWord);
    return word;
}

// What the stream's methods need, checked.
struct Call {
    StreamRecord& stream;
    DeviceRecord& device;
    Timeline& timeline;
    u64 submitted = 0;

    Call(const Stream& handle, const char* function)
        : stream(checked_record(handle, function)), device(*stream.device), timeline(*stream.timeline) {
        device.check_usable(function);
        const std::lock_guard lock(device.mutex);
        submitted = timeline.submitted;
    }
    void relieve() { device.relieve(timeline, submitted); }
    void upload(BufferRecord& to, u64 offset, std::span<const std::byte> bytes) {
        device.transfers->upload(timeline, to, offset, bytes, Timeout().limit);
    }
    [[nodiscard]] BufferAccess access(const AnyView& view, bool writes) const {
        return transfer_access(device, *view.record(), view.offset_bytes(), view.size_bytes(), writes);
    }
};

// Under the mutex: a command that overwrites the whole buffer makes its contents known again.
void append_write(Call& call, BufferRecord& to, u64 offset, u64 size, backend::Command command,
                  std::span<const BufferAccess> accesses, std::string_view name) {
    if (offset == 0 && size >= to.size_bytes) to.poison.clear();
    call.device.append(call.timeline, command, accesses, name, size);
}

void fill_words(Call& call, BufferRecord& to, const FillPlan& plan) {
    const std::array<BufferAccess, 1> access{{{&to, {plan.begin, plan.end, true}}}};
    std::unique_lock lock(call.device.mutex);
    call.device.range_locks.wait(lock, access, "fill");
    const u64 size = plan.end - plan.begin;
    append_write(call, to, plan.begin, size, {backend::Fill{to.block.id, plan.begin, size, *plan.word}, false}, access,
                 "fill");
}

// A pattern that is no word: its repetition is uploaded to a block of device memory and copied from
// there. The copies write disjoint bytes, so none waits for another.
void fill_from_block(Call& call, BufferRecord& to, const AnyView& view, std::span<const std::byte> pattern) {
    const u64 size = view.size_bytes();
    const u64 block_bytes = pattern_block_bytes(pattern.size(), size);
    const auto block = make_buffer(to.device, block_bytes, "fill");
    call.upload(*block, 0, repeat(pattern, 0, block_bytes));
    const BufferAccess whole_view = call.access(view, true);
    std::unique_lock lock(call.device.mutex);
    call.device.range_locks.wait(lock, {&whole_view, 1}, "fill");
    if (view.offset_bytes() == 0 && size == to.size_bytes) to.poison.clear();
    const u64 alignment = call.device.capabilities.limits.copy_alignment_bytes;
    for (u64 done = 0; done < size;) {
        const u64 begin = view.offset_bytes() + done;
        const u64 part = std::min(block_bytes, size - done);
        const u64 whole = (part + alignment - 1) / alignment * alignment;
        const std::array<BufferAccess, 2> accesses{
            {{block.get(), {0, whole, false}}, {&to, {begin, begin + whole, true}}}};
        call.device.append(call.timeline, {backend::Copy{block->block.id, to.block.id, 0, begin, whole}, false},
                           accesses, "fill", part);
        done += part;
    }
}

// What the device's fills and copies of whole words cannot do.
void fill_in_parts(Call& call, BufferRecord& to, const AnyView& view, std::span<const std::byte> pattern,
                   const FillPlan& plan) {
    RangeLock range(call.device, call.access(view, true));
    range.lock(Deadline(Timeout().limit), "fill");
    if (plan.word) {
        if (plan.head_bytes != 0) call.upload(to, view.offset_bytes(), repeat(pattern, 0, plan.head_bytes));
        if (plan.begin < plan.end) fill_words(call, to, plan);
        if (plan.tail_bytes == 0) return;
        const u64 first = view.size_bytes() - plan.tail_bytes;
        call.upload(to, view.offset_bytes() + first, repeat(pattern, first % pattern.size(), plan.tail_bytes));
        return;
    }
    const u64 piece = std::max<u64>(1, kUploadedFill / pattern.size()) * pattern.size();
    const std::vector<std::byte> bytes = repeat(pattern, 0, std::min(piece, view.size_bytes()));
    for (u64 done = 0; done < view.size_bytes(); done += piece) {
        const u64 size = std::min(piece, view.size_bytes() - done);
        call.upload(to, view.offset_bytes() + done, std::span(bytes).first(size));
    }
}

// Through a buffer between: a copy cannot stay inside one buffer.
void copy_in_parts(Call& call, const AnyView& from, const AnyView& to) {
    const u64 size = from.size_bytes();
    RangeLock ranges(call.device, call.access(from, false), call.access(to, true));
    ranges.lock(Deadline(Timeout().limit), "copy");
    const AnyView between(make_buffer(from.record()->device, size, "copy"), DType(Scalar::u8), 0, size);
    Stream stream(std::shared_ptr<StreamRecord>(from.record()->device, &call.stream));
    stream.copy_bytes(from, between);
    stream.copy_bytes(between, to);
}

}  // namespace

FillPlan plan_fill(const AnyView& view, std::span<const std::byte> pattern, const char* function) {
    if (view.size_bytes() % pattern.size() != 0) {
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": a pattern of " +
                                                     std::to_string(pattern.size()) + " bytes does not divide the " +
                                                     std::to_string(view.size_bytes()) + " bytes of " + describe(view) +
                                                     ".");
    }
    const u64 offset = view.offset_bytes();
    const u64 end = offset + view.size_bytes();
    FillPlan plan;
    plan.begin = (offset + kWord - 1) / kWord * kWord;
    // Behind the buffer's last byte there is only room that nobody sees.
    plan.end = end == view.record()->size_bytes ? (end + kWord - 1) / kWord * kWord : end / kWord * kWord;
    if (plan.begin >= plan.end) plan.begin = plan.end = offset;
    plan.head_bytes = plan.begin - offset;
    plan.tail_bytes = end > plan.end ? end - plan.end : 0;
    plan.word = word_of(pattern, plan.head_bytes);
    return plan;
}

std::vector<std::byte> repeat(std::span<const std::byte> pattern, u64 first, u64 size_bytes) {
    std::vector<std::byte> bytes(size_bytes);
    const u64 period = std::min<u64>(pattern.size(), size_bytes);
    for (u64 i = 0; i < period; ++i) bytes[i] = pattern[(first + i) % pattern.size()];
    for (u64 done = period; done < size_bytes;) {
        const u64 part = std::min(done / period * period, size_bytes - done);
        std::memcpy(bytes.data() + done, bytes.data(), part);
        done += part;
    }
    return bytes;
}

u64 pattern_block_bytes(u64 pattern_bytes, u64 size_bytes) noexcept {
    const u64 unit = std::lcm(pattern_bytes, u64{16});
    const u64 wanted = std::clamp(size_bytes / 16, kUploadedFill, kLargestBlock);
    return std::min(std::max<u64>(1, wanted / unit) * unit, size_bytes);
}

void check_copy(const AnyView& from, const AnyView& to, const char* function) {
    if (from.size_bytes() != to.size_bytes()) {
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": the sizes differ: from is " +
                                                     describe(from) + " of " + std::to_string(from.size_bytes()) +
                                                     " bytes, to is " + describe(to) + " of " +
                                                     std::to_string(to.size_bytes()) + ".");
    }
    const u64 distance = from.offset_bytes() < to.offset_bytes() ? to.offset_bytes() - from.offset_bytes()
                                                                 : from.offset_bytes() - to.offset_bytes();
    if (from.record() == to.record() && distance < from.size_bytes()) {
        throw Error(ErrorCode::invalid_argument,
                    std::string(function) + ": from and to overlap: " + std::to_string(from.size_bytes()) +
                        " bytes at byte " + std::to_string(from.offset_bytes()) + " and at byte " +
                        std::to_string(to.offset_bytes()) + " of one buffer, " + describe(from) + ".");
    }
}

std::optional<backend::Copy> plan_copy(const DeviceRecord& device, const AnyView& from, const AnyView& to) {
    if (from.record() == to.record() && !device.properties.copy_within_buffer) return std::nullopt;
    const u64 alignment = device.capabilities.limits.copy_alignment_bytes;
    u64 size = from.size_bytes();
    const bool starts_aligned = (from.offset_bytes() | to.offset_bytes()) % alignment == 0;
    // Behind the buffer's last byte there is only room that nobody sees.
    if (starts_aligned && to.offset_bytes() + size == to.record()->size_bytes && from.record() != to.record())
        size = (size + alignment - 1) / alignment * alignment;
    return backend::Copy{from.record()->block.id, to.record()->block.id, from.offset_bytes(), to.offset_bytes(), size};
}

}  // namespace detail

// Stream -------------------------------------------------------------------------------------------

void Stream::fill_bytes(const AnyView& view, std::span<const std::byte> given) {
    detail::Call call(*this, "fill");
    detail::BufferRecord& record = checked_record(view, call.device, "fill");
    if (view.size_bytes() == 0) return;
    const std::span<const std::byte> pattern = detail::or_zeros(given);
    const detail::FillPlan plan = detail::plan_fill(view, pattern, "fill");
    const u64 alignment = call.device.capabilities.limits.copy_alignment_bytes;
    const bool aligned = view.offset_bytes() % alignment == 0 && plan.tail_bytes % alignment == 0;
    if (plan.word && plan.head_bytes + plan.tail_bytes == 0) detail::fill_words(call, record, plan);
    else if (!plan.word && aligned && view.size_bytes() > detail::kUploadedFill)
        detail::fill_from_block(call, record, view, pattern);
    else detail::fill_in_parts(call, record, view, pattern, plan);
    call.relieve();
}

void Stream::copy_bytes(const AnyView& from, const AnyView& to) {
    detail::Call call(*this, "copy");
    detail::BufferRecord& source = checked_record(from, call.device, "copy");
    detail::BufferRecord& destination = checked_record(to, call.device, "copy");
    detail::check_copy(from, to, "copy");
    if (from.size_bytes() == 0) return;
    const auto command = detail::plan_copy(call.device, from, to);
    if (command) {
        const std::array<detail::BufferAccess, 2> accesses{{
            transfer_access(call.device, source, command->from_offset_bytes, command->size_bytes, false),
            transfer_access(call.device, destination, command->to_offset_bytes, command->size_bytes, true),
        }};
        std::unique_lock lock(call.device.mutex);
        call.device.range_locks.wait(lock, accesses, "copy");
        detail::check_trusted(call.device, source, "copy");
        detail::append_write(call, destination, command->to_offset_bytes, command->size_bytes, {*command, false},
                             accesses, "copy");
    } else {
        detail::copy_in_parts(call, from, to);
    }
    call.relieve();
}

void Stream::write_bytes(const AnyView& view, std::span<const std::byte> bytes) {
    detail::Call call(*this, "write");
    detail::BufferRecord& record = checked_record(view, call.device, "write");
    if (bytes.size() != view.size_bytes()) {
        throw Error(ErrorCode::invalid_argument, "write: " + std::to_string(bytes.size()) + " bytes are given; " +
                                                     detail::describe(view) + " has " +
                                                     std::to_string(view.size_bytes()) + ".");
    }
    call.upload(record, view.offset_bytes(), bytes);
    call.relieve();
}

void Stream::read_bytes(const AnyView& view, std::span<std::byte> out, Timeout timeout) {
    detail::Call call(*this, "read");
    detail::BufferRecord& record = checked_record(view, call.device, "read");
    if (out.size() != view.size_bytes()) {
        throw Error(ErrorCode::invalid_argument, "read: the memory given has " + std::to_string(out.size()) +
                                                     " bytes; " + detail::describe(view) + " has " +
                                                     std::to_string(view.size_bytes()) + ".");
    }
    call.device.transfers->download(call.timeline, record, view.offset_bytes(), out, timeout.limit);
}

Future<void> Stream::read_bytes_async(const AnyView& view, std::span<std::byte> out) {
    detail::Call call(*this, "read");
    detail::BufferRecord& record = checked_record(view, call.device, "read");
    if (out.size() != view.size_bytes()) {
        throw Error(ErrorCode::invalid_argument, "read: the memory given has " + std::to_string(out.size()) +
                                                     " bytes; " + detail::describe(view) + " has " +
                                                     std::to_string(view.size_bytes()) + ".");
    }
    return call.device.transfers->download_async(call.timeline, record, view.offset_bytes(), out);
}

}  // namespace alkomp
