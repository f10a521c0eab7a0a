// SPDX-License-Identifier: MIT OR Apache-2.0
// Types: one id for each IR type and form.
#include "emit/spirv/emitter.h"

namespace alkomp::emit::spv {

Storage Emitter::storage_of(ir::Space space) {
    switch (space) {
        case ir::Space::storage:
            return Storage::StorageBuffer;
        case ir::Space::uniform:
            return Storage::Uniform;
        case ir::Space::scalars:
            return Storage::PushConstant;
        case ir::Space::shared:
            return Storage::Workgroup;
        case ir::Space::local:
            return Storage::Function;
        case ir::Space::address:
            break;
    }
    return Storage::PhysicalStorageBuffer;
}

Id Emitter::number_type(Scalar scalar, u32 lanes) {
    if (lanes > 1) return words_.type(Op::TypeVector, {number_type(scalar), lanes});
    const auto integer = [&](u32 bits, bool is_signed) {
        return words_.type(Op::TypeInt, {bits, is_signed ? 1u : 0u});
    };
    switch (scalar) {
        case Scalar::boolean:
            return words_.type(Op::TypeBool, {});
        case Scalar::i8:
        case Scalar::u8:
            if (options_.i8) words_.need(Capability::Int8);
            return integer(8, scalar == Scalar::i8);
        case Scalar::i16:
        case Scalar::u16:
            if (options_.i16) words_.need(Capability::Int16);
            return integer(16, scalar == Scalar::i16);
        case Scalar::i32:
        case Scalar::u32:
            return integer(32, scalar == Scalar::i32);
        case Scalar::i64:
        case Scalar::u64:
            words_.need(Capability::Int64);
            return integer(64, scalar == Scalar::i64);
        case Scalar::f16:
            if (options_.f16) words_.need(Capability::Float16);
            return words_.type(Op::TypeFloat, {16});
        case Scalar::bf16: {
            constexpr u32 kBFloat16 = 0;  // the encoding
            words_.need(Capability::BFloat16TypeKHR);
            return words_.type(Op::TypeFloat, {16, kBFloat16});
        }
        case Scalar::f32:
            return words_.type(Op::TypeFloat, {32});
        case Scalar::f64:
            words_.need(Capability::Float64);
            return words_.type(Op::TypeFloat, {64});
        case Scalar::record:
            break;
    }
    return words_.type(Op::TypeVoid, {});
}

bool Emitter::lies_in_memory_only(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    if (type.kind != ir::Type::Kind::scalar && type.kind != ir::Type::Kind::vector) return false;
    switch (type.scalar) {
        case Scalar::i8:
        case Scalar::u8:
            return !options_.i8;
        case Scalar::i16:
        case Scalar::u16:
            return !options_.i16;
        case Scalar::f16:
            return !options_.f16;
        default:
            return false;
    }
}

Id Emitter::pointer_type(Storage storage, Id pointee) {
    return words_.type(Op::TypePointer, {static_cast<u32>(storage), pointee});
}

Id Emitter::pointer_type_of(const Held& pointer, ir::TypeId pointee) {
    const Id inner = type(pointee, pointer.form);
    const auto stepped = stepped_.find(static_cast<u32>(pointee));
    if (pointer.storage != Storage::StorageBuffer || stepped == stepped_.end())
        return pointer_type(pointer.storage, inner);
    Id& made = stepped->second.type;
    if (made == 0) {
        const std::array<u32, 2> operands{static_cast<u32>(pointer.storage), inner};
        made = words_.new_type(Op::TypePointer, operands);
        words_.decorate(made, Decoration::ArrayStride, {stepped->second.stride_bytes});
    }
    return made;
}

/// A pointer of which nothing is known but its type.
Held Emitter::pointer_from(ir::Space space) {
    Held made;
    made.storage = storage_of(space);
    made.form =
        space == ir::Space::local || (space == ir::Space::shared && !has_shared_blocks_) ? Form::plain : Form::laid;
    if (made.storage == Storage::PhysicalStorageBuffer) words_.need(Capability::PhysicalStorageBufferAddresses);
    return made;
}

bool Emitter::has_forms(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    return type.kind == ir::Type::Kind::array || type.kind == ir::Type::Kind::runtime_array ||
           type.kind == ir::Type::Kind::structure;
}

Id Emitter::type(ir::TypeId id, Form form) {
    if (!has_forms(id)) form = Form::plain;
    const auto kept = [&]() -> Id& {
        const auto place = static_cast<u32>(id);
        return is_block(form) ? block(id, form) : types_[place][static_cast<u32>(form)];
    };
    if (kept() == 0) {
        const Id made = make_type(id, form);
        kept() = made;
    }
    return kept();
}

Id Emitter::make_type(ir::TypeId id, Form form) {
    const ir::Type& type = module_.types[id];
    switch (type.kind) {
        case ir::Type::Kind::nothing:
            return words_.type(Op::TypeVoid, {});
        case ir::Type::Kind::scalar:
            return number_type(type.scalar);
        case ir::Type::Kind::vector:
            return number_type(type.scalar, type.count);
        case ir::Type::Kind::matrix:
            words_.need(Capability::Matrix);
            return words_.type(Op::TypeMatrix, {this->type(type.element), type.count});
        case ir::Type::Kind::array:
        case ir::Type::Kind::runtime_array:
            return make_array(type, form);
        case ir::Type::Kind::structure:
            return make_structure(type, form);
        case ir::Type::Kind::pointer:
            return pointer_type_of(pointer_from(type.space), type.element);
        case ir::Type::Kind::cooperative_matrix: {
            words_.need(Capability::CooperativeMatrixKHR);
            if (module_.types[type.element].scalar == Scalar::bf16)
                words_.need(Capability::BFloat16CooperativeMatrixKHR);
            const Scope scope = type.scope == ir::Scope::workgroup ? Scope::Workgroup : Scope::Subgroup;
            return words_.type(Op::TypeCooperativeMatrixKHR,
                               {this->type(type.element), number(static_cast<u32>(scope)), number(type.rows),
                                number(type.columns), number(static_cast<u32>(type.use))});
        }
    }
    return 0;
}

Id Emitter::make_array(const ir::Type& array, Form form) {
    const Id element = type(array.element, form == Form::plain ? Form::plain : Form::laid);
    const bool runtime = array.kind == ir::Type::Kind::runtime_array;
    std::vector<u32> operands{element};
    if (!runtime) operands.push_back(constant(ir::ValueId{array.length}));
    const Op op = runtime ? Op::TypeRuntimeArray : Op::TypeArray;
    if (form == Form::plain) return words_.type(op, operands);
    const Id made = words_.new_type(op, operands);
    words_.decorate(made, Decoration::ArrayStride, {array.stride_bytes});
    return made;
}

Id Emitter::make_structure(const ir::Type& structure, Form form) {
    std::vector<u32> members;
    for (const ir::Type::Member& member : structure.members)
        members.push_back(type(member.type, form == Form::plain ? Form::plain : Form::laid));
    const Id made = words_.new_type(Op::TypeStruct, members);
    if (options_.names) {
        words_.name(made, structure.name);
        for (u32 i = 0; i < structure.members.size(); ++i) words_.member_name(made, i, structure.members[i].name);
    }
    if (is_block(form)) words_.decorate(made, Decoration::Block);
    if (form != Form::plain)
        for (u32 i = 0; i < structure.members.size(); ++i)
            decorate_member(made, i, structure.members[i].type, structure.members[i].offset_bytes);
    return made;
}

/// The layout of a matrix is said where a structure holds it, also through arrays.
void Emitter::decorate_member(Id structure, u32 member, ir::TypeId type, u32 offset_bytes) {
    words_.decorate_member(structure, member, Decoration::Offset, {offset_bytes});
    const ir::Type* inner = &module_.types[type];
    while (inner->kind == ir::Type::Kind::array || inner->kind == ir::Type::Kind::runtime_array)
        inner = &module_.types[inner->element];
    if (inner->kind != ir::Type::Kind::matrix) return;
    words_.decorate_member(structure, member, inner->row_major ? Decoration::RowMajor : Decoration::ColMajor);
    words_.decorate_member(structure, member, Decoration::MatrixStride, {inner->stride_bytes});
}

Id Emitter::convert_form(Id value, ir::TypeId id, Form from, Form to) {
    const Id source = type(id, from), target = type(id, to);
    if (source == target) return value;
    if (words_.version() >= kVersion1_4) return result({Op::CopyLogical, target, {value}});
    const ir::Type& composite = module_.types[id];
    const bool is_array = composite.kind == ir::Type::Kind::array;
    const u64 count =
        is_array ? module_.known_bits(ir::ValueId{composite.length}).value_or(0) : composite.members.size();
    const auto inner = [](Form form) { return form == Form::plain ? Form::plain : Form::laid; };
    std::vector<Id> parts;
    for (u32 i = 0; i < count; ++i) {
        const ir::TypeId part = is_array ? composite.element : composite.members[i].type;
        const Id taken = result({Op::CompositeExtract, type(part, inner(from)), {value, i}});
        parts.push_back(convert_form(taken, part, inner(from), inner(to)));
    }
    return result(Op::CompositeConstruct, target, parts);
}

}  // namespace alkomp::emit::spv
