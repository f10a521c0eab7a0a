// SPDX-License-Identifier: MIT OR Apache-2.0
// From the start of a process to its first result, with nothing but the driver calls.
#include "figures.h"
#include "kernels.h"

#include <fstream>
#include <iterator>

namespace bare {
namespace {

std::vector<char> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void keep(const Gpu& gpu, VkPipelineCache cache, const std::string& path) {
    std::size_t size = 0;
    check(gpu.vk.GetPipelineCacheData(gpu.device, cache, &size, nullptr), "vkGetPipelineCacheData");
    std::vector<char> data(size);
    check(gpu.vk.GetPipelineCacheData(gpu.device, cache, &size, data.data()), "vkGetPipelineCacheData");
    std::ofstream(path, std::ios::binary).write(data.data(), static_cast<std::streamsize>(size));
}

}  // namespace

Start start(const Options& options, const std::string& cache_path) {
    Start times;
    double mark = now();
    const auto step = [&mark](double& out) {
        out = now() - mark;
        mark += out;
    };
    const Gpu gpu(options);
    step(times.device);

    const std::vector<char> kept = cache_path.empty() ? std::vector<char>() : read(cache_path);
    auto info = typed<VkPipelineCacheCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO);
    info.initialDataSize = kept.size();
    info.pInitialData = kept.data();
    VkPipelineCache cache = VK_NULL_HANDLE;
    check(gpu.vk.CreatePipelineCache(gpu.device, &info, nullptr, &cache), "vkCreatePipelineCache");
    Pipeline tiny = gpu.pipeline(kernels::tiny, 1, nullptr, cache);
    step(times.pipeline);

    Buffer data = gpu.buffer(64, gpu.has(Home::visible) ? Home::visible : Home::cached);
    *reinterpret_cast<uint32_t*>(data.host) = 5;
    {
        Commands commands(gpu, gpu.compute_family);
        commands.begin();
        call(gpu, commands.list, tiny, {&data.buffer, 1}, 2, 1);
        commands.end();
        commands.run(gpu.compute);
    }
    if (*reinterpret_cast<volatile uint32_t*>(data.host) != 17) throw std::runtime_error("the first result is wrong.");
    step(times.run);

    if (!cache_path.empty() && kept.empty()) keep(gpu, cache, cache_path);
    gpu.vk.DestroyPipelineCache(gpu.device, cache, nullptr);
    gpu.free(data);
    gpu.free(tiny);
    return times;
}

}  // namespace bare
