// SPDX-License-Identifier: MIT OR Apache-2.0
// That every id of a module names an entry of its table; behind this check the module can be walked safely.
#include "ir/verify_parts.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class Tables {
public:
    explicit Tables(const Module& module) : module_(module) {}

    void run() {
        const bool whole = !module_.values.empty() && !module_.constants.empty() && !module_.globals.empty() &&
                           !module_.functions.empty() && !module_.regions.empty() && !module_.instructions.empty() &&
                           !module_.locations.empty() && !module_.strings.empty() && module_.types.size() > 1;
        if (!whole) throw Error(ErrorCode::compile_failed, "verify: a table of the module lacks its first entry.");
        for (const Location& location : module_.locations) need(in_range(location.file), "a location");
        values();
        constants();
        globals();
        functions();
        regions();
        instructions();
        const auto exists = [&](ValueId id) { return names_value(id); };
        need(place(module_.kernel) != 0 && place(module_.kernel) < module_.functions.size(), "the kernel");
        need(std::all_of(module_.workgroup_size.begin(), module_.workgroup_size.end(), exists), "the workgroup size");
    }

private:
    void need(bool right, const char* what, std::size_t place = 0) const {
        if (right) return;
        const std::string number = place == 0 ? "" : ' ' + std::to_string(place);
        throw Error(ErrorCode::compile_failed,
                    std::string("verify: ") + what + number + " does not fit the tables of the module.");
    }
    bool in_range(StringId id) const { return place(id) < module_.strings.size(); }
    bool names_type(TypeId id) const { return id != TypeId::none && static_cast<u32>(id) < module_.types.size(); }
    bool names_value(ValueId id) const { return id != ValueId::none && place(id) < module_.values.size(); }
    bool is(ValueId id, Value::Kind kind, std::size_t index, std::size_t position = 0) const {
        if (!names_value(id)) return false;
        const Value& value = module_[id];
        return value.kind == kind && value.index == index && value.position == position;
    }

    void values() const {
        for (std::size_t i = 1; i < module_.values.size(); ++i) {
            const Value& value = module_.values[i];
            bool right = names_type(value.type) && in_range(value.name) && value.kind <= Value::Kind::result;
            // The others are asked for when they are met: those that no list holds may be left over.
            if (value.kind == Value::Kind::constant)
                right = right && value.index < module_.constants.size() &&
                        module_.constants[value.index].value == ValueId{static_cast<u32>(i)};
            if (value.kind == Value::Kind::global)
                right = right && value.index < module_.globals.size() &&
                        module_.globals[value.index].value == ValueId{static_cast<u32>(i)};
            need(right, "value", i);
        }
        for (const ValueId id : module_.operand_pool) need(place(id) < module_.values.size(), "an operand");
    }
    void constants() const {
        for (std::size_t i = 1; i < module_.constants.size(); ++i) {
            const Constant& constant = module_.constants[i];
            need(is(constant.value, Value::Kind::constant, i) && names_type(constant.type) &&
                     module_.type_of(constant.value) == constant.type && constant.kind <= Constant::Kind::computed &&
                     constant.op <= Op::unreachable &&
                     std::all_of(constant.parts.begin(), constant.parts.end(),
                                 [&](ValueId id) { return names_value(id); }),
                 "constant", i);
        }
    }
    void globals() const {
        for (std::size_t i = 1; i < module_.globals.size(); ++i) {
            const Global& global = module_.globals[i];
            need(is(global.value, Value::Kind::global, i) && global.kind <= Global::Kind::local &&
                     in_range(global.name) && names_type(global.type) && in_range(global.location.file) &&
                     place(global.initial) < module_.values.size(),
                 "global", i);
        }
    }
    void functions() const {
        for (std::size_t i = 1; i < module_.functions.size(); ++i) {
            const Function& function = module_.functions[i];
            need(in_range(function.name) && names_type(function.result) && in_range(function.location.file) &&
                     function.body != RegionId::none && place(function.body) < module_.regions.size(),
                 "function", i);
            for (std::size_t k = 0; k < function.parameters.size(); ++k)
                need(is(function.parameters[k], Value::Kind::function_parameter, i, k), "a parameter of function", i);
        }
    }
    void regions() const {
        for (std::size_t i = 1; i < module_.regions.size(); ++i) {
            const Region& region = module_.regions[i];
            need(place(region.owner) < module_.instructions.size(), "region", i);
            for (const ValueId id : region.parameters) need(names_value(id), "a parameter of region", i);
            for (const InstructionId id : region.body)
                need(id != InstructionId::none && place(id) < module_.instructions.size(), "the body of region", i);
        }
        for (const RegionId id : module_.region_pool)
            need(id != RegionId::none && place(id) < module_.regions.size(), "a region");
    }
    void instructions() const {
        const auto within = [](Range range, std::size_t size) {
            return range.first <= size && range.count <= size - range.first;
        };
        for (std::size_t i = 1; i < module_.instructions.size(); ++i) {
            const Instruction& instruction = module_.instructions[i];
            need(instruction.op <= Op::unreachable && within(instruction.operands, module_.operand_pool.size()) &&
                     within(instruction.immediates, module_.immediate_pool.size()) &&
                     within(instruction.results, module_.values.size()) &&
                     within(instruction.regions, module_.region_pool.size()) &&
                     instruction.location < module_.locations.size() &&
                     place(instruction.region) < module_.regions.size(),
                 "instruction", i);
        }
    }

    const Module& module_;
};

}  // namespace

void check_tables(const Module& module) { Tables(module).run(); }

}  // namespace alkomp::ir
