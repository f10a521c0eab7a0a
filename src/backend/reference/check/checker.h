// SPDX-License-Identifier: MIT OR Apache-2.0
// What a checked device knows beyond one team: its faults, its epochs, what has been released.
#pragma once

#include "backend/backend.h"
#include "backend/reference/check/checks.h"
#include "backend/reference/check/races.h"

#include <compare>
#include <map>
#include <utility>

namespace alkomp::backend::reference {

/// A fault before it has its words: who did it, and what about.
struct Found {
    FaultKind kind = FaultKind::out_of_bounds;
    u32 site = 0;
    Who who;
    bool writes = false, atomic = false;
    u32 object = ~u32{0};  ///< of Checks::objects
    std::optional<i64> index;
    std::optional<u64> size;
    std::string text;
    struct Other {
        u32 site = 0;
        std::optional<Who> who;
        bool writes = false, atomic = false;
    };
    std::optional<Other> other;
};

class Checker {
public:
    explicit Checker(CheckOptions options) : options_(std::move(options)) {}

    [[nodiscard]] const CheckOptions& options() const { return options_; }

    /// A dispatch begins. `forget` clears what shadows know of accesses.
    template <class F>
    void begin(F&& forget) {
        released.clear();
        released_near.clear();
        started = 0;
        if (epochs.begin()) return;
        forget();
        epochs.restart();
    }
    void tell(const Launch& launch, const Found& found);
    void tell(const Launch& launch, TraceStep step);

    /// What was found since the last time, with the counts of what was too much.
    void hand_over(Completion& to);

    Epochs epochs;
    Released released;
    ReleasedNear released_near;
    u64 started = 0;  ///< workgroups of this dispatch

private:
    struct Place {
        const void* checks;
        FaultKind kind;
        u32 site, object;
        auto operator<=>(const Place&) const = default;
    };
    struct Count {
        u64 told = 0, more = 0;
        Fault last;
        KernelId kernel = KernelId::none;
    };
    [[nodiscard]] static FaultSide side(const Launch& launch, u32 site, const Who& who);

    CheckOptions options_;
    Completion found_;  ///< its faults and steps
    std::map<Place, Count> counts_;
};

}  // namespace alkomp::backend::reference
