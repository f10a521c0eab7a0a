// SPDX-License-Identifier: MIT OR Apache-2.0
// What takes a process of its own: endless kernels, exits, forks, and machines without drivers.
#include "process/scenes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

struct Outcome {
    int status = -1;  // exit status; 128 + signal when it was ended by one
    double seconds = 0;
    std::string output;
};

Outcome run(const std::string& scene, const Environment& environment = {}) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
        alarm(60);
        execl("/proc/self/exe", "alkomp_process_tests", "--scene", scene.c_str(), nullptr);
        _exit(127);
    }
    close(ends[1]);
    Outcome outcome;
    char chunk[4096];
    for (ssize_t n = 0; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
        outcome.output.append(chunk, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return outcome;
}

const char* kSwiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

// Mesa names its manifest differently from version to version.
const char* lavapipe() {
    const char* older = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json";
    return std::filesystem::exists(older) ? older : "/usr/share/vulkan/icd.d/lvp_icd.json";
}

Environment driver(const std::string& manifest) {
    return {{"VK_DRIVER_FILES", manifest}, {"VK_ICD_FILENAMES", manifest}};
}

std::string write_file(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / (std::to_string(getpid()) + name);
    std::ofstream(path) << text;
    return path.string();
}

class EndlessKernel : public ::testing::TestWithParam<const char*> {};

TEST_P(EndlessKernel, times_out_may_be_waited_for_again_and_is_abandoned) {
    const Outcome outcome = run("endless", driver(GetParam()));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_LT(outcome.seconds, 5.0 + 1.0) << "the process must exit within 5 s of its abandon";
    EXPECT_NE(outcome.output.find("wait: the wait gave up after 200 ms; the work and its buffers live on"),
              std::string::npos)
        << outcome.output;
}

TEST_P(EndlessKernel, exit_with_work_in_flight_is_clean) {
    const Outcome outcome = run("exit_in_flight", driver(GetParam()));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(drivers, EndlessKernel, ::testing::Values(lavapipe(), kSwiftShader),
                         [](const auto& info) { return std::string(info.index == 0 ? "lavapipe" : "swiftshader"); });

TEST(Process, another_driver_goes_on_beside_an_abandoned_device) {
    const Outcome outcome = run("others_go_on", driver(std::string(kSwiftShader) + ":" + lavapipe()));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST(Process, a_forked_child_gets_the_typed_error_and_the_parent_goes_on) {
    const Outcome outcome = run("fork");
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("this process was forked after a driver was opened"), std::string::npos)
        << outcome.output;
}

TEST(NoDriver, without_a_loader_the_reference_device_is_taken) {
    const Outcome outcome = run("no_driver", {{"ALKOMP_VULKAN_LIBRARY", "/nonexistent/libvulkan.so.1"}});
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST(NoDriver, a_loader_without_a_driver_has_no_other) {
    const Outcome outcome = run("no_driver", driver("/nonexistent/icd.json"));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST(NoDriver, broken_manifests_have_no_other) {
    for (const std::string text :
         {"", "{",
          "{\"file_format_version\": \"1.0.0\", \"ICD\": {\"library_path\": \"/nonexistent.so\", "
          "\"api_version\": \"1.2.0\"}}"}) {
        const std::string path = write_file("broken.json", text);
        const Outcome outcome = run("no_driver", driver(path));
        EXPECT_EQ(outcome.status, 0) << text << "\n" << outcome.output;
        std::filesystem::remove(path);
    }
}

TEST(NoDriver, a_driver_that_refuses_every_device_creation_is_told) {
    const Outcome outcome = run(
        "no_creation", {{"ALKOMP_VULKAN_LIBRARY", ALKOMP_FAULT_SHIM}, {"ALKOMP_FAULT_ALWAYS", "vkCreateDevice=-3"}});
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("vkCreateDevice: VK_ERROR_INITIALIZATION_FAILED"), std::string::npos)
        << outcome.output;
}

TEST(Cache, damaged_truncated_and_unwritable_caches_are_survived) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("alkomp_cache_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const Environment cached = {{"ALKOMP_CACHE_DIR", folder.string()}};
    ASSERT_EQ(run("survives", cached).status, 0);
    std::size_t damaged = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto size = std::filesystem::file_size(entry.path());
        if (damaged++ % 2 == 0) std::filesystem::resize_file(entry.path(), size / 2);
        else
            std::ofstream(entry.path(), std::ios::in | std::ios::out).seekp(static_cast<std::streamoff>(size / 2))
                << "damage";
    }
    EXPECT_GT(damaged, 0u) << "nothing was cached";
    const Outcome outcome = run("survives", cached);
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    std::filesystem::remove_all(folder);
    const std::string file = write_file("not_a_folder", "x");
    EXPECT_EQ(run("survives", {{"ALKOMP_CACHE_DIR", file + "/cache"}}).status, 0);
    std::filesystem::remove(file);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--scene") == 0) return alkomp::testing::run_scene(argv[2]);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
