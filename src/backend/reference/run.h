// SPDX-License-Identifier: MIT OR Apache-2.0
// One thread's part in a dispatch.
#pragma once

#include "backend/reference/program.h"

#include <memory>

namespace alkomp::backend::reference {

/// The memory of a team, kept while the same kernel runs.
class Frame {
public:
    Frame();
    ~Frame();
    /// Ready for teams of the program. False: out of memory.
    [[nodiscard]] bool prepare(const std::shared_ptr<const Program>& program, const Launch& launch);
    /// Begins with the workgroups from this one on that go together, once the last ones are done.
    void start(const Launch& launch, u64 first_group, u64 group_count);
    /// Goes on. True: they are done, or the launch is to stop.
    [[nodiscard]] bool go();
    /// Of a checked one: something was stored since the last time that was not there before.
    [[nodiscard]] bool has_changed();
    /// Tells that it waits for a workgroup that has not started, and stops the launch.
    void tell_wait();

private:
    [[nodiscard]] Team team(const Launch& launch) const;

    std::shared_ptr<const Program> program_;
    std::unique_ptr<std::byte[]> memory_;
    std::byte* frame_ = nullptr;
    std::byte* local_ = nullptr;
    std::byte* shared_ = nullptr;
    std::unique_ptr<Checking> checking_;
    Team team_;
};

/// Workgroups of a launch; as many as can be counted.
[[nodiscard]] u64 group_count(const Launch& launch);
/// Of the steady clock.
[[nodiscard]] u64 now_ns();

}  // namespace alkomp::backend::reference
