// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors, matrices, arrays and structures as values.
#include "emit/wgsl/emitter.h"

namespace alkomp::emit::wg {

using ir::Op;

Text Emitter::composite(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    switch (instruction.op) {
        case Op::compose:
            return compose(instruction);
        case Op::splat: {
            const Text text = value(values[0]);
            return {type(module_.type_of(module_.result(instruction))) + '(' + text.text + ')', Level::primary,
                    text.reads, text.literal};
        }
        case Op::extract: {
            if (const std::optional<Text> size = size_of_workgroup(instruction)) return *size;
            Text text = value(values[0]);
            if (is_settable(text)) text = unknown(text);
            ir::TypeId id = module_.type_of(values[0]);
            for (const u32 index : module_.immediates(instruction)) text = part(text, id, index);
            return text;
        }
        case Op::extract_lane: {
            const Text vector = name_of(values[0]);
            const u32 lanes = module_.types.lanes(module_.type_of(values[0]));
            if (const std::optional<u64> known = module_.known_bits(values[1]))
                return {operand_of_postfix(vector) + '.' + "xyzw"[*known < lanes ? *known : lanes - 1]};
            const Text lane = at_run_time(values[1]);
            return {operand_of_postfix(vector) + '[' + lane.text + ']', Level::primary, lane.reads};
        }
        case Op::insert:
        case Op::insert_lane:
            return inserted(instruction);
        case Op::shuffle:
            return shuffled(instruction);
        default:
            return matrix(instruction);
    }
}

/// A part of that builtin, by itself.
std::optional<Text> Emitter::size_of_workgroup(const ir::Instruction& extract) {
    const ir::Value& whole = module_[module_.operands(extract)[0]];
    if (whole.kind != ir::Value::Kind::result) return std::nullopt;
    const ir::Instruction& from = module_.instructions[whole.index];
    if (from.op != Op::builtin || module_.immediates(from)[0] != static_cast<u32>(ir::Builtin::workgroup_size))
        return std::nullopt;
    return expression(module_.workgroup_size[module_.immediates(extract)[0]]);
}

Text Emitter::compose(const ir::Instruction& instruction) {
    const ir::TypeId id = module_.type_of(module_.result(instruction));
    Text made{type(id) + '(', Level::primary, false, true};
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Text text = value(values[i]);
        made.text += (i == 0 ? "" : ", ") + (values.size() == 1 ? text.text : argument(text));
        made.reads = made.reads || text.reads;
        made.literal = made.literal && text.literal;
    }
    made.text += ')';
    return made;
}

/// `type` becomes that of the part.
Text Emitter::part(const Text& whole, ir::TypeId& type_id, u32 index) {
    const ir::Type& about = module_.types[type_id];
    Text made{operand_of_postfix(whole), Level::primary, whole.reads};
    switch (about.kind) {
        case ir::Type::Kind::structure: {
            Names members;  // as `structure` names them
            std::string name;
            for (u32 i = 0; i <= index; ++i)
                name = members.unique(about.members[i].name.empty() ? "member" : about.members[i].name);
            made.text += '.' + name;
            type_id = about.members[index].type;
            return made;
        }
        case ir::Type::Kind::vector:
            made.text += std::string(".") + "xyzw"[index];
            break;
        default:
            made.text += '[' + std::to_string(index) + ']';
            break;
    }
    type_id = about.element;
    return made;
}

/// The vector with a lane changed that is found at run time, by a comparison: FXC, to which naga's HLSL may go, takes no store
/// to such a lane. One outside is the last.
Text Emitter::selected_lane(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const Text whole = value(values[0]), part = value(values[1]), lane = at_run_time(values[2]);
    const ir::TypeId id = module_.type_of(values[0]);
    const u32 lanes = module_.types.lanes(id);
    const std::string counts = number_type(Scalar::u32, lanes);
    const bool is_signed = module_.types.scalar_of(module_.type_of(values[2])) != Scalar::u32;
    std::string places = counts + '(';
    for (u32 i = 0; i < lanes; ++i) places += (i == 0 ? "" : ", ") + std::to_string(i) + 'u';
    const std::string place = is_signed ? "u32(" + lane.text + ')' : lane.text;
    return {"select(" + whole.text + ", " + type(id) + '(' + part.text + "), " + places + ") == " + counts + "(min(" +
                place + ", " + std::to_string(lanes - 1) + "u)))",
            Level::primary, whole.reads || part.reads || lane.reads};
}

/// A copy of the composite that is a variable, and changed once.
Text Emitter::inserted(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    if (instruction.op == Op::insert_lane && support_.dialect == WgslSupport::Dialect::wgpu &&
        !module_.known_bits(values[2]))
        return selected_lane(instruction);
    const Text whole = value(values[0]), new_part = value(values[1]);
    Text place{names_.unique(wanted_name(module_.result(instruction), "changed"))};
    const std::string name = place.text;
    const Text lane =
        instruction.op == Op::insert_lane && !module_.known_bits(values[2]) ? at_run_time(values[2]) : Text{};
    line("var " + name + " = " + whole.text + ';');
    if (instruction.op == Op::insert_lane) {
        const u32 lanes = module_.types.lanes(module_.type_of(values[0]));
        const std::optional<u64> known = module_.known_bits(values[2]);
        if (known) place.text += std::string(".") + "xyzw"[*known < lanes ? *known : lanes - 1];
        else place.text += '[' + lane.text + ']';
    } else {
        ir::TypeId id = module_.type_of(values[0]);
        for (const u32 index : module_.immediates(instruction)) place = part(place, id, index);
    }
    line(place.text + " = " + new_part.text + ';');
    return {name};
}

Text Emitter::shuffled(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const std::span<const u32> picks = module_.immediates(instruction);
    const u32 lanes = module_.types.lanes(module_.type_of(values[0]));
    bool from_first = true, from_second = true;
    for (const u32 pick : picks) (pick < lanes ? from_second : from_first) = false;
    if (values[0] == values[1]) from_first = true;
    if (from_first || from_second) {
        Text vector = value(values[from_first ? 0 : 1]);
        if (is_settable(vector)) vector = unknown(vector);
        Text made{operand_of_postfix(vector) + '.', Level::primary, vector.reads};
        for (const u32 pick : picks) made.text += "xyzw"[pick < lanes ? pick : pick - lanes];
        return made;
    }
    const Text a = name_of(values[0]), b = name_of(values[1]);
    Text made{type(module_.type_of(module_.result(instruction))) + '('};
    for (const u32 pick : picks) {
        if (made.text.back() != '(') made.text += ", ";
        made.text += operand_of_postfix(pick < lanes ? a : b) + '.' + "xyzw"[pick < lanes ? pick : pick - lanes];
    }
    made.text += ')';
    return made;
}

Text Emitter::matrix(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    if (instruction.op == Op::multiply) {
        const std::vector<Text> texts = operands(instruction);
        const Text product = binary(texts[0], "*", texts[1]);
        return module_.types.is_float(module_.type_of(module_.result(instruction))) ? exact(instruction, product)
                                                                                    : product;
    }
    if (instruction.op == Op::transpose || instruction.op == Op::determinant)
        return call_of(ir::info(instruction.op).name, instruction);
    const ir::TypeId id = module_.type_of(module_.result(instruction));
    if (instruction.op == Op::outer) {
        const Text column = name_of(values[0]), row = name_of(values[1]);
        Text made{type(id) + '('};
        for (u32 i = 0; i < module_.types[id].count; ++i) {
            const Text lane{operand_of_postfix(row) + '.' + "xyzw"[i]};
            made.text += (i == 0 ? "" : ", ") + binary(column, "*", lane).text;
        }
        made.text += ')';
        return made;
    }
    const Text text = at_run_time(values[0]);
    return {inverse_of(id) + '(' + text.text + ')', Level::primary, text.reads};
}

/// By the matrix of cofactors. Column i of the inverse has the cofactors of row i, over the determinant.
std::string Emitter::inverse_of(ir::TypeId id) {
    const std::string name = type(id);
    const u32 n = module_.types[id].count;
    const auto at = [](u32 column, u32 row) {
        return "m[" + std::to_string(column) + "][" + std::to_string(row) + ']';
    };
    std::string text = "fn $(m: " + name + ") -> " + name + " {\n";
    if (n == 2) {
        text += "    return (1.0 / determinant(m)) * " + name + '(' + at(1, 1) + ", -" + at(0, 1) + ", -" + at(1, 0) +
                ", " + at(0, 0) + ");\n}";
        return helper("inverse_" + name, text);
    }
    const std::string minor = "mat" + std::to_string(n - 1) + 'x' + std::to_string(n - 1) + name.substr(6);
    text += "    let cofactors = " + name + '(';
    for (u32 column = 0; column < n; ++column) {
        for (u32 row = 0; row < n; ++row) {
            // The cofactor of (row `column`, column `row`) of m: without that row and that column.
            text += column + row == 0 ? "\n        " : ",\n        ";
            text += (column + row) % 2 == 0 ? "" : "-";
            text += "determinant(" + minor + '(';
            bool first = true;
            for (u32 c = 0; c < n; ++c) {
                if (c == row) continue;
                for (u32 r = 0; r < n; ++r) {
                    if (r == column) continue;
                    text += (first ? "" : ", ") + at(c, r);
                    first = false;
                }
            }
            text += "))";
        }
    }
    text += ");\n    return (1.0 / determinant(m)) * cofactors;\n}";
    return helper("inverse_" + name, text);
}

}  // namespace alkomp::emit::wg
