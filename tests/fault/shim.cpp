// SPDX-License-Identifier: MIT OR Apache-2.0
// A Vulkan library that forwards to the real loader and can make any call fail with any of its codes.
//
// It takes the place of the loader (ALKOMP_VULKAN_LIBRARY) instead of being a layer, so that the calls
// that find the driver can fail too. After an injected VK_ERROR_DEVICE_LOST the real device is left to
// finish, as a lost device has, and every later call on it that may be lost is.
#include "fault/shim.h"

#define VK_NO_PROTOTYPES 1
#include <vulkan/vulkan.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace {

struct Wrapped {
    const char* name;
    PFN_vkVoidFunction wrapper;
    std::vector<int> codes;
};
extern const Wrapped kWrapped[];
std::size_t wrapped_count();

struct State {
    std::recursive_mutex mutex;
    void* loader = nullptr;
    PFN_vkGetInstanceProcAddr real_get = nullptr;
    VkInstance instance = VK_NULL_HANDLE;
    std::set<VkDevice> devices;
    std::vector<const char*> calls;
    std::string armed;            // function, empty: none
    std::size_t armed_after = 0;  // calls of it that still succeed
    int result = 0;
    bool fired = false;
    bool lost = false;
    std::string always;  // ALKOMP_FAULT_ALWAYS="vkCreateDevice=-3" fails every call of one function
    int always_result = 0;
    std::map<std::string, int> live;
    std::set<const char*> asked;
    std::string live_text;
};

State& state() {
    static auto* instance = new State;
    return *instance;
}

void open_loader() {
    State& s = state();
    if (s.real_get != nullptr) return;
    s.loader = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (s.loader == nullptr) {
        std::fprintf(stderr, "fault shim: %s\n", dlerror());
        std::abort();
    }
    if (const char* always = std::getenv("ALKOMP_FAULT_ALWAYS")) {
        const std::string text = always;
        const std::size_t equals = text.find('=');
        s.always = text.substr(0, equals);
        s.always_result = std::atoi(text.c_str() + equals + 1);
    }
    s.real_get = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(s.loader, "vkGetInstanceProcAddr"));
}

// The loader's trampolines: they serve every instance and device.
PFN_vkVoidFunction find_real(const char* name) {
    State& s = state();
    open_loader();
    if (void* exported = dlsym(s.loader, name)) return reinterpret_cast<PFN_vkVoidFunction>(exported);
    return s.real_get(s.instance, name);
}

bool may_be_lost(const char* name) {
    for (std::size_t i = 0; i < wrapped_count(); ++i)
        if (std::strcmp(kWrapped[i].name, name) == 0)
            return std::find(kWrapped[i].codes.begin(), kWrapped[i].codes.end(), VK_ERROR_DEVICE_LOST) !=
                   kWrapped[i].codes.end();
    return false;
}

void lose_devices() {
    State& s = state();
    auto* wait = reinterpret_cast<PFN_vkDeviceWaitIdle>(find_real("vkDeviceWaitIdle"));
    for (VkDevice device : s.devices) wait(device);
    s.lost = true;
}

bool should_fail(const char* name, VkResult& code) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.calls.push_back(name);
    if (s.always == name) {
        code = static_cast<VkResult>(s.always_result);
        return true;
    }
    if (s.armed == name && !s.fired && s.armed_after-- == 0) {
        s.fired = true;
        code = static_cast<VkResult>(s.result);
        if (code == VK_ERROR_DEVICE_LOST && !s.devices.empty()) lose_devices();
        return true;
    }
    if (s.lost && std::strcmp(name, "vkCreateDevice") != 0 && may_be_lost(name)) {
        code = VK_ERROR_DEVICE_LOST;
        return true;
    }
    return false;
}

void count(const char* kind, int delta) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.live[kind] += delta;
}

void use_instance(VkInstance instance) {
    const std::lock_guard lock(state().mutex);
    state().instance = instance;
}

void use_device(VkDevice device) {
    const std::lock_guard lock(state().mutex);
    state().devices.insert(device);
}

void forget_device(VkDevice device) {
    const std::lock_guard lock(state().mutex);
    state().devices.erase(device);
    if (state().devices.empty()) state().lost = false;
}

#include "shim_wrappers.inc"

std::size_t wrapped_count() { return std::size(kWrapped); }

PFN_vkVoidFunction wrap(const char* name, PFN_vkVoidFunction real) {
    if (real == nullptr) return nullptr;
    for (const Wrapped& wrapped : kWrapped) {
        if (std::strcmp(wrapped.name, name) != 0) continue;
        const std::lock_guard lock(state().mutex);
        if (!wrapped.codes.empty()) state().asked.insert(wrapped.name);
        return wrapped.wrapper;
    }
    return real;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL get_device_address(VkDevice device, const char* name) {
    static auto* real = reinterpret_cast<PFN_vkGetDeviceProcAddr>(find_real("vkGetDeviceProcAddr"));
    return wrap(name, real(device, name));
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
vkGetInstanceProcAddr(VkInstance instance, const char* name) {
    open_loader();
    if (std::strcmp(name, "vkGetInstanceProcAddr") == 0)
        return reinterpret_cast<PFN_vkVoidFunction>(vkGetInstanceProcAddr);
    if (std::strcmp(name, "vkGetDeviceProcAddr") == 0) return reinterpret_cast<PFN_vkVoidFunction>(get_device_address);
    return wrap(name, state().real_get(instance, name));
}

__attribute__((visibility("default"))) void fault_reset() {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.calls.clear();
    s.armed.clear();
    s.fired = false;
    s.live.clear();
}

__attribute__((visibility("default"))) void fault_arm(const char* function, std::size_t occurrence, int result) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.armed = function;
    s.armed_after = occurrence;
    s.result = result;
}

__attribute__((visibility("default"))) const char* fault_call(std::size_t call) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    return call < s.calls.size() ? s.calls[call] : nullptr;
}

__attribute__((visibility("default"))) std::size_t fault_codes(const char* function, int* codes, std::size_t room) {
    for (const Wrapped& wrapped : kWrapped) {
        if (std::strcmp(wrapped.name, function) != 0) continue;
        for (std::size_t i = 0; i < wrapped.codes.size() && i < room; ++i) codes[i] = wrapped.codes[i];
        return wrapped.codes.size();
    }
    return 0;
}

__attribute__((visibility("default"))) bool fault_fired() {
    const std::lock_guard lock(state().mutex);
    return state().fired;
}

__attribute__((visibility("default"))) const char* fault_live() {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.live_text.clear();
    for (const auto& [kind, number] : s.live)
        if (number != 0) s.live_text += (s.live_text.empty() ? "" : ", ") + kind + " " + std::to_string(number);
    return s.live_text.c_str();
}

__attribute__((visibility("default"))) const char* fault_asked(std::size_t index) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    if (index >= s.asked.size()) return nullptr;
    return *std::next(s.asked.begin(), static_cast<std::ptrdiff_t>(index));
}
}
