// SPDX-License-Identifier: MIT OR Apache-2.0
// Opening a device and making buffers and pipelines, with nothing but Vulkan.
#include "gpu.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace bare {
namespace {

template <class T>
T load(PFN_vkGetInstanceProcAddr get, VkInstance instance, const char* name) {
    const auto function = reinterpret_cast<T>(get(instance, name));
    if (!function) throw std::runtime_error(std::string("the Vulkan loader lacks ") + name + ".");
    return function;
}

bool listed(const std::vector<VkExtensionProperties>& extensions, const char* name) {
    return std::any_of(extensions.begin(), extensions.end(),
                       [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

std::optional<uint32_t> family(std::span<const VkQueueFamilyProperties> families, VkQueueFlags with,
                               VkQueueFlags without) {
    for (uint32_t i = 0; i < families.size(); ++i)
        if ((families[i].queueFlags & with) == with && !(families[i].queueFlags & without)) return i;
    return std::nullopt;
}

}  // namespace

Gpu::Gpu(const Options& options) {
    library_ = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library_) throw std::runtime_error(std::string("there is no Vulkan loader: ") + dlerror() + ".");
    get_instance_ = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library_, "vkGetInstanceProcAddr"));
    if (!get_instance_) throw std::runtime_error("libvulkan.so.1 lacks vkGetInstanceProcAddr.");

    auto application = typed<VkApplicationInfo>(VK_STRUCTURE_TYPE_APPLICATION_INFO);
    application.apiVersion = VK_API_VERSION_1_2;
    auto info = typed<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
    info.pApplicationInfo = &application;
    check(load<PFN_vkCreateInstance>(get_instance_, nullptr, "vkCreateInstance")(&info, nullptr, &instance_),
          "vkCreateInstance");
    destroy_instance_ = load<PFN_vkDestroyInstance>(get_instance_, instance_, "vkDestroyInstance");
    choose(options.device);
    open(options.robust);
}

void Gpu::choose(const std::string& wanted) {
    const auto list = load<PFN_vkEnumeratePhysicalDevices>(get_instance_, instance_, "vkEnumeratePhysicalDevices");
    const auto describe =
        load<PFN_vkGetPhysicalDeviceProperties>(get_instance_, instance_, "vkGetPhysicalDeviceProperties");
    uint32_t count = 0;
    check(list(instance_, &count, nullptr), "vkEnumeratePhysicalDevices");
    std::vector<VkPhysicalDevice> devices(count);
    check(list(instance_, &count, devices.data()), "vkEnumeratePhysicalDevices");
    const bool by_place = !wanted.empty() && wanted.find_first_not_of("0123456789") == std::string::npos;
    for (uint32_t i = 0; i < count && physical_ == VK_NULL_HANDLE; ++i) {
        VkPhysicalDeviceProperties p{};
        describe(devices[i], &p);
        const bool fits = wanted.empty() ? p.deviceType == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU
                          : by_place     ? std::to_string(i) == wanted
                                         : std::string(p.deviceName).find(wanted) != std::string::npos;
        if (fits) physical_ = devices[i];
    }
    if (wanted.empty() && physical_ == VK_NULL_HANDLE && count > 0) physical_ = devices[0];
    if (physical_ == VK_NULL_HANDLE)
        throw std::runtime_error("no Vulkan device fits \"" + wanted + "\" among the " + std::to_string(count) +
                                 " here.");
    describe(physical_, &properties);

    auto driver_properties =
        typed<VkPhysicalDeviceDriverProperties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES);
    auto import = typed<VkPhysicalDeviceExternalMemoryHostPropertiesEXT>(
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT);
    import.pNext = &driver_properties;
    auto all = typed<VkPhysicalDeviceProperties2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
    all.pNext = &import;
    load<PFN_vkGetPhysicalDeviceProperties2>(get_instance_, instance_, "vkGetPhysicalDeviceProperties2")(physical_,
                                                                                                         &all);
    driver = std::string(driver_properties.driverName) + " " + driver_properties.driverInfo;
    import_alignment = import.minImportedHostPointerAlignment;
    load<PFN_vkGetPhysicalDeviceMemoryProperties>(get_instance_, instance_, "vkGetPhysicalDeviceMemoryProperties")(
        physical_, &memory);
}

void Gpu::open(bool robust) {
    const auto list_families = load<PFN_vkGetPhysicalDeviceQueueFamilyProperties>(
        get_instance_, instance_, "vkGetPhysicalDeviceQueueFamilyProperties");
    uint32_t count = 0;
    list_families(physical_, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    list_families(physical_, &count, families.data());
    const auto computing = family(families, VK_QUEUE_COMPUTE_BIT, 0);
    if (!computing) throw std::runtime_error("the device has no compute queue.");
    compute_family = *computing;
    transfer_family =
        family(families, VK_QUEUE_TRANSFER_BIT, VK_QUEUE_COMPUTE_BIT | VK_QUEUE_GRAPHICS_BIT).value_or(compute_family);

    const auto list_extensions = load<PFN_vkEnumerateDeviceExtensionProperties>(get_instance_, instance_,
                                                                                "vkEnumerateDeviceExtensionProperties");
    check(list_extensions(physical_, nullptr, &count, nullptr), "vkEnumerateDeviceExtensionProperties");
    std::vector<VkExtensionProperties> there(count);
    check(list_extensions(physical_, nullptr, &count, there.data()), "vkEnumerateDeviceExtensionProperties");
    if (!listed(there, VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME))
        throw std::runtime_error(std::string(properties.deviceName) +
                                 " lacks VK_KHR_push_descriptor, which the floor needs.");
    std::vector<const char*> extensions{VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME};
    const bool import = listed(there, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    if (import) extensions.push_back(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    else import_alignment = 0;

    auto timeline =
        typed<VkPhysicalDeviceTimelineSemaphoreFeatures>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES);
    timeline.timelineSemaphore = VK_TRUE;
    auto robust2 =
        typed<VkPhysicalDeviceRobustness2FeaturesEXT>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ROBUSTNESS_2_FEATURES_EXT);
    robust2.robustBufferAccess2 = VK_TRUE;
    auto features = typed<VkPhysicalDeviceFeatures2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
    features.pNext = &timeline;
    features.features.robustBufferAccess = robust;
    if (robust && listed(there, VK_EXT_ROBUSTNESS_2_EXTENSION_NAME)) {
        extensions.push_back(VK_EXT_ROBUSTNESS_2_EXTENSION_NAME);
        timeline.pNext = &robust2;
    }

    const float priority = 1.0f;
    std::array<VkDeviceQueueCreateInfo, 2> queues{};
    for (VkDeviceQueueCreateInfo& q : queues) {
        q.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
        q.queueCount = 1;
        q.pQueuePriorities = &priority;
    }
    queues[0].queueFamilyIndex = compute_family;
    queues[1].queueFamilyIndex = transfer_family;
    auto info = typed<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
    info.pNext = &features;
    info.queueCreateInfoCount = transfer_family == compute_family ? 1 : 2;
    info.pQueueCreateInfos = queues.data();
    info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();
    check(load<PFN_vkCreateDevice>(get_instance_, instance_, "vkCreateDevice")(physical_, &info, nullptr, &device),
          "vkCreateDevice");

    const auto get = load<PFN_vkGetDeviceProcAddr>(get_instance_, instance_, "vkGetDeviceProcAddr");
#define F(name) vk.name = reinterpret_cast<PFN_vk##name>(get(device, "vk" #name));
    BARE_DEVICE_FUNCTIONS(F)
#undef F
    vk.GetDeviceQueue(device, compute_family, 0, &compute);
    vk.GetDeviceQueue(device, transfer_family, 0, &transfer);
}

Gpu::~Gpu() {
    if (device) vk.DestroyDevice(device, nullptr);
    if (instance_) destroy_instance_(instance_, nullptr);
}

int Gpu::memory_type(uint32_t allowed, Home home) const {
    constexpr VkMemoryPropertyFlags own = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    constexpr VkMemoryPropertyFlags mapped = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    constexpr VkMemoryPropertyFlags cached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    VkMemoryPropertyFlags with = 0, without = 0;
    switch (home) {
        case Home::device:
            with = own;
            break;
        case Home::cached:
            with = mapped | cached;
            break;
        case Home::uncached:
            with = mapped;
            without = cached | own;
            break;
        case Home::visible:
            with = own | mapped;
            break;
    }
    for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
        if ((allowed >> i & 1u) != 0 && (flags & with) == with && (flags & without) == 0) return static_cast<int>(i);
    }
    return -1;
}

bool Gpu::has(Home home) const { return memory_type(~0u, home) >= 0; }

VkBuffer Gpu::make_buffer(uint64_t size_bytes, const void* next) const {
    const uint32_t families[] = {compute_family, transfer_family};
    auto info = typed<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
    info.pNext = next;
    info.size = size_bytes;
    info.usage =
        VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    if (compute_family != transfer_family) {
        info.sharingMode = VK_SHARING_MODE_CONCURRENT;
        info.queueFamilyIndexCount = 2;
        info.pQueueFamilyIndices = families;
    }
    VkBuffer made = VK_NULL_HANDLE;
    check(vk.CreateBuffer(device, &info, nullptr, &made), "vkCreateBuffer");
    return made;
}

Buffer Gpu::buffer(uint64_t size_bytes, Home home) const {
    Buffer made;
    made.size_bytes = size_bytes;
    made.buffer = make_buffer(size_bytes, nullptr);
    VkMemoryRequirements needs{};
    vk.GetBufferMemoryRequirements(device, made.buffer, &needs);
    const int type = memory_type(needs.memoryTypeBits, home);
    if (type < 0) throw std::runtime_error("the device has no memory of the kind wanted.");
    auto info = typed<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
    info.allocationSize = needs.size;
    info.memoryTypeIndex = static_cast<uint32_t>(type);
    check(vk.AllocateMemory(device, &info, nullptr, &made.memory), "vkAllocateMemory");
    check(vk.BindBufferMemory(device, made.buffer, made.memory, 0), "vkBindBufferMemory");
    if (home != Home::device) {
        void* host = nullptr;
        check(vk.MapMemory(device, made.memory, 0, VK_WHOLE_SIZE, 0, &host), "vkMapMemory");
        made.host = static_cast<std::byte*>(host);
    }
    return made;
}

Buffer Gpu::import(void* host, uint64_t size_bytes) const {
    constexpr auto kind = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    auto external = typed<VkExternalMemoryBufferCreateInfo>(VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO);
    external.handleTypes = kind;
    Buffer made;
    made.size_bytes = size_bytes;
    made.buffer = make_buffer(size_bytes, &external);
    auto pages = typed<VkMemoryHostPointerPropertiesEXT>(VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT);
    check(vk.GetMemoryHostPointerPropertiesEXT(device, kind, host, &pages), "vkGetMemoryHostPointerPropertiesEXT");
    VkMemoryRequirements needs{};
    vk.GetBufferMemoryRequirements(device, made.buffer, &needs);
    uint32_t type = 0;
    while (type < 32 && (needs.memoryTypeBits & pages.memoryTypeBits & 1u << type) == 0) ++type;
    if (type == 32) throw std::runtime_error("no memory type takes these pages.");
    auto import = typed<VkImportMemoryHostPointerInfoEXT>(VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
    import.handleType = kind;
    import.pHostPointer = host;
    auto info = typed<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
    info.pNext = &import;
    info.allocationSize = size_bytes;
    info.memoryTypeIndex = type;
    check(vk.AllocateMemory(device, &info, nullptr, &made.memory), "vkAllocateMemory (import)");
    check(vk.BindBufferMemory(device, made.buffer, made.memory, 0), "vkBindBufferMemory");
    return made;
}

void Gpu::free(Buffer& buffer) const {
    vk.DestroyBuffer(device, buffer.buffer, nullptr);
    vk.FreeMemory(device, buffer.memory, nullptr);
    buffer = {};
}

Pipeline Gpu::pipeline(std::span<const uint32_t> spirv, uint32_t bindings, const uint32_t* constant,
                       VkPipelineCache cache) const {
    Pipeline made;
    std::vector<VkDescriptorSetLayoutBinding> slots(bindings);
    for (uint32_t i = 0; i < bindings; ++i)
        slots[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
    auto set = typed<VkDescriptorSetLayoutCreateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO);
    set.flags = VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR;
    set.bindingCount = bindings;
    set.pBindings = slots.data();
    check(vk.CreateDescriptorSetLayout(device, &set, nullptr, &made.set_layout), "vkCreateDescriptorSetLayout");
    const VkPushConstantRange scalars{VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(uint32_t)};
    auto layout = typed<VkPipelineLayoutCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
    layout.setLayoutCount = 1;
    layout.pSetLayouts = &made.set_layout;
    layout.pushConstantRangeCount = 1;
    layout.pPushConstantRanges = &scalars;
    check(vk.CreatePipelineLayout(device, &layout, nullptr, &made.layout), "vkCreatePipelineLayout");

    std::vector<VkDescriptorUpdateTemplateEntry> entries(bindings);
    for (uint32_t i = 0; i < bindings; ++i)
        entries[i] = {i, 0, 1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, i * sizeof(VkDescriptorBufferInfo), 0};
    auto update = typed<VkDescriptorUpdateTemplateCreateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_UPDATE_TEMPLATE_CREATE_INFO);
    update.descriptorUpdateEntryCount = bindings;
    update.pDescriptorUpdateEntries = entries.data();
    update.templateType = VK_DESCRIPTOR_UPDATE_TEMPLATE_TYPE_PUSH_DESCRIPTORS_KHR;
    update.descriptorSetLayout = made.set_layout;
    update.pipelineBindPoint = VK_PIPELINE_BIND_POINT_COMPUTE;
    update.pipelineLayout = made.layout;
    check(vk.CreateDescriptorUpdateTemplate(device, &update, nullptr, &made.update),
          "vkCreateDescriptorUpdateTemplate");

    auto code = typed<VkShaderModuleCreateInfo>(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO);
    code.codeSize = spirv.size_bytes();
    code.pCode = spirv.data();
    VkShaderModule module = VK_NULL_HANDLE;
    check(vk.CreateShaderModule(device, &code, nullptr, &module), "vkCreateShaderModule");
    const VkSpecializationMapEntry entry{0, 0, sizeof(uint32_t)};
    const VkSpecializationInfo constants{1, &entry, sizeof(uint32_t), constant};
    auto info = typed<VkComputePipelineCreateInfo>(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = module;
    info.stage.pName = "main";
    info.stage.pSpecializationInfo = constant ? &constants : nullptr;
    info.layout = made.layout;
    check(vk.CreateComputePipelines(device, cache, 1, &info, nullptr, &made.pipeline), "vkCreateComputePipelines");
    vk.DestroyShaderModule(device, module, nullptr);
    return made;
}

void Gpu::free(Pipeline& pipeline) const {
    vk.DestroyPipeline(device, pipeline.pipeline, nullptr);
    vk.DestroyDescriptorUpdateTemplate(device, pipeline.update, nullptr);
    vk.DestroyPipelineLayout(device, pipeline.layout, nullptr);
    vk.DestroyDescriptorSetLayout(device, pipeline.set_layout, nullptr);
    pipeline = {};
}

Commands::Commands(const Gpu& gpu, uint32_t family) : gpu_(gpu) {
    auto pool = typed<VkCommandPoolCreateInfo>(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
    pool.queueFamilyIndex = family;
    check(gpu.vk.CreateCommandPool(gpu.device, &pool, nullptr, &pool_), "vkCreateCommandPool");
    auto info = typed<VkCommandBufferAllocateInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
    info.commandPool = pool_;
    info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    info.commandBufferCount = 1;
    check(gpu.vk.AllocateCommandBuffers(gpu.device, &info, &list), "vkAllocateCommandBuffers");
    const auto fence_info = typed<VkFenceCreateInfo>(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
    check(gpu.vk.CreateFence(gpu.device, &fence_info, nullptr, &fence), "vkCreateFence");
}

Commands::~Commands() {
    gpu_.vk.DestroyFence(gpu_.device, fence, nullptr);
    gpu_.vk.DestroyCommandPool(gpu_.device, pool_, nullptr);
}

void Commands::begin(VkCommandBufferUsageFlags flags) const {
    check(gpu_.vk.ResetCommandPool(gpu_.device, pool_, 0), "vkResetCommandPool");
    auto info = typed<VkCommandBufferBeginInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
    info.flags = flags;
    check(gpu_.vk.BeginCommandBuffer(list, &info), "vkBeginCommandBuffer");
}

void Commands::end() const { check(gpu_.vk.EndCommandBuffer(list), "vkEndCommandBuffer"); }

void Commands::submit(VkQueue queue) const {
    auto info = typed<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
    info.commandBufferCount = 1;
    info.pCommandBuffers = &list;
    check(gpu_.vk.QueueSubmit(queue, 1, &info, fence), "vkQueueSubmit");
}

void Commands::wait() const {
    check(gpu_.vk.WaitForFences(gpu_.device, 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
    check(gpu_.vk.ResetFences(gpu_.device, 1, &fence), "vkResetFences");
}

Stopwatch::Stopwatch(const Gpu& gpu) : gpu_(gpu) {
    auto info = typed<VkQueryPoolCreateInfo>(VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO);
    info.queryType = VK_QUERY_TYPE_TIMESTAMP;
    info.queryCount = 2;
    check(gpu.vk.CreateQueryPool(gpu.device, &info, nullptr, &pool_), "vkCreateQueryPool");
}

Stopwatch::~Stopwatch() { gpu_.vk.DestroyQueryPool(gpu_.device, pool_, nullptr); }

void Stopwatch::start(VkCommandBuffer list) const {
    gpu_.vk.CmdResetQueryPool(list, pool_, 0, 2);
    barrier(gpu_, list);
    gpu_.vk.CmdWriteTimestamp(list, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool_, 0);
}

void Stopwatch::stop(VkCommandBuffer list) const {
    barrier(gpu_, list);
    gpu_.vk.CmdWriteTimestamp(list, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool_, 1);
}

double Stopwatch::seconds() const {
    std::array<uint64_t, 2> ticks{};
    check(gpu_.vk.GetQueryPoolResults(gpu_.device, pool_, 0, 2, sizeof ticks, ticks.data(), sizeof(uint64_t),
                                      VK_QUERY_RESULT_64_BIT),
          "vkGetQueryPoolResults");
    return static_cast<double>(ticks[1] - ticks[0]) * static_cast<double>(gpu_.properties.limits.timestampPeriod) *
           1e-9;
}

void barrier(const Gpu& gpu, VkCommandBuffer list) {
    constexpr VkPipelineStageFlags stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    auto memory = typed<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
    memory.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
    memory.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT |
                           VK_ACCESS_TRANSFER_WRITE_BIT;
    gpu.vk.CmdPipelineBarrier(list, stages, stages, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

void compute_barrier(const Gpu& gpu, VkCommandBuffer list) {
    auto memory = typed<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
    memory.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
    memory.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    gpu.vk.CmdPipelineBarrier(list, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                              &memory, 0, nullptr, 0, nullptr);
}

void bind(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, std::span<const VkBuffer> buffers) {
    std::array<VkDescriptorBufferInfo, 8> ranges;
    for (std::size_t i = 0; i < buffers.size(); ++i) ranges[i] = {buffers[i], 0, VK_WHOLE_SIZE};
    gpu.vk.CmdPushDescriptorSetWithTemplateKHR(list, pipeline.update, pipeline.layout, 0, ranges.data());
}

void dispatch(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, uint32_t scalar, uint32_t groups_x,
              uint32_t groups_y) {
    gpu.vk.CmdPushConstants(list, pipeline.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof scalar, &scalar);
    gpu.vk.CmdDispatch(list, groups_x, groups_y, 1);
}

void call(const Gpu& gpu, VkCommandBuffer list, const Pipeline& pipeline, std::span<const VkBuffer> buffers,
          uint32_t scalar, uint32_t groups_x, uint32_t groups_y) {
    gpu.vk.CmdBindPipeline(list, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.pipeline);
    bind(gpu, list, pipeline, buffers);
    dispatch(gpu, list, pipeline, scalar, groups_x, groups_y);
}

}  // namespace bare
