// SPDX-License-Identifier: MIT OR Apache-2.0
// Which types WGSL can lay out as the IR says.
#pragma once

#include "ir/module.h"

#include <optional>

namespace alkomp::ir {

/// What WGSL holds in memory. 64-bit integers lie there as pairs of u32, vectors of
/// them as arrays of pairs, or with `i64` as themselves.
struct WgslTypes {
    bool f16 = false, i64 = false;
};

/// Source: WGSL, "Alignment and Size", "Structure Member Layout", "Address Space Layout Constraints".
class WgslLayouts {
public:
    WgslLayouts(const Module& module, WgslTypes types) : module_(module), types_(types) {}

    /// A buffer may begin with it. Members and elements are where @size and @align put them.
    [[nodiscard]] bool fits(TypeId id, bool is_uniform) const { return place(id, is_uniform).has_value(); }
    /// A value given with the call lies there in a structure of all of them; arrays do not, since immediates have none.
    [[nodiscard]] bool fits_scalar(const Global& global, u32 end_bytes) const;

private:
    struct Size {
        u64 alignment_bytes = 1, size_bytes = 0;
    };
    [[nodiscard]] std::optional<Size> place(TypeId id, bool is_uniform) const;
    [[nodiscard]] std::optional<Size> scalar(Scalar scalar) const;
    [[nodiscard]] std::optional<Size> vector(const Type& type, bool is_uniform) const;
    [[nodiscard]] std::optional<Size> matrix(const Type& type) const;
    [[nodiscard]] std::optional<Size> elements(const Type& type, bool is_uniform) const;
    [[nodiscard]] std::optional<Size> structure(const Type& type, bool is_uniform) const;
    [[nodiscard]] bool has_array(TypeId id) const;

    const Module& module_;
    WgslTypes types_;
};

}  // namespace alkomp::ir
