// SPDX-License-Identifier: MIT OR Apache-2.0
// The walk: functions, instructions, values and where they come from.
#include "emit/spirv/emitter.h"

#include "ir/verify_parts.h"

#include <algorithm>
#include <utility>

namespace alkomp::emit {
namespace spv {

Emitter::Emitter(const ir::Module& module, const SpirvOptions& options)
    : module_(module),
      options_(options),
      words_(options.version),
      held_(module.values.size()),
      types_(module.types.size()),
      functions_(module.functions.size()) {}

std::vector<u32> Emitter::run() {
    words_.need(Capability::Shader);
    if (options_.memory_model) words_.need(Capability::VulkanMemoryModel);
    survey();
    judge_constants();
    judge_zeros();
    coherent_ = !options_.memory_model && exchanges_through_buffers();
    declare_globals();
    Words::Entry entry;
    entry.function = function(module_.kernel);
    declare_modes(entry.function);
    entry.name = "main";
    entry.interface = interface_;
    entry.memory_model = options_.memory_model;
    entry.addresses = words_.has(Capability::PhysicalStorageBufferAddresses);
    return words_.assemble(entry);
}

void Emitter::unsupported(ir::Op op, const std::string& sentence) const {
    ir::refuse(module_, module_.locations[at_], std::string(ir::info(op).name) + ": " + sentence,
               ErrorCode::unsupported);
}

void Emitter::locate(u32 location) {
    if (!options_.lines || location == location_) return;
    const ir::Location& place = module_.locations[location];
    location_ = location;
    if (place.line == 0) return effect(Op::NoLine, {});
    Id& file = files_[ir::place(place.file)];
    if (file == 0) file = words_.string(module_.text(place.file));
    effect(Op::Line, {file, place.line, place.column});
}

Id Emitter::result(Op op, Id type, std::span<const u32> operands) {
    if (in_constant_) {
        std::vector<u32> words{static_cast<u32>(op)};
        words.insert(words.end(), operands.begin(), operands.end());
        return words_.constant(Op::SpecConstantOp, type, words);
    }
    const Id made = words_.id();
    code_.add(op, type, made, operands);
    if (precise_ && may_be_contracted(op)) words_.decorate(made, Decoration::NoContraction);
    return made;
}

bool Emitter::may_be_contracted(Op op) {
    return op == Op::FAdd || op == Op::FSub || op == Op::FMul || op == Op::FDiv || op == Op::FRem || op == Op::FMod ||
           op == Op::FNegate || (op >= Op::VectorTimesScalar && op <= Op::Dot);
}

Id Emitter::glsl(Glsl function, Id type, std::span<const Id> operands) {
    std::vector<u32> words{words_.glsl(), static_cast<u32>(function)};
    words.insert(words.end(), operands.begin(), operands.end());
    return result(Op::ExtInst, type, words);
}

Id Emitter::value(ir::ValueId id) {
    if (const ir::Constant* constant = module_.find_constant(id); constant != nullptr)
        return constants_[module_[id].index].expressible ? this->constant(id) : computed_here(id);
    if (module_.type(id).kind == ir::Type::Kind::pointer) return passed_pointer(id).id;
    const Held made = held(id);
    if (made.form == Form::plain || !has_forms(module_.type_of(id))) return made.id;
    return convert_form(made.id, module_.type_of(id), made.form, Form::plain);
}

std::vector<Id> Emitter::values(std::span<const ir::ValueId> ids) {
    std::vector<Id> all;
    for (const ir::ValueId id : ids) all.push_back(value(id));
    return all;
}

void Emitter::hold(ir::ValueId id, const Held& what) {
    held(id) = what;
    const ir::StringId name = module_[id].name;
    // SPIRV-Tools count a name among the uses of a value, of which a type without arithmetic allows only a few.
    if (options_.names && !lies_in_memory_only(module_.type_of(id)) && name != ir::StringId::none && what.id != 0 &&
        named_.insert(what.id).second)
        words_.name(what.id, module_.text(name));
}

void Emitter::define(ir::ValueId id, Id what) {
    Held made;
    if (module_.type(id).kind == ir::Type::Kind::pointer) made = pointer_from(module_.type(id).space);
    made.id = what;
    hold(id, made);
}

Id Emitter::function(ir::FunctionId id) {
    Id& made = functions_[ir::place(id)];
    if (made != 0) return made;
    const ir::Function& about = module_[id];
    made = words_.id();
    // A function that this one calls is written before it, in the middle of this one.
    Section code = std::exchange(code_, {}), variables = std::exchange(variables_, {});
    Section first = std::exchange(first_, {});
    std::unordered_map<u32, Id> computed = std::exchange(computed_, {});
    std::vector<Frame> frames = std::exchange(frames_, {});
    const Id block = std::exchange(block_, 0);
    const u32 depth = std::exchange(loop_depth_, 0), inlined = std::exchange(inlined_, 0);

    Section head;
    std::vector<u32> types{type(about.result)};
    for (const ir::ValueId parameter : about.parameters) types.push_back(type(module_.type_of(parameter)));
    head.add(Op::Function, {types[0], made, 0, words_.type(Op::TypeFunction, types)});
    if (options_.names) words_.name(made, module_.text(about.name));
    for (std::size_t i = 0; i < about.parameters.size(); ++i) {
        const Id parameter = words_.id();
        head.add(Op::FunctionParameter, {types[i + 1], parameter});
        if (module_.types.is(module_.type_of(about.parameters[i]), ir::Type::Kind::pointer))
            words_.decorate(parameter, Decoration::Aliased);
        define(about.parameters[i], parameter);
    }
    const Id entry = words_.id();
    head.add(Op::Label, {entry});
    block_ = entry;
    location_ = 0;
    region(about.body);
    words_.functions.append(head);
    words_.functions.append(variables_);
    words_.functions.append(first_);
    words_.functions.append(code_);
    words_.functions.add(Op::FunctionEnd, {});

    code_ = std::move(code);
    variables_ = std::move(variables);
    first_ = std::move(first);
    computed_ = std::move(computed);
    frames_ = std::move(frames);
    block_ = block;
    loop_depth_ = depth;
    inlined_ = inlined;
    location_ = 0;
    return functions_[ir::place(id)];
}

/// A pointer into logical memory can be no argument in SPIR-V unless it is a whole variable.
bool Emitter::written_in_place(const ir::Function& function) const {
    return std::any_of(function.parameters.begin(), function.parameters.end(), [&](ir::ValueId parameter) {
        const ir::Type& type = module_.type(parameter);
        return type.kind == ir::Type::Kind::pointer && type.space != ir::Space::address;
    });
}

void Emitter::call(const ir::Instruction& instruction) {
    const auto id = ir::FunctionId{module_.immediates(instruction)[0]};
    const ir::Function& about = module_[id];
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    if (!written_in_place(about)) {
        std::vector<u32> words{function(id)};
        for (const ir::ValueId operand : operands) words.push_back(value(operand));
        const Id made = result(Op::FunctionCall, type(about.result), words);
        if (instruction.results.count != 0) define(module_.result(instruction), made);
        return;
    }
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const bool pointer = module_.type(operands[i]).kind == ir::Type::Kind::pointer;
        const bool place = pointer && module_.find_constant(operands[i]) == nullptr;
        held(about.parameters[i]) = place ? held(operands[i]) : passed(operands[i]);
    }
    Frame frame;
    frame.role = Frame::Role::function;
    frame.results = result_types(instruction);
    frame.kind = returns_from_within_[ir::place(id)] ? Frame::Kind::switch_ : Frame::Kind::inside;
    if (frame.kind == Frame::Kind::switch_) {
        frame.merge = words_.id();
        const Id body = words_.id();
        effect(Op::SelectionMerge, {frame.merge, 0});
        effect(Op::Switch, {number(0), body});
        open_block(body);
    }
    const bool has_label = frame.kind == Frame::Kind::switch_;
    frames_.push_back(std::move(frame));
    ++inlined_;
    region(about.body);
    --inlined_;
    if (has_label) return define_results(instruction, finish());
    const Frame done = std::move(frames_.back());
    frames_.pop_back();
    if (done.reached) define_results(instruction, done.to_merge[0].values);
}

/// Whether a value has a layout that is not its type's own.
bool Emitter::is_laid(ir::ValueId id) {
    return module_.find_constant(id) == nullptr && has_forms(module_.type_of(id)) && held(id).form != Form::plain;
}

void Emitter::instruction(const ir::Instruction& instruction) {
    const std::span<const ir::ValueId> operands = module_.operands(instruction);
    const ir::ValueId id = module_.result(instruction);
    precise_ = (instruction.flags & ir::kPrecise) != 0;
    switch (instruction.op) {
        case ir::Op::mul_wide:
        case ir::Op::add_carry:
        case ir::Op::sub_borrow:
            return two_integers(instruction);
        case ir::Op::frexp:
        case ir::Op::modf:
            return two_results(instruction);
        case ir::Op::variable:
            return variable(instruction);
        case ir::Op::access:
            return access(instruction);
        case ir::Op::offset:
            return offset(instruction);
        case ir::Op::load:
            return load(instruction);
        case ir::Op::store:
            return store(instruction);
        case ir::Op::array_length:
            return array_length(instruction);
        case ir::Op::atomic_load:
        case ir::Op::atomic_store:
        case ir::Op::atomic_exchange:
        case ir::Op::atomic_compare_exchange:
        case ir::Op::atomic_add:
        case ir::Op::atomic_sub:
        case ir::Op::atomic_min:
        case ir::Op::atomic_max:
        case ir::Op::atomic_and:
        case ir::Op::atomic_or:
        case ir::Op::atomic_xor:
            return atomic(instruction);
        case ir::Op::barrier:
        case ir::Op::fence:
            return barrier(instruction);
        case ir::Op::matrix_load:
        case ir::Op::matrix_store:
        case ir::Op::matrix_multiply_add:
        case ir::Op::matrix_get:
        case ir::Op::matrix_set:
            return cooperative(instruction);
        case ir::Op::call:
            return call(instruction);
        default:
            break;
    }
    if (instruction.op == ir::Op::extract && is_laid(operands[0])) return extract_laid(instruction);
    if (instruction.op == ir::Op::select && module_.types.is(module_.type_of(id), ir::Type::Kind::pointer) &&
        module_.type(id).space != ir::Space::address)
        return pointer_choice(instruction);
    const ir::TypeId type = id == ir::ValueId::none ? ir::TypeId::none : module_.type_of(id);
    define(id, value_of({instruction.op, operands, module_.immediates(instruction), type}));
}

/// The value of what gives one. The list is whole: a new instruction does not compile until it is in it.
Id Emitter::value_of(const Computation& of) {
    const std::span<const ir::ValueId> operands = of.operands;
    switch (of.op) {
        case ir::Op::add:
        case ir::Op::sub:
        case ir::Op::mul:
        case ir::Op::div:
        case ir::Op::rem:
        case ir::Op::mod:
        case ir::Op::neg:
        case ir::Op::abs:
        case ir::Op::sign:
        case ir::Op::min:
        case ir::Op::max:
        case ir::Op::clamp:
            return arithmetic(of.op, operands);
        case ir::Op::bit_and:
        case ir::Op::bit_or:
        case ir::Op::bit_xor:
        case ir::Op::bit_not:
            return logic(of.op, operands);
        case ir::Op::shl:
        case ir::Op::shr:
            return shift(of.op, operands);
        case ir::Op::count_ones:
        case ir::Op::find_msb:
        case ir::Op::find_lsb:
        case ir::Op::reverse_bits:
        case ir::Op::extract_bits:
        case ir::Op::insert_bits:
            return bits(of.op, operands);
        case ir::Op::mul_high:
            return multiply_wide(operands[0], operands[1])[1];
        case ir::Op::dot_integer:
        case ir::Op::dot_packed:
            return dot_integer(of);
        case ir::Op::eq:
        case ir::Op::ne:
        case ir::Op::lt:
        case ir::Op::le:
        case ir::Op::gt:
        case ir::Op::ge:
            return compare(of.op, operands);
        case ir::Op::is_nan:
        case ir::Op::is_inf:
        case ir::Op::all_lanes:
        case ir::Op::any_lane:
            return test(of.op, operands[0]);
        case ir::Op::select:
            return choice(of);
        case ir::Op::convert:
            return convert(value(operands[0]), module_.type_of(operands[0]), of.type);
        case ir::Op::bitcast:
            return bitcast(value(operands[0]), module_.type_of(operands[0]), of.type);
        case ir::Op::extract:
            return composite(of);
        case ir::Op::compose:
        case ir::Op::splat:
        case ir::Op::insert:
        case ir::Op::extract_lane:
        case ir::Op::insert_lane:
        case ir::Op::shuffle:
            return composite(of);
        case ir::Op::fma:
        case ir::Op::floor:
        case ir::Op::ceil:
        case ir::Op::trunc:
        case ir::Op::round:
        case ir::Op::round_even:
        case ir::Op::fract:
        case ir::Op::sqrt:
        case ir::Op::rsqrt:
        case ir::Op::exp:
        case ir::Op::exp2:
        case ir::Op::log:
        case ir::Op::log2:
        case ir::Op::pow:
        case ir::Op::sin:
        case ir::Op::cos:
        case ir::Op::tan:
        case ir::Op::asin:
        case ir::Op::acos:
        case ir::Op::atan:
        case ir::Op::atan2:
        case ir::Op::sinh:
        case ir::Op::cosh:
        case ir::Op::tanh:
        case ir::Op::asinh:
        case ir::Op::acosh:
        case ir::Op::atanh:
        case ir::Op::degrees:
        case ir::Op::radians:
        case ir::Op::step:
        case ir::Op::mix:
        case ir::Op::smoothstep:
        case ir::Op::ldexp:
        case ir::Op::length:
        case ir::Op::distance:
        case ir::Op::cross:
        case ir::Op::normalize:
        case ir::Op::face_forward:
        case ir::Op::reflect:
        case ir::Op::refract:
        case ir::Op::determinant:
        case ir::Op::inverse:
        case ir::Op::pack_snorm4x8:
        case ir::Op::pack_unorm4x8:
        case ir::Op::pack_snorm2x16:
        case ir::Op::pack_unorm2x16:
        case ir::Op::pack_half2x16:
        case ir::Op::unpack_snorm4x8:
        case ir::Op::unpack_unorm4x8:
        case ir::Op::unpack_snorm2x16:
        case ir::Op::unpack_unorm2x16:
        case ir::Op::unpack_half2x16:
            return real_function(of);
        // [quantize_f16]
        case ir::Op::quantize_f16:
            return result({Op::QuantizeToF16, type(of.type), {value(operands[0])}});
        // [/quantize_f16]
        case ir::Op::dot:
            return dot(of);
        case ir::Op::multiply:
            return multiply(of);
        case ir::Op::outer:
            return result(Op::OuterProduct, type(of.type), values(operands));
        case ir::Op::transpose:
            return result(Op::Transpose, type(of.type), values(operands));
        case ir::Op::builtin:
            return builtin(static_cast<ir::Builtin>(of.immediates[0]));
        case ir::Op::clock:
            return clock(of.immediates[0]);
        case ir::Op::address_of:
            unsupported(of.op, "Vulkan tells no address of a buffer that is bound; pass it as a scalar.");
        case ir::Op::pointer_to:
            return result({Op::ConvertUToPtr, type(of.type), {value(operands[0])}});
        case ir::Op::subgroup_elect:
        case ir::Op::subgroup_all:
        case ir::Op::subgroup_any:
        case ir::Op::subgroup_all_equal:
            return subgroup_vote(of);
        case ir::Op::subgroup_ballot:
        case ir::Op::subgroup_ballot_bit:
        case ir::Op::subgroup_ballot_count:
        case ir::Op::subgroup_ballot_lsb:
        case ir::Op::subgroup_ballot_msb:
            return subgroup_ballot(of);
        case ir::Op::subgroup_broadcast:
        case ir::Op::subgroup_broadcast_first:
        case ir::Op::subgroup_shuffle:
        case ir::Op::subgroup_shuffle_xor:
        case ir::Op::subgroup_shuffle_up:
        case ir::Op::subgroup_shuffle_down:
        case ir::Op::subgroup_rotate:
        case ir::Op::quad_broadcast:
        case ir::Op::quad_swap:
            return subgroup_move(of);
        case ir::Op::subgroup_reduce:
        case ir::Op::subgroup_scan:
            return subgroup_combine(of);
        case ir::Op::matrix_length:
            return result({Op::CooperativeMatrixLengthKHR, type(of.type), {type(ir::TypeId{of.immediates[0]})}});
        case ir::Op::print:
            unsupported(of.op, "a device cannot print; lower_messages makes it a write to memory.");
        case ir::Op::check:
            unsupported(of.op, "a device cannot check; lower_messages makes it a write to memory.");
        case ir::Op::mul_wide:
        case ir::Op::add_carry:
        case ir::Op::sub_borrow:
        case ir::Op::frexp:
        case ir::Op::modf:
        case ir::Op::variable:
        case ir::Op::access:
        case ir::Op::offset:
        case ir::Op::load:
        case ir::Op::store:
        case ir::Op::array_length:
        case ir::Op::atomic_load:
        case ir::Op::atomic_store:
        case ir::Op::atomic_exchange:
        case ir::Op::atomic_compare_exchange:
        case ir::Op::atomic_add:
        case ir::Op::atomic_sub:
        case ir::Op::atomic_min:
        case ir::Op::atomic_max:
        case ir::Op::atomic_and:
        case ir::Op::atomic_or:
        case ir::Op::atomic_xor:
        case ir::Op::barrier:
        case ir::Op::fence:
        case ir::Op::matrix_load:
        case ir::Op::matrix_store:
        case ir::Op::matrix_multiply_add:
        case ir::Op::matrix_get:
        case ir::Op::matrix_set:
        case ir::Op::call:
        case ir::Op::if_:
        case ir::Op::switch_:
        case ir::Op::loop:
        case ir::Op::exit:
        case ir::Op::fallthrough:
        case ir::Op::next:
        case ir::Op::repeat:
        case ir::Op::repeat_if:
        case ir::Op::return_:
        case ir::Op::unreachable:
            break;
    }
    unsupported(of.op, "it gives no value that could be computed here.");
}

}  // namespace spv

SpirvOptions SpirvOptions::of(const Capabilities& capabilities) {
    const Features& features = capabilities.features;
    SpirvOptions options;
    options.version = std::min(capabilities.limits.spirv_version, spv::kVersion1_6);
    options.memory_model = features.memory_model;
    options.memory_model_device_scope = features.memory_model_device_scope;
    options.i8 = features.i8;
    options.i16 = features.i16;
    options.f16 = features.f16;
    options.integer_dot = features.integer_dot;
    options.keeps_nan_f16 = features.preserves_nan_f16;
    options.keeps_nan_f32 = features.preserves_nan_f32;
    options.keeps_nan_f64 = features.preserves_nan_f64;
    options.maximal_reconvergence = features.maximal_reconvergence;
    return options;
}

SpirvOptions SpirvOptions::all() {
    SpirvOptions options;
    options.version = spv::kVersion1_6;
    options.memory_model = options.memory_model_device_scope = true;
    options.i8 = options.i16 = options.f16 = options.integer_dot = options.maximal_reconvergence = true;
    options.keeps_nan_f16 = options.keeps_nan_f32 = options.keeps_nan_f64 = true;
    return options;
}

std::vector<u32> spirv(const ir::Module& module, const SpirvOptions& options) {
    return spv::Emitter(module, options).run();
}

}  // namespace alkomp::emit
