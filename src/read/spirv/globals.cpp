// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel has from outside its functions: buffers, scalars, shared and private memory, built-in inputs.
#include "read/spirv/reader.h"

#include <algorithm>

namespace alkomp::read {
namespace {

/// What has to be one of the IR's; none: it is not.
std::optional<ir::Builtin> builtin_of(u32 number) {
    switch (static_cast<spv::BuiltIn>(number)) {
        case spv::BuiltIn::NumWorkgroups:
            return ir::Builtin::workgroup_count;
        case spv::BuiltIn::WorkgroupSize:
            return ir::Builtin::workgroup_size;
        case spv::BuiltIn::WorkgroupId:
            return ir::Builtin::workgroup_id;
        case spv::BuiltIn::LocalInvocationId:
            return ir::Builtin::local_id;
        case spv::BuiltIn::GlobalInvocationId:
            return ir::Builtin::global_id;
        case spv::BuiltIn::LocalInvocationIndex:
            return ir::Builtin::local_index;
        case spv::BuiltIn::SubgroupSize:
            return ir::Builtin::subgroup_size;
        case spv::BuiltIn::NumSubgroups:
            return ir::Builtin::subgroup_count;
        case spv::BuiltIn::SubgroupId:
            return ir::Builtin::subgroup_id;
        case spv::BuiltIn::SubgroupLocalInvocationId:
            return ir::Builtin::subgroup_lane;
        case spv::BuiltIn::SubgroupEqMask:
            return ir::Builtin::subgroup_eq_mask;
        case spv::BuiltIn::SubgroupGeMask:
            return ir::Builtin::subgroup_ge_mask;
        case spv::BuiltIn::SubgroupGtMask:
            return ir::Builtin::subgroup_gt_mask;
        case spv::BuiltIn::SubgroupLeMask:
            return ir::Builtin::subgroup_le_mask;
        case spv::BuiltIn::SubgroupLtMask:
            return ir::Builtin::subgroup_lt_mask;
    }
    return std::nullopt;
}

std::string kind_of_resource(const Code& code, Inst type) {
    while (type.op() == spv::Op::TypeArray || type.op() == spv::Op::TypeRuntimeArray) type = code.definition(type[2]);
    switch (type.op()) {
        case spv::Op::TypeImage:
            return "an image";
        case spv::Op::TypeSampler:
            return "a sampler";
        case spv::Op::TypeSampledImage:
            return "a sampled image";
        case spv::Op::TypeAccelerationStructureKHR:
            return "an acceleration structure";
        default:
            return "no buffer";
    }
}

}  // namespace

void Reader::note_variable(const Inst& inst) { variables_.push_back({inst, line_}); }

/// With one entry point, what is declared counts, used or not: that is what its author will pass.
void Reader::declare_globals() {
    const bool all = code_.entries().size() == 1;
    const std::unordered_set<Id> used = all ? std::unordered_set<Id>() : used_ids();
    shared_blocks_ = std::count_if(variables_.begin(), variables_.end(),
                                   [&](const GlobalVariable& variable) { return is_shared_block(variable.inst); });
    for (const GlobalVariable& variable : variables_) {
        if (!all && !used.contains(variable.inst[2])) continue;
        current_ = Op::Variable;
        line_ = variable.line;
        declare(variable.inst);
    }
    current_ = Op::Nop;
    line_ = {};
}

std::unordered_set<Id> Reader::used_ids() const {
    std::unordered_set<Id> used(entry_->interface.begin(), entry_->interface.end());
    for (const u32 place : reachable_) {
        const Code::Function function = code_.functions()[place];
        for (u32 at = function.first; at < function.end;) {
            const Inst inst = code_.at(at);
            (void)for_ids(inst, [&](std::size_t word) { used.insert(inst[word]); });
            at += static_cast<u32>(inst.size());
        }
    }
    return used;
}

void Reader::declare(const Inst& inst) {
    if (static_cast<u32>(storage_of(inst[2])) != inst[3]) fail("its storage class is not that of its pointer.");
    const Inst pointee = code_.definition(pointee_of(inst[2]));
    if (!pointee) fail("it points to nothing.");
    switch (static_cast<spv::Storage>(inst[3])) {
        case spv::Storage::Input:
            return;  // each use reads it
        case spv::Storage::StorageBuffer:
            return declare_buffer(inst, false);
        case spv::Storage::Uniform:
            return declare_buffer(inst, !code_.has(pointee[1], spv::Decoration::BufferBlock));
        case spv::Storage::PushConstant:
            return declare_scalars(inst);
        case spv::Storage::Workgroup:
            return declare_memory(inst, ir::Global::Kind::shared);
        case spv::Storage::Private:
            if (only_declarations_) return;
            return declare_memory(inst, ir::Global::Kind::local);
        case spv::Storage::UniformConstant:
            code_.fail(line_, shown_at(inst) + " is " + kind_of_resource(code_, pointee) + "; only buffers are taken.",
                       ErrorCode::unsupported);
        default:
            unsupported(code_.shown(inst[2]) + " lies in storage class " + std::to_string(inst[3]) +
                        ", which kernels do not have.");
    }
}

std::string Reader::shown_at(const Inst& variable) const {
    const auto number = [&](spv::Decoration kind) {
        return std::to_string(code_.number(variable[2], kind).value_or(0));
    };
    return code_.shown(variable[2]) + " at set " + number(spv::Decoration::DescriptorSet) + ", binding " +
           number(spv::Decoration::Binding);
}

bool Reader::all_members_have(Id structure, spv::Decoration kind) const {
    const std::size_t members = code_.definition(structure).size() - 2;
    for (u32 i = 0; i < members; ++i)
        if (!code_.has(structure, kind, i)) return false;
    return members > 0;
}

bool Reader::any_member_has(Id structure, spv::Decoration kind) const {
    const std::size_t members = code_.definition(structure).size() - 2;
    for (u32 i = 0; i < members; ++i)
        if (code_.has(structure, kind, i)) return true;
    return false;
}

/// The instance's, else the block's, else that of its only member.
std::string Reader::name_of_buffer(Id variable, Id block) const {
    std::string name = code_.name_of(variable);
    if (name.empty()) name = code_.name_of(block);
    if (name.empty() && code_.definition(block).size() == 3) name = code_.member_name(block, 0);
    return name;
}

void Reader::declare_buffer(const Inst& inst, bool is_uniform) {
    const Id id = inst[2], block = pointee_of(id);
    ir::Global global;
    global.set = code_.number(id, spv::Decoration::DescriptorSet).value_or(0);
    global.binding = code_.number(id, spv::Decoration::Binding).value_or(0);
    if (code_.definition(block).op() != Op::TypeStruct)
        code_.fail(line_, shown_at(inst) + " is no block; one buffer for each binding is taken.",
                   ErrorCode::unsupported);
    const auto has = [&](spv::Decoration kind) { return code_.has(id, kind) || all_members_have(block, kind); };
    global.kind = is_uniform ? ir::Global::Kind::uniform : ir::Global::Kind::storage;
    global.type = type(block);
    global.name = module_.string(name_of_buffer(id, block));
    global.reads = is_uniform || !has(spv::Decoration::NonReadable);
    global.writes = !is_uniform && !has(spv::Decoration::NonWritable);
    global.coherent = code_.has(id, spv::Decoration::Coherent) || any_member_has(block, spv::Decoration::Coherent);
    global.aliased = code_.has(id, spv::Decoration::Aliased);
    const auto [other, is_first] =
        bindings_.emplace(u64{global.set} << 32 | global.binding, static_cast<u32>(module_.globals.size()));
    if (!is_first) {
        ir::Global& first = module_.globals[other->second];
        if (first.kind != global.kind)
            code_.fail(line_, shown_at(inst) + " is a " + (is_uniform ? "uniform" : "storage") + " buffer, and \"" +
                                  module_.text(first.name) + "\" there is a " + (is_uniform ? "storage" : "uniform") +
                                  " buffer.");
        first.aliased = global.aliased = true;
    }
    global.location = location(line_);
    held_[id].value = module_.add_global(global);
    held_[id].until = kAlways;
    held_[id].is_volatile =
        code_.has(id, spv::Decoration::Volatile) || any_member_has(block, spv::Decoration::Volatile);
}

void Reader::declare_scalars(const Inst& inst) {
    const Id id = inst[2], block = pointee_of(id);
    const ir::Type about = types()[type(block)];
    if (about.kind != ir::Type::Kind::structure) unsupported("push constants that are no block are not taken.");
    std::vector<ValueId>& values = blocks_of_scalars_[id];
    for (const ir::Type::Member& member : about.members) {
        ir::Global global;
        global.kind = ir::Global::Kind::scalar;
        global.name = module_.string(member.name);
        global.type = member.type;
        global.offset_bytes = member.offset_bytes;
        global.location = location(line_);
        values.push_back(module_.add_global(global));
    }
}

bool Reader::is_shared_block(const Inst& variable) const {
    return variable[3] == static_cast<u32>(spv::Storage::Workgroup) &&
           code_.has(pointee_of(variable[2]), spv::Decoration::Block);
}

void Reader::declare_memory(const Inst& inst, ir::Global::Kind kind) {
    const Id id = inst[2];
    ir::Global global;
    global.kind = kind;
    global.name = module_.string(code_.name_of(id));
    global.type = type(pointee_of(id));
    global.location = location(line_);
    if (inst.size() > 4 && !only_declarations_) {
        global.initial = held_[inst[4]].value;
        if (global.initial == ValueId::none) fail("it begins as " + code_.shown(inst[4]) + ", which is no constant.");
        if (kind == ir::Global::Kind::shared) unsupported("shared memory that begins with a value is not taken.");
    }
    // One block alone is what it would be without a layout, to a device that has none there.
    if (kind == ir::Global::Kind::shared && is_shared_block(inst))
        global.aliased = only_declarations_ || shared_blocks_ > 1;
    held_[id].value = module_.add_global(global);
    held_[id].until = kAlways;
}

// Inputs.

ValueId Reader::input(Id variable) {
    const auto number = code_.number(variable, spv::Decoration::BuiltIn);
    if (!number) unsupported(code_.shown(variable) + " is an input that is not built in.");
    const auto builtin = builtin_of(*number);
    if (!builtin) unsupported("the built-in input " + code_.shown(variable) + " is not taken.");
    return make(ir::Op::builtin, {}, {static_cast<u32>(*builtin)});
}

ValueId Reader::load_input(Id pointer) {
    pointer = origin(pointer);
    const Inst inst = code_.definition(pointer);
    if (inst.op() == Op::Variable) {
        const ValueId made = input(pointer);
        return as(made, type(pointee_of(pointer)));
    }
    if (inst.op() != Op::AccessChain && inst.op() != Op::InBoundsAccessChain)
        unsupported("inputs are read where they are declared.");
    if (!is_here(inst)) fail(code_.shown(pointer) + " is no pointer of this function.");
    ValueId made = load_input(inst[3]);
    for (std::size_t i = 4; i < inst.size(); ++i) {
        const auto place = find_known(inst[i]);
        made = place ? make(ir::Op::extract, {made}, {static_cast<u32>(*place)})
                     : make(ir::Op::extract_lane, {made, value(inst[i])});
    }
    return made;
}

}  // namespace alkomp::read
