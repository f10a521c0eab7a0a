// SPDX-License-Identifier: MIT OR Apache-2.0
// Finding WebGPU libraries, and why one is refused.
#include "device/webgpu_fixture.h"

#include <cstdlib>
#include <optional>

namespace alkomp::backend {
namespace {

/// Sets variables for one test.
class WebGpuLibraries : public ::testing::Test {
protected:
    void set(const char* name, const std::string& value) {
        const char* old = std::getenv(name);
        saved_.push_back({name, old ? std::optional<std::string>(old) : std::nullopt});
        setenv(name, value.c_str(), 1);
    }
    void TearDown() override {
        for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) {
            if (it->second) setenv(it->first.c_str(), it->second->c_str(), 1);
            else unsetenv(it->first.c_str());
        }
    }

private:
    std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
};

TEST_F(WebGpuLibraries, an_absent_library_is_an_empty_list_with_a_reason) {
    set("ALKOMP_WEBGPU_LIBRARY", "/nowhere/libwgpu_native.so");
    for (const char* name : {"wgpu", "dawn"}) {
        const auto backend = make_webgpu(name);
        const Completion completion = finish(*backend, backend->adapters());
        EXPECT_TRUE(completion.status.ok()) << completion.status.text;
        EXPECT_TRUE(completion.adapters.empty());
        const std::vector<Finding> findings = backend->diagnose();
        ASSERT_EQ(findings.size(), 1u);
        EXPECT_EQ(findings[0].what, "/nowhere/libwgpu_native.so");
        EXPECT_FALSE(findings[0].usable);
        EXPECT_NE(findings[0].detail.find("No such file"), std::string::npos) << findings[0].detail;
    }
}

TEST_F(WebGpuLibraries, a_library_of_another_kind_is_refused) {
    set("ALKOMP_WEBGPU_LIBRARY", "libm.so.6");
    const auto backend = make_webgpu("wgpu");
    EXPECT_TRUE(finish(*backend, backend->adapters()).adapters.empty());
    const std::vector<Finding> findings = backend->diagnose();
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].detail, "it has no wgpuCreateInstance, so it is no WebGPU library of this webgpu.h");
}

TEST_F(WebGpuLibraries, an_adapter_that_is_not_there_is_refused) {
    const auto backend = make_webgpu("wgpu");
    const Completion completion = finish(*backend, backend->open(99, {}));
    EXPECT_EQ(completion.status.code, ErrorCode::unsupported);
    EXPECT_TRUE(completion.status.failed);
}

}  // namespace
}  // namespace alkomp::backend
