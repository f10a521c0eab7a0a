// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions. The IR has no phi, and no value leaves its region but as a result: each phi, and each value that is used
// where its region has ended, goes through a variable, which the pass promote_variables makes values again.
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {
namespace {

u64 edge_key(Id from, Id to) { return u64{from} << 32 | to; }
constexpr std::size_t kMostNeeds = 64;  // places where a pointer is made again, for each word
constexpr u8 kDeepestChain = 250;

}  // namespace

void Reader::read_function(u32 place) {
    const Code::Function function = code_.functions()[place];
    function_ = place + 1;
    plan_ = make_plan(code_, function, block_places_);
    edges_.clear();
    carried_.clear();
    phis_.clear();
    phi_variables_.clear();
    needed_.clear();
    merge_lines_.clear();
    constructs_.assign(plan_.constructs, ir::InstructionId::none);
    line_ = {};
    const ir::Function& made = module_[functions_[place]];
    std::size_t parameter = 0;
    for (u32 at = function.first; at < plan_.blocks[1].first;) {
        const Inst inst = code_.at(at);
        current_ = inst.op();
        if (inst.op() == Op::FunctionParameter) {
            if (parameter == made.parameters.size()) fail("there are more of them than the function's type has.");
            const ValueId value = made.parameters[parameter++];
            if (module_.type_of(value) != type(inst[1])) fail("the function's type has another one here.");
            held_[inst[2]].value = value;
            held_[inst[2]].until = kAlways;
            module_[value].name = module_.string(code_.name_of(inst[2]));
        }
        at += static_cast<u32>(inst.size());
    }
    if (parameter != made.parameters.size()) fail("it has fewer parameters than its type has.");
    find_values();
    find_crossings();
    builder_.open_function(functions_[place]);
    make_variables();
    walk();
    builder_.close_function();
}

// Which values leave their regions.

void Reader::find_values() {
    for (u32 i = 1; i < plan_.blocks.size(); ++i) {
        const Block& block = plan_.blocks[i];
        for (u32 at = block.first; at < block.terminator;) {
            const Inst inst = code_.at(at);
            at += static_cast<u32>(inst.size());
            if (code_.type_of(inst.size() > 2 ? inst[2] : 0) == 0 || code_.definition(inst[2]).at != inst.at) continue;
            definitions_[inst[2]] = {function_, i, inst.at};
            if (is_chain(inst) && block.step != 0) {
                const u8 depth = chain_depths_[inst[3]];
                current_ = inst.op();
                if (depth >= kDeepestChain) unsupported("it follows too many others.");
                chain_depths_[inst[2]] = static_cast<u8>(depth + 1);
            }
            if (inst.op() != Op::Phi || block.step == 0) continue;
            current_ = Op::Phi;
            if (inst.size() % 2 == 0) fail("a value or a block is missing.");
            phis_.push_back(inst[2]);
            for (std::size_t k = 3; k < inst.size(); k += 2)
                edges_[edge_key(inst[k + 1], block.label)].push_back({inst[2], inst[k]});
        }
    }
    current_ = Op::Nop;
}

bool Reader::is_chain(const Inst& inst) const {
    switch (inst.op()) {
        case Op::AccessChain:
        case Op::InBoundsAccessChain:
        case Op::PtrAccessChain:
        case Op::InBoundsPtrAccessChain:
            return true;
        case Op::CopyObject:
            return is_pointer(inst[2]);
        default:
            return false;
    }
}

void Reader::find_crossings() {
    for (u32 step = 1; step < plan_.steps.size(); ++step) {
        const Step& taken = plan_.steps[step];
        if (taken.kind == Step::Kind::edge) {
            const auto found = edges_.find(edge_key(taken.from, taken.to));
            if (found == edges_.end()) continue;  // refused when it is taken
            for (const Incoming& incoming : found->second) need(incoming.value, step, kAlways);
        }
        if (taken.kind != Step::Kind::block) continue;
        const Block& block = plan_.blocks[taken.block];
        for (u32 at = block.first; at <= block.terminator;) {
            const Inst inst = code_.at(at);
            at += static_cast<u32>(inst.size());
            if (inst.op() == Op::Phi) continue;
            current_ = inst.op();
            const std::string_view set = inst.op() == Op::ExtInst ? code_.instruction_set(inst[3]) : "";
            if (set.starts_with("NonSemantic.") && set != "NonSemantic.DebugPrintf") continue;
            (void)for_ids(inst, [&](std::size_t place) { need(inst[place], step, inst.at); });
        }
    }
    current_ = Op::Nop;
}

/// A value is used in a step, by the instruction at `at`.
void Reader::need(Id first, u32 step, u32 at) {
    std::vector<Id> open{first};
    while (!open.empty()) {
        const Id id = open.back();
        open.pop_back();
        const Definition definition = definitions_[id];
        if (definition.function == 0) continue;
        if (definition.function != function_) fail(code_.shown(id) + " is of another function.");
        const Block& block = plan_.blocks[definition.block];
        if (block.step == 0) fail(code_.shown(id) + " is defined where control never comes.");
        if (block.step > step || (block.step == step && definition.at >= at))
            fail(code_.shown(id) + " is used before it is defined.");
        if (step < block.until) continue;
        const Inst inst = code_.definition(id);
        if (!is_chain(inst)) {
            if (std::exchange(held_[id].carrier, ValueId{kAlways}) == ValueId::none) carried_.push_back(id);
            continue;
        }
        if (!needed_.insert(u64{id} << 32 | step).second) continue;
        if (needed_.size() > kMostNeeds * code_.size()) unsupported("its pointers are used in too many places.");
        for (std::size_t i = 3; i < inst.size(); ++i) open.push_back(inst[i]);
    }
}

void Reader::make_variables() {
    for (const Id id : carried_) {
        current_ = code_.definition(id).op();
        held_[id].carrier = builder_.variable(type(code_.type_of(id)), code_.name_of(id));
        spend();
    }
    current_ = Op::Phi;
    for (const Id id : phis_) {
        phi_variables_[id] = builder_.variable(type(code_.type_of(id)), code_.name_of(id));
        spend();
    }
}

// Steps.

void Reader::walk() {
    region_ends_.assign(1, plan_.steps[0].block);
    for (step_ = 1; step_ < plan_.steps.size(); ++step_) take(plan_.steps[step_]);
    step_ = 0;
}

void Reader::take(const Step& step) {
    const auto construct = [&]() -> ir::InstructionId& { return constructs_[step.construct]; };
    switch (step.kind) {
        case Step::Kind::nothing:
            return;
        case Step::Kind::block:
            return take_block(plan_.blocks[step.block]);
        case Step::Kind::edge:
            return take_edge(step.from, step.to);
        case Step::Kind::open_if:
            construct() = builder_.open_if(step.block != 0 ? condition(plan_.blocks[step.block])
                                                           : module_.constant(types().scalar(Scalar::boolean), 1));
            return;
        case Step::Kind::open_loop:
            construct() = builder_.open_loop();
            return;
        case Step::Kind::open_switch:
            construct() = builder_.open_switch(condition(plan_.blocks[step.block]));
            return;
        case Step::Kind::open_once:
            construct() = builder_.open_switch(module_.index(0));
            return;
        case Step::Kind::region:
            builder_.open_region();
            region_ends_.push_back(step.block);
            return;
        case Step::Kind::end_region:
            builder_.close_region();
            region_ends_.pop_back();
            return;
        case Step::Kind::close:
            return take_close(step);
        case Step::Kind::exit:
            return builder_.exit(construct());
        case Step::Kind::next:
            return builder_.next(construct());
        case Step::Kind::repeat:
            return builder_.repeat(construct());
        case Step::Kind::repeat_if:
            return builder_.repeat_if(condition(plan_.blocks[step.block]), construct(), {});
        case Step::Kind::repeat_unless:
            return builder_.repeat_if(make(ir::Op::bit_not, {condition(plan_.blocks[step.block])}), construct(), {});
        case Step::Kind::fallthrough:
            return builder_.fallthrough();
        case Step::Kind::give_back: {
            const Inst inst = code_.at(plan_.blocks[step.block].terminator);
            current_ = inst.op();
            const TypeId result = module_[functions_[function_ - 1]].result;
            if (inst.op() == Op::Return) return builder_.return_();
            return builder_.return_(value(inst[1], result));
        }
        case Step::Kind::unreachable:
            return builder_.unreachable();
    }
}

/// Of the branch or switch that ends the block.
ValueId Reader::condition(const Block& block) {
    const Inst inst = code_.at(block.terminator);
    current_ = inst.op();
    return value(inst[1]);
}

void Reader::take_close(const Step& step) {
    const ir::InstructionId id = constructs_[step.construct];
    if (module_[id].op != ir::Op::switch_) return builder_.close_construct();
    ir::Switch chooses;
    if (const Cases* cases = plan_.cases_of(step.construct)) {
        for (u32 i = 0; i < cases->order.size(); ++i) {
            chooses.values.push_back(cases->cases[cases->order[i]].values);
            if (cases->order[i] == cases->default_case) chooses.default_region = i;
        }
    } else {
        chooses.values.resize(1);  // evaluated once
    }
    builder_.close_construct(chooses);
}

void Reader::take_edge(Id from, Id to) {
    current_ = Op::Phi;
    const auto found = edges_.find(edge_key(from, to));
    const Block& block = plan_.blocks[block_places_[to]];
    if (found == edges_.end() || found->second.size() != block.phis)
        fail(code_.shown(to) + " has a phi without a value from " + code_.shown(from) + '.');
    std::vector<ValueId> values;
    for (const Incoming& incoming : found->second) {
        const ValueId into = phi_variables_[incoming.phi];
        values.push_back(value(incoming.value, types()[type_of(into)].element));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        spend();
        builder_.store(phi_variables_[found->second[i].phi], values[i]);
    }
}

void Reader::take_block(const Block& block) {
    // A statement that chooses goes on behind its choice, and glslang does not tell its line again there.
    const auto goes_on = merge_lines_.find(block.label);
    locate(goes_on != merge_lines_.end() ? goes_on->second : Line{});
    for (u32 at = block.first; at < block.terminator;) {
        const Inst inst = code_.at(at);
        at += static_cast<u32>(inst.size());
        current_ = inst.op();
        if (inst.op() == Op::Phi) {
            spend();
            define(inst, builder_.load(phi_variables_[inst[2]]));
        } else {
            const bool is_contracted = inst.size() <= 2 || !code_.has(inst[2], spv::Decoration::NoContraction);
            flags_ = is_contracted ? 0 : ir::kPrecise;
            instruction(inst);
            flags_ = 0;
        }
    }
    if (block.merge != 0) merge_lines_[block.merge] = line_;
}

ir::Location Reader::location(const Line& line) {
    if (line.line == 0) return {};
    const auto [known, is_new] = files_.emplace(line.file, ir::StringId::none);
    if (is_new) known->second = module_.string(code_.text(line.file));
    return {known->second, line.line, line.column};
}

void Reader::locate(const Line& line) {
    line_ = line;
    builder_.locate(location(line));
}

}  // namespace alkomp::read
