// SPDX-License-Identifier: MIT OR Apache-2.0
// The IR's constructs as SPIR-V's.
//
// SPIR-V lets a block leave the constructs around it only for the merge block or continue target of the innermost
// loop, and for the merge block of the innermost switch if no loop is between. An `if` that is left from deeper inside
// becomes a switch. Any other jump leaves through the merge block of the loop or switch in its way (its "route"):
// there a phi tells who came for what, and a branch leads on. Results and parameters are phis.
#include "emit/spirv/emitter.h"
#include "emit/spirv/unroll.h"
#include "ir/builder.h"

#include <algorithm>

namespace alkomp::emit::spv {

void Emitter::open_block(Id label) {
    code_.add(Op::Label, {label});
    block_ = label;
    location_ = 0;
}

void Emitter::branch(Id label) {
    code_.add(Op::Branch, {label});
    block_ = 0;
}

void Emitter::region(ir::RegionId id) {
    const std::size_t facts = facts_.size();
    for (const ir::InstructionId place : module_[id].body) {
        if (block_ == 0) break;  // the rest is never reached
        const ir::Instruction& next = module_[place];
        at_ = next.location;
        op_ = next.op;
        if (!ir::has(next.op, ir::kTerminator) || next.location != 0) locate(next.location);
        if (ir::has(next.op, ir::kConstruct)) construct(next, place);
        else if (ir::has(next.op, ir::kTerminator)) terminator(next);
        else instruction(next);
    }
    forget_facts(facts);
}

void Emitter::construct(const ir::Instruction& instruction, ir::InstructionId id) {
    if (instruction.op == ir::Op::if_) if_(instruction, id);
    else if (instruction.op == ir::Op::switch_) switch_(instruction, id);
    else loop(instruction, id);
}

/// Which constructs are left, and which functions returned from, from constructs within them; which pointers step;
/// whether invocations have to meet.
void Emitter::survey() {
    kept_loops_ = loops_to_keep(module_);
    for (const ir::Global& global : module_.globals)
        has_shared_blocks_ = has_shared_blocks_ || (global.kind == ir::Global::Kind::shared && global.aliased);
    left_from_within_.assign(module_.instructions.size(), false);
    returns_from_within_.assign(module_.functions.size(), false);
    std::unordered_map<u32, u32> bodies;
    for (u32 i = 1; i < module_.functions.size(); ++i) bodies[ir::place(module_.functions[i].body)] = i;
    for (const ir::Instruction& instruction : module_.instructions) {
        if (instruction.region == ir::RegionId::none) continue;
        const ir::InstructionId owner = module_[instruction.region].owner;
        if (instruction.op >= ir::Op::subgroup_elect && instruction.op <= ir::Op::quad_swap) uses_subgroups_ = true;
        if (instruction.op == ir::Op::offset) {
            const ir::Type& pointer = module_.type(module_.operands(instruction)[0]);
            if (pointer.space == ir::Space::storage)
                stepped_.emplace(static_cast<u32>(pointer.element), Step{stride_of(instruction)});
        } else if (instruction.op == ir::Op::exit) {
            const ir::InstructionId target = module_.target(instruction);
            if (owner != target) left_from_within_[ir::place(target)] = true;
        } else if (instruction.op == ir::Op::return_ && owner != ir::InstructionId::none) {
            ir::RegionId region = instruction.region;
            while (module_[region].owner != ir::InstructionId::none) region = module_[module_[region].owner].region;
            returns_from_within_[bodies[ir::place(region)]] = true;
        }
    }
}

Held Emitter::passed(ir::ValueId id) {
    if (module_.type(id).kind == ir::Type::Kind::pointer) return passed_pointer(id);
    Held made;
    made.id = value(id);
    made.type = type(module_.type_of(id));
    return made;
}

/// A pointer that is a value: passed on, chosen, kept in a variable.
Held Emitter::passed_pointer(ir::ValueId id) {
    Held made = place(id);
    made.id = pointer(id);
    made.pending = 0;
    made.type = pointer_type_of(made, module_.type(id).element);
    if (made.storage == Storage::StorageBuffer) words_.need(Capability::VariablePointersStorageBuffer);
    else if (made.storage == Storage::Workgroup) words_.need(Capability::VariablePointers);
    else if (made.storage != Storage::PhysicalStorageBuffer)
        unsupported(op_, "Vulkan has pointers into buffers, shared memory and raw memory alone as values.");
    if (is_block(made.form)) unsupported(op_, "Vulkan has no pointer to a whole buffer as a value.");
    return made;
}

std::vector<Held> Emitter::passed(std::span<const ir::ValueId> ids) {
    std::vector<Held> all;
    for (const ir::ValueId id : ids) all.push_back(passed(id));
    return all;
}

Jump Emitter::jump_of(const ir::Instruction& terminator) const {
    for (u32 i = static_cast<u32>(frames_.size()); i-- > 0;) {
        const Frame& frame = frames_[i];
        if (terminator.op == ir::Op::return_) {
            if (frame.role == Frame::Role::function) return {Jump::Kind::exit, i};
        } else if (terminator.op == ir::Op::fallthrough) {
            if (frame.role == Frame::Role::construct && module_[frame.construct].op == ir::Op::switch_)
                return {Jump::Kind::fallthrough, i};
        } else if (frame.construct == module_.target(terminator)) {
            return {terminator.op == ir::Op::next ? Jump::Kind::next : Jump::Kind::exit, i};
        }
    }
    return {};
}

/// The frame through which the jump has to leave first; the jump's own if SPIR-V lets it branch there.
u32 Emitter::first_hop(const Jump& jump) const {
    u32 inner_switch = jump.frame;
    for (u32 i = static_cast<u32>(frames_.size()) - 1; i > jump.frame; --i) {
        if (frames_[i].kind == Frame::Kind::loop) return i;
        if (frames_[i].kind == Frame::Kind::switch_ && inner_switch == jump.frame) inner_switch = i;
    }
    return frames_[jump.frame].kind == Frame::Kind::loop ? jump.frame : inner_switch;
}

void Emitter::leave(const Jump& jump, std::vector<Held> values) {
    Frame& frame = frames_[jump.frame];
    if (frame.kind == Frame::Kind::inside) {
        frame.reached = true;
        frame.to_merge.push_back({block_, 0, std::move(values)});
        return;
    }
    branch(arrive(jump, std::move(values)));
}

/// Notes that the current block branches to where `jump` leads (first); the label.
Id Emitter::arrive(const Jump& jump, std::vector<Held> values) {
    const u32 hop = first_hop(jump);
    Frame& frame = frames_[hop];
    Incoming incoming{block_, 0, std::move(values)};
    if (hop == jump.frame && jump.kind == Jump::Kind::next) {
        frame.to_next.push_back(std::move(incoming));
        return frame.next;
    }
    if (hop == jump.frame && jump.kind == Jump::Kind::fallthrough) {
        frame.to_following.push_back(std::move(incoming));
        return frame.following;
    }
    if (hop != jump.frame) {
        const auto known = std::find(frame.routes.begin(), frame.routes.end(), jump);
        incoming.route = static_cast<u32>(known - frame.routes.begin()) + 1;
        if (known == frame.routes.end()) frame.routes.push_back(jump);
    }
    frame.to_merge.push_back(std::move(incoming));
    return frame.merge;
}

/// One value out of those that the blocks bring which came by `route`; the others bring none.
Held Emitter::merged_one(std::span<const Incoming> incoming, u32 route, std::size_t place) {
    const Held* first = nullptr;
    bool all_same = true;
    for (const Incoming& from : incoming) {
        if (from.route != route) continue;
        if (first == nullptr) first = &from.values[place];
        all_same = all_same && from.values[place].id == first->id;
    }
    Held made = *first;
    const bool all_come =
        std::all_of(incoming.begin(), incoming.end(), [&](const Incoming& from) { return from.route == route; });
    if (all_same && all_come) return made;
    std::vector<u32> words;
    for (const Incoming& from : incoming) {
        words.push_back(from.route == route ? from.values[place].id : any_of_type(made));
        words.push_back(from.block);
    }
    made.id = result(Op::Phi, made.type, words);
    return made;
}

std::vector<Held> Emitter::merged(std::span<const Incoming> incoming, u32 route, std::size_t count) {
    std::vector<Held> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(merged_one(incoming, route, i));
    return all;
}

/// Writes the merge block of the innermost frame, which is over; the values that came for it.
std::vector<Held> Emitter::finish() {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    const std::span<const Incoming> incoming = frame.to_merge;
    open_block(frame.merge);
    if (incoming.empty()) return nowhere(frame.results);
    const auto comes = [](u32 route) { return [route](const Incoming& from) { return from.route == route; }; };
    const auto own = std::find_if(incoming.begin(), incoming.end(), comes(0));
    std::vector<Held> results;
    if (own != incoming.end()) results = merged(incoming, 0, own->values.size());
    std::vector<std::vector<Held>> carried;
    for (u32 route = 1; route <= frame.routes.size(); ++route) {
        const auto one = std::find_if(incoming.begin(), incoming.end(), comes(route));
        carried.push_back(merged(incoming, route, one->values.size()));
    }
    const bool goes_on = own != incoming.end();
    const std::size_t choices = frame.routes.size() + (goes_on ? 1 : 0);
    if (choices == 1) {
        if (!goes_on) leave(frame.routes[0], std::move(carried[0]));
        return results;
    }
    // With two ways a boolean tells who takes the route.
    const bool two = choices == 2;
    std::vector<u32> words;
    for (const Incoming& from : incoming) {
        words.push_back(two ? boolean(from.route == 1) : number(from.route));
        words.push_back(from.block);
    }
    const Id selector = result(Op::Phi, two ? bool_type() : number_type(Scalar::u32), words);
    for (u32 route = 1; route <= frame.routes.size(); ++route) {
        if (!goes_on && route == frame.routes.size()) {
            leave(frame.routes[route - 1], std::move(carried[route - 1]));
            return {};
        }
        const Id taken = two ? selector : result({Op::IEqual, bool_type(), {selector, number(route)}});
        leave_if(taken, frame.routes[route - 1], std::move(carried[route - 1]));
    }
    return results;
}

/// A block that is never reached. In a continuing region, all of which has to lead to its end, it goes on; the results
/// of the construct that it ends are any.
std::vector<Held> Emitter::nowhere(std::span<const ir::TypeId> types) {
    const auto loop = std::find_if(frames_.rbegin(), frames_.rend(),
                                   [](const Frame& frame) { return frame.kind == Frame::Kind::loop; });
    std::vector<Held> results;
    if (loop == frames_.rend() || !loop->continuing) {
        effect(Op::Unreachable, {});
        block_ = 0;
    } else {
        for (const ir::TypeId type : types) results.push_back(unspecified(type));
    }
    return results;
}

/// Leaves where `condition` holds; what follows is written behind.
void Emitter::leave_if(Id condition, const Jump& jump, std::vector<Held> values) {
    const Id rest = words_.id();
    if (is_loop_jump(jump)) {
        const Id target = arrive(jump, std::move(values));
        effect(Op::BranchConditional, {condition, target, rest});
        return open_block(rest);
    }
    const Id going = words_.id();
    effect(Op::SelectionMerge, {rest, 0});
    effect(Op::BranchConditional, {condition, going, rest});
    open_block(going);
    Frame selection;
    selection.kind = Frame::Kind::selection;
    selection.role = Frame::Role::branch;
    frames_.push_back(selection);
    leave(jump, std::move(values));
    frames_.pop_back();
    open_block(rest);
}

/// A loop may be left, and its next iteration begun, by a conditional branch that heads no construct.
bool Emitter::is_loop_jump(const Jump& jump) const { return frames_[first_hop(jump)].kind == Frame::Kind::loop; }

/// The only instruction of a region that does nothing but leave.
const ir::Instruction* Emitter::sole_jump(ir::RegionId id) const {
    const std::vector<ir::InstructionId>& body = module_[id].body;
    if (body.size() != 1) return nullptr;
    const ir::Instruction& only = module_[body[0]];
    return only.op == ir::Op::exit || only.op == ir::Op::next ? &only : nullptr;
}

std::vector<ir::TypeId> Emitter::result_types(const ir::Instruction& construct) const {
    std::vector<ir::TypeId> types;
    for (u32 i = 0; i < construct.results.count; ++i) types.push_back(module_.type_of(module_.result(construct, i)));
    return types;
}

void Emitter::define_results(const ir::Instruction& construct, const std::vector<Held>& results) {
    for (u32 i = 0; i < results.size(); ++i) hold(module_.result(construct, i), results[i]);
}

void Emitter::if_(const ir::Instruction& instruction, ir::InstructionId id) {
    const Id condition = value(instruction, 0);
    const ir::ValueId question = module_.operands(instruction)[0];
    const std::span<const ir::RegionId> arms = module_.regions_of(instruction);
    Frame frame;
    frame.construct = id;
    frame.results = result_types(instruction);
    if (!left_from_within_[ir::place(id)]) {
        for (const bool then : {true, false}) {
            const ir::Instruction* jump = sole_jump(arms[then ? 0 : 1]);
            if (jump == nullptr || module_.target(*jump) == id || !is_loop_jump(jump_of(*jump))) continue;
            const std::vector<Held> values = passed(module_.operands(*jump));
            const Id target = arrive(jump_of(*jump), values), rest = words_.id();
            effect(Op::BranchConditional, {condition, then ? target : rest, then ? rest : target});
            open_block(rest);
            frame.kind = Frame::Kind::inside;
            frames_.push_back(frame);
            learn(question, !then);  // behind the if as well: the other arm leads elsewhere
            region(arms[then ? 1 : 0]);
            const Frame done = std::move(frames_.back());
            frames_.pop_back();
            if (done.reached) define_results(instruction, done.to_merge[0].values);
            return;
        }
    }
    const bool from_within = left_from_within_[ir::place(id)];
    frame.kind = from_within ? Frame::Kind::switch_ : Frame::Kind::selection;
    frame.merge = words_.id();
    // An arm that does nothing needs no block.
    std::array<Id, 2> labels{};
    for (const std::size_t arm : {std::size_t{1}, std::size_t{0}}) {
        const ir::Instruction* jump = sole_jump(arms[arm]);
        if (jump == nullptr || module_.target(*jump) != id || !frame.to_merge.empty()) continue;
        frame.to_merge.push_back({block_, 0, passed(module_.operands(*jump))});
        labels[arm] = frame.merge;
    }
    const std::array<bool, 2> writes{labels[0] == 0, labels[1] == 0};
    for (Id& label : labels)
        if (label == 0) label = words_.id();
    if (from_within) {
        const Id selector = select({condition, number(1), number(0), number_type(Scalar::u32)});
        effect(Op::SelectionMerge, {frame.merge, 0});
        effect(Op::Switch, {selector, labels[1], 1, labels[0]});
    } else {
        effect(Op::SelectionMerge, {frame.merge, 0});
        effect(Op::BranchConditional, {condition, labels[0], labels[1]});
    }
    frames_.push_back(std::move(frame));
    for (std::size_t arm = 0; arm < 2; ++arm) {
        if (!writes[arm]) continue;
        open_block(labels[arm]);
        const std::size_t facts = facts_.size();
        learn(question, arm == 0);
        region(arms[arm]);
        forget_facts(facts);
    }
    define_results(instruction, finish());
}

void Emitter::switch_(const ir::Instruction& instruction, ir::InstructionId id) {
    const ir::Switch chooses = ir::Switch::from(module_.immediates(instruction));
    const std::span<const ir::RegionId> cases = module_.regions_of(instruction);
    const Shape selector = shape(module_.type_of(module_.operands(instruction)[0]));
    Frame frame;
    frame.kind = Frame::Kind::switch_;
    frame.construct = id;
    frame.results = result_types(instruction);
    frame.merge = words_.id();
    const Id head = block_;
    std::vector<Id> labels(cases.size());
    // What the parameters of the cases are that the selector leads to.
    std::span<const ir::ValueId> first = module_.operands(instruction).subspan(1);
    std::vector<std::vector<Held>> chosen(cases.size());
    bool skips = false;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const bool leads = chooses.leads_to(i);
        if (leads) {
            const std::size_t count = module_[cases[i]].parameters.size();
            chosen[i] = passed(first.first(count));
            first = first.subspan(count);
        }
        const ir::Instruction* jump = sole_jump(cases[i]);
        const bool leaves = leads && jump != nullptr && module_.target(*jump) == id && jump->operands.count == 0 &&
                            (i == 0 || !ir::falls_through(module_, cases[i - 1]));
        if (leaves) labels[i] = frame.merge;
        else if (leads || (i > 0 && ir::falls_through(module_, cases[i - 1]))) labels[i] = words_.id();
        skips = skips || leaves;
    }
    if (skips) frame.to_merge.push_back({head, 0, {}});
    std::vector<u32> words{value(instruction, 0), labels[chooses.default_region]};
    for (std::size_t i = 0; i < chooses.values.size(); ++i) {
        for (const u64 bits : chooses.values[i]) {
            const u64 literal = literal_of(selector.scalar, bits);
            words.push_back(static_cast<u32>(literal));
            if (size_bytes(selector.scalar) == 8) words.push_back(static_cast<u32>(literal >> 32));
            words.push_back(labels[i]);
        }
    }
    effect(Op::SelectionMerge, {frame.merge, 0});
    code_.add(Op::Switch, words);
    block_ = 0;
    frames_.push_back(std::move(frame));
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (labels[i] == frames_.back().merge) continue;
        std::vector<Incoming> incoming = std::move(frames_.back().to_following);
        frames_.back().to_following.clear();
        frames_.back().following = i + 1 < cases.size() ? labels[i + 1] : 0;
        if (chooses.leads_to(i)) incoming.push_back({head, 0, std::move(chosen[i])});
        if (incoming.empty()) continue;
        open_block(labels[i]);
        const std::vector<ir::ValueId>& parameters = module_[cases[i]].parameters;
        for (u32 k = 0; k < parameters.size(); ++k) hold(parameters[k], merged_one(incoming, 0, k));
        region(cases[i]);
    }
    define_results(instruction, finish());
}

/// Only the end of a case falls through.
Held Emitter::unspecified(ir::TypeId id) {
    const ir::Type& about = module_.types[id];
    Held made;
    if (about.kind == ir::Type::Kind::pointer) made = pointer_from(about.space);
    made.type = type(id);
    made.id = any_of_type(made);
    return made;
}

/// Of a pointer as a value SPIR-V's rules of variable pointers take OpConstantNull, and not OpUndef.
Id Emitter::any_of_type(const Held& like) {
    return words_.constant(like.storage == Storage::Function ? Op::Undef : Op::ConstantNull, like.type, {});
}

void Emitter::loop(const ir::Instruction& instruction, ir::InstructionId id) {
    const std::span<const ir::RegionId> regions = module_.regions_of(instruction);
    const std::vector<Held> first = passed(module_.operands(instruction));
    const Id before = block_, header = words_.id(), body = words_.id();
    Frame frame;
    frame.kind = Frame::Kind::loop;
    frame.construct = id;
    frame.results = result_types(instruction);
    frame.header = header;
    frame.next = words_.id();
    frame.merge = words_.id();
    branch(header);
    open_block(header);
    const std::vector<ir::ValueId>& parameters = module_[regions[0]].parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        Held made = first[i];
        made.id = result({Op::Phi, made.type, {first[i].id, before, 0, 0}});  // the way back comes later
        frame.back_operands.push_back(code_.size() - 2);
        hold(parameters[i], made);
    }
    const bool is_kept = !kept_loops_.empty() && kept_loops_[ir::place(id)];
    effect(Op::LoopMerge, {frame.merge, frame.next, static_cast<u32>(is_kept ? Loop::DontUnroll : Loop::None)});
    branch(body);
    frames_.push_back(std::move(frame));
    ++loop_depth_;
    open_block(body);
    region(regions[0]);
    const std::vector<Incoming> incoming = std::move(frames_.back().to_next);
    frames_.back().continuing = true;
    open_block(frames_.back().next);
    const std::vector<ir::ValueId>& passed_on = module_[regions[1]].parameters;
    for (u32 i = 0; i < passed_on.size() && !incoming.empty(); ++i) hold(passed_on[i], merged_one(incoming, 0, i));
    if (incoming.empty()) go_round(parameters);
    else region(regions[1]);
    --loop_depth_;
    define_results(instruction, finish());
}

/// The way back of a loop that nobody goes round: SPIR-V wants one all the same.
void Emitter::go_round(std::span<const ir::ValueId> parameters) {
    const Frame& frame = frames_.back();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        code_[frame.back_operands[i]] = held(parameters[i]).id;
        code_[frame.back_operands[i] + 1] = block_;
    }
    branch(frame.header);
}

void Emitter::repeat(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    Frame& frame = frames_[jump_of(instruction).frame];
    const bool asks = instruction.op == ir::Op::repeat_if;
    const std::size_t count = frame.back_operands.size();
    std::vector<Held> again = passed(operands.subspan(asks ? 1 : 0, count));
    for (std::size_t i = 0; i < count; ++i) {
        // NVIDIA's compiler (580.159.04) crashes on an OpPhi of a loop that is a bool from before it also when it comes round.
        const bool is_from_before = again[i].id < frame.header;
        if (is_from_before && again[i].type == bool_type())
            again[i].id = result({Op::CopyObject, again[i].type, {again[i].id}});
        code_[frame.back_operands[i]] = again[i].id;
        code_[frame.back_operands[i] + 1] = block_;
    }
    if (!asks) return branch(frame.header);
    frame.to_merge.push_back({block_, 0, passed(operands.subspan(1 + count))});
    effect(Op::BranchConditional, {value(operands[0]), frame.header, frame.merge});
    block_ = 0;
}

void Emitter::terminator(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    switch (instruction.op) {
        case ir::Op::repeat:
        case ir::Op::repeat_if:
            return repeat(instruction);
        case ir::Op::return_:
            if (inlined_ != 0) break;
            if (operands.empty()) effect(Op::Return, {});
            else effect(Op::ReturnValue, {value(operands[0])});
            block_ = 0;
            return;
        case ir::Op::unreachable: {
            const std::vector<ir::TypeId> none;
            std::vector<Held> results = nowhere(frames_.empty() ? none : frames_.back().results);
            if (block_ != 0) leave({Jump::Kind::exit, static_cast<u32>(frames_.size()) - 1}, std::move(results));
            return;
        }
        default:
            break;
    }
    leave(jump_of(instruction), passed(operands));
}

}  // namespace alkomp::emit::spv
