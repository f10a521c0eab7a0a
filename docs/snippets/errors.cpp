// SPDX-License-Identifier: MIT OR Apache-2.0
// The programs of docs/errors.md, built and run as a test.
#include <alkomp/alkomp.h>

#include <chrono>
#include <iostream>

using namespace alkomp;
using namespace std::chrono_literals;

int main() {
    Device gpu;
    auto data = gpu.zeros<u32>(1);

    // [waiting]
    Event done = gpu.stream().event();
    while (!done.wait_for(10ms)) {
        std::cout << "still working\n";
    }
    try {
        (void)gpu.get(data, 5s);  // 60 s unless given
    } catch (const Error& error) {
        if (error.code() != ErrorCode::timed_out) throw;
        gpu.abandon();  // the kernel never ends: give the device up
        gpu = Device();
    }
    // [/waiting]

    // [log]
    set_log([](LogLevel level, std::string_view text) {
        if (level >= LogLevel::warning) std::cerr << "alkomp: " << text << '\n';
    });
    // [/log]
    set_log({});
}
