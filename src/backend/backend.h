// SPDX-License-Identifier: MIT OR Apache-2.0
// The seam: all that alkomp asks of a backend, as plain data.
//
// Rules that hold for every function below.
// - Nothing throws and nothing blocks (`poll` alone may sleep, and only as long as it is told to).
// - What can wait returns `Pending`. Ticket 0: it is finished, with `status`. Else `poll` reports the ticket exactly once;
//   until then the handle that came with it may already be used in later commands, whose own tickets fail when it does.
// - The caller has checked everything that can be checked from `Capabilities` and the interface; a backend may assert it and
//   never checks it again. Errors are only what the caller cannot foresee: out_of_memory, device_lost, compile_failed (from
//   the driver), unsupported (found by the driver alone), internal.
// - The front serialises all calls on one `Device`, except that one thread may be inside `poll`, `lost` or `clock` while
//   another is in any other function. Different devices are independent.
// - Handles belong to the device that made them; a backend counts no references. The caller frees a handle only when every
//   ticket that uses it has been reported, or after `device_lost`.
// - After any function reported device_lost, all others still return (with device_lost), all open tickets are reported, and
//   destroying the device neither blocks nor crashes.
#pragma once

#include "alkomp/capabilities.h"
#include "alkomp/check.h"
#include "alkomp/error.h"
#include "alkomp/profile.h"
#include "backend/interface.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alkomp::ir {
struct Module;
}

namespace alkomp::backend {

/// Outcome of a function below the seam. A default-constructed status is success.
struct [[nodiscard]] Status {
    bool failed = false;
    ErrorCode code = ErrorCode::internal;  ///< meaningful when failed
    std::string text;                      ///< a sentence with the driver's own words and code

    [[nodiscard]] bool ok() const noexcept { return !failed; }
    static Status failure(ErrorCode code, std::string text) { return {true, code, std::move(text)}; }
};

using Ticket = u64;

struct [[nodiscard]] Pending {
    Ticket ticket = 0;
    Status status;  ///< meaningful when ticket is 0
};

enum class BufferId : u64 { none = 0 };
enum class KernelId : u64 { none = 0 };
enum class RecordedId : u64 { none = 0 };

// Adapters -----------------------------------------------------------------------------------------

struct Adapter {
    u32 index = 0;  ///< what `open` takes; stable while the process lives
    std::string name;
    std::string vendor;
    DeviceKind kind = DeviceKind::other;
    std::string driver;    ///< name and version, part of cache keys
    std::string identity;  ///< driver and device identifiers that a compiled kernel depends on
    u64 memory_bytes = 0;
    Capabilities capabilities;
};

/// One place that was looked at for a driver, for `alkomp doctor`.
struct Finding {
    enum class Kind : u8 { library, manifest, layer, device, note };
    Kind kind = Kind::note;
    std::string what;  ///< path or name
    bool usable = false;
    std::string detail;  ///< what was found, or why it was refused
};

struct OpenOptions {
    bool robust = true;           ///< enable what keeps accesses inside buffers; kernels may still opt out
    u64 submission_limit_ns = 0;  ///< where Properties::stops: work that runs longer is stopped, and its ticket reports
                                  ///< timed_out with the kernel's label; 0: no limit
    std::optional<CheckOptions> check{};  ///< where Properties::checks may be had: see there
};

// Memory -------------------------------------------------------------------------------------------

enum class MemoryKind : u8 {
    device,    ///< the device's own; `map` works where `Properties::device_mappable`
    upload,    ///< host memory that the device reads, written in order by the CPU
    download,  ///< cached host memory that the device writes
};

struct Allocation {
    MemoryKind kind = MemoryKind::device;
    u64 size_bytes = 0;           ///< > 0, a multiple of 16, <= Limits::max_buffer_bytes
    void* import_host = nullptr;  ///< take this host memory instead (Features::host_memory_import):
                                  ///< aligned to Properties::import_alignment_bytes, outlives the buffer
};

/// What the front needs to know of a device beyond its public capabilities.
struct Properties {
    std::vector<bool> queues_compute;  ///< per queue: true runs everything, false copies only
    bool persistent_map = false;       ///< a mapped buffer may be used by the device, and `unmap` is free
    bool device_mappable = false;      ///< MemoryKind::device can be mapped
    bool device_cached = false;        ///< ... and reading it from the CPU is as fast as ordinary memory
    bool host_is_device = false;       ///< device memory is the CPU's own: a transfer is a memcpy
    bool reads_at_submit = false;  ///< what a submission copies from upload memory has been read once `submit` returns
    bool replay = false;           ///< a recorded list is resubmitted, not encoded again
    bool copy_within_buffer = false;  ///< a Copy may stay inside one buffer, in ranges that do not overlap
    bool accepts_spirv = false, accepts_wgsl = false, accepts_opencl = false, accepts_ir = false;
    bool stops = false;             ///< `stop` does, the destructor too, and OpenOptions has a limit
    bool checks_addresses = false;  ///< raw addresses outside buffers read zero and write nothing
    bool clamps_shared = false;  ///< indices into shared and local arrays are clamped, whatever the kernel is made of
    /// Opened with OpenOptions::check, and able to. Kernels must then be IR that no pass has changed, with their lines, so
    /// that what is wrong is still there; memory that a buffer gives back must not be given to another.
    bool checks = false;
    u64 map_alignment_bytes = 1;  ///< of offsets and sizes in `map`
    u64 import_alignment_bytes = 0, binding_size_multiple_bytes = 1;
};

enum class MapMode : u8 { read, write };

// Kernels ------------------------------------------------------------------------------------------

struct SpecializationValue {
    u32 id = 0;
    u32 size_bytes = 4;  ///< 4 for bool
    u64 bits = 0;
};

/// A kernel in one of the forms that `Properties` says the device accepts. All spans are read during the call only. In WGSL each binding stands at its set and number, which are below Limits::max_sets; the scalars, if
/// there are any, are immediates up to WgslSupport::immediate_bytes, else a uniform of group 0, numbered behind
/// the last binding of `Interface::bindings`.
struct KernelCode {
    std::variant<std::span<const u32>, std::string_view, const ir::Module*> code;  ///< SPIR-V, text, IR
    std::span<const SpecializationValue> constants;
    bool robust = true;
    u32 subgroup_size = 0;      ///< 0: the driver's choice
    bool has_messages = false;  ///< the last binding takes messages: nobody's accesses there are checked
    std::string_view label;
    std::span<const std::byte> cached;  ///< what an earlier `compile` of equal code gave as `cache`; may be
                                        ///< stale or damaged: then it is ignored
};

// Commands -----------------------------------------------------------------------------------------

/// Part of a buffer as a kernel sees it.
struct BoundRange {
    BufferId buffer = BufferId::none;
    u64 offset_bytes = 0;
    u64 size_bytes = 0;  ///< > 0, a multiple of Properties::binding_size_multiple_bytes
};

/// Offsets and size are multiples of Limits::copy_alignment_bytes, unless both buffers are of kind device and not the same.
struct Copy {
    BufferId from = BufferId::none, to = BufferId::none;
    u64 from_offset_bytes = 0, to_offset_bytes = 0, size_bytes = 0;
};
struct Fill {
    BufferId buffer = BufferId::none;
    u64 offset_bytes = 0, size_bytes = 0;  ///< multiples of 4
    u32 pattern = 0, mask = ~u32{0};       ///< the mask's bits are written; all where copy_alignment_bytes is 1
};
/// Bindings stand in the order of `Interface::bindings`; scalars are the whole push constant block.
struct Dispatch {
    KernelId kernel = KernelId::none;
    std::array<u32, 3> groups{};  ///< none is 0
    std::span<const BoundRange> bindings;
    std::span<const std::byte> scalars;
};
struct DispatchIndirect {
    KernelId kernel = KernelId::none;
    BufferId counts = BufferId::none;  ///< three u32 at counts_offset_bytes, a multiple of 4
    u64 counts_offset_bytes = 0;
    std::span<const BoundRange> bindings;
    std::span<const std::byte> scalars;
};
/// Writes the device's clock to the next place of `Completion::timestamps_ns`, once all commands
/// before it are done.
struct Timestamp {};

struct Command {
    std::variant<Copy, Fill, Dispatch, DispatchIndirect, Timestamp> what;
    bool barrier = false;  ///< all commands before it on this queue must be done and visible first
};

/// Work for one queue. Runs after everything submitted to the queue before it has started; commands without `barrier` may
/// overlap what precedes them, also across submissions whose tickets have not been reported; what has been reported is done
/// and visible to later submissions to the same queue.
struct Submission {
    u32 queue = 0;
    std::span<const Command> commands;       ///< read during the call only
    RecordedId recorded = RecordedId::none;  ///< then this, behind a barrier of its own
    std::span<const Ticket> waits;           ///< earlier submissions, of any queue, to wait for on the device
    bool read_by_host = false;               ///< results in mapped memory must be visible once done
};

// Completions --------------------------------------------------------------------------------------

class Device;

struct Completion {
    Ticket ticket = 0;
    Status status;
    std::vector<Adapter> adapters;   ///< of `Backend::adapters`
    std::unique_ptr<Device> device;  ///< of `Backend::open`
    void* mapped = nullptr;          ///< of `map`
    std::vector<std::byte> cache;    ///< of `compile`: new or changed pipeline data, else empty
    std::vector<u64> timestamps_ns;  ///< of `submit`, on the clock of `Device::clock`
    std::vector<Fault> faults;       ///< of `submit`, where Properties::checks; without the text of source lines
    std::vector<TraceStep> trace;    ///< of `submit`, likewise
    /// Of each of `faults` and of each of `trace`: whose source the places are in. Without them a fault's label and the
    /// file say it, where only one text can be meant.
    std::vector<KernelId> fault_kernels, trace_kernels;
};

// The two classes ----------------------------------------------------------------------------------

/// One API with all its adapters. Made by its `load.cpp`; opens its library at run time.
class Backend {
public:
    virtual ~Backend() = default;
    /// "vulkan"
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// Lists the adapters anew. No library or no driver: an empty list, not an error.
    virtual Ticket adapters() = 0;
    /// Opens an adapter of the last list.
    /// Codes: unsupported (the adapter lacks what alkomp needs, named), out_of_memory, device_lost, internal.
    virtual Ticket open(u32 adapter, const OpenOptions& options) = 0;
    /// Appends what has completed; may sleep up to `limit_ns` for the first.
    virtual void poll(std::vector<Completion>& out, u64 limit_ns) = 0;
    /// Where libraries and drivers were looked for, what was found, what was refused and why.
    virtual std::vector<Finding> diagnose() = 0;

    /// False where nothing completes before the caller has returned to the event loop, as in a page.
    [[nodiscard]] virtual bool waits() const noexcept { return true; }
    /// Where nobody waits: called from the event loop when `poll`, here or of a device, may have something to report.
    virtual void on_event(std::function<void()> wake) { static_cast<void>(wake); }
};

class Device {
public:
    /// Never blocks: what is still in flight is left behind (the front waits first when it can).
    virtual ~Device() = default;

    [[nodiscard]] virtual const Capabilities& capabilities() const noexcept = 0;
    [[nodiscard]] virtual const Properties& properties() const noexcept = 0;

    /// Makes a buffer; contents unspecified. Codes: out_of_memory, device_lost.
    virtual Pending allocate(const Allocation& allocation, BufferId& out) = 0;
    virtual void free(BufferId buffer) = 0;
    /// Makes [offset, offset + size) readable or writable by the CPU. `out` is set when the ticket is 0,
    /// else `Completion::mapped` is. Duties: kind upload or download, or device where mappable; not
    /// mapped twice; no submitted work that uses it is open unless `persistent_map`; map_alignment_bytes.
    virtual Pending map(BufferId buffer, u64 offset_bytes, u64 size_bytes, MapMode mode, void*& out) = 0;
    /// Ends `map`. Duty: before the buffer is used by a submission, unless `persistent_map`.
    virtual void unmap(BufferId buffer) = 0;

    /// Codes: compile_failed, unsupported, out_of_memory, device_lost.
    /// `cache` is set when the ticket is 0 and there is new pipeline data, else `Completion::cache` is.
    virtual Pending compile(const KernelCode& code, const Interface& interface, KernelId& out,
                            std::vector<std::byte>& cache) = 0;
    virtual void release(KernelId kernel) = 0;

    /// Keeps a list of commands (without timestamps) for `Submission::recorded`. Codes: out_of_memory, device_lost.
    virtual Status record(u32 queue, std::span<const Command> commands, RecordedId& out) = 0;
    virtual void release(RecordedId recorded) = 0;

    /// Hands work to the device; the ticket is never 0 on success and completes when the work is done.
    /// Tickets of one queue complete in order. Codes: out_of_memory, device_lost; on failure nothing ran.
    virtual Pending submit(const Submission& submission) = 0;

    /// Ends what is in flight as soon as that can be, and runs nothing any more; for devices that can. From any thread.
    virtual void stop() noexcept {}

    /// How far the dispatch is that runs now; for devices that can tell. From any thread.
    [[nodiscard]] virtual std::optional<DispatchProgress> progress() { return {}; }
    /// Appends what has completed; may sleep up to `limit_ns` for the first when there is none.
    virtual void poll(std::vector<Completion>& out, u64 limit_ns) = 0;

    /// A pair of readings taken together: host steady clock and the clock of timestamps, in ns.
    struct ClockPair {
        u64 host_ns = 0, device_ns = 0;
    };
    [[nodiscard]] virtual ClockPair clock() = 0;

    /// The API's own objects; `native/<backend>.h` knows the struct behind it. Null when there is none.
    [[nodiscard]] virtual const void* native() const noexcept = 0;
    /// The same for one buffer.
    [[nodiscard]] virtual const void* native(BufferId buffer) const noexcept = 0;
};

}  // namespace alkomp::backend
