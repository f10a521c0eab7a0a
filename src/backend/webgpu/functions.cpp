// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/webgpu/functions.h"

#include <cstring>

namespace alkomp::backend::webgpu {

std::string text_of(WGPUStringView text) {
    if (text.data == nullptr) return {};
    std::string out(text.data, text.length == WGPU_STRLEN ? std::strlen(text.data) : text.length);
    out.erase(out.find_last_not_of(" \n") + 1);
    return out;
}

std::string_view api_name(WGPUBackendType type) noexcept {
    switch (type) {
        case WGPUBackendType_WebGPU:
            return "WebGPU";
        case WGPUBackendType_D3D11:
            return "D3D11";
        case WGPUBackendType_D3D12:
            return "D3D12";
        case WGPUBackendType_Metal:
            return "Metal";
        case WGPUBackendType_Vulkan:
            return "Vulkan";
        case WGPUBackendType_OpenGL:
            return "OpenGL";
        case WGPUBackendType_OpenGLES:
            return "OpenGL ES";
        default:
            return "no API";
    }
}

}  // namespace alkomp::backend::webgpu
