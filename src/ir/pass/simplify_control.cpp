// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/simplify_control.h"

#include "ir/builder.h"
#include "ir/fold.h"
#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

/// Writes each function's regions anew, in order. What is written has been reached.
class Control {
public:
    explicit Control(Module& module)
        : module_(module),
          replaced_(module),
          known_(module.values.size(), ValueId::none),
          left_(module.instructions.size()) {}

    void run() {
        take_out_dead_ways();
        find_single_rounds();
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            if (instruction.op != Op::exit) continue;
            const InstructionId target = module_.target(instruction);
            if (module_[instruction.region].owner != target) within_.add(place(target), id);
        }
        within_.close(module_.instructions.size());
        for (u32 i = 1; i < module_.functions.size(); ++i) rewrite(module_.functions[i].body);
        replaced_.apply(module_);
    }

private:
    using Body = std::vector<InstructionId>;

    // Ways that nobody goes. Of a switch only those stay that are reached; one alone is an `if true`.
    void take_out_dead_ways() {
        for (const InstructionId id : in_order(module_)) {
            if (module_[id].region == RegionId::none) continue;
            if (module_[id].op == Op::switch_) {
                take_out_dead_cases(id);
            } else if (module_[id].op == Op::if_) {
                const auto known = module_.known_bits(module_.operands(module_[id])[0]);
                if (known) close(module_.regions_of(module_[id])[*known != 0 ? 1 : 0]);
            }
        }
    }
    void close(RegionId region) {
        const Body body = std::move(module_[region].body);
        module_[region].body = {new_instruction(module_, body.back(), Op::unreachable, region, {}, {}, {})};
        for (const InstructionId id : body) forget(module_, id);
    }
    void take_out_dead_cases(InstructionId id) {
        const Switch chooses = Switch::from(module_.immediates(module_[id]));
        const auto known = module_.known_bits(module_.operands(module_[id])[0]);
        const std::size_t chosen = known ? chosen_by(chooses, *known) : chooses.default_region;
        const std::span<const RegionId> in_pool = module_.regions_of(module_[id]);
        const std::vector<RegionId> cases(in_pool.begin(), in_pool.end());
        std::vector<ValueId> operands{module_.operands(module_[id])[0]};
        std::vector<RegionId> left;
        Switch made;
        bool falls = false;
        std::size_t given = 1;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const std::size_t parameters = chooses.leads_to(i) ? module_[cases[i]].parameters.size() : 0;
            const bool is_led_to = known ? i == chosen : chooses.leads_to(i);
            if (is_led_to)
                for (std::size_t k = 0; k < parameters; ++k)
                    operands.push_back(module_.operands(module_[id])[given + k]);
            given += parameters;
            if (!is_led_to && !falls) {
                close(cases[i]);
                continue;
            }
            if (!is_led_to) {
                falls = go_on_with(left.back(), cases[i]);
                continue;
            }
            falls = falls_through(module_, cases[i]);
            if (i == chosen) made.default_region = static_cast<u32>(left.size());
            made.values.push_back(known ? std::vector<u64>() : chooses.values[i]);
            left.push_back(cases[i]);
        }
        if (left.size() == 1 && !meets(module_[id])) {
            leave_one_case(id, left[0], operands);
        } else if (left.size() < cases.size()) {
            set_operands(module_, id, operands);
            set_immediates(module_, id, made.immediates());
            set_regions(id, left);
        }
    }
    /// Appends a case that is reached from the one before it alone; whether it falls through itself.
    bool go_on_with(RegionId before, RegionId next) {
        const InstructionId last = module_[before].body.back();
        for (u32 i = 0; i < module_[last].operands.count; ++i)
            replaced_.add(module_[next].parameters[i], module_.operands(module_[last])[i]);
        forget(module_, last);
        module_[before].body.pop_back();
        const Body body = std::move(module_[next].body);
        for (const InstructionId id : body) module_[id].region = before;
        module_[before].body.insert(module_[before].body.end(), body.begin(), body.end());
        return falls_through(module_, before);
    }
    void leave_one_case(InstructionId id, RegionId only, std::span<const ValueId> operands) {
        const auto never = static_cast<RegionId>(module_.regions.size());
        module_.regions.emplace_back().owner = id;
        module_[never].body = {new_instruction(module_, id, Op::unreachable, never, {}, {}, {})};
        become_if_true(id, only, operands.subspan(1));
        set_immediates(module_, id, {});
        set_regions(id, std::array{only, never});
    }
    /// What was given to the region stands for its parameters.
    void become_if_true(InstructionId id, RegionId taken, std::span<const ValueId> given) {
        for (std::size_t i = 0; i < module_[taken].parameters.size(); ++i)
            replaced_.add(module_[taken].parameters[i], given[i]);
        set_parameters(module_, taken, {});
        module_[id].op = Op::if_;
        set_operands(module_, id, std::array{module_.constant(module_.types.scalar(Scalar::boolean), 1)});
    }
    void set_regions(InstructionId id, std::span<const RegionId> regions) {
        module_[id].regions = {static_cast<u32>(module_.region_pool.size()), static_cast<u32>(regions.size())};
        module_.region_pool.insert(module_.region_pool.end(), regions.begin(), regions.end());
    }

    // Loops that nobody goes round and in which none meet, which become `if true`.
    void find_single_rounds() {
        const std::vector<InstructionId> all = in_order(module_);
        Edges<InstructionId> nexts;
        for (const InstructionId id : all)
            if (module_[id].op == Op::next) nexts.add(place(module_.target(module_[id])), id);
        nexts.close(module_.instructions.size());
        for (const InstructionId id : all) {
            if (module_[id].op != Op::loop || module_[id].region == RegionId::none) continue;
            Body round;  // what leads to the next round, but for what has been taken out
            for (const InstructionId next : nexts[place(id)])
                if (module_[next].region != RegionId::none) round.push_back(next);
            const std::vector<ValueId> leaving = leaving_before_second_round(id, round);
            if ((leaving.empty() && !runs_once(id, round)) || meets(module_[id])) continue;
            if (!leaving.empty()) leave_behind_first_round(id, leaving);
            become_if(id, round);
        }
    }
    /// Whether invocations meet in it, as they have to be together at its end.
    bool meets(const Instruction& instruction) const {
        if (instruction.op == Op::barrier || instruction.op == Op::call || is_of_subgroup(instruction.op)) return true;
        for (const RegionId region : module_.regions_of(instruction))
            for (const InstructionId inner : module_[region].body)
                if (meets(module_[inner])) return true;
        return false;
    }
    bool runs_once(InstructionId loop, std::span<const InstructionId> nexts) const {
        if (nexts.empty()) return true;
        const Body& continuing = module_[module_.regions_of(module_[loop])[1]].body;
        const Instruction& last = module_[continuing.back()];
        if (last.op != Op::repeat_if || (continuing.size() > 1 && nexts.size() > 1)) return false;
        return known_in({loop, nexts, 1}, module_.operands(last)[0]) == u64{0};
    }
    struct Round {
        InstructionId loop;
        std::span<const InstructionId> nexts;
        u32 number = 1;  // the first or the second
    };
    /// What a boolean or an integer is while the loop is gone through for the first or the second time, if that is known.
    std::optional<u64> known_in(const Round& round, ValueId value, u32 depth = 0) const {
        constexpr u32 kDeepest = 8;
        if (const auto known = module_.known_bits(value); known || depth == kDeepest) return known;
        const Value& about = module_[value];
        if (about.kind == Value::Kind::region_parameter) {
            const std::span<const RegionId> regions = module_.regions_of(module_[round.loop]);
            if (RegionId{about.index} == regions[0]) {
                if (round.number == 1) return module_.known_bits(module_.operands(module_[round.loop])[about.position]);
                const Instruction& repeat = module_[module_[regions[1]].body.back()];
                return known_in({round.loop, round.nexts}, module_.operands(repeat)[about.position], depth + 1);
            }
            if (RegionId{about.index} != regions[1] || round.nexts.size() != 1) return std::nullopt;
            return known_in(round, module_.operands(module_[round.nexts[0]])[about.position], depth + 1);
        }
        if (about.kind != Value::Kind::result) return std::nullopt;
        const Instruction& instruction = module_[InstructionId{about.index}];
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (!has(instruction.op, kPure) || instruction.results.count != 1 || operands.empty()) return std::nullopt;
        std::vector<u64> bits;
        for (const ValueId operand : operands) {
            const auto known = known_in(round, operand, depth + 1);
            if (!known) return std::nullopt;
            bits.push_back(*known);
        }
        const Types& types = module_.types;
        if (!types.is(about.type, Type::Kind::scalar)) return std::nullopt;
        const ValueId first = operands[instruction.op == Op::select ? 1 : 0];
        return fold(instruction.op, types.scalar_of(module_.type_of(first)), types.scalar_of(about.type), bits);
    }
    /// Where the second round is known to end as it begins: what would leave there, as operands of a `repeat_if`.
    std::vector<ValueId> leaving_before_second_round(InstructionId loop, std::span<const InstructionId> nexts) {
        const RegionId body = module_.regions_of(module_[loop])[0], continuing = module_.regions_of(module_[loop])[1];
        const InstructionId last = module_[continuing].body.back();
        if (module_[last].op != Op::repeat || nexts.size() != 1) return {};
        const Body& round = module_[body].body;
        const auto head =
            std::find_if(round.begin(), round.end(), [&](InstructionId id) { return !has(module_[id].op, kPure); });
        if (module_[*head].op != Op::if_) return {};
        const auto way = known_in({loop, nexts, 2}, module_.operands(module_[*head])[0]);
        if (!way) return {};
        const InstructionId exit = module_[module_.regions_of(module_[*head])[*way != 0 ? 0 : 1]].body.front();
        if (module_[exit].op != Op::exit || module_.target(module_[exit]) != loop) return {};
        std::vector<ValueId> operands{module_.constant(module_.types.scalar(Scalar::boolean), 0)};
        for (const ValueId value : module_.operands(module_[last])) operands.push_back(value);
        for (const ValueId value : module_.operands(module_[exit])) {
            const Value& about = module_[value];
            if (about.kind == Value::Kind::region_parameter && RegionId{about.index} == body)
                operands.push_back(operands[1 + about.position]);
            else if (about.kind == Value::Kind::result && module_[InstructionId{about.index}].region == body)
                return {};  // of the second round
            else operands.push_back(value);
        }
        return operands;
    }
    void leave_behind_first_round(InstructionId loop, std::span<const ValueId> leaving) {
        const InstructionId last = module_[module_.regions_of(module_[loop])[1]].body.back();
        const u32 again = module_[last].operands.count;
        module_[last].op = Op::repeat_if;
        set_operands(module_, last, leaving);
        set_immediates(module_, last, std::array{place(loop), again});
    }
    void become_if(InstructionId loop, std::span<const InstructionId> nexts) {
        const RegionId body = module_.regions_of(module_[loop])[0], continuing = module_.regions_of(module_[loop])[1];
        const std::vector<ValueId> parameters = module_[continuing].parameters;
        Body rest = std::move(module_[continuing].body);
        const InstructionId last = rest.back();
        rest.pop_back();
        for (const InstructionId next : nexts) {
            const std::span<const ValueId> in_pool = module_.operands(module_[next]);
            const std::vector<ValueId> given(in_pool.begin(), in_pool.end());
            const std::size_t again = module_.immediates(module_[last])[1];
            std::vector<ValueId> leaving;
            for (const ValueId value : module_.operands(module_[last]).subspan(1 + again)) {
                const auto at = std::find(parameters.begin(), parameters.end(), value) - parameters.begin();
                leaving.push_back(static_cast<std::size_t>(at) < given.size() ? given[static_cast<std::size_t>(at)]
                                                                              : value);
            }
            if (!rest.empty()) {  // there is one `next`
                const RegionId region = module_[next].region;
                for (std::size_t i = 0; i < given.size(); ++i) replaced_.add(parameters[i], given[i]);
                for (const InstructionId id : rest) module_[id].region = region;
                module_[region].body.insert(module_[region].body.end() - 1, rest.begin(), rest.end());
            }
            module_[next].op = Op::exit;
            set_operands(module_, next, leaving);
        }
        forget(module_, last);
        if (nexts.empty())
            for (const InstructionId id : rest) forget(module_, id);
        set_parameters(module_, continuing, {});
        module_[continuing].body = {new_instruction(module_, loop, Op::unreachable, continuing, {}, {}, {})};
        become_if_true(loop, body, module_.operands(module_[loop]));
    }

    // What is known of truths where one of them has chosen the way.
    ValueId now(ValueId id) {
        const ValueId value = replaced_[id];
        return place(value) < known_.size() && known_[place(value)] != ValueId::none ? known_[place(value)] : value;
    }
    /// A condition is so: its opposite is not, of "and" both are, of "or" none is. Appends what was not known before.
    void learn(ValueId condition, bool is_true, std::vector<ValueId>& learnt, u32 depth = 0) {
        constexpr u32 kDeepest = 8;
        const Value about = module_[condition];
        if (about.kind == Value::Kind::constant || place(condition) >= known_.size() || depth == kDeepest) return;
        if (known_[place(condition)] != ValueId::none) return;
        known_[place(condition)] = module_.constant(about.type, is_true ? 1 : 0);
        learnt.push_back(condition);
        if (about.kind != Value::Kind::result) return;
        const Instruction instruction = module_[InstructionId{about.index}];
        const bool is_opposite = instruction.op == Op::bit_not;
        if (!is_opposite && instruction.op != (is_true ? Op::bit_and : Op::bit_or)) return;
        for (u32 i = 0; i < instruction.operands.count; ++i)
            learn(replaced_[module_.operands(instruction)[i]], is_true != is_opposite, learnt, depth + 1);
    }
    void rewrite_arm(RegionId arm, ValueId condition, bool is_true) {
        std::vector<ValueId> learnt;
        learn(condition, is_true, learnt);
        rewrite(arm);
        for (const ValueId id : learnt) known_[place(id)] = ValueId::none;
    }

    ValueId operand(InstructionId id, std::size_t i) { return now(module_.operands(module_[id])[i]); }
    void rewrite(RegionId region) {
        const Body body = std::move(module_[region].body);
        Body made;
        made.reserve(body.size());
        write(body, region, made);
        module_[region].body = std::move(made);
    }
    /// Appends instructions to what is written of a region; false if the region has ended with them.
    bool write(std::span<const InstructionId> body, RegionId region, Body& made) {
        for (std::size_t i = 0; i < body.size(); ++i) {
            const InstructionId id = body[i];
            module_[id].region = region;
            for (ValueId& operand : module_.operands(module_[id])) operand = now(operand);
            bool goes_on = true;
            if (has(module_[id].op, kTerminator)) {
                note_way_out(id);
                made.push_back(id);
                goes_on = false;
            } else if (has(module_[id].op, kConstruct)) {
                goes_on = construct(id, region, made);
            } else {
                made.push_back(id);
            }
            if (goes_on) continue;
            for (const InstructionId rest : body.subspan(i + 1)) forget(module_, rest);
            if (!has(module_[made.back()].op, kTerminator))
                made.push_back(new_instruction(module_, id, Op::unreachable, region, {}, {}, {}));
            return false;
        }
        return true;
    }
    void note_way_out(InstructionId id) {
        const Op op = module_[id].op;
        if (op == Op::exit || op == Op::repeat_if) left_[place(module_.target(module_[id]))] = true;
    }
    /// False if nobody comes out of it.
    bool construct(InstructionId id, RegionId region, Body& made) {
        const Op op = module_[id].op;
        if (op == Op::if_) {
            if (const auto known = module_.known_bits(operand(id, 0)); known && is_left_at_ends_only(id))
                return take(id, *known != 0 ? 0 : 1, {}, region, made);
        } else if (op == Op::switch_) {
            const auto known = module_.known_bits(operand(id, 0));
            if ((known || module_[id].regions.count == 1) && is_left_at_ends_only(id))
                return take_case(id, known.value_or(0), region, made);
        }
        for (u32 i = 0; i < module_[id].regions.count; ++i) {
            const RegionId inner = module_.regions_of(module_[id])[i];
            if (op == Op::if_) rewrite_arm(inner, operand(id, 0), i == 0);
            else rewrite(inner);
        }
        if (op == Op::if_ && only_chooses(id)) {
            choose(id, region, made);
            return true;
        }
        made.push_back(id);
        return left_[place(id)];
    }

    // Ways that are known.
    bool is_left_at_ends_only(InstructionId id) const {
        return std::all_of(within_[place(id)].begin(), within_[place(id)].end(),
                           [&](InstructionId exit) { return module_[exit].region == RegionId::none; });
    }
    static std::size_t chosen_by(const Switch& chooses, u64 value) {
        for (std::size_t i = 0; i < chooses.values.size(); ++i)
            if (std::find(chooses.values[i].begin(), chooses.values[i].end(), value) != chooses.values[i].end())
                return i;
        return chooses.default_region;
    }
    bool take_case(InstructionId id, u64 value, RegionId region, Body& made) {
        const Switch chooses = Switch::from(module_.immediates(module_[id]));
        const std::size_t chosen = chosen_by(chooses, value);
        const std::span<const RegionId> cases = module_.regions_of(module_[id]);
        std::size_t first = 1;
        for (std::size_t i = 0; i < chosen; ++i)
            if (chooses.leads_to(i)) first += module_[cases[i]].parameters.size();
        std::vector<ValueId> given;
        for (std::size_t i = 0; i < module_[cases[chosen]].parameters.size(); ++i)
            given.push_back(operand(id, first + i));
        return take(id, chosen, given, region, made);
    }
    /// Writes one region in the place of its construct, and those that it falls into.
    bool take(InstructionId id, std::size_t chosen, std::vector<ValueId> given, RegionId region, Body& made) {
        const std::span<const RegionId> in_pool = module_.regions_of(module_[id]);
        const std::vector<RegionId> regions(in_pool.begin(), in_pool.end());
        for (std::size_t i = chosen;; ++i) {
            for (std::size_t k = 0; k < given.size(); ++k) replaced_.add(module_[regions[i]].parameters[k], given[k]);
            Body body = std::move(module_[regions[i]].body);
            module_[regions[i]].body.clear();
            const InstructionId last = body.back();
            const bool falls = module_[last].op == Op::fallthrough;
            const bool leaves = module_[last].op == Op::exit && module_.target(module_[last]) == id;
            if (!falls && !leaves) {
                forget(module_, id);
                return write(body, region, made);
            }
            body.pop_back();
            if (!write(body, region, made)) {
                forget(module_, last);
                forget(module_, id);
                return false;
            }
            given.clear();
            for (u32 k = 0; k < module_[last].operands.count; ++k) given.push_back(operand(last, k));
            forget(module_, last);
            if (falls) continue;
            for (u32 k = 0; k < given.size(); ++k) replaced_.add(module_.result(module_[id], k), given[k]);
            forget(module_, id);
            return true;
        }
    }

    // Choices between values.
    bool only_chooses(InstructionId id) const {
        for (const RegionId arm : module_.regions_of(module_[id])) {
            const InstructionId first = module_[arm].body.front();
            if (module_[first].op != Op::exit || module_.target(module_[first]) != id) return false;
        }
        for (u32 i = 0; i < module_[id].results.count; ++i) {
            const Type::Kind kind = module_.type(module_.result(module_[id], i)).kind;
            if (kind != Type::Kind::scalar && kind != Type::Kind::vector) return false;
        }
        return true;
    }
    void choose(InstructionId id, RegionId region, Body& made) {
        const InstructionId yes = module_[module_.regions_of(module_[id])[0]].body.front();
        const InstructionId no = module_[module_.regions_of(module_[id])[1]].body.front();
        for (u32 i = 0; i < module_[id].results.count; ++i) {
            const ValueId result = module_.result(module_[id], i);
            const std::array values{operand(id, 0), operand(yes, i), operand(no, i)};
            const std::array type{module_.type_of(result)};
            if (values[1] == values[2]) {
                replaced_.add(result, values[1]);
                continue;
            }
            made.push_back(new_instruction(module_, id, Op::select, region, values, {}, type));
            const ValueId chosen = module_.result(module_[made.back()]);
            module_[chosen].name = module_[result].name;
            replaced_.add(result, chosen);
        }
        forget(module_, id);
    }

    Module& module_;
    Replacements replaced_;
    std::vector<ValueId> known_;   // by value: what it is in the region that is written; none: that is not known
    std::vector<bool> left_;       // by construct: somebody comes out
    Edges<InstructionId> within_;  // by construct: what leaves it from a construct within
};

/// Parameters and results to which one value alone is passed, and perhaps themselves, also round several.
/// All begin as "none yet"; what is passed to one tells more of it, until nothing changes.
class SingleValues {
public:
    explicit SingleValues(Module& module)
        : module_(module), defined_(module.values.size()), number_(module.values.size()) {}

    void run() {
        gather();
        std::vector<u32> waiting, later;
        for (u32 i = 1; i < passed_to_.size(); ++i) waiting.push_back(i);
        while (!waiting.empty()) {
            later.clear();
            for (const u32 i : waiting)
                if (changes(i)) later.insert(later.end(), targets_[i].begin(), targets_[i].end());
            waiting.swap(later);
        }
        Replacements replaced(module_);
        for (const PassedTo& it : passed_to_)
            if (it.only != ValueId::none) replaced.add(it.id, it.only);
        replaced.apply(module_);
    }

private:
    static constexpr u8 kMostChanges = 4;
    struct PassedTo {  // a parameter, or the result of a construct
        ValueId id = ValueId::none;
        ValueId only = ValueId::none;  // itself: several
        u32 begins = 0;                // when the construct begins that it belongs to
        u8 changes = 0;
    };

    void gather() {
        u32 time = 0;  // of the instruction; what is not in a function is before all
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            ++time;
            const bool is_construct = has(instruction.op, kConstruct);
            for (u32 k = 0; k < instruction.results.count; ++k)
                define(module_.result(instruction, k), time, is_construct);
            if (!is_construct && !has(instruction.op, kTerminator)) continue;
            for (const RegionId region : module_.regions_of(instruction))
                for (const ValueId parameter : module_[region].parameters) define(parameter, time, true);
            const std::span<const ValueId> operands = module_.operands(instruction);
            for (const Passing& passing : passings(module_, id))
                for (u32 i = 0; i < passing.count(module_); ++i) {
                    const ValueId from = operands[passing.first + i];
                    const u32 to = number_[place(passing.to(module_, i))];
                    sources_.add(to, from);
                    if (number_[place(from)] != 0) targets_.add(number_[place(from)], to);
                }
        }
        sources_.close(passed_to_.size());
        targets_.close(passed_to_.size());
    }
    void define(ValueId id, u32 time, bool is_passed_to) {
        defined_[place(id)] = time;
        if (!is_passed_to) return;
        number_[place(id)] = static_cast<u32>(passed_to_.size());
        passed_to_.push_back({.id = id, .begins = time});
    }
    /// What a value is as far as is known; none: it may be anything.
    ValueId known(ValueId id) const {
        if (const u32 number = number_[place(id)]; number != 0) return passed_to_[number].only;
        const Constant* constant = module_.find_constant(id);
        return constant != nullptr && constant->kind == Constant::Kind::undefined ? ValueId::none : id;
    }
    bool changes(u32 number) {
        PassedTo& it = passed_to_[number];
        if (it.only == it.id) return false;
        ValueId found = ValueId::none;
        for (const ValueId source : sources_[number]) {
            const ValueId value = known(source);
            if (value == ValueId::none || value == it.id || value == found) continue;
            // What the construct defines is not visible at all that it gives.
            const bool is_one = found == ValueId::none && defined_[place(value)] < it.begins;
            found = is_one ? value : it.id;
            if (!is_one) break;
        }
        if (found == ValueId::none || found == it.only) return false;
        it.only = ++it.changes > kMostChanges ? it.id : found;
        return true;
    }

    Module& module_;
    std::vector<PassedTo> passed_to_{1};
    Edges<ValueId> sources_;    // of what is passed: to the place in passed_to_
    Edges<u32> targets_;        // the other way round, where what is passed was passed itself
    std::vector<u32> defined_;  // by value: when
    std::vector<u32> number_;   // by value: its place in passed_to_; 0: it is not there
};

}  // namespace

void simplify_control(Module& module) {
    Control(module).run();
    SingleValues(module).run();
}

}  // namespace alkomp::ir
