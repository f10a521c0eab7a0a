// SPDX-License-Identifier: MIT OR Apache-2.0
// Moving bytes between ordinary host memory and buffers.
#include "runtime/transfer.h"

#include "runtime/copy_threads.h"
#include "runtime/device.h"
#include "runtime/staging.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>

namespace alkomp::detail {
namespace {

constexpr u64 kPacked = u64{64} << 10;     // uploads up to this share a staging block
constexpr u64 kUnderLock = u64{64} << 10;  // copied while the lock is held: taking it again costs more
constexpr u64 kDirect = u64{256} << 10;    // written through a mapping of a discrete device's memory
constexpr u64 kLarge = u64{1} << 20;       // from here on: pipelined, on a queue of its own
constexpr std::size_t kWord = 4;

// Several chunks even for middling sizes, so that the device copies while the CPU fills; where nobody waits for one chunk
// before the next, they would only take more memory.
u64 chunk_bytes(const DeviceRecord& device, u64 size_bytes) {
    if (size_bytes < kLarge) return Staging::kMedium;
    if (!device.waits()) return std::min(size_bytes, Staging::kLargest);
    return std::clamp((size_bytes / 4 + 4095) / 4096 * 4096, Staging::kMedium, Staging::kLargest);
}

// A failed write left the contents unknown; writing all of them makes them known again.
void forgive(BufferRecord& record, u64 offset, u64 size) {
    if (offset == 0 && size == record.size_bytes) record.poison.clear();
}

// Where an asynchronous read puts its bytes. Whoever drops the future waits for a copy under way.
struct Target {
    std::mutex mutex;
    std::byte* out = nullptr;  // null: the future was dropped
};

class ReadFuture final : public FutureValue<void> {
public:
    ReadFuture(std::shared_ptr<Progress> progress, std::shared_ptr<Target> target)
        : FutureValue(std::move(progress)), target_(std::move(target)) {}
    ~ReadFuture() override {
        const std::lock_guard lock(target_->mutex);
        target_->out = nullptr;
    }

private:
    std::shared_ptr<Target> target_;
};

// An asynchronous read, owned by the actions that are still to run; the last of them settles it.
class AsyncRead {
public:
    AsyncRead(std::shared_ptr<Target> target, std::weak_ptr<FutureState> state)
        : target_(std::move(target)), state_(std::move(state)) {}
    AsyncRead(const AsyncRead&) = delete;
    AsyncRead& operator=(const AsyncRead&) = delete;
    ~AsyncRead() {
        if (open_ != 0)
            settle(backend::Status::failure(ErrorCode::device_lost, "the device was closed before its work was done."));
    }

    /// Copies into the caller's memory unless the future was dropped.
    template <class Copy>
    void take(u64 out_offset, const Copy& copy) {
        const std::lock_guard lock(target_->mutex);
        if (target_->out != nullptr) copy(target_->out + out_offset);
    }
    void add_step() { ++open_; }
    void end_step(const backend::Status& status) {
        {
            const std::lock_guard lock(mutex_);
            if (status.failed && !failure_.failed) failure_ = status;
        }
        if (--open_ == 0) settle(failure_);
    }

private:
    void settle(const backend::Status& outcome) {
        const auto state = state_.lock();
        if (!state) return;
        if (!outcome.failed) state->complete();
        else state->fail(std::make_exception_ptr(Error(outcome.code, "read: " + outcome.text)));
    }
    std::shared_ptr<Target> target_;
    std::weak_ptr<FutureState> state_;
    std::mutex mutex_;
    backend::Status failure_;
    std::atomic<int> open_{1};  // the caller's own step
};

}  // namespace

class Transfers::Rings {
public:
    explicit Rings(DeviceRecord& device) : device_(device), staging_(device) {}
    ~Rings();

    void upload(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                const Deadline& deadline);
    void download(Timeline& timeline, BufferRecord& from, u64 offset, std::span<std::byte> out,
                  const Deadline& deadline);
    Future<void> download_async(Timeline& timeline, BufferRecord& from, u64 offset, std::span<std::byte> out);

    void reserve() noexcept;
    u64 trim(bool all);

    Staging& staging() { return staging_; }

private:
    // A claimed block, given back at the end of its scope.
    class Claim {
    public:
        Claim(Rings& rings, StagingBlock& block) : rings_(&rings), block_(&block) {}
        Claim(Claim&& other) noexcept : rings_(other.rings_), block_(std::exchange(other.block_, nullptr)) {}
        Claim& operator=(Claim&&) = delete;
        ~Claim() {
            if (block_ == nullptr) return;
            const std::lock_guard lock(rings_->device_.mutex);
            release();
        }
        StagingBlock* operator->() const { return block_; }
        StagingBlock& operator*() const { return *block_; }
        StagingBlock& keep() { return *std::exchange(block_, nullptr); }
        void release() { rings_->staging_.release(keep()); }  // under the mutex

    private:
        Rings* rings_;
        StagingBlock* block_;
    };
    // Bytes [begin, end) of a buffer in a staging block, of which [offset, offset + size) is wanted.
    struct Span {
        u64 begin = 0, end = 0;
        u64 offset = 0, size = 0;
    };
    // One piece of a download: bytes [begin, end) of the buffer on their way to a staging block.
    struct Piece {
        Claim claim;
        u64 begin = 0, end = 0;
        u64 sequence = 0;
    };

    bool write_mapped(BufferRecord& to, u64 offset, std::span<const std::byte> bytes, const Deadline& deadline);
    bool read_mapped(BufferRecord& from, u64 offset, std::span<std::byte> out, const Deadline& deadline);
    void upload_words(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                      const Deadline& deadline);
    void upload_packed(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                       const Deadline& deadline);
    void upload_pieces(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                       const Deadline& deadline);
    Piece send_piece(Timeline& on, BufferRecord& from, u64 begin, u64 end, Claim claim);
    void take_piece(Piece& piece, const Timeline& on, const BufferRecord& from, u64 offset, std::span<std::byte> out,
                    const Deadline& deadline);
    void take_passed(const std::shared_ptr<AsyncRead>& read, StagingBlock& block, const Span& span,
                     const backend::Status& status);
    void finish_piece(AsyncRead& read, StagingBlock& block, const Span& span);
    void give_up_piece(AsyncRead& read, StagingBlock& block, const backend::Status& status);

    void append_upload(Timeline& on, StagingBlock& from, u64 from_offset, BufferRecord& to, u64 offset, u64 size);
    Timeline& timeline_for(Direction direction, u64 size, Timeline& own);
    CopyThreads& threads();
    void copy(void* to, const void* from, u64 size);

    DeviceRecord& device_;
    Staging staging_;
    StagingBlock* packed_ = nullptr;  // small uploads go here; claimed; guarded by the device's mutex
    std::atomic<bool> reserved_{false};
    bool looked_for_queues_ = false;
    Timeline* uploads_ = nullptr;  // on queues that only copy, where there are some
    Timeline* downloads_ = nullptr;
    std::once_flag threads_made_;
    std::shared_ptr<CopyThreads> threads_;
    std::atomic<int> open_maps_{0};  // of asynchronous reads
};

Transfers::Rings::~Rings() {
    // A block that is being mapped cannot be freed.
    if (!device_.lost) device_.wait_until([&] { return open_maps_.load() == 0; }, std::chrono::seconds(2));
}

void Transfers::Rings::reserve() noexcept {
    if (reserved_.load(std::memory_order_relaxed) || reserved_.exchange(true)) return;
    if (device_.properties.device_cached) return;  // transfers hardly ever stage
    const Deadline deadline(std::chrono::seconds(60));
    try {
        for (const Direction direction : {Direction::upload, Direction::download})
            Claim(*this, *staging_.claim(direction, Staging::kSmall, staging_.patient(), deadline, "empty"));
    } catch (const Error&) {
        // Whoever needs the block next hears of it.
    }
}

u64 Transfers::Rings::trim(bool all) {
    if (!all) return staging_.trim(1);
    if (packed_ != nullptr) staging_.release(*std::exchange(packed_, nullptr));
    reserved_ = false;
    return staging_.trim(0);
}

CopyThreads& Transfers::Rings::threads() {
    std::call_once(threads_made_, [&] { threads_ = CopyThreads::shared(); });
    return *threads_;
}

void Transfers::Rings::copy(void* to, const void* from, u64 size) {
    if (size >= kLarge) threads().copy(to, from, size);
    else if (size != 0) std::memcpy(to, from, size);
}

// Under the mutex.
Timeline& Transfers::Rings::timeline_for(Direction direction, u64 size, Timeline& own) {
    if (size < kLarge) return own;
    if (!looked_for_queues_) {
        looked_for_queues_ = true;
        const std::vector<bool>& compute = device_.properties.queues_compute;
        std::vector<u32> copying;
        for (u32 i = 0; i < compute.size(); ++i)
            if (!compute[i]) copying.push_back(i);
        if (!copying.empty()) {
            uploads_ = &device_.create_timeline(copying.front());
            downloads_ = copying.size() > 1 ? &device_.create_timeline(copying.back()) : uploads_;
        }
    }
    Timeline* of_its_own = direction == Direction::upload ? uploads_ : downloads_;
    return of_its_own != nullptr ? *of_its_own : own;
}

// Uploads ------------------------------------------------------------------------------------------

bool Transfers::Rings::write_mapped(BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                                    const Deadline& deadline) {
    if (to.block.mapped == nullptr) return false;
    const bool one_memory = device_.properties.host_is_device;
    if (!one_memory && bytes.size() > kDirect) return false;
    std::byte* place = static_cast<std::byte*>(to.block.mapped) + offset;
    const BufferAccess access{&to, {offset, offset + bytes.size(), true}};
    for (;;) {
        RangeLock range(device_, access);
        Conflicts conflicts;
        {
            std::unique_lock lock(device_.mutex);
            if (bytes.size() > kUnderLock) range.lock(lock, deadline, "write");
            else device_.range_locks.wait(lock, {&access, 1}, deadline, "write");
            host_waits(device_, to.uses, access.access, conflicts);
            if (conflicts.waits.empty()) forgive(to, offset, bytes.size());
            if (conflicts.waits.empty() && bytes.size() <= kUnderLock) {
                std::memcpy(place, bytes.data(), bytes.size());
                return true;
            }
            if (!conflicts.waits.empty()) range.release();
        }
        if (conflicts.waits.empty()) {
            copy(place, bytes.data(), bytes.size());
            return true;
        }
        // Waiting for the buffer costs less than copying a large array twice.
        if (!one_memory || bytes.size() <= kLarge) return false;
        wait_within(device_, conflicts.waits, deadline, "write");
    }
}

void Transfers::Rings::append_upload(Timeline& on, StagingBlock& from, u64 from_offset, BufferRecord& to, u64 offset,
                                     u64 size) {
    const AlignedRange range = align_range(offset, size, device_.capabilities.limits.copy_alignment_bytes);
    const u64 whole = range.end - range.begin;
    const std::array<BufferAccess, 2> accesses{{
        {&from.record, {from_offset, from_offset + whole, false}},
        transfer_access(device_, to, offset, size, true),
    }};
    const backend::Copy command{from.record.block.id, to.block.id, from_offset, range.begin, whole};
    device_.append(on, {command, false}, accesses, "upload", size);
}

void Transfers::Rings::upload_packed(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                                     const Deadline& deadline) {
    const BufferAccess access = transfer_access(device_, to, offset, bytes.size(), true);
    for (;;) {
        {
            std::unique_lock lock(device_.mutex);
            device_.range_locks.wait(lock, {&access, 1}, deadline, "write");
            if (packed_ != nullptr && packed_->used_bytes + bytes.size() <= Staging::kSmall) {
                const u64 place = packed_->used_bytes;
                packed_->used_bytes += (bytes.size() + 63) / 64 * 64;
                std::memcpy(packed_->mapped + place, bytes.data(), bytes.size());
                forgive(to, offset, bytes.size());
                append_upload(timeline, *packed_, place, to, offset, bytes.size());
                return;
            }
            if (packed_ != nullptr) staging_.release(*std::exchange(packed_, nullptr));
        }
        Claim claim(*this, *staging_.claim(Direction::upload, Staging::kSmall, staging_.patient(), deadline, "write"));
        const std::lock_guard lock(device_.mutex);
        if (packed_ == nullptr) packed_ = &claim.keep();
        else claim.release();  // another thread was faster
    }
}

void Transfers::Rings::upload_pieces(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                                     const Deadline& deadline) {
    const bool large = bytes.size() >= kLarge;
    const BufferAccess access = transfer_access(device_, to, offset, bytes.size(), true);
    RangeLock range(device_, access);
    if (bytes.size() > chunk_bytes(device_, bytes.size())) range.lock(deadline, "write");
    Timeline* on = &timeline;
    if (large) {
        const std::lock_guard lock(device_.mutex);
        on = &timeline_for(Direction::upload, bytes.size(), timeline);
        device_.submit(timeline);  // what is recorded can run meanwhile
    }
    u64 sequence = 0;
    for (u64 done = 0; done < bytes.size();) {
        const u64 size = std::min(chunk_bytes(device_, bytes.size()), bytes.size() - done);
        Claim claim(*this, *staging_.claim(Direction::upload, size, staging_.patient(), deadline, "write"));
        staging_.map(*claim, deadline, "write");
        copy(claim->mapped, bytes.data() + done, size);
        std::unique_lock lock(device_.mutex);
        device_.range_locks.wait(lock, {&access, 1}, deadline, "write");
        staging_.unmap(*claim);
        if (done == 0) forgive(to, offset, bytes.size());
        try {
            append_upload(*on, *claim, 0, to, offset + done, size);
            if (large) sequence = device_.submit(*on);
            if (large && device_.properties.reads_at_submit) claim->record.uses = {};
        } catch (...) {
            claim.release();
            throw;
        }
        claim.release();
        done += size;
    }
    if (on == &timeline) return;
    const std::lock_guard lock(device_.mutex);
    const Conflicts::Wait point{on->index, sequence};
    device_.wait_on_device(timeline, {&point, 1});
}

// The device copies whole words: of the words at odd edges it fills some of the bytes.
void Transfers::Rings::upload_words(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                                    const Deadline& deadline) {
    const auto merge = [&](u64 word_offset) {
        std::array<std::byte, kWord> word{}, mask{};
        for (std::size_t i = 0; i < kWord; ++i) {
            const u64 at = word_offset + i;
            if (at < offset || at >= offset + bytes.size()) continue;
            word[i] = bytes[at - offset];
            mask[i] = std::byte{0xff};
        }
        const backend::Fill fill{to.block.id, word_offset, kWord, std::bit_cast<u32>(word), std::bit_cast<u32>(mask)};
        const std::array<BufferAccess, 1> access{{{&to, {word_offset, word_offset + kWord, true}}}};
        const std::lock_guard lock(device_.mutex);
        device_.append(timeline, {fill, false}, access, "upload", kWord);
    };
    RangeLock range(device_, transfer_access(device_, to, offset, bytes.size(), true));
    range.lock(deadline, "write");
    const u64 end = offset + bytes.size();
    const u64 body = (offset + kWord - 1) / kWord * kWord;
    // Behind the buffer's last byte there is only room that nobody sees.
    const u64 body_end = end == to.size_bytes ? end : end / kWord * kWord;
    if (body != offset) merge(body - kWord);
    if (body < body_end) upload(timeline, to, body, bytes.subspan(body - offset, body_end - body), deadline);
    if (body_end != end && body_end >= body) merge(body_end);
}

void Transfers::Rings::upload(Timeline& timeline, BufferRecord& to, u64 offset, std::span<const std::byte> bytes,
                              const Deadline& deadline) {
    if (bytes.empty() || write_mapped(to, offset, bytes, deadline)) return;
    const u64 alignment = device_.capabilities.limits.copy_alignment_bytes;
    const u64 end = offset + bytes.size();
    if (offset % alignment != 0 || (end % alignment != 0 && end != to.size_bytes))
        return upload_words(timeline, to, offset, bytes, deadline);
    if (bytes.size() <= kPacked && device_.properties.persistent_map)
        return upload_packed(timeline, to, offset, bytes, deadline);
    upload_pieces(timeline, to, offset, bytes, deadline);
}

// Downloads ----------------------------------------------------------------------------------------

bool Transfers::Rings::read_mapped(BufferRecord& from, u64 offset, std::span<std::byte> out, const Deadline& deadline) {
    if (from.block.mapped == nullptr || !device_.properties.device_cached) return false;
    const std::byte* place = static_cast<const std::byte*>(from.block.mapped) + offset;
    const BufferAccess access{&from, {offset, offset + out.size(), false}};
    for (;;) {
        RangeLock range(device_, access);
        Conflicts conflicts;
        {
            std::unique_lock lock(device_.mutex);
            if (out.size() > kUnderLock) range.lock(lock, deadline, "read");
            else device_.range_locks.wait(lock, {&access, 1}, deadline, "read");
            host_waits(device_, from.uses, access.access, conflicts);
            if (!conflicts.waits.empty()) range.release();
            if (conflicts.waits.empty()) check_trusted(device_, from, "read");
            if (conflicts.waits.empty() && out.size() <= kUnderLock) {
                std::memcpy(out.data(), place, out.size());
                return true;
            }
            for (const Conflicts::Wait& point : conflicts.waits)
                device_.timelines[point.timeline]->pending.read_by_host = true;
        }
        if (conflicts.waits.empty()) {
            copy(out.data(), place, out.size());
            return true;
        }
        wait_within(device_, conflicts.waits, deadline, "read");
    }
}

// Under the mutex.
Transfers::Rings::Piece Transfers::Rings::send_piece(Timeline& on, BufferRecord& from, u64 begin, u64 end,
                                                     Claim claim) {
    const std::array<BufferAccess, 2> accesses{{
        {&from, {begin, end, false}},
        {&claim->record, {0, end - begin, true}},
    }};
    const backend::Copy command{from.block.id, claim->record.block.id, begin, 0, end - begin};
    // The copy must not leave before its batch is marked as read by the host.
    const u32 submit_at = std::exchange(on.submit_at, ~u32{0});
    try {
        device_.append(on, {command, false}, accesses, "download", end - begin);
        on.submit_at = submit_at;
        on.pending.read_by_host = true;
        const u64 sequence = device_.submit(on);
        return {std::move(claim), begin, end, sequence};
    } catch (...) {
        on.submit_at = submit_at;
        claim.release();
        throw;
    }
}

void Transfers::Rings::take_piece(Piece& piece, const Timeline& on, const BufferRecord& from, u64 offset,
                                  std::span<std::byte> out, const Deadline& deadline) {
    const Conflicts::Wait point{on.index, piece.sequence};
    wait_within(device_, {&point, 1}, deadline, "read");
    {
        const std::lock_guard lock(device_.mutex);
        check_trusted(device_, from, "read");
        check_trusted(device_, piece.claim->record, "read");
    }
    staging_.map(*piece.claim, deadline, "read");
    const u64 begin = std::max(piece.begin, offset);
    const u64 end = std::min<u64>(piece.end, offset + out.size());
    copy(out.data() + (begin - offset), piece.claim->mapped + (begin - piece.begin), end - begin);
}

void Transfers::Rings::download(Timeline& timeline, BufferRecord& from, u64 offset, std::span<std::byte> out,
                                const Deadline& deadline) {
    if (out.empty() || read_mapped(from, offset, out, deadline)) return;
    const AlignedRange range = align_range(offset, out.size(), device_.capabilities.limits.copy_alignment_bytes);
    const BufferAccess access = transfer_access(device_, from, offset, out.size(), false);
    const u64 chunk = chunk_bytes(device_, out.size());
    RangeLock kept(device_, access);
    Timeline* on = nullptr;
    {
        std::unique_lock lock(device_.mutex);
        if (range.end - range.begin > chunk) kept.lock(lock, deadline, "read");
        check_trusted(device_, from, "read");
        on = &timeline_for(Direction::download, out.size(), timeline);
    }
    std::deque<Piece> pieces;
    u64 sent = range.begin;
    while (sent < range.end || !pieces.empty()) {
        while (sent < range.end) {
            const u64 size = std::min(chunk, range.end - sent);
            const auto patience = pieces.empty() ? staging_.patient() : Staging::Patience::none;
            StagingBlock* block = staging_.claim(Direction::download, size, patience, deadline, "read");
            if (block == nullptr) break;
            Claim claim(*this, *block);
            std::unique_lock lock(device_.mutex);
            device_.range_locks.wait(lock, {&access, 1}, deadline, "read");
            pieces.push_back(send_piece(*on, from, sent, sent + size, std::move(claim)));
            sent += size;
            if (sent == range.end) kept.release();
        }
        take_piece(pieces.front(), *on, from, offset, out, deadline);
        pieces.pop_front();
    }
}

void Transfers::Rings::finish_piece(AsyncRead& read, StagingBlock& block, const Span& span) {
    const u64 first = std::max(span.begin, span.offset);
    const u64 last = std::min(span.end, span.offset + span.size);
    read.take(first - span.offset,
              [&](std::byte* out) { copy(out, block.mapped + (first - span.begin), last - first); });
    give_up_piece(read, block, {});
}

void Transfers::Rings::give_up_piece(AsyncRead& read, StagingBlock& block, const backend::Status& status) {
    {
        const std::lock_guard lock(device_.mutex);
        staging_.release(block);
    }
    read.end_step(status);
}

// The copy has passed: reads the block, at once where it stays mapped.
void Transfers::Rings::take_passed(const std::shared_ptr<AsyncRead>& read, StagingBlock& block, const Span& span,
                                   const backend::Status& status) {
    if (status.failed) return give_up_piece(*read, block, status);
    if (block.mapped == nullptr) {
        void* mapped = nullptr;
        backend::Pending pending;
        {
            const std::lock_guard lock(device_.mutex);
            pending =
                device_.backend->map(block.record.block.id, 0, block.record.size_bytes, backend::MapMode::read, mapped);
            if (pending.ticket != 0) {
                ++open_maps_;
                device_.tickets[pending.ticket] = [this, read, &block, span](backend::Completion& completion) {
                    --open_maps_;
                    if (completion.status.failed) return give_up_piece(*read, block, completion.status);
                    block.mapped = static_cast<std::byte*>(completion.mapped);
                    finish_piece(*read, block, span);
                };
                return;
            }
        }
        if (pending.status.failed) return give_up_piece(*read, block, pending.status);
        block.mapped = static_cast<std::byte*>(mapped);
    }
    finish_piece(*read, block, span);
}

Future<void> Transfers::Rings::download_async(Timeline& timeline, BufferRecord& from, u64 offset,
                                              std::span<std::byte> out) {
    auto target = std::make_shared<Target>();
    target->out = out.data();
    auto state = std::make_shared<ReadFuture>(device_.shared_from_this(), target);
    const auto read = std::make_shared<AsyncRead>(std::move(target), state);
    Future<void> future(state);

    const Deadline deadline(std::chrono::seconds(60));
    const Access access{offset, offset + out.size(), false};
    Conflicts writers;
    {
        const std::lock_guard lock(device_.mutex);
        check_trusted(device_, from, "read");
        host_waits(device_, from.uses, access, writers);
    }
    if (out.empty() || (writers.waits.empty() && read_mapped(from, offset, out, deadline))) {
        read->end_step({});
        return future;
    }

    // All blocks first, then all copies under one lock: what is recorded later must not change what is read.
    const AlignedRange range = align_range(offset, out.size(), device_.capabilities.limits.copy_alignment_bytes);
    const u64 chunk = chunk_bytes(device_, out.size());
    std::vector<Claim> claims;
    for (u64 at = range.begin; at < range.end; at += chunk)
        claims.emplace_back(*this, *staging_.claim(Direction::download, std::min(chunk, range.end - at),
                                                   Staging::Patience::crowd, deadline, "read"));
    {
        std::unique_lock lock(device_.mutex);
        const BufferAccess whole = transfer_access(device_, from, offset, out.size(), false);
        device_.range_locks.wait(lock, {&whole, 1}, deadline, "read");
        check_trusted(device_, from, "read");
        Timeline& on = timeline_for(Direction::download, out.size(), timeline);
        // A copy succeeds even if the work that wrote what it copies failed.
        writers.clear();
        host_waits(device_, from.uses, access, writers);
        for (const Conflicts::Wait& point : writers.waits) {
            read->add_step();
            device_.on_passed(*device_.timelines[point.timeline], point.sequence,
                              [read](const backend::Status& status) { read->end_step(status); });
        }
        Span span{range.begin, 0, offset, out.size()};
        for (Claim& claim : claims) {
            span.end = std::min(span.begin + chunk, range.end);
            Piece piece = send_piece(on, from, span.begin, span.end, std::move(claim));
            StagingBlock& block = piece.claim.keep();
            read->add_step();
            device_.on_passed(on, piece.sequence, [this, read, &block, span](const backend::Status& status) {
                take_passed(read, block, span, status);
            });
            span.begin = span.end;
        }
    }
    read->end_step({});
    return future;
}

// Transfers ----------------------------------------------------------------------------------------

BufferAccess transfer_access(const DeviceRecord& device, BufferRecord& record, u64 offset_bytes, u64 size_bytes,
                             bool writes) {
    const AlignedRange range = align_range(offset_bytes, size_bytes, device.capabilities.limits.copy_alignment_bytes);
    return {&record, {range.begin, range.end, writes}};
}

Transfers::Transfers(DeviceRecord& device) : rings_(std::make_unique<Rings>(device)) {}
Transfers::~Transfers() = default;

void Transfers::upload(Timeline& timeline, BufferRecord& to, u64 offset_bytes, std::span<const std::byte> bytes,
                       std::chrono::nanoseconds limit) {
    rings_->upload(timeline, to, offset_bytes, bytes, Deadline(limit));
}

void Transfers::download(Timeline& timeline, BufferRecord& from, u64 offset_bytes, std::span<std::byte> out,
                         std::chrono::nanoseconds limit) {
    rings_->download(timeline, from, offset_bytes, out, Deadline(limit));
}

Future<void> Transfers::download_async(Timeline& timeline, BufferRecord& from, u64 offset_bytes,
                                       std::span<std::byte> out) {
    return rings_->download_async(timeline, from, offset_bytes, out);
}

u64 Transfers::staging_bytes() const noexcept { return rings_->staging().size_bytes(); }

void Transfers::reserve() noexcept { rings_->reserve(); }

u64 Transfers::trim(bool all) { return rings_->trim(all); }

void Transfers::forget() noexcept { rings_->staging().forget(); }

}  // namespace alkomp::detail
