// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/memory_uses.h"

#include "ir/pass/edit.h"
#include "ir/verify_parts.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr char32_t kElement = 0xffffffff;

}  // namespace

MemoryUses::MemoryUses(const Module& module)
    : module_(module),
      types_(module.types),
      joined_(module.values.size()),
      global_(module.values.size()),
      paths_(module.values.size()),
      uses_(module.globals.size()) {
    for (u32 i = 0; i < joined_.size(); ++i) joined_[i] = i;
    for (u32 i = 1; i < module.globals.size(); ++i) global_[place(module.globals[i].value)] = i;
    const std::vector<InstructionId> order = in_order(module);
    for (const InstructionId id : order) follow(id);
    for (const InstructionId id : order) follow_choices(id);
    for (const InstructionId id : order) note(id);
    finish();
}

u32 MemoryUses::find(u32 at) const {
    while (joined_[at] != at) at = joined_[at] = joined_[joined_[at]];
    return at;
}

void MemoryUses::join(InstructionId at, ValueId a, ValueId b) {
    if (module_.find_constant(b) != nullptr) return;  // nobody says what it leads into
    const u32 one = find(place(a)), other = find(place(b));
    if (one == other) return;
    if (global_[one] != 0 && global_[other] != 0 && global_[one] != global_[other])
        refuse(module_, at,
               "it chooses between pointers into " + name_of(module_, module_.globals[global_[one]].value) + " and " +
                   name_of(module_, module_.globals[global_[other]].value) +
                   "; the device has none that lead into more than one buffer.",
               ErrorCode::unsupported);
    joined_[other] = one;
    if (global_[one] == 0) global_[one] = global_[other];
}

void MemoryUses::follow(InstructionId id) {
    const Instruction& instruction = module_[id];
    const std::span<const ValueId> operands = module_.operands(instruction);
    const auto is_pointer = [&](ValueId value) { return types_.is(module_.type_of(value), Kind::pointer); };
    switch (instruction.op) {
        case Op::access:
        case Op::offset:
            return join(id, module_.result(instruction), operands[0]);
        case Op::select:
            if (!is_pointer(operands[1])) return;
            join(id, module_.result(instruction), operands[1]);
            return join(id, module_.result(instruction), operands[2]);
        case Op::pointer_to:
        case Op::address_of:
            refuse(module_, id, "the device has no addresses of memory.", ErrorCode::unsupported);
        case Op::variable:
        case Op::load: {
            const ValueId memory = instruction.op == Op::load ? operands[0] : module_.result(instruction);
            if (types_.is(module_.type(memory).element, Kind::pointer))
                refuse(module_, id, "the device has no pointers in variables.", ErrorCode::unsupported);
            return;
        }
        default:
            break;
    }
    for (const Passing& passing : passings(module_, id))
        for (u32 i = 0; i < passing.count(module_); ++i)
            if (is_pointer(passing.to(module_, i))) join(id, passing.to(module_, i), operands[passing.first + i]);
}

void MemoryUses::choose(InstructionId at, ValueId pointer) {
    if (module_.find_constant(pointer) != nullptr) return;
    const u32 global = global_of(pointer);
    if (module_.type(pointer).space == Space::local)
        refuse(module_, at, "the device has no pointers into the memory of one invocation that a choice or loop gives.",
               ErrorCode::unsupported);
    if (global != 0) uses_[global].is_chosen = true;
}

void MemoryUses::follow_choices(InstructionId id) {
    const Instruction& instruction = module_[id];
    const std::span<const ValueId> operands = module_.operands(instruction);
    const auto look = [&](ValueId value) {
        if (types_.is(module_.type_of(value), Kind::pointer)) choose(id, value);
    };
    if (instruction.op == Op::select) look(module_.result(instruction));
    if (instruction.op == Op::eq || instruction.op == Op::ne) {
        look(operands[0]);
        look(operands[1]);
        if (types_.is(module_.type_of(operands[0]), Kind::pointer)) join(id, operands[0], operands[1]);
    }
    for (const Passing& passing : passings(module_, id))
        for (u32 i = 0; i < passing.count(module_); ++i) look(passing.to(module_, i));
}

void MemoryUses::note_path(InstructionId id) {
    const Instruction& instruction = module_[id];
    const std::span<const ValueId> operands = module_.operands(instruction);
    Path path = paths_[place(operands[0])];
    if (instruction.op == Op::offset) {
        const u32 stride = module_.immediates(instruction)[0];
        path.is_aligned = path.is_aligned && stride != 0 && stride % 4 == 0;
        paths_[place(module_.result(instruction))] = path;
        return;
    }
    TypeId at = module_.type(operands[0]).element;
    for (const ValueId index : operands.subspan(1)) {
        const Type& type = types_[at];
        const u64 member = module_.known_bits(index).value_or(0);
        u32 step = type.stride_bytes;
        path.in_vector = type.kind == Kind::vector || type.kind == Kind::matrix;
        if (type.kind == Kind::structure) step = type.members[member].offset_bytes;
        if (type.kind == Kind::vector || type.row_major) step = alkomp::size_bytes(type.scalar);
        path.is_aligned = path.is_aligned && step % 4 == 0;
        path.parts.push_back(type.kind == Kind::structure ? static_cast<char32_t>(member) : kElement);
        at = type.kind == Kind::structure ? type.members[member].type : type.element;
    }
    paths_[place(module_.result(instruction))] = path;
}

// Whether it holds narrow numbers, but for vectors that are whole words.
bool MemoryUses::stores_parts(TypeId id, bool is_aligned) const {
    const Type& type = types_[id];
    switch (type.kind) {
        case Kind::scalar:
            return type.scalar != Scalar::boolean && alkomp::size_bytes(type.scalar) < 4;
        case Kind::vector:
            if (!stores_parts(type.element, false)) return false;
            return !is_aligned || type.count * alkomp::size_bytes(type.scalar) % 4 != 0;
        case Kind::matrix:
            return stores_parts(type.element, is_aligned && !type.row_major && type.stride_bytes % 4 == 0);
        case Kind::array:
            return stores_parts(type.element, is_aligned && type.stride_bytes % 4 == 0);
        case Kind::structure:
            return std::any_of(type.members.begin(), type.members.end(), [&](const Type::Member& member) {
                return stores_parts(member.type, is_aligned && member.offset_bytes % 4 == 0);
            });
        case Kind::nothing:
        case Kind::runtime_array:
        case Kind::pointer:
        case Kind::cooperative_matrix:
            break;
    }
    return false;
}

void MemoryUses::note(InstructionId id) {
    const Instruction& instruction = module_[id];
    if (instruction.op == Op::access || instruction.op == Op::offset) return note_path(id);
    const bool is_atomic = has(instruction.op, kAtomic);
    if (!is_atomic && instruction.op != Op::load && instruction.op != Op::store) return;
    const ValueId pointer = module_.operands(instruction)[0];
    const u32 global = global_of(pointer);
    if (global == 0) return;
    const TypeId pointee = module_.type(pointer).element;
    const Path& path = paths_[place(pointer)];
    Use& use = uses_[global];
    if (is_atomic) {
        use.atomic_float = use.atomic_float || types_.is_float(pointee);
        use.atomic_wide = use.atomic_wide || types_.bits(pointee) == 64;
        use.atomic_in_value = use.atomic_in_value || path.in_vector;
        atomics_.emplace(global, path.parts);
        return;
    }
    if (!types_.is(pointee, Kind::scalar)) wholes_.emplace(global, path.parts);
    // Behind a choice nothing is known of the path.
    const bool is_aligned = path.is_aligned && !use.is_chosen;
    use.part_stores = use.part_stores || (instruction.op == Op::store && stores_parts(pointee, is_aligned));
}

void MemoryUses::finish() {
    for (const auto& [global, path] : atomics_)
        for (std::size_t length = 0; length < path.size(); ++length)
            if (wholes_.contains({global, path.substr(0, length)})) uses_[global].atomic_in_value = true;
    // Others may lie over it.
    const auto is_aliased = [&](u32 i) {
        return module_.globals[i].kind == Global::Kind::storage && module_.globals[i].aliased;
    };
    bool any = false;
    for (u32 i = 1; i < uses_.size(); ++i) any = any || (is_aliased(i) && uses_[i].part_stores);
    for (u32 i = 1; i < uses_.size(); ++i)
        if (any && is_aliased(i)) uses_[i].part_stores = true;
}

}  // namespace alkomp::ir
