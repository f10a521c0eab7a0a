// SPDX-License-Identifier: MIT OR Apache-2.0
// WebGPU devices that are lost: every function says so, every ticket ends, and a new device works.
#include "device/webgpu_fixture.h"

#include "alkomp/native/webgpu.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN  // which leaves the name `interface` alone
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace alkomp::backend {
namespace {

class WebGpuLoss : public WebGpuTest {
protected:
    /// What a driver does to a device, done by its library's own call behind the backend's back.
    void lose() {
        const auto& native = *static_cast<const native::WebGpuDevice*>(device->native());
#ifdef _WIN32
        const auto destroy = reinterpret_cast<decltype(&wgpuDeviceDestroy)>(
            reinterpret_cast<void*>(GetProcAddress(LoadLibraryA(native.library.c_str()), "wgpuDeviceDestroy")));
#else
        const auto destroy = reinterpret_cast<decltype(&wgpuDeviceDestroy)>(
            dlsym(dlopen(native.library.c_str(), RTLD_NOW | RTLD_LOCAL), "wgpuDeviceDestroy"));
#endif
        ASSERT_NE(destroy, nullptr);
        destroy(native.device);
    }
    /// Whatever the ticket, it ends soon, well or with the loss.
    void expect_end(const Pending& pending) {
        const Status status = pending.ticket == 0 ? pending.status : wait_any(pending.ticket).status;
        EXPECT_TRUE(!status.failed || status.code == ErrorCode::device_lost) << status.text;
    }
    static void expect_lost(const Pending& pending) {
        EXPECT_EQ(pending.ticket, 0u);
        EXPECT_TRUE(pending.status.failed);
        EXPECT_EQ(pending.status.code, ErrorCode::device_lost) << pending.status.text;
        EXPECT_NE(pending.status.text.find("lost"), std::string::npos) << pending.status.text;
    }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(WebGpuLoss);
INSTANTIATE_TEST_SUITE_P(, WebGpuLoss, ::testing::ValuesIn(places()), test_name);

TEST_P(WebGpuLoss, is_what_every_function_tells) {
    const KernelId kernel = compile_increment();
    const BufferId data = filled(4096, 1), up = allocate(4096, MemoryKind::upload);
    const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
    const std::vector<Command> commands{{Dispatch{kernel, {16, 1, 1}, range, {}}, true}};
    map(up, 4096);
    device->unmap(up);
    lose();
    BufferId more = BufferId::none;
    expect_lost(device->allocate({MemoryKind::device, 256, nullptr}, more));
    expect_lost(try_submit(commands));
    expect_lost(try_submit({}));
    void* mapped = nullptr;
    expect_lost(device->map(up, 0, 4096, MapMode::write, mapped));
    RecordedId recorded = RecordedId::none;
    EXPECT_EQ(device->record(0, commands, recorded).code, ErrorCode::device_lost);
    KernelId another = KernelId::none;
    Interface interface;
    interface.entry = "main";
    interface.bindings = {storage(0, 0, true)};
    EXPECT_EQ(try_compile(kIncrement, interface, another).code, ErrorCode::device_lost);
    device->free(data);
    device->release(kernel);
    device->poll(done, 1'000'000);
    open({});
    const BufferId fresh = filled(256, 7);
    EXPECT_EQ(read(fresh, 256)[5], 7u);
    device->free(fresh);
}

TEST_P(WebGpuLoss, is_told_first_by_whatever_is_called_first) {
    const Interface interface = [] {
        Interface out;
        out.entry = "main";
        out.bindings = {storage(0, 0, true)};
        return out;
    }();
    for (int first = 0; first < 4; ++first) {
        const KernelId kernel = compile_increment();
        const BufferId data = filled(4096, 1), up = allocate(4096, MemoryKind::upload);
        map(up, 4096);
        device->unmap(up);
        const std::array<BoundRange, 1> range{{{data, 0, 4096}}};
        const std::vector<Command> commands{{Dispatch{kernel, {16, 1, 1}, range, {}}, true}};
        lose();
        KernelId another = KernelId::none;
        void* mapped = nullptr;
        if (first == 0) expect_end(try_submit(commands));
        if (first == 1) expect_end(try_submit({}));
        if (first == 2) expect_end(device->map(up, 0, 4096, MapMode::write, mapped));
        if (first == 3) {
            EXPECT_EQ(try_compile(kIncrement, interface, another).code, ErrorCode::device_lost);
        }
        BufferId more = BufferId::none;
        expect_lost(device->allocate({MemoryKind::device, 256, nullptr}, more));
        open({});
    }
}

TEST_P(WebGpuLoss, ends_what_is_in_flight) {
    const KernelId kernel = compile(kSlow, {storage(0, 0, true)}, 4);
    const BufferId data = filled(256, 1), down = allocate(256, MemoryKind::download);
    const std::array<BoundRange, 1> range{{{data, 0, 256}}};
    const u32 rounds = 100'000'000;
    const std::vector<Command> commands{{Timestamp{}},
                                        {Dispatch{kernel, {1, 1, 1}, range, bytes_of(rounds)}, true},
                                        {Copy{data, down, 0, 0, 256}, true},
                                        {Timestamp{}}};
    const Pending first = try_submit(commands), second = try_submit({});
    lose();
    expect_end(first);
    expect_end(second);
    BufferId more = BufferId::none;
    expect_lost(device->allocate({MemoryKind::device, 256, nullptr}, more));
    const auto start = std::chrono::steady_clock::now();
    device.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    open({});
}

}  // namespace
}  // namespace alkomp::backend
