// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions of webgpu.h in use, as a table filled at run time, and its strings.
#pragma once

#include "backend/backend.h"

#include <webgpu.h>

#include <functional>
#include <string>
#include <string_view>

namespace alkomp::backend::webgpu {

// Names without "wgpu". All libraries have them; what only one has stands in its shim.
#define ALKOMP_WEBGPU_FUNCTIONS(F)                  \
    F(CreateInstance)                               \
    F(InstanceProcessEvents)                        \
    F(InstanceRelease)                              \
    F(InstanceRequestAdapter)                       \
    F(AdapterGetFeatures)                           \
    F(AdapterGetInfo)                               \
    F(AdapterGetLimits)                             \
    F(AdapterInfoFreeMembers)                       \
    F(AdapterRelease)                               \
    F(AdapterRequestDevice)                         \
    F(SupportedFeaturesFreeMembers)                 \
    F(DeviceCreateBindGroup)                        \
    F(DeviceCreateBindGroupLayout)                  \
    F(DeviceCreateBuffer)                           \
    F(DeviceCreateCommandEncoder)                   \
    F(DeviceCreateComputePipeline)                  \
    F(DeviceCreatePipelineLayout)                   \
    F(DeviceCreateQuerySet)                         \
    F(DeviceCreateShaderModule)                     \
    F(DeviceGetQueue)                               \
    F(DeviceHasFeature)                             \
    F(DevicePopErrorScope)                          \
    F(DevicePushErrorScope)                         \
    F(DeviceRelease)                                \
    F(BindGroupRelease)                             \
    F(BindGroupLayoutRelease)                       \
    F(BufferDestroy)                                \
    F(BufferGetConstMappedRange)                    \
    F(BufferGetMappedRange)                         \
    F(BufferMapAsync)                               \
    F(BufferRelease)                                \
    F(BufferUnmap)                                  \
    F(CommandBufferRelease)                         \
    F(CommandEncoderBeginComputePass)               \
    F(CommandEncoderClearBuffer)                    \
    F(CommandEncoderCopyBufferToBuffer)             \
    F(CommandEncoderFinish)                         \
    F(CommandEncoderRelease)                        \
    F(CommandEncoderResolveQuerySet)                \
    F(ComputePassEncoderDispatchWorkgroups)         \
    F(ComputePassEncoderDispatchWorkgroupsIndirect) \
    F(ComputePassEncoderEnd)                        \
    F(ComputePassEncoderRelease)                    \
    F(ComputePassEncoderSetBindGroup)               \
    F(ComputePassEncoderSetPipeline)                \
    F(ComputePipelineRelease)                       \
    F(PipelineLayoutRelease)                        \
    F(QuerySetDestroy)                              \
    F(QuerySetRelease)                              \
    F(QueueOnSubmittedWorkDone)                     \
    F(QueueRelease)                                 \
    F(QueueSubmit)                                  \
    F(QueueWriteBuffer)                             \
    F(ShaderModuleRelease)

using Symbol = void (*)();

struct Functions {
#define ALKOMP_WEBGPU_MEMBER(name) decltype(&wgpu##name) name = nullptr;
    ALKOMP_WEBGPU_FUNCTIONS(ALKOMP_WEBGPU_MEMBER)
#undef ALKOMP_WEBGPU_MEMBER

    /// Returns the name of the first function that the library lacks, or null. `find` takes a name with "wgpu".
    template <class Find>
    [[nodiscard]] const char* fill(Find&& find) {
#define ALKOMP_WEBGPU_FILL(name)                                              \
    this->name = reinterpret_cast<decltype(&wgpu##name)>(find("wgpu" #name)); \
    if (this->name == nullptr) return "wgpu" #name;
        ALKOMP_WEBGPU_FUNCTIONS(ALKOMP_WEBGPU_FILL)
#undef ALKOMP_WEBGPU_FILL
        return nullptr;
    }
};

[[nodiscard]] inline WGPUStringView view(std::string_view text) noexcept { return {text.data(), text.size()}; }
/// Without the white space at its end.
[[nodiscard]] std::string text_of(WGPUStringView text);

/// False in a page, where callbacks run only once the caller has returned to the event loop.
[[nodiscard]] bool can_wait() noexcept;
/// Lets other threads, or in a page whatever else there is, go on for a while; 0: for a moment.
void rest(u64 ns);
/// In a page: `wake` is called once callbacks have run, until the next one is given.
void wake_from_page(std::function<void()> wake);

/// "Vulkan", "D3D12", "Metal" ...
[[nodiscard]] std::string_view api_name(WGPUBackendType type) noexcept;

}  // namespace alkomp::backend::webgpu
