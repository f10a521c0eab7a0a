// SPDX-License-Identifier: MIT OR Apache-2.0
// The verifier against modules that the parser would not let through: built, then damaged.
#include "ir/verify.h"

#include "ir/builder.h"
#include "ir/module_files.h"
#include "ir/verified.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace alkomp::ir {
namespace {

using testing::error_text;
using testing::kernel_text;

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

/// What the verifier says of this module after the damage.
std::string damaged(const std::string& text, const std::function<void(Module&)>& damage) {
    Module module = parse(text, "text.ir");
    damage(module);
    return error_text(ErrorCode::compile_failed, [&] { verify(module); });
}

/// The only instruction of this kind.
Instruction& find(Module& module, Op op) {
    for (Instruction& instruction : module.instructions)
        if (instruction.op == op && instruction.region != RegionId::none) return instruction;
    throw Error(ErrorCode::internal, "there is no such instruction");
}

const std::string kLoop = kernel_text(
    "%r: u32 = loop ^l (%i: u32 = 0) @1:3 {\n"
    "next ^l(%i)\n"
    "} continuing (%j: u32) {\n"
    "%more: bool = lt %j, 5 @1:6\n"
    "repeat_if %more ^l(%j) else (%j) @1:7\n"
    "}\n"
    "switch ^s %r @1:8 {\n"
    "case 1 {\nexit ^s\n}\n"
    "default {\nexit ^s\n}\n"
    "}\n"
    "%x: f32 = call(@f) 2 @1:9\n"
    "return",
    "constant %pair: u32x2 = (7, 8)\n"
    "storage %data: u32[] set 0 binding 0 @1:1\n"
    "function @f(%p: u32) -> f32 @1:2 {\nreturn 1.0\n}");

TEST(VerifyDamage, FindsIdsThatNameNothing) {
    const auto expect = [](const std::string& what, const std::function<void(Module&)>& damage) {
        EXPECT_EQ(damaged(kLoop, damage), "verify: " + what + " does not fit the tables of the module.");
    };
    expect("value 1", [](Module& m) { m.values[1].type = TypeId{999}; });
    expect("value 1", [](Module& m) { m.values[1].name = StringId{999}; });
    expect("value 1", [](Module& m) { m.values[1].index = 999; });
    expect("an operand", [](Module& m) { m.operand_pool.back() = ValueId{999}; });
    expect("a region", [](Module& m) { m.region_pool.back() = RegionId::none; });
    expect("a location", [](Module& m) { m.locations.back().file = StringId{999}; });
    expect("constant 1", [](Module& m) { m.constants[1].type = TypeId{1}; });
    expect("constant 1", [](Module& m) { m.constants[1].parts = {ValueId{999}}; });
    expect("global 1", [](Module& m) { m.globals[1].initial = ValueId{999}; });
    expect("function 1", [](Module& m) { m.functions[1].body = RegionId::none; });
    expect("a parameter of function 1", [](Module& m) { m.functions[1].parameters = {m.globals[1].value}; });
    expect("region 1", [](Module& m) { m.regions[1].owner = InstructionId{999}; });
    expect("the body of region 1", [](Module& m) { m.regions[1].body.push_back(InstructionId::none); });
    expect("a parameter of region 1", [](Module& m) { m.regions[1].parameters.push_back(ValueId{999}); });
    expect("instruction 1", [](Module& m) { m.instructions[1].op = static_cast<Op>(250); });
    expect("instruction 1", [](Module& m) { m.instructions[1].operands = {1, 0xffffffff}; });
    expect("instruction 1", [](Module& m) { m.instructions[1].immediates = {0xffffffff, 1}; });
    expect("instruction 1", [](Module& m) { m.instructions[1].location = 999; });
    expect("the kernel", [](Module& m) { m.kernel = FunctionId::none; });
    expect("the workgroup size", [](Module& m) { m.workgroup_size[2] = ValueId::none; });
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m.globals.clear(); }),
              "verify: a table of the module lacks its first entry.");
}

TEST(VerifyDamage, FindsBrokenTypes) {
    const auto expect = [](const std::string& what, const std::function<void(Type&, Types&)>& change) {
        const auto damage = [&](Module& m) {
            Type type;
            change(type, m.types);
            (void)m.types.add(type);
        };
        EXPECT_EQ(damaged(kLoop, damage), "kernel \"k\": the type " + what + '.');
    };
    const auto is = [](Type::Kind kind, TypeId element, u32 count) {
        return [=](Type& type, Types& types) {
            type.kind = kind;
            type.element = element == TypeId::none ? types.scalar(Scalar::f32) : element;
            type.scalar = Scalar::f32;
            type.count = count;
        };
    };
    expect("void is void twice", [](Type&, Types&) {});
    expect("f32x5 is a vector of 5; 2 to 4 are allowed", is(Type::Kind::vector, TypeId::none, 5));
    expect("mat<f32, 3, 0> is a matrix of f32, where a vector of its floats is wanted",
           is(Type::Kind::matrix, TypeId::none, 3));
    expect("f32x4x2 has elements of f32x4", [](Type& type, Types& types) {
        type.kind = Type::Kind::vector;
        type.element = types.vector(Scalar::f32, 4);
        type.count = 2;
    });
    expect("mat<f32, 5, 4> is a matrix of 5 columns; 2 to 4 are allowed", [](Type& type, Types& types) {
        type.kind = Type::Kind::matrix;
        type.element = types.vector(Scalar::f32, 4);
        type.scalar = Scalar::f32;
        type.count = 5;
    });
    expect("ptr<storage, void> points to void", [](Type& type, Types& types) {
        type.kind = Type::Kind::pointer;
        type.space = Space::storage;
        type.element = types.nothing();
    });
    expect("coopmat<f32, device, 8, 8, a> is a cooperative matrix that neither a subgroup nor a workgroup holds",
           [](Type& type, Types& types) {
               type.kind = Type::Kind::cooperative_matrix;
               type.element = types.scalar(Scalar::f32);
               type.scope = Scope::device;
               type.rows = type.columns = 8;
           });
    expect("coopmat<f32, subgroup, 8, 0, a> is a cooperative matrix without a use, rows or columns",
           [](Type& type, Types& types) {
               type.kind = Type::Kind::cooperative_matrix;
               type.element = types.scalar(Scalar::f32);
               type.rows = 8;
           });
    expect("coopmat<bool, subgroup, 8, 8, a> is a cooperative matrix of bool", [](Type& type, Types& types) {
        type.kind = Type::Kind::cooperative_matrix;
        type.element = types.scalar(Scalar::boolean);
        type.rows = type.columns = 8;
    });
    Module module = parse(kLoop, "text.ir");
    const u32 place = module.types.size();
    expect(std::to_string(place) + " is made of a type that does not come before it",
           is(Type::Kind::runtime_array, TypeId{place}, 0));
    expect(std::to_string(place) + " is of no kind", is(static_cast<Type::Kind>(99), TypeId::none, 0));
}

TEST(VerifyDamage, FindsTypesThatNestTooDeep) {
    Module module = parse(kLoop, "text.ir");
    TypeId type = module.types.scalar(Scalar::u32);
    for (u32 i = 0; i <= kDeepestType; ++i) type = module.types.array(type, place(module.index(1)), 4);
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { verify(module); }),
                ::testing::EndsWith("nests 256 deep; 255 is allowed."));
}

TEST(VerifyDamage, FindsBrokenConstants) {
    const auto expect = [](const std::string& what, const std::function<void(Constant&, Module&)>& change) {
        const auto damage = [&](Module& m) {
            for (Constant& constant : m.constants)
                if (constant.kind == Constant::Kind::composite) change(constant, m);
        };
        EXPECT_EQ(damaged(kLoop, damage), "kernel \"k\": the constant \"pair\" of u32x2 " + what + '.');
    };
    expect("is made of \"pair\", which is no constant that comes before it",
           [](Constant& c, Module&) { c.parts[1] = c.value; });
    expect("has 1 parts, where 2 are wanted", [](Constant& c, Module&) { c.parts.pop_back(); });
    expect("is no scalar, but has bits", [](Constant& c, Module&) { c.kind = Constant::Kind::scalar; });
    expect("is computed by add, which does not give that type", [](Constant& c, Module&) {
        c.kind = Constant::Kind::computed;
        c.op = Op::add;
    });
    expect("is computed by load, which constants do not allow", [](Constant& c, Module&) {
        c.kind = Constant::Kind::computed;
        c.op = Op::load;
    });
    expect("is computed by extract_lane: it has 1 immediates, where 0 are wanted", [](Constant& c, Module&) {
        c.kind = Constant::Kind::computed;
        c.op = Op::extract_lane;
        c.immediates = {5};
    });
    expect("is wrong: neg: 1 operand is wanted, 2 given", [](Constant& c, Module&) {
        c.kind = Constant::Kind::computed;
        c.op = Op::neg;
    });
    EXPECT_EQ(damaged(kLoop,
                      [](Module& m) {
                          m.constants[1].kind = Constant::Kind::scalar;
                          m.constants[1].bits = u64{1} << 32;
                      }),
              "kernel \"k\": the constant 0x100000000 of u32 has more than 32 bits.");
    EXPECT_EQ(damaged(kernel_text("return", "constant %pair: f32x2 = (0.5, 1.5)"),
                      [](Module& m) {
                          for (Constant& constant : m.constants)
                              if (constant.kind == Constant::Kind::composite) constant.parts[1] = m.constants[1].value;
                      }),
              "kernel \"k\": the constant \"pair\" of f32x2 has part 1 of u32, where f32 is wanted.");
    EXPECT_EQ(damaged(kLoop,
                      [](Module& m) {
                          const TypeId type = m.types.scalar(Scalar::u32);
                          m.constants.back().type = m[m.constants.back().value].type = type;
                          m.constants.back().kind = Constant::Kind::composite;
                          m.constants.back().parts = {m.constants[1].value};
                      }),
              "kernel \"k\": the constant %" + std::to_string(place(parse(kLoop, "").constants.back().value)) +
                  " of u32 has parts, but is no composite.");
}

TEST(VerifyDamage, FindsBrokenGlobalsAndSizes) {
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m.globals[1].kind = Global::Kind::shared; }),
              "k.cpp:1: the global \"data\" is no pointer to u32[] in the space shared.");
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m.workgroup_size[1] = m.globals[1].value; }),
              "k.cpp:1: the workgroup size is \"data\", where a constant u32 is wanted.");
}

TEST(VerifyDamage, FindsBrokenRegions) {
    EXPECT_EQ(damaged(kLoop,
                      [](Module& m) {
                          const Instruction& it = find(m, Op::switch_);
                          m.region_pool[it.regions.first + 1] = m.region_pool[it.regions.first];
                      }),
              "k.cpp:8: region 5 belongs to more than one construct.");
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m[m.regions_of(find(m, Op::loop))[0]].owner = InstructionId::none; }),
              "k.cpp:3: region 3 belongs to more than one construct.");
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m[m.regions_of(find(m, Op::switch_))[0]].body.clear(); }),
              "k.cpp:8: a region is empty; a terminator ends each.");
    EXPECT_EQ(damaged(kLoop,
                      [](Module& m) {
                          const std::span<const RegionId> regions = m.regions_of(find(m, Op::loop));
                          m[regions[1]].parameters = m[regions[0]].parameters;
                      }),
              "k.cpp:3: parameter 1 of region 4 does not fit the tables of the module.");
    EXPECT_EQ(damaged(kLoop, [](Module& m) { m[m[m.kernel].body].parameters = {m.globals[1].value}; }),
              "k.cpp:1: \"k\" has a body with parameters.");
}

TEST(VerifyDamage, FindsBrokenInstructions) {
    const auto expect = [](Op op, const std::string& what, const std::function<void(Instruction&, Module&)>& change) {
        EXPECT_EQ(damaged(kLoop, [&](Module& m) { change(find(m, op), m); }), what);
    };
    expect(Op::lt, "k.cpp:6: lt: result 1 does not fit the tables of the module.",
           [](Instruction& it, Module&) { ++it.results.first; });
    expect(Op::lt, "k.cpp:6: lt: it has 0 results, where 1 are given.",
           [](Instruction& it, Module&) { it.results.count = 0; });
    expect(Op::lt, "k.cpp:6: lt: it owns regions.", [](Instruction& it, Module&) { it.regions.count = 1; });
    expect(Op::lt, "k.cpp:6: lt: it has an unknown flag.", [](Instruction& it, Module&) { it.flags = 0x80; });
    expect(Op::lt, "k.cpp:6: lt: operand 2 is missing.",
           [](Instruction& it, Module& m) { m.operand_pool[it.operands.first + 1] = ValueId::none; });
    expect(Op::lt, "k.cpp:6: lt: \"p\" is not visible here; the region that defines it has ended.",
           [](Instruction& it, Module& m) { m.operand_pool[it.operands.first] = m.functions[1].parameters[0]; });
    expect(Op::lt, "k.cpp:6: lt: it has 1 operand, where 2 are wanted.",
           [](Instruction& it, Module&) { it.operands.count = 1; });
    expect(Op::repeat_if, "k.cpp:7: repeat_if: it has 0 operands, where at least 1 are wanted.",
           [](Instruction& it, Module&) { it.operands.count = 0; });
    expect(Op::repeat_if, "k.cpp:7: repeat_if: it repeats with 9 values, but has 2.",
           [](Instruction& it, Module& m) { m.immediate_pool[it.immediates.first + 1] = 9; });
    expect(Op::repeat_if, "k.cpp:7: repeat_if: it has a result.", [](Instruction& it, Module& m) {
        const TypeId type = m.types.scalar(Scalar::u32);
        const auto place = static_cast<u32>(&it - m.instructions.data());
        it.results = m.add_values(Value::Kind::result, place, {&type, 1});
    });
    expect(Op::call, "k.cpp:9: call: it has 0 immediates, where 1 are wanted.",
           [](Instruction& it, Module&) { it.immediates.count = 0; });
    expect(Op::call, "k.cpp:9: call: immediate 1 is 99, which means nothing.",
           [](Instruction& it, Module& m) { m.immediate_pool[it.immediates.first] = 99; });
    expect(Op::loop, "k.cpp:3: loop: it has 1 region, where 2 are wanted.",
           [](Instruction& it, Module&) { it.regions.count = 1; });
    // Its immediates: the default, then for each region the count and halves of its values: 1, 1 1 0, 0.
    expect(Op::switch_, "k.cpp:8: switch: the values of region 2 are missing.",
           [](Instruction& it, Module&) { --it.immediates.count; });
    expect(Op::switch_, "k.cpp:8: switch: it has values for more regions than it owns.",
           [](Instruction& it, Module& m) {
               it.regions.count = 1;
               m.immediate_pool[it.immediates.first] = 0;
           });
    expect(Op::switch_, "k.cpp:8: switch: the default region does not exist.",
           [](Instruction& it, Module& m) { m.immediate_pool[it.immediates.first] = 2; });
    expect(Op::switch_, "k.cpp:8: switch: the value 4294967297 has more than 32 bits.",
           [](Instruction& it, Module& m) { m.immediate_pool[it.immediates.first + 3] = 1; });
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
    const std::vector<testing::ModuleFile>& files = testing::module_files();
    Capabilities device;
    u32 refused = 0;
    for (u32 seed = 0; seed < 1500; ++seed) {
        const testing::ModuleFile& file = files[seed % files.size()];
        Module module = parse(file.text, file.name);
        Corruption corruption(module, seed);
        for (u32 strikes = 1 + seed % 3; strikes > 0; --strikes) corruption.strike();
        try {
            verify(module);
            verify(module, &device);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::compile_failed) ++refused;
            else EXPECT_EQ(error.code(), ErrorCode::unsupported) << error.what();
        }
    }
    EXPECT_GT(refused, 750u);
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
    for (const u32 depth : {kDeepestConstruct + 1, 20000u}) {
        Draft more;
        draft_nested(more, depth);
        EXPECT_EQ(refusal(more.module), "k.cpp:1: if: constructs nest more than 1023 deep.");
    }
}

}  // namespace
}  // namespace alkomp::ir
