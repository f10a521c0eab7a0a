// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/wgsl/emitter.h"

#include "alkomp/error.h"

#include <algorithm>

namespace alkomp::emit::wg {
namespace {

constexpr std::size_t kLongest = 90;  // characters of an expression that goes into another

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

}  // namespace

/// With the kernel and the line of what is being written before it.
std::string Emitter::said_here(const std::string& sentence) const {
    const ir::Location& where = module_.locations[at_];
    std::string place;
    if (where.line != 0) place = module_.text(where.file) + ":" + std::to_string(where.line) + ": ";
    return "\"" + module_.name + "\": " + place + sentence;
}

void Emitter::unsupported(const std::string& sentence) const {
    throw Error(ErrorCode::unsupported, said_here(sentence));
}

WgslText Emitter::run() {
    survey();
    declare_overrides();
    declare_globals();
    function_names_.resize(module_.functions.size());
    WgslText made;
    for (u32 i = 1; i < module_.functions.size(); ++i) {
        const bool is_kernel = ir::FunctionId{i} == module_.kernel;
        const std::string& given = module_.text(module_.functions[i].name);
        const std::string& wanted = is_kernel && given.empty() ? module_.name : given;
        function_names_[i] = names_.unique(wanted.substr(0, wanted.find('(')));  // GLSL's are "f(vf3;"
    }
    // The kernel comes last: what it shows to the others is known then.
    for (u32 i = 1; i < module_.functions.size(); ++i)
        if (ir::FunctionId{i} != module_.kernel) functions_.push_back(function(ir::FunctionId{i}));
    functions_.push_back(function(module_.kernel));
    for (const std::vector<std::string>* part :
         {&enables_, &directives_, &structures_, &overrides_, &globals_, &helpers_, &functions_}) {
        if (part->empty()) continue;
        if (!made.text.empty()) made.text += '\n';
        const bool short_lines = part == &enables_ || part == &directives_ || part == &overrides_ || part == &globals_;
        made.text += joined(*part, short_lines ? "\n" : "\n\n") + '\n';
    }
    made.scalar_bytes = scalar_bytes_;
    made.unproven = std::move(unproven_);
    made.byte_counts = std::move(byte_counts_);
    made.entry = function_names_[ir::place(module_.kernel)];
    return made;
}

/// How often values are used and where, how often constructs are left from within, how often loops are gone round.
void Emitter::survey() {
    held_.resize(module_.values.size());
    uses_.resize(module_.values.size());
    left_early_.assign(module_.instructions.size(), 0);
    nexts_.assign(module_.instructions.size(), 0);
    exact_.assign(module_.values.size(), false);
    for (const ir::Instruction& instruction : module_.instructions) {
        if (instruction.region == ir::RegionId::none) continue;
        if ((instruction.flags & ir::kPrecise) != 0 && instruction.results.count == 1) {
            exact_[ir::place(module_.result(instruction))] = true;
            for (const ir::ValueId operand : module_.operands(instruction)) exact_[ir::place(operand)] = true;
        }
        for (const ir::ValueId operand : module_.operands(instruction)) {
            Use& use = uses_[ir::place(operand)];
            ++use.count;
            use.region = instruction.region;
        }
        if (instruction.op == ir::Op::array_length) {
            ir::ValueId of = module_.operands(instruction)[0];
            while (module_[of].kind == ir::Value::Kind::result)
                of = module_.operands(module_.instructions[module_[of].index])[0];
            counted_.try_emplace(of);
        }
        if (instruction.op == ir::Op::exit && module_[instruction.region].owner != module_.target(instruction))
            ++left_early_[ir::place(module_.target(instruction))];
        if (instruction.op == ir::Op::next) ++nexts_[ir::place(module_.target(instruction))];
        if (instruction.op == ir::Op::exit || instruction.op == ir::Op::repeat_if) survey_leaving(instruction);
    }
    for (std::size_t i = 0; i < 3; ++i) size_[i] = constants_[module_.workgroup_size[i]].value_or(1);
    const bool is_wide = size_[1] * size_[2] > 1 && support_.dialect == WgslSupport::Dialect::wgpu;
    for (const ir::Instruction& instruction : module_.instructions) {
        if (instruction.region != ir::RegionId::none && is_wide &&
            ((instruction.op >= ir::Op::subgroup_elect && instruction.op <= ir::Op::quad_swap) ||
             (instruction.op == ir::Op::builtin &&
              module_.immediates(instruction)[0] >= static_cast<u32>(ir::Builtin::subgroup_size))))
            is_flat_ = true;
        const bool rounds = instruction.op == ir::Op::add || instruction.op == ir::Op::sub ||
                            instruction.op == ir::Op::mul || instruction.op == ir::Op::multiply;
        if (rounds && instruction.region != ir::RegionId::none && exact_[ir::place(module_.result(instruction))] &&
            module_.types.is_float(module_.type_of(module_.result(instruction))))
            needs_zero_ = true;
    }
    survey_atomics();
}

void Emitter::survey_leaving(const ir::Instruction& instruction) {
    const ir::InstructionId target = module_.target(instruction);
    if (module_[target].op != ir::Op::loop) return;
    std::span<const ir::ValueId> given = module_.operands(instruction);
    if (instruction.op == ir::Op::repeat_if) given = given.subspan(1 + module_.immediates(instruction)[1]);
    const auto [found, is_first] = left_with_.try_emplace(ir::place(target), given.begin(), given.end());
    for (std::size_t i = 0; i < given.size() && !is_first; ++i)
        if (found->second[i] != given[i]) found->second[i] = ir::ValueId::none;
}

void Emitter::enable(std::string_view extension) {
    std::string text = "enable " + std::string(extension) + ';';
    if (std::find(enables_.begin(), enables_.end(), text) == enables_.end()) enables_.push_back(std::move(text));
}

void Emitter::directive(const std::string& text) {
    if (std::find(directives_.begin(), directives_.end(), text) == directives_.end()) directives_.push_back(text);
}

std::string Emitter::helper(const std::string& name, const std::string& text) {
    const auto [found, is_new] = declared_.try_emplace(name);
    if (!is_new) return found->second;
    found->second = names_.unique(name);
    std::string body = text;
    for (std::size_t at = body.find('$'); at != std::string::npos; at = body.find('$', at))
        body.replace(at, 1, found->second);
    helpers_.push_back(std::move(body));
    return found->second;
}

// Values -------------------------------------------------------------------------------------------

Text Emitter::value(ir::ValueId id) {
    if (is_constant(id)) return constant(id);
    Held& what = held(id);
    what.pending = false;
    return what.text;
}

Text Emitter::name_of(ir::ValueId id) {
    if (held(id).pending) write_let(id);
    Text text = value(id);
    if (text.literal && module_.types[module_.type_of(id)].kind != ir::Type::Kind::scalar)
        text = let(wanted_name(id), text);
    return text;
}

Text Emitter::at_run_time(ir::ValueId id) {
    const Text text = value(id);
    return text.literal ? unknown(text) : text;
}

std::string Emitter::wanted_name(ir::ValueId id, std::string_view otherwise) const {
    const std::string& name = module_.text(module_[id].name);
    return name.empty() ? std::string(otherwise) : name;
}

/// naga looks through a `let` for what is constant, once it knows the overrides.
Text Emitter::let(std::string_view wanted, const Text& text) {
    const std::string name = names_.unique(wanted);
    line((text.literal && !overrides_.empty() ? "var " : "let ") + name + " = " + text.text + ';');
    return {name};
}

/// A constant expression, as one that WGSL does not know before the kernel runs. An override is read once in a function.
Text Emitter::unknown(const Text& text) {
    const bool is_override = std::any_of(override_names_.begin(), override_names_.end(),
                                         [&](const auto& one) { return one.second == text.text; });
    if (!is_override) return let("c", text);
    const auto [read, is_new] = read_overrides_.try_emplace(text.text);
    if (is_new) read->second = names_.unique(text.text);
    return {read->second};
}

void Emitter::write_let(ir::ValueId id) {
    Held& what = held(id);
    what.pending = false;
    what.text = let(wanted_name(id), what.text);
}

void Emitter::write_reads() {
    std::vector<ir::ValueId> reading;
    reading.swap(reading_);
    for (const ir::ValueId id : reading)
        if (held(id).pending) write_let(id);
}

/// Keeps the text for the value's only use, if that is here; else writes it down.
void Emitter::define(ir::ValueId id, Text text) {
    const Use& use = uses_[ir::place(id)];
    Held& what = held(id);
    what.text = std::move(text);
    if (use.count == 0) return;
    const ir::Value& value = module_[id];
    const ir::RegionId here =
        value.kind == ir::Value::Kind::result ? module_.instructions[value.index].region : ir::RegionId{value.index};
    what.pending = true;
    const bool is_name = what.text.level == Level::primary && !what.text.reads && what.text.text.size() < 20 &&
                         what.text.text.find_first_of("([") == std::string::npos;
    if (is_name) {
        what.pending = false;
    } else if (use.count > 1 || use.region != here || what.text.text.size() > kLongest) {
        write_let(id);
    } else if (what.text.reads) {
        reading_.push_back(id);
    }
}

void Emitter::define_now(ir::ValueId id, const Text& text) {
    if (uses_[ir::place(id)].count == 0) {
        line("_ = " + text.text + ';');
        return;
    }
    held(id).text = let(wanted_name(id), text);
}

// Functions ----------------------------------------------------------------------------------------

std::string Emitter::head(const ir::Function& function, bool is_kernel) {
    std::vector<std::string> parameters;
    if (is_kernel) {
        for (const auto& [which, name] : builtins_) parameters.push_back(input_parameter(which));
    } else {
        for (const ir::ValueId id : function.parameters) {
            const ir::Type& about = module_.type(id);
            const std::string name = names_.unique(wanted_name(id, "p"));
            const bool points = about.kind == ir::Type::Kind::pointer;
            held(id).text = {points ? "(*" + name + ')' : name};
            held(id).root = id;
            if (points && about.space != ir::Space::local)
                unsupported("WGSL takes no pointers to buffers or shared memory as parameters.");
            parameters.push_back(name + ": " +
                                 (points ? "ptr<function, " + type(about.element) + '>' : type(module_.type_of(id))));
        }
    }
    const std::string& name = function_names_[static_cast<std::size_t>(&function - module_.functions.data())];
    std::string text = "fn " + name + '(' + joined(parameters, ", ") + ')';
    if (function.result != ir::TypeId::none && function.result != module_.types.nothing())
        text += " -> " + type(function.result);
    return text + " {";
}

std::string Emitter::function(ir::FunctionId id) {
    const ir::Function& function = module_[id];
    in_kernel_ = id == module_.kernel;
    lines_.clear();
    reading_.clear();
    read_overrides_.clear();
    depth_ = 1;
    std::string text;
    if (!in_kernel_) text = head(function, false);
    else
        for (const auto& [variable, first] : first_values_) line(variable + " = " + constant(first).text + ';');
    region(function.body);
    if (in_kernel_) {
        std::vector<std::string> first;
        for (const auto& [which, name] : shown_) first.push_back("    " + name + " = " + input(which) + ';');
        for (const std::vector<std::string>& part : {numbering_of_subgroups(), unfolding()})
            lines_.insert(lines_.begin(), part.begin(), part.end());
        lines_.insert(lines_.begin(), first.begin(), first.end());
        std::vector<std::string> sizes;
        if (is_flat_) sizes.push_back(std::to_string(size_[0] * size_[1] * size_[2]));
        else
            for (const ir::ValueId size : module_.workgroup_size) sizes.push_back(count_of(size));
        while (sizes.size() > 1 && sizes.back() == "1") sizes.pop_back();
        text = "@compute @workgroup_size(" + joined(sizes, ", ") + ")\n" + head(function, true);
    }
    if (!read_overrides_.empty())
        text += "\n    // Variables, since what is computed of overrides alone must not overflow.";
    for (const auto& [name, variable] : read_overrides_) text += "\n    var " + variable + " = " + name + ';';
    for (const std::string& one : lines_)
        if (!one.empty()) text += '\n' + one;
    return text + "\n}";
}

void Emitter::add_declaration(std::size_t place, const std::string& text) {
    std::string& at = lines_[place];
    if (!at.empty()) at += '\n';
    at += text;
}

void Emitter::call(const ir::Instruction& instruction) {
    std::vector<std::string> arguments;
    for (const ir::ValueId id : module_.operands(instruction)) {
        if (module_.type(id).kind != ir::Type::Kind::pointer) {
            arguments.push_back(argument(value(id)));
            continue;
        }
        const Held& pointer = held(id);
        const std::string& place = pointer.text.text;
        const bool passed_on = place.size() > 3 && place.compare(0, 2, "(*") == 0 && pointer.path.empty();
        arguments.push_back(passed_on ? place.substr(2, place.size() - 3) : '&' + place);
    }
    const u32 callee = module_.immediates(instruction)[0];
    const Text text{function_names_[callee] + '(' + joined(arguments, ", ") + ')', Level::primary, true, false};
    write_reads();
    if (instruction.results.count == 0) line(text.text + ';');
    else define_now(module_.result(instruction), text);
}

void Emitter::instruction(const ir::Instruction& instruction) {
    using ir::Op;
    switch (instruction.op) {
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::div:
        case Op::rem:
        case Op::mod:
        case Op::neg:
        case Op::abs:
        case Op::sign:
        case Op::min:
        case Op::max:
        case Op::clamp:
        case Op::fma:
        case Op::bit_and:
        case Op::bit_or:
        case Op::bit_xor:
        case Op::bit_not:
        case Op::shl:
        case Op::shr:
        case Op::count_ones:
        case Op::find_msb:
        case Op::find_lsb:
        case Op::reverse_bits:
        case Op::extract_bits:
        case Op::insert_bits:
        case Op::mul_high:
        case Op::dot_integer:
        case Op::dot_packed:
        case Op::eq:
        case Op::ne:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge:
        case Op::is_nan:
        case Op::is_inf:
        case Op::all_lanes:
        case Op::any_lane:
        case Op::select:
        case Op::convert:
        case Op::bitcast:
        case Op::floor:
        case Op::ceil:
        case Op::trunc:
        case Op::round:
        case Op::round_even:
        case Op::fract:
        case Op::sqrt:
        case Op::rsqrt:
        case Op::exp:
        case Op::exp2:
        case Op::log:
        case Op::log2:
        case Op::pow:
        case Op::sin:
        case Op::cos:
        case Op::tan:
        case Op::asin:
        case Op::acos:
        case Op::atan:
        case Op::atan2:
        case Op::sinh:
        case Op::cosh:
        case Op::tanh:
        case Op::asinh:
        case Op::acosh:
        case Op::atanh:
        case Op::degrees:
        case Op::radians:
        case Op::step:
        case Op::mix:
        case Op::smoothstep:
        case Op::quantize_f16:
        case Op::ldexp:
        case Op::dot:
        case Op::length:
        case Op::distance:
        case Op::cross:
        case Op::normalize:
        case Op::face_forward:
        case Op::reflect:
        case Op::refract:
        case Op::pack_snorm4x8:
        case Op::pack_unorm4x8:
        case Op::pack_snorm2x16:
        case Op::pack_unorm2x16:
        case Op::pack_half2x16:
        case Op::unpack_snorm4x8:
        case Op::unpack_unorm4x8:
        case Op::unpack_snorm2x16:
        case Op::unpack_unorm2x16:
        case Op::unpack_half2x16:
            return define(module_.result(instruction), pure(instruction));
        case Op::mul_wide:
        case Op::add_carry:
        case Op::sub_borrow:
        case Op::frexp:
        case Op::modf:
            return two_results(instruction);
        case Op::compose:
        case Op::splat:
        case Op::extract:
        case Op::insert:
        case Op::extract_lane:
        case Op::insert_lane:
        case Op::shuffle:
        case Op::multiply:
        case Op::outer:
        case Op::transpose:
        case Op::determinant:
        case Op::inverse:
            return define(module_.result(instruction), composite(instruction));
        case Op::builtin:
            return define(module_.result(instruction),
                          builtin(static_cast<ir::Builtin>(module_.immediates(instruction)[0])));
        case Op::variable:
            return variable(instruction);
        case Op::access:
            return access(instruction);
        case Op::load:
            return load(instruction);
        case Op::store:
            return store(instruction);
        case Op::array_length:
            return array_length(instruction);
        case Op::atomic_load:
        case Op::atomic_store:
        case Op::atomic_exchange:
        case Op::atomic_compare_exchange:
        case Op::atomic_add:
        case Op::atomic_sub:
        case Op::atomic_min:
        case Op::atomic_max:
        case Op::atomic_and:
        case Op::atomic_or:
        case Op::atomic_xor:
            return atomic(instruction);
        case Op::barrier:
            return barrier(instruction);
        case Op::fence:
            return fence(instruction);
        case Op::subgroup_elect:
        case Op::subgroup_all:
        case Op::subgroup_any:
        case Op::subgroup_all_equal:
        case Op::subgroup_ballot:
        case Op::subgroup_ballot_bit:
        case Op::subgroup_ballot_count:
        case Op::subgroup_ballot_lsb:
        case Op::subgroup_ballot_msb:
        case Op::subgroup_broadcast:
        case Op::subgroup_broadcast_first:
        case Op::subgroup_shuffle:
        case Op::subgroup_shuffle_xor:
        case Op::subgroup_shuffle_up:
        case Op::subgroup_shuffle_down:
        case Op::subgroup_rotate:
        case Op::subgroup_reduce:
        case Op::subgroup_scan:
        case Op::quad_broadcast:
        case Op::quad_swap:
            return subgroup(instruction);
        case Op::call:
            return call(instruction);
        case Op::clock:
            unsupported("WGSL has no clock.");
        case Op::offset:
        case Op::address_of:
        case Op::pointer_to:
            unsupported("WGSL has no pointers that are computed.");
        case Op::matrix_load:
        case Op::matrix_store:
        case Op::matrix_multiply_add:
        case Op::matrix_length:
        case Op::matrix_get:
        case Op::matrix_set:
            unsupported("WGSL has no cooperative matrices.");
        case Op::print:
        case Op::check:
        case Op::if_:
        case Op::switch_:
        case Op::loop:
        case Op::exit:
        case Op::fallthrough:
        case Op::next:
        case Op::repeat:
        case Op::repeat_if:
        case Op::return_:
        case Op::unreachable:
            break;  // lowered before, or written by `region`
    }
}

}  // namespace alkomp::emit::wg

namespace alkomp::emit {

WgslText wgsl(const ir::Module& module, const WgslSupport& support) { return wg::Emitter(module, support).run(); }

}  // namespace alkomp::emit
