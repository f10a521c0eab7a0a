// SPDX-License-Identifier: MIT OR Apache-2.0
#include "mend.h"

#include <gtest/gtest.h>

namespace alkomp::command {
namespace {

using backend::Finding;

/// A machine where all is well.
DoctorReport healthy() {
    DoctorReport report;
    report.backends.push_back({"vulkan",
                               {{Finding::Kind::library, "libvulkan.so.1", true, ""},
                                {Finding::Kind::manifest, "/usr/share/vulkan/icd.d/lvp.json", true, ""}},
                               {"vulkan:0 llvmpipe"},
                               ""});
    report.trial = {"llvmpipe", "vulkan:0", "cpu", "Mesa", true, true, ""};
    report.cache = {"/home/me/.cache/alkomp", true, ""};
    report.glsl = {"glslang 12.0.0", {}};
    return report;
}

DoctorReport without_devices() {
    DoctorReport report = healthy();
    report.backends[0].devices.clear();
    report.trial = {};
    return report;
}

TEST(Mend, DistributionsAreKnownByTheirReleaseFile) {
    EXPECT_EQ(family_of("ID=debian\n"), Family::debian);
    EXPECT_EQ(family_of("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"), Family::ubuntu);
    EXPECT_EQ(family_of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Family::ubuntu);
    EXPECT_EQ(family_of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Family::fedora);
    EXPECT_EQ(family_of("ID=manjaro\nID_LIKE=arch\n"), Family::arch);
    EXPECT_EQ(family_of("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n"), Family::suse);
    EXPECT_EQ(family_of("ID=alpine\n"), Family::alpine);
    EXPECT_EQ(family_of("ID=plan9\n"), Family::unknown);
    EXPECT_EQ(family_of(""), Family::unknown);
}

TEST(Mend, NothingIsSaidWhereNothingIsWrong) {
    EXPECT_TRUE(find_mends(healthy(), {Family::debian, true, "", false}).empty());
}

TEST(Mend, AMissingLoaderIsInstalledInTheSystemsWords) {
    DoctorReport report = without_devices();
    report.backends[0].findings = {{Finding::Kind::library, "libvulkan.so.1", false, "not found"}};
    const auto command = [&](const System& system) { return find_mends(report, system).at(0).command; };
    EXPECT_EQ(command({Family::debian, true, "", false}), "apt-get install libvulkan1 mesa-vulkan-drivers");
    EXPECT_EQ(command({Family::ubuntu, false, "", false}), "sudo apt-get install libvulkan1 mesa-vulkan-drivers");
    EXPECT_EQ(command({Family::fedora, true, "", false}), "dnf install vulkan-loader mesa-vulkan-drivers");
    EXPECT_EQ(command({Family::arch, true, "", false}),
              "pacman -S vulkan-icd-loader vulkan-swrast vulkan-radeon vulkan-intel");
    EXPECT_EQ(find_mends(report, {Family::debian, true, "", false}).size(), 1U);
    report.environment = {"ALKOMP_VULKAN_LIBRARY=/nowhere.so"};
    EXPECT_EQ(command({Family::debian, true, "", false}), "unset ALKOMP_VULKAN_LIBRARY");
}

TEST(Mend, AMissingDriverIsInstalled) {
    const auto mends = find_mends(without_devices(), {Family::debian, true, "", false});
    ASSERT_EQ(mends.size(), 1U);
    EXPECT_EQ(mends[0].problem, "no Vulkan driver lists a device");
    EXPECT_EQ(mends[0].command, "apt-get install libvulkan1 mesa-vulkan-drivers");
}

TEST(Mend, AVariableThatHidesDriversIsUnset) {
    DoctorReport report = without_devices();
    report.environment = {"VK_ICD_FILENAMES=/nowhere.json"};
    EXPECT_EQ(find_mends(report, {Family::debian, true, "", false}).at(0).command, "unset VK_ICD_FILENAMES");
    report.backends[0].findings[1] = {Finding::Kind::manifest, "/nowhere.json", false, "no such file"};
    const auto mends = find_mends(report, {Family::debian, true, "", false});
    ASSERT_EQ(mends.size(), 1U);
    EXPECT_EQ(mends[0].problem, "driver manifest /nowhere.json is refused: no such file");
}

TEST(Mend, AnNvidiaGpuWithoutVulkanIsNoticed) {
    EXPECT_EQ(find_mends(healthy(), {Family::ubuntu, true, "550.54.14", false}).at(0).command,
              "apt-get install libnvidia-gl-550");
    EXPECT_NE(find_mends(healthy(), {Family::ubuntu, true, "550.54.14", true})
                  .at(0)
                  .command.find("NVIDIA_DRIVER_CAPABILITIES"),
              std::string::npos);
    DoctorReport report = healthy();
    report.backends[0].devices.push_back("vulkan:1 NVIDIA H100");
    EXPECT_TRUE(find_mends(report, {Family::ubuntu, true, "550.54.14", true}).empty());
}

TEST(Mend, ALibraryOfWebGpuIsMissedWhereItIsAskedFor) {
    DoctorReport report = healthy();
    const Finding nothing{Finding::Kind::library, "libwgpu_native.so", false, "not found"};
    report.backends.push_back({"wgpu", {nothing}, {}, ""});
    report.backends.push_back({"dawn", {nothing}, {}, ""});
    const System system{Family::debian, true, "", false};
    EXPECT_TRUE(find_mends(report, system).empty());
    report.environment = {"ALKOMP_WEBGPU_LIBRARY=/nowhere.so"};
    EXPECT_EQ(find_mends(report, system).at(0).command, "unset ALKOMP_WEBGPU_LIBRARY");
    report.trial = {};
    for (const auto& [device, wanted] : {std::pair{"WGPU", "pip install wgpu"},
                                         {"webgpu:0", "pip install wgpu"},
                                         {"dawn:llvmpipe", "build Dawn"},
                                         {"vulkan:9", "unset ALKOMP_DEVICE"}}) {
        report.environment = {std::string("ALKOMP_DEVICE=") + device};
        const auto mends = find_mends(report, system);
        ASSERT_EQ(mends.size(), 1U) << device;
        EXPECT_EQ(mends[0].command.substr(0, std::string_view(wanted).size()), wanted);
    }
    report.backends[1].findings[0].usable = true;
    report.environment = {"ALKOMP_DEVICE=wgpu:moon"};
    EXPECT_EQ(find_mends(report, system).at(0).command, "unset ALKOMP_DEVICE");
}

TEST(Mend, ADeviceVariableTheCacheAndTheCompilerAreLookedAt) {
    DoctorReport report = healthy();
    report.trial = {};
    report.environment = {"ALKOMP_DEVICE=moon"};
    report.cache.writable = false;
    report.cache.detail = "read-only file system";
    report.glsl.version.clear();
    const auto mends = find_mends(report, {Family::debian, true, "", false});
    ASSERT_EQ(mends.size(), 3U);
    EXPECT_EQ(mends[0].command, "unset ALKOMP_DEVICE");
    EXPECT_EQ(mends[1].problem, "the kernel cache cannot be written: read-only file system");
    EXPECT_NE(mends[2].command.find("glslang-dev"), std::string::npos);
}

}  // namespace
}  // namespace alkomp::command
