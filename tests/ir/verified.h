// SPDX-License-Identifier: MIT OR Apache-2.0
// Modules given as text, and what the verifier says of them.
#pragma once

#include "alkomp/capabilities.h"
#include "expect_error.h"
#include "ir/parse.h"
#include "ir/verify.h"

#include <string>
#include <string_view>

namespace alkomp::testing {

/// A module whose kernel "k" of 64 invocations, or `size`, has this body, and which declares these things before it.
/// File 1 is "k.cpp".
inline std::string kernel_text(std::string_view body, std::string_view declarations = {},
                               std::string_view size = "workgroup_size(64, 1, 1)") {
    return "module \"k\"\nfile 1 \"k.cpp\"\n" + std::string(declarations) + "\nkernel @k() " + std::string(size) +
           " @1:1 {\n" + std::string(body) + "\n}\n";
}

inline void verify_text(const std::string& text, const Capabilities* device = nullptr) {
    ir::Module module = ir::parse(text, "text.ir");
    ir::verify(module, device);
}

/// What the verifier has against a module that the parser takes.
inline std::string refusal(const std::string& text) {
    ir::Module module = ir::parse(text, "text.ir");
    return error_text(ErrorCode::compile_failed, [&] { ir::verify(module); });
}
inline std::string refusal(const std::string& text, const Capabilities& device) {
    ir::Module module = ir::parse(text, "text.ir");
    return error_text(ErrorCode::unsupported, [&] { ir::verify(module, &device); });
}

}  // namespace alkomp::testing
