// SPDX-License-Identifier: MIT OR Apache-2.0
// Vector clocks over queues, and the check of every access against them.
#include "support/hazard_oracle.h"

#include <algorithm>
#include <mutex>
#include <sstream>
#include <utility>

namespace alkomp::testing {
namespace {

std::mutex violations_mutex;
std::vector<std::string> violations;

constexpr std::size_t kMostViolations = 20;

u64 at(const std::vector<u64>& clock, u32 queue) { return queue < clock.size() ? clock[queue] : 0; }

void raise(std::vector<u64>& clock, u32 queue, u64 commands) {
    if (clock.size() <= queue) clock.resize(queue + 1);
    clock[queue] = std::max(clock[queue], commands);
}

bool overlap(const HazardOracle::Access& a, const HazardOracle::Access& b) {
    return a.begin < b.end && b.begin < a.end;
}

}  // namespace

void HazardOracle::report(std::string text) {
    const std::lock_guard lock(violations_mutex);
    if (violations.size() < kMostViolations) violations.push_back(std::move(text));
}

std::vector<std::string> HazardOracle::take_violations() {
    const std::lock_guard lock(violations_mutex);
    return std::exchange(violations, {});
}

HazardOracle::Queue& HazardOracle::queue_at(u32 index) {
    if (queues_.size() <= index) queues_.resize(index + 1);
    return queues_[index];
}

void HazardOracle::begin_submission(u32 queue, std::span<const backend::Ticket> waits) {
    Queue& q = queue_at(queue);
    for (const backend::Ticket ticket : waits) {
        const auto found = ends_.find(ticket);
        if (found == ends_.end()) {
            report("submit: it waits for ticket " + std::to_string(ticket) + ", which is no earlier submission");
            continue;
        }
        const End& end = found->second;
        for (u32 other = 0; other < end.before.size(); ++other) raise(q.before, other, end.before[other]);
        raise(q.before, end.queue, end.commands);
    }
}

void HazardOracle::check(u32 queue, const Access& access, const Past& past, std::string_view what) const {
    if (!(access.writes || past.access.writes) || !overlap(access, past.access)) return;
    if (past.command <= at(queues_[queue].before, past.queue)) return;
    const bool over = past.command <= queues_[past.queue].seen_by_host;
    if (over && (access.writes || past.queue == queue)) return;
    std::ostringstream text;
    text << "hazard: on queue " << queue << " " << what << (access.writes ? " writes" : " reads") << " buffer "
         << access.buffer << " [" << access.begin << ", " << access.end << "), which " << past.what << " (command "
         << past.command << " of queue " << past.queue << ") " << (past.access.writes ? "writes" : "reads") << " in ["
         << past.access.begin << ", " << past.access.end << "), with no " << (queue == past.queue ? "barrier" : "wait")
         << " between";
    report(text.str());
}

// Whoever is ordered after this access is ordered after what this access was ordered after, so that
// part of the past need not be remembered.
void HazardOracle::forget_covered(u32 queue, const Access& access, std::vector<Past>& past) const {
    std::vector<Past> tails;
    for (Past& p : past) {
        const bool over = (access.writes || p.queue == queue) && p.command <= queues_[p.queue].seen_by_host;
        const bool ordered = over || p.command <= at(queues_[queue].before, p.queue);
        if (!ordered || (p.access.writes && !access.writes) || !overlap(access, p.access)) continue;
        if (access.end < p.access.end && p.access.begin < access.begin) {
            tails.push_back(p);
            tails.back().access.begin = access.end;
        }
        if (p.access.begin < access.begin) p.access.end = access.begin;
        else p.access.begin = std::min(access.end, p.access.end);
    }
    past.insert(past.end(), tails.begin(), tails.end());
    std::erase_if(past, [](const Past& p) { return p.access.begin >= p.access.end; });
}

void HazardOracle::command(u32 queue, bool barrier, std::span<const Access> accesses, std::string_view what) {
    Queue& q = queue_at(queue);
    if (barrier) raise(q.before, queue, q.commands);
    const u64 index = ++q.commands;
    for (const Access& access : accesses) {
        std::vector<Past>& past = buffers_[access.buffer];
        for (const Past& p : past)
            if (!(p.queue == queue && p.command == index)) check(queue, access, p, what);
    }
    for (const Access& access : accesses) {
        std::vector<Past>& past = buffers_[access.buffer];
        forget_covered(queue, access, past);
        past.push_back({access, queue, index, std::string(what)});
    }
}

void HazardOracle::end_submission(u32 queue, backend::Ticket ticket) {
    Queue& q = queue_at(queue);
    ends_[ticket] = {queue, q.commands, q.before};
}

void HazardOracle::reported(backend::Ticket ticket) {
    const auto found = ends_.find(ticket);
    if (found == ends_.end()) return;
    Queue& q = queue_at(found->second.queue);
    q.seen_by_host = std::max(q.seen_by_host, found->second.commands);
}

}  // namespace alkomp::testing
