// SPDX-License-Identifier: MIT OR Apache-2.0
// Barriers, and operations on cooperative matrices, that some invocations certainly never reach while others wait.
//
// The first workgroup is followed through the first iteration of each loop: for each place, the set of invocations
// that may come there. What depends on memory, on scalars or on later iterations may go either way, so whoever is
// missing from the set is missing for certain. Invocations that may have returned from the kernel are not waited for.
#include "ir/builder.h"
#include "ir/invocations.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace alkomp::ir {
namespace {

constexpr u64 kMaxInvocations = 4096;

class Reach {
public:
    Reach(const Module& module, const Flow& flow, const Workgroup& group)
        : module_(module),
          flow_(flow),
          group_(group),
          values_(module, flow.listed, group),
          all_(Invocations::all(group.count)),
          returned_(group.count),
          impossible_(group.count) {}

    void run() {
        for (u32 i = 1; i < module_.functions.size(); ++i) {
            if (flow_.converges[i] == 0) continue;
            is_kernel_ = FunctionId{i} == module_.kernel;
            parted_by_ = InstructionId::none;
            returned_ = impossible_ = Invocations(group_.count);
            region(module_.functions[i].body, all_);
        }
    }

private:
    struct Open {
        InstructionId construct = InstructionId::none;
        Invocations entered;
        Invocations left;       // by `exit`, in any iteration
        Invocations continued;  // by `next`, in the first
        Invocations fallen;     // by `fallthrough`, to the next region
    };
    struct Waiting {
        InstructionId at = InstructionId::none;
        InstructionId parted_by = InstructionId::none;
        u8 together = 0;
        Invocations here;
    };

    void region(RegionId id, Invocations here) {
        for (const InstructionId at : module_[id].body) {
            if (!here.any()) return;
            const Instruction& instruction = module_[at];
            if (has(instruction.op, kTerminator)) return terminate(instruction, here);
            if (has(instruction.op, kConstruct)) {
                if (flow_.parts[place(at)]) here = construct(at, here);
                if (open_.empty()) settle();
                continue;
            }
            const u8 wanted = instruction.op == Op::call ? flow_.converges[module_.immediates(instruction)[0]]
                                                         : together(module_, instruction);
            if (wanted == 0 || here == all_) continue;
            waiting_.push_back({at, parted_by_, wanted, here});
            if (open_.empty()) settle();
        }
    }

    // Constructs.
    Invocations construct(InstructionId id, const Invocations& here) {
        const Instruction& instruction = module_[id];
        const InstructionId before = parted_by_;
        if (instruction.op == Op::loop) loops_.push_back(open_.size());
        open_.push_back({id, here, Invocations(group_.count), Invocations(group_.count), Invocations(group_.count)});
        if (instruction.op == Op::if_) choose(instruction);
        else if (instruction.op == Op::switch_) choose_case(instruction);
        else iterate(instruction);
        Invocations left = std::move(open_.back().left);
        open_.pop_back();
        if (instruction.op == Op::loop) loops_.pop_back();
        parted_by_ = left == here ? before : id;
        return left;
    }
    void enter(RegionId id, const Invocations& here) {
        const InstructionId before = parted_by_;
        if (!(here == open_.back().entered)) parted_by_ = open_.back().construct;
        region(id, here);
        parted_by_ = before;
    }
    void choose(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        const PerInvocation* condition = values_.find(module_.operands(instruction)[0]);
        std::array<Invocations, 2> never{Invocations(group_.count), Invocations(group_.count)};
        for (u32 i = 0; condition != nullptr && i < group_.count; ++i)
            if (const auto bits = condition->at(i)) never[*bits != 0 ? 1 : 0].add(i);
        const Invocations entered = open_.back().entered;
        for (std::size_t i = 0; i < 2; ++i) enter(regions[i], entered.without(never[i]));
    }
    void choose_case(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        const Switch chooses = Switch::from(module_.immediates(instruction));
        std::unordered_map<u64, std::size_t> places;
        for (std::size_t i = 0; i < chooses.values.size(); ++i)
            for (const u64 value : chooses.values[i]) places.emplace(value, i);
        const PerInvocation* selector = values_.find(module_.operands(instruction)[0]);
        const Invocations entered = open_.back().entered;
        std::vector<Invocations> chosen(regions.size(), Invocations(group_.count));
        Invocations unknown = selector == nullptr ? entered : Invocations(group_.count);
        for (u32 i = 0; selector != nullptr && i < group_.count; ++i) {
            if (!entered.holds(i)) continue;
            if (const auto bits = selector->at(i)) {
                const auto found = places.find(*bits);
                chosen[found == places.end() ? chooses.default_region : found->second].add(i);
            } else {
                unknown.add(i);
            }
        }
        for (std::size_t k = 0; k < regions.size(); ++k)
            if (chooses.leads_to(k)) chosen[k] |= unknown;
        for (std::size_t k = 0; k < regions.size(); ++k) {
            Invocations here = std::move(chosen[k]);
            here |= open_.back().fallen;
            open_.back().fallen = Invocations(group_.count);
            enter(regions[k], here);
        }
    }
    void iterate(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        enter(regions[0], open_.back().entered);
        const Invocations continued = open_.back().continued;
        enter(regions[1], continued);
    }

    // Terminators.
    void terminate(const Instruction& instruction, const Invocations& here) {
        switch (instruction.op) {
            case Op::exit: {
                const std::size_t target = find_open(module_.target(instruction));
                open_[target].left |= outside(target, here);
                return;
            }
            case Op::next: {
                const std::size_t target = find_open(module_.target(instruction));
                open_[target].continued |= outside(target + 1, here);
                return;
            }
            case Op::fallthrough:
                open_.back().fallen |= here;
                return;
            case Op::repeat_if:
                open_.back().left |= outside(open_.size() - 1, here);
                return;
            case Op::return_:
                returned_ |= outside(0, here);
                return;
            case Op::unreachable:
                impossible_ |= outside(0, here);
                return;
            default:
                return;  // repeat
        }
    }
    std::size_t find_open(InstructionId construct) const {
        std::size_t at = open_.size() - 1;
        while (open_[at].construct != construct) --at;
        return at;
    }
    /// Who may come from here beyond the loops from place `from` on: in a later iteration, all that entered the
    /// outermost of them.
    const Invocations& outside(std::size_t from, const Invocations& here) const {
        const auto loop = std::lower_bound(loops_.begin(), loops_.end(), from);
        return loop == loops_.end() ? here : open_[*loop].entered;
    }

    /// Outside of all constructs it is known who has returned.
    void settle() {
        for (const Waiting& waiting : waiting_) {
            const bool is_barrier = module_[waiting.at].op != Op::matrix_load &&
                                    module_[waiting.at].op != Op::matrix_store &&
                                    module_[waiting.at].op != Op::matrix_multiply_add;
            Invocations excused = impossible_;
            if (is_kernel_ && is_barrier) excused |= returned_;
            const Invocations missing = all_.without(waiting.here).without(excused);
            if ((waiting.together & kWorkgroup) != 0 && missing.any())
                refuse_parting(waiting, waiting.here, missing, "workgroup");
            if ((waiting.together & kSubgroup) == 0 || group_.subgroup_size == 0) continue;
            for (u32 first = 0; first < group_.count; first += group_.subgroup_size) {
                const u32 end = std::min(first + group_.subgroup_size, group_.count);
                const Invocations absent = missing.part(first, end);
                const Invocations present = waiting.here.part(first, end);
                if (absent.any() && present.any()) refuse_parting(waiting, present, absent, "subgroup");
            }
        }
        waiting_.clear();
    }
    [[noreturn]] void refuse_parting(const Waiting& waiting, const Invocations& present, const Invocations& missing,
                                     const std::string& scope) const {
        std::string by;
        if (waiting.parted_by != InstructionId::none) {
            const Instruction& construct = module_[waiting.parted_by];
            const std::string line = line_of(module_, module_.locations[construct.location]);
            by = "; the " + std::string(info(construct.op).name) + (line.empty() ? "" : " at " + line) + " parts them";
        }
        refuse(module_, waiting.at,
               "not all invocations of the " + scope + " come here: the one with local_id " +
                   group_.text(missing.first()) + " never does, " + group_.text(present.first()) + " may" + by + '.');
    }

    const Module& module_;
    const Flow& flow_;
    const Workgroup& group_;
    InvocationValues values_;
    Invocations all_;
    Invocations returned_;    // who may have returned
    Invocations impossible_;  // who may have come where control never comes: nothing is known of them
    std::vector<Open> open_;
    std::vector<std::size_t> loops_;  // their places in open_
    std::vector<Waiting> waiting_;
    InstructionId parted_by_ = InstructionId::none;
    bool is_kernel_ = false;
};

}  // namespace

u8 together(const Module& module, const Instruction& instruction) {
    const auto of_matrix = [&](ValueId value) -> u8 {
        return module.type(value).scope == Scope::workgroup ? kWorkgroup : kSubgroup;
    };
    switch (instruction.op) {
        case Op::barrier:
            return static_cast<Scope>(module.immediates(instruction)[0]) == Scope::workgroup ? kWorkgroup : kSubgroup;
        case Op::matrix_load:
        case Op::matrix_multiply_add:
            return of_matrix(module.result(instruction));
        case Op::matrix_store:
            return of_matrix(module.operands(instruction)[1]);
        default:
            return 0;
    }
}

void check_uniformity(const Module& module, const Flow& flow, u32 subgroup_size) {
    if (flow.converges[place(module.kernel)] == 0) return;
    Workgroup group;
    u64 count = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::optional<u64> size = module.known_bits(module.workgroup_size[i]);
        if (!size || *size > kMaxInvocations || (count *= *size) > kMaxInvocations) return;
        group.size[i] = static_cast<u32>(*size);
    }
    group.count = static_cast<u32>(count);
    group.subgroup_size = subgroup_size;
    Reach(module, flow, group).run();
}

}  // namespace alkomp::ir
