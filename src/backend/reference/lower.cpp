// SPDX-License-Identifier: MIT OR Apache-2.0
// Values, constants and the frame. The other parts: control, pure instructions, memory, builtins.
#include "backend/reference/lower.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::backend::reference {

using ir::Op;
using ir::ValueId;
using Kind = ir::Type::Kind;

namespace {

constexpr std::size_t kMostCode = std::size_t{1} << 22;
constexpr u32 kTeamLanes = 256;  // wanted, where workgroups may run together

}  // namespace

Lowering::Lowering(ir::Module& module, std::vector<std::pair<u32, u32>> bindings, u32 subgroup_size,
                   const CheckOptions* check, bool has_messages)
    : module_(module),
      types_(module.types),
      layout_(module, subgroup_size),
      lanes_(lanes()),
      subgroup_size_(subgroup_size),
      values_(module.values.size()),
      pointers_(module.values.size()),
      constructs_(module.instructions.size()),
      ways_(module.instructions.size()),
      returns_(module.regions.size()),
      bindings_(std::move(bindings)) {
    labels_.push_back(0);
    if (check == nullptr) return;
    checks_ = std::make_shared<Checks>();
    checks_->options = *check;
    writes_.resize(bindings_.size());
    if (has_messages) message_binding_ = static_cast<u32>(bindings_.size() - 1);
}

void Lowering::refuse(const ir::Instruction& at, const std::string& why) const {
    const ir::Location& location = module_.locations[at.location];
    const std::string where =
        location.line == 0 ? "" : module_.text(location.file) + ":" + std::to_string(location.line) + ": ";
    throw Refusal(where + std::string(ir::info(at.op).name) + ": " + why);
}

Program Lowering::run() {
    Program program;
    choose_shape(program);
    count_ways();
    globals();
    computed_constants();
    Call kernel;
    kernel.is_kernel = true;
    calls_.push_back(kernel);
    const Label end = label();
    region(module_[module_.kernel].body, end);
    set(end);
    control(Control::end, 0);
    finish(program);
    return program;
}

void Lowering::choose_shape(Program& program) {
    u64 invocations = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        workgroup_size_[i] = static_cast<u32>(layout_.constants()[module_.workgroup_size[i]].value_or(1));
        invocations *= workgroup_size_[i];
    }
    program.workgroup_size = workgroup_size_;
    program.invocations = static_cast<u32>(invocations);
    program.subgroup_size = subgroup_size_;
    bool loops = false, waits = std::any_of(module_.globals.begin(), module_.globals.end(),
                                            [](const ir::Global& global) { return global.coherent; });
    bool alone = std::any_of(module_.globals.begin(), module_.globals.end(),
                             [](const ir::Global& global) { return global.kind == ir::Global::Kind::shared; });
    for (const ir::InstructionId id : ir::in_order(module_)) {
        const Op op = module_[id].op;
        loops = loops || op == Op::loop;
        waits = waits || ir::has(op, ir::kAtomic) || (module_[id].flags & ir::kVolatileAccess) != 0;
        // An invocation may wait for what another one writes, so that those of several workgroups must not wait for
        // each other at the end of a loop.
        if (op != Op::call && ir::has(op, ir::kConvergent | ir::kAtomic)) alone = true;
    }
    program.may_wait = may_wait_ = loops && waits;
    if (!alone && !program.may_wait) program.groups_per_team = std::max(1u, kTeamLanes / program.invocations);
    const u32 used = program.groups_per_team * program.invocations;
    program.lanes = (used + kLaneMultiple - 1) / kLaneMultiple * kLaneMultiple;
}

void Lowering::finish(Program& program) {
    const auto shift = static_cast<u32>(prologue_.size());
    for (Draft& draft : code_)
        if ((draft.fields & kLabel) != 0) draft.instruction.jump = labels_[draft.instruction.jump] + shift;
    for (Round& round : rounds_) {
        round.first += shift;
        round.last += shift;
    }
    std::vector<Draft> code = std::move(prologue_);
    code.insert(code.end(), code_.begin(), code_.end());
    program.frame_bytes = registers_.place(setup_, code, rounds_, program.lanes, lists_);
    for (Draft& draft : code) {
        if (draft.list >= lists_.size()) continue;
        draft.instruction.x = static_cast<u32>(program.lists.size());
        program.lists.insert(program.lists.end(), lists_[draft.list].begin(), lists_[draft.list].end());
    }
    if (program.frame_bytes >> 32 != 0) throw Refusal("the kernel holds too many values at one time");
    for (const Draft& draft : setup_) program.setup.push_back(draft.instruction);
    for (const Draft& draft : code) program.code.push_back(draft.instruction);
    program.setup.push_back({.run = lanes_.control(Control::end)});
    program.bindings = static_cast<u32>(bindings_.size());
    program.local_bytes = local_bytes_;
    program.shared_bytes = shared_bytes_;
    program.checks = std::move(checks_);
    program.writes = std::move(writes_);
}

// Writing ------------------------------------------------------------------------------------------

Draft& Lowering::write(Function run, u8 fields, Instruction at) {
    if (code_.size() >= kMostCode) throw Refusal("the kernel is too large once its calls are written out");
    if (run == nullptr) throw Refusal("an instruction has no function for its types");
    at.run = run;
    at.location = location_;
    writing_->push_back({at, fields});
    return writing_->back();
}
void Lowering::control(Control what, u8 fields, Instruction at) { write(lanes_.control(what), fields, at); }

Register Lowering::unary(Function run, u32 size_bytes, Register a) {
    const Register to = fresh(size_bytes);
    write(run, kTo | kA, {.to = to, .a = a});
    return to;
}
Register Lowering::binary(Function run, u32 size_bytes, Register a, Register b) {
    const Register to = fresh(size_bytes);
    write(run, kTo | kA | kB, {.to = to, .a = a, .b = b});
    return to;
}
Register Lowering::ternary(Function run, u32 size_bytes, Register a, Register b, Register c) {
    const Register to = fresh(size_bytes);
    write(run, kTo | kA | kB | kC, {.to = to, .a = a, .b = b, .c = c});
    return to;
}
void Lowering::move(Move how, Register to, Register from) {
    if (to == from) return;
    write(lanes_.move(how, registers_.size_bytes(to)), kTo | kA, {.to = to, .a = from});
}
// All at once: what is written may be what another one reads.
void Lowering::move_all(Move how, const Values& to, const Values& from) {
    Values sources = from;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const bool is_written = std::find(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(i), from[i]) !=
                                to.begin() + static_cast<std::ptrdiff_t>(i);
        if (!is_written || from[i] == to[i]) continue;
        sources[i] = registers_.make(registers_.size_bytes(from[i]));
        move(Move::copy, sources[i], from[i]);
    }
    for (std::size_t i = 0; i < to.size(); ++i) move(how, to[i], sources[i]);
}

// Values -------------------------------------------------------------------------------------------

Register Lowering::number(u64 bits, u32 size_bytes) {
    const auto [place, is_new] = numbers_.try_emplace({bits, size_bytes}, 0);
    if (!is_new) return place->second;
    std::vector<Draft>* const writing = std::exchange(writing_, &setup_);
    place->second = registers_.make_kept(size_bytes);
    write(lanes_.fill(size_bytes), kTo,
          {.to = place->second, .x = static_cast<u32>(bits), .y = static_cast<u32>(bits >> 32)});
    writing_ = writing;
    return place->second;
}

Lowering::Values Lowering::make(ir::TypeId type) {
    if (layout_.leaf_count(type) > kMostScalars)
        throw Refusal("a value has more than " + std::to_string(kMostScalars) + " scalars");
    Values made;
    for (const Leaf& leaf : layout_.leaves(type, false)) made.push_back(registers_.make(held_bytes(leaf.scalar)));
    return made;
}

Lowering::Values Lowering::value(ValueId id) {
    Values& known = values_[ir::place(id)];
    if (!known.empty()) return known;
    if (const ir::Constant* of = module_.find_constant(id)) return known = constant(*of);
    // Not kept: what it takes to say where a pointer leads is written where it is asked for.
    if (const std::optional<Pointer>& pointer = pointers_[ir::place(id)]) return registers_of(*pointer);
    return {};
}

Lowering::Values Lowering::constant(const ir::Constant& of) {
    switch (of.kind) {
        case ir::Constant::Kind::zero:
        case ir::Constant::Kind::undefined: {
            if (layout_.leaf_count(of.type) > kMostScalars)
                throw Refusal("a value has more than " + std::to_string(kMostScalars) + " scalars");
            Values made;
            for (const Leaf& leaf : layout_.leaves(of.type, false)) made.push_back(number(0, held_bytes(leaf.scalar)));
            return made;
        }
        case ir::Constant::Kind::scalar:
        case ir::Constant::Kind::specialization: {
            const Scalar scalar = types_[of.type].scalar;
            if (scalar == Scalar::boolean) return {number(of.bits != 0 ? kTrue : 0, sizeof(Truth))};
            return {number(of.bits, size_bytes(scalar))};
        }
        case ir::Constant::Kind::composite: {
            Values made;
            for (const ValueId part : of.parts) {
                const Values parts = value(part);
                made.insert(made.end(), parts.begin(), parts.end());
            }
            return made;
        }
        case ir::Constant::Kind::computed:
            break;  // written in the beginning
    }
    return {};
}

// Those that specialisation constants go into: once for a frame, in the order of the table.
void Lowering::computed_constants() {
    for (const ir::Constant& of : module_.constants) {
        if (of.kind != ir::Constant::Kind::computed) continue;
        ir::Instruction at;
        at.op = of.op;
        at.operands = ir::append_to(module_.operand_pool, std::span<const ValueId>(of.parts));
        at.immediates = ir::append_to(module_.immediate_pool, std::span<const u32>(of.immediates));
        at.results = {ir::place(of.value), 1};
        std::vector<Draft>* const writing = std::exchange(writing_, &setup_);
        pure(at);
        writing_ = writing;
    }
}

void Lowering::define(const ir::Instruction& of, Values values, u32 position) {
    const ValueId result = module_.result(of, position);
    values_[ir::place(result)] = std::move(values);
    pointers_[ir::place(result)].reset();
}

// Memory from outside ------------------------------------------------------------------------------

void Lowering::globals() {
    for (std::size_t i = 1; i < module_.globals.size(); ++i) {
        const ir::Global& global = module_.globals[i];
        Pointer pointer;
        pointer.space = types_[module_.type_of(global.value)].space;
        pointer.is_coherent = global.coherent;
        // A block without a name of its own has that of its type: its members are what the kernel names.
        if (checks_ && module_.text(global.name) != types_[global.type].name)
            pointer.object = module_.text(global.name);
        switch (global.kind) {
            case ir::Global::Kind::storage:
            case ir::Global::Kind::uniform:
                pointer.binding = static_cast<u32>(
                    std::lower_bound(bindings_.begin(), bindings_.end(), std::pair(global.set, global.binding)) -
                    bindings_.begin());
                break;
            case ir::Global::Kind::scalar:
                pointer.binding = static_cast<u32>(bindings_.size());
                pointer.offset = global.offset_bytes;
                break;
            case ir::Global::Kind::shared:
                if (global.aliased) {
                    shared_bytes_ = std::max(shared_bytes_, layout_.size_bytes(global.type, true));
                    break;
                }
                shared_bytes_ = (shared_bytes_ + 15) / 16 * 16;
                pointer.offset = shared_bytes_;
                shared_bytes_ += layout_.size_bytes(global.type, false);
                break;
            case ir::Global::Kind::local:
                pointer.offset = take_local(global.type);
                break;
        }
        pointers_[ir::place(global.value)] = pointer;
    }
    for (std::size_t i = 1; i < module_.globals.size(); ++i) {
        const ir::Global& global = module_.globals[i];
        if (global.kind != ir::Global::Kind::local) continue;
        if (global.initial == ValueId::none) {
            forget_variable(*pointers_[ir::place(global.value)], global.type);
            continue;
        }
        store_leaves(*pointers_[ir::place(global.value)], global.type, value(global.initial));
    }
}

u64 Lowering::take_local(ir::TypeId type) {
    local_bytes_ = (local_bytes_ + 7) / 8 * 8;
    const u64 offset = local_bytes_;
    local_bytes_ += layout_.size_bytes(type, false);
    if (local_bytes_ > u64{1} << 24) throw Refusal("an invocation has more than 16 MiB of its own memory");
    return offset;
}

}  // namespace alkomp::backend::reference
