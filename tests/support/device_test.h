// SPDX-License-Identifier: MIT OR Apache-2.0
// Fixtures that run one test body once per device found, and name it: "Buffers.round_trip/vulkan_llvmpipe".
#pragma once

#include "alkomp/alkomp.h"
#include "support/host_kernels.h"
#include "support/memory_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace alkomp::testing {

struct TestDevice {
    u32 index = 0;  ///< in query()
    std::string backend;
    std::string api;   ///< behind a WebGPU device where it is not Vulkan: "d3d12", "metal"
    std::string name;  ///< "vulkan_llvmpipe", "wgpu_d3d12_llvmpipe"
};
std::ostream& operator<<(std::ostream& out, const TestDevice& device);

/// Every device of query() that takes part, and those of one backend.
[[nodiscard]] const std::vector<TestDevice>& test_devices();
[[nodiscard]] std::vector<TestDevice> test_devices_of(std::string_view backend);
[[nodiscard]] inline bool is_webgpu(std::string_view backend) {
    return backend == "wgpu" || backend == "dawn" || backend == "webgpu";
}
/// Those that run kernels that are modules of the IR.
[[nodiscard]] std::vector<TestDevice> test_devices_for_modules();

/// A fresh device per test. After the test: no hazard was found and the validation layer is silent.
class DeviceTest : public ::testing::TestWithParam<TestDevice> {
protected:
    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] MemoryDevice& memory() { return *memory_device(gpu); }
    [[nodiscard]] bool on_memory() const { return GetParam().backend == "memory"; }
    /// Forgets the device, and with it what the test has lost or abandoned.
    void drop() { gpu = Device(std::shared_ptr<detail::DeviceRecord>()); }
    [[nodiscard]] Device open(DeviceOptions options = {}) const { return Device(GetParam().index, options); }

    Device gpu{std::shared_ptr<detail::DeviceRecord>()};
};

/// Runs a body that is known to fail on some device. Fails the test when the body passes.
void known_failure(const std::string& reason, const std::function<void()>& body);

/// Runs `body(0)` to `body(count - 1)` on a thread each; what one throws fails the test.
void on_threads(int count, const std::function<void(int)>& body);

/// Log messages since the last call.
[[nodiscard]] std::vector<std::pair<LogLevel, std::string>> take_log();

/// What `body` throws: its text is returned and its code checked; an absent exception is a failure.
template <class F>
std::string error_text(ErrorCode code, F&& body) {
    try {
        body();
    } catch (const Error& error) {
        EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "nothing was thrown; wanted " << to_string(code);
    return {};
}

std::string device_name(const ::testing::TestParamInfo<TestDevice>& info);

}  // namespace alkomp::testing

/// A suite whose bodies run on every device, or on those of one backend.
#define ALKOMP_DEVICE_SUITE_ON(suite, devices)             \
    class suite : public ::alkomp::testing::DeviceTest {}; \
    GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);  \
    INSTANTIATE_TEST_SUITE_P(, suite, ::testing::ValuesIn(devices), ::alkomp::testing::device_name)
#define ALKOMP_DEVICE_SUITE(suite) ALKOMP_DEVICE_SUITE_ON(suite, ::alkomp::testing::test_devices())
#define ALKOMP_MODULE_SUITE(suite) ALKOMP_DEVICE_SUITE_ON(suite, ::alkomp::testing::test_devices_for_modules())
#define ALKOMP_MEMORY_SUITE(suite) ALKOMP_DEVICE_SUITE_ON(suite, ::alkomp::testing::test_devices_of("memory"))
#define ALKOMP_VULKAN_SUITE(suite) ALKOMP_DEVICE_SUITE_ON(suite, ::alkomp::testing::test_devices_of("vulkan"))
