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

}  // namespace

/// Written where it stands: which invocations come there together is part of what it means.
void Emitter::subgroup(const ir::Instruction& instruction) {
    if (!support_.subgroups) unsupported("the device's WGSL has no subgroup operations.");
    const bool standard = support_.dialect != WgslSupport::Dialect::wgpu;
    if (standard) enable("subgroups");
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
    const std::string name(combining(combination));
    const bool truth = module_.types.is_boolean(module_.type_of(from));
    if (instruction.op == Op::subgroup_scan) {
        const bool sums = combination == ir::Combine::add || combination == ir::Combine::mul;
        if (!sums || truth) unsupported("WGSL has scans of sums and products alone over a subgroup.");
        const bool inclusive = static_cast<ir::Scan>(how[1]) == ir::Scan::inclusive;
        return define_now(id,
                          {(inclusive ? "subgroupInclusive" : "subgroupExclusive") + name + '(' + operand.text + ')'});
    }
    if (how[1] != 0) unsupported("WGSL combines no clusters of a subgroup.");
    if (!truth) return define_now(id, {"subgroup" + name + '(' + operand.text + ')'});
    const std::string bits = number_type(Scalar::u32, module_.types.lanes(module_.type_of(from)));
    define_now(
        id, {"subgroup" + name + "(select(" + bits + "(), " + bits + "(1u), " + operand.text + ")) != " + bits + "()",
             Level::relational});
}

}  // namespace alkomp::emit::wg
