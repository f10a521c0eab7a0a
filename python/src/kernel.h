// SPDX-License-Identifier: MIT OR Apache-2.0
// Sources, shaders and kernels, and the options they are compiled with.
#pragma once

#include "module.h"

#include <vector>

namespace alkompy {

/// The options of `compile` as Python gives them; None or empty where the default is meant.
struct PythonOptions {
    std::string entry = "main";
    nb::object constants, macros, include_dirs;
    bool optimize = false;
    bool through_ir = false;
    bool robust = true;
    u32 subgroup_size = 0;
    std::string label;
};

alkomp::KernelOptions kernel_options(const PythonOptions& options, const char* function);

/// A Shader, and the kernels that `run` made of it. They keep their devices.
struct ShaderAndKernels {
    struct Made {
        std::string entry;
        alkomp::Kernel kernel;
    };
    alkomp::Shader shader;
    std::vector<Made> made;
};

/// The shader's kernel for this device and entry point, compiled on first use.
alkomp::Kernel kernel_of(ShaderAndKernels& shader, alkomp::Device& device, const std::string& entry);

/// Compiles a Shader, a Source or GLSL text for a device, without the GIL.
alkomp::Kernel compile(alkomp::Device& device, nb::handle code, const PythonOptions& options, const char* function);

}  // namespace alkompy
