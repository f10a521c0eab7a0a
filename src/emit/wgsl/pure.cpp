// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic, bits, comparison, conversion and the functions of floats.
#include "emit/wgsl/emitter.h"

#include <algorithm>
#include <bit>
#include <cctype>

namespace alkomp::emit::wg {
namespace {

using ir::Op;

std::string_view symbol_of(Op op) {
    switch (op) {
        case Op::add:
            return "+";
        case Op::sub:
            return "-";
        case Op::mul:
            return "*";
        case Op::div:
            return "/";
        case Op::rem:
            return "%";
        case Op::bit_and:
            return "&";
        case Op::bit_or:
            return "|";
        case Op::bit_xor:
            return "^";
        case Op::eq:
            return "==";
        case Op::ne:
            return "!=";
        case Op::lt:
            return "<";
        case Op::le:
            return "<=";
        case Op::gt:
            return ">";
        default:
            return ">=";
    }
}

/// Functions that WGSL has as they are.
std::string_view function_of(Op op) {
    switch (op) {
        case Op::abs:
            return "abs";
        case Op::sign:
            return "sign";
        case Op::min:
            return "min";
        case Op::max:
            return "max";
        case Op::fma:
            return "fma";
        case Op::count_ones:
            return "countOneBits";
        case Op::find_msb:
            return "firstLeadingBit";
        case Op::find_lsb:
            return "firstTrailingBit";
        case Op::reverse_bits:
            return "reverseBits";
        case Op::all_lanes:
            return "all";
        case Op::any_lane:
            return "any";
        case Op::round:
        case Op::round_even:
            return "round";
        case Op::rsqrt:
            return "inverseSqrt";
        case Op::quantize_f16:
            return "quantizeToF16";
        case Op::face_forward:
            return "faceForward";
        case Op::pack_snorm4x8:
            return "pack4x8snorm";
        case Op::pack_unorm4x8:
            return "pack4x8unorm";
        case Op::pack_snorm2x16:
            return "pack2x16snorm";
        case Op::pack_unorm2x16:
            return "pack2x16unorm";
        case Op::pack_half2x16:
            return "pack2x16float";
        case Op::unpack_snorm4x8:
            return "unpack4x8snorm";
        case Op::unpack_unorm4x8:
            return "unpack4x8unorm";
        case Op::unpack_snorm2x16:
            return "unpack2x16snorm";
        case Op::unpack_unorm2x16:
            return "unpack2x16unorm";
        case Op::unpack_half2x16:
            return "unpack2x16float";
        default:
            return ir::info(op).name;
    }
}

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool are_literal(const std::vector<Text>& texts) {
    return std::all_of(texts.begin(), texts.end(), [](const Text& text) { return text.literal; });
}

/// The word, wherever it stands alone, replaced.
std::string replaced(std::string text, std::string_view word, const std::string& with) {
    std::size_t at = text.find(word);
    while (at != std::string::npos) {
        const std::size_t end = at + word.size();
        const bool alone = (at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end]));
        if (alone) text.replace(at, word.size(), with);
        at = text.find(word, at + (alone ? with.size() : word.size()));
    }
    return text;
}

}  // namespace

/// The operands. WGSL computes an operation on constants alone itself, and refuses the program where that overflows or
/// gives no number; so one of them is made unknown. It may compute with overrides what never fails, but for vectors: naga 29
/// does that wrongly.
std::vector<Text> Emitter::operands(const ir::Instruction& instruction, bool never_fails) {
    std::vector<Text> texts;
    for (const ir::ValueId id : module_.operands(instruction)) texts.push_back(value(id));
    if (texts.empty() || !are_literal(texts)) return texts;
    const auto settable = std::find_if(texts.begin(), texts.end(), [&](const Text& text) { return is_settable(text); });
    if (settable != texts.end() && never_fails) return texts;
    Text& first = settable == texts.end() ? texts[0] : *settable;
    first = unknown(first);
    return texts;
}

Text Emitter::call_of(std::string_view function, const ir::Instruction& instruction, bool run_time) {
    std::vector<Text> texts = operands(instruction);
    Text made{std::string(function) + '('};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (run_time && texts[i].literal) texts[i] = unknown(texts[i]);
        made.text += (i == 0 ? "" : ", ") + (texts.size() == 1 ? texts[i].text : argument(texts[i]));
        made.reads = made.reads || texts[i].reads;
    }
    made.text += ')';
    // HLSL's sign of floats is an integer, whose bits naga 29 stores; a product is a float again.
    const bool of_floats = module_.types.is_float(module_.type_of(module_.operands(instruction)[0]));
    if (function == "sign" && of_floats && support_.dialect == WgslSupport::Dialect::wgpu)
        return binary(made, "*", {"1.0"});
    return made;
}

Text Emitter::pure(const ir::Instruction& instruction) {
    const ir::ValueId first = module_.operands(instruction)[0];
    const ir::TypeId type_id = module_.type_of(first);
    switch (instruction.op) {
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::div:
        case Op::rem:
        case Op::mod:
        case Op::neg:
            return arithmetic(instruction);
        case Op::sign:
            if (module_.types.is_integer(type_id) && !module_.types.is_signed(type_id)) {
                const Text text = value(first);
                return {"min(" + argument(text) + ", " + type(type_id) + "(1))", Level::primary, text.reads};
            }
            return call_of("sign", instruction);
        case Op::clamp:
        case Op::smoothstep:
        case Op::ldexp:
            return call_of(function_of(instruction.op), instruction, !has_fair_constants(instruction));
        case Op::all_lanes:
        case Op::any_lane:  // of one lane: Tint makes invalid SPIR-V of WGSL's own
            return module_.types.lanes(type_id) == 1 ? value(first) : call_of(function_of(instruction.op), instruction);
        case Op::length:
            return call_of(module_.types.lanes(type_id) == 1 ? "abs" : "length", instruction);
        case Op::normalize:
            return call_of(module_.types.lanes(type_id) == 1 ? "sign" : "normalize", instruction);
        case Op::dot: {
            if (module_.types.lanes(type_id) > 1) return call_of("dot", instruction);
            const std::vector<Text> texts = operands(instruction);
            return binary(texts[0], "*", texts[1]);
        }
        case Op::shl:
        case Op::shr:
            return shift(instruction);
        case Op::bit_and:
        case Op::bit_or:
        case Op::bit_xor:
        case Op::bit_not:
            return logic(instruction);
        case Op::extract_bits:
        case Op::insert_bits:
            return field(instruction);
        case Op::mul_high:
            return wide(Op::mul_high, first, module_.operands(instruction)[1]);
        case Op::dot_integer:
        case Op::dot_packed:
            return dot_integer(instruction);
        case Op::eq:
        case Op::ne:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge: {
            if (module_.types.is(type_id, ir::Type::Kind::pointer)) unsupported("WGSL compares no pointers.");
            const std::vector<Text> texts =
                operands(instruction, !module_.types.is_float(type_id) && module_.types.lanes(type_id) == 1);
            // naga takes `!=` for "less or greater", which does not hold for NaN.
            if (instruction.op == Op::ne && module_.types.is_float(type_id))
                return unary("!", binary(texts[0], "==", texts[1]));
            Text made = binary(texts[0], symbol_of(instruction.op), texts[1]);
            made.literal = are_literal(texts);
            return made;
        }
        case Op::is_nan:
        case Op::is_inf:
            return test(instruction);
        case Op::select:
            return choice(instruction);
        case Op::convert:
            return convert(first, module_.type_of(module_.result(instruction)));
        case Op::bitcast: {
            const ir::TypeId to = module_.type_of(module_.result(instruction));
            if (to == type_id) return value(first);
            const bool halves =
                module_.types.scalar_of(to) == Scalar::f16 || module_.types.scalar_of(type_id) == Scalar::f16;
            if (halves && support_.dialect == WgslSupport::Dialect::wgpu) return bits_of_halves(first, to);
            const bool integers = module_.types.is_integer(to) && module_.types.is_integer(type_id) &&
                                  module_.types.bits(to) == module_.types.bits(type_id);
            Text text = value(first);
            const bool may_stay = integers && module_.types.lanes(to) == 1 && is_settable(text);
            if (text.literal && !may_stay) text = unknown(text);
            return {(integers ? type(to) : "bitcast<" + type(to) + '>') + '(' + text.text + ')', Level::primary,
                    text.reads, text.literal};
        }
        default:
            return call_of(function_of(instruction.op), instruction);
    }
}

/// Constants that WGSL refuses beside values that are not known: limits in the wrong order, exponents that are too large.
bool Emitter::has_fair_constants(const ir::Instruction& instruction) const {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const bool scales = instruction.op == Op::ldexp, clamps = instruction.op == Op::clamp;
    const std::vector<u64> low = known_lanes(values[clamps ? 1 : 0]), high = known_lanes(values[clamps ? 2 : 1]);
    const ir::TypeId id = module_.type_of(values[0]);
    for (const ir::ValueId limit : values.subspan(clamps ? 1 : 0, 2))
        if (is_constant(limit) && known_lanes(limit).empty()) return false;  // an override
    if (scales) {
        return std::all_of(high.begin(), high.end(), [](u64 bits) { return static_cast<u32>(bits) + 126u < 254u; });
    }
    if (low.empty() || high.empty()) return true;
    const Scalar kind = module_.types.scalar_of(id);
    for (std::size_t i = 0; i < std::max(low.size(), high.size()); ++i) {
        const u64 a = low[low.size() == 1 ? 0 : i], b = high[high.size() == 1 ? 0 : i];
        bool ordered = false;
        if (kind == Scalar::u32) ordered = a < b;
        if (kind == Scalar::i32) ordered = static_cast<i32>(a) < static_cast<i32>(b);
        if (kind == Scalar::f32)
            ordered = std::bit_cast<f32>(static_cast<u32>(a)) < std::bit_cast<f32>(static_cast<u32>(b));
        if (kind == Scalar::f16) {
            f16 least, most;
            least.bits = static_cast<u16>(a);
            most.bits = static_cast<u16>(b);
            ordered = static_cast<f32>(least) < static_cast<f32>(most);
        }
        if (!ordered) return false;
    }
    return true;
}

/// naga does not read bitcasts of f16. Packing and unpacking two of them is exact.
Text Emitter::bits_of_halves(ir::ValueId from, ir::TypeId to) {
    const ir::TypeId source = module_.type_of(from);
    const bool to_halves = module_.types.scalar_of(to) == Scalar::f16;
    const u32 words = module_.types.lanes(to_halves ? source : to);
    const Scalar kind = module_.types.scalar_of(to_halves ? source : to);
    if (module_.types.lanes(to_halves ? to : source) != 2 * words)
        unsupported("naga's WGSL has no bitcast of " + type(source) + " to " + type(to) + '.');
    const Text text = words == 1 ? at_run_time(from) : name_of(from);
    const std::string name = type(to);
    Text made{words == 1 ? "" : name + '(', Level::primary, text.reads};
    for (u32 i = 0; i < words; ++i) {
        std::string part = text.text;
        if (words > 1)
            part = operand_of_postfix(text) + (to_halves ? std::string(".") + "xyzw"[i] : i == 0 ? ".xy" : ".zw");
        if (to_halves) {
            if (kind != Scalar::u32) part = "bitcast<u32>(" + part + ')';
            part = "vec2h(unpack2x16float(" + part + "))";
        } else {
            part = "pack2x16float(vec2f(" + part + "))";
            if (kind != Scalar::u32) part = "bitcast<" + number_type(kind, 1) + ">(" + part + ')';
        }
        made.text += (i == 0 ? "" : ", ") + part;
    }
    if (words > 1) made.text += ')';
    return made;
}

Text Emitter::arithmetic(const ir::Instruction& instruction) {
    const ir::TypeId id = module_.type_of(module_.operands(instruction)[0]);
    const bool integers = module_.types.is_integer(id);
    if (instruction.op == Op::neg) {
        const Text operand = at_run_time(module_.operands(instruction)[0]);
        if (integers && !module_.types.is_signed(id)) return binary({zero_of(id)}, "-", operand);
        return unary("-", operand);
    }
    if (instruction.op == Op::div || instruction.op == Op::rem || instruction.op == Op::mod) return divide(instruction);
    const std::vector<Text> texts = operands(instruction);
    return exact(instruction, binary(texts[0], symbol_of(instruction.op), texts[1]));
}

/// WGSL has no word for `precise`. What compilers must not fuse or reorder goes through a change of no bits that they
/// cannot know of: the scalar is 0 in every call.
Text Emitter::exact(const ir::Instruction& instruction, const Text& text) {
    const ir::ValueId id = module_.result(instruction);
    if (!exact_[ir::place(id)] || !module_.types.is_float(module_.type_of(id))) return text;
    if (module_.types.scalar_of(module_.type_of(id)) != Scalar::f32)
        unsupported("WGSL has no precise arithmetic of " + type(module_.type_of(id)) + '.');
    const std::string name = type(module_.type_of(id));
    const u32 lanes = module_.types.lanes(module_.type_of(id));
    const std::string bits = number_type(Scalar::u32, lanes);
    const std::string zero = lanes == 1 ? zero_ : bits + '(' + zero_ + ')';
    const std::string helped = helper("exactly_" + name,
                                      "// The same number, which is not fused with others.\n"
                                      "fn $(x: " +
                                          name + ") -> " + name + " {\n    return bitcast<" + name + ">(bitcast<" +
                                          bits + ">(x) ^ " + zero + ");\n}");
    return {helped + '(' + text.text + ')', Level::primary, text.reads};
}

Text Emitter::divide(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::TypeId id = module_.type_of(values[0]);
    std::vector<Text> texts = operands(instruction);
    std::string divides;
    if (module_.types.is_integer(id)) {
        const bool is_signed = module_.types.is_signed(id);
        const Op op = instruction.op == Op::mod && !is_signed ? Op::rem : instruction.op;
        const std::vector<u64> known = known_lanes(values[1]);
        const bool is_fair = !known.empty() && std::none_of(known.begin(), known.end(), [&](u64 bits) {
            return bits == 0 || (op == Op::rem && is_signed && static_cast<u32>(bits) == ~0u);
        });
        // naga leaves remainders of negative numbers to the driver.
        const bool is_left_open = is_signed && op != Op::div && support_.dialect == WgslSupport::Dialect::wgpu;
        if (is_fair && op != Op::mod && !is_left_open) return binary(texts[0], symbol_of(op), texts[1]);
        divides = division_of_integers(op, id);
    } else {
        if (instruction.op != Op::mod) return binary(texts[0], symbol_of(instruction.op), texts[1]);
        const std::string name = type(id);
        divides = helper("mod_" + name, "fn $(a: " + name + ", b: " + name + ") -> " + name +
                                            " {\n    return a - b * floor(a / b);\n}");
    }
    return {divides + '(' + argument(texts[0]) + ", " + argument(texts[1]) + ')', Level::primary,
            texts[0].reads || texts[1].reads};
}

/// The helper for divisors that may be 0. Vectors are divided lane by lane: 580.159.04 of NVIDIA mixes up the lanes of what
/// the libraries write around a division of vectors.
std::string Emitter::division_of_integers(Op op, ir::TypeId id) {
    const std::string name = type(id), of = std::string(ir::info(op).name) + '_';
    const ir::Type about = module_.types[id];
    const std::string one = number_type(about.scalar, 1);
    const bool is_signed = ir::is_signed(about.scalar);
    std::string text = "fn $(a: T, b: T) -> T {\n";
    // FXC refuses a division by what it finds to be 0, also where that is what naga asks first.
    const std::string divisor = "    let divisor = select(b, 1, b == 0);\n";
    if (op == Op::div) text += divisor + "    return select(a / divisor, 0, b == 0);\n}";
    else if (!is_signed) text += divisor + "    return select(a % divisor, a, b == 0);\n}";
    // NVIDIA's compiler takes remainders of negative numbers as unsigned, also where they are written with a quotient.
    else if (support_.dialect == WgslSupport::Dialect::wgpu) {
        text +=
            "    let divisor = select(u32(abs(b)), 1u, b == 0);\n"
            "    let size = u32(abs(a)) % divisor;\n";
        if (op == Op::rem) text += "    return select(select(i32(size), -i32(size), a < 0), a, b == 0);\n}";
        else
            text +=
                "    let apart = (a ^ b) < 0 && size != 0u;\n"
                "    let place = i32(select(size, divisor - size, apart));\n"
                "    return select(select(place, -place, b < 0), a, b == 0);\n}";
    } else {  // ... and x - x / -1 * -1 as 2x; by 1 the rest is the same
        const char* rest = "select(a % select(b, 1, b == 0 || b == -1), a, b == 0);\n";
        if (op == Op::rem) text += std::string("    return ") + rest + '}';
        else
            text += std::string("    let rest = ") + rest +
                    "    return select(rest, rest + b, b != 0 && rest != 0 && (rest ^ b) < 0);\n}";
    }
    std::string divides = helper(of + one, replaced(std::move(text), "T", one));
    if (about.kind != ir::Type::Kind::vector) return divides;
    std::string lanes;
    for (u32 i = 0; i < about.count; ++i) {
        const char lane = "xyzw"[i];
        lanes += (i == 0 ? "" : ", ") + divides + "(a." + lane + ", b." + lane + ')';
    }
    return helper(of + name, "fn $(a: " + name + ", b: " + name + ") -> " + name + " {\n    return " + name + '(' +
                                 lanes + ");\n}");
}

/// Counts are taken modulo the bits by WGSL too, but it refuses constants that are greater; naga leaves the others as they
/// are, and means what the driver makes of them.
Text Emitter::shift(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::TypeId of = module_.type_of(values[0]), count_type = module_.type_of(values[1]);
    const u32 lanes = module_.types.lanes(of), bits = module_.types.bits(of);
    const std::vector<u64> known = known_lanes(values[1]);
    const Text shifted = known.empty() ? value(values[0]) : at_run_time(values[0]);
    Text count;
    if (!known.empty()) {
        const std::string name = number_type(Scalar::u32, lanes);
        count.text = lanes == 1 ? std::to_string(known[0] % bits) + 'u' : name + '(';
        for (u32 i = 0; lanes > 1 && i < lanes; ++i)
            count.text += (i == 0 ? "" : ", ") + std::to_string(known[known.size() == 1 ? 0 : i] % bits) + 'u';
        if (lanes > 1) count.text += ')';
    } else {
        count = at_run_time(values[1]);
        if (module_.types.scalar_of(count_type) != Scalar::u32)
            count = {number_type(Scalar::u32, module_.types.lanes(count_type)) + '(' + count.text + ')', Level::primary,
                     count.reads};
        if (lanes > 1 && module_.types.lanes(count_type) == 1)
            count = {number_type(Scalar::u32, lanes) + '(' + count.text + ')', Level::primary, count.reads};
        if (support_.dialect == WgslSupport::Dialect::wgpu) {
            const std::string most = std::to_string(bits - 1) + 'u';
            count = binary(count, "&", {lanes == 1 ? most : number_type(Scalar::u32, lanes) + '(' + most + ')'});
        }
    }
    return binary(shifted, instruction.op == Op::shl ? "<<" : ">>", count);
}

Text Emitter::field(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const bool inserts = instruction.op == Op::insert_bits;
    const u64 bits = module_.types.bits(module_.type_of(values[0]));
    const std::vector<u64> offset = known_lanes(values[values.size() - 2]);
    const u64 room = offset.empty() ? bits : bits - std::min(offset[0], bits);
    Text made{inserts ? "insertBits(" : "extractBits("};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool is_place = i + 2 >= values.size();
        const std::vector<u64> known = is_place ? known_lanes(values[i]) : std::vector<u64>();
        Text text;
        if (!known.empty()) {
            // WGSL keeps a field inside the number, but refuses constants that lie outside.
            text.text = std::to_string(std::min(known[0], i + 1 == values.size() ? room : bits)) + 'u';
        } else {
            text = at_run_time(values[i]);
            if (is_place && module_.types.scalar_of(module_.type_of(values[i])) != Scalar::u32)
                text = {"u32(" + text.text + ')', Level::primary, text.reads};
        }
        made.text += (i == 0 ? "" : ", ") + argument(text);
        made.reads = made.reads || text.reads;
    }
    made.text += ')';
    return made;
}

Text Emitter::logic(const ir::Instruction& instruction) {
    const ir::TypeId id = module_.type_of(module_.operands(instruction)[0]);
    const bool truth = module_.types.is_boolean(id);
    const std::vector<Text> texts = operands(instruction, module_.types.lanes(id) == 1);
    const auto made = [&](Text text) {
        text.literal = are_literal(texts);
        return text;
    };
    if (instruction.op == Op::bit_not) return made(unary(truth ? "!" : "~", texts[0]));
    if (truth && instruction.op == Op::bit_xor) return made(binary(texts[0], "!=", texts[1]));
    if (truth && module_.types.lanes(id) == 1) {
        const bool both = instruction.op == Op::bit_and;
        // naga writes `&&` and `||` as branches, and FXC ends early where it knows the way that one takes; of `&` and `|`
        // it makes numbers, which then are not equal to other truths.
        if (support_.hlsl && !are_literal(texts)) {
            const std::string other = argument(texts[1]);
            return {"select(" + (both ? "false, " + other : other + ", true") + ", " + argument(texts[0]) + ')',
                    Level::primary, texts[0].reads || texts[1].reads};
        }
        return made(binary(texts[0], both ? "&&" : "||", texts[1]));
    }
    return made(binary(texts[0], symbol_of(instruction.op), texts[1]));
}

/// By the bits: a compiler may take for granted that there are neither NaN nor infinities.
Text Emitter::test(const ir::Instruction& instruction) {
    const ir::TypeId id = module_.type_of(module_.operands(instruction)[0]);
    const Scalar kind = module_.types.scalar_of(id);
    if (kind != Scalar::f32) unsupported("NaN and infinities of " + type(id) + " cannot be asked for in WGSL.");
    const Text text = at_run_time(module_.operands(instruction)[0]);
    const std::string bits = number_type(Scalar::u32, module_.types.lanes(id));
    const auto splat = [&](const std::string& literal) {
        return Text{module_.types.lanes(id) == 1 ? literal : bits + '(' + literal + ')'};
    };
    const Text magnitude =
        binary({"bitcast<" + bits + ">(" + text.text + ')', Level::primary, text.reads}, "&", splat("0x7fffffffu"));
    return binary(magnitude, instruction.op == Op::is_nan ? ">" : "==", splat("0x7f800000u"));
}

Text Emitter::choice(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::TypeId id = module_.type_of(values[1]);
    const ir::Type& about = module_.types[id];
    if (about.kind == ir::Type::Kind::pointer) unsupported("WGSL chooses between no pointers.");
    if (about.kind == ir::Type::Kind::scalar || about.kind == ir::Type::Kind::vector) {
        const Text no = value(values[2]), yes = value(values[1]);
        Text condition = value(values[0]);
        const bool may_stay = about.kind == ir::Type::Kind::scalar && is_settable(condition);
        if (condition.literal && !may_stay) condition = unknown(condition);
        return {"select(" + argument(no) + ", " + argument(yes) + ", " + argument(condition) + ')', Level::primary,
                no.reads || yes.reads || condition.reads, no.literal && yes.literal && condition.literal};
    }
    const std::string name = names_.unique(wanted_name(module_.result(instruction), "chosen"));
    line("var " + name + " = " + value(values[2]).text + ';');
    line("if (" + value(values[0]).text + ") {");
    line("    " + name + " = " + value(values[1]).text + ';');
    line("}");
    return {name};
}

Text Emitter::convert(ir::ValueId from, ir::TypeId to) {
    const ir::TypeId source = module_.type_of(from);
    const bool saturates = module_.types.is_float(source) && module_.types.is_integer(to);
    Text text = value(from);
    const bool may_fail = saturates || module_.types.scalar_of(to) == Scalar::f16 || module_.types.lanes(to) > 1;
    if (text.literal && (may_fail || !is_settable(text))) text = unknown(text);
    if (to == source) return text;
    const std::string name = type(to);
    if (!saturates) return {name + '(' + text.text + ')', Level::primary, text.reads, text.literal};
    // WGSL leaves open what NaN becomes, and takes the nearest float below the greatest integer for what is above.
    const std::string floats = type(source);
    if (module_.types.bits(to) != 32 || module_.types.scalar_of(source) == Scalar::f64)
        unsupported("WGSL cannot convert " + floats + " to " + name + " exactly.");
    const bool is_signed = module_.types.is_signed(to);
    std::string body = "fn $(x: F) -> I {\n    let whole = I(x);\n";
    const bool half = module_.types.scalar_of(source) == Scalar::f16;
    const u32 lanes = module_.types.lanes(to);
    const auto splat = [&](const std::string& type_name, const std::string& literal) {
        return lanes == 1 ? literal : type_name + '(' + literal + ')';
    };
    const std::string most = splat(name, is_signed ? "2147483647" : "4294967295u");
    const std::string edge = is_signed ? "2147483648.0" : "4294967296.0";
    if (half) {  // infinity alone is above
        const std::string wide = number_type(Scalar::f32, lanes);
        body =
            "fn $(x: F) -> I {\n    let wide = W(x);\n    let whole = I(wide);\n"
            "    return select(select(whole, M, wide >= E), Z, (bitcast<B>(wide) & N) > P);\n}";
        body = replaced(std::move(body), "E", splat(wide, edge));
        body = replaced(std::move(body), "W", wide);
    } else {
        body += "    return select(select(whole, M, x >= E), Z, (bitcast<B>(x) & N) > P);\n}";
        body = replaced(std::move(body), "E", splat(floats, edge));
    }
    // NaN is known by its bits: drivers take for granted that a number equals itself.
    const std::string words = number_type(Scalar::u32, lanes);
    body = replaced(std::move(body), "B", words);
    body = replaced(std::move(body), "N", splat(words, "0x7fffffffu"));
    body = replaced(std::move(body), "P", splat(words, "0x7f800000u"));
    body = replaced(std::move(body), "M", most);
    body = replaced(std::move(body), "Z", zero_of(to));
    body = replaced(std::move(body), "F", floats);
    body = replaced(std::move(body), "I", name);
    const std::string helped = helper(name + "_of_" + floats, body);
    return {helped + '(' + text.text + ')', Level::primary, text.reads};
}

/// The upper half of a product, in pieces of 16 bits.
Text Emitter::wide(Op, ir::ValueId a, ir::ValueId b) {
    const ir::TypeId id = module_.type_of(a);
    if (module_.types.bits(id) != 32) unsupported("WGSL has no product of " + type(id) + " in two halves.");
    const bool is_signed = module_.types.is_signed(id);
    const u32 lanes = module_.types.lanes(id);
    const std::string bits = number_type(Scalar::u32, lanes);
    const std::string high =
        helper("mul_high_" + bits,
               replaced("// The upper 32 bits of a product.\n"
                        "fn $(a: T, b: T) -> T {\n"
                        "    let low_bits = T(0xffffu);\n"
                        "    let half = T(16u);\n"
                        "    let first = (a >> half) * (b & low_bits) + (((a & low_bits) * (b & low_bits)) >> half);\n"
                        "    let second = (a & low_bits) * (b >> half) + (first & low_bits);\n"
                        "    return (a >> half) * (b >> half) + (first >> half) + (second >> half);\n"
                        "}",
                        "T", bits));
    const Text left = at_run_time(a), right = at_run_time(b);
    if (!is_signed)
        return {high + '(' + argument(left) + ", " + argument(right) + ')', Level::primary, left.reads || right.reads};
    const std::string name = type(id);
    std::string body =
        "fn $(a: I, b: I) -> I {\n"
        "    let high = H(U(a), U(b));\n"
        "    return I(high - select(U(), U(b), a < I()) - select(U(), U(a), b < I()));\n"
        "}";
    body = replaced(std::move(body), "H", high);
    body = replaced(std::move(body), "Z", zero_of(id));
    body = replaced(std::move(body), "U", bits);
    body = replaced(std::move(body), "I", name);
    const std::string helped = helper("mul_high_" + name, body);
    return {helped + '(' + argument(left) + ", " + argument(right) + ')', Level::primary, left.reads || right.reads};
}

Text Emitter::dot_integer(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::TypeId to = module_.type_of(module_.result(instruction));
    const std::string name = type(to);
    if (instruction.op == Op::dot_packed) {
        const std::span<const u32> is_signed = module_.immediates(instruction);
        std::array<Text, 2> words;
        for (std::size_t i = 0; i < 2; ++i) {
            words[i] = at_run_time(values[i]);
            if (module_.types.scalar_of(module_.type_of(values[i])) != Scalar::u32)
                words[i] = {"u32(" + words[i].text + ')', Level::primary, words[i].reads};
        }
        const bool reads = words[0].reads || words[1].reads;
        std::string text;
        if (is_signed[0] == is_signed[1]) {
            text = (is_signed[0] != 0 ? "dot4I8Packed(" : "dot4U8Packed(") + argument(words[0]) + ", " +
                   argument(words[1]) + ')';
            const bool same = is_signed[0] != 0 ? name == "i32" : name == "u32";
            if (!same) text = name + '(' + text + ')';
        } else {
            const auto lanes = [&](std::size_t i) {
                return is_signed[i] != 0 ? "unpack4xI8(" + words[i].text + ')'
                                         : "vec4i(unpack4xU8(" + words[i].text + "))";
            };
            text = "dot(" + lanes(0) + ", " + lanes(1) + ')';
            if (name != "i32") text = name + '(' + text + ')';
        }
        return {text, Level::primary, reads};
    }
    const u32 lanes = module_.types.lanes(module_.type_of(values[0]));
    const Text a = name_of(values[0]), b = name_of(values[1]);
    Text sum;
    for (u32 i = 0; i < lanes; ++i) {
        const std::string lane = lanes == 1 ? "" : std::string(".") + "xyzw"[i];
        const Text product = binary({name + '(' + a.text + lane + ')'}, "*", {name + '(' + b.text + lane + ')'});
        sum = i == 0 ? product : binary(sum, "+", product);
    }
    return sum;
}

void Emitter::two_results(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::ValueId first = module_.result(instruction, 0), second = module_.result(instruction, 1);
    if (instruction.op == Op::frexp || instruction.op == Op::modf) {
        const bool splits = instruction.op == Op::modf;
        // naga cannot do it with f16; as f32 it is exact.
        const ir::TypeId id = module_.type_of(values[0]);
        const bool half = module_.types.scalar_of(id) == Scalar::f16;
        std::string operand = at_run_time(values[0]).text;
        if (half) operand = number_type(Scalar::f32, module_.types.lanes(id)) + '(' + operand + ')';
        const Text both = let(splits ? "parts" : "scaled", {(splits ? "modf(" : "frexp(") + operand + ')'});
        const auto back = [&](const std::string& part) { return half ? type(id) + '(' + part + ')' : part; };
        held(first).text = {back(both.text + ".fract")};
        held(second).text = {splits ? back(both.text + ".whole") : both.text + ".exp"};
        return;
    }
    const ir::TypeId id = module_.type_of(values[0]);
    const std::string name = type(id);
    for (const ir::ValueId operand : values)
        if (!is_constant(operand)) static_cast<void>(name_of(operand));
    if (instruction.op == Op::mul_wide) {
        define(second, wide(Op::mul_high, values[0], values[1]));
        return define(first, binary(at_run_time(values[0]), "*", value(values[1])));
    }
    // Unsigned: a sum that wrapped is less than either, and what is less borrows.
    const auto bits = [&](const Text& text) {
        if (!module_.types.is_signed(id)) return text;
        return Text{number_type(Scalar::u32, module_.types.lanes(id)) + '(' + text.text + ')'};
    };
    if (module_.types.bits(id) != 32) unsupported("WGSL has no carry of " + name + '.');
    const bool adds = instruction.op == Op::add_carry;
    const Text a = at_run_time(values[0]), b = at_run_time(values[1]);
    const Text result = adds ? let("sum", binary(a, "+", b)) : binary(a, "-", b);
    const Text wrapped = adds ? binary(bits(result), "<", bits(a)) : binary(bits(a), "<", bits(b));
    define(second, {name + '(' + wrapped.text + ')'});
    define(first, result);
}

}  // namespace alkomp::emit::wg
