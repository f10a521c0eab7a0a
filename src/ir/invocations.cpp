// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/invocations.h"

#include "ir/fold.h"

namespace alkomp::ir {
namespace {

constexpr u64 kMaxSteps = 1u << 20;  // values times invocations that are computed; what lies beyond is unknown
constexpr u32 kMaxDepth = 128;       // of expressions

using Operands = std::array<std::shared_ptr<const PerInvocation>, 3>;

std::optional<u64> fold_at(u32 i, Op op, Scalar from, Scalar to, const Operands& operands, std::size_t count) {
    std::array<std::optional<u64>, 3> known{};
    std::array<u64, 3> bits{};
    bool is_whole = true;
    for (std::size_t k = 0; k < count; ++k) {
        if (operands[k] != nullptr) known[k] = operands[k]->at(i);
        is_whole = is_whole && known[k].has_value();
        bits[k] = known[k].value_or(0);
    }
    if (is_whole) return fold(op, from, to, std::span(bits).first(count));
    if (op == Op::bit_and && (known[0] == u64{0} || known[1] == u64{0})) return 0;
    const bool is_bool = from == Scalar::boolean;
    if (op == Op::bit_or && is_bool && (known[0] == u64{1} || known[1] == u64{1})) return 1;
    if (op == Op::select && known[0]) return *known[0] != 0 ? known[1] : known[2];
    return std::nullopt;
}

}  // namespace

InvocationValues::InvocationValues(const Module& module, const std::vector<bool>& listed, const Workgroup& group)
    : module_(module), types_(module.types), group_(group) {
    for (u32 i = 1; i < module.instructions.size(); ++i)
        if (listed[i]) note_stores(module[InstructionId{i}]);
}

void InvocationValues::note_stores(const Instruction& instruction) {
    const std::span<const ValueId> operands = module_.operands(instruction);
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const Instruction* variable = definition(operands[i]);
        if (variable == nullptr || variable->op != Op::variable) continue;
        Stores& stores = stores_[operands[i]];
        if (instruction.op == Op::store && i == 0) {
            ++stores.count;
            stores.value = operands[1];
        } else if (instruction.op != Op::load) {
            stores.escapes = true;
        }
    }
    if (instruction.op != Op::variable || operands.empty()) return;
    Stores& stores = stores_[module_.result(instruction)];
    ++stores.count;
    stores.value = operands[0];
}

const Instruction* InvocationValues::definition(ValueId id) const {
    const Value& value = module_[id];
    return value.kind == Value::Kind::result ? &module_.instructions[value.index] : nullptr;
}

InvocationValues::Known InvocationValues::find(ValueId id, u32 lane, u32 depth) {
    const u64 key = u64{place(id)} << 2 | (lane & 3);
    const auto [at, is_new] = known_.try_emplace(key);  // unknown to itself, while it is computed
    if (!is_new || depth == kMaxDepth || steps_ > kMaxSteps) return at->second;
    Known made = compute(id, lane, depth + 1);
    known_[key] = made;
    return made;
}

template <class F>
InvocationValues::Known InvocationValues::each(F&& bits) {
    steps_ += group_.count;
    auto made = std::make_shared<PerInvocation>(
        PerInvocation{std::nullopt, std::vector<u64>(group_.count), Invocations(group_.count)});
    for (u32 i = 0; i < group_.count; ++i) {
        const std::optional<u64> known = bits(i);
        if (!known) continue;
        made->bits[i] = *known;
        made->known.add(i);
    }
    return made->known.any() ? std::move(made) : nullptr;
}

InvocationValues::Known InvocationValues::compute(ValueId id, u32 lane, u32 depth) {
    const Value& value = module_[id];
    switch (value.kind) {
        case Value::Kind::constant:
            return constant(module_.constants[value.index], lane, depth);
        case Value::Kind::region_parameter:
            return parameter(value, lane, depth);
        case Value::Kind::result:
            return result(module_.instructions[value.index], id, lane, depth);
        case Value::Kind::global:
        case Value::Kind::function_parameter:
            break;
    }
    return nullptr;
}

InvocationValues::Known InvocationValues::constant(const Constant& constant, u32 lane, u32 depth) {
    const Type& type = types_[constant.type];
    if (type.kind == Type::Kind::vector && constant.kind == Constant::Kind::composite)
        return find(constant.parts[lane], 0, depth);
    if (constant.kind == Constant::Kind::zero) return in_all(0);
    const bool has_bits = type.kind == Type::Kind::scalar && constant.kind == Constant::Kind::scalar;
    return has_bits ? in_all(constant.bits) : nullptr;
}

// In the first iteration, a loop's body begins with the operands of the loop.
InvocationValues::Known InvocationValues::parameter(const Value& value, u32 lane, u32 depth) {
    const InstructionId owner = module_.regions[value.index].owner;
    if (owner == InstructionId::none || module_[owner].op != Op::loop) return nullptr;
    if (module_.regions_of(module_[owner])[0] != RegionId{value.index}) return nullptr;
    return find(module_.operands(module_[owner])[value.position], lane, depth);
}

InvocationValues::Known InvocationValues::result(const Instruction& instruction, ValueId id, u32 lane, u32 depth) {
    const std::span<const ValueId> operands = module_.operands(instruction);
    const std::span<const u32> words = module_.immediates(instruction);
    switch (instruction.op) {
        case Op::builtin:
            return builtin(static_cast<Builtin>(words[0]), lane);
        case Op::load: {
            const auto stores = stores_.find(operands[0]);
            if (stores == stores_.end() || stores->second.count != 1 || stores->second.escapes) return nullptr;
            return find(stores->second.value, lane, depth);
        }
        case Op::extract: {
            const bool is_vector = types_.is(module_.type_of(operands[0]), Type::Kind::vector);
            return is_vector && words.size() == 1 ? find(operands[0], words[0], depth) : nullptr;
        }
        case Op::splat:
            return find(operands[0], 0, depth);
        case Op::compose:
            return compose(operands, lane, depth);
        case Op::shuffle: {
            const u32 lanes = types_.lanes(module_.type_of(operands[0]));
            const bool from_first = words[lane] < lanes;
            return find(operands[from_first ? 0 : 1], from_first ? words[lane] : words[lane] - lanes, depth);
        }
        default:
            return by_lane(instruction, id, lane, depth);
    }
}

InvocationValues::Known InvocationValues::compose(std::span<const ValueId> operands, u32 lane, u32 depth) {
    for (const ValueId operand : operands) {
        const Type& type = module_.type(operand);
        if (type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector) return nullptr;
        const u32 lanes = types_.lanes(module_.type_of(operand));
        if (lane < lanes) return find(operand, lane, depth);
        lane -= lanes;
    }
    return nullptr;
}

InvocationValues::Known InvocationValues::builtin(Builtin which, u32 lane) {
    const u32 subgroup = group_.subgroup_size;
    switch (which) {
        case Builtin::local_id:
        case Builtin::global_id:
            if (group_.size[lane] == 1) return in_all(0);
            return each([&](u32 i) { return std::optional<u64>(group_.coordinate(i, lane)); });
        case Builtin::workgroup_id:
            return in_all(0);
        case Builtin::workgroup_size:
            return in_all(group_.size[lane]);
        case Builtin::local_index:
            return each([](u32 i) { return std::optional<u64>(i); });
        case Builtin::subgroup_lane:
            return subgroup == 0 ? nullptr : each([&](u32 i) { return std::optional<u64>(i % subgroup); });
        case Builtin::subgroup_id:
            return subgroup == 0 ? nullptr : each([&](u32 i) { return std::optional<u64>(i / subgroup); });
        default:
            return nullptr;
    }
}

// Arithmetic: scalars, or this lane of vectors.
InvocationValues::Known InvocationValues::by_lane(const Instruction& instruction, ValueId id, u32 lane, u32 depth) {
    const std::span<const ValueId> operands = module_.operands(instruction);
    const Type& to = module_.type(id);
    const bool is_plain = to.kind == Type::Kind::scalar || to.kind == Type::Kind::vector;
    if (!has(instruction.op, kPure) || instruction.results.count != 1 || !is_plain || operands.size() > 3 ||
        operands.empty())
        return nullptr;
    Operands known;
    bool is_same = true;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const Type& type = module_.type(operands[i]);
        if (type.kind == Type::Kind::vector && (to.kind != Type::Kind::vector || to.count != type.count))
            return nullptr;
        if (type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector) return nullptr;
        known[i] = find(operands[i], type.kind == Type::Kind::vector ? lane : 0, depth);
        is_same = is_same && (known[i] == nullptr || known[i]->same);
    }
    const Scalar from = module_.type(operands[instruction.op == Op::select ? 1 : 0]).scalar;
    const auto at = [&](u32 i) { return fold_at(i, instruction.op, from, to.scalar, known, operands.size()); };
    if (!is_same) return each(at);
    const std::optional<u64> bits = at(0);
    return bits ? in_all(*bits) : nullptr;
}

}  // namespace alkomp::ir
