// SPDX-License-Identifier: MIT OR Apache-2.0
#include "read/spirv/reader.h"

#include "ir/verify.h"
#include "read/spirv/read.h"

#include <algorithm>

namespace alkomp::read {
namespace {

constexpr u32 kCompute = 5;    // the execution model
constexpr u64 kMostMade = 64;  // instructions of the IR for each word, and some for modules of few words
constexpr u64 kMostMadeAtAll = 16384;

const char* model_name(u32 model) {
    switch (model) {
        case 0:
            return "vertex";
        case 1:
        case 2:
            return "tessellation";
        case 3:
            return "geometry";
        case 4:
            return "fragment";
        case kCompute:
            return "compute";
        case 6:
            return "OpenCL";
        case 5267:
        case 5268:
        case 5364:
        case 5365:
            return "mesh";
        default:
            return "ray tracing";
    }
}

}  // namespace

Reader::Reader(const Code& code, std::string_view entry) : code_(code) {
    module_.name = code.name();
    types_.resize(code.bound(), code.size());
    type_depths_.resize(code.bound(), code.size());
    held_.resize(code.bound(), code.size());
    function_places_.resize(code.bound(), code.size());
    definitions_.resize(code.bound(), code.size());
    block_places_.resize(code.bound(), code.size());
    chain_depths_.resize(code.bound(), code.size());
    find_entry(entry);
}

void Reader::fail(const std::string& sentence, ErrorCode code) const {
    code_.fail(line_, (current_ == Op::Nop ? "" : Code::name_of(current_) + ": ") + sentence, code);
}

void Reader::spend() {
    if (++spent_ > kMostMade * code_.size() + kMostMadeAtAll)
        fail("the kernel becomes more than " + std::to_string(kMostMade) + " instructions for each of its words.",
             ErrorCode::unsupported);
}

void Reader::find_entry(std::string_view entry) {
    const Code::Entry* graphics = nullptr;
    std::string existing;
    for (const Code::Entry& point : code_.entries()) {
        if (point.name == entry && point.model == kCompute) {
            entry_ = &point;
            return;
        }
        if (point.name == entry) graphics = &point;
        existing += (existing.empty() ? "\"" : ", \"") + point.name + "\" (" + model_name(point.model) + ")";
    }
    if (graphics != nullptr)
        code_.fail("is a " + std::string(model_name(graphics->model)) + " shader; only compute shaders are taken.");
    if (existing.empty()) code_.fail("has no entry point.");
    code_.fail("has no entry point \"" + std::string(entry) + "\"; it has " + existing + ".",
               ErrorCode::invalid_argument);
}

ir::Module Reader::run() {
    find_functions();
    read_globals();
    read_modes();
    declare_globals();
    functions_.resize(code_.functions().size(), ir::FunctionId::none);
    for (const u32 place : reachable_) {
        const Inst first = code_.at(code_.functions()[place].first);
        const Inst type = code_.definition(first[4]);
        current_ = Op::Function;
        if (!type || type.op() != Op::TypeFunction) fail("the type of " + code_.shown(first[2]) + " is no function's.");
        std::vector<TypeId> parameters;
        for (std::size_t i = 3; i < type.size(); ++i) parameters.push_back(this->type(type[i]));
        std::string name = code_.name_of(first[2]);
        name = name.substr(0, name.find('('));  // glslang's names are mangled
        functions_[place] = builder_.declare_function(name, parameters, this->type(type[2]));
    }
    for (const u32 place : reachable_) read_function(place);
    module_.kernel = functions_[reachable_.front()];
    return std::move(module_);
}

ir::Module Reader::declarations() {
    only_declarations_ = true;
    find_functions();
    read_globals();
    read_modes();
    declare_globals();
    return std::move(module_);
}

/// Those that the entry point calls, itself first.
void Reader::find_functions() {
    for (std::size_t i = 0; i < code_.functions().size(); ++i)
        function_places_[code_.at(code_.functions()[i].first)[2]] = static_cast<u32>(i + 1);
    std::vector<bool> seen(code_.functions().size());
    const auto reach = [&](Id function) {
        const u32 place = function_places_[function];
        if (place == 0) code_.fail("is not valid SPIR-V: " + code_.shown(function) + " is called, but is no function.");
        if (seen[place - 1]) return;
        seen[place - 1] = true;
        reachable_.push_back(place - 1);
    };
    reach(entry_->function);
    for (std::size_t next = 0; next < reachable_.size(); ++next) {
        const Code::Function function = code_.functions()[reachable_[next]];
        for (u32 at = function.first; at < function.end;) {
            const Inst inst = code_.at(at);
            if (inst.op() == Op::FunctionCall) reach(inst[3]);
            at += static_cast<u32>(inst.size());
        }
    }
}

/// Types, constants and variables, in their order: each is made of those before it. Only a pointer to raw memory may be
/// used before it is defined; what holds it waits for the next pass. What waits to the end leads back to itself.
void Reader::read_globals() {
    constexpr int kMostPasses = 8;
    in_constant_ = true;
    std::size_t waiting = read_globals_once(true);
    for (int pass = 0; waiting != 0 && pass < kMostPasses; ++pass) {
        const std::size_t before = waiting;
        waiting = read_globals_once(false);
        if (waiting == before) break;
    }
    if (waiting != 0) {
        cuts_addresses_ = true;
        (void)read_globals_once(false);
    }
    line_ = {};
    in_constant_ = false;
}

/// How many are left out because they wait for an address's type.
std::size_t Reader::read_globals_once(bool is_first) {
    std::size_t waiting = 0;
    for (std::size_t at = code_.first(); at < code_.globals_end();) {
        const Inst inst = code_.at(static_cast<u32>(at));
        at += inst.size();
        current_ = inst.op();
        waits_ = false;
        switch (inst.op()) {
            case Op::Line:
                line_ = {inst[1], inst[2], inst[3]};
                break;
            case Op::NoLine:
                line_ = {};
                break;
            case Op::Variable:
                if (is_first) note_variable(inst);
                break;
            case Op::ConstantTrue:
            case Op::ConstantFalse:
            case Op::Constant:
            case Op::ConstantComposite:
            case Op::ConstantNull:
            case Op::SpecConstantTrue:
            case Op::SpecConstantFalse:
            case Op::SpecConstant:
            case Op::SpecConstantComposite:
            case Op::SpecConstantOp:
            case Op::ConstantCompositeReplicateEXT:
            case Op::SpecConstantCompositeReplicateEXT:
            case Op::Undef:
                if (held_[inst[2]].value == ValueId::none) note_constant(inst);
                break;
            default:
                if (inst.size() > 1 && types_[inst[1]] == TypeId::none) note_type(inst);
                break;
        }
        if (waits_) ++waiting;
    }
    return waiting;
}

void Reader::read_modes() {
    constexpr u32 kLocalSize = 17, kLocalSizeId = 38, kDerivativeGroupQuads = 5289, kDerivativeGroupLinear = 5290;
    constexpr u32 kSubgroupUniformControlFlow = 4421, kMaximallyReconverges = 6023;
    constexpr u32 kDenormPreserve = 4459, kDenormFlushToZero = 4460, kSignedZeroInfNanPreserve = 4461;
    constexpr u32 kRoundingModeRte = 4462, kBits = 32;
    in_constant_ = true;
    for (const u32 at : code_.modes()) {
        const Inst inst = code_.at(at);
        if (inst[1] != entry_->function) continue;
        current_ = inst.op();
        switch (inst[2]) {
            case kLocalSize:
            case kLocalSizeId:
                if (inst.size() != 6) fail("a workgroup has three sizes.");
                for (std::size_t i = 0; i < 3; ++i)
                    module_.workgroup_size[i] =
                        inst[2] == kLocalSize ? module_.index(inst[3 + i]) : value(inst[3 + i], u32_type());
                continue;
            default:
                if (only_declarations_) continue;
                break;
        }
        switch (inst[2]) {
            case kDerivativeGroupQuads:
            case kDerivativeGroupLinear:
            case kSubgroupUniformControlFlow:
            case kMaximallyReconverges:
            // Denormals may be flushed, the others are kept where the device can.
            case kDenormFlushToZero:
            case kSignedZeroInfNanPreserve:
                break;
            case kRoundingModeRte:
                // Of other sizes every device rounds so where it says nothing else.
                module_.rounds_to_even_f32 = module_.rounds_to_even_f32 || inst[3] == kBits;
                break;
            case kDenormPreserve:
                if (inst[3] != kBits) unsupported("denormals are kept of f32 alone.");
                module_.keeps_denormals_f32 = true;
                break;
            default:
                unsupported("the execution mode " + std::to_string(inst[2]) + " is not taken.");
        }
    }
    if (workgroup_size_ != ValueId::none)
        for (u32 i = 0; i < 3; ++i) module_.workgroup_size[i] = as(part(workgroup_size_, i), u32_type());
    in_constant_ = false;
    current_ = Op::Nop;
}

ir::Module read_declarations(const Code& code, std::string_view entry) { return Reader(code, entry).declarations(); }

ir::Module read(std::span<const u32> words, std::string_view entry, std::string_view name) {
    const Code code(words, name);
    ir::Module module = Reader(code, entry).run();
    ir::verify(module);
    return module;
}

}  // namespace alkomp::read
