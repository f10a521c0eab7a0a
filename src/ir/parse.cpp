// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/parse.h"

#include "alkomp/error.h"
#include "ir/builder.h"
#include "ir/literal.h"
#include "ir/named_values.h"
#include "ir/print.h"
#include "ir/rule.h"
#include "ir/token.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

namespace alkomp::ir {
namespace {

template <class Value, std::size_t N>
std::optional<Value> find_in(const std::array<std::pair<std::string_view, Value>, N>& table, std::string_view name) {
    for (const auto& [known, value] : table)
        if (known == name) return value;
    return std::nullopt;
}

// By the names that `to_string` gives them.
template <class Enum>
std::optional<Enum> find_named(std::string_view name) {
    for (u32 i = 0; !to_string(static_cast<Enum>(i)).empty(); ++i)
        if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
    return std::nullopt;
}

class Parser : Cursor {
public:
    explicit Parser(const Source& source) : Cursor(source) {}

    Module run() {
        expect_word("module");
        module_.name = text();
        while (peek().kind != Token::Kind::end) {
            declaration();
            end_line();
        }
        for (const Header& header : headers_) body(header);
        return std::move(module_);
    }

private:
    struct Header {
        FunctionId id = FunctionId::none;
        std::vector<Token> parameters;
        std::size_t body = 0;  // of tokens_: the one behind its brace
        Location location;
    };
    struct Defined {  // a name, and its type where the text gives it
        Token token;
        TypeId type = TypeId::none;
    };
    struct Open {
        InstructionId id;
        Rule rule;
        Switch chooses;
        u32 regions = 0;
        bool has_default = false;
    };

    // Tokens.
    template <class Enum>
    Enum named(const std::string& what) {
        const Token token = expect(Token::Kind::word, what);
        const std::optional<Enum> value = find_named<Enum>(token.text);
        if (!value) fail(token, what + " is wanted, not " + shown(token) + '.');
        return *value;
    }
    // A structure's or member's.
    Token name() {
        if (peek().kind != Token::Kind::word && peek().kind != Token::Kind::text) want("A name");
        return take();
    }

    // Types.
    void limit_depth(const Token& token, u32 depth) const {
        if (depth > kDeepestType)
            fail(token, "Types within types go no deeper than " + std::to_string(kDeepestType) + '.');
    }
    // Notes how deep a type is, whose deepest part is `part`.
    TypeId around(const Token& token, TypeId whole, TypeId part) {
        limit_depth(token, type_depth(part) + 1);
        type_depths_.resize(std::max<std::size_t>(type_depths_.size(), place(whole) + 1), 0);
        type_depths_[place(whole)] = type_depth(part) + 1;
        return whole;
    }
    u32 type_depth(TypeId id) const { return place(id) < type_depths_.size() ? type_depths_[place(id)] : 0; }

    Scalar scalar() {
        const Token token = expect(Token::Kind::word, "A scalar type");
        const std::optional<PlainType> plain = read_plain_type(token.text);
        if (!plain || plain->lanes != 1) fail(token, shown(token) + " is no scalar type.");
        return plain->scalar;
    }
    TypeId type() {
        TypeId id = type_without_arrays();
        while (at_mark("[")) {
            const Token bracket = take();
            if (accept("]")) id = around(bracket, types_.runtime_array(id, dense_stride_bytes(types_, id)), id);
            else if (accept_word("stride")) {
                id = around(bracket, types_.runtime_array(id, number()), id);
                expect("]");
            } else {
                const ValueId length = constant("The length of an array");
                u32 stride = 0;
                if (accept(",")) {
                    expect_word("stride");
                    stride = number();
                }
                id = around(bracket, types_.array(id, place(length), stride), id);
                expect("]");
            }
        }
        return id;
    }
    TypeId type_without_arrays() {
        const Token token = peek();
        if (token.kind != Token::Kind::word && token.kind != Token::Kind::text) want("A type");
        take();
        if (token.text == "void") return types_.nothing();
        if (const auto plain = read_plain_type(token.text)) return types_.vector(plain->scalar, plain->lanes);
        if (token.text == "ptr") return pointer(token);
        if (token.text == "mat") return matrix(token);
        if (token.text == "coopmat") return cooperative_matrix();
        const auto found = structures_.find(token.text);
        if (found == structures_.end()) fail(token, "There is no type " + shown(token) + '.');
        return found->second;
    }
    TypeId pointer(const Token& token) {
        limit_depth(token, ++open_pointers_);
        expect("<");
        const auto space = named<Space>("A space");
        expect(",");
        const TypeId pointee = type();
        expect(">");
        --open_pointers_;
        return around(token, types_.pointer(space, pointee), pointee);
    }
    TypeId matrix(const Token& token) {
        expect("<");
        const Scalar kind = scalar();
        expect(",");
        const u32 columns = number();
        expect(",");
        const u32 rows = number();
        u32 stride = 0;
        bool row_major = false;
        while (accept(",")) {
            if (accept_word("stride")) stride = number();
            else {
                expect_word("row_major");
                row_major = true;
            }
        }
        expect(">");
        if (columns < 2 || columns > 4 || rows < 2 || rows > 4) fail(token, "A matrix has 2 to 4 columns and rows.");
        return types_.matrix(kind, columns, rows, stride, row_major);
    }
    TypeId cooperative_matrix() {
        expect("<");
        const Scalar kind = scalar();
        expect(",");
        const auto scope = named<Scope>("A scope");
        expect(",");
        const u32 rows = number();
        expect(",");
        const u32 columns = number();
        expect(",");
        const auto use = named<MatrixUse>("a, b or accumulator");
        expect(">");
        return types_.cooperative_matrix(kind, scope, rows, columns, use);
    }

    // Values.
    void define(const Token& token, ValueId id) {
        NamedValues& scope = in_function_ ? local_values_ : outside_values_;
        if (outside_values_.find(token.text) != ValueId::none || !scope.add(token.text, id))
            fail(token, shown(token) + " is defined twice.");
        const std::string name = name_in(token.text);
        if (!name.empty() && module_[id].name == StringId::none) module_[id].name = module_.string(name);
    }
    ValueId lookup(const Token& token) const {
        const ValueId local = local_values_.find(token.text);
        if (local != ValueId::none) return local;
        const ValueId outside = outside_values_.find(token.text);
        if (outside == ValueId::none) fail(token, shown(token) + " is not defined above.");
        return outside;
    }
    ValueId operand() {
        const Token token = peek();
        if (token.kind == Token::Kind::value) return lookup(take());
        if (token.kind == Token::Kind::number) {
            take();
            const bool is_float =
                token.text.find_first_of(".e") != std::string_view::npos && token.text.substr(0, 2) != "0x";
            return literal(token, is_float ? Scalar::f32 : Scalar::u32);
        }
        if (token.kind != Token::Kind::word) want("A value");
        take();
        if (token.text == "true" || token.text == "false") return literal(token, Scalar::boolean);
        if (token.text == "zero" || token.text == "undefined") {
            expect("<");
            const TypeId of = type();
            expect(">");
            return token.text == "zero" ? module_.zero(of) : module_.undefined(of);
        }
        const std::optional<PlainType> plain = read_plain_type(token.text);
        if (!plain || plain->lanes != 1) fail(token, "A value is wanted, not " + shown(token) + '.');
        expect("(");
        const Token digits = take();
        const ValueId value = literal(digits, plain->scalar);
        expect(")");
        return value;
    }
    ValueId literal(const Token& token, Scalar kind) {
        const std::optional<u64> bits = read_scalar(kind, token.text);
        if (!bits) fail(token, shown(token) + " is no " + std::string(to_string(kind)) + '.');
        return module_.constant(types_.scalar(kind), *bits);
    }
    ValueId constant(const std::string& what) {
        const Token token = peek();
        const ValueId value = operand();
        if (module_.find_constant(value) == nullptr) fail(token, what + " is a constant.");
        return value;
    }
    bool line_goes_on() const {
        return !peek().starts_line && peek().kind != Token::Kind::location && !at_mark("{") && !at_mark("}");
    }
    std::vector<ValueId> operands() {
        std::vector<ValueId> values;
        if (!line_goes_on()) return values;
        do values.push_back(operand());
        while (accept(","));
        return values;
    }
    std::vector<ValueId> operands_in_parentheses() {
        std::vector<ValueId> values;
        if (peek().starts_line || !accept("(")) return values;
        do values.push_back(operand());
        while (accept(","));
        expect(")");
        return values;
    }

    // What is behind the name of an instruction.
    u32 immediate(char letter) {
        switch (letter) {
            case 'n':
                return number();
            case 'b':
                return static_cast<u32>(named<Builtin>("A builtin"));
            case 'o':
                return static_cast<u32>(named<Order>("An order"));
            case 's':
                return static_cast<u32>(named<Scope>("A scope"));
            case 'c':
                return static_cast<u32>(named<Combine>("A combination"));
            case 'k':
                return static_cast<u32>(named<Scan>("reduce, inclusive or exclusive"));
            case 'x':
                return static_cast<u32>(named<MatrixLayout>("row_major or column_major"));
            case 'm':
                return spaces();
            case 'f':
                return place(module_.string(text()));
            case 'l': {
                const Token token = expect(Token::Kind::function, "A function");
                const auto found = functions_.find(token.text);
                if (found == functions_.end()) fail(token, "There is no function " + shown(token) + '.');
                return place(found->second);
            }
            case 'y':
                return place(type());
            default:
                break;
        }
        throw Error(ErrorCode::internal,
                    std::string("parse: op.def has immediates that it does not explain: ") + letter);
    }
    u32 spaces() {
        u32 mask = 0;
        do {
            const Token token = expect(Token::Kind::word, "storage, shared or none");
            if (token.text == "none") continue;
            const std::optional<u32> space = find_in(kSpaces, token.text);
            if (!space) fail(token, "storage, shared or none is wanted, not " + shown(token) + '.');
            mask |= *space;
        } while (accept("|"));
        return mask;
    }
    std::vector<u32> immediates(Op op) {
        const std::string_view letters = info(op).immediates;
        const bool repeats = letters.ends_with('*');
        std::vector<u32> words;
        std::size_t next = 0;
        const Token first = peek();
        if (!letters.empty() && !first.starts_line && accept("(")) {
            do {
                if (next == letters.size())
                    fail(peek(), std::string(info(op).name) + " has no more than " + std::to_string(next) + " here.");
                words.push_back(immediate(letters[next]));
                if (!repeats) ++next;
            } while (accept(","));
            expect(")");
        }
        for (; !repeats && next < letters.size(); ++next) {
            if (letters[next] != 'n')
                fail(first, std::string(info(op).name) + " wants more in parentheses before its operands.");
            words.push_back(0);
        }
        return words;
    }
    u8 flags() {
        u8 set = 0;
        while (peek().kind == Token::Kind::word && !peek().starts_line) {
            const std::optional<Flag> flag = find_in(kFlags, peek().text);
            if (!flag) break;
            take();
            set = static_cast<u8>(set | *flag);
        }
        return set;
    }
    // None where one is missing or too large.
    static std::vector<u32> numbers_between_colons(std::string_view text) {
        std::vector<u32> numbers;
        for (;;) {
            const std::size_t colon = std::min(text.find(':'), text.size());
            const std::optional<u64> number = read_scalar(Scalar::u32, text.substr(0, colon));
            if (!number) return {};
            numbers.push_back(static_cast<u32>(*number));
            if (colon == text.size()) return numbers;
            text.remove_prefix(colon + 1);
        }
    }
    Location location() {
        Location at;
        if (peek().kind != Token::Kind::location || peek().starts_line) return at;
        const Token token = take();
        const std::vector<u32> parts = numbers_between_colons(token.text);
        if (parts.size() < 2 || parts.size() > 3) fail(token, "A place is @file:line or @file:line:column.");
        const auto file = files_.find(parts[0]);
        if (parts[0] != 0 && file == files_.end()) fail(token, "There is no file " + std::to_string(parts[0]) + '.');
        if (parts[0] != 0) at.file = file->second;
        at.line = parts[1];
        if (parts.size() == 3) at.column = parts[2];
        return at;
    }

    // Declarations.
    void declaration() {
        const Token token = expect(Token::Kind::word, "A declaration");
        if (token.text == "file") file();
        else if (token.text == "struct") structure();
        else if (token.text == "constant") composite();
        else if (token.text == "specialization") specialization();
        else if (token.text == "computed") computed();
        else if (token.text == "kernel" || token.text == "function") function(token);
        else if (const auto kind = find_in(kGlobalKinds, token.text)) global(*kind);
        else fail(token, "A declaration is wanted, not " + shown(token) + '.');
    }
    void file() {
        const Token token = peek();
        const u32 number = this->number();
        const StringId name = module_.string(text());
        if (number == 0 || !files_.emplace(number, name).second)
            fail(token, "File " + std::to_string(number) + (number == 0 ? " is the unknown one." : " is named twice."));
    }
    void structure() {
        const Token token = name();
        Type type;
        type.kind = Type::Kind::structure;
        type.name = name_in(token.text);
        if (accept_word("size")) type.size_bytes = number();
        expect("{");
        TypeId deepest = TypeId::none;
        while (!accept("}")) {
            Type::Member member;
            member.name = name_in(name().text);
            expect(":");
            member.type = this->type();
            if (accept_word("offset")) member.offset_bytes = number();
            if (type_depth(member.type) > type_depth(deepest)) deepest = member.type;
            type.members.push_back(std::move(member));
            if (!accept(",") && !at_mark("}")) want("\",\" or \"}\"");
        }
        if (!structures_.emplace(token.text, around(token, types_.add(type), deepest)).second)
            fail(token, shown(token) + " is declared twice.");
    }
    // "%x: type =".
    Defined constant_head() {
        const Token token = expect(Token::Kind::value, "The name of a constant");
        expect(":");
        const TypeId id = type();
        expect("=");
        return {token, id};
    }
    void composite() {
        const Defined head = constant_head();
        Constant constant;
        constant.kind = Constant::Kind::composite;
        constant.type = head.type;
        expect("(");
        do constant.parts.push_back(this->constant("A part of a constant"));
        while (accept(","));
        expect(")");
        check(head.token, apply_rule(module_, Op::compose, constant.parts, {}, head.type));
        define(head.token, module_.constant(std::move(constant)));
    }
    void specialization() {
        Constant constant;
        constant.kind = Constant::Kind::specialization;
        expect("(");
        constant.specialization = number();
        expect(")");
        const Defined head = constant_head();
        const Token token = peek();
        const ValueId value = this->constant("The value of a constant");
        if (!types_.is(head.type, Type::Kind::scalar) || module_.type_of(value) != head.type ||
            !module_.known_bits(value))
            fail(token, "A scalar of type " + to_string(module_, head.type) + " is wanted.");
        constant.type = head.type;
        constant.bits = *module_.known_bits(value);
        define(head.token, module_.constant(std::move(constant)));
    }
    void computed() {
        const Defined head = constant_head();
        Constant constant;
        constant.kind = Constant::Kind::computed;
        constant.type = head.type;
        const Token name = peek();
        constant.op = op();
        if (!has(constant.op, kPure)) fail(name, shown(name) + " does not compute a constant.");
        constant.immediates = immediates(constant.op);
        const Token first = peek();
        constant.parts = operands();
        for (const ValueId part : constant.parts)
            if (module_.find_constant(part) == nullptr) fail(first, "A constant is computed from constants.");
        const Outcome outcome = apply_rule(module_, constant.op, constant.parts, constant.immediates, head.type);
        check(name, outcome);
        check_type(head, outcome.results[0]);
        define(head.token, module_.constant(std::move(constant)));
    }
    void global(Global::Kind kind) {
        const Token token = expect(Token::Kind::value, "The name of a global");
        Global global;
        global.kind = kind;
        global.name = module_.string(name_in(token.text));
        expect(":");
        global.type = type();
        limit_depth(token, type_depth(global.type) + 1);  // its pointer
        for (; peek().kind == Token::Kind::word && !peek().starts_line;) {
            const Token word = take();
            if (word.text == "set") global.set = number();
            else if (word.text == "binding") global.binding = number();
            else if (word.text == "offset") global.offset_bytes = number();
            else if (word.text == "coherent") global.coherent = true;
            else if (word.text == "aliased") global.aliased = true;
            else if (word.text == "count") global.is_count = true;
            else if (word.text == "readonly") global.writes = false;
            else if (word.text == "writeonly") global.reads = false;
            else if (word.text == "unused") global.reads = global.writes = false;
            else fail(word, "A global is not " + shown(word) + '.');
        }
        if (accept("=")) global.initial = constant("What a global starts with");
        global.location = location();
        define(token, module_.add_global(global));
    }

    // Functions: first all that call sites need to know, then the bodies.
    void function(const Token& keyword) {
        const Token token = expect(Token::Kind::function, "The name of a function");
        Header header;
        std::vector<TypeId> parameters;
        expect("(");
        for (const Defined& parameter : accept(")") ? std::vector<Defined>() : typed_names(")")) {
            header.parameters.push_back(parameter.token);
            parameters.push_back(parameter.type);
        }
        const TypeId result = accept("->") ? type() : types_.nothing();
        const bool is_kernel = keyword.text == "kernel";
        if (is_kernel) {
            if (module_.kernel != FunctionId::none) fail(keyword, "There is one kernel in a module.");
            sizes();
        }
        header.location = location();
        builder_.locate(header.location);
        header.id = builder_.declare_function(name_in(token.text), parameters, result);
        if (is_kernel) module_.kernel = header.id;
        if (!functions_.emplace(token.text, header.id).second) fail(token, shown(token) + " is defined twice.");
        expect("{");
        header.body = position();
        headers_.push_back(std::move(header));
        for (u32 depth = 1; depth > 0;) {
            const Token skipped = take();
            if (skipped.kind == Token::Kind::end) fail(token, "The closing brace of this function is missing.");
            if (skipped.kind != Token::Kind::mark) continue;
            if (skipped.text == "{") ++depth;
            if (skipped.text == "}") --depth;
        }
    }
    void sizes() {
        if (accept_word("workgroup_size")) {
            expect("(");
            for (std::size_t i = 0; i < 3; ++i) {
                if (i > 0) expect(",");
                const Token token = peek();
                module_.workgroup_size[i] = constant("The size of a workgroup");
                if (module_.type_of(module_.workgroup_size[i]) != types_.scalar(Scalar::u32))
                    fail(token, "The size of a workgroup is an u32.");
            }
            expect(")");
        }
        if (accept_word("subgroup_size")) {
            expect("(");
            module_.subgroup_size = number();
            expect(")");
        }
        const auto of_f32 = [&](std::string_view asked) {
            if (!accept_word(asked)) return false;
            expect("(");
            expect_word("f32");
            expect(")");
            return true;
        };
        module_.keeps_denormals_f32 = of_f32("keeps_denormals");
        module_.rounds_to_even_f32 = of_f32("rounds_to_even");
    }
    // "%x: type, ...", up to this mark.
    std::vector<Defined> typed_names(std::string_view end) {
        std::vector<Defined> names;
        do {
            const Token token = expect(Token::Kind::value, "The name of a value");
            expect(":");
            names.push_back({token, type()});
        } while (accept(","));
        expect(end);
        return names;
    }
    void body(const Header& header) {
        go_to(header.body);
        in_function_ = true;
        local_values_.clear();
        labels_.clear();
        const std::vector<ValueId> parameters = module_[header.id].parameters;
        for (std::size_t i = 0; i < parameters.size(); ++i) define(header.parameters[i], parameters[i]);
        builder_.open_function(header.id);
        for (;;) {
            if (!accept("}")) statement();
            else if (open_.empty()) break;
            else close_region();
            end_line();
        }
        builder_.close_function();
    }

    // Statements.
    Op op() {
        const Token token = expect(Token::Kind::word, "An instruction");
        const std::optional<Op> found = find_op(token.text);
        if (!found) fail(token, "There is no instruction " + shown(token) + '.');
        return *found;
    }
    void check(const Token& token, const Outcome& outcome) const {
        if (!outcome.error.empty()) fail(token, outcome.error);
    }
    void check_type(const Defined& name, TypeId is) const {
        if (name.type != TypeId::none && name.type != is)
            fail(name.token,
                 shown(name.token) + " is " + to_string(module_, is) + ", not " + to_string(module_, name.type) + '.');
    }
    std::vector<Defined> result_names() {
        std::vector<Defined> names;
        if (peek().kind != Token::Kind::value) return names;
        do {
            names.push_back({expect(Token::Kind::value, "The name of a value"), TypeId::none});
            if (accept(":")) names.back().type = type();
        } while (accept(","));
        expect("=");
        return names;
    }
    void statement() {
        const std::vector<Defined> results = result_names();
        const Token name = peek();
        const Op op = this->op();
        if (has(op, kConstruct)) return construct(op, results);
        if (has(op, kTerminator)) {
            if (!results.empty()) fail(results[0].token, shown(name) + " gives no value.");
            return terminator(op);
        }
        const std::vector<u32> words = immediates(op);
        const u8 set = flags();
        const std::vector<ValueId> values = operands();
        const TypeId given = results.empty() ? TypeId::none : results[0].type;
        const Outcome outcome = apply_rule(module_, op, values, words, given);
        check(name, outcome);
        if (!results.empty() && results.size() != outcome.count)
            fail(results[0].token, shown(name) + " gives " + std::to_string(outcome.count) +
                                       (outcome.count == 1 ? " value, not " : " values, not ") +
                                       std::to_string(results.size()) + '.');
        for (std::size_t i = 0; i < results.size(); ++i) check_type(results[i], outcome.results[i]);
        builder_.locate(location());
        builder_.emit(op, values, words, given, set);
        const Instruction& made = module_[builder_.last()];
        for (u32 i = 0; i < results.size(); ++i) define(results[i].token, module_.result(made, i));
    }
    void terminator(Op op) {
        const u8 set = flags();
        const Rule rule = info(op).rule;
        if (rule == Rule::return_) {
            const Token first = peek();
            const std::vector<ValueId> values = operands();
            if (values.size() > 1) fail(first, "return gives one value at most.");
            builder_.locate(location());
            builder_.return_(values.empty() ? ValueId::none : values[0]);
        } else if (rule == Rule::repeat_if) {
            const ValueId condition = operand();
            const InstructionId loop = target();
            const std::vector<ValueId> again = operands_in_parentheses();
            std::vector<ValueId> leave;
            if (accept_word("else")) leave = operands_in_parentheses();
            builder_.locate(location());
            builder_.repeat_if(condition, loop, again, leave);
        } else {
            const InstructionId to = info(op).immediates.empty() ? InstructionId::none : target();
            const std::vector<ValueId> values =
                rule == Rule::nothing ? std::vector<ValueId>() : operands_in_parentheses();
            builder_.locate(location());
            if (rule == Rule::exit) builder_.exit(to, values);
            else if (rule == Rule::next) builder_.next(to, values);
            else if (rule == Rule::repeat) builder_.repeat(to, values);
            else if (rule == Rule::fallthrough) builder_.fallthrough(values);
            else builder_.unreachable();
        }
        module_[builder_.last()].flags = set;
    }
    InstructionId target() {
        const Token token = expect(Token::Kind::label, "The label of a construct");
        const auto found = labels_.find(token.text);
        if (found == labels_.end()) fail(token, "There is no construct " + shown(token) + " above.");
        return found->second;
    }
    void construct(Op op, const std::vector<Defined>& results) {
        if (open_.size() >= kDeepestConstruct)
            fail(peek(), "Constructs within constructs go no deeper than " + std::to_string(kDeepestConstruct) + '.');
        const Rule rule = info(op).rule;
        std::vector<TypeId> types;
        for (const Defined& result : results) {
            if (result.type == TypeId::none) fail(result.token, "The type of " + shown(result.token) + " is missing.");
            types.push_back(result.type);
        }
        const u8 set = flags();
        const Token label = expect(Token::Kind::label, "The label of a construct");
        std::vector<ValueId> values;
        std::vector<Defined> parameters;
        if (rule == Rule::loop) parameters = parameters_with_values(values);
        else values.push_back(operand());
        builder_.locate(location());
        expect("{");
        Open open{};
        open.rule = rule;
        open.chooses.default_region = kMany;  // none so far
        open.id = rule == Rule::loop  ? builder_.open_loop(values, types)
                  : rule == Rule::if_ ? builder_.open_if(values[0], types)
                                      : builder_.open_switch(values[0], types);
        module_[open.id].flags = set;
        for (u32 i = 0; i < results.size(); ++i) define(results[i].token, ValueId{module_[open.id].results.first + i});
        if (!labels_.emplace(label.text, open.id).second) fail(label, shown(label) + " is defined twice.");
        open_.push_back(std::move(open));
        if (rule == Rule::switch_) next_case();
        else open_region(parameters);
    }
    // "(%x: type = value, ...)", or nothing; without a type, the value's.
    std::vector<Defined> parameters_with_values(std::vector<ValueId>& first) {
        std::vector<Defined> parameters;
        if (!accept("(")) return parameters;
        do {
            parameters.push_back({expect(Token::Kind::value, "The name of a value"), TypeId::none});
            if (accept(":")) parameters.back().type = type();
            expect("=");
            first.push_back(operand());
            if (parameters.back().type == TypeId::none) parameters.back().type = module_.type_of(first.back());
        } while (accept(","));
        expect(")");
        return parameters;
    }
    void open_region(const std::vector<Defined>& parameters) {
        std::vector<TypeId> types;
        for (const Defined& parameter : parameters) types.push_back(parameter.type);
        const RegionId id = builder_.open_region(types);
        for (std::size_t i = 0; i < parameters.size(); ++i) define(parameters[i].token, module_[id].parameters[i]);
        ++open_.back().regions;
    }
    void open_region_with_parameters() {
        const std::vector<Defined> parameters = accept("(") ? typed_names(")") : std::vector<Defined>();
        expect("{");
        open_region(parameters);
    }
    // Behind the brace that ends a region.
    void close_region() {
        builder_.close_region();
        const Open& open = open_.back();
        if (open.rule == Rule::switch_) return next_case();
        if (open.regions == 2) return close_construct();
        expect_word(open.rule == Rule::loop ? "continuing" : "else");
        open_region_with_parameters();
    }
    void close_construct() {
        builder_.close_construct(open_.back().chooses);
        open_.pop_back();
    }
    // Opens the next case, or ends the switch.
    void next_case() {
        Open& open = open_.back();
        if (at_mark("}")) {
            if (!open.has_default) want("\"case\" or \"default\"");
            take();
            return close_construct();
        }
        const TypeId selector = module_.type_of(module_.operands(module_[open.id])[0]);
        open.chooses.values.emplace_back();
        if (at_word("default")) default_case();
        else {
            expect_word("case");
            if (!at_mark("{") && !at_mark("(")) {
                do {
                    if (at_word("default")) {
                        default_case();
                        continue;
                    }
                    const Token token = take();
                    const auto bits = types_.is_integer(selector) && types_.is(selector, Type::Kind::scalar)
                                          ? read_scalar(types_.scalar_of(selector), token.text)
                                          : std::nullopt;
                    if (!bits)
                        fail(token, shown(token) + " is no integer of type " + to_string(module_, selector) + '.');
                    open.chooses.values.back().push_back(*bits);
                } while (accept(","));
            }
        }
        if (!open.chooses.leads_to(open.chooses.values.size() - 1)) return open_region_with_parameters();
        const std::vector<Defined> parameters = parameters_with_values(open.chooses.parameters);
        expect("{");
        open_region(parameters);
    }
    void default_case() {
        Open& open = open_.back();
        if (open.has_default) fail(peek(), "There is one default in a switch.");
        take();
        open.has_default = true;
        open.chooses.default_region = static_cast<u32>(open.chooses.values.size() - 1);
    }

    Module module_;
    Types& types_ = module_.types;
    Builder builder_{module_};
    std::unordered_map<u32, StringId> files_;
    std::unordered_map<std::string_view, TypeId> structures_;
    std::unordered_map<std::string_view, FunctionId> functions_;
    NamedValues outside_values_, local_values_;
    std::unordered_map<std::string_view, InstructionId> labels_;
    std::vector<Header> headers_;
    std::vector<Open> open_;
    std::vector<u32> type_depths_;  // by TypeId
    u32 open_pointers_ = 0;
    bool in_function_ = false;
};

}  // namespace

Module parse(std::string_view text, std::string_view file_name) {
    const Source source{text, file_name};
    if (text.size() > std::numeric_limits<i32>::max()) source.fail(0, "The text is too long.");
    return Parser(source).run();
}

}  // namespace alkomp::ir
