// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels written in C++, called as compiled ones are: on devices, streams and graphs.
#include "support/device_test.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

ALKOMP_MODULE_SUITE(LangCalls);

RecordedKernel collatz() {
    return kernel("collatz", [](InOut<u32> data) {
        Var<u32> n = data[global_id()], steps = 0u;
        while_([&] { return n != 1u; },
               [&] {
                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                   steps += 1u;
               });
        data[global_id()] = steps;
    });
}

RecordedKernel saxpy() {
    return kernel("saxpy",
                  [](In<f32> x, InOut<f32> y, Val<f32> a) { y[global_id()] = a * x[global_id()] + y[global_id()]; },
                  {.parameters = {"x", "y", "a"}});
}

TEST_P(LangCalls, count_collatz_iterations) {
    const auto kernel = collatz();
    const auto data = gpu.to_device<u32>({1, 2, 3, 4});
    gpu.call(kernel, data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{0, 1, 7, 2}));
}

TEST_P(LangCalls, take_arguments_by_order_and_by_name) {
    const auto kernel = saxpy();
    const auto x = gpu.to_device<f32>({1, 2, 3}), y = gpu.to_device<f32>({10, 20, 30});
    gpu.call(kernel, x, y, 2.0f);
    gpu.call(kernel, arg("a", -1.0f), arg("y", y), arg("x", x));
    EXPECT_EQ(gpu.get(y), (std::vector<f32>{11, 22, 33}));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(kernel, x, y); }),
                HasSubstr("scalar \"a\": f32"));
}

TEST_P(LangCalls, run_once_for_each_element_and_no_more) {
    const auto mark = kernel("mark", [](InOut<u32> data) { data[data.count() - 1u - global_id()] = 1u; });
    for (const u32 count : {0u, 1u, 255u, 256u, 257u, 1000u}) {
        const auto data = gpu.zeros<u32>(count);
        gpu.call(mark, data);
        EXPECT_EQ(gpu.get(data), std::vector<u32>(count, 1)) << count;
    }
    const auto pad = kernel("pad", [](InOut<u32> data, Val<u32> begin) { data[global_id() + begin] = 7u; });
    const auto data = gpu.zeros<u32>(300);
    gpu.call(pad, groups(1), data, 10u);  // all 256 invocations of the workgroup
    const std::vector<u32> result = gpu.get(data);
    EXPECT_EQ(std::count(result.begin(), result.end(), 7u), 256);
}

TEST_P(LangCalls, without_groups_skip_the_invocations_beyond_the_elements) {
    const auto shift = kernel("shift", [](InOut<u32> data) { data[global_id() / 2u] = global_id(); });
    const auto data = gpu.zeros<u32>(100);
    gpu.call(shift, data);  // invocations 100 to 255 would write the elements 50 to 127
    const std::vector<u32> result = gpu.get(data);
    for (std::size_t i = 50; i < 100; ++i) EXPECT_EQ(result[i], 0u) << i;
    EXPECT_TRUE(result[49] == 98 || result[49] == 99);
}

TEST_P(LangCalls, may_be_given_one_buffer_for_several_parameters) {
    const auto step = kernel("step", [](In<u32> from, InOut<u32> to) {
        const auto i = global_id();
        const Val<u32> before = from[i];
        to[i] = before + 1u;
        to[i] = from[i] * 10u + to[i];  // from is to
    });
    const auto data = gpu.to_device<u32>({1, 2, 3});
    gpu.call(step, data, data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{22, 33, 44}));
}

TEST_P(LangCalls, go_to_streams_and_graphs) {
    const auto kernel = saxpy();
    const auto x = gpu.to_device<f32>({1, 2, 3}), y = gpu.to_device<f32>({0, 0, 0});
    Stream stream = gpu.create_stream();
    stream.call(kernel, x, y, 1.0f);
    stream.wait();
    Graph graph = gpu.create_graph();
    graph.call(kernel, x, y, slot("factor", 10.0f));
    graph.call(kernel, x, y, 100.0f);
    graph.replay();
    graph.replay();
    graph.set("factor", -100.0f);
    graph.replay();
    EXPECT_EQ(gpu.get(y), (std::vector<f32>{221, 442, 663}));
}

TEST_P(LangCalls, compile_once_for_each_device_and_let_go_with_the_kernel) {
    auto kernel = saxpy();
    const Kernel first = gpu.compile(kernel);
    EXPECT_EQ(first, gpu.compile(kernel));
    EXPECT_EQ(first.label(), "saxpy");
    EXPECT_NE(first, gpu.compile(collatz()));
    Device other = open();
    const auto x = other.to_device<f32>({1}), y = other.to_device<f32>({1});
    other.call(kernel, x, y, 4.0f);
    EXPECT_EQ(other.get(y)[0], 5.0f);
    std::weak_ptr<detail::DeviceRecord> record = other.record();
    other = gpu;
    EXPECT_FALSE(record.expired());  // the buffers keep it
    kernel = RecordedKernel();
    const auto again = gpu.to_device<f32>({1}), more = gpu.to_device<f32>({1});
    gpu.call(first, again, more, 4.0f);  // the handle lives on
    EXPECT_EQ(gpu.get(more)[0], 5.0f);
}

TEST_P(LangCalls, do_not_keep_a_device_alive) {
    const auto kernel = collatz();
    std::weak_ptr<detail::DeviceRecord> record;
    {
        Device other = open();
        record = other.record();
        const auto data = other.to_device<u32>({3});
        other.call(kernel, data);
        EXPECT_EQ(other.get(data)[0], 7u);
    }
    EXPECT_TRUE(record.expired());
    const auto data = gpu.to_device<u32>({3});
    gpu.call(kernel, data);
    EXPECT_EQ(gpu.get(data)[0], 7u);
}

TEST_P(LangCalls, are_refused_where_arguments_do_not_fit) {
    const auto kernel = saxpy();
    const auto x = gpu.to_device<f32>({1, 2}), y = gpu.to_device<f32>({1, 2, 3});
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(kernel, x, y, 1.0f); }),
                HasSubstr("groups(x) is wanted, since the buffers differ: \"x\" has 2 elements, \"y\" has 3."));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument,
                           [&] {
                               gpu.call(kernel, gpu.to_device<u32>({1, 2}), x, 1.0f);
                           }),
                HasSubstr("f32"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(RecordedKernel(), x); }),
                HasSubstr("call: the kernel is empty"));
}

}  // namespace
}  // namespace alkomp::testing
