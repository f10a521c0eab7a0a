// SPDX-License-Identifier: MIT OR Apache-2.0
// Finding WebGPU libraries, and why one is refused.
#include "device/webgpu_fixture.h"
#include "support/variables.h"

namespace alkomp::backend {
namespace {

#ifdef _WIN32
constexpr const char* kAnotherLibrary = "kernel32.dll";
constexpr const char* kAbsent = "not found";
#else
constexpr const char* kAnotherLibrary = "libm.so.6";
constexpr const char* kAbsent = "No such file";
#endif

TEST(WebGpuLibraries, an_absent_library_is_an_empty_list_with_a_reason) {
    const testing::Variables variables("ALKOMP_WEBGPU_LIBRARY", "/nowhere/libwgpu_native.so");
    for (const char* name : {"wgpu", "dawn"}) {
        const auto backend = make_webgpu(name);
        const Completion completion = finish(*backend, backend->adapters());
        EXPECT_TRUE(completion.status.ok()) << completion.status.text;
        EXPECT_TRUE(completion.adapters.empty());
        const std::vector<Finding> findings = backend->diagnose();
        ASSERT_EQ(findings.size(), 1u);
        EXPECT_EQ(findings[0].what, "/nowhere/libwgpu_native.so");
        EXPECT_FALSE(findings[0].usable);
        EXPECT_NE(findings[0].detail.find(kAbsent), std::string::npos) << findings[0].detail;
    }
}

TEST(WebGpuLibraries, a_library_of_another_kind_is_refused) {
    const testing::Variables variables("ALKOMP_WEBGPU_LIBRARY", kAnotherLibrary);
    const auto backend = make_webgpu("wgpu");
    EXPECT_TRUE(finish(*backend, backend->adapters()).adapters.empty());
    const std::vector<Finding> findings = backend->diagnose();
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].detail, "it has no wgpuCreateInstance, so it is no WebGPU library of this webgpu.h");
}

TEST(WebGpuLibraries, an_adapter_that_is_not_there_is_refused) {
    const auto backend = make_webgpu("wgpu");
    const Completion completion = finish(*backend, backend->open(99, {}));
    EXPECT_EQ(completion.status.code, ErrorCode::unsupported);
    EXPECT_TRUE(completion.status.failed);
}

}  // namespace
}  // namespace alkomp::backend
