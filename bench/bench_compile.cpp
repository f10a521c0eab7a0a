// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel in C++ costs before it runs: recorded, verified, through the passes, to SPIR-V; and its first call.
#include "bench.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "lang/recorded.h"
#include "read/spirv/read.h"
#include "runtime/translate.h"

#include <array>
#include <deque>
#include <functional>
#include <random>
#include <string>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace bench {
namespace {

using alkomp::InOut;
using alkomp::RecordedKernel;
using alkomp::Var;

/// With another `step` it is another kernel, which no cache knows. Powers of two take their exponent in steps with any.
RecordedKernel collatz(u32 step = 3) {
    return alkomp::kernel("collatz", [step](InOut<u32> data) {
        Var<u32> n = data[alkomp::global_id()], steps = 0u;
        alkomp::while_([&] { return n > 1u; },
                       [&] {
                           n = alkomp::select(n % 2u == 0u, n / 2u, step * n + 1u);
                           steps += 1u;
                       });
        data[alkomp::global_id()] = steps;
    });
}

/// A kernel that reads a word, does what `body` says with it, and writes it back.
template <class Body>
RecordedKernel word_kernel(Body body) {
    return alkomp::kernel("long", [body](InOut<u32> data) {
        Var<u32> a = data[alkomp::global_id()];
        body(data, a);
        data[alkomp::global_id()] = a;
    });
}

RecordedKernel mixed(u32 steps) {
    return word_kernel([steps](InOut<u32> data, Var<u32>& a) {
        Var<u32> b = 1u;
        for (u32 i = 0; i < steps; ++i) {
            a = a * 3u + (b >> (i % 31));
            alkomp::if_(a > b, [&] { a = a - b; }).else_([&] { b = b ^ (a + i); });
            if (i % 4 == 0) data[a % 64u] = b;
            if (i % 16 == 0) alkomp::while_([&] { return a > 1000u; }, [&] { a = a / 2u; });
        }
        a += b;
    });
}

RecordedKernel block(u32 steps) {
    return word_kernel([steps](InOut<u32>, Var<u32>& a) {
        for (u32 i = 0; i < steps; ++i) a = a * 5u + (a >> 3u);
    });
}

RecordedKernel nested(u32 steps) {
    return word_kernel([steps](InOut<u32>, Var<u32>& a) {
        Var<u32> b = 1u;
        constexpr u32 kDeepest = 64;
        const std::function<void(u32)> choose = [&](u32 left) {
            alkomp::if_(a > b, [&] {
                a = a * 3u + b;
                if (left > 0) choose(left - 1);
                else b = b + 1u;
            });
        };
        for (u32 i = 0; i < steps; i += kDeepest) choose(kDeepest - 1);
        a += b;
    });
}

RecordedKernel loops(u32 steps) {
    return word_kernel([steps](InOut<u32>, Var<u32>& a) {
        for (u32 i = 0; i < steps; ++i)
            alkomp::for_(alkomp::range(10u), [&](Var<u32> k) {
                a = a + k * 3u;
                alkomp::if_(a > 1000u, [&] { alkomp::break_(); });
            });
    });
}

RecordedKernel variables(u32 steps) {
    return word_kernel([steps](InOut<u32>, Var<u32>& a) {
        std::deque<Var<u32>> all;
        for (u32 i = 0; i < steps; ++i) {
            all.emplace_back(a + i);
            all[i] = all[i / 2] + 1u;
            alkomp::if_(a > i, [&] { all[i / 3] = all[i]; });
            a += all[i / 2];
        }
    });
}

RecordedKernel constants(u32 steps) {
    return word_kernel([steps](InOut<u32>, Var<u32>& a) {
        for (u32 i = 0; i < steps; ++i) a = (a ^ (i * 2654435761u)) + (i * 40503u + 7u);
    });
}

struct Shape {
    const char* name;
    RecordedKernel (*record)(u32 steps);
};
constexpr Shape kShapes[] = {{"arithmetic, choices, loops and stores", mixed},
                             {"one block", block},
                             {"choices 64 deep", nested},
                             {"many loops", loops},
                             {"many variables", variables},
                             {"many constants", constants}};

std::size_t instructions_of(const RecordedKernel& kernel) { return kernel.record()->module.instructions.size(); }

/// The steps of a kernel of so many instructions.
u32 steps_for(const Shape& shape, u32 instructions) {
    constexpr u32 few = 640, more = 1280;
    const std::size_t each = instructions_of(shape.record(more)) - instructions_of(shape.record(few));
    return static_cast<u32>(u64{instructions} * (more - few) / each);
}

/// Gives back what earlier samples have freed: a kernel is compiled once, in memory that its process does not have yet.
/// Else small kernels find their pages ready and large ones do not.
void give_memory_back() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/// CPU seconds from the start of the recording to the words.
template <class Record>
double compile(const Context& context, Record record) {
    give_memory_back();
    const double start = thread_seconds();
    const RecordedKernel kernel = record();
    const auto shader = alkomp::detail::translate(kernel.record()->module, context.device.capabilities());
    return thread_seconds() - start;
}

/// CPU seconds from the module, which has been through the passes, to the WGSL of wgpu-native on Direct3D 12, which lacks
/// the most.
double write_wgsl(const alkomp::detail::ShaderRecord& shader) {
    alkomp::Capabilities capabilities;
    capabilities.wgsl.dialect = alkomp::WgslSupport::Dialect::wgpu;
    give_memory_back();
    const double start = thread_seconds();
    const auto made = alkomp::detail::wgsl_of(*shader.module, {}, shader.interface, capabilities);
    return thread_seconds() - start;
}

double print(const RecordedKernel& kernel) {
    give_memory_back();
    const double start = thread_seconds();
    const std::string text = kernel.ir();
    return thread_seconds() - start;
}

double parse(const std::string& text) {
    give_memory_back();
    const double start = thread_seconds();
    const alkomp::ir::Module module = alkomp::ir::parse(text, "long.ir");
    return thread_seconds() - start;
}

/// CPU seconds from words to the module, verified.
double read(std::span<const u32> words) {
    give_memory_back();
    const double start = thread_seconds();
    const alkomp::ir::Module module = alkomp::read::read(words, "main", "long.spv");
    return thread_seconds() - start;
}

/// The words of a kernel of about so many bytes.
std::vector<u32> words_of_size(const Context& context, std::size_t bytes) {
    constexpr u32 some = 256;
    const auto words = [&](u32 steps) {
        return alkomp::detail::translate(mixed(steps).record()->module, context.device.capabilities())->words;
    };
    return words(static_cast<u32>(some * bytes / (words(some).size() * sizeof(u32))));
}

/// 50,000 instructions against 5,000, and 500,000 against 50,000; `seconds` takes the place of the size.
template <class Seconds>
void add_growth(Context& context, const std::string& what, Seconds seconds) {
    const auto row = [&](const char* sizes, int pairs, std::size_t more) {
        context.report.add(
            "compile", what + sizes, "ms",
            interleave(
                context.pairs(pairs), [&] { return seconds(more) * 1e3; }, [&] { return seconds(more - 1) * 1e3; }, 1),
            ratio_at_most(12));
    };
    row(": 50,000 against 5,000", 10, 1);
    row(": 500,000 against 50,000", 5, 2);
}

void add_growth(Context& context, const Shape& shape) {
    const std::string what = std::string("instructions, ") + shape.name;
    const std::array<u32, 3> steps{steps_for(shape, 5'000), steps_for(shape, 50'000), steps_for(shape, 500'000)};
    const auto seconds = [&](std::size_t size) { return compile(context, [&] { return shape.record(steps[size]); }); };
    context.report.add("compile", "5,000 " + what, "ms", alone(context.pairs(30), [&] { return seconds(0) * 1e3; }),
                       at_most(10));
    const auto shader =
        alkomp::detail::translate(shape.record(steps[0]).record()->module, context.device.capabilities());
    context.report.add("compile", "5,000 " + what + ", as WGSL", "ms",
                       alone(context.pairs(30), [&] { return write_wgsl(*shader) * 1e3; }), at_most(10));
    add_growth(context, what, seconds);
    if (&shape != kShapes) return;
    std::vector<RecordedKernel> kernels;
    std::vector<std::string> texts;
    for (const u32 count : steps) {
        kernels.push_back(shape.record(count));
        texts.push_back(kernels.back().ir());
    }
    add_growth(context, what + ", printed", [&](std::size_t size) { return print(kernels[size]); });
    add_growth(context, what + ", parsed", [&](std::size_t size) { return parse(texts[size]); });
}

/// From the lambda to the result; and in bare Vulkan from such words to the result: the driver's own compiler, which may
/// work when the pipeline is made or when it is first run. Each sample has a kernel of its own, which no cache has seen.
class FirstCall {
public:
    explicit FirstCall(const Context& context)
        : device_(context.device),
          gpu_({context.device_name, true}),
          commands_(gpu_, gpu_.compute_family),
          words_(gpu_.buffer(sizeof(u32) * 4, bare::Home::device)),
          plain_(context.device.capabilities()) {
        // The bare device has no features but those that every device has.
        plain_.limits.spirv_version = 0x10300;
        plain_.features = {};
    }
    ~FirstCall() { gpu_.free(words_); }
    FirstCall(const FirstCall&) = delete;
    FirstCall& operator=(const FirstCall&) = delete;

    double call() {
        const auto numbers = device_.to_device<u32>({1, 2, 4, 8});
        device_.stream().wait();
        const double start = bare::now();
        device_.call(collatz(next()), numbers);
        const std::vector<u32> steps = device_.get(numbers);
        const double seconds = bare::now() - start;
        if (steps != std::vector<u32>{0, 1, 2, 3}) throw std::runtime_error("first call: the results are wrong");
        return seconds;
    }
    double driver() {
        const auto shader = alkomp::detail::translate(collatz(next()).record()->module, plain_);
        const double start = bare::now();
        bare::Pipeline pipeline = gpu_.pipeline(shader->words, 1);
        commands_.begin();
        bare::call(gpu_, commands_.list, pipeline, {&words_.buffer, 1}, 0, 1);
        commands_.end();
        commands_.run(gpu_.compute);
        const double seconds = bare::now() - start;
        gpu_.free(pipeline);
        return seconds;
    }

private:
    u32 next() { return static_cast<u32>(random_()); }

    alkomp::Device device_;
    bare::Gpu gpu_;
    bare::Commands commands_;
    bare::Buffer words_;
    alkomp::Capabilities plain_;
    std::mt19937 random_{std::random_device()()};
};

void add_first_call(Context& context) {
    FirstCall first(context);
    const std::string on = " on " + context.device_name;
    const Samples samples = interleave(
        context.pairs(30), [&] { return first.call() * 1e3; }, [&] { return first.driver() * 1e3; });
    Samples beside;
    for (std::size_t i = 0; i < samples.alkomp.size(); ++i)
        beside.alkomp.push_back(samples.alkomp[i] - samples.floor[i]);
    context.report.add("compile",
                       "the Collatz kernel in C++, first call to result" + on + ", against the driver's own part", "ms",
                       samples);
    context.report.add("compile", "the same beside the driver's own part", "ms", std::move(beside), at_most(5));
    // Later calls cost what those of a kernel from another source do.
    alkomp::Device device = context.device;
    const RecordedKernel recorded = collatz();
    const alkomp::Kernel compiled = device.compile(recorded);
    const auto numbers = device.zeros<u32>(4);
    const auto seconds = [&](const auto& kernel) {
        return settled([&] {
            const double start = bare::now();
            device.call(kernel, numbers);
            device.stream().wait();
            return (bare::now() - start) * 1e6;
        });
    };
    context.report.add("compile", "a later call and its wait" + on + ", against one of a compiled kernel", "us",
                       interleave(
                           context.pairs(30), [&] { return seconds(recorded); }, [&] { return seconds(compiled); }));
}

}  // namespace

void compile(Context& context) {
    context.report.add("compile", "the Collatz kernel in C++, recorded and made SPIR-V, CPU time", "us",
                       alone(context.pairs(200), [&] { return compile(context, [] { return collatz(); }) * 1e6; }),
                       at_most(150));
    const std::vector<u32> words = words_of_size(context, 100'000), more = words_of_size(context, 1'000'000);
    context.report.add("compile", "SPIR-V of 100 kB, read as IR and verified, CPU time", "ms",
                       alone(context.pairs(30), [&] { return read(words) * 1e3; }), at_most(10));
    context.report.add("compile", "SPIR-V of 1 MB against 100 kB, read", "ms",
                       interleave(
                           context.pairs(10), [&] { return read(more) * 1e3; }, [&] { return read(words) * 1e3; }, 1),
                       ratio_at_most(12));
    add_first_call(context);
    for (const Shape& shape : kShapes) add_growth(context, shape);
}

}  // namespace bench
