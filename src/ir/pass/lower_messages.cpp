// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_messages.h"

#include "ir/builder.h"

#include <algorithm>
#include <array>

namespace alkomp::ir {
namespace {

constexpr std::array<u32, 2> kRelaxed{static_cast<u32>(Order::relaxed), static_cast<u32>(Scope::device)};

ValueId add_buffer(Module& module) {
    Global global;
    for (const Global& other : module.globals) {
        if (other.value == ValueId::none ||
            (other.kind != Global::Kind::storage && other.kind != Global::Kind::uniform))
            continue;
        if (other.set > global.set) global.binding = 0;
        global.set = std::max(global.set, other.set);
        if (other.set == global.set) global.binding = std::max(global.binding, other.binding + 1);
    }
    global.kind = Global::Kind::storage;
    global.name = module.string("messages");
    global.type = module.types.runtime_array(module.types.scalar(Scalar::u32), 4);
    return module.add_global(global);
}

/// Writes the function of one message.
class Writer {
public:
    Writer(Module& module, ValueId buffer, u32 place)
        : module_(module), builder_(module), buffer_(buffer), place_(place), u32_(module.types.scalar(Scalar::u32)) {}

    FunctionId write(const Message& message, std::span<const TypeId> parameters, const Location& location) {
        builder_.locate(location);
        const std::string name = (message.is_check ? "check" : "print") + std::to_string(place_);
        const FunctionId function = builder_.open_function(name, parameters, module_.types.nothing());
        const std::vector<ValueId> given = module_[function].parameters;
        if (!message.is_check) {
            write_line(given);
        } else {
            const InstructionId choice = builder_.open_if(given[0]);
            region([&] { builder_.exit(choice); });
            region([&] {
                count(MessageBuffer::failed);
                write_line(std::span(given).subspan(1));
                builder_.exit(choice);
            });
            builder_.close_construct();
        }
        builder_.return_();
        builder_.close_function();
        return function;
    }

private:
    template <class F>
    void region(const F& fill) {
        builder_.open_region();
        fill();
        builder_.close_region();
    }
    ValueId number(u32 value) { return module_.index(value); }
    ValueId word(ValueId at) { return builder_.emit(Op::access, {buffer_, at}, {}, TypeId::none, kInbounds); }
    void count(MessageBuffer::Header which) {
        const std::array operands{word(number(which)), number(1)};
        builder_.emit(Op::atomic_add, operands, kRelaxed);
    }

    void write_line(std::span<const ValueId> shown) {
        std::vector<ValueId> words{number(place_)};
        const ValueId id = builder_.builtin(Builtin::global_id);
        for (u32 axis = 0; axis < 3; ++axis) words.push_back(builder_.emit(Op::extract, {id}, {axis}));
        for (const ValueId value : shown) add_words(value, words);
        const auto size = static_cast<u32>(words.size());
        const ValueId last = number(MessageBuffer::kWords - MessageBuffer::header_words - size);

        // Where the buffer is full, the count grows no further, so that it never wraps.
        const ValueId used = word(number(MessageBuffer::used));
        const ValueId before = builder_.emit(Op::atomic_load, {&used, 1}, kRelaxed);
        const InstructionId look = builder_.open_if(builder_.emit(Op::le, {before, last}), {&u32_, 1});
        region([&] {
            const std::array operands{used, number(size)};
            const ValueId at = builder_.emit(Op::atomic_add, operands, kRelaxed);
            builder_.exit(look, {&at, 1});
        });
        region([&] {
            const ValueId none = number(~u32{0});
            builder_.exit(look, {&none, 1});
        });
        builder_.close_construct();
        const ValueId at = module_.result(module_[look]);
        const InstructionId fit = builder_.open_if(builder_.emit(Op::le, {at, last}));
        region([&] {
            for (u32 i = 0; i < size; ++i)
                builder_.store(word(builder_.emit(Op::add, {at, number(MessageBuffer::header_words + i)})), words[i]);
            builder_.exit(fit);
        });
        region([&] {
            count(MessageBuffer::dropped);
            builder_.exit(fit);
        });
        builder_.close_construct();
    }

    void add_words(ValueId value, std::vector<ValueId>& words) {
        const Type type = module_.type(value);
        const u32 lanes = module_.types.lanes(module_.type_of(value));
        for (u32 lane = 0; lane < lanes; ++lane)
            add_scalar(type.kind == Type::Kind::vector ? builder_.emit(Op::extract, {value}, {lane}) : value, words);
    }
    void add_scalar(ValueId value, std::vector<ValueId>& words) {
        const Scalar scalar = module_.type(value).scalar;
        if (scalar == Scalar::boolean) {
            words.push_back(builder_.emit(Op::select, {value, number(1), number(0)}));
            return;
        }
        if (size_bytes(scalar) == 8) {
            const ValueId halves = builder_.emit(Op::bitcast, {value}, {}, module_.types.vector(Scalar::u32, 2));
            for (u32 half = 0; half < 2; ++half) words.push_back(builder_.emit(Op::extract, {halves}, {half}));
            return;
        }
        const Scalar full = is_float(scalar) ? Scalar::f32 : is_signed(scalar) ? Scalar::i32 : Scalar::u32;
        if (scalar != full) value = builder_.emit(Op::convert, {value}, {}, module_.types.scalar(full));
        words.push_back(full == Scalar::u32 ? value : builder_.emit(Op::bitcast, {value}, {}, u32_));
    }

    Module& module_;
    Builder builder_;
    ValueId buffer_;
    u32 place_;
    TypeId u32_;
};

/// In the order in which they were written.
std::vector<InstructionId> messages_of(const Module& module) {
    std::vector<InstructionId> found;
    for (const Region& region : module.regions) {
        std::copy_if(region.body.begin(), region.body.end(), std::back_inserter(found),
                     [&](InstructionId id) { return module[id].op == Op::print || module[id].op == Op::check; });
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

std::vector<Message> lower_messages(Module& module) {
    std::vector<Message> messages;
    ValueId buffer = ValueId::none;
    for (const InstructionId id : messages_of(module)) {
        const Instruction instruction = module[id];
        const Location location = module.locations[instruction.location];
        Message message;
        message.is_check = instruction.op == Op::check;
        message.format = module.strings[module.immediates(instruction)[0]];
        message.file = module.text(location.file);
        message.line = location.line;
        std::vector<TypeId> parameters;
        for (const ValueId operand : module.operands(instruction)) {
            parameters.push_back(module.type_of(operand));
            if (message.is_check && parameters.size() == 1) continue;
            message.shown.push_back({module.type(operand).scalar, module.types.lanes(module.type_of(operand))});
        }
        if (buffer == ValueId::none) buffer = add_buffer(module);
        Writer writer(module, buffer, static_cast<u32>(messages.size() + 1));
        const FunctionId function = writer.write(message, parameters, location);
        Instruction& call = module[id];
        call.op = Op::call;
        module.immediates(call)[0] = static_cast<u32>(function);
        messages.push_back(std::move(message));
    }
    return messages;
}

}  // namespace alkomp::ir
