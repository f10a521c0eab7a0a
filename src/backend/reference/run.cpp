// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/run.h"

#include "backend/reference/check/team.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <new>
#include <utility>

namespace alkomp::backend::reference {
namespace {

constexpr u64 kAlignment = 64;

u64 aligned(u64 size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

void run_from(Team& team, const Instruction* at) {
    while (at != nullptr) at = at->run(team, at);
}

}  // namespace

Frame::Frame() = default;
Frame::~Frame() = default;

Team Frame::team(const Launch& launch) const {
    Team made;
    made.frame = frame_;
    made.local = local_;
    made.shared = shared_;
    made.bindings = launch.bindings.data();
    made.launch = &launch;
    made.checking = checking_.get();
    made.lanes = program_->lanes;
    return made;
}

bool Frame::prepare(const std::shared_ptr<const Program>& program, const Launch& launch) {
    if (program_ == program) return true;
    const u64 frame = aligned(program->frame_bytes), local = aligned(program->local_bytes * program->lanes);
    const u64 shared = aligned(program->shared_bytes);
    program_.reset();
    memory_.reset(new (std::nothrow) std::byte[static_cast<std::size_t>(frame + local + shared + kAlignment)]);
    if (!memory_) return false;
    const auto start = reinterpret_cast<std::uintptr_t>(memory_.get());
    frame_ = memory_.get() + (aligned(start) - start);
    local_ = frame_ + frame;
    shared_ = local_ + local;
    std::fill_n(frame_, frame + local + shared, std::byte{0});  // nothing of other kernels is seen
    program_ = program;
    checking_.reset();
    if (program->checks) checking_ = std::make_unique<Checking>(*program, *launch.checker, shared_);
    Team made = team(launch);
    std::fill_n(column<Truth>(made, kMask), made.lanes, kTrue);
    made.code = program->setup.data();
    run_from(made, made.code);
    return true;
}

void Frame::start(const Launch& launch, u64 first_group, u64 group_count) {
    team_ = team(launch);
    team_.first_group = first_group;
    team_.active = static_cast<u32>(group_count) * program_->invocations;
    team_.code = team_.resume = program_->code.data();
    Truth* mask = column<Truth>(team_, kMask);
    std::fill_n(mask, team_.active, kTrue);
    std::fill(mask + team_.active, mask + team_.lanes, Truth{0});
    if (checking_) checking_->start(launch, first_group, team_.active);
}

bool Frame::go() {
    run_from(team_, std::exchange(team_.resume, nullptr));
    return team_.resume == nullptr;
}

bool Frame::has_changed() { return std::exchange(checking_->has_changed, false); }

void Frame::tell_wait() {
    Found found;
    found.kind = FaultKind::deadlock;
    found.site = checking_->turn_site;
    found.who = checking_->who(0);
    found.text =
        "the workgroup waits for one that has not started: those that have started go round loops, and none of them "
        "ends";
    checking_->tell(found);
    team_.launch->waits_for_ever = true;
    team_.launch->stop.store(true, std::memory_order_relaxed);
}

u64 now_ns() {
    return static_cast<u64>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count());
}

void Launch::look_at_clock() const {
    if (deadline_ns == 0 || now_ns() < deadline_ns) return;
    timed_out.store(true, std::memory_order_relaxed);
    stop.store(true, std::memory_order_relaxed);
}

u64 group_count(const Launch& launch) {
    u64 count = 1;
    for (const u32 groups : launch.groups) {
        if (groups == 0) return 0;
        if (count > std::numeric_limits<u64>::max() / groups) return std::numeric_limits<u64>::max();
        count *= groups;
    }
    return count;
}

}  // namespace alkomp::backend::reference
