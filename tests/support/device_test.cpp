// SPDX-License-Identifier: MIT OR Apache-2.0
// The device tests' main: finds devices, checks ALKOMP_REQUIRE, counts skips, watches the log.
#include "support/device_test.h"

#include "support/variables.h"

#include <gtest/gtest-spi.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

namespace alkomp::testing {
namespace {

constexpr std::string_view kSpecialDevices[] = {"scarce", "checking"};  // opened by the tests that are about them

std::mutex log_mutex;
std::vector<std::pair<LogLevel, std::string>> log_lines;

// "llvmpipe (LLVM 19.1.4, 256 bits)" becomes "llvmpipe", "NVIDIA H100 80GB HBM3" "nvidia_h100_80gb_hbm3".
std::string short_name(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, name.find(" ("))) {
        if (std::isalnum(static_cast<unsigned char>(c)))
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!out.empty() && out.back() != '_') out += '_';
    }
    return out;
}

// What an environment variable lists, with commas between: backends, or "wgpu:d3d12" for those on one API.
std::vector<std::string> backends_in(const char* variable) {
    std::vector<std::string> backends;
    const char* list = std::getenv(variable);
    std::istringstream names(list == nullptr ? "" : list);
    for (std::string name; std::getline(names, name, ',');)
        if (!name.empty()) backends.push_back(name);
    return backends;
}

// The API behind a WebGPU device, "d3d12"; nothing where it is Vulkan.
std::string api_of(const DeviceInfo& info) {
    for (const char* api : {"D3D12", "Metal"})
        if (info.driver.find(std::string(" on ") + api) != std::string::npos) return short_name(api);
    return {};
}

// Whether an entry of those lists means the device.
bool is_meant(const std::string& entry, const std::string& backend, const std::string& api) {
    return entry == backend || entry == backend + ":" + (api.empty() ? "vulkan" : api);
}

std::vector<TestDevice> find_devices() {
    MemoryBackend::registered();
    const std::vector<std::string> chosen = backends_in("ALKOMP_TEST_BACKENDS");  // none: all of them
    std::vector<TestDevice> found;
    std::map<std::string, int> seen;
    for (const DeviceInfo& info : query()) {
        if (std::find(std::begin(kSpecialDevices), std::end(kSpecialDevices), info.name) != std::end(kSpecialDevices))
            continue;
        const std::string api = api_of(info);
        const auto meant = [&](const std::string& entry) { return is_meant(entry, info.backend, api); };
        if (!chosen.empty() && std::none_of(chosen.begin(), chosen.end(), meant)) continue;
        std::string name = info.backend + "_" + (api.empty() ? "" : api + "_") + short_name(info.name);
        if (const int count = seen[name]++; count > 0) name += "_" + std::to_string(count);
        found.push_back({info.index, info.backend, api, name});
    }
    return found;
}

bool from_validation(const std::pair<LogLevel, std::string>& line) {
    if (line.first < LogLevel::warning) return false;
    std::string text = line.second;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("validation") != std::string::npos || text.find("vuid") != std::string::npos ||
           text.find("sync-hazard") != std::string::npos;
}

void fail_on_validation(const std::vector<std::pair<LogLevel, std::string>>& lines) {
    const char* mode = std::getenv("ALKOMP_VULKAN_VALIDATION");
    if (mode == nullptr || std::string_view(mode) != "1") return;
    for (const auto& line : lines)
        if (from_validation(line)) ADD_FAILURE() << "the validation layer says: " << line.second;
}

// Counts skips by reason, prints them at the end.
class SkipCounter : public ::testing::EmptyTestEventListener {
    void OnTestPartResult(const ::testing::TestPartResult& result) override {
        if (result.skipped()) reason_ = result.message() == nullptr ? "" : result.message();
    }
    void OnTestEnd(const ::testing::TestInfo& info) override {
        if (info.result()->Skipped()) ++skips_[reason_];
        reason_.clear();
    }
    void OnTestProgramEnd(const ::testing::UnitTest&) override {
        int total = 0;
        for (const auto& [reason, count] : skips_) total += count;
        if (total == 0) return;
        std::cout << total << " tests were skipped:\n";
        for (const auto& [reason, count] : skips_) std::cout << "  " << count << " x " << reason << "\n";
    }
    std::string reason_;
    std::map<std::string, int> skips_;
};

class LateMessages : public ::testing::Environment {
    void TearDown() override { fail_on_validation(take_log()); }
};

// The backends that ALKOMP_REQUIRE names and no device belongs to.
std::vector<std::string> missing_backends() {
    std::vector<std::string> missing = backends_in("ALKOMP_REQUIRE");
    std::erase_if(missing, [](const std::string& entry) {
        const std::vector<TestDevice>& devices = test_devices();
        return std::any_of(devices.begin(), devices.end(),
                           [&](const TestDevice& d) { return is_meant(entry, d.backend, d.api); });
    });
    return missing;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const TestDevice& device) { return out << device.name; }

const std::vector<TestDevice>& test_devices() {
    static const std::vector<TestDevice> devices = find_devices();
    return devices;
}

std::vector<TestDevice> test_devices_of(std::string_view backend) {
    std::vector<TestDevice> devices;
    for (const TestDevice& device : test_devices())
        if (device.backend == backend) devices.push_back(device);
    return devices;
}

std::vector<TestDevice> test_devices_for_modules() {
    std::vector<TestDevice> devices = test_devices_of("vulkan");
    for (const char* backend : {"reference", "wgpu", "dawn", "webgpu"})
        for (const TestDevice& device : test_devices_of(backend)) devices.push_back(device);
    return devices;
}

std::string device_name(const ::testing::TestParamInfo<TestDevice>& info) { return info.param.name; }

void DeviceTest::SetUp() {
    static_cast<void>(HazardOracle::take_violations());
    gpu = open();
}

void DeviceTest::TearDown() {
    drop();
    for (const std::string& violation : HazardOracle::take_violations()) ADD_FAILURE() << violation;
    fail_on_validation(take_log());
}

void known_failure(const std::string& reason, const std::function<void()>& body) {
    ::testing::TestPartResultArray results;
    {
        const ::testing::ScopedFakeTestPartResultReporter catcher(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
        try {
            body();
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
    }
    for (int i = 0; i < results.size(); ++i) {
        if (!results.GetTestPartResult(i).failed()) continue;
        std::cout << "known failure: " << reason << "\n";
        return;
    }
    ADD_FAILURE() << "what was known to fail passes now; take the mark away: " << reason;
}

void on_threads(int count, const std::function<void(int)>& body) {
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t)
        threads.emplace_back([&body, t] {
            try {
                body(t);
            } catch (const std::exception& error) {
                ADD_FAILURE() << "thread " << t << ": " << error.what();
            }
        });
    for (std::thread& thread : threads) thread.join();
}

std::vector<std::pair<LogLevel, std::string>> take_log() {
    const std::lock_guard lock(log_mutex);
    return std::exchange(log_lines, {});
}

}  // namespace alkomp::testing

int main(int argc, char** argv) {
    using namespace alkomp::testing;
    namespace fs = std::filesystem;
    // A cache of its own, so that no run depends on an earlier one.
    const fs::path cache = fs::temp_directory_path() / ("alkomp-tests-" + std::to_string(std::random_device{}()));
    const bool own_cache = std::getenv("ALKOMP_CACHE_DIR") == nullptr;
    if (own_cache) set_variable("ALKOMP_CACHE_DIR", cache.string());
    unset_variable("ALKOMP_DEVICE");
    alkomp::set_log([](alkomp::LogLevel level, std::string_view text) {
        const std::lock_guard lock(log_mutex);
        log_lines.emplace_back(level, std::string(text));
    });

    ::testing::InitGoogleMock(&argc, argv);
    for (const std::string& name : missing_backends()) {
        std::fprintf(stderr, "ALKOMP_REQUIRE names \"%s\", and query() lists no device of it\n", name.c_str());
        return 1;
    }
    ::testing::UnitTest::GetInstance()->listeners().Append(new SkipCounter);
    ::testing::AddGlobalTestEnvironment(new LateMessages);
    const int result = RUN_ALL_TESTS();
    if (own_cache) {
        std::error_code ignored;
        fs::remove_all(cache, ignored);
    }
    return result;
}
