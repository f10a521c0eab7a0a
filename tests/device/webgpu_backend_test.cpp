// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory, work and the end of WebGPU devices.
#include "device/webgpu_fixture.h"

namespace alkomp::backend {
namespace {

ALKOMP_WEBGPU_SUITE(WebGpuBackend);

constexpr const char* kManyGroups = R"(@group(1) @binding(3) var<storage, read> a: array<u32>;
@group(1) @binding(5) var<storage, read> b: array<u32>;
@group(3) @binding(0) var<uniform> scale: vec4u;
@group(3) @binding(1) var<storage, read_write> c: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    c[id.x] = (a[id.x] + b[id.x]) * scale.x;
})";

constexpr const char* kCounts = R"(@group(0) @binding(0) var<storage, read_write> counts: array<u32>;
@compute @workgroup_size(1) fn main() { counts[1] = 3u; counts[2] = 1u; counts[3] = 1u; })";

// What the device says -----------------------------------------------------------------------------

TEST_P(WebGpuBackend, describes_the_adapter) {
    const Adapter& adapter = GetParam().adapter;
    EXPECT_FALSE(adapter.name.empty());
    EXPECT_NE(adapter.driver.find(" on "), std::string::npos) << adapter.driver;
    EXPECT_FALSE(adapter.identity.empty());
    const Limits& limits = device->capabilities().limits;
    EXPECT_GE(limits.max_buffer_bytes, u64{1} << 28);
    EXPECT_EQ(limits.max_buffer_bytes % 16, 0u);
    EXPECT_GE(limits.max_storage_binding_bytes, u64{1} << 27);
    EXPECT_GE(limits.max_bindings, 8u);
    EXPECT_GE(limits.max_groups[0], 65535u);
    EXPECT_GE(limits.max_workgroup_invocations, 256u);
    EXPECT_EQ(limits.copy_alignment_bytes, 4u);
    EXPECT_TRUE(device->capabilities().features.robust_buffers);
    EXPECT_TRUE(device->properties().accepts_wgsl);
    EXPECT_FALSE(device->properties().accepts_spirv);
    EXPECT_EQ(device->properties().queues_compute, std::vector<bool>{true});
    const WgslSupport::Dialect dialect = device->capabilities().wgsl.dialect;
    EXPECT_EQ(dialect,
              GetParam().backend->name() == "wgpu" ? WgslSupport::Dialect::wgpu : WgslSupport::Dialect::chromium);
}

// Memory -------------------------------------------------------------------------------------------

TEST_P(WebGpuBackend, copies_and_fills) {
    const BufferId up = allocate(4096, MemoryKind::upload), mid = allocate(4096),
                   down = allocate(4096, MemoryKind::download);
    for (u32 round = 0; round < 3; ++round) {
        u32* in = map(up, 4096);
        for (u32 i = 0; i < 1024; ++i) in[i] = i + round;
        device->unmap(up);
        wait(submit({{Copy{up, mid, 0, 0, 4096}},
                     {Fill{mid, 16, 32, 7}, true},
                     {Fill{mid, 100, 4, 0}},
                     {Copy{mid, down, 0, 0, 4096}, true}}));
        const u32* out = map(down, 4096, MapMode::read);
        for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i >= 4 && i < 12 ? 7 : i == 25 ? 0 : i + round) << i;
        device->unmap(down);
    }
    for (const BufferId id : {up, mid, down}) device->free(id);
}

TEST_P(WebGpuBackend, an_upload_buffer_that_nobody_mapped_can_be_copied) {
    const BufferId up = allocate(256, MemoryKind::upload), mid = allocate(256);
    wait(submit({{Copy{up, mid, 0, 0, 256}, true}}));
    device->free(up);
    device->free(mid);
}

TEST_P(WebGpuBackend, maps_a_part) {
    const BufferId up = allocate(4096, MemoryKind::upload), mid = filled(4096, 1);
    void* out = nullptr;
    for (const u64 offset : {u64{1024}, u64{8}}) {
        const Pending pending = device->map(up, offset, 64, MapMode::write, out);
        if (pending.ticket != 0) out = wait(pending.ticket).mapped;
        ASSERT_NE(out, nullptr);
        const std::vector<u32> words(16, 99);
        std::memcpy(out, words.data(), 64);
        device->unmap(up);
        wait(submit({{Copy{up, mid, offset, offset, 64}, true}}));
        const std::vector<u32> back = read(mid, 4096);
        EXPECT_EQ(back[offset / 4], 99u);
        EXPECT_EQ(back[offset / 4 + 15], 99u);
        EXPECT_EQ(back[offset / 4 + 16], 1u);
    }
    device->free(up);
    device->free(mid);
}

TEST_P(WebGpuBackend, fills_beyond_what_a_binding_spans) {
    const u64 most = device->capabilities().limits.max_storage_binding_bytes;
    const u64 size = most + 4096;
    if (size > (u64{1} << 29) || size > device->capabilities().limits.max_buffer_bytes)
        GTEST_SKIP() << "a binding spans all that a test should take";
    const BufferId large = allocate(size), part = allocate(8192);
    wait(submit({{Fill{large, 0, size, 0}}, {Fill{large, 12, size - 16, 5}, true}}));
    wait(submit({{Copy{large, part, 0, 0, 4096}, true}, {Copy{large, part, size - 4096, 4096, 4096}, true}}));
    const std::vector<u32> ends = read(part, 8192);
    for (u32 i = 0; i < 2048; ++i) ASSERT_EQ(ends[i], i < 3 || i == 2047 ? 0u : 5u) << i;
    wait(submit({{Copy{large, part, most - 4096, 0, 8192}, true}}));
    const std::vector<u32> seam = read(part, 8192);
    for (u32 i = 0; i < 2048; ++i) ASSERT_EQ(seam[i], i == 2047 ? 0u : 5u) << i;
    device->free(large);
    device->free(part);
}

TEST_P(WebGpuBackend, fills_some_of_the_bits_of_words) {
    const BufferId data = filled(256, 0x11111111);
    wait(submit({{Fill{data, 4, 8, 0xaabbccdd, 0x00ffff00}, true}, {Fill{data, 8, 4, 0, 0xff}, true}}));
    const std::vector<u32> out = read(data, 256);
    EXPECT_EQ((std::vector<u32>{out.begin(), out.begin() + 4}),
              (std::vector<u32>{0x11111111, 0x11bbcc11, 0x11bbcc00, 0x11111111}));
    device->free(data);
}

TEST_P(WebGpuBackend, copies_at_any_byte_beyond_what_a_binding_spans) {
    const u64 most = device->capabilities().limits.max_storage_binding_bytes;
    const u64 size = most + 4096;
    if (size > (u64{1} << 29) || size > device->capabilities().limits.max_buffer_bytes)
        GTEST_SKIP() << "a binding spans all that a test should take";
    const BufferId from = allocate(size), to = allocate(size), part = allocate(8192);
    std::vector<u32> bytes(2048);
    for (u32 i = 0; i < 2048; ++i) bytes[i] = i * 0x01030507U;
    const BufferId up = allocate(8192, MemoryKind::upload);
    std::memcpy(map(up, 8192), bytes.data(), 8192);
    device->unmap(up);
    // A pattern around the seam of the bindings, copied by each distance there is between places in a word.
    for (const auto& [read_at, write_at] : {std::pair<u64, u64>{1, 0}, {0, 3}, {3, 2}, {2, 2}, {257, 2}}) {
        wait(submit({{Fill{to, 0, size, 0x55555555}},
                     {Copy{up, from, 0, most - 4096, 8192}},
                     {Copy{from, to, read_at, write_at, size - 300}, true},
                     {Copy{to, part, most - 4096, 0, 8192}, true}}));
        std::vector<u8> wanted(8192, 0x55);
        for (u64 i = 0; i < wanted.size(); ++i) {
            const u64 source = most - 4096 + i - write_at + read_at;  // whence the byte comes
            if (most - 4096 + i >= write_at + size - 300) continue;
            const u64 place = source - (most - 4096);
            wanted[i] = source < most - 4096 || place >= 8192 ? 0 : static_cast<u8>(bytes[place / 4] >> place % 4 * 8);
        }
        const std::vector<u32> got = read(part, 8192);
        ASSERT_EQ(std::memcmp(got.data(), wanted.data(), 8192), 0) << read_at << " to " << write_at;
    }
    for (const BufferId id : {from, to, part, up}) device->free(id);
}

TEST_P(WebGpuBackend, goes_on_after_out_of_memory) {
    const u64 most = device->capabilities().limits.max_buffer_bytes;
    std::vector<BufferId> held;
    std::string text;
    for (int i = 0; i < 512 && text.empty(); ++i) {
        BufferId id = BufferId::none;
        const Pending pending = device->allocate({MemoryKind::device, most, nullptr}, id);
        if (pending.status.ok()) {
            held.push_back(id);
            continue;
        }
        EXPECT_EQ(pending.status.code, ErrorCode::out_of_memory) << pending.status.text;
        text = pending.status.text;
    }
    if (text.empty()) GTEST_LOG_(INFO) << "the driver promises memory without end";
    else EXPECT_NE(text.find("wgpuDeviceCreateBuffer"), std::string::npos) << text;
    for (const BufferId id : held) device->free(id);
    const BufferId small = filled(4096, 9);
    for (const u32 value : read(small, 4096)) ASSERT_EQ(value, 9u);
    device->free(small);
}

// Work ---------------------------------------------------------------------------------------------

TEST_P(WebGpuBackend, orders_dependent_dispatches) {
    const KernelId kernel = compile_increment();
    const BufferId data = filled(65536, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 65536}}};
    const std::vector<Command> commands(500, Command{Dispatch{kernel, {256, 1, 1}, range, {}}, true});
    submit(commands);
    wait(submit(commands));
    for (const u32 value : read(data, 65536)) ASSERT_EQ(value, 1000u);
    device->release(kernel);
    device->free(data);
}

TEST_P(WebGpuBackend, dispatches_counts_from_a_buffer) {
    const KernelId counts_kernel = compile(kCounts, {storage(0, 0, true)}), kernel = compile_increment();
    const BufferId counts = filled(256, 0), data = filled(4096, 0);
    const std::array<BoundRange, 1> on_counts{{{counts, 0, 256}}}, on_data{{{data, 0, 4096}}};
    submit({{Dispatch{counts_kernel, {1, 1, 1}, on_counts, {}}, true},
            {DispatchIndirect{kernel, counts, 4, on_data, {}}, true},
            {Fill{counts, 4, 4, 1}, true},
            {DispatchIndirect{kernel, counts, 4, on_data, {}}, true},
            {Fill{counts, 4, 4, 0}, true},
            {DispatchIndirect{kernel, counts, 4, on_data, {}}, true}});
    const std::vector<u32> out = read(data, 4096);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], i < 64 ? 2u : i < 192 ? 1u : 0u) << i;
    for (const BufferId id : {counts, data}) device->free(id);
    device->release(kernel);
    device->release(counts_kernel);
}

TEST_P(WebGpuBackend, binds_several_groups_with_gaps) {
    const KernelId kernel =
        compile(kManyGroups, {storage(1, 3, false), storage(1, 5, false), uniform(3, 0), storage(3, 1, true)});
    const BufferId a = filled(4096, 2), b = filled(4096, 3), scale = filled(256, 10), c = filled(65536, 0);
    std::vector<Command> commands;
    std::vector<std::array<BoundRange, 4>> ranges;
    for (u32 i = 0; i < 600; ++i)
        ranges.push_back({{{a, 0, 256}, {b, 0, 256}, {scale, 0, 16}, {c, i % 256 * 256, 256}}});
    for (const auto& range : ranges) commands.push_back({Dispatch{kernel, {1, 1, 1}, range, {}}, true});
    for (int round = 0; round < 3; ++round) wait(submit(commands));
    const std::vector<u32> out = read(c, 65536);
    for (u64 i = 0; i < 256; ++i) ASSERT_EQ(out[i * 64], 50u) << i;
    for (const BufferId id : {a, b, scale, c}) device->free(id);
    device->release(kernel);
}

TEST_P(WebGpuBackend, a_buffer_that_takes_the_place_of_another_is_bound_itself) {
    const KernelId kernel = compile_increment();
    for (u32 round = 0; round < 50; ++round) {
        const BufferId data = filled(256, round);
        const std::array<BoundRange, 1> range{{{data, 0, 256}}};
        wait(submit({{Dispatch{kernel, {1, 1, 1}, range, {}}, true}}));
        ASSERT_EQ(read(data, 256)[0], round + 1);
        device->free(data);
    }
    device->release(kernel);
}

TEST_P(WebGpuBackend, more_bind_groups_than_are_kept) {
    const KernelId kernel = compile_increment();
    constexpr u32 kCount = 5000;
    const BufferId data = filled(u64{kCount} * 256, 0);
    std::vector<BoundRange> ranges;
    for (u32 i = 0; i < kCount; ++i) ranges.push_back({data, u64{i} * 256, 256});
    std::vector<Command> commands;
    for (const BoundRange& range : ranges) commands.push_back({Dispatch{kernel, {1, 1, 1}, {&range, 1}, {}}, true});
    submit(commands);
    wait(submit(commands));
    for (const u32 value : read(data, u64{kCount} * 256)) ASSERT_EQ(value, 2u);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuBackend, plays_a_recorded_list_again_while_it_is_in_flight) {
    const KernelId kernel = compile_increment(),
                   scaled = compile(kAddScaled, {storage(0, 0, false), storage(0, 1, true)}, 8);
    const BufferId data = filled(4096, 0), sum = filled(4096, 0), copy = allocate(4096, MemoryKind::download);
    RecordedId recorded = RecordedId::none;
    {
        // Nothing of the caller's is needed later.
        const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
        const std::array<BoundRange, 2> ranges{{{data, 0, 4096}, {sum, 0, 4096}}};
        const std::array<u32, 2> scalars{1024, 2};
        const std::vector<Command> commands{{Dispatch{kernel, {16, 1, 1}, range, {}}},
                                            {Dispatch{kernel, {16, 1, 1}, range, {}}, true},
                                            {Dispatch{scaled, {32, 1, 1}, ranges, bytes_of(scalars)}, true},
                                            {Copy{sum, copy, 0, 0, 4096}, true}};
        const Status status = device->record(0, commands, recorded);
        ASSERT_TRUE(status.ok()) << status.text;
    }
    Ticket last = 0;
    for (int i = 0; i < 20; ++i) last = submit({}, recorded);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    last = submit({{Dispatch{kernel, {16, 1, 1}, range, {}}, true}}, recorded);
    wait(last);
    const u32* out = map(copy, 4096, MapMode::read);
    for (u32 i = 0; i < 1024; ++i) ASSERT_EQ(out[i], 2 * (2 * 210 + 43));
    device->unmap(copy);
    device->release(recorded);
    for (const BufferId id : {data, sum, copy}) device->free(id);
    device->release(kernel);
    device->release(scaled);
}

TEST_P(WebGpuBackend, timestamps_lie_on_the_device_clock) {
    if (!device->capabilities().features.timestamps) GTEST_SKIP() << "the device has no timestamps";
    const KernelId kernel = compile(kSlow, {storage(0, 0, true)}, 4);
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 1'000'000;
    std::vector<Command> commands;
    for (int i = 0; i < 700; ++i) commands.push_back({Timestamp{}});  // more than a page holds
    commands.push_back({Dispatch{kernel, {1, 1, 1}, range, bytes_of(rounds)}, true});
    commands.push_back({Timestamp{}});
    const Device::ClockPair before = device->clock();
    wait(submit(commands));
    const Completion completion = wait(submit(commands));
    const Device::ClockPair after = device->clock();
    ASSERT_EQ(completion.timestamps_ns.size(), 701u);
    for (std::size_t i = 1; i < 701; ++i) ASSERT_GE(completion.timestamps_ns[i], completion.timestamps_ns[i - 1]) << i;
    EXPECT_GT(completion.timestamps_ns[700], completion.timestamps_ns[699] + 100'000);
    const auto host = [&](u64 device_ns) { return device_ns - after.device_ns + after.host_ns; };
    EXPECT_GT(host(completion.timestamps_ns[700]) + 50'000'000, before.host_ns);
    EXPECT_LT(host(completion.timestamps_ns[700]), after.host_ns + 50'000'000);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuBackend, one_thread_polls_while_another_submits) {
    const KernelId kernel = compile_increment();
    const BufferId data = filled(4096, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    constexpr std::size_t kCount = 300;
    std::vector<Completion> seen;
    std::thread poller([&] {
        while (seen.size() < kCount) device->poll(seen, 10'000'000);
    });
    std::vector<Ticket> tickets;
    for (std::size_t i = 0; i < kCount; ++i)
        tickets.push_back(submit({{Dispatch{kernel, {16, 1, 1}, range, {}}, true}}));
    poller.join();
    for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(seen[i].ticket, tickets[i]);  // in order
    for (const u32 value : read(data, 4096)) ASSERT_EQ(value, kCount);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuBackend, submitting_waits_for_nothing) {
    const KernelId slow = compile(kSlow, {storage(0, 0, true)}, 4), kernel = compile_increment();
    const BufferId data = filled(256, 1), other = filled(4096, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}}, on_other{{{other, 0, 4096}}};
    const u32 rounds = 300'000'000;
    const auto start = std::chrono::steady_clock::now();
    std::vector<Ticket> tickets{submit({{Dispatch{slow, {1, 1, 1}, range, bytes_of(rounds)}, true}})};
    for (int i = 0; i < 5; ++i) tickets.push_back(submit({{Dispatch{kernel, {16, 1, 1}, on_other, {}}, true}}));
    tickets.push_back(submit({}));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
    std::vector<Completion> seen;
    while (seen.size() < tickets.size()) device->poll(seen, 1'000'000'000);
    for (std::size_t i = 0; i < tickets.size(); ++i) {
        EXPECT_EQ(seen[i].ticket, tickets[i]);
        EXPECT_TRUE(seen[i].status.ok()) << seen[i].status.text;
    }
    for (const u32 value : read(other, 4096)) ASSERT_EQ(value, 5u);
    for (const BufferId id : {data, other}) device->free(id);
    device->release(slow);
    device->release(kernel);
}

TEST_P(WebGpuBackend, an_empty_submission_ends_behind_what_was_before_it) {
    const KernelId kernel = compile(kSlow, {storage(0, 0, true)}, 4);
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 3'000'000;
    const Ticket first = submit({{Dispatch{kernel, {1, 1, 1}, range, bytes_of(rounds)}, true}});
    const Ticket second = submit({});
    std::vector<Completion> seen;
    while (seen.size() < 2) device->poll(seen, 1'000'000'000);
    EXPECT_EQ(seen[0].ticket, first);
    EXPECT_EQ(seen[1].ticket, second);
    device->free(data);
    device->release(kernel);
}

TEST_P(WebGpuBackend, work_that_the_library_refuses_fails_alone) {
    const KernelId kernel = compile(kAddScaled, {storage(0, 0, false), storage(0, 1, true)}, 8);
    const BufferId x = filled(4096, 1);
    const std::array<u32, 2> scalars{1, 1};
    const std::array<BoundRange, 2> both{{{x, 0, 4096}, {x, 0, 4096}}};  // read and written
    const std::vector<Command> bad{{Dispatch{kernel, {1, 1, 1}, both, bytes_of(scalars)}, true}};
    const std::vector<Command> inside{{Copy{x, x, 0, 1024, 16}, true}};
    for (const auto& commands : {bad, inside}) {
        const Pending pending = try_submit(commands);
        EXPECT_EQ(pending.ticket, 0u);
        EXPECT_TRUE(pending.status.failed);
        EXPECT_EQ(pending.status.code, ErrorCode::internal);
        EXPECT_NE(pending.status.text.find("wgpu"), std::string::npos) << pending.status.text;
    }
    for (const u32 value : read(x, 4096)) ASSERT_EQ(value, 1u);
    device->free(x);
    device->release(kernel);
}

// End ----------------------------------------------------------------------------------------------

TEST_P(WebGpuBackend, is_destroyed_at_once_while_work_is_in_flight) {
    const KernelId kernel = compile(kSlow, {storage(0, 0, true)}, 4);
    const BufferId data = filled(256, 1);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 400'000'000;
    submit({{Dispatch{kernel, {1, 1, 1}, range, bytes_of(rounds)}, true}});
    const auto start = std::chrono::steady_clock::now();
    device.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    open({});  // what was left behind and is done goes now
}

TEST_P(WebGpuBackend, forgotten_objects_go_with_the_device) {
    compile_increment();
    filled(4096, 1);
    map(allocate(4096, MemoryKind::upload), 4096);
    RecordedId recorded = RecordedId::none;
    EXPECT_TRUE(device->record(0, {}, recorded).ok());
}

TEST_P(WebGpuBackend, devices_do_not_disturb_each_other) {
    const std::unique_ptr<Device> other = [&] {
        std::unique_ptr<Device> kept = std::move(device);
        open({});
        return kept;
    }();
    const KernelId kernel = compile_increment();
    const BufferId data = filled(4096, 0);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    std::thread beside([&] {
        std::vector<Completion> none;
        for (int i = 0; i < 100; ++i) other->poll(none, 1'000'000);
        EXPECT_TRUE(none.empty());
    });
    for (int i = 0; i < 100; ++i) wait(submit({{Dispatch{kernel, {16, 1, 1}, range, {}}, true}}));
    beside.join();
    for (const u32 value : read(data, 4096)) ASSERT_EQ(value, 100u);
    device->free(data);
    device->release(kernel);
}

}  // namespace
}  // namespace alkomp::backend

int main(int argc, char** argv) {
    alkomp::set_log([](alkomp::LogLevel level, std::string_view text) {
        if (level < alkomp::LogLevel::warning) return;
        const std::lock_guard lock(alkomp::backend::messages_mutex);
        alkomp::backend::messages.emplace_back(text);
    });
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
