// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/evaluator.h"

#include "ir/print.h"
#include "ir/builder.h"
#include "support/pure.h"
#include "support/races.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

namespace alkomp::testing {
namespace {

using ir::InstructionId;
using ir::Op;
using ir::Space;
using ir::TypeId;
using ir::ValueId;
using Kind = ir::Type::Kind;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("evaluator: " + what); }

constexpr u64 kMostSteps = 2'000'000;

// Where an invocation goes from the region that it is in: what its last terminator said.
struct Way {
    Op op = Op::unreachable;
    InstructionId target = InstructionId::none;
    std::vector<Scalars> values{};
};

// What a pointer leads into. The place is a byte in buffers and scalars, a scalar elsewhere.
struct Pointer {
    Space space = Space::local;
    bool is_global = true;
    u32 memory = 0;  // a global, or the instruction of a variable
    u64 place = 0;

    [[nodiscard]] Scalars scalars() const {
        return {static_cast<u64>(space) << 40 | u64{is_global} << 32 | memory, place};
    }
    [[nodiscard]] static Pointer from(const Scalars& s) {
        return {static_cast<Space>(s[0] >> 40), (s[0] >> 32 & 1) != 0, static_cast<u32>(s[0]), s[1]};
    }
    [[nodiscard]] bool is_laid() const {
        return space == Space::storage || space == Space::uniform || space == Space::scalars;
    }
};

struct Invocation {
    std::vector<Scalars> values{};                 // by ValueId
    std::unordered_map<u32, Scalars> variables{};  // by instruction
    std::unordered_map<u32, Scalars> locals{};     // by global
    Way way{};
    std::array<u32, 3> local_id{};
};

using Set = std::vector<u32>;  // invocations, by their place in the workgroup

class Workgroup {
public:
    Workgroup(const ir::Module& module, KernelRun& run, std::array<u32, 3> id, u64& steps, Races& races)
        : module_(module), run_(run), id_(id), steps_(steps), races_(races), chance_(run.unspecified) {
        for (std::size_t i = 0; i < 3; ++i)
            size_[i] = static_cast<u32>(module.find_constant(module.workgroup_size[i])->bits);
        invocations_.resize(std::size_t{size_[0]} * size_[1] * size_[2]);
        running_ = static_cast<u32>(invocations_.size());
    }

    void go() {
        std::vector<Scalars> values(module_.values.size());
        for (std::size_t i = 1; i < module_.constants.size(); ++i) {
            const ir::Constant& constant = module_.constants[i];
            values[place(constant.value)] = constant_value(constant, values);
        }
        for (u32 i = 1; i < module_.globals.size(); ++i) {
            const ir::Global& global = module_.globals[i];
            const Space space = module_.type(global.value).space;
            values[place(global.value)] = Pointer{space, true, i, global.offset_bytes}.scalars();
            if (space != Space::shared) continue;
            if (global.aliased) fail("shared memory with a layout");
            shared_[i] = unspecified(global.type);
        }
        Set all;
        for (u32 i = 0; i < invocations_.size(); ++i) {
            Invocation& at = invocations_[i];
            at.values = values;
            at.local_id = {i % size_[0], i / size_[0] % size_[1], i / size_[0] / size_[1]};
            for (u32 k = 1; k < module_.globals.size(); ++k) {
                const ir::Global& global = module_.globals[k];
                if (global.kind != ir::Global::Kind::local) continue;
                at.locals[k] =
                    global.initial == ValueId::none ? unspecified(global.type) : values[place(global.initial)];
            }
            all.push_back(i);
        }
        region(module_[module_.kernel].body, all);
    }

private:
    const Scalars& value(u32 invocation, ValueId id) const { return invocations_[invocation].values[place(id)]; }
    u64 number(u32 invocation, ValueId id) const { return value(invocation, id)[0]; }
    void define(u32 invocation, ValueId id, Scalars what) {
        invocations_[invocation].values[place(id)] = std::move(what);
    }
    std::vector<Scalars> values(u32 invocation, std::span<const ValueId> ids) const {
        std::vector<Scalars> all;
        for (const ValueId id : ids) all.push_back(value(invocation, id));
        return all;
    }
    void pass(u32 invocation, std::span<const ValueId> parameters, const std::vector<Scalars>& given) {
        for (std::size_t i = 0; i < parameters.size(); ++i) define(invocation, parameters[i], given[i]);
    }

    // Something that no rule fixes; a boolean is 0 or 1 nevertheless.
    Scalars unspecified(TypeId type) {
        Scalars made;
        for (const Leaf& leaf : leaves(module_, type, 0, false)) {
            chance_ = chance_ * 6364136223846793005u + 1442695040888963407u;
            const u32 width = leaf.scalar == Scalar::boolean ? 1 : 8 * size_bytes(leaf.scalar);
            made.push_back(chance_ >> (64 - width));
        }
        return made;
    }
    Scalars constant_value(const ir::Constant& constant, const std::vector<Scalars>& known) {
        Scalars made;
        switch (constant.kind) {
            case ir::Constant::Kind::zero:
                return Scalars(scalar_count(module_, constant.type), 0);
            case ir::Constant::Kind::undefined:
                return unspecified(constant.type);
            case ir::Constant::Kind::scalar:
            case ir::Constant::Kind::specialization:
                return {constant.bits};
            case ir::Constant::Kind::composite:
                for (const ValueId part : constant.parts)
                    made.insert(made.end(), known[place(part)].begin(), known[place(part)].end());
                return made;
            case ir::Constant::Kind::computed:
                break;
        }
        std::vector<PureOperand> operands;
        for (const ValueId part : constant.parts) operands.push_back({module_.type_of(part), known[place(part)]});
        return evaluate_pure(module_, constant.op, operands, constant.immediates, constant.type)[0];
    }

    // Control.
    // After it, each of the set has its way.
    void region(ir::RegionId id, Set set) {
        for (const InstructionId place : module_[id].body) {
            if (set.empty()) return;
            const ir::Instruction& next = module_[place];
            steps_ += set.size();
            if (steps_ > kMostSteps) fail("the kernel does not end");
            if (ir::has(next.op, ir::kTerminator)) terminator(next, set);
            else if (ir::has(next.op, ir::kConstruct)) set = construct(place, next, set);
            else instruction(place, next, set);
        }
    }
    void terminator(const ir::Instruction& instruction, const Set& set) {
        std::span<const ValueId> operands = module_.operands(instruction);
        for (const u32 i : set) {
            Way& way = invocations_[i].way;
            switch (instruction.op) {
                case Op::unreachable:
                    fail("control comes to unreachable");
                case Op::repeat_if: {
                    const u32 again = module_.immediates(instruction)[1];
                    const bool repeats = number(i, operands[0]) != 0;
                    way.op = repeats ? Op::repeat : Op::exit;
                    way.values = values(i, repeats ? operands.subspan(1, again) : operands.subspan(1 + again));
                    break;
                }
                default:
                    way.op = instruction.op;
                    way.values = values(i, operands);
            }
            const bool names = instruction.op != Op::return_ && instruction.op != Op::fallthrough;
            way.target = names ? module_.target(instruction) : InstructionId::none;
        }
        const bool ends_kernel = instruction.op == Op::return_ && depth_ == 0;
        if (ends_kernel) running_ -= static_cast<u32>(set.size());
    }
    Set who(const Set& set, Op op, InstructionId target = InstructionId::none) const {
        Set found;
        for (const u32 i : set)
            if (invocations_[i].way.op == op && invocations_[i].way.target == target) found.push_back(i);
        return found;
    }
    // Those of the set that go on behind the construct.
    Set construct(InstructionId id, const ir::Instruction& instruction, const Set& set) {
        const std::span<const ir::RegionId> regions = module_.regions_of(instruction);
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (instruction.op == Op::if_) {
            for (const bool then : {true, false}) {
                Set chosen;
                for (const u32 i : set)
                    if ((number(i, operands[0]) != 0) == then) chosen.push_back(i);
                region(regions[then ? 0 : 1], chosen);
            }
        } else if (instruction.op == Op::switch_) {
            switch_(instruction, set);
        } else {
            loop(id, instruction, set);
        }
        const Set left = who(set, Op::exit, id);
        for (const u32 i : left)
            for (u32 k = 0; k < instruction.results.count; ++k)
                define(i, module_.result(instruction, k), invocations_[i].way.values[k]);
        return left;
    }
    void switch_(const ir::Instruction& instruction, const Set& set) {
        const ir::Switch chooses = ir::Switch::from(module_.immediates(instruction));
        const std::span<const ir::RegionId> regions = module_.regions_of(instruction);
        const std::span<const ValueId> operands = module_.operands(instruction);
        std::vector<Set> chosen(regions.size());
        for (const u32 i : set) {
            std::size_t region = chooses.default_region;
            for (std::size_t k = 0; k < chooses.values.size(); ++k)
                for (const u64 value : chooses.values[k])
                    if (value == number(i, operands[0])) region = k;
            chosen[region].push_back(i);
        }
        std::size_t parameter = 1;
        for (std::size_t k = 0; k < regions.size(); ++k) {
            const std::vector<ValueId>& parameters = module_[regions[k]].parameters;
            if (chooses.leads_to(k)) {
                for (const u32 i : chosen[k]) pass(i, parameters, values(i, operands.subspan(parameter)));
                parameter += parameters.size();
            }
            if (k > 0) {
                const Set fallen = who(chosen[k - 1], Op::fallthrough);
                for (const u32 i : fallen) pass(i, parameters, invocations_[i].way.values);
                chosen[k].insert(chosen[k].end(), fallen.begin(), fallen.end());
                std::sort(chosen[k].begin(), chosen[k].end());
            }
            region(regions[k], chosen[k]);
        }
    }
    void loop(InstructionId id, const ir::Instruction& instruction, Set set) {
        const ir::RegionId body = module_.regions_of(instruction)[0];
        const ir::RegionId continuing = module_.regions_of(instruction)[1];
        for (const u32 i : set) pass(i, module_[body].parameters, values(i, module_.operands(instruction)));
        while (!set.empty()) {
            region(body, set);
            set = who(set, Op::next, id);
            for (const u32 i : set) pass(i, module_[continuing].parameters, invocations_[i].way.values);
            region(continuing, set);
            set = who(set, Op::repeat, id);
            for (const u32 i : set) pass(i, module_[body].parameters, invocations_[i].way.values);
        }
    }
    void call(const ir::Instruction& instruction, const Set& set) {
        const ir::Function& function = module_[ir::FunctionId{module_.immediates(instruction)[0]}];
        for (const u32 i : set) pass(i, function.parameters, values(i, module_.operands(instruction)));
        ++depth_;
        region(function.body, set);
        --depth_;
        if (instruction.results.count == 0) return;
        for (const u32 i : set) define(i, module_.result(instruction), invocations_[i].way.values[0]);
    }

    // Instructions.
    void instruction(InstructionId id, const ir::Instruction& instruction, const Set& set) {
        switch (instruction.op) {
            case Op::call:
                return call(instruction, set);
            case Op::barrier: {
                const bool all = static_cast<ir::Scope>(module_.immediates(instruction)[0]) == ir::Scope::workgroup;
                if (!all) return;
                if (set.size() != running_) fail("not all invocations come to a barrier");
                const u32 spaces = module_.immediates(instruction)[1];
                if ((spaces & ir::kStorage) != 0) ++storage_barriers_;
                if ((spaces & ir::kShared) != 0) ++shared_barriers_;
                return;
            }
            case Op::fence:
                return;
            default:
                break;
        }
        if (ir::has(instruction.op, ir::kConvergent)) return subgroups(instruction, set);
        for (const u32 i : set) alone(id, instruction, i);
    }
    void alone(InstructionId id, const ir::Instruction& instruction, u32 i) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const ValueId result = module_.result(instruction);
        const auto pointer = [&] { return Pointer::from(value(i, operands[0])); };
        switch (instruction.op) {
            case Op::builtin:
                return define(i, result, builtin(static_cast<ir::Builtin>(module_.immediates(instruction)[0]), i));
            case Op::variable: {
                const TypeId pointee = module_.type(result).element;
                invocations_[i].variables[place(id)] = operands.empty() ? unspecified(pointee) : value(i, operands[0]);
                return define(i, result, Pointer{Space::local, false, place(id), 0}.scalars());
            }
            case Op::access:
                return define(i, result, access(instruction, i));
            case Op::offset: {
                Pointer moved = pointer();
                const u32 stride_bytes = module_.immediates(instruction)[0];
                const TypeId pointee = module_.type(operands[0]).element;
                const auto count = static_cast<u64>(as_signed(number(i, operands[1]), bits_of(operands[1])));
                moved.place +=
                    count * (moved.is_laid() && stride_bytes != 0 ? stride_bytes : stride(pointee, moved.is_laid()));
                return define(i, result, moved.scalars());
            }
            case Op::load:
            case Op::atomic_load:
                note(i, pointer(), module_.type_of(result), access_of(instruction.op));
                return define(i, result, load(i, pointer(), module_.type_of(result)));
            case Op::store:
            case Op::atomic_store:
                note(i, pointer(), module_.type_of(operands[1]), access_of(instruction.op));
                return store(i, pointer(), module_.type_of(operands[1]), value(i, operands[1]));
            case Op::array_length: {
                const ir::Type& array = module_.types[module_.type(operands[0]).element];
                const u64 bytes = run_.buffers[pointer().memory].size() - pointer().place;
                return define(i, result, {bytes / array.stride_bytes});
            }
            default:
                break;
        }
        if (ir::has(instruction.op, ir::kAtomic)) return atomic(instruction, i);
        if (ir::info(instruction.op).rule == ir::Rule::equality && module_.type(operands[0]).kind == Kind::pointer)
            return define(i, result,
                          {u64{(value(i, operands[0]) == value(i, operands[1])) == (instruction.op == Op::eq)}});
        if (!ir::has(instruction.op, ir::kPure)) fail("unknown: " + std::string(ir::info(instruction.op).name));
        std::vector<PureOperand> given;
        for (const ValueId operand : operands) given.push_back({module_.type_of(operand), value(i, operand)});
        std::array<Scalars, 2> made =
            evaluate_pure(module_, instruction.op, given, module_.immediates(instruction), module_.type_of(result));
        for (u32 k = 0; k < instruction.results.count; ++k)
            define(i, module_.result(instruction, k), std::move(made[k]));
    }
    u32 bits_of(ValueId id) const { return module_.types.bits(module_.type_of(id)); }

    Scalars builtin(ir::Builtin which, u32 i) const {
        const std::array<u32, 3>& local = invocations_[i].local_id;
        const u32 lane = i % run_.subgroup_size;
        const auto three = [](const std::array<u32, 3>& x) { return Scalars{x[0], x[1], x[2]}; };
        const auto mask = [](u64 lanes) { return Scalars{lanes & 0xffffffff, lanes >> 32, 0, 0}; };
        const u64 all = run_.subgroup_size == 64 ? ~u64{0} : (u64{1} << run_.subgroup_size) - 1;
        const u64 below = (u64{1} << lane) - 1, own = u64{1} << lane;
        switch (which) {
            case ir::Builtin::global_id:
                return {id_[0] * size_[0] + local[0], id_[1] * size_[1] + local[1], id_[2] * size_[2] + local[2]};
            case ir::Builtin::local_id:
                return three(local);
            case ir::Builtin::workgroup_id:
                return three(id_);
            case ir::Builtin::workgroup_count:
                return three(run_.groups);
            case ir::Builtin::workgroup_size:
                return three(size_);
            case ir::Builtin::local_index:
                return {i};
            case ir::Builtin::subgroup_size:
                return {run_.subgroup_size};
            case ir::Builtin::subgroup_lane:
                return {lane};
            case ir::Builtin::subgroup_id:
                return {i / run_.subgroup_size};
            case ir::Builtin::subgroup_count:
                return {(invocations_.size() + run_.subgroup_size - 1) / run_.subgroup_size};
            case ir::Builtin::subgroup_eq_mask:
                return mask(own);
            case ir::Builtin::subgroup_ge_mask:
                return mask(all & ~below);
            case ir::Builtin::subgroup_gt_mask:
                return mask(all & ~below & ~own);
            case ir::Builtin::subgroup_le_mask:
                return mask(below | own);
            case ir::Builtin::subgroup_lt_mask:
                return mask(below);
        }
        return {};
    }

    // Subgroups.
    void subgroups(const ir::Instruction& instruction, const Set& set) {
        for (std::size_t first = 0; first < set.size();) {
            Set together;
            const u32 subgroup = set[first] / run_.subgroup_size;
            while (first < set.size() && set[first] / run_.subgroup_size == subgroup) together.push_back(set[first++]);
            one_subgroup(instruction, together);
        }
    }
    void one_subgroup(const ir::Instruction& instruction, const Set& set) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const std::span<const u32> immediates = module_.immediates(instruction);
        const ValueId result = module_.result(instruction);
        const auto to_all = [&](const Scalars& what) {
            for (const u32 i : set) define(i, result, what);
        };
        const auto true_lanes = [&] {
            u64 lanes = 0;
            for (const u32 i : set) lanes |= number(i, operands[0]) << i % run_.subgroup_size;
            return lanes;
        };
        const auto from_lane = [&](auto&& lane_of) {
            std::vector<Scalars> made;
            for (const u32 i : set) {
                const u32 from = i / run_.subgroup_size * run_.subgroup_size + lane_of(i);
                const bool takes_part = std::find(set.begin(), set.end(), from) != set.end();
                made.push_back(takes_part ? value(from, operands[0]) : unspecified(module_.type_of(result)));
            }
            for (std::size_t k = 0; k < set.size(); ++k) define(set[k], result, made[k]);
        };
        const auto lane = [&](u32 i) { return i % run_.subgroup_size; };
        switch (instruction.op) {
            case Op::subgroup_elect:
                for (const u32 i : set) define(i, result, {u64{i == set.front()}});
                return;
            case Op::subgroup_all:
                return to_all({u64{static_cast<std::size_t>(std::popcount(true_lanes())) == set.size()}});
            case Op::subgroup_any:
                return to_all({u64{true_lanes() != 0}});
            case Op::subgroup_all_equal: {
                const bool equal = std::all_of(set.begin(), set.end(), [&](u32 i) {
                    return value(i, operands[0]) == value(set.front(), operands[0]);
                });
                return to_all({u64{equal}});
            }
            case Op::subgroup_ballot:
                return to_all({true_lanes() & 0xffffffff, true_lanes() >> 32, 0, 0});
            case Op::subgroup_ballot_bit:
                for (const u32 i : set) {
                    const u64 bit = number(i, operands[1]);
                    define(i, result, {value(i, operands[0])[bit / 32 % 4] >> bit % 32 & 1});
                }
                return;
            case Op::subgroup_ballot_lsb:
            case Op::subgroup_ballot_msb:
                for (const u32 i : set) {
                    const Scalars& votes = value(i, operands[0]);
                    const u64 bits = votes[0] | votes[1] << 32;
                    const int bit = instruction.op == Op::subgroup_ballot_lsb ? std::countr_zero(bits)
                                                                              : 63 - std::countl_zero(bits);
                    define(i, result, {bits == 0 ? unspecified(module_.type_of(result))[0] : static_cast<u64>(bit)});
                }
                return;
            case Op::subgroup_broadcast_first:
                return from_lane([&](u32) { return lane(set.front()); });
            case Op::subgroup_broadcast:
            case Op::subgroup_shuffle:
                return from_lane([&](u32 i) { return static_cast<u32>(number(i, operands[1])); });
            case Op::subgroup_shuffle_xor:
                return from_lane([&](u32 i) { return lane(i) ^ static_cast<u32>(number(i, operands[1])); });
            case Op::subgroup_shuffle_up:
                return from_lane([&](u32 i) { return lane(i) - static_cast<u32>(number(i, operands[1])); });
            case Op::subgroup_shuffle_down:
                return from_lane([&](u32 i) { return lane(i) + static_cast<u32>(number(i, operands[1])); });
            case Op::subgroup_reduce: {
                const u32 size = immediates[1] != 0 ? immediates[1] : run_.subgroup_size;
                for (std::size_t first = 0; first < set.size();) {
                    Set cluster;
                    const u32 place = lane(set[first]) / size;
                    while (first < set.size() && lane(set[first]) / size == place) cluster.push_back(set[first++]);
                    combine(instruction, cluster, ir::Scan::reduce);
                }
                return;
            }
            case Op::subgroup_scan:
                return combine(instruction, set, static_cast<ir::Scan>(immediates[1]));
            default:
                break;
        }
        fail("unknown: " + std::string(ir::info(instruction.op).name));
    }
    void combine(const ir::Instruction& instruction, const Set& set, ir::Scan scan) {
        static constexpr std::array<Op, 7> kOps{Op::add,     Op::mul,    Op::min,    Op::max,
                                                Op::bit_and, Op::bit_or, Op::bit_xor};
        const ValueId operand = module_.operands(instruction)[0], result = module_.result(instruction);
        const TypeId type = module_.type_of(operand);
        const Op op = kOps[module_.immediates(instruction)[0]];
        Scalars sum;  // empty: nothing yet
        for (const u32 i : set) {
            Scalars next = value(i, operand);
            if (!sum.empty()) {
                const std::array<PureOperand, 2> both{PureOperand{type, sum}, PureOperand{type, next}};
                next = evaluate_pure(module_, op, both, {}, type)[0];
            }
            if (scan == ir::Scan::exclusive) define(i, result, sum.empty() ? identity(op, type) : sum);
            else define(i, result, next);
            sum = std::move(next);
        }
        if (scan != ir::Scan::reduce) return;
        for (const u32 i : set) define(i, result, sum);
    }
    Scalars identity(Op op, TypeId type) const {
        const Scalar scalar = module_.types.scalar_of(type);
        if (ir::is_float(scalar)) fail("unknown: an exclusive scan of floats");
        const u32 bits = module_.types.bits(type);
        const u64 ones = ~u64{0} >> (64 - bits), top = u64{1} << (bits - 1);
        u64 made = 0;
        if (op == Op::mul) made = 1;
        if (op == Op::bit_and) made = ones;
        if (op == Op::min) made = ir::is_signed(scalar) ? ones ^ top : ones;
        if (op == Op::max) made = ir::is_signed(scalar) ? top : 0;
        return Scalars(scalar_count(module_, type), made);
    }

    // Memory.
    u64 stride(TypeId type, bool is_laid) const {
        if (!is_laid) return scalar_count(module_, type);
        const ir::Type& about = module_.types[type];
        if (about.kind == Kind::scalar) return size_bytes(about.scalar);
        if (about.kind == Kind::vector) return u64{about.count} * size_bytes(about.scalar);
        if (about.kind == Kind::structure) return about.size_bytes;
        fail("unknown: the stride of " + to_string(module_, type));
    }
    Scalars access(const ir::Instruction& instruction, u32 i) const {
        const std::span<const ValueId> operands = module_.operands(instruction);
        Pointer pointer = Pointer::from(value(i, operands[0]));
        TypeId at = module_.type(operands[0]).element;
        for (const ValueId operand : operands.subspan(1)) {
            const ir::Type& type = module_.types[at];
            u64 index = number(i, operand);
            // Narrow signed indices are below zero as any are: far outside.
            if (ir::is_signed(module_.types.scalar_of(module_.type_of(operand))))
                index = static_cast<u64>(as_signed(index, bits_of(operand)));
            if (type.kind != Kind::structure && type.kind != Kind::runtime_array) {
                const u64 count = type.kind == Kind::array ? length_of(module_, type) : type.count;
                if (index >= count && (instruction.flags & ir::kInbounds) != 0) fail("an access that is not inbounds");
                if (!pointer.is_laid()) index = std::min(index, count - 1);
            }
            const TypeId next = part_type(module_, at, index);
            pointer.place += pointer.is_laid() ? part_offset_bytes(module_, at, index) : part_place(module_, at, index);
            at = next;
        }
        return pointer.scalars();
    }
    std::vector<std::byte>& bytes(const Pointer& pointer) {
        return pointer.space == Space::scalars ? run_.scalars : run_.buffers[pointer.memory];
    }
    Scalars& words(u32 i, const Pointer& pointer) {
        if (pointer.space == Space::shared) return shared_[pointer.memory];
        return pointer.is_global ? invocations_[i].locals[pointer.memory] : invocations_[i].variables[pointer.memory];
    }
    Scalars load(u32 i, const Pointer& from, TypeId type) {
        Scalars made;
        for (const auto& [scalar, place] : leaves(module_, type, from.place, from.is_laid())) {
            u64 bits = 0;
            if (from.is_laid()) {
                const std::vector<std::byte>& memory = bytes(from);
                const u32 size = size_bytes(scalar);
                if (place <= memory.size() && size <= memory.size() - place) std::memcpy(&bits, &memory[place], size);
            } else {
                bits = words(i, from).at(place);
            }
            made.push_back(bits);
        }
        return made;
    }
    void store(u32 i, const Pointer& to, TypeId type, const Scalars& what) {
        std::size_t next = 0;
        for (const auto& [scalar, place] : leaves(module_, type, to.place, to.is_laid())) {
            const u64 bits = what[next++];
            if (to.is_laid()) {
                std::vector<std::byte>& memory = bytes(to);
                const u32 size = size_bytes(scalar);
                if (place <= memory.size() && size <= memory.size() - place) std::memcpy(&memory[place], &bits, size);
            } else {
                words(i, to).at(place) = bits;
            }
        }
    }
    static Races::Access access_of(Op op) {
        if (ir::has(op, ir::kAtomic)) return Races::Access::atomic;
        return op == Op::store ? Races::Access::write : Races::Access::read;
    }
    void note(u32 i, const Pointer& pointer, TypeId type, Races::Access how) {
        const bool is_shared = pointer.space == Space::shared;
        if (!is_shared && pointer.space != Space::storage) return;
        const u32 group = (id_[2] * run_.groups[1] + id_[1]) * run_.groups[0] + id_[0];
        const Accessor who{group, i, is_shared ? shared_barriers_ : storage_barriers_};
        for (const Leaf& leaf : leaves(module_, type, pointer.place, pointer.is_laid())) {
            // Each workgroup has shared memory of its own.
            const u64 memory = u64{pointer.memory} << 48 | (is_shared ? u64{group} << 32 : 0);
            if (!races_.access(memory + leaf.place, how, who)) fail("invocations race for memory");
        }
    }
    void atomic(const ir::Instruction& instruction, u32 i) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const ValueId result = module_.result(instruction);
        const TypeId type = module_.type_of(result);
        const Pointer pointer = Pointer::from(value(i, operands[0]));
        note(i, pointer, type, access_of(instruction.op));
        const Scalars before = load(i, pointer, type), by = value(i, operands[1]);
        const auto with = [&](Op op) {
            const std::array<PureOperand, 2> both{PureOperand{type, before}, PureOperand{type, by}};
            return evaluate_pure(module_, op, both, {}, type)[0];
        };
        Scalars after = by;
        switch (instruction.op) {
            case Op::atomic_compare_exchange:
                after = before == by ? value(i, operands[2]) : before;
                break;
            case Op::atomic_add:
                after = with(Op::add);
                break;
            case Op::atomic_sub:
                after = with(Op::sub);
                break;
            case Op::atomic_min:
                after = with(Op::min);
                break;
            case Op::atomic_max:
                after = with(Op::max);
                break;
            case Op::atomic_and:
                after = with(Op::bit_and);
                break;
            case Op::atomic_or:
                after = with(Op::bit_or);
                break;
            case Op::atomic_xor:
                after = with(Op::bit_xor);
                break;
            default:
                break;  // exchange
        }
        store(i, pointer, type, after);
        define(i, result, before);
    }

    const ir::Module& module_;
    KernelRun& run_;
    std::array<u32, 3> id_, size_{};
    u64& steps_;
    Races& races_;
    u64 chance_;
    std::vector<Invocation> invocations_;
    std::unordered_map<u32, Scalars> shared_;  // by global
    u32 running_ = 0;                          // invocations that have not returned
    u32 depth_ = 0;                            // of calls
    u32 storage_barriers_ = 0, shared_barriers_ = 0;
};

}  // namespace

std::string difference(const ir::Module& module, const KernelRun& expected, const KernelRun& found) {
    for (std::size_t i = 1; i < module.globals.size(); ++i) {
        const ir::Global& global = module.globals[i];
        const std::vector<std::byte>&a = expected.buffers[i], &b = found.buffers[i];
        const ir::Type& type = module.types[global.type];
        const bool is_array = type.kind == Kind::runtime_array;
        const TypeId element = is_array ? type.element : global.type;
        const u64 stride = is_array ? type.stride_bytes : a.size();
        for (u64 at = 0; at < a.size(); at += stride) {
            for (const auto& [scalar, place] : leaves(module, element, at, true)) {
                u64 wanted = 0, given = 0;
                std::memcpy(&wanted, &a[place], size_bytes(scalar));
                std::memcpy(&given, &b[place], size_bytes(scalar));
                if (wanted == given) continue;
                if (ir::is_float(scalar) && as_double(scalar, wanted) == as_double(scalar, given)) continue;
                return "\"" + module.text(global.name) + "\", element " + std::to_string(at / stride) + ", byte " +
                       std::to_string(place - at) + ", " + std::string(to_string(scalar)) + ": " +
                       std::to_string(wanted) + " expected, " + std::to_string(given) + " found";
            }
        }
    }
    return {};
}

void evaluate(const ir::Module& module, KernelRun& run) {
    u64 steps = 0;
    Races races;
    for (u32 z = 0; z < run.groups[2]; ++z)
        for (u32 y = 0; y < run.groups[1]; ++y)
            for (u32 x = 0; x < run.groups[0]; ++x) Workgroup(module, run, {x, y, z}, steps, races).go();
}

}  // namespace alkomp::testing
