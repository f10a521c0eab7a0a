// SPDX-License-Identifier: MIT OR Apache-2.0
// Control as masks. Behind a terminator the mask means nothing; whatever follows, the end of a construct, the next case,
// the next iteration, takes the lanes that it is for. Where there are none, it goes on at the end of the region around.
#include "backend/reference/lower.h"

#include "ir/pass/edit.h"

#include <utility>

namespace alkomp::backend::reference {

using ir::InstructionId;
using ir::Op;
using ir::ValueId;

void Lowering::count_ways() {
    for (const InstructionId id : ir::in_order(module_)) {
        const ir::Instruction& at = module_[id];
        const InstructionId owner = module_[at.region].owner;
        if (at.op == Op::exit || at.op == Op::next || at.op == Op::return_) {
            const InstructionId target = at.op == Op::return_ ? InstructionId::none : module_.target(at);
            for (InstructionId left = owner; left != target; left = module_[module_[left].region].owner)
                ways_[ir::place(left)].leaks = true;
        }
        switch (at.op) {
            case Op::exit: {
                Ways& ways = ways_[ir::place(module_.target(at))];
                ++ways.exits;
                ways.direct_exits += owner == module_.target(at);
                break;
            }
            case Op::repeat_if:
                ++ways_[ir::place(module_.target(at))].exits;
                break;
            case Op::next: {
                Ways& ways = ways_[ir::place(module_.target(at))];
                ++ways.nexts;
                ways.direct_nexts += owner == module_.target(at);
                break;
            }
            case Op::return_: {
                ir::RegionId region = at.region;
                while (module_[region].owner != InstructionId::none) region = module_[module_[region].owner].region;
                Ways& ways = returns_[ir::place(region)];
                ++ways.returns;
                ways.direct_returns += region == at.region;
                break;
            }
            default:
                break;
        }
    }
}

Lowering::Values Lowering::all(std::span<const ValueId> ids) {
    Values made;
    for (const ValueId id : ids) {
        const Values one = value(id);
        made.insert(made.end(), one.begin(), one.end());
    }
    return made;
}

std::vector<Lowering::Values> Lowering::make_parameters(ir::RegionId id) {
    std::vector<Values> made;
    for (const ValueId parameter : module_[id].parameters) {
        made.push_back(make(module_.type_of(parameter)));
        values_[ir::place(parameter)] = made.back();
        pointers_[ir::place(parameter)].reset();
    }
    return made;
}

namespace {

std::vector<Register> joined(const std::vector<std::vector<Register>>& parts) {
    std::vector<Register> all;
    for (const std::vector<Register>& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

void Lowering::define_results(const ir::Instruction& at, const Construct& construct) {
    for (u32 i = 0; i < at.results.count; ++i) define(at, construct.results[i], i);
}

void Lowering::region(ir::RegionId id, Label on_empty) {
    for (const InstructionId at : module_[id].body) instruction(at, on_empty);
}

void Lowering::instruction(InstructionId id, Label on_empty) {
    const ir::Instruction& at = module_[id];
    const u32 location = std::exchange(location_, at.location);
    switch (at.op) {
        case Op::if_:
            if_(id, on_empty);
            break;
        case Op::switch_:
            switch_(id, on_empty);
            break;
        case Op::loop:
            loop(id, on_empty);
            break;
        case Op::call:
            call(at, on_empty);
            break;
        case Op::barrier:
        case Op::fence:
            check_order(at);
            break;  // a team goes through the kernel together, and its atomics are ordered
        case Op::builtin:
            builtin(at);
            break;
        default:
            if (ir::has(at.op, ir::kTerminator)) terminator(at);
            else if (at.op < Op::builtin) pure(at);
            else if (at.op >= Op::subgroup_elect && at.op <= Op::quad_swap) subgroup(at);
            else if (at.op >= Op::matrix_load && at.op <= Op::matrix_set) matrix(at);
            else memory(at);
    }
    location_ = location;
}

// Lanes leave a construct.
void Lowering::leave(InstructionId target, std::span<const ValueId> values) {
    Construct& construct = constructs_[ir::place(target)];
    move_all(construct.first_region ? Move::copy : Move::blend, joined(construct.results), all(values));
    if (construct.out != 0) control(Control::leave, kTo, {.to = construct.out});
}

void Lowering::terminator(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    switch (at.op) {
        case Op::exit:
            return leave(module_.target(at), operands);
        case Op::fallthrough: {
            // The switch has set what the next case is.
            Construct& construct = constructs_[ir::place(module_[at.region].owner)];
            move_all(Move::blend, joined(construct.next_parameters), all(operands));
            return control(Control::leave, kTo, {.to = construct.next});
        }
        case Op::next: {
            Construct& construct = constructs_[ir::place(module_.target(at))];
            if (construct.next == 0) {
                // The only way to the end of the iteration: the values are what they are.
                const ir::RegionId continuing = module_.regions_of(module_[module_.target(at)])[1];
                for (std::size_t i = 0; i < operands.size(); ++i) {
                    const ValueId parameter = module_[continuing].parameters[i];
                    values_[ir::place(parameter)] = value(operands[i]);
                    pointers_[ir::place(parameter)] = pointers_[ir::place(operands[i])];
                }
                return;
            }
            move_all(Move::blend, joined(construct.next_parameters), all(operands));
            return control(Control::leave, kTo, {.to = construct.next});
        }
        case Op::repeat: {
            Construct& construct = constructs_[ir::place(module_.target(at))];
            move_all(Move::copy, joined(construct.first_parameters), all(operands));
            check_turns(module_.target(at));
            return control(Control::again, kLabel, {.jump = construct.top});
        }
        case Op::repeat_if:
            return repeat_if(at, constructs_[ir::place(module_.target(at))]);
        case Op::return_: {
            Call& call = calls_.back();
            if (call.is_kernel) return;
            if (call.returned == 0) {
                call.result = all(operands);
                return;
            }
            move_all(Move::blend, call.result, all(operands));
            return control(Control::leave, kTo, {.to = call.returned});
        }
        default:
            return;  // unreachable
    }
}

void Lowering::if_(InstructionId id, Label on_empty) {
    const ir::Instruction& at = module_[id];
    const Ways& ways = ways_[ir::place(id)];
    const std::span<const ir::RegionId> regions = module_.regions_of(at);
    const Register condition = scalar(module_.operands(at)[0]);
    trace_condition(at);
    Construct& construct = constructs_[ir::place(id)];
    construct = {};
    for (u32 i = 0; i < at.results.count; ++i)
        construct.results.push_back(make(module_.type_of(module_.result(at, i))));
    // Nothing but the ends of both regions leads out of it, and all that came go on.
    const auto ends_here = [&](ir::RegionId region) {
        const ir::Instruction& last = module_[module_[region].body.back()];
        return last.op == Op::exit && module_.target(last) == id;
    };
    const bool is_plain =
        !ways.leaks && ways.exits == 2 && ways.direct_exits == 2 && ends_here(regions[0]) && ends_here(regions[1]);
    const Register in = registers_.make(sizeof(Truth));
    if (!is_plain) {
        construct.out = registers_.make(sizeof(Truth));
        control(Control::clear, kTo, {.to = construct.out});
    }
    const Label other = label(), end = label();
    control(Control::if_then, kTo | kA | kLabel, {.to = in, .a = condition, .jump = other});
    construct.first_region = is_plain;
    region(regions[0], other);
    construct.first_region = false;
    set(other);
    const bool is_empty = is_plain && module_[regions[1]].body.size() == 1 && at.results.count == 0;
    if (!is_empty) {
        control(Control::if_else, kA | kB | kLabel, {.a = condition, .b = in, .jump = end});
        region(regions[1], end);
    }
    set(end);
    control(Control::join, kA | kLabel, {.a = is_plain ? in : construct.out, .jump = on_empty});
    define_results(at, construct);
}

void Lowering::switch_(InstructionId id, Label on_empty) {
    const ir::Instruction& at = module_[id];
    const ir::Switch chooses = ir::Switch::from(module_.immediates(at));
    const std::span<const ir::RegionId> regions = module_.regions_of(at);
    const std::span<const ValueId> operands = module_.operands(at);
    const Register selector = scalar(operands[0]);
    trace_condition(at);
    Construct& construct = constructs_[ir::place(id)];
    construct = {};
    for (u32 i = 0; i < at.results.count; ++i)
        construct.results.push_back(make(module_.type_of(module_.result(at, i))));
    construct.out = registers_.make(sizeof(Truth));
    control(Control::clear, kTo, {.to = construct.out});

    std::vector<Register> taken;
    std::vector<std::vector<Values>> parameters;
    std::size_t operand = 1;
    for (std::size_t k = 0; k < regions.size(); ++k) {
        taken.push_back(registers_.make(sizeof(Truth)));
        control(Control::clear, kTo, {.to = taken.back()});
        parameters.push_back(make_parameters(regions[k]));
        if (!chooses.leads_to(k)) continue;
        const std::size_t count = module_[regions[k]].parameters.size();
        move_all(Move::copy, joined(parameters.back()), all(operands.subspan(operand, count)));
        operand += count;
    }
    for (std::size_t k = 0; k < regions.size(); ++k) {
        if (k == chooses.default_region || k >= chooses.values.size()) continue;
        for (const u64 given : chooses.values[k]) {
            write(lanes_.case_of(registers_.size_bytes(selector)), kTo | kA,
                  {.to = taken[k], .a = selector, .x = static_cast<u32>(given), .y = static_cast<u32>(given >> 32)});
        }
    }
    control(Control::leave, kTo, {.to = taken[chooses.default_region]});
    for (std::size_t k = 0; k < regions.size(); ++k) {
        const Label next = label();
        control(Control::join, kA | kLabel, {.a = taken[k], .jump = next});
        if (k + 1 < regions.size()) {
            construct.next = taken[k + 1];
            construct.next_parameters = parameters[k + 1];
        }
        region(regions[k], next);
        set(next);
    }
    control(Control::join, kA | kLabel, {.a = construct.out, .jump = on_empty});
    define_results(at, construct);
}

void Lowering::loop(InstructionId id, Label on_empty) {
    const ir::Instruction& at = module_[id];
    const Ways& ways = ways_[ir::place(id)];
    const ir::RegionId body = module_.regions_of(at)[0], continuing = module_.regions_of(at)[1];
    const Values first = all(module_.operands(at));
    Construct& construct = constructs_[ir::place(id)];
    construct = {};
    for (u32 i = 0; i < at.results.count; ++i)
        construct.results.push_back(make(module_.type_of(module_.result(at, i))));
    construct.out = registers_.make(sizeof(Truth));
    control(Control::clear, kTo, {.to = construct.out});
    construct.first_parameters = make_parameters(body);
    move_all(Move::copy, joined(construct.first_parameters), first);

    construct.top = label();
    construct.end = label();
    set(construct.top);
    const u32 start = labels_[construct.top];
    const bool one_way = ways.nexts == 1 && ways.direct_nexts == 1;
    if (!one_way) {
        construct.next = registers_.make(sizeof(Truth));
        construct.next_parameters = make_parameters(continuing);
        control(Control::clear, kTo, {.to = construct.next});
    }
    const Label iteration_end = one_way ? construct.end : label();
    region(body, iteration_end);
    if (!one_way) {
        set(iteration_end);
        control(Control::join, kA | kLabel, {.a = construct.next, .jump = construct.end});
    }
    if (ways.nexts != 0) region(continuing, construct.end);
    set(construct.end);
    rounds_.push_back({start, static_cast<u32>(code_.size() - 1)});
    control(Control::join, kA | kLabel, {.a = construct.out, .jump = on_empty});
    define_results(at, construct);
}

void Lowering::repeat_if(const ir::Instruction& at, Construct& loop) {
    const std::span<const ValueId> operands = module_.operands(at);
    const u32 count = module_.immediates(at)[1];
    const Register condition = scalar(operands[0]), in = registers_.make(sizeof(Truth));
    const Register leaves = unary(lanes_.integer(Op::bit_not, Scalar::boolean), sizeof(Truth), condition);
    const Label stay = label();
    control(Control::if_then, kTo | kA | kLabel, {.to = in, .a = leaves, .jump = stay});
    leave(module_.target(at), operands.subspan(1 + count));
    set(stay);
    control(Control::if_else, kA | kB | kLabel, {.a = leaves, .b = in, .jump = loop.end});
    move_all(Move::copy, joined(loop.first_parameters), all(operands.subspan(1, count)));
    check_turns(module_.target(at));
    control(Control::again, kLabel, {.jump = loop.top});
}

// Functions are written where they are called: they do not call themselves.
void Lowering::call(const ir::Instruction& at, Label on_empty) {
    const ir::Function& function = module_[ir::FunctionId{module_.immediates(at)[0]}];
    const Ways& ways = returns_[ir::place(function.body)];
    const std::span<const ValueId> operands = module_.operands(at);
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const Values given = value(operands[i]);
        values_[ir::place(function.parameters[i])] = given;
        pointers_[ir::place(function.parameters[i])] = pointers_[ir::place(operands[i])];
    }
    trace("call " + module_.text(function.name), {}, {});
    Call call;
    call.location = at.location;
    const bool one_way = ways.returns == 1 && ways.direct_returns == 1;
    if (!one_way) {
        call.returned = registers_.make(sizeof(Truth));
        call.result = make(function.result);
        control(Control::clear, kTo, {.to = call.returned});
    }
    calls_.push_back(call);
    const Label end = one_way ? on_empty : label();
    region(function.body, end);
    call = calls_.back();
    calls_.pop_back();
    if (!one_way) {
        set(end);
        control(Control::join, kA | kLabel, {.a = call.returned, .jump = on_empty});
    }
    if (at.results.count != 0) define(at, call.result);
}

}  // namespace alkomp::backend::reference
