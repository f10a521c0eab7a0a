// SPDX-License-Identifier: MIT OR Apache-2.0
// Pointers, loads, stores, atomics.
#include "backend/reference/lower.h"

#include <algorithm>

namespace alkomp::backend::reference {

using ir::Op;
using ir::Space;
using ir::ValueId;
using Kind = ir::Type::Kind;

void Lowering::memory(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    switch (at.op) {
        case Op::variable:
            return variable(at);
        case Op::access:
            return access(at);
        case Op::offset: {
            Pointer to = pointer(operands[0]);
            const ir::TypeId pointee = module_.type(operands[0]).element;
            const bool laid = layout_.is_laid(to.space);
            const u32 given = laid ? module_.immediates(at)[0] : 0;
            add_index(to, operands[1], given != 0 ? given : layout_.size_bytes(pointee, laid), std::nullopt);
            if (!is_wide(to.space)) {
                // Nothing has clamped the index: at least it stays in the memory.
                const u64 end = to.space == Space::shared ? shared_bytes_ : local_bytes_;
                const u64 last = end - std::min(end, to.offset + layout_.size_bytes(pointee, laid));
                to.place = arithmetic(Op::min, Scalar::u32, {*to.place, number(last, 4)});
            }
            return define_pointer(at, to);
        }
        case Op::pointer_to: {
            Pointer to;
            to.space = Space::address;
            to.place = scalar(operands[0]);
            return define_pointer(at, to);
        }
        case Op::address_of: {
            Pointer of = pointer(operands[0]);
            any_place(of);
            const Register to = fresh(8);
            write(
                lanes_.address(!of.binding), of.binding ? kTo | kA : kTo | kA | kX,
                {.to = to, .a = *of.place, .x = of.binding ? *of.binding : of.root, .y = static_cast<u32>(of.offset)});
            return define(at, {to});
        }
        case Op::array_length:
            return array_length(at);
        case Op::load: {
            const Pointer from = pointer(operands[0]);
            const ir::TypeId type = module_.type_of(module_.result(at));
            Values values = load_leaves(from, type);
            if (from.space != Space::local) trace_place(from, type, values, " is ");
            return define(at, std::move(values));
        }
        case Op::store:
            store_leaves(pointer(operands[0]), module_.type_of(operands[1]), value(operands[1]));
            return trace_place(pointer(operands[0]), module_.type_of(operands[1]), value(operands[1]), " = ");
        default:
            if (ir::has(at.op, ir::kAtomic)) return atomic(at);
            refuse(at, "the reference device does not run it");
    }
}

void Lowering::define_pointer(const ir::Instruction& at, const Pointer& to) {
    const std::size_t place = ir::place(module_.result(at));
    values_[place].clear();
    pointers_[place] = to;
}

Pointer Lowering::pointer(ValueId id) {
    const std::optional<Pointer>& known = pointers_[ir::place(id)];
    return known ? *known : pointer_of(value(id), module_.type(id).space);
}

Pointer Lowering::pointer_of(const Values& values, Space space) const {
    Pointer made;
    made.space = space;
    if (has_root(space)) made.root = values[0];
    made.place = values.back();
    return made;
}

Lowering::Values Lowering::registers_of(const Pointer& of) {
    if (of.lane_stride != 0) throw Refusal("a pointer to a column of a matrix by rows is passed on");
    Pointer to = of;
    any_place(to);
    const bool wide = is_wide(to.space);
    if (to.offset != 0) {
        const u32 size = wide ? 8 : 4;
        to.place = arithmetic(Op::add, wide ? Scalar::u64 : Scalar::u32, {*to.place, number(to.offset, size)});
    }
    if (!has_root(to.space)) return {*to.place};
    return {to.binding ? number(*to.binding, 4) : to.root, *to.place};
}

void Lowering::any_place(Pointer& of) {
    if (of.place) return;
    of.place = number(0, is_wide(of.space) ? 8 : 4);
    if (of.element) {
        const Register to = fresh(8);
        write(lanes_.scale(Scalar::u32, false), kTo | kA | kB,
              {.to = to, .a = *of.element, .b = *of.place, .y = static_cast<u32>(of.stride)});
        of.place = to;
        of.element.reset();
    }
}

// `count`: of the elements, where the index is clamped.
void Lowering::add_index(Pointer& to, ValueId index, u64 stride, std::optional<u64> count) {
    const Scalar of = scalar_of(index);
    if (stride >> 32 != 0) throw Refusal("elements lie more than 4 GiB apart");
    const bool wide_place = is_wide(to.space);
    const bool is_first = !to.element && !to.place;
    if (const std::optional<u64> known = module_.known_bits(index); known && (count || *known >> 31 == 0)) {
        u64 wide = *known;
        if (ir::is_signed(of)) {
            const u32 up = 64 - 8 * size_bytes(of);
            wide = static_cast<u64>(static_cast<i64>(wide << up) >> up);
        }
        to.offset += (count ? std::min(wide, *count - 1) : wide) * stride;
        return;
    }
    if (wide_place && is_first && to.binding && (of == Scalar::u32 || of == Scalar::i32) && count) {
        to.element = scalar(index);
        to.stride = stride;
        return;
    }
    any_place(to);
    const Register made = fresh(wide_place ? 8 : 4);
    const bool clamped = !wide_place && count;
    if (wide_place || clamped) {
        write(lanes_.scale(of, clamped), kTo | kA | kB,
              {.to = made,
               .a = scalar(index),
               .b = *to.place,
               .x = clamped ? static_cast<u32>(*count - 1) : 0,
               .y = static_cast<u32>(stride)});
        to.place = made;
    } else {
        const Register by =
            arithmetic(Op::mul, Scalar::u32, {convert(scalar(index), of, Scalar::u32), number(stride, 4)});
        to.place = arithmetic(Op::add, Scalar::u32, {*to.place, by});
    }
}

void Lowering::access(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    Pointer to = pointer(operands[0]);
    const bool laid = layout_.is_laid(to.space);
    ir::TypeId type = module_.type(operands[0]).element;
    for (const ValueId index : operands.subspan(1)) {
        const ir::Type& whole = types_[type];
        if (checks_) name_part(to, whole, index);
        if (whole.kind == Kind::structure) {
            const u64 member = *module_.known_bits(index);
            to.offset += layout_.offset(type, member, laid);
            type = layout_.part(type, member);
            continue;
        }
        u64 stride = layout_.offset(type, 1, laid);
        u32 lane_stride = 0;
        if (laid && whole.kind == Kind::matrix && whole.row_major) {
            stride = held_bytes(whole.scalar);
            lane_stride = whole.stride_bytes;
        } else if (whole.kind == Kind::vector && to.lane_stride != 0) {
            stride = to.lane_stride;
        }
        // In a buffer the whole is checked once it is read.
        const u64 count = whole.kind == Kind::runtime_array ? ~u64{0} : layout_.count(type);
        if (checks_) note_index(to, type, index, stride);
        add_index(to, index, stride, is_wide(to.space) ? ~u64{0} : count);
        to.lane_stride = lane_stride;
        type = whole.element;
    }
    define_pointer(at, to);
}

void Lowering::variable(const ir::Instruction& at) {
    const ValueId result = module_.result(at);
    const ir::TypeId pointee = module_.type(result).element;
    Pointer to;
    to.space = Space::local;
    // Written again and again where functions are, so each gets its own: it is small.
    to.offset = take_local(pointee);
    if (checks_) to.object = module_.text(module_[result].name);
    define_pointer(at, to);
    const std::span<const ValueId> operands = module_.operands(at);
    if (!operands.empty()) store_leaves(to, pointee, value(operands[0]));
    else forget_variable(to, pointee);
}

std::vector<Leaf> Lowering::leaves_at(const Pointer& at, ir::TypeId type) const {
    std::vector<Leaf> leaves = layout_.leaves(type, layout_.is_laid(at.space));
    if (at.lane_stride != 0 && types_.is(type, Kind::vector))
        for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i].place = i * at.lane_stride;
    return leaves;
}

std::pair<Reach, Draft> Lowering::reach(Pointer to, u64 offset) {
    u64 behind = to.offset + offset;
    if (behind >> 32 != 0) {
        any_place(to);
        const bool wide = is_wide(to.space);
        to.place = arithmetic(Op::add, wide ? Scalar::u64 : Scalar::u32, {*to.place, number(behind, wide ? 8 : 4)});
        behind = 0;
    }
    Draft made;
    Instruction& at = made.instruction;
    at.y = static_cast<u32>(behind);
    const auto by_place = [&](Reach how) {
        any_place(to);
        at.a = *to.place;
        made.fields |= kA;
        return std::pair(how, made);
    };
    if (to.space == Space::address) return by_place(Reach::address);
    if (to.space == Space::shared) return by_place(Reach::shared);
    if (to.space == Space::local) return to.place ? by_place(Reach::local) : std::pair(Reach::slot, made);
    if (!to.binding) {
        at.x = to.root;
        made.fields |= kX;
        return by_place(Reach::rooted);
    }
    at.x = *to.binding;
    if (to.element) {
        at.a = *to.element;
        at.c = static_cast<u32>(to.stride);
        made.fields |= kA;
        return {Reach::element, made};
    }
    if (to.place) return by_place(Reach::offset);
    return {Reach::fixed, made};
}

Lowering::Values Lowering::load_leaves(const Pointer& from, ir::TypeId type) {
    if (layout_.leaf_count(type) > kMostScalars)
        throw Refusal("a value has more than " + std::to_string(kMostScalars) + " scalars");
    Values made;
    const Guard guarded = guard(from, false);
    const std::vector<Leaf> leaves = leaves_at(from, type);
    const Register unwritten = leaves.size() > 1 ? begin_whole(guarded) : 0;
    for (const Leaf& leaf : leaves) {
        auto [how, draft] = reach(from, leaf.place);
        CheckedAccess about;
        about.size_bytes = held_bytes(leaf.scalar);
        about.reads = true;
        about.tells_unwritten = leaves.size() == 1;
        collect(unwritten, guarded, from, how, draft, about);
        check_leaf(guarded, from, how, draft, about);
        draft.instruction.to = fresh(held_bytes(leaf.scalar));
        made.push_back(draft.instruction.to);
        write(lanes_.load(how, held_bytes(leaf.scalar)), draft.fields | kTo, draft.instruction);
    }
    end_whole(unwritten, guarded, from);
    return made;
}

void Lowering::store_leaves(const Pointer& to, ir::TypeId type, const Values& values) {
    std::size_t next = 0;
    const Guard guarded = guard(to, true);
    for (const Leaf& leaf : leaves_at(to, type)) {
        auto [how, draft] = reach(to, leaf.place);
        draft.instruction.b = values[next++];
        CheckedAccess about;
        about.size_bytes = held_bytes(leaf.scalar);
        about.writes = about.has_value = true;
        draft.fields |= kB;
        check_leaf(guarded, to, how, draft, about);
        write(lanes_.store(how, held_bytes(leaf.scalar)), draft.fields, draft.instruction);
    }
}

void Lowering::atomic(const ir::Instruction& at) {
    const std::span<const ValueId> operands = module_.operands(at);
    const Scalar of = types_[module_.type(operands[0]).element].scalar;
    Pointer to = pointer(operands[0]);
    any_place(to);
    auto [how, draft] = reach(to, 0);
    const std::span<const u32> immediates = module_.immediates(at);
    CheckedAccess about;
    about.size_bytes = size_bytes(of);
    about.reads = at.op != Op::atomic_store;
    about.writes = at.op != Op::atomic_load;
    about.is_atomic = true;
    about.tells_unwritten = at.op != Op::atomic_exchange;  // most often to set it
    about.order = static_cast<ir::Order>(immediates[0]);
    about.scope = static_cast<ir::Scope>(immediates[1]);
    check_leaf(guard(to, about.writes), to, how, draft, about);
    if (at.results.count != 0) {
        draft.instruction.to = fresh(size_bytes(of));
        draft.fields |= kTo;
    }
    if (operands.size() > 1) {
        draft.instruction.b = scalar(operands[1]);
        draft.fields |= kB;
    }
    if (operands.size() > 2) {
        draft.instruction.c = scalar(operands[2]);
        draft.fields |= kC;
    }
    const Function run = lanes_.atomic(at.op, how, of);
    if (run == nullptr) refuse(at, "the reference device has none of this type here");
    write(run, draft.fields, draft.instruction);
    const ir::TypeId type = module_.type(operands[0]).element;
    const std::string what = std::string(" by ") + std::string(ir::info(at.op).name);
    if (operands.size() > 1) trace_place(to, type, {scalar(operands.back())}, what + " with ");
    if (at.results.count == 0) return;
    trace_place(to, type, {draft.instruction.to}, " was ");
    define(at, {draft.instruction.to});
}

void Lowering::array_length(const ir::Instruction& at) {
    const ValueId array = module_.operands(at)[0];
    Pointer of = pointer(array);
    any_place(of);
    const Register to = fresh(4);
    write(lanes_.length(!of.binding), of.binding ? kTo | kA : kTo | kA | kX,
          {.to = to,
           .a = *of.place,
           .c = types_[module_.type(array).element].stride_bytes,
           .x = of.binding ? *of.binding : of.root,
           .y = static_cast<u32>(of.offset)});
    define(at, {to});
}

}  // namespace alkomp::backend::reference
