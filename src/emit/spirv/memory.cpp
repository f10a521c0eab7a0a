// SPDX-License-Identifier: MIT OR Apache-2.0
// Pointers, loads and stores.
#include "emit/spirv/emitter.h"
#include "ir/print.h"

#include <algorithm>

namespace alkomp::emit::spv {

Id Emitter::function_variable(Id type, Id initial) {
    const Id made = words_.id();
    const Id pointer = pointer_type(Storage::Function, type);
    const auto storage = static_cast<u32>(Storage::Function);
    if (initial != 0) variables_.add(Op::Variable, {pointer, made, storage, initial});
    else variables_.add(Op::Variable, {pointer, made, storage});
    return made;
}

void Emitter::variable(const ir::Instruction& instruction) {
    const ir::ValueId id = module_.result(instruction);
    const ir::TypeId pointee = module_.type(id).element;
    const bool has_value = instruction.operands.count != 0;
    // Control passes once: the variable may start with its value.
    const bool starts_with_it = has_value && loop_depth_ == 0 &&
                                module_.find_constant(module_.operands(instruction)[0]) != nullptr &&
                                !module_.types.is(pointee, ir::Type::Kind::cooperative_matrix);
    const Id initial = has_value ? value(instruction, 0) : 0;
    const Id made = function_variable(type(pointee), starts_with_it ? initial : 0);
    if (options_.names) words_.name(made, module_.text(module_[id].name));
    const ir::Type& held = module_.types[pointee];
    if (held.kind == ir::Type::Kind::pointer) {
        if (held.space == ir::Space::address) words_.decorate(made, Decoration::AliasedPointer);
        if (held.space == ir::Space::storage) words_.need(Capability::VariablePointersStorageBuffer);
        if (held.space == ir::Space::shared) words_.need(Capability::VariablePointers);
    }
    if (has_value && !starts_with_it) effect(Op::Store, {made, initial});
    Held pointer;
    pointer.id = made;
    hold(id, pointer);
}

/// What a pointer is known by.
Held Emitter::place(ir::ValueId id) {
    if (module_.find_constant(id) == nullptr) return held(id);
    Held made = pointer_from(module_.type(id).space);
    made.id = constant(id);
    return made;
}

Id Emitter::pointer(ir::ValueId id) {
    if (module_.find_constant(id) != nullptr) return constant(id);
    const Held& made = held(id);
    if (made.id != 0) return made.id;
    const Pending& pending = pending_[made.pending];
    std::vector<u32> words{pending.base};
    words.insert(words.end(), pending.path.begin(), pending.path.end());
    return result(Op::AccessChain, pointer_type_of(made, module_.type(id).element), words);
}

/// An index as an access chain takes it, which is as a signed number. `clamped`: it stays inside the composite.
Id Emitter::index(ir::ValueId id, const ir::Type& composite, bool clamped) {
    Shape of = shape(module_.type_of(id));
    Id number = value(id);
    if (size_bytes(of.scalar) < 4) {
        const Shape word = integer_shape(ir::is_signed(of.scalar) ? Scalar::i32 : Scalar::u32, 1);
        number = resize(number, of, word);
        of = word;
    }
    if (!clamped || composite.kind == ir::Type::Kind::runtime_array) return number;
    const bool is_array = composite.kind == ir::Type::Kind::array;
    const std::optional<u64> count =
        is_array ? module_.known_bits(ir::ValueId{composite.length}) : std::optional<u64>(composite.count);
    const std::vector<u64> known = known_lanes(id);
    if (count && !known.empty()) return known[0] < *count ? number : this->number(of.scalar, *count - 1);
    if (count && greatest(id) < *count) return number;
    if (count) return glsl({Glsl::UMin, of.type, {number, this->number(of.scalar, *count - 1)}});
    const Shape word = integer_shape(Scalar::u32, 1);
    in_constant_ = true;
    const Id last =
        resize(result({Op::ISub, word.type, {constant(ir::ValueId{composite.length}), this->number(1)}}), word, of);
    in_constant_ = false;
    return glsl({Glsl::UMin, of.type, {number, last}});
}

void Emitter::access(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const ir::ValueId id = module_.result(instruction);
    const Held from = place(operands[0]);
    const ir::Space space = module_.type(operands[0]).space;
    const bool promised = (instruction.flags & ir::kInbounds) != 0;
    const bool clamped =
        !promised && (space == ir::Space::shared || space == ir::Space::local || space == ir::Space::scalars);
    Pending chain;
    if (from.id != 0) chain.base = from.id;
    else chain = pending_[from.pending];
    ir::TypeId at = module_.type(operands[0]).element;
    for (const ir::ValueId step : operands.subspan(1)) {
        const ir::Type& composite = module_.types[at];
        const bool is_structure = composite.kind == ir::Type::Kind::structure;
        chain.member = static_cast<u32>(module_.known_bits(step).value_or(0));
        chain.path.push_back(is_structure ? number(chain.member) : index(step, composite, clamped));
        at = is_structure ? composite.members[chain.member].type : composite.element;
    }
    Held made = from;
    made.form = from.form == Form::plain ? Form::plain : Form::laid;
    made.id = 0;
    if (module_.types.is(at, ir::Type::Kind::runtime_array)) {
        made.pending = static_cast<u32>(pending_.size());
        pending_.push_back(std::move(chain));
    } else {
        std::vector<u32> words{chain.base};
        words.insert(words.end(), chain.path.begin(), chain.path.end());
        made.pending = 0;
        made.id = result(promised ? Op::InBoundsAccessChain : Op::AccessChain, pointer_type_of(made, at), words);
    }
    held(id) = made;
}

/// The alignment that any layout gives a type: that of its largest scalar.
u32 Emitter::least_alignment(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    if (type.kind == ir::Type::Kind::scalar) return size_bytes(type.scalar);
    if (type.kind == ir::Type::Kind::pointer) return 8;
    u32 most = 1;
    for (const ir::Type::Member& member : type.members) most = std::max(most, least_alignment(member.type));
    return type.element == ir::TypeId::none ? most : least_alignment(type.element);
}

Id Emitter::widest_scope() {
    const bool has_device = options_.memory_model_device_scope || !options_.memory_model;
    if (options_.memory_model && has_device) words_.need(Capability::VulkanMemoryModelDeviceScope);
    return number(static_cast<u32>(has_device ? Scope::Device : Scope::QueueFamily));
}

/// The memory operands of a load or store.
void Emitter::add_access(std::vector<u32>& words, ir::ValueId at, u8 flags, u32 alignment, bool stores) {
    const Held pointer = place(at);
    const auto bit = [](Access access) { return static_cast<u32>(access); };
    u32 mask = (flags & ir::kVolatileAccess) != 0 ? bit(Access::Volatile) : 0;
    const bool aligned = pointer.storage == Storage::PhysicalStorageBuffer;
    if (aligned) mask |= bit(Access::Aligned);
    const bool shared = pointer.storage == Storage::StorageBuffer || pointer.storage == Storage::Workgroup || aligned;
    bool scoped = false;
    if (options_.memory_model && shared) {
        mask |= bit(Access::NonPrivatePointer);
        scoped = pointer.coherent;
        if (scoped) mask |= bit(stores ? Access::MakePointerAvailable : Access::MakePointerVisible);
    }
    if (mask == 0) return;
    words.push_back(mask);
    if (aligned) words.push_back(alignment != 0 ? alignment : least_alignment(module_.type(at).element));
    if (scoped) words.push_back(widest_scope());
}

void Emitter::load(const ir::Instruction& instruction) {
    const ir::ValueId from = module_.operands(instruction)[0], id = module_.result(instruction);
    const Form form = place(from).form;
    const ir::TypeId pointee = module_.type_of(id);
    std::vector<u32> words{pointer(from)};
    add_access(words, from, instruction.flags, module_.immediates(instruction)[0], false);
    define(id, result(Op::Load, type(pointee, form), words));
    if (has_forms(pointee)) held(id).form = form;
}

void Emitter::store(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const ir::TypeId pointee = module_.type_of(operands[1]);
    const Form form = place(operands[0]).form;
    const bool as_it_is = module_.find_constant(operands[1]) == nullptr && held(operands[1]).form == form;
    const Id value = as_it_is ? held(operands[1]).id
                              : convert_form(this->value(operands[1]), pointee, Form::plain,
                                             has_forms(pointee) ? form : Form::plain);
    std::vector<u32> words{pointer(operands[0]), value};
    add_access(words, operands[0], instruction.flags, module_.immediates(instruction)[0], true);
    code_.add(Op::Store, words);
}

/// Bytes from an element to the next one in an array that has no padding.
u32 Emitter::stride_of(ir::TypeId id) const {
    const ir::Type& type = module_.types[id];
    switch (type.kind) {
        case ir::Type::Kind::scalar:
            return size_bytes(type.scalar);
        case ir::Type::Kind::vector:
            return type.count * size_bytes(type.scalar);
        case ir::Type::Kind::matrix:
            return (type.row_major ? module_.types[type.element].count : type.count) * type.stride_bytes;
        case ir::Type::Kind::array:
            return static_cast<u32>(module_.known_bits(ir::ValueId{type.length}).value_or(0)) * type.stride_bytes;
        case ir::Type::Kind::structure:
            return type.size_bytes;
        case ir::Type::Kind::pointer:
            return 8;
        case ir::Type::Kind::nothing:
        case ir::Type::Kind::runtime_array:
        case ir::Type::Kind::cooperative_matrix:
            break;
    }
    return 0;
}

u32 Emitter::stride_of(const ir::Instruction& offset) const {
    const u32 given = module_.immediates(offset)[0];
    return given != 0 ? given : stride_of(module_.type(module_.operands(offset)[0]).element);
}

/// An element further on: of raw memory by arithmetic, else by variable pointers, whose type says the stride.
void Emitter::offset(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const ir::ValueId id = module_.result(instruction);
    const ir::Space space = module_.type(operands[0]).space;
    Held made = place(operands[0]);
    const ir::TypeId pointee = module_.type(id).element;
    const u32 stride = stride_of(instruction);
    if (space == ir::Space::address) {
        const Id address = result({Op::ConvertPtrToU, number_type(Scalar::u64), {pointer(operands[0])}});
        const Shape wide = integer_shape(Scalar::i64, 1);
        const Shape narrow = shape(module_.type_of(operands[1]));
        const Id count = resize(value(operands[1]), narrow, wide);
        const Id bytes = result({Op::IMul, wide.type, {count, number(Scalar::i64, stride)}});
        const Id moved = result({Op::IAdd, number_type(Scalar::u64), {address, bytes}});
        return define(id, result({Op::ConvertUToPtr, type(module_.type_of(id)), {moved}}));
    }
    if (space != ir::Space::storage && space != ir::Space::shared)
        unsupported(instruction.op, "Vulkan has it in buffers and shared memory only.");
    if (space == ir::Space::shared && has_shared_blocks_)
        unsupported(instruction.op, "in shared memory it is emitted only where that has no layout.");
    if (space == ir::Space::storage && stepped_.at(static_cast<u32>(pointee)).stride_bytes != stride)
        unsupported(instruction.op, "Vulkan steps all pointers to " + ir::to_string(module_, pointee) +
                                        " by one stride, here they have two.");
    words_.need(space == ir::Space::storage ? Capability::VariablePointersStorageBuffer : Capability::VariablePointers);
    made.id = result({Op::PtrAccessChain, pointer_type_of(made, pointee), {pointer(operands[0]), value(operands[1])}});
    made.pending = 0;
    hold(id, made);
}

void Emitter::array_length(const ir::Instruction& instruction) {
    const Held& pointer = held(module_.operands(instruction)[0]);
    const Pending& array = pending_[pointer.pending];
    if (pointer.storage != Storage::StorageBuffer || array.path.size() != 1)
        unsupported(instruction.op, "Vulkan tells the length of an array at the end of a buffer alone.");
    define(module_.result(instruction),
           result({Op::ArrayLength, number_type(Scalar::u32), {array.base, array.member}}));
}

}  // namespace alkomp::emit::spv
