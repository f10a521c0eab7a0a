// SPDX-License-Identifier: MIT OR Apache-2.0
// The verifier against modules that the parser would not let through: built, then damaged.
#include "ir/verify.h"

#include "expect_error.h"
#include "ir/builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace alkomp::ir {
namespace {

using testing::error_text;
using ::testing::HasSubstr;

/// A module whose kernel is being built; each instruction lies in a line of its own of "k.cpp".
class Draft {
public:
    Draft() : builder_(module) {
        module.name = "k";
        module.kernel = builder_.open_function("k", {}, module.types.nothing());
        line(1);
    }
    Builder* operator->() { return &builder_; }
    void line(u32 number) { builder_.locate({module.string("k.cpp"), number, 0}); }
    void end() {
        builder_.return_();
        builder_.close_function();
    }
    TypeId u32_type() { return module.types.scalar(Scalar::u32); }
    ValueId buffer(std::string_view name, TypeId element, u32 binding) {
        Global global;
        global.name = module.string(name);
        global.type = module.types.runtime_array(element, 4);
        global.binding = binding;
        return module.add_global(global);
    }
    ValueId named(ValueId value, std::string_view name) {
        module[value].name = module.string(name);
        return value;
    }

    Module module;

private:
    Builder builder_;
};

std::string refusal(Module& module) {
    return error_text(ErrorCode::compile_failed, [&] { verify(module); });
}

/// Steps of n -> n / 2 or 3 n + 1 until 1, for each element: loops, choices and memory.
void draft_collatz(Draft& draft) {
    const ValueId data = draft.buffer("data", draft.u32_type(), 0);
    Module& module = draft.module;
    const ValueId id = draft->emit(Op::extract, {draft->builtin(Builtin::global_id)}, {0});
    const ValueId element = draft->emit(Op::access, {data, id});
    const ValueId n = draft.named(draft->load(element), "n");
    const std::array<ValueId, 2> first{n, module.index(0)};
    const std::array<TypeId, 2> types{draft.u32_type(), draft.u32_type()};
    const std::array<TypeId, 1> result{draft.u32_type()};
    const InstructionId loop = draft->open_loop(first, result);
    const RegionId body = draft->open_region(types);
    const ValueId now = module[body].parameters[0], steps = module[body].parameters[1];
    const ValueId is_one = draft->emit(Op::eq, {now, module.index(1)});
    const InstructionId choice = draft->open_if(is_one);
    draft->open_region();
    draft->exit(loop, {&steps, 1});
    draft->close_region();
    draft->open_region();
    draft->exit(choice);
    draft->close_region();
    draft->close_construct();
    const ValueId is_even = draft->emit(Op::eq, {draft->emit(Op::rem, {now, module.index(2)}), module.index(0)});
    const ValueId odd = draft->emit(Op::add, {draft->emit(Op::mul, {now, module.index(3)}), module.index(1)});
    const ValueId then = draft->emit(Op::select, {is_even, draft->emit(Op::div, {now, module.index(2)}), odd});
    const std::array<ValueId, 2> passed{then, draft->emit(Op::add, {steps, module.index(1)})};
    draft->next(loop, passed);
    draft->close_region();
    const RegionId continuing = draft->open_region(types);
    const std::vector<ValueId> again = module[continuing].parameters;
    draft->repeat(loop, again);
    draft->close_region();
    draft->close_construct();
    draft->store(element, module.result(module[loop]));
    draft.end();
}

TEST(VerifyDamage, NamesTheLineOfAnInstructionThatBreaksItsRule) {
    Draft draft;
    const ValueId x = draft.named(draft->emit(Op::add, {draft.module.index(1), draft.module.index(2)}), "x");
    draft.line(7);
    draft->emit(Op::add, {x, x});
    draft.end();
    const TypeId f32_type = draft.module.types.scalar(Scalar::f32);
    draft.module.operand_pool.back() = draft.module.zero(f32_type);
    draft.module[draft.module.operand_pool.back()].name = draft.module.string("half");
    EXPECT_EQ(refusal(draft.module), "k.cpp:7: add: operand 2 \"half\" is f32, where u32 is wanted.");
}

TEST(VerifyDamage, RefusesAResultOfAnotherTypeThanTheRuleGives) {
    Draft draft;
    const ValueId x = draft.named(draft->emit(Op::add, {draft.module.index(1), draft.module.index(2)}), "x");
    draft.end();
    draft.module[x].type = draft.module.types.scalar(Scalar::f32);
    EXPECT_EQ(refusal(draft.module), "k.cpp:1: add: \"x\" is f32, where u32 is given.");
}

TEST(VerifyDamage, RefusesARegionWithoutTerminator) {
    Draft draft;
    draft->builtin(Builtin::local_id);
    draft->close_function();
    EXPECT_EQ(refusal(draft.module), "k.cpp:1: builtin: its region ends here, but no terminator does it.");
}

TEST(VerifyDamage, RefusesAnInstructionBehindATerminator) {
    Draft draft;
    draft->return_();
    draft.line(2);
    draft.end();
    EXPECT_EQ(refusal(draft.module), "k.cpp:1: return: an instruction follows it in its region, which it ends.");
}

TEST(VerifyDamage, RefusesAnInstructionThatTwoRegionsList) {
    Draft draft;
    draft->builtin(Builtin::local_id);
    draft.end();
    std::vector<InstructionId>& body = draft.module[draft.module[draft.module.kernel].body].body;
    body.insert(body.begin(), body.front());
    EXPECT_EQ(refusal(draft.module), "k.cpp:1: builtin: more than one region lists it.");
}

/// Changes one entry of one table to a number that is small, large, or near what was there.
class Corruption {
public:
    Corruption(Module& module, u32 seed) : module_(module), random_(seed) {}

    void strike() {
        switch (below(9)) {
            case 0:
                return values();
            case 1:
                return constants();
            case 2:
                return globals();
            case 3:
                return functions();
            case 4:
                return regions();
            case 5:
                return pools();
            case 6:
                return types();
            default:
                return instructions();
        }
    }

private:
    u32 below(std::size_t count) { return count == 0 ? 0 : static_cast<u32>(random_() % count); }
    template <class T>
    T& any(std::vector<T>& table) {
        if (table.empty()) table.emplace_back();
        return table[below(table.size())];
    }
    u32 word(u32 before) {
        switch (below(5)) {
            case 0:
                return below(4);
            case 1:
                return static_cast<u32>(random_());
            case 2:
                return 0xffffffff - below(3);
            default:
                return before + below(9) - 4;
        }
    }
    template <class T>
    void change(T& field) {
        field = static_cast<T>(word(static_cast<u32>(field)));
    }
    template <class T>
    void change_list(std::vector<T>& list) {
        if (list.empty() || below(3) == 0) list.emplace_back();
        if (below(4) == 0) list.pop_back();
        else change(any(list));
    }
    void change_range(Range& range) {
        if (below(2) == 0) change(range.first);
        else change(range.count);
    }

    void values() {
        Value& value = any(module_.values);
        switch (below(4)) {
            case 0:
                return change(value.kind);
            case 1:
                return change(value.type);
            case 2:
                return change(value.index);
            default:
                return change(below(2) == 0 ? value.position : reinterpret_cast<u32&>(value.name));
        }
    }
    void constants() {
        Constant& constant = any(module_.constants);
        switch (below(6)) {
            case 0:
                return change(constant.kind);
            case 1:
                return change(constant.type);
            case 2:
                return change(constant.bits);
            case 3:
                return change(constant.op);
            case 4:
                return change_list(constant.parts);
            default:
                return change(constant.value);
        }
    }
    void globals() {
        Global& global = any(module_.globals);
        switch (below(5)) {
            case 0:
                return change(global.kind);
            case 1:
                return change(global.type);
            case 2:
                return change(global.value);
            case 3:
                return change(global.initial);
            default:
                return change(global.offset_bytes);
        }
    }
    void functions() {
        Function& function = any(module_.functions);
        switch (below(4)) {
            case 0:
                return change_list(function.parameters);
            case 1:
                return change(function.result);
            case 2:
                return change(function.body);
            default:
                return change(module_.kernel);
        }
    }
    void regions() {
        Region& region = any(module_.regions);
        switch (below(3)) {
            case 0:
                return change_list(region.parameters);
            case 1:
                return change_list(region.body);
            default:
                return change(region.owner);
        }
    }
    void pools() {
        switch (below(3)) {
            case 0:
                return change_list(module_.operand_pool);
            case 1:
                return change_list(module_.immediate_pool);
            default:
                return change_list(module_.region_pool);
        }
    }
    void types() {
        // Types are never changed, so a broken one is added and a value made to have it.
        Type type = module_.types[TypeId{below(module_.types.size())}];
        switch (below(6)) {
            case 0:
                change(type.kind);
                break;
            case 1:
                change(type.element);
                break;
            case 2:
                change(type.count);
                break;
            case 3:
                change(type.length);
                break;
            case 4:
                change(type.space);
                break;
            default:
                type.members.push_back({"m", TypeId{word(below(module_.types.size()))}, word(8)});
        }
        any(module_.values).type = module_.types.add(type);
    }
    void instructions() {
        Instruction& instruction = any(module_.instructions);
        switch (below(8)) {
            case 0:
            case 1:
                return change(instruction.op);
            case 2:
                return change_range(instruction.operands);
            case 3:
                return change_range(instruction.immediates);
            case 4:
                return change_range(instruction.results);
            case 5:
                return change_range(instruction.regions);
            case 6:
                return change(instruction.region);
            default:
                return change(below(2) == 0 ? instruction.location : reinterpret_cast<u32&>(module_.workgroup_size[0]));
        }
    }

    Module& module_;
    std::mt19937 random_;
};

TEST(VerifyDamage, SurvivesAnyDamageToItsTables) {
    u32 refused = 0;
    for (u32 seed = 0; seed < 5000; ++seed) {
        Draft draft;
        draft_collatz(draft);
        Corruption corruption(draft.module, seed);
        for (u32 strikes = 1 + seed % 3; strikes > 0; --strikes) corruption.strike();
        try {
            verify(draft.module);
        } catch (const Error& error) {
            ++refused;
            EXPECT_EQ(error.code(), ErrorCode::compile_failed) << error.what();
        }
    }
    EXPECT_GT(refused, 2500u);
}

void draft_nested(Draft& draft, u32 depth) {
    const ValueId yes = draft.module.zero(draft.module.types.scalar(Scalar::boolean));
    std::vector<InstructionId> open;
    for (u32 i = 0; i < depth; ++i) {
        open.push_back(draft->open_if(yes));
        draft->open_region();
    }
    for (; !open.empty(); open.pop_back()) {
        draft->exit(open.back());
        draft->close_region();
        draft->open_region();
        draft->exit(open.back());
        draft->close_region();
        draft->close_construct();
    }
    draft.end();
}

TEST(VerifyDamage, RefusesConstructsThatNestTooDeep) {
    Draft most;
    draft_nested(most, kDeepestConstruct);
    verify(most.module);
    for (const u32 depth : {kDeepestConstruct + 1, 100000u}) {
        Draft more;
        draft_nested(more, depth);
        EXPECT_EQ(refusal(more.module), "k.cpp:1: if: constructs nest more than 1023 deep.");
    }
}

}  // namespace
}  // namespace alkomp::ir
