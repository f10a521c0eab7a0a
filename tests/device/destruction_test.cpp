// SPDX-License-Identifier: MIT OR Apache-2.0
// Handles dropped in every order, with work in flight and without.
#include "support/device_test.h"
#include "support/kernels.h"
#include "support/sanitizer.h"

#include <algorithm>
#include <numeric>

namespace alkomp::testing {
namespace {

ALKOMP_DEVICE_SUITE(Destruction);
ALKOMP_MEMORY_SUITE(DestructionInMemory);

// One of each handle, all connected, with work recorded and in flight.
struct Everything {
    Device device{std::shared_ptr<detail::DeviceRecord>()};
    Buffer<u32> buffer;
    BufferView<u32> view;
    Kernel kernel;
    Stream stream;
    Graph graph;
    Event event;
    Future<std::vector<u32>> future;

    static constexpr std::size_t kHandles = 8;

    explicit Everything(Device opened) : device(std::move(opened)) {
        buffer = device.to_device(ramp(256));
        view = buffer.view(0, 64);
        kernel = compile(device, increment());
        stream = device.create_stream();
        graph = device.create_graph();
        graph.call(kernel, view);
        stream.call(kernel, buffer);
        stream.replay(graph);
        event = stream.event();
        future = device.get_async(view);
        device.call(kernel, buffer);
    }
    void drop(std::size_t handle) {
        switch (handle) {
            case 0:
                device = Device(std::shared_ptr<detail::DeviceRecord>());
                break;
            case 1:
                buffer = {};
                break;
            case 2:
                view = {};
                break;
            case 3:
                kernel = {};
                break;
            case 4:
                stream = {};
                break;
            case 5:
                graph = {};
                break;
            case 6:
                event = {};
                break;
            default:
                future = {};
                break;
        }
    }
};

TEST_P(Destruction, in_many_orders_with_work_in_flight) {
    std::array<std::size_t, Everything::kHandles> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937 random(5);
    for (u32 i = 0; i < times(40, 12); ++i) {
        std::shuffle(order.begin(), order.end(), random);
        Everything all(open());
        for (const std::size_t handle : order) all.drop(handle);
    }
}

TEST_P(DestructionInMemory, in_thousands_of_orders_with_work_in_flight) {
    std::array<std::size_t, Everything::kHandles> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    u32 round = 0;
    do {
        if (++round % times(16, 112) != 0) continue;  // of 40,320
        Everything all(open());
        for (const std::size_t handle : order) all.drop(handle);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(Destruction, leaves_what_the_other_handles_hold_usable) {
    Everything all(open());
    all.drop(0);
    all.drop(4);
    const std::vector<u32> values = all.future.get();
    EXPECT_EQ(values[5], 5u + 2u);
    Device again = all.buffer.device();
    EXPECT_EQ(again.get(all.buffer)[5], 5u + 3u);
    EXPECT_EQ(again.get(all.buffer)[200], 200u + 2u);
    EXPECT_TRUE(all.event.done());
}

TEST_P(Destruction, of_a_lost_device_in_any_order) {
    for (std::size_t first = 0; first < Everything::kHandles; ++first) {
        Everything all(open());
        if (first % 2 == 0) all.device.wait();
        all.device.abandon();
        for (std::size_t i = 0; i < Everything::kHandles; ++i) all.drop((first + i) % Everything::kHandles);
    }
}

TEST_P(DestructionInMemory, of_a_device_lost_below_in_any_order) {
    for (std::size_t first = 0; first < Everything::kHandles; ++first) {
        Everything all(open());
        memory_device(all.device)->lose("it fell off the bus");
        for (std::size_t i = 0; i < Everything::kHandles; ++i) all.drop((first + i) % Everything::kHandles);
    }
}

}  // namespace
}  // namespace alkomp::testing
