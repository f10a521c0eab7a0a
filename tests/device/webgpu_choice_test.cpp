// SPDX-License-Identifier: MIT OR Apache-2.0
// Which names open WebGPU devices, and that nobody else's opening loads their libraries. The tests run in this order, in
// a process of their own: a library stays where it is once it has been loaded.
#include "alkomp/alkomp.h"
#include "support/variables.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#ifdef _WIN32
#include <windows.h>
#endif

namespace alkomp {
namespace {

using testing::Variables;

bool is_loaded(const std::string& library) {
#ifdef _WIN32
    return GetModuleHandleA(library.c_str()) != nullptr;
#else
    std::ifstream maps("/proc/self/maps");
    const std::string all{std::istreambuf_iterator<char>(maps), {}};
    return all.find(library) != std::string::npos;
#endif
}

/// The libraries that this process has been told of and has loaded.
std::vector<std::string> loaded() {
    std::string listed = std::getenv("ALKOMP_WEBGPU_LIBRARY") == nullptr ? "" : std::getenv("ALKOMP_WEBGPU_LIBRARY");
#ifdef _WIN32
    const char separator = ';';
#else
    const char separator = ':';
#endif
    std::vector<std::string> out;
    for (std::size_t at = 0; at < listed.size();) {
        const std::size_t end = std::min(listed.find(separator, at), listed.size());
        const std::string path = listed.substr(at, end - at);
        if (is_loaded(path.substr(path.find_last_of("/\\") + 1))) out.push_back(path);
        at = end + 1;
    }
    return out;
}

class WebGpuChoice : public ::testing::Test {
protected:
    void SetUp() override {
        if (std::getenv("ALKOMP_WEBGPU_LIBRARY") == nullptr) GTEST_SKIP() << "ALKOMP_WEBGPU_LIBRARY names no library";
    }
};

/// Every device of the two backends.
std::vector<DeviceInfo> webgpu_devices() {
    std::vector<DeviceInfo> out;
    for (DeviceInfo& info : query())
        if (info.backend == "wgpu" || info.backend == "dawn") out.push_back(std::move(info));
    return out;
}

TEST_F(WebGpuChoice, other_devices_load_no_library) {
    EXPECT_EQ(Device().info().backend, "vulkan");
    const std::string name = Device("vulkan:0").info().name;
    EXPECT_EQ(Device(name).info().backend, "vulkan");
    EXPECT_EQ(Device("reference").info().backend, "reference");
    EXPECT_EQ(Device(0u).info().backend, "vulkan");
    EXPECT_EQ(loaded(), std::vector<std::string>());
}

TEST_F(WebGpuChoice, a_backend_is_opened_by_its_name_and_by_the_name_of_both) {
    const std::vector<DeviceInfo> devices = webgpu_devices();
    ASSERT_FALSE(devices.empty());
    EXPECT_EQ(Device("webgpu").info().index, devices.front().index);
    for (const DeviceInfo& info : devices) {
        EXPECT_EQ(Device(info.backend + ":" + std::to_string(info.backend_index)).info().index, info.index);
        EXPECT_EQ(Device(info.backend).info().backend, info.backend);
        EXPECT_EQ(Device(info.index).info().name, info.name);
        EXPECT_EQ(Device("webgpu:" + info.name).info().name, info.name);
    }
}

TEST_F(WebGpuChoice, the_environment_may_ask_for_webgpu) {
    const Variables variables("ALKOMP_DEVICE", "webgpu");
    const std::string backend = Device().info().backend;
    EXPECT_TRUE(backend == "wgpu" || backend == "dawn") << backend;
}

TEST_F(WebGpuChoice, vulkan_means_the_backend_of_that_name) {
    const Variables variables("ALKOMP_VULKAN_LIBRARY", "/nowhere/libvulkan.so");
    EXPECT_THROW(Device("vulkan"), Error);
    // Without it, WebGPU is the best that there is.
    const std::string backend = Device().info().backend;
    EXPECT_TRUE(backend == "wgpu" || backend == "dawn") << backend;
}

TEST_F(WebGpuChoice, an_api_behind_webgpu_is_part_of_its_devices_names) {
    for (const DeviceInfo& info : webgpu_devices()) {
        const std::size_t on = info.driver.find(" on ");
        ASSERT_NE(on, std::string::npos) << info.driver;
        const std::string api = info.driver.substr(on + 4, info.driver.find(',', on) - on - 4);
        if (api == "Vulkan") continue;
        EXPECT_EQ(Device(api).info().backend, info.backend);
    }
}

TEST_F(WebGpuChoice, what_is_not_there_is_refused_with_what_is) {
    try {
        Device("dawn:99");
        FAIL() << "there is no such device";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_NE(std::string(error.what()).find("vulkan:0"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace alkomp

int main(int argc, char** argv) {
    alkomp::testing::unset_variable("ALKOMP_DEVICE");
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
