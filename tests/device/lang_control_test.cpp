// SPDX-License-Identifier: MIT OR Apache-2.0
// Control flow of C++ kernels: each construct does what it does on the host.
#include "support/device_test.h"

#include <functional>
#include <vector>

namespace alkomp::testing {
namespace {

/// Runs `f` for the elements 0, 1, 2 ... `count` - 1 and gives what it made of
/// them.
template <class F>
std::vector<u32> each(Device& gpu, u32 count, const F& f) {
    std::vector<u32> numbers(count);
    for (u32 i = 0; i < count; ++i) numbers[i] = i;
    const auto data = gpu.to_device(numbers);
    gpu.call(kernel("each", [&](InOut<u32> all) { f(ref(all[global_id()])); }), data);
    return gpu.get(data);
}

std::vector<u32> on_host(u32 count, const std::function<u32(u32)>& f) {
    std::vector<u32> numbers(count);
    for (u32 i = 0; i < count; ++i) numbers[i] = f(i);
    return numbers;
}

ALKOMP_MODULE_SUITE(LangControl);

TEST_P(LangControl, if_chooses_the_first_condition_that_holds) {
    const auto result = each(gpu, 10, [](Var<u32> x) {
        if_(x < 2u, [&] { x = 100u; })
            .else_if_(x < 5u, [&] { x += 200u; })
            .else_if_(x == 7u, [&] { x = 700u; })
            .else_([&] { x *= 2u; });
        if_(x == 12u, [&] { x = 0u; });
    });
    EXPECT_EQ(result, (std::vector<u32>{100, 100, 202, 203, 204, 10, 0, 700, 16, 18}));
}

TEST_P(LangControl, the_condition_of_else_if_is_evaluated_only_where_those_before_are_false) {
    const auto result = each(gpu, 4, [](Var<u32> x) {
        Var<u32> evaluated = 0u;
        const auto is_two = [&](Val<u32> value) {
            evaluated += 1u;
            return value == 2u;
        };
        if_(x == 0u, [] {}).else_if_(is_two(x), [&] { evaluated += 10u; }).else_([&] { evaluated += 20u; });
        x = evaluated;
    });
    EXPECT_EQ(result, (std::vector<u32>{0, 21, 11, 21}));
}

TEST_P(LangControl, while_evaluates_its_condition_each_time) {
    const auto result = each(gpu, 20, [](Var<u32> x) {
        Var<u32> rounds = 0u;
        while_([&] { return x > 0u; },
               [&] {
                   x /= 2u;
                   ++rounds;
               });
        Var<bool> goes_on = rounds > 3u;
        while_(goes_on, [&] {
            rounds -= 1u;
            goes_on = rounds > 3u;
        });
        x = rounds;
    });
    EXPECT_EQ(result, on_host(20, [](u32 x) {
                  u32 rounds = 0;
                  for (; x > 0; x /= 2) ++rounds;
                  return std::min(rounds, 3u);
              }));
}

TEST_P(LangControl, do_while_runs_once_at_least_and_continue_goes_to_its_condition) {
    const auto result = each(gpu, 10, [](Var<u32> x) {
        Var<u32> sum = 0u, i = 0u;
        do_while_(
            [&] {
                i += 1u;
                if_(i % 2u == 0u, [] { continue_(); });
                sum += i;
            },
            [&] { return i < x; });
        x = sum;
    });
    EXPECT_EQ(result, on_host(10, [](u32 x) {
                  u32 sum = 0, i = 0;
                  do {
                      ++i;
                      if (i % 2 == 0) continue;
                      sum += i;
                  } while (i < x);
                  return sum;
              }));
}

TEST_P(LangControl, for_runs_over_ranges_by_any_step) {
    const auto result = each(gpu, 12, [](Var<u32> x) {
        Var<u32> sum = 0u;
        for_(range(x), [&](Var<u32> i) { sum += i; });
        for_(range(2u, x, 3u), [&](Val<u32> i) { sum += 100u * i; });
        for_(range(0u, x, x / 2u + 1u), [&](Val<u32> i) { sum += 10000u * (i + 1u); });
        for_(range(Val<i32>(x) - 3, -4, -2), [&](Val<i32> i) { sum += Val<u32>(i + 10) << 20; });
        for_(range(3), [&](auto i) { sum += Val<u32>(i); });
        x = sum;
    });
    EXPECT_EQ(result, on_host(12, [](u32 x) {
                  u32 sum = 0;
                  for (u32 i = 0; i < x; ++i) sum += i;
                  for (u32 i = 2; i < x; i += 3) sum += 100 * i;
                  for (u32 i = 0; i < x; i += x / 2 + 1) sum += 10000 * (i + 1);
                  for (i32 i = static_cast<i32>(x) - 3; i > -4; i -= 2) sum += static_cast<u32>(i + 10) << 20;
                  return sum + 3;
              }));
}

TEST_P(LangControl, for_ends_where_the_next_number_would_wrap) {
    const auto result = each(gpu, 4, [](Var<u32> x) {
        Var<u32> rounds = 0u;
        const Val<u32> end = 0xffffffffu - x;
        for_(range(0xfffffff0u, end, 4u), [&](Val<u32>) { rounds += 1u; });
        for_(range(0xfffffff0u, end, x + 5u), [&](Val<u32>) { rounds += 100u; });
        for_(range(Val<i32>(x) + 0x7ffffff0, 0x7fffffff, 7), [&](Val<i32>) { rounds += 10000u; });
        x = rounds;
    });
    EXPECT_EQ(result, (std::vector<u32>{30304, 20304, 20204, 20203}));
}

TEST_P(LangControl, changing_the_number_of_a_for_does_not_change_its_course) {
    const auto result = each(gpu, 3, [](Var<u32> x) {
        Var<u32> rounds = 0u;
        for_(range(x + 2u), [&](Var<u32> i) {
            i = 100u;
            rounds += 1u;
        });
        x = rounds;
    });
    EXPECT_EQ(result, (std::vector<u32>{2, 3, 4}));
}

TEST_P(LangControl, break_and_continue_leave_the_innermost_loop_from_any_depth) {
    const auto result = each(gpu, 10, [](Var<u32> x) {
        Var<u32> sum = 0u;
        for_(range(10u), [&](Val<u32> i) {
            if_(i == 2u, [] { continue_(); });
            for_(range(10u), [&](Val<u32> j) {
                if_(j > i, [&] { if_(j > 3u, [] { break_(); }); });
                sum += 1u;
            });
            if_(i == x, [] { break_(); });
            sum += 100u;
        });
        x = sum;
    });
    EXPECT_EQ(result, on_host(10, [](u32 x) {
                  u32 sum = 0;
                  for (u32 i = 0; i < 10; ++i) {
                      if (i == 2) continue;
                      for (u32 j = 0; j < 10; ++j) {
                          if (j > i && j > 3) break;
                          sum += 1;
                      }
                      if (i == x) break;
                      sum += 100;
                  }
                  return sum;
              }));
}

TEST_P(LangControl, switch_runs_one_case_and_break_leaves_it) {
    const auto result = each(gpu, 8, [](Var<u32> x) {
        Var<u32> y = 0u;
        for_(range(2u), [&](Val<u32>) {
            switch_(x)
                .case_(1, [&] { y += 10u; })
                .case_({2, 3},
                       [&] {
                           if_(x == 3u, [] { break_(); });
                           y += 20u;
                       })
                .case_(5, [&] { continue_(); })
                .default_([&] { y += 30u; });
            y += 1u;
        });
        switch_(Val<i32>(x) - 4).case_(-4, [&] { y += 1000u; }).case_(3, [&] { y += 2000u; });
        x = y;
    });
    EXPECT_EQ(result, (std::vector<u32>{1062, 22, 42, 2, 62, 0, 62, 2062}));
}

TEST_P(LangControl, return_leaves_the_kernel_from_any_depth) {
    const auto result = each(gpu, 6, [](Var<u32> x) {
        const Val<u32> before = x;
        x = 77u;
        if_(before == 1u, [] { return_(); });
        for_(range(before), [&](Val<u32> i) { if_(i == 3u, [] { return_(); }); });
        x = before;
    });
    EXPECT_EQ(result, (std::vector<u32>{0, 77, 2, 3, 77, 77}));
}

TEST_P(LangControl, what_follows_a_jump_in_its_block_never_happens) {
    const auto result = each(gpu, 3, [](Var<u32> x) {
        for_(range(5u), [&](Val<u32> i) {
            x += 10u;
            if_(i == 1u, [&] {
                break_();
                x = 0u;
                if_(x == 0u, [&] { x = 1u; });
            });
        });
        return_();
        x = 99u;
    });
    EXPECT_EQ(result, (std::vector<u32>{20, 21, 22}));
}

TEST_P(LangControl, and_and_or_run_their_right_side_only_where_it_is_needed) {
    const auto result = each(gpu, 8, [](Var<u32> x) {
        Var<u32> runs = 0u;
        const auto count = [&](const Val<bool>& value) {
            runs += 1u;
            return value;
        };
        const Val<bool> is_small = x < 4u;
        Var<u32> sum = 0u;
        if_(is_small && count(x > 1u), [&] { sum += 1u; });
        if_(x == 0u || count(x == 7u) || count(x == 6u), [&] { sum += 2u; });
        Var<bool> changes = x > 3u;
        const auto clear = [&] {
            changes = false;
            return Val<bool>(true);
        };
        if_(changes && clear(), [&] { sum += 4u; });
        if_(x >= 2u && (x < 4u || count(x == 5u)), [&] { sum += 8u; });
        x = sum * 100u + runs;
    });
    EXPECT_EQ(result, on_host(8, [](u32 x) {
                  u32 runs = 0, sum = 0;
                  const auto count = [&](bool value) {
                      ++runs;
                      return value;
                  };
                  if (x < 4 && count(x > 1)) sum += 1;
                  if (x == 0 || count(x == 7) || count(x == 6)) sum += 2;
                  if (x > 3) sum += 4;
                  if (x >= 2 && (x < 4 || count(x == 5))) sum += 8;
                  return sum * 100 + runs;
              }));
}

TEST_P(LangControl, a_guard_keeps_a_read_inside) {
    const auto guarded = kernel("guarded", [](InOut<u32> data, In<u32> bounds) {
        const Val<u32> i = global_id();
        data[i] = select(i < bounds[0] && data[i] > 0u, Val<u32>(1u), 2u);
    });
    EXPECT_THAT(guarded.ir(),
                ::testing::HasSubstr("bool = if"));  // and not read in vain
    const auto data = gpu.to_device<u32>({0, 5, 0, 5});
    const auto bounds = gpu.to_device<u32>({3, 0, 0, 0});
    gpu.call(guarded, data, bounds);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{2, 1, 2, 2}));
}

TEST_P(LangControl, host_control_flow_is_decided_when_the_kernel_is_recorded) {
    for (const bool doubles : {false, true}) {
        const auto result = each(gpu, 3, [&](Var<u32> x) {
            if (doubles) x *= 2u;
            for (u32 i = 0; i < 3; ++i) x += i;
        });
        EXPECT_EQ(result, (doubles ? std::vector<u32>{3, 5, 7} : std::vector<u32>{3, 4, 5}));
    }
}

}  // namespace
}  // namespace alkomp::testing
