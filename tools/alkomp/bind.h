// SPDX-License-Identifier: MIT OR Apache-2.0
// Which file belongs to which buffer of a kernel, and how the kernel's memory looks in a file.
#pragma once

#include "array.h"
#include "backend/interface.h"
#include "request.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alkomp::command {

/// The files of one binding; at least one is set.
struct BoundFiles {
    const FileArgument* input = nullptr;
    const FileArgument* output = nullptr;
};

/// Element type and shape of one array, without its bytes.
struct Layout {
    ElementType element;
    Shape shape;
};

/// Gives every binding its files; the result stands in the order of `interface.bindings`.
/// Throws Failure, naming the binding or the file.
[[nodiscard]] std::vector<BoundFiles> bind_files(const Interface& interface, std::span<const FileArgument> files);

/// The shape that counts a buffer's elements as the kernel sees them: f32[480, 640, 4] under vec4 is [480, 640].
[[nodiscard]] Shape element_shape(const BindingInfo& binding, const Layout& layout);

/// How a buffer that no file fills is saved. `like` is the array of --like, `elements` the element shape of the
/// first input; either may be null.
/// Throws Failure where the kernel and the command line leave it open.
[[nodiscard]] Layout output_layout(const BindingInfo& binding, const FileArgument& output, const Array* like,
                                   const Shape* elements);

/// How a buffer that a file filled is saved: as that file, unless the command line says otherwise.
/// Throws Failure when the sizes differ.
[[nodiscard]] Layout inplace_layout(const FileArgument& output, const Array* like, const Layout& input);

/// The element type under which the kernel gets `layout`: a last dimension that is as long as one element of
/// the kernel becomes a vector (f32[n, 4] for vec4, and for vec3 with its padding); else the file's own.
[[nodiscard]] DType call_type(const BindingInfo& binding, const Layout& layout);

/// The kernel's own element type, for an output whose type on the command line only says how to save the bytes.
/// Throws Failure when the bytes of `layout` are no whole elements.
[[nodiscard]] DType kernel_type(const BindingInfo& binding, const FileArgument& output, const Layout& layout);

/// A scalar argument in the kernel's type.
struct ScalarValue {
    std::string name;
    DType type;
    std::vector<std::byte> bytes;
};

/// Reads the words of --arg as the types that the kernel declares. Throws Failure: no such parameter, a
/// value that does not fit, a struct.
[[nodiscard]] std::vector<ScalarValue> parse_scalars(const Interface& interface, std::span<const ScalarText> texts);

/// "input (storage, read, f32[])": what a binding is, for messages and reports.
[[nodiscard]] std::string describe(const BindingInfo& binding);

}  // namespace alkomp::command
