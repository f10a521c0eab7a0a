// SPDX-License-Identifier: MIT OR Apache-2.0
// C++ kernels with faults planted by hand, each beside its mended self: indices, unwritten memory, arithmetic.
#include "check/marks.h"

namespace alkomp::testing {
namespace {

// Indices ------------------------------------------------------------------------------------------

TEST(PlantedInCpp, a_strided_loop_goes_one_too_far) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const u32 more = is_faulty ? 1 : 0;
        const auto sums = kernel("sums", [&](In<f32> data, Out<f32> out) {
            Var<f32> sum = 0.0f;
            for_(range(global_id(), data.count() + more, 32u), [&](Val<u32> k) {
                sum += data[k];  // subtle fault: out of bounds
            });
            out[global_id()] = sum;
        });
        gpu.call(sums, groups(1), gpu.to_device(std::vector<f32>(256, 1.0f)), gpu.zeros<f32>(256));
    });
}

TEST(PlantedInCpp, a_view_ends_before_its_buffer_does) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto data = gpu.to_device(numbers(300));
        const auto twice = kernel("twice", [&](InOut<u32> values) {
            values[global_id()] *= 2u;  // subtle fault: out of bounds
        });
        gpu.call(twice, groups(1), data.view(8, is_faulty ? 255 : 256));
    });
}

TEST(PlantedInCpp, the_last_workgroup_is_not_whole) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto shift = kernel("shift",
                                  [&](In<u32> from, Out<u32> to, Val<u32> count) {
                                      const Val<u32> i = global_id();
                                      if_(is_faulty ? workgroup_id() <= count / 64u : i < count, [&] {
                                          const Val<u32> value = from[i];  // subtle fault: out of bounds
                                          to[i] = value + 1u;              // subtle fault: out of bounds
                                      });
                                  },
                                  {.workgroup_size = 64});
        gpu.call(shift, groups(4), gpu.to_device(numbers(200)), gpu.zeros<u32>(200), 200u);
    });
}

TEST(PlantedInCpp, rows_and_columns_of_shared_memory_are_exchanged) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto turn = kernel("turn",
                                 [&](In<u32> from, Out<u32> to, Shared<u32, 4, 8> tile) {
                                     const Val<u32> row = local_id(1), column = local_id(0);
                                     tile[row][column] = from[8u * row + column];
                                     barrier();
                                     if (is_faulty) to[4u * column + row] = tile[column][row];  // fault: out of bounds
                                     else to[4u * column + row] = tile[row][column];
                                 },
                                 {.workgroup_size = {8, 4}});
        gpu.call(turn, groups(1), gpu.to_device(numbers(32)), gpu.zeros<u32>(32));
    });
}

struct Track {
    u32 count;
    std::array<u32, 3> turns;
    using fields = Fields<&Track::count, &Track::turns>;
};
struct Walker {
    u32 id;
    std::array<Track, 2> tracks;
    using fields = Fields<&Walker::id, &Walker::tracks>;
};

TEST(PlantedInCpp, an_array_in_a_struct_in_an_array_is_left) {
    expect_marked([](Device& gpu, bool is_faulty) {
        std::vector<Walker> walkers(64, Walker{1, {Track{2, {5, 6, 7}}, Track{3, {7, 8, 9}}}});
        if (is_faulty) walkers[41].tracks[0].count = 4;
        const auto sum = kernel("sum", [&](In<Walker> all, Out<u32> sums) {
            Var<u32> turned = 0u;
            const Val<u32> i = global_id();
            for_(range(2u), [&](Val<u32> t) {
                for_(range(all[i][&Walker::tracks][t][&Track::count]), [&](Val<u32> k) {
                    turned += all[i][&Walker::tracks][t][&Track::turns][k];  // subtle fault: out of bounds
                });
            });
            sums[i] = turned;
        });
        gpu.call(sum, gpu.to_device(walkers), gpu.zeros<u32>(64));
    });
}

TEST(PlantedInCpp, select_evaluates_both_sides) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto differences = kernel("differences", [&](In<u32> from, Out<u32> to) {
            const Val<u32> i = global_id();
            if (is_faulty) {
                to[i] = from[i] - select(i > 0u, from[i - 1u], 0u);  // subtle fault: out of bounds
            } else {
                Var<u32> before = 0u;
                if_(i > 0u, [&] { before = from[i - 1u]; });
                to[i] = from[i] - before;
            }
        });
        gpu.call(differences, gpu.to_device(numbers(100)), gpu.zeros<u32>(100));
    });
}

TEST(PlantedInCpp, the_guard_of_a_short_circuit_comes_second) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto runs = kernel("runs", [&](In<u32> text, Out<u32> lengths) {
            Var<u32> end = global_id();
            while_(
                [&] {
                    if (is_faulty) return text[end] != 0u && end < text.count();  // subtle fault: out of bounds
                    return end < text.count() && text[end] != 0u;
                },
                [&] { ++end; });
            lengths[global_id()] = end - global_id();
        });
        std::vector<u32> text = numbers(70);
        text[40] = 0;
        gpu.call(runs, gpu.to_device(text), gpu.zeros<u32>(70));
    });
}

TEST(PlantedInCpp, a_binary_search_looks_at_its_end) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto lower_bound =
            kernel("lower_bound",
                   [&](In<u32> keys, In<u32> wanted, Out<u32> places) {
                       Var<u32> first = 0u, count = keys.count() + (is_faulty ? 1u : 0u);
                       while_([&] { return count > 0u; },
                              [&] {
                                  const Val<u32> step = count / 2u;
                                  if_(keys[first + step] < wanted[global_id()],  // subtle fault: out of bounds
                                      [&] {
                                          first += step + 1u;
                                          count -= step + 1u;
                                      })
                                      .else_([&] { count = step; });
                              });
                       places[global_id()] = first;
                   },
                   {.workgroup_size = 4});
        gpu.call(lower_bound, groups(1), gpu.to_device(numbers(33)), gpu.to_device<u32>({3, 32, 0, 99}),
                 gpu.zeros<u32>(4));
    });
}

TEST(PlantedInCpp, an_index_comes_through_functions) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto next = function([](Val<u32> at) { return at + 1u; }, "next");
        const auto over_next = function([&](Val<u32> at) { return next(next(at)); }, "over_next");
        const auto jump = kernel("jump", [&](In<u32> from, Out<u32> to) {
            const Val<u32> i = global_id();
            const Val<u32> at = over_next(i);
            to[i] = from[is_faulty ? at : at % from.count()];  // subtle fault: out of bounds
        });
        gpu.call(jump, gpu.to_device(numbers(50)), gpu.zeros<u32>(50));
    });
}

TEST(PlantedInCpp, a_function_of_the_host_writes_for_two_kernels) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto put = [](const InOut<u32>& to, const Val<u32>& at, u32 value) {
            to[at] = value;  // subtle fault: out of bounds
        };
        gpu.call(kernel("right", [&](InOut<u32> to) { put(to, global_id(), 1); }), gpu.zeros<u32>(20));
        gpu.call(kernel("wrong", [&](InOut<u32> to) { put(to, global_id() + (is_faulty ? 1u : 0u), 2); }),
                 gpu.zeros<u32>(20));
    });
}

TEST(PlantedInCpp, a_loop_that_counts_down_begins_at_the_count) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto last = kernel("last", [&](In<u32> data, Out<u32> out) {
            Var<u32> found = 0u;
            Var<u32> k = data.count();
            while_([&] { return k > 0u; },
                   [&] {
                       if (!is_faulty) k -= 1u;
                       if_(data[k] > 5u, [&] { found = k; });  // subtle fault: out of bounds
                       if (is_faulty) k -= 1u;
                   });
            out[global_id()] = found;
        });
        gpu.call(last, groups(1), gpu.to_device(numbers(17)), gpu.zeros<u32>(256));
    });
}

TEST(PlantedInCpp, one_entry_of_a_permutation_is_wrong) {
    expect_marked([](Device& gpu, bool is_faulty) {
        std::vector<u32> order = numbers(64);
        std::swap(order[3], order[60]);
        if (is_faulty) order[17] = 64;
        const auto scatter = kernel("scatter", [](In<u32> from, In<u32> places, Out<u32> to) {
            to[places[global_id()]] = from[global_id()];  // subtle fault: out of bounds
        });
        gpu.call(scatter, gpu.to_device(numbers(64)), gpu.to_device(order), gpu.zeros<u32>(64));
    });
}

TEST(PlantedInCpp, a_local_array_is_one_too_short) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto digits = kernel("digits", [&](InOut<u32> data) {
            Var<std::array<u32, 10>> counts = std::array<u32, 10>{};
            Var<u32> n = data[global_id()];
            do_while_(
                [&] {
                    const Val<u32> digit = n % (is_faulty ? 11u : 10u);
                    counts[digit] += 1u;  // subtle fault: out of bounds
                    n /= 10u;
                },
                [&] { return n != 0u; });
            data[global_id()] = counts[1];
        });
        gpu.call(digits, gpu.to_device<u32>({5, 123, 9, 10, 2}));
    });
}

TEST(PlantedInCpp, one_case_of_a_switch_steps_outside) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto move = kernel("move", [&](In<u32> turns, InOut<u32> visits) {
            Var<u32> at = global_id();
            switch_(turns[global_id()])
                .case_(1, [&] { at += 1u; })
                .case_(2, [&] { at -= is_faulty ? 2u : 1u; })
                .default_([&] { at = 0u; });
            atomic_add(visits[at], 1u);  // subtle fault: out of bounds
        });
        gpu.call(move, gpu.to_device<u32>({1, 2, 1, 0, 7, 2}), gpu.zeros<u32>(6));
    });
}

// Memory that nobody has written -------------------------------------------------------------------

TEST(PlantedInCpp, an_accumulator_begins_on_one_path_only) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto mean = kernel("mean", [&](In<u32> counts, Out<u32> means) {
            Var<u32> sum;
            const Val<u32> n = counts[global_id()];
            if_(n > 0u, [&] { sum = n; });
            if (!is_faulty) if_(n == 0u, [&] { sum = 0u; });
            for_(range(n), [&](Val<u32> k) { sum += k; });
            means[global_id()] = sum;  // subtle fault: uninitialized
        });
        gpu.call(mean, gpu.to_device<u32>({3, 1, 0, 4}), gpu.zeros<u32>(4));
    });
}

TEST(PlantedInCpp, a_tile_has_no_right_edge) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto sums = kernel("sums",
                                 [&](In<u32> from, Out<u32> to, Shared<u32, 65> tile) {
                                     const Val<u32> i = global_id(), t = local_id();
                                     tile[t] = from[i];
                                     if_(t == 63u, [&] {
                                         if (is_faulty) if_(i + 1u < from.count(), [&] { tile[64] = from[i + 1u]; });
                                         else tile[64] = from[min(i + 1u, from.count() - 1u)];
                                     });
                                     barrier();
                                     to[i] = tile[t] + tile[t + 1u];  // subtle fault: uninitialized
                                 },
                                 {.workgroup_size = 64});
        gpu.call(sums, groups(3), gpu.to_device(numbers(192)), gpu.zeros<u32>(192));
    });
}

TEST(PlantedInCpp, a_fresh_buffer_is_written_but_for_its_tail) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto scratch = gpu.empty<u32>(100);
        const auto fill = kernel("fill", [](Out<u32> to) { to[global_id()] = global_id(); });
        gpu.call(fill, is_faulty ? scratch.view(0, 99) : scratch.view(0, 100));
        const auto copy = kernel("copy", [](In<u32> from, Out<u32> to) {
            to[global_id()] = from[global_id()];  // subtle fault: uninitialized
        });
        gpu.call(copy, scratch, gpu.empty<u32>(100));
    });
}

TEST(PlantedInCpp, an_accumulation_over_a_fresh_buffer) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto bins = is_faulty ? gpu.empty<u32>(8) : gpu.zeros<u32>(8);
        const auto histogram = kernel("histogram",
                                      [](In<u32> data, InOut<u32> counts) {
                                          atomic_add(counts[data[global_id()] % 8u], 1u);  // fault: uninitialized
                                      },
                                      {.workgroup_size = 64});
        gpu.call(histogram, groups(1), gpu.to_device(numbers(64)), bins);
    });
}

TEST(PlantedInCpp, a_copy_brings_only_a_part) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto from = gpu.to_device(numbers(64)), to = gpu.empty<u32>(64);
        gpu.copy(from.view(0, is_faulty ? 60 : 64), to.view(0, is_faulty ? 60 : 64));
        const auto twice = kernel("twice", [](InOut<u32> data) {
            data[global_id()] *= 2u;  // subtle fault: uninitialized
        });
        gpu.call(twice, to);
    });
}

TEST(PlantedInCpp, a_local_array_is_read_beyond_what_was_filled) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto sort = kernel("sort", [&](InOut<u32> data) {
            Var<std::array<u32, 4>> kept;
            Var<u32> count = 0u, sum = 0u;
            for_(range(4u), [&](Val<u32> k) {
                if_((data[global_id()] >> k & 1u) == 1u, [&] {
                    kept[count] = k;
                    count += 1u;
                });
            });
            for_(range(is_faulty ? max(count, 1u) : Val<u32>(count)), [&](Val<u32> k) {
                sum += kept[k];  // subtle fault: uninitialized
            });
            data[global_id()] = sum;
        });
        gpu.call(sort, gpu.to_device(numbers(32)));
    });
}

TEST(PlantedInCpp, the_best_of_no_candidates) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto best = kernel("best",
                                 [&](In<u32> starts, In<f32> costs, Out<f32> least) {
                                     const Val<u32> i = global_id();
                                     Var<f32> smallest;
                                     if (!is_faulty) smallest = 1e30f;
                                     for_(range(starts[i], starts[i + 1u]), [&](Val<u32> k) {
                                         if_(k == starts[i], [&] { smallest = costs[k]; }).else_([&] {
                                             smallest = min(smallest, costs[k]);
                                         });
                                     });
                                     least[i] = smallest;  // subtle fault: uninitialized
                                 },
                                 {.workgroup_size = 4});
        gpu.call(best, groups(1), gpu.to_device<u32>({0, 2, 2, 5, 6}), gpu.to_device<f32>({3, 1, 4, 1, 5, 9}),
                 gpu.zeros<f32>(4));
    });
}

// Numbers and ends ---------------------------------------------------------------------------------

TEST(PlantedInCpp, a_remainder_by_a_count_that_may_be_none) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto spread = kernel("spread", [&](In<u32> sizes, Out<u32> places) {
            const Val<u32> size = sizes[global_id()];
            if (is_faulty) places[global_id()] = global_id() % size;  // subtle fault: division by zero
            else places[global_id()] = global_id() % max(size, 1u);
        });
        gpu.call(spread, gpu.to_device<u32>({4, 2, 1, 0, 3}), gpu.zeros<u32>(5));
    });
}

TEST(PlantedInCpp, a_mask_of_a_whole_word) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto masks = kernel("masks", [&](InOut<u32> bits) {
            const Val<u32> n = bits[global_id()];
            if (is_faulty) bits[global_id()] = (Val<u32>(1u) << n) - 1u;  // subtle fault: shift out of range
            else bits[global_id()] = select(n >= 32u, ~0u, (Val<u32>(1u) << (n & 31u)) - 1u);
        });
        gpu.call(masks, gpu.to_device(numbers(33)));
    });
}

TEST(PlantedInCpp, what_was_assumed_of_the_input_does_not_hold) {
    expect_marked([](Device& gpu, bool is_faulty) {
        std::vector<u32> keys = numbers(64);
        if (is_faulty) std::swap(keys[30], keys[31]);
        const auto follow = kernel("follow", [](In<u32> data, Out<u32> gaps) {
            const Val<u32> i = global_id(), before = data[max(i, 1u) - 1u];
            assert_(before <= data[i], "keys {} are not sorted", i);  // subtle fault: assertion
            gaps[i] = data[i] - before;
        });
        gpu.call(follow, gpu.to_device(keys), gpu.zeros<u32>(64));
    });
}

TEST(PlantedInCpp, a_list_that_leads_back_to_itself) {
    expect_marked([](Device& gpu, bool is_faulty) {
        std::vector<u32> next = numbers(16);
        for (u32& one : next) ++one;
        if (is_faulty) next[15] = 3;
        const auto length = kernel("length", [](In<u32> links, Out<u32> lengths) {
            Var<u32> at = global_id(), count = 0u;
            while_([&] { return at < links.count(); },  // subtle fault: step limit
                   [&] {
                       at = links[at];
                       count += 1u;
                   });
            lengths[global_id()] = count;
        });
        gpu.call(length, gpu.to_device(next), gpu.zeros<u32>(16));
    });
}

TEST(PlantedKernels, in_cpp_do_not_become_fewer) {
    Counts counts;
    const std::string here = __FILE__;
    for (const std::string& file : {here, here.substr(0, here.rfind("_test")) + "_races_test.cpp"})
        for (const std::set<Mark>& marks : marks_of_tests(file)) count(counts, marks);
    expect_at_least({{"assertion", {1, 1}},
                     {"barrier", {4, 4}},
                     {"data race", {10, 9}},
                     {"deadlock", {1, 0}},
                     {"division by zero", {1, 1}},
                     {"out of bounds", {14, 13}},
                     {"same-value race", {2, 1}},
                     {"shift out of range", {1, 1}},
                     {"step limit", {1, 1}},
                     {"uninitialized", {7, 6}}},
                    counts);
}

}  // namespace
}  // namespace alkomp::testing
