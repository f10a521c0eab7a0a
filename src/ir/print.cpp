// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/print.h"

#include "ir/builder.h"
#include "ir/literal.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>

namespace alkomp::ir {
namespace {

bool is_declared(const Constant& constant) {
    return constant.kind == Constant::Kind::composite || constant.kind == Constant::Kind::specialization ||
           constant.kind == Constant::Kind::computed;
}

template <class Length, class Structure>
std::string type_text(const Module& module, TypeId id, const Length& length, const Structure& structure) {
    if (place(id) >= module.types.size()) return "<no type>";
    const Type& type = module.types[id];
    const auto element = [&] { return type_text(module, type.element, length, structure); };
    switch (type.kind) {
        case Type::Kind::array: {
            const std::string stride = type.stride_bytes == 0 ? "" : ", stride " + std::to_string(type.stride_bytes);
            return element() + '[' + length(ValueId{type.length}) + stride + ']';
        }
        case Type::Kind::runtime_array: {
            const bool is_dense = type.stride_bytes == dense_stride_bytes(module.types, type.element);
            return element() + '[' + (is_dense ? "" : "stride " + std::to_string(type.stride_bytes)) + ']';
        }
        case Type::Kind::structure:
            return structure(id);
        case Type::Kind::pointer:
            return "ptr<" + std::string(to_string(type.space)) + ", " + element() + '>';
        case Type::Kind::nothing:
            return id == TypeId::none ? "none" : "void";
        case Type::Kind::scalar:
            return std::string(alkomp::to_string(type.scalar));
        case Type::Kind::vector:
            return element() + 'x' + std::to_string(type.count);
        case Type::Kind::matrix: {
            const std::string stride = type.stride_bytes == 0 ? "" : ", stride " + std::to_string(type.stride_bytes);
            return "mat<" + std::string(alkomp::to_string(type.scalar)) + ", " + std::to_string(type.count) + ", " +
                   std::to_string(module.types[type.element].count) + stride + (type.row_major ? ", row_major>" : ">");
        }
        case Type::Kind::cooperative_matrix:
            return "coopmat<" + element() + ", " + std::string(to_string(type.scope)) + ", " +
                   std::to_string(type.rows) + ", " + std::to_string(type.columns) + ", " +
                   std::string(to_string(type.use)) + '>';
    }
    return "<no type>";
}

// Names of one scope, told apart by numbers; what has no name is numbered.
class Names {
public:
    explicit Names(const Names* outer = nullptr) : outer_(outer), unnamed_(outer == nullptr ? 0 : outer->unnamed_) {}

    std::string take_or_number(std::string_view name) { return name.empty() ? std::to_string(unnamed_++) : take(name); }
    std::string take(std::string_view name) {
        const auto [found, is_new] = taken_.emplace(name, 0);
        if (is_new && outer_ != nullptr) {
            const auto outside = outer_->taken_.find(found->first);
            if (outside != outer_->taken_.end()) found->second = outside->second;
        }
        const u32 before = found->second++;
        return spelled(name) + (before == 0 ? std::string() : '.' + std::to_string(before));
    }

private:
    const Names* outer_;
    std::unordered_map<std::string, u32> taken_;
    u32 unnamed_;
};

class Printer {
public:
    explicit Printer(const Module& module) : module_(module), values_(module.values.size()) {}

    std::string run() {
        name_structures();
        declare();
        for (std::size_t i = 1; i < module_.globals.size(); ++i) global(module_.globals[i]);
        name_functions();
        for (std::size_t i = 1; i < module_.functions.size(); ++i) function(FunctionId{static_cast<u32>(i)});
        std::string head = "module " + in_quotes(module_.name) + '\n';
        for (std::size_t i = 0; i < files_.size(); ++i)
            head += "file " + std::to_string(i + 1) + ' ' + in_quotes(string(files_[i])) + '\n';
        out_.insert(0, head);
        return std::move(out_);
    }

private:
    // Names.
    std::string_view string(StringId id) const {
        return place(id) < module_.strings.size() ? std::string_view(module_.strings[place(id)]) : std::string_view();
    }
    void name_value(Names& names, ValueId id) {
        if (place(id) < values_.size()) values_[place(id)] = names.take_or_number(string(module_[id].name));
    }
    void name_structures() {
        Names names;
        structures_.resize(module_.types.size());
        for (u32 i = 0; i < module_.types.size(); ++i) {
            const Type& type = module_.types[TypeId{i}];
            if (type.kind != Type::Kind::structure) continue;
            const bool is_taken = read_plain_type(type.name) || type.name == "void" || type.name == "ptr" ||
                                  type.name == "mat" || type.name == "coopmat";
            const std::string name = names.take(type.name);
            structures_[i] = is_taken ? in_quotes(type.name) + name.substr(type.name.size()) : name;
        }
    }
    void name_functions() {
        Names names;
        functions_.resize(module_.functions.size());
        for (std::size_t i = 1; i < functions_.size(); ++i)
            functions_[i] = '@' + names.take(string(module_.functions[i].name));
    }

    // Types.
    std::string type(TypeId id) const {
        return type_text(
            module_, id, [&](ValueId length) { return operand(length); },
            [&](TypeId structure) { return structures_[place(structure)]; });
    }
    std::string type_of(ValueId id) const { return type(module_.type_of(id)); }

    // Values.
    std::string constant(const Constant& it) const {
        if (it.kind == Constant::Kind::undefined) return "undefined<" + type(it.type) + '>';
        if (!module_.types.is(it.type, Type::Kind::scalar)) return "zero<" + type(it.type) + '>';
        return scalar_text(module_.types.scalar_of(it.type), it.bits);
    }
    std::string operand(ValueId id) const {
        if (id == ValueId::none || place(id) >= values_.size()) return "<no value>";
        const Constant* known = module_.find_constant(id);
        if (known != nullptr && !is_declared(*known)) return constant(*known);
        return values_[place(id)].empty() ? "<value " + std::to_string(place(id)) + '>' : '%' + values_[place(id)];
    }
    std::string list(std::span<const ValueId> ids) const {
        std::string text;
        for (const ValueId id : ids) text += (text.empty() ? "" : ", ") + operand(id);
        return text;
    }
    std::string in_parentheses(std::span<const ValueId> ids) const { return ids.empty() ? "" : '(' + list(ids) + ')'; }

    // What is behind the name of an instruction.
    std::string spaces(u32 mask) const {
        std::string text;
        u32 rest = mask;
        for (const auto& [name, space] : kSpaces) {
            if ((mask & space) != 0) text += (text.empty() ? "" : "|") + std::string(name);
            rest &= ~space;
        }
        if (rest != 0) text += (text.empty() ? "" : "|") + std::to_string(rest);
        return text.empty() ? "none" : text;
    }
    std::string immediate(char letter, u32 word) const {
        std::string_view name;
        switch (letter) {
            case 'b':
                name = to_string(static_cast<Builtin>(word));
                break;
            case 'o':
                name = to_string(static_cast<Order>(word));
                break;
            case 's':
                name = to_string(static_cast<Scope>(word));
                break;
            case 'c':
                name = to_string(static_cast<Combine>(word));
                break;
            case 'k':
                name = to_string(static_cast<Scan>(word));
                break;
            case 'x':
                name = to_string(static_cast<MatrixLayout>(word));
                break;
            case 'm':
                return spaces(word);
            case 'f':
                return in_quotes(string(StringId{word}));
            case 'l':
                return word < functions_.size() ? functions_[word] : "<no function>";
            case 'y':
                return type(TypeId{word});
            default:
                break;
        }
        return name.empty() || word > 255 ? std::to_string(word) : std::string(name);
    }
    std::string immediates(Op op, std::span<const u32> words) const {
        const std::string_view letters = info(op).immediates;
        const bool repeats = letters.ends_with('*');
        const auto letter = [&](std::size_t i) {
            const std::size_t last = repeats ? letters.size() - 2 : letters.size() - 1;
            return letters.empty() || (i > last && !repeats) ? 'n' : letters[std::min(i, last)];
        };
        std::size_t count = words.size();
        while (!repeats && count > 0 && count <= letters.size() && letter(count - 1) == 'n' && words[count - 1] == 0)
            --count;  // zeros at the end go without saying
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "(" : ", ") + immediate(letter(i), words[i]);
        return count == 0 ? text : text + ')';
    }
    static std::string flags(u8 set) {
        std::string text;
        for (const auto& [name, flag] : kFlags)
            if ((set & flag) != 0) text += ' ' + std::string(name);
        return text;
    }
    std::string location(const Location& it) {
        if (it == Location()) return {};
        u32 file = 0;
        if (it.file != StringId::none) {
            const auto [found, is_new] = file_numbers_.emplace(it.file, static_cast<u32>(files_.size() + 1));
            if (is_new) files_.push_back(it.file);
            file = found->second;
        }
        std::string text = " @" + std::to_string(file) + ':' + std::to_string(it.line);
        return it.column == 0 ? text : text + ':' + std::to_string(it.column);
    }
    std::string location_of(const Instruction& it) {
        return it.location < module_.locations.size() ? location(module_.locations[it.location]) : std::string();
    }

    // Declarations: each structure and constant behind those that it is made of; of those that could come next, the
    // first constant, else the first structure. Parsed, they are in this order, which then stays.
    struct Declaration {
        bool is_structure;
        u32 place;
        auto operator<=>(const Declaration&) const = default;
    };
    std::size_t number_of(Declaration it) const {
        return it.is_structure ? module_.constants.size() + it.place : it.place;
    }
    void require_type(TypeId id, std::vector<Declaration>& needs) const {
        for (;;) {
            if (place(id) >= module_.types.size()) return;
            const Type& it = module_.types[id];
            if (it.kind == Type::Kind::structure) return needs.push_back({true, place(id)});
            if (it.kind == Type::Kind::array) require(ValueId{it.length}, needs);
            if (it.element == TypeId::none) return;
            id = it.element;
        }
    }
    void require(ValueId id, std::vector<Declaration>& needs) const {
        if (place(id) >= module_.values.size()) return;
        const Constant* it = module_.find_constant(id);
        if (it == nullptr) return;
        if (is_declared(*it)) needs.push_back({false, module_[id].index});
        else if (!module_.types.is(it->type, Type::Kind::scalar)) require_type(it->type, needs);
    }
    std::vector<Declaration> needs_of(Declaration it) const {
        std::vector<Declaration> needs;
        if (it.is_structure) {
            for (const Type::Member& member : module_.types[TypeId{it.place}].members) require_type(member.type, needs);
        } else {
            const Constant& constant = module_.constants[it.place];
            require_type(constant.type, needs);
            for (const ValueId part : constant.parts) require(part, needs);
        }
        return needs;
    }
    void declare() {
        std::vector<Declaration> all;
        for (u32 i = 1; i < module_.constants.size(); ++i)
            if (is_declared(module_.constants[i])) all.push_back({false, i});
        for (u32 i = 0; i < module_.types.size(); ++i)
            if (module_.types.is(TypeId{i}, Type::Kind::structure)) all.push_back({true, i});
        const std::size_t numbers = module_.constants.size() + module_.types.size();
        std::vector<u32> missing(numbers, 0);
        std::vector<std::vector<Declaration>> needed_by(numbers);
        std::priority_queue<Declaration, std::vector<Declaration>, std::greater<>> ready;
        for (const Declaration& it : all) {
            for (const Declaration& need : needs_of(it)) {
                needed_by[number_of(need)].push_back(it);
                ++missing[number_of(it)];
            }
            if (missing[number_of(it)] == 0) ready.push(it);
        }
        while (!ready.empty()) {
            const Declaration it = ready.top();
            ready.pop();
            if (it.is_structure) structure(TypeId{it.place});
            else declared_constant(module_.constants[it.place]);
            for (const Declaration& next : needed_by[number_of(it)])
                if (--missing[number_of(next)] == 0) ready.push(next);
        }
    }
    void structure(TypeId id) {
        const Type& it = module_.types[id];
        out_ += "struct " + structures_[place(id)];
        if (it.size_bytes != 0) out_ += " size " + std::to_string(it.size_bytes);
        out_ += " {\n";
        for (const Type::Member& member : it.members) {
            out_ += "    " + spelled(member.name) + ": " + type(member.type);
            if (it.size_bytes != 0 || member.offset_bytes != 0)
                out_ += " offset " + std::to_string(member.offset_bytes);
            out_ += ",\n";
        }
        out_ += "}\n";
    }
    void declared_constant(const Constant& it) {
        name_value(outside_, it.value);
        const std::string name = operand(it.value) + ": " + type(it.type) + " = ";
        if (it.kind == Constant::Kind::composite) out_ += "constant " + name + '(' + list(it.parts) + ")\n";
        else if (it.kind == Constant::Kind::specialization) {
            out_ += "specialization(" + std::to_string(it.specialization) + ") " + name + constant(it) + '\n';
        } else {
            out_ += "computed " + name + std::string(info(it.op).name) + immediates(it.op, it.immediates) +
                    (it.parts.empty() ? "" : " ") + list(it.parts) + '\n';
        }
    }
    void global(const Global& it) {
        name_value(outside_, it.value);
        for (const auto& [name, kind] : kGlobalKinds)
            if (kind == it.kind) out_ += std::string(name) + ' ' + operand(it.value) + ": " + type(it.type);
        if (it.kind == Global::Kind::storage || it.kind == Global::Kind::uniform)
            out_ += " set " + std::to_string(it.set) + " binding " + std::to_string(it.binding);
        if (it.kind == Global::Kind::scalar) out_ += " offset " + std::to_string(it.offset_bytes);
        if (!it.writes) out_ += it.reads ? " readonly" : " unused";
        else if (!it.reads) out_ += " writeonly";
        if (it.coherent) out_ += " coherent";
        if (it.aliased) out_ += " aliased";
        if (it.is_count) out_ += " count";
        if (it.initial != ValueId::none) out_ += " = " + operand(it.initial);
        out_ += location(it.location) + '\n';
    }

    // Functions.
    void function(FunctionId id) {
        const Function& it = module_[id];
        Names names(&outside_);
        names_ = &names;
        constructs_ = {};
        labels_.clear();
        const bool is_kernel = id == module_.kernel;
        out_ += std::string(is_kernel ? "\nkernel " : "\nfunction ") + functions_[place(id)] + '(';
        for (std::size_t i = 0; i < it.parameters.size(); ++i) out_ += (i == 0 ? "" : ", ") + defined(it.parameters[i]);
        out_ += ')';
        if (it.result != module_.types.nothing()) out_ += " -> " + type(it.result);
        if (is_kernel) {
            out_ += " workgroup_size(" + list(module_.workgroup_size) + ')';
            if (module_.subgroup_size != 0) out_ += " subgroup_size(" + std::to_string(module_.subgroup_size) + ')';
            if (module_.keeps_denormals_f32) out_ += " keeps_denormals(f32)";
            if (module_.rounds_to_even_f32) out_ += " rounds_to_even(f32)";
        }
        out_ += location(it.location) + " {\n";
        region(it.body, 1);
        out_ += "}\n";
    }
    // "%x: f32"; from here on it has this name.
    std::string defined(ValueId id) {
        if (place(id) >= values_.size()) return "<no value>";
        name_value(*names_, id);
        return operand(id) + ": " + type_of(id);
    }
    void region(RegionId id, u32 depth) {
        if (place(id) >= module_.regions.size()) return;
        if (depth > kDeepestConstruct + 1) {
            out_ += "<too deep>\n";
            return;
        }
        for (const InstructionId instruction : module_[id].body)
            if (place(instruction) < module_.instructions.size()) statement(instruction, depth);
    }
    void indent(u32 depth) { out_.append(4 * depth, ' '); }
    const std::vector<ValueId>& parameters_of(RegionId id) const {
        static const std::vector<ValueId> kNone;
        return place(id) < module_.regions.size() ? module_[id].parameters : kNone;
    }
    std::string parameters(RegionId id) {
        std::string text;
        for (const ValueId parameter : parameters_of(id)) text += (text.empty() ? " (" : ", ") + defined(parameter);
        return text.empty() ? text : text + ')';
    }
    // Where the construct says what they are at first.
    std::string parameters(RegionId id, std::span<const ValueId> first) {
        const std::vector<ValueId>& own = parameters_of(id);
        std::string text;
        for (std::size_t i = 0; i < std::max(first.size(), own.size()); ++i) {
            // The operand is evaluated before the parameter has its name.
            const std::string value = i < first.size() ? operand(first[i]) : "<no value>";
            text += (i == 0 ? " (" : ", ") + (i < own.size() ? defined(own[i]) : "<no parameter>") + " = " + value;
        }
        return text.empty() ? text : text + ')';
    }
    std::string label(InstructionId id) const {
        const auto found = labels_.find(id);
        return found == labels_.end() ? "<no construct>" : found->second;
    }
    void statement(InstructionId id, u32 depth) {
        const Instruction& it = module_[id];
        indent(depth);
        for (u32 i = 0; i < it.results.count; ++i) out_ += (i == 0 ? "" : ", ") + defined(module_.result(it, i));
        if (it.results.count > 0) out_ += " = ";
        out_ += info(it.op).name;
        const std::span<const ValueId> operands = module_.operands(it);
        if (has(it.op, kConstruct)) construct(id, depth);
        else if (has(it.op, kTerminator)) out_ += flags(it.flags) + terminator(it) + location_of(it);
        else {
            out_ += immediates(it.op, module_.immediates(it)) + flags(it.flags) + (operands.empty() ? "" : " ") +
                    list(operands) + location_of(it);
        }
        out_ += '\n';
    }
    std::string terminator(const Instruction& it) const {
        const std::span<const ValueId> operands = module_.operands(it);
        const std::span<const u32> words = module_.immediates(it);
        std::string to;
        if (!words.empty()) to = ' ' + label(InstructionId{words[0]});
        if (info(it.op).rule == Rule::return_) return operands.empty() ? "" : ' ' + list(operands);
        if (info(it.op).rule != Rule::repeat_if) return to + in_parentheses(operands);
        const std::size_t most = operands.empty() ? 0 : operands.size() - 1;
        const std::size_t again = std::min<std::size_t>(words.size() < 2 ? 0 : words[1], most);
        const auto leave = operands.subspan(std::min(operands.size(), 1 + again));
        return ' ' + list(operands.first(std::min<std::size_t>(operands.size(), 1))) + to +
               (most == 0 ? "" : in_parentheses(operands.subspan(1, again))) +
               (leave.empty() ? "" : " else " + in_parentheses(leave));
    }
    void construct(InstructionId id, u32 depth) {
        const Instruction& it = module_[id];
        const Rule rule = info(it.op).rule;
        const std::string_view name = info(it.op).name;
        u32& number = constructs_[rule == Rule::if_ ? 0 : rule == Rule::loop ? 1 : 2];
        labels_[id] = '^' + std::string(name) + std::to_string(++number);
        out_ += flags(it.flags) + ' ' + labels_[id];
        if (rule == Rule::if_) out_ += ' ' + list(module_.operands(it));
        if (rule == Rule::switch_) return switch_regions(it, depth);
        const std::span<const RegionId> regions = module_.regions_of(it);
        if (regions.empty()) out_ += " {\n";  // still open
        for (std::size_t i = 0; i < regions.size(); ++i) {
            if (i > 0) {
                indent(depth);
                out_ += rule == Rule::loop ? "} continuing" : "} else";
            }
            const bool starts_loop = i == 0 && rule == Rule::loop;
            out_ += starts_loop ? parameters(regions[0], module_.operands(it)) : parameters(regions[i]);
            out_ += (i == 0 ? location_of(it) : "") + " {\n";
            region(regions[i], depth + 1);
        }
        indent(depth);
        out_ += '}';
    }
    void switch_regions(const Instruction& it, u32 depth) {
        std::span<const ValueId> first = module_.operands(it);
        const TypeId selector = first.empty() ? TypeId::none : module_.type_of(first[0]);
        out_ += ' ' + list(first.first(std::min<std::size_t>(first.size(), 1)));
        first = first.subspan(std::min<std::size_t>(first.size(), 1));
        const Scalar kind =
            module_.types.is(selector, Type::Kind::scalar) ? module_.types.scalar_of(selector) : Scalar::u64;
        const Switch chooses = Switch::from(module_.immediates(it));
        const std::span<const RegionId> regions = module_.regions_of(it);
        out_ += location_of(it) + " {\n";
        for (std::size_t i = 0; i < regions.size(); ++i) {
            std::string values;
            if (i < chooses.values.size())
                for (const u64 value : chooses.values[i])
                    values += (values.empty() ? " " : ", ") + plain_text(kind, value);
            const bool is_default = i == chooses.default_region;
            indent(depth + 1);
            if (is_default && values.empty()) out_ += "default";
            else out_ += "case" + values + (is_default ? ", default" : "");
            if (chooses.leads_to(i)) {
                const std::size_t count = std::min(parameters_of(regions[i]).size(), first.size());
                out_ += parameters(regions[i], first.first(count));
                first = first.subspan(count);
            } else out_ += parameters(regions[i]);
            out_ += " {\n";
            region(regions[i], depth + 2);
            indent(depth + 1);
            out_ += "}\n";
        }
        indent(depth);
        out_ += '}';
    }

    const Module& module_;
    std::string out_;
    Names outside_;
    Names* names_ = nullptr;
    std::vector<std::string> values_;      // names without the sign, by ValueId
    std::vector<std::string> structures_;  // by TypeId
    std::vector<std::string> functions_;   // by FunctionId
    std::array<u32, 3> constructs_{};      // ifs, loops and switches of this function so far
    std::unordered_map<InstructionId, std::string> labels_;
    std::vector<StringId> files_;
    std::unordered_map<StringId, u32> file_numbers_;
};

}  // namespace

std::string print(const Module& module) { return Printer(module).run(); }

std::string to_string(const Module& module, TypeId type) {
    const auto length = [&](ValueId id) {
        const std::optional<u64> known = place(id) < module.values.size() ? module.known_bits(id) : std::nullopt;
        if (known) return scalar_text(module.types.scalar_of(module.type_of(id)), *known);
        const StringId name = place(id) < module.values.size() ? module[id].name : StringId::none;
        return name == StringId::none ? std::string("?") : '%' + spelled(module.text(name));
    };
    return type_text(module, type, length, [&](TypeId id) { return spelled(module.types[id].name); });
}

u32 dense_stride_bytes(const Types& types, TypeId element) {
    const Type& type = types[element];
    if (type.kind == Type::Kind::scalar) return size_bytes(type.scalar);
    if (type.kind == Type::Kind::vector) return type.count * size_bytes(type.scalar);
    return type.kind == Type::Kind::structure ? type.size_bytes : 0;
}

}  // namespace alkomp::ir
