// SPDX-License-Identifier: MIT OR Apache-2.0
// Cooperative matrices: what is known of their places while a kernel is recorded is checked there.
#include "lang/recorder.h"

#include <algorithm>
#include <array>

namespace alkomp::detail {
namespace {

constexpr u64 kMostAlignment = 16;  // VUID-RuntimeSpirv-OpCooperativeMatrixLoadKHR-08986

/// What is known of a matrix in memory. A line is a row, or a column where it lies by columns.
struct Lie {
    std::string line;
    u64 lines, line_bytes, element_bytes, count;
    std::optional<u64> first, stride;

    Lie(const ir::Module& module, const TypeInfo& type, const MatrixPlace& at)
        : line(at.by_columns ? "column" : "row"),
          lines(at.by_columns ? type.columns : type.rows),
          line_bytes(u64{at.by_columns ? type.rows : type.columns} * type.element->size_bytes),
          element_bytes(at.element_bytes),
          count(at.count),
          first(module.known_bits(ir::ValueId{at.index.value})),
          stride(module.known_bits(ir::ValueId{at.stride.value})) {}

    [[nodiscard]] u64 alignment() const { return std::min(kMostAlignment, line_bytes); }
    /// Elements from its first to behind its last; more than there are if the stride is.
    [[nodiscard]] u64 extent() const {
        return std::min(*stride, count) * (lines - 1) + (line_bytes + element_bytes - 1) / element_bytes;
    }
    /// The last element that it may begin at.
    [[nodiscard]] u64 last() const {
        const u64 step = std::max<u64>(alignment() / element_bytes, 1);
        return (count - extent()) / step * step;
    }
};

void check(const Recorder& recorder, const Lie& lie, bool stores, Place place) {
    const auto elements = [](u64 count) { return std::to_string(count) + (count == 1 ? " element" : " elements"); };
    const std::string aligned =
        "; its " + lie.line + "s begin at multiples of " + std::to_string(lie.alignment()) + '.';
    if (lie.stride && *lie.stride * lie.element_bytes % lie.alignment() != 0)
        recorder.fail(place, "the stride of the matrix is " + elements(*lie.stride) + ", " +
                                 std::to_string(*lie.stride * lie.element_bytes) + " bytes" + aligned);
    if (lie.first && *lie.first * lie.element_bytes % lie.alignment() != 0)
        recorder.fail(place, "the matrix begins at element " + std::to_string(*lie.first) + ", byte " +
                                 std::to_string(*lie.first * lie.element_bytes) + aligned);
    if (stores && lie.stride && *lie.stride * lie.element_bytes < lie.line_bytes)
        recorder.fail(place, "the stride of the matrix is " + elements(*lie.stride) + ", " +
                                 std::to_string(*lie.stride * lie.element_bytes) + " bytes; a " + lie.line + " has " +
                                 std::to_string(lie.line_bytes) + '.');
    if (lie.count == 0 || !lie.stride) return;
    if (lie.extent() > lie.count || lie.first.value_or(0) > lie.count - lie.extent())
        recorder.fail(place, "the matrix takes up " + elements(lie.extent()) +
                                 (lie.first ? " from element " + std::to_string(*lie.first) + " on" : std::string()) +
                                 "; there are " + std::to_string(lie.count) + '.');
}

/// An index into shared memory that leaves the whole matrix inside.
Node inside(Recorder& recorder, Node index, u64 last, Place place) {
    ir::Module& module = recorder.module();
    ir::ValueId at = recorder.check(index, place);
    const Scalar scalar = module.type(at).scalar;
    if (ir::is_signed(scalar)) {
        const ir::TypeId bits = module.types.scalar(size_bytes(scalar) == 8 ? Scalar::u64 : Scalar::u32);
        at = ir::ValueId{recorder.emit(ir::Op::bitcast, {&at, 1}, place, {}, bits).value};
    }
    const std::array operands{at, module.constant(module.type_of(at), last)};
    return recorder.emit(ir::Op::min, operands, place);
}

/// Where the matrix begins. Throws: compile_failed, if it certainly lies where none can lie.
ir::ValueId begin_of(Recorder& recorder, const TypeInfo& type, const MatrixPlace& at, bool stores, Place place) {
    const ir::Space space = recorder.module().type(recorder.check(at.pointer, place)).space;
    static_cast<void>(recorder.check(at.index, place));
    static_cast<void>(recorder.check(at.stride, place));
    if (space == ir::Space::local)
        recorder.fail(place, "a matrix lies in a buffer or in shared memory; a variable belongs to one invocation.");
    const Lie lie(recorder.module(), type, at);
    check(recorder, lie, stores, place);
    Node index = at.index;
    if (space == ir::Space::shared && recorder.is_robust()) {
        if (!lie.stride)
            recorder.fail(place,
                          "in shared memory the stride of a matrix is a number of the host; robust = false takes any.");
        if (!lie.first) index = inside(recorder, index, lie.last(), place);
    }
    return ir::ValueId{recorder.element(at.pointer, index, at.count, place).value};
}

u32 layout_of(const MatrixPlace& place) {
    return static_cast<u32>(place.by_columns ? ir::MatrixLayout::column_major : ir::MatrixLayout::row_major);
}

}  // namespace

Node matrix_load(const TypeInfo& type, const MatrixPlace& from, Place place) {
    Recorder& recorder = Recorder::current(place);
    const std::array operands{begin_of(recorder, type, from, false, place), recorder.check(from.stride, place)};
    const u32 layout = layout_of(from);
    return recorder.emit(ir::Op::matrix_load, operands, place, {&layout, 1}, recorder.type(type));
}

void matrix_store(const TypeInfo& type, const MatrixPlace& to, Node value, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ir::ValueId stored = recorder.check(value, place);
    const std::array operands{begin_of(recorder, type, to, true, place), stored, recorder.check(to.stride, place)};
    const u32 layout = layout_of(to);
    recorder.emit(ir::Op::matrix_store, operands, place, {&layout, 1});
}

Node matrix_multiply_add(Node a, Node b, Node c, bool saturating, Place place) {
    Recorder& recorder = Recorder::current(place);
    const std::array operands{recorder.check(a, place), recorder.check(b, place), recorder.check(c, place)};
    const ir::Module& module = recorder.module();
    if (saturating && module.types.is_float(module.type_of(operands[2])))
        recorder.fail(place, "a product of floats never saturates; of integers it may.");
    const u32 how = saturating ? 1 : 0;
    return recorder.emit(ir::Op::matrix_multiply_add, operands, place, {&how, 1});
}

Node matrix_count(const TypeInfo& type, Place place) {
    Recorder& recorder = Recorder::current(place);
    const auto matrix = static_cast<u32>(recorder.type(type));
    return recorder.emit(ir::Op::matrix_length, {}, place, {&matrix, 1}, recorder.module().types.scalar(Scalar::u32));
}

}  // namespace alkomp::detail
