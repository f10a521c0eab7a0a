// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_memory_layouts.h"

#include "ir/pass/inline_calls.h"
#include "ir/pass/memory_uses.h"
#include "ir/pass/word_memory.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

class Lower : public WordMemory {
public:
    Lower(const Module& from, const MemoryLowering& lowering)
        : WordMemory(from),
          lowering_(lowering),
          layouts_(from, lowering.types),
          uses_(from),
          places_(from.values.size()),
          keeps_layout_(from.types.size()) {
        for (u32 i = 1; i < from.globals.size(); ++i) memories_[i].kind = kind_of(i);
        for (u32 i = 1; i < from.globals.size(); ++i)
            if (memories_[i].kind == Words::Kind::none && has_layout(from.globals[i].kind)) keep(from.globals[i].type);
        for (const Global& global : from.globals) {
            if (global.kind != Global::Kind::scalar || global.value == ValueId::none) continue;
            const auto end = static_cast<u32>(global.offset_bytes + size_bytes(global.type, false));
            scalar_bytes_ = std::max(scalar_bytes_, (end + 3) / 4 * 4);
        }
    }
    [[nodiscard]] bool any() const {
        return std::any_of(memories_.begin(), memories_.end(),
                           [](const Words& words) { return words.kind != Words::Kind::none; });
    }
    std::vector<ByteCount> byte_counts;

private:
    // Which globals become words.
    static bool has_layout(Global::Kind kind) {
        return kind == Global::Kind::storage || kind == Global::Kind::uniform || kind == Global::Kind::scalar;
    }
    bool holds_bools(TypeId id) { return (scalars_in(id) & u32{1} << static_cast<u32>(Scalar::boolean)) != 0; }
    Words::Kind kind_of(u32 i) {
        const Global& global = from_.globals[i];
        const MemoryUses::Use& use = uses_[i];
        const bool atomics = (use.atomic_float && !lowering_.atomic_f32) || (use.atomic_wide && !lowering_.atomic_i64);
        const bool is_used_so = use.is_chosen || atomics || use.atomic_in_value || lowering_.everything;
        switch (global.kind) {
            case Global::Kind::storage:
                return is_used_so || !layouts_.fits(global.type, false) ? Words::Kind::array : Words::Kind::none;
            case Global::Kind::uniform:
                return is_used_so || !layouts_.fits(global.type, true) ? Words::Kind::blocks : Words::Kind::none;
            case Global::Kind::scalar:
                return (is_used_so && !global.is_count) || !layouts_.fits_scalar(global, end_of(global))
                           ? Words::Kind::scalars
                           : Words::Kind::none;
            case Global::Kind::shared:
                return is_used_so || global.aliased || (!lowering_.shared_bools && holds_bools(global.type))
                           ? Words::Kind::array
                           : Words::Kind::none;
            case Global::Kind::local:
                break;
        }
        return Words::Kind::none;
    }
    /// Where the next scalar begins.
    u32 end_of(const Global& scalar) const {
        u32 end = std::numeric_limits<u32>::max();
        for (const Global& other : from_.globals)
            if (other.value != ValueId::none && other.kind == Global::Kind::scalar &&
                other.offset_bytes > scalar.offset_bytes)
                end = std::min(end, other.offset_bytes);
        return end;
    }
    void keep(TypeId id) {
        if (id == TypeId::none || keeps_layout_[static_cast<u32>(id)]) return;
        keeps_layout_[static_cast<u32>(id)] = true;
        keep(from_.types[id].element);
        for (const Type::Member& member : from_.types[id].members) keep(member.type);
    }
    /// Values have no layout.
    TypeId make_type(TypeId old) override {
        return keeps_layout_[static_cast<u32>(old)] ? Rebuild::make_type(old) : make_plain(old);
    }

    // Globals.
    void make_global(const Global& old) override {
        const u32 i = from_[old.value].index;
        Words& words = memories_[i];
        words.is_coherent = old.coherent;
        words.has_part_stores = uses_[i].part_stores;
        Global made = old;
        made.initial = ValueId::none;
        switch (words.kind) {
            case Words::Kind::none:
                return Rebuild::make_global(old);
            case Words::Kind::array:
                if (old.kind == Global::Kind::shared) return make_shared(i);
                made.type = to_.types.runtime_array(u32_, 4);
                made.reads = made.reads || words.has_part_stores;  // by the atomics
                break;
            case Words::Kind::blocks: {
                const ValueId count = number((size_bytes(old.type, false) + 15) / 16);
                made.type = to_.types.array(to_.types.vector(Scalar::u32, 4), place(count), 16);
                break;
            }
            case Words::Kind::scalars:
                return make_scalars(i);
        }
        words.memory = to_.add_global(made);
    }
    void make_shared(u32 i) {
        const Global& old = from_.globals[i];
        Words& words = memories_[i];
        words.is_shared = true;
        words.is_spread = !old.aliased;
        words.memory = old.aliased ? shared_ : ValueId::none;
        if (words.memory != ValueId::none) return;
        u64 bytes = size_bytes(old.type, words.is_spread);
        for (const Global& other : from_.globals)
            if (old.aliased && other.kind == Global::Kind::shared && other.aliased)
                bytes = std::max(bytes, size_bytes(other.type, false));
        Global made = old;
        made.aliased = false;
        made.type = to_.types.array(u32_, place(number((bytes + 3) / 4)));
        words.memory = to_.add_global(made);
        if (old.aliased) shared_ = words.memory;
    }
    void make_scalars(u32 i) {
        const Global& old = from_.globals[i];
        const u64 end = old.offset_bytes + size_bytes(old.type, false);
        if (scalars_.size() < (end + 3) / 4) scalars_.resize((end + 3) / 4, ValueId::none);
        for (u64 word = old.offset_bytes / 4; word < (end + 3) / 4; ++word) {
            if (scalars_[word] != ValueId::none) continue;
            Global made = old;
            made.type = u32_;
            made.offset_bytes = static_cast<u32>(word * 4);
            const bool is_one = end <= (old.offset_bytes / 4 + 1) * 4;
            const std::string name = from_.text(old.name);
            made.name = to_.string(is_one ? name : name + '_' + std::to_string(word - old.offset_bytes / 4));
            scalars_[word] = to_.add_global(made);
        }
    }
    Place place_of_global(u32 i) {
        Place at;
        at.global = i;
        if (from_.globals[i].kind != Global::Kind::scalar) return at;
        at.constant_bytes = from_.globals[i].offset_bytes;
        memories_[i].each = scalars_;
        return at;
    }

    // Pointers.
    /// Of a pointer into words; null for others.
    const Place* find_place(ValueId pointer) {
        if (!from_.types.is(from_.type_of(pointer), Kind::pointer)) return nullptr;
        const u32 global = uses_.global_of(pointer);
        if (global == 0 || memories_[global].kind == Words::Kind::none) return nullptr;
        std::optional<Place>& at = places_[place(pointer)];
        if (!at) at = place_of_global(global);
        return &*at;
    }
    /// What numbers for pointers to the type count.
    u32 unit_of(TypeId pointee, const Place& at) const {
        const Type& type = from_.types[pointee];
        if (memory(at).is_spread) return 4;
        switch (type.kind) {
            case Kind::scalar:
                return std::min(4u, alkomp::size_bytes(type.scalar));
            case Kind::structure: {
                u32 unit = 1;
                for (const Type::Member& member : type.members) unit = std::max(unit, unit_of(member.type, at));
                return unit;
            }
            default:
                return unit_of(type.element, at);
        }
    }
    ValueId number_of(ValueId pointer) {
        const Place* known = find_place(pointer);
        if (known == nullptr) return to_.undefined(u32_);  // of a constant
        if (known->lane_stride_bytes != 0)
            refuse(from_, at_, "the device has no pointers to columns of a matrix that lies in memory by rows.",
                   ErrorCode::unsupported);
        return offset_of(*known, unit_of(from_.type(pointer).element, *known) == 4 ? 4 : 1);
    }
    void set_place(ValueId pointer, ValueId number) {
        Place at;
        at.global = uses_.global_of(pointer);
        at.is_inbounds = false;
        const u32 unit = unit_of(from_.type(pointer).element, at);
        (unit == 4 ? at.words : at.bytes) = number;
        at.alignment_bytes = unit;
        places_[place(pointer)] = at;
    }

    /// Those that lead nowhere are too: undefined ones, and parameters that nothing is passed to.
    bool is_number(ValueId old) const {
        const Type& pointer = from_.type(old);
        if (pointer.kind != Kind::pointer || pointer.space == Space::local) return false;
        const u32 global = uses_.global_of(old);
        return from_.find_constant(old) != nullptr || global == 0 || memories_[global].kind != Words::Kind::none;
    }
    ValueId passed(ValueId old) override { return is_number(old) ? number_of(old) : value(old); }
    TypeId passed_type(ValueId old) override { return is_number(old) ? u32_ : Rebuild::passed_type(old); }
    void arrive(ValueId old, ValueId made) override {
        if (is_number(old)) {
            set_place(old, made);
            if (from_[old].name != StringId::none) to_[made].name = from_[old].name;
        } else {
            define(old, made);
        }
    }

    // Instructions.
    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        const bool is_choice = old.op == Op::select, compares = old.op == Op::eq || old.op == Op::ne;
        if (is_choice && is_number(result(id))) return choose(id);
        if (compares && is_number(operands(id)[0])) {
            const ValueId made = emit(old.op, {number_of(operands(id)[0]), number_of(operands(id)[1])});
            return define(result(id), made);
        }
        const Place* at = operands(id).empty() ? nullptr : find_place(operands(id)[0]);
        if (at == nullptr && !operands(id).empty() && is_number(operands(id)[0])) return access_nowhere(id);
        if (at == nullptr) return copy(id);
        const TypeId pointee = from_.type(operands(id)[0]).element;
        switch (old.op) {
            case Op::access:
                return access(id, *at);
            case Op::offset:
                return offset(id, *at);
            case Op::load:
                return define(result(id), load(pointee, *at, old.flags));
            case Op::store:
                return store(pointee, *at, operand(id, 1), old.flags);
            case Op::array_length:
                return define(result(id), length(pointee, *at));
            default:
                break;
        }
        if (!has(old.op, kAtomic))
            refuse(from_, id, "the device cannot do it in memory that is laid out so.", ErrorCode::unsupported);
        std::vector<ValueId> values;
        for (const ValueId value : operands(id).subspan(1)) values.push_back(this->value(value));
        const ValueId made = atomic(id, pointee, *at, values);
        if (old.results.count > 0) define(result(id), made);
    }
    void access_nowhere(InstructionId id) {
        if (from_[id].results.count == 0 || is_number(result(id))) return;
        define(result(id), to_.undefined(type(from_.type_of(result(id)))));
    }
    void choose(InstructionId id) {
        const ValueId yes = number_of(operands(id)[1]), no = number_of(operands(id)[2]);
        set_place(result(id), emit(Op::select, {operand(id, 0), yes, no}));
    }
    void access(InstructionId id, Place at) {
        TypeId whole = from_.type(operands(id)[0]).element;
        const bool is_inbounds = (from_[id].flags & kInbounds) != 0;
        for (const ValueId index : operands(id).subspan(1)) {
            const u64 member = from_.types.is(whole, Kind::structure) ? *from_.known_bits(index) : 0;
            at = part_place(at, whole, index, is_inbounds);
            whole = from_.types[whole].kind == Kind::structure ? from_.types[whole].members[member].type
                                                               : from_.types[whole].element;
        }
        places_[place(result(id))] = at;
    }
    void offset(InstructionId id, Place at) {
        const u32 given = from_.immediates(from_[id])[0];
        const TypeId pointee = from_.type(operands(id)[0]).element;
        Place made = further(at, operands(id)[1], given != 0 ? given : size_bytes(pointee, memory(at).is_spread));
        made.is_inbounds = made.is_inbounds && (from_[id].flags & kInbounds) != 0;
        places_[place(result(id))] = made;
    }
    ValueId length(TypeId array, const Place& at) {
        const u64 stride = from_.types[array].stride_bytes, front = static_cast<u64>(at.constant_bytes);
        if (stride % 4 == 0 && front % 4 == 0) {
            const ValueId words = build_.emit(Op::array_length, {memory(at).memory});
            return emit(Op::div, {emit(Op::sub, {words, number(front / 4)}), number(stride / 4)});
        }
        const ValueId bytes = build_.load(byte_count(at.global));
        return emit(Op::div, {emit(Op::sub, {bytes, number(front)}), number(stride)});
    }
    ValueId byte_count(u32 global) {
        ValueId& found = byte_counts_[global];
        if (found != ValueId::none) return found;
        const Global& buffer = from_.globals[global];
        Global made;
        made.kind = Global::Kind::scalar;
        made.name = to_.string(from_.text(buffer.name) + "_bytes");
        made.type = u32_;
        made.offset_bytes = scalar_bytes_;
        made.writes = false;
        made.location = buffer.location;
        found = to_.add_global(made);
        byte_counts.push_back({buffer.set, buffer.binding, scalar_bytes_});
        scalar_bytes_ += 4;
        return found;
    }

    MemoryLowering lowering_;
    WgslLayouts layouts_;
    MemoryUses uses_;
    std::vector<std::optional<Place>> places_;  // by pointer
    std::vector<bool> keeps_layout_;            // by type
    std::vector<ValueId> scalars_;              // by word
    std::unordered_map<u32, ValueId> byte_counts_;
    ValueId shared_ = ValueId::none;  // that all aliased globals lie in
    u32 scalar_bytes_ = 0;
};

}  // namespace

std::vector<ByteCount> lower_memory_layouts(Module& module, const MemoryLowering& lowering) {
    inline_pointer_calls(module);
    Lower pass(module, lowering);
    if (!pass.any()) return {};
    Module made = pass.run();
    module = std::move(made);
    return std::move(pass.byte_counts);
}

}  // namespace alkomp::ir
