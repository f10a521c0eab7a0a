// SPDX-License-Identifier: MIT OR Apache-2.0
// GPU timestamps of calls, and the trace made of them.
#include "support/device_test.h"
#include "support/kernels.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

class Profiling : public DeviceTest {
protected:
    void SetUp() override {
        DeviceTest::SetUp();
        if (!gpu.capabilities().features.timestamps) GTEST_SKIP() << "the device has no timestamps";
        gpu = open({.profile = true});
    }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Profiling);
INSTANTIATE_TEST_SUITE_P(, Profiling, ::testing::ValuesIn(test_devices()), device_name);

u64 now_ns() {
    return static_cast<u64>(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

TEST_P(Profiling, times_every_call_in_order_between_its_recording_and_its_wait) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    gpu.wait();
    const u64 begin = now_ns();
    for (int i = 0; i < 50; ++i) gpu.call(kernel, data);
    gpu.wait();
    const u64 end = now_ns();
    std::vector<ProfileSpan> calls;
    for (const ProfileSpan& span : gpu.profile().spans)
        if (span.name == "increment") calls.push_back(span);
    ASSERT_EQ(calls.size(), 50u);
    const u64 slack = 100'000'000;  // clocks of CPU and GPU are compared, not one
    for (std::size_t i = 0; i < calls.size(); ++i) {
        EXPECT_EQ(calls[i].stream, "stream 0");
        EXPECT_GE(calls[i].begin_ns + slack, begin);
        EXPECT_LE(calls[i].begin_ns + calls[i].duration_ns, end + slack);
        if (i > 0) {
            EXPECT_GE(calls[i].begin_ns + 1000, calls[i - 1].begin_ns);
        }
    }
}

TEST_P(Profiling, names_fills_copies_and_transfers_with_their_bytes) {
    const auto a = gpu.empty<u32>(1000), b = gpu.empty<u32>(1000);
    gpu.fill(a, 3u);
    gpu.copy(a, b);
    gpu.wait();
    std::map<std::string, u64> bytes;
    for (const ProfileSpan& span : gpu.profile().spans) bytes[span.name] += span.bytes;
    EXPECT_EQ(bytes["fill"], 4000u);
    EXPECT_EQ(bytes["copy"], 4000u);
}

TEST_P(Profiling, writes_a_trace_that_is_json_in_the_trace_event_format) {
    Kernel kernel = compile(gpu, increment(), {.label = "odd \"name\"\n\\"});
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    Stream stream = gpu.create_stream();
    stream.call(kernel, data);
    gpu.wait();
    const auto file = std::filesystem::temp_directory_path() / ("alkomp-trace-" + GetParam().name + ".json");
    gpu.profile().write_trace(file);
    const nlohmann::json trace = nlohmann::json::parse(std::ifstream(file));
    std::filesystem::remove(file);
    int calls = 0;
    std::set<int> lanes;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("ph") != "X" || event.at("name") != "odd \"name\"\n\\") continue;
        ++calls;
        lanes.insert(event.at("tid").get<int>());
        EXPECT_GT(event.at("ts").get<double>(), 0.0);
        EXPECT_GE(event.at("dur").get<double>(), 0.0);
    }
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(lanes.size(), 2u);
    EXPECT_THAT(gpu.profile().table(), HasSubstr("odd"));
}

TEST_P(Profiling, can_be_stopped_and_started) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    gpu.wait();
    gpu.profile(false);
    const std::size_t before = gpu.profile().spans.size();
    gpu.call(kernel, data);
    gpu.wait();
    EXPECT_EQ(gpu.profile().spans.size(), before);
    gpu.profile(true);
    gpu.call(kernel, data);
    gpu.wait();
    EXPECT_EQ(gpu.profile().spans.size(), before + 1);
}

TEST_P(Profiling, shows_a_graph_replay) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, data);
    graph.replay();
    gpu.wait();
    bool seen = false;
    for (const ProfileSpan& span : gpu.profile().spans) seen = seen || span.name == "graph" || span.name == "increment";
    EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace alkomp::testing
