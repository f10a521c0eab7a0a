// SPDX-License-Identifier: MIT OR Apache-2.0
// C++ kernels with faults planted by hand, each beside its mended self: races, barriers and waits.
#include "check/marks.h"

namespace alkomp::testing {
namespace {

constexpr AtomicOptions kRelaxed{.order = MemoryOrder::relaxed};
constexpr AtomicOptions kAcquire{.order = MemoryOrder::acquire};
constexpr AtomicOptions kRelease{.order = MemoryOrder::release};

// Races --------------------------------------------------------------------------------------------

TEST(PlantedRacesInCpp, a_tile_is_filled_again_while_others_read_it) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto sums = kernel("sums",
                                 [&](In<u32> data, Out<u32> out, Shared<u32, 64> tile) {
                                     Var<u32> sum = 0u;
                                     for_(range(3u), [&](Val<u32> block) {
                                         tile[local_id()] = data[64u * block + local_id()];  // subtle fault: data race
                                         barrier();
                                         sum += tile[63u - local_id()];
                                         if (!is_faulty) barrier();
                                     });
                                     out[local_id()] = sum;
                                 },
                                 {.workgroup_size = 64});
        gpu.call(sums, groups(1), gpu.to_device(numbers(192)), gpu.zeros<u32>(64));
    });
}

TEST(PlantedRacesInCpp, one_step_of_a_tree_has_no_barrier) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto sums = kernel("sums",
                                 [&](In<u32> data, Out<u32> out, Shared<u32, 128> part) {
                                     const Val<u32> i = local_id();
                                     part[i] = data[global_id()];
                                     for (u32 half = 64; half > 0; half /= 2) {
                                         if (!is_faulty || half != 2) barrier();
                                         if_(i < half, [&] {
                                             part[i] += part[i + half];  // subtle fault: data race
                                         });
                                     }
                                     if_(i == 0u, [&] { out[workgroup_id()] = part[0]; });
                                 },
                                 {.workgroup_size = 128});
        gpu.call(sums, groups(2), gpu.to_device(numbers(256)), gpu.zeros<u32>(2));
    });
}

TEST(PlantedRacesInCpp, a_flag_is_published_without_release) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const AtomicOptions release = is_faulty ? kRelaxed : kRelease;
        const auto chain = kernel("chain", [&](InOut<u32> sums, InOut<u32> flags, InOut<u32> ticket) {
            if_(local_id() == 0u, [&] {
                const Val<u32> group = atomic_add(ticket[0], 1u);
                Var<u32> sum = group;
                if_(group > 0u, [&] {
                    while_([&] { return atomic_load(flags[group - 1u], kAcquire) == 0u; }, [] {});
                    sum += sums[group - 1u];  // subtle fault: data race
                });
                sums[group] = sum;
                atomic_store(flags[group], 1u, release);
            });
        });
        gpu.call(chain, groups(12), gpu.zeros<u32>(12), gpu.zeros<u32>(12), gpu.zeros<u32>(1));
    });
}

TEST(PlantedRacesInCpp, a_release_reaches_no_further_than_the_workgroup) {
    expect_marked([](Device& gpu, bool is_faulty) {
        AtomicOptions release = kRelease;
        if (is_faulty) release.scope = MemoryScope::workgroup;
        const auto message = kernel("message", [&](InOut<u32> text, InOut<u32> flag, Out<u32> got) {
            if_(local_id() == 0u, [&] {
                if_(workgroup_id() == 0u, [&] {
                    text[0] = 7u;
                    atomic_store(flag[0], 1u, release);
                }).else_([&] {
                    while_([&] { return atomic_load(flag[0], kAcquire) == 0u; }, [] {});
                    got[workgroup_id()] = text[0];  // subtle fault: data race
                });
            });
        });
        gpu.call(message, groups(2), gpu.zeros<u32>(1), gpu.zeros<u32>(1), gpu.zeros<u32>(2));
    });
}

TEST(PlantedRacesInCpp, a_fence_is_missing_on_the_side_that_reads) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto message = kernel("message", [&](InOut<u32> text, InOut<u32> flag, Out<u32> got) {
            if_(local_id() == 0u, [&] {
                if_(workgroup_id() == 0u, [&] {
                    text[0] = 7u;
                    fence(MemoryOrder::release);
                    atomic_store(flag[0], 1u);
                }).else_([&] {
                    while_([&] { return atomic_load(flag[0]) == 0u; }, [] {});
                    if (!is_faulty) fence(MemoryOrder::acquire);
                    const Val<u32> received = text[0];  // subtle fault: data race
                    got[0] = received;
                });
            });
        });
        gpu.call(message, groups(2), gpu.zeros<u32>(1), gpu.zeros<u32>(1), gpu.zeros<u32>(1));
    });
}

TEST(PlantedRacesInCpp, one_path_of_a_counter_is_plain) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto count = kernel("count",
                                  [&](In<u32> data, InOut<u32> bins) {
                                      const Val<u32> bin = data[global_id()] % 4u;
                                      if_(data[global_id()] == 77u, [&] {
                                          if (is_faulty) bins[bin] += 1u;  // subtle fault: data race
                                          else atomic_add(bins[bin], 1u);
                                      }).else_([&] {
                                          atomic_add(bins[bin], 1u);  // subtle fault: data race
                                      });
                                  },
                                  {.workgroup_size = 32});
        gpu.call(count, groups(4), gpu.to_device(numbers(128)), gpu.zeros<u32>(4));
    });
}

TEST(PlantedRacesInCpp, two_arguments_are_one_buffer) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto data = gpu.to_device(numbers(100)), other = gpu.zeros<u32>(100);
        const auto shift = kernel("shift",
                                  [](In<u32> from, Out<u32> to) {
                                      to[global_id()] = from[(global_id() + 1u) % 100u];  // subtle fault: data race
                                  },
                                  {.workgroup_size = 50});
        gpu.call(shift, groups(2), data, is_faulty ? data : other);
    });
}

TEST(PlantedRacesInCpp, a_matrix_is_transposed_in_place) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto data = gpu.to_device(numbers(256)), other = gpu.zeros<u32>(256);
        const auto transpose = kernel("transpose",
                                      [](In<u32> from, Out<u32> to) {
                                          const Val<u32> row = global_id(1), column = global_id(0);
                                          to[16u * column + row] = from[16u * row + column];  // fault: data race
                                      },
                                      {.workgroup_size = {16, 4}});
        gpu.call(transpose, groups(1, 4), data, is_faulty ? data : other);
    });
}

TEST(PlantedRacesInCpp, a_barrier_of_the_subgroup_is_too_narrow) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto reverse = kernel("reverse",
                                    [&](InOut<u32> data, Shared<u32, 128> tile) {
                                        tile[local_id()] = data[local_id()];
                                        if (is_faulty) subgroup_barrier();
                                        else barrier();
                                        data[local_id()] = tile[127u - local_id()];  // subtle fault: data race
                                    },
                                    {.workgroup_size = 128});
        gpu.call(reverse, groups(1), gpu.to_device(numbers(128)));
    });
}

TEST(PlantedRacesInCpp, a_lock_is_taken_without_acquire) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto add = kernel("add", [&](InOut<u32> lock, InOut<u32> total) {
            if_(local_id() == 0u, [&] {
                const AtomicOptions order = is_faulty ? kRelaxed : kAcquire;
                while_([&] { return atomic_compare_exchange(lock[0], 0u, 1u, order) != 0u; }, [] {});
                total[0] += workgroup_id() + 1u;  // subtle fault: data race
                atomic_store(lock[0], 0u, kRelease);
            });
        });
        gpu.call(add, groups(6), gpu.zeros<u32>(1), gpu.zeros<u32>(1));
    });
}

TEST(PlantedRacesInCpp, the_first_of_a_pair_is_written_by_both) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto pairs = kernel("pairs", [&](In<u32> data, Out<u32> largest) {
            const Val<u32> i = global_id();
            if (is_faulty) {
                largest[i / 2u] = max(data[i], data[i ^ 1u]);  // fault: same-value race
            } else {
                if_(i % 2u == 0u, [&] { largest[i / 2u] = max(data[i], data[i ^ 1u]); });
            }
        });
        gpu.call(pairs, groups(1), gpu.to_device(numbers(256)), gpu.zeros<u32>(128));
    });
}

TEST(PlantedRacesInCpp, a_result_is_stored_by_each_workgroup) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto settle = kernel("settle", [&](Out<u32> count) {
            if_(is_faulty ? local_id() == 0u : global_id() == 0u, [&] {
                count[0] = workgroup_count();  // subtle fault: same-value race
            });
        });
        gpu.call(settle, groups(3), gpu.zeros<u32>(1));
    });
}

// Barriers and waits -------------------------------------------------------------------------------

TEST(PlantedRacesInCpp, the_tail_returns_before_the_barrier) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto reverse = kernel("reverse",
                                    [&](In<u32> data, Out<u32> out, Shared<u32, 64> tile) {
                                        const Val<u32> i = global_id();
                                        if (is_faulty) if_(i >= data.count(), [] { return_(); });
                                        if_(i < data.count(), [&] { tile[local_id()] = data[i]; });
                                        barrier();  // subtle fault: barrier
                                        const Val<u32> here = min(64u, data.count() - 64u * workgroup_id());
                                        if_(i < data.count(), [&] { out[i] = tile[here - 1u - local_id()]; });
                                    },
                                    {.workgroup_size = 64});
        gpu.call(reverse, groups(3), gpu.to_device(numbers(150)), gpu.zeros<u32>(150));
    });
}

TEST(PlantedRacesInCpp, rounds_are_counted_by_each_invocation) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto relax = kernel("relax",
                                  [&](In<u32> rounds, Out<u32> out, Shared<u32, 32> level) {
                                      Var<u32> sum = 0u;
                                      for_(range(is_faulty ? rounds[local_id()] : Val<u32>(4u)), [&](Val<u32> k) {
                                          level[local_id()] = k;
                                          barrier();  // subtle fault: barrier
                                          sum += level[local_id() ^ 1u];
                                          barrier();  // subtle fault: barrier
                                      });
                                      out[local_id()] = sum;
                                  },
                                  {.workgroup_size = 32});
        std::vector<u32> rounds(32, 4);
        rounds[31] = 3;
        gpu.call(relax, groups(1), gpu.to_device(rounds), gpu.zeros<u32>(32));
    });
}

TEST(PlantedRacesInCpp, one_invocation_breaks_off) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto iterate = kernel("iterate",
                                    [&](InOut<u32> errors, Shared<u32, 32> all) {
                                        Var<u32> error = errors[local_id()];
                                        for_(range(4u), [&](Val<u32>) {
                                            if (is_faulty) if_(error == 0u, [] { break_(); });
                                            all[local_id()] = error;
                                            barrier();  // subtle fault: barrier
                                            error = select(error > 0u, error - 1u, 0u);
                                        });
                                        errors[local_id()] = error;
                                    },
                                    {.workgroup_size = 32});
        std::vector<u32> errors(32, 9);
        errors[5] = 3;
        gpu.call(iterate, groups(1), gpu.to_device(errors));
    });
}

TEST(PlantedRacesInCpp, a_function_that_waits_is_called_by_some) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto spread = kernel("spread",
                                   [&](InOut<u32> data, Shared<u32, 32> all) {
                                       const auto together = function([&](Val<u32> x) {
                                           all[local_id()] = x;
                                           barrier();  // subtle fault: barrier
                                           return Val<u32>(all[local_id()]);
                                       });
                                       const Val<u32> x = data[local_id()];
                                       Var<u32> sum = x;
                                       if (is_faulty) if_(x < 31u, [&] { sum += together(x); });
                                       else sum += together(x);
                                       data[local_id()] = sum;
                                   },
                                   {.workgroup_size = 32});
        gpu.call(spread, groups(1), gpu.to_device(numbers(32)));
    });
}

TEST(PlantedRacesInCpp, a_workgroup_waits_for_one_that_comes_later) {
    expect_marked([](Device& gpu, bool is_faulty) {
        const auto chain =
            kernel("chain",
                   [&](InOut<u32> flags, InOut<u32> ticket) {
                       const Val<u32> group = atomic_add(ticket[0], 1u);
                       const Val<u32> other = is_faulty ? group + 1u : group - 1u;
                       if_(other < workgroup_count(), [&] {
                           while_([&] { return atomic_load(flags[other], kAcquire) == 0u; },  // fault: deadlock
                                  [] {});
                       });
                       atomic_store(flags[group], 1u, kRelease);
                   },
                   {.workgroup_size = 1});
        gpu.call(chain, groups(100), gpu.zeros<u32>(100), gpu.zeros<u32>(1));
    });
}

}  // namespace
}  // namespace alkomp::testing
