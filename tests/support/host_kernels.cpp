// SPDX-License-Identifier: MIT OR Apache-2.0
// The registry from SPIR-V words to host functions.
#include "support/host_kernels.h"

#include <map>
#include <mutex>
#include <utility>

namespace alkomp::testing {
namespace {

struct Registry {
    std::mutex mutex;
    std::map<std::vector<u32>, std::shared_ptr<const HostKernel>> kernels;
    std::map<std::pair<std::string, std::string>, Shader> shaders;  // by name and text, default options
};

Registry& registry() {
    static Registry instance;
    return instance;
}

bool is_default(const KernelOptions& options) {
    return options.entry == "main" && options.macros.empty() && options.include_dirs.empty() && options.optimize &&
           options.target == Target::device;
}

}  // namespace

u64 Invocation::constant(u32 constant_id, u64 otherwise) const {
    const auto found = constants->find(constant_id);
    return found == constants->end() ? otherwise : found->second;
}

void register_words(std::span<const u32> words, HostKernel host) {
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    r.kernels[{words.begin(), words.end()}] = std::make_shared<const HostKernel>(std::move(host));
}

std::shared_ptr<const HostKernel> find_host_kernel(std::span<const u32> words) {
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    const auto found = r.kernels.find({words.begin(), words.end()});
    return found == r.kernels.end() ? nullptr : found->second;
}

void register_source(const Source& source, const KernelOptions& options, HostKernel host) {
    for (const Target target : {Target::vulkan_1_2, Target::vulkan_1_3}) {
        KernelOptions with_target = options;
        with_target.target = target;
        register_words(compile_shader(source, with_target).words(), host);
    }
}

Kernel compile(Device& device, const TestKernel& kernel, KernelOptions options) {
    Registry& r = registry();
    const auto key = std::pair(kernel.name, kernel.glsl);
    Shader shader;
    {
        const std::lock_guard lock(r.mutex);
        if (const auto found = r.shaders.find(key); found != r.shaders.end() && is_default(options))
            shader = found->second;
    }
    if (!shader.record()) {
        shader = compile_shader(glsl(kernel.glsl, kernel.name), options);
        register_words(shader.words(), kernel.host);
        const std::lock_guard lock(r.mutex);
        if (is_default(options)) r.shaders.emplace(key, shader);
    }
    if (options.label.empty()) options.label = kernel.name;
    return device.compile(shader, options);
}

}  // namespace alkomp::testing
