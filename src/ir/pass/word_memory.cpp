// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/word_memory.h"

#include "ir/print.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace alkomp::ir {

using Kind = Type::Kind;

namespace {

std::array<u32, 2> relaxed(bool is_shared) {
    return {static_cast<u32>(Order::relaxed), static_cast<u32>(is_shared ? Scope::workgroup : Scope::device)};
}
u32 ones(u32 bytes) { return bytes == 4 ? 0xffffffff : (1u << 8 * bytes) - 1; }

}  // namespace

// Where parts lie.

u32 WordMemory::size_of(Scalar scalar, bool is_spread) const {
    if (scalar == Scalar::boolean) return 4;
    return is_spread ? std::max(4u, alkomp::size_bytes(scalar)) : alkomp::size_bytes(scalar);
}

u64 WordMemory::length_of(const Type& array) const {
    const std::optional<u64> length = from_.known_bits(ValueId{array.length});
    if (!length)
        refuse(from_, Location(), "memory that becomes words has an array whose length is not known.",
               ErrorCode::unsupported);
    return *length;
}

u32 WordMemory::part_count(TypeId id) const {
    const Type& type = from_.types[id];
    if (type.kind == Kind::structure) return static_cast<u32>(type.members.size());
    return type.kind == Kind::array ? static_cast<u32>(length_of(type)) : type.count;
}

u64 WordMemory::size_bytes(TypeId id, bool is_spread) const {
    const Type& type = from_.types[id];
    switch (type.kind) {
        case Kind::scalar:
            return size_of(type.scalar, is_spread);
        case Kind::vector:
            return u64{type.count} * size_of(type.scalar, is_spread);
        case Kind::matrix: {
            const u32 rows = from_.types[type.element].count;
            if (is_spread) return u64{type.count} * rows * size_of(type.scalar, true);
            const u32 vectors = type.row_major ? rows : type.count, lanes = type.row_major ? type.count : rows;
            return u64{type.stride_bytes} * (vectors - 1) + u64{lanes} * size_of(type.scalar, false);
        }
        case Kind::array:
            if (is_spread) return length_of(type) * size_bytes(type.element, true);
            return (length_of(type) - 1) * type.stride_bytes + size_bytes(type.element, false);
        case Kind::structure: {
            u64 sum = 0;
            for (const Type::Member& member : type.members) {
                if (from_.types.is(member.type, Kind::runtime_array)) return std::max<u64>(sum, member.offset_bytes);
                const u64 end = (is_spread ? sum : member.offset_bytes) + size_bytes(member.type, is_spread);
                sum = std::max(sum, end);
            }
            return is_spread ? sum : std::max<u64>(sum, type.size_bytes);
        }
        case Kind::nothing:
        case Kind::runtime_array:
        case Kind::pointer:
        case Kind::cooperative_matrix:
            break;
    }
    return 0;
}

// Of elements, columns and lanes.
u64 WordMemory::stride_of(const Type& type, const Place& at) const {
    const bool is_spread = memory(at).is_spread;
    if (type.kind == Kind::vector)
        return at.lane_stride_bytes != 0 ? at.lane_stride_bytes : size_of(type.scalar, is_spread);
    if (is_spread) return size_bytes(type.element, true);
    return type.row_major ? size_of(type.scalar, false) : type.stride_bytes;
}

Place WordMemory::part_place(const Place& of, TypeId whole, u64 index) const {
    const Type& type = from_.types[whole];
    Place part = of;
    part.lane_stride_bytes = type.row_major && !memory(of).is_spread ? type.stride_bytes : 0;
    if (type.kind != Kind::structure) {
        part.constant_bytes += static_cast<i64>(index * stride_of(type, of));
    } else if (!memory(of).is_spread) {
        part.constant_bytes += type.members[index].offset_bytes;
    } else {
        for (u64 i = 0; i < index; ++i) part.constant_bytes += static_cast<i64>(size_bytes(type.members[i].type, true));
    }
    return part;
}

Place WordMemory::part_place(const Place& of, TypeId whole, ValueId index, bool is_inbounds) {
    const Type& type = from_.types[whole];
    Place part = of;
    part.is_inbounds = part.is_inbounds && is_inbounds;
    const bool clamps = memory(of).is_shared && type.kind != Kind::structure;
    const u64 count = type.kind == Kind::runtime_array ? 0 : part_count(whole);
    if (const std::optional<u64> known = from_.known_bits(index)) {
        const u32 unused = 64 - from_.types.bits(from_.type_of(index));
        const bool is_signed = from_.types.is_signed(from_.type_of(index));
        u64 at = is_signed ? static_cast<u64>(static_cast<i64>(*known << unused) >> unused) : *known;
        if (clamps) at = std::min(at, count - 1);
        return part_place(part, whole, at);
    }
    ValueId at = index_of(index);
    if (clamps && !is_inbounds) at = emit(Op::min, {at, number(count - 1)});
    part.lane_stride_bytes = type.row_major && !memory(of).is_spread ? type.stride_bytes : 0;
    add(part, at, stride_of(type, of));
    return part;
}

Place WordMemory::further(const Place& from, ValueId index, u64 stride_bytes) {
    Place to = from;
    add(to, index_of(index), stride_bytes);
    return to;
}

ValueId WordMemory::index_of(ValueId old) { return emit(Op::convert, {value(old)}, {}, u32_); }

ValueId WordMemory::sum(ValueId a, ValueId b) {
    if (a == ValueId::none || b == ValueId::none) return a == ValueId::none ? b : a;
    return emit(Op::add, {a, b});
}

void WordMemory::add(Place& place, ValueId index, u64 stride_bytes) {
    const auto times = [&](u64 factor) { return emit(Op::mul, {index, number(factor)}); };
    if (memory(place).kind == Words::Kind::blocks && stride_bytes % 16 == 0) {
        place.blocks = sum(place.blocks, times(stride_bytes / 16));
    } else if (stride_bytes % 4 == 0) {
        place.words = sum(place.words, times(stride_bytes / 4));
    } else {
        const u32 alignment = stride_bytes % 2 == 0 ? 2 : 1;
        place.alignment_bytes = place.bytes == ValueId::none ? alignment : std::min(alignment, place.alignment_bytes);
        place.bytes = sum(place.bytes, times(stride_bytes));
    }
}

ValueId WordMemory::offset_of(const Place& place, u32 unit_bytes) {
    ValueId offset = place.words;
    if (place.blocks != ValueId::none) offset = sum(emit(Op::mul, {place.blocks, number(4)}), offset);
    if (unit_bytes == 1) {
        if (offset != ValueId::none) offset = emit(Op::mul, {offset, number(4)});
        offset = sum(offset, place.bytes);
    }
    const ValueId constant = number(static_cast<u64>(place.constant_bytes / unit_bytes));
    return offset == ValueId::none ? constant : emit(Op::add, {offset, constant});
}

// Words.

ValueId WordMemory::word_index(const Place& place, i64 byte) {
    i64 at = place.constant_bytes + byte;
    ValueId index = place.words;
    if (place.bytes != ValueId::none) {
        const ValueId bytes = emit(Op::add, {place.bytes, number(static_cast<u64>(at & 3))});
        index = sum(index, emit(Op::shr, {bytes, number(2)}));
    }
    const ValueId constant = number(static_cast<u64>(at >> 2));
    return index == ValueId::none ? constant : emit(Op::add, {index, constant});
}

ValueId WordMemory::word_pointer(const Place& place, i64 byte) {
    const Words& words = memory(place);
    const u8 flags = place.is_inbounds ? u8{kInbounds} : u8{0};
    if (words.kind == Words::Kind::array)
        return build_.emit(Op::access, {words.memory, word_index(place, byte)}, {}, TypeId::none, flags);
    ValueId block = place.blocks, lane = ValueId::none;
    const i64 at = place.constant_bytes + byte;
    if (place.words == ValueId::none && place.bytes == ValueId::none) {
        block = sum(block, number(static_cast<u64>(at >> 4)));
        lane = number(static_cast<u64>(at >> 2 & 3));
    } else {
        const ValueId index = word_index(place, byte);
        block = sum(block, emit(Op::shr, {index, number(2)}));
        lane = emit(Op::bit_and, {index, number(3)});
    }
    return build_.emit(Op::access, {words.memory, block, lane}, {}, TypeId::none, flags);
}

ValueId WordMemory::load_word(const Place& place, i64 byte, bool is_part, u8 flags) {
    const Words& words = memory(place);
    if (words.kind == Words::Kind::scalars) return load_scalar_word(place, byte, flags);
    const ValueId pointer = word_pointer(place, byte);
    if (!words.is_coherent && !(is_part && words.has_part_stores)) return build_.load(pointer, 0, flags);
    return build_.emit(Op::atomic_load, std::array{pointer}, relaxed(words.is_shared));
}

// Immediates have no arrays: an index that is not known looks into a copy.
ValueId WordMemory::load_scalar_word(const Place& place, i64 byte, u8 flags) {
    const std::vector<ValueId>& each = memory(place).each;
    const auto word = [&](std::size_t i) {
        return i < each.size() && each[i] != ValueId::none ? build_.load(each[i], 0, flags) : number(0);
    };
    const ValueId index = word_index(place, byte);
    if (const std::optional<u64> known = to_.known_bits(index)) return word(*known);
    std::vector<ValueId> all;
    for (std::size_t i = 0; i < each.size(); ++i) all.push_back(word(i));
    const TypeId type = to_.types.array(u32_, ir::place(to_.index(all.size())));
    const ValueId copy = build_.variable(type, {}, compose(type, all));
    return build_.load(build_.emit(Op::access, {copy, index}));
}

ValueId WordMemory::shift_of(const Place& place, i64 byte) {
    if (place.bytes == ValueId::none) return ValueId::none;
    const ValueId bytes = emit(Op::add, {place.bytes, number(static_cast<u64>((place.constant_bytes + byte) & 3))});
    return emit(Op::shl, {emit(Op::bit_and, {bytes, number(3)}), number(3)});
}

// Bytes that are together in one word whatever the index is, are looked up together.
const WordMemory::Cell& WordMemory::cell(const Place& place, i64 byte, u8 flags) {
    const i64 size = cell_bytes(place), at = place.constant_bytes + byte;
    const i64 first = at - (at & (size - 1));
    for (const Cell& cell : cells_)
        if (cell.key == first) return cell;
    const i64 begin = first - place.constant_bytes;
    cells_.push_back({first, load_word(place, begin, true, flags), shift_of(place, begin)});
    return cells_.back();
}

// Values.

ValueId WordMemory::cast(ValueId value, TypeId to) {
    return to_.type_of(value) == to ? value : emit(Op::bitcast, {value}, {}, to);
}

std::array<ValueId, 2> WordMemory::halves_of(ValueId value) {
    if (const std::optional<u64> bits = to_.known_bits(value)) return {number(*bits), number(*bits >> 32)};
    const ValueId pair = cast(value, to_.types.vector(Scalar::u32, 2));
    return {part(pair, 0), part(pair, 1)};
}

ValueId WordMemory::load(TypeId id, const Place& from, u8 flags) {
    cells_.clear();
    return load_part(id, from, flags);
}

ValueId WordMemory::load_part(TypeId id, const Place& from, u8 flags) {
    const Type& type = from_.types[id];
    if (type.kind == Kind::scalar) return load_scalar(type.scalar, from, 0, flags);
    if (type.kind == Kind::vector) return load_vector(id, from, flags);
    std::vector<ValueId> parts;
    for (u32 i = 0; i < part_count(id); ++i)
        parts.push_back(load_part(type.kind == Kind::structure ? type.members[i].type : type.element,
                                  part_place(from, id, u64{i}), flags));
    return compose(this->type(id), parts);
}

ValueId WordMemory::load_scalar(Scalar scalar, const Place& from, i64 byte, u8 flags) {
    const TypeId type = to_.types.scalar(scalar);
    const u32 size = size_of(scalar, memory(from).is_spread);
    if (size == 8) {
        const std::array halves{load_word(from, byte, false, flags), load_word(from, byte + 4, false, flags)};
        return cast(compose(to_.types.vector(Scalar::u32, 2), halves), type);
    }
    ValueId word = ValueId::none;
    if (size == 4) {
        word = load_word(from, byte, false, flags);
        if (scalar == Scalar::boolean) return emit(Op::ne, {word, number(0)});
        if (alkomp::size_bytes(scalar) == 4) return cast(word, type);
    } else {
        const Cell found = cell(from, byte, flags);
        const auto within = static_cast<u64>(8 * (from.constant_bytes + byte - found.key));
        const ValueId shift =
            found.shift == ValueId::none ? number(within) : emit(Op::add, {found.shift, number(within)});
        word = emit(Op::shr, {found.word, shift});
    }
    if (is_integer(scalar)) return emit(Op::convert, {word}, {}, type);
    return cast(emit(Op::convert, {word}, {}, to_.types.scalar(Scalar::u16)), type);
}

// It consists of whole words, wherever it lies.
bool WordMemory::is_whole(const Place& place, const Type& vector) const {
    const u32 size = alkomp::size_bytes(vector.scalar);
    if (memory(place).is_spread || vector.scalar == Scalar::boolean || place.bytes != ValueId::none) return false;
    if (place.lane_stride_bytes != 0) return size == 4;
    return size <= 4 && place.constant_bytes % 4 == 0 && size * vector.count % 4 == 0;
}

ValueId WordMemory::load_vector(TypeId id, const Place& from, u8 flags) {
    const Type& type = from_.types[id];
    const TypeId made = to_.types.vector(type.scalar, type.count);
    const u32 size = alkomp::size_bytes(type.scalar);
    if (is_whole(from, type)) return cast(load_lanes(type, from, size * type.count / 4, flags), made);
    std::vector<ValueId> lanes;
    for (u32 i = 0; i < type.count; ++i)
        lanes.push_back(load_scalar(type.scalar, from, static_cast<i64>(i * stride_of(type, from)), flags));
    return compose(made, lanes);
}

// `count` words, a vector unless it is one.
ValueId WordMemory::load_lanes(const Type& vector, const Place& from, u32 count, u8 flags) {
    const u64 stride = from.lane_stride_bytes != 0 ? stride_of(vector, from) : 4;
    const TypeId made = to_.types.vector(Scalar::u32, count);
    const auto lane = static_cast<u32>(from.constant_bytes >> 2 & 3);
    const bool is_in_block = memory(from).kind == Words::Kind::blocks && from.words == ValueId::none && stride == 4 &&
                             count > 1 && lane + count <= 4;
    if (is_in_block) {
        const ValueId block = sum(from.blocks, number(static_cast<u64>(from.constant_bytes >> 4)));
        const u8 inbounds = from.is_inbounds ? u8{kInbounds} : u8{0};
        const ValueId all =
            build_.load(build_.emit(Op::access, {memory(from).memory, block}, {}, TypeId::none, inbounds), 0, flags);
        if (count == 4) return all;
        const std::array<u32, 4> lanes{lane, lane + 1, lane + 2, lane + 3};
        return build_.emit(Op::shuffle, std::array{all, all}, std::span(lanes).first(count));
    }
    std::vector<ValueId> words;
    for (u32 i = 0; i < count; ++i) words.push_back(load_word(from, static_cast<i64>(i * stride), false, flags));
    return count == 1 ? words[0] : compose(made, words);
}

void WordMemory::store(TypeId id, const Place& to, ValueId value, u8 flags) {
    pieces_.clear();
    take_apart(id, to, value);
    Place at = to;
    at.constant_bytes = 0;  // the pieces have it
    write_pieces(at, flags);
}

void WordMemory::take_apart(TypeId id, const Place& to, ValueId value) {
    const Type& type = from_.types[id];
    if (type.kind == Kind::scalar) return take_scalar(type.scalar, to, 0, value);
    if (type.kind == Kind::vector) return take_vector(id, to, value);
    for (u32 i = 0; i < part_count(id); ++i)
        take_apart(type.kind == Kind::structure ? type.members[i].type : type.element, part_place(to, id, u64{i}),
                   part(value, i));
}

void WordMemory::take_scalar(Scalar scalar, const Place& to, i64 byte, ValueId value) {
    const u32 size = size_of(scalar, memory(to).is_spread);
    const i64 at = to.constant_bytes + byte;
    if (size == 8) {
        const std::array<ValueId, 2> halves = halves_of(value);
        for (u32 half = 0; half < 2; ++half) pieces_.push_back({at + 4 * half, 4, halves[half]});
        return;
    }
    if (scalar == Scalar::boolean) {
        value = emit(Op::select, {value, number(1), number(0)});
    } else if (alkomp::size_bytes(scalar) == 4) {
        value = cast(value, u32_);
    } else {
        const TypeId bits = to_.types.scalar(alkomp::size_bytes(scalar) == 1 ? Scalar::u8 : Scalar::u16);
        value = emit(Op::convert, {cast(value, bits)}, {}, u32_);
    }
    pieces_.push_back({at, size, value});
}

void WordMemory::take_vector(TypeId id, const Place& to, ValueId value) {
    const Type& type = from_.types[id];
    if (!is_whole(to, type) || to.lane_stride_bytes != 0) {
        for (u32 i = 0; i < type.count; ++i)
            take_scalar(type.scalar, to, static_cast<i64>(i * stride_of(type, to)), part(value, i));
        return;
    }
    const u32 count = alkomp::size_bytes(type.scalar) * type.count / 4;
    const ValueId words = cast(value, to_.types.vector(Scalar::u32, count));
    for (u32 i = 0; i < count; ++i)
        pieces_.push_back({to.constant_bytes + 4 * i, 4, count == 1 ? words : part(words, i)});
}

void WordMemory::write_pieces(const Place& to, u8 flags) {
    const i64 size = cell_bytes(to);
    const auto cell_of = [&](const Piece& piece) { return piece.byte - (piece.byte & (size - 1)); };
    const auto by_byte = [](const Piece& a, const Piece& b) { return a.byte < b.byte; };
    std::stable_sort(pieces_.begin(), pieces_.end(), by_byte);
    for (std::size_t first = 0, end = 0; first < pieces_.size(); first = end) {
        while (end < pieces_.size() && (end == first || cell_of(pieces_[end]) == cell_of(pieces_[first]))) ++end;
        write_parts(to, std::span(pieces_).subspan(first, end - first), flags);
    }
}

// Parts of a word are cleared by one atomic and set by another, so that neighbours are never touched and all who
// write the same leave just that. Zeros want the first alone, ones the second.
void WordMemory::write_parts(const Place& to, std::span<const Piece> pieces, u8 flags) {
    const i64 cell = pieces[0].byte & ~(cell_bytes(to) - 1);
    u32 mask = 0;
    ValueId bits = ValueId::none;
    for (const Piece& piece : pieces) {
        const auto shift = static_cast<u32>(8 * (piece.byte - cell));
        mask |= ones(piece.size_bytes) << shift;
        const ValueId shifted = emit(Op::shl, {piece.bits, number(shift)});
        bits = bits == ValueId::none ? shifted : emit(Op::bit_or, {bits, shifted});
    }
    const ValueId pointer = word_pointer(to, cell);
    const std::array<u32, 2> order = relaxed(memory(to).is_shared);
    if (mask == 0xffffffff) {
        if (memory(to).is_coherent) build_.emit(Op::atomic_store, std::array{pointer, bits}, order);
        else build_.store(pointer, bits, 0, flags);
        return;
    }
    ValueId kept = number(~mask);
    const std::optional<u64> known = to_.known_bits(bits);
    if (const ValueId shift = shift_of(to, cell); shift != ValueId::none) {
        kept = emit(Op::bit_not, {emit(Op::shl, {number(mask), shift})});
        bits = emit(Op::shl, {bits, shift});
    }
    if (known != u64{mask}) build_.emit(Op::atomic_and, std::array{pointer, kept}, order);
    if (known != u64{0}) build_.emit(Op::atomic_or, std::array{pointer, bits}, order);
}

// Atomics.

/// Repeats until no one else wrote in between; gives the word that was there.
template <class F>
ValueId WordMemory::exchange(ValueId pointer, std::span<const u32> order, const F& change) {
    const std::array<u32, 2> first_order{static_cast<u32>(Order::relaxed), order[1]};
    const ValueId first = build_.emit(Op::atomic_load, std::array{pointer}, first_order);
    const std::array words{u32_};
    const InstructionId loop = build_.open_loop(std::span(&first, 1), words);
    const ValueId seen = to_[build_.open_region(words)].parameters[0];
    const ValueId found = build_.emit(Op::atomic_compare_exchange, std::array{pointer, seen, change(seen)}, order);
    const InstructionId look = build_.open_if(build_.emit(Op::eq, {found, seen}));
    build_.open_region();
    build_.exit(loop, std::array{found});
    build_.close_region();
    build_.open_region();
    build_.exit(look);
    build_.close_region();
    build_.close_construct();
    build_.next(loop, std::array{found});
    build_.close_region();
    const ValueId again = to_[build_.open_region(words)].parameters[0];
    build_.repeat(loop, std::array{again});
    build_.close_region();
    build_.close_construct();
    return to_.result(to_[loop]);
}

ValueId WordMemory::atomic_float(Op op, ValueId pointer, std::span<const u32> order, std::span<const ValueId> values) {
    const TypeId f32 = to_.types.scalar(Scalar::f32);
    const auto by = [&](Op change) {
        return exchange(pointer, order, [&](ValueId seen) {
            return cast(emit(change, {cast(seen, f32), values[0]}), u32_);
        });
    };
    switch (op) {
        case Op::atomic_add:
            return cast(by(Op::add), f32);
        case Op::atomic_sub:
            return cast(by(Op::sub), f32);
        case Op::atomic_min:
            return cast(by(Op::min), f32);
        default:
            return cast(by(Op::max), f32);
    }
}

// The halves change one after the other, which nobody sees: a whole one is never loaded atomically.
void WordMemory::atomic_wide(InstructionId id, const Place& at, ValueId value) {
    const Op op = from_[id].op;
    const auto is_used = [&] {
        return std::find(from_.operand_pool.begin(), from_.operand_pool.end(), result(id)) != from_.operand_pool.end();
    };
    if ((op != Op::atomic_and && op != Op::atomic_or && op != Op::atomic_xor) || is_used())
        refuse(from_, id,
               "the device has no atomics of 64 bits; and, or and xor whose result is not used can do without.",
               ErrorCode::unsupported);
    const std::array<ValueId, 2> halves = halves_of(value);
    for (u32 half = 0; half < 2; ++half)
        build_.emit(op, std::array{word_pointer(at, 4 * half), halves[half]}, from_.immediates(from_[id]));
}

ValueId WordMemory::atomic(InstructionId id, TypeId pointee, const Place& at, std::span<const ValueId> values) {
    const Scalar scalar = from_.types[pointee].scalar;
    const Op op = from_[id].op;
    if (alkomp::size_bytes(scalar) == 8 && is_integer(scalar)) {
        atomic_wide(id, at, values.empty() ? ValueId::none : values[0]);
        return to_.undefined(type(pointee));
    }
    if (alkomp::size_bytes(scalar) != 4)
        refuse(from_, id, "the device has no atomics of " + to_string(from_, pointee) + '.', ErrorCode::unsupported);
    const ValueId pointer = word_pointer(at, 0);
    const std::span<const u32> order = from_.immediates(from_[id]);
    const bool is_sum = op == Op::atomic_add || op == Op::atomic_sub,
               is_least = op == Op::atomic_min || op == Op::atomic_max;
    if (scalar == Scalar::f32 && (is_sum || is_least)) return atomic_float(op, pointer, order, values);
    if (scalar == Scalar::i32 && is_least) {
        const Op change = op == Op::atomic_min ? Op::min : Op::max;
        const ValueId before = exchange(pointer, order, [&](ValueId seen) {
            return cast(emit(change, {cast(seen, type(pointee)), values[0]}), u32_);
        });
        return cast(before, type(pointee));
    }
    std::vector<ValueId> given{pointer};
    for (const ValueId value : values) given.push_back(cast(value, u32_));
    const ValueId before = build_.emit(op, given, order);
    return before == ValueId::none ? before : cast(before, type(pointee));
}

}  // namespace alkomp::ir
