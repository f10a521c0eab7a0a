// SPDX-License-Identifier: MIT OR Apache-2.0
// Opens the loader and makes instances; routes what a validation layer says to the log.
#include "backend/vulkan/instance.h"

#include "alkomp/version.h"
#include "runtime/log.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <system_error>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace alkomp::backend::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";
constexpr const char* kPortabilityEnumeration = "VK_KHR_portability_enumeration";
constexpr VkInstanceCreateFlags kEnumeratePortability = 0x1;  // VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// The library's vkGetInstanceProcAddr, or null with `problem` set.
PFN_vkGetInstanceProcAddr open_entry(const std::string& path, std::string& problem) {
#ifdef _WIN32
    HMODULE module = LoadLibraryA(path.c_str());
    if (!module) {
        problem = std::system_category().message(static_cast<int>(GetLastError()));
        return nullptr;
    }
    auto entry = reinterpret_cast<PFN_vkGetInstanceProcAddr>(
        reinterpret_cast<void*>(GetProcAddress(module, "vkGetInstanceProcAddr")));
#else
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char* said = dlerror();
        problem = said ? said : "dlopen failed";
        return nullptr;
    }
    auto entry = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
#endif
    if (!entry) problem = "it has no vkGetInstanceProcAddr, so it is no Vulkan loader";
    return entry;
}

std::vector<std::string> library_paths() {
    if (std::string path = environment("ALKOMP_VULKAN_LIBRARY"); !path.empty()) return {path};
#if defined(_WIN32)
    return {"vulkan-1.dll"};
#elif defined(__APPLE__)
    return {"libvulkan.1.dylib", "libvulkan.dylib", "libMoltenVK.dylib"};
#else
    return {"libvulkan.so.1", "libvulkan.so"};
#endif
}

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                          VkDebugUtilsMessageTypeFlagsEXT types,
                                          const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
    // The loader itself speaks as "general", for example of drivers that have no device here.
    LogLevel level = LogLevel::info;
    if (types & ~static_cast<VkDebugUtilsMessageTypeFlagsEXT>(VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT)) {
        level = severity >= VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT ? LogLevel::error : LogLevel::warning;
    }
    detail::log(level, std::string("Vulkan: ") + data->pMessage);
    return VK_FALSE;
}

VkDebugUtilsMessengerCreateInfoEXT messenger_info() {
    VkDebugUtilsMessengerCreateInfoEXT info{};
    info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
    info.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
    info.pfnUserCallback = on_message;
    return info;
}

/// What is enabled in a new instance.
struct Choice {
    std::vector<const char*> layers, extensions;
    bool portability = false, messages = false, validation_features = false;
    u32 layer_version = ~0u;
};

Status list_extensions(const GlobalFunctions& vk, const char* layer, std::vector<VkExtensionProperties>& out) {
    return to_status("vkEnumerateInstanceExtensionProperties",
                     enumerate(out, VkExtensionProperties{}, [&](u32* count, VkExtensionProperties* data) {
                         return vk.EnumerateInstanceExtensionProperties(layer, count, data);
                     }));
}

bool has(const std::vector<VkExtensionProperties>& list, const char* name) {
    return std::any_of(list.begin(), list.end(),
                       [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

Status choose_validation(const GlobalFunctions& vk, Choice& choice, std::vector<Finding>& findings) {
    // Someone else may switch the layer on; then too it sees only structs that it knows.
    const bool by_loader = environment("VK_INSTANCE_LAYERS").find(kValidationLayer) != std::string::npos;
    if (!validation_wanted() && !by_loader) return {};
    std::vector<VkLayerProperties> layers;
    const VkResult result = enumerate(layers, VkLayerProperties{}, [&](u32* count, VkLayerProperties* data) {
        return vk.EnumerateInstanceLayerProperties(count, data);
    });
    if (result != VK_SUCCESS) return to_status("vkEnumerateInstanceLayerProperties", result);
    const auto layer = std::find_if(layers.begin(), layers.end(), [](const VkLayerProperties& l) {
        return std::strcmp(l.layerName, kValidationLayer) == 0;
    });
    if (layer == layers.end()) {
        const std::string text = "ALKOMP_VULKAN_VALIDATION asks for it, but the loader finds no such layer";
        findings.push_back({Finding::Kind::layer, kValidationLayer, false, text});
        detail::log(LogLevel::warning, std::string(kValidationLayer) + ": " + text + ".");
        return {};
    }
    findings.push_back({Finding::Kind::layer, kValidationLayer, true, "active"});
    choice.layer_version = layer->specVersion;
    if (!validation_wanted()) return {};
    choice.layers.push_back(kValidationLayer);
    std::vector<VkExtensionProperties> of_layer;
    if (Status status = list_extensions(vk, kValidationLayer, of_layer); !status.ok()) return status;
    if (has(of_layer, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME)) {
        choice.extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
        choice.validation_features = true;
    }
    if (has(of_layer, VK_EXT_DEBUG_UTILS_EXTENSION_NAME)) {
        choice.extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
        choice.messages = true;
    }
    return {};
}

Status choose(const GlobalFunctions& vk, Choice& choice, std::vector<Finding>& findings) {
    std::vector<VkExtensionProperties> available;
    if (Status status = list_extensions(vk, nullptr, available); !status.ok()) return status;
    choice.portability = has(available, kPortabilityEnumeration);
    if (choice.portability) choice.extensions.push_back(kPortabilityEnumeration);
    return choose_validation(vk, choice, findings);
}

}  // namespace

std::shared_ptr<const Library> open_library(std::vector<Finding>& findings) {
    for (const std::string& path : library_paths()) {
        Finding finding{Finding::Kind::library, path, false, {}};
        auto library = std::make_shared<Library>();
        library->path = path;
        if (PFN_vkGetInstanceProcAddr entry = open_entry(path, finding.detail)) {
            const char* missing = library->vk.fill(entry);
            finding.usable = missing == nullptr;
            finding.detail =
                missing ? std::string("it has no ") + missing + ", so it is older than Vulkan 1.1" : "opened";
        }
        findings.push_back(finding);
        if (finding.usable) return library;
    }
    return nullptr;
}

bool validation_wanted() {
    const std::string value = environment("ALKOMP_VULKAN_VALIDATION");
    return !value.empty() && value != "0";
}

std::string driver_environment() {
    std::string all;
    for (const char* name : {"ALKOMP_VULKAN_LIBRARY", "ALKOMP_VULKAN_VALIDATION", "VK_DRIVER_FILES", "VK_ICD_FILENAMES",
                             "VK_ADD_DRIVER_FILES", "VK_LOADER_DRIVERS_SELECT", "VK_LOADER_DRIVERS_DISABLE",
                             "VK_INSTANCE_LAYERS", "VK_LAYER_PATH", "VK_ADD_LAYER_PATH", "VK_LOADER_LAYERS_ENABLE"}) {
        all += environment(name) + '\n';
    }
    return all;
}

Instance::~Instance() {
    if (messenger) vk.DestroyDebugUtilsMessengerEXT(handle, messenger, nullptr);
    if (handle && vk.DestroyInstance) vk.DestroyInstance(handle, nullptr);
}

Status create_instance(std::shared_ptr<const Library> library, std::shared_ptr<Instance>& out,
                       std::vector<Finding>& findings) {
    const GlobalFunctions& vk = library->vk;
    auto instance = std::make_shared<Instance>();
    if (VkResult r = vk.EnumerateInstanceVersion(&instance->version); r != VK_SUCCESS) {
        return to_status("vkEnumerateInstanceVersion", r);
    }
    Choice choice;
    if (Status status = choose(vk, choice, findings); !status.ok()) return status;
    instance->library = library;
    instance->layer_version = choice.layer_version;

    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.pApplicationName = application.pEngineName = "alkomp";
    application.engineVersion =
        VK_MAKE_API_VERSION(0, ALKOMP_VERSION_MAJOR, ALKOMP_VERSION_MINOR, ALKOMP_VERSION_PATCH);
    application.apiVersion = instance->version;
    VkDebugUtilsMessengerCreateInfoEXT messages = messenger_info();
    const VkValidationFeatureEnableEXT synchronization = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
    VkValidationFeaturesEXT features{};
    features.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT;
    features.enabledValidationFeatureCount = 1;
    features.pEnabledValidationFeatures = &synchronization;
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    if (choice.portability) info.flags |= kEnumeratePortability;
    if (choice.validation_features) info.pNext = &features;
    if (choice.messages) {
        messages.pNext = info.pNext;
        info.pNext = &messages;
    }
    info.pApplicationInfo = &application;
    info.enabledLayerCount = static_cast<u32>(choice.layers.size());
    info.ppEnabledLayerNames = choice.layers.data();
    info.enabledExtensionCount = static_cast<u32>(choice.extensions.size());
    info.ppEnabledExtensionNames = choice.extensions.data();
    if (VkResult r = vk.CreateInstance(&info, nullptr, &instance->handle); r != VK_SUCCESS) {
        instance->handle = VK_NULL_HANDLE;
        Status status = to_status("vkCreateInstance", r);
        if (r != VK_ERROR_INCOMPATIBLE_DRIVER && status.code == ErrorCode::unsupported)
            status.code = ErrorCode::internal;
        return status;
    }
    if (const char* missing = instance->vk.fill(vk.GetInstanceProcAddr, instance->handle)) {
        return Status::failure(ErrorCode::unsupported,
                               std::string("vkGetInstanceProcAddr: the loader has no ") + missing);
    }
    if (choice.messages && instance->vk.CreateDebugUtilsMessengerEXT) {
        messages.pNext = nullptr;
        if (VkResult r =
                instance->vk.CreateDebugUtilsMessengerEXT(instance->handle, &messages, nullptr, &instance->messenger);
            r != VK_SUCCESS) {
            instance->messenger = VK_NULL_HANDLE;
            return to_status("vkCreateDebugUtilsMessengerEXT", r);
        }
    }
    out = std::move(instance);
    return {};
}

}  // namespace alkomp::backend::vulkan
