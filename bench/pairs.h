// SPDX-License-Identifier: MIT OR Apache-2.0
// Measurement in interleaved pairs: alkomp, floor, floor, alkomp, ... so that whatever else the machine
// does falls on both. Google Benchmark runs one function to its end before the next, which on a shared
// machine compares two different minutes; hence this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What is asked of a row: of the ratio alkomp / floor, or of alkomp's own value.
struct Goal {
    enum class Of : std::uint8_t { ratio, value };
    Of of = Of::ratio;
    bool at_most = true;  ///< else at least
    double limit = 1.0;
};
[[nodiscard]] inline Goal ratio_at_most(double limit) { return {Goal::Of::ratio, true, limit}; }
[[nodiscard]] inline Goal ratio_at_least(double limit) { return {Goal::Of::ratio, false, limit}; }
[[nodiscard]] inline Goal at_most(double limit) { return {Goal::Of::value, true, limit}; }
[[nodiscard]] inline Goal at_least(double limit) { return {Goal::Of::value, false, limit}; }

/// A median with the interval that holds the true one with at least 95 %.
/// Source: order statistics of the binomial distribution; no shape of the noise is assumed.
struct Estimate {
    double median = 0, low = 0, high = 0;
};
[[nodiscard]] Estimate estimate(std::vector<double> samples);

/// Samples of alkomp and of the floor, the i-th of each taken side by side. No floor: one column.
struct Samples {
    std::vector<double> alkomp, floor;
};

/// The median of `count` runs in a row, after some that do not count. Two devices on one GPU take turns of its
/// time, and the first work after a change of turns waits for it.
template <class F>
[[nodiscard]] double settled(F f, int count = 15) {
    for (int i = 0; i < 4; ++i) (void)f();
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(f());
    return estimate(values).median;
}

/// Runs `a` and `b` by turns, changing which goes first, after `warm` turns that do not count.
template <class A, class B>
[[nodiscard]] Samples interleave(int count, A a, B b, int warm = 2) {
    Samples samples;
    for (int i = -warm; i < count; ++i) {
        double first = 0, second = 0;
        if (i % 2 == 0) {
            first = a();
            second = b();
        } else {
            second = b();
            first = a();
        }
        if (i < 0) continue;
        samples.alkomp.push_back(first);
        samples.floor.push_back(second);
    }
    return samples;
}

template <class A>
[[nodiscard]] Samples alone(int count, A a, int warm = 2) {
    Samples samples;
    for (int i = -warm; i < count; ++i)
        if (const double value = a(); i >= 0) samples.alkomp.push_back(value);
    return samples;
}

/// One line of the report. A figure may be taken several times, each with devices of its own; what stays the same
/// within one time (where the system put a driver's threads, say) then counts once.
struct Row {
    std::string figure, what, unit;
    std::vector<Samples> times;
    std::optional<Goal> goal;
    std::string failure;  ///< the figure could not be taken

    [[nodiscard]] Estimate alkomp() const;
    [[nodiscard]] std::optional<Estimate> floor() const;
    [[nodiscard]] std::optional<Estimate> ratio() const;
    /// On a shared machine a goal is met when it lies inside the interval, or on the good side of it.
    [[nodiscard]] bool met() const;
};

class Report {
public:
    /// Adds samples, in `unit`, to the row of this figure and name, which is made at need. The goal is the last one given.
    void add(const std::string& figure, const std::string& what, const std::string& unit, Samples samples,
             std::optional<Goal> goal = {});
    void fail(const std::string& figure, const std::string& why);

    /// `floor` heads the column of what alkomp is compared with.
    [[nodiscard]] std::string table(const std::string& floor = "bare Vulkan") const;
    [[nodiscard]] std::string json(const std::string& device, const std::string& driver) const;
    [[nodiscard]] bool all_met() const;

private:
    std::vector<Row> rows_;
};

}  // namespace bench
