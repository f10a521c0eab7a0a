// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of a SPIR-V module as instructions: types, constants and execution modes, which SPIRV-Cross's C
// interface does not tell.
#pragma once

#include "read/spirv/reflect.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::read {

struct EntryPoint {
    u32 model = 0;
    u32 id = 0;
    std::string name;
    std::span<const u32> interface;
};

/// Borrows the words. The constructor checks what a walk needs (header, instruction lengths, ids below the
/// bound); everything else may be relied on only after SPIRV-Tools has validated the words.
class Module {
public:
    /// Throws compile_failed; `name` stands in the message.
    Module(std::span<const u32> words, std::string_view name, std::span<const backend::SpecializationValue> constants);

    [[nodiscard]] u32 version() const noexcept { return words_[1]; }
    [[nodiscard]] const std::vector<u32>& capabilities() const noexcept { return capabilities_; }
    /// What the instructions need beyond capabilities, each as a Feature, once.
    [[nodiscard]] const std::vector<u32>& features() const noexcept { return features_; }
    [[nodiscard]] const std::vector<EntryPoint>& entry_points() const noexcept { return entry_points_; }

    /// The instruction whose result is `id`, from its first word on; empty when there is none.
    [[nodiscard]] std::span<const u32> definition(u32 id) const;
    [[nodiscard]] static u32 opcode(std::span<const u32> instruction) {
        return instruction.empty() ? 0 : instruction[0] & 0xffff;
    }
    [[nodiscard]] std::optional<u32> decoration(u32 id, u32 decoration) const;

    /// Integers, booleans and floats as bits; integers sign-extended. Specialised constants have their new values.
    [[nodiscard]] std::optional<u64> evaluate(u32 constant) const;
    /// Bytes of a type without explicit layout, packed: the least that a device needs for it.
    [[nodiscard]] u64 packed_bytes(u32 type) const;

    struct WorkgroupSize {
        std::array<u32, 3> size{1, 1, 1};
        std::array<std::optional<u32>, 3> constants{};  ///< specialisation ids
    };
    [[nodiscard]] WorkgroupSize workgroup_size(const EntryPoint& entry) const;

    struct SharedVariable {
        u32 id = 0;
        u32 type = 0;  ///< of what it holds
    };
    /// Variables in workgroup memory that the entry point may use.
    [[nodiscard]] std::vector<SharedVariable> shared_variables(const EntryPoint& entry) const;

private:
    struct Decoration {
        u32 target = 0, kind = 0, value = 0;
    };
    void check_header() const;
    void note(std::span<const u32> instruction);
    void note_feature(Feature feature);
    void note_atomic(u32 type, u32 pointer);
    void note_subgroup(u32 type);
    [[nodiscard]] u32 type_of(u32 id) const;  ///< 0: it has none
    [[noreturn]] void fail(const std::string& sentence) const;
    [[nodiscard]] std::optional<u64> evaluate(u32 constant, u32 depth) const;
    [[nodiscard]] std::optional<u64> evaluate_operation(std::span<const u32> instruction, u32 depth) const;
    [[nodiscard]] u64 packed_bytes(u32 type, u32 depth) const;
    [[nodiscard]] u64 narrowed(u64 value, u32 type) const;

    std::span<const u32> words_;
    std::string name_;
    std::span<const backend::SpecializationValue> constants_;
    std::vector<u32> definitions_;  ///< by id: place of the instruction; 0: none
    std::vector<u32> capabilities_, features_;
    std::vector<EntryPoint> entry_points_;
    std::vector<Decoration> decorations_;
    std::vector<std::span<const u32>> modes_;  ///< OpExecutionMode, OpExecutionModeId
    std::vector<SharedVariable> shared_;
    u32 workgroup_size_id_ = 0;  ///< the constant decorated as the built-in WorkgroupSize
};

}  // namespace alkomp::read
