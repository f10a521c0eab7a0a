// SPDX-License-Identifier: MIT OR Apache-2.0
// Control flow: bodies are run once, each in a region of its own.
#include "alkomp/error.h"
#include "lang/recorder.h"

#include <array>
#include <atomic>

namespace alkomp::detail {
namespace {

using ir::Op;
using ir::ValueId;

/// Leaves `construct` where the condition is false.
void go_on_if(Recorder& recorder, ValueId condition, ir::InstructionId construct) {
    ir::Builder& builder = recorder.builder();
    const ir::InstructionId choice = builder.open_if(condition);
    recorder.open_region();
    recorder.close_region([&] { builder.exit(choice); });
    recorder.open_region();
    recorder.close_region([&] { builder.exit(construct); });
    builder.close_construct();
}

/// The numbers of a range whose steps may not be one: how many there are is counted first, so that nothing wraps.
class Steps {
public:
    Steps(Recorder& recorder, ValueId first, ValueId end, ValueId step, Place place)
        : recorder_(recorder), place_(place), first_(first), step_(step) {
        ir::Module& module = recorder.module();
        type_ = module.type_of(first);
        const Scalar scalar = module.types[type_].scalar;
        const u32 bits = 8 * size_bytes(scalar);
        const bool is_signed = ir::is_signed(scalar);
        unsigned_ = module.types.scalar(unsigned_of(scalar));
        const u64 step_bits = *module.known_bits(step);
        const bool down = is_signed && (step_bits >> (bits - 1) & 1) != 0;
        const u64 all = bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
        const u64 stride = down ? (~step_bits + 1) & all : step_bits;
        const ValueId is_any = emit(down ? Op::gt : Op::lt, {first, end});
        const ValueId distance = down ? emit(Op::sub, {as_unsigned(first), as_unsigned(end)})
                                      : emit(Op::sub, {as_unsigned(end), as_unsigned(first)});
        const ValueId one = module.constant(unsigned_, 1);
        const ValueId last = emit(Op::div, {emit(Op::sub, {distance, one}), module.constant(unsigned_, stride)});
        count_ = emit(Op::select, {is_any, emit(Op::add, {last, one}), module.constant(unsigned_, 0)});
    }
    [[nodiscard]] ValueId count() const { return count_; }
    [[nodiscard]] ValueId at(ValueId place) {
        const ValueId number = type_ == unsigned_ ? place : emit(Op::bitcast, {place}, type_);
        return emit(Op::add, {first_, emit(Op::mul, {number, step_})});
    }

private:
    static Scalar unsigned_of(Scalar scalar) {
        constexpr u8 kApart = static_cast<u8>(Scalar::u8) - static_cast<u8>(Scalar::i8);
        return ir::is_signed(scalar) ? static_cast<Scalar>(static_cast<u8>(scalar) + kApart) : scalar;
    }
    ValueId as_unsigned(ValueId value) { return type_ == unsigned_ ? value : emit(Op::bitcast, {value}, unsigned_); }
    ValueId emit(Op op, std::initializer_list<ValueId> operands, ir::TypeId given = ir::TypeId::none) {
        return ValueId{recorder_.emit(op, std::span(operands.begin(), operands.size()), place_, {}, given).value};
    }

    Recorder& recorder_;
    Place place_;
    ValueId first_, step_, count_ = ValueId::none;
    ir::TypeId type_ = ir::TypeId::none, unsigned_ = ir::TypeId::none;
};

/// A loop over the numbers from `first` by `step`, as long as they are before `end` and, if asked, do not wrap.
template <class F>
void count(Recorder& recorder, ValueId first, ValueId end, ValueId step, bool may_wrap, Place place, const F& body) {
    ir::Builder& builder = recorder.builder();
    const ir::TypeId type = recorder.module().type_of(first);
    recorder.locate(place);
    const ir::InstructionId loop = builder.open_loop({&first, 1});
    const ir::RegionId region = recorder.open_region({&type, 1});
    const ValueId number = recorder.module()[region].parameters[0];
    const std::array operands{number, end};
    go_on_if(recorder, ValueId{recorder.emit(Op::lt, operands, place).value}, loop);
    recorder.targets.push_back({loop, true, number});
    body(number);
    recorder.targets.pop_back();
    recorder.close_region([&] { builder.next(loop, {&number, 1}); });
    const ir::RegionId continuing = recorder.open_region({&type, 1});
    const ValueId passed = recorder.module()[continuing].parameters[0];
    const std::array next{passed, step};
    const ValueId following{recorder.emit(Op::add, next, place).value};
    if (may_wrap) {
        const std::array both{following, passed};
        const ValueId grows{recorder.emit(Op::gt, both, place).value};
        recorder.close_region([&] { builder.repeat_if(grows, loop, {&following, 1}); });
    } else {
        recorder.close_region([&] { builder.repeat(loop, {&following, 1}); });
    }
    builder.close_construct();
}

}  // namespace

// Choices ------------------------------------------------------------------------------------------

void open_if(Node condition, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ValueId value = recorder.check(condition, place);
    recorder.locate(place);
    recorder.chains.push_back({recorder.builder().open_if(value), place, 0, {}, false, {}});
    recorder.open_region();
}

void open_else() {
    Recorder& recorder = Recorder::current(kNowhere);
    const ir::InstructionId choice = recorder.chains.back().construct;
    recorder.close_region([&] { recorder.builder().exit(choice); });
    recorder.open_region();
}

void close_if(u32 depth, bool has_else) noexcept {
    if (Recorder* recorder = Recorder::find(); recorder != nullptr) recorder->close_choices(depth, has_else);
}

void open_switch(Node selector, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ValueId value = recorder.check(selector, place);
    recorder.locate(place);
    recorder.chains.push_back({recorder.builder().open_switch(value), place, recorder.size(), {}, false, {}});
    recorder.targets.push_back({recorder.chains.back().construct, false, ValueId::none});
}

void add_case(const i64* values, u32 count, bool is_default, Body body, Place place) {
    Recorder& recorder = Recorder::current(place);
    Recorder::Chain& chain = recorder.chains.back();
    if (chain.before != recorder.size())
        recorder.fail(chain.place, "a switch_ has no name: its cases follow it at once.");
    const ir::InstructionId choice = chain.construct;
    const ir::Module& module = recorder.module();
    const Scalar scalar = module.type(module.operands(module[choice])[0]).scalar;
    const u32 bits = 8 * size_bytes(scalar);
    const auto region = static_cast<u32>(chain.chooses.values.size());
    std::vector<u64>& chosen = chain.chooses.values.emplace_back();
    if (is_default && chain.has_default) recorder.fail(place, "the switch_ has two default_.");
    if (is_default) {
        chain.has_default = true;
        chain.chooses.default_region = region;
    }
    for (u32 i = 0; i < count; ++i) {
        const i64 value = values[i];
        const bool fits = ir::is_signed(scalar) ? value >> (bits - 1) == 0 || value >> (bits - 1) == -1
                                                : value >= 0 && (bits == 64 || value >> bits == 0);
        if (!fits)
            recorder.fail(place,
                          "the case " + std::to_string(value) + " is no " + std::string(to_string(scalar)) + '.');
        const u64 kept = static_cast<u64>(value) & (~u64{0} >> (64 - bits));
        if (const auto [other, is_new] = chain.taken.emplace(kept, place.line); !is_new)
            recorder.fail(place, "the case " + std::to_string(value) + " is there already, at line " +
                                     std::to_string(other->second) + '.');
        chosen.push_back(kept);
    }
    recorder.open_region();
    body();
    recorder.close_region([&] { recorder.builder().exit(choice); });
}

void close_switch() noexcept {
    if (Recorder* recorder = Recorder::find(); recorder != nullptr) recorder->close_cases();
}

// Loops --------------------------------------------------------------------------------------------

void while_loop(ValueBody condition, Body body, Place place) {
    Recorder& recorder = Recorder::current(place);
    ir::Builder& builder = recorder.builder();
    recorder.locate(place);
    const ir::InstructionId loop = builder.open_loop();
    recorder.open_region();
    const Node holds = condition();
    go_on_if(recorder, recorder.check(holds, place), loop);
    recorder.targets.push_back({loop, true, ValueId::none});
    body();
    recorder.targets.pop_back();
    recorder.close_region([&] { builder.next(loop); });
    recorder.open_region();
    recorder.close_region([&] { builder.repeat(loop); });
    builder.close_construct();
}

void do_while_loop(Body body, ValueBody condition, Place place) {
    Recorder& recorder = Recorder::current(place);
    ir::Builder& builder = recorder.builder();
    recorder.locate(place);
    const ir::InstructionId loop = builder.open_loop();
    recorder.open_region();
    recorder.targets.push_back({loop, true, ValueId::none});
    body();
    recorder.targets.pop_back();
    recorder.close_region([&] { builder.next(loop); });
    recorder.open_region();
    const Node holds = condition();
    const ValueId again = recorder.check(holds, place);
    recorder.close_region([&] { builder.repeat_if(again, loop, {}); });
    builder.close_construct();
}

void for_loop(Node first, Node end, Node step, ValueBody body, Place place) {
    Recorder& recorder = Recorder::current(place);
    const ValueId from = recorder.check(first, place), to = recorder.check(end, place),
                  by = recorder.check(step, place);
    const auto once = [&](ValueId number) { static_cast<void>(body(recorder.node(number))); };
    const std::optional<u64> known = recorder.module().known_bits(by);
    if (known == u64{0}) recorder.fail(place, "the range has a step of 0.");
    if (!known || known == u64{1}) return count(recorder, from, to, by, !known, place, once);
    Steps steps(recorder, from, to, by, place);
    const ir::TypeId type = recorder.module().type_of(steps.count());
    count(recorder, recorder.module().zero(type), steps.count(), recorder.module().constant(type, 1), false, place,
          [&](ValueId number) { once(steps.at(number)); });
}

// Leaving ------------------------------------------------------------------------------------------

void leave_construct(Place place) {
    Recorder& recorder = Recorder::current(place);
    if (recorder.targets.empty()) recorder.fail(place, "break_ is in no loop and no switch_.");
    recorder.locate(place);
    recorder.end_region([&] { recorder.builder().exit(recorder.targets.back().construct); });
}

void next_iteration(Place place) {
    Recorder& recorder = Recorder::current(place);
    auto target = recorder.targets.rbegin();
    while (target != recorder.targets.rend() && !target->is_loop) ++target;
    if (target == recorder.targets.rend()) recorder.fail(place, "continue_ is in no loop.");
    recorder.locate(place);
    recorder.end_region([&] {
        const bool counts = target->number != ValueId::none;
        recorder.builder().next(target->construct, std::span(&target->number, counts ? 1 : 0));
    });
}

void leave_function(const Node* value, const TypeInfo* type, Place place) {
    Recorder::current(place).return_value(value, type, place);
}

u32 next_function() noexcept {
    static std::atomic<u32> last{0};
    return ++last;
}

Node call(const CallSite& site, const Node* arguments, FunctionBody body) {
    return Recorder::current(site.place).call(site, arguments, body);
}

}  // namespace alkomp::detail
