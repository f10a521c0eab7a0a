// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel has from outside its functions: buffers, scalars, shared and private memory, built-in inputs.
#include "emit/spirv/emitter.h"

#include <algorithm>

namespace alkomp::emit::spv {

void Emitter::declare_globals() {
    for (const ir::Global& global : module_.globals) {
        switch (global.kind) {
            case ir::Global::Kind::storage:
            case ir::Global::Kind::uniform:
                if (global.value != ir::ValueId::none) declare_buffer(global);
                break;
            case ir::Global::Kind::shared:
                if (global.aliased) declare_shared_block(global);
                else declare_memory(global);
                break;
            case ir::Global::Kind::local:
                declare_memory(global);
                break;
            case ir::Global::Kind::scalar:
                break;  // they make one block
        }
    }
    declare_scalars();
}

namespace {

/// NVIDIA's compiler (580.159.04) takes `NonWritable` of a variable for that of all variables of its type, and reads there
/// what was before a store. So there is a type for each way of access.
Form block_form(std::span<const Decoration> access) {
    u8 form = static_cast<u8>(Form::block);
    for (const Decoration decoration : access) {
        switch (decoration) {
            case Decoration::NonWritable:
                form += 1;
                break;
            case Decoration::NonReadable:
                form += 2;
                break;
            case Decoration::Aliased:
                form += 4;
                break;
            default:  // Coherent
                form += 8;
                break;
        }
    }
    return Form{form};
}

}  // namespace

Id Emitter::global_variable(const ir::Global& global, Storage storage, Id type, Id initial) {
    const Id made = words_.variable(pointer_type(storage, type), storage, initial);
    if (options_.names) words_.name(made, module_.text(global.name));
    if (words_.version() >= kVersion1_4) interface_.push_back(made);
    return made;
}

/// What a storage buffer is decorated with.
std::vector<Decoration> Emitter::access_of(const ir::Global& global) const {
    std::vector<Decoration> access;
    // What another binding writes is no constant: the optimiser of SwiftShader 5.0.0 (Chromium 156.0.8078.108) merges
    // reads of what is not writable, aliased or not.
    if (!global.writes && !global.aliased) access.push_back(Decoration::NonWritable);
    if (!global.reads) access.push_back(Decoration::NonReadable);
    if (global.aliased) access.push_back(Decoration::Aliased);
    if (coherent_ || (global.coherent && !options_.memory_model)) access.push_back(Decoration::Coherent);
    return access;
}

/// A buffer has to be a block, which is a structure.
Id Emitter::wrapper(ir::TypeId type, Form form) {
    if (block(type, form) != 0) return block(type, form);
    const Id inner = this->type(type, Form::laid);
    const Id made = words_.new_type(Op::TypeStruct, std::span(&inner, 1));
    words_.decorate(made, Decoration::Block);
    decorate_member(made, 0, type, 0);
    return block(type, form) = made;
}

void Emitter::declare_buffer(const ir::Global& global) {
    const bool is_storage = global.kind == ir::Global::Kind::storage;
    const Storage storage = is_storage ? Storage::StorageBuffer : Storage::Uniform;
    need_storage(global.type, is_storage ? ir::Space::storage : ir::Space::uniform);
    std::vector<Decoration> access;
    if (is_storage) access = access_of(global);
    const Id variable = declare_block(global, storage, access);
    words_.decorate(variable, Decoration::DescriptorSet, {global.set});
    words_.decorate(variable, Decoration::Binding, {global.binding});
}

void Emitter::declare_shared_block(const ir::Global& global) {
    words_.need(Capability::WorkgroupMemoryExplicitLayoutKHR);
    need_storage(global.type, ir::Space::shared);
    declare_block(global, Storage::Workgroup, {Decoration::Aliased});
}

Id Emitter::declare_block(const ir::Global& global, Storage storage, const std::vector<Decoration>& access) {
    const bool is_structure = module_.types.is(global.type, ir::Type::Kind::structure);
    const Form form = block_form(access);
    const Id variable =
        global_variable(global, storage, is_structure ? type(global.type, form) : wrapper(global.type, form));
    for (const Decoration decoration : access) words_.decorate(variable, decoration);
    Held& made = held(global.value);
    made.storage = storage;
    made.coherent = global.coherent;
    if (is_structure) {
        made.id = variable;
        made.form = form;
    } else {
        made.form = Form::laid;
        made.pending = static_cast<u32>(pending_.size());
        pending_.push_back({variable, {number(0)}});
    }
    return variable;
}

void Emitter::declare_memory(const ir::Global& global) {
    const bool is_shared = global.kind == ir::Global::Kind::shared;
    const Storage storage = is_shared ? Storage::Workgroup : Storage::Private;
    const Id initial = global.initial == ir::ValueId::none ? 0 : constant(global.initial);
    Held& made = held(global.value);
    made.storage = storage;
    made.id = global_variable(global, storage, type(global.type), initial);
}

void Emitter::declare_scalars() {
    std::vector<const ir::Global*> members;
    for (const ir::Global& global : module_.globals)
        if (global.value != ir::ValueId::none && global.kind == ir::Global::Kind::scalar) members.push_back(&global);
    if (members.empty()) return;
    std::stable_sort(members.begin(), members.end(),
                     [](const ir::Global* a, const ir::Global* b) { return a->offset_bytes < b->offset_bytes; });
    std::vector<u32> types;
    for (const ir::Global* member : members) {
        need_storage(member->type, ir::Space::scalars);
        types.push_back(type(member->type, Form::laid));
    }
    const Id block = words_.new_type(Op::TypeStruct, types);
    words_.decorate(block, Decoration::Block);
    for (u32 i = 0; i < members.size(); ++i) {
        if (options_.names) words_.member_name(block, i, module_.text(members[i]->name));
        decorate_member(block, i, members[i]->type, members[i]->offset_bytes);
    }
    const Id variable = words_.variable(pointer_type(Storage::PushConstant, block), Storage::PushConstant);
    if (options_.names) words_.name(variable, "scalars");
    if (words_.version() >= kVersion1_4) interface_.push_back(variable);
    for (u32 i = 0; i < members.size(); ++i) {
        Held& made = held(members[i]->value);
        made.storage = Storage::PushConstant;
        made.form = Form::laid;
        made.pending = static_cast<u32>(pending_.size());
        pending_.push_back({variable, {number(i)}});
    }
}

void Emitter::need_storage(ir::TypeId id, ir::Space space) {
    const ir::Type& type = module_.types[id];
    if (type.kind == ir::Type::Kind::structure) {
        for (const ir::Type::Member& member : type.members) need_storage(member.type, space);
        return;
    }
    if (type.kind != ir::Type::Kind::scalar) {
        if (type.element != ir::TypeId::none && type.kind != ir::Type::Kind::pointer) need_storage(type.element, space);
        return;
    }
    const u32 bytes = size_bytes(type.scalar);
    if (bytes != 1 && bytes != 2) return;
    switch (space) {
        case ir::Space::storage:
        case ir::Space::address:
            words_.need(bytes == 1 ? Capability::StorageBuffer8BitAccess : Capability::StorageBuffer16BitAccess);
            break;
        case ir::Space::uniform:
            words_.need(bytes == 1 ? Capability::UniformAndStorageBuffer8BitAccess
                                   : Capability::UniformAndStorageBuffer16BitAccess);
            break;
        case ir::Space::scalars:
            words_.need(bytes == 1 ? Capability::StoragePushConstant8 : Capability::StoragePushConstant16);
            break;
        case ir::Space::shared:  // with a layout
            words_.need(bytes == 1 ? Capability::WorkgroupMemoryExplicitLayout8BitAccessKHR
                                   : Capability::WorkgroupMemoryExplicitLayout16BitAccessKHR);
            break;
        case ir::Space::local:
            break;
    }
}

void Emitter::declare_modes(Id kernel) {
    constexpr u32 kLocalSize = 17, kMaximallyReconverges = 6023;
    std::array<u32, 3> sizes{};
    bool known = true;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto bits = module_.known_bits(module_.workgroup_size[i]);
        known = known && bits.has_value();
        sizes[i] = static_cast<u32>(bits.value_or(1));
    }
    // The built-in constant goes before the mode; LocalSizeId would do the same, but not on every device.
    if (!known) words_.decorate(workgroup_size(), Decoration::BuiltIn, {static_cast<u32>(BuiltIn::WorkgroupSize)});
    words_.modes.add(Op::ExecutionMode, {kernel, kLocalSize, sizes[0], sizes[1], sizes[2]});
    keep_nan(kernel);
    control_floats(kernel);
    if (!options_.maximal_reconvergence || !uses_subgroups_) return;
    words_.need_extension("SPV_KHR_maximal_reconvergence");
    words_.modes.add(Op::ExecutionMode, {kernel, kMaximallyReconverges});
}

/// Else a driver may take NaN and infinities to be nowhere: NVIDIA's (seen with 580.159) makes x / x 1.
void Emitter::keep_nan(Id kernel) {
    constexpr u32 kSignedZeroInfNanPreserve = 4461;
    const auto keep = [&](bool kept, Scalar scalar) {
        bool used = false;
        for (u32 i = 0; i < module_.types.size(); ++i) {
            const ir::Type& type = module_.types[static_cast<ir::TypeId>(i)];
            used = used || (type.kind == ir::Type::Kind::scalar && type.scalar == scalar);
        }
        if (!kept || !used) return;
        words_.need(Capability::SignedZeroInfNanPreserve);
        words_.modes.add(Op::ExecutionMode, {kernel, kSignedZeroInfNanPreserve, 8 * size_bytes(scalar)});
    };
    keep(options_.keeps_nan_f16, Scalar::f16);
    keep(options_.keeps_nan_f32, Scalar::f32);
    keep(options_.keeps_nan_f64, Scalar::f64);
}

void Emitter::control_floats(Id kernel) {
    constexpr u32 kDenormPreserve = 4459, kRoundingModeRte = 4462, kBits = 32;
    const auto ask = [&](bool asked, Capability capability, u32 mode) {
        if (!asked) return;
        words_.need(capability);
        words_.modes.add(Op::ExecutionMode, {kernel, mode, kBits});
    };
    ask(module_.keeps_denormals_f32, Capability::DenormPreserve, kDenormPreserve);
    ask(module_.rounds_to_even_f32, Capability::RoundingModeRTE, kRoundingModeRte);
}

Id Emitter::workgroup_size() {
    std::array<u32, 3> sizes{};
    bool varying = false;
    for (std::size_t i = 0; i < 3; ++i) {
        sizes[i] = constant(module_.workgroup_size[i]);
        varying = varying || varies(module_.workgroup_size[i]);
    }
    return words_.constant(varying ? Op::SpecConstantComposite : Op::ConstantComposite, number_type(Scalar::u32, 3),
                           sizes);
}

Id Emitter::input(BuiltIn which, u32 lanes) {
    Id& made = inputs_[static_cast<u32>(which)];
    if (made == 0) {
        made = words_.variable(pointer_type(Storage::Input, number_type(Scalar::u32, lanes)), Storage::Input);
        words_.decorate(made, Decoration::BuiltIn, {static_cast<u32>(which)});
        interface_.push_back(made);
    }
    return made;
}

Id Emitter::builtin(ir::Builtin which) {
    const auto read = [&](BuiltIn input, u32 lanes) {
        return result({Op::Load, number_type(Scalar::u32, lanes), {this->input(input, lanes)}});
    };
    const auto mask = [&](BuiltIn input) {
        words_.need(Capability::GroupNonUniformBallot);
        return read(input, 4);
    };
    const auto in_subgroup = [&](BuiltIn input) {
        words_.need(Capability::GroupNonUniform);
        return read(input, 1);
    };
    switch (which) {
        case ir::Builtin::global_id:
            return read(BuiltIn::GlobalInvocationId, 3);
        case ir::Builtin::local_id:
            return read(BuiltIn::LocalInvocationId, 3);
        case ir::Builtin::workgroup_id:
            return read(BuiltIn::WorkgroupId, 3);
        case ir::Builtin::workgroup_count:
            return read(BuiltIn::NumWorkgroups, 3);
        case ir::Builtin::workgroup_size:
            return workgroup_size();
        case ir::Builtin::local_index:
            return read(BuiltIn::LocalInvocationIndex, 1);
        case ir::Builtin::subgroup_size:
            return in_subgroup(BuiltIn::SubgroupSize);
        case ir::Builtin::subgroup_lane:
            return in_subgroup(BuiltIn::SubgroupLocalInvocationId);
        case ir::Builtin::subgroup_id:
            return in_subgroup(BuiltIn::SubgroupId);
        case ir::Builtin::subgroup_count:
            return in_subgroup(BuiltIn::NumSubgroups);
        case ir::Builtin::subgroup_eq_mask:
            return mask(BuiltIn::SubgroupEqMask);
        case ir::Builtin::subgroup_ge_mask:
            return mask(BuiltIn::SubgroupGeMask);
        case ir::Builtin::subgroup_gt_mask:
            return mask(BuiltIn::SubgroupGtMask);
        case ir::Builtin::subgroup_le_mask:
            return mask(BuiltIn::SubgroupLeMask);
        case ir::Builtin::subgroup_lt_mask:
            break;
    }
    return mask(BuiltIn::SubgroupLtMask);
}

}  // namespace alkomp::emit::spv
