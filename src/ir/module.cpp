// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/module.h"

#include <functional>

namespace alkomp::ir {
namespace {

void mix(std::size_t& hash, std::size_t value) { hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2); }

template <class T>
auto part_of(T& pool, Range range) {
    return std::span(pool).subspan(range.first, range.count);
}

}  // namespace

bool Constant::operator==(const Constant& other) const {
    return kind == other.kind && type == other.type && bits == other.bits && specialization == other.specialization &&
           op == other.op && parts == other.parts && immediates == other.immediates;
}

std::size_t Module::HashConstant::operator()(const Constant& constant) const {
    std::size_t hash = static_cast<std::size_t>(constant.kind) * 31 + place(constant.type);
    mix(hash, std::hash<u64>()(constant.bits));
    mix(hash, constant.specialization * 64u + static_cast<std::size_t>(constant.op));
    for (const ValueId part : constant.parts) mix(hash, place(part));
    for (const u32 word : constant.immediates) mix(hash, word);
    return hash;
}

Module::Module() {
    values.emplace_back();
    constants.emplace_back();
    globals.emplace_back();
    functions.emplace_back();
    regions.emplace_back();
    instructions.emplace_back();
    locations.emplace_back();
    strings.emplace_back();
    string_places_.emplace("", StringId::none);
    workgroup_size = {index(1), index(1), index(1)};
}

StringId Module::string(std::string_view text) {
    const auto [found, is_new] = string_places_.emplace(text, StringId{static_cast<u32>(strings.size())});
    if (is_new) strings.emplace_back(text);
    return found->second;
}

u32 Module::location(const Location& location) {
    if (location == Location()) return 0;
    // Instructions of one place mostly follow each other.
    if (!(locations.back() == location)) locations.push_back(location);
    return static_cast<u32>(locations.size() - 1);
}

std::span<ValueId> Module::operands(const Instruction& instruction) {
    return part_of(operand_pool, instruction.operands);
}
std::span<const ValueId> Module::operands(const Instruction& instruction) const {
    return part_of(operand_pool, instruction.operands);
}
std::span<u32> Module::immediates(const Instruction& instruction) {
    return part_of(immediate_pool, instruction.immediates);
}
std::span<const u32> Module::immediates(const Instruction& instruction) const {
    return part_of(immediate_pool, instruction.immediates);
}
std::span<const RegionId> Module::regions_of(const Instruction& instruction) const {
    return part_of(region_pool, instruction.regions);
}

ValueId Module::result(const Instruction& instruction, u32 position) const {
    return position < instruction.results.count ? ValueId{instruction.results.first + position} : ValueId::none;
}

InstructionId Module::target(const Instruction& terminator) const {
    return InstructionId{immediate_pool[terminator.immediates.first]};
}

ValueId Module::constant(Constant constant) {
    const bool once = constant.kind != Constant::Kind::specialization;
    if (once) {
        const auto found = constant_places_.find(constant);
        if (found != constant_places_.end()) return found->second;
    }
    const auto id = ValueId{static_cast<u32>(values.size())};
    constant.value = id;
    values.push_back({Value::Kind::constant, constant.type, static_cast<u32>(constants.size()), 0, StringId::none});
    if (once) constant_places_.emplace(constant, id);
    constants.push_back(std::move(constant));
    return id;
}

ValueId Module::constant(TypeId scalar_type, u64 bits) {
    Constant constant;
    constant.kind = bits == 0 ? Constant::Kind::zero : Constant::Kind::scalar;
    constant.type = scalar_type;
    constant.bits = bits;
    return this->constant(std::move(constant));
}

ValueId Module::zero(TypeId type) { return constant(type, 0); }

ValueId Module::undefined(TypeId type) {
    Constant constant;
    constant.kind = Constant::Kind::undefined;
    constant.type = type;
    return this->constant(std::move(constant));
}

ValueId Module::index(u64 value) { return constant(types.scalar(Scalar::u32), value); }

const Constant* Module::find_constant(ValueId id) const {
    const Value& value = values[place(id)];
    return id != ValueId::none && value.kind == Value::Kind::constant ? &constants[value.index] : nullptr;
}

std::optional<u64> Module::known_bits(ValueId id) const {
    const Constant* constant = find_constant(id);
    if (constant == nullptr || !types.is(constant->type, Type::Kind::scalar)) return std::nullopt;
    if (constant->kind != Constant::Kind::zero && constant->kind != Constant::Kind::scalar) return std::nullopt;
    return constant->bits;
}

ValueId Module::add_global(Global global) {
    Space space = Space::local;
    switch (global.kind) {
        case Global::Kind::storage:
            space = Space::storage;
            break;
        case Global::Kind::uniform:
            space = Space::uniform;
            break;
        case Global::Kind::scalar:
            space = Space::scalars;
            break;
        case Global::Kind::shared:
            space = Space::shared;
            break;
        case Global::Kind::local:
            break;
    }
    const std::array<TypeId, 1> type{types.pointer(space, global.type)};
    const Range range = add_values(Value::Kind::global, static_cast<u32>(globals.size()), type);
    global.value = ValueId{range.first};
    values[range.first].name = global.name;
    globals.push_back(global);
    return ValueId{range.first};
}

Range Module::add_values(Value::Kind kind, u32 index, std::span<const TypeId> types_of_them) {
    const Range range{static_cast<u32>(values.size()), static_cast<u32>(types_of_them.size())};
    for (u32 i = 0; i < range.count; ++i) values.push_back({kind, types_of_them[i], index, i, StringId::none});
    return range;
}

}  // namespace alkomp::ir
