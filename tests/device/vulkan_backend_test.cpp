// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan backend at the seam, on every Vulkan device, under the validation layer.
#include "alkomp/alkomp.h"
#include "alkomp/native/vulkan.h"
#include "backend/vulkan/load.h"
#include "backend/vulkan/pipeline.h"
#include "glsl/glsl.h"
#include "runtime/reflect.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace alkomp::backend {
namespace {

std::mutex messages_mutex;
std::vector<std::string> messages;

/// Warnings and errors since the last call.
std::vector<std::string> take_messages() {
    const std::lock_guard lock(messages_mutex);
    return std::exchange(messages, {});
}

std::shared_ptr<Backend> backend_of_all_tests;

Backend& vulkan_backend() {
    if (!backend_of_all_tests) backend_of_all_tests = make_vulkan();
    return *backend_of_all_tests;
}

/// The instance goes while the driver and the layers are still whole, not when the process ends.
struct Environment : ::testing::Environment {
    void TearDown() override { backend_of_all_tests.reset(); }
};
[[maybe_unused]] const ::testing::Environment* const environment =
    ::testing::AddGlobalTestEnvironment(new Environment);  // owned by GoogleTest

Completion finish(Backend& backend, Ticket ticket) {
    std::vector<Completion> done;
    backend.poll(done, 0);
    EXPECT_EQ(done.size(), 1u);
    EXPECT_EQ(done.at(0).ticket, ticket);
    return std::move(done.at(0));
}

const std::vector<Adapter>& adapters() {
    static const std::vector<Adapter> list = [] {
        Completion completion = finish(vulkan_backend(), vulkan_backend().adapters());
        EXPECT_TRUE(completion.status.ok()) << completion.status.text;
        return completion.adapters;
    }();
    return list;
}

constexpr const char* kAddScaled = R"(#version 450
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint factor = 1;
layout(push_constant) uniform Scalars { uint count; uint scale; };
layout(set = 0, binding = 0) readonly buffer X { uint x[]; };
layout(set = 0, binding = 1) buffer Y { uint y[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) y[i] += x[i] * scale * factor;
})";

constexpr const char* kIncrement = R"(#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() { data[gl_GlobalInvocationID.x] += 1; })";

constexpr const char* kManySets = R"(#version 450
layout(local_size_x = 64) in;
layout(set = 1, binding = 3) readonly buffer A { uint a[]; };
layout(set = 1, binding = 5) readonly buffer B { uint b[]; };
layout(set = 3, binding = 0) uniform Scale { uint scale; };
layout(set = 3, binding = 1) writeonly buffer C { uint c[]; };
void main() { uint i = gl_GlobalInvocationID.x; c[i] = (a[i] + b[i]) * scale; })";

constexpr const char* kOutside = R"(#version 450
layout(local_size_x = 64) in;
layout(push_constant) uniform Scalars { uint first; };
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() { data[first + gl_GlobalInvocationID.x] = 0xdeadbeef; })";

constexpr const char* kCounts = R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) writeonly buffer Counts { uint counts[]; };
void main() { counts[1] = 3; counts[2] = 1; counts[3] = 1; })";

constexpr const char* kSlow = R"(#version 450
layout(local_size_x = 1) in;
layout(push_constant) uniform Scalars { uint rounds; };
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() {
    uint v = data[0];
    for (uint i = 0; i < rounds; ++i) v = v * 1664525u + 1013904223u;
    data[0] = v;
})";

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span<const T>(&value, 1));
}

class VulkanBackend : public ::testing::TestWithParam<u32> {
protected:
    struct KernelHandle {
        KernelId id = KernelId::none;
        Interface interface;
        std::vector<std::byte> cache;
    };

    void SetUp() override {
        take_messages();
        open({});
    }
    void TearDown() override {
        device.reset();
        for (const std::string& message : take_messages()) ADD_FAILURE() << message;
    }

    void open(const OpenOptions& options) {
        device.reset();
        Completion completion = finish(vulkan_backend(), vulkan_backend().open(GetParam(), options));
        ASSERT_TRUE(completion.status.ok()) << completion.status.text;
        device = std::move(completion.device);
    }

    BufferId allocate(u64 size_bytes, MemoryKind kind = MemoryKind::device) {
        BufferId id = BufferId::none;
        Pending pending = device->allocate({kind, size_bytes, nullptr}, id);
        EXPECT_EQ(pending.ticket, 0u);
        EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        return id;
    }
    u32* map(BufferId id, u64 size_bytes = 0, MapMode mode = MapMode::write) {
        void* out = nullptr;
        Pending pending = device->map(id, 0, size_bytes, mode, out);
        EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        return static_cast<u32*>(out);
    }
    KernelHandle compile(const char* text, std::vector<SpecializationValue> constants = {}, bool robust = true,
                         std::span<const std::byte> cached = {}, u32 subgroup_size = 0) {
        const glsl_front::Compiled code = glsl_front::compile(alkomp::glsl(text), {}, Target::vulkan_1_2);
        KernelHandle kernel;
        kernel.interface = detail::reflect(code.words, "main", "test");
        KernelCode what;
        what.code = std::span<const u32>(code.words);
        what.constants = constants;
        what.robust = robust;
        what.subgroup_size = subgroup_size;
        what.label = "test kernel";
        what.cached = cached;
        Pending pending = device->compile(what, kernel.interface, kernel.id, kernel.cache);
        EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        return kernel;
    }
    Ticket submit(std::vector<Command> commands, bool read_by_host = true, std::vector<Ticket> waits = {},
                  u32 queue = 0, RecordedId recorded = RecordedId::none) {
        Submission submission;
        submission.queue = queue;
        submission.commands = commands;
        submission.read_by_host = read_by_host;
        submission.waits = waits;
        submission.recorded = recorded;
        Pending pending = device->submit(submission);
        EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        EXPECT_NE(pending.ticket, 0u);
        return pending.ticket;
    }
    Completion wait(Ticket ticket) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (std::chrono::steady_clock::now() < deadline) {
            for (std::size_t i = 0; i < done.size(); ++i) {
                if (done[i].ticket != ticket) continue;
                Completion out = std::move(done[i]);
                done.erase(done.begin() + static_cast<std::ptrdiff_t>(i));
                EXPECT_TRUE(out.status.ok()) << out.status.text;
                return out;
            }
            device->poll(done, 1'000'000'000);
        }
        ADD_FAILURE() << "nothing completed";
        return {};
    }
    /// The buffer's words, by way of a download buffer.
    std::vector<u32> read(BufferId from, u64 size_bytes) {
        const BufferId to = allocate(size_bytes, MemoryKind::download);
        wait(submit({{Copy{from, to, 0, 0, size_bytes}, true}}));
        const u32* at = map(to, size_bytes, MapMode::read);
        std::vector<u32> out(at, at + size_bytes / 4);
        device->unmap(to);
        device->free(to);
        return out;
    }
    BufferId filled(u64 size_bytes, u32 pattern) {
        const BufferId id = allocate(size_bytes);
        wait(submit({{Fill{id, 0, size_bytes, pattern}, true}}));
        return id;
    }

    std::unique_ptr<Device> device;
    std::vector<Completion> done;
};

TEST_P(VulkanBackend, describes_the_adapter) {
    const Adapter& adapter = adapters()[GetParam()];
    EXPECT_FALSE(adapter.name.empty());
    EXPECT_FALSE(adapter.driver.empty());
    EXPECT_FALSE(adapter.identity.empty());
    EXPECT_GT(adapter.memory_bytes, 0u);
    const Limits& limits = device->capabilities().limits;
    EXPECT_GE(limits.max_buffer_bytes, u64{1} << 27);
    EXPECT_GE(limits.max_bindings, 4u);
    EXPECT_GE(limits.max_groups[0], 65535u);
    EXPECT_GE(limits.max_workgroup_invocations, 128u);
    EXPECT_GE(limits.spirv_version, 0x10500u);
    EXPECT_TRUE(device->capabilities().features.robust_buffers);
    EXPECT_FALSE(device->properties().queues_compute.empty());
    EXPECT_TRUE(device->properties().queues_compute[0]);
    EXPECT_TRUE(device->properties().accepts_spirv);
}

TEST_P(VulkanBackend, copies_and_fills) {
    const BufferId up = allocate(4096, MemoryKind::upload), mid = allocate(4096),
                   down = allocate(4096, MemoryKind::download);
    u32* in = map(up);
    for (u32 i = 0; i < 1024; ++i) in[i] = i;
    device->unmap(up);
    wait(submit({{Copy{up, mid, 0, 0, 4096}}, {Fill{mid, 16, 32, 7}, true}, {Copy{mid, down, 0, 0, 4096}, true}}));
    const u32* out = map(down, 4096, MapMode::read);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i >= 4 && i < 12 ? 7 : i);
    for (const BufferId id : {up, mid, down}) device->free(id);
}

TEST_P(VulkanBackend, runs_kernels_with_scalars_and_constants) {
    KernelHandle kernel = compile(kAddScaled, {{0, 4, 32}, {1, 4, 5}});
    const BufferId x = filled(4096, 3), y = filled(4096, 1);
    const std::array<BoundRange, 2> ranges{{{x, 0, 4096}, {y, 0, 4096}}};
    const std::array<u32, 2> scalars{1000, 2};
    wait(submit({{Dispatch{kernel.id, {32, 1, 1}, ranges, bytes_of(scalars)}, true}}));
    const std::vector<u32> out = read(y, 4096);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i < 1000 ? 31u : 1u);
    device->release(kernel.id);
    device->free(x);
    device->free(y);
}

TEST_P(VulkanBackend, orders_dependent_dispatches) {
    KernelHandle kernel = compile(kIncrement);
    const BufferId data = filled(65536, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 65536}}};
    std::vector<Command> commands(500, Command{Dispatch{kernel.id, {256, 1, 1}, range, {}}, true});
    submit(commands);
    const Ticket last = submit(commands);
    wait(last);
    for (const u32 value : read(data, 65536)) ASSERT_EQ(value, 1000u);
    device->release(kernel.id);
    device->free(data);
}

TEST_P(VulkanBackend, a_barrier_orders_later_commands_of_every_kind) {
    KernelHandle kernel = compile(kIncrement);
    const BufferId a = filled(4096, 1), b = filled(4096, 0), c = allocate(4096);
    const std::array<BoundRange, 1> on_a{{{a, 0, 4096}}}, on_b{{{b, 0, 4096}}};
    // The copy is behind the first dispatch because the second one is marked.
    submit({{Dispatch{kernel.id, {16, 1, 1}, on_a, {}}, true}, {Dispatch{kernel.id, {16, 1, 1}, on_b, {}}, true}},
           false);
    wait(submit({{Copy{a, c, 0, 0, 4096}}}));
    for (const u32 value : read(c, 4096)) ASSERT_EQ(value, 2u);
    for (const BufferId id : {a, b, c}) device->free(id);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, dispatches_counts_from_a_buffer) {
    KernelHandle counts_kernel = compile(kCounts), kernel = compile(kIncrement);
    const BufferId counts = filled(256, 0), data = filled(4096, 0);
    const std::array<BoundRange, 1> on_counts{{{counts, 0, 256}}}, on_data{{{data, 0, 4096}}};
    submit({{Dispatch{counts_kernel.id, {1, 1, 1}, on_counts, {}}, true},
            {DispatchIndirect{kernel.id, counts, 4, on_data, {}}, true},
            {Fill{counts, 4, 4, 1}, true},
            {DispatchIndirect{kernel.id, counts, 4, on_data, {}}, true}});
    const std::vector<u32> out = read(data, 4096);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i < 64 ? 2u : i < 192 ? 1u : 0u) << i;
    for (const BufferId id : {counts, data}) device->free(id);
    device->release(kernel.id);
    device->release(counts_kernel.id);
}

TEST_P(VulkanBackend, binds_several_sets_with_gaps) {
    KernelHandle kernel = compile(kManySets);
    const BufferId a = filled(4096, 2), b = filled(4096, 3), scale = filled(256, 10), c = filled(65536, 0);
    std::vector<Command> commands;
    std::vector<std::array<BoundRange, 4>> ranges;
    const u64 step = std::max<u64>(256, device->capabilities().limits.storage_offset_alignment_bytes);
    for (u32 i = 0; i < 600; ++i) {  // more sets than one pool holds
        ranges.push_back({{{a, 0, 256}, {b, 0, 256}, {scale, 0, 16}, {c, i % (65536 / step) * step, 256}}});
    }
    for (const auto& range : ranges) commands.push_back({Dispatch{kernel.id, {1, 1, 1}, range, {}}, true});
    for (int round = 0; round < 3; ++round) wait(submit(commands));
    const std::vector<u32> out = read(c, 65536);
    for (u64 i = 0; i < 65536 / step; ++i) ASSERT_EQ(out[i * step / 4], 50u) << i;
    for (const BufferId id : {a, b, scale, c}) device->free(id);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, replays_a_recorded_list_while_it_is_in_flight) {
    KernelHandle kernel = compile(kIncrement), many = compile(kManySets);
    const BufferId data = filled(4096, 0), scale = filled(256, 1), copy = allocate(4096, MemoryKind::download);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    const BufferId sum = allocate(4096);
    const std::array<BoundRange, 4> ranges{{{data, 0, 4096}, {data, 0, 4096}, {scale, 0, 16}, {sum, 0, 4096}}};
    const std::vector<Command> commands{{Dispatch{kernel.id, {16, 1, 1}, range, {}}},
                                        {Dispatch{kernel.id, {16, 1, 1}, range, {}}, true},
                                        {Dispatch{many.id, {16, 1, 1}, ranges, {}}, true},
                                        {Copy{sum, copy, 0, 0, 4096}, true}};
    RecordedId recorded = RecordedId::none;
    const Status status = device->record(0, commands, recorded);
    ASSERT_TRUE(status.ok()) << status.text;
    Ticket last = 0;
    for (int i = 0; i < 50; ++i) last = submit({}, true, {}, 0, recorded);
    last = submit({{Dispatch{kernel.id, {16, 1, 1}, range, {}}, true}}, true, {last}, 0, recorded);
    wait(last);
    const u32* out = map(copy, 4096, MapMode::read);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], 206u);
    device->release(recorded);
    for (const BufferId id : {data, scale, copy, sum}) device->free(id);
    device->release(kernel.id);
    device->release(many.id);
}

TEST_P(VulkanBackend, timestamps_lie_on_the_device_clock) {
    if (!device->capabilities().features.timestamps) GTEST_SKIP() << "the device has no timestamps";
    KernelHandle kernel = compile(kSlow);
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 1'000'000;
    const Device::ClockPair before = device->clock();
    std::vector<Command> commands;
    for (int i = 0; i < 300; ++i) commands.push_back({Timestamp{}});
    commands.push_back({Dispatch{kernel.id, {1, 1, 1}, range, bytes_of(rounds)}, true});
    commands.push_back({Timestamp{}});
    wait(submit(commands));
    const Completion completion = wait(submit(commands));
    const Device::ClockPair after = device->clock();
    ASSERT_EQ(completion.timestamps_ns.size(), 301u);
    for (std::size_t i = 1; i < 301; ++i) EXPECT_GE(completion.timestamps_ns[i], completion.timestamps_ns[i - 1]);
    EXPECT_GT(completion.timestamps_ns[300], completion.timestamps_ns[0]);
    // On the host's clock the kernel ran between the two readings, give or take the estimate's error.
    const auto host = [&](u64 device_ns) { return device_ns - after.device_ns + after.host_ns; };
    EXPECT_GT(host(completion.timestamps_ns[300]) + 50'000'000, before.host_ns);
    EXPECT_LT(host(completion.timestamps_ns[300]), after.host_ns + 50'000'000);
    device->free(data);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, queues_wait_for_each_other) {
    KernelHandle kernel = compile(kIncrement);
    const BufferId data = filled(4096, 0), other = allocate(4096);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    const auto queues = static_cast<u32>(device->properties().queues_compute.size());
    Ticket last = 0;
    u32 expected = 0;
    for (u32 i = 0; i < 4 * queues; ++i) {
        const std::vector<Ticket> waits = last ? std::vector<Ticket>{last} : std::vector<Ticket>{};
        if (device->properties().queues_compute[i % queues]) {
            last = submit({{Dispatch{kernel.id, {16, 1, 1}, range, {}}, true}}, false, waits, i % queues);
            ++expected;
        } else {
            last = submit({{Copy{data, other, 0, 0, 4096}, true}, {Copy{other, data, 0, 0, 4096}, true}}, false, waits,
                          i % queues);
        }
    }
    last = submit({}, false, {last});  // nothing but the wait
    wait(last);
    for (const u32 value : read(data, 4096)) ASSERT_EQ(value, expected);
    device->free(data);
    device->free(other);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, one_thread_polls_while_another_submits) {
    KernelHandle kernel = compile(kIncrement);
    const BufferId data = filled(4096, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    constexpr std::size_t kCount = 300;
    std::vector<Completion> seen;
    std::thread poller([&] {
        while (seen.size() < kCount) device->poll(seen, 10'000'000);
    });
    std::vector<Ticket> tickets;
    for (std::size_t i = 0; i < kCount; ++i) {
        tickets.push_back(submit({{Dispatch{kernel.id, {16, 1, 1}, range, {}}, true}}));
        (void)device->properties();
    }
    poller.join();
    for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(seen[i].ticket, tickets[i]);  // in order
    for (const u32 value : read(data, 4096)) ASSERT_EQ(value, kCount);
    device->free(data);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, goes_on_after_out_of_memory) {
    const u64 most = device->capabilities().limits.max_buffer_bytes;
    std::vector<BufferId> held;
    std::string text;
    for (int i = 0; i < 4096 && text.empty(); ++i) {
        BufferId id = BufferId::none;
        Pending pending = device->allocate({MemoryKind::device, most, nullptr}, id);
        if (pending.status.ok()) {
            held.push_back(id);
            continue;
        }
        EXPECT_EQ(pending.status.code, ErrorCode::out_of_memory);
        text = pending.status.text;
    }
    if (text.empty()) GTEST_LOG_(INFO) << "the driver promises memory without end";
    else EXPECT_NE(text.find("vkAllocateMemory"), std::string::npos) << text;
    for (const BufferId id : held) device->free(id);
    const BufferId small = filled(4096, 9);
    for (const u32 value : read(small, 4096)) ASSERT_EQ(value, 9u);
    device->free(small);
}

TEST_P(VulkanBackend, shares_memory_without_overlap) {
    std::mt19937 random(7);
    struct Held {
        BufferId id;
        u64 size_bytes;
        u32 pattern;
    };
    std::vector<Held> held;
    for (u32 round = 0; round < 300; ++round) {
        if (held.size() > 20 && random() % 2) {
            const std::size_t at = random() % held.size();
            const std::vector<u32> values = read(held[at].id, held[at].size_bytes);
            ASSERT_EQ(values.front(), held[at].pattern);
            ASSERT_EQ(values.back(), held[at].pattern);
            device->free(held[at].id);
            held[at] = held.back();
            held.pop_back();
        }
        const u64 size = 16 * (1 + random() % (random() % 8 == 0 ? 200'000 : 500));
        held.push_back({filled(size, round), size, round});
    }
    for (const Held& h : held) {
        ASSERT_EQ(read(h.id, h.size_bytes).back(), h.pattern);
        device->free(h.id);
    }
}

TEST_P(VulkanBackend, keeps_compiled_code_and_refuses_damaged_code) {
    KernelHandle first = compile(kAddScaled, {{0, 4, 64}});
    KernelHandle second = compile(kAddScaled, {{0, 4, 64}}, true, first.cache);
    if (first.cache.empty()) GTEST_LOG_(INFO) << "the driver gives no pipeline data";
    std::vector<std::byte> damaged = first.cache;
    for (std::byte& byte : damaged) byte ^= std::byte{0x55};
    KernelHandle third = compile(kAddScaled, {{0, 4, 64}}, true, damaged);
    if (!first.cache.empty()) {
        damaged = first.cache;
        damaged[damaged.size() / 2] ^= std::byte{1};
        EXPECT_FALSE(compile(kAddScaled, {{0, 4, 64}}, true, damaged).cache.empty());
        damaged.resize(damaged.size() / 2);
        compile(kAddScaled, {{0, 4, 64}}, true, damaged);
        // What was kept serves again, and then there is nothing new to keep.
        EXPECT_TRUE(second.cache.empty());
    }
    const std::vector<std::byte> noise(100, std::byte{0x3c});
    compile(kAddScaled, {{0, 4, 64}}, true, noise);
    for (const KernelHandle* kernel : {&first, &second, &third}) device->release(kernel->id);
}

TEST_P(VulkanBackend, accesses_stay_inside_their_buffer) {
    KernelHandle kernel = compile(kOutside);
    const BufferId before = filled(256, 1), middle = filled(256, 2), behind = filled(256, 3);
    const std::array<BoundRange, 1> range{{{middle, 0, 256}}};
    for (const u32 first : {64u, 1000u, 0x10000u, 0x3fffffc0u, 0xffffffc0u}) {
        wait(submit({{Dispatch{kernel.id, {4, 1, 1}, range, bytes_of(first)}, true}}));
    }
    for (const u32 value : read(before, 256)) EXPECT_EQ(value, 1u);
    for (const u32 value : read(behind, 256)) EXPECT_EQ(value, 3u);
    for (const BufferId id : {before, middle, behind}) device->free(id);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, kernels_choose_robustness) {
    for (const bool device_robust : {true, false}) {
        open({device_robust});
        EXPECT_EQ(device->capabilities().features.robust_buffers, device_robust);
        for (const bool robust : {true, false}) {
            KernelHandle kernel = compile(kIncrement, {}, robust);
            const BufferId data = filled(4096, 5);
            const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
            wait(submit({{Dispatch{kernel.id, {16, 1, 1}, range, {}}, true}}));
            for (const u32 value : read(data, 4096)) ASSERT_EQ(value, 6u);
            device->free(data);
            device->release(kernel.id);
        }
    }
}

TEST_P(VulkanBackend, kernels_choose_a_subgroup_size) {
    const Capabilities& capabilities = device->capabilities();
    if (!capabilities.features.subgroup.size_control) GTEST_SKIP() << "the device has no subgroup size control";
    KernelHandle kernel = compile(kIncrement, {}, true, {}, capabilities.limits.max_subgroup_size);
    device->release(kernel.id);
}

TEST_P(VulkanBackend, takes_host_memory) {
    if (!device->capabilities().features.host_memory_import) GTEST_SKIP() << "the device takes no host memory";
    const u64 alignment = device->properties().import_alignment_bytes;
    const u64 size = 4 * alignment;
    auto* memory = static_cast<u32*>(std::aligned_alloc(alignment, size));
    std::memset(memory, 0, size);
    memory[5] = 77;
    BufferId imported = BufferId::none;
    Pending pending = device->allocate({MemoryKind::upload, size, memory}, imported);
    ASSERT_TRUE(pending.status.ok()) << pending.status.text;
    EXPECT_EQ(map(imported), memory);
    EXPECT_EQ(read(imported, 64)[5], 77u);
    wait(submit({{Fill{imported, 0, 16, 4}, true}}));
    EXPECT_EQ(memory[3], 4u);
    device->free(imported);
    std::free(memory);
}

TEST_P(VulkanBackend, shows_its_own_objects) {
    const auto* native = static_cast<const native::VulkanDevice*>(device->native());
    ASSERT_NE(native, nullptr);
    EXPECT_NE(native->device, VkDevice{});
    EXPECT_EQ(native->queues.size(), device->properties().queues_compute.size());
    const BufferId id = allocate(256);
    const auto* buffer = static_cast<const native::VulkanBuffer*>(device->native(id));
    EXPECT_NE(buffer->buffer, VkBuffer{});
    EXPECT_EQ(buffer->size_bytes, 256u);
    EXPECT_EQ(buffer->address != 0, device->capabilities().features.buffer_address);
    device->free(id);
}

TEST_P(VulkanBackend, is_destroyed_at_once_while_work_is_in_flight) {
    KernelHandle kernel = compile(kSlow);
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 400'000'000;
    submit({{Dispatch{kernel.id, {1, 1, 1}, range, bytes_of(rounds)}, true}});
    const auto start = std::chrono::steady_clock::now();
    device.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    open({});  // what was left behind and is done goes now
}

TEST_P(VulkanBackend, forgotten_objects_go_with_the_device) {
    KernelHandle kernel = compile(kManySets);
    filled(4096, 1);
    RecordedId recorded = RecordedId::none;
    EXPECT_TRUE(device->record(0, {}, recorded).ok());
}

std::string test_name(const ::testing::TestParamInfo<u32>& info) {
    std::string name = "vulkan" + std::to_string(info.param) + '_';
    for (const char c : adapters()[info.param].name) {
        if (c == '(' || c == ' ') break;
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    }
    return name;
}

std::vector<u32> indices() {
    std::vector<u32> out;
    for (u32 i = 0; i < adapters().size(); ++i) out.push_back(i);
    return out;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(VulkanBackend);
INSTANTIATE_TEST_SUITE_P(, VulkanBackend, ::testing::ValuesIn(indices()), test_name);

TEST(VulkanNative, shows_the_objects_behind_devices_and_views) {
    if (adapters().empty()) GTEST_SKIP() << "there is no Vulkan device";
    alkomp::Device gpu("vulkan:0");
    const native::VulkanDevice& device = native::vulkan(gpu);
    EXPECT_NE(device.device, VkDevice{});
    EXPECT_NE(device.get_device_proc_addr(device.device, "vkCreateBuffer"), nullptr);
    const auto data = gpu.to_device<u32>({1, 2, 3, 4});
    const native::VulkanBuffer whole = native::vulkan(data), part = native::vulkan(data.view(2, 2));
    EXPECT_EQ(whole.buffer, part.buffer);
    EXPECT_EQ(whole.offset_bytes, 0u);
    EXPECT_EQ(part.offset_bytes, 8u);
    EXPECT_EQ(part.size_bytes, 8u);
    if (whole.address) {
        EXPECT_EQ(part.address, whole.address + 8);
    }
    EXPECT_THROW(static_cast<void>(native::vulkan(AnyView())), Error);
    EXPECT_THROW(static_cast<void>(native::vulkan(alkomp::Device(std::shared_ptr<detail::DeviceRecord>()))), Error);
}

TEST(VulkanPipelineCache, is_taken_back_only_whole_and_on_its_device) {
    VkPhysicalDeviceProperties device{};
    device.vendorID = 7;
    device.deviceID = 9;
    std::vector<std::byte> data(1001, std::byte{5});
    VkPipelineCacheHeaderVersionOne header{};
    header.headerSize = sizeof header;
    header.headerVersion = VK_PIPELINE_CACHE_HEADER_VERSION_ONE;
    header.vendorID = 7;
    header.deviceID = 9;
    std::memcpy(data.data(), &header, sizeof header);
    const std::vector<std::byte> sealed = vulkan::seal_cache(data);
    EXPECT_TRUE(std::ranges::equal(vulkan::unseal_cache(sealed, device), data));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::vector<std::byte> damaged = sealed;
        damaged[at] ^= std::byte{1};
        EXPECT_TRUE(vulkan::unseal_cache(damaged, device).empty()) << at;
        damaged.resize(at);
        EXPECT_TRUE(vulkan::unseal_cache(damaged, device).empty()) << at;
    }
    device.deviceID = 10;
    EXPECT_TRUE(vulkan::unseal_cache(sealed, device).empty());
}

// Finding drivers ------------------------------------------------------------------------------------

/// Sets variables for one test.
class VulkanDrivers : public ::testing::Test {
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
        std::error_code error;
        std::filesystem::remove(manifest_, error);
    }
    std::string manifest(const std::string& text) {
        manifest_ = std::filesystem::temp_directory_path() / ("alkomp_manifest_" + std::to_string(getpid()) + ".json");
        std::ofstream(manifest_) << text;
        return manifest_.string();
    }
    static const Finding* find(const std::vector<Finding>& list, std::string_view what) {
        for (const Finding& finding : list) {
            if (finding.what.find(what) != std::string::npos) return &finding;
        }
        return nullptr;
    }

private:
    std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
    std::filesystem::path manifest_;
};

TEST_F(VulkanDrivers, an_absent_loader_is_an_empty_list_with_a_reason) {
    set("ALKOMP_VULKAN_LIBRARY", "/nowhere/libvulkan.so.1");
    const auto backend = make_vulkan();
    const Completion completion = finish(*backend, backend->adapters());
    EXPECT_TRUE(completion.status.ok()) << completion.status.text;
    EXPECT_TRUE(completion.adapters.empty());
    const std::vector<Finding> findings = backend->diagnose();
    const Finding* library = find(findings, "/nowhere/libvulkan.so.1");
    ASSERT_NE(library, nullptr);
    EXPECT_FALSE(library->usable);
    EXPECT_NE(library->detail.find("No such file"), std::string::npos) << library->detail;
}

TEST_F(VulkanDrivers, a_library_that_is_no_loader_is_refused) {
    set("ALKOMP_VULKAN_LIBRARY", "libm.so.6");
    const auto backend = make_vulkan();
    EXPECT_TRUE(finish(*backend, backend->adapters()).adapters.empty());
    const std::vector<Finding> findings = backend->diagnose();
    const Finding* library = find(findings, "libm.so.6");
    ASSERT_NE(library, nullptr);
    EXPECT_EQ(library->detail, "it has no vkGetInstanceProcAddr, so it is no Vulkan loader");
}

TEST_F(VulkanDrivers, broken_manifests_are_named_and_others_are_found_again) {
    const auto backend = make_vulkan();
    const std::size_t count = finish(*backend, backend->adapters()).adapters.size();
    const std::string path = manifest(
        R"({"file_format_version": "1.0.0", "ICD": {"library_path": "/nowhere/driver.so", "api_version": "1.3.0"}})");
    set("VK_DRIVER_FILES", path);
    set("VK_ICD_FILENAMES", path);  // for loaders that do not know the newer name
    const Completion completion = finish(*backend, backend->adapters());
    EXPECT_TRUE(completion.status.ok()) << completion.status.text;
    EXPECT_TRUE(completion.adapters.empty());
    std::vector<Finding> findings = backend->diagnose();
    ASSERT_NE(find(findings, path), nullptr);
    const auto is_manifest = [&](const Finding& f) { return f.kind == Finding::Kind::manifest && f.what == path; };
    auto found = std::find_if(findings.begin(), findings.end(), is_manifest);
    ASSERT_NE(found, findings.end());
    EXPECT_NE(found->detail.find("/nowhere/driver.so"), std::string::npos) << found->detail;
    EXPECT_NE(find(findings, "Vulkan instance"), nullptr);

    manifest("this is not JSON");
    findings = backend->diagnose();
    found = std::find_if(findings.begin(), findings.end(), is_manifest);
    ASSERT_NE(found, findings.end());
    EXPECT_EQ(found->detail, "it is no driver manifest: it names no \"library_path\"");

    set("VK_DRIVER_FILES", path + ".absent");
    set("VK_ICD_FILENAMES", path + ".absent");
    findings = backend->diagnose();
    ASSERT_NE(find(findings, ".absent"), nullptr);

    TearDown();
    EXPECT_EQ(finish(*backend, backend->adapters()).adapters.size(), count);
    take_messages();
}

TEST_F(VulkanDrivers, an_adapter_that_is_not_there_is_refused) {
    const auto backend = make_vulkan();
    const Completion completion = finish(*backend, backend->open(99, {}));
    EXPECT_EQ(completion.status.code, ErrorCode::unsupported);
    EXPECT_TRUE(completion.status.failed);
}

}  // namespace
}  // namespace alkomp::backend

int main(int argc, char** argv) {
    setenv("ALKOMP_VULKAN_VALIDATION", "1", 0);
    alkomp::set_log([](alkomp::LogLevel level, std::string_view text) {
        if (level < alkomp::LogLevel::warning) return;
        const std::lock_guard lock(alkomp::backend::messages_mutex);
        alkomp::backend::messages.emplace_back(text);
    });
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
