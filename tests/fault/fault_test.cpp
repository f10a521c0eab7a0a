// SPDX-License-Identifier: MIT OR Apache-2.0
// Every Vulkan call of a full program fails once with each code it may return: the right error, no
// crash, no leak, no hang, and the next program in the same process works.
#include "fault/program.h"
#include "fault/shim.h"

#include "alkomp/alkomp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <iostream>
#include <set>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace alkomp::testing {
namespace {

constexpr int kOutOfHostMemory = -1, kOutOfDeviceMemory = -2, kDeviceLost = -4, kTooManyObjects = -10,
              kFragmentedPool = -12, kOutOfPoolMemory = -1000069000, kFragmentation = -1000161000;

struct Shim {
    FaultReset reset = nullptr;
    FaultArm arm = nullptr;
    FaultCall call = nullptr;
    FaultCodes codes = nullptr;
    FaultFired fired = nullptr;
    FaultLive live = nullptr;
    FaultAsked asked = nullptr;
};

Shim load() {
    void* library = dlopen(ALKOMP_FAULT_SHIM, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    Shim shim;
    const auto get = [&](const char* name, auto& into) {
        into = reinterpret_cast<std::remove_reference_t<decltype(into)>>(dlsym(library, name));
    };
    get("fault_reset", shim.reset);
    get("fault_arm", shim.arm);
    get("fault_call", shim.call);
    get("fault_codes", shim.codes);
    get("fault_fired", shim.fired);
    get("fault_live", shim.live);
    get("fault_asked", shim.asked);
    return shim;
}

const Shim& shim() {
    static const Shim loaded = load();
    return loaded;
}

// Failures of these are survived: what they give is a convenience, or is asked for again.
const std::set<std::string> kTolerated = {
    "vkCreatePipelineCache",                              // the kernel is compiled without a cache
    "vkGetPipelineCacheData",                             // ... and not stored
    "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR",  // none are offered
    "vkGetPhysicalDeviceCooperativeMatrixPropertiesNV",
    "vkEnumerateInstanceVersion",
    "vkEnumerateInstanceExtensionProperties",
    "vkEnumerateInstanceLayerProperties",
    "vkGetPhysicalDeviceCalibrateableTimeDomainsEXT",  // clocks are paired by sampling
    "vkGetCalibratedTimestampsEXT",
    "vkAllocateMemory",  // the pool is trimmed and the driver asked again
    "vkCreateBuffer",
    "vkBindBufferMemory",
    "vkMapMemory",
    "vkGetQueryPoolResults",  // timestamps are lost, with a warning
    "vkDeviceWaitIdle",       // the device goes in any case
};

// ... unless they say that the device is lost.
const std::set<std::string> kAskedAgain = {"vkGetSemaphoreCounterValue", "vkWaitSemaphores", "vkGetFenceStatus",
                                           "vkWaitForFences"};

bool is_right(ErrorCode code, int result, const std::string& call) {
    // Before there is a device, the driver is passed over, and its backend has none of the name.
    const bool is_before = call.find("Instance") != std::string::npos || call.find("Enumerate") != std::string::npos;
    if (is_before && code == ErrorCode::invalid_argument) return true;
    switch (result) {
        case kOutOfHostMemory:
        case kOutOfDeviceMemory:
        case kTooManyObjects:
        case kFragmentedPool:
        case kOutOfPoolMemory:
        case kFragmentation:
            return code == ErrorCode::out_of_memory;
        case kDeviceLost:
            return code == ErrorCode::device_lost;
        default:
            return code == ErrorCode::unsupported || code == ErrorCode::internal || code == ErrorCode::compile_failed ||
                   code == ErrorCode::out_of_memory;
    }
}

// Where the CPU comes late to its wait, the work is done and no call waits for it: then once more.
std::vector<std::string> record_calls() {
    std::vector<std::string> calls;
    for (int i = 0; i < 20 && std::find(calls.begin(), calls.end(), "vkWaitForFences") == calls.end(); ++i) {
        calls.clear();
        shim().reset();
        full_program();
        while (const char* name = shim().call(calls.size())) calls.emplace_back(name);
    }
    return calls;
}

std::vector<int> codes_of(const std::string& call) {
    std::vector<int> codes(32);
    codes.resize(shim().codes(call.c_str(), codes.data(), codes.size()));
    return codes;
}

// Runs the program with one fault; returns what is wrong, or nothing.
std::string run_with_fault(const std::string& call, std::size_t occurrence, int result) {
    const std::string where = call + " number " + std::to_string(occurrence) + " = " + std::to_string(result) + ": ";
    shim().reset();
    shim().arm(call.c_str(), occurrence, result);
    const auto start = std::chrono::steady_clock::now();
    try {
        full_program();
        if (!shim().fired()) return {};  // this run took fewer calls, as timing may have it
        const bool pool_is_full = result == kFragmentedPool || result == kOutOfPoolMemory;
        const bool asked_again = (kAskedAgain.contains(call) && result != kDeviceLost) ||
                                 (call == "vkAllocateDescriptorSets" && pool_is_full);  // of another pool
        if (!kTolerated.contains(call) && !asked_again) return where + "nothing was reported.";
    } catch (const Error& error) {
        if (!is_right(error.code(), result, call))
            return where + "reported as " + std::string(to_string(error.code())) + ": " + error.what();
    } catch (const std::exception& error) {
        return where + error.what();
    }
    if (std::chrono::steady_clock::now() - start > std::chrono::seconds(8)) return where + "it took over 8 s.";
    std::string live = shim().live();
    if (live == "Instance 1") live.clear();  // kept for the process
    if (!live.empty()) return where + "left behind: " + live;
    try {
        shim().reset();
        short_program();
    } catch (const std::exception& error) {
        return where + "the next program failed: " + error.what();
    }
    return {};
}

// How often the i-th call's function was called before it.
std::size_t occurrence_of(const std::vector<std::string>& calls, std::size_t i) {
    return static_cast<std::size_t>(
        std::count(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(i), calls[i]));
}

std::size_t first_device_call(const std::vector<std::string>& calls) {
    return static_cast<std::size_t>(std::find(calls.begin(), calls.end(), "vkCreateDevice") - calls.begin());
}

TEST(Faults, every_call_after_the_instance_fails_with_each_of_its_codes) {
    static_cast<void>(record_calls());  // the instance is made by now
    const std::vector<std::string> calls = record_calls();
    ASSERT_GT(calls.size(), 50u);
    std::size_t runs = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        for (const int code : codes_of(calls[i])) {
            const std::string wrong = run_with_fault(calls[i], occurrence_of(calls, i), code);
            EXPECT_EQ(wrong, "");
            ++runs;
        }
    }
    std::cout << calls.size() << " calls, " << runs << " faults injected\n";
}

// The instance lives as long as the process, so each fault before it is there takes a process of its own.
TEST(Faults, every_call_that_finds_the_driver_fails_with_each_of_its_codes) {
    char self[4096] = {};
    ASSERT_GT(readlink("/proc/self/exe", self, sizeof self - 1), 0);
    std::size_t faults = 0;
    for (std::size_t i = 0;; ++i) {
        bool more = true;
        for (std::size_t c = 0; more; ++c) {
            const std::string index = std::to_string(i);
            const std::string code = std::to_string(c);
            const pid_t child = fork();
            if (child == 0) {
                alarm(60);
                execl(self, self, "--one-fault", index.c_str(), code.c_str(), nullptr);
                _exit(99);
            }
            int status = 0;
            ASSERT_EQ(waitpid(child, &status, 0), child);
            ASSERT_TRUE(WIFEXITED(status))
                << "call " << i << ", its code " << c << ": ended by signal " << WTERMSIG(status);
            if (WEXITSTATUS(status) == 3)
                return void(std::cout << faults << " faults injected\n");  // past vkCreateDevice
            if (WEXITSTATUS(status) == 2) more = false;                    // that was its last code
            else ++faults;
            EXPECT_TRUE(WEXITSTATUS(status) <= 2 && WEXITSTATUS(status) != 1) << "call " << i << ", its code " << c;
            ASSERT_LE(WEXITSTATUS(status), 2) << "the program does not run without faults";
        }
    }
}

TEST(Faults, every_function_that_the_backend_uses_is_walked) {
    // Not reached by the program: each with its reason.
    const std::set<std::string> excused = {
        "vkEnumerateInstanceLayerProperties",   // only with ALKOMP_VULKAN_VALIDATION
        "vkCreateDebugUtilsMessengerEXT",       // likewise
        "vkSetDebugUtilsObjectNameEXT",         // likewise
        "vkQueueSubmit",                        // only without synchronization2
        "vkGetQueryPoolResults",                // only on queues that copy alone
        "vkGetMemoryHostPointerPropertiesEXT",  // only when host memory is imported
    };
    const std::vector<std::string> calls = record_calls();
    const std::set<std::string> reached(calls.begin(), calls.end());
    for (std::size_t i = 0; const char* asked = shim().asked(i); ++i) {
        if (reached.contains(asked) || excused.contains(asked)) continue;
        // What only makes the instance was called before this run began.
        const std::string name = asked;
        if (name.find("Instance") != std::string::npos) continue;
        ADD_FAILURE() << name << " is used by the backend and is not reached by the program";
    }
}

}  // namespace

// The child's side: the c-th code of the i-th call. Returns 2 when there is no such code, 3 when there
// is no such call before the device is made.
static int child_main(std::size_t index, std::size_t code_index) {
    // Names come from a run in a child of its own; this process has made no instance yet.
    int names[2];
    if (pipe(names) != 0) return 97;
    const pid_t probe = fork();
    if (probe == 0) {
        const std::vector<std::string> calls = record_calls();
        std::string answer;
        if (index < first_device_call(calls)) answer = calls[index] + " " + std::to_string(occurrence_of(calls, index));
        static_cast<void>(!write(names[1], answer.c_str(), answer.size()));
        _exit(0);
    }
    close(names[1]);
    char buffer[256] = {};
    const ssize_t length = read(names[0], buffer, sizeof buffer - 1);
    int status = 0;
    waitpid(probe, &status, 0);
    if (!WIFEXITED(status)) return 98;
    if (length <= 0) return 3;
    const std::string answer = buffer;
    const std::string call = answer.substr(0, answer.find(' '));
    const std::size_t occurrence = std::strtoull(answer.c_str() + call.size(), nullptr, 10);
    const std::vector<int> codes = codes_of(call);
    if (code_index >= codes.size()) return 2;
    const std::string wrong = run_with_fault(call, occurrence, codes[code_index]);
    if (wrong.empty()) return 0;
    std::cerr << wrong << "\n";
    return 1;
}

}  // namespace alkomp::testing

int main(int argc, char** argv) {
    setenv("ALKOMP_VULKAN_LIBRARY", ALKOMP_FAULT_SHIM, 1);
    setenv("ALKOMP_CACHE", "0", 1);
    if (argc == 4 && std::strcmp(argv[1], "--one-fault") == 0)
        return alkomp::testing::child_main(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
