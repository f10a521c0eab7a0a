// SPDX-License-Identifier: MIT OR Apache-2.0
// The bare-WebGPU floor: webgpu.h's functions of a library that is opened at run time, called directly.
#pragma once

#include <webgpu.h>
#include <wgpu.h>

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bare {

// Every function used, by name without `wgpu`.
// clang-format off
#define BARE_WEB_FUNCTIONS(F)                                                                                      \
    F(AdapterGetInfo) F(AdapterGetLimits) F(AdapterInfoFreeMembers) F(AdapterRelease) F(AdapterRequestDevice)      \
    F(BindGroupLayoutRelease) F(BindGroupRelease) F(BufferDestroy) F(BufferGetConstMappedRange)                    \
    F(BufferGetMappedRange) F(BufferMapAsync) F(BufferRelease) F(BufferUnmap) F(CommandBufferRelease)              \
    F(CommandEncoderBeginComputePass) F(CommandEncoderCopyBufferToBuffer) F(CommandEncoderFinish)                  \
    F(CommandEncoderRelease) F(ComputePassEncoderDispatchWorkgroups) F(ComputePassEncoderEnd)                      \
    F(ComputePassEncoderRelease) F(ComputePassEncoderSetBindGroup) F(ComputePassEncoderSetPipeline)                \
    F(ComputePipelineGetBindGroupLayout) F(ComputePipelineRelease) F(CreateInstance) F(DeviceCreateBindGroup)      \
    F(DeviceCreateBuffer) F(DeviceCreateCommandEncoder) F(DeviceCreateComputePipeline)                             \
    F(DeviceCreateShaderModule) F(DeviceGetQueue) F(DeviceRelease) F(InstanceProcessEvents) F(InstanceRelease)     \
    F(InstanceRequestAdapter) F(QueueOnSubmittedWorkDone) F(QueueRelease) F(QueueSubmit) F(QueueWriteBuffer)       \
    F(ShaderModuleRelease)
// clang-format on

/// A device of one library.
class Web {
public:
    /// The fastest adapter of the library at `path`. Throws where it has another name than `device`.
    Web(const std::string& path, const std::string& device);
    ~Web();
    Web(const Web&) = delete;
    Web& operator=(const Web&) = delete;

#define F(name) decltype(&wgpu##name) name = nullptr;
    BARE_WEB_FUNCTIONS(F)
#undef F
    decltype(&wgpuDevicePoll) DevicePoll = nullptr;            ///< of wgpu-native
    decltype(&wgpuInstanceWaitAny) InstanceWaitAny = nullptr;  ///< of the others

    WGPUInstance instance = nullptr;
    WGPUAdapter adapter = nullptr;
    WGPUDevice device = nullptr;
    WGPUQueue queue = nullptr;

    /// Ways to wait.
    enum class How { block, spin };
    /// For all that was submitted.
    void finish(How how = How::block) const;
    void map(WGPUBuffer buffer, WGPUMapMode mode, uint64_t size_bytes, How how) const;

    [[nodiscard]] WGPUBuffer buffer(uint64_t size_bytes, WGPUBufferUsage usage) const;
    void submit(WGPUCommandEncoder encoder) const;
    void copy(WGPUBuffer from, WGPUBuffer to, uint64_t size_bytes) const;

private:
    void load(void* library);
    void create_instance(bool native, bool older);
    void open_adapter(const std::string& name);
    void open_device();
    template <class Done>
    void wait(WGPUFuture future, How how, Done done) const;
};

/// A kernel with all its buffers in one group.
class WebKernel {
public:
    WebKernel(const Web& web, std::string_view wgsl, std::span<const WGPUBuffer> buffers);
    ~WebKernel();
    WebKernel(const WebKernel&) = delete;
    WebKernel& operator=(const WebKernel&) = delete;
    /// A batch of `calls` in one pass, submitted.
    void call(uint32_t calls, uint32_t x, uint32_t y = 1) const;

private:
    const Web& web_;
    WGPUComputePipeline pipeline_ = nullptr;
    WGPUBindGroup group_ = nullptr;
};

/// Ordinary memory to the device and back, by one staging buffer that is kept.
class WebTransfer {
public:
    WebTransfer(const Web& web, uint64_t size_bytes);
    ~WebTransfer();
    WebTransfer(const WebTransfer&) = delete;
    WebTransfer& operator=(const WebTransfer&) = delete;
    void upload(const std::byte* from, Web::How how) const;
    void write(const std::byte* from, Web::How how) const;  ///< by wgpuQueueWriteBuffer
    void download(std::byte* to, Web::How how) const;

private:
    const Web& web_;
    uint64_t size_bytes_;
    WGPUBuffer device_ = nullptr, up_ = nullptr, down_ = nullptr;
};

}  // namespace bare
