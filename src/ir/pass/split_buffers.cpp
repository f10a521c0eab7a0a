// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/split_buffers.h"

#include "alkomp/error.h"
#include "ir/pass/rebuild.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace alkomp::ir {
namespace {

class Split final : public Rebuild {
public:
    Split(const Module& from, std::span<const BufferParts> buffers) : Rebuild(from), buffers_(buffers) {
        for (const Global& global : from.globals)
            if (global.value != ValueId::none) set_ = std::max(set_, global.set + 1);
    }

private:
    struct Parts {
        u32 words = 0;
        std::vector<ValueId> values;
    };
    /// A place in a buffer of parts.
    struct Place {
        const Parts* parts = nullptr;
        ValueId index = ValueId::none;
        u8 flags = 0;
    };

    void make_global(const Global& old) override {
        Rebuild::make_global(old);
        u32 binding = 0;
        for (const BufferParts& buffer : buffers_) {
            if (old.kind == Global::Kind::storage && old.value != ValueId::none && old.set == buffer.set &&
                old.binding == buffer.binding) {
                Parts& parts = parts_[place(old.value)];
                parts.words = buffer.words;
                parts.values.push_back(value(old.value));
                for (u32 i = 1; i < buffer.count; ++i) parts.values.push_back(make_part(old, i, binding + i - 1));
            }
            binding += buffer.count - 1;
        }
    }
    ValueId make_part(const Global& whole, u32 number, u32 binding) {
        Global made = whole;
        made.type = type(whole.type);
        made.name = to_.string(from_.text(whole.name) + "_" + std::to_string(number));
        made.set = set_;
        made.binding = binding;
        return to_.add_global(made);
    }

    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        const std::span<const ValueId> given = operands(id);
        const auto whole = given.empty() ? parts_.end() : parts_.find(place(given[0]));
        if (old.op == Op::access && whole != parts_.end() && given.size() == 2) {
            places_[place(result(id))] = {&whole->second, value(given[1]), old.flags};
            return;
        }
        const auto at = given.empty() ? places_.end() : places_.find(place(given[0]));
        const bool is_used = std::any_of(given.begin(), given.end(), [&](ValueId operand) {
            return parts_.contains(place(operand)) || places_.contains(place(operand));
        });
        // The whole buffer's length is that of its own binding: the call tells it.
        if (!is_used || (old.op == Op::array_length && whole != parts_.end())) return copy(id);
        const bool is_access = (has(old.op, kReads) || has(old.op, kWrites)) && old.op != Op::call;
        if (at == places_.end() || !is_access || old.results.count > 1) refuse(id);
        const Place& chosen = at->second;
        const ValueId words = number(chosen.parts->words);
        const ValueId part = build_.emit(Op::div, {chosen.index, words}),
                      index = build_.emit(Op::rem, {chosen.index, words});
        const ValueId made = choose(id, chosen, part, index, 0);
        if (old.results.count == 1) define(result(id), made);
    }
    /// The instruction on the part with this number or, where it is another, on a later one.
    ValueId choose(InstructionId id, const Place& chosen, ValueId part, ValueId index, u32 at) {
        if (at + 1 == chosen.parts->values.size()) return on_part(id, chosen, index, at);
        std::vector<TypeId> results;
        if (from_[id].results.count == 1) results.push_back(type(from_.type_of(result(id))));
        const InstructionId choice = build_.open_if(build_.emit(Op::eq, {part, number(at)}), results);
        for (const bool here : {true, false}) {
            static_cast<void>(build_.open_region());
            const ValueId made = here ? on_part(id, chosen, index, at) : choose(id, chosen, part, index, at + 1);
            build_.exit(choice, results.empty() ? std::span<const ValueId>() : std::span(&made, 1));
            build_.close_region();
        }
        build_.close_construct();
        return results.empty() ? ValueId::none : to_.result(to_[choice]);
    }
    ValueId on_part(InstructionId id, const Place& chosen, ValueId index, u32 at) {
        const Instruction& old = from_[id];
        std::vector<ValueId> given{
            build_.emit(Op::access, {chosen.parts->values[at], index}, {}, TypeId::none, chosen.flags)};
        for (const ValueId operand : operands(id).subspan(1)) given.push_back(value(operand));
        const std::vector<u32> immediates(from_.immediates(old).begin(), from_.immediates(old).end());
        const TypeId made = old.results.count == 1 ? type(from_.type_of(result(id))) : TypeId::none;
        return build_.emit(old.op, given, immediates, made, old.flags);
    }
    [[noreturn]] void refuse(InstructionId id) const {
        const Location& where = from_.locations[from_[id].location];
        const std::string line =
            where.line == 0 ? std::string() : from_.text(where.file) + ":" + std::to_string(where.line) + ": ";
        throw Error(ErrorCode::unsupported, "\"" + from_.name + "\": " + line +
                                                "a buffer above the device's largest binding is bound in parts, which "
                                                "have no common pointer.");
    }

    std::span<const BufferParts> buffers_;
    u32 set_ = 0;
    std::unordered_map<u32, Parts> parts_;   // by old global's value
    std::unordered_map<u32, Place> places_;  // by old pointer
};

}  // namespace

void split_buffers(Module& module, std::span<const BufferParts> buffers) { module = Split(module, buffers).run(); }

}  // namespace alkomp::ir
