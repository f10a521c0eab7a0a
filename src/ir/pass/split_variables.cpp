// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/split_variables.h"

#include "ir/pass/edit.h"

#include <algorithm>
#include <optional>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

constexpr u64 kMostTogether = 16;  // parts of what is loaded or stored as a whole
constexpr u64 kMostParts = 256;

class Split {
public:
    explicit Split(Module& module) : module_(module), types_(module.types) {}

    /// Splits one level; false if there was nothing to split.
    bool run() {
        replaced_.emplace(module_);
        find();
        if (std::none_of(fits_.begin(), fits_.end(), [](bool fits) { return fits; })) return false;
        for (u32 i = 1; i < module_.functions.size(); ++i) walk(module_.functions[i].body);
        replaced_->apply(module_);
        return true;
    }

private:
    static constexpr u32 kNone = 0xffffffff;

    u64 parts_of(TypeId id) const {
        const Type& type = types_[id];
        if (type.kind == Kind::structure) return type.members.size();
        return type.kind == Kind::array ? module_.known_bits(ValueId{type.length}).value_or(0) : 0;
    }
    TypeId pointee(ValueId pointer) const { return module_.type(pointer).element; }
    u32 variable_of(ValueId pointer) const {
        return place(pointer) < variable_at_.size() ? variable_at_[place(pointer)] : kNone;
    }
    bool is_split(ValueId pointer) const {
        const u32 variable = variable_of(pointer);
        return variable != kNone && fits_[variable];
    }

    void find() {
        fits_.clear();
        variable_at_.assign(module_.values.size(), kNone);
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            const std::span<const ValueId> operands = module_.operands(instruction);
            for (std::size_t i = 0; i < operands.size(); ++i) {
                const u32 variable = variable_of(operands[i]);
                if (variable != kNone && (i != 0 || !fits(instruction, operands))) fits_[variable] = false;
            }
            if (instruction.op != Op::variable) continue;
            const u64 count = parts_of(pointee(module_.result(instruction)));
            variable_at_[place(module_.result(instruction))] = static_cast<u32>(fits_.size());
            fits_.push_back(count > 0 && count <= kMostParts && (operands.empty() || count <= kMostTogether));
        }
        parts_.assign(fits_.size(), {});
    }
    bool fits(const Instruction& instruction, std::span<const ValueId> operands) const {
        const u64 count = parts_of(pointee(operands[0]));
        if ((instruction.flags & kVolatileAccess) != 0) return false;
        if (instruction.op == Op::load || instruction.op == Op::store) return count <= kMostTogether;
        return instruction.op == Op::access && module_.known_bits(operands[1]).value_or(count) < count;
    }

    // Rewriting.
    void walk(RegionId region) {
        std::vector<InstructionId> body = std::move(module_[region].body), made;
        made.reserve(body.size());
        for (const InstructionId id : body) {
            for (u32 i = 0; i < module_[id].regions.count; ++i) walk(module_.regions_of(module_[id])[i]);
            const Instruction instruction = module_[id];
            const ValueId result = module_.result(instruction);
            if (instruction.op == Op::variable && is_split(result)) {
                split(id, made);
            } else if (instruction.op == Op::access && is_split(module_.operands(instruction)[0])) {
                if (reached(id)) made.push_back(id);
            } else if (instruction.op == Op::load && is_split(module_.operands(instruction)[0])) {
                load(id, made);
            } else if (instruction.op == Op::store && is_split(module_.operands(instruction)[0])) {
                store(id, made);
            } else {
                made.push_back(id);
            }
        }
        module_[region].body = std::move(made);
    }
    ValueId add(InstructionId like, Op op, std::span<const ValueId> operands, std::span<const u32> immediates,
                std::span<const TypeId> results, std::vector<InstructionId>& body) {
        const InstructionId id =
            new_instruction(module_, like, op, module_[like].region, operands, immediates, results);
        body.push_back(id);
        return module_.result(module_[id]);
    }
    ValueId part_of(InstructionId like, ValueId whole, u32 i, std::vector<InstructionId>& body) {
        const std::array type{types_.part(module_.type_of(whole), i)};
        return add(like, Op::extract, std::array{whole}, std::array{i}, type, body);
    }
    void split(InstructionId id, std::vector<InstructionId>& body) {
        const ValueId whole = module_.result(module_[id]);
        const TypeId type = pointee(whole);
        const u32 variable = variable_of(whole);
        const std::string name = module_.text(module_[whole].name);
        for (u32 i = 0; i < parts_of(type); ++i) {
            std::vector<ValueId> initial;
            if (module_[id].operands.count != 0)
                initial.push_back(part_of(id, module_.operands(module_[id])[0], i, body));
            const std::array pointer{types_.pointer(Space::local, types_.part(type, i))};
            const ValueId part = add(id, Op::variable, initial, {}, pointer, body);
            const Type& about = types_[type];
            const std::string member = about.kind == Kind::structure ? about.members[i].name : std::to_string(i);
            if (!name.empty()) module_[part].name = module_.string(name + '.' + member);
            parts_[variable].push_back(part);
        }
        forget(module_, id);
    }
    /// An access to something within a part; false if it is the part itself.
    bool reached(InstructionId id) {
        const std::span<const ValueId> operands = module_.operands(module_[id]);
        const ValueId part = parts_[variable_of(operands[0])][*module_.known_bits(operands[1])];
        if (operands.size() == 2) {
            replaced_->add(module_.result(module_[id]), part);
            forget(module_, id);
            return false;
        }
        std::vector<ValueId> rest(operands.begin() + 1, operands.end());
        rest[0] = part;
        set_operands(module_, id, rest);
        return true;
    }
    void load(InstructionId id, std::vector<InstructionId>& body) {
        const ValueId whole = module_.operands(module_[id])[0];
        std::vector<ValueId> parts;
        for (const ValueId part : parts_[variable_of(whole)])
            parts.push_back(add(id, Op::load, std::array{part}, std::array{0u}, std::array{pointee(part)}, body));
        module_[id].op = Op::compose;
        module_[id].flags = 0;
        set_operands(module_, id, parts);
        set_immediates(module_, id, {});
        body.push_back(id);
    }
    void store(InstructionId id, std::vector<InstructionId>& body) {
        const ValueId whole = module_.operands(module_[id])[0], value = module_.operands(module_[id])[1];
        const std::vector<ValueId>& parts = parts_[variable_of(whole)];
        for (u32 i = 0; i < parts.size(); ++i) {
            const ValueId part = part_of(id, value, i, body);
            static_cast<void>(add(id, Op::store, std::array{parts[i], part}, std::array{0u}, {}, body));
        }
        forget(module_, id);
    }

    Module& module_;
    Types& types_;
    std::vector<u32> variable_at_;             // by pointer: whose whole it is
    std::vector<bool> fits_;                   // by variable
    std::vector<std::vector<ValueId>> parts_;  // by variable: pointers
    std::optional<Replacements> replaced_;
};

}  // namespace

void split_variables(Module& module) {
    // Parts that hold parts are next.
    Split split(module);
    for (u32 level = 0; level < 8 && split.run(); ++level) {
    }
}

}  // namespace alkomp::ir
