// SPDX-License-Identifier: MIT OR Apache-2.0
// The types of C++ kernels: scalars and their conversions, vectors, structs and
// arrays.
#include "support/device_test.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace alkomp::testing {

struct Body {
    f32x3 position;
    f32 mass;
    std::array<f32, 3> velocity;
    u32 bounces;
    using fields = Fields<&Body::position, &Body::mass, &Body::velocity, &Body::bounces>;
};
struct Inner {
    u32 a;
    std::array<i32, 5> list;
};
struct Outer {
    f32 first;
    Inner inner[2];
    u32x2 pair;
    using fields = Fields<&Outer::first, &Outer::inner, &Outer::pair>;
};

}  // namespace alkomp::testing

template <>
struct alkomp::Reflect<alkomp::testing::Inner> {
    using fields = Fields<&testing::Inner::a, &testing::Inner::list>;
};

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(LangTypes);

/// One invocation that fills a buffer.
template <class T, class F>
std::vector<T> made(Device& gpu, u32 count, const F& f) {
    const auto out = gpu.zeros<T>(count);
    gpu.call(kernel("made", [&](Out<T> to) { f(to); }, {.workgroup_size = 1}), groups(1), out);
    return gpu.get(out);
}

TEST_P(LangTypes, operators_mean_what_they_mean_in_cpp) {
    const auto run = [&]<class T>(T a, T b) {
        const auto from = gpu.to_device<T>({a, b});
        const auto to = gpu.zeros<T>(12);
        gpu.call(kernel("all",
                        [](In<T> in, Out<T> out) {
                            const Val<T> x = in[0], y = in[1];
                            out[0] = x + y;
                            out[1] = x - y;
                            out[2] = x * y;
                            out[3] = x / y;
                            out[4] = x % y;
                            out[5] = x & y;
                            out[6] = x | y;
                            out[7] = x ^ y;
                            out[8] = ~x;
                            out[9] = -x;
                            out[10] = x << 3;
                            out[11] = x >> 2;
                        },
                        {.workgroup_size = 1}),
                 groups(1), from, to);
        const std::vector<T> wanted{static_cast<T>(a + b), static_cast<T>(a - b),  static_cast<T>(a * b),
                                    static_cast<T>(a / b), static_cast<T>(a % b),  static_cast<T>(a & b),
                                    static_cast<T>(a | b), static_cast<T>(a ^ b),  static_cast<T>(~a),
                                    static_cast<T>(-a),    static_cast<T>(a << 3), static_cast<T>(a >> 2)};
        EXPECT_EQ(gpu.get(to), wanted) << to_string(detail::scalar_of<T>());
    };
    run(u32{100}, u32{7});
    run(u32{7}, u32{100});
    run(i32{-100}, i32{7});
    run(i32{100}, i32{-7});
    const Features& has = gpu.capabilities().features;
    if (has.i64) run(i64{-100'000'000'000}, i64{77});
    if (has.i64) run(u64{1} << 60, u64{12345});
    if (has.i16 && has.storage_16) run(i16{-100}, i16{7});
    if (has.i8 && has.storage_8) run(u8{200}, u8{7});
}

TEST_P(LangTypes, comparisons_and_logic_give_bools) {
    const auto result = made<u32>(gpu, 9, [](Out<u32> out) {
        const Val<i32> a = Val<i32>(global_id()) - 3, b = 2;
        out[0] = Val<u32>(a < b);
        out[1] = Val<u32>(a <= -3);
        out[2] = Val<u32>(a > b);
        out[3] = Val<u32>(2 >= b);
        out[4] = Val<u32>(a == b);
        out[5] = Val<u32>(a != b);
        out[6] = Val<u32>(!(a < b));
        out[7] = Val<u32>((a < b) ^ (a > b));
        out[8] = select((a < b && !(b < a)) || b == 0, Val<u32>(5u), 6u);
    });
    EXPECT_EQ(result, (std::vector<u32>{1, 1, 0, 1, 0, 1, 0, 1, 5}));
}

TEST_P(LangTypes, conversions_wrap_truncate_and_saturate) {
    const auto ints = made<i32>(gpu, 8, [](Out<i32> out) {
        const Val<f32> zero = Val<f32>(global_id());
        out[0] = Val<i32>(zero - 2.75f);
        out[1] = Val<i32>(zero + 3e10f);
        out[2] = Val<i32>(zero - 3e10f);
        out[3] = Val<i32>(bit_cast<f32>(0x7fc00000u + global_id()));
        out[4] = Val<i32>(Val<u32>(zero - 5.0f));
        out[5] = Val<i32>(0xfffffff0u + global_id());
        out[6] = Val<i32>(zero == 0.0f) + Val<i32>(zero != 0.0f);
        out[7] = Val<i32>(bit_cast<u32>(zero + 1.0f));
    });
    constexpr i32 most = std::numeric_limits<i32>::max(), least = std::numeric_limits<i32>::min();
    EXPECT_EQ(ints, (std::vector<i32>{-2, most, least, 0, 0, -16, 1, 0x3f800000}));
    const auto floats = made<f32>(gpu, 3, [](Out<f32> out) {
        out[0] = Val<f32>(global_id() + 7u);
        out[1] = Val<f32>(Val<i32>(global_id()) - 7);
        out[2] = Val<f32>(global_id() == 0u);
    });
    EXPECT_EQ(floats, (std::vector<f32>{7, -7, 1}));
}

TEST_P(LangTypes, small_and_large_numbers_convert_where_the_device_has_them) {
    const Features& has = gpu.capabilities().features;
    if (has.i8 && has.storage_8) {
        EXPECT_EQ((made<u8>(gpu, 2,
                            [](Out<u8> out) {
                                out[0] = Val<u8>(global_id() + 300u);  // wraps
                                out[1] = Val<u8>(Val<i32>(global_id()) - 1);
                            })),
                  (std::vector<u8>{44, 255}));
    }
    if (has.i64) {
        EXPECT_EQ((made<i64>(gpu, 2,
                             [](Out<i64> out) {
                                 out[0] = Val<i32>(global_id()) - 1;  // fits without being asked
                                 out[1] = global_id() + 0xffffffffu;
                             })),
                  (std::vector<i64>{-1, 0xffffffff}));
    }
    if (has.f64) {
        EXPECT_EQ((made<f64>(gpu, 2,
                             [](Out<f64> out) {
                                 out[0] = Val<f64>(global_id()) + 0.1;
                                 out[1] = global_id() + 0xffffffffu;
                             })),
                  (std::vector<f64>{0.1, 4294967295.0}));
    }
    if (has.f16 && has.storage_16) {
        const auto halves = made<f16>(gpu, 2, [](Out<f16> out) {
            out[0] = Val<f16>(Val<f32>(global_id()) + 0.1f);
            out[1] = Val<f16>(global_id()) + f16(1.5f);
        });
        EXPECT_EQ(halves, (std::vector<f16>{f16(0.1f), f16(1.5f)}));
    }
}

TEST_P(LangTypes, vectors_compute_lane_by_lane) {
    const auto result = made<f32x4>(gpu, 6, [](Out<f32x4> out) {
        const Val<f32> zero = Val<f32>(global_id());
        const Val<f32x4> v(zero + 1.0f, zero + 2.0f, zero + 3.0f, zero + 4.0f);
        out[0] = v * v + 1.0f;
        out[1] = v.wzyx() - v;
        out[2] = vec(v.xy(), v.lanes<3, 3>());
        out[3] = select(v > f32x4{2, 2, 2, 2}, v, -v);
        out[4] = vec(v[global_id() + 2u], v[1], dot(v, v), Val<f32>(all(v > 0.0f)) + Val<f32>(any(v > 3.5f)));
        Var<f32x4> w = 2.0f * v;
        w.x() = 100.0f;
        w[global_id() + 1u] += 0.5f;
        w.zw() = v.xy();
        w.wz() *= f32x2{10, 20};
        out[5] = w;
    });
    EXPECT_EQ(result,
              (std::vector<f32x4>{
                  {2, 5, 10, 17}, {3, 1, -1, -3}, {1, 2, 4, 4}, {-1, -2, 3, 4}, {3, 2, 30, 2}, {100, 4.5, 20, 20}}));
}

TEST_P(LangTypes, vectors_of_three_lie_without_gaps) {
    const auto moved = kernel("moved", [](InOut<f32x3> data, Val<f32x3> by) {
        data[global_id()] += by;
        data[global_id()].y() = 7.0f;
        data[global_id()].zx() = data[global_id()].xz();
    });
    const auto data = gpu.to_device<f32x3>({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
    gpu.call(moved, data, f32x3{10, 20, 30});
    EXPECT_EQ(gpu.get(data), (std::vector<f32x3>{{33, 7, 11}, {36, 7, 14}, {39, 7, 17}}));
}

TEST_P(LangTypes, vectors_of_halves_are_elements_and_arguments) {
    const Features& has = gpu.capabilities().features;
    if (!has.f16 || !has.storage_16) GTEST_SKIP() << "the device has no 16-bit floats";
    const auto scale = kernel("scale", [](InOut<f16x4> data) {
        data[global_id()] *= f16x4{f16(2), f16(3), f16(4), f16(5)};
    });
    const f16 one(1), half(0.5f);
    const auto data = gpu.to_device<f16x4>({{one, one, half, half}});
    gpu.call(scale, data);
    EXPECT_EQ(gpu.get(data)[0], (f16x4{f16(2), f16(3), f16(2), f16(2.5f)}));
    EXPECT_EQ(to_string(data.dtype()), "f16x4");
}

TEST_P(LangTypes, structs_have_the_layout_that_they_have_on_the_host) {
    const auto step = kernel("step", [](InOut<Body> bodies, Val<f32> seconds) {
        const auto i = global_id();
        Var<Body> body = bodies[i];
        body[&Body::velocity] += seconds * f32x3{0, -10, 0};
        body[&Body::position] += seconds * body[&Body::velocity];
        if_(body[&Body::position].y() < 0.0f, [&] {
            body[&Body::position].y() = -body[&Body::position].y();
            body[&Body::bounces]++;
        });
        bodies[i] = body;
        bodies[i][&Body::mass] = 5.0f;
    });
    std::vector<Body> bodies{{{0, 10, 1}, 2, {1, 0, 0}, 7}, {{0, 4, 1}, 3, {0, 0, 2}, 8}};
    const auto data = gpu.to_device(bodies);
    gpu.call(step, data, 1.0f);
    const std::vector<Body> moved = gpu.get(data);
    EXPECT_EQ(moved[0].position, (f32x3{1, 0, 1}));
    EXPECT_EQ(moved[0].velocity, (f32x3{1, -10, 0}));
    EXPECT_EQ(moved[0].mass, 5.0f);
    EXPECT_EQ(moved[0].bounces, 7u);
    EXPECT_EQ(moved[1].position, (f32x3{0, 6, 3}));
    EXPECT_EQ(moved[1].bounces, 9u);
}

TEST_P(LangTypes, structs_hold_structs_and_arrays) {
    const auto change = kernel("change", [](In<Outer> from, InOut<Outer> to) {
        const auto i = global_id();
        const Val<Outer> outer = from[i];
        to[i] = Val<Outer>(outer[&Outer::first] + 1.0f, outer[&Outer::inner], outer[&Outer::pair].yx());
        to[i][&Outer::inner][1][&Inner::list][i + 2u] = outer[&Outer::inner][i][&Inner::list][4] * 10;
        to[i][&Outer::inner][0][&Inner::a] = 99u;
    });
    Outer outer{1.5f, {{7, {1, 2, 3, 4, 5}}, {8, {6, 7, 8, 9, 10}}}, {11, 12}};
    const auto from = gpu.to_device<Outer>({outer}), to = gpu.zeros<Outer>(1);
    gpu.call(change, from, to);
    const Outer result = gpu.get(to)[0];
    EXPECT_EQ(result.first, 2.5f);
    EXPECT_EQ(result.inner[0].a, 99u);
    EXPECT_EQ(result.inner[0].list, (std::array<i32, 5>{1, 2, 3, 4, 5}));
    EXPECT_EQ(result.inner[1].list, (std::array<i32, 5>{6, 7, 50, 9, 10}));
    EXPECT_EQ(result.pair, (u32x2{12, 11}));
}

TEST_P(LangTypes, structs_and_vectors_are_given_with_a_call) {
    const auto sum = kernel("sum", [](Out<f32> out, Val<Body> body, Var<u32> count, Val<u32x2> more) {
        count += more.y();
        out[global_id()] = body[&Body::mass] + body[&Body::velocity].z() + Val<f32>(count);
    });
    const auto out = gpu.zeros<f32>(2);
    gpu.call(sum, out, Body{{1, 2, 3}, 4, {5, 6, 7}, 8}, 100u, u32x2{0, 1000});
    EXPECT_EQ(gpu.get(out), (std::vector<f32>{1111, 1111}));
}

TEST_P(LangTypes, arrays_of_a_kernel_are_indexed_at_run_time) {
    const auto result = made<u32>(gpu, 4, [](Out<u32> out) {
        Var<std::array<u32, 6>> digits = std::array<u32, 6>{1, 1, 0, 0, 0, 0};
        for_(range(2u, 6u), [&](Val<u32> i) { digits[i] = digits[i - 1u] + digits[i - 2u]; });
        const Val<std::array<u32, 6>> kept = digits;
        digits[5] = 0u;
        out[0] = kept[global_id() + 5u];
        out[1] = kept[4];
        out[2] = digits[global_id() + 5u];
        Var<std::array<std::array<u32, 8>, 8>> table;
        for_(range(8u), [&](Val<u32> y) { for_(range(8u), [&](Val<u32> x) { table[y][x] = 10u * y + x; }); });
        out[3] = table[global_id() + 6u][5];
    });
    EXPECT_EQ(result, (std::vector<u32>{8, 5, 0, 65}));
}

TEST_P(LangTypes, indices_have_any_integer_type) {
    const Features& has = gpu.capabilities().features;
    const auto result = made<u32>(gpu, 4, [&](Out<u32> out) {
        out[Val<i32>(global_id()) + 1] = 1u;
        if (has.i64) out[Val<u64>(global_id()) + u64{2}] = 2u;
        if (has.i16) out[Val<u16>(global_id()) + 3] = 3u;
        out[std::size_t{0}] = 4u;
    });
    EXPECT_EQ(result, (std::vector<u32>{4, 1, has.i64 ? 2u : 0u, has.i16 ? 3u : 0u}));
}

TEST_P(LangTypes, copies_of_variables_are_variables_of_their_own) {
    const auto result = made<u32>(gpu, 5, [](Out<u32> out) {
        Var<u32> a = 1u;
        Var<u32> b = a;  // a copy
        auto c = a;      // another
        Var d = a + 10u;
        a = 5u;
        c += 2u;
        const auto add = [](Var<u32> x) {
            x += 100u;  // of the copy
            return x;
        };
        Val<u32> sum = add(a);
        const Var<u32> cut(Val<f32>(a) + 0.5f);
        const auto set = [](Var<u32>& x) { x = 7u; };
        set(d);
        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = sum + cut - 5u;
        out[4] = d;
    });
    EXPECT_EQ(result, (std::vector<u32>{5, 1, 3, 105, 7}));
}

TEST_P(LangTypes, assignments_and_steps_give_what_they_give_in_cpp) {
    const auto result = made<u32>(gpu, 6, [](Out<u32> out) {
        Var<u32> x = 10u, y;
        y = x = 20u;
        out[0] = x++;
        out[1] = ++x;
        out[2] = x--;
        out[3] = --x;
        x <<= 2;
        x |= 1u;
        x ^= 3u;
        x %= 50u;
        out[4] = x;
        out[5] = y;
    });
    EXPECT_EQ(result, (std::vector<u32>{20, 22, 22, 20, 32, 20}));
}

}  // namespace
}  // namespace alkomp::testing
