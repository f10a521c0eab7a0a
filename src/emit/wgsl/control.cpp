// SPDX-License-Identifier: MIT OR Apache-2.0
// The IR's constructs as WGSL's.
//
// `break` leaves the innermost loop or switch, `continue` goes on with the innermost loop. A jump further out sets a flag
// and breaks; behind each construct in its way the flag is asked. An `if` cannot be broken out of: where it is left from
// deeper inside, a flag is set, and what would come before its end asks the flag. A switch with nothing but a default would
// do as well, and does where there are many ways out; but it becomes a loop of one round in HLSL, and FXC loses cases and
// returns as it unrolls one. Results and parameters are variables.
#include "emit/wgsl/emitter.h"

#include "ir/builder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::emit::wg {
namespace {

using ir::Op;

constexpr std::size_t kDeepest = 100;  // braces; the specification asks implementations for 127
constexpr u32 kMostAsked = 12;         // early ways out of a construct, each of which nests what comes behind it

std::string_view opposite(Op op) {
    switch (op) {
        case Op::eq:
            return "!=";
        case Op::ne:
            return "==";
        case Op::lt:
            return ">=";
        case Op::le:
            return ">";
        case Op::gt:
            return "<=";
        default:
            return "<";
    }
}

/// "i++" of "i = i + 1u;", "i *= 2u" of "i = i * 2u;"; empty where something else is done, or not with a literal.
std::string step(std::string_view line, const std::string& name) {
    const std::string begin = name + " = " + name + ' ';
    if (line.substr(0, begin.size()) != begin || line.back() != ';') return {};
    const std::string_view rest = line.substr(begin.size(), line.size() - begin.size() - 1);
    if (rest.size() < 3 || rest[1] != ' ' || std::string_view("+-*/").find(rest[0]) == std::string_view::npos)
        return {};
    const std::string_view by = rest.substr(2);
    if (by.find_first_not_of("0123456789u") != std::string_view::npos) return {};
    if (rest[0] == '+' && (by == "1u" || by == "1")) return name + "++";
    return name + ' ' + rest[0] + "= " + std::string(by);
}

/// "a < b" of "(a < b)"; others as they are.
std::string without_parentheses(std::string text) {
    int depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (depth == 0) return text;
    }
    return text.substr(1, text.size() - 2);
}

/// Where the binary operator at the top of an expression stands, with the spaces around it.
std::size_t top_operator(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(' || text[i] == '[') ++depth;
        if (text[i] == ')' || text[i] == ']') --depth;
        if (depth == 0 && text[i] == ' ' &&
            (text[i + 1] == '<' || text[i + 1] == '>' || text[i + 1] == '=' || text[i + 1] == '!') &&
            text.compare(i, 4, " << ") != 0 && text.compare(i, 4, " >> ") != 0)
            return i;
    }
    return std::string_view::npos;
}

}  // namespace

void Emitter::region(ir::RegionId id) {
    if (depth_ > kDeepest) unsupported("WGSL does not nest constructs this deeply.");
    std::vector<std::size_t> asking;  // lines that ask whether the rest is to be done
    for (const ir::InstructionId place : module_[id].body) {
        const ir::Instruction& next = module_[place];
        at_ = next.location;
        if (ir::has(next.op, ir::kTerminator)) {
            terminator(next, place);
            break;
        }
        if (!ir::has(next.op, ir::kConstruct)) {
            instruction(next);
            continue;
        }
        construct(next, place);
        if (asked_.empty()) continue;
        write_reads();
        std::string question;
        for (const std::string& flag : std::exchange(asked_, {})) question += (question.empty() ? "!" : " && !") + flag;
        asking.push_back(lines_.size());
        line("if (" + question + ") {");
        ++depth_;
    }
    for (; !asking.empty(); asking.pop_back()) close_from(asking.back());
}

void Emitter::construct(const ir::Instruction& instruction, ir::InstructionId id) {
    Frame frame;
    frame.construct = id;
    for (u32 i = 0; i < instruction.results.count; ++i) {
        if (instruction.op == Op::loop && is_iterated(instruction, i)) frame.results.emplace_back();
        else frame.results.push_back(declare({{module_.result(instruction, i)}}, "result").front());
    }
    frame.before = lines_.size();
    lines_.emplace_back();
    if (instruction.op == Op::if_) return if_(instruction, std::move(frame));
    if (instruction.op == Op::loop) return loop(instruction, std::move(frame));
    bool falls = false;
    for (const ir::RegionId one : module_.regions_of(instruction)) falls = falls || ir::falls_through(module_, one);
    if (falls) chain(instruction, std::move(frame));
    else switch_(instruction, std::move(frame));
}

/// A variable for each, which stands for it.
std::vector<std::string> Emitter::declare(std::span<const ir::ValueId> values, std::string_view otherwise) {
    std::vector<std::string> variables;
    for (const ir::ValueId id : values) {
        if (module_.type(id).kind == ir::Type::Kind::pointer)
            unsupported("WGSL has no pointers that differ from path to path.");
        variables.push_back(names_.unique(wanted_name(id, otherwise)));
        line("var " + variables.back() + ": " + type(module_.type_of(id)) + ';');
        held(id).text = {variables.back()};
    }
    return variables;
}

Text Emitter::passed(ir::ValueId id) {
    if (module_.type(id).kind == ir::Type::Kind::pointer)
        unsupported("WGSL has no pointers that differ from path to path.");
    return value(id);
}

std::vector<Text> Emitter::passed(std::span<const ir::ValueId> ids) {
    std::vector<Text> texts;
    for (const ir::ValueId id : ids) texts.push_back(passed(id));
    return texts;
}

/// All at once: a value that an earlier assignment would change is kept first.
void Emitter::assign(const std::vector<std::string>& variables, std::vector<Text> values) {
    for (std::size_t i = 1; i < values.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
            if (values[before].text == variables[before] || !mentions(values[i].text, variables[before])) continue;
            values[i] = let("next", values[i]);
            break;
        }
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i].text != variables[i]) line(variables[i] + " = " + values[i].text + ';');
}

void Emitter::open(Frame frame, const std::string& text) {
    line(text);
    ++depth_;
    frame.inside = lines_.size();
    lines_.emplace_back();
    frames_.push_back(std::move(frame));
}

void Emitter::close(const std::string& text) {
    --depth_;
    line(text);
}

/// A switch with nothing but a default, which `break` leaves.
void Emitter::open_once(Frame frame) {
    line("switch (0u) {");
    ++depth_;
    open(std::move(frame), "default: {");
}

void Emitter::close_once() {
    close();
    close();
}

/// A block that a line opened; the line goes where nothing is in it.
void Emitter::close_from(std::size_t head) {
    if (head + 1 < lines_.size()) return close();
    lines_.pop_back();
    --depth_;
}

/// The innermost construct is over: what left through it goes on.
void Emitter::finish() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (const Jump& jump : frame.passing) {
        if (is_asked(jump)) {
            leave(jump, true);
            frame.asked.insert(flag_of(jump));
            continue;
        }
        line("if (" + flag_of(jump) + ") {");
        ++depth_;
        leave(jump, true);
        close();
    }
    asked_ = std::move(frame.asked);
}

u32 Emitter::frame_of(ir::InstructionId construct) const {
    u32 i = static_cast<u32>(frames_.size());
    while (i-- > 0 && frames_[i].construct != construct) {
    }
    return i;
}

/// The construct in the way of a jump that `continue` or `break` reaches, at last its target.
u32 Emitter::innermost(const Jump& jump, bool loops) const {
    u32 i = static_cast<u32>(frames_.size()) - 1;
    while (i > jump.frame && !(loops ? frames_[i].loops : frames_[i].breaks)) --i;
    return i;
}

/// Nothing has to be broken out of: what would come before the target's end asks the flag.
bool Emitter::is_asked(const Jump& jump) const {
    return !jump.next && !frames_[jump.frame].breaks && innermost(jump, false) == jump.frame;
}

std::string& Emitter::flag_of(const Jump& jump) {
    Frame& target = frames_[jump.frame];
    std::string& flag = jump.next ? target.go_round : target.leave;
    if (flag.empty()) {
        flag = names_.unique(jump.next ? "go_round" : "leave");
        const std::size_t level = target.depth + (jump.next ? 1 : 0);
        add_declaration(jump.next ? target.inside : target.before,
                        std::string(4 * level, ' ') + "var " + flag + " = false;");
    }
    return flag;
}

/// `continue` reaches its loop through switches, `break` the innermost construct that it can leave.
void Emitter::leave(const Jump& jump, bool is_known) {
    if (is_asked(jump)) {
        const std::string& flag = flag_of(jump);
        if (!is_known) line(flag + " = true;");
        for (std::size_t i = jump.frame + 1; i < frames_.size(); ++i) frames_[i].asked.insert(flag);
        return;
    }
    if (innermost(jump, jump.next) == jump.frame) return line(jump.next ? "continue;" : "break;");
    Frame& frame = frames_[innermost(jump, false)];
    const std::string& flag = flag_of(jump);
    if (std::find(frame.passing.begin(), frame.passing.end(), jump) == frame.passing.end())
        frame.passing.push_back(jump);
    if (!is_known) line(flag + " = true;");
    line("break;");
}

bool Emitter::does_nothing(ir::RegionId id) const {
    const ir::Region& region = module_[id];
    const ir::Instruction& last = module_[region.body[0]];
    return region.body.size() == 1 && last.op == Op::exit && module_.target(last) == region.owner &&
           last.operands.count == 0;
}

/// The condition's opposite.
Text Emitter::negated(ir::ValueId condition) {
    if (const std::optional<u64> known = module_.known_bits(condition)) return number(Scalar::boolean, *known == 0);
    const bool pending = held(condition).pending;
    const Text text = value(condition);
    const ir::Value& about = module_[condition];
    if (pending && about.kind == ir::Value::Kind::result && text.level == Level::relational) {
        const ir::Instruction& from = module_.instructions[about.index];
        const bool exact = from.op >= Op::eq && from.op <= Op::ge &&
                           !module_.types.is_float(module_.type_of(module_.operands(from)[0]));
        const std::size_t at = top_operator(text.text);
        if (exact && at != std::string::npos) {
            const std::size_t end = text.text.find(' ', at + 1);
            Text made = text;
            made.text = text.text.substr(0, at + 1) + std::string(opposite(from.op)) + text.text.substr(end);
            return made;
        }
    }
    return unary("!", text);
}

void Emitter::if_(const ir::Instruction& instruction, Frame frame) {
    const std::span<const ir::RegionId> arms = module_.regions_of(instruction);
    frame.depth = depth_;
    const bool skips_then = does_nothing(arms[0]), skips_else = does_nothing(arms[1]);
    const ir::ValueId question = module_.operands(instruction)[0];
    if (skips_then && skips_else) return;
    frame.breaks = left_early_[ir::place(frame.construct)] > kMostAsked;
    const bool breaks = frame.breaks;
    if (const std::optional<u64> known = module_.known_bits(question); known && !breaks) {
        frames_.push_back(std::move(frame));
        region(arms[*known != 0 ? 0 : 1]);
        return finish();
    }
    const Text condition = told_to_all(frame.construct, question, skips_then ? negated(question) : value(question));
    write_reads();
    note_question(question, condition);
    if (breaks) {
        open_once(std::move(frame));
        line("if (" + condition.text + ") {");
        ++depth_;
    } else {
        open(std::move(frame), "if (" + condition.text + ") {");
    }
    region(arms[skips_then ? 1 : 0]);
    if (!skips_then && !skips_else) {
        close("} else {");
        ++depth_;
        region(arms[1]);
    }
    close();
    if (breaks) close_once();
    finish();
}

void Emitter::switch_(const ir::Instruction& instruction, Frame frame) {
    const ir::Switch chooses = ir::Switch::from(module_.immediates(instruction));
    const std::span<const ir::RegionId> cases = module_.regions_of(instruction);
    const Scalar selector = module_.types.scalar_of(module_.type_of(module_.operands(instruction)[0]));
    std::span<const ir::ValueId> rest = module_.operands(instruction).subspan(1);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!chooses.leads_to(i)) continue;
        for (const ir::ValueId parameter : module_[cases[i]].parameters) {
            held(parameter).text = is_constant(rest[0]) ? constant(rest[0]) : name_of(rest[0]);
            rest = rest.subspan(1);
        }
    }
    frame.breaks = true;
    frame.depth = depth_;
    const Text chosen_by = told_to_all(frame.construct, module_.operands(instruction)[0], value(instruction, 0));
    write_reads();
    open(std::move(frame), "switch (" + chosen_by.text + ") {");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!chooses.leads_to(i)) continue;
        line(labels_of(chooses, i, selector) + ": {");
        ++depth_;
        region(cases[i]);
        close();
    }
    close();
    finish();
}

/// "case 1u, 2u", "default", "case 3u, default".
std::string Emitter::labels_of(const ir::Switch& chooses, std::size_t region, Scalar selector) {
    std::string text;
    if (region < chooses.values.size())
        for (const u64 bits : chooses.values[region])
            text += (text.empty() ? "case " : ", ") + number(selector, bits).text;
    if (region == chooses.default_region) text += text.empty() ? "default" : ", default";
    return text;
}

/// WGSL's cases do not fall through: one switch chooses the first case, then each is asked in turn whether it is next.
void Emitter::chain(const ir::Instruction& instruction, Frame frame) {
    const ir::Switch chooses = ir::Switch::from(module_.immediates(instruction));
    const std::span<const ir::RegionId> cases = module_.regions_of(instruction);
    const Scalar selector = module_.types.scalar_of(module_.type_of(module_.operands(instruction)[0]));
    std::span<const ir::ValueId> rest = module_.operands(instruction).subspan(1);
    frame.chosen = names_.unique("case_number");
    line("var " + frame.chosen + ": u32;");
    std::vector<std::vector<std::string>> variables;
    for (const ir::RegionId one : cases) variables.push_back(declare(module_[one].parameters, "p"));
    std::vector<std::vector<Text>> first(cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!chooses.leads_to(i)) continue;
        for (std::size_t k = 0; k < variables[i].size(); ++k) {
            first[i].push_back(is_constant(rest[0]) ? constant(rest[0]) : name_of(rest[0]));
            rest = rest.subspan(1);
        }
    }
    const Text chosen_by = value(instruction, 0);
    write_reads();
    line("switch (" + chosen_by.text + ") {");
    ++depth_;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!chooses.leads_to(i)) continue;
        line(labels_of(chooses, i, selector) + ": {");
        ++depth_;
        line(frame.chosen + " = " + std::to_string(i) + "u;");
        assign(variables[i], first[i]);
        close();
    }
    close();
    frame.depth = depth_;
    frame.breaks = left_early_[ir::place(frame.construct)] > kMostAsked;
    const std::string chosen = frame.chosen;
    const bool breaks = frame.breaks;
    if (breaks) open_once(std::move(frame));
    else frames_.push_back(std::move(frame));
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::size_t head = lines_.size();
        line("if (" + chosen + " == " + std::to_string(i) + "u) {");
        ++depth_;
        frames_.back().region = static_cast<u32>(i);
        frames_.back().variables = i + 1 < cases.size() ? variables[i + 1] : std::vector<std::string>();
        region(cases[i]);
        close_from(head);
    }
    if (breaks) close_once();
    finish();
}

/// A result that is always a parameter of the body, as it was in the last iteration: its variable is that one's.
bool Emitter::is_iterated(const ir::Instruction& loop, u32 result) const {
    const auto left = left_with_.find(ir::place(ir::InstructionId{module_[module_.result(loop)].index}));
    if (left == left_with_.end() || left->second[result] == ir::ValueId::none) return false;
    const ir::Value& value = module_[left->second[result]];
    return value.kind == ir::Value::Kind::region_parameter && ir::RegionId{value.index} == module_.regions_of(loop)[0];
}

void Emitter::loop(const ir::Instruction& instruction, Frame frame) {
    const ir::RegionId body = module_.regions_of(instruction)[0], continuing = module_.regions_of(instruction)[1];
    const std::span<const ir::ValueId> first = module_.operands(instruction);
    std::vector<std::size_t> declared;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const ir::ValueId parameter = module_[body].parameters[i];
        const Text text = passed(first[i]);
        const std::string name = names_.unique(wanted_name(parameter, "i"));
        declared.push_back(lines_.size());
        line("var " + name + " = " + text.text + ';');
        held(parameter).text = {name};
        frame.iterated.push_back(name);
    }
    const ir::InstructionId id = frame.construct;
    for (u32 i = 0; i < instruction.results.count; ++i) {
        if (!frame.results[i].empty()) continue;
        frame.results[i] = frame.iterated[module_[left_with_.at(ir::place(id))[i]].position];
        held(module_.result(instruction, i)).text = {frame.results[i]};
    }
    write_reads();
    frame.breaks = frame.loops = true;
    frame.depth = depth_;
    const ir::Instruction& last = module_[module_[body].body.back()];
    // One way round, at the end of the body: what continues is written there.
    frame.inlines = nexts_[ir::place(id)] == 1 && last.op == Op::next && module_.target(last) == id;
    const ir::Region& behind = module_[continuing];
    const ir::Instruction& again = module_[behind.body[0]];
    const std::span<const ir::ValueId> passes = module_.operands(again);
    const bool passes_on = behind.body.size() == 1 && again.op == Op::repeat &&
                           std::equal(passes.begin(), passes.end(), behind.parameters.begin(), behind.parameters.end());
    const bool inlines = frame.inlines;
    const std::size_t head = lines_.size();
    open(std::move(frame), "loop {");
    if (!inlines) frames_.back().variables = passes_on ? frames_.back().iterated : declare(behind.parameters, "next");
    region(body);
    if (!inlines && !passes_on) {
        line("continuing {");
        ++depth_;
        frames_.back().continuing = true;
        region(continuing);
        close();
    }
    if (inlines) write_for(head, declared);
    close();
    finish();
}

/// What one invocation finds, where the analysis of WGSL cannot see that all find the same.
Text Emitter::told_to_all(ir::InstructionId choice, ir::ValueId asked, const Text& text) {
    if (support_.dialect == WgslSupport::Dialect::wgpu || !uniformity_.is_hidden(choice)) return text;
    const std::string kind = type(module_.type_of(asked));
    const auto [found, is_new] = declared_.try_emplace("told_" + kind);
    if (is_new) {
        found->second = names_.unique("told");
        globals_.push_back("var<workgroup> " + found->second + ": " + kind + ';');
    }
    write_reads();  // what comes now is a barrier as well
    line("if (" + input(ir::Builtin::local_index) + " == 0u) {");
    line("    " + found->second + " = " + text.text + ';');
    line("}");
    return let("same", {"workgroupUniformLoad(&" + found->second + ')'});
}

/// Of the first thing that the body of a loop does.
void Emitter::note_question(ir::ValueId question, const Text& asked) {
    if (frames_.empty() || !frames_.back().loops) return;
    Frame& loop = frames_.back();
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(loop.inside);
    if (!std::all_of(begin, lines_.end(), [](const std::string& line) { return line.empty(); })) return;
    loop.first_question = lines_.size();
    const std::size_t at = top_operator(asked.text);
    const ir::Value& about = module_[question];
    const bool exact =
        about.kind == ir::Value::Kind::result && asked.level == Level::relational &&
        module_.types.is_integer(module_.type_of(module_.operands(module_.instructions[about.index])[0]));
    if (!exact || at == std::string::npos) {
        const bool is_negated = asked.level == Level::unary && asked.text.front() == '!';
        loop.goes_on = is_negated ? without_parentheses(asked.text.substr(1)) : unary("!", asked).text;
        return;
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOpposites{
        {{"==", "!="}, {"!=", "=="}, {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}}};
    const std::size_t end = asked.text.find(' ', at + 1);
    const std::string_view found = std::string_view(asked.text).substr(at + 1, end - at - 1);
    for (const auto& [operation, other] : kOpposites)
        if (operation == found)
            loop.goes_on = asked.text.substr(0, at + 1) + std::string(other) + asked.text.substr(end);
}

/// A loop that begins with its only question and ends with a step of a variable is written as a person would. Nor do
/// Dawn and drivers see otherwise how far the variable goes: they clamp what it indexes, and do not unroll.
/// `declared`: the lines of the variables in `iterated`.
void Emitter::write_for(std::size_t head, std::span<const std::size_t> declared) {
    const Frame& loop = frames_.back();
    if (loop.goes_on.empty()) return;
    std::vector<std::size_t> written;
    for (std::size_t i = head + 1; i < lines_.size(); ++i)
        if (!lines_[i].empty()) written.push_back(i);
    const std::string indent(4 * depth_, ' ');
    const auto begin = std::find(written.begin(), written.end(), loop.first_question);
    if (written.end() - begin < 4 || lines_[begin[1]] != indent + "    break;" || lines_[begin[2]] != indent + '}')
        return;
    for (auto last = written.rbegin(); last != written.rend() - 3; ++last) {
        const std::string_view line = std::string_view(lines_[*last]).substr(indent.size());
        for (std::size_t i = 0; i < loop.iterated.size(); ++i) {
            const std::string& name = loop.iterated[i];
            const std::string by = step(line, name);
            const bool lasts = std::find(loop.results.begin(), loop.results.end(), name) != loop.results.end();
            if (by.empty() || lasts) continue;
            const bool is_used =
                std::any_of(written.rbegin(), last, [&](std::size_t after) { return mentions(lines_[after], name); });
            if (is_used) return;
            const std::string_view variable = std::string_view(lines_[declared[i]]);
            const std::string_view first = variable.substr(variable.find_first_not_of(' '));
            lines_[head] = std::string(4 * loop.depth, ' ') + "for (" + std::string(first) + ' ' + loop.goes_on + "; " +
                           by + ") {";
            for (const std::size_t gone : {declared[i], begin[0], begin[1], begin[2], *last}) lines_[gone].clear();
            return;
        }
        const bool assigns = line.find(" = ") != std::string_view::npos && line.back() == ';' && line.front() != ' ' &&
                             line.substr(0, 4) != "let " && line.substr(0, 4) != "var ";
        if (!assigns) return;
    }
}

void Emitter::terminator(const ir::Instruction& instruction, ir::InstructionId id) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::InstructionId owner = module_[instruction.region].owner;
    switch (instruction.op) {
        case Op::exit: {
            const ir::InstructionId target = module_.target(instruction);
            const u32 frame = frame_of(target);
            assign(frames_[frame].results, passed(values));
            if (owner != target || module_[target].op == Op::loop) leave({false, frame});
            return;
        }
        case Op::fallthrough: {
            Frame& frame = frames_[frame_of(owner)];
            assign(frame.variables, passed(values));
            return line(frame.chosen + " = " + std::to_string(frame.region + 1) + "u;");
        }
        case Op::next: {
            const ir::InstructionId target = module_.target(instruction);
            const u32 frame = frame_of(target);
            if (!frames_[frame].inlines) {
                assign(frames_[frame].variables, passed(values));
                if (owner != target) leave({true, frame});
                return;
            }
            const ir::RegionId continuing = module_.regions_of(module_[target])[1];
            for (std::size_t i = 0; i < values.size(); ++i)
                define(module_[continuing].parameters[i], passed(values[i]));
            return region(continuing);
        }
        case Op::repeat:
            return assign(frames_[frame_of(module_.target(instruction))].iterated, passed(values));
        case Op::repeat_if:
            return repeat_if(instruction, id);
        case Op::return_:
            if (values.empty()) {
                // At its end a function returns by itself.
                if (owner != ir::InstructionId::none) line("return;");
            } else {
                line("return " + value(values[0]).text + ';');
            }
            return;
        case Op::unreachable: {
            if (owner != ir::InstructionId::none) return;
            for (const ir::Function& function : module_.functions)
                if (function.body == instruction.region && function.result != ir::TypeId::none &&
                    function.result != module_.types.nothing())
                    line("return " + type(function.result) + "();");
            return;
        }
        default:
            return;
    }
}

void Emitter::repeat_if(const ir::Instruction& instruction, ir::InstructionId id) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const u32 again = module_.immediates(instruction)[1];
    const std::span<const ir::ValueId> round = values.subspan(1, again), leaving = values.subspan(1 + again);
    const Frame frame = frames_[frame_of(module_.target(instruction))];
    if (frame.continuing) {
        // The condition comes last there.
        for (const ir::ValueId value : round)
            if (!is_constant(value)) static_cast<void>(name_of(value));
        assign(frame.results, passed(leaving));
        Text stop = told_to_all(id, values[0], negated(values[0]));
        for (const std::string& variable : frame.iterated)
            if (mentions(stop.text, variable)) {
                stop = let("stop", stop);
                break;
            }
        assign(frame.iterated, passed(round));
        return line("break if " + stop.text + ';');
    }
    const Text stop = told_to_all(id, values[0], negated(values[0]));
    for (const ir::ValueId value : round)
        if (held(value).pending && held(value).text.reads) write_let(value);
    line("if (" + stop.text + ") {");
    ++depth_;
    assign(frame.results, passed(leaving));
    line("break;");
    close();
    assign(frame.iterated, passed(round));
}

}  // namespace alkomp::emit::wg
