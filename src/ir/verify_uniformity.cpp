// SPDX-License-Identifier: MIT OR Apache-2.0
// Barriers, and operations on cooperative matrices, that some invocations certainly never reach while others wait.
//
// The first workgroup is followed through the first iteration of each loop: for each place, the set of invocations
// that may come there. What depends on memory, on scalars or on later iterations may go either way, so whoever is
// missing from the set is missing for certain. Invocations that may have returned from the kernel are not waited for.
#include "ir/builder.h"
#include "ir/fold.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

namespace alkomp::ir {
namespace {

constexpr u64 kMaxInvocations = 4096;
constexpr u64 kMaxSteps = 1u << 22;  // values times invocations that are computed; what lies beyond is unknown
constexpr u32 kMaxDepth = 128;       // of expressions

/// A set of invocations of the workgroup, by local index.
class Lanes {
public:
    Lanes() = default;
    explicit Lanes(u32 count) : words_((count + 63) / 64, 0) {}
    static Lanes all(u32 count) {
        Lanes lanes(count);
        for (u32 i = 0; i < count; ++i) lanes.add(i);
        return lanes;
    }

    void add(u32 i) { words_[i / 64] |= u64{1} << i % 64; }
    [[nodiscard]] bool holds(u32 i) const { return (words_[i / 64] >> i % 64 & 1) != 0; }
    [[nodiscard]] bool any() const {
        return std::any_of(words_.begin(), words_.end(), [](u64 word) { return word != 0; });
    }
    [[nodiscard]] u32 first() const {
        u32 i = 0;
        while (!holds(i)) ++i;
        return i;
    }
    Lanes& operator|=(const Lanes& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    [[nodiscard]] Lanes without(const Lanes& other) const {
        Lanes rest = *this;
        for (std::size_t i = 0; i < words_.size(); ++i) rest.words_[i] &= ~other.words_[i];
        return rest;
    }
    /// Those from `first` to before `end`.
    [[nodiscard]] Lanes part(u32 first, u32 end) const {
        Lanes part(static_cast<u32>(words_.size() * 64));
        for (u32 i = first; i < end; ++i)
            if (holds(i)) part.add(i);
        return part;
    }
    bool operator==(const Lanes&) const = default;

private:
    std::vector<u64> words_;
};

struct Workgroup {
    std::array<u32, 3> size{};
    u32 count = 0;
    u32 subgroup_size = 0;

    [[nodiscard]] u32 coordinate(u32 invocation, u32 axis) const {
        if (axis == 0) return invocation % size[0];
        return axis == 1 ? invocation / size[0] % size[1] : invocation / size[0] / size[1];
    }
    [[nodiscard]] std::string text(u32 invocation) const {
        return "(" + std::to_string(coordinate(invocation, 0)) + ", " + std::to_string(coordinate(invocation, 1)) +
               ", " + std::to_string(coordinate(invocation, 2)) + ")";
    }
};

/// What a scalar is in each invocation of the first workgroup, where that is known.
struct PerLane {
    std::vector<u64> bits;
    Lanes known;
};

class Evaluator {
public:
    Evaluator(const Module& module, const Flow& flow, const Workgroup& group)
        : module_(module), types_(module.types), group_(group) {
        for (u32 i = 1; i < module.instructions.size(); ++i)
            if (flow.listed[i]) note_stores(module[InstructionId{i}]);
    }

    /// Of a scalar, or of one lane of a vector; null if nothing is known.
    const PerLane* find(ValueId id, u32 lane = 0, u32 depth = 0) {
        const auto [at, is_new] = known_.try_emplace(u64{place(id)} << 2 | (lane & 3));
        if (!is_new || depth == kMaxDepth || steps_ > kMaxSteps) return at->second.get();
        std::unique_ptr<PerLane> made = compute(id, lane, depth + 1);
        if (made != nullptr) steps_ += group_.count;
        return (known_[u64{place(id)} << 2 | (lane & 3)] = std::move(made)).get();
    }

private:
    using Made = std::unique_ptr<PerLane>;

    // Variables of this invocation that are written once are as good as the value.
    struct Stores {
        u32 count = 0;
        bool escapes = false;
        ValueId value = ValueId::none;
    };
    void note_stores(const Instruction& instruction) {
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
    const Instruction* definition(ValueId id) const {
        const Value& value = module_[id];
        return value.kind == Value::Kind::result ? &module_.instructions[value.index] : nullptr;
    }

    Made copy(ValueId id, u32 lane, u32 depth) {
        const PerLane* known = find(id, lane, depth);
        return known == nullptr ? nullptr : std::make_unique<PerLane>(*known);
    }
    template <class F>
    Made each(F&& bits) const {
        auto made = std::make_unique<PerLane>(PerLane{std::vector<u64>(group_.count), Lanes(group_.count)});
        for (u32 i = 0; i < group_.count; ++i) {
            const std::optional<u64> known = bits(i);
            if (!known) continue;
            made->bits[i] = *known;
            made->known.add(i);
        }
        return made->known.any() ? std::move(made) : nullptr;
    }

    Made compute(ValueId id, u32 lane, u32 depth) {
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
    Made constant(const Constant& constant, u32 lane, u32 depth) {
        const Type& type = types_[constant.type];
        if (type.kind == Type::Kind::vector && constant.kind == Constant::Kind::composite)
            return copy(constant.parts[lane], 0, depth);
        const bool is_zero = constant.kind == Constant::Kind::zero;
        const bool has_bits = type.kind == Type::Kind::scalar && constant.kind == Constant::Kind::scalar;
        if (!is_zero && !has_bits) return nullptr;
        return each([&](u32) { return std::optional<u64>(constant.bits); });
    }
    // In the first iteration, a loop's body begins with the operands of the loop.
    Made parameter(const Value& value, u32 lane, u32 depth) {
        const InstructionId owner = module_.regions[value.index].owner;
        if (owner == InstructionId::none || module_[owner].op != Op::loop) return nullptr;
        if (module_.regions_of(module_[owner])[0] != RegionId{value.index}) return nullptr;
        return copy(module_.operands(module_[owner])[value.position], lane, depth);
    }
    Made result(const Instruction& instruction, ValueId id, u32 lane, u32 depth) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const std::span<const u32> words = module_.immediates(instruction);
        switch (instruction.op) {
            case Op::builtin:
                return builtin(static_cast<Builtin>(words[0]), lane);
            case Op::load: {
                const auto stores = stores_.find(operands[0]);
                if (stores == stores_.end() || stores->second.count != 1 || stores->second.escapes) return nullptr;
                return copy(stores->second.value, lane, depth);
            }
            case Op::extract: {
                const bool is_vector = types_.is(module_.type_of(operands[0]), Type::Kind::vector);
                return is_vector && words.size() == 1 ? copy(operands[0], words[0], depth) : nullptr;
            }
            case Op::splat:
                return copy(operands[0], 0, depth);
            case Op::compose:
                return compose(operands, lane, depth);
            case Op::shuffle: {
                const u32 lanes = types_.lanes(module_.type_of(operands[0]));
                const bool from_first = words[lane] < lanes;
                return copy(operands[from_first ? 0 : 1], from_first ? words[lane] : words[lane] - lanes, depth);
            }
            default:
                return by_lane(instruction, id, lane, depth);
        }
    }
    Made compose(std::span<const ValueId> operands, u32 lane, u32 depth) {
        for (const ValueId operand : operands) {
            const Type& type = module_.type(operand);
            if (type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector) return nullptr;
            const u32 lanes = types_.lanes(module_.type_of(operand));
            if (lane < lanes) return copy(operand, lane, depth);
            lane -= lanes;
        }
        return nullptr;
    }
    Made builtin(Builtin which, u32 lane) const {
        const u32 subgroup = group_.subgroup_size;
        return each([&](u32 i) -> std::optional<u64> {
            switch (which) {
                case Builtin::local_id:
                case Builtin::global_id:
                    return group_.coordinate(i, lane);
                case Builtin::workgroup_id:
                    return 0;
                case Builtin::workgroup_size:
                    return group_.size[lane];
                case Builtin::local_index:
                    return i;
                case Builtin::subgroup_lane:
                    return subgroup == 0 ? std::nullopt : std::optional<u64>(i % subgroup);
                case Builtin::subgroup_id:
                    return subgroup == 0 ? std::nullopt : std::optional<u64>(i / subgroup);
                default:
                    return std::nullopt;
            }
        });
    }
    // Arithmetic: scalars, or this lane of vectors.
    Made by_lane(const Instruction& instruction, ValueId id, u32 lane, u32 depth) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const Type& to = module_.type(id);
        const bool is_plain = to.kind == Type::Kind::scalar || to.kind == Type::Kind::vector;
        if (!has(instruction.op, kPure) || instruction.results.count != 1 || !is_plain || operands.size() > 3 ||
            operands.empty())
            return nullptr;
        std::array<const PerLane*, 3> known{};
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const Type& type = module_.type(operands[i]);
            if (type.kind == Type::Kind::vector && to.kind != Type::Kind::vector) return nullptr;
            if (type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector) return nullptr;
            known[i] = find(operands[i], type.kind == Type::Kind::vector ? lane : 0, depth);
        }
        const Scalar from = module_.type(operands[instruction.op == Op::select ? 1 : 0]).scalar;
        return each([&](u32 i) { return one(instruction.op, from, to.scalar, known, operands.size(), i); });
    }
    static std::optional<u64> one(Op op, Scalar from, Scalar to, const std::array<const PerLane*, 3>& known,
                                  std::size_t count, u32 i) {
        std::array<std::optional<u64>, 3> bits{};
        std::array<u64, 3> all{};
        bool is_whole = true;
        for (std::size_t k = 0; k < count; ++k) {
            if (known[k] != nullptr && known[k]->known.holds(i)) bits[k] = known[k]->bits[i];
            is_whole = is_whole && bits[k].has_value();
            all[k] = bits[k].value_or(0);
        }
        if (is_whole) return fold(op, from, to, std::span(all).first(count));
        if (op == Op::bit_and && (bits[0] == u64{0} || bits[1] == u64{0})) return 0;
        const bool is_bool = from == Scalar::boolean;
        if (op == Op::bit_or && is_bool && (bits[0] == u64{1} || bits[1] == u64{1})) return 1;
        if (op == Op::select && bits[0]) return *bits[0] != 0 ? bits[1] : bits[2];
        return std::nullopt;
    }

    const Module& module_;
    const Types& types_;
    const Workgroup& group_;
    std::unordered_map<u64, Made> known_;
    std::unordered_map<ValueId, Stores> stores_;
    u64 steps_ = 0;
};

class Reach {
public:
    Reach(const Module& module, const Flow& flow, const Workgroup& group)
        : module_(module),
          flow_(flow),
          group_(group),
          evaluator_(module, flow, group),
          all_(Lanes::all(group.count)),
          returned_(group.count),
          impossible_(group.count) {}

    void run() {
        for (u32 i = 1; i < module_.functions.size(); ++i) {
            if (flow_.converges[i] == 0) continue;
            is_kernel_ = FunctionId{i} == module_.kernel;
            parted_by_ = InstructionId::none;
            returned_ = impossible_ = Lanes(group_.count);
            region(module_.functions[i].body, all_);
        }
    }

private:
    struct Open {
        InstructionId construct = InstructionId::none;
        Lanes entered;
        Lanes left;       // by `exit`, in any iteration
        Lanes continued;  // by `next`, in the first
        Lanes fallen;     // by `fallthrough`, to the next region
    };
    struct Waiting {
        InstructionId at = InstructionId::none;
        InstructionId parted_by = InstructionId::none;
        u8 together = 0;
        Lanes here;
    };

    void region(RegionId id, Lanes here) {
        for (const InstructionId at : module_[id].body) {
            if (!here.any()) return;
            const Instruction& instruction = module_[at];
            if (has(instruction.op, kTerminator)) return terminate(instruction, here);
            if (has(instruction.op, kConstruct)) {
                if (flow_.parts[place(at)]) here = construct(at, here);
                if (open_.empty()) settle();
                continue;
            }
            const u8 wanted = instruction.op == Op::call ? flow_.converges[module_.immediates(instruction)[0]]
                                                         : together(module_, instruction);
            if (wanted == 0 || here == all_) continue;
            waiting_.push_back({at, parted_by_, wanted, here});
            if (open_.empty()) settle();
        }
    }

    // Constructs.
    Lanes construct(InstructionId id, const Lanes& here) {
        const Instruction& instruction = module_[id];
        const InstructionId before = parted_by_;
        if (instruction.op == Op::loop) loops_.push_back(open_.size());
        open_.push_back({id, here, Lanes(group_.count), Lanes(group_.count), Lanes(group_.count)});
        if (instruction.op == Op::if_) choose(instruction);
        else if (instruction.op == Op::switch_) choose_case(instruction);
        else iterate(instruction);
        Lanes left = std::move(open_.back().left);
        open_.pop_back();
        if (instruction.op == Op::loop) loops_.pop_back();
        parted_by_ = left == here ? before : id;
        return left;
    }
    void enter(RegionId id, const Lanes& here) {
        const InstructionId before = parted_by_;
        if (!(here == open_.back().entered)) parted_by_ = open_.back().construct;
        region(id, here);
        parted_by_ = before;
    }
    void choose(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        const PerLane* condition = evaluator_.find(module_.operands(instruction)[0]);
        std::array<Lanes, 2> never{Lanes(group_.count), Lanes(group_.count)};
        for (u32 i = 0; condition != nullptr && i < group_.count; ++i)
            if (condition->known.holds(i)) never[condition->bits[i] != 0 ? 1 : 0].add(i);
        const Lanes entered = open_.back().entered;
        for (std::size_t i = 0; i < 2; ++i) enter(regions[i], entered.without(never[i]));
    }
    void choose_case(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        const Switch chooses = Switch::from(module_.immediates(instruction));
        std::unordered_map<u64, std::size_t> places;
        for (std::size_t i = 0; i < chooses.values.size(); ++i)
            for (const u64 value : chooses.values[i]) places.emplace(value, i);
        const PerLane* selector = evaluator_.find(module_.operands(instruction)[0]);
        const Lanes entered = open_.back().entered;
        std::vector<Lanes> chosen(regions.size(), Lanes(group_.count));
        Lanes unknown = entered;
        for (u32 i = 0; selector != nullptr && i < group_.count; ++i) {
            if (!entered.holds(i) || !selector->known.holds(i)) continue;
            const auto found = places.find(selector->bits[i]);
            chosen[found == places.end() ? chooses.default_region : found->second].add(i);
        }
        if (selector != nullptr) unknown = entered.without(selector->known);
        for (std::size_t k = 0; k < regions.size(); ++k)
            if (!chooses.values[k].empty() || k == chooses.default_region) chosen[k] |= unknown;
        for (std::size_t k = 0; k < regions.size(); ++k) {
            Lanes here = std::move(chosen[k]);
            here |= open_.back().fallen;
            open_.back().fallen = Lanes(group_.count);
            enter(regions[k], here);
        }
    }
    void iterate(const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        enter(regions[0], open_.back().entered);
        const Lanes continued = open_.back().continued;
        enter(regions[1], continued);
    }

    // Terminators.
    void terminate(const Instruction& instruction, const Lanes& here) {
        switch (instruction.op) {
            case Op::exit: {
                const std::size_t target = find_open(module_.target(instruction));
                open_[target].left |= outside(target, here);
                return;
            }
            case Op::next: {
                const std::size_t target = find_open(module_.target(instruction));
                open_[target].continued |= outside(target + 1, here);
                return;
            }
            case Op::fallthrough:
                open_.back().fallen |= here;
                return;
            case Op::repeat_if:
                open_.back().left |= outside(open_.size() - 1, here);
                return;
            case Op::return_:
                returned_ |= outside(0, here);
                return;
            case Op::unreachable:
                impossible_ |= outside(0, here);
                return;
            default:
                return;  // repeat
        }
    }
    std::size_t find_open(InstructionId construct) const {
        std::size_t at = open_.size() - 1;
        while (open_[at].construct != construct) --at;
        return at;
    }
    /// Who may come from here beyond the loops from place `from` on: in a later iteration, all that entered the
    /// outermost of them.
    const Lanes& outside(std::size_t from, const Lanes& here) const {
        const auto loop = std::lower_bound(loops_.begin(), loops_.end(), from);
        return loop == loops_.end() ? here : open_[*loop].entered;
    }

    /// Outside of all constructs it is known who has returned.
    void settle() {
        for (const Waiting& waiting : waiting_) {
            const bool is_barrier = module_[waiting.at].op != Op::matrix_load &&
                                    module_[waiting.at].op != Op::matrix_store &&
                                    module_[waiting.at].op != Op::matrix_multiply_add;
            Lanes excused = impossible_;
            if (is_kernel_ && is_barrier) excused |= returned_;
            const Lanes missing = all_.without(waiting.here).without(excused);
            if ((waiting.together & kWorkgroup) != 0 && missing.any())
                refuse_parting(waiting, waiting.here, missing, "workgroup");
            if ((waiting.together & kSubgroup) == 0 || group_.subgroup_size == 0) continue;
            for (u32 first = 0; first < group_.count; first += group_.subgroup_size) {
                const u32 end = std::min(first + group_.subgroup_size, group_.count);
                const Lanes absent = missing.part(first, end);
                const Lanes present = waiting.here.part(first, end);
                if (absent.any() && present.any()) refuse_parting(waiting, present, absent, "subgroup");
            }
        }
        waiting_.clear();
    }
    [[noreturn]] void refuse_parting(const Waiting& waiting, const Lanes& present, const Lanes& missing,
                                     const std::string& scope) const {
        std::string by;
        if (waiting.parted_by != InstructionId::none) {
            const Instruction& construct = module_[waiting.parted_by];
            const std::string line = line_of(module_, module_.locations[construct.location]);
            by = "; the " + std::string(info(construct.op).name) + (line.empty() ? "" : " at " + line) + " parts them";
        }
        refuse(module_, waiting.at,
               "not all invocations of the " + scope + " come here: the one with local_id " +
                   group_.text(missing.first()) + " never does, " + group_.text(present.first()) + " may" + by + '.');
    }

    const Module& module_;
    const Flow& flow_;
    const Workgroup& group_;
    Evaluator evaluator_;
    Lanes all_;
    Lanes returned_;    // who may have returned
    Lanes impossible_;  // who may have come where control never comes: nothing is known of them
    std::vector<Open> open_;
    std::vector<std::size_t> loops_;  // their places in open_
    std::vector<Waiting> waiting_;
    InstructionId parted_by_ = InstructionId::none;
    bool is_kernel_ = false;
};

}  // namespace

u8 together(const Module& module, const Instruction& instruction) {
    const auto of_matrix = [&](ValueId value) -> u8 {
        return module.type(value).scope == Scope::workgroup ? kWorkgroup : kSubgroup;
    };
    switch (instruction.op) {
        case Op::barrier:
            return static_cast<Scope>(module.immediates(instruction)[0]) == Scope::workgroup ? kWorkgroup : kSubgroup;
        case Op::matrix_load:
        case Op::matrix_multiply_add:
            return of_matrix(module.result(instruction));
        case Op::matrix_store:
            return of_matrix(module.operands(instruction)[1]);
        default:
            return 0;
    }
}

void check_uniformity(const Module& module, const Flow& flow, u32 subgroup_size) {
    if (flow.converges[place(module.kernel)] == 0) return;
    Workgroup group;
    u64 count = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::optional<u64> size = module.known_bits(module.workgroup_size[i]);
        if (!size || *size > kMaxInvocations || (count *= *size) > kMaxInvocations) return;
        group.size[i] = static_cast<u32>(*size);
    }
    group.count = static_cast<u32>(count);
    group.subgroup_size = subgroup_size;
    Reach(module, flow, group).run();
}

}  // namespace alkomp::ir
