// SPDX-License-Identifier: MIT OR Apache-2.0
// What kernels print, and the conditions of theirs that do not hold.
#include "lang/recorded.h"
#include "runtime/translate.h"
#include "support/device_test.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Kept {
    std::string text, kernel, file;
    u32 line = 0, dropped = 0;
    std::array<u32, 3> invocation{};
};

class LangMessages : public DeviceTest {
protected:
    void SetUp() override {
        DeviceTest::SetUp();
        gpu = open({.on_print = [this](const Printed& line) {
            printed_.push_back({std::string(line.text), std::string(line.kernel), std::string(line.file), line.line,
                                line.dropped, line.invocation});
        }});
    }
    void TearDown() override {
        drop();  // its last lines come before `printed_` goes
        DeviceTest::TearDown();
    }
    /// The lines since the last time.
    std::vector<Kept> take() {
        gpu.wait();
        return std::exchange(printed_, {});
    }
    std::vector<std::string> take_texts() {
        std::vector<std::string> texts;
        for (const Kept& line : take()) texts.push_back(line.text);
        return texts;
    }

    std::vector<Kept> printed_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LangMessages);
INSTANTIATE_TEST_SUITE_P(, LangMessages, ::testing::ValuesIn(test_devices_of("vulkan")), device_name);

TEST_P(LangMessages, an_invocation_prints_its_lines_in_order_with_their_place) {
    const auto count = kernel("count", [](InOut<u32> data) {
        const Val<u32> i = global_id();
        for_(range(3u), [&](Val<u32> step) { print_("{} at step {}", i, step); });
        print_("then {}", data[i]);
        data[i] = 0u;
    });
    const u32 last = __LINE__ - 3;
    const auto data = gpu.to_device<u32>({10, 20, 30});
    gpu.call(count, data);
    std::map<u32, std::vector<Kept>> lines;
    for (const Kept& line : take()) lines[line.invocation[0]].push_back(line);
    ASSERT_EQ(lines.size(), 3u);
    for (u32 i = 0; i < 3; ++i) {
        ASSERT_EQ(lines[i].size(), 4u);
        for (u32 step = 0; step < 3; ++step) {
            EXPECT_EQ(lines[i][step].text, std::to_string(i) + " at step " + std::to_string(step));
            EXPECT_EQ(lines[i][step].line, last - 1);
        }
        EXPECT_EQ(lines[i][3].text, "then " + std::to_string(10 * (i + 1)));
        EXPECT_EQ(lines[i][3].line, last);
        EXPECT_THAT(lines[i][3].file, EndsWith("lang_message_test.cpp"));
        EXPECT_EQ(lines[i][3].kernel, "count");
        EXPECT_EQ(lines[i][3].dropped, 0u);
    }
    EXPECT_THAT(gpu.get(data), ElementsAre(0, 0, 0));
    EXPECT_TRUE(take().empty());
}

TEST_P(LangMessages, the_place_in_the_call_has_three_axes) {
    const auto corner = kernel("corner",
                               [](InOut<u32> data) {
                                   const Val<u32x3> at = global_id_xyz();
                                   if_(at.x() == 5u && at.y() == 2u && at.z() == 1u, [&] { print_(at); });
                                   data[0] = 1u;
                               },
                               {.workgroup_size = {4, 3}});
    gpu.call(corner, groups(2, 1, 2), gpu.zeros<u32>(1));
    const std::vector<Kept> lines = take();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].text, "(5, 2, 1)");
    EXPECT_THAT(lines[0].invocation, ElementsAre(5, 2, 1));
}

TEST_P(LangMessages, every_type_is_shown_as_it_is_written) {
    const Features& has = gpu.capabilities().features;
    const auto print = [&](auto value) {
        using T = decltype(value);
        const auto show = kernel("show", [](In<T> x, Out<u32> done) {
            print_("<{}>", x[0]);
            done[0] = 1u;
        });
        gpu.call(show, gpu.to_device<T>({value}), gpu.zeros<u32>(1));
        const std::vector<std::string> texts = take_texts();
        return texts.size() == 1 ? texts[0] : std::to_string(texts.size()) + " lines";
    };
    EXPECT_EQ(print(u32{4294967295}), "<4294967295>");
    EXPECT_EQ(print(i32{-2147483647 - 1}), "<-2147483648>");
    EXPECT_EQ(print(0.1f), "<0.1>");
    EXPECT_EQ(print(-std::numeric_limits<f32>::infinity()), "<-inf>");
    EXPECT_EQ(print(f32x3{1.5f, -2, 0}), "<(1.5, -2, 0)>");
    if (has.i64) {
        EXPECT_EQ(print(std::numeric_limits<i64>::min()), "<-9223372036854775808>");
    }
    if (has.i64) {
        EXPECT_EQ(print(std::array<u64, 2>{u64{1} << 40, 7}), "<(1099511627776, 7)>");
    }
    if (has.f64) {
        EXPECT_EQ(print(0.1), "<0.1>");
    }
    if (has.i8) {
        EXPECT_EQ(print(i8{-128}), "<-128>");
    }
    if (has.i8) {
        EXPECT_EQ(print(u8{255}), "<255>");
    }
    if (has.i16) {
        EXPECT_EQ(print(i16{-2}), "<-2>");
    }
    if (has.f16) {
        EXPECT_EQ(print(f16(1.5f)), "<1.5>");
    }
}

TEST_P(LangMessages, values_of_the_host_and_several_values_need_no_text) {
    const auto mixed = kernel("mixed", [](InOut<u32> data) {
        Var<f32> x = 2.5f;
        const Val<bool> is_first = data[0] == 7u;
        print_(data[0], x, is_first);
        print_("{} {} {} {}", "text", 3, true, 0.25);
        print_("nothing else");
    });
    gpu.call(mixed, gpu.to_device<u32>({7}));
    EXPECT_THAT(take_texts(), ElementsAre("7 2.5 true", "text 3 true 0.25", "nothing else"));
}

TEST_P(LangMessages, functions_and_choices_print_too) {
    const auto nested = kernel("nested", [](InOut<u32> data) {
        const auto halve = function([](Val<u32> x) {
            if_(x % 2u == 1u, [&] { print_("{} is odd", x); });
            return x / 2u;
        });
        data[0] = halve(data[0]);
        data[0] = halve(data[0]);
    });
    const auto data = gpu.to_device<u32>({10});
    gpu.call(nested, data);
    EXPECT_THAT(take_texts(), ElementsAre("5 is odd"));
    EXPECT_THAT(gpu.get(data), ElementsAre(2));
}

TEST_P(LangMessages, lines_that_have_no_room_are_counted) {
    constexpr u32 kCalls = 20000, kWords = 5, kRoom = (65536 - 4) / kWords;
    const auto flood = kernel("flood", [](InOut<u32> data) {
        print_("{}", data[global_id()]);
        data[global_id()] = 1u;
    });
    const auto data = gpu.zeros<u32>(kCalls);
    gpu.call(flood, data);
    std::vector<Kept> lines = take();
    ASSERT_EQ(lines.size(), kRoom + 1);
    EXPECT_EQ(lines.back().dropped, kCalls - kRoom);
    EXPECT_EQ(lines.back().text, "the kernel \"flood\" printed " + std::to_string(kCalls - kRoom) +
                                     " lines more; a call keeps 256 KiB of them.");
    EXPECT_THAT(gpu.get(data), ::testing::Each(1u));
    gpu.call(flood, gpu.zeros<u32>(2));  // the next call has the room again
    EXPECT_THAT(take_texts(), ElementsAre("0", "0"));
}

TEST_P(LangMessages, calls_in_flight_keep_their_lines_apart) {
    const auto say = kernel("say", [](InOut<u32> data, Val<u32> round) {
        print_("{}", round);
        data[0] = round;
    });
    const auto data = gpu.zeros<u32>(1);
    for (u32 round = 0; round < 40; ++round) gpu.call(say, data, round);
    const std::vector<std::string> texts = take_texts();
    ASSERT_EQ(texts.size(), 40u);
    for (u32 round = 0; round < 40; ++round) EXPECT_EQ(texts[round], std::to_string(round));
}

TEST_P(LangMessages, each_replay_of_a_graph_prints) {
    const auto step = kernel("step", [](InOut<u32> data) {
        data[0] += 1u;
        print_("{}", data[0]);
    });
    const auto data = gpu.zeros<u32>(1), copy = gpu.zeros<u32>(1);
    Graph graph = gpu.create_graph();
    graph.call(step, data);
    graph.call(step, data);
    graph.copy_bytes(data, copy);
    graph.fill(data, 10u);
    graph.replay();
    graph.replay();
    EXPECT_THAT(take_texts(), ElementsAre("1", "2", "11", "12"));
    EXPECT_THAT(gpu.get(copy), ElementsAre(12));
    EXPECT_THAT(gpu.get(data), ElementsAre(10));
}

TEST_P(LangMessages, a_condition_that_does_not_hold_fails_the_wait_and_the_reads) {
    const auto divide = kernel("divide", [](In<u32> by, InOut<u32> data) {
        const Val<u32> i = global_id();
        assert_(by[i] != 0u, "element {} divides by {}", i, by[i]);
        data[i] /= by[i];
    });
    const u32 at = __LINE__ - 3;
    const auto data = gpu.to_device<u32>({8, 8, 8});
    const auto by = gpu.to_device<u32>({1, 0, 2});
    gpu.call(divide, by, data);
    const std::string text = error_text(ErrorCode::kernel_fault, [&] { gpu.wait(); });
    EXPECT_THAT(text, StartsWith("wait: "));
    EXPECT_THAT(text,
                HasSubstr("lang_message_test.cpp:" + std::to_string(at) +
                          ": what assert_ wants does not hold: element 1 divides by 0\n    assert_(by[i] != 0u, "));
    EXPECT_THAT(text, EndsWith("\nin the invocation (1, 0, 0) of the kernel \"divide\""));
    EXPECT_THAT(error_text(ErrorCode::kernel_fault, [&] { static_cast<void>(gpu.get(data)); }),
                HasSubstr("cannot be trusted, since work that wrote it failed: "));
    gpu.wait();  // it is thrown once
    gpu.write(data, std::vector<u32>{6, 6, 6});
    gpu.write(by, std::vector<u32>{1, 2, 3});
    gpu.call(divide, by, data);
    EXPECT_THAT(gpu.get(data), ElementsAre(6, 3, 2));
    EXPECT_TRUE(take().empty());
}

TEST_P(LangMessages, a_read_alone_finds_the_condition_that_does_not_hold) {
    const auto check = kernel("check", [](InOut<u32> data) {
        assert_(data[global_id()] < 5u);
        data[global_id()] += 1u;
    });
    const auto data = gpu.to_device<u32>({9, 1, 8, 7});
    gpu.call(check, data);
    const std::string text = error_text(ErrorCode::kernel_fault, [&] { static_cast<void>(gpu.get(data)); });
    EXPECT_THAT(text, HasSubstr("what assert_ wants does not hold\n    assert_(data[global_id()] < 5u);"));
    EXPECT_THAT(text, HasSubstr(", and 2 more times"));
    const auto later = gpu.to_device<u32>({9});
    gpu.call(check, later);
    Future<std::vector<u32>> future = gpu.get_async(later);
    EXPECT_THAT(error_text(ErrorCode::kernel_fault, [&] { static_cast<void>(future.get()); }), HasSubstr("assert_"));
}

TEST_P(LangMessages, a_condition_fails_though_lines_fill_the_room) {
    const auto flood = kernel("flood", [](InOut<u32> data) {
        for_(range(20000u), [&](Val<u32> i) { print_("{}", i); });
        assert_(data[0] == 1u, "never shown");
        data[0] = 2u;
    });
    gpu.call(flood, gpu.zeros<u32>(1));
    const std::string text = error_text(ErrorCode::kernel_fault, [&] { gpu.wait(); });
    EXPECT_THAT(text, HasSubstr("conditions that assert_ wants did not hold 1 times in invocations of the kernel "
                                "\"flood\""));
    EXPECT_THAT(text, Not(HasSubstr("never shown")));
}

TEST_P(LangMessages, the_kernel_still_takes_what_it_says) {
    const auto say = kernel("say", [](InOut<u32> data) { print_(data[0]); });
    const auto data = gpu.zeros<u32>(1);
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(say, data, data); }),
                HasSubstr("1 buffer and 0 scalars are wanted, 2 buffers and 0 scalars are given"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(say, arg("messages", data)); }),
                HasSubstr("there is no buffer named \"messages\""));
}

TEST_P(LangMessages, lines_go_to_stderr_where_nobody_takes_them) {
    const auto say = kernel("say", [](InOut<u32> data) { print_("hello {}", data[0]); });
    const u32 at = __LINE__ - 1;
    Device plain = open();
    ::testing::internal::CaptureStderr();
    plain.call(say, plain.to_device<u32>({4}));
    plain.wait();
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(text, EndsWith("lang_message_test.cpp:" + std::to_string(at) + ": (0, 0, 0) hello 4\n"));
}

// A backend that maps a buffer only once its work is done.
ALKOMP_MEMORY_SUITE(LangMessagesInMemory);

TEST_P(LangMessagesInMemory, lines_wait_until_their_buffer_is_mapped) {
    std::vector<std::string> texts;
    Device device = open({.on_print = [&](const Printed& line) { texts.emplace_back(line.text); }});
    const auto say = kernel("say",
                            [](InOut<u32> data) {
                                print_("{}", data[global_id()]);
                                assert_(data[global_id()] < 100u, "large");
                                data[global_id()] += 1u;
                            },
                            {.workgroup_size = 2});
    // What a driver would make of the words.
    register_words(detail::translate(say.record()->module, device.capabilities())->words,
                   {.run = [](const Invocation& invocation) {
                       if (invocation.x() >= invocation.scalar<u32>()) return;
                       u32& x = invocation.buffer<u32>(0)[invocation.x()];
                       const std::span<u32> words = invocation.buffer<u32>(1);
                       const auto add = [&](std::initializer_list<u32> line) {
                           std::copy(line.begin(), line.end(), words.begin() + 4 + words[0]);
                           words[0] += static_cast<u32>(line.size());
                       };
                       add({1, invocation.x(), 0, 0, x});
                       if (x >= 100) add({2, invocation.x(), 0, 0});
                       words[2] += x >= 100;
                       x += 1;
                   }});
    const auto data = device.to_device<u32>({5, 8, 9});
    for (int round = 0; round < 3; ++round) device.call(say, data);
    device.wait();
    EXPECT_THAT(texts, ElementsAre("5", "8", "9", "6", "9", "10", "7", "10", "11"));
    EXPECT_THAT(device.get(data), ElementsAre(8, 11, 12));
    device.write(data, std::vector<u32>{1, 100, 200});
    device.call(say, data);
    EXPECT_THAT(error_text(ErrorCode::kernel_fault, [&] { device.wait(); }),
                AllOf(HasSubstr("large"), HasSubstr("and 1 more time")));
    EXPECT_EQ(texts.size(), 12u);
    device.write(data, std::vector<u32>{1, 2, 3});
    device.call(say, data);
    EXPECT_THAT(device.get(data), ElementsAre(2, 3, 4));
    EXPECT_EQ(texts.size(), 15u);
}

}  // namespace
}  // namespace alkomp::testing
