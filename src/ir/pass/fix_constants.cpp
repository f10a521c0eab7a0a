// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fix_constants.h"

#include "ir/literal.h"
#include "ir/pass/edit.h"

#include <algorithm>
#include <map>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr u32 kMostWords = 32;  // of an expression

class Fixing {
public:
    Fixing(Module& module, const OverrideSupport& support, const Specialization& values)
        : module_(module), support_(support), values_(values) {}

    std::vector<std::string> run() {
        for (const Constant& constant : module_.constants)
            if (constant.kind == Constant::Kind::specialization) look_at(constant);
        fix_sizes();
        for (u32 i = 1; i < module_.types.size(); ++i) fix_length(TypeId{i});
        std::vector<std::string> sentences;
        for (Constant& constant : module_.constants)
            if (constant.kind == Constant::Kind::specialization && why_.contains(constant.specialization))
                sentences.push_back(fixed(constant));
        return sentences;
    }

private:
    void look_at(const Constant& constant) {
        const Scalar scalar = module_.types[constant.type].scalar;
        const bool is_said = scalar == Scalar::boolean || scalar == Scalar::i32 || scalar == Scalar::u32 ||
                             scalar == Scalar::f32 || (scalar == Scalar::f16 && support_.f16);
        const u64 infinity = scalar == Scalar::f16 ? 0x7c00 : 0x7f800000;
        const u64 sign = scalar == Scalar::f16 ? 0x8000 : 0x80000000;
        const bool is_float = scalar == Scalar::f32 || scalar == Scalar::f16;
        if (values_.contains(constant.specialization)) fix(constant, "it was set");
        else if (!is_said) fix(constant, "there are no overrides of " + std::string(to_string(scalar)));
        else if (is_float && ((constant.bits & ~sign) >= infinity || constant.bits == sign))
            fix(constant, "WGSL cannot write this number down");
    }
    void fix(const Constant& constant, const std::string& why) { why_.try_emplace(constant.specialization, why); }
    /// All that the constant is made of. Parts come before what is made of them.
    void fix(ValueId id, const std::string& why) {
        std::vector<bool> goes_in(module_[id].index + 1, false);
        goes_in.back() = true;
        for (u32 i = module_[id].index; i > 0; --i) {
            if (!goes_in[i]) continue;
            const Constant& constant = module_.constants[i];
            if (constant.kind == Constant::Kind::specialization) fix(constant, why);
            for (const ValueId part : constant.parts) goes_in[module_[part].index] = true;
        }
    }
    bool varies(ValueId id) const {
        std::vector<bool> all(module_[id].index + 1, false);
        for (u32 i = 1; i < all.size(); ++i) {
            const Constant& constant = module_.constants[i];
            all[i] = constant.kind == Constant::Kind::specialization
                         ? !why_.contains(constant.specialization)
                         : std::any_of(constant.parts.begin(), constant.parts.end(),
                                       [&](ValueId part) { return all[module_[part].index]; });
        }
        return all.back();
    }
    /// Whether WGSL can compute it before the kernel runs, in a few words.
    bool is_expression(ValueId id) const {
        u32 words = 0;
        return is_expression(id, words);
    }
    bool is_expression(ValueId id, u32& words) const {
        const Constant& constant = *module_.find_constant(id);
        const Scalar scalar = module_.types[constant.type].scalar;
        if (++words > kMostWords) return false;
        if (!varies(id)) return true;
        if (scalar != Scalar::u32 && scalar != Scalar::i32) return false;
        if (constant.kind == Constant::Kind::specialization) return true;
        const bool is_said = constant.op == Op::add || constant.op == Op::sub || constant.op == Op::mul ||
                             constant.op == Op::div || constant.op == Op::convert || constant.op == Op::bitcast;
        return is_said && std::all_of(constant.parts.begin(), constant.parts.end(),
                                      [&](ValueId part) { return is_expression(part, words); });
    }

    // The workgroup's size.
    void fix_sizes() {
        const auto fix_all = [&](const std::string& why) {
            for (const ValueId size : module_.workgroup_size) fix(size, why);
        };
        bool asks = false, numbers = false;
        for (const Instruction& instruction : module_.instructions) {
            if (instruction.region == RegionId::none || !asks_subgroup(module_, instruction)) continue;
            asks = true;
            const u32 which = instruction.op == Op::builtin ? module_.immediates(instruction)[0] : 0;
            numbers = numbers || which == static_cast<u32>(Builtin::subgroup_id) ||
                      which == static_cast<u32>(Builtin::subgroup_count);
        }
        sums_up_ = asks && support_.lowers_subgroups;
        if (sums_up_) fix_all("subgroups in workgroup memory want to know the workgroup's size");
        if (numbers && support_.numbers_subgroups)
            fix_all("to number the subgroups, the workgroup's size has to be known");
        const bool is_flat = module_.known_bits(module_.workgroup_size[1]) == u64{1} &&
                             module_.known_bits(module_.workgroup_size[2]) == u64{1};
        if (asks && support_.flattens_subgroups && !is_flat)
            fix_all("subgroups want to know the size of a workgroup of several dimensions");
        for (const ValueId size : module_.workgroup_size)
            if (!is_expression(size)) fix(size, "WGSL cannot compute the workgroup's size from it");
    }

    // Lengths of arrays.
    void fix_length(TypeId id) {
        const Type& type = module_.types[id];
        if (type.kind != Kind::array || !varies(ValueId{type.length})) return;
        const ValueId length{type.length};
        if (!is_of_shared_memory(id)) fix(length, "overrides are lengths of arrays in workgroup memory alone");
        else if (sums_up_) fix(length, "subgroups in workgroup memory want to know how much there is");
        else if (!stays_array(type)) fix(length, "the array becomes one of u32, whose length has to be known");
        else if (!is_expression(length)) fix(length, "WGSL cannot compute the length of an array from it");
    }
    /// Whether nothing else is of this type: no part of another, no value, no other memory.
    bool is_of_shared_memory(TypeId id) const {
        for (u32 i = 1; i < module_.types.size(); ++i) {
            const Type& type = module_.types[TypeId{i}];
            const bool is_pointer = type.kind == Kind::pointer;
            if (type.element == id && !(is_pointer && type.space == Space::shared)) return false;
            for (const Type::Member& member : type.members)
                if (member.type == id) return false;
        }
        return std::none_of(module_.values.begin(), module_.values.end(),
                            [&](const Value& value) { return value.type == id; }) &&
               std::none_of(module_.globals.begin(), module_.globals.end(), [&](const Global& global) {
                   return global.type == id && (global.kind != Global::Kind::shared || global.aliased);
               });
    }
    /// Whether `lower_memory_layouts` leaves it as it is, as far as that can be told in a few words.
    bool stays_array(const Type& array) const {
        if (!holds_kept(array.element)) return false;
        for (const Instruction& instruction : module_.instructions) {
            if (instruction.region == RegionId::none) continue;
            for (u32 i = 0; i < instruction.results.count && instruction.op != Op::access; ++i)
                if (is_shared(module_.result(instruction, i))) return false;
            if (has(instruction.op, kAtomic) && is_shared(module_.operands(instruction)[0]) &&
                (!module_.types.is(array.element, Kind::scalar) || module_.types.is_float(array.element)))
                return false;
        }
        return std::none_of(module_.regions.begin(), module_.regions.end(), [&](const Region& region) {
            return std::any_of(region.parameters.begin(), region.parameters.end(),
                               [&](ValueId parameter) { return is_shared(parameter); });
        });
    }
    bool holds_kept(TypeId id) const {
        const Type& type = module_.types[id];
        if (type.kind == Kind::structure)
            return std::all_of(type.members.begin(), type.members.end(),
                               [&](const Type::Member& member) { return holds_kept(member.type); });
        if (type.element != TypeId::none) return holds_kept(type.element);
        return type.scalar == Scalar::i32 || type.scalar == Scalar::u32 || type.scalar == Scalar::f32 ||
               (type.scalar == Scalar::boolean && support_.shared_bools) ||
               (type.scalar == Scalar::f16 && support_.f16);
    }
    bool is_shared(ValueId id) const {
        const Type& type = module_.type(id);
        return type.kind == Kind::pointer && type.space == Space::shared;
    }

    std::string fixed(Constant& constant) {
        const Scalar scalar = module_.types[constant.type].scalar;
        if (const auto set = values_.find(constant.specialization); set != values_.end()) constant.bits = set->second;
        if (scalar == Scalar::boolean) constant.bits = constant.bits != 0;
        constant.kind = Constant::Kind::scalar;
        const std::string& name = module_.text(module_[constant.value].name);
        const std::string id = std::to_string(constant.specialization);
        // Other names might end the comment that the sentence is for.
        return (!is_bare_name(name) ? "The constant " + id : name + " (constant " + id + ')') + " is " +
               plain_text(scalar, constant.bits) + " here: " + why_[constant.specialization] + '.';
    }

    Module& module_;
    const OverrideSupport& support_;
    const Specialization& values_;
    std::map<u32, std::string> why_;  ///< it is fixed, by id
    bool sums_up_ = false;            ///< what there is of shared memory
};

}  // namespace

std::vector<std::string> fix_constants(Module& module, const OverrideSupport& support, const Specialization& values) {
    return Fixing(module, support, values).run();
}

}  // namespace alkomp::ir
