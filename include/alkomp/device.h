// SPDX-License-Identifier: MIT OR Apache-2.0
// Devices: what there is, what each can do, and the handle through which everything is reached.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/capabilities.h"
#include "alkomp/check.h"
#include "alkomp/error.h"
#include "alkomp/future.h"
#include "alkomp/graph.h"
#include "alkomp/kernel.h"
#include "alkomp/message.h"
#include "alkomp/profile.h"
#include "alkomp/stream.h"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp {

/// One device of one backend, as `query()` lists it.
struct DeviceInfo {
    u32 index = 0;       ///< its place in `query()`; what `Device(index)` takes
    std::string name;    ///< as the driver tells it
    std::string vendor;  ///< "NVIDIA", "Mesa", "Google", ... or the hexadecimal id
    DeviceKind kind = DeviceKind::other;
    std::string backend;    ///< "vulkan"
    u32 backend_index = 0;  ///< its place within the backend: "vulkan:1" selects it
    std::string driver;     ///< driver name and version
    u64 memory_bytes = 0;   ///< of its largest device-local heap
    Capabilities capabilities;
};

/// Lists every device of every backend, in an order that installing another backend does not change.
/// Throws: internal, when a driver fails in a way that hides its devices.
[[nodiscard]] std::vector<DeviceInfo> query();

/// How `Device` picks and opens.
struct DeviceOptions {
    bool robust = true;        ///< keep every kernel's accesses inside its own buffers
    bool profile = false;      ///< record GPU timestamps from the start
    PrintCallback on_print{};  ///< takes the lines that kernels print; empty: they go to stderr
    /// The longest that work submitted together may run; then it is stopped and fails with timed_out, and the device goes
    /// on. 0: any time. Only the reference device can: opening another one throws unsupported.
    std::chrono::nanoseconds time_limit{0};
    /// Find what is wrong with kernels, and say where. Only the reference device can: opening another one throws
    /// unsupported. Kernels are then compiled without any optimisation, and run slower. See docs/checking.md.
    std::optional<CheckOptions> check{};
    FaultCallback on_fault{};  ///< takes what `check` finds; empty: the reports go to stderr
    TraceCallback on_trace{};  ///< takes the steps of CheckOptions::trace; empty: they go to stdout
};

/// What stays true of memory when a kernel is wrong. See docs/errors.md.
struct Guarantees {
    bool buffers_isolated = false;    ///< an index outside a binding never touches another `Buffer`
    bool reads_outside_zero = false;  ///< such a read gives 0 (else: any value of that buffer, or 0)
    bool views_isolated = false;      ///< ... never touches another view of the same buffer
    bool addresses_checked = false;   ///< buffer references are checked
    bool shared_checked = false;      ///< indices into shared and private arrays are checked
};

/// Counters of the device's memory, in bytes.
struct MemoryStatistics {
    u64 in_use_bytes = 0;   ///< held by live buffers
    u64 cached_bytes = 0;   ///< freed by buffers, kept for reuse; `trim` gives it back
    u64 peak_bytes = 0;     ///< the largest in use so far
    u64 staging_bytes = 0;  ///< host memory of the transfer rings
    u64 allocations = 0;    ///< requests so far
    u64 cache_hits = 0;     ///< of these, answered without the driver
};

/// A GPU, or a CPU that acts as one. A cheap handle: copies share the device, and buffers, kernels
/// and streams keep it alive. Any thread may use it.
class Device {
public:
    /// The best device here: discrete, integrated, OpenCL CPU, Vulkan CPU, reference.
    /// The environment variable ALKOMP_DEVICE names another, as `Device(name)` does.
    /// Throws: unsupported, with what was looked for, when there is none.
    Device();
    /// The device at this place of `query()`.
    explicit Device(u32 index, DeviceOptions options = {});
    /// By backend and place ("vulkan:0"), by backend ("vulkan"), by a part of its name, or both
    /// ("vulkan:llvmpipe"); case does not matter, the first match is taken.
    /// Throws: invalid_argument, listing the devices that exist.
    explicit Device(std::string_view name, DeviceOptions options = {});
    Device(const char* name, DeviceOptions options = {}) : Device(std::string_view(name), options) {}

    /// Opens without blocking: all that a page in a browser may do.
    [[nodiscard]] static Future<Device> open_async(std::string_view name = "", DeviceOptions options = {});

    [[nodiscard]] const DeviceInfo& info() const;
    [[nodiscard]] const Capabilities& capabilities() const;
    [[nodiscard]] Guarantees guarantees() const;

    // Memory ---------------------------------------------------------------------------------
    /// A buffer of `count` elements with unspecified contents. Count 0 is legal.
    /// Throws: out_of_memory, invalid_argument (above the device's largest buffer).
    template <class T>
    [[nodiscard]] Buffer<T> empty(u64 count);
    template <class T>
    [[nodiscard]] Buffer<T> zeros(u64 count);
    /// Copies host memory into a new buffer; returns once the host memory has been read.
    template <class T>
    [[nodiscard]] Buffer<T> to_device(std::span<const T> values);
    template <class T>
    [[nodiscard]] Buffer<T> to_device(const std::vector<T>& values);
    template <class T>
    [[nodiscard]] Buffer<T> to_device(std::initializer_list<T> values);
    /// The same for an element type known only at run time (`count * type.size_bytes` bytes).
    [[nodiscard]] AnyBuffer empty(const DType& type, u64 count);

    /// Copies a buffer or view back; waits for the work that writes it, at most `timeout`.
    /// Throws: timed_out, device_lost, and the failure of that work.
    template <class T>
    [[nodiscard]] std::vector<T> get(const BufferView<T>& view, Timeout timeout = {});
    /// The same into memory of the caller, of exactly the view's size: the fastest way.
    template <class T>
    void get(const BufferView<T>& view, std::span<T> out, Timeout timeout = {});
    template <class T>
    [[nodiscard]] Future<std::vector<T>> get_async(const BufferView<T>& view);

    [[nodiscard]] MemoryStatistics memory() const;
    /// Gives cached memory back to the driver; returns the bytes freed.
    u64 trim();

    // Kernels --------------------------------------------------------------------------------
    /// Compiles for this device. See `KernelOptions` for constants, macros and robustness.
    /// Throws: compile_failed (file, line, source line and a caret), unsupported (the feature named),
    /// invalid_argument (unknown entry point or constant).
    [[nodiscard]] Kernel compile(const Source& source, const KernelOptions& options = {});
    [[nodiscard]] Kernel compile(const Shader& shader, const KernelOptions& options = {});
    /// A kernel written in C++; a call compiles it too.
    [[nodiscard]] Kernel compile(const RecordedKernel& kernel);
    [[nodiscard]] Future<Kernel> compile_async(const Source& source, const KernelOptions& options = {});

    // Work -----------------------------------------------------------------------------------
    /// The default stream; any thread may use it, each call is atomic. One that meets another thread's
    /// transfer waits until that is recorded, at most 60 s unless it has a timeout; then it throws timed_out.
    [[nodiscard]] Stream stream() const;
    /// A stream of its own, to be used by one thread at a time.
    [[nodiscard]] Stream create_stream();
    /// An empty graph; record into it, then replay it.
    [[nodiscard]] Graph create_graph();

    /// Records a call on the default stream: `call(kernel, groups(x, y, z), buffers..., scalars...)`.
    /// Buffers go to bindings in order of (set, binding), scalars to push constants in order of
    /// offset, each also by name: `arg("alpha", 2.0f)`. Without `groups`, all buffers that are
    /// written or read per element have one count and that many invocations run.
    template <class... Args>
    void call(const Kernel& kernel, Args&&... args);
    /// The same with a kernel written in C++, which the first call compiles. Invocations beyond the elements do nothing.
    template <class... Args>
    void call(const RecordedKernel& kernel, Args&&... args);

    /// Fills a view with one value; copies one view to another of the same size.
    template <class T>
    void fill(const BufferView<T>& view, std::type_identity_t<T> value);
    template <class T>
    void copy(const BufferView<T>& from, const BufferView<T>& to);
    /// Copies host memory into an existing buffer or view of exactly that size, in stream order;
    /// returns once the host memory has been read.
    template <class T>
    void write(const BufferView<T>& view, std::span<const std::type_identity_t<T>> values);

    /// Waits for all that was recorded on every stream. Throws: timed_out, device_lost.
    void wait(Timeout timeout = {});
    /// Takes in what has completed and resumes continuations; never blocks.
    void poll();

    /// How far the call is that runs now, for someone who waits for a long one. Empty: none runs, or the device cannot
    /// tell; the reference device can.
    [[nodiscard]] std::optional<DispatchProgress> progress() const;

    /// Marks the device lost, wakes every waiter with device_lost, and leaves the driver's objects
    /// behind, since a driver may never return from destroying a device with an endless kernel.
    void abandon();
    [[nodiscard]] bool lost() const noexcept;

    // Checking -------------------------------------------------------------------------------
    /// What `DeviceOptions::check` has found in work that has been waited for: at most CheckOptions::per_place faults of a
    /// kind at a place, and one that counts the others. Empty on a device that does not check.
    [[nodiscard]] std::vector<Fault> faults() const;

    // Measuring ------------------------------------------------------------------------------
    /// Starts or stops recording a GPU timestamp around every call.
    void profile(bool on);
    /// The calls recorded so far (those completed), oldest first, placed on the host's clock anew each time.
    [[nodiscard]] Profile profile() const;

    bool operator==(const Device&) const = default;

    /// The shared record; for alkomp's own parts.
    explicit Device(std::shared_ptr<detail::DeviceRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<detail::DeviceRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::DeviceRecord> record_;
};

template <class T>
Buffer<T> Device::empty(u64 count) {
    return Buffer<T>(empty(dtype_of<T>(), count));
}

template <class T>
Buffer<T> Device::zeros(u64 count) {
    Buffer<T> buffer = empty<T>(count);
    stream().fill_bytes(buffer, {});
    return buffer;
}

template <class T>
Buffer<T> Device::to_device(std::span<const T> values) {
    Buffer<T> buffer = empty<T>(values.size());
    stream().write_bytes(buffer, std::as_bytes(values));
    return buffer;
}

template <class T>
Buffer<T> Device::to_device(const std::vector<T>& values) {
    return to_device(std::span<const T>(values));
}

template <class T>
Buffer<T> Device::to_device(std::initializer_list<T> values) {
    return to_device(std::span<const T>(values.begin(), values.size()));
}

template <class T>
std::vector<T> Device::get(const BufferView<T>& view, Timeout timeout) {
    std::vector<T> values;
    values.reserve(view.count());
    detail::use_large_pages(values.data(), view.size_bytes());
    values.resize(view.count());
    stream().read_bytes(view, std::as_writable_bytes(std::span<T>(values)), timeout);
    return values;
}

template <class T>
void Device::get(const BufferView<T>& view, std::span<T> out, Timeout timeout) {
    stream().read_bytes(view, std::as_writable_bytes(out), timeout);
}

template <class T>
Future<std::vector<T>> Device::get_async(const BufferView<T>& view) {
    auto values = std::make_shared<std::vector<T>>(view.count());
    return stream().read_bytes_async(view, std::as_writable_bytes(std::span<T>(*values))).then([values] {
        return std::move(*values);
    });
}

template <class... Args>
void Device::call(const Kernel& kernel, Args&&... args) {
    stream().call(kernel, std::forward<Args>(args)...);
}

template <class... Args>
void Device::call(const RecordedKernel& kernel, Args&&... args) {
    stream().call(kernel, std::forward<Args>(args)...);
}

template <class T>
void Device::fill(const BufferView<T>& view, std::type_identity_t<T> value) {
    stream().fill(view, value);
}

template <class T>
void Device::copy(const BufferView<T>& from, const BufferView<T>& to) {
    stream().copy(from, to);
}

template <class T>
void Device::write(const BufferView<T>& view, std::span<const std::type_identity_t<T>> values) {
    stream().write(view, values);
}

}  // namespace alkomp
