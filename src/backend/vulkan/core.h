// SPDX-License-Identifier: MIT OR Apache-2.0
// What every part of an open device shares: the VkDevice, its functions, and whether it is lost.
#pragma once

#include "backend/vulkan/adapter.h"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace alkomp::backend::vulkan {

struct Core {
    std::shared_ptr<const AdapterRecord> adapter;
    FeatureChain enabled;
    Capabilities capabilities;
    Properties properties;
    VkDevice handle = VK_NULL_HANDLE;
    DeviceFunctions vk;
    std::vector<u32> families;  ///< of the queues in use, each once

    Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    [[nodiscard]] bool lost() const noexcept { return lost_.load(std::memory_order_acquire); }
    /// What every function answers once the device is lost.
    [[nodiscard]] Status loss() const;
    /// The status of a result; VK_ERROR_DEVICE_LOST loses the device.
    Status check(const char* function, VkResult result);

    /// Names an object for validation layers and debuggers, where one listens.
    template <class Handle>
    void name(VkObjectType type, Handle object, std::string_view label) {
        if (adapter->instance->names() && !label.empty()) name_object(type, (u64)object, label);
    }

private:
    void name_object(VkObjectType type, u64 object, std::string_view label);

    std::atomic<bool> lost_{false};
    mutable std::mutex loss_mutex_;
    std::string loss_;
};

/// Live objects, so that closing a device finds those that nobody gave back. T has a member `place`.
template <class T>
class Registry {
public:
    T* add(std::unique_ptr<T> object) {
        object->place = objects_.size();
        objects_.push_back(std::move(object));
        return objects_.back().get();
    }
    std::unique_ptr<T> remove(T* object) {
        std::unique_ptr<T> out = std::move(objects_[object->place]);
        if (object->place + 1 != objects_.size()) {
            objects_[object->place] = std::move(objects_.back());
            objects_[object->place]->place = object->place;
        }
        objects_.pop_back();
        return out;
    }
    [[nodiscard]] const std::vector<std::unique_ptr<T>>& all() const noexcept { return objects_; }
    void clear() noexcept { objects_.clear(); }

private:
    std::vector<std::unique_ptr<T>> objects_;
};

}  // namespace alkomp::backend::vulkan
