// SPDX-License-Identifier: MIT OR Apache-2.0
// Source of grammar and layouts: the WGSL specification, "Declaration and Scope", "Memory Layout".
#include "read/wgsl/read.h"

#include "alkomp/error.h"
#include "read/wgsl/tokens.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

namespace alkomp::read {
namespace {

using Kind = WgslToken::Kind;

constexpr u32 kDeepest = 64;  // types in types, parentheses in parentheses

struct Attribute {
    std::string name;
    std::size_t at = 0;
    std::vector<std::size_t> arguments;  ///< where each begins
};

struct Laid {
    ir::TypeId type = ir::TypeId::none;
    u64 alignment_bytes = 4, size_bytes = 4;
    bool is_runtime = false;
};

u64 rounded_up(u64 value, u64 multiple) { return (value + multiple - 1) / multiple * multiple; }

class Parser {
public:
    Parser(std::string_view text, std::string_view wanted, std::string_view name)
        : text_(text), wanted_(wanted), name_(name), tokens_(wgsl_tokens(text, name)) {
        out_.module.name = name;
    }

    WgslDeclarations run() {
        collect();
        for (const std::size_t at : variables_) variable(at);
        for (const auto& [override_name, at] : overrides_) static_cast<void>(override_named(override_name));
        choose_entry();
        return std::move(out_);
    }

private:
    // Tokens -------------------------------------------------------------------------------------
    [[nodiscard]] const WgslToken& token() const { return tokens_[at_]; }
    [[nodiscard]] bool is(std::string_view text) const { return token().kind != Kind::end && token().text == text; }
    bool take(std::string_view text) {
        if (!is(text)) return false;
        ++at_;
        return true;
    }
    void want(std::string_view text) {
        if (!take(text)) fail("\"" + std::string(text) + "\" is wanted here.");
    }
    std::string word() {
        if (token().kind != Kind::word) fail("a name is wanted here.");
        return std::string(tokens_[at_++].text);
    }
    [[noreturn]] void fail(const std::string& sentence) const { fail_at(text_, name_, token().at, sentence); }
    [[noreturn]] void fail_there(std::size_t token_place, const std::string& sentence) const {
        fail_at(text_, name_, tokens_[token_place].at, sentence);
    }

    /// Behind the closing sign that belongs to the one here.
    void skip_pair() {
        const std::size_t first = at_;
        const bool brace = is("{");
        const std::string_view opens = brace ? "{" : "(", closes = brace ? "}" : ")";
        std::size_t depth = 0;
        do {
            if (token().kind == Kind::end) fail_there(first, "the \"" + std::string(opens) + "\" is not closed.");
            if (is(opens)) ++depth;
            if (is(closes)) --depth;
            ++at_;
        } while (depth > 0);
    }
    void skip_to(std::string_view sign) {
        while (!is(sign)) {
            if (token().kind == Kind::end) fail("\"" + std::string(sign) + "\" is missing.");
            if (is("(") || is("{")) skip_pair();
            else ++at_;
        }
    }

    std::vector<Attribute> attributes() {
        std::vector<Attribute> found;
        while (take("@")) {
            Attribute attribute{{}, at_, {}};
            attribute.name = word();
            if (is("(")) {
                const std::size_t open = at_;
                skip_pair();
                const std::size_t end = at_;
                at_ = open + 1;
                while (at_ + 1 < end) {
                    attribute.arguments.push_back(at_);
                    while (at_ + 1 < end && !is(",")) {
                        if (is("(")) skip_pair();
                        else ++at_;
                    }
                    if (at_ + 1 < end) ++at_;
                }
                at_ = end;
            }
            found.push_back(std::move(attribute));
        }
        return found;
    }
    static const Attribute* find(const std::vector<Attribute>& all, std::string_view name) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Attribute& one) { return one.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    // Module scope -------------------------------------------------------------------------------
    void collect() {
        while (token().kind != Kind::end) {
            if (take(";")) continue;
            const std::size_t first = at_;
            if (is("enable") || is("requires") || is("diagnostic")) {
                skip_to(";");
                continue;
            }
            const std::vector<Attribute> all = attributes();
            if (take("struct")) {
                const std::string name = word();
                add(structures_, name, at_);
                if (!is("{")) fail("\"{\" is wanted here.");
                skip_pair();
            } else if (take("fn")) {
                const std::string name = word();
                if (find(all, "compute") != nullptr) entries_.emplace_back(name, all);
                skip_to("{");
                skip_pair();
            } else if (take("var")) {
                variables_.push_back(first);
                skip_to(";");
            } else if (take("override")) {
                const std::string name = word();
                overrides_.emplace_back(name, first);
                skip_to(";");
            } else if (take("const") || take("alias")) {
                const bool is_alias = tokens_[at_ - 1].text == "alias";
                const std::string name = word();
                add(is_alias ? aliases_ : constants_, name, at_);
                skip_to(";");
            } else if (is("const_assert")) {
                skip_to(";");
            } else {
                fail("a declaration is wanted here: struct, var, const, override, alias or fn.");
            }
        }
    }
    void add(std::map<std::string, std::size_t>& to, const std::string& name, std::size_t at) {
        if (!to.emplace(name, at).second) fail_there(at - 1, "\"" + name + "\" is declared twice.");
    }

    void variable(std::size_t first) {
        at_ = first;
        const std::vector<Attribute> all = attributes();
        want("var");
        std::string space = "handle", mode;
        if (take("<")) {
            space = word();
            if (take(",")) mode = word();
            take(",");
            want(">");
        }
        const std::size_t name_at = at_;
        const std::string name = word();
        if (space == "private") return;  // nobody's but the program's
        want(":");
        const std::size_t type_at = at_;
        if (space == "handle") {
            throw_unsupported(type_at, "\"" + name + "\" is a " + std::string(token().text) +
                                           "; buffers alone can be given to a kernel.");
        }
        ir::Global global;
        global.name = out_.module.string(name);
        global.location = {};
        if (space == "workgroup") {
            global.kind = ir::Global::Kind::shared;
            global.type = type(0).type;
            static_cast<void>(out_.module.add_global(std::move(global)));
            return;
        }
        const Laid laid = type(0);
        if (space == "immediate" || space == "push_constant") return scalars(name, laid.type);
        if (space != "storage" && space != "uniform")
            fail_there(name_at, "the address space " + space + " is not known.");
        global.kind = space == "storage" ? ir::Global::Kind::storage : ir::Global::Kind::uniform;
        global.type = laid.type;
        global.set = number_of(all, "group", name_at, name);
        global.binding = number_of(all, "binding", name_at, name);
        global.writes = mode == "read_write" || mode == "write";
        if (!mode.empty() && mode != "read" && !global.writes)
            fail_there(name_at - 1, "the access mode " + mode + " is not known.");
        if (laid.is_runtime && global.kind == ir::Global::Kind::uniform)
            fail_there(type_at, "a uniform buffer has a size of its own, and this has none.");
        for (const ir::Global& other : out_.module.globals)
            if (other.value != ir::ValueId::none && is_bound(other) && other.set == global.set &&
                other.binding == global.binding)
                fail_there(name_at, "\"" + name + "\" is bound as \"" + out_.module.text(other.name) + "\" is.");
        static_cast<void>(out_.module.add_global(std::move(global)));
    }
    static bool is_bound(const ir::Global& global) {
        return global.kind == ir::Global::Kind::storage || global.kind == ir::Global::Kind::uniform;
    }
    u32 number_of(const std::vector<Attribute>& all, std::string_view wanted, std::size_t at, const std::string& name) {
        const Attribute* found = find(all, wanted);
        if (found == nullptr || found->arguments.size() != 1)
            fail_there(at, "\"" + name + "\" needs @" + std::string(wanted) + "(number).");
        return u32_at(found->arguments[0]);
    }
    [[noreturn]] void throw_unsupported(std::size_t at, const std::string& sentence) const {
        try {
            fail_there(at, sentence);
        } catch (const Error& error) {
            throw Error(ErrorCode::unsupported, error.what());
        }
    }

    /// The members of a structure are one argument each.
    void scalars(const std::string& name, ir::TypeId id) {
        const auto add_one = [&](const std::string& member, ir::TypeId type_id, u32 offset) {
            ir::Global global;
            global.kind = ir::Global::Kind::scalar;
            global.name = out_.module.string(member);
            global.type = type_id;
            global.offset_bytes = offset;
            global.writes = false;
            static_cast<void>(out_.module.add_global(std::move(global)));
        };
        const ir::Type about = out_.module.types[id];
        if (about.kind != ir::Type::Kind::structure) return add_one(name, id, 0);
        for (const ir::Type::Member& member : about.members) add_one(member.name, member.type, member.offset_bytes);
    }

    // Types --------------------------------------------------------------------------------------
    static std::optional<Scalar> scalar_named(std::string_view name) {
        if (name == "f32") return Scalar::f32;
        if (name == "f16") return Scalar::f16;
        if (name == "i32") return Scalar::i32;
        if (name == "u32") return Scalar::u32;
        if (name == "bool") return Scalar::boolean;
        if (name == "i64") return Scalar::i64;
        if (name == "u64") return Scalar::u64;
        if (name == "f64") return Scalar::f64;
        return std::nullopt;
    }
    static std::optional<Scalar> scalar_of_letter(char letter) {
        if (letter == 'f') return Scalar::f32;
        if (letter == 'h') return Scalar::f16;
        if (letter == 'i') return Scalar::i32;
        if (letter == 'u') return Scalar::u32;
        return std::nullopt;
    }
    Scalar scalar_in_brackets() {
        want("<");
        const std::size_t at = at_;
        const std::string name = word();
        const std::optional<Scalar> kind = scalar_named(name);
        if (!kind) fail_there(at, "\"" + name + "\" is no scalar type.");
        take(",");
        want(">");
        return *kind;
    }
    Laid plain(Scalar kind) {
        const u64 bytes = kind == Scalar::boolean ? 4 : size_bytes(kind);
        return {out_.module.types.scalar(kind), bytes, bytes};
    }
    Laid vector(Scalar kind, u32 lanes) {
        const u64 bytes = plain(kind).size_bytes;
        return {out_.module.types.vector(kind, lanes), bytes * (lanes == 2 ? 2 : 4), bytes * lanes};
    }
    Laid matrix(Scalar kind, u32 columns, u32 rows) {
        const Laid column = vector(kind, rows);
        const u64 stride = rounded_up(column.size_bytes, column.alignment_bytes);
        return {out_.module.types.matrix(kind, columns, rows, static_cast<u32>(stride)), column.alignment_bytes,
                stride * columns};
    }

    Laid type(u32 depth) {
        if (depth > kDeepest) fail("the type is nested too deeply.");
        const std::size_t at = at_;
        const std::string name = word();
        if (const std::optional<Scalar> kind = scalar_named(name)) return plain(*kind);
        if (name == "atomic") return plain(scalar_in_brackets());
        const bool is_vector = name.compare(0, 3, "vec") == 0 && name.size() >= 4 && name[3] >= '2' && name[3] <= '4';
        const bool is_matrix = name.compare(0, 3, "mat") == 0 && name.size() >= 6 && name[4] == 'x' && name[3] >= '2' &&
                               name[3] <= '4' && name[5] >= '2' && name[5] <= '4';
        const std::size_t plain_size = is_matrix ? 6 : 4;
        if ((is_vector || is_matrix) && name.size() <= plain_size + 1) {
            const std::optional<Scalar> kind = name.size() == plain_size ? std::optional<Scalar>(scalar_in_brackets())
                                                                         : scalar_of_letter(name[plain_size]);
            if (kind && is_vector) return vector(*kind, static_cast<u32>(name[3] - '0'));
            if (kind) return matrix(*kind, static_cast<u32>(name[3] - '0'), static_cast<u32>(name[5] - '0'));
        }
        if (name == "array") return array(depth);
        if (const auto alias = aliases_.find(name); alias != aliases_.end()) {
            const std::size_t behind = at_;
            at_ = alias->second;
            want("=");
            const Laid laid = type(depth + 1);
            at_ = behind;
            return laid;
        }
        if (structures_.contains(name)) return structure(name, depth);
        const std::string sentence = "\"" + name + "\" is no type that a buffer can hold.";
        const bool is_known = name.starts_with("texture_") || name.starts_with("sampler") || name == "ptr";
        if (is_known) throw_unsupported(at, sentence);
        fail_there(at, sentence);
    }

    Laid array(u32 depth) {
        want("<");
        const Laid element = type(depth + 1);
        if (element.is_runtime) fail("the elements of an array have a size of their own.");
        const u64 stride = rounded_up(element.size_bytes, element.alignment_bytes);
        if (stride > 0xffffffff) fail("the elements are larger than 4 GiB.");
        ir::ValueId length = ir::ValueId::none;
        u64 count = 0;
        if (take(",") && !is(">")) {
            const std::size_t at = at_;
            length = count_value();
            take(",");
            const std::optional<u64> known = out_.module.known_bits(length);
            count = known.value_or(1);
            if (known && count == 0) fail_there(at, "an array has one element at least.");
        }
        want(">");
        if (length == ir::ValueId::none)
            return {out_.module.types.runtime_array(element.type, static_cast<u32>(stride)), element.alignment_bytes,
                    stride, true};
        return {out_.module.types.array(element.type, static_cast<u32>(length), static_cast<u32>(stride)),
                element.alignment_bytes, stride * count};
    }
    /// A number, or what is computed of overrides.
    ir::ValueId count_value() {
        const std::size_t at = at_;
        if (names_override()) return as(out_.module.types.scalar(Scalar::u32), sum(0));
        const i64 value = integer(0);
        if (value < 0 || value > 0xffffffff) fail_there(at, "a number from 0 to 4294967295 is wanted here.");
        return out_.module.index(static_cast<u32>(value));
    }

    Laid structure(const std::string& name, u32 depth) {
        if (const auto known = laid_.find(name); known != laid_.end()) return known->second;
        const std::size_t behind = at_;
        at_ = structures_.at(name);
        want("{");
        ir::Type about;
        about.kind = ir::Type::Kind::structure;
        about.name = name;
        Laid laid{ir::TypeId::none, 1, 0};
        while (!is("}")) {
            if (laid.is_runtime) fail("an array without a length is the last member.");
            const std::vector<Attribute> all = attributes();
            const std::string member = word();
            want(":");
            Laid part = type(depth + 1);
            if (const Attribute* align = find(all, "align"); align != nullptr && align->arguments.size() == 1) {
                part.alignment_bytes = u32_at(align->arguments[0]);
                if (!std::has_single_bit(part.alignment_bytes))
                    fail_there(align->at, "an alignment is a power of two.");
            }
            if (const Attribute* size = find(all, "size"); size != nullptr && size->arguments.size() == 1)
                part.size_bytes = std::max<u64>(part.size_bytes, u32_at(size->arguments[0]));
            const u64 offset = rounded_up(laid.size_bytes, part.alignment_bytes);
            about.members.push_back({member, part.type, static_cast<u32>(offset)});
            laid.size_bytes = offset + (part.is_runtime ? 0 : part.size_bytes);
            laid.alignment_bytes = std::max(laid.alignment_bytes, part.alignment_bytes);
            laid.is_runtime = part.is_runtime;
            if (laid.size_bytes > 0xffffffff) fail("the structure is larger than 4 GiB.");
            if (!take(",") && !is("}")) fail("\",\" or \"}\" is wanted here.");
        }
        if (about.members.empty()) fail("a structure has one member at least.");
        at_ = behind;
        laid.size_bytes = rounded_up(laid.size_bytes, laid.alignment_bytes);
        about.size_bytes = static_cast<u32>(laid.size_bytes);
        laid.type = out_.module.types.add(about);
        laid_.emplace(name, laid);
        return laid;
    }

    // Numbers ------------------------------------------------------------------------------------
    u32 u32_at(std::size_t place) {
        const std::size_t behind = at_;
        at_ = place;
        const i64 value = integer(0);
        if (value < 0 || value > 0xffffffff) fail_there(place, "a number from 0 to 4294967295 is wanted here.");
        at_ = behind;
        return static_cast<u32>(value);
    }
    i64 integer(u32 depth, std::size_t level = 0) {
        static constexpr std::array<std::array<std::string_view, 3>, 3> kSigns{{{"+", "-", ""}, {"*", "/", "%"}}};
        if (depth > kDeepest) fail("the number is nested too deeply.");
        if (level == 2) return primary(depth + 1);
        i64 value = integer(depth, level + 1);
        while (true) {
            const auto sign = std::find_if(kSigns[level].begin(), kSigns[level].end(),
                                           [&](std::string_view one) { return !one.empty() && is(one); });
            if (sign == kSigns[level].end()) return value;
            const std::size_t at = at_++;
            const i64 right = integer(depth, level + 1);
            if ((*sign == "/" || *sign == "%") && right == 0) fail_there(at, "this divides by zero.");
            const bool is_product = *sign == "*" && value != 0;
            if (is_product && std::abs(right) > i64{0xffffffff} / std::abs(value))
                fail_there(at, "the number is out of range.");
            if (*sign == "+") value += right;
            else if (*sign == "-") value -= right;
            else if (*sign == "*") value *= right;
            else if (*sign == "/") value /= right;
            else value %= right;
            if (value > i64{0xffffffff} || value < -i64{0xffffffff}) fail_there(at, "the number is out of range.");
        }
    }
    i64 primary(u32 depth) {
        if (take("-")) return -primary(depth);
        if (take("(")) {
            const i64 value = integer(depth);
            want(")");
            return value;
        }
        if (token().kind == Kind::number) {
            std::string digits(token().text);
            while (!digits.empty() && (digits.back() == 'u' || digits.back() == 'i')) digits.pop_back();
            const bool hex = digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
            u32 value = 0;
            const char* first = digits.data() + (hex ? 2 : 0);
            const auto [end, wrong] = std::from_chars(first, digits.data() + digits.size(), value, hex ? 16 : 10);
            if (wrong != std::errc() || end != digits.data() + digits.size()) fail("a whole number is wanted here.");
            ++at_;
            return value;
        }
        const std::size_t at = at_;
        const std::string name = word();
        if ((name == "u32" || name == "i32") && take("(")) {
            const i64 value = integer(depth);
            want(")");
            return value;
        }
        const auto constant = constants_.find(name);
        if (constant == constants_.end())
            fail_there(at, "\"" + name + "\" is no constant that can be computed before the kernel is compiled.");
        if (const auto known = values_.find(name); known != values_.end()) return known->second;
        const std::size_t behind = at_;
        at_ = constant->second;
        if (take(":")) static_cast<void>(word());
        want("=");
        if (depth > kDeepest) fail_there(at, "\"" + name + "\" is computed from itself.");
        const i64 value = integer(depth + 1);
        if (!is(";")) fail("this is more than can be computed before the kernel is compiled.");
        at_ = behind;
        values_.emplace(name, value);
        return value;
    }

    // Overrides ----------------------------------------------------------------------------------
    ir::ValueId override_named(const std::string& wanted) {
        if (const auto known = override_values_.find(wanted); known != override_values_.end()) return known->second;
        u32 place = 0;
        while (overrides_[place].first != wanted) ++place;
        const std::size_t behind = at_;
        at_ = overrides_[place].second;
        const std::vector<Attribute> all = attributes();
        want("override");
        const std::string name = word();
        ir::Constant constant;
        constant.kind = ir::Constant::Kind::specialization;
        const Attribute* id = find(all, "id");
        constant.specialization =
            id != nullptr && id->arguments.size() == 1 ? u32_at(id->arguments[0]) : kFirstUnnumberedOverride + place;
        Scalar kind = Scalar::i32;
        if (take(":")) {
            const std::size_t at = at_;
            const std::optional<Scalar> named = scalar_named(word());
            if (!named) fail_there(at, "an override is a scalar.");
            kind = *named;
        } else if (take("=")) {
            kind = literal_kind();
            --at_;
        }
        if (take("=")) constant.bits = literal_bits(kind);
        constant.type = out_.module.types.scalar(kind);
        at_ = behind;
        const ir::ValueId value = out_.module.constant(std::move(constant));
        out_.module[value].name = out_.module.string(name);
        override_values_.emplace(name, value);
        return value;
    }
    [[nodiscard]] bool is_override(std::string_view name) const {
        return std::any_of(overrides_.begin(), overrides_.end(), [&](const auto& one) { return one.first == name; });
    }
    /// Whether an override stands in the expression that begins here.
    [[nodiscard]] bool names_override() const {
        u32 depth = 0;
        for (std::size_t at = at_; tokens_[at].kind != Kind::end; ++at) {
            const std::string_view text = tokens_[at].text;
            if (text == "(") ++depth;
            else if (depth == 0 && (text == ")" || text == "," || text == ">" || text == ";")) return false;
            else if (text == ")") --depth;
            if (tokens_[at].kind == Kind::word && is_override(text)) return true;
        }
        return false;
    }
    ir::ValueId sum(u32 depth) {
        ir::ValueId value = product(depth);
        while (is("+") || is("-")) {
            const ir::Op op = is("+") ? ir::Op::add : ir::Op::sub;
            ++at_;
            value = computed(op, value, product(depth));
        }
        return value;
    }
    ir::ValueId product(u32 depth) {
        ir::ValueId value = factor(depth + 1);
        while (is("*") || is("/") || is("%")) {
            const ir::Op op = is("*") ? ir::Op::mul : is("/") ? ir::Op::div : ir::Op::rem;
            ++at_;
            value = computed(op, value, factor(depth + 1));
        }
        return value;
    }
    ir::ValueId factor(u32 depth) {
        if (depth > kDeepest) fail("the number is nested too deeply.");
        const std::string name(token().text);
        const std::size_t at = at_;
        if (token().kind == Kind::word && is_override(name)) {
            ++at_;
            const ir::ValueId value = override_named(name);
            if (!out_.module.types.is_integer(out_.module.type_of(value))) fail_there(at, "an integer is wanted here.");
            return value;
        }
        const bool converts = (name == "u32" || name == "i32") && tokens_[at_ + 1].text == "(";
        if (!converts && !is("(")) return out_.module.index(static_cast<u32>(primary(depth)));
        at_ += converts ? 2 : 1;
        const ir::ValueId value = sum(depth);
        want(")");
        if (!converts) return value;
        return as(out_.module.types.scalar(name == "u32" ? Scalar::u32 : Scalar::i32), value);
    }
    /// A literal has the type of what stands beside it.
    ir::ValueId computed(ir::Op op, ir::ValueId a, ir::ValueId b) {
        const ir::TypeId type = out_.module.type_of(out_.module.known_bits(a) ? b : a);
        return computed(op, type, {as(type, a), as(type, b)});
    }
    ir::ValueId as(ir::TypeId type, ir::ValueId value) {
        if (out_.module.type_of(value) == type) return value;
        if (const std::optional<u64> bits = out_.module.known_bits(value)) return out_.module.constant(type, *bits);
        return computed(ir::Op::convert, type, {value});
    }
    ir::ValueId computed(ir::Op op, ir::TypeId type, std::vector<ir::ValueId> parts) {
        ir::Constant constant;
        constant.kind = ir::Constant::Kind::computed;
        constant.type = type;
        constant.op = op;
        constant.parts = std::move(parts);
        return out_.module.constant(std::move(constant));
    }
    [[nodiscard]] Scalar literal_kind() const {
        const std::string_view text = token().text;
        if (text == "true" || text == "false") return Scalar::boolean;
        if (token().kind != Kind::number) return Scalar::i32;
        if (text.back() == 'u') return Scalar::u32;
        const bool hex = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
        return !hex && text.find_first_of(".efh") != std::string_view::npos ? Scalar::f32 : Scalar::i32;
    }
    /// The default; one that is computed of other overrides is known to the device alone, and shown as 0.
    u64 literal_bits(Scalar kind) {
        if (kind == Scalar::boolean) return is("true") ? 1 : 0;
        const bool negative = take("-");
        const bool alone = token().kind == Kind::number && tokens_[at_ + 1].text == ";";
        if (kind == Scalar::f32) {
            const f32 value = alone ? std::strtof(std::string(token().text).c_str(), nullptr) : 0;
            return std::bit_cast<u32>(negative ? -value : value);
        }
        if (kind != Scalar::i32 && kind != Scalar::u32) return 0;
        if (!alone && token().kind == Kind::word && !constants_.contains(std::string(token().text))) return 0;
        const i64 value = integer(0);
        return static_cast<u32>(negative ? -value : value);
    }

    // Entry points -------------------------------------------------------------------------------
    void choose_entry() {
        const std::pair<std::string, std::vector<Attribute>>* chosen = nullptr;
        std::string names;
        for (const auto& entry : entries_) {
            if (entry.first == wanted_) chosen = &entry;
            names += (names.empty() ? "\"" : ", \"") + entry.first + '"';
        }
        if (chosen == nullptr && wanted_ == "main" && entries_.size() == 1) chosen = &entries_[0];
        const std::string start = "compile: \"" + std::string(name_) + "\" has no entry point ";
        if (entries_.empty())
            throw Error(ErrorCode::compile_failed,
                        start + "for compute: a function with @compute and @workgroup_size.");
        if (chosen == nullptr)
            throw Error(ErrorCode::invalid_argument,
                        start + '"' + std::string(wanted_) + "\"; there are " + names + '.');
        out_.entry = chosen->first;
        const Attribute* size = find(chosen->second, "workgroup_size");
        if (size == nullptr || size->arguments.empty() || size->arguments.size() > 3)
            fail_there(chosen->second[0].at, "@workgroup_size with one to three numbers is missing.");
        for (std::size_t i = 0; i < 3; ++i) {
            if (i >= size->arguments.size()) {
                out_.module.workgroup_size[i] = out_.module.index(1);
                continue;
            }
            at_ = size->arguments[i];
            out_.module.workgroup_size[i] = count_value();
            if (!is(",") && !is(")")) fail("this is more than can be computed before the kernel is compiled.");
        }
    }

    std::string_view text_, wanted_, name_;
    std::vector<WgslToken> tokens_;
    std::size_t at_ = 0;
    WgslDeclarations out_;
    std::map<std::string, std::size_t> structures_, aliases_, constants_;  ///< token behind the name
    std::vector<std::pair<std::string, std::size_t>> overrides_;           ///< first token
    std::vector<std::size_t> variables_;                                   ///< first token
    std::vector<std::pair<std::string, std::vector<Attribute>>> entries_;
    std::map<std::string, Laid> laid_;
    std::map<std::string, i64> values_;  ///< of constants
    std::map<std::string, ir::ValueId> override_values_;
};

}  // namespace

WgslDeclarations read_wgsl_declarations(std::string_view text, std::string_view entry, std::string_view name) {
    return Parser(text, entry, name).run();
}

}  // namespace alkomp::read
