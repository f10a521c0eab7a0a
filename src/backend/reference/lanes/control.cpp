// SPDX-License-Identifier: MIT OR Apache-2.0
// Masks, moves, constants, and where an invocation is.
#include "backend/reference/lanes/set.h"

namespace alkomp::backend::reference {
namespace {

const Instruction* jump_unless(bool any, const Team& team, const Instruction* at) {
    return any ? at + 1 : team.code + at->jump;
}

// Sets a column of truths and says whether one of them is true.
template <class F>
ALKOMP_INLINE bool set(Team& team, Truth* to, F&& f) {
    Truth any = 0;
    const u32 lanes = team.lanes & ~(kLaneMultiple - 1);
    ALKOMP_EACH_LANE
    for (u32 lane = 0; lane < lanes; ++lane) {
        const Truth value = f(lane);
        to[lane] = value;
        any |= value;
    }
    return any != 0;
}

const Instruction* if_then(Team& team, const Instruction* at) {
    Truth *mask = column<Truth>(team, kMask), *in = column<Truth>(team, at->to);
    const Truth* condition = column<Truth>(team, at->a);
    const bool any = set(team, mask, [&](u32 lane) {
        in[lane] = mask[lane];
        return mask[lane] & condition[lane];
    });
    return jump_unless(any, team, at);
}
const Instruction* if_else(Team& team, const Instruction* at) {
    const Truth *condition = column<Truth>(team, at->a), *in = column<Truth>(team, at->b);
    const bool any = set(team, column<Truth>(team, kMask), [&](u32 lane) { return in[lane] & ~condition[lane]; });
    return jump_unless(any, team, at);
}
const Instruction* clear(Team& team, const Instruction* at) {
    Truth* to = column<Truth>(team, at->to);
    each_lane(team, [&](u32 lane) { to[lane] = 0; });
    return at + 1;
}
const Instruction* leave(Team& team, const Instruction* at) {
    Truth* out = column<Truth>(team, at->to);
    const Truth* mask = column<Truth>(team, kMask);
    each_lane(team, [&](u32 lane) { out[lane] |= mask[lane]; });
    return at + 1;
}
const Instruction* mask_without(Team& team, const Instruction* at) {
    const Truth* condition = column<Truth>(team, at->a);
    Truth* mask = column<Truth>(team, kMask);
    set(team, mask, [&](u32 lane) { return mask[lane] & ~condition[lane]; });
    return at + 1;
}
const Instruction* keep_if(Team& team, const Instruction* at) {
    const Truth* condition = column<Truth>(team, at->a);
    Truth* mask = column<Truth>(team, kMask);
    return jump_unless(set(team, mask, [&](u32 lane) { return mask[lane] & condition[lane]; }), team, at);
}
const Instruction* join(Team& team, const Instruction* at) {
    const Truth* from = column<Truth>(team, at->a);
    return jump_unless(set(team, column<Truth>(team, kMask), [&](u32 lane) { return from[lane]; }), team, at);
}
const Instruction* jump(Team& team, const Instruction* at) { return team.code + at->jump; }
const Instruction* again(Team& team, const Instruction* at) {
    if (team.launch->stop.load(std::memory_order_relaxed)) return nullptr;
    const Instruction* next = team.code + at->jump;
    if (--team.turns != 0) return next;
    team.turns = kTurns;
    team.launch->look_at_clock();
    if (!team.launch->program->may_wait) return next;
    team.resume = next;
    return nullptr;
}
template <class T>
const Instruction* case_of(Team& team, const Instruction* at) {
    const T value = static_cast<T>(at->x | u64{at->y} << 32);
    Truth *to = column<Truth>(team, at->to), *mask = column<Truth>(team, kMask);
    const T* selector = column<T>(team, at->a);
    each_lane(team, [&](u32 lane) {
        const Truth taken = selector[lane] == value ? mask[lane] : Truth{0};
        to[lane] |= taken;
        mask[lane] &= ~taken;
    });
    return at + 1;
}
const Instruction* end(Team&, const Instruction*) { return nullptr; }

template <class T>
const Instruction* copy(Team& team, const Instruction* at) {
    __builtin_memmove(column<T>(team, at->to), column<T>(team, at->a), sizeof(T) * team.lanes);
    return at + 1;
}
template <class T>
const Instruction* blend(Team& team, const Instruction* at) {
    T* to = column<T>(team, at->to);
    const T* a = column<T>(team, at->a);
    const Truth* mask = column<Truth>(team, kMask);
    each_lane(team, [&](u32 lane) { to[lane] = mask[lane] != 0 ? a[lane] : to[lane]; });
    return at + 1;
}
template <class T>
const Instruction* fill_with(Team& team, const Instruction* at) {
    T* to = column<T>(team, at->to);
    const T value = static_cast<T>(at->x | u64{at->y} << 32);
    each_lane(team, [&](u32 lane) { to[lane] = value; });
    return at + 1;
}

// Of an index of any type, the place where the element begins.
template <class T>
const Instruction* scale_laid(Team& team, const Instruction* at) {
    using Signed = std::conditional_t<std::is_signed_v<T>, i64, u64>;
    u64* to = column<u64>(team, at->to);
    const T* index = column<T>(team, at->a);
    const u64* before = column<u64>(team, at->b);
    const u64 stride = at->y;
    each_lane(team,
              [&](u32 lane) { to[lane] = before[lane] + static_cast<u64>(static_cast<Signed>(index[lane])) * stride; });
    return at + 1;
}
template <class T>
const Instruction* scale_clamped(Team& team, const Instruction* at) {
    using Signed = std::conditional_t<std::is_signed_v<T>, i64, u64>;
    using Unsigned = std::conditional_t<sizeof(T) == 8, u64, u32>;
    u32* to = column<u32>(team, at->to);
    const T* index = column<T>(team, at->a);
    const u32* before = column<u32>(team, at->b);
    const u32 last = at->x, stride = at->y;
    each_lane(team, [&](u32 lane) {
        const auto wide = static_cast<Unsigned>(static_cast<Signed>(index[lane]));
        to[lane] = before[lane] + static_cast<u32>(wide < last ? wide : last) * stride;
    });
    return at + 1;
}

// Where an invocation is ---------------------------------------------------------------------------

template <class F>
const Instruction* by_lane(Team& team, const Instruction* at, F&& f) {
    u32* to = column<u32>(team, at->to);
    for (u32 lane = 0; lane < team.lanes; ++lane) to[lane] = f(lane);
    return at + 1;
}
const Program& program(const Team& team) { return *team.launch->program; }

const Instruction* local_id(Team& team, const Instruction* at) {
    const Program& of = program(team);
    const u32 divisor = at->x == 0   ? 1
                        : at->x == 1 ? of.workgroup_size[0]
                                     : of.workgroup_size[0] * of.workgroup_size[1];
    const u32 size = of.workgroup_size[at->x];
    return by_lane(team, at, [&](u32 lane) { return lane % of.invocations / divisor % size; });
}
const Instruction* workgroup_id(Team& team, const Instruction* at) {
    const Program& of = program(team);
    const std::array<u32, 3>& groups = team.launch->groups;
    const u64 divisor = at->x == 0 ? 1 : at->x == 1 ? groups[0] : u64{groups[0]} * groups[1];
    const u32 axis = at->x;
    u64 group = team.first_group;
    u32 id = static_cast<u32>(group / divisor % groups[axis]);
    u64 left = divisor - group % divisor;  // groups until the id changes
    u32 rest = of.invocations;
    return by_lane(team, at, [&](u32) {
        const u32 here = id;
        if (--rest == 0) {
            rest = of.invocations;
            if (--left == 0) {
                left = divisor;
                if (++id == groups[axis]) id = 0;
            }
        }
        return here;
    });
}
const Instruction* workgroup_count(Team& team, const Instruction* at) {
    const u32 count = team.launch->groups[at->x];
    return by_lane(team, at, [&](u32) { return count; });
}
const Instruction* workgroup_size(Team& team, const Instruction* at) {
    const u32 size = program(team).workgroup_size[at->x];
    return by_lane(team, at, [&](u32) { return size; });
}
const Instruction* local_index(Team& team, const Instruction* at) {
    const u32 count = program(team).invocations;
    return by_lane(team, at, [&](u32 lane) { return lane % count; });
}
const Instruction* subgroup_size(Team& team, const Instruction* at) {
    const u32 size = program(team).subgroup_size;
    return by_lane(team, at, [&](u32) { return size; });
}
const Instruction* subgroup_lane(Team& team, const Instruction* at) {
    const Program& of = program(team);
    return by_lane(team, at, [&](u32 lane) { return lane % of.invocations % of.subgroup_size; });
}
const Instruction* subgroup_id(Team& team, const Instruction* at) {
    const Program& of = program(team);
    return by_lane(team, at, [&](u32 lane) { return lane % of.invocations / of.subgroup_size; });
}
const Instruction* subgroup_count(Team& team, const Instruction* at) {
    const Program& of = program(team);
    const u32 count = (of.invocations + of.subgroup_size - 1) / of.subgroup_size;
    return by_lane(team, at, [&](u32) { return count; });
}
template <ir::Builtin which>
const Instruction* subgroup_mask(Team& team, const Instruction* at) {
    const Program& of = program(team);
    const u64 all = of.subgroup_size == 64 ? ~u64{0} : (u64{1} << of.subgroup_size) - 1;
    const u32 word = at->x;
    return by_lane(team, at, [&](u32 lane) {
        const u64 own = u64{1} << (lane % of.invocations % of.subgroup_size), below = own - 1;
        u64 mask = own;
        if constexpr (which == ir::Builtin::subgroup_ge_mask) mask = all & ~below;
        if constexpr (which == ir::Builtin::subgroup_gt_mask) mask = all & ~below & ~own;
        if constexpr (which == ir::Builtin::subgroup_le_mask) mask = below | own;
        if constexpr (which == ir::Builtin::subgroup_lt_mask) mask = below;
        return word > 1 ? 0 : static_cast<u32>(mask >> (32 * word));
    });
}

}  // namespace

Function ALKOMP_LANES::move(Move how, u32 size_bytes) {
    return with_size(size_bytes, [&]<class T>() -> Function { return how == Move::copy ? copy<T> : blend<T>; });
}
Function ALKOMP_LANES::fill(u32 size_bytes) {
    return with_size(size_bytes, []<class T>() -> Function { return fill_with<T>; });
}
Function ALKOMP_LANES::scale(Scalar index, bool clamped) {
    return with_integer(index, [&]<class T>() -> Function { return clamped ? scale_clamped<T> : scale_laid<T>; });
}
Function ALKOMP_LANES::case_of(u32 size_bytes) {
    return with_size(size_bytes, []<class T>() -> Function { return reference::case_of<T>; });
}

Function ALKOMP_LANES::control(Control what) {
    switch (what) {
        case Control::if_then:
            return if_then;
        case Control::if_else:
            return if_else;
        case Control::clear:
            return clear;
        case Control::leave:
            return leave;
        case Control::mask_without:
            return mask_without;
        case Control::keep_if:
            return keep_if;
        case Control::join:
            return join;
        case Control::jump:
            return jump;
        case Control::again:
            return again;
        case Control::end:
            return end;
    }
    return nullptr;
}

Function ALKOMP_LANES::builtin(ir::Builtin which) {
    switch (which) {
        case ir::Builtin::global_id:
            return nullptr;  // of the others
        case ir::Builtin::local_id:
            return local_id;
        case ir::Builtin::workgroup_id:
            return workgroup_id;
        case ir::Builtin::workgroup_count:
            return workgroup_count;
        case ir::Builtin::workgroup_size:
            return workgroup_size;
        case ir::Builtin::local_index:
            return local_index;
        case ir::Builtin::subgroup_size:
            return subgroup_size;
        case ir::Builtin::subgroup_lane:
            return subgroup_lane;
        case ir::Builtin::subgroup_id:
            return subgroup_id;
        case ir::Builtin::subgroup_count:
            return subgroup_count;
        case ir::Builtin::subgroup_eq_mask:
            return subgroup_mask<ir::Builtin::subgroup_eq_mask>;
        case ir::Builtin::subgroup_ge_mask:
            return subgroup_mask<ir::Builtin::subgroup_ge_mask>;
        case ir::Builtin::subgroup_gt_mask:
            return subgroup_mask<ir::Builtin::subgroup_gt_mask>;
        case ir::Builtin::subgroup_le_mask:
            return subgroup_mask<ir::Builtin::subgroup_le_mask>;
        case ir::Builtin::subgroup_lt_mask:
            return subgroup_mask<ir::Builtin::subgroup_lt_mask>;
    }
    return nullptr;
}

const Lanes& ALKOMP_LANES::lanes() {
    namespace set = ALKOMP_LANES;
    static constexpr Lanes kLanes{set::integer,   set::real,    set::transcendental, set::exponent, set::select,
                                  set::convert,   set::part,    set::into,           set::move,     set::fill,
                                  set::scale,     set::address, set::length,         set::control,  set::case_of,
                                  set::builtin,   set::load,    set::store,          set::atomic,   set::vote,
                                  set::from_lane, set::combine, set::multiply_add};
    return kLanes;
}

}  // namespace alkomp::backend::reference
