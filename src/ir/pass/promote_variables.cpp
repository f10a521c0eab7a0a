// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/promote_variables.h"

#include "ir/builder.h"
#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr u32 kNone = 0xffffffff;

class Promotion {
public:
    explicit Promotion(Module& module)
        : module_(module),
          types_(module.types),
          place_at_(module.values.size(), kNone),
          written_at_(module.instructions.size(), kNone),
          replaced_(module) {}

    void run() {
        find_variables();
        if (std::all_of(fits_.begin(), fits_.end(), [](bool fits) { return !fits; })) return;
        for (u32 i = 1; i < module_.functions.size(); ++i) static_cast<void>(find_written(module_.functions[i].body));
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(module_.functions[i].body);
        replaced_.apply(module_);
    }

private:
    // Where in which variable a pointer points to.
    struct Place {
        u32 variable = kNone;
        std::vector<u32> path{};
        ValueId lane = ValueId::none;  // behind the path: a lane that is known only while the kernel runs
    };
    using Variables = std::vector<u32>;

    u32 variable_of(ValueId pointer) const {
        const u32 at = place_at_[place(pointer)];
        return at == kNone ? kNone : places_[at].variable;
    }
    bool is_promoted(ValueId pointer) const {
        const u32 variable = variable_of(pointer);
        return variable != kNone && fits_[variable];
    }
    const Place& place_of(ValueId pointer) const { return places_[place_at_[place(pointer)]]; }
    void set_place(ValueId pointer, Place to) {
        place_at_[place(pointer)] = static_cast<u32>(places_.size());
        places_.push_back(std::move(to));
    }
    /// What a construct writes.
    const Variables& written_in(InstructionId construct) const { return written_[written_at_[place(construct)]]; }

    // Which variables fit.
    void find_variables() {
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            const std::span<const ValueId> operands = module_.operands(instruction);
            if (instruction.op == Op::variable) {
                const TypeId type = module_.type(module_.result(instruction)).element;
                set_place(module_.result(instruction), {static_cast<u32>(fits_.size())});
                fits_.push_back(!types_.is(type, Kind::pointer) && !types_.is(type, Kind::cooperative_matrix));
                variables_.push_back(module_.result(instruction));
            }
            for (std::size_t i = 0; i < operands.size(); ++i) {
                const u32 variable = variable_of(operands[i]);
                if (variable != kNone && (i != 0 || !fits(instruction))) fits_[variable] = false;
            }
        }
        current_.assign(fits_.size(), ValueId::none);
    }
    /// A use of a pointer, its first operand, that values can take the place of.
    bool fits(const Instruction& instruction) {
        if ((instruction.flags & kVolatileAccess) != 0) return false;
        if (instruction.op == Op::access) return follow(instruction);
        return instruction.op == Op::load || instruction.op == Op::store;
    }
    bool follow(const Instruction& access) {
        const std::span<const ValueId> operands = module_.operands(access);
        Place to = place_of(operands[0]);
        TypeId at = module_.type(operands[0]).element;
        for (std::size_t i = 1; i < operands.size(); ++i) {
            const Type& composite = types_[at];
            const auto known = module_.known_bits(operands[i]);
            if (known && *known < part_count(module_, at)) {
                to.path.push_back(static_cast<u32>(*known));
            } else if (composite.kind == Kind::vector && to.path.empty()) {
                to.lane = operands[i];
            } else {
                return false;
            }
            at = types_.part(at, known.value_or(0));
        }
        set_place(module_.result(access), std::move(to));
        return true;
    }

    // Which of them each construct writes, of those that are made outside it.
    Variables find_written(RegionId region) {
        Variables written, made;
        for (const InstructionId id : module_[region].body) {
            const Instruction instruction = module_[id];
            if (instruction.op == Op::variable) {
                made.push_back(place_of(module_.result(instruction)).variable);
            } else if (instruction.op == Op::store && is_promoted(module_.operands(instruction)[0])) {
                written.push_back(place_of(module_.operands(instruction)[0]).variable);
            }
            if (instruction.regions.count == 0) continue;
            Variables inside;
            for (const RegionId inner : module_.regions_of(instruction)) {
                const Variables of_one = find_written(inner);
                inside.insert(inside.end(), of_one.begin(), of_one.end());
            }
            tidy(inside);
            written.insert(written.end(), inside.begin(), inside.end());
            written_at_[place(id)] = static_cast<u32>(written_.size());
            written_.push_back(std::move(inside));
        }
        tidy(written);
        std::sort(made.begin(), made.end());
        Variables outer;
        std::set_difference(written.begin(), written.end(), made.begin(), made.end(), std::back_inserter(outer));
        return outer;
    }
    static void tidy(Variables& variables) {
        std::sort(variables.begin(), variables.end());
        variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
    }

    // Rewriting.
    std::vector<ValueId> values_of(const Variables& variables) const {
        std::vector<ValueId> values;
        for (const u32 variable : variables) values.push_back(current_[variable]);
        return values;
    }
    void set_values(const Variables& variables, const std::vector<ValueId>& values) {
        for (std::size_t i = 0; i < variables.size(); ++i) current_[variables[i]] = values[i];
    }
    std::vector<TypeId> types_of(const Variables& variables) const {
        std::vector<TypeId> types;
        for (const u32 variable : variables) types.push_back(module_.type(variables_[variable]).element);
        return types;
    }
    std::vector<ValueId> operands_of(InstructionId id) const {
        const std::span<const ValueId> operands = module_.operands(module_[id]);
        return {operands.begin(), operands.end()};
    }
    void append(InstructionId id, const std::vector<ValueId>& values) {
        if (values.empty()) return;
        std::vector<ValueId> operands = operands_of(id);
        operands.insert(operands.end(), values.begin(), values.end());
        set_operands(module_, id, operands);
    }
    StringId name_of(u32 variable) const { return module_[variables_[variable]].name; }

    void walk(RegionId region) {
        std::vector<InstructionId> body = std::move(module_[region].body);
        std::size_t kept = 0;
        for (const InstructionId id : body) {
            if (module_[id].regions.count != 0) construct(id);
            else if (has(module_[id].op, kTerminator)) pass_on(id);
            else if (!rewritten(id)) {
                forget(module_, id);
                continue;
            }
            body[kept++] = id;
        }
        body.resize(kept);
        module_[region].body = std::move(body);
    }
    /// False if nothing is left of it.
    bool rewritten(InstructionId id) {
        const Instruction instruction = module_[id];
        switch (instruction.op) {
            case Op::variable: {
                const ValueId pointer = module_.result(instruction);
                if (!is_promoted(pointer)) return true;
                current_[place_of(pointer).variable] = instruction.operands.count != 0
                                                           ? module_.operands(instruction)[0]
                                                           : module_.undefined(module_.type(pointer).element);
                return false;
            }
            case Op::access:
                return !is_promoted(module_.result(instruction));
            case Op::load:
                return !is_promoted(module_.operands(instruction)[0]) || loaded(id);
            case Op::store:
                return !is_promoted(module_.operands(instruction)[0]) || stored(id);
            default:
                return true;
        }
    }
    bool loaded(InstructionId id) {
        const Place from = place_of(module_.operands(module_[id])[0]);
        const ValueId whole = current_[from.variable];
        if (from.lane != ValueId::none) {
            become(module_, id, Op::extract_lane, std::array{whole, from.lane}, {});
        } else if (!from.path.empty()) {
            become(module_, id, Op::extract, std::array{whole}, from.path);
        } else {
            replaced_.add(module_.result(module_[id]), whole);
            return false;
        }
        return true;
    }
    bool stored(InstructionId id) {
        const Place to = place_of(module_.operands(module_[id])[0]);
        const ValueId whole = current_[to.variable], value = module_.operands(module_[id])[1];
        if (to.lane != ValueId::none) {
            become(module_, id, Op::insert_lane, std::array{whole, value, to.lane}, {});
        } else if (!to.path.empty()) {
            become(module_, id, Op::insert, std::array{whole, value}, to.path);
        } else {
            current_[to.variable] = value;
            return false;
        }
        set_results(module_, id, std::array{module_.type(variables_[to.variable]).element});
        current_[to.variable] = module_.result(module_[id]);
        module_[current_[to.variable]].name = name_of(to.variable);
        return true;
    }

    // What goes from region to region.
    void pass_on(InstructionId id) {
        const Instruction instruction = module_[id];
        switch (instruction.op) {
            case Op::exit:
            case Op::next:
            case Op::repeat:
                return append(id, values_of(written_in(module_.target(instruction))));
            case Op::fallthrough:
                return append(id, values_of(written_in(module_[instruction.region].owner)));
            case Op::repeat_if: {
                const std::vector<ValueId> values = values_of(written_in(module_.target(instruction)));
                const u32 again = module_.immediates(instruction)[1];
                std::vector<ValueId> operands = operands_of(id);
                operands.insert(operands.begin() + 1 + again, values.begin(), values.end());
                operands.insert(operands.end(), values.begin(), values.end());
                set_operands(module_, id, operands);
                module_.immediates(module_[id])[1] = again + static_cast<u32>(values.size());
                return;
            }
            default:
                return;
        }
    }
    void add_parameters(RegionId region, const Variables& variables) {
        const std::vector<TypeId> types = types_of(variables);
        const Range made = module_.add_values(Value::Kind::region_parameter, place(region), types);
        std::vector<ValueId> parameters = module_[region].parameters;
        for (u32 i = 0; i < made.count; ++i) {
            parameters.push_back(ValueId{made.first + i});
            module_[parameters.back()].name = name_of(variables[i]);
            current_[variables[i]] = parameters.back();
        }
        set_parameters(module_, region, std::move(parameters));
    }
    void construct(InstructionId id) {
        const Variables written = written_in(id);
        const std::vector<ValueId> before = values_of(written);
        const std::span<const RegionId> in_pool = module_.regions_of(module_[id]);
        const std::vector<RegionId> regions(in_pool.begin(), in_pool.end());
        if (module_[id].op == Op::switch_) add_case_operands(id, regions, before);
        if (module_[id].op == Op::loop) append(id, before);
        for (std::size_t i = 0; i < regions.size(); ++i) {
            set_values(written, before);
            const bool falls_in = module_[id].op == Op::switch_ && i > 0 && falls_through(module_, regions[i - 1]);
            if (module_[id].op == Op::loop || falls_in) add_parameters(regions[i], written);
            walk(regions[i]);
        }
        add_results(id, written);
    }
    /// A case that another falls into has the variables as parameters, which the selector gives too.
    void add_case_operands(InstructionId id, const std::vector<RegionId>& cases, const std::vector<ValueId>& before) {
        const Switch chooses = Switch::from(module_.immediates(module_[id]));
        const std::vector<ValueId> given = operands_of(id);
        std::vector<ValueId> operands{given[0]};
        std::size_t next = 1;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (!chooses.leads_to(i)) continue;
            for (std::size_t k = module_[cases[i]].parameters.size(); k > 0; --k) operands.push_back(given[next++]);
            if (i > 0 && falls_through(module_, cases[i - 1]))
                operands.insert(operands.end(), before.begin(), before.end());
        }
        set_operands(module_, id, operands);
    }
    void add_results(InstructionId id, const Variables& written) {
        if (written.empty()) return;
        const Range old = module_[id].results;
        std::vector<TypeId> types;
        for (u32 i = 0; i < old.count; ++i) types.push_back(module_.type_of(ValueId{old.first + i}));
        for (const TypeId type : types_of(written)) types.push_back(type);
        set_results(module_, id, types);
        for (u32 i = 0; i < old.count; ++i) {
            const ValueId before{old.first + i}, now = module_.result(module_[id], i);
            module_[now].name = module_[before].name;
            replaced_.add(before, now);
        }
        for (u32 i = 0; i < written.size(); ++i) {
            const ValueId now = module_.result(module_[id], old.count + i);
            module_[now].name = name_of(written[i]);
            current_[written[i]] = now;
        }
    }

    Module& module_;
    Types& types_;
    std::vector<u32> place_at_;  // by pointer: of places_
    std::vector<Place> places_;
    std::vector<bool> fits_;          // by variable
    std::vector<ValueId> variables_;  // their pointers
    std::vector<u32> written_at_;     // by construct: of written_
    std::vector<Variables> written_;
    std::vector<ValueId> current_;  // by variable: what it holds
    Replacements replaced_;
};

}  // namespace

void promote_variables(Module& module) { Promotion(module).run(); }

}  // namespace alkomp::ir
