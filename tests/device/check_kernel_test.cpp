// SPDX-License-Identifier: MIT OR Apache-2.0
// The checked mode: each kind of fault is found at its line, by its invocation; what is right is not reported.
#include "alkomp/native/reference.h"
#include "device/ir_kernels.h"

#include <algorithm>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CheckedKernels : public ::testing::Test {
public:
    static Device open(CheckOptions options = {}) {
        DeviceOptions made;
        made.check = options;
        made.on_fault = [](const Fault&) {};
        return Device("reference", made);
    }

    /// The faults of one call of a GLSL kernel.
    template <class... Arguments>
    std::vector<Fault> faults(const std::string& text, Groups groups, const Arguments&... arguments) {
        gpu.call(gpu.compile(glsl("#version 460\n" + text, "kernel.comp")), groups, arguments...);
        try {
            gpu.wait();
        } catch (const Error& stopped) {
            error = stopped.what();
        }
        return gpu.faults();
    }

    Device gpu = open();
    std::string error;
};

std::string all(const std::vector<Fault>& faults) {
    std::string text;
    for (const Fault& fault : faults) text += to_string(fault) + '\n';
    return text;
}

/// The line is that in the text behind #version.
void expect_one(const std::vector<Fault>& faults, FaultKind kind, u32 line, std::array<u32, 3> invocation) {
    ASSERT_GE(faults.size(), 1u);
    const Fault& first = faults.front();
    EXPECT_EQ(first.kind, kind) << all(faults);
    EXPECT_EQ(first.at.place.line, line + 1) << all(faults);
    EXPECT_EQ(first.at.place.file, "kernel.comp");
    EXPECT_EQ(first.at.invocation, invocation) << all(faults);
    for (const Fault& fault : faults) {
        EXPECT_EQ(fault.kind, kind) << all(faults);
        EXPECT_EQ(fault.at.place.line, line + 1) << all(faults);
    }
}

// Bounds -------------------------------------------------------------------------------------------

TEST_F(CheckedKernels, an_index_outside_a_buffer_names_buffer_index_and_size) {
    const auto data = gpu.zeros<u32>(5);
    const auto found = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { uint values[]; } data;
void main() {
    data.values[gl_GlobalInvocationID.x] = 1u;
}
)",
                              groups(2), data);
    ASSERT_EQ(found.size(), 3u) << all(found);
    expect_one(found, FaultKind::out_of_bounds, 4, {5, 0, 0});
    EXPECT_EQ(found[0].object, "data.values[]");
    EXPECT_EQ(found[0].index, 5);
    EXPECT_EQ(found[0].size, 5u);
    EXPECT_TRUE(found[0].at.writes);
    EXPECT_EQ(found[0].at.workgroup, (std::array<u32, 3>{1, 0, 0}));
    EXPECT_EQ(gpu.get(data), (std::vector<u32>(5, 1)));
}

TEST_F(CheckedKernels, only_the_first_faults_of_a_place_are_told_the_others_counted) {
    const auto found = faults(R"(layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint values[]; };
void main() { values[gl_GlobalInvocationID.x] = 1u; }
)",
                              groups(2), gpu.zeros<u32>(8));
    ASSERT_EQ(found.size(), 4u) << all(found);
    EXPECT_EQ(found[2].more, 0u);
    EXPECT_EQ(found[3].more, 120u - 3u);
}

TEST_F(CheckedKernels, members_and_dimensions_are_arrays_of_their_own) {
    const auto found = faults(R"(layout(local_size_x = 1) in;
struct Part { float low[3]; float high[2]; };
layout(binding = 0) buffer Data { uint at; Part parts[2]; float rest[]; } data;
void main() {
    data.parts[1].low[data.at] = 1.0;
}
)",
                              groups(1), gpu.to_device<u32>(std::vector<u32>(32, 3)));
    expect_one(found, FaultKind::out_of_bounds, 5, {0, 0, 0});
    EXPECT_EQ(found.at(0).object, "data.parts[].low[]");
    EXPECT_EQ(found.at(0).size, 3u);
}

TEST_F(CheckedKernels, indices_of_shared_and_local_arrays_are_checked) {
    const auto in_shared = faults(R"(layout(local_size_x = 4) in;
shared uint tile[4];
layout(binding = 0) buffer Data { uint values[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    tile[i] = i;
    barrier();
    values[i] = tile[i + 1u];
}
)",
                                  groups(1), gpu.zeros<u32>(4));
    expect_one(in_shared, FaultKind::out_of_bounds, 8, {3, 0, 0});
    EXPECT_EQ(in_shared.at(0).object, "tile[]");
    gpu = open();
    const auto in_local = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { int values[]; };
void main() {
    int window[3] = int[3](1, 2, 3);
    int i = int(gl_LocalInvocationID.x);
    values[i] = window[i - 1];
}
)",
                                 groups(1), gpu.zeros<i32>(4));
    ASSERT_EQ(in_local.size(), 1u) << all(in_local);
    expect_one(in_local, FaultKind::out_of_bounds, 6, {0, 0, 0});
    EXPECT_EQ(in_local[0].index, -1);
}

/// What it does to the word behind the one that its argument leads to.
std::string words_at_start(const std::string& what) {
    return R"(#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 1) in;
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint words[]; };
layout(push_constant) uniform Scalars { uint64_t start; };
void main() {
    Words(start).words[1] )" +
           what + ";\n}\n";
}

TEST_F(CheckedKernels, addresses_that_lead_nowhere_are_named) {
    const auto found = faults(words_at_start("+= 10u"), groups(1), u64{0});
    expect_one(found, FaultKind::bad_address, 7, {0, 0, 0});
    EXPECT_THAT(found.at(0).text, HasSubstr("null address"));
}

TEST_F(CheckedKernels, addresses_that_are_no_multiple_are_named) {
    const auto words = gpu.to_device<u32>({1, 2, 3});
    const auto found = faults(words_at_start("= 10u"), groups(1), native::reference(words).address + 1);
    expect_one(found, FaultKind::misaligned, 7, {0, 0, 0});
    EXPECT_EQ(found.at(0).text, "write of 4 bytes at byte 5 of a buffer: the address is no multiple of 4");
    EXPECT_TRUE(found.at(0).at.writes);
}

TEST_F(CheckedKernels, calls_are_listed_from_the_innermost) {
    const auto found = faults(R"(layout(local_size_x = 1) in;
layout(binding = 0) buffer Data { uint values[]; };
uint inner(uint i) {
    return values[i];
}
uint outer(uint i) {
    return inner(i + 100u);
}
void main() {
    values[0] = outer(1u);
}
)",
                              groups(1), gpu.zeros<u32>(4));
    expect_one(found, FaultKind::out_of_bounds, 4, {0, 0, 0});
    ASSERT_EQ(found.at(0).at.calls.size(), 2u);
    EXPECT_EQ(found[0].at.calls[0].line, 8u);
    EXPECT_EQ(found[0].at.calls[1].line, 11u);
}

TEST_F(CheckedKernels, kernels_in_cpp_name_the_line_of_the_host_source) {
    const auto data = gpu.zeros<u32>(4);
    const u32 line = __LINE__ + 1;
    gpu.call(kernel("past", [](InOut<u32> values) { values[global_id() + 1u] = 7u; }), data);
    gpu.wait();
    const auto found = gpu.faults();
    ASSERT_EQ(found.size(), 1u) << all(found);
    EXPECT_EQ(found[0].kind, FaultKind::out_of_bounds);
    EXPECT_THAT(found[0].at.place.file, HasSubstr("check_kernel_test.cpp"));
    EXPECT_EQ(found[0].at.place.line, line);
    EXPECT_EQ(found[0].kernel, "past");
}

// Arithmetic and control ---------------------------------------------------------------------------

TEST_F(CheckedKernels, division_by_zero_and_wide_shifts_are_found) {
    const auto divided = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { int values[]; };
void main() {
    int i = int(gl_LocalInvocationID.x);
    values[i] = 12 / (i - 2);
}
)",
                                groups(1), gpu.zeros<i32>(4));
    expect_one(divided, FaultKind::division_by_zero, 5, {2, 0, 0});
    gpu = open();
    const auto shifted = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { uint values[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    values[i] = 1u << (i + 29u);
}
)",
                                groups(1), gpu.zeros<u32>(4));
    expect_one(shifted, FaultKind::shift_out_of_range, 5, {3, 0, 0});
    EXPECT_EQ(shifted.at(0).index, 32);
}

TEST_F(CheckedKernels, values_that_are_not_finite_are_found_on_request) {
    const std::string text = R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { float values[]; };
void main() {
    float x = float(gl_LocalInvocationID.x);
    float y = 1.0 / x;
    values[gl_LocalInvocationID.x] = y * 2.0;
}
)";
    EXPECT_TRUE(faults(text, groups(1), gpu.zeros<f32>(4)).empty());
    CheckOptions options;
    options.not_finite = true;
    gpu = open(options);
    expect_one(faults(text, groups(1), gpu.zeros<f32>(4)), FaultKind::not_finite, 5, {0, 0, 0});
}

TEST_F(CheckedKernels, an_endless_loop_meets_the_step_limit) {
    CheckOptions options;
    options.step_limit = 1000;
    gpu = open(options);
    const auto found = faults(R"(layout(local_size_x = 1) in;
layout(binding = 0) buffer Data { uint n; };
void main() {
    while (n != 1u) n += 2u;
}
)",
                              groups(1), gpu.zeros<u32>(1));
    expect_one(found, FaultKind::step_limit, 4, {0, 0, 0});
    EXPECT_THAT(error, AllOf(HasSubstr("kernel.comp"), HasSubstr("1000")));
}

TEST_F(CheckedKernels, a_barrier_that_some_do_not_reach_is_found) {
    const auto found = faults(R"(layout(local_size_x = 8) in;
layout(binding = 0) buffer Data { uint values[]; };
shared uint sum;
void main() {
    if (gl_LocalInvocationID.x == 0u) sum = 1u;
    if (values[gl_LocalInvocationID.x] < 6u) {
        barrier();
        values[gl_LocalInvocationID.x] = sum;
    }
}
)",
                              groups(1), gpu.to_device<u32>({0, 1, 2, 3, 4, 5, 6, 7}));
    ASSERT_FALSE(found.empty());
    expect_one(found, FaultKind::barrier, 7, {6, 0, 0});
    EXPECT_THAT(found.at(0).text, HasSubstr("2 of the 8"));
}

// Memory that nobody has written -------------------------------------------------------------------

TEST_F(CheckedKernels, reads_of_what_nobody_has_written_are_found) {
    const auto fresh = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer From { uint from[]; };
layout(binding = 1) buffer To { uint to[]; };
void main() {
    to[gl_GlobalInvocationID.x] = from[gl_GlobalInvocationID.x];
}
)",
                              groups(1), gpu.empty<u32>(4), gpu.empty<u32>(4));
    expect_one(fresh, FaultKind::uninitialized, 5, {0, 0, 0});
    EXPECT_EQ(fresh.at(0).object, "from[]");
    gpu = open();
    const auto shared = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer To { uint to[]; };
shared uint tile[4];
void main() {
    uint i = gl_LocalInvocationID.x;
    if (i != 2u) tile[i] = i;
    barrier();
    to[i] = tile[3u - i];
}
)",
                               groups(1), gpu.empty<u32>(4));
    expect_one(shared, FaultKind::uninitialized, 8, {1, 0, 0});
    gpu = open();
    const auto local = faults(R"(layout(local_size_x = 4) in;
layout(binding = 0) buffer To { uint to[]; };
void main() {
    uint i = gl_LocalInvocationID.x, x;
    if (i < 3u) x = i;
    to[i] = x;
}
)",
                              groups(1), gpu.empty<u32>(4));
    expect_one(local, FaultKind::uninitialized, 6, {3, 0, 0});
    EXPECT_EQ(local.at(0).object, "x");
}

TEST_F(CheckedKernels, what_kernels_fills_and_copies_have_written_is_known) {
    const auto a = gpu.empty<u32>(100);
    gpu.call(kernel("ramp", [](Out<u32> to) { to[global_id()] = global_id(); }), a);
    const auto b = gpu.empty<u32>(100);
    gpu.copy(a.view(10, 50), b.view(0, 50));
    EXPECT_TRUE(faults(R"(layout(local_size_x = 50) in;
layout(binding = 0) buffer To { uint to[]; };
void main() { to[gl_LocalInvocationID.x] += 1u; }
)",
                       groups(1), b)
                    .empty())
        << all(gpu.faults());
    EXPECT_EQ(gpu.get(b.view(0, 2)), (std::vector<u32>{11, 12}));
    const auto found = faults(R"(layout(local_size_x = 1) in;
layout(binding = 0) buffer To { uint to[]; };
void main() { to[50] += 1u; }
)",
                              groups(1), b);
    expect_one(found, FaultKind::uninitialized, 3, {0, 0, 0});
}

// Races --------------------------------------------------------------------------------------------

TEST_F(CheckedKernels, a_missing_barrier_is_a_race_with_both_lines) {
    const auto found = faults(R"(layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint values[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    tile[i] = values[i];
    values[i] = tile[63u - i];
}
)",
                              groups(1), gpu.zeros<u32>(64));
    expect_one(found, FaultKind::data_race, 7, {0, 0, 0});
    ASSERT_TRUE(found.at(0).other);
    EXPECT_EQ(found[0].other->place.line, 7u);
    EXPECT_TRUE(found[0].other->writes);
    EXPECT_EQ(found[0].other->invocation, (std::array<u32, 3>{63, 0, 0}));
    EXPECT_EQ(found[0].object, "tile[]");
}

TEST_F(CheckedKernels, barriers_order_what_lies_before_them) {
    const std::string sum = R"(layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint values[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    tile[i] = values[i];
    for (uint k = 32u; k > 0u; k /= 2u) {
        barrier();
        if (i < k) tile[i] += tile[i + k];
    }
    barrier();
    values[i] = tile[0];
}
)";
    EXPECT_FALSE(faults(sum, groups(3), gpu.zeros<u32>(64)).empty()) << "the groups write the same buffer";
    gpu = open();
    EXPECT_TRUE(faults(sum, groups(1), gpu.zeros<u32>(64)).empty()) << all(gpu.faults());
}

TEST_F(CheckedKernels, writes_of_two_workgroups_to_one_place_race) {
    const auto found = faults(R"(layout(local_size_x = 32) in;
layout(binding = 0) buffer Data { uint count; };
void main() {
    count = count + 1u;
}
)",
                              groups(2), gpu.zeros<u32>(1));
    ASSERT_FALSE(found.empty());
    expect_one(found, FaultKind::data_race, 4, {0, 0, 0});
    ASSERT_TRUE(found[0].other);
    EXPECT_FALSE(found[0].other->writes);
    EXPECT_EQ(found[0].other->invocation, (std::array<u32, 3>{32, 0, 0})) << all(found);
    gpu = open();
    EXPECT_TRUE(faults(R"(layout(local_size_x = 32) in;
layout(binding = 0) buffer Data { uint count; };
void main() { atomicAdd(count, 1u); }
)",
                       groups(2), gpu.zeros<u32>(1))
                    .empty())
        << all(gpu.faults());
    gpu = open();
    const auto mixed = faults(R"(layout(local_size_x = 32) in;
layout(binding = 0) buffer Data { uint count; uint seen[]; };
void main() {
    atomicAdd(count, 1u);
    seen[gl_GlobalInvocationID.x] = count;
}
)",
                              groups(2), gpu.zeros<u32>(65));
    ASSERT_FALSE(mixed.empty());
    EXPECT_EQ(mixed[0].kind, FaultKind::data_race);
    EXPECT_EQ(mixed[0].at.place.line, 6u) << all(mixed);
    ASSERT_TRUE(mixed.at(0).other);
    EXPECT_TRUE(mixed[0].other->atomic);
}

TEST_F(CheckedKernels, the_same_value_written_twice_is_a_kind_of_its_own) {
    const auto found = faults(R"(layout(local_size_x = 32) in;
layout(binding = 0) buffer Data { uint any; };
void main() {
    any = 1u;
}
)",
                              groups(1), gpu.zeros<u32>(1));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.back().kind, FaultKind::same_value_race) << all(found);
}

TEST_F(CheckedKernels, bytes_beside_each_other_are_places_of_their_own) {
    const std::string text = R"(#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_8bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint8_t bytes[]; };
void main() {
    bytes[gl_LocalInvocationID.x OP] = uint8_t(gl_LocalInvocationID.x);
}
)";
    const auto with = [&](const char* op) {
        std::string made = text;
        return made.replace(made.find("OP"), 2, op);
    };
    EXPECT_TRUE(faults(with(""), groups(1), gpu.zeros<u8>(64)).empty()) << all(gpu.faults());
    gpu = open();
    expect_one(faults(with("/ 2u"), groups(1), gpu.zeros<u8>(64)), FaultKind::data_race, 6, {1, 0, 0});
}

constexpr const char* kLookBack = R"(#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
layout(local_size_x = 32) in;
layout(binding = 0) buffer Data { uint values[]; };
layout(binding = 1) buffer Flags { uint flags[]; };
void main() {
    uint group = gl_WorkGroupID.x, i = gl_LocalInvocationID.x;
    if (i == 0u) {
        if (group > 0u)
            while (atomicLoad(flags[group - 1u], gl_ScopeDevice, gl_StorageSemanticsBuffer, ACQUIRE) == 0u);
        values[group] = (group > 0u ? values[group - 1u] : 0u) + 1u;
        atomicStore(flags[group], 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, RELEASE);
    }
}
)";

TEST_F(CheckedKernels, what_is_released_and_acquired_is_ordered) {
    const auto text = [](const char* acquire, const char* release) {
        std::string made = kLookBack;
        made.replace(made.find("ACQUIRE"), 7, acquire);
        return made.replace(made.find("RELEASE"), 7, release);
    };
    const auto values = gpu.zeros<u32>(100);
    EXPECT_TRUE(
        faults(text("gl_SemanticsAcquire", "gl_SemanticsRelease"), groups(100), values, gpu.zeros<u32>(100)).empty())
        << all(gpu.faults());
    EXPECT_EQ(gpu.get(values.view(99, 1)), (std::vector<u32>{100}));
    gpu = open();
    const auto found = faults(text("gl_SemanticsRelaxed", "gl_SemanticsRelaxed"), groups(100), gpu.zeros<u32>(100),
                              gpu.zeros<u32>(100));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].kind, FaultKind::data_race);
    EXPECT_EQ(found[0].at.place.line, 12u) << all(found);
}

TEST_F(CheckedKernels, faults_do_not_depend_on_what_was_optimized_away) {
    const auto found = faults(R"(layout(local_size_x = 1) in;
layout(binding = 0) buffer Data { uint values[]; };
void main() {
    uint unused = values[77];
    values[0] = 1u;
}
)",
                              groups(1), gpu.zeros<u32>(4));
    expect_one(found, FaultKind::out_of_bounds, 4, {0, 0, 0});
}

TEST_F(CheckedKernels, a_wait_for_a_workgroup_that_comes_later_is_a_deadlock) {
    const auto found = faults(R"(layout(local_size_x = 1) in;
layout(binding = 0) coherent buffer Data { uint flags[]; };
void main() {
    uint group = gl_WorkGroupID.x;
    atomicExchange(flags[group], 1u);
    while (atomicAdd(flags[(group + 1000u) % 2000u], 0u) == 0u);
}
)",
                              groups(2000), gpu.zeros<u32>(2000));
    expect_one(found, FaultKind::deadlock, 6, {0, 0, 0});
    EXPECT_THAT(error, HasSubstr("has not started"));
}

TEST_F(CheckedKernels, kernels_of_one_name_have_their_own_lines) {
    const auto text = [](const char* index) {
        return std::string(
                   "#version 460\nlayout(local_size_x = 4) in;\nlayout(binding = 0) buffer Data { uint values[]; "
                   "};\n") +
               "void main() { values[gl_GlobalInvocationID.x + " + index + "u] = 1u; }\n";
    };
    const Kernel right = gpu.compile(glsl(text("0"))), wrong = gpu.compile(glsl(text("1")));
    const auto data = gpu.zeros<u32>(4);
    gpu.call(right, groups(1), data);
    gpu.call(wrong, groups(1), data);
    gpu.wait();
    const auto found = gpu.faults();
    ASSERT_EQ(found.size(), 1u) << all(found);
    EXPECT_THAT(found[0].at.place.text, HasSubstr("x + 1u"));
}

TEST_F(CheckedKernels, the_traced_invocation_tells_its_steps) {
    CheckOptions options;
    options.trace = {5, 0, 0};
    std::vector<std::string> steps;
    DeviceOptions made;
    made.check = options;
    made.on_trace = [&](const TraceStep& step) { steps.push_back(std::to_string(step.place.line) + ": " + step.text); };
    Device traced("reference", made);
    traced.call(traced.compile(glsl(R"(#version 460
layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { uint values[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i > 4u) values[i] += 2u;
}
)")),
                groups(2), traced.to_device<u32>({0, 1, 2, 3, 4, 50, 6, 7}));
    traced.wait();
    EXPECT_EQ(steps, (std::vector<std::string>{"5: i = 5", "6: if true", "6: values[5] is 50", "6: values[5] = 52"}));
}

}  // namespace
}  // namespace alkomp::testing
