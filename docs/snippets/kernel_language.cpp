// SPDX-License-Identifier: MIT OR Apache-2.0
// The kernels of docs/kernel-language.md, built and run as a test.
#include <alkomp/alkomp.h>

#include <algorithm>
#include <iostream>
#include <numeric>
#include <stdexcept>

using namespace alkomp;

namespace {

void check(bool holds) {
    if (!holds) throw std::runtime_error("docs/kernel-language.md says what does not hold");
}

// [struct]
struct Particle {
    f32x3 position;
    f32 mass;
    f32x3 velocity;
    u32 bounces;
    using fields = Fields<&Particle::position, &Particle::mass, &Particle::velocity, &Particle::bounces>;
};
// [/struct]

// [plain]
Val<f32> smooth(Val<f32> x) { return x * x * (3.0f - 2.0f * x); }
// [/plain]

// [template]
template <class T, u32 Width>
RecordedKernel row_sums() {
    return kernel("row_sums", [](In<T> from, Out<T> to) {
        const Val<u32> row = global_id();
        Var<T> sum = from[row * Width];
        for (u32 i = 1; i < Width; ++i) sum += from[row * Width + i];  // Width - 1 additions, no loop
        to[row] = sum;
    });
}
// [/template]

void values(Device& gpu) {
    // [values]
    auto steps = kernel("steps", [](InOut<u32> data) {
        const Val<u32> i = global_id();   // a Val never changes
        Var<u32> n = data[i], twice = n;  // a Var does, and a copy is a variable of its own
        n += 3u;                          // twice is what it was
        auto place = ref(data[i]);        // a name for an element
        place = n + twice;                // data[i] changes
        data[i] = 2u * data[i];           // elements are read and written where they stand
    });
    // [/values]
    const auto data = gpu.to_device<u32>({5, 0});
    gpu.call(steps, data);
    check(gpu.get(data) == std::vector<u32>{26, 6});

    // [conversions]
    auto convert = kernel("convert", [](In<u16> small, Out<f32> out) {
        const Val<u16> x = small[global_id()];
        Val<u32> wide = x;                     // every u16 is an u32
        Var<f32> real = x;                     // and an f32
        real += 0.5;                           // a number of the host has to be one of the type: 0.5 is, 0.1 is not
        const Val<i32> whole(real * 1000.0f);  // not every f32 is an i32: written out, it truncates and saturates
        out[global_id()] = Val<f32>(whole) + Val<f32>(wide);
    });
    // [/conversions]
    if (gpu.capabilities().features.storage_16 && gpu.capabilities().features.i16) {
        const auto small = gpu.to_device<u16>({1, 60000});
        const auto out = gpu.empty<f32>(2);
        gpu.call(convert, small, out);
        check(gpu.get(out) == std::vector<f32>{1501, 60060500});
    }

    // [logic]
    auto guard = kernel("guard", [](InOut<u32> data, Val<u32> n) {
        const auto i = global_id();
        if_(i < n && data[i] > 0u, [&] { data[i] -= 1u; });
        data[i] = select(data[i] % 2u == 0u, data[i] / 2u, data[i]);
    });
    // [/logic]
    const auto numbers = gpu.to_device<u32>({0, 9, 9});
    gpu.call(guard, numbers, 2u);
    check(gpu.get(numbers) == std::vector<u32>{0, 4, 9});
}

void control(Device& gpu) {
    // [control]
    auto classify = kernel("classify", [](InOut<i32> data) {
        auto x = ref(data[global_id()]);
        if_(x < 0, [&] { x = -x; }).else_if_(x == 0, [] { return_(); }).else_([&] { x += 1; });

        Var<i32> sum = 0;
        for_(range(x), [&](Val<i32> i) { sum += i; });               // 0, 1, ... x - 1
        for_(range(x, 0, -2), [&](Val<i32> i) { sum += 100 * i; });  // x, x - 2, ... above 0
        while_([&] { return sum > 1000; }, [&] { sum /= 2; });
        do_while_([&] { sum += 1; }, [&] { return sum % 4 != 0; });

        switch_(sum % 16)
            .case_(4, [&] { sum += 1000; })
            .case_({8, 12},
                   [&] {
                       if_(x == 2, [] { break_(); });
                       sum += 2000;
                   })
            .default_([&] { sum = 0; });
        x = sum;
    });
    // [/control]
    const auto data = gpu.to_device<i32>({-4, 0, 1, 2});
    gpu.call(classify, data);
    std::vector<i32> wanted{-4, 0, 1, 2};
    for (i32& x : wanted) {
        if (x < 0) x = -x;
        else if (x == 0) continue;
        else x += 1;
        i32 sum = 0;
        for (i32 i = 0; i < x; ++i) sum += i;
        for (i32 i = x; i > 0; i -= 2) sum += 100 * i;
        while (sum > 1000) sum /= 2;
        do ++sum;
        while (sum % 4 != 0);
        if (sum % 16 == 4) sum += 1000;
        else if (sum % 16 == 8 || sum % 16 == 12) sum += x == 2 ? 0 : 2000;
        else sum = 0;
        x = sum;
    }
    check(gpu.get(data) == wanted);
}

void composites(Device& gpu) {
    // [vectors]
    auto shade = kernel("shade", [](InOut<f32x4> colors, Val<f32x3> light) {
        auto color = ref(colors[global_id()]);
        color.xyz() *= dot(light, light);                     // three lanes in place
        color.w() = 1.0f;                                     // one
        color = vec(color.zy(), color.lanes<3, 0>()) + 0.5f;  // lanes by name, by place; a scalar goes to each lane
    });
    // [/vectors]
    const auto colors = gpu.to_device<f32x4>({{1, 2, 3, 4}});
    gpu.call(shade, colors, f32x3{1, 1, 0});
    check(gpu.get(colors)[0] == f32x4{6.5f, 4.5f, 1.5f, 2.5f});

    // [members]
    auto move = kernel("move", [](InOut<Particle> particles, Val<f32> seconds) {
        Var<Particle> p = particles[global_id()];
        p[&Particle::position] += seconds * p[&Particle::velocity];
        if_(p[&Particle::position].y() < 0.0f, [&] {
            p[&Particle::velocity].y() *= -1.0f;
            ++p[&Particle::bounces];
        });
        particles[global_id()] = p;
        particles[global_id()][&Particle::mass] = 2.0f;  // writes this member alone
    });
    gpu.call(move, gpu.to_device<Particle>({{{0, 1, 0}, 1, {0, -3, 0}, 0}}), 0.5f);
    // [/members]

    // [arrays]
    auto digits = kernel("digits", [](InOut<u32> data) {
        Var<u32> n = data[global_id()];
        Var<std::array<u32, 10>> count = std::array<u32, 10>{};
        do_while_(
            [&] {
                count[n % 10u] += 1u;
                n /= 10u;
            },
            [&] { return n != 0u; });
        Var<u32> most = 0u;
        for_(range(10u), [&](Val<u32> d) { most = max(most, count[d]); });
        data[global_id()] = most;
    });
    // [/arrays]
    const auto numbers = gpu.to_device<u32>({7, 10010, 123123123});
    gpu.call(digits, numbers);
    check(gpu.get(numbers) == std::vector<u32>{1, 3, 3});
}

void together(Device& gpu) {
    // [shared]
    constexpr u32 kGroup = 64;
    auto sums = kernel("sums",
                       [](In<u32> data, Out<u32> out, Shared<u32, kGroup> tile) {
                           const auto i = local_id();
                           tile[i] = data[global_id()];
                           for (u32 half = kGroup / 2; half > 0; half /= 2) {  // a loop of the host: unrolled
                               barrier();
                               if_(i < half, [&] { tile[i] += tile[i + half]; });
                           }
                           if_(i == 0u, [&] { out[workgroup_id()] = tile[0]; });
                       },
                       {.workgroup_size = kGroup});

    std::vector<u32> numbers(2 * kGroup);
    std::iota(numbers.begin(), numbers.end(), 0u);
    auto out = gpu.empty<u32>(2);
    gpu.call(sums, groups(2), gpu.to_device(numbers), out);  // a kernel with barriers says how many groups run
    // [/shared]
    check(gpu.get(out) == std::vector<u32>{2016, 6112});

    // [atomics]
    auto histogram = kernel("histogram", [](In<u32> data, InOut<u32> bins) {
        const Val<u32> before = atomic_add(bins[data[global_id()] % 4u], 1u);  // what was there
        if_(before == 0u, [&] { atomic_max(bins[4], global_id()); });
    });
    // [/atomics]
    const auto bins = gpu.zeros<u32>(5);
    gpu.call(histogram, groups(1), gpu.to_device(std::vector<u32>(256, 6)), bins);
    check(gpu.get(bins)[2] == 256);

    // [block]
    auto sort = kernel("sort",
                       [](In<u32> in, Out<u32> sorted, Out<u32> odd) {
                           auto items = block_load<4>(in, in.count(), ~0u);  // four values of each invocation
                           block_sort(items);
                           block_store(sorted, items, in.count());  // nothing behind the end
                           Var<u32> count = 0u;
                           for (u32 k = 0; k < 4; ++k) count += items[k] % 2u;
                           const auto before = block_exclusive_scan(count, Combine::add, 0u);
                           if_(local_id() == 0u, [&] { odd[workgroup_id()] = before.all; });
                       },
                       {.workgroup_size = 64});
    // [/block]
    const auto mixed = gpu.to_device<u32>({5, 3, 9, 2, 7});
    auto sorted = gpu.empty<u32>(5), odd = gpu.empty<u32>(1);
    gpu.call(sort, groups(1), mixed, sorted, odd);
    check(gpu.get(sorted) == std::vector<u32>{2, 3, 5, 7, 9});
}

void matrices(Device& gpu) {
    // [matrices]
    using A = MatrixA<f16, 16, 16>;  // rows, columns
    using B = MatrixB<f16, 16, 16>;
    using C = Accumulator<f32, 16, 16>;
    auto product = kernel("product",
                          [](In<f16> a, In<f16> b, Out<f32> c, Val<u32> n) {  // n x n, by rows; 16 x 16 a subgroup
                              const Val<u32> row = 16u * workgroup_id(1), column = 16u * workgroup_id(0);
                              Var<C> sum = 0;
                              for_(range(0u, n, 16u), [&](Val<u32> k) {
                                  const Val left = matrix_load<A>(a, row * n + k, n);
                                  const Val right = matrix_load<B>(b, k * n + column, n);
                                  sum = matrix_multiply_add(left, right, sum);
                              });
                              sum = matrix_map(0.5f * sum, [](auto x) { return max(x, 0); });
                              matrix_store(c, sum, row * n + column, n);
                          },
                          {.workgroup_size = gpu.capabilities().limits.max_subgroup_size});
    // [/matrices]
    const Features& features = gpu.capabilities().features;
    const CooperativeMatrix shape{16, 16, 16, Scalar::f16, Scalar::f16, Scalar::f32, Scalar::f32};
    const auto& shapes = features.cooperative_matrices;
    const u32 n = 32;
    const auto a = gpu.to_device(std::vector<f16>(n * n, f16(0.5f))),
               b = gpu.to_device(std::vector<f16>(n * n, f16(2)));
    const auto c = gpu.zeros<f32>(n * n);
    try {
        gpu.call(product, groups(n / 16, n / 16), a, b, c, n);
        check(gpu.get(c) == std::vector<f32>(n * n, 16));
    } catch (const Error& error) {  // most CPUs lack it
        check(error.code() == ErrorCode::unsupported);
        check(std::find(shapes.begin(), shapes.end(), shape) == shapes.end());
    }
}

void functions(Device& gpu) {
    // [functions]
    auto wave = kernel("wave", [](InOut<f32> data) {
        const auto clamped = [](auto x) { return clamp(x, 0, 1); };  // any C++ function: inlined
        const auto heavy = function([](Val<f32> x) {                 // recorded once, and called
            Var<f32> sum = 0.0f;
            for_(range(8), [&](Val<i32> k) { sum += sin(x * Val<f32>(k)); });
            return sum;
        });
        const auto i = global_id();
        const Val x = data[i];  // a generic function wants a value: auto would name a place
        data[i] = heavy(smooth(clamped(x))) + heavy(0.25f);
    });
    // [/functions]
    const auto data = gpu.to_device<f32>({-1, 0.5f, 2});
    gpu.call(wave, data);
    check(gpu.get(data)[2] > gpu.get(data)[0]);

    // [specialised]
    auto from = gpu.to_device<i32>({1, 2, 3, 4, 5, 6});
    auto to = gpu.empty<i32>(2);
    gpu.call(row_sums<i32, 3>(), groups(1), from, to);  // 6 15
    // [/specialised]
    check(gpu.get(to) == std::vector<i32>{6, 15});
}

void messages() {
    // [messages]
    Device gpu("", {.on_print = [](const Printed& said) {
                   std::cout << "line " << said.line << ", invocation " << said.invocation[0] << ": " << said.text
                             << '\n';
               }});
    auto divide = kernel("divide", [](InOut<u32> data, Val<u32> by) {
        const Val<u32> i = global_id();
        print_("{} / {}", data[i], by);
        assert_(by != 0u, "element {} is divided by 0", i);
        data[i] /= by;
    });
    auto data = gpu.to_device<u32>({6, 7});
    gpu.call(divide, data, 2u);
    gpu.wait();  // prints 6 / 2 and 7 / 2
    gpu.call(divide, data, 0u);
    try {
        gpu.wait();
    } catch (const Error& error) {  // error.code() is ErrorCode::kernel_fault
        std::cout << error.what() << '\n';
    }
    // [/messages]
}

void mistakes() {
    // [mistake]
    try {
        auto wrong = kernel("wrong", [](InOut<u32> data) { data[0] = -1; });
    } catch (const Error& error) {
        std::cout << error.what() << '\n';
    }
    // [/mistake]
}

}  // namespace

int main() {
    // [first]
    Device gpu;
    auto numbers = gpu.to_device<u32>({1, 2, 3, 4});

    auto collatz = kernel("collatz", [](InOut<u32> data) {  // ordinary C++
        Var<u32> n = data[global_id()], steps = 0u;
        while_([&] { return n != 1u; },
               [&] {
                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                   steps += 1u;
               });
        data[global_id()] = steps;
    });
    gpu.call(collatz, numbers);                 // one invocation per element
    std::vector<u32> steps = gpu.get(numbers);  // 0 1 7 2
    // [/first]
    check(steps == std::vector<u32>{0, 1, 7, 2});

    // [parameters]
    auto saxpy = kernel("saxpy", [](In<f32> x, InOut<f32> y, Val<f32> a) { y[global_id()] += a * x[global_id()]; },
                        {.workgroup_size = 128, .parameters = {"x", "y", "a"}});
    auto x = gpu.to_device<f32>({1, 2, 3}), y = gpu.to_device<f32>({10, 20, 30});
    gpu.call(saxpy, x, y, 2.0f);                                 // by order: buffers, then scalars
    gpu.call(saxpy, arg("a", -1.0f), arg("y", y), arg("x", x));  // by name
    // [/parameters]
    check(gpu.get(y) == std::vector<f32>{11, 22, 33});

    values(gpu);
    control(gpu);
    composites(gpu);
    together(gpu);
    matrices(gpu);
    functions(gpu);
    messages();
    mistakes();
}
