// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/flatten_choices.h"

#include "ir/pass/combination.h"
#include "ir/pass/edit.h"
#include "ir/pass/rebuild.h"
#include "ir/uniformity.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

/// What all of a subgroup or workgroup do together.
bool is_met(Op op) { return op == Op::barrier || op == Op::fence || meets_lanes(op); }

/// Which choices to flatten.
class Plan {
public:
    Plan(const Module& module, bool for_barriers)
        : module_(module),
          for_barriers_(for_barriers),
          uniformity_(module),
          meets_(module.instructions.size()),
          returns_(module.instructions.size()),
          flat_(module.instructions.size()) {}

    /// Whether there is anything to do, and it can be done.
    bool run() {
        look(module_[module_.kernel].body, InstructionId::none);
        return apart_ && !has_pointers_ && walk(module_[module_.kernel].body, false, false);
    }
    [[nodiscard]] bool is_flat(InstructionId id) const { return flat_[place(id)]; }
    [[nodiscard]] bool meets(InstructionId id) const { return meets_[place(id)]; }

private:
    void look(RegionId region, InstructionId around) {
        for (const InstructionId id : module_[region].body) {
            const Instruction& instruction = module_[id];
            if (has(instruction.op, kConstruct)) {
                for (const RegionId inner : module_.regions_of(instruction)) look(inner, id);
                for (u32 i = 0; i < instruction.results.count; ++i)
                    has_pointers_ = has_pointers_ || module_.types.is(module_.type_of(module_.result(instruction, i)),
                                                                      Type::Kind::pointer);
            } else if (is_met(instruction.op)) {
                meets_[place(id)] = true;
                const bool counts = !for_barriers_ || joins_workgroup(module_, instruction);
                apart_ = apart_ || (counts && !uniformity_.is_together(id));
            }
            if (instruction.op == Op::return_) returns_[place(id)] = true;
            if (around == InstructionId::none) continue;
            if (meets_[place(id)]) meets_[place(around)] = true;
            if (returns_[place(id)]) returns_[place(around)] = true;
        }
    }
    /// `partly`: some may not be there. `kept`: in a construct that is no choice to flatten.
    bool walk(RegionId region, bool partly, bool kept) {
        for (const InstructionId id : module_[region].body) {
            const Instruction& instruction = module_[id];
            const bool meets = meets_[place(id)], returns = returns_[place(id)];
            if (!has(instruction.op, kConstruct) || (!meets && !returns)) continue;
            const bool is_flat = (instruction.op != Op::loop && uniformity_.parts(id)) || (partly && returns);
            // One who is not there might tell the others what to do.
            if (partly && uniformity_.is_hidden(id)) return false;
            if (is_flat && (instruction.op != Op::if_ || (returns && kept) || !ends_here(id))) return false;
            if (!is_flat && partly && instruction.op == Op::loop) return false;
            flat_[place(id)] = is_flat;
            for (const RegionId inner : module_.regions_of(instruction))
                if (!walk(inner, partly || is_flat, kept || !is_flat)) return false;
            partly = partly || (is_flat && returns);
        }
        return true;
    }
    /// One of its ways ends by leaving it, the other too or by returning, and nothing in them leads elsewhere.
    bool ends_here(InstructionId id) const {
        bool any = false;
        for (const RegionId region : module_.regions_of(module_[id])) {
            const Instruction& last = module_[module_[region].body.back()];
            const bool leaves = last.op == Op::exit && module_.target(last) == id;
            if ((!leaves && last.op != Op::return_) || leads_out(region, id)) return false;
            any = any || leaves;
        }
        return any;
    }
    /// Something within the constructs of the region goes on at this one or around it.
    bool leads_out(RegionId region, InstructionId of) const {
        for (const InstructionId id : module_[region].body)
            for (const RegionId inner : module_.regions_of(module_[id])) {
                const Instruction& last = module_[module_[inner].body.back()];
                const bool jumps = last.op == Op::exit || last.op == Op::next;
                if ((jumps && is_around(module_.target(last), of)) || leads_out(inner, of)) return true;
            }
        return false;
    }
    bool is_around(InstructionId target, InstructionId of) const {
        for (InstructionId at = of; at != InstructionId::none; at = module_[module_[at].region].owner)
            if (at == target) return true;
        return false;
    }

    const Module& module_;
    const bool for_barriers_;
    const Uniformity uniformity_;
    std::vector<bool> meets_;    // by instruction: a subgroup or the workgroup does it together, or something in it
    std::vector<bool> returns_;  // by instruction: something in it returns
    std::vector<bool> flat_;     // by instruction
    bool apart_ = false;         // something is met by a part of the workgroup
    bool has_pointers_ = false;  // that differ by a choice
};

class Flatten : public Rebuild {
public:
    Flatten(const Module& from, const Plan& plan) : Rebuild(from), plan_(plan) {}

private:
    bool all() const { return active_ == ValueId::none; }
    ValueId not_(ValueId truth) { return emit(Op::bit_not, {truth}); }
    ValueId both(ValueId a, ValueId b) { return a == ValueId::none ? b : emit(Op::bit_and, {a, b}); }

    void construct(InstructionId id) override {
        if (plan_.is_flat(id)) return flatten(id);
        if (all() || plan_.meets(id)) return Rebuild::construct(id);
        guard(id, [&] { Rebuild::construct(id); });
    }
    /// Both ways, one after the other.
    void flatten(InstructionId id) {
        const ValueId before = active_, condition = operand(id, 0);
        std::array<std::vector<ValueId>, 2> given;
        std::array<ValueId, 2> behind{ValueId::none, ValueId::none};
        bool returned = false;
        for (std::size_t i = 0; i < 2; ++i) {
            const ValueId here = both(before, i == 0 ? condition : not_(condition));
            active_ = here;
            const std::vector<InstructionId>& body = from_[from_.regions_of(from_[id])[i]].body;
            for (const InstructionId one : std::span(body).first(body.size() - 1)) instruction(one);
            const bool leaves = from_[body.back()].op == Op::exit;
            returned = returned || !leaves || active_ != here;
            if (!leaves) continue;
            behind[i] = active_;
            for (const ValueId one : operands(body.back())) given[i].push_back(value(one));
        }
        active_ = before;
        if (returned)
            active_ = behind[0] == ValueId::none   ? behind[1]
                      : behind[1] == ValueId::none ? behind[0]
                                                   : emit(Op::bit_or, {behind[0], behind[1]});
        for (u32 i = 0; i < from_[id].results.count; ++i)
            define(result(id, i), behind[0] == ValueId::none ? given[1][i]
                                  : behind[1] == ValueId::none
                                      ? given[0][i]
                                      : emit(Op::select, {condition, given[0][i], given[1][i]}));
    }
    /// Only by those who would be there; the others get zeros.
    template <class F>
    void guard(InstructionId id, F&& make) {
        const ValueId active = std::exchange(active_, ValueId::none);
        std::vector<TypeId> types;
        std::vector<ValueId> made, zeros;
        for (u32 i = 0; i < from_[id].results.count; ++i) {
            types.push_back(type(from_.type_of(result(id, i))));
            zeros.push_back(to_.zero(types.back()));
        }
        const InstructionId choice = build_.open_if(active, types);
        build_.open_region();
        make();
        for (u32 i = 0; i < types.size(); ++i) made.push_back(value(result(id, i)));
        build_.exit(choice, made);
        build_.close_region();
        build_.open_region();
        build_.exit(choice, zeros);
        build_.close_region();
        build_.close_construct();
        for (u32 i = 0; i < types.size(); ++i) define(result(id, i), to_.result(to_[choice], i));
        active_ = active;
    }

    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (all() || old.op == Op::variable || old.op == Op::barrier || old.op == Op::fence || has(old.op, kPure))
            return copy(id);
        if (is_met(old.op)) return meet(id);
        if (is_of_subgroup(old.op) || (old.op == Op::load && is_steady(operands(id)[0]))) return copy(id);
        guard(id, [&] { copy(id); });
    }
    /// Nobody writes there while others may read.
    bool is_steady(ValueId pointer) const {
        const Space space = from_.type(pointer).space;
        if (space != Space::storage) return space == Space::local || space == Space::uniform || space == Space::scalars;
        const Value& value = from_[pointer];
        if (value.kind == Value::Kind::global) return is_only_read(from_.globals[value.index]);
        if (value.kind != Value::Kind::result) return false;
        const InstructionId from{value.index};
        return (from_[from].op == Op::access || from_[from].op == Op::offset) && is_steady(operands(from)[0]);
    }

    // What those who are not there give changes nothing.
    void meet(InstructionId id) {
        const std::span<const u32> how = from_.immediates(from_[id]);
        const auto of = [&](ValueId given) {
            std::vector<ValueId> all{given};
            for (const ValueId one : operands(id).subspan(1)) all.push_back(value(one));
            return build_.emit(from_[id].op, all, how);
        };
        const auto given = [&] { return operand(id, 0); };
        switch (from_[id].op) {
            case Op::subgroup_elect:
                return define(result(id), emit(Op::eq, {build_.builtin(Builtin::subgroup_lane), first()}));
            case Op::subgroup_all:
                return define(result(id), of(emit(Op::bit_or, {given(), not_(active_)})));
            case Op::subgroup_any:
            case Op::subgroup_ballot:
                return define(result(id), of(emit(Op::bit_and, {given(), active_})));
            case Op::subgroup_all_equal: {
                const ValueId one = build_.emit(Op::subgroup_shuffle, {given(), first()});
                ValueId same = emit(Op::eq, {given(), one});
                if (to_.types.lanes(to_.type_of(same)) > 1) same = emit(Op::all_lanes, {same});
                return define(result(id), build_.emit(Op::subgroup_all, {emit(Op::bit_or, {same, not_(active_)})}));
            }
            case Op::subgroup_broadcast_first:
                return define(result(id), build_.emit(Op::subgroup_shuffle, {given(), first()}));
            case Op::subgroup_reduce:
            case Op::subgroup_scan: {
                const TypeId type = to_.type_of(given());
                const u64 bits = identity_of(static_cast<Combine>(how[0]), to_.types.scalar_of(type));
                return define(result(id), of(emit(Op::select, {active_, given(), filled(type, bits)})));
            }
            default:
                return copy(id);
        }
    }
    /// The first lane that is there.
    ValueId first() { return build_.emit(Op::subgroup_ballot_lsb, {build_.emit(Op::subgroup_ballot, {active_})}); }

    const Plan& plan_;
    ValueId active_ = ValueId::none;  // the invocation would be here; none: all are
};

}  // namespace

void flatten_choices(Module& module, bool for_barriers) {
    Plan plan(module, for_barriers);
    if (!plan.run()) return;
    Module made = Flatten(module, plan).run();
    module = std::move(made);
}

}  // namespace alkomp::ir
