// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/run.h"

#include <algorithm>
#include <limits>
#include <new>

namespace alkomp::backend::reference {
namespace {

constexpr u64 kAlignment = 64;

u64 aligned(u64 size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

void run_all(Team& team, const std::vector<Instruction>& code) {
    team.code = code.data();
    const Instruction* at = team.code;
    while (at != nullptr) at = at->run(team, at);
}

}  // namespace

Team Frame::team(const Launch& launch) const {
    Team made;
    made.frame = frame_;
    made.local = local_;
    made.shared = shared_;
    made.bindings = launch.bindings.data();
    made.launch = &launch;
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
    Team made = team(launch);
    std::fill_n(column<Truth>(made, kMask), made.lanes, kTrue);
    run_all(made, program->setup);
    return true;
}

void Frame::run(const Launch& launch, u64 first_group, u64 group_count) {
    Team made = team(launch);
    made.first_group = first_group;
    made.active = static_cast<u32>(group_count) * program_->invocations;
    Truth* mask = column<Truth>(made, kMask);
    std::fill_n(mask, made.active, kTrue);
    std::fill(mask + made.active, mask + made.lanes, Truth{0});
    run_all(made, program_->code);
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
