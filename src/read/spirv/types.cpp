// SPDX-License-Identifier: MIT OR Apache-2.0
// Types. A matrix has its layout in itself where SPIR-V says it with the member that holds it. An address of a type that
// comes later, perhaps the one that it stands in, is a number of 64 bits.
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {
namespace {

ir::Space space_of(spv::Storage storage) {
    switch (storage) {
        case spv::Storage::StorageBuffer:
            return ir::Space::storage;
        case spv::Storage::Uniform:
            return ir::Space::uniform;
        case spv::Storage::PushConstant:
            return ir::Space::scalars;
        case spv::Storage::Workgroup:
            return ir::Space::shared;
        case spv::Storage::PhysicalStorageBuffer:
            return ir::Space::address;
        default:
            return ir::Space::local;
    }
}

Scalar integer(u32 bits, bool is_signed) {
    switch (bits) {
        case 8:
            return is_signed ? Scalar::i8 : Scalar::u8;
        case 16:
            return is_signed ? Scalar::i16 : Scalar::u16;
        case 32:
            return is_signed ? Scalar::i32 : Scalar::u32;
        default:
            return is_signed ? Scalar::i64 : Scalar::u64;
    }
}

}  // namespace

void Reader::note_type(const Inst& inst) {
    switch (inst.op()) {
        case Op::TypeVoid:
            types_[inst[1]] = types().nothing();
            return;
        case Op::TypeBool:
            types_[inst[1]] = types().scalar(Scalar::boolean);
            return;
        case Op::TypeInt:
        case Op::TypeFloat:
            types_[inst[1]] = number_type(inst);
            return;
        case Op::TypeVector: {
            const TypeId element = find_type(inst[2]);
            if (element == TypeId::none || inst[3] < 2 || inst[3] > 4) return;
            if (types().is(element, ir::Type::Kind::scalar)) types_[inst[1]] = types().vector(element, inst[3]);
            return;
        }
        case Op::TypeMatrix: {
            const TypeId column = find_type(inst[2]);
            if (column == TypeId::none || inst[3] < 2 || inst[3] > 4) return;
            if (types().is(column, ir::Type::Kind::vector) && types().is_float(column))
                types_[inst[1]] = types().matrix(types().scalar_of(column), inst[3], types().lanes(column));
            return;
        }
        case Op::TypeArray:
        case Op::TypeRuntimeArray:
            types_[inst[1]] = array_type(inst);
            return;
        case Op::TypeStruct:
            types_[inst[1]] = structure_type(inst);
            return;
        case Op::TypeCooperativeMatrixKHR:
            types_[inst[1]] = cooperative_type(inst);
            return;
        default:
            return;
    }
}

TypeId Reader::number_type(const Inst& inst) {
    const u32 bits = inst[2];
    if (inst.op() == Op::TypeInt) {
        if (bits != 8 && bits != 16 && bits != 32 && bits != 64) return TypeId::none;
        return types().scalar(integer(bits, inst[3] != 0));
    }
    constexpr u32 kBFloat16 = 0;
    if (inst.size() > 3) return bits == 16 && inst[3] == kBFloat16 ? types().scalar(Scalar::bf16) : TypeId::none;
    if (bits == 16) return types().scalar(Scalar::f16);
    if (bits == 32) return types().scalar(Scalar::f32);
    return bits == 64 ? types().scalar(Scalar::f64) : TypeId::none;
}

u32 Reader::stride_of(Id type) const { return code_.number(type, spv::Decoration::ArrayStride).value_or(0); }

/// Types within types: walks over them need not fear for their stack.
void Reader::note_depth(Id whole, Id part) {
    u32 depth = 1;
    for (Inst inst = code_.definition(part); inst.op() == Op::TypePointer; inst = code_.definition(part)) {
        part = inst[3];
        if (++depth > ir::kDeepestType) break;
    }
    depth += type_depths_[part];
    if (depth > ir::kDeepestType)
        fail("types nest more than " + std::to_string(ir::kDeepestType) + " deep.", ErrorCode::unsupported);
    type_depths_[whole] = std::max(type_depths_[whole], static_cast<u8>(depth));
}

TypeId Reader::array_type(const Inst& inst) {
    const TypeId element = find_type(inst[2]);
    if (element == TypeId::none) return TypeId::none;
    note_depth(inst[1], inst[2]);
    const u32 stride = stride_of(inst[1]);
    if (inst.op() == Op::TypeRuntimeArray) return types().runtime_array(element, stride);
    const ValueId length = held_[inst[3]].value;
    if (length == ValueId::none || !types().is_integer(type_of(length)) || types().lanes(type_of(length)) != 1)
        return TypeId::none;
    return types().array(element, ir::place(as(length, u32_type())), stride);
}

/// The same type with the layout that a member gives to the matrices in it.
TypeId Reader::laid_out(TypeId id, u32 stride_bytes, bool row_major) {
    const ir::Type about = types()[id];
    if (about.kind == ir::Type::Kind::matrix)
        return types().matrix(about.scalar, about.count, types()[about.element].count, stride_bytes, row_major);
    if (about.kind == ir::Type::Kind::array)
        return types().array(laid_out(about.element, stride_bytes, row_major), about.length, about.stride_bytes);
    if (about.kind == ir::Type::Kind::runtime_array)
        return types().runtime_array(laid_out(about.element, stride_bytes, row_major), about.stride_bytes);
    return id;
}

/// Bytes from the first to the last; what it lacks of a layout counts as nothing.
u64 Reader::size_of(TypeId id) const {
    const ir::Type& about = module_.types[id];
    switch (about.kind) {
        case ir::Type::Kind::scalar:
            return about.scalar == Scalar::boolean ? 0 : size_bytes(about.scalar);
        case ir::Type::Kind::vector:
            return about.count * size_of(about.element);
        case ir::Type::Kind::matrix: {
            const u32 rows = module_.types[about.element].count;
            const u32 vectors = about.row_major ? rows : about.count, lanes = about.row_major ? about.count : rows;
            return u64{about.stride_bytes} * (vectors - 1) + u64{lanes} * size_bytes(about.scalar);
        }
        case ir::Type::Kind::array: {
            const ir::Constant* length = module_.find_constant(ValueId{about.length});
            const u64 count = length == nullptr || length->bits == 0 ? 1 : length->bits;
            return about.stride_bytes * (count - 1) + size_of(about.element);
        }
        case ir::Type::Kind::structure:
            return about.size_bytes;
        case ir::Type::Kind::pointer:
            return about.space == ir::Space::address ? sizeof(u64) : 0;
        case ir::Type::Kind::nothing:
        case ir::Type::Kind::runtime_array:
        case ir::Type::Kind::cooperative_matrix:
            break;
    }
    return 0;
}

TypeId Reader::structure_type(const Inst& inst) {
    const Id id = inst[1];
    ir::Type made;
    made.kind = ir::Type::Kind::structure;
    made.name = code_.name_of(id);
    u64 end = 0;
    bool has_layout = inst.size() > 2;
    for (u32 i = 0; i + 2 < inst.size(); ++i) {
        ir::Type::Member member;
        member.name = code_.member_name(id, i);
        member.type = find_type(inst[2 + i]);
        if (member.type == TypeId::none || member.type == types().nothing()) return TypeId::none;
        note_depth(id, inst[2 + i]);
        if (const auto stride = code_.number(id, spv::Decoration::MatrixStride, i))
            member.type = laid_out(member.type, *stride, code_.has(id, spv::Decoration::RowMajor, i));
        const auto offset = code_.number(id, spv::Decoration::Offset, i);
        has_layout = has_layout && offset.has_value();
        member.offset_bytes = offset.value_or(0);
        end = std::max(end, u64{member.offset_bytes} + size_of(member.type));
        made.members.push_back(std::move(member));
    }
    if (made.members.empty()) return TypeId::none;
    if (has_layout) made.size_bytes = static_cast<u32>(std::min<u64>(end, 0xffffffff));
    return types().add(made);
}

TypeId Reader::cooperative_type(const Inst& inst) {
    const TypeId element = find_type(inst[2]);
    const auto scope = find_known(inst[3]), rows = find_known(inst[4]), columns = find_known(inst[5]),
               use = find_known(inst[6]);
    if (element == TypeId::none || !types().is(element, ir::Type::Kind::scalar) || !scope || !rows || !columns || !use)
        return TypeId::none;
    const bool is_workgroup = *scope == static_cast<u32>(spv::Scope::Workgroup);
    if (!is_workgroup && *scope != static_cast<u32>(spv::Scope::Subgroup)) return TypeId::none;
    if (*use > static_cast<u32>(ir::MatrixUse::accumulator)) return TypeId::none;
    return types().cooperative_matrix(
        types()[element].scalar, is_workgroup ? ir::Scope::workgroup : ir::Scope::subgroup, static_cast<u32>(*rows),
        static_cast<u32>(*columns), static_cast<ir::MatrixUse>(*use));
}

TypeId Reader::pointer_type(const Inst& pointer, u32 depth) const {
    const TypeId pointee = find_type(pointer[3], depth);
    if (pointee == TypeId::none) return TypeId::none;
    auto storage = static_cast<spv::Storage>(pointer[2]);
    if (storage == spv::Storage::Uniform && code_.has(pointer[3], spv::Decoration::BufferBlock))
        storage = spv::Storage::StorageBuffer;
    // Only what a module uses is among its types, so it is made here.
    return const_cast<ir::Types&>(module_.types).pointer(space_of(storage), pointee);
}

TypeId Reader::find_type(Id id, u32 depth) const {
    if (types_[id] != TypeId::none || depth > ir::kDeepestType) return types_[id];
    const Inst inst = code_.definition(id);
    if (!inst || inst.op() != Op::TypePointer) return TypeId::none;
    const TypeId pointer = pointer_type(inst, depth + 1);
    const bool is_address = static_cast<spv::Storage>(inst[2]) == spv::Storage::PhysicalStorageBuffer;
    if (pointer != TypeId::none || !is_address) return pointer;
    waits_ = true;
    return cuts_addresses_ ? word_type_ : TypeId::none;
}

TypeId Reader::type(Id id) const {
    const TypeId found = find_type(id);
    if (found != TypeId::none) return found;
    const Inst inst = code_.definition(id);
    if (!inst) fail(code_.shown(id) + " is used as a type, but not defined before.");
    switch (inst.op()) {
        case Op::TypeImage:
        case Op::TypeSampler:
        case Op::TypeSampledImage:
            unsupported("images and samplers are not taken; buffers are.");
        case Op::TypeAccelerationStructureKHR:
        case Op::TypeRayQueryKHR:
            unsupported("ray tracing is not taken.");
        case Op::TypeInt:
        case Op::TypeFloat:
            unsupported("numbers of " + std::to_string(inst[2]) + " bits are not taken.");
        default:
            unsupported("the type " + code_.shown(id) + " (" + Code::name_of(inst.op()) + ") is not taken.");
    }
}

// Of values.

bool Reader::is_pointer(Id value) const {
    const Inst type = code_.definition(code_.type_of(value));
    return type && type.op() == Op::TypePointer;
}

spv::Storage Reader::storage_of(Id pointer) const {
    const Inst type = code_.definition(code_.type_of(pointer));
    if (!type || type.op() != Op::TypePointer) fail(code_.shown(pointer) + " is no pointer.");
    return static_cast<spv::Storage>(type[2]);
}

Id Reader::pointee_of(Id pointer) const {
    (void)storage_of(pointer);
    return code_.definition(code_.type_of(pointer))[3];
}

TypeId Reader::with_sign(TypeId id, bool is_signed) {
    if (!types().is_integer(id)) fail("integers are wanted.");
    return types().with_scalar(id, integer(types().bits(id), is_signed));
}

}  // namespace alkomp::read
