// SPDX-License-Identifier: MIT OR Apache-2.0
// The WebGPU backends at the seam: a device per test, on every adapter of every library that is found.
#pragma once

#include "alkomp/alkomp.h"
#include "backend/webgpu/load.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace alkomp::backend {

inline std::mutex messages_mutex;
inline std::vector<std::string> messages;

/// Warnings and errors since the last call.
inline std::vector<std::string> take_messages() {
    const std::lock_guard lock(messages_mutex);
    return std::exchange(messages, {});
}

inline Completion finish(Backend& backend, Ticket ticket) {
    std::vector<Completion> done;
    backend.poll(done, 0);
    EXPECT_EQ(done.size(), 1u);
    EXPECT_EQ(done.at(0).ticket, ticket);
    return std::move(done.at(0));
}

/// An adapter of one of the two backends.
struct Place {
    std::shared_ptr<Backend> backend;
    Adapter adapter;
};
inline std::ostream& operator<<(std::ostream& out, const Place& place) { return out << place.adapter.name; }

inline const std::vector<Place>& places() {
    static const auto* const list = [] {
        auto* all = new std::vector<Place>;
        for (const char* name : {"wgpu", "dawn"}) {
            const std::shared_ptr<Backend> backend = make_webgpu(name);
            Completion completion = finish(*backend, backend->adapters());
            EXPECT_TRUE(completion.status.ok()) << completion.status.text;
            for (Adapter& adapter : completion.adapters) all->push_back({backend, std::move(adapter)});
        }
        return all;
    }();
    return *list;
}

// Kernels ------------------------------------------------------------------------------------------

// Scalars stand where the device has them: {scalars} is replaced by their declaration.
inline constexpr const char* kAddScaled = R"(struct Scalars { count: u32, scale: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
{scalars}
@compute @workgroup_size(32) fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < scalars.count) { y[id.x] += x[id.x] * scalars.scale; }
})";

inline constexpr const char* kIncrement = R"(@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { data[id.x] += 1u; })";

inline constexpr const char* kSlow = R"(struct Scalars { rounds: u32 }
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
{scalars}
@compute @workgroup_size(1) fn main() {
    var v = data[0];
    for (var i = 0u; i < scalars.rounds; i++) { v = v * 1664525u + 1013904223u; }
    data[0] = v;
})";

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span<const T>(&value, 1));
}

inline BindingInfo storage(u32 set, u32 number, bool writes) {
    BindingInfo out;
    out.set = set;
    out.binding = number;
    out.writes = writes;
    return out;
}
inline BindingInfo uniform(u32 set, u32 number) {
    BindingInfo out = storage(set, number, false);
    out.kind = BindingKind::uniform;
    return out;
}

// Fixture ------------------------------------------------------------------------------------------

class WebGpuTest : public ::testing::TestWithParam<Place> {
protected:
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
        Backend& backend = *GetParam().backend;
        Completion completion = finish(backend, backend.open(GetParam().adapter.index, options));
        ASSERT_TRUE(completion.status.ok()) << completion.status.text;
        device = std::move(completion.device);
    }

    BufferId allocate(u64 size_bytes, MemoryKind kind = MemoryKind::device) {
        BufferId id = BufferId::none;
        const Pending pending = device->allocate({kind, size_bytes, nullptr}, id);
        if (pending.ticket != 0) wait(pending.ticket);
        else EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        return id;
    }
    u32* map(BufferId id, u64 size_bytes, MapMode mode = MapMode::write) {
        void* out = nullptr;
        const Pending pending = device->map(id, 0, size_bytes, mode, out);
        if (pending.ticket != 0) out = wait(pending.ticket).mapped;
        else EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        EXPECT_NE(out, nullptr);
        return static_cast<u32*>(out);
    }
    /// The text with its scalars declared where the device has them.
    std::string placed(std::string text, const Interface& interface) {
        const std::string mark = "{scalars}";
        const std::size_t at = text.find(mark);
        if (at == std::string::npos) return text;
        const WgslSupport& wgsl = device->capabilities().wgsl;
        const bool immediate = interface.scalar_bytes <= wgsl.immediate_bytes;
        std::string declaration = "var<immediate> scalars: Scalars;";
        if (!immediate)
            declaration =
                "@group(0) @binding(" + std::to_string(interface.bindings.size()) + ") var<uniform> scalars: Scalars;";
        return text.replace(at, mark.size(), declaration);
    }
    Status try_compile(std::string text, const Interface& interface, KernelId& out,
                       std::vector<SpecializationValue> constants = {}, bool robust = true) {
        text = placed(std::move(text), interface);
        KernelCode code;
        code.code = std::string_view(text);
        code.constants = constants;
        code.robust = robust;
        code.label = "test kernel";
        std::vector<std::byte> cache;
        const Pending pending = device->compile(code, interface, out, cache);
        if (pending.ticket != 0) return wait_any(pending.ticket).status;
        return pending.status;
    }
    KernelId compile(const char* text, std::vector<BindingInfo> bindings, u32 scalar_bytes = 0,
                     std::vector<SpecializationValue> constants = {}, bool robust = true) {
        Interface interface;
        interface.entry = "main";
        interface.bindings = std::move(bindings);
        interface.scalar_bytes = scalar_bytes;
        interface.constants = {{3, "factor", Scalar::u32, 1}, {4, "shift", Scalar::f32, 0}};
        KernelId id = KernelId::none;
        const Status status = try_compile(text, interface, id, std::move(constants), robust);
        EXPECT_TRUE(status.ok()) << status.text;
        return id;
    }
    KernelId compile_increment() { return compile(kIncrement, {storage(0, 0, true)}); }

    Pending try_submit(std::span<const Command> commands, RecordedId recorded = RecordedId::none) {
        Submission submission;
        submission.commands = commands;
        submission.read_by_host = true;
        submission.recorded = recorded;
        return device->submit(submission);
    }
    Ticket submit(std::vector<Command> commands, RecordedId recorded = RecordedId::none) {
        const Pending pending = try_submit(commands, recorded);
        EXPECT_TRUE(pending.status.ok()) << pending.status.text;
        EXPECT_NE(pending.ticket, 0u);
        return pending.ticket;
    }
    /// Whatever has become of it.
    Completion wait_any(Ticket ticket) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (std::chrono::steady_clock::now() < deadline) {
            for (std::size_t i = 0; i < done.size(); ++i) {
                if (done[i].ticket != ticket) continue;
                Completion out = std::move(done[i]);
                done.erase(done.begin() + static_cast<std::ptrdiff_t>(i));
                return out;
            }
            device->poll(done, 1'000'000'000);
        }
        ADD_FAILURE() << "nothing completed";
        return {};
    }
    Completion wait(Ticket ticket) {
        Completion out = wait_any(ticket);
        EXPECT_TRUE(out.status.ok()) << out.status.text;
        return out;
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

inline std::string test_name(const ::testing::TestParamInfo<Place>& info) {
    std::string name = std::string(info.param.backend->name()) + std::to_string(info.param.adapter.index) + '_';
    for (const char c : info.param.adapter.name) {
        if (c == '(' || c == ' ') break;
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    }
    return name;
}

}  // namespace alkomp::backend

/// A suite whose bodies run on every adapter.
#define ALKOMP_WEBGPU_SUITE(suite)                        \
    class suite : public WebGpuTest {};                   \
    GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite); \
    INSTANTIATE_TEST_SUITE_P(, suite, ::testing::ValuesIn(places()), test_name)
