// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers and views: making, filling, copying, parts of them, and what is refused.
#include "support/device_test.h"
#include "support/kernels.h"

#include <limits>
#include <numeric>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Buffers);

struct Bytes3 {
    u8 a, b, c;
    bool operator==(const Bytes3&) const = default;
};
struct Words3 {
    u32 a, b, c;
    bool operator==(const Words3&) const = default;
};
struct Words4 {
    u64 a, b;
    bool operator==(const Words4&) const = default;
};

template <class T>
T sample(std::size_t i) {
    T value;
    std::array<u8, sizeof(T)> bytes;
    for (std::size_t b = 0; b < sizeof(T); ++b) bytes[b] = static_cast<u8>(i * 31 + b * 7 + 1);
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}
template <class T>
std::vector<T> samples(std::size_t count, std::size_t first = 0) {
    std::vector<T> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(sample<T>(first + i));
    return values;
}

// Writes, fills and copies parts of every odd size at every odd place, beside a copy on the host;
// words that no operation names must stay what they were.
template <class T>
void exercise(Device& gpu) {
    constexpr std::size_t kCount = 61;
    std::vector<T> expected = samples<T>(kCount);
    const Buffer<T> buffer = gpu.to_device(expected);
    ASSERT_EQ(gpu.get(buffer), expected);
    const Buffer<T> source = gpu.to_device(samples<T>(kCount, 1000));
    for (const std::size_t first : {0u, 1u, 2u, 3u, 5u, 8u, 13u, 60u}) {
        for (const std::size_t count : {0u, 1u, 2u, 3u, 4u, 7u, 16u, 33u}) {
            if (first + count > kCount) continue;
            const std::vector<T> part = samples<T>(count, 7 * first + count);
            gpu.write(buffer.view(first, count), std::span<const T>(part));
            std::copy(part.begin(), part.end(), expected.begin() + static_cast<std::ptrdiff_t>(first));
            ASSERT_EQ(gpu.get(buffer), expected) << "write of " << count << " at " << first;

            const std::size_t other = (first * 5 + 1) % (kCount - count);
            gpu.copy(source.view(other, count), buffer.view(first, count));
            for (std::size_t i = 0; i < count; ++i) expected[first + i] = sample<T>(1000 + other + i);
            ASSERT_EQ(gpu.get(buffer), expected) << "copy of " << count << " from " << other << " to " << first;

            gpu.fill(buffer.view(first, count), sample<T>(first + count));
            std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(first), count, sample<T>(first + count));
            ASSERT_EQ(gpu.get(buffer), expected) << "fill of " << count << " at " << first;
            const std::vector<T> wanted(expected.begin() + static_cast<std::ptrdiff_t>(first),
                                        expected.begin() + static_cast<std::ptrdiff_t>(first + count));
            ASSERT_EQ(gpu.get(buffer.view(first, count)), wanted) << "read of " << count << " at " << first;
        }
    }
}

// The same without a wait between: what writes a word waits for what wrote its other bytes.
TEST_P(Buffers, take_parts_of_any_size_at_any_place_one_after_the_other) {
    for (const std::size_t size : {std::size_t{67}, std::size_t{100'003}}) {
        std::vector<u8> expected = samples<u8>(size);
        const std::vector<u8> others = samples<u8>(size, 1000);
        const auto buffer = gpu.to_device(expected), source = gpu.to_device(others);
        for (std::size_t step = 0; step < 200; ++step) {
            const std::size_t count = step % 3 == 0 && size > 1000 ? size - 30 - step % 5 : 1 + step * 7 % 23;
            const std::size_t first = step * 13 % (size - count), other = step * 29 % (size - count);
            const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(first);
            if (step % 4 == 0) {
                const std::vector<u8> part = samples<u8>(count, step);
                gpu.write(buffer.view(first, count), std::span<const u8>(part));
                std::copy(part.begin(), part.end(), begin);
            } else if (step % 4 == 1) {
                gpu.fill(buffer.view(first, count), static_cast<u8>(step));
                std::fill_n(begin, count, static_cast<u8>(step));
            } else {
                gpu.copy(source.view(other, count), buffer.view(first, count));
                std::copy_n(others.begin() + static_cast<std::ptrdiff_t>(other), count, begin);
            }
        }
        ASSERT_EQ(gpu.get(buffer), expected);
    }
}

TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_1_byte) { exercise<u8>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_2_bytes) { exercise<u16>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_3_bytes) { exercise<Bytes3>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_4_bytes) { exercise<u32>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_8_bytes) { exercise<u64>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_12_bytes) { exercise<Words3>(gpu); }
TEST_P(Buffers, take_parts_of_any_size_at_any_place_in_elements_of_16_bytes) { exercise<Words4>(gpu); }

TEST_P(Buffers, come_back_as_they_went) {
    EXPECT_EQ(gpu.get(gpu.to_device<i32>({1, -2, 3})), (std::vector<i32>{1, -2, 3}));
    EXPECT_EQ(gpu.get(gpu.to_device<f64>({0.5, -1e300})), (std::vector<f64>{0.5, -1e300}));
    const std::vector<std::array<float, 3>> vectors{{1, 2, 3}, {4, 5, 6}};
    EXPECT_EQ(gpu.get(gpu.to_device(vectors)), vectors);
    const std::vector<u32> many = ramp(100'000, 17);
    EXPECT_EQ(gpu.get(gpu.to_device(many)), many);
}

TEST_P(Buffers, of_zeros_are_zero_even_in_memory_used_before) {
    for (int round = 0; round < 3; ++round) {
        const auto dirty = gpu.empty<u32>(1000);
        gpu.fill(dirty, 0xFFFFFFFFu);
        gpu.wait();
    }
    EXPECT_THAT(gpu.get(gpu.zeros<u32>(1000)), Each(0u));
    EXPECT_THAT(gpu.get(gpu.zeros<u8>(13)), Each(0));
}

TEST_P(Buffers, are_read_into_memory_of_the_caller_without_touching_its_neighbours) {
    const auto buffer = gpu.to_device(ramp(10));
    std::vector<u32> out(14, 99);
    gpu.get(buffer, std::span<u32>(out).subspan(2, 10));
    EXPECT_EQ(out[1], 99u);
    EXPECT_EQ(out[12], 99u);
    EXPECT_EQ(std::vector<u32>(out.begin() + 2, out.end() - 2), ramp(10));
}

TEST_P(Buffers, refuse_host_memory_of_another_size) {
    const auto buffer = gpu.to_device(ramp(10));
    std::vector<u32> out(9);
    const std::string read = error_text(ErrorCode::invalid_argument, [&] { gpu.get(buffer, std::span<u32>(out)); });
    EXPECT_THAT(read, AllOf(HasSubstr("40"), HasSubstr("36")));
    const std::string write =
        error_text(ErrorCode::invalid_argument, [&] { gpu.write(buffer, std::span<const u32>(out)); });
    EXPECT_THAT(write, AllOf(HasSubstr("40"), HasSubstr("36")));
    EXPECT_EQ(gpu.get(buffer), ramp(10));
}

TEST_P(Buffers, of_no_elements_are_legal_everywhere) {
    const auto none = gpu.empty<u32>(0), other = gpu.to_device(std::vector<u32>());
    gpu.fill(none, 1u);
    gpu.copy(none, other);
    gpu.write(none, std::span<const u32>());
    EXPECT_TRUE(gpu.get(none).empty());
    EXPECT_EQ(none.count(), 0u);
    EXPECT_EQ(none.view(0, 0).count(), 0u);
    EXPECT_TRUE(gpu.get(none.view(0, 0)).empty());
    EXPECT_TRUE(gpu.get_async(none).get().empty());
}

TEST_P(Buffers, copied_onto_themselves_must_not_overlap) {
    const auto buffer = gpu.to_device(ramp(64));
    gpu.copy(buffer.view(0, 16), buffer.view(32, 16));
    std::vector<u32> expected = ramp(64);
    std::iota(expected.begin() + 32, expected.begin() + 48, 0u);
    EXPECT_EQ(gpu.get(buffer), expected);
    const std::string text =
        error_text(ErrorCode::invalid_argument, [&] { gpu.copy(buffer.view(0, 16), buffer.view(8, 16)); });
    EXPECT_THAT(text, HasSubstr("overlap"));
}

TEST_P(Buffers, are_not_copied_to_views_of_another_size) {
    const auto a = gpu.to_device(ramp(8)), b = gpu.to_device(ramp(9));
    const std::string text = error_text(ErrorCode::invalid_argument, [&] { gpu.copy(a, b); });
    EXPECT_THAT(text, AllOf(HasSubstr("32"), HasSubstr("36")));
}

TEST_P(Buffers, have_views_that_see_the_same_bytes) {
    const auto words = gpu.to_device<u32>({0x04030201, 0x08070605});
    EXPECT_EQ(gpu.get(words.as<u8>()), (std::vector<u8>{1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(words.view(1, 1).offset_bytes(), 4u);
    EXPECT_EQ(words.view(1, 1).as<u16>().count(), 2u);
    EXPECT_EQ(words.view(1, 1).view(0, 1).offset_bytes(), 4u);
}

TEST_P(Buffers, refuse_views_outside_and_bytes_that_do_not_divide) {
    auto buffer = gpu.to_device(ramp(8));
    buffer.set_label("numbers");
    const std::string text = error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(buffer.view(5, 4)); });
    EXPECT_THAT(text, AllOf(HasSubstr("slice: 4 elements from element 5"), HasSubstr("u32[8] \"numbers\"")));
    constexpr u64 kHuge = std::numeric_limits<u64>::max();
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(buffer.view(1, kHuge)); }),
                HasSubstr("slice"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(buffer.view(kHuge, 1)); }),
                HasSubstr("slice"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(buffer.as<Words3>()); }),
                HasSubstr("12 bytes"));
}

TEST_P(Buffers, of_impossible_size_are_refused_with_the_limit) {
    const u64 limit = gpu.capabilities().limits.max_buffer_bytes;
    const std::string large =
        error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(gpu.empty<u32>(limit / 4 + 1)); });
    EXPECT_THAT(large, AllOf(HasSubstr("empty: u32["), HasSubstr(std::to_string(limit))));
    const u64 overflow = std::numeric_limits<u64>::max() / 4 + 2;
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(gpu.empty<u32>(overflow)); }),
                HasSubstr("more than 18446744073709551615 bytes"));
    EXPECT_EQ(gpu.get(gpu.to_device<u32>({1})), (std::vector<u32>{1}));
}

TEST_P(Buffers, moved_from_or_never_set_are_refused) {
    Buffer<u32> from = gpu.to_device(ramp(4));
    const Buffer<u32> to = std::move(from);
    EXPECT_TRUE(static_cast<bool>(to));
    EXPECT_FALSE(static_cast<bool>(from));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(gpu.get(from)); }),
                HasSubstr("moved from or never set"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.fill(Buffer<u32>(), 1u); }),
                HasSubstr("moved from or never set"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.copy(to, from); }),
                HasSubstr("moved from or never set"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(from.slice(0, 0)); }),
                HasSubstr("moved from or never set"));
}

TEST_P(Buffers, of_another_device_are_refused_by_name) {
    Device other = open();
    auto foreign = other.to_device(ramp(4));
    foreign.set_label("theirs");
    const auto own = gpu.to_device(ramp(4));
    for (const auto& body : std::vector<std::function<void()>>{
             [&] { static_cast<void>(gpu.get(foreign)); }, [&] { gpu.fill(foreign, 1u); },
             [&] { gpu.copy(own, foreign); }, [&] { gpu.copy(foreign, own); }}) {
        EXPECT_THAT(error_text(ErrorCode::invalid_argument, body),
                    AllOf(HasSubstr("\"theirs\""), HasSubstr("belongs to device")));
    }
    EXPECT_EQ(other.get(foreign), ramp(4));
}

TEST_P(Buffers, share_their_label_with_every_view) {
    auto buffer = gpu.to_device(ramp(4));
    const auto view = buffer.view(1, 2);
    buffer.set_label("weights");
    EXPECT_EQ(view.label(), "weights");
    EXPECT_TRUE(view.device() == gpu);
    EXPECT_EQ(to_string(view.dtype()), "u32");
}

TEST_P(Buffers, filled_with_nothing_are_zero_and_with_what_does_not_divide_refused) {
    const auto buffer = gpu.to_device(ramp(5));
    gpu.stream().fill_bytes(buffer.view(1, 3), {});
    EXPECT_EQ(gpu.get(buffer), (std::vector<u32>{0, 0, 0, 0, 4}));
    const std::array<std::byte, 3> odd{};
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.stream().fill_bytes(buffer, odd); }),
                HasSubstr("fill: a pattern of 3 bytes does not divide the 20 bytes of u32[5]"));
}

}  // namespace
}  // namespace alkomp::testing
