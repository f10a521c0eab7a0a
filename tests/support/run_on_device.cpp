// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/run_on_device.h"

#include "runtime/translate.h"
#include "support/pure.h"

#include <algorithm>

namespace alkomp::testing {

KernelRun run_on_device(Device& device, const ir::Module& module, KernelRun run, bool optimize) {
    const Kernel kernel =
        device.compile(Shader(detail::translate(module, device.capabilities(), {.optimize = optimize})));
    return run_on_device(device, kernel, module, std::move(run));
}

KernelRun run_on_device(Device& device, const Kernel& kernel, const ir::Module& module, KernelRun run) {
    std::vector<u32> bound, scalars;  // globals, in the order in which a call takes them
    for (u32 i = 1; i < module.globals.size(); ++i) {
        const ir::Global::Kind kind = module.globals[i].kind;
        if (kind == ir::Global::Kind::storage || kind == ir::Global::Kind::uniform) bound.push_back(i);
        if (kind == ir::Global::Kind::scalar) scalars.push_back(i);
    }
    const auto binding = [&](u32 i) { return std::pair(module.globals[i].set, module.globals[i].binding); };
    const auto by_binding = [&](u32 a, u32 b) { return binding(a) < binding(b); };
    const auto by_offset = [&](u32 a, u32 b) {
        return module.globals[a].offset_bytes < module.globals[b].offset_bytes;
    };
    std::sort(bound.begin(), bound.end(), by_binding);
    std::sort(scalars.begin(), scalars.end(), by_offset);

    std::vector<Buffer<std::byte>> buffers;
    std::vector<AnyView> views;
    for (const u32 i : bound) {
        const ir::Type& type = module.types[module.globals[i].type];
        const std::vector<std::byte>& bytes = run.buffers[i];
        buffers.push_back(device.to_device(bytes));
        const bool is_array = type.kind == ir::Type::Kind::runtime_array;
        views.push_back(
            buffers.back().reinterpret(DType::opaque(is_array ? type.stride_bytes : static_cast<u32>(bytes.size()))));
    }
    const Groups workgroups = groups(run.groups[0], run.groups[1], run.groups[2]);
    std::vector<detail::Argument> arguments{detail::make_argument(workgroups)};
    for (const AnyView& view : views) arguments.push_back(detail::make_argument(view));
    for (const u32 i : scalars) {
        const ir::Type& type = module.types[module.globals[i].type];
        detail::Argument argument;
        argument.kind = detail::Argument::Kind::scalar;
        argument.scalar = type.scalar;
        argument.lanes = static_cast<u8>(std::max(1u, type.count));
        argument.size_bytes = argument.lanes * size_bytes(type.scalar);
        argument.value = &run.scalars[module.globals[i].offset_bytes];
        arguments.push_back(argument);
    }
    device.stream().call_erased(kernel, arguments);
    for (std::size_t k = 0; k < bound.size(); ++k) run.buffers[bound[k]] = device.get(buffers[k]);
    return run;
}

}  // namespace alkomp::testing
