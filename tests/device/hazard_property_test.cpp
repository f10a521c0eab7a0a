// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs: whatever is recorded on whatever stream, the result is that of running it in order.
#include "support/device_test.h"
#include "support/kernels.h"

#include <random>

namespace alkomp::testing {
namespace {

ALKOMP_DEVICE_SUITE(RandomPrograms);
ALKOMP_MEMORY_SUITE(RandomProgramsInMemory);

constexpr std::size_t kBuffers = 6;
constexpr std::size_t kWords = 640;
constexpr std::size_t kUnit = 64;  // words: 256 bytes, what every device can bind

// One program on the device, and beside it the same program on vectors.
class Program {
public:
    Program(Device& gpu, Kernel blend_kernel, u32 seed) : gpu_(gpu), kernel_(std::move(blend_kernel)), random_(seed) {
        for (std::size_t i = 0; i < kBuffers; ++i) {
            host_.push_back(ramp(kWords, static_cast<u32>(i) + 1));
            buffers_.push_back(gpu_.to_device(host_.back()));
        }
        streams_.push_back(gpu_.stream());
        for (u32 extra = pick(3); extra > 0; --extra) streams_.push_back(gpu_.create_stream());
    }

    void run(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) step();
        for (std::size_t i = 0; i < kBuffers; ++i) ASSERT_EQ(gpu_.get(buffers_[i]), host_[i]) << "buffer " << i;
    }

private:
    struct Part {
        std::size_t buffer = 0, first = 0, count = 0;
    };
    u32 pick(u32 below) { return static_cast<u32>(random_() % below); }
    Part any_part() {
        Part part{pick(kBuffers), pick(kWords), 0};
        part.count = 1 + pick(static_cast<u32>(std::min<std::size_t>(kWords - part.first, pick(4) == 0 ? kWords : 40)));
        return part;
    }
    Part bindable_part(std::size_t units) {
        return {pick(kBuffers), kUnit * pick(static_cast<u32>(kWords / kUnit - units + 1)), kUnit * units};
    }
    static bool meet(const Part& a, const Part& b) {
        return a.buffer == b.buffer && a.first < b.first + b.count && b.first < a.first + a.count;
    }
    BufferView<u32> view(const Part& part) const { return buffers_[part.buffer].view(part.first, part.count); }
    u32* host(const Part& part) { return host_[part.buffer].data() + part.first; }

    void step() {
        Stream& stream = streams_[pick(static_cast<u32>(streams_.size()))];
        switch (pick(20)) {
            case 0:
                write(stream);
                break;
            case 1:
                read(stream);
                break;
            case 2:
                event(stream);
                break;
            case 3:
                renew();
                break;
            case 4:
            case 5:
            case 6:
                fill(stream);
                break;
            case 7:
            case 8:
            case 9:
                copy(stream);
                break;
            default:
                call(stream);
                break;
        }
    }
    void write(Stream& stream) {
        const Part part = any_part();
        const std::vector<u32> values(part.count, static_cast<u32>(random_()));
        stream.write(view(part), values);
        std::copy(values.begin(), values.end(), host(part));
    }
    void read(Stream& stream) {
        const Part part = any_part();
        std::vector<u32> out(part.count);
        stream.read(view(part), out);
        ASSERT_EQ(out, std::vector<u32>(host(part), host(part) + part.count));
    }
    void event(Stream& stream) {
        const Event point = stream.event();
        if (pick(4) == 0) point.wait();
        else streams_[pick(static_cast<u32>(streams_.size()))].wait_event(point);
    }
    // Gives a buffer's memory back while its work is in flight.
    void renew() {
        const std::size_t i = pick(kBuffers);
        buffers_[i] = gpu_.empty<u32>(kWords);
        gpu_.fill(buffers_[i], 3u);
        std::fill(host_[i].begin(), host_[i].end(), 3u);
    }
    void fill(Stream& stream) {
        const Part part = any_part();
        const auto value = static_cast<u32>(random_());
        stream.fill(view(part), value);
        std::fill_n(host(part), part.count, value);
    }
    void copy(Stream& stream) {
        Part from = any_part(), to = any_part();
        to.count = from.count = std::min(from.count, to.count);
        if (meet(from, to)) return;
        stream.copy(view(from), view(to));
        std::copy_n(host(from), from.count, host(to));
    }
    void call(Stream& stream) {
        const std::size_t units = 1 + pick(3);
        const Part a = bindable_part(units), b = bindable_part(units), out = bindable_part(units);
        if (meet(a, out) || meet(b, out)) return;
        const auto term = static_cast<u32>(random_());
        const bool webgpu = is_webgpu(gpu_.info().backend);
        if (webgpu && a.buffer == out.buffer && meet(a, b) && a.first != b.first) {
            // Of a buffer that is written WebGPU binds no views that overlap in part, wherever it is written.
            EXPECT_THROW(stream.call(kernel_, view(a), view(b), view(out), term), Error);
            return;
        }
        stream.call(kernel_, view(a), view(b), view(out), term);
        for (std::size_t i = 0; i < out.count; ++i) host(out)[i] = host(a)[i] * 3 + host(b)[i] + term;
    }

    Device& gpu_;
    Kernel kernel_;
    std::mt19937 random_;
    std::vector<std::vector<u32>> host_;
    std::vector<Buffer<u32>> buffers_;
    std::vector<Stream> streams_;
};

void run_programs(Device& gpu, u32 first_seed, u32 count) {
    Kernel kernel = compile(gpu, blend());
    for (u32 seed = first_seed; seed < first_seed + count; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Program(gpu, kernel, seed).run(200);
        const std::vector<std::string> violations = HazardOracle::take_violations();
        for (const std::string& violation : violations) ADD_FAILURE() << violation;
        if (::testing::Test::HasFailure()) return;
    }
}

TEST_P(RandomPrograms, equal_running_in_order) { run_programs(gpu, 1000, 40); }

TEST_P(RandomProgramsInMemory, equal_running_in_order_and_miss_no_barrier) {
    run_programs(gpu, GetParam().index * 100, 100);
}

}  // namespace
}  // namespace alkomp::testing
