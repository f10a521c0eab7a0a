// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of a SPIR-V module as instructions, each checked against the table of its operands, and what its preamble
// says of names, decorations, lines and entry points. Needs no other check of the words before it.
#pragma once

#include "alkomp/error.h"
#include "spirv/spec.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alkomp::read {

using spv::Id;

/// A value for each id: ids of a small module may still be large numbers.
template <class T>
class IdTable {
public:
    void resize(u32 bound, std::size_t words) {
        if (bound <= kMostPerWord * words) dense_.resize(bound);
    }
    [[nodiscard]] T& operator[](Id id) { return id < dense_.size() ? dense_[id] : sparse_[id]; }
    [[nodiscard]] const T& operator[](Id id) const {
        if (id < dense_.size()) return dense_[id];
        const auto found = sparse_.find(id);
        return found == sparse_.end() ? none_ : found->second;
    }

private:
    static constexpr std::size_t kMostPerWord = 4;
    std::vector<T> dense_;
    std::unordered_map<Id, T> sparse_;
    T none_{};
};

/// One instruction, from its first word on. One that is not there is OpNop, words that it does not have are 0.
struct Inst {
    std::span<const u32> words;
    u32 at = 0;  ///< place of the first word in the module

    [[nodiscard]] spv::Op op() const { return static_cast<spv::Op>((*this)[0] & 0xffff); }
    [[nodiscard]] std::size_t size() const { return words.size(); }
    [[nodiscard]] u32 operator[](std::size_t place) const { return place < words.size() ? words[place] : 0; }
    [[nodiscard]] explicit operator bool() const { return !words.empty(); }
};

struct Line {
    Id file = 0;  ///< an OpString
    u32 line = 0, column = 0;
};

class Code {
public:
    struct Entry {
        u32 model = 0;
        Id function = 0;
        std::string name;
        std::span<const u32> interface;
    };
    struct Function {
        u32 first = 0, end = 0;  ///< words, from OpFunction to behind OpFunctionEnd
    };
    struct Decoration {
        Id target = 0;
        u32 member = 0;  ///< kNoMember: of the whole
        spv::Decoration kind{};
        std::span<const u32> operands;
    };
    static constexpr u32 kNoMember = 0xffffffff;

    /// Throws compile_failed where the words are no sequence of whole instructions with ids below the bound.
    Code(std::span<const u32> words, std::string_view name);

    [[nodiscard]] u32 bound() const { return words_[3]; }
    [[nodiscard]] u32 version() const { return words_[1]; }
    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Inst at(u32 place) const { return {words_.subspan(place, words_[place] >> 16), place}; }
    [[nodiscard]] std::size_t first() const { return kHeaderWords; }

    /// The instruction with that result; empty: there is none.
    [[nodiscard]] Inst definition(Id id) const { return definitions_[id] == 0 ? Inst{} : at(definitions_[id]); }
    [[nodiscard]] Id type_of(Id id) const;  ///< of a value; 0: it is none
    [[nodiscard]] std::string text(Id string) const;
    [[nodiscard]] const std::string& name_of(Id id) const;
    [[nodiscard]] std::string member_name(Id structure, u32 member) const;
    [[nodiscard]] const Decoration* find(Id id, spv::Decoration kind, u32 member = kNoMember) const;
    [[nodiscard]] bool has(Id id, spv::Decoration kind, u32 member = kNoMember) const {
        return find(id, kind, member) != nullptr;
    }
    [[nodiscard]] std::optional<u32> number(Id id, spv::Decoration kind, u32 member = kNoMember) const;
    /// The name of an OpExtInstImport; empty: it is none.
    [[nodiscard]] std::string_view instruction_set(Id id) const;

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] const std::vector<Function>& functions() const { return functions_; }
    [[nodiscard]] u32 globals_end() const { return globals_end_; }          ///< where functions begin
    [[nodiscard]] const std::vector<u32>& modes() const { return modes_; }  ///< places of OpExecutionMode and -Id

    /// "OpIAdd", or the number of an instruction that is not in the table.
    [[nodiscard]] static std::string name_of(spv::Op op);
    /// "%7" or the name in quotes.
    [[nodiscard]] std::string shown(Id id) const;
    [[noreturn]] void fail(const std::string& sentence, ErrorCode code = ErrorCode::compile_failed) const;
    /// With the line before the sentence.
    [[noreturn]] void fail(const Line& line, const std::string& sentence,
                           ErrorCode code = ErrorCode::compile_failed) const;

private:
    static constexpr u32 kHeaderWords = 5;

    void check_header() const;
    void check(Inst inst) const;
    void note(Inst inst);
    void note_decoration(Inst inst);
    void index_decorations();
    [[nodiscard]] std::optional<std::string> string_at(Inst inst, std::size_t place) const;
    [[nodiscard]] const Decoration* find_own(Id id, spv::Decoration kind, u32 member) const;

    std::span<const u32> words_;
    std::string name_;
    IdTable<u32> definitions_;
    std::unordered_map<Id, std::string> names_;
    std::unordered_map<u64, std::string> member_names_;
    std::vector<Decoration> decorations_;  ///< sorted by target, member and kind
    struct Grouping {
        Id target = 0;
        u32 member = 0;
        Id group = 0;
        auto operator<=>(const Grouping&) const = default;
    };
    std::vector<Grouping> groupings_;  ///< sorted
    std::unordered_map<Id, std::string> sets_;
    std::vector<Entry> entries_;
    std::vector<Function> functions_;
    std::vector<u32> modes_;
    u32 globals_end_ = 0;
    bool in_function_ = false;
};

/// Calls `id(place)` for each word of the instruction that is an id it uses (not its result). False: its words do not
/// fit the table.
template <class F>
bool for_ids(const Inst& inst, F&& id);

/// How the words of an instruction are read; null: it is not in the table.
struct OpInfo {
    const char* name;
    const char* operands;
};
[[nodiscard]] const OpInfo* find_op(spv::Op op) noexcept;

template <class F>
bool for_ids(const Inst& inst, F&& id) {
    const OpInfo* about = find_op(inst.op());
    if (about == nullptr) return false;
    std::size_t at = 1;
    const std::size_t end = inst.size();
    for (const char* letter = about->operands; *letter != '\0'; ++letter) {
        const char kind = *letter;
        const bool many = letter[1] == '*', maybe = letter[1] == '?';
        if (many || maybe) ++letter;
        if (kind == '-') return true;
        if (kind == 'm') {
            if (at == end) continue;
            const u32 mask = inst[at++];
            const auto operand = [&](u32 bit, bool is_id) {
                if ((mask & bit) == 0) return true;
                if (at == end) return false;
                if (is_id) id(at);
                ++at;
                return true;
            };
            if (!operand(static_cast<u32>(spv::Access::Aligned), false) ||
                !operand(static_cast<u32>(spv::Access::MakePointerAvailable), true) ||
                !operand(static_cast<u32>(spv::Access::MakePointerVisible), true))
                return false;
            continue;
        }
        if (kind == 's') {
            bool ended = false;
            while (at < end && !ended) {
                const u32 word = inst[at++];
                ended = (word & 0xff) == 0 || (word & 0xff00) == 0 || (word & 0xff0000) == 0 || word >> 24 == 0;
            }
            if (!ended) return false;
            continue;
        }
        const bool uses = kind == 'i' || kind == 't';
        if (many) {
            for (; at < end; ++at)
                if (uses) id(at);
            continue;
        }
        if (at == end) {
            if (maybe) continue;
            return false;
        }
        if (uses) id(at);
        ++at;
    }
    return at == end;
}

}  // namespace alkomp::read
