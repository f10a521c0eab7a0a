// SPDX-License-Identifier: MIT OR Apache-2.0
// What Python calls a Buffer: a view of device memory with NumPy's dtype and shape.
#pragma once

#include "array.h"
#include "module.h"

namespace alkompy {

struct ShapedBuffer {
    alkomp::AnyView view;
    nb::object dtype;  ///< numpy.dtype
    Shape shape;
};

/// The buffer in `object`, or null when it is something else. Subclasses are not looked for: there are none.
const ShapedBuffer* as_buffer(nb::handle object) noexcept;

/// "float32[3, 4] "weights"", for messages.
std::string describe(const ShapedBuffer& buffer);

/// A new buffer with unspecified contents.
ShapedBuffer make_buffer(alkomp::Device& device, nb::object dtype, Shape shape, nb::handle label, const char* function);

}  // namespace alkompy
