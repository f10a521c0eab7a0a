// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/pipeline.h"

#include "backend/reference/lower.h"
#include "ir/pass/passes.h"

#include <new>

namespace alkomp::backend::reference {
namespace {

// Those that are set, and the others, become constants like any.
bool specialize(ir::Module& module, std::span<const SpecializationValue> values) {
    bool any = false;
    for (ir::Constant& constant : module.constants) {
        if (constant.kind != ir::Constant::Kind::specialization) continue;
        for (const SpecializationValue& value : values)
            if (value.id == constant.specialization) constant.bits = value.bits;
        if (module.types[constant.type].scalar == Scalar::boolean) constant.bits = constant.bits != 0;
        constant.kind = ir::Constant::Kind::scalar;
        any = true;
    }
    return any;
}

}  // namespace

Status compile(const KernelCode& code, const Interface& interface, const CheckOptions* check,
               std::shared_ptr<const Program>& out) {
    const std::string label(code.label);
    try {
        ir::Module module = *std::get<const ir::Module*>(code.code);
        // A pass could take away what is wrong.
        if (specialize(module, code.constants) && check == nullptr)
            for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
        u32 needed = module.subgroup_size != 0 ? module.subgroup_size : code.subgroup_size;
        if (needed == 0 && check != nullptr) needed = check->subgroup_size;
        std::vector<std::pair<u32, u32>> bindings;
        for (const BindingInfo& binding : interface.bindings) bindings.emplace_back(binding.set, binding.binding);
        Program program =
            Lowering(module, bindings, needed != 0 ? needed : kSubgroupSize, check, code.has_messages).run();
        program.label = label;
        out = std::make_shared<const Program>(std::move(program));
        return {};
    } catch (const Refusal& why) {
        return Status::failure(ErrorCode::unsupported, "\"" + label + "\": " + why.what() + ".");
    } catch (const Error& why) {
        return Status::failure(why.code(), why.what());
    } catch (const std::bad_alloc&) {
        return Status::failure(ErrorCode::out_of_memory, "there is no memory for the program of \"" + label + "\".");
    }
}

}  // namespace alkomp::backend::reference
