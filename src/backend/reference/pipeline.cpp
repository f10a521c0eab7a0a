// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/pipeline.h"

#include "backend/reference/lower.h"
#include "ir/pass/passes.h"
#include "ir/pass/specialize_constants.h"

#include <new>

namespace alkomp::backend::reference {

Status compile(const KernelCode& code, const Interface& interface, const CheckOptions* check,
               std::shared_ptr<const Program>& out) {
    const std::string label(code.label);
    try {
        ir::Module module = *std::get<const ir::Module*>(code.code);
        // A pass could take away what is wrong.
        ir::Specialization values;
        for (const SpecializationValue& value : code.constants) values[value.id] = value.bits;
        if (ir::specialize_constants(module, values) && check == nullptr)
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
