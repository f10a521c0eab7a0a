// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/check/run.h"

#include "backend/reference/check/team.h"
#include "backend/reference/lanes/number.h"
#include "ir/literal.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace alkomp::backend::reference {
namespace {

const Checks& checks_of(const Team& team) { return *team.launch->program->checks; }
std::string quoted(const std::string& text) { return '"' + text + '"'; }

/// Calls f for each lane that takes part and for which `is_wrong` says so; most often there is none.
template <class Wrong, class F>
void each_wrong(const Team& team, Wrong&& is_wrong, F&& f) {
    const Truth* mask = column<Truth>(team, kMask);
    Truth any = 0;
    for (u32 lane = 0; lane < team.lanes; ++lane) any |= mask[lane] & truth(is_wrong(lane));
    if (any == 0) return;
    for (u32 lane = 0; lane < team.lanes; ++lane)
        if (mask[lane] != 0 && is_wrong(lane)) f(lane);
}

Found found_at(const Team& team, u32 lane, FaultKind kind, u32 site) {
    Found found;
    found.kind = kind;
    found.site = site;
    found.who = team.checking->who(lane);
    return found;
}

// Indices ------------------------------------------------------------------------------------------

template <class T>
const Instruction* index_with(Team& team, const Instruction* at) {
    using Signed = std::conditional_t<std::is_signed_v<T>, i64, u64>;
    const CheckedIndex& check = checks_of(team).indices[at->jump];
    u64 count = check.count;
    if (count == CheckedIndex::kElements) {
        const u64 end = team.bindings[at->x].size_bytes;
        count = end > at->y ? (end - at->y) / at->c : 0;
    }
    const T* index = column<T>(team, at->a);
    Truth* wrong = column<Truth>(team, at->to);
    const auto is_wrong = [&](u32 lane) { return static_cast<u64>(static_cast<Signed>(index[lane])) >= count; };
    each_wrong(team, is_wrong, [&](u32 lane) {
        wrong[lane] = kTrue;
        Found found = found_at(team, lane, FaultKind::out_of_bounds, check.site);
        found.object = check.object;
        found.writes = check.writes;
        found.index = static_cast<i64>(index[lane]);
        found.size = count;
        const std::string number =
            std::is_signed_v<T> ? std::to_string(static_cast<i64>(index[lane])) : std::to_string(index[lane]);
        found.text = std::string(check.writes ? "write" : "read") + " of element " + number + " of " +
                     quoted(checks_of(team).objects[check.object]) + ", which has " + std::to_string(count);
        team.checking->tell(found);
    });
    return at + 1;
}

// Accesses -----------------------------------------------------------------------------------------

/// Where a lane reaches.
struct Target {
    std::byte* place = nullptr;   ///< null: outside
    const Binding* in = nullptr;  ///< null: not in a binding
    u64 offset = 0;
};

template <Reach reach>
Target target_of(Team& team, const Instruction* at, u32 lane, u32 size) {
    Target made;
    if constexpr (reach == Reach::shared) {
        made.place = team.shared + at->y + column<u32>(team, at->a)[lane];
    } else if constexpr (reach == Reach::address) {
        made.offset = column<u64>(team, at->a)[lane] + at->y;
        const Binding in = team.launch->memory->find(made.offset);
        const u64 start = reinterpret_cast<std::uintptr_t>(in.base);
        if (in.base == nullptr || made.offset - start > in.size_bytes || in.size_bytes - (made.offset - start) < size)
            return made;
        team.recent = in;
        made.in = &team.recent;
        made.place = in.base + (made.offset - start);
    } else {
        u32 binding = at->x;
        u64 offset = at->y;
        if constexpr (reach == Reach::element) offset += u64{column<u32>(team, at->a)[lane]} * at->c;
        if constexpr (reach == Reach::offset || reach == Reach::rooted) offset += column<u64>(team, at->a)[lane];
        if constexpr (reach == Reach::rooted) {
            binding = column<u32>(team, at->x)[lane];
            if (binding > team.launch->program->bindings) return made;
        }
        made.in = &team.bindings[binding];
        made.offset = offset;
        if (offset <= made.in->size_bytes && size <= made.in->size_bytes - offset) made.place = made.in->base + offset;
    }
    return made;
}

void tell_outside(Team& team, u32 lane, const CheckedAccess& about, const Target& target, bool is_address) {
    Found found = found_at(team, lane, is_address ? FaultKind::bad_address : FaultKind::out_of_bounds, about.site);
    found.object = about.object;
    found.writes = about.writes;
    found.atomic = about.is_atomic;
    const std::string what =
        std::string(about.writes ? "write" : "read") + " of " + std::to_string(about.size_bytes) + " bytes at ";
    if (is_address) {
        std::array<char, 24> digits{};
        std::snprintf(digits.data(), digits.size(), "0x%llx", static_cast<unsigned long long>(target.offset));
        found.text = what +
                     (target.offset < Shadow::kPageBytes ? "the null address" : "an address that is in no buffer") +
                     " (" + digits.data() + ")";
    } else if (target.in == nullptr) {
        found.text = what + "a pointer that leads nowhere";
    } else {
        found.size = target.in->size_bytes;
        found.text = what + "byte " + std::to_string(target.offset) + " of " +
                     quoted(checks_of(team).objects[about.object]) + ", which has " +
                     std::to_string(target.in->size_bytes) + " bytes";
    }
    team.checking->tell(found);
}

// `first`: where the buffer begins, or the workgroup's memory.
void tell_misaligned(Team& team, u32 lane, const CheckedAccess& about, const Target& target, const std::byte* first,
                     bool is_address) {
    Found found = found_at(team, lane, FaultKind::misaligned, about.site);
    found.object = about.object;
    found.writes = about.writes;
    found.atomic = about.is_atomic;
    found.text = std::string(about.writes ? "write" : "read") + " of " + std::to_string(about.size_bytes) +
                 " bytes at byte " + std::to_string(target.place - first) + " of " +
                 (is_address ? "a buffer" : quoted(checks_of(team).objects[about.object])) +
                 ": the address is no multiple of " + std::to_string(about.size_bytes);
    team.checking->tell(found);
}

void tell_unwritten(Team& team, u32 lane, u32 site, u32 object) {
    Found found = found_at(team, lane, FaultKind::uninitialized, site);
    found.object = object;
    found.text = "read of " + quoted(checks_of(team).objects[object]) + ", which nobody has written";
    team.checking->tell(found);
}

/// Of the lane's own memory: where its columns begin, all lanes' together.
template <Reach reach>
u64 first_byte(const Team& team, const Instruction* at, u32 lane) {
    u64 place = at->y;
    if constexpr (reach == Reach::local) place += column<u32>(team, at->a)[lane];
    return place * team.lanes;
}

template <Reach reach>
u8* written_flag(Team& team, const Instruction* at, u32 lane) {
    return &team.checking->local_written[static_cast<std::size_t>(first_byte<reach>(team, at, lane) + lane)];
}

// Who stores something new does not only wait.
void note_change(const Team& team, const Instruction* at, u32 lane, const std::byte* place,
                 const CheckedAccess& about) {
    const std::byte* const value = team.frame + at->b + u64{lane} * about.size_bytes;
    if (std::memcmp(place, value, about.size_bytes) != 0) team.checking->has_changed = true;
}

// What most accesses are: all lanes, each at the element behind the last one's, and nothing is wrong. False: one lane
// after the other.
template <Reach reach>
bool row_by(Team& team, const Instruction* at, const CheckedAccess& about, const Truth* wrong) {
    const CheckOptions& options = checks_of(team).options;
    if (about.is_atomic || team.launch->program->may_wait) return false;
    const Truth* mask = column<Truth>(team, kMask);
    const u32 lanes = team.active;
    Truth all = kTrue, none = 0;
    for (u32 lane = 0; lane < lanes; ++lane) all &= mask[lane];
    if (wrong != nullptr)
        for (u32 lane = 0; lane < lanes; ++lane) none |= wrong[lane];
    if constexpr (reach == Reach::slot) {
        u8* const written = written_flag<reach>(team, at, 0);
        if (about.reads && about.tells_unwritten && options.uninitialized) {
            u32 wanting = 0;
            for (u32 lane = 0; lane < lanes; ++lane) wanting |= mask[lane] & static_cast<u32>(1 - written[lane]);
            if (wanting != 0) return false;
        }
        if (!about.writes) return true;
        if (all != 0) std::memset(written, 1, lanes);
        else
            for (u32 lane = 0; lane < lanes; ++lane) written[lane] |= static_cast<u8>(mask[lane] & 1);
        return true;
    } else if constexpr (reach == Reach::element) {
        const Binding& in = team.bindings[at->x];
        if (all == 0 || none != 0 || at->c != about.size_bytes || in.shadow == nullptr) return false;
        const u32* index = column<u32>(team, at->a);
        u32 differs = 0;
        for (u32 lane = 0; lane < lanes; ++lane) differs |= index[lane] ^ (index[0] + lane);
        const u64 first = at->y + u64{index[0]} * at->c, bytes = u64{lanes} * about.size_bytes;
        if (differs != 0 || u64{index[0]} + lanes > u64{1} << 32 || first > in.size_bytes ||
            bytes > in.size_bytes - first)
            return false;
        const u64 place = static_cast<u64>(in.base - in.shadow->base()) + first;
        if (about.reads && about.tells_unwritten && options.uninitialized && !in.shadow->is_written(place, bytes))
            return false;
        if (options.races && in.races &&
            !team.checking->reach_row({in.shadow, place, about.size_bytes, 0, &about, nullptr, false}, lanes))
            return false;
        if (about.writes) in.shadow->set_written(place, bytes);
        return true;
    }
    return false;
}

template <Reach reach>
const Instruction* access_by(Team& team, const Instruction* at) {
    const CheckedAccess& about = checks_of(team).accesses[at->jump];
    const CheckOptions& options = checks_of(team).options;
    const Truth *mask = column<Truth>(team, kMask), *wrong = about.has_wrong ? column<Truth>(team, at->to) : nullptr;
    Checking& checking = *team.checking;
    const std::byte* values = about.has_value ? team.frame + at->b : nullptr;
    if (row_by<reach>(team, at, about, wrong)) return at + 1;
    const bool waits = team.launch->program->may_wait;
    const bool needs_written = about.reads && about.tells_unwritten && options.uninitialized;
    Truth any_wrong = 0;
    if (wrong != nullptr)
        for (u32 lane = 0; lane < team.lanes; ++lane) any_wrong |= wrong[lane];
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        if constexpr (reach == Reach::shared) {
            if (any_wrong == 0 && options.races)
                lane = checking.pass_shared_reads(about, column<u32>(team, at->a), at->y, mask, lane);
            if (lane >= team.lanes) break;
        }
        if (mask[lane] == 0 || (wrong != nullptr && wrong[lane] != 0)) continue;
        if constexpr (reach == Reach::local || reach == Reach::slot) {
            u8* const flag = written_flag<reach>(team, at, lane);
            if (needs_written && *flag == 0) tell_unwritten(team, lane, about.site, about.object);
            if (about.writes) *flag = 1;
            if (waits && about.has_value)
                note_change(team, at, lane,
                            team.local + first_byte<reach>(team, at, lane) + u64{lane} * about.size_bytes, about);
            continue;
        }
        const Target target = target_of<reach>(team, at, lane, about.size_bytes);
        if (target.place == nullptr) {
            if (options.bounds) tell_outside(team, lane, about, target, reach == Reach::address);
            continue;
        }
        constexpr bool is_shared = reach == Reach::shared;
        Shadow* const shadow = is_shared ? &checking.shared : target.in->shadow;
        if (shadow == nullptr) continue;
        if (options.bounds && (reach == Reach::address || about.is_atomic) &&
            reinterpret_cast<std::uintptr_t>(target.place) % about.size_bytes != 0) {
            tell_misaligned(team, lane, about, target, is_shared ? team.shared : target.in->base,
                            reach == Reach::address);
            continue;
        }
        const u64 place = static_cast<u64>(target.place - shadow->base());
        if (needs_written && !shadow->is_written(place, about.size_bytes))
            tell_unwritten(team, lane, about.site, about.object);
        if (about.writes) shadow->set_written(place, about.size_bytes);
        if (waits && about.has_value && !about.is_atomic) note_change(team, at, lane, target.place, about);
        if (!options.races || (!is_shared && !target.in->races)) continue;
        checking.reach({shadow, place, about.size_bytes, lane, &about, values, is_shared});
        if (about.is_atomic) checking.synchronize(about, reinterpret_cast<std::uintptr_t>(target.place), lane);
    }
    if (about.is_atomic) checking.end_of_atomic();
    return at + 1;
}

template <Reach reach>
const Instruction* collect_by(Team& team, const Instruction* at) {
    const CheckedAccess& about = checks_of(team).accesses[at->jump];
    Truth* unwritten = column<Truth>(team, at->b);
    const Truth* mask = column<Truth>(team, kMask);
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        if (mask[lane] == 0 || unwritten[lane] == 0) continue;
        if constexpr (reach == Reach::local || reach == Reach::slot) {
            if (*written_flag<reach>(team, at, lane) != 0) unwritten[lane] = 0;
        } else {
            const Target target = target_of<reach>(team, at, lane, about.size_bytes);
            const Shadow* shadow = reach == Reach::shared    ? &team.checking->shared
                                   : target.place != nullptr ? target.in->shadow
                                                             : nullptr;
            if (shadow == nullptr ||
                shadow->is_written(static_cast<u64>(target.place - shadow->base()), about.size_bytes))
                unwritten[lane] = 0;
        }
    }
    return at + 1;
}

const Instruction* unwritten(Team& team, const Instruction* at) {
    const CheckedAccess& about = checks_of(team).accesses[at->jump];
    const Truth* wrong = column<Truth>(team, at->a);
    each_wrong(
        team, [&](u32 lane) { return wrong[lane] != 0; },
        [&](u32 lane) { tell_unwritten(team, lane, about.site, about.object); });
    return at + 1;
}

const Instruction* forget(Team& team, const Instruction* at) {
    const Truth* mask = column<Truth>(team, kMask);
    std::vector<u8>& written = team.checking->local_written;
    for (u64 byte = at->y; byte < u64{at->y} + at->x; ++byte)
        for (u32 lane = 0; lane < team.lanes; ++lane)
            if (mask[lane] != 0) written[static_cast<std::size_t>(byte * team.lanes + lane)] = 0;
    return at + 1;
}

// Arithmetic ---------------------------------------------------------------------------------------

template <class T>
const Instruction* divisor_with(Team& team, const Instruction* at) {
    const CheckedOperation& about = checks_of(team).operations[at->jump];
    const T* divisor = column<T>(team, at->a);
    each_wrong(
        team, [&](u32 lane) { return divisor[lane] == 0; },
        [&](u32 lane) {
            Found found = found_at(team, lane, FaultKind::division_by_zero, about.site);
            found.text = "an integer is divided by zero";
            team.checking->tell(found);
        });
    return at + 1;
}

template <class T>
const Instruction* shift_with(Team& team, const Instruction* at) {
    using Signed = std::conditional_t<std::is_signed_v<T>, i64, u64>;
    const CheckedOperation& about = checks_of(team).operations[at->jump];
    const T* count = column<T>(team, at->a);
    each_wrong(
        team, [&](u32 lane) { return static_cast<u64>(static_cast<Signed>(count[lane])) >= about.bits; },
        [&](u32 lane) {
            Found found = found_at(team, lane, FaultKind::shift_out_of_range, about.site);
            found.index = static_cast<i64>(count[lane]);
            found.size = about.bits;
            found.text =
                "a value of " + std::to_string(about.bits) + " bits is shifted by " + std::to_string(count[lane]);
            team.checking->tell(found);
        });
    return at + 1;
}

template <class T>
const Instruction* finite_with(Team& team, const Instruction* at) {
    const CheckedOperation& about = checks_of(team).operations[at->jump];
    const T *result = column<T>(team, at->to), *a = column<T>(team, at->a), *b = column<T>(team, at->b),
            *c = column<T>(team, at->c);
    const auto is_finite = [](T x) { return std::isfinite(widen(x)); };
    each_wrong(
        team,
        [&](u32 lane) {
            return !is_finite(result[lane]) && is_finite(a[lane]) && is_finite(b[lane]) && is_finite(c[lane]);
        },
        [&](u32 lane) {
            Found found = found_at(team, lane, FaultKind::not_finite, about.site);
            found.text = std::string(std::isnan(widen(result[lane])) ? "NaN" : "an infinity") +
                         " comes out of operands that are finite";
            team.checking->tell(found);
        });
    return at + 1;
}

// Control ------------------------------------------------------------------------------------------

const Instruction* barrier(Team& team, const Instruction* at) {
    const CheckedBarrier& about = checks_of(team).barriers[at->jump];
    const std::span<const Truth> mask(column<Truth>(team, kMask), team.lanes);
    if (about.waits) team.checking->barrier(about, mask);
    else team.checking->fence(about, mask);
    return at + 1;
}

const Instruction* turn(Team& team, const Instruction* at) {
    const CheckedOperation& about = checks_of(team).operations[at->jump];
    const u64 limit = checks_of(team).options.step_limit;
    team.checking->turn_site = about.site;
    if (limit == 0) return at + 1;
    const Truth* mask = column<Truth>(team, kMask);
    for (u32 lane = 0; lane < team.lanes; ++lane) {
        if (mask[lane] == 0 || ++team.checking->turns[lane] <= limit) continue;
        Found found = found_at(team, lane, FaultKind::step_limit, about.site);
        found.size = limit;
        found.text = "the invocation has gone round loops " + std::to_string(limit) +
                     " times, the limit; the kernel was stopped";
        team.checking->tell(found);
        team.launch->over_steps = true;
        team.launch->stop.store(true, std::memory_order_relaxed);
        break;
    }
    return at + 1;
}

/// The lane of the traced invocation, where this team has it.
std::optional<u32> traced_lane(const Team& team, const std::array<u32, 3>& id) {
    const Program& of = *team.launch->program;
    const std::array<u32, 3>&size = of.workgroup_size, &groups = team.launch->groups;
    u64 group = 0;
    u32 local = 0;
    for (std::size_t axis = 3; axis-- > 0;) {
        if (id[axis] / size[axis] >= groups[axis]) return std::nullopt;
        group = group * groups[axis] + id[axis] / size[axis];
        local = local * size[axis] + id[axis] % size[axis];
    }
    if (group < team.first_group || group - team.first_group >= team.active / of.invocations) return std::nullopt;
    return static_cast<u32>(group - team.first_group) * of.invocations + local;
}

u64 bits_in(const Team& team, u32 at, Scalar scalar, u32 lane) {
    if (scalar == Scalar::boolean) return column<Truth>(team, at)[lane] != 0;
    u64 bits = 0;
    const u32 bytes = size_bytes(scalar);
    std::memcpy(&bits, team.frame + at + u64{lane} * bytes, bytes);
    return bits;
}

const Instruction* step(Team& team, const Instruction* at) {
    const TracedStep& about = checks_of(team).steps[at->jump];
    const std::optional<u32> lane = traced_lane(team, *checks_of(team).options.trace);
    if (!lane || column<Truth>(team, kMask)[*lane] == 0) return at + 1;
    TraceStep made;
    made.place = checks_of(team).sites[about.site].place;
    std::size_t done = 0;
    for (std::size_t i = 0; i < about.scalars.size(); ++i) {
        const std::size_t place = about.text.find("{}", done);
        made.text.append(about.text, done, place - done);
        made.text += ir::plain_text(about.scalars[i],
                                    bits_in(team, team.launch->program->lists[at->x + i], about.scalars[i], *lane));
        done = place + 2;
    }
    made.text.append(about.text, done);
    team.launch->checker->tell(*team.launch, std::move(made));
    return at + 1;
}

template <template <Reach> class With>
Function by_reach(Reach reach) {
    switch (reach) {
        case Reach::fixed:
            return With<Reach::fixed>::run;
        case Reach::element:
            return With<Reach::element>::run;
        case Reach::offset:
            return With<Reach::offset>::run;
        case Reach::rooted:
            return With<Reach::rooted>::run;
        case Reach::address:
            return With<Reach::address>::run;
        case Reach::shared:
            return With<Reach::shared>::run;
        case Reach::local:
            return With<Reach::local>::run;
        case Reach::slot:
            return With<Reach::slot>::run;
    }
    return nullptr;
}
template <Reach reach>
struct AccessBy {
    static constexpr Function run = access_by<reach>;
};
template <Reach reach>
struct CollectBy {
    static constexpr Function run = collect_by<reach>;
};

}  // namespace

Function check_index(Scalar of) {
    return with_integer(of, []<class T>() -> Function { return index_with<T>; });
}
Function check_access(Reach reach) { return by_reach<AccessBy>(reach); }
Function collect_unwritten(Reach reach) { return by_reach<CollectBy>(reach); }
Function check_unwritten() { return unwritten; }
Function check_divisor(u32 size_bytes) {
    return with_size(size_bytes, []<class T>() -> Function { return divisor_with<T>; });
}
Function check_shift(Scalar of) {
    return with_integer(of, []<class T>() -> Function { return shift_with<T>; });
}
Function check_finite(Scalar of) {
    return with_float(of, []<class T>() -> Function { return finite_with<T>; });
}
Function check_barrier() { return barrier; }
Function check_turn() { return turn; }
Function trace_step() { return step; }
Function forget_local() { return forget; }

}  // namespace alkomp::backend::reference
