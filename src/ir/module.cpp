// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/module.h"

#include <functional>

namespace alkomp::ir {
namespace {

u32 hash_of(const Constant& constant) {
    Mix mix;
    mix.add(u64{place(constant.type)} << 32 | static_cast<u64>(constant.kind) << 8 | static_cast<u64>(constant.op));
    mix.add(constant.bits);
    mix.add(constant.specialization);
    for (const ValueId part : constant.parts) mix.add(place(part));
    for (const u32 word : constant.immediates) mix.add(word);
    return mix.hash();
}

u32 hash_of(std::string_view text) {
    Mix mix;
    mix.add(std::hash<std::string_view>()(text));
    return mix.hash();
}

}  // namespace

bool Constant::operator==(const Constant& other) const {
    return kind == other.kind && type == other.type && bits == other.bits && specialization == other.specialization &&
           op == other.op && parts == other.parts && immediates == other.immediates;
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
    string_places_.add(hash_of(strings[0]), 0);
    workgroup_size = {index(1), index(1), index(1)};
}

StringId Module::string(std::string_view text) {
    const u32 hash = hash_of(text);
    u32 found = string_places_.find(hash, [&](u32 at) { return strings[at] == text; });
    if (found == PlaceTable::kNone) {
        found = static_cast<u32>(strings.size());
        string_places_.add(hash, found);
        strings.emplace_back(text);
    }
    return StringId{found};
}

u32 Module::location(const Location& location) {
    if (location == Location()) return 0;
    // Instructions of one place mostly follow each other.
    if (!(locations.back() == location)) locations.push_back(location);
    return static_cast<u32>(locations.size() - 1);
}

ValueId Module::constant(Constant constant) {
    const auto at = static_cast<u32>(constants.size());
    if (constant.kind != Constant::Kind::specialization) {
        const u32 hash = hash_of(constant);
        const u32 found = constant_places_.find(hash, [&](u32 i) { return constants[i] == constant; });
        if (found != PlaceTable::kNone) return constants[found].value;
        constant_places_.add(hash, at);
    }
    constant.value = ValueId{static_cast<u32>(values.size())};
    values.push_back({Value::Kind::constant, constant.type, at, 0, StringId::none});
    constants.push_back(std::move(constant));
    return constants.back().value;
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
