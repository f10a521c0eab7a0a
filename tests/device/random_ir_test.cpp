// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs leave on each device what the evaluator says, before and after the passes.
#include "ir/pass/fold_constants.h"
#include "ir/print.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"
#include "support/device_test.h"
#include "support/random_program.h"
#include "support/reduce.h"
#include "support/run_on_device.h"
#include "support/seeds.h"

#include <iostream>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(RandomIr);

std::string what_differs(Device& gpu, const ir::Module& module, const KernelRun& start, bool optimize) {
    KernelRun expected = start;
    evaluate(module, expected);
    // SwiftShader folds constants wrongly: docs/backends.md.
    ir::Module folded = module;
    if (gpu.info().name.find("SwiftShader") != std::string::npos) ir::fold_constants(folded);
    try {
        return difference(module, expected, run_on_device(gpu, folded, start, optimize));
    } catch (const std::exception& error) {
        return error.what();
    }
}

TEST_P(RandomIr, leaves_what_the_evaluator_leaves) {
    RandomProgramOptions options = RandomProgramOptions::of(gpu.capabilities());
    // 580.159.04 misreads shared memory where a module chooses between pointers into buffers: docs/backends.md.
    if (gpu.info().vendor == "NVIDIA") options.chosen_pointers = false;
    const bool only_names = names_seeds();
    for (const u64 seed : seeds(200, "ALKOMP_DEVICE_PROGRAMS")) {
        if (only_names) std::cout << "seed " << seed << std::endl;
        const RandomProgram program = random_program(seed, options);
        for (const bool optimize : {false, true}) {
            // FXC folds what is left to fold wrongly: docs/backends.md. Nobody's kernels come to a device that way.
            if (!optimize && GetParam().api == "d3d12") continue;
            const auto differs = [&](const ir::Module& module) {
                return what_differs(gpu, module, program.run, optimize);
            };
            const std::string first = differs(program.module);
            if (first.empty()) continue;
            const std::string where = "seed " + std::to_string(seed) + (optimize ? ", optimised: " : ": ") + first;
            if (only_names) {
                ADD_FAILURE() << where;
                continue;
            }
            if (first.find("lost") != std::string::npos)  // nothing can be tried on this device any more
                FAIL() << where << '\n' << ir::print(program.module);
            const auto still_fails = [&](const ir::Module& module) {
                try {
                    // What is read before it is written must not matter.
                    KernelRun one = program.run, other = program.run;
                    ++other.unspecified;
                    evaluate(module, one);
                    evaluate(module, other);
                    return difference(module, one, other).empty() && !differs(module).empty();
                } catch (const std::exception&) {
                    return false;  // it does what no kernel may
                }
            };
            const ir::Module small = reduced(program.module, still_fails);
            FAIL() << where << "\nreduced: " << differs(small) << '\n' << ir::print(small);
        }
    }
}

/// The module with the numbers that it computes with as specialisation constants.
ir::Module with_open_constants(ir::Module module) {
    const auto opened = [&](ir::ValueId id) {
        const ir::Constant* known = module.find_constant(id);
        if (known == nullptr || known->kind != ir::Constant::Kind::scalar) return id;
        ir::Constant constant = *known;
        constant.kind = ir::Constant::Kind::specialization;
        constant.specialization = 1000 + ir::place(id);
        return module.constant(std::move(constant));
    };
    const std::size_t count = module.instructions.size();
    for (std::size_t i = 1; i < count; ++i) {
        const ir::Instruction instruction = module.instructions[i];
        if (instruction.region == ir::RegionId::none || !ir::has(instruction.op, ir::kPure) ||
            instruction.op == ir::Op::access)
            continue;
        for (u32 k = 0; k < instruction.operands.count; ++k) {
            const ir::ValueId id = opened(module.operands(instruction)[k]);
            module.operands(module.instructions[i])[k] = id;
        }
    }
    return module;
}

/// The kernel in the text that others compile.
KernelRun run_with_overrides(Device& gpu, const ir::Module& module, const KernelRun& start) {
    auto shader =
        std::make_shared<detail::ShaderRecord>(*detail::translate(with_open_constants(module), gpu.capabilities()));
    detail::WgslKernel made = detail::wgsl_with_overrides(*shader->module, {}, shader->interface, gpu.capabilities());
    shader->wgsl = std::move(made.text);
    shader->interface = std::move(made.interface);
    shader->key += "overrides";
    return run_on_device(gpu, gpu.compile(Shader(shader)), module, start);
}

TEST_P(RandomIr, leaves_the_same_where_its_constants_are_overrides) {
    if (gpu.capabilities().wgsl.dialect == WgslSupport::Dialect::none) GTEST_SKIP() << "it takes no WGSL";
    if (GetParam().api == "d3d12" || gpu.info().name.find("SwiftShader") != std::string::npos)
        GTEST_SKIP() << "it folds wrongly what is left to fold: docs/backends.md";
    for (const u64 seed : seeds(50, "ALKOMP_DEVICE_PROGRAMS")) {
        const RandomProgram program = random_program(seed, RandomProgramOptions::of(gpu.capabilities()));
        KernelRun expected = program.run;
        evaluate(program.module, expected);
        std::string differs;
        try {
            differs = difference(program.module, expected, run_with_overrides(gpu, program.module, program.run));
        } catch (const std::exception& error) {
            differs = error.what();
        }
        ASSERT_EQ(differs, "") << "seed " << seed << '\n' << ir::print(program.module);
    }
}

}  // namespace
}  // namespace alkomp::testing
