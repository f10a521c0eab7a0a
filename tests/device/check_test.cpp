// SPDX-License-Identifier: MIT OR Apache-2.0
// A checked device as its user sees it, over a backend that finds what the test plants.
#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"
#include "support/device_test.h"
#include "support/kernels.h"

#include <filesystem>
#include <fstream>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Fault planted(std::string file, u32 line) {
    Fault fault;
    fault.kernel = "<glsl>";
    fault.at.place = {std::move(file), line, 0, {}};
    fault.object = "data";
    fault.text = "write of element 9 of \"data\", which has 9";
    return fault;
}

class Checking : public ::testing::Test {
protected:
    void SetUp() override { MemoryBackend::registered(); }
    Device open(CheckOptions check = {}) {
        DeviceOptions options;
        options.check = check;
        options.on_fault = [this](const Fault& fault) { told_.push_back(to_string(fault)); };
        options.on_trace = [this](const TraceStep& step) { steps_.push_back(step.place.text + " -> " + step.text); };
        return Device("memory:checking", options);
    }
    /// The words that this device gets of a source, which do nothing.
    static Kernel compile(Device& device, const Source& source, const KernelOptions& options = {}) {
        const auto& capabilities = device.record()->capabilities;
        register_words(
            detail::translate(detail::module_of(source, options, Target::vulkan_1_3), capabilities, {.optimize = false})
                ->words,
            {[](const Invocation&) {}});
        return device.compile(source, options);
    }
    static void run(Device& device, const Kernel& kernel) {
        device.call(kernel, groups(1), device.zeros<u32>(9));
        device.wait();
    }

    std::vector<std::string> told_, steps_;
};

std::string text_with(const std::string& statement) {
    return "#version 460\nlayout(local_size_x = 1) in;\nlayout(binding = 0) buffer B { uint data[]; };\n"
           "void main() { " +
           statement + " }\n";
}

TEST_F(Checking, a_fault_is_told_with_the_line_of_its_own_kernel) {
    Device device = open();
    const Kernel one = compile(device, glsl(text_with("data[9] = 1u;")));
    const Kernel two = compile(device, glsl(text_with("data[9] = 2u;")));
    for (const Kernel& kernel : {one, two, one}) {
        memory_device(device)->plant({planted("<glsl>", 4)});
        run(device, kernel);
    }
    ASSERT_THAT(told_, SizeIs(3));
    EXPECT_THAT(told_[0], HasSubstr("\n  4 | void main() { data[9] = 1u; }\n    |               ^~~~\n"));
    EXPECT_THAT(told_[1], HasSubstr("  4 | void main() { data[9] = 2u; }\n"));
    EXPECT_THAT(told_[2], HasSubstr("  4 | void main() { data[9] = 1u; }\n"));
    EXPECT_THAT(device.faults(), SizeIs(3));
    EXPECT_EQ(to_string(device.faults()[1]), told_[1]);
}

TEST_F(Checking, a_label_tells_the_kernel_where_it_is_the_only_one_of_that_name) {
    Device device = open();
    memory_device(device)->tells_kernels = false;
    const Kernel one = compile(device, glsl(text_with("data[9] = 1u;")));
    memory_device(device)->plant({planted("<glsl>", 4)}, {{{"<glsl>", 2, 0, {}}, "begin"}});
    run(device, one);
    EXPECT_THAT(steps_, ElementsAre("layout(local_size_x = 1) in; -> begin"));
    const Kernel two = compile(device, glsl(text_with("data[9] = 2u;")));
    memory_device(device)->plant({planted("<glsl>", 4)});
    run(device, one);
    EXPECT_THAT(told_, ElementsAre(HasSubstr("{ data[9] = 1u; }"), ::testing::Not(HasSubstr("data[9] ="))));
}

TEST_F(Checking, lines_of_included_files_and_of_shaders_are_known) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "alkomp_check_test";
    std::filesystem::create_directories(folder);
    const std::string part = (folder / "part.glsl").string();
    std::ofstream(part) << "void part() { data[9] = N; }\n";
    Device device = open();
    const KernelOptions options{.macros = {{"N", "5u"}}, .include_dirs = {folder}};
    const Source source = glsl(
        "#version 460\nlayout(local_size_x = 1) in;\nlayout(binding = 0) buffer B { uint data[]; };\n"
        "#include <part.glsl>\nvoid main() { part(); }\n",
        "k.comp");
    static_cast<void>(compile(device, source, options));
    const Kernel kernel = device.compile(compile_shader(source, options));
    std::filesystem::remove_all(folder);  // the kernel has what it was made from
    memory_device(device)->plant({planted(part, 1), planted("k.comp", 5)});
    run(device, kernel);
    ASSERT_THAT(told_, SizeIs(2));
    EXPECT_THAT(told_[0], HasSubstr("  1 | void part() { data[9] = N; }\n"));
    EXPECT_THAT(told_[1], HasSubstr("  5 | void main() { part(); }\n"));
}

TEST_F(Checking, a_place_is_told_as_often_as_is_asked_and_then_counted) {
    Device device = open({.per_place = 1});
    const Kernel kernel = compile(device, glsl(text_with("data[9] = 1u;")));
    memory_device(device)->plant({planted("<glsl>", 4), planted("<glsl>", 4), planted("<glsl>", 3)});
    run(device, kernel);
    EXPECT_THAT(told_, ElementsAre(HasSubstr(":4: out of bounds: write"), HasSubstr(":4: out of bounds: 1 more"),
                                   HasSubstr(":3: out of bounds: write")));
    memory_device(device)->plant({planted("<glsl>", 4)});
    run(device, kernel);
    ASSERT_THAT(device.faults(), SizeIs(3));
    EXPECT_EQ(device.faults()[1].more, 2u);
}

TEST_F(Checking, steps_of_a_traced_invocation_come_in_order) {
    Device device = open({.trace = std::array<u32, 3>{0, 0, 0}});
    const Kernel kernel = compile(device, glsl(text_with("data[9] = 1u;")));
    memory_device(device)->plant({}, {{{"<glsl>", 4, 0, {}}, "data[9] = 1"}, {{"<glsl>", 2, 0, {}}, "end"}});
    run(device, kernel);
    EXPECT_THAT(steps_,
                ElementsAre("void main() { data[9] = 1u; } -> data[9] = 1", "layout(local_size_x = 1) in; -> end"));
    EXPECT_THAT(device.faults(), IsEmpty());
}

TEST_F(Checking, nobody_gets_the_memory_that_another_buffer_had) {
    Device device = open();
    for (int i = 0; i < 5; ++i) {
        const auto buffer = device.zeros<u32>(1000);
        device.wait();
    }
    EXPECT_EQ(device.memory().cache_hits, 0u);
    const auto buffer = device.zeros<u32>(1000);
    EXPECT_EQ(device.memory().in_use_bytes, 4000u) << "and none is larger than was asked";
    EXPECT_EQ(device.memory().cached_bytes, 0u);
}

TEST_F(Checking, a_fault_outlives_work_that_fails) {
    Device device = open();
    const Kernel kernel = compile(device, glsl(text_with("data[9] = 1u;")));
    const auto data = device.zeros<u32>(9);
    device.wait();
    memory_device(device)->plant({planted("<glsl>", 4)});
    memory_device(device)->fail_next(Call::submit, When::late, ErrorCode::kernel_fault, "it went round too often");
    device.call(kernel, groups(1), data);
    EXPECT_THAT(error_text(ErrorCode::kernel_fault, [&] { device.wait(); }), HasSubstr("too often"));
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(Checking, a_device_that_cannot_is_refused_by_name) {
    const auto open_one = [](const char* name) { Device(name, {.check = CheckOptions{}}); };
    EXPECT_THAT(error_text(ErrorCode::unsupported, [&] { open_one("memory:one queue"); }),
                AllOf(HasSubstr("check is set"), HasSubstr("\"one queue\""), HasSubstr("the reference device can")));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument,
                           [] { Device("memory:checking", {.check = CheckOptions{.per_place = 0}}); }),
                HasSubstr("per_place"));
}

TEST_F(Checking, a_device_that_does_not_check_has_no_faults) {
    Device device("memory:checking");
    EXPECT_THAT(device.faults(), IsEmpty());
}

}  // namespace
}  // namespace alkomp::testing
