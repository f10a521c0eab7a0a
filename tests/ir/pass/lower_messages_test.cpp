// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_messages.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "support/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace alkomp::ir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Kinds = MessageBuffer;

/// A kernel of four invocations with this body, which has %i, its place, and %x, a word of the buffer.
Module kernel(const std::string& body) {
    Module module = parse(
        "module \"m\"\nfile 1 \"m.comp\"\nstorage %data: u32[] set 1 binding 3\n"
        "kernel @m() workgroup_size(4, 1, 1) {\n"
        "    %ids: u32x3 = builtin(global_id)\n    %i: u32 = extract(0) %ids\n"
        "    %p: ptr<storage, u32> = access %data, %i\n    %x: u32 = load %p\n" +
            body + "    return\n}\n",
        "m.ir");
    verify(module);
    return module;
}

/// The words of the buffer after the kernel ran.
std::vector<u32> words_of(const Module& module, const std::vector<u32>& data) {
    testing::KernelRun run;
    run.buffers.resize(module.globals.size());
    for (std::size_t i = 0; i < module.globals.size(); ++i) {
        const Global& global = module.globals[i];
        if (global.value == ValueId::none) continue;
        run.buffers[i].resize(4 * (module.text(global.name) == "messages" ? Kinds::kWords : data.size()));
        if (module.text(global.name) == "data") std::memcpy(run.buffers[i].data(), data.data(), 4 * data.size());
    }
    testing::evaluate(module, run);
    std::vector<u32> words(Kinds::kWords);
    std::memcpy(words.data(), run.buffers.back().data(), 4 * words.size());
    return words;
}
std::vector<u32> first(const std::vector<u32>& words, std::size_t count) {
    return {words.begin() + Kinds::header_words, words.begin() + Kinds::header_words + static_cast<long>(count)};
}

TEST(LowerMessages, LeavesAModuleWithoutMessagesAsItIs) {
    Module module = kernel("");
    const std::string before = print(module);
    EXPECT_TRUE(lower_messages(module).empty());
    EXPECT_EQ(print(module), before);
}

TEST(LowerMessages, TellsWhatEachMessageShowsAndWhere) {
    Module module = kernel(
        "    print(\"x is {}, at {}\") %x, %ids @1:7\n    %ok: bool = lt %x, 5\n"
        "    check(\"no: {}\") %ok, %x @1:9\n");
    const std::vector<Message> messages = lower_messages(module);
    verify(module);
    const std::string text = print(module);
    EXPECT_THAT(text, Not(HasSubstr("print(")));
    EXPECT_THAT(text, Not(HasSubstr("check(")));
    EXPECT_THAT(text, HasSubstr("storage %messages: u32[] set 1 binding 4"));
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_FALSE(messages[0].is_check);
    EXPECT_EQ(messages[0].format, "x is {}, at {}");
    EXPECT_EQ(messages[0].file, "m.comp");
    EXPECT_EQ(messages[0].line, 7u);
    ASSERT_EQ(messages[0].shown.size(), 2u);
    EXPECT_EQ(messages[0].shown[1].lanes, 3u);
    EXPECT_TRUE(messages[1].is_check);
    EXPECT_EQ(messages[1].line, 9u);
    ASSERT_EQ(messages[1].shown.size(), 1u);
}

TEST(LowerMessages, WritesALineForEachInvocationThatComesThere) {
    Module module = kernel(
        "    %odd: bool = eq %x, 3\n    if ^c %odd {\n        print(\"{} {}\") %x, %ids\n"
        "        exit ^c\n    } else {\n        exit ^c\n    }\n");
    lower_messages(module);
    verify(module);
    const std::vector<u32> words = words_of(module, {2, 3, 4, 3});
    EXPECT_EQ(words[Kinds::used], 16u);
    EXPECT_EQ(words[Kinds::dropped], 0u);
    EXPECT_THAT(first(words, 17), ElementsAre(1, 1, 0, 0, 3, 1, 0, 0, 1, 3, 0, 0, 3, 3, 0, 0, 0));
}

TEST(LowerMessages, SpellsEachTypeInWords) {
    Module module = kernel(
        "    %s: i8 = convert %x\n    %m: i8 = neg %s\n    %f: f32 = convert %x\n"
        "    %w: u64 = convert %x\n    %v: u64 = shl %w, u64(33)\n    %b: bool = eq %x, 0\n"
        "    %h: bool = eq %i, 0\n    if ^c %h {\n"
        "        print(\"{} {} {} {}\") %m, %f, %v, %b\n"
        "        exit ^c\n    } else {\n        exit ^c\n    }\n");
    lower_messages(module);
    verify(module);
    EXPECT_THAT(first(words_of(module, {2, 0, 0, 0}), 9), ElementsAre(1, 0, 0, 0, 0xfffffffe, 0x40000000, 0, 4, 0));
}

TEST(LowerMessages, CountsWhatDoesNotHold) {
    Module module = kernel("    %ok: bool = lt %x, 5\n    check(\"{}\") %ok, %x\n");
    lower_messages(module);
    verify(module);
    const std::vector<u32> words = words_of(module, {9, 4, 8, 0});
    EXPECT_EQ(words[Kinds::failed], 2u);
    EXPECT_THAT(first(words, 11), ElementsAre(1, 0, 0, 0, 9, 1, 2, 0, 0, 8, 0));
    EXPECT_EQ(words_of(module, {1, 2, 3, 4})[Kinds::used], 0u);
}

TEST(LowerMessages, DropsAndCountsWhatHasNoRoom) {
    // 20 words a line: 3,276 lines fit, and the count of words stays far from where it would wrap.
    Module module = kernel(
        "    %v: u32x4 = splat %x\n    loop ^l (%n: u32 = 0) {\n        print(\"{}{}{}{}\") %v, %v, %v, %v\n        "
        "%end: bool = lt %n, %x\n"
        "        if ^c %end {\n            exit ^c\n        } else {\n            exit ^l\n        }\n"
        "        next ^l(%n)\n    } continuing (%k: u32) {\n        %k.1: u32 = add %k, 1\n"
        "        repeat ^l(%k.1)\n    }\n");
    lower_messages(module);
    verify(module);
    const std::vector<u32> words = words_of(module, {999, 999, 999, 999});
    EXPECT_GE(words[Kinds::used], 20u * 3276);
    EXPECT_LE(words[Kinds::used], 20u * (3276 + 4));  // all four may have seen the last place
    EXPECT_EQ(words[Kinds::dropped], 4000u - 3276);
    EXPECT_EQ(words[Kinds::header_words + 20 * 3275], 1u);
}

}  // namespace
}  // namespace alkomp::ir
