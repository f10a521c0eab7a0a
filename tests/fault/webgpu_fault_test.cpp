// SPDX-License-Identifier: MIT OR Apache-2.0
// Every answer that a WebGPU library gives a full program is a fault once: the right error, no crash, no hang, and the next
// program in the same process works. And handles that a library uses again.
#include "fault/program.h"
#include "fault/webgpu_shim.h"

#include "alkomp/alkomp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace alkomp::testing {
namespace {

struct Shim {
    WebGpuFaultReset reset = nullptr;
    WebGpuFaultArm arm = nullptr;
    WebGpuFaultAnswer answer = nullptr;
    WebGpuFaultFired fired = nullptr;
};

const Shim& shim() {
    static const Shim loaded = [] {
        void* library = dlopen(ALKOMP_FAULT_SHIM, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw std::runtime_error(dlerror());
        Shim out;
        const auto get = [&](const char* name, auto& into) {
            into = reinterpret_cast<std::remove_reference_t<decltype(into)>>(dlsym(library, name));
        };
        get("webgpu_fault_reset", out.reset);
        get("webgpu_fault_arm", out.arm);
        get("webgpu_fault_answer", out.answer);
        get("webgpu_fault_fired", out.fired);
        return out;
    }();
    return loaded;
}

constexpr const char* kDevice = ALKOMP_FAULT_BACKEND ":0";

std::vector<std::string> record_answers() {
    shim().reset();
    full_program(kDevice);
    std::vector<std::string> answers;
    while (const char* name = shim().answer(answers.size())) answers.emplace_back(name);
    return answers;
}

std::vector<WebGpuFault> faults_of(const std::string& function) {
    std::vector<WebGpuFault> out{WebGpuFault::lost};
    if (function == "wgpuDevicePopErrorScope") out.push_back(WebGpuFault::memory);
    out.push_back(WebGpuFault::invalid);
    return out;
}

bool is_right(ErrorCode code, WebGpuFault fault) {
    switch (fault) {
        case WebGpuFault::lost:
            return code == ErrorCode::device_lost;
        case WebGpuFault::memory:
            return code == ErrorCode::out_of_memory;
        case WebGpuFault::invalid:
            break;
    }
    return code == ErrorCode::internal || code == ErrorCode::unsupported || code == ErrorCode::compile_failed;
}

// Runs the program with one fault; returns what is wrong, or nothing.
std::string run_with_fault(const std::string& function, std::size_t occurrence, WebGpuFault fault) {
    const std::string where = function + " number " + std::to_string(occurrence) + ", fault " +
                              std::to_string(static_cast<int>(fault)) + ": ";
    shim().reset();
    shim().arm(function.c_str(), occurrence, static_cast<int>(fault));
    const auto start = std::chrono::steady_clock::now();
    bool reported = false;
    try {
        full_program(kDevice);
    } catch (const Error& error) {
        reported = true;
        if (!is_right(error.code(), fault))
            return where + "reported as " + std::string(to_string(error.code())) + ": " + error.what();
    } catch (const std::exception& error) {
        return where + error.what();
    }
    // A scope of a mapping tells what its callback tells too; memory that has run out is asked for again; timestamps are
    // lost with a warning; and at the end of the program a device may be lost unseen.
    const bool tolerated = function == "wgpuDevicePopErrorScope" || function == "wgpuBufferGetConstMappedRange" ||
                           fault == WebGpuFault::lost;
    if (shim().fired() && !reported && !tolerated) return where + "nothing was reported.";
    if (std::chrono::steady_clock::now() - start > std::chrono::seconds(8)) return where + "it took over 8 s.";
    try {
        shim().reset();
        short_program(kDevice);
    } catch (const std::exception& error) {
        return where + "the next program failed: " + error.what();
    }
    return {};
}

TEST(WebGpuFaults, every_answer_is_each_of_its_faults) {
    static_cast<void>(record_answers());
    const std::vector<std::string> answers = record_answers();
    ASSERT_GT(answers.size(), 50u);
    std::size_t runs = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto before = answers.begin() + static_cast<std::ptrdiff_t>(i);
        const auto occurrence = static_cast<std::size_t>(std::count(answers.begin(), before, answers[i]));
        for (const WebGpuFault fault : faults_of(answers[i])) {
            EXPECT_EQ(run_with_fault(answers[i], occurrence, fault), "");
            ++runs;
        }
    }
    std::cout << answers.size() << " answers, " << runs << " faults injected\n";
}

// More bind groups than are kept, within one encoding: they are dropped there, and a new one may have the handle of the one
// that the pass was told last.
TEST(WebGpuHandles, a_new_bind_group_is_told_to_the_pass_also_where_its_handle_is_an_old_one) {
    constexpr u64 kCalls = 9000, kStep = 64;  // words; views start where the device lets bindings start
    Device gpu(kDevice);
    const auto increment = kernel("increment", [](InOut<u32> data) { data[global_id()] += 1u; });
    const auto data = gpu.zeros<u32>(kCalls * kStep);
    Graph graph = gpu.create_graph();
    for (u64 i = 0; i < kCalls; ++i) graph.call(increment, data.slice(i * kStep, 1));
    for (u32 round = 1; round <= 2; ++round) {
        graph.replay();
        const std::vector<u32> got = gpu.get(data);
        for (u64 i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], i % kStep == 0 ? round : 0u) << i;
    }
}

}  // namespace
}  // namespace alkomp::testing

int main(int argc, char** argv) {
    setenv("ALKOMP_WEBGPU_LIBRARY", ALKOMP_FAULT_SHIM, 1);
    setenv("ALKOMP_CACHE", "0", 1);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
