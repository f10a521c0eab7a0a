// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/verify.h"

#include "alkomp/capabilities.h"
#include "ir/literal.h"
#include "ir/print.h"
#include "ir/rule.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <unordered_map>

namespace alkomp::ir {

std::string line_of(const Module& module, const Location& location) {
    if (location.line == 0) return {};
    std::string text = module.text(location.file) + ':' + std::to_string(location.line);
    if (location.column != 0) text += ':' + std::to_string(location.column);
    return text;
}

std::string name_of(const Module& module, ValueId value) {
    if (const auto bits = module.known_bits(value))
        return scalar_text(module.types.scalar_of(module.type_of(value)), *bits);
    const std::string& name = module.text(module[value].name);
    return name.empty() ? '%' + std::to_string(place(value)) : '"' + name + '"';
}

std::optional<u64> default_bits(const Module& module, ValueId value) {
    const Constant* constant = module.find_constant(value);
    const bool is_specialization = constant != nullptr && constant->kind == Constant::Kind::specialization;
    return is_specialization ? constant->bits : module.known_bits(value);
}

void refuse(const Module& module, const Location& location, const std::string& sentence, ErrorCode code) {
    const std::string line = line_of(module, location);
    throw Error(code, (line.empty() ? "kernel \"" + module.name + '"' : line) + ": " + sentence);
}

void refuse(const Module& module, InstructionId at, const std::string& sentence, ErrorCode code) {
    const Instruction& instruction = module[at];
    refuse(module, module.locations[instruction.location], std::string(info(instruction.op).name) + ": " + sentence,
           code);
}

namespace {

class ConstantCheck {
public:
    ConstantCheck(Module& module, const Shapes& shapes) : module_(module), types_(module.types), shapes_(shapes) {}

    void run() {
        for (index_ = 1; index_ < module_.constants.size(); ++index_) check(module_.constants[index_]);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        const ValueId value = module_.constants[index_].value;
        refuse(module_, Location(),
               "the constant " + name_of(module_, value) + " of " + to_string(module_, module_.type_of(value)) + ' ' +
                   what + '.');
    }

    void check(const Constant& constant) {
        if (!shapes_[static_cast<u32>(constant.type)].is_value) fail("has a type that no value can have");
        for (const ValueId part : constant.parts) {
            const Value& value = module_[part];
            if (value.kind != Value::Kind::constant || value.index >= index_)
                fail("is made of " + name_of(module_, part) + ", which is no constant that comes before it");
        }
        switch (constant.kind) {
            case Constant::Kind::zero:
            case Constant::Kind::undefined:
                return;
            case Constant::Kind::scalar:
                return check_bits(constant);
            case Constant::Kind::composite:
                return check_parts(constant);
            case Constant::Kind::specialization:
                check_bits(constant);
                if (const auto [other, is_new] = specializations_.emplace(constant.specialization, constant.value);
                    !is_new && module_.type_of(other->second) != constant.type)
                    fail("has the specialisation id " + std::to_string(constant.specialization) + ", as " +
                         name_of(module_, other->second) + " has, which is of another type");
                return;
            case Constant::Kind::computed:
                return check_computed(constant);
        }
    }
    void check_bits(const Constant& constant) const {
        if (!types_.is(constant.type, Type::Kind::scalar)) fail("is no scalar, but has bits");
        const u32 bits = types_.bits(constant.type);
        if (bits < 64 && constant.bits >> bits != 0) fail("has more than " + std::to_string(bits) + " bits");
    }
    void check_parts(const Constant& constant) {
        const Type& whole = types_[constant.type];
        u64 count = whole.count;
        switch (whole.kind) {
            case Type::Kind::vector:
            case Type::Kind::matrix:
                break;
            case Type::Kind::structure:
                count = whole.members.size();
                break;
            case Type::Kind::array:
                count = module_.known_bits(ValueId{whole.length}).value_or(constant.parts.size());
                break;
            case Type::Kind::nothing:
            case Type::Kind::scalar:
            case Type::Kind::runtime_array:
            case Type::Kind::pointer:
            case Type::Kind::cooperative_matrix:
                fail("has parts, but is no composite");
        }
        if (constant.parts.size() != count)
            fail("has " + std::to_string(constant.parts.size()) + " parts, where " + std::to_string(count) +
                 " are wanted");
        for (std::size_t i = 0; i < constant.parts.size(); ++i) {
            const TypeId wanted = types_.part(constant.type, i);
            const TypeId given = module_.type_of(constant.parts[i]);
            if (given != wanted)
                fail("has part " + std::to_string(i) + " of " + to_string(module_, given) + ", where " +
                     to_string(module_, wanted) + " is wanted");
        }
    }
    void check_computed(const Constant& constant) {
        const OpInfo& about = info(constant.op);
        const auto holds_pointer = [&](ValueId id) { return types_.is(module_.type_of(id), Type::Kind::pointer); };
        if (!has(constant.op, kPure) || about.rule == Rule::builtin || about.rule == Rule::access ||
            std::any_of(constant.parts.begin(), constant.parts.end(), holds_pointer))
            fail("is computed by " + std::string(about.name) + ", which constants do not allow");
        const std::string wrong = wrong_immediates(module_, constant.op, constant.immediates);
        if (!wrong.empty()) fail("is computed by " + std::string(about.name) + ": " + wrong);
        const Outcome outcome = apply_rule(module_, constant.op, constant.parts, constant.immediates, constant.type);
        if (!outcome.error.empty()) fail("is wrong: " + outcome.error.substr(0, outcome.error.size() - 1));
        if (outcome.count != 1 || outcome.results[0] != constant.type)
            fail("is computed by " + std::string(about.name) + ", which does not give that type");
    }

    Module& module_;
    Types& types_;
    const Shapes& shapes_;
    std::size_t index_ = 0;
    std::unordered_map<u32, ValueId> specializations_;
};

class GlobalCheck {
public:
    GlobalCheck(const Module& module, const Shapes& shapes) : module_(module), types_(module.types), shapes_(shapes) {}

    void run() {
        for (std::size_t i = 1; i < module_.globals.size(); ++i) {
            global_ = &module_.globals[i];
            check();
        }
        check_scalars();
    }

private:
    [[noreturn]] void fail(const Global& global, const std::string& what) const {
        refuse(module_, global.location, "the global " + name_of(module_, global.value) + ' ' + what + '.');
    }
    const Shape& shape(TypeId id) const { return shapes_[static_cast<u32>(id)]; }

    void check() {
        const Type& pointer = types_[module_.type_of(global_->value)];
        if (pointer.kind != Type::Kind::pointer || pointer.element != global_->type || pointer.space != space())
            fail(*global_, "is no pointer to " + to_string(module_, global_->type) + " in the space " +
                               std::string(to_string(space())));
        if (global_->initial != ValueId::none) check_initial();
        if (global_->is_count) check_count();
        if (global_->kind == Global::Kind::storage || global_->kind == Global::Kind::uniform) return check_binding();
        if (global_->kind == Global::Kind::scalar) scalars_.push_back(global_);
        if (global_->kind == Global::Kind::shared) check_shared();
    }
    Space space() const {
        switch (global_->kind) {
            case Global::Kind::storage:
                return Space::storage;
            case Global::Kind::uniform:
                return Space::uniform;
            case Global::Kind::scalar:
                return Space::scalars;
            case Global::Kind::shared:
                return Space::shared;
            case Global::Kind::local:
                break;
        }
        return Space::local;
    }
    void check_initial() const {
        if (global_->kind != Global::Kind::local)
            fail(*global_, "has an initial value; of globals, those in the space local alone can have one");
        if (module_.find_constant(global_->initial) == nullptr || module_.type_of(global_->initial) != global_->type)
            fail(*global_, "begins as " + name_of(module_, global_->initial) + ", where a constant of " +
                               to_string(module_, global_->type) + " is wanted");
    }
    void check_count() {
        if (global_->kind != Global::Kind::scalar || !types_.is(global_->type, Type::Kind::scalar) ||
            types_[global_->type].scalar != Scalar::u32)
            fail(*global_, "is the count of invocations, which is a scalar u32");
        if (count_ != nullptr)
            fail(*global_, "is the count of invocations, as " + name_of(module_, count_->value) + " is");
        count_ = global_;
    }
    void check_binding() {
        const auto [other, is_new] = bindings_.emplace(u64{global_->set} << 32 | global_->binding, global_);
        if (is_new || (global_->aliased && other->second->aliased && global_->kind == other->second->kind)) return;
        fail(*global_, "has set " + std::to_string(global_->set) + ", binding " + std::to_string(global_->binding) +
                           ", as " + name_of(module_, other->second->value) + " has; only aliased buffers share one");
    }
    void check_shared() {
        if (global_->aliased && !shape(global_->type).has_layout)
            fail(*global_, "is aliased, and " + to_string(module_, global_->type) + " has no layout");
        if (shared_ == nullptr) shared_ = global_;
        if (shared_->aliased != global_->aliased)
            fail(*global_, (global_->aliased ? "is aliased, and " : "is not aliased, as ") +
                               name_of(module_, shared_->value) + (global_->aliased ? " is not" : " is") +
                               "; all shared memory of a kernel is, or none");
    }
    void check_scalars() {
        const auto by_offset = [](const Global* a, const Global* b) { return a->offset_bytes < b->offset_bytes; };
        std::stable_sort(scalars_.begin(), scalars_.end(), by_offset);
        const Global* before = nullptr;
        for (const Global* global : scalars_) {
            const Shape& of = shape(global->type);
            if (global->offset_bytes % of.alignment_bytes != 0)
                fail(*global, "lies at byte " + std::to_string(global->offset_bytes) +
                                  " of the scalars; a multiple of " + std::to_string(of.alignment_bytes) +
                                  " is wanted");
            if (before != nullptr && global->offset_bytes < before->offset_bytes + shape(before->type).size_bytes)
                fail(*global, "lies at byte " + std::to_string(global->offset_bytes) + " of the scalars, inside " +
                                  name_of(module_, before->value));
            before = global;
        }
    }

    const Module& module_;
    const Types& types_;
    const Shapes& shapes_;
    const Global* global_ = nullptr;
    const Global* count_ = nullptr;
    const Global* shared_ = nullptr;  // the first
    std::unordered_map<u64, const Global*> bindings_;
    std::vector<const Global*> scalars_;
};

void check_kernel(const Module& module) {
    const Function& kernel = module[module.kernel];
    if (!kernel.parameters.empty() || kernel.result != module.types.nothing())
        refuse(module, kernel.location, "the kernel takes parameters or returns a value; it does neither.");
    for (const ValueId id : module.workgroup_size) {
        const Constant* size = module.find_constant(id);
        const Type& type = module.type(id);
        if (size == nullptr || type.kind != Type::Kind::scalar || type.scalar != Scalar::u32)
            refuse(module, kernel.location,
                   "the workgroup size is " + name_of(module, id) + ", where a constant u32 is wanted.");
        if (module.known_bits(id) == u64{0}) refuse(module, kernel.location, "the workgroup size is 0.");
    }
    if ((module.subgroup_size & (module.subgroup_size - 1)) != 0)
        refuse(module, kernel.location,
               "the subgroup size is " + std::to_string(module.subgroup_size) + "; a power of two is wanted.");
}

}  // namespace

void check_constants(Module& module, const Shapes& shapes) { ConstantCheck(module, shapes).run(); }
void check_globals(const Module& module, const Shapes& shapes) { GlobalCheck(module, shapes).run(); }

void verify(Module& module, const Capabilities* device) {
    check_tables(module);
    const Shapes shapes = check_types(module);
    check_constants(module, shapes);
    check_globals(module, shapes);
    check_kernel(module);
    const Flow flow = check_functions(module, shapes);
    const bool has_one_size = device != nullptr && device->limits.min_subgroup_size == device->limits.max_subgroup_size;
    check_uniformity(
        module, flow,
        module.subgroup_size == 0 && has_one_size ? device->limits.max_subgroup_size : module.subgroup_size);
    if (device != nullptr) check_device(module, flow, shapes, *device);
}

}  // namespace alkomp::ir
