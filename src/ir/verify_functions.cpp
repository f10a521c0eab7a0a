// SPDX-License-Identifier: MIT OR Apache-2.0
// One walk through each function: regions and what ends them, which values are visible, the rule of each instruction.
#include "ir/literal.h"
#include "ir/print.h"
#include "ir/rule.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <limits>

namespace alkomp::ir {
namespace {

std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

class Walk {
public:
    Walk(Module& module, const Shapes& shapes) : module_(module), types_(module.types), shapes_(shapes) {
        flow_.listed.resize(module.instructions.size());
        flow_.parts.resize(module.instructions.size());
        flow_.converges.resize(module.functions.size());
        sight_.resize(module.values.size(), Sight::not_yet);
        roots_.resize(module.values.size(), ValueId::none);
        effects_.resize(module.values.size(), 0);
        depths_.resize(module.instructions.size(), 0);
        entered_.resize(module.regions.size());
        for (std::size_t i = 1; i < module.globals.size(); ++i) {
            const ValueId value = module.globals[i].value;
            roots_[place(value)] = value;
        }
    }

    Flow run() {
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(FunctionId{i});
        order_functions();
        for (const FunctionId function : flow_.callees_first) follow_calls(function);
        return std::move(flow_);
    }

private:
    enum class Sight : u8 { not_yet, visible, gone };
    struct Frame {
        RegionId region = RegionId::none;
        u32 at = 0;
    };
    struct Open {
        InstructionId construct = InstructionId::none;
        u32 region = 0;            ///< which of its regions is walked
        u32 floor = 0;             ///< terminators here name no construct of a smaller depth
        u32 leaves_to = kNowhere;  ///< the smallest depth that a terminator within names; 0: returns
        bool convergent = false;   ///< holds an instruction that must be evaluated together
    };
    static constexpr u32 kNowhere = std::numeric_limits<u32>::max();
    static constexpr u8 kReadThrough = 1, kWrittenThrough = 2;

    [[noreturn]] void fail(InstructionId at, const std::string& what) const { refuse(module_, at, what + '.'); }
    std::string text(TypeId id) const { return to_string(module_, id); }
    const Shape& shape(TypeId id) const { return shapes_[static_cast<u32>(id)]; }
    bool is_bool(ValueId id) const {
        return types_.is_boolean(module_.type_of(id)) && types_.is(module_.type_of(id), Type::Kind::scalar);
    }

    // Functions.
    void walk(FunctionId id) {
        function_ = &module_[id];
        id_ = id;
        if (function_->result != types_.nothing() && !shape(function_->result).is_value)
            refuse(module_, function_->location,
                   in_quotes(module_.text(function_->name)) + " returns " + text(function_->result) +
                       ", which no value can be.");
        for (const ValueId parameter : function_->parameters) {
            if (!shape(module_.type_of(parameter)).is_value)
                refuse(module_, function_->location,
                       in_quotes(module_.text(function_->name)) + " takes " + text(module_.type_of(parameter)) +
                           ", which no value can be.");
            show(parameter);
            roots_[place(parameter)] = parameter;
        }
        if (!module_[function_->body].parameters.empty())
            refuse(module_, function_->location,
                   in_quotes(module_.text(function_->name)) + " has a body with parameters.");
        enter(function_->body, InstructionId::none);
        while (!frames_.empty()) step();
        for (const ValueId parameter : function_->parameters) sight_[place(parameter)] = Sight::gone;
    }

    void step() {
        Frame& frame = frames_.back();
        const std::vector<InstructionId>& body = module_[frame.region].body;
        if (frame.at == body.size()) return close_region();
        const InstructionId id = body[frame.at++];
        visit(id, frame.region, frame.at == body.size());
    }

    // Regions.
    void enter(RegionId id, InstructionId owner) {
        const Region& region = module_[id];
        const Location& location = owner == InstructionId::none ? function_->location : location_of(owner);
        if (entered_[place(id)] || region.owner != owner)
            refuse(module_, location, "region " + std::to_string(place(id)) + " belongs to more than one construct.");
        entered_[place(id)] = true;
        if (region.body.empty()) refuse(module_, location, "a region is empty; a terminator ends each.");
        for (u32 i = 0; i < region.parameters.size(); ++i) {
            const Value& value = module_[region.parameters[i]];
            if (value.kind != Value::Kind::region_parameter || value.index != place(id) || value.position != i)
                refuse(module_, location,
                       "parameter " + std::to_string(i + 1) + " of region " + std::to_string(place(id)) +
                           " does not fit the tables of the module.");
            need_value(region.parameters[i], location);
            show(region.parameters[i]);
        }
        frames_.push_back({id, 0});
    }
    const Location& location_of(InstructionId id) const { return module_.locations[module_[id].location]; }
    void need_value(ValueId id, const Location& location) const {
        if (!shape(module_.type_of(id)).is_value)
            refuse(module_, location,
                   name_of(module_, id) + " is " + text(module_.type_of(id)) + ", which no value can be.");
    }
    void show(ValueId id) { sight_[place(id)] = Sight::visible; }

    void close_region() {
        const Region& region = module_[frames_.back().region];
        for (const ValueId id : region.parameters) sight_[place(id)] = Sight::gone;
        for (const InstructionId id : region.body) {
            const Range results = module_[id].results;
            std::fill_n(sight_.begin() + results.first, results.count, Sight::gone);
        }
        frames_.pop_back();
        if (region.owner == InstructionId::none) return;
        Open& open = open_.back();
        const std::span<const RegionId> regions = module_.regions_of(module_[open.construct]);
        if (++open.region < regions.size()) {
            // Nothing but `repeat` leaves a continuing region.
            if (module_[open.construct].op == Op::loop) open.floor = depths_[place(open.construct)] + 1;
            return enter(regions[open.region], open.construct);
        }
        close_construct();
    }
    void close_construct() {
        const Open open = open_.back();
        open_.pop_back();
        flow_.parts[place(open.construct)] = open.convergent || open.leaves_to < depths_[place(open.construct)];
        if (!open_.empty()) {
            open_.back().leaves_to = std::min(open_.back().leaves_to, open.leaves_to);
            open_.back().convergent = open_.back().convergent || open.convergent;
        }
        depths_[place(open.construct)] = 0;
        show_results(open.construct);
    }
    void show_results(InstructionId id) {
        const Range results = module_[id].results;
        std::fill_n(sight_.begin() + results.first, results.count, Sight::visible);
    }

    // Instructions.
    void visit(InstructionId id, RegionId region, bool is_last) {
        const Instruction& instruction = module_[id];
        if (flow_.listed[place(id)] || instruction.region != region) fail(id, "more than one region lists it");
        flow_.listed[place(id)] = true;
        const bool ends = has(instruction.op, kTerminator);
        if (ends && !is_last) fail(id, "an instruction follows it in its region, which it ends");
        if (!ends && is_last) fail(id, "its region ends here, but no terminator does it");
        check_results(id, instruction);
        check_operands(id, instruction);
        const std::string wrong = wrong_immediates(module_, instruction.op, module_.immediates(instruction));
        if (!wrong.empty()) fail(id, wrong);
        if (instruction.regions.count != 0 && !has(instruction.op, kConstruct)) fail(id, "it owns regions");
        if (ends) return check_terminator(id, instruction);
        if (has(instruction.op, kConstruct)) return open_construct(id, instruction);
        check_rule(id, instruction);
        check_instruction(module_, shapes_, id);
        note_convergence(id, instruction);
        if (instruction.results.count > 0) follow_pointer(instruction);
        check_effect(id, instruction);
        show_results(id);
    }
    void check_results(InstructionId id, const Instruction& instruction) const {
        for (u32 i = 0; i < instruction.results.count; ++i) {
            const ValueId result{instruction.results.first + i};
            const Value& value = module_[result];
            if (value.kind != Value::Kind::result || value.index != place(id) || value.position != i)
                fail(id, "result " + std::to_string(i + 1) + " does not fit the tables of the module");
            need_value(result, location_of(id));
        }
    }
    void check_operands(InstructionId id, const Instruction& instruction) const {
        const std::span<const ValueId> operands = module_.operands(instruction);
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const ValueId operand = operands[i];
            if (operand == ValueId::none) fail(id, "operand " + std::to_string(i + 1) + " is missing");
            const Value::Kind kind = module_[operand].kind;
            if (kind == Value::Kind::constant || kind == Value::Kind::global) continue;
            if (sight_[place(operand)] != Sight::visible) refuse_sight(id, operand);
        }
        const OpInfo& about = info(instruction.op);
        if (operands.size() < about.fewest || operands.size() > about.most)
            fail(id, "it has " + counted(operands.size(), "operand") + ", where " + range_of(about) + " are wanted");
    }
    static std::string range_of(const OpInfo& about) {
        const std::string fewest = std::to_string(about.fewest);
        if (about.most == kMany) return "at least " + fewest;
        return about.most == about.fewest ? fewest : fewest + " to " + std::to_string(about.most);
    }
    [[noreturn]] void refuse_sight(InstructionId id, ValueId operand) const {
        const std::string name = name_of(module_, operand);
        if (sight_[place(operand)] == Sight::not_yet) fail(id, name + " is used before it is defined");
        const Value& value = module_[operand];
        std::string from;
        if (value.kind == Value::Kind::result) from = line_of(module_, location_of(InstructionId{value.index}));
        fail(id, name + " is not visible here; the region that defines it has ended" +
                     (from.empty() ? "" : " (" + from + ')'));
    }
    void check_rule(InstructionId id, const Instruction& instruction) {
        const TypeId given =
            instruction.results.count > 0 ? module_.type_of(module_.result(instruction)) : TypeId::none;
        const Outcome outcome =
            apply_rule(module_, instruction.op, module_.operands(instruction), module_.immediates(instruction), given);
        if (!outcome.error.empty()) refuse(module_, location_of(id), outcome.error);
        if (outcome.count != instruction.results.count)
            fail(id, "it has " + counted(instruction.results.count, "result") + ", where " +
                         std::to_string(outcome.count) + " are given");
        for (u32 i = 0; i < outcome.count; ++i) {
            const ValueId result = module_.result(instruction, i);
            if (module_.type_of(result) != outcome.results[i])
                fail(id, name_of(module_, result) + " is " + text(module_.type_of(result)) + ", where " +
                             text(outcome.results[i]) + " is given");
        }
    }
    void note_convergence(InstructionId id, const Instruction& instruction) {
        if (instruction.op == Op::call) {
            const FunctionId callee{module_.immediates(instruction)[0]};
            if (callee == module_.kernel) fail(id, "the kernel is not called by its functions");
            flow_.calls.push_back({id_, callee, id});
        }
        const u8 wanted = together(module_, instruction);
        flow_.converges[place(id_)] |= wanted;
        if (!open_.empty() && (wanted != 0 || instruction.op == Op::call)) open_.back().convergent = true;
    }

    // Constructs.
    void open_construct(InstructionId id, const Instruction& instruction) {
        const std::span<const RegionId> regions = module_.regions_of(instruction);
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (instruction.op == Op::switch_) {
            check_switch(id, operands, regions);
        } else {
            if (regions.size() != 2) fail(id, "it has " + counted(regions.size(), "region") + ", where 2 are wanted");
            if (instruction.op == Op::if_ && !is_bool(operands[0]))
                fail(id, "the condition " + name_of(module_, operands[0]) + " is " +
                             text(module_.type_of(operands[0])) + ", where bool is wanted");
            if (instruction.op == Op::loop)
                check_passed(id, operands, module_[regions[0]].parameters, "the body's parameter");
            else need_no_parameters(id, regions);
        }
        if (open_.size() == kDeepestConstruct)
            fail(id, "constructs nest more than " + std::to_string(kDeepestConstruct) + " deep");
        Open open;
        open.construct = id;
        open.floor = open_.empty() ? 0 : open_.back().floor;
        open_.push_back(open);
        depths_[place(id)] = static_cast<u32>(open_.size());
        enter(regions[0], id);
    }
    void need_no_parameters(InstructionId id, std::span<const RegionId> regions) const {
        for (const RegionId region : regions)
            if (!module_[region].parameters.empty()) fail(id, "a region has parameters, which nothing passes");
    }
    void check_switch(InstructionId id, std::span<const ValueId> operands, std::span<const RegionId> regions) const {
        const ValueId selector = operands[0];
        const TypeId type = module_.type_of(selector);
        if (!types_.is_integer(type) || !types_.is(type, Type::Kind::scalar))
            fail(id,
                 "the selector " + name_of(module_, selector) + " is " + text(type) + ", where an integer is wanted");
        const std::span<const u32> words = module_.immediates(module_[id]);
        std::vector<u64> values;
        std::vector<ValueId> wanted;
        std::size_t at = 1;
        for (std::size_t i = 0; i < regions.size(); ++i) {
            if (at >= words.size() || words[at] > (words.size() - at - 1) / 2)
                fail(id, "the values of region " + std::to_string(i + 1) + " are missing");
            const u32 count = words[at++];
            const std::vector<ValueId>& parameters = module_[regions[i]].parameters;
            if (count > 0 || i == words[0]) wanted.insert(wanted.end(), parameters.begin(), parameters.end());
            for (u32 k = 0; k < count; ++k, at += 2) values.push_back(words[at] | u64{words[at + 1]} << 32);
        }
        if (regions.empty() || words[0] >= regions.size()) fail(id, "the default region does not exist");
        if (at != words.size()) fail(id, "it has values for more regions than it owns");
        check_case_values(id, types_.bits(type), values);
        check_passed(id, operands.subspan(1), wanted, "the case's parameter");
    }
    void check_case_values(InstructionId id, u32 bits, std::vector<u64>& values) const {
        std::sort(values.begin(), values.end());
        if (!values.empty() && bits < 64 && values.back() >> bits != 0)
            fail(id, "the value " + std::to_string(values.back()) + " has more than " + std::to_string(bits) + " bits");
        const auto twice = std::adjacent_find(values.begin(), values.end());
        if (twice != values.end()) fail(id, "the value " + std::to_string(*twice) + " leads to two regions");
    }

    // Terminators.
    void check_terminator(InstructionId id, const Instruction& instruction) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (instruction.results.count != 0) fail(id, "it has a result");
        if (is_continuing() && instruction.op != Op::repeat && instruction.op != Op::repeat_if)
            fail(id, "a continuing region ends with repeat or repeat_if");
        switch (instruction.op) {
            case Op::exit: {
                const Instruction& target = module_[need_target(id, instruction)];
                return check_passed(id, operands, results_of(target), "the result");
            }
            case Op::next: {
                const Instruction& target = module_[need_loop(id, instruction)];
                const RegionId continuing = module_.regions_of(target)[1];
                return check_passed(id, operands, module_[continuing].parameters, "the continuing region's parameter");
            }
            case Op::fallthrough:
                return check_fallthrough(id, operands);
            case Op::repeat:
            case Op::repeat_if:
                return check_repeat(id, instruction);
            case Op::return_:
                return check_return(id, operands);
            default:
                return;  // unreachable
        }
    }
    bool is_continuing() const {
        if (open_.empty() || module_[open_.back().construct].op != Op::loop || open_.back().region != 1) return false;
        return module_[frames_.back().region].owner == open_.back().construct;
    }
    InstructionId need_target(InstructionId id, const Instruction& instruction) {
        const InstructionId target = module_.target(instruction);
        const u32 depth = depths_[place(target)];
        if (depth == 0) fail(id, "the construct that it names does not enclose it");
        if (depth < open_.back().floor)
            fail(id, "it leaves the continuing region of a loop, which only repeat and repeat_if do");
        open_.back().leaves_to = std::min(open_.back().leaves_to, depth);
        return target;
    }
    InstructionId need_loop(InstructionId id, const Instruction& instruction) {
        const InstructionId target = need_target(id, instruction);
        if (module_[target].op != Op::loop)
            fail(id, "it names " + std::string(info(module_[target].op).name) + ", where a loop is wanted");
        return target;
    }
    void check_fallthrough(InstructionId id, std::span<const ValueId> operands) const {
        const bool in_case = !open_.empty() && module_[open_.back().construct].op == Op::switch_;
        if (!in_case) fail(id, "it does not end a region of a switch");
        const std::span<const RegionId> regions = module_.regions_of(module_[open_.back().construct]);
        const u32 next = open_.back().region + 1;
        if (next == regions.size()) fail(id, "no region follows the last one of a switch");
        check_passed(id, operands, module_[regions[next]].parameters, "the next region's parameter");
    }
    void check_repeat(InstructionId id, const Instruction& instruction) {
        const InstructionId target = module_.target(instruction);
        if (!is_continuing() || open_.back().construct != target)
            fail(id, "it does not end the continuing region of the loop that it names");
        std::span<const ValueId> again = module_.operands(instruction);
        const Instruction& loop = module_[target];
        if (instruction.op == Op::repeat_if) {
            if (!is_bool(again[0]))
                fail(id, "the condition " + name_of(module_, again[0]) + " is " + text(module_.type_of(again[0])) +
                             ", where bool is wanted");
            const u32 count = module_.immediates(instruction)[1];
            if (count > again.size() - 1)
                fail(id,
                     "it repeats with " + counted(count, "value") + ", but has " + std::to_string(again.size() - 1));
            check_passed(id, again.subspan(1 + count), results_of(loop), "the result");
            again = again.subspan(1, count);
        }
        check_passed(id, again, module_[module_.regions_of(loop)[0]].parameters, "the body's parameter");
    }
    void check_return(InstructionId id, std::span<const ValueId> operands) {
        if (!open_.empty()) {
            if (open_.back().floor != 0)
                fail(id, "it leaves the continuing region of a loop, which only repeat and repeat_if do");
            open_.back().leaves_to = 0;
        }
        const bool gives = function_->result != types_.nothing();
        const std::string name = in_quotes(module_.text(function_->name));
        if (operands.empty() && gives)
            fail(id, name + " returns " + text(function_->result) + ", but no value is given");
        if (!operands.empty() && !gives) fail(id, name + " returns nothing, but a value is given");
        if (gives && module_.type_of(operands[0]) != function_->result)
            fail(id, name_of(module_, operands[0]) + " is " + text(module_.type_of(operands[0])) + ", where " + name +
                         " returns " + text(function_->result));
    }
    const std::vector<ValueId>& results_of(const Instruction& construct) {
        results_.clear();
        for (u32 i = 0; i < construct.results.count; ++i) results_.push_back(module_.result(construct, i));
        return results_;
    }
    void check_passed(InstructionId id, std::span<const ValueId> given, std::span<const ValueId> wanted,
                      const char* what) const {
        if (given.size() != wanted.size())
            fail(id, "it passes " + counted(given.size(), "value") + ", where " + std::to_string(wanted.size()) +
                         (wanted.size() == 1 ? " is" : " are") + " wanted");
        for (std::size_t i = 0; i < given.size(); ++i)
            if (module_.type_of(given[i]) != module_.type_of(wanted[i]))
                fail(id, name_of(module_, given[i]) + " is " + text(module_.type_of(given[i])) + ", where " + what +
                             ' ' + name_of(module_, wanted[i]) + " is " + text(module_.type_of(wanted[i])));
    }

    // Which memory a pointer reaches: the global, variable or parameter that it was made of, where that is certain.
    void follow_pointer(const Instruction& instruction) {
        const ValueId result = module_.result(instruction);
        if (!types_.is(module_.type_of(result), Type::Kind::pointer)) return;
        if (instruction.op == Op::access || instruction.op == Op::offset)
            roots_[place(result)] = roots_[place(module_.operands(instruction)[0])];
    }
    void check_effect(InstructionId id, const Instruction& instruction) {
        const bool is_matrix = instruction.op == Op::matrix_load || instruction.op == Op::matrix_store;
        const bool is_access = instruction.op == Op::load || instruction.op == Op::store || is_matrix;
        if (!is_access && !has(instruction.op, kAtomic)) return;
        const u32 effect =
            (has(instruction.op, kReads) ? kReadThrough : 0u) | (has(instruction.op, kWrites) ? kWrittenThrough : 0u);
        reach(id, roots_[place(module_.operands(instruction)[0])], static_cast<u8>(effect), "it");
    }
    void reach(InstructionId id, ValueId root, u8 effect, const std::string& who) {
        if (root == ValueId::none) return;
        effects_[place(root)] |= effect;
        const Value& value = module_[root];
        if (value.kind != Value::Kind::global) return;
        const Global& global = module_.globals[value.index];
        if ((effect & kWrittenThrough) != 0 && !global.writes)
            fail(id, who + " writes to " + name_of(module_, root) + ", which the kernel only reads");
        if ((effect & kReadThrough) != 0 && !global.reads)
            fail(id, who + " reads from " + name_of(module_, root) + ", which the kernel only writes");
    }

    // Calls.
    std::span<const Call> calls_of(FunctionId caller) const {
        const auto before = [](const Call& call, FunctionId id) { return call.caller < id; };
        const auto first = std::lower_bound(flow_.calls.begin(), flow_.calls.end(), caller, before);
        const auto last = std::lower_bound(first, flow_.calls.end(), FunctionId{place(caller) + 1}, before);
        return {flow_.calls.data() + (first - flow_.calls.begin()), static_cast<std::size_t>(last - first)};
    }
    void order_functions() {
        enum class State : u8 { unseen, open, done };
        struct Visit {
            FunctionId function = FunctionId::none;
            std::size_t next = 0;
        };
        std::vector<State> states(module_.functions.size(), State::unseen);
        std::vector<Visit> path;
        for (u32 i = 1; i < module_.functions.size(); ++i) {
            if (states[i] != State::unseen) continue;
            states[i] = State::open;
            path.push_back({FunctionId{i}, 0});
            while (!path.empty()) {
                Visit& visit = path.back();
                const std::span<const Call> calls = calls_of(visit.function);
                if (visit.next == calls.size()) {
                    states[place(visit.function)] = State::done;
                    flow_.callees_first.push_back(visit.function);
                    path.pop_back();
                    continue;
                }
                const Call& call = calls[visit.next++];
                State& state = states[place(call.callee)];
                if (state == State::open)
                    fail(call.at, in_quotes(module_.text(module_[call.callee].name)) +
                                      " calls itself, here or by way of others; recursion does not exist");
                if (state == State::unseen) {
                    state = State::open;
                    path.push_back({call.callee, 0});
                }
            }
        }
    }
    void follow_calls(FunctionId caller) {
        for (const Call& call : calls_of(caller)) {
            flow_.converges[place(caller)] |= flow_.converges[place(call.callee)];
            const Function& callee = module_[call.callee];
            const std::span<const ValueId> given = module_.operands(module_[call.at]);
            for (std::size_t i = 0; i < given.size(); ++i) {
                const u8 effect = effects_[place(callee.parameters[i])];
                if (effect != 0) reach(call.at, roots_[place(given[i])], effect, in_quotes(module_.text(callee.name)));
            }
        }
    }

    Module& module_;
    const Types& types_;
    const Shapes& shapes_;
    Flow flow_;
    std::vector<Sight> sight_;    // by value
    std::vector<ValueId> roots_;  // by value
    std::vector<u8> effects_;     // by root
    std::vector<u32> depths_;     // by construct, while it is open
    std::vector<bool> entered_;   // by region
    std::vector<Frame> frames_;
    std::vector<Open> open_;
    std::vector<ValueId> results_;
    const Function* function_ = nullptr;
    FunctionId id_ = FunctionId::none;
};

}  // namespace

Flow check_functions(Module& module, const Shapes& shapes) { return Walk(module, shapes).run(); }

}  // namespace alkomp::ir
