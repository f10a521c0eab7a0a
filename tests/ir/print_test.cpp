// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/print.h"

#include "ir/builder.h"
#include "ir/module_files.h"
#include "ir/parse.h"
#include "ir/rule.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace alkomp::ir {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

void expect_round_trip(const Module& module) {
    const std::string printed = print(module);
    EXPECT_EQ(print(parse(printed, "printed")), printed);
}

// The text without the lines that are comments.
std::string without_comments(const std::string& text) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find_first_not_of(' ');
        if (first == std::string::npos || line.compare(first, 2, "//") != 0) kept += line + '\n';
    }
    return kept;
}

class ModuleFiles : public ::testing::TestWithParam<alkomp::testing::ModuleFile> {};

TEST_P(ModuleFiles, are_as_they_are_printed) {
    const Module module = parse(GetParam().text, GetParam().name);
    EXPECT_EQ(print(module), without_comments(GetParam().text));
    expect_round_trip(module);
}

TEST_P(ModuleFiles, are_right) {
    Module module = parse(GetParam().text, GetParam().name);
    EXPECT_NO_THROW(verify(module));
}

std::string file_name(const ::testing::TestParamInfo<alkomp::testing::ModuleFile>& info) {
    return info.param.name.substr(0, info.param.name.find('.'));
}
INSTANTIATE_TEST_SUITE_P(All, ModuleFiles, ::testing::ValuesIn(alkomp::testing::all_module_files()), file_name);

/// A module whose kernel is open.
struct Draft {
    Draft() : builder(module) {
        module.name = "k";
        module.kernel = builder.open_function("k", {}, module.types.nothing());
    }
    void end() {
        builder.return_();
        builder.close_function();
    }
    ValueId named(ValueId value, std::string_view name) {
        module[value].name = module.string(name);
        return value;
    }
    Module module;
    Builder builder;
};

TEST(Print, keeps_names_and_tells_equal_ones_apart) {
    Draft draft;
    const ValueId one = draft.module.index(1);
    for (const char* name : {"x", "x", "", "x", "x.1", "", "1", "a\nb"})
        draft.named(draft.builder.emit(Op::add, {one, one}), name);
    draft.end();
    const std::string printed = print(draft.module);
    EXPECT_THAT(printed, HasSubstr("    %x: u32 = add 1, 1\n    %x.1: u32 = add 1, 1\n    %0: u32 = add 1, 1\n"
                                   "    %x.2: u32 = add 1, 1\n    %\"x.1\": u32 = add 1, 1\n    %1: u32 = add 1, 1\n"
                                   "    %\"1\": u32 = add 1, 1\n    %\"a\\nb\": u32 = add 1, 1\n"));
    const Module again = parse(printed, "printed");
    const std::vector<InstructionId>& body = again[again[again.kernel].body].body;
    std::vector<std::string> names;
    for (std::size_t i = 0; i + 1 < body.size(); ++i)
        names.push_back(again.text(again[again.result(again[body[i]])].name));
    EXPECT_THAT(names, ::testing::ElementsAre("x", "x", "", "x", "x.1", "", "1", "a\nb"));
    EXPECT_EQ(print(again), printed);
}

TEST(Print, keeps_places_and_flags) {
    Draft draft;
    const ValueId one = draft.module.constant(draft.module.types.scalar(Scalar::f32), 0x3f800000);
    draft.builder.locate({draft.module.string("a.cpp"), 7, 3});
    draft.builder.emit(Op::add, {one, one}, {}, TypeId::none, kPrecise);
    draft.builder.locate({StringId::none, 8, 0});
    draft.end();
    const Module again = parse(print(draft.module), "printed");
    const std::vector<InstructionId>& body = again[again[again.kernel].body].body;
    ASSERT_EQ(body.size(), 2u);
    EXPECT_EQ(again[body[0]].flags, kPrecise);
    const Location& first = again.locations[again[body[0]].location];
    EXPECT_EQ(again.text(first.file), "a.cpp");
    EXPECT_EQ(first.line, 7u);
    EXPECT_EQ(first.column, 3u);
    EXPECT_EQ(again.locations[again[body[1]].location], (Location{StringId::none, 8, 0}));
}

TEST(Print, calls_of_functions_that_follow_find_them) {
    Draft draft;
    const TypeId type = draft.module.types.scalar(Scalar::u32);
    const FunctionId later = draft.builder.declare_function("later", {&type, 1}, type);
    draft.builder.emit(Op::call, {draft.module.index(1)}, {place(later)});
    draft.end();
    draft.builder.open_function(later);
    draft.builder.return_(draft.module[later].parameters[0]);
    draft.builder.close_function();
    EXPECT_THAT(print(draft.module),
                HasSubstr("    %0: u32 = call(@later) 1\n    return\n}\n\nfunction @later(%0: u32) -> u32 {\n"));
    expect_round_trip(draft.module);
}

TEST(Print, declares_what_is_needed_first_and_then_keeps_the_order) {
    Draft draft;
    Types& types = draft.module.types;
    const TypeId u32_type = types.scalar(Scalar::u32);
    const auto structure = [&](const char* name, TypeId member) {
        Type type;
        type.kind = Type::Kind::structure;
        type.name = name;
        type.members.push_back({"m", member, 0});
        return types.add(type);
    };
    const auto specialization = [&](const char* name, u32 id) {
        Constant constant;
        constant.kind = Constant::Kind::specialization;
        constant.type = u32_type;
        constant.specialization = id;
        constant.bits = id;
        return draft.named(draft.module.constant(constant), name);
    };
    const auto composite = [&](const char* name, TypeId type, ValueId part) {
        Constant constant;
        constant.kind = Constant::Kind::composite;
        constant.type = type;
        constant.parts = {part};
        return draft.named(draft.module.constant(constant), name);
    };
    const TypeId plain = structure("Plain", u32_type);
    const ValueId length = specialization("length", 5);
    const TypeId sized = structure("Sized", types.array(u32_type, place(length)));
    const ValueId sized_zero = composite("c1", structure("Outer", sized), draft.module.zero(sized));
    (void)sized_zero;
    (void)specialization("last", 6);
    (void)composite("c2", plain, length);
    draft.end();
    const std::string printed = print(draft.module);
    EXPECT_THAT(printed, HasSubstr("specialization(5) %length: u32 = 5\nspecialization(6) %last: u32 = 6\n"
                                   "struct Plain {\n    m: u32,\n}\nconstant %c2: Plain = (%length)\n"
                                   "struct Sized {\n    m: u32[%length],\n}\nstruct Outer {\n    m: Sized,\n}\n"
                                   "constant %c1: Outer = (zero<Sized>)\n"));
    expect_round_trip(draft.module);
}

TEST(Print, shows_a_module_that_is_not_finished) {
    Draft draft;
    const InstructionId loop = draft.builder.open_loop(std::vector{draft.module.index(3)});
    draft.builder.open_region();
    draft.builder.next(loop);
    EXPECT_THAT(print(draft.module), HasSubstr("    loop ^loop1 {\n    }\n}\n"));
    const Module empty;
    EXPECT_EQ(print(empty), "module \"\"\n");
}

TEST(Print, types_in_messages_have_lengths_and_strides) {
    Module module;
    Types& types = module.types;
    const TypeId array = types.array(types.vector(Scalar::f32, 4), place(module.index(16)), 16);
    EXPECT_EQ(to_string(module, types.pointer(Space::storage, types.runtime_array(array, 256))),
              "ptr<storage, f32x4[16, stride 16][stride 256]>");
    EXPECT_EQ(to_string(module, types.runtime_array(types.scalar(Scalar::u8), 1)), "u8[]");
    Constant length;
    length.kind = Constant::Kind::specialization;
    length.type = types.scalar(Scalar::u32);
    const ValueId value = module.constant(length);
    module[value].name = module.string("n");
    EXPECT_EQ(to_string(module, types.array(types.scalar(Scalar::u8), place(value))), "u8[%n]");
}

/// Finds operands, immediates and a result for any instruction by trial, so that a new one is tried as well.
class Trial {
public:
    Trial() : builder_(module) {
        module.name = "every instruction";
        const FunctionId called = builder_.open_function("called", {}, types_.nothing());
        builder_.return_();
        builder_.close_function();
        called_ = place(called);
        for (const Scalar kind : {Scalar::boolean, Scalar::u32, Scalar::i32, Scalar::f32, Scalar::u64, Scalar::f16})
            parameters_.push_back(types_.scalar(kind));
        for (const u32 lanes : {2u, 3u, 4u}) parameters_.push_back(types_.vector(Scalar::f32, lanes));
        parameters_.push_back(types_.vector(Scalar::u32, 4));
        parameters_.push_back(types_.vector(Scalar::i8, 4));
        parameters_.push_back(types_.vector(Scalar::boolean, 2));
        parameters_.push_back(types_.matrix(Scalar::f32, 2, 2));
        matrix_ = types_.cooperative_matrix(Scalar::f16, Scope::subgroup, 16, 16, MatrixUse::a);
        parameters_.push_back(matrix_);
        parameters_.push_back(types_.cooperative_matrix(Scalar::f16, Scope::subgroup, 16, 16, MatrixUse::b));
        parameters_.push_back(types_.cooperative_matrix(Scalar::f32, Scope::subgroup, 16, 16, MatrixUse::accumulator));
        parameters_.push_back(types_.pointer(Space::storage, types_.scalar(Scalar::u32)));
        parameters_.push_back(types_.pointer(Space::storage, types_.runtime_array(types_.scalar(Scalar::u32), 4)));
        given_ = parameters_;
        given_.push_back(types_.pointer(Space::local, types_.scalar(Scalar::u32)));
        given_.push_back(types_.pointer(Space::address, types_.scalar(Scalar::u32)));
        module.kernel = builder_.open_function("kernel", parameters_, types_.nothing());
    }

    bool add(Op op) {
        const u32 most = std::min(info(op).most, std::max(info(op).fewest, 2u));
        for (u32 count = info(op).fewest; count <= most; ++count) {
            for (const std::vector<u32>& words : immediates(op)) {
                std::vector<ValueId> operands(count);
                if (choose(op, operands, 0, words)) return true;
            }
        }
        return false;
    }
    std::string end() {
        builder_.return_();
        builder_.close_function();
        return print(module);
    }

    Module module;

private:
    bool choose(Op op, std::vector<ValueId>& operands, std::size_t at, const std::vector<u32>& words) {
        if (at == operands.size()) return try_it(op, operands, words);
        for (const ValueId value : module[module.kernel].parameters) {
            operands[at] = value;
            if (choose(op, operands, at + 1, words)) return true;
        }
        return false;
    }
    bool try_it(Op op, const std::vector<ValueId>& operands, const std::vector<u32>& words) {
        const std::size_t results = info(op).rule == Rule::given || info(op).rule == Rule::variable ? given_.size() : 1;
        for (std::size_t i = 0; i < results; ++i) {
            if (!apply_rule(module, op, operands, words, given_[i]).error.empty()) continue;
            builder_.locate({module.string("every.cpp"), ++line_, line_ % 5});
            builder_.emit(op, operands, words, given_[i], kPrecise);
            return true;
        }
        return false;
    }
    // Zeros, which the text leaves out, and others.
    std::vector<std::vector<u32>> immediates(Op op) {
        std::vector<std::vector<u32>> all;
        for (const u32 number : {1u, 0u}) {
            std::vector<u32> words;
            for (const char letter : info(op).immediates) {
                if (letter == '*') words.push_back(number);
                else if (letter == 'l') words.push_back(called_);
                else if (letter == 'y') words.push_back(static_cast<u32>(matrix_));
                else if (letter == 'f') words.push_back(place(module.string("{} \"text\"")));
                else words.push_back(number);
            }
            all.push_back(words);
            if (info(op).immediates.ends_with('*')) all.push_back({number});
        }
        return all;
    }

    Types& types_ = module.types;
    Builder builder_;
    std::vector<TypeId> parameters_, given_;
    TypeId matrix_ = TypeId::none;
    u32 called_ = 0;
    u32 line_ = 0;
};

TEST(Print, every_instruction_survives_the_round_trip) {
    Trial trial;
    std::size_t tried = 0;
    for (u32 i = 0; i <= static_cast<u32>(Op::unreachable); ++i) {
        const Op op = static_cast<Op>(i);
        if (has(op, kConstruct | kTerminator)) continue;  // tests/ir/modules has them
        EXPECT_TRUE(trial.add(op)) << "no operands were found for " << info(op).name;
        ++tried;
    }
    EXPECT_GT(tried, 150u);
    const std::string printed = trial.end();
    const Module again = parse(printed, "printed");
    EXPECT_EQ(print(again), printed);
    const Module& before = trial.module;
    ASSERT_EQ(again.instructions.size(), before.instructions.size());
    for (std::size_t i = 1; i < again.instructions.size(); ++i) {
        const Instruction& is = again.instructions[i];
        const Instruction& was = before.instructions[i];
        EXPECT_EQ(is.op, was.op);
        EXPECT_EQ(is.flags, was.flags);
        EXPECT_EQ(is.operands.count, was.operands.count);
        EXPECT_EQ(is.immediates.count, was.immediates.count);
        EXPECT_EQ(is.results.count, was.results.count);
        EXPECT_EQ(again.locations[is.location].line, before.locations[was.location].line);
    }
}

}  // namespace
}  // namespace alkomp::ir
