// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions of alkomp/lang/record.h, but for control flow: each asks this thread's recorder.
#include "alkomp/lang/record.h"

#include "alkomp/error.h"
#include "ir/literal.h"
#include "lang/recorder.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace alkomp::detail {
namespace {

constexpr std::array<u32, 1> kAlignmentOfType{0};

Node access(Recorder& recorder, Node pointer, u32 at, Place place) {
    const std::array operands{recorder.check(pointer, place), recorder.module().index(at)};
    return recorder.emit(ir::Op::access, operands, place, {}, ir::TypeId::none, ir::kInbounds);
}

Node extract(Recorder& recorder, Node whole, u32 at, Place place) {
    const ir::ValueId operand = recorder.check(whole, place);
    return recorder.emit(ir::Op::extract, {&operand, 1}, place, {&at, 1});
}

}  // namespace

Node convert(Node value, const TypeInfo& type, Place place) {
    return Recorder::current(place).convert(value, type, place);
}

Node apply(std::string_view op, std::initializer_list<Node> operands, Place place, const TypeInfo* given,
           std::initializer_list<u32> immediates) {
    Recorder& recorder = Recorder::current(place);
    const std::optional<ir::Op> found = ir::find_op(op);
    if (!found) throw Error(ErrorCode::internal, "kernel: there is no instruction " + std::string(op) + '.');
    std::array<ir::ValueId, 8> values{};
    std::size_t count = 0;
    for (const Node& node : operands) values[count++] = recorder.check(node, place);
    return recorder.emit(*found, std::span(values).first(count), place,
                         std::span(immediates.begin(), immediates.size()),
                         given == nullptr ? ir::TypeId::none : recorder.type(*given));
}

Node builtin(std::string_view name, u32 axis, Place place) {
    Recorder& recorder = Recorder::current(place);
    u32 which = 0;
    while (ir::to_string(static_cast<ir::Builtin>(which)) != name) ++which;
    const Node all = recorder.emit(ir::Op::builtin, {}, place, {&which, 1});
    if (axis == kAllAxes) return all;
    if (axis > 2) recorder.fail(place, "the axis " + std::to_string(axis) + " is none of 0, 1 and 2.");
    return extract(recorder, all, axis, place);
}

Node second_result() {
    Recorder& recorder = Recorder::current(kNowhere);
    const ir::Module& module = recorder.module();
    return recorder.node(module.result(module[recorder.builder().last()], 1));
}

Node compose(const TypeInfo& type, const Node* parts, u32 count, Place place) {
    Recorder& recorder = Recorder::current(place);
    std::vector<ir::ValueId> values;
    for (u32 i = 0; i < count; ++i) values.push_back(recorder.check(parts[i], place));
    return recorder.emit(ir::Op::compose, values, place, {}, recorder.type(type));
}

Node variable(const TypeInfo& type, const Node* initial, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ir::TypeId value_type = recorder.type(type);
    const ir::TypeId pointer = recorder.module().types.pointer(ir::Space::local, value_type);
    const ir::ValueId value = initial == nullptr ? ir::ValueId::none : recorder.check(*initial, place);
    return recorder.emit(ir::Op::variable, std::span(&value, initial == nullptr ? 0 : 1), place, {}, pointer);
}

Node shared(const TypeInfo& type, Place place) { return Recorder::current(place).shared(type, place); }

Node scratch(const TypeInfo& element, u32 count, u32 slot) {
    return Recorder::current(kNowhere).scratch(element, count, slot);
}

u32 block_size() {
    Recorder& recorder = Recorder::current(kNowhere);
    return recorder.workgroup_size(0) * recorder.workgroup_size(1) * recorder.workgroup_size(2);
}

bool is_block_flat() {
    Recorder& recorder = Recorder::current(kNowhere);
    return recorder.workgroup_size(1) == 1 && recorder.workgroup_size(2) == 1;
}

void check_radix(u32 bits, u32 digits, Place place) {
    constexpr u32 kMostBits = 8, kMostDigits = 0xffff;
    const Recorder& recorder = Recorder::current(place);
    if (bits == 0 || bits > kMostBits)
        recorder.fail(place, "a digit has " + std::to_string(bits) + " bits; 1 to 8 are allowed.");
    if (digits > kMostDigits)
        recorder.fail(place, "the workgroup has " + std::to_string(digits) + " digits; at most 65535 are allowed.");
}

Node load(Node pointer, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ir::ValueId operand = recorder.check(pointer, place);
    return recorder.emit(ir::Op::load, {&operand, 1}, place, kAlignmentOfType);
}

void store(Node pointer, Node value, Place place) {
    Recorder& recorder = Recorder::current(place);
    const std::array operands{recorder.check(pointer, place), recorder.check(value, place)};
    recorder.emit(ir::Op::store, operands, place, kAlignmentOfType);
}

Node element(Node pointer, Node index, u32 count, Place place) {
    return Recorder::current(place).element(pointer, index, count, place);
}

Node member(Node pointer, u32 index, Place place) { return access(Recorder::current(place), pointer, index, place); }

Node element_of_value(Node composite, Node index, u32 count, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ir::ValueId whole = recorder.check(composite, place), at = recorder.check(index, place);
    if (const std::optional<u64> known = recorder.module().known_bits(at)) {
        if (*known >= count)
            recorder.fail(
                place, "the index " + std::to_string(*known) + " is outside: there are " + std::to_string(count) + '.');
        return extract(recorder, composite, static_cast<u32>(*known), place);
    }
    const std::array operands{whole, at};
    if (recorder.module().types.is(recorder.module().type_of(whole), ir::Type::Kind::vector))
        return recorder.emit(ir::Op::extract_lane, operands, place);
    const ir::TypeId pointer = recorder.module().types.pointer(ir::Space::local, recorder.module().type_of(whole));
    const Node memory = recorder.emit(ir::Op::variable, {&whole, 1}, place, {}, pointer);
    return load(recorder.element(memory, index, count, place), place);
}

Node load_lanes(Node pointer, const u32* lanes, u32 count, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ir::ValueId vector = recorder.check(load(pointer, place), place);
    const std::array operands{vector, vector};
    return recorder.emit(ir::Op::shuffle, operands, place, {lanes, count});
}

void store_lanes(Node pointer, const u32* lanes, u32 count, Node value, Place place) {
    Recorder& recorder = Recorder::current(place);
    for (u32 i = 0; i < count; ++i)
        store(access(recorder, pointer, lanes[i], place), extract(recorder, value, i, place), place);
}

PreciseScope::PreciseScope() : before_(std::exchange(Recorder::current(kNowhere).precise, true)) {}
PreciseScope::~PreciseScope() {
    if (Recorder* recorder = Recorder::find(); recorder != nullptr) recorder->precise = before_;
}

PlaceScope::PlaceScope(Place place) : before_(kNowhere) {
    Recorder& recorder = Recorder::current(place);
    before_ = recorder.pinned;
    if (before_.line == 0) recorder.pinned = place;
}
PlaceScope::~PlaceScope() {
    if (Recorder* recorder = Recorder::find(); recorder != nullptr) recorder->pinned = before_;
}

Node atomic(std::string_view op, Node pointer, std::initializer_list<Node> values, u8 order, u8 scope, Place place) {
    Recorder& recorder = Recorder::current(place);
    std::array<ir::ValueId, 3> operands{recorder.check(pointer, place)};
    std::size_t count = 1;
    for (const Node& value : values) operands[count++] = recorder.check(value, place);
    const ir::Module& module = recorder.module();
    const ir::Space space = module.type(operands[0]).space;
    if (space == ir::Space::local)
        recorder.fail(place,
                      "an atomic operation is on a buffer or shared memory; a variable belongs to one invocation.");
    constexpr u32 kNarrowest = static_cast<u32>(ir::Scope::subgroup);
    u32 scope_of = scope + kNarrowest;
    if (space == ir::Space::shared) scope_of = std::min(scope_of, static_cast<u32>(ir::Scope::workgroup));
    const std::array immediates{u32{order}, scope_of};
    return recorder.emit(*ir::find_op(op), std::span(operands).first(count), place, immediates);
}

// Messages -----------------------------------------------------------------------------------------

namespace {

/// Puts the host's texts into the message, and adds the device's values to the operands.
void message(ir::Op op, std::vector<ir::ValueId> operands, std::string_view text, std::span<const Shown> shown,
             Place place) {
    Recorder& recorder = Recorder::current(place);
    std::string format;
    std::size_t places = 0, done = 0;
    for (std::size_t at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", done)) {
        format += text.substr(done, at - done);
        done = at + 2;
        if (places < shown.size() && shown[places].is_text) {
            if (shown[places].text.find("{}") != std::string::npos)
                recorder.fail(place, "the text \"" + shown[places].text + "\" is shown and has a {} of its own.");
            format += shown[places].text;
        } else {
            format += "{}";
        }
        ++places;
    }
    format += text.substr(done);
    if (places != shown.size())
        recorder.fail(place, "the text has " + std::to_string(places) + (places == 1 ? " {}, " : " {}s, ") +
                                 std::to_string(shown.size()) + (shown.size() == 1 ? " value is" : " values are") +
                                 " given.");
    for (const Shown& value : shown)
        if (!value.is_text) operands.push_back(recorder.check(value.node, place));
    const auto kept = static_cast<u32>(recorder.module().string(format));
    recorder.emit(op, operands, place, {&kept, 1});
}

}  // namespace

std::string float_text(f32 value) { return ir::shortest_text(value); }
std::string float_text(f64 value) { return ir::shortest_text(value); }

void print(std::string_view text, const Shown* shown, std::size_t count, Place place) {
    message(ir::Op::print, {}, text, {shown, count}, place);
}
void check(Node condition, std::string_view text, const Shown* shown, std::size_t count, Place place) {
    message(ir::Op::check, {Recorder::current(place).check(condition, place)}, text, {shown, count}, place);
}

// Parameters ---------------------------------------------------------------------------------------

Node buffer_parameter(const TypeInfo& element, BufferUse use) {
    return Recorder::current(kNowhere).buffer(element, use);
}
Node scalar_parameter(const TypeInfo& type) { return Recorder::current(kNowhere).scalar(type); }

Mark mark(Node left, Place place) { return Recorder::current(place).mark(left, place); }
Node short_circuit(bool is_and, const Mark& mark, Node right) {
    return Recorder::current(mark.place).short_circuit(is_and, mark, right);
}

}  // namespace alkomp::detail
