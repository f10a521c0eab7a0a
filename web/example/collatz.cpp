// SPDX-License-Identifier: MIT OR Apache-2.0
// A C++ program for a page: everything that waits is awaited, and the page goes on meanwhile.
#include <alkomp/alkomp.h>
#include <alkomp/lang.h>

#include <coroutine>
#include <cstdio>
#include <exception>

using namespace alkomp;

/// What `main` starts and nobody waits for.
struct Task {
    struct promise_type {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

// [program]
Task run() {
    try {
        Device gpu = co_await Device::open_async();  // the browser's GPU
        auto numbers = gpu.to_device<u32>({1, 2, 3, 4});
        auto collatz = kernel("collatz", [](InOut<u32> data) {
            Var<u32> n = data[global_id()], steps = 0u;
            while_([&] { return n != 1u; },
                   [&] {
                       n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                       steps += 1u;
                   });
            data[global_id()] = steps;
        });
        gpu.call(collatz, numbers);
        for (u32 steps : co_await gpu.get_async(numbers)) std::printf("%u ", steps);  // 0 1 7 2
        std::printf("on %s\n", gpu.info().name.c_str());
    } catch (const Error& error) {
        std::printf("%s\n", error.what());
    }
}

int main() { run(); }
// [/program]
