// SPDX-License-Identifier: MIT OR Apache-2.0
// What every figure gets: what is measured, with what on the same adapter, and where to put the rows.
#pragma once

#include "bare/child.h"
#include "bare/figures.h"
#include "pairs.h"

#include <alkomp/alkomp.h>

#include <cstdint>
#include <string>

namespace bench {

using alkomp::u32;
using alkomp::u64;
using bare::thread_seconds;

struct Subject {
    alkomp::Device device;
    Report& report;
    bool cpu = false;  ///< the goals of a shared CPU box hold, else those of a large GPU
    int scale = 1;     ///< multiplies the number of pairs

    [[nodiscard]] bool takes_wgsl() const {
        return device.capabilities().wgsl.dialect != alkomp::WgslSupport::Dialect::none;
    }
    [[nodiscard]] int pairs(int count) const { return count * scale; }
    /// The goal of this kind of device.
    [[nodiscard]] std::optional<Goal> goal(std::optional<Goal> on_cpu, std::optional<Goal> on_gpu) const {
        return cpu ? on_cpu : on_gpu;
    }
};

struct Context : Subject {
    bare::Gpu gpu;
    std::string device_name;  ///< as both sides select it
};

/// One of the kernels that both sides run, from the words embedded in the program.
[[nodiscard]] alkomp::Kernel compile(const Context& context, std::span<const u32> words,
                                     const alkomp::KernelOptions& options = {});

/// The word that calls of tiny.comp with scalars 0 to `calls` - 1 make of `word`.
[[nodiscard]] constexpr u32 chained(u32 word, u32 calls) {
    for (u32 i = 0; i < calls; ++i) word = word * 3 + i;
    return word;
}

/// Runs a program that lies beside this one.
[[nodiscard]] inline bare::Child sibling(const char* name, const std::vector<std::string>& arguments) {
    return bare::run_child(bare::this_program().parent_path() / name, arguments);
}

void record(Context& context);
void dispatch(Context& context);
void overlap(Context& context);
void wait(Context& context);
void graph(Context& context);
void transfer(Context& context);
void copy(Context& context);
void kernels(Subject& subject);
void start(Context& context);
void memory(Context& context);
void compile(Context& context);

}  // namespace bench
