// SPDX-License-Identifier: MIT OR Apache-2.0
// Subgroup operations, where the device's WGSL has them.
#include "emit/wgsl/emitter.h"

#include <algorithm>

namespace alkomp::emit::wg {
namespace {

using ir::Op;

std::string_view function_of(Op op) {
    switch (op) {
        case Op::subgroup_all:
            return "subgroupAll";
        case Op::subgroup_any:
            return "subgroupAny";
        case Op::subgroup_ballot:
            return "subgroupBallot";
        case Op::subgroup_broadcast_first:
            return "subgroupBroadcastFirst";
        case Op::subgroup_shuffle_xor:
            return "subgroupShuffleXor";
        case Op::subgroup_shuffle_up:
            return "subgroupShuffleUp";
        case Op::subgroup_shuffle_down:
            return "subgroupShuffleDown";
        default:
            return "subgroupShuffle";
    }
}

std::string_view combining(ir::Combine how) {
    switch (how) {
        case ir::Combine::add:
            return "Add";
        case ir::Combine::mul:
            return "Mul";
        case ir::Combine::min:
            return "Min";
        case ir::Combine::max:
            return "Max";
        case ir::Combine::bit_and:
            return "And";
        case ir::Combine::bit_or:
            return "Or";
        case ir::Combine::bit_xor:
            break;
    }
    return "Xor";
}

std::string ir_name(ir::Combine how) { return how == ir::Combine::min ? "min" : "max"; }

/// What changes no other value. Source: SPIR-V, "Group Operation".
u64 identity_of(ir::Combine how, Scalar kind) {
    const bool is_signed = kind == Scalar::i32, is_half = kind == Scalar::f16,
               is_float = is_half || kind == Scalar::f32;
    switch (how) {
        case ir::Combine::add:
        case ir::Combine::bit_or:
        case ir::Combine::bit_xor:
            return 0;
        case ir::Combine::mul:
            return is_half ? 0x3c00 : is_float ? 0x3f800000 : 1;
        case ir::Combine::bit_and:
            return 0xffffffff;
        case ir::Combine::min:
            return is_half ? 0x7c00 : is_float ? 0x7f800000 : is_signed ? 0x7fffffff : 0xffffffff;
        case ir::Combine::max:
            break;
    }
    return is_half ? 0xfc00 : is_float ? 0xff800000 : is_signed ? 0x80000000 : 0;
}

}  // namespace

/// Written where it stands: which invocations come there together is part of what it means.
void Emitter::subgroup(const ir::Instruction& instruction) {
    if (!support_.subgroups) unsupported("the device's WGSL has no subgroup operations.");
    const bool standard = support_.dialect != WgslSupport::Dialect::wgpu;
    if (standard) allow_subgroups();
    const ir::ValueId id = module_.result(instruction);
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const std::span<const u32> how = module_.immediates(instruction);
    std::vector<Text> texts;
    for (const ir::ValueId operand : values) texts.push_back(name_of(operand));
    write_reads();
    const bool truth = !values.empty() && module_.types.is_boolean(module_.type_of(values[0]));
    const bool moves = instruction.op >= Op::subgroup_broadcast && instruction.op <= Op::quad_swap;
    std::string plain = texts.empty() ? "" : texts[0].text;
    const u32 lanes = values.empty() ? 1 : module_.types.lanes(module_.type_of(values[0]));
    const std::string bits = number_type(Scalar::u32, lanes);
    if (truth && moves) plain = "select(" + bits + "(), " + bits + "(1u), " + plain + ')';
    const auto call = [&](std::string_view function, const std::string& rest = "") {
        std::string text = std::string(function) + '(' + plain + (rest.empty() ? "" : ", " + rest) + ')';
        if (truth && moves) text += " != " + bits + "()";
        define_now(id, {text, truth && moves ? Level::relational : Level::primary});
    };
    switch (instruction.op) {
        case Op::subgroup_elect: {
            if (standard) return call("subgroupElect");
            const std::string lane = builtin(ir::Builtin::subgroup_lane).text;  // naga has no such function
            return define_now(id, {lane + " == subgroupBroadcastFirst(" + lane + ')', Level::relational});
        }
        case Op::subgroup_all:
        case Op::subgroup_any:
        case Op::subgroup_ballot:
        case Op::subgroup_broadcast_first:
            return call(function_of(instruction.op));
        case Op::subgroup_all_equal: {
            const std::string first = "subgroupBroadcastFirst(" + plain + ')';
            const Text same = let("same", binary({plain}, "==", {first}));
            return define_now(id, {"subgroupAll(" + (lanes == 1 ? same.text : "all(" + same.text + ')') + ')'});
        }
        case Op::subgroup_ballot_bit:
            return define_now(id, {"((" + operand_of_postfix(texts[0]) + "[" + operand_of_postfix(texts[1]) +
                                       " >> 5u] >> (" + operand_of_postfix(texts[1]) + " & 31u)) & 1u) != 0u",
                                   Level::relational});
        case Op::subgroup_ballot_count:
        case Op::subgroup_ballot_lsb:
        case Op::subgroup_ballot_msb:
            return ballot(instruction, texts[0]);
        case Op::subgroup_broadcast:
            if (known_lanes(values[1]).empty()) return call("subgroupShuffle", texts[1].text);
            return call("subgroupBroadcast", texts[1].text);
        case Op::subgroup_shuffle:
        case Op::subgroup_shuffle_xor:
        case Op::subgroup_shuffle_up:
        case Op::subgroup_shuffle_down:
            return call(function_of(instruction.op), texts[1].text);
        case Op::subgroup_rotate: {
            const std::string lane = builtin(ir::Builtin::subgroup_lane).text;
            const std::string size =
                how[0] != 0 ? std::to_string(how[0]) + 'u' : builtin(ir::Builtin::subgroup_size).text;
            return call("subgroupShuffle", '(' + lane + " & ~(" + size + " - 1u)) | ((" + lane + " + " + texts[1].text +
                                               ") & (" + size + " - 1u))");
        }
        case Op::quad_broadcast:
            if (known_lanes(values[1]).empty())
                return call("subgroupShuffle", '(' + builtin(ir::Builtin::subgroup_lane).text + " & ~3u) | " +
                                                   operand_of_postfix(texts[1]));
            return call("quadBroadcast", texts[1].text);
        case Op::quad_swap:
            return call(how[0] == 0 ? "quadSwapX" : how[0] == 1 ? "quadSwapY" : "quadSwapDiagonal");
        case Op::subgroup_reduce:
        case Op::subgroup_scan:
            return combine(instruction, texts[0]);
        default:
            break;
    }
}

/// Which invocations come together is what the IR says; WGSL's own analysis knows less.
void Emitter::allow_subgroups() {
    enable("subgroups");
    directive("diagnostic(off, subgroup_uniformity);");
}

/// WGSL by itself does not number subgroups. Each is named by its first invocation, and these are counted in order, at
/// the kernel's beginning, where all are together.
std::string Emitter::subgroup_number(ir::Builtin which) {
    const std::string name(which == ir::Builtin::subgroup_id ? "subgroup_id" : "subgroup_count");
    for (const char* const one : {"subgroup_id", "subgroup_count"}) {
        const auto [found, is_new] = declared_.try_emplace(one);
        if (!is_new) continue;
        found->second = names_.unique(one);
        globals_.push_back("var<private> " + found->second + ": u32;");
    }
    if (const auto [found, is_new] = declared_.try_emplace("subgroup_leaders"); is_new) {
        const u64 invocations = size_[0] * size_[1] * size_[2];
        found->second = names_.unique("subgroup_leaders");
        globals_.push_back("var<workgroup> " + found->second + ": array<atomic<u32>, " +
                           std::to_string((invocations + 31) / 32) + ">;");
    }
    return declared_.at(name);
}

std::vector<std::string> Emitter::numbering_of_subgroups() {
    if (!declared_.contains("subgroup_leaders")) return {};
    allow_subgroups();
    const std::string leaders = declared_.at("subgroup_leaders"), index = input(ir::Builtin::local_index);
    const std::string first = names_.unique("first"), word = names_.unique("word"), bits = names_.unique("bits");
    const std::string id = declared_.at("subgroup_id"), count = declared_.at("subgroup_count");
    const u64 invocations = size_[0] * size_[1] * size_[2];
    return {"    let " + first + " = subgroupMin(" + index + ");",
            "    if (subgroupElect()) {",
            "        atomicOr(&" + leaders + "[" + first + " >> 5u], 1u << (" + first + " & 31u));",
            "    }",
            "    workgroupBarrier();",
            "    for (var " + word + " = 0u; " + word + " < " + std::to_string((invocations + 31) / 32) + "u; " + word +
                "++) {",
            "        let " + bits + " = atomicLoad(&" + leaders + "[" + word + "]);",
            "        " + count + " += countOneBits(" + bits + ");",
            "        if (" + word + " < (" + first + " >> 5u)) { " + id + " += countOneBits(" + bits + "); }",
            "        if (" + word + " == (" + first + " >> 5u)) { " + id + " += countOneBits(" + bits + " & ((1u << (" +
                first + " & 31u)) - 1u)); }",
            "    }"};
}

void Emitter::ballot(const ir::Instruction& instruction, const Text& votes) {
    const ir::ValueId id = module_.result(instruction);
    const std::span<const u32> how = module_.immediates(instruction);
    if (instruction.op == Op::subgroup_ballot_count) {
        const auto scan = static_cast<ir::Scan>(how[0]);
        const std::string counted = helper("count_lanes",
                                           "fn $(votes: vec4u) -> u32 {\n"
                                           "    let counts = countOneBits(votes);\n"
                                           "    return counts.x + counts.y + counts.z + counts.w;\n}");
        std::string text = votes.text;
        if (scan == ir::Scan::inclusive) text += " & " + subgroup_mask(ir::Builtin::subgroup_le_mask);
        if (scan == ir::Scan::exclusive) text += " & " + subgroup_mask(ir::Builtin::subgroup_lt_mask);
        return define_now(id, {counted + '(' + text + ')'});
    }
    const bool lowest = instruction.op == Op::subgroup_ballot_lsb;
    const std::string name = lowest ? "first_lane" : "last_lane";
    std::string text = "fn $(votes: vec4u) -> u32 {\n";
    for (u32 i = 0; i < 3; ++i) {
        const u32 word = lowest ? i : 3 - i;
        const std::string lane = std::string("votes.") + "xyzw"[word];
        text += "    if (" + lane + " != 0u) { return " + (lowest ? "firstTrailingBit(" : "firstLeadingBit(") + lane +
                ')' + (word == 0 ? "" : " + " + std::to_string(32 * word) + 'u') + "; }\n";
    }
    text +=
        std::string("    return ") + (lowest ? "firstTrailingBit(votes.w) + 96u" : "firstLeadingBit(votes.x)") + ";\n}";
    define_now(id, {helper(name, text) + '(' + votes.text + ')'});
}

void Emitter::combine(const ir::Instruction& instruction, const Text& operand) {
    const ir::ValueId id = module_.result(instruction), from = module_.operands(instruction)[0];
    const std::span<const u32> how = module_.immediates(instruction);
    const auto combination = static_cast<ir::Combine>(how[0]);
    const ir::TypeId type_id = module_.type_of(from);
    const bool truth = module_.types.is_boolean(type_id), scans = instruction.op == ir::Op::subgroup_scan;
    const u32 lanes = module_.types.lanes(type_id);
    const std::string bits = number_type(Scalar::u32, lanes);
    const auto scan = scans ? static_cast<ir::Scan>(how[1]) : ir::Scan::reduce;
    const u32 cluster = scans ? 0 : how[1];
    const bool sums = combination == ir::Combine::add || combination == ir::Combine::mul;
    const std::string plain = truth ? "select(" + bits + "(), " + bits + "(1u), " + operand.text + ')' : operand.text;
    std::string text;
    if (cluster == 0 && (!scans || (sums && !truth))) {
        const std::string start = !scans                        ? "subgroup"
                                  : scan == ir::Scan::inclusive ? "subgroupInclusive"
                                                                : "subgroupExclusive";
        text = start + std::string(combining(combination)) + '(' + plain + ')';
    } else {
        text = combined_by_hand(combination, scan, cluster, truth ? Scalar::u32 : module_.types.scalar_of(type_id),
                                lanes, plain);
    }
    if (truth) return define_now(id, {text + " != " + bits + "()", Level::relational});
    define_now(id, {text});
}

/// What WGSL has no function for: every lane looks at all others that are there.
std::string Emitter::combined_by_hand(ir::Combine how, ir::Scan scan, u32 cluster, Scalar kind, u32 lanes,
                                      const std::string& operand) {
    const std::string type_name = number_type(kind, lanes), name(combining(how));
    const bool picks = how == ir::Combine::min || how == ir::Combine::max;
    const std::string symbol = how == ir::Combine::add       ? "+"
                               : how == ir::Combine::mul     ? "*"
                               : how == ir::Combine::bit_and ? "&"
                               : how == ir::Combine::bit_or  ? "|"
                                                             : "^";
    const std::string counts = scan == ir::Scan::inclusive   ? "other <= lane"
                               : scan == ir::Scan::exclusive ? "other < lane"
                                                             : "(other ^ lane) < " + std::to_string(cluster) + 'u';
    const std::string what = scan == ir::Scan::inclusive   ? "inclusive"
                             : scan == ir::Scan::exclusive ? "exclusive"
                                                           : "cluster_" + std::to_string(cluster);
    const std::string helped =
        helper(what + '_' + name + '_' + type_name,
               "fn $(x: " + type_name + ", start: " + type_name + ", lane: u32, size: u32) -> " + type_name + " {\n" +
                   "    let here = subgroupBallot(true);\n"
                   "    var total = start;\n"
                   "    for (var other = 0u; other < size; other++) {\n"
                   "        let value = subgroupShuffle(x, other);\n"
                   "        if (" +
                   counts + " && ((here[other >> 5u] >> (other & 31u)) & 1u) != 0u) {\n" +
                   "            total = " + (picks ? ir_name(how) + "(total, value)" : "total " + symbol + " value") +
                   ";\n" + "        }\n    }\n    return total;\n}");
    const Text identity = number(kind, identity_of(how, kind));
    const std::string start = lanes == 1 ? identity.text : type_name + '(' + identity.text + ')';
    return helped + '(' + operand + ", " + start + ", " + builtin(ir::Builtin::subgroup_lane).text + ", " +
           builtin(ir::Builtin::subgroup_size).text + ')';
}

}  // namespace alkomp::emit::wg
