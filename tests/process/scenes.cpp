// SPDX-License-Identifier: MIT OR Apache-2.0
#include "process/scenes.h"

#include "alkomp/alkomp.h"

#include <atomic>
#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace alkomp::testing {
namespace {

// Ends only when another invocation writes a flag, which none does.
constexpr const char* kEndless = R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) volatile buffer Flag { uint flag[]; };
void main() { while (flag[0] == 0) { flag[1] = flag[1] + 1; } })";

constexpr const char* kAddOne = R"(#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() { if (gl_GlobalInvocationID.x < data.length()) data[gl_GlobalInvocationID.x] += 1; })";

int fail(const std::string& what) {
    std::cout << what << "\n";
    return 1;
}

int expect_error(ErrorCode code, const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        std::cout << error.what() << "\n";
        return error.code() == code ? 0 : fail("the code is " + std::string(to_string(error.code())));
    }
    return fail("nothing was thrown");
}

bool works(Device& gpu) {
    auto data = gpu.zeros<u32>(100);
    gpu.call(gpu.compile(glsl(kAddOne)), groups(2), data);
    return gpu.get(data)[99] == 1;
}

// A wait on an endless kernel gives up, may be repeated, and abandon wakes every waiter.
int endless() {
    Device gpu("vulkan:0");
    auto flag = gpu.zeros<u32>(2);
    gpu.call(gpu.compile(glsl(kEndless)), groups(1), flag);
    for (int i = 0; i < 2; ++i) {
        if (expect_error(ErrorCode::timed_out, [&] { gpu.wait(std::chrono::milliseconds(200)); }) != 0) return 1;
    }
    std::atomic<int> woken{0};
    std::thread waiter([&] {
        try {
            gpu.wait(std::chrono::seconds(60));
        } catch (const Error& error) {
            if (error.code() == ErrorCode::device_lost) ++woken;
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    gpu.abandon();
    waiter.join();
    if (woken != 1) return fail("abandon did not wake the waiter with device_lost");
    return expect_error(ErrorCode::device_lost, [&] { static_cast<void>(gpu.get(flag)); });
}

// A device of the same or of another driver goes on beside an abandoned one.
int others_go_on() {
    Device gpu("vulkan:0"), other("vulkan:1");
    auto flag = gpu.zeros<u32>(2);
    gpu.call(gpu.compile(glsl(kEndless)), groups(1), flag);
    gpu.stream().flush();
    gpu.abandon();
    return works(other) ? 0 : fail("the other device gave wrong values");
}

int exit_in_flight() {
    static Device gpu("vulkan:0");
    static auto data = gpu.zeros<u32>(1 << 20);
    static Kernel kernel = gpu.compile(glsl(kAddOne));
    for (int i = 0; i < 100; ++i) gpu.call(kernel, data);
    gpu.stream().flush();
    return 0;
}

int fork_child() {
    Device gpu("vulkan:0");
    if (!works(gpu)) return 1;
    std::cout.flush();
    const pid_t child = fork();
    if (child == 0) {
        int result = expect_error(ErrorCode::unsupported, [&] { static_cast<void>(gpu.zeros<u32>(1)); });
        result += expect_error(ErrorCode::unsupported, [] { static_cast<void>(query()); });
        std::cout.flush();
        _exit(result);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && works(gpu) ? 0 : 1;
}

int no_driver() {
    const std::vector<DeviceInfo> found = query();
    if (found.size() != 1 || found[0].kind != DeviceKind::reference) return fail("another device was found");
    Device gpu;
    const auto data = gpu.to_device<u32>({1, 2, 3});
    gpu.call(kernel("twice", [](InOut<u32> of) { of[global_id()] *= 2u; }), data);
    return gpu.get(data) == std::vector<u32>{2, 4, 6} ? 0 : fail("wrong values");
}

int no_creation() {
    if (query().size() < 2) return fail("no device was found");
    return expect_error(ErrorCode::internal, [] { Device gpu; });
}

int survives() {
    Device gpu;
    return works(gpu) ? 0 : fail("wrong values");
}

}  // namespace

int run_scene(const std::string& name) {
    const std::map<std::string, std::function<int()>> scenes = {
        {"endless", endless},   {"others_go_on", others_go_on}, {"exit_in_flight", exit_in_flight},
        {"fork", fork_child},   {"no_driver", no_driver},       {"no_creation", no_creation},
        {"survives", survives},
    };
    try {
        return scenes.at(name)();
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}

}  // namespace alkomp::testing
