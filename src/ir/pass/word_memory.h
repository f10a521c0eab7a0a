// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that is an array of words: loads, stores and atomics of any type at a byte of it.
#pragma once

#include "ir/pass/rebuild.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace alkomp::ir {

/// How a global lies in words.
struct Words {
    enum class Kind : u8 {
        none,    ///< it stays as it is
        array,   ///< of u32: storage and shared memory
        blocks,  ///< an array of u32x4: uniform memory
        scalars  ///< one global for each word
    };
    Kind kind = Kind::none;
    ValueId memory = ValueId::none;
    std::vector<ValueId> each{};   ///< of scalars: by word, none where nothing lies
    bool is_shared = false;        ///< an index outside an array leads to some element of it
    bool is_spread = false;        ///< without a layout: each scalar begins a word
    bool has_part_stores = false;  ///< so parts of words are loaded by atomics
    bool is_coherent = false;
};

/// Bytes of such memory: those of the parts, which are u32, and `bytes` more.
struct Place {
    u32 global = 0;                  ///< of the module that is lowered
    ValueId blocks = ValueId::none;  ///< in units of 16 bytes; uniform memory only
    ValueId words = ValueId::none;   ///< in units of 4
    ValueId bytes = ValueId::none;   ///< in units of 1
    u32 alignment_bytes = 1;         ///< of `bytes`
    i64 constant_bytes = 0;
    u32 lane_stride_bytes = 0;  ///< of a vector in a matrix by rows; 0: its lanes touch
    bool is_inbounds = true;
};

class WordMemory : public Rebuild {
protected:
    explicit WordMemory(const Module& from) : Rebuild(from), memories_(from.globals.size()) {}

    // Where parts lie; types are those of the module that is lowered.
    [[nodiscard]] u64 size_bytes(TypeId id, bool is_spread) const;
    /// The place of a part, by an index that is a value of the old module.
    [[nodiscard]] Place part_place(const Place& of, TypeId whole, ValueId index, bool is_inbounds);
    [[nodiscard]] Place part_place(const Place& of, TypeId whole, u64 index) const;
    [[nodiscard]] Place further(const Place& from, ValueId index, u64 stride_bytes);
    /// One number for a place: in words if `unit_bytes` is 4.
    [[nodiscard]] ValueId offset_of(const Place& place, u32 unit_bytes);

    [[nodiscard]] ValueId load(TypeId id, const Place& from, u8 flags);
    void store(TypeId id, const Place& to, ValueId value, u8 flags);
    /// `values` are made; the result too.
    [[nodiscard]] ValueId atomic(InstructionId id, TypeId pointee, const Place& at, std::span<const ValueId> values);
    [[nodiscard]] u32 part_count(TypeId id) const;
    [[nodiscard]] u64 length_of(const Type& array) const;

    [[nodiscard]] const Words& memory(const Place& place) const { return memories_[place.global]; }
    std::vector<Words> memories_;  // by global

private:
    /// A word that parts of a value lie in.
    struct Cell {
        i64 key = 0;
        ValueId word = ValueId::none;
        ValueId shift = ValueId::none;  ///< of its first byte, in bits; none: 0
    };
    struct Piece {
        i64 byte = 0;
        u32 size_bytes = 4;
        ValueId bits = ValueId::none;
    };
    [[nodiscard]] u32 size_of(Scalar scalar, bool is_spread) const;
    [[nodiscard]] u64 stride_of(const Type& type, const Place& at) const;
    void add(Place& place, ValueId index, u64 stride_bytes);
    [[nodiscard]] ValueId index_of(ValueId old);
    [[nodiscard]] ValueId sum(ValueId a, ValueId b);

    // Words.
    [[nodiscard]] ValueId word_index(const Place& place, i64 byte);
    [[nodiscard]] ValueId word_pointer(const Place& place, i64 byte);
    [[nodiscard]] ValueId load_word(const Place& place, i64 byte, bool is_part, u8 flags);
    [[nodiscard]] ValueId load_scalar_word(const Place& place, i64 byte, u8 flags);
    [[nodiscard]] i64 cell_bytes(const Place& place) const {
        return place.bytes == ValueId::none ? 4 : place.alignment_bytes;
    }
    [[nodiscard]] ValueId shift_of(const Place& place, i64 byte);
    [[nodiscard]] const Cell& cell(const Place& place, i64 byte, u8 flags);

    // Values.
    [[nodiscard]] ValueId load_part(TypeId id, const Place& from, u8 flags);
    [[nodiscard]] bool is_whole(const Place& place, const Type& vector) const;
    [[nodiscard]] ValueId load_scalar(Scalar scalar, const Place& from, i64 byte, u8 flags);
    [[nodiscard]] ValueId load_vector(TypeId id, const Place& from, u8 flags);
    [[nodiscard]] ValueId load_lanes(const Type& vector, const Place& from, u32 count, u8 flags);
    [[nodiscard]] ValueId cast(ValueId value, TypeId to);
    [[nodiscard]] std::array<ValueId, 2> halves_of(ValueId value);
    void take_apart(TypeId id, const Place& to, ValueId value);
    void take_scalar(Scalar scalar, const Place& to, i64 byte, ValueId value);
    void take_vector(TypeId id, const Place& to, ValueId value);
    void write_pieces(const Place& to, u8 flags);
    void write_parts(const Place& to, std::span<const Piece> pieces, u8 flags);

    // Atomics.
    template <class F>
    [[nodiscard]] ValueId exchange(ValueId pointer, std::span<const u32> order, const F& change);
    [[nodiscard]] ValueId atomic_float(Op op, ValueId pointer, std::span<const u32> order,
                                       std::span<const ValueId> values);
    void atomic_wide(InstructionId id, const Place& at, ValueId value);

    std::vector<Cell> cells_;    // of the load at hand
    std::vector<Piece> pieces_;  // of the store at hand
};

}  // namespace alkomp::ir
