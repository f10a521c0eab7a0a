// SPDX-License-Identifier: MIT OR Apache-2.0
// Pointers, loads and stores.
#include "read/spirv/reader.h"

#include <algorithm>
#include <bit>

namespace alkomp::read {
namespace {

constexpr u32 bit(spv::Access access) { return static_cast<u32>(access); }

}  // namespace

/// What a copy of a pointer is a copy of.
Id Reader::origin(Id pointer) const {
    for (u32 i = 0; i < kMostCopies; ++i) {
        const Inst inst = code_.definition(pointer);
        if (!inst || inst.op() != Op::CopyObject) return pointer;
        pointer = inst[3];
    }
    unsupported("its pointer is copied more than " + std::to_string(kMostCopies) + " times.");
}

bool Reader::is_volatile(Id pointer) const { return held_[origin(pointer)].is_volatile; }

/// The pointer that an id is, made again where no region here sees it.
ValueId Reader::place(Id pointer) {
    pointer = origin(pointer);
    const Inst inst = code_.definition(pointer);
    if (!inst) fail(code_.shown(pointer) + " is not defined.");
    Held& held = held_[pointer];
    const bool is_seen = held.value != ValueId::none && step_ < held.until;
    if (is_chain(inst) && !is_seen) {
        const ValueId made = chain(inst);
        held_[pointer].value = made;
        held_[pointer].until = region_ends_.back();
        return made;
    }
    if (held.place != ValueId::none && step_ < held.place_until) return held.place;
    const ValueId given = value(pointer);
    if (type_of(given) != word_type_) return given;
    const TypeId wanted = pointer_type(code_.definition(inst[1]));
    if (wanted == TypeId::none) (void)type(pointee_of(pointer));  // says what is wrong with it
    const ValueId made = as(given, wanted);
    held_[pointer].place = made;
    held_[pointer].place_until = region_ends_.back();
    return made;
}

/// What any layout aligns a type to: its largest scalar.
u32 Reader::least_alignment(TypeId id) {
    if (const auto known = alignments_.find(static_cast<u32>(id)); known != alignments_.end()) return known->second;
    const ir::Type& type = module_.types[id];
    if (type.kind == ir::Type::Kind::scalar) return type.scalar == Scalar::boolean ? 1 : size_bytes(type.scalar);
    if (type.kind == ir::Type::Kind::pointer) return sizeof(u64);
    u32 most = 1;
    for (const ir::Type::Member& member : type.members) most = std::max(most, least_alignment(member.type));
    if (type.element != TypeId::none) most = least_alignment(type.element);
    return alignments_[static_cast<u32>(id)] = most;
}

/// The type of a part; `member` where it is one of a structure. 0: there is none.
Id Reader::part_type(Id type, Id index, u32& member) const {
    const Inst about = code_.definition(type);
    if (!about) return 0;
    switch (about.op()) {
        case Op::TypeVector:
        case Op::TypeMatrix:
        case Op::TypeArray:
        case Op::TypeRuntimeArray:
        case Op::TypeCooperativeMatrixKHR:
            return about[2];
        case Op::TypeStruct: {
            member = known(index, "the place of a member");
            return member < about.size() - 2 ? about[2 + member] : 0;
        }
        default:
            return 0;
    }
}

/// Defined in the function that is read, so behind what it is made of: those elsewhere may lead round.
bool Reader::is_here(const Inst& inst) const { return definitions_[inst[2]].function == function_; }

/// A pointer to a part. `element`: set, and nothing returned, where that is an element of a cooperative matrix.
ValueId Reader::chain(const Inst& inst, Element* element) {
    if (!is_here(inst)) fail(code_.shown(inst[2]) + " is no pointer of this function.");
    const Id base = origin(inst[3]);
    if (inst.op() == Op::CopyObject) return place(base);
    const bool steps = inst.op() == Op::PtrAccessChain || inst.op() == Op::InBoundsPtrAccessChain;
    const bool promised = inst.op() == Op::InBoundsAccessChain || inst.op() == Op::InBoundsPtrAccessChain;
    std::size_t at = 4;
    Id type = pointee_of(base);
    ValueId from = ValueId::none;
    u32 member = 0;
    if (const auto scalars = blocks_of_scalars_.find(base); scalars != blocks_of_scalars_.end()) {
        if (steps || inst.size() < 5) unsupported("push constants are reached by their members.");
        type = part_type(type, inst[at++], member);
        if (type == 0) fail("there is no such member.");
        from = scalars->second[member];
    } else {
        from = place(base);
    }
    if (steps)
        from = make(ir::Op::offset, {from, value(inst[at++])}, {stride_of(code_.type_of(inst[3]))}, TypeId::none,
                    static_cast<u8>(promised ? ir::kInbounds : 0));
    std::vector<ValueId> operands{from};
    for (; at < inst.size(); ++at) {
        const Inst about = code_.definition(type);
        if (about && about.op() == Op::TypeCooperativeMatrixKHR) {
            if (element == nullptr) fail("an element of a cooperative matrix has no pointer.");
            element->at = value(inst[at]);
            element->matrix = operands.size() == 1 ? from : make(ir::Op::access, operands);
            return ValueId::none;
        }
        const bool is_structure = about && about.op() == Op::TypeStruct;
        type = part_type(type, inst[at], member);
        if (type == 0) fail("it leads to no part.");
        operands.push_back(is_structure ? module_.index(member) : value(inst[at]));
    }
    if (operands.size() == 1) return from;
    return make(ir::Op::access, operands, {}, TypeId::none, static_cast<u8>(promised ? ir::kInbounds : 0));
}

/// Whether a chain ends in an element of a cooperative matrix; each member on its way is known.
bool Reader::meets_matrix(const Inst& inst) const {
    if (inst.op() == Op::CopyObject) return false;
    Id type = pointee_of(inst[3]);
    u32 member = 0;
    const bool steps = inst.op() == Op::PtrAccessChain || inst.op() == Op::InBoundsPtrAccessChain;
    for (std::size_t at = steps ? 5 : 4; at < inst.size(); ++at) {
        const Inst about = code_.definition(type);
        if (about && about.op() == Op::TypeCooperativeMatrixKHR) return true;
        type = part_type(type, inst[at], member);
    }
    return false;
}

Reader::Element Reader::find_element(Id pointer) {
    Element element;
    const Inst inst = code_.definition(origin(pointer));
    if (inst && is_chain(inst) && meets_matrix(inst)) (void)chain(inst, &element);
    return element;
}

void Reader::take_chain(const Inst& inst) {
    const Id id = inst[2];
    if (storage_of(id) == spv::Storage::Input) return;  // read where it is loaded
    Held& held = held_[id];
    held.is_volatile = is_volatile(inst[3]);
    if (inst.op() == Op::CopyObject) return;  // its origin is what is used
    Id type = pointee_of(inst[3]);
    for (std::size_t at = 4; at < inst.size(); ++at) {
        u32 member = Code::kNoMember;
        const Id whole = type;
        if ((at == 4 && inst.op() == Op::PtrAccessChain) || inst.op() == Op::InBoundsPtrAccessChain) continue;
        type = part_type(type, inst[at], member);
        if (type == 0) fail("it leads to no part.");
        if (member != Code::kNoMember && code_.has(whole, spv::Decoration::Volatile, member)) held.is_volatile = true;
    }
    if (meets_matrix(inst)) return;
    const ValueId made = place(id);
    const std::string& name = code_.name_of(id);
    if (!name.empty() && module_[made].name == ir::StringId::none) module_[made].name = module_.string(name);
}

/// The memory operands at a place of an instruction, where it has any.
Reader::Access Reader::access(const Inst& inst, std::size_t at, Id pointer) {
    Access made;
    if (is_volatile(pointer)) made.flags = ir::kVolatileAccess;
    made.behind = at;
    if (at >= inst.size()) return made;
    const u32 mask = inst[at++];
    if ((mask & bit(spv::Access::Volatile)) != 0) made.flags = ir::kVolatileAccess;
    if ((mask & bit(spv::Access::Aligned)) != 0) {
        made.alignment = inst[at++];
        if (!std::has_single_bit(made.alignment))
            fail("the alignment is " + std::to_string(made.alignment) + "; a power of two is wanted.");
    }
    const u32 scoped = mask & (bit(spv::Access::MakePointerAvailable) | bit(spv::Access::MakePointerVisible));
    at += static_cast<std::size_t>(std::popcount(scoped));
    if (scoped != 0) make_coherent(pointer, made);
    made.behind = at;
    return made;
}

/// The Vulkan memory model says with each access what that of GLSL says of the buffer.
void Reader::make_coherent(Id pointer, Access& access) {
    for (Inst inst = code_.definition(origin(pointer)); inst; inst = code_.definition(origin(inst[3]))) {
        if (inst.op() == Op::Variable) {
            const ir::Value& value = module_[held_[inst[2]].value];
            if (value.kind == ir::Value::Kind::global) module_.globals[value.index].coherent = true;
            return;
        }
        if (!is_chain(inst) || !is_here(inst)) break;
    }
    access.flags = ir::kVolatileAccess;
}

ValueId Reader::load(Id pointer, TypeId wanted, const Access& how) {
    pointer = origin(pointer);
    if (storage_of(pointer) == spv::Storage::Input) return as(load_input(pointer), wanted);
    if (const auto scalars = blocks_of_scalars_.find(pointer); scalars != blocks_of_scalars_.end()) {
        std::vector<ValueId> parts;
        for (u32 i = 0; i < scalars->second.size(); ++i) parts.push_back(make(ir::Op::load, {scalars->second[i]}, {0}));
        return compose(wanted, std::move(parts));
    }
    if (const Element element = find_element(pointer); element.matrix != ValueId::none) {
        const ValueId matrix = make(ir::Op::load, {element.matrix}, {0}, TypeId::none, how.flags);
        return as(make(ir::Op::matrix_get, {matrix, element.at}), wanted);
    }
    return as(make(ir::Op::load, {place(pointer)}, {how.alignment}, TypeId::none, how.flags), wanted);
}

void Reader::store(Id pointer, ValueId stored, const Access& how) {
    if (const Element element = find_element(pointer); element.matrix != ValueId::none) {
        const ValueId matrix = make(ir::Op::load, {element.matrix}, {0}, TypeId::none, how.flags);
        const ValueId part = as(stored, types()[type_of(matrix)].element);
        const ValueId changed = make(ir::Op::matrix_set, {matrix, part, element.at});
        return effect(ir::Op::store, {element.matrix, changed}, {0}, how.flags);
    }
    const ValueId into = place(pointer);
    if (!types().is(type_of(into), ir::Type::Kind::pointer)) fail(code_.shown(pointer) + " is no pointer.");
    effect(ir::Op::store, {into, as(stored, types()[type_of(into)].element)}, {how.alignment}, how.flags);
}

void Reader::copy(const Inst& inst) {
    const Access to = access(inst, 3, inst[1]);
    const bool has_two = to.behind < inst.size();
    const Access from = access(inst, has_two ? to.behind : 3, inst[2]);
    store(inst[1], load(inst[2], type(pointee_of(inst[2])), from), to);
}

void Reader::variable(const Inst& inst) {
    if (storage_of(inst[2]) != spv::Storage::Function) fail("variables of a function lie in its own memory.");
    ValueId initial = ValueId::none;
    const TypeId pointee = type(pointee_of(inst[2]));
    if (inst.size() > 4) initial = value(inst[4], pointee);
    spend();
    held_[inst[2]].value = builder_.variable(pointee, code_.name_of(inst[2]), initial);
    held_[inst[2]].until = region_ends_.back();
}

ValueId Reader::call(const Inst& inst) {
    const ir::FunctionId callee = functions_[function_places_[inst[3]] - 1];
    const std::vector<ValueId> parameters = module_[callee].parameters;
    if (parameters.size() != inst.size() - 4)
        fail(code_.shown(inst[3]) + " takes " + std::to_string(parameters.size()) + " values, " +
             std::to_string(inst.size() - 4) + " are given.");
    std::vector<ValueId> given;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const TypeId wanted = type_of(parameters[i]);
        const bool takes_pointer = types().is(wanted, ir::Type::Kind::pointer);
        given.push_back(takes_pointer ? place(inst[4 + i]) : value(inst[4 + i], wanted));
    }
    const std::array<u32, 1> named{ir::place(callee)};
    return make(ir::Op::call, given, named);
}

ValueId Reader::compare_pointers(const Inst& inst) {
    const ir::Op op = inst.op() == Op::PtrEqual ? ir::Op::eq : ir::Op::ne;
    return make(op, {place(inst[3]), place(inst[4])});
}

}  // namespace alkomp::read
