// SPDX-License-Identifier: MIT OR Apache-2.0
// Host arrays as files hold them: an element type in alkomp's and in numpy's spelling, a shape, bytes.
#pragma once

#include "alkomp/dtype.h"
#include "literal.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::command {

using Shape = std::vector<u64>;  ///< outermost dimension first, as numpy prints it

/// One element of an array.
struct ElementType {
    DType type;
    std::string descr;  ///< numpy's `descr`, little-endian: "'<f4'", "[('a', '<f4'), ('b', '<i4', (2,))]"
};

/// A scalar inside an element whose bytes a big-endian file has in reverse.
struct SwappedScalar {
    u32 offset_bytes = 0;
    u32 size_bytes = 0;
};

struct Array {
    ElementType element;
    Shape shape;
    std::vector<std::byte> bytes;  ///< C order, little-endian
};

/// Reads numpy's `descr`, adding to `swapped` what is big-endian. Throws Failure: object, text, time and
/// long double types, and whatever numpy would refuse.
[[nodiscard]] ElementType element_from_descr(const Literal& descr, std::vector<SwappedScalar>& swapped);

/// "f32", "u8", "bool", "c64": the types that the command line names.
[[nodiscard]] std::optional<ElementType> element_from_name(std::string_view name);
[[nodiscard]] std::string_view element_names();

/// The element type for files of what a kernel calls `type`, a scalar or a record; nothing where
/// numpy has no word for it (bf16, padded matrices, vectors).
[[nodiscard]] std::optional<ElementType> element_from_type(const DType& type);

/// Throws Failure when the product does not fit 64 bits.
[[nodiscard]] u64 element_count(const Shape& shape);
/// Throws Failure when the product does not fit 64 bits.
[[nodiscard]] u64 array_bytes(const ElementType& element, const Shape& shape);

/// "[768, 1024]"
[[nodiscard]] std::string to_string(const Shape& shape);

}  // namespace alkomp::command
