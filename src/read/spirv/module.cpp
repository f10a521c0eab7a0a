// SPDX-License-Identifier: MIT OR Apache-2.0
// Walks the words of a SPIR-V module once and answers questions about its types and constants.
#include "read/spirv/module.h"

#include "alkomp/error.h"

#define SPV_ENABLE_UTILITY_CODE  // SpvHasResultAndType
#include <spirv.h>

#include <algorithm>
#include <limits>

namespace alkomp::read {
namespace {

constexpr u32 kHeaderWords = 5;
constexpr u32 kNewestVersion = 0x00010600;
constexpr u32 kMaxBound = 0x3fffff;  // "Universal limits" of the SPIR-V specification
constexpr u32 kMaxDepth = 256;       // of types and of constant expressions

u32 swap_bytes(u32 word) { return word << 24 | (word << 8 & 0xff0000u) | (word >> 8 & 0xff00u) | word >> 24; }

u64 saturating_multiply(u64 a, u64 b) {
    return a != 0 && b > std::numeric_limits<u64>::max() / a ? std::numeric_limits<u64>::max() : a * b;
}

u64 saturating_add(u64 a, u64 b) {
    return a > std::numeric_limits<u64>::max() - b ? std::numeric_limits<u64>::max() : a + b;
}

/// A literal string: bytes from the lowest of each word on, ended by a NUL. `words` becomes what follows it.
std::optional<std::string> read_string(std::span<const u32>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (u32 shift = 0; shift < 32; shift += 8) {
            const char c = static_cast<char>(words[i] >> shift & 0xff);
            if (c == '\0') {
                words = words.subspan(i + 1);
                return text;
            }
            text += c;
        }
    }
    return std::nullopt;
}

/// Where an instruction has its result: word 1, word 2, or 0 for those without.
u32 result_place(u32 opcode) {
    bool has_result = false, has_type = false;
    SpvHasResultAndType(static_cast<SpvOp>(opcode), &has_result, &has_type);
    return !has_result ? 0 : has_type ? 2 : 1;
}

bool is_subgroup_operation(u32 opcode) {
    return (opcode >= SpvOpGroupNonUniformElect && opcode <= SpvOpGroupNonUniformQuadSwap) ||
           opcode == SpvOpGroupNonUniformRotateKHR;
}

}  // namespace

void Module::fail(const std::string& sentence) const {
    throw Error(ErrorCode::compile_failed, "compile: \"" + name_ + "\" " + sentence);
}

Module::Module(std::span<const u32> words, std::string_view name,
               std::span<const backend::SpecializationValue> constants)
    : words_(words), name_(name), constants_(constants) {
    check_header();
    definitions_.resize(std::min<std::size_t>(words_[3], words_.size()), 0);
    for (std::size_t at = kHeaderWords; at < words_.size();) {
        const std::size_t count = words_[at] >> 16;
        if (count == 0) fail("is not valid SPIR-V: the instruction at word " + std::to_string(at) + " has length 0.");
        if (count > words_.size() - at) {
            fail("is truncated: the instruction at word " + std::to_string(at) + " has " + std::to_string(count) +
                 " words and " + std::to_string(words_.size() - at) + " are left.");
        }
        const std::span<const u32> instruction = words_.subspan(at, count);
        const u32 place = result_place(opcode(instruction));
        if (place != 0 && place < count) {
            const u32 id = instruction[place];
            if (id >= words_[3])
                fail("is not valid SPIR-V: id " + std::to_string(id) + " is not below the bound " +
                     std::to_string(words_[3]) + ".");
            if (id >= definitions_.size()) definitions_.resize(id + 1, 0);
            definitions_[id] = static_cast<u32>(at);
        }
        note(instruction);
        at += count;
    }
}

void Module::check_header() const {
    if (words_.empty()) fail("holds no SPIR-V: it is empty.");
    if (words_[0] == swap_bytes(SpvMagicNumber))
        fail("is SPIR-V in the other byte order; swap the bytes of each word first.");
    if (words_[0] != SpvMagicNumber)
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
}

void Module::note(std::span<const u32> instruction) {
    const std::size_t count = instruction.size();
    switch (opcode(instruction)) {
        case SpvOpCapability:
            if (count > 1) capabilities_.push_back(instruction[1]);
            break;
        case SpvOpEntryPoint: {
            if (count < 4) break;
            std::span<const u32> rest = instruction.subspan(3);
            std::optional<std::string> name = read_string(rest);
            if (name) entry_points_.push_back({instruction[1], instruction[2], std::move(*name), rest});
            break;
        }
        case SpvOpExecutionMode:
        case SpvOpExecutionModeId:
            if (count > 2) modes_.push_back(instruction);
            break;
        case SpvOpDecorate:
            if (count < 3) break;
            decorations_.push_back({instruction[1], instruction[2], count > 3 ? instruction[3] : 0});
            if (count > 3 && instruction[2] == SpvDecorationBuiltIn && instruction[3] == SpvBuiltInWorkgroupSize)
                workgroup_size_id_ = instruction[1];
            break;
        case SpvOpVariable: {
            if (count < 4 || instruction[3] != SpvStorageClassWorkgroup) break;
            const std::span<const u32> pointer = definition(instruction[1]);
            if (opcode(pointer) == SpvOpTypePointer && pointer.size() > 3)
                shared_.push_back({instruction[2], pointer[3]});
            break;
        }
        case SpvOpAtomicExchange:
        case SpvOpAtomicLoad:
            if (count > 3) note_atomic(instruction[1], instruction[3]);
            break;
        case SpvOpAtomicStore:
            if (count > 4) note_atomic(type_of(instruction[4]), instruction[1]);
            break;
        case SpvOpGroupNonUniformAllEqual:
            if (count > 4) note_subgroup(type_of(instruction[4]));
            break;
        default:
            if (is_subgroup_operation(opcode(instruction)) && count > 1) note_subgroup(instruction[1]);
            break;
    }
}

void Module::note_feature(Feature feature) {
    const auto number = static_cast<u32>(feature);
    if (std::find(features_.begin(), features_.end(), number) == features_.end()) features_.push_back(number);
}

u32 Module::type_of(u32 id) const {
    const std::span<const u32> made_by = definition(id);
    return made_by.size() > 2 && result_place(opcode(made_by)) == 2 ? made_by[1] : 0;
}

void Module::note_atomic(u32 type, u32 pointer) {
    const std::span<const u32> number = definition(type), place = definition(type_of(pointer));
    if (opcode(number) != SpvOpTypeFloat || number.size() < 3 || place.size() < 3) return;
    if (number[2] != 32) note_feature(Feature::float64_atomics);
    else if (place[2] == SpvStorageClassWorkgroup) note_feature(Feature::shared_float32_atomics);
    else note_feature(Feature::buffer_float32_atomics);
}

void Module::note_subgroup(u32 type) {
    std::span<const u32> scalar = definition(type);
    if (opcode(scalar) == SpvOpTypeVector && scalar.size() > 2) scalar = definition(scalar[2]);
    if (scalar.size() < 3) return;
    if ((opcode(scalar) == SpvOpTypeInt && scalar[2] != 32) || (opcode(scalar) == SpvOpTypeFloat && scalar[2] == 16))
        note_feature(Feature::extended_subgroup_types);
}

std::span<const u32> Module::definition(u32 id) const {
    if (id >= definitions_.size() || definitions_[id] == 0) return {};
    const std::size_t at = definitions_[id];
    return words_.subspan(at, words_[at] >> 16);
}

std::optional<u32> Module::decoration(u32 id, u32 kind) const {
    for (const Decoration& d : decorations_)
        if (d.target == id && d.kind == kind) return d.value;
    return std::nullopt;
}

// Constants ----------------------------------------------------------------------------------------

u64 Module::narrowed(u64 value, u32 type) const {
    const std::span<const u32> definition_words = definition(type);
    if (opcode(definition_words) == SpvOpTypeBool) return value != 0 ? 1 : 0;
    if (definition_words.size() < 3 || definition_words[2] >= 64) return value;
    const u32 width = definition_words[2];
    const u64 mask = (u64{1} << width) - 1;
    const bool is_signed =
        opcode(definition_words) == SpvOpTypeInt && definition_words.size() > 3 && definition_words[3] != 0;
    const bool is_negative = is_signed && (value >> (width - 1) & 1) != 0;
    return is_negative ? value | ~mask : value & mask;
}

std::optional<u64> Module::evaluate(u32 constant) const { return evaluate(constant, 0); }

std::optional<u64> Module::evaluate(u32 constant, u32 depth) const {
    const std::span<const u32> instruction = definition(constant);
    if (instruction.size() < 3 || depth > kMaxDepth) return std::nullopt;
    const u32 type = instruction[1];
    if (const std::optional<u32> id = decoration(constant, SpvDecorationSpecId)) {
        for (const backend::SpecializationValue& value : constants_)
            if (value.id == *id) return narrowed(value.bits, type);
    }
    switch (opcode(instruction)) {
        case SpvOpConstantTrue:
        case SpvOpSpecConstantTrue:
            return 1;
        case SpvOpConstantFalse:
        case SpvOpSpecConstantFalse:
        case SpvOpConstantNull:
            return 0;
        case SpvOpConstant:
        case SpvOpSpecConstant:
            if (instruction.size() < 4) return std::nullopt;
            return narrowed(instruction.size() > 4 ? u64{instruction[4]} << 32 | instruction[3] : instruction[3], type);
        case SpvOpSpecConstantOp:
            return evaluate_operation(instruction, depth + 1);
        default:
            return std::nullopt;
    }
}

std::optional<u64> Module::evaluate_operation(std::span<const u32> instruction, u32 depth) const {
    if (instruction.size() < 5) return std::nullopt;
    const u32 type = instruction[1];
    const u32 operation = instruction[3];
    if (operation == SpvOpCompositeExtract) {
        const std::span<const u32> composite = definition(instruction[4]);
        if (instruction.size() != 6 || composite.size() < 4 || instruction[5] >= composite.size() - 3)
            return std::nullopt;
        return evaluate(composite[3 + instruction[5]], depth);
    }
    const std::optional<u64> first = evaluate(instruction[4], depth);
    const std::optional<u64> second = instruction.size() > 5 ? evaluate(instruction[5], depth) : std::optional<u64>(0);
    if (!first || !second) return std::nullopt;
    const u64 a = *first, b = *second;
    // Values are kept sign-extended; operations on unsigned numbers see only the bits of their type.
    const auto unsigned_bits = [&](u32 id, u64 value) {
        const std::span<const u32> operand = definition(id);
        const std::span<const u32> t = operand.size() > 1 ? definition(operand[1]) : std::span<const u32>();
        return opcode(t) == SpvOpTypeInt && t.size() > 2 && t[2] < 64 ? value & ((u64{1} << t[2]) - 1) : value;
    };
    const u64 ua = unsigned_bits(instruction[4], a);
    const u64 ub = instruction.size() > 5 ? unsigned_bits(instruction[5], b) : 0;
    const auto signed_a = static_cast<i64>(a), signed_b = static_cast<i64>(b);
    const auto wide = [&](u64 value) { return std::optional<u64>(narrowed(value, type)); };
    const auto divided = [&](auto f) -> std::optional<u64> {
        if (b == 0 || (signed_b == -1 && signed_a == std::numeric_limits<i64>::min())) return std::nullopt;
        return narrowed(static_cast<u64>(f()), type);
    };
    switch (operation) {
        case SpvOpSConvert:
            return wide(a);
        case SpvOpUConvert:
            return wide(ua);
        case SpvOpSNegate:
            return wide(0 - a);
        case SpvOpNot:
            return wide(~a);
        case SpvOpIAdd:
            return wide(a + b);
        case SpvOpISub:
            return wide(a - b);
        case SpvOpIMul:
            return wide(a * b);
        case SpvOpUDiv:
            return divided([&] { return ua / ub; });
        case SpvOpUMod:
            return divided([&] { return ua % ub; });
        case SpvOpSDiv:
            return divided([&] { return signed_a / signed_b; });
        case SpvOpSRem:
            return divided([&] { return signed_a % signed_b; });
        case SpvOpSMod:
            return divided([&] { return (signed_a % signed_b + signed_b) % signed_b; });
        case SpvOpShiftLeftLogical:
            return ub < 64 ? wide(a << ub) : std::nullopt;
        case SpvOpShiftRightLogical:
            return ub < 64 ? wide(ua >> ub) : std::nullopt;
        case SpvOpShiftRightArithmetic:
            return ub < 64 ? wide(static_cast<u64>(signed_a >> ub)) : std::nullopt;
        case SpvOpBitwiseOr:
            return wide(a | b);
        case SpvOpBitwiseXor:
            return wide(a ^ b);
        case SpvOpBitwiseAnd:
            return wide(a & b);
        case SpvOpLogicalOr:
            return (a | b) != 0 ? 1 : 0;
        case SpvOpLogicalAnd:
            return a != 0 && b != 0 ? 1 : 0;
        case SpvOpLogicalNot:
            return a == 0 ? 1 : 0;
        case SpvOpIEqual:
        case SpvOpLogicalEqual:
            return a == b ? 1 : 0;
        case SpvOpINotEqual:
        case SpvOpLogicalNotEqual:
            return a != b ? 1 : 0;
        case SpvOpUGreaterThan:
            return ua > ub ? 1 : 0;
        case SpvOpUGreaterThanEqual:
            return ua >= ub ? 1 : 0;
        case SpvOpULessThan:
            return ua < ub ? 1 : 0;
        case SpvOpULessThanEqual:
            return ua <= ub ? 1 : 0;
        case SpvOpSGreaterThan:
            return signed_a > signed_b ? 1 : 0;
        case SpvOpSGreaterThanEqual:
            return signed_a >= signed_b ? 1 : 0;
        case SpvOpSLessThan:
            return signed_a < signed_b ? 1 : 0;
        case SpvOpSLessThanEqual:
            return signed_a <= signed_b ? 1 : 0;
        case SpvOpSelect:
            return instruction.size() == 7 ? evaluate(a != 0 ? instruction[5] : instruction[6], depth) : std::nullopt;
        default:
            return std::nullopt;
    }
}

// Types --------------------------------------------------------------------------------------------

u64 Module::packed_bytes(u32 type) const { return packed_bytes(type, 0); }

u64 Module::packed_bytes(u32 type, u32 depth) const {
    const std::span<const u32> t = definition(type);
    if (depth > kMaxDepth) return 0;
    switch (opcode(t)) {
        case SpvOpTypeBool:
            return 4;
        case SpvOpTypeInt:
        case SpvOpTypeFloat:
            return t.size() > 2 ? t[2] / 8 : 0;
        case SpvOpTypeVector:
        case SpvOpTypeMatrix:
            return t.size() > 3 ? saturating_multiply(packed_bytes(t[2], depth + 1), t[3]) : 0;
        case SpvOpTypeArray:
            return t.size() > 3 ? saturating_multiply(packed_bytes(t[2], depth + 1), evaluate(t[3]).value_or(0)) : 0;
        case SpvOpTypePointer:
            return 8;
        case SpvOpTypeStruct: {
            u64 total = 0;
            for (const u32 member : t.subspan(std::min<std::size_t>(2, t.size())))
                total = saturating_add(total, packed_bytes(member, depth + 1));
            return total;
        }
        default:
            return 0;
    }
}

Module::WorkgroupSize Module::workgroup_size(const EntryPoint& entry) const {
    WorkgroupSize out;
    const auto take = [&](std::span<const u32> ids) {
        for (std::size_t i = 0; i < std::min<std::size_t>(ids.size(), 3); ++i) {
            out.size[i] = static_cast<u32>(evaluate(ids[i]).value_or(1));
            out.constants[i] = decoration(ids[i], SpvDecorationSpecId);
        }
    };
    for (const std::span<const u32> mode : modes_) {
        if (mode.size() != 6 || mode[1] != entry.id) continue;
        if (mode[2] == SpvExecutionModeLocalSize) std::copy_n(mode.begin() + 3, 3, out.size.begin());
        if (mode[2] == SpvExecutionModeLocalSizeId) take(mode.subspan(3));
    }
    // Where both are there, the built-in decides: "WorkgroupSize" in the SPIR-V specification.
    if (workgroup_size_id_ != 0) {
        const std::span<const u32> composite = definition(workgroup_size_id_);
        if (composite.size() == 6) take(composite.subspan(3));
    }
    return out;
}

std::vector<Module::SharedVariable> Module::shared_variables(const EntryPoint& entry) const {
    if (entry_points_.size() == 1) return shared_;
    // Before 1.4 the interface leaves these variables out; then only the driver can tell.
    std::vector<SharedVariable> used;
    for (const SharedVariable& variable : shared_)
        if (std::find(entry.interface.begin(), entry.interface.end(), variable.id) != entry.interface.end())
            used.push_back(variable);
    return used;
}

}  // namespace alkomp::read
