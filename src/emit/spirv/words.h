// SPDX-License-Identifier: MIT OR Apache-2.0
// A SPIR-V module as words: its sections, its ids, each type and constant once.
#pragma once

#include "spirv/spec.h"
#include "ir/place_table.h"

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace alkomp::emit::spv {

using alkomp::spv::Access, alkomp::spv::BuiltIn, alkomp::spv::Capability, alkomp::spv::Decoration, alkomp::spv::Glsl,
    alkomp::spv::Group, alkomp::spv::Id, alkomp::spv::kMagic, alkomp::spv::kVersion1_3, alkomp::spv::kVersion1_4,
    alkomp::spv::kVersion1_5, alkomp::spv::kVersion1_6, alkomp::spv::Loop, alkomp::spv::Op, alkomp::spv::Scope,
    alkomp::spv::Semantics, alkomp::spv::Storage;

/// Appends the words of a literal string: its bytes up to the first zero, a zero, padded to whole words.
void append_string(std::vector<u32>& words, std::string_view text);

/// Instructions that follow each other.
class Section {
public:
    void add(Op op, std::span<const u32> operands);
    void add(Op op, Id result, std::span<const u32> operands);
    void add(Op op, Id type, Id result, std::span<const u32> operands);
    void add(Op op, std::initializer_list<u32> operands) { add(op, std::span(operands.begin(), operands.size())); }
    void append(const Section& other) { words_.insert(words_.end(), other.words_.begin(), other.words_.end()); }
    void clear() { words_.clear(); }
    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] u32& operator[](std::size_t place) { return words_[place]; }
    [[nodiscard]] std::span<const u32> words() const { return words_; }

private:
    std::vector<u32> words_;
};

class Words {
public:
    explicit Words(u32 version) : version_(version) {}
    [[nodiscard]] u32 version() const { return version_; }
    [[nodiscard]] Id id() { return next_id_++; }

    /// Declares a capability, and the extension that has it where the version does not.
    void need(Capability capability);
    [[nodiscard]] bool has(Capability capability) const;
    void need_extension(std::string_view name);
    /// The extended instruction set "GLSL.std.450".
    [[nodiscard]] Id glsl();
    /// A file's name, for OpLine.
    [[nodiscard]] Id string(std::string_view text);

    void name(Id id, std::string_view text);
    void member_name(Id structure, u32 member, std::string_view text);
    void decorate(Id id, Decoration decoration, std::initializer_list<u32> operands = {});
    void decorate_member(Id structure, u32 member, Decoration decoration, std::initializer_list<u32> operands = {});

    /// A type without decorations; the same operands give the same id.
    [[nodiscard]] Id type(Op op, std::span<const u32> operands);
    [[nodiscard]] Id type(Op op, std::initializer_list<u32> operands) {
        return type(op, std::span(operands.begin(), operands.size()));
    }
    /// A type of its own: decorated, or named.
    [[nodiscard]] Id new_type(Op op, std::span<const u32> operands);
    /// A constant (or OpUndef); the same operands give the same id.
    [[nodiscard]] Id constant(Op op, Id type, std::span<const u32> operands);
    [[nodiscard]] Id constant(Op op, Id type, std::initializer_list<u32> operands) {
        return constant(op, type, std::span(operands.begin(), operands.size()));
    }
    /// A specialisation constant, or a constant that is decorated.
    [[nodiscard]] Id new_constant(Op op, Id type, std::span<const u32> operands);
    [[nodiscard]] Id variable(Id pointer_type, Storage storage, Id initial = 0);

    Section modes;  ///< OpExecutionMode
    Section functions;

    struct Entry {
        Id function = 0;
        std::string_view name;
        std::span<const Id> interface;
        bool memory_model = false;  ///< Vulkan's, else GLSL450
        bool addresses = false;     ///< physical storage buffer pointers
    };
    /// The whole module.
    [[nodiscard]] std::vector<u32> assemble(const Entry& entry) const;

private:
    [[nodiscard]] Id once(Op op, Id type, std::span<const u32> operands);
    Id define(Op op, Id type, std::span<const u32> operands);

    u32 version_;
    Id next_id_ = 1;
    Id glsl_ = 0;
    std::vector<Capability> capabilities_;
    std::vector<std::string_view> extensions_;  // literals
    Section strings_, names_, decorations_, globals_;
    ir::PlaceTable places_;  ///< of what is there once, in `globals_`
};

}  // namespace alkomp::emit::spv
