// SPDX-License-Identifier: MIT OR Apache-2.0
// Creates and destroys Vulkan devices, and forwards the seam to their parts.
#include "backend/vulkan/device.h"

#include <algorithm>
#include <mutex>

namespace alkomp::backend::vulkan {

// Core ---------------------------------------------------------------------------------------------

Status Core::loss() const {
    const std::lock_guard lock(loss_mutex_);
    return Status::failure(ErrorCode::device_lost, loss_);
}

Status Core::check(const char* function, VkResult result) {
    Status status = to_status(function, result);
    if (result == VK_ERROR_DEVICE_LOST) {
        const std::lock_guard lock(loss_mutex_);
        if (loss_.empty()) loss_ = status.text;
        lost_.store(true, std::memory_order_release);
    }
    return status;
}

void Core::name_object(VkObjectType type, u64 object, std::string_view label) {
    const std::string text(label);
    VkDebugUtilsObjectNameInfoEXT info{};
    info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT;
    info.objectType = type;
    info.objectHandle = object;
    info.pObjectName = text.c_str();
    (void)adapter->instance->vk.SetDebugUtilsObjectNameEXT(handle, &info);  // a name is only a help
}

namespace {

/// Everything behind one VkDevice.
struct OpenDevice {
    Core core;
    Memory memory{core};
    Pipelines pipelines{core};
    Queues queues{core, memory};
    native::VulkanDevice native;

    ~OpenDevice() {
        if (!core.handle) return;
        // Nothing runs any more, but a thread of lavapipe 25.0.7 still holds what it signalled the last fence
        // with. A failure means that the device is lost: then nothing holds anything.
        if (core.vk.DeviceWaitIdle) (void)core.vk.DeviceWaitIdle(core.handle);
        queues.destroy();
        pipelines.destroy();
        memory.destroy();
        core.vk.DestroyDevice(core.handle, nullptr);
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

/// Extensions without a feature struct, enabled where they are there.
std::vector<const char*> choose_extensions(const AdapterRecord& adapter, FeatureChain& enabled) {
    std::vector<const char*> out;
    enabled.add_extensions(adapter.support, out);
    const auto want = [&](const char* name) {
        if (adapter.support.extension(name)) out.push_back(name);
    };
    want(VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME);
    if (adapter.imports_host_memory) want(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    if (adapter.support.extension("VK_KHR_calibrated_timestamps")) want("VK_KHR_calibrated_timestamps");
    else want(VK_EXT_CALIBRATED_TIMESTAMPS_EXTENSION_NAME);
    want(VK_NV_SHADER_SUBGROUP_PARTITIONED_EXTENSION_NAME);
    if (!adapter.support.core(VK_API_VERSION_1_3)) want(VK_KHR_SHADER_NON_SEMANTIC_INFO_EXTENSION_NAME);
    want(kPortabilitySubset);  // the specification demands it
    return out;
}

Status create_device(Core& core) {
    const AdapterRecord& adapter = *core.adapter;
    const std::vector<const char*> extensions = choose_extensions(adapter, core.enabled);
    std::vector<float> priorities(8, 1.0f);
    std::vector<VkDeviceQueueCreateInfo> queues;
    for (const FamilyUse& family : adapter.families) {
        VkDeviceQueueCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
        info.queueFamilyIndex = family.family;
        info.queueCount = family.count;
        info.pQueuePriorities = priorities.data();
        queues.push_back(info);
        core.families.push_back(family.family);
    }
    VkDeviceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.pNext = &core.enabled.core;
    info.queueCreateInfoCount = static_cast<u32>(queues.size());
    info.pQueueCreateInfos = queues.data();
    info.enabledExtensionCount = static_cast<u32>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();
    const InstanceFunctions& vk = adapter.instance->vk;
    if (VkResult r = vk.CreateDevice(adapter.handle, &info, nullptr, &core.handle); r != VK_SUCCESS) {
        core.handle = VK_NULL_HANDLE;
        return core.check("vkCreateDevice", r);
    }
    if (const char* missing = core.vk.fill(vk.GetDeviceProcAddr, core.handle)) {
        core.vk.DestroyDevice =
            reinterpret_cast<PFN_vkDestroyDevice>(vk.GetDeviceProcAddr(core.handle, "vkDestroyDevice"));
        if (core.vk.DestroyDevice) core.vk.DestroyDevice(core.handle, nullptr);
        core.handle = VK_NULL_HANDLE;
        return Status::failure(ErrorCode::unsupported,
                               std::string("vkGetDeviceProcAddr: the driver has no ") + missing);
    }
    // Layers may hand out functions of extensions that were not enabled.
    const auto has = [&](std::string_view name) {
        return std::find(extensions.begin(), extensions.end(), name) != extensions.end();
    };
    if (!has(VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME)) core.vk.CmdPushDescriptorSetKHR = nullptr;
    if (!has("VK_KHR_calibrated_timestamps") && !has(VK_EXT_CALIBRATED_TIMESTAMPS_EXTENSION_NAME)) {
        core.vk.GetCalibratedTimestampsEXT = nullptr;
    }
    if (!core.enabled.synchronization2.synchronization2 || !core.vk.QueueSubmit2 || !core.vk.CmdPipelineBarrier2) {
        core.vk.QueueSubmit2 = nullptr;
        core.vk.CmdPipelineBarrier2 = nullptr;
    }
    return {};
}

Status start(OpenDevice& device, const OpenOptions& options) {
    Core& core = device.core;
    core.enabled.link(core.adapter->support);
    core.enabled.select(core.adapter->features, options.robust);
    if (Status status = describe_capabilities(*core.adapter, core.enabled, core.capabilities); !status.ok())
        return status;
    if (Status status = create_device(core); !status.ok()) return status;
    core.properties.replay = true;
    core.properties.copy_within_buffer = true;
    core.properties.accepts_spirv = true;
    if (Status status = device.queues.start(); !status.ok()) return status;
    if (Status status = device.memory.start(); !status.ok()) return status;

    const Instance& instance = *core.adapter->instance;
    device.native.instance = instance.handle;
    device.native.physical_device = core.adapter->handle;
    device.native.device = core.handle;
    device.native.api_version = core.adapter->support.version;
    device.native.get_instance_proc_addr = instance.library->vk.GetInstanceProcAddr;
    device.native.get_device_proc_addr = instance.vk.GetDeviceProcAddr;
    u32 index = 0, family = ~0u;
    for (const auto& queue : device.queues.all()) {
        index = queue->family.family == family ? index + 1 : 0;
        family = queue->family.family;
        device.native.queues.push_back({queue->handle, family, index, queue->family.compute});
    }
    return {};
}

class VulkanDevice final : public backend::Device {
public:
    explicit VulkanDevice(std::unique_ptr<OpenDevice> device) : device_(std::move(device)), core_(device_->core) {}

    ~VulkanDevice() override {
        if (device_->queues.idle()) return;
        LeftBehind& left = LeftBehind::instance();
        const std::lock_guard lock(left.mutex);
        left.devices.push_back(std::move(device_));
    }

    const Capabilities& capabilities() const noexcept override { return core_.capabilities; }
    const Properties& properties() const noexcept override { return core_.properties; }

    Pending allocate(const Allocation& allocation, BufferId& out) override {
        if (core_.lost()) return {0, core_.loss()};
        return {0, device_->memory.allocate(allocation, out)};
    }
    // After a loss the device may still be at work on what is given back: it all goes with the device.
    void free(BufferId buffer) override {
        if (!core_.lost()) device_->memory.free(buffer);
    }
    Pending map(BufferId buffer, u64 offset_bytes, u64, MapMode, void*& out) override {
        if (core_.lost()) return {0, core_.loss()};
        return {0, device_->memory.map(buffer, offset_bytes, out)};
    }
    void unmap(BufferId) override {}  // blocks stay mapped, and all mapped memory is coherent

    Pending compile(const KernelCode& code, const Interface& interface, KernelId& out,
                    std::vector<std::byte>& cache) override {
        if (core_.lost()) return {0, core_.loss()};
        return {0, device_->pipelines.compile(code, interface, out, cache)};
    }
    void release(KernelId kernel) override {
        if (!core_.lost()) device_->pipelines.release(kernel);
    }
    Status record(u32 queue, std::span<const Command> commands, RecordedId& out) override {
        return device_->queues.record(queue, commands, out);
    }
    void release(RecordedId recorded) override { device_->queues.release(recorded); }
    Pending submit(const Submission& submission) override { return device_->queues.submit(submission); }
    void poll(std::vector<Completion>& out, u64 limit_ns) override { device_->queues.poll(out, limit_ns); }
    ClockPair clock() override { return device_->queues.clock(); }

    const void* native() const noexcept override { return &device_->native; }
    const void* native(BufferId buffer) const noexcept override {
        return buffer == BufferId::none ? nullptr : &from_id(buffer).native;
    }

private:
    std::unique_ptr<OpenDevice> device_;
    Core& core_;
};

}  // namespace

Status open_device(std::shared_ptr<const AdapterRecord> adapter, const OpenOptions& options,
                   std::unique_ptr<backend::Device>& out) {
    sweep_left_behind();
    auto device = std::make_unique<OpenDevice>();
    device->core.adapter = std::move(adapter);
    if (Status status = start(*device, options); !status.ok()) return status;
    out = std::make_unique<VulkanDevice>(std::move(device));
    return {};
}

void sweep_left_behind() {
    LeftBehind& left = LeftBehind::instance();
    std::vector<std::unique_ptr<OpenDevice>> finished;
    const std::lock_guard lock(left.mutex);
    for (auto& device : left.devices) {
        if (device->queues.idle()) finished.push_back(std::move(device));
    }
    std::erase(left.devices, nullptr);
}

}  // namespace alkomp::backend::vulkan
