// SPDX-License-Identifier: MIT OR Apache-2.0
// bare_peer [device]: the floor's side of peers/peers.py. Reads a task per line, prints its seconds.
#include "figures.h"

#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr uint64_t kBytes = 64u << 20;

void serve(const std::string& device) {
    const bare::Gpu gpu({device, false});
    bare::Launch launch(gpu);
    bare::Wait tiny(gpu);
    // A program of its own writes and reads device memory directly where it can, as on every CPU device.
    bare::Buffer direct;
    if (gpu.has(bare::Home::visible)) direct = gpu.buffer(kBytes, bare::Home::visible);
    bare::Transfer transfer(gpu, kBytes, 32u << 20);
    const bare::TransferPlan plan{.threads = 2};
    std::vector<std::byte> from(kBytes, std::byte{7}), to(kBytes);
    std::cout << "ready" << std::endl;
    for (std::string task; std::getline(std::cin, task);) {
        double seconds = 0;
        if (task == "dispatch") seconds = launch.batch(1000);
        else if (task == "wait") seconds = tiny.run(bare::Wait::How::fence_wait, false);
        else if (task == "upload")
            seconds = direct.host ? bare::host_copy(direct.host, from.data(), kBytes, 1, false)
                                  : transfer.upload(plan, from.data());
        else if (task == "download")
            seconds = direct.host ? bare::host_copy(to.data(), direct.host, kBytes, 1, false)
                                  : transfer.download(plan, to.data());
        else throw std::runtime_error("unknown task " + task + ".");
        std::printf("%.9f\n", seconds);
        std::fflush(stdout);
    }
    if (direct.host) gpu.free(direct);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        serve(count > 1 ? arguments[1] : "");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bare_peer: %s\n", error.what());
        return 1;
    }
}
