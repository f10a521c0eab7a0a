// SPDX-License-Identifier: MIT OR Apache-2.0
#include "read/spirv/code.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace alkomp::read {
namespace {

constexpr u32 kNewestVersion = spv::kVersion1_6;
constexpr u32 kMaxBound = 0x3fffff;  // "Universal limits" of the SPIR-V specification

u32 swap_bytes(u32 word) { return word << 24 | (word << 8 & 0xff0000u) | (word >> 8 & 0xff00u) | word >> 24; }

struct TableEntry {
    spv::Op op;
    OpInfo info;
};
constexpr TableEntry kTable[] = {
#define OP(name, number, operands) TableEntry{spv::Op::name, {#name, operands}},
#include "spirv/op.def"
#undef OP
};

/// Where the result stands, 0 for instructions without.
std::size_t result_place(spv::Op op) {
    const OpInfo* about = find_op(op);
    if (about == nullptr) return 0;
    if (about->operands[0] == 'r') return 1;
    return about->operands[0] == 't' && about->operands[1] == 'r' ? 2 : 0;
}

}  // namespace

const OpInfo* find_op(spv::Op op) noexcept {
    // Most are below 410; those that extensions have are found one by one.
    static constexpr std::size_t kNear = 512;
    static const std::array<const OpInfo*, kNear> near = [] {
        std::array<const OpInfo*, kNear> table{};
        for (const TableEntry& entry : kTable)
            if (static_cast<std::size_t>(entry.op) < kNear) table[static_cast<std::size_t>(entry.op)] = &entry.info;
        return table;
    }();
    if (static_cast<std::size_t>(op) < kNear) return near[static_cast<std::size_t>(op)];
    for (const TableEntry& entry : kTable)
        if (entry.op == op) return &entry.info;
    return nullptr;
}

std::string Code::name_of(spv::Op op) {
    const OpInfo* about = find_op(op);
    return about != nullptr ? "Op" + std::string(about->name) : "instruction " + std::to_string(static_cast<u32>(op));
}

void Code::fail(const std::string& sentence, ErrorCode code) const {
    throw Error(code, "compile: \"" + name_ + "\" " + sentence);
}

void Code::fail(const Line& line, const std::string& sentence, ErrorCode code) const {
    if (line.line == 0) throw Error(code, "kernel \"" + name_ + "\": " + sentence);
    const std::string file = text(line.file);
    throw Error(code, (file.empty() ? name_ : file) + ':' + std::to_string(line.line) +
                          (line.column == 0 ? "" : ':' + std::to_string(line.column)) + ": " + sentence);
}

Code::Code(std::span<const u32> words, std::string_view name) : words_(words), name_(name) {
    check_header();
    definitions_.resize(words_[3], words_.size());
    for (std::size_t at = kHeaderWords; at < words_.size();) {
        const std::size_t count = words_[at] >> 16;
        if (count == 0) fail("is not valid SPIR-V: the instruction at word " + std::to_string(at) + " has length 0.");
        if (count > words_.size() - at)
            fail("is truncated: the instruction at word " + std::to_string(at) + " has " + std::to_string(count) +
                 " words and " + std::to_string(words_.size() - at) + " are left.");
        const Inst inst{words_.subspan(at, count), static_cast<u32>(at)};
        check(inst);
        note(inst);
        at += count;
    }
    if (in_function_) fail("is not valid SPIR-V: a function has no OpFunctionEnd.");
    if (globals_end_ == 0) globals_end_ = static_cast<u32>(words_.size());
    index_decorations();
}

void Code::check_header() const {
    if (words_.empty()) fail("holds no SPIR-V: it is empty.");
    if (words_[0] == swap_bytes(spv::kMagic))
        fail("is SPIR-V in the other byte order; swap the bytes of each word first.");
    if (words_[0] != spv::kMagic)
        fail("is not SPIR-V: it begins with " + std::to_string(words_[0]) + " instead of the magic number 119734787.");
    if (words_.size() < kHeaderWords)
        fail("is truncated: it has " + std::to_string(words_.size()) + " words and the header alone has 5.");
    const u32 version = words_[1];
    const std::string shown = std::to_string(version >> 16) + '.' + std::to_string(version >> 8 & 0xff);
    if ((version & 0xff0000ffu) != 0 || version < 0x00010000 || version > kNewestVersion)
        fail("is SPIR-V " + shown + "; versions 1.0 to 1.6 are taken.");
    if (words_[3] == 0 || words_[3] > kMaxBound)
        fail("is not valid SPIR-V: its id bound is " + std::to_string(words_[3]) + "; 1 to " +
             std::to_string(kMaxBound) + " are legal.");
    if (words_.size() > 0xffffffffu) fail("is too large: it has more than 2^32 words.");
}

void Code::check(Inst inst) const {
    const OpInfo* about = find_op(inst.op());
    if (about == nullptr) return;  // refused where it matters
    const auto check_id = [&](std::size_t place) {
        if (inst[place] == 0 || inst[place] >= words_[3])
            fail("is not valid SPIR-V: " + name_of(inst.op()) + " at word " + std::to_string(inst.at) + " names id " +
                 std::to_string(inst[place]) + "; ids are above 0 and below the bound " + std::to_string(words_[3]) +
                 ".");
    };
    if (!for_ids(inst, check_id))
        fail("is not valid SPIR-V: " + name_of(inst.op()) + " at word " + std::to_string(inst.at) + " has " +
             std::to_string(inst.size()) + " words, which do not fit it.");
    const std::size_t result = result_place(inst.op());
    if (result != 0) {
        check_id(result);
        if (definitions_[inst[result]] != 0)
            fail("is not valid SPIR-V: id " + std::to_string(inst[result]) + " has two definitions.");
    }
}

std::optional<std::string> Code::string_at(Inst inst, std::size_t place) const {
    std::string text;
    for (; place < inst.size(); ++place)
        for (u32 shift = 0; shift < 32; shift += 8) {
            const char c = static_cast<char>(inst[place] >> shift & 0xff);
            if (c == '\0') return text;
            text += c;
        }
    return std::nullopt;
}

void Code::note(Inst inst) {
    using spv::Op;
    const std::size_t result = result_place(inst.op());
    if (result != 0) definitions_[inst[result]] = inst.at;
    switch (inst.op()) {
        case Op::Name:
            if (const auto text = string_at(inst, 2)) names_.try_emplace(inst[1], *text);
            break;
        case Op::MemberName:
            if (const auto text = string_at(inst, 3)) member_names_.try_emplace(u64{inst[1]} << 32 | inst[2], *text);
            break;
        case Op::ExtInstImport:
            sets_.emplace(inst[1], string_at(inst, 2).value_or(""));
            break;
        case Op::EntryPoint: {
            Entry entry{inst[1], inst[2], string_at(inst, 3).value_or(""), {}};
            entry.interface = inst.words.subspan(3 + entry.name.size() / 4 + 1);
            entries_.push_back(std::move(entry));
            break;
        }
        case Op::ExecutionMode:
        case Op::ExecutionModeId:
            modes_.push_back(inst.at);
            break;
        case Op::Decorate:
        case Op::MemberDecorate:
        case Op::GroupDecorate:
        case Op::GroupMemberDecorate:
            note_decoration(inst);
            break;
        case Op::Function:
            if (in_function_) fail("is not valid SPIR-V: a function begins inside of another.");
            in_function_ = true;
            if (globals_end_ == 0) globals_end_ = inst.at;
            functions_.push_back({inst.at, 0});
            break;
        case Op::FunctionEnd:
            if (!in_function_) fail("is not valid SPIR-V: OpFunctionEnd ends no function.");
            in_function_ = false;
            functions_.back().end = inst.at + static_cast<u32>(inst.size());
            break;
        default:
            break;
    }
}

void Code::note_decoration(Inst inst) {
    using spv::Op;
    const auto kind = [&](std::size_t place) { return static_cast<spv::Decoration>(inst[place]); };
    if (inst.op() == Op::Decorate && inst.size() > 2) {
        decorations_.push_back({inst[1], kNoMember, kind(2), inst.words.subspan(3)});
    } else if (inst.op() == Op::MemberDecorate && inst.size() > 3) {
        decorations_.push_back({inst[1], inst[2], kind(3), inst.words.subspan(4)});
    } else if (inst.op() == Op::GroupDecorate) {
        for (std::size_t i = 2; i < inst.size(); ++i) groupings_.push_back({inst[i], kNoMember, inst[1]});
    } else if (inst.op() == Op::GroupMemberDecorate) {
        for (std::size_t i = 2; i + 1 < inst.size(); i += 2) groupings_.push_back({inst[i], inst[i + 1], inst[1]});
    }
}

void Code::index_decorations() {
    const auto key = [](const Decoration& d) { return std::tuple(d.target, d.member, d.kind); };
    std::stable_sort(decorations_.begin(), decorations_.end(),
                     [&](const Decoration& a, const Decoration& b) { return key(a) < key(b); });
    std::sort(groupings_.begin(), groupings_.end());
}

const Code::Decoration* Code::find_own(Id id, spv::Decoration kind, u32 member) const {
    const std::tuple wanted(id, member, kind);
    const auto found = std::lower_bound(
        decorations_.begin(), decorations_.end(), wanted,
        [](const Decoration& d, const auto& key) { return std::tuple(d.target, d.member, d.kind) < key; });
    const bool is_it = found != decorations_.end() && std::tuple(found->target, found->member, found->kind) == wanted;
    return is_it ? &*found : nullptr;
}

const Code::Decoration* Code::find(Id id, spv::Decoration kind, u32 member) const {
    if (const Decoration* own = find_own(id, kind, member)) return own;
    const Grouping first{id, member, 0};
    for (auto of = std::lower_bound(groupings_.begin(), groupings_.end(), first);
         of != groupings_.end() && of->target == id && of->member == member; ++of)
        if (const Decoration* shared = find_own(of->group, kind, kNoMember)) return shared;
    return nullptr;
}

std::optional<u32> Code::number(Id id, spv::Decoration kind, u32 member) const {
    const Decoration* found = find(id, kind, member);
    if (found == nullptr || found->operands.empty()) return std::nullopt;
    return found->operands[0];
}

Id Code::type_of(Id id) const {
    const Inst inst = definition(id);
    return inst && result_place(inst.op()) == 2 ? inst[1] : 0;
}

std::string Code::text(Id string) const {
    const Inst inst = definition(string);
    return inst && inst.op() == spv::Op::String ? string_at(inst, 2).value_or("") : "";
}

const std::string& Code::name_of(Id id) const {
    static const std::string none;
    const auto found = names_.find(id);
    return found == names_.end() ? none : found->second;
}

std::string Code::member_name(Id structure, u32 member) const {
    const auto found = member_names_.find(u64{structure} << 32 | member);
    return found == member_names_.end() ? std::string() : found->second;
}

std::string_view Code::instruction_set(Id id) const {
    const auto found = sets_.find(id);
    return found == sets_.end() ? std::string_view() : found->second;
}

std::string Code::shown(Id id) const {
    const std::string& name = name_of(id);
    return name.empty() ? '%' + std::to_string(id) : '"' + name + '"';
}

}  // namespace alkomp::read
