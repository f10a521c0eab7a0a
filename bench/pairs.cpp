// SPDX-License-Identifier: MIT OR Apache-2.0
// Medians, intervals, and the table of goals.
#include "pairs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace bench {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value);
    return text;
}

std::string describe(const Goal& goal) {
    return std::string(goal.at_most ? "<= " : ">= ") + number(goal.limit) + (goal.of == Goal::Of::ratio ? "x" : "");
}

std::string interval(const Estimate& e) {
    return number(e.median) + " [" + number(e.low) + ", " + number(e.high) + "]";
}

std::string verdict(const Row& row) {
    if (!row.failure.empty()) return "FAILED";
    return !row.goal ? "" : row.met() ? "met" : "NOT MET";
}

nlohmann::json values(const Estimate& e) { return {{"median", e.median}, {"low", e.low}, {"high", e.high}}; }

}  // namespace

Estimate estimate(std::vector<double> samples) {
    if (samples.empty()) return {};
    std::sort(samples.begin(), samples.end());
    const std::size_t n = samples.size();
    // The greatest rank k with P(Binomial(n, 1/2) < k) <= 2.5 %: the true median lies between the k-th
    // smallest and the k-th greatest sample. Fewer than six samples give the whole range.
    double term = 1;
    for (std::size_t i = 0; i < n; ++i) term *= 0.5;
    double below = 0;
    std::size_t k = 0;
    while (below + term <= 0.025) {
        below += term;
        term *= static_cast<double>(n - k) / static_cast<double>(k + 1);
        ++k;
    }
    const std::size_t rank = k == 0 ? 0 : k - 1;
    const double median = n % 2 == 1 ? samples[n / 2] : 0.5 * (samples[n / 2 - 1] + samples[n / 2]);
    return {median, samples[rank], samples[n - 1 - rank]};
}

namespace {

// Six is the least number whose whole range holds the median with 95 %; with fewer times, all pairs count alike.
constexpr std::size_t kEnoughTimes = 6;

template <class Value>
Estimate over_times(const std::vector<Samples>& times, Value value) {
    std::vector<double> all;
    for (const Samples& samples : times) {
        std::vector<double> values = value(samples);
        if (times.size() >= kEnoughTimes) all.push_back(estimate(std::move(values)).median);
        else all.insert(all.end(), values.begin(), values.end());
    }
    return estimate(std::move(all));
}

}  // namespace

Estimate Row::alkomp() const {
    return over_times(times, [](const Samples& samples) { return samples.alkomp; });
}

std::optional<Estimate> Row::floor() const {
    if (times.empty() || times.front().floor.empty()) return {};
    return over_times(times, [](const Samples& samples) { return samples.floor; });
}

std::optional<Estimate> Row::ratio() const {
    if (!floor()) return {};
    return over_times(times, [](const Samples& samples) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < samples.floor.size(); ++i) ratios.push_back(samples.alkomp[i] / samples.floor[i]);
        return ratios;
    });
}

bool Row::met() const {
    if (!failure.empty()) return false;
    if (!goal) return true;
    const Estimate judged = goal->of == Goal::Of::ratio ? ratio().value() : alkomp();
    return goal->at_most ? judged.low <= goal->limit : judged.high >= goal->limit;
}

void Report::add(const std::string& figure, const std::string& what, const std::string& unit, Samples samples,
                 std::optional<Goal> goal) {
    const Row now{figure, what, unit, {samples}, goal, {}};
    std::cout << figure << ": " << what << ": " << interval(now.alkomp()) << ' ' << unit;
    if (now.ratio()) std::cout << ", floor " << interval(*now.floor()) << ", ratio " << interval(*now.ratio());
    std::cout << std::endl;
    auto row = std::find_if(rows_.begin(), rows_.end(),
                            [&](const Row& r) { return r.figure == figure && r.what == what && r.failure.empty(); });
    if (row == rows_.end()) row = rows_.insert(row, Row{figure, what, unit, {}, goal, {}});
    row->times.push_back(std::move(samples));
}

void Report::fail(const std::string& figure, const std::string& why) {
    std::cout << figure << ": failed: " << why << std::endl;
    rows_.push_back({figure, "", "", {}, {}, why});
}

std::string Report::table(const std::string& floor) const {
    std::string text = "| figure | what | unit | alkomp | " + floor +
                       " | ratio [95 %] | goal | |\n|---|---|---|---|---|---|---|---|\n";
    for (const Row& row : rows_)
        text += "| " + row.figure + " | " + (row.failure.empty() ? row.what : row.failure) + " | " + row.unit + " | " +
                (row.failure.empty() ? interval(row.alkomp()) : "") + " | " +
                (row.floor() ? interval(*row.floor()) : "") + " | " + (row.ratio() ? interval(*row.ratio()) : "") +
                " | " + (row.goal ? describe(*row.goal) : "") + " | " + verdict(row) + " |\n";
    return text;
}

std::string Report::json(const std::string& device, const std::string& driver) const {
    nlohmann::json out{{"device", device}, {"driver", driver}, {"rows", nlohmann::json::array()}};
    for (const Row& row : rows_) {
        nlohmann::json one{
            {"figure", row.figure}, {"what", row.what}, {"unit", row.unit}, {"alkomp", values(row.alkomp())}};
        if (row.floor()) one["floor"] = values(*row.floor());
        if (row.ratio()) one["ratio"] = values(*row.ratio());
        if (row.goal) one["goal"] = describe(*row.goal);
        if (row.goal) one["met"] = row.met();
        if (!row.failure.empty()) one["failure"] = row.failure;
        out["rows"].push_back(std::move(one));
    }
    return out.dump(2);
}

bool Report::all_met() const {
    return std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.met(); });
}

}  // namespace bench
