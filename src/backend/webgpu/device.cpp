// SPDX-License-Identifier: MIT OR Apache-2.0
// Opens and closes WebGPU devices, and forwards the seam to their parts.
#include "backend/webgpu/device.h"

#include "backend/webgpu/answer.h"

#include <array>
#include <chrono>
#include <mutex>

namespace alkomp::backend::webgpu {
namespace {

/// Everything behind one WGPUDevice.
struct OpenDevice {
    Core core;
    Memory memory{core};
    Pipelines pipelines{core};
    Queue queue{core, memory, pipelines};
    native::WebGpuDevice native;

    ~OpenDevice() {
        if (core.device == nullptr) return;
        const auto inside = core.enter();
        queue.destroy();
        pipelines.destroy();
        memory.destroy();
        if (core.queue != nullptr) core.wgpu().QueueRelease(core.queue);
        core.wgpu().DeviceRelease(core.device);
    }
};

/// Devices whose owners are gone while work was in flight. Destroying them would wait for that work,
/// perhaps for ever, so they stay until it is done, or until the process ends. Never destroyed itself:
/// at exit the drivers may be gone already.
struct LeftBehind {
    std::mutex mutex;
    std::vector<std::unique_ptr<OpenDevice>> devices;

    static LeftBehind& instance() {
        static LeftBehind* const all = new LeftBehind;
        return *all;
    }
};

void take_loss(WGPUDevice const*, WGPUDeviceLostReason, WGPUStringView text, void* core, void*) {
    static_cast<Core*>(core)->lose("the library says that the device is lost: " + text_of(text));
}
void take_error(WGPUDevice const*, WGPUErrorType, WGPUStringView text, void* core, void*) {
    static_cast<Core*>(core)->add_stray(Status::failure(ErrorCode::internal, text_of(text)));
}

constexpr std::chrono::seconds kPatience(10);

/// Devices that a library never answered for. Its callbacks would still find them.
std::vector<std::unique_ptr<OpenDevice>>& left_alone() {
    static auto* const all = new std::vector<std::unique_ptr<OpenDevice>>;
    return *all;
}

struct Opened {
    WGPUDevice device = nullptr;
    std::string text;
};
void take_device(WGPURequestDeviceStatus status, WGPUDevice device, WGPUStringView text, void* to, void*) {
    Answer<Opened>::give(to, {status == WGPURequestDeviceStatus_Success ? device : nullptr, text_of(text)});
}

void request_device(Core& core, bool robust, Answer<Opened>& answer) {
    const AdapterRecord& adapter = *core.adapter;
    const std::vector<WGPUFeatureName> features = wanted_features(adapter);
    const std::unique_ptr<DeviceChain> chain = core.shim().extend(robust);
    WGPULimits limits = adapter.limits;
    limits.nextInChain = nullptr;
    WGPUDeviceDescriptor descriptor{};
    descriptor.nextInChain = chain->first;
    descriptor.requiredFeatureCount = features.size();
    descriptor.requiredFeatures = features.data();
    descriptor.requiredLimits = &limits;
    descriptor.deviceLostCallbackInfo = {nullptr, WGPUCallbackMode_AllowSpontaneous, take_loss, &core, nullptr};
    descriptor.uncapturedErrorCallbackInfo = {nullptr, take_error, &core, nullptr};
    core.wgpu().AdapterRequestDevice(
        adapter.handle, &descriptor,
        {nullptr, WGPUCallbackMode_AllowSpontaneous, take_device, answer.receiver(), nullptr});
}

/// wgpu-native leaves out what it does not give, without a word.
Status check_features(const Core& core) {
    for (const WGPUFeatureName feature : wanted_features(*core.adapter)) {
        if (core.wgpu().DeviceHasFeature(core.device, feature)) continue;
        return Status::failure(ErrorCode::unsupported, "wgpuAdapterRequestDevice: the adapter offers feature " +
                                                           std::to_string(feature) + " and its device lacks it");
    }
    return {};
}

// One invocation tells how many there are in its subgroup.
constexpr std::string_view kSubgroupSize = R"(@group(0) @binding(0) var<storage, read_write> size: array<u32, 4>;
@compute @workgroup_size(128)
fn main(@builtin(subgroup_size) n: u32, @builtin(local_invocation_index) i: u32) { if (i == 0u) { size[0] = n; } })";

/// For libraries that do not tell.
Status measure_subgroups(OpenDevice& device) {
    Interface interface;
    interface.entry = "main";
    interface.bindings.resize(1);
    KernelCode code;
    code.code = kSubgroupSize;
    code.label = "subgroup size";
    KernelId kernel = KernelId::none;
    BufferId written = BufferId::none, read = BufferId::none;
    Status status = device.pipelines.compile(code, interface, kernel).status;
    if (status.ok()) status = device.memory.allocate({MemoryKind::device, 16, nullptr}, written);
    if (status.ok()) status = device.memory.allocate({MemoryKind::download, 16, nullptr}, read);
    if (!status.ok()) return status;
    const BoundRange range{written, 0, 16};
    const std::array<Command, 2> commands{
        {{Dispatch{kernel, {1, 1, 1}, {&range, 1}, {}}, true}, {Copy{written, read, 0, 0, 16}, true}}};
    Submission submission;
    submission.commands = commands;
    Pending pending = device.queue.submit(submission);
    if (pending.ticket == 0) return pending.status;
    std::vector<Completion> done;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (done.empty() && std::chrono::steady_clock::now() < until) device.queue.poll(done, 10'000'000);
    if (done.empty() || done.front().status.failed)
        return done.empty() ? Status::failure(ErrorCode::internal, "the size of subgroups: the device does not answer")
                            : std::move(done.front().status);
    done.clear();
    void* mapped = nullptr;
    pending = device.memory.map(read, 0, 16, mapped);
    while (pending.ticket != 0 && done.empty() && std::chrono::steady_clock::now() < until)
        device.queue.poll(done, 10'000'000);
    if (!done.empty()) {
        mapped = done.front().mapped;
        pending.status = std::move(done.front().status);
    }
    if (!pending.status.ok()) return pending.status;
    if (mapped == nullptr)
        return Status::failure(ErrorCode::internal, "the size of subgroups: the device does not answer");
    Limits& limits = device.core.capabilities.limits;
    limits.subgroup_size = limits.min_subgroup_size = limits.max_subgroup_size = *static_cast<const u32*>(mapped);
    device.memory.free(read);
    device.memory.free(written);
    device.pipelines.release(kernel);
    return {};
}

Status start(OpenDevice& device, const OpenOptions& options) {
    Core& core = device.core;
    const Traits& traits = core.shim().traits();
    if (Status status = check_features(core); !status.ok()) return status;
    core.queue = core.wgpu().DeviceGetQueue(core.device);
    core.synchronises = traits.synchronises || core.adapter->has(traits.features.synchronises);
    core.capabilities = capabilities_of(*core.adapter, options.robust);
    Properties& p = core.properties;
    p.queues_compute = {true};
    p.accepts_wgsl = true;
    p.clamps_shared = options.robust;
    p.map_alignment_bytes = 8;
    p.persistent_map = p.reads_at_submit = traits.answers_later;
    p.binding_size_multiple_bytes = 4;
    device.queue.start();
    device.native = {core.adapter->instance->handle, core.adapter->handle, core.device, core.queue,
                     core.adapter->instance->library->path};
    const bool measures = core.capabilities.wgsl.subgroups && core.adapter->subgroup_min == 0;
    if (measures && !traits.answers_later) return measure_subgroups(device);
    return {};
}

class WebGpuDevice final : public backend::Device {
public:
    explicit WebGpuDevice(std::unique_ptr<OpenDevice> device) : device_(std::move(device)), core_(device_->core) {}

    ~WebGpuDevice() override {
        if (device_->queue.idle()) return;
        LeftBehind& left = LeftBehind::instance();
        const std::lock_guard lock(left.mutex);
        left.devices.push_back(std::move(device_));
    }

    const Capabilities& capabilities() const noexcept override { return core_.capabilities; }
    const Properties& properties() const noexcept override { return core_.properties; }

    Pending allocate(const Allocation& allocation, BufferId& out) override {
        const auto inside = core_.enter();
        if (core_.lost()) return {0, core_.loss()};
        return {0, device_->memory.allocate(allocation, out)};
    }
    // After a loss the device may still be at work on what is given back: it all goes with the device.
    void free(BufferId buffer) override {
        const auto inside = core_.enter();
        if (!core_.lost()) device_->memory.free(buffer);
    }
    Pending map(BufferId buffer, u64 offset_bytes, u64 size_bytes, MapMode, void*& out) override {
        const auto inside = core_.enter();
        if (core_.lost()) return {0, core_.loss()};
        return device_->memory.map(buffer, offset_bytes, size_bytes, out);
    }
    void unmap(BufferId buffer) override {
        const auto inside = core_.enter();
        if (!core_.lost()) device_->memory.unmap(buffer);
    }

    Pending compile(const KernelCode& code, const Interface& interface, KernelId& out,
                    std::vector<std::byte>&) override {
        const auto inside = core_.enter();
        if (core_.lost()) return {0, core_.loss()};
        return device_->pipelines.compile(code, interface, out);
    }
    void release(KernelId kernel) override {
        const auto inside = core_.enter();
        if (!core_.lost()) device_->pipelines.release(kernel);
    }
    Status record(u32, std::span<const Command> commands, RecordedId& out) override {
        return device_->queue.record(commands, out);
    }
    void release(RecordedId recorded) override { device_->queue.release(recorded); }
    Pending submit(const Submission& submission) override {
        const auto inside = core_.enter();
        return device_->queue.submit(submission);
    }
    void poll(std::vector<Completion>& out, u64 limit_ns) override { device_->queue.poll(out, limit_ns); }
    ClockPair clock() override { return device_->queue.clock(); }

    const void* native() const noexcept override { return &device_->native; }
    const void* native(BufferId buffer) const noexcept override {
        return buffer == BufferId::none ? nullptr : &from_id(buffer).native;
    }

private:
    std::unique_ptr<OpenDevice> device_;
    Core& core_;
};

}  // namespace

struct Opening::State {
    OpenOptions options;
    std::unique_ptr<OpenDevice> device = std::make_unique<OpenDevice>();
    Answer<Opened> answer;
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::now() + kPatience;
};

Opening::Opening(std::shared_ptr<const AdapterRecord> adapter, const OpenOptions& options)
    : state_(std::make_unique<State>()) {
    sweep_left_behind();
    state_->options = options;
    state_->device->core.adapter = std::move(adapter);
    request_device(state_->device->core, options.robust, state_->answer);
}

Opening::~Opening() = default;

bool Opening::step(Status& status, std::unique_ptr<backend::Device>& out) {
    Core& core = state_->device->core;
    if (!state_->answer.there()) core.wgpu().InstanceProcessEvents(core.adapter->instance->handle);
    if (!state_->answer.there()) {
        if (std::chrono::steady_clock::now() < state_->until) return false;
        // It may still answer, and then calls back: that has its own state, and the device's.
        left_alone().push_back(std::move(state_->device));
        status = Status::failure(ErrorCode::internal, "wgpuAdapterRequestDevice: the library does not answer");
        return true;
    }
    const Opened& opened = state_->answer.value();
    core.device = opened.device;
    status = opened.device != nullptr
                 ? start(*state_->device, state_->options)
                 : Status::failure(ErrorCode::unsupported, "wgpuAdapterRequestDevice: " + opened.text);
    if (status.ok()) out = std::make_unique<WebGpuDevice>(std::move(state_->device));
    return true;
}

void sweep_left_behind() {
    LeftBehind& left = LeftBehind::instance();
    std::vector<std::unique_ptr<OpenDevice>> finished;
    const std::lock_guard lock(left.mutex);
    for (auto& device : left.devices) {
        if (device->queue.idle()) finished.push_back(std::move(device));
    }
    std::erase(left.devices, nullptr);
}

}  // namespace alkomp::backend::webgpu
