// SPDX-License-Identifier: MIT OR Apache-2.0
// The text form of the IR, which docs/ir.md describes.
#pragma once

#include "ir/module.h"

#include <string>

namespace alkomp::ir {

/// The module as text; `parse` makes the same module of it. Shows a module that is not finished too.
[[nodiscard]] std::string print(const Module& module);

/// A type as the text form has it: array lengths by their value or name, strides where elements do not touch.
[[nodiscard]] std::string to_string(const Module& module, TypeId type);

/// The stride that a runtime array of this type has if nothing else is said; 0: none.
[[nodiscard]] u32 dense_stride_bytes(const Types& types, TypeId element);

}  // namespace alkomp::ir
