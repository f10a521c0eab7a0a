// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fold_constants.h"

#include "ir/fold.h"
#include "ir/pass/edit.h"

#include <algorithm>
#include <optional>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr u64 kMostParts = 16;  // of a composite constant that is made anew
constexpr u32 kMostSteps = 64;  // from a part to where it comes from

bool is_commutative(Op op) {
    return op == Op::add || op == Op::mul || op == Op::min || op == Op::max || op == Op::bit_and || op == Op::bit_or ||
           op == Op::bit_xor || op == Op::eq || op == Op::ne;
}

/// The comparison that holds where `op` does not; of numbers without NaN.
std::optional<Op> opposite(Op op) {
    switch (op) {
        case Op::eq:
            return Op::ne;
        case Op::ne:
            return Op::eq;
        case Op::lt:
            return Op::ge;
        case Op::ge:
            return Op::lt;
        case Op::gt:
            return Op::le;
        case Op::le:
            return Op::gt;
        default:
            return std::nullopt;
    }
}

class Folder {
public:
    explicit Folder(Module& module) : module_(module), types_(module.types), replaced_(module) {}

    void run() {
        for (const InstructionId id : in_order(module_)) {
            for (ValueId& operand : module_.operands(module_[id])) operand = replaced_[operand];
            const Instruction instruction = module_[id];
            if (!has(instruction.op, kPure)) continue;
            if (instruction.results.count == 2) compute_pair(instruction);
            if (instruction.results.count != 1) continue;
            if (const ValueId simpler = simplified(id); simpler != ValueId::none)
                replaced_.add(module_.result(instruction), simpler);
        }
        // What loops pass back was looked at before.
        replaced_.apply(module_);
    }

private:
    // What there is.
    ValueId operand(InstructionId id, std::size_t i) const { return module_.operands(module_[id])[i]; }
    TypeId type_of(InstructionId id) const { return module_.type_of(module_.result(module_[id])); }
    /// The instruction that gives the value as its only result, if it is that one.
    const Instruction* made_by(ValueId value, Op op) const {
        const Value& about = module_[value];
        if (about.kind != Value::Kind::result) return nullptr;
        const Instruction& instruction = module_[InstructionId{about.index}];
        return instruction.op == op ? &instruction : nullptr;
    }
    bool is_simple(TypeId type) const { return types_.is(type, Kind::scalar) || types_.is(type, Kind::vector); }
    /// The bits of each lane of a constant that no specialisation changes.
    std::optional<std::vector<u64>> lanes(ValueId value) const {
        const Constant* constant = module_.find_constant(value);
        if (constant == nullptr || !is_simple(constant->type)) return std::nullopt;
        if (constant->kind == Constant::Kind::zero) return std::vector<u64>(types_.lanes(constant->type), 0);
        if (constant->kind == Constant::Kind::scalar) return std::vector<u64>{constant->bits};
        if (constant->kind != Constant::Kind::composite) return std::nullopt;
        std::vector<u64> all;
        for (const ValueId part : constant->parts) {
            const auto bits = module_.known_bits(part);
            if (!bits) return std::nullopt;
            all.push_back(*bits);
        }
        return all;
    }
    /// The bits that all lanes have.
    std::optional<u64> same_lanes(ValueId value) const {
        const auto all = lanes(value);
        if (!all || std::any_of(all->begin(), all->end(), [&](u64 lane) { return lane != all->front(); }))
            return std::nullopt;
        return all->front();
    }
    bool is_fixed(ValueId value) const {
        const Constant* constant = module_.find_constant(value);
        return constant != nullptr && constant->kind != Constant::Kind::undefined;
    }

    /// Of two operands, the one that more is known of is the second.
    bool stands_behind(ValueId a, ValueId b) const { return is_fixed(a) && (!is_fixed(b) || (lanes(a) && !lanes(b))); }

    // What is made.
    ValueId made(TypeId type, std::span<const u64> lanes) {
        if (types_.is(type, Kind::scalar)) return module_.constant(type, lanes[0]);
        std::vector<ValueId> parts;
        const TypeId element = types_[type].element;
        for (const u64 lane : lanes) parts.push_back(module_.constant(element, lane));
        return made(type, std::move(parts));
    }
    ValueId made(TypeId type, std::vector<ValueId> parts) {
        const auto is_zero = [&](ValueId part) { return module_.find_constant(part)->kind == Constant::Kind::zero; };
        if (std::all_of(parts.begin(), parts.end(), is_zero)) return module_.zero(type);
        Constant constant;
        constant.kind = Constant::Kind::composite;
        constant.type = type;
        constant.parts = std::move(parts);
        return module_.constant(std::move(constant));
    }
    ValueId all_lanes(TypeId type, u64 bits) { return made(type, std::vector<u64>(types_.lanes(type), bits)); }

    // Instructions. What they answer stands for the result; none: nothing simpler is known.
    ValueId simplified(InstructionId id) {
        const Op op = module_[id].op;
        if (const ValueId constant = computed(id); constant != ValueId::none || module_[id].op != op) return constant;
        if (is_commutative(op) && stands_behind(operand(id, 0), operand(id, 1)))
            std::swap(module_.operands(module_[id])[0], module_.operands(module_[id])[1]);
        switch (op) {
            case Op::add:
            case Op::sub:
            case Op::mul:
            case Op::div:
            case Op::rem:
            case Op::mod:
            case Op::min:
            case Op::max:
            case Op::bit_and:
            case Op::bit_or:
            case Op::bit_xor:
            case Op::shl:
            case Op::shr:
                return whole_numbers(id);
            case Op::extract_bits:
            case Op::insert_bits:
                return bit_field(id);
            case Op::bit_not:
                return negated(id);
            case Op::neg:
                return undone(id);
            case Op::eq:
            case Op::ne:
            case Op::lt:
            case Op::le:
            case Op::gt:
            case Op::ge:
                return compared(id);
            case Op::select:
                return chosen(id);
            case Op::convert:
            case Op::bitcast:
                return operand_of_type(id);
            case Op::extract:
                return part(id);
            case Op::insert:
                return inserted(id);
            case Op::extract_lane:
            case Op::insert_lane:
                return known_lane(id);
            case Op::compose:
                return composed(id);
            case Op::shuffle:
                return shuffled(id);
            case Op::any_lane:
            case Op::all_lanes:
                return over_lanes(id);
            case Op::dot_integer:
            case Op::dot_packed:
                return dotted(id);
            default:
                return ValueId::none;
        }
    }

    /// Lane by lane, where all operands are known.
    ValueId computed(InstructionId id) {
        const Instruction instruction = module_[id];
        const TypeId type = type_of(id);
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (operands.empty() || !is_simple(type)) return ValueId::none;
        const Rule rule = info(instruction.op).rule;
        const bool by_lane = rule == Rule::numbers || rule == Rule::integers || rule == Rule::floats ||
                             rule == Rule::bits || rule == Rule::shift || rule == Rule::equality ||
                             rule == Rule::comparison || rule == Rule::choice || rule == Rule::bit_field ||
                             rule == Rule::classification || instruction.op == Op::convert ||
                             instruction.op == Op::bitcast;
        if (instruction.op == Op::splat) {
            const auto bits = module_.known_bits(operands[0]);
            return bits ? all_lanes(type, *bits) : ValueId::none;
        }
        if (!by_lane ||
            (instruction.op == Op::bitcast && types_.lanes(type) != types_.lanes(module_.type_of(operands[0]))))
            return ValueId::none;
        if (rule != Rule::choice)
            if (const auto chosen = computed_by_choice(id)) return *chosen;
        return computed_of(id, operands);
    }
    /// What an instruction gives that works lane by lane; none if an operand is not known.
    ValueId computed_of(InstructionId id, std::span<const ValueId> operands) {
        const Op op = module_[id].op;
        const TypeId type = type_of(id);
        std::vector<std::vector<u64>> known;
        for (const ValueId value : operands) {
            auto of_one = lanes(value);
            if (!of_one) return ValueId::none;
            known.push_back(std::move(*of_one));
        }
        const Scalar from = types_.scalar_of(module_.type_of(operands[info(op).rule == Rule::choice ? 1 : 0]));
        const Scalar to = types_.scalar_of(type);
        std::vector<u64> result, x(operands.size());
        for (u32 lane = 0; lane < types_.lanes(type); ++lane) {
            for (std::size_t i = 0; i < x.size(); ++i) x[i] = known[i].size() == 1 ? known[i][0] : known[i][lane];
            const bool real = is_float(from) || is_float(to);
            const auto bits = real ? fold_real(op, from, to, x) : fold(op, from, to, x);
            if (!bits) return ValueId::none;
            result.push_back(*bits);
        }
        return made(type, result);
    }
    /// Where one condition chooses between constants, and the other operands are known: it chooses between what they give.
    std::optional<ValueId> computed_by_choice(InstructionId id) {
        const std::span<const ValueId> in_pool = module_.operands(module_[id]);
        const std::vector<ValueId> operands(in_pool.begin(), in_pool.end());
        ValueId condition = ValueId::none;
        std::array<std::vector<ValueId>, 2> given;
        for (const ValueId value : operands) {
            const Instruction* choice = made_by(value, Op::select);
            std::array arms{value, value};
            if (choice != nullptr) {
                const std::span<const ValueId> of_choice = module_.operands(*choice);
                if (condition != ValueId::none && of_choice[0] != condition) return std::nullopt;
                condition = of_choice[0];
                arms = {of_choice[1], of_choice[2]};
            }
            for (std::size_t i = 0; i < 2; ++i) {
                if (!lanes(arms[i])) return std::nullopt;
                given[i].push_back(arms[i]);
            }
        }
        if (condition == ValueId::none) return std::nullopt;
        const u32 conditions = types_.lanes(module_.type_of(condition));
        if (conditions != 1 && conditions != types_.lanes(type_of(id))) return std::nullopt;
        const ValueId yes = computed_of(id, given[0]);
        const ValueId no = computed_of(id, given[1]);
        return becomes_choice(id, condition, yes, no);
    }
    std::optional<ValueId> becomes_choice(InstructionId id, ValueId condition, ValueId yes, ValueId no) {
        if (yes == ValueId::none || no == ValueId::none) return std::nullopt;
        become(module_, id, Op::select, std::array{condition, yes, no});
        module_[id].flags = 0;
        return chosen(id);
    }

    void compute_pair(const Instruction& instruction) {
        const auto a = lanes(module_.operands(instruction)[0]);
        const auto b = instruction.operands.count == 2 ? lanes(module_.operands(instruction)[1]) : std::nullopt;
        if (!a || !b) return;
        std::vector<u64> first, second;
        const TypeId type = module_.type_of(module_.result(instruction));
        for (std::size_t i = 0; i < a->size(); ++i) {
            const auto both = fold_pair(instruction.op, types_.scalar_of(type), (*a)[i], (*b)[i]);
            if (!both) return;
            first.push_back((*both)[0]);
            second.push_back((*both)[1]);
        }
        replaced_.add(module_.result(instruction, 0), made(type, first));
        replaced_.add(module_.result(instruction, 1), made(type, second));
    }

    /// Integers and booleans with an operand that changes nothing, or decides alone.
    ValueId whole_numbers(InstructionId id) {
        const TypeId type = type_of(id);
        if (types_.is_float(type) || !is_simple(type)) return ValueId::none;
        const Op op = module_[id].op;
        const ValueId a = operand(id, 0), b = operand(id, 1);
        const u64 ones = ~u64{0} >> (64 - types_.bits(type));
        if (const auto bits = same_lanes(b)) {
            if (op == Op::min || op == Op::max) {
                if (*bits == end_of(type, op == Op::min)) return b;
                if (*bits == end_of(type, op == Op::max)) return a;
            }
            const bool keeps =
                *bits == 0 ? op == Op::add || op == Op::sub || op == Op::bit_or || op == Op::bit_xor || op == Op::shl ||
                                 op == Op::shr || op == Op::rem || op == Op::mod
                           : (*bits == ones && op == Op::bit_and) || (*bits == 1 && (op == Op::mul || op == Op::div));
            if (keeps) return a;
            if (*bits == 0 && (op == Op::mul || op == Op::bit_and || op == Op::div)) return module_.zero(type);
            if (*bits == 1 && types_.bits(type) > 1 && (op == Op::rem || op == Op::mod)) return module_.zero(type);
            if (*bits == ones && op == Op::bit_or) return b;
        }
        if (a == b) {
            if (op == Op::bit_and || op == Op::bit_or || op == Op::min || op == Op::max) return a;
            if (op == Op::sub || op == Op::bit_xor) return module_.zero(type);
        }
        return op == Op::add ? summed(id) : ValueId::none;
    }
    /// The least or the greatest of a type's integers.
    u64 end_of(TypeId type, bool least) const {
        const u64 greatest = ~u64{0} >> (64 - types_.bits(type) + (types_.is_signed(type) ? 1 : 0));
        if (!least) return greatest;
        return types_.is_signed(type) ? greatest + 1 : 0;
    }
    /// (x + 2) + 3 is x + 5.
    ValueId summed(InstructionId id) {
        const ValueId a = operand(id, 0), b = operand(id, 1);
        const Instruction* inner = made_by(a, Op::add);
        const auto outer_lanes = lanes(b);
        if (inner == nullptr || !outer_lanes) return ValueId::none;
        const auto inner_lanes = lanes(module_.operands(*inner)[1]);
        if (!inner_lanes) return ValueId::none;
        const ValueId x = module_.operands(*inner)[0];
        const Scalar scalar = types_.scalar_of(type_of(id));
        std::vector<u64> sums;
        for (std::size_t i = 0; i < outer_lanes->size(); ++i)
            sums.push_back(fold(Op::add, scalar, scalar, std::array{(*outer_lanes)[i], (*inner_lanes)[i]}).value_or(0));
        const std::array operands{x, made(type_of(id), sums)};
        set_operands(module_, id, operands);
        return same_lanes(operands[1]) == u64{0} ? x : ValueId::none;
    }
    ValueId undone(InstructionId id) const {
        const Instruction* inner = made_by(operand(id, 0), module_[id].op);
        return inner != nullptr ? module_.operands(*inner)[0] : ValueId::none;
    }
    ValueId negated(InstructionId id) {
        const ValueId before = undone(id);
        if (before != ValueId::none || !types_.is_boolean(type_of(id))) return before;
        const Value& value = module_[operand(id, 0)];
        if (value.kind != Value::Kind::result) return ValueId::none;
        const Instruction inner = module_[InstructionId{value.index}];
        const auto other = opposite(inner.op);
        if (!other || types_.is_float(module_.type_of(module_.operands(inner)[0]))) return ValueId::none;
        const std::array operands{module_.operands(inner)[0], module_.operands(inner)[1]};
        become(module_, id, *other, operands);
        return ValueId::none;
    }
    ValueId compared(InstructionId id) {
        const ValueId a = operand(id, 0), b = operand(id, 1);
        const TypeId of = module_.type_of(a), type = type_of(id);
        if (types_.is_float(of) || !is_simple(of)) return ValueId::none;
        const Op op = module_[id].op;
        if (a == b) return all_lanes(type, u64{op == Op::eq || op == Op::le || op == Op::ge});
        const auto bits = same_lanes(b);
        if (bits && types_.is_boolean(of)) {
            if ((*bits == 1) == (op == Op::eq)) return a;
            become(module_, id, Op::bit_not, std::array{a});
            return ValueId::none;
        }
        if (!bits || !types_.is_integer(of)) return ValueId::none;
        if ((op == Op::lt || op == Op::ge) && *bits == end_of(of, true)) return all_lanes(type, u64{op == Op::ge});
        if ((op == Op::gt || op == Op::le) && *bits == end_of(of, false)) return all_lanes(type, u64{op == Op::le});
        return ValueId::none;
    }
    ValueId chosen(InstructionId id) {
        const ValueId condition = operand(id, 0), yes = operand(id, 1), no = operand(id, 2);
        if (yes == no) return yes;
        if (const auto bits = same_lanes(condition)) return *bits != 0 ? yes : no;
        const TypeId type = type_of(id);
        if (type != module_.type_of(condition)) return ValueId::none;
        const auto if_true = same_lanes(yes), if_false = same_lanes(no);
        if (if_true == u64{1} && if_false == u64{0}) return condition;
        if (if_true != u64{0} || if_false != u64{1}) return ValueId::none;
        become(module_, id, Op::bit_not, std::array{condition});
        return negated(id);
    }
    /// No bits at all, or all of them.
    ValueId bit_field(InstructionId id) {
        const bool inserts = module_[id].op == Op::insert_bits;
        const u64 most = types_.bits(type_of(id));
        const auto offset = same_lanes(operand(id, inserts ? 2 : 1)), count = same_lanes(operand(id, inserts ? 3 : 2));
        if (count == u64{0} || (offset && *offset >= most)) return inserts ? operand(id, 0) : module_.zero(type_of(id));
        if (offset == u64{0} && count && *count >= most) return operand(id, inserts ? 1 : 0);
        return ValueId::none;
    }
    ValueId operand_of_type(InstructionId id) const {
        return module_.type_of(operand(id, 0)) == type_of(id) ? operand(id, 0) : ValueId::none;
    }

    // Composites.
    /// A part of a constant; none if it is not known.
    ValueId part_of(ValueId whole, u32 place) {
        const Constant* constant = module_.find_constant(whole);
        if (constant == nullptr) return ValueId::none;
        if (constant->kind == Constant::Kind::composite) return constant->parts[place];
        const TypeId type = types_.part(module_.type_of(whole), place);
        if (constant->kind == Constant::Kind::zero) return module_.zero(type);
        return constant->kind == Constant::Kind::undefined ? module_.undefined(type) : ValueId::none;
    }
    /// Follows the path into what the composite was made of, as far as it leads.
    std::optional<ValueId> part_of_choice(InstructionId id) {
        const Instruction* choice = made_by(operand(id, 0), Op::select);
        if (choice == nullptr || module_[id].immediates.count != 1) return std::nullopt;
        const std::span<const ValueId> of_choice = module_.operands(*choice);
        const ValueId condition = of_choice[0];
        if (!types_.is(module_.type_of(condition), Kind::scalar)) return std::nullopt;
        const u32 place = module_.immediates(module_[id])[0];
        const std::array arms{of_choice[1], of_choice[2]};
        return becomes_choice(id, condition, part_of(arms[0], place), part_of(arms[1], place));
    }
    ValueId part(InstructionId id) {
        ValueId whole = operand(id, 0);
        const std::span<const u32> immediates = module_.immediates(module_[id]);
        if (const auto chosen = part_of_choice(id)) return *chosen;
        std::vector<u32> path(immediates.begin(), immediates.end());
        const std::size_t before = path.size();
        const ValueId first = whole;
        for (u32 steps = 0; !path.empty() && steps < kMostSteps; ++steps) {
            ValueId inner = part_of(whole, path[0]);
            if (inner != ValueId::none) {
                path.erase(path.begin());
            } else if (const Instruction* compose = made_by(whole, Op::compose)) {
                inner = composed_part(*compose, path);
            } else if (const Instruction* splat = made_by(whole, Op::splat)) {
                if (!types_.is(module_.type_of(whole), Kind::vector)) break;
                inner = module_.operands(*splat)[0];
                path.erase(path.begin());
            } else if (const Instruction* insert = made_by(whole, Op::insert)) {
                inner = beside_insertion(*insert, path);
            } else if (const Instruction* shuffle = made_by(whole, Op::shuffle)) {
                const std::span<const ValueId> two = module_.operands(*shuffle);
                const u32 lane = module_.immediates(*shuffle)[path[0]],
                          lanes_of_first = types_.lanes(module_.type_of(two[0]));
                inner = two[lane < lanes_of_first ? 0 : 1];
                path[0] = lane < lanes_of_first ? lane : lane - lanes_of_first;
            } else if (const Instruction* extract = made_by(whole, Op::extract)) {
                inner = module_.operands(*extract)[0];
                const std::span<const u32> outer = module_.immediates(*extract);
                path.insert(path.begin(), outer.begin(), outer.end());
            }
            if (inner == ValueId::none) break;
            whole = inner;
        }
        if (path.empty()) return whole;
        if (whole != first || path.size() != before) become(module_, id, Op::extract, std::array{whole}, path);
        return ValueId::none;
    }
    ValueId composed_part(const Instruction& compose, std::vector<u32>& path) const {
        const std::span<const ValueId> parts = module_.operands(compose);
        if (!types_.is(module_.type_of(module_.result(compose)), Kind::vector)) {
            const ValueId inner = parts[path[0]];
            path.erase(path.begin());
            return inner;
        }
        for (const ValueId inner : parts) {
            const u32 lanes_of_it = types_.lanes(module_.type_of(inner));
            if (path[0] >= lanes_of_it) {
                path[0] -= lanes_of_it;
                continue;
            }
            if (lanes_of_it == 1) path.erase(path.begin());
            return inner;
        }
        return ValueId::none;
    }
    /// What was inserted, or what it was inserted into, if the path leads to one of them alone.
    ValueId beside_insertion(const Instruction& insert, std::vector<u32>& path) const {
        const std::span<const u32> to = module_.immediates(insert);
        const auto [a, b] = std::mismatch(to.begin(), to.end(), path.begin(), path.end());
        if (a == to.end()) {
            path.erase(path.begin(), b);
            return module_.operands(insert)[1];
        }
        return b == path.end() ? ValueId::none : module_.operands(insert)[0];
    }
    u64 parts_of(TypeId id) const {
        const Type& type = types_[id];
        if (type.kind == Kind::structure) return type.members.size();
        if (type.kind == Kind::array) return module_.known_bits(ValueId{type.length}).value_or(kMostParts + 1);
        return type.kind == Kind::vector || type.kind == Kind::matrix ? type.count : kMostParts + 1;
    }
    ValueId inserted(InstructionId id) {
        const ValueId whole = operand(id, 0), part = operand(id, 1);
        const TypeId type = type_of(id);
        const std::span<const u32> path = module_.immediates(module_[id]);
        if (path.size() != 1 || !is_fixed(whole) || !is_fixed(part) || parts_of(type) > kMostParts)
            return ValueId::none;
        const u32 place = path[0];
        std::vector<ValueId> parts;
        for (u32 i = 0; i < parts_of(type); ++i) {
            parts.push_back(i == place ? part : part_of(whole, i));
            if (parts.back() == ValueId::none) return ValueId::none;
        }
        return made(type, std::move(parts));
    }
    ValueId known_lane(InstructionId id) {
        const bool inserts = module_[id].op == Op::insert_lane;
        const auto lane = module_.known_bits(operand(id, inserts ? 2 : 1));
        if (!lane) return ValueId::none;
        const ValueId whole = operand(id, 0);
        const u64 last = types_.lanes(module_.type_of(whole)) - 1;
        const std::array path{static_cast<u32>(std::min(*lane, last))};
        if (inserts) {
            become(module_, id, Op::insert, std::array{whole, operand(id, 1)}, path);
            return inserted(id);
        }
        become(module_, id, Op::extract, std::array{whole}, path);
        return part(id);
    }
    ValueId over_lanes(InstructionId id) {
        if (const ValueId same = operand_of_type(id); same != ValueId::none) return same;
        const auto known = lanes(operand(id, 0));
        if (!known) return ValueId::none;
        const bool is_any = std::find(known->begin(), known->end(), 1) != known->end();
        const bool is_all = std::find(known->begin(), known->end(), 0) == known->end();
        return module_.constant(type_of(id), u64{module_[id].op == Op::any_lane ? is_any : is_all});
    }
    /// The lanes of an operand of a dot product, each widened to 64 bits.
    std::optional<std::vector<u64>> wide_lanes(InstructionId id, std::size_t i) const {
        auto known = lanes(operand(id, i));
        if (!known) return std::nullopt;
        Scalar from = types_.scalar_of(module_.type_of(operand(id, i)));
        if (module_[id].op == Op::dot_packed) {
            from = module_.immediates(module_[id])[i] != 0 ? Scalar::i8 : Scalar::u8;
            const u64 packed = known->front();
            known = {packed & 0xff, packed >> 8 & 0xff, packed >> 16 & 0xff, packed >> 24};
        }
        for (u64& lane : *known) lane = fold(Op::convert, from, Scalar::i64, std::span(&lane, 1)).value_or(0);
        return known;
    }
    ValueId dotted(InstructionId id) {
        const auto a = wide_lanes(id, 0), b = wide_lanes(id, 1);
        if (!a || !b) return ValueId::none;
        u64 sum = 0;
        for (std::size_t i = 0; i < a->size(); ++i) sum += (*a)[i] * (*b)[i];
        const u32 unused = 64 - types_.bits(type_of(id));
        return module_.constant(type_of(id), sum << unused >> unused);
    }
    ValueId composed(InstructionId id) {
        const TypeId type = type_of(id);
        const std::span<const ValueId> operands = module_.operands(module_[id]);
        if (operands.size() == 1 && module_.type_of(operands[0]) == type) return operands[0];
        if (parts_of(type) <= kMostParts)
            if (std::vector<ValueId> parts = lanes_of(type, operands); !parts.empty())
                return made(type, std::move(parts));
        return parts_of(type) == operands.size() ? put_together_again(operands, type) : ValueId::none;
    }
    /// The parts that constants give a composite, those of a vector for as many lanes; empty: not all are known.
    std::vector<ValueId> lanes_of(TypeId type, std::span<const ValueId> operands) {
        std::vector<ValueId> parts;
        for (const ValueId operand : operands) {
            if (!is_fixed(operand)) return {};
            const TypeId given = module_.type_of(operand);
            if (!types_.is(type, Kind::vector) || !types_.is(given, Kind::vector)) {
                parts.push_back(operand);
                continue;
            }
            for (u32 i = 0; i < types_.lanes(given); ++i) {
                parts.push_back(part_of(operand, i));
                if (parts.back() == ValueId::none || !is_fixed(parts.back())) return {};
            }
        }
        return parts;
    }
    /// All parts of one value, in their order.
    ValueId put_together_again(std::span<const ValueId> parts, TypeId type) const {
        ValueId whole = ValueId::none;
        for (u32 i = 0; i < parts.size(); ++i) {
            const Instruction* extract = made_by(parts[i], Op::extract);
            if (extract == nullptr) return ValueId::none;
            const std::span<const u32> path = module_.immediates(*extract);
            if (path.size() != 1 || path[0] != i) return ValueId::none;
            const ValueId from = module_.operands(*extract)[0];
            if ((whole != ValueId::none && whole != from) || module_.type_of(from) != type) return ValueId::none;
            whole = from;
        }
        return whole;
    }
    ValueId shuffled(InstructionId id) {
        const std::span<const u32> picked = module_.immediates(module_[id]);
        const ValueId a = operand(id, 0), b = operand(id, 1);
        const u32 lanes_of_a = types_.lanes(module_.type_of(a));
        bool is_a = module_.type_of(a) == type_of(id);
        std::vector<ValueId> parts;
        for (u32 i = 0; i < picked.size(); ++i) {
            is_a = is_a && picked[i] == i;
            const ValueId lane = picked[i] < lanes_of_a ? part_of(a, picked[i]) : part_of(b, picked[i] - lanes_of_a);
            if (lane != ValueId::none && is_fixed(lane)) parts.push_back(lane);
        }
        if (is_a) return a;
        return parts.size() == picked.size() ? made(type_of(id), std::move(parts)) : ValueId::none;
    }

    Module& module_;
    Types& types_;
    Replacements replaced_;
};

}  // namespace

void fold_constants(Module& module) { Folder(module).run(); }

}  // namespace alkomp::ir
