// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiling for a device, seen from below: what the driver is asked, when the caches answer instead,
// and the whole text of what a device's limits refuse.
#include "alkomp/device.h"
#include "expect_error.h"
#include "runtime/device.h"
#include "runtime/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace alkomp {
namespace {

using alkomp::testing::error_text;
using ::testing::HasSubstr;

/// What one `compile` was asked.
struct Asked {
    std::vector<u32> words;
    std::vector<backend::SpecializationValue> constants;
    std::array<u32, 3> workgroup{};
    bool robust = true;
    u32 subgroup_size = 0;
    std::string label;
    std::string cached;
    std::string text;  ///< of WGSL
};

/// A driver that compiles anything, at once or by ticket, and gives its own words as pipeline data.
class FakeDevice final : public backend::Device {
public:
    FakeDevice() {
        Limits& l = capabilities_.limits;
        l.max_bindings = 4;
        l.max_sets = 2;
        l.max_scalar_bytes = 64;
        l.max_workgroup_size = {256, 256, 16};
        l.max_workgroup_invocations = 256;
        l.max_shared_bytes = 1024;
        l.subgroup_size = 32;
        l.min_subgroup_size = 8;
        l.max_subgroup_size = 32;
        l.spirv_version = 0x00010600;
        properties_.queues_compute = {true};
        properties_.accepts_spirv = true;
    }

    [[nodiscard]] const Capabilities& capabilities() const noexcept override { return capabilities_; }
    [[nodiscard]] const backend::Properties& properties() const noexcept override { return properties_; }
    backend::Pending allocate(const backend::Allocation&, backend::BufferId& out) override {
        out = static_cast<backend::BufferId>(1);
        return {};
    }
    void free(backend::BufferId) override {}
    backend::Pending map(backend::BufferId, u64, u64, backend::MapMode, void*&) override { return {}; }
    void unmap(backend::BufferId) override {}
    backend::Pending compile(const backend::KernelCode& code, const Interface& interface, backend::KernelId& out,
                             std::vector<std::byte>& cache) override {
        std::span<const u32> words;
        std::string_view text;
        if (const auto* wgsl = std::get_if<std::string_view>(&code.code)) text = *wgsl;
        else words = std::get<std::span<const u32>>(code.code);
        const std::string cached(reinterpret_cast<const char*>(code.cached.data()), code.cached.size());
        asked.push_back({{words.begin(), words.end()},
                         {code.constants.begin(), code.constants.end()},
                         interface.workgroup_size,
                         code.robust,
                         code.subgroup_size,
                         std::string(code.label),
                         cached,
                         std::string(text)});
        if (failure && !by_ticket) return {0, *failure};
        out = static_cast<backend::KernelId>(next_++);
        const std::vector<std::byte> data(pipeline_data.size(), std::byte{'p'});
        if (!by_ticket) {
            if (cached.empty()) cache = data;
            return {};
        }
        backend::Completion completion;
        completion.ticket = next_++;
        if (failure) completion.status = *failure;
        else completion.cache = data;
        ready.push_back(std::move(completion));
        return {ready.back().ticket, {}};
    }
    void release(backend::KernelId kernel) override { released.push_back(static_cast<u64>(kernel)); }
    backend::Status record(u32, std::span<const backend::Command>, backend::RecordedId&) override { return {}; }
    void release(backend::RecordedId) override {}
    backend::Pending submit(const backend::Submission&) override {
        backend::Completion completion;
        completion.ticket = next_++;
        submitted.push_back(std::move(completion));
        return {submitted.back().ticket, {}};
    }
    void poll(std::vector<backend::Completion>& out, u64) override {
        if (!deliver) return;
        for (auto* list : {&ready, &submitted}) {
            std::move(list->begin(), list->end(), std::back_inserter(out));
            list->clear();
        }
    }
    [[nodiscard]] ClockPair clock() override { return {}; }
    [[nodiscard]] const void* native() const noexcept override { return nullptr; }
    [[nodiscard]] const void* native(backend::BufferId) const noexcept override { return nullptr; }

    Capabilities capabilities_;
    backend::Properties properties_;
    std::vector<Asked> asked;
    std::vector<u64> released;
    std::vector<backend::Completion> ready, submitted;
    std::optional<backend::Status> failure;
    std::string pipeline_data = "ppp";
    bool by_ticket = false;
    bool deliver = true;

private:
    u64 next_ = 1;
};

constexpr const char* kText = R"(#version 450
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint N = 4;
layout(binding = 0) buffer B { uint x[]; };
shared uint tile[N];
void main() { tile[0] = N; x[gl_GlobalInvocationID.x] = tile[0]; })";

class Compiling : public ::testing::Test {
protected:
    Compiling() : device(std::make_shared<detail::DeviceRecord>()) {
        auto made = std::make_unique<FakeDevice>();
        fake = made.get();
        record()->backend = std::move(made);
        record()->info.name = "fake";
        record()->info.backend = "test";
        // Each test has its own place in the disk cache.
        record()->identity = std::string("fake ") + ::testing::UnitTest::GetInstance()->current_test_info()->name();
        record()->capabilities.limits = fake->capabilities_.limits;
        record()->properties = fake->properties_;
        record()->transfers = std::make_unique<detail::Transfers>(*record());
        record()->create_timeline(0);
    }
    ~Compiling() override {
        // An abandoned device is left behind by the library: here it can be freed.
        const bool left_behind = record()->abandoned;
        device = Device(std::shared_ptr<detail::DeviceRecord>());
        if (left_behind) delete fake;
    }
    [[nodiscard]] const std::shared_ptr<detail::DeviceRecord>& record() const { return device.record(); }
    std::string refused(const std::string& text, const KernelOptions& options = {},
                        ErrorCode code = ErrorCode::unsupported) {
        return error_text(code, [&] { static_cast<void>(device.compile(glsl(text, "k.comp"), options)); });
    }

    Device device;
    FakeDevice* fake = nullptr;
};

// What the driver is asked -------------------------------------------------------------------------

TEST_F(Compiling, hands_the_driver_words_constants_and_settings) {
    const Kernel kernel = device.compile(
        glsl(kText, "k.comp"), {.constants = {{"0", u64{64}}, {"N", u64{16}}}, .robust = false, .label = "named"});
    ASSERT_EQ(fake->asked.size(), 1u);
    const Asked& asked = fake->asked[0];
    EXPECT_EQ(asked.words.at(1), 0x00010600u) << "the newest that the device takes";
    ASSERT_EQ(asked.constants.size(), 2u);
    EXPECT_EQ(asked.constants[0].bits, 64u);
    EXPECT_EQ(asked.constants[1].bits, 16u);
    EXPECT_EQ(asked.workgroup, (std::array<u32, 3>{64, 1, 1}));
    EXPECT_FALSE(asked.robust);
    EXPECT_EQ(asked.label, "named");
    EXPECT_EQ(kernel.label(), "named");
    EXPECT_EQ(kernel.workgroup_size(), (std::array<u32, 3>{64, 1, 1}));
    EXPECT_EQ(kernel.device(), device);
    EXPECT_EQ(kernel.record()->interface.shared_bytes, 64u);
    EXPECT_THAT(kernel.describe(),
                HasSubstr("workgroup of 64 x 1 x 1, 64 bytes of shared memory\nset 0, binding 0: \"B\" {x: u32[]}"));
}

TEST_F(Compiling, asks_for_older_spirv_where_the_device_needs_it) {
    record()->capabilities.limits.spirv_version = 0x00010500;
    static_cast<void>(device.compile(glsl(kText)));
    EXPECT_EQ(fake->asked.at(0).words.at(1), 0x00010500u);
    EXPECT_EQ(refused(kText, {.target = Target::vulkan_1_3}),
              "compile: \"k.comp\" does not run on the device \"fake\": it is SPIR-V 1.6, and this device takes SPIR-V "
              "up to 1.5.");
}

// Caches -------------------------------------------------------------------------------------------

TEST_F(Compiling, shares_a_kernel_that_is_in_use) {
    const Kernel first = device.compile(glsl(kText));
    EXPECT_EQ(device.compile(glsl(kText)), first);
    EXPECT_EQ(device.compile(compile_shader(glsl(kText), {.target = Target::vulkan_1_3})), first);
    EXPECT_EQ(fake->asked.size(), 1u);
    EXPECT_NE(device.compile(glsl(kText), {.constants = {{"N", u64{5}}}}), first);
    EXPECT_NE(device.compile(glsl(kText), {.robust = false}), first);
    EXPECT_NE(device.compile(glsl(kText), {.label = "other"}), first);
    EXPECT_EQ(fake->asked.size(), 4u);
    EXPECT_EQ(fake->released.size(), 3u) << "those that nobody kept";
    EXPECT_EQ(record()->kernels.size(), 1u);
}

TEST_F(Compiling, gives_the_driver_its_data_of_earlier_times) {
    static_cast<void>(device.compile(glsl(kText)));
    static_cast<void>(device.compile(glsl(kText)));
    static_cast<void>(device.compile(glsl(kText), {.constants = {{"N", u64{6}}}}));
    record()->identity += " with a new driver";
    static_cast<void>(device.compile(glsl(kText)));
    ASSERT_EQ(fake->asked.size(), 4u);
    EXPECT_EQ(fake->asked[0].cached, "");
    EXPECT_EQ(fake->asked[1].cached, "ppp");
    EXPECT_EQ(fake->asked[2].cached, "") << "another kernel";
    EXPECT_EQ(fake->asked[3].cached, "") << "another driver";
}

// Tickets ------------------------------------------------------------------------------------------

TEST_F(Compiling, waits_for_a_driver_that_takes_its_time) {
    fake->by_ticket = true;
    const Kernel kernel = device.compile(glsl(kText));
    EXPECT_TRUE(static_cast<bool>(kernel));
    EXPECT_EQ(device.compile(glsl(kText)), kernel);
    EXPECT_EQ(fake->asked.size(), 1u);
}

TEST_F(Compiling, does_not_block_when_asked_not_to) {
    fake->by_ticket = true;
    fake->deliver = false;
    Future<Kernel> future = device.compile_async(glsl(kText));
    EXPECT_FALSE(future.done());
    EXPECT_FALSE(future.wait_for(std::chrono::milliseconds(1)));
    fake->deliver = true;
    const Kernel kernel = future.get();
    EXPECT_EQ(device.compile_async(glsl(kText)).get(), kernel) << "in use: done at once";
    EXPECT_EQ(fake->asked.size(), 1u);
}

TEST_F(Compiling, names_kernel_and_device_when_the_driver_refuses) {
    fake->failure = backend::Status::failure(ErrorCode::compile_failed, "the driver gives VK_ERROR_UNKNOWN.");
    const std::string text =
        "compile: the driver gives VK_ERROR_UNKNOWN.\nwhile compiling \"k.comp\" for the device \"fake\"";
    EXPECT_EQ(refused(kText, {}, ErrorCode::compile_failed), text);
    EXPECT_TRUE(fake->released.empty()) << "there was no kernel";
    fake->by_ticket = true;
    EXPECT_EQ(refused(kText, {}, ErrorCode::compile_failed), text);
    EXPECT_EQ(fake->released.size(), 1u);
    fake->failure.reset();
    EXPECT_TRUE(static_cast<bool>(device.compile(glsl(kText)))) << "the library goes on";
}

TEST_F(Compiling, marks_a_device_lost_that_is) {
    fake->failure = backend::Status::failure(ErrorCode::device_lost, "it is gone.");
    EXPECT_THAT(refused(kText, {}, ErrorCode::device_lost), HasSubstr("compile: it is gone."));
    EXPECT_TRUE(device.lost());
    EXPECT_EQ(refused(kText, {}, ErrorCode::device_lost), "compile: it is gone.");
    EXPECT_EQ(fake->asked.size(), 1u);
}

// Release ------------------------------------------------------------------------------------------

TEST_F(Compiling, keeps_a_kernel_until_its_work_has_passed) {
    Kernel kernel = device.compile(glsl(kText));
    {
        const std::lock_guard lock(record()->mutex);
        kernel.record()->last_timeline = 0;
        kernel.record()->last_sequence = record()->timelines[0]->recording();
    }
    kernel = Kernel();
    EXPECT_TRUE(fake->released.empty());
    const std::lock_guard lock(record()->mutex);
    ASSERT_EQ(record()->kernels_to_release.size(), 1u);
    record()->timelines[0]->completed = 1;
    record()->release_passed();
    EXPECT_EQ(fake->released.size(), 1u);
}

TEST_F(Compiling, leaves_a_kernel_behind_with_an_abandoned_device) {
    Kernel kernel = device.compile(glsl(kText));
    device.abandon();
    kernel = Kernel();
    EXPECT_TRUE(fake->released.empty());
}

TEST_F(Compiling, releases_the_kernels_of_a_lost_device_at_once) {
    Kernel kernel = device.compile(glsl(kText));
    {
        const std::lock_guard lock(record()->mutex);
        kernel.record()->last_sequence = record()->timelines[0]->recording();
        record()->mark_lost(backend::Status::failure(ErrorCode::device_lost, "it is gone."));
    }
    kernel = Kernel();
    EXPECT_EQ(fake->released.size(), 1u);
}

TEST_F(Compiling, serves_many_threads) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                const Kernel kernel =
                    device.compile(glsl(kText), {.constants = {{"N", u64{1} + static_cast<u64>((t + i) % 3)}}});
                EXPECT_TRUE(static_cast<bool>(kernel));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(fake->released.size(), fake->asked.size());
    EXPECT_TRUE(record()->kernels.empty());
}

// Limits -------------------------------------------------------------------------------------------

TEST_F(Compiling, refuses_what_is_above_the_limits_with_the_numbers) {
    const auto sized = [](const std::string& layout) {
        return "#version 450\nlayout(" + layout + ") in;\nvoid main() {}\n";
    };
    EXPECT_EQ(refused(sized("local_size_x = 512")),
              "compile: \"k.comp\" has a workgroup of 512 x 1 x 1 invocations; the device \"fake\" runs at most 256 "
              "together.");
    EXPECT_EQ(refused(sized("local_size_x = 2147483647, local_size_y = 2147483647, local_size_z = 2147483647")),
              "compile: \"k.comp\" has a workgroup of 2147483647 x 2147483647 x 2147483647 invocations; the device "
              "\"fake\" runs at most 256 together.");
    EXPECT_EQ(refused(sized("local_size_z = 32")),
              "compile: \"k.comp\" has a workgroup of 1 x 1 x 32; along z the device \"fake\" takes at most 16.");
    EXPECT_EQ(refused(kText, {.constants = {{"0", u64{257}}}}),
              "compile: \"k.comp\" has a workgroup of 257 x 1 x 1 invocations; the device \"fake\" runs at most 256 "
              "together.");
    EXPECT_EQ(refused(kText, {.constants = {{"0", u64{0}}}}, ErrorCode::invalid_argument),
              "compile: \"k.comp\" has a workgroup of 0 x 1 x 1, which is empty.");
    EXPECT_EQ(refused(kText, {.constants = {{"N", u64{300}}}}),
              "compile: \"k.comp\" takes 1200 bytes of shared memory; the device \"fake\" has at most 1024.");
    std::string many = "#version 450\n";
    for (int i = 0; i < 5; ++i)
        many += "layout(binding = " + std::to_string(i) + ") buffer B" + std::to_string(i) + " { uint x" +
                std::to_string(i) + "[]; };\n";
    EXPECT_EQ(refused(many + "void main() {}\n"),
              "compile: \"k.comp\" takes 5 bindings; the device \"fake\" has at most 4.");
    EXPECT_EQ(refused("#version 450\nlayout(push_constant) uniform P { vec4 v[5]; };\nvoid main() {}\n"),
              "compile: \"k.comp\" takes 80 bytes of push constants; the device \"fake\" has at most 64.");
    EXPECT_EQ(refused("#version 450\nlayout(set = 2, binding = 0) buffer B { uint x[]; } far;\nvoid main() {}\n"),
              "compile: \"k.comp\" binds \"far\" in set 2; the device \"fake\" takes sets below 2.");
    EXPECT_EQ(refused("#version 450\nlayout(binding = 0) buffer B { double x[]; };\nvoid main() { x[0] *= 2.0; }\n"),
              "compile: \"k.comp\" does not run on the device \"fake\": it needs 64-bit floats (SPIR-V capability "
              "Float64), which this device lacks.");
    EXPECT_TRUE(fake->asked.empty());
}

TEST_F(Compiling, takes_subgroup_sizes_that_the_device_has) {
    EXPECT_EQ(refused(kText, {.subgroup_size = 16}),
              "compile: \"k.comp\" is to have subgroups of 16; the device \"fake\" has 32 alone, by leaving it 0.");
    record()->capabilities.features.subgroup.size_control = true;
    static_cast<void>(device.compile(glsl(kText), {.subgroup_size = 16}));
    EXPECT_EQ(fake->asked.at(0).subgroup_size, 16u);
    const std::string allowed = "; the device \"fake\" has powers of two from 8 to 32.";
    for (const u32 size : {4u, 24u, 64u}) {
        EXPECT_EQ(refused(kText, {.subgroup_size = size}, ErrorCode::invalid_argument),
                  "compile: \"k.comp\" is to have subgroups of " + std::to_string(size) + allowed);
    }
}

TEST_F(Compiling, gives_devices_without_subgroups_some_of_the_size_that_is_asked_for) {
    record()->properties.accepts_spirv = false;
    record()->properties.accepts_wgsl = true;
    Capabilities& has = record()->capabilities;
    has.wgsl.dialect = WgslSupport::Dialect::standard;
    has.features.subgroup.size_control = has.features.subgroup.basic = has.features.subgroup.arithmetic = true;
    has.limits.subgroup_size = has.limits.min_subgroup_size = 1;
    has.limits.max_storage_binding_bytes = has.limits.max_buffer_bytes = 1 << 20;
    const std::string begin =
        "#version 450\n#extension GL_KHR_shader_subgroup_arithmetic : require\nlayout(local_size_x = 64) in;\n"
        "layout(binding = 0) buffer B { uint x[]; };\nvoid main() {\n";
    const std::string sum = begin + "x[gl_LocalInvocationIndex] = subgroupAdd(x[0]);\n}\n";
    for (const auto& [size, lane] : {std::pair{16u, "4294967280u"}, {0u, "4294967264u"}}) {
        static_cast<void>(device.compile(glsl(sum, "k.comp"), {.subgroup_size = size}));
        EXPECT_THAT(fake->asked.back().text, ::testing::HasSubstr("let first = local_index & " + std::string(lane)));
    }
    EXPECT_THAT(
        refused(begin + "while (x[gl_LocalInvocationIndex] > 0) x[0] = subgroupAdd(x[0]);\n}\n", {.subgroup_size = 16}),
        ::testing::HasSubstr("the device has no subgroups; each invocation is one by itself, since not all "
                             "invocations of the workgroup certainly come together to the subgroup_reduce"));
}

TEST_F(Compiling, takes_the_languages_that_the_device_takes) {
    EXPECT_EQ(
        error_text(
            ErrorCode::unsupported,
            [&] { static_cast<void>(device.compile(wgsl("@compute @workgroup_size(1) fn main() {}", "k.wgsl"))); }),
        "compile: \"k.wgsl\" is WGSL, which the device \"fake\" of the backend test does not take; GLSL and SPIR-V are "
        "taken.");
}

TEST_F(Compiling, takes_a_shader_with_its_own_entry_point) {
    const Shader shader = compile_shader(glsl(kText, "k.comp"));
    EXPECT_TRUE(static_cast<bool>(device.compile(shader)));
    EXPECT_EQ(
        error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(device.compile(shader, {.entry = "blur"})); }),
        "compile: \"k.comp\" has no entry point \"blur\"; it has \"main\" (compute).");
    EXPECT_EQ(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(device.compile(Shader())); }),
              "Shader: it is empty: it was moved from or never compiled.");
}

}  // namespace
}  // namespace alkomp
