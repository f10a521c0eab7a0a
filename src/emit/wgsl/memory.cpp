// SPDX-License-Identifier: MIT OR Apache-2.0
// Places, loads and stores, atomics, barriers.
//
// A place that atomics work on has an atomic type in WGSL, and every access to it is atomic. Atomics order nothing but
// themselves, and no fence reaches beyond the workgroup: a kernel that needs either is refused.
#include "emit/wgsl/emitter.h"

#include <algorithm>

namespace alkomp::emit::wg {

using ir::Op;

const std::set<Path>& Emitter::atomics_of(ir::ValueId root) const {
    static const std::set<Path> none;
    const auto found = atomics_.find(ir::place(root));
    return found == atomics_.end() ? none : found->second;
}

std::set<Path> Emitter::below(const std::set<Path>& paths, u32 member) {
    std::set<Path> rest;
    for (const Path& path : paths)
        if (!path.empty() && path[0] == member) rest.insert(Path(path.begin() + 1, path.end()));
    return rest;
}

/// Which places of globals atomics work on. In buffers that are coherent, all integers that are accessed.
void Emitter::survey_atomics() {
    const auto origin = [&](ir::ValueId id, Path& path) {
        while (module_[id].kind == ir::Value::Kind::result) {
            const ir::Instruction& from = module_.instructions[module_[id].index];
            if (from.op != Op::access) break;
            const std::span<const ir::ValueId> values = module_.operands(from);
            Path part;
            ir::TypeId type = module_.type(values[0]).element;
            for (const ir::ValueId index : values.subspan(1)) {
                const ir::Type& about = module_.types[type];
                const bool is_structure = about.kind == ir::Type::Kind::structure;
                const auto member = static_cast<u32>(module_.known_bits(index).value_or(0));
                if (is_structure) part.push_back(member);
                type = is_structure ? about.members[member].type : about.element;
            }
            path.insert(path.begin(), part.begin(), part.end());
            id = values[0];
        }
        return id;
    };
    for (const ir::Instruction& instruction : module_.instructions) {
        const bool plain = instruction.op == Op::load || instruction.op == Op::store;
        if (instruction.region == ir::RegionId::none || (!plain && !ir::has(instruction.op, ir::kAtomic))) continue;
        const ir::ValueId pointer = module_.operands(instruction)[0];
        Path path;
        const ir::ValueId root = origin(pointer, path);
        if (module_[root].kind != ir::Value::Kind::global) continue;
        const ir::Global& global = module_.globals[module_[root].index];
        const ir::Type& pointee = module_.types[module_.type(pointer).element];
        const bool is_word =
            pointee.kind == ir::Type::Kind::scalar && (pointee.scalar == Scalar::u32 || pointee.scalar == Scalar::i32);
        if (plain && !(global.coherent && is_word)) continue;
        if (!plain && global.kind == ir::Global::Kind::storage) orders_storage_ = true;
        atomics_[ir::place(root)].insert(path);
    }
    for (const ir::Global& global : module_.globals) orders_storage_ = orders_storage_ || global.coherent;
}

void Emitter::variable(const ir::Instruction& instruction) {
    const ir::ValueId id = module_.result(instruction);
    const std::string name = names_.unique(wanted_name(id, "local"));
    held(id).text = {name};
    held(id).root = id;
    std::string text = "var " + name + ": " + type(module_.type(id).element);
    if (instruction.operands.count != 0) text += " = " + value(instruction, 0).text;
    line(text + ';');
}

void Emitter::access(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const ir::ValueId id = module_.result(instruction);
    const bool once = uses_[ir::place(id)].count == 1 && uses_[ir::place(id)].region == instruction.region;
    Held made = held(values[0]);
    ir::TypeId type_id = module_.type(values[0]).element;
    for (const ir::ValueId index : values.subspan(1)) {
        const ir::Type& about = module_.types[type_id];
        const std::optional<u64> known = module_.known_bits(index);
        if (about.kind == ir::Type::Kind::structure) {
            made.path.push_back(static_cast<u32>(known.value_or(0)));
            made.text = part(made.text, type_id, made.path.back());
            continue;
        }
        type_id = about.element;
        const bool is_signed = module_.types.is_signed(module_.type_of(index));
        const u32 bits = module_.types.bits(module_.type_of(index));
        const bool is_open = about.kind == ir::Type::Kind::array && varies(ir::ValueId{about.length});
        if (known && (!is_open || known == u64{0})) {
            const u64 last = about.kind == ir::Type::Kind::runtime_array ? 0xffffffff
                             : about.kind == ir::Type::Kind::array       ? length_of(about) - 1
                                                                         : about.count - 1;
            const bool negative = is_signed && (*known >> (bits - 1) & 1) != 0;
            const u64 place = negative ? last : std::min(*known, last);
            if (about.kind == ir::Type::Kind::vector) made.text.text += std::string(".") + "xyzw"[place];
            else if (place > 0x7fffffff)
                made.text.text +=
                    '[' + let("at", {std::to_string(place) + 'u', Level::primary, false, true}).text + ']';
            else made.text.text += '[' + std::to_string(place) + ']';
            continue;
        }
        Text text = once && !held(index).text.reads ? value(index) : name_of(index);
        if (text.literal) text = unknown(text);  // it may lie outside
        if (bits == 64) text = {(is_signed ? "i32(" : "u32(") + text.text + ')'};
        made.text.text += '[' + text.text + ']';
    }
    held(id) = std::move(made);
}

std::string Emitter::load_of(const std::string& place, ir::TypeId type_id, ir::ValueId root, const Path& path) {
    std::set<Path> atomics = atomics_of(root);
    for (const u32 member : path) atomics = below(atomics, member);
    if (atomics.empty()) return place;
    const ir::Type& about = module_.types[type_id];
    if (about.kind == ir::Type::Kind::scalar) return "atomicLoad(&" + place + ')';
    const u64 parts = about.kind == ir::Type::Kind::structure ? about.members.size()
                      : about.kind == ir::Type::Kind::array   ? length_of(about)
                                                              : 0;
    if (parts == 0 || parts > 64) unsupported("WGSL cannot read " + type(type_id) + " with atomics in it as a whole.");
    std::string text = type(type_id) + '(';
    for (u32 i = 0; i < parts; ++i) {
        ir::TypeId part_type = type_id;
        const Text one = part({place}, part_type, i);
        Path next = path;
        if (about.kind == ir::Type::Kind::structure) next.push_back(i);
        text += (i == 0 ? "" : ", ") + load_of(one.text, part_type, root, next);
    }
    return text + ')';
}

void Emitter::store_to(const std::string& place, ir::TypeId type_id, const Text& value, ir::ValueId root,
                       const Path& path) {
    std::set<Path> atomics = atomics_of(root);
    for (const u32 member : path) atomics = below(atomics, member);
    const ir::Type& about = module_.types[type_id];
    if (atomics.empty()) return line(place + " = " + value.text + ';');
    if (about.kind == ir::Type::Kind::scalar) return line("atomicStore(&" + place + ", " + argument(value) + ");");
    const u64 parts = about.kind == ir::Type::Kind::structure ? about.members.size()
                      : about.kind == ir::Type::Kind::array   ? length_of(about)
                                                              : 0;
    if (parts == 0 || parts > 64) unsupported("WGSL cannot write " + type(type_id) + " with atomics in it as a whole.");
    const Text whole = let("whole", value);
    for (u32 i = 0; i < parts; ++i) {
        ir::TypeId part_type = type_id;
        const Text from = part(whole, part_type, i);
        part_type = type_id;
        const Text to = part({place}, part_type, i);
        Path next = path;
        if (about.kind == ir::Type::Kind::structure) next.push_back(i);
        store_to(to.text, part_type, from, root, next);
    }
}

void Emitter::load(const ir::Instruction& instruction) {
    const ir::ValueId pointer = module_.operands(instruction)[0], id = module_.result(instruction);
    const Held& from = held(pointer);
    const ir::Type& about = module_.type(pointer);
    Text text{load_of(from.text.text, about.element, from.root, from.path)};
    const bool is_global = module_[from.root].kind == ir::Value::Kind::global;
    const bool changes =
        about.space == ir::Space::local || about.space == ir::Space::shared ||
        (about.space == ir::Space::storage && (!is_global || module_.globals[module_[from.root].index].writes));
    text.reads = changes;
    if ((instruction.flags & ir::kVolatileAccess) != 0) {
        write_reads();
        return define_now(id, text);
    }
    if (is_global && module_.globals[module_[from.root].index].coherent && text.text.find("atomicLoad") != 0)
        unsupported("WGSL has coherent accesses to i32 and u32 alone.");
    define(id, std::move(text));
}

void Emitter::store(const ir::Instruction& instruction) {
    const ir::ValueId pointer = module_.operands(instruction)[0];
    const Held to = held(pointer);
    const Text text = value(instruction, 1);
    write_reads();
    const bool is_global = module_[to.root].kind == ir::Value::Kind::global;
    const std::size_t first = lines_.size();
    store_to(to.text.text, module_.type(pointer).element, text, to.root, to.path);
    if (is_global && module_.globals[module_[to.root].index].coherent &&
        lines_[first].find("atomicStore") == std::string::npos)
        unsupported("WGSL has coherent accesses to i32 and u32 alone.");
}

/// By the bytes that the call has bound: WGSL says 1 of an empty buffer.
void Emitter::array_length(const ir::Instruction& instruction) {
    const ir::ValueId pointer = module_.operands(instruction)[0];
    const ir::ValueId root = held(pointer).root;
    const ir::Type& array = module_.types[module_.type(pointer).element];
    const ir::Type& whole = module_.types[module_.globals[module_[root].index].type];
    const u32 before = whole.kind == ir::Type::Kind::structure ? whole.members.back().offset_bytes : 0;
    const std::string stride = std::to_string(array.stride_bytes) + 'u';
    Text bytes{counted_.at(root)};
    if (before != 0) {
        const std::string start = std::to_string(before) + 'u';
        bytes.text = "(max(" + bytes.text + ", " + start + ") - " + start + ')';
    }
    define(module_.result(instruction), binary(bytes, "/", {stride}));
}

void Emitter::atomic(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> values = module_.operands(instruction);
    const std::span<const u32> how = module_.immediates(instruction);
    const Held& pointer = held(values[0]);
    const ir::TypeId type_id = module_.type(values[0]).element;
    const Scalar kind = module_.types[type_id].scalar;
    if (kind != Scalar::u32 && kind != Scalar::i32) unsupported("WGSL has no atomics on " + type(type_id) + '.');
    if (static_cast<ir::Order>(how[0]) != ir::Order::relaxed && how[1] != static_cast<u32>(ir::Scope::invocation))
        unsupported("WGSL's atomics order no other accesses; this one is to be " +
                    std::string(to_string(static_cast<ir::Order>(how[0]))) + '.');
    if (atomics_of(pointer.root).empty()) unsupported("WGSL has atomics on buffers and shared memory alone.");
    const std::string place = '&' + pointer.text.text;
    std::vector<Text> texts;
    for (const ir::ValueId id : values.subspan(1)) texts.push_back(value(id));
    write_reads();
    std::string function;
    switch (instruction.op) {
        case Op::atomic_load:
            return define_now(module_.result(instruction), {"atomicLoad(" + place + ')'});
        case Op::atomic_store:
            return line("atomicStore(" + place + ", " + argument(texts[0]) + ");");
        case Op::atomic_compare_exchange: {
            // The one that WGSL has may fail without a reason.
            const auto kept = [&](std::string_view name, const Text& text) {
                return text.level == Level::primary && !text.reads ? text : let(name, text);
            };
            const Text expected = kept("expected", texts[0]), desired = kept("desired", texts[1]);
            const std::string old = names_.unique(wanted_name(module_.result(instruction), "old"));
            const std::string tried = names_.unique("tried");
            line("var " + old + ": " + type(type_id) + ';');
            line("loop {");
            line("    let " + tried + " = atomicCompareExchangeWeak(" + place + ", " + expected.text + ", " +
                 desired.text + ");");
            line("    " + old + " = " + tried + ".old_value;");
            line("    if (" + tried + ".exchanged || " + old + " != " + expected.text + ") { break; }");
            line("}");
            held(module_.result(instruction)).text = {old};
            return;
        }
        case Op::atomic_exchange:
            function = "atomicExchange";
            break;
        case Op::atomic_add:
            function = "atomicAdd";
            break;
        case Op::atomic_sub: {
            // naga's HLSL adds the negated number, which FXC computes wrongly where it knows it.
            const std::optional<u64> known = module_.known_bits(module_.operands(instruction)[1]);
            const bool adds = known && support_.dialect == WgslSupport::Dialect::wgpu;
            function = adds ? "atomicAdd" : "atomicSub";
            if (adds) texts[0] = number(module_.types.scalar_of(type_id), (0 - *known) & 0xffffffff);
            break;
        }
        case Op::atomic_min:
            function = "atomicMin";
            break;
        case Op::atomic_max:
            function = "atomicMax";
            break;
        case Op::atomic_and:
            function = "atomicAnd";
            break;
        case Op::atomic_or:
            function = "atomicOr";
            break;
        default:
            function = "atomicXor";
            break;
    }
    const Text text{function + '(' + place + ", " + argument(texts[0]) + ')'};
    if (uses_[ir::place(module_.result(instruction))].count == 0) return line(text.text + ';');
    define_now(module_.result(instruction), text);
}

void Emitter::barrier(const ir::Instruction& instruction) {
    write_reads();
    const std::span<const u32> how = module_.immediates(instruction);
    if (static_cast<ir::Scope>(how[0]) == ir::Scope::subgroup) {
        if (support_.dialect != WgslSupport::Dialect::wgpu || !support_.subgroups)
            unsupported("the device's WGSL has no barrier for a subgroup.");
        return line("subgroupBarrier();");
    }
    if (static_cast<ir::Scope>(how[0]) != ir::Scope::workgroup)
        unsupported("WGSL has no barrier beyond the workgroup.");
    const ir::InstructionId id{static_cast<u32>(&instruction - module_.instructions.data())};
    if (unproven_.empty() && in_kernel_ && !uniformity_.is_together(id)) {
        unproven_ = said_here(
            "the device wants proof that all invocations of a workgroup come to a barrier together; some may have gone "
            "another way before this one.");
    }
    if ((how[1] & ir::kStorage) != 0) line("storageBarrier();");
    if ((how[1] & ir::kShared) != 0 || how[1] == 0) line("workgroupBarrier();");
}

/// Without atomics on buffers there is nothing that another workgroup could wait for: then the barriers say it all.
void Emitter::fence(const ir::Instruction& instruction) {
    write_reads();
    const std::span<const u32> how = module_.immediates(instruction);
    const auto scope = static_cast<ir::Scope>(how[1]);
    if (scope == ir::Scope::invocation) return;
    if (orders_storage_ && (how[2] & ir::kStorage) != 0)
        unsupported("WGSL has no fence, and this one orders accesses to buffers beside atomics.");
}

}  // namespace alkomp::emit::wg
