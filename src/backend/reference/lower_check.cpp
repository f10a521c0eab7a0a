// SPDX-License-Identifier: MIT OR Apache-2.0
// Checks: instructions that stand before the ones that they are about.
#include "backend/reference/lower.h"

#include "backend/reference/check/run.h"

#include <algorithm>

namespace alkomp::backend::reference {

using ir::Op;
using ir::ValueId;
using Kind = ir::Type::Kind;

u32 Lowering::site() {
    std::vector<u32> key{location_};
    for (auto call = calls_.rbegin(); call != calls_.rend(); ++call)
        if (!call->is_kernel) key.push_back(call->location);
    const auto [known, is_new] = sites_.try_emplace(key, static_cast<u32>(checks_->sites.size()));
    if (!is_new) return known->second;
    if (known->second >> Cell::kSiteBits != 0) throw Refusal("the kernel has too many places to check");
    const auto place = [&](u32 of) {
        const ir::Location& location = module_.locations[of];
        return SourcePlace{module_.text(location.file), location.line, location.column, {}};
    };
    Site made{place(location_), {}};
    for (std::size_t i = 1; i < key.size(); ++i) made.calls.push_back(place(key[i]));
    checks_->sites.push_back(std::move(made));
    return known->second;
}

u32 Lowering::object(const Pointer& of) {
    std::string name = of.object;
    if (name.empty()) {
        name = of.space == ir::Space::shared  ? "a shared variable"
               : of.space == ir::Space::local ? "a variable"
                                              : "a buffer";
    }
    const auto [known, is_new] = objects_.try_emplace(std::move(name), static_cast<u32>(checks_->objects.size()));
    if (is_new) checks_->objects.push_back(known->first);
    return known->second;
}

void Lowering::name_part(Pointer& of, const ir::Type& whole, ValueId index) {
    if (whole.kind != Kind::structure) {
        of.object += "[]";
        of.path.push_back(index);
        return;
    }
    const u64 member = *module_.known_bits(index);
    const std::string& name = whole.members[static_cast<std::size_t>(member)].name;
    if (!of.object.empty()) of.object += '.';
    of.object += name.empty() ? std::to_string(member) : name;
}

void Lowering::note_index(Pointer& to, ir::TypeId type, ValueId index, u64 stride) {
    PendingIndex pending;
    pending.of = scalar_of(index);
    pending.object = to.object;
    if (types_.is(type, Kind::runtime_array)) {
        if (!to.binding || to.element || to.place || to.offset >> 32 != 0 || stride == 0) return;
        pending.count = CheckedIndex::kElements;
        pending.binding = *to.binding;
        pending.offset = static_cast<u32>(to.offset);
        pending.stride = static_cast<u32>(stride);
    } else {
        pending.count = layout_.count(type);
        const std::optional<u64> known = module_.known_bits(index);
        if (known && *known < pending.count) return;
    }
    pending.index = scalar(index);
    to.indices.push_back(std::move(pending));
}

Lowering::Guard Lowering::guard(const Pointer& pointer, bool writes) {
    Guard made;
    if (!checks_ || writing_ == &setup_ || is_message(pointer)) return made;
    // Scalars are there, and nobody writes them: their indices alone can be wrong.
    made.checks = !has_root(pointer.space) || !pointer.binding || *pointer.binding != bindings_.size();
    if (writes) {
        for (std::size_t i = 0; i < writes_.size(); ++i)
            if (has_root(pointer.space) ? !pointer.binding || *pointer.binding == i
                                        : pointer.space == ir::Space::address)
                writes_[i] = true;
    }
    if (!checks_->options.bounds) return made;
    for (const PendingIndex& index : pointer.indices) {
        if (made.wrong == 0) {
            made.wrong = registers_.make(sizeof(Truth));
            control(Control::clear, kTo, {.to = made.wrong});
        }
        Pointer named = pointer;
        named.object = index.object;
        checks_->indices.push_back({site(), object(named), writes, index.count});
        write(check_index(index.of), kTo | kA,
              {.to = made.wrong,
               .a = index.index,
               .c = index.stride,
               .x = index.binding,
               .y = index.offset,
               .jump = static_cast<u32>(checks_->indices.size() - 1)});
    }
    return made;
}

// Messages go to a buffer that the kernel's author never sees.
bool Lowering::is_message(const Pointer& pointer) const {
    return has_root(pointer.space) && pointer.binding && pointer.binding == message_binding_;
}

// A lane of a vector by a place that is not known.
void Lowering::check_lane(ir::ValueId vector, ir::ValueId place, u64 count, bool writes) {
    if (!checks_ || writing_ == &setup_ || !checks_->options.bounds) return;
    if (const std::optional<u64> known = module_.known_bits(place); known && *known < count) return;
    Pointer named;
    named.object = module_.text(module_[vector].name);
    if (named.object.empty()) named.object = "a vector";
    const Register wrong = registers_.make(sizeof(Truth));
    control(Control::clear, kTo, {.to = wrong});
    checks_->indices.push_back({site(), object(named), writes, count});
    write(check_index(scalar_of(place)), kTo | kA,
          {.to = wrong, .a = scalar(place), .jump = static_cast<u32>(checks_->indices.size() - 1)});
}

u32 Lowering::add_access(const Guard& guard, const Pointer& pointer, Reach how, const CheckedAccess& given) {
    CheckedAccess about = given;
    about.site = site();
    about.object = object(pointer);
    about.reach = how;
    about.has_wrong = guard.wrong != 0;
    // Accesses of coherent memory are as if relaxed atomic.
    about.is_atomic = about.is_atomic || pointer.is_coherent;
    checks_->accesses.push_back(about);
    return static_cast<u32>(checks_->accesses.size() - 1);
}

void Lowering::check_leaf(const Guard& guard, const Pointer& pointer, Reach how, const Draft& access,
                          const CheckedAccess& about) {
    if (!guard.checks) return;
    Instruction at = access.instruction;
    at.to = guard.wrong;
    at.jump = add_access(guard, pointer, how, about);
    const auto fields = static_cast<u8>((access.fields & (kA | kB | kX)) | (guard.wrong != 0 ? kTo : 0));
    write(check_access(how), fields, at);
}

// What a composite has in parts that nobody has written is most often not looked at.
Register Lowering::begin_whole(const Guard& guard) {
    if (!guard.checks || !checks_->options.uninitialized) return 0;
    const Register unwritten = registers_.make(sizeof(Truth));
    move(Move::copy, unwritten, number(kTrue, sizeof(Truth)));
    return unwritten;
}
void Lowering::collect(Register unwritten, const Guard& guard, const Pointer& pointer, Reach how, const Draft& access,
                       const CheckedAccess& about) {
    if (unwritten == 0) return;
    Instruction at = access.instruction;
    at.b = unwritten;
    at.to = 0;
    at.jump = add_access(guard, pointer, how, about);
    write(collect_unwritten(how), static_cast<u8>((access.fields & (kA | kX)) | kB), at);
}
void Lowering::end_whole(Register unwritten, const Guard& guard, const Pointer& pointer) {
    if (unwritten == 0) return;
    const u32 about = add_access(guard, pointer, Reach::fixed, {});
    write(check_unwritten(), kA, {.a = unwritten, .jump = about});
}

void Lowering::check_operation(Function run, u8 fields, Instruction at, u32 bits) {
    if (!checks_ || writing_ == &setup_) return;
    checks_->operations.push_back({site(), bits});
    at.jump = static_cast<u32>(checks_->operations.size() - 1);
    write(run, fields, at);
}

void Lowering::check_operands(const ir::Instruction& at, const std::vector<Values>& given) {
    if (!checks_ || !checks_->options.arithmetic) return;
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = scalar_of(operands[0]);
    const bool divides = (at.op == Op::div || at.op == Op::rem || at.op == Op::mod) && ir::is_integer(of);
    const bool shifts = ir::info(at.op).rule == ir::Rule::shift;
    if (!divides && !shifts) return;
    const u32 bits = 8 * size_bytes(of);
    if (const std::optional<u64> known = module_.known_bits(operands[1]);
        known && (divides ? *known != 0 : *known < bits))
        return;
    for (const Register one : given[1]) {
        const Scalar is = scalar_of(operands[1]);
        check_operation(divides ? check_divisor(size_bytes(is)) : check_shift(is), kA, {.a = one}, bits);
    }
}

void Lowering::check_result(Scalar of, Register result, std::span<const Register> operands) {
    if (!checks_ || !checks_->options.not_finite || !ir::is_float(of) || operands.empty()) return;
    const auto operand = [&](std::size_t i) { return operands[std::min(i, operands.size() - 1)]; };
    check_operation(check_finite(of), kTo | kA | kB | kC,
                    {.to = result, .a = operand(0), .b = operand(1), .c = operand(2)}, 0);
}

void Lowering::check_order(const ir::Instruction& at) {
    if (!checks_) return;
    const std::span<const u32> immediates = module_.immediates(at);
    CheckedBarrier about;
    about.site = site();
    about.waits = at.op == Op::barrier;
    const std::size_t scope = about.waits ? 0 : 1;
    if (!about.waits) about.order = static_cast<ir::Order>(immediates[0]);
    about.scope = static_cast<ir::Scope>(immediates[scope]);
    about.spaces = immediates[scope + 1];
    trace(about.waits ? "barrier" : "fence", {}, {});
    checks_->barriers.push_back(about);
    write(check_barrier(), 0, {.jump = static_cast<u32>(checks_->barriers.size() - 1)});
}

void Lowering::check_turns(ir::InstructionId loop) {
    if (!checks_ || (checks_->options.step_limit == 0 && !may_wait_)) return;
    // The first line in it; that of the loop itself is often of what stands before.
    u32 location = 0;
    for (const ir::RegionId region : module_.regions_of(module_[loop]))
        for (const ir::InstructionId at : module_[region].body)
            if (module_.locations[location].line == 0) location = module_[at].location;
    if (module_.locations[location].line == 0) location = module_[loop].location;
    std::swap(location, location_);
    check_operation(check_turn(), 0, {}, 0);
    location_ = location;
}

void Lowering::trace(std::string text, std::vector<Scalar> scalars, std::vector<Register> values) {
    if (!checks_ || !checks_->options.trace || writing_ == &setup_) return;
    checks_->steps.push_back({site(), std::move(text), std::move(scalars)});
    Draft& draft = write(trace_step(), 0, {.jump = static_cast<u32>(checks_->steps.size() - 1)});
    draft.list = static_cast<u32>(lists_.size());
    lists_.push_back(std::move(values));
}

// "data[3].mass = 2.5"; `how` stands between the place and its value.
void Lowering::trace_place(const Pointer& of, ir::TypeId type, const Values& values, std::string_view how) {
    if (!checks_ || !checks_->options.trace || writing_ == &setup_ || is_message(of)) return;
    std::string text = checks_->objects[object(of)];
    std::vector<Scalar> scalars;
    std::vector<Register> registers;
    std::size_t at = 0;
    for (const ValueId index : of.path) {
        at = text.find("[]", at);
        if (at == std::string::npos) break;
        text.replace(at, 2, "[{}]");
        at += 4;
        scalars.push_back(scalar_of(index));
        registers.push_back(scalar(index));
    }
    text += how;
    constexpr std::size_t kMostShown = 16;
    const std::vector<Leaf> leaves = layout_.leaves(type, false);
    const std::size_t shown = std::min({leaves.size(), values.size(), kMostShown});
    if (leaves.size() > 1) text += '(';
    for (std::size_t i = 0; i < shown; ++i) {
        text += i == 0 ? "{}" : ", {}";
        scalars.push_back(leaves[i].scalar);
        registers.push_back(values[i]);
    }
    if (shown < leaves.size()) text += ", ...";
    if (leaves.size() > 1) text += ')';
    trace(std::move(text), std::move(scalars), std::move(registers));
}

void Lowering::trace_condition(const ir::Instruction& at) {
    if (!checks_ || !checks_->options.trace) return;
    const ValueId chooses = module_.operands(at)[0];
    trace(std::string(ir::info(at.op).name) + " {}", {scalar_of(chooses)}, {scalar(chooses)});
}

void Lowering::forget_variable(const Pointer& of, ir::TypeId type) {
    if (!checks_) return;
    write(forget_local(), 0,
          {.x = static_cast<u32>(layout_.size_bytes(type, false)), .y = static_cast<u32>(of.offset)});
}

}  // namespace alkomp::backend::reference
