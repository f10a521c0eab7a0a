// SPDX-License-Identifier: MIT OR Apache-2.0
// Walks a function from construct to construct without recursion. A merge block follows its construct; a branch to
// the merge or continue block of a construct around it leaves that construct, whatever lies between.
#include "read/spirv/plan.h"

#include "ir/module.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace alkomp::read {
namespace {

using Kind = Step::Kind;
using spv::Op;

class Planner {
public:
    Planner(const Code& code, Code::Function function, IdTable<u32>& places)
        : code_(code), function_(function), places_(places) {}

    Plan run() {
        plan_.blocks.emplace_back();
        plan_.steps.emplace_back();
        find_blocks();
        roles_.resize(plan_.blocks.size());
        if (plan_.blocks.size() == 1) fail("has no body");
        open_region();
        pending_ = {plan_.blocks[1].label, 0, false};
        while (pending_.label != 0 || !frames_.empty()) {
            if (pending_.label != 0) go(std::exchange(pending_, {}));
            else finish_region();
        }
        close_region();
        return std::move(plan_);
    }

private:
    /// What follows in a construct, or behind it.
    struct Entry {
        enum class To : u8 { block, end, nowhere };
        To to = To::nowhere;
        Id label = 0, from = 0;
    };
    struct Frame {
        enum class Of : u8 { choice, loop, cases, once, body_once };
        Of of = Of::choice;
        u32 construct = 0;
        Id merge = 0;
        Id header = 0, next = 0;  ///< of a loop
        std::vector<Entry> entries;
        std::vector<u32> order;  ///< cases: as far as nothing falls through
        std::size_t at = 0;
        Entry after;
        bool left = false;        ///< something goes to its merge block
        bool goes_round = false;  ///< something goes to its continue block
        u32 opened = 0;           ///< once: the steps that open it if something within falls through
        u32 switch_place = 0;     ///< cases
        std::vector<bool> done;   ///< cases: by place
        u32 forced = kNone;       ///< cases: the next one, which the one before falls through to
    };
    struct Role {
        enum class Of : u8 { none, merge, next, header, label_of_case };
        Of of = Of::none;
        u32 frame = 0;  ///< place + 1
        u32 place = 0;  ///< of the case
    };
    struct SavedRole {
        Id label = 0;
        Role role;
    };
    struct OpenRegion {
        u32 opened = 0;
        std::vector<u32> blocks;
    };
    struct Pending {
        Id label = 0, from = 0;
        bool begins_case = false;
    };
    static constexpr u32 kNone = 0xffffffff;
    static constexpr std::size_t kMostWalks = 64;

    [[noreturn]] void fail(const std::string& what) const {
        const Inst first = code_.at(function_.first);
        code_.fail("is not valid SPIR-V: the function " + code_.shown(first[2]) + ' ' + what + '.');
    }

    // Blocks.
    void find_blocks() {
        bool open = false;
        for (u32 at = function_.first; at < function_.end;) {
            const Inst inst = code_.at(at);
            const u32 behind = at + static_cast<u32>(inst.size());
            switch (inst.op()) {
                case Op::Label: {
                    if (open) fail("has a block that no terminator ends");
                    open = true;
                    places_[inst[1]] = static_cast<u32>(plan_.blocks.size());
                    Block block;
                    block.label = inst[1];
                    block.first = behind;
                    plan_.blocks.push_back(block);
                    break;
                }
                case Op::Phi:
                    if (open) ++plan_.blocks.back().phis;
                    break;
                case Op::SelectionMerge:
                case Op::LoopMerge:
                    if (!open || plan_.blocks.back().merge != 0) fail("has a merge instruction out of place");
                    plan_.blocks.back().merge = inst[1];
                    if (inst.op() == Op::LoopMerge) plan_.blocks.back().next = inst[2];
                    break;
                case Op::Branch:
                case Op::BranchConditional:
                case Op::Switch:
                case Op::Return:
                case Op::ReturnValue:
                case Op::Unreachable:
                case Op::Kill:
                case Op::TerminateInvocation:
                    if (!open) fail("has a terminator outside of a block");
                    open = false;
                    plan_.blocks.back().terminator = at;
                    break;
                default:
                    break;
            }
            at = behind;
        }
        if (open) fail("has a block that no terminator ends");
    }
    u32 block_of(Id label) const {
        const u32 place = places_[label];
        if (place == 0 || place >= plan_.blocks.size() || block(place).label != label)
            fail("has a branch to " + code_.shown(label) + ", which is none of its blocks");
        return place;
    }
    Role& role_of(Id label) { return roles_[block_of(label)]; }
    const Block& block(u32 place) const { return plan_.blocks[place]; }

    // Steps.
    void add(Kind kind, u32 construct = 0, u32 block = 0) { plan_.steps.push_back({kind, construct, block, 0, 0}); }
    u32 here() const { return static_cast<u32>(plan_.steps.size()); }
    /// Behind the step that says so.
    void open_region() { open_regions_.push_back({here() - 1, {}}); }
    void close_region() {
        for (const u32 block : open_regions_.back().blocks) plan_.blocks[block].until = here();
        plan_.steps[open_regions_.back().opened].block = here();
        open_regions_.pop_back();
    }
    void add_edge(Id from, Id to) {
        const u32 target = block_of(to);
        if (from == 0 || block(target).phis == 0) return;
        Step step;
        step.kind = Kind::edge;
        step.from = from;
        step.to = to;
        plan_.steps.push_back(step);
    }

    // Roles: what a branch to a label means here.
    void give_role(Id label, Role::Of of, u32 place = 0) {
        if (label == 0) return;
        saved_.push_back({label, role_of(label)});
        role_of(label) = {of, static_cast<u32>(frames_.size()), place};
    }
    Frame& push(Frame frame) {
        if (frames_.size() >= ir::kDeepestConstruct)
            fail("nests its constructs more than " + std::to_string(ir::kDeepestConstruct) + " deep");
        frames_.push_back(std::move(frame));
        saved_at_.push_back(saved_.size());
        return frames_.back();
    }
    void pop() {
        while (saved_.size() > saved_at_.back()) {
            role_of(saved_.back().label) = saved_.back().role;
            saved_.pop_back();
        }
        saved_at_.pop_back();
        frames_.pop_back();
    }
    bool leaves(Id label) { return role_of(label).of != Role::Of::none; }

    /// Control goes to a block: out of constructs, or into it here.
    void go(const Pending& to) {
        add_edge(to.from, to.label);
        if (leaves(to.label) && !to.begins_case) leave(to.label);
        else enter(block_of(to.label));
    }

    void leave(Id label) {
        const Role role = role_of(label);
        Frame& frame = frames_[role.frame - 1];
        switch (role.of) {
            case Role::Of::merge:
                frame.left = true;
                return add(Kind::exit, frame.construct);
            case Role::Of::next:
                frame.goes_round = true;
                return add(Kind::next, frame.construct);
            case Role::Of::header:
                if (frame.next != 0 && frame.next != frame.header)
                    fail("goes back to " + code_.shown(label) + " from elsewhere than its continue construct");
                frame.goes_round = true;
                return add(Kind::next, frame.construct);
            case Role::Of::label_of_case:
                return fall_through(frame, role);
            case Role::Of::none:
                break;
        }
    }
    /// `frame`: of the switch. The one above it is that of the case.
    void fall_through(Frame& frame, const Role& role) {
        if (frame.forced != kNone && frame.forced != role.place)
            fail("has a case that falls through to more than one other");
        if (frame.done[role.place]) fail("has a case that falls through to one before it");
        frame.forced = role.place;
        Frame& once = frames_[role.frame];
        const bool direct = frames_.size() == role.frame + 1;
        if (direct && !once.left) return add(Kind::fallthrough);
        if (!once.left) {
            once.left = true;
            once.construct = plan_.constructs++;
            plan_.steps[once.opened].kind = Kind::open_once;
            plan_.steps[once.opened + 1].kind = Kind::region;
            plan_.steps[once.opened].construct = plan_.steps[once.opened + 1].construct = once.construct;
        }
        add(Kind::exit, once.construct);
    }

    void enter(u32 place) {
        if (block(place).step != 0)
            fail("comes to " + code_.shown(block(place).label) + " by two ways that no construct joins");
        if (block(place).next != 0) open_loop(place);
        evaluate(place);
        const Inst terminator = code_.at(block(place).terminator);
        switch (terminator.op()) {
            case Op::Branch:
                if (block(place).merge != 0 && block(place).next == 0) fail("has a selection that chooses nothing");
                pending_ = {terminator[1], block(place).label, false};
                return;
            case Op::BranchConditional:
                return branch(place, terminator);
            case Op::Switch:
                return open_switch(place, terminator);
            case Op::Return:
            case Op::ReturnValue:
                return add(Kind::give_back, 0, place);
            case Op::Unreachable:
                return add(Kind::unreachable);
            default:
                code_.fail(Line(), Code::name_of(terminator.op()) + ": only fragment shaders have it.",
                           ErrorCode::unsupported);
        }
    }
    void evaluate(u32 place) {
        plan_.blocks[place].step = here();
        open_regions_.back().blocks.push_back(place);
        add(Kind::block, 0, place);
    }

    void open_loop(u32 place) {
        const Block& header = block(place);
        Frame frame;
        frame.of = Frame::Of::loop;
        frame.construct = plan_.constructs++;
        frame.merge = header.merge;
        frame.header = header.label;
        const bool simple = header.next == header.label || is_simple(header);
        frame.next = simple ? header.next : 0;
        frame.after = {Entry::To::block, header.merge, 0};
        const u32 construct = frame.construct;
        push(std::move(frame));
        // The innermost meaning of a label is the one that counts: the header of a loop that is its own continue block.
        give_role(header.merge, Role::Of::merge);
        give_role(header.label, Role::Of::header);
        if (simple && header.next != header.label) give_role(header.next, Role::Of::next);
        add(Kind::open_loop, construct);
        add(Kind::region, construct);
        open_region();
        if (simple) return;
        // Code of many blocks ends an iteration: it stands in the body, behind what `continue` leaves.
        Frame body;
        body.of = Frame::Of::body_once;
        body.construct = plan_.constructs++;
        body.merge = header.next;
        body.after = {Entry::To::block, header.next, 0};
        const u32 inner = body.construct;
        push(std::move(body));
        give_role(header.next, Role::Of::merge);
        add(Kind::open_once, inner);
        add(Kind::region, inner);
        open_region();
    }
    /// The continue construct is one block, which does nothing but go round or leave.
    bool is_simple(const Block& header) const {
        const Block& next = block(block_of(header.next));
        if (next.merge != 0 || next.step != 0) return false;
        const Inst terminator = code_.at(next.terminator);
        if (terminator.op() == Op::Branch) return terminator[1] == header.label;
        if (terminator.op() != Op::BranchConditional) return false;
        const Id yes = terminator[2], no = terminator[3];
        return (yes == header.label && no == header.merge) || (yes == header.merge && no == header.label);
    }

    void branch(u32 place, const Inst& terminator) {
        const Block of = block(place);
        const Id yes = terminator[2], no = terminator[3];
        const auto to = [&](Id label) { return Entry{Entry::To::block, label, of.label}; };
        const Entry out{Entry::To::end, 0, 0}, nowhere{};
        const bool merges = of.merge != 0 && of.next == 0;
        if (!merges && yes == no) {
            pending_ = {yes, of.label, false};
            return;
        }
        Frame frame;
        frame.construct = plan_.constructs++;
        if (merges) {
            frame.merge = of.merge;
            frame.entries = {to(yes), yes == no ? nowhere : to(no)};
            frame.after = {Entry::To::block, of.merge, 0};
        } else if (leaves(yes) && (!leaves(no) || falls_through(no))) {
            frame.entries = {to(yes), out};
            frame.after = to(no);
        } else if (leaves(no) && (!leaves(yes) || falls_through(yes))) {
            frame.entries = {out, to(no)};
            frame.after = to(yes);
        } else {
            frame.entries = {to(yes), to(no)};
        }
        frame.left = !merges;
        add(Kind::open_if, frame.construct, yes == no ? 0 : place);
        push(std::move(frame));
        if (merges) give_role(of.merge, Role::Of::merge);
        begin_entry();
    }
    bool falls_through(Id label) {
        const Role& role = role_of(label);
        return role.of == Role::Of::label_of_case && frames_.size() == role.frame + 1;
    }

    // Switches.
    void open_switch(u32 place, const Inst& terminator) {
        const Block& of = block(place);
        if (of.merge == 0 || of.next != 0) fail("has a switch without a merge block");
        Frame frame;
        frame.of = Frame::Of::cases;
        frame.construct = plan_.constructs++;
        frame.merge = of.merge;
        frame.after = {Entry::To::block, of.merge, 0};
        frame.header = of.label;
        frame.switch_place = static_cast<u32>(plan_.switches.size());
        plan_.switches.push_back(cases_of(terminator));
        Cases& cases = plan_.switches.back();
        cases.construct = frame.construct;
        frame.done.resize(cases.cases.size());
        // Before the switch: a case is also reached from the one before it, which has other values for its phis.
        for (const Cases::Case& to : cases.cases)
            if (!leaves(to.label) && to.label != of.merge) add_edge(of.label, to.label);
        add(Kind::open_switch, frame.construct, place);
        push(std::move(frame));
        give_role(of.merge, Role::Of::merge);
        for (u32 i = 0; i < cases.cases.size(); ++i)
            if (!leaves(cases.cases[i].label)) give_role(cases.cases[i].label, Role::Of::label_of_case, i);
        place_default(cases, of.merge);
        begin_case();
    }
    Cases cases_of(const Inst& terminator) const {
        Cases cases;
        const Inst type = code_.definition(code_.type_of(terminator[1]));
        if (!type || type.op() != Op::TypeInt) fail("has a switch whose selector is no integer");
        const u32 bits = type[2];
        const std::size_t words = bits > 32 ? 2 : 1;
        if ((terminator.size() - 3) % (words + 1) != 0) fail("has a switch whose literals do not fit its selector");
        std::unordered_map<Id, u32> places;
        const auto place_of = [&](Id label) {
            const auto [found, is_new] = places.emplace(label, static_cast<u32>(cases.cases.size()));
            if (is_new) cases.cases.push_back({label, {}});
            return found->second;
        };
        for (std::size_t at = 3; at < terminator.size(); at += words + 1) {
            u64 value = terminator[at];
            if (words == 2) value |= u64{terminator[at + 1]} << 32;
            if (bits < 64) value &= (u64{1} << bits) - 1;
            const Id label = terminator[at + words];
            (void)block_of(label);
            cases.cases[place_of(label)].values.push_back(value);
        }
        cases.default_case = place_of(terminator[2]);
        return cases;
    }
    /// The order of the labels is that of the words; the default, which the words name apart, comes before the case that
    /// it falls through to.
    void place_default(const Cases& cases, Id merge) {
        std::vector<u32>& order = frames_.back().order;
        for (u32 i = 0; i < cases.cases.size(); ++i) order.push_back(i);
        const Cases::Case& by_default = cases.cases[cases.default_case];
        if (!by_default.values.empty() || by_default.label == merge) return;
        const u32 before = falls_to(by_default.label);
        if (before == kNone) return;
        order.pop_back();  // it is the last
        order.insert(order.begin() + before, cases.default_case);
    }
    /// The case that control comes to from a label without leaving the switch.
    u32 falls_to(Id label) {
        std::vector<Id> open{label};
        std::unordered_map<Id, bool> seen{{label, true}};
        const auto visit = [&](Id to) {
            if (!leaves(to) && seen.emplace(to, true).second) open.push_back(to);
        };
        const u32 frame = static_cast<u32>(frames_.size());
        while (!open.empty()) {
            const Block& of = block(block_of(open.back()));
            open.pop_back();
            if (++walked_ > kMostWalks * plan_.blocks.size()) fail("nests too many switches");
            const Inst terminator = code_.at(of.terminator);
            const auto look = [&](std::size_t place) {
                const Role& role = role_of(terminator[place]);
                if (role.of == Role::Of::label_of_case && role.frame == frame && terminator[place] != label)
                    return true;
                visit(terminator[place]);
                return false;
            };
            if (terminator.op() == Op::Branch && look(1)) return role_of(terminator[1]).place;
            if (terminator.op() == Op::BranchConditional)
                for (const std::size_t i : {std::size_t{2}, std::size_t{3}})
                    if (look(i)) return role_of(terminator[i]).place;
            // A switch or loop within is passed through its merge block.
            if (of.merge != 0) visit(of.merge);
        }
        return kNone;
    }

    // Regions, one after the other.
    void begin_entry() {
        Frame& frame = frames_.back();
        const Entry entry = frame.entries[frame.at++];
        add(Kind::region, frame.construct);
        open_region();
        if (entry.to == Entry::To::block) pending_ = {entry.label, entry.from, false};
        else add(entry.to == Entry::To::end ? Kind::exit : Kind::unreachable, frame.construct);
    }
    /// The one that the last case falls through to, else the next one of the order.
    void begin_case() {
        Frame& frame = frames_.back();
        Cases& cases = plan_.switches[frame.switch_place];
        u32 place = std::exchange(frame.forced, kNone);
        while (place == kNone || frame.done[place]) place = frame.order[frame.at++];
        frame.done[place] = true;
        cases.order.push_back(place);
        add(Kind::region, frame.construct);
        open_region();
        const Id label = cases.cases[place].label, from = frame.header;
        const Role role = role_of(label);
        const bool is_own = role.of == Role::Of::label_of_case && role.frame == frames_.size();
        Frame once;
        once.of = Frame::Of::once;
        once.opened = here();
        add(Kind::nothing);
        add(Kind::nothing);
        push(std::move(once));
        pending_ = {label, is_own ? 0 : from, is_own};
    }
    void finish_region() {
        Frame& frame = frames_.back();
        if (frame.of == Frame::Of::once) return finish_once(frame);
        add(Kind::end_region, frame.construct);
        close_region();
        if (frame.of == Frame::Of::choice && frame.at < frame.entries.size()) return begin_entry();
        if (frame.of == Frame::Of::cases && plan_.switches[frame.switch_place].order.size() < frame.done.size())
            return begin_case();
        if (frame.of == Frame::Of::loop) finish_loop(frame);
        add(Kind::close, frame.construct);
        const Entry after = frame.after;
        const bool goes_on = frame.left && after.to == Entry::To::block;
        pop();
        if (goes_on) pending_ = {after.label, after.from, false};
        else add(Kind::unreachable);
    }
    /// The body of a case, which stands in a construct of its own where something within falls through.
    void finish_once(const Frame& frame) {
        const bool is_real = frame.left;
        if (is_real) {
            plan_.steps[frame.opened + 1].block = here();
            add(Kind::end_region, frame.construct);
            add(Kind::close, frame.construct);
            add(Kind::fallthrough);
        }
        pop();
    }
    void finish_loop(Frame& frame) {
        add(Kind::region, frame.construct);
        open_region();
        if (!frame.goes_round || frame.next == 0 || frame.next == frame.header) {
            add(Kind::repeat, frame.construct);
        } else {
            const u32 place = block_of(frame.next);
            if (block(place).step != 0) fail("comes to " + code_.shown(frame.next) + " by more than its loop");
            evaluate(place);
            const Inst terminator = code_.at(block(place).terminator);
            add_edge(frame.next, frame.header);
            if (terminator.op() == Op::Branch) {
                add(Kind::repeat, frame.construct);
            } else {
                frame.left = true;
                add_edge(frame.next, frame.merge);
                add(terminator[2] == frame.header ? Kind::repeat_if : Kind::repeat_unless, frame.construct, place);
            }
        }
        add(Kind::end_region, frame.construct);
        close_region();
    }

    const Code& code_;
    Code::Function function_;
    IdTable<u32>& places_;  // of blocks, by label, of all functions so far
    Plan plan_;
    std::vector<Frame> frames_;
    std::vector<Role> roles_;  // by block
    std::vector<SavedRole> saved_;
    std::vector<std::size_t> saved_at_;
    std::vector<OpenRegion> open_regions_;
    Pending pending_;
    std::size_t walked_ = 0;
};

}  // namespace

Plan make_plan(const Code& code, Code::Function function, IdTable<u32>& places) {
    return Planner(code, function, places).run();
}

const Cases* Plan::cases_of(u32 construct) const {
    const auto found = std::lower_bound(switches.begin(), switches.end(), construct,
                                        [](const Cases& cases, u32 number) { return cases.construct < number; });
    return found != switches.end() && found->construct == construct ? &*found : nullptr;
}

}  // namespace alkomp::read
